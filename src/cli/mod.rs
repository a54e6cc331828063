//! The command line: one file for each subcommand.

pub mod bot;
mod check_policy;
mod connection;
mod demo;
mod doctor;
mod healthcheck;
mod inbox;
mod init;
mod labels;
mod logging;
pub mod rehearsal;
mod serve;
mod set_up;
mod store;
mod sync;

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use secrecy::ExposeSecret;

use crate::settings::{Settings, SettingsError};

/// A GitHub bot that runs a data-science team's process inside GitHub.
#[derive(Debug, Parser)]
#[command(
    name = "labhand",
    version,
    after_help = "\
Examples:
  labhand demo                         a sprint in twenty seconds, without any settings
  labhand serve                        without settings: shows where to set it up
  labhand init                         a policy and issue forms for a repository
  labhand serve --config labhand.toml  with a settings file
  labhand help serve                   about one command"
)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,

    /// A settings file (TOML); variables of the environment outrank it
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Receive webhooks and do the work
    #[command(after_help = serve::EXAMPLES)]
    Serve,
    /// Tell the story of a sprint, with the bot and a stand-in for GitHub in this process
    #[command(after_help = demo::EXAMPLES)]
    Demo {
        /// Where the pages are served when the story is over
        #[arg(long, default_value_t = 8080)]
        port: u16,
        /// End when the story is over
        #[arg(long)]
        exit: bool,
    },
    /// Ask the running server whether it is alive; for containers
    #[command(after_help = healthcheck::EXAMPLES)]
    Healthcheck,
    /// Deliveries that wait or were put aside: list, show, retry, drop
    #[command(subcommand, after_help = inbox::EXAMPLES)]
    Inbox(inbox::Inbox),
    /// Back the store up, or move it to another database
    #[command(subcommand, after_help = store::EXAMPLES)]
    Store(store::Command),
    /// Write a policy, issue forms and a pull-request template
    #[command(after_help = init::EXAMPLES)]
    Init(init::Init),
    /// Tell what is wrong with the set-up, and where to mend it
    #[command(after_help = doctor::EXAMPLES)]
    Doctor,
    /// Create labhand's labels in a repository, or show what would be created
    #[command(after_help = labels::EXAMPLES)]
    Labels(labels::Labels),
    /// Take in the open issues of a repository that were there before labhand, quietly
    #[command(after_help = sync::EXAMPLES)]
    Sync(sync::Sync),
    /// Tell what is wrong with a policy file
    #[command(after_help = check_policy::EXAMPLES)]
    CheckPolicy(check_policy::CheckPolicy),
}

impl Cli {
    /// Carries the command out.
    ///
    /// # Errors
    /// What hindered it, in words for the person at the terminal.
    pub async fn run(self) -> anyhow::Result<()> {
        match self.command {
            Command::Serve => serve::run(|| self.settings()).await,
            Command::Demo { port, exit } => demo::run(port, exit).await,
            Command::Healthcheck => healthcheck::run(self.settings()?).await,
            Command::Store(store::Command::Backup { ref file }) => {
                let url = Settings::load_store_url(self.config.as_deref(), environment())?;
                store::back_up(url.expose_secret(), file).await
            }
            Command::Store(store::Command::Copy { from, to }) => store::copy(&from, &to).await,
            Command::Inbox(ref what) => {
                let url = Settings::load_store_url(self.config.as_deref(), environment())?;
                inbox::run(what, url.expose_secret()).await
            }
            Command::Init(ref args) => init::run(args),
            Command::Doctor => doctor::run(&self.settings()?).await,
            Command::Sync(ref args) => sync::run(args, &self.settings()?).await,
            Command::Labels(ref args) => labels::run(args, &self.settings()?).await,
            Command::CheckPolicy(ref args) => check_policy::run(args, || self.settings()).await,
        }
    }

    fn settings(&self) -> Result<Settings, SettingsError> {
        Settings::load(self.config.as_deref(), environment())
    }
}

/// A variable that is no Unicode is none of ours, or will be missed as what it stands for.
fn environment() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_grammar_is_sound_and_the_file_may_stand_anywhere() {
        Cli::command().debug_assert();
        for line in [
            "labhand --config a.toml serve",
            "labhand serve --config a.toml",
        ] {
            let cli = Cli::try_parse_from(line.split(' ')).unwrap();
            assert_eq!(cli.config, Some("a.toml".into()));
        }
    }
}
