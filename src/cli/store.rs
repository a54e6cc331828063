//! `labhand store`: backups, and moving from one database to another.

use std::path::PathBuf;

use clap::Subcommand;

use super::serve::{open, open_existing};

pub(super) const EXAMPLES: &str = "\
Examples:
  labhand store backup /backup/labhand.db
  labhand store copy sqlite://labhand.db postgres://labhand@db.example.com/labhand

A backup is made of the store of LABHAND_STORE__URL, while the server runs. Before a copy, stop all
servers that use either store; the copy is compared row by row when it is made.
The password may be in PGPASSWORD, where nobody sees it among the running programs.";

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Write a copy of the database file while the server runs
    Backup {
        /// A file that is not there yet
        file: PathBuf,
    },
    /// Copy everything to another database, from SQLite to PostgreSQL or back
    Copy {
        /// The store's URL
        from: String,
        /// The URL of an empty one
        to: String,
    },
}

pub(super) async fn back_up(url: &str, file: &std::path::Path) -> anyhow::Result<()> {
    let store = open_existing(url).await?;
    let written = store.back_up(file).await;
    store.close().await;
    written?;
    println!("{} has all that was in {}.", file.display(), store.place());
    Ok(())
}

pub(super) async fn copy(from: &str, to: &str) -> anyhow::Result<()> {
    let source = open_existing(from).await?;
    let target = open(to).await?;
    let copied = source
        .copy_to(&target, |table, content| println!("{table:14} {content}"))
        .await;
    source.close().await;
    target.close().await;
    copied?;
    println!("{} has all that was in {}.", target.place(), source.place());
    Ok(())
}
