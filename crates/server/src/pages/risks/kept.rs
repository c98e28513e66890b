//! Answers of simulations, kept in memory, and the simulations that are going on.
//!
//! An answer follows from its question and from nothing else. It is found again by the organisation, the inputs, the years
//! and the seed: a change elsewhere leaves it where it is, and somebody who may see other risks asks another question.

use std::collections::{BTreeSet, VecDeque};
use std::fmt::Write as _;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use attestry_risk::RunError;
use attestry_risk::quantitative::Cancel;
use attestry_risk::quantitative::simulate::GENERATOR;
use attestry_store::AccountId;
use sha2::{Digest as _, Sha256};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use super::outlook::{Outlook, Question, answer, fault_of};
use crate::app::{App, held};
use crate::cx::Cx;
use crate::fault::Fault;

/// The longest time that one simulation takes.
const LONGEST: Duration = Duration::from_mins(1);
/// How long a page waits for a simulation before it says how far that is.
const PATIENCE: Duration = Duration::from_millis(900);
/// Most answers kept, in bytes.
const MOST_BYTES: usize = 16 << 20;
/// Most simulations that go on or wait for their turn.
const MOST_WORKS: usize = 16;

type Key = [u8; 32];
type Ended = Option<Result<Arc<Outlook>, End>>;

/// What is kept.
#[derive(Debug)]
pub struct Kept {
    state: Mutex<State>,
    turn: Arc<Semaphore>,
    patience: AtomicU64,
    begun: AtomicU64,
}

#[derive(Debug, Default)]
struct State {
    /// The answer asked for last stands at the end.
    answers: VecDeque<(Key, Arc<Outlook>)>,
    bytes: usize,
    works: Vec<Arc<Work>>,
    /// What took too long, until it is told once: asking again would begin it again.
    failed: VecDeque<Key>,
}

/// A simulation that goes on or waits for its turn.
#[derive(Debug)]
struct Work {
    key: Key,
    blocks: u64,
    done: AtomicU64,
    begun: Mutex<Option<Instant>>,
    /// Who has asked and not stopped it.
    askers: Mutex<BTreeSet<AccountId>>,
    stopped: watch::Sender<bool>,
    ended: watch::Sender<Ended>,
}

/// What is known of an answer.
#[derive(Debug)]
pub enum Found {
    /// The answer.
    Answer(Arc<Outlook>),
    /// It is being worked out.
    Working(Progress),
    /// Everybody who had asked has stopped it.
    Stopped,
    /// It took longer than any simulation may.
    TooLong,
}

/// Why a simulation has ended without an answer.
#[derive(Debug, Clone)]
enum End {
    Stopped,
    TooLong,
    Fault(Fault),
}

/// How far a simulation is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// Names the simulation, to stop it.
    pub work: String,
    /// Thousandths that are done.
    pub thousandths: usize,
    /// Seconds that are left; 0 before that can be told.
    pub left: usize,
    /// Whether another simulation must end first.
    pub waits: bool,
}

impl Default for Kept {
    fn default() -> Self {
        Self {
            state: Mutex::default(),
            turn: Arc::new(Semaphore::new(1)),
            patience: AtomicU64::new(u64::try_from(PATIENCE.as_millis()).unwrap_or(u64::MAX)),
            begun: AtomicU64::new(0),
        }
    }
}

impl Kept {
    /// Sets how long a page waits for a simulation before it says how far that is.
    pub fn set_patience(&self, patience: Duration) {
        self.patience.store(u64::try_from(patience.as_millis()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// How many simulations were begun since the start of the server.
    pub fn begun(&self) -> u64 {
        self.begun.load(Ordering::Relaxed)
    }

    /// How many simulations go on or wait for their turn.
    pub fn going_on(&self) -> usize {
        held(self.state.lock()).works.len()
    }

    /// Takes the turn, so that no simulation begins before it is given back.
    pub async fn take_turn(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.turn).acquire_owned().await.ok()
    }

    fn known(&self, key: &Key) -> Option<Arc<Outlook>> {
        let mut state = held(self.state.lock());
        let at = state.answers.iter().position(|(one, _)| one == key)?;
        let found = state.answers.remove(at)?;
        let answer = Arc::clone(&found.1);
        state.answers.push_back(found);
        Some(answer)
    }

    fn put(&self, key: Key, answer: Arc<Outlook>, most: usize) {
        let mut state = held(self.state.lock());
        if state.answers.iter().any(|(one, _)| *one == key) {
            return;
        }
        state.bytes += answer.bytes();
        state.answers.push_back((key, answer));
        while state.bytes > most {
            let Some((_, oldest)) = state.answers.pop_front() else { break };
            state.bytes -= oldest.bytes();
        }
    }
}

/// What an answer is found again by.
fn key_of(organisation: &str, question: &Question) -> Key {
    Sha256::digest(format!("{GENERATOR} {organisation:?} {question:?}")).into()
}

/// The answer, if it is in memory.
pub fn known(cx: &Cx, question: &Question) -> Option<Arc<Outlook>> {
    cx.app.outlooks.known(&key_of(&cx.slug, question))
}

/// The answer from memory or by simulation; after a short while how far the simulation is, which goes on without the page.
pub async fn outlook(cx: &Cx, question: Question) -> Result<Found, Fault> {
    let patience = Duration::from_millis(cx.app.outlooks.patience.load(Ordering::Relaxed));
    let work = match begin(cx, question)? {
        Begun::Known(answer) => return Ok(Found::Answer(answer)),
        Begun::TooLong => return Ok(Found::TooLong),
        Begun::Work(work) => work,
    };
    match tokio::time::timeout(patience, end_of(&work)).await {
        Err(_) => Ok(Found::Working(work.progress())),
        Ok(Ok(answer)) => Ok(Found::Answer(answer)),
        Ok(Err(end)) => found_of(cx, &work.key, end),
    }
}

/// The answer, however long it takes.
pub async fn finished(cx: &Cx, question: Question) -> Result<Found, Fault> {
    let work = match begin(cx, question)? {
        Begun::Known(answer) => return Ok(Found::Answer(answer)),
        Begun::TooLong => return Ok(Found::TooLong),
        Begun::Work(work) => work,
    };
    match end_of(&work).await {
        Ok(answer) => Ok(Found::Answer(answer)),
        Err(end) => found_of(cx, &work.key, end),
    }
}

/// Says that nobody waits any more.
struct Waiting(Arc<AtomicBool>);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Other long work, in turn with the simulations: bounded in its time, and given up when nobody waits for it any more.
pub async fn bounded<T: Send + 'static>(
    cx: &Cx,
    work: impl FnOnce(&Cancel) -> Result<T, RunError> + Send + 'static,
) -> Result<T, Fault> {
    let turn = cx.app.outlooks.take_turn().await;
    let _turn = turn.ok_or_else(|| Fault::ReadOnly("the server is ending".to_owned()))?;
    let gone = Arc::new(AtomicBool::new(false));
    let _waiting = Waiting(Arc::clone(&gone));
    cx.apart(move |cx| {
        let begun = Instant::now();
        let ending = cx.app.ending.subscribe();
        let cancel = || gone.load(Ordering::Relaxed) || *ending.borrow() || begun.elapsed() > LONGEST;
        work(&cancel).map_err(|error| {
            let too_long = || Fault::Conflict("it took too long: offer fewer candidates".to_owned());
            fault_of(error).unwrap_or_else(too_long)
        })
    })
    .await
}

fn found_of(cx: &Cx, key: &Key, end: End) -> Result<Found, Fault> {
    match end {
        End::Stopped => Ok(Found::Stopped),
        End::TooLong => {
            held(cx.app.outlooks.state.lock()).failed.retain(|it| it != key);
            Ok(Found::TooLong)
        }
        End::Fault(fault) => Err(fault),
    }
}

/// Stops a simulation for the one who asks; it ends when nobody else has asked for it.
pub fn stop(cx: &Cx, name: &str) {
    let state = held(cx.app.outlooks.state.lock());
    let Some(work) = state.works.iter().find(|work| hex(&work.key) == name) else { return };
    let mut askers = held(work.askers.lock());
    if askers.remove(&cx.account) && askers.is_empty() {
        work.stopped.send_replace(true);
    }
}

enum Begun {
    Known(Arc<Outlook>),
    TooLong,
    Work(Arc<Work>),
}

async fn end_of(work: &Work) -> Result<Arc<Outlook>, End> {
    let mut ended = work.ended.subscribe();
    let found = ended.wait_for(Option::is_some).await.ok().and_then(|it| it.clone());
    found.unwrap_or(Err(End::Stopped))
}

/// Finds the answer, joins the simulation that works it out, or begins one.
fn begin(cx: &Cx, question: Question) -> Result<Begun, Fault> {
    let kept = &cx.app.outlooks;
    let key = key_of(&cx.slug, &question);
    if let Some(answer) = kept.known(&key) {
        return Ok(Begun::Known(answer));
    }
    let mut state = held(kept.state.lock());
    // It may have ended between the two looks.
    if let Some((_, answer)) = state.answers.iter().find(|(one, _)| *one == key) {
        return Ok(Begun::Known(Arc::clone(answer)));
    }
    if let Some(work) = state.works.iter().find(|work| work.key == key && !*work.stopped.borrow()) {
        held(work.askers.lock()).insert(cx.account);
        return Ok(Begun::Work(Arc::clone(work)));
    }
    if let Some(at) = state.failed.iter().position(|one| *one == key) {
        state.failed.remove(at);
        return Ok(Begun::TooLong);
    }
    if state.works.len() >= MOST_WORKS {
        return Err(Fault::TooMany(10));
    }
    let work = Arc::new(Work {
        key,
        blocks: question.work().max(1) as u64,
        done: AtomicU64::new(0),
        begun: Mutex::default(),
        askers: Mutex::new(BTreeSet::from([cx.account])),
        stopped: watch::Sender::new(false),
        ended: watch::Sender::new(None),
    });
    state.works.push(Arc::clone(&work));
    drop(state);
    tokio::spawn(carry_out(cx.app.clone(), Arc::clone(&work), question));
    Ok(Begun::Work(work))
}

/// Waits for the turn, simulates, keeps the answer and tells everybody who waits.
async fn carry_out(app: App, work: Arc<Work>, question: Question) {
    let (mut stopped, mut ending) = (work.stopped.subscribe(), app.ending.subscribe());
    let turn = tokio::select! {
        turn = app.outlooks.take_turn() => turn,
        _ = stopped.wait_for(|it| *it) => None,
        _ = ending.wait_for(|it| *it) => None,
    };
    let found = if turn.is_none() || *work.stopped.borrow() {
        Err(End::Stopped)
    } else {
        simulate(&app, &work, question).await
    };
    drop(turn);
    let kept = &app.outlooks;
    let found = found.map(Arc::new);
    if let Ok(answer) = &found {
        kept.put(work.key, Arc::clone(answer), MOST_BYTES);
    }
    {
        let mut state = held(kept.state.lock());
        state.works.retain(|it| !Arc::ptr_eq(it, &work));
        if matches!(found, Err(End::TooLong)) {
            state.failed.push_back(work.key);
            if state.failed.len() > MOST_WORKS {
                state.failed.pop_front();
            }
        }
    }
    work.ended.send_replace(Some(found));
}

async fn simulate(app: &App, work: &Arc<Work>, question: Question) -> Result<Outlook, End> {
    app.outlooks.begun.fetch_add(1, Ordering::Relaxed);
    let begun = Instant::now();
    *held(work.begun.lock()) = Some(begun);
    let (work, ending) = (Arc::clone(work), app.ending.subscribe());
    let simulation = move || {
        // Asked once for every block.
        let cancel = || {
            work.done.fetch_add(1, Ordering::Relaxed);
            begun.elapsed() > LONGEST || *work.stopped.borrow() || *ending.borrow()
        };
        answer(&question, &cancel).map_err(|error| match error {
            None if *work.stopped.borrow() || *ending.borrow() => End::Stopped,
            None => End::TooLong,
            Some(fault) => End::Fault(fault),
        })
    };
    tokio::task::spawn_blocking(simulation)
        .await
        .unwrap_or_else(|error| Err(End::Fault(Fault::Broken(error.to_string()))))
}

impl Work {
    fn progress(&self) -> Progress {
        let done = self.done.load(Ordering::Relaxed).min(self.blocks);
        let begun = *held(self.begun.lock());
        let spent = begun.map(|it| u64::try_from(it.elapsed().as_millis()).unwrap_or(u64::MAX));
        let left = spent.filter(|spent| done * 50 > self.blocks && *spent > 300);
        Progress {
            work: hex(&self.key),
            thousandths: small(done * 1000 / self.blocks),
            left: left.map_or(0, |spent| small((spent * (self.blocks - done) / done).div_ceil(1000))),
            waits: begun.is_none(),
        }
    }
}

/// A number that is small, whatever it counts.
fn small(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

fn hex(key: &Key) -> String {
    key.iter().fold(String::with_capacity(64), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use attestry_risk::quantitative::{Portfolio, Range, Run, Scenario, never};

    fn question(loss: f64, seed: u64) -> Question {
        let scenario = Scenario::simple(1, "EUR", Range::Constant(0.5), Range::Constant(loss));
        let alone = Portfolio { scenarios: vec![scenario], common_causes: Vec::new() };
        Question { before: None, now: alone.clone(), plan: alone, run: Run { years: 1_000, seed } }
    }

    #[test]
    fn a_key_follows_from_organisation_inputs_and_seed_and_from_nothing_else() {
        let key = key_of("clinic", &question(1e4, 1));
        assert_eq!(key, key_of("clinic", &question(1e4, 1)));
        let mut years = question(1e4, 1);
        years.run.years = 2_000;
        let mut plan = question(1e4, 1);
        plan.plan.scenarios.clear();
        let others = [
            key_of("other", &question(1e4, 1)),
            key_of("clinic", &question(1e4_f64.next_up(), 1)),
            key_of("clinic", &question(1e4, 2)),
            key_of("clinic", &years),
            key_of("clinic", &plan),
        ];
        let distinct = others.iter().chain([&key]).collect::<BTreeSet<_>>();
        assert_eq!(distinct.len(), 6);
    }

    #[test]
    fn answers_are_bounded_in_bytes_and_the_one_asked_for_longest_ago_goes_first() {
        let kept = Kept::default();
        let answer = Arc::new(answer(&question(1e4, 1), &never).unwrap());
        let most = answer.bytes() * 3;
        assert!(answer.bytes() > 500, "the size counts what is in it: {}", answer.bytes());
        for at in 0..3 {
            kept.put([at; 32], Arc::clone(&answer), most);
        }
        assert!(kept.known(&[0; 32]).is_some());
        kept.put([3; 32], Arc::clone(&answer), most);
        kept.put([3; 32], Arc::clone(&answer), most);
        let found = [0, 1, 2, 3].map(|at| kept.known(&[at; 32]).is_some());
        assert_eq!(found, [true, false, true, true]);
        assert_eq!(held(kept.state.lock()).bytes, most);
        // One that is larger than all room is given and not kept.
        kept.put([9; 32], answer, 100);
        let state = held(kept.state.lock());
        assert_eq!((state.answers.len(), state.bytes), (0, 0));
    }
}
