//! Proves that the workspace keeps its own rules. Run it with `cargo test -p attestry-house`.

// Tells clippy that the functions which the tests share are tests too, so that they may unwrap.
#![cfg(test)]

mod imports;
mod licences;
mod lists;
mod origins;
mod outward;
mod purity;
mod security;
mod text;
mod workspace;
