//! Cursors: the place after the last record of a page, by its sort key and reference, so that records which come or go
//! meanwhile neither shift the next page nor appear twice.

use std::cmp::Ordering;

use attestry_model::field::Key;
use attestry_model::stored::FieldPlace;
use attestry_model::{AnyRecord, AnyRef};
use data_encoding::BASE64URL_NOPAD;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::fault::Fault;

/// Longest cursor that is read; a sort key is a text of at most 4,000 bytes, which is cut.
const LONGEST: usize = 8_000;

/// The place after a record.
#[derive(Debug)]
pub struct Cursor {
    key: Kept,
    last: AnyRef,
}

/// A sort key that owns its text.
#[derive(Debug)]
enum Kept {
    Int(i64),
    Decimal(Decimal),
    Text(String),
    Ref(AnyRef),
    Empty,
}

impl Kept {
    fn key(&self) -> Key<'_> {
        match self {
            Self::Int(number) => Key::Int(*number),
            Self::Decimal(number) => Key::Decimal(*number),
            Self::Text(text) => Key::Text(text),
            Self::Ref(target) => Key::Ref(*target),
            Self::Empty => Key::Empty,
        }
    }
}

/// How a list is sorted.
#[derive(Debug, Clone, Copy)]
pub struct Order {
    /// By which field.
    pub place: FieldPlace,
    /// Whether the greatest come first.
    pub descending: bool,
    /// Whether records with the same key stand in falling order of their numbers.
    pub ties_descending: bool,
}

/// What a list was asked for: a cursor belongs to one list.
pub fn fingerprint(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    BASE64URL_NOPAD.encode(&hash.finalize()[..9])
}

/// The cursor after a record, for a list with this fingerprint.
pub fn after(record: &dyn AnyRecord, order: Order, fingerprint: &str) -> String {
    let key = match record.key(order.place) {
        Key::Int(number) => json!({ "i": number }),
        Key::Decimal(number) => json!({ "d": number.to_string() }),
        Key::Text(text) => json!({ "t": text }),
        Key::Ref(target) => json!({ "r": target.to_string() }),
        Key::Empty => Value::Null,
    };
    let text = json!([fingerprint, key, record.any_ref().to_string()]).to_string();
    BASE64URL_NOPAD.encode(text.as_bytes())
}

impl Cursor {
    /// Reads a cursor of the list with this fingerprint.
    pub fn read(text: &str, fingerprint: &str) -> Result<Self, Fault> {
        let wrong = || Fault::field("cursor", "is not a cursor that this list gave out");
        if text.len() > LONGEST {
            return Err(wrong());
        }
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| wrong())?;
        let value: Value = serde_json::from_slice(&bytes).map_err(|_| wrong())?;
        let of = value.get(0).and_then(Value::as_str).ok_or_else(wrong)?;
        if of != fingerprint {
            return Err(Fault::field("cursor", "belongs to a list with other conditions or another order"));
        }
        let held = value.get(1).ok_or_else(wrong)?;
        let text = |name: &str| held.get(name).and_then(Value::as_str);
        let key = if held.is_null() {
            Kept::Empty
        } else if let Some(number) = held.get("i").and_then(Value::as_i64) {
            Kept::Int(number)
        } else if let Some(number) = text("d") {
            Kept::Decimal(number.parse().map_err(|_| wrong())?)
        } else if let Some(target) = text("r") {
            Kept::Ref(target.parse().map_err(|_| wrong())?)
        } else {
            Kept::Text(text("t").ok_or_else(wrong)?.to_owned())
        };
        let last = value.get(2).and_then(Value::as_str).and_then(|text| text.parse().ok()).ok_or_else(wrong)?;
        Ok(Self { key, last })
    }

    /// How many records of a sorted list lie before or at this place.
    pub fn position(&self, records: &[&dyn AnyRecord], order: Order) -> usize {
        records.partition_point(|record| {
            let key = record.key(order.place).cmp(&self.key.key());
            let key = if order.descending { key.reverse() } else { key };
            let tie = record.any_ref().cmp(&self.last);
            let tie = if order.ties_descending { tie.reverse() } else { tie };
            key.then(tie) != Ordering::Greater
        })
    }
}
