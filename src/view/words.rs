//! The names of things as readers see them.

use crate::domain::handoff::Side;
use crate::domain::kind::{Bucket, Kind, Stage, Verdict};
use crate::domain::labels::OutcomeLabel;
use crate::domain::policy::{Member, Policy};

/// The sign of a kind.
pub fn emoji(kind: Kind) -> &'static str {
    match kind {
        Kind::Research => "🔭",
        Kind::Experiment => "🧪",
        Kind::Development => "⚙️",
        Kind::Maintenance => "🔧",
    }
}

/// A kind at the beginning of a line.
pub fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Research => "Research",
        Kind::Experiment => "Experiment",
        Kind::Development => "Development",
        Kind::Maintenance => "Maintenance",
    }
}

/// A kind in a sentence, with its article.
pub fn a_kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Research => "research",
        Kind::Experiment => "an experiment",
        Kind::Development => "development",
        Kind::Maintenance => "maintenance",
    }
}

/// A stage at the beginning of a line.
pub fn stage(stage: Stage) -> &'static str {
    match stage {
        Stage::Ideation => "Ideation",
        Stage::Active => "Active",
        Stage::Analysis => "Analysis",
        Stage::Decision => "Decision",
        Stage::Todo => "To do",
        Stage::InProgress => "In progress",
        Stage::InReview => "In review",
        Stage::Done => "Done",
    }
}

/// A stage in a sentence.
pub fn in_stage(stage: Stage) -> &'static str {
    match stage {
        Stage::Ideation => "in ideation",
        Stage::Active => "active",
        Stage::Analysis => "in analysis",
        Stage::Decision => "in decision",
        Stage::Todo => "to do",
        Stage::InProgress => "in progress",
        Stage::InReview => "in review",
        Stage::Done => "done",
    }
}

/// A bucket at the beginning of a line.
pub fn bucket(bucket: Bucket) -> &'static str {
    match bucket {
        Bucket::Committed => "Committed",
        Bucket::Experiments => "Experiments",
        Bucket::Learning => "Learning",
    }
}

/// What was decided, in a sentence.
pub fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Productionize => "productionize",
        Verdict::Abandon => "abandoned",
        Verdict::MoreResearch => "more research",
    }
}

/// The sign of a verdict. None of them is a failure.
pub fn verdict_emoji(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Productionize => "✅",
        Verdict::Abandon => "⛔",
        Verdict::MoreResearch => "🔁",
    }
}

/// What results say of a hypothesis. None of it is a failure.
pub fn outcome(outcome: OutcomeLabel) -> &'static str {
    match outcome {
        OutcomeLabel::Supported => "supported",
        OutcomeLabel::Refuted => "refuted",
        OutcomeLabel::Inconclusive => "inconclusive",
        OutcomeLabel::DidNotFinish => "did not finish",
    }
}

/// A side in a sentence.
pub fn side(side: Side) -> &'static str {
    match side {
        Side::DataScience => "data science",
        Side::Engineering => "engineering",
    }
}

/// Who is on a side, as the policy names them, without mentioning anybody; the side's own name
/// where the policy names nobody.
pub fn members(of: Side, policy: &Policy) -> String {
    const MOST: usize = 5;
    let members = match of {
        Side::DataScience => &policy.teams.data_science,
        Side::Engineering => &policy.teams.engineering,
    };
    if members.is_empty() {
        return side(of).to_owned();
    }
    people(members, MOST)
}

/// The leads whom the policy names, without mentioning anybody.
pub fn leads(policy: &Policy) -> Option<String> {
    const MOST: usize = 5;
    (!policy.leads.is_empty()).then(|| people(&policy.leads, MOST))
}

/// Logins and teams as a list.
pub fn people(members: &[Member], most: usize) -> String {
    let mut names: Vec<String> = members
        .iter()
        .take(most)
        .map(|member| match member {
            Member::Login(name) | Member::Team(name) => super::text::escape(name, 100),
        })
        .collect();
    if members.len() > most {
        names.push(format!("{} more", members.len() - most));
    }
    names.join(", ")
}

/// `a`, `a and b`, `a, b and c`.
pub fn listed(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [before @ .., last] => format!("{} and {last}", before.join(", ")),
    }
}

/// `once`, `twice`, `3 times`.
pub fn times(count: u32) -> String {
    match count {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        more => format!("{more} times"),
    }
}

/// `1 entry`, `2 entries`.
pub fn counted(count: usize, one: &str, many: &str) -> String {
    let word = if count == 1 { one } else { many };
    format!("{count} {word}")
}
