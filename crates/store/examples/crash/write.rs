//! The process that is killed: clients that write and log what they were told.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use attestry_ledger::Hash;
use attestry_model::{AnyRef, Command, Kind, Principal};
use attestry_store::{Config, Organisation, Store};
use serde_json::{Map, Value, json};

use crate::Dice;

/// Clients that write at the same time.
const CLIENTS: u64 = 4;

/// One run of the process.
pub struct Run {
    pub data: PathBuf,
    pub log: PathBuf,
    pub cycle: String,
    pub seed: u64,
    pub site: String,
    pub count: u64,
    pub lie: bool,
    pub database: Option<String>,
}

/// What an operation writes: follows from its name, so that the check knows it.
pub fn content(id: &str) -> String {
    let hash = Hash::of(id.as_bytes()).to_hex();
    format!("{id} {}", hash.repeat(1 + id.len() % 7))
}

impl Run {
    /// Writes until the process ends.
    pub fn run(self) -> Result<(), String> {
        if !self.site.is_empty() {
            let (passed, count) = (AtomicU64::new(0), self.count);
            let pass = move || {
                if passed.fetch_add(1, Ordering::Relaxed) + 1 >= count {
                    std::process::abort();
                }
            };
            fail::cfg_callback(self.site.as_str(), pass)?;
        }
        let config = Config::new(&self.data).with_database(self.database.clone());
        let store = Store::open(&config).map_err(|error| error.to_string())?;
        let clinic = match store.organisations().map_err(|error| error.to_string())?.first() {
            Some(_) => store.organisation(None),
            None => store.create_organisation("Crash", None),
        };
        let clinic = clinic.map_err(|error| error.to_string())?;
        if let Some(reason) = clinic.info().read_only {
            return Err(format!("the organisation came back read-only: {reason}"));
        }
        std::thread::scope(|scope| {
            let clients: Vec<_> = (0..CLIENTS)
                .map(|client| {
                    scope.spawn({
                        let (clinic, run) = (clinic.clone(), &self);
                        move || run.client(&clinic, client)
                    })
                })
                .collect();
            clients.into_iter().try_for_each(|client| client.join().map_err(|_| "a client panicked".to_owned())?)
        })
    }

    fn client(&self, clinic: &Organisation, client: u64) -> Result<(), String> {
        let path = self.log.join(format!("{}-{client}.log", self.cycle));
        let mut log = OpenOptions::new().append(true).create(true).open(&path).map_err(|error| error.to_string())?;
        let mut dice = Dice(self.seed.wrapping_add(client * 7_919) | 1);
        let mut mine: Option<AnyRef> = None;
        for number in 0_u64.. {
            let id = format!("op-{}-{client}-{number}", self.cycle);
            let roll = dice.roll(10);
            let (kind, target) = match (roll, mine) {
                (0..=2, Some(target)) => ("update", Some(target)),
                (3, Some(target)) => ("attach", Some(target)),
                _ => ("create", None),
            };
            note(&mut log, &format!("sent {id} {kind}"))?;
            if self.lie {
                note(&mut log, &format!("acknowledged {id} {kind}"))?;
            }
            let receipt = match target {
                Some(target) if kind == "attach" => {
                    let text = content(&id);
                    clinic.attach(&Principal::operator(), target, "a.txt", &mut text.as_bytes(), Some(id.clone()))
                }
                Some(target) => {
                    let fields = fields(&[("notes", json!(content(&id))), ("tags", json!([id]))]);
                    clinic.submit(
                        &Principal::operator(),
                        Command::Update { target, revision: None, fields, reason: None },
                    )
                }
                None => {
                    let fields = fields(&[("title", json!(id)), ("notes", json!(content(&id)))]);
                    clinic.submit(&Principal::operator(), Command::Create { kind: Kind::Risk, fields })
                }
            };
            let receipt = receipt.map_err(|error| format!("{id}: {error}"))?;
            if !self.lie {
                note(&mut log, &format!("acknowledged {id} {kind}"))?;
            }
            let reference = receipt.entries.first().and_then(|entry| entry.subject.to_string().parse().ok());
            mine = reference.or(mine);
        }
        Ok(())
    }
}

fn fields(pairs: &[(&str, Value)]) -> Map<String, Value> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
}

fn note(log: &mut File, line: &str) -> Result<(), String> {
    log.write_all(format!("{line}\n").as_bytes()).and_then(|()| log.sync_data()).map_err(|error| error.to_string())
}
