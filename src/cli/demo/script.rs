//! The story that the demo tells: a sprint of a team of six, as a list of what people do and when.
//! Only their side stands here; what labhand makes of it is seen when it happens.

use jiff::civil::DateTime;

mod story;

pub(super) use story::STORY;

/// The repository of the story.
pub(super) const REPO: &str = "acme/fraud";
/// Where the team's clocks are.
pub(super) const ZONE: &str = "Europe/Berlin";
/// Who may do what in the repository.
pub(super) const PEOPLE: &[(&str, &str)] = &[
    ("lena", "maintain"),
    ("mira", "write"),
    ("jonas", "write"),
    ("noor", "write"),
    ("ana", "write"),
    ("lee", "write"),
];
/// The teams of `acme`.
pub(super) const TEAMS: &[(&str, &[&str])] = &[
    ("acme/data-science", &["mira", "jonas", "noor"]),
    ("acme/ml-platform", &["ana", "lee"]),
];
/// The sprint that everything belongs to, and when it is due.
pub(super) const SPRINT: (&str, DateTime) = ("Sprint 12", on(DEC, 4, 13, 0));
/// When the story begins, and when it is over.
pub(super) const BEGINS: DateTime = on(NOV, 23, 8, 40);
/// When work on the sprint's last day is over.
pub(super) const ENDS: DateTime = on(DEC, 4, 17, 0);
/// The morning after the sprint.
pub(super) const AFTERWARDS: DateTime = on(DEC, 7, 9, 0);

const POLICY: &str = "\
calendar:
  timezone: Europe/Berlin
sprint:
  capacity: 40
teams:
  data_science: [acme/data-science]
  engineering: [acme/ml-platform]
handoff:
  paths: [\"models/**\"]
  carry_over: [features, io-format, feature-pipeline, serving, monitoring, scaling, incidents, docs]
models: { release: publish }
";

/// What somebody does, and when, by the team's clocks.
#[derive(Debug)]
pub(super) struct Step {
    pub at: DateTime,
    pub who: &'static str,
    pub act: Act,
}

/// What the story calls an issue or a pull request. Within texts its number is written `{name}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Name(pub &'static str);

/// What can be done.
#[derive(Debug)]
pub(super) enum Act {
    /// Installs labhand on the repository.
    Install,
    /// Commits a file to the default branch.
    Commit {
        path: &'static str,
        text: &'static str,
    },
    /// Creates the milestone of the sprint.
    PlanSprint,
    /// Opens an issue in the sprint, perhaps assigned to themselves.
    Open {
        name: Name,
        title: &'static str,
        text: &'static str,
        taken: bool,
    },
    /// Opens a pull request.
    Propose {
        name: Name,
        title: &'static str,
        text: &'static str,
        files: &'static [(&'static str, &'static str)],
        draft: bool,
    },
    /// Writes a comment.
    Say { on: Name, text: &'static str },
    /// Puts a label on.
    Label { on: Name, label: &'static str },
    /// Assigns the item to themselves.
    Take { on: Name },
    /// Takes the issue that labhand opened for a decision into the sprint.
    TakeUp { name: Name, of: Name },
    /// Ticks boxes of the checklist.
    Tick {
        on: Name,
        slugs: &'static [&'static str],
    },
    /// Pushes files to the branch of a pull request.
    Push {
        on: Name,
        files: &'static [(&'static str, &'static str)],
    },
    /// Says that a draft is ready for review.
    Ready { on: Name },
    /// Merges a pull request.
    Merge { on: Name },
    /// Closes an issue as completed.
    Close { on: Name },
}

const NLP: Name = Name("nlp");
const GPT: Name = Name("gpt");
const ENDPOINT: Name = Name("endpoint");
const RETRAIN: Name = Name("retrain");
const BERT: Name = Name("bert");
const GRAPH: Name = Name("graph");
const DEPLOY: Name = Name("deploy");
const DOCUMENT: Name = Name("document");
const PIPELINE: Name = Name("pipeline");
const PAPERS: Name = Name("papers");
const TOOLING: Name = Name("tooling");
const DISTIL: Name = Name("distil");
const FULL: Name = Name("full");
const SHIP: Name = Name("ship");
const BASELINE: Name = Name("baseline");
const TIMEOUT_PULL: Name = Name("timeout-pull");
const ENDPOINT_PULL: Name = Name("endpoint-pull");
const HANDOFF: Name = Name("handoff");
const RETRAIN_PULL: Name = Name("retrain-pull");
const TOKENS: Name = Name("tokens");
const MODEL: Name = Name("model");

/// The item whose status comment is shown at the end.
pub(super) const SHOWN_EXPERIMENT: Name = BERT;
/// The item whose time box ran out.
pub(super) const SHOWN_EXPIRY: Name = GPT;
/// The item on which a command was mistyped.
pub(super) const SHOWN_MISTAKE: Name = ENDPOINT;
/// The item that came out of a decision.
pub(super) const SHOWN_FOLLOW_UP: Name = SHIP;
/// The pull request whose checklist is shown at the end.
pub(super) const SHOWN_HANDOFF: Name = HANDOFF;
/// The home of the model.
pub(super) const SHOWN_MODEL: Name = MODEL;
/// The one that inherits its signatures.
pub(super) const SHOWN_RETRAINING: Name = TOKENS;

const NOV: i8 = 11;
const DEC: i8 = 12;

const fn on(month: i8, day: i8, hour: i8, minute: i8) -> DateTime {
    DateTime::constant(2026, month, day, hour, minute, 0, 0)
}

const fn does(at: DateTime, who: &'static str, act: Act) -> Step {
    Step { at, who, act }
}

const fn says(at: DateTime, who: &'static str, on: Name, text: &'static str) -> Step {
    does(at, who, Act::Say { on, text })
}

const fn ticks(at: DateTime, who: &'static str, on: Name, slugs: &'static [&'static str]) -> Step {
    does(at, who, Act::Tick { on, slugs })
}

const fn opens(
    at: DateTime,
    who: &'static str,
    name: Name,
    title: &'static str,
    text: &'static str,
    taken: bool,
) -> Step {
    let act = Act::Open {
        name,
        title,
        text,
        taken,
    };
    does(at, who, act)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_story_goes_forward_and_speaks_of_nothing_before_it_is_there() {
        let mut now = BEGINS;
        let mut known = BTreeSet::new();
        for Step { at, who, act } in STORY {
            assert!(*at > now && *at < ENDS, "{at} after {now}");
            assert!(PEOPLE.iter().any(|(login, _)| login == who), "{who}");
            now = *at;
            match act {
                Act::Install | Act::Commit { .. } | Act::PlanSprint => {}
                Act::Open { name, .. } | Act::Propose { name, .. } => {
                    assert!(known.insert(*name), "{name:?} twice");
                }
                Act::Say { on, .. }
                | Act::Label { on, .. }
                | Act::Take { on }
                | Act::Tick { on, .. }
                | Act::Push { on, .. }
                | Act::Ready { on }
                | Act::Merge { on }
                | Act::Close { on } => assert!(known.contains(on), "{on:?} is not there yet"),
                Act::TakeUp { name, of } => {
                    assert!(known.contains(of), "{of:?} is not there yet");
                    assert!(known.insert(*name), "{name:?} twice");
                }
            }
        }
    }
}
