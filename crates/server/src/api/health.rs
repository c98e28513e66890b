//! Health for whoever runs the server: is it alive, can it read and write, and figures for monitoring.

use std::net::SocketAddr;
use std::sync::mpsc;
use std::time::Duration;

use attestry_model::change::Via;
use attestry_model::kind::Role;
use attestry_model::{Kind, Principal};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{StatusCode, header};
use axum::response::Response;
use serde_json::json;

use super::answer;
use crate::app::App;
use crate::fault::Fault;
use crate::gate::{address_of, hash_of};

/// How long a writer may take to say that it is there.
const PATIENCE: Duration = Duration::from_secs(3);

/// What a look at the server showed.
#[derive(Debug, Clone, Copy)]
pub struct Health {
    store: bool,
    writers: bool,
    disk: bool,
}

impl Health {
    fn look(app: &App) -> Self {
        let organisations = app.store.organisations();
        let store = organisations.is_ok();
        let slugs = organisations.unwrap_or_default().into_iter().map(|listed| listed.slug);
        Self { store, writers: slugs.into_iter().all(|slug| writes(app, &slug)), disk: keeps(app) }
    }

    fn good(self) -> bool {
        self.store && self.writers && self.disk
    }
}

/// Whether an organisation takes writes and its writer answers in time.
fn writes(app: &App, slug: &str) -> bool {
    let Ok(organisation) = app.store.organisation(Some(slug)) else { return false };
    if organisation.info().read_only.is_some() {
        return false;
    }
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        // Who asked may have stopped waiting.
        let _ = sender.send(organisation.refresh().is_ok());
    });
    receiver.recv_timeout(PATIENCE).unwrap_or(false)
}

/// Whether the folder of the data takes a file.
fn keeps(app: &App) -> bool {
    let path = app.settings.data.join(format!(".ready-{}", std::process::id()));
    let kept = std::fs::write(&path, b"ready").and_then(|()| std::fs::read(&path));
    let removed = std::fs::remove_file(&path);
    kept.is_ok_and(|bytes| bytes == b"ready") && removed.is_ok()
}

/// `GET /health/live`
pub async fn live() -> Response {
    answer::json(&json!({ "live": true }))
}

/// `GET /health/ready`
pub async fn ready(State(app): State<App>) -> Result<Response, Fault> {
    let look = tokio::task::spawn_blocking(move || app.api.health(|| Health::look(&app)));
    let health = look.await.map_err(|error| Fault::Broken(error.to_string()))?;
    let mut answer = answer::json(&json!({
        "ready": health.good(),
        "store": health.store,
        "writers": health.writers,
        "disk": health.disk,
    }));
    if !health.good() {
        *answer.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    }
    Ok(answer)
}

/// `GET /health/metrics`: for programs on the same machine, and for tokens of system administrators.
pub async fn metrics(State(app): State<App>, request: Request) -> Result<Response, Fault> {
    let (parts, _) = request.into_parts();
    let text = tokio::task::spawn_blocking(move || {
        if !is_local(&app, &parts) && !is_administrator(&app, &parts)? {
            return Err(Fault::Absent);
        }
        gauges(&app)?;
        Ok(app.metrics.render())
    });
    let text = text.await.map_err(|error| Fault::Broken(error.to_string()))??;
    Ok(answer::text("text/plain; version=0.0.4; charset=utf-8", text))
}

/// Whether the request comes from this machine and was not handed on by a proxy that is not known.
fn is_local(app: &App, parts: &axum::http::request::Parts) -> bool {
    let forwarded = ["forwarded", "x-forwarded-for"].iter().any(|name| parts.headers.contains_key(*name));
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let by_known_proxy = peer.is_some_and(|peer| app.settings.proxies.contains(&peer));
    peer.is_some() && (!forwarded || by_known_proxy) && address_of(app, parts).to_canonical().is_loopback()
}

fn is_administrator(app: &App, parts: &axum::http::request::Parts) -> Result<bool, Fault> {
    let bearer = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let Some(secret) = bearer.and_then(|value| value.strip_prefix("Bearer ")) else { return Ok(false) };
    let Some(token) = app.store.accounts().token(&hash_of(secret), app.now())? else { return Ok(false) };
    let isms = app.store.organisation(Some(&token.organisation))?.isms();
    let reads = token.scopes.iter().any(|scope| scope == "read" || scope == "write");
    let principal = Principal::of(&isms, token.person, Via::Token);
    Ok(reads && principal.is_some_and(|principal| principal.has(Role::SystemAdmin)))
}

/// Sets what is measured only when somebody asks.
fn gauges(app: &App) -> Result<(), Fault> {
    metrics::describe_gauge!("attestry_records", "Records of an organisation, void ones included.");
    metrics::describe_gauge!("attestry_ledger_entries", "Entries in the ledger of an organisation.");
    metrics::describe_gauge!("attestry_event_streams", "Open streams of events.");
    metrics::describe_gauge!("attestry_uptime_seconds", "Time since the server was started, in seconds.");
    metrics::describe_gauge!("attestry_build_info", "Always 1; the labels say what was built.");
    for listed in app.store.organisations()? {
        let organisation = app.store.organisation(Some(&listed.slug))?;
        let isms = organisation.isms();
        let records: usize = Kind::ALL.iter().map(|kind| isms.count(*kind)).sum();
        metrics::gauge!("attestry_records", "organisation" => listed.slug.clone()).set(figure(records as u64));
        metrics::gauge!("attestry_ledger_entries", "organisation" => listed.slug).set(figure(isms.size()));
    }
    metrics::gauge!("attestry_event_streams").set(figure(app.api.open_streams() as u64));
    metrics::gauge!("attestry_uptime_seconds").set(app.started.elapsed().as_secs_f64());
    metrics::gauge!("attestry_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
fn figure(count: u64) -> f64 {
    count as f64
}
