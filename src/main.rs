//! The binary: everything is in the library.

use std::process::ExitCode;

use clap::Parser;
use labhand::cli::Cli;

#[tokio::main]
async fn main() -> ExitCode {
    match Cli::parse().run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("labhand: {error:#}");
            ExitCode::FAILURE
        }
    }
}
