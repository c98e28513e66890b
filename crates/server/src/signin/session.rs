//! Sessions: begun with a fresh secret at every sign-in, given another one whenever more is proved or another organisation
//! is entered, ended after twelve hours or two hours without use.

use attestry_model::{Principal, change::Via};
use attestry_store::{Account, AccountId, Membership, Session};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use jiff::SignedDuration;

use super::visit::Visit;
use crate::app::App;
use crate::cx::{Cx, Entrance};
use crate::fault::Fault;
use crate::gate::{cookie_name, hash_of};

/// How long a session lasts.
pub const LONGEST: SignedDuration = SignedDuration::from_hours(12);
/// How long it lasts without being used.
pub const IDLE: SignedDuration = SignedDuration::from_hours(2);
/// How long a proof of who somebody is counts as fresh.
pub const FRESH: SignedDuration = SignedDuration::from_mins(10);
/// The name of the cookie by which a device is known again.
pub const DEVICE: &str = "attestry-device";

/// Puts a cookie on an answer. An empty value takes it away.
pub fn set_cookie(head: &mut HeaderMap, name: &str, value: &str, age: Option<i64>, secure: bool) {
    let age = if value.is_empty() { Some(0) } else { age };
    let age = age.map_or_else(String::new, |age| format!("; Max-Age={age}"));
    let secure = if secure { "; Secure" } else { "" };
    let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{age}{secure}");
    if let Ok(text) = HeaderValue::from_str(&text) {
        head.append(header::SET_COOKIE, text);
    }
}

fn set_session(app: &App, answer: &mut Response, secret: &str) {
    // Without an age the cookie ends with the browser; the server ends the session in any case.
    set_cookie(answer.headers_mut(), cookie_name(app.settings.secure), secret, None, app.settings.secure);
}

/// The memberships through which an account can enter now: those whose person is active.
pub fn usable(app: &App, account: AccountId) -> Result<Vec<Membership>, Fault> {
    let mut all = app.store.accounts().memberships(account)?;
    all.retain(|one| {
        let organisation = app.store.organisation(Some(&one.organisation));
        organisation.is_ok_and(|it| Principal::of(&it.isms(), one.person, Via::Session).is_some())
    });
    Ok(all)
}

/// What a sign-in came to.
#[derive(Debug)]
pub struct Begun {
    secret: String,
    device: String,
    /// Whether an organisation is still to be chosen.
    pub to_choose: bool,
}

/// Begins a session of an account that has proved who it is. The session that the browser had is ended: its secret is
/// never carried over. Without an organisation to enter there is none.
pub fn begin(app: &App, visit: &Visit, account: &Account, method: &str) -> Result<Option<Begun>, Fault> {
    let (now, accounts) = (app.now(), app.store.accounts());
    let memberships = usable(app, account.id)?;
    if memberships.is_empty() {
        return Ok(None);
    }
    let organisation = (memberships.len() == 1).then(|| memberships[0].organisation.clone());
    let secret = super::secret::link()?;
    let session = Session {
        account: account.id,
        organisation,
        created_at: now,
        seen_at: now,
        expires_at: now + LONGEST,
        stepped_up_at: Some(now),
        agent: visit.agent(),
        address: visit.address.to_string(),
        method: method.to_owned(),
    };
    accounts.open_session(&hash_of(&secret), &session)?;
    if let Some(old) = visit.session(app) {
        accounts.end_session(&old)?;
    }
    app.forget_sessions();
    let device = app.signin.devices.cookie(account, now)?;
    Ok(Some(Begun { secret, device, to_choose: session.organisation.is_none() }))
}

impl Begun {
    /// Gives the browser its cookies.
    pub fn put_on(&self, app: &App, answer: &mut Response) {
        set_session(app, answer, &self.secret);
        put_device(app, answer, &self.device);
    }
}

/// Lets an answer say by which cookie the device is known.
pub fn put_device(app: &App, answer: &mut Response, device: &str) {
    let age = Some(super::device::KNOWN.as_secs());
    set_cookie(answer.headers_mut(), DEVICE, device, age, app.settings.secure);
}

/// Gives a session another secret and puts it on the answer.
pub fn rotate(app: &App, old: &[u8; 32], answer: &mut Response) -> Result<(), Fault> {
    let secret = super::secret::link()?;
    if !app.store.accounts().rotate_session(old, &hash_of(&secret))? {
        return Err(Fault::SignIn);
    }
    app.forget_sessions();
    set_session(app, answer, &secret);
    Ok(())
}

/// Takes the session's cookie away.
pub fn put_off(app: &App, answer: &mut Response) {
    set_session(app, answer, "");
}

/// The hash and the session of a request that came through a browser.
pub fn of(cx: &Cx) -> Result<([u8; 32], &Session), Fault> {
    match &cx.entrance {
        Entrance::Session { hash, session } => Ok((*hash, session)),
        Entrance::Token { .. } => Err(Fault::Denied("a program cannot do this".to_owned())),
    }
}

/// Asks for a proof, at most ten minutes old, that it is still the person who signed in: before signatures and before
/// anything that decides who may enter.
pub fn fresh(cx: &Cx) -> Result<(), Fault> {
    let (_, session) = of(cx)?;
    let proved = session.stepped_up_at.is_some_and(|at| at + FRESH > cx.now);
    if proved { Ok(()) } else { Err(Fault::StepUp) }
}
