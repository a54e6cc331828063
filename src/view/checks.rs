//! The checks of a pull request: whether its hand-off is signed, what it is linked to, and, where it
//! changes that, how the policy reads. The first two answer on every pull request, since a required check that is silent blocks for ever.

use crate::domain::entries::{Entry, Side};
use crate::domain::evidence::CardReading;
use crate::domain::handoff::{Handoff, MODEL_CARD, Mark, Slug};
use crate::domain::item::{Item, Pull};
use crate::domain::kind::{Kind, Stage};
use crate::domain::policy::{Level, Rule};
use crate::forge::{Annotation, Button, CHECK_AGAIN, Check, Conclusion, DOES_NOT_APPLY};

use super::wanted::Wanted;
use super::{Context, card, checklist, link, models, policy_check, rules, text, words};

/// The check that a branch protection can require.
pub const HANDOFF: &str = "labhand/handoff";
/// The check that tells.
pub const ITEM: &str = "labhand/item";

const MOST_LINKED: usize = 20;

/// Adds the checks of a pull request whose head is known.
pub fn add(item: &Item, ctx: &Context<'_>, wanted: &mut Wanted) {
    let Some(pull) = &item.pull else { return };
    for (name, verdict) in [(HANDOFF, gate(item, ctx)), (ITEM, described(item, ctx))] {
        wanted
            .checks
            .push(verdict.into_check(name, item, pull, ctx));
    }
    if let Some(verdict) = policy_check::verdict(item, ctx) {
        let check = verdict.into_check(policy_check::POLICY, item, pull, ctx);
        wanted.checks.push(check);
    }
}

/// What a check says.
pub(super) struct Verdict {
    pub(super) conclusion: Conclusion,
    pub(super) title: String,
    pub(super) summary: String,
    pub(super) annotations: Vec<Annotation>,
    pub(super) buttons: Vec<Button>,
}

impl Verdict {
    fn into_check(self, name: &str, item: &Item, pull: &Pull, ctx: &Context<'_>) -> Check {
        let summary = if self.summary.is_empty() {
            self.title.clone()
        } else {
            self.summary
        };
        Check {
            name: name.to_owned(),
            sha: pull.sight.head.clone(),
            number: item.number,
            conclusion: self.conclusion,
            title: text::plain(&self.title, text::TITLE_LIMIT),
            // A commit status has no more than its title.
            summary: if ctx.as_app {
                text::bounded(summary, text::SUMMARY_LIMIT)
            } else {
                String::new()
            },
            annotations: self.annotations,
            buttons: if ctx.as_app { self.buttons } else { Vec::new() },
            comment: ctx.checklist,
        }
    }
}

/// A check belongs to a commit: where several open pull requests share it, it shows the worst of
/// them, so that a second one cannot turn a gate green.
fn gate(item: &Item, ctx: &Context<'_>) -> Verdict {
    let mut verdicts: Vec<(&Item, Verdict)> = sharing(item, ctx)
        .map(|item| (item, handoff(item, ctx)))
        .collect();
    let several = verdicts.len() > 1;
    verdicts.sort_by_key(|(item, verdict)| (severity(verdict.conclusion), item.number));
    match verdicts.into_iter().next() {
        Some((worst, verdict)) if several => Verdict {
            title: format!("#{}: {}", worst.number, verdict.title),
            ..verdict
        },
        Some((_, verdict)) => verdict,
        None => handoff(item, ctx),
    }
}

/// The open pull requests of an item's head commit.
fn sharing<'a>(item: &'a Item, ctx: &Context<'a>) -> impl Iterator<Item = &'a Item> {
    let open = |item: &&Item| item.pull.as_ref().is_some_and(|pull| pull.sight.open);
    std::iter::once(item).chain(ctx.same_head).filter(open)
}

/// The worst first.
fn severity(conclusion: Conclusion) -> u8 {
    match conclusion {
        Conclusion::Failure => 0,
        Conclusion::Neutral => 1,
        Conclusion::Success => 2,
    }
}

fn handoff(item: &Item, ctx: &Context<'_>) -> Verdict {
    let passed = |title: &str| Verdict {
        conclusion: Conclusion::Success,
        title: title.to_owned(),
        summary: String::new(),
        annotations: Vec::new(),
        buttons: Vec::new(),
    };
    match &item.handoff {
        Some(handoff) if !handoff.ended => Verdict {
            annotations: on_card(item, handoff),
            ..claim(item, ctx).unwrap_or_else(|| live_handoff(handoff, ctx))
        },
        Some(_) => passed("The hand-off was ended: nothing to sign"),
        None => passed("No hand-off: nothing to sign"),
    }
}

/// Why a hand-off cannot be the version that it names.
fn claim(item: &Item, ctx: &Context<'_>) -> Option<Verdict> {
    let (of, owner) = models::taken(item, ctx)?;
    Some(Verdict {
        conclusion: blocking(ctx),
        title: format!("{of} belongs to #{owner}; name another version"),
        summary: format!(
            "{} belongs to {}, and one version is for one pull request. `/handoff {} v…` names another one.",
            models::version(of),
            link::item(owner, ctx),
            of.model
        ),
        annotations: Vec::new(),
        buttons: Vec::new(),
    })
}

/// What is not as it has to be fails the check, unless the policy only warns.
fn blocking(ctx: &Context<'_>) -> Conclusion {
    match ctx.policy.level(Rule::HandoffComplete) {
        Level::Enforce => Conclusion::Failure,
        Level::Off | Level::Warn => Conclusion::Neutral,
    }
}

fn live_handoff(handoff: &Handoff, ctx: &Context<'_>) -> Verdict {
    let open = handoff.open_entries(ctx.policy);
    let progress = checklist::progress_alone(handoff, ctx.policy);
    let Some(waiting) = checklist::waiting(&open, ctx.policy) else {
        return Verdict {
            conclusion: Conclusion::Success,
            title: format!("Complete: {progress}"),
            summary: String::new(),
            annotations: Vec::new(),
            buttons: Vec::new(),
        };
    };
    // The title shows no markup.
    let turn = waiting.replace(['*', '`', '\\'], "");
    Verdict {
        conclusion: blocking(ctx),
        title: format!("{progress}, waiting for {turn}"),
        summary: format!(
            "**{}** · {progress}\n\nWaiting for {waiting}\n\nTick the boxes of the checklist comment, or write `/sign slug [path or link]`.",
            checklist::name(handoff)
        ),
        annotations: Vec::new(),
        buttons: buttons(&open),
    }
}

/// To look again, and to say of the first entries that they do not apply. GitHub takes three buttons
/// of few characters; for others there is `/na slug reason`.
fn buttons(open: &[(Entry, Vec<Side>)]) -> Vec<Button> {
    const MOST: usize = 3;
    const MOST_CHARS: usize = 20;
    let again = Button {
        label: "Check again".to_owned(),
        description: "Look at the hand-off and its files again".to_owned(),
        identifier: CHECK_AGAIN.to_owned(),
    };
    let waivers = open.iter().filter_map(|(entry, _)| {
        let slug = entry.slug.as_str();
        let (label, identifier) = (format!("Waive {slug}"), format!("{DOES_NOT_APPLY}{slug}"));
        let fits = label.chars().count() <= MOST_CHARS && identifier.len() <= MOST_CHARS;
        fits.then(|| Button {
            label,
            description: "It does not apply here, on record".to_owned(),
            identifier,
        })
    });
    std::iter::once(again).chain(waivers).take(MOST).collect()
}

/// What the model card still lacks, beside its lines: of the file that somebody gave, as it is at the
/// head, until it is signed.
fn on_card(item: &Item, handoff: &Handoff) -> Vec<Annotation> {
    let signed = |mark: &Mark| !mark.signed.is_empty() || mark.is_waived();
    let mark = handoff.marks.get(&Slug::new(MODEL_CARD));
    let head = item.pull.as_ref().map(|pull| &pull.sight.head);
    let tried = handoff
        .card
        .as_ref()
        .filter(|card| head == Some(&card.head));
    let Some(tried) = tried.filter(|_| !mark.is_some_and(signed)) else {
        return Vec::new();
    };
    let object = tried.object.as_deref();
    let Some(CardReading::Card(card)) = object.and_then(|it| item.evidence.card_read(it)) else {
        return Vec::new();
    };
    let notes = card::notes(card).into_iter();
    notes
        .map(|note| Annotation {
            path: tried.path.clone(),
            line: note.line,
            title: note.title,
            message: note.message,
        })
        .collect()
}

/// What it is linked to, and where the policy asks for it, that no box of the description is open.
fn described(item: &Item, ctx: &Context<'_>) -> Verdict {
    let verdict = linked(item, ctx);
    let several = sharing(item, ctx).nth(1).is_some();
    let all = sharing(item, ctx).chain(std::iter::once(item));
    let unfinished = all.filter(|item| item.fields.boxes.open > 0);
    let worst = unfinished.min_by_key(|item| item.number);
    let Some(worst) = worst.filter(|_| ctx.policy.require_description) else {
        return verdict;
    };
    let boxes = &worst.fields.boxes;
    let whose = if several {
        format!("#{}: ", worst.number)
    } else {
        String::new()
    };
    let first = boxes.first_open.iter();
    let mut lines: Vec<String> = first
        .map(|said| format!("- {}", text::escape(said, 200)))
        .collect();
    let more = boxes.open - boxes.first_open.len();
    if more > 0 {
        lines.push(format!("- … and {more} more"));
    }
    Verdict {
        conclusion: Conclusion::Failure,
        title: format!(
            "{whose}{} of {} open in the description · {}",
            boxes.open,
            words::counted(boxes.all, "box", "boxes"),
            verdict.title
        ),
        summary: format!(
            "Open in the description:\n{}\n\n{}",
            lines.join("\n"),
            verdict.summary
        ),
        annotations: Vec::new(),
        buttons: Vec::new(),
    }
}

fn linked(item: &Item, ctx: &Context<'_>) -> Verdict {
    let items: Vec<(&Item, Kind)> = ctx
        .linked
        .iter()
        .filter_map(|linked| Some((linked, linked.kind?.kind)))
        .collect();
    match (items.first(), item.kind) {
        (Some((oldest, kind)), _) => Verdict {
            conclusion: conclusion(items.iter().all(|(linked, _)| linked.warnings.is_empty())),
            title: format!("#{} · {}", oldest.number, standing(*kind, oldest.stage)),
            summary: summary(&items, ctx),
            annotations: Vec::new(),
 buttons: Vec::new(),
        },
        (None, Some(own)) => Verdict {
            conclusion: conclusion(item.warnings.is_empty()),
            title: standing(own.kind, item.stage),
            summary: warnings(item, own.kind).join("\n"),
            annotations: Vec::new(),
 buttons: Vec::new(),
        },
        (None, None) => Verdict {
            conclusion: Conclusion::Neutral,
            title: "Linked to no item".to_owned(),
            summary: "A line such as `Closes #41` or `Part-of: #41` in the description links this pull request to its item.".to_owned(),
            annotations: Vec::new(),
 buttons: Vec::new(),
        },
    }
}

/// Rules that are not kept are told, not enforced, here.
fn conclusion(keeps_all_rules: bool) -> Conclusion {
    if keeps_all_rules {
        Conclusion::Success
    } else {
        Conclusion::Neutral
    }
}

fn standing(kind: Kind, stage: Stage) -> String {
    format!("{} · {}", words::kind(kind), words::stage(stage))
}

fn summary(items: &[(&Item, Kind)], ctx: &Context<'_>) -> String {
    let mut lines: Vec<String> = Vec::new();
    for (item, kind) in items.iter().take(MOST_LINKED) {
        lines.push(format!(
            "{} {} {} · {}",
            words::emoji(*kind),
            link::item(item.number, ctx),
            text::escape(&item.title, 200),
            standing(*kind, item.stage)
        ));
        lines.push(String::new());
        lines.extend(warnings(item, *kind));
    }
    if items.len() > MOST_LINKED {
        lines.push(format!("… and {} more", items.len() - MOST_LINKED));
    }
    lines.join("\n").trim_end().to_owned()
}

fn warnings(item: &Item, kind: Kind) -> Vec<String> {
    let sentences = item
        .warnings
        .iter()
        .map(|rule| rules::sentence(*rule, Some(kind)));
    sentences
        .map(|sentence| format!("- ⚠️ {sentence}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::samples::Sample;

    fn shown(item: &Item, ctx: &Context<'_>) -> String {
        let mut wanted = Wanted::default();
        add(item, ctx, &mut wanted);
        let lines = wanted.checks.into_iter().map(|check| {
            format!(
                "{} {:?}: {}\n{}\n",
                check.name, check.conclusion, check.title, check.summary
            )
        });
        lines.collect()
    }

    #[test]
    fn an_open_handoff_blocks_and_says_whose_turn_it_is() {
        let mut sample = Sample::default();
        let mut development = Sample::development();
        development.warnings.insert(Rule::DevelopmentNeedsPoints);
        sample.linked.push(development);
        insta::assert_snapshot!(shown(&Sample::handoff(), &sample.ctx()), @"
    labhand/handoff Failure: 8 of 14 signed, waiting for acme/ml-platform: serving, monitoring, ab-testing, performance · both sides: incidents, docs
    **Hand-off of fraud-detector 2.3.0** · 8 of 14 signed

    Waiting for acme/ml-platform: `serving`, `monitoring`, `ab-testing`, `performance` · **both sides**: `incidents`, `docs`

    Tick the boxes of the checklist comment, or write `/sign slug [path or link]`.
    labhand/item Neutral: #57 · Development · In progress
    ⚙️ [#57](https://redirect.github.com/acme/fraud/issues/57) Implement recommendation API endpoint · Development · In progress

    - ⚠️ Development is sized by points, for example `/points 5`, or roughly by `/points 5-8`.
    ");
        let in_token_mode = Context {
            as_app: false,
            ..sample.ctx()
        };
        assert!(!shown(&Sample::handoff(), &in_token_mode).contains("**"));
        sample
            .policy
            .guards
            .insert(Rule::HandoffComplete, Level::Warn);
        assert!(shown(&Sample::handoff(), &sample.ctx()).starts_with("labhand/handoff Neutral"));
    }

    #[test]
    fn every_other_pull_request_passes_at_once() {
        let sample = Sample::default();
        let item = Item {
            handoff: None,
            ..Sample::handoff()
        };
        insta::assert_snapshot!(shown(&item, &sample.ctx()), @"
    labhand/handoff Success: No hand-off: nothing to sign
    No hand-off: nothing to sign
    labhand/item Neutral: Linked to no item
    A line such as `Closes #41` or `Part-of: #41` in the description links this pull request to its item.
    ");
        let own = Item {
            kind: Sample::development().kind,
            stage: Stage::InReview,
            ..item
        };
        assert!(
            shown(&own, &sample.ctx()).contains("labhand/item Success: Development · In review")
        );
    }

    #[test]
    fn a_signed_handoff_passes() {
        let mut sample = Sample::default();
        sample
            .policy
            .handoff
            .entries
            .retain(|entry| entry.slug.as_str() == "artifact");
        assert!(
            shown(&Sample::handoff(), &sample.ctx())
                .starts_with("labhand/handoff Success: Complete: 1 of 1 signed")
        );
    }
}
