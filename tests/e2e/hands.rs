//! Every wrong hand at every door of a hand-off, and right hands that come at the same moment (product §5).

use jiff::SignedDuration;
use labhand::domain::ids::ItemNumber;

use crate::handoff::{TEAMS, beside, handoff, line};
use crate::lab::{Lab, REPO};

/// What somebody can try.
#[derive(Debug, Clone, Copy)]
enum Door {
    Tick,
    Sign,
    Unsign,
    NotApplicable,
    Off,
    EditOfAnothersComment,
}

const DOORS: [Door; 6] = [
    Door::Tick,
    Door::Sign,
    Door::Unsign,
    Door::NotApplicable,
    Door::Off,
    Door::EditOfAnothersComment,
];

/// Tries a door of an entry of engineering's.
async fn knock(lab: &Lab, pull: ItemNumber, who: &str, door: Door) {
    lab.clock.advance(SignedDuration::from_secs(5));
    let person = lab.person(who);
    match door {
        Door::Tick => person.tick(lab.checklist(pull).id, "monitoring"),
        Door::Sign => drop(person.comment(pull, "/sign monitoring")),
        Door::Unsign => drop(person.comment(pull, "/unsign serving")),
        Door::NotApplicable => drop(person.comment(pull, "/na monitoring who needs it")),
        Door::Off => drop(person.comment(pull, "/handoff off it is none")),
        Door::EditOfAnothersComment => {
            let comment = lab.person("ana").comment(pull, "Looks good");
            lab.settle().await;
            lab.clock.advance(SignedDuration::from_secs(5));
            person.edit_comment(comment, "Looks good\n\n/sign monitoring");
        }
    }
    lab.settle().await;
}

#[tokio::test]
async fn no_wrong_hand_opens_any_door_of_the_other_side() {
    for door in DOORS {
        let lab = Lab::policy(TEAMS).await;
        lab.gh.bot("tidy[bot]");
        lab.gh.collaborator(REPO, "tidy[bot]", "write");
        lab.gh.user("kim");
        lab.gh.collaborator(REPO, "kim", "admin");
        lab.gh.user("ex");
        lab.gh.collaborator(REPO, "ex", "write");
        lab.gh.team("acme/ml-platform", &["ana", "ex"]);
        lab.settle().await;
        let pull = handoff(&lab).await;
        lab.says(pull, "ana", "/sign serving").await;
        lab.gh.team("acme/ml-platform", &["ana"]);
        lab.settle().await;
        // The author for the other side, another of data science, an outsider, triage, a lead and an
        // administrator on no side, somebody who has left the team, a bot.
        for who in [
            "mira",
            "jonas",
            "otto",
            "lee",
            "lena",
            "kim",
            "ex",
            "tidy[bot]",
        ] {
            knock(&lab, pull, who, door).await;
            let story = format!("{who} at {door:?}");
            let serving = line(&lab, pull, "serving");
            assert_eq!(
                serving, "- [x] `serving` Model serving platform · ana",
                "{story}"
            );
            let monitoring = line(&lab, pull, "monitoring");
            assert!(
                monitoring.starts_with("- [ ] `monitoring`"),
                "{story}: {monitoring}"
            );
            let check = lab.check(pull, "labhand/handoff").expect("the check");
            assert_eq!(check.conclusion, "failure", "{story}");
            assert!(
                check.title.starts_with("1 of 14 signed"),
                "{story}: {}",
                check.title
            );
        }
        lab.whatever_was_said(pull);
    }
}

#[tokio::test]
async fn a_wrong_tick_is_explained_once_however_often_it_is_tried() {
    let lab = Lab::policy(TEAMS).await;
    let pull = handoff(&lab).await;
    for _ in 0..3 {
        knock(&lab, pull, "mira", Door::Tick).await;
    }
    assert_eq!(beside(&lab, pull).len(), 1);
}

/// Twenty interleavings, each another one by its seed.
const RUNS: u64 = 20;

#[tokio::test]
async fn ticks_of_one_second_all_count_in_whatever_order_they_are_told() {
    for seed in 0..RUNS {
        let lab = Lab::policy(TEAMS).await;
        let pull = handoff(&lab).await;
        let checklist = lab.checklist(pull).id;
        lab.gh.repeat_deliveries(seed % 2 == 1);
        lab.person("mira").tick(checklist, "artifact");
        lab.person("ana").tick(checklist, "serving");
        lab.person("ana").tick(checklist, "docs");
        lab.person("jonas").tick(checklist, "features");
        lab.gh.deliver_shuffled(seed).await;
        lab.settle().await;
        for (slug, who) in [
            ("artifact", "mira"),
            ("serving", "ana"),
            ("features", "jonas"),
        ] {
            let line = line(&lab, pull, slug);
            assert!(
                line.starts_with("- [x]") && line.contains(who),
                "{seed}: {line}"
            );
        }
        let docs = line(&lab, pull, "docs");
        assert!(docs.contains("ana, data science open"), "{seed}: {docs}");
        assert_eq!(beside(&lab, pull), Vec::<String>::new(), "{seed}");
    }
}

#[tokio::test]
async fn a_tick_made_while_the_bot_writes_is_not_lost() {
    for seed in 0..RUNS {
        let lab = Lab::policy(TEAMS).await;
        let pull = handoff(&lab).await;
        let checklist = lab.checklist(pull).id;
        // The event of the tick is under way while the comment is written anew for somebody else.
        lab.person("mira").tick(checklist, "artifact");
        if seed % 3 == 0 {
            lab.person("ana").tick(checklist, "serving");
        }
        let late = lab.gh.take_deliveries();
        lab.clock.advance(SignedDuration::from_millis(
            i64::try_from(seed).unwrap() * 100,
        ));
        lab.person("jonas").comment(pull, "/sign features");
        lab.gh.deliver_shuffled(seed).await;
        lab.settle().await;
        if seed % 2 == 0 {
            lab.person("ana").tick(checklist, "scaling");
        }
        for delivery in &late {
            lab.gh.replay(delivery);
        }
        lab.gh.deliver_shuffled(seed).await;
        lab.settle().await;
        let artifact = line(&lab, pull, "artifact");
        assert!(artifact.ends_with("· mira"), "{seed}: {artifact}");
        let features = line(&lab, pull, "features");
        assert!(features.ends_with("· jonas"), "{seed}: {features}");
        for (slug, ticked) in [("serving", seed % 3 == 0), ("scaling", seed % 2 == 0)] {
            let line = line(&lab, pull, slug);
            assert_eq!(line.ends_with("· ana"), ticked, "{seed}: {line}");
        }
        assert_eq!(beside(&lab, pull), Vec::<String>::new(), "{seed}");
    }
}
