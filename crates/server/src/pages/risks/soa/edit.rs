//! Changing a row of the statement in its place.

use attestry_model::field::Choice as _;
use attestry_model::records::Applicability;
use attestry_model::records::applicability::{ApplicabilityImplementation, ApplicabilityReason};
use attestry_model::{AnyRef, Command, Problems, Ref, Stored};
use axum::extract::{Path, RawForm};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Map, Value};

use super::super::{Pick, making};
use crate::cx::Cx;
use crate::fault::Fault;
use crate::shell::{page, pairs, to, with_query};

/// A row that could not be saved, with what was typed.
pub(super) struct Failed {
    pub row: Ref<Applicability>,
    pub typed: Vec<(String, String)>,
    pub problems: Problems,
}

/// The fields that are changed in their cells, one by one.
const CELLS: [&str; 6] = ["applicable", "reasons", "implementation", "justification", "planned_date", "responsible"];

/// What the controls in a row's cells begin with.
pub(super) struct Cells {
    pub row: String,
    pub revision: u32,
    values: [String; 6],
}

impl Cells {
    pub(super) fn of(cx: &Cx, row: &Stored<Applicability>) -> Self {
        let reasons: Vec<&str> = row.reasons.iter().map(|it| it.name()).collect();
        let values = [
            row.applicable.map_or("", |it| if it { "true" } else { "false" }).to_owned(),
            reasons.join(" "),
            row.implementation.map_or("", |it| it.name()).to_owned(),
            row.justification.as_ref().map(|it| it.to_string()).unwrap_or_default(),
            row.planned_date.map(|it| it.to_string()).unwrap_or_default(),
            row.responsible.map(|it| making::person_words(cx, it)).unwrap_or_default(),
        ];
        Self { row: row.reference().any().to_string(), revision: row.revision, values }
    }

    pub(super) fn value(&self, field: &str) -> &str {
        CELLS.iter().position(|it| *it == field).map_or("", |at| self.values[at].as_str())
    }
}

/// The choices of the controls in cells.
pub(super) struct Tools {
    pub reasons: Vec<Pick>,
    pub states: Vec<Pick>,
    pub people: Vec<String>,
}

impl Tools {
    pub(super) fn of(cx: &Cx) -> Self {
        let reasons = ApplicabilityReason::ALL.iter().map(|it| Pick::new(it.name(), super::why::word(cx, *it), ""));
        let none = Pick { on: false, ..Pick::new("", cx.say("soa-claim-none"), "") };
        let states = ApplicabilityImplementation::ALL.iter();
        let states = states.map(|it| Pick::new(it.name(), cx.say(super::claim_key(*it)), ""));
        Self {
            reasons: reasons.collect(),
            states: std::iter::once(none).chain(states).collect(),
            people: making::people(cx),
        }
    }
}

/// The form of a row.
pub(super) struct Form {
    pub action: String,
    pub revision: u32,
    pub cancel: String,
    pub used: Vec<Pick>,
    pub reasons: Vec<Pick>,
    pub states: Vec<Pick>,
    pub justification: String,
    pub planned: String,
    pub responsible: String,
    pub errors: Vec<(&'static str, String)>,
}

impl Form {
    pub(super) fn of(cx: &Cx, row: &Stored<Applicability>, failed: Option<&Failed>) -> Self {
        let typed = |name: &str| {
            failed
                .map(|it| it.typed.iter().filter(|(key, _)| key == name).map(|(_, it)| it.clone()).collect::<Vec<_>>())
        };
        let one = |name: &str, otherwise: String| {
            typed(name).map_or(otherwise, |it| it.into_iter().next().unwrap_or_default())
        };
        let used = match row.applicable {
            Some(true) => "true",
            Some(false) => "false",
            None => "",
        };
        let used = one("applicable", used.to_owned());
        let chosen = typed("reasons").unwrap_or_else(|| row.reasons.iter().map(|it| it.name().to_owned()).collect());
        let state = one("implementation", row.implementation.map_or_else(String::new, |it| it.name().to_owned()));
        let reasons = ApplicabilityReason::ALL.iter().map(|it| Pick {
            value: it.name().to_owned(),
            label: super::why::word(cx, *it),
            on: chosen.iter().any(|one| one == it.name()),
        });
        let none = Pick::new("", cx.say("soa-claim-none"), &state);
        let states = ApplicabilityImplementation::ALL.iter();
        let states = states.map(|it| Pick::new(it.name(), cx.say(super::claim_key(*it)), &state));
        let errors = failed.map(|failed| {
            let of = |field: &&'static str| super::problem_of(&failed.problems, field).map(|it| (*field, it));
            CELLS.iter().filter_map(of).collect()
        });
        let kept = crate::shell::without(&cx.query, &["edit", "done", "undo"]);
        let id = row.annex_id.clone().unwrap_or_default();
        Self {
            action: with_query(&format!("/soa/{}", row.reference().any()), &kept, None),
            revision: failed
                .and_then(|it| it.typed.iter().find(|(key, _)| key == "revision")?.1.parse().ok())
                .unwrap_or(row.revision),
            cancel: format!("{}#{id}", with_query("/soa", &kept, None)),
            used: vec![
                Pick::new("true", cx.say("soa-used-yes"), &used),
                Pick::new("false", cx.say("soa-used-no"), &used),
                Pick::new("", cx.say("soa-used-open"), &used),
            ],
            reasons: reasons.collect(),
            states: std::iter::once(none).chain(states).collect(),
            justification: one(
                "justification",
                row.justification.as_ref().map(|it| it.to_string()).unwrap_or_default(),
            ),
            planned: one("planned_date", row.planned_date.map(|it| it.to_string()).unwrap_or_default()),
            responsible: one("responsible", row.responsible.map(|it| making::person_words(cx, it)).unwrap_or_default()),
            errors: errors.unwrap_or_default(),
        }
    }

    /// What is wrong with a field, for the template.
    pub(super) fn error(&self, field: &str) -> Option<&str> {
        self.errors.iter().find(|(name, _)| *name == field).map(|(_, message)| message.as_str())
    }
}

/// `POST /soa/{row}`
pub async fn save(cx: Cx, Path(row): Path<String>, RawForm(body): RawForm) -> Result<Response, Fault> {
    let reference =
        row.parse::<AnyRef>().ok().and_then(attestry_model::AnyRef::of::<Applicability>).ok_or(Fault::Absent)?;
    let record = cx.get(reference)?;
    let id = record.annex_id.clone().unwrap_or_default();
    let typed = pairs(&String::from_utf8_lossy(&body));
    let one = |name: &str| typed.iter().find(|(key, _)| key == name).map(|(_, value)| value.trim().to_owned());
    let revision = one("revision").and_then(|it| it.parse().ok()).ok_or(Fault::Unconditional)?;
    // A cell sends its own field and names it; the form of the row sends all.
    let only = one("only");
    if only.as_deref().is_some_and(|it| !CELLS.contains(&it)) {
        return Err(Fault::field("only", "names no cell of the statement"));
    }
    let mut fields = Map::new();
    let text = |value: Option<String>| value.filter(|it| !it.is_empty()).map_or(Value::Null, Value::String);
    let applicable = match one("applicable").as_deref() {
        Some("true") => Value::Bool(true),
        Some("false") => Value::Bool(false),
        _ => Value::Null,
    };
    fields.insert("applicable".to_owned(), applicable);
    let reasons = typed.iter().filter(|(key, _)| key == "reasons").map(|(_, value)| Value::String(value.clone()));
    let reasons: Vec<Value> = reasons.collect();
    fields.insert("reasons".to_owned(), if reasons.is_empty() { Value::Null } else { Value::Array(reasons) });
    for name in ["implementation", "justification", "planned_date"] {
        fields.insert(name.to_owned(), text(one(name)));
    }
    let mut problems = Problems::default();
    if let Some(text) = one("responsible") {
        let person = making::person_in(&cx.current, &text);
        if person.is_none() && !text.is_empty() {
            problems.add("responsible", cx.say("soa-no-person"));
        }
        fields.insert("responsible".to_owned(), person.map_or(Value::Null, |it| Value::from(it.any().to_string())));
    }
    if let Some(only) = &only {
        fields.retain(|name, _| name == only);
    }
    let command = Command::Update { target: reference.any(), revision: Some(revision), fields, reason: None };
    let done = if problems.is_empty() { cx.submit(command).await } else { Err(Fault::Invalid(problems)) };
    match done {
        Ok(_) => {
            let mut kept = crate::shell::without(&cx.query, &["edit", "done", "undo"]);
            kept.push(("done".to_owned(), format!("saved {row}")));
            kept.push(("undo".to_owned(), "1".to_owned()));
            Ok(to(&format!("{}#{id}", with_query("/soa", &kept, None))))
        }
        Err(Fault::Invalid(problems)) => {
            let failed = Failed { row: reference, typed, problems };
            let shown = page(&super::page_of(cx, Some(&failed), None).await?)?;
            Ok((axum::http::StatusCode::UNPROCESSABLE_ENTITY, shown).into_response())
        }
        Err(other) => Err(other),
    }
}
