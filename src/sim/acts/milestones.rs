//! Milestones.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::refusal::{Did, Refusal};
use super::super::state::RepoIx;
use super::super::state::{Actor, Milestone};
use super::super::world::World;

/// When a milestone is due, or that it no longer is.
#[derive(Debug, Clone, Copy)]
pub(in super::super) enum Due {
    On(Timestamp),
    Never,
}

/// What is changed of a milestone; `None` stays as it is.
#[derive(Debug, Clone, Default)]
pub(in super::super) struct MilestoneEdit {
    pub title: Option<String>,
    pub description: Option<String>,
    pub due_on: Option<Due>,
    pub open: Option<bool>,
}

/// The zone by whose days GitHub keeps due dates.
const PACIFIC: &str = "America/Los_Angeles";

/// What GitHub makes of a due date: the midnight before it in Pacific time.
fn floored(due: Timestamp) -> Timestamp {
    let midnight = due.in_tz(PACIFIC).and_then(|there| there.start_of_day());
    midnight.map_or(due, |midnight| midnight.timestamp())
}

impl World {
    fn announce_milestone(
        &mut self,
        repo: RepoIx,
        actor: Actor,
        number: u64,
        action: &str,
        more: Value,
    ) {
        let milestone = self.maybe_milestone_json(repo, Some(number));
        let payload = super::with(json!({ "milestone": milestone }), more);
        self.announce(repo, actor, "milestone", Some(action), payload);
    }

    /// Creates a milestone.
    pub fn create_milestone(
        &mut self,
        repo: RepoIx,
        actor: Actor,
        title: &str,
        description: Option<&str>,
        due_on: Option<Timestamp>,
    ) -> Did<u64> {
        if self[repo].milestones.iter().any(|m| m.title == title) {
            return Err(Refusal::invalid("Milestone", "title", "already_exists"));
        }
        let (id, now) = (self.id(), self.now());
        let number = self[repo].next_milestone;
        self[repo].next_milestone += 1;
        self[repo].milestones.push(Milestone {
            id,
            number,
            title: title.to_owned(),
            description: description.map(str::to_owned),
            due_on: due_on.map(floored),
            creator: actor.account,
            open: true,
            created_at: now,
            updated_at: now,
            closed_at: None,
        });
        self.announce_milestone(repo, actor, number, "created", json!({}));
        Ok(number)
    }

    /// Edits, closes or opens a milestone.
    pub fn edit_milestone(
        &mut self,
        repo: RepoIx,
        actor: Actor,
        number: u64,
        edit: MilestoneEdit,
    ) -> Did<()> {
        let now = self.now();
        let milestone = self[repo]
            .milestones
            .iter_mut()
            .find(|m| m.number == number)
            .ok_or_else(Refusal::not_found)?;
        milestone.updated_at = now;
        let mut changes = serde_json::Map::new();
        if let Some(title) = edit.title.filter(|title| *title != milestone.title) {
            changes.insert("title".to_owned(), json!({ "from": milestone.title }));
            milestone.title = title;
        }
        if let Some(text) = edit.description {
            changes.insert(
                "description".to_owned(),
                json!({ "from": milestone.description.as_deref().unwrap_or("") }),
            );
            milestone.description = Some(text);
        }
        let due = edit.due_on.map(|due| match due {
            Due::On(at) => Some(floored(at)),
            Due::Never => None,
        });
        if let Some(due) = due.filter(|due| *due != milestone.due_on) {
            let from = super::super::json::maybe_time(milestone.due_on);
            changes.insert("due_on".to_owned(), json!({ "from": from }));
            milestone.due_on = due;
        }
        let turned = edit.open.filter(|open| *open != milestone.open);
        if let Some(open) = turned {
            milestone.open = open;
            milestone.closed_at = (!open).then_some(now);
        }
        if !changes.is_empty() {
            let more = json!({ "changes": changes });
            self.announce_milestone(repo, actor, number, "edited", more);
        }
        match turned {
            Some(true) => self.announce_milestone(repo, actor, number, "opened", json!({})),
            Some(false) => self.announce_milestone(repo, actor, number, "closed", json!({})),
            None => {}
        }
        Ok(())
    }

    /// Deletes a milestone: its number is never used again, and what was in it is in none. That the
    /// issues say nothing is the harder case; GitHub's documentation does not tell.
    pub fn delete_milestone(&mut self, repo: RepoIx, actor: Actor, number: u64) -> Did<()> {
        let milestone = self.maybe_milestone_json(repo, Some(number));
        if milestone.is_null() {
            return Err(Refusal::not_found());
        }
        self[repo].milestones.retain(|m| m.number != number);
        for issue in self[repo].issues.values_mut() {
            if issue.milestone == Some(number) {
                issue.milestone = None;
            }
        }
        let payload = json!({ "milestone": milestone });
        self.announce(repo, actor, "milestone", Some("deleted"), payload);
        Ok(())
    }

    /// The milestone of another repository that has the same title and due date.
    pub(super) fn same_milestone(
        &self,
        repo: RepoIx,
        number: Option<u64>,
        to: RepoIx,
    ) -> Option<u64> {
        let mut here = self[repo].milestones.iter();
        let old = here.find(|m| Some(m.number) == number)?;
        let mut there = self[to].milestones.iter();
        let same = there.find(|m| m.title == old.title && m.due_on == old.due_on)?;
        Some(same.number)
    }
}

#[cfg(test)]
mod tests {
    use super::floored;

    #[test]
    fn a_due_date_becomes_midnight_in_pacific_time() {
        for (written, kept) in [
            ("2026-12-04T12:00:00Z", "2026-12-04T08:00:00Z"),
            ("2026-12-04T08:00:00Z", "2026-12-04T08:00:00Z"),
            ("2026-12-04T00:00:00Z", "2026-12-03T08:00:00Z"),
            ("2026-07-03T12:00:00Z", "2026-07-03T07:00:00Z"),
        ] {
            let written = written.parse().unwrap();
            assert_eq!(floored(written).to_string(), kept);
        }
    }
}
