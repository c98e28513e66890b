//! What the server holds for all requests: the store, the settings, and what is kept in memory because it is asked often.
//!
//! Everything kept here follows from the store and may be dropped at any time; only the votes of a running workshop live here
//! alone.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use attestry_check::Report;
use attestry_model::records::Person;
use attestry_model::{Isms, Ref};
use attestry_report::Renderer;
use attestry_store::{AccountId, Organisation, Session, Store, When};
use jiff::Timestamp;
use jiff::civil::Date;
use tokio::sync::watch;

use crate::fault::Fault;
use crate::signin::Signin;

/// What the server is started with.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The address that people type, such as `https://isms.example.org`; without it the `Host` header decides.
    pub url: Option<String>,
    /// Whether the connection is encrypted, here or by the proxy in front: cookies are then marked `Secure`.
    pub secure: bool,
    /// The proxies whose forwarding headers are believed.
    pub proxies: Vec<std::net::IpAddr>,
    /// Folder for files that are on their way.
    pub data: PathBuf,
    /// The clock: the machine's, or a fixed one for a simulated organisation.
    pub clock: attestry_store::Clock,
    /// Whether the demonstration may be loaded from the page of the first start.
    pub demo: bool,
    /// The time by which limits are counted: the machine's, or one that a test moves on.
    pub ticks: crate::ticks::Ticks,
}

/// Makes the renderer of PDF documents: a child process of the same program.
pub type MakeRenderer = Arc<dyn Fn() -> Renderer + Send + Sync>;

/// The records of the demonstration, as files that `import` reads.
pub type Demo = Arc<dyn Fn() -> Vec<attestry_exchange::SourceFile> + Send + Sync>;

/// What the server holds.
#[derive(Clone)]
pub struct App(Arc<Inner>);

/// See [`App`], which gives access to it.
pub struct Inner {
    /// The store.
    pub store: Store,
    /// The settings.
    pub settings: Settings,
    /// Sign-in: limits, pending challenges, the link of the first start.
    pub signin: Signin,
    /// Makes the renderer of PDF documents.
    pub renderer: MakeRenderer,
    /// The demonstration's files.
    pub demo: Demo,
    /// When the server was started.
    pub started: Instant,
    /// Where the metrics are written out.
    pub metrics: metrics_exporter_prometheus::PrometheusHandle,
    /// What the interface for programs keeps.
    pub api: crate::api::Kept,
    /// Pages and numbers that were worked out a moment ago.
    pub kept: crate::kept::Kept,
    /// What was sent by forms a short while ago.
    pub sent: crate::once::Sent,
    /// Places for files that come in.
    pub places: crate::transfer::Places,
    /// What lists and search keep.
    pub lists: crate::pages::lists::Kept,
    /// What simulations have answered, and those that go on.
    pub outlooks: crate::pages::risks::kept::Kept,
    /// Becomes true when the server is to end: long answers stop then.
    pub ending: watch::Sender<bool>,
    /// Workshops that are running.
    pub workshops: crate::pages::risks::workshop::Kept,
    /// How many gaps there were on days of the past.
    pub trend: crate::pages::home::trend::Kept,
    sessions: Mutex<HashMap<[u8; 32], (Instant, Session)>>,
    memberships: Mutex<HashMap<(AccountId, String), Membership>>,
    reports: Mutex<HashMap<String, Kept>>,
    pasts: Mutex<Vec<(String, u64, Arc<Past>)>>,
}

/// The person that an account is in an organisation, and when that was read.
type Membership = (Instant, Option<Ref<Person>>);

struct Kept {
    size: u64,
    report: Arc<Report>,
}

/// A value as it stood.
#[derive(Debug)]
pub struct Past {
    /// The value.
    pub isms: Isms,
    /// The last entry that is in it.
    pub seq: u64,
    /// When that entry was written.
    pub at: Timestamp,
    /// The conformance report over it, made when first asked for.
    report: std::sync::OnceLock<Arc<Report>>,
}

impl std::ops::Deref for App {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

/// How long a session that was read is believed without asking the store again. Ending a session here forgets it at once;
/// this bounds only what another node of the same database has ended.
const SESSION_KEPT: Duration = Duration::from_secs(5);
/// How long ago a session was last seen when that is noted anew.
const SEEN: jiff::SignedDuration = jiff::SignedDuration::from_mins(1);
/// Most sessions kept in memory.
const MOST_SESSIONS: usize = 10_000;
/// Most past values kept in memory, over all organisations.
const MOST_PASTS: usize = 6;

/// The content of a lock; what a panicking holder left is whole, because values are replaced and never edited.
pub fn held<'a, T>(lock: Result<MutexGuard<'a, T>, PoisonError<MutexGuard<'a, T>>>) -> MutexGuard<'a, T> {
    lock.unwrap_or_else(PoisonError::into_inner)
}

impl App {
    /// What a server needs.
    pub fn new(store: Store, settings: Settings, renderer: MakeRenderer, demo: Demo) -> Result<Self, Fault> {
        let signin = Signin::new(&settings)?;
        Ok(Self(Arc::new(Inner {
            api: crate::api::Kept::new(&settings.ticks),
            store,
            signin,
            settings,
            renderer,
            demo,
            started: Instant::now(),
            metrics: crate::metrics::install(),
            kept: crate::kept::Kept::default(),
            sent: crate::once::Sent::default(),
            places: crate::transfer::Places::default(),
            lists: crate::pages::lists::Kept::default(),
            outlooks: crate::pages::risks::kept::Kept::default(),
            ending: watch::Sender::new(false),
            workshops: crate::pages::risks::workshop::Kept::default(),
            trend: crate::pages::home::trend::Kept::default(),
            sessions: Mutex::default(),
            memberships: Mutex::default(),
            reports: Mutex::default(),
            pasts: Mutex::default(),
        })))
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        self.settings.clock.now()
    }

    /// The session of a cookie's hash, if it is still good.
    pub fn session(&self, hash: &[u8; 32]) -> Result<Option<Session>, Fault> {
        let now = self.now();
        {
            let kept = held(self.sessions.lock());
            if let Some((read, session)) = kept.get(hash)
                && read.elapsed() < SESSION_KEPT
            {
                return Ok((session.expires_at > now).then(|| session.clone()));
            }
        }
        let idle = |session: &Session| session.seen_at + crate::signin::session::IDLE <= now;
        let found = self.store.accounts().session(hash, now)?.filter(|session| !idle(session));
        if found.as_ref().is_some_and(|session| session.seen_at + SEEN <= now) {
            let (app, hash) = (self.clone(), *hash);
            // Noted beside the request; a note that is lost is made by the next one.
            tokio::task::spawn_blocking(move || app.store.accounts().touch_session(&hash, now));
        }
        let mut kept = held(self.sessions.lock());
        if kept.len() >= MOST_SESSIONS {
            kept.retain(|_, (read, _)| read.elapsed() < SESSION_KEPT);
        }
        match &found {
            Some(session) if kept.len() < MOST_SESSIONS => {
                kept.insert(*hash, (Instant::now(), session.clone()));
            }
            _ => {
                kept.remove(hash);
            }
        }
        Ok(found)
    }

    /// The person that an account is in an organisation.
    pub fn membership(&self, account: AccountId, organisation: &str) -> Result<Option<Ref<Person>>, Fault> {
        let key = (account, organisation.to_owned());
        if let Some((read, person)) = held(self.memberships.lock()).get(&key)
            && read.elapsed() < SESSION_KEPT
        {
            return Ok(*person);
        }
        let all = self.store.accounts().memberships(account)?;
        let person = all.iter().find(|one| one.organisation == organisation).map(|one| one.person);
        let mut kept = held(self.memberships.lock());
        if kept.len() >= MOST_SESSIONS {
            kept.clear();
        }
        kept.insert(key, (Instant::now(), person));
        Ok(person)
    }

    /// Forgets sessions and memberships that were kept, after any of them has changed.
    pub fn forget_sessions(&self) {
        held(self.sessions.lock()).clear();
        held(self.memberships.lock()).clear();
    }

    /// The conformance report over the newest value. After a change only the rules that read a changed kind run again.
    pub fn report(&self, organisation: &str, isms: &Isms, now: Timestamp, today: Date) -> Arc<Report> {
        let before = {
            let kept = held(self.reports.lock());
            kept.get(organisation).map(|kept| (kept.size, Arc::clone(&kept.report)))
        };
        let fresh = match before {
            Some((size, report)) if size == isms.size() && report.today == today => return report,
            Some((size, report)) if size < isms.size() => report.next(isms, now, today, isms.kinds_since(size)),
            _ => Report::of(isms, now, today),
        };
        let report = Arc::new(fresh);
        let mut kept = held(self.reports.lock());
        let newest = kept.get(organisation).map_or(0, |kept| kept.size);
        if isms.size() >= newest {
            let entry = Kept { size: isms.size(), report: Arc::clone(&report) };
            kept.insert(organisation.to_owned(), entry);
        }
        report
    }

    /// The value as it stood; the last few are kept.
    pub fn past(&self, organisation: &Organisation, when: When) -> Result<Arc<Past>, Fault> {
        let slug = organisation.info().slug;
        let wanted = organisation.position(when).map_err(|error| Fault::field("asof", error.to_string()))?;
        if let Some((_, _, past)) = held(self.pasts.lock()).iter().find(|(of, seq, _)| *of == slug && *seq == wanted) {
            return Ok(Arc::clone(past));
        }
        let found = organisation.as_of(When::Seq(wanted))?;
        let past =
            Arc::new(Past { isms: found.isms, seq: found.seq, at: found.at, report: std::sync::OnceLock::new() });
        let mut pasts = held(self.pasts.lock());
        if pasts.len() >= MOST_PASTS {
            pasts.remove(0);
        }
        pasts.push((slug, wanted, Arc::clone(&past)));
        Ok(past)
    }
}

impl Past {
    /// The conformance report over it.
    pub fn report(&self, now: Timestamp, today: Date) -> Arc<Report> {
        let kept = self.report.get_or_init(|| Arc::new(Report::of(&self.isms, now, today)));
        if kept.today == today { Arc::clone(kept) } else { Arc::new(Report::of(&self.isms, now, today)) }
    }
}
