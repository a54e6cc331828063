//! What stands behind a signature: files, folders and links at the head commit, the model card, and what
//! pushes do to all that (product §5).

use jiff::SignedDuration;
use labhand::domain::ids::ItemNumber;
use labhand::sim::{Answer, Fault, Selection};

use crate::handoff::{CARD, TEAMS, beside, handoff, line};
use crate::lab::{Lab, REPO, Setup};

#[track_caller]
fn has(text: &str, part: &str) {
    assert!(text.contains(part), "{part:?} is not in {text}");
}

async fn pushed(lab: &Lab, push: impl FnOnce()) {
    lab.clock.advance(SignedDuration::from_secs(60));
    push();
    lab.settle().await;
}

/// mira's signatures of two files and ana's of nothing but her word.
async fn signed(lab: &Lab) -> ItemNumber {
    let pull = handoff(lab).await;
    lab.says(
        pull,
        "mira",
        "/sign features docs/features.md\n/sign artifact models/fraud.onnx\n/sign benchmarks",
    )
    .await;
    lab.says(
        pull,
        "ana",
        "/sign serving https://wiki.acme.example/serving",
    )
    .await;
    pull
}

fn is_signed(lab: &Lab, pull: ItemNumber, slug: &str) -> bool {
    line(lab, pull, slug).starts_with("- [x]")
}

#[tokio::test]
async fn a_path_exists_at_the_head_commit() {
    let lab = Lab::policy(TEAMS).await;
    let pull = handoff(&lab).await;
    let said = lab
        .refused(pull, "mira", "/sign features docs/nowhere.md")
        .await;
    has(&said, "docs/nowhere.md");
    assert!(!is_signed(&lab, pull, "features"));
    // A folder is evidence too.
    lab.says(pull, "mira", "/sign artifact models/").await;
    assert!(is_signed(&lab, pull, "artifact"));
    // …and so is the pointer that Git LFS keeps in a file's place.
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 12345\n";
    pushed(&lab, || {
        lab.person("mira")
            .push(pull, &[("models/big.onnx", pointer)]);
    })
    .await;
    lab.says(pull, "mira", "/sign io-format models/big.onnx")
        .await;
    assert!(is_signed(&lab, pull, "io-format"));
    lab.whatever_was_said(pull);
}

#[tokio::test]
async fn a_model_card_is_a_file_that_says_what_it_has_to() {
    let lab = Lab::policy(TEAMS).await;
    let pull = handoff(&lab).await;
    let said = lab.refused(pull, "mira", "/sign model-card docs").await;
    has(&said, "docs");
    let said = lab
        .refused(pull, "mira", "/sign model-card docs/features.md")
        .await;
    has(&said, "performance");
    has(&said, "limitations");
    let check = lab.check(pull, "labhand/handoff").expect("the check");
    assert_eq!(check.annotations, 2, "{check:?}");
    // Mended, it is signed, and nothing is noted on the file any more.
    pushed(&lab, || {
        lab.person("mira").push(pull, &[("docs/features.md", CARD)]);
    })
    .await;
    lab.says(pull, "mira", "/sign model-card docs/features.md")
        .await;
    assert!(is_signed(&lab, pull, "model-card"));
    let check = lab.check(pull, "labhand/handoff").expect("the check");
    assert_eq!(check.annotations, 0, "{check:?}");
    lab.whatever_was_said(pull);
}

#[tokio::test]
async fn links_are_https_and_never_fetched() {
    let lab = Lab::policy(TEAMS).await;
    let pull = handoff(&lab).await;
    for link in [
        "http://wiki.acme.example/x",
        "javascript://alert(1)",
        "ftp://acme.example/x",
        "//acme.example/x",
    ] {
        lab.refused(pull, "mira", &format!("/sign features {link}"))
            .await;
        assert!(!is_signed(&lab, pull, "features"), "{link}");
    }
    lab.gh.forget_calls();
    lab.says(
        pull,
        "mira",
        "/sign features https://wiki.acme.example/x?a=[b](c)",
    )
    .await;
    assert!(is_signed(&lab, pull, "features"));
    let fetched = lab.gh.calls();
    assert!(
        fetched.iter().all(|call| !call.path.contains("wiki")),
        "{fetched:#?}"
    );
    lab.whatever_was_said(pull);
}

#[tokio::test]
async fn a_push_ends_the_signatures_whose_file_it_changes_and_no_others() {
    let lab = Lab::policy(TEAMS).await;
    let pull = signed(&lab).await;
    pushed(&lab, || {
        lab.person("mira")
            .push(pull, &[("docs/features.md", "# Other features\n")]);
    })
    .await;
    has(&line(&lab, pull, "features"), "mira's signature ended with");
    assert!(!is_signed(&lab, pull, "features"));
    for kept in ["artifact", "benchmarks", "serving"] {
        assert!(is_signed(&lab, pull, kept), "{kept}");
    }
    // Signed anew, it stands again.
    lab.says(pull, "jonas", "/sign features docs/features.md")
        .await;
    assert!(line(&lab, pull, "features").contains("jonas"));
    assert_eq!(beside(&lab, pull), Vec::<String>::new());
}

#[tokio::test]
async fn a_renamed_file_is_not_there_any_more() {
    let lab = Lab::policy(TEAMS).await;
    let pull = signed(&lab).await;
    pushed(&lab, || {
        let mira = lab.person("mira");
        mira.push_renaming(
            pull,
            "models/fraud.onnx",
            "models/fraud-2.onnx",
            "weights\n",
        );
    })
    .await;
    assert!(!is_signed(&lab, pull, "artifact"));
    assert!(is_signed(&lab, pull, "features"));
}

#[tokio::test]
async fn a_rebase_that_leaves_the_content_alone_ends_nothing_and_one_that_does_not_does() {
    let lab = Lab::policy(TEAMS).await;
    let pull = signed(&lab).await;
    let same = [
        ("models/fraud.onnx", "weights\n"),
        ("docs/features.md", "# Features\n"),
        ("src/more.py", "more\n"),
    ];
    pushed(&lab, || lab.person("mira").force_push(pull, &same)).await;
    for kept in ["features", "artifact", "benchmarks", "serving"] {
        assert!(is_signed(&lab, pull, kept), "{kept}");
    }
    let other = [
        ("models/fraud.onnx", "weights\n"),
        ("docs/features.md", "#\n"),
    ];
    pushed(&lab, || lab.person("mira").force_push(pull, &other)).await;
    assert!(!is_signed(&lab, pull, "features"));
    assert!(is_signed(&lab, pull, "artifact"));
}

#[tokio::test]
async fn where_it_is_strict_a_push_ends_what_has_no_evidence() {
    let policy = "handoff: { strict: true }\n";
    let lab = Lab::policy(policy).await;
    let pull = handoff(&lab).await;
    lab.says(pull, "mira", "/sign features docs/features.md")
        .await;
    lab.says(pull, "mira", "/sign serving https://wiki.acme.example/s")
        .await;
    pushed(&lab, || {
        lab.person("mira").push(pull, &[("src/x.py", "x\n")]);
    })
    .await;
    assert!(is_signed(&lab, pull, "features"));
    assert!(is_signed(&lab, pull, "serving"));
    let said = lab.refused(pull, "mira", "/sign benchmarks").await;
    has(&said, "evidence");
    lab.whatever_was_said(pull);
}

#[tokio::test]
async fn a_team_that_does_not_exist_is_named_and_lets_nothing_pass() {
    let lab = Lab::policy(
        "teams: { data_science: [acme/data-sience], engineering: [acme/ml-platform] }\n",
    )
    .await;
    let pull = handoff(&lab).await;
    let checklist = lab.checklist(pull).body;
    has(
        &checklist,
        "Nobody signs for data science as a member of acme/data-sience",
    );
    has(&checklist, "there is no such team in acme");
    lab.refused(pull, "mira", "/sign features").await;
    lab.says(pull, "ana", "/sign serving").await;
    let check = lab.check(pull, "labhand/handoff").expect("the check");
    assert_eq!(check.conclusion, "failure");
    lab.whatever_was_said(pull);
}

#[tokio::test]
async fn where_the_app_may_not_read_members_it_says_which_permission_is_missing() {
    let lab = Lab::with(Setup {
        before: Some(|gh| {
            gh.fault(
                Fault::new()
                    .path_contains("/teams/")
                    .times(1_000)
                    .answer(Answer::status(403)),
            );
        }),
        policy: Some(TEAMS),
        ..Setup::default()
    })
    .await;
    let pull = handoff(&lab).await;
    has(&lab.checklist(pull).body, "**Members: read**");
    lab.refused(pull, "mira", "/sign features").await;
    lab.refused(pull, "ana", "/sign serving").await;
    assert!(!is_signed(&lab, pull, "serving"));
    // Once it is granted, the sweep finds out, and everything goes on.
    lab.gh.forget_faults();
    lab.wait_hours(7).await;
    assert!(!lab.checklist(pull).body.contains("Members: read"));
    lab.says(pull, "ana", "/sign serving").await;
    assert!(is_signed(&lab, pull, "serving"));
    lab.whatever_was_said(pull);
}

#[tokio::test]
async fn a_repository_of_a_person_has_no_teams() {
    let lab = Lab::new().await;
    lab.gh.user("zoe");
    lab.gh.repo("zoe/solo");
    lab.gh.collaborator("zoe/solo", "zoe", "admin");
    lab.gh
        .as_user("zoe/solo", "zoe")
        .write_file(".github/labhand.yml", TEAMS);
    lab.gh.install("zoe", Selection::Only(&["zoe/solo"]));
    lab.settle().await;
    lab.clock.advance(SignedDuration::from_secs(60));
    let zoe = lab.gh.as_user("zoe/solo", "zoe");
    let pull = zoe.open_pull("Serve it").labels(&["handoff"]).send();
    lab.settle().await;
    let comments = lab.gh.issue("zoe/solo", pull).comments;
    let said: Vec<String> = comments.into_iter().map(|it| it.body).collect();
    has(
        &said.join("\n"),
        "this repository belongs to a person, and people have no teams",
    );
}

#[tokio::test]
async fn who_joins_a_team_signs_at_once_and_who_leaves_it_no_more() {
    let lab = Lab::policy(TEAMS).await;
    let pull = handoff(&lab).await;
    lab.gh.collaborator(REPO, "lee", "write");
    lab.settle().await;
    lab.refused(pull, "lee", "/sign serving").await;
    lab.gh.team("acme/ml-platform", &["ana", "lee"]);
    lab.settle().await;
    lab.says(pull, "lee", "/sign serving").await;
    assert!(is_signed(&lab, pull, "serving"));
    lab.gh.team("acme/ml-platform", &["ana"]);
    lab.settle().await;
    let said = lab.refused(pull, "lee", "/sign monitoring").await;
    has(&said, "you are on neither side");
    // What was right when it was signed stays.
    assert!(is_signed(&lab, pull, "serving"));
    assert!(!is_signed(&lab, pull, "monitoring"));
    lab.whatever_was_said(pull);
}

#[tokio::test]
async fn a_merge_around_the_gate_stays_visible() {
    let lab = Lab::policy(TEAMS).await;
    let pull = handoff(&lab).await;
    lab.says(pull, "ana", "/sign serving").await;
    lab.person("lena").merge(pull);
    lab.settle().await;
    has(
        &lab.checklist(pull).body,
        "**Merged unsigned:** 13 entries had no signature",
    );
    lab.at_once().await;
    has(&lab.board(), "1 of 14 signed");
    has(&lab.board(), "⚠️ merged unsigned");
}

#[tokio::test]
async fn with_a_token_a_status_that_somebody_overwrites_is_put_right() {
    let lab = Lab::with(Setup {
        policy: Some("teams: { data_science: [mira, jonas], engineering: [ana, lena] }"),
        token: true,
        ..Setup::default()
    })
    .await;
    let pull = handoff(&lab).await;
    let state = |lab: &Lab| {
        let statuses = lab.gh.statuses(REPO, &lab.gh.head(REPO, pull));
        let gate = statuses
            .into_iter()
            .find(|it| it.context == "labhand/handoff");
        gate.expect("the status").state
    };
    assert_eq!(state(&lab), "failure");
    lab.clock.advance(SignedDuration::from_secs(5));
    lab.person("mira")
        .write_status(pull, "labhand/handoff", "success");
    assert_eq!(state(&lab), "success", "anybody with write access may");
    lab.says(pull, "otto", "What a nice day").await;
    assert_eq!(state(&lab), "failure");
    lab.whatever_was_said(pull);
}
