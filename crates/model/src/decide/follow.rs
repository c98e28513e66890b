//! What follows in other records from a change, and from the passing of time: carried out by the program, in the same change.

use serde_json::{Map, Value};

use super::{Refusal, Work};
use crate::change::Action;
use crate::kind::Record;
use crate::reference::AnyRef;
use crate::stored::AnyRecord;

/// A consequence in another record, carried out by the program.
#[derive(Debug, Clone, PartialEq)]
pub struct Follow {
    /// The record; the number 0 stands for a new one of that kind, which begins in its first state.
    pub target: AnyRef,
    /// The state it enters, if it changes.
    pub to: Option<&'static str>,
    /// The fields it gets.
    pub fields: Map<String, Value>,
    /// Why, for its history.
    pub reason: String,
}

impl Follow {
    /// A change of state.
    pub fn step(target: AnyRef, to: &'static str, reason: impl Into<String>) -> Self {
        Self { target, to: Some(to), fields: Map::new(), reason: reason.into() }
    }

    /// A new record in its first state.
    pub fn create<K: Record>(title: &str, body: &K, reason: impl Into<String>) -> Self {
        let mut fields = match crate::field::structure_value(body) {
            Value::Object(fields) => fields,
            _ => Map::new(),
        };
        fields.insert("title".to_owned(), Value::from(title));
        Self { target: AnyRef { kind: K::KIND, number: 0 }, to: None, fields, reason: reason.into() }
    }

    /// A change of one field.
    pub fn field(target: AnyRef, field: &str, value: Value, reason: impl Into<String>) -> Self {
        let fields = Map::from_iter([(field.to_owned(), value)]);
        Self { target, to: None, fields, reason: reason.into() }
    }
}

impl Work<'_> {
    /// Carries out what follows from a record having entered its state, and what follows from that.
    pub(super) fn follow_from(&mut self, target: AnyRef) -> Result<(), Refusal> {
        let mut waiting = vec![target];
        let mut rounds = 0;
        while let Some(target) = waiting.pop() {
            rounds += 1;
            if rounds > 10_000 {
                return Err(Refusal::invalid("", "this change would set off more than 10,000 others"));
            }
            let Some(record) = self.isms.shared(target) else { continue };
            let mut follow = Vec::new();
            record.follow(&self.context(), &mut follow);
            for consequence in follow {
                waiting.extend(self.carry_out(consequence)?);
            }
        }
        Ok(())
    }

    /// What time has brought, and what follows from it.
    pub(super) fn tick(&mut self) -> Result<(), Refusal> {
        if !(self.principal.actor == crate::change::Actor::System || self.principal.has(crate::kind::Role::IsmsManager))
        {
            return Err(Refusal::Denied("to carry out what time has brought".to_owned()));
        }
        for consequence in crate::due::due(&self.isms, self.now) {
            if let Some(target) = self.carry_out(consequence)? {
                self.follow_from(target)?;
            }
        }
        Ok(())
    }

    /// Carries out one consequence; the record it touched, or nothing when there is nothing to do.
    pub(super) fn carry_out(&mut self, follow: Follow) -> Result<Option<AnyRef>, Refusal> {
        if follow.target.number == 0 {
            return self.carry_in(follow).map(Some);
        }
        let Some(record) = self.isms.shared(follow.target) else { return Ok(None) };
        let before = record.fields();
        let mut fields = before.clone();
        for (name, value) in follow.fields {
            if value.is_null() {
                fields.remove(&name)
            } else {
                fields.insert(name, value)
            };
        }
        if let Some(to) = follow.to {
            fields.insert("state".to_owned(), Value::from(to));
        }
        if fields == before {
            return Ok(None);
        }
        self.write_record(follow.target, Action::Follow, fields, Some(follow.reason))?;
        let undecided = self.isms.record(follow.target).is_some_and(AnyRecord::undecided);
        if undecided != record.undecided() {
            super::sign::invalidate_wholes(self, follow.target)?;
        }
        Ok(Some(follow.target))
    }

    /// Writes the new record that a consequence brings.
    fn carry_in(&mut self, follow: Follow) -> Result<AnyRef, Refusal> {
        let kind = follow.target.kind;
        let target = AnyRef { kind, number: self.isms.next_number(kind) };
        let mut fields = follow.fields;
        let first = kind.def().states.first().map(|state| state.name).unwrap_or_default();
        fields.insert("state".to_owned(), Value::from(follow.to.unwrap_or(first)));
        fields.insert("created_at".to_owned(), crate::field::Scalar::to_value(&self.now));
        let record = kind.read(self.stamp(target.number, 1), fields)?;
        let fields = record.enter(record.state(), &self.context()).unwrap_or_else(|| record.fields());
        self.write_record(target, Action::Follow, fields, Some(follow.reason))?;
        Ok(target)
    }
}
