//! What is said when a setting is wrong: it is named as in the file and as in the environment.

use std::fmt;

/// Environment variables of labhand's begin with this.
pub(super) const PREFIX: &str = "LABHAND_";

/// Between a section and its key in the name of an environment variable.
pub(super) const SEPARATOR: &str = "__";

/// What is wrong with a setting. The message names it and shows how it may look; it never shows
/// what it is now, which may be a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// A value that does not do.
    #[error("{name}: {problem}; for example {example}", name = Named(.setting))]
    Wrong {
        /// `section.key`.
        setting: &'static str,
        /// What is wrong.
        problem: String,
        /// How it may look.
        example: &'static str,
    },
    /// There is no such setting.
    #[error("there is no setting `{given}`{}", .meant.as_ref().map(|meant| format!("; did you mean `{meant}`?")).unwrap_or_default())]
    Unknown {
        /// As it was written.
        given: String,
        /// The nearest that there is.
        meant: Option<String>,
    },
    /// The file cannot be read, or is no TOML.
    #[error("the settings file {path}: {problem}")]
    File {
        /// Which.
        path: String,
        /// What is wrong.
        problem: String,
    },
}

/// A setting as both of its names.
struct Named<'a>(&'a str);

impl fmt::Display for Named<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.0, variable(self.0))
    }
}

/// The environment variable of a setting.
pub(super) fn variable(setting: &str) -> String {
    format!(
        "{PREFIX}{}",
        setting.to_ascii_uppercase().replacen('.', SEPARATOR, 1)
    )
}
