//! The files that came in with the versions of a record.

use std::collections::HashMap;

use attestry_model::AnyRef;
use attestry_model::change::FileFact;
use jiff::Timestamp;

use crate::error::StoreError;
use crate::organisation::Organisation;

/// A file of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attached {
    /// The entry that it came in with.
    pub seq: u64,
    /// The version of the record.
    pub version: u64,
    /// When.
    pub at: Timestamp,
    /// Who: a person's reference, `operator` or `system`.
    pub actor: String,
    /// Its hash, size and name; the name is empty when it was erased.
    pub file: FileFact,
}

impl Organisation {
    /// The files of a record, the oldest first.
    pub fn attached(&self, record: AnyRef) -> Result<Vec<Attached>, StoreError> {
        let (id, name) = (self.shared().id, record.to_string());
        let versions = self.history(record)?;
        let by_seq: HashMap<u64, _> = versions.iter().map(|version| (version.seq, version)).collect();
        let sql = "SELECT b.seq, b.position, b.sha256, b.size FROM blob b
                   JOIN event e ON e.organisation = b.organisation AND e.seq = b.seq
                   WHERE b.organisation = $1 AND e.kind = $2 AND e.record = $3 ORDER BY b.seq, b.position";
        let params = [id.into(), record.kind.words().name.into(), (&name).into()];
        let rows = self.read(|db| {
            db.all(sql, &params, |row| Ok((row.number(0)?, row.number(1)?, row.text(2)?.to_owned(), row.number(3)?)))
        })?;
        let mut before = None;
        let mut at = 0;
        let mut files = Vec::with_capacity(rows.len());
        for (seq, _, sha256, size) in rows {
            at = if before == Some(seq) { at + 1 } else { 0 };
            before = Some(seq);
            let Some(version) = by_seq.get(&seq) else { continue };
            let name = version.files.get(at).cloned().unwrap_or_default();
            files.push(Attached {
                seq,
                version: version.version,
                at: version.at,
                actor: version.actor.clone(),
                file: FileFact { sha256, size, name },
            });
        }
        Ok(files)
    }
}
