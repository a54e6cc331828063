//! The life of a model, on the issue that is its home: commands, and ticks of its gates.

use jiff::Timestamp;

use super::notify_once;
use crate::domain::actor::{Actor, Permission, User};
use crate::domain::entries::Slug;
use crate::domain::handoff::SignRefusal;
use crate::domain::ids::ItemNumber;
use crate::domain::item::{Item, NoticeKind, Refusal};
use crate::domain::lifecycle::gates::LifecycleStage;
use crate::domain::lifecycle::{Drift, Home, LifecycleMove, LifecycleRefusal, Seen, gates};
use crate::domain::policy::{Level, Policy, Rule};
use crate::domain::registry::Found;
use crate::domain::version::ModelName;

/// A name is meant by another one that differs in so many letters.
const MOST_SLIPS: usize = 3;

/// `/model track name`
pub(super) fn track(
    item: &mut Item,
    model: &ModelName,
    found: Option<&Found>,
    at: Timestamp,
    policy: &Policy,
) -> Result<(), Refusal> {
    if item.is_pull {
        return Err(LifecycleRefusal::IsAPull.into());
    }
    if let Some(Found::Refused(why)) = found {
        return Err(Refusal::Model(why.clone()));
    }
    match &item.home {
        Some(home) if home.model != *model => {
            Err(LifecycleRefusal::HomeOf(home.model.clone()).into())
        }
        Some(_) => Ok(()),
        None => {
            item.home = Some(Box::new(Home::new(model.clone(), at, policy)));
            Ok(())
        }
    }
}

/// `/select #n`
pub(super) fn select(
    item: &mut Item,
    number: ItemNumber,
    found: Option<&Found>,
    by: &User,
    at: Timestamp,
) -> Result<(), Refusal> {
    let home = open_home(item)?;
    if let Some(Found::Refused(why)) = found {
        return Err(Refusal::Model(why.clone()));
    }
    home.selected = Some((number, by.clone(), at));
    Ok(())
}

/// `/advance`
pub(super) fn advance(
    item: &mut Item,
    found: Option<&Found>,
    by: &User,
    at: Timestamp,
    policy: &Policy,
) -> Result<(), Refusal> {
    let home = open_home(item)?;
    let to = home.stage.next().ok_or(LifecycleRefusal::LastStage)?;
    let nothing = Seen::new();
    let seen = found.and_then(Found::seen).unwrap_or(&nothing);
    let open = home.open_gates(seen, policy);
    let open: Vec<Slug> = open.into_iter().map(|gate| gate.slug).collect();
    let level = policy.level(Rule::LifecycleGates);
    if level == Level::Enforce && !open.is_empty() {
        return Err(LifecycleRefusal::GatesOpen(open).into());
    }
    let open = if level == Level::Off {
        Vec::new()
    } else {
        open
    };
    go(home, to, None, open, by, at);
    Ok(())
}

/// `/retreat stage reason`
pub(super) fn retreat(
    item: &mut Item,
    to: LifecycleStage,
    reason: &str,
    by: &User,
    at: Timestamp,
) -> Result<(), Refusal> {
    let home = open_home(item)?;
    if to >= home.stage {
        return Err(LifecycleRefusal::NotEarlier { stage: home.stage }.into());
    }
    go(home, to, Some(reason.to_owned()), Vec::new(), by, at);
    Ok(())
}

fn go(
    home: &mut Home,
    to: LifecycleStage,
    reason: Option<String>,
    open: Vec<Slug>,
    by: &User,
    at: Timestamp,
) {
    home.moves.push(LifecycleMove {
        at,
        by: by.clone(),
        from: home.stage,
        to,
        reason,
        open,
    });
    home.stage = to;
    home.stage_since = at;
}

/// `/na gate reason`
pub(super) fn waive(
    item: &mut Item,
    slug: &Slug,
    reason: &str,
    by: &User,
    policy: &Policy,
) -> Result<(), Refusal> {
    let slug = known_gate(slug, policy)?;
    let home = open_home(item)?;
    home.waived.insert(slug, (by.clone(), reason.to_owned()));
    Ok(())
}

/// `/drift metric=value… note`
pub(super) fn drift(
    item: &mut Item,
    measured: &str,
    note: &str,
    found: Option<&Found>,
    by: &User,
    at: Timestamp,
) -> Result<(), Refusal> {
    let opened = |drift: &Drift| item.follow_ups.get(&drift.at);
    let asked = item
        .home
        .as_ref()
        .and_then(|home| home.asks_for_retraining());
    let under_way = asked.is_some_and(|asked| match opened(asked) {
        // It is opened with the next look.
        None => true,
        Some(retraining) => matches!(
            found,
            Some(Found::Maintenance(open)) if open.contains(&retraining.number)
        ),
    });
    let home = open_home(item)?;
    home.drifts.push(Drift {
        at,
        by: by.clone(),
        measured: measured.to_owned(),
        note: note.to_owned(),
        opens: !under_way,
    });
    Ok(())
}

/// A gate's box was ticked or unticked in the home's comment, which takes write access.
pub(super) fn tick(
    item: &mut Item,
    slug: &Slug,
    on: bool,
    by: &Actor,
    at: Timestamp,
    policy: &Policy,
) {
    let Ok(slug) = known_gate(slug, policy) else {
        return;
    };
    if by.standing.permission < Permission::Write {
        let what = NoticeKind::WrongTick {
            slug,
            by: by.user.clone(),
            why: SignRefusal::NoWrite,
        };
        // What somebody may not untick is ticked again without a word: the redrawn box says it.
        if on && !item.notices.iter().any(|notice| notice.what == what) {
            notify_once(item, at, what);
        }
        return;
    }
    let Ok(home) = open_home(item) else {
        return;
    };
    if on {
        home.unticked.remove(&slug);
        home.ticked.insert(slug, by.user.clone());
    } else {
        home.ticked.remove(&slug);
        home.waived.remove(&slug);
        home.unticked.insert(slug);
    }
}

fn home_of(item: &mut Item) -> Result<&mut Home, LifecycleRefusal> {
    item.home.as_deref_mut().ok_or(LifecycleRefusal::NotAHome)
}

/// What is closed takes no orders until it is reopened.
fn open_home(item: &mut Item) -> Result<&mut Home, Refusal> {
    let closed = item.closed.is_some();
    let home = home_of(item)?;
    if closed {
        return Err(Refusal::Closed);
    }
    Ok(home)
}

fn known_gate(slug: &Slug, policy: &Policy) -> Result<Slug, LifecycleRefusal> {
    let all = LifecycleStage::ALL.iter();
    let known: Vec<Slug> = all
        .flat_map(|stage| gates(*stage, policy))
        .map(|gate| gate.slug)
        .collect();
    if known.contains(slug) {
        return Ok(slug.clone());
    }
    let slips = |known: &&Slug| strsim::osa_distance(known.as_str(), slug.as_str());
    let closest = known.iter().min_by_key(slips);
    Err(LifecycleRefusal::NoSuchGate {
        slug: slug.clone(),
        closest: closest.filter(|it| slips(it) <= MOST_SLIPS).cloned(),
    })
}
