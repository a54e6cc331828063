//! All that is told of a repository, read once; the JSON, the tables and the pages are made of it.

use jiff::civil::Date;

use super::WebState;
use super::access::Sees;
use super::filter::Filter;
use super::known::KnownSprints;
use super::read::{self, Failed, Read};
use crate::domain::decisions::{self, Logged};
use crate::domain::figures::{Figures, months};
use crate::domain::ids::RepoName;
use crate::domain::policy::Policy;
use crate::domain::registry::Registry;
use crate::domain::sprint::{self, Sprint};
use crate::view::json::{
    self, BoardSheet, Decisions, FigureSheet, ItemSheet, Items, Models, Sprints,
};
use crate::view::{self, Context};

/// Months of which figures are told.
const MONTHS: usize = 24;

/// A repository with everything about it.
pub(super) struct Whole {
    read: Read,
    known: KnownSprints,
    timeline: Vec<Sprint>,
    registry: Registry,
    /// The other repositories to which decisions lead and that may be seen.
    elsewhere: Vec<RepoName>,
    web_url: std::sync::Arc<str>,
}

impl Whole {
    /// Reads what else there is of a repository.
    pub(super) async fn of(state: &WebState, sees: &Sees, read: Read) -> Result<Self, Failed> {
        Ok(Self {
            known: read::sprints(state, &read).await?,
            registry: read::registry(state, &read).await?,
            elsewhere: read::visible_elsewhere(state, sees, &read).await?,
            timeline: read.timeline(),
            web_url: std::sync::Arc::clone(&state.web_url),
            read,
        })
    }

    /// What the views have to know.
    pub(super) fn context(&self) -> Context<'_> {
        self.read.context(&self.registry, &self.web_url)
    }

    fn policy(&self) -> &Policy {
        self.read.known.policy_at(self.read.now)
    }

    fn shows(&self, repo: &RepoName) -> bool {
        self.elsewhere.contains(repo)
    }

    pub(super) fn board(&self) -> BoardSheet {
        let plan = self.read.plan(&self.timeline, &self.known);
        view::board::sheet(&self.read.items, &plan, &self.context())
    }

    pub(super) fn items(&self) -> Items {
        let read = &self.read;
        json::items(read.known.name(), &read.items, self.policy(), read.now)
    }

    /// One item; `None` where there is none.
    pub(super) fn item(&self, number: u64) -> Option<ItemSheet> {
        let read = &self.read;
        let item = read.items.iter().find(|item| item.number.0 == number)?;
        let shows = |repo: &RepoName| self.shows(repo);
        json::item(read.known.name(), item, self.policy(), read.now, shows)
    }

    pub(super) fn sprints(&self) -> Sprints {
        let read = &self.read;
        let source = json::SprintSource {
            ledger: &self.known.ledger,
            current: sprint::current(&self.timeline, read.now),
            items: &read.items,
            policy: self.policy(),
            now: read.now,
        };
        json::sprints(read.known.name(), source, |at| read.known.policy_at(at))
    }

    /// The models; with a day, of what ran only what ran on it.
    pub(super) fn models(&self, on: Option<Date>) -> Models {
        let read = &self.read;
        let name = read.known.name();
        json::models(name, &self.registry, &read.items, on, self.policy())
    }

    /// The decisions that are looked for.
    pub(super) fn decisions(&self, filter: &Filter) -> Decisions {
        let calendar = &self.policy().calendar;
        let log: Vec<Logged<'_>> = decisions::log(&self.read.items)
            .into_iter()
            .filter(|logged| filter.lets_through(logged, calendar))
            .collect();
        json::decisions(self.read.known.name(), &log, |repo| self.shows(repo))
    }

    pub(super) fn figures(&self) -> FigureSheet {
        let read = &self.read;
        let calendar = &self.policy().calendar;
        let figures = Figures::of(&read.items, calendar, read.now);
        let months = months(&read.items, calendar, read.now, MONTHS);
        let day = calendar.day_length();
        json::figures(read.known.name(), &figures, &months, day, read.now)
    }
}
