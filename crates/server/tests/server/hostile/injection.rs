//! Texts, names and headers that mean something elsewhere are only what they say here.

use attestry_model::field::Type;
use attestry_model::kind::Role;
use attestry_model::{AnyRecord, Command, Kind, Principal};
use attestry_server::html::encode;
use attestry_server::places::{list_path, record_path};
use attestry_server::{Settings, routes};
use axum::body::Body;
use serde_json::{Map, Value, json};

use super::{fields, isms, multipart};
use crate::client::{Answer, Site};
use crate::common;
use crate::matrix::concrete;

/// Texts that do something where somebody forgets that they are texts.
const CORPUS: [&str; 8] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "'><svg/onload=alert(1)>",
    "</textarea></title></script><script>alert(1)</script>",
    "[x](javascript:alert(1)) ![x](data:text/html,x) <javascript:alert(1)>",
    "<a href=\"javascript:alert(1)\" onclick=alert(1)>x</a>",
    "{{ 7*7 }} ${7*7} <%= 7*7 %> \u{202e}<iframe srcdoc='<script>'></iframe>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
];

/// Checks that a page holds no tag, attribute or address but those of the program.
#[track_caller]
pub fn harmless(answer: &Answer, of: &str) {
    let text = answer.text();
    let low = text.to_lowercase();
    assert!(low.matches("<script").count() <= 1, "{of}: a script");
    for tag in low.split('<').skip(1).map(|piece| piece.split('>').next().unwrap_or_default()) {
        let bare: String = tag.split('"').step_by(2).collect();
        let handler = bare.split_whitespace().skip(1).any(|word| {
            word.strip_prefix("on").is_some_and(|rest| {
                rest.split('=')
                    .next()
                    .is_some_and(|name| name.len() > 2 && name.bytes().all(|it| it.is_ascii_lowercase()))
                    && rest.contains('=')
            })
        });
        assert!(!handler, "{of}: <{tag}>");
        assert!(!bare.contains(" style="), "{of}: <{tag}>");
        for attribute in ["href=\"", "src=\"", "action=\"", "formaction=\""] {
            for address in tag.split(attribute).skip(1).filter_map(|rest| rest.split('"').next()) {
                let address = address.trim_start();
                let foreign =
                    ["javascript:", "data:", "vbscript:", "//", "http"].iter().any(|begin| address.starts_with(begin));
                assert!(!foreign, "{of}: {attribute}{address}");
            }
        }
        let opens = ["iframe srcdoc", "math", "mglyph", "object", "embed", "base ", "meta http"]
            .iter()
            .any(|begin| tag.starts_with(begin));
        assert!(!opens, "{of}: <{tag}>");
    }
}

/// A value of a field's type with a hostile text in it, where its type holds texts.
fn hostile(ty: Type, text: &str) -> Option<Value> {
    match ty {
        Type::Text | Type::LongText => Some(text.into()),
        Type::List(Type::Text | Type::LongText) => Some(json!([text, "two"])),
        Type::List(inner @ Type::Struct(_)) => Some(json!([hostile(*inner, text)?])),
        Type::Struct(members) => {
            let members = members.iter().filter_map(|member| Some((member.name.to_owned(), hostile(member.ty, text)?)));
            let members: Map<String, Value> = members.collect();
            (!members.is_empty()).then_some(Value::Object(members))
        }
        _ => None,
    }
}

#[test]
fn a_text_in_any_field_of_any_kind_stays_a_text_on_every_page() {
    let site = Site::clinic();
    let organisation = site.app.store.organisation(Some("clinic")).unwrap();
    let manager = site.role(Role::IsmsManager);
    let mut written = 0;
    for (at, kind) in Kind::ALL.iter().enumerate() {
        let now = isms(&site);
        let Some(record) = now.records(*kind).find(|one| one.head().void_reason.is_none()) else { continue };
        let target = record.any_ref();
        let title = ["title", "notes", "tags"].into_iter();
        let names: Vec<&str> = title.chain(kind.def().fields.iter().map(|field| field.name)).collect();
        for (nth, name) in names.into_iter().enumerate() {
            let Some(field) = kind.def().field(name) else { continue };
            let text = CORPUS[(at + nth) % CORPUS.len()];
            let Some(value) = hostile(field.ty, text) else { continue };
            let change = Map::from_iter([(name.to_owned(), value)]);
            let command = Command::Update { target, revision: None, fields: change, reason: Some(text.to_owned()) };
            written += usize::from(organisation.submit(&Principal::operator(), command).is_ok());
        }
        let path = record_path(target);
        let latest = isms(&site).record(target).unwrap().revision();
        for page in ["", "/edit", "/history", "/void", "/export", &format!("/compare?from=1&to={latest}")] {
            let answer = manager.get(&format!("{path}{page}"));
            assert!(!answer.status.is_server_error(), "{path}{page}: {}", answer.text());
            if page != "/export" {
                harmless(&answer, &format!("{path}{page}"));
            }
        }
        harmless(&manager.get(&list_path(*kind)), &list_path(*kind));
    }
    assert!(written > 280, "only {written} fields took the texts");
    for route in routes::all().into_iter().filter(|route| route.method == "GET" && !route.path.starts_with("/api")) {
        let path = concrete(route.path);
        if path.ends_with("/stream")
            || path.starts_with("/static")
            || path.contains("calendar.ics")
            || path.contains("/export")
        {
            continue;
        }
        for role in [Role::IsmsManager, Role::Employee] {
            let answer = site.role(role).get(&path);
            assert!(!answer.status.is_server_error(), "{path}: {}", answer.text());
            if answer.header("content-type").starts_with("text/html") {
                harmless(&answer, &path);
            }
        }
    }
    // The file for calendars has no line that a text began.
    let calendar = manager.get("/calendar.ics").text();
    assert!(calendar.split("\r\n").all(|line| !line.starts_with('<') && !line.contains('\n')), "{calendar}");
}

#[test]
fn every_page_answers_every_parameter_that_makes_no_sense_in_a_defined_way() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    let before = isms(&site).size();
    let signs = [
        "' OR 1=1--",
        "%00",
        "<script>alert(1)</script>",
        "../../etc/passwd",
        "\r\nSet-Cookie: a=b",
        "\u{202e}",
        "-1",
        "99999999999999999999",
        "NaN",
        "((((",
    ];
    let names = [
        "q",
        "sort",
        "view",
        "cols",
        "after",
        "before",
        "filter",
        "only",
        "per",
        "from",
        "to",
        "asof",
        "day",
        "unit",
        "owner",
        "done",
        "undo",
        "page",
        "month",
        "state",
        "copy",
        "_back",
        "title.has",
        "due.from",
        "years",
        "seed",
        "link",
        "next",
        "report",
        "c",
    ];
    for route in routes::all().into_iter().filter(|route| route.method == "GET" && !route.path.starts_with("/api")) {
        let path = concrete(route.path);
        if path.ends_with("/stream") {
            continue;
        }
        for (at, name) in names.iter().enumerate() {
            let sign = signs[(at + path.len()) % signs.len()];
            let asked = format!("{path}?{name}={}", encode(sign));
            let answer = manager.get(&asked);
            assert!(!answer.status.is_server_error(), "{asked}: {}", answer.text());
            assert!(
                answer.headers.get("set-cookie").is_none_or(|cookie| !cookie.to_str().unwrap().starts_with("a=")),
                "{asked}"
            );
            assert!(!answer.location().contains('\n'), "{asked}");
            if answer.header("content-type").starts_with("text/html") {
                harmless(&answer, &asked);
            }
        }
    }
    assert_eq!(isms(&site).size(), before);
}

#[test]
fn names_of_files_name_no_place_and_no_header() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    for (nth, name) in [
        "../../../etc/passwd",
        "..\\..\\windows\\win.ini",
        "/etc/shadow",
        "C:\\boot.ini",
        "a%0d%0aSet-Cookie: x=y.txt",
        "photo\u{202e}gnp.exe",
        "nul",
        "con.txt",
        "trailing. . ",
        "<script>alert(1)</script>.svg",
        "\u{e9}\u{301}.txt",
        "e\u{301}\u{301}.txt",
        "\u{200b}\u{200b}.txt",
        &"x".repeat(3_000),
    ]
    .into_iter()
    .enumerate()
    {
        let content = format!("content {nth}");
        let sent = site.send(multipart(&manager, "/risks/R-0001/files", &[], &[("file", name, content.as_bytes())]));
        assert_eq!(sent.status, 303, "{name:?}: {}", sent.text());
        let page = manager.get("/risks/R-0001");
        harmless(&page, name);
        let text = page.text();
        let (_, rest) = text.split_once("href=\"/files/R-0001/").unwrap();
        let file = manager.get(&format!("/files/R-0001/{}", &rest[..64]));
        assert_eq!(file.body, content.as_bytes(), "{name:?}");
        let disposition = file.header("content-disposition");
        assert!(disposition.starts_with("attachment; filename=\"") && disposition.len() < 2_000, "{disposition}");
        assert!(
            !disposition.contains("..") && !disposition.contains('\\') && !disposition.contains('\u{202e}'),
            "{disposition}"
        );
        assert!(file.headers.get("set-cookie").is_none());
        assert_eq!(file.header("content-security-policy"), "sandbox; default-src 'none'");
        harmless(&manager.get(&format!("/files/R-0001/{}/view", &rest[..64])), name);
    }
    // Nothing was written outside the folder of files, and none of the addresses reaches out of it.
    for path in [
        "..%2f..%2fetc%2fpasswd",
        "%2e%2e",
        "....",
        "a".repeat(64).as_str(),
        "A".repeat(64).as_str(),
        "0".repeat(63).as_str(),
    ] {
        for end in ["", "/raw", "/view"] {
            let answer = manager.get(&format!("/files/R-0001/{path}{end}"));
            assert!([400, 404].contains(&answer.status.as_u16()), "{path}{end}: {}", answer.status);
        }
        let asset = manager.get(&format!("/static/0/{path}"));
        assert_eq!(asset.status, 404, "{path}");
    }
}

#[test]
fn what_a_file_is_its_bytes_say_and_nothing_of_it_runs() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    let pdf = b"%PDF-1.7\n<script>alert(1)</script>\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj";
    let webp = [b"RIFF\x10\x00\x00\x00WEBPVP8 ".as_slice(), b"<script>".as_slice()].concat();
    for (name, bytes, kind, inline) in [
        ("a.png", b"<html><script>alert(1)</script>".to_vec(), "application/octet-stream", false),
        (
            "a.svg",
            b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>".to_vec(),
            "application/octet-stream",
            false,
        ),
        (
            "a.xhtml",
            b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'/>".to_vec(),
            "application/octet-stream",
            false,
        ),
        ("a.html", pdf.to_vec(), "application/pdf", true),
        ("a.js", webp, "image/webp", true),
        ("a.txt", b"\xff\xfe<\x00s\x00c\x00r\x00i\x00p\x00t\x00".to_vec(), "application/octet-stream", false),
    ] {
        let sent = site.send(multipart(&manager, "/risks/R-0002/files", &[], &[("file", name, &bytes)]));
        assert_eq!(sent.status, 303, "{name}");
        let text = manager.get("/risks/R-0002").text();
        let sha = text.split_once("href=\"/files/R-0002/").unwrap().1[..64].to_owned();
        let raw = manager.get(&format!("/files/R-0002/{sha}/raw"));
        assert_eq!((raw.header("content-type"), raw.header("x-content-type-options")), (kind, "nosniff"), "{name}");
        assert_eq!(raw.header("content-disposition").starts_with("inline"), inline, "{name}");
        let policy = raw.header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && !policy.contains("script-src"), "{name}: {policy}");
        let kept = manager.get(&format!("/files/R-0002/{sha}"));
        assert_eq!(kept.header("content-security-policy"), "sandbox; default-src 'none'");
        assert!(kept.header("content-disposition").starts_with("attachment"), "{name}");
        harmless(&manager.get(&format!("/files/R-0002/{sha}/view")), name);
    }
}

/// The clinic under an address of its own, behind a proxy that is trusted.
fn behind_a_proxy() -> Site {
    let folder = tempfile::tempdir().unwrap();
    let app = common::clinic_with(folder.path(), |settings| Settings {
        url: Some("https://isms.example.org".to_owned()),
        secure: true,
        proxies: vec!["127.0.0.1".parse().unwrap()],
        ..settings
    });
    Site::of(app, folder)
}

#[test]
fn links_come_from_the_setting_and_from_no_header() {
    let site = behind_a_proxy();
    let person = common::person_with(&site.app, Role::IsmsManager).unwrap();
    let cookie = format!("__Host-attestry={}", common::session_of(&site.app, person));
    let employee = common::person_with(&site.app, Role::Employee).unwrap();
    let ask = |method: &str, path: &str, origin: Option<&str>, body: String| {
        let mut request = axum::http::Request::builder()
            .method(method)
            .uri(path)
            .header("host", "evil.example")
            .header("x-forwarded-host", "evil.example")
            .header("forwarded", "host=evil.example;proto=http")
            .header("x-forwarded-proto", "http")
            .header("cookie", &cookie)
            .header("content-type", "application/x-www-form-urlencoded");
        if let Some(origin) = origin {
            request = request.header("origin", origin);
        }
        site.send(request.body(Body::from(body)).unwrap())
    };
    for path in
        ["/", "/settings/people", "/account", "/risks", "/api", "/sign-in", "/calendar.ics", "/api/v1/openapi.json"]
    {
        let answer = ask("GET", path, None, String::new());
        assert!(!answer.text().contains("evil.example"), "{path}");
        assert!(
            answer.headers.values().all(|value| !value.to_str().unwrap_or_default().contains("evil.example")),
            "{path}"
        );
        assert!(answer.header("strict-transport-security").contains("max-age"), "{path}");
    }
    let invited = format!("person={}", employee.any());
    let ours = ask("POST", "/settings/people/invite", Some("https://isms.example.org"), invited.clone());
    assert_eq!(ours.status, 200, "{}", ours.text());
    assert!(ours.text().contains("https://isms.example.org/invitation?link="), "{}", ours.text());
    assert!(!ours.text().contains("evil.example"));
    for origin in ["https://evil.example", "http://isms.example.org", "https://isms.example.org.evil.example", "null"] {
        assert_eq!(ask("POST", "/settings/people/invite", Some(origin), invited.clone()).status, 403, "{origin}");
    }
}

#[test]
fn the_address_of_a_visitor_is_what_a_trusted_proxy_says_and_nobody_else() {
    use std::net::{IpAddr, SocketAddr};
    let site = behind_a_proxy();
    let address = |peer: &str, forwarded: Option<&str>| {
        let mut request = axum::http::Request::builder().uri("/");
        if let Some(forwarded) = forwarded {
            request = request.header("x-forwarded-for", forwarded);
        }
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        let peer: SocketAddr = format!("{peer}:40000").parse().unwrap();
        parts.extensions.insert(axum::extract::ConnectInfo(peer));
        attestry_server::gate::address_of(&site.app, &parts)
    };
    let ip = |text: &str| text.parse::<IpAddr>().unwrap();
    assert_eq!(address("198.51.100.7", Some("1.2.3.4")), ip("198.51.100.7"), "no proxy of ours");
    assert_eq!(address("127.0.0.1", Some("203.0.113.9")), ip("203.0.113.9"));
    assert_eq!(
        address("127.0.0.1", Some("10.0.0.1, 203.0.113.9")),
        ip("203.0.113.9"),
        "what stands before may be invented"
    );
    assert_eq!(address("127.0.0.1", Some("203.0.113.9, 127.0.0.1")), ip("203.0.113.9"));
    assert_eq!(address("127.0.0.1", Some("<script>")), ip("127.0.0.1"));
    assert_eq!(address("127.0.0.1", None), ip("127.0.0.1"));
}

#[test]
fn days_at_the_ends_of_time_are_shown_and_break_no_page() {
    let site = Site::clinic();
    let organisation = site.app.store.organisation(Some("clinic")).unwrap();
    let mut written = 0;
    for (at, kind) in Kind::ALL.iter().enumerate() {
        let now = isms(&site);
        let Some(target) = now.records(*kind).find(|one| one.head().void_reason.is_none()).map(AnyRecord::any_ref)
        else {
            continue;
        };
        for (nth, field) in kind.def().fields.iter().enumerate() {
            let values: &[&str] = match field.ty {
                Type::Date => &["9999-12-31", "0001-01-01", "2028-02-29"],
                Type::DateTime => &["9999-12-30T22:00:00Z", "0001-01-02T00:00:00Z", "2026-03-29T01:30:00Z"],
                Type::Period => &["P9999Y", "P1D"],
                _ => continue,
            };
            let value = values[(at + nth) % values.len()];
            let change = fields(&json!({ field.name: value }));
            let command = Command::Update { target, revision: None, fields: change, reason: None };
            written += usize::from(organisation.submit(&Principal::operator(), command).is_ok());
        }
    }
    assert!(written > 30, "only {written} fields took such days");
    let program = site.program(Role::IsmsManager);
    for route in routes::all().into_iter().filter(|route| route.method == "GET" && !route.path.ends_with("/stream")) {
        let path = concrete(route.path);
        let answer =
            if path.starts_with("/api/v1") { program.get(&path) } else { site.role(Role::IsmsManager).get(&path) };
        assert!(!answer.status.is_server_error(), "{path}: {}", answer.text());
    }
    for kind in Kind::ALL {
        for record in isms(&site).records(*kind).take(1) {
            for end in ["", "/edit", "/history"] {
                let path = format!("{}{end}", record_path(record.any_ref()));
                assert!(!site.role(Role::IsmsManager).get(&path).status.is_server_error(), "{path}");
            }
        }
        assert_eq!(site.role(Role::IsmsManager).get(&list_path(*kind)).status, 200, "{kind:?}");
    }
    for day in
        ["0000-01-01", "10000-01-01", "2025-02-29", "2026-13-01", "-0001-01-01", "9999-12-31T24:00:00Z", "tomorrow"]
    {
        let patch = json!({ "next_review": day });
        let answer = program.json("PATCH", "/api/v1/risk/R-0002", &[("if-match", "*")], &patch);
        answer.refuses(422);
        let asked = site.role(Role::IsmsManager).get(&format!("/risks?asof={}", encode(day)));
        assert!([200, 422].contains(&asked.status.as_u16()), "{day}: {}", asked.status);
    }
}

#[test]
fn names_that_scripts_or_databases_know_are_names_like_others_or_none() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    let program = site.program(Role::IsmsManager);
    let before = isms(&site).size();
    for name in ["__proto__", "constructor", "toString", "drop table", "a.b", "a-b", "", "$ref", "\u{0}"] {
        let field = [("kind", "risk"), ("name", name), ("type", "text"), ("label", "x")];
        let answer = manager.post("/settings/fields", &field);
        if answer.status != 303 {
            assert_eq!(answer.status, 422, "{name:?}");
        }
        let body = json!({ "custom": { name: "x" } });
        let answer = program.json("PATCH", "/api/v1/risk/R-0002", &[("if-match", "*")], &body);
        assert!([200, 422].contains(&answer.status.as_u16()), "{name:?}: {}", answer.text());
    }
    let body = "{\"__proto__\":{\"title\":\"x\"}}";
    let headers = [("content-type", "application/json"), ("if-match", "*")];
    program.send("PATCH", "/api/v1/risk/R-0002", &headers, body).refuses(422);
    assert!(isms(&site).size() - before < 10);
}

#[test]
fn twins_of_a_login_are_no_second_account() {
    let site = Site::clinic();
    let accounts = site.app.store.accounts();
    let now = site.app.now();
    accounts.create("ida@clinic.example", None, now).unwrap();
    for twin in [
        "IDA@clinic.example",
        " ida@clinic.example ",
        "ida@clinic\u{200b}.example",
        "ida\u{feff}@clinic.example",
        "\u{ff49}da@clinic.example",
        "\u{456}da@clinic.example",
        "ida@clinic.example\u{0}",
    ] {
        assert!(accounts.create(twin, None, now).is_err(), "{twin:?}");
    }
}
