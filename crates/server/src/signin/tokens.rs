//! Tokens of programs: a name, what they may do, a day on which they end; shown once.

use attestry_store::Token;
use axum::response::Response;
use jiff::civil::Date;

use super::account::{Once, shown};
use super::session::fresh;
use super::visit::{Fields, Visit};
use crate::cx::Cx;
use crate::fault::Fault;
use crate::gate::hash_of;
use crate::shell::to;

/// `POST /account/tokens`
pub async fn create(cx: Cx, visit: Visit, form: Fields) -> Result<Response, Fault> {
    fresh(&cx)?;
    let name = form.trimmed("name").to_owned();
    let scopes: Vec<String> = match form.get("scope") {
        "write" => vec!["read".to_owned(), "write".to_owned()],
        _ => vec!["read".to_owned()],
    };
    let mut problems = Vec::new();
    if !(1..=80).contains(&name.chars().count()) || name.chars().any(char::is_control) {
        problems.push(("token-name", cx.say("account-token-name-wrong").into_owned()));
    }
    let last = cx.today + jiff::Span::new().days(365);
    let day = form.get("expires").parse::<Date>().ok().filter(|day| (cx.today..=last).contains(day));
    // The token ends with that day, where the organisation is.
    let ends = day.and_then(|day| day.tomorrow().ok()).and_then(|next| cx.zone.to_timestamp(next.at(0, 0, 0, 0)).ok());
    let Some(expires_at) = ends.filter(|_| problems.is_empty()) else {
        if ends.is_none() {
            problems.push(("token-expires", cx.say("account-token-expires-wrong").into_owned()));
        }
        return shown(cx, &visit, None, problems).await;
    };
    let secret = format!("att_{}", super::secret::link()?);
    let hash = hash_of(&secret);
    let made = cx.apart(move |cx| {
        let token = Token {
            id: 0,
            account: cx.account,
            organisation: cx.slug.clone(),
            person: cx.person,
            name,
            scopes,
            created_at: cx.now,
            expires_at,
            used_at: None,
        };
        Ok(cx.app.store.accounts().create_token(&hash, &token)?)
    });
    made.await?;
    shown(cx, &visit, Some(Once::Token(secret)), Vec::new()).await
}

/// `POST /account/tokens/revoke`
pub async fn revoke(cx: Cx, form: Fields) -> Result<Response, Fault> {
    let id: i64 = form.get("token").parse().map_err(|_| Fault::Absent)?;
    let gone = cx.apart(move |cx| Ok(cx.app.store.accounts().revoke_token(cx.account, id)?)).await?;
    if gone { Ok(to("/account?done=token#tokens")) } else { Err(Fault::Absent) }
}
