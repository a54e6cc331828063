//! What operators take from `config/` fits this labhand: metrics and settings that it names are there.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use jiff::Timestamp;
use labhand::metrics::Metrics;
use serde_json::Value;

fn config(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("config")
        .join(name);
    fs::read_to_string(path).unwrap()
}

/// All words of a text that begin so.
fn words<'t>(text: &'t str, prefix: &str) -> BTreeSet<&'t str> {
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    words.filter(|word| word.starts_with(prefix)).collect()
}

/// As `/metrics` names them.
fn metrics() -> BTreeSet<String> {
    let metrics = Metrics::new();
    // What has labels shows once something was counted.
    metrics.delivery_accepted("issues");
    metrics.delivery_refused("signature");
    metrics.action_ignored("issues", "typed");
    metrics.call("GET", "/app", 200);
    let rendered = metrics.render(None, Timestamp::UNIX_EPOCH);
    let types = rendered
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE "));
    types
        .map(|line| match line.split_once(' ').unwrap() {
            (name, "counter") => format!("{name}_total"),
            (name, _) => name.to_owned(),
        })
        .collect()
}

#[test]
fn alerts_and_the_dashboard_ask_for_metrics_that_there_are() {
    let metrics = metrics();
    assert!(metrics.contains("labhand_inbox_dead"), "{metrics:?}");
    let (alerts, dashboard) = (config("alerts.yml"), config("grafana.json"));
    for (name, text) in [("alerts.yml", &alerts), ("grafana.json", &dashboard)] {
        let asked = words(text, "labhand_");
        assert!(asked.len() >= 7, "{name}: {asked:?}");
        for one in asked {
            assert!(metrics.contains(one), "{name} asks for {one}");
        }
    }
    // What is measured is shown.
    let shown = words(&dashboard, "labhand_");
    for one in &metrics {
        assert!(shown.contains(one.as_str()), "{one} is on no panel");
    }
}

#[test]
fn each_metric_is_explained_for_operators() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/operations.md");
    let page = fs::read_to_string(page).unwrap();
    let explained = words(&page, "labhand_");
    for one in metrics() {
        assert!(explained.contains(one.as_str()), "{one}");
    }
}

#[test]
fn the_dashboards_panels_do_not_lie_over_each_other() {
    let dashboard: Value = serde_json::from_str(&config("grafana.json")).unwrap();
    let mut taken = BTreeSet::new();
    for panel in dashboard["panels"].as_array().unwrap() {
        let side = |name: &str| panel["gridPos"][name].as_u64().unwrap();
        assert!(side("x") + side("w") <= 24, "{}", panel["title"]);
        for x in side("x")..side("x") + side("w") {
            for y in side("y")..side("y") + side("h") {
                assert!(taken.insert((x, y)), "{}", panel["title"]);
            }
        }
    }
}

#[test]
fn the_compose_file_sets_settings_that_there_are() {
    let (compose, defaults) = (config("compose.yml"), config("default.toml"));
    let set = words(&compose, "LABHAND_");
    let set: Vec<_> = set.iter().filter(|name| name.contains("__")).collect();
    assert!(set.len() >= 5, "{set:?}");
    for name in set {
        let (section, key) = name["LABHAND_".len()..].split_once("__").unwrap();
        let heading = format!("\n[{}]\n", section.to_lowercase());
        let (_, rest) = defaults
            .split_once(&heading)
            .unwrap_or_else(|| panic!("{name}"));
        let key = format!("{} = ", key.to_lowercase());
        let known = rest
            .lines()
            .take_while(|line| !line.starts_with('['))
            .any(|line| line.trim_start_matches("# ").starts_with(&key));
        assert!(known, "{name}");
    }
}

/// The folders beside `src` of which the program has something in it.
fn built_in(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            built_in(&path, found);
        } else if path.extension().is_some_and(|it| it == "rs") && !path.ends_with("tests.rs") {
            let text = fs::read_to_string(&path).unwrap();
            if text.contains("#[template(path") {
                found.insert("templates".to_owned());
            }
            for rest in text.split("include_str!(\"").skip(1) {
                let file = rest.split('"').next().unwrap();
                let beside = path.parent().unwrap().join(file).canonicalize().unwrap();
                let root = Path::new(env!("CARGO_MANIFEST_DIR"))
                    .canonicalize()
                    .unwrap();
                let inside = beside.strip_prefix(root).unwrap();
                let first = inside.components().next().unwrap();
                found.insert(first.as_os_str().to_str().unwrap().to_owned());
            }
        }
    }
}

#[test]
fn the_image_is_built_of_all_that_is_in_the_program() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let image = fs::read_to_string(root.join("Dockerfile")).unwrap();
    let context = fs::read_to_string(root.join(".dockerignore")).unwrap();
    let mut folders = BTreeSet::from(["src".to_owned()]);
    built_in(&root.join("src"), &mut folders);
    assert!(folders.len() >= 4, "{folders:?}");
    for folder in folders {
        assert!(
            image.contains(&format!("COPY {folder} {folder}\n")),
            "{folder} is not copied"
        );
        assert!(
            context.contains(&format!("!{folder}\n")),
            "{folder} is not in the context"
        );
    }
}
