//! What fuzzers and the corpus tests call: each parser of bytes from outside, with what must hold of anything it accepts.
//! A function says whether it accepted the bytes, and panics when what it accepted does not hold.

#![expect(clippy::missing_panics_doc, reason = "to panic is what these functions are for")]

use attestry_model::Isms;
use attestry_model::decide::ImportRecord;
use attestry_model::stored::Stamp;
use jiff::Timestamp;

use crate::{Mapping, SourceFile, export, import, scenario};

/// A mapping: written and read again it is the same.
pub fn mapping(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    let Ok(mapping) = Mapping::from_toml("mapping.toml", text) else { return false };
    let again = Mapping::from_toml("mapping.toml", &mapping.to_toml());
    assert_eq!(again.as_ref(), Ok(&mapping), "a mapping survives being written");
    true
}

/// A register of risks: its records fit their kinds, and a second import of it changes nothing.
pub fn register_csv(bytes: &[u8]) -> bool {
    register(SourceFile::new("risk-register.csv", bytes))
}

/// A workbook, likewise.
pub fn workbook(bytes: &[u8]) -> bool {
    register(SourceFile::new("registers.xlsx", bytes))
}

fn register(file: SourceFile) -> bool {
    let files = [file];
    let Ok(plan) = import(&files, &Isms::default(), Some(crate::registers::mapping::shipped()), Timestamp::UNIX_EPOCH)
    else {
        return false;
    };
    let isms = taken(&plan.records);
    let again = import(&files, &isms, Some(crate::registers::mapping::shipped()), Timestamp::UNIX_EPOCH);
    let again = again.unwrap_or_else(|wrong| unreachable!("what was read once is read again: {wrong}"));
    assert_eq!(again.records, [], "a second import changes nothing");
    true
}

/// A table of the project's own format.
pub fn scenario_csv(bytes: &[u8]) -> bool {
    own(SourceFile::new("risk.csv", bytes))
}

/// A list of the project's own format.
pub fn scenario_yaml(bytes: &[u8]) -> bool {
    own(SourceFile::new("methodology.yaml", bytes))
}

/// What the kinds accept of a file comes back the same after export.
fn own(file: SourceFile) -> bool {
    let files = [file];
    let Ok(mut records) = scenario::read_folder(&files, &Isms::default()) else { return false };
    let mut seen = std::collections::BTreeSet::new();
    records.retain(|record| fits(record) && seen.insert(record.reference));
    let isms = taken(&records);
    let exported = export(&isms).into_iter().map(|(name, bytes)| SourceFile::new(name, bytes)).collect::<Vec<_>>();
    let again = scenario::read_folder(&exported, &isms);
    let again = again.unwrap_or_else(|wrong| unreachable!("what was written is read again: {wrong}"));
    let again = taken(&again);
    assert_eq!(again.total(), isms.total());
    for record in isms.records(files_kind(&files)) {
        let other = again.record(record.any_ref()).map(attestry_model::AnyRecord::fields);
        assert_eq!(other, Some(record.fields()), "a record survives being written");
    }
    true
}

fn files_kind(files: &[SourceFile]) -> attestry_model::records::Kind {
    let kind = attestry_model::records::Kind::named(files[0].stem());
    kind.unwrap_or_else(|| unreachable!("the file is named after a kind"))
}

fn stamp(record: &ImportRecord) -> Stamp {
    Stamp { number: record.reference.number, revision: 1, at: Timestamp::UNIX_EPOCH, by: None }
}

fn fits(record: &ImportRecord) -> bool {
    record.reference.kind.read(stamp(record), record.fields.clone()).is_ok()
}

/// An ISMS of these records, each of which must fit its kind.
fn taken(records: &[ImportRecord]) -> Isms {
    let mut isms = Isms::default();
    for record in records {
        let read = record.reference.kind.read(stamp(record), record.fields.clone());
        isms.put(read.unwrap_or_else(|wrong| unreachable!("{}: {wrong}", record.reference)).as_ref());
    }
    isms
}
