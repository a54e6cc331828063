//! What goes wrong, and how it goes on.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, SocketAddr};

use jiff::{SignedDuration, Timestamp};
use labhand::clock::Clock;
use labhand::sim::{Answer, Delivery, Fault, Selection, Sim, SimOptions};
use rand::rngs::StdRng;
use rand::seq::{IndexedRandom, SliceRandom};
use rand::{Rng, SeedableRng};
use tokio::runtime::Runtime;

use crate::after;
use crate::bot::{Ended, Process, SECRET};
use crate::database::Database;
use crate::team::{self, PEOPLE, REPO};

/// Monday, 12 October 2026, 09:00 in Europe/Berlin; summer time ends on the 25th.
const BEGIN: &str = "2026-10-12T07:00:00Z";

/// Things that people do, over four sprints of a week.
const ACTS: i64 = 70;
const WEEKS: i64 = 4;

const POLICY: &str = "calendar:
  timezone: Europe/Berlin
teams:
  data_science: [acme/data-science]
  engineering: [acme/ml-platform]
";

/// Addresses stand in what GitHub sends, and so in what it is recognised by: the seed decides this, too.
fn address(seed: u64) -> SocketAddr {
    const PORT: u16 = 28_417;
    let [.., b, c, d] = seed.to_be_bytes();
    let host = Ipv4Addr::new(127, b.wrapping_add(16), c, d);
    SocketAddr::from((host, PORT))
}

/// A team, a GitHub and a bot in bad weather.
pub struct Storm {
    rng: StdRng,
    /// The stand-in runs on its own; it answers one call after the other.
    outside: Runtime,
    pub gh: Sim,
    pub clock: Clock,
    database: Database,
    process: Option<Process>,
    /// All that GitHub has sent, each once.
    pub history: Vec<Delivery>,
    known: BTreeSet<String>,
    /// Deliveries that are on their way, and when they arrive.
    under_way: Vec<(Timestamp, Delivery)>,
    trace: Vec<String>,
    calm: bool,
}

impl Storm {
    pub fn new(seed: u64) -> Self {
        let outside = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let clock = Clock::manual(BEGIN.parse().unwrap());
        let told = clock.clone();
        let (gh, database) = outside.block_on(async {
            let gh = Sim::start(SimOptions {
                webhook_secret: SECRET.to_owned(),
                bind: address(seed),
                clock: Box::new(move || told.now()),
                ..SimOptions::default()
            });
            (gh.await.unwrap(), Database::new().await)
        });
        gh.org("acme");
        for (login, _) in PEOPLE {
            gh.user(login);
        }
        let logins: Vec<&str> = PEOPLE.iter().map(|(login, _)| *login).collect();
        gh.team("acme/data-science", &logins[..4]);
        gh.team("acme/ml-platform", &logins[4..8]);
        gh.repo(REPO);
        for (login, role) in PEOPLE {
            gh.collaborator(REPO, login, role);
        }
        gh.as_user(REPO, "lena")
            .write_file(".github/labhand.yml", POLICY);
        for week in 1..=WEEKS {
            let end = clock.now() + SignedDuration::from_hours(week * 7 * 24 - 60);
            let lena = gh.as_user(REPO, "lena");
            lena.milestone(&format!("Sprint {week}"), Some(end));
        }
        let process = Process::start(&gh, &clock, database.url());
        gh.install("acme", Selection::Only(&[REPO]));
        Self {
            rng: StdRng::seed_from_u64(seed),
            outside,
            gh,
            clock,
            database,
            process: Some(process),
            history: Vec::new(),
            known: BTreeSet::new(),
            under_way: Vec::new(),
            trace: Vec::new(),
            calm: false,
        }
    }

    pub fn process(&self) -> &Process {
        self.process.as_ref().expect("one is started at once")
    }

    /// Lets it storm and then be calm; what is not as it should be then.
    pub fn weather(&mut self) -> Vec<String> {
        self.work();
        let end = self.clock.now() + SignedDuration::from_hours(WEEKS * 7 * 24);
        let mean = WEEKS * 7 * 24 * 60 / ACTS;
        for _ in 0..ACTS {
            if let Some(done) = team::act(&self.gh, &mut self.rng) {
                self.note(&done);
            }
            if self.rng.random_bool(0.25) {
                self.break_something();
            }
            self.work();
            // People work in bursts.
            let minutes = match self.rng.random_range(0..10) {
                0..6 => self.rng.random_range(0..5),
                6..9 => self.rng.random_range(5..mean),
                _ => self.rng.random_range(mean..8 * mean),
            };
            self.pass(SignedDuration::from_mins(minutes));
        }
        self.note("the storm is over");
        self.calm = true;
        self.gh.forget_faults();
        let left = end.duration_since(self.clock.now());
        self.pass(left.max(SignedDuration::from_hours(1)));
        self.restart();
        self.pass(SignedDuration::from_hours(8 * 24));
        let mut troubles = after::look(self);
        if !troubles.is_empty() {
            troubles.extend(
                std::env::var("LABHAND_SEEDS")
                    .is_ok()
                    .then(|| self.trace.join("\n  ")),
            );
        }
        troubles
    }

    /// What has happened, as far as the seed has a say in it.
    pub fn trace(&self) -> Vec<String> {
        let calls = self.gh.calls().into_iter().map(|call| {
            let body = labhand::forge::digest(&call.body);
            format!(
                "{} {} {} {body} {}",
                call.at, call.method, call.path, call.status
            )
        });
        self.trace.iter().cloned().chain(calls).collect()
    }

    /// The texts of all issues and comments, by where they are written to.
    pub fn texts(&self) -> Vec<(String, String)> {
        let mut texts = Vec::new();
        for issue in self.gh.issues(REPO) {
            texts.push((format!("/issues/{}", issue.number), issue.body));
            for comment in issue.comments {
                texts.push((format!("/comments/{}", comment.id), comment.body));
            }
        }
        texts
    }

    pub fn note(&mut self, what: &str) {
        self.trace.push(format!("{} {what}", self.clock.now()));
    }

    /// Time passes, and whatever falls due meanwhile is done when it does, or somewhat later: the bot
    /// has other things to do as well.
    pub fn pass(&mut self, span: SignedDuration) {
        let end = self.clock.now() + span;
        loop {
            let due = self.process().ask(self.process().store.next_due()).unwrap();
            let arrival = self.under_way.iter().map(|(at, _)| *at).min();
            let next = due.into_iter().chain(arrival).min();
            match next {
                Some(next) if next <= end => {
                    let busy = if self.calm {
                        240
                    } else {
                        self.rng.random_range(0..300)
                    };
                    let late = self.clock.now() + SignedDuration::from_mins(busy);
                    self.clock.advance_to(next.max(late.min(end)));
                    self.work();
                }
                Some(_) | None => break,
            }
        }
        self.clock.advance_to(end);
        self.work();
    }

    /// Deliveries go their ways, and the bot does what is due.
    pub fn work(&mut self) {
        loop {
            self.collect();
            self.hand_over();
            match self.process().work(&self.gh) {
                Ended::Withheld => {
                    self.note("the bot is killed");
                    self.restart();
                }
                Ended::AtRest if self.gh.pending() == 0 && !self.any_arrived() => return,
                Ended::AtRest => {}
            }
        }
    }

    pub fn restart(&mut self) {
        drop(self.process.take());
        let process = Process::start(&self.gh, &self.clock, self.database.url());
        self.process = Some(process);
    }

    fn any_arrived(&self) -> bool {
        let now = self.clock.now();
        self.under_way.iter().any(|(at, _)| *at <= now)
    }

    /// What GitHub sends goes its ways.
    fn collect(&mut self) {
        let now = self.clock.now();
        for delivery in self.gh.take_deliveries() {
            if self.known.insert(delivery.guid.clone()) {
                self.history.push(delivery.clone());
            }
            // Of an installation that nobody has heard of nothing is known at all.
            let sure = self.calm || delivery.event.starts_with("installation");
            let fate = if sure {
                0
            } else {
                self.rng.random_range(0..100)
            };
            match fate {
                0..72 => self.under_way.push((now, delivery)),
                72..78 => {
                    self.under_way.push((now, delivery.clone()));
                    let later = self.rng.random_range(0..600);
                    self.under_way
                        .push((now + SignedDuration::from_secs(later), delivery));
                }
                78..88 => {
                    let later = self.rng.random_range(1..6 * 3_600);
                    self.under_way
                        .push((now + SignedDuration::from_secs(later), delivery));
                }
                88..94 => {
                    self.gh.replay(&delivery);
                    self.gh.drop_deliveries();
                }
                _ => {
                    let what = format!("lost for ever: {} {:?}", delivery.event, delivery.action);
                    self.note(&what);
                }
            }
        }
    }

    fn hand_over(&mut self) {
        let now = self.clock.now();
        let all = std::mem::take(&mut self.under_way);
        let (mut arrived, later): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|(at, _)| *at <= now);
        self.under_way = later;
        if !self.calm && self.rng.random_bool(0.3) {
            arrived.shuffle(&mut self.rng);
        }
        for (_, delivery) in arrived {
            let status = self.process().hand_over(&delivery);
            assert_eq!(status, 202, "{} {:?}", delivery.event, delivery.action);
        }
    }

    /// Some of the next calls fail, in one of the ways in which calls fail.
    fn break_something(&mut self) {
        let rng = &mut self.rng;
        let parts = [
            "/issues",
            "/comments",
            "/labels",
            "/reactions",
            "/check-runs",
            "/pulls",
            "graphql",
            "/repos",
        ];
        let part = parts.choose(rng).expect("there are some");
        let answer = match rng.random_range(0..12) {
            0..2 => Answer::status(502),
            2 => Answer::status(500),
            3..5 => Answer::LostAnswer,
            5 => Answer::BadGatewayAfterActing,
            6 => Answer::DropBefore,
            7 => Answer::secondary_limit(Some(rng.random_range(1..300))),
            8 => Answer::secondary_limit(None),
            9 => Answer::status(429).without_rate_headers(),
            _ => Answer::NeverAnswered,
        };
        let times = if answer == Answer::NeverAnswered {
            1
        } else {
            rng.random_range(1..4)
        };
        let after = rng.random_range(0..6);
        let what = format!("after {after} calls of {part}, {times} times: {answer:?}");
        let fault = Fault::new().path_contains(part).after(after).times(times);
        self.gh.fault(fault.answer(answer));
        self.note(&what);
    }

    /// A store of its own, for a bot that sees all of it on a calm day.
    pub fn another_database(&self) -> Database {
        self.outside.block_on(Database::new())
    }
}
