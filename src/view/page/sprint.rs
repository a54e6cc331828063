//! The sprint that is on: its split as bars, and how the work adds up.

use super::super::Context;
use super::super::json::{Amount, BucketShare, SprintSheet};
use super::super::{text, when, words};
use super::card;
use super::chart::{self, Series};
use super::numbers::{short, width};
use crate::domain::kind::Bucket;

/// The sprint.
pub(super) struct SprintView {
    pub(super) title: String,
    /// `20 Nov – 4 Dec 2026`.
    pub(super) days: String,
    /// `20 person-days`.
    pub(super) capacity: String,
    pub(super) rows: Vec<SplitRow>,
    pub(super) unknown: Vec<Link>,
    pub(super) carried_over: Vec<Carried>,
    pub(super) chart: String,
    pub(super) burn_up: Vec<(String, String)>,
    pub(super) planned: String,
}

/// A bucket.
pub(super) struct SplitRow {
    pub(super) bucket: &'static str,
    pub(super) deviates: bool,
    pub(super) bars: [Bar; 3],
}

/// An amount as a bar, and in words.
pub(super) struct Bar {
    pub(super) width: String,
    pub(super) words: String,
}

/// An item.
pub(super) struct Link {
    pub(super) number: u64,
    pub(super) url: String,
}

/// What earlier sprints left unfinished.
pub(super) struct Carried {
    pub(super) link: Link,
    pub(super) title: String,
    pub(super) times: String,
}

pub(super) fn view(sheet: &SprintSheet, ctx: &Context<'_>) -> SprintView {
    let most = sheet
        .buckets
        .iter()
        .flat_map(|it| [Some(it.target), it.planned, Some(it.actual)])
        .flatten()
        .map(|amount| amount.person_days)
        .fold(0.0, f64::max);
    let planned: f64 = sheet
        .buckets
        .iter()
        .filter_map(|it| it.planned)
        .map(|it| it.person_days)
        .sum();
    let places: Vec<String> = sheet
        .burn_up
        .iter()
        .map(|line| line.day.strftime("%-d %b").to_string())
        .collect();
    let done = Series {
        name: "Done".to_owned(),
        values: sheet.burn_up.iter().map(|line| line.person_days).collect(),
    };
    let plan = Series {
        name: "Planned".to_owned(),
        values: vec![(planned > 0.0).then_some(planned); places.len()],
    };
    let link = |number: u64| Link {
        number,
        url: card::url(number, ctx),
    };
    SprintView {
        title: if sheet.on {
            text::plain(&sheet.title, 100)
        } else if sheet.ended_at.is_some() {
            format!("{} · over", text::plain(&sheet.title, 100))
        } else {
            format!("{} · not on", text::plain(&sheet.title, 100))
        },
        days: format!(
            "{} – {}",
            when::day(sheet.start, ctx.policy),
            when::last_day(sheet.end, ctx.policy)
        ),
        capacity: short(sheet.capacity),
        rows: sheet.buckets.iter().map(|it| row(it, most)).collect(),
        unknown: sheet.unknown.iter().map(|number| link(*number)).collect(),
        carried_over: sheet
            .carried_over
            .iter()
            .map(|it| Carried {
                link: link(it.number),
                title: text::plain(&it.title, 120),
                times: words::times(u32::try_from(it.sprints).unwrap_or(u32::MAX)),
            })
            .collect(),
        chart: if places.len() > 1 {
            chart::lines(&places, &[done, plan], 1.0)
        } else {
            String::new()
        },
        burn_up: sheet
            .burn_up
            .iter()
            .zip(places)
            .filter_map(|(line, day)| Some((day, short(line.person_days?))))
            .collect(),
        planned: short(planned),
    }
}

fn row(share: &BucketShare, most: f64) -> SplitRow {
    let bar = |amount: Option<Amount>| Bar {
        width: width(amount.map_or(0.0, |it| it.person_days), most),
        words: amount.map_or("–".to_owned(), |it| match it.percent {
            Some(percent) => format!("{percent:.0} % · {} d", short(it.person_days)),
            None => format!("{} d", short(it.person_days)),
        }),
    };
    SplitRow {
        bucket: Bucket::from_word(share.bucket).map_or("", words::bucket),
        deviates: share.deviates,
        bars: [
            bar(Some(share.target)),
            bar(share.planned),
            bar(Some(share.actual)),
        ],
    }
}
