//! What is still to be done for a release: one step after the other, so that each can be stored.

use std::collections::BTreeSet;

use crate::domain::policy::Release;
use crate::forge::{
    Call, Done, NewRelease, ReleaseCall, ReleaseMade, ReleaseShown, Shown, TagCall,
};

use super::super::wanted::{WantedFile, WantedRelease};
use super::with_marker;

/// The purpose of a version's own tag.
const VERSION: &str = "version";

/// The next thing to do for a release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReleaseStep<'a> {
    /// A call that is about the tag, which must not stand at another commit.
    Tagging(Call),
    /// A file is to be attached.
    File(ReleaseMade, &'a WantedFile),
    /// All is there, and the registry has to be told of it.
    Tell {
        /// The release's page; `None`: there is a tag only.
        url: Option<String>,
        /// It is left for people to publish.
        draft: bool,
    },
}

/// The next thing to do for a release; `None`: nothing any more.
pub fn next_for_release<'a>(shown: &Shown, wanted: &'a WantedRelease) -> Option<ReleaseStep<'a>> {
    if wanted.tag_now && !shown.tags.contains(VERSION) {
        return Some(ReleaseStep::Tagging(Call::Tag(TagCall::Named {
            name: wanted.tag.clone(),
            commit: wanted.commit.clone(),
        })));
    }
    let publishes = match wanted.release {
        Release::Off => return tell(shown, None),
        Release::Draft => false,
        Release::Publish => true,
    };
    let Some(there) = &shown.release else {
        if wanted.made_by_hand {
            return None;
        }
        let new = NewRelease {
            slot: wanted.slot.clone(),
            tag: wanted.tag.clone(),
            commit: wanted.commit.clone(),
            title: wanted.title.clone(),
            body: with_marker(&wanted.body, &wanted.slot),
            prerelease: wanted.prerelease,
        };
        let create = Call::Release(ReleaseCall::Create(new));
        return Some(ReleaseStep::Tagging(create));
    };
    let mut files = wanted.files.iter();
    let missing = files.find(|file| !there.files.contains(file.name));
    if let (Some(file), false) = (missing, there.published) {
        return Some(ReleaseStep::File(there.made.clone(), file));
    }
    if publishes && !there.published {
        let release = there.made.clone();
        let publish = Call::Release(ReleaseCall::Publish { release });
        return Some(ReleaseStep::Tagging(publish));
    }
    tell(shown, Some(there))
}

fn tell(shown: &Shown, there: Option<&ReleaseShown>) -> Option<ReleaseStep<'static>> {
    (!shown.release_told).then(|| ReleaseStep::Tell {
        url: there.map(|it| it.made.url.clone()),
        draft: there.is_some_and(|it| !it.published),
    })
}

/// Records what came of a write to a release.
pub(super) fn release_done(shown: &mut Shown, call: &ReleaseCall, done: &Done) {
    match call {
        ReleaseCall::Create(_) => {
            if let Done::Release(made) = done {
                shown.release = Some(ReleaseShown {
                    made: made.clone(),
                    files: BTreeSet::new(),
                    published: false,
                });
            }
        }
        ReleaseCall::Attach { name, .. } => {
            if let Some(there) = &mut shown.release {
                there.files.insert(name.clone());
            }
        }
        ReleaseCall::Publish { .. } => {
            if let Some(there) = &mut shown.release {
                there.published = true;
                if let Done::Release(made) = done {
                    there.made = made.clone();
                }
            }
        }
    }
}

/// Records that a tag was made.
pub(super) fn tag_done(shown: &mut Shown, tag: &TagCall) {
    shown.tags.insert(match tag {
        TagCall::Named { .. } => VERSION.to_owned(),
        TagCall::Numbered { slot, .. } => slot.0.clone(),
    });
}

/// Records that a file needs no attaching: there is nothing to attach.
pub fn without_file(shown: &mut Shown, file: &WantedFile) {
    if let Some(there) = &mut shown.release {
        there.files.insert(file.name.to_owned());
    }
}
