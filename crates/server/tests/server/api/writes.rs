//! Creating, changing, stepping, voiding, attaching: once, on a named version, with every problem named.

use std::sync::Barrier;

use attestry_model::Kind;
use attestry_model::kind::Role;
use serde_json::json;

use crate::client::Site;

#[test]
fn a_record_is_created_changed_taken_a_step_and_voided() {
    let site = Site::clinic();
    let program = site.program(Role::IsmsManager);
    let created = program.create("risk", "k1", &json!({ "title": "Flood in the archive", "tags": ["water"] }));
    assert_eq!(created.status, 201, "{}", created.text());
    let path = created.header("location").to_owned();
    assert_eq!(created.header("etag"), "\"1\"");
    assert_eq!(program.get(&path).json(), created.json());
    let changed = program.json("PATCH", &path, &[("if-match", "\"1\"")], &json!({ "tags": null, "notes": "wet" }));
    assert_eq!((changed.status.as_u16(), changed.header("etag")), (200, "\"2\""), "{}", changed.text());
    assert_eq!((&changed.json()["tags"], &changed.json()["notes"]), (&json!([]), &json!("wet")));
    let merged = program.send(
        "PATCH",
        &path,
        &[("if-match", "\"2\""), ("content-type", "application/merge-patch+json; charset=utf-8")],
        r#"{"notes":null}"#,
    );
    assert_eq!((merged.status.as_u16(), &merged.json()["notes"]), (200, &json!(null)));
    let wrong = program.json("POST", &format!("{path}/steps/nowhere"), &[("if-match", "*")], &json!({}));
    wrong.refuses(422);
    assert_eq!(wrong.named(), ["state"]);
    let voided =
        program.json("POST", &format!("{path}/void"), &[("if-match", "\"3\"")], &json!({ "reason": "a mistake" }));
    assert_eq!((voided.status.as_u16(), &voided.json()["state"]), (200, &json!("void")), "{}", voided.text());
    let again = program.json("POST", &format!("{path}/void"), &[("if-match", "\"4\"")], &json!({ "reason": "again" }));
    again.refuses(422);
}

#[test]
fn a_step_is_taken_with_fields_and_a_reason() {
    let site = Site::clinic();
    let program = site.program(Role::IsmsManager);
    let task = json!({ "title": "Call the plumber", "what": "Call", "assignee": program.get("/api/v1/me").json()["person"], "due": "2026-07-30" });
    let created = program.create("task", "k", &task);
    assert_eq!(created.status, 201, "{}", created.text());
    let path = created.header("location").to_owned();
    let step = Kind::Task
        .def()
        .flow
        .iter()
        .find(|step| step.from == Kind::Task.def().states[0].name && step.to != "void")
        .unwrap();
    let to = step.name.unwrap_or(step.to);
    let body = json!({ "fields": { "notes": "on the way" }, "reason": "it drips" });
    let taken = program.json("POST", &format!("{path}/steps/{to}"), &[("if-match", "\"1\"")], &body);
    assert_eq!((taken.status.as_u16(), &taken.json()["state"]), (200, &json!(step.to)), "{}", taken.text());
    assert_eq!(taken.json()["notes"], "on the way");
    let history = program.get(&format!("{path}/history")).json();
    assert_eq!(history["items"][0]["reason"], "it drips");
}

#[test]
fn the_sample_of_every_kind_is_taken_in_or_refused_with_its_fields_named() {
    let site = Site::clinic();
    let program = site.program(Role::IsmsManager);
    let mut created = 0;
    for kind in Kind::ALL {
        let document = attestry_server::api::document();
        let path = format!("/api/v1/{kind}");
        let example = &document["paths"][&path]["post"]["requestBody"]["content"]["application/json"]["example"];
        assert!(example["title"].is_string(), "{kind}");
        let answer = program.create(kind.words().name, &format!("k-{kind}"), example);
        match answer.status.as_u16() {
            201 => {
                created += 1;
                let said = example.as_object().unwrap().iter();
                // Amounts in the organisation's own currency come back as numbers.
                for (name, value) in said.filter(|(_, value)| !value.to_string().contains(" USD\"")) {
                    assert_eq!(&answer.json()[name], value, "{kind}.{name} comes back as it went in");
                }
            }
            422 => assert!(!answer.named().is_empty(), "{kind}: {}", answer.text()),
            403 => {}
            other => panic!("{kind}: {other} {}", answer.text()),
        }
    }
    assert!(created > 20, "{created}");
}

#[test]
fn what_signing_writes_is_read_and_not_written() {
    let site = Site::clinic();
    let program = site.program(Role::IsmsManager);
    let document = attestry_server::api::document();
    let schemas = &document["components"]["schemas"];
    assert_eq!(schemas["approval"]["properties"]["assertion"]["readOnly"], true);
    let written = &schemas["approval_fields"]["properties"];
    assert!(written["statement"].is_object() && written["assertion"].is_null());
    let taken = &document["paths"]["/api/v1/approval"]["post"]["requestBody"]["content"]["application/json"];
    let mut body = taken["example"].clone();
    assert!(body["assertion"].is_null(), "what cannot be sent is in no example");
    let length = site.size();
    for proof in [json!({}), json!({ "statement": "I agree", "signature": "AAAA" }), json!(null)] {
        body["assertion"] = proof;
        let answer = program.create("approval", "k", &body);
        answer.refuses(422);
        assert!(answer.named().contains(&"assertion".to_owned()), "{}", answer.text());
        // An approval that was given is nobody's to change.
        let patch = json!({ "assertion": body["assertion"] });
        program.json("PATCH", "/api/v1/approval/APR-0001", &[("if-match", "*")], &patch).refuses(403);
    }
    assert_eq!(site.size(), length);
}

#[test]
fn a_creation_that_arrives_twice_is_answered_alike_and_carried_out_once() {
    let site = Site::clinic();
    let program = site.program(Role::IsmsManager);
    let body = json!({ "title": "Only once" });
    let first = program.create("risk", "the-key", &body);
    let length = site.size();
    let second = program.create("risk", "the-key", &body);
    assert_eq!((second.status, second.json()), (first.status, first.json()));
    assert_eq!((second.header("location"), second.header("etag")), (first.header("location"), first.header("etag")));
    assert_eq!(site.size(), length);
    program.create("risk", "the-key", &json!({ "title": "Something else" })).refuses(409);
    program.create("asset", "the-key", &body).refuses(409);
    assert_eq!(site.size(), length);
    let other = site.program(Role::TopManagement);
    let theirs = other.create("risk", "the-key", &body);
    assert_ne!(theirs.status, 409, "the key of one account is not that of another");
    program.json("POST", "/api/v1/risk", &[], &body).refuses(400);
    let long = "k".repeat(256);
    program.create("risk", &long, &body).refuses(400);
}

#[test]
fn a_creation_that_was_refused_can_be_tried_again_under_its_key() {
    let site = Site::clinic();
    let program = site.program(Role::IsmsManager);
    program.create("risk", "k", &json!({ "title": "x", "owner": "PER-9999" })).refuses(422);
    assert_eq!(program.create("risk", "k", &json!({ "title": "x" })).status, 201);
}

#[test]
fn of_thirty_two_equal_creations_at_once_one_is_carried_out() {
    let site = Site::clinic();
    let length = site.size();
    let start = Barrier::new(32);
    let program = site.program(Role::IsmsManager);
    let answers: Vec<_> = std::thread::scope(|scope| {
        let send = |_| {
            scope.spawn(|| {
                start.wait();
                program.create("risk", "all-at-once", &json!({ "title": "One of us" }))
            })
        };
        let threads: Vec<_> = (0..32).map(send).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(site.size(), length + 1);
    let first = &answers[0];
    assert!(answers.iter().all(|answer| answer.status == 201 && answer.json() == first.json()));
}

#[test]
fn of_two_who_change_one_version_the_second_is_refused_in_either_order() {
    let site = Site::clinic();
    let (ann, bob) = (site.program(Role::IsmsManager), site.program(Role::IsmsManager));
    for (first, second) in [(&ann, &bob), (&bob, &ann)] {
        let etag = first.get("/api/v1/risk/R-0001").header("etag").to_owned();
        let write = |who: &super::Program<'_>, note: &str| {
            who.json(
                "PATCH",
                "/api/v1/risk/R-0001",
                &[("if-match", &etag)],
                &json!({ "notes": format!("{note} {etag}") }),
            )
        };
        assert_eq!(write(first, "first").status, 200);
        let length = site.size();
        write(second, "second").refuses(412);
        assert_eq!(site.size(), length);
        let held = first.get("/api/v1/risk/R-0001").json();
        assert_eq!(held["notes"], format!("first {etag}"));
    }
}

#[test]
fn of_many_who_change_one_version_at_once_exactly_one_does() {
    let site = Site::clinic();
    let etag = site.program(Role::IsmsManager).get("/api/v1/risk/R-0002").header("etag").to_owned();
    let start = Barrier::new(12);
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let (site, etag, start) = (&site, &etag, &start);
        let threads: Vec<_> = (0..12)
            .map(|at| {
                scope.spawn(move || {
                    let program = site.program(Role::IsmsManager);
                    start.wait();
                    let body = json!({ "notes": format!("number {at}") });
                    program.json("PATCH", "/api/v1/risk/R-0002", &[("if-match", etag)], &body).status.as_u16()
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert!(statuses.iter().all(|status| [200, 412].contains(status)), "{statuses:?}");
}

#[test]
fn a_change_says_which_version_it_is_made_on() {
    let site = Site::clinic();
    let program = site.program(Role::IsmsManager);
    let length = site.size();
    let body = json!({ "notes": "x", "reason": "x" });
    for (method, path) in [
        ("PATCH", "/api/v1/risk/R-0001"),
        ("POST", "/api/v1/risk/R-0001/void"),
        ("POST", "/api/v1/risk/R-0001/steps/assessed"),
    ] {
        program.json(method, path, &[], &body).refuses(428);
        for stale in ["\"99\"", "\"0\"", "W/\"1\"", "\"98\", \"99\""] {
            program.json(method, path, &[("if-match", stale)], &body).refuses(412);
        }
        for garbled in ["1", "\"1", "null", "\"1\" \"2\""] {
            program.json(method, path, &[("if-match", garbled)], &body).refuses(400);
        }
    }
    assert_eq!(site.size(), length);
}

#[test]
fn every_problem_is_named_by_its_field_and_nothing_is_written() {
    let site = Site::clinic();
    let program = site.program(Role::IsmsManager);
    let length = site.size();
    let change = |body: serde_json::Value| program.json("PATCH", "/api/v1/risk/R-0001", &[("if-match", "*")], &body);
    for (name, value) in [
        ("id", json!(7)),
        ("ref", json!("R-0002")),
        ("kind", json!("asset")),
        ("state", json!("accepted")),
        ("revision", json!(7)),
        ("created_at", json!("2020-01-01T00:00:00Z")),
        ("created_by", json!("PER-0001")),
        ("updated_by", json!("PER-0001")),
        ("void_reason", json!("gone")),
        ("legal_hold", json!(true)),
        ("__proto__", json!({ "admin": true })),
        ("constructor", json!("x")),
        ("title", json!(5)),
        ("title", json!(null)),
        ("title", json!("two\nlines")),
        ("title", json!("a\u{0}b")),
        ("title", json!("x".repeat(4_001))),
        ("owner", json!("R-0001")),
        ("owner", json!("PER-9999")),
        ("owner", json!({ "ref": "PER-0001" })),
        ("tags", json!("not a list")),
        ("current_likelihood", json!(11)),
        ("current_likelihood", json!(2.5)),
        ("current_likelihood", json!("2")),
        ("custom", json!({ "nothing": 1 })),
    ] {
        let answer = change(json!({ name: value }));
        answer.refuses(422);
        let named = answer.named();
        assert!(named.iter().any(|one| one == name || one.starts_with(&format!("{name}."))), "{name}: {named:?}");
    }
    let both = change(json!({ "id": 1, "tags": 1, "owner": 1 })).named();
    assert!(both.len() >= 2, "{both:?}");
    assert_eq!(site.size(), length);
}

#[test]
fn a_file_is_attached_listed_and_given_back_byte_for_byte_as_an_attachment() {
    let site = Site::clinic();
    let program = site.program(Role::IsmsManager);
    let path = "/api/v1/risk/R-0001";
    let bytes: Vec<u8> = (0..200_000_u32).map(|at| (at % 251) as u8).collect();
    let raw = program.send(
        "POST",
        &format!("{path}/files?name=..%2Flog.html"),
        &[("content-type", "text/html")],
        bytes.clone(),
    );
    assert_eq!(raw.status, 201, "{}", raw.text());
    assert_eq!((&raw.json()["name"], &raw.json()["size"]), (&json!("log.html"), &json!(200_000)));
    let form = "--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"note.txt\"\r\n\r\nhello\r\n--b--\r\n";
    let other = "/api/v1/risk/R-0002";
    let sent =
        program.send("POST", &format!("{other}/files"), &[("content-type", "multipart/form-data; boundary=b")], form);
    assert_eq!((sent.status.as_u16(), &sent.json()["name"]), (201, &json!("note.txt")), "{}", sent.text());
    let files = program.get(&format!("{path}/files")).json();
    assert_eq!(files["items"].as_array().unwrap().len(), 1);
    let content = program.get(files["items"][0]["content"].as_str().unwrap());
    assert_eq!(content.body, bytes);
    assert_eq!(content.header("content-type"), "application/octet-stream");
    assert!(content.header("content-disposition").starts_with("attachment"));
    assert!(content.header("content-security-policy").contains("sandbox"));
    // A file is given out only through a record that has it.
    let sha = raw.json()["sha256"].as_str().unwrap().to_owned();
    program.get(&format!("{other}/files/{sha}")).refuses(404);
    for name in ["", "..", "%00", "a%0Ab", "a%E2%80%AEb"] {
        program.send("POST", &format!("{path}/files?name={name}"), &[("content-type", "text/plain")], "x").refuses(422);
    }
    program
        .send("POST", &format!("{path}/files"), &[("content-type", "multipart/form-data; boundary=b")], "--b--")
        .refuses(422);
    program.send("POST", &format!("{path}/files?name=a"), &[], "x").refuses(415);
}
