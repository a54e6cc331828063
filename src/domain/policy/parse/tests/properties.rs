//! Any text that is nearly a policy.

use super::*;

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
