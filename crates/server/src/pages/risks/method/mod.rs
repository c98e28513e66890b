//! The method of rating risks: scales, matrix, bands and limits, with what the method would do to the risks there are.
//!
//! A method that is approved or in force is not changed: saving writes a new version as a draft, and risks keep the version
//! they were rated by. A draft goes into force by the steps of its record.

mod form;
mod preview;

use askama::Template;
use attestry_model::decide::Problem;
use attestry_model::permit::Wish;
use attestry_model::records::Methodology;
use attestry_model::{AnyRecord as _, AnyRef, Command, Kind, Problems, Stored, Subject};
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::Map;

use super::{Pick, one};
use crate::cx::Cx;
use crate::fault::Fault;
use crate::html::Html;
use crate::pages::records::typed::Typed;
use crate::pages::records::widget::id_of;
use crate::places::Frame;
use crate::shell::{Shell, page, to};
use crate::{labels, show};

pub(super) use form::DIMENSION_LABELS;
use form::{BandRow, CellRow, ImpactRow, LevelRow};
use preview::Preview;

/// The page.
#[derive(Template)]
#[template(path = "method.html")]
struct Page {
    cx: Cx,
    frame: Frame,
    shell: Shell,
    reference: String,
    title: String,
    href: String,
    state: Html,
    is_draft: bool,
    may_edit: bool,
    fresh: bool,
    revision: u32,
    summary: Vec<(String, String)>,
    version: String,
    aggregations: Vec<Pick>,
    weights: Vec<(&'static str, &'static str, String)>,
    formulas: Vec<Pick>,
    likelihood_from: String,
    likelihoods: Vec<LevelRow>,
    impact_from: String,
    impacts: Vec<ImpactRow>,
    currency: String,
    shapes: Vec<Pick>,
    columns: Vec<usize>,
    cells: Vec<CellRow>,
    bands: Vec<BandRow>,
    acceptance_max: String,
    absolute_max: String,
    preview: Preview,
}

impl Page {
    /// What is wrong with a field.
    fn error(&self, path: &str) -> Option<&str> {
        one::error(&self.summary, path)
    }

    /// Where a field is found within the page.
    #[expect(clippy::unused_self, reason = "templates call methods")]
    fn id(&self, path: &str) -> String {
        id_of(path)
    }
}

fn method_of<'a>(cx: &'a Cx, reference: &str) -> Result<&'a Stored<Methodology>, Fault> {
    let reference = reference.parse::<AnyRef>().ok().and_then(AnyRef::of::<Methodology>).ok_or(Fault::Absent)?;
    cx.get(reference)
}

/// A draft is changed; of any other a new version is written.
fn may_edit(cx: &Cx, record: &Stored<Methodology>) -> bool {
    if record.state_name() == "draft" { cx.may(Wish::Update, record) } else { cx.may_create(Kind::Methodology) }
}

/// `GET /risk-methodologies/{reference}/edit-method`
pub async fn show(cx: Cx, Path(reference): Path<String>) -> Result<Response, Fault> {
    let record = method_of(&cx, &reference)?;
    let typed = form::begin(&cx, record);
    respond(&cx, record, &typed, Problems::default(), false)
}

/// `POST /risk-methodologies/{reference}/edit-method`: shows what would change, adds and takes away rows, or saves.
pub async fn save(cx: Cx, Path(reference): Path<String>, body: Bytes) -> Result<Response, Fault> {
    let record = method_of(&cx, &reference)?;
    if cx.is_past() {
        return Err(Fault::Past);
    }
    if !may_edit(&cx, record) {
        return Err(Fault::Denied(cx.say("method-may-not").into_owned()));
    }
    let mut typed = Typed::of(&body)?;
    if typed.get("version").is_none() {
        typed = form::begin(&cx, record);
    }
    form::press(&mut typed);
    let (body, mut problems) = form::read(&cx, &typed, record);
    if typed.get("_save").is_some() && problems.is_empty() {
        match cx.submit(command(&cx, record, body, &typed)).await {
            Ok(receipt) => {
                let made = receipt.entries.iter().find_map(|entry| match entry.subject {
                    Subject::Record(it) if it.kind == Kind::Methodology => Some(it),
                    _ => None,
                });
                let at = made.unwrap_or_else(|| record.reference().any());
                let undo = if made.is_some() && record.state_name() == "draft" { "&undo=1" } else { "" };
                return Ok(to(&format!("/risk-methodologies/{at}/edit-method?done=saved%20{at}{undo}")));
            }
            Err(Fault::Invalid(wrong)) => problems = renamed(wrong),
            // Somebody else saved meanwhile: what was typed stays, and saving again takes it.
            Err(Fault::Stale(actual)) => {
                typed.set("_revision", actual.to_string());
                problems.add("", cx.say("method-raced"));
            }
            Err(fault) => return Err(fault),
        }
    }
    respond(&cx, record, &typed, problems, true)
}

/// What is told of the record's fields, at the fields of the form.
fn renamed(problems: Problems) -> Problems {
    let at = |field: &str, list: &str| {
        let row = field.strip_prefix(list)?.strip_prefix('[')?.split(']').next()?;
        row.parse::<usize>().ok()
    };
    let rename = |mut problem: Problem| {
        for (list, short) in [("likelihood_scale", "l"), ("impact_scale", "i"), ("bands", "b")] {
            if let Some(row) = at(&problem.field, list) {
                problem.field = format!("{short}.{row}.to");
            }
        }
        problem
    };
    Problems(problems.0.into_iter().map(rename).collect())
}

/// The fields that the page holds.
const HELD: [&str; 13] = [
    "version",
    "likelihood_scale",
    "impact_scale",
    "impact_aggregation",
    "weight_legal",
    "weight_patient_or_customer",
    "weight_operations",
    "weight_reputation",
    "matrix",
    "bands",
    "acceptance_max",
    "absolute_max",
    "residual_formula",
];

fn command(cx: &Cx, record: &Stored<Methodology>, body: Methodology, typed: &Typed) -> Command {
    let version = body.version.clone().unwrap_or_default();
    let next = Stored { body, ..record.clone() };
    let held = HELD.iter().map(|name| ((*name).to_owned(), next.field(name).unwrap_or_default()));
    if record.state_name() == "draft" {
        let revision = typed.get("_revision").and_then(|it| it.parse().ok()).or(Some(record.revision));
        let target = record.reference().any();
        return Command::Update { target, revision, fields: held.collect(), reason: None };
    }
    // Everything that the page does not hold is taken over from the version it was begun from, but its signature and its day.
    let own = |name: &str| Kind::Methodology.def().fields.iter().any(|def| def.name == name);
    let mut fields: Map<_, _> = record.fields().into_iter().filter(|(name, _)| own(name)).collect();
    fields.remove("approval");
    fields.remove("effective_from");
    fields.extend(held.filter(|(_, value)| !value.is_null()));
    fields.insert("title".to_owned(), cx.say1("method-name", "version", &version).into_owned().into());
    Command::Create { kind: Kind::Methodology, fields }
}

fn respond(
    cx: &Cx,
    record: &Stored<Methodology>,
    typed: &Typed,
    problems: Problems,
    sent: bool,
) -> Result<Response, Fault> {
    let reference = record.reference().any();
    // Rows that a button added say nothing yet; the preview shows what can be read.
    let (body, unread) = form::read(cx, typed, record);
    let adding = typed.get("_add").is_some();
    let mut problems = problems;
    if problems.is_empty() && sent && !adding {
        problems = unread;
    }
    let wrong = !problems.is_empty();
    let choice = |name: &str, own: Option<&str>| typed.get(name).or(own).unwrap_or_default().to_owned();
    let picks = |name: &str, all: &[attestry_model::field::OptionWords]| {
        let chosen = choice(name, None);
        all.iter().map(|it| Pick::new(it.name, labels::word(cx.words, it.name, it.label), &chosen)).collect::<Vec<_>>()
    };
    let options = |name: &str| match Kind::Methodology.def().field(name).map(|def| def.ty) {
        Some(attestry_model::field::Type::Choice(all)) => all,
        _ => &[],
    };
    let shape = choice("matrix", Some("free"));
    let shapes = ["product", "sum", "free"].map(|it| Pick::new(it, cx.say(format!("method-shape-{it}")), &shape));
    let mut frame = Frame::of_kind(cx, Kind::Methodology, Some(&reference.to_string()))
        .then(cx.say("method-title"), Some(cx.record_href(reference)));
    frame.problems = wrong;
    let text = |name: &str| typed.get(name).unwrap_or_default().to_owned();
    let mut answer = page(&Page {
        title: record.title().to_owned(),
        href: cx.record_href(reference),
        state: show::state(cx, record),
        is_draft: record.state_name() == "draft",
        may_edit: may_edit(cx, record),
        fresh: sent,
        revision: typed.get("_revision").and_then(|it| it.parse().ok()).unwrap_or(record.revision),
        summary: one::summary(cx, &problems, |path| form::label(cx, path)),
        version: text("version"),
        aggregations: picks("impact_aggregation", options("impact_aggregation")),
        weights: form::weighed(typed, &body),
        formulas: picks("residual_formula", options("residual_formula")),
        likelihood_from: text("l.from"),
        likelihoods: form::likelihoods(typed),
        impact_from: text("i.from"),
        impacts: form::impacts(typed),
        currency: form::currency(cx, record),
        shapes: shapes.into(),
        columns: (1..=typed.rows("i").min(form::MOST_LEVELS)).collect(),
        cells: form::cells(typed, &body),
        bands: form::bands(cx, typed, &body),
        acceptance_max: text("acceptance_max"),
        absolute_max: text("absolute_max"),
        preview: preview::of(cx, record, &body),
        reference: reference.to_string(),
        frame,
        shell: Shell::of(cx),
        cx: cx.clone(),
    })?;
    // Who only asks what would be is told what is wrong; nothing was refused.
    if wrong && typed.get("_save").is_some() {
        *answer.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(answer)
}
