//! Which labels an item should bear, and which it should not (product §2).

use jiff::{SignedDuration, Timestamp};

use crate::domain::item::Item;
use crate::domain::kind::{Bucket, Kind, Phase, Stage};
use crate::domain::labels::OutcomeLabel;
use crate::domain::lifecycle::gates::LifecycleStage;
use crate::domain::timebox::TimeBox;

use super::wanted::Wanted;
use super::{Context, drawn_at};

/// Setting another stage on GitHub's page is two events, the old label off and the new one on, so
/// a stage that was taken off is given back only when nothing followed within this time.
pub const STAGE_RETURNS_AFTER: SignedDuration = SignedDuration::from_secs(10);

/// Stands in [`Wanted::no_labels`] for every label of the family that is not wanted.
pub const ANY_POINTS: &str = "points/*";

const BLOCKED: &str = "blocked";
const HANDOFF: &str = "handoff";
const NEEDS_FINDINGS: &str = "needs/findings";

/// The words of the family `timebox/`.
const RUNNING: &str = "timebox/running";
const PAUSED: &str = "timebox/paused";
const EXPIRING: &str = "timebox/expiring";
const EXPIRED: &str = "timebox/expired";

/// Adds the labels of an item with a kind.
pub fn add(item: &Item, kind: Kind, ctx: &Context<'_>, wanted: &mut Wanted) {
    let mut labels = Labels { wanted };
    labels.one_of(family("kind", Kind::ALL), Some(format!("kind/{kind}")));
    labels.one_of(
        family("bucket", Bucket::ALL),
        item.bucket.map(|bucket| format!("bucket/{bucket}")),
    );
    labels.one_of(
        family("phase", Phase::ALL),
        item.phase.map(|phase| format!("phase/{phase}")),
    );
    labels.one_of(
        std::iter::once(ANY_POINTS.to_owned()),
        item.points.map(|points| format!("points/{points}")),
    );
    labels.when(BLOCKED, item.blocked.is_some());
    match stage_returns_at(item, ctx.now) {
        Some(at) => labels.wanted.changes_at(at),
        None => labels.one_of(
            family("stage", Stage::ALL),
            Some(format!("stage/{}", item.stage)),
        ),
    }
    if item.yielded {
        return;
    }
    let now = drawn_at(item, ctx.now);
    let live = item.timebox.as_ref().filter(|timebox| !timebox.stopped);
    labels.one_of(
        [RUNNING, PAUSED, EXPIRING, EXPIRED]
            .map(str::to_owned)
            .into_iter(),
        live.map(|timebox| of_box(timebox, now).to_owned()),
    );
    labels.when(NEEDS_FINDINGS, needs_findings(item, kind, now));
    let outcome = item.outcome().filter(|_| kind == Kind::Experiment);
    labels.one_of(
        family("outcome", OutcomeLabel::ALL),
        outcome.map(|outcome| format!("outcome/{outcome}")),
    );
}

/// Adds the label of a hand-off; where there never was one, the label is left as it is.
pub fn add_handoff(item: &Item, wanted: &mut Wanted) {
    if let Some(handoff) = &item.handoff {
        Labels { wanted }.when(HANDOFF, !handoff.ended);
    }
}

/// Adds the labels of a model's home.
pub fn add_model(item: &Item, wanted: &mut Wanted) {
    let Some(home) = &item.home else { return };
    let mut labels = Labels { wanted };
    labels.when(&format!("model/{}", home.model), true);
    if !item.yielded {
        labels.one_of(
            family("lifecycle", LifecycleStage::ALL),
            Some(format!("lifecycle/{}", home.stage)),
        );
    }
}

/// When the stage that a person took off comes back, while that is still to come.
fn stage_returns_at(item: &Item, now: Timestamp) -> Option<Timestamp> {
    let back = item
        .stage_label_off_at?
        .saturating_add(STAGE_RETURNS_AFTER)
        .ok()?;
    (back > now).then_some(back)
}

fn of_box(timebox: &TimeBox, now: Timestamp) -> &'static str {
    let share = timebox.share(now);
    if share >= 100 {
        EXPIRED
    } else if timebox.is_paused() {
        PAUSED
    } else if share >= u32::from(timebox.remind_at) {
        EXPIRING
    } else {
        RUNNING
    }
}

/// Research whose box is over owes its findings.
fn needs_findings(item: &Item, kind: Kind, now: Timestamp) -> bool {
    let over = item
        .timebox
        .as_ref()
        .is_some_and(|timebox| timebox.share(now) >= 100);
    kind == Kind::Research && over && item.findings.is_empty() && item.closed.is_none()
}

fn family<T: std::fmt::Display>(name: &str, members: &[T]) -> impl Iterator<Item = String> {
    members.iter().map(move |member| format!("{name}/{member}"))
}

struct Labels<'a> {
    wanted: &'a mut Wanted,
}

impl Labels<'_> {
    /// Of a family at most this one.
    fn one_of(&mut self, family: impl Iterator<Item = String>, chosen: Option<String>) {
        let others = family.filter(|member| Some(member) != chosen.as_ref());
        self.wanted.no_labels.extend(others);
        self.wanted.labels.extend(chosen);
    }

    fn when(&mut self, label: &str, there: bool) {
        let set = if there {
            &mut self.wanted.labels
        } else {
            &mut self.wanted.no_labels
        };
        set.insert(label.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::samples::{Sample, at};

    fn shown(item: &Item, ctx: &Context<'_>) -> String {
        let wanted = crate::view::item(item, ctx);
        wanted.labels.into_iter().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn an_active_experiment_bears_its_kind_stage_and_box() {
        let sample = Sample::default();
        let ctx = sample.ctx();
        let mut item = sample.active_experiment();
        assert_eq!(
            shown(&item, &ctx),
            "kind/experiment stage/active timebox/running"
        );
        let late = Context {
            now: at("2026-11-25T13:00:00Z"),
            ..ctx
        };
        assert_eq!(
            shown(&item, &late),
            "kind/experiment stage/active timebox/expiring"
        );
        let over = Context {
            now: at("2026-11-26T13:00:00Z"),
            ..ctx
        };
        assert_eq!(
            shown(&item, &over),
            "kind/experiment stage/active timebox/expired"
        );
        item.yielded = true;
        let wanted = crate::view::item(&item, &over);
        assert!(!wanted.labels.contains(EXPIRED) && !wanted.no_labels.contains(RUNNING));
    }

    #[test]
    fn research_whose_box_is_over_owes_findings() {
        let sample = Sample::default();
        let over = Context {
            now: at("2026-11-26T13:00:00Z"),
            ..sample.ctx()
        };
        let item = Item {
            kind: Sample::research().kind,
            ..sample.active_experiment()
        };
        assert_eq!(
            shown(&item, &over),
            "kind/research needs/findings stage/active timebox/expired"
        );
    }

    #[test]
    fn a_stage_that_was_taken_off_comes_back_after_ten_seconds() {
        let sample = Sample::default();
        let item = Item {
            stage_label_off_at: Some(at("2026-11-24T15:00:00Z")),
            timebox: None,
            ..sample.active_experiment()
        };
        let soon = Context {
            now: at("2026-11-24T15:00:09Z"),
            ..sample.ctx()
        };
        let wanted = crate::view::item(&item, &soon);
        assert!(
            !wanted.labels.contains("stage/active") && !wanted.no_labels.contains("stage/ideation")
        );
        assert_eq!(wanted.next_change, Some(at("2026-11-24T15:00:10Z")));
        let then = Context {
            now: at("2026-11-24T15:00:10Z"),
            ..sample.ctx()
        };
        assert!(
            crate::view::item(&item, &then)
                .labels
                .contains("stage/active")
        );
    }

    #[test]
    fn what_has_no_kind_is_left_alone() {
        let sample = Sample::default();
        let item = Item {
            kind: None,
            ..sample.active_experiment()
        };
        assert_eq!(crate::view::item(&item, &sample.ctx()), Wanted::default());
        let opted_out = Item {
            opted_out: true,
            ..sample.active_experiment()
        };
        assert_eq!(
            crate::view::item(&opted_out, &sample.ctx()),
            Wanted::default()
        );
    }
}
