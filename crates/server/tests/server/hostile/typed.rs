//! What comes in forms and in addresses that no browser would send, and what people type that means nothing where they are.

use attestry_model::field::Type;
use attestry_model::kind::Role;
use attestry_model::{AnyRecord, AnyRef, Kind};
use attestry_server::places::{list_path, record_path};
use attestry_server::routes;
use axum::body::Body;
use serde_json::json;

use super::isms;
use crate::client::Site;
use crate::matrix::concrete;

/// Bodies of forms with broken bytes, each also where a name is expected.
const BROKEN: [&[u8]; 9] = [
    b"_has=title&title=\xc3\x28",
    b"_has=title&title=\xff\xfe",
    b"_has=title&title=%ED%A0%80",
    b"_has=title&title=%C3%28&%FF=%FE",
    b"_has=title&title=a%00b&%00=%00",
    b"_has=title&title=%0D%0Ax%3A%20y%0Bz",
    b"&&&===&=&%&%2&%zz=1",
    b"_revision=99999999999999999999&_has=title&title=x",
    b"_revision=-1&_revision=2&_has=title&title=x&_once=%00",
];

#[test]
fn broken_bytes_in_a_form_end_in_a_defined_answer_at_every_route_and_write_no_broken_text() {
    let site = Site::clinic();
    for route in routes::all().into_iter().filter(|route| route.method == "POST" && !route.path.starts_with("/api/")) {
        let path = concrete(route.path);
        for body in BROKEN {
            // Some of these addresses end the session.
            let manager = site.role(Role::IsmsManager);
            for kind in [
                "application/x-www-form-urlencoded",
                "application/json",
                "multipart/form-data; boundary=x",
                "text/plain",
                "",
            ] {
                let request = manager.request("POST", &path).header("sec-fetch-site", "same-origin");
                let request = request.header("content-type", kind).body(Body::from(body.to_vec())).unwrap();
                let answer = site.send(request);
                assert!(!answer.status.is_server_error(), "{path} {kind} {body:?}: {}", answer.text());
            }
        }
    }
    for kind in Kind::ALL {
        for record in isms(&site).records(*kind) {
            let text = serde_json::Value::Object(record.fields()).to_string();
            assert!(!text.contains("\\u0000"), "{}", record.any_ref());
        }
    }
}

#[test]
fn texts_that_other_programs_would_expand_are_kept_and_shown_as_they_are() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    for (at, text) in
        ["{{ 7*7 }}", "${7*7}", "#{7*7}", "<%= 7*7 %>", "%{7*7}", "{% debug %}", "$(id)", "`id`", "%s%n", "\\u0041"]
            .into_iter()
            .enumerate()
    {
        let made =
            manager.post("/risks/new", &[("_has", "title"), ("title", text), ("_has", "notes"), ("notes", text)]);
        assert_eq!(made.status, 303, "{text}: {}", made.text());
        let risk = isms(&site).records(Kind::Risk).last().unwrap().any_ref();
        assert_eq!(isms(&site).record(risk).unwrap().head().title.as_deref(), Some(text));
        let shown = manager.get(&format!("/risks/{risk}")).text();
        let marked = |text: &str| text.contains(['<', '&', '\'']);
        let heading = shown.split("<h1").nth(1).and_then(|rest| rest.split("</h1>").next()).unwrap();
        assert!(heading.contains(text) || marked(text), "{at}: {heading}");
        assert!(!heading.contains("49"), "{at}: {heading}");
        let file = manager.get("/risks/export?format=json&cols=ref,title").json();
        let titles: Vec<&str> =
            file["records"].as_array().unwrap().iter().filter_map(|one| one["title"].as_str()).collect();
        assert!(titles.contains(&text), "{text}");
    }
}

#[test]
fn an_hour_that_there_was_not_and_days_beyond_the_calendar_are_taken_for_what_they_can_mean_or_refused_at_their_field()
{
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    let zone = isms(&site).organization().and_then(|it| it.timezone.clone()).unwrap();
    assert_eq!(zone, "America/New_York", "the clock goes forward there on the eighth of March 2026 at two");
    let program = site.program(Role::IsmsManager);
    let type_in = |record: AnyRef, field: &str, typed: &str| {
        let revision = isms(&site).record(record).unwrap().revision().to_string();
        let form = [("_revision", &*revision), ("_has", field), (field, typed)];
        manager.post(&format!("{}/edit", record_path(record)), &form)
    };
    let held = |record: AnyRef, field: &str| isms(&site).record(record).unwrap().field(field).unwrap_or_default();
    // A field in which a moment may stand as it was typed: not every record is open to it.
    let places = Kind::ALL.iter().flat_map(|kind| {
        let moments = kind.def().fields.iter().filter(|field| field.ty == Type::DateTime);
        moments.map(|field| (*kind, field.name))
    });
    let found = places.into_iter().find_map(|(kind, field)| {
        let all: Vec<AnyRef> = isms(&site).records(kind).map(AnyRecord::any_ref).collect();
        all.into_iter().take(5).map(|one| (one, field)).find(|(record, field)| {
            type_in(*record, field, "2026-06-30T12:00");
            held(*record, field) == json!("2026-06-30T16:00:00Z")
        })
    });
    let (record, field) = found.expect("somewhere a moment may be typed");
    for (typed, means) in [
        ("2026-03-08T02:30", Some("2026-03-08T07:30:00Z")),
        ("2025-11-02T01:30", Some("2025-11-02T05:30:00Z")),
        ("2024-02-29T12:00", Some("2024-02-29T17:00:00Z")),
        ("2025-02-29T12:00", None),
        ("0000-01-01T00:00", None),
        ("10000-01-01T00:00", None),
        ("2026-13-01T00:00", None),
        ("2026-01-01T25:00", None),
        ("yesterday", None),
    ] {
        let before = held(record, field);
        let saved = type_in(record, field, typed);
        if saved.status == 303 {
            assert_eq!(Some(held(record, field)), means.map(|means| json!(means)), "{typed}");
        } else {
            // What can be meant may still not fit the other days of the record.
            assert_eq!((saved.status.as_u16(), held(record, field)), (422, before), "{typed}");
            let text = saved.text();
            assert!(means.is_some() || text.contains(&format!("href=\"#field-{field}\"")), "{typed} has its problem");
            assert!(text.contains(typed) && typed != "2026-03-08T02:30", "{typed} stays: {text}");
        }
        for path in
            [record_path(record), list_path(record.kind), "/calendar".to_owned(), "/".to_owned(), "/work".to_owned()]
        {
            assert_eq!(manager.get(&path).status, 200, "{typed} {path}");
        }
        let name = record.kind.words().name;
        assert_eq!(program.get(&format!("/api/v1/{name}?sort=-{field}")).status, 200, "{typed}");
    }
}

#[test]
fn a_program_sets_nothing_that_the_ledger_writes_itself() {
    let site = Site::clinic();
    let program = site.program(Role::IsmsManager);
    let before = isms(&site).size();
    for (name, value) in [
        ("id", json!(7)),
        ("ref", json!("R-0077")),
        ("number", json!(77)),
        ("kind", json!("asset")),
        ("revision", json!(9)),
        ("state", json!("closed")),
        ("created_at", json!("1999-01-01T00:00:00Z")),
        ("created_by", json!("PER-0002")),
        ("updated_at", json!("1999-01-01T00:00:00Z")),
        ("updated_by", json!("PER-0002")),
        ("void_reason", json!("gone")),
        ("approved_at", json!("1999-01-01T00:00:00Z")),
        ("current_value", json!(1)),
        ("organisation", json!("other")),
        ("tenant_id", json!(2)),
        ("constructor", json!("x")),
    ] {
        let patch = program.json("PATCH", "/api/v1/risk/R-0001", &[("if-match", "*")], &json!({ name: value }));
        patch.refuses(422);
        assert!(patch.named().iter().any(|field| field == name), "{name}: {}", patch.text());
        // Where there are no levels a value from elsewhere is taken.
        if name != "current_value" {
            program.create("risk", &format!("k-{name}"), &json!({ "title": "x", name: value })).refuses(422);
        }
    }
    assert_eq!(isms(&site).size(), before);
}
