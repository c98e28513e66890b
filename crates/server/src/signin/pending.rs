//! What was begun and waits for its second half, in memory: known by a secret, for a few minutes, good once.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::app::held;
use crate::fault::Fault;
use crate::gate::hash_of;

/// Most that wait at a time.
const MOST: usize = 10_000;

/// Things that wait.
#[derive(Debug)]
pub struct Pending<T> {
    kept: Mutex<HashMap<[u8; 32], (Instant, T)>>,
    life: Duration,
    most: usize,
}

impl<T> Pending<T> {
    /// For things that wait so long at most.
    pub fn for_minutes(minutes: u64) -> Self {
        Self::few(minutes, MOST)
    }

    /// As before, for things so large that only a few may wait.
    pub fn few(minutes: u64, most: usize) -> Self {
        Self { kept: Mutex::default(), life: Duration::from_secs(minutes * 60), most }
    }

    /// Keeps something and gives its secret.
    pub fn put(&self, thing: T) -> Result<String, Fault> {
        let secret = super::secret::link()?;
        let mut kept = held(self.kept.lock());
        if kept.len() >= self.most {
            kept.retain(|_, (begun, _)| begun.elapsed() < self.life);
        }
        if kept.len() >= self.most {
            return Err(Fault::TooMany(60));
        }
        kept.insert(hash_of(&secret), (Instant::now(), thing));
        Ok(secret)
    }

    /// Takes something away by its secret: whoever asks first has it.
    pub fn take(&self, secret: &str) -> Option<T> {
        let (begun, thing) = held(self.kept.lock()).remove(&hash_of(secret))?;
        (begun.elapsed() < self.life).then_some(thing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_good_once_and_for_its_time_and_there_is_an_end_to_how_many_wait() {
        let pending = Pending::for_minutes(5);
        let secret = pending.put(7).unwrap();
        assert_eq!((pending.take("another"), pending.take(&secret), pending.take(&secret)), (None, Some(7), None));
        let gone = Pending::for_minutes(0);
        let late = gone.put(1).unwrap();
        assert_eq!(gone.take(&late), None);
        for number in 0..MOST {
            pending.put(number).unwrap();
        }
        assert!(matches!(pending.put(0), Err(Fault::TooMany(60))));
    }
}
