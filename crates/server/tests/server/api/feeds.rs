//! Events, findings that come and go, search, who one is, health, the end of the server.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use attestry_model::kind::Role;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use serde_json::{Value, json};

use crate::client::Site;
use crate::common;

#[test]
fn events_are_read_piece_by_piece_and_only_those_of_what_may_be_seen() {
    let site = Site::clinic();
    let manager = site.program(Role::IsmsManager);
    let (mut since, mut seen) = (0, Vec::new());
    loop {
        let page = manager.get(&format!("/api/v1/events?since={since}&limit=500")).json();
        seen.extend(page["items"].as_array().unwrap().clone());
        let next = page["next"].as_u64().unwrap();
        if next == since {
            break;
        }
        since = next;
    }
    assert_eq!(since, site.size());
    let numbers: Vec<u64> = seen.iter().map(|one| one["seq"].as_u64().unwrap()).collect();
    assert!(numbers.windows(2).all(|pair| pair[0] < pair[1]));
    let created = manager.create("risk", "k", &json!({ "title": "Something secret" }));
    let reference = created.json()["ref"].clone();
    let newest = manager.get(&format!("/api/v1/events?since={since}")).json();
    let me = manager.get("/api/v1/me").json()["person"].clone();
    assert_eq!(newest["items"][0]["record"], reference);
    assert_eq!((&newest["items"][0]["actor"], &newest["items"][0]["action"]), (&me, &json!("create")));
    assert!(!newest.to_string().contains("secret"), "an event tells no value");
    let employee = site.program(Role::Employee);
    let theirs = employee.get(&format!("/api/v1/events?since={since}")).json();
    assert_eq!((&theirs["items"], &theirs["next"]), (&json!([]), &newest["next"]), "what is hidden is passed over");
    for wrong in ["since=-1", "since=x", "limit=0", "limit=5000", "from=1"] {
        manager.get(&format!("/api/v1/events?{wrong}")).refuses(422);
    }
}

fn stream_request(token: &str, last: Option<u64>) -> Request<Body> {
    let mut request = Request::get("/api/v1/events/stream").header("authorization", format!("Bearer {token}"));
    if let Some(last) = last {
        request = request.header("last-event-id", last.to_string());
    }
    request.body(Body::empty()).unwrap()
}

#[test]
fn a_stream_brings_what_happens_goes_on_where_it_ended_and_ends_with_the_server() {
    let site = Site::clinic();
    let person = common::person_with(&site.app, Role::IsmsManager).unwrap();
    let token = crate::token::token_of(&site.app, person, &["read", "write"]);
    let length = site.size();
    let mut stream = site.stream(stream_request(&token, Some(length - 2)));
    let created = site.bearing(&token).create("risk", "k", &json!({ "title": "New" }));
    let reference = created.json()["ref"].as_str().unwrap().to_owned();
    stream.until(|text| text.contains(&reference));
    site.app.ending.send_replace(true);
    let text = stream.rest();
    let ids: Vec<u64> = text.lines().filter_map(|line| line.strip_prefix("id: ")?.parse().ok()).collect();
    assert_eq!(ids, [length - 1, length], "{text}");
}

#[test]
fn streams_are_bounded_and_a_place_is_free_again_when_one_goes() {
    let site = Site::clinic();
    let person = common::person_with(&site.app, Role::IsmsManager).unwrap();
    let token = crate::token::token_of(&site.app, person, &["read"]);
    let mut open: Vec<_> = (0..64).map(|_| site.open(stream_request(&token, None))).collect();
    assert!(open.iter().all(|answer| answer.status() == 200));
    assert_eq!(site.app.api.open_streams(), 64);
    site.bearing(&token).get("/api/v1/events/stream").refuses(429);
    open.truncate(10);
    let begun = Instant::now();
    while site.app.api.open_streams() > 10 && begun.elapsed() < Duration::from_mins(1) {
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(site.app.api.open_streams(), 10);
    site.app.ending.send_replace(true);
}

#[test]
fn a_stream_of_somebody_who_may_no_longer_enter_ends() {
    let site = Site::clinic();
    let person = common::person_with(&site.app, Role::RiskOwner).unwrap();
    let token = crate::token::token_of(&site.app, person, &["read"]);
    let answer = site.open(stream_request(&token, None));
    site.app.store.accounts().set_active(common::account_of(&site.app, person), false).unwrap();
    let made = site.program(Role::IsmsManager).create("risk", "k", &json!({ "title": "Nobody hears of it" }));
    assert_eq!(made.status, 201);
    let body = site.wait(axum::body::to_bytes(answer.into_body(), 1 << 20)).unwrap();
    assert!(!String::from_utf8_lossy(&body).contains("entry"));
}

#[test]
fn a_stream_of_somebody_whose_role_is_taken_away_ends_before_it_tells_anything_more() {
    let site = Site::clinic();
    let person = common::person_with(&site.app, Role::RiskOwner).unwrap();
    let token = crate::token::token_of(&site.app, person, &["read"]);
    let mut stream = site.stream(stream_request(&token, None));
    let made = site.program(Role::IsmsManager).create("risk", "k", &json!({ "title": "Heard of" }));
    stream.until(|text| text.contains(made.json()["ref"].as_str().unwrap()));
    let fields = json!({ "app_roles": ["employee"] }).as_object().unwrap().clone();
    let lower = attestry_model::Command::Update { target: person.any(), revision: None, fields, reason: None };
    let organisation = site.app.store.organisation(Some("clinic")).unwrap();
    organisation.submit(&attestry_model::Principal::operator(), lower).unwrap();
    let made = site.program(Role::IsmsManager).create("risk", "l", &json!({ "title": "Not heard of" }));
    let text = stream.rest();
    assert!(!text.contains(made.json()["ref"].as_str().unwrap()), "{text}");
}

#[test]
fn findings_are_narrowed_and_those_that_came_and_went_are_told() {
    let site = Site::clinic();
    let program = site.program(Role::IsmsManager);
    let all = program.get("/api/v1/findings").json();
    let items = all["items"].as_array().unwrap();
    assert!(!items.is_empty());
    let first = &items[0];
    let text = |name: &str| attestry_server::html::encode(first[name].as_str().unwrap());
    for query in [
        format!("severity={}", text("severity")),
        format!("step={}", first["step"]),
        format!("clause={}", text("clause")),
        format!("record={}", text("record")),
    ] {
        let some = program.get(&format!("/api/v1/findings?{query}")).json();
        let some = some["items"].as_array().unwrap();
        assert!(some.contains(first) && some.iter().all(|one| items.contains(one)), "{query}");
    }
    for wrong in ["severity=huge", "step=13", "step=0", "all=1", "clause="] {
        program.get(&format!("/api/v1/findings?{wrong}")).refuses(422);
    }
    let since = site.size() - 1;
    let none = program.get(&format!("/api/v1/findings/changes?since={since}")).json();
    assert_eq!((&none["appeared"], &none["disappeared"]), (&json!([]), &json!([])));
    let name = |one: &Value| format!("{} {}", one["rule"], one["record"]);
    let before: Vec<String> = items.iter().map(name).collect();
    let created = program.create("risk", "k", &json!({ "title": "Nobody owns it" }));
    let reference = created.json()["ref"].as_str().unwrap().to_owned();
    let etag = program.get("/api/v1/risk/R-0001").header("etag").to_owned();
    assert_eq!(
        program.json("PATCH", "/api/v1/risk/R-0001", &[("if-match", &etag)], &json!({ "owner": null })).status,
        200
    );
    let changes = program.get(&format!("/api/v1/findings/changes?since={since}")).json();
    let after: Vec<String> =
        program.get("/api/v1/findings").json()["items"].as_array().unwrap().iter().map(name).collect();
    let names = |list: &Value| list.as_array().unwrap().iter().map(name).collect::<Vec<_>>();
    let appeared = names(&changes["appeared"]);
    assert!(!appeared.is_empty(), "{reference} and an ownerless risk break something");
    assert!(appeared.iter().all(|one| after.contains(one) && !before.contains(one)));
    assert!(names(&changes["disappeared"]).iter().all(|one| before.contains(one) && !after.contains(one)));
    // A supplier whose contract has ended breaks no rule, but contradicts the register that calls it active.
    let before = site.size() - 1;
    let etag = program.get("/api/v1/supplier/SUP-0003").header("etag").to_owned();
    let ended = json!({ "contract_end": "2026-01-31" });
    assert_eq!(program.json("PATCH", "/api/v1/supplier/SUP-0003", &[("if-match", &etag)], &ended).status, 200);
    let changes = program.get(&format!("/api/v1/findings/changes?since={before}")).json();
    assert_eq!(names(&changes["contradictions"]["appeared"]), ["\"X-27\" \"SUP-0003\""]);
    assert_eq!(changes["contradictions"]["disappeared"], json!([]));
    assert!(!names(&changes["appeared"]).iter().any(|one| one.contains("X-27")), "and counts as no finding");
    let etag = program.get("/api/v1/supplier/SUP-0003").header("etag").to_owned();
    let runs = json!({ "contract_end": "2028-01-31" });
    let between = site.size() - 1;
    assert_eq!(program.json("PATCH", "/api/v1/supplier/SUP-0003", &[("if-match", &etag)], &runs).status, 200);
    let changes = program.get(&format!("/api/v1/findings/changes?since={between}")).json();
    assert_eq!(names(&changes["contradictions"]["disappeared"]), ["\"X-27\" \"SUP-0003\""]);
    let whole = program.get(&format!("/api/v1/findings/changes?since={before}")).json();
    assert_eq!(whole["contradictions"], json!({ "appeared": [], "disappeared": [] }), "it came and went");
    // Who may not see the supplier is told of no contradiction about it.
    let employee =
        site.program(Role::Employee).get(&format!("/api/v1/findings/changes?since={before}&until={between}"));
    assert_eq!(employee.json()["contradictions"]["appeared"], json!([]));
    program.get("/api/v1/findings/changes").refuses(422);
    program.get(&format!("/api/v1/findings/changes?since={}", site.size())).refuses(422);
    // Somebody who sees nothing of the ISMS is told of nothing in it.
    let employee = site.program(Role::Employee);
    for one in employee.get("/api/v1/findings").json()["items"].as_array().unwrap() {
        let record = one["record"].as_str().unwrap();
        let kind = record.parse::<attestry_model::AnyRef>().unwrap().kind;
        assert_eq!(employee.get(&format!("/api/v1/{kind}/{record}")).status, 200, "{record}");
    }
}

#[test]
fn the_checkpoint_is_the_signed_note_of_the_ledger() {
    let site = Site::clinic();
    let answer = site.program(Role::Employee).get("/api/v1/checkpoint");
    let note = site.app.store.organisation(Some("clinic")).unwrap().checkpoint().unwrap();
    assert_eq!((answer.status.as_u16(), answer.text()), (200, note));
}

#[test]
fn health_says_what_is_and_is_not_well() {
    let site = Site::clinic();
    assert_eq!(site.stranger().get("/health/live").status, 200);
    let ready = site.stranger().get("/health/ready");
    assert_eq!((ready.status.as_u16(), ready.json()["ready"].as_bool()), (200, Some(true)), "{}", ready.text());
    std::fs::remove_dir_all(&site.app.settings.data).unwrap();
    std::thread::sleep(Duration::from_millis(1100));
    let ready = site.stranger().get("/health/ready");
    assert_eq!((ready.status.as_u16(), ready.json()["disk"].as_bool()), (503, Some(false)), "{}", ready.text());
}

#[test]
fn metrics_are_for_this_machine_and_for_tokens_of_administrators() {
    let site = Site::clinic();
    let ask = |peer: Option<&str>, headers: &[(&str, &str)]| {
        let mut request = Request::get("/health/metrics");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut request = request.body(Body::empty()).unwrap();
        if let Some(peer) = peer {
            request.extensions_mut().insert(ConnectInfo(peer.parse::<SocketAddr>().unwrap()));
        }
        site.send(request)
    };
    let local = ask(Some("127.0.0.1:5000"), &[]);
    assert_eq!(local.status, 200);
    for name in [
        "attestry_records{organisation=\"clinic\"}",
        "attestry_ledger_entries",
        "attestry_event_streams",
        "attestry_build_info",
    ] {
        assert!(local.text().contains(name), "{name}");
    }
    assert_eq!(ask(Some("[::1]:5000"), &[]).status, 200);
    assert_eq!(ask(Some("203.0.113.9:5000"), &[]).status, 404);
    assert_eq!(
        ask(Some("127.0.0.1:5000"), &[("x-forwarded-for", "203.0.113.9")]).status,
        404,
        "an unknown proxy in front"
    );
    let bearer = |role| {
        let person = common::person_with(&site.app, role)?;
        Some(format!("Bearer {}", crate::token::token_of(&site.app, person, &["read"])))
    };
    let manager = bearer(Role::Employee).unwrap();
    assert_eq!(ask(Some("203.0.113.9:5000"), &[("authorization", &manager)]).status, 404);
    if let Some(admin) = bearer(Role::SystemAdmin) {
        assert_eq!(ask(Some("203.0.113.9:5000"), &[("authorization", &admin)]).status, 200);
    }
}

#[test]
fn told_to_end_the_server_finishes_what_is_under_way_and_ends_streams() {
    let folder = tempfile::tempdir().unwrap();
    let app = common::clinic(folder.path());
    let person = common::person_with(&app, Role::IsmsManager).unwrap();
    let token = crate::token::token_of(&app, person, &["read", "write"]);
    let (sender, receiver) = std::sync::mpsc::channel();
    let server = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let listen = attestry_server::Listen { address: ([127, 0, 0, 1], 0).into(), tls: None };
        runtime.block_on(attestry_server::serve(app, listen, |address| sender.send(address).unwrap())).unwrap();
    });
    let address = receiver.recv().unwrap();
    let connect = || {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(15))).unwrap();
        stream
    };
    let mut stream = connect();
    write!(stream, "GET /api/v1/events/stream HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\n\r\n").unwrap();
    let mut piece = [0; 64];
    assert!(stream.read(&mut piece).unwrap() > 0);
    let body = r#"{"title":"Under way"}"#;
    let mut slow = connect();
    write!(
        slow,
        "POST /api/v1/risk HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\n\
         idempotency-key: k\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{}",
        body.len(),
        &body[..5]
    )
    .unwrap();
    std::thread::sleep(Duration::from_millis(500));
    // The signal of whoever ends the process, sent to this one: the server has taken it over.
    let own = std::process::id().to_string();
    assert!(std::process::Command::new("kill").args(["-TERM", &own]).status().unwrap().success());
    let mut rest = String::new();
    stream.read_to_string(&mut rest).unwrap();
    write!(slow, "{}", &body[5..]).unwrap();
    let mut answer = String::new();
    slow.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    server.join().unwrap();
    assert!(TcpStream::connect(address).is_err(), "nobody listens any more");
}

#[test]
fn search_finds_what_is_meant_with_a_slip_after_what_is_written_so() {
    let site = Site::clinic();
    let program = site.program(Role::IsmsManager);
    let items = |q: &str| program.get(&format!("/api/v1/search?q={q}")).json()["items"].as_array().unwrap().clone();
    let exact = items("ransomware");
    assert!(!exact.is_empty());
    let slipped = items("ransomwere");
    let first = |items: &[serde_json::Value]| {
        items.first().map(|it| it["title"].as_str().unwrap().to_lowercase()).unwrap_or_default()
    };
    assert!(first(&slipped).contains("ransomware"), "{slipped:?}");
    let narrowed = program.get("/api/v1/search?q=ransomwere&kind=asset").json();
    assert!(narrowed["items"].as_array().unwrap().iter().all(|it| it["kind"] == "asset"));
    assert_eq!(program.get("/api/v1/search?q=ransomwere&limit=1").json()["items"].as_array().unwrap().len(), 1);
    let refs = |items: &[serde_json::Value]| {
        items.iter().map(|it| it["ref"].to_string()).collect::<std::collections::BTreeSet<_>>().len()
    };
    assert_eq!(refs(&exact), exact.len(), "none twice");
    // Whoever may not see a record does not find it by a slip either.
    let employee = site.program(Role::Employee);
    let found = employee.get("/api/v1/search?q=ransomwere").json();
    for item in found["items"].as_array().unwrap() {
        let path = format!("/api/v1/{}/{}", item["kind"].as_str().unwrap(), item["ref"].as_str().unwrap());
        assert_eq!(employee.get(&path).status, 200, "{path}");
    }
}
