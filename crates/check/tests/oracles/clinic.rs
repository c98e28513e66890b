//! The demo clinic and how it is read: tables as CSV, records with embedded structures as YAML, changed as a test asks.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use attestry_check::Report;
use attestry_model::field::Type;
use attestry_model::stored::Stamp;
use attestry_model::value::Currency;
use attestry_model::{AnyRef, Isms, Kind, plain};
use jiff::Timestamp;
use jiff::civil::{Date, date};
use serde_json::{Map, Value};

/// The moment at which the clinic is judged, and its day there.
pub fn moment() -> (Timestamp, Date) {
    ("2026-06-30T20:00:00Z".parse().unwrap(), date(2026, 6, 30))
}

/// Judges a value at that moment.
pub fn judge(isms: &Isms) -> Report {
    let (now, today) = moment();
    Report::of(isms, now, today)
}

pub fn file(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracles").join(name)).unwrap()
}

/// Records as files give them, in canonical values, before they are an ISMS: what a change is made to.
#[derive(Clone, Debug, Default)]
pub struct Records {
    pub by_ref: BTreeMap<AnyRef, Arc<Map<String, Value>>>,
    currency: Option<Currency>,
}

impl Records {
    /// The clinic.
    pub fn clinic() -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../content/demo");
        let mut records = Self { currency: "USD".parse().ok(), ..Self::default() };
        // Comments and proposals are this program's own; the specification, and so the clinic, knows none.
        for kind in Kind::ALL.iter().copied().filter(|kind| !matches!(kind, Kind::Comment | Kind::Proposal)) {
            let path = |extension| -> PathBuf { folder.join(format!("{kind}.{extension}")) };
            if let Ok(text) = fs::read_to_string(path("csv")) {
                records.table(kind, &text);
            } else {
                let text = fs::read_to_string(path("yaml")).unwrap_or_else(|_| panic!("the clinic has no {kind}"));
                let list: Vec<Map<String, Value>> = serde_saphyr::from_str(&text).unwrap();
                for fields in list {
                    records.add(kind, fields).unwrap();
                }
            }
        }
        assert_eq!(records.by_ref.len(), 1411, "the clinic is not complete");
        records
    }

    /// The organisation alone, in health and in the United States.
    pub fn empty() -> Self {
        let mut records = Self { currency: "USD".parse().ok(), ..Self::default() };
        let fields = serde_json::json!({
            "ref": "ORG-0001", "title": "Nothing yet", "state": "active", "legal_name": "Nothing yet Inc.",
            "sector": "health", "countries": ["US"], "currency": "USD", "timezone": "America/New_York",
        });
        records.add(Kind::Organization, fields.as_object().unwrap().clone()).unwrap();
        records
    }

    fn table(&mut self, kind: Kind, text: &str) {
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let names: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
        for row in reader.records() {
            let row = row.unwrap();
            let mut fields = Map::new();
            for (name, cell) in names.iter().zip(row.iter()) {
                let value = plain::parse(ty(kind, name), cell, self.currency)
                    .unwrap_or_else(|it| panic!("{kind}.{name}: {it}"));
                fields.insert(name.clone(), value);
            }
            self.add(kind, fields).unwrap();
        }
    }

    /// Adds a record; one whose `ref` is not of the kind is refused, as everywhere in the program.
    pub fn add(&mut self, kind: Kind, mut fields: Map<String, Value>) -> Result<(), String> {
        let reference: AnyRef = fields.remove("ref").unwrap().as_str().unwrap().parse()?;
        if reference.kind != kind {
            return Err(format!("{reference} is not a {kind}"));
        }
        self.by_ref.insert(reference, Arc::default());
        self.set(reference, &fields);
        Ok(())
    }

    /// Overwrites fields.
    pub fn set(&mut self, reference: AnyRef, fields: &Map<String, Value>) {
        let record = self.by_ref.get_mut(&reference).unwrap_or_else(|| panic!("the clinic has no {reference}"));
        let record = Arc::make_mut(record);
        for (name, value) in fields {
            let value = plain::canonical(ty(reference.kind, name), value.clone(), self.currency).unwrap();
            record.insert(name.clone(), value);
        }
    }

    /// The records of a kind.
    pub fn of(&self, kind: Kind) -> Vec<AnyRef> {
        self.by_ref.keys().copied().filter(|reference| reference.kind == kind).collect()
    }

    /// The ISMS that they are.
    pub fn isms(&self) -> Isms {
        let mut isms = Isms::default();
        self.by_ref.iter().for_each(|(reference, fields)| put(&mut isms, *reference, fields));
        isms
    }

    /// The ISMS after `before`, which is that of `old`, and the kinds that differ. Nothing is removed from an ISMS, so
    /// where records are gone it is made anew.
    pub fn isms_after(&self, before: &Isms, old: &Self) -> (Isms, BTreeSet<Kind>) {
        let gone = old.by_ref.keys().filter(|reference| !self.by_ref.contains_key(reference));
        let mut kinds: BTreeSet<Kind> = gone.map(|reference| reference.kind).collect();
        let mut isms = if kinds.is_empty() { before.clone() } else { self.isms() };
        for (reference, fields) in &self.by_ref {
            if !old.by_ref.get(reference).is_some_and(|known| Arc::ptr_eq(known, fields)) {
                put(&mut isms, *reference, fields);
                kinds.insert(reference.kind);
            }
        }
        (isms, kinds)
    }
}

fn put(isms: &mut Isms, reference: AnyRef, fields: &Map<String, Value>) {
    let (now, _) = moment();
    let mut fields = fields.clone();
    fields.entry("created_at").or_insert_with(|| now.to_string().into());
    let stamp = Stamp { number: reference.number, revision: 1, at: now, by: None };
    let record = reference.kind.read(stamp, fields).unwrap_or_else(|it| panic!("{reference}: {it:?}"));
    isms.put(record.as_ref());
}

fn ty(kind: Kind, name: &str) -> Type {
    match kind.def().field(name) {
        Some(field) => field.ty,
        None if name == "ref" || name == "state" => Type::Text,
        None => panic!("{kind} has no field {name}"),
    }
}
