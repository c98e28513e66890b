//! The high-water mark: the newest checkpoint that was signed, in a file outside the database.
//!
//! The file has two places of equal length which are written in turn, each with one note and padding, so that one of
//! them is whole whenever the machine stops. A note carries its own signature, so a torn one is known.

use std::fs::{self, File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use attestry_ledger::{Checkpoint, VerifyingKey};

use crate::error::StoreError;
use crate::fail::failpoint;

/// The length of each of the two places, in bytes.
const PLACE: usize = 2048;

/// The folder of the marks in the data folder.
pub const FOLDER: &str = "highwater";

/// The newest checkpoint known outside the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HighWater {
    /// What it says.
    pub checkpoint: Checkpoint,
    /// The signed note.
    pub note: String,
    /// The epoch, by the origin's last part.
    pub epoch: u64,
}

/// The file of one organisation's mark.
pub(crate) struct MarkFile {
    path: PathBuf,
    file: Option<File>,
    second: bool,
}

/// Where an organisation's mark is.
pub(crate) fn path(data: &Path, slug: &str) -> PathBuf {
    data.join(FOLDER).join(slug)
}

/// The epoch that an origin names in its last part.
pub(crate) fn epoch_of(origin: &str) -> u64 {
    origin.rsplit('/').next().and_then(|number| number.parse().ok()).unwrap_or_default()
}

/// Reads a mark. `keys` are the keys of the organisation's epochs; without any that fits, the notes are read unverified.
///
/// # Errors
/// When the file cannot be read or holds no note.
pub(crate) fn read(path: &Path, keys: &[VerifyingKey]) -> Result<Option<HighWater>, StoreError> {
    let mut bytes = Vec::new();
    match File::open(path) {
        Ok(file) => {
            let limit = 4 * PLACE as u64;
            file.take(limit).read_to_end(&mut bytes).map_err(|error| StoreError::file(path, "read", &error))?;
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(StoreError::file(path, "read", &error)),
    }
    let notes = bytes.chunks(PLACE).filter_map(|place| std::str::from_utf8(place).ok());
    let notes = notes.map(|place| place.trim_end_matches('\0')).filter(|note| !note.is_empty());
    let open = |note: &str| {
        let text = note.split_once("\n\n").map(|(text, _)| format!("{text}\n"))?;
        let claimed = Checkpoint::parse(&text).ok()?;
        let fitting: Vec<VerifyingKey> = keys.iter().filter(|key| key.name() == claimed.origin).cloned().collect();
        let checkpoint = if fitting.is_empty() { claimed } else { Checkpoint::open(note, &fitting).ok()? };
        let epoch = epoch_of(&checkpoint.origin);
        Some(HighWater { checkpoint, note: note.to_owned(), epoch })
    };
    let newest = notes.filter_map(open).max_by_key(|mark| (mark.epoch, mark.checkpoint.size));
    match newest {
        Some(mark) => Ok(Some(mark)),
        None => Err(StoreError::content(path.display().to_string(), "the high-water mark holds no valid checkpoint")),
    }
}

impl MarkFile {
    /// The file of an organisation; nothing is opened yet.
    pub fn new(data: &Path, slug: &str) -> Self {
        Self { path: path(data, slug), file: None, second: false }
    }

    /// Writes the newest note and makes it durable.
    pub fn write(&mut self, note: &str) -> Result<(), StoreError> {
        failpoint!("before-highwater", |_| Err(planted(&self.path)));
        let path = self.path.clone();
        let wrong = |error: std::io::Error| StoreError::file(&path, "write the high-water mark", &error);
        if note.len() > PLACE {
            return Err(StoreError::content(self.path.display().to_string(), "the checkpoint is too long"));
        }
        if self.file.is_none() {
            self.file = Some(self.open()?);
        }
        let Some(file) = &mut self.file else { return Ok(()) };
        let mut place = note.as_bytes().to_vec();
        place.resize(PLACE, 0);
        let start = if self.second { PLACE as u64 } else { 0 };
        file.seek(SeekFrom::Start(start)).and_then(|_| file.write_all(&place)).map_err(wrong)?;
        file.sync_data().map_err(wrong)?;
        self.second = !self.second;
        failpoint!("after-highwater");
        Ok(())
    }

    /// Moves aside a mark that belongs to no organisation of the database, so that it is not taken for one's own.
    pub fn set_aside(&mut self) -> Result<(), StoreError> {
        self.file = None;
        match fs::rename(&self.path, self.path.with_extension("orphan")) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(StoreError::file(&self.path, "move aside", &error))
            }
            _ => Ok(()),
        }
    }

    /// Opens the file for writing; a new one is made with both places, so that its length never changes again.
    fn open(&mut self) -> Result<File, StoreError> {
        let wrong = |error: std::io::Error| StoreError::file(&self.path, "open the high-water mark", &error);
        let folder = self.path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder).map_err(wrong)?;
        let known = read(&self.path, &[]).ok().flatten();
        let mut file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&self.path).map_err(wrong)?;
        if file.metadata().map_err(wrong)?.len() == 2 * PLACE as u64 {
            // The place that does not hold the newest note is the one to write to.
            let mut first = vec![0; PLACE];
            file.read_exact(&mut first).map_err(wrong)?;
            self.second = known.is_some_and(|known| first.starts_with(known.note.as_bytes()));
        } else {
            file.set_len(2 * PLACE as u64).map_err(wrong)?;
            file.sync_all().map_err(wrong)?;
            crate::files::sync_folder(folder)?;
            if let Some(parent) = folder.parent() {
                crate::files::sync_folder(parent)?;
            }
        }
        Ok(file)
    }
}

#[cfg(feature = "failpoints")]
fn planted(path: &Path) -> StoreError {
    StoreError::file(path, "write the high-water mark", &std::io::Error::other("a planted fault"))
}
