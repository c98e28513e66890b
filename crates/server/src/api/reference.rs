//! The reference of the interface, for people: every operation with its parameters, an example and a line for a terminal;
//! reading ones can be tried on the page, with the rights of whoever looks.

use std::fmt::Write as _;

use askama::Template;
use attestry_model::Kind;
use attestry_model::field::FieldDef;
use attestry_model::plain;
use axum::body::to_bytes;
use axum::response::Response;
use serde_json::{Map, Value};

use super::call::Call;
use super::kinds::type_name;
use super::operation::{Gives, OPERATIONS, Operation, Takes, named};
use super::value::all_fields;
use crate::cx::Cx;
use crate::fault::Fault;
use crate::html::encode;
use crate::places::Frame;
use crate::shell::{Shell, page, pairs, parameter};
use crate::{labels, routes};

/// Longest answer that is shown.
const LONGEST_SHOWN: usize = 1 << 16;

/// The page.
#[derive(Template)]
#[template(path = "api.html")]
struct Page {
    cx: Cx,
    frame: Frame,
    shell: Shell,
    kinds: Vec<(&'static str, String)>,
    kind: Kind,
    operations: Vec<Shown>,
    fields: Vec<Row>,
}

/// An operation on the page.
struct Shown {
    name: &'static str,
    method: String,
    path: String,
    summary: String,
    about: String,
    parameters: Vec<Parameter>,
    body: Option<String>,
    curl: String,
    tries: bool,
    result: Option<Tried>,
}

struct Parameter {
    name: &'static str,
    /// The name of its input in the form.
    input: String,
    place: String,
    help: String,
    required: bool,
    value: String,
    form: bool,
}

struct Tried {
    status: u16,
    body: String,
}

struct Row {
    name: &'static str,
    ty: String,
    help: String,
    required: bool,
}

/// An example of what may be written for a kind, in plain form.
pub fn sample(kind: Kind) -> Map<String, Value> {
    let mut sample = kind.sample();
    sample.remove("state");
    let def = kind.def();
    let plain = |(name, value): (String, Value)| {
        let value = def.field(&name).map_or_else(|| value.clone(), |field| plain::plain(field.ty, &value, None));
        (name, value)
    };
    sample.into_iter().map(plain).collect()
}

/// `GET /api`
pub async fn show(cx: Cx) -> Result<Response, Fault> {
    let kind = parameter(&cx.query, "kind").and_then(|name| Kind::named(&name)).unwrap_or(Kind::Risk);
    let given = pairs(&cx.query);
    let tried = parameter(&cx.query, "try").and_then(|name| named(&name)).filter(|operation| can_be_tried(operation));
    let mut operations = Vec::new();
    for operation in OPERATIONS.iter() {
        let mine = tried.is_some_and(|tried| tried.name == operation.name);
        let result = if mine { Some(attempt(&cx, operation, kind, &given).await?) } else { None };
        operations.push(shown(&cx, operation, kind, if mine { &given } else { &[] }, result));
    }
    let mut kinds: Vec<(&'static str, String)> =
        Kind::ALL.iter().map(|kind| (kind.words().name, labels::plural(cx.words, *kind))).collect();
    kinds.sort_by(|a, b| a.1.cmp(&b.1));
    let row = |field: &'static FieldDef| Row {
        name: field.name,
        ty: type_name(field.ty),
        help: labels::field_help(cx.words, kind, field),
        required: field.required,
    };
    let fields = all_fields(kind.def()).map(row).collect();
    let frame = Frame::bare(cx.say("api-title"));
    page(&Page { frame, shell: Shell::of(&cx), kinds, kind, operations, fields, cx })
}

fn can_be_tried(operation: &Operation) -> bool {
    operation.reads() && !matches!(operation.gives, Gives::Bytes | Gives::Text("text/event-stream"))
}

/// A reference of the kind to show examples with: the first record that the reader sees.
fn example(cx: &Cx, kind: Kind) -> String {
    let first = cx.records(kind).next().map(|record| record.any_ref().to_string());
    first.unwrap_or_else(|| format!("{}-0001", kind.words().prefix))
}

fn shown(
    cx: &Cx,
    operation: &'static Operation,
    kind: Kind,
    given: &[(String, String)],
    result: Option<Tried>,
) -> Shown {
    let key = operation.name.replace('_', "-");
    let value = |input: &str| given.iter().find(|(name, _)| name == input).map(|(_, value)| value.clone());
    let mut parameters = Vec::new();
    let help =
        |name: &str| cx.say(format!("api-parameter-{}", name.to_ascii_lowercase().replace('_', "-"))).into_owned();
    let segments = operation.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    for name in segments.filter(|name| *name != "kind") {
        let input = format!("p.{name}");
        let value =
            value(&input).unwrap_or_else(|| if name == "reference" { example(cx, kind) } else { String::new() });
        let place = cx.say("api-in-path").into_owned();
        parameters.push(Parameter { name, input, place, help: help(name), required: true, value, form: true });
    }
    for name in operation.query {
        let input = format!("q.{name}");
        let value = value(&input).unwrap_or_default();
        let required = matches!((operation.name, *name), ("search", "q") | ("finding_changes", "since"));
        let place = cx.say("api-in-query").into_owned();
        parameters.push(Parameter { name, input, place, help: help(name), required, value, form: true });
    }
    for name in operation.headers {
        let (name, required) = name.strip_suffix('?').map_or((*name, true), |name| (name, false));
        let place = cx.say("api-in-header").into_owned();
        let input = String::new();
        parameters.push(Parameter {
            name,
            input,
            place,
            help: help(name),
            required,
            value: String::new(),
            form: false,
        });
    }
    let path = operation.path.replace("{kind}", kind.words().name);
    let body = match operation.takes {
        Takes::Nothing | Takes::File => None,
        Takes::Fields => Some(pretty(&Value::Object(sample(kind)))),
        Takes::Patch => Some(pretty(&serde_json::json!({ "notes": "…" }))),
        Takes::Step => Some(pretty(&serde_json::json!({ "fields": {}, "reason": "…" }))),
        Takes::Void => Some(pretty(&serde_json::json!({ "reason": "…" }))),
    };
    Shown {
        name: operation.name,
        method: operation.method.to_string(),
        summary: cx.say(format!("api-{key}")).into_owned(),
        about: cx.say(format!("api-{key}-about")).into_owned(),
        parameters,
        body,
        curl: curl(cx, operation, &path, kind),
        path,
        tries: can_be_tried(operation),
        result,
    }
}

/// A line for a terminal that does it.
fn curl(cx: &Cx, operation: &Operation, path: &str, kind: Kind) -> String {
    let origin = cx.app.settings.url.as_deref().unwrap_or("http://localhost:8080").trim_end_matches('/').to_owned();
    let step = kind.def().flow.first().map_or("…", |step| step.name.unwrap_or(step.to));
    let path = path.replace("{reference}", &example(cx, kind)).replace("{name}", step).replace("{sha256}", "…");
    let mut line = String::from("curl -H \"Authorization: Bearer $TOKEN\"");
    if !operation.reads() {
        let _ = write!(line, " -X {}", operation.method);
    }
    for name in operation.headers.iter().filter(|name| !name.ends_with('?')) {
        let value = if *name == "If-Match" { "\\\"1\\\"" } else { "$(uuidgen)" };
        let _ = write!(line, " -H \"{name}: {value}\"");
    }
    match operation.takes {
        Takes::Nothing => {}
        Takes::File => line.push_str(" -F file=@report.pdf"),
        Takes::Patch => line.push_str(" -H \"Content-Type: application/merge-patch+json\" -d @body.json"),
        _ => line.push_str(" -H \"Content-Type: application/json\" -d @body.json"),
    }
    format!("{line} \"{origin}{path}\"")
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

/// Carries a reading operation out as the reader, with what the form brought.
async fn attempt(cx: &Cx, operation: &Operation, kind: Kind, given: &[(String, String)]) -> Result<Tried, Fault> {
    let of = |prefix: &str| {
        let mine = given.iter().filter(|(_, value)| !value.is_empty());
        mine.filter_map(|(name, value)| Some((name.strip_prefix(prefix)?.to_owned(), value.trim().to_owned())))
            .collect::<Vec<_>>()
    };
    let mut path = of("p.");
    path.push(("kind".to_owned(), kind.words().name.to_owned()));
    // The moment of the past is the page's own.
    let query = of("q.").into_iter().filter(|(name, _)| name != "asof").collect();
    cx.app.api.admit(cx.account)?;
    let call = Call::of_page(cx.clone(), path, query);
    let outcome = match call.knows(operation) {
        Ok(()) => (operation.run)(call).await,
        Err(fault) => Err(fault),
    };
    Ok(match outcome {
        Ok(answer) => {
            let (parts, body) = answer.into_parts();
            let bytes = to_bytes(body, routes::FORM_LIMIT).await.unwrap_or_default();
            let text = match serde_json::from_slice::<Value>(&bytes) {
                Ok(value) => pretty(&value),
                Err(_) => String::from_utf8_lossy(&bytes).into_owned(),
            };
            let cut = text.char_indices().map(|(at, _)| at).find(|at| *at >= LONGEST_SHOWN);
            let body = cut.map_or_else(|| text.clone(), |at| format!("{}…", &text[..at]));
            Tried { status: parts.status.as_u16(), body }
        }
        Err(fault) => Tried { status: fault.status().as_u16(), body: pretty(&fault.problem(&cx.request)) },
    })
}

impl Page {
    /// Where the form of an operation leads.
    fn action(&self, operation: &Shown) -> String {
        format!("/api?kind={}#{}", encode(self.kind.words().name), operation.name)
    }
}
