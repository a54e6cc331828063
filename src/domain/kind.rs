//! The four kinds of work and what follows from them (product §1).

use std::fmt;

use serde::{Deserialize, Serialize};

/// Gives a field-less enum its spelling in labels, commands and JSON.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $word)] $variant),+ }

        impl $name {
            /// All of them, in their order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// As it is written in labels and commands.
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// Reads the word, without regard to case; `None` if it is no such word.
            pub fn from_word(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.word().eq_ignore_ascii_case(text.trim()))
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(self.word())
            }
        }
    };
}
pub(crate) use words;

words!(
    /// What an issue is, once labhand looks after it.
    Kind {
        /// Exploratory, outcome unknown; done when something was learned and written down.
        Research = "research",
        /// Tests a hypothesis; done with a decision.
        Experiment = "experiment",
        /// Production work built on what was validated.
        Development = "development",
        /// Monitoring, retraining, pipelines, bugs, improvements.
        Maintenance = "maintenance",
    }
);

impl Kind {
    /// Research and experiments are sized by a time box, never by points.
    pub fn is_exploration(self) -> bool {
        matches!(self, Self::Research | Self::Experiment)
    }

    /// The bucket it counts in, unless a label or the title says otherwise.
    pub fn bucket(self) -> Bucket {
        match self {
            Self::Research | Self::Experiment => Bucket::Experiments,
            Self::Development | Self::Maintenance => Bucket::Committed,
        }
    }
}

words!(
    /// What a sprint's capacity is split into.
    Bucket {
        /// Work that was promised.
        Committed = "committed",
        /// Work whose outcome is unknown.
        Experiments = "experiments",
        /// Papers, tools, upskilling.
        Learning = "learning",
    }
);

words!(
    /// How certain the work is, and so which size is asked for (product §2).
    Phase {
        /// A time box; learning comes out.
        Explore = "explore",
        /// A rough range of points; working code comes out.
        Prototype = "prototype",
        /// One firm number of points; something deployed comes out.
        Productionize = "productionize",
    }
);

words!(
    /// The stages of both tracks (product §2).
    Stage {
        /// An idea, not begun.
        Ideation = "ideation",
        /// Being explored; its box runs.
        Active = "active",
        /// Results are being understood.
        Analysis = "analysis",
        /// Waiting for a decision, or decided.
        Decision = "decision",
        /// Not begun.
        Todo = "todo",
        /// Being built.
        InProgress = "in-progress",
        /// Every open linked pull request is ready for review.
        InReview = "in-review",
        /// Merged or otherwise done.
        Done = "done",
    }
);

impl Stage {
    /// The stages that an item of this kind walks, in order.
    pub fn track(kind: Kind) -> &'static [Self; 4] {
        if kind.is_exploration() {
            &[Self::Ideation, Self::Active, Self::Analysis, Self::Decision]
        } else {
            &[Self::Todo, Self::InProgress, Self::InReview, Self::Done]
        }
    }

    /// The stage at the same position of another kind's track.
    #[must_use]
    pub fn mapped_to(self, kind: Kind) -> Self {
        Self::track(kind)[self.position()]
    }

    /// 0 for the first stage of its track, 3 for the last.
    pub fn position(self) -> usize {
        match self {
            Self::Ideation | Self::Todo => 0,
            Self::Active | Self::InProgress => 1,
            Self::Analysis | Self::InReview => 2,
            Self::Decision | Self::Done => 3,
        }
    }
}

words!(
    /// What follows from an experiment or from research.
    Verdict {
        /// It goes into production.
        Productionize = "productionize",
        /// It does not; abandoning on evidence is work done.
        Abandon = "abandon",
        /// There is a next question.
        MoreResearch = "more-research",
    }
);

/// What made an item what it is, strongest first (product §1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KindSource {
    /// A person set a `kind/*` label or gave `/kind`.
    Stated,
    /// GitHub's issue type has the kind's name.
    IssueType,
    /// The title begins with it: `[Research]`, `Experiment:`.
    Prefix,
    /// The title's opening verb and shape.
    Inferred,
}

/// Sizes of work by points: one firm number, or a rough range while prototyping.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Points {
    /// The least; equal to `high` for a firm number.
    pub low: u32,
    /// The most.
    pub high: u32,
}

impl fmt::Display for Points {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.low == self.high {
            write!(f, "{}", self.low)
        } else {
            write!(f, "{}-{}", self.low, self.high)
        }
    }
}
