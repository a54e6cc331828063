//! What is counted. Every room counts its own; `/metrics` shows all in the OpenMetrics format.
//!
//! The values of labels are bounded: words of this program, or, for actions that GitHub may
//! invent, the first few of them.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use crate::domain::ids::InstallationId;
use crate::forge::Allowance;
use crate::store::Figures;

/// Different actions that are counted by name; whatever else GitHub invents is `other`.
const ACTIONS: usize = 100;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct EventLabel {
    event: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ReasonLabel {
    reason: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ActionLabel {
    event: String,
    action: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CallLabel {
    method: String,
    route: &'static str,
    status: u16,
}

/// All counters and gauges of the process.
pub struct Metrics {
    registry: Registry,
    accepted: Family<EventLabel, Counter>,
    repeated: Counter,
    refused: Family<ReasonLabel, Counter>,
    ignored: Counter,
    actions_ignored: Family<ActionLabel, Counter>,
    /// How many actions were new so far.
    actions_named: AtomicUsize,
    calls: Family<CallLabel, Counter>,
    facts: Counter,
    retries: Counter,
    panics: Counter,
    put_aside: Counter,
    asked_again: Counter,
    swept: Counter,
    boards: Counter,
    expired: Counter,
    budget: BudgetGauge,
    store: StoreGauges,
}

/// What the installation that is worst off has left of its hour.
#[derive(Default)]
struct BudgetGauge {
    least: Gauge<f64, AtomicU64>,
    /// The share that each has left, and until when that holds.
    known: Mutex<HashMap<InstallationId, (f64, Timestamp)>>,
}

#[derive(Default)]
struct StoreGauges {
    up: Gauge,
    unhandled: Gauge,
    dead: Gauge,
    oldest_seconds: Gauge<f64, AtomicU64>,
    scheduled: Gauge,
    facts: Gauge,
    items: Gauge,
    size: Gauge,
}

impl StoreGauges {
    fn register(&self, registry: &mut Registry) {
        let Self {
            up,
            unhandled,
            dead,
            oldest_seconds,
            scheduled,
            facts,
            items,
            size,
        } = self;
        registry.register("store_up", "Whether the store answers", up.clone());
        registry.register(
            "inbox_unhandled",
            "Deliveries that are not handled yet",
            unhandled.clone(),
        );
        registry.register(
            "inbox_dead",
            "Deliveries that were put aside, until somebody retries or drops them",
            dead.clone(),
        );
        registry.register(
            "inbox_oldest_age_seconds",
            "Age of the oldest delivery that is not handled yet",
            oldest_seconds.clone(),
        );
        registry.register(
            "keys_scheduled",
            "Items, boards and repositories that will be looked at",
            scheduled.clone(),
        );
        registry.register("facts_stored", "Facts in the store", facts.clone());
        registry.register("items_stored", "Items in the store", items.clone());
        registry.register(
            "store_size_bytes",
            "What the store takes on the disk",
            size.clone(),
        );
    }
}

impl Metrics {
    /// All at zero.
    pub fn new() -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("labhand"),
            accepted: Family::default(),
            repeated: Counter::default(),
            refused: Family::default(),
            ignored: Counter::default(),
            actions_ignored: Family::default(),
            actions_named: AtomicUsize::new(0),
            calls: Family::default(),
            facts: Counter::default(),
            retries: Counter::default(),
            panics: Counter::default(),
            put_aside: Counter::default(),
            asked_again: Counter::default(),
            swept: Counter::default(),
            boards: Counter::default(),
            expired: Counter::default(),
            budget: BudgetGauge::default(),
            store: StoreGauges::default(),
        };
        metrics.register();
        metrics
    }

    fn register(&mut self) {
        let Self {
            registry,
            accepted,
            repeated,
            refused,
            ignored,
            actions_ignored,
            actions_named: _,
            calls,
            facts,
            retries,
            panics,
            put_aside,
            asked_again,
            swept,
            boards,
            expired,
            budget,
            store,
        } = self;
        registry.register(
            "deliveries_accepted",
            "Deliveries that are on disk, by event",
            accepted.clone(),
        );
        registry.register(
            "deliveries_repeated",
            "Deliveries whose body was there before, among those accepted",
            repeated.clone(),
        );
        registry.register(
            "deliveries_refused",
            "Deliveries that were not taken, by reason",
            refused.clone(),
        );
        registry.register(
            "deliveries_ignored",
            "Deliveries of events that labhand does not know",
            ignored.clone(),
        );
        registry.register(
            "actions_ignored",
            "Deliveries with an action that labhand does not know",
            actions_ignored.clone(),
        );
        registry.register(
            "calls",
            "Calls to GitHub, by their answer's status (0: no answer)",
            calls.clone(),
        );
        registry.register("facts", "Facts heard since the start", facts.clone());
        registry.register(
            "retries",
            "Keys that have to be looked at again after a failure",
            retries.clone(),
        );
        registry.register(
            "panics",
            "Panics that were caught; each is a bug",
            panics.clone(),
        );
        registry.register(
            "deliveries_put_aside",
            "Deliveries that cannot be read or that failed too often; nothing comes of them",
            put_aside.clone(),
        );
        registry.register(
            "deliveries_asked_again",
            "Deliveries that GitHub could not hand over and was asked to send again",
            asked_again.clone(),
        );
        registry.register(
            "sweep_findings",
            "Things that no event has told and that a comparison with GitHub has found",
            swept.clone(),
        );
        registry.register("boards_written", "Boards that were drawn", boards.clone());
        registry.register(
            "boxes_expired",
            "Time boxes that came to their end",
            expired.clone(),
        );
        budget.least.set(1.0);
        registry.register(
            "rate_budget_remaining_ratio",
            "The share of this hour's requests that is left to the installation with the least",
            budget.least.clone(),
        );
        store.register(registry);
    }

    /// A delivery is on disk.
    pub fn delivery_accepted(&self, event: &'static str) {
        self.accepted.get_or_create(&EventLabel { event }).inc();
    }

    /// …but its body was there before.
    pub fn delivery_repeated(&self) {
        self.repeated.inc();
    }

    /// A delivery was not taken.
    pub fn delivery_refused(&self, reason: &'static str) {
        self.refused.get_or_create(&ReasonLabel { reason }).inc();
    }

    /// A delivery is of an event that labhand does not know.
    pub fn delivery_ignored(&self) {
        self.ignored.inc();
    }

    /// A delivery has an action that labhand does not know.
    pub fn action_ignored(&self, event: &str, action: &str) {
        let label = |event: &str, action: &str| ActionLabel {
            event: event.to_owned(),
            action: action.to_owned(),
        };
        let named = label(event, action);
        let known = self.actions_ignored.get(&named).is_some();
        let counted = if known || self.actions_named.fetch_add(1, Ordering::Relaxed) < ACTIONS {
            named
        } else {
            label("other", "other")
        };
        self.actions_ignored.get_or_create(&counted).inc();
    }

    /// A call to GitHub was answered with this status, or with 0 not at all. The route is a
    /// template, such as `/repos/{owner}/{repo}/issues/{number}/labels`.
    pub fn call(&self, method: &str, route: &'static str, status: u16) {
        let label = CallLabel {
            method: method.to_owned(),
            route,
            status,
        };
        self.calls.get_or_create(&label).inc();
    }

    /// Facts were heard.
    pub fn facts(&self, number: u64) {
        self.facts.inc_by(number);
    }

    /// A key has to be looked at again after a failure.
    pub fn retry(&self) {
        self.retries.inc();
    }

    /// A panic was caught.
    pub fn panic(&self) {
        self.panics.inc();
    }

    /// Deliveries were put aside.
    pub fn put_aside(&self, number: u64) {
        self.put_aside.inc_by(number);
    }

    /// A comparison with GitHub has found so many things that no event has told.
    pub fn swept(&self, found: u64) {
        self.swept.inc_by(found);
    }

    /// A board was drawn.
    pub fn board_written(&self) {
        self.boards.inc();
    }

    /// So many time boxes came to their end.
    pub fn boxes_expired(&self, boxes: u64) {
        self.expired.inc_by(boxes);
    }

    /// GitHub has said how many requests of an hour an installation has left.
    pub fn requests_left(&self, installation: InstallationId, left: Allowance, now: Timestamp) {
        let known = &self.budget.known;
        let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
        let of = |requests: u64| f64::from(u32::try_from(requests).unwrap_or(u32::MAX));
        let share = of(left.remaining) / of(left.limit.max(1));
        known.insert(installation, (share, left.resets_at));
        known.retain(|_, (_, until)| *until > now);
        let least = known.values().map(|(share, _)| *share).fold(1.0, f64::min);
        self.budget.least.set(least);
    }

    /// GitHub was asked to send a delivery again.
    pub fn asked_again(&self) {
        self.asked_again.inc();
    }

    /// Everything as text in the OpenMetrics format, with the store's figures, or `None` where it
    /// does not answer.
    pub fn render(&self, figures: Option<&Figures>, now: Timestamp) -> String {
        let gauges = &self.store;
        gauges.up.set(i64::from(figures.is_some()));
        if let Some(figures) = figures {
            let Figures {
                unhandled,
                dead,
                oldest_unhandled,
                scheduled,
                facts,
                items,
                size,
            } = figures;
            let age = oldest_unhandled.map_or(0.0, |at| now.duration_since(at).as_secs_f64());
            gauges.unhandled.set(unhandled.cast_signed());
            gauges.dead.set(dead.cast_signed());
            gauges.oldest_seconds.set(age.max(0.0));
            gauges.scheduled.set(scheduled.cast_signed());
            gauges.facts.set(facts.cast_signed());
            gauges.items.set(items.cast_signed());
            gauges.size.set(size.cast_signed());
        }
        let mut out = String::new();
        // Writing to a string fails only where a metric's own encoding does; what was written
        // until then is still true.
        if text::encode(&mut out, &self.registry).is_err() {
            tracing::error!("the metrics could not be encoded");
        }
        out
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_have_the_names_that_dashboards_use() {
        let metrics = Metrics::new();
        metrics.delivery_accepted("issues");
        metrics.delivery_refused("signature");
        metrics.call(
            "POST",
            "/repos/{owner}/{repo}/issues/{number}/comments",
            201,
        );
        metrics.action_ignored("issues", "typed");
        let now: Timestamp = "2026-11-23T09:00:00Z".parse().unwrap();
        let figures = Figures {
            unhandled: 3,
            dead: 2,
            oldest_unhandled: Some(now - jiff::SignedDuration::from_secs(90)),
            scheduled: 4,
            facts: 5,
            items: 6,
            size: 7,
        };
        let text = metrics.render(Some(&figures), now);
        for line in [
            "labhand_deliveries_accepted_total{event=\"issues\"} 1",
            "labhand_deliveries_refused_total{reason=\"signature\"} 1",
            "labhand_deliveries_ignored_total 0",
            "labhand_actions_ignored_total{event=\"issues\",action=\"typed\"} 1",
            "labhand_calls_total{method=\"POST\",route=\"/repos/{owner}/{repo}/issues/{number}/comments\",status=\"201\"} 1",
            "labhand_inbox_unhandled 3",
            "labhand_inbox_oldest_age_seconds 90.0",
            "labhand_store_up 1",
        ] {
            assert!(
                text.lines().any(|one| one == line),
                "no `{line}` in\n{text}"
            );
        }
        assert!(metrics.render(None, now).contains("labhand_store_up 0\n"));
    }

    #[test]
    fn invented_actions_do_not_grow_without_bound() {
        let metrics = Metrics::new();
        for n in 0..1_000 {
            metrics.action_ignored("issues", &format!("invented-{n}"));
        }
        let text = metrics.render(None, Timestamp::UNIX_EPOCH);
        let lines = text.matches("labhand_actions_ignored_total{").count();
        assert_eq!(lines, ACTIONS + 1);
    }
}
