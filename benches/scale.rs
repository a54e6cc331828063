//! What one event costs, from GitHub's delivery to labhand's last call, in a store of 1,000 items and
//! in one of 100,000 in 100 repositories; and what starting and asking cost there.
//!
//! The bot is the real one, and GitHub the stand-in on loopback, which takes no time of its own to
//! speak of. One repository is filled by work; the others, and most of this one's items, are its
//! rows again under other numbers.
//!
//! ```console
//! $ cargo bench --bench scale
//! ```

use std::time::{Duration, Instant};

use jiff::SignedDuration;
use labhand::cli::bot::Bot;
use labhand::cli::rehearsal::Rehearsal;
use labhand::clock::Clock;
use labhand::domain::ids::InstallationId;
use labhand::forge::github::GitHub;
use labhand::sim::{Selection, Sim, SimOptions};
use labhand::store::Store;
use sqlx::{AnyConnection, AssertSqlSafe, Connection, Executor};
use tokio_util::sync::CancellationToken;

const REPO: &str = "acme/fraud";
const SECRET: &str = "a secret of the bench";

/// Items of each repository.
const ITEMS: u32 = 1_000;

/// What an item looks like: issues of all kinds, in the proportion of a usual sprint.
const TITLES: [&str; 10] = [
    "Compare BERT vs GPT-2 for classification (3 days)",
    "Explore graph features for fraud detection (2 days)",
    "Implement recommendation API endpoint",
    "Retrain fraud model with Q4 data",
    "Compare boosting vs logistic regression for churn (2 days)",
    "Review recent papers on transformer efficiency",
    "Explore embeddings of merchants (3 days)",
    "Fix data pipeline timeout issue",
    "Compare samplers for the hyperparameter search (1 day)",
    "Deploy recommendation model v2.3",
];

/// Events of each kind that are measured.
const ROUNDS: usize = 60;

fn main() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        for repos in [1, 100] {
            println!("{} items in {repos} repositories", repos * ITEMS);
            measure(repos).await;
        }
        queue().await;
    });
}

struct Scene {
    gh: Sim,
    clock: Clock,
    url: String,
    _folder: tempfile::TempDir,
}

impl Scene {
    async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let clock = Clock::manual("2026-11-23T08:00:00Z".parse().expect("a time"));
        let told = clock.clone();
        let gh = Sim::start(SimOptions {
            webhook_secret: SECRET.to_owned(),
            clock: Box::new(move || told.now()),
            ..SimOptions::default()
        })
        .await
        .expect("a stand-in");
        gh.org("acme");
        gh.user("mira");
        gh.repo(REPO);
        gh.collaborator(REPO, "mira", "write");
        let url = format!("sqlite://{}", folder.path().join("labhand.db").display());
        Self {
            gh,
            clock,
            url,
            _folder: folder,
        }
    }

    async fn bot(&self) -> (Bot<GitHub>, Store, CancellationToken) {
        let store = Store::open(&self.url).await.expect("a store");
        let rehearsal = Rehearsal::new(SECRET);
        let bot = Bot::on(&self.gh, store.clone(), self.clock.clone(), rehearsal);
        let bot = bot.expect("a bot");
        let (_, stop) = bot.hears(&self.gh).await.expect("a port");
        (bot, store, stop)
    }

    /// Lets all come to its end, and a minute pass.
    async fn settle(&self, bot: &Bot<GitHub>) {
        loop {
            self.gh.deliver().await;
            bot.worker().drain().await.expect("a store");
            if self.gh.pending() == 0 {
                break;
            }
        }
        self.clock.advance(SignedDuration::from_secs(60));
        bot.worker().drain().await.expect("a store");
        self.gh.deliver().await;
    }

    /// From what was done on GitHub to the last call that follows at once.
    async fn event(&self, bot: &Bot<GitHub>) -> Duration {
        let begun = Instant::now();
        self.gh.deliver().await;
        bot.worker().drain().await.expect("a store");
        let took = begun.elapsed();
        self.settle(bot).await;
        took
    }
}

async fn measure(repos: u32) {
    let scene = Scene::new().await;
    let (bot, store, stop) = scene.bot().await;
    scene.gh.install("acme", Selection::Only(&[REPO]));
    let mira = scene.gh.as_user(REPO, "mira");
    let issues: Vec<_> = TITLES
        .iter()
        .map(|title| mira.open_issue(title).send())
        .collect();
    scene.settle(&bot).await;
    mira.comment(issues[0], "/timebox 4d");
    scene.settle(&bot).await;
    stop.cancel();
    store.close().await;
    fill(&scene.url, repos).await;

    let begun = Instant::now();
    let (bot, store, stop) = scene.bot().await;
    println!(
        "  start                          {:>9.1} ms",
        ms(begun.elapsed())
    );
    let figures = store.figures().await.expect("figures");
    assert!(figures.items >= u64::from(repos * ITEMS), "{figures:?}");
    scene.settle(&bot).await;

    let mut took = Vec::new();
    for round in 0..ROUNDS {
        let command = ["/block the cluster is down", "/unblock"][round % 2];
        mira.comment(issues[0], command);
        took.push(scene.event(&bot).await);
    }
    println!(
        "  a command, to its last call    {:>9.1} ms",
        median(&mut took)
    );

    let mut took = Vec::new();
    for round in 0..ROUNDS {
        mira.open_issue(&format!("Explore merchants of region {round} (2 days)"))
            .send();
        took.push(scene.event(&bot).await);
    }
    println!(
        "  a new research issue           {:>9.1} ms",
        median(&mut took)
    );

    let mut took = Vec::new();
    for round in 0..20 {
        mira.comment(issues[0], ["/block no data", "/unblock"][round % 2]);
        scene.gh.deliver().await;
        bot.worker().drain().await.expect("a store");
        scene.clock.advance(SignedDuration::from_secs(60));
        let begun = Instant::now();
        bot.worker().drain().await.expect("a store");
        took.push(begun.elapsed());
        scene.settle(&bot).await;
    }
    println!(
        "  the board of {ITEMS} items       {:>9.1} ms",
        median(&mut took)
    );
    stop.cancel();
    store.close().await;
}

/// Multiplies what is there: this repository's items to a thousand, then the repository.
async fn fill(url: &str, repos: u32) {
    sqlx::any::install_default_drivers();
    let mut database = AnyConnection::connect(url).await.expect("a database");
    let made = TITLES.len();
    // Numbers from 100,000 on, so that those which GitHub gives next stay free.
    let more = "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 99)";
    let number = "100000 + n.n * 10 + number";
    let statements = [
        format!(
            "{more} INSERT INTO items SELECT installation, repo, {number},
                 json_set(doc, '$.number', {number}), shown
             FROM items, n WHERE number BETWEEN 1 AND {made}"
        ),
        format!(
            "{more} INSERT INTO facts SELECT installation, repo, {number}, id, at, doc
             FROM facts, n WHERE number BETWEEN 1 AND {made}"
        ),
        format!(
            "{more} INSERT INTO texts (installation, repo, number, title, body)
             SELECT installation, repo, {number}, title, body FROM texts, n"
        ),
        format!(
            "{more} INSERT INTO keys (installation, repo, kind, number, due_at)
             SELECT installation, repo, kind, {number}, due_at FROM keys, n
             WHERE kind = 'item' AND number BETWEEN 1 AND {made}"
        ),
    ];
    for statement in statements {
        run(&mut database, statement).await;
    }
    let columns = [
        (
            "repos",
            "installation + n.n, repo + 1000000 * n.n, name || n.n, doc",
        ),
        (
            "items",
            "installation + n.n, repo + 1000000 * n.n, number, doc, shown",
        ),
        (
            "facts",
            "installation + n.n, repo + 1000000 * n.n, number, id, at, doc",
        ),
        (
            "texts (installation, repo, number, title, body)",
            "installation + n.n, repo + 1000000 * n.n, number, title, body",
        ),
        (
            "keys (installation, repo, kind, number, due_at)",
            "installation + n.n, repo + 1000000 * n.n, kind, number, due_at + 3153600000000000",
        ),
        (
            "installations (installation, not_before)",
            "installation + n.n, 0",
        ),
    ];
    for (table, columns) in columns {
        let from = table.split(' ').next().unwrap_or_default();
        let copies = repos - 1;
        run(
            &mut database,
            format!(
                "WITH RECURSIVE n (n) AS (SELECT 1 WHERE {copies} > 0 UNION ALL SELECT n + 1 FROM n WHERE n < {copies})
                 INSERT INTO {table} SELECT {columns} FROM {from}, n WHERE true"
            ),
        )
        .await;
    }
    database.close().await.expect("closed");
}

async fn run(database: &mut AnyConnection, statement: String) {
    let done = database.execute(AssertSqlSafe(statement)).await;
    done.expect("a statement");
}

/// A million keys of 5,000 installations, of which one is due.
async fn queue() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite://{}", folder.path().join("labhand.db").display());
    Store::open(&url).await.expect("a store").close().await;
    let mut database = AnyConnection::connect(&url).await.expect("a database");
    run(
        &mut database,
        "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 1000000)
         INSERT INTO keys (installation, repo, kind, number, due_at)
         SELECT n % 5000 + 1, n % 5000 + 1, 'item', n, 1000000 * n FROM n"
            .to_owned(),
    )
    .await;
    let installations = "INSERT INTO installations (installation, not_before) SELECT DISTINCT installation, 0 FROM keys";
    run(&mut database, installations.to_owned()).await;
    database.close().await.expect("closed");
    println!("1,000,000 keys of 5,000 installations");
    let begun = Instant::now();
    let store = Store::open(&url).await.expect("a store");
    println!(
        "  start                          {:>9.1} ms",
        ms(begun.elapsed())
    );
    let now = jiff::Timestamp::from_second(1).expect("a time");
    let (mut next, mut turns, mut leases) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..200 {
        let begun = Instant::now();
        store.next_due().await.expect("a time");
        next.push(begun.elapsed());
        let begun = Instant::now();
        let due = store.due_installations(now).await.expect("installations");
        turns.push(begun.elapsed());
        assert_eq!(due, [InstallationId(2)]);
        let begun = Instant::now();
        let none = store
            .lease(InstallationId(9), now, SignedDuration::from_secs(30))
            .await;
        leases.push(begun.elapsed());
        assert!(none.expect("an answer").is_none());
    }
    println!(
        "  when is the next due           {:>9.3} ms",
        median(&mut next)
    );
    println!(
        "  whose turn is it               {:>9.3} ms",
        median(&mut turns)
    );
    println!(
        "  an installation's next key     {:>9.3} ms",
        median(&mut leases)
    );
}

fn ms(took: Duration) -> f64 {
    took.as_secs_f64() * 1e3
}

fn median(took: &mut [Duration]) -> f64 {
    took.sort_unstable();
    ms(took[took.len() / 2])
}
