//! What the story plays in: the stand-in for GitHub, a bot that serves it, and a clock that the
//! story moves. The bot is the one that `labhand serve` runs, on a store in a temporary folder.

use std::collections::BTreeMap;

use anyhow::{Context as _, anyhow};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use super::script::{Act, BEGINS, Name, PEOPLE, REPO, SPRINT, TEAMS, ZONE};
use crate::cli::bot::Bot;
use crate::cli::rehearsal::Rehearsal;
use crate::clock::Clock;
use crate::domain::ids::{CommentId, ItemNumber};
use crate::forge::github::GitHub;
use crate::sim::{Selection, Sim, SimOptions};
use crate::store::Store;

/// What webhooks are signed with; both ends live in this process.
const SECRET: &str = "the demo's own secret";

/// What falls due within this time belongs to what has just happened: the board, for one, gathers
/// changes for some seconds.
const SOON: SignedDuration = SignedDuration::from_secs(15);

/// A running stage for the story.
pub(super) struct World {
    pub gh: Sim,
    zone: TimeZone,
    clock: Clock,
    store: Store,
    bot: Bot<GitHub>,
    stop: CancellationToken,
    numbers: BTreeMap<Name, ItemNumber>,
    sprint: Option<u64>,
    /// Removed with everything in it when the story is over.
    _folder: TempDir,
}

impl World {
    /// The bot's routes, its web board among them.
    pub fn router(&self) -> axum::Router {
        self.bot.router()
    }

    /// Sets the scene: people, teams and an empty repository, with nothing installed on it.
    pub async fn set_up(pages_link_to: &str) -> anyhow::Result<Self> {
        let zone = TimeZone::get(ZONE).with_context(|| format!("the time zone {ZONE}"))?;
        let clock = Clock::manual(instant(BEGINS, &zone)?);
        let told = clock.clone();
        let gh = Sim::start(SimOptions {
            webhook_secret: SECRET.to_owned(),
            clock: Box::new(move || told.now()),
            ..SimOptions::default()
        })
        .await?;
        for (login, _) in PEOPLE {
            gh.user(login);
        }
        for (team, members) in TEAMS {
            gh.team(team, members);
        }
        gh.repo(REPO);
        for (login, role) in PEOPLE {
            gh.collaborator(REPO, login, role);
        }

        let folder = tempfile::tempdir().context("no temporary folder can be made")?;
        let database = folder.path().join("labhand.db");
        let store = Store::open(&format!("sqlite://{}", database.display())).await?;
        let rehearsal = Rehearsal {
            pages_link_to: pages_link_to.to_owned(),
            ..Rehearsal::new(SECRET)
        };
        let bot = Bot::on(&gh, store.clone(), clock.clone(), rehearsal)?;
        let (_, stop) = bot.hears(&gh).await?;
        Ok(Self {
            gh,
            zone,
            clock,
            store,
            bot,
            stop,
            numbers: BTreeMap::new(),
            sprint: None,
            _folder: folder,
        })
    }

    /// Lets everything that is under way come to its end.
    pub async fn settle(&self) -> anyhow::Result<()> {
        loop {
            self.gh.deliver().await;
            self.bot.worker().drain().await?;
            if self.gh.pending() > 0 {
                continue;
            }
            match self.store.next_due().await? {
                Some(due) if due <= self.now() + SOON => self.clock.advance_to(due),
                Some(_) | None => return Ok(()),
            }
        }
    }

    /// Moves the clock to the next time at which labhand has something to do, `end` at the latest;
    /// `false` once it is there.
    pub async fn pass_towards(&self, end: Timestamp) -> anyhow::Result<bool> {
        let next = self.store.next_due().await?.filter(|due| *due < end);
        self.clock.advance_to(next.unwrap_or(end));
        if next.is_some() {
            self.settle().await?;
        }
        Ok(next.is_some())
    }

    /// The time of the story.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The team's zone.
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// The instant of a time on the team's clocks.
    pub fn instant(&self, local: DateTime) -> anyhow::Result<Timestamp> {
        instant(local, &self.zone)
    }

    /// The number that an item of the story got.
    pub fn number(&self, name: Name) -> anyhow::Result<ItemNumber> {
        let known = self.numbers.get(&name).copied();
        known.ok_or_else(|| anyhow!("the story speaks of {} before it is there", name.0))
    }

    /// Does what somebody does; the issue or pull request that it happened to, if any.
    pub fn perform(&mut self, who: &str, act: &Act) -> anyhow::Result<Option<ItemNumber>> {
        let person = self.gh.as_user(REPO, who);
        let number = match act {
            Act::Install => {
                let (owner, _) = REPO.split_once('/').unwrap_or((REPO, ""));
                self.gh.install(owner, Selection::Only(&[REPO]));
                return Ok(None);
            }
            Act::Commit { path, text } => {
                person.write_file(path, text);
                return Ok(None);
            }
            Act::PlanSprint => {
                let due = self.instant(SPRINT.1)?;
                self.sprint = Some(person.milestone(SPRINT.0, Some(due)));
                return Ok(None);
            }
            Act::Open {
                name,
                title,
                text,
                taken,
            } => {
                let text = self.numbered(text);
                let mut draft = person.open_issue(title).body(&text);
                if *taken {
                    draft = draft.assign(&[who]);
                }
                if let Some(sprint) = self.sprint {
                    draft = draft.milestone(sprint);
                }
                let number = draft.send();
                self.numbers.insert(*name, number);
                number
            }
            Act::Propose {
                name,
                title,
                text,
                files,
                draft,
            } => {
                let text = self.numbered(text);
                let pull = person.open_pull(title).body(&text);
                let pull = pull.files(files);
                let number = if *draft {
                    pull.draft().send()
                } else {
                    pull.send()
                };
                self.numbers.insert(*name, number);
                number
            }
            Act::Say { on, text } => {
                let number = self.number(*on)?;
                person.comment(number, text);
                number
            }
            Act::Label { on, label } => {
                let number = self.number(*on)?;
                person.label(number, label);
                number
            }
            Act::Take { on } => {
                let number = self.number(*on)?;
                person.assign(number, who);
                number
            }
            Act::TakeUp { name, of } => self.take_up(who, *name, *of)?,
            Act::Tick { on, slugs } => {
                let number = self.number(*on)?;
                let checklist = self.checklist(number)?;
                for slug in *slugs {
                    person.tick(checklist, slug);
                }
                number
            }
            Act::Push { on, files } => {
                let number = self.number(*on)?;
                person.push(number, files);
                number
            }
            Act::Ready { on } => {
                let number = self.number(*on)?;
                person.ready(number);
                number
            }
            Act::Merge { on } => {
                let number = self.number(*on)?;
                person.merge(number);
                number
            }
            Act::Close { on } => {
                let number = self.number(*on)?;
                person.close(number);
                number
            }
        };
        Ok(Some(number))
    }

    /// The comment whose boxes are ticked.
    fn checklist(&self, pull: ItemNumber) -> anyhow::Result<CommentId> {
        let comments = self.gh.issue(REPO, pull).comments;
        let checklist = comments
            .iter()
            .find(|comment| comment.body.contains("- [ ] `"));
        Ok(checklist.context("there is no checklist to tick")?.id)
    }

    /// Takes the issue that labhand opened for a decision into the sprint.
    fn take_up(&mut self, who: &str, name: Name, of: Name) -> anyhow::Result<ItemNumber> {
        let person = self.gh.as_user(REPO, who);
        let number = self.opened_for(of)?;
        self.numbers.insert(name, number);
        person.assign(number, who);
        if let Some(sprint) = self.sprint {
            person.set_milestone(number, sprint);
        }
        Ok(number)
    }

    /// The issue that labhand opened for a decision.
    fn opened_for(&self, of: Name) -> anyhow::Result<ItemNumber> {
        let decided = self.number(of)?;
        let origin = format!(":{decided}:");
        let issues = self.gh.issues(REPO);
        let opened = issues.iter().find(|issue| {
            let marker = issue.body.split("<!-- labhand:follow-up:").nth(1);
            marker.is_some_and(|marker| marker.contains(&origin))
        });
        let opened = opened.with_context(|| format!("nothing was opened for {}", of.0))?;
        Ok(opened.number)
    }

    /// The text with numbers for names.
    fn numbered(&self, text: &str) -> String {
        self.numbers
            .iter()
            .fold(text.to_owned(), |text, (name, number)| {
                text.replace(&format!("{{{}}}", name.0), &number.to_string())
            })
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

fn instant(local: DateTime, zone: &TimeZone) -> anyhow::Result<Timestamp> {
    Ok(zone.to_timestamp(local)?)
}
