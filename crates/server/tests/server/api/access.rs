//! Who may do what: scopes, expired and revoked tokens, people who left, other organisations, hidden fields, every write
//! without the right to it.

use std::time::Duration;

use attestry_model::kind::Role;
use attestry_model::records::Person;
use attestry_model::{Command, Kind, Principal, Ref};
use attestry_store::Token;
use jiff::SignedDuration;
use serde_json::{Map, Value, json};

use crate::client::Site;
use crate::common;

/// Every kind of write, on a risk.
const WRITES: [(&str, &str); 5] = [
    ("POST", "/api/v1/risk"),
    ("PATCH", "/api/v1/risk/R-0001"),
    ("POST", "/api/v1/risk/R-0001/steps/assessed"),
    ("POST", "/api/v1/risk/R-0001/void"),
    ("POST", "/api/v1/risk/R-0001/files?name=a.txt"),
];

const HEADERS: [(&str, &str); 2] = [("if-match", "*"), ("idempotency-key", "one")];

#[test]
fn a_token_for_reading_reads_and_writes_nothing_and_one_without_scopes_not_even_that() {
    let site = Site::clinic();
    let (reader, nobody) = (site.program_for(Role::IsmsManager, &["read"]), site.program_for(Role::IsmsManager, &[]));
    assert_eq!(reader.get("/api/v1/risk").status, 200);
    nobody.get("/api/v1/risk").refuses(403);
    let length = site.size();
    for (method, path) in WRITES {
        reader.json(method, path, &HEADERS, &json!({ "title": "x", "reason": "x" })).refuses(403);
    }
    assert_eq!(site.size(), length);
}

#[test]
fn an_expired_a_revoked_and_an_unknown_token_and_none_at_all_are_told_to_sign_in() {
    let site = Site::clinic();
    let person = common::person_with(&site.app, Role::IsmsManager).unwrap();
    let now = site.app.now();
    let expired = crate::token::token_until(&site.app, person, &["read"], now);
    let good = crate::token::token_until(&site.app, person, &["read"], now + SignedDuration::from_secs(1));
    assert_eq!(site.bearing(&good).get("/api/v1/me").status, 200);
    let accounts = site.app.store.accounts();
    let account = common::account_of(&site.app, person);
    for token in accounts.tokens(account, "clinic").unwrap() {
        assert!(accounts.revoke_token(account, token.id).unwrap());
    }
    for secret in [expired.as_str(), good.as_str(), "made-up", ""] {
        let answer = site.bearing(secret).get("/api/v1/me");
        answer.refuses(401);
        assert_eq!(answer.header("www-authenticate"), "Bearer");
    }
    site.stranger().get("/api/v1/me").refuses(401);
}

#[test]
fn the_token_of_somebody_suspended_or_switched_off_is_dead_at_once() {
    let site = Site::clinic();
    let person = common::person_with(&site.app, Role::RiskOwner).unwrap();
    let token = crate::token::token_of(&site.app, person, &["read", "write"]);
    let program = site.bearing(&token);
    assert_eq!(program.get("/api/v1/me").status, 200);
    let account = common::account_of(&site.app, person);
    site.app.store.accounts().set_active(account, false).unwrap();
    program.get("/api/v1/me").refuses(401);
    site.app.store.accounts().set_active(account, true).unwrap();
    let suspend = Command::Step {
        target: person.any(),
        to: "suspended".to_owned(),
        revision: None,
        fields: Map::new(),
        reason: None,
    };
    site.app.store.organisation(Some("clinic")).unwrap().submit(&Principal::operator(), suspend).unwrap();
    program.get("/api/v1/me").refuses(401);
}

#[test]
fn a_token_of_another_organisation_sees_nothing_of_this_one() {
    let site = Site::clinic();
    let other = site.app.store.create_organisation("Somebody else", Some("other")).unwrap();
    let fields = |text: &str| -> Map<String, Value> { serde_json::from_str(text).unwrap() };
    let create = Command::Create {
        kind: Kind::Person,
        fields: fields(r#"{"title":"Olga Other","name":"Olga Other","app_roles":["isms_manager","system_admin"]}"#),
    };
    other.submit(&Principal::operator(), create).unwrap();
    let person = Ref::<Person>::new(1);
    let step = |to: &str, set: &str| Command::Step {
        target: person.any(),
        to: to.to_owned(),
        revision: None,
        fields: fields(set),
        reason: None,
    };
    let complete = r#"{"email":"o@other.example","employment":"other","joined_on":"2020-01-01"}"#;
    other.submit(&Principal::operator(), step("active", complete)).unwrap();
    let accounts = site.app.store.accounts();
    let now = site.app.now();
    let account = accounts.create("o@other.example", None, now).unwrap();
    accounts.join(account, "other", person).unwrap();
    let token = Token {
        id: 0,
        account,
        organisation: "other".to_owned(),
        person,
        name: "t".to_owned(),
        scopes: vec!["read".to_owned(), "write".to_owned()],
        created_at: now,
        expires_at: now + SignedDuration::from_hours(1),
        used_at: None,
    };
    accounts.create_token(&attestry_server::gate::hash_of("others"), &token).unwrap();
    let program = site.bearing("others");
    assert_eq!(program.get("/api/v1/me").json()["organisation"], "other");
    let length = site.size();
    assert_eq!(program.get("/api/v1/risk").json()["total"], 0);
    assert_eq!(program.get("/api/v1/search?q=patient").json()["items"], json!([]));
    for (method, path) in WRITES.into_iter().skip(1) {
        program.json(method, path, &HEADERS, &json!({ "reason": "x" })).refuses(404);
    }
    for part in ["", "/history", "/links", "/findings", "/files", "/proof"] {
        program.get(&format!("/api/v1/risk/R-0001{part}")).refuses(404);
    }
    // A reference to a record of the other organisation is one to nothing.
    let answer = program.create("risk", "k", &json!({ "title": "mine", "owner": "PER-0005" }));
    answer.refuses(422);
    assert_eq!(answer.named(), ["owner"]);
    let events = program.get("/api/v1/events?limit=1000").json();
    assert!(events["items"].as_array().unwrap().iter().all(|one| !one["record"].as_str().unwrap().starts_with("R-")));
    assert_eq!(site.size(), length);
}

#[test]
fn a_write_without_the_right_to_it_leaves_no_entry() {
    let site = Site::clinic();
    for role in [Role::Employee, Role::InternalAuditor, Role::ControlOwner] {
        let program = site.program(role);
        let length = site.size();
        for (method, path) in WRITES {
            let answer = program.json(method, path, &HEADERS, &json!({ "title": "x", "reason": "x" }));
            let refused = [403, 404, 422].contains(&answer.status.as_u16());
            assert!(refused, "{role:?} {method} {path}: {} {}", answer.status, answer.text());
            assert_eq!(site.size(), length, "{role:?} {method} {path}");
        }
    }
}

#[test]
fn what_may_not_be_seen_is_told_like_what_is_not_there() {
    let site = Site::clinic();
    let program = site.program(Role::Employee);
    let hidden = program.get("/api/v1/risk/R-0001");
    let missing = program.get("/api/v1/risk/R-9999");
    hidden.refuses(404);
    missing.refuses(404);
    let (mut hidden, mut missing) = (hidden.json(), missing.json());
    hidden["instance"].take();
    missing["instance"].take();
    assert_eq!(hidden, missing);
    for path in [
        "/api/v1/risk/A-0001",
        "/api/v1/risk/R-1",
        "/api/v1/risk/r-0001",
        "/api/v1/nothing",
        "/api/v1/nothing/R-0001",
        "/api/v1",
        "/api/v2/risk",
        "/api/v1/risk/R-0001/nothing",
    ] {
        let answer = site.program(Role::IsmsManager).get(path);
        answer.refuses(404);
    }
    program.get("/api/v1/summary").refuses(403);
}

#[test]
fn fields_that_are_hidden_on_pages_are_hidden_here_and_can_be_neither_asked_by_nor_searched_nor_set() {
    let site = Site::clinic();
    let manager = site.program(Role::IsmsManager);
    let employee = site.program(Role::Employee);
    let me = employee.get("/api/v1/me").json()["person"].as_str().unwrap().to_owned();
    let people = manager.get("/api/v1/person").json();
    let other = people["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["ref"] != me.as_str() && one["email"].is_string())
        .unwrap();
    let email = other["email"].as_str().unwrap();
    let path = format!("/api/v1/person/{}", other["ref"].as_str().unwrap());
    let seen = employee.get(&path);
    assert_eq!(seen.status, 200);
    for private in ["email", "employment", "job_title", "manager", "joined_on"] {
        assert!(seen.json().get(private).is_none(), "{private}");
    }
    assert!(!seen.text().contains(email) && !employee.get("/api/v1/person?limit=1000").text().contains(email));
    assert!(employee.get(&format!("/api/v1/person/{me}")).json()["email"].is_string(), "one's own is shown");
    for query in ["where=email~a", "sort=email", "sort=-joined_on", "where=manager%3DPER-0001"] {
        employee.get(&format!("/api/v1/person?{query}")).refuses(422);
        assert_eq!(manager.get(&format!("/api/v1/person?{query}")).status, 200, "{query}");
    }
    let found = |program: &super::Program<'_>| {
        program.get(&format!("/api/v1/search?q={email}")).json()["items"].as_array().unwrap().len()
    };
    assert!(found(&manager) > 0);
    assert_eq!(found(&employee), 0);
    employee.get(&format!("{path}/proof")).refuses(403);
    assert!(!employee.get(&format!("{path}/history")).text().contains(email));
    let answer = employee.json("PATCH", &path, &[("if-match", "*")], &json!({ "email": "x@example.org" }));
    assert!([403, 422].contains(&answer.status.as_u16()), "{}", answer.text());
}

#[test]
fn a_token_cannot_sign() {
    let site = Site::clinic();
    let program = site.program(Role::IsmsManager);
    let approvals = program.get("/api/v1/approval?limit=3").json();
    let mut paths: Vec<String> = approvals["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| format!("/api/v1/approval/{}/steps/signed", one["ref"].as_str().unwrap()))
        .collect();
    assert!(!paths.is_empty());
    for kind in Kind::ALL {
        let def = kind.def();
        let first = def.states[0].name;
        let mut steps = attestry_model::decide::steps_from(def, first);
        if let Some(step) = steps.find(|step| attestry_model::decide::is_approving(def, step)) {
            let made = program.create(def.words.name, &format!("k-{kind}"), &json!({ "title": "To be signed" }));
            if made.status == 201 {
                paths.push(format!("{}/steps/{}", made.header("location"), step.name.unwrap_or(step.to)));
            }
        }
    }
    let length = site.size();
    for path in paths {
        let answer = program.json("POST", &path, &[("if-match", "*")], &json!({}));
        answer.refuses(403);
        assert!(answer.text().contains("token"), "{path}: {}", answer.text());
    }
    assert_eq!(site.size(), length);
}

#[test]
fn who_calls_far_too_often_is_asked_to_wait() {
    let site = Site::clinic();
    let program = site.program(Role::Employee);
    let other = site.program(Role::IsmsManager);
    let admitted = (0..3_000).take_while(|_| program.get("/api/v1/checkpoint").status == 200).count();
    assert_eq!(admitted, 2_000, "calls at once");
    let refused = program.get("/api/v1/checkpoint");
    refused.refuses(429);
    assert!(refused.header("retry-after").parse::<u64>().unwrap() >= 1);
    assert_eq!(other.get("/api/v1/me").status, 200, "one caller takes nothing from another");
    site.app.settings.ticks.advance(Duration::from_secs(1));
    let admitted = (0..3_000).take_while(|_| program.get("/api/v1/checkpoint").status == 200).count();
    assert_eq!(admitted, 200, "calls in a second");
}
