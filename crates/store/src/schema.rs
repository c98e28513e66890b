//! The tables, and how an older database becomes a newer one.
//!
//! The ledger's own tables (epoch, event, disclosure, blob, checkpoint) refuse changes by trigger; `record`, `setting` and
//! `link` are the newest state and can be rebuilt from them.

use crate::backend::{Db, Transaction};
use crate::error::StoreError;

/// The newest schema known here.
pub const VERSION: i64 = 1;

/// One step: from its position's version to the next.
type Migration = fn(&Db) -> String;

const MIGRATIONS: [Migration; 1] = [first];

/// Tables whose rows, once there, stay as they are.
const APPEND_ONLY: [&str; 4] = ["epoch", "event", "blob", "checkpoint"];

/// What may still be done to a disclosure: taking values and their salts out, for an erasure.
const SHRINKING: &str = "new.organisation = old.organisation AND new.seq = old.seq
 AND length(new.body) < length(old.body) AND length(new.salts) < length(old.salts)";

fn first(db: &Db) -> String {
    let mut sql = db.dialect(
        "CREATE TABLE organisation (
           id {id}, slug TEXT NOT NULL UNIQUE, name TEXT NOT NULL, created_at {int} NOT NULL, clock TEXT NOT NULL,
           size {int} NOT NULL, last_at {int} NOT NULL, epoch {int} NOT NULL, root {blob} NOT NULL,
           frontier {blob} NOT NULL, ledger_version {int} NOT NULL, ledger_leaf {blob}
         ){end};
         CREATE TABLE epoch (
           organisation {int} NOT NULL REFERENCES organisation (id), number {int} NOT NULL, first_seq {int} NOT NULL,
           origin TEXT NOT NULL, vkey TEXT NOT NULL, PRIMARY KEY (organisation, number)
         ){end};
         CREATE TABLE event (
           organisation {int} NOT NULL REFERENCES organisation (id), seq {int} NOT NULL, at {int} NOT NULL,
           actor TEXT NOT NULL, via TEXT NOT NULL, action TEXT NOT NULL, kind TEXT NOT NULL, record TEXT NOT NULL,
           version {int} NOT NULL, leaf {blob} NOT NULL, leaf_hash {blob} NOT NULL, PRIMARY KEY (organisation, seq)
         ){end};
         CREATE INDEX event_record ON event (organisation, kind, record, seq);
         CREATE TABLE disclosure (
           organisation {int} NOT NULL, seq {int} NOT NULL, body TEXT NOT NULL, salts {blob} NOT NULL,
           PRIMARY KEY (organisation, seq), FOREIGN KEY (organisation, seq) REFERENCES event (organisation, seq)
         ){end};
         CREATE TABLE blob (
           organisation {int} NOT NULL, seq {int} NOT NULL, position {int} NOT NULL, sha256 TEXT NOT NULL,
           size {int} NOT NULL, salt {blob} NOT NULL, PRIMARY KEY (organisation, seq, position),
           FOREIGN KEY (organisation, seq) REFERENCES event (organisation, seq)
         ){end};
         CREATE TABLE checkpoint (
           organisation {int} NOT NULL, epoch {int} NOT NULL, size {int} NOT NULL, root {blob} NOT NULL,
           note TEXT NOT NULL, PRIMARY KEY (organisation, epoch, size),
           FOREIGN KEY (organisation, epoch) REFERENCES epoch (organisation, number)
         ){end};
         CREATE TABLE record (
           organisation {int} NOT NULL REFERENCES organisation (id), kind TEXT NOT NULL, number {int} NOT NULL,
           version {int} NOT NULL, state TEXT NOT NULL, title TEXT NOT NULL, updated_at {int} NOT NULL,
           updated_by TEXT NOT NULL, body TEXT NOT NULL, leaf_hash {blob} NOT NULL, seq {int} NOT NULL,
           PRIMARY KEY (organisation, kind, number)
         ){end};
         CREATE TABLE link (
           organisation {int} NOT NULL, source_kind TEXT NOT NULL, source_number {int} NOT NULL, field TEXT NOT NULL,
           target_kind TEXT NOT NULL, target_number {int} NOT NULL,
           PRIMARY KEY (organisation, source_kind, source_number, field, target_kind, target_number),
           FOREIGN KEY (organisation, source_kind, source_number) REFERENCES record (organisation, kind, number)
             DEFERRABLE INITIALLY DEFERRED,
           FOREIGN KEY (organisation, target_kind, target_number) REFERENCES record (organisation, kind, number)
             DEFERRABLE INITIALLY DEFERRED
         ){end};
         CREATE TABLE setting (
           organisation {int} NOT NULL REFERENCES organisation (id), name TEXT NOT NULL, version {int} NOT NULL,
           body TEXT NOT NULL, leaf_hash {blob} NOT NULL, seq {int} NOT NULL, PRIMARY KEY (organisation, name)
         ){end};",
    );
    for table in APPEND_ONLY {
        sql.push_str(&db.append_only(table, None));
    }
    sql.push_str(&db.append_only("disclosure", Some(SHRINKING)));
    sql
}

/// The version of the database; 0 when it is empty.
pub fn version(db: &mut Db) -> Result<i64, StoreError> {
    if !db.has_table("schema_version")? {
        return Ok(0);
    }
    Ok(db.one("SELECT version FROM schema_version", &[], |row| row.int(0))?.unwrap_or_default())
}

/// Refuses a database of a newer program.
pub fn check(db: &mut Db) -> Result<i64, StoreError> {
    let found = version(db)?;
    if found > VERSION {
        return Err(StoreError::Newer { place: db.name().to_owned(), found, known: VERSION });
    }
    Ok(found)
}

/// Brings the database to the newest version, in one transaction.
pub fn migrate(db: &mut Db) -> Result<(), StoreError> {
    if check(db)? == VERSION {
        return Ok(());
    }
    db.claim()?;
    db.within(Transaction::Write, create)
}

/// Makes or completes the tables within the transaction at hand.
pub(crate) fn create(db: &mut Db) -> Result<(), StoreError> {
    let from = check(db)?;
    if from == 0 {
        let table = db.dialect("CREATE TABLE schema_version (version {int} NOT NULL){end};");
        db.batch(&table)?;
        db.execute("INSERT INTO schema_version (version) VALUES ($1)", &[0_i64.into()])?;
    }
    for migration in MIGRATIONS.iter().skip(usize::try_from(from).unwrap_or_default()) {
        let sql = migration(db);
        db.batch(&sql)?;
    }
    db.execute("UPDATE schema_version SET version = $1", &[VERSION.into()])?;
    Ok(())
}
