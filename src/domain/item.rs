//! The state of an issue or pull request that labhand looks after: everything that the rules and
//! the views need to know, and nothing that can be computed from the rest. It is made by
//! [`super::fold`] alone.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::actor::User;
use super::evidence::Evidence;
use super::fact::{ItemAt, Milestone, Origin, PullSight};
use super::handoff::Handoff;
use super::ids::{CommitSha, ItemNumber, UserId};
use super::kind::{Bucket, Kind, Phase, Points, Stage};
use super::lifecycle::Home;
use super::order::BoxLength;
use super::policy::Rule;
use super::policy_trial::PolicyTrial;
use super::timebox::TimeBox;
use super::version::ModelName;

mod answer;
mod chain;
mod notice;
mod record;
mod results;

pub use answer::{Answered, Outcome, Refusal};
pub use notice::{BoxEnd, Notice, NoticeKind};
pub use record::{
    Amendment, Blocked, Classified, Closed, Decision, FieldName, Fields, Findings, Foundation,
    FrozenFields, ModelMove, Move, Pull, Reported, Superseded, Towards, digest_of_fields,
};

/// An issue or pull request and its history's outcome.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own, and none excludes another"
)]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Item {
    /// Its number.
    pub number: ItemNumber,
    /// Its title; empty until it was first seen.
    pub title: String,
    /// Who opened it.
    pub author: Option<User>,
    /// When it was opened.
    pub created_at: Option<Timestamp>,
    /// `None` while it is open.
    pub closed: Option<Closed>,
    /// Deleted or transferred away: nothing is shown any more.
    pub gone: bool,
    /// Who is to do it.
    pub assignees: Vec<User>,
    /// Its milestone.
    pub milestone: Option<Milestone>,
    /// A pull request.
    pub is_pull: bool,
    /// What it is; `None`: labhand leaves it alone.
    pub kind: Option<Classified>,
    /// A person took the kind off, and nothing is inferred any more.
    pub opted_out: bool,
    /// What it was before the kind was taken off; switching a label on GitHub's page is two events.
    pub former_kind: Option<Kind>,
    /// Opened since labhand came, or taken in by `/sync`: titles and issue types count.
    pub taken_in: bool,
    /// Taken in with others from before labhand came: nothing is said about it before somebody asks
    /// for something.
    #[serde(default)]
    pub quiet: bool,
    /// The policy that it proposes, of this commit, as it was tried.
    #[serde(default)]
    pub policy_trial: Option<(CommitSha, PolicyTrial)>,
    /// The name of GitHub's issue type.
    pub issue_type: Option<String>,
    /// A bucket that was asked for, or that the title implies.
    pub bucket: Option<Bucket>,
    /// A phase that was asked for.
    pub phase: Option<Phase>,
    /// Its size, if it is sized by points.
    pub points: Option<Points>,
    /// Where it stands; meaningful once it has a kind.
    pub stage: Stage,
    /// Since when.
    pub stage_since: Option<Timestamp>,
    /// Every move from stage to stage.
    pub moves: Vec<Move>,
    /// When it first had a kind, and was in the first stage of its track.
    #[serde(default)]
    pub taken_up_at: Option<Timestamp>,
    /// It is in analysis since its box was over, and not since anybody said so.
    #[serde(default)]
    pub tripped: bool,
    /// It was active, in progress or in review at some time.
    pub was_active: bool,
    /// Where an assignment or a pull request would have moved it, had no enforced rule been in the way.
    #[serde(default)]
    pub held_back: Option<Stage>,
    /// When a person took the stage label off; it comes back after ten seconds.
    pub stage_label_off_at: Option<Timestamp>,
    /// Hypothesis, metric and the like.
    pub fields: Fields,
    /// Hypothesis and metric as they were when it became active.
    pub frozen: Option<FrozenFields>,
    /// The length of the box that will start.
    pub box_length: Option<BoxLength>,
    /// The box, once it has started.
    pub timebox: Option<TimeBox>,
    /// Boxes that stopped when the kind changed.
    pub earlier_boxes: Vec<TimeBox>,
    /// A change of kind stopped the last of them while it ran; it is still the item's box.
    #[serde(default)]
    pub box_interrupted: bool,
    /// Why it cannot go on.
    pub blocked: Option<Blocked>,
    /// When it could not go on before.
    #[serde(default)]
    pub earlier_blocks: Vec<(Timestamp, Timestamp)>,
    /// Results as they were reported; of each metric the last counts.
    #[serde(default)]
    pub results: Vec<Reported>,
    /// What was learned; the last counts.
    pub findings: Vec<Findings>,
    /// What was decided.
    pub decision: Option<Decision>,
    /// What had been decided before it was reopened or revised.
    pub earlier_decisions: Vec<Decision>,
    /// What labhand opened for a decision, by [`Decision::asked_at`].
    #[serde(default)]
    pub follow_ups: BTreeMap<Timestamp, ItemAt>,
    /// The decision that it was opened for.
    #[serde(default)]
    pub origin: Option<Origin>,
    /// Earlier items that look similar, the most similar first.
    #[serde(default)]
    pub tried: Vec<ItemNumber>,
    /// When its sprint ends, and which milestone that is.
    #[serde(default)]
    pub sprint_ends: Option<(u64, Timestamp)>,
    /// The digest of what its text says of hypothesis, metric and baseline.
    #[serde(default)]
    pub text_digest: String,
    /// When it was transferred to this repository; what was said before stands where it was said.
    #[serde(default)]
    pub arrived_at: Option<Timestamp>,
    /// Where it was transferred to, its history with it.
    #[serde(default)]
    pub moved_to: Option<ItemAt>,
    /// How the items that it builds on stand.
    pub foundations: BTreeMap<ItemNumber, Foundation>,
    /// The items that build on this one.
    pub built_on_by: BTreeSet<ItemNumber>,
    /// Other items with a running box, and for whom it runs.
    #[serde(default)]
    pub other_boxes: BTreeMap<ItemNumber, BTreeSet<UserId>>,
    /// What has to be said once, in a comment of its own.
    pub notices: Vec<Notice>,
    /// Rules at level `warn` that it breaks, as of the last fact.
    pub warnings: BTreeSet<Rule>,
    /// The answers to commands, by where they stood and in which order.
    pub answers: BTreeMap<u64, Vec<Answered>>,
    /// When people changed labels that are labhand's output, within the last hour.
    pub disturbed: Vec<Timestamp>,
    /// After three restorations within an hour labhand leaves the labels alone.
    pub yielded: bool,
    /// A command asked to see it, or a rule had something to say.
    pub status_wanted: bool,
    /// The pull request's branches and links.
    pub pull: Option<Pull>,
    /// Items that came out of a productionize decision and that this pull request closes, or did.
    #[serde(default)]
    pub products: BTreeSet<ItemNumber>,
    /// Pull requests that are linked to this item.
    pub linked_pulls: BTreeMap<ItemNumber, PullSight>,
    /// The hand-off, if the pull request is or was one.
    pub handoff: Option<Handoff>,
    /// What stands at the paths that its signatures name.
    #[serde(default)]
    pub evidence: Evidence,
    /// The model whose home it is.
    #[serde(default)]
    pub home: Option<Box<Home>>,
    /// The models that its labels name.
    #[serde(default)]
    pub models: BTreeSet<ModelName>,
    /// Promotions and rollbacks that were asked for here.
    #[serde(default)]
    pub model_moves: Vec<ModelMove>,
}

impl Item {
    /// Whether it is research or an experiment, by what people say of it now.
    pub fn explores(&self) -> bool {
        let explores = self.kind.is_some_and(|it| it.kind.is_exploration());
        explores && !self.gone && !self.opted_out
    }

    /// Before anything is known about it.
    pub fn unseen(number: ItemNumber) -> Self {
        Self {
            number,
            title: String::new(),
            author: None,
            created_at: None,
            closed: None,
            gone: false,
            assignees: Vec::new(),
            milestone: None,
            is_pull: false,
            kind: None,
            opted_out: false,
            former_kind: None,
            taken_in: false,
            quiet: false,
            policy_trial: None,
            issue_type: None,
            bucket: None,
            phase: None,
            points: None,
            stage: Stage::Ideation,
            stage_since: None,
            moves: Vec::new(),
            taken_up_at: None,
            tripped: false,
            was_active: false,
            held_back: None,
            stage_label_off_at: None,
            fields: Fields::default(),
            frozen: None,
            box_length: None,
            timebox: None,
            earlier_boxes: Vec::new(),
            box_interrupted: false,
            blocked: None,
            earlier_blocks: Vec::new(),
            results: Vec::new(),
            findings: Vec::new(),
            decision: None,
            earlier_decisions: Vec::new(),
            follow_ups: BTreeMap::new(),
            origin: None,
            tried: Vec::new(),
            sprint_ends: None,
            text_digest: String::new(),
            arrived_at: None,
            moved_to: None,
            foundations: BTreeMap::new(),
            built_on_by: BTreeSet::new(),
            other_boxes: BTreeMap::new(),
            notices: Vec::new(),
            warnings: BTreeSet::new(),
            answers: BTreeMap::new(),
            disturbed: Vec::new(),
            yielded: false,
            status_wanted: false,
            pull: None,
            products: BTreeSet::new(),
            linked_pulls: BTreeMap::new(),
            handoff: None,
            evidence: Evidence::default(),
            home: None,
            models: BTreeSet::new(),
            model_moves: Vec::new(),
        }
    }

    /// For whom its box runs now; nobody while it does not.
    pub fn box_runs_for(&self) -> BTreeSet<UserId> {
        let runs = self.timebox.as_ref().is_some_and(TimeBox::is_running);
        if !runs || self.kind.is_none() || self.closed.is_some() || self.gone {
            return BTreeSet::new();
        }
        self.assignees.iter().map(|user| user.id).collect()
    }

    /// The bucket it counts in; `None` without a kind.
    pub fn effective_bucket(&self) -> Option<Bucket> {
        let kind = self.kind?.kind;
        Some(self.bucket.unwrap_or_else(|| kind.bucket()))
    }
}
