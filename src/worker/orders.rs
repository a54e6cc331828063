//! The commands of a text become facts, with who gave them and what they were allowed then.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::intake::{Gathered, Source};
use super::kept::Repository;
use super::{StepError, Worker};
use crate::command;
use crate::domain::actor::{Actor, Needs, Permission, Standing, User};
use crate::domain::fact::{Fact, FactId, Ordered, Place, What};
use crate::domain::order::Order;
use crate::forge::{Forge, digest};

impl<F: Forge> Worker<F> {
    /// The commands of a text become facts; those that stood there before an edit are not new.
    pub(super) async fn take_commands(
        &self,
        text: Written,
        source: &Source<'_>,
        gathered: &mut Gathered,
    ) -> Result<(), StepError> {
        let policy = source.repository.policy_at(text.at);
        if !policy.enabled {
            // Nobody would answer, and to be answered weeks later helps nobody.
            return Ok(());
        }
        let prefix = policy.prefix.as_deref();
        let before = text
            .before
            .as_deref()
            .map(|before| command::read(before, prefix));
        let mut old: BTreeMap<String, usize> = BTreeMap::new();
        for found in before.into_iter().flatten() {
            *old.entry(found.normal).or_default() += 1;
        }
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        let mut actor = None;
        for written in command::read(&text.body, prefix) {
            if text.by_bot && !command::is_report(&written) {
                continue;
            }
            let nth = seen.entry(written.normal.clone()).or_default();
            *nth += 1;
            if *nth <= old.get(&written.normal).copied().unwrap_or(0) {
                continue;
            }
            let id = order_id(text.place, &written.normal, *nth);
            if source.known.contains(&id) {
                continue;
            }
            if actor.is_none() {
                actor = Some(if text.by_bot {
                    bot(&text.by)
                } else {
                    self.actor(source.repo, policy, &text.by).await?
                });
            }
            let mut by = actor.clone();
            let mut order = written.order;
            if let Some(by) = by.as_mut() {
                self.look_around(&mut order, by, source, policy).await?;
            }
            let found = match (&order, &by) {
                (Ok(order), Some(by)) => self.look_up(order, by, text.at, source, gathered).await?,
                (Ok(_) | Err(_), _) => None,
            };
            gathered.sync |= order == Ok(Order::Sync);
            let ordered = Ordered {
                place: text.place,
                index: written.index,
                text: written.text,
                order,
                needs: if text.by_bot {
                    Needs::Anyone
                } else {
                    needed(written.needs, source.repository)
                },
                found,
            };
            gathered.facts.push(Fact {
                id,
                at: text.at,
                by,
                what: What::Ordered(Box::new(ordered)),
            });
        }
        Ok(())
    }
}

/// The same command a second time in one text is another one; in another edit of the text it is not.
fn order_id(place: Place, normal: &str, nth: usize) -> FactId {
    FactId(format!("order:{}:{}:{nth}", place.key(), digest(normal)))
}

/// Whether a text holds commands that nobody has heard yet.
pub(super) fn asks(place: Place, body: &str, at: Timestamp, source: &Source<'_>) -> bool {
    let prefix = source.repository.policy_at(at).prefix.as_deref();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    command::read(body, prefix).into_iter().any(|written| {
        let nth = seen.entry(written.normal.clone()).or_default();
        *nth += 1;
        !source
            .known
            .contains(&order_id(place, &written.normal, *nth))
    })
}

/// A text that may hold commands.
pub(super) struct Written {
    pub(super) place: Place,
    pub(super) body: String,
    pub(super) before: Option<String>,
    pub(super) at: Timestamp,
    pub(super) by: User,
    /// One of the policy's bots, which may report and nothing else.
    pub(super) by_bot: bool,
}

/// Whether the policy lets this bot report.
pub(super) fn is_heeded(bot: &User, at: Timestamp, source: &Source<'_>) -> bool {
    let bare = |name: &str| {
        name.to_ascii_lowercase()
            .trim_end_matches("[bot]")
            .to_owned()
    };
    let bots = &source.repository.policy_at(at).bots;
    bots.iter()
        .any(|named| bare(named) == bare(bot.login.as_str()))
}

/// GitHub shows no permissions of bots; the policy has said what this one may.
fn bot(user: &User) -> Actor {
    Actor {
        user: user.clone(),
        standing: Standing::at_least(Permission::None),
    }
}

/// In a public repository being author or assignee is not enough (product §7). What holds is
/// settled when the command is given, not when the repository is published later.
fn needed(needs: Needs, repository: &Repository) -> Needs {
    match needs {
        Needs::AuthorAssigneeTriage if !repository.now.private => Needs::Triage,
        Needs::Anyone
        | Needs::AuthorAssigneeTriage
        | Needs::Triage
        | Needs::Write
        | Needs::Lead => needs,
    }
}
