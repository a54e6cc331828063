//! What came out.
//!
//! ```text
//! /result f1=0.87 latency_p95=41ms
//! /result inconclusive
//!
//! /findings BERT reaches 0.87 at 41 ms; GPT-2 stays at 0.83.
//!
//! - trained on 40,000 tickets           lists, tables and code belong to the findings
//!
//! /decide productionize the metric is met
//! /decide productionize in acme/serving because the platform lives there
//! /decide more-research latency is open
//! ```

use crate::domain::actor::Needs;
use crate::domain::ids::RepoName;
use crate::domain::kind::Verdict;
use crate::domain::metric;
use crate::domain::order::{Misread, Order};

use super::args::{Args, Choice, bare, misread, quoted, required, split_word};
use super::{Command, Extent};

/// `/result name=value…`
pub(super) struct Results;

impl Command for Results {
    const NAMES: &'static [&'static str] = &["result", "results"];
    const NEEDS: Needs = Needs::AuthorAssigneeTriage;
    const EXTENT: Extent = Extent::Text;
    const USAGE: &'static str =
        "/result name=value… | supported|refuted|inconclusive|did-not-finish";
    const EXPLANATION: &'static str =
        "Says what was measured, or how people judge a metric in words; of each the last counts.";
    const EXAMPLE: &'static str = "/result f1=0.87 latency_p95=41ms";

    fn read(args: &Args<'_>) -> Result<Order, Misread> {
        let text = args.required("the result", Self::EXAMPLE)?;
        match metric::read_report(&text) {
            Ok(report) => Ok(Order::Result(report)),
            Err(misformed) => Err(misread(misformed.to_string(), Self::EXAMPLE)),
        }
    }
}

/// `/findings T`
pub(super) struct Findings;

impl Command for Findings {
    const NAMES: &'static [&'static str] = &["findings"];
    const NEEDS: Needs = Needs::AuthorAssigneeTriage;
    const EXTENT: Extent = Extent::Text;
    const USAGE: &'static str = "/findings text";
    const EXPLANATION: &'static str =
        "Writes down what was learned; everything up to the next command belongs to it.";
    const EXAMPLE: &'static str = "/findings BERT reaches 0.87, GPT-2 stays at 0.83";

    fn read(args: &Args<'_>) -> Result<Order, Misread> {
        let text = args.required("what was learned", Self::EXAMPLE)?;
        Ok(Order::Findings { text })
    }
}

/// `/decide D [in owner/repo] reason`
pub(super) struct Decide;

impl Command for Decide {
    const NAMES: &'static [&'static str] = &["decide"];
    const NEEDS: Needs = Needs::Triage;
    const EXTENT: Extent = Extent::Text;
    const USAGE: &'static str =
        "/decide productionize|abandon|more-research [in owner/repo] reason";
    const EXPLANATION: &'static str = "Decides what follows from the findings, closes the issue as completed and opens the next one; a lead may revise it.";
    const EXAMPLE: &'static str = "/decide abandon GPT-2 is no better than the baseline";

    fn read(args: &Args<'_>) -> Result<Order, Misread> {
        let (first, rest) = args.split_first();
        let verdict = Args {
            text: first,
            ..*args
        }
        .choice(&Choice {
            noun: "decision",
            all: Verdict::ALL,
            word: Verdict::word,
            read: Verdict::from_word,
            example: Self::EXAMPLE,
        })?;
        let (elsewhere, rest) = match verdict {
            Verdict::Productionize => elsewhere(rest)?,
            // No production work follows, so "in train/test data" is a part of the reason.
            Verdict::Abandon | Verdict::MoreResearch => (None, rest),
        };
        let reason = rest.trim_start_matches(['-', '–', '—', ':', ',']);
        let reason = required(reason, "the reason", Self::EXAMPLE)?;
        Ok(Order::Decide {
            verdict,
            elsewhere,
            reason,
        })
    }
}

/// `in acme/serving reason` → the repository and the reason.
fn elsewhere(text: &str) -> Result<(Option<RepoName>, &str), Misread> {
    let (preposition, rest) = split_word(text);
    if !preposition.eq_ignore_ascii_case("in") {
        return Ok((None, text));
    }
    let (name, reason) = split_word(rest);
    match bare(name).parse() {
        Ok(repository) => Ok((Some(repository), reason)),
        Err(_) if name.contains('/') => {
            let problem = format!("{} is no repository", quoted(name));
            let example = "/decide productionize in acme/serving the platform lives there";
            Err(misread(problem, example))
        }
        Err(_) => Ok((None, text)),
    }
}
