//! One call of an operation: who calls, with which parameters, headers and body. A parameter that the operation does not
//! know, or one given twice, is refused by name.

use std::str::FromStr;
use std::sync::{Mutex, PoisonError};

use attestry_model::{AnyRef, Kind, Problems};
use axum::body::Body;
use axum::extract::{FromRequest, FromRequestParts as _, RawPathParams, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};

use super::operation::Operation;
use crate::app::App;
use crate::cx::{Cx, Entrance};
use crate::fault::Fault;

/// Most parameters of one call.
const MOST_PARAMETERS: usize = 100;

/// One call.
#[derive(Debug)]
pub struct Call {
    /// Who calls, and what they see.
    pub cx: Cx,
    /// The method.
    pub method: Method,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, not read yet; behind a lock only because a body may not be shared.
    body: Mutex<Body>,
    path: Vec<(String, String)>,
    query: Vec<(String, String)>,
}

impl FromRequest<App> for Call {
    type Rejection = Fault;

    async fn from_request(request: Request, app: &App) -> Result<Self, Fault> {
        let (mut parts, body) = request.into_parts();
        let cx = parts.extensions.get::<Cx>().cloned();
        let cx = cx.ok_or_else(|| Fault::Broken("a route without a gate".to_owned()))?;
        app.api.admit(cx.account)?;
        let path = path_of(&mut parts, app).await?;
        let method = parts.method.clone();
        let writes = !matches!(method, Method::GET | Method::HEAD);
        if let Entrance::Token { scopes, .. } = &cx.entrance
            && !scopes.iter().any(|scope| scope == "write" || (scope == "read" && !writes))
        {
            let scope = if writes { "write" } else { "read" };
            return Err(Fault::Denied(format!("this token does not have the scope “{scope}”")));
        }
        Ok(Self { query: pairs(&cx.query)?, cx, method, headers: parts.headers, body: Mutex::new(body), path })
    }
}

/// The path's parameters, decoded.
async fn path_of(parts: &mut Parts, app: &App) -> Result<Vec<(String, String)>, Fault> {
    let raw = RawPathParams::from_request_parts(parts, app).await;
    let raw = raw.map_err(|_| Fault::Malformed("the address is not UTF-8".to_owned()))?;
    Ok(raw.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
}

/// The pairs of a query.
fn pairs(query: &str) -> Result<Vec<(String, String)>, Fault> {
    let found = query.split('&').filter(|pair| !pair.is_empty());
    if found.clone().count() > MOST_PARAMETERS {
        return Err(Fault::Malformed(format!("has more than {MOST_PARAMETERS} parameters")));
    }
    let decoded = found.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    Ok(decoded.map(|(name, value)| (crate::html::decode(name), crate::html::decode(value))).collect())
}

impl Call {
    /// A call that a page makes: a reading operation with these parameters.
    pub fn of_page(cx: Cx, path: Vec<(String, String)>, query: Vec<(String, String)>) -> Self {
        Self { cx, method: Method::GET, headers: HeaderMap::new(), body: Mutex::default(), path, query }
    }

    /// The body, once.
    pub fn take_body(&mut self) -> Body {
        std::mem::take(self.body.get_mut().unwrap_or_else(PoisonError::into_inner))
    }

    /// Refuses parameters that the operation does not know and repeated ones.
    pub fn knows(&self, operation: &Operation) -> Result<(), Fault> {
        let mut problems = Problems::default();
        for (at, (name, _)) in self.query.iter().enumerate() {
            if !operation.query.contains(&name.as_str()) {
                problems.add(name.clone(), "is not a parameter of this operation");
            } else if name != "where" && self.query[..at].iter().any(|(other, _)| other == name) {
                problems.add(name.clone(), "is given twice");
            }
        }
        // The gate takes an empty moment for now; a program that sends one has made a mistake.
        if self.parameter("asof") == Some("") {
            problems.add("asof", "is empty");
        }
        if problems.is_empty() { Ok(()) } else { Err(Fault::Invalid(problems)) }
    }

    /// A parameter of the path.
    pub fn segment(&self, name: &str) -> &str {
        self.path.iter().find(|(found, _)| found == name).map_or("", |(_, value)| value)
    }

    /// The kind that the path names.
    pub fn kind(&self) -> Result<Kind, Fault> {
        Kind::named(self.segment("kind")).ok_or(Fault::Absent)
    }

    /// The reference that the path names; one of another kind than the path's is nowhere.
    pub fn target(&self) -> Result<AnyRef, Fault> {
        let kind = self.kind()?;
        let target: AnyRef = self.segment("reference").parse().map_err(|_| Fault::Absent)?;
        if target.kind == kind { Ok(target) } else { Err(Fault::Absent) }
    }

    /// A parameter of the query.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// All values of a parameter that may be repeated.
    pub fn every<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.query.iter().filter(move |(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// A number of the query.
    pub fn number<T: FromStr + PartialOrd + std::fmt::Display + Copy>(
        &self,
        name: &str,
        otherwise: T,
        least: T,
        most: T,
    ) -> Result<T, Fault> {
        let Some(text) = self.parameter(name) else { return Ok(otherwise) };
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let number = text.parse::<T>().ok().filter(|number| digits && (least..=most).contains(number));
        number.ok_or_else(|| Fault::field(name, format!("must be a whole number from {least} to {most}")))
    }

    /// A yes or no of the query.
    pub fn flag(&self, name: &str) -> Result<bool, Fault> {
        match self.parameter(name) {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(_) => Err(Fault::field(name, "must be true or false")),
        }
    }

    /// A header as text.
    pub fn header(&self, name: &str) -> Result<Option<&str>, Fault> {
        let mut all = self.headers.get_all(name).iter();
        let Some(value) = all.next() else { return Ok(None) };
        if all.next().is_some() {
            return Err(Fault::Malformed(format!("the header {name} is given twice")));
        }
        let text = value.to_str().ok().map(str::trim).filter(|text| !text.is_empty());
        text.map(Some).ok_or_else(|| Fault::Malformed(format!("the header {name} cannot be read")))
    }

    /// The type of the body, without its parameters, in lower case.
    pub fn media_type(&self) -> Option<String> {
        let value = self.headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
        Some(value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
    }

    /// The reason that goes with a change.
    pub fn reason(&self) -> Result<Option<String>, Fault> {
        if self.parameter("reason").is_some_and(|reason| reason.chars().count() > LONGEST_REASON_ASKED) {
            return Err(Fault::field("reason", format!("is longer than {LONGEST_REASON_ASKED} letters")));
        }
        self.parameter("reason").map(reason_of).transpose()
    }
}

/// Longest reason in a query, in letters.
const LONGEST_REASON_ASKED: usize = 1_000;
/// Longest reason, in bytes.
const LONGEST_REASON: usize = 4_000;

/// A reason as it may be written.
pub fn reason_of(text: &str) -> Result<String, Fault> {
    if text.len() > LONGEST_REASON {
        return Err(Fault::field("reason", format!("is longer than {LONGEST_REASON} bytes")));
    }
    if text.contains('\0') {
        return Err(Fault::field("reason", "contains a NUL character"));
    }
    Ok(text.to_owned())
}
