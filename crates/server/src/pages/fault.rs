//! The page of a fault: what is the matter in one sentence, who can help, and the ways on.

use askama::Template;
use attestry_model::kind::Role;
use attestry_model::records::Person;
use axum::http::{HeaderMap, HeaderValue, Method, Uri, header};
use axum::response::{IntoResponse, Response};

use crate::app::App;
use crate::cx::Look;
use crate::fault::Fault;
use crate::gate;
use crate::words::Words;

/// Most people who are named.
const MOST: usize = 3;

/// What was asked for, as far as its fault's page needs it.
#[derive(Debug)]
pub struct Asked<'a> {
    /// The request's name in logs.
    pub request: &'a str,
    /// Its method.
    pub method: &'a Method,
    /// Its address.
    pub uri: &'a Uri,
    /// Its headers.
    pub headers: &'a HeaderMap,
}

/// The page.
#[derive(Template)]
#[template(path = "fault.html")]
pub struct FaultPage {
    words: &'static Words,
    look: Look,
    heading: String,
    sentence: String,
    detail: Option<String>,
    problems: Vec<String>,
    /// Who can help: the ISMS managers of the organisation.
    helpers: Option<String>,
    /// What to search for, where something was not found.
    search: Option<String>,
    /// Where the request came from, if it was one that changes something.
    back: Option<String>,
    /// Where to ask again what may be answered the next time.
    again: Option<String>,
    /// The page without the choices in its address, where those are what is wrong.
    plain: Option<String>,
    request: String,
    status: axum::http::StatusCode,
}

impl FaultPage {
    /// The page of one fault.
    pub fn new(app: &App, fault: &Fault, asked: &Asked<'_>) -> Self {
        let name = fault.name();
        let problems = match fault {
            Fault::Invalid(problems) => problems.0.iter().map(ToString::to_string).collect(),
            _ => Vec::new(),
        };
        let words = gate::words_of(asked.headers);
        let reads = matches!(*asked.method, Method::GET | Method::HEAD);
        let passing = matches!(fault, Fault::TooMany(_) | Fault::ReadOnly(_) | Fault::Broken(_));
        let helped = matches!(fault, Fault::Absent | Fault::Denied(_)).then(|| helpers(app, asked.headers)).flatten();
        let searched = helped.is_some() && matches!(fault, Fault::Absent) && reads;
        let detail = match fault {
            Fault::TooMany(seconds) => Some(words.with("fault-wait", &[("count", (*seconds).into())]).into_owned()),
            Fault::Stale(revision) => Some(words.with("fault-revision", &[("count", (*revision).into())]).into_owned()),
            _ => fault.detail().filter(|detail| !detail.is_empty()),
        };
        Self {
            words,
            look: gate::look_of(asked.headers),
            heading: words.say(&format!("fault-{name}")).into_owned(),
            sentence: words.say(&format!("fault-{name}-sentence")).into_owned(),
            detail,
            problems,
            helpers: helped
                .filter(|names| !names.is_empty())
                .map(|names| words.with("fault-helpers", &[("names", names.join(", ").as_str().into())]).into_owned()),
            search: searched.then(|| last_word(asked.uri)),
            back: (!reads).then(|| referer(app, asked)).flatten(),
            again: (reads && passing).then(|| path_of(asked.uri)).flatten(),
            plain: (reads && asked.uri.query().is_some() && matches!(fault, Fault::Invalid(_)))
                .then(|| path_of(&Uri::try_from(asked.uri.path()).ok()?))
                .flatten(),
            request: asked.request.to_owned(),
            status: fault.status(),
        }
    }
}

/// The names of those who look after the ISMS of the organisation that the session is in; none where nobody is signed in.
fn helpers(app: &App, headers: &HeaderMap) -> Option<Vec<String>> {
    let secret = gate::cookie(headers, gate::cookie_name(app.settings.secure))?;
    let session = app.session(&gate::hash_of(secret)).ok().flatten()?;
    let isms = app.store.organisation(Some(&session.organisation?)).ok()?.isms();
    let managers = isms
        .live::<Person>()
        .filter(|person| person.state_name() == "active" && person.app_roles.contains(&Role::IsmsManager));
    Some(managers.map(|person| person.title().to_owned()).filter(|name| !name.is_empty()).take(MOST).collect())
}

/// The last part of an address, as somebody would search for it.
fn last_word(uri: &Uri) -> String {
    let last = uri.path().rsplit('/').find(|part| !part.is_empty()).unwrap_or_default();
    crate::html::decode(last).chars().take(80).collect()
}

/// An address of this server as a link that cannot lead to another.
fn path_of(uri: &Uri) -> Option<String> {
    let path = uri.path_and_query()?.as_str();
    (path.starts_with('/') && !path.starts_with("//") && !path.contains('\\')).then(|| path.to_owned())
}

/// The page of this server from which the request came.
fn referer(app: &App, asked: &Asked<'_>) -> Option<String> {
    let from: Uri = asked.headers.get(header::REFERER)?.to_str().ok()?.parse().ok()?;
    let origin = format!("{}://{}", from.scheme_str()?, from.authority()?);
    (origin == gate::origin_at(app, asked.headers, asked.uri)).then(|| path_of(&from)).flatten()
}

impl IntoResponse for FaultPage {
    fn into_response(self) -> Response {
        let status = self.status;
        let body = self.render().unwrap_or_else(|_| self.sentence.clone());
        let mut answer = (status, body).into_response();
        let html = HeaderValue::from_static("text/html; charset=utf-8");
        answer.headers_mut().insert(header::CONTENT_TYPE, html);
        answer
    }
}
