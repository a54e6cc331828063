//! Asking for words, and for a look at GitHub.
//!
//! ```text
//! /help             all commands
//! /help timebox     one of them
//! /status
//! /board
//! /sprint
//! /sync
//! ```

use crate::domain::actor::Needs;
use crate::domain::order::{Misread, Order};

use super::args::{Args, bare};
use super::{Command, Extent};

/// `/help [command]`
pub(super) struct Help;

impl Command for Help {
    const NAMES: &'static [&'static str] = &["help"];
    const NEEDS: Needs = Needs::Anyone;
    const EXTENT: Extent = Extent::Line;
    const USAGE: &'static str = "/help [command]";
    const EXPLANATION: &'static str = "Explains all commands, or one of them.";
    const EXAMPLE: &'static str = "/help timebox";

    fn read(args: &Args<'_>) -> Result<Order, Misread> {
        let (first, _) = args.split_first();
        let topic = bare(first).trim_start_matches('/').to_lowercase();
        let topic = Some(topic).filter(|topic| !topic.is_empty());
        Ok(Order::Help { topic })
    }
}

/// `/status`
pub(super) struct Status;

impl Command for Status {
    const NAMES: &'static [&'static str] = &["status"];
    const NEEDS: Needs = Needs::Anyone;
    const EXTENT: Extent = Extent::Line;
    const USAGE: &'static str = "/status";
    const EXPLANATION: &'static str = "Shows where this item stands.";
    const EXAMPLE: &'static str = "/status";

    fn read(_: &Args<'_>) -> Result<Order, Misread> {
        Ok(Order::Status)
    }
}

/// `/board`
pub(super) struct Board;

impl Command for Board {
    const NAMES: &'static [&'static str] = &["board"];
    const NEEDS: Needs = Needs::Triage;
    const EXTENT: Extent = Extent::Line;
    const USAGE: &'static str = "/board";
    const EXPLANATION: &'static str = "Posts the board as a comment here.";
    const EXAMPLE: &'static str = "/board";

    fn read(_: &Args<'_>) -> Result<Order, Misread> {
        Ok(Order::Board)
    }
}

/// `/sprint`
pub(super) struct Sprint;

impl Command for Sprint {
    const NAMES: &'static [&'static str] = &["sprint"];
    const NEEDS: Needs = Needs::Triage;
    const EXTENT: Extent = Extent::Line;
    const USAGE: &'static str = "/sprint";
    const EXPLANATION: &'static str =
        "Posts the summary of the sprint that is on as a comment here.";
    const EXAMPLE: &'static str = "/sprint";

    fn read(_: &Args<'_>) -> Result<Order, Misread> {
        Ok(Order::Sprint)
    }
}

/// `/sync`
pub(super) struct Sync;

impl Command for Sync {
    const NAMES: &'static [&'static str] = &["sync"];
    const NEEDS: Needs = Needs::Triage;
    const EXTENT: Extent = Extent::Line;
    const USAGE: &'static str = "/sync";
    const EXPLANATION: &'static str = "Compares everything here with GitHub and mends it; takes in an issue that was there before labhand.";
    const EXAMPLE: &'static str = "/sync";

    fn read(_: &Args<'_>) -> Result<Order, Misread> {
        Ok(Order::Sync)
    }
}
