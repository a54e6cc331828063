//! Why a command was not carried out, in words, always with the way out.

use crate::domain::actor::Needs;
use crate::domain::item::{Item, Refusal};
use crate::domain::kind::{Kind, Stage};
use crate::domain::order::{Frozen, Misread};
use crate::domain::policy::Rule;

use super::{Context, home, models, rules, signing, text, words};

/// What follows the failed command and a colon.
pub fn sentence(refusal: &Refusal, item: &Item, ctx: &Context<'_>) -> String {
    let kind = item.kind.map(|classified| classified.kind);
    match refusal {
        Refusal::Misread(misread) => misread_words(misread),
        Refusal::Permission(needs) => permission(*needs, ctx),
        Refusal::NoKind => "this is no item yet; `/kind research | experiment | development | maintenance` makes it one.".to_owned(),
        Refusal::WrongKind { kind } => format!(
            "this is {}, and the command is for other kinds; `/kind …` changes the kind.",
            words::a_kind(*kind)
        ),
        Refusal::NotAPull => "the command is for pull requests.".to_owned(),
        Refusal::NotAHandoff => "this pull request is no hand-off; `/handoff` makes it one.".to_owned(),
        Refusal::Lifecycle(why) => home::sentence(why),
        Refusal::Model(why) => models::sentence(why, ctx),
        Refusal::MergedAs(of) => format!(
            "it was merged as {}, and stays that; another version is another pull request.",
            models::version(of)
        ),
        Refusal::Guards { rules, stays } => guards(rules, *stays, kind),
        Refusal::NotOnTrack { kind } => format!(
            "{} moves through {}.",
            words::a_kind(*kind),
            words::listed(&Stage::track(*kind).map(|stage| format!("`{stage}`")))
        ),
        Refusal::WrongStage { stage } => wrong_stage(*stage, kind),
        Refusal::Closed => "it is closed; reopen it first.".to_owned(),
        Refusal::Frozen(field) => format!(
            "the {0} is fixed since it started; `/amend {0} … because …` adds to it.",
            field_name(*field)
        ),
        Refusal::NotFrozen(field) => format!(
            "the {0} is not fixed yet; `/{0} …` simply sets it.",
            field_name(*field)
        ),
        Refusal::BoxStarted => "the time box has started, and its length is fixed since then; `/extend …` gives it more time.".to_owned(),
        Refusal::NoSuchPreset { name, presets } => no_such_preset(name, presets),
        Refusal::NotFixed => "what it tests is not fixed yet; `/activate` fixes hypothesis and metric, and starts it.".to_owned(),
        Refusal::NoBox => "no time box has started here; `/timebox 3d` sets its length, and `/activate` starts it.".to_owned(),
        Refusal::BoxStopped => "the time box has done its work: findings, a decision or closing ended it.".to_owned(),
        Refusal::ExtensionsSpent { most: 0 } => "time boxes are not extended here: findings or a decision end them.".to_owned(),
        Refusal::ExtensionsSpent { most } => format!(
            "it was extended {} already, and no more is granted here; findings or a decision end it.",
            words::times(*most)
        ),
        Refusal::ExtensionTooLong { most, percent, day } => format!(
            "at most {} here ({percent} % of the box).",
            most.in_days(*day)
        ),
        Refusal::OwnBox => "a lead other than the assignee grants more time.".to_owned(),
        Refusal::NotBlocked => "it is not blocked.".to_owned(),
        Refusal::AlreadyDecided(verdict) => format!(
            "it was decided already: {}. A lead may revise that with another `/decide …`, or it is reopened.",
            words::verdict(*verdict)
        ),
        Refusal::DecidedSo(verdict) => format!(
            "that was decided already, for the same reason: {}.",
            words::verdict(*verdict)
        ),
        Refusal::LongChain { links } => format!(
            "this would be link {} of a chain of exploration, which a lead asks for; `abandon` and `productionize` are open to you.",
            links + 1
        ),
        Refusal::NoSuchMetric { names, known } => format!(
            "{} not measured here; {}.",
            are(&quoted(names)),
            known_metrics(known)
        ),
        Refusal::Unfit(problem) => format!("{}.", text::escape_quoting(problem, 300)),
        Refusal::Measured { known } => format!(
            "the metric is measured, not judged: `/result {}=…`, or `/result did-not-finish`.",
            text::plain(known.first().map_or("f1", String::as_str), 60)
        ),
        Refusal::NoSuchEntry { slug, closest } => {
            let known = match closest {
                Some(closest) => format!("did you mean {}?", text::code(closest.as_str(), 60)),
                None => "the checklist comment names them.".to_owned(),
            };
            format!("there is no entry {}; {known}", text::code(slug.as_str(), 60))
        }
        Refusal::NoSideHere(why) => signing::no_side(why, ctx.policy),
        Refusal::Sign { slug, why } => signing::sentence(slug, "you are", why, ctx.policy),
    }
}

fn quoted(names: &[String]) -> Vec<String> {
    const MOST: usize = 5;
    let shown = names.iter().take(MOST);
    let mut shown: Vec<String> = shown.map(|name| text::code(name, 60)).collect();
    if names.len() > MOST {
        shown.push(format!("{} more", names.len() - MOST));
    }
    shown
}

/// `f2` is, `f2` and `auc` are.
fn are(names: &[String]) -> String {
    let verb = if names.len() == 1 { "is" } else { "are" };
    format!("{} {verb}", words::listed(names))
}

fn known_metrics(known: &[String]) -> String {
    let verb = if known.len() == 1 {
        "metric is"
    } else {
        "metrics are"
    };
    format!("the {verb} {}", words::listed(&quoted(known)))
}

fn misread_words(misread: &Misread) -> String {
    match misread {
        Misread::Unknown {
            closest: Some(closest),
        } => {
            format!(
                "no such command; did you mean {}?",
                text::code(closest, 120)
            )
        }
        Misread::Unknown { closest: None } => "no such command; `/help` lists them.".to_owned(),
        Misread::Argument { problem, example } => format!(
            "{}; for example {}.",
            text::escape_quoting(problem, 300),
            text::code(example, 120)
        ),
    }
}

fn permission(needs: Needs, ctx: &Context<'_>) -> String {
    match needs {
        Needs::Anyone => "it is for people who may comment here.".to_owned(),
        Needs::AuthorAssigneeTriage => "it is for the author, an assignee, or somebody with triage permission; in a public repository triage is needed.".to_owned(),
        Needs::Triage => "it needs triage permission.".to_owned(),
        Needs::Write => "it needs write permission.".to_owned(),
        Needs::Lead if ctx.policy.leads.is_empty() => {
            "it is for a lead: somebody with maintain or admin permission.".to_owned()
        }
        Needs::Lead => format!("it is for a lead: {}.", words::people(&ctx.policy.leads, 10)),
    }
}

fn guards(broken: &[Rule], stays: Stage, kind: Option<Kind>) -> String {
    let sentences: Vec<String> = broken
        .iter()
        .map(|rule| rules::sentence(*rule, kind))
        .collect();
    format!(
        "it stays {}. {}",
        words::in_stage(stays),
        sentences.join(" ")
    )
}

fn wrong_stage(stage: Stage, kind: Option<Kind>) -> String {
    let way = match (stage, kind) {
        (Stage::Ideation, _) => " `/activate` starts it.",
        (Stage::Active, Some(Kind::Experiment)) => " `/findings …` takes it to analysis.",
        (
            Stage::Active
            | Stage::Analysis
            | Stage::Decision
            | Stage::Todo
            | Stage::InProgress
            | Stage::InReview
            | Stage::Done,
            _,
        ) => "",
    };
    format!(
        "the command is for another stage; it is {}.{way}",
        words::in_stage(stage)
    )
}

fn field_name(field: Frozen) -> &'static str {
    match field {
        Frozen::Hypothesis => "hypothesis",
        Frozen::Metric => "metric",
    }
}

fn no_such_preset(name: &str, presets: &[String]) -> String {
    const MOST: usize = 20;
    let known: Vec<String> = presets
        .iter()
        .take(MOST)
        .map(|preset| text::code(preset, 40))
        .collect();
    let known = if known.is_empty() {
        "the policy names none".to_owned()
    } else {
        format!("there are {}", words::listed(&known))
    };
    format!(
        "there is no preset {}; {known}, and lengths such as `2d` or `1w 2d`.",
        text::code(name, 60)
    )
}
