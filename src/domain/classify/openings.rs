//! The opening words of titles and the kind that they imply.

use super::title::Words;
use crate::domain::kind::Kind;

/// What the opening words imply, if they leave little doubt.
pub(super) fn kind(words: &Words) -> Option<Kind> {
    let (_, meaning) = OPENINGS
        .iter()
        .filter(|(opening, _)| words.begins_with(opening) && words.goes_on_after(opening))
        .max_by_key(|(opening, _)| opening.len())?;
    match meaning {
        Meaning::Is(kind) => Some(*kind),
        Meaning::Test => (!words.has_any(OF_SOFTWARE_TESTS)).then_some(Kind::Experiment),
        Meaning::Review => words.has_any(READABLE).then_some(Kind::Research),
        Meaning::Evaluate => Some(if words.has_any(MEASURABLE) {
            Kind::Experiment
        } else {
            Kind::Research
        }),
        Meaning::SetUp => Some(if words.has_any(OPERATED) {
            Kind::Maintenance
        } else {
            Kind::Development
        }),
    }
}

/// What an opening verb means.
enum Meaning {
    /// One kind, whatever follows.
    Is(Kind),
    /// An experiment, unless software is what is tested.
    Test,
    /// Research, if what follows can be read; a review of code is none.
    Review,
    /// An experiment if what follows can be measured, otherwise research.
    Evaluate,
    /// Maintenance if what follows is operated, otherwise development.
    SetUp,
}

const OF_SOFTWARE_TESTS: &[&str] = &[
    "coverage",
    "unit",
    "integration",
    "e2e",
    "end-to-end",
    "flaky",
    "suite",
    "endpoint",
    "page",
    "button",
    "login",
    "ui",
    "backup",
    "backups",
    "restore",
    "rollback",
    "deployment",
    "ci",
    "installer",
    "script",
    "fixtures",
];

const READABLE: &[&str] = &[
    "paper",
    "papers",
    "literature",
    "article",
    "articles",
    "research",
    "book",
    "approaches",
    "methods",
    "techniques",
    "options",
    "alternatives",
    "state-of-the-art",
    "landscape",
    "tutorial",
    "course",
    "chapter",
    "preprint",
    "preprints",
];

const MEASURABLE: &[&str] = &[
    "model",
    "models",
    "classifier",
    "embeddings",
    "baseline",
    "accuracy",
    "f1",
    "auc",
    "precision",
    "recall",
    "performance",
    "bert",
    "gpt",
    "xgboost",
    "lightgbm",
    "lstm",
    "against",
];

const OPERATED: &[&str] = &[
    "monitoring",
    "alerts",
    "alerting",
    "drift",
    "pipeline",
    "pipelines",
    "retraining",
    "cron",
    "backups",
    "ci",
];

use Kind::{Development, Experiment, Maintenance, Research};
use Meaning::{Evaluate, Is, Review, SetUp, Test};

/// The longest opening that fits counts.
const OPENINGS: &[(&str, Meaning)] = &[
    ("analyse", Is(Research)),
    ("analyze", Is(Research)),
    ("assess", Is(Research)),
    ("brainstorm", Is(Research)),
    ("discover", Is(Research)),
    ("examine", Is(Research)),
    ("explore", Is(Research)),
    ("figure out", Is(Research)),
    ("find out", Is(Research)),
    ("investigate", Is(Research)),
    ("learn", Is(Research)),
    ("look into", Is(Research)),
    ("read", Review),
    ("research", Is(Research)),
    ("review", Review),
    ("scout", Is(Research)),
    ("spike", Is(Research)),
    ("study", Is(Research)),
    ("survey", Is(Research)),
    ("understand", Is(Research)),
    ("a/b test", Is(Experiment)),
    ("ab test", Is(Experiment)),
    ("ablate", Is(Experiment)),
    ("benchmark", Is(Experiment)),
    ("compare", Is(Experiment)),
    ("evaluate", Evaluate),
    ("experiment with", Is(Experiment)),
    ("fine-tune", Is(Experiment)),
    ("finetune", Is(Experiment)),
    ("measure", Is(Experiment)),
    ("test", Test),
    ("train", Is(Experiment)),
    ("try", Is(Experiment)),
    ("try out", Is(Experiment)),
    ("tune", Is(Experiment)),
    ("validate", Evaluate),
    ("add", Is(Development)),
    ("automate", Is(Development)),
    ("build", Is(Development)),
    ("containerise", Is(Development)),
    ("containerize", Is(Development)),
    ("create", Is(Development)),
    ("deploy", Is(Development)),
    ("design", Is(Development)),
    ("develop", Is(Development)),
    ("dockerise", Is(Development)),
    ("dockerize", Is(Development)),
    ("document", Is(Development)),
    ("enable", Is(Development)),
    ("expose", Is(Development)),
    ("extend", Is(Development)),
    ("implement", Is(Development)),
    ("integrate", Is(Development)),
    ("introduce", Is(Development)),
    ("package", Is(Development)),
    ("productionise", Is(Development)),
    ("productionize", Is(Development)),
    ("provide", Is(Development)),
    ("publish", Is(Development)),
    ("release", Is(Development)),
    ("roll out", Is(Development)),
    ("serve", Is(Development)),
    ("set up", SetUp),
    ("setup", SetUp),
    ("ship", Is(Development)),
    ("support", Is(Development)),
    ("write", Is(Development)),
    ("backfill", Is(Maintenance)),
    ("bump", Is(Maintenance)),
    ("clean up", Is(Maintenance)),
    ("cleanup", Is(Maintenance)),
    ("debug", Is(Maintenance)),
    ("deprecate", Is(Maintenance)),
    ("fix", Is(Maintenance)),
    ("hotfix", Is(Maintenance)),
    ("improve", Is(Maintenance)),
    ("migrate", Is(Maintenance)),
    ("monitor", Is(Maintenance)),
    ("optimise", Is(Maintenance)),
    ("optimize", Is(Maintenance)),
    ("patch", Is(Maintenance)),
    ("re-train", Is(Maintenance)),
    ("recalibrate", Is(Maintenance)),
    ("reduce", Is(Maintenance)),
    ("refactor", Is(Maintenance)),
    ("refresh", Is(Maintenance)),
    ("remove", Is(Maintenance)),
    ("rename", Is(Maintenance)),
    ("repair", Is(Maintenance)),
    ("replace", Is(Maintenance)),
    ("resolve", Is(Maintenance)),
    ("retrain", Is(Maintenance)),
    ("revert", Is(Maintenance)),
    ("rotate", Is(Maintenance)),
    ("speed up", Is(Maintenance)),
    ("update", Is(Maintenance)),
    ("upgrade", Is(Maintenance)),
];
