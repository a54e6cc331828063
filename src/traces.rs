//! Traces for OpenTelemetry: one tree of spans for each delivery, from its arrival over the looks at
//! its key to the calls that they make. They go over OTLP to a collector, where a setting names one;
//! else nothing is recorded.
//!
//! A delivery is handled later than it is accepted, maybe by another process. So the place of its
//! span is kept with it, in the form of W3C's `traceparent`
//! (<https://www.w3.org/TR/trace-context/#traceparent-header>).

use std::time::Duration;

use opentelemetry::trace::{
    SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState, TracerProvider,
};
use opentelemetry::{Context, KeyValue};
use opentelemetry_otlp::{ExporterBuildError, SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::{Metadata, Span, Subscriber};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::registry::LookupSpan;

/// How long the collector may take for a batch, and for the last one when labhand stops.
const PATIENCE: Duration = Duration::from_secs(3);

/// Where the collector takes traces, under its address.
const PATH: &str = "/v1/traces";

/// What sends spans.
#[derive(Debug)]
pub struct Traces(SdkTracerProvider);

impl Traces {
    /// Sends them to the collector at this address, such as `http://127.0.0.1:4318`. One that does
    /// not answer costs the spans and nothing else.
    ///
    /// # Errors
    /// If the address is none.
    pub fn to(url: &str) -> Result<Self, ExporterBuildError> {
        let exporter = SpanExporter::builder()
            .with_http()
            .with_endpoint(format!("{}{PATH}", url.trim_end_matches('/')))
            .with_timeout(PATIENCE)
            .build()?;
        let version = KeyValue::new("service.version", env!("CARGO_PKG_VERSION"));
        let resource = Resource::builder().with_attribute(version);
        let named = match std::env::var_os("OTEL_SERVICE_NAME") {
            Some(_) => resource,
            None => resource.with_service_name("labhand"),
        };
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_resource(named.build());
        Ok(Self(provider.build()))
    }

    /// Records labhand's own spans, and none of its libraries': those may hold what people wrote.
    pub fn layer<S: Subscriber + for<'s> LookupSpan<'s>>(&self) -> impl Layer<S> + use<S> {
        let ours = |it: &Metadata<'_>| it.is_span() && it.target().starts_with("labhand");
        tracing_opentelemetry::layer()
            .with_tracer(self.0.tracer("labhand"))
            .with_location(false)
            .with_threads(false)
            .with_tracked_inactivity(false)
            .with_target(false)
            .with_filter(filter_fn(ours))
    }

    /// Sends what is left.
    pub fn end(self) {
        if let Err(error) = self.0.shutdown_with_timeout(PATIENCE) {
            tracing::debug!(%error, "the last spans were not sent");
        }
    }
}

/// Where in its trace a span is, to be kept; `None` if nothing is recorded.
pub fn place(span: &Span) -> Option<String> {
    if span.is_disabled() {
        return None;
    }
    let context = span.context();
    let place = context.span().span_context().clone();
    let flags = place.trace_flags().to_u8();
    let (trace, span) = (place.trace_id(), place.span_id());
    place
        .is_valid()
        .then(|| format!("00-{trace}-{span}-{flags:02x}"))
}

/// Puts a span that was not entered yet under the first of these places. In the trees of the others
/// a span leads to it.
pub fn put_under(span: &Span, places: &[String]) {
    let mut places = places.iter().filter_map(|place| read(place));
    let Some(first) = places.next() else { return };
    // Where nothing is recorded there is nothing to be put anywhere.
    let _ = span.set_parent(Context::new().with_remote_span_context(first));
    for place in places {
        let elsewhere = tracing::info_span!("handled with another");
        let _ = elsewhere.set_parent(Context::new().with_remote_span_context(place));
        elsewhere.add_link(span.context().span().span_context().clone());
    }
}

fn read(place: &str) -> Option<SpanContext> {
    let mut parts = place.split('-');
    let ("00", Some(trace), Some(span), Some(flags), None) = (
        parts.next()?,
        parts.next(),
        parts.next(),
        parts.next(),
        parts.next(),
    ) else {
        return None;
    };
    let context = SpanContext::new(
        TraceId::from_hex(trace).ok()?,
        SpanId::from_hex(span).ok()?,
        TraceFlags::new(u8::from_str_radix(flags, 16).ok()?),
        true,
        TraceState::NONE,
    );
    context.is_valid().then_some(context)
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use opentelemetry_sdk::error::OTelSdkResult;
    use opentelemetry_sdk::trace::SpanData;
    use tracing_subscriber::layer::SubscriberExt;

    use super::*;

    #[test]
    fn a_place_is_read_as_it_was_written_and_nothing_else_is() {
        let written = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        let place = read(written).unwrap();
        assert_eq!(place.trace_id().to_string(), written[3..35]);
        assert_eq!(place.span_id().to_string(), written[36..52]);
        assert!(place.is_sampled() && place.is_remote());
        for other in [
            "",
            "00",
            "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-x-00f067aa0ba902b7-01",
        ] {
            assert!(read(other).is_none(), "{other}");
        }
    }

    /// Keeps what it is given.
    #[derive(Debug, Clone, Default)]
    struct Kept(Arc<Mutex<Vec<SpanData>>>);

    impl opentelemetry_sdk::trace::SpanExporter for Kept {
        async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
            self.0.lock().unwrap().extend(batch);
            Ok(())
        }
    }

    #[test]
    fn a_look_at_several_deliveries_is_in_the_first_tree_and_the_others_lead_to_it() {
        let kept = Kept::default();
        let provider = SdkTracerProvider::builder().with_simple_exporter(kept.clone());
        let traces = Traces(provider.build());
        let subscriber = tracing_subscriber::registry().with(traces.layer());
        tracing::subscriber::with_default(subscriber, || {
            let deliveries = [(); 3].map(|()| tracing::info_span!("delivery"));
            let places: Vec<String> = deliveries.iter().filter_map(place).collect();
            assert_eq!(places.len(), 3);
            drop(deliveries);
            let look = tracing::info_span!("look");
            put_under(&look, &places);
            look.in_scope(|| tracing::info_span!("call").in_scope(|| ()));
        });
        let spans = kept.0.lock().unwrap();
        let named = |name: &str| {
            spans
                .iter()
                .filter(|it| it.name == name)
                .collect::<Vec<_>>()
        };
        let (deliveries, look, call) = (named("delivery"), named("look")[0], named("call")[0]);
        assert_eq!(look.parent_span_id, deliveries[0].span_context.span_id());
        assert_eq!(call.parent_span_id, look.span_context.span_id());
        let others = named("handled with another");
        assert_eq!(others.len(), 2);
        for (other, delivery) in others.iter().zip(&deliveries[1..]) {
            assert_eq!(other.parent_span_id, delivery.span_context.span_id());
            let leads = other.links.iter().map(|it| it.span_context.span_id());
            assert_eq!(leads.collect::<Vec<_>>(), [look.span_context.span_id()]);
        }
    }

    #[test]
    fn without_a_collector_a_span_has_no_place() {
        assert_eq!(place(&tracing::info_span!("delivery")), None);
        put_under(&Span::none(), &["00".to_owned()]);
    }
}
