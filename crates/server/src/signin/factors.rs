//! Further proofs of an account: one-time codes with recovery codes, passkeys. To add or remove one, who asks has proved
//! within ten minutes who they are; whatever changes here ends every other session.

use attestry_store::Account;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::json;

use super::account::{Once, shown};
use super::secret::{recovery_codes, recovery_hash};
use super::session::{fresh, of, rotate};
use super::totp;
use super::visit::{Fields, Sent, Visit, told};
use crate::cx::Cx;
use crate::fault::Fault;
use crate::shell::to;

/// One-time codes that are to be confirmed.
#[derive(Debug)]
pub struct Enrolment {
    account: attestry_store::AccountId,
    secret: String,
    tries: u8,
}

fn account(cx: &Cx) -> Result<Account, Fault> {
    cx.app.store.accounts().get(cx.account)?.ok_or(Fault::SignIn)
}

/// Ends the other sessions and gives this one another secret.
fn changed(cx: &Cx, answer: &mut Response) -> Result<(), Fault> {
    let (own, _) = of(cx)?;
    cx.app.store.accounts().end_sessions(cx.account, Some(&own))?;
    rotate(&cx.app, &own, answer)
}

/// The session after the change, for a page that is shown at once.
async fn shown_after(cx: Cx, visit: &Visit, once: Once) -> Result<Response, Fault> {
    let mut rotated = StatusCode::OK.into_response();
    let mut answer = shown(cx.clone(), visit, Some(once), Vec::new()).await?;
    let done = cx.apart(move |cx| {
        changed(cx, &mut rotated)?;
        Ok(rotated)
    });
    for value in done.await?.headers().get_all(header::SET_COOKIE) {
        answer.headers_mut().append(header::SET_COOKIE, value.clone());
    }
    Ok(answer)
}

fn enrol(cx: &Cx, account: &Account, secret: String, tries: u8) -> Result<Once, Fault> {
    let picture = totp::picture(&secret, &account.login)?;
    let groups: Vec<&str> = secret.as_bytes().chunks(4).filter_map(|part| std::str::from_utf8(part).ok()).collect();
    let grouped = groups.join(" ");
    let pending = cx.app.signin.enrolments.put(Enrolment { account: account.id, secret, tries })?;
    Ok(Once::Enrolment { pending, secret: grouped, picture })
}

/// `POST /account/totp`
pub async fn begin_totp(cx: Cx, visit: Visit) -> Result<Response, Fault> {
    fresh(&cx)?;
    let once = cx.apart(|cx| enrol(cx, &account(cx)?, super::secret::totp()?, 5)).await?;
    shown(cx, &visit, Some(once), Vec::new()).await
}

/// `POST /account/totp/confirm`
pub async fn confirm_totp(cx: Cx, visit: Visit, form: Fields) -> Result<Response, Fault> {
    fresh(&cx)?;
    let enrolment = cx.app.signin.enrolments.take(form.get("pending")).filter(|one| one.account == cx.account);
    let Some(enrolment) = enrolment else {
        let said = cx.say("account-totp-again").into_owned();
        return shown(cx, &visit, None, vec![("totp", said)]).await;
    };
    let Some(step) = totp::step(&enrolment.secret, form.trimmed("code"), cx.now)? else {
        let said = cx.say("account-totp-wrong").into_owned();
        let tries = enrolment.tries.saturating_sub(1);
        let once = if tries == 0 {
            None
        } else {
            Some(cx.apart(move |cx| enrol(cx, &account(cx)?, enrolment.secret, tries)).await?)
        };
        return shown(cx, &visit, once, vec![("totp", said)]).await;
    };
    let codes = cx.apart(move |cx| {
        let accounts = cx.app.store.accounts();
        let codes = new_codes(cx)?;
        accounts.set_totp(cx.account, Some(&enrolment.secret))?;
        // The code that confirmed it does not sign in as well.
        accounts.use_totp_step(cx.account, step)?;
        Ok(codes)
    });
    let codes = codes.await?;
    shown_after(cx, &visit, Once::Codes(codes)).await
}

fn new_codes(cx: &Cx) -> Result<Vec<String>, Fault> {
    let codes = recovery_codes()?;
    let hashes: Vec<[u8; 32]> = codes.iter().map(|code| recovery_hash(code)).collect();
    cx.app.store.accounts().set_recovery_codes(cx.account, &hashes)?;
    Ok(codes)
}

/// `POST /account/totp/remove`
pub async fn remove_totp(cx: Cx) -> Result<Response, Fault> {
    fresh(&cx)?;
    let removed = cx.apart(|cx| {
        let accounts = cx.app.store.accounts();
        accounts.set_totp(cx.account, None)?;
        accounts.set_recovery_codes(cx.account, &[])?;
        let mut answer = to("/account?done=totp-removed#codes");
        changed(cx, &mut answer)?;
        Ok(answer)
    });
    removed.await
}

/// `POST /account/recovery-codes`
pub async fn renew_codes(cx: Cx, visit: Visit) -> Result<Response, Fault> {
    fresh(&cx)?;
    let codes = cx.apart(|cx| {
        if account(cx)?.totp.is_none() {
            return Err(Fault::Absent);
        }
        new_codes(cx)
    });
    let codes = codes.await?;
    shown(cx, &visit, Some(Once::Codes(codes)), Vec::new()).await
}

/// `POST /account/recovery-codes/file`: the codes that the page shows, as a text file; the server no longer knows them.
pub async fn codes_file(cx: Cx, form: Fields) -> Result<Response, Fault> {
    let codes: Vec<&str> = form.get("codes").split_whitespace().take(super::secret::RECOVERY_CODES).collect();
    let fits = |code: &&str| code.len() == 19 && code.bytes().all(|sign| sign.is_ascii_alphanumeric() || sign == b'-');
    if codes.is_empty() || !codes.iter().all(fits) {
        return Err(Fault::Malformed("these are no recovery codes".to_owned()));
    }
    let text = format!("{}\n\n{}\n", cx.say("account-codes-file"), codes.join("\n"));
    let mut answer = text.into_response();
    let head = answer.headers_mut();
    head.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    let name = HeaderValue::from_static("attachment; filename=\"attestry-recovery-codes.txt\"");
    head.insert(header::CONTENT_DISPOSITION, name);
    Ok(answer)
}

/// `POST /account/passkeys/start`
pub async fn begin_passkey(cx: Cx, visit: Visit) -> Result<Response, Fault> {
    fresh(&cx)?;
    let asked = cx.apart(move |cx| cx.app.signin.passkeys.begin_registration(&cx.app, &visit.origin, &account(cx)?));
    told(&asked.await?)
}

/// `POST /account/passkeys/finish`
pub async fn end_passkey(cx: Cx, Sent(answer): Sent) -> Result<Response, Fault> {
    fresh(&cx)?;
    let credential = serde_json::from_value(answer["credential"].clone());
    let credential = credential.map_err(|_| Fault::Malformed("this is no passkey".to_owned()))?;
    let name = answer["name"].as_str().unwrap_or_default().trim().chars().take(60).collect::<String>();
    let name = if name.is_empty() { cx.say("account-passkey").into_owned() } else { name };
    let id = answer["id"].as_str().unwrap_or_default().to_owned();
    let done = cx.apart(move |cx| {
        cx.app.signin.passkeys.end_registration(&cx.app, cx.account, &id, &name, &credential)?;
        let mut answer = told(&json!({ "to": "/account?done=passkey#passkeys" }))?;
        changed(cx, &mut answer)?;
        Ok(answer)
    });
    done.await
}

fn credential(form: &Fields) -> Result<Vec<u8>, Fault> {
    data_encoding::BASE64URL_NOPAD.decode(form.get("passkey").as_bytes()).map_err(|_| Fault::Absent)
}

/// `POST /account/passkeys/rename`
pub async fn rename_passkey(cx: Cx, visit: Visit, form: Fields) -> Result<Response, Fault> {
    let (key, name) = (credential(&form)?, form.trimmed("name").to_owned());
    if !(1..=60).contains(&name.chars().count()) || name.chars().any(char::is_control) {
        let said = cx.say("account-passkey-name-wrong").into_owned();
        return shown(cx, &visit, None, vec![("passkeys", said)]).await;
    }
    let done = cx.apart(move |cx| {
        cx.app.store.accounts().rename_passkey(cx.account, &key, &name)?;
        Ok(to("/account?done=passkey-renamed#passkeys"))
    });
    done.await
}

/// `POST /account/passkeys/remove`
pub async fn remove_passkey(cx: Cx, visit: Visit, form: Fields) -> Result<Response, Fault> {
    fresh(&cx)?;
    let key = credential(&form)?;
    let last = cx.apart(|cx| {
        let keys = cx.app.store.accounts().passkeys(cx.account)?.len();
        Ok(account(cx)?.password.is_none() && keys <= 1)
    });
    if last.await? {
        let said = cx.say("account-passkey-last").into_owned();
        return shown(cx, &visit, None, vec![("passkeys", said)]).await;
    }
    let done = cx.apart(move |cx| {
        if !cx.app.store.accounts().remove_passkey(cx.account, &key)? {
            return Err(Fault::Absent);
        }
        let mut answer = to("/account?done=passkey-removed#passkeys");
        changed(cx, &mut answer)?;
        Ok(answer)
    });
    done.await
}
