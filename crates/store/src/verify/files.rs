//! Level 3: evidence files hashed again.

use std::collections::BTreeMap;

use super::Problem;
use crate::backend::Db;
use crate::error::StoreError;
use crate::files::{Files, hash_of};
use crate::head::Head;

/// Hashes every file that an entry brought in.
pub(super) fn verify(
    db: &mut Db,
    head: &Head,
    files: &dyn Files,
    problems: &mut Vec<Problem>,
) -> Result<(), StoreError> {
    let sql = "SELECT b.sha256, b.size, b.seq, e.record, e.version FROM blob b
               JOIN event e ON e.organisation = b.organisation AND e.seq = b.seq
               WHERE b.organisation = $1 ORDER BY b.seq";
    let mut expected: BTreeMap<String, (u64, String, String)> = BTreeMap::new();
    db.each(sql, &[head.id.into()], |row| {
        let (record, seq, version) = (row.text(3)?.to_owned(), row.number(2)?, row.number(4)?);
        let place = format!("of event {seq} ({record} v{version})");
        expected.entry(row.text(0)?.to_owned()).or_insert((row.number(1)?, record, place));
        Ok(())
    })?;
    for (sha256, (size, record, place)) in expected {
        let what = match hash_of(files, &sha256) {
            Ok(None) => format!("file {} {place}: missing", files.place(&sha256)),
            Ok(Some((_, found))) if found != size => {
                format!("file {} {place}: has {found} bytes instead of {size}: it was changed", files.place(&sha256))
            }
            Ok(Some((found, _))) if found != sha256 => {
                format!("file {} {place}: its content was changed", files.place(&sha256))
            }
            Ok(Some(_)) => continue,
            Err(error) => format!("file {place}: {error}"),
        };
        problems.push(Problem::new(record, what));
    }
    Ok(())
}
