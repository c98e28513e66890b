//! Pages that are kept for whoever asks again: never somebody else's, never older than the newest value.

use std::io::Read as _;

use attestry_model::kind::Role;
use attestry_model::{Command, Kind, Principal};
use attestry_server::places::list_path;
use axum::body::Body;
use serde_json::{Map, Value, json};

use crate::client::{Client, Site};

#[expect(clippy::needless_pass_by_value, reason = "cases are written in place")]
fn change(site: &Site, target: &str, fields: Value) {
    let organisation = site.app.store.organisation(Some("clinic")).unwrap();
    let fields: Map<String, Value> = fields.as_object().unwrap().clone();
    let command = Command::Update { target: target.parse().unwrap(), revision: None, fields, reason: None };
    organisation.submit(&Principal::operator(), command).unwrap();
}

#[test]
fn everybody_is_answered_with_their_own_page_however_often_others_ask() {
    let site = Site::clinic();
    let roles = [Role::IsmsManager, Role::RiskOwner, Role::Employee, Role::ExternalAuditor, Role::InternalAuditor];
    let clients: Vec<Client<'_>> = roles.iter().map(|role| site.role(*role)).collect();
    for kind in [Kind::Risk, Kind::Person, Kind::Document, Kind::Incident, Kind::Task] {
        let ask = |client: &Client<'_>| client.get(&format!("{}?per=200", list_path(kind))).text();
        let made: Vec<String> = clients.iter().map(ask).collect();
        let kept: Vec<String> = clients.iter().rev().map(ask).collect();
        for (at, page) in kept.iter().rev().enumerate() {
            assert_eq!(*page, made[at], "{:?} {kind}", roles[at]);
        }
        assert_ne!(made[0], made[2], "the manager and an employee see the same of {kind}");
    }
}

#[test]
fn a_change_shows_at_once_to_everybody_who_had_the_page() {
    let site = Site::clinic();
    let (manager, auditor) = (site.role(Role::IsmsManager), site.role(Role::InternalAuditor));
    for client in [&manager, &auditor] {
        assert!(!client.get("/risks").text().contains("Another name"));
        client.get("/risks");
    }
    change(&site, "R-0001", json!({ "title": "Another name" }));
    for client in [&manager, &auditor] {
        assert!(client.get("/risks").text().contains("Another name"));
    }
    // A number that stands on every page follows too: what waits for the person.
    let before = manager.get("/risks").text();
    let person = manager.person.unwrap().any().to_string();
    let task =
        json!({ "title": "Call the auditor", "what": "Ask for the dates.", "assignee": person, "due": "2026-07-01" });
    let organisation = site.app.store.organisation(Some("clinic")).unwrap();
    let fields = task.as_object().unwrap().clone();
    organisation.submit(&Principal::operator(), Command::Create { kind: Kind::Task, fields }).unwrap();
    assert_ne!(manager.get("/risks").text(), before);
}

#[test]
fn who_loses_a_right_is_not_answered_from_what_was_kept() {
    let site = Site::clinic();
    let owner = site.role(Role::RiskOwner);
    assert_eq!(owner.get("/risks").status, 200);
    let seen = owner.get("/risks").text();
    assert!(seen.contains("R-0001"));
    let person = owner.person.unwrap().any().to_string();
    change(&site, &person, json!({ "app_roles": ["employee"] }));
    assert_ne!(owner.get("/risks").text(), seen);
}

#[test]
fn how_a_person_wants_a_page_is_part_of_what_is_kept() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    let usual = manager.get("/risks").text();
    let cookie = |look: &str| {
        let request = manager.request("GET", "/risks");
        let own = request.headers_ref().unwrap().get("cookie").unwrap().to_str().unwrap().to_owned();
        let request = manager.request("GET", "/risks").header("cookie", format!("{own}; attestry-look={look}"));
        site.send(request.body(Body::empty()).unwrap()).text()
    };
    assert!(!usual.contains("data-theme") && cookie("dark").contains(r#"data-theme="dark""#));
    assert!(cookie("light.roomy").contains(r#"data-density="roomy""#));
    assert_eq!(manager.get("/risks").text(), usual);
    // Columns that are chosen show on the next page.
    assert!(!usual.contains(r#"data-l="Tags""#));
    let answer = manager.post("/risks/columns", &[("query", ""), ("col", "ref"), ("col", "title"), ("col", "tags")]);
    assert_eq!(answer.status, 303);
    assert!(manager.get("/risks").text().contains(r#"data-l="Tags""#));
}

#[test]
fn what_is_sent_compressed_is_the_same_page() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    let ask = |coding: &str| {
        let request = manager.request("GET", "/risks").header("accept-encoding", coding);
        site.send(request.body(Body::empty()).unwrap())
    };
    let plain = ask("identity");
    assert_eq!(plain.header("content-encoding"), "");
    for coding in ["gzip", "deflate, GZIP;q=0.5, br"] {
        let packed = ask(coding);
        assert_eq!(
            (packed.header("content-encoding"), packed.header("content-type")),
            ("gzip", "text/html; charset=utf-8")
        );
        assert!(packed.header("vary").contains("accept-encoding"));
        let mut text = String::new();
        flate2::read::GzDecoder::new(packed.body.as_slice()).read_to_string(&mut text).unwrap();
        assert_eq!(text, plain.text());
        // A page of fifty rows weighs less than 40 KB (ux.md, CD-3).
        assert!(packed.body.len() < 40_000, "{}", packed.body.len());
    }
    for coding in ["gzip;q=0", "gzipped", ""] {
        assert_eq!(ask(coding).header("content-encoding"), "", "{coding}");
    }
}
