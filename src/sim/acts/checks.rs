//! Check runs and commit statuses, with GitHub's limits.

use serde_json::json;

use super::super::refusal::{Did, Refusal};
use super::super::state::RepoIx;
use super::super::state::{Actor, CheckRun, Status};
use super::super::world::World;

/// The most bytes of a check run's summary or text.
const TEXT_LIMIT: usize = 65_535;
/// The most annotations in one request.
const ANNOTATION_LIMIT: usize = 50;
/// The most characters of a commit status' description.
const STATUS_LIMIT: usize = 140;

/// What a request says of a check run; `None` stays as it is.
#[derive(Debug, Clone, Default)]
pub(in super::super) struct CheckPatch {
    pub name: Option<String>,
    pub status: Option<String>,
    pub conclusion: Option<String>,
    pub details_url: Option<String>,
    pub external_id: Option<String>,
    pub title: Option<String>,
    pub summary: Option<String>,
    pub text: Option<String>,
    pub annotations: usize,
    /// Label, description and identifier.
    pub buttons: Vec<(String, String, String)>,
}

impl CheckPatch {
    fn check(&self) -> Did<()> {
        let too_long = |text: &Option<String>| text.as_ref().is_some_and(|t| t.len() > TEXT_LIMIT);
        if too_long(&self.summary) || too_long(&self.text) {
            return Err(Refusal::new(
                422,
                "Invalid request.\n\nOnly 65535 characters are allowed; more were supplied.",
            ));
        }
        if self.annotations > ANNOTATION_LIMIT {
            return Err(Refusal::new(
                422,
                "Invalid request.\n\nNo more than 50 items are allowed; more were supplied.",
            ));
        }
        let too_long = |(label, description, identifier): &(String, String, String)| {
            let chars = |text: &str| text.chars().count();
            chars(label) > 20 || chars(description) > 40 || chars(identifier) > 20
        };
        if self.buttons.len() > 3 || self.buttons.iter().any(too_long) {
            return Err(Refusal::new(
                422,
                "Invalid request.\n\nOnly 3 actions of 20, 40 and 20 characters are allowed.",
            ));
        }
        if self.title.is_some() != self.summary.is_some() {
            return Err(Refusal::new(
                422,
                "Invalid request.\n\nFor 'properties/output', title and summary go together.",
            ));
        }
        Ok(())
    }
}

impl World {
    /// Creates a check run on a commit.
    pub fn create_check(
        &mut self,
        repo: RepoIx,
        actor: Actor,
        sha: &str,
        patch: CheckPatch,
    ) -> Did<u64> {
        patch.check()?;
        let Some(name) = patch.name.clone() else {
            return Err(Refusal::new(
                422,
                "Invalid request.\n\n\"name\" wasn't supplied.",
            ));
        };
        if !self[repo].commits.contains_key(sha) {
            return Err(Refusal::new(422, "No commit found for SHA"));
        }
        let suite = self[repo]
            .checks
            .iter()
            .find(|check| check.sha == sha)
            .map(|check| check.suite);
        let suite = suite.unwrap_or_else(|| self.id());
        let (id, now) = (self.id(), self.now());
        self[repo].checks.push(CheckRun {
            id,
            suite,
            name,
            sha: sha.to_owned(),
            status: "queued".to_owned(),
            conclusion: None,
            started_at: Some(now),
            completed_at: None,
            details_url: None,
            external_id: None,
            title: None,
            summary: None,
            text: None,
            annotations: 0,
            buttons: Vec::new(),
        });
        self.fill_check(repo, id, patch)?;
        self.announce_check(repo, actor, id, "created");
        self.announce_completion(repo, actor, id);
        Ok(id)
    }

    /// Changes a check run.
    pub fn edit_check(
        &mut self,
        repo: RepoIx,
        actor: Actor,
        id: u64,
        patch: CheckPatch,
    ) -> Did<()> {
        patch.check()?;
        self.fill_check(repo, id, patch)?;
        self.announce_completion(repo, actor, id);
        Ok(())
    }

    /// The check run of that id.
    pub fn check_run(&self, repo: RepoIx, id: u64) -> Did<&CheckRun> {
        self[repo]
            .checks
            .iter()
            .find(|check| check.id == id)
            .ok_or_else(Refusal::not_found)
    }

    fn fill_check(&mut self, repo: RepoIx, id: u64, patch: CheckPatch) -> Did<()> {
        let now = self.now();
        let check = self[repo]
            .checks
            .iter_mut()
            .find(|check| check.id == id)
            .ok_or_else(Refusal::not_found)?;
        if let Some(name) = patch.name {
            check.name = name;
        }
        if let Some(status) = patch.status {
            check.status = status;
        }
        if let Some(conclusion) = patch.conclusion {
            check.conclusion = Some(conclusion);
            "completed".clone_into(&mut check.status);
            check.completed_at = Some(now);
        }
        check.details_url = patch.details_url.or(check.details_url.take());
        check.external_id = patch.external_id.or(check.external_id.take());
        if patch.title.is_some() {
            check.title = patch.title;
            check.summary = patch.summary;
            check.text = patch.text;
        }
        check.buttons = patch.buttons.into_iter().map(|(_, _, id)| id).collect();
        check.annotations += patch.annotations;
        Ok(())
    }

    fn announce_completion(&mut self, repo: RepoIx, actor: Actor, id: u64) {
        if self
            .check_run(repo, id)
            .is_ok_and(|check| check.status == "completed")
        {
            self.announce_check(repo, actor, id, "completed");
        }
    }

    fn announce_check(&mut self, repo: RepoIx, actor: Actor, id: u64, action: &str) {
        if let Ok(check) = self.check_run(repo, id) {
            let more = json!({ "check_run": self.check_json(repo, check) });
            self.announce(repo, actor, "check_run", Some(action), more);
        }
    }

    /// Somebody presses "re-run" at a check.
    pub fn rerequest_check(&mut self, repo: RepoIx, actor: Actor, id: u64) -> Did<()> {
        self.check_run(repo, id)?;
        self.announce_check(repo, actor, id, "rerequested");
        Ok(())
    }

    /// Somebody presses a button of a check run.
    pub fn press_button(&mut self, repo: RepoIx, actor: Actor, id: u64, button: &str) -> Did<()> {
        let check = self.check_run(repo, id)?;
        if !check.buttons.iter().any(|it| it == button) {
            return Err(Refusal::not_found());
        }
        let more = json!({
            "check_run": self.check_json(repo, check),
            "requested_action": { "identifier": button }
        });
        self.announce(repo, actor, "check_run", Some("requested_action"), more);
        Ok(())
    }

    /// Writes a commit status.
    pub fn create_status(
        &mut self,
        repo: RepoIx,
        actor: Actor,
        sha: &str,
        state: &str,
        context: &str,
        texts: (Option<&str>, Option<&str>),
    ) -> Did<Status> {
        let (description, target_url) = texts;
        if !["error", "failure", "pending", "success"].contains(&state) {
            return Err(Refusal::invalid("Status", "state", "invalid"));
        }
        if description.is_some_and(|text| text.chars().count() > STATUS_LIMIT) {
            return Err(Refusal::unprocessable(
                "Status",
                "description",
                "description is too long (maximum is 140 characters)",
            ));
        }
        if !self[repo].commits.contains_key(sha) {
            return Err(Refusal::new(
                422,
                &format!("No commit found for SHA: {sha}"),
            ));
        }
        let status = Status {
            id: self.id(),
            sha: sha.to_owned(),
            context: context.to_owned(),
            state: state.to_owned(),
            description: description.map(str::to_owned),
            target_url: target_url.map(str::to_owned),
            creator: actor.account,
            created_at: self.now(),
        };
        self[repo].statuses.push(status.clone());
        Ok(status)
    }
}
