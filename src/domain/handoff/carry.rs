//! Retraining need not sign everything anew: the entries that the policy names in
//! `handoff.carry_over` inherit the signatures of the model's previous version, marked so.

use serde::{Deserialize, Serialize};

use super::backing::is_link;
use super::{Handoff, MODEL_CARD, Signature, is_self_signed};
use crate::domain::entries::{Side, Slug};
use crate::domain::evidence::Evidence;
use crate::domain::ids::{CommitSha, UserId};
use crate::domain::policy::Policy;
use crate::domain::version::{ModelVersion, Version};

/// What a hand-off inherits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CarriedOver {
    /// What it hands over.
    pub of: ModelVersion,
    /// The version before; `None`: there is none, and nothing is inherited.
    pub from: Option<Version>,
    /// That version's signatures.
    pub signed: Vec<(Slug, Side, Signature)>,
}

/// What holds around a hand-off that inherits.
#[derive(Debug, Clone, Copy)]
pub struct Heir<'a> {
    /// The pull request's author, who signs for themselves.
    pub author: Option<UserId>,
    /// The pull request's head commit.
    pub head: Option<&'a CommitSha>,
    /// The policy then.
    pub policy: &'a Policy,
}

impl Handoff {
    /// Takes over what it inherits, and lets go of what it had inherited as another version. Whoever signed
    /// then is on that side here too.
    pub(in super::super) fn inherit(
        &mut self,
        carried: &CarriedOver,
        heir: &Heir<'_>,
        known: &mut Evidence,
    ) {
        for mark in self.marks.values_mut() {
            mark.signed
                .retain(|_, signature| signature.carried.is_none());
        }
        self.carried_as = Some(carried.of.clone());
        let Some(from) = &carried.from else { return };
        for (slug, side, signature) in &carried.signed {
            if !heir.wants(slug, *side) || heir.author == Some(signature.by.id) {
                continue;
            }
            if !holds(slug, signature, heir, known) {
                continue;
            }
            if !is_self_signed(heir.policy) {
                let took = self.took_side.get(&signature.by.id);
                if took.is_some_and(|took| took != side) {
                    continue;
                }
                self.took_side.insert(signature.by.id, *side);
            }
            let mark = self.marks.entry(slug.clone()).or_default();
            if mark.signed.contains_key(side) {
                continue;
            }
            let inherited = Signature {
                head: heir.head.cloned(),
                carried: Some(from.clone()),
                ..signature.clone()
            };
            mark.signed.insert(*side, inherited);
        }
    }
}

impl Heir<'_> {
    /// Whether the policy carries over what this side has signed of an entry.
    fn wants(&self, slug: &Slug, side: Side) -> bool {
        let handoff = &self.policy.handoff;
        let named = handoff.carry_over.iter().any(|it| it == slug.as_str());
        let mut entries = handoff.entries.iter();
        named && entries.any(|it| it.slug == *slug && it.owner.sides().contains(&side))
    }
}

/// Whether a signature is as good for this commit: what it was given for is the same. What is not read
/// yet is asked for, and inherited once it is.
fn holds(slug: &Slug, signature: &Signature, heir: &Heir<'_>, known: &mut Evidence) -> bool {
    match signature.evidence.as_deref() {
        None => !heir.policy.handoff.strict && slug.as_str() != MODEL_CARD,
        Some(link) if is_link(link) => true,
        Some(path) => {
            let there = heir.head.and_then(|head| known.look(head, path));
            there.is_some_and(|thing| thing.map(|it| &it.object) == signature.object.as_ref())
        }
    }
}
