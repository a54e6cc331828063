//! `labhand sync`: a repository whose issues are older than labhand. Each open issue of which title,
//! type or labels say what it is becomes an item, with labels and on the board, and nothing is said
//! about it: nobody is notified.
//!
//! This command reads the issues and puts them into the inbox; the server does the rest at the pace
//! that GitHub asks for. So it may be ended at any time, and started again.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, bail};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use secrecy::ExposeSecret;

use super::{connection, serve};
use crate::clock::Clock;
use crate::domain::ids::RepoName;
use crate::domain::item::Item;
use crate::domain::kind::Kind;
use crate::forge::github::GitHub;
use crate::forge::{Forge, ListFrom, RepoRef};
use crate::settings::Settings;
use crate::store::Store;
use crate::view::words;
use crate::worker::{adoption, list_on};

pub(super) const EXAMPLES: &str = "\
Examples:
  labhand labels acme/fraud --rename    first: the team's own labels for kinds, if there are any
  labhand sync acme/fraud               then: every open issue that says what it is

It writes labels and the board, and no comment; GitHub notifies nobody of either. `labhand serve` has
to run beside it with the same store. It may be ended at any time: what is in the inbox is done all the
same, and a second run goes on where the first one ended.";

/// Between two looks at how far the server is.
const LOOK: Duration = Duration::from_secs(1);

/// Without any progress for so many looks the server is missed.
const PATIENCE: u32 = 20;

/// Which repository.
#[derive(Debug, clap::Args)]
pub(super) struct Sync {
    /// The repository, such as acme/fraud
    repository: RepoName,
}

pub(super) async fn run(args: &Sync, settings: &Settings) -> anyhow::Result<()> {
    let github = connection::github(settings)?;
    let repo = connection::repository(&github, &args.repository).await?;
    let store = serve::open_existing(settings.store_url.expose_secret()).await?;
    let known = store.load_repo(repo.installation, repo.id).await?;
    if known.is_none() {
        bail!(
            "{} is not in the store yet: start `labhand serve` with the same store, and wait until \
             the web board lists it",
            repo.name
        );
    }
    let done = work(&github, &store, &repo).await;
    store.close().await;
    done
}

async fn work(github: &GitHub, store: &Store, repo: &RepoRef) -> anyhow::Result<()> {
    let before = kinds(store, repo)
        .await?
        .iter()
        .map(|(_, count)| count)
        .sum::<usize>();
    let read = read(github, store, repo).await?;
    println!(
        "{}: {} in the inbox",
        repo.name,
        counted(read, "open issue")
    );
    follow(store, repo).await?;
    let kinds = kinds(store, repo).await?;
    let now: usize = kinds.iter().map(|(_, count)| count).sum();
    let parts: Vec<String> = kinds
        .iter()
        .map(|(kind, count)| format!("{count} {}", words::kind(*kind).to_lowercase()))
        .collect();
    println!(
        "{}: {} new, {now} in all{}",
        repo.name,
        counted(now.saturating_sub(before), "item"),
        if parts.is_empty() {
            String::new()
        } else {
            format!(" ({})", parts.join(", "))
        }
    );
    Ok(())
}

fn counted(count: usize, one: &str) -> String {
    words::counted(count, one, &format!("{one}s"))
}

/// Puts the open issues into the inbox; how many there are.
///
/// All are read before the first is put there: the server would change them meanwhile, and what
/// changes moves to the end of GitHub's list and draws others over the edge of a page that was read.
async fn read(github: &GitHub, store: &Store, repo: &RepoRef) -> anyhow::Result<usize> {
    let clock = Clock::system();
    let bar = bar(0, "{spinner} reading issues: {pos}");
    let mut from = ListFrom {
        since: None,
        page: 1,
    };
    let mut open = BTreeMap::new();
    loop {
        let page = github.issues(repo, from).await;
        let page = page.context("the issues cannot be read")?;
        let last = page.entries.last().map(|issue| issue.now.updated_at);
        for issue in page.entries {
            let snapshot = &issue.now.snapshot;
            if snapshot.is_pull {
                continue;
            }
            // What changes while the list is read stands in it twice, and the later entry is true.
            if snapshot.closed.is_some() {
                open.remove(&issue.number);
            } else {
                open.insert(issue.number, adoption(repo, &issue, clock.now())?);
            }
        }
        bar.set_position(u64::try_from(open.len()).unwrap_or(u64::MAX));
        if !page.more {
            break;
        }
        from = list_on(from, last);
    }
    bar.finish_and_clear();
    let read = open.len();
    store.deliver(open.into_values().collect()).await?;
    Ok(read)
}

/// Shows how far the server is, until it is through.
async fn follow(store: &Store, repo: &RepoRef) -> anyhow::Result<()> {
    let waiting = async || store.waiting_of(repo.installation, repo.id).await;
    let all = waiting().await?;
    let bar = bar(all, "{bar:30} {pos} of {len} · about {eta} left{msg}");
    let (mut last, mut idle) = (all, 0);
    loop {
        let left = waiting().await?;
        bar.set_length(all.max(left));
        bar.set_position(all.max(left) - left);
        if left == 0 {
            break;
        }
        idle = if left < last { 0 } else { idle + 1 };
        last = left;
        let missed = idle >= PATIENCE;
        if idle == PATIENCE && bar.is_hidden() {
            println!("{left} wait; does `labhand serve` run with this store?");
        }
        bar.set_message(if missed {
            " · does `labhand serve` run with this store?"
        } else {
            ""
        });
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            _ = tokio::signal::ctrl_c() => {
                bar.finish_and_clear();
                bail!("{left} wait in the inbox; the server goes on with them");
            }
        }
    }
    bar.finish_and_clear();
    Ok(())
}

/// A bar on a terminal, and nothing elsewhere.
fn bar(length: u64, template: &str) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(length), ProgressDrawTarget::stderr());
    // The templates are those above.
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars("▰▰▱"));
    }
    bar
}

/// How many items there are of each kind.
async fn kinds(store: &Store, repo: &RepoRef) -> anyhow::Result<Vec<(Kind, usize)>> {
    let rows = store.load_items(repo.installation, repo.id).await?;
    let items = rows
        .iter()
        .filter_map(|(_, row)| serde_json::from_str::<Option<Item>>(&row.doc).ok()?);
    let kinds: Vec<Kind> = items.filter_map(|item| Some(item.kind?.kind)).collect();
    let count = |kind: &Kind| kinds.iter().filter(|it| *it == kind).count();
    let all = Kind::ALL.iter().map(|kind| (*kind, count(kind)));
    Ok(all.filter(|(_, count)| *count > 0).collect())
}
