//! `labhand inbox`: deliveries that wait or were put aside, for the person who looks after them.

use anyhow::Context;
use clap::Subcommand;
use jiff::Timestamp;

use crate::clock::Clock;
use crate::store::{KeyKind, Letter, Letters, Store};

pub(super) const EXAMPLES: &str = "\
Examples:
  labhand inbox list             what was put aside after too many tries
  labhand inbox list --waiting   what is not handled yet
  labhand inbox show 4711        one delivery with its payload
  labhand inbox retry 4711 4712  handle these again
  labhand inbox retry --all      handle all again that were put aside, after an upgrade for example
  labhand inbox drop 4711        give one up

It works on the store of LABHAND_STORE__URL, while the server runs or not. A running server takes up
what is to be handled again within a minute.";

#[derive(Debug, Subcommand)]
pub(super) enum Inbox {
    /// List deliveries that were put aside
    List {
        /// List those that are not handled yet instead
        #[arg(long)]
        waiting: bool,
    },
    /// Show one delivery with its payload
    Show {
        /// Its number, as `list` tells
        number: i64,
    },
    /// Handle deliveries again that were put aside or dropped
    Retry {
        /// Their numbers, as `list` tells
        #[arg(required_unless_present = "all")]
        numbers: Vec<i64>,
        /// All that were put aside
        #[arg(long, conflicts_with = "numbers")]
        all: bool,
    },
    /// Give deliveries up that wait or were put aside
    Drop {
        /// Their numbers, as `list` tells
        #[arg(required = true)]
        numbers: Vec<i64>,
    },
}

pub(super) async fn run(what: &Inbox, url: &str) -> anyhow::Result<()> {
    let store = super::serve::open_existing(url).await?;
    let ended = carry_out(what, &store).await;
    store.close().await;
    for line in ended? {
        println!("{line}");
    }
    Ok(())
}

async fn carry_out(what: &Inbox, store: &Store) -> anyhow::Result<Vec<String>> {
    let now = Clock::system().now();
    match what {
        Inbox::List { waiting: true } => {
            let letters = store.letters(Letters::Waiting).await?;
            Ok(table(&letters, "Nothing waits."))
        }
        Inbox::List { waiting: false } => {
            let letters = store.letters(Letters::Dead).await?;
            Ok(table(&letters, "Nothing was put aside."))
        }
        Inbox::Show { number } => show(store, *number).await,
        Inbox::Retry { all: true, .. } => {
            let mut lines = Vec::new();
            for letter in store.letters(Letters::Dead).await? {
                lines.extend(retry(store, &letter, now).await?);
            }
            if lines.is_empty() {
                lines.push("Nothing was put aside.".to_owned());
            }
            Ok(lines)
        }
        Inbox::Retry { numbers, .. } => {
            let mut lines = Vec::new();
            for letter in find(store, numbers).await? {
                lines.extend(retry(store, &letter, now).await?);
            }
            Ok(lines)
        }
        Inbox::Drop { numbers } => {
            let mut lines = Vec::new();
            for letter in find(store, numbers).await? {
                let done = store.drop_letter(&letter, now).await?;
                let Letter { seq, .. } = letter;
                lines.push(if done {
                    format!("{seq} is given up; `labhand inbox retry {seq}` takes it back.")
                } else {
                    format!("{seq} was handled already; there is nothing to give up.")
                });
            }
            Ok(lines)
        }
    }
}

async fn retry(store: &Store, letter: &Letter, now: Timestamp) -> anyhow::Result<Option<String>> {
    let done = store.retry_letter(letter, now).await?;
    let Letter { seq, .. } = letter;
    Ok(Some(if done {
        format!("{seq} will be handled again.")
    } else {
        format!(
            "{seq} was neither put aside nor dropped, or its payload is not kept any more; there is nothing to \
             repeat."
        )
    }))
}

/// All of them, or nothing is done.
async fn find(store: &Store, numbers: &[i64]) -> anyhow::Result<Vec<Letter>> {
    let mut found = Vec::new();
    for &number in numbers {
        found.push(letter(store, number).await?.0);
    }
    Ok(found)
}

async fn letter(store: &Store, number: i64) -> anyhow::Result<(Letter, Option<Vec<u8>>)> {
    store.letter(number).await?.with_context(|| {
        format!("there is no delivery {number}; `labhand inbox list` tells which there are")
    })
}

async fn show(store: &Store, number: i64) -> anyhow::Result<Vec<String>> {
    let (letter, body) = letter(store, number).await?;
    let outcome = match (&letter.outcome, letter.handled_at) {
        (Some(outcome), Some(at)) => format!("{} at {}", word(outcome), moment(at)),
        (None, _) | (Some(_), None) if letter.tries > 0 => {
            format!("waits; its key failed {} in a row", times(letter.tries))
        }
        (None, _) | (Some(_), None) => "waits".to_owned(),
    };
    let mut lines = vec![
        format!("number    {}", letter.seq),
        format!("about     {}", about(&letter)),
        format!("event     {}", letter.event),
        format!("GUID      {}", letter.guid),
        format!("received  {}", moment(letter.received_at)),
        format!("outcome   {outcome}"),
        String::new(),
    ];
    let Some(body) = body else {
        lines.push("Its payload is not kept any more (store.keep_deliveries_days).".to_owned());
        return Ok(lines);
    };
    let payload: serde_json::Value =
        serde_json::from_slice(&body).context("its payload is no JSON")?;
    lines.push(serde_json::to_string_pretty(&payload)?);
    Ok(lines)
}

fn table(letters: &[Letter], nothing: &str) -> Vec<String> {
    if letters.is_empty() {
        return vec![nothing.to_owned()];
    }
    let head = ["number", "received", "event", "tries", "about"].map(str::to_owned);
    let rows = letters.iter().map(|letter| {
        [
            letter.seq.to_string(),
            moment(letter.received_at),
            letter.event.clone(),
            letter.tries.to_string(),
            about(letter),
        ]
    });
    let rows: Vec<[String; 5]> = std::iter::once(head).chain(rows).collect();
    let widths: [usize; 5] =
        std::array::from_fn(|column| rows.iter().map(|row| row[column].len()).max().unwrap_or(0));
    rows.iter()
        .map(|row| {
            let cells = row.iter().zip(widths);
            let line: Vec<String> = cells
                .map(|(cell, width)| format!("{cell:width$}"))
                .collect();
            line.join("  ").trim_end().to_owned()
        })
        .collect()
}

fn about(letter: &Letter) -> String {
    let key = letter.key;
    let repo = letter
        .repo
        .clone()
        .unwrap_or_else(|| format!("repository {}", key.repo));
    match key.kind {
        KeyKind::Item => format!("{repo}#{}", key.number),
        KeyKind::Board | KeyKind::Repo => repo,
        KeyKind::Installation => format!("installation {}", key.installation),
        KeyKind::Hook => "the App's webhook".to_owned(),
    }
}

fn word(outcome: &str) -> &str {
    match outcome {
        "dead" => "put aside",
        other => other,
    }
}

fn times(number: u64) -> String {
    if number == 1 {
        "once".to_owned()
    } else {
        format!("{number} times")
    }
}

fn moment(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%SZ").to_string()
}
