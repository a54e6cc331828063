//! `docs/security.md` promises a test for each line: every row of its tables names some, and each of
//! them is there.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use comrak::nodes::NodeValue;
use comrak::{Arena, Options, parse_document};

#[test]
fn each_line_of_the_threat_model_is_shown_by_a_test() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("docs/security.md")).unwrap();
    let mut options = Options::default();
    options.extension.table = true;
    let arena = Arena::new();
    let document = parse_document(&arena, &page, &options);
    let mut tests = BTreeSet::new();
    for row in document.descendants() {
        if !matches!(row.data().value, NodeValue::TableRow(false)) {
            continue;
        }
        let named = row.last_child().unwrap().children();
        let named: Vec<String> = named
            .filter_map(|node| match &node.data().value {
                NodeValue::Code(code) => Some(code.literal.clone()),
                _ => None,
            })
            .collect();
        assert!(
            !named.is_empty(),
            "no test at line {}",
            row.data().sourcepos.start.line
        );
        tests.extend(named);
    }
    assert!(tests.len() > 40, "{}", tests.len());
    for test in tests {
        let (file, name) = test.split_once("::").unwrap();
        let source = fs::read_to_string(root.join(file)).unwrap_or_else(|_| panic!("no {file}"));
        let (before, _) = source
            .split_once(&format!("fn {name}("))
            .unwrap_or_else(|| panic!("no {test}"));
        let last: Vec<&str> = before.lines().rev().take(3).collect();
        assert!(
            last.iter()
                .any(|line| line.trim_start().starts_with("#[") && line.contains("test")),
            "{test} is no test"
        );
    }
}
