//! Sign-in: the first start, passwords, passkeys, one-time codes, invitations, sessions, tokens.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};

use crate::app::Settings;
use crate::fault::Fault;

/// What sign-in keeps in memory.
#[derive(Debug)]
pub struct Signin {}

impl Signin {
    /// For a server with these settings.
    pub fn new(_settings: &Settings) -> Result<Self, Fault> {
        Ok(Self {})
    }

    /// The address of the first start, while nobody has an account.
    pub fn first_start(&self, _app: &crate::app::App) -> Option<String> {
        None
    }
}

/// The way to the sign-in page, and back to where somebody wanted to go.
pub fn to_sign_in(path: &str) -> Response {
    let href = format!("/sign-in?next={}", crate::html::encode(path));
    let value = HeaderValue::from_str(&href).unwrap_or(HeaderValue::from_static("/sign-in"));
    (axum::http::StatusCode::SEE_OTHER, [(header::LOCATION, value)]).into_response()
}

/// The routes of sign-in.
pub fn routes() -> Vec<crate::routes::Route> {
    Vec::new()
}

/// Asks for a proof, at most ten minutes old, that it is still the person who signed in: before signatures.
pub fn fresh(cx: &crate::cx::Cx) -> Result<(), Fault> {
    let crate::cx::Entrance::Session { session, .. } = &cx.entrance else {
        return Err(Fault::Denied("a program cannot do this".to_owned()));
    };
    let ten_minutes = jiff::SignedDuration::from_mins(10);
    let proved = session.stepped_up_at.is_some_and(|at| at + ten_minutes > cx.now);
    if proved { Ok(()) } else { Err(Fault::StepUp) }
}
