//! Comments, their edit history, their boxes, and reactions.

use comrak::nodes::NodeValue;
use comrak::{Arena, Options, parse_document};
use serde_json::{Value, json};

use super::super::json::REACTIONS;
use super::super::refusal::{Did, Refusal};
use super::super::state::RepoIx;
use super::super::state::{Actor, Comment, Edit, Reaction};
use super::super::world::World;
use super::issues::BODY_LIMIT;

fn check_body(body: &str) -> Did<()> {
    if body.trim().is_empty() {
        return Err(Refusal::invalid("IssueComment", "body", "missing_field"));
    }
    if body.chars().count() > BODY_LIMIT {
        return Err(Refusal::unprocessable(
            "IssueComment",
            "body",
            "body is too long (maximum is 65536 characters)",
        ));
    }
    Ok(())
}

/// The text with the box of the task list item that names `slug` as code ticked or unticked, as
/// GitHub's page does it: only the one character changes. `None` if there is no such box.
pub(in super::super) fn toggled(body: &str, slug: &str, tick: bool) -> Option<String> {
    let mut options = Options::default();
    options.extension.tasklist = true;
    let arena = Arena::new();
    let root = parse_document(&arena, body, &options);
    let place = root.descendants().find_map(|node| {
        let NodeValue::TaskItem(item) = &node.data().value else {
            return None;
        };
        let names = node.descendants().any(
            |inner| matches!(&inner.data().value, NodeValue::Code(code) if code.literal == slug),
        );
        names.then_some(item.symbol_sourcepos.start)
    })?;
    let line_start: usize = body
        .split_inclusive('\n')
        .take(place.line.checked_sub(1)?)
        .map(str::len)
        .sum();
    let at = line_start + place.column.checked_sub(1)?;
    let mut out = String::with_capacity(body.len());
    out.push_str(body.get(..at)?);
    out.push(if tick { 'x' } else { ' ' });
    out.push_str(body.get(at + 1..)?);
    Some(out)
}

impl World {
    /// A comment and the number of the issue that it stands in.
    pub fn comment(&self, repo: RepoIx, id: u64) -> Did<(u64, &Comment)> {
        self[repo]
            .issues
            .values()
            .find_map(|issue| {
                let comment = issue.comments.iter().find(|comment| comment.id == id)?;
                Some((issue.number, comment))
            })
            .ok_or_else(Refusal::not_found)
    }

    fn comment_mut(&mut self, repo: RepoIx, id: u64) -> Did<&mut Comment> {
        self[repo]
            .issues
            .values_mut()
            .flat_map(|issue| issue.comments.iter_mut())
            .find(|comment| comment.id == id)
            .ok_or_else(Refusal::not_found)
    }

    fn announce_comment(
        &mut self,
        repo: RepoIx,
        actor: Actor,
        action: &str,
        subject: (Value, Value),
        more: Value,
    ) {
        let (issue, comment) = subject;
        let payload = super::with(json!({ "issue": issue, "comment": comment }), more);
        self.announce(repo, actor, "issue_comment", Some(action), payload);
    }

    fn comment_subject(&self, repo: RepoIx, id: u64) -> Did<(Value, Value)> {
        let (number, comment) = self.comment(repo, id)?;
        let issue = self.issue(repo, number)?;
        Ok((
            self.issue_json(repo, issue),
            self.comment_json(repo, issue, comment),
        ))
    }

    /// Writes a comment.
    pub fn write_comment(
        &mut self,
        repo: RepoIx,
        actor: Actor,
        number: u64,
        body: &str,
    ) -> Did<u64> {
        check_body(body)?;
        self.issue(repo, number)?;
        let (id, now) = (self.id(), self.now());
        self.issue_mut(repo, number)?.comments.push(Comment {
            id,
            author: actor,
            body: body.to_owned(),
            created_at: now,
            updated_at: now,
            edits: Vec::new(),
            reactions: Vec::new(),
        });
        self.touch(repo, number);
        self.lag_behind(repo, &format!("issues/comments/{id}"));
        let subject = self.comment_subject(repo, id)?;
        self.announce_comment(repo, actor, "created", subject, json!({}));
        Ok(id)
    }

    /// Edits a comment, whoever wrote it; the history keeps who edited.
    pub fn edit_comment(&mut self, repo: RepoIx, actor: Actor, id: u64, body: &str) -> Did<()> {
        check_body(body)?;
        let (number, before) = self.comment(repo, id)?;
        let before = before.body.clone();
        if before == body {
            return Ok(());
        }
        let (edit, now) = (self.id(), self.now());
        let comment = self.comment_mut(repo, id)?;
        body.clone_into(&mut comment.body);
        comment.updated_at = now;
        comment.edits.push(Edit {
            id: edit,
            editor: actor.account,
            at: now,
        });
        self.touch(repo, number);
        let subject = self.comment_subject(repo, id)?;
        let more = json!({ "changes": { "body": { "from": before } } });
        self.announce_comment(repo, actor, "edited", subject, more);
        Ok(())
    }

    /// Deletes a comment.
    pub fn delete_comment(&mut self, repo: RepoIx, actor: Actor, id: u64) -> Did<()> {
        let (number, _) = self.comment(repo, id)?;
        let (_, comment) = self.comment_subject(repo, id)?;
        self.issue_mut(repo, number)?
            .comments
            .retain(|c| c.id != id);
        self.touch(repo, number);
        let issue = self.issue_json(repo, self.issue(repo, number)?);
        self.announce_comment(repo, actor, "deleted", (issue, comment), json!({}));
        Ok(())
    }

    /// Ticks or unticks the box that names `slug` in a comment.
    pub fn toggle_box(
        &mut self,
        repo: RepoIx,
        actor: Actor,
        id: u64,
        slug: &str,
        tick: bool,
    ) -> Did<()> {
        let (_, comment) = self.comment(repo, id)?;
        let body = toggled(&comment.body, slug, tick).ok_or_else(Refusal::not_found)?;
        self.edit_comment(repo, actor, id, &body)
    }

    /// Adds a reaction to an issue or to a comment; whether it is new. No webhook tells of it.
    pub fn react(
        &mut self,
        repo: RepoIx,
        actor: Actor,
        number: u64,
        comment: Option<u64>,
        content: &str,
    ) -> Did<(Reaction, bool)> {
        if !REACTIONS.contains(&content) {
            return Err(Refusal::invalid("Reaction", "content", "invalid"));
        }
        let (id, now) = (self.id(), self.now());
        let reactions = match comment {
            Some(comment) => &mut self.comment_mut(repo, comment)?.reactions,
            None => &mut self.issue_mut(repo, number)?.reactions,
        };
        let same = |r: &&Reaction| r.account == actor.account && r.content == content;
        if let Some(there) = reactions.iter().find(same) {
            return Ok((there.clone(), false));
        }
        let reaction = Reaction {
            id,
            account: actor.account,
            content: content.to_owned(),
            created_at: now,
        };
        reactions.push(reaction.clone());
        Ok((reaction, true))
    }
}

#[cfg(test)]
mod tests {
    use super::toggled;

    #[test]
    fn a_box_is_ticked_by_its_slug_and_nothing_else_changes() {
        let body =
            "**Engineering ä**\n- [ ] `serving` Model serving\n- [x] `scaling` Scaling · ana\n";
        let ticked = toggled(body, "serving", true).unwrap();
        assert_eq!(ticked, body.replace("[ ] `serving`", "[x] `serving`"));
        assert_eq!(toggled(&ticked, "serving", false).unwrap(), body);
        assert_eq!(toggled(body, "nothing", true), None);
    }

    #[test]
    fn a_box_in_code_is_no_box() {
        assert_eq!(
            toggled("```\n- [ ] `serving`\n```\n", "serving", true),
            None
        );
    }
}
