//! One organisation: its newest value for reading, and the way to its writer.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, RwLock};
use std::thread::JoinHandle;

use attestry_ledger::VerifyingKey;
use attestry_model::{Action, Change, Command, Isms, Principal, Subject, decide};
use jiff::Timestamp;

use crate::backend::{Db, Transaction};
use crate::config::Access;
use crate::erase::Erasure;
use crate::error::{StoreError, SubmitError};
use crate::head::{Epoch, Head, epochs};
use crate::key::Seed;
use crate::load::{Loaded, load, time};
use crate::mark::{HighWater, MarkFile};
use crate::store::Core;
use crate::writer::{Job, Wish, check_reserved, clock_fits, held, start};

/// What was written for one command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The number of its first entry; the ledger's size when there was nothing to write.
    pub first_seq: u64,
    /// The number of its last entry; the ledger's size when there was nothing to write.
    pub last_seq: u64,
    /// How many entries the ledger has after the transaction, which may hold others' entries as well.
    pub size: u64,
    /// Its entries in order; none when everything was as wanted already.
    pub entries: Vec<Written>,
}

impl Receipt {
    pub(crate) fn nothing(size: u64) -> Self {
        Self { first_seq: size, last_seq: size, size, entries: Vec::new() }
    }
}

/// One entry that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Its number in the ledger, from 0.
    pub seq: u64,
    /// What it is about.
    pub subject: Subject,
    /// What was done.
    pub action: Action,
    /// The version that it made; 0 for the ledger itself.
    pub version: u32,
}

/// What is known of an organisation besides its ISMS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Info {
    /// The short name in addresses and commands.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// When it was created here.
    pub created_at: Timestamp,
    /// Whether its clock is simulated: the times in it are what was said, not what was.
    pub simulated: bool,
    /// How many entries its ledger has.
    pub size: u64,
    /// The epoch that its ledger is in.
    pub epoch: Epoch,
    /// Why nothing can be written, if so.
    pub read_only: Option<String>,
}

/// What readers and the writer share.
pub(crate) struct Shared {
    pub core: Arc<Core>,
    pub slug: String,
    pub id: i64,
    isms: RwLock<Isms>,
    state: RwLock<State>,
}

struct State {
    head: Head,
    note: Option<String>,
    read_only: Option<String>,
}

impl Shared {
    /// Makes what was written visible.
    pub fn publish(&self, head: &Head, isms: &Isms, note: Option<&str>) {
        let mut state = held(self.state.write());
        state.head = head.clone();
        if let Some(note) = note {
            state.note = Some(note.to_owned());
        }
        *held(self.isms.write()) = isms.clone();
    }

    /// Accepts nothing more; the first reason stays.
    pub fn refuse_writes(&self, reason: String) {
        held(self.state.write()).read_only.get_or_insert(reason);
    }

    /// Why nothing can be written, if so.
    pub fn read_only(&self) -> Option<String> {
        held(self.state.read()).read_only.clone()
    }
}

struct Inner {
    shared: Arc<Shared>,
    jobs: Option<SyncSender<Job>>,
    writer: Mutex<Option<JoinHandle<()>>>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(writer) = held(self.writer.lock()).take() {
            // A writer that panicked has nothing left to wait for; whoever asked it got `Closed`.
            let _ = writer.join();
        }
    }
}

/// One organisation. A copy is a handle to the same one.
#[derive(Clone)]
pub struct Organisation(Arc<Inner>);

impl std::fmt::Debug for Organisation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Organisation").field(&self.0.shared.slug).finish()
    }
}

/// The answer to a command that is on its way.
#[derive(Debug)]
pub struct Pending(Receiver<Result<Receipt, SubmitError>>);

impl Pending {
    /// Waits for the answer.
    pub fn wait(self) -> Result<Receipt, SubmitError> {
        self.0.recv().unwrap_or(Err(SubmitError::Closed))
    }

    /// The answer, if it is there.
    pub fn poll(&self) -> Option<Result<Receipt, SubmitError>> {
        match self.0.try_recv() {
            Ok(answer) => Some(answer),
            Err(std::sync::mpsc::TryRecvError::Empty) => None,
            Err(std::sync::mpsc::TryRecvError::Disconnected) => Some(Err(SubmitError::Closed)),
        }
    }
}

impl Organisation {
    /// Loads an organisation, compares it with its high-water mark and starts its writer.
    pub(crate) fn open(core: &Arc<Core>, slug: &str) -> Result<Option<Self>, StoreError> {
        let mut db = core.connect()?;
        let loaded = db.within(Transaction::Read, |db| {
            let Some(loaded) = load(db, slug)? else { return Ok(None) };
            let epochs = epochs(db, loaded.head.id)?;
            let (note, fault) = match crate::verify::against_mark(db, &loaded.head, &epochs, &core.config.data) {
                Ok(found) => (found.note, found.problems.into_iter().next().map(|problem| problem.what)),
                Err(error) => (None, Some(error.to_string())),
            };
            Ok(Some((loaded, note, fault)))
        })?;
        let Some((loaded, note, fault)) = loaded else { return Ok(None) };
        let mut read_only = fault.map(|fault| format!("ledger regressed: {fault}"));
        let mut key = None;
        if core.config.access == Access::Read {
            read_only.get_or_insert_with(|| "it was opened for reading only".to_owned());
        } else {
            match signing_key(core, &loaded.head.epoch) {
                Ok(found) => key = Some(found),
                Err(reason) => {
                    read_only.get_or_insert(reason);
                }
            }
        }
        let state = RwLock::new(State { head: loaded.head.clone(), note: note.clone(), read_only });
        let shared = Arc::new(Shared {
            core: Arc::clone(core),
            slug: slug.to_owned(),
            id: loaded.head.id,
            isms: RwLock::new(loaded.isms.clone()),
            state,
        });
        let mut writer = None;
        let mut jobs = None;
        if let Some(key) = key {
            let mut mark = MarkFile::new(&core.config.data, slug);
            if let (Some(note), None) = (&note, shared.read_only()) {
                mark.write(note)?;
            }
            let (sender, receiver) = sync_channel(1024);
            let Loaded { head, isms, tails } = loaded;
            writer = Some(start(&shared, db, Loaded { head, isms, tails }, key, mark, receiver)?);
            jobs = Some(sender);
        } else {
            core.readers.give_back(db);
        }
        Ok(Some(Self(Arc::new(Inner { shared, jobs, writer: Mutex::new(writer) }))))
    }

    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.0.shared
    }

    /// The newest value: everything that was acknowledged. A copy of it costs nothing and stays as it is.
    pub fn isms(&self) -> Isms {
        held(self.0.shared.isms.read()).clone()
    }

    /// What is known of the organisation besides its ISMS.
    pub fn info(&self) -> Info {
        let state = held(self.0.shared.state.read());
        Info {
            slug: state.head.slug.clone(),
            name: state.head.name.clone(),
            created_at: time(state.head.created_at).unwrap_or(Timestamp::UNIX_EPOCH),
            simulated: state.head.clock != "real",
            size: state.head.size,
            epoch: state.head.epoch.clone(),
            read_only: state.read_only.clone(),
        }
    }

    /// Carries out a command, durably, and answers once it is.
    pub fn submit(&self, principal: &Principal, command: Command) -> Result<Receipt, SubmitError> {
        self.submit_async(principal, command).wait()
    }

    /// Sends a command on its way. Commands are decided in the order in which they are sent.
    pub fn submit_async(&self, principal: &Principal, command: Command) -> Pending {
        self.send(principal, Wish::Command(command))
    }

    /// Sends a command on its way; `reply` is called with the answer on the writer's thread and must not block.
    pub fn submit_with(
        &self,
        principal: &Principal,
        command: Command,
        reply: impl FnOnce(Result<Receipt, SubmitError>) + Send + 'static,
    ) {
        self.enqueue(Job { principal: principal.clone(), wish: Wish::Command(command), reply: Box::new(reply) });
    }

    /// Erases values for good: from every version of a record, with their salts. What remains is that they were there and
    /// on whose word they went; every proof still holds.
    pub fn erase(&self, principal: &Principal, erasure: Erasure) -> Result<Receipt, SubmitError> {
        let receipt = self.send(principal, Wish::Erase(erasure)).wait()?;
        let mut db = self.0.shared.core.connect()?;
        db.scrub()?;
        Ok(receipt)
    }

    /// Takes in what other nodes on the same database have written.
    pub fn refresh(&self) -> Result<(), SubmitError> {
        self.send(&Principal::system(), Wish::Refresh).wait().map(|_| ())
    }

    /// Decides a command against the newest value without writing anything.
    pub fn preview(&self, principal: &Principal, command: Command) -> Result<Change, SubmitError> {
        check_reserved(&command)?;
        let clock = self.0.shared.core.config.clock;
        let (made_with, last_at) = {
            let state = held(self.0.shared.state.read());
            (state.head.clock.clone(), state.head.last_at)
        };
        clock_fits(&self.0.shared.slug, &made_with, clock)?;
        let now = time(last_at).map_or(clock.now(), |last| clock.now().max(last));
        Ok(decide(&self.isms(), principal, command, now)?)
    }

    fn send(&self, principal: &Principal, wish: Wish) -> Pending {
        let (sender, receiver) = sync_channel(1);
        let reply = Box::new(move |answer| {
            // Who asked may have stopped waiting; what was written stays written.
            let _ = sender.send(answer);
        });
        self.enqueue(Job { principal: principal.clone(), wish, reply });
        Pending(receiver)
    }

    fn enqueue(&self, job: Job) {
        let Some(jobs) = &self.0.jobs else {
            let slug = self.0.shared.slug.clone();
            let reason = self.0.shared.read_only().unwrap_or_else(|| "it has no writer".to_owned());
            return (job.reply)(Err(SubmitError::ReadOnly { slug, reason }));
        };
        if let Err(error) = jobs.send(job) {
            (error.0.reply)(Err(SubmitError::Closed));
        }
    }

    /// Runs `work` on a connection for reading, in a transaction that sees one moment.
    pub(crate) fn read<T>(&self, work: impl FnOnce(&mut Db) -> Result<T, StoreError>) -> Result<T, StoreError> {
        self.0.shared.core.read(work)
    }

    /// The newest signed checkpoint; none before the first entry.
    pub fn checkpoint(&self) -> Option<String> {
        held(self.0.shared.state.read()).note.clone()
    }

    /// The high-water mark outside the database.
    pub fn high_water(&self) -> Result<Option<HighWater>, StoreError> {
        let id = self.0.shared.id;
        let keys = self.read(|db| Ok(verifying_keys(&epochs(db, id)?)))?;
        crate::mark::read(&crate::mark::path(&self.0.shared.core.config.data, &self.0.shared.slug), &keys)
    }

    /// The epochs of its ledger in order, with their public keys.
    pub fn epochs(&self) -> Result<Vec<Epoch>, StoreError> {
        let id = self.0.shared.id;
        self.read(|db| epochs(db, id))
    }
}

/// The public keys of epochs; one that cannot be read verifies nothing.
pub(crate) fn verifying_keys(epochs: &[Epoch]) -> Vec<VerifyingKey> {
    epochs.iter().filter_map(|epoch| epoch.vkey.parse().ok()).collect()
}

fn signing_key(core: &Core, epoch: &Epoch) -> Result<attestry_ledger::SigningKey, String> {
    let data = &core.config.data;
    let path = Seed::path(data);
    let seed = Seed::read(data).map_err(|error| error.to_string())?;
    let seed = seed.ok_or_else(|| format!("the signing key is missing: {}", path.display()))?;
    let key = seed.named(&epoch.origin).map_err(|error| error.to_string())?;
    if key.verifying_key().to_string() == epoch.vkey {
        Ok(key)
    } else {
        Err(format!("the signing key in {} is not that of epoch {} of the ledger", path.display(), epoch.number))
    }
}
