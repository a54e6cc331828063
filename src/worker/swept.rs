//! What a sweep has found: it comes into the inbox like a delivery of GitHub's, so that it is kept,
//! counted, tried again and put aside in the same way.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tracing::Span;

use crate::domain::fact::{Snapshot, What};
use crate::domain::ids::CommentId;
use crate::forge::github::payload::Delivery;
use crate::forge::{Happening, Heard, ListedComment, ListedIssue, RepoRef};
use crate::store::{Key, NewDelivery};
use crate::traces;

/// The name of the event; no event of GitHub's is called so.
pub(super) const SWEEP: &str = "labhand.sweep";

/// Something that no event has told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum News {
    /// An issue looks otherwise than it should by what was heard of it.
    Listed {
        /// Label names are GitHub's.
        snapshot: Box<Snapshot>,
        updated_at: Timestamp,
    },
    /// Somebody takes in what was there before labhand.
    Adopted {
        /// Label names are GitHub's.
        snapshot: Box<Snapshot>,
        updated_at: Timestamp,
    },
    /// An issue does not stand in the list of all.
    Unlisted { at: Timestamp },
    /// Somebody has written a comment that was not answered.
    Comment(ListedComment),
    /// A comment of our own does not read as we left it.
    OursEdited {
        comment: CommentId,
        updated_at: Timestamp,
    },
    /// A comment of our own was deleted.
    OursDeleted { comment: CommentId },
    /// The board does not read as we left it.
    BoardEdited { at: Timestamp },
}

/// As it is kept: the same news of two keys are not the same.
#[derive(Serialize, Deserialize)]
struct Letter {
    to: String,
    news: News,
}

/// It counts from when it was asked for, however old the issue is.
fn adopted(snapshot: Snapshot, at: Timestamp) -> Delivery {
    let heard = |what| Heard {
        at,
        by: None,
        by_bot: false,
        what: Happening::Item(what),
    };
    let observed = What::Observed(Box::new(snapshot));
    Delivery {
        heard: vec![heard(What::Adopted), heard(observed)],
        known: true,
        ..Delivery::default()
    }
}

/// Takes an issue in that was there before labhand, quietly; the same issue twice is the same.
///
/// # Errors
/// None: an issue can always be written as JSON.
pub fn adoption(
    repo: &RepoRef,
    issue: &ListedIssue,
    now: Timestamp,
) -> Result<NewDelivery, serde_json::Error> {
    let key = Key::item(repo.installation, repo.id, issue.number);
    let news = News::Adopted {
        snapshot: Box::new(issue.now.snapshot.clone()),
        updated_at: issue.now.updated_at,
    };
    news.delivery(key, now)
}

impl News {
    /// As the inbox takes it.
    pub(super) fn delivery(
        self,
        key: Key,
        now: Timestamp,
    ) -> Result<NewDelivery, serde_json::Error> {
        let letter = Letter {
            to: key.to_string(),
            news: self,
        };
        let body = serde_json::to_vec(&letter)?;
        let digest: [u8; 32] = Sha256::digest(&body).into();
        Ok(NewDelivery {
            key,
            guid: format!("sweep-{}", hex::encode(&digest[..12])),
            event: SWEEP.to_owned(),
            hook_target: String::new(),
            digest,
            body,
            received_at: now,
            trace: traces::place(&Span::current()),
        })
    }

    /// What the inbox has kept.
    pub(super) fn read(body: &[u8]) -> Result<Self, serde_json::Error> {
        Ok(serde_json::from_slice::<Letter>(body)?.news)
    }

    /// As an item hears it.
    pub(super) fn heard(self, received_at: Timestamp) -> Delivery {
        let told = match self {
            Self::Listed {
                snapshot,
                updated_at,
            } => Some((updated_at, Happening::Listed(snapshot))),
            Self::Unlisted { at } => Some((at, Happening::Unlisted)),
            Self::Comment(comment) => Some((comment.updated_at, Happening::CommentListed(comment))),
            Self::OursEdited {
                comment,
                updated_at,
            } => Some((updated_at, Happening::OursDiffers { comment })),
            Self::OursDeleted { comment } => {
                Some((received_at, Happening::CommentDeleted { comment }))
            }
            Self::Adopted { snapshot, .. } => return adopted(*snapshot, received_at),
            // It comes to the board's own key.
            Self::BoardEdited { .. } => None,
        };
        let heard = told.map(|(at, what)| Heard {
            at,
            by: None,
            by_bot: false,
            what,
        });
        Delivery {
            heard: heard.into_iter().collect(),
            known: true,
            ..Delivery::default()
        }
    }
}
