//! What is wrong is told at its place.

use super::*;

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
