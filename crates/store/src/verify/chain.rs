//! Following the entries in their order: no gaps, each version on its predecessor, the tree against what was signed, and
//! every absent value against the erasures.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::mpsc::Receiver;

use attestry_ledger::{Frontier, Hash};
use serde_json::Value;

use super::{Anchor, Problem};
use crate::head::{Epoch, Head};
use crate::seal::{FILES, REASON};

/// What one entry comes to, for following the chain.
pub(super) struct Checked {
    pub seq: u64,
    pub at: i64,
    /// This and the action are empty where no values are looked at.
    pub actor: String,
    pub action: String,
    pub kind: String,
    pub record: String,
    pub version: u64,
    pub prev: Option<Hash>,
    pub hash: Hash,
    /// The values that are there, without reason and files.
    pub state: String,
    /// The whole body of an entry about the ledger.
    pub body: Option<String>,
    pub missing: Vec<String>,
    pub problems: Vec<Problem>,
}

/// The newest version of a subject by its history.
pub(super) struct Newest {
    pub seq: u64,
    pub at: i64,
    pub actor: String,
    pub version: u64,
    pub hash: Hash,
    pub state: String,
    /// Whether any version of it came in with files.
    pub imported: bool,
}

/// What the ledger says, for the replay.
#[derive(Default)]
pub(super) struct Ledger {
    /// By kind and record.
    pub newest: HashMap<(String, String), Newest>,
    /// The fields that were erased, by record and name.
    pub erased: HashSet<(String, String)>,
}

/// `event 17 (R-0003 v2)`.
pub(super) fn place(seq: u64, record: &str, version: u64) -> String {
    format!("event {seq} ({record} v{version})")
}

/// How a field is named in a problem.
pub(super) fn field(name: &str) -> String {
    match name {
        REASON => "the reason".to_owned(),
        FILES => "the file names".to_owned(),
        name => format!("field {name}"),
    }
}

/// Puts the portions back into their order and follows them.
pub(super) fn follow_all(mut chain: Chain, checked: &Receiver<(usize, Vec<Checked>)>) -> (Ledger, Vec<Problem>) {
    let mut waiting: BTreeMap<usize, Vec<Checked>> = BTreeMap::new();
    let mut next = 0;
    for (number, portion) in checked {
        waiting.insert(number, portion);
        while let Some(portion) = waiting.remove(&next) {
            for entry in portion {
                chain.follow(entry);
            }
            next += 1;
        }
    }
    chain.end()
}

/// The chain of entries as far as it was followed.
pub(super) struct Chain {
    size: u64,
    frontier: Frontier,
    head_root: Hash,
    epochs: Vec<Epoch>,
    epoch: usize,
    tree: Frontier,
    next: u64,
    last_at: i64,
    anchors: Vec<Anchor>,
    anchor: usize,
    /// The size up to which roots agreed, in the epoch at hand.
    agreed: u64,
    /// Whether the tree at hand is known to differ, so that later roots say nothing new.
    broken: bool,
    disclosed: bool,
    ledger: Ledger,
    /// Values that are not there, with their subject.
    missing: BTreeMap<(u64, String), String>,
    /// Values that were erased: by entry and name, the erasing entry and the record it names.
    erased: BTreeMap<(u64, String), (u64, String)>,
    problems: Vec<Problem>,
}

impl Chain {
    pub(super) fn new(head: &Head, epochs: &[Epoch], anchors: Vec<Anchor>, disclosed: bool) -> Self {
        Self {
            size: head.size,
            frontier: head.frontier.clone(),
            head_root: head.frontier.root(),
            epochs: epochs.to_vec(),
            epoch: 0,
            tree: Frontier::new(),
            next: 0,
            last_at: 0,
            anchors,
            anchor: 0,
            agreed: 0,
            broken: false,
            disclosed,
            ledger: Ledger::default(),
            missing: BTreeMap::new(),
            erased: BTreeMap::new(),
            problems: Vec::new(),
        }
    }

    fn follow(&mut self, entry: Checked) {
        let Checked { seq, at, actor, action, kind, record, version, prev, hash, state, body, missing, problems } =
            entry;
        self.problems.extend(problems);
        if seq != self.next {
            let gap = if seq == self.next + 1 {
                format!("entry {} missing", self.next)
            } else {
                format!("entries {} to {} missing", self.next, seq.saturating_sub(1))
            };
            self.problems.push(Problem::ledger(gap));
            self.broken = true;
        }
        self.next = seq + 1;
        while self.epochs.get(self.epoch + 1).is_some_and(|next| next.first_seq <= seq) {
            self.end_epoch();
        }
        if at < self.last_at {
            let what = format!("{}: is dated before the entry before it", place(seq, &record, version));
            self.problems.push(Problem::new(record.clone(), what));
        }
        self.last_at = at;
        for name in missing {
            self.missing.insert((seq, name), record.clone());
        }
        let key = (kind, record);
        let before = self.ledger.newest.get_mut(&key);
        let (expected, known) = before.as_ref().map_or((1, None), |newest| (newest.version + 1, Some(newest.hash)));
        if version != expected {
            let place = place(seq, &key.1, version);
            let what = format!("{place}: version {expected} was to come next; one is missing or out of order");
            self.problems.push(Problem::new(key.1.clone(), what));
        } else if prev != known {
            let place = place(seq, &key.1, version);
            let what = format!("{place}: does not build on the version before it, which was changed or swapped");
            self.problems.push(Problem::new(key.1.clone(), what));
        }
        let state = if self.disclosed { state } else { String::new() };
        let imported = action == "import" || before.as_ref().is_some_and(|newest| newest.imported);
        let newest = Newest { seq, at, actor, version, hash, state, imported };
        match before {
            Some(before) => *before = newest,
            None => drop(self.ledger.newest.insert(key, newest)),
        }
        self.tree.append(hash);
        self.compare();
        if let (Some(body), "erase") = (body, action.as_str()) {
            self.take_erasure(seq, &body);
        }
    }

    /// Compares the tree with what was signed of this size.
    fn compare(&mut self) {
        let number = self.epochs.get(self.epoch).map_or(0, |epoch| epoch.number);
        while let Some(anchor) = self.anchors.get(self.anchor) {
            let here = (number, self.tree.size());
            if (anchor.epoch, anchor.size) > here {
                return;
            }
            if anchor.epoch < number && anchor.size > 0 {
                let what = format!(
                    "{} is of {} entries of epoch {}, but that epoch ended before",
                    anchor.whence, anchor.size, anchor.epoch
                );
                self.problems.push(Problem::ledger(what));
            }
            if (anchor.epoch, anchor.size) == here && !self.broken {
                if self.tree.root() == anchor.root {
                    self.agreed = anchor.size;
                } else {
                    let first = self.epochs.get(self.epoch).map_or(0, |epoch| epoch.first_seq);
                    let what = format!(
                        "the tree of {} entries of epoch {number} has another root than {} says: one of the entries {} to {} \
                         was changed, or two checkpoints of one size were signed",
                        anchor.size,
                        anchor.whence,
                        first + self.agreed,
                        first + anchor.size - 1
                    );
                    self.problems.push(Problem::ledger(what));
                    self.broken = true;
                }
            }
            self.anchor += 1;
        }
    }

    fn end_epoch(&mut self) {
        self.epoch += 1;
        self.tree = Frontier::new();
        self.agreed = 0;
        self.broken = false;
    }

    fn take_erasure(&mut self, seq: u64, body: &str) {
        let body: Value = serde_json::from_str(body).unwrap_or_default();
        let record = body["record"].as_str().unwrap_or_default().to_owned();
        for (name, seqs) in body["values"].as_object().into_iter().flatten() {
            self.ledger.erased.insert((record.clone(), name.clone()));
            for erased in seqs.as_array().into_iter().flatten().filter_map(Value::as_u64).filter(|erased| *erased < seq)
            {
                self.erased.insert((erased, name.clone()), (seq, record.clone()));
            }
        }
    }

    fn end(mut self) -> (Ledger, Vec<Problem>) {
        if self.next < self.size {
            let (first, last) = (self.next, self.size - 1);
            let what = if first == last {
                format!("entry {first} missing at the end")
            } else {
                format!("entries {first} to {last} missing at the end")
            };
            self.problems.push(Problem::ledger(what));
        } else if self.next > self.size {
            let what = format!("there are {} entries, but the organisation's row counts {}", self.next, self.size);
            self.problems.push(Problem::ledger(what));
        } else if !self.broken && self.epoch + 1 == self.epochs.len() && self.tree != self.frontier {
            let what = format!("the organisation's row holds root {}, but the entries make another", self.head_root);
            self.problems.push(Problem::ledger(what));
        }
        for anchor in self.anchors.iter().skip(self.anchor) {
            let what = format!(
                "{} is of {} entries of epoch {}, but there are only {}",
                anchor.whence,
                anchor.size,
                anchor.epoch,
                self.tree.size()
            );
            self.problems.push(Problem::ledger(what));
        }
        if self.disclosed {
            self.match_erasures();
        }
        (self.ledger, self.problems)
    }

    /// Every value that is not there must have been erased, and every erased one must be gone.
    fn match_erasures(&mut self) {
        for ((seq, name), record) in &self.missing {
            let by = self.erased.get(&(*seq, name.clone()));
            if by.is_none_or(|(_, named)| named != record) {
                let what = format!(
                    "event {seq} ({record}): value of {} missing without an erasure entry (tampered)",
                    field(name)
                );
                self.problems.push(Problem::new(record.clone(), what));
            }
        }
        for ((seq, name), (by, record)) in &self.erased {
            if !self.missing.contains_key(&(*seq, name.clone())) {
                let what =
                    format!("event {seq} ({record}): value of {} was erased by entry {by}, but is there", field(name));
                self.problems.push(Problem::new(record.clone(), what));
            }
        }
    }
}
