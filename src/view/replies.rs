//! Answers to commands: reactions for all of them, words only for what failed or asked for words.

use std::fmt::Write as _;

use crate::command;
use crate::domain::actor::Needs;
use crate::domain::fact::Place;
use crate::domain::ids::CommentId;
use crate::domain::item::{Answered, Item, Outcome, Refusal};
use crate::domain::order::Order;
use crate::forge::Reaction;

use super::wanted::Wanted;
use super::{Context, refusals, slots, status, text};

/// Failed commands that one reply lists.
const MOST_FAILURES: usize = 20;

/// Comments with which one comment's questions are answered.
const MOST_ANSWERS: usize = 4;

/// Adds what answers the commands of each comment, and of the text.
pub fn add(item: &Item, ctx: &Context<'_>, wanted: &mut Wanted) {
    for answers in item.answers.values() {
        let Some(place) = answers.first().map(|answer| answer.place) else {
            continue;
        };
        let failed: Vec<(&Answered, &Refusal)> = answers
            .iter()
            .filter_map(|answer| match &answer.outcome {
                Outcome::Refused(refusal) => Some((answer, refusal)),
                Outcome::Done | Outcome::Asked(_) => None,
            })
            .collect();
        // A button has nothing to which one could react.
        if let Some(key) = key(place) {
            let reactions = wanted.reactions.entry(key).or_default();
            reactions.insert(Reaction::Eyes);
            if !failed.is_empty() {
                reactions.insert(Reaction::Confused);
            }
            // Whoever mends a comment sees that it worked now.
            let last = answers.iter().map(|answer| answer.at).max();
            if !failed.iter().any(|(answer, _)| Some(answer.at) == last) {
                reactions.insert(Reaction::Rocket);
            }
        }
        if !failed.is_empty() {
            wanted.say(slots::reply(place), failures(&failed, item, ctx));
        }
        for answer in few(answers) {
            if let Some(words) = asked_words(answer, item, ctx) {
                wanted.say_once(slots::answer(answer), words);
            }
        }
    }
}

/// What is answered in words: each question of a comment once, and no more than a few. A comment of
/// three hundred lines must not become three hundred comments.
fn few(answers: &[Answered]) -> Vec<&Answered> {
    let mut few: Vec<&Answered> = Vec::new();
    for answer in answers {
        let asks = matches!(answer.outcome, Outcome::Asked(_));
        let new = few.iter().all(|known| known.outcome != answer.outcome);
        if asks && new && few.len() < MOST_ANSWERS {
            few.push(answer);
        }
    }
    few
}

/// Reactions are kept by the comment's id, 0 for the text itself.
fn key(place: Place) -> Option<u64> {
    match place {
        Place::Text => Some(0),
        Place::Comment(CommentId(id)) => Some(id),
        Place::Button(_) => None,
    }
}

fn failures(failed: &[(&Answered, &Refusal)], item: &Item, ctx: &Context<'_>) -> String {
    let said = |(answer, refusal): &(&Answered, &Refusal)| {
        let command = text::code(&answer.text, 120);
        format!("{command}: {}", refusals::sentence(refusal, item, ctx))
    };
    let mut lines: Vec<String> = failed.iter().take(MOST_FAILURES).map(said).collect();
    if failed.len() > MOST_FAILURES {
        lines.push(format!("… and {} more", failed.len() - MOST_FAILURES));
    }
    let text = match lines.as_slice() {
        [one] => one.clone(),
        several => format!("- {}", several.join("\n- ")),
    };
    text::bounded(text, text::BODY_LIMIT)
}

/// What somebody asked to read.
fn asked_words(answer: &Answered, item: &Item, ctx: &Context<'_>) -> Option<String> {
    let Outcome::Asked(order) = &answer.outcome else {
        return None;
    };
    match order {
        Order::Help { topic } => Some(help(topic.as_deref())),
        Order::Status => Some(status::text(item, ctx)),
        Order::Board => ctx
            .board
            .map(|board| text::bounded(board.to_owned(), text::BODY_LIMIT)),
        Order::Sprint => ctx
            .sprint
            .map(|sprint| text::bounded(sprint.to_owned(), text::BODY_LIMIT)),
        Order::Sync
        | Order::Kind(_)
        | Order::Bucket(_)
        | Order::Phase(_)
        | Order::Stage(_)
        | Order::Block { .. }
        | Order::Unblock
        | Order::Timebox(_)
        | Order::Points(_)
        | Order::Hypothesis { .. }
        | Order::Metric { .. }
        | Order::BuildsOn(_)
        | Order::Amend { .. }
        | Order::Extend { .. }
        | Order::Result(_)
        | Order::Findings { .. }
        | Order::Decide { .. }
        | Order::Handoff { .. }
        | Order::HandoffOff { .. }
        | Order::Sign { .. }
        | Order::Unsign { .. }
        | Order::NotApplicable { .. }
        | Order::TrackModel { .. }
        | Order::Select(_)
        | Order::Advance
        | Order::Retreat { .. }
        | Order::Drift { .. }
        | Order::Promote { .. }
        | Order::Rollback { .. } => None,
    }
}

/// Every command in a table, or one command at length.
fn help(topic: Option<&str>) -> String {
    let lines = command::help(topic);
    match (lines.as_slice(), topic) {
        ([], topic) => format!(
            "There is no command {}. `/help` lists them all.",
            text::code(&format!("/{}", topic.unwrap_or_default()), 60)
        ),
        ([one], _) => format!(
            "{}\n\n{}\n\nFor example `{}` · for {}",
            code(one.usage),
            one.explanation,
            one.example,
            people(one.needs)
        ),
        (several, _) => {
            let mut table = "| Command | | Who |\n|:--|:--|:--|".to_owned();
            for line in several {
                // Writing to a string cannot fail.
                let _ = write!(
                    table,
                    "\n| {} | {} | {} |",
                    in_cell(&code(line.usage)),
                    in_cell(line.explanation),
                    people(line.needs)
                );
            }
            format!("{table}\n\n<sub>`/help timebox` explains one of them.</sub>")
        }
    }
}

fn code(usage: &str) -> String {
    if usage.contains('`') {
        usage.to_owned()
    } else {
        format!("`{usage}`")
    }
}

/// Our own words within a table: a bar would end the cell, even in code.
fn in_cell(words: &str) -> String {
    words.replace('|', "\\|")
}

fn people(needs: Needs) -> &'static str {
    match needs {
        Needs::Anyone => "anyone",
        Needs::AuthorAssigneeTriage => "author, assignee, triage",
        Needs::Triage => "triage",
        Needs::Write => "write",
        Needs::Lead => "lead",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::handoff::{Side, SignRefusal, Slug};
    use crate::domain::kind::Kind;
    use crate::domain::kind::{Stage, Verdict};
    use crate::domain::order::{Frozen, Misread};
    use crate::domain::policy::Rule;
    use crate::view::samples::{Sample, at};

    fn answered(index: u32, text: &str, outcome: Outcome) -> Answered {
        Answered {
            place: Place::Comment(CommentId(77)),
            index,
            text: text.to_owned(),
            at: at("2026-11-24T15:00:00Z"),
            outcome,
        }
    }

    fn replies(answers: Vec<Answered>) -> String {
        let mut sample = Sample::default();
        sample.policy.labels.clear();
        let mut item = sample.active_experiment();
        item.kind = None;
        item.answers.insert(77, answers);
        let ctx = Context {
            board: Some("## acme/fraud"),
            ..sample.ctx()
        };
        let wanted = crate::view::item(&item, &ctx);
        let comments = wanted
            .comments
            .iter()
            .map(|(slot, said)| format!("{} once={}\n{}", slot.0, said.once, said.text));
        let reactions = wanted
            .reactions
            .iter()
            .map(|(id, reactions)| format!("{id} {reactions:?}"));
        comments.chain(reactions).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn what_worked_is_answered_without_words() {
        let done = answered(0, "/activate", Outcome::Done);
        insta::assert_snapshot!(replies(vec![done]), @"77 {Eyes, Rocket}");
    }

    #[test]
    fn one_failure_is_one_line() {
        let closest = Some("/timebox 2d".to_owned());
        let failed = answered(
            0,
            "/timebx 2d",
            Outcome::Refused(Refusal::Misread(Misread::Unknown { closest })),
        );
        insta::assert_snapshot!(replies(vec![failed]), @"
    reply:77 once=false
    `/timebx 2d`: no such command; did you mean `/timebox 2d`?
    77 {Eyes, Confused}
    ");
    }

    #[test]
    fn every_refusal_has_a_way_out() {
        let slug = || Slug::new("serving");
        let refusals = [
            Refusal::Misread(Misread::Unknown { closest: None }),
            Refusal::Misread(Misread::Argument {
                problem: "`2x` is no time box".to_owned(),
                example: "/timebox 2d".to_owned(),
            }),
            Refusal::Permission(Needs::Triage),
            Refusal::Permission(Needs::Lead),
            Refusal::Permission(Needs::AuthorAssigneeTriage),
            Refusal::NoKind,
            Refusal::WrongKind {
                kind: Kind::Development,
            },
            Refusal::NotAPull,
            Refusal::NotAHandoff,
            Refusal::Guards {
                rules: vec![Rule::ExperimentNeedsHypothesis],
                stays: Stage::Ideation,
            },
            Refusal::NotOnTrack {
                kind: Kind::Maintenance,
            },
            Refusal::WrongStage {
                stage: Stage::Ideation,
            },
            Refusal::Closed,
            Refusal::Frozen(Frozen::Metric),
            Refusal::NotFrozen(Frozen::Hypothesis),
            Refusal::BoxStarted,
            Refusal::NoSuchPreset {
                name: "hugo".to_owned(),
                presets: vec!["deep".to_owned(), "spike".to_owned()],
            },
            Refusal::NotBlocked,
            Refusal::AlreadyDecided(Verdict::Abandon),
            Refusal::NoSuchEntry {
                slug: Slug::new("servng"),
                closest: Some(slug()),
            },
            Refusal::Sign {
                slug: slug(),
                why: SignRefusal::OtherSide {
                    theirs: Side::DataScience,
                },
            },
            Refusal::Sign {
                slug: slug(),
                why: SignRefusal::NeedsPath,
            },
        ];
        let sample = Sample::default();
        let item = sample.active_experiment();
        let lines: Vec<String> = refusals
            .iter()
            .map(|refusal| refusals::sentence(refusal, &item, &sample.ctx()))
            .collect();
        insta::assert_snapshot!(lines.join("\n"), @"
        no such command; `/help` lists them.
        `2x` is no time box; for example `/timebox 2d`.
        it needs triage permission.
        it is for a lead: somebody with maintain or admin permission.
        it is for the author, an assignee, or somebody with triage permission; in a public repository triage is needed.
        this is no item yet; `/kind research | experiment | development | maintenance` makes it one.
        this is development, and the command is for other kinds; `/kind …` changes the kind.
        the command is for pull requests.
        this pull request is no hand-off; `/handoff` makes it one.
        it stays in ideation. An experiment needs a hypothesis before it starts, for example `/hypothesis BERT routes tickets better than GPT-2`.
        maintenance moves through `todo`, `in-progress`, `in-review` and `done`.
        the command is for another stage; it is in ideation. `/activate` starts it.
        it is closed; reopen it first.
        the metric is fixed since it started; `/amend metric … because …` adds to it.
        the hypothesis is not fixed yet; `/hypothesis …` simply sets it.
        the time box has started, and its length is fixed since then; `/extend …` gives it more time.
        there is no preset `hugo`; there are `deep` and `spike`, and lengths such as `2d` or `1w 2d`.
        it is not blocked.
        it was decided already: abandoned. A lead may revise that with another `/decide …`, or it is reopened.
        there is no entry `servng`; did you mean `serving`?
        `serving` is engineering's to sign (acme/ml-platform); you are in data science.
        `serving` is signed with its path, for example `/sign serving docs/model_card.md`.
        ");
    }

    #[test]
    fn several_failures_are_listed_and_words_asked_for_stand_alone() {
        let answers = vec![
            answered(0, "/unblock", Outcome::Refused(Refusal::NotBlocked)),
            answered(
                1,
                "/help activate",
                Outcome::Asked(Order::Help {
                    topic: Some("activate".to_owned()),
                }),
            ),
            answered(2, "/board", Outcome::Asked(Order::Board)),
            answered(3, "/status", Outcome::Asked(Order::Status)),
            answered(
                4,
                "/help @mira",
                Outcome::Asked(Order::Help {
                    topic: Some("@mira".to_owned()),
                }),
            ),
            answered(5, "/metric `x`", Outcome::Refused(Refusal::Closed)),
        ];
        insta::assert_snapshot!(replies(answers), @"
    reply:77 once=false
    - `/unblock`: it is not blocked.
    - `/metric 'x'`: it is closed; reopen it first.
    reply:77:001-90d82c3b once=true
    `/activate`

    Begins research or an experiment: its time box runs, hypothesis and metric are frozen.

    For example `/activate` · for author, assignee, triage
    reply:77:002-10ec2384 once=true
    ## acme/fraud
    reply:77:003-ae4267a0 once=true
    labhand does not look after this one: it has no kind. `/kind research | experiment | development | maintenance` gives it one.
    reply:77:004-5a208a73 once=true
    There is no command `/@mira`. `/help` lists them all.
    77 {Eyes, Confused}
    ");
    }

    #[test]
    fn help_is_one_table() {
        let help = help(None);
        let html = comrak::markdown_to_html(&help, &{
            let mut options = comrak::Options::default();
            options.extension.table = true;
            options
        });
        assert_eq!(html.matches("<td").count(), 3 * command::help(None).len());
    }
}
