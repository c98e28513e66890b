//! The time by which limits are counted. It is no time of day: a clock that is set back would lock everybody out.

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use governor::clock::{Clock, FakeRelativeClock};
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};

/// What counts for limits as time.
#[derive(Debug, Clone, Default)]
pub enum Ticks {
    /// The time of the machine since the program began, which never goes back.
    #[default]
    Machine,
    /// A time that stands still until somebody moves it on.
    Moved(FakeRelativeClock),
}

impl Ticks {
    /// A time that stands still.
    pub fn standing() -> Self {
        Self::Moved(FakeRelativeClock::default())
    }

    /// Moves a standing time on; that of the machine goes by itself.
    pub fn advance(&self, by: Duration) {
        if let Self::Moved(clock) = self {
            clock.advance(by);
        }
    }
}

impl Clock for Ticks {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        static BEGUN: LazyLock<Instant> = LazyLock::new(Instant::now);
        match self {
            Self::Machine => BEGUN.elapsed().into(),
            Self::Moved(clock) => clock.now(),
        }
    }
}

/// A limit for each key by itself.
pub type Limiter<K> = RateLimiter<K, DefaultKeyedStateStore<K>, Ticks, NoOpMiddleware<Nanos>>;

/// A limit of this many by this time.
pub fn limiter<K: std::hash::Hash + Eq + Clone>(quota: Quota, ticks: &Ticks) -> Limiter<K> {
    RateLimiter::new(quota, DefaultKeyedStateStore::default(), ticks.clone())
}
