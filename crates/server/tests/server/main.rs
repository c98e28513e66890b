//! The server as its users meet it: requests in, answers out, without a network.

#![expect(clippy::unwrap_used, reason = "a test fails by a panic, in its helpers too")]

mod api;
mod client;
#[path = "../common/mod.rs"]
mod common;
mod home;
mod hostile;
mod labels;
mod lists;
mod matrix;
mod portal;
mod records;
mod risks;
mod shell;
mod signin;
#[path = "../common/token.rs"]
mod token;
mod words;
