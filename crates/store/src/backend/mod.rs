//! The two databases behind one face. Everything in which SQLite and PostgreSQL differ stands here: connecting,
//! pragmas, types, locking, triggers and errors. All other SQL text is the same, with `$1` parameters in ascending
//! order of first use.

mod values;

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use postgres::fallible_iterator::FallibleIterator as _;
use postgres::types::ToSql;
use rusqlite::config::DbConfig;
use rusqlite::{ErrorCode, OpenFlags};

use crate::config::Access;
use crate::error::StoreError;

pub use values::{Param, Row};

/// The file name of the SQLite database in the data folder.
pub const FILE: &str = "attestry.db";

/// Marks a SQLite file as Attestry's (`PRAGMA application_id`): the letters `ATSY`.
const APPLICATION: i64 = 0x4154_5359;

/// Where a database is.
#[derive(Debug, Clone)]
pub enum Place {
    /// A SQLite file.
    File(PathBuf),
    /// A PostgreSQL server, by URL.
    Server(String),
}

impl Place {
    /// By the configuration's URL, or the file in the data folder.
    pub fn of(data: &Path, database: Option<&str>) -> Result<Self, StoreError> {
        match database {
            None => Ok(Self::File(data.join(FILE))),
            Some(url) if url.starts_with("postgres://") || url.starts_with("postgresql://") => {
                Ok(Self::Server(url.to_owned()))
            }
            Some(url) => match url.strip_prefix("sqlite:") {
                Some(path) => Ok(Self::File(PathBuf::from(path.trim_start_matches("//")))),
                None => Err(StoreError::Config(format!(
                    "database {:?} is neither a postgres:// URL nor sqlite:PATH",
                    shown(url)
                ))),
            },
        }
    }

    /// For messages: never with a password.
    pub fn name(&self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::Server(url) => shown(url),
        }
    }
}

/// A URL without password and parameters.
fn shown(url: &str) -> String {
    let base = url.split('?').next().unwrap_or_default();
    match (base.find("://"), base.rfind('@')) {
        (Some(scheme), Some(at)) => {
            let user = base.get(scheme + 3..at).unwrap_or_default().split(':').next().unwrap_or_default();
            format!("{}{user}{}", base.get(..scheme + 3).unwrap_or_default(), base.get(at..).unwrap_or_default())
        }
        _ => base.to_owned(),
    }
}

/// What a transaction is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transaction {
    /// Reading one moment.
    Read,
    /// Writing.
    Write,
}

enum Connection {
    File(rusqlite::Connection),
    Server { client: Box<postgres::Client>, prepared: HashMap<String, postgres::Statement> },
}

/// A connection to one of the databases.
pub struct Db {
    name: String,
    connection: Connection,
}

/// Rows of an insert go out in groups of these sizes, so that few statements are prepared.
const GROUPS: [usize; 4] = [64, 16, 4, 1];

impl Db {
    /// Connects.
    ///
    /// # Errors
    /// [`StoreError::Absent`] when it is to be read and there is none; also when it is damaged or cannot be reached.
    pub fn connect(place: &Place, access: Access) -> Result<Self, StoreError> {
        let name = place.name();
        match place {
            Place::File(path) => Self::open_file(path, access, name),
            Place::Server(url) => Self::open_server(url, access, name),
        }
    }

    fn open_file(path: &Path, access: Access, name: String) -> Result<Self, StoreError> {
        if access == Access::Read && !path.exists() {
            return Err(StoreError::Absent(name));
        }
        let flags = match access {
            Access::Read => OpenFlags::SQLITE_OPEN_READ_ONLY,
            Access::Write => OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
        };
        let connection = rusqlite::Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)
            .map_err(|error| file_error(&name, &error))?;
        let mut db = Self { name, connection: Connection::File(connection) };
        db.tune(access)?;
        Ok(db)
    }

    fn tune(&mut self, access: Access) -> Result<(), StoreError> {
        let Connection::File(connection) = &self.connection else { return Ok(()) };
        let wrap = |error: rusqlite::Error| file_error(&self.name, &error);
        connection.busy_timeout(Duration::from_secs(10)).map_err(wrap)?;
        connection.set_prepared_statement_cache_capacity(128);
        // Plans are made once and not anew for each value that is looked for: every question here has one good plan. A question
        // with LIKE would no longer use an index; there is none.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(wrap)?;
        connection
            .execute_batch(
                "PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON; PRAGMA trusted_schema = OFF;
                 PRAGMA cell_size_check = ON; PRAGMA cache_size = -32000; PRAGMA mmap_size = 0;
                 PRAGMA temp_store = MEMORY;",
            )
            .map_err(wrap)?;
        if access == Access::Write {
            let mode: String = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0)).map_err(wrap)?;
            if mode != "wal" {
                return Err(StoreError::Database {
                    place: self.name.clone(),
                    cause: format!("the write-ahead log cannot be used here (journal mode {mode})"),
                });
            }
            connection.execute_batch("PRAGMA synchronous = FULL;").map_err(wrap)?;
        }
        Ok(())
    }

    fn open_server(url: &str, access: Access, name: String) -> Result<Self, StoreError> {
        let wrap = |error: postgres::Error| server_error(&name, &error);
        let mut config: postgres::Config = url.parse().map_err(|error: postgres::Error| {
            StoreError::Config(format!("{name}: the database URL cannot be read: {error}"))
        })?;
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(Duration::from_secs(10));
        }
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(Duration::from_secs(30));
        }
        config.keepalives_idle(Duration::from_mins(1));
        config.application_name("attestry");
        if access == Access::Write {
            config.target_session_attrs(postgres::config::TargetSessionAttrs::ReadWrite);
        }
        let mut client = if config.get_ssl_mode() == postgres::config::SslMode::Disable
            || (config.get_ssl_mode() == postgres::config::SslMode::Prefer)
        {
            config.connect(postgres::NoTls).map_err(wrap)?
        } else {
            config.connect(tls(&name)?).map_err(wrap)?
        };
        client
            .batch_execute(
                "SET synchronous_commit = on; SET client_min_messages = warning; SET lock_timeout = '60s';
                 SET idle_in_transaction_session_timeout = '10min'; SET bytea_output = 'hex'",
            )
            .map_err(wrap)?;
        Ok(Self { name, connection: Connection::Server { client: Box::new(client), prepared: HashMap::new() } })
    }

    /// Where it is, for messages.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it is a SQLite file.
    pub fn is_file(&self) -> bool {
        matches!(self.connection, Connection::File(_))
    }

    /// The dialect's words put into a piece of DDL: `{id}`, `{int}`, `{blob}` and `{end}`, the end of a table.
    pub fn dialect(&self, sql: &str) -> String {
        let words = if self.is_file() {
            [("{id}", "INTEGER PRIMARY KEY"), ("{int}", "INTEGER"), ("{blob}", "BLOB"), ("{end}", " STRICT")]
        } else {
            let id = "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY";
            [("{id}", id), ("{int}", "BIGINT"), ("{blob}", "BYTEA"), ("{end}", "")]
        };
        words.iter().fold(sql.to_owned(), |sql, (from, to)| sql.replace(from, to))
    }

    /// What to append to a SELECT to lock its rows until the end of the transaction; a SQLite write locks all anyway.
    pub fn for_update(&self) -> &'static str {
        if self.is_file() { "" } else { " FOR UPDATE" }
    }

    /// The statements that make a table refuse every change of its rows, or all but those for which `unless` holds.
    pub fn append_only(&self, table: &str, unless: Option<&str>) -> String {
        let when = unless.map(|unless| format!(" WHEN (NOT ({unless}))")).unwrap_or_default();
        if self.is_file() {
            let refuse = format!("BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END;");
            return format!(
                "CREATE TRIGGER {table}_update BEFORE UPDATE ON {table}{when} {refuse}
                 CREATE TRIGGER {table}_delete BEFORE DELETE ON {table} {refuse}"
            );
        }
        format!(
            "CREATE OR REPLACE FUNCTION attestry_append_only() RETURNS trigger LANGUAGE plpgsql AS
             $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$;
             CREATE TRIGGER {table}_update BEFORE UPDATE ON {table} FOR EACH ROW{when}
             EXECUTE FUNCTION attestry_append_only();
             CREATE TRIGGER {table}_delete BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION attestry_append_only();
             CREATE TRIGGER {table}_truncate BEFORE TRUNCATE ON {table} EXECUTE FUNCTION attestry_append_only();"
        )
    }

    /// Whether there is a table of this name.
    pub fn has_table(&mut self, table: &str) -> Result<bool, StoreError> {
        let sql = if self.is_file() {
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name = $1"
        } else {
            "SELECT table_name::text FROM information_schema.tables
             WHERE table_schema = current_schema() AND table_name = $1::text"
        };
        Ok(self.one(sql, &[table.into()], |row| row.text(0).map(str::to_owned))?.is_some())
    }

    /// Marks a new database as Attestry's, or refuses one that is something else's.
    pub fn claim(&mut self) -> Result<(), StoreError> {
        if !self.is_file() {
            return Ok(());
        }
        let found = self.one("PRAGMA application_id", &[], |row| row.int(0))?.unwrap_or_default();
        let tables = self.one("SELECT count(*) FROM sqlite_master", &[], |row| row.int(0))?.unwrap_or_default();
        match found {
            APPLICATION => Ok(()),
            0 if tables == 0 => self.batch(&format!("PRAGMA application_id = {APPLICATION}")),
            _ => Err(StoreError::Damaged {
                place: self.name.clone(),
                cause: "it is the database of another program".to_owned(),
            }),
        }
    }

    /// Starts a transaction.
    pub fn begin(&mut self, kind: Transaction) -> Result<(), StoreError> {
        let sql = match (&self.connection, kind) {
            (Connection::File(_), Transaction::Read) | (Connection::Server { .. }, Transaction::Write) => "BEGIN",
            (Connection::File(_), Transaction::Write) => "BEGIN IMMEDIATE",
            (Connection::Server { .. }, Transaction::Read) => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        };
        self.batch(sql)
    }

    /// Ends the transaction and makes it durable.
    pub fn commit(&mut self) -> Result<(), StoreError> {
        self.batch("COMMIT")
    }

    /// Takes the transaction back. A connection that can't even do that is of no further use, which shows at its next use.
    pub fn rollback(&mut self) {
        let _ = self.batch("ROLLBACK");
    }

    /// Runs `work` in a transaction.
    pub fn within<T>(
        &mut self,
        kind: Transaction,
        work: impl FnOnce(&mut Self) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.begin(kind)?;
        match work(self) {
            Ok(done) => self.commit().map(|()| done),
            Err(error) => {
                self.rollback();
                Err(error)
            }
        }
    }

    /// Runs statements without parameters.
    pub fn batch(&mut self, sql: &str) -> Result<(), StoreError> {
        match &mut self.connection {
            Connection::File(connection) => {
                connection.execute_batch(sql).map_err(|error| file_error(&self.name, &error))
            }
            Connection::Server { client, .. } => {
                client.batch_execute(sql).map_err(|error| server_error(&self.name, &error))
            }
        }
    }

    /// Runs one statement and says how many rows it changed.
    pub fn execute(&mut self, sql: &str, params: &[Param<'_>]) -> Result<u64, StoreError> {
        match &mut self.connection {
            Connection::File(connection) => {
                let wrap = |error: rusqlite::Error| file_error(&self.name, &error);
                let mut statement = connection.prepare_cached(sql).map_err(wrap)?;
                let changed = statement.execute(rusqlite::params_from_iter(params)).map_err(wrap)?;
                Ok(changed as u64)
            }
            Connection::Server { client, prepared } => {
                let wrap = |error: postgres::Error| server_error(&self.name, &error);
                let statement = prepare(client, prepared, sql).map_err(wrap)?;
                let params: Vec<&(dyn ToSql + Sync)> = params.iter().map(|param| param as _).collect();
                client.execute(&statement, &params).map_err(wrap)
            }
        }
    }

    /// Runs one query and hands over its rows one by one as they come.
    pub fn each(
        &mut self,
        sql: &str,
        params: &[Param<'_>],
        mut visit: impl FnMut(Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        match &mut self.connection {
            Connection::File(connection) => {
                let wrap = |error: rusqlite::Error| file_error(&self.name, &error);
                let mut statement = connection.prepare_cached(sql).map_err(wrap)?;
                let mut rows = statement.query(rusqlite::params_from_iter(params)).map_err(wrap)?;
                while let Some(row) = rows.next().map_err(wrap)? {
                    visit(Row::File(row))?;
                }
                Ok(())
            }
            Connection::Server { client, prepared } => {
                let wrap = |error: postgres::Error| server_error(&self.name, &error);
                let statement = prepare(client, prepared, sql).map_err(wrap)?;
                let params: Vec<&(dyn ToSql + Sync)> = params.iter().map(|param| param as _).collect();
                let mut rows = client.query_raw(&statement, params).map_err(wrap)?;
                while let Some(row) = rows.next().map_err(wrap)? {
                    visit(Row::Server(&row))?;
                }
                Ok(())
            }
        }
    }

    /// The rows of a query.
    pub fn all<T>(
        &mut self,
        sql: &str,
        params: &[Param<'_>],
        mut read: impl FnMut(Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let mut rows = Vec::new();
        self.each(sql, params, |row| {
            rows.push(read(row)?);
            Ok(())
        })?;
        Ok(rows)
    }

    /// The first row of a query.
    pub fn one<T>(
        &mut self,
        sql: &str,
        params: &[Param<'_>],
        read: impl FnMut(Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        Ok(self.all(sql, params, read)?.into_iter().next())
    }

    /// Inserts rows, several to a statement. `tail` follows the values: what to do on a conflict.
    pub fn insert(
        &mut self,
        table: &str,
        columns: &[&str],
        tail: &str,
        values: &[Param<'_>],
    ) -> Result<(), StoreError> {
        let width = columns.len();
        let mut rest = values;
        while !rest.is_empty() {
            let rows = rest.len() / width;
            let group = GROUPS.into_iter().find(|group| *group <= rows).unwrap_or(1);
            let (now, later) = rest.split_at((group * width).min(rest.len()));
            let mut sql = format!("INSERT INTO {table} ({}) VALUES ", columns.join(", "));
            for row in 0..group {
                sql.push_str(if row == 0 { "(" } else { ", (" });
                for column in 0..width {
                    let comma = if column == 0 { "" } else { ", " };
                    let _ = write!(sql, "{comma}${}", row * width + column + 1);
                }
                sql.push(')');
            }
            sql.push_str(tail);
            self.execute(&sql, now)?;
            rest = later;
        }
        Ok(())
    }

    /// Takes what was erased out of the database's own remains: the write-ahead log, dead rows.
    pub fn scrub(&mut self) -> Result<(), StoreError> {
        if self.is_file() {
            return self.each("PRAGMA wal_checkpoint(TRUNCATE)", &[], |_| Ok(()));
        }
        for table in ["disclosure", "record", "link", "blob"] {
            self.batch(&format!("VACUUM {table}"))?;
        }
        Ok(())
    }

    /// Writes a copy of a SQLite database, as it stands at one moment, to a new file.
    pub fn copy_file(&mut self, to: &Path) -> Result<(), StoreError> {
        let path = to.to_str().ok_or_else(|| StoreError::Backup(format!("{}: not a name in UTF-8", to.display())))?;
        self.execute("VACUUM INTO $1", &[path.into()]).map(|_| ())
    }

    /// Moves what is in the write-ahead log into the SQLite file, so that the file alone is the database.
    pub fn settle(&mut self) -> Result<(), StoreError> {
        self.each("PRAGMA wal_checkpoint(TRUNCATE)", &[], |_| Ok(()))?;
        self.each("PRAGMA journal_mode = DELETE", &[], |_| Ok(()))
    }

    /// SQLite's own check of its file; every line but `ok` is a fault.
    pub fn integrity(&mut self) -> Result<Vec<String>, StoreError> {
        if !self.is_file() {
            return Ok(Vec::new());
        }
        let lines = self.all("PRAGMA integrity_check(20)", &[], |row| row.text(0).map(str::to_owned))?;
        Ok(lines.into_iter().filter(|line| line != "ok").collect())
    }

    /// After rows with given ids were inserted: the next generated id lies above them.
    pub fn continue_ids(&mut self, table: &str) -> Result<(), StoreError> {
        if self.is_file() {
            return Ok(());
        }
        let sql = format!(
            "SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT coalesce(max(id), 1) FROM {table}))"
        );
        self.each(&sql, &[], |_| Ok(()))
    }
}

fn prepare(
    client: &mut postgres::Client,
    prepared: &mut HashMap<String, postgres::Statement>,
    sql: &str,
) -> Result<postgres::Statement, postgres::Error> {
    if let Some(statement) = prepared.get(sql) {
        return Ok(statement.clone());
    }
    let statement = client.prepare(sql)?;
    prepared.insert(sql.to_owned(), statement.clone());
    Ok(statement)
}

fn tls(name: &str) -> Result<tokio_postgres_rustls::MakeRustlsConnect, StoreError> {
    let wrong = |cause: String| StoreError::Database { place: name.to_owned(), cause };
    let mut roots = rustls::RootCertStore::empty();
    for root in rustls_native_certs::load_native_certs().certs {
        // A root that this library cannot read is of no use to it, and no reason to refuse the others.
        let _ = roots.add(root);
    }
    if roots.is_empty() {
        return Err(wrong("no trusted certificates on this machine; set SSL_CERT_FILE to a file with them".to_owned()));
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| wrong(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(tokio_postgres_rustls::MakeRustlsConnect::new(config))
}

fn file_error(place: &str, error: &rusqlite::Error) -> StoreError {
    let place = place.to_owned();
    let cause = error.to_string();
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => StoreError::Full { place },
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => StoreError::Damaged { place, cause },
        Some(ErrorCode::CannotOpen) => StoreError::File {
            path: place.into(),
            what: "open the database",
            cause: "unreadable or missing".to_owned(),
        },
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => {
            StoreError::File { path: place.into(), what: "write to the database", cause }
        }
        _ => StoreError::Database { place, cause },
    }
}

fn server_error(place: &str, error: &postgres::Error) -> StoreError {
    let place = place.to_owned();
    if let Some(answer) = error.as_db_error() {
        if *answer.code() == postgres::error::SqlState::DISK_FULL {
            return StoreError::Full { place };
        }
        return StoreError::Database { place, cause: answer.message().to_owned() };
    }
    let cause =
        std::error::Error::source(error).map_or_else(|| error.to_string(), |source| format!("{error}: {source}"));
    StoreError::Database { place, cause }
}
