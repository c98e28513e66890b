//! Backups: one SQLite file with every organisation's rows as of one moment and the contents of all evidence files.
//! Signing keys are never in it, nor is what lets somebody in without proving anew who they are: of the sign-in data it
//! holds accounts, memberships, passkeys, recovery codes and preferences, but no sessions, tokens or invitations.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use attestry_ledger::Hash;
use sha2::{Digest as _, Sha256};

use crate::accounts::end_all;
use crate::backend::{Db, Param, Place, Row, Transaction};
use crate::config::Access;
use crate::error::StoreError;
use crate::files::{Files, sync_folder};
use crate::schema;
use crate::store::Store;
use crate::verify::Progress;

/// What a backup holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupReport {
    /// The organisations by slug, each with the number of its entries.
    pub organisations: Vec<(String, u64)>,
    /// How many evidence files there are.
    pub files: u64,
    /// How large the backup is, in bytes.
    pub bytes: u64,
}

/// The type of a column.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Column {
    Int,
    Text,
    Blob,
}

use Column::{Blob, Int, Text};

/// The tables in an order in which references come after what they refer to.
const TABLES: [(&str, &[(&str, Column)]); 9] = [
    (
        "organisation",
        &[
            ("id", Int),
            ("slug", Text),
            ("name", Text),
            ("created_at", Int),
            ("clock", Text),
            ("size", Int),
            ("last_at", Int),
            ("epoch", Int),
            ("root", Blob),
            ("frontier", Blob),
            ("ledger_version", Int),
            ("ledger_leaf", Blob),
        ],
    ),
    ("epoch", &[("organisation", Int), ("number", Int), ("first_seq", Int), ("origin", Text), ("vkey", Text)]),
    (
        "event",
        &[
            ("organisation", Int),
            ("seq", Int),
            ("at", Int),
            ("actor", Text),
            ("via", Text),
            ("action", Text),
            ("kind", Text),
            ("record", Text),
            ("version", Int),
            ("leaf", Blob),
            ("leaf_hash", Blob),
        ],
    ),
    ("disclosure", &[("organisation", Int), ("seq", Int), ("body", Text), ("salts", Blob)]),
    (
        "blob",
        &[("organisation", Int), ("seq", Int), ("position", Int), ("sha256", Text), ("size", Int), ("salt", Blob)],
    ),
    ("checkpoint", &[("organisation", Int), ("epoch", Int), ("size", Int), ("root", Blob), ("note", Text)]),
    (
        "record",
        &[
            ("organisation", Int),
            ("kind", Text),
            ("number", Int),
            ("version", Int),
            ("state", Text),
            ("title", Text),
            ("updated_at", Int),
            ("updated_by", Text),
            ("body", Text),
            ("leaf_hash", Blob),
            ("seq", Int),
        ],
    ),
    (
        "link",
        &[
            ("organisation", Int),
            ("source_kind", Text),
            ("source_number", Int),
            ("field", Text),
            ("target_kind", Text),
            ("target_number", Int),
        ],
    ),
    (
        "setting",
        &[("organisation", Int), ("name", Text), ("version", Int), ("body", Text), ("leaf_hash", Blob), ("seq", Int)],
    ),
];

/// The sign-in data that a copy brings along, in the same order; a database of the first schema has none.
const SIGN_IN: [(&str, &[(&str, Column)]); 5] = [
    (
        "account",
        &[
            ("id", Int),
            ("login", Text),
            ("login_key", Text),
            ("password", Text),
            ("totp", Text),
            ("totp_step", Int),
            ("active", Int),
            ("created_at", Int),
        ],
    ),
    ("recovery_code", &[("account", Int), ("hash", Blob)]),
    (
        "passkey",
        &[
            ("credential", Blob),
            ("account", Int),
            ("name", Text),
            ("body", Text),
            ("created_at", Int),
            ("used_at", Int),
        ],
    ),
    ("membership", &[("account", Int), ("organisation", Int), ("person", Int)]),
    ("preference", &[("account", Int), ("organisation", Int), ("name", Text), ("value", Text)]),
];

/// A value on its way from one database to the other.
enum Cell {
    Int(i64),
    Text(String),
    Blob(Vec<u8>),
    Null,
}

impl Cell {
    fn read(row: &Row<'_>, at: usize, column: Column) -> Result<Self, StoreError> {
        Ok(match column {
            Int => row.maybe_int(at)?.map_or(Self::Null, Self::Int),
            Text => row.maybe_text(at)?.map_or(Self::Null, |text| Self::Text(text.to_owned())),
            Blob => row.maybe_blob(at)?.map_or(Self::Null, |bytes| Self::Blob(bytes.to_vec())),
        })
    }

    fn param(&self) -> Param<'_> {
        match self {
            Self::Int(number) => Param::Int(*number),
            Self::Text(text) => Param::Text(text),
            Self::Blob(bytes) => Param::Blob(bytes),
            Self::Null => Param::Null,
        }
    }
}

/// Rows are copied in portions of this many.
const PORTION: usize = 512;

/// Copies all tables that a copy has from one database to another of the newest schema, within transactions that are already open.
pub(crate) fn copy_tables(from: &mut Db, to: &mut Db, progress: Progress<'_>) -> Result<(), StoreError> {
    let total =
        from.one("SELECT CAST(coalesce(sum(size), 0) AS BIGINT) FROM organisation", &[], |row| row.number(0))?;
    let (mut done, total) = (0, total.unwrap_or_default());
    let signing_in: &[_] = if from.has_table("account")? { &SIGN_IN } else { &[] };
    for (table, columns) in TABLES.iter().chain(signing_in).copied() {
        let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
        let mut cells: Vec<Cell> = Vec::with_capacity(PORTION * columns.len());
        let mut flush = |cells: &mut Vec<Cell>| {
            let params: Vec<Param<'_>> = cells.iter().map(Cell::param).collect();
            to.insert(table, &names, "", &params)?;
            if table == "event" {
                done += (cells.len() / columns.len()) as u64;
                progress(done, total);
            }
            cells.clear();
            Ok::<(), StoreError>(())
        };
        from.each(&format!("SELECT {} FROM {table}", names.join(", ")), &[], |row| {
            for (at, (_, column)) in columns.iter().enumerate() {
                cells.push(Cell::read(&row, at, *column)?);
            }
            if cells.len() >= PORTION * columns.len() { flush(&mut cells) } else { Ok(()) }
        })?;
        flush(&mut cells)?;
    }
    to.continue_ids("organisation")?;
    to.continue_ids("account")
}

/// The size of the pieces in which files lie in a backup, in bytes.
const CHUNK: usize = 1 << 20;

const FILE_TABLES: &str = "CREATE TABLE backup_file (sha256 TEXT NOT NULL PRIMARY KEY, size INTEGER NOT NULL) STRICT;
 CREATE TABLE backup_chunk (sha256 TEXT NOT NULL, position INTEGER NOT NULL, bytes BLOB NOT NULL,
   PRIMARY KEY (sha256, position)) STRICT;";

/// What takes the files out of a restored database again.
pub(crate) const DROP_FILE_TABLES: &str = "DROP TABLE backup_chunk; DROP TABLE backup_file;";

impl Store {
    /// Writes a backup to a new file. Others may write to the store meanwhile: it holds one moment.
    ///
    /// # Errors
    /// When the file exists already, cannot be written, or an evidence file is missing or was changed. What was begun is
    /// then removed.
    pub fn backup(&self, path: &Path, progress: Progress<'_>) -> Result<BackupReport, StoreError> {
        if path.exists() {
            return Err(StoreError::Backup(format!("{}: exists already", path.display())));
        }
        let partial = beside(path, ".partial");
        remove_database(&partial);
        let made = self.write_backup(&partial, progress).and_then(|mut report| {
            let wrong = |error: std::io::Error| StoreError::file(&partial, "write the backup", &error);
            report.bytes = fs::metadata(&partial).map_err(wrong)?.len();
            File::open(&partial).and_then(|file| file.sync_all()).map_err(wrong)?;
            fs::rename(&partial, path).map_err(wrong)?;
            sync_folder(&folder_of(path))?;
            Ok(report)
        });
        if made.is_err() {
            remove_database(&partial);
        }
        made
    }

    fn write_backup(&self, to: &Path, progress: Progress<'_>) -> Result<BackupReport, StoreError> {
        let core = self.core();
        let place = Place::File(to.to_owned());
        let mut source = core.connect()?;
        if source.is_file() {
            source.copy_file(to)?;
        } else {
            let mut target = Db::connect(&place, Access::Write)?;
            schema::migrate(&mut target)?;
            source.within(Transaction::Read, |source| {
                target.within(Transaction::Write, |target| copy_tables(source, target, progress))
            })?;
        }
        let mut target = Db::connect(&place, Access::Write)?;
        target.within(Transaction::Write, end_all)?;
        target.batch(FILE_TABLES)?;
        let files = target.all("SELECT DISTINCT sha256, size FROM blob ORDER BY sha256", &[], |row| {
            Ok((row.text(0)?.to_owned(), row.number(1)?))
        })?;
        for (number, (sha256, size)) in files.iter().enumerate() {
            target.within(Transaction::Write, |target| take_file(target, core.files.as_ref(), sha256, *size))?;
            progress(number as u64 + 1, files.len() as u64);
        }
        let organisations = target.all("SELECT slug, size FROM organisation ORDER BY slug", &[], |row| {
            Ok((row.text(0)?.to_owned(), row.number(1)?))
        })?;
        target.settle()?;
        Ok(BackupReport { organisations, files: files.len() as u64, bytes: 0 })
    }
}

fn take_file(target: &mut Db, files: &dyn Files, sha256: &str, size: u64) -> Result<(), StoreError> {
    let wrong = |cause: &str| StoreError::Backup(format!("file {}: {cause}; run `verify`", files.place(sha256)));
    if files.size(sha256)?.is_none() {
        return Err(wrong("missing"));
    }
    let mut content = files.open(sha256)?;
    let params = [sha256.into(), size.into()];
    target.execute("INSERT INTO backup_file (sha256, size) VALUES ($1, $2)", &params)?;
    let (mut sha, mut position) = (Sha256::new(), 0_u64);
    loop {
        let mut chunk = Vec::new();
        let read = content.by_ref().take(CHUNK as u64).read_to_end(&mut chunk);
        read.map_err(|error| wrong(&error.to_string()))?;
        if chunk.is_empty() {
            break;
        }
        sha.update(&chunk);
        target.execute(
            "INSERT INTO backup_chunk (sha256, position, bytes) VALUES ($1, $2, $3)",
            &[sha256.into(), position.into(), (&chunk).into()],
        )?;
        position += 1;
    }
    if Hash::from_bytes(sha.finalize().into()).to_hex() == sha256 {
        Ok(())
    } else {
        Err(wrong("its content was changed"))
    }
}

/// The evidence files in a backup.
#[derive(Debug)]
pub(crate) struct BackupFiles(pub PathBuf);

impl BackupFiles {
    fn connect(&self) -> Result<Db, StoreError> {
        Db::connect(&Place::File(self.0.clone()), Access::Read)
    }
}

impl Files for BackupFiles {
    fn put(&self, _: &str, _: &mut dyn Read, _: u64) -> Result<attestry_model::change::FileFact, StoreError> {
        Err(StoreError::ReadOnly("a backup takes no files in".to_owned()))
    }

    fn open(&self, sha256: &str) -> Result<Box<dyn Read + Send>, StoreError> {
        let db = self.connect()?;
        Ok(Box::new(Chunks { db, sha256: sha256.to_owned(), next: 0, at: 0, chunk: Vec::new() }))
    }

    fn size(&self, sha256: &str) -> Result<Option<u64>, StoreError> {
        let sql = "SELECT size FROM backup_file WHERE sha256 = $1";
        self.connect()?.one(sql, &[sha256.into()], |row| row.number(0))
    }

    fn place(&self, sha256: &str) -> String {
        format!("{sha256} in {}", self.0.display())
    }
}

struct Chunks {
    db: Db,
    sha256: String,
    next: u64,
    at: usize,
    chunk: Vec<u8>,
}

impl Read for Chunks {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.at == self.chunk.len() {
            let sql = "SELECT bytes FROM backup_chunk WHERE sha256 = $1 AND position = $2";
            let params = [(&self.sha256).into(), self.next.into()];
            let found = self.db.one(sql, &params, |row| row.blob(0).map(<[u8]>::to_vec));
            match found.map_err(std::io::Error::other)? {
                Some(chunk) => self.chunk = chunk,
                None => return Ok(0),
            }
            self.next += 1;
            self.at = 0;
        }
        let rest = self.chunk.get(self.at..).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        self.at += count;
        Ok(count)
    }
}

/// A file name with something appended.
pub(crate) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// Removes a SQLite database that was begun, with its companions. What is not there need not go.
pub(crate) fn remove_database(path: &Path) {
    for ending in ["", "-wal", "-shm", "-journal"] {
        let _ = fs::remove_file(beside(path, ending));
    }
}

/// The folder that a file is in.
pub(crate) fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}
