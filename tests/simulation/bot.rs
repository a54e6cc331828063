//! The bot as a process: it can be killed at a moment that the stand-in knows, and started again on
//! the same store.

use std::future::Future;

use axum::body::Body;
use axum::http::Request;
use labhand::cli::bot::Bot;
use labhand::cli::rehearsal::Rehearsal;
use labhand::clock::Clock;
use labhand::forge::github::GitHub;
use labhand::sim::{Delivery, Sim};
use labhand::store::Store;
use tokio::runtime::Runtime;
use tower::ServiceExt;

pub const SECRET: &str = "a secret of the storm";

/// A running bot. What is dropped with it was killed.
pub struct Process {
    runtime: Runtime,
    bot: Bot<GitHub>,
    pub store: Store,
}

/// How a stretch of work ended.
#[derive(Debug, PartialEq, Eq)]
pub enum Ended {
    /// There was nothing more to do.
    AtRest,
    /// A call was made that is never answered.
    Withheld,
}

impl Process {
    pub fn start(gh: &Sim, clock: &Clock, url: &str) -> Self {
        let process = Self::watching(gh, clock, url);
        process.ask(process.bot.worker().begin()).unwrap();
        process
    }

    /// One that takes what it is told and looks for nothing else.
    pub fn watching(gh: &Sim, clock: &Clock, url: &str) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let inside = runtime.enter();
        let store = runtime.block_on(Store::open(url)).unwrap();
        let bot = Bot::on(gh, store.clone(), clock.clone(), Rehearsal::new(SECRET)).unwrap();
        drop(inside);
        Self {
            runtime,
            bot,
            store,
        }
    }

    /// Hands a delivery over as GitHub would; the status of the answer.
    pub fn hand_over(&self, delivery: &Delivery) -> u16 {
        let mut request = Request::post("/webhooks/github");
        for (name, value) in &delivery.headers {
            request = request.header(name, value);
        }
        let request = request.body(Body::from(delivery.body.clone())).unwrap();
        let answer = self.runtime.block_on(self.bot.router().oneshot(request));
        answer.unwrap().status().as_u16()
    }

    /// Does what is due now.
    pub fn work(&self, gh: &Sim) -> Ended {
        self.runtime.block_on(async {
            tokio::select! {
                biased;
                () = gh.call_is_withheld() => Ended::Withheld,
                done = self.bot.worker().drain() => {
                    done.unwrap();
                    Ended::AtRest
                }
            }
        })
    }

    pub fn ask<T>(&self, what: impl Future<Output = T>) -> T {
        self.runtime.block_on(what)
    }
}
