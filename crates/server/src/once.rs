//! A form that is sent twice, by a double click or on the way back, is carried out once and answered alike.
//!
//! A form brings a secret that was made with its page. What was sent under it is known by the hash of the secret and of all
//! that was typed, for some minutes and in memory: nothing here leads from what was written to who wrote it. The same page with
//! something else typed into it is another request.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use sha2::{Digest as _, Sha256};

use crate::app::{App, held};
use crate::fault::Fault;

/// The name of the field that holds the secret.
pub const FIELD: &str = "_once";
/// How long what was sent is known.
const KEPT: Duration = Duration::from_mins(10);
/// Most that is known at a time; what is older is forgotten first.
const MOST: usize = 20_000;
/// How long the second of two waits for the first.
const PATIENCE: Duration = Duration::from_secs(10);
/// Between two looks.
const PAUSE: Duration = Duration::from_millis(20);

/// What was sent, and where it led; nothing while it is under way.
#[derive(Debug, Default)]
pub struct Sent(Mutex<HashMap<[u8; 32], Begun>>);

/// When something was begun, and where it led.
type Begun = (Instant, Option<String>);

/// A secret for a form; empty where there is no randomness, and then every sending counts.
pub fn secret() -> String {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).map(|()| data_encoding::HEXLOWER.encode(&bytes)).unwrap_or_default()
}

/// The hash of all that makes a request this request; nothing without a secret.
pub fn key_of(secret: Option<&str>, parts: &[&[u8]]) -> Option<[u8; 32]> {
    let secret = secret.filter(|secret| secret.len() == 32 && secret.bytes().all(|it| it.is_ascii_hexdigit()))?;
    let mut hash = Sha256::new();
    for part in std::iter::once(&secret.as_bytes()).chain(parts) {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    Some(hash.finalize().into())
}

impl Sent {
    /// Takes a request up if it is new; else where it led, or nothing while it is under way.
    fn begin(&self, key: [u8; 32]) -> Result<(), Option<String>> {
        let mut kept = held(self.0.lock());
        if let Some((begun, led)) = kept.get(&key)
            && begun.elapsed() < KEPT
        {
            return Err(led.clone());
        }
        if kept.len() >= MOST {
            kept.retain(|_, (begun, _)| begun.elapsed() < KEPT);
        }
        if kept.len() >= MOST
            && let Some(oldest) = kept.iter().min_by_key(|(_, (begun, _))| *begun).map(|(key, _)| *key)
        {
            kept.remove(&oldest);
        }
        kept.insert(key, (Instant::now(), None));
        Ok(())
    }

    fn end(&self, key: [u8; 32], led: Option<String>) {
        let mut kept = held(self.0.lock());
        match led {
            Some(led) => drop(kept.insert(key, (Instant::now(), Some(led)))),
            // What came to nothing can be tried again.
            None => drop(kept.remove(&key)),
        }
    }
}

/// Carries `work` out, which says where it leads; under a key only once. It goes on to its end also when the caller has gone.
///
/// # Errors
/// Those of the work, and when the same is under way for too long.
pub async fn once<F>(app: &App, key: Option<[u8; 32]>, work: F) -> Result<String, Fault>
where
    F: Future<Output = Result<String, Fault>> + Send + 'static,
{
    let Some(key) = key else { return work.await };
    let asked = Instant::now();
    loop {
        match app.sent.begin(key) {
            Ok(()) => break,
            Err(Some(led)) => return Ok(led),
            Err(None) if asked.elapsed() < PATIENCE => tokio::time::sleep(PAUSE).await,
            Err(None) => return Err(Fault::Conflict("the same is being written already".to_owned())),
        }
    }
    let app = app.clone();
    let task = tokio::spawn(async move {
        let outcome = work.await;
        app.sent.end(key, outcome.as_ref().ok().cloned());
        outcome
    });
    task.await.map_err(|error| Fault::Broken(error.to_string()))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_begun_once_and_again_when_it_came_to_nothing() {
        let sent = Sent::default();
        let secret = secret();
        let key = key_of(Some(&secret), &[b"typed"]).unwrap();
        assert_eq!(sent.begin(key), Ok(()));
        assert_eq!(sent.begin(key), Err(None));
        sent.end(key, None);
        assert_eq!(sent.begin(key), Ok(()));
        sent.end(key, Some("/there".to_owned()));
        assert_eq!(sent.begin(key), Err(Some("/there".to_owned())));
        assert_eq!(sent.begin(key_of(Some(&secret), &[b"typed", b"more"]).unwrap()), Ok(()));
        assert_eq!(key_of(None, &[]), None);
        assert_eq!(key_of(Some("short"), &[]), None);
    }

    #[test]
    fn there_is_an_end_to_what_is_known() {
        let sent = Sent::default();
        for number in 0..MOST + 5 {
            let key = key_of(Some(&"0".repeat(32)), &[&number.to_be_bytes()]).unwrap();
            assert_eq!(sent.begin(key), Ok(()));
        }
        assert_eq!(held(sent.0.lock()).len(), MOST);
    }
}
