//! Every route by every method, and what every answer carries.

use attestry_model::kind::Role;
use attestry_server::routes;
use axum::body::Body;

use super::isms;
use crate::client::Site;
use crate::matrix::concrete;

/// The methods that some route may have, and some that none has.
const METHODS: [&str; 9] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"];

#[test]
fn a_method_that_a_route_does_not_have_is_refused_says_which_it_has_and_changes_nothing() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    let token = crate::token::token_of(&site.app, manager.person.unwrap(), &["read", "write"]);
    let before = isms(&site).size();
    let routes = routes::all();
    for route in &routes {
        let path = concrete(route.path);
        let known: Vec<&str> =
            routes.iter().filter(|other| other.path == route.path).map(|other| other.method.as_str()).collect();
        for method in METHODS {
            let has = known.contains(&method) || (method == "HEAD" && known.contains(&"GET"));
            if has {
                continue;
            }
            let mut request = manager.request(method, &path).header("sec-fetch-site", "same-origin");
            if path.starts_with("/api/v1") {
                request = request.header("authorization", format!("Bearer {token}"));
            }
            let request = request.header("content-type", "application/x-www-form-urlencoded");
            let answer = site.send(request.body(Body::from("title=x&reason=x&_method=DELETE")).unwrap());
            // An address that another pattern also fits may be refused by the gate of that one.
            assert!([405, 404, 403].contains(&answer.status.as_u16()), "{method} {path}: {}", answer.status);
            if answer.status == 405 {
                assert!(known.iter().any(|known| answer.header("allow").contains(known)), "{method} {path}");
            }
            assert!(answer.headers.get("access-control-allow-origin").is_none(), "{method} {path}");
            assert!(method != "TRACE" || !answer.text().contains("attestry="), "a cookie is not sent back");
        }
    }
    assert_eq!(isms(&site).size(), before);
}

#[test]
fn a_head_says_what_a_get_would_and_brings_and_changes_nothing() {
    let site = Site::clinic();
    let before = isms(&site).size();
    for route in routes::all().into_iter().filter(|route| route.method == "GET") {
        let path = concrete(route.path);
        if path.ends_with("/stream") {
            continue;
        }
        let client = site.role(Role::IsmsManager);
        let ask = |method: &str| site.send(client.request(method, &path).body(Body::empty()).unwrap());
        let (head, get) = (ask("HEAD"), ask("GET"));
        assert_eq!((head.status, head.body.len()), (get.status, 0), "{path}");
        assert_eq!(head.header("content-type"), get.header("content-type"), "{path}");
        // A sample is drawn anew each time.
        let seed = |answer: &crate::client::Answer| answer.location().split("seed=").next().map(str::to_owned);
        assert_eq!(seed(&head), seed(&get), "{path}");
    }
    assert_eq!(isms(&site).size(), before);
}

#[test]
fn no_header_or_field_makes_a_request_one_of_another_method_or_address() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    let before = isms(&site).size();
    for (name, value) in [
        ("x-http-method-override", "POST"),
        ("x-http-method", "DELETE"),
        ("x-method-override", "PATCH"),
        ("x-original-url", "/risks/R-0002"),
        ("x-rewrite-url", "/risks/R-0002"),
        ("x-forwarded-prefix", "//evil.example"),
    ] {
        let plain = manager.get("/risks/R-0001");
        let asked = manager.request("GET", "/risks/R-0001?_method=POST&_method=DELETE").header(name, value);
        let answer = site.send(asked.body(Body::empty()).unwrap());
        let heading = |text: &str| text.split("<h1").nth(1).map(|rest| rest.split("</h1>").next().unwrap().to_owned());
        assert_eq!((answer.status, heading(&answer.text())), (plain.status, heading(&plain.text())), "{name}");
        assert!(!answer.text().contains("evil.example"), "{name}");
    }
    assert_eq!(isms(&site).size(), before);
}

#[test]
fn every_answer_of_every_route_to_everybody_carries_the_headers_that_bind_the_browser() {
    let site = Site::clinic();
    for route in routes::all() {
        let path = concrete(route.path);
        for client in [site.role(Role::IsmsManager), site.role(Role::Employee), site.stranger()] {
            for path in [path.clone(), format!("{path}/nothing/here"), format!("{path}?asof=nonsense")] {
                let method = if path.contains("/stream") { "HEAD" } else { route.method.as_str() };
                let request = client.request(method, &path).header("sec-fetch-site", "same-origin");
                let request = request.header("content-type", "application/x-www-form-urlencoded");
                let answer = site.send(request.body(Body::empty()).unwrap());
                let of = format!("{method} {path}: {}", answer.status);
                let policy = answer.header("content-security-policy");
                assert!(policy.contains("default-src 'none'"), "{of}: {policy}");
                assert!(!policy.contains("unsafe-") && !policy.contains('*'), "{of}: {policy}");
                let page = answer.header("content-type").starts_with("text/html");
                if page {
                    for part in ["frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"] {
                        assert!(policy.contains(part), "{of}: {policy}");
                    }
                    assert!(policy.contains("require-trusted-types-for 'script'"), "{of}: {policy}");
                    assert_eq!(answer.header("cache-control"), "no-store", "{of}");
                }
                assert_eq!(answer.header("x-content-type-options"), "nosniff", "{of}");
                assert!(!answer.header("referrer-policy").is_empty(), "{of}");
                assert_eq!(answer.header("cross-origin-resource-policy"), "same-origin", "{of}");
                assert!(answer.headers.get("access-control-allow-origin").is_none(), "{of}");
                for cookie in answer.headers.get_all("set-cookie") {
                    let cookie = cookie.to_str().unwrap();
                    assert!(cookie.contains("SameSite=") && cookie.contains("Path=/"), "{of}: {cookie}");
                    assert!(!cookie.starts_with("attestry=") || cookie.contains("HttpOnly"), "{of}: {cookie}");
                }
            }
        }
    }
}

#[test]
fn no_parameter_of_any_route_leads_to_another_site() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    let names = [
        "to", "back", "_back", "from", "next", "return", "url", "redirect", "page", "list", "done", "of", "risk",
        "moment",
    ];
    let ours = |location: &str| {
        location.is_empty()
            || (location.starts_with('/')
                && !location.starts_with("//")
                && !location.contains('\\')
                && location.bytes().all(|byte| byte.is_ascii_graphic()))
    };
    for evil in
        ["//evil.example/", "/\\evil.example", "https://evil.example", "/..\\evil.example", "/%5c/evil.example\r\nx: y"]
    {
        let written = attestry_server::html::encode(evil);
        let pairs: Vec<String> = names.iter().map(|name| format!("{name}={written}")).collect();
        let pairs = pairs.join("&");
        for route in routes::all().into_iter().filter(|route| !route.path.starts_with("/api/v1")) {
            let path = concrete(route.path);
            if path.ends_with("/stream") {
                continue;
            }
            let asked = format!("{path}?{pairs}");
            let request = manager.request(route.method.as_str(), &asked).header("sec-fetch-site", "same-origin");
            let request = request.header("referer", format!("http://localhost{evil}").replace(['\r', '\n'], ""));
            let request = request.header("content-type", "application/x-www-form-urlencoded");
            let body = if route.method == "GET" { String::new() } else { format!("{pairs}&_has=title&title=A+risk") };
            let answer = site.send(request.body(Body::from(body)).unwrap());
            assert!(!answer.status.is_server_error(), "{asked}: {}", answer.text());
            assert!(ours(answer.location()), "{} {asked} leads to {}", route.method, answer.location());
            let text = answer.text();
            for opening in ["href=\"", "action=\"", "src=\"", "formaction=\""] {
                for address in text.split(opening).skip(1).filter_map(|rest| rest.split('"').next()) {
                    let foreign = address.starts_with("//") || address.starts_with("/\\") || address.contains("://");
                    assert!(!foreign, "{} {asked}: {opening}{address}", route.method);
                }
            }
        }
    }
}
