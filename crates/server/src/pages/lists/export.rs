//! Lists as files: the filter, the columns, the order and the day of the list, with a line that says what it is a copy of.

use std::fmt::Write as _;

use attestry_model::field::Type;
use attestry_model::stored::AnyRecord;
use attestry_model::{Kind, plain};
use attestry_report::{Block, Cell, Checkpoint, Document, Section, Snapshot, Table, render_xlsx};
use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::ask::Ask;
use super::columns::Column;
use super::{filters, views};
use crate::cx::Cx;
use crate::fault::Fault;
use crate::places::{kind_of, list_path, slug};
use crate::shell::{parameter, with_query, without};
use crate::{dates, labels};

/// Most rows of a file.
const MOST: usize = 100_000;

/// What is exported.
struct Extract {
    kind: Kind,
    columns: Vec<Column>,
    rows: Vec<Vec<Value>>,
    about: String,
}

/// `GET /{kind}/export?format=csv|xlsx|json`
pub async fn show(cx: Cx, Path(name): Path<String>) -> Result<Response, Fault> {
    let kind = kind_of(&name).ok_or(Fault::Absent)?;
    let format = parameter(&cx.query, "format").unwrap_or_default();
    let (mime, ending) = match format.as_str() {
        "csv" => ("text/csv; charset=utf-8", "csv"),
        "xlsx" => ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
        "json" => ("application/json", "json"),
        _ => return Err(Fault::field("format", cx.say("export-bad-format").into_owned())),
    };
    let query = with_query("", &without(&cx.query, &["format"]), None);
    let ask = Ask::read(&cx, kind, query.trim_start_matches('?'))?;
    let bytes = cx
        .apart(move |cx| {
            let extract = extract(cx, &ask)?;
            match ending {
                "csv" => Ok(csv(cx, &extract)),
                "json" => Ok(json(cx, &extract)),
                _ => xlsx(cx, extract),
            }
        })
        .await?;
    let file = format!("{}-{}-{}.{ending}", cx.slug, slug(kind), cx.today);
    let disposition = format!("attachment; filename=\"{file}\"");
    let mut answer = bytes.into_response();
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(mime));
    headers.insert(
        header::CONTENT_DISPOSITION,
        HeaderValue::from_str(&disposition).unwrap_or(HeaderValue::from_static("attachment")),
    );
    Ok(answer)
}

fn extract(cx: &Cx, ask: &Ask) -> Result<Extract, Fault> {
    let found = ask.run(cx, MOST)?;
    if found.total > MOST {
        return Err(Fault::TooLarge(cx.say1("export-too-large", "most", MOST).into_owned()));
    }
    let columns = views::columns_of(cx, ask)?;
    let value = |record: &dyn AnyRecord, column: &Column| {
        let own = column.name.strip_prefix("custom.").and_then(|own| record.head().custom.get(own)).cloned();
        own.or_else(|| record.field(&column.name)).unwrap_or_default()
    };
    let rows = found.records.iter().map(|record| columns.iter().map(|column| value(*record, column)).collect());
    let rows: Vec<Vec<Value>> = rows.collect();
    let about = cx.with(
        "export-about",
        &[
            ("what", (&labels::plural(cx.words, ask.kind)).into()),
            ("organisation", (&cx.organisation_name).into()),
            ("date", (&dates::full_day(cx.words, cx.today)).into()),
            ("count", rows.len().into()),
            ("size", cx.isms.size().into()),
            ("address", (&with_query(&list_path(ask.kind), &ask.with(&|_, _| false, &[]), None)).into()),
        ],
    );
    Ok(Extract { kind: ask.kind, columns, rows, about: about.into_owned() })
}

/// A value as one piece of text: choices and states in words, references as they are.
fn text(cx: &Cx, kind: Kind, column: &Column, value: &Value) -> String {
    let raw = plain::text(column.ty, value, plain::currency(&cx.isms));
    match column.ty {
        _ if column.name == "state" => labels::state(cx.words, kind, &raw).into_owned(),
        Type::Choice(_) | Type::Bool => filters::value_words(cx, kind, column, &raw),
        _ => raw,
    }
}

fn csv(cx: &Cx, extract: &Extract) -> Vec<u8> {
    let mut out = String::new();
    line(&mut out, extract.columns.iter().map(|column| column.label.clone()));
    for row in &extract.rows {
        line(&mut out, row.iter().zip(&extract.columns).map(|(value, column)| text(cx, extract.kind, column, value)));
    }
    // The fingerprint covers every byte above the line that carries it.
    let print = fingerprint(out.as_bytes());
    line(&mut out, std::iter::once(format!("{} {}", extract.about, cx.say1("export-print", "print", &print))));
    out.into_bytes()
}

fn fingerprint(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(bytes))
}

fn line(out: &mut String, fields: impl Iterator<Item = String>) {
    for (at, field) in fields.enumerate() {
        if at > 0 {
            out.push(',');
        }
        let field = attestry_exchange::guarded(field);
        if field.contains(['"', ',', ';', '\n', '\r']) || field.starts_with(' ') || field.ends_with(' ') {
            let _ = write!(out, "\"{}\"", field.replace('"', "\"\""));
        } else {
            out.push_str(&field);
        }
    }
    out.push_str("\r\n");
}

fn json(cx: &Cx, extract: &Extract) -> Vec<u8> {
    let currency = plain::currency(&cx.isms);
    let object = |row: &Vec<Value>| {
        let members = row.iter().zip(&extract.columns);
        let members = members.map(|(value, column)| (column.name.clone(), plain::plain(column.ty, value, currency)));
        Value::Object(members.collect::<Map<String, Value>>())
    };
    let records: Vec<Value> = extract.rows.iter().map(object).collect();
    let print = fingerprint(Value::Array(records.clone()).to_string().as_bytes());
    json!({ "about": extract.about, "sha256": print, "records": records }).to_string().into_bytes()
}

fn xlsx(cx: &Cx, extract: Extract) -> Result<Vec<u8>, Fault> {
    let print = fingerprint(&csv(cx, &extract));
    let columns = extract.columns.iter().map(|column| {
        let wide = matches!(column.name.as_str(), "title") || matches!(column.ty, Type::LongText);
        let made = attestry_report::Column::new(&column.label, if wide { 3.0 } else { 1.0 });
        if column.name == "title" { made.naming_row() } else { made }
    });
    // Each row goes as its cells come, so that the register does not stand in memory twice.
    let rows = extract.rows.into_iter().map(|row| {
        row.iter().zip(&extract.columns).map(|(value, column)| cell(cx, extract.kind, column, value)).collect()
    });
    let caption = labels::plural(cx.words, extract.kind);
    let table = Table::plain(&caption, columns.collect(), rows.collect());
    let checkpoint = (!cx.is_past()).then(|| cx.organisation.checkpoint()).flatten().and_then(|note| read_note(&note));
    let document = Document {
        title: caption.clone(),
        subtitle: extract.about.clone(),
        number: String::new(),
        version: String::new(),
        organisation: cx.organisation_name.clone(),
        label: String::new(),
        language: cx.words.tag.clone(),
        cover: Vec::new(),
        draft: false,
        simulated_clock: None,
        snapshot: Snapshot { as_of: dates::full_day(cx.words, cx.today), record_set_hash: print },
        checkpoint,
        made: cx.now,
        history: Vec::new(),
        sections: vec![Section { heading: caption, landscape: true, blocks: vec![Block::Table(table)] }],
        words: attestry_report::Words::default(),
    };
    render_xlsx(&document).map_err(|error| Fault::Broken(error.to_string()))
}

/// The head of a signed checkpoint: origin, size, root.
fn read_note(note: &str) -> Option<Checkpoint> {
    let mut lines = note.lines();
    let (origin, size, root) = (lines.next()?, lines.next()?, lines.next()?);
    Some(Checkpoint { origin: origin.to_owned(), size: size.parse().ok()?, root: root.to_owned() })
}

fn cell(cx: &Cx, kind: Kind, column: &Column, value: &Value) -> Cell {
    let number = |value: Decimal, unit: &str| {
        value.to_f64().map_or(Cell::Empty, |number| Cell::Number {
            value: number,
            decimals: u8::try_from(value.normalize().scale().min(6)).unwrap_or(0),
            unit: unit.to_owned(),
        })
    };
    match (column.ty, value) {
        (_, Value::Null) => Cell::Empty,
        (Type::Int | Type::Level, Value::Number(whole)) => {
            number(Decimal::from(whole.as_i64().unwrap_or_default()), "")
        }
        (Type::Decimal, Value::String(text)) => text.parse().map_or(Cell::Text(text.clone()), |it| number(it, "")),
        (Type::Percent, Value::String(text)) => text.parse().map_or(Cell::Text(text.clone()), |it| number(it, "%")),
        (Type::Date, Value::String(text)) => text.parse().map_or(Cell::Text(text.clone()), Cell::Date),
        _ => {
            let words = text(cx, kind, column, value);
            if words.is_empty() { Cell::Empty } else { Cell::Text(words) }
        }
    }
}
