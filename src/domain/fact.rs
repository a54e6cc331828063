//! What happened, on GitHub or to the policy. Facts are kept for ever, ordered by when they took
//! effect, and an item's state is nothing but the fold over them. Time needs no facts of its own:
//! every fold first lets the clock run up to the moment of the next fact.

use std::collections::BTreeSet;

use super::policy_trial::PolicyTrial;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::actor::{Actor, Needs, User};
use super::entries::Slug;
use super::evidence::{CardReading, ThingAt};
use super::handoff::CarriedOver;
use super::ids::{CommentId, CommitSha, ItemNumber, RepoName, UserId};
use super::kind::{Kind, Verdict};
use super::order::{Misread, Order};
use super::policy::Policy;
use super::registry::Found;
use super::worktime::WorkTime;

/// What makes a fact the same fact when it is heard again: the digest of the delivery it came
/// from and its place therein, or, for a command, the comment and the command's text.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FactId(pub String);

/// Something that happened to one item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fact {
    /// Makes a second arrival harmless.
    pub id: FactId,
    /// When it took effect, by GitHub's clock, which knows whole seconds only.
    pub at: Timestamp,
    /// Who did it, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Actor>,
    /// What it was.
    pub what: What,
}

impl Fact {
    /// The order in which facts are folded: by time, then by what must come first when GitHub's
    /// page sends two events for one change, then commands as they were written, then by id, so
    /// that every order of arrival folds alike.
    pub fn order(&self) -> (Timestamp, u8, (u64, u32), &FactId) {
        let rank = match self.what {
            What::Arrived { .. } | What::EvidenceAt { .. } | What::CardRead { .. } => 0,
            What::FollowsUp(_) | What::Adopted => 1,
            What::Opened(_) => 2,
            What::Seen(_) => 3,
            What::Pull(_) => 4,
            What::PullRead { .. } => 5,
            What::MilestoneIs { .. } => 6,
            What::Foundation { .. } | What::OtherBox { .. } | What::ClosesProduct { .. } => 7,
            What::Ordered(_) => 8,
            What::Unlabeled { .. } => 9,
            What::Labeled { .. } => 10,
            What::LinkedPull { .. } => 11,
            What::UnlinkedPull { .. } => 12,
            What::Ticked { .. } => 13,
            What::Closed { .. } => 14,
            What::Reopened => 15,
            What::Observed(_) => 16,
            What::PolicyTried { .. }
            | What::BuiltOnBy { .. }
            | What::FollowedBy { .. }
            | What::Tried { .. }
            | What::CarriedOver(_) => 17,
            What::Moved { .. } => 18,
            What::Gone => 19,
        };
        // Commands of one comment share its second, and younger comments have larger ids.
        let written = if let What::Ordered(ordered) = &self.what {
            (ordered.place.key(), ordered.index)
        } else {
            (0, 0)
        };
        (self.at, rank, written, &self.id)
    }
}

/// The kinds of facts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// Newly opened; the labels that it bears are requests.
    Opened(Box<Snapshot>),
    /// Seen again: its text, people, milestone and type as of then. Labels that differ are
    /// no requests here, since each request has an event of its own.
    Seen(Box<Snapshot>),
    /// Asked for, since two facts tied within GitHub's one-second clock: this is how it is now.
    Observed(Box<Snapshot>),
    /// Somebody who looks after the repository took in what was there before labhand: its title, type
    /// and labels count from then on, and nothing is said about it until somebody asks for something.
    Adopted,
    /// A person set a label (by its canonical name, see [`super::labels`]).
    Labeled {
        /// Canonical name, such as `stage/active`.
        label: String,
    },
    /// A person took a label off, or deleted it from the repository.
    Unlabeled {
        /// Canonical name.
        label: String,
    },
    /// Closed by a person, or by merging.
    Closed {
        /// As GitHub says.
        how: CloseReason,
    },
    /// Opened again.
    Reopened,
    /// A command was given.
    Ordered(Box<Ordered>),
    /// A box of the checklist comment was ticked or unticked.
    Ticked {
        /// Whose box.
        slug: Slug,
        /// Ticked, or unticked.
        on: bool,
    },
    /// A pull request's branches and state, as any event of it shows.
    Pull(PullSight),
    /// What had to be read about a pull request, since no event carries it.
    PullRead {
        /// GitHub's closing references within this repository.
        closes: Vec<ItemNumber>,
        /// It changes a file under `handoff.paths`.
        touches_handoff_paths: bool,
        /// It changes the policy file.
        #[serde(default)]
        touches_policy: bool,
    },
    /// The policy that a pull request proposes, tried on what was open then.
    PolicyTried {
        /// Of which commit.
        head: CommitSha,
        /// What came out.
        trial: Box<PolicyTrial>,
    },
    /// What stands at a path of a commit, which never changes: so it is a fact of no time.
    EvidenceAt {
        /// The commit.
        commit: CommitSha,
        /// The path.
        path: String,
        /// What stands there; `None`: nothing.
        thing: Option<ThingAt>,
    },
    /// What a file says as a model card, by git's id of the file.
    CardRead {
        /// Git's id.
        object: String,
        /// What it says.
        card: Box<CardReading>,
    },
    /// A pull request that is linked to this item looks so.
    LinkedPull {
        /// The pull request.
        number: ItemNumber,
        /// As it was then.
        sight: PullSight,
    },
    /// A pull request is no longer linked to this item.
    UnlinkedPull {
        /// The pull request.
        number: ItemNumber,
    },
    /// An item that this one builds on stands so.
    Foundation {
        /// The other item.
        number: ItemNumber,
        /// What it is.
        kind: Option<Kind>,
        /// What was decided on it.
        decided: Option<Verdict>,
        /// The chain of exploration that it ends.
        #[serde(default, skip_serializing_if = "Chain::is_empty")]
        chain: Chain,
    },
    /// Another item's time box runs for these people, of whom some are assigned here; nobody: it
    /// does not run any more.
    OtherBox {
        /// The other item.
        number: ItemNumber,
        /// Its assignees while the box runs.
        people: BTreeSet<UserId>,
    },
    /// Another item builds on this one, and is told when this one is decided.
    BuiltOnBy {
        /// The other item.
        number: ItemNumber,
    },
    /// An item that this pull request closes came out of a productionize decision.
    ClosesProduct {
        /// The item.
        number: ItemNumber,
    },
    /// The model's previous version was signed so.
    CarriedOver(Box<CarriedOver>),
    /// The milestone of this number was changed, or deleted.
    MilestoneIs {
        /// Which.
        number: u64,
        /// As it is from then on; `None`: deleted.
        now: Option<Milestone>,
    },
    /// labhand has opened it, since another item was decided so.
    FollowsUp(Box<Origin>),
    /// labhand has opened an item for what was decided here.
    FollowedBy {
        /// [`Decision::asked_at`](super::item::Decision::asked_at).
        asked_at: Timestamp,
        /// The new item.
        item: ItemAt,
    },
    /// Earlier items of the repository that look similar.
    Tried {
        /// The most similar first.
        numbers: Vec<ItemNumber>,
    },
    /// It was transferred to this repository; what was before happened elsewhere.
    Arrived {
        /// What held there; `None`: labhand was not there, or GitHub does not say where.
        formerly: Option<Box<Formerly>>,
    },
    /// It was transferred to another repository where labhand is as well, and its history with it.
    Moved {
        /// Where it is now.
        to: ItemAt,
    },
    /// Deleted or transferred away; its history stays in the logs.
    Gone,
}

/// An item of this repository or of another one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ItemAt {
    /// The other repository; `None`: the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repo: Option<RepoName>,
    /// Its number there.
    pub number: ItemNumber,
}

/// What held in the repository in which an item was before: what happened there was right or wrong
/// by its policies, and stays so.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Formerly {
    /// Since when new issues were taken in there by their titles and types.
    pub since: Timestamp,
    /// The good policies by when they came into force, ascending.
    pub policies: Vec<(Timestamp, Policy)>,
}

/// What an item came out of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The item that was decided.
    pub item: ItemAt,
    /// Its title then.
    pub title: String,
    /// How it was decided.
    pub verdict: Verdict,
    /// When.
    pub decided_at: Timestamp,
    /// The chain that ends with it.
    pub chain: Chain,
    /// What more research asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub question: Option<Question>,
}

/// A question as labhand wrote it into the text of an issue, made harmless, and as it was meant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// As it stands in the text.
    pub written: String,
    /// As somebody gave it.
    pub meant: String,
}

/// Items of exploration, each of which asked for the next, the oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Chain(pub Vec<Link>);

/// A link of a chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The item.
    pub item: ItemAt,
    /// How long its time boxes ran, in working time.
    pub spent: WorkTime,
}

impl Chain {
    /// It has no link.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many links it has.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// How long all its time boxes ran, in working time.
    pub fn spent(&self) -> WorkTime {
        let spent = self.0.iter().map(|link| link.spent);
        spent.fold(WorkTime::ZERO, WorkTime::plus)
    }

    /// The same chain as seen from another repository.
    #[must_use]
    pub fn seen_from_outside(mut self, repo: &RepoName) -> Self {
        for link in &mut self.0 {
            link.item.repo.get_or_insert_with(|| repo.clone());
        }
        self
    }
}

/// An issue or pull request as a payload or a listing shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// Its title.
    pub title: String,
    /// Its text; empty where GitHub says `null`.
    pub body: String,
    /// Who opened it.
    pub author: User,
    /// When it was opened.
    pub created_at: Timestamp,
    /// `None` while it is open.
    pub closed: Option<CloseReason>,
    /// Who is to do it.
    pub assignees: Vec<User>,
    /// Canonical names of all labels, ours and others'.
    pub labels: Vec<String>,
    /// Its milestone, which may be a sprint.
    pub milestone: Option<Milestone>,
    /// The name of GitHub's issue type.
    pub issue_type: Option<String>,
    /// A pull request rather than an issue.
    pub is_pull: bool,
}

/// Why GitHub says something is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CloseReason {
    /// Done.
    Completed,
    /// Ended without being done.
    NotPlanned,
    /// Ended since another item says the same.
    Duplicate,
}

impl CloseReason {
    /// Closing as completed means done; the others end an item without being done.
    pub fn is_done(self) -> bool {
        matches!(self, Self::Completed)
    }
}

/// A milestone; a sprint if it has a due date and the policy says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Milestone {
    /// Its number within the repository.
    pub number: u64,
    /// Its title.
    pub title: String,
    /// The day it is due, if it is.
    pub due: Option<Date>,
    /// The day that its description says it starts on.
    #[serde(default)]
    pub starts: Option<Date>,
    /// When it was created, where that was told.
    #[serde(default)]
    pub created_at: Option<Timestamp>,
    /// When it was closed; `None` while it is open.
    #[serde(default)]
    pub closed_at: Option<Timestamp>,
}

/// A pull request's branches and state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PullSight {
    /// The commit that checks belong to.
    pub head: CommitSha,
    /// The branch it goes to.
    pub base: String,
    /// Not yet ready for review.
    pub draft: bool,
    /// Neither closed nor merged.
    pub open: bool,
    /// Merged.
    pub merged: bool,
    /// How it was merged, once it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merge: Option<Merge>,
}

/// That a pull request was merged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Merge {
    /// When.
    pub at: Timestamp,
    /// By whom, where that was told.
    pub by: Option<User>,
    /// What the base branch got.
    pub commit: Option<CommitSha>,
}

/// Where a command stood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// In the text of the issue or pull request itself.
    Text,
    /// In a comment.
    Comment(CommentId),
    /// On a button of this check run, which says what a command says.
    Button(u64),
}

impl Place {
    /// The comment's id; 0 stands for the text of the issue itself, and a button's is above them all.
    pub fn key(self) -> u64 {
        match self {
            Self::Text => 0,
            Self::Comment(comment) => comment.0,
            // Check runs have ids of their own, which may be those of comments.
            Self::Button(check) => check | 1 << 63,
        }
    }
}

/// A command that was given, readable or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ordered {
    /// Where it stood.
    pub place: Place,
    /// Its position among the commands of that place, from 0; answers are listed in this order.
    pub index: u32,
    /// As it was written, shortened to its first line for answers.
    pub text: String,
    /// What it asks for, or why it could not be read.
    pub order: Result<Order, Misread>,
    /// What the command demands of the person.
    pub needs: Needs,
    /// What the registry of models said when the command was taken in, where it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found: Option<Found>,
}
