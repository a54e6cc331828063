//! What stands in a hand-off's checklist beside its entries.

use crate::domain::handoff::{Handoff, Mark, Side};
use crate::domain::item::Item;
use crate::domain::policy::{Member, Policy};
use crate::domain::teams::TeamProblem;

use super::super::{Context, link, models, text, words};
use super::REASON;

/// One side has asked for the end.
pub(super) fn asked_off(handoff: &Handoff, policy: &Policy) -> Option<String> {
    let (side, (who, reason)) = handoff.off.iter().next()?;
    Some(format!(
        "> {} ({}) asks to end this hand-off: {}. It ends when {} agrees with `/handoff off reason`.",
        text::name(&who.login),
        words::side(*side),
        text::escape(reason, REASON),
        words::members(side.other(), policy)
    ))
}

/// The version that it names belongs to another pull request.
pub(super) fn taken(item: &Item, ctx: &Context<'_>) -> Option<String> {
    let (of, owner) = models::taken(item, ctx)?;
    Some(format!(
        "> ⚠️ **{} belongs to {}**, and one version is for one pull request. Name another one: `/handoff {} v…`.",
        models::version(of),
        link::item(owner, ctx),
        of.model
    ))
}

/// It was merged around a red check; that stays, whatever was signed since.
pub(super) fn merged_unsigned(handoff: &Handoff, policy: &Policy) -> Option<String> {
    let open = handoff.merged.as_ref().map(|merged| merged.open.len())?;
    if open == 0 {
        return None;
    }
    let entries = words::counted(open, "entry", "entries");
    Some(if handoff.is_complete(policy) {
        format!("> ⚠️ Merged while {entries} had no signature; signed since.")
    } else {
        format!("> ⚠️ **Merged unsigned:** {entries} had no signature. Signing stays possible.")
    })
}

/// ` · mira's signature ended with `3f2a91c`, which changed it`, for each that a push has ended.
pub(super) fn voided(mark: &Mark) -> String {
    let ended = mark.voided.values().map(|voided| {
        let what = match &voided.path {
            Some(path) => format!("which changed {}", text::code(path, 200)),
            None => "for which there is no evidence".to_owned(),
        };
        format!(
            " · {}'s signature ended with `{}`, {what}",
            text::name(&voided.by.login),
            voided.head.short()
        )
    });
    ended.collect()
}

/// Whose members cannot be known, what that means, and what mends it: in the words of the App's
/// settings, since an admin has to find it there.
pub(super) fn unread_teams(ctx: &Context<'_>) -> Option<String> {
    let sides = [Side::DataScience, Side::Engineering];
    let lines = sides.into_iter().flat_map(|side| {
        let members = side_members(side, ctx.policy);
        let teams = members.iter().filter_map(|member| match member {
            Member::Team(team) => Some((team, ctx.team_problems.get(team)?)),
            Member::Login(_) => None,
        });
        teams.map(move |(team, problem)| {
            format!(
                "> ⚠️ **Nobody signs for {} as a member of {}:** {}",
                words::side(side),
                text::escape(team, 100),
                unread_because(team, *problem)
            )
        })
    });
    let lines: Vec<String> = lines.collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

fn side_members(side: Side, policy: &Policy) -> &[Member] {
    match side {
        Side::DataScience => &policy.teams.data_science,
        Side::Engineering => &policy.teams.engineering,
    }
}

fn unread_because(team: &str, problem: TeamProblem) -> String {
    match problem {
        TeamProblem::NoSuchTeam => {
            let organisation = team.split('/').next().unwrap_or(team);
            format!(
                "there is no such team in {}, or labhand does not see it. Correct `teams:` in the policy.",
                text::escape(organisation, 60)
            )
        }
        TeamProblem::MembersHidden => "the App lacks the organisation permission **Members: read**. Add it in the App's settings under *Permissions & events*; an owner then accepts it.".to_owned(),
        TeamProblem::PersonalRepository => "this repository belongs to a person, and people have no teams. Name logins under `teams:` in the policy.".to_owned(),
        TeamProblem::Empty => "it has no members.".to_owned(),
    }
}
