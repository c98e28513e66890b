//! Level 0: the newest checkpoint, its key and the high-water mark.

use std::path::Path;

use attestry_ledger::{Checkpoint, Hash};

use super::Problem;
use crate::backend::Db;
use crate::error::StoreError;
use crate::head::{Epoch, Head};
use crate::mark::{HighWater, path, read};
use crate::organisation::verifying_keys;

/// What the newest checkpoint and the mark say.
pub(crate) struct Marks {
    /// The newest checkpoint, if it holds.
    pub note: Option<String>,
    pub mark: Option<HighWater>,
    /// That there is no mark. No reason to stop working: a second node and a restored folder start without.
    pub missing: Option<Problem>,
    pub problems: Vec<Problem>,
}

/// Compares the database's newest checkpoint with its head, its key and the high-water mark.
pub(crate) fn against_mark(db: &mut Db, head: &Head, epochs: &[Epoch], data: &Path) -> Result<Marks, StoreError> {
    let mut problems = Vec::new();
    let note = newest(db, head, &mut problems)?;
    let path = path(data, &head.slug);
    let mark = match read(&path, &verifying_keys(epochs)) {
        Ok(mark) => mark,
        Err(error) => {
            problems.push(Problem::ledger(error.to_string()));
            return Ok(Marks { note, mark: None, missing: None, problems });
        }
    };
    let Some(mark) = mark else {
        let missing = Problem::ledger(format!("the high-water mark is missing: {}", path.display()));
        return Ok(Marks { note, mark: None, missing: Some(missing), problems });
    };
    let (tree, epoch) = (head.frontier.size(), head.epoch.number);
    let point = &mark.checkpoint;
    let known = epochs.iter().find(|epoch| epoch.number == mark.epoch);
    match known {
        None => problems.push(Problem::ledger(format!(
            "the high-water mark is of {}, which the database does not know: it is an older or another database",
            point.origin
        ))),
        Some(known) if known.origin != point.origin => problems.push(Problem::ledger(format!(
            "the high-water mark is of {}, the database of {}",
            point.origin, known.origin
        ))),
        Some(_) if mark.epoch == epoch && point.size > tree => problems.push(Problem::ledger(format!(
            "the database holds {tree} entries of epoch {epoch}, but {} were signed: the last {} were removed, or it is an \
             older database",
            point.size,
            point.size - tree
        ))),
        Some(known) => {
            let root = if mark.epoch == epoch && point.size == tree {
                Some(head.frontier.root())
            } else {
                root_at(db, head.id, known, point.size)?
            };
            if root != Some(point.root) {
                problems.push(Problem::ledger(format!(
                    "the tree of {} entries of epoch {} has another root than the one that was signed",
                    point.size, mark.epoch
                )));
            }
        }
    }
    Ok(Marks { note, mark: Some(mark), missing: None, problems })
}

fn newest(db: &mut Db, head: &Head, problems: &mut Vec<Problem>) -> Result<Option<String>, StoreError> {
    let sql = "SELECT size, note FROM checkpoint WHERE organisation = $1 AND epoch = $2 ORDER BY size DESC LIMIT 1";
    let found =
        db.one(sql, &[head.id.into(), head.epoch.number.into()], |row| Ok((row.number(0)?, row.text(1)?.to_owned())))?;
    let Some((size, note)) = found else {
        problems.push(Problem::ledger("there is no checkpoint"));
        return Ok(None);
    };
    let keys = verifying_keys(std::slice::from_ref(&head.epoch));
    let point = match Checkpoint::open_of(&head.epoch.origin, &note, &keys) {
        Ok(point) => point,
        Err(error) => {
            problems.push(Problem::ledger(format!("checkpoint of {size} entries: {error}")));
            return Ok(None);
        }
    };
    let tree = head.frontier.size();
    if point.size != tree {
        problems
            .push(Problem::ledger(format!("the newest checkpoint is of {} entries, the tree of {tree}", point.size)));
        return Ok(None);
    }
    if point.root != head.frontier.root() {
        problems
            .push(Problem::ledger(format!("the newest checkpoint, of {tree} entries, has another root than the tree")));
        return Ok(None);
    }
    Ok(Some(note))
}

/// The root of an epoch's first `size` entries by their stored hashes; none when there are fewer.
fn root_at(db: &mut Db, id: i64, epoch: &Epoch, size: u64) -> Result<Option<Hash>, StoreError> {
    let sql = "SELECT root FROM checkpoint WHERE organisation = $1 AND epoch = $2 AND size = $3";
    let stored = db.one(sql, &[id.into(), epoch.number.into(), size.into()], |row| row.hash(0))?;
    if stored.is_some() {
        return Ok(stored);
    }
    let tree = crate::proof::tree_of(db, id, epoch, size)?;
    Ok(tree.root(size).ok())
}
