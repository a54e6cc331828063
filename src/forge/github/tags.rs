//! Tags. Lightweight ones name a commit; annotated ones, such as `git tag -a` and GTO make, an object
//! of their own that names it.

use http::Method;
use serde::{Deserialize, Serialize};

use crate::domain::ids::CommitSha;
use crate::forge::{CallError, Done, RepoRef, TagCall};

use super::writes::about;
use super::{GitHub, on_behalf_of};

/// So often a number that somebody else was quicker to take is followed by another try.
const TRIES: u64 = 3;

/// A tag of a tag of a tag is a mistake of somebody's.
const MAX_DEPTH: usize = 3;

#[derive(Deserialize)]
struct Reference {
    #[serde(rename = "ref")]
    name: String,
    object: Object,
}

#[derive(Deserialize)]
struct Object {
    #[serde(rename = "type")]
    kind: String,
    sha: String,
}

#[derive(Deserialize)]
struct Annotated {
    object: Object,
}

#[derive(Serialize)]
struct NewReference<'a> {
    #[serde(rename = "ref")]
    name: String,
    sha: &'a str,
}

impl Reference {
    fn tag(&self) -> &str {
        let name = &self.name;
        name.strip_prefix("refs/tags/").unwrap_or(name)
    }

    fn number(&self, prefix: &str) -> Option<u64> {
        self.tag().strip_prefix(prefix)?.parse().ok()
    }
}

impl GitHub {
    pub(super) async fn write_tag(&self, repo: &RepoRef, tag: &TagCall) -> Result<Done, CallError> {
        match tag {
            TagCall::Named { name, commit } => {
                let refused = match self.create_tag(repo, name, commit).await {
                    Err(refused @ CallError::Refused { .. }) => refused,
                    made => return made.map(|()| Done::Nothing),
                };
                // Two of them at one commit are one.
                match self.read_tag(repo, name).await? {
                    Some(there) if there == *commit => Ok(Done::Nothing),
                    Some(_) | None => Err(refused),
                }
            }
            TagCall::Numbered { prefix, commit, .. } => {
                let taken = self.references(repo, prefix).await?;
                let numbers = taken.iter().filter_map(|tag| tag.number(prefix));
                let next = numbers.max().unwrap_or(0).saturating_add(1);
                for number in next..next.saturating_add(TRIES - 1) {
                    let name = format!("{prefix}{number}");
                    match self.create_tag(repo, &name, commit).await {
                        Err(CallError::Refused { status: 422, .. }) => {}
                        made => return made.map(|()| Done::Nothing),
                    }
                }
                let last = format!("{prefix}{}", next.saturating_add(TRIES - 1));
                let made = self.create_tag(repo, &last, commit).await;
                made.map(|()| Done::Nothing)
            }
        }
    }

    /// A second one of a name is refused, so that nothing comes of repeating it.
    async fn create_tag(
        &self,
        repo: &RepoRef,
        name: &str,
        commit: &CommitSha,
    ) -> Result<(), CallError> {
        let reference = NewReference {
            name: format!("refs/tags/{name}"),
            sha: commit.as_str(),
        };
        let request = about(repo, Method::POST, "/repos/{owner}/{repo}/git/refs", &[]);
        let request = request.json(&reference).creates();
        self.connection.send(on_behalf_of(repo), &request).await?;
        Ok(())
    }

    /// Of a numbered tag whose answer was lost: the last one is at the commit.
    pub(super) async fn find_tag(
        &self,
        repo: &RepoRef,
        tag: &TagCall,
    ) -> Result<Option<Done>, CallError> {
        let TagCall::Numbered { prefix, commit, .. } = tag else {
            return Ok(None);
        };
        let tags = self.references(repo, prefix).await?;
        let numbered = tags
            .iter()
            .filter_map(|tag| Some((tag.number(prefix)?, tag)));
        let last = numbered.max_by_key(|(number, _)| *number);
        let is_there = last.is_some_and(|(_, tag)| tag.object.sha == commit.as_str());
        Ok(is_there.then_some(Done::Nothing))
    }

    /// The commit that a tag is at.
    pub(super) async fn read_tag(
        &self,
        repo: &RepoRef,
        name: &str,
    ) -> Result<Option<CommitSha>, CallError> {
        let tags = self.references(repo, name).await?;
        let Some(tag) = tags.into_iter().find(|tag| tag.tag() == name) else {
            return Ok(None);
        };
        let mut object = tag.object;
        for _ in 0..MAX_DEPTH {
            if object.kind != "tag" {
                break;
            }
            let route = "/repos/{owner}/{repo}/git/tags/{tag_sha}";
            let request = about(repo, Method::GET, route, &[&object.sha]);
            let annotated: Annotated = self.connection.json(on_behalf_of(repo), &request).await?;
            object = annotated.object;
        }
        Ok((object.kind == "commit").then(|| CommitSha::new(&object.sha)))
    }

    pub(super) async fn read_tag_names(
        &self,
        repo: &RepoRef,
        prefix: &str,
    ) -> Result<Vec<String>, CallError> {
        let tags = self.references(repo, prefix).await?;
        Ok(tags.iter().map(|tag| tag.tag().to_owned()).collect())
    }

    /// The tags whose names begin so.
    async fn references(&self, repo: &RepoRef, prefix: &str) -> Result<Vec<Reference>, CallError> {
        let route = "/repos/{owner}/{repo}/git/matching-refs/{ref}";
        let request = about(repo, Method::GET, route, &[&format!("tags/{prefix}")]);
        let pages: Vec<Vec<Reference>> = self.connection.pages(on_behalf_of(repo), request).await?;
        Ok(pages.into_iter().flatten().collect())
    }
}
