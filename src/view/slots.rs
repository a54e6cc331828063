//! The names of labhand's own comments. They stand in hidden markers, by which a comment is found
//! again when the answer to its creation was lost, so they must never change their form.

use jiff::Timestamp;

use crate::domain::fact::Place;
use crate::domain::ids::{CommentId, ItemNumber, RepoId, UserId};
use crate::domain::item::{Answered, Notice, NoticeKind};
use crate::domain::version::{ModelTag, ModelVersion};
use crate::forge::{Slot, digest};

const REPLY: &str = "reply:";
const FOLLOW_UP: &str = "follow-up:";

/// The status comment.
pub fn status() -> Slot {
    Slot("status".to_owned())
}

/// The checklist comment of a hand-off.
pub fn checklist() -> Slot {
    Slot("checklist".to_owned())
}

/// How a sprint came out.
pub fn sprint(milestone: u64) -> Slot {
    Slot(format!("sprint:{milestone}"))
}

/// The board as a comment.
pub fn digest_of_board(at: Timestamp) -> Slot {
    Slot(format!("digest:{}", at.as_second()))
}

/// The board issue.
pub fn board() -> Slot {
    Slot("board".to_owned())
}

/// The issue that is opened for a decision. Items are told apart by their repository's id, since
/// several may open issues in the same other one.
pub fn follow_up(repo: RepoId, number: ItemNumber, asked_at: Timestamp) -> Slot {
    Slot(format!(
        "{FOLLOW_UP}{repo}:{number}:{}",
        asked_at.as_second()
    ))
}

/// The release of a version.
pub fn release(of: &ModelVersion) -> Slot {
    Slot(format!("release:{}", ModelTag::Version(of.clone())))
}

/// The tag of a promotion or rollback, by where that was asked for.
pub fn stage_tag(repo: RepoId, number: ItemNumber, place: (u64, u32)) -> Slot {
    let (comment, position) = place;
    Slot(format!("tag:{repo}:{number}:{comment}:{position}"))
}

/// Whether a text is that of an issue which was opened for a decision.
pub fn is_follow_up(body: &str) -> bool {
    body.contains(&format!("<!-- labhand:{FOLLOW_UP}"))
}

/// The reply that lists a comment's failed commands.
pub fn reply(place: Place) -> Slot {
    match place {
        Place::Text => Slot(format!("{REPLY}text")),
        Place::Comment(CommentId(id)) => Slot(format!("{REPLY}{id}")),
        Place::Button(check) => Slot(format!("{REPLY}check-{check}")),
    }
}

/// The answer to a command that asked for words. It has a comment of its own, since it is never
/// edited while the list of failures is.
/// Its position alone does not name it, since an edit of the comment gives that to another command.
pub fn answer(answered: &Answered) -> Slot {
    let Slot(reply) = reply(answered.place);
    let words: Vec<&str> = answered.text.split_whitespace().collect();
    let digest = digest(&words.join(" ").to_lowercase());
    Slot(format!(
        "{reply}:{:03}-{}",
        answered.index,
        digest.get(..8).unwrap_or(&digest)
    ))
}

/// The comment that a reply answers, if it is one to a comment.
pub fn answers_to(slot: &Slot) -> Option<u64> {
    slot.0.strip_prefix(REPLY)?.split(':').next()?.parse().ok()
}

/// Whether it answers a command: such a comment is not written again just because somebody
/// deleted it.
pub fn is_reply(slot: &Slot) -> bool {
    slot.0.starts_with(REPLY)
}

/// Something that is said once.
pub fn notice(notice: &Notice) -> Slot {
    let word = notice.what.word();
    let which = match &notice.what {
        // Without the time: a tick that was found by reading may be heard of again, with another.
        NoticeKind::WrongTick { slug, by, .. } => {
            let UserId(user) = by.id;
            format!("{}:{user}", marker_safe(slug.as_str()))
        }
        // A box's end is announced once, whenever that falls due.
        NoticeKind::BoxExpiring(end) | NoticeKind::BoxExpired(end) => match end.extended {
            0 => end.started.as_second().to_string(),
            times => format!("{}-{times}", end.started.as_second()),
        },
        NoticeKind::BoxReview { started, sprint } => match sprint {
            None => started.as_second().to_string(),
            Some(milestone) => format!("{}-sprint-{milestone}", started.as_second()),
        },
        NoticeKind::StageRefused { .. }
        | NoticeKind::PointsRefused
        | NoticeKind::ModelReview
        | NoticeKind::ReopenedUndecided => notice.at.as_second().to_string(),
    };
    Slot(format!("notice:{word}:{which}"))
}

/// A policy can invent slugs; nothing in one may end the hidden marker.
fn marker_safe(slug: &str) -> String {
    slug.chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
        .take(40)
        .collect()
}
