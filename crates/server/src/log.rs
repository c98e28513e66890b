//! The log: on standard error, in lines for people or as JSON objects, with request names and without secrets.

use tracing_subscriber::filter::LevelFilter;

/// Starts the log of this process, once; the level is that of `ATTESTRY_LOG_LEVEL`, else `info`.
pub fn start(json: bool) {
    let level = std::env::var("ATTESTRY_LOG_LEVEL").ok().and_then(|level| level.parse().ok());
    let builder =
        tracing_subscriber::fmt().with_writer(std::io::stderr).with_max_level(level.unwrap_or(LevelFilter::INFO));
    // A second start in one process (in tests) leaves the first one in place.
    let _ = if json { builder.json().flatten_event(true).try_init() } else { builder.with_target(false).try_init() };
}
