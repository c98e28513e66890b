//! The ISMS over HTTP: pages for people, an API for programs, sign-in, background work.
//!
//! A page never waits for a database: it reads the value in memory. Every route stands in [`routes::all`] with the gate it
//! asks; every request has one [`cx::Cx`]; every fault is one type, [`fault::Fault`].

pub mod api;
pub mod app;
pub mod assets;
pub mod cx;
pub mod dates;
pub mod documents;
pub mod edge;
pub mod fault;
pub mod gate;
pub mod html;
pub mod jobs;
pub mod kept;
pub mod labels;
pub mod log;
pub mod markdown;
pub mod metrics;
pub mod once;
pub mod pages;
pub mod places;
pub mod routes;
pub mod serve;
pub mod shell;
pub mod show;
pub mod signin;
pub mod slow;
pub mod ticks;
pub mod transfer;
pub mod words;

pub use app::{App, Settings};
pub use serve::{Listen, Tls, serve};
pub use ticks::Ticks;
