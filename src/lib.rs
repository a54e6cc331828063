//! labhand runs a data-science team's process inside GitHub.
//!
//! One idea carries the program: **fact → state → view → calls**. What happens on GitHub is a
//! fact; [`domain`] folds facts into state; [`view`] says what GitHub should show for it and
//! compares that with what it does show; [`forge`] makes the calls that are the difference.
//! `docs/architecture.md` tells the rest.

pub mod cli;
pub mod clock;
pub mod command;
pub mod domain;
pub mod forge;
pub mod metrics;
pub mod settings;
pub mod sim;
pub mod store;
pub mod traces;
pub mod view;
pub mod web;
pub mod worker;
