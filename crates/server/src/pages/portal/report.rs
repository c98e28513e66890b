//! Something looks wrong: told in under a minute. A report without a name is written by the program: the person stands
//! neither in the record nor in the ledger, and no request leads from one to the other.

use std::collections::HashMap;

use askama::Template;
use attestry_model::change::FileFact;
use attestry_model::{AnyRef, Command, Kind, Principal};
use axum::extract::{Form, FromRequest as _, Multipart, Request};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Map, Value, json};

use crate::cx::Cx;
use crate::fault::Fault;
use crate::gate::address_of;
use crate::once;
use crate::shell::{Shell, page, parameter, to};
use crate::show::shortened;
use crate::transfer::{receive, safe_name, unread};

/// Most files of one report.
const MOST_FILES: usize = 5;
/// Most letters of one field.
const LONGEST: usize = 20_000;

#[derive(Template)]
#[template(path = "portal/report.html")]
struct ReportPage {
    cx: Cx,
    shell: Shell,
    title: String,
    typed: Typed,
    problem: Option<String>,
    phone: Option<String>,
}

/// What was typed.
#[derive(Debug, Default)]
struct Typed {
    what: String,
    place: String,
    going_on: bool,
    anonymous: bool,
    files: Vec<FileFact>,
    /// The secret of the page, under which the report is written once.
    once: String,
}

/// `GET /portal/report`
pub async fn form(cx: Cx) -> Result<Response, Fault> {
    render(cx, Typed { once: once::secret(), ..Typed::default() }, None)
}

/// Why a report is not taken, with what is to be said about it; what was typed stays in the form.
enum Problem {
    Wrong(String),
    /// Seconds to wait.
    TooMany(u64),
}

fn render(cx: Cx, typed: Typed, problem: Option<Problem>) -> Result<Response, Fault> {
    let wait = if let Some(Problem::TooMany(seconds)) = problem { Some(seconds) } else { None };
    let problem = problem.map(|problem| match problem {
        Problem::Wrong(said) => said,
        Problem::TooMany(seconds) => cx.say1("report-too-many", "minutes", seconds.div_ceil(60)).into_owned(),
    });
    let status = match (wait, &problem) {
        (Some(_), _) => StatusCode::TOO_MANY_REQUESTS,
        (None, Some(_)) => StatusCode::UNPROCESSABLE_ENTITY,
        (None, None) => StatusCode::OK,
    };
    let mut answer = page(&ReportPage {
        shell: Shell::of(&cx),
        title: cx.say("report-title").into_owned(),
        typed,
        problem,
        phone: super::desk::phone(&cx),
        cx,
    })?;
    if let Some(seconds) = wait {
        answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    Ok((status, answer).into_response())
}

/// Reads the form. Files go to the store as they come, each hashed there, where they are wanted at all; one that comes before
/// anything is said, or as one too many, is passed over and not kept.
async fn read(cx: &Cx, request: Request, wanted: bool) -> Result<(Typed, Option<Problem>), Fault> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut typed = Typed::default();
    let mut problem = None;
    let malformed = |error: &dyn std::fmt::Display| Fault::Malformed(error.to_string());
    if kind.starts_with("multipart/form-data") {
        let mut parts = Multipart::from_request(request, &()).await.map_err(|error| malformed(&error))?;
        while let Some(mut part) = parts.next_field().await.map_err(|error| unread(&error))? {
            let name = part.name().unwrap_or_default().to_owned();
            if name != "files" {
                typed.put(&name, &part.text().await.map_err(|error| unread(&error))?);
                continue;
            }
            let file = part.file_name().unwrap_or_default().to_owned();
            // A browser sends an empty part for a field in which no file was chosen.
            if file.is_empty() || typed.what.is_empty() || !wanted {
                continue;
            }
            if typed.files.len() >= MOST_FILES {
                problem = Some(Problem::Wrong(cx.say1("report-files", "count", MOST_FILES).into_owned()));
                continue;
            }
            let fact = receive(cx, safe_name(&file), &mut part).await?;
            if fact.size > 0 {
                typed.files.push(fact);
            }
        }
    } else {
        let Form(fields) =
            Form::<HashMap<String, String>>::from_request(request, &()).await.map_err(|error| malformed(&error))?;
        for (name, value) in &fields {
            typed.put(name, value);
        }
    }
    if typed.what.is_empty() {
        problem = Some(Problem::Wrong(cx.say("report-empty").into_owned()));
    } else if typed.what.len() + typed.place.len() > LONGEST {
        problem = Some(Problem::Wrong(cx.say("report-long").into_owned()));
    }
    Ok((typed, problem))
}

impl Typed {
    fn put(&mut self, name: &str, value: &str) {
        match name {
            "what" => value.trim().clone_into(&mut self.what),
            "place" => value.trim().clone_into(&mut self.place),
            "going_on" => self.going_on = true,
            "anonymous" => self.anonymous = true,
            once::FIELD => value.clone_into(&mut self.once),
            _ => {}
        }
    }
}

/// `POST /portal/report`
pub async fn send(cx: Cx, request: Request) -> Result<Response, Fault> {
    if cx.is_past() {
        return Err(Fault::Past);
    }
    let (parts, body) = request.into_parts();
    let address = address_of(&cx.app, &parts);
    // A report is rarely sent twice in a minute: who has sent so many is told before files are taken in, and what they typed
    // stays in the form.
    let admitted = cx.app.signin.limits.report(cx.account, address, &cx.slug);
    if let Err(Fault::TooMany(seconds)) = admitted {
        let (typed, _) = read(&cx, Request::from_parts(parts, body), false).await?;
        return render(cx, typed, Some(Problem::TooMany(seconds)));
    }
    admitted?;
    let (typed, problem) = read(&cx, Request::from_parts(parts, body), true).await?;
    if problem.is_some() {
        return render(cx, typed, problem);
    }
    let mut what = typed.what.clone();
    if !typed.place.is_empty() {
        what = format!("{what}\n\n{}", cx.say1("report-place-said", "place", &typed.place));
    }
    if typed.going_on {
        what = format!("{what}\n\n{}", cx.say("report-going-on-said"));
    }
    let mut fields: Map<String, Value> = Map::new();
    fields.insert("title".to_owned(), json!(shortened(&typed.what, 80)));
    fields.insert("what".to_owned(), json!(what));
    fields.insert("channel".to_owned(), json!("portal"));
    let principal = if typed.anonymous {
        Principal::system()
    } else {
        fields.insert("reported_by".to_owned(), json!(cx.person.any().to_string()));
        cx.principal.clone()
    };
    let files = typed.files;
    let mut sums: Vec<&[u8]> = files.iter().map(|file| file.sha256.as_bytes()).collect();
    sums.push(if typed.anonymous { b"anonymous" } else { b"" });
    sums.push(what.as_bytes());
    let key = once::key_of(Some(&typed.once), &sums);
    let writer = cx.clone();
    let written = once::once(&cx.app, key, async move {
        let command = Command::Create { kind: Kind::Event, fields };
        let receipt = super::submit_as(&writer, &principal, command).await?;
        let event = super::made(&receipt, Kind::Event).ok_or_else(|| Fault::Broken("no event was made".to_owned()))?;
        for file in files {
            // Whoever reports may not change the record afterwards; the program attaches what came with the report.
            let attach = Command::Attach { target: event, file, reason: None };
            super::submit_as(&writer, &Principal::system(), attach).await?;
        }
        Ok(format!("/portal/thanks?report={event}"))
    });
    Ok(to(&written.await?))
}

#[derive(Template)]
#[template(path = "portal/thanks.html")]
struct Thanks {
    cx: Cx,
    shell: Shell,
    title: String,
    report: String,
    phone: Option<String>,
}

/// `GET /portal/thanks?report=EVT-0009`
pub async fn thanks(cx: Cx) -> Result<Response, Fault> {
    let report: AnyRef = parameter(&cx.query, "report").and_then(|text| text.parse().ok()).ok_or(Fault::Absent)?;
    if report.kind != Kind::Event {
        return Err(Fault::Absent);
    }
    page(&Thanks {
        shell: Shell::of(&cx),
        title: cx.say("thanks-title").into_owned(),
        report: report.to_string(),
        phone: super::desk::phone(&cx),
        cx,
    })
}
