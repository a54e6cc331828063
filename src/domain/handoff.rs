//! The hand-off from data science to engineering: who may sign what, and when it is complete
//! (product §5). A person signs for one side of a pull request, and the author never for the other.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::actor::{Actor, Permission, User};
pub use super::entries::{Entry, Owner, Side, Slug, standard_entries};
use super::evidence::{CardReading, Evidence};
use super::ids::{CommitSha, UserId};
use super::policy::{Member, Policy};
use super::version::{ModelVersion, Version};

mod backing;
mod carry;
mod push;

pub use backing::MODEL_CARD;
pub use carry::{CarriedOver, Heir};
pub use push::Voided;

/// That somebody answers for an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// Who.
    pub by: User,
    /// When.
    pub at: Timestamp,
    /// For which head commit; `None` while the pull request's head is not known yet.
    pub head: Option<CommitSha>,
    /// A path in the repository or an `https` link.
    pub evidence: Option<String>,
    /// Git's id of what stood at the path; `None` for a link.
    #[serde(default)]
    pub object: Option<String>,
    /// The version of which it was inherited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carried: Option<Version>,
}

/// A hand-off and its signatures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handoff {
    /// Since when.
    pub since: Timestamp,
    /// Which version of which model it hands over.
    pub model: Option<ModelVersion>,
    /// A command has named the version, and the text of the pull request does not change it any more.
    #[serde(default)]
    pub named: bool,
    /// What was signed or waived, by entry.
    pub marks: BTreeMap<Slug, Mark>,
    /// Which side each person took with their first signature.
    pub took_side: BTreeMap<UserId, Side>,
    /// Who asked for its end, by side, with the reason.
    pub off: BTreeMap<Side, (User, String)>,
    /// It was ended.
    pub ended: bool,
    /// The version as which it has inherited signatures of the one before.
    #[serde(default)]
    pub carried_as: Option<ModelVersion>,
    /// The file that somebody last gave as the model card.
    #[serde(default)]
    pub card: Option<CardTried>,
    /// How it was merged, once it was.
    #[serde(default)]
    pub merged: Option<Merged>,
}

/// A file that somebody gave as the model card, signed or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardTried {
    /// Its path.
    pub path: String,
    /// The head commit at which it was looked for.
    pub head: CommitSha,
    /// Git's id of what stands there, if that is a file.
    pub object: Option<String>,
}

/// That a hand-off was merged, and how it stood then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Merged {
    /// When.
    pub at: Timestamp,
    /// The entries that were open; none, where the gate was kept.
    pub open: Vec<Slug>,
    /// All entries that were asked for.
    #[serde(default)]
    pub asked: Vec<Slug>,
    /// The policy named no teams.
    #[serde(default)]
    pub self_signed: bool,
}

/// What happened to one entry.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Mark {
    /// Signatures by side.
    pub signed: BTreeMap<Side, Signature>,
    /// Who waived it, by side, with the reason.
    pub waived: BTreeMap<Side, (User, String)>,
    /// Signatures that a push has ended, by side, until somebody signs again.
    #[serde(default)]
    pub voided: BTreeMap<Side, Voided>,
}

impl Mark {
    /// Both sides agreed that it does not apply.
    pub fn is_waived(&self) -> bool {
        self.waived.len() == BOTH.len()
    }
}

const BOTH: [Side; 2] = [Side::DataScience, Side::Engineering];

/// Who asks to sign, and what the rules need to know about the hand-off's surroundings.
#[derive(Debug, Clone, Copy)]
pub struct Signer<'a> {
    /// The person, with permission and teams of that moment.
    pub actor: &'a Actor,
    /// The pull request's author.
    pub author: Option<UserId>,
    /// The policy then.
    pub policy: &'a Policy,
}

impl Signer<'_> {
    /// The sides that this person may sign for, before any signature on this pull request.
    fn sides(&self) -> Vec<Side> {
        let teams = &self.policy.teams;
        let among = |members: &[Member]| members.iter().any(|member| self.actor.is(member));
        // Whoever is not in a team that cannot be read may be in it all the same.
        let outside =
            |members: &[Member]| !among(members) && self.unread_team_of(members).is_none();
        let (science, engineering) = (&teams.data_science, &teams.engineering);
        let (in_science, in_engineering) = match (science.is_empty(), engineering.is_empty()) {
            (true, true) => (true, true),
            (false, true) => (among(science), outside(science)),
            (true, false) => (outside(engineering), among(engineering)),
            (false, false) => (among(science), among(engineering)),
        };
        match (in_science, in_engineering) {
            (true, true) => BOTH.to_vec(),
            (true, false) => vec![Side::DataScience],
            (false, true) => vec![Side::Engineering],
            (false, false) => Vec::new(),
        }
    }

    /// A team among these members that could not be read when the person acted.
    fn unread_team_of<'a>(&self, members: &'a [Member]) -> Option<&'a str> {
        members.iter().find_map(|member| match member {
            Member::Team(team) if self.actor.standing.unread.contains(team) => Some(team.as_str()),
            Member::Team(_) | Member::Login(_) => None,
        })
    }

    /// Why somebody is on no side.
    fn on_no_side(&self) -> SignRefusal {
        let teams = &self.policy.teams;
        let unread = self
            .unread_team_of(&teams.data_science)
            .or_else(|| self.unread_team_of(&teams.engineering));
        match unread {
            Some(team) => SignRefusal::TeamUnread {
                team: team.to_owned(),
            },
            None => SignRefusal::NoSide,
        }
    }
}

/// Whether the policy names no teams, so that anyone with write access signs.
pub fn is_self_signed(policy: &Policy) -> bool {
    policy.teams.data_science.is_empty() && policy.teams.engineering.is_empty()
}

impl Handoff {
    /// A hand-off on which nobody has signed.
    pub fn begun(since: Timestamp, model: Option<ModelVersion>) -> Self {
        Self {
            since,
            model,
            named: false,
            marks: BTreeMap::new(),
            took_side: BTreeMap::new(),
            off: BTreeMap::new(),
            ended: false,
            carried_as: None,
            card: None,
            merged: None,
        }
    }

    /// What the pull request's text says of the version, which counts until a command names one or it is
    /// merged.
    pub fn named_by_text(&mut self, model: Option<&ModelVersion>) {
        if !self.named && self.merged_as().is_none() {
            self.model = model.cloned();
        }
    }

    /// The entries that were asked for when it was merged and are open; none before that.
    pub fn open_since_merged(&self, policy: &Policy) -> Vec<Slug> {
        let asked = self.merged.as_ref().map(|merged| &merged.asked);
        let open = self.open_entries(policy).into_iter();
        open.map(|(entry, _)| entry.slug)
            .filter(|slug| asked.is_some_and(|asked| asked.contains(slug)))
            .collect()
    }

    /// The version as which it was merged, which it stays.
    pub fn merged_as(&self) -> Option<&ModelVersion> {
        self.model.as_ref().filter(|_| self.merged.is_some())
    }

    /// Whether anybody has signed anything that still stands.
    pub fn has_signatures(&self) -> bool {
        self.marks.values().any(|mark| !mark.signed.is_empty())
    }

    /// The entries that are not settled, each with the sides whose turn it is.
    pub fn open_entries(&self, policy: &Policy) -> Vec<(Entry, Vec<Side>)> {
        let missing = |entry: &Entry| -> Vec<Side> {
            let mark = self.marks.get(&entry.slug);
            if mark.is_some_and(Mark::is_waived) {
                return Vec::new();
            }
            let signed = |side: &Side| mark.is_some_and(|mark| mark.signed.contains_key(side));
            let unsigned: Vec<Side> = entry
                .owner
                .sides()
                .iter()
                .copied()
                .filter(|side| !signed(side))
                .collect();
            // Where one side says that it does not apply, it is the other's turn to agree.
            match mark.filter(|mark| !mark.waived.is_empty() && !unsigned.is_empty()) {
                Some(mark) => BOTH
                    .into_iter()
                    .filter(|side| !mark.waived.contains_key(side))
                    .collect(),
                None => unsigned,
            }
        };
        let entries = policy.handoff.entries.iter();
        entries
            .map(|entry| (entry.clone(), missing(entry)))
            .filter(|(_, missing)| !missing.is_empty())
            .collect()
    }

    /// Whether everything is signed or waived by those who had to.
    pub fn is_complete(&self, policy: &Policy) -> bool {
        self.open_entries(policy).is_empty()
    }

    /// The sides that somebody may act for here: one, unless they are in both teams and have not
    /// signed yet, or the hand-off is self-signed.
    fn sides_of(&self, signer: &Signer<'_>) -> Result<Vec<Side>, SignRefusal> {
        if signer.actor.standing.permission < Permission::Write {
            return Err(SignRefusal::NoWrite);
        }
        let sides = signer.sides();
        if sides.is_empty() {
            return Err(signer.on_no_side());
        }
        if is_self_signed(signer.policy) {
            return Ok(sides);
        }
        let id = signer.actor.user.id;
        match self.took_side.get(&id) {
            // Whoever has changed teams since does not sign for the other side too.
            Some(side) if sides.contains(side) => Ok(vec![*side]),
            Some(side) => Err(SignRefusal::OtherSide { theirs: *side }),
            None if sides.len() > 1 && signer.author == Some(id) => Ok(vec![Side::DataScience]),
            None => Ok(sides),
        }
    }

    /// Signs an entry for the person's side; self-signed, for every side that it needs. What
    /// somebody who may sign gives as evidence is looked for in what was read of the head commit.
    pub fn sign(
        &mut self,
        entry: &Entry,
        evidence: Option<&str>,
        head: Option<&CommitSha>,
        known: &mut Evidence,
        signer: &Signer<'_>,
        at: Timestamp,
    ) -> Result<(), SignRefusal> {
        let theirs = self.sides_of(signer)?;
        let asked = entry.owner.sides();
        let mine: Vec<Side> = asked
            .iter()
            .copied()
            .filter(|side| theirs.contains(side))
            .collect();
        if mine.is_empty() {
            return Err(SignRefusal::OtherSide { theirs: theirs[0] });
        }
        backing::check_form(entry, evidence, signer.policy)?;
        let mark = self.marks.get(&entry.slug);
        let open: Vec<Side> = mine
            .into_iter()
            .filter(|side| !mark.is_some_and(|mark| mark.signed.contains_key(side)))
            .collect();
        if open.is_empty() {
            return Err(SignRefusal::AlreadySigned);
        }
        let object = backing::find(entry, evidence, head, known, &mut self.card)?;
        let mark = self.marks.entry(entry.slug.clone()).or_default();
        let sides = if is_self_signed(signer.policy) {
            open
        } else {
            self.took_side
                .entry(signer.actor.user.id)
                .or_insert(open[0]);
            vec![open[0]]
        };
        let signature = Signature {
            by: signer.actor.user.clone(),
            at,
            head: head.cloned(),
            evidence: evidence.map(str::to_owned),
            object,
            carried: None,
        };
        for side in sides {
            mark.voided.remove(&side);
            mark.signed.insert(side, signature.clone());
        }
        Ok(())
    }

    /// Takes the signature of the person's own side back, and its word that the entry does not
    /// apply.
    pub fn unsign(&mut self, entry: &Entry, signer: &Signer<'_>) -> Result<(), SignRefusal> {
        let theirs = self.sides_of(signer)?;
        let nothing = SignRefusal::NothingToTakeBack;
        let mark = self.marks.get_mut(&entry.slug).ok_or(nothing.clone())?;
        let before = mark.signed.len() + mark.waived.len();
        mark.signed.retain(|side, _| !theirs.contains(side));
        mark.waived.retain(|side, _| !theirs.contains(side));
        if mark.signed.len() + mark.waived.len() == before {
            Err(nothing)
        } else {
            Ok(())
        }
    }

    /// Says for the person's side that an entry does not apply; it takes both sides.
    pub fn waive(
        &mut self,
        entry: &Entry,
        reason: &str,
        signer: &Signer<'_>,
    ) -> Result<(), SignRefusal> {
        let side = self.side_for_agreement(signer)?;
        let mark = self.marks.entry(entry.slug.clone()).or_default();
        for side in side {
            mark.waived
                .insert(side, (signer.actor.user.clone(), reason.to_owned()));
        }
        Ok(())
    }

    /// Asks for the person's side that this be no hand-off; it ends when both sides have asked.
    pub fn switch_off(&mut self, reason: &str, signer: &Signer<'_>) -> Result<(), SignRefusal> {
        for side in self.side_for_agreement(signer)? {
            self.off
                .insert(side, (signer.actor.user.clone(), reason.to_owned()));
        }
        self.ended = self.off.len() == BOTH.len();
        Ok(())
    }

    /// Agreements are kept per side; self-signed, one person is both, and somebody who could be
    /// either is bound to one from then on.
    fn side_for_agreement(&mut self, signer: &Signer<'_>) -> Result<Vec<Side>, SignRefusal> {
        let sides = self.sides_of(signer)?;
        if is_self_signed(signer.policy) {
            return Ok(sides);
        }
        let side = sides[0];
        self.took_side.entry(signer.actor.user.id).or_insert(side);
        Ok(vec![side])
    }
}

/// Why somebody cannot sign an entry, or take a signature back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignRefusal {
    /// They may not write to the repository.
    NoWrite,
    /// They are on neither side.
    NoSide,
    /// They are on neither side as far as is known, but a team of the policy could not be read.
    TeamUnread {
        /// `org/team`.
        team: String,
    },
    /// It is the other side's.
    OtherSide {
        /// Theirs.
        theirs: Side,
    },
    /// Their own side has signed already.
    AlreadySigned,
    /// There is nothing of theirs to take back.
    NothingToTakeBack,
    /// A model card is signed with its path.
    NeedsPath,
    /// `handoff.strict`: every entry needs evidence.
    NeedsEvidence,
    /// Evidence is a path in the repository or an `https` link.
    BadEvidence,
    /// Nothing stands at this path at the head commit.
    NothingThere {
        /// As it was given.
        path: String,
        /// Where it was looked for.
        head: CommitSha,
    },
    /// A model card is a file.
    CardIsFolder,
    /// The model card does not say what it has to.
    CardLacks(Box<CardReading>),
    /// What stands at the path is not read yet. It is read before anybody is answered.
    Unread,
}
