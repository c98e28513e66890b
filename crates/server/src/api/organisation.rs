//! Who calls, and where the ledger stands.

use axum::response::Response;
use serde_json::{Value, json};

use super::answer;
use super::call::Call;
use crate::cx::Entrance;
use crate::fault::Fault;
use crate::shell::role_key;

/// `GET /api/v1/me`
pub fn me(call: &Call) -> Response {
    let cx = &call.cx;
    let roles: Vec<String> = cx.principal.roles.iter().map(|role| role_key(*role).replace('-', "_")).collect();
    let (entrance, scopes) = match &cx.entrance {
        Entrance::Session { .. } => ("session", Value::Null),
        Entrance::Token { scopes, .. } => ("token", json!(scopes)),
    };
    answer::json(&json!({
        "person": cx.person.any().to_string(),
        "name": cx.name_of(cx.person),
        "roles": roles,
        "organisation": cx.slug,
        "organisation_name": cx.organisation_name,
        "entrance": entrance,
        "scopes": scopes,
        "size": cx.current.size(),
        "now": cx.now.to_string(),
        "today": cx.today.to_string(),
    }))
}

/// `GET /api/v1/checkpoint`
pub fn checkpoint(call: &Call) -> Result<Response, Fault> {
    let note = call.cx.organisation.checkpoint().ok_or(Fault::Absent)?;
    Ok(answer::text("text/plain; charset=utf-8", note))
}
