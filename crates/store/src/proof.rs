//! The proof of one entry, for somebody who trusts only the public key.

use attestry_ledger::hash::Hash;
use attestry_ledger::proof::Proof;
use attestry_ledger::tree::Tree;
use serde_json::{Map, Value, json};

use crate::backend::Db;
use crate::error::StoreError;
use crate::head::{Epoch, epochs};
use crate::organisation::{Organisation, verifying_keys};
use crate::seal::FILES;

/// One entry with everything that proves it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryProof {
    /// The `.tlog-proof` file (C2SP tlog-proof): the inclusion proof and the signed checkpoint.
    pub proof: String,
    /// The entry's exact bytes in the tree.
    pub leaf: Vec<u8>,
    /// The values that the leaf commits to, each with its salt in hexadecimal; erased ones are absent. Files stand under
    /// `@files` with their hash, size and salt.
    pub disclosure: String,
    /// The public key that signed, as signed notes write it.
    pub vkey: String,
}

impl Organisation {
    /// Proves that an entry is in the ledger, under the newest checkpoint of its epoch.
    pub fn proof(&self, seq: u64) -> Result<EntryProof, StoreError> {
        let id = self.shared().id;
        self.read(|db| {
            let wrong = |cause: String| StoreError::content(format!("entry {seq}"), cause);
            let epochs = epochs(db, id)?;
            let epoch = epochs.iter().rev().find(|epoch| epoch.first_seq <= seq);
            let epoch = epoch.ok_or_else(|| wrong("is in no epoch".to_owned()))?;
            let (size, note) = newest(db, id, epoch)?.ok_or_else(|| wrong("no checkpoint covers it".to_owned()))?;
            let tree = tree_of(db, id, epoch, size)?;
            let keys = verifying_keys(std::slice::from_ref(epoch));
            let proof =
                Proof::new(&tree, seq - epoch.first_seq, note, &keys).map_err(|error| wrong(error.to_string()))?;
            let sql = "SELECT e.leaf, d.body, d.salts FROM event e
                       JOIN disclosure d ON d.organisation = e.organisation AND d.seq = e.seq
                       WHERE e.organisation = $1 AND e.seq = $2";
            let found = db.one(sql, &[id.into(), seq.into()], |row| {
                Ok((row.blob(0)?.to_vec(), row.text(1)?.to_owned(), row.blob(2)?.to_vec()))
            })?;
            let (leaf, body, salts) =
                found.ok_or_else(|| StoreError::Organisation(format!("there is no entry {seq} in the ledger")))?;
            let disclosure = disclose(db, id, seq, &body, &salts)?;
            Ok(EntryProof { proof: proof.to_text(), leaf, disclosure, vkey: epoch.vkey.clone() })
        })
    }
}

fn newest(db: &mut Db, id: i64, epoch: &Epoch) -> Result<Option<(u64, String)>, StoreError> {
    let sql = "SELECT size, note FROM checkpoint WHERE organisation = $1 AND epoch = $2 ORDER BY size DESC LIMIT 1";
    db.one(sql, &[id.into(), epoch.number.into()], |row| Ok((row.number(0)?, row.text(1)?.to_owned())))
}

/// The tree over an epoch's first `size` entries.
pub(crate) fn tree_of(db: &mut Db, id: i64, epoch: &Epoch, size: u64) -> Result<Tree, StoreError> {
    let sql = "SELECT leaf_hash FROM event WHERE organisation = $1 AND seq >= $2 AND seq < $3 ORDER BY seq";
    let mut tree = Tree::new();
    db.each(sql, &[id.into(), epoch.first_seq.into(), (epoch.first_seq + size).into()], |row| {
        tree.append(row.hash(0)?);
        Ok(())
    })?;
    Ok(tree)
}

fn disclose(db: &mut Db, id: i64, seq: u64, body: &str, salts: &[u8]) -> Result<String, StoreError> {
    let wrong = |cause: String| StoreError::content(format!("entry {seq}"), cause);
    let members: std::collections::BTreeMap<String, Value> =
        serde_json::from_str(body).map_err(|error| wrong(error.to_string()))?;
    let hex = |salt: &[u8; 32]| Hash::from_bytes(*salt).to_hex();
    let mut out = Map::new();
    for ((name, value), salt) in members.into_iter().zip(salts.as_chunks::<32>().0) {
        out.insert(name, json!({"value": value, "salt": hex(salt)}));
    }
    let sql = "SELECT sha256, size, salt FROM blob WHERE organisation = $1 AND seq = $2 ORDER BY position";
    let files = db.all(sql, &[id.into(), seq.into()], |row| {
        let salt = <[u8; 32]>::try_from(row.blob(2)?).unwrap_or_default();
        Ok(json!({"sha256": row.text(0)?, "size": row.number(1)?, "salt": hex(&salt)}))
    })?;
    if !files.is_empty() {
        let entry = out.entry(FILES).or_insert_with(|| json!({}));
        entry["files"] = Value::Array(files);
    }
    Ok(Value::Object(out).to_string())
}
