//! Flow figures as plots over the months, each with the same as a table.

use super::super::json::{FigureSheet, MonthFigures};
use super::super::words;
use super::chart::{self, Series};
use super::numbers::{count, short};
use crate::domain::labels::OutcomeLabel;

/// A plot.
pub(super) struct Plot {
    pub(super) title: &'static str,
    /// What it shows, in a sentence with the figure of all time.
    pub(super) sentence: String,
    pub(super) svg: String,
    /// The names of its lines, in the order of their colours.
    pub(super) legend: Vec<String>,
    pub(super) heads: Vec<String>,
    pub(super) rows: Vec<Vec<String>>,
}

pub(super) fn plots(sheet: &FigureSheet) -> Vec<Plot> {
    let months = &sheet.months;
    if months.is_empty() {
        return Vec::new();
    }
    vec![
        held(sheet, months),
        cycle(sheet, months),
        outcomes(months),
        learned(sheet, months),
    ]
}

fn held(sheet: &FigureSheet, months: &[MonthFigures]) -> Plot {
    let boxes = &sheet.boxes;
    rate(
        "Boxes that held",
        format!(
            "{} of {} time boxes held their first length.",
            boxes.held, boxes.finished
        ),
        ["Month", "Boxes", "Held", "Per cent"],
        months,
        |month| (month.held, month.boxes),
    )
}

fn learned(sheet: &FigureSheet, months: &[MonthFigures]) -> Plot {
    rate(
        "Learning rate",
        format!(
            "{} of {} wrote down what was learned.",
            sheet.learned,
            words::counted(
                sheet.explored,
                "finished exploration",
                "finished explorations"
            )
        ),
        ["Month", "Finished", "Learned", "Per cent"],
        months,
        |month| (month.learned, month.explored),
    )
}

/// A part of a number, in per cent, month by month.
fn rate(
    title: &'static str,
    sentence: String,
    heads: [&str; 4],
    months: &[MonthFigures],
    parts: impl Fn(&MonthFigures) -> (usize, usize),
) -> Plot {
    let percent = |month: &MonthFigures| {
        let (part, whole) = parts(month);
        (whole > 0).then(|| count(part) / count(whole) * 100.0)
    };
    let series = [Series {
        name: "per cent".to_owned(),
        values: months.iter().map(percent).collect(),
    }];
    let row = |month: &MonthFigures| {
        let (part, whole) = parts(month);
        let share = percent(month).map_or("–".to_owned(), short);
        vec![
            month.month.clone(),
            whole.to_string(),
            part.to_string(),
            share,
        ]
    };
    Plot {
        title,
        sentence,
        svg: chart::lines(&places(months), &series, 100.0),
        legend: Vec::new(),
        heads: heads.map(str::to_owned).to_vec(),
        rows: months.iter().map(row).collect(),
    }
}

fn cycle(sheet: &FigureSheet, months: &[MonthFigures]) -> Plot {
    let days = |month: &MonthFigures| month.cycle.median.map(|it| it.working_days);
    let series = [Series {
        name: "working days".to_owned(),
        values: months.iter().map(days).collect(),
    }];
    let all = sheet
        .cycle
        .median
        .map_or("–".to_owned(), |it| short(it.working_days));
    let row = |month: &MonthFigures| {
        let median = days(month).map_or("–".to_owned(), short);
        vec![month.month.clone(), month.cycle.count.to_string(), median]
    };
    Plot {
        title: "Cycle time",
        sentence: format!("Half of the finished items took {all} working days or less."),
        svg: chart::lines(&places(months), &series, 1.0),
        legend: Vec::new(),
        heads: ["Month", "Finished", "Median, working days"]
            .map(str::to_owned)
            .to_vec(),
        rows: months.iter().map(row).collect(),
    }
}

fn outcomes(months: &[MonthFigures]) -> Plot {
    let all = OutcomeLabel::ALL;
    let of = |month: &MonthFigures, outcome: &OutcomeLabel| {
        month.outcomes.get(outcome.word()).copied().unwrap_or(0)
    };
    let series: Vec<Series> = all
        .iter()
        .map(|outcome| Series {
            name: words::outcome(*outcome).to_owned(),
            values: months
                .iter()
                .map(|it| Some(count(of(it, outcome))))
                .collect(),
        })
        .collect();
    let row = |month: &MonthFigures| {
        let counts = all.iter().map(|outcome| of(month, outcome).to_string());
        std::iter::once(month.month.clone()).chain(counts).collect()
    };
    let names: Vec<String> = all
        .iter()
        .map(|it| words::outcome(*it).to_owned())
        .collect();
    Plot {
        title: "Outcomes of experiments",
        sentence: "A refuted hypothesis is a result like any other.".to_owned(),
        svg: chart::piles(&places(months), &series),
        legend: names.clone(),
        heads: std::iter::once("Month".to_owned()).chain(names).collect(),
        rows: months.iter().map(row).collect(),
    }
}

fn places(months: &[MonthFigures]) -> Vec<String> {
    months.iter().map(|month| month.month.clone()).collect()
}
