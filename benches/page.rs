//! The web board of a repository with 3,000 items, from the request to the last byte: reading them
//! from the store, counting, drawing.

use std::hint::black_box;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use criterion::{Criterion, criterion_group, criterion_main};
use http_body_util::BodyExt;
use jiff::{SignedDuration, Timestamp};
use labhand::clock::Clock;
use labhand::domain::actor::User;
use labhand::domain::ids::{InstallationId, ItemNumber, Login, RepoId, UserId};
use labhand::domain::item::{Classified, Item};
use labhand::domain::kind::{Kind, KindSource, Stage};
use labhand::domain::policy::Policy;
use labhand::domain::timebox::TimeBox;
use labhand::domain::worktime::Span;
use labhand::metrics::Metrics;
use labhand::store::{Inbox, Key, SavedItem, SavedRepo, Step, Store};
use labhand::web::{self, Access, Front, WebState, WebhookSecrets};
use secrecy::SecretString;
use serde_json::json;
use tokio::sync::Notify;
use tower::ServiceExt;

const ITEMS: u64 = 3_000;

fn now() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().expect("a time")
}

/// Of all kinds, a third of them active.
fn item(number: u64, policy: &Policy) -> Item {
    let place = usize::try_from(number % 4).unwrap_or_default();
    let kind = Kind::ALL[place];
    let active = number.is_multiple_of(3);
    let days = Span {
        days: 3,
        ..Span::default()
    };
    Item {
        title: format!("Compare approach {number} with what runs in production"),
        author: Some(mira()),
        assignees: vec![mira()],
        kind: Some(Classified {
            kind,
            source: KindSource::Stated,
        }),
        stage: Stage::track(kind)[usize::from(active)],
        timebox: (active && kind.is_exploration()).then(|| {
            TimeBox::start(
                &policy.calendar,
                days,
                80,
                now() - SignedDuration::from_hours(3),
            )
        }),
        ..Item::unseen(ItemNumber(number))
    }
}

fn mira() -> User {
    User {
        id: UserId(1),
        login: Login::new("mira"),
    }
}

async fn filled(store: &Store) {
    let policy = Policy::default();
    let (installation, repo) = (InstallationId(7), RepoId(70));
    let key = Key::repo(installation, repo);
    let lease = store
        .lease_key(key, now(), SignedDuration::from_mins(5))
        .await;
    let lease = lease.expect("a store").expect("nobody else");
    let mut step = Step::new(&lease, now());
    let doc = json!({
        "now": {"name": "acme/fraud", "default_branch": "main", "private": false},
        "since": "2026-11-01T00:00:00Z", "on_all": false, "removed": false,
        "has_policy_file": true, "policies": [["2026-11-01T00:00:00Z", policy]],
        "policy_problem": null, "labels": {},
    });
    step.repos.push(SavedRepo {
        repo,
        name: "acme/fraud".parse().expect("a name"),
        doc: doc.to_string(),
    });
    step.items = (1..=ITEMS)
        .map(|number| SavedItem {
            number,
            doc: serde_json::to_string(&item(number, &policy)).expect("an item"),
            shown: "{}".to_owned(),
            text: None,
        })
        .collect();
    store.apply(step).await.expect("stored");
    store.finish(&lease, None).await.expect("stored");
}

async fn opened(router: Router, path: &str) -> usize {
    let request = Request::get(path).body(Body::empty()).expect("a request");
    let answer = router.oneshot(request).await.expect("an answer");
    assert!(answer.status().is_success(), "{}", answer.status());
    let body = answer.into_body().collect().await.expect("a page");
    body.to_bytes().len()
}

fn pages(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite://{}", folder.path().join("labhand.db").display());
    let router = runtime.block_on(async {
        let store = Store::open(&url).await.expect("a store");
        filled(&store).await;
        let front = Front {
            secrets: WebhookSecrets::new(&[SecretString::from("secret")]),
            access: Access::Public,
            web_url: "https://github.com".to_owned(),
            welcome: None,
        };
        let inbox = Inbox::start(store.clone(), Arc::new(Notify::new()));
        let clock = Clock::manual(now());
        web::router(WebState::new(
            store,
            inbox,
            front,
            Arc::new(Metrics::new()),
            clock,
        ))
    });
    for path in [
        "/acme/fraud",
        "/acme/fraud/items",
        "/api/v1/repos/acme/fraud/items",
    ] {
        criterion.bench_function(&format!("page/{ITEMS} items/{path}"), |bencher| {
            bencher
                .to_async(&runtime)
                .iter(|| async { black_box(opened(router.clone(), path).await) });
        });
    }
}

criterion_group!(benches, pages);
criterion_main!(benches);
