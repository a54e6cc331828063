//! End-to-end tests in the user's words: the real router, the real store, the stand-in for GitHub.
//! One program for all of them, so that it is linked once.

mod api;
mod board;
mod boxes;
mod checks;
mod claims;
mod commands;
mod decisions;
mod earlier;
mod evidence;
mod experiments;
mod extensions;
mod figures;
mod guards;
mod handoff;
mod hands;
mod items;
mod kinds;
mod lab;
mod limits;
mod missed;
mod models;
mod policy;
mod releases;
mod repositories;
mod resilience;
mod results;
mod sidesteps;
mod sprints;
mod stages;
mod sweep;
mod transfers;
mod versions;

#[path = "../support/database.rs"]
mod database;
