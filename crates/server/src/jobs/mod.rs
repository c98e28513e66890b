//! Background work: what time brings. Each job is a file; all of them are safe to run twice.

mod ready;
mod sweep;
mod tick;

use std::time::Duration;

use crate::app::App;

/// A job.
struct Job {
    /// Its name in logs.
    name: &'static str,
    /// How often it runs.
    every: Duration,
    /// What it does; an error is logged and the job runs again at its next time.
    run: fn(&App) -> Result<(), crate::fault::Fault>,
}

/// All jobs.
const JOBS: [Job; 3] = [
    Job { name: "ready", every: Duration::from_mins(1), run: ready::run },
    Job { name: "tick", every: Duration::from_mins(10), run: tick::run },
    Job { name: "sweep", every: Duration::from_hours(1), run: sweep::run },
];

/// Starts all jobs; they end with the server.
pub fn start(app: &App) {
    for job in JOBS {
        let app = app.clone();
        tokio::spawn(async move {
            let mut ending = app.ending.subscribe();
            let mut clock = tokio::time::interval(job.every);
            clock.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
            loop {
                tokio::select! {
                    _ = clock.tick() => {}
                    _ = ending.wait_for(|ending| *ending) => return,
                }
                let app = app.clone();
                let outcome = tokio::task::spawn_blocking(move || (job.run)(&app)).await;
                match outcome {
                    Ok(Ok(())) => {}
                    Ok(Err(fault)) => tracing::error!(job = job.name, ?fault, "a job failed"),
                    Err(error) => tracing::error!(job = job.name, %error, "a job failed"),
                }
            }
        });
    }
}
