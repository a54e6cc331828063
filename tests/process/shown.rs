//! What the README and the book show as typed does what they say.

use labhand::sim::Selection;

use crate::database::is_postgres;
use crate::pages::{pages, parts, typed};
use crate::{REPO, World, until};

/// What other tests run: the server itself, the demo (`tests/demo.rs`), and a copy into a PostgreSQL
/// (`tests/operators.rs`).
const ELSEWHERE: [&str; 3] = ["labhand serve", "labhand demo", "labhand store copy"];

/// The lines that begin with the program's name, as a shell would get them, in the order of the pages.
fn shown() -> Vec<String> {
    let mut lines = Vec::new();
    for (_, text) in pages() {
        for (language, block) in parts(&text).0 {
            if language == "console" {
                let own = typed(&block).filter(|line| line.starts_with("labhand "));
                lines.extend(own.map(str::to_owned));
            }
        }
    }
    lines
}

#[tokio::test(flavor = "multi_thread")]
async fn every_command_that_is_shown_runs() {
    let world = World::new().await;
    world.gh.install("acme", Selection::Only(&[REPO]));
    let bot = world.start().await;
    world.gh.deliver().await;
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join(".git")).unwrap();
    until("the repository is known", async || {
        let (_, good) = world.labhand(&format!("sync {REPO}"), folder.path());
        good
    })
    .await;
    // In a shell the pages begin with this one.
    let (told, good) = world.labhand("init", folder.path());
    assert!(good, "{told}");
    let mut ran = 0;
    for line in shown() {
        let backs_up = line.starts_with("labhand store backup");
        if ELSEWHERE.iter().any(|it| line.starts_with(it)) || backs_up && is_postgres() {
            continue;
        }
        let here = folder.path().join("copy.db").display().to_string();
        let arguments = line
            .trim_start_matches("labhand ")
            .replace("/backup/labhand.db", &here);
        let (told, good) = tokio::task::block_in_place(|| world.labhand(&arguments, folder.path()));
        assert!(good, "{line}: {told}");
        ran += 1;
    }
    assert!(ran >= 8, "only {ran} commands are shown");
    drop(bot);
}
