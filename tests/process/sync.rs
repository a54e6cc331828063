//! `labhand sync` on a repository that is older than labhand.

use std::path::Path;

use jiff::Timestamp;
use labhand::sim::Selection;

use crate::{REPO, World, until};

/// How many issues are older than labhand: more than two of GitHub's pages, or five times as many as
/// `LABHAND_TEST_OLD_ISSUES` says of each kind and of none.
fn of_each() -> usize {
    let told = std::env::var("LABHAND_TEST_OLD_ISSUES").ok();
    told.map_or(46, |told| told.parse().expect("a number"))
}

/// Issues of all kinds, and of none, with commands that nobody heard.
fn fill(mira: &labhand::sim::Person) {
    mira.create_label("type: bug");
    for number in 0..5 * of_each() {
        match number % 5 {
            0 => mira
                .open_issue(&format!("Explore idea {number} (2 days)"))
                .send(),
            1 => mira.open_issue(&format!("Implement part {number}")).send(),
            2 => {
                let title = format!("Pipeline {number} stops");
                mira.open_issue(&title).labels(&["type: bug"]).send()
            }
            3 => mira.open_issue(&format!("What about {number}?")).send(),
            _ => {
                let old = mira.open_issue(&format!("Compare A{number} vs B")).send();
                mira.comment(old, "/activate");
                old
            }
        };
    }
}

/// Labels and the board, and no word to anybody.
fn nobody_was_told(world: &World) {
    for issue in world.gh.issues(REPO) {
        let ours = issue
            .comments
            .iter()
            .filter(|it| it.author.contains("labhand"));
        assert_eq!(ours.count(), 0, "{}: {:?}", issue.number, issue.comments);
        let reactions = issue.comments.iter().flat_map(|it| &it.reactions);
        assert_eq!(reactions.count(), 0, "an old command is not carried out");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn old_issues_are_taken_in_without_a_word() {
    let world = World::new().await;
    let mira = world.gh.as_user(REPO, "mira");
    fill(&mira);
    world.gh.take_deliveries();
    // GitHub's times are whole seconds, and what is opened in that of the installation is new.
    let filled = Timestamp::now().as_second();
    until("the issues are older than labhand", async || {
        Timestamp::now().as_second() > filled
    })
    .await;
    world.gh.install("acme", Selection::Only(&[REPO]));

    let (none, good) = world.labhand(&format!("sync {REPO}"), Path::new("."));
    assert!(!good, "{none}");
    let bot = world.start().await;
    world.gh.deliver().await;
    until("the repository is known", async || {
        let (text, good) = world.labhand(&format!("labels {REPO} --rename"), Path::new("."));
        good && text.contains("rename  type: bug → kind/maintenance")
            || text.contains("Nothing was to be done")
    })
    .await;
    let delivering = {
        let gh = world.gh.clone();
        tokio::spawn(async move {
            loop {
                gh.deliver().await;
                tokio::time::sleep(crate::SOON).await;
            }
        })
    };
    until("the labels are known", async || {
        world
            .gh
            .labels(REPO)
            .iter()
            .any(|it| it.name == "kind/maintenance")
    })
    .await;
    let line = format!("sync {REPO}");
    let (told, good) = tokio::task::block_in_place(|| world.labhand(&line, Path::new(".")));
    assert!(good, "{told}");
    let (each, all) = (of_each(), 4 * of_each());
    assert!(
        told.contains(&format!("{REPO}: {} open issues in the inbox", 5 * each)),
        "{told}"
    );
    assert!(
        told.contains(&format!(
            "{all} items new, {all} in all ({each} research, {each} experiment, {each} development, \
             {each} maintenance)"
        )),
        "{told}"
    );

    let board = async || {
        let issues = world.gh.issues(REPO);
        let board = issues
            .iter()
            .find(|it| it.labels.contains(&"labhand/board".to_owned()));
        let half = 2 * each;
        board.is_some_and(|it| {
            it.body.contains(&format!("Ideation · {half}"))
                && it.body.contains(&format!("{half} to do"))
        })
    };
    until("the board shows them", board).await;
    nobody_was_told(&world);
    let labels = |number: u64| {
        world
            .gh
            .issue(REPO, labhand::domain::ids::ItemNumber(number))
            .labels
    };
    assert_eq!(labels(1), ["kind/research", "stage/ideation"]);
    assert!(labels(3).contains(&"kind/maintenance".to_owned()));
    assert!(labels(4).is_empty(), "what says nothing is left alone");

    // Again: nothing new, and nobody is told.
    let writes = world.gh.writes().len();
    let (again, good) = tokio::task::block_in_place(|| world.labhand(&line, Path::new(".")));
    assert!(
        good && again.contains(&format!("0 items new, {all} in all")),
        "{again}"
    );
    assert!(
        world.gh.writes().len() <= writes + 2,
        "at most the board is drawn anew"
    );

    // As soon as somebody asks for something, it is an item like any other.
    let first = labhand::domain::ids::ItemNumber(1);
    mira.comment(first, "/timebox 3d");
    until("the item speaks", async || {
        let issue = world.gh.issue(REPO, first);
        issue
            .comments
            .iter()
            .any(|it| it.body.contains("labhand:status"))
    })
    .await;
    delivering.abort();
    drop(bot);
}
