//! The policy of a repository (product §9): whence it comes, since when it counts, and what happens
//! to a bad one.

use jiff::SignedDuration;
use labhand::sim::Selection;

use crate::lab::{Lab, REPO};

const FILE: &str = ".github/labhand.yml";

/// An organisation with a `.github` repository that labhand is installed on too.
async fn with_organisation() -> Lab {
    let lab = Lab::new().await;
    lab.gh.repo("acme/.github");
    lab.gh.collaborator("acme/.github", "lena", "maintain");
    lab.gh
        .install("acme", Selection::Only(&[REPO, "acme/.github"]));
    lab.settle().await;
    lab
}

fn soon(lab: &Lab) {
    lab.clock.advance(SignedDuration::from_secs(5));
}

#[tokio::test]
async fn the_organisation_says_what_the_repository_leaves_out() {
    let lab = with_organisation().await;
    let (mira, lena) = (lab.person("mira"), lab.person("lena"));
    mira.open_issue("Hello").send();
    lab.settle().await;
    soon(&lab);
    lab.gh.as_user("acme/.github", "lena").write_file(
        "labhand.yml",
        "timeboxes: { presets: { spike: 6h, deep: 2w } }",
    );
    lab.settle().await;
    soon(&lab);
    assert_eq!(spike(&lab).await, "6 h");

    lena.write_file(FILE, "timeboxes: { presets: { spike: 2h } }");
    lab.settle().await;
    soon(&lab);
    assert_eq!(spike(&lab).await, "2 h");
}

/// How long the preset `spike` is now, by a box that begins.
async fn spike(lab: &Lab) -> String {
    let mira = lab.person("mira");
    let issue = mira.open_issue("Explore graph features").send();
    mira.comment(issue, "/timebox spike\n/activate");
    lab.settle().await;
    let status = lab.status(issue);
    let length = status
        .split(" of ")
        .nth(1)
        .unwrap_or_else(|| panic!("{status}"));
    length.split(" ·").next().unwrap().to_owned()
}

#[tokio::test]
async fn a_pull_request_cannot_bring_its_own_policy_before_it_is_merged() {
    let lab = Lab::new().await;
    let (mira, lena) = (lab.person("mira"), lab.person("lena"));
    let pull = lena
        .open_pull("Silence")
        .files(&[(FILE, "enabled: false\n")])
        .send();
    lab.settle().await;
    lena.push(pull, &[("README.md", "More.")]);
    lab.settle().await;
    soon(&lab);
    let issue = mira.open_issue("Fix data pipeline timeout issue").send();
    lab.settle().await;
    assert_eq!(lab.labels(issue), ["kind/maintenance", "stage/todo"]);

    lena.merge(pull);
    lab.settle().await;
    soon(&lab);
    lab.gh.forget_calls();
    let issue = mira.open_issue("Fix another pipeline").send();
    lab.settle().await;
    assert_eq!(lab.labels(issue), Vec::<String>::new());
    assert_eq!(lab.gh.writes(), []);
}

#[tokio::test]
async fn a_bad_policy_is_shown_on_the_board_and_the_last_good_one_stays() {
    let lab = Lab::policy("timeboxes: { presets: { spike: 6h } }\n").await;
    let (mira, lena) = (lab.person("mira"), lab.person("lena"));
    mira.open_issue("Hello").send();
    lab.settle().await;
    soon(&lab);
    lena.write_file(
        FILE,
        "timeboxes:\n  presets: { spike: 1h }\n  remindat: 90%\n",
    );
    lab.settle().await;
    let board = lab.board();
    assert!(board.contains(&format!("{FILE}:3:3")), "{board}");
    assert!(
        board.contains("`remindat`") && board.contains("`remind_at`"),
        "{board}"
    );
    soon(&lab);
    assert_eq!(spike(&lab).await, "6 h");

    lena.write_file(FILE, "timeboxes:\n  presets: { spike: 1h }\n");
    lab.settle().await;
    assert!(!lab.board().contains("remindat"), "{}", lab.board());
    soon(&lab);
    assert_eq!(spike(&lab).await, "1 h");
}

#[tokio::test]
async fn a_policy_that_is_bad_from_the_beginning_is_shown_too() {
    let lab = Lab::policy("enabled: perhaps\n").await;
    lab.settle().await;
    assert!(
        lab.board().contains(&format!("{FILE}:1:10")),
        "{}",
        lab.board()
    );
    lab.person("mira")
        .open_issue("Fix data pipeline timeout issue")
        .send();
    lab.settle().await;
    assert!(lab.board().contains("Fix data pipeline timeout issue"));
}

#[tokio::test]
async fn what_is_disabled_is_silent_and_answers_nothing_later() {
    let lab = Lab::new().await;
    let (mira, lena) = (lab.person("mira"), lab.person("lena"));
    let issue = mira.open_issue("Explore graph features (2 days)").send();
    lab.settle().await;
    soon(&lab);
    lena.write_file(FILE, "enabled: false");
    lab.settle().await;
    lab.whatever_was_said(issue);
    lab.gh.forget_calls();
    soon(&lab);
    let asked = mira.comment(issue, "/help\n/timebox 1d");
    mira.open_issue("Fix data pipeline timeout issue").send();
    lab.settle().await;
    assert_eq!(lab.gh.writes(), []);

    soon(&lab);
    lena.write_file(FILE, "enabled: true");
    lab.settle().await;
    assert_eq!(lab.reactions(issue, asked), Vec::<String>::new());
    assert_eq!(lab.own_comments(issue).len(), 1);
    soon(&lab);
    mira.comment(issue, "/timebox 1d");
    lab.settle().await;
    assert!(lab.status(issue).contains("1 d"));
}

#[tokio::test]
async fn labels_are_called_as_the_policy_says() {
    let lab =
        Lab::policy("labels: { \"kind/research\": \"Research 🔬\", \"stage/active\": doing }\n")
            .await;
    let (mira, lee) = (lab.person("mira"), lab.person("lee"));
    let issue = mira.open_issue("Explore graph features (2 days)").send();
    lab.settle().await;
    assert_eq!(lab.labels(issue), ["Research 🔬", "stage/ideation"]);
    soon(&lab);
    lee.label(issue, "doing");
    lab.settle().await;
    assert_eq!(
        lab.labels(issue),
        ["Research 🔬", "doing", "timebox/running"]
    );
    lab.whatever_was_said(issue);
}

#[tokio::test]
async fn a_policy_that_renames_labels_later_means_those_that_are_there_already() {
    let lab = Lab::new().await;
    let (mira, lena) = (lab.person("mira"), lab.person("lena"));
    mira.create_label("research");
    let before = mira.open_issue("Explore graph features (2 days)").send();
    lab.settle().await;
    soon(&lab);
    lena.write_file(FILE, "labels: { \"kind/research\": research }\n");
    lab.settle().await;
    soon(&lab);
    let issue = mira.open_issue("Hello").labels(&["research"]).send();
    lab.settle().await;
    assert_eq!(lab.labels(issue), ["research", "stage/ideation"]);
    let inferred = mira.open_issue("Explore MLOps (2 days)").send();
    lab.settle().await;
    assert_eq!(lab.labels(inferred), ["research", "stage/ideation"]);
    for issue in [before, issue, inferred] {
        lab.whatever_was_said(issue);
    }
}

#[tokio::test]
async fn a_policy_counts_from_its_push_and_never_backwards() {
    let lab = Lab::new().await;
    let (mira, lena) = (lab.person("mira"), lab.person("lena"));
    let issue = mira
        .open_issue("Test BERT vs GPT for classification")
        .body("Hypothesis: BERT is better\n\nTime box: 2d")
        .send();
    soon(&lab);
    let early = mira.comment(issue, "/activate");
    lab.settle().await;
    assert!(lab.reply(issue, early).contains("metric"));
    soon(&lab);
    lena.write_file(FILE, "guards: { experiment-needs-metric: off }");
    lab.settle().await;
    assert_eq!(lab.labels(issue), ["kind/experiment", "stage/ideation"]);
    soon(&lab);
    mira.comment(issue, "/activate");
    lab.settle().await;
    assert_eq!(
        lab.labels(issue),
        ["kind/experiment", "stage/active", "timebox/running"]
    );
    soon(&lab);
    // A stricter one does not undo what was granted.
    lena.write_file(FILE, "guards: { experiment-needs-metric: enforce }");
    lab.settle().await;
    assert!(lab.labels(issue).contains(&"stage/active".to_owned()));
    lab.whatever_was_said(issue);
}

#[tokio::test]
async fn a_box_keeps_the_calendar_in_which_it_began() {
    let lab = Lab::new().await;
    let (mira, lena) = (lab.person("mira"), lab.person("lena"));
    let issue = mira.open_issue("Explore graph features (2 days)").send();
    soon(&lab);
    mira.comment(issue, "/activate");
    lab.settle().await;
    let ends = |lab: &Lab| {
        let status = lab.status(issue);
        let next = status
            .lines()
            .find(|line| line.contains("ends"))
            .unwrap_or_default();
        next.to_owned()
    };
    assert!(ends(&lab).contains("Tue 24 Nov"), "{}", lab.status(issue));
    soon(&lab);
    lena.write_file(FILE, "calendar: { days: [mon], hours: \"09:00-10:00\" }");
    lab.settle().await;
    assert!(ends(&lab).contains("Tue 24 Nov"), "{}", lab.status(issue));
}

/// The check of a pull request that changes the policy file to this.
async fn proposed(
    lab: &Lab,
    policy: &str,
) -> (labhand::domain::ids::ItemNumber, labhand::sim::CheckView) {
    let branch = format!("policy-{}", lab.gh.issues(REPO).len());
    let pull = lab
        .person("mira")
        .open_pull("Another policy")
        .branch(&branch)
        .files(&[(FILE, policy)])
        .send();
    lab.settle().await;
    let check = lab.check(pull, "labhand/policy").expect("a check");
    lab.whatever_was_said(pull);
    (pull, check)
}

#[tokio::test]
async fn a_policy_is_checked_where_it_is_proposed() {
    let lab = Lab::policy("guards: { development-needs-points: warn }\n").await;
    let mira = lab.person("mira");
    let sized = mira.open_issue("Implement the endpoint").send();
    mira.comment(sized, "/points 5");
    let bare = [
        mira.open_issue("Implement the client").send(),
        mira.open_issue("Implement the cache").send(),
    ];
    lab.settle().await;
    // Whoever changes something else is not told of the policy.
    let other = mira.open_pull("Code").files(&[("a.py", "1")]).send();
    lab.settle().await;
    assert_eq!(lab.check(other, "labhand/policy"), None);

    let bad = "guards: { development-needs-points: enforced }\ncalender: {}\n";
    let (pull, check) = proposed(&lab, bad).await;
    assert_eq!(check.conclusion, "failure");
    assert_eq!(
        check.title,
        "2 mistakes in the policy; as it is, it would not come into force"
    );
    assert!(
        check
            .summary
            .contains("- line 2, column 1: unknown key `calender`; did you mean `calendar`?"),
        "{}",
        check.summary
    );
    assert_eq!(check.annotations, 2);
    // The policy in force is that of the default branch.
    assert!(!lab.issue(bare[0]).labels.contains(&"never".to_owned()));

    mira.push(
        pull,
        &[(FILE, "guards: { development-needs-points: enforce }\n")],
    );
    lab.settle().await;
    let check = lab.check(pull, "labhand/policy").unwrap();
    assert_eq!(check.conclusion, "success");
    assert_eq!(
        check.title,
        "A good policy; 2 of 3 open items would be refused something"
    );
    let [first, second] = bare;
    let line = format!(
        "- `development-needs-points` (`warn` → `enforce`): 2 items would be refused: [#{first}](https://redirect.github.com/{REPO}/issues/{first}) and [#{second}]"
    );
    assert!(check.summary.contains(&line), "{}", check.summary);
    assert_eq!(check.annotations, 0);

    let (_, same) = proposed(&lab, "guards: { development-needs-points: warn }\n\n").await;
    assert_eq!(
        same.title,
        "A good policy; it changes nothing for 3 open items"
    );
    let (_, off) = proposed(&lab, "enabled: false\n").await;
    assert_eq!(
        off.title,
        "A good policy; labhand would do nothing in this repository"
    );
}

#[tokio::test]
async fn a_proposed_policy_stands_on_the_organisations() {
    let lab = with_organisation().await;
    lab.gh
        .as_user("acme/.github", "lena")
        .write_file("labhand.yml", "guards: { experiment-needs-metric: warn }");
    lab.settle().await;
    soon(&lab);
    let idea = lab
        .person("mira")
        .open_issue("Test BERT vs GPT for classification")
        .send();
    lab.settle().await;
    lab.whatever_was_said(idea);
    let (_, check) = proposed(&lab, "guards: { experiment-needs-metric: enforce }").await;
    assert!(
        check
            .summary
            .contains("`experiment-needs-metric` (`warn` → `enforce`): 1 item would be refused"),
        "{}",
        check.summary
    );
    // A mistake in the organisation's file is not this one's.
    lab.gh
        .as_user("acme/.github", "lena")
        .write_file("labhand.yml", "gurads: {}");
    lab.settle().await;
    let (_, check) = proposed(&lab, "enabled: true").await;
    assert_eq!(
        (check.conclusion.as_str(), check.title.as_str()),
        ("failure", "The policy cannot be read")
    );
    assert!(check.summary.contains("unknown key"), "{}", check.summary);
}
