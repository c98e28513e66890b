//! Levels 1 and 2 of the ledger itself: every entry against its own bytes, its predecessor, the tree and its values.
//!
//! One thread reads rows, others check each entry alone where it was put by the first, and one follows the chain in order.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};

use attestry_ledger::commit::commitment_to_canonical;
use attestry_ledger::{Blob, Checkpoint, Hash, Leaf, LeafView, blob_commitment, canonical, leaf_hash};
use serde_json::Value;

use super::chain::{Chain, Checked, Ledger, field, follow_all, place};
use super::{Anchor, Level, Problem, Progress};
use crate::backend::{Db, Row};
use crate::error::StoreError;
use crate::head::{Epoch, Head};
use crate::organisation::verifying_keys;
use crate::seal::{FILES, REASON, append_member, subject_of};
use crate::writer::held;

/// Rows go from thread to thread in portions of this many.
const PORTION: usize = 256;
/// Entries are checked by this many threads.
const CHECKERS: usize = 2;

/// An event as its row holds it.
struct Event<'a> {
    seq: u64,
    at: i64,
    /// In the order of [`NAMES`].
    texts: [&'a str; 5],
    version: u64,
    leaf: &'a [u8],
    leaf_hash: Hash,
    /// Body and salts; none when the row is missing or was not asked for.
    disclosure: Option<(&'a str, &'a [u8])>,
}

const COLUMNS: &str = "e.seq, e.at, e.actor, e.via, e.action, e.kind, e.record, e.version, e.leaf, e.leaf_hash";
const NAMES: [&str; 5] = ["actor", "via", "action", "kind", "record"];

/// Where an event's texts and bytes are in its portion.
struct Place {
    seq: u64,
    at: i64,
    texts: [Range<usize>; 5],
    version: u64,
    leaf: Range<usize>,
    leaf_hash: Hash,
    disclosure: Option<(Range<usize>, Range<usize>)>,
}

/// Events that go from thread to thread together. All their texts and all their bytes are in one piece each: a row is
/// copied once, and nothing is allocated for it alone.
#[derive(Default)]
struct Portion {
    events: Vec<Place>,
    texts: String,
    bytes: Vec<u8>,
}

impl Portion {
    fn take(&mut self, row: Row<'_>, disclosed: bool) -> Result<(), StoreError> {
        let mut texts = [const { 0..0 }; 5];
        for (at, place) in texts.iter_mut().enumerate() {
            *place = self.text(row.text(at + 2)?);
        }
        let leaf = self.bytes(row.blob(8)?);
        let disclosure = if disclosed { row.maybe_text(10)?.zip(row.maybe_blob(11)?) } else { None };
        let disclosure = disclosure.map(|(body, salts)| (self.text(body), self.bytes(salts)));
        let (seq, at, version, leaf_hash) = (row.number(0)?, row.int(1)?, row.number(7)?, row.hash(9)?);
        self.events.push(Place { seq, at, texts, version, leaf, leaf_hash, disclosure });
        Ok(())
    }

    fn text(&mut self, text: &str) -> Range<usize> {
        let start = self.texts.len();
        self.texts.push_str(text);
        start..self.texts.len()
    }

    fn bytes(&mut self, bytes: &[u8]) -> Range<usize> {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(bytes);
        start..self.bytes.len()
    }

    fn events(&self) -> impl Iterator<Item = Event<'_>> {
        let (texts, bytes) = (self.texts.as_str(), self.bytes.as_slice());
        self.events.iter().map(move |place| Event {
            seq: place.seq,
            at: place.at,
            texts: place.texts.each_ref().map(|range| &texts[range.clone()]),
            version: place.version,
            leaf: &bytes[place.leaf.clone()],
            leaf_hash: place.leaf_hash,
            disclosure: place.disclosure.as_ref().map(|(body, salts)| (&texts[body.clone()], &bytes[salts.clone()])),
        })
    }
}

/// The files of entries, by entry.
type FileRows = HashMap<u64, Vec<(String, u64, Vec<u8>)>>;

/// Verifies all entries and checkpoints.
pub(super) fn verify(
    db: &mut Db,
    head: &Head,
    epochs: &[Epoch],
    mut anchors: Vec<Anchor>,
    level: Level,
    problems: &mut Vec<Problem>,
    progress: Progress<'_>,
) -> Result<Ledger, StoreError> {
    anchors.extend(checkpoints(db, head, epochs, problems)?);
    anchors.sort_by_key(|anchor| (anchor.epoch, anchor.size));
    let disclosed = level >= Level::Replay;
    let files = if disclosed { file_rows(db, head)? } else { FileRows::new() };
    let (sql, total) = (query(disclosed), head.size);
    let chain = Chain::new(head, epochs, anchors, disclosed);
    let slug = head.slug.as_str();
    let outcome = std::thread::scope(|scope| {
        let (rows_in, rows_out) = sync_channel::<(usize, Portion)>(4);
        let (checked_in, checked_out) = sync_channel::<(usize, Vec<Checked>)>(4);
        let rows_out = Arc::new(Mutex::new(rows_out));
        for _ in 0..CHECKERS {
            let (rows, checked, files) = (Arc::clone(&rows_out), checked_in.clone(), &files);
            scope.spawn(move || check_all(&rows, &checked, slug, disclosed, files));
        }
        drop((checked_in, rows_out));
        let follower = scope.spawn(move || follow_all(chain, &checked_out));
        let mut portion = Portion::default();
        let (mut number, mut done) = (0, 0);
        let stopped = || StoreError::content("verification", "stopped");
        let read = db.each(&sql, &[head.id.into()], |row| {
            portion.take(row, disclosed)?;
            if portion.events.len() == PORTION {
                done += portion.events.len() as u64;
                progress(done, total);
                rows_in.send((number, std::mem::take(&mut portion))).map_err(|_| stopped())?;
                number += 1;
            }
            Ok(())
        });
        done += portion.events.len() as u64;
        progress(done, total);
        let sent = rows_in.send((number, portion)).map_err(|_| stopped());
        drop(rows_in);
        let outcome = follower.join().map_err(|_| stopped());
        read.and(sent).and(outcome)
    })?;
    let (ledger, found) = outcome;
    problems.extend(found);
    Ok(ledger)
}

fn query(disclosed: bool) -> String {
    if disclosed {
        format!(
            "SELECT {COLUMNS}, d.body, d.salts FROM event e
             LEFT JOIN disclosure d ON d.organisation = e.organisation AND d.seq = e.seq
             WHERE e.organisation = $1 ORDER BY e.seq"
        )
    } else {
        format!("SELECT {COLUMNS} FROM event e WHERE e.organisation = $1 ORDER BY e.seq")
    }
}

fn file_rows(db: &mut Db, head: &Head) -> Result<FileRows, StoreError> {
    let mut files = FileRows::new();
    let sql = "SELECT seq, sha256, size, salt FROM blob WHERE organisation = $1 ORDER BY seq, position";
    db.each(sql, &[head.id.into()], |row| {
        let file = (row.text(1)?.to_owned(), row.number(2)?, row.blob(3)?.to_vec());
        files.entry(row.number(0)?).or_default().push(file);
        Ok(())
    })?;
    Ok(files)
}

/// Verifies all signatures and gives what was signed.
fn checkpoints(
    db: &mut Db,
    head: &Head,
    epochs: &[Epoch],
    problems: &mut Vec<Problem>,
) -> Result<Vec<Anchor>, StoreError> {
    type Notes = Vec<(u64, u64, Hash, String)>;
    let sql = "SELECT epoch, size, root, note FROM checkpoint WHERE organisation = $1 ORDER BY epoch, size";
    let open = |notes: Notes| {
        let (mut anchors, mut problems) = (Vec::with_capacity(notes.len()), Vec::new());
        for (epoch, size, root, note) in notes {
            let wrong =
                |what: String| Problem::ledger(format!("checkpoint of {size} entries of epoch {epoch}: {what}"));
            let Some(known) = epochs.iter().find(|known| known.number == epoch) else {
                problems.push(wrong("the epoch is not known".to_owned()));
                continue;
            };
            let keys = verifying_keys(std::slice::from_ref(known));
            match Checkpoint::open_of(&known.origin, &note, &keys) {
                Ok(point) if point.size == size && point.root == root => {
                    anchors.push(Anchor { epoch, size, root, whence: "its checkpoint" });
                }
                Ok(_) => problems.push(wrong("its columns say another size or root than its note".to_owned())),
                Err(error) => problems.push(wrong(error.to_string())),
            }
        }
        (anchors, problems)
    };
    let mut anchors: Vec<Anchor> = Vec::new();
    std::thread::scope(|scope| {
        let mut running = std::collections::VecDeque::new();
        let mut notes = Notes::new();
        let mut collect = |thread: std::thread::ScopedJoinHandle<'_, (Vec<Anchor>, Vec<Problem>)>| {
            let (found, wrong) = thread.join().map_err(|_| StoreError::content("checkpoints", "stopped"))?;
            anchors.extend(found);
            problems.extend(wrong);
            Ok::<(), StoreError>(())
        };
        db.each(sql, &[head.id.into()], |row| {
            notes.push((row.number(0)?, row.number(1)?, row.hash(2)?, row.text(3)?.to_owned()));
            if notes.len() == 4 * PORTION {
                let full = std::mem::take(&mut notes);
                running.push_back(scope.spawn(move || open(full)));
                if running.len() > CHECKERS
                    && let Some(first) = running.pop_front()
                {
                    collect(first)?;
                }
            }
            Ok(())
        })?;
        running.push_back(scope.spawn(move || open(notes)));
        running.into_iter().try_for_each(collect)
    })?;
    for pair in anchors.windows(2) {
        if let [one, other] = pair
            && (one.epoch, one.size) == (other.epoch, other.size)
        {
            let what = format!("two checkpoints of one size: {} entries of epoch {}", one.size, one.epoch);
            problems.push(Problem::ledger(what));
        }
    }
    Ok(anchors)
}

fn check_all(
    rows: &Mutex<Receiver<(usize, Portion)>>,
    to: &SyncSender<(usize, Vec<Checked>)>,
    slug: &str,
    disclosed: bool,
    files: &FileRows,
) {
    loop {
        let next = held(rows.lock()).recv();
        let Ok((number, portion)) = next else { return };
        let checked = portion.events().map(|event| check(&event, slug, disclosed, files)).collect();
        if to.send((number, checked)).is_err() {
            return;
        }
    }
}

/// Checks one entry alone.
fn check(event: &Event<'_>, slug: &str, disclosed: bool, files: &FileRows) -> Checked {
    let [actor, _, action, kind, record] = event.texts;
    let followed = |text: &str| if disclosed { text.to_owned() } else { String::new() };
    let mut checked = Checked {
        seq: event.seq,
        at: event.at,
        actor: followed(actor),
        action: followed(action),
        kind: kind.to_owned(),
        record: record.to_owned(),
        version: event.version,
        prev: None,
        hash: event.leaf_hash,
        state: String::new(),
        body: None,
        missing: Vec::new(),
        problems: Vec::new(),
    };
    if leaf_hash(event.leaf) != event.leaf_hash {
        checked.problem("stored leaf bytes changed: they do not hash to the stored leaf hash");
    }
    let leaf = match LeafView::read(event.leaf) {
        Ok(leaf) => leaf,
        Err(error) => {
            checked.problem(&format!("stored leaf bytes changed: {error}"));
            return checked;
        }
    };
    checked.columns(event, &leaf);
    if leaf.organisation != slug {
        checked.problem(&format!("belongs to organisation {}", leaf.organisation));
    }
    checked.prev = leaf.prev;
    if disclosed {
        match Leaf::decode(event.leaf) {
            Ok(leaf) => {
                checked.values(&leaf, event.disclosure);
                checked.files(&leaf, files.get(&event.seq).map(Vec::as_slice).unwrap_or_default());
            }
            Err(error) => checked.problem(&format!("stored leaf bytes changed: {error}")),
        }
    }
    checked
}

impl Checked {
    fn problem(&mut self, what: &str) {
        let what = format!("{}: {what}", place(self.seq, &self.record, self.version));
        let record = self.record.clone();
        self.problems.push(Problem::new(record, what));
    }

    /// The columns must say what the leaf says.
    fn columns(&mut self, event: &Event<'_>, leaf: &LeafView<'_>) {
        let signed = [leaf.actor, leaf.via.as_str(), leaf.action, leaf.kind, leaf.record];
        for (name, (mine, signed)) in NAMES.iter().zip(event.texts.into_iter().zip(signed)) {
            if mine != signed {
                self.problem(&format!("column {name} says {mine}, its leaf says {signed}"));
            }
        }
        let signed_at = i64::try_from(leaf.at).unwrap_or(i64::MAX);
        let numbers = [
            ("seq", i128::from(event.seq), i128::from(leaf.seq)),
            ("at", i128::from(event.at), i128::from(signed_at)),
            ("version", i128::from(event.version), i128::from(leaf.version)),
        ];
        for (name, mine, signed) in numbers.into_iter().filter(|(_, mine, signed)| mine != signed) {
            self.problem(&format!("column {name} says {mine}, its leaf says {signed}"));
        }
        if subject_of(&self.kind, &self.record).is_none() {
            self.problem("is about nothing that this program knows");
        }
    }

    /// Each value must match its commitment.
    fn values(&mut self, leaf: &Leaf, disclosure: Option<(&str, &[u8])>) {
        let (body, salts) = disclosure.unwrap_or(("{}", &[]));
        let members: BTreeMap<String, Value> = match serde_json::from_str(body) {
            Ok(members) => members,
            Err(error) => return self.problem(&format!("its values were changed: {error}")),
        };
        let (salts, odd) = salts.as_chunks::<32>();
        if salts.len() != members.len() || !odd.is_empty() {
            self.problem("its values or salts were changed: their numbers differ");
        }
        self.missing = crate::erase::missing(leaf, &members);
        self.state.push('{');
        for ((name, value), salt) in members.iter().zip(salts) {
            let committed = if name == REASON { leaf.reason.as_ref() } else { leaf.fields.get(name) };
            let Ok(bytes) = canonical(value) else {
                self.problem(&format!("value of {} was changed: it has no canonical form", field(name)));
                continue;
            };
            match committed {
                None => self.problem(&format!("value of {} is not in the ledger", field(name))),
                Some(committed) if *committed != commitment_to_canonical(salt, &bytes) => {
                    self.problem(&format!(
                        "value or salt of {} was changed: it does not match its commitment",
                        field(name)
                    ));
                }
                Some(_) => {}
            }
            if name != REASON && name != FILES {
                append_member(&mut self.state, name, &String::from_utf8_lossy(&bytes));
            }
        }
        self.state.push('}');
        self.body = (self.kind == "ledger").then(|| body.to_owned());
    }

    fn files(&mut self, leaf: &Leaf, files: &[(String, u64, Vec<u8>)]) {
        if files.len() != leaf.blobs.len() {
            let what = format!("brought {} files in, but {} are listed", leaf.blobs.len(), files.len());
            return self.problem(&what);
        }
        for (Blob { commitment, size }, (sha256, listed, salt)) in leaf.blobs.iter().zip(files) {
            let hash = Hash::from_hex(sha256).ok();
            let salt = <[u8; 32]>::try_from(salt.as_slice()).ok();
            let found = hash.zip(salt).map(|(hash, salt)| blob_commitment(&salt, &hash, *listed));
            if found != Some(*commitment) || size != listed {
                self.problem(&format!("file {sha256} was swapped: it does not match its commitment"));
            }
        }
    }
}
