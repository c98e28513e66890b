//! What the interface keeps in memory: how often each account calls, how many streams are open, what the last look at the
//! server's health showed.

use std::num::NonZeroU32;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use attestry_store::AccountId;
use governor::Quota;
use governor::clock::Clock as _;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::health::Health;
use crate::app::held;
use crate::fault::Fault;
use crate::ticks::{Limiter, Ticks, limiter};

/// Calls of one account in a second, sustained.
const CALLS: NonZeroU32 = NonZeroU32::new(200).unwrap();
/// Calls of one account at once.
const BURST: NonZeroU32 = NonZeroU32::new(2_000).unwrap();
/// Open streams of all accounts together.
pub const STREAMS: usize = 64;
/// Accounts beyond which the limiter forgets who has been quiet.
const ACCOUNTS: usize = 10_000;
/// How long a look at the server's health is believed.
const HEALTH_KEPT: Duration = Duration::from_secs(1);

/// What the interface keeps.
#[derive(Debug)]
pub struct Kept {
    calls: Limiter<AccountId>,
    streams: Arc<Semaphore>,
    health: Mutex<Option<(Instant, Health)>>,
}

impl Kept {
    /// Nothing yet, with calls counted by this time.
    pub fn new(ticks: &Ticks) -> Self {
        Self {
            calls: limiter(Quota::per_second(CALLS).allow_burst(BURST), ticks),
            streams: Arc::new(Semaphore::new(STREAMS)),
            health: Mutex::default(),
        }
    }

    /// Counts a call of an account.
    ///
    /// # Errors
    /// When it calls more often than it may, with the seconds to wait.
    pub fn admit(&self, account: AccountId) -> Result<(), Fault> {
        if self.calls.len() > ACCOUNTS {
            self.calls.retain_recent();
        }
        self.calls
            .check_key(&account)
            .map_err(|until| Fault::TooMany(until.wait_time_from(self.calls.clock().now()).as_secs().max(1)))
    }

    /// Takes one of the places for streams.
    pub fn stream(&self) -> Result<OwnedSemaphorePermit, Fault> {
        Arc::clone(&self.streams).try_acquire_owned().map_err(|_| Fault::TooMany(30))
    }

    /// How many streams are open.
    pub fn open_streams(&self) -> usize {
        STREAMS - self.streams.available_permits()
    }

    /// The server's health, looked at anew when the last look is old.
    pub fn health(&self, look: impl FnOnce() -> Health) -> Health {
        let mut kept = held(self.health.lock());
        if let Some((at, health)) = &*kept
            && at.elapsed() < HEALTH_KEPT
        {
            return *health;
        }
        let health = look();
        *kept = Some((Instant::now(), health));
        health
    }
}
