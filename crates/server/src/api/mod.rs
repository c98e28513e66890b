//! The interface for programs, under `/api/v1`: one list of operations, from which the routes, the OpenAPI document and the
//! reference page are made, so that none of them can say something else than the others.

mod answer;
mod call;
mod cursor;
mod effect;
mod events;
mod files;
mod findings;
mod health;
mod json;
mod kept;
mod kinds;
mod list;
mod once;
mod openapi;
mod operation;
mod organisation;
mod record;
mod reference;
mod schema;
mod search;
mod shapes;
mod stream;
mod value;
mod write;

pub use kept::Kept;
pub use openapi::document;
pub use operation::{Gives, OPERATIONS, Operation, Takes};
pub(crate) use stream::still_enters;

use crate::gate::Gate;
use crate::routes::{Route, get};

/// The routes of the interface.
pub fn routes() -> Vec<Route> {
    let mut routes: Vec<Route> = OPERATIONS.iter().map(Operation::route).collect();
    routes.extend([
        get("/api", Gate::SignedIn, reference::show),
        get("/health/live", Gate::Open, health::live),
        get("/health/ready", Gate::Open, health::ready),
        get("/health/metrics", Gate::Open, health::metrics),
    ]);
    routes
}
