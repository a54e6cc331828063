//! Examples, help and the page on commands.

use super::*;

#[test]
fn an_answer_never_repeats_markup() {
    let Err(Misread::Argument { problem, .. }) =
        order(&format!("/timebox a`@mira`\u{7}{}", "x".repeat(500)))
    else {
        panic!("that is no time box");
    };
    assert_eq!(
        problem,
        format!("`a@mira{}…` is no time box", "x".repeat(34))
    );
}

/// Which command an order comes from. A new order does not compile before it has a command here.
fn name_of(order: &Order) -> &'static str {
    match order {
        Order::Help { .. } => "help",
        Order::Status => "status",
        Order::Board => "board",
        Order::Sprint => "sprint",
        Order::Sync => "sync",
        Order::Kind(_) => "kind",
        Order::Bucket(_) => "bucket",
        Order::Phase(_) => "phase",
        Order::Stage(Stage::Active) => "activate",
        Order::Stage(Stage::Analysis) => "analyze",
        Order::Stage(_) => "stage",
        Order::Block { .. } => "block",
        Order::Unblock => "unblock",
        Order::Timebox(_) => "timebox",
        Order::Points(_) => "points",
        Order::Hypothesis { .. } => "hypothesis",
        Order::Metric { .. } => "metric",
        Order::BuildsOn(_) => "builds-on",
        Order::Amend { .. } => "amend",
        Order::Extend { .. } => "extend",
        Order::Result(_) => "result",
        Order::Findings { .. } => "findings",
        Order::Decide { .. } => "decide",
        Order::Handoff { .. } => "handoff",
        Order::HandoffOff { .. } => "handoff off",
        Order::Sign { .. } => "sign",
        Order::Unsign { .. } => "unsign",
        Order::NotApplicable { .. } => "na",
        Order::TrackModel { .. } => "model track",
        Order::Select(_) => "select",
        Order::Advance => "advance",
        Order::Retreat { .. } => "retreat",
        Order::Drift { .. } => "drift",
        Order::Promote { .. } => "promote",
        Order::Rollback { .. } => "rollback",
    }
}

#[test]
fn every_example_is_right() {
    for line in help(None) {
        let read = read(line.example, None);
        assert_eq!(read.len(), 1, "{line:?}");
        let order = read[0].order.as_ref().unwrap();
        assert_eq!(name_of(order), line.name, "{line:?}");
        assert_eq!(read[0].needs, line.needs);
        assert!(
            line.usage.starts_with(&format!("/{}", line.name)),
            "{line:?}"
        );
        assert!(line.explanation.ends_with('.'), "{line:?}");
    }
}

#[test]
fn help_finds_its_topic() {
    let names = |topic| {
        help(Some(topic))
            .iter()
            .map(|line| line.name)
            .collect::<Vec<_>>()
    };
    assert_eq!(names("timebox"), ["timebox"]);
    assert_eq!(names("/Handoff"), ["handoff", "handoff off"]);
    assert_eq!(names("research"), ["kind"]);
    assert_eq!(names("nothing"), Vec::<&str>::new());
}

#[test]
fn no_name_is_given_twice() {
    let mut names: Vec<_> = registry::REGISTRY
        .iter()
        .flat_map(|entry| entry.names)
        .collect();
    names.sort_unstable();
    let all = names.len();
    names.dedup();
    assert_eq!(names.len(), all);
}

/// `docs/commands.md` says what the registry says; `UPDATE_DOCS=1 cargo test` writes it anew.
#[test]
fn the_page_on_commands_is_in_step() {
    let mut page = String::from(
        "# Commands\n\n\
        A command is a line of a comment, or of a new issue's text, that starts with `/name` in an \
        ordinary paragraph. Case does not matter. `/labhand name …` always works; with \
        `commands.prefix` in the policy only `/prefix name …` and `/labhand name …` do.\n\n\
        This page is written from the program: `UPDATE_DOCS=1 cargo test --lib command`.\n\n\
        | Command | Who | What it does | Example |\n|:--|:--|:--|:--|\n",
    );
    for line in help(None) {
        let who = match line.needs {
            Needs::Anyone => "anyone who may comment",
            Needs::AuthorAssigneeTriage => "author, assignee, triage",
            Needs::Triage => "triage",
            Needs::Write => "write, and the entry's side",
            Needs::Lead => "lead",
        };
        let usage = line.usage.replace('|', "\\|");
        let _ = writeln!(
            page,
            "| `{usage}` | {who} | {} | `{}` |",
            line.explanation, line.example
        );
    }
    page.push_str(
        "\nIn a public repository being author or assignee is not enough: triage is needed.\n",
    );
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/commands.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::create_dir_all(concat!(env!("CARGO_MANIFEST_DIR"), "/docs")).unwrap();
        std::fs::write(path, &page).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).unwrap_or_default(), page);
}
