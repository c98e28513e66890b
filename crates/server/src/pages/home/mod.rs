//! Home: readiness, what waits for me, the calendar, what happened; and the steps, clauses and findings behind them.

mod calendar;
mod clauses;
pub mod duties;
mod findings;
pub mod fix;
mod hand_on;
mod operation;
mod overview;
mod readiness;
mod rules;
mod sample;
mod stages;
pub mod start;
mod steps;
pub mod trend;
pub mod work;

use crate::gate::Gate::{Isms, SignedIn, Steward};
use crate::routes::{Route, get, post};

/// The routes.
pub fn routes() -> Vec<Route> {
    vec![
        get("/", SignedIn, readiness::home),
        post("/start", SignedIn, start::pin).taking(16 << 10),
        get("/readiness", Isms, readiness::show),
        get("/overview", Isms, overview::show),
        get("/work", SignedIn, work::show),
        get("/work-hand-on/{reference}", SignedIn, hand_on::show),
        post("/work-hand-on/{reference}", SignedIn, hand_on::act).taking(64 << 10),
        post("/work-done/{task}", SignedIn, work::done),
        post("/work-true/{reference}", SignedIn, work::still_true),
        post("/work-again/{task}", SignedIn, work::again),
        get("/calendar", Isms, calendar::show),
        get("/calendar.ics", Isms, calendar::file),
        get("/steps", Isms, steps::ring),
        get("/steps/{number}", Isms, steps::show),
        get("/clauses", Isms, clauses::list),
        get("/clauses/{clause}", Isms, clauses::show),
        get("/findings", Isms, findings::show),
        get("/rules/{rule}", Isms, rules::show),
        post("/rules/{rule}/waive", Steward, rules::waive),
        post("/rules/{rule}/unwaive", Steward, rules::unwaive),
        get("/ready/stage-1", Isms, stages::first),
        get("/ready/stage-2", Isms, stages::second),
        get("/ready/sample/{kind}", Isms, sample::show),
        get("/controls/operation", Isms, operation::list),
        get("/controls/operation/{control}", Isms, operation::show),
    ]
}
