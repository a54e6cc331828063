//! The four ways to a kind, which of them wins, and what a kind brings (product §1).

use labhand::domain::ids::ItemNumber;
use labhand::sim::Sim;

use crate::lab::{Lab, REPO, Setup};

#[tokio::test]
async fn a_kind_label_wins_over_type_prefix_and_verb() {
    let lab = Lab::new().await;
    let mira = lab.person("mira");
    let issue = mira
        .open_issue("[Research] Test BERT vs GPT for classification")
        .issue_type("Development")
        .labels(&["kind/maintenance"])
        .send();
    lab.settle().await;
    assert_eq!(lab.labels(issue), ["kind/maintenance", "stage/todo"]);
}

#[tokio::test]
async fn an_issue_type_wins_over_prefix_and_verb_and_a_prefix_over_the_verb() {
    let lab = Lab::new().await;
    let mira = lab.person("mira");
    let typed = mira
        .open_issue("[Research] Implement the API")
        .issue_type("Experiment")
        .send();
    let prefixed = mira.open_issue("Research: Implement the API").send();
    let other_type = mira
        .open_issue("Implement the API")
        .issue_type("Bug")
        .send();
    lab.settle().await;
    assert_eq!(lab.labels(typed), ["kind/experiment", "stage/ideation"]);
    assert_eq!(lab.labels(prefixed), ["kind/research", "stage/ideation"]);
    assert_eq!(lab.labels(other_type), ["kind/development", "stage/todo"]);
    assert!(!lab.status(typed).contains("inferred"));
    assert!(!lab.status(prefixed).contains("inferred"));
}

#[tokio::test]
async fn inference_is_switched_off_by_the_policy() {
    let lab = Lab::policy("classify: { infer: false }\n").await;
    let mira = lab.person("mira");
    let guessed = mira.open_issue("Explore NLP approaches (2 days)").send();
    let stated = mira.open_issue("[Research] NLP approaches").send();
    lab.settle().await;
    assert_eq!(lab.labels(guessed), Vec::<String>::new());
    assert_eq!(lab.labels(stated), ["kind/research", "stage/ideation"]);
    assert!(lab.status(stated).contains("Research"));
}

#[tokio::test]
async fn a_command_gives_a_kind_to_what_has_none() {
    let lab = Lab::new().await;
    let mira = lab.person("mira");
    let long = mira.open_issue("Ticket routing").send();
    let short = mira.open_issue("Ticket clusters").send();
    lab.settle().await;
    let comment = mira.comment(long, "/kind experiment");
    mira.comment(short, "/maintenance");
    lab.settle().await;
    assert_eq!(lab.labels(long), ["kind/experiment", "stage/ideation"]);
    assert_eq!(lab.labels(short), ["kind/maintenance", "stage/todo"]);
    assert_eq!(lab.reactions(long, comment), ["eyes", "rocket"]);
    assert!(!lab.status(long).contains("inferred"));
}

#[tokio::test]
async fn an_inferred_kind_says_so_and_names_the_command_that_corrects_it() {
    let lab = Lab::new().await;
    let mira = lab.person("mira");
    let issue = mira.open_issue("Explore graph features").send();
    lab.settle().await;
    let status = lab.status(issue);
    assert!(
        status.contains("inferred from the title · `/kind …` corrects it"),
        "{status}"
    );
    mira.comment(issue, "/kind experiment");
    lab.settle().await;
    assert_eq!(lab.labels(issue), ["kind/experiment", "stage/ideation"]);
    assert!(!lab.status(issue).contains("inferred"));
}

#[tokio::test]
async fn taking_off_an_inferred_kind_opts_the_issue_out() {
    let lab = Lab::new().await;
    let mira = lab.person("mira");
    let issue = mira.open_issue("Explore graph features").send();
    lab.settle().await;
    mira.unlabel(issue, "kind/research");
    lab.settle().await;
    mira.rename(issue, "Explore graph features again");
    mira.set_type(issue, Some("Experiment"));
    lab.settle().await;
    let labels = lab.labels(issue);
    assert!(
        !labels.iter().any(|label| label.starts_with("kind/")),
        "{labels:?}"
    );
    lab.whatever_was_said(issue);
    mira.label(issue, "kind/experiment");
    lab.settle().await;
    assert_eq!(lab.labels(issue), ["kind/experiment", "stage/ideation"]);
}

#[tokio::test]
async fn a_later_title_or_type_still_counts_over_inference() {
    let lab = Lab::new().await;
    let mira = lab.person("mira");
    let issue = mira.open_issue("Explore graph features").send();
    lab.settle().await;
    mira.rename(issue, "[Experiment] Graph features");
    lab.settle().await;
    assert_eq!(lab.labels(issue), ["kind/experiment", "stage/ideation"]);
    mira.set_type(issue, Some("Development"));
    lab.settle().await;
    assert_eq!(lab.labels(issue), ["kind/development", "stage/todo"]);
    lab.whatever_was_said(issue);
}

#[tokio::test]
async fn what_a_person_has_stated_no_title_or_type_changes() {
    let lab = Lab::new().await;
    let mira = lab.person("mira");
    let issue = mira.open_issue("Explore graph features").send();
    lab.settle().await;
    mira.comment(issue, "/kind maintenance");
    lab.settle().await;
    mira.rename(issue, "[Research] Graph features");
    mira.set_type(issue, Some("Experiment"));
    lab.settle().await;
    assert_eq!(lab.labels(issue), ["kind/maintenance", "stage/todo"]);
    lab.whatever_was_said(issue);
}

#[tokio::test]
async fn a_corrected_title_corrects_the_box() {
    let lab = Lab::new().await;
    let mira = lab.person("mira");
    let issue = mira.open_issue("Explore graph features (2 days)").send();
    lab.settle().await;
    mira.rename(issue, "Explore graph features (3 days)");
    lab.settle().await;
    let status = lab.status(issue);
    assert!(
        status.contains("3 d") && !status.contains("2 d"),
        "{status}"
    );
}

#[tokio::test]
async fn a_change_of_kind_maps_the_stage_stops_the_box_and_keeps_history() {
    let lab = Lab::new().await;
    let mira = lab.person("mira");
    let issue = mira.open_issue("Explore graph features (2 days)").send();
    lab.settle().await;
    mira.comment(issue, "/activate");
    lab.settle().await;
    assert_eq!(
        lab.labels(issue),
        ["kind/research", "stage/active", "timebox/running"]
    );
    mira.label(issue, "kind/development");
    lab.settle().await;
    assert_eq!(lab.labels(issue), ["kind/development", "stage/in-progress"]);
    lab.until("2026-12-04T17:00:00Z").await;
    let said = lab.said(issue).join("\n");
    assert!(!said.contains("time box of 2 d is over"), "{said}");
}

#[tokio::test]
async fn points_are_dropped_when_it_becomes_exploration() {
    let lab = Lab::new().await;
    let mira = lab.person("mira");
    let issue = mira
        .open_issue("Implement graph features")
        .labels(&["points/5"])
        .send();
    lab.settle().await;
    assert_eq!(
        lab.labels(issue),
        ["kind/development", "points/5", "stage/todo"]
    );
    mira.comment(issue, "/kind research");
    lab.settle().await;
    assert_eq!(lab.labels(issue), ["kind/research", "stage/ideation"]);
    lab.whatever_was_said(issue);
}

#[tokio::test]
async fn the_box_of_a_changed_kind_goes_on_when_it_is_activated_again() {
    let lab = Lab::new().await;
    let mira = lab.person("mira");
    let issue = mira.open_issue("Explore graph features (2 days)").send();
    lab.settle().await;
    mira.comment(issue, "/activate");
    lab.settle().await;
    mira.comment(issue, "/kind experiment");
    lab.settle().await;
    assert_eq!(lab.labels(issue), ["kind/experiment", "stage/active"]);
    let refused = mira.comment(issue, "/activate");
    lab.settle().await;
    assert!(lab.reply(issue, refused).contains("/hypothesis"));
    mira.comment(
        issue,
        "/hypothesis Graph features find more fraud\n/metric f1 >= 0.85\n/activate",
    );
    lab.settle().await;
    assert_eq!(
        lab.labels(issue),
        ["kind/experiment", "stage/active", "timebox/running"]
    );
    let status = lab.status(issue);
    assert!(status.contains("Hypothesis 🔒"), "{status}");
    assert!(status.contains("of 16 h"), "two days as before: {status}");
    let longer = mira.comment(issue, "/timebox 1w");
    lab.settle().await;
    assert!(lab.reply(issue, longer).contains("`/extend …`"));
}

#[tokio::test]
async fn a_bucket_is_overridden_by_label_or_command() {
    let lab = Lab::new().await;
    let mira = lab.person("mira");
    let issue = mira.open_issue("Explore graph features").send();
    lab.settle().await;
    mira.label(issue, "bucket/learning");
    lab.settle().await;
    assert!(lab.status(issue).contains("Learning"));
    mira.comment(issue, "/bucket committed");
    lab.settle().await;
    assert_eq!(
        lab.labels(issue),
        ["bucket/committed", "kind/research", "stage/ideation"]
    );
    assert!(lab.status(issue).contains("Committed"));
}

#[tokio::test]
async fn development_and_maintenance_get_labels_and_the_board_but_no_status_comment_unless_asked() {
    let lab = Lab::new().await;
    let mira = lab.person("mira");
    let build = mira
        .open_issue("Implement recommendation API endpoint")
        .send();
    let fix = mira.open_issue("Fix data pipeline timeout issue").send();
    lab.settle().await;
    assert_eq!(lab.labels(build), ["kind/development", "stage/todo"]);
    assert_eq!(lab.labels(fix), ["kind/maintenance", "stage/todo"]);
    assert_eq!(lab.said(build), Vec::<String>::new());
    assert_eq!(lab.said(fix), Vec::<String>::new());
    let board = lab.board();
    assert!(
        board.contains("Implement recommendation API endpoint"),
        "{board}"
    );
    assert!(board.contains("Fix data pipeline timeout issue"), "{board}");
    mira.comment(fix, "/status");
    lab.settle().await;
    assert!(lab.status(fix).contains("Maintenance · To do"));
    assert!(
        lab.said(fix)
            .iter()
            .all(|said| said.contains("Maintenance · To do"))
    );
}

#[tokio::test]
async fn a_rule_that_has_something_to_say_of_development_brings_a_status_comment() {
    let lab = Lab::new().await;
    let mira = lab.person("mira");
    let issue = mira
        .open_issue("Implement recommendation API endpoint")
        .send();
    lab.settle().await;
    mira.assign(issue, "ana");
    lab.settle().await;
    assert_eq!(lab.labels(issue), ["kind/development", "stage/in-progress"]);
    let status = lab.status(issue);
    assert!(
        status.contains("`/points 5`") && status.contains("deliverables"),
        "{status}"
    );
}

#[tokio::test]
async fn a_pull_request_inherits_the_kind_of_its_item_and_shows_it_in_its_check_only() {
    let lab = Lab::new().await;
    let mira = lab.person("mira");
    let issue = mira
        .open_issue("Implement recommendation API endpoint")
        .send();
    lab.settle().await;
    let pull = mira
        .open_pull("Endpoint")
        .body(&format!("Closes #{issue}"))
        .send();
    lab.settle().await;
    assert_eq!(lab.labels(pull), Vec::<String>::new());
    let check = lab.check(pull, "labhand/item").unwrap();
    assert_eq!(check.title, format!("#{issue} · Development · In review"));
    lab.whatever_was_said(issue);
}

#[tokio::test]
async fn a_pull_request_with_several_items_inherits_from_the_oldest() {
    let lab = Lab::new().await;
    let mira = lab.person("mira");
    let older = mira.open_issue("Explore graph features").send();
    let newer = mira.open_issue("Fix data pipeline timeout issue").send();
    lab.settle().await;
    let body = format!("Closes #{newer}\n\nPart-of: #{older}");
    let pull = mira.open_pull("Graph features").body(&body).send();
    lab.settle().await;
    let check = lab.check(pull, "labhand/item").unwrap();
    assert_eq!(check.title, format!("#{older} · Research · Ideation"));
    assert!(
        lab.status(older).contains(&format!("#{pull}")),
        "{}",
        lab.status(older)
    );
}

#[tokio::test]
async fn a_link_made_in_the_sidebar_counts_with_the_pull_requests_next_event() {
    let lab = Lab::new().await;
    let mira = lab.person("mira");
    let issue = mira.open_issue("Fix data pipeline timeout issue").send();
    let pull = mira.open_pull("Longer timeout").send();
    lab.settle().await;
    assert_eq!(
        lab.check(pull, "labhand/item").unwrap().title,
        "Linked to no item"
    );
    mira.link_in_sidebar(pull, issue);
    mira.push(pull, &[("pipeline.py", "timeout = 60\n")]);
    lab.settle().await;
    let title = lab.check(pull, "labhand/item").unwrap().title;
    assert_eq!(title, format!("#{issue} · Maintenance · In review"));
}

#[tokio::test]
async fn a_pull_request_that_is_linked_to_nothing_but_bears_a_kind_label_is_an_item() {
    let lab = Lab::new().await;
    let mira = lab.person("mira");
    let pull = mira
        .open_pull("Longer timeout")
        .labels(&["kind/maintenance"])
        .draft()
        .send();
    let plain = mira.open_pull("Implement an endpoint").send();
    lab.settle().await;
    assert_eq!(lab.labels(pull), ["kind/maintenance", "stage/in-progress"]);
    assert_eq!(lab.labels(plain), Vec::<String>::new());
    mira.ready(pull);
    lab.settle().await;
    assert_eq!(lab.labels(pull), ["kind/maintenance", "stage/in-review"]);
    mira.merge(pull);
    lab.settle().await;
    assert_eq!(lab.labels(pull), ["kind/maintenance", "stage/done"]);
}

#[tokio::test]
async fn on_all_repositories_of_an_account_it_acts_only_where_a_policy_file_is() {
    let lab = Lab::with(Setup {
        selection_all: true,
        ..Setup::default()
    })
    .await;
    let mira = lab.person("mira");
    let issue = mira.open_issue("Explore graph features").send();
    lab.settle().await;
    assert_eq!(lab.gh.writes(), []);
    assert_eq!(lab.labels(issue), Vec::<String>::new());
    lab.person("lena").write_file(".github/labhand.yml", "");
    lab.settle().await;
    let next = mira.open_issue("Explore text features").send();
    lab.settle().await;
    assert_eq!(lab.labels(next), ["kind/research", "stage/ideation"]);
    lab.whatever_was_said(issue);
    lab.whatever_was_said(next);
}

fn old_issues(gh: &Sim) {
    let lena = gh.as_user(REPO, "lena");
    lena.open_issue("Explore graph features (2 days)").send();
    lena.open_issue("Explore text features")
        .labels(&["kind/research"])
        .send();
}

#[tokio::test]
async fn what_was_there_before_the_installation_is_left_alone_until_somebody_speaks_of_it() {
    let lab = Lab::with(Setup {
        before: Some(old_issues),
        ..Setup::default()
    })
    .await;
    let mira = lab.person("mira");
    let (first, labelled) = (ItemNumber(1), ItemNumber(2));
    for issue in [first, labelled] {
        mira.comment(issue, "How is it going?");
        mira.edit_text(issue, "More words.");
        mira.assign(issue, "mira");
    }
    lab.settle().await;
    assert_eq!(lab.gh.writes(), []);
    mira.label(first, "kind/experiment");
    mira.comment(labelled, "/experiment");
    lab.settle().await;
    assert_eq!(lab.labels(first), ["kind/experiment", "stage/ideation"]);
    assert_eq!(lab.labels(labelled), ["kind/experiment", "stage/ideation"]);
    lab.whatever_was_said(first);
    lab.whatever_was_said(labelled);
}

#[tokio::test]
async fn sync_takes_in_its_own_old_issue_with_the_label_that_it_bears() {
    let lab = Lab::with(Setup {
        before: Some(old_issues),
        ..Setup::default()
    })
    .await;
    let (first, labelled) = (ItemNumber(1), ItemNumber(2));
    lab.person("lee").comment(first, "/sync");
    lab.person("lee").comment(labelled, "/sync");
    lab.settle().await;
    assert_eq!(lab.labels(first), ["kind/research", "stage/ideation"]);
    assert_eq!(lab.labels(labelled), ["kind/research", "stage/ideation"]);
    assert!(lab.status(first).contains("inferred"));
    assert!(!lab.status(labelled).contains("inferred"));
}

#[tokio::test]
async fn an_old_issue_becomes_an_item_with_the_labels_that_it_bears() {
    let lab = Lab::with(Setup {
        before: Some(|gh| {
            let lena = gh.as_user(REPO, "lena");
            lena.open_issue("Graph features")
                .labels(&["blocked", "bucket/learning", "bug"])
                .send();
        }),
        ..Setup::default()
    })
    .await;
    let issue = ItemNumber(1);
    lab.person("mira").comment(issue, "/research");
    lab.settle().await;
    assert_eq!(
        lab.labels(issue),
        [
            "blocked",
            "bucket/learning",
            "bug",
            "kind/research",
            "stage/ideation"
        ]
    );
    assert!(lab.status(issue).contains("`/unblock`"));
}
