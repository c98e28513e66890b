//! Proving anew who one is, before something that counts: a signature, a token, another passkey.

use askama::Template;
use attestry_store::Account;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::json;

use super::session::{self, DEVICE};
use super::visit::{Fields, Sent, Visit, onward, told};
use super::{passkey, totp};
use crate::app::App;
use crate::cx::{Cx, Look};
use crate::fault::Fault;
use crate::gate::cookie;
use crate::html::encode;
use crate::shell::{page, to};
use crate::words::Words;

/// The page.
#[derive(Template)]
#[template(path = "signin/step-up.html")]
struct StepUp {
    words: &'static Words,
    look: Look,
    next: String,
    login: String,
    password: bool,
    codes: bool,
    passkeys: bool,
    problem: Option<String>,
}

/// The way to the page, and back: to the page from which the request came, because that is where the form is.
pub fn to_step_up(path: &str, head: &HeaderMap) -> Response {
    let from = head.get(header::REFERER).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let own = from.split_once("://").and_then(|(_, rest)| rest.find('/').map(|at| &rest[at..]));
    to(&format!("/step-up?next={}", encode(&onward(own.unwrap_or(path)))))
}

async fn account_of(cx: &Cx) -> Result<(Account, bool), Fault> {
    let found = cx.apart(|cx| {
        let accounts = cx.app.store.accounts();
        let account = accounts.get(cx.account)?.ok_or(Fault::SignIn)?;
        let passkeys = !accounts.passkeys(account.id)?.is_empty();
        Ok((account, passkeys))
    });
    found.await
}

async fn shown(cx: &Cx, visit: &Visit, next: String, problem: Option<String>) -> Result<Response, Fault> {
    let (account, passkeys) = account_of(cx).await?;
    let bad = problem.is_some();
    let shown = page(&StepUp {
        words: visit.words,
        look: visit.look.clone(),
        next,
        password: account.password.is_some(),
        codes: account.totp.is_some(),
        passkeys: passkeys && passkey::possible(&visit.origin),
        login: account.login,
        problem,
    })?;
    Ok(if bad { (StatusCode::UNPROCESSABLE_ENTITY, shown).into_response() } else { shown })
}

/// `GET /step-up`
pub async fn ask(cx: Cx, visit: Visit) -> Result<Response, Fault> {
    shown(&cx, &visit, visit.next(), None).await
}

/// `POST /step-up`
pub async fn prove(cx: Cx, visit: Visit, form: Fields) -> Result<Response, Fault> {
    let next = onward(form.get("next"));
    let (account, _) = account_of(&cx).await?;
    let app = &cx.app;
    let device = app.signin.devices.known(cookie(&visit.head, DEVICE), Some(&account), cx.now);
    app.signin.limits.code(account.id.0, device)?;
    let code = form.trimmed("code").to_owned();
    // An account with codes proves itself with one: a password that was looked over is not enough to sign.
    let codes = account.totp.is_some();
    let right = if codes {
        cx.apart(move |cx| Ok(totp::prove(&cx.app, &account, &code)?.is_some())).await?
    } else {
        app.signin.passwords.verify(form.get("password"), account.password.as_deref()).await?
    };
    if !right {
        let said = visit.say("stepup-wrong");
        return shown(&cx, &visit, next, Some(said)).await;
    }
    // Whoever has codes has signed in with the password before.
    proved(&cx, &next, if codes { "password+totp" } else { "password" }).await
}

/// Notes the proof and gives the session another secret.
async fn proved(cx: &Cx, next: &str, method: &'static str) -> Result<Response, Fault> {
    let next = next.to_owned();
    let done = cx.apart(move |cx| {
        let (hash, _) = session::of(cx)?;
        cx.app.store.accounts().step_up(&hash, method, cx.now)?;
        let mut answer = to(&next);
        session::rotate(&cx.app, &hash, &mut answer)?;
        Ok(answer)
    });
    done.await
}

/// `POST /step-up/passkey/start`
pub async fn passkey_start(cx: Cx, visit: Visit) -> Result<Response, Fault> {
    cx.app.signin.limits.address(visit.address)?;
    let origin = visit.origin.clone();
    told(&cx.apart(move |cx| cx.app.signin.passkeys.begin_proof(&cx.app, &origin, cx.account)).await?)
}

/// `POST /step-up/passkey/finish`
pub async fn passkey_finish(State(app): State<App>, cx: Cx, Sent(proof): Sent) -> Result<Response, Fault> {
    super::answered(&app, &proof, Some(cx.account)).await?;
    let next = onward(proof["next"].as_str().unwrap_or_default());
    let done = proved(&cx, &next, "passkey").await?;
    let mut answer = told(&json!({ "to": next }))?;
    for value in done.headers().get_all(header::SET_COOKIE) {
        answer.headers_mut().append(header::SET_COOKIE, value.clone());
    }
    Ok(answer)
}
