//! Why a signature does not count, in words, with the way out.

use crate::domain::evidence::CardReading;
use crate::domain::handoff::{Side, SignRefusal, Slug};
use crate::domain::policy::Policy;

use super::{card, text, words};

/// A sentence about somebody who cannot speak for a side of a hand-off.
pub fn no_side(why: &SignRefusal, policy: &Policy) -> String {
    match why {
        SignRefusal::NoWrite => "it takes write access.".to_owned(),
        SignRefusal::TeamUnread { team } => format!("it takes both sides, and {}", unread(team)),
        SignRefusal::NoSide
        | SignRefusal::OtherSide { .. }
        | SignRefusal::AlreadySigned
        | SignRefusal::NothingToTakeBack
        | SignRefusal::NeedsPath
        | SignRefusal::NeedsEvidence
        | SignRefusal::BadEvidence
        | SignRefusal::NothingThere { .. }
        | SignRefusal::CardIsFolder
        | SignRefusal::CardLacks(_)
        | SignRefusal::Unread => format!(
            "it takes both sides, {}; you are on neither.",
            words::listed(&[
                words::members(Side::DataScience, policy),
                words::members(Side::Engineering, policy)
            ])
        ),
    }
}

/// A sentence about an entry that somebody could not sign, or take back. `who_is` is "mira is" or
/// "you are".
pub fn sentence(slug: &Slug, who_is: &str, why: &SignRefusal, policy: &Policy) -> String {
    let shown = text::code(slug.as_str(), 60);
    match why {
        SignRefusal::NoWrite => {
            format!("{shown} is signed by somebody with write access; {who_is} without it.")
        }
        SignRefusal::NoSide => format!(
            "{shown} is signed by {}; {who_is} on neither side.",
            words::listed(&[
                words::members(Side::DataScience, policy),
                words::members(Side::Engineering, policy)
            ])
        ),
        SignRefusal::TeamUnread { team } => {
            format!("{shown} is not signed: {}", unread(team))
        }
        SignRefusal::OtherSide { theirs } => {
            let owner = theirs.other();
            format!(
                "{shown} is {}'s to sign{}; {who_is} in {}.",
                words::side(owner),
                named(owner, policy),
                words::side(*theirs)
            )
        }
        SignRefusal::AlreadySigned => {
            format!(
                "{shown} is signed for this side already; `/unsign {slug}` takes it back.",
                slug = plain(slug)
            )
        }
        SignRefusal::NothingToTakeBack => {
            format!("{shown} bears no signature of this side to take back.")
        }
        SignRefusal::NeedsPath => format!(
            "{shown} is signed with its path, for example `/sign {} docs/model_card.md`.",
            plain(slug)
        ),
        SignRefusal::NeedsEvidence => format!(
            "{shown} needs evidence here, for example `/sign {} docs/report.md`.",
            plain(slug)
        ),
        SignRefusal::BadEvidence => format!(
            "Evidence for {shown} is a path in the repository or an `https` link, for example `/sign {} docs/report.md`.",
            plain(slug)
        ),
        SignRefusal::NothingThere { path, head } => format!(
            "{} is not in the repository at {}; push it, or correct the path, and sign {shown} again.",
            text::code(path, 200),
            text::code(head.short(), 10)
        ),
        SignRefusal::CardIsFolder => format!(
            "{shown} is signed with a file, which is read, and not with a folder, for example `/sign {} docs/model_card.md`.",
            plain(slug)
        ),
        SignRefusal::CardLacks(card) => lacks(slug, card),
        SignRefusal::Unread => {
            format!("{shown} is not signed: GitHub has not shown yet what there is at its path.")
        }
    }
}

/// What a model card does not say yet.
fn lacks(slug: &Slug, card: &CardReading) -> String {
    let shown = text::code(slug.as_str(), 60);
    match card {
        CardReading::Card(card) => card::needs_content(slug.as_str(), card)
            .unwrap_or_else(|| format!("{shown} needs content.")),
        CardReading::TooLarge => {
            format!("{shown} is signed with a text that can be read; this file is over 1 MB.")
        }
        CardReading::NotText => {
            format!("{shown} is signed with a text in UTF-8; this file is none.")
        }
    }
}

/// Why a team's members sign nothing.
fn unread(team: &str) -> String {
    format!(
        "the members of {} cannot be read; the checklist says why.",
        text::escape(team, 100)
    )
}

/// Members of a side in brackets, where the policy names any.
fn named(side: Side, policy: &Policy) -> String {
    let members = words::members(side, policy);
    if members == words::side(side) {
        String::new()
    } else {
        format!(" ({members})")
    }
}

/// A slug within code of ours.
fn plain(slug: &Slug) -> String {
    text::plain(slug.as_str(), 60).replace('`', "'")
}
