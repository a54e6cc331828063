//! The checklist comment of a hand-off: fourteen boxes in three sections, who signed what, and
//! whose turn it is. People tick its boxes, so a box and its slug must stand exactly so:
//! ``- [ ] `slug` ``.

use std::fmt::Write as _;

use crate::domain::handoff::{Entry, Handoff, Mark, Owner, Side, Signature, is_self_signed};
use crate::domain::item::Item;
use crate::domain::policy::Policy;
use crate::domain::version::ModelVersion;

use super::{Context, link, models, text, words};

mod notes;

/// Lengths of what users typed, in characters of Markdown.
const TITLE: usize = 150;
const REASON: usize = 250;

/// A policy can add entries without end; what is beyond these is counted only, in the check.
pub const MOST_ENTRIES: usize = 40;

/// The comment's text; `None` for what never was a hand-off.
pub fn text(item: &Item, ctx: &Context<'_>) -> Option<String> {
    let handoff = item.handoff.as_ref()?;
    if handoff.ended {
        return Some(ended(handoff));
    }
    let open = handoff.open_entries(ctx.policy);
    let parts = [
        Some(format!(
            "### 🤝 {} · {}",
            name(handoff),
            progress(handoff, ctx.policy)
        )),
        Some(match waiting(&open, ctx.policy) {
            Some(waiting) => format!("**Waiting for** {waiting}"),
            None => "**Complete.** Nothing is left to sign.".to_owned(),
        }),
        models::registered(item, ctx),
        notes::taken(item, ctx),
        notes::merged_unsigned(handoff, ctx.policy),
        notes::asked_off(handoff, ctx.policy),
        notes::unread_teams(ctx),
        section("Data science delivers", Owner::DataScience, handoff, ctx),
        section("Engineering provides", Owner::Engineering, handoff, ctx),
        section("Both share", Owner::Both, handoff, ctx),
        foot(item, open.is_empty(), ctx.policy),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    Some(text::bounded(parts.join("\n\n"), text::BODY_LIMIT))
}

/// `Hand-off of fraud-detector 2.3.0`.
pub fn name(handoff: &Handoff) -> String {
    match &handoff.model {
        Some(ModelVersion { model, version }) => format!(
            "Hand-off of {} {}",
            text::escape(model.as_str(), 80),
            text::escape(&version.to_string(), 60)
        ),
        None => "Hand-off".to_owned(),
    }
}

/// `8 of 14 signed`; waived entries count neither way.
pub fn progress(handoff: &Handoff, policy: &Policy) -> String {
    format!("{} signed", counted(handoff, policy))
}

/// The same where nothing beside it says that there are no sides: `8 of 14 self-signed`.
pub fn progress_alone(handoff: &Handoff, policy: &Policy) -> String {
    let word = if is_self_signed(policy) {
        "self-signed"
    } else {
        "signed"
    };
    format!("{} {word}", counted(handoff, policy))
}

/// How many entries are signed, and of how many.
pub fn count(handoff: &Handoff, policy: &Policy) -> (usize, usize) {
    let waived = |entry: &&Entry| handoff.marks.get(&entry.slug).is_some_and(Mark::is_waived);
    let all = policy.handoff.entries.len() - policy.handoff.entries.iter().filter(waived).count();
    let open = handoff.open_entries(policy).len();
    (all.saturating_sub(open), all)
}

fn counted(handoff: &Handoff, policy: &Policy) -> String {
    let (signed, all) = count(handoff, policy);
    format!("{signed} of {all}")
}

/// Whose turn it is, and for which entries; `None` if for none.
pub fn waiting(open: &[(Entry, Vec<Side>)], policy: &Policy) -> Option<String> {
    let (science, engineering) = (Side::DataScience, Side::Engineering);
    if is_self_signed(policy) {
        let slugs = slugs(open.iter());
        return (!open.is_empty()).then(|| format!("anyone with write access: {slugs}"));
    }
    let groups = [
        (words::members(science, policy), vec![science]),
        (words::members(engineering, policy), vec![engineering]),
        ("**both sides**".to_owned(), vec![science, engineering]),
    ];
    let parts: Vec<String> = groups
        .into_iter()
        .filter_map(|(who, sides)| {
            let mut entries = open
                .iter()
                .filter(|(_, missing)| *missing == sides)
                .peekable();
            entries.peek()?;
            Some(format!("{who}: {}", slugs(entries)))
        })
        .collect();
    (!parts.is_empty()).then(|| parts.join(" · "))
}

fn slugs<'a>(entries: impl Iterator<Item = &'a (Entry, Vec<Side>)>) -> String {
    let mut slugs: Vec<String> = entries
        .map(|(entry, _)| text::code(entry.slug.as_str(), 60))
        .collect();
    let more = slugs.len().saturating_sub(MOST_ENTRIES);
    slugs.truncate(MOST_ENTRIES);
    if more > 0 {
        slugs.push(format!("{more} more"));
    }
    slugs.join(", ")
}

fn ended(handoff: &Handoff) -> String {
    let reasons: Vec<String> = handoff
        .off
        .iter()
        .map(|(side, (who, reason))| {
            format!(
                "- {} ({}): {}",
                text::name(&who.login),
                words::side(*side),
                text::escape(reason, REASON)
            )
        })
        .collect();
    let head =
        "### 🤝 Hand-off ended\n\nThis is no longer a hand-off, and nothing needs to be signed.";
    if reasons.is_empty() {
        head.to_owned()
    } else {
        format!("{head}\n\n{}", reasons.join("\n"))
    }
}

fn section(title: &str, owner: Owner, handoff: &Handoff, ctx: &Context<'_>) -> Option<String> {
    let entries = ctx.policy.handoff.entries.iter().take(MOST_ENTRIES);
    let lines: Vec<String> = entries
        .filter(|entry| entry.owner == owner)
        .map(|entry| line(entry, handoff.marks.get(&entry.slug), ctx))
        .collect();
    (!lines.is_empty()).then(|| format!("**{title}**\n{}", lines.join("\n")))
}

fn line(entry: &Entry, mark: Option<&Mark>, ctx: &Context<'_>) -> String {
    let slug = text::code(entry.slug.as_str(), 60);
    let title = text::escape(&entry.title, TITLE);
    let Some(mark) = mark else {
        return format!("- [ ] {slug} {title}");
    };
    if mark.is_waived() {
        // No box: there is nothing to tick in it.
        return format!("- {slug} ~~{title}~~ not applicable: {}", waivers(mark));
    }
    let sides = entry.owner.sides();
    let signed = sides.iter().all(|side| mark.signed.contains_key(side));
    let tick = if signed { 'x' } else { ' ' };
    let mut line = format!("- [{tick}] {slug} {title}{}", signers(sides, mark, signed));
    line.push_str(&notes::voided(mark));
    for evidence in evidence(mark, ctx) {
        // Writing to a string cannot fail.
        let _ = write!(line, " · {evidence}");
    }
    if let Some((side, (who, reason))) = mark.waived.iter().next() {
        let _ = write!(
            line,
            " · {} says not applicable: {}; {} may agree with `/na {} reason`",
            text::name(&who.login),
            text::escape(reason, REASON),
            words::side(side.other()),
            text::plain(entry.slug.as_str(), 60).replace('`', "'"),
        );
    }
    line
}

/// ` · mira + ana`, or ` · mira, engineering open`.
fn signers(sides: &[Side], mark: &Mark, signed: bool) -> String {
    let mut names: Vec<String> = Vec::new();
    for side in sides {
        if let Some(signature) = mark.signed.get(side) {
            let mut name = text::name(&signature.by.login);
            if let Some(version) = &signature.carried {
                let version = text::escape(&version.to_string(), 60);
                // Writing to a string cannot fail.
                let _ = write!(name, " (carried over from v{version})");
            }
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    if names.is_empty() {
        return String::new();
    }
    let open: Vec<&str> = sides
        .iter()
        .filter(|side| !mark.signed.contains_key(side))
        .map(|side| words::side(*side))
        .collect();
    let names = names.join(" + ");
    if signed {
        format!(" · {names}")
    } else {
        format!(" · {names}, {} open", open.join(" and "))
    }
}

fn evidence(mark: &Mark, ctx: &Context<'_>) -> Vec<String> {
    let mut shown: Vec<String> = Vec::new();
    for Signature { head, evidence, .. } in mark.signed.values() {
        if let Some(evidence) = evidence {
            let link = link::evidence(evidence, head.as_ref(), ctx);
            if !shown.contains(&link) {
                shown.push(link);
            }
        }
    }
    shown
}

/// The reasons of both sides, once where they are the same.
fn waivers(mark: &Mark) -> String {
    let mut reasons: Vec<String> = Vec::new();
    let mut names: Vec<String> = Vec::new();
    for (who, reason) in mark.waived.values() {
        let (reason, name) = (text::escape(reason, REASON), text::name(&who.login));
        if !reasons.contains(&reason) {
            reasons.push(reason);
        }
        if !names.contains(&name) {
            names.push(name);
        }
    }
    format!("{} · {}", reasons.join("; "), names.join(" + "))
}

/// Nothing where all is signed and merged: there is nothing left to do.
fn foot(item: &Item, is_complete: bool, policy: &Policy) -> Option<String> {
    let merged = item.pull.as_ref().is_some_and(|pull| pull.sight.merged);
    if merged && is_complete {
        return None;
    }
    let mut foot = "Tick a box or write `/sign slug [path or link]`; `/na slug reason`, from both sides, takes an entry out.".to_owned();
    if is_self_signed(policy) {
        foot.push_str(
            " Self-signed: the policy names no teams, so anyone with write access signs.",
        );
    } else {
        for side in [Side::DataScience, Side::Engineering] {
            if words::members(side, policy) == words::side(side) {
                let other = words::side(side.other());
                // Writing to a string cannot fail.
                let _ = write!(
                    foot,
                    " For {} anyone with write access signs who is not in {other}.",
                    words::side(side)
                );
            }
        }
    }
    if let Some(pull) = item.pull.as_ref().filter(|pull| pull.sight.open) {
        let asked = if policy.handoff.strict {
            "a push that changes a signed file asks for that signature again, and for all without evidence"
        } else {
            "a push that changes a signed file asks for that signature again"
        };
        let _ = write!(foot, " Signed for `{}`; {asked}.", pull.sight.head.short());
    }
    let hidden = policy.handoff.entries.len().saturating_sub(MOST_ENTRIES);
    if hidden > 0 {
        let _ = write!(foot, " … and {hidden} more entries, signed with `/sign`.");
    }
    Some(format!("<sub>{foot}</sub>"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::handoff::Slug;
    use crate::domain::policy::Teams;
    use crate::view::samples::{Sample, user};

    #[test]
    fn a_handoff_shows_who_signed_and_whose_turn_it_is() {
        let sample = Sample::default();
        insta::assert_snapshot!(text(&Sample::handoff(), &sample.ctx()).unwrap(), @r"
    ### 🤝 Hand-off of fraud-detector 2.3.0 · 8 of 14 signed

    **Waiting for** acme/ml-platform: `serving`, `monitoring`, `ab-testing`, `performance` · **both sides**: `incidents`, `docs`

    **Data science delivers**
    - [x] `artifact` Trained model artifact · mira · [models/fraud-2.3.onnx](https://github.com/acme/fraud/blob/3f2a91c0000000000000000000000000000000ab/models/fraud-2.3.onnx)
    - [x] `model-card` Model card: performance, limitations · mira · [docs/model\_card.md](https://github.com/acme/fraud/blob/3f2a91c0000000000000000000000000000000ab/docs/model_card.md)
    - [x] `features` Feature requirements · mira
    - [x] `io-format` Expected input and output formats · jonas
    - [x] `benchmarks` Performance benchmarks · jonas · [reports.acme.test/fraud](https://reports.acme.test/fraud)

    **Engineering provides**
    - [x] `feature-pipeline` Feature pipeline infrastructure · ana
    - [ ] `serving` Model serving platform
    - [ ] `monitoring` Monitoring and alerting
    - [ ] `ab-testing` A/B testing framework
    - [x] `scaling` Scaling and reliability · ana

    **Both share**
    - [x] `integration-tests` Integration testing · mira + ana
    - [ ] `performance` Performance optimisation · mira, engineering open
    - [ ] `incidents` Incident response
    - [ ] `docs` Documentation

    <sub>Tick a box or write `/sign slug [path or link]`; `/na slug reason`, from both sides, takes an entry out. Signed for `3f2a91c`; a push that changes a signed file asks for that signature again.</sub>
    ");
    }

    #[test]
    fn what_one_side_waives_waits_for_the_other() {
        let mut item = Sample::handoff();
        let handoff = item.handoff.as_mut().expect("the sample is a hand-off");
        let mark = handoff.marks.entry(Slug::new("ab-testing")).or_default();
        mark.waived
            .insert(Side::Engineering, (user(2, "ana"), "no traffic".to_owned()));
        let open = handoff.open_entries(&Sample::default().policy);
        let (_, turn) = open
            .iter()
            .find(|(entry, _)| entry.slug == Slug::new("ab-testing"))
            .expect("it is still open");
        assert_eq!(*turn, [Side::DataScience]);
    }

    #[test]
    fn waived_entries_have_no_box_and_self_signing_is_said() {
        let mut sample = Sample::default();
        sample.policy.teams = Teams::default();
        sample
            .policy
            .handoff
            .entries
            .retain(|entry| ["serving", "ab-testing", "docs"].contains(&entry.slug.as_str()));
        let mut item = Sample::handoff();
        let handoff = item.handoff.as_mut().unwrap();
        let waiver = |id, login| (user(id, login), "no traffic to split".to_owned());
        let both = handoff.marks.entry(Slug::new("ab-testing")).or_default();
        both.waived.insert(Side::DataScience, waiver(1, "mira"));
        both.waived.insert(Side::Engineering, waiver(3, "ana"));
        let one = handoff.marks.entry(Slug::new("docs")).or_default();
        one.waived
            .insert(Side::Engineering, (user(3, "ana"), "generated".to_owned()));
        handoff.off.insert(
            Side::Engineering,
            (user(3, "ana"), "only a config change".to_owned()),
        );
        insta::assert_snapshot!(text(&item, &sample.ctx()).unwrap(), @"
    ### 🤝 Hand-off of fraud-detector 2.3.0 · 0 of 2 signed

    **Waiting for** anyone with write access: `serving`, `docs`

    > ana (engineering) asks to end this hand-off: only a config change. It ends when data science agrees with `/handoff off reason`.

    **Engineering provides**
    - [ ] `serving` Model serving platform
    - `ab-testing` ~~A/B testing framework~~ not applicable: no traffic to split · mira + ana

    **Both share**
    - [ ] `docs` Documentation · ana says not applicable: generated; data science may agree with `/na docs reason`

    <sub>Tick a box or write `/sign slug [path or link]`; `/na slug reason`, from both sides, takes an entry out. Self-signed: the policy names no teams, so anyone with write access signs. Signed for `3f2a91c`; a push that changes a signed file asks for that signature again.</sub>
    ");
    }

    #[test]
    fn an_ended_handoff_asks_for_nothing() {
        let sample = Sample::default();
        let mut item = Sample::handoff();
        let handoff = item.handoff.as_mut().unwrap();
        handoff.ended = true;
        handoff.off.insert(
            Side::DataScience,
            (user(1, "mira"), "no model in it".to_owned()),
        );
        insta::assert_snapshot!(text(&item, &sample.ctx()).unwrap(), @"
    ### 🤝 Hand-off ended

    This is no longer a hand-off, and nothing needs to be signed.

    - mira (data science): no model in it
    ");
        let wanted = crate::view::item(&item, &sample.ctx());
        assert!(wanted.no_labels.contains("handoff"));
    }

    #[test]
    fn how_to_sign_is_said_as_long_as_something_can_be_signed() {
        let sample = Sample::default();
        let mut item = Sample::handoff();
        let says_how = |item: &Item| text(item, &sample.ctx()).unwrap().contains("/sign slug");
        item.pull.as_mut().unwrap().sight.merged = true;
        assert!(says_how(&item), "what is open is signed after the merge");
        let handoff = item.handoff.as_mut().unwrap();
        let signature = handoff.marks[&Slug::new("features")].signed[&Side::DataScience].clone();
        for entry in &sample.policy.handoff.entries {
            let mark = handoff.marks.entry(entry.slug.clone()).or_default();
            for side in [Side::DataScience, Side::Engineering] {
                mark.signed.entry(side).or_insert_with(|| signature.clone());
            }
        }
        assert!(!says_how(&item));
        item.pull.as_mut().unwrap().sight.merged = false;
        assert!(
            says_how(&item),
            "until the merge a signature may be taken back"
        );
    }

    #[test]
    fn its_boxes_are_those_that_ticks_are_read_from() {
        let sample = Sample::default();
        let text = text(&Sample::handoff(), &sample.ctx()).unwrap();
        let boxes = crate::command::ticks::boxes(&text);
        assert_eq!(boxes.len(), 14);
        assert_eq!(boxes.values().filter(|ticked| **ticked).count(), 8);
    }
}
