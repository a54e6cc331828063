//! Where a collector is named, each delivery is a tree of spans there.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::routing::post;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;

use super::*;

type Spans = Arc<Mutex<Vec<Span>>>;

/// A collector that remembers.
async fn collector() -> (String, Spans) {
    let spans = Spans::default();
    let take = async |State(spans): State<Spans>, body: Bytes| {
        let sent = ExportTraceServiceRequest::decode(body).unwrap();
        let scopes = sent
            .resource_spans
            .into_iter()
            .flat_map(|it| it.scope_spans);
        spans.lock().unwrap().extend(scopes.flat_map(|it| it.spans));
    };
    let router = Router::new()
        .route("/v1/traces", post(take))
        .with_state(Arc::clone(&spans));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (url, spans)
}

fn attribute(span: &Span, name: &str) -> String {
    let found = span.attributes.iter().find(|it| it.key == name);
    format!("{:?}", found.and_then(|it| it.value.as_ref()))
}

#[tokio::test(flavor = "multi_thread")]
async fn each_delivery_is_one_tree_from_its_arrival_to_the_calls() {
    let world = World::new().await;
    let (url, spans) = collector().await;
    let mut command = world.command();
    command
        .env("LABHAND_TRACES__OTLP_URL", &url)
        .env("OTEL_BSP_SCHEDULE_DELAY", "50");
    let bot = Bot {
        child: command.spawn().unwrap(),
        address: world.address,
    };
    let client = Client::new();
    until("the bot is ready", async || {
        let answer = client.get(bot.url("/readyz")).send().await;
        answer.is_ok_and(|answer| answer.status() == 200)
    })
    .await;
    world.gh.install("acme", Selection::Only(&[REPO]));
    let mira = world.gh.as_user(REPO, "mira");
    mira.open_issue("Compare BERT vs GPT-2 for tickets (3 days)")
        .send();
    let called = |span: &Span| {
        let (method, route) = (attribute(span, "method"), attribute(span, "route"));
        span.name == "call" && method.contains("POST") && route.contains("/comments")
    };
    until("the calls have been told", async || {
        world.gh.deliver().await;
        let spans = spans.lock().unwrap();
        spans.iter().any(called)
    })
    .await;

    let spans = spans.lock().unwrap().clone();
    let by_id: BTreeMap<Vec<u8>, &Span> = spans
        .iter()
        .map(|span| (span.span_id.clone(), span))
        .collect();
    let call = spans.iter().find(|span| called(span)).unwrap();
    let look = by_id[&call.parent_span_id];
    let delivery = by_id[&look.parent_span_id];
    assert_eq!((&*look.name, &*delivery.name), ("look", "delivery"));
    assert_eq!(delivery.parent_span_id, Vec::<u8>::new());
    assert_eq!(call.trace_id, delivery.trace_id);
    assert!(
        attribute(delivery, "event").contains("issues"),
        "{delivery:?}"
    );
    assert!(attribute(call, "status").contains("201"), "{call:?}");
    let told = format!("{spans:?}");
    for secret in ["BERT", SECRET, "ghs_"] {
        assert!(!told.contains(secret), "{secret}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_does_not_answer_costs_its_spans_and_nothing_else() {
    let world = World::new().await;
    let mut command = world.command();
    // A port where nobody listens.
    let nobody = free_address().await;
    command.env("LABHAND_TRACES__OTLP_URL", format!("http://{nobody}"));
    let bot = Bot {
        child: command.spawn().unwrap(),
        address: world.address,
    };
    world.gh.install("acme", Selection::Only(&[REPO]));
    let mira = world.gh.as_user(REPO, "mira");
    let issue = mira
        .open_issue("Compare BERT vs GPT-2 for tickets (3 days)")
        .send();
    until("the issue is an item", async || {
        world.gh.deliver().await;
        let issues = world.gh.issues(REPO);
        let found = issues.iter().find(|it| it.number == issue);
        found.is_some_and(|it| it.labels.contains(&"kind/experiment".to_owned()))
    })
    .await;
    drop(bot);
}
