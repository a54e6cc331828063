//! `labhand init`, `labels` and `doctor`, as an administrator runs them, on the stand-in.

use std::path::Path;
use std::process::Command;

use labhand::sim::{Selection, Sim, SimOptions};
use tempfile::TempDir;

struct Scene {
    gh: Sim,
    folder: TempDir,
}

impl Scene {
    async fn new() -> Self {
        let gh = Sim::start(SimOptions::default()).await.unwrap();
        gh.org("acme");
        gh.user("lena");
        gh.repo("acme/fraud");
        gh.collaborator("acme/fraud", "lena", "admin");
        Self {
            gh,
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// What a command prints, its complaints after it, and whether it ended well.
    fn labhand(&self, line: &str, more: &[(&str, &str)]) -> (String, bool) {
        let store = format!(
            "sqlite://{}",
            self.folder.path().join("labhand.db").display()
        );
        let mut command = Command::new(env!("CARGO_BIN_EXE_labhand"));
        command
            .args(line.split(' '))
            .current_dir(self.folder.path())
            .env_clear()
            .env("LABHAND_GITHUB__API_URL", self.gh.url())
            .env("LABHAND_STORE__URL", store)
            // Nobody listens there.
            .env("LABHAND_SERVER__BIND", "127.0.0.1:1");
        for (name, value) in more {
            command.env(name, value);
        }
        let output = command.output().unwrap();
        let text = [output.stdout, output.stderr].concat();
        let text = String::from_utf8(text).unwrap();
        let text = text.replace(self.gh.url(), "GITHUB");
        let place = self.folder.path().display().to_string();
        (text.replace(&place, "HERE"), output.status.success())
    }

    /// The same as the App.
    fn as_app(&self, line: &str) -> (String, bool) {
        let id = self.gh.app_id().to_string();
        let app = [
            (
                "LABHAND_GITHUB__WEBHOOK_SECRETS",
                "It's a Secret to Everybody",
            ),
            ("LABHAND_GITHUB__APP_ID", id.as_str()),
            ("LABHAND_GITHUB__PRIVATE_KEY", self.gh.private_key_pem()),
        ];
        self.labhand(line, &app)
    }

    fn labels(&self) -> Vec<String> {
        let mut names: Vec<String> = self
            .gh
            .labels("acme/fraud")
            .into_iter()
            .map(|it| it.name)
            .collect();
        names.sort();
        names
    }
}

/// Lines that begin like this.
fn lines<'a>(text: &'a str, beginning: &str) -> Vec<&'a str> {
    text.lines()
        .filter(|line| line.trim_start().starts_with(beginning))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn labels_are_shown_created_renamed_or_left() {
    let scene = Scene::new().await;
    let lena = scene.gh.as_user("acme/fraud", "lena");
    for name in ["research", "type: bug", "kind/experiment"] {
        lena.create_label(name);
    }
    let before = scene.labels();
    let (none, good) = scene.as_app("labels acme/fraud");
    assert!(!good);
    assert!(
        none.contains("acme/fraud: there is no such repository, or labhand is not installed on it"),
        "{none}"
    );
    scene.gh.install("acme", Selection::All);

    let (shown, good) = scene.as_app("labels acme/fraud --dry-run");
    assert!(good, "{shown}");
    assert!(
        shown.starts_with("acme/fraud\n  create  kind/research "),
        "{shown}"
    );
    assert_eq!(lines(&shown, "leave"), ["  leave   1 that are there"]);
    insta::assert_snapshot!(lines(&shown, "similar").join("\n"), @r#"
      similar research: does it mean kind/research? Then --rename makes it that, or the policy keeps its name: labels: { kind/research: "research" }
      similar type: bug: does it mean kind/maintenance? Then --rename makes it that, or the policy keeps its name: labels: { kind/maintenance: "type: bug" }
    "#);
    assert!(shown.ends_with("\nNothing was changed; without --dry-run it would be.\n"));
    assert_eq!(scene.labels(), before);

    let (renamed, good) = scene.as_app("labels acme/fraud --rename");
    assert!(good, "{renamed}");
    assert_eq!(
        lines(&renamed, "rename"),
        [
            "  rename  research → kind/research",
            "  rename  type: bug → kind/maintenance"
        ]
    );
    let after = scene.labels();
    assert!(
        after.contains(&"kind/research".to_owned()) && after.contains(&"stage/active".to_owned())
    );
    assert!(!after.contains(&"research".to_owned()));
    let (again, good) = scene.as_app("labels acme/fraud");
    assert!(
        good && again.ends_with("Nothing was to be done.\n"),
        "{again}"
    );

    // The policy's own names count.
    lena.write_file(
        ".github/labhand.yml",
        "labels: { kind/research: research }\n",
    );
    let (policy, _) = scene.as_app("labels acme/fraud --dry-run");
    assert_eq!(
        lines(&policy, "rename"),
        ["  rename  kind/research → research"]
    );
    lena.write_file(".github/labhand.yml", "labls: {}\n");
    let (bad, good) = scene.as_app("labels acme/fraud --dry-run");
    assert!(!good && bad.contains("did you mean `labels`?"), "{bad}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_doctor_says_what_is_wrong_and_where_to_click() {
    let scene = Scene::new().await;
    let (nobody, good) = scene.labhand("doctor", &[]);
    assert!(!good);
    assert!(
        nobody.contains("nobody has set labhand up yet: `labhand serve` shows where"),
        "{nobody}"
    );

    let url = format!(
        "sqlite://{}",
        scene.folder.path().join("labhand.db").display()
    );
    labhand::store::Store::open(&url)
        .await
        .unwrap()
        .close()
        .await;
    let (nowhere, good) = scene.as_app("doctor");
    assert!(!good);
    insta::assert_snapshot!(nowhere, @r"
    ✓ settings: they are complete; the web board is for this machine alone
    ✓ store: sqlite://HERE/labhand.db has 0 items in 0.1 MB
    • server: none answers on 127.0.0.1:1; `labhand serve` starts it
    ✓ GitHub: it knows the App labhand
    ✓ permissions: the App asks for all of them
    ✓ events: the App listens to all of them
    ✗ webhook: the App has none
      → on GITHUB/organizations/labhand-makers/settings/apps/labhand, set it to https://HOST/webhooks/github and active
    ✗ the App is installed nowhere
      → choose repositories on https://github.com/apps/labhand/installations/new
    labhand: 2 things are wrong
    ");

    scene.gh.hook_to("https://labhand.invalid/hook");
    scene.gh.permit("members", None);
    scene.gh.permit("checks", Some("read"));
    scene.gh.deafen("push");
    scene.gh.install("acme", Selection::All);
    let (wrong, good) = scene.as_app("doctor");
    assert!(!good);
    let wrong = wrong.split_once("✓ GitHub").unwrap().1;
    insta::assert_snapshot!(wrong, @r"
    : it knows the App labhand
    ✗ permission checks (write) is missing: the checks of hand-offs, items and the policy will not work
      → set it on GITHUB/organizations/labhand-makers/settings/apps/labhand/permissions, then accept it for each installation
    ✗ permission members (read) is missing: the teams that sign a hand-off will not work
      → set it on GITHUB/organizations/labhand-makers/settings/apps/labhand/permissions, then accept it for each installation
    ✗ event push is not heard: a new policy, and signed files that change are noticed once a day only
      → tick it on GITHUB/organizations/labhand-makers/settings/apps/labhand/permissions, under “Subscribe to events”
    ✗ webhook: https://labhand.invalid/hook does not end with /webhooks/github
      → change it on GITHUB/organizations/labhand-makers/settings/apps/labhand
    • webhook: nothing was sent to https://labhand.invalid/hook in the last 24 hours
    ✗ installation on acme: nobody has accepted checks
      → accept it on https://github.com/organizations/acme/settings/installations/4300000010
    labhand: 5 things are wrong
    ");

    let token = [
        ("LABHAND_GITHUB__WEBHOOK_SECRETS", "x"),
        ("LABHAND_GITHUB__TOKEN", scene.gh.token()),
    ];
    let (token, good) = scene.labhand("doctor", &token);
    assert!(good, "{token}");
    assert!(
        token.contains("✓ GitHub: the token is labhand-machine's"),
        "{token}"
    );
    let wrong = [
        ("LABHAND_GITHUB__WEBHOOK_SECRETS", "x"),
        ("LABHAND_GITHUB__TOKEN", "ghp_wrong"),
    ];
    let (wrong, good) = scene.labhand("doctor", &wrong);
    assert!(
        !good && wrong.contains("✗ GitHub: the token is not taken"),
        "{wrong}"
    );
    assert!(!wrong.contains("ghp_wrong"));
}

#[tokio::test(flavor = "multi_thread")]
async fn init_writes_what_is_missing_and_shows_what_differs() {
    let scene = Scene::new().await;
    let repo = scene.folder.path().join("fraud");
    std::fs::create_dir_all(repo.join(".git")).unwrap();
    let (written, good) = scene.labhand("init fraud", &[]);
    assert!(good, "{written}");
    insta::assert_snapshot!(written, @r"
    wrote     .github/labhand.yml
    wrote     .github/labhand.schema.json
    wrote     .github/ISSUE_TEMPLATE/research.yml
    wrote     .github/ISSUE_TEMPLATE/experiment.yml
    wrote     .github/ISSUE_TEMPLATE/development.yml
    wrote     .github/ISSUE_TEMPLATE/maintenance.yml
    wrote     .github/pull_request_template.md

    Next: say in .github/labhand.yml where and when you work, and commit.
    ");
    let policy = repo.join(".github/labhand.yml");
    let text = std::fs::read_to_string(&policy).unwrap();
    std::fs::write(
        &policy,
        text.replace("timezone: UTC  ", "timezone: Asia/Kolkata  "),
    )
    .unwrap();
    std::fs::remove_file(repo.join(".github/pull_request_template.md")).unwrap();
    let (again, good) = scene.labhand("init fraud", &[]);
    assert!(good, "{again}");
    assert!(
        again.contains("left      .github/labhand.yml, which differs:"),
        "{again}"
    );
    assert!(again.contains("  -  timezone: Asia/Kolkata"), "{again}");
    assert!(
        again.contains("wrote     .github/pull_request_template.md"),
        "{again}"
    );
    assert!(
        again.contains("1 file differs and was left; --force replaces it."),
        "{again}"
    );
    assert!(
        std::fs::read_to_string(&policy)
            .unwrap()
            .contains("Kolkata")
    );
    let (forced, good) = scene.labhand("init fraud --force", &[]);
    assert!(
        good && forced.contains("replaced  .github/labhand.yml"),
        "{forced}"
    );
    let (checked, good) = scene.labhand("check-policy fraud/.github/labhand.yml", &[]);
    assert!(good, "{checked}");

    let (nowhere, good) = scene.labhand("init nowhere", &[]);
    assert!(
        !good && nowhere.contains("nowhere: there is no such folder"),
        "{nowhere}"
    );
    assert!(!Path::new("nowhere").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_is_explained_as_it_is_on_github() {
    let scene = Scene::new().await;
    let of = |more: &str| scene.as_app(&format!("check-policy --repository acme/fraud{more}"));
    let (none, good) = of("");
    assert!(
        !good && none.contains("there is no such repository"),
        "{none}"
    );
    scene.gh.install("acme", Selection::All);
    let (none, good) = of("");
    assert!(good, "{none}");
    insta::assert_snapshot!(none, @"the policy of acme/fraud has no file: labhand's defaults are in force.");

    scene.gh.repo("acme/.github");
    scene.gh.collaborator("acme/.github", "lena", "admin");
    let defaults = "calendar: { timezone: Europe/Berlin }\nsprint: { people: 4 }\n";
    scene
        .gh
        .as_user("acme/.github", "lena")
        .write_file("labhand.yml", defaults);
    scene
        .gh
        .as_user("acme/fraud", "lena")
        .write_file(".github/labhand.yml", "sprint:\n  people: 5\n");
    let line = |text: &str, key: &str| {
        let line = text.lines().find(|it| it.starts_with(key)).unwrap();
        line.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let (told, good) = of(" --explain");
    assert!(good, "{told}");
    insta::assert_snapshot!(line(&told, "enabled"), @"enabled true default");
    insta::assert_snapshot!(line(&told, "calendar.timezone"), @"calendar.timezone Europe/Berlin acme/.github/labhand.yml:1");
    insta::assert_snapshot!(line(&told, "sprint.people"), @"sprint.people 5 .github/labhand.yml:2");

    // What is proposed takes the place of the repository's own.
    let proposed = scene.folder.path().join("mine.yml");
    std::fs::write(&proposed, "enabled: off\n").unwrap();
    let (told, good) = of(" --explain mine.yml");
    assert!(good, "{told}");
    insta::assert_snapshot!(line(&told, "enabled"), @"enabled off mine.yml:1");
    insta::assert_snapshot!(line(&told, "sprint.people"), @"sprint.people 4 acme/.github/labhand.yml:2");
    std::fs::write(&proposed, "sprint: { peple: 4 }\n").unwrap();
    let (told, good) = of(" mine.yml");
    assert!(
        !good && told.contains("mine.yml:1:11: unknown key `peple`; did you mean `people`?"),
        "{told}"
    );

    // A mistake in what is there already is shown where it is.
    scene
        .gh
        .as_user("acme/.github", "lena")
        .write_file("labhand.yml", "calender: {}\n");
    let (told, good) = of("");
    assert!(
        !good && told.contains("acme/.github/labhand.yml:1:1: unknown key `calender`"),
        "{told}"
    );
    assert!(
        told.contains("the policy of acme/fraud has a mistake"),
        "{told}"
    );

    let (told, good) = scene.as_app("check-policy");
    assert!(!good && told.contains("FILE"), "{told}");
    let (told, good) = scene.labhand("check-policy --repository acme/fraud", &[]);
    assert!(
        !good && told.contains("nobody has set labhand up yet"),
        "{told}"
    );
}
