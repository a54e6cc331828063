//! Tags and releases.

use super::*;

/// A payload as far as it is read, with this in it.
fn payload(action: Option<&str>, more: &serde_json::Value) -> Vec<u8> {
    let mut body: serde_json::Value =
        serde_json::from_slice(fixture!("push")).expect("the fixture");
    let fields = body.as_object_mut().expect("an object");
    fields.extend(action.map(|action| ("action".to_owned(), action.into())));
    fields.extend(more.as_object().expect("an object").clone());
    body.to_string().into_bytes()
}

#[test]
fn a_tag_is_told_with_its_commit_whether_annotated_or_not() {
    let commit = "0d1a26e67d8f5eaf1f6ba5c57fc3c7d91ac0fd1c";
    let pushed = payload(
        None,
        &serde_json::json!({
            "ref": "refs/tags/fraud@v1.0.0",
            "after": "1111111111111111111111111111111111111111",
            "head_commit": { "id": commit },
        }),
    );
    let delivery = understood("push", &pushed);
    let told = Happening::Repo(RepoHappening::Tag {
        name: "fraud@v1.0.0".to_owned(),
        commit: Some(CommitSha::new(commit)),
    });
    assert_eq!(whats(&delivery), [&told]);
    // The time of the last push to a branch is another one.
    assert_eq!(delivery.heard[0].at, received());

    let deleted = payload(
        None,
        &serde_json::json!({
            "ref": "refs/tags/fraud@v1.0.0", "deleted": true, "head_commit": null,
            "after": "0000000000000000000000000000000000000000",
        }),
    );
    let told = Happening::Repo(RepoHappening::Tag {
        name: "fraud@v1.0.0".to_owned(),
        commit: None,
    });
    assert_eq!(whats(&understood("push", &deleted)), [&told]);
}

#[test]
fn a_release_is_news_when_it_is_published_and_when_that_is_undone() {
    let heard = |action: &str, draft: bool| {
        let release = serde_json::json!({ "release": {
            "tag_name": "fraud@v1.0.0", "html_url": "https://github.com/acme/fraud/releases/1",
            "name": "", "draft": draft, "published_at": "2026-11-29T08:00:00Z",
        }});
        let delivery = understood("release", &payload(Some(action), &release));
        delivery.heard.into_iter().map(|heard| match heard.what {
            Happening::Repo(RepoHappening::Release(release)) => (heard.at, release),
            other => panic!("no release: {other:?}"),
        })
    };
    let published: Vec<_> = heard("published", false).collect();
    let (at, release) = &published[0];
    assert_eq!(*at, instant("2026-11-29T08:00:00Z"));
    assert_eq!(release.news, ReleaseNews::Published);
    assert_eq!(release.title, None);
    for action in ["unpublished", "deleted"] {
        let undone: Vec<_> = heard(action, false).collect();
        assert_eq!(undone[0].1.news, ReleaseNews::Withdrawn);
    }
    for (action, draft) in [("created", true), ("edited", true), ("released", false)] {
        assert_eq!(heard(action, draft).count(), 0, "{action}");
    }
    let deleted: Vec<_> = heard("deleted", true).collect();
    assert_eq!(deleted[0].1.news, ReleaseNews::DraftDeleted);
}
