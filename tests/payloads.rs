//! GitHub's own example payloads can all be read. They are not in the tree: `.ci/payloads` fetches
//! them and runs this test with the folder `EVENT/NN.json` in `LABHAND_PAYLOADS`.

use std::path::Path;

use jiff::Timestamp;
use labhand::forge::github::payload;

/// Every file of every folder, by the folder's name.
fn payloads(root: &Path) -> Vec<(String, std::path::PathBuf)> {
    let entries = |path: &Path| {
        std::fs::read_dir(path)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
            .map(|entry| entry.expect("a folder that can be listed").path())
    };
    entries(root)
        .filter(|folder| folder.is_dir())
        .flat_map(|folder| {
            let event = folder
                .file_name()
                .expect("a name")
                .to_string_lossy()
                .into_owned();
            entries(&folder).map(move |file| (event.clone(), file))
        })
        .collect()
}

#[test]
fn githubs_own_examples_are_read_without_error() {
    let Some(root) = std::env::var_os("LABHAND_PAYLOADS") else {
        eprintln!("not run: LABHAND_PAYLOADS is not set, see .ci/payloads");
        return;
    };
    let payloads = payloads(Path::new(&root));
    // 329 of @octokit/webhooks-examples, and those of @octokit/openapi-webhooks.
    assert!(
        payloads.len() >= 329,
        "only {} payloads found",
        payloads.len()
    );

    let mut failures = Vec::new();
    let mut unknown = Vec::new();
    for (event, file) in &payloads {
        let body = std::fs::read(file).expect("a readable file");
        match payload::read(event, &body, Timestamp::UNIX_EPOCH) {
            Ok(delivery) if delivery.known => {}
            Ok(delivery) => unknown.push((event.as_str(), delivery.action)),
            Err(error) => failures.push(format!("{}: {error}", file.display())),
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));

    // What labhand listens to has no action in the examples that it does not know.
    let ours = [
        "ping",
        "installation",
        "installation_repositories",
        "repository",
        "issues",
        "issue_comment",
        "label",
        "milestone",
        "pull_request",
        "check_run",
        "check_suite",
        "merge_group",
        "push",
        "release",
        "team",
        "membership",
        "member",
    ];
    unknown.retain(|(event, _)| ours.contains(event));
    assert!(unknown.is_empty(), "unknown actions: {unknown:?}");
}
