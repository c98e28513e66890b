//! Creating a record.

use serde_json::{Map, Value};

use super::update::{HASH_FIELDS, check_worked_out};
use super::{Problems, Refusal, Work, propose};
use crate::change::Action;
use crate::field::{FieldValue, Scalar};
use crate::permit::{Wish, may_create, permit};
use crate::records::Kind;
use crate::reference::AnyRef;

impl Work<'_> {
    pub(super) fn create(&mut self, kind: Kind, fields: Map<String, Value>) -> Result<(), Refusal> {
        let def = kind.def();
        if !may_create(self.principal, def) {
            return Err(Refusal::Denied(format!("to create {}", def.words.plural.to_lowercase())));
        }
        if kind == Kind::Proposal && self.creator.is_none() {
            return Err(Refusal::Denied(
                "to draft a proposal: that is for a person to do, in their own name".to_owned(),
            ));
        }
        let mut problems = Problems::default();
        let mut base = Map::new();
        let given: Vec<String> = fields.keys().cloned().collect();
        Self::overlay(def, &mut base, fields, &mut problems);
        let first = def.states.first().map(|state| state.name).unwrap_or_default();
        base.insert("state".to_owned(), Value::from(first));
        base.insert("created_at".to_owned(), self.now.to_value());
        let created_by = self.creator.to_value();
        if !created_by.is_null() {
            base.insert("created_by".to_owned(), created_by);
        }
        let target = AnyRef { kind, number: self.isms.next_number(kind) };
        let asked = kind.read_partly(self.stamp(target.number, 1), base.clone()).0;
        let record = self.examine(kind, self.stamp(target.number, 1), base, &mut problems);
        if let Some(record) = record {
            propose::check_seen(self, record.as_ref(), &mut problems);
            check_worked_out(&given, None, asked.as_ref(), record.as_ref(), &mut problems);
            if !permit(&self.isms, self.principal, Wish::Create, record.as_ref()) {
                return Err(Refusal::Denied(format!("to create this {}", def.words.title.to_lowercase())));
            }
            let fields = record.enter(first, &self.context()).unwrap_or_else(|| record.fields());
            if def.words.fact {
                let stamp = self.stamp(target.number, 1);
                if let Ok(record) = kind.read(stamp, fields.clone()) {
                    let mut missing = Problems::default();
                    Self::demand_required(record.as_ref(), &mut missing);
                    // The record must be there before a file can be attached to it; leaving this state demands the file.
                    missing.0.retain(|problem| !HASH_FIELDS.contains(&problem.field.as_str()));
                    missing.0.retain(|problem| !problems.0.contains(problem));
                    problems.extend(missing);
                    record.demand(first, &self.context(), &mut problems);
                }
            }
            if problems.is_empty() {
                self.write_record(target, Action::Create, fields, None)?;
                super::sign::invalidate(self, target)?;
                return self.follow_from(target);
            }
        }
        Err(problems.into())
    }
}
