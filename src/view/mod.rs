//! Every word that users read, and what GitHub should show.

pub mod wanted;
