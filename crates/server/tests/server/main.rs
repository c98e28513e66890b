//! The server as its users meet it: requests in, answers out, without a network.

#[path = "../common/mod.rs"]
mod common;
mod client;
mod shell;
