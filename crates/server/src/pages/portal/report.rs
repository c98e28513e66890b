//! Something looks wrong: told in under a minute. A report without a name is written by the program: the person stands
//! neither in the record nor in the ledger, and no request leads from one to the other.

use std::collections::HashMap;

use askama::Template;
use attestry_model::{AnyRef, Command, Kind, Principal};
use axum::extract::{Form, FromRequest as _, Multipart, Request};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Map, Value, json};

use crate::cx::Cx;
use crate::fault::Fault;
use crate::shell::{Shell, page, parameter, to};
use crate::show::shortened;

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
    files: Vec<(String, Vec<u8>)>,
}

/// `GET /portal/report`
pub async fn form(cx: Cx) -> Result<Response, Fault> {
    render(cx, Typed::default(), None)
}

fn render(cx: Cx, typed: Typed, problem: Option<String>) -> Result<Response, Fault> {
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let answer = page(&ReportPage {
        shell: Shell::of(&cx),
        title: cx.say("report-title").into_owned(),
        typed,
        problem,
        phone: super::desk::phone(&cx),
        cx,
    })?;
    Ok((status, answer).into_response())
}

async fn read(request: Request) -> Result<Typed, Fault> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut typed = Typed::default();
    let malformed = |error: &dyn std::fmt::Display| Fault::Malformed(error.to_string());
    if kind.starts_with("multipart/form-data") {
        let mut parts = Multipart::from_request(request, &()).await.map_err(|error| malformed(&error))?;
        while let Some(part) = parts.next_field().await.map_err(|error| too_large(&error))? {
            let name = part.name().unwrap_or_default().to_owned();
            if name == "files" {
                let file = part.file_name().unwrap_or_default().to_owned();
                let bytes = part.bytes().await.map_err(|error| too_large(&error))?;
                // A browser sends an empty part for a field in which no file was chosen.
                if !file.is_empty() && !bytes.is_empty() {
                    typed.files.push((file, bytes.to_vec()));
                }
            } else {
                typed.put(&name, &part.text().await.map_err(|error| too_large(&error))?);
            }
        }
    } else {
        let Form(fields) =
            Form::<HashMap<String, String>>::from_request(request, &()).await.map_err(|error| malformed(&error))?;
        for (name, value) in &fields {
            typed.put(name, value);
        }
    }
    Ok(typed)
}

fn too_large(error: &axum::extract::multipart::MultipartError) -> Fault {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        Fault::TooLarge(error.body_text())
    } else {
        Fault::Malformed(error.body_text())
    }
}

impl Typed {
    fn put(&mut self, name: &str, value: &str) {
        match name {
            "what" => value.trim().clone_into(&mut self.what),
            "place" => value.trim().clone_into(&mut self.place),
            "going_on" => self.going_on = true,
            "anonymous" => self.anonymous = true,
            _ => {}
        }
    }
}

/// `POST /portal/report`
pub async fn send(cx: Cx, request: Request) -> Result<Response, Fault> {
    let typed = read(request).await?;
    if typed.what.is_empty() {
        let problem = cx.say("report-empty").into_owned();
        return render(cx, typed, Some(problem));
    }
    if typed.what.len() + typed.place.len() > LONGEST {
        let problem = cx.say("report-long").into_owned();
        return render(cx, typed, Some(problem));
    }
    if typed.files.len() > MOST_FILES {
        let problem = cx.say1("report-files", "count", MOST_FILES).into_owned();
        return render(cx, typed, Some(problem));
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
    let command = Command::Create { kind: Kind::Event, fields };
    let receipt = super::submit_as(&cx, &principal, command).await?;
    let event = super::made(&receipt, Kind::Event).ok_or_else(|| Fault::Broken("no event was made".to_owned()))?;
    let files = typed.files;
    if !files.is_empty() {
        cx.apart(move |cx| {
            for (name, bytes) in files {
                // Whoever reports may not change the record afterwards; the program attaches what came with the report.
                let attached = cx.organisation.attach(&Principal::system(), event, &name, &mut bytes.as_slice(), None);
                attached.map_err(Fault::from)?;
            }
            Ok(())
        })
        .await?;
    }
    Ok(to(&format!("/portal/thanks?report={event}")))
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
