//! The risk register of ten thousand risks through the router: a page of a hundred, narrowed, and the search.

#![expect(clippy::unwrap_used, reason = "a measurement fails by a panic")]

#[path = "../tests/common/mod.rs"]
#[expect(dead_code, reason = "a growing clinic is for other tests")]
mod common;

use attestry_model::decide::ImportRecord;
use attestry_model::kind::Role;
use attestry_model::{AnyRef, Command, Kind, Principal};
use axum::body::Body;
use axum::http::Request;
use criterion::{Criterion, criterion_group, criterion_main};
use serde_json::Value;
use tower::ServiceExt as _;

const RISKS: u32 = 10_000;

/// Copies of the clinic's risks, each with its own title, until there are enough.
fn copies(app: &attestry_server::App) {
    let organisation = app.store.organisation(Some("clinic")).unwrap();
    let isms = organisation.isms();
    let models: Vec<_> = isms.records(Kind::Risk).map(attestry_model::AnyRecord::fields).collect();
    let first = isms.next_number(Kind::Risk);
    let records = (first..=RISKS).zip(models.iter().cycle()).map(|(number, model)| {
        let mut fields = model.clone();
        let title = fields.get("title").and_then(Value::as_str).unwrap_or_default();
        fields.insert("title".to_owned(), Value::from(format!("{title} {number}")));
        ImportRecord { reference: AnyRef { kind: Kind::Risk, number }, fields, source: "a copy".to_owned() }
    });
    let command = Command::Import { records: records.collect(), reason: None };
    organisation.submit(&Principal::operator(), command).unwrap();
}

fn list(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    let app = common::clinic(folder.path());
    copies(&app);
    let person = common::person_with(&app, Role::IsmsManager).unwrap();
    let cookie = format!("attestry={}", common::session_of(&app, person));
    let router = attestry_server::routes::router(&app);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let ask = |path: &str| {
        let request = Request::get(path).header("host", "localhost").header("cookie", &cookie);
        let request = request.body(Body::empty()).unwrap();
        let router = router.clone();
        runtime.block_on(async move {
            let answer = router.oneshot(request).await.unwrap();
            assert_eq!(answer.status(), 200);
            axum::body::to_bytes(answer.into_body(), 64 << 20).await.unwrap().len()
        })
    };
    let mut group = criterion.benchmark_group("list");
    group.sample_size(50);
    for (name, path) in [
        ("100 of 10,000 risks", "/risks?per=100"),
        ("those with a letter by title", "/risks?per=100&sort=title&q=a"),
        ("narrowed by state and value", "/risks?per=100&state=monitored&current_value.from=8"),
        ("search for a word", "/search.json?q=ransomware"),
        ("search with a slip", "/search.json?q=ransomwere"),
    ] {
        println!("{name}: {} bytes", ask(path));
        group.bench_function(name, |bencher| bencher.iter(|| ask(path)));
    }
    group.finish();
}

criterion_group!(benches, list);
criterion_main!(benches);
