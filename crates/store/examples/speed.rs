//! Measures the store: `speed FOLDER [--database URL] [--entries N] [--read]`. Build it with
//! `--release`; with `--read` only what is there already is read.

use std::path::Path;
use std::time::{Duration, Instant};

use attestry_model::decide::ImportRecord;
use attestry_model::{AnyRef, Command, Kind, Principal};
use attestry_store::{Config, Level, Organisation, Store, When};
use serde_json::{Map, Value, json};

/// The records that are loaded and written on.
const RECORDS: u32 = 100_000;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let value = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name)?;
        arguments.get(at + 1).cloned()
    };
    let folder = arguments.first().ok_or("usage: speed FOLDER [--database URL] [--entries N]")?;
    let entries: u32 = value("--entries").map_or(Ok(0), |entries| entries.parse())?;
    let config = Config::new(Path::new(folder)).with_database(value("--database"));
    let store = Store::open(&config)?;
    let clinic = match store.organisations()?.first() {
        Some(_) => store.organisation(None)?,
        None => store.create_organisation("Speed", None)?,
    };
    if !arguments.iter().any(|argument| argument == "--read") {
        singles(&clinic, 1, 400)?;
        singles(&clinic, 16, 400)?;
        groups(&clinic, 20_000)?;
    }
    if clinic.isms().count(Kind::Asset) == 0 {
        import(&clinic, 1)?;
    }
    let mut round = 2;
    while clinic.isms().size() < u64::from(entries) {
        import(&clinic, round)?;
        round += 1;
    }
    drop(clinic);
    drop(store);
    let store = Store::open(&config)?;
    let clinic = timed("load", || store.organisation(None))?;
    let isms = clinic.isms();
    println!("  {} records, {} entries", isms.total(), isms.size());
    let middle = isms.size() / 2;
    timed("as of the middle", || clinic.as_of(When::Seq(middle)))?;
    timed("as of the end", || clinic.as_of(When::Seq(isms.size() - 1)))?;
    for level in [Level::Mark, Level::Leaves, Level::Replay] {
        let found = timed(&format!("verify level {}", level.number()), || clinic.verify(level, &mut |_, _| {}))?;
        assert!(found.ok, "{:?}", found.problems.first());
    }
    timed("proof", || clinic.proof(middle))?;
    let backup = Path::new(folder).join("speed.backup");
    timed("backup", || store.backup(&backup, &mut |_, _| {}))?;
    std::fs::remove_file(&backup)?;
    Ok(())
}

fn timed<T, E>(what: &str, work: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    let (start, busy) = (Instant::now(), processor_time());
    let done = work();
    let elapsed = start.elapsed().as_secs_f64();
    match busy.zip(processor_time()) {
        Some((before, after)) => println!("{what}: {elapsed:.3} s, {:.2} s of processor time", after - before),
        None => println!("{what}: {elapsed:.3} s"),
    }
    done
}

/// The processor time of this process in seconds, where Linux tells it: it says more than the clock on a busy machine.
fn processor_time() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/self/stat").ok()?;
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at)?.parse::<f64>().ok();
    Some((ticks(11)? + ticks(12)?) / 100.0)
}

fn fields(value: &Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}

fn risk(title: &str) -> Command {
    let fields =
        fields(&json!({"title": title, "cause": "a stolen password", "event": "a mailbox is read", "notes": "none"}));
    Command::Create { kind: Kind::Risk, fields }
}

fn singles(clinic: &Organisation, clients: u32, each: u32) -> Result<(), Box<dyn std::error::Error>> {
    let start = Instant::now();
    let slowest = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..clients)
            .map(|client| {
                scope.spawn(move || {
                    let mut slowest = Duration::ZERO;
                    for number in 0..each {
                        let began = Instant::now();
                        clinic.submit(&Principal::operator(), risk(&format!("{client} {number}")))?;
                        slowest = slowest.max(began.elapsed());
                    }
                    Ok::<Duration, attestry_store::SubmitError>(slowest)
                })
            })
            .collect();
        clients.into_iter().filter_map(|client| client.join().ok()).collect::<Result<Vec<_>, _>>()
    })?;
    let rate = f64::from(clients * each) / start.elapsed().as_secs_f64();
    println!(
        "{clients} clients: {rate:.0} durable writes/s, slowest {:?}",
        slowest.into_iter().max().unwrap_or_default()
    );
    Ok(())
}

fn groups(clinic: &Organisation, count: u32) -> Result<(), Box<dyn std::error::Error>> {
    let start = Instant::now();
    let mut waiting = std::collections::VecDeque::new();
    for number in 0..count {
        waiting.push_back(clinic.submit_async(&Principal::operator(), risk(&format!("group {number}"))));
        if waiting.len() > 512
            && let Some(first) = waiting.pop_front()
        {
            first.wait()?;
        }
    }
    waiting.into_iter().try_for_each(|pending| pending.wait().map(|_| ()))?;
    println!("in groups: {:.0} durable writes/s", f64::from(count) / start.elapsed().as_secs_f64());
    Ok(())
}

/// Imports all records, or changes all of them.
fn import(clinic: &Organisation, round: u32) -> Result<(), Box<dyn std::error::Error>> {
    let state = Kind::Asset.def().states.first().map(|state| state.name).unwrap_or_default();
    let record = |number: u32| {
        let values = json!({
            "title": format!("Asset {number}"),
            "state": state,
            "notes": format!("Round {round}: bought for the branch, kept in the cabinet on the second floor."),
            "tags": ["imported", format!("lot {}", number / 100)],
        });
        let reference = AnyRef { kind: Kind::Asset, number };
        ImportRecord { reference, fields: fields(&values), source: format!("assets.csv:{number}") }
    };
    let records = (1..=RECORDS).map(record).collect();
    let command = Command::Import { records, reason: Some("measuring".to_owned()) };
    timed(&format!("import {round} of {RECORDS} records"), || clinic.submit(&Principal::operator(), command))?;
    Ok(())
}
