//! Accept-and-store: a signed delivery of 12 kB through the router until it is on disk and
//! answered, as often as 1 or 32 senders at once can have it. No network, but the disk is real, so
//! the figures are those of its fsync. Signing is the sender's work and is counted as well.

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::{Request, StatusCode};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use hmac::{Hmac, KeyInit, Mac};
use hyper::service::Service;
use hyper_util::service::TowerToHyperService;
use labhand::clock::Clock;
use labhand::metrics::Metrics;
use labhand::store::{Inbox, Store};
use labhand::web::{self, Access, Front, WebState, WebhookSecrets};
use secrecy::SecretString;
use sha2::Sha256;
use tokio::sync::Notify;
use tokio::task::JoinSet;

const SECRET: &str = "It's a Secret to Everybody";

/// As large as a typical `issues.labeled`.
const BODY: usize = 12_000;

fn delivery(number: u64) -> Request<Body> {
    let mut body = format!(
        r#"{{"action":"labeled","installation":{{"id":7}},"repository":{{"id":70}},"issue":{{"number":{},"url":"https://api.github.com/repos/acme/fraud/issues/{number}"}},"text":""#,
        number % 100 + 1
    );
    while body.len() < BODY {
        body.push_str("\\\"https://api.github.com/users/mira/received_events{/privacy}\\\", ");
    }
    body.push_str("\"}");
    // The key has any length, and this one is not empty.
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).expect("a key");
    mac.update(body.as_bytes());
    Request::post("/webhooks/github")
        .header("content-type", "application/json")
        .header("x-github-event", "issues")
        .header("x-github-delivery", format!("guid-{number}"))
        .header(
            "x-hub-signature-256",
            format!("sha256={}", hex::encode(mac.finalize().into_bytes())),
        )
        .body(Body::from(body))
        .expect("a request")
}

fn accept(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let mut group = criterion.benchmark_group("accept-and-store");
    group.measurement_time(Duration::from_secs(10));
    for senders in [1, 32] {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite://{}", folder.path().join("labhand.db").display());
        let (router, inbox) = runtime.block_on(async {
            let store = Store::open(&url).await.expect("a store");
            let inbox = Inbox::start(store.clone(), Arc::new(Notify::new()));
            let state = WebState::new(
                store,
                inbox.clone(),
                Front {
                    secrets: WebhookSecrets::new(&[SecretString::from(SECRET)]),
                    access: Access::Local,
                    web_url: "https://github.com".to_owned(),
                    welcome: None,
                },
                Arc::new(Metrics::new()),
                Clock::system(),
            );
            (TowerToHyperService::new(web::router(state)), inbox)
        });
        let mut sent = 0;
        group.throughput(Throughput::Elements(senders));
        group.bench_function(BenchmarkId::from_parameter(senders), |bencher| {
            bencher.to_async(&runtime).iter_custom(|rounds| {
                let first = sent;
                sent += rounds * senders;
                let router = router.clone();
                async move {
                    let begun = Instant::now();
                    let mut tasks = JoinSet::new();
                    for sender in 0..senders {
                        let router = router.clone();
                        tasks.spawn(async move {
                            for round in 0..rounds {
                                let number = first + sender * rounds + round;
                                let answer = router.call(black_box(delivery(number))).await;
                                assert_eq!(
                                    answer.map(|one| one.status()),
                                    Ok(StatusCode::ACCEPTED)
                                );
                            }
                        });
                    }
                    tasks.join_all().await;
                    begun.elapsed()
                }
            });
        });
        println!("{sent} deliveries in {} transactions", inbox.commits());
    }
    group.finish();
}

criterion_group!(benches, accept);
criterion_main!(benches);
