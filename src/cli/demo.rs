//! `labhand demo`: a sprint of two weeks in twenty seconds. The stand-in for GitHub and the bot run
//! in this process; people act by a script, and what labhand answers is read off the stand-in.

use std::io::{self, ErrorKind};
use std::net::Ipv4Addr;
use std::time::Duration;

use anyhow::{Context, anyhow};
use jiff::Timestamp;
use jiff::civil::Time;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::logging;
use crate::domain::calendar::Calendar;
use crate::domain::ids::ItemNumber;
use crate::web;

mod line;
mod script;
mod sight;
mod table;
mod teller;
mod terminal;
mod world;

use script::{AFTERWARDS, Act, ENDS, Name, REPO, STORY};
use sight::{Change, Sight};
use teller::Teller;
use world::World;

pub(super) const EXAMPLES: &str = "\
Examples:
  labhand demo               tells the story, then serves its pages on http://127.0.0.1:8080/
  labhand demo --port 8081   the same on another port
  labhand demo --exit        tells the story and ends

It needs no settings and no network, and leaves nothing behind.";

/// How long the telling takes. With what the machine needs it stays within twenty seconds.
const LENGTH: Duration = Duration::from_secs(16);

/// How much of a title is repeated where an item is spoken of again.
const SHORT_TITLE: usize = 28;

/// Tells the story; then serves its pages until told to stop, unless it is to end at once.
pub(super) async fn run(port: u16, exit: bool) -> anyhow::Result<()> {
    logging::start_quietly();
    let doors = if exit {
        None
    } else {
        Some(Doors::open(port).await?)
    };
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        told = tell_and_serve(doors) => unless_nobody_listens(told),
        _ = tokio::signal::ctrl_c() => Ok(()),
        _ = terminate.recv() => Ok(()),
    }
}

/// Where the demo can be looked at once its story is over.
struct Doors {
    /// labhand's web board.
    board: TcpListener,
    /// What stands for GitHub's own pages.
    github: TcpListener,
    /// The address of those.
    github_url: String,
}

impl Doors {
    /// The board on this port (0: any), and the stand-in's pages on the next, or on any that is free.
    async fn open(port: u16) -> anyhow::Result<Self> {
        let board = listen(port).await?;
        let next = board.local_addr()?.port().checked_add(1).unwrap_or(0);
        let github = match TcpListener::bind((Ipv4Addr::LOCALHOST, next)).await {
            Ok(github) => github,
            Err(_) => listen(0).await?,
        };
        let github_url = format!("http://{}", github.local_addr()?);
        Ok(Self {
            board,
            github,
            github_url,
        })
    }
}

async fn listen(port: u16) -> anyhow::Result<TcpListener> {
    match TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await {
        Ok(listener) => Ok(listener),
        Err(error) if error.kind() == ErrorKind::AddrInUse => {
            let other = port.checked_add(1).unwrap_or(8080);
            Err(anyhow!(
                "port {port} of this machine is in use; take another one: labhand demo --port {other}"
            ))
        }
        Err(error) => Err(anyhow!(error)).with_context(|| {
            format!("cannot listen on port {port}; another one may do: labhand demo --port 8081")
        }),
    }
}

/// Whoever reads the story through a pipe may stop reading.
fn unless_nobody_listens(told: anyhow::Result<()>) -> anyhow::Result<()> {
    match told {
        Err(error)
            if error
                .downcast_ref::<io::Error>()
                .is_some_and(|error| error.kind() == ErrorKind::BrokenPipe) =>
        {
            Ok(())
        }
        told => told,
    }
}

async fn tell_and_serve(doors: Option<Doors>) -> anyhow::Result<()> {
    let github_url = doors.as_ref().map(|doors| doors.github_url.as_str());
    let mut world = World::set_up(github_url.unwrap_or("https://github.com")).await?;
    let mut teller = Teller::on_stdout(world.zone());
    teller.remark(
        "A sprint of two weeks at acme, told in twenty seconds. People act by a script; what labhand does is read off a stand-in for GitHub that runs in this process.",
    )?;
    let pace = Pace::new(&world)?;
    tell(&mut world, &mut teller, &pace).await?;
    show_board(&Sight::of(&world.gh), &mut teller)?;
    let steps = u32::try_from(STORY.len()).unwrap_or(u32::MAX);
    let afterwards = world.instant(AFTERWARDS)?;
    pass(&world, afterwards, &mut teller, &pace, steps).await?;
    let sight = Sight::of(&world.gh);
    show_the_end(&world, &sight, &mut teller)?;
    let Some(Doors {
        board,
        github,
        github_url,
    }) = doors
    else {
        return Ok(());
    };
    let address = board.local_addr()?;
    teller.remark(&format!(
        "The web board is on http://{address}/{REPO}, and all issues and comments are on {github_url}/{REPO}, until Ctrl-C."
    ))?;
    let serving = web::serve(board, world.router(), CancellationToken::new());
    let pages = axum::serve(github, world.gh.pages());
    let ((), pages) = tokio::join!(serving, pages.into_future());
    Ok(pages?)
}

async fn tell<W: io::Write>(
    world: &mut World,
    teller: &mut Teller<W>,
    pace: &Pace,
) -> anyhow::Result<()> {
    for (step, index) in STORY.iter().zip(0_u32..) {
        let at = world.instant(step.at)?;
        pass(world, at, teller, pace, index).await?;
        let number = world.perform(step.who, &step.act)?;
        let before = Sight::of(&world.gh);
        teller.deed(at, step.who, &deed(&step.act, number, &before))?;
        world.settle().await?;
        for change in before.changes(&Sight::of(&world.gh)) {
            teller.answer(&placed(change, number, &before))?;
        }
    }
    let steps = u32::try_from(STORY.len()).unwrap_or(u32::MAX);
    pass(world, world.instant(ENDS)?, teller, pace, steps).await
}

/// Lets time pass, and tells what labhand does meanwhile.
async fn pass<W: io::Write>(
    world: &World,
    to: Timestamp,
    teller: &mut Teller<W>,
    pace: &Pace,
    index: u32,
) -> anyhow::Result<()> {
    loop {
        let before = Sight::of(&world.gh);
        let due = world.pass_towards(to).await?;
        pace.keep(world.now(), index).await;
        for change in before.changes(&Sight::of(&world.gh)) {
            teller.unasked(world.now(), &placed(change, None, &before))?;
        }
        if !due {
            return Ok(());
        }
    }
}

/// What somebody does, in words.
fn deed(act: &Act, number: Option<ItemNumber>, sight: &Sight) -> Vec<String> {
    let item = number.map_or(String::new(), |number| spoken_of(number, sight));
    let number = number.map_or(String::new(), |number| format!("#{number}"));
    match act {
        Act::Install => vec![format!("installs labhand on {REPO}")],
        Act::Commit { path, text } => {
            let lines = text.lines().map(|line| format!("  {line}"));
            std::iter::once(format!("commits {path}"))
                .chain(lines)
                .collect()
        }
        Act::PlanSprint => vec![format!(
            "creates the milestone {}, due {}",
            script::SPRINT.0,
            script::SPRINT.1.strftime("%a %-d %b")
        )],
        Act::Open { title, taken, .. } => {
            let takes = if *taken { "and takes " } else { "" };
            vec![format!("opens {takes}{number} “{title}”")]
        }
        Act::Propose { title, draft, .. } => {
            let draft = if *draft { "draft " } else { "" };
            vec![format!("opens {draft}pull request {number} “{title}”")]
        }
        Act::Say { text, .. } => std::iter::once(format!("writes on {item}"))
            .chain(text.lines().map(|line| format!("  {line}")))
            .collect(),
        Act::Label { label, .. } => vec![format!("puts the label {label} on {item}")],
        Act::Take { .. } => vec![format!("takes {item}")],
        Act::TakeUp { .. } => vec![format!("takes {item} into the sprint")],
        Act::Tick { slugs, .. } => vec![format!("ticks {} on {item}", slugs.join(", "))],
        Act::Push { files, .. } => {
            let paths: Vec<&str> = files.iter().map(|(path, _)| *path).collect();
            vec![format!("pushes {} to {item}", paths.join(", "))]
        }
        Act::Ready { .. } => vec![format!("marks {item} ready for review")],
        Act::Merge { .. } => vec![format!("merges {item}")],
        Act::Close { .. } => vec![format!("closes {item}")],
    }
}

/// What labhand did, with the item where it is another than the one just spoken of.
fn placed(change: Change, subject: Option<ItemNumber>, sight: &Sight) -> Vec<String> {
    let known = !sight.title(change.number).is_empty();
    if subject == Some(change.number) || !known {
        return change.words;
    }
    let place = format!("on {}:", spoken_of(change.number, sight));
    std::iter::once(place).chain(change.words).collect()
}

/// `#7 Compare BERT vs GPT-2…`.
fn spoken_of(number: ItemNumber, sight: &Sight) -> String {
    let title = sight.title(number);
    let mut short = String::new();
    for word in title.split_inclusive(' ') {
        if short.chars().count() + word.trim_end().chars().count() > SHORT_TITLE {
            return format!("#{number} {} …", short.trim_end());
        }
        short.push_str(word);
    }
    format!("#{number} {short}")
}

/// The board as it stands on the sprint's last day.
fn show_board<W: io::Write>(sight: &Sight, teller: &mut Teller<W>) -> anyhow::Result<()> {
    teller.remark("\nThe last day of the sprint is over. This is the board:")?;
    if let Some(board) = sight.board() {
        teller.page(&format!("{} · #{}", board.title, board.number), &board.body)?;
    }
    teller.remark("")?;
    Ok(())
}

/// Ends with what was said when the sprint was over, and some of the comments as they stand there
/// now.
fn show_the_end<W: io::Write>(
    world: &World,
    sight: &Sight,
    teller: &mut Teller<W>,
) -> anyhow::Result<()> {
    let writes = world.gh.writes();
    let board = sight.board();
    let redrawn = board.map_or(0, |board| {
        let path = format!("/repos/{REPO}/issues/{}", board.number);
        let drawings = writes.iter().filter(|call| call.path == path);
        drawings.count()
    });
    teller.remark(&format!(
        "\nlabhand wrote {} times to GitHub, {redrawn} of them to redraw the board.",
        writes.len()
    ))?;
    if let Some(board) = board {
        let comments = &world.gh.issue(REPO, board.number).comments;
        for summary in comments
            .iter()
            .filter(|it| it.body.contains("<!-- labhand:sprint:"))
        {
            teller.page(&format!("on the board, #{}", board.number), &summary.body)?;
        }
    }
    let follow_up = world.number(script::SHOWN_FOLLOW_UP)?;
    let issue = world.gh.issue(REPO, follow_up);
    teller.page(&format!("#{follow_up} {}", issue.title), &issue.body)?;
    let mut show = |name: Name, marker: &str| -> anyhow::Result<()> {
        let number = world.number(name)?;
        let issue = world.gh.issue(REPO, number);
        let marker = format!("<!-- labhand:{marker}");
        let last = issue
            .comments
            .iter()
            .rfind(|comment| comment.body.contains(&marker));
        if let Some(comment) = last {
            teller.page(&format!("#{number} {}", issue.title), &comment.body)?;
        }
        Ok(())
    };
    show(script::SHOWN_EXPERIMENT, "status")?;
    show(script::SHOWN_HANDOFF, "checklist")?;
    show(script::SHOWN_RETRAINING, "checklist")?;
    show(script::SHOWN_MODEL, "checklist")?;
    show(script::SHOWN_HANDOFF, "notice")?;
    show(script::SHOWN_EXPIRY, "notice")?;
    show(script::SHOWN_MISTAKE, "reply")?;
    Ok(())
}

/// How fast the story is told: half of the time goes with the working hours that pass, half with
/// what happens, so that neither nights nor busy mornings take long.
struct Pace {
    began: Instant,
    start: Timestamp,
    calendar: Calendar,
    /// Working seconds of the whole story.
    whole: i64,
}

impl Pace {
    fn new(world: &World) -> anyhow::Result<Self> {
        let calendar = Calendar {
            timezone: script::ZONE.to_owned(),
            from: Time::constant(8, 0, 0, 0),
            to: Time::constant(18, 0, 0, 0),
            ..Calendar::default()
        };
        let start = world.now();
        let whole = calendar
            .between(start, world.instant(AFTERWARDS)?)
            .seconds();
        Ok(Self {
            began: Instant::now(),
            start,
            calendar,
            whole: whole.max(1),
        })
    }

    /// Waits until it is time to tell what happens at `now`, before the step of this index.
    async fn keep(&self, now: Timestamp, index: u32) {
        let steps = u32::try_from(STORY.len()).unwrap_or(u32::MAX).max(1);
        let passed = self.calendar.between(self.start, now).seconds();
        let millis = u128::try_from(passed.clamp(0, self.whole)).unwrap_or(0)
            * (LENGTH.as_millis() / 2)
            / u128::try_from(self.whole).unwrap_or(1);
        let by_time = Duration::from_millis(u64::try_from(millis).unwrap_or(0));
        let by_step = LENGTH / 2 * index.min(steps) / steps;
        tokio::time::sleep_until(self.began + by_time + by_step).await;
    }
}
