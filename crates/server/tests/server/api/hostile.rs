//! What no honest program sends.

use attestry_model::kind::Role;
use axum::body::Body;

use crate::client::Site;

const JSON: (&str, &str) = ("content-type", "application/json");
const KEY: (&str, &str) = ("idempotency-key", "k");

#[test]
fn a_body_that_is_no_plain_json_object_is_refused_everywhere_and_changes_nothing() {
    let site = Site::clinic();
    let program = site.program(Role::IsmsManager);
    let length = site.size();
    let deep = format!("{{\"tags\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    let bodies: Vec<Vec<u8>> = vec![
        b"".to_vec(),
        b"{".to_vec(),
        b"[]".to_vec(),
        b"null".to_vec(),
        b"\"title\"".to_vec(),
        b"{\"title\":\"a\",\"title\":\"b\"}".to_vec(),
        b"{\"notes\":1e400}".to_vec(),
        b"{\"notes\":NaN}".to_vec(),
        b"{\"title\":\"\\ud800\"}".to_vec(),
        b"{\"title\":\"\xc3\x28\"}".to_vec(),
        b"\xef\xbb\xbf{\"title\":\"a\"}".to_vec(),
        b"{\"title\":\"a\"}\x00".to_vec(),
        b"{\"title\":'a'}".to_vec(),
        b"{\"title\":\"a\"} // comment".to_vec(),
        deep.into_bytes(),
    ];
    for body in bodies {
        let shown = String::from_utf8_lossy(&body[..body.len().min(40)]).into_owned();
        for (method, path) in [
            ("POST", "/api/v1/risk"),
            ("PATCH", "/api/v1/risk/R-0001"),
            ("POST", "/api/v1/risk/R-0001/void"),
            ("POST", "/api/v1/risk/R-0001/steps/assessed"),
        ] {
            if body.is_empty() && path.contains("/steps/") {
                continue;
            }
            let answer = program.send(method, path, &[JSON, KEY, ("if-match", "*")], body.clone());
            assert_eq!(answer.status, 400, "{method} {path} with {shown}: {}", answer.text());
            answer.refuses(400);
        }
    }
    assert_eq!(site.size(), length);
}

#[test]
fn a_body_of_another_type_a_huge_one_and_another_method_are_refused_in_the_one_form() {
    let site = Site::clinic();
    let program = site.program(Role::IsmsManager);
    let length = site.size();
    for media in
        ["text/plain", "application/x-www-form-urlencoded", "application/jsonx", "application/merge-patch+json", "*/*"]
    {
        program.send("POST", "/api/v1/risk", &[("content-type", media), KEY], "{\"title\":\"a\"}").refuses(415);
    }
    program.send("POST", "/api/v1/risk", &[KEY], "{\"title\":\"a\"}").refuses(415);
    let huge = format!("{{\"notes\":\"{}\"}}", "x".repeat(50 << 20));
    program.send("POST", "/api/v1/risk", &[JSON, KEY], huge).refuses(413);
    for (method, path) in [
        ("DELETE", "/api/v1/risk/R-0001"),
        ("PUT", "/api/v1/risk/R-0001"),
        ("POST", "/api/v1/kinds"),
        ("TRACE", "/api/v1/risk"),
    ] {
        let answer = program.send(method, path, &[], Body::empty());
        answer.refuses(405);
        assert!(answer.header("allow").contains("GET"), "{method} {path}: {:?}", answer.headers);
    }
    // A method in a header or a parameter is none.
    let answer = program.send(
        "POST",
        "/api/v1/risk/R-0001/void",
        &[JSON, ("x-http-method-override", "GET"), ("if-match", "\"9\"")],
        "{}",
    );
    answer.refuses(412);
    assert_eq!(site.size(), length);
}

#[test]
fn signs_that_mean_something_elsewhere_are_only_text_in_every_place() {
    let site = Site::clinic();
    let program = site.program(Role::IsmsManager);
    let signs = [
        "' OR 1=1--",
        "\"; DROP TABLE event; --",
        "%",
        "_",
        "*",
        "\\",
        "${7*7}",
        "{{7*7}}",
        "<script>alert(1)</script>",
        "../../etc/passwd",
        "\r\nSet-Cookie: a=b",
        "\u{202e}",
        "\u{0}",
        "=1+1",
        "((((((",
    ];
    for text in signs {
        let sign = attestry_server::html::encode(text);
        for path in [
            format!("/api/v1/risk?where=title~{sign}"),
            format!("/api/v1/risk?where={sign}"),
            format!("/api/v1/risk?sort={sign}"),
            format!("/api/v1/risk?cursor={sign}"),
            format!("/api/v1/risk?fields={sign}"),
            format!("/api/v1/risk?asof={sign}"),
            format!("/api/v1/search?q={sign}"),
            format!("/api/v1/findings?clause={sign}&record={sign}"),
            format!("/api/v1/events?since={sign}"),
            format!("/api/v1/risk/{sign}"),
            format!("/api/v1/{sign}"),
            format!("/api/v1/risk/R-0001/files/{sign}"),
        ] {
            let answer = program.get(&path);
            let defined = [200, 400, 404, 422].contains(&answer.status.as_u16());
            assert!(defined, "{path}: {}", answer.status);
        }
    }
    for path in ["/api/v1/%FF", "/api/v1/risk/%FF", "/api/v1/risk/R-0001/files/%C3%28"] {
        program.get(path).refuses(400);
    }
    for header in ["if-none-match", "last-event-id"] {
        let path = if header == "last-event-id" { "/api/v1/events/stream" } else { "/api/v1/risk/R-0001" };
        program.send("GET", path, &[(header, "\"';--")], "").refuses(400);
    }
}

#[test]
fn a_page_of_another_site_cannot_use_a_session_here() {
    let site = Site::clinic();
    let client = site.role(Role::IsmsManager);
    let length = site.size();
    for (name, value) in
        [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example"), ("origin", "null"), ("x", "y")]
    {
        let request = client.request("POST", "/api/v1/risk").header(name, value).header(KEY.0, KEY.1);
        let request = request.header("content-type", "text/plain").body(Body::from("{\"title\":\"x\"}")).unwrap();
        site.send(request).refuses(403);
    }
    assert_eq!(site.size(), length);
    let request = client.request("POST", "/api/v1/risk").header("sec-fetch-site", "same-origin").header(KEY.0, KEY.1);
    let request = request.header("content-type", "application/json").body(Body::from("{\"title\":\"x\"}")).unwrap();
    assert_eq!(site.send(request).status, 201);
}
