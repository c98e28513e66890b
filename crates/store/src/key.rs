//! The signing key of a data folder: one Ed25519 seed, under the name of each ledger that it signs. Never in a backup.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use attestry_ledger::{Hash, SigningKey};

use crate::error::StoreError;

/// The file's name in the data folder.
pub const FILE: &str = "signing.key";

/// What the file begins with; 64 hexadecimal digits of the seed follow.
const LABEL: &str = "attestry-ed25519-seed ";

/// The seed of a data folder's key.
pub(crate) struct Seed([u8; 32]);

impl Seed {
    /// The path of the key file.
    pub fn path(data: &Path) -> PathBuf {
        data.join(FILE)
    }

    /// Reads the key file; `None` when there is none.
    pub fn read(data: &Path) -> Result<Option<Self>, StoreError> {
        let path = Self::path(data);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(StoreError::Key { path, cause: format!("cannot be read: {error}") }),
        };
        check_mode(&path)?;
        let digits = text.trim_end().strip_prefix(LABEL).and_then(|digits| Hash::from_hex(digits).ok());
        match digits {
            Some(seed) => Ok(Some(Self(*seed.as_bytes()))),
            None => Err(StoreError::Key { path, cause: format!("is not “{LABEL}” and 64 hexadecimal digits") }),
        }
    }

    /// Reads the key file, or makes one where there is none.
    pub fn read_or_make(data: &Path) -> Result<Self, StoreError> {
        if let Some(seed) = Self::read(data)? {
            return Ok(seed);
        }
        let path = Self::path(data);
        let wrong =
            |what: &str, cause: String| StoreError::Key { path: path.clone(), cause: format!("{what}: {cause}") };
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(|error| wrong("no random numbers", error.to_string()))?;
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let text = format!("{LABEL}{}\n", Hash::from_bytes(seed).to_hex());
        options
            .open(&path)
            .and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()))
            .map_err(|error| wrong("cannot be written", error.to_string()))?;
        crate::files::sync_folder(data)?;
        Ok(Self(seed))
    }

    /// The key under a ledger's name.
    pub fn named(&self, origin: &str) -> Result<SigningKey, StoreError> {
        SigningKey::from_seed(origin, &self.0)
            .map_err(|error| StoreError::Config(format!("ledger name {origin:?}: {error}")))
    }
}

/// Refuses a key file that others may read.
#[cfg(unix)]
fn check_mode(path: &Path) -> Result<(), StoreError> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = fs::metadata(path).map_err(|error| StoreError::file(path, "read", &error))?.permissions().mode() & 0o777;
    let (group, others) = (mode >> 3 & 7, mode & 7);
    if group == 0 && others == 0 {
        return Ok(());
    }
    let cause = format!("others may read it (mode {mode:04o}); run: chmod 600 {}", path.display());
    Err(StoreError::Key { path: path.to_owned(), cause })
}

#[cfg(not(unix))]
fn check_mode(_: &Path) -> Result<(), StoreError> {
    Ok(())
}
