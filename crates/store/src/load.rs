//! From rows to a value: the newest state, or the newest version of each record up to an entry.
//!
//! Reading, parsing and building run side by side, since each takes about as long as the others.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use attestry_ledger::Hash;
use attestry_model::records::Kind;
use attestry_model::stored::Stamp;
use attestry_model::{Action, Actor, AnyRecord, AnyRef, Entry, Isms, Subject};
use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::backend::{Db, Row};
use crate::error::StoreError;
use crate::head::{Chain, Head, Tails};
use crate::seal::{open, plain_name, subject_of};

/// Rows go from thread to thread in portions of this many.
const PORTION: usize = 512;

/// A record or setting as it was read.
pub(crate) struct Raw {
    pub subject: Subject,
    pub version: u32,
    pub at: i64,
    pub actor: String,
    pub body: String,
    /// Whether the body has lost its title to an erasure.
    pub untitled: bool,
}

enum Parsed {
    Record(Arc<dyn AnyRecord>),
    Setting(String, u32, Map<String, Value>),
}

/// The title that stands where one was erased.
pub const ERASED: &str = "Erased";

/// A time in milliseconds.
pub(crate) fn time(at: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_millisecond(at).map_err(|error| StoreError::content(format!("time {at}"), error))
}

/// Builds a value from what `feed` reads.
pub(crate) fn build(
    feed: impl FnOnce(&mut dyn FnMut(Raw) -> Result<(), StoreError>) -> Result<(), StoreError>,
) -> Result<Isms, StoreError> {
    std::thread::scope(|scope| {
        let (raw_in, raw_out) = sync_channel::<Vec<Raw>>(4);
        let (ready_in, ready_out) = sync_channel::<Vec<Parsed>>(4);
        let reading = scope.spawn(move || parse_all(&raw_out, &ready_in));
        let builder = scope.spawn(move || {
            let mut isms = Isms::default();
            for parsed in ready_out.into_iter().flatten() {
                match parsed {
                    Parsed::Record(record) => isms.put(record.as_ref()),
                    Parsed::Setting(name, version, fields) => isms.put_setting(name, version, fields),
                }
            }
            isms
        });
        let mut portion = Vec::with_capacity(PORTION);
        let stopped = || StoreError::content("loading", "stopped");
        let outcome = feed(&mut |raw| {
            portion.push(raw);
            if portion.len() == PORTION {
                let full = std::mem::replace(&mut portion, Vec::with_capacity(PORTION));
                raw_in.send(full).map_err(|_| stopped())?;
            }
            Ok(())
        });
        let outcome = outcome.and_then(|()| raw_in.send(portion).map_err(|_| stopped()));
        drop(raw_in);
        // A parser that stopped says why; that it no longer takes rows follows from it.
        reading.join().map_err(|_| stopped())??;
        outcome?;
        builder.join().map_err(|_| stopped())
    })
}

fn parse_all(from: &Receiver<Vec<Raw>>, to: &SyncSender<Vec<Parsed>>) -> Result<(), StoreError> {
    for portion in from {
        let parsed: Vec<Parsed> = portion.into_iter().map(parse).collect::<Result<_, _>>()?;
        if to.send(parsed).is_err() {
            break;
        }
    }
    Ok(())
}

fn parse(raw: Raw) -> Result<Parsed, StoreError> {
    let Raw { subject, version, at, actor, body, untitled } = raw;
    let wrong = |cause: String| StoreError::content(subject.to_string(), cause);
    let mut fields = open(&body).map_err(wrong)?.fields;
    match &subject {
        Subject::Record(reference) => {
            if untitled && !fields.contains_key("title") {
                fields.insert("title".to_owned(), Value::from(ERASED));
            }
            let by = Actor::parse(&actor).and_then(Actor::person);
            let stamp = Stamp { number: reference.number, revision: version, at: time(at)?, by };
            let record = reference.kind.read(stamp, fields).map_err(|problems| wrong(problems.to_string()))?;
            Ok(Parsed::Record(record))
        }
        Subject::Setting(name) => Ok(Parsed::Setting(name.clone(), version, fields)),
        Subject::Ledger => Err(wrong("is no record".to_owned())),
    }
}

/// An organisation as it stands.
pub(crate) struct Loaded {
    pub head: Head,
    pub isms: Isms,
    pub tails: Tails,
}

/// A count of versions as the model holds it.
pub(crate) fn version_of(version: u64) -> Result<u32, StoreError> {
    u32::try_from(version).map_err(|error| StoreError::content(format!("version {version}"), error))
}

/// Loads the newest state, within a transaction that sees one moment; `None` when there is no such organisation.
pub(crate) fn load(db: &mut Db, slug: &str) -> Result<Option<Loaded>, StoreError> {
    let Some(head) = Head::read(db, slug, false)? else { return Ok(None) };
    let mut tails = Tails::new();
    let mut isms = build(|take| {
        let sql = "SELECT kind, number, version, updated_at, updated_by, body, leaf_hash FROM record
                   WHERE organisation = $1";
        db.each(sql, &[head.id.into()], |row| {
            let (reference, raw) = record_row(&row)?;
            tails.insert(Chain::Record(reference), row.hash(6)?);
            take(raw)
        })?;
        let sql = "SELECT name, version, body, leaf_hash FROM setting WHERE organisation = $1";
        db.each(sql, &[head.id.into()], |row| {
            let written = row.text(0)?;
            let name = plain_name(written).ok_or_else(|| StoreError::content(written, "is no name of a setting"))?;
            tails.insert(Chain::Setting(name.clone()), row.hash(3)?);
            take(Raw {
                subject: Subject::Setting(name),
                version: version_of(row.number(1)?)?,
                at: 0,
                actor: String::new(),
                body: row.text(2)?.to_owned(),
                untitled: false,
            })
        })
    })?;
    let at = if head.size > 0 { Some(time(head.last_at)?) } else { None };
    isms.set_position(head.size, at);
    Ok(Some(Loaded { head, isms, tails }))
}

fn record_row(row: &Row<'_>) -> Result<(AnyRef, Raw), StoreError> {
    let kind = row.text(0)?;
    let kind = Kind::named(kind).ok_or_else(|| StoreError::content(format!("kind {kind}"), "is not known"))?;
    let number = version_of(row.number(1)?)?;
    let reference = AnyRef { kind, number };
    let raw = Raw {
        subject: Subject::Record(reference),
        version: version_of(row.number(2)?)?,
        at: row.int(3)?,
        actor: row.text(4)?.to_owned(),
        body: row.text(5)?.to_owned(),
        untitled: false,
    };
    Ok((reference, raw))
}

/// An entry read back from the ledger.
pub(crate) struct Event {
    pub seq: u64,
    pub at: i64,
    pub actor: String,
    pub via: String,
    pub action: String,
    pub kind: String,
    pub record: String,
    pub version: u64,
    pub leaf: Vec<u8>,
    pub leaf_hash: Hash,
    pub body: Option<String>,
}

/// The columns that [`Event::read`] wants, of tables `e` and `d`.
pub(crate) const EVENT: &str =
    "e.seq, e.at, e.actor, e.via, e.action, e.kind, e.record, e.version, e.leaf, e.leaf_hash, d.body";
/// The tables behind them.
pub(crate) const EVENTS: &str = "event e LEFT JOIN disclosure d ON d.organisation = e.organisation AND d.seq = e.seq";

impl Event {
    /// Reads a row of [`EVENT`].
    pub fn read(row: Row<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            seq: row.number(0)?,
            at: row.int(1)?,
            actor: row.text(2)?.to_owned(),
            via: row.text(3)?.to_owned(),
            action: row.text(4)?.to_owned(),
            kind: row.text(5)?.to_owned(),
            record: row.text(6)?.to_owned(),
            version: row.number(7)?,
            leaf: row.blob(8)?.to_vec(),
            leaf_hash: row.hash(9)?,
            body: row.maybe_text(10)?.map(str::to_owned),
        })
    }

    /// What it is about.
    pub fn subject(&self) -> Result<Subject, StoreError> {
        let wrong = || StoreError::content(format!("entry {}", self.seq), format!("{} is not known", self.record));
        subject_of(&self.kind, &self.record).ok_or_else(wrong)
    }

    /// As the model knows it, without its files.
    pub fn entry(&self) -> Result<Entry, StoreError> {
        let place = || format!("entry {}", self.seq);
        let subject = self.subject()?;
        let opened = open(self.body.as_deref().unwrap_or("{}")).map_err(|error| StoreError::content(place(), error))?;
        let action = Action::parse(&self.action)
            .ok_or_else(|| StoreError::content(place(), format!("action {} is not known", self.action)))?;
        let version = if subject == Subject::Ledger { 0 } else { version_of(self.version)? };
        let (fields, reason) = (opened.fields, opened.reason);
        Ok(Entry { subject, action, version, fields, reason, approval: None, files: Vec::new() })
    }
}
