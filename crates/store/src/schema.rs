//! The tables, and how an older database becomes a newer one.
//!
//! The ledger's own tables (epoch, event, disclosure, blob, checkpoint) refuse changes by trigger; `record`, `setting` and
//! `link` are the newest state and can be rebuilt from them. The tables of sign-in data stand beside the ledger.

use crate::backend::{Db, Transaction};
use crate::error::StoreError;

/// The newest schema known here.
pub const VERSION: i64 = 2;

/// One step: from its position's version to the next.
type Migration = fn(&Db) -> String;

const MIGRATIONS: [Migration; 2] = [first, second];

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

/// Sign-in data. Nothing refers to `organisation` by a foreign key: that row is what the organisations' writers lock, and
/// is never deleted.
fn second(db: &Db) -> String {
    db.dialect(
        "CREATE TABLE account (
           id {id}, login TEXT NOT NULL, login_key TEXT NOT NULL UNIQUE, password TEXT, totp TEXT, totp_step {int},
           active {int} NOT NULL, created_at {int} NOT NULL
         ){end};
         CREATE TABLE recovery_code (
           account {int} NOT NULL REFERENCES account (id) ON DELETE CASCADE, hash {blob} NOT NULL,
           PRIMARY KEY (account, hash)
         ){end};
         CREATE TABLE passkey (
           credential {blob} NOT NULL PRIMARY KEY, account {int} NOT NULL REFERENCES account (id) ON DELETE CASCADE,
           name TEXT NOT NULL, body TEXT NOT NULL, created_at {int} NOT NULL, used_at {int}
         ){end};
         CREATE INDEX passkey_account ON passkey (account);
         CREATE TABLE membership (
           account {int} NOT NULL REFERENCES account (id) ON DELETE CASCADE, organisation {int} NOT NULL,
           person {int} NOT NULL, PRIMARY KEY (account, organisation), UNIQUE (organisation, person)
         ){end};
         CREATE TABLE preference (
           account {int} NOT NULL, organisation {int} NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL,
           PRIMARY KEY (account, organisation, name),
           FOREIGN KEY (account, organisation) REFERENCES membership (account, organisation) ON DELETE CASCADE
         ){end};
         CREATE TABLE session (
           hash {blob} NOT NULL PRIMARY KEY, account {int} NOT NULL REFERENCES account (id) ON DELETE CASCADE,
           organisation {int}, created_at {int} NOT NULL, seen_at {int} NOT NULL, expires_at {int} NOT NULL,
           stepped_up_at {int}, agent TEXT NOT NULL, address TEXT NOT NULL, method TEXT NOT NULL,
           FOREIGN KEY (account, organisation) REFERENCES membership (account, organisation)
         ){end};
         CREATE INDEX session_account ON session (account, organisation);
         CREATE INDEX session_end ON session (expires_at);
         CREATE TABLE token (
           id {id}, hash {blob} NOT NULL UNIQUE, account {int} NOT NULL, organisation {int} NOT NULL, name TEXT NOT NULL,
           scopes TEXT NOT NULL, created_at {int} NOT NULL, expires_at {int} NOT NULL, used_at {int},
           FOREIGN KEY (account, organisation) REFERENCES membership (account, organisation) ON DELETE CASCADE
         ){end};
         CREATE INDEX token_account ON token (account, organisation);
         CREATE TABLE invitation (
           hash {blob} NOT NULL PRIMARY KEY, organisation {int} NOT NULL, person {int} NOT NULL, created_by {int},
           expires_at {int} NOT NULL, used_at {int}
         ){end};
         CREATE INDEX invitation_person ON invitation (organisation, person);
         CREATE TABLE idempotent (
           organisation {int} NOT NULL, account {int} NOT NULL REFERENCES account (id) ON DELETE CASCADE,
           key TEXT NOT NULL, fingerprint {blob} NOT NULL, status {int}, body TEXT, created_at {int} NOT NULL,
           PRIMARY KEY (account, organisation, key)
         ){end};
         CREATE INDEX idempotent_age ON idempotent (created_at);",
    )
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
    create_up_to(db, VERSION)
}

fn create_up_to(db: &mut Db, version: i64) -> Result<(), StoreError> {
    let mut from = check(db)?;
    if from == 0 {
        let table = db.dialect("CREATE TABLE schema_version (version {int} NOT NULL){end};");
        db.batch(&table)?;
        db.execute("INSERT INTO schema_version (version) VALUES ($1)", &[0_i64.into()])?;
    }
    // Of several nodes that come to the same database, one brings it up and the others find it done.
    let locked = format!("SELECT version FROM schema_version{}", db.for_update());
    from = db.one(&locked, &[], |row| row.int(0))?.unwrap_or(from);
    for (migration, number) in MIGRATIONS.iter().zip(1..=version) {
        if number > from {
            let sql = migration(db);
            db.batch(&sql)?;
        }
    }
    db.execute("UPDATE schema_version SET version = $1 WHERE version < $1", &[version.into()])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::Place;
    use crate::config::Access;

    /// A database as the first version of the program left it, and one made by the newest.
    fn old_and_new(places: [Place; 2]) -> [Db; 2] {
        let [mut old, mut new] = places.map(|place| Db::connect(&place, Access::Write).unwrap());
        old.claim().unwrap();
        old.within(Transaction::Write, |db| create_up_to(db, 1)).unwrap();
        assert_eq!(version(&mut old).unwrap(), 1);
        assert!(!old.has_table("account").unwrap() && old.has_table("setting").unwrap());
        old.execute(
            "INSERT INTO organisation (slug, name, created_at, clock, size, last_at, epoch, root, frontier, ledger_version)
             VALUES ('clinic', 'Clinic', 0, 'real', 0, 0, 1, $1, $1, 0)",
            &[(&[0; 32]).into()],
        )
        .unwrap();
        for _ in 0..2 {
            migrate(&mut old).unwrap();
        }
        migrate(&mut new).unwrap();
        for db in [&mut old, &mut new] {
            assert_eq!(version(db).unwrap(), VERSION);
        }
        let kept = old.one("SELECT name FROM organisation", &[], |row| row.text(0).map(str::to_owned)).unwrap();
        assert_eq!(kept.as_deref(), Some("Clinic"));
        [old, new]
    }

    #[test]
    fn an_old_database_becomes_what_a_new_one_is() {
        let folder = tempfile::tempdir().unwrap();
        let dbs = old_and_new(["old", "new"].map(|name| Place::File(folder.path().join(name))));
        let sql = "SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_master ORDER BY 1";
        let [old, new] = dbs.map(|mut db| db.all(sql, &[], |row| row.text(0).map(str::to_owned)).unwrap());
        assert_eq!(old, new);
        assert!(new.iter().any(|line| line.starts_with("table account ")), "{new:?}");
    }

    #[test]
    fn so_it_does_on_a_server() {
        let Ok(url) = std::env::var("ATTESTRY_TEST_POSTGRES") else {
            eprintln!("skipped: ATTESTRY_TEST_POSTGRES is not set");
            return;
        };
        let mut client = postgres::Client::connect(&url, postgres::NoTls).unwrap();
        let schemas = ["old", "new"].map(|name| format!("attestry_schema_{}_{name}", std::process::id()));
        let places = schemas.clone().map(|schema| {
            client.batch_execute(&format!("DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema}")).unwrap();
            let join = if url.contains('?') { '&' } else { '?' };
            Place::Server(format!("{url}{join}options=-csearch_path%3D{schema}"))
        });
        let dbs = old_and_new(places);
        let sql = "SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable
                   FROM information_schema.columns WHERE table_schema = current_schema() ORDER BY 1";
        let [old, new] = dbs.map(|mut db| db.all(sql, &[], |row| row.text(0).map(str::to_owned)).unwrap());
        assert_eq!(old, new);
        assert!(new.contains(&"account.totp_step bigint YES".to_owned()), "{new:?}");
        for schema in schemas {
            client.batch_execute(&format!("DROP SCHEMA {schema} CASCADE")).unwrap();
        }
    }
}
