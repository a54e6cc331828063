//! What can be said, and which file outranks which.

use super::*;

#[test]
fn the_example_says_the_defaults() {
    assert_eq!(good(EXAMPLE), Policy::default());
}

#[test]
fn an_empty_file_and_no_file_are_good_policies() {
    assert_eq!(parse(&[]), Ok(Policy::default()));
    let empty = [
        "",
        "\n\n",
        "# nothing\n",
        "---\n",
        "---\n...\n",
        "{}",
        "~",
        "\u{feff}",
        "calendar:\nsprint:\n",
        "calendar:\n  timezone:\n  days: ~\nlabels: ~\n",
    ];
    for text in empty {
        assert_eq!(good(text), Policy::default(), "{text:?}");
    }
}

#[test]
fn everything_can_be_said() {
    let policy = good(
        r#"
enabled: off
classify: { infer: no }
labels: { "Kind/Research": "research 🔎", stage/active: doing }
calendar:
  timezone: europe/berlin
  days: [Tue, monday, mon]
  hours: 8:30-16:00
  holidays: [2026-12-26, 2026-12-25, 2026-12-26]
timeboxes:
  presets: { Half: 2h, deep: off, spike: "90m" }
  remind_at: 75
  extensions: { count: off, at_most: 100%, by: Triage, not_by_assignee: false }
guards: { experiment-needs-metric: warn, one-active-box: false, development-needs-points: Enforce }
sprint: { split: { committed: 50%, experiments: 40, learning: 10 }, tolerance: 5, milestones: "Sprint *", people: 4.5 }
teams: { data_science: [Acme/Data-Science, "@Mira"], engineering: [ana] }
roles: { leads: [lee] }
handoff:
  paths: ["models/**"]
  strict: true
  carry_over: [serving, privacy]
  entries: { ab-testing: off, privacy: { side: both, title: "Privacy review" }, docs: { title: Handbook }, serving: "New title", scaling: { side: data_science } }
checklists: { require_description: yes }
lifecycle: { review_every: 1w 2d, gates: { ab-testing: off, drift: "Drift alarms" } }
models: { release: draft, tags: gto, stages: [Shadow, live] }
board: { issue: 12, digest: "Mon 09:00" }
commands: { prefix: /Labhand, bots: ["github-actions[bot]"] }
"#,
    );
    assert!(!policy.enabled && !policy.infer && policy.require_description);
    assert_eq!(policy.labels["kind/research"], "research 🔎");
    assert_eq!(policy.calendar.timezone, "Europe/Berlin");
    assert_eq!(policy.calendar.days, [1, 2]);
    assert_eq!(policy.calendar.day_length().to_string(), "7 h 30 min");
    assert_eq!(
        policy.calendar.holidays,
        [date(2026, 12, 25), date(2026, 12, 26)]
    );
    let presets: Vec<String> = policy
        .timeboxes
        .presets
        .iter()
        .map(|(name, span)| format!("{name} {span}"))
        .collect();
    assert_eq!(presets, ["half 2h", "spike 90m", "standard 3d"]);
    assert_eq!(policy.timeboxes.remind_at, 75);
    assert_eq!(policy.timeboxes.extensions.count, 0);
    assert_eq!(policy.timeboxes.extensions.by, ExtendedBy::Triage);
    assert_eq!(policy.level(Rule::ExperimentNeedsMetric), Level::Warn);
    assert_eq!(policy.level(Rule::OneActiveBox), Level::Off);
    assert_eq!(policy.level(Rule::DevelopmentNeedsPoints), Level::Enforce);
    assert_eq!(policy.level(Rule::HandoffComplete), Level::Enforce);
    assert_eq!(policy.sprint.split, (50, 40, 10));
    assert_eq!(policy.sprint.people, Some(4.5));
    assert_eq!(
        policy.teams.data_science,
        [
            Member::Team("acme/data-science".to_owned()),
            Member::Login("mira".to_owned())
        ]
    );
    let entries: Vec<String> = policy
        .handoff
        .entries
        .iter()
        .map(|entry| format!("{}: {} ({:?})", entry.slug, entry.title, entry.owner))
        .collect();
    insta::assert_snapshot!(entries.join("\n"), @r"
    artifact: Trained model artifact (DataScience)
    model-card: Model card: performance, limitations (DataScience)
    features: Feature requirements (DataScience)
    io-format: Expected input and output formats (DataScience)
    benchmarks: Performance benchmarks (DataScience)
    feature-pipeline: Feature pipeline infrastructure (Engineering)
    serving: New title (Engineering)
    monitoring: Monitoring and alerting (Engineering)
    scaling: Scaling and reliability (DataScience)
    integration-tests: Integration testing (Both)
    performance: Performance optimisation (Both)
    incidents: Incident response (Both)
    docs: Handbook (Both)
    privacy: Privacy review (Both)
    ");
    assert_eq!(policy.handoff.carry_over, ["serving", "privacy"]);
    assert_eq!(policy.lifecycle_gates["ab-testing"], GateChange::Off);
    assert_eq!(policy.review_every.to_string(), "1w 2d");
    assert_eq!(
        (policy.release, policy.tags),
        (Release::Draft, TagForm::Gto)
    );
    assert_eq!(policy.model_stages, ["shadow", "live"]);
    assert_eq!(policy.board_issue, Some(12));
    let digest = policy.digest.expect("a digest");
    assert_eq!((digest.weekday, digest.time.hour()), (1, 9));
    assert_eq!(policy.prefix.as_deref(), Some("labhand"));
    assert_eq!(policy.bots, ["github-actions[bot]"]);
}

#[test]
fn a_repository_says_only_what_differs_from_its_organisation() {
    let organisation = "\
calendar: { timezone: Europe/Berlin, hours: 08:00-16:00 }
guards: { one-active-box: off, experiment-needs-metric: warn }
roles: { leads: [mira] }
sprint: { capacity: 40 }
commands: { prefix: labhand }
handoff: { carry_over: [serving, extra], entries: { extra: { side: engineering }, docs: off } }
";
    let policy = over(
        organisation,
        "\
calendar: { hours: 09:00-17:00 }
guards: { one-active-box: enforce }
roles: { leads: [] }
sprint: { people: 3 }
commands: { prefix: ~ }
handoff: { entries: { extra: off, docs: ~ } }
",
    );
    assert_eq!(policy.calendar.timezone, "Europe/Berlin");
    assert_eq!(policy.calendar.from.hour(), 9);
    assert_eq!(policy.level(Rule::OneActiveBox), Level::Enforce);
    assert_eq!(policy.level(Rule::ExperimentNeedsMetric), Level::Warn);
    assert_eq!(policy.leads, []);
    assert_eq!(
        (policy.sprint.capacity, policy.sprint.people),
        (None, Some(3.0))
    );
    assert_eq!(policy.prefix, None);
    assert_eq!(policy.handoff.entries, Policy::default().handoff.entries);
    assert_eq!(policy.handoff.carry_over, ["serving"]);
    assert_eq!(over(organisation, ""), good(organisation));
}
