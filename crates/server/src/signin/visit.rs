//! A request of somebody who need not be signed in, and the form that it brings.

use std::net::IpAddr;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse as _, Response};

use crate::app::App;
use crate::cx::Look;
use crate::fault::Fault;
use crate::gate::{address_of, cookie, cookie_name, hash_of, look_of, origin_of, words_of};
use crate::shell::{own_path, parameter};
use crate::words::{Argument, Words};

/// A request without more than a browser brings.
#[derive(Debug, Clone)]
pub struct Visit {
    /// The language.
    pub words: &'static Words,
    /// How pages look.
    pub look: Look,
    /// The network address.
    pub address: IpAddr,
    /// The origin under which the browser reached us.
    pub origin: String,
    /// The query.
    pub query: String,
    /// The head.
    pub head: HeaderMap,
}

impl FromRequestParts<App> for Visit {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Fault> {
        Ok(Self {
            words: words_of(&parts.headers),
            look: look_of(&parts.headers),
            address: address_of(app, parts),
            origin: origin_of(app, parts),
            query: parts.uri.query().unwrap_or_default().to_owned(),
            head: parts.headers.clone(),
        })
    }
}

impl Visit {
    /// A text.
    pub fn say(&self, key: &str) -> String {
        self.words.say(key).into_owned()
    }

    /// A text with one parameter.
    pub fn say1<'a>(&self, key: &str, name: &str, value: impl Into<Argument<'a>>) -> String {
        self.words.with(key, &[(name, value.into())]).into_owned()
    }

    /// A value of the query.
    pub fn parameter(&self, name: &str) -> String {
        parameter(&self.query, name).unwrap_or_default()
    }

    /// Where the query says to go on: a path of ours.
    pub fn next(&self) -> String {
        onward(&self.parameter("next"))
    }

    /// The program, as it calls itself.
    pub fn agent(&self) -> String {
        self.head.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
    }

    /// The hash of the session's cookie, whether or not there is such a session.
    pub fn session(&self, app: &App) -> Option<[u8; 32]> {
        cookie(&self.head, cookie_name(app.settings.secure)).map(hash_of)
    }
}

/// A path of ours that is worth going to after signing in: not the pages of signing in themselves.
pub fn onward(path: &str) -> String {
    let path = own_path(path);
    let ways = ["/sign-in", "/sign-out", "/step-up", "/organisation?", "/first-start", "/look"];
    if ways.iter().any(|way| path.starts_with(way)) { "/".to_owned() } else { path.to_owned() }
}

/// The fields of a form.
#[derive(Debug, Clone, Default)]
pub struct Fields(Vec<(String, String)>);

impl FromRequest<App> for Fields {
    type Rejection = Fault;

    async fn from_request(request: Request, app: &App) -> Result<Self, Fault> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        if !kind.is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded")) {
            return Err(Fault::Malformed("a form was expected".to_owned()));
        }
        let body = Bytes::from_request(request, app).await;
        let body = body.map_err(|_| Fault::TooLarge("the form".to_owned()))?;
        let text = std::str::from_utf8(&body).map_err(|_| Fault::Malformed("the form is no text".to_owned()))?;
        Ok(Self(crate::shell::pairs(text)))
    }
}

impl Fields {
    /// A field's text; empty when it is missing.
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(found, _)| found == name).map_or("", |(_, value)| value)
    }

    /// A field's text without blanks around it.
    pub fn trimmed(&self, name: &str) -> &str {
        self.get(name).trim()
    }

    /// Whether the form has the field at all.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(found, _)| found == name)
    }

    /// All values of a field that may come several times.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(found, _)| found == name).map(|(_, value)| value.as_str())
    }
}

/// What a script of ours sends: JSON.
#[derive(Debug)]
pub struct Sent(pub serde_json::Value);

impl FromRequest<App> for Sent {
    type Rejection = Fault;

    async fn from_request(request: Request, app: &App) -> Result<Self, Fault> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        if !kind.is_some_and(|kind| kind.starts_with("application/json")) {
            return Err(Fault::Malformed("JSON was expected".to_owned()));
        }
        let body = Bytes::from_request(request, app).await;
        let body = body.map_err(|_| Fault::TooLarge("the request".to_owned()))?;
        serde_json::from_slice(&body).map(Self).map_err(|error| Fault::Malformed(error.to_string()))
    }
}

/// Answers a script of ours.
pub fn told(value: &impl serde::Serialize) -> Result<Response, Fault> {
    let text = serde_json::to_string(value).map_err(|error| Fault::Broken(error.to_string()))?;
    let kind = HeaderValue::from_static("application/json");
    Ok(([(header::CONTENT_TYPE, kind)], text).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_own_pages_are_gone_on_to() {
        for (asked, gone) in [
            ("/risks?sort=-value", "/risks?sort=-value"),
            ("//evil.example", "/"),
            ("/\\evil.example", "/"),
            ("https://evil.example", "/"),
            ("javascript:alert(1)", "/"),
            ("/risks\r\nset-cookie: a=b", "/"),
            ("", "/"),
            ("/sign-in?next=/sign-in", "/"),
            ("/\t/evil.example", "/"),
        ] {
            assert_eq!(onward(asked), gone, "{asked:?}");
        }
    }
}
