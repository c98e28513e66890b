//! All rules over the clinic, over a hundred thousand records, and after one change of them.

#![expect(clippy::unwrap_used, reason = "a measurement fails by a panic")]

use std::collections::BTreeMap;
use std::hint::black_box;
use std::path::Path;

use attestry_check::Report;
use attestry_check::register::{Register, touched};
use attestry_model::field::Type;
use attestry_model::records::{Control, Risk};
use attestry_model::stored::Stamp;
use attestry_model::{AnyRef, Isms, Kind, plain};
use criterion::{Criterion, criterion_group, criterion_main};
use jiff::Timestamp;
use jiff::civil::{Date, date};
use serde_json::{Map, Value};

const RECORDS: usize = 100_000;

fn moment() -> (Timestamp, Date) {
    ("2026-06-30T20:00:00Z".parse().unwrap(), date(2026, 6, 30))
}

/// The clinic's records of a kind; none of a kind that it does not use.
fn read(kind: Kind) -> Vec<Map<String, Value>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../content/demo");
    let currency = "USD".parse().ok();
    let ty = |name: &str| kind.def().field(name).map_or(Type::Text, |field| field.ty);
    let mut records = Vec::new();
    if let Ok(mut reader) = csv::Reader::from_path(folder.join(format!("{kind}.csv"))) {
        let names = reader.headers().unwrap().clone();
        for row in reader.records() {
            let cells = names
                .iter()
                .zip(row.as_ref().unwrap())
                .map(|(name, cell)| (name.to_owned(), plain::parse(ty(name), cell, currency).unwrap()));
            records.push(cells.collect());
        }
    } else if let Ok(text) = std::fs::read_to_string(folder.join(format!("{kind}.yaml"))) {
        let list: Vec<Map<String, Value>> = serde_saphyr::from_str(&text).unwrap();
        let canonical = |(name, value): (String, Value)| {
            let value = plain::canonical(ty(&name), value, currency).unwrap();
            (name, value)
        };
        records.extend(list.into_iter().map(|fields| fields.into_iter().map(canonical).collect()));
    }
    records
}

/// References move with their copy, so that each copy is linked like the clinic.
fn moved(value: Value, by: &BTreeMap<Kind, u32>, copy: u32) -> Value {
    match value {
        Value::String(text) => match text.parse::<AnyRef>() {
            Ok(AnyRef { kind, number }) => Value::String(
                AnyRef { kind, number: number + by.get(&kind).copied().unwrap_or_default() * copy }.to_string(),
            ),
            Err(_) => Value::String(text),
        },
        Value::Array(items) => items.into_iter().map(|item| moved(item, by, copy)).collect(),
        Value::Object(members) => members.into_iter().map(|(name, value)| (name, moved(value, by, copy))).collect(),
        other => other,
    }
}

/// The clinic, copied with its links until it has this many records. There is one organisation, one method in force, one
/// statement in force and one of each other thing of which an ISMS has one; the rest grows.
fn isms(many: usize) -> Isms {
    copied(|copy, each| copy * each + 1_411 <= many, |_| true)
}

/// A register of ten thousand risks with their controls and decisions, about the assets of the clinic.
fn register() -> Isms {
    copied(
        |copy, _| copy < 10_000 / 24 + 1,
        |kind| matches!(kind, Kind::Risk | Kind::Control | Kind::Treatment | Kind::TreatmentAction),
    )
}

/// The clinic with copies of the kinds that grow, for as long as the number of copies and the records of each are let.
fn copied(more: impl Fn(usize, usize) -> bool, grows: impl Fn(Kind) -> bool) -> Isms {
    const SINGLE: &[Kind] = &[
        Kind::Organization,
        Kind::Methodology,
        Kind::ClassificationLevel,
        Kind::Soa,
        Kind::Scope,
        Kind::Mandate,
        Kind::Applicability,
        Kind::AuditProgramme,
        Kind::Audit,
        Kind::Course,
        Kind::Quiz,
        Kind::AwarenessProgramme,
        Kind::ManagementReview,
        Kind::IsmsRole,
        Kind::TreatmentPlan,
        Kind::RiskAssessment,
    ];
    let (now, _) = moment();
    // The clinic has no comments: they are this program's own.
    let kinds = Kind::ALL.iter().copied().filter(|kind| *kind != Kind::Comment);
    let clinic: Vec<(Kind, Vec<Map<String, Value>>)> = kinds.map(|kind| (kind, read(kind))).collect();
    let growing = || clinic.iter().filter(|(kind, _)| !SINGLE.contains(kind) && grows(*kind));
    let by: BTreeMap<Kind, u32> = growing().map(|(kind, _)| (*kind, 1_000)).collect();
    let mut isms = Isms::default();
    let mut put = |fields: &Map<String, Value>, copy: u32| {
        let Value::Object(mut fields) = moved(Value::Object(fields.clone()), &by, copy) else { return };
        let reference: AnyRef = fields.remove("ref").unwrap().as_str().unwrap().parse().unwrap();
        fields.insert("created_at".to_owned(), now.to_string().into());
        let stamp = Stamp { number: reference.number, revision: 1, at: now, by: None };
        isms.put(reference.kind.read(stamp, fields).unwrap().as_ref());
    };
    clinic.iter().flat_map(|(_, records)| records).for_each(|fields| put(fields, 0));
    let each: usize = growing().map(|(_, records)| records.len()).sum();
    for copy in (1..).take_while(|copy| more(*copy, each)) {
        let copy = u32::try_from(copy).unwrap();
        growing().flat_map(|(_, records)| records).for_each(|fields| put(fields, copy));
    }
    isms
}

/// Resident memory in KiB: of this line of the process's status, `VmRSS` now or `VmHWM` at its highest. Zero where there is
/// no such file.
fn memory(line: &str) -> i64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let found = status.lines().find_map(|it| it.strip_prefix(line)?.strip_prefix(':'));
    found.and_then(|it| it.trim().strip_suffix(" kB")?.parse().ok()).unwrap_or_default()
}

/// Sets the highest mark back to what is used now.
fn forget_peak() {
    // Where this is not allowed the peak is that of loading, which is only larger.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

fn rules(criterion: &mut Criterion) {
    let (now, today) = moment();
    let before = memory("VmRSS");
    // In a thread of its own: what loading freed is not used again here and hides nothing of what judging takes.
    #[expect(clippy::disallowed_methods, reason = "a measurement, no rule")]
    let large = std::thread::spawn(|| isms(RECORDS)).join().unwrap();
    forget_peak();
    let loaded = memory("VmRSS");
    let report = Report::of(&large, now, today);
    let (kept, peak) = (memory("VmRSS"), memory("VmHWM"));
    let found = (report.findings().count(), report.contradicting().count());
    println!("{} records, {} findings, {} contradictions", large.total(), found.0, found.1);
    println!(
        "memory: the value {} KiB; judging it {} KiB more at the peak, {} KiB more afterwards",
        loaded - before,
        peak - loaded,
        kept - loaded
    );
    let clinic = isms(0);
    criterion.bench_function("clinic", |b| b.iter(|| black_box(Report::of(&clinic, now, today))));
    let mut group = criterion.benchmark_group("hundred_thousand");
    group.sample_size(20);
    group.bench_function("cold", |b| b.iter(|| black_box(Report::of(&large, now, today))));
    for kind in [Kind::Risk, Kind::Asset, Kind::Evidence, Kind::Control, Kind::Person, Kind::Task] {
        group.bench_function(format!("after_a_change_of_{kind}"), |b| {
            b.iter(|| black_box(report.next(&large, now, today, [kind])));
        });
    }
    group.finish();
}

/// What follows for every risk, in one pass and after one control changed.
fn figures(criterion: &mut Criterion) {
    let isms = register();
    let whole = Register::of(&isms);
    let control = isms.live::<Control>().max_by_key(|it| touched(&isms, it.reference().any()).len()).unwrap();
    let reference = control.reference().any();
    println!("{} risks, {} of them count on {reference}", whole.len(), touched(&isms, reference).len());
    let mut group = criterion.benchmark_group("ten_thousand_risks");
    group.sample_size(20);
    group.bench_function("all_figures", |b| b.iter(|| black_box(Register::of(&isms))));
    group.bench_function("after_a_change_of_a_control", |b| {
        let mut register = whole.clone();
        b.iter(|| black_box(register.renew(&isms, &isms, reference)));
    });
    // The worst case: one control on which all of them count.
    let mut all = isms.clone();
    for risk in isms.live::<Risk>() {
        let mut risk = risk.clone();
        risk.body.existing_controls.push(control.reference());
        all.put(&risk);
    }
    let whole = Register::of(&all);
    println!("{} risks count on {reference}", touched(&all, reference).len());
    group.bench_function("after_a_change_of_a_control_of_all", |b| {
        let mut register = whole.clone();
        b.iter(|| black_box(register.renew(&all, &all, reference)));
    });
    group.finish();
}

criterion_group!(benches, rules, figures);
criterion_main!(benches);
