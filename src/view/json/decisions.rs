//! `/decisions`: the decision log.

use jiff::Timestamp;
use serde::Serialize;

use crate::domain::decisions::Logged;
use crate::domain::fact::ItemAt;
use crate::domain::ids::RepoName;
use crate::domain::item::Superseded;

/// The decision log of a repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Decisions {
    /// `owner/name`.
    pub repo: String,
    /// The newest first.
    pub decisions: Vec<DecisionLine>,
}

/// A decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DecisionLine {
    /// The number of the item that it was made on.
    pub number: u64,
    /// The item's title.
    pub title: String,
    /// The item was deleted since.
    pub deleted: bool,
    /// `productionize`, `abandon` or `more-research`.
    pub verdict: &'static str,
    /// Why, as it was written.
    pub reason: String,
    /// The login of who decided.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// The issue that labhand opened for it.
    pub opened: Option<Opened>,
    /// Why it does not count any more: `reopened` or `revised`.
    pub superseded: Option<&'static str>,
}

/// An issue that was opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Opened {
    /// `owner/name`.
    pub repo: String,
    /// Its number there.
    pub number: u64,
}

/// The log of a repository. Of what was opened elsewhere is told where `shows` says so.
pub fn decisions(
    repo: &RepoName,
    log: &[Logged<'_>],
    shows: impl Fn(&RepoName) -> bool,
) -> Decisions {
    let opened = |it: &ItemAt| {
        let at = it.repo.as_ref().unwrap_or(repo);
        (it.repo.is_none() || shows(at)).then(|| Opened {
            repo: at.to_string(),
            number: it.number.0,
        })
    };
    let line = |logged: &Logged<'_>| DecisionLine {
        number: logged.number.0,
        title: logged.title.to_owned(),
        deleted: logged.deleted,
        verdict: logged.decision.verdict.word(),
        reason: logged.decision.reason.clone(),
        by: logged.decision.by.login.to_string(),
        at: logged.decision.at,
        opened: logged.opened.and_then(opened),
        superseded: logged.superseded.map(|why| match why {
            Superseded::Reopened => "reopened",
            Superseded::Revised => "revised",
        }),
    };
    Decisions {
        repo: repo.to_string(),
        decisions: log.iter().map(line).collect(),
    }
}
