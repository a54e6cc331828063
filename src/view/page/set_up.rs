//! The pages on which labhand is set up.

use askama::Template;

use super::{Frame, rendered};

/// What stands on the page on which an App is made.
#[derive(Debug, Clone)]
pub struct SetUp<'a> {
    /// Opens this page.
    pub key: &'a str,
    /// Where GitHub reaches labhand.
    pub url: &'a str,
    /// That is an address of this machine alone.
    pub local: bool,
    /// Whose the App is to be.
    pub org: &'a str,
    /// It may publish releases.
    pub releases: bool,
    /// Where the form sends the manifest.
    pub address: &'a str,
    /// The manifest.
    pub manifest: &'a str,
    /// In which file the App is kept.
    pub file: &'a str,
    /// Permission, level and what for.
    pub permissions: &'a [(&'a str, &'a str, &'a str)],
    /// Event and what it tells.
    pub events: &'a [(&'a str, &'a str)],
    /// What went wrong.
    pub problem: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "set_up.html")]
struct Page<'a> {
    frame: &'a Frame,
    key: &'a str,
    url: &'a str,
    local: bool,
    org: &'a str,
    releases: bool,
    address: &'a str,
    manifest: &'a str,
    file: &'a str,
    permissions: &'a [(&'a str, &'a str, &'a str)],
    events: &'a [(&'a str, &'a str)],
    problem: Option<&'a str>,
}

/// The page on which an App is made.
pub fn set_up(of: &SetUp<'_>, frame: &Frame) -> String {
    rendered(&Page {
        frame,
        key: of.key,
        url: of.url,
        local: of.local,
        org: of.org,
        releases: of.releases,
        address: of.address,
        manifest: of.manifest,
        file: of.file,
        permissions: of.permissions,
        events: of.events,
        problem: of.problem,
    })
}

#[derive(Template)]
#[template(path = "welcome.html")]
struct Welcome<'a> {
    frame: &'a Frame,
    install: &'a str,
    reached: bool,
    told: &'a str,
}

/// The page that says what to do with the App that was made. `told` says whether GitHub reaches
/// labhand; until it does the page looks again.
pub fn welcome(install: &str, reached: bool, told: &str, frame: &Frame) -> String {
    rendered(&Welcome {
        frame,
        install,
        reached,
        told,
    })
}
