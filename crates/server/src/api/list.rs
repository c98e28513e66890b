//! Lists of records.

use attestry_model::query::{self, Cursor, Filter, Query, Select};
use attestry_model::{AnyRecord, Problems};
use axum::response::Response;
use serde_json::{Value, json};

use super::answer;
use super::call::Call;
use super::cursor;
use super::value::{plain_record, selection};
use crate::fault::Fault;

/// Most records of one page.
pub const MOST: usize = 1_000;
/// Longest condition, in letters.
const LONGEST_CONDITION: usize = 1_000;
/// Records of a page unless asked otherwise.
const USUAL: usize = 100;

/// `GET /api/v1/{kind}`
pub fn list(call: &Call) -> Result<Response, Fault> {
    let kind = call.kind()?;
    let (def, cx) = (kind.def(), &call.cx);
    let mut problems = Problems::default();
    let mut filters = Vec::new();
    for text in call.every("where") {
        match Filter::parse(text) {
            _ if text.chars().count() > LONGEST_CONDITION => {
                problems.add("where", format!("is longer than {LONGEST_CONDITION} letters"));
            }
            Ok(filter) => filters.push(filter),
            Err(message) => problems.add("where", message),
        }
    }
    let sort = call.parameter("sort");
    let asked = filters.iter().map(|filter| filter.field.as_str()).chain(sort.map(|name| name.trim_start_matches('-')));
    for name in asked {
        if def.field(name).is_some_and(|field| !cx.may_ask(field)) {
            problems.add(name, "is not shown to you in the records of others, so that you cannot ask by it");
        }
    }
    if !problems.is_empty() {
        return Err(Fault::Invalid(problems));
    }
    let limit = call.number("limit", USUAL, 1, MOST)?;
    let fields = selection(def, call.parameter("fields")).map_err(Fault::Invalid)?;
    // Who asks for void records wants to see them.
    let void = call.flag("void")? || filters.iter().any(|filter| filter.field == "state" && filter.value == "void");
    let written: Vec<&str> = call.every("where").collect();
    let asof = cx.moment.as_ref().map_or("", |moment| moment.written.as_str());
    let mut parts = vec![def.words.name, sort.unwrap_or_default(), if void { "void" } else { "" }, asof];
    parts.extend(&written);
    let fingerprint = cursor::fingerprint(&parts);
    let from = call.parameter("cursor").map(|text| cursor::read(text, &fingerprint)).transpose()?;

    let query = Query { filters, sort: sort.map(str::to_owned), void, limit, ..Query::all(kind) };
    let all = cx.sees_all(def);
    let visible = |record: &dyn AnyRecord| all || cx.sees(record);
    let select =
        Select { query: &query, either: &[], visible: &visible, from: from.as_ref(), backwards: false, total: None };
    let found = query::select(&cx.isms, &select).map_err(Fault::Invalid)?;
    let more = found.before + found.records.len() < found.total;
    let last = found.records.last().filter(|_| more).and_then(|record| Cursor::of(*record, sort));
    let next = last.map(|place| cursor::write(&place, &fingerprint));
    let items: Vec<Value> = found
        .records
        .iter()
        .map(|record| Value::Object(plain_record(cx, *record, &cx.isms, fields.as_deref())))
        .collect();
    Ok(answer::json(&json!({ "items": items, "next": next, "total": found.total })))
}
