//! What programs are told under `/api/v1`, and who is told; over TCP, on the real router and the
//! real store.

mod browser;
#[path = "../support/database.rs"]
mod database;
mod doors;
mod github;
mod pages;
mod routes;
mod scene;
mod server;
