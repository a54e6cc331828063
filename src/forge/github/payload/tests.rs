//! Each of the fixtures says one thing; here is how it is understood.

use jiff::civil::date;

use crate::domain::fact::{CloseReason, Milestone, Snapshot, What};
use crate::domain::ids::{CommentId, CommitSha, UserId};
use crate::forge::{LabelSpec, ReleaseNews};

use super::*;

macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/payloads/",
            $name,
            ".json"
        ))
    };
}

fn instant(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

/// When the deliveries arrive: later than everything that they tell.
fn received() -> Timestamp {
    instant("2026-11-30T12:00:00Z")
}

fn understood(event: &str, body: &[u8]) -> Delivery {
    let delivery = read(event, body, received()).expect("a readable payload");
    assert!(delivery.known, "{event}.{:?}", delivery.action);
    delivery
}

/// A fixture with other text in some place.
fn changed(body: &[u8], from: &str, to: &str) -> Vec<u8> {
    let text = std::str::from_utf8(body).expect("UTF-8");
    assert!(text.contains(from), "{from} is not in the fixture");
    text.replace(from, to).into_bytes()
}

fn whats(delivery: &Delivery) -> Vec<&Happening> {
    delivery.heard.iter().map(|heard| &heard.what).collect()
}

fn snapshot(happening: &Happening) -> &Snapshot {
    match happening {
        Happening::Item(What::Opened(snapshot) | What::Seen(snapshot)) => snapshot,
        other => panic!("no snapshot: {other:?}"),
    }
}

#[test]
fn an_opened_issue_is_told_whole_with_its_text() {
    let delivery = understood("issues", fixture!("issues.opened"));
    assert_eq!(delivery.number, Some(ItemNumber(48)));
    assert_eq!(delivery.installation, Some(InstallationId(31)));
    let repo = delivery.repo.as_ref().expect("a repository");
    assert_eq!(repo.id, RepoId(7001));
    assert_eq!(repo.now.name.to_string(), "acme/fraud");
    assert_eq!(repo.now.default_branch, "main");
    assert!(repo.now.private);

    let [opened, text] = whats(&delivery)[..] else {
        panic!("{delivery:?}")
    };
    assert!(matches!(opened, Happening::Item(What::Opened(_))));
    let shown = snapshot(opened);
    assert_eq!(
        shown.title,
        "Compare BERT vs GPT-2 for classification (3 days)"
    );
    assert_eq!(shown.author.id, UserId(501));
    assert_eq!(shown.issue_type.as_deref(), Some("Experiment"));
    let milestone = shown.milestone.as_ref().expect("a milestone");
    assert_eq!(milestone.due, Some(date(2026, 12, 4)));
    assert_eq!(milestone.starts, Some(date(2026, 11, 23)));
    assert_eq!(milestone.created_at, Some(instant("2026-11-19T09:00:00Z")));
    assert_eq!(milestone.closed_at, None);
    assert!(matches!(text, Happening::Text { body, before: None } if body.contains("/timebox 3d")));
    assert!(
        delivery
            .heard
            .iter()
            .all(|heard| { heard.at == instant("2026-11-23T08:00:00Z") && !heard.by_bot })
    );
}

#[test]
fn an_issue_that_was_transferred_here_is_new_but_its_commands_are_old() {
    let arrived = changed(
        fixture!("issues.opened"),
        r#""sender""#,
        r#""changes": {"old_issue": {"number": 3}, "old_repository": {"id": 1}}, "sender""#,
    );
    let delivery = understood("issues", &arrived);
    let [Happening::Item(What::Opened(_)), from] = whats(&delivery)[..] else {
        panic!("{delivery:?}")
    };
    let was = Happening::Arrived {
        from: Some(RepoId(1)),
        number: ItemNumber(3),
    };
    assert_eq!(*from, was);
}

#[test]
fn an_edit_of_the_text_tells_what_it_was_before() {
    let delivery = understood("issues", fixture!("issues.edited"));
    let [seen, text] = whats(&delivery)[..] else {
        panic!("{delivery:?}")
    };
    assert!(matches!(seen, Happening::Item(What::Seen(_))));
    assert_eq!(
        *text,
        Happening::Text {
            body: "### Hypothesis\n\nBERT wins".to_owned(),
            before: Some("### Hypothesis\n\n_No response_".to_owned()),
        }
    );

    let title_only = changed(fixture!("issues.edited"), r#""body": {"#, r#""title": {"#);
    assert_eq!(understood("issues", &title_only).heard.len(), 1);
}

#[test]
fn labels_set_and_taken_off_are_told_by_name() {
    let set = understood("issues", fixture!("issues.labeled"));
    let label = "stage/active".to_owned();
    assert_eq!(snapshot(whats(&set)[0]).labels, ["stage/active"]);
    assert_eq!(
        *whats(&set)[1],
        Happening::Item(What::Labeled {
            label: label.clone()
        })
    );

    // The fixture is what GitHub sends when the label is deleted from the repository: it names none.
    let deleted = understood("issues", fixture!("issues.unlabeled"));
    assert!(matches!(
        whats(&deleted)[..],
        [Happening::Item(What::Observed(_))]
    ));
    let taken_off = changed(
        fixture!("issues.unlabeled"),
        r#""sender""#,
        r#""label": {"id": 11, "name": "stage/active"}, "sender""#,
    );
    assert_eq!(
        *whats(&understood("issues", &taken_off))[1],
        Happening::Item(What::Unlabeled { label })
    );
}

#[test]
fn closing_tells_why() {
    let delivery = understood("issues", fixture!("issues.closed"));
    let how = CloseReason::NotPlanned;
    assert_eq!(snapshot(whats(&delivery)[0]).closed, Some(how));
    assert_eq!(*whats(&delivery)[1], Happening::Item(What::Closed { how }));
}

#[test]
fn deleting_and_transferring_away_are_the_end() {
    for action in ["deleted", "transferred"] {
        let body = changed(
            fixture!("issues.closed"),
            r#""action": "closed""#,
            &format!(r#""action": "{action}""#),
        );
        assert_eq!(
            whats(&understood("issues", &body)),
            [&Happening::Item(What::Gone)]
        );
    }
}

#[test]
fn a_transferred_issue_is_gone_and_then_told_where_it_went() {
    let transferred = changed(
        fixture!("issues.closed"),
        r#""action": "closed""#,
        r#""action": "transferred""#,
    );
    let changes = r#""changes": {"new_issue": {"number": 5, "title": "Explore X"},
        "new_repository": {"id": 7002, "full_name": "acme/tickets"}}, "sender""#;
    let delivery = understood("issues", &changed(&transferred, r#""sender""#, changes));
    assert_eq!(delivery.number, Some(ItemNumber(48)));
    assert_eq!(
        whats(&delivery),
        [
            &Happening::Item(What::Gone),
            &Happening::Transferred {
                to: RepoId(7002),
                number: ItemNumber(5),
            }
        ]
    );
}

/// A milestone's own event.
fn milestone_event(action: &str) -> Delivery {
    let body = format!(
        r#"{{"action": "{action}", "milestone": {{"id": 88, "number": 12, "title": "Sprint 12",
        "state": "closed", "description": "Two weeks.\n**Starts:** 2026-11-23",
        "due_on": "2026-12-04T08:00:00Z", "created_at": "2026-11-19T09:00:00Z",
        "updated_at": "2026-11-27T17:00:00Z", "closed_at": "2026-11-27T16:59:59Z"}},
        "repository": {{"id": 7001, "full_name": "acme/fraud", "default_branch": "main"}},
        "sender": {{"id": 502, "login": "jonas", "type": "User"}}}}"#
    );
    understood("milestone", body.as_bytes())
}

#[test]
fn a_milestone_is_told_whole_as_of_its_last_change() {
    for action in ["created", "edited", "opened", "closed"] {
        let delivery = milestone_event(action);
        assert_eq!(delivery.heard[0].at, instant("2026-11-27T17:00:00Z"));
        let now = Milestone {
            number: 12,
            title: "Sprint 12".to_owned(),
            due: Some(date(2026, 12, 4)),
            starts: Some(date(2026, 11, 23)),
            created_at: Some(instant("2026-11-19T09:00:00Z")),
            closed_at: Some(instant("2026-11-27T16:59:59Z")),
        };
        let told = RepoHappening::Milestone {
            number: 12,
            now: Some(now),
        };
        assert_eq!(whats(&delivery), [&Happening::Repo(told)]);
    }
}

#[test]
fn a_deleted_milestone_ends_when_it_is_heard() {
    let delivery = milestone_event("deleted");
    assert_eq!(delivery.heard[0].at, received());
    let told = RepoHappening::Milestone {
        number: 12,
        now: None,
    };
    assert_eq!(whats(&delivery), [&Happening::Repo(told)]);
}

#[test]
fn a_comment_on_a_pull_request_shows_that_it_is_one() {
    let delivery = understood("issue_comment", fixture!("issue_comment.created"));
    assert_eq!(delivery.number, Some(ItemNumber(62)));
    let [seen, comment] = &delivery.heard[..] else {
        panic!("{delivery:?}")
    };
    assert!(snapshot(&seen.what).is_pull);
    assert_eq!(snapshot(&seen.what).author.login.as_str(), "ghost");
    assert_eq!(seen.at, instant("2026-11-23T09:30:01Z"));
    assert_eq!(comment.at, instant("2026-11-23T09:30:00Z"));
    assert!(matches!(
        &comment.what,
        Happening::Comment { comment: CommentId(660_001), body, author, author_is_bot: false, before: None }
            if body == "/activate" && author.login.as_str() == "mira"
    ));
}

#[test]
fn a_tick_is_an_edit_by_somebody_else_than_the_author() {
    let delivery = understood("issue_comment", fixture!("issue_comment.edited"));
    let tick = &delivery.heard[1];
    assert_eq!(tick.at, instant("2026-11-23T11:00:00Z"));
    assert_eq!(tick.by.as_ref().map(|by| by.login.as_str()), Some("jonas"));
    assert!(!tick.by_bot);
    assert!(matches!(
        &tick.what,
        Happening::Comment { body, author, author_is_bot: true, before: Some(before), .. }
            if body.starts_with("- [x]") && before.starts_with("- [ ]") && author.id == UserId(901)
    ));
}

#[test]
fn a_deleted_comment_is_told_when_it_ended() {
    let delivery = understood("issue_comment", fixture!("issue_comment.deleted"));
    assert_eq!(delivery.heard[1].at, instant("2026-11-23T11:30:00Z"));
    let comment = CommentId(660_001);
    assert_eq!(
        delivery.heard[1].what,
        Happening::CommentDeleted { comment }
    );
}

#[test]
fn a_pull_request_is_told_with_its_branches() {
    let delivery = understood("pull_request", fixture!("pull_request.opened"));
    assert_eq!(delivery.number, Some(ItemNumber(62)));
    let [opened, pull, text] = whats(&delivery)[..] else {
        panic!("{delivery:?}")
    };
    assert!(snapshot(opened).is_pull);
    assert!(matches!(
        pull,
        Happening::Item(What::Pull(sight))
            if sight.head.short() == "3f2a91c" && sight.base == "main" && sight.draft && sight.open
    ));
    assert!(matches!(text, Happening::Text { body, .. } if body.starts_with("Closes #57")));
}

#[test]
fn a_merged_pull_request_is_completed_and_one_that_was_only_closed_is_not() {
    let merged = understood("pull_request", fixture!("pull_request.closed"));
    let how = CloseReason::Completed;
    assert_eq!(*whats(&merged)[2], Happening::Item(What::Closed { how }));
    assert!(
        matches!(whats(&merged)[1], Happening::Item(What::Pull(sight)) if sight.merged && !sight.open)
    );

    let body = changed(
        fixture!("pull_request.closed"),
        r#""merged": true"#,
        r#""merged": false"#,
    );
    let body = changed(
        &body,
        r#""merged_at": "2026-11-27T15:00:00Z""#,
        r#""merged_at": null"#,
    );
    let how = CloseReason::NotPlanned;
    assert_eq!(
        *whats(&understood("pull_request", &body))[2],
        Happening::Item(What::Closed { how })
    );
}

#[test]
fn a_renamed_label_keeps_its_id() {
    let delivery = understood("label", fixture!("label.edited"));
    assert_eq!(
        whats(&delivery),
        [&Happening::Repo(RepoHappening::Label {
            id: 11,
            spec: Some(LabelSpec {
                name: "doing".to_owned(),
                color: "ededed".to_owned(),
                description: String::new(),
            }),
        })]
    );
}

#[test]
fn a_push_counts_from_when_it_was_pushed_not_from_what_the_commit_claims() {
    let delivery = understood("push", fixture!("push"));
    assert_eq!(delivery.heard[0].at, instant("2026-11-24T10:00:00Z"));
    assert_eq!(
        whats(&delivery),
        [&Happening::Repo(RepoHappening::PolicyMayHaveChanged)]
    );

    let elsewhere = changed(fixture!("push"), "refs/heads/main", "refs/heads/mainline");
    assert_eq!(understood("push", &elsewhere).heard, []);
}

#[test]
fn a_merge_queue_asks_by_event_or_without_an_app_by_its_branch() {
    let asked = |head: &str| {
        Happening::Repo(RepoHappening::MergeGroup {
            head: CommitSha::new(head),
            base: "main".to_owned(),
            pulls: vec![ItemNumber(62)],
        })
    };
    let event = understood("merge_group", fixture!("merge_group.checks_requested"));
    assert_eq!(whats(&event), [&asked(&"b".repeat(40))]);

    let branch = "refs/heads/gh-readonly-queue/main/pr-62-929f8209d40f";
    let pushed = changed(fixture!("push"), "refs/heads/main", branch);
    assert_eq!(understood("push", &pushed).heard, []);
    let by_hook = changed(&pushed, r#""installation": {"#, r#""before_apps": {"#);
    assert_eq!(
        whats(&understood("push", &by_hook)),
        [&asked(&"a".repeat(40))]
    );
}

#[test]
fn an_installation_tells_of_each_repository() {
    let created = understood("installation", fixture!("installation.created"));
    let told: Vec<_> = created
        .elsewhere
        .iter()
        .map(|of| (of.id, of.name.to_string(), &of.heard.what))
        .collect();
    let installed = Happening::Repo(RepoHappening::Installed { on_all: false });
    assert_eq!(
        told,
        [
            (RepoId(7001), "acme/fraud".to_owned(), &installed),
            (RepoId(7002), "acme/tickets".to_owned(), &installed),
        ]
    );
    assert_eq!(
        created.elsewhere[0].heard.at,
        instant("2026-11-24T09:00:00Z")
    );

    let removed = understood(
        "installation_repositories",
        fixture!("installation_repositories.removed"),
    );
    assert_eq!(removed.elsewhere.len(), 1);
    assert_eq!(
        removed.elsewhere[0].heard.what,
        Happening::Repo(RepoHappening::Removed)
    );
    assert_eq!(removed.elsewhere[0].heard.at, received());
}

#[test]
fn a_change_of_a_team_concerns_the_whole_installation() {
    let delivery = understood("membership", fixture!("membership.added"));
    assert_eq!(delivery.repo, None);
    assert_eq!(delivery.installation, Some(InstallationId(31)));
    assert_eq!(
        whats(&delivery),
        [&Happening::Repo(RepoHappening::PeopleChanged)]
    );
}

#[test]
fn what_is_not_known_is_ignored_and_said_to_be() {
    let body = changed(
        fixture!("issues.closed"),
        r#""action": "closed""#,
        r#""action": "teleported""#,
    );
    let action = read("issues", &body, received()).expect("a readable payload");
    assert_eq!((action.known, action.heard.len()), (false, 0));
    assert_eq!(action.number, Some(ItemNumber(48)));

    let event = read(
        "star",
        br#"{"action":"created","repository":7}"#,
        received(),
    )
    .expect("readable");
    assert_eq!(
        (event.known, event.action.as_deref()),
        (false, Some("created"))
    );
}

#[test]
fn an_unreadable_payload_says_where_and_never_what() {
    let secret = br#"{"action":"opened","issue":{"number":"hunter2"}}"#;
    let error = read("issues", secret, received()).expect_err("unreadable");
    assert_eq!(
        error.to_string(),
        "the payload of `issues` is not of the documented form at line 1, column 46"
    );
    let error = read("ping", b"{", received()).expect_err("unreadable");
    assert_eq!(error.what, Fault::NotJson);
}

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
