//! The store on both databases: one body per test, and level 2 of verification at the end of each.

#![expect(clippy::unwrap_used, reason = "a test may unwrap: a panic is how it fails")]

mod accounts;
mod attacks;
mod backups;
mod consents;
mod erasing;
mod faults;
mod files;
mod ground;
mod looking_back;
mod nodes;
mod proposing;
mod signing_in;
mod soft;
mod writing;
