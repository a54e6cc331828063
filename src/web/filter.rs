//! Which decisions are asked for: `?verdict=abandon&since=2026-11-01&until=2026-11-30`.
//!
//! A parameter that is misspelt is refused: to leave it out would answer another question.

use axum::extract::Query;
use axum::http::Uri;
use jiff::civil::Date;

use crate::domain::calendar::Calendar;
use crate::domain::decisions::{Logged, Wanted};
use crate::domain::kind::Verdict;

/// What a decision has to be like.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Filter {
    /// Words that stand in it.
    wanted: Wanted,
    verdict: Option<Verdict>,
    /// The first day, in the repository's zone.
    since: Option<Date>,
    /// The last day, in the repository's zone.
    until: Option<Date>,
}

/// What is wrong with a parameter.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum WrongParameter {
    #[error("{name}: {problem}; for example {name}={example}")]
    Value {
        name: &'static str,
        problem: &'static str,
        example: &'static str,
    },
    #[error(
        "there are the parameters q, verdict, since and until, each once; for example \
         q=boosting&verdict=abandon&since=2026-11-01&until=2026-11-30"
    )]
    Name,
    #[error("there is the parameter on, once; for example on=2026-03-03")]
    Day,
}

impl Filter {
    pub(super) fn read(query: &str) -> Result<Self, WrongParameter> {
        Self::of(pairs(query)?)
    }

    /// The filter of these names and values.
    pub(super) fn of(given: Vec<(String, String)>) -> Result<Self, WrongParameter> {
        let mut filter = Self::default();
        let mut question = None;
        for (name, value) in given {
            let twice = match name.as_str() {
                "q" => question.replace(value).is_some(),
                "verdict" => filter.verdict.replace(verdict(&value)?).is_some(),
                "since" => {
                    let day = date("since", "2026-11-01", &value)?;
                    filter.since.replace(day).is_some()
                }
                "until" => {
                    let day = date("until", "2026-11-30", &value)?;
                    filter.until.replace(day).is_some()
                }
                _ => return Err(WrongParameter::Name),
            };
            if twice {
                return Err(WrongParameter::Name);
            }
        }
        filter.wanted = Wanted::of(&question.unwrap_or_default());
        Ok(filter)
    }

    pub(super) fn lets_through(&self, logged: &Logged<'_>, calendar: &Calendar) -> bool {
        let day = calendar.date_of(logged.decision.at);
        self.verdict.is_none_or(|it| it == logged.decision.verdict)
            && self.since.is_none_or(|first| first <= day)
            && self.until.is_none_or(|last| day <= last)
            && self.wanted.are_in(logged)
    }
}

/// The day that is asked for: `?on=2026-03-03`.
pub(super) fn day(query: &str) -> Result<Option<Date>, WrongParameter> {
    let mut asked = None;
    for (name, value) in pairs(query).map_err(|_| WrongParameter::Day)? {
        let day = match name.as_str() {
            "on" => date("on", "2026-03-03", &value)?,
            _ => return Err(WrongParameter::Day),
        };
        if asked.replace(day).is_some() {
            return Err(WrongParameter::Day);
        }
    }
    Ok(asked)
}

pub(super) fn pairs(query: &str) -> Result<Vec<(String, String)>, WrongParameter> {
    let uri: Uri = format!("/?{query}")
        .parse()
        .map_err(|_| WrongParameter::Name)?;
    let Query(pairs) = Query::try_from_uri(&uri).map_err(|_| WrongParameter::Name)?;
    Ok(pairs)
}

fn verdict(value: &str) -> Result<Verdict, WrongParameter> {
    Verdict::from_word(value).ok_or(WrongParameter::Value {
        name: "verdict",
        problem: "it has to be productionize, abandon or more-research",
        example: "abandon",
    })
}

fn date(name: &'static str, example: &'static str, value: &str) -> Result<Date, WrongParameter> {
    // jiff reads more than dates as one.
    let read = value.parse::<Date>().ok();
    read.filter(|date| date.to_string() == value)
        .ok_or(WrongParameter::Value {
            name,
            problem: "it has to be a date",
            example,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(query: &str) -> String {
        Filter::read(query).unwrap_err().to_string()
    }

    #[test]
    fn parameters_are_read_as_they_are_meant() {
        assert_eq!(Filter::read("").unwrap(), Filter::default());
        assert_eq!(day("").unwrap(), None);
        assert_eq!(
            day("on=2026-03-03").unwrap().unwrap().to_string(),
            "2026-03-03"
        );
        let filter = Filter::read("verdict=More-Research&since=2026-11-01&until=2026-11-30");
        let filter = filter.unwrap();
        assert_eq!(filter.verdict, Some(Verdict::MoreResearch));
        assert_eq!(filter.since.unwrap().to_string(), "2026-11-01");
        assert_eq!(filter.until.unwrap().to_string(), "2026-11-30");
    }

    #[test]
    fn what_is_wrong_is_named_with_an_example() {
        insta::assert_snapshot!(refused("verdict=maybe"), @"verdict: it has to be productionize, abandon or more-research; for example verdict=abandon");
        for wrong in [
            "",
            "yesterday",
            "2026-02-30",
            "20261101",
            "2026-11-01T00:00",
            "2026-11-01%00",
        ] {
            let said = refused(&format!("since={wrong}"));
            assert_eq!(
                said,
                "since: it has to be a date; for example since=2026-11-01"
            );
        }
        let refused_day = |query| day(query).unwrap_err().to_string();
        insta::assert_snapshot!(refused_day("on=March"), @"on: it has to be a date; for example on=2026-03-03");
        insta::assert_snapshot!(refused_day("on=2026-03-03&on=2026-03-03"), @"there is the parameter on, once; for example on=2026-03-03");
        insta::assert_snapshot!(refused_day("since=2026-03-03"), @"there is the parameter on, once; for example on=2026-03-03");
        insta::assert_snapshot!(refused("until=1"), @"until: it has to be a date; for example until=2026-11-30");
        for wrong in [
            "from=2026-11-01",
            "verdict=abandon&verdict=abandon",
            "Since=2026-11-01",
            "%ff=1",
        ] {
            let said = refused(wrong);
            assert!(said.starts_with("there are the parameters"), "{said}");
        }
    }
}
