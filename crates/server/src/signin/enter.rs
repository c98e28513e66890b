//! Signing in and out: login and password, then a code where the account has one; one answer for every failure.

use askama::Template;
use attestry_store::Account;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde_json::json;

use super::session::{self, Begun, DEVICE};
use super::visit::{Fields, Sent, Visit, onward, told};
use super::{apart, passkey, totp};
use crate::app::App;
use crate::cx::Look;
use crate::fault::Fault;
use crate::gate::cookie;
use crate::shell::{page, to};
use crate::words::Words;

/// The sign-in page.
#[derive(Template)]
#[template(path = "signin/sign-in.html")]
struct SignIn {
    words: &'static Words,
    look: Look,
    next: String,
    login: String,
    problem: Option<String>,
    done: Option<String>,
    passkeys: bool,
}

/// The page that asks for a code.
#[derive(Template)]
#[template(path = "signin/code.html")]
struct Code {
    words: &'static Words,
    look: Look,
    pending: String,
    problem: Option<String>,
}

/// A sign-in whose password was right and whose code is awaited.
#[derive(Debug)]
pub struct Awaited {
    account: attestry_store::AccountId,
    next: String,
    tries: u8,
}

/// How many codes may be tried before the password is asked again.
const TRIES: u8 = 5;

fn sign_in_page(visit: &Visit, next: String, login: &str, problem: Option<String>) -> Result<Response, Fault> {
    let bad = problem.is_some();
    let done = match visit.parameter("done").as_str() {
        "out" => Some(visit.say("signin-done-out")),
        "changed" => Some(visit.say("signin-done-changed")),
        "again" => Some(visit.say("signin-done-again")),
        _ => None,
    };
    let shown = page(&SignIn {
        words: visit.words,
        look: visit.look.clone(),
        next,
        login: login.chars().take(300).collect(),
        problem,
        done,
        passkeys: passkey::possible(&visit.origin),
    })?;
    Ok(if bad { (StatusCode::UNPROCESSABLE_ENTITY, shown).into_response() } else { shown })
}

/// `GET /sign-in`
pub async fn ask(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    if app.signin.waits_for_first(&app)? {
        return super::first::closed(&visit);
    }
    if let Some(hash) = visit.session(&app)
        && let Some(session) = app.session(&hash)?
    {
        let usable = apart(&app, move |app| session::usable(app, session.account)).await?;
        let inside = usable.iter().any(|one| Some(&one.organisation) == session.organisation.as_ref());
        if inside {
            return Ok(to(&visit.next()));
        }
        if !usable.is_empty() {
            return Ok(to(&choose_href(&visit.next())));
        }
    }
    sign_in_page(&visit, visit.next(), "", None)
}

/// The address of the page where an organisation is chosen.
fn choose_href(next: &str) -> String {
    format!("/organisation?next={}", crate::html::encode(next))
}

/// Answers somebody who has signed in.
fn entered(app: &App, begun: &Begun, next: &str) -> Response {
    let mut answer = if begun.to_choose { to(&choose_href(next)) } else { to(next) };
    begun.put_on(app, &mut answer);
    answer
}

/// `POST /sign-in`
pub async fn enter(State(app): State<App>, visit: Visit, form: Fields) -> Result<Response, Fault> {
    let login = form.trimmed("login").to_owned();
    let next = onward(form.get("next"));
    let failed = |visit: &Visit| sign_in_page(visit, next.clone(), &login, Some(visit.say("signin-failed")));
    let (name, now) = (login.clone(), app.now());
    let account = apart(&app, move |app| Ok(app.store.accounts().by_login(&name)?)).await?;
    let device = app.signin.devices.known(cookie(&visit.head, DEVICE), account.as_ref(), now);
    match app.signin.limits.sign_in(&login, device, visit.address) {
        Err(Fault::TooMany(seconds)) => return slow_down(&visit, next, &login, seconds),
        other => other?,
    }
    let usable = account.as_ref().filter(|account| account.active);
    let phc = usable.and_then(|account| account.password.as_deref());
    let right = app.signin.passwords.verify(form.get("password"), phc).await?;
    let Some(account) = account.filter(|account| right && account.active) else {
        tracing::info!(address = %visit.address, "a sign-in failed");
        return failed(&visit);
    };
    if account.totp.is_some() {
        let awaited = Awaited { account: account.id, next, tries: TRIES };
        let pending = app.signin.awaited.put(awaited)?;
        return page(&Code { words: visit.words, look: visit.look.clone(), pending, problem: None });
    }
    match begin(&app, &visit, account, "password").await? {
        Some(begun) => Ok(entered(&app, &begun, &next)),
        None => failed(&visit),
    }
}

/// The sign-in page with the word that there were too many tries, the same for every login.
fn slow_down(visit: &Visit, next: String, login: &str, seconds: u64) -> Result<Response, Fault> {
    let said = visit.say1("signin-too-many", "seconds", seconds);
    let mut answer = sign_in_page(visit, next, login, Some(said))?;
    *answer.status_mut() = StatusCode::TOO_MANY_REQUESTS;
    answer.headers_mut().insert(axum::http::header::RETRY_AFTER, seconds.into());
    Ok(answer)
}

async fn begin(app: &App, visit: &Visit, account: Account, method: &'static str) -> Result<Option<Begun>, Fault> {
    let visit = visit.clone();
    apart(app, move |app| session::begin(app, &visit, &account, method)).await
}

/// `POST /sign-in/code`
pub async fn code(State(app): State<App>, visit: Visit, form: Fields) -> Result<Response, Fault> {
    let Some(awaited) = app.signin.awaited.take(form.get("pending")) else {
        return sign_in_page(&visit, "/".to_owned(), "", Some(visit.say("signin-again")));
    };
    let (id, typed) = (awaited.account, form.trimmed("code").to_owned());
    let account = apart(&app, move |app| Ok(app.store.accounts().get(id)?)).await?;
    let Some(account) = account.filter(|account| account.active) else {
        return sign_in_page(&visit, awaited.next, "", Some(visit.say("signin-failed")));
    };
    let device = app.signin.devices.known(cookie(&visit.head, DEVICE), Some(&account), app.now());
    match app.signin.limits.code(id.0, device) {
        Err(Fault::TooMany(seconds)) => return slow_down(&visit, awaited.next, &account.login, seconds),
        other => other?,
    }
    let (checked, login) = (account.clone(), account.login.clone());
    let proof = apart(&app, move |app| totp::prove(app, &checked, &typed)).await?;
    let method = match proof {
        Some(totp::Proof::Code) => "password+totp",
        Some(totp::Proof::Recovery) => "password+recovery",
        None if awaited.tries <= 1 => {
            return sign_in_page(&visit, awaited.next, &login, Some(visit.say("signin-again")));
        }
        None => {
            let pending = app.signin.awaited.put(Awaited { tries: awaited.tries - 1, ..awaited })?;
            let problem = Some(visit.say("signin-code-wrong"));
            let shown = page(&Code { words: visit.words, look: visit.look.clone(), pending, problem })?;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, shown).into_response());
        }
    };
    match begin(&app, &visit, account, method).await? {
        Some(begun) => Ok(entered(&app, &begun, &awaited.next)),
        None => sign_in_page(&visit, awaited.next, &login, Some(visit.say("signin-failed"))),
    }
}

/// `POST /sign-in/passkey/start`
pub async fn passkey_start(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    app.signin.limits.address(visit.address)?;
    told(&app.signin.passkeys.begin_entry(&visit.origin)?)
}

/// `POST /sign-in/passkey/finish`
pub async fn passkey_finish(State(app): State<App>, visit: Visit, Sent(proof): Sent) -> Result<Response, Fault> {
    let account = super::answered(&app, &proof, None).await?;
    let next = onward(proof["next"].as_str().unwrap_or_default());
    let begun = begin(&app, &visit, account, "passkey").await?;
    let begun = begun.ok_or_else(|| Fault::Denied("the passkey was not accepted".to_owned()))?;
    let href = if begun.to_choose { choose_href(&next) } else { next };
    let mut answer = told(&json!({ "to": href }))?;
    begun.put_on(&app, &mut answer);
    Ok(answer)
}

/// `POST /sign-out`
pub async fn leave(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    if let Some(hash) = visit.session(&app) {
        apart(&app, move |app| Ok(app.store.accounts().end_session(&hash)?)).await?;
        app.forget_sessions();
    }
    let mut answer = to("/sign-in?done=out");
    session::put_off(&app, &mut answer);
    Ok(answer)
}
