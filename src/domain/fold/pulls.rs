//! Pull requests: how they move the items that they are linked to, and the hand-off that some are.

use jiff::Timestamp;

use super::{Ground, notify_once, stages};
use crate::domain::actor::Actor;
use crate::domain::fact::{Fact, PullSight, What};
use crate::domain::handoff::{
    CarriedOver, Entry, Handoff, Heir, Merged, SignRefusal, Signer, Slug, is_self_signed,
};
use crate::domain::ids::{CommitSha, ItemNumber};
use crate::domain::item::{Item, NoticeKind, Pull, Refusal};
use crate::domain::kind::Stage;
use crate::domain::policy::Policy;
use crate::domain::registry::Found;
use crate::domain::version::ModelVersion;

/// A pull request's own branches and state.
pub(super) fn see(item: &mut Item, sight: &PullSight, at: Timestamp, ground: &Ground<'_>) {
    item.is_pull = true;
    match item.pull.as_mut() {
        Some(pull) => {
            let pushed = pull.sight.head != sight.head;
            pull.sight = sight.clone();
            if pushed && let Some(handoff) = item.handoff.as_mut() {
                let strict = ground.policy.handoff.strict;
                handoff.pushed(&sight.head, strict, &mut item.evidence, at);
            }
        }
        None => {
            item.pull = Some(Pull {
                sight: sight.clone(),
                closes: Vec::new(),
                touches_handoff_paths: false,
                touches_policy: false,
            });
        }
    }
    // One that is linked to nothing but bears a kind label is an item itself.
    let explores = item
        .kind
        .is_none_or(|classified| classified.kind.is_exploration());
    if !explores && sight.open && item.closed.is_none() {
        let stage = if sight.draft {
            Stage::InProgress
        } else {
            Stage::InReview
        };
        stages::enter(item, stage, at, None);
    }
}

/// How a hand-off stood when it was merged, once: with what was signed within the second of the
/// merging, and with nothing that was signed afterwards.
pub(super) fn note_merge(item: &mut Item, fact: &Fact, policy: &Policy) {
    let merge = item
        .pull
        .as_ref()
        .and_then(|pull| pull.sight.merge.as_ref());
    let (Some(merge), Some(handoff)) = (merge, item.handoff.as_mut()) else {
        return;
    };
    let is_over = fact.at > merge.at || matches!(fact.what, What::Closed { .. });
    if is_over && handoff.merged.is_none() && !handoff.ended {
        let open = handoff.open_entries(policy);
        handoff.merged = Some(Merged {
            at: merge.at,
            open: open.into_iter().map(|(entry, _)| entry.slug).collect(),
            asked: policy
                .handoff
                .entries
                .iter()
                .map(|it| it.slug.clone())
                .collect(),
            self_signed: is_self_signed(policy),
        });
    }
}

/// What had to be asked for: closing references, and whether hand-off paths are touched.
pub(super) fn read(
    item: &mut Item,
    closes: &[ItemNumber],
    (handoff_paths, policy): (bool, bool),
    at: Timestamp,
) {
    if let Some(pull) = item.pull.as_mut() {
        pull.closes = closes.to_vec();
        pull.touches_handoff_paths = handoff_paths;
        pull.touches_policy = policy;
    }
    begin_if_due(item, at);
}

/// An item that it closes came out of a productionize decision.
pub(super) fn closes_product(item: &mut Item, number: ItemNumber, at: Timestamp) {
    item.products.insert(number);
    begin_if_due(item, at);
}

/// What it changes or closes makes it a hand-off, once: one that people have ended stays ended.
fn begin_if_due(item: &mut Item, at: Timestamp) {
    let due = item.pull.as_ref().is_some_and(|pull| {
        pull.touches_handoff_paths || pull.closes.iter().any(|it| item.products.contains(it))
    });
    if due && item.handoff.is_none() {
        begin_handoff(item, at);
    }
}

/// A pull request that is linked to this item looks so now.
pub(super) fn linked(
    item: &mut Item,
    number: ItemNumber,
    sight: &PullSight,
    at: Timestamp,
    ground: &Ground<'_>,
) {
    item.linked_pulls.insert(number, sight.clone());
    follow_pulls(item, at, ground);
}

/// A pull request is no longer linked to this item.
pub(super) fn unlinked(item: &mut Item, number: ItemNumber, at: Timestamp, ground: &Ground<'_>) {
    if item.linked_pulls.remove(&number).is_some() {
        follow_pulls(item, at, ground);
    }
}

/// In review when every open linked pull request is ready for review, in progress when one is
/// not; what no open pull request concerns stays where people put it.
fn follow_pulls(item: &mut Item, at: Timestamp, ground: &Ground<'_>) {
    let production = item
        .kind
        .is_some_and(|classified| !classified.kind.is_exploration());
    if !production || item.closed.is_some() {
        return;
    }
    let mut open = item
        .linked_pulls
        .values()
        .filter(|sight| sight.open)
        .peekable();
    if open.peek().is_none() {
        return;
    }
    let to = if open.all(|sight| !sight.draft) {
        Stage::InReview
    } else {
        Stage::InProgress
    };
    if item.stage != to {
        stages::advance_quietly(item, to, at, ground.policy);
    }
}

/// Makes the pull request a hand-off, unless it is one.
pub(super) fn begin_handoff(item: &mut Item, at: Timestamp) {
    match item.handoff.as_mut() {
        Some(handoff) if handoff.ended => {
            handoff.ended = false;
            handoff.off.clear();
        }
        Some(_) => {}
        None => item.handoff = Some(Handoff::begun(at, item.fields.model.clone())),
    }
}

/// A hand-off inherits what the model's previous version had.
pub(super) fn carry_over(item: &mut Item, carried: &CarriedOver, policy: &Policy) {
    let heir = Heir {
        author: item.author.as_ref().map(|author| author.id),
        head: item.pull.as_ref().map(|pull| &pull.sight.head),
        policy,
    };
    if let Some(handoff) = item.handoff.as_mut() {
        handoff.inherit(carried, &heir, &mut item.evidence);
    }
}

/// The label `handoff` was taken off: that ends it while nobody has signed and it is no version; later
/// it is put back.
pub(super) fn label_off(item: &mut Item) {
    if let Some(handoff) = item.handoff.as_mut()
        && !handoff.has_signatures()
        && handoff.merged_as().is_none()
    {
        handoff.ended = true;
    }
}

/// `/handoff [model version]`
pub(super) fn ask_for_handoff(
    item: &mut Item,
    model: Option<&ModelVersion>,
    found: Option<&Found>,
    at: Timestamp,
) -> Result<(), Refusal> {
    if !item.is_pull {
        return Err(Refusal::NotAPull);
    }
    if let Some(Found::Refused(why)) = found {
        return Err(Refusal::Model(why.clone()));
    }
    let merged_as = item.handoff.as_ref().and_then(Handoff::merged_as);
    if let (Some(of), Some(merged_as)) = (model, merged_as)
        && of != merged_as
    {
        return Err(Refusal::MergedAs(merged_as.clone()));
    }
    begin_handoff(item, at);
    if let (Some(handoff), Some(of)) = (item.handoff.as_mut(), model) {
        handoff.model = Some(of.clone());
        handoff.named = true;
    }
    Ok(())
}

/// `/handoff off reason`
pub(super) fn switch_off(
    item: &mut Item,
    reason: &str,
    actor: &Actor,
    ground: &Ground<'_>,
) -> Result<(), Refusal> {
    let signer = signer(item, actor, ground);
    let handoff = live(item)?;
    if let Some(merged_as) = handoff.merged_as() {
        return Err(Refusal::MergedAs(merged_as.clone()));
    }
    handoff
        .switch_off(reason, &signer)
        .map_err(Refusal::NoSideHere)
}

/// `/sign slug… [evidence]`: each entry by itself; the first that is refused is answered.
pub(super) fn sign(
    item: &mut Item,
    slugs: &[Slug],
    evidence: Option<&str>,
    actor: &Actor,
    at: Timestamp,
    ground: &Ground<'_>,
) -> Result<(), Refusal> {
    each_entry(item, slugs, ground.policy, |item, entry| {
        sign_one(item, entry, evidence, actor, at, ground)
    })
}

/// `/unsign slug…`
pub(super) fn unsign(
    item: &mut Item,
    slugs: &[Slug],
    actor: &Actor,
    ground: &Ground<'_>,
) -> Result<(), Refusal> {
    each_entry(item, slugs, ground.policy, |item, entry| {
        unsign_one(item, entry, actor, ground)
    })
}

/// `/na slug reason`
pub(super) fn waive(
    item: &mut Item,
    slug: &Slug,
    reason: &str,
    actor: &Actor,
    ground: &Ground<'_>,
) -> Result<(), Refusal> {
    each_entry(
        item,
        std::slice::from_ref(slug),
        ground.policy,
        |item, entry| {
            let signer = signer(item, actor, ground);
            let Some(handoff) = item.handoff.as_mut() else {
                return Ok(());
            };
            handoff.waive(entry, reason, &signer)
        },
    )
}

/// A box of the checklist comment was ticked or unticked. What does not count is undone by the
/// view; a wrong tick is also explained, once.
pub(super) fn tick(
    item: &mut Item,
    slug: &Slug,
    on: bool,
    by: Option<&Actor>,
    at: Timestamp,
    ground: &Ground<'_>,
) {
    let entry = ground
        .policy
        .handoff
        .entries
        .iter()
        .find(|entry| entry.slug == *slug);
    let (Some(actor), Some(entry)) = (by, entry) else {
        return;
    };
    if live(item).is_err() {
        return;
    }
    if !on {
        // What the other side unticks is ticked again without a word: the redrawn box says it.
        let _undone = unsign_one(item, entry, actor, ground);
        return;
    }
    match sign_one(item, entry, None, actor, at, ground) {
        Ok(()) | Err(SignRefusal::AlreadySigned) => {}
        Err(why) => {
            let what = NoticeKind::WrongTick {
                slug: slug.clone(),
                by: actor.user.clone(),
                why,
            };
            if !item.notices.iter().any(|notice| notice.what == what) {
                notify_once(item, at, what);
            }
        }
    }
}

fn live(item: &mut Item) -> Result<&mut Handoff, Refusal> {
    if !item.is_pull {
        return Err(Refusal::NotAPull);
    }
    item.handoff
        .as_mut()
        .filter(|handoff| !handoff.ended)
        .ok_or(Refusal::NotAHandoff)
}

fn each_entry(
    item: &mut Item,
    slugs: &[Slug],
    policy: &Policy,
    mut act: impl FnMut(&mut Item, &Entry) -> Result<(), SignRefusal>,
) -> Result<(), Refusal> {
    live(item)?;
    let mut refused = None;
    for slug in slugs {
        let outcome = match policy
            .handoff
            .entries
            .iter()
            .find(|entry| entry.slug == *slug)
        {
            Some(entry) => act(item, entry).map_err(|why| Refusal::Sign {
                slug: slug.clone(),
                why,
            }),
            None => Err(Refusal::NoSuchEntry {
                slug: slug.clone(),
                closest: closest(slug, policy),
            }),
        };
        refused = refused.or(outcome.err());
    }
    refused.map_or(Ok(()), Err)
}

fn closest(slug: &Slug, policy: &Policy) -> Option<Slug> {
    let near = |entry: &&Entry| strsim::damerau_levenshtein(entry.slug.as_str(), slug.as_str());
    let best = policy.handoff.entries.iter().min_by_key(near)?;
    (near(&best) <= CLOSE_ENOUGH).then(|| best.slug.clone())
}

/// Typing errors up to which another slug is offered.
const CLOSE_ENOUGH: usize = 3;

/// Who asks to sign, with what the rules of signing need to know.
fn signer<'a>(item: &Item, actor: &'a Actor, ground: &Ground<'a>) -> Signer<'a> {
    Signer {
        actor,
        author: item.author.as_ref().map(|author| author.id),
        policy: ground.policy,
    }
}

fn head_of(item: &Item) -> Option<CommitSha> {
    item.pull.as_ref().map(|pull| pull.sight.head.clone())
}

fn sign_one(
    item: &mut Item,
    entry: &Entry,
    evidence: Option<&str>,
    actor: &Actor,
    at: Timestamp,
    ground: &Ground<'_>,
) -> Result<(), SignRefusal> {
    let head = head_of(item);
    let signer = signer(item, actor, ground);
    let Some(handoff) = item.handoff.as_mut() else {
        return Ok(());
    };
    let known = &mut item.evidence;
    handoff.sign(entry, evidence, head.as_ref(), known, &signer, at)
}

fn unsign_one(
    item: &mut Item,
    entry: &Entry,
    actor: &Actor,
    ground: &Ground<'_>,
) -> Result<(), SignRefusal> {
    let signer = signer(item, actor, ground);
    let Some(handoff) = item.handoff.as_mut() else {
        return Ok(());
    };
    handoff.unsign(entry, &signer)
}
