//! Finding records by words: every word must occur in the reference, the title or a text of the record.

use serde_json::Value;

use crate::isms::Isms;
use crate::records::Kind;
use crate::stored::AnyRecord;

/// A record that was found, the best first.
#[derive(Debug)]
pub struct Hit<'a> {
    /// The record.
    pub record: &'a dyn AnyRecord,
    /// How well it fits; more is better.
    pub score: u32,
    /// The field in which the first word was found.
    pub field: String,
}

/// Finds the records in which every word of `words` occurs, whatever its case, at most `limit` of them.
pub fn search<'a>(isms: &'a Isms, words: &str, limit: usize) -> Vec<Hit<'a>> {
    let words: Vec<String> = words.split_whitespace().map(str::to_lowercase).take(20).collect();
    if words.is_empty() {
        return Vec::new();
    }
    let records = Kind::ALL.iter().flat_map(|kind| isms.records(*kind));
    let mut hits: Vec<Hit<'a>> = records.filter_map(|record| look(record, &words)).collect();
    hits.sort_by(|a, b| b.score.cmp(&a.score).then(a.record.any_ref().cmp(&b.record.any_ref())));
    hits.truncate(limit);
    hits
}

fn look<'a>(record: &'a dyn AnyRecord, words: &[String]) -> Option<Hit<'a>> {
    let reference = record.any_ref().to_string().to_lowercase();
    let title = record.head().title.as_deref().unwrap_or_default().to_lowercase();
    let mut rest: Option<Vec<(String, String)>> = None;
    let (mut score, mut field) = (0, None);
    for word in words {
        let (points, place) = if reference == *word {
            (100, "ref".to_owned())
        } else if title.starts_with(word.as_str()) {
            (40, "title".to_owned())
        } else if title.contains(word.as_str()) {
            (20, "title".to_owned())
        } else {
            let texts = rest.get_or_insert_with(|| texts(record));
            let (place, _) = texts.iter().find(|(_, text)| text.contains(word.as_str()))?;
            (5, place.clone())
        };
        score += points;
        field.get_or_insert(place);
    }
    Some(Hit { record, score, field: field.unwrap_or_default() })
}

/// All texts of a record in lower case, by field.
fn texts(record: &dyn AnyRecord) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for (field, value) in record.fields() {
        if field != "created_at" && field != "created_by" {
            collect(&field, &value, &mut all);
        }
    }
    all
}

fn collect(field: &str, value: &Value, all: &mut Vec<(String, String)>) {
    match value {
        Value::String(text) => all.push((field.to_owned(), text.to_lowercase())),
        Value::Array(items) => items.iter().for_each(|item| collect(field, item, all)),
        Value::Object(members) => members.values().for_each(|member| collect(field, member, all)),
        _ => {}
    }
}
