//! Taking records in from files, with their numbers and states, all or none.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::sign::lapse_unless;
use super::update::material_changes;
use super::{IMPORT_LIMIT, Problems, Refusal, Work};
use crate::change::Action;
use crate::field::Scalar;
use crate::kind::Role;
use crate::records::Kind;
use crate::reference::AnyRef;
use crate::stored::AnyRecord;

/// A record as files give it.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportRecord {
    /// Its reference, new or of a record that is replaced.
    pub reference: AnyRef,
    /// All its fields, the state among them; creation is filled in where it is not said.
    pub fields: Map<String, Value>,
    /// Where it was read, for messages: file and line.
    pub source: String,
}

impl Work<'_> {
    pub(super) fn import(&mut self, records: Vec<ImportRecord>, reason: Option<&str>) -> Result<(), Refusal> {
        if !(self.principal.has(Role::IsmsManager) || self.principal.has(Role::SystemAdmin)) {
            return Err(Refusal::Denied("to import records".to_owned()));
        }
        if records.len() > IMPORT_LIMIT {
            let found = records.len();
            return Err(Refusal::invalid(
                "",
                format!("holds {found} records; at most {IMPORT_LIMIT} are accepted at once"),
            ));
        }
        let mut problems = Problems::default();
        let mut sources: Vec<(AnyRef, String)> = Vec::with_capacity(records.len());
        let mut seen = BTreeSet::new();
        let mut changed: Vec<AnyRef> = Vec::new();
        for ImportRecord { reference, mut fields, source } in records {
            if !seen.insert(reference) {
                problems.add(source, format!("{reference} stands twice"));
                continue;
            }
            let old = self.isms.record(reference);
            let version = old.map_or(1, |record| record.revision() + 1);
            let created = old.and_then(|record| record.field("created_at")).filter(|value| !value.is_null());
            fields.entry("created_at").or_insert_with(|| created.unwrap_or_else(|| self.now.to_value()));
            let before = old.map(AnyRecord::fields);
            match reference.kind.read(self.stamp(reference.number, version), fields) {
                Ok(record) => {
                    let fields = record.fields();
                    if before.as_ref() == Some(&fields) {
                        continue;
                    }
                    let turned = old.is_some_and(|old| old.undecided() != record.undecided());
                    if old.is_some_and(|old| old.head().void_reason.is_some()) {
                        let message = "is void and is not changed any more; leave it out of the files";
                        problems.add(format!("{source}: {reference}"), message);
                        continue;
                    }
                    if let Some(before) = before
                        && (turned || !material_changes(record.as_ref(), &before, &fields).is_empty())
                    {
                        changed.push(reference);
                    }
                    if reference.kind == Kind::Approval
                        && record.state() == "signed"
                        && self.principal.person().is_some()
                    {
                        let message = "is a signature; only the operator of the machine brings signatures in";
                        problems.add(format!("{source}: {reference}"), message);
                    }
                    if record.head().title.is_none() {
                        problems.add(format!("{source}: {reference}.title"), "is required");
                    }
                    self.write_record(reference, Action::Import, fields, reason.map(str::to_owned))?;
                    sources.push((reference, source));
                }
                Err(wrong) => {
                    for problem in wrong.0 {
                        problems.add(format!("{source}: {reference}.{}", problem.field), problem.message);
                    }
                }
            }
        }
        self.check_imported(&sources, &mut problems);
        if !problems.is_empty() {
            return Err(problems.into());
        }
        let brought: BTreeSet<AnyRef> = sources.iter().map(|(reference, _)| *reference).collect();
        for target in changed {
            lapse_unless(self, target, &brought)?;
        }
        Ok(())
    }

    /// References and contradictions, once all records are in.
    fn check_imported(&self, sources: &[(AnyRef, String)], problems: &mut Problems) {
        for (reference, source) in sources {
            let Some(record) = self.isms.record(*reference) else { continue };
            let mut own = Problems::default();
            record.each_ref(&mut |field, target| {
                if self.isms.record(target).is_none() {
                    own.add(field, format!("names {target}, which does not exist"));
                }
            });
            crate::custom::check(&self.isms, record, &mut own);
            record.check(&self.isms, &mut own);
            for problem in own.0 {
                problems.add(format!("{source}: {reference}.{}", problem.field), problem.message);
            }
        }
    }
}
