//! Finding records by words: first those in which the words occur as they are, then those that they mean with a slip or two.

use attestry_model::permit::sees_field;
use attestry_model::{AnyRecord, AnyRef, Kind, search as model};
use axum::response::Response;
use serde_json::{Value, json};

use super::answer;
use super::call::Call;
use super::value::all_fields;
use crate::cx::Cx;
use crate::fault::Fault;

/// Longest search, in letters.
const LONGEST: usize = 100;
/// Most records found.
const MOST: usize = 200;

/// `GET /api/v1/search`
pub async fn search(call: Call) -> Result<Response, Fault> {
    let words = call.parameter("q").unwrap_or_default().to_owned();
    if words.trim().is_empty() {
        return Err(Fault::field("q", "is required"));
    }
    if words.chars().count() > LONGEST {
        return Err(Fault::field("q", format!("is longer than {LONGEST} letters")));
    }
    let limit = call.number("limit", 50, 1, MOST)?;
    let kind =
        call.parameter("kind").map(|name| Kind::named(name).ok_or_else(|| Fault::field("kind", "is not a kind")));
    let kind = kind.transpose()?;
    let items = call
        .cx
        .apart(move |cx| {
            let hits = model::search(&cx.isms, &words, usize::MAX).into_iter();
            let mine = hits.filter(|hit| kind.is_none_or(|kind| hit.record.any_ref().kind == kind));
            let mine = mine.filter(|hit| cx.sees(hit.record) && found_in_sight(cx, hit.record, &words));
            let value = |record: &dyn AnyRecord, field: &str| {
                json!({
                    "ref": record.any_ref().to_string(),
                    "kind": record.any_ref().kind.words().name,
                    "title": record.head().title,
                    "state": record.state(),
                    "field": field,
                })
            };
            let exact: Vec<model::Hit<'_>> = mine.take(limit).collect();
            let mut items: Vec<Value> = exact.iter().map(|hit| value(hit.record, &hit.field)).collect();
            // Then what the words mean with a slip or two, in the order in which the pages find it.
            let room = limit - items.len();
            let known = |reference: AnyRef| exact.iter().any(|hit| hit.record.any_ref() == reference);
            // An address or a number with signs in it is meant as it is written.
            let plain =
                words.chars().all(|sign| sign.is_alphanumeric() || sign.is_whitespace() || "-'’".contains(sign));
            if room > 0 && plain {
                let near = crate::pages::lists::near(cx, &words, kind, limit + exact.len());
                let near = near.into_iter().filter(|reference| !known(*reference));
                let near = near.filter_map(|reference| cx.isms.record(reference)).take(room);
                items.extend(near.map(|record| value(record, "title")));
            }
            Ok(items)
        })
        .await?;
    Ok(answer::json(&json!({ "items": items })))
}

/// Whether every word occurs in something of the record that the caller sees: what is hidden cannot be searched for.
fn found_in_sight(cx: &Cx, record: &dyn AnyRecord, words: &str) -> bool {
    let hidden = |field: &&attestry_model::field::FieldDef| !sees_field(&cx.isms, &cx.principal, record, field);
    if all_fields(record.def()).find(hidden).is_none() {
        return true;
    }
    let seen = all_fields(record.def()).filter(|field| !hidden(field));
    let texts: Vec<String> = std::iter::once(record.any_ref().to_string())
        .chain(seen.filter_map(|field| record.field(field.name)).map(|value| match value {
            Value::String(text) => text,
            other => other.to_string(),
        }))
        .map(|text| text.to_lowercase())
        .collect();
    let mut words = words.split_whitespace().map(str::to_lowercase);
    words.all(|word| texts.iter().any(|text| text.contains(&word)))
}
