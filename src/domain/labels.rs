//! Labels of labhand's own: their names, which of them ask and which tell, and how they look
//! (product §2).
//!
//! Inside labhand a label has its *canonical* name, such as `stage/active`; a team may call it
//! otherwise on GitHub (`labels:` in the policy). The translation happens at the edge, by
//! [`canonical`] and [`on_github`], so that rules and views know one name only.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::kind::{Bucket, Kind, Phase, Points, Stage, words};
use super::lifecycle::gates::LifecycleStage;
use super::version::ModelName;

/// A label of labhand's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Label {
    /// `kind/…`
    Kind(Kind),
    /// `stage/…`
    Stage(Stage),
    /// `bucket/…`
    Bucket(Bucket),
    /// `phase/…`
    Phase(Phase),
    /// `points/5`, `points/5-8`
    Points(Points),
    /// `lifecycle/…`, on a model's home
    Lifecycle(LifecycleStage),
    /// `model/fraud-detector`
    Model(ModelName),
    /// `blocked`
    Blocked,
    /// `handoff`
    Handoff,
    /// `timebox/…`
    Timebox(TimeboxLabel),
    /// `outcome/…`
    Outcome(OutcomeLabel),
    /// `needs/findings`
    NeedsFindings,
    /// `labhand/board`
    Board,
}

words!(
    /// How a time box is doing.
    TimeboxLabel {
        /// Its time counts.
        Running = "running",
        /// It is blocked.
        Paused = "paused",
        /// The first reminder is out.
        Expiring = "expiring",
        /// It is over.
        Expired = "expired",
    }
);

words!(
    /// What an experiment's results say of its hypothesis. None of them is a failure.
    OutcomeLabel {
        /// The metric was met.
        Supported = "supported",
        /// The metric was missed.
        Refuted = "refuted",
        /// The results do not tell.
        Inconclusive = "inconclusive",
        /// There are no results.
        DidNotFinish = "did-not-finish",
    }
);

/// How a label looks on GitHub.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Style {
    /// Six hexadecimal digits.
    pub color: &'static str,
    /// At most 100 characters, GitHub's limit.
    pub description: String,
}

/// GitHub's limit for a label's name, in characters.
pub const MOST_NAME_CHARS: usize = 50;

/// More points than anybody means.
const MOST_POINTS: u32 = 999;

impl Label {
    /// Reads a canonical name, without regard to case. `None`: not a label of labhand's.
    pub fn parse(canonical: &str) -> Option<Self> {
        let name = canonical.trim();
        let Some((family, word)) = name.split_once('/') else {
            return [Self::Blocked, Self::Handoff]
                .into_iter()
                .find(|label| label.name().eq_ignore_ascii_case(name));
        };
        match family.to_ascii_lowercase().as_str() {
            "kind" => Kind::from_word(word).map(Self::Kind),
            "stage" => Stage::from_word(word).map(Self::Stage),
            "bucket" => Bucket::from_word(word).map(Self::Bucket),
            "phase" => Phase::from_word(word).map(Self::Phase),
            "points" => points(word).map(Self::Points),
            "lifecycle" => LifecycleStage::from_word(word).map(Self::Lifecycle),
            "model" => ModelName::parse(word).map(Self::Model),
            "timebox" => TimeboxLabel::from_word(word).map(Self::Timebox),
            "outcome" => OutcomeLabel::from_word(word).map(Self::Outcome),
            "needs" => word
                .eq_ignore_ascii_case("findings")
                .then_some(Self::NeedsFindings),
            "labhand" => word.eq_ignore_ascii_case("board").then_some(Self::Board),
            _ => None,
        }
    }

    /// The canonical name.
    pub fn name(&self) -> String {
        match self {
            Self::Kind(kind) => format!("kind/{kind}"),
            Self::Stage(stage) => format!("stage/{stage}"),
            Self::Bucket(bucket) => format!("bucket/{bucket}"),
            Self::Phase(phase) => format!("phase/{phase}"),
            Self::Points(points) => format!("points/{points}"),
            Self::Lifecycle(stage) => format!("lifecycle/{stage}"),
            Self::Model(model) => format!("model/{model}"),
            Self::Blocked => "blocked".to_owned(),
            Self::Handoff => "handoff".to_owned(),
            Self::Timebox(timebox) => format!("timebox/{timebox}"),
            Self::Outcome(outcome) => format!("outcome/{outcome}"),
            Self::NeedsFindings => "needs/findings".to_owned(),
            Self::Board => "labhand/board".to_owned(),
        }
    }

    /// Setting it by hand is a request; one that only tells is put back instead.
    pub fn asks(&self) -> bool {
        match self {
            Self::Kind(_)
            | Self::Stage(_)
            | Self::Bucket(_)
            | Self::Phase(_)
            | Self::Points(_)
            | Self::Model(_)
            | Self::Blocked
            | Self::Handoff => true,
            Self::Lifecycle(_)
            | Self::Timebox(_)
            | Self::Outcome(_)
            | Self::NeedsFindings
            | Self::Board => false,
        }
    }

    /// All labels but those of points and models, of which there is no end.
    pub fn all_fixed() -> Vec<Self> {
        let kinds = Kind::ALL.iter().copied().map(Self::Kind);
        kinds
            .chain(Stage::ALL.iter().copied().map(Self::Stage))
            .chain(Bucket::ALL.iter().copied().map(Self::Bucket))
            .chain(Phase::ALL.iter().copied().map(Self::Phase))
            .chain(LifecycleStage::ALL.iter().copied().map(Self::Lifecycle))
            .chain(TimeboxLabel::ALL.iter().copied().map(Self::Timebox))
            .chain(OutcomeLabel::ALL.iter().copied().map(Self::Outcome))
            .chain([
                Self::Blocked,
                Self::Handoff,
                Self::NeedsFindings,
                Self::Board,
            ])
            .collect()
    }

    /// How it looks on GitHub. A family shares a hue; only what somebody has to act on is warm,
    /// and no outcome is red or green.
    pub fn style(&self) -> Style {
        let (color, description) = match self {
            Self::Kind(kind) => kind_style(*kind),
            Self::Stage(stage) => stage_style(*stage),
            Self::Bucket(bucket) => (
                "d5e0c8",
                match bucket {
                    Bucket::Committed => "Counts as work that was promised",
                    Bucket::Experiments => "Counts as work whose outcome is unknown",
                    Bucket::Learning => "Counts as papers, tools, upskilling",
                },
            ),
            Self::Phase(phase) => (
                "e6dcf5",
                match phase {
                    Phase::Explore => "Sized by a time box; learning comes out",
                    Phase::Prototype => "Sized by a rough range; working code comes out",
                    Phase::Productionize => {
                        "Sized by one firm number; something deployed comes out"
                    }
                },
            ),
            Self::Points(points) => return points_style(*points),
            Self::Lifecycle(stage) => {
                return Style {
                    color: "a7d3cd",
                    description: format!("The model's life: {}", stage.word().replace('-', " ")),
                };
            }
            Self::Model(model) => {
                return Style {
                    color: "c9e3e0",
                    description: format!("About the model {model}"),
                };
            }
            Self::Blocked => ("d9822b", "Cannot go on; its time box is paused"),
            Self::Handoff => ("1b7c83", "Hands a model from data science to engineering"),
            Self::Timebox(timebox) => timebox_style(*timebox),
            Self::Outcome(outcome) => outcome_style(*outcome),
            Self::NeedsFindings => ("e3a008", "The box is over: write down what was learned"),
            Self::Board => ("57606a", "The team's board, kept by labhand"),
        };
        Style {
            color,
            description: description.to_owned(),
        }
    }
}

fn kind_style(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Research => (
            "8250df",
            "Exploratory, in a time box; done when something was learned and written down",
        ),
        Kind::Experiment => (
            "5a4fcf",
            "Tests a hypothesis, in a time box; done with a decision",
        ),
        Kind::Development => ("0969da", "Production work built on what was validated"),
        Kind::Maintenance => (
            "6b7f94",
            "Monitoring, retraining, pipelines, bugs, improvements",
        ),
    }
}

fn stage_style(stage: Stage) -> (&'static str, &'static str) {
    match stage {
        Stage::Ideation => ("dbe9f9", "An idea, not begun"),
        Stage::Active => ("a9cdf3", "Being explored; its time box runs"),
        Stage::Analysis => ("79aee6", "Results are being understood"),
        Stage::Decision => ("4c8dd2", "Waiting for a decision, or decided"),
        Stage::Todo => ("dbe9f9", "Not begun"),
        Stage::InProgress => ("a9cdf3", "Being built"),
        Stage::InReview => ("79aee6", "Ready for review"),
        Stage::Done => ("4c8dd2", "Merged or otherwise done"),
    }
}

fn timebox_style(timebox: TimeboxLabel) -> (&'static str, &'static str) {
    match timebox {
        TimeboxLabel::Running => ("bfe3d9", "The time box runs"),
        TimeboxLabel::Paused => ("d0d7de", "The time box is paused"),
        TimeboxLabel::Expiring => ("f5d67b", "The time box is nearly over"),
        TimeboxLabel::Expired => (
            "e3a008",
            "The time box is over; nothing is closed for being late",
        ),
    }
}

fn outcome_style(outcome: OutcomeLabel) -> (&'static str, &'static str) {
    match outcome {
        OutcomeLabel::Supported => ("a3b8cc", "The results support the hypothesis"),
        OutcomeLabel::Refuted => (
            "b7aecb",
            "The results refute the hypothesis, which is worth as much",
        ),
        OutcomeLabel::Inconclusive => ("c6c3b2", "The results do not tell"),
        OutcomeLabel::DidNotFinish => ("c4cacf", "There are no results"),
    }
}

fn points_style(points: Points) -> Style {
    let description = match (points.low, points.high) {
        (1, 1) => "1 point".to_owned(),
        (low, high) if low == high => format!("{low} points"),
        (low, high) => format!("Between {low} and {high} points"),
    };
    Style {
        color: "ede4cf",
        description,
    }
}

/// `5` or `5-8`.
fn points(word: &str) -> Option<Points> {
    let (low, high) = word.split_once('-').unwrap_or((word, word));
    let number = |text: &str| {
        let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        digits.then(|| text.parse::<u32>().ok())?
    };
    let points = Points {
        low: number(low)?,
        high: number(high)?,
    };
    (1 <= points.low && points.low <= points.high && points.high <= MOST_POINTS).then_some(points)
}

/// The canonical name of a label as it is called on GitHub; other people's labels keep their
/// name. A renamed label is still understood under its canonical name, since it may have been on
/// issues before the policy renamed it.
pub fn canonical(on_github: &str, renames: &BTreeMap<String, String>) -> String {
    renames
        .iter()
        .find(|(_, theirs)| same_name(theirs, on_github))
        .map(|(ours, _)| ours.clone())
        .or_else(|| Label::parse(on_github).map(|label| label.name()))
        .unwrap_or_else(|| on_github.to_owned())
}

/// What a canonical label is called on GitHub.
pub fn on_github(canonical: &str, renames: &BTreeMap<String, String>) -> String {
    renames
        .get(canonical)
        .map_or_else(|| canonical.to_owned(), Clone::clone)
}

/// GitHub does not tell apart labels that differ in case only.
pub fn same_name(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn renames() -> BTreeMap<String, String> {
        [("kind/research", "Research"), ("stage/active", "doing 🏃")]
            .map(|(ours, theirs)| (ours.to_owned(), theirs.to_owned()))
            .into()
    }

    #[test]
    fn every_label_is_read_back_by_its_name() {
        for label in Label::all_fixed() {
            assert_eq!(Label::parse(&label.name()), Some(label.clone()));
            assert_eq!(Label::parse(&label.name().to_uppercase()), Some(label));
        }
    }

    #[test]
    fn points_and_models_are_read() {
        for name in [
            "points/5",
            "points/5-8",
            "points/999",
            "model/fraud-detector",
            "model/v2.3_a",
        ] {
            assert_eq!(
                Label::parse(name).map(|label| label.name()).as_deref(),
                Some(name)
            );
        }
        let model = Label::Model(ModelName::parse("fraud").expect("a name"));
        assert_eq!(Label::parse("Model/Fraud"), Some(model));
    }

    #[test]
    fn what_is_none_of_ours_is_left_alone() {
        for name in [
            "",
            "/",
            "bug",
            "kind/",
            "kind/epic",
            "kind/research/x",
            "stage",
            "points/",
            "points/0",
            "points/8-5",
            "points/+5",
            "points/5-",
            "points/-5",
            "points/5–8",
            "points/1000",
            "points/99999999999",
            "points/5-8-13",
            "model/",
            "model/a b",
            "model/größe",
            "outcome/failed",
            "needs/review",
            "labhand/else",
            "good first issue",
            "🧪/x",
        ] {
            assert_eq!(Label::parse(name), None, "{name}");
        }
        assert_eq!(Label::parse(&format!("model/{}", "x".repeat(45))), None);
    }

    #[test]
    fn looks_keep_githubs_limits_and_no_outcome_looks_like_a_failure() {
        let mut all = Label::all_fixed();
        all.push(Label::Model(
            ModelName::parse(&"x".repeat(44)).expect("a name"),
        ));
        all.extend(
            ["points/1", "points/5", "points/100-999"].map(|name| Label::parse(name).expect(name)),
        );
        for label in all {
            let style = label.style();
            assert!(label.name().len() <= MOST_NAME_CHARS);
            assert!(style.description.chars().count() <= 100, "{style:?}");
            let channel =
                |at: usize| i32::from_str_radix(&style.color[at..at + 2], 16).expect("hexadecimal");
            let (red, green, blue) = (channel(0), channel(2), channel(4));
            if matches!(label, Label::Outcome(_)) {
                let greyish = red.max(green).max(blue) - red.min(green).min(blue);
                assert!(greyish < 60, "{label:?} is loud");
            }
        }
    }

    #[test]
    fn requests_are_told_from_output() {
        let asking: Vec<String> = Label::all_fixed()
            .iter()
            .filter(|label| !label.asks())
            .map(Label::name)
            .collect();
        insta::assert_snapshot!(asking.join(" "), @"lifecycle/problem-definition lifecycle/data-exploration lifecycle/experimentation lifecycle/development lifecycle/deployment lifecycle/monitoring timebox/running timebox/paused timebox/expiring timebox/expired outcome/supported outcome/refuted outcome/inconclusive outcome/did-not-finish needs/findings labhand/board");
    }

    #[test]
    fn a_team_may_call_a_label_otherwise() {
        let renames = renames();
        assert_eq!(on_github("kind/research", &renames), "Research");
        assert_eq!(on_github("kind/experiment", &renames), "kind/experiment");
        assert_eq!(canonical("RESEARCH", &renames), "kind/research");
        assert_eq!(canonical("Doing 🏃", &renames), "stage/active");
        assert_eq!(canonical("Kind/Experiment", &renames), "kind/experiment");
        assert_eq!(canonical("kind/research", &renames), "kind/research");
        assert_eq!(canonical("Good First Issue", &renames), "Good First Issue");
    }

    proptest! {
        #[test]
        fn any_text_is_taken_and_names_come_to_rest(text in ".{0,60}") {
            let once = canonical(&text, &renames());
            prop_assert_eq!(canonical(&once, &renames()), once);
        }
    }
}
