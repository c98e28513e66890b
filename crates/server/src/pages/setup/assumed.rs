//! What the guide assumed and nobody has looked at yet: each with its values, to confirm or to change.

use std::collections::BTreeMap;

use askama::Template;
use attestry_model::permit::Wish;
use attestry_model::{AnyRecord, AnyRef, Command, Isms, Kind, Part, Problems, plain};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Map, Value};

use crate::cx::Cx;
use crate::fault::Fault;
use crate::html::Html;
use crate::pages::records::form;
use crate::places::{Frame, record_path};
use crate::shell::{Shell, own_path, page, to};
use crate::signin::Fields;
use crate::{labels, show};

/// The word on every record that the guide makes, until somebody has confirmed it.
pub const TAG: &str = "to confirm";
/// Most records that are confirmed at once.
const MOST: usize = 150;
/// Longest text of a value, in characters.
const LONGEST: usize = 90;

/// What is assumed of a record, by its kind.
const VALUES: [(Kind, &[&str]); 10] = [
    (Kind::Asset, &["c_value", "i_value", "a_value"]),
    (Kind::Threat, &["origin"]),
    (Kind::Risk, &["current_likelihood", "current_impact"]),
    (Kind::Methodology, &["acceptance_max", "absolute_max"]),
    (Kind::Applicability, &["justification"]),
    (Kind::Obligation, &["summary"]),
    (Kind::IsmsRole, &["purpose", "notes"]),
    (Kind::Document, &["number"]),
    (Kind::Person, &["email"]),
    (Kind::Task, &["due"]),
];

/// Whether so few checks hold that somebody is led by the hand: fewer than 80 in 151 (ux.md, first run, of which that is the
/// number of checks).
pub fn is_early(holds: usize, all: usize) -> bool {
    holds * 151 < all * 80
}

/// Whether a record is assumed still.
pub fn is_assumed(record: &dyn AnyRecord) -> bool {
    record.head().void_reason.is_none() && record.head().tags.iter().any(|tag| tag == TAG)
}

/// How many records are assumed still.
pub fn count(isms: &Isms) -> usize {
    Kind::ALL.iter().flat_map(|kind| isms.records(*kind)).filter(|record| is_assumed(*record)).count()
}

/// What is assumed of a record, in words.
pub fn values(cx: &Cx, kind: Kind, value: impl Fn(&str) -> Option<Value>) -> String {
    let fields = VALUES.iter().find(|(one, _)| *one == kind).map_or(&[][..], |(_, fields)| *fields);
    let currency = plain::currency(&cx.isms);
    let said = fields.iter().filter_map(|name| {
        let def = kind.def().field(name)?;
        let text = plain::text(def.ty, &value(name)?, currency).replace(';', ", ");
        let label = labels::field(cx.words, kind, name);
        (!text.is_empty()).then(|| format!("{label}: {}", show::shortened(&text, LONGEST)))
    });
    said.collect::<Vec<_>>().join(" · ")
}

/// A record that waits.
struct Row {
    /// The record with its version, as the form names it; empty where the person cannot change it.
    value: String,
    rid: Html,
    title: String,
    says: String,
    edit: String,
}

#[derive(Template)]
#[template(path = "setup/assumed.html")]
struct Page {
    cx: Cx,
    frame: Frame,
    shell: Shell,
    groups: Vec<(String, Vec<Row>)>,
    left: usize,
    problems: Vec<String>,
}

fn shown(cx: Cx, problems: Vec<String>) -> Result<Response, Fault> {
    let mut groups: BTreeMap<Kind, Vec<Row>> = BTreeMap::new();
    let (mut listed, mut left) = (0, 0);
    for kind in Kind::ALL {
        for record in cx.isms.records(*kind).filter(|record| is_assumed(*record) && cx.sees(*record)) {
            if listed == MOST {
                left += 1;
                continue;
            }
            listed += 1;
            let may = cx.may(Wish::Update, record);
            let reference = record.any_ref();
            groups.entry(*kind).or_default().push(Row {
                value: if may { format!("{reference}.{}", record.revision()) } else { String::new() },
                rid: show::rid(&cx, reference),
                title: record.head().title.clone().unwrap_or_default(),
                says: values(&cx, *kind, |name| record.field(name)),
                edit: format!("{}/edit?_back=/setup/assumed", record_path(reference)),
            });
        }
    }
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let mut frame = Frame::bare(cx.say("assumed-title"));
    frame.problems = !problems.is_empty();
    let groups = groups.into_iter().map(|(kind, rows)| (labels::plural(cx.words, kind), rows)).collect();
    let mut answer = page(&Page { frame, shell: Shell::of(&cx), groups, left, problems, cx })?;
    *answer.status_mut() = status;
    Ok(answer)
}

/// `GET /setup/assumed`
pub async fn list(cx: Cx) -> Result<Response, Fault> {
    shown(cx, Vec::new())
}

/// A record and the version that was looked at: `R-0001.3`.
fn version(text: &str) -> Option<(AnyRef, u32)> {
    let (reference, revision) = text.rsplit_once('.')?;
    Some((reference.parse().ok()?, revision.parse().ok()?))
}

/// `POST /setup/assumed`: confirms what was ticked, all or none; the word is taken off, and the history says by whom.
pub async fn confirm(cx: Cx, form: Fields) -> Result<Response, Fault> {
    if cx.is_past() {
        return Err(Fault::Past);
    }
    let ticked: Option<Vec<(AnyRef, u32)>> = form.all("confirmed").take(MOST + 1).map(version).collect();
    let ticked = ticked.ok_or(Fault::Absent)?;
    if ticked.is_empty() || ticked.len() > MOST {
        let key = if ticked.is_empty() { "assumed-none" } else { "assumed-too-many" };
        let said = cx.say1(key, "count", MOST).into_owned();
        return shown(cx, vec![said]);
    }
    let mut parts = Vec::new();
    for (target, revision) in &ticked {
        let record = cx.record(*target)?;
        let kept: Value = record.head().tags.iter().filter(|tag| *tag != TAG).map(|tag| Value::from(&**tag)).collect();
        let fields = Map::from_iter([("tags".to_owned(), kept)]);
        let reason = Some(cx.say("assumed-reason").into_owned());
        parts.push(Part::alone(Command::Update { target: *target, revision: Some(*revision), fields, reason }));
    }
    match cx.submit(Command::Together { parts, expecting: Vec::new() }).await {
        Ok(_) => {}
        Err(Fault::Invalid(Problems(problems))) => {
            let told = problems.iter().take(MOST).map(ToString::to_string).collect();
            return shown(cx, told);
        }
        Err(fault) => return Err(fault),
    }
    let back = Some(form.get("back")).filter(|back| !back.is_empty()).map_or("/setup/assumed", own_path).to_owned();
    match ticked.as_slice() {
        [(one, _)] => Ok(form::done(Some(back), Some(*one), "assumed-confirmed", true)),
        many => Ok(to(&format!("{back}?done=assumed-all+{}", many.len()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn somebody_is_led_by_the_hand_until_about_half_of_the_checks_hold() {
        assert!(is_early(0, 364) && is_early(192, 364) && is_early(79, 151));
        assert!(!is_early(193, 364) && !is_early(80, 151) && !is_early(364, 364));
    }

    #[test]
    fn a_record_is_named_with_the_version_that_was_looked_at() {
        assert_eq!(version("R-0001.3"), Some(("R-0001".parse().unwrap(), 3)));
        for wrong in ["", "R-0001", "R-0001.", "R-0001.x", ".3", "Q-0001.3"] {
            assert_eq!(version(wrong), None, "{wrong}");
        }
    }
}
