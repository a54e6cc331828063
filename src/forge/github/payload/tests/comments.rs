//! Comments and pull requests.

use super::*;

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
