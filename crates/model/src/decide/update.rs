//! Changing the fields of a record, voiding it, and holding it.

use serde_json::{Map, Value};

use super::{Problems, Refusal, Work, is_immaterial, propose};
use crate::change::{Action, FileFact, Subject};
use crate::decide::sign::invalidate;
use crate::kind::{Role, Who};
use crate::permit::{Wish, any_of, is_closed, permit};
use crate::records::Kind;
use crate::reference::AnyRef;
use crate::stored::AnyRecord;

/// The fields that attaching a file fills.
pub(super) const HASH_FIELDS: [&str; 2] = ["file_hash", "content_hash"];

impl Work<'_> {
    pub(super) fn update(
        &mut self,
        target: AnyRef,
        revision: Option<u32>,
        fields: Map<String, Value>,
        reason: Option<String>,
    ) -> Result<(), Refusal> {
        let record = self.seen(target)?;
        if !permit(&self.isms, self.principal, Wish::Update, record.as_ref()) {
            return Err(Refusal::Denied(format!("to change {target}")));
        }
        fresh(record.as_ref(), revision)?;
        if record.state() == "void" {
            return Err(Refusal::invalid("", format!("{target} is void; a void record is not changed any more")));
        }
        let mut problems = Problems::default();
        let before = record.fields();
        let mut after = before.clone();
        let given: Vec<String> = fields.keys().cloned().collect();
        Self::overlay(record.def(), &mut after, fields, &mut problems);
        let stamp = self.stamp(target.number, record.revision() + 1);
        let asked = target.kind.read_partly(stamp, after.clone()).0;
        let next = self.examine(target.kind, stamp, after, &mut problems);
        if let Some(next) = &next {
            if given.iter().any(|name| name == "changes") {
                propose::check_seen(self, next.as_ref(), &mut problems);
            }
            check_worked_out(&given, Some(record.as_ref()), asked.as_ref(), next.as_ref(), &mut problems);
        }
        let after = next.map(|next| next.fields());
        let changed = after.as_ref().map(|after| material_changes(record.as_ref(), &before, after)).unwrap_or_default();
        self.check_own_fields(record.as_ref(), &changed)?;
        check_immutable(record.as_ref(), &changed, &mut problems);
        if is_closed(record.as_ref()) {
            for field in &changed {
                let state = record.state();
                problems
                    .add(field.clone(), format!("cannot change: {target} is {state}, and what is {state} is history"));
            }
        }
        match after {
            Some(after) if problems.is_empty() => {
                if after == before {
                    return Ok(());
                }
                self.write_record(target, Action::Update, after, reason)?;
                if !changed.is_empty() {
                    invalidate(self, target)?;
                }
                self.follow_from(target)
            }
            _ => Err(problems.into()),
        }
    }

    pub(super) fn void(&mut self, target: AnyRef, revision: Option<u32>, reason: String) -> Result<(), Refusal> {
        let record = self.seen(target)?;
        let may = permit(&self.isms, self.principal, Wish::Update, record.as_ref());
        if !may {
            return Err(Refusal::Denied(format!("to void {target}")));
        }
        fresh(record.as_ref(), revision)?;
        if reason.trim().is_empty() {
            return Err(Refusal::invalid("reason", "is required: say why the record no longer counts"));
        }
        if record.head().void_reason.is_some() {
            return Err(Refusal::invalid("", format!("{target} is already void")));
        }
        if target.kind == Kind::Proposal && record.def().immutable_in.contains(&record.flow_state()) {
            return Err(Refusal::invalid(
                "",
                format!("{target} was approved and its changes were made; take them back instead"),
            ));
        }
        if record.head().legal_hold == Some(true) {
            return Err(Refusal::invalid("", format!("{target} is under a legal hold")));
        }
        let mut fields = record.fields();
        fields.insert("void_reason".to_owned(), Value::from(reason.trim()));
        if record.def().states.iter().any(|state| state.name == "void") {
            fields.insert("state".to_owned(), Value::from("void"));
        }
        self.check_shape(record.as_ref(), fields.clone())?;
        self.write_record(target, Action::Void, fields, Some(reason))?;
        invalidate(self, target)?;
        self.follow_from(target)
    }

    pub(super) fn attach(&mut self, target: AnyRef, file: FileFact, reason: Option<String>) -> Result<(), Refusal> {
        let hash_field = HASH_FIELDS.into_iter().find(|name| target.kind.def().field(name).is_some());
        let fields = hash_field.map(|name| (name.to_owned(), Value::from(file.sha256.clone())));
        let written = self.entries.len();
        self.update(target, None, fields.into_iter().collect(), reason.clone())?;
        let subject = Subject::Record(target);
        if !self.entries[written..].iter().any(|entry| entry.subject == subject) {
            let record = self.seen(target)?;
            self.write_record(target, Action::Update, record.fields(), reason)?;
        }
        if let Some(entry) = self.entries[written..].iter_mut().find(|entry| entry.subject == subject) {
            entry.files.push(file);
        }
        Ok(())
    }

    pub(super) fn hold(&mut self, target: AnyRef, hold: bool, reason: String) -> Result<(), Refusal> {
        let record = self.seen(target)?;
        if !(self.principal.has(Role::IsmsManager) || self.principal.has(Role::SystemAdmin)) {
            return Err(Refusal::Denied("to place or lift a legal hold".to_owned()));
        }
        if reason.trim().is_empty() {
            return Err(Refusal::invalid("reason", "is required for a legal hold"));
        }
        if !hold && record.head().legal_hold != Some(true) {
            return Err(Refusal::invalid("", format!("{target} is under no legal hold")));
        }
        let mut fields = record.fields();
        if hold {
            fields.insert("legal_hold".to_owned(), Value::Bool(true));
        } else {
            fields.remove("legal_hold");
        }
        self.write_record(target, Action::Hold, fields, Some(reason))
    }

    /// Who may change a record only because it is their own may change no more than the fields meant for that.
    fn check_own_fields(&self, record: &dyn AnyRecord, changed: &[String]) -> Result<(), Refusal> {
        let def = record.def();
        let others: Vec<Who> = def.rights.update.iter().copied().filter(|who| *who != Who::Own).collect();
        if def.own_fields.is_empty() || any_of(&self.isms, self.principal, &others, record) {
            return Ok(());
        }
        match changed.iter().find(|field| !def.own_fields.contains(&field.as_str())) {
            Some(field) => Err(Refusal::Denied(format!("to change {field} of {}", record.any_ref()))),
            None => Ok(()),
        }
    }

    fn check_shape(&self, record: &dyn AnyRecord, fields: Map<String, Value>) -> Result<(), Refusal> {
        let reference = record.any_ref();
        let stamp = self.stamp(reference.number, record.revision() + 1);
        reference.kind.read(stamp, fields).map(|_| ()).map_err(Refusal::from)
    }
}

/// Notes fields that differ although the record's state does not allow any change of substance.
pub(super) fn check_immutable(record: &dyn AnyRecord, changed: &[String], problems: &mut Problems) {
    let (def, state) = (record.def(), record.flow_state());
    if def.immutable_in.contains(&state) {
        for field in changed {
            let title = def.words.title.to_lowercase();
            problems.add(field.clone(), format!("cannot change: this {title} is {state}; write a new one instead"));
        }
    }
}

/// Notes fields that somebody set although they are worked out from others: what was asked for would silently be lost.
/// A form that sends back the value it was shown asks for nothing.
pub(super) fn check_worked_out(
    given: &[String],
    had: Option<&dyn AnyRecord>,
    asked: &dyn AnyRecord,
    next: &dyn AnyRecord,
    problems: &mut Problems,
) {
    for name in given {
        let (asked, got) = (asked.field(name).unwrap_or_default(), next.field(name).unwrap_or_default());
        let had = had.and_then(|record| record.field(name)).unwrap_or_default();
        let emptied = asked.is_null() && got != had;
        if asked != got && asked != had && !emptied {
            let now = got.as_str().map_or_else(|| got.to_string(), str::to_owned);
            problems.add(name, format!("is worked out from other fields and is {now}; change those instead"));
        }
    }
}

/// The version that was seen must be the version that is.
pub(super) fn fresh(record: &dyn AnyRecord, revision: Option<u32>) -> Result<(), Refusal> {
    match revision {
        Some(seen) if seen != record.revision() => {
            Err(Refusal::Stale { target: record.any_ref(), seen, actual: record.revision() })
        }
        _ => Ok(()),
    }
}

/// The names of the fields that differ and whose change touches what was signed.
pub(super) fn material_changes(
    record: &dyn AnyRecord,
    before: &Map<String, Value>,
    after: &Map<String, Value>,
) -> Vec<String> {
    let def = record.def();
    let names = before.keys().chain(after.keys().filter(|name| !before.contains_key(*name)));
    let changed = names.filter(|name| before.get(*name) != after.get(*name));
    changed.filter(|name| !is_immaterial(def, name)).cloned().collect()
}
