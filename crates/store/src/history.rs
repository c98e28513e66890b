//! Looking back: the versions of a record, the entries of the ledger, and the whole value as it was.

use std::collections::BTreeMap;

use attestry_ledger::{Hash, Leaf};
use attestry_model::{AnyRef, Isms, Subject};
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Map, Value};

use crate::backend::Db;
use crate::erase::missing;
use crate::error::StoreError;
use crate::head::epochs;
use crate::load::{EVENT, EVENTS, Event, Raw, build, time, version_of};
use crate::organisation::Organisation;
use crate::seal::{FILES, REASON, open, plain_name, subject_of};

/// A moment to look back to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Right after the entry with this number.
    Seq(u64),
    /// At this time: after the last entry made until then.
    Time(Timestamp),
    /// At the end of this day in UTC.
    Date(Date),
}

/// The ISMS as it was.
#[derive(Debug, Clone)]
pub struct AsOf {
    /// The value.
    pub isms: Isms,
    /// The last entry in it.
    pub seq: u64,
    /// The time of that entry.
    pub at: Timestamp,
    /// The earliest signed checkpoint that covers that entry, as a note.
    pub checkpoint: Option<String>,
}

/// A version of a record, or an entry of the ledger.
#[derive(Debug, Clone, PartialEq)]
pub struct Version {
    /// The entry's number.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// Who: a person's reference, `operator` or `system`.
    pub actor: String,
    /// Which way it came in, as the ledger names it.
    pub via: String,
    /// What was done, as the ledger names it.
    pub action: String,
    /// What it is about.
    pub subject: Subject,
    /// The version that it made.
    pub version: u64,
    /// All filled fields at that version, without erased ones.
    pub fields: Map<String, Value>,
    /// Why.
    pub reason: Option<String>,
    /// The approval under which it was done.
    pub approval: Option<String>,
    /// The names of files that came in with it.
    pub files: Vec<String>,
    /// The leaf's hash in the tree.
    pub leaf_hash: Hash,
    /// The fields whose values were erased; `@reason` for the reason.
    pub erased: Vec<String>,
}

/// A file that came in with a version of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attached {
    /// The number of the entry that brought it in.
    pub seq: u64,
    /// The version that it came in with.
    pub version: u64,
    /// When.
    pub at: Timestamp,
    /// Who: a person's reference, `operator` or `system`.
    pub actor: String,
    /// SHA-256 of its bytes in hexadecimal.
    pub sha256: String,
    /// Its size in bytes.
    pub size: u64,
    /// The name it came with; empty where that was erased.
    pub name: String,
}

/// Most files of one record that are listed.
const MOST_FILES: u64 = 1_000;

impl Version {
    fn of(event: &Event) -> Result<Self, StoreError> {
        let wrong = |cause: String| StoreError::content(format!("entry {}", event.seq), cause);
        let leaf = Leaf::decode(&event.leaf).map_err(|error| wrong(error.to_string()))?;
        let body = event.body.as_deref().unwrap_or("{}");
        let members: BTreeMap<String, Value> = serde_json::from_str(body).map_err(|error| wrong(error.to_string()))?;
        let erased = missing(&leaf, &members);
        let erased = erased.iter().map(|name| match name.as_str() {
            REASON | FILES => name.clone(),
            name => plain_name(name).unwrap_or_else(|| name.to_owned()),
        });
        let opened = open(body).map_err(wrong)?;
        Ok(Self {
            seq: event.seq,
            at: time(event.at)?,
            actor: event.actor.clone(),
            via: event.via.clone(),
            action: event.action.clone(),
            subject: event.subject()?,
            version: event.version,
            fields: opened.fields,
            reason: opened.reason,
            approval: leaf.approval,
            files: opened.files,
            leaf_hash: event.leaf_hash,
            erased: erased.collect(),
        })
    }
}

/// The files of a record. The order is written so that it cannot be read off the primary key: SQLite would walk through the whole
/// ledger to save sorting the few entries of one record.
const FILES_OF: &str = "SELECT e.seq, e.version, e.at, e.actor, b.sha256, b.size, b.position, d.body
    FROM event e
    JOIN blob b ON b.organisation = e.organisation AND b.seq = e.seq
    LEFT JOIN disclosure d ON d.organisation = e.organisation AND d.seq = e.seq
    WHERE e.organisation = $1 AND e.kind = $2 AND e.record = $3
    ORDER BY 0 - e.seq, b.position LIMIT $4";

impl Organisation {
    /// All versions of a record, the oldest first.
    pub fn history(&self, record: AnyRef) -> Result<Vec<Version>, StoreError> {
        let (id, name) = (self.shared().id, record.to_string());
        let sql = format!(
            "SELECT {EVENT} FROM {EVENTS} WHERE e.organisation = $1 AND e.kind = $2 AND e.record = $3 ORDER BY e.seq"
        );
        let params = [id.into(), record.kind.words().name.into(), (&name).into()];
        self.read(|db| db.all(&sql, &params, |row| Version::of(&Event::read(row)?)))
    }

    /// The last versions of a record, the newest first, at most `limit` of them and none after entry `until`.
    pub fn latest(&self, record: AnyRef, until: Option<u64>, limit: u64) -> Result<Vec<Version>, StoreError> {
        let (id, name) = (self.shared().id, record.to_string());
        let sql = format!(
            "SELECT {EVENT} FROM {EVENTS} WHERE e.organisation = $1 AND e.kind = $2 AND e.record = $3 AND e.seq <= $4
             ORDER BY e.seq DESC LIMIT $5"
        );
        let until = until.unwrap_or(i64::MAX.unsigned_abs());
        let params = [id.into(), record.kind.words().name.into(), (&name).into(), until.into(), limit.into()];
        self.read(|db| db.all(&sql, &params, |row| Version::of(&Event::read(row)?)))
    }

    /// The files that came in with a record, the newest first.
    pub fn files_of(&self, record: AnyRef) -> Result<Vec<Attached>, StoreError> {
        let (id, name) = (self.shared().id, record.to_string());
        let params = [id.into(), record.kind.words().name.into(), (&name).into(), MOST_FILES.into()];
        self.read(|db| {
            db.all(FILES_OF, &params, |row| {
                let position = usize::try_from(row.number(6)?).unwrap_or(usize::MAX);
                let names = row.text(7).map_or_else(|_| Vec::new(), |body| open(body).unwrap_or_default().files);
                Ok(Attached {
                    seq: row.number(0)?,
                    version: row.number(1)?,
                    at: time(row.int(2)?)?,
                    actor: row.text(3)?.to_owned(),
                    sha256: row.text(4)?.to_owned(),
                    size: row.number(5)?,
                    name: names.into_iter().nth(position).unwrap_or_default(),
                })
            })
        })
    }

    /// Entries of the ledger from number `from` on, at most `limit` of them.
    pub fn entries(&self, from: u64, limit: u64) -> Result<Vec<Version>, StoreError> {
        let id = self.shared().id;
        let sql =
            format!("SELECT {EVENT} FROM {EVENTS} WHERE e.organisation = $1 AND e.seq >= $2 ORDER BY e.seq LIMIT $3");
        self.read(|db| db.all(&sql, &[id.into(), from.into(), limit.into()], |row| Version::of(&Event::read(row)?)))
    }

    /// The number of the last entry until a moment.
    ///
    /// # Errors
    /// When the organisation has no entry until then.
    pub fn position(&self, when: When) -> Result<u64, StoreError> {
        let id = self.shared().id;
        self.read(|db| Ok(position(db, id, when)?.0))
    }

    /// The value as it was. Erased values are not in it.
    ///
    /// # Errors
    /// When the organisation has no entry until then.
    pub fn as_of(&self, when: When) -> Result<AsOf, StoreError> {
        let id = self.shared().id;
        self.read(|db| {
            let (seq, at) = position(db, id, when)?;
            let mut isms = build(|take| {
                let sql = "SELECT e.kind, e.record, e.version, e.at, e.actor, d.body
                    FROM (SELECT max(seq) AS seq FROM event WHERE organisation = $1 AND seq <= $2 GROUP BY kind, record)
                      AS newest
                    JOIN event e ON e.organisation = $1 AND e.seq = newest.seq
                    JOIN disclosure d ON d.organisation = $1 AND d.seq = newest.seq
                    WHERE e.kind <> 'ledger'";
                db.each(sql, &[id.into(), seq.into()], |row| {
                    let (kind, record) = (row.text(0)?, row.text(1)?);
                    let subject = subject_of(kind, record)
                        .ok_or_else(|| StoreError::content(format!("{kind} {record}"), "is not known"))?;
                    take(Raw {
                        subject,
                        version: version_of(row.number(2)?)?,
                        at: row.int(3)?,
                        actor: row.text(4)?.to_owned(),
                        body: row.text(5)?.to_owned(),
                        untitled: true,
                    })
                })
            })?;
            isms.set_position(seq + 1, Some(at));
            let checkpoint = covering(db, id, seq)?;
            Ok(AsOf { isms, seq, at, checkpoint })
        })
    }

    /// The earliest signed checkpoint that covers an entry, as a note.
    pub fn checkpoint_at(&self, seq: u64) -> Result<Option<String>, StoreError> {
        let id = self.shared().id;
        self.read(|db| covering(db, id, seq))
    }
}

/// The last entry until a moment, and its time.
fn position(db: &mut Db, id: i64, when: When) -> Result<(u64, Timestamp), StoreError> {
    let newest = db.one("SELECT size FROM organisation WHERE id = $1", &[id.into()], |row| row.number(0))?;
    let size = newest.unwrap_or_default();
    let nothing = |until: String| StoreError::Organisation(format!("nothing was recorded until {until}"));
    let mut at = |seq: u64| {
        let sql = "SELECT at FROM event WHERE organisation = $1 AND seq = $2";
        let found = db.one(sql, &[id.into(), seq.into()], |row| row.int(0))?;
        found.ok_or_else(|| StoreError::content(format!("entry {seq}"), "is missing"))
    };
    let limit = match when {
        When::Seq(seq) if seq < size => return Ok((seq, time(at(seq)?)?)),
        When::Seq(seq) => {
            return Err(StoreError::Organisation(format!("there is no entry {seq}; the ledger has {size}")));
        }
        When::Time(limit) => limit,
        When::Date(day) => {
            // The last days of the calendar have no end that can be written.
            let end = day.tomorrow().and_then(|next| jiff::tz::Offset::UTC.to_timestamp(next.at(0, 0, 0, 0)));
            end.map_or(Timestamp::MAX, |end| end - jiff::SignedDuration::from_millis(1))
        }
    };
    // Times only grow, so the last entry until the limit is found by halving.
    let (mut low, mut high) = (0, size);
    while low < high {
        let middle = low + (high - low) / 2;
        if at(middle)? <= limit.as_millisecond() {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    match low.checked_sub(1) {
        Some(seq) => Ok((seq, time(at(seq)?)?)),
        None => Err(nothing(limit.to_string())),
    }
}

/// The earliest checkpoint that covers an entry, within the epoch that the entry is in.
pub(crate) fn covering(db: &mut Db, id: i64, seq: u64) -> Result<Option<String>, StoreError> {
    let epochs = epochs(db, id)?;
    let Some(epoch) = epochs.iter().rev().find(|epoch| epoch.first_seq <= seq) else { return Ok(None) };
    let sql = "SELECT note FROM checkpoint WHERE organisation = $1 AND epoch = $2 AND size > $3 ORDER BY size LIMIT 1";
    let params = [id.into(), epoch.number.into(), (seq - epoch.first_seq).into()];
    db.one(sql, &params, |row| row.text(0).map(str::to_owned))
}
