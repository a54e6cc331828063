//! Speaks to GitHub: what it says in webhooks becomes [`super::Heard`], what is asked of
//! [`super::Forge`] becomes requests.
//!
//! octocrab is used for what is hard to get right, App authentication and connections; its own
//! payload models and retries are not, since the first reject actions that they do not know and
//! the second repeat creating calls.

pub mod payload;
mod wire;
