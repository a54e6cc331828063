//! What people ask for with commands. The grammar that reads them from comments lives in
//! `command`; here is only what they mean.

use serde::{Deserialize, Serialize};

use super::entries::Slug;
use super::ids::{ItemNumber, RepoName};
use super::kind::{Bucket, Kind, Phase, Points, Stage, Verdict};
use super::lifecycle::gates::LifecycleStage;
use super::metric::Report;
use super::version::{ModelName, ModelVersion};
use super::worktime::Span;

/// A command's meaning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// `/help [command]`: explain all commands, or one.
    Help {
        /// The command asked about, without its slash.
        topic: Option<String>,
    },
    /// `/status`: answer with the status comment's content.
    Status,
    /// `/board`: post the board here.
    Board,
    /// `/sprint`: post the sprint's summary here.
    Sprint,
    /// `/sync`: compare everything here with GitHub and mend it; takes in an old issue.
    Sync,
    /// `/kind K` and its short forms.
    Kind(Kind),
    /// `/bucket B`.
    Bucket(Bucket),
    /// `/phase P`.
    Phase(Phase),
    /// `/stage S`, `/activate`, `/analyze`.
    Stage(Stage),
    /// `/block reason`.
    Block {
        /// Why.
        reason: String,
    },
    /// `/unblock`.
    Unblock,
    /// `/timebox D`.
    Timebox(BoxLength),
    /// `/points N` or `/points N-M`.
    Points(Points),
    /// `/hypothesis T`.
    Hypothesis {
        /// The hypothesis.
        text: String,
    },
    /// `/metric M`.
    Metric {
        /// The success metric, as written.
        text: String,
    },
    /// `/builds-on #N…`; replaces what was there.
    BuildsOn(Vec<ItemNumber>),
    /// `/amend field T because R`.
    Amend {
        /// What is amended.
        field: Frozen,
        /// What it says from now on.
        text: String,
        /// Why.
        reason: String,
    },
    /// `/extend D reason`.
    Extend {
        /// How much more.
        span: Span,
        /// Why.
        reason: String,
    },
    /// `/result name=value…`, or `/result supported`.
    Result(Report),
    /// `/findings T`.
    Findings {
        /// What was learned.
        text: String,
    },
    /// `/decide D [in owner/repo] reason`.
    Decide {
        /// What was decided.
        verdict: Verdict,
        /// Where the follow-up belongs, if elsewhere.
        elsewhere: Option<RepoName>,
        /// Why.
        reason: String,
    },
    /// `/handoff [model version]`.
    Handoff {
        /// Which version of which model.
        model: Option<ModelVersion>,
    },
    /// `/handoff off reason`.
    HandoffOff {
        /// Why it is none.
        reason: String,
    },
    /// `/sign slug… [evidence]`.
    Sign {
        /// The entries.
        slugs: Vec<Slug>,
        /// A path in the repository or an `https` link.
        evidence: Option<String>,
    },
    /// `/unsign slug…`.
    Unsign {
        /// The entries.
        slugs: Vec<Slug>,
    },
    /// `/model track name`
    TrackModel {
        /// Whose home the issue is.
        model: ModelName,
    },
    /// `/select #n`
    Select(ItemNumber),
    /// `/advance`
    Advance,
    /// `/retreat stage reason`
    Retreat {
        /// To where.
        stage: LifecycleStage,
        /// Why.
        reason: String,
    },
    /// `/drift metric=value… note`
    Drift {
        /// What was measured, as written.
        measured: String,
        /// What else was said.
        note: String,
    },
    /// `/promote model version stage`
    Promote {
        /// What is to run.
        of: ModelVersion,
        /// Where, in lower case.
        stage: String,
    },
    /// `/rollback model reason`
    Rollback {
        /// Whose production goes back.
        model: ModelName,
        /// Why.
        reason: String,
    },
    /// `/na slug reason`.
    NotApplicable {
        /// The entry.
        slug: Slug,
        /// Why it does not apply.
        reason: String,
    },
}

impl Order {
    /// Whether the registry of models has a say in it.
    pub fn is_about_models(&self) -> bool {
        matches!(
            self,
            Self::Promote { .. }
                | Self::Rollback { .. }
                | Self::Handoff { model: Some(_) }
                | Self::TrackModel { .. }
                | Self::Select(_)
                | Self::Advance
                | Self::Drift { .. }
        )
    }
}

/// A field that activation freezes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Frozen {
    /// The hypothesis.
    Hypothesis,
    /// The success metric.
    Metric,
}

/// The length of a time box as somebody asked for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BoxLength {
    /// One of the policy's presets, in lower case, such as `spike`.
    Preset(String),
    /// A span, such as `1w 2d`.
    Span(Span),
}

impl BoxLength {
    /// Reads a span or the name of a preset; whether there is such a preset, the policy says.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let name = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
        let is_name = text.starts_with(char::is_alphabetic) && text.chars().all(name);
        Span::parse(text)
            .map(Self::Span)
            .or_else(|| is_name.then(|| Self::Preset(text.to_lowercase())))
    }
}

/// Why a command could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Misread {
    /// There is no such command.
    Unknown {
        /// The whole line with the closest command in place of the unknown one, if any is close.
        closest: Option<String>,
    },
    /// What follows the name is missing or wrong.
    Argument {
        /// One sentence without a full stop, such as "`2x` is no time box".
        problem: String,
        /// A command that would be right, such as `/timebox 2d`.
        example: String,
    },
}
