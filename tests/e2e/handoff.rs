//! The hand-off: who signs what, by ticking or by command, and how it ends (product §5).

use jiff::SignedDuration;
use labhand::domain::ids::ItemNumber;

use crate::lab::{Lab, REPO};

/// mira and jonas are data science, ana is engineering; lena may write and is on neither side.
pub const TEAMS: &str = "teams:
  data_science: [acme/data-science]
  engineering: [acme/ml-platform]
";

/// A hand-off of mira's, by its label.
pub async fn handoff(lab: &Lab) -> ItemNumber {
    let mira = lab.person("mira");
    let draft = mira.open_pull("Serve the fraud detector");
    let pull = draft
        .branch("serve")
        .files(&[
            ("models/fraud.onnx", "weights\n"),
            ("docs/model_card.md", CARD),
            ("docs/features.md", "# Features\n"),
            ("docs/readme.md", "# How to run it\n"),
        ])
        .labels(&["handoff"])
        .send();
    lab.settle().await;
    pull
}

/// A model card that says what it has to.
pub const CARD: &str = "# Fraud detector

## Evaluation

F1 is 0.87 on the third quarter.

## Limitations

It has seen no payments above 10,000 €.
";

/// The checklist's line about an entry.
#[track_caller]
pub fn line(lab: &Lab, pull: ItemNumber, slug: &str) -> String {
    let text = lab.checklist(pull).body;
    let begins = |line: &&str| {
        line.trim_start_matches(['-', ' ', '[', 'x', ']'])
            .starts_with(&format!("`{slug}`"))
    };
    let found = text.lines().find(begins);
    found
        .unwrap_or_else(|| panic!("no {slug} in {text}"))
        .to_owned()
}

/// What was said beside the checklist.
pub fn beside(lab: &Lab, pull: ItemNumber) -> Vec<String> {
    let mut said = lab.said(pull);
    said.retain(|text| !text.starts_with("### 🤝"));
    said
}

async fn tick(lab: &Lab, pull: ItemNumber, who: &str, slug: &str) {
    lab.person(who).tick(lab.checklist(pull).id, slug);
    lab.settle().await;
}

async fn untick(lab: &Lab, pull: ItemNumber, who: &str, slug: &str) {
    lab.clock.advance(SignedDuration::from_secs(5));
    lab.person(who).untick(lab.checklist(pull).id, slug);
    lab.settle().await;
}

async fn says(
    lab: &Lab,
    pull: ItemNumber,
    who: &str,
    text: &str,
) -> labhand::domain::ids::CommentId {
    lab.clock.advance(SignedDuration::from_secs(5));
    let comment = lab.person(who).comment(pull, text);
    lab.settle().await;
    comment
}

#[tokio::test]
async fn a_label_brings_the_checklist_in_three_sections() {
    let lab = Lab::policy(TEAMS).await;
    let mira = lab.person("mira");
    let draft = mira.open_pull("Serve the fraud detector");
    let pull = draft
        .body("Model: fraud-detector v2.3.0")
        .labels(&["handoff"])
        .send();
    lab.settle().await;
    insta::assert_snapshot!(lab.said(pull).join("\n---\n"), @"
    ### 🤝 Hand-off of fraud-detector 2.3.0 · 0 of 14 signed

    **Waiting for** acme/data-science: `artifact`, `model-card`, `features`, `io-format`, `benchmarks` · acme/ml-platform: `feature-pipeline`, `serving`, `monitoring`, `ab-testing`, `scaling` · **both sides**: `integration-tests`, `performance`, `incidents`, `docs`

    **Data science delivers**
    - [ ] `artifact` Trained model artifact
    - [ ] `model-card` Model card: performance, limitations
    - [ ] `features` Feature requirements
    - [ ] `io-format` Expected input and output formats
    - [ ] `benchmarks` Performance benchmarks

    **Engineering provides**
    - [ ] `feature-pipeline` Feature pipeline infrastructure
    - [ ] `serving` Model serving platform
    - [ ] `monitoring` Monitoring and alerting
    - [ ] `ab-testing` A/B testing framework
    - [ ] `scaling` Scaling and reliability

    **Both share**
    - [ ] `integration-tests` Integration testing
    - [ ] `performance` Performance optimisation
    - [ ] `incidents` Incident response
    - [ ] `docs` Documentation

    <sub>Tick a box or write `/sign slug [path or link]`; `/na slug reason`, from both sides, takes an entry out. Signed for `bedd1f3`; a push that changes a signed file asks for that signature again.</sub>
    ");
}

#[tokio::test]
async fn a_path_of_the_policy_makes_a_handoff() {
    let lab = Lab::policy("handoff: { paths: [\"models/**\"] }").await;
    let mira = lab.person("mira");
    let other = mira
        .open_pull("Tidy up")
        .files(&[("src/a.py", "a\n")])
        .send();
    let pull = mira
        .open_pull("New weights")
        .files(&[("models/fraud.onnx", "weights\n")])
        .send();
    lab.settle().await;
    assert!(lab.checklist(pull).body.contains("0 of 14 signed"));
    assert!(lab.labels(pull).contains(&"handoff".to_owned()));
    assert_eq!(lab.said(other), Vec::<String>::new());

    lab.clock.advance(SignedDuration::from_secs(60));
    mira.push(other, &[("models/other.onnx", "weights\n")]);
    lab.settle().await;
    assert!(lab.checklist(other).body.contains("0 of 14 signed"));
}

#[tokio::test]
async fn a_command_makes_a_handoff_and_names_the_version() {
    let lab = Lab::new().await;
    let mira = lab.person("mira");
    let pull = mira.open_pull("Serve the fraud detector").send();
    lab.settle().await;
    let lee = says(&lab, pull, "lee", "/handoff").await;
    assert!(lab.reply(pull, lee).contains("write permission"));
    let done = says(&lab, pull, "mira", "/handoff fraud-detector v2.3.0").await;
    assert_eq!(lab.reactions(pull, done), ["eyes", "rocket"]);
    assert!(
        lab.checklist(pull)
            .body
            .starts_with("### 🤝 Hand-off of fraud-detector 2.3.0 · 0 of 14 signed")
    );
}

#[tokio::test]
async fn an_issue_is_no_handoff() {
    let lab = Lab::new().await;
    let issue = lab
        .person("mira")
        .open_issue("Hello")
        .labels(&["handoff"])
        .send();
    lab.settle().await;
    let asked = says(&lab, issue, "mira", "/handoff").await;
    assert!(lab.reply(issue, asked).contains("for pull requests"));
    assert_eq!(lab.said(issue).len(), 1);
}

#[tokio::test]
async fn each_side_ticks_its_own() {
    let lab = Lab::policy(TEAMS).await;
    let pull = handoff(&lab).await;
    tick(&lab, pull, "jonas", "artifact").await;
    tick(&lab, pull, "ana", "serving").await;
    assert_eq!(
        line(&lab, pull, "artifact"),
        "- [x] `artifact` Trained model artifact · jonas"
    );
    assert_eq!(
        line(&lab, pull, "serving"),
        "- [x] `serving` Model serving platform · ana"
    );
    assert!(lab.checklist(pull).body.contains("2 of 14 signed"));
    assert_eq!(beside(&lab, pull), Vec::<String>::new());
}

#[tokio::test]
async fn a_wrong_tick_is_undone_and_explained_once() {
    let lab = Lab::policy(TEAMS).await;
    let pull = handoff(&lab).await;
    tick(&lab, pull, "mira", "serving").await;
    assert_eq!(
        line(&lab, pull, "serving"),
        "- [ ] `serving` Model serving platform"
    );
    insta::assert_snapshot!(beside(&lab, pull).join("\n"), @"`serving` is engineering's to sign (acme/ml-platform); mira is in data science. The box is open again.");
    lab.clock.advance(SignedDuration::from_secs(60));
    tick(&lab, pull, "mira", "serving").await;
    assert_eq!(
        line(&lab, pull, "serving"),
        "- [ ] `serving` Model serving platform"
    );
    assert_eq!(beside(&lab, pull).len(), 1);
}

#[tokio::test]
async fn who_is_on_neither_side_signs_nothing() {
    let lab = Lab::policy(TEAMS).await;
    let pull = handoff(&lab).await;
    let lena = says(&lab, pull, "lena", "/sign serving").await;
    insta::assert_snapshot!(lab.reply(pull, lena), @"`/sign serving`: `serving` is signed by acme/data-science and acme/ml-platform; you are on neither side.");
    tick(&lab, pull, "otto", "docs").await;
    assert_eq!(line(&lab, pull, "docs"), "- [ ] `docs` Documentation");
    assert!(beside(&lab, pull).last().unwrap().contains("write access"));
}

#[tokio::test]
async fn a_shared_entry_needs_both() {
    let lab = Lab::policy(TEAMS).await;
    let pull = handoff(&lab).await;
    tick(&lab, pull, "mira", "performance").await;
    assert_eq!(
        line(&lab, pull, "performance"),
        "- [ ] `performance` Performance optimisation · mira, engineering open"
    );
    tick(&lab, pull, "jonas", "performance").await;
    assert!(line(&lab, pull, "performance").ends_with("mira, engineering open"));
    tick(&lab, pull, "ana", "performance").await;
    assert_eq!(
        line(&lab, pull, "performance"),
        "- [x] `performance` Performance optimisation · mira + ana"
    );
    untick(&lab, pull, "ana", "performance").await;
    assert_eq!(
        line(&lab, pull, "performance"),
        "- [ ] `performance` Performance optimisation · mira, engineering open"
    );
    assert_eq!(beside(&lab, pull), Vec::<String>::new());
}

#[tokio::test]
async fn what_the_other_side_unticks_is_ticked_again() {
    let lab = Lab::policy(TEAMS).await;
    let pull = handoff(&lab).await;
    tick(&lab, pull, "mira", "artifact").await;
    untick(&lab, pull, "ana", "artifact").await;
    assert!(line(&lab, pull, "artifact").starts_with("- [x]"));
    untick(&lab, pull, "jonas", "artifact").await;
    assert_eq!(
        line(&lab, pull, "artifact"),
        "- [ ] `artifact` Trained model artifact"
    );
    assert_eq!(beside(&lab, pull), Vec::<String>::new());
}

#[tokio::test]
async fn a_command_signs_several_with_evidence() {
    let lab = Lab::policy(TEAMS).await;
    let pull = handoff(&lab).await;
    let signed = says(
        &lab,
        pull,
        "mira",
        "/sign features io-format docs/features.md",
    )
    .await;
    assert_eq!(lab.reactions(pull, signed), ["eyes", "rocket"]);
    assert!(
        line(&lab, pull, "features")
            .contains("· mira · [docs/features.md](https://github.com/acme/fraud/blob/")
    );
    assert!(line(&lab, pull, "io-format").starts_with("- [x]"));
    says(
        &lab,
        pull,
        "mira",
        "/sign benchmarks https://reports.acme.test/fraud",
    )
    .await;
    assert!(line(&lab, pull, "benchmarks").contains("(https://reports.acme.test/fraud)"));
}

#[tokio::test]
async fn a_model_card_needs_its_path() {
    let lab = Lab::policy(TEAMS).await;
    let pull = handoff(&lab).await;
    tick(&lab, pull, "mira", "model-card").await;
    assert!(line(&lab, pull, "model-card").starts_with("- [ ]"));
    insta::assert_snapshot!(beside(&lab, pull).join("\n"), @"`model-card` is signed with its path, for example `/sign model-card docs/model_card.md`. The box is open again.");
    says(&lab, pull, "mira", "/sign model-card docs/model_card.md").await;
    assert!(line(&lab, pull, "model-card").starts_with("- [x]"));
}

#[tokio::test]
async fn evidence_is_a_path_inside_the_repository_or_a_link() {
    let lab = Lab::policy(TEAMS).await;
    let pull = handoff(&lab).await;
    for bad in [
        "../secrets.txt",
        "/etc/passwd",
        "http://reports.acme.test/x",
        "javascript://x/",
    ] {
        let asked = says(&lab, pull, "mira", &format!("/sign artifact {bad}")).await;
        assert!(
            lab.reply(pull, asked)
                .contains("a path in the repository or an `https` link"),
            "{bad}"
        );
        assert!(line(&lab, pull, "artifact").starts_with("- [ ]"), "{bad}");
    }
    let no_link = says(
        &lab,
        pull,
        "mira",
        "/sign model-card https://reports.acme.test/card",
    )
    .await;
    assert!(lab.reply(pull, no_link).contains("signed with its path"));
}

#[tokio::test]
async fn with_strict_every_entry_needs_evidence() {
    let lab = Lab::policy("handoff: { strict: true }").await;
    let pull = handoff(&lab).await;
    tick(&lab, pull, "mira", "docs").await;
    assert!(line(&lab, pull, "docs").starts_with("- [ ]"));
    assert!(beside(&lab, pull)[0].contains("needs evidence"));
    says(&lab, pull, "mira", "/sign docs docs/readme.md").await;
    assert!(line(&lab, pull, "docs").starts_with("- [x]"));
}

#[tokio::test]
async fn a_slug_that_is_none_is_answered_with_the_nearest() {
    let lab = Lab::policy(TEAMS).await;
    let pull = handoff(&lab).await;
    let asked = says(&lab, pull, "mira", "/sign artifakt features").await;
    assert_eq!(
        lab.reply(pull, asked),
        "`/sign artifakt features`: there is no entry `artifakt`; did you mean `artifact`?"
    );
    assert!(line(&lab, pull, "features").starts_with("- [x]"));
}

#[tokio::test]
async fn unsign_takes_back_ones_own_side() {
    let lab = Lab::policy(TEAMS).await;
    let pull = handoff(&lab).await;
    says(&lab, pull, "mira", "/sign docs").await;
    says(&lab, pull, "ana", "/sign docs serving").await;
    let wrong = says(&lab, pull, "mira", "/unsign serving").await;
    assert!(lab.reply(pull, wrong).contains("no signature of this side"));
    says(&lab, pull, "jonas", "/unsign docs").await;
    assert!(line(&lab, pull, "docs").ends_with("· ana, data science open"));
    assert!(line(&lab, pull, "serving").starts_with("- [x]"));
}

#[tokio::test]
async fn without_teams_anyone_with_write_access_signs_and_the_comment_says_so() {
    let lab = Lab::new().await;
    let pull = handoff(&lab).await;
    tick(&lab, pull, "mira", "docs").await;
    tick(&lab, pull, "mira", "serving").await;
    assert_eq!(
        line(&lab, pull, "docs"),
        "- [x] `docs` Documentation · mira"
    );
    assert!(line(&lab, pull, "serving").starts_with("- [x]"));
    assert!(lab.checklist(pull).body.contains("Self-signed"));
    let check = lab.check(pull, "labhand/handoff").unwrap();
    assert!(check.title.contains(" self-signed"), "{}", check.title);
    let lee = says(&lab, pull, "lee", "/sign artifact").await;
    assert!(lab.reply(pull, lee).contains("write permission"));
}

#[tokio::test]
async fn where_one_team_is_named_the_other_side_is_everybody_else() {
    let lab = Lab::policy("teams: { data_science: [mira] }").await;
    let pull = handoff(&lab).await;
    tick(&lab, pull, "jonas", "serving").await;
    assert!(line(&lab, pull, "serving").ends_with("· jonas"));
    tick(&lab, pull, "mira", "scaling").await;
    assert!(line(&lab, pull, "scaling").starts_with("- [ ]"));
    assert!(beside(&lab, pull)[0].contains("engineering's to sign"));
    assert!(
        lab.checklist(pull)
            .body
            .contains("For engineering anyone with write access signs who is not in data science")
    );
}

#[tokio::test]
async fn who_is_in_both_teams_takes_the_side_of_the_first_signature() {
    let lab = Lab::policy("teams: { data_science: [mira, lena], engineering: [ana, lena] }").await;
    let pull = handoff(&lab).await;
    tick(&lab, pull, "lena", "serving").await;
    assert!(line(&lab, pull, "serving").ends_with("· lena"));
    let other = says(&lab, pull, "lena", "/sign artifact").await;
    assert!(lab.reply(pull, other).contains("data science's to sign"));
    // A shared entry: hers is one signature, not two.
    says(&lab, pull, "lena", "/sign docs").await;
    assert!(line(&lab, pull, "docs").ends_with("· lena, data science open"));
}

#[tokio::test]
async fn an_author_in_both_teams_is_data_science() {
    let lab = Lab::policy("teams: { data_science: [mira], engineering: [mira, ana] }").await;
    let pull = handoff(&lab).await;
    tick(&lab, pull, "mira", "serving").await;
    assert!(line(&lab, pull, "serving").starts_with("- [ ]"));
    assert!(beside(&lab, pull)[0].contains("engineering's to sign"));
    tick(&lab, pull, "mira", "docs").await;
    assert!(line(&lab, pull, "docs").ends_with("· mira, engineering open"));
}

#[tokio::test]
async fn nobody_signs_for_both_sides_even_after_changing_teams() {
    let lab = Lab::policy(TEAMS).await;
    let pull = handoff(&lab).await;
    tick(&lab, pull, "jonas", "artifact").await;
    lab.gh.team("acme/data-science", &["mira"]);
    lab.gh.team("acme/ml-platform", &["ana", "jonas"]);
    let again = says(&lab, pull, "jonas", "/sign serving").await;
    assert!(lab.reply(pull, again).contains("engineering's to sign"));
    assert!(line(&lab, pull, "artifact").ends_with("· jonas"));
}

#[tokio::test]
async fn what_does_not_apply_needs_both_sides() {
    let lab = Lab::policy(TEAMS).await;
    let pull = handoff(&lab).await;
    says(&lab, pull, "mira", "/na ab-testing batch scoring").await;
    assert_eq!(
        line(&lab, pull, "ab-testing"),
        "- [ ] `ab-testing` A/B testing framework · mira says not applicable: batch scoring; engineering may agree with `/na ab-testing reason`"
    );
    says(&lab, pull, "ana", "/na ab-testing no traffic to split").await;
    assert_eq!(
        line(&lab, pull, "ab-testing"),
        "- `ab-testing` ~~A/B testing framework~~ not applicable: batch scoring; no traffic to split · mira + ana"
    );
    assert!(lab.checklist(pull).body.contains("0 of 13 signed"));
    says(&lab, pull, "ana", "/unsign ab-testing").await;
    assert!(line(&lab, pull, "ab-testing").starts_with("- [ ] `ab-testing`"));
    assert!(lab.checklist(pull).body.contains("0 of 14 signed"));
}

#[tokio::test]
async fn self_signed_one_person_is_both_sides_for_na_and_off() {
    let lab = Lab::new().await;
    let pull = handoff(&lab).await;
    says(&lab, pull, "mira", "/na ab-testing batch scoring").await;
    assert!(line(&lab, pull, "ab-testing").contains("not applicable: batch scoring · mira"));
    says(&lab, pull, "mira", "/handoff off only a refactoring").await;
    assert!(lab.checklist(pull).body.contains("Hand-off ended"));
    assert_eq!(lab.labels(pull), Vec::<String>::new());
}

#[tokio::test]
async fn both_sides_end_a_handoff_that_is_none() {
    let lab = Lab::policy(TEAMS).await;
    let pull = handoff(&lab).await;
    tick(&lab, pull, "mira", "artifact").await;
    says(&lab, pull, "mira", "/handoff off only a refactoring").await;
    let text = lab.checklist(pull).body;
    assert!(
        text.contains("mira (data science) asks to end this hand-off: only a refactoring"),
        "{text}"
    );
    assert!(text.contains("1 of 14 signed"));
    says(&lab, pull, "ana", "/handoff off no model in it").await;
    let text = lab.checklist(pull).body;
    assert!(
        text.contains("Hand-off ended") && text.contains("no model in it"),
        "{text}"
    );
    assert_eq!(lab.labels(pull), Vec::<String>::new());
    assert_eq!(
        lab.check(pull, "labhand/handoff").unwrap().conclusion,
        "success"
    );
    let late = says(&lab, pull, "ana", "/sign serving").await;
    assert!(lab.reply(pull, late).contains("no hand-off"));
    // It can be one again, and what was signed still stands.
    says(&lab, pull, "mira", "/handoff").await;
    assert!(lab.checklist(pull).body.contains("1 of 14 signed"));
    assert!(lab.labels(pull).contains(&"handoff".to_owned()));
}

#[tokio::test]
async fn taking_the_label_off_ends_it_while_nobody_has_signed() {
    let lab = Lab::policy(TEAMS).await;
    let pull = handoff(&lab).await;
    lab.clock.advance(SignedDuration::from_secs(5));
    lab.person("mira").unlabel(pull, "handoff");
    lab.settle().await;
    assert!(lab.checklist(pull).body.contains("Hand-off ended"));
    assert_eq!(lab.labels(pull), Vec::<String>::new());
    assert_eq!(
        lab.check(pull, "labhand/handoff").unwrap().conclusion,
        "success"
    );
}

#[tokio::test]
async fn once_somebody_has_signed_the_label_is_put_back() {
    let lab = Lab::policy(TEAMS).await;
    let pull = handoff(&lab).await;
    tick(&lab, pull, "mira", "artifact").await;
    lab.clock.advance(SignedDuration::from_secs(5));
    lab.person("mira").unlabel(pull, "handoff");
    lab.settle().await;
    assert_eq!(lab.labels(pull), ["handoff"]);
    assert!(lab.checklist(pull).body.contains("1 of 14 signed"));
}

#[tokio::test]
async fn the_policy_adds_drops_and_renames_entries() {
    let lab = Lab::policy(
        "teams: { data_science: [mira], engineering: [ana] }
handoff:
  entries:
    ab-testing: off
    privacy: { side: both, title: \"Privacy review\" }
    serving: { title: \"Serving on Triton\" }
",
    )
    .await;
    let pull = handoff(&lab).await;
    assert_eq!(
        line(&lab, pull, "privacy"),
        "- [ ] `privacy` Privacy review"
    );
    assert_eq!(
        line(&lab, pull, "serving"),
        "- [ ] `serving` Serving on Triton"
    );
    assert!(!lab.checklist(pull).body.contains("ab-testing"));
    tick(&lab, pull, "mira", "privacy").await;
    assert!(line(&lab, pull, "privacy").ends_with("· mira, engineering open"));

    lab.clock.advance(SignedDuration::from_secs(60));
    lab.person("lena").write_file(
        ".github/labhand.yml",
        "teams: { data_science: [mira], engineering: [ana] }",
    );
    lab.settle().await;
    assert_eq!(
        line(&lab, pull, "serving"),
        "- [ ] `serving` Model serving platform"
    );
    assert!(!lab.checklist(pull).body.contains("privacy"));
}

#[tokio::test]
async fn teams_that_a_new_policy_names_count_at_once() {
    let lab = Lab::new().await;
    let pull = handoff(&lab).await;
    tick(&lab, pull, "mira", "docs").await;
    lab.clock.advance(SignedDuration::from_secs(2));
    lab.person("lena").write_file(".github/labhand.yml", TEAMS);
    lab.settle().await;
    lab.clock.advance(SignedDuration::from_secs(2));
    tick(&lab, pull, "mira", "artifact").await;
    assert!(line(&lab, pull, "artifact").ends_with("· mira"));
    assert_eq!(beside(&lab, pull), Vec::<String>::new());
}

#[tokio::test]
async fn signing_goes_on_after_the_merge() {
    let lab = Lab::policy(TEAMS).await;
    let pull = handoff(&lab).await;
    lab.person("mira").merge(pull);
    lab.settle().await;
    tick(&lab, pull, "ana", "serving").await;
    says(&lab, pull, "mira", "/sign artifact").await;
    assert!(lab.checklist(pull).body.contains("2 of 14 signed"));
}

#[tokio::test]
async fn two_people_who_tick_within_the_same_second_both_count() {
    let lab = Lab::policy(TEAMS).await;
    let pull = handoff(&lab).await;
    let checklist = lab.checklist(pull).id;
    lab.person("mira").tick(checklist, "artifact");
    lab.person("ana").tick(checklist, "serving");
    lab.settle().await;
    assert!(line(&lab, pull, "artifact").ends_with("· mira"));
    assert!(line(&lab, pull, "serving").ends_with("· ana"));
    assert_eq!(beside(&lab, pull), Vec::<String>::new());
}

#[tokio::test]
async fn a_tick_is_not_lost_when_its_event_comes_after_the_next_writing() {
    let lab = Lab::policy(TEAMS).await;
    let pull = handoff(&lab).await;
    let checklist = lab.checklist(pull).id;
    lab.person("mira").tick(checklist, "artifact");
    let late = lab.gh.take_deliveries();
    // Meanwhile the comment is written anew, for another reason.
    says(&lab, pull, "ana", "/sign serving").await;
    assert!(line(&lab, pull, "artifact").ends_with("· mira"));
    assert!(line(&lab, pull, "serving").ends_with("· ana"));
    for delivery in &late {
        lab.gh.replay(delivery);
    }
    lab.settle().await;
    assert!(lab.checklist(pull).body.contains("2 of 14 signed"));
    assert_eq!(beside(&lab, pull), Vec::<String>::new());
}

#[tokio::test]
async fn ticks_of_two_people_are_not_mixed_up_when_their_events_come_late() {
    let lab = Lab::policy(TEAMS).await;
    let pull = handoff(&lab).await;
    let checklist = lab.checklist(pull).id;
    lab.person("mira").tick(checklist, "artifact");
    lab.person("ana").tick(checklist, "serving");
    let late = lab.gh.take_deliveries();
    says(&lab, pull, "jonas", "/sign features").await;
    for delivery in &late {
        lab.gh.replay(delivery);
    }
    lab.settle().await;
    assert!(line(&lab, pull, "artifact").ends_with("· mira"));
    assert!(line(&lab, pull, "serving").ends_with("· ana"));
    assert!(line(&lab, pull, "features").ends_with("· jonas"));
    assert_eq!(beside(&lab, pull), Vec::<String>::new());
}

#[tokio::test]
async fn a_tick_takes_nothing_back_that_was_signed_by_command_meanwhile() {
    let lab = Lab::policy(TEAMS).await;
    let pull = handoff(&lab).await;
    let checklist = lab.checklist(pull).id;
    // jonas ticks while mira's command is under way: on GitHub her box is still open.
    lab.person("jonas").tick(checklist, "io-format");
    let late = lab.gh.take_deliveries();
    says(&lab, pull, "mira", "/sign features").await;
    for delivery in &late {
        lab.gh.replay(delivery);
    }
    lab.settle().await;
    assert!(line(&lab, pull, "features").ends_with("· mira"));
    assert!(line(&lab, pull, "io-format").ends_with("· jonas"));
}

#[tokio::test]
async fn ticked_and_unticked_within_one_second_is_unticked() {
    let lab = Lab::policy(TEAMS).await;
    let pull = handoff(&lab).await;
    let checklist = lab.checklist(pull).id;
    let jonas = lab.person("jonas");
    for slug in ["artifact", "features", "io-format", "benchmarks"] {
        jonas.tick(checklist, slug);
        jonas.untick(checklist, slug);
    }
    jonas.tick(checklist, "features");
    lab.settle().await;
    assert!(line(&lab, pull, "features").starts_with("- [x]"));
    for slug in ["artifact", "io-format", "benchmarks"] {
        assert!(line(&lab, pull, slug).starts_with("- [ ]"), "{slug}");
    }
}

#[tokio::test]
async fn a_bot_ticks_nothing_for_anybody() {
    let lab = Lab::new().await;
    lab.gh.bot("tidy[bot]");
    lab.gh.collaborator(crate::lab::REPO, "tidy[bot]", "write");
    let pull = handoff(&lab).await;
    tick(&lab, pull, "tidy[bot]", "docs").await;
    assert_eq!(line(&lab, pull, "docs"), "- [ ] `docs` Documentation");
    assert_eq!(beside(&lab, pull), Vec::<String>::new());
}

#[tokio::test]
async fn a_checklist_that_somebody_deletes_is_written_anew() {
    let lab = Lab::policy(TEAMS).await;
    let pull = handoff(&lab).await;
    tick(&lab, pull, "mira", "artifact").await;
    lab.person("lena").delete_comment(lab.checklist(pull).id);
    lab.settle().await;
    assert!(lab.checklist(pull).body.contains("1 of 14 signed"));
    // Also when its event is lost.
    lab.person("lena").delete_comment(lab.checklist(pull).id);
    lab.gh.drop_deliveries();
    says(&lab, pull, "ana", "/sign serving").await;
    assert!(lab.checklist(pull).body.contains("2 of 14 signed"));
    assert_eq!(lab.own_comments(pull).len(), 1);
}

#[tokio::test]
async fn what_else_somebody_writes_into_the_checklist_is_put_back() {
    let lab = Lab::policy(TEAMS).await;
    let pull = handoff(&lab).await;
    let before = lab.checklist(pull);
    let changed = before
        .body
        .replace("Trained model artifact", "Nothing at all");
    lab.person("mira").edit_comment(before.id, &changed);
    lab.settle().await;
    assert_eq!(lab.checklist(pull).body, before.body);
}

#[tokio::test]
async fn a_draft_is_a_handoff_too() {
    let lab = Lab::policy(TEAMS).await;
    let mira = lab.person("mira");
    let pull = mira
        .open_pull("Serve it")
        .labels(&["handoff"])
        .draft()
        .send();
    lab.settle().await;
    tick(&lab, pull, "mira", "artifact").await;
    mira.ready(pull);
    lab.settle().await;
    assert!(lab.checklist(pull).body.contains("1 of 14 signed"));
}

#[tokio::test]
async fn drafts_bases_closing_and_reopening_leave_the_signatures_and_the_gate_alone() {
    let lab = Lab::policy(TEAMS).await;
    let pull = handoff(&lab).await;
    let mira = lab.person("mira");
    tick(&lab, pull, "mira", "artifact").await;
    tick(&lab, pull, "ana", "serving").await;
    let head = lab.gh.head(REPO, pull);
    let stands = |when: &str| {
        let body = lab.checklist(pull).body;
        assert!(body.contains("2 of 14 signed"), "{when}: {body}");
        let gates = lab.gh.checks(REPO, &head);
        let gates: Vec<_> = gates
            .iter()
            .filter(|check| check.name == "labhand/handoff")
            .collect();
        assert_eq!(gates.len(), 1, "{when}: {gates:?}");
        assert_eq!(gates[0].conclusion, "failure", "{when}");
    };
    stands("signed");
    let steps: [(&str, &dyn Fn()); 6] = [
        ("converted to a draft", &|| mira.to_draft(pull)),
        ("aimed at another branch", &|| mira.retarget(pull, "next")),
        ("ready for review", &|| mira.ready(pull)),
        ("closed", &|| mira.close(pull)),
        ("reopened", &|| mira.reopen(pull)),
        ("aimed at the default branch", &|| {
            mira.retarget(pull, "main");
        }),
    ];
    for (when, step) in steps {
        lab.clock.advance(SignedDuration::from_secs(5));
        step();
        lab.settle().await;
        stands(when);
    }
    assert_eq!(beside(&lab, pull), Vec::<String>::new(), "nobody is told");
    tick(&lab, pull, "ana", "monitoring").await;
    assert!(lab.checklist(pull).body.contains("3 of 14 signed"));
}
