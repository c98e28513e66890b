//! Levels 1 and 2 of the ledger itself: every entry against its own bytes, its predecessor, the tree and its values.
//!
//! One thread reads rows, others check each entry alone, and one follows the chain in order.

use std::collections::{BTreeMap, HashMap};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};

use attestry_ledger::commit::commitment_to_canonical;
use attestry_ledger::{Blob, Checkpoint, Hash, Leaf, blob_commitment, canonical, leaf_hash};
use serde_json::Value;

use super::chain::{Chain, Checked, Ledger, field, follow_all};
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
struct EventRow {
    seq: u64,
    at: i64,
    texts: [String; 5],
    version: u64,
    leaf: Vec<u8>,
    leaf_hash: Hash,
    /// Body and salts; none when the row is missing or was not asked for.
    disclosure: Option<(String, Vec<u8>)>,
}

const COLUMNS: &str = "e.seq, e.at, e.actor, e.via, e.action, e.kind, e.record, e.version, e.leaf, e.leaf_hash";
const NAMES: [&str; 5] = ["actor", "via", "action", "kind", "record"];

impl EventRow {
    fn read(row: Row<'_>, disclosed: bool) -> Result<Self, StoreError> {
        let text = |at: usize| row.text(at).map(str::to_owned);
        let disclosure = if disclosed {
            row.maybe_text(10)?.map(str::to_owned).zip(row.maybe_blob(11)?.map(<[u8]>::to_vec))
        } else {
            None
        };
        Ok(Self {
            seq: row.number(0)?,
            at: row.int(1)?,
            texts: [text(2)?, text(3)?, text(4)?, text(5)?, text(6)?],
            version: row.number(7)?,
            leaf: row.blob(8)?.to_vec(),
            leaf_hash: row.hash(9)?,
            disclosure,
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
        let (rows_in, rows_out) = sync_channel::<(usize, Vec<EventRow>)>(4);
        let (checked_in, checked_out) = sync_channel::<(usize, Vec<Checked>)>(4);
        let rows_out = Arc::new(Mutex::new(rows_out));
        for _ in 0..CHECKERS {
            let (rows, checked, files) = (Arc::clone(&rows_out), checked_in.clone(), &files);
            scope.spawn(move || check_all(&rows, &checked, slug, disclosed, files));
        }
        drop((checked_in, rows_out));
        let follower = scope.spawn(move || follow_all(chain, &checked_out));
        let mut portion = Vec::with_capacity(PORTION);
        let (mut number, mut done) = (0, 0);
        let stopped = || StoreError::content("verification", "stopped");
        let read = db.each(&sql, &[head.id.into()], |row| {
            portion.push(EventRow::read(row, disclosed)?);
            if portion.len() == PORTION {
                done += portion.len() as u64;
                progress(done, total);
                let full = std::mem::replace(&mut portion, Vec::with_capacity(PORTION));
                rows_in.send((number, full)).map_err(|_| stopped())?;
                number += 1;
            }
            Ok(())
        });
        done += portion.len() as u64;
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
    rows: &Mutex<Receiver<(usize, Vec<EventRow>)>>,
    to: &SyncSender<(usize, Vec<Checked>)>,
    slug: &str,
    disclosed: bool,
    files: &FileRows,
) {
    loop {
        let next = held(rows.lock()).recv();
        let Ok((number, portion)) = next else { return };
        let checked = portion.into_iter().map(|row| check(row, slug, disclosed, files)).collect();
        if to.send((number, checked)).is_err() {
            return;
        }
    }
}

/// Checks one entry alone.
fn check(row: EventRow, slug: &str, disclosed: bool, files: &FileRows) -> Checked {
    let EventRow { seq, at, texts, version, leaf: bytes, leaf_hash: stored, disclosure } = row;
    let [actor, via, action, kind, record] = texts;
    let mut checked = Checked {
        seq,
        at,
        actor,
        action,
        kind,
        record,
        version,
        prev: None,
        hash: stored,
        state: String::new(),
        body: None,
        missing: Vec::new(),
        problems: Vec::new(),
    };
    if leaf_hash(&bytes) != stored {
        checked.problem("stored leaf bytes changed: they do not hash to the stored leaf hash");
    }
    let leaf = match Leaf::decode(&bytes) {
        Ok(leaf) => leaf,
        Err(error) => {
            checked.problem(&format!("stored leaf bytes changed: {error}"));
            return checked;
        }
    };
    checked.columns(&leaf, &via);
    if leaf.organisation != slug {
        checked.problem(&format!("belongs to organisation {}", leaf.organisation));
    }
    checked.prev = leaf.prev;
    if disclosed {
        checked.values(&leaf, disclosure);
        checked.files(&leaf, files.get(&seq).map(Vec::as_slice).unwrap_or_default());
    }
    checked
}

impl Checked {
    /// `event 17 (R-0003 v2)`.
    pub(super) fn place(&self) -> String {
        format!("event {} ({} v{})", self.seq, self.record, self.version)
    }

    fn problem(&mut self, what: &str) {
        let what = format!("{}: {what}", self.place());
        let record = self.record.clone();
        self.problems.push(Problem::new(record, what));
    }

    /// The columns must say what the leaf says.
    fn columns(&mut self, leaf: &Leaf, via: &str) {
        let mine = [self.actor.as_str(), via, &self.action, &self.kind, &self.record];
        let signed = [leaf.actor.as_str(), leaf.via.as_str(), &leaf.action, &leaf.kind, &leaf.record];
        let mut wrong: Vec<String> = NAMES
            .iter()
            .zip(mine.iter().zip(signed))
            .filter(|(_, (mine, signed))| *mine != signed)
            .map(|(name, (mine, signed))| format!("column {name} says {mine}, its leaf says {signed}"))
            .collect();
        let signed_at = i64::try_from(leaf.at).unwrap_or(i64::MAX);
        let numbers = [("seq", self.seq.to_string(), leaf.seq.to_string())];
        let more = [
            ("at", self.at.to_string(), signed_at.to_string()),
            ("version", self.version.to_string(), leaf.version.to_string()),
        ];
        for (name, mine, signed) in numbers.into_iter().chain(more).filter(|(_, mine, signed)| mine != signed) {
            wrong.push(format!("column {name} says {mine}, its leaf says {signed}"));
        }
        for what in wrong {
            self.problem(&what);
        }
        if subject_of(&self.kind, &self.record).is_none() {
            self.problem("is about nothing that this program knows");
        }
    }

    /// Each value must match its commitment.
    fn values(&mut self, leaf: &Leaf, disclosure: Option<(String, Vec<u8>)>) {
        let (body, salts) = disclosure.unwrap_or_else(|| ("{}".to_owned(), Vec::new()));
        let members: BTreeMap<String, Value> = match serde_json::from_str(&body) {
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
        self.body = (self.kind == "ledger").then_some(body);
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
