//! The server as its users meet it: requests in, answers out, without a network.

#![expect(clippy::unwrap_used, reason = "a test fails by a panic, in its helpers too")]

mod again;
mod api;
mod client;
#[path = "../common/mod.rs"]
mod common;
mod effects;
mod faults;
mod forms;
mod hand_on;
mod home;
mod hostile;
mod in_place;
mod kept;
mod labels;
mod lists;
mod loss;
mod matrix;
mod passkey;
mod portal;
mod proposals;
mod readers;
mod records;
mod risk_work;
mod risks;
mod shell;
mod signin;
mod soa;
#[path = "../../../store/tests/store/soft.rs"]
mod soft;
#[path = "../common/token.rs"]
mod token;
mod treat;
mod ways;
mod words;
mod workshop;
