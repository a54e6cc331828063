//! Policies as teams write them, and what is said of their mistakes.

use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::domain::policy::{ExtendedBy, GateChange, Level, Member, Rule, schema};
use crate::domain::yaml::{self, Written};

const EXAMPLE: &str = include_str!("../../../../config/policy.example.yml");

fn layer(text: &str) -> Layer<'_> {
    Layer {
        origin: "labhand.yml",
        text,
    }
}

fn good(text: &str) -> Policy {
    parse(&[layer(text)]).unwrap_or_else(|errors| panic!("{text}: {errors:#?}"))
}

fn over(organisation: &str, own: &str) -> Policy {
    parse(&[layer(organisation), layer(own)])
        .unwrap_or_else(|errors| panic!("{organisation} / {own}: {errors:#?}"))
}

fn complaints(text: &str) -> String {
    match parse(&[layer(text)]) {
        Ok(_) => "a good policy".to_owned(),
        Err(errors) => errors
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join("\n"),
    }
}

fn first_complaint(text: &str) -> String {
    complaints(text)
        .lines()
        .next()
        .unwrap_or_default()
        .to_owned()
}

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

#[test]
fn all_mistakes_of_a_file_are_told_at_once_with_their_places() {
    let text = "\
enabeld: true
calender:
  timezone: UTC
calendar:
  timezone: Europe/Berln
  days: [mon, tues, funday]
  hours: 17:00-09:00
  holidays: [2026-02-30, tomorrow]
enabled: maybe
guards: { experiment-need-metric: warn, one-active-box: wran }
guards: {}
sprint: { split: { committed: 70 } }
board: { digest: \"Mon 25:00\", issue: 0 }
";
    insta::assert_snapshot!(complaints(text), @r"
    labhand.yml:1:1: unknown key `enabeld`; did you mean `enabled`?
    labhand.yml:2:1: unknown key `calender`; did you mean `calendar`?
    labhand.yml:5:13: `Europe/Berln` is not a time zone's IANA name, such as `Europe/Berlin`; did you mean `Europe/Berlin`?
    labhand.yml:6:15: `tues` is not a day of the week; did you mean `tue`?
    labhand.yml:6:21: `funday` is not a day of the week
    labhand.yml:7:10: `17:00-09:00` is not working hours such as `09:00-17:00`, the end later than the beginning
    labhand.yml:8:14: `2026-02-30` is not a date such as `2026-12-25`
    labhand.yml:8:26: `tomorrow` is not a date such as `2026-12-25`
    labhand.yml:9:10: `maybe` is not `true` or `false`
    labhand.yml:10:11: unknown rule `experiment-need-metric`; did you mean `experiment-needs-metric`?
    labhand.yml:10:57: `wran` is not `off`, `warn` or `enforce`; did you mean `warn`?
    labhand.yml:11:1: the key `guards` is given twice, first on line 10
    labhand.yml:12:18: the split has to make 100 %, but 70 + 30 + 10 make 110
    labhand.yml:13:18: `Mon 25:00` is not `off`, or a day and a time such as `Mon 09:00`
    labhand.yml:13:38: `0` is not `auto` or the number of an issue
    ");
}

/// One mistake or two each.
const WRONG: &[&str] = &[
    "[a]",
    "word",
    "enabled: [true]",
    "enabled: \"\"",
    "classify: yes",
    "labels: { kind/reserch: x }",
    "labels: { kind/research: a, kind/experiment: A }",
    "labels: { kind/research: kind/experiment }",
    "labels: { kind/research: [a] }",
    "calendar: { timezone: localtime }",
    "calendar: { timezone: ../../etc/passwd }",
    "calendar: { days: mon }",
    "calendar: { days: [] }",
    "calendar: { holidays: 2026-12-25 }",
    "calendar: { holidays: [2026-12-25T10:00] }",
    "timeboxes: { presets: { 2d: 2d } }",
    "timeboxes: { presets: { spike: 4 } }",
    "timeboxes: { remind_at: 180% }",
    "timeboxes: { extensions: { by: leed, count: -1 } }",
    "sprint: { split: { committed: 60.5 } }",
    "sprint: { capacity: 10, people: 5 }",
    "sprint: { capacity: nan }",
    "sprint: { milestones: \"[a\" }",
    "teams: { data_science: [acme/a/b, \"mi ra\"] }",
    "teams: { data-science: [mira] }",
    "handoff: { paths: [\"{a\"] }",
    "handoff: { carry_over: [servng] }",
    "handoff: { entries: { servin: off } }",
    "handoff: { entries: { servin: \"Title\" } }",
    "handoff: { entries: { privacy: { side: none } } }",
    "handoff: { entries: { \"a b\": off } }",
    "handoff: { entries: { docs: { titel: x } } }",
    "lifecycle: { review_every: soon, gates: { drft: off } }",
    "models: { release: publsh, tags: semvre, stages: [a, a] }",
    "models: { stages: [\"a b\"] }",
    "board: { issue: first, digest: daily }",
    "commands: { prefix: \"lab hand\", bots: [\"x y\"] }",
];

#[test]
fn each_wrong_value_says_what_would_be_right() {
    let said: Vec<String> = WRONG
        .iter()
        .map(|text| format!("{text}\n{}", complaints(text)))
        .collect();
    insta::assert_snapshot!(said.join("\n"), @r#"
    [a]
    labhand.yml:1:1: here belongs a section of keys, not a list
    word
    labhand.yml:1:1: here belongs a section of keys, not `word`
    enabled: [true]
    labhand.yml:1:10: here belongs `true` or `false`, not a list
    enabled: ""
    labhand.yml:1:10: here belongs `true` or `false`, not an empty text
    classify: yes
    labhand.yml:1:11: here belongs a section of keys, not `yes`
    labels: { kind/reserch: x }
    labhand.yml:1:11: unknown label `kind/reserch`; did you mean `kind/research`?
    labels: { kind/research: a, kind/experiment: A }
    labhand.yml:1:26: `kind/experiment` would be called so too; each label needs a name of its own
    labhand.yml:1:46: `kind/research` would be called so too; each label needs a name of its own
    labels: { kind/research: kind/experiment }
    labhand.yml:1:26: `kind/experiment` would be called so too; each label needs a name of its own
    labels: { kind/research: [a] }
    labhand.yml:1:26: here belongs a text of at most 50 characters in one line, not a list
    calendar: { timezone: localtime }
    labhand.yml:1:23: `localtime` is not a time zone's IANA name, such as `Europe/Berlin`
    calendar: { timezone: ../../etc/passwd }
    labhand.yml:1:23: `../../etc/passwd` is not a time zone's IANA name, such as `Europe/Berlin`
    calendar: { days: mon }
    labhand.yml:1:19: `mon` is not a list such as `[mon, tue, wed, thu, fri]`
    calendar: { days: [] }
    labhand.yml:1:19: a week has to have at least one working day
    calendar: { holidays: 2026-12-25 }
    labhand.yml:1:23: `2026-12-25` is not a list such as `[2026-12-25]`
    calendar: { holidays: [2026-12-25T10:00] }
    labhand.yml:1:24: `2026-12-25T10:00` is not a date such as `2026-12-25`
    timeboxes: { presets: { 2d: 2d } }
    labhand.yml:1:25: a preset's name is at most 20 letters, such as `spike`
    timeboxes: { presets: { spike: 4 } }
    labhand.yml:1:32: `4` is not a length such as `90m`, `4h`, `2d` or `1w 2d`, at most 52w
    timeboxes: { remind_at: 180% }
    labhand.yml:1:25: `180%` is not a percentage from 1% to 100%
    timeboxes: { extensions: { by: leed, count: -1 } }
    labhand.yml:1:32: `leed` is not `lead` or `triage`; did you mean `lead`?
    labhand.yml:1:45: `-1` is not a whole number from 0 to 100
    sprint: { split: { committed: 60.5 } }
    labhand.yml:1:31: `60.5` is not a percentage from 0% to 100%
    sprint: { capacity: 10, people: 5 }
    labhand.yml:1:9: a sprint has a `capacity` or a number of `people`, not both
    sprint: { capacity: nan }
    labhand.yml:1:21: `nan` is not a number above 0 and at most 10000, such as `12.5`
    sprint: { milestones: "[a" }
    labhand.yml:1:23: this is no valid glob: unclosed character class; missing ']'
    teams: { data_science: [acme/a/b, "mi ra"] }
    labhand.yml:1:25: `acme/a/b` is not a login such as `mira` or a team such as `acme/data-science`
    labhand.yml:1:35: `mi ra` is not a login such as `mira` or a team such as `acme/data-science`
    teams: { data-science: [mira] }
    labhand.yml:1:10: unknown key `data-science`; did you mean `data_science`?
    handoff: { paths: ["{a"] }
    labhand.yml:1:20: this is no valid glob: unclosed alternate group; missing '}' (maybe escape '{' with '[{]'?)
    handoff: { carry_over: [servng] }
    labhand.yml:1:25: there is no entry `servng`; did you mean `serving`?
    handoff: { entries: { servin: off } }
    labhand.yml:1:23: there is no entry `servin`; a new one says its side: `{ side: both, title: "…" }`; did you mean `serving`?
    handoff: { entries: { servin: "Title" } }
    labhand.yml:1:23: there is no entry `servin`; a new one says its side: `{ side: both, title: "…" }`; did you mean `serving`?
    handoff: { entries: { privacy: { side: none } } }
    labhand.yml:1:40: `none` is not `data-science`, `engineering` or `both`
    handoff: { entries: { "a b": off } }
    labhand.yml:1:23: an entry's name is at most 40 letters, digits and hyphens
    handoff: { entries: { docs: { titel: x } } }
    labhand.yml:1:31: unknown key `titel`; did you mean `title`?
    lifecycle: { review_every: soon, gates: { drft: off } }
    labhand.yml:1:28: `soon` is not a length such as `90m`, `4h`, `2d` or `1w 2d`, at most 52w
    labhand.yml:1:43: unknown gate `drft`; did you mean `drift`?
    models: { release: publsh, tags: semvre, stages: [a, a] }
    labhand.yml:1:20: `publsh` is not `off`, `draft` or `publish`; did you mean `publish`?
    labhand.yml:1:34: `semvre` is not `semver` or `gto`; did you mean `semver`?
    labhand.yml:1:50: here belongs at least one stage, and each once
    models: { stages: ["a b"] }
    labhand.yml:1:20: `a b` is not a stage such as `staging`, of letters, digits and hyphens
    board: { issue: first, digest: daily }
    labhand.yml:1:17: `first` is not `auto` or the number of an issue
    labhand.yml:1:32: `daily` is not `off`, or a day and a time such as `Mon 09:00`
    commands: { prefix: "lab hand", bots: ["x y"] }
    labhand.yml:1:21: `lab hand` is not a word such as `labhand`, of letters, digits and hyphens
    labhand.yml:1:40: `x y` is not a login such as `mira`
    "#);
}

#[test]
fn what_is_no_yaml_or_too_clever_is_refused_at_its_place() {
    let said: Vec<String> = [
        "a: [1, 2",
        "a: b: c",
        "calendar:\n\ttimezone: UTC",
        "calendar:\n  timezone: UTC\n\tdays: [mon]",
        "\u{0}",
        "enabled: true\n bad",
        "\"enabled: true",
        "enabled: &yes true",
        "a: &a [x]\nb: *a",
        "enabled: !!bool true",
        "? [a]\n: b",
        "? { a: b }\n: b",
        "~: b",
        "enabled: true\n---\nenabled: false",
        "calendar: { a: { b: { c: { d: { e: { f: { g: { h: i } } } } } } } }",
        "%YAML 9.9\n---\na: b",
        "a: \"\\x\"",
        "@",
        "a: `b`",
    ]
    .into_iter()
    .map(|text| format!("{text:?}\n    {}", first_complaint(text)))
    .collect();
    insta::assert_snapshot!(said.join("\n"), @r#"
    "a: [1, 2"
        labhand.yml:1:9: this is no valid YAML: while parsing a flow sequence, expected ',' or ']'
    "a: b: c"
        labhand.yml:1:5: this is no valid YAML: mapping values are not allowed in this context
    "calendar:\n\ttimezone: UTC"
        labhand.yml:2:2: this is no valid YAML: tabs disallowed within this context (block indentation)
    "calendar:\n  timezone: UTC\n\tdays: [mon]"
        labhand.yml:2:13: this is no valid YAML: while scanning a plain scalar, found a tab
    "\0"
        labhand.yml:1:1: this is no valid YAML: found unprintable character
    "enabled: true\n bad"
        labhand.yml:1:10: `true bad` is not `true` or `false`
    "\"enabled: true"
        labhand.yml:1:1: this is no valid YAML: while scanning a quoted scalar, found unexpected end of stream
    "enabled: &yes true"
        labhand.yml:1:10: a policy has no anchors (`&name`)
    "a: &a [x]\nb: *a"
        labhand.yml:1:4: a policy has no anchors (`&name`)
    "enabled: !!bool true"
        labhand.yml:1:10: a policy has no tags (`!name`); quote a text that begins with `!`
    "? [a]\n: b"
        labhand.yml:1:3: a key has to be a word
    "? { a: b }\n: b"
        labhand.yml:1:3: a key has to be a word
    "~: b"
        labhand.yml:1:1: a key has to be a word
    "enabled: true\n---\nenabled: false"
        labhand.yml:3:1: the file is one YAML document; a second one begins here
    "calendar: { a: { b: { c: { d: { e: { f: { g: { h: i } } } } } } } }"
        labhand.yml:1:46: this is nested too deeply
    "%YAML 9.9\n---\na: b"
        labhand.yml:3:1: unknown key `a`
    "a: \"\\x\""
        labhand.yml:1:4: this is no valid YAML: while parsing a quoted scalar, did not find expected hexadecimal number
    "@"
        labhand.yml:1:1: this is no valid YAML: unexpected character: `@'
    "a: `b`"
        labhand.yml:1:4: this is no valid YAML: unexpected character: ``'
    "#);
}

#[test]
fn a_crafted_file_yields_few_and_short_complaints() {
    let crafted = [
        "a".repeat(MOST_BYTES + 1),
        "a".repeat(MOST_BYTES),
        "[".repeat(MOST_BYTES),
        "{".repeat(MOST_BYTES),
        "- ".repeat(MOST_BYTES / 2),
        "? ".repeat(MOST_BYTES / 2),
        "a: ".repeat(MOST_BYTES / 3),
        "a:\n".repeat(MOST_BYTES / 3),
        (0..30_000)
            .map(|n| n.to_string())
            .collect::<Vec<_>>()
            .join(": x\n"),
        format!("calendar: {{ holidays: [{}] }}", "x,".repeat(100_000)),
        format!("calendar: {{ timezone: {} }}", "x".repeat(200_000)),
        format!("a: {}", "&a ".repeat(50_000)),
        "\n".repeat(MOST_BYTES),
        "\t".repeat(MOST_BYTES),
        "#".repeat(MOST_BYTES),
        "'".repeat(MOST_BYTES - 1),
        "\"\\".repeat(MOST_BYTES / 2),
        "|\n".repeat(MOST_BYTES / 2),
        "a\n".repeat(MOST_BYTES / 2),
        "é: ".repeat(60_000),
    ];
    for text in crafted {
        let errors = parse(&[layer(&text)]).err().unwrap_or_default();
        assert!(errors.len() <= 50);
        assert!(errors.iter().all(|error| error.to_string().len() < 300));
    }
}

#[test]
fn messages_carry_no_markup_and_no_second_line() {
    let said = complaints("\"a`\\nb\\u0000@mira\": x");
    insta::assert_snapshot!(said, @"labhand.yml:1:1: unknown key `a' b @mira`");
}

/// The keys of a section of the example, by path, as far as they are fixed.
fn keys_of(node: &yaml::Node, path: &str, keys: &mut Vec<String>) {
    if let yaml::Value::Map(pairs) = &node.value {
        for pair in pairs {
            let path = format!("{path}/{}", pair.key);
            if path != "/timeboxes/presets" {
                keys_of(&pair.node, &path, keys);
            }
            keys.push(path);
        }
    }
}

fn schema_keys(schema: &serde_json::Value, path: &str, keys: &mut Vec<String>) {
    if let Some(properties) = schema["properties"].as_object() {
        assert_eq!(schema["additionalProperties"], false, "{path}");
        for (key, section) in properties {
            let path = format!("{path}/{key}");
            schema_keys(section, &path, keys);
            keys.push(path);
        }
    }
}

#[test]
fn example_and_schema_know_the_same_keys() {
    let (example, _) = yaml::read(EXAMPLE, Written::ForUs).expect("the example is YAML");
    let (mut in_example, mut in_schema) = (Vec::new(), Vec::new());
    keys_of(&example.expect("the example has keys"), "", &mut in_example);
    let mut schema = schema();
    for free in ["guards", "labels"] {
        schema["properties"][free] = serde_json::Value::Null;
    }
    schema["properties"]["timeboxes"]["properties"]["presets"] = serde_json::Value::Null;
    schema["properties"]["lifecycle"]["properties"]["gates"] = serde_json::Value::Null;
    schema_keys(&schema, "", &mut in_schema);
    in_example.sort();
    in_schema.sort();
    assert_eq!(in_example, in_schema);
}

/// Text that is nearly a policy: the words and signs of one, in any order.
fn nearly_a_policy() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("calendar"),
        Just("handoff"),
        Just("entries"),
        Just("labels"),
        Just("sprint"),
        Just("split"),
        Just("kind/research"),
        Just("off"),
        Just("~"),
        Just("80%"),
        Just("4h"),
        Just("hours"),
        Just("09:00-17:00"),
        Just("timezone"),
        Just("é🧪"),
        Just(": "),
        Just(":"),
        Just("\n"),
        Just("\n  "),
        Just("\n    "),
        Just("- "),
        Just("? "),
        Just("["),
        Just("]"),
        Just("{"),
        Just("}"),
        Just(", "),
        Just("\""),
        Just("'"),
        Just("#"),
        Just(" #"),
        Just("&a "),
        Just("*a"),
        Just("!x "),
        Just("|\n"),
        Just(">-\n"),
        Just("---\n"),
        Just("...\n"),
        Just("%"),
        Just("\t"),
        Just("\r\n"),
        Just("\\"),
        Just("\u{feff}"),
        Just("\u{85}"),
        Just("<<"),
    ];
    proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in ".*") {
        let _ = parse(&[layer(&text)]);
    }

    #[test]
    fn nearly_a_policy_is_read_or_refused_at_a_place_in_it(text in nearly_a_policy()) {
        if let Err(errors) = parse(&[layer(&text)]) {
            let lines = text.split(['\n', '\r']).count();
            for error in errors {
                prop_assert!(error.line >= 1 && error.column >= 1 && error.line <= lines);
            }
        }
    }

    #[test]
    fn any_value_anywhere_is_read_or_refused(key in 0usize..15, value in nearly_a_policy()) {
        let key = POLICY[key].name;
        let _ = parse(&[layer(&format!("{key}: {value}"))]);
    }
}
