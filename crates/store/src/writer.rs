//! The one writer of an organisation: a thread that takes commands in order, decides them against the newest value and
//! writes them in groups, each in one transaction.
//!
//! The order is fixed: commit, then the high-water mark, then the new value for readers, then the answers. What was
//! answered is durable; what failed after its commit began is never tried again, and the organisation becomes read-only.

use std::collections::VecDeque;
use std::sync::mpsc::Receiver;
use std::sync::{Arc, PoisonError};

use attestry_ledger::SigningKey;
use attestry_model::{Change, Command, Isms, Principal, Refusal, decide_next};
use jiff::Timestamp;

use crate::backend::{Db, Transaction};
use crate::config::{Access, Clock};
use crate::erase::Erasure;
use crate::error::{StoreError, SubmitError, refusal};
use crate::fail::failpoint;
use crate::group::Group;
use crate::head::{Chain, Head, Tails};
use crate::load::{EVENT, EVENTS, Event, Loaded, time};
use crate::mark::MarkFile;
use crate::organisation::{Receipt, Shared, Written};
use crate::seal::{Unsealed, settle};

/// The most commands written in one transaction.
const MOST_COMMANDS: usize = 256;
/// No further command joins a transaction that has this many entries.
const MOST_ENTRIES: u64 = 5_000;

/// What is told when a command has been dealt with.
pub(crate) type Reply = Box<dyn FnOnce(Result<Receipt, SubmitError>) + Send>;

/// What somebody wants of the writer.
pub(crate) enum Wish {
    Command(Command),
    Erase(Erasure),
    /// Nothing but to take in what others have written.
    Refresh,
}

/// A command in the queue.
pub(crate) struct Job {
    pub principal: Principal,
    pub wish: Wish,
    pub reply: Reply,
}

impl Job {
    /// Whether it may be too large to share a transaction.
    fn is_alone(&self) -> bool {
        matches!(self.wish, Wish::Command(Command::Import { .. }) | Wish::Erase(_))
    }
}

/// The writer's own state: what the next group builds on.
pub(crate) struct Writer {
    pub db: Option<Db>,
    pub head: Head,
    pub isms: Isms,
    pub tails: Tails,
    pub key: SigningKey,
    pub mark: MarkFile,
    pub shared: Arc<Shared>,
}

type Outcome = (Reply, Result<Receipt, SubmitError>);

/// A group that was not written.
struct Failed {
    error: SubmitError,
    /// Why nothing more may be written, if so.
    read_only: Option<String>,
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Self { error: error.into(), read_only: None }
    }
}

impl Writer {
    /// Works until nobody can ask any more.
    pub fn run(mut self, jobs: &Receiver<Job>) {
        let mut queue: VecDeque<Job> = VecDeque::new();
        loop {
            if queue.is_empty() {
                match jobs.recv() {
                    Ok(job) => queue.push_back(job),
                    Err(_) => return,
                }
            }
            while queue.len() < MOST_COMMANDS {
                match jobs.try_recv() {
                    Ok(job) => queue.push_back(job),
                    Err(_) => break,
                }
            }
            self.serve(&mut queue);
        }
    }

    /// Deals with the next group of the queue.
    fn serve(&mut self, queue: &mut VecDeque<Job>) {
        let mut outcomes = Vec::new();
        let failed = match self.blocked() {
            Some(error) => Some(Failed { error, read_only: None }),
            None => self.write(queue, &mut outcomes).err(),
        };
        let Some(Failed { error, read_only }) = failed else {
            for (reply, outcome) in outcomes {
                reply(outcome);
            }
            return;
        };
        if let Some(reason) = read_only {
            self.shared.refuse_writes(reason);
        }
        if outcomes.is_empty() {
            // Nothing was taken from the queue, so the first in it would fail for ever.
            outcomes.extend(queue.pop_front().map(|job| (job.reply, Err(error.clone()))));
        }
        for (reply, outcome) in outcomes {
            reply(match outcome {
                Err(SubmitError::Refused(refusal)) => Err(SubmitError::Refused(refusal)),
                _ => Err(error.clone()),
            });
        }
    }

    /// Why nothing can be written at all.
    fn blocked(&self) -> Option<SubmitError> {
        let slug = &self.head.slug;
        if let Some(reason) = self.shared.read_only() {
            return Some(SubmitError::ReadOnly { slug: slug.clone(), reason });
        }
        clock_fits(slug, &self.head.clock, self.shared.core.config.clock).err()
    }

    fn write(&mut self, queue: &mut VecDeque<Job>, outcomes: &mut Vec<Outcome>) -> Result<(), Failed> {
        failpoint!("before-begin", |_| Err(planted("before-begin").into()));
        let mut db = match self.db.take() {
            Some(db) => db,
            None => Db::connect(&self.shared.core.place, Access::Write)?,
        };
        db.begin(Transaction::Write)?;
        match self.fill(&mut db, queue, outcomes) {
            Ok(None) => {
                db.rollback();
                self.db = Some(db);
                Ok(())
            }
            Ok(Some((head, tails, isms, note))) => {
                self.finish(db, head, tails, isms, &note)?;
                Ok(())
            }
            Err(failed) => {
                db.rollback();
                if db.is_file() {
                    self.db = Some(db);
                }
                Err(failed)
            }
        }
    }

    /// Decides commands and hands their entries to the database; `None` when there is nothing to commit.
    fn fill(
        &mut self,
        db: &mut Db,
        queue: &mut VecDeque<Job>,
        outcomes: &mut Vec<Outcome>,
    ) -> Result<Option<(Head, Tails, Isms, String)>, Failed> {
        let slug = self.head.slug.clone();
        let head = Head::read(db, &slug, true)?
            .ok_or_else(|| StoreError::Organisation(format!("organisation {slug} is no longer in the database")))?;
        self.catch_up(db, head)?;
        failpoint!("after-begin", |_| Err(planted("after-begin").into()));
        let mut isms = self.isms.clone();
        let first = self.head.size;
        let mut group = Group::new(db, self.head.clone(), &self.tails);
        let mut alone = false;
        while let Some(job) = queue.pop_front() {
            if job.is_alone() {
                if group.head.size > first || !outcomes.is_empty() {
                    queue.push_front(job);
                    break;
                }
                alone = true;
            }
            let now = self.now(group.head.last_at);
            let Job { principal, wish, reply } = job;
            let outcome = match self.carry_out(&mut group, &mut isms, &principal, wish, now, alone) {
                Ok(receipt) => Ok(receipt),
                Err(Unsealed::Refused(refusal)) => Err(SubmitError::Refused(refusal)),
                Err(Unsealed::Failed(error)) => {
                    outcomes.push((reply, Err(error.clone().into())));
                    return Err(error.into());
                }
            };
            let refused = outcome.is_err();
            outcomes.push((reply, outcome));
            if alone && refused {
                return Ok(None);
            }
            if alone || outcomes.len() >= MOST_COMMANDS || group.head.size - first >= MOST_ENTRIES {
                break;
            }
        }
        if group.head.size == first {
            return Ok(None);
        }
        let (head, tails, note) = group.finish(&self.key)?;
        for (_, outcome) in outcomes.iter_mut() {
            if let Ok(receipt) = outcome {
                receipt.size = head.size;
            }
        }
        Ok(Some((head, tails, isms, note)))
    }

    fn carry_out(
        &self,
        group: &mut Group<'_>,
        isms: &mut Isms,
        principal: &Principal,
        wish: Wish,
        now: Timestamp,
        alone: bool,
    ) -> Result<Receipt, Unsealed> {
        let mut erasing = None;
        let (mut change, next) = match wish {
            Wish::Refresh => return Ok(Receipt::nothing(group.head.size)),
            Wish::Command(command) => {
                check_reserved(&command).map_err(Unsealed::Refused)?;
                let (change, next) = decide_next(isms, principal, command, now).map_err(Unsealed::Refused)?;
                (change, Some(next))
            }
            Wish::Erase(erasure) => {
                let (change, cuts) = erasure.decide(group, isms, principal, now)?;
                erasing = Some(cuts);
                (change, None)
            }
        };
        if change.entries.is_empty() {
            return Ok(Receipt::nothing(group.head.size));
        }
        let mut settled = false;
        for entry in &mut change.entries {
            settled |= settle(entry).map_err(Unsealed::Refused)?;
        }
        self.check_files(&change)?;
        let after = match next {
            Some(next) if !settled => next,
            _ => isms.apply(&change).map_err(|problems| Unsealed::Refused(problems.into()))?,
        };
        let first = group.head.size;
        group.add(&change, isms, &after, alone && erasing.is_none())?;
        if let Some(cuts) = erasing {
            cuts.carry_out(group).map_err(Unsealed::Failed)?;
        }
        *isms = after;
        Ok(Receipt {
            first_seq: first,
            last_seq: group.head.size - 1,
            size: group.head.size,
            entries: (first..)
                .zip(change.entries)
                .map(|(seq, entry)| Written {
                    seq,
                    subject: entry.subject,
                    action: entry.action,
                    version: entry.version,
                })
                .collect(),
        })
    }

    /// The files that come in with a change must lie in the file store.
    fn check_files(&self, change: &Change) -> Result<(), Unsealed> {
        for file in change.entries.iter().flat_map(|entry| &entry.files) {
            let found = self.shared.core.files.size(&file.sha256).map_err(Unsealed::Failed)?;
            if found != Some(file.size) {
                let cause = format!("{} of {} bytes is not in the file store", file.name, file.size);
                return Err(Unsealed::Refused(refusal("file", cause)));
            }
        }
        Ok(())
    }

    fn now(&self, last_at: i64) -> Timestamp {
        let now = self.shared.core.config.clock.now();
        time(last_at).map_or(now, |last| now.max(last))
    }

    /// Commits, marks, publishes.
    fn finish(&mut self, mut db: Db, head: Head, tails: Tails, isms: Isms, note: &str) -> Result<(), Failed> {
        failpoint!("before-commit");
        let committed = commit(&mut db);
        if let Err(error) = committed {
            let read_only = match &error {
                // The log was not extended, so it is known that nothing was written.
                StoreError::Full { .. } => None,
                _ => Some(format!("a commit failed ({error}); restart the program once its cause is gone")),
            };
            db.rollback();
            return Err(Failed { error: error.into(), read_only });
        }
        failpoint!("after-commit");
        if let Err(error) = self.mark.write(note) {
            let reason = format!("the high-water mark could not be written: {error}");
            let slug = self.head.slug.clone();
            return Err(Failed {
                error: SubmitError::ReadOnly { slug, reason: format!("{reason}; the last change is not confirmed") },
                read_only: Some(reason),
            });
        }
        self.db = Some(db);
        self.head = head;
        self.tails.extend(tails);
        self.isms = isms;
        self.shared.publish(&self.head, &self.isms, Some(note));
        failpoint!("before-ack");
        Ok(())
    }

    /// Takes in what another node has written since.
    fn catch_up(&mut self, db: &mut Db, head: Head) -> Result<(), Failed> {
        let same = head.size == self.head.size && head.frontier == self.head.frontier && head.epoch == self.head.epoch;
        if same {
            return Ok(());
        }
        let regressed = |cause: String| {
            let reason = format!("ledger regressed: {cause}");
            let slug = self.head.slug.clone();
            Failed { error: SubmitError::ReadOnly { slug, reason: reason.clone() }, read_only: Some(reason) }
        };
        if head.size <= self.head.size {
            return Err(regressed(format!(
                "the database holds {} entries, but {} were written",
                head.size, self.head.size
            )));
        }
        if head.epoch != self.head.epoch {
            return Err(regressed(format!("epoch {} of the ledger was begun elsewhere", head.epoch.number)));
        }
        let tree = self.head.frontier.size();
        let known = db.one(
            "SELECT root FROM checkpoint WHERE organisation = $1 AND epoch = $2 AND size = $3",
            &[head.id.into(), head.epoch.number.into(), tree.into()],
            |row| row.hash(0),
        )?;
        if known.is_some_and(|root| root != self.head.frontier.root()) {
            return Err(regressed(format!("the database has another root for {tree} entries")));
        }
        let sql = format!("SELECT {EVENT} FROM {EVENTS} WHERE e.organisation = $1 AND e.seq >= $2 ORDER BY e.seq");
        let (isms, tails) = (&mut self.isms, &mut self.tails);
        db.each(&sql, &[head.id.into(), self.head.size.into()], |row| {
            let event = Event::read(row)?;
            let entry = event.entry()?;
            let by = attestry_model::Actor::parse(&event.actor).and_then(attestry_model::Actor::person);
            isms.absorb(&entry, time(event.at)?, by)
                .map_err(|problems| StoreError::content(format!("entry {}", event.seq), problems))?;
            if let Some(chain) = Chain::of(&entry.subject) {
                tails.insert(chain, event.leaf_hash);
            }
            Ok(())
        })?;
        self.head = head;
        self.shared.publish(&self.head, &self.isms, None);
        Ok(())
    }
}

fn commit(db: &mut Db) -> Result<(), StoreError> {
    failpoint!("commit", |_| Err(planted("commit")));
    db.commit()
}

#[cfg(feature = "failpoints")]
fn planted(site: &str) -> StoreError {
    StoreError::Database { place: site.to_owned(), cause: "a planted fault".to_owned() }
}

/// Settings that say what the organisation is and that nobody changes.
pub(crate) const RESERVED: [&str; 2] = ["clock", "organisation"];

/// Refuses to change a setting that only the store writes.
pub(crate) fn check_reserved(command: &Command) -> Result<(), Refusal> {
    match command {
        Command::Set { name, .. } if RESERVED.contains(&name.as_str()) => Err(Refusal::Denied(format!(
            "to change the setting {name}: it was fixed when the organisation was created"
        ))),
        _ => Ok(()),
    }
}

/// Nobody back-dates a real organisation, and a simulated one never mixes with real time.
pub(crate) fn clock_fits(slug: &str, made_with: &str, clock: Clock) -> Result<(), SubmitError> {
    if made_with == clock.word() {
        return Ok(());
    }
    Err(SubmitError::Clock(match clock {
        Clock::Fixed(_) => format!(
            "{slug} runs by the real clock: writing with a set time is possible only in an organisation created with one"
        ),
        Clock::Real => format!("{slug} was created with a simulated clock: say which time it is to write in it"),
    }))
}

/// Starts the writer's thread for what was loaded.
pub(crate) fn start(
    shared: &Arc<Shared>,
    db: Db,
    loaded: Loaded,
    key: SigningKey,
    mark: MarkFile,
    jobs: Receiver<Job>,
) -> Result<std::thread::JoinHandle<()>, StoreError> {
    let Loaded { head, isms, tails } = loaded;
    let name = format!("writer {}", head.slug);
    let writer = Writer { db: Some(db), head, isms, tails, key, mark, shared: Arc::clone(shared) };
    std::thread::Builder::new()
        .name(name)
        .spawn(move || writer.run(&jobs))
        .map_err(|error| StoreError::Config(format!("the writer's thread cannot be started: {error}")))
}

/// Reads a lock's content also when a thread ended while holding it: what it guards is replaced whole.
pub(crate) fn held<T>(lock: Result<T, PoisonError<T>>) -> T {
    lock.unwrap_or_else(PoisonError::into_inner)
}
