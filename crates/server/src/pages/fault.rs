//! The page of a fault: what is the matter in one sentence, and the ways on.

use askama::Template;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

use crate::app::App;
use crate::cx::Look;
use crate::fault::Fault;
use crate::words::Words;

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
    request: String,
    status: axum::http::StatusCode,
}

impl FaultPage {
    /// The page of one fault.
    pub fn new(_app: &App, fault: &Fault, words: &'static Words, look: Look, request: &str) -> Self {
        let name = fault.name();
        let problems = match fault {
            Fault::Invalid(problems) => problems.0.iter().map(ToString::to_string).collect(),
            _ => Vec::new(),
        };
        Self {
            words,
            look,
            heading: words.say(&format!("fault-{name}")).into_owned(),
            sentence: words.say(&format!("fault-{name}-sentence")).into_owned(),
            detail: fault.detail().filter(|detail| !detail.is_empty()),
            problems,
            request: request.to_owned(),
            status: fault.status(),
        }
    }
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
