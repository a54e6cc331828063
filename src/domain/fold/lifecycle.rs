//! The lifecycle of a model, on the issue that is its home: commands and ticks.

use jiff::Timestamp;

use super::notify_once;
use crate::domain::actor::{Actor, Permission, User};
use crate::domain::entries::Slug;
use crate::domain::fact::Ordered;
use crate::domain::ids::ItemNumber;
use crate::domain::item::{Item, NoticeKind, Refusal};
use crate::domain::kind::Kind;
use crate::domain::lifecycle::{self, Drift, GATES, Home, LifecycleRefusal, LifecycleStage, Tie};
use crate::domain::policy::Policy;
use crate::domain::registry::Found;
use crate::domain::version::ModelName;

/// Typing errors up to which another gate is offered.
const CLOSE_ENOUGH: usize = 3;

/// `/model track name`
pub(super) fn track(
    item: &mut Item,
    model: &ModelName,
    ordered: &Ordered,
    at: Timestamp,
) -> Result<(), Refusal> {
    if item.is_pull {
        return Err(Refusal::Lifecycle(LifecycleRefusal::OnPull));
    }
    if let Some(Found::Refused(why)) = &ordered.found {
        return Err(Refusal::Model(why.clone()));
    }
    match &item.home {
        Some(home) if home.model != *model => {
            let of = home.model.clone();
            Err(Refusal::Lifecycle(LifecycleRefusal::HomeOf(of)))
        }
        Some(_) => Ok(()),
        None => {
            item.home = Some(Box::new(Home::begun(model.clone(), at)));
            item.models.insert(model.clone());
            Ok(())
        }
    }
}

/// `/advance`
pub(super) fn advance(
    item: &mut Item,
    by: &User,
    at: Timestamp,
    policy: &Policy,
) -> Result<(), Refusal> {
    let moved = open_home(item)?.advance(by, at, policy);
    moved.map_err(Refusal::Lifecycle)
}

/// An item is tied to the model, or not any more.
pub(super) fn tied(item: &mut Item, number: ItemNumber, tie: Option<&Tie>) {
    match tie {
        Some(tie) => item.ties.insert(number, tie.clone()),
        None => item.ties.remove(&number),
    };
}

/// `/select #n`
pub(super) fn select(item: &mut Item, number: ItemNumber) -> Result<(), Refusal> {
    let tie = item.ties.get(&number).cloned();
    let home = open_home(item)?;
    let Some(tie) = tie else {
        return Err(Refusal::Lifecycle(LifecycleRefusal::NotTied(number)));
    };
    if tie.kind != Some(Kind::Experiment) || tie.decided.is_none() {
        return Err(Refusal::Lifecycle(LifecycleRefusal::NotDecided(number)));
    }
    home.selected = Some(number);
    // Whoever chooses anew says that the gate is met.
    home.kept_open.remove(&Slug::new("best-performer"));
    Ok(())
}

/// `/drift metric=value… note`: noted with the retraining that is under way, if one is.
pub(super) fn drift(
    item: &mut Item,
    measured: &str,
    note: &str,
    by: &User,
    at: Timestamp,
) -> Result<(), Refusal> {
    let under_way = item.retraining_due().is_some() || item.retraining().is_some();
    let home = open_home(item)?;
    home.put_off_review(at);
    home.drifts.push(Drift {
        at,
        by: by.clone(),
        measured: measured.to_owned(),
        note: note.to_owned(),
        asks: !under_way,
    });
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
    let moved = open_home(item)?.retreat(to, reason, by, at);
    moved.map_err(Refusal::Lifecycle)
}

/// `/na gate reason`
pub(super) fn waive(
    item: &mut Item,
    slug: &Slug,
    reason: &str,
    by: &User,
    at: Timestamp,
    policy: &Policy,
) -> Result<(), Refusal> {
    let home = open_home(item)?;
    let gate = lifecycle::gate(slug, policy).ok_or_else(|| {
        Refusal::Lifecycle(LifecycleRefusal::NoSuchGate {
            slug: slug.clone(),
            closest: closest(slug, policy),
        })
    })?;
    home.waive(gate, reason, by, at);
    Ok(())
}

/// A gate's box was ticked or unticked. What does not count is undone by the view, and explained once.
pub(super) fn tick(
    item: &mut Item,
    slug: &Slug,
    on: bool,
    by: Option<&Actor>,
    at: Timestamp,
    policy: &Policy,
) {
    let (Some(actor), Some(gate)) = (by, lifecycle::gate(slug, policy)) else {
        return;
    };
    let Ok(home) = open_home(item) else {
        return;
    };
    if actor.standing.permission >= Permission::Write {
        if on {
            home.tick(gate, &actor.user, at);
        } else {
            home.untick(gate);
        }
        return;
    }
    let what = NoticeKind::WrongGate {
        slug: slug.clone(),
        by: actor.user.clone(),
    };
    if !item.notices.iter().any(|notice| notice.what == what) {
        notify_once(item, at, what);
    }
}

fn open_home(item: &mut Item) -> Result<&mut Home, Refusal> {
    let closed = item.closed.is_some();
    let home = item
        .home
        .as_mut()
        .ok_or(Refusal::Lifecycle(LifecycleRefusal::NoHome))?;
    if closed {
        return Err(Refusal::Closed);
    }
    Ok(home)
}

fn closest(slug: &Slug, policy: &Policy) -> Option<Slug> {
    let near = |it: &Slug| strsim::damerau_levenshtein(it.as_str(), slug.as_str());
    let asked = GATES
        .iter()
        .filter_map(|it| lifecycle::gate(&it.slug(), policy));
    let best = asked.map(lifecycle::Gate::slug).min_by_key(near)?;
    (near(&best) <= CLOSE_ENOUGH).then_some(best)
}
