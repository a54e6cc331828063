//! What is said of models and their versions.

use crate::domain::ids::ItemNumber;
use crate::domain::item::Item;
use crate::domain::registry::{ModelRefusal, Obstacle, Record, Stages};
use crate::domain::version::{ModelName, ModelVersion};

use super::{Context, link, text, when, words};

/// The most versions, stages or entries that a sentence lists.
const MOST_LISTED: usize = 8;

/// The version that a hand-off names and that belongs to another pull request.
pub fn taken<'a>(item: &'a Item, ctx: &Context<'_>) -> Option<(&'a ModelVersion, ItemNumber)> {
    let of = item.handoff.as_ref()?.model.as_ref()?;
    let owner = ctx.registry.owner(of)?;
    (owner != item.number).then_some((of, owner))
}

/// ``📦 Registered as `fraud-detector v2.3.0` · in production since 3 Dec 2026``
pub fn registered(item: &Item, ctx: &Context<'_>) -> Option<String> {
    let of = item.handoff.as_ref()?.model.as_ref()?;
    let record = ctx
        .registry
        .record(of)
        .filter(|record| record.pull == Some(item.number))?;
    let stages = ctx.registry.stages(&of.model);
    let runs = stages.into_iter().flat_map(Stages::current);
    let runs = runs.filter(|run| run.version == of.version).map(|run| {
        let since = when::day(run.from, ctx.policy);
        format!(" · in {} since {since}", text::escape(&run.stage, 40))
    });
    let runs: String = runs
        .chain(published(record, ctx).map(|it| format!(" · {it}")))
        .collect();
    Some(format!("📦 Registered as {}{runs}", version(of)))
}

/// What a version came out of: its pull request, or a release or tag made by hand.
pub fn origin(record: &Record, ctx: &Context<'_>) -> String {
    match record.pull {
        Some(pull) => link::item(pull, ctx),
        None => match ctx
            .registry
            .release(&record.of)
            .and_then(|it| it.url.as_ref())
        {
            Some(url) => format!("[released by hand]({url})"),
            None => "tagged by hand".to_owned(),
        },
    }
}

/// What is to be known of a version beside where it came from, in few words.
pub fn state(record: &Record, ctx: &Context<'_>) -> Vec<String> {
    let mut said = Vec::new();
    let entries = |count| words::counted(count, "entry", "entries");
    if record.pull.is_none() {
        said.push("⚠️ **no hand-off**".to_owned());
    } else if !record.open.is_empty() {
        said.push(format!("⚠️ **unsigned**: {}", entries(record.open.len())));
    } else if !record.open_when_merged.is_empty() {
        said.push("signed after the merge".to_owned());
    }
    if record.self_signed {
        said.push("self-signed".to_owned());
    }
    let waived = record.entries.iter().filter(|it| !it.waived.is_empty());
    let waived = waived.count();
    if waived > 0 {
        said.push(format!("{} waived", entries(waived)));
    }
    if record.pull.is_some() {
        said.extend(published(record, ctx));
    } else {
        said.extend(ctx.registry.obstacle(&record.of).map(hindered));
    }
    said
}

/// `[release](https://…)`, or why there is none.
fn published(record: &Record, ctx: &Context<'_>) -> Option<String> {
    if let Some(obstacle) = ctx.registry.obstacle(&record.of) {
        return Some(hindered(obstacle));
    }
    let release = ctx.registry.release(&record.of)?;
    let url = release.url.as_ref()?;
    let word = if release.draft {
        "draft release"
    } else {
        "release"
    };
    let commits = release.commit.as_ref().zip(record.commit.as_ref());
    Some(match commits {
        // Somebody made it of something else.
        Some((released, merged)) if released != merged => {
            format!("⚠️ [{word}]({url}) of another commit")
        }
        Some(_) | None => format!("[{word}]({url})"),
    })
}

/// Why a tag or release is not there, and the way out.
fn hindered(obstacle: &Obstacle) -> String {
    let why = match obstacle {
        Obstacle::MayNot => "labhand needs the permission *contents: write*".to_owned(),
        Obstacle::TagElsewhere => "its tag is at another commit".to_owned(),
        Obstacle::Refused(words) => format!("GitHub says “{}”", text::escape(words, 160)),
    };
    format!("⚠️ not published: {why}")
}

/// Why a command about a model is not carried out, and the way out.
pub fn sentence(refusal: &ModelRefusal, ctx: &Context<'_>) -> String {
    match refusal {
        ModelRefusal::NoSuchModel { model, closest } => {
            let way = match closest {
                Some(closest) => format!("did you mean {}?", name(closest)),
                None => "a model is known once a hand-off names one of its versions: `/handoff model v1.0.0`.".to_owned(),
            };
            format!("there is no model {}; {way}", name(model))
        }
        ModelRefusal::NoSuchVersion { of, known } => format!(
            "there is no {}; registered {}.",
            version(of),
            are(known.iter().map(|known| format!("`v{known}`")).collect())
        ),
        ModelRefusal::NotMerged { of, pull } => format!(
            "{} is not registered yet: {} is not merged.",
            version(of),
            link::item(*pull, ctx)
        ),
        ModelRefusal::NoSuchStage { stage, known } => format!(
            "there is no stage {}; there {}.",
            text::code(stage, 40),
            are(known.iter().map(|known| text::code(known, 40)).collect())
        ),
        ModelRefusal::NotSigned { of, pull, open } => format!(
            "{} is not signed by both sides, and production needs that; open on {} {}. Signing is possible after the merge.",
            version(of),
            link::item(*pull, ctx),
            are(open
                .iter()
                .map(|slug| text::code(slug.as_str(), 60))
                .collect())
        ),
        ModelRefusal::NoHandoff { of } => format!(
            "{} was made by hand and has no hand-off, and production needs one; `/handoff {} v…` on a pull request makes a version that has.",
            version(of),
            of.model
        ),
        ModelRefusal::RunsThere { of, stage } => {
            format!("{} is in {} already.", version(of), text::code(stage, 40))
        }
        ModelRefusal::NothingBefore { model } => format!(
            "no other version of {} was in production before; `/promote {model} … production` puts one there.",
            name(model)
        ),
        ModelRefusal::Tracked { model, at } => format!(
            "{} is the home of {} already.",
            link::item(*at, ctx),
            name(model)
        ),
        ModelRefusal::NotTied { model, number } => format!(
            "{} is no experiment with {}; the label `model/{model}` ties one to it.",
            link::item(*number, ctx),
            name(model)
        ),
        ModelRefusal::Undecided { number } => format!(
            "{} is not decided yet; `/decide …` there comes first.",
            link::item(*number, ctx)
        ),
        ModelRefusal::Taken { of, by } => format!(
            "{} belongs to {}, and one version is for one pull request; `/handoff {} v…` names another one.",
            version(of),
            link::item(*by, ctx),
            of.model
        ),
    }
}

/// `` `fraud-detector` ``
fn name(model: &ModelName) -> String {
    text::code(model.as_str(), 60)
}

/// `` `fraud-detector v2.3.0` ``
pub fn version(of: &ModelVersion) -> String {
    text::code(&of.to_string(), 120)
}

/// `` is `a` ``, `` are `a` and `b` ``
fn are(mut all: Vec<String>) -> String {
    let verb = if all.len() == 1 { "is" } else { "are" };
    if all.len() > MOST_LISTED {
        let more = all.len() - MOST_LISTED;
        all.truncate(MOST_LISTED);
        all.push(format!("{more} more"));
    }
    format!("{verb} {}", words::listed(&all))
}
