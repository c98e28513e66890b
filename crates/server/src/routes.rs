//! All routes, each with the gate it asks. The router, the golden list of routes and the permission matrix in the tests are
//! made from this one list, so that none of them can forget a route.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;
use axum::http::Method;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodFilter, MethodRouter, on};
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate};

use crate::app::App;
use crate::gate::{Gate, pass};
use crate::{api, assets, edge, pages, signin, slow};

/// A route.
pub struct Route {
    /// The method.
    pub method: Method,
    /// The address, with parameters in braces.
    pub path: &'static str,
    /// What it asks before it is entered.
    pub gate: Gate,
    /// The largest body it takes, in bytes.
    pub body: usize,
    handler: MethodRouter<App>,
}

/// The largest body of a form.
pub const FORM_LIMIT: usize = 4 << 20;

fn route<T: 'static>(
    method: Method,
    filter: MethodFilter,
    path: &'static str,
    gate: Gate,
    handler: impl Handler<T, App>,
) -> Route {
    Route { method, path, gate, body: FORM_LIMIT, handler: on(filter, handler) }
}

/// A page.
pub fn get<T: 'static>(path: &'static str, gate: Gate, handler: impl Handler<T, App>) -> Route {
    route(Method::GET, MethodFilter::GET, path, gate, handler)
}

/// A form's target.
pub fn post<T: 'static>(path: &'static str, gate: Gate, handler: impl Handler<T, App>) -> Route {
    route(Method::POST, MethodFilter::POST, path, gate, handler)
}

/// A part of a record changed by a program.
pub fn patch<T: 'static>(path: &'static str, gate: Gate, handler: impl Handler<T, App>) -> Route {
    route(Method::PATCH, MethodFilter::PATCH, path, gate, handler)
}

impl Route {
    /// The same with a larger body.
    #[must_use]
    pub fn taking(mut self, body: usize) -> Self {
        self.body = body;
        self
    }
}

/// All routes.
pub fn all() -> Vec<Route> {
    let mut routes = vec![get("/static/{edition}/{name}", Gate::Open, assets::serve)];
    routes.extend(signin::routes());
    routes.extend(pages::routes());
    routes.extend(api::routes());
    routes
}

/// What is made smaller on the way: no files, which are smaller already or are asked for in parts.
fn worthwhile() -> impl Predicate {
    let file = NotForContentType::const_new("application/octet-stream");
    let pdf = NotForContentType::const_new("application/pdf");
    DefaultPredicate::new().and(file).and(pdf).and(NotForContentType::const_new("application/zip"))
}

/// The router with all layers.
pub fn router(app: &App) -> Router {
    let mut router = Router::new();
    for route in all() {
        let gate = from_fn_with_state((app.clone(), route.gate), pass);
        let handler: MethodRouter<App> = route.handler.layer(gate);
        let handler: MethodRouter<App> = handler.layer(DefaultBodyLimit::max(route.body));
        router = router.route(route.path, handler);
    }
    let level = CompressionLevel::Precise(assets::PACKING.into());
    // What is no operation of the interface is no page either.
    router
        .route("/api/{*rest}", axum::routing::any(|| async { crate::fault::Fault::Absent }))
        .with_state(app.clone())
        .layer(CompressionLayer::new().gzip(true).quality(level).compress_when(worthwhile()))
        .layer(CatchPanicLayer::custom(|cause: Box<dyn std::any::Any + Send>| {
            let said = cause.downcast_ref::<&str>().map(|text| (*text).to_owned());
            let said = said.or_else(|| cause.downcast_ref::<String>().cloned()).unwrap_or_default();
            axum::response::IntoResponse::into_response(crate::fault::Fault::Broken(format!("a panic: {said}")))
        }))
        .layer(axum::middleware::from_fn(slow::pace))
        .layer(from_fn_with_state(app.clone(), edge::edge))
}
