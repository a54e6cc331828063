//! Commands: where they are read, who may give them, and how they are answered (product §7).

use jiff::SignedDuration;
use labhand::domain::ids::{CommentId, ItemNumber};

use crate::lab::{Lab, Setup};

/// An experiment of mira's that nobody has asked anything of.
async fn experiment(lab: &Lab) -> ItemNumber {
    open(lab, "mira", "Test BERT vs GPT for classification").await
}

async fn open(lab: &Lab, who: &str, title: &str) -> ItemNumber {
    let issue = lab.person(who).open_issue(title).send();
    lab.settle().await;
    issue
}

async fn says(lab: &Lab, issue: ItemNumber, who: &str, text: &str) -> CommentId {
    lab.clock.advance(SignedDuration::from_secs(5));
    let comment = lab.person(who).comment(issue, text);
    lab.settle().await;
    comment
}

/// Whether it was carried out; else the reply.
#[track_caller]
fn outcome(lab: &Lab, issue: ItemNumber, comment: CommentId) -> Result<(), String> {
    match lab.reactions(issue, comment).join(" ").as_str() {
        "eyes rocket" => Ok(()),
        "eyes confused" => Err(lab.reply(issue, comment)),
        other => panic!("the reactions are {other:?}"),
    }
}

#[tokio::test]
async fn each_command_of_an_item_works_for_the_author() {
    let lab = Lab::new().await;
    // otto may only read, but these are his own issues.
    for (title, commands, seen) in [
        ("Hello", "/kind research", "label kind/research"),
        ("Hello", "/research", "label kind/research"),
        ("Hello", "/experiment", "label kind/experiment"),
        ("Hello", "/development", "label kind/development"),
        ("Hello", "/maintenance", "label kind/maintenance"),
        (
            "Explore graph features",
            "/bucket learning",
            "label bucket/learning",
        ),
        (
            "Explore graph features",
            "/phase prototype",
            "label phase/prototype",
        ),
        (
            "Implement an endpoint",
            "/stage in-progress",
            "label stage/in-progress",
        ),
        (
            "Explore graph features (2 days)",
            "/activate",
            "label stage/active",
        ),
        (
            "Explore graph features (2 days)",
            "/activate\n/analyze",
            "label stage/analysis",
        ),
        (
            "Explore graph features",
            "/block waiting for GPU quota",
            "label blocked",
        ),
        (
            "Explore graph features",
            "/block quota\n/unblock",
            "no label blocked",
        ),
        ("Explore graph features", "/timebox 3d", "status 3 d"),
        ("Implement an endpoint", "/points 5-8", "label points/5-8"),
        (
            "Test BERT vs GPT",
            "/hypothesis BERT routes better",
            "status BERT routes better",
        ),
        (
            "Test BERT vs GPT",
            "/metric f1 >= 0.85 baseline 0.80",
            "status 0.85",
        ),
        ("Test BERT vs GPT", "/builds-on #1", "status [#1]"),
        (
            "Explore graph features (2 days)",
            "/activate\n/findings Graphs help",
            "status Graphs help",
        ),
        (
            "Test BERT vs GPT (2 days)",
            "/hypothesis BERT\n/metric f1 > 0.8\n/activate\n/amend metric f1 > 0.7 because the test set was cleaned",
            "status the test set was cleaned",
        ),
    ] {
        let issue = open(&lab, "otto", title).await;
        let given = says(&lab, issue, "otto", commands).await;
        assert_eq!(outcome(&lab, issue, given), Ok(()), "{commands}");
        let labels = lab.labels(issue);
        match seen.split_once(' ').unwrap() {
            ("label", label) => {
                assert!(labels.contains(&label.to_owned()), "{commands}: {labels:?}");
            }
            ("no", label) => assert!(
                !labels.contains(&label[6..].to_owned()),
                "{commands}: {labels:?}"
            ),
            ("status", words) => assert!(
                lab.status(issue).contains(words),
                "{commands}: {}",
                lab.status(issue)
            ),
            _ => unreachable!(),
        }
        lab.whatever_was_said(issue);
    }
}

#[tokio::test]
async fn the_wrong_person_is_told_which_permission_is_missing() {
    let lab = Lab::new().await;
    let issue = experiment(&lab).await;
    for command in [
        "/kind research",
        "/research",
        "/experiment",
        "/development",
        "/maintenance",
        "/bucket learning",
        "/phase prototype",
        "/stage active",
        "/activate",
        "/analyze",
        "/block quota",
        "/unblock",
        "/timebox 2d",
        "/points 5",
        "/hypothesis BERT",
        "/metric f1 > 0.8",
        "/builds-on #1",
        "/amend metric f1 > 0.7 because of noise",
        "/findings None",
    ] {
        let given = says(&lab, issue, "otto", command).await;
        let refused = outcome(&lab, issue, given).unwrap_err();
        assert!(
            refused.contains("the author, an assignee, or somebody with triage permission"),
            "{command}: {refused}"
        );
    }
    for command in ["/board", "/sync", "/decide abandon too slow"] {
        let given = says(&lab, issue, "otto", command).await;
        let refused = outcome(&lab, issue, given).unwrap_err();
        assert!(
            refused.contains("it needs triage permission"),
            "{command}: {refused}"
        );
    }
    for command in [
        "/handoff",
        "/handoff off none",
        "/sign docs",
        "/unsign docs",
        "/na docs none",
    ] {
        let given = says(&lab, issue, "lee", command).await;
        let refused = outcome(&lab, issue, given).unwrap_err();
        assert!(
            refused.contains("it needs write permission"),
            "{command}: {refused}"
        );
    }
    assert_eq!(lab.labels(issue), ["kind/experiment", "stage/ideation"]);
    lab.whatever_was_said(issue);
}

#[tokio::test]
async fn assignees_and_triage_may_what_the_author_may() {
    let lab = Lab::new().await;
    let issue = experiment(&lab).await;
    lab.person("mira").assign(issue, "otto");
    for who in ["otto", "lee", "jonas"] {
        let given = says(&lab, issue, who, &format!("/hypothesis as {who} says")).await;
        assert_eq!(outcome(&lab, issue, given), Ok(()), "{who}");
        assert!(lab.status(issue).contains(&format!("as {who} says")));
    }
}

#[tokio::test]
async fn in_a_public_repository_author_and_assignee_are_not_enough() {
    let lab = Lab::with(Setup {
        public: true,
        ..Setup::default()
    })
    .await;
    let issue = open(&lab, "otto", "Test BERT vs GPT").await;
    lab.person("mira").assign(issue, "otto");
    let given = says(&lab, issue, "otto", "/timebox 2d").await;
    let refused = outcome(&lab, issue, given).unwrap_err();
    assert!(refused.contains("triage"), "{refused}");
    let given = says(&lab, issue, "lee", "/timebox 2d").await;
    assert_eq!(outcome(&lab, issue, given), Ok(()));
    let asked = says(&lab, issue, "otto", "/help timebox").await;
    assert_eq!(outcome(&lab, issue, asked), Ok(()));
    lab.whatever_was_said(issue);
}

#[tokio::test]
async fn a_decision_takes_triage_not_authorship() {
    let lab = Lab::new().await;
    let issue = open(&lab, "otto", "Explore graph features (2 days)").await;
    says(
        &lab,
        issue,
        "otto",
        "/activate\n/findings They help\n/analyze",
    )
    .await;
    let given = says(&lab, issue, "otto", "/decide abandon too slow").await;
    assert!(outcome(&lab, issue, given).unwrap_err().contains("triage"));
    let given = says(&lab, issue, "lee", "/decide abandon too slow").await;
    assert_eq!(outcome(&lab, issue, given), Ok(()));
    assert!(!lab.issue(issue).open);
    lab.whatever_was_said(issue);
}

#[tokio::test]
async fn an_unknown_command_is_answered_with_the_closest() {
    let lab = Lab::new().await;
    let issue = experiment(&lab).await;
    let given = says(&lab, issue, "mira", "/timebx 2d").await;
    assert_eq!(
        outcome(&lab, issue, given).unwrap_err(),
        "`/timebx 2d`: no such command; did you mean `/timebox 2d`?"
    );
    let given = says(&lab, issue, "mira", "/frobnicate").await;
    assert_eq!(
        outcome(&lab, issue, given).unwrap_err(),
        "`/frobnicate`: no such command; `/help` lists them."
    );
    lab.whatever_was_said(issue);
}

#[tokio::test]
async fn several_commands_run_in_order_and_a_bad_one_stops_no_other() {
    let lab = Lab::new().await;
    let issue = experiment(&lab).await;
    let given = says(
        &lab,
        issue,
        "mira",
        "Let's go.\n\n/hypothesis BERT routes better\n/metrik f1\n/metric f1 >= 0.85\n/timebox soon enough\n/timebox 2d\n/activate\n/timebox 3d",
    )
    .await;
    insta::assert_snapshot!(outcome(&lab, issue, given).unwrap_err(), @"
    - `/metrik f1`: no such command; did you mean `/metric f1`?
    - `/timebox soon enough`: `soon enough` is no time box; for example `/timebox 2d`.
    - `/timebox 3d`: the time box has started, and its length is fixed since then; `/extend …` gives it more time.
    ");
    assert!(lab.labels(issue).contains(&"stage/active".to_owned()));
    assert!(lab.status(issue).contains("of 16 h"));
}

#[tokio::test]
async fn text_runs_to_the_next_command() {
    let lab = Lab::new().await;
    let issue = experiment(&lab).await;
    says(
        &lab,
        issue,
        "mira",
        "/hypothesis BERT routes tickets\nbetter than GPT-2\n\nin German\n/TimeBox 2d",
    )
    .await;
    let status = lab.status(issue);
    assert!(
        status.contains("in German") && status.contains("2 d"),
        "{status}"
    );
}

#[tokio::test]
async fn what_is_code_quote_comment_list_or_link_is_no_command() {
    let lab = Lab::new().await;
    let issue = experiment(&lab).await;
    for text in [
        "`/timebox 2d`",
        "```\n/timebox 2d\n```",
        "    /timebox 2d",
        "> /timebox 2d",
        "<!-- /timebox 2d -->",
        "<!--\n/timebox 2d\n-->",
        "- /timebox 2d",
        "1. /timebox 2d",
        "[/timebox 2d](https://acme.test)",
        "one could write /timebox 2d",
        "/usr/bin/timebox",
        "<details>\n\n/timebox 2d\n\n</details>",
    ] {
        let given = says(&lab, issue, "mira", text).await;
        assert_eq!(lab.reactions(issue, given), Vec::<String>::new(), "{text}");
    }
    assert!(!lab.status(issue).contains("2 d"));
}

#[tokio::test]
async fn an_edited_comment_runs_what_is_new_in_it_as_its_editor() {
    let lab = Lab::new().await;
    let issue = experiment(&lab).await;
    let comment = says(&lab, issue, "otto", "I would give it\n\n/help timebox").await;
    assert_eq!(lab.said(issue).len(), 2);
    lab.clock.advance(SignedDuration::from_secs(60));
    lab.person("lee")
        .edit_comment(comment, "I would give it\n\n/timebox 2d\n/help timebox");
    lab.settle().await;
    assert!(lab.status(issue).contains("2 d"));
    assert_eq!(lab.said(issue).len(), 2);
    // And as otto it does not count.
    lab.clock.advance(SignedDuration::from_secs(60));
    lab.person("otto")
        .edit_comment(comment, "/timebox 3d\n/help timebox");
    lab.settle().await;
    assert!(lab.reply(issue, comment).contains("/timebox 3d"));
    assert!(lab.status(issue).contains("2 d"));
}

#[tokio::test]
async fn an_edit_can_ask_for_words_before_those_that_were_answered() {
    let lab = Lab::new().await;
    let issue = experiment(&lab).await;
    let comment = says(&lab, issue, "mira", "/help timebox").await;
    lab.clock.advance(SignedDuration::from_secs(60));
    lab.person("mira")
        .edit_comment(comment, "/help points\n/help timebox");
    lab.settle().await;
    let said = lab.said(issue);
    assert_eq!(said.len(), 3);
    assert!(said[2].contains("/points"), "{said:?}");
}

#[tokio::test]
async fn who_mends_a_comment_sees_that_it_worked_now() {
    let lab = Lab::new().await;
    let issue = experiment(&lab).await;
    let comment = says(&lab, issue, "mira", "/timebx 2d").await;
    assert!(outcome(&lab, issue, comment).is_err());
    lab.clock.advance(SignedDuration::from_secs(60));
    lab.person("mira").edit_comment(comment, "/timebox 2d");
    lab.settle().await;
    assert_eq!(
        lab.reactions(issue, comment),
        ["eyes", "confused", "rocket"]
    );
    assert!(lab.status(issue).contains("2 d"));
}

#[tokio::test]
async fn a_new_issues_text_may_hold_commands() {
    let lab = Lab::new().await;
    let mira = lab.person("mira");
    let issue = mira
        .open_issue("Sentiment")
        .body("What do we know?\n\n/research\n/timebox 2d\n/activat")
        .send();
    lab.settle().await;
    assert_eq!(lab.labels(issue), ["kind/research", "stage/ideation"]);
    assert!(lab.status(issue).contains("2 d"));
    let reply = lab.comment(issue, "reply:text").unwrap().body;
    assert!(reply.contains("did you mean `/activate`"), "{reply}");
    let reactions = lab.issue(issue).reactions;
    let reactions: Vec<&str> = reactions
        .iter()
        .map(|(_, content)| content.as_str())
        .collect();
    assert_eq!(reactions, ["eyes", "confused"]);
}

#[tokio::test]
async fn bots_are_not_read() {
    let lab = Lab::new().await;
    lab.gh.bot("tidy[bot]");
    lab.gh.collaborator(crate::lab::REPO, "tidy[bot]", "write");
    let issue = experiment(&lab).await;
    let given = says(&lab, issue, "tidy[bot]", "/timebox 2d").await;
    assert_eq!(lab.reactions(issue, given), Vec::<String>::new());
    assert!(!lab.status(issue).contains("2 d"));
}

#[tokio::test]
async fn with_a_prefix_only_the_long_form_counts() {
    let lab = Lab::policy("commands: { prefix: labhand }").await;
    let issue = experiment(&lab).await;
    let short = says(&lab, issue, "mira", "/timebox 2d").await;
    assert_eq!(lab.reactions(issue, short), Vec::<String>::new());
    let long = says(&lab, issue, "mira", "/labhand timebox 3d").await;
    assert_eq!(outcome(&lab, issue, long), Ok(()));
    assert!(lab.status(issue).contains("3 d"));
}

#[tokio::test]
async fn the_long_form_always_works() {
    let lab = Lab::new().await;
    let issue = experiment(&lab).await;
    let long = says(&lab, issue, "mira", "/labhand timebox 3d").await;
    assert_eq!(outcome(&lab, issue, long), Ok(()));
    assert!(lab.status(issue).contains("3 d"));
}

#[tokio::test]
async fn help_lists_all_commands_or_explains_one() {
    let lab = Lab::new().await;
    let issue = open(&lab, "otto", "Hello").await;
    let all = says(&lab, issue, "otto", "/help").await;
    assert_eq!(lab.reactions(issue, all), ["eyes", "rocket"]);
    let one = says(&lab, issue, "otto", "/help timebox").await;
    assert_eq!(lab.reactions(issue, one), ["eyes", "rocket"]);
    let said = lab.said(issue);
    for command in [
        "/status", "/board", "/sync", "/kind", "/timebox", "/decide", "/sign", "/na",
    ] {
        assert!(said[0].contains(command), "{command}");
    }
    insta::assert_snapshot!(said[1], @"
    `/timebox 2d|4h|1w 2d|preset`

    Gives research or an experiment an amount of working time; `spike`, `standard` and `deep` are presets.

    For example `/timebox 2d` · for author, assignee, triage
    ");
    assert_eq!(said.len(), 2);
}

#[tokio::test]
async fn status_answers_with_where_it_stands() {
    let lab = Lab::new().await;
    let issue = experiment(&lab).await;
    says(&lab, issue, "otto", "/status").await;
    let said = lab.said(issue);
    assert_eq!(said.len(), 2);
    assert!(said[1].contains("Experiment · Ideation"));
}

#[tokio::test]
async fn production_work_gets_its_status_comment_when_somebody_asks() {
    let lab = Lab::new().await;
    let issue = open(&lab, "mira", "Retrain fraud model with Q4 data").await;
    assert_eq!(lab.own_comments(issue), []);
    let asked = says(&lab, issue, "otto", "/status").await;
    assert_eq!(outcome(&lab, issue, asked), Ok(()));
    assert!(
        lab.status(issue).contains("Maintenance · To do"),
        "{}",
        lab.status(issue)
    );
    assert_eq!(lab.own_comments(issue).len(), 1);
    // It is kept up to date, and another question is answered below.
    says(&lab, issue, "mira", "/points 3").await;
    assert!(lab.status(issue).contains('3'));
    says(&lab, issue, "otto", "/status").await;
    assert_eq!(lab.said(issue).len(), 2);
}

#[tokio::test]
async fn the_board_is_posted_as_a_comment() {
    let lab = Lab::new().await;
    let issue = experiment(&lab).await;
    let asked = says(&lab, issue, "lee", "/board").await;
    assert_eq!(outcome(&lab, issue, asked), Ok(()));
    let said = lab.said(issue);
    assert_eq!(said.len(), 2);
    assert!(
        said[1].contains("acme/fraud") && said[1].contains("Test BERT vs GPT"),
        "{}",
        said[1]
    );
}

#[tokio::test]
async fn a_comment_that_is_deleted_before_it_is_answered_stops_nothing() {
    let lab = Lab::new().await;
    let issue = experiment(&lab).await;
    let mira = lab.person("mira");
    let gone = mira.comment(issue, "/timebx 2d");
    mira.delete_comment(gone);
    lab.settle().await;
    let given = says(&lab, issue, "mira", "/timebox 2d").await;
    assert_eq!(outcome(&lab, issue, given), Ok(()));
    assert!(lab.status(issue).contains("2 d"));
    assert_eq!(lab.said(issue).len(), 1);
}

#[tokio::test]
async fn a_comment_that_is_not_there_yet_is_answered_a_little_later() {
    let lab = Lab::new().await;
    let issue = experiment(&lab).await;
    lab.gh.lag_after_event(true);
    let given = says(&lab, issue, "mira", "/timebox 2d\n/frobnicate").await;
    assert!(
        outcome(&lab, issue, given)
            .unwrap_err()
            .contains("no such command")
    );
    assert!(lab.status(issue).contains("2 d"));
    assert_eq!(lab.said(issue).len(), 2);
}

#[tokio::test]
async fn a_hundred_commands_get_one_reply() {
    let lab = Lab::new().await;
    let issue = experiment(&lab).await;
    let mut lines: Vec<String> = (1..100).map(|n| format!("/frobnicate {n}")).collect();
    lines.push("/timebox 2d".to_owned());
    let given = says(&lab, issue, "mira", &lines.join("\n")).await;
    let reply = outcome(&lab, issue, given).unwrap_err();
    assert!(
        reply.contains("`/frobnicate 1`") && reply.ends_with("more"),
        "{reply}"
    );
    assert!(lab.status(issue).contains("2 d"));
    assert_eq!(lab.said(issue).len(), 2);
}

#[tokio::test]
async fn what_people_type_is_echoed_harmlessly() {
    let lab = Lab::new().await;
    let issue = experiment(&lab).await;
    let given = says(
        &lab,
        issue,
        "mira",
        "/frobnicate @ana ``` <!-- x --> #1 🧪\u{202e} @acme/ml-platform",
    )
    .await;
    let refused = outcome(&lab, issue, given).unwrap_err();
    // All of it is one piece of code, where GitHub mentions and links nothing.
    assert_eq!(refused.matches('`').count(), 4, "{refused}");
    assert!(refused.starts_with("`/frobnicate @ana"), "{refused}");
    assert!(
        !refused.contains('\u{202e}') && !refused.contains("<!--"),
        "{refused}"
    );
    says(
        &lab,
        issue,
        "mira",
        "/hypothesis thanks @ana, see #1 and acme/fraud#2 <img src=x>",
    )
    .await;
    let status = lab.status(issue);
    assert!(
        !status.contains("@ana") && !status.contains("<img"),
        "{status}"
    );
}

#[tokio::test]
async fn the_longest_and_the_oddest_comments_are_read() {
    let lab = Lab::new().await;
    let issue = experiment(&lab).await;
    let long = format!("/hypothesis {}", "ü🧪é ".repeat(10_000));
    let long: String = long.chars().take(65_536).collect();
    let given = says(&lab, issue, "mira", &long).await;
    assert_eq!(outcome(&lab, issue, given), Ok(()));
    assert!(lab.status(issue).chars().count() <= 65_536);
    for odd in [
        "/",
        "//",
        "/ timebox",
        "/\u{feff}timebox 2d",
        "/🧪",
        "\u{0}/timebox",
        "/TIMEBOX\u{a0}2d",
        "/tımebox 2d",
    ] {
        says(&lab, issue, "mira", odd).await;
    }
    let given = says(&lab, issue, "mira", "/timebox 2d").await;
    assert_eq!(outcome(&lab, issue, given), Ok(()));
    lab.whatever_was_said(issue);
}

#[tokio::test]
async fn the_same_command_twice_runs_twice_but_a_redelivery_does_not() {
    let lab = Lab::new().await;
    let issue = experiment(&lab).await;
    lab.gh.repeat_deliveries(true);
    let given = says(&lab, issue, "mira", "/activat\n/help points").await;
    assert!(outcome(&lab, issue, given).is_err());
    assert_eq!(lab.said(issue).len(), 3);
}

#[tokio::test]
async fn what_is_no_item_says_how_it_becomes_one() {
    let lab = Lab::new().await;
    let issue = open(&lab, "mira", "Hello").await;
    let given = says(&lab, issue, "mira", "/timebox 2d").await;
    assert!(
        outcome(&lab, issue, given)
            .unwrap_err()
            .contains("`/kind research")
    );
    let given = says(&lab, issue, "mira", "/status").await;
    assert!(
        outcome(&lab, issue, given)
            .unwrap_err()
            .contains("`/kind research")
    );
}
