//! The bot killed with SIGKILL after GitHub has taken a step and before it has said so: the answer is
//! held back for ever, so that the moment waits for the test.

use labhand::domain::ids::ItemNumber;
use labhand::sim::{Answer, Fault, Person, Selection};

use super::{Bot, REPO, World, until};

/// Lets GitHub take this step without saying so, kills the bot then, and starts it again. The next
/// life is told again what the last one may have heard, and what it missed.
async fn killed_at(
    world: &World,
    mut bot: Bot,
    step: Fault,
    path: &str,
    act: impl FnOnce(),
) -> Bot {
    let before = unanswered(world, path);
    world.gh.fault(step.answer(Answer::NeverAnswered));
    act();
    until("GitHub has taken the step", async || {
        world.gh.deliver().await;
        unanswered(world, path) > before
    })
    .await;
    bot.kill();
    let missed = world.gh.take_deliveries();
    let bot = world.start().await;
    for delivery in &missed {
        world.gh.replay(delivery);
    }
    bot
}

fn unanswered(world: &World, path: &str) -> usize {
    let calls = world.gh.calls().into_iter();
    let calls = calls.filter(|call| call.status == 0 && call.path.contains(path));
    calls.count()
}

/// What happens within one second of GitHub's has no order.
async fn next_second(world: &World) {
    let now = world.gh.now();
    until("it is another second", async || world.gh.now() > now).await;
}

async fn is_at_rest(bot: &Bot) -> bool {
    bot.metric("labhand_inbox_unhandled").await == 0.0
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_between_the_creation_of_an_issue_and_the_next_step_it_opens_no_second_one() {
    let world = World::new().await;
    world.gh.install("acme", Selection::Only(&[REPO]));
    let mira = world.gh.as_user(REPO, "mira");
    let issue = mira.open_issue("Explore graph features (2 days)").send();
    mira.comment(issue, "/activate\n/findings Degree features help most.");
    let bot = world.start().await;
    let labels = || world.gh.issue(REPO, issue).labels;
    until("it is analysed, and there is a board", async || {
        world.gh.deliver().await;
        labels().contains(&"stage/analysis".to_owned()) && world.gh.issues(REPO).len() == 2
    })
    .await;
    let creation = Fault::new().method("POST").path_ends_with("/fraud/issues");
    let bot = killed_at(&world, bot, creation, "/fraud/issues", || {
        mira.comment(issue, "/decide productionize they are cheap");
    })
    .await;
    let opened = opened(&world, "Productionize:");
    until("the decision leads to the issue", async || {
        world.gh.deliver().await;
        let link = format!("`#{}`", opened[0]);
        said(&world, issue, "labhand:status").contains(&link) && is_at_rest(&bot).await
    })
    .await;
    assert_eq!(self::opened(&world, "Productionize:").len(), 1);
    assert!(bot.metric("labhand_panics_total").await == 0.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_while_it_opens_an_issue_for_retraining_it_opens_no_second_one() {
    let world = World::new().await;
    world.gh.install("acme", Selection::Only(&[REPO]));
    let mira = world.gh.as_user(REPO, "mira");
    let home = mira.open_issue("Fraud detector").send();
    mira.comment(home, "/model track fraud-detector");
    let bot = world.start().await;
    until("it is a home", async || {
        world.gh.deliver().await;
        said(&world, home, "labhand:checklist").contains("fraud-detector")
            && world.gh.issues(REPO).len() == 2
            && is_at_rest(&bot).await
    })
    .await;
    next_second(&world).await;
    let creation = Fault::new().method("POST").path_ends_with("/fraud/issues");
    let bot = killed_at(&world, bot, creation, "/fraud/issues", || {
        mira.comment(home, "/drift recall=0.71 since the new cards came");
    })
    .await;
    let opened = opened(&world, "Retrain ");
    until("the home leads to the issue", async || {
        world.gh.deliver().await;
        let link = format!("→ `#{}`", opened[0]);
        said(&world, home, "labhand:checklist").contains(&link) && is_at_rest(&bot).await
    })
    .await;
    assert_eq!(self::opened(&world, "Retrain ").len(), 1);
    assert!(bot.metric("labhand_panics_total").await == 0.0);
}

/// The issues whose titles begin so.
fn opened(world: &World, title: &str) -> Vec<ItemNumber> {
    let issues = world.gh.issues(REPO).into_iter();
    let issues = issues.filter(|issue| issue.title.starts_with(title));
    issues.map(|issue| issue.number).collect()
}

/// What labhand says there for this purpose.
fn said(world: &World, number: ItemNumber, slot: &str) -> String {
    let comments = world.gh.issue(REPO, number).comments.into_iter();
    let bodies = comments.map(|comment| comment.body);
    bodies.filter(|body| body.contains(slot)).collect()
}

/// Two entries and no sides, so that whoever may write signs.
const RELEASED: &str = "\
models: { release: publish, tags: gto }
roles: { leads: [mira] }
handoff:
  entries:
    artifact: off
    features: off
    io-format: off
    benchmarks: off
    feature-pipeline: off
    monitoring: off
    ab-testing: off
    scaling: off
    integration-tests: off
    performance: off
    incidents: off
    docs: off
";

const CARD: &str = "\
# Fraud detector

## Evaluation

F1 is 0.87 on the orders of October.

## Limitations

It knows no orders from outside of the EU.
";

/// A world in which mira has handed a version over, all but merged.
async fn handed_over() -> (World, Bot, Person, ItemNumber) {
    let world = World::new().await;
    let mira = world.gh.as_user(REPO, "mira");
    mira.write_file(".github/labhand.yml", RELEASED);
    world.gh.install("acme", Selection::Only(&[REPO]));
    let bot = world.start().await;
    let pull = mira
        .open_pull("Serve the fraud detector")
        .body("Model: fraud-detector v1.0.0")
        .files(&[("docs/model_card.md", CARD)])
        .send();
    let signs = "/handoff\n/sign model-card docs/model_card.md\n/sign serving";
    mira.comment(pull, signs);
    until("it is signed", async || {
        world.gh.deliver().await;
        said(&world, pull, "labhand:checklist").contains("**Complete.**")
    })
    .await;
    next_second(&world).await;
    (world, bot, mira, pull)
}

async fn is_published(world: &World, bot: &Bot, pull: ItemNumber) {
    until("the release is known", async || {
        world.gh.deliver().await;
        said(world, pull, "labhand:checklist").contains("· [release](") && is_at_rest(bot).await
    })
    .await;
    let releases = world.gh.releases(REPO);
    assert_eq!(releases.len(), 1, "{releases:#?}");
    let files = releases[0].files.iter();
    let files: Vec<&str> = files.map(|(name, ..)| name.as_str()).collect();
    assert_eq!(files, ["record.json", "model-card.md"]);
    assert!(!releases[0].draft && releases[0].files.iter().all(|(.., whole)| *whole));
}

fn tags(world: &World) -> Vec<String> {
    let tags = world.gh.tags(REPO).into_iter();
    tags.map(|(name, _)| name).collect()
}

/// A version is published, and this step of it is the bot's last.
async fn killed_while_publishing(method: &str, path: &str, before: usize) {
    let (world, bot, mira, pull) = handed_over().await;
    let step = Fault::new().method(method).path_contains(path);
    let step = step.after(before);
    let bot = killed_at(&world, bot, step, path, || {
        mira.merge(pull);
    })
    .await;
    is_published(&world, &bot, pull).await;
    assert_eq!(tags(&world), ["fraud-detector@v1.0.0"]);
    assert!(bot.metric("labhand_panics_total").await == 0.0);
}

/// A promotion is tagged, and that is the bot's last step.
async fn killed_while_tagging_a_stage() {
    let (world, bot, mira, pull) = handed_over().await;
    mira.merge(pull);
    is_published(&world, &bot, pull).await;
    let step = Fault::new().method("POST").path_contains("/git/refs");
    let bot = killed_at(&world, bot, step, "/git/refs", || {
        mira.comment(pull, "/promote fraud-detector v1 production");
    })
    .await;
    // What is asked for later is tagged later.
    mira.comment(pull, "/promote fraud-detector v1 staging");
    until("both stages are tagged", async || {
        world.gh.deliver().await;
        tags(&world).iter().any(|tag| tag.contains("#staging#"))
    })
    .await;
    let expected = [
        "fraud-detector#production#1",
        "fraud-detector#staging#1",
        "fraud-detector@v1.0.0",
    ];
    assert_eq!(tags(&world), expected);
    assert!(bot.metric("labhand_panics_total").await == 0.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_step_of_publishing_a_version_it_publishes_it_once_and_whole() {
    tokio::join!(
        killed_while_publishing("POST", "/git/refs", 0),
        killed_while_publishing("POST", "/fraud/releases", 0),
        killed_while_publishing("POST", "/assets", 0),
        killed_while_publishing("POST", "/assets", 1),
        killed_while_publishing("PATCH", "/releases/", 0),
        killed_while_tagging_a_stage(),
    );
}
