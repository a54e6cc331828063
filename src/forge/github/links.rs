//! Where an answer points to: another address of what was asked for, or the next page of it.

use http::{StatusCode, header};

use crate::domain::ids::RepoId;

use super::answer::Answer;

/// Where an answer sends us instead.
pub(super) fn redirect(answer: &Answer) -> Option<&str> {
    match answer.status {
        StatusCode::MOVED_PERMANENTLY
        | StatusCode::FOUND
        | StatusCode::TEMPORARY_REDIRECT
        | StatusCode::PERMANENT_REDIRECT => answer.header(header::LOCATION),
        _ => None,
    }
}

/// GitHub redirects a renamed repository to `/repositories/{id}/…`. A transferred issue redirects
/// likewise, into another repository, where it is another issue.
pub(super) fn stays_within(target: &str, repo: Option<RepoId>) -> bool {
    let Some(repo) = repo else { return true };
    let mut segments = target
        .split(['/', '?'])
        .skip_while(|it| *it != "repositories");
    segments.nth(1).and_then(|id| id.parse().ok()) == Some(repo.0)
}

/// The address of the next page, from `Link: <https://…>; rel="next", <https://…>; rel="last"`.
pub(super) fn next_page(links: &str) -> Option<&str> {
    links.split('<').find_map(|link| {
        let (address, relation) = link.split_once('>')?;
        relation.contains("rel=\"next\"").then_some(address)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_is_found_among_the_links() {
        let links = "<https://api.github.com/x?page=1>; rel=\"prev\", <https://api.github.com/x?page=3>; rel=\"next\"";
        assert_eq!(next_page(links), Some("https://api.github.com/x?page=3"));
        assert_eq!(
            next_page("<https://api.github.com/x?page=1>; rel=\"prev\""),
            None
        );
        assert_eq!(next_page("nonsense"), None);
    }

    #[test]
    fn a_redirect_stays_in_the_repository() {
        let repo = Some(RepoId(7001));
        assert!(stays_within("/repositories/7001/issues/4", repo));
        assert!(stays_within("/api/v3/repositories/7001?x", repo));
        assert!(!stays_within("/repositories/7002/issues/4", repo));
        assert!(!stays_within("/repos/acme/else/issues/4", repo));
        assert!(stays_within("/repos/acme/else", None));
    }
}
