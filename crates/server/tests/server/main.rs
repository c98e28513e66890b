//! The server as its users meet it: requests in, answers out, without a network.

mod api;
mod client;
#[path = "../common/mod.rs"]
mod common;
mod home;
mod lists;
mod matrix;
mod portal;
mod records;
mod risks;
mod shell;
mod signin;
