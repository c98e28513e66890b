//! Passwords: argon2id with the parameters that OWASP names (19 MiB, two passes, one lane), a length, and an optional list
//! of passwords that were found in breaches, on the server's own disk.
//!
//! Hashing takes memory and time: it runs beside the requests, two at a time, and who would have to wait too long is told so.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

use crate::fault::Fault;

/// The least length, in characters. What it is made of is for its owner to choose.
pub const SHORTEST: usize = 12;
/// The greatest length, in characters.
pub const LONGEST: usize = 200;
/// How many are hashed at the same time.
const AT_A_TIME: usize = 2;
/// How many may wait for that.
const MOST_WAITING: usize = 64;
/// How long one may wait.
const PATIENCE: Duration = Duration::from_secs(10);

/// What is wrong with a new password: the key of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weakness {
    /// Too short.
    Short,
    /// Too long.
    Long,
    /// Nothing but the login.
    Login,
    /// Found in a breach.
    Breached,
}

impl Weakness {
    /// The key of its message.
    pub fn key(self) -> &'static str {
        match self {
            Self::Short => "password-short",
            Self::Long => "password-long",
            Self::Login => "password-login",
            Self::Breached => "password-breached",
        }
    }
}

/// Where passwords are hashed.
#[derive(Debug)]
pub struct Passwords {
    room: Semaphore,
    waiting: Semaphore,
    breached: PathBuf,
    /// How many passwords were compared since the start.
    compared: Arc<AtomicU64>,
    /// The hash of a password that nobody has, so that an unknown login takes as long as a known one.
    nobody: String,
}

fn argon() -> Result<Argon2<'static>, Fault> {
    let params = Params::new(19 * 1024, 2, 1, None).map_err(|error| Fault::Broken(error.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hashed(password: &str) -> Result<String, Fault> {
    let salt = super::secret::bytes::<16>()?;
    let hash = argon()?.hash_password_with_salt(password.as_bytes(), &salt);
    Ok(hash.map_err(|error| Fault::Broken(error.to_string()))?.to_string())
}

fn matches(password: &str, phc: &str, compared: &AtomicU64) -> bool {
    let Ok(parsed) = PasswordHash::new(phc) else { return false };
    compared.fetch_add(1, Ordering::Relaxed);
    argon().is_ok_and(|argon| argon.verify_password(password.as_bytes(), &parsed).is_ok())
}

impl Passwords {
    /// With the list of breached passwords in the data folder, if one lies there.
    pub fn new(data: &Path) -> Result<Self, Fault> {
        Ok(Self {
            room: Semaphore::new(AT_A_TIME),
            waiting: Semaphore::new(MOST_WAITING),
            breached: data.join("breached-passwords.txt"),
            compared: Arc::default(),
            nobody: hashed(&super::secret::link()?)?,
        })
    }

    /// Runs work of hashing when there is room for it.
    async fn beside<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Fault> {
        let busy = || Fault::TooMany(PATIENCE.as_secs());
        let _waiting = self.waiting.try_acquire().map_err(|_| busy())?;
        let permit = tokio::time::timeout(PATIENCE, self.room.acquire()).await.map_err(|_| busy())?;
        let _permit = permit.map_err(|_| busy())?;
        tokio::task::spawn_blocking(work).await.map_err(|error| Fault::Broken(error.to_string()))?
    }

    /// How many passwords were hashed to be compared since the start.
    pub fn compared(&self) -> u64 {
        self.compared.load(Ordering::Relaxed)
    }

    /// Hashes a password.
    pub async fn hash(&self, password: &str) -> Result<String, Fault> {
        let password = password.to_owned();
        self.beside(move || hashed(&password)).await
    }

    /// Whether a password is right. Without a hash to compare with it takes as long and is wrong.
    pub async fn verify(&self, password: &str, phc: Option<&str>) -> Result<bool, Fault> {
        if password.chars().count() > LONGEST {
            return Ok(false);
        }
        let (password, known) = (password.to_owned(), phc.is_some());
        let phc = phc.unwrap_or(&self.nobody).to_owned();
        let compared = Arc::clone(&self.compared);
        self.beside(move || Ok(matches(&password, &phc, &compared) && known)).await
    }

    /// What is wrong with a new password, if anything.
    pub async fn weakness(&self, password: &str, login: &str) -> Result<Option<Weakness>, Fault> {
        let length = password.chars().count();
        if length < SHORTEST {
            return Ok(Some(Weakness::Short));
        }
        if length > LONGEST {
            return Ok(Some(Weakness::Long));
        }
        if password.trim().eq_ignore_ascii_case(login.trim()) {
            return Ok(Some(Weakness::Login));
        }
        let (list, password) = (self.breached.clone(), password.to_owned());
        let found = tokio::task::spawn_blocking(move || is_listed(&list, &password)).await;
        let found = found.map_err(|error| Fault::Broken(error.to_string()))?;
        Ok(found.then_some(Weakness::Breached))
    }
}

/// Whether a list holds a password. The list is a text file: either passwords as they are, one a line, in any order; or
/// SHA-1 sums in capitals or not, sorted, one a line, with or without a count after a colon, which is searched by halving.
/// A list that is not there or cannot be read holds nothing.
fn is_listed(list: &Path, password: &str) -> bool {
    let Ok(mut file) = File::open(list) else { return false };
    let Ok(size) = file.metadata().map(|meta| meta.len()) else { return false };
    let mut first = [0_u8; 40];
    if file.read_exact(&mut first).is_ok() && first.iter().all(u8::is_ascii_hexdigit) {
        let sum = data_encoding::HEXUPPER.encode(&<sha1::Sha1 as sha2::Digest>::digest(password.as_bytes()));
        return halved(&mut file, size, &sum).unwrap_or(false);
    }
    if file.seek(SeekFrom::Start(0)).is_err() {
        return false;
    }
    let lines = std::io::BufRead::lines(std::io::BufReader::new(file));
    lines.map_while(Result::ok).any(|line| line.trim_end() == password)
}

/// Looks a sum up in a sorted file by halving.
fn halved(file: &mut File, size: u64, sum: &str) -> std::io::Result<bool> {
    let (mut low, mut high) = (0_u64, size);
    while low < high {
        let middle = low.midpoint(high);
        let (start, line) = line_around(file, size, middle)?;
        let known = line.split(':').next().unwrap_or_default().trim().to_ascii_uppercase();
        match known.as_str().cmp(sum) {
            std::cmp::Ordering::Equal => return Ok(true),
            std::cmp::Ordering::Less => low = (start + line.len() as u64 + 1).max(middle + 1),
            std::cmp::Ordering::Greater => high = start.min(middle),
        }
    }
    Ok(false)
}

/// The longest line of a list.
const LONGEST_LINE: u64 = 100;

/// The line that holds the byte at `at`, and where it begins.
fn line_around(file: &mut File, size: u64, at: u64) -> std::io::Result<(u64, String)> {
    let from = at.saturating_sub(LONGEST_LINE);
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(from))?;
    file.by_ref().take((2 * LONGEST_LINE).min(size - from)).read_to_end(&mut bytes)?;
    let inside = usize::try_from(at - from).unwrap_or_default().min(bytes.len());
    let before = bytes[..inside].iter().rposition(|byte| *byte == b'\n').map_or(0, |found| found + 1);
    let after = bytes[inside..].iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |found| inside + found);
    let line = String::from_utf8_lossy(&bytes[before..after]).into_owned();
    Ok((from + before as u64, line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listed_password_is_found_in_both_forms_of_the_list_and_no_other_is() {
        let folder = tempfile::tempdir().unwrap();
        let known = ["correct horse battery", "password1234", "letmein letmein", "ünïcode passphrase"];
        let plain = folder.path().join("plain.txt");
        std::fs::write(&plain, known.join("\r\n")).unwrap();
        let mut sums: Vec<String> = known
            .iter()
            .copied()
            .map(ToOwned::to_owned)
            .chain((0..500).map(|number| format!("other password {number}")))
            .map(|password| {
                format!(
                    "{}:7",
                    data_encoding::HEXUPPER.encode(&<sha1::Sha1 as sha2::Digest>::digest(password.as_bytes()))
                )
            })
            .collect();
        sums.sort();
        let sorted = folder.path().join("sorted.txt");
        std::fs::write(&sorted, sums.join("\n")).unwrap();
        for list in [&plain, &sorted] {
            for password in known {
                assert!(is_listed(list, password), "{password} in {}", list.display());
            }
            assert!(!is_listed(list, "a passphrase that nobody has had yet"));
        }
        for number in 0..500 {
            assert!(is_listed(&sorted, &format!("other password {number}")), "{number}");
        }
        assert!(!is_listed(&folder.path().join("absent.txt"), known[0]));
    }

    #[test]
    fn a_hash_says_how_it_was_made_and_fits_its_password_only() {
        let phc = hashed("a fine long passphrase").unwrap();
        assert!(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{phc}");
        let compared = AtomicU64::new(0);
        assert!(matches("a fine long passphrase", &phc, &compared));
        assert!(!matches("a fine long passphrasf", &phc, &compared) && !matches("", &phc, &compared));
        assert_eq!(compared.into_inner(), 3);
    }
}
