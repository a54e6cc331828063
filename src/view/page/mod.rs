//! The web board: HTML pages, made on the server from the same sheets as the JSON.
//!
//! A page is a structure with what stands on it, ready to be read, and a template in `templates/`
//! that says where. Askama escapes whatever people wrote.

use askama::Template;

use super::json::Repos;

mod card;
mod chart;
mod decisions;
mod figures;
mod items;
mod models;
mod numbers;
mod repository;
mod set_up;
mod sprint;
mod timeline;

pub use decisions::Asked;
pub use items::{ItemsAsked, items};
pub use repository::{Source, repository};
pub use set_up::{SetUp, set_up, welcome};

/// The style sheet.
pub const STYLE: &str = include_str!("../../../assets/board.css");
/// The script, which only brings what is new.
pub const SCRIPT: &str = include_str!("../../../assets/board.js");

/// What is around each page.
#[derive(Debug, Clone, Default)]
pub struct Frame {
    /// Who looks, if that is known.
    pub login: Option<String>,
    /// They can sign out.
    pub signed_in: bool,
    /// Where the style sheet and the script are, as they are now.
    pub assets: String,
}

#[derive(Template)]
#[template(path = "front.html")]
struct Front<'a> {
    frame: &'a Frame,
    repos: &'a Repos,
}

/// All repositories.
pub fn front(repos: &Repos, frame: &Frame) -> String {
    rendered(&Front { frame, repos })
}

#[derive(Template)]
#[template(path = "notice.html")]
struct Notice<'a> {
    frame: &'a Frame,
    title: &'a str,
    sentence: &'a str,
}

/// Why there is no better page.
pub fn notice(title: &str, sentence: &str, frame: &Frame) -> String {
    rendered(&Notice {
        frame,
        title,
        sentence,
    })
}

/// How somebody signs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// With the token of the settings.
    Token,
    /// As a user of GitHub.
    GitHub,
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignIn<'a> {
    frame: &'a Frame,
    door: Door,
    to: &'a str,
    problem: Option<&'a str>,
}

/// The page to sign in on; `to` is where to go then.
pub fn sign_in(door: Door, to: &str, problem: Option<&str>, frame: &Frame) -> String {
    rendered(&SignIn {
        frame,
        door,
        to,
        problem,
    })
}

/// Writing into a string cannot fail, and templates have no other way to.
fn rendered(page: &impl Template) -> String {
    page.render().unwrap_or_default()
}
