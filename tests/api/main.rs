//! What programs are told under `/api/v1`, and who is told; over TCP, on the real router and the
//! real store.

mod doors;
mod routes;
mod scene;
mod server;
