//! Tables for spreadsheets: a line for each, and a head.

use csv::Writer;

use super::json::{Decisions, FigureSheet, Items, Models, Repos, Sprints};

/// A table that grows line by line.
struct Table(Writer<Vec<u8>>);

impl Table {
    fn with_head(head: &[&str]) -> Self {
        let mut table = Self(Writer::from_writer(Vec::new()));
        table.put(head.iter().map(|it| (*it).to_owned()).collect());
        table
    }

    /// Adds a line. Memory takes whatever is written to it.
    fn put(&mut self, cells: Vec<String>) {
        let cells = cells.into_iter().map(harmless);
        let _ = self.0.write_record(cells);
    }

    fn text(self) -> String {
        let bytes = self.0.into_inner().unwrap_or_default();
        String::from_utf8(bytes).unwrap_or_default()
    }
}

/// A spreadsheet takes what begins like this for a formula
/// (<https://owasp.org/www-community/attacks/CSV_Injection>); numbers of ours never do.
fn harmless(cell: String) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{cell}")
    } else {
        cell
    }
}

fn shown<T: ToString>(value: Option<T>) -> String {
    value.map_or(String::new(), |value| value.to_string())
}

fn yes(is: bool) -> String {
    if is { "yes" } else { "no" }.to_owned()
}

/// The repositories.
pub fn repos(repos: &Repos) -> String {
    let mut table = Table::with_head(&["name", "private", "acts"]);
    for repo in &repos.repos {
        table.put(vec![repo.name.clone(), yes(repo.private), yes(repo.acts)]);
    }
    table.text()
}

/// The items.
pub fn items(items: &Items) -> String {
    let mut table = Table::with_head(&[
        "number",
        "title",
        "kind",
        "stage",
        "stage_since",
        "bucket",
        "who",
        "milestone",
        "closed_at",
        "blocked",
        "box_state",
        "box_length_days",
        "box_used_days",
        "box_percent",
        "box_ends_at",
        "points_low",
        "points_high",
        "hypothesis",
        "question",
        "metric",
        "outcome",
        "learned",
        "verdict",
    ]);
    for item in &items.items {
        let timebox = item.time_box.as_ref();
        table.put(vec![
            item.number.to_string(),
            item.title.clone(),
            item.kind.to_owned(),
            item.stage.to_owned(),
            shown(item.stage_since),
            shown(item.bucket),
            item.who.join(" "),
            shown(item.milestone.as_ref()),
            shown(item.closed_at),
            shown(item.blocked.as_ref()),
            shown(timebox.map(|it| it.state)),
            shown(timebox.map(|it| it.length.working_days)),
            shown(timebox.map(|it| it.used.working_days)),
            shown(timebox.map(|it| it.percent)),
            shown(timebox.and_then(|it| it.ends_at)),
            shown(item.points.map(|it| it.low)),
            shown(item.points.map(|it| it.high)),
            shown(item.hypothesis.as_ref()),
            shown(item.question.as_ref()),
            shown(item.metric.as_ref()),
            shown(item.outcome),
            yes(item.learned),
            shown(item.verdict),
        ]);
    }
    table.text()
}

/// The sprints, a line for each of their buckets.
pub fn sprints(sprints: &Sprints) -> String {
    let mut table = Table::with_head(&[
        "milestone",
        "title",
        "start",
        "end",
        "on",
        "capacity_days",
        "bucket",
        "items",
        "target_days",
        "planned_days",
        "actual_days",
        "deviates",
    ]);
    for sprint in &sprints.sprints {
        for bucket in &sprint.buckets {
            table.put(vec![
                sprint.milestone.to_string(),
                sprint.title.clone(),
                sprint.start.to_string(),
                sprint.end.to_string(),
                yes(sprint.on),
                sprint.capacity.to_string(),
                bucket.bucket.to_owned(),
                bucket.items.to_string(),
                bucket.target.person_days.to_string(),
                shown(bucket.planned.map(|it| it.person_days)),
                bucket.actual.person_days.to_string(),
                yes(bucket.deviates),
            ]);
        }
    }
    table.text()
}

/// The decision log.
pub fn decisions(decisions: &Decisions) -> String {
    let mut table = Table::with_head(&[
        "number",
        "title",
        "deleted",
        "verdict",
        "reason",
        "by",
        "at",
        "opened",
        "superseded",
    ]);
    for line in &decisions.decisions {
        let opened = line.opened.as_ref();
        table.put(vec![
            line.number.to_string(),
            line.title.clone(),
            yes(line.deleted),
            line.verdict.to_owned(),
            line.reason.clone(),
            line.by.clone(),
            line.at.to_string(),
            shown(opened.map(|it| format!("{}#{}", it.repo, it.number))),
            shown(line.superseded),
        ]);
    }
    table.text()
}

/// What ran of all models, in the order in which it began.
pub fn models(models: &Models) -> String {
    let mut table = Table::with_head(&[
        "model",
        "stage",
        "version",
        "from",
        "until",
        "by",
        "how",
        "reason",
        "deployed_at",
    ]);
    for model in &models.models {
        for run in &model.history {
            table.put(vec![
                model.name.clone(),
                run.stage.clone(),
                run.version.clone(),
                run.from.to_string(),
                shown(run.until),
                shown(run.by.as_ref()),
                run.how.to_owned(),
                shown(run.reason.as_ref()),
                shown(run.deployed_at),
            ]);
        }
    }
    table.text()
}

/// The flow figures by month.
pub fn figures(figures: &FigureSheet) -> String {
    const OUTCOMES: [&str; 4] = ["supported", "refuted", "inconclusive", "did-not-finish"];
    let mut table = Table::with_head(&[
        "month",
        "boxes",
        "held",
        "finished",
        "median_cycle_days",
        "supported",
        "refuted",
        "inconclusive",
        "did_not_finish",
        "explored",
        "learned",
    ]);
    for month in &figures.months {
        let mut cells = vec![
            month.month.clone(),
            month.boxes.to_string(),
            month.held.to_string(),
            month.cycle.count.to_string(),
            shown(month.cycle.median.map(|it| it.working_days)),
        ];
        let count = |outcome| month.outcomes.get(outcome).copied().unwrap_or(0);
        cells.extend(OUTCOMES.map(|outcome| count(outcome).to_string()));
        cells.push(month.explored.to_string());
        cells.push(month.learned.to_string());
        table.put(cells);
    }
    table.text()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::json::RepoLine;

    #[test]
    fn what_people_wrote_is_no_formula_and_breaks_no_line() {
        let name = |name: &str| RepoLine {
            name: name.to_owned(),
            private: true,
            acts: false,
        };
        let names = ["=cmd()", "a,\"b\"\nc", "@x", "-1", "ok"];
        let repos = Repos {
            repos: names.map(name).to_vec(),
        };
        insta::assert_snapshot!(super::repos(&repos), @r#"
        name,private,acts
        '=cmd(),yes,no
        "a,""b""
        c",yes,no
        '@x,yes,no
        '-1,yes,no
        ok,yes,no
        "#);
    }
}
