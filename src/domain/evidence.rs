//! What stands at the paths that people give as evidence. The content of a commit never changes, so
//! what was once read of one holds for ever, whenever it was asked for; what the fold needed and did
//! not find here is noted, and asked of the forge before anything is shown.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::ids::CommitSha;
use super::model_card::ModelCard;

/// What stands at a path of a commit. Its id is that of git's object, so equal ids mean equal
/// content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThingAt {
    /// Git's id of the file or folder.
    pub object: String,
    /// A folder, or a submodule, which looks like one.
    pub is_folder: bool,
}

/// A file's text at a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextAt {
    /// All of it.
    Text(String),
    /// Over 1 MB, which GitHub does not hand out as it does other files.
    TooLarge,
    /// Not UTF-8.
    NotText,
    /// No file: nothing at all, or a folder, or no such commit.
    Nothing,
}

/// What was read of a file that is to be a model card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CardReading {
    /// A card.
    Card(ModelCard),
    /// Over 1 MB.
    TooLarge,
    /// No text.
    NotText,
}

impl CardReading {
    /// It says what a card has to say.
    pub fn is_complete(&self) -> bool {
        match self {
            Self::Card(card) => card.is_complete(),
            Self::TooLarge | Self::NotText => false,
        }
    }
}

/// What was read of the commits of one pull request, and what is still to be read.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Evidence {
    /// By commit and path; `None`: nothing stands there.
    known: BTreeMap<CommitSha, BTreeMap<String, Option<ThingAt>>>,
    /// By commit, the paths that the fold needed to know of.
    unread: BTreeMap<CommitSha, BTreeSet<String>>,
    /// Model cards, by git's id of the file.
    #[serde(default)]
    cards: BTreeMap<String, CardReading>,
    /// Model cards that the fold needed to know, and where each stands.
    #[serde(default)]
    unread_cards: BTreeMap<String, (CommitSha, String)>,
}

impl Evidence {
    /// What stands at a path of a commit, if that was read; else it is noted as still to be read.
    pub fn look(&mut self, commit: &CommitSha, path: &str) -> Option<Option<&ThingAt>> {
        let known = self.known.get(commit).and_then(|paths| paths.get(path));
        if known.is_none() {
            let unread = self.unread.entry(commit.clone()).or_default();
            unread.insert(path.to_owned());
        }
        known.map(Option::as_ref)
    }

    /// This stands there, and always did.
    pub fn learn(&mut self, commit: &CommitSha, path: &str, thing: Option<ThingAt>) {
        let known = self.known.entry(commit.clone()).or_default();
        known.insert(path.to_owned(), thing);
    }

    /// What the model card says that stands at a path of a commit, if it was read; else it is noted as
    /// still to be read.
    pub fn card(&mut self, object: &str, commit: &CommitSha, path: &str) -> Option<&CardReading> {
        let card = self.cards.get(object);
        if card.is_none() {
            let place = (commit.clone(), path.to_owned());
            self.unread_cards.insert(object.to_owned(), place);
        }
        card
    }

    /// What a model card says that was read, by git's id of the file.
    pub fn card_read(&self, object: &str) -> Option<&CardReading> {
        self.cards.get(object)
    }

    /// A file says this as a model card, and always did.
    pub fn learn_card(&mut self, object: &str, card: CardReading) {
        self.cards.insert(object.to_owned(), card);
    }

    /// The model cards that are to be read before anything can be shown, by git's id.
    pub fn unread_cards(&self) -> impl Iterator<Item = (&String, &(CommitSha, String))> {
        self.unread_cards.iter()
    }

    /// What is to be read before anything can be shown.
    pub fn unread(&self) -> impl Iterator<Item = (&CommitSha, &BTreeSet<String>)> {
        self.unread.iter()
    }
}
