//! What a verdict rests on: the records and fields it was read from.

use std::collections::BTreeMap;

use serde_json::Value;

use attestry_model::reference::AnyRef;
use attestry_model::{AnyRecord, Isms, Kind};

use crate::report::{Outcome, Report};
use crate::rule::{Item, Rule};

/// Most records that an explanation names.
const LIMIT: usize = 50;

/// One fact under a verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Basis {
    /// The record.
    pub record: AnyRef,
    /// The field, by its name.
    pub field: &'static str,
    /// Its canonical value; `Null` when nothing is there, which may be the point.
    pub value: Value,
}

/// What a verdict rests on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Explanation {
    /// The kinds that were read, with how many records each has.
    pub kinds: Vec<(Kind, usize)>,
    /// The fields read, of the item itself first, then of records linked with it. Without an item, or when it is no
    /// record, of the first records that the rule speaks of.
    pub basis: Vec<Basis>,
    /// Whether more records than are named here were read.
    pub more: bool,
}

impl Report {
    /// Explains what a rule's verdict about an item, or about the ISMS as a whole, rests on.
    pub fn explain(&self, isms: &Isms, rule: &Rule, item: Option<&Item>) -> Explanation {
        let read = self.outcome(rule.id).into_iter().flat_map(Outcome::kinds);
        let mut names: BTreeMap<Kind, Vec<&'static str>> = BTreeMap::new();
        for (kind, field) in rule.fields.iter().filter_map(|field| field.split_once('.')) {
            if let Some(kind) = Kind::named(kind) {
                names.entry(kind).or_default().push(field);
            }
        }
        let mut told = Told { names, explanation: Explanation::default(), records: Vec::new() };
        told.explanation.kinds = read.map(|kind| (kind, isms.count(kind))).collect();
        if let Some(record) = item.and_then(Item::record).and_then(|reference| isms.record(reference)) {
            told.around(isms, record);
        } else {
            let kinds: Vec<Kind> = told.names.keys().copied().collect();
            kinds.into_iter().flat_map(|kind| isms.records(kind)).for_each(|record| told.tell(record));
        }
        told.explanation
    }
}

struct Told {
    names: BTreeMap<Kind, Vec<&'static str>>,
    explanation: Explanation,
    records: Vec<AnyRef>,
}

impl Told {
    /// The record, what it names in the fields read, and what names it in such a field.
    fn around(&mut self, isms: &Isms, record: &dyn AnyRecord) {
        self.tell(record);
        let own = self.names.get(&record.any_ref().kind).cloned().unwrap_or_default();
        let mut linked = Vec::new();
        record.each_ref(&mut |field, target| {
            if own.contains(&field) {
                linked.push(target);
            }
        });
        let back = isms.links_to(record.any_ref());
        let reads = |kind: Kind, field: &str| self.names.get(&kind).is_some_and(|fields| fields.contains(&field));
        linked.extend(back.filter(|link| reads(link.source.kind, link.field)).map(|link| link.source));
        for record in linked.into_iter().filter_map(|target| isms.record(target)) {
            self.tell(record);
        }
    }

    fn tell(&mut self, record: &dyn AnyRecord) {
        let reference = record.any_ref();
        let Some(fields) = self.names.get(&reference.kind).filter(|_| !self.records.contains(&reference)) else {
            return;
        };
        if self.records.len() >= LIMIT {
            self.explanation.more = true;
            return;
        }
        self.records.push(reference);
        let basis = fields.iter().map(|field| Basis {
            record: reference,
            field,
            value: record.field(field).unwrap_or_default(),
        });
        self.explanation.basis.extend(basis);
    }
}
