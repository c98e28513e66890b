//! The OpenAPI document and the reference page say what the routes are.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use attestry_model::Kind;
use attestry_model::kind::Role;
use attestry_server::{api, routes};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::client::Site;

/// The methods and addresses that the document describes; the kind's own ones under the general address.
fn described(document: &Value) -> BTreeSet<(String, String)> {
    let mut all = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        let mut parts: Vec<&str> = path.split('/').collect();
        if Kind::named(parts[3]).is_some() {
            parts[3] = "{kind}";
        }
        for method in item.as_object().unwrap().keys() {
            all.insert((method.to_uppercase(), parts.join("/")));
        }
    }
    all
}

#[test]
fn the_document_describes_exactly_the_routes_that_there_are() {
    let routed = routes::all().into_iter().filter(|route| route.path.starts_with("/api/v1"));
    let routed: BTreeSet<_> = routed.map(|route| (route.method.to_string(), route.path.to_owned())).collect();
    let document = api::document();
    assert_eq!(described(&document), routed);
    for kind in Kind::ALL {
        for (path, methods) in
            [(format!("/api/v1/{kind}"), ["get", "post"]), (format!("/api/v1/{kind}/{{reference}}"), ["get", "patch"])]
        {
            let item = document["paths"][&path].as_object().unwrap_or_else(|| panic!("{path}"));
            assert_eq!(item.keys().map(String::as_str).collect::<Vec<_>>(), methods, "{path}");
        }
    }
}

/// Every place that a document refers to.
fn references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            if let Some(Value::String(target)) = members.get("$ref") {
                found.insert(target.clone());
            }
            members.values().for_each(|member| references(member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

#[test]
fn whatever_the_document_refers_to_is_in_it_and_every_operation_has_a_name_of_its_own_and_words() {
    let document = api::document();
    let mut found = BTreeSet::new();
    references(&document, &mut found);
    assert!(found.len() > 150);
    for target in found {
        let pointer = target.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{target}");
    }
    let mut names = BTreeSet::new();
    for item in document["paths"].as_object().unwrap().values() {
        for operation in item.as_object().unwrap().values() {
            let name = operation["operationId"].as_str().unwrap();
            assert!(names.insert(name.to_owned()), "{name}");
        }
    }
    let text = document.to_string();
    let missing = text.match_indices("\"api-").map(|(at, _)| &text[at..at + 40]).next();
    assert_eq!(missing, None, "a text that is nowhere written");
    assert!(!text.contains("\"fault-"));
}

#[test]
fn the_document_is_the_one_that_was_looked_at() {
    let document = api::document();
    let mut list =
        format!("sha256 {}\n", data_encoding::HEXLOWER.encode(&Sha256::digest(document.to_string().as_bytes())));
    for (method, path) in described(&document) {
        let _ = writeln!(list, "{method} {path}");
    }
    for name in ["comment", "comment_fields", "threat", "threat_fields"] {
        let schema = serde_json::to_string_pretty(&document["components"]["schemas"][name]).unwrap();
        let _ = writeln!(list, "\n{name} {schema}");
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/openapi.txt");
    if std::env::var_os("BLESS").is_some() {
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, &list).unwrap();
    }
    let golden = std::fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(list, golden, "the document has changed; look at the difference, then BLESS=1");
}

#[test]
fn the_document_is_served_once_to_who_has_it() {
    let site = Site::clinic();
    let program = site.program(Role::Employee);
    let first = program.get("/api/v1/openapi.json");
    assert_eq!(first.json()["openapi"], "3.1.0");
    let etag = first.header("etag").to_owned();
    assert_eq!(program.send("GET", "/api/v1/openapi.json", &[("if-none-match", &etag)], "").status, 304);
}

#[test]
fn the_reference_shows_every_operation_and_tries_reading_ones_with_the_rights_of_who_looks() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    let page = manager.get("/api?kind=asset").text();
    for operation in api::OPERATIONS.iter() {
        assert!(page.contains(&format!("id=\"{}\"", operation.name)), "{}", operation.name);
    }
    assert!(page.contains("/api/v1/asset/{reference}") && page.contains("curl -H"));
    let tried = manager.get("/api?kind=risk&try=read&p.reference=R-0001").text();
    assert!(tried.contains("Answer: 200") && tried.contains("&#34;ref&#34;: &#34;R-0001&#34;"));
    let employee = site.role(Role::Employee);
    let refused = employee.get("/api?kind=risk&try=read&p.reference=R-0001").text();
    assert!(refused.contains("Answer: 404"));
    let hostile = manager.get("/api?kind=risk&try=list&q.where=%3Cscript%3Ealert(1)%3C/script%3E").text();
    assert!(hostile.contains("Answer: 422") && !hostile.contains("<script>alert"));
    // Nothing that writes can be tried with an address.
    let length = site.size();
    let page = manager.get("/api?kind=risk&try=create").text();
    assert!(!page.contains("Answer:"));
    assert_eq!(site.size(), length);
}
