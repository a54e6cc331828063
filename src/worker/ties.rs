//! GitHub's clock knows whole seconds, and deliveries come in any order.

use super::intake::{CHECKLIST, Gathered};
use super::{StepError, Worker};
use crate::command::ticks;
use crate::domain::entries::Slug;
use crate::domain::fact::{Fact, FactId, Snapshot, What};
use crate::domain::labels::Label;
use crate::forge::{CallError, Forge, RepoRef, Shown, Slot};

/// Two facts of one second whose order decides: which label of a family came last, whether it was
/// closed or reopened last, or what its text and its people are. GitHub is asked then.
pub(super) fn ties(history: &[Fact], new: &[Fact]) -> bool {
    new.iter().any(|one| {
        history
            .iter()
            .chain(new)
            .any(|other| one.at == other.at && conflict(&one.what, &other.what))
    })
}

fn conflict(one: &What, other: &What) -> bool {
    if let (What::Labeled { label: one }, What::Labeled { label: other }) = (one, other) {
        return one != other && family(one).is_some() && family(one) == family(other);
    }
    if let (What::Labeled { label: one }, What::Unlabeled { label: other })
    | (What::Unlabeled { label: one }, What::Labeled { label: other }) = (one, other)
    {
        return one == other && Label::parse(one).is_some();
    }
    if let (Some(one), Some(other)) = (portrait(one), portrait(other)) {
        return differ(one, other);
    }
    matches!(
        (one, other),
        (What::Closed { .. }, What::Reopened) | (What::Reopened, What::Closed { .. })
    )
}

fn portrait(what: &What) -> Option<&Snapshot> {
    if let What::Opened(snapshot) | What::Seen(snapshot) = what {
        Some(snapshot)
    } else {
        None
    }
}

/// Whether it was another item afterwards: giving an issue to somebody else is two events, the one
/// off and the other on. Labels and closing have facts of their own.
fn differ(one: &Snapshot, other: &Snapshot) -> bool {
    let Snapshot {
        title,
        body,
        author: _,
        created_at: _,
        closed: _,
        assignees,
        labels: _,
        milestone,
        issue_type,
        is_pull: _,
    } = one;
    (title, body, assignees, milestone, issue_type)
        != (
            &other.title,
            &other.body,
            &other.assignees,
            &other.milestone,
            &other.issue_type,
        )
}

fn family(label: &str) -> Option<&str> {
    Label::parse(label)?;
    label.split_once('/').map(|(family, _)| family)
}

impl<F: Forge> Worker<F> {
    /// A box that was ticked and unticked within one second stands as GitHub shows it now.
    pub(super) async fn settle_ticks(
        &self,
        repo: &RepoRef,
        shown: &Shown,
        history: &[Fact],
        gathered: &mut Gathered,
    ) -> Result<(), StepError> {
        let tied = tied_ticks(history, &gathered.facts);
        let checklist = shown.comments.get(&Slot(CHECKLIST.to_owned()));
        let Some(comment) = checklist
            .and_then(|said| said.id)
            .filter(|_| !tied.is_empty())
        else {
            return Ok(());
        };
        let text = match self.shared.forge.comment(repo, comment).await {
            Ok(text) => text,
            // Deleted: there is no box to look at.
            Err(CallError::Missing(_)) => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        let boxes = ticks::boxes(&text);
        for (slug, on, fact) in tied {
            // Sorts behind the ids of all other ticks.
            let id = FactId(format!("tick-stands:{}:{slug}:{on}", fact.at.as_second()));
            let mut known = history.iter().chain(&gathered.facts);
            if boxes.get(&slug) == Some(&on) && known.all(|fact| fact.id != id) {
                gathered.facts.push(Fact { id, ..fact });
            }
        }
        Ok(())
    }
}

/// New ticks, and those of the same second that say the opposite of the same box.
fn tied_ticks(history: &[Fact], new: &[Fact]) -> Vec<(Slug, bool, Fact)> {
    let tick = |fact: &Fact| {
        if let What::Ticked { slug, on } = &fact.what {
            Some((slug.clone(), *on, fact.clone()))
        } else {
            None
        }
    };
    let new: Vec<_> = new.iter().filter_map(tick).collect();
    let all: Vec<_> = history.iter().filter_map(tick).chain(new.clone()).collect();
    let opposes = |one: &(Slug, bool, Fact), other: &(Slug, bool, Fact)| {
        one.0 == other.0 && one.1 != other.1 && one.2.at == other.2.at
    };
    let concerned = |one: &(Slug, bool, Fact)| {
        let is_new = |it: &(Slug, bool, Fact)| new.iter().any(|new| new.2.id == it.2.id);
        all.iter()
            .any(|other| opposes(one, other) && (is_new(one) || is_new(other)))
    };
    all.iter().filter(|one| concerned(one)).cloned().collect()
}
