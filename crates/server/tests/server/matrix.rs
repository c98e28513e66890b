//! Every route × every role, as a golden list: who gets what answer at which address. A change of any right is a line that a
//! reader sees. `BLESS=1` writes the list anew.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use attestry_model::decide::propose::Draft;
use attestry_model::kind::Role;
use attestry_model::{Command, Principal, Via};
use attestry_server::routes;
use axum::body::Body;
use serde_json::Map;

use crate::client::Site;
use crate::common;

const ROLES: [(&str, Option<Role>); 10] = [
    ("im", Some(Role::IsmsManager)),
    ("tm", Some(Role::TopManagement)),
    ("ao", Some(Role::AssetOwner)),
    ("ro", Some(Role::RiskOwner)),
    ("co", Some(Role::ControlOwner)),
    ("ia", Some(Role::InternalAuditor)),
    ("ex", Some(Role::ExternalAuditor)),
    ("ad", Some(Role::SystemAdmin)),
    ("em", Some(Role::Employee)),
    ("none", None),
];

/// What stands for the parameters of an address: a risk, unless the route is about something else. The clinic has no
/// proposal; a test that needs one there makes it.
pub fn concrete(path: &str) -> String {
    let about = [
        ("/steps/{n}", "/steps/5"),
        ("/clauses/{id}", "/clauses/6.1.3"),
        ("/rules/{id}", "/rules/C6.1.3-d-03"),
        ("/controls/operation/{id}", "/controls/operation/A.8.13"),
        ("/activity/undo/{span}", "/activity/undo/0-1"),
        ("/risk-methodologies/{reference}/edit-method", "/risk-methodologies/MET-0001/edit-method"),
        ("/api/v1/{kind}/{reference}/effect", "/api/v1/proposal/P-0001/effect"),
    ];
    if let Some((_, concrete)) = about.iter().find(|(pattern, _)| *pattern == path) {
        return (*concrete).to_owned();
    }
    let mut out = String::new();
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').expect("a closed parameter");
        out.push_str(before);
        let programs = path.starts_with("/api/");
        out.push_str(match name {
            "kind" if programs => "risk",
            "kind" => "risks",
            "reference" if path.starts_with("/proposals/") => "P-0001",
            "reference" | "record" => "R-0001",
            "edition" => "0",
            "name" => "attestry.css",
            _ => "1",
        });
        rest = after;
    }
    out.push_str(rest);
    out
}

/// A proposal of the ISMS manager about a risk, offered to whoever must agree.
fn offer(site: &Site) {
    // Nobody signs in for it: before the first account is there, some addresses answer otherwise.
    let manager = common::person_with(&site.app, Role::IsmsManager).unwrap();
    let organisation = site.app.store.organisation(Some("clinic")).unwrap();
    let fields = Map::from_iter([("cause".to_owned(), "It is old.".into())]);
    let risk = "R-0001".parse().unwrap();
    let draft = Draft::set(organisation.isms().record(risk).unwrap(), &fields);
    let target = crate::proposals::propose(site, manager, &[draft]);
    assert_eq!(target.to_string(), "P-0001");
    let principal = Principal::of(&organisation.isms(), manager, Via::Session).unwrap();
    let to = "offered".to_owned();
    let step = Command::Step { target, to, revision: None, fields: Map::new(), reason: None };
    organisation.submit(&principal, step).unwrap();
}

#[test]
fn who_gets_what_answer_at_every_address() {
    let mut answers: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (_, role) in ROLES {
        // Each role has a clinic of its own, so that what one may change does not decide what the next one sees.
        let site = Site::clinic();
        offer(&site);
        for route in routes::all() {
            let client = match role {
                Some(role) => site.role(role),
                None => site.stranger(),
            };
            let path = concrete(route.path);
            let mut request = client.request(route.method.as_str(), &path).header("sec-fetch-site", "same-origin");
            if route.path.starts_with("/api/") {
                request = request.header("content-type", "application/json");
            } else if route.method != "GET" {
                request = request.header("content-type", "application/x-www-form-urlencoded");
            }
            if route.path.ends_with("/stream") {
                request = request.method("HEAD");
            }
            let answer = site.send(request.body(Body::empty()).unwrap());
            assert!(!answer.status.is_server_error(), "{} {path}: {}", route.method, answer.text());
            let line = format!("{} {} {}", route.path, route.method, route.gate.word());
            answers.entry(line).or_default().push(answer.status.as_str().to_owned());
        }
    }
    let mut list = String::from("# route method gate:");
    for (name, _) in ROLES {
        let _ = write!(list, " {name:>4}");
    }
    list.push('\n');
    for (route, statuses) in &answers {
        let _ = write!(list, "{route}:");
        for status in statuses {
            let _ = write!(list, " {status:>4}");
        }
        list.push('\n');
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/routes.txt");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&file, &list).unwrap();
    }
    let golden = std::fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(list, golden, "the rights at an address have changed; look at the difference, then BLESS=1");
}

#[test]
fn nothing_is_open_to_strangers_but_what_must_be() {
    let open: Vec<&str> = routes::all()
        .iter()
        .filter(|route| route.gate == attestry_server::gate::Gate::Open)
        .map(|route| route.path)
        .collect();
    for path in open {
        let known =
            ["/static/", "/sign-in", "/sign-out", "/first-start", "/invitation", "/health/", "/organisation", "/look"];
        assert!(known.iter().any(|begin| path.starts_with(begin)), "{path} is open to everybody");
    }
}

#[test]
fn a_request_forged_on_another_site_changes_nothing_anywhere() {
    let site = Site::clinic();
    let length = || site.app.store.organisation(Some("clinic")).unwrap().info().size;
    let before = length();
    for route in routes::all().into_iter().filter(|route| route.method != "GET") {
        for (header, value) in [
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
            ("origin", "https://evil.example"),
            ("origin", "null"),
            ("referer", "http://localhost/"),
        ] {
            let client = site.role(Role::IsmsManager);
            let request = client
                .request(route.method.as_str(), &concrete(route.path))
                .header(header, value)
                .header("content-type", "text/plain");
            let answer = site.send(request.body(Body::from("title=x&reason=x")).unwrap());
            assert_eq!(answer.status, 403, "{} {} with {header}: {value}", route.method, route.path);
        }
    }
    assert_eq!(length(), before);
}
