//! A store: one database and one data folder, with any number of organisations.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::sync::{Arc, Mutex};

use attestry_ledger::Frontier;
use attestry_model::change::FileFact;
use attestry_model::{Action, Actor, Change, Command, Entry, Isms, Principal, Subject, Via};
use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::accounts::Desk;
use crate::backend::{Db, Place, Transaction};
use crate::config::{Access, Config};
use crate::error::{StoreError, SubmitError};
use crate::fail::failpoint;
use crate::files::{Files, Folder};
use crate::group::Group;
use crate::head::{Epoch, Head, Tails};
use crate::key::Seed;
use crate::load::time;
use crate::mark::MarkFile;
use crate::organisation::{Organisation, Receipt};
use crate::schema;
use crate::seal::Unsealed;
use crate::writer::held;

/// The longest name of an organisation, in characters.
const LONGEST_NAME: usize = 200;
/// The longest slug, in characters.
const LONGEST_SLUG: usize = 40;

/// What all handles of one store share.
pub(crate) struct Core {
    pub config: Config,
    pub place: Place,
    pub files: Arc<dyn Files>,
    pub readers: Readers,
    /// Where sign-in data is written.
    pub desk: Desk,
    /// Held as long as anything of the store is in use.
    _lock: Option<File>,
}

impl Core {
    pub fn connect(&self) -> Result<Db, StoreError> {
        Db::connect(&self.place, self.config.access)
    }

    /// Runs `work` on a connection for reading, in a transaction that sees one moment.
    pub fn read<T>(&self, work: impl FnOnce(&mut Db) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let idle = held(self.readers.0.lock()).pop();
        let mut db = match idle {
            Some(db) => db,
            None => self.connect()?,
        };
        let done = db.within(Transaction::Read, work)?;
        self.readers.give_back(db);
        Ok(done)
    }

    /// Runs `work`, a single statement that reads, on a connection for reading.
    pub fn look<T>(&self, mut work: impl FnMut(&mut Db) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let idle = held(self.readers.0.lock()).pop();
        if let Some(mut db) = idle {
            match work(&mut db) {
                Ok(done) => {
                    self.readers.give_back(db);
                    return Ok(done);
                }
                // A server may have closed the connection since: a new one tells whether that was all.
                Err(_) if !db.is_file() => {}
                Err(error) => return Err(error),
            }
        }
        let mut db = self.connect()?;
        let done = work(&mut db)?;
        self.readers.give_back(db);
        Ok(done)
    }
}

/// Idle connections for reading.
pub(crate) struct Readers(Mutex<Vec<Db>>);

/// The most connections kept idle.
const IDLE: usize = 8;

impl Readers {
    pub fn give_back(&self, db: Db) {
        let mut idle = held(self.0.lock());
        if idle.len() < IDLE {
            idle.push(db);
        }
    }
}

/// One line of the list of organisations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The short name in addresses and commands.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Whether its clock is simulated.
    pub simulated: bool,
    /// When it was created here.
    pub created_at: Timestamp,
    /// How many entries its ledger has.
    pub size: u64,
}

/// One database and one data folder.
pub struct Store {
    core: Arc<Core>,
    loaded: Mutex<BTreeMap<String, Organisation>>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("place", &self.core.place.name()).finish_non_exhaustive()
    }
}

impl Store {
    /// Opens a store. For writing, what is missing is made: the folder, the database, its tables.
    ///
    /// # Errors
    /// When another process has the folder open for writing, when the database is newer, damaged or out of reach, and, for
    /// reading, when there is none.
    pub fn open(config: &Config) -> Result<Self, StoreError> {
        let place = Place::of(&config.data, config.database.as_deref())?;
        check_host(&config.host)?;
        let lock = match config.access {
            Access::Write => {
                make_folder(&config.data)?;
                Some(lock(&config.data)?)
            }
            Access::Read => None,
        };
        let mut db = Db::connect(&place, config.access)?;
        match config.access {
            Access::Write => schema::migrate(&mut db)?,
            Access::Read if schema::check(&mut db)? == 0 => return Err(StoreError::Absent(place.name())),
            Access::Read => {}
        }
        let files = Arc::new(Folder::new(config.data.join("files")));
        let readers = Readers(Mutex::new(vec![db]));
        let desk = Desk::default();
        let core = Arc::new(Core { config: config.clone(), place, files, readers, desk, _lock: lock });
        Ok(Self { core, loaded: Mutex::new(BTreeMap::new()) })
    }

    pub(crate) fn core(&self) -> &Arc<Core> {
        &self.core
    }

    /// What it was opened with.
    pub fn config(&self) -> &Config {
        &self.core.config
    }

    /// Where the database is, for messages: a path, or a URL without its password.
    pub fn place(&self) -> String {
        self.core.place.name()
    }

    /// The evidence files.
    pub fn files(&self) -> &Arc<dyn Files> {
        &self.core.files
    }

    /// Creates an organisation. Its clock is the one that the store was opened with: the machine's, or a simulated one,
    /// which its first entry then says. Without a `slug` one is made from the name.
    pub fn create_organisation(&self, name: &str, slug: Option<&str>) -> Result<Organisation, StoreError> {
        if self.core.config.access == Access::Read {
            return Err(StoreError::ReadOnly("the store was opened for reading only".to_owned()));
        }
        let name = attestry_ledger::canonical::normalise_text(name.trim()).into_owned();
        if name.is_empty() || name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
            return Err(StoreError::Organisation(format!(
                "the name of an organisation has 1 to {LONGEST_NAME} characters, all of them printable"
            )));
        }
        let slug = match slug {
            Some(slug) => checked_slug(slug)?,
            None => self.free_slug(&name)?,
        };
        let now = self.core.config.clock.now();
        let clock = self.core.config.clock.word();
        let origin = origin(&self.core.config.host, &slug, 1);
        let key = Seed::read_or_make(&self.core.config.data)?.named(&origin)?;
        let change = founding(&name, clock, now);
        let after = Isms::default().apply(&change).map_err(|problems| StoreError::content(slug.as_str(), problems))?;
        let mut db = self.core.connect()?;
        let mut mark = MarkFile::new(&self.core.config.data, &slug);
        db.within(Transaction::Write, |db| {
            let known = db.one("SELECT id FROM organisation WHERE slug = $1", &[(&slug).into()], |row| row.int(0))?;
            if known.is_some() {
                return Err(StoreError::Organisation(format!("there is an organisation {slug} already")));
            }
            let epoch = Epoch { number: 1, first_seq: 0, origin, vkey: key.verifying_key().to_string() };
            let head = Head {
                id: 0,
                slug: slug.clone(),
                name,
                created_at: now.as_millisecond(),
                clock: clock.to_owned(),
                size: 0,
                last_at: now.as_millisecond(),
                epoch,
                frontier: Frontier::new(),
                ledger: (0, None),
            };
            let head = insert(db, head)?;
            let tails = Tails::new();
            let mut group = Group::new(db, head, &tails);
            group.add(&change, &Isms::default(), &after, false).map_err(failed)?;
            let (_, _, note) = group.finish(&key)?;
            mark.set_aside()?;
            failpoint!("create-before-commit");
            // Written ahead of the commit: a mark without an organisation is harmless, the other way round is not.
            mark.write(&note)
        })?;
        drop(mark);
        self.organisation(Some(&slug))
    }

    /// A slug made from a name. Names without letters of ASCII, or with the same ones, are told apart by a number.
    fn free_slug(&self, name: &str) -> Result<String, StoreError> {
        let known = self.organisations()?;
        if let Some(same) = known.iter().find(|one| one.name == name) {
            return Err(StoreError::Organisation(format!("there is an organisation {} already", same.slug)));
        }
        let slug = slug_of(name);
        let stem: String = slug.chars().take(LONGEST_SLUG - 8).collect();
        let numbered = (2..).map(|number| format!("{}-{number}", stem.trim_end_matches('-')));
        let mut candidates = std::iter::once(slug.clone()).chain(numbered);
        Ok(candidates.find(|slug| known.iter().all(|one| one.slug != *slug)).unwrap_or(slug))
    }

    /// All organisations by slug.
    pub fn organisations(&self) -> Result<Vec<Listed>, StoreError> {
        let sql = "SELECT slug, name, clock, created_at, size FROM organisation ORDER BY slug";
        self.core.read(|db| {
            db.all(sql, &[], |row| {
                Ok(Listed {
                    slug: row.text(0)?.to_owned(),
                    name: row.text(1)?.to_owned(),
                    simulated: row.text(2)? != "real",
                    created_at: time(row.int(3)?)?,
                    size: row.number(4)?,
                })
            })
        })
    }

    /// One organisation: the one called so, or the only one. Its value is loaded on first use.
    pub fn organisation(&self, slug: Option<&str>) -> Result<Organisation, StoreError> {
        let slug = match slug {
            Some(slug) => slug.to_owned(),
            None => self.only()?,
        };
        let mut loaded = held(self.loaded.lock());
        if let Some(organisation) = loaded.get(&slug) {
            return Ok(organisation.clone());
        }
        let Some(organisation) = Organisation::open(&self.core, &slug)? else {
            let known: Vec<String> = self.organisations()?.into_iter().map(|one| one.slug).collect();
            let known = if known.is_empty() { "none yet".to_owned() } else { known.join(", ") };
            return Err(StoreError::Organisation(format!("there is no organisation {slug}; there is: {known}")));
        };
        loaded.insert(slug, organisation.clone());
        Ok(organisation)
    }

    fn only(&self) -> Result<String, StoreError> {
        let mut all = self.organisations()?;
        match all.len() {
            0 => Err(StoreError::Organisation(format!("there is no organisation yet in {}", self.place()))),
            1 => Ok(all.remove(0).slug),
            _ => {
                let slugs: Vec<String> = all.into_iter().map(|one| one.slug).collect();
                Err(StoreError::Organisation(format!(
                    "there are several organisations, name one: {}",
                    slugs.join(", ")
                )))
            }
        }
    }

    /// Takes an evidence file in: streamed, hashed, durable. It belongs to nothing until it is attached.
    pub fn put_file(&self, name: &str, content: &mut dyn std::io::Read) -> Result<FileFact, StoreError> {
        if self.core.config.access == Access::Read {
            return Err(StoreError::ReadOnly("the store was opened for reading only".to_owned()));
        }
        self.core.files.put(name, content, self.core.config.file_limit)
    }

    /// Checks SQLite's own structure; every line is a fault. Always empty for PostgreSQL.
    pub fn integrity(&self) -> Result<Vec<String>, StoreError> {
        match self.core.read(Db::integrity) {
            // Damage can be such that not even the check gets through.
            Err(StoreError::Damaged { cause, .. }) => Ok(vec![cause]),
            other => other,
        }
    }
}

impl Organisation {
    /// Takes a file in and attaches it to a record.
    pub fn attach(
        &self,
        principal: &Principal,
        target: attestry_model::AnyRef,
        name: &str,
        content: &mut dyn std::io::Read,
        reason: Option<String>,
    ) -> Result<Receipt, SubmitError> {
        let core = &self.shared().core;
        if let Some(reason) = self.shared().read_only() {
            return Err(SubmitError::ReadOnly { slug: self.shared().slug.clone(), reason });
        }
        let file = core.files.put(name, content, core.config.file_limit)?;
        self.submit(principal, Command::Attach { target, file, reason })
    }
}

/// A refusal of the store's own entries is a failure.
pub(crate) fn failed(unsealed: Unsealed) -> StoreError {
    match unsealed {
        Unsealed::Failed(error) => error,
        Unsealed::Refused(refusal) => StoreError::Organisation(refusal.to_string()),
    }
}

/// Inserts an organisation's row and its epoch, and gives its head with the row's id.
pub(crate) fn insert(db: &mut Db, mut head: Head) -> Result<Head, StoreError> {
    let (root, frontier) = (head.frontier.root(), head.frontier.to_bytes());
    db.execute(
        "INSERT INTO organisation (slug, name, created_at, clock, size, last_at, epoch, root, frontier, ledger_version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        &[
            (&head.slug).into(),
            (&head.name).into(),
            head.created_at.into(),
            (&head.clock).into(),
            head.size.into(),
            head.last_at.into(),
            head.epoch.number.into(),
            (&root).into(),
            (&frontier).into(),
            head.ledger.0.into(),
        ],
    )?;
    let id = db.one("SELECT id FROM organisation WHERE slug = $1", &[(&head.slug).into()], |row| row.int(0))?;
    head.id = id.ok_or_else(|| StoreError::Organisation(format!("organisation {} was not written", head.slug)))?;
    head.insert_epoch(db)?;
    Ok(head)
}

/// The first entries of an organisation: which clock it runs by, and what it is called.
fn founding(name: &str, clock: &str, at: Timestamp) -> Change {
    let setting = |setting: &str, field: &str, value: &str| Entry {
        subject: Subject::Setting(setting.to_owned()),
        action: Action::Set,
        version: 1,
        fields: Map::from_iter([(field.to_owned(), Value::from(value))]),
        reason: None,
        approval: None,
        files: Vec::new(),
    };
    let entries = vec![setting("clock", "mode", clock), setting("organisation", "name", name)];
    Change { at, actor: Actor::System, via: Via::System, request: None, entries }
}

/// The name of a ledger's tree in its checkpoints.
pub(crate) fn origin(host: &str, slug: &str, epoch: u64) -> String {
    format!("{host}/attestry/{slug}/{epoch}")
}

fn check_host(host: &str) -> Result<(), StoreError> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':' | b'_');
    if !host.is_empty() && host.len() <= 100 && host.bytes().all(allowed) {
        return Ok(());
    }
    Err(StoreError::Config(format!("host {host:?} is not the name of a host")))
}

fn checked_slug(slug: &str) -> Result<String, StoreError> {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let edges = slug.starts_with('-') || slug.ends_with('-');
    if !slug.is_empty() && slug.len() <= LONGEST_SLUG && slug.bytes().all(allowed) && !edges {
        return Ok(slug.to_owned());
    }
    Err(StoreError::Organisation(format!(
        "{slug:?} is not a short name: use a to z, 0 to 9 and dashes between them, at most {LONGEST_SLUG}"
    )))
}

/// A slug made from a name: its ASCII letters and digits, words joined by dashes.
fn slug_of(name: &str) -> String {
    let words = name.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let joined = words.map(str::to_ascii_lowercase).collect::<Vec<_>>().join("-");
    let cut: String = joined.chars().take(LONGEST_SLUG).collect();
    match cut.trim_matches('-') {
        "" => "organisation".to_owned(),
        slug => slug.to_owned(),
    }
}

/// Makes the data folder, for its owner only.
pub(crate) fn make_folder(data: &Path) -> Result<(), StoreError> {
    if data.is_dir() {
        return Ok(());
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(data).map_err(|error| StoreError::file(data, "make the data folder", &error))
}

/// Takes the folder for this process.
pub(crate) fn lock(data: &Path) -> Result<File, StoreError> {
    let path = data.join("lock");
    let wrong = |error: std::io::Error| StoreError::file(&path, "open the lock", &error);
    let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path).map_err(wrong)?;
    match file.try_lock() {
        Ok(()) => {
            let pid = std::process::id().to_string();
            file.set_len(0)
                .and_then(|()| file.seek(SeekFrom::Start(0)))
                .and_then(|_| file.write_all(pid.as_bytes()))
                .map_err(wrong)?;
            Ok(file)
        }
        Err(TryLockError::WouldBlock) => {
            let mut pid = String::new();
            // The number is for the message only.
            let _ = file.read_to_string(&mut pid);
            let pid = if pid.is_empty() { "unknown".to_owned() } else { pid };
            Err(StoreError::Locked { path: data.to_owned(), pid })
        }
        Err(TryLockError::Error(error)) => Err(wrong(error)),
    }
}
