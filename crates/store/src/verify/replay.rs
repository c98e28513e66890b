//! Level 2 of the newest state: what the tables and the value in memory hold must be what the ledger says.

use std::collections::{BTreeSet, HashSet};

use attestry_model::records::{Approval, Kind};
use attestry_model::stored::Stamp;
use attestry_model::{Actor, AnyRef, Isms, Stored};
use serde_json::{Map, Value};

use super::Problem;
use super::chain::{Ledger, Newest};
use super::consents::Consents;
use crate::backend::{Db, Row};
use crate::error::StoreError;
use crate::group::column_text;
use crate::head::Head;
use crate::load::{time, version_of};
use crate::seal::{open, plain_name};

type LinkRow = (AnyRef, String, AnyRef);

/// Compares records, settings, links, the organisation's row and the loaded value with the ledger.
pub(super) fn verify(
    db: &mut Db,
    head: &Head,
    slug: &str,
    mut ledger: Ledger,
    isms: Option<&Isms>,
    problems: &mut Vec<Problem>,
) -> Result<(), StoreError> {
    let isms = isms.filter(|isms| isms.size() == head.size);
    let erased = std::mem::take(&mut ledger.erased);
    let mut replay = Replay { isms, links: BTreeSet::new(), consents: Consents::of(slug), erased, problems };
    let mut found = 0;
    let sql = "SELECT kind, number, version, state, title, updated_at, updated_by, body, leaf_hash, seq FROM record
               WHERE organisation = $1 ORDER BY kind, number";
    db.each(sql, &[head.id.into()], |row| {
        found += 1;
        let (kind, number) = (row.text(0)?, row.number(1)?);
        let reference = Kind::named(kind).zip(u32::try_from(number).ok()).map(|(kind, number)| AnyRef { kind, number });
        let Some(reference) = reference else {
            replay.problem(
                &format!("{kind} {number}"),
                "current record is of no kind that this program knows".to_owned(),
            );
            return Ok(());
        };
        let name = reference.to_string();
        if let Some(newest) = ledger.newest.remove(&(kind.to_owned(), name.clone())) {
            return replay.record(reference, &name, &row, &newest);
        }
        replay.problem(&name, format!("current record {name} has no entry in the ledger"));
        Ok(())
    })?;
    let sql = "SELECT name, version, body, leaf_hash, seq FROM setting WHERE organisation = $1 ORDER BY name";
    db.each(sql, &[head.id.into()], |row| {
        let name = row.text(0)?;
        if let Some(newest) = ledger.newest.remove(&("setting".to_owned(), name.to_owned())) {
            return replay.setting(head, name, &row, &newest);
        }
        replay.problem(name, format!("current setting {name} has no entry in the ledger"));
        Ok(())
    })?;
    ledger.newest.retain(|(kind, _), _| kind != "ledger");
    for (_, name) in ledger.newest.into_keys() {
        replay.problem(&name, format!("current record or setting {name} is missing, but the ledger has it"));
    }
    replay.links(db, head)?;
    if isms.is_some_and(|isms| isms.total() != found) {
        replay.problem("ledger", "the value in memory holds another number of records than the database".to_owned());
    }
    Ok(())
}

struct Replay<'a> {
    isms: Option<&'a Isms>,
    /// The links that the ledger's records have.
    links: BTreeSet<LinkRow>,
    consents: Consents<'a>,
    /// The fields of records that were erased.
    erased: HashSet<(String, String)>,
    problems: &'a mut Vec<Problem>,
}

impl Replay<'_> {
    fn problem(&mut self, record: &str, what: String) {
        self.problems.push(Problem::new(record, what));
    }

    fn record(&mut self, reference: AnyRef, name: &str, row: &Row<'_>, newest: &Newest) -> Result<(), StoreError> {
        let differs = |what: &str| format!("current record {name} differs from its history in {what}");
        let history = open(&newest.state).map_err(|error| StoreError::content(name, error))?.fields;
        let body = row.text(7)?;
        if body != newest.state {
            match open(body) {
                Ok(current) => {
                    for field in differing(&current.fields, &history) {
                        self.problem(name, differs(&format!("field {field}")));
                    }
                }
                Err(error) => self.problem(name, differs(&format!("its fields, which cannot be read: {error}"))),
            }
        }
        let columns = [
            ("its version", row.number(2)? == newest.version),
            ("the time of its last change", row.int(5)? == newest.at),
            ("who changed it last", row.text(6)? == newest.actor),
            ("the leaf that it refers to", row.hash(8)? == newest.hash),
            ("the entry that it refers to", row.number(9)? == newest.seq),
        ];
        for (what, _) in columns.into_iter().filter(|(_, same)| !same) {
            self.problem(name, differs(what));
        }
        let by = Actor::parse(&newest.actor).and_then(Actor::person);
        let (revision, at) = (version_of(newest.version)?, time(newest.at)?);
        let stamp = Stamp { number: reference.number, revision, at, by };
        let record = match reference.kind.read(stamp, history) {
            Ok(record) => record,
            Err(error) => {
                self.problem(name, format!("the newest version of {name} cannot be read: {error}"));
                return Ok(());
            }
        };
        if row.text(3)? != record.state() {
            self.problem(name, differs("column state"));
        }
        if row.text(4)? != column_text(record.head().title.as_deref().unwrap_or_default()) {
            self.problem(name, differs("column title"));
        }
        if let Some(approval) = record.as_any().downcast_ref::<Stored<Approval>>() {
            let erased = self.erased.contains(&(name.to_owned(), "assertion".to_owned()));
            self.consents.check(approval, newest.imported, erased, self.problems);
        }
        let links = &mut self.links;
        record.each_ref(&mut |field, target| {
            links.insert((reference, field.to_owned(), target));
        });
        let same = self.isms.is_none_or(|isms| {
            isms.record(reference).is_some_and(|loaded| {
                let stamp = (loaded.revision(), loaded.updated_at(), loaded.updated_by());
                loaded.fields() == record.fields() && stamp == (revision, at, by)
            })
        });
        if !same {
            self.problem(name, format!("{name} in memory differs from its history"));
        }
        Ok(())
    }

    fn setting(&mut self, head: &Head, name: &str, row: &Row<'_>, newest: &Newest) -> Result<(), StoreError> {
        let differs = |what: &str| format!("current setting {name} differs from its history in {what}");
        let history = open(&newest.state).map_err(|error| StoreError::content(name, error))?.fields;
        let columns = [
            ("its version", row.number(1)? == newest.version),
            ("its fields", row.text(2)? == newest.state),
            ("the leaf that it refers to", row.hash(3)? == newest.hash),
            ("the entry that it refers to", row.number(4)? == newest.seq),
        ];
        for (what, _) in columns.into_iter().filter(|(_, same)| !same) {
            self.problem(name, differs(what));
        }
        let text = |field: &str| history.get(field).and_then(Value::as_str);
        let own = match name {
            "clock" => text("mode") == Some(head.clock.as_str()),
            "organisation" => text("name") == Some(head.name.as_str()),
            _ => true,
        };
        if !own {
            self.problem(name, format!("the organisation's row differs from its history in setting {name}"));
        }
        let Some(plain) = plain_name(name) else { return Ok(()) };
        let loaded =
            self.isms.map(|isms| (isms.setting(&plain).cloned().unwrap_or_default(), isms.setting_version(&plain)));
        if loaded.is_some_and(|(fields, version)| fields != history || u64::from(version) != newest.version) {
            self.problem(name, format!("setting {name} in memory differs from its history"));
        }
        Ok(())
    }

    fn links(&mut self, db: &mut Db, head: &Head) -> Result<(), StoreError> {
        let sql =
            "SELECT source_kind, source_number, field, target_kind, target_number FROM link WHERE organisation = $1";
        db.each(sql, &[head.id.into()], |row| {
            let end = |at: usize| -> Result<Option<AnyRef>, StoreError> {
                let number = u32::try_from(row.number(at + 1)?).ok();
                Ok(Kind::named(row.text(at)?).zip(number).map(|(kind, number)| AnyRef { kind, number }))
            };
            let field = row.text(2)?;
            if let (Some(source), Some(target)) = (end(0)?, end(3)?) {
                if !self.links.remove(&(source, field.to_owned(), target)) {
                    self.problem(&source.to_string(), format!("link {field} to {target} is not in its history"));
                }
            } else {
                self.problem("ledger", format!("link {field} is between things that this program does not know"));
            }
            Ok(())
        })?;
        for (source, field, target) in std::mem::take(&mut self.links) {
            self.problem(&source.to_string(), format!("link {field} to {target} is missing"));
        }
        Ok(())
    }
}

/// The names of the fields that are not the same in both.
fn differing(one: &Map<String, Value>, other: &Map<String, Value>) -> Vec<String> {
    let names: BTreeSet<&String> = one.keys().chain(other.keys()).collect();
    names.into_iter().filter(|name| one.get(*name) != other.get(*name)).cloned().collect()
}
