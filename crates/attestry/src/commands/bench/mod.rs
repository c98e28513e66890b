//! `bench`: measures this machine, with the program's own code and real files, in a folder that is removed afterwards.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use attestry_model::decide::ImportRecord;
use attestry_model::query::{self, Filter, Query};
use attestry_model::{AnyRef, Command, Isms, Kind, Principal};
use attestry_report::documents::{self, Frame};
use attestry_report::render_pdf;
use attestry_store::{Level, Organisation, Store, When};
use serde_json::{Map, Value, json};

mod load;
mod pages;
mod risk;

use super::demo;
use super::report::renderer;
use crate::cli::{Bench, BenchPart, Global};
use crate::config::Config;
use crate::failure::Failure;
use crate::output::{json as print_json, say, table};
use crate::site::store_config;

/// A measured figure.
struct Figure {
    what: String,
    value: f64,
    unit: &'static str,
    target: &'static str,
}

/// A folder that is removed when it is no longer needed.
struct Place(PathBuf);

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

pub fn run(global: &Global, args: &Bench) -> Result<ExitCode, Failure> {
    let config = Config::read(global)?;
    std::fs::create_dir_all(&config.data).map_err(|error| Failure::file(&config.data, error))?;
    let place = Place(config.data.join(format!("bench-{}", std::process::id())));
    let mut figures = Vec::new();
    let mut measure = |what: String, value: f64, unit: &'static str, target: &'static str| {
        if !global.json {
            say(format!("{what}: {} {unit}", round(value)));
        }
        figures.push(Figure { what, value, unit, target });
    };
    let wanted = |part: BenchPart| args.only.is_none_or(|only| only == part);
    if wanted(BenchPart::Value) {
        value_part(global, &config, &place, args, &mut measure)?;
    }
    if wanted(BenchPart::Writing) {
        writing_part(global, &config, &place, args, &mut measure)?;
    }
    if wanted(BenchPart::Log) && args.entries > 0 {
        log_part(global, &config, &place, args.entries, &mut measure)?;
    }
    if wanted(BenchPart::Document) {
        document_part(global, &config, &place, &mut measure)?;
    }
    if wanted(BenchPart::Pages) {
        pages::measure(global, &config, &place, args, &mut measure)?;
    }
    if wanted(BenchPart::Risk) {
        risk::measure(&mut measure)?;
    }
    let binary = std::env::current_exe().and_then(std::fs::metadata)?.len();
    measure("this program on disk".to_owned(), megabytes(binary), "MB", "≤ 80");
    if global.json {
        let all: Vec<Value> = figures
            .iter()
            .map(|one| json!({ "what": one.what, "value": one.value, "unit": one.unit, "target": one.target }))
            .collect();
        print_json(&all)?;
    } else {
        say("");
        let rows = figures
            .iter()
            .map(|one| vec![one.what.clone(), format!("{} {}", round(one.value), one.unit), one.target.to_owned()]);
        say(table(&["measured", "value", "target"], rows));
    }
    Ok(ExitCode::SUCCESS)
}

type Measure<'a> = dyn FnMut(String, f64, &'static str, &'static str) + 'a;

/// A large value: loading, memory, copies, lists.
fn value_part(
    global: &Global,
    config: &Config,
    place: &Place,
    args: &Bench,
    measure: &mut Measure<'_>,
) -> Result<(), Failure> {
    let folder = place.0.join("value");
    let count = args.records.clamp(100, 1_000_000);
    {
        let (_, organisation) = new_organisation(global, config, &folder, None)?;
        let begun = Instant::now();
        fill(&organisation, count)?;
        measure(format!("{count} records imported"), seconds(begun), "s", "");
    }
    let before = resident();
    let begun = Instant::now();
    let store = reopen(global, config, &folder)?;
    let organisation = store.organisation(None)?;
    let isms = organisation.isms();
    measure(format!("{} records loaded", isms.total()), seconds(begun), "s", "≤ 1.5 (100,000)");
    measure("memory they hold".to_owned(), megabytes(resident().saturating_sub(before)), "MB", "≤ 250 (100,000)");
    let copies: Vec<Isms> = Vec::with_capacity(1_000_000);
    let mut copies = copies;
    let begun = Instant::now();
    for _ in 0..1_000_000 {
        copies.push(isms.clone());
    }
    measure("a copy of the value".to_owned(), seconds(begun) * 1e3, "ns", "≤ 1000");
    drop(copies);
    let risks = isms.count(Kind::Risk);
    let lists: [(&str, &[&str], Option<&str>, &str); 4] = [
        ("sorted by value through an index", &["state=monitored"], Some("-current_value"), "≤ 1"),
        ("sorted by title through an index", &["current_value>=5"], Some("title"), "≤ 1"),
        ("sorted by an unindexed text", &["current_value>=2"], Some("cause"), "≤ 10"),
        ("that contain a rare word", &["title~000017"], Some("likelihood_reason"), "≤ 10"),
    ];
    for (words, filters, sort, target) in lists {
        let filters = filters.iter().map(|text| Filter::parse(text)).collect::<Result<Vec<_>, _>>();
        let filters = filters.map_err(Failure::input)?;
        let sort = sort.map(str::to_owned);
        let query = Query { filters, sort, limit: 100, ..Query::all(Kind::Risk) };
        let best = (0..7).map(|_| timed(|| query::run(&isms, &query).map(|page| page.records.len()))).min();
        measure(format!("100 of {risks} risks {words}"), millis(best.unwrap_or_default()), "ms", target);
    }
    drop(isms);
    Ok(())
}

/// Durable writes: one after the other, and many at once.
fn writing_part(
    global: &Global,
    config: &Config,
    place: &Place,
    args: &Bench,
    measure: &mut Measure<'_>,
) -> Result<(), Failure> {
    let span = Duration::from_secs(args.seconds.clamp(1, 600));
    let name = if config.database.is_some() { "PostgreSQL" } else { "SQLite" };
    let folder = place.0.join("writing");
    let (_store, organisation) = new_organisation(global, config, &folder, config.database.clone())?;
    let command = |number: u64| {
        let fields = Map::from_iter([("title".to_owned(), Value::from(format!("Asset {number}")))]);
        Command::Create { kind: Kind::Asset, fields }
    };
    let begun = Instant::now();
    let mut done = 0_u64;
    while begun.elapsed() < span {
        organisation.submit(&Principal::operator(), command(done))?;
        done += 1;
    }
    measure(format!("{name}: durable writes by one client"), rate(done, begun), "/s", "≥ 500 (SQLite)");
    for clients in [16_u64, 64] {
        let begun = Instant::now();
        let done = std::thread::scope(|scope| {
            let client = || {
                let mut done = 0_u64;
                while begun.elapsed() < span && organisation.submit(&Principal::operator(), command(done)).is_ok() {
                    done += 1;
                }
                done
            };
            let clients: Vec<_> = (0..clients).map(|_| scope.spawn(client)).collect();
            clients.into_iter().map(|client| client.join().unwrap_or(0)).sum::<u64>()
        });
        let target = if clients == 16 { "≥ 1000 (PostgreSQL)" } else { "≥ 5000 (SQLite, groups)" };
        measure(format!("{name}: durable writes by {clients} clients"), rate(done, begun), "/s", target);
    }
    Ok(())
}

/// A long log: verification, and the ISMS as it stood half-way.
fn log_part(
    global: &Global,
    config: &Config,
    place: &Place,
    entries: u64,
    measure: &mut Measure<'_>,
) -> Result<(), Failure> {
    const RECORDS: u32 = 50_000;
    let folder = place.0.join("log");
    let (_store, organisation) = new_organisation(global, config, &folder, None)?;
    let begun = Instant::now();
    let mut round = 0;
    while organisation.isms().size() < entries {
        let records = (1..=RECORDS).map(|number| record(Kind::Asset, number, round)).collect();
        organisation.submit(&Principal::operator(), Command::Import { records, reason: None })?;
        round += 1;
    }
    let size = organisation.isms().size();
    measure(format!("{size} entries written"), rate(size, begun), "/s", "");
    let begun = Instant::now();
    let result = organisation.verify(Level::Leaves, &mut |_, _| {})?;
    measure(format!("verification level 1 of {} entries", result.size), seconds(begun), "s", "≤ 5 (1,000,000)");
    if !result.ok {
        return Err(Failure::Surroundings(format!("verification found {} problems", result.problems.len())));
    }
    let begun = Instant::now();
    let past = organisation.as_of(When::Seq(size / 2))?;
    measure(
        format!("as of entry {} ({} records)", past.seq, past.isms.total()),
        seconds(begun),
        "s",
        "≤ 2 (1,000,000)",
    );
    Ok(())
}

/// The Statement of Applicability of the clinic as PDF, in the child process that sets it.
fn document_part(global: &Global, config: &Config, place: &Place, measure: &mut Measure<'_>) -> Result<(), Failure> {
    let folder = place.0.join("document");
    let begun = Instant::now();
    let (_store, organisation) = new_organisation(global, config, &folder, None)?;
    measure("an empty folder made ready".to_owned(), seconds(begun), "s", "≤ 0.5");
    let now = jiff::Timestamp::now();
    let plan = attestry_exchange::import(&demo::files(), &organisation.isms(), None, now)?;
    let command = Command::Import { records: plan.records, reason: None };
    organisation.submit(&Principal::operator(), command)?;
    let frame = Frame {
        checkpoint: attestry_server::documents::checkpoint(organisation.checkpoint().as_deref()),
        ..Frame::new(now)
    };
    let soa = documents::find("soa").ok_or_else(|| Failure::Surroundings("no such document".to_owned()))?;
    let document = (soa.build)(&organisation.isms(), &frame).map_err(Failure::input)?;
    let renderer = renderer(&folder)?;
    for turn in ["first", "second"] {
        let begun = Instant::now();
        let pdf = render_pdf(&document, &renderer).map_err(|error| Failure::Surroundings(error.to_string()))?;
        let what = format!("Statement of Applicability as PDF, {turn} time ({} KB)", pdf.len() / 1024);
        measure(what, seconds(begun), "s", if turn == "second" { "≤ 0.5" } else { "" });
    }
    Ok(())
}

fn new_organisation(
    global: &Global,
    config: &Config,
    folder: &Path,
    database: Option<String>,
) -> Result<(Store, Organisation), Failure> {
    let settings = settings(global, config, folder, database)?;
    let store = Store::open(&settings)?;
    let organisation = store.create_organisation(&format!("Bench {}", std::process::id()), None)?;
    Ok((store, organisation))
}

fn reopen(global: &Global, config: &Config, folder: &Path) -> Result<Store, Failure> {
    Ok(Store::open(&settings(global, config, folder, None)?)?)
}

fn settings(
    global: &Global,
    config: &Config,
    folder: &Path,
    database: Option<String>,
) -> Result<attestry_store::Config, Failure> {
    let mut global = global.clone();
    global.now = None;
    let mut settings = store_config(&global, config, true)?;
    settings.data = folder.to_path_buf();
    settings.database = database;
    Ok(settings)
}

/// Fills an organisation with records of the usual mixture: half of them risks.
fn fill(organisation: &Organisation, count: usize) -> Result<(), Failure> {
    let count = u32::try_from(count).unwrap_or(u32::MAX);
    let parts = [(Kind::Risk, 50), (Kind::Asset, 20), (Kind::Task, 10), (Kind::Control, 10), (Kind::Improvement, 10)];
    let mut records: Vec<ImportRecord> = Vec::new();
    for (kind, percent) in parts {
        records.extend((1..=count / 100 * percent).map(|number| record(kind, number, 0)));
    }
    for part in records.chunks(100_000) {
        let command = Command::Import { records: part.to_vec(), reason: None };
        organisation.submit(&Principal::operator(), command)?;
    }
    Ok(())
}

/// A record like the kind's sample, without references to records that are not there.
fn record(kind: Kind, number: u32, round: u32) -> ImportRecord {
    let mut fields = kind.sample();
    let def = kind.def();
    fields.retain(|name, value| !is_reference(value) && def.field(name).is_some() || name == "state");
    fields.insert(
        "title".to_owned(),
        Value::from(format!("{} {:06}", def.words.title, number.wrapping_mul(7919) % 999_983)),
    );
    if kind == Kind::Risk {
        let state = ["identified", "analysed", "evaluated", "monitored"][number as usize % 4];
        fields.insert("state".to_owned(), Value::from(state));
        fields.insert("current_value".to_owned(), Value::from(number % 25 + 1));
        fields.insert("cause".to_owned(), Value::from(format!("cause {}", number.wrapping_mul(31) % 9_973)));
    }
    if round > 0 {
        fields.insert("notes".to_owned(), Value::from(format!("round {round}")));
    }
    ImportRecord { reference: AnyRef { kind, number }, fields, source: String::new() }
}

fn is_reference(value: &Value) -> bool {
    match value {
        Value::String(text) => text.parse::<AnyRef>().is_ok(),
        Value::Array(items) => items.iter().any(is_reference),
        Value::Object(members) => members.values().any(is_reference),
        _ => false,
    }
}

/// Memory of this process in bytes, from the kernel; 0 where it does not say.
fn resident() -> u64 {
    resident_of("self")
}

/// The same of another process.
fn resident_of(process: &str) -> u64 {
    let text = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.unwrap_or(0) * 1024
}

fn timed<T>(work: impl FnOnce() -> T) -> Duration {
    let begun = Instant::now();
    std::hint::black_box(work());
    begun.elapsed()
}

fn seconds(begun: Instant) -> f64 {
    begun.elapsed().as_secs_f64()
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

#[expect(clippy::cast_precision_loss, reason = "sizes and counts far below 2^53")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1_048_576.0
}

#[expect(clippy::cast_precision_loss, reason = "counts far below 2^53")]
fn rate(count: u64, begun: Instant) -> f64 {
    count as f64 / seconds(begun)
}

/// Three digits that matter.
fn round(value: f64) -> String {
    match value {
        value if value >= 100.0 => format!("{value:.0}"),
        value if value >= 1.0 => format!("{value:.2}"),
        value => format!("{value:.3}"),
    }
}
