//! Sign-in: the first start, passwords, passkeys, one-time codes, invitations, sessions, tokens.
//!
//! Accounts belong to the instance; what a person may do stands in their record. Everything that opens something is random,
//! kept as a hash, and good once or for a time.

mod account;
mod again;
mod choose;
pub mod consent;
mod device;
mod enter;
mod factors;
mod first;
mod invite;
mod limit;
mod passkey;
mod password;
mod pending;
mod people;
pub mod secret;
pub mod session;
mod settings;
mod stepup;
mod tokens;
pub mod totp;
mod visit;

use std::fmt::Write as _;

use attestry_store::{Account, AccountId};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::Value;

use crate::app::{App, Settings};
use crate::fault::Fault;
use crate::gate::Gate;
use crate::html::Html;
use crate::routes::{Route, get, post};

pub(crate) use again::answer as again;
pub(crate) use first::administrator;
pub use invite::{LINK_LIFE, invitation_path};
pub use session::fresh;
pub use stepup::to_step_up;
pub use visit::{Fields, Visit, onward};

/// Registers that were uploaded: by whom, in which organisation, and what was said about their columns.
#[derive(Debug, Clone)]
pub(crate) struct Upload {
    pub account: AccountId,
    pub organisation: String,
    pub files: std::sync::Arc<Vec<attestry_exchange::SourceFile>>,
    /// What holds for this import.
    pub choices: attestry_exchange::Choices,
    /// Whether any of it was said now rather than kept from an earlier import.
    pub chosen: bool,
}

/// What sign-in keeps in memory.
#[derive(Debug)]
pub struct Signin {
    pub(crate) passwords: password::Passwords,
    pub(crate) limits: limit::Limits,
    pub(crate) devices: device::Devices,
    passkeys: passkey::Passkeys,
    awaited: pending::Pending<enter::Awaited>,
    enrolments: pending::Pending<factors::Enrolment>,
    first: first::First,
    /// Registers that were uploaded and wait to be written.
    pub(crate) uploads: pending::Pending<Upload>,
    /// Held while an organisation is founded or the demonstration is loaded: one at a time.
    pub(crate) founding: tokio::sync::Mutex<()>,
}

impl Signin {
    /// For a server with these settings.
    pub fn new(settings: &Settings) -> Result<Self, Fault> {
        Ok(Self {
            passwords: password::Passwords::new(&settings.data)?,
            limits: limit::Limits::new(&settings.ticks),
            devices: device::Devices::new(&settings.data)?,
            passkeys: passkey::Passkeys::default(),
            awaited: pending::Pending::for_minutes(5),
            enrolments: pending::Pending::for_minutes(15),
            first: first::First::default(),
            uploads: pending::Pending::few(15, 8),
            founding: tokio::sync::Mutex::default(),
        })
    }

    /// How many passwords were hashed to be compared since the start. Every sign-in that is tried costs one, whatever comes of
    /// it, because the time it takes would tell whether a login exists.
    pub fn compared(&self) -> u64 {
        self.passwords.compared()
    }

    /// The address of the first start, while nobody has an account. Each call makes a new one and ends the one before.
    pub fn first_start(&self, app: &App) -> Option<String> {
        if !matches!(app.store.accounts().count(), Ok(0)) {
            return None;
        }
        let secret = self.first.renew().ok()?;
        Some(format!("/first-start?link={secret}"))
    }

    /// Whether nobody has an account yet.
    pub fn waits_for_first(&self, app: &App) -> Result<bool, Fault> {
        // Once there is one, nobody has to ask again.
        if self.first.is_over() {
            return Ok(false);
        }
        let none = app.store.accounts().count()? == 0;
        if !none {
            self.first.end();
        }
        Ok(none)
    }
}

/// The way to the sign-in page, and back to where somebody wanted to go.
pub fn to_sign_in(path: &str) -> Response {
    let href = format!("/sign-in?next={}", crate::html::encode(path));
    let value = HeaderValue::from_str(&href).unwrap_or(HeaderValue::from_static("/sign-in"));
    (axum::http::StatusCode::SEE_OTHER, [(header::LOCATION, value)]).into_response()
}

/// Runs work that waits for the database beside the requests.
pub(crate) async fn apart<T: Send + 'static>(
    app: &App,
    work: impl FnOnce(&App) -> Result<T, Fault> + Send + 'static,
) -> Result<T, Fault> {
    let app = app.clone();
    tokio::task::spawn_blocking(move || work(&app)).await.map_err(|error| Fault::Broken(error.to_string()))?
}

/// The account that a browser's answer with a passkey proves.
async fn answered(app: &App, answer: &Value, expected: Option<AccountId>) -> Result<Account, Fault> {
    let id = answer["id"].as_str().unwrap_or_default().to_owned();
    let credential = serde_json::from_value(answer["credential"].clone());
    let credential = credential.map_err(|_| Fault::Malformed("this is no answer of a passkey".to_owned()))?;
    apart(app, move |app| app.signin.passkeys.end_proof(app, expected, &id, &credential)).await
}

/// The drawing beside the form: the seal of twelve segments, with finer rings around and within.
pub fn art() -> Html {
    let mut out =
        String::from(r#"<svg class="seal" viewBox="0 0 32 32" fill="none" stroke="currentColor" aria-hidden="true">"#);
    for (radius, width, segments) in [(15.0_f64, 0.9, 24.0), (13.2, 1.9, 24.0), (10.2, 0.5, 60.0), (9.0, 0.25, 72.0)] {
        let one = std::f64::consts::TAU * radius / segments;
        let (drawn, gap) = (one * 0.82, one * 0.18);
        // Writing into a string does not fail.
        let _ = write!(
            out,
            r#"<circle cx="16" cy="16" r="{radius}" stroke-width="{width}" stroke-dasharray="{drawn:.4} {gap:.4}"/>"#
        );
    }
    out.push_str("</svg>");
    Html(out)
}

/// The routes of sign-in.
pub fn routes() -> Vec<Route> {
    use Gate::{Open, SignedIn, Steward};
    vec![
        get("/first-start", Open, first::ask),
        post("/first-start", Open, first::found).taking(64 << 10),
        get("/sign-in", Open, enter::ask),
        post("/sign-in", Open, enter::enter).taking(16 << 10),
        post("/sign-in/code", Open, enter::code).taking(16 << 10),
        post("/sign-in/passkey/start", Open, enter::passkey_start).taking(1 << 10),
        post("/sign-in/passkey/finish", Open, enter::passkey_finish).taking(64 << 10),
        post("/sign-out", Open, enter::leave).taking(1 << 10),
        get("/organisation", Open, choose::ask),
        post("/organisation", Open, choose::choose).taking(16 << 10),
        get("/invitation", Open, invite::ask),
        post("/invitation", Open, invite::accept).taking(16 << 10),
        post("/look", Open, account::look).taking(16 << 10),
        get("/step-up", SignedIn, stepup::ask),
        post("/step-up", SignedIn, stepup::prove).taking(16 << 10),
        post("/step-up/passkey/start", SignedIn, stepup::passkey_start).taking(1 << 10),
        post("/step-up/passkey/finish", SignedIn, stepup::passkey_finish).taking(64 << 10),
        get("/account", SignedIn, account::show),
        post("/account/password", SignedIn, account::password).taking(16 << 10),
        post("/account/sessions/end", SignedIn, account::end_session).taking(16 << 10),
        post("/account/sessions/end-others", SignedIn, account::end_others).taking(1 << 10),
        post("/account/totp", SignedIn, factors::begin_totp).taking(1 << 10),
        post("/account/totp/confirm", SignedIn, factors::confirm_totp).taking(16 << 10),
        post("/account/totp/remove", SignedIn, factors::remove_totp).taking(1 << 10),
        post("/account/recovery-codes", SignedIn, factors::renew_codes).taking(1 << 10),
        post("/account/recovery-codes/file", SignedIn, factors::codes_file).taking(16 << 10),
        post("/account/passkeys/start", SignedIn, factors::begin_passkey).taking(1 << 10),
        post("/account/passkeys/finish", SignedIn, factors::end_passkey).taking(64 << 10),
        post("/account/passkeys/rename", SignedIn, factors::rename_passkey).taking(16 << 10),
        post("/account/passkeys/remove", SignedIn, factors::remove_passkey).taking(16 << 10),
        post("/account/tokens", SignedIn, tokens::create).taking(16 << 10),
        post("/account/tokens/revoke", SignedIn, tokens::revoke).taking(16 << 10),
        get("/settings", Steward, settings::show),
        post("/settings/fields", Steward, settings::add_field).taking(16 << 10),
        post("/settings/fields/remove", Steward, settings::remove_field).taking(16 << 10),
        get("/settings/people", Steward, people::show),
        post("/settings/people/invite", Steward, people::invite).taking(16 << 10),
        post("/settings/people/withdraw", Steward, people::withdraw).taking(16 << 10),
        post("/settings/people/switch", Steward, people::switch).taking(16 << 10),
        post("/settings/people/leave", Steward, people::leave).taking(16 << 10),
    ]
}
