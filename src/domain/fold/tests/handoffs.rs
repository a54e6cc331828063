//! Signatures and the commits that they were given for.

use std::collections::BTreeSet;

use super::*;
use crate::domain::evidence::ThingAt;
use crate::domain::fact::Merge;
use crate::domain::handoff::{Handoff, Side, SignRefusal};

/// jonas and mira are data science, ana is engineering.
fn teams() -> Policy {
    let member = |login: &str| Member::Login(login.to_owned());
    let mut policy = Policy::default();
    policy.teams.data_science = vec![member("mira"), member("jonas")];
    policy.teams.engineering = vec![member("ana")];
    policy
}

fn sight(head: &str) -> PullSight {
    PullSight {
        head: CommitSha::new(head),
        base: "main".to_owned(),
        draft: false,
        open: true,
        merged: false,
        merge: None,
    }
}

fn pushed(seconds: i64, head: &str) -> Fact {
    fact(seconds, What::Pull(sight(head)))
}

fn merged(seconds: i64, head: &str) -> [Fact; 2] {
    let sight = PullSight {
        open: false,
        merged: true,
        merge: Some(Merge {
            at: at(seconds),
            by: Some(mira().user),
            commit: Some(CommitSha::new("merged")),
        }),
        ..sight(head)
    };
    [
        fact(seconds, What::Pull(sight)),
        closed(seconds, CloseReason::Completed),
    ]
}

/// What stands at a path of a commit; nothing, if `object` is empty.
fn there(commit: &str, path: &str, object: &str) -> Fact {
    let what = What::EvidenceAt {
        commit: CommitSha::new(commit),
        path: path.to_owned(),
        thing: (!object.is_empty()).then(|| ThingAt {
            object: object.to_owned(),
            is_folder: object.starts_with("folder"),
        }),
    };
    Fact {
        id: FactId(format!("evidence:{commit}:{path}")),
        at: Timestamp::UNIX_EPOCH,
        by: None,
        what,
    }
}

fn sign(seconds: i64, slugs: &[&str], evidence: Option<&str>) -> Fact {
    sign_as(&mira(), seconds, slugs, evidence)
}

fn sign_as(who: &Actor, seconds: i64, slugs: &[&str], evidence: Option<&str>) -> Fact {
    let order = Order::Sign {
        slugs: slugs.iter().map(|slug| Slug::new(slug)).collect(),
        evidence: evidence.map(str::to_owned),
    };
    ordered_by(who, seconds, order)
}

/// A hand-off whose first head is `one`, and what else happens to it.
fn handoff_under(policy: &Policy, more: impl IntoIterator<Item = Fact>) -> Item {
    let mut pull = snapshot("Serve the fraud detector", "");
    pull.is_pull = true;
    let mut facts = vec![
        fact(0, What::Opened(Box::new(pull))),
        pushed(0, "one"),
        labeled(0, "handoff"),
    ];
    facts.extend(more);
    state(&facts, policy)
}

fn handoff(more: impl IntoIterator<Item = Fact>) -> Item {
    handoff_under(&teams(), more)
}

fn live(item: &Item) -> &Handoff {
    item.handoff.as_ref().expect("a hand-off")
}

/// The slugs that bear a signature.
fn signed(item: &Item) -> Vec<&str> {
    let marks = live(item).marks.iter();
    marks
        .filter(|(_, mark)| !mark.signed.is_empty())
        .map(|(slug, _)| slug.as_str())
        .collect()
}

fn unread(item: &Item) -> Vec<(&str, Vec<&str>)> {
    let unread = item.evidence.unread();
    unread
        .map(|(commit, paths)| (commit.as_str(), paths.iter().map(String::as_str).collect()))
        .collect()
}

fn why(item: &Item) -> SignRefusal {
    match refused(item) {
        Refusal::Sign { why, .. } => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_path_counts_once_it_was_seen_at_the_head() {
    let asks = [sign(60, &["artifact"], Some("models/m.onnx"))];
    let item = handoff(asks.clone());
    assert_eq!(unread(&item), [("one", vec!["models/m.onnx"])]);
    assert_eq!(signed(&item), [""; 0]);

    let [ask] = asks.clone();
    let item = handoff([ask, there("one", "models/m.onnx", "blob-1")]);
    assert_eq!(unread(&item), []);
    assert_eq!(signed(&item), ["artifact"]);

    let [ask] = asks;
    let item = handoff([ask, there("one", "models/m.onnx", "")]);
    assert_eq!(
        why(&item),
        SignRefusal::NothingThere {
            path: "models/m.onnx".to_owned(),
            head: CommitSha::new("one")
        }
    );
}

#[test]
fn a_folder_is_evidence_but_no_model_card() {
    let folder = || there("one", "models", "folder-1");
    let item = handoff([sign(60, &["artifact"], Some("models")), folder()]);
    assert_eq!(signed(&item), ["artifact"]);
    let item = handoff([sign(60, &["model-card"], Some("models")), folder()]);
    assert_eq!(why(&item), SignRefusal::CardIsFolder);
}

#[test]
fn who_may_not_sign_makes_nobody_look() {
    let outsider = person(9, "otto", Permission::Read);
    let item = handoff([sign_as(&outsider, 60, &["artifact"], Some("models/m.onnx"))]);
    assert_eq!(unread(&item), []);
}

#[test]
fn a_push_ends_the_signatures_whose_content_it_changes_and_no_other() {
    let before = || {
        vec![
            sign(60, &["artifact"], Some("models/m.onnx")),
            sign(61, &["io-format"], Some("docs/io.md")),
            sign(62, &["features"], None),
            sign(63, &["benchmarks"], Some("https://reports.acme.test/1")),
            there("one", "models/m.onnx", "blob-1"),
            there("one", "docs/io.md", "blob-2"),
            pushed(120, "two"),
        ]
    };
    let item = handoff(before());
    assert_eq!(
        unread(&item),
        [("two", vec!["docs/io.md", "models/m.onnx"])]
    );

    let mut facts = before();
    facts.extend([
        there("two", "models/m.onnx", "blob-3"),
        there("two", "docs/io.md", "blob-2"),
    ]);
    let item = handoff(facts.clone());
    assert_eq!(signed(&item), ["benchmarks", "features", "io-format"]);
    let voided = &live(&item).marks[&Slug::new("artifact")].voided[&Side::DataScience];
    assert_eq!(voided.by.login.as_str(), "mira");
    assert_eq!(voided.path.as_deref(), Some("models/m.onnx"));

    // Back to what was signed is not signed: somebody has seen something else meanwhile.
    facts.extend([pushed(180, "three"), there("three", "docs/io.md", "blob-2")]);
    let item = handoff(facts.clone());
    assert_eq!(signed(&item), ["benchmarks", "features", "io-format"]);

    facts.extend([
        sign(240, &["artifact"], Some("models/m.onnx")),
        there("three", "models/m.onnx", "blob-1"),
    ]);
    let item = handoff(facts);
    assert!(live(&item).marks[&Slug::new("artifact")].voided.is_empty());
    assert_eq!(
        signed(&item),
        ["artifact", "benchmarks", "features", "io-format"]
    );
}

#[test]
fn a_signed_file_that_is_renamed_or_deleted_ends_its_signature() {
    let item = handoff([
        sign(60, &["artifact"], Some("models/m.onnx")),
        there("one", "models/m.onnx", "blob-1"),
        pushed(120, "two"),
        there("two", "models/m.onnx", ""),
    ]);
    assert_eq!(signed(&item), [""; 0]);
}

#[test]
fn strict_every_push_ends_what_has_no_evidence() {
    let mut strict = teams();
    let before = vec![
        sign(60, &["features"], None),
        sign(61, &["benchmarks"], Some("https://reports.acme.test/1")),
        pushed(120, "two"),
    ];
    assert_eq!(signed(&handoff(before.clone())), ["benchmarks", "features"]);
    strict.handoff.strict = true;
    let mut pull = snapshot("Serve the fraud detector", "");
    pull.is_pull = true;
    let mut facts = vec![
        fact(0, What::Opened(Box::new(pull))),
        pushed(0, "one"),
        labeled(0, "handoff"),
    ];
    facts.extend(before);
    let relaxed = teams();
    let under = |when| if when < at(100) { &relaxed } else { &strict };
    assert_eq!(signed(&state_under(&facts, under)), ["benchmarks"]);
}

#[test]
fn a_team_that_cannot_be_read_lets_nobody_in() {
    let mut policy = Policy::default();
    policy.teams.data_science = vec![Member::Team("acme/data-science".to_owned())];
    let mut ana = person(4, "ana", Permission::Write);
    let signs = |who: &Actor| handoff_under(&policy, [sign_as(who, 60, &["serving"], None)]);
    assert_eq!(signed(&signs(&ana)), ["serving"]);
    // Now she may be in data science, for all that is known.
    ana.standing.unread = BTreeSet::from(["acme/data-science".to_owned()]);
    let team = "acme/data-science".to_owned();
    assert_eq!(why(&signs(&ana)), SignRefusal::TeamUnread { team });
    ana.standing.teams = BTreeSet::from(["acme/data-science".to_owned()]);
    assert_eq!(
        why(&signs(&ana)),
        SignRefusal::OtherSide {
            theirs: Side::DataScience
        }
    );
}

#[test]
fn merging_around_the_gate_stays_on_record() {
    let all = |item: &Item| live(item).merged.as_ref().expect("merged").open.len();
    let mut short = teams();
    short
        .handoff
        .entries
        .retain(|entry| matches!(entry.slug.as_str(), "artifact" | "features"));
    let signs = |seconds, slug| sign(seconds, &[slug], None);
    let under = |facts: Vec<Fact>| handoff_under(&short, facts);

    let kept = under(
        [
            vec![signs(60, "artifact"), signs(120, "features")],
            merged(120, "one").to_vec(),
        ]
        .concat(),
    );
    assert_eq!(all(&kept), 0);

    let late = under(
        [
            vec![signs(60, "artifact"), signs(121, "features")],
            merged(120, "one").to_vec(),
        ]
        .concat(),
    );
    assert_eq!(all(&late), 1);
    assert!(live(&late).is_complete(&short));

    // That the closing was never heard of changes nothing.
    let [sight, _] = merged(120, "one");
    let unheard = under(vec![signs(60, "artifact"), sight, signs(180, "features")]);
    assert_eq!(all(&unheard), 1);
}
