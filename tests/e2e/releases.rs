//! Releases and tags of versions (product §6): made of what was handed over, read where people made them.

use labhand::domain::ids::ItemNumber;
use labhand::sim::{Answer, Fault, ReleaseView};
use serde_json::json;

use crate::lab::{Lab, REPO, Setup};
use crate::versions::{TWO, hand_over, history, models, registered, sign};

const PUBLISH: &str = "models: { release: publish }\n";

/// A repository with something on its board.
async fn lab(more: &str) -> Lab {
    let policy: &'static str = Box::leak(format!("{TWO}{more}").into_boxed_str());
    let lab = Lab::policy(policy).await;
    let mira = lab.person("mira");
    let item = mira.open_issue("Roll out").labels(&["kind/development"]);
    item.send();
    lab.settle().await;
    lab
}

fn files(release: &ReleaseView) -> Vec<&str> {
    assert!(release.files.iter().all(|(.., uploaded)| *uploaded));
    release
        .files
        .iter()
        .map(|(name, ..)| name.as_str())
        .collect()
}

/// The one release that there is, complete.
fn the_release(lab: &Lab) -> ReleaseView {
    let mut releases = lab.gh.releases(REPO);
    assert_eq!(releases.len(), 1, "{releases:#?}");
    let release = releases.remove(0);
    assert_eq!(files(&release), ["record.json", "model-card.md"]);
    release
}

fn tags(lab: &Lab) -> Vec<String> {
    lab.gh
        .tags(REPO)
        .into_iter()
        .map(|(name, _)| name)
        .collect()
}

/// Everything that was said is fit to be read, and a second look at all of it writes nothing.
async fn rests(lab: &Lab) {
    lab.gh.forget_calls();
    lab.wait_hours(7).await;
    let writes = lab.gh.writes();
    let of_releases = writes
        .iter()
        .filter(|call| call.path.contains("/releases") || call.path.contains("/git/"));
    let of_releases: Vec<_> = of_releases.collect();
    assert!(of_releases.is_empty(), "{of_releases:#?}");
    for issue in lab.gh.issues(REPO) {
        lab.whatever_was_said(issue.number);
    }
}

#[tokio::test]
async fn a_registered_version_is_published_with_its_record_and_card() {
    let lab = lab(PUBLISH).await;
    let pull = registered(&lab, "v2.3").await;
    let release = the_release(&lab);
    assert_eq!(release.tag, "fraud-detector@v2.3.0");
    assert_eq!(release.name, "fraud-detector v2.3.0");
    assert!(!release.draft && !release.prerelease);
    assert_eq!(release.author, "labhand[bot]");
    let commit = models(&lab, "").await["models"][0]["versions"][0]["commit"].clone();
    let tag = (
        "fraud-detector@v2.3.0".to_owned(),
        commit.as_str().unwrap().to_owned(),
    );
    assert_eq!(lab.gh.tags(REPO), [tag]);
    let record: serde_json::Value = serde_json::from_str(&release.files[0].1).unwrap();
    assert_eq!(record["model"], "fraud-detector");
    assert_eq!(record["version"], "2.3.0");
    assert_eq!(record["pull"], json!(pull.0));
    assert_eq!(record["complete"], true);
    assert_eq!(record["signatures"][0]["by"], "mira");
    assert_eq!(release.files[1].1, crate::handoff::CARD);
    assert!(
        release.body.contains("Signed by both sides"),
        "{}",
        release.body
    );
    assert!(
        release.body.contains("- `serving` · ana"),
        "{}",
        release.body
    );
    let text = release.body.split("<!--").next().unwrap();
    assert!(!text.contains('@'), "mentions nobody: {}", release.body);
    let checklist = lab.checklist(pull).body;
    assert!(checklist.contains("· [release]("), "{checklist}");
    let told = models(&lab, "").await;
    let listed = &told["models"][0]["versions"][0]["release"];
    assert_eq!(listed["draft"], false);
    rests(&lab).await;
}

#[tokio::test]
async fn a_draft_is_left_for_people_to_publish() {
    let lab = lab("models: { release: draft }\n").await;
    let pull = registered(&lab, "v2.0.0-rc.1").await;
    let release = the_release(&lab);
    assert!(release.draft && release.prerelease);
    assert_eq!(tags(&lab), [""; 0], "a draft has no tag");
    let checklist = lab.checklist(pull).body;
    assert!(checklist.contains("· [draft release]("), "{checklist}");

    lab.person("lena")
        .publish_draft("fraud-detector@v2.0.0-rc.1");
    lab.settle().await;
    let checklist = lab.checklist(pull).body;
    assert!(checklist.contains("· [release]("), "{checklist}");
    let told = models(&lab, "").await;
    assert_eq!(told["models"][0]["versions"][0]["pull"], json!(pull.0));
    assert_eq!(told["models"][0]["versions"].as_array().unwrap().len(), 1);
    rests(&lab).await;
}

#[tokio::test]
async fn a_draft_that_somebody_throws_away_is_linked_no_more() {
    let lab = lab("models: { release: draft }\n").await;
    let pull = registered(&lab, "v1").await;
    lab.person("lena").delete_releases("fraud-detector@v1.0.0");
    lab.settle().await;
    assert_eq!(lab.gh.releases(REPO), []);
    let checklist = lab.checklist(pull).body;
    assert!(!checklist.contains("release"), "{checklist}");
    rests(&lab).await;
}

#[tokio::test]
async fn what_is_not_handed_over_is_not_published_until_it_is() {
    let lab = lab(PUBLISH).await;
    let pull = hand_over(&lab, "v1").await;
    lab.person("lena").merge(pull);
    lab.settle().await;
    assert_eq!(lab.gh.releases(REPO), []);
    assert_eq!(tags(&lab), [""; 0]);
    sign(&lab, pull).await;
    let release = the_release(&lab);
    assert!(!release.draft);
    assert!(
        release
            .body
            .contains("Signed by both sides, after the merge"),
        "{}",
        release.body
    );
    rests(&lab).await;
}

#[tokio::test]
async fn only_what_is_on_the_default_branch_is_published() {
    let lab = lab(PUBLISH).await;
    let pull = hand_over(&lab, "v1").await;
    lab.person("mira").retarget(pull, "next");
    lab.settle().await;
    sign(&lab, pull).await;
    lab.person("lena").merge(pull);
    lab.settle().await;
    assert_eq!(lab.gh.releases(REPO), []);
    rests(&lab).await;
}

#[tokio::test]
async fn nothing_is_published_that_was_merged_before_the_policy_asked_for_it() {
    let lab = lab("").await;
    let before = registered(&lab, "v1").await;
    let policy = format!("{TWO}{PUBLISH}");
    lab.person("lena")
        .write_file(".github/labhand.yml", &policy);
    lab.settle().await;
    lab.says(before, "mira", "Thank you all").await;
    assert_eq!(lab.gh.releases(REPO), []);
    lab.wait_hours(1).await;
    registered(&lab, "v2").await;
    assert_eq!(the_release(&lab).tag, "fraud-detector@v2.0.0");
    rests(&lab).await;
}

#[tokio::test]
async fn a_tag_at_another_commit_is_in_the_way() {
    let lab = lab(PUBLISH).await;
    let pull = hand_over(&lab, "v1").await;
    sign(&lab, pull).await;
    // Before anybody could hear of it, and of no use: it stands at what was before the merge.
    let head = lab.gh.head(REPO, pull);
    lab.person("jonas").tag("fraud-detector@v1.0.0", &head);
    lab.person("lena").merge(pull);
    lab.settle().await;
    assert_eq!(lab.gh.releases(REPO), []);
    let checklist = lab.checklist(pull).body;
    assert!(
        checklist.contains("⚠️ not published: its tag is at another commit"),
        "{checklist}"
    );
    lab.at_once().await;
    assert!(lab.board().contains("⚠️ not published"), "{}", lab.board());

    lab.person("jonas").delete_tag("fraud-detector@v1.0.0");
    lab.settle().await;
    lab.wait_hours(7).await;
    assert!(!the_release(&lab).draft);
    let checklist = lab.checklist(pull).body;
    assert!(checklist.contains("· [release]("), "{checklist}");
    rests(&lab).await;
}

#[tokio::test]
async fn a_missing_permission_is_named_and_tried_again_rarely() {
    let lab = lab(PUBLISH).await;
    lab.gh.let_write_contents(false);
    let pull = registered(&lab, "v1").await;
    let checklist = lab.checklist(pull).body;
    assert!(
        checklist.contains("⚠️ not published: labhand needs the permission *contents: write*"),
        "{checklist}"
    );
    lab.gh.forget_calls();
    lab.wait_hours(24).await;
    let tried = lab.gh.writes();
    let tried = tried
        .iter()
        .filter(|it| it.path.contains("/releases"))
        .count();
    assert!((1..=4).contains(&tried), "{tried} tries in a day");

    lab.gh.let_write_contents(true);
    lab.wait_hours(7).await;
    assert!(!the_release(&lab).draft);
    let checklist = lab.checklist(pull).body;
    assert!(checklist.contains("· [release]("), "{checklist}");
    rests(&lab).await;
}

#[tokio::test]
async fn an_upload_that_breaks_off_is_done_again() {
    let lab = lab(PUBLISH).await;
    lab.gh.cut_uploads(2);
    registered(&lab, "v1").await;
    lab.wait_hours(1).await;
    assert!(!the_release(&lab).draft);
    rests(&lab).await;
}

#[tokio::test]
async fn a_release_is_found_again_when_the_repository_was_renamed_meanwhile() {
    let lab = lab(PUBLISH).await;
    lab.gh.cut_uploads(1);
    let pull = hand_over(&lab, "v1").await;
    sign(&lab, pull).await;
    lab.person("lena").merge(pull);
    lab.at_once().await;
    assert_eq!(lab.gh.releases(REPO).len(), 1);
    lab.gh.rename_repo(REPO, "fraud-models");
    lab.wait_hours(7).await;
    let releases = lab.gh.releases("acme/fraud-models");
    assert_eq!(releases.len(), 1, "{releases:#?}");
    assert_eq!(files(&releases[0]), ["record.json", "model-card.md"]);
    assert!(!releases[0].draft);
    lab.gh.rename_repo("acme/fraud-models", "fraud");
    rests(&lab).await;
}

#[tokio::test]
async fn a_draft_that_somebody_deletes_before_it_is_whole_is_made_again() {
    let lab = lab(PUBLISH).await;
    lab.gh.cut_uploads(1);
    let pull = hand_over(&lab, "v1").await;
    sign(&lab, pull).await;
    lab.person("lena").merge(pull);
    lab.at_once().await;
    lab.person("lena").delete_releases("fraud-detector@v1.0.0");
    lab.wait_hours(7).await;
    assert!(!the_release(&lab).draft);
    rests(&lab).await;
}

#[tokio::test]
async fn a_machine_account_publishes_as_well() {
    let policy: &'static str = Box::leak(format!("{TWO}{PUBLISH}").into_boxed_str());
    let lab = Lab::with(Setup {
        policy: Some(policy),
        token: true,
        ..Setup::default()
    })
    .await;
    let pull = registered(&lab, "v1").await;
    let release = the_release(&lab);
    assert_eq!(release.author, "labhand-machine");
    let checklist = lab.checklist(pull).body;
    assert!(checklist.contains("· [release]("), "{checklist}");

    lab.gh.collaborator(REPO, "labhand-machine", "triage");
    let pull = registered(&lab, "v2").await;
    let checklist = lab.checklist(pull).body;
    assert!(
        checklist.contains("⚠️ not published: labhand needs the permission *contents: write*"),
        "{checklist}"
    );
    for issue in lab.gh.issues(REPO) {
        lab.whatever_was_said(issue.number);
    }
}

#[tokio::test]
async fn an_answer_that_is_lost_at_any_step_makes_nothing_twice() {
    for (method, end) in [
        ("POST", "/fraud/releases"),
        ("POST", "/assets"),
        ("PATCH", "/releases/"),
    ] {
        for answer in [
            Answer::LostAnswer,
            Answer::BadGatewayAfterActing,
            Answer::DropBefore,
            Answer::status(500),
        ] {
            let lab = lab(PUBLISH).await;
            let pull = hand_over(&lab, "v1").await;
            sign(&lab, pull).await;
            let fault = Fault::new().method(method).answer(answer.clone());
            lab.gh.fault(if end == "/releases/" {
                fault.path_contains(end)
            } else {
                fault.path_ends_with(end)
            });
            lab.person("lena").merge(pull);
            lab.settle().await;
            lab.wait_hours(1).await;
            let release = the_release(&lab);
            assert!(!release.draft, "{method} {end} {answer:?}");
            assert_eq!(tags(&lab), ["fraud-detector@v1.0.0"]);
            lab.whatever_was_said(pull);
        }
    }
}

#[tokio::test]
async fn whatever_github_refuses_for_a_while_is_published_afterwards() {
    for (method, path) in [
        ("GET", "/matching-refs/"),
        ("POST", "/fraud/releases"),
        ("POST", "/assets"),
        ("PATCH", "/releases/"),
    ] {
        for answer in [
            Answer::status(403),
            Answer::status(422),
            Answer::NotFound,
            Answer::secondary_limit(None),
            Answer::status(503),
        ] {
            let lab = lab(PUBLISH).await;
            let pull = hand_over(&lab, "v1").await;
            sign(&lab, pull).await;
            let fault = Fault::new().method(method).path_contains(path);
            lab.gh.fault(fault.times(40).answer(answer.clone()));
            lab.person("lena").merge(pull);
            lab.settle().await;
            // The hand-off itself does not wait for it.
            assert!(lab.checklist(pull).body.contains("Registered as"));
            lab.wait_hours(1).await;
            lab.gh.forget_faults();
            lab.wait_hours(8).await;
            let release = the_release(&lab);
            assert!(!release.draft, "{method} {path} {answer:?}");
            let checklist = lab.checklist(pull).body;
            assert!(checklist.contains("· [release]("), "{checklist}");
            lab.whatever_was_said(pull);
        }
    }
}

#[tokio::test]
async fn what_people_delete_or_make_themselves_stays_so() {
    let lab = lab(PUBLISH).await;
    let pull = registered(&lab, "v1").await;
    lab.person("lena").delete_releases("fraud-detector@v1.0.0");
    lab.settle().await;
    lab.says(pull, "mira", "/handoff").await;
    assert_eq!(lab.gh.releases(REPO), []);
    let checklist = lab.checklist(pull).body;
    assert!(!checklist.contains("[release]("), "{checklist}");
    let told = models(&lab, "").await;
    assert_eq!(told["models"][0]["versions"][0]["version"], "1.0.0");
    assert_eq!(told["models"][0]["versions"][0]["release"], json!(null));
    rests(&lab).await;
}

#[tokio::test]
async fn a_release_made_by_hand_registers_a_version_that_lacks_a_hand_off() {
    let lab = lab(PUBLISH).await;
    let commit = lab
        .person("jonas")
        .write_file("models/fraud.onnx", "weights");
    lab.person("jonas")
        .publish_release("fraud-detector@v0.9", &commit, "The old one");
    lab.settle().await;
    let told = models(&lab, "").await;
    let version = &told["models"][0]["versions"][0];
    assert_eq!(version["version"], "0.9.0");
    assert_eq!(version["pull"], json!(null));
    assert_eq!(version["complete"], false);
    assert_eq!(version["title"], "The old one");
    assert_eq!(version["merged_by"], "jonas");
    assert_eq!(version["commit"], json!(commit));
    lab.at_once().await;
    let board = lab.board();
    assert!(board.contains("[released by hand]("), "{board}");
    assert!(board.contains("⚠️ **no hand-off**"), "{board}");

    let place = lab.person("mira").open_issue("Roll out").send();
    lab.settle().await;
    let said = lab
        .refused(place, "lena", "/promote fraud-detector v0.9 production")
        .await;
    assert!(
        said.contains("has no hand-off, and production needs one"),
        "{said}"
    );
    lab.says(place, "lena", "/promote fraud-detector v0.9 staging")
        .await;
    assert_eq!(
        history(&models(&lab, "").await),
        ["staging 0.9.0 promoted lena"]
    );

    // Deployed all the same: that is how it is, and it stands out.
    lab.person("jonas").deploy("production", &commit, "success");
    lab.settle().await;
    lab.at_once().await;
    assert!(
        lab.board()
            .contains("**v0.9.0** since 23 Nov 2026 · ⚠️ **no hand-off**"),
        "{}",
        lab.board()
    );

    lab.person("jonas").delete_releases("fraud-detector@v0.9");
    lab.settle().await;
    let told = models(&lab, "").await;
    assert_eq!(told["models"][0]["versions"], json!([]));
    assert_eq!(history(&told).len(), 2, "what ran has run: {told}");
    rests(&lab).await;
}

#[tokio::test]
async fn what_is_handed_over_takes_the_place_of_what_was_made_by_hand() {
    let lab = lab(PUBLISH).await;
    let pull = hand_over(&lab, "v1").await;
    lab.person("jonas")
        .publish_release("fraud-detector@v1.0.0", "main", "Too soon");
    lab.settle().await;
    let told = models(&lab, "").await;
    assert_eq!(told["models"][0]["versions"][0]["pull"], json!(null));
    sign(&lab, pull).await;
    lab.person("lena").merge(pull);
    lab.settle().await;
    let told = models(&lab, "").await;
    let versions = told["models"][0]["versions"].as_array().unwrap();
    assert_eq!(versions.len(), 1);
    assert_eq!(versions[0]["pull"], json!(pull.0));
    // There is one release, that of jonas's.
    let releases = lab.gh.releases(REPO);
    assert_eq!(releases.len(), 1, "{releases:#?}");
    assert_eq!(releases[0].author, "jonas");
    let checklist = lab.checklist(pull).body;
    assert!(checklist.contains("of another commit"), "{checklist}");
    rests(&lab).await;
}

#[tokio::test]
async fn tags_of_other_things_say_nothing() {
    let lab = lab(PUBLISH).await;
    let jonas = lab.person("jonas");
    let commit = jonas.write_file("a.txt", "a");
    for tag in [
        "v1.0.0",
        "fraud-detector@next",
        "fraud-detector#production",
        "fraud-detector#nowhere#1",
    ] {
        jonas.tag(tag, &commit);
    }
    jonas.publish_release("release-7", "main", "Seven");
    lab.settle().await;
    assert_eq!(models(&lab, "").await["models"], json!([]));
    rests(&lab).await;
}

/// The stage tags, and which version each is at.
fn stages(lab: &Lab, of: &[(&str, ItemNumber)]) -> Vec<String> {
    let tags = lab.gh.tags(REPO);
    let at = |name: &str| {
        tags.iter()
            .find(|(tag, _)| tag == name)
            .map(|(_, commit)| commit.clone())
    };
    let version = |commit: &str| {
        let known = of.iter().find(|(version, _)| {
            at(&format!("fraud-detector@{version}")).as_deref() == Some(commit)
        });
        known.map_or("?", |(version, _)| *version)
    };
    let stage_tags = tags.iter().filter(|(name, _)| name.contains('#'));
    stage_tags
        .map(|(name, commit)| format!("{name} {}", version(commit)))
        .collect()
}

#[tokio::test]
async fn promotions_are_tagged_as_gto_does() {
    let lab = lab("models: { tags: gto }\n").await;
    let first = registered(&lab, "v1").await;
    assert_eq!(tags(&lab), ["fraud-detector@v1.0.0"]);
    assert_eq!(lab.gh.releases(REPO), []);
    let second = registered(&lab, "v2").await;
    let of = [("v1.0.0", first), ("v2.0.0", second)];
    lab.says(first, "lena", "/promote fraud-detector v1 production")
        .await;
    lab.says(
        second,
        "lena",
        "/promote fraud-detector v2 production\n/promote fraud-detector v2 staging",
    )
    .await;
    assert_eq!(
        stages(&lab, &of),
        [
            "fraud-detector#production#1 v1.0.0",
            "fraud-detector#production#2 v2.0.0",
            "fraud-detector#staging#1 v2.0.0",
        ]
    );
    // Whatever others have tagged is counted along.
    let commit = lab
        .gh
        .tags(REPO)
        .into_iter()
        .find(|(name, _)| name == "fraud-detector@v2.0.0")
        .unwrap()
        .1;
    lab.person("jonas")
        .tag("fraud-detector#production#7", &commit);
    lab.settle().await;
    lab.says(
        second,
        "lena",
        "/rollback fraud-detector too many false alarms",
    )
    .await;
    assert!(stages(&lab, &of).contains(&"fraud-detector#production#8 v1.0.0".to_owned()));
    let expected = [
        "production 1.0.0 promoted lena (ended)",
        "production 2.0.0 promoted lena (ended)",
        "staging 2.0.0 promoted lena",
        "production 1.0.0 rolled-back lena",
    ];
    assert_eq!(history(&models(&lab, "").await), expected);
    rests(&lab).await;
}

#[tokio::test]
async fn a_stage_is_tagged_even_where_the_versions_own_tag_is_in_the_way() {
    let lab = lab("models: { tags: gto }\n").await;
    let elsewhere = lab.person("jonas").write_file("a.txt", "a");
    lab.person("jonas").tag("fraud-detector@v1.0.0", &elsewhere);
    lab.settle().await;
    let pull = registered(&lab, "v1").await;
    lab.says(pull, "lena", "/promote fraud-detector v1 staging")
        .await;
    assert!(
        tags(&lab).contains(&"fraud-detector#staging#1".to_owned()),
        "{:?}",
        tags(&lab)
    );
    let checklist = lab.checklist(pull).body;
    assert!(
        checklist.contains("its tag is at another commit"),
        "{checklist}"
    );
    lab.wait_hours(7).await;
    let checklist = lab.checklist(pull).body;
    assert!(
        checklist.contains("its tag is at another commit"),
        "{checklist}"
    );
    assert_eq!(tags(&lab).len(), 2);
    for issue in lab.gh.issues(REPO) {
        lab.whatever_was_said(issue.number);
    }
}

#[tokio::test]
async fn tags_that_gto_made_are_read() {
    let lab = lab("").await;
    let jonas = lab.person("jonas");
    let one = jonas.write_file("models/fraud.onnx", "one");
    let two = jonas.write_file("models/fraud.onnx", "two");
    // A stage may be heard of before the version.
    jonas.tag("fraud-detector#production#1", &one);
    jonas.tag("fraud-detector@v1.0.0", &one);
    jonas.tag("fraud-detector@v2.0.0", &two);
    lab.wait_hours(1).await;
    jonas.tag("fraud-detector#production#2", &two);
    lab.settle().await;
    let told = models(&lab, "").await;
    let expected = [
        "production 1.0.0 tagged jonas (ended)",
        "production 2.0.0 tagged jonas",
    ];
    assert_eq!(history(&told), expected, "{told}");
    let versions = told["models"][0]["versions"].as_array().unwrap();
    assert_eq!(versions.len(), 2);
    assert_eq!(versions[0]["release"], json!(null));
    lab.at_once().await;
    let board = lab.board();
    assert!(board.contains("tagged by hand"), "{board}");
    assert!(
        board.contains("tagged #2, without a promotion · jonas"),
        "{board}"
    );
    // A tag that is gone was none.
    jonas.delete_tag("fraud-detector@v1.0.0");
    lab.settle().await;
    let told = models(&lab, "").await;
    assert_eq!(told["models"][0]["versions"].as_array().unwrap().len(), 1);
    assert_eq!(history(&told), expected);
    rests(&lab).await;
}

#[tokio::test]
async fn tags_and_releases_of_people_may_be_told_in_any_order_and_twice() {
    let mut told = Vec::new();
    for backwards in [false, true] {
        let lab = lab("").await;
        let jonas = lab.person("jonas");
        let one = jonas.write_file("models/fraud.onnx", "one");
        let two = jonas.write_file("models/fraud.onnx", "two");
        lab.settle().await;
        jonas.tag("fraud-detector@v1.0.0", &one);
        jonas.tag("fraud-detector#production#1", &one);
        jonas.publish_release(
            "fraud-detector@v2.0.0",
            &two,
            "@otto's | `second` <!-- one -->",
        );
        let mut deliveries = lab.gh.take_deliveries();
        if backwards {
            deliveries.reverse();
        }
        for delivery in deliveries.iter().chain(&deliveries) {
            lab.gh.replay(delivery);
        }
        lab.settle().await;
        lab.at_once().await;
        let board = lab.board();
        assert!(board.contains("**v1.0.0** since"), "{board}");
        assert!(!board.contains("otto's"), "{board}");
        told.push(models(&lab, "").await["models"].clone());
        for issue in lab.gh.issues(REPO) {
            lab.whatever_was_said(issue.number);
        }
    }
    let versions = |told: &serde_json::Value| {
        let versions = told[0]["versions"].as_array().unwrap().clone();
        let words = versions.into_iter();
        words
            .map(|it| {
                format!(
                    "{} {} {}",
                    it["version"], it["title"], it["release"]["draft"]
                )
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(versions(&told[0]), versions(&told[1]));
    assert_eq!(told[0][0]["stages"][0]["version"], "1.0.0");
    assert_eq!(told[0][0]["history"].as_array().unwrap().len(), 1);
    assert_eq!(told[1][0]["history"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_tag_that_is_moved_is_where_it_is_now() {
    let lab = lab("").await;
    let jonas = lab.person("jonas");
    let one = jonas.write_file("models/fraud.onnx", "one");
    let two = jonas.write_file("models/fraud.onnx", "two");
    jonas.tag("fraud-detector@v1.0.0", &one);
    lab.settle().await;
    lab.wait_hours(1).await;
    jonas.delete_tag("fraud-detector@v1.0.0");
    lab.settle().await;
    assert_eq!(models(&lab, "").await["models"][0]["versions"], json!(null));
    lab.wait_hours(1).await;
    jonas.tag("fraud-detector@v1.0.0", &two);
    lab.settle().await;
    let told = models(&lab, "").await;
    assert_eq!(told["models"][0]["versions"][0]["commit"], json!(two));
    jonas.deploy("staging", &two, "success");
    lab.settle().await;
    assert_eq!(
        history(&models(&lab, "").await),
        ["staging 1.0.0 deployed jonas"]
    );
    rests(&lab).await;
}

#[tokio::test]
async fn a_restart_in_the_middle_and_wrong_hands_change_nothing() {
    let lab = lab("models: { release: publish, tags: gto }\n").await;
    let pull = registered(&lab, "v1").await;
    for who in ["mira", "ana", "lee", "otto"] {
        let said = lab
            .refused(pull, who, "/promote fraud-detector v1 production")
            .await;
        assert!(!said.is_empty(), "{who}");
    }
    assert_eq!(tags(&lab), ["fraud-detector@v1.0.0"]);
    let comment = lab
        .says(pull, "lena", "/promote fraud-detector v1 production")
        .await;
    let lab = lab.restart().await;
    // What was carried out stays carried out when its words are gone.
    lab.person("lena").delete_comment(comment);
    lab.settle().await;
    let expected = ["fraud-detector#production#1", "fraud-detector@v1.0.0"];
    assert_eq!(tags(&lab), expected);
    assert_eq!(
        history(&models(&lab, "").await),
        ["production 1.0.0 promoted lena"]
    );
    rests(&lab).await;
    assert_eq!(tags(&lab), expected);
}
