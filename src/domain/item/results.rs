//! What an experiment's results say: of what counts as its metric, and of each criterion the last
//! result.

use super::{Item, digest_of_fields};
use crate::domain::labels::OutcomeLabel;
use crate::domain::metric::{self, Criterion, Metric, Misformed, Quantity, Report};
use crate::domain::order::Frozen;

impl Item {
    /// The hypothesis that counts: as frozen and last amended, or as it stands.
    pub fn hypothesis(&self) -> Option<&str> {
        self.counting(Frozen::Hypothesis, self.fields.hypothesis.as_deref())
    }

    /// The success metric that counts: as frozen and last amended, or as it stands.
    pub fn metric(&self) -> Option<&str> {
        self.counting(Frozen::Metric, self.fields.metric.as_deref())
    }

    fn counting<'a>(&'a self, field: Frozen, now: Option<&'a str>) -> Option<&'a str> {
        let Some(frozen) = &self.frozen else {
            return now;
        };
        let amended = frozen
            .amendments
            .iter()
            .rev()
            .find(|amendment| amendment.field == field);
        let original = match field {
            Frozen::Hypothesis => frozen.hypothesis.as_deref(),
            Frozen::Metric => frozen.metric.as_deref(),
        };
        amended
            .map(|amendment| amendment.text.as_str())
            .or(original)
    }

    /// What its success metric asks for; `None` where there is none, or one in prose.
    ///
    /// # Errors
    /// [`Misformed`], if the metric was meant to be measured and cannot be read.
    pub fn criteria(&self) -> Result<Option<Vec<Criterion>>, Misformed> {
        let Some(text) = self.metric() else {
            return Ok(None);
        };
        let Metric::Criteria(criteria) = metric::read(text)? else {
            return Ok(None);
        };
        let baseline = match &self.frozen {
            Some(frozen) => frozen.baseline.as_deref(),
            None => self.fields.baseline.as_deref(),
        };
        Ok(Some(match baseline {
            Some(baseline) => metric::with_baseline(criteria, baseline),
            None => criteria,
        }))
    }

    /// The last result of this name, as it was reported.
    pub fn measured(&self, name: &str) -> Option<Quantity> {
        let reports = self.results.iter().rev().map(|reported| &reported.report);
        reports
            .filter_map(|report| match report {
                Report::Measured(measurements) => Some(measurements),
                Report::Judged(_) => None,
            })
            .flatten()
            .find(|measurement| metric::same_name(&measurement.name, name))
            .map(|measurement| measurement.value)
    }

    /// What the results say of the hypothesis; `None` before there are any. People's judgement
    /// counts until something is measured after it.
    pub fn outcome(&self) -> Option<OutcomeLabel> {
        let judged = self.results.iter().rev().find_map(|it| match it.report {
            Report::Judged(outcome) => Some(outcome),
            Report::Measured(_) => None,
        });
        match &self.results.last()?.report {
            Report::Judged(outcome) => Some(*outcome),
            Report::Measured(_) => match self.criteria() {
                Ok(Some(criteria)) => Some(metric::outcome(&criteria, |name| self.measured(name))),
                Ok(None) | Err(_) => judged,
            },
        }
    }

    /// Whether the text says something else of what was frozen than it did then.
    pub fn text_was_edited(&self) -> bool {
        self.frozen
            .as_ref()
            .is_some_and(|frozen| frozen.text_digest != self.text_digest)
    }

    /// The digest of what would be frozen now.
    pub fn digest_to_freeze(&self) -> String {
        let fields = &self.fields;
        digest_of_fields([
            fields.hypothesis.as_deref(),
            fields.metric.as_deref(),
            fields.baseline.as_deref(),
        ])
    }
}
