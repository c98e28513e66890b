//! Where a test takes place: a folder and a database of its own, verified when the test is over.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use attestry_model::{AnyRef, Command, Kind, Principal};
use attestry_store::{Config, Level, Organisation, Problem, Receipt, Store, Verification};
use serde_json::{Map, Value, json};

/// The variable that names a PostgreSQL server for the tests.
pub const SERVER: &str = "ATTESTRY_TEST_POSTGRES";

static COUNTER: AtomicU32 = AtomicU32::new(0);

/// A folder and a database of a test's own.
pub struct Ground {
    folder: tempfile::TempDir,
    /// The server's URL and the schema.
    server: Option<(String, String)>,
    store: Option<Store>,
    expect_sound: bool,
}

/// Runs a test on SQLite and, where a server is named, on PostgreSQL.
pub fn on_both(test: impl Fn(&mut Ground)) {
    test(&mut Ground::sqlite());
    match Ground::postgres() {
        Some(mut ground) => test(&mut ground),
        None => eprintln!("PostgreSQL part skipped: {SERVER} is not set"),
    }
}

impl Ground {
    /// On SQLite.
    pub fn sqlite() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), server: None, store: None, expect_sound: true }
    }

    /// On PostgreSQL, in a schema of its own.
    pub fn postgres() -> Option<Self> {
        let url = std::env::var(SERVER).ok()?;
        let number = COUNTER.fetch_add(1, Ordering::Relaxed);
        let schema = format!("attestry_test_{}_{number}", std::process::id());
        let mut client = postgres::Client::connect(&url, postgres::NoTls).unwrap();
        client.batch_execute(&format!("DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema}")).unwrap();
        let mut ground = Self::sqlite();
        ground.server = Some((url, schema));
        Some(ground)
    }

    pub fn is_sqlite(&self) -> bool {
        self.server.is_none()
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// A path beside the data folder.
    pub fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn config(&self) -> Config {
        let url = self.server.as_ref().map(|(url, schema)| {
            let join = if url.contains('?') { '&' } else { '?' };
            format!("{url}{join}options=-csearch_path%3D{schema}")
        });
        Config::new(self.data()).with_database(url)
    }

    /// The store, open for writing.
    pub fn store(&mut self) -> &Store {
        if self.store.is_none() {
            self.store = Some(Store::open(&self.config()).unwrap());
        }
        self.store.as_ref().unwrap()
    }

    /// A new organisation in it.
    pub fn found(&mut self) -> Organisation {
        self.store().create_organisation("Example Clinic", None).unwrap()
    }

    /// The organisation, loaded from the database again. Handles held by the test keep the old one alive.
    pub fn reopened(&mut self) -> Organisation {
        self.close();
        self.store().organisation(None).unwrap()
    }

    pub fn close(&mut self) {
        self.store = None;
    }

    /// The problems of this test are wanted, so the end of it does not look for them.
    pub fn expect_problems(&mut self) {
        self.expect_sound = false;
    }

    /// Runs SQL past all triggers and constraints of the store, as somebody with the database in hand would.
    pub fn tamper(&mut self, sql: &str) {
        self.close();
        match &self.server {
            None => {
                let connection = rusqlite::Connection::open(self.data().join("attestry.db")).unwrap();
                let mut names = connection.prepare("SELECT name FROM sqlite_master WHERE type = 'trigger'").unwrap();
                let names: Vec<String> =
                    names.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap();
                for name in names {
                    connection.execute_batch(&format!("DROP TRIGGER {name}")).unwrap();
                }
                connection.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
                connection.execute_batch(sql).unwrap();
            }
            Some((url, schema)) => {
                let mut client = postgres::Client::connect(url, postgres::NoTls).unwrap();
                client
                    .batch_execute(&format!("SET search_path = {schema}; SET session_replication_role = replica"))
                    .unwrap();
                client.batch_execute(sql).unwrap();
            }
        }
    }

    /// Verifies what is on disk, as another process that only reads.
    pub fn verify(&mut self, level: Level) -> Verification {
        self.close();
        verify(&self.config().reading(), level)
    }

    /// What another process finds wrong.
    pub fn problems(&mut self, level: Level) -> Vec<Problem> {
        self.verify(level).problems
    }
}

pub fn verify(config: &Config, level: Level) -> Verification {
    let store = Store::open(config).unwrap();
    let slug = store.organisations().unwrap().remove(0).slug;
    store.organisation(Some(&slug)).unwrap().verify(level, &mut |_, _| {}).unwrap()
}

impl Drop for Ground {
    fn drop(&mut self) {
        if self.expect_sound && !std::thread::panicking() {
            self.close();
            if let Ok(store) = Store::open(&self.config().reading()) {
                for listed in store.organisations().unwrap() {
                    let organisation = store.organisation(Some(&listed.slug)).unwrap();
                    let found = organisation.verify(Level::Replay, &mut |_, _| {}).unwrap();
                    assert!(found.ok, "level 2 at the end of the test: {:#?}", found.problems);
                }
            }
        }
        if let Some((url, schema)) = &self.server
            && let Ok(mut client) = postgres::Client::connect(url, postgres::NoTls)
        {
            let _ = client.batch_execute(&format!("DROP SCHEMA IF EXISTS {schema} CASCADE"));
        }
    }
}

pub fn operator() -> Principal {
    Principal::operator()
}

pub fn fields(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => panic!("not an object"),
    }
}

pub fn create(kind: Kind, value: Value) -> Command {
    Command::Create { kind, fields: fields(value) }
}

pub fn risk(title: &str) -> Command {
    create(Kind::Risk, json!({"title": title}))
}

pub fn update(target: AnyRef, value: Value) -> Command {
    Command::Update { target, revision: None, fields: fields(value), reason: None }
}

/// The record that a receipt is about.
pub fn reference(receipt: &Receipt) -> AnyRef {
    receipt.entries[0].subject.to_string().parse().unwrap()
}

/// Creates a risk and gives its reference.
pub fn new_risk(organisation: &Organisation, title: &str) -> AnyRef {
    reference(&organisation.submit(&operator(), risk(title)).unwrap())
}

/// Whether one of the problems says this.
#[track_caller]
pub fn expect(problems: &[Problem], record: &str, what: &str) {
    let found = problems.iter().any(|problem| problem.record == record && problem.what.contains(what));
    assert!(found, "expected “{record}: …{what}…” among {problems:#?}");
}

/// Copies a folder.
pub fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}
