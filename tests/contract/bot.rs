//! The bot at work with the proxy between it and the stand-in: what it asks is checked as well as
//! what it is answered.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use labhand::cli::bot::Bot;
use labhand::cli::rehearsal::Rehearsal;
use labhand::clock::Clock;
use labhand::domain::ids::ItemNumber;
use labhand::forge::github::GitHub;
use labhand::sim::{Selection, Sim, SimOptions};
use labhand::store::Store;
use tokio_util::sync::CancellationToken;

use crate::{PROXY, UPSTREAM, needed};

const REPO: &str = "acme/fraud";
const SECRET: &str = "a secret of the contract";

struct Lab {
    gh: Sim,
    clock: Clock,
    store: Store,
    bot: Bot<GitHub>,
    stop: CancellationToken,
    _folder: tempfile::TempDir,
}

impl Lab {
    async fn start(as_app: bool) -> Self {
        let clock = Clock::manual("2026-11-23T08:00:00Z".parse().unwrap());
        let told = clock.clone();
        let gh = Sim::start(SimOptions {
            webhook_secret: SECRET.to_owned(),
            clock: Box::new(move || told.now()),
            bind: needed(UPSTREAM).parse().unwrap(),
            public_url: Some(needed(PROXY)),
            ..SimOptions::default()
        })
        .await
        .unwrap();
        gh.user("mira");
        gh.user("ana");
        gh.repo(REPO);
        gh.team("acme/data-science", &["mira"]);
        gh.team("acme/ml-platform", &["ana"]);
        gh.collaborator(REPO, "mira", "maintain");
        gh.collaborator(REPO, "ana", "write");
        let policy = "teams:\n  data_science: [acme/data-science]\n  engineering: [acme/ml-platform]\nhandoff:\n  paths: [\"models/**\"]\nmodels: { release: publish, tags: gto }\n";
        gh.as_user(REPO, "mira")
            .write_file(".github/labhand.yml", policy);
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("labhand.db");
        let store = Store::open(&format!("sqlite://{}", database.display()))
            .await
            .unwrap();
        let rehearsal = Rehearsal {
            token: !as_app,
            ..Rehearsal::new(SECRET)
        };
        let bot = Bot::on(&gh, store.clone(), clock.clone(), rehearsal).unwrap();
        let (_, stop) = bot.hears(&gh).await.unwrap();
        if as_app {
            gh.install("acme", Selection::Only(&[REPO]));
        } else {
            gh.collaborator(REPO, "labhand-machine", "write");
            gh.repository_hook(REPO);
        }
        Self {
            gh,
            clock,
            store,
            bot,
            stop,
            _folder: folder,
        }
    }

    /// Until nothing is due within the next half minute, in which the board gathers changes.
    async fn settle(&self) {
        loop {
            self.gh.deliver().await;
            self.bot.worker().drain().await.unwrap();
            if self.gh.pending() > 0 {
                continue;
            }
            let soon = self.clock.now() + SignedDuration::from_secs(30);
            match self.store.next_due().await.unwrap() {
                Some(due) if due <= soon => self.clock.advance_to(due.max(self.clock.now())),
                Some(_) | None => return,
            }
        }
    }

    async fn hour(&self) {
        self.clock.advance(SignedDuration::from_hours(1));
        self.settle().await;
    }

    /// The id of the bot's comment that names `text`.
    fn comment(&self, number: ItemNumber, text: &str) -> Option<labhand::domain::ids::CommentId> {
        self.gh
            .issue(REPO, number)
            .comments
            .iter()
            .find(|comment| comment.body.contains(text) && comment.author.starts_with("labhand"))
            .map(|comment| comment.id)
    }
}

/// A sprint in short: an experiment that expires, a hand-off with a wrong tick, a bad command.
async fn story(lab: &Lab) {
    lab.settle().await;
    lab.hour().await;
    let mira = lab.gh.as_user(REPO, "mira");
    let ana = lab.gh.as_user(REPO, "ana");
    let experiment = mira
        .open_issue("Test BERT vs GPT for classification")
        .body("Hypothesis: BERT is better\n\nSuccess metric: f1 >= 0.85")
        .assign(&["mira"])
        .send();
    lab.hour().await;
    mira.label(experiment, "kind/experiment");
    lab.hour().await;
    mira.comment(experiment, "/timebox 4h\n/activate");
    mira.comment(experiment, "/timebx 4h");
    lab.settle().await;
    for _ in 0..6 {
        lab.hour().await;
    }
    let development = mira
        .open_issue("Implement recommendation API endpoint")
        .send();
    mira.comment(development, "/board");
    lab.settle().await;
    let pull = mira
        .open_pull("Hand the model over")
        .body(&format!(
            "Closes #{development}\n\nModel: fraud-detector v1.0.0"
        ))
        .files(&[
            ("models/fraud.onnx", "weights"),
            (
                "docs/card.md",
                "## Metrics\n\nF1 is 0.87.\n\n## Limits\n\nNot for large payments.\n",
            ),
        ])
        .send();
    lab.settle().await;
    let checklist = lab
        .comment(pull, "`serving`")
        .expect("the pull request is a hand-off");
    mira.tick(checklist, "serving");
    ana.tick(checklist, "monitoring");
    lab.settle().await;
    mira.comment(pull, "/sign artifact models/fraud.onnx");
    mira.push(pull, &[("models/fraud.onnx", "other weights")]);
    mira.unlabel(experiment, "kind/experiment");
    lab.hour().await;
    mira.label(experiment, "kind/experiment");
    lab.hour().await;
    mira.comment(
        experiment,
        "/findings no better\n/decide abandon it costs more",
    );
    ana.comment(pull, "/sign feature-pipeline serving scaling ab-testing");
    mira.comment(
        pull,
        "/sign model-card docs/card.md\n/sign artifact features io-format benchmarks",
    );
    for person in [&ana, &mira] {
        person.comment(pull, "/sign integration-tests performance incidents docs");
    }
    lab.settle().await;
    let merged = mira.merge(pull);
    lab.settle().await;
    mira.comment(pull, "/promote fraud-detector v1 production");
    ana.tag("fraud-detector@v0.9.0", &merged);
    lab.settle().await;
    ana.publish_release("fraud-detector@v0.9.0", "main", "By hand");
    lab.settle().await;
    assert_eq!(lab.gh.releases(REPO).len(), 2, "ours and ana's");
    assert_eq!(lab.gh.tags(REPO).len(), 3, "with that of production");
    let issue = lab.gh.issue(REPO, experiment);
    assert!(!issue.open, "it is decided: {issue:#?}");
    research(lab).await;
    sprint(lab).await;
    mira.write_file(".github/labhand.yml", "no_such_key: 1\n");
    lab.settle().await;
    let writes = lab.gh.writes();
    assert!(writes.len() >= 20, "the bot wrote {} times", writes.len());
    let calls = lab.gh.calls();
    let routes: BTreeSet<_> = calls.iter().map(|it| (&it.method, &it.route)).collect();
    assert!(routes.len() >= 15, "not much was held: {routes:#?}");
    lab.stop.cancel();
}

/// Research that is closed without findings is opened again, where the policy insists on them.
async fn research(lab: &Lab) {
    let mira = lab.gh.as_user(REPO, "mira");
    mira.write_file(
        ".github/labhand.yml",
        "guards: { decision-before-close: enforce }\n",
    );
    lab.settle().await;
    let research = mira
        .open_issue("Explore graph features for fraud detection (2 days)")
        .body("/activate")
        .send();
    lab.settle().await;
    lab.hour().await;
    mira.close(research);
    lab.settle().await;
    assert!(lab.gh.issue(REPO, research).open, "it owes its findings");
    mira.comment(research, "/block no data\n/unblock\n/status");
    mira.comment(research, "/findings two hops are enough");
    lab.hour().await;
    mira.close(research);
    lab.settle().await;
    assert!(!lab.gh.issue(REPO, research).open);
}

/// A box that is extended, results, what a decision opens, and the end of the sprint.
async fn sprint(lab: &Lab) {
    let mira = lab.gh.as_user(REPO, "mira");
    lab.gh.user("lena");
    lab.gh.collaborator(REPO, "lena", "maintain");
    let lena = lab.gh.as_user(REPO, "lena");
    let due = lab.clock.now() + SignedDuration::from_hours(48);
    let sprint = mira.milestone("Sprint 12", Some(due));
    let issue = mira
        .open_issue("Experiment: graph features find more fraud")
        .body("Hypothesis: they do\n\nSuccess metric: recall >= 0.8\n\nTime box: 4h\n\n/activate")
        .milestone(sprint)
        .send();
    lab.hour().await;
    lena.comment(issue, "/extend 1h the labels came late\n/sprint");
    mira.comment(
        issue,
        "/result recall=0.83\n/findings they do\n\n/decide productionize they do",
    );
    lab.settle().await;
    let issues = lab.gh.issues(REPO);
    let opened = issues
        .iter()
        .filter(|it| it.title.starts_with("Productionize:"));
    assert_eq!(opened.count(), 1, "a development issue follows");
    mira.close_milestone(sprint);
    lab.settle().await;
    // It is said once the closing has proved to be no slip.
    lab.hour().await;
    let board = issues.iter().find(|it| it.title.ends_with("Board"));
    let board = board.expect("there is a board").number;
    let summary = lab.comment(board, "Sprint 12 is over");
    assert!(summary.is_some(), "how the sprint came out is said");
}

#[tokio::test]
#[ignore = "needs the proxy: run .ci/contract"]
async fn the_bot_as_an_app_speaks_as_github_describes() {
    let lab = Lab::start(true).await;
    lab.bot.worker().begin().await.unwrap();
    story(&lab).await;
    lab.gh.as_user(REPO, "mira").open_issue("Lost").send();
    lab.gh.drop_deliveries();
    lab.hour().await;
    assert_eq!(lab.gh.pending(), 0);
}

#[tokio::test]
#[ignore = "needs the proxy: run .ci/contract"]
async fn the_bot_with_a_token_speaks_as_github_describes() {
    let lab = Lab::start(false).await;
    story(&lab).await;
}
