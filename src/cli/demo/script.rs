//! The story that the demo tells: a sprint of a team of six, as a list of what people do and when.
//! Only their side stands here; what labhand makes of it is seen when it happens.

use jiff::civil::DateTime;

/// The repository of the story.
pub(super) const REPO: &str = "acme/fraud";
/// Where the team's clocks are.
pub(super) const ZONE: &str = "Europe/Berlin";
/// Who may do what in the repository.
pub(super) const PEOPLE: &[(&str, &str)] = &[
    ("lena", "maintain"),
    ("mira", "write"),
    ("jonas", "write"),
    ("noor", "write"),
    ("ana", "write"),
    ("lee", "write"),
];
/// The teams of `acme`.
pub(super) const TEAMS: &[(&str, &[&str])] = &[
    ("acme/data-science", &["mira", "jonas", "noor"]),
    ("acme/ml-platform", &["ana", "lee"]),
];
/// The sprint that everything belongs to, and when it is due.
pub(super) const SPRINT: (&str, DateTime) = ("Sprint 12", on(DEC, 4, 13, 0));
/// When the story begins, and when it is over.
pub(super) const BEGINS: DateTime = on(NOV, 23, 8, 40);
/// When work on the sprint's last day is over.
pub(super) const ENDS: DateTime = on(DEC, 4, 17, 0);
/// The morning after the sprint.
pub(super) const AFTERWARDS: DateTime = on(DEC, 7, 9, 0);

const POLICY: &str = "\
calendar:
  timezone: Europe/Berlin
sprint:
  capacity: 40
teams:
  data_science: [acme/data-science]
  engineering: [acme/ml-platform]
handoff:
  paths: [\"models/**\"]
";

/// What somebody does, and when, by the team's clocks.
#[derive(Debug)]
pub(super) struct Step {
    pub at: DateTime,
    pub who: &'static str,
    pub act: Act,
}

/// What the story calls an issue or a pull request. Within texts its number is written `{name}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Name(pub &'static str);

/// What can be done.
#[derive(Debug)]
pub(super) enum Act {
    /// Installs labhand on the repository.
    Install,
    /// Commits a file to the default branch.
    Commit {
        path: &'static str,
        text: &'static str,
    },
    /// Creates the milestone of the sprint.
    PlanSprint,
    /// Opens an issue in the sprint, perhaps assigned to themselves.
    Open {
        name: Name,
        title: &'static str,
        text: &'static str,
        taken: bool,
    },
    /// Opens a pull request.
    Propose {
        name: Name,
        title: &'static str,
        text: &'static str,
        files: &'static [(&'static str, &'static str)],
        draft: bool,
    },
    /// Writes a comment.
    Say { on: Name, text: &'static str },
    /// Puts a label on.
    Label { on: Name, label: &'static str },
    /// Assigns the item to themselves.
    Take { on: Name },
    /// Takes the issue that labhand opened for a decision into the sprint.
    TakeUp { name: Name, of: Name },
    /// Ticks boxes of the checklist.
    Tick {
        on: Name,
        slugs: &'static [&'static str],
    },
    /// Says that a draft is ready for review.
    Ready { on: Name },
    /// Merges a pull request.
    Merge { on: Name },
    /// Closes an issue as completed.
    Close { on: Name },
}

const NLP: Name = Name("nlp");
const GPT: Name = Name("gpt");
const ENDPOINT: Name = Name("endpoint");
const RETRAIN: Name = Name("retrain");
const BERT: Name = Name("bert");
const GRAPH: Name = Name("graph");
const DEPLOY: Name = Name("deploy");
const DOCUMENT: Name = Name("document");
const PIPELINE: Name = Name("pipeline");
const PAPERS: Name = Name("papers");
const TOOLING: Name = Name("tooling");
const DISTIL: Name = Name("distil");
const FULL: Name = Name("full");
const SHIP: Name = Name("ship");
const BASELINE: Name = Name("baseline");
const TIMEOUT_PULL: Name = Name("timeout-pull");
const ENDPOINT_PULL: Name = Name("endpoint-pull");
const HANDOFF: Name = Name("handoff");
const RETRAIN_PULL: Name = Name("retrain-pull");

/// The item whose status comment is shown at the end.
pub(super) const SHOWN_EXPERIMENT: Name = BERT;
/// The item whose time box ran out.
pub(super) const SHOWN_EXPIRY: Name = GPT;
/// The item on which a command was mistyped.
pub(super) const SHOWN_MISTAKE: Name = ENDPOINT;
/// The item that came out of a decision.
pub(super) const SHOWN_FOLLOW_UP: Name = SHIP;
/// The pull request whose checklist is shown at the end.
pub(super) const SHOWN_HANDOFF: Name = HANDOFF;

/// The story.
pub(super) const STORY: &[Step] = &[
    // Monday: the sprint is planned, and the first boxes start.
    does(on(NOV, 23, 8, 45), "lena", Act::Install),
    does(
        on(NOV, 23, 8, 47),
        "lena",
        Act::Commit {
            path: ".github/labhand.yml",
            text: POLICY,
        },
    ),
    does(on(NOV, 23, 8, 50), "lena", Act::PlanSprint),
    opens(
        on(NOV, 23, 9, 0),
        "jonas",
        NLP,
        "Explore NLP approaches for sentiment (2 days)",
        "Question: which approach is worth an experiment?",
        true,
    ),
    opens(
        on(NOV, 23, 9, 3),
        "noor",
        GPT,
        "Test BERT vs GPT for classification",
        "",
        true,
    ),
    opens(
        on(NOV, 23, 9, 6),
        "ana",
        ENDPOINT,
        "Implement recommendation API endpoint",
        "### Deliverables\n\n- [ ] the endpoint\n- [ ] a load test",
        true,
    ),
    opens(
        on(NOV, 23, 9, 9),
        "lee",
        RETRAIN,
        "Retrain fraud model with Q4 data",
        "",
        false,
    ),
    opens(
        on(NOV, 23, 9, 12),
        "mira",
        BERT,
        "Compare BERT vs GPT-2 for classification (3 days)",
        "",
        true,
    ),
    opens(
        on(NOV, 23, 9, 15),
        "noor",
        GRAPH,
        "Explore graph features for fraud detection (2 days)",
        "",
        true,
    ),
    opens(
        on(NOV, 23, 9, 18),
        "mira",
        DEPLOY,
        "Deploy recommendation model v2.3",
        "### Deliverables\n\n- [ ] v2.3 serves all traffic",
        false,
    ),
    opens(
        on(NOV, 23, 9, 21),
        "ana",
        DOCUMENT,
        "Document model training process",
        "",
        false,
    ),
    opens(
        on(NOV, 23, 9, 24),
        "lee",
        PIPELINE,
        "Fix data pipeline timeout issue",
        "",
        false,
    ),
    opens(
        on(NOV, 23, 9, 27),
        "jonas",
        PAPERS,
        "Review recent papers on transformer efficiency",
        "",
        true,
    ),
    opens(
        on(NOV, 23, 9, 30),
        "lee",
        TOOLING,
        "Explore new MLOps tooling",
        "",
        false,
    ),
    says(on(NOV, 23, 9, 32), "lee", RETRAIN, "/points 5"),
    says(on(NOV, 23, 9, 33), "lee", PIPELINE, "/points 4"),
    says(on(NOV, 23, 9, 34), "mira", DEPLOY, "/points 3-7"),
    says(on(NOV, 23, 9, 35), "jonas", NLP, "/activate"),
    does(
        on(NOV, 23, 9, 40),
        "mira",
        Act::Label {
            on: BERT,
            label: "stage/active",
        },
    ),
    says(
        on(NOV, 23, 9, 44),
        "mira",
        BERT,
        "/hypothesis Fine-tuned BERT routes tickets better than GPT-2\n/metric f1 >= 0.85 baseline 0.80; latency_p95 < 50 ms baseline 38 ms\n/activate",
    ),
    says(on(NOV, 23, 10, 0), "ana", ENDPOINT, "/pionts 8"),
    says(on(NOV, 23, 10, 2), "ana", ENDPOINT, "/points 8"),
    says(on(NOV, 23, 10, 30), "jonas", PAPERS, "/timebox 4h"),
    says(on(NOV, 23, 10, 31), "lee", TOOLING, "/timebox 1d"),
    does(on(NOV, 23, 11, 0), "lee", Act::Take { on: PIPELINE }),
    says(
        on(NOV, 23, 13, 0),
        "noor",
        GPT,
        "/hypothesis Zero-shot GPT is good enough for the long tail\n/metric f1 >= 0.75 baseline 0.70\n/timebox 1d\n/activate",
    ),
    // Tuesday: one is blocked, another's time is up.
    says(
        on(NOV, 24, 10, 0),
        "mira",
        BERT,
        "/block waiting for GPU quota",
    ),
    does(
        on(NOV, 24, 10, 30),
        "lee",
        Act::Propose {
            name: TIMEOUT_PULL,
            title: "Raise the timeout of the nightly load",
            text: "Closes #{pipeline}",
            files: &[("pipeline/load.yml", "timeout: 30m\n")],
            draft: true,
        },
    ),
    says(on(NOV, 24, 14, 0), "mira", BERT, "/unblock"),
    says(
        on(NOV, 24, 14, 10),
        "jonas",
        NLP,
        "/findings Distilled transformers keep 97 % of the accuracy at a third of the latency; rules do not come close.",
    ),
    does(on(NOV, 24, 14, 12), "jonas", Act::Close { on: NLP }),
    says(
        on(NOV, 24, 15, 0),
        "noor",
        GPT,
        "/result f1=0.61\n/findings Zero-shot GPT misses the long tail, at ten times the cost.",
    ),
    does(on(NOV, 24, 16, 0), "lee", Act::Ready { on: TIMEOUT_PULL }),
    // Wednesday: the first decision.
    says(
        on(NOV, 25, 9, 30),
        "lena",
        GPT,
        "/decide abandon Zero-shot is neither accurate nor cheap enough.",
    ),
    does(on(NOV, 25, 10, 0), "lee", Act::Merge { on: TIMEOUT_PULL }),
    says(on(NOV, 25, 10, 15), "noor", GRAPH, "/activate"),
    opens(
        on(NOV, 25, 11, 0),
        "jonas",
        DISTIL,
        "Experiment: distilled BERT for sentiment",
        "Hypothesis: a distilled BERT is as good as the full one\nSuccess metric: f1 >= 0.90; latency_p95 < 50 ms\nTime box: 2d\n\nBuilds-on: #{nlp}",
        true,
    ),
    says(on(NOV, 25, 11, 5), "jonas", DISTIL, "/activate"),
    says(on(NOV, 25, 15, 10), "mira", BERT, "/result f1=0.87"),
    says(
        on(NOV, 25, 16, 15),
        "mira",
        BERT,
        "/result latency_p95=41ms\n/findings Fine-tuned BERT beats GPT-2 on every kind of ticket, and is fast enough.",
    ),
    // Thursday and Friday: the second and the third.
    says(
        on(NOV, 26, 10, 0),
        "lena",
        BERT,
        "/decide productionize BERT beats the baseline by seven points.",
    ),
    does(
        on(NOV, 26, 11, 0),
        "ana",
        Act::Propose {
            name: ENDPOINT_PULL,
            title: "Add the recommendation endpoint",
            text: "Closes #{endpoint}",
            files: &[("api/recommend.py", "def recommend(): ...\n")],
            draft: true,
        },
    ),
    says(
        on(NOV, 26, 15, 30),
        "jonas",
        DISTIL,
        "/result f1=0.89 latency_p95=31ms\n/findings Close, but it was trained on half of the data.",
    ),
    says(
        on(NOV, 27, 10, 0),
        "lena",
        DISTIL,
        "/decide more-research Train on all of the data before we judge it.",
    ),
    // A box is over; more time is for a lead to grant, and half of the box at most.
    says(
        on(NOV, 27, 11, 0),
        "noor",
        GRAPH,
        "/extend 1d the second ring of accounts came late",
    ),
    says(
        on(NOV, 27, 11, 20),
        "lena",
        GRAPH,
        "/extend 1d the second ring of accounts came late",
    ),
    says(on(NOV, 27, 13, 0), "jonas", PAPERS, "/activate"),
    says(
        on(NOV, 27, 15, 45),
        "jonas",
        PAPERS,
        "/findings Sparse attention pays off from 4,000 tokens on; our tickets have 300.",
    ),
    does(on(NOV, 27, 15, 50), "jonas", Act::Close { on: PAPERS }),
    // The second week: a model is handed to those who will run it.
    says(
        on(NOV, 30, 9, 5),
        "noor",
        GRAPH,
        "/findings Two-hop neighbourhoods separate fraud rings; deeper ones add noise.",
    ),
    does(on(NOV, 30, 9, 7), "noor", Act::Close { on: GRAPH }),
    does(
        on(NOV, 30, 9, 10),
        "jonas",
        Act::TakeUp {
            name: FULL,
            of: DISTIL,
        },
    ),
    does(
        on(NOV, 30, 9, 12),
        "ana",
        Act::TakeUp {
            name: SHIP,
            of: BERT,
        },
    ),
    says(on(NOV, 30, 9, 14), "ana", SHIP, "/points 5-8"),
    opens(
        on(NOV, 30, 9, 20),
        "noor",
        BASELINE,
        "Test graph features against the fraud baseline",
        "Hypothesis: two-hop features find more fraud\nSuccess metric: recall >= 0.80 baseline 0.74\nTime box: 3d\n\nBuilds-on: #{graph}",
        true,
    ),
    does(on(NOV, 30, 9, 30), "lee", Act::Take { on: RETRAIN }),
    does(
        on(NOV, 30, 10, 0),
        "mira",
        Act::Propose {
            name: HANDOFF,
            title: "Hand over the recommendation model",
            text: "Closes #{deploy}\n\nModel: recommender v2.3.0",
            files: &[
                ("models/recommender-2.3.onnx", "weights\n"),
                (
                    "docs/model_card.md",
                    "# Model card\n\n## Performance\n\nf1 0.87\n\n## Limitations\n\nEnglish only\n",
                ),
            ],
            draft: false,
        },
    ),
    ticks(
        on(NOV, 30, 10, 10),
        "mira",
        &["artifact", "features", "io-format", "benchmarks"],
    ),
    says(
        on(NOV, 30, 10, 12),
        "mira",
        HANDOFF,
        "/sign model-card docs/model_card.md",
    ),
    ticks(on(NOV, 30, 10, 15), "mira", &["serving"]),
    ticks(
        on(DEC, 1, 10, 0),
        "ana",
        &["feature-pipeline", "serving", "monitoring", "scaling"],
    ),
    says(
        on(DEC, 1, 10, 5),
        "ana",
        HANDOFF,
        "/na ab-testing batch scoring, there is no traffic to split",
    ),
    says(
        on(DEC, 1, 11, 0),
        "mira",
        HANDOFF,
        "/na ab-testing agreed, it runs once a night",
    ),
    says(on(DEC, 1, 13, 0), "noor", BASELINE, "/activate"),
    does(on(DEC, 1, 15, 0), "ana", Act::Ready { on: ENDPOINT_PULL }),
    // A lead may revise what was decided; both stay on record.
    says(
        on(DEC, 2, 9, 30),
        "lena",
        GPT,
        "/decide abandon Neither accurate nor cheap enough; the new prompts change nothing.",
    ),
    says(
        on(DEC, 2, 10, 0),
        "noor",
        BASELINE,
        "/amend metric recall >= 0.78 baseline 0.74 because a third of the labels is a guess",
    ),
    ticks(
        on(DEC, 2, 14, 0),
        "ana",
        &["integration-tests", "performance", "incidents", "docs"],
    ),
    says(on(DEC, 3, 9, 0), "jonas", FULL, "/activate"),
    says(
        on(DEC, 3, 10, 0),
        "noor",
        BASELINE,
        "/block waiting for the labelled sample",
    ),
    says(
        on(DEC, 3, 11, 0),
        "jonas",
        HANDOFF,
        "/sign integration-tests performance incidents docs",
    ),
    does(on(DEC, 3, 11, 30), "lena", Act::Merge { on: HANDOFF }),
    does(
        on(DEC, 3, 14, 0),
        "lee",
        Act::Propose {
            name: RETRAIN_PULL,
            title: "Retrain with the data of the fourth quarter",
            text: "Closes #{retrain}",
            files: &[("training/fraud.yml", "until: 2026-09-30\n")],
            draft: false,
        },
    ),
    does(on(DEC, 4, 11, 0), "ana", Act::Merge { on: RETRAIN_PULL }),
    says(
        on(DEC, 4, 15, 0),
        "lena",
        DOCUMENT,
        "Not this time: we take it along into the next sprint.\n\n/sprint",
    ),
];

const NOV: i8 = 11;
const DEC: i8 = 12;

const fn on(month: i8, day: i8, hour: i8, minute: i8) -> DateTime {
    DateTime::constant(2026, month, day, hour, minute, 0, 0)
}

const fn does(at: DateTime, who: &'static str, act: Act) -> Step {
    Step { at, who, act }
}

const fn says(at: DateTime, who: &'static str, on: Name, text: &'static str) -> Step {
    does(at, who, Act::Say { on, text })
}

const fn ticks(at: DateTime, who: &'static str, slugs: &'static [&'static str]) -> Step {
    does(at, who, Act::Tick { on: HANDOFF, slugs })
}

const fn opens(
    at: DateTime,
    who: &'static str,
    name: Name,
    title: &'static str,
    text: &'static str,
    taken: bool,
) -> Step {
    let act = Act::Open {
        name,
        title,
        text,
        taken,
    };
    does(at, who, act)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_story_goes_forward_and_speaks_of_nothing_before_it_is_there() {
        let mut now = BEGINS;
        let mut known = BTreeSet::new();
        for Step { at, who, act } in STORY {
            assert!(*at > now && *at < ENDS, "{at} after {now}");
            assert!(PEOPLE.iter().any(|(login, _)| login == who), "{who}");
            now = *at;
            match act {
                Act::Install | Act::Commit { .. } | Act::PlanSprint => {}
                Act::Open { name, .. } | Act::Propose { name, .. } => {
                    assert!(known.insert(*name), "{name:?} twice");
                }
                Act::Say { on, .. }
                | Act::Label { on, .. }
                | Act::Take { on }
                | Act::Tick { on, .. }
                | Act::Ready { on }
                | Act::Merge { on }
                | Act::Close { on } => assert!(known.contains(on), "{on:?} is not there yet"),
                Act::TakeUp { name, of } => {
                    assert!(known.contains(of), "{of:?} is not there yet");
                    assert!(known.insert(*name), "{name:?} twice");
                }
            }
        }
    }
}
