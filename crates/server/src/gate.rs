//! Gates: what every route asks before it is entered. Each route of [`crate::routes`] names one, and only a gate makes a
//! [`Cx`], so a handler that needs one cannot be reached around it.

use std::net::{IpAddr, SocketAddr};

use attestry_model::change::Via;
use attestry_model::kind::Role;
use attestry_model::{Isms, Principal};
use attestry_store::When;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use jiff::civil::Date;
use sha2::{Digest as _, Sha256};

use crate::app::App;
use crate::cx::{Cx, Entrance, Inner, Look, Moment, zone_of};
use crate::edge::RequestName;
use crate::fault::Fault;
use crate::words::Words;

/// What a route asks before it is entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gate {
    /// Nothing: assets, health, sign-in.
    Open,
    /// A person of an organisation.
    SignedIn,
    /// Somebody who works in the ISMS: any role beyond employee.
    Isms,
    /// The ISMS manager or the system administrator: accounts, settings, imports.
    Steward,
    /// A token or a session, for programs.
    Program,
}

impl Gate {
    /// The word in the golden list of routes.
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::SignedIn => "signed-in",
            Self::Isms => "isms",
            Self::Steward => "steward",
            Self::Program => "program",
        }
    }
}

/// The name of the session's cookie.
pub fn cookie_name(secure: bool) -> &'static str {
    if secure { "__Host-attestry" } else { "attestry" }
}

/// The layer of a route with this gate.
pub async fn pass(State((app, gate)): State<(App, Gate)>, request: Request, next: Next) -> Response {
    if gate == Gate::Open {
        let (parts, body) = request.into_parts();
        if let Err(fault) = own_site(&app, &parts) {
            return fault.into_response();
        }
        return next.run(Request::from_parts(parts, body)).await;
    }
    let (mut parts, body) = request.into_parts();
    match enter(&app, gate, &parts).await {
        Ok(cx) => {
            parts.extensions.insert(cx);
            next.run(Request::from_parts(parts, body)).await
        }
        // What somebody typed while their session ended comes back to them; programs are told to sign in.
        Err(Fault::SignIn) if gate != Gate::Program => crate::signin::again(&app, parts, body).await,
        Err(fault) => fault.into_response(),
    }
}

/// A request that changes something must come from a page of ours. Browsers say where a request comes from and scripts of
/// other sites cannot say otherwise; programs, which bring a token and no cookie, need not say it.
pub(crate) fn own_site(app: &App, parts: &Parts) -> Result<(), Fault> {
    if matches!(parts.method, Method::GET | Method::HEAD | Method::OPTIONS) {
        return Ok(());
    }
    let text = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return if site == "same-origin" { Ok(()) } else { Err(Fault::Forged) };
    }
    let Some(origin) = text("origin") else { return Err(Fault::Forged) };
    if origin == origin_of(app, parts) { Ok(()) } else { Err(Fault::Forged) }
}

/// The origin under which people reach the server: the one set, or the one that the request names.
pub fn origin_of(app: &App, parts: &Parts) -> String {
    origin_at(app, &parts.headers, &parts.uri)
}

/// The same from the headers and the address of a request.
pub fn origin_at(app: &App, headers: &HeaderMap, uri: &Uri) -> String {
    if let Some(url) = &app.settings.url {
        return url.trim_end_matches('/').to_owned();
    }
    let host = headers.get(header::HOST).and_then(|value| value.to_str().ok());
    let authority = uri.authority().map(axum::http::uri::Authority::as_str);
    let scheme = if app.settings.secure { "https" } else { "http" };
    format!("{scheme}://{}", host.or(authority).unwrap_or("localhost"))
}

/// The address of the other end; that which a trusted proxy names, when the request comes through one.
pub fn address_of(app: &App, parts: &Parts) -> IpAddr {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let peer = peer.unwrap_or(IpAddr::V4(std::net::Ipv4Addr::LOCALHOST));
    if !app.settings.proxies.contains(&peer) {
        return peer;
    }
    let forwarded = parts.headers.get("x-forwarded-for").and_then(|value| value.to_str().ok()).unwrap_or_default();
    // The last address that is not one of our proxies: those before it may be invented.
    let mut named = forwarded.split(',').rev().filter_map(|one| one.trim().parse::<IpAddr>().ok());
    named.find(|one| !app.settings.proxies.contains(one)).unwrap_or(peer)
}

/// A cookie of the request.
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let all = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    let mut pairs = all.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(found, _)| *found == name).map(|(_, value)| value)
}

/// The SHA-256 of a secret, under which the store keeps it.
pub fn hash_of(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

/// How pages look, from the cookie.
pub fn look_of(headers: &HeaderMap) -> Look {
    let text = cookie(headers, "attestry-look").unwrap_or_default();
    let has = |word: &str| text.split('.').any(|one| one == word);
    let theme = ["light", "dark"].into_iter().find(|theme| has(theme)).unwrap_or_default();
    let density = if has("roomy") { "roomy" } else { "" };
    Look { theme: theme.to_owned(), density: density.to_owned(), no_keys: has("nokeys") }
}

/// The language of a request: the one chosen, or the best that the browser asks for.
pub fn words_of(headers: &HeaderMap) -> &'static Words {
    if let Some(tag) = cookie(headers, "attestry-language")
        && let Some(words) = Words::all().iter().find(|words| words.tag == tag)
    {
        return words;
    }
    let header = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    Words::accepted(header.unwrap_or_default())
}

/// Who comes: by token or by session.
struct Comer {
    account: attestry_store::AccountId,
    organisation: String,
    entrance: Entrance,
    via: Via,
    person: Option<attestry_model::Ref<attestry_model::records::Person>>,
}

fn comer(app: &App, gate: Gate, parts: &Parts) -> Result<Comer, Fault> {
    let bearer = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    if let Some(secret) = bearer.and_then(|value| value.strip_prefix("Bearer ")) {
        if gate != Gate::Program {
            return Err(Fault::SignIn);
        }
        let accounts = app.store.accounts();
        let token = accounts.token(&hash_of(secret), app.now())?.ok_or(Fault::SignIn)?;
        accounts.touch_token(token.id, app.now())?;
        return Ok(Comer {
            account: token.account,
            organisation: token.organisation,
            entrance: Entrance::Token { id: token.id, scopes: token.scopes },
            via: Via::Token,
            person: Some(token.person),
        });
    }
    let secret = cookie(&parts.headers, cookie_name(app.settings.secure)).ok_or(Fault::SignIn)?;
    let hash = hash_of(secret);
    let session = app.session(&hash)?.ok_or(Fault::SignIn)?;
    own_site(app, parts)?;
    let organisation = session.organisation.clone().ok_or(Fault::SignIn)?;
    let account = session.account;
    Ok(Comer { account, organisation, entrance: Entrance::Session { hash, session }, via: Via::Session, person: None })
}

async fn enter(app: &App, gate: Gate, parts: &Parts) -> Result<Cx, Fault> {
    let comer = comer(app, gate, parts)?;
    let organisation = app.store.organisation(Some(&comer.organisation)).map_err(|_| Fault::SignIn)?;
    let info = organisation.info();
    let current = organisation.isms();
    let person = match comer.person {
        Some(person) => person,
        None => app.membership(comer.account, &comer.organisation)?.ok_or(Fault::SignIn)?,
    };
    let mut principal = Principal::of(&current, person, comer.via).ok_or(Fault::SignIn)?;
    let request = parts.extensions.get::<RequestName>().map(|name| name.0.clone()).unwrap_or_default();
    principal.request = Some(request.clone());
    if let Entrance::Session { session, .. } = &comer.entrance {
        principal.proof = Some(crate::signin::consent::proof_of(session));
    }
    let is_isms = principal.is_isms() || principal.has(Role::SystemAdmin) || principal.has(Role::ExternalAuditor);
    let steward = principal.has(Role::IsmsManager) || principal.has(Role::SystemAdmin);
    match gate {
        Gate::Isms if !is_isms => return Err(Fault::Denied(String::new())),
        Gate::Steward if !steward => return Err(Fault::Denied(String::new())),
        _ => {}
    }
    let query = parts.uri.query().unwrap_or_default().to_owned();
    let zone = zone_of(&current);
    let now = app.now();
    let moment = moment(app, &organisation, &query, &zone, now, &parts.method).await?;
    let isms = moment.as_ref().map_or_else(|| current.clone(), |moment| moment.past.isms.clone());
    let today = match &moment {
        Some(moment) => moment.written.parse::<Date>().unwrap_or_else(|_| zone.to_datetime(moment.past.at).date()),
        None => zone.to_datetime(now).date(),
    };
    let portal = !is_isms || cookie(&parts.headers, "attestry-portal") == Some("1");
    Ok(Cx::new(Inner {
        app: app.clone(),
        slug: comer.organisation,
        organisation_name: name_of(&current, info.name),
        organisation,
        account: comer.account,
        entrance: comer.entrance,
        principal,
        person,
        now,
        zone,
        today,
        isms,
        current,
        moment,
        words: words_of(&parts.headers),
        look: look_of(&parts.headers),
        request,
        path: parts.uri.path().to_owned(),
        query,
        portal,
        takes_gzip: crate::assets::takes_gzip(&parts.headers),
    }))
}

fn name_of(isms: &Isms, otherwise: String) -> String {
    isms.organization().map(|record| record.title().to_owned()).filter(|name| !name.is_empty()).unwrap_or(otherwise)
}

/// The moment of the past that `asof` names: a day, a time or an entry's number.
async fn moment(
    app: &App,
    organisation: &attestry_store::Organisation,
    query: &str,
    zone: &jiff::tz::TimeZone,
    now: jiff::Timestamp,
    method: &Method,
) -> Result<Option<Moment>, Fault> {
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let Some((_, written)) = pairs.find(|(name, value)| *name == "asof" && !value.is_empty()) else { return Ok(None) };
    let written = crate::html::decode(written);
    if !matches!(*method, Method::GET | Method::HEAD) {
        return Err(Fault::Past);
    }
    let when = if let Ok(day) = written.parse::<Date>() {
        if day >= zone.to_datetime(now).date() {
            return Ok(None);
        }
        // The end of that day where the organisation is.
        let end = day.tomorrow().ok().and_then(|next| zone.to_timestamp(next.at(0, 0, 0, 0)).ok());
        let end = end.ok_or_else(|| Fault::field("asof", "is no day that can be shown"))?;
        When::Time(end - jiff::SignedDuration::from_millis(1))
    } else if let Ok(at) = written.parse::<jiff::Timestamp>() {
        When::Time(at)
    } else if let Ok(seq) = written.parse::<u64>() {
        When::Seq(seq)
    } else {
        return Err(Fault::field("asof", "is a day such as 2026-03-31, a moment or the number of an entry"));
    };
    let (app, organisation) = (app.clone(), organisation.clone());
    let found = tokio::task::spawn_blocking(move || app.past(&organisation, when)).await;
    let past = found.map_err(|error| Fault::Broken(error.to_string()))??;
    Ok(Some(Moment { written, past }))
}
