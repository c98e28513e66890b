//! Evidence files: content-addressed, streamed in and out, never changed.

use std::fmt::Debug;
use std::fs::{self, File};
use std::io::{Read, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use attestry_ledger::Hash;
use attestry_model::change::FileFact;
use sha2::{Digest as _, Sha256};

use crate::error::StoreError;
use crate::fail::failpoint;

/// A place for the contents of files under their SHA-256.
pub trait Files: Send + Sync + Debug {
    /// Streams a file in. `name` is for messages and is kept in the fact; `limit` bounds the size in bytes.
    fn put(&self, name: &str, content: &mut dyn Read, limit: u64) -> Result<FileFact, StoreError>;

    /// Opens a file's content by its SHA-256 in hexadecimal.
    fn open(&self, sha256: &str) -> Result<Box<dyn Read + Send>, StoreError>;

    /// Opens a file's content from a byte on.
    fn open_at(&self, sha256: &str, from: u64) -> Result<Box<dyn Read + Send>, StoreError> {
        let mut content = self.open(sha256)?;
        let skipped = std::io::copy(&mut content.by_ref().take(from), &mut std::io::sink());
        skipped.map_err(|error| StoreError::content(self.place(sha256), error))?;
        Ok(content)
    }

    /// The size of a file in bytes; `None` when it is not there.
    fn size(&self, sha256: &str) -> Result<Option<u64>, StoreError>;

    /// Where a file is, for messages.
    fn place(&self, sha256: &str) -> String;
}

/// Hashes a file's content; `None` when it is not there.
///
/// # Errors
/// When it cannot be read.
pub fn hash_of(files: &dyn Files, sha256: &str) -> Result<Option<(String, u64)>, StoreError> {
    if files.size(sha256)?.is_none() {
        return Ok(None);
    }
    let mut content = files.open(sha256)?;
    let (mut sha, mut size, mut buffer) = (Sha256::new(), 0_u64, vec![0; 1 << 16]);
    loop {
        let read = content.read(&mut buffer).map_err(|error| StoreError::content(files.place(sha256), error))?;
        if read == 0 {
            return Ok(Some((Hash::from_bytes(sha.finalize().into()).to_hex(), size)));
        }
        sha.update(&buffer[..read]);
        size += read as u64;
    }
}

/// Files in a folder: `ab/ab12…`.
#[derive(Debug)]
pub struct Folder {
    root: PathBuf,
}

/// Distinguishes temporary files of one process.
static COUNTER: AtomicU64 = AtomicU64::new(0);

impl Folder {
    /// Files under this folder, which is made when the first one comes.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    fn path(&self, sha256: &str) -> Result<PathBuf, StoreError> {
        let valid = sha256.len() == 64 && sha256.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if !valid {
            return Err(StoreError::content("file store", format!("{sha256:?} is not a SHA-256 in hexadecimal")));
        }
        Ok(self.root.join(&sha256[..2]).join(sha256))
    }

    fn receive(
        &self,
        temporary: &Path,
        name: &str,
        content: &mut dyn Read,
        limit: u64,
    ) -> Result<FileFact, StoreError> {
        let wrong = |error: std::io::Error| {
            if error.kind() == std::io::ErrorKind::StorageFull {
                StoreError::Full { place: self.root.display().to_string() }
            } else {
                StoreError::file(temporary, "write the file", &error)
            }
        };
        failpoint!("file-before-write");
        let mut file = File::create_new(temporary).map_err(wrong)?;
        let (mut sha, mut size, mut buffer) = (Sha256::new(), 0_u64, vec![0; 1 << 16]);
        loop {
            let read = match content.read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => read,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(StoreError::content(name, format!("cannot be read: {error}"))),
            };
            size += read as u64;
            if size > limit {
                return Err(StoreError::Large { name: name.to_owned(), limit });
            }
            sha.update(&buffer[..read]);
            file.write_all(&buffer[..read]).map_err(wrong)?;
        }
        file.sync_all().map_err(wrong)?;
        let sha256 = Hash::from_bytes(sha.finalize().into()).to_hex();
        let path = self.path(&sha256)?;
        let folder = path.parent().unwrap_or(&self.root);
        if !folder.is_dir() {
            fs::create_dir_all(folder).map_err(wrong)?;
            sync_folder(&self.root)?;
        }
        failpoint!("file-before-rename");
        fs::rename(temporary, &path).map_err(wrong)?;
        sync_folder(folder)?;
        failpoint!("file-after-rename");
        Ok(FileFact { sha256, size, name: name.to_owned() })
    }
}

impl Files for Folder {
    fn put(&self, name: &str, content: &mut dyn Read, limit: u64) -> Result<FileFact, StoreError> {
        let incoming = self.root.join("incoming");
        fs::create_dir_all(&incoming).map_err(|error| StoreError::file(&incoming, "make the folder", &error))?;
        let number = COUNTER.fetch_add(1, Ordering::Relaxed);
        let temporary = incoming.join(format!("{}-{number}", std::process::id()));
        // A leftover of a process that had the same id.
        let _ = fs::remove_file(&temporary);
        let outcome = self.receive(&temporary, name, content, limit);
        if outcome.is_err() {
            let _ = fs::remove_file(&temporary);
        }
        outcome
    }

    fn open(&self, sha256: &str) -> Result<Box<dyn Read + Send>, StoreError> {
        let path = self.path(sha256)?;
        match File::open(&path) {
            Ok(file) => Ok(Box::new(file)),
            Err(error) => Err(StoreError::file(&path, "open the file", &error)),
        }
    }

    fn open_at(&self, sha256: &str, from: u64) -> Result<Box<dyn Read + Send>, StoreError> {
        let path = self.path(sha256)?;
        let opened = File::open(&path).and_then(|mut file| file.seek(SeekFrom::Start(from)).map(|_| file));
        opened
            .map_or_else(|error| Err(StoreError::file(&path, "open the file", &error)), |file| Ok(Box::new(file) as _))
    }

    fn size(&self, sha256: &str) -> Result<Option<u64>, StoreError> {
        let path = self.path(sha256)?;
        match fs::metadata(&path) {
            Ok(metadata) => Ok(metadata.is_file().then_some(metadata.len())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(StoreError::file(&path, "read the file", &error)),
        }
    }

    fn place(&self, sha256: &str) -> String {
        self.path(sha256).map_or_else(|_| sha256.to_owned(), |path| path.display().to_string())
    }
}

/// Makes a folder's entries durable.
pub(crate) fn sync_folder(folder: &Path) -> Result<(), StoreError> {
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(|error| StoreError::file(folder, "sync", &error))
}
