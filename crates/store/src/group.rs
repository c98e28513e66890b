//! One transaction in the making: the entries of a group of changes, the newest state that they lead to, and the signed
//! checkpoint at its end. Rows go out in bounded portions, so that a change of any size passes through.

use std::collections::{BTreeMap, BTreeSet};

use attestry_ledger::{Checkpoint, SigningKey};
use attestry_model::change::FileFact;
use attestry_model::{AnyRef, Change, Entry, Isms, Subject};

use crate::backend::{Db, Param};
use crate::error::StoreError;
use crate::fail::failpoint;
use crate::head::{Chain, Head, Tails};
use crate::seal::{Circumstance, Layers, Sealed, Unsealed, leaf_name, seal};

/// Entries are handed to the database in portions of about this many.
const PORTION: usize = 512;

/// A link as the database holds it.
type LinkRow = (AnyRef, &'static str, AnyRef);

/// What a record's row needs besides its fields.
struct RecordRow {
    sealed: Newest,
    state: &'static str,
    title: String,
}

struct Newest {
    version: u64,
    at: i64,
    actor: String,
    body: String,
    leaf_hash: attestry_ledger::Hash,
    seq: u64,
}

/// A transaction in the making.
pub(crate) struct Group<'a> {
    db: &'a mut Db,
    base: &'a Tails,
    /// The head as it will be.
    pub head: Head,
    /// The newest leaves that this group adds.
    pub tails: Tails,
    events: Vec<Sealed>,
    records: BTreeMap<AnyRef, RecordRow>,
    settings: BTreeMap<String, Newest>,
    links: Vec<LinkRow>,
}

impl<'a> Group<'a> {
    /// Starts on a head, within a transaction that is already open.
    pub fn new(db: &'a mut Db, head: Head, base: &'a Tails) -> Self {
        Self {
            db,
            base,
            head,
            tails: Tails::new(),
            events: Vec::new(),
            records: BTreeMap::new(),
            settings: BTreeMap::new(),
            links: Vec::new(),
        }
    }

    /// The database, for what belongs into the same transaction.
    pub fn db(&mut self) -> &mut Db {
        self.db
    }

    /// Adds a change: `before` and `after` are the value around it.
    ///
    /// # Errors
    /// On a refusal nothing of the change remains, except when it is `alone` in the group: such a change is written as it
    /// is sealed, and the caller takes the whole transaction back.
    pub fn add(&mut self, change: &Change, before: &Isms, after: &Isms, alone: bool) -> Result<(), Unsealed> {
        let circumstance =
            Circumstance { at: change.at, actor: change.actor, via: change.via, request: change.request.as_deref() };
        let head = self.head.clone();
        let mut tails = Tails::new();
        let mut sealed = Vec::with_capacity(change.entries.len().min(PORTION));
        for entry in &change.entries {
            let layers = Layers { base: self.base, group: &self.tails, change: &tails };
            match seal(&mut self.head, &|chain| layers.find(chain), &circumstance, entry) {
                Ok(one) => {
                    if let Some(chain) = Chain::of(&entry.subject) {
                        tails.insert(chain, one.leaf_hash);
                    }
                    sealed.push((one, entry));
                }
                Err(unsealed) => {
                    self.head = head;
                    return Err(unsealed);
                }
            }
            if alone && sealed.len() >= PORTION {
                self.take(std::mem::take(&mut sealed), after).map_err(Unsealed::Failed)?;
            }
        }
        self.take(sealed, after).map_err(Unsealed::Failed)?;
        self.tails.extend(tails);
        self.relink(change, before, after).map_err(Unsealed::Failed)
    }

    fn take(&mut self, sealed: Vec<(Sealed, &Entry)>, after: &Isms) -> Result<(), StoreError> {
        for (mut sealed, entry) in sealed {
            let newest = Newest {
                version: sealed.version,
                at: sealed.at,
                actor: sealed.actor.clone(),
                body: std::mem::take(&mut sealed.state),
                leaf_hash: sealed.leaf_hash,
                seq: sealed.seq,
            };
            match &entry.subject {
                Subject::Record(reference) => {
                    let record = after.record(*reference).ok_or_else(|| {
                        StoreError::content(reference.to_string(), "is not in the value that the change leads to")
                    })?;
                    let title = column_text(record.head().title.as_deref().unwrap_or_default());
                    self.records.insert(*reference, RecordRow { sealed: newest, state: record.state(), title });
                }
                Subject::Setting(name) => {
                    self.settings.insert(leaf_name(name).into_owned(), newest);
                }
                Subject::Ledger => {}
            }
            self.events.push(sealed);
        }
        if self.events.len() >= PORTION { self.flush() } else { Ok(()) }
    }

    /// Brings the links of the records that a change touched up to date.
    fn relink(&mut self, change: &Change, before: &Isms, after: &Isms) -> Result<(), StoreError> {
        let touched: BTreeSet<AnyRef> = change
            .entries
            .iter()
            .filter_map(|entry| match entry.subject {
                Subject::Record(reference) => Some(reference),
                _ => None,
            })
            .collect();
        for reference in touched {
            let (old, new) = (links_of(before, reference), links_of(after, reference));
            if old.iter().any(|link| !new.contains(link)) {
                self.flush()?;
            }
            for (source, field, target) in old.difference(&new) {
                self.db.execute(
                    "DELETE FROM link WHERE organisation = $1 AND source_kind = $2 AND source_number = $3
                     AND field = $4 AND target_kind = $5 AND target_number = $6",
                    &[
                        self.head.id.into(),
                        source.kind.words().name.into(),
                        source.number.into(),
                        (*field).into(),
                        target.kind.words().name.into(),
                        target.number.into(),
                    ],
                )?;
            }
            self.links.extend(new.difference(&old));
        }
        if self.links.len() >= PORTION * 4 { self.flush() } else { Ok(()) }
    }

    /// Hands over what has gathered.
    fn flush(&mut self) -> Result<(), StoreError> {
        let id = Param::from(self.head.id);
        let events = std::mem::take(&mut self.events);
        insert_events(self.db, id, &events)?;
        failpoint!("after-events", |_| Err(planted("after-events")));
        let records = std::mem::take(&mut self.records);
        let mut values = Vec::with_capacity(records.len() * 11);
        for (reference, RecordRow { sealed, state, title }) in &records {
            values.extend([id, reference.kind.words().name.into(), reference.number.into()]);
            values.extend([Param::from(sealed.version), (*state).into(), title.into(), sealed.at.into()]);
            values.extend([Param::from(&sealed.actor), (&sealed.body).into()]);
            values.extend([Param::from(&sealed.leaf_hash), sealed.seq.into()]);
        }
        self.db.insert("record", &RECORD_COLUMNS, RECORD_CONFLICT, &values)?;
        let settings = std::mem::take(&mut self.settings);
        let mut values = Vec::with_capacity(settings.len() * 6);
        for (name, sealed) in &settings {
            values.extend([id, name.into(), sealed.version.into(), (&sealed.body).into()]);
            values.extend([Param::from(&sealed.leaf_hash), sealed.seq.into()]);
        }
        self.db.insert("setting", &SETTING_COLUMNS, SETTING_CONFLICT, &values)?;
        let links = std::mem::take(&mut self.links);
        let mut values = Vec::with_capacity(links.len() * 6);
        for (source, field, target) in &links {
            values.extend([id, source.kind.words().name.into(), source.number.into(), (*field).into()]);
            values.extend([Param::from(target.kind.words().name), target.number.into()]);
        }
        self.db.insert("link", &LINK_COLUMNS, "", &values)?;
        failpoint!("after-records", |_| Err(planted("after-records")));
        Ok(())
    }

    /// Hands over the rest, the checkpoint and the head, and gives the head, the new leaves and the signed note.
    pub fn finish(mut self, key: &SigningKey) -> Result<(Head, Tails, String), StoreError> {
        self.flush()?;
        let checkpoint = Checkpoint::of(self.head.epoch.origin.clone(), &self.head.frontier);
        let note = checkpoint.sign(&[key]).map_err(|error| StoreError::content("checkpoint", error))?;
        self.db.execute(
            "INSERT INTO checkpoint (organisation, epoch, size, root, note) VALUES ($1, $2, $3, $4, $5)",
            &[
                self.head.id.into(),
                self.head.epoch.number.into(),
                checkpoint.size.into(),
                (&checkpoint.root).into(),
                (&note).into(),
            ],
        )?;
        self.head.update(self.db)?;
        Ok((self.head, self.tails, note))
    }
}

#[cfg(feature = "failpoints")]
fn planted(site: &str) -> StoreError {
    StoreError::Database { place: site.to_owned(), cause: "a planted fault".to_owned() }
}

const EVENT_COLUMNS: [&str; 11] =
    ["organisation", "seq", "at", "actor", "via", "action", "kind", "record", "version", "leaf", "leaf_hash"];
const RECORD_COLUMNS: [&str; 11] = [
    "organisation",
    "kind",
    "number",
    "version",
    "state",
    "title",
    "updated_at",
    "updated_by",
    "body",
    "leaf_hash",
    "seq",
];
const RECORD_CONFLICT: &str = " ON CONFLICT (organisation, kind, number) DO UPDATE SET version = excluded.version,
 state = excluded.state, title = excluded.title, updated_at = excluded.updated_at, updated_by = excluded.updated_by,
 body = excluded.body, leaf_hash = excluded.leaf_hash, seq = excluded.seq";
const SETTING_COLUMNS: [&str; 6] = ["organisation", "name", "version", "body", "leaf_hash", "seq"];
const SETTING_CONFLICT: &str = " ON CONFLICT (organisation, name) DO UPDATE SET version = excluded.version,
 body = excluded.body, leaf_hash = excluded.leaf_hash, seq = excluded.seq";
const LINK_COLUMNS: [&str; 6] =
    ["organisation", "source_kind", "source_number", "field", "target_kind", "target_number"];

fn insert_events(db: &mut Db, id: Param<'_>, events: &[Sealed]) -> Result<(), StoreError> {
    let mut values = Vec::with_capacity(events.len() * 11);
    for event in events {
        values.extend([id, event.seq.into(), event.at.into(), (&event.actor).into(), event.via.into()]);
        values.extend([Param::from(event.action), event.kind.into(), (&event.record).into(), event.version.into()]);
        values.extend([Param::from(&event.leaf), (&event.leaf_hash).into()]);
    }
    db.insert("event", &EVENT_COLUMNS, "", &values)?;
    let mut values = Vec::with_capacity(events.len() * 4);
    for event in events {
        values.extend([id, event.seq.into(), (&event.body).into(), (&event.salts).into()]);
    }
    db.insert("disclosure", &["organisation", "seq", "body", "salts"], "", &values)?;
    let mut values = Vec::new();
    for event in events {
        for (position, (FileFact { sha256, size, .. }, salt)) in event.files.iter().enumerate() {
            values.extend([id, event.seq.into(), (position as u64).into(), sha256.into(), (*size).into()]);
            values.push(Param::Blob(salt));
        }
    }
    db.insert("blob", &["organisation", "seq", "position", "sha256", "size", "salt"], "", &values)
}

/// The links that a record of a value has.
pub(crate) fn links_of(isms: &Isms, reference: AnyRef) -> BTreeSet<LinkRow> {
    let mut links = BTreeSet::new();
    if let Some(record) = isms.record(reference) {
        record.each_ref(&mut |field, target| {
            links.insert((reference, field, target));
        });
    }
    links
}

/// A text as both databases can hold it in a column: the character U+0000 is replaced.
pub(crate) fn column_text(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}
