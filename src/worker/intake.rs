//! What was heard of an item becomes facts: commands are read, ticks are found, people are looked
//! up, and labels get their meaning.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::kept::Repository;
use super::noted::{note_labels, note_picture, note_state, unsettle, vanished};
use super::orders::{Written, is_heeded};
use super::{StepError, Worker};
use crate::command::ticks;
use crate::domain::actor::{Actor, Permission, Standing, User};
use crate::domain::entries::Slug;
use crate::domain::fact::{Fact, FactId, Place, Snapshot, What};
use crate::domain::ids::{CommentId, ItemNumber, RepoId};
use crate::domain::registry::Registry;
use crate::forge::{Forge, Happening, Heard, ListedComment, RepoRef, Shown, Slot, digest};
use crate::view::slots;

/// The comment with the hand-off's boxes.
pub(super) const CHECKLIST: &str = "checklist";

/// What one look at an item has gathered so far.
pub(super) struct Gathered {
    /// New facts; some may be known already.
    pub(super) facts: Vec<Fact>,
    /// Somebody asked to compare with GitHub.
    pub(super) sync: bool,
    /// A pull request changed in a way after which its links are read again.
    pub(super) read_links: bool,
    /// Canonical names of labels that were deleted from the repository.
    pub(super) vanished: BTreeSet<String>,
    /// As a list shows it, and since when; no event has told.
    pub(super) listed: Option<(Box<Snapshot>, Timestamp)>,
    /// Comments that may hold commands; no event has told.
    pub(super) comments: Vec<ListedComment>,
    /// Somebody else than we has changed its text.
    pub(super) rewritten: Option<Timestamp>,
    /// Where it was moved here from, and when.
    pub(super) arrived: Option<(Option<RepoId>, ItemNumber, Timestamp)>,
    /// Where it was moved to, and when.
    pub(super) departed: Option<(RepoId, ItemNumber, Timestamp)>,
    /// The models, with what the commands so far will have done, once one asked for them.
    pub(super) registry: Option<Registry>,
}

impl Gathered {
    /// Nothing yet.
    pub(super) fn nothing() -> Self {
        Self {
            facts: Vec::new(),
            sync: false,
            read_links: false,
            vanished: BTreeSet::new(),
            listed: None,
            comments: Vec::new(),
            rewritten: None,
            arrived: None,
            departed: None,
            registry: None,
        }
    }
}

/// Where what was heard comes from.
pub(super) struct Source<'a> {
    /// The item that was heard of.
    pub(super) number: ItemNumber,
    pub(super) repository: &'a Repository,
    pub(super) repo: &'a RepoRef,
    /// The account that labhand writes with.
    pub(super) own: &'a User,
    /// The digest of the delivery's body, in hexadecimal.
    pub(super) digest: &'a str,
    /// The facts of the item that are known already.
    pub(super) known: &'a BTreeSet<FactId>,
}

impl<F: Forge> Worker<F> {
    /// Takes in what one delivery told about an item.
    pub(super) async fn take_in(
        &self,
        heard: Vec<Heard>,
        source: &Source<'_>,
        shown: &mut Shown,
        gathered: &mut Gathered,
    ) -> Result<(), StepError> {
        for (place, heard) in heard.into_iter().enumerate() {
            let id = format!("{}-{place}", source.digest);
            let own = heard.by.as_ref().is_some_and(|by| by.id == source.own.id);
            match heard.what {
                Happening::Item(what) => {
                    if let What::Observed(snapshot) = &what {
                        let vanished = vanished(shown, snapshot, source.repository);
                        gathered.vanished.extend(vanished);
                    }
                    note_labels(shown, &what, heard.at, source.repository);
                    note_state(shown, &what, heard.at);
                    let passed_over = own && !counts_from_ourselves(&what);
                    note_picture(shown, &what, heard.at, !passed_over);
                    gathered.read_links |= matches!(what, What::Pull(_));
                    if passed_over {
                        continue;
                    }
                    let by = heard.by.map(|user| Actor {
                        user,
                        standing: implied(&what),
                    });
                    take_item_fact(what, heard.at, by, &id, source.repository, gathered);
                }
                Happening::Comment {
                    comment,
                    body,
                    author,
                    author_is_bot,
                    before,
                } => {
                    if author.id == source.own.id {
                        if let (Some(before), Some(by), false) = (before, heard.by, own) {
                            let edit = OwnEdit {
                                comment: comment.0,
                                before,
                                body,
                                at: heard.at,
                                by: (!heard.by_bot).then_some(by),
                            };
                            self.take_own_edit(edit, source, shown, gathered).await?;
                        }
                    } else if let Some(by) = heard.by {
                        let by_bot = author_is_bot || heard.by_bot;
                        if by_bot && !(by.id == author.id && is_heeded(&by, heard.at, source)) {
                            continue;
                        }
                        let text = Written {
                            place: Place::Comment(comment),
                            body,
                            before,
                            at: heard.at,
                            by,
                            by_bot,
                        };
                        self.take_commands(text, source, gathered).await?;
                    }
                }
                Happening::OursDiffers { comment } => unsettle(shown, comment),
                Happening::Listed(snapshot) => gathered.listed = Some((snapshot, heard.at)),
                Happening::CommentListed(comment) => gathered.comments.push(comment),
                Happening::Unlisted => self.look_for(heard.at, source, gathered).await?,
                Happening::CommentDeleted { comment } => forget(shown, comment),
                Happening::Text { body, before } => {
                    let Some(by) = heard.by.filter(|_| !own && !heard.by_bot) else {
                        continue;
                    };
                    gathered.rewritten = gathered.rewritten.max(before.as_ref().map(|_| heard.at));
                    let text = Written {
                        place: Place::Text,
                        body,
                        before,
                        at: heard.at,
                        by,
                        by_bot: false,
                    };
                    self.take_commands(text, source, gathered).await?;
                }
                Happening::Pressed { check, slug } => {
                    let by = heard.by.filter(|_| !own && !heard.by_bot);
                    if let Some(text) = by.map(|by| pressed(check, &slug, by, heard.at)) {
                        self.take_commands(text, source, gathered).await?;
                    }
                }
                // What concerns the repository comes to its own key.
                Happening::Arrived { from, number } => {
                    gathered.arrived = Some((from, number, heard.at));
                }
                Happening::Transferred { to, number } => {
                    gathered.departed = Some((to, number, heard.at));
                }
                Happening::Repo(_) => {}
            }
        }
        Ok(())
    }

    /// Somebody edited a comment of ours: ticks of the checklist are facts, all else is put back.
    async fn take_own_edit(
        &self,
        edit: OwnEdit,
        source: &Source<'_>,
        shown: &mut Shown,
        gathered: &mut Gathered,
    ) -> Result<(), StepError> {
        let mine = shown
            .comments
            .iter_mut()
            .find(|(_, said)| said.id.is_some_and(|id| id.0 == edit.comment));
        let Some((slot, said)) = mine else {
            return Ok(());
        };
        let after = ticks::boxes(&edit.body);
        if *slot != Slot(CHECKLIST.to_owned()) {
            said.digest = digest(&edit.body);
            return Ok(());
        }
        // One that comes late says who ticked, but not what is there now.
        if shown.boxes_as_of.is_none_or(|as_of| as_of <= edit.at) {
            said.digest = digest(&edit.body);
            shown.boxes.clone_from(&after);
            shown.boxes_as_of = Some(edit.at);
        }
        let Some(by) = edit.by else { return Ok(()) };
        let policy = source.repository.policy_at(edit.at);
        let actor = self.actor(source.repo, policy, &by).await?;
        let before = ticks::boxes(&edit.before);
        let ticked = ticked(&before, &after, edit.at, &actor, source.digest);
        gathered.facts.extend(ticked);
        Ok(())
    }
}

/// The boxes that differ between two texts of the checklist comment, as facts.
pub(super) fn ticked(
    before: &BTreeMap<Slug, bool>,
    after: &BTreeMap<Slug, bool>,
    at: Timestamp,
    by: &Actor,
    source: &str,
) -> Vec<Fact> {
    let changed = after
        .iter()
        .filter(|(slug, on)| before.get(slug).is_some_and(|was| was != *on));
    changed
        .map(|(slug, on)| Fact {
            id: FactId(format!("{source}-tick-{slug}")),
            at,
            by: Some(by.clone()),
            what: What::Ticked {
                slug: slug.clone(),
                on: *on,
            },
        })
        .collect()
}

/// An edit of a comment of ours.
struct OwnEdit {
    comment: u64,
    before: String,
    body: String,
    at: Timestamp,
    /// `None`: a bot, which ticks nothing for anybody.
    by: Option<User>,
}

/// Of what the bot does itself only this is news: that it closed or reopened, and what the item
/// it was. Its labels are no requests, and what the item looks like it knows: the board, redrawn all
/// day, would otherwise keep each of its texts for ever.
fn counts_from_ourselves(what: &What) -> bool {
    match what {
        // An issue that was opened for a decision is an item like any other.
        What::Opened(snapshot) => slots::is_follow_up(&snapshot.body),
        What::Closed { .. } | What::Reopened | What::Pull(_) | What::Gone => true,
        What::Seen(_)
        | What::Observed(_)
        | What::Adopted
        | What::Labeled { .. }
        | What::Unlabeled { .. }
        | What::Ordered(_)
        | What::Ticked { .. }
        | What::PullRead { .. }
        | What::PolicyTried { .. }
        | What::EvidenceAt { .. }
        | What::CardRead { .. }
        | What::LinkedPull { .. }
        | What::UnlinkedPull { .. }
        | What::Foundation { .. }
        | What::OtherBox { .. }
        | What::BuiltOnBy { .. }
        | What::ClosesProduct { .. }
        | What::CarriedOver(_)
        | What::MilestoneIs { .. }
        | What::FollowsUp(_)
        | What::FollowedBy { .. }
        | What::Tried { .. }
        | What::Arrived { .. }
        | What::Moved { .. } => false,
    }
}

/// What GitHub must have let somebody do for this to happen.
pub(super) fn implied(what: &What) -> Standing {
    let labelled = matches!(what, What::Labeled { .. } | What::Unlabeled { .. });
    Standing::at_least(if labelled {
        Permission::Triage
    } else {
        Permission::Read
    })
}

/// Gives labels their meaning; the labels that an item bears at its creation are requests.
fn take_item_fact(
    what: What,
    at: Timestamp,
    by: Option<Actor>,
    id: &str,
    repository: &Repository,
    gathered: &mut Gathered,
) {
    let what = match what {
        What::Opened(snapshot) => {
            let snapshot = meaning(*snapshot, repository);
            for label in &snapshot.labels {
                gathered.facts.push(Fact {
                    id: FactId(format!("{id}-label-{label}")),
                    at,
                    by: by.clone(),
                    what: What::Labeled {
                        label: label.clone(),
                    },
                });
            }
            What::Opened(Box::new(snapshot))
        }
        What::Seen(snapshot) => What::Seen(Box::new(meaning(*snapshot, repository))),
        What::Labeled { label } => What::Labeled {
            label: repository.canonical(&label),
        },
        What::Unlabeled { label } => What::Unlabeled {
            label: repository.canonical(&label),
        },
        What::Observed(snapshot) => What::Observed(Box::new(meaning(*snapshot, repository))),
        other => other,
    };
    gathered.facts.push(Fact {
        id: FactId(id.to_owned()),
        at,
        by,
        what,
    });
}

/// A comment was deleted; if it was ours, it is missing.
fn forget(shown: &mut Shown, comment: CommentId) {
    shown.deleted.insert(comment.0);
    for said in shown.comments.values_mut() {
        if said.id == Some(comment) {
            said.id = None;
        }
    }
}

/// What a button says for somebody. Two people may press one button, and both count.
fn pressed(check: u64, slug: &str, by: User, at: Timestamp) -> Written {
    Written {
        place: Place::Button(check),
        body: format!(
            "/labhand na {slug} {} pressed the check's button, without a reason",
            by.login
        ),
        before: None,
        at,
        by,
        by_bot: false,
    }
}

/// A snapshot whose labels are called by what they mean.
pub(super) fn meaning(snapshot: Snapshot, repository: &Repository) -> Snapshot {
    let labels = snapshot
        .labels
        .iter()
        .map(|label| repository.canonical(label))
        .collect();
    Snapshot { labels, ..snapshot }
}
