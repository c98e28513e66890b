//! Lists of records.

use attestry_model::query::{self, Filter, Query};
use attestry_model::stored::FieldPlace;
use attestry_model::{AnyRecord, Problems};
use axum::response::Response;
use serde_json::{Value, json};

use super::answer;
use super::call::Call;
use super::cursor::{self, Cursor, Order};
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
    let cursor = call.parameter("cursor").map(|text| Cursor::read(text, &fingerprint)).transpose()?;

    let query = Query { filters, sort: sort.map(str::to_owned), void, ..Query::all(kind) };
    let found = query::run(&cx.isms, &query).map_err(Fault::Invalid)?;
    let (name, descending) = sort.map_or(("ref", false), |sort| match sort.strip_prefix('-') {
        Some(name) => (name, true),
        None => (sort, false),
    });
    let place = FieldPlace::find(def, name).ok_or_else(|| Fault::field("sort", "is not a field"))?;
    // A list in the order of an index runs backwards as a whole; one that was sorted keeps the order of numbers in ties.
    let ties_descending = descending && cx.isms.ordered(kind, place).is_some();
    let order = Order { place, descending, ties_descending };
    let all = cx.sees_all(def);
    let records: Vec<&dyn AnyRecord> = found.records.into_iter().filter(|record| all || cx.sees(*record)).collect();
    let from = cursor.map_or(0, |cursor| cursor.position(&records, order));
    let page = &records[from..records.len().min(from + limit)];
    let next = page.last().filter(|_| from + page.len() < records.len());
    let next = next.map(|record| cursor::after(*record, order, &fingerprint));
    let items: Vec<Value> =
        page.iter().map(|record| Value::Object(plain_record(cx, *record, &cx.isms, fields.as_deref()))).collect();
    Ok(answer::json(&json!({ "items": items, "next": next, "total": records.len() })))
}
