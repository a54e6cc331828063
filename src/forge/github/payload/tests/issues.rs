//! Issues, from opening to transfer, and their milestones.

use super::*;

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
