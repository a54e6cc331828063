//! Several processes on one PostgreSQL.

use std::net::SocketAddr;

use reqwest::Client;

use super::wire::Wire;
use super::{Bot, World, database, free_address, undisturbed, until, work};

async fn started(world: &World, url: &str) -> Bot {
    let address: SocketAddr = free_address().await;
    world.start_at(address, url).await
}

/// What lease a process held when it ended is another's at most half a minute later; nobody is told.
#[tokio::test(flavor = "multi_thread")]
async fn three_processes_of_which_one_is_killed_and_one_cut_off_end_as_one_that_was_left_alone() {
    if !database::is_postgres() {
        return;
    }
    let expected = undisturbed().await;
    let world = World::new().await;
    work(&world.gh);
    let deliveries = world.gh.take_deliveries();
    let url = world.database.url();
    let mut wire = Wire::to(url).await;
    let mut killed = started(&world, url).await;
    let cut_off = started(&world, &wire.url).await;
    let left = started(&world, url).await;
    world
        .gh
        .hook_to(&format!("http://{}/webhooks/github", left.address));

    let client = Client::new();
    let mut lost = Vec::new();
    let third = deliveries.len() / 3;
    for (place, delivery) in deliveries.iter().enumerate() {
        if place == third {
            wire.cut.cancel();
        }
        if place == 2 * third {
            killed.kill();
        }
        // The balancer takes out who does not answer as it should, and GitHub is asked for the rest.
        let turn = match place % 3 {
            0 if place <= 2 * third => &killed,
            1 if place < third + 3 => &cut_off,
            _ => &left,
        };
        if !turn.takes(&client, delivery).await {
            lost.push(delivery);
        }
    }
    assert!(!lost.is_empty(), "one was killed, and one could not store");
    for delivery in lost {
        assert!(left.takes(&client, delivery).await);
    }
    world.looks_like(&expected).await;

    // Who comes back changes nothing.
    wire.mend().await;
    let ready = cut_off.url("/readyz");
    until("the one that was cut off is ready again", async || {
        let answer = Client::new().get(&ready).send().await;
        answer.is_ok_and(|answer| answer.status() == 200)
    })
    .await;
    world.looks_like(&expected).await;
    for bot in [&cut_off, &left] {
        assert!(bot.metric("labhand_panics_total").await == 0.0);
        assert!(bot.metric("labhand_inbox_dead").await == 0.0);
    }
}
