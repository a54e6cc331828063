//! What concerns a repository or an installation, and what nobody knows.

use super::*;

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
