//! Settings of the organisation: what it is called, its people, and the fields that it has added itself.

use askama::Template;
use attestry_model::{Command, Kind, Problems, custom};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde_json::{Map, Value};

use super::visit::Fields;
use crate::cx::Cx;
use crate::fault::Fault;
use crate::labels;
use crate::places::Frame;
use crate::shell::{Shell, page, to};

/// A field of the organisation's own.
struct Own {
    kind: Kind,
    kind_name: String,
    name: String,
    label: String,
    help: String,
}

/// The page.
#[derive(Template)]
#[template(path = "signin/settings.html")]
struct Settings {
    cx: Cx,
    frame: Frame,
    shell: Shell,
    organisation: Option<String>,
    own: Vec<Own>,
    kinds: Vec<(String, String)>,
    form: Fields,
    problems: Vec<String>,
}

fn shown(cx: Cx, form: Fields, problems: &Problems) -> Result<Response, Fault> {
    let own = Kind::ALL.iter().flat_map(|kind| {
        let fields = custom::fields(&cx.current, *kind).into_values();
        fields.map(|field| (*kind, field)).collect::<Vec<_>>()
    });
    let own = own.map(|(kind, field)| Own {
        kind,
        kind_name: labels::plural(cx.words, kind),
        name: field.name,
        label: field.label,
        help: field.help,
    });
    let own = own.collect();
    let mut kinds: Vec<(String, String)> =
        Kind::ALL.iter().map(|kind| (kind.to_string(), labels::plural(cx.words, *kind))).collect();
    kinds.sort_by(|a, b| a.1.cmp(&b.1));
    let organisation = cx.current.organization().map(|record| cx.record_href(record.reference().any()));
    let mut frame = Frame::bare(cx.say("settings-title"));
    let problems: Vec<String> = problems.0.iter().map(ToString::to_string).collect();
    frame.problems = !problems.is_empty();
    let bad = frame.problems;
    let shown = page(&Settings { shell: Shell::of(&cx), frame, organisation, own, kinds, form, problems, cx })?;
    Ok(if bad { (StatusCode::UNPROCESSABLE_ENTITY, shown).into_response() } else { shown })
}

/// `GET /settings`
pub async fn show(cx: Cx) -> Result<Response, Fault> {
    shown(cx, Fields::default(), &Problems::default())
}

/// The setting's name for a field.
fn setting(form: &Fields) -> Result<String, Fault> {
    let known = Kind::ALL.iter().find(|kind| kind.to_string() == form.get("kind"));
    let kind = known.ok_or_else(|| Fault::field("kind", "is no kind of record"))?;
    Ok(format!("{}{kind}/{}", custom::PREFIX, form.trimmed("name")))
}

async fn set(cx: Cx, form: Fields, fields: Map<String, Value>, done: &str) -> Result<Response, Fault> {
    let outcome = match setting(&form) {
        Ok(name) => cx.submit(Command::Set { name, fields, reason: None }).await,
        Err(fault) => Err(fault),
    };
    match outcome {
        Ok(_) => Ok(to(done)),
        Err(Fault::Invalid(problems)) => shown(cx, form, &problems),
        Err(other) => Err(other),
    }
}

/// `POST /settings/fields`
pub async fn add_field(cx: Cx, form: Fields) -> Result<Response, Fault> {
    let members = [("type", "type"), ("label", "label"), ("help", "meaning")];
    let fields = members.into_iter().map(|(member, field)| (member.to_owned(), form.trimmed(field)));
    let fields = fields.filter(|(_, text)| !text.is_empty()).map(|(member, text)| (member, Value::from(text)));
    let fields: Map<String, Value> = fields.collect();
    if fields.is_empty() {
        let mut problems = Problems::default();
        problems.add("type", cx.say("settings-field-empty"));
        return shown(cx, form, &problems);
    }
    set(cx, form, fields, "/settings?done=field-added#fields").await
}

/// `POST /settings/fields/remove`
pub async fn remove_field(cx: Cx, form: Fields) -> Result<Response, Fault> {
    set(cx, form, Map::new(), "/settings?done=field-removed#fields").await
}
