//! A form that arrives after its session has ended: what was typed comes back on a page of its own, where one signs in again
//! and sends it once more. Nothing of it is kept here.

use askama::Template;
use axum::body::Body;
use axum::extract::FromRequestParts as _;
use axum::http::request::Parts;
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use super::passkey;
use super::visit::{Visit, onward};
use crate::app::App;
use crate::cx::Look;
use crate::fault::Fault;
use crate::html::Html;
use crate::shell::{hidden, page};
use crate::words::Words;

/// Most bytes of a form that is handed back.
const MOST: usize = 256 << 10;
/// Shortest text that is shown to be read or copied, in characters.
const TOLD: usize = 12;
/// Forms that ask for secrets, which no page repeats.
const SECRET: [&str; 3] = ["/account", "/step-up", "/settings/people"];

#[derive(Template)]
#[template(path = "signin/again.html")]
struct Again {
    words: &'static Words,
    look: Look,
    action: String,
    next: String,
    fields: Html,
    texts: Vec<String>,
    passkeys: bool,
}

/// Answers whoever sent something and is not signed in: with what they sent where it was typed into a form of ours, else with
/// the way to signing in.
pub async fn answer(app: &App, mut parts: Parts, body: Body) -> Response {
    match typed(app, &mut parts, body).await {
        Ok(Some(shown)) => shown,
        Ok(None) => Fault::SignIn.into_response(),
        Err(fault) => fault.into_response(),
    }
}

async fn typed(app: &App, parts: &mut Parts, body: Body) -> Result<Option<Response>, Fault> {
    let path = parts.uri.path();
    let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let is_form = kind.is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    if parts.method != Method::POST || !is_form || SECRET.iter().any(|secret| path.starts_with(secret)) {
        return Ok(None);
    }
    // A form of another site must not be laid before somebody as if they had typed it.
    crate::gate::own_site(app, parts)?;
    let Ok(body) = axum::body::to_bytes(body, MOST).await else { return Ok(None) };
    let Some(pairs) = std::str::from_utf8(&body).ok().and_then(pairs) else { return Ok(None) };
    if pairs.is_empty() {
        return Ok(None);
    }
    let is_told = |(name, value): &&(String, String)| !name.starts_with('_') && value.trim().chars().count() >= TOLD;
    let texts = pairs.iter().filter(is_told).map(|(_, value)| value.clone()).collect();
    let action = parts.uri.path_and_query().map_or_else(|| parts.uri.path().to_owned(), ToString::to_string);
    let visit = Visit::from_request_parts(parts, app).await?;
    let mut answer = page(&Again {
        words: visit.words,
        look: visit.look,
        next: onward(&action),
        action,
        fields: hidden(&pairs),
        texts,
        passkeys: passkey::possible(&visit.origin),
    })?;
    *answer.status_mut() = StatusCode::UNAUTHORIZED;
    Ok(Some(answer))
}

/// The names and values of a form, all of them.
fn pairs(text: &str) -> Option<Vec<(String, String)>> {
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    let pairs: Vec<_> = pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (crate::html::decode(name), crate::html::decode(value)))
        .collect();
    (pairs.len() <= 5_000).then_some(pairs)
}
