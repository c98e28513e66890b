//! Two organisations on one instance, and one account that is in both: what it began in one is nothing in the other.

use attestry_model::kind::Role;
use attestry_model::records::Person;
use attestry_model::{AnyRef, Command, Isms, Kind, Principal, Ref};
use attestry_server::gate::hash_of;
use attestry_store::{Session, Token};
use axum::body::Body;
use serde_json::json;

use super::{hidden, isms, multipart};
use crate::client::{Client, Site};
use crate::common;

/// A second organisation that began with the same records, in which the account of the clinic's ISMS manager is the same
/// person; and their session and token there.
fn second(site: &Site) -> (Ref<Person>, String, String) {
    let organisation = site.app.store.create_organisation("The second", Some("second")).unwrap();
    let files = common::clinic_files();
    let plan = attestry_exchange::import(&files, &organisation.isms(), None, site.app.now()).unwrap();
    organisation.submit(&Principal::operator(), Command::Import { records: plan.records, reason: None }).unwrap();
    let person = common::person_with(&site.app, Role::IsmsManager).unwrap();
    let account = common::account_of(&site.app, person);
    let (accounts, now) = (site.app.store.accounts(), site.app.now());
    accounts.join(account, "second", person).unwrap();
    let session = Session {
        account,
        organisation: Some("second".to_owned()),
        created_at: now,
        seen_at: now,
        expires_at: now + jiff::SignedDuration::from_hours(9),
        stepped_up_at: Some(now),
        agent: "test".to_owned(),
        address: "127.0.0.1".to_owned(),
        method: "password".to_owned(),
    };
    accounts.open_session(&hash_of("in-the-second"), &session).unwrap();
    let token = Token {
        id: 0,
        account,
        organisation: "second".to_owned(),
        person,
        name: "t".to_owned(),
        scopes: vec!["read".to_owned(), "write".to_owned()],
        created_at: now,
        expires_at: now + jiff::SignedDuration::from_hours(9),
        used_at: None,
    };
    accounts.create_token(&hash_of("token-of-the-second"), &token).unwrap();
    site.app.forget_sessions();
    (person, "in-the-second".to_owned(), "token-of-the-second".to_owned())
}

fn there(site: &Site) -> Isms {
    site.app.store.organisation(Some("second")).unwrap().isms()
}

fn with<'a>(site: &'a Site, secret: &str) -> Client<'a> {
    site.with_cookie(&format!("attestry={secret}"))
}

#[test]
fn a_key_of_one_organisation_is_another_key_in_the_next_though_the_account_is_the_same() {
    let site = Site::clinic();
    let (person, _, token) = second(&site);
    let here = site.bearing(&crate::token::token_of(&site.app, person, &["read", "write"]));
    let over_there = site.bearing(&token);
    assert_eq!(over_there.get("/api/v1/me").json()["organisation"], "second");
    let body = json!({ "title": "Once in each" });
    let (one, two) = (here.create("risk", "the-key", &body), over_there.create("risk", "the-key", &body));
    assert_eq!((one.status.as_u16(), two.status.as_u16()), (201, 201), "{} {}", one.text(), two.text());
    let written =
        |isms: &Isms| isms.records(Kind::Risk).filter(|it| it.head().title.as_deref() == Some("Once in each")).count();
    assert_eq!((written(&isms(&site)), written(&there(&site))), (1, 1));
    // The same answer comes again only where it was given.
    assert_eq!(here.create("risk", "the-key", &body).json(), one.json());
    over_there.create("risk", "the-key", &json!({ "title": "Another" })).refuses(409);
    assert_eq!((written(&isms(&site)), written(&there(&site))), (1, 1));
}

#[test]
fn views_preferences_uploads_and_steps_of_one_organisation_are_not_had_in_the_next() {
    let site = Site::clinic();
    let (person, secret, _) = second(&site);
    let (here, over_there) = (site.person(person), with(&site, &secret));
    assert!(over_there.get("/risks").text().contains("R-0001"));
    // Views, one's own and shared ones.
    for (name, shared) in [("Only there", ""), ("Shared there", "1")] {
        let view = [("name", name), ("query", "state=monitored"), ("shared", shared)];
        assert_eq!(over_there.post("/risks/views", &view).status, 303);
        assert!(over_there.get("/risks").text().contains(name), "{name}");
        assert!(!here.get("/risks").text().contains(name), "{name}");
    }
    // What waits to be imported is good where it was uploaded.
    let csv = "ref,title\nR-0950,Carried over\n";
    let before = (isms(&site).size(), there(&site).size());
    let preview = site.send(multipart(&over_there, "/setup/import", &[], &[("files", "risk.csv", csv.as_bytes())]));
    assert_eq!(preview.status, 200, "{}", preview.text());
    let pending = hidden(&preview, "pending");
    let carried = here.post("/setup/import/write", &[("pending", &pending)]);
    assert_ne!(carried.status, 303, "{}", carried.location());
    // What somebody else in the same place made is not theirs either, and it is gone once it was asked for.
    assert_eq!((isms(&site).size(), there(&site).size()), before);
    assert!(isms(&site).record("R-0950".parse().unwrap()).is_none());
    // A step of several records is taken back where it was taken.
    let chosen = ["R-0001", "R-0002"].map(|name| {
        let reference: AnyRef = name.parse().unwrap();
        format!("{name}.{}", there(&site).record(reference).unwrap().revision())
    });
    let form = [
        ("act", "field"),
        ("stage", "do"),
        ("tags", "winter"),
        ("ref", chosen[0].as_str()),
        ("ref", chosen[1].as_str()),
        ("reason", "x"),
    ];
    assert_eq!(over_there.post("/risks/bulk", &form).status, 200);
    let last = there(&site).size() - 1;
    let before = (isms(&site).size(), there(&site).size());
    for span in [format!("{}-{last}", last - 1), format!("{last}-{last}")] {
        let answer = here.post(&format!("/activity/undo/{span}"), &[]);
        assert!(!answer.status.is_success() && answer.status != 303, "{span}: {}", answer.status);
    }
    assert_eq!((isms(&site).size(), there(&site).size()), before);
}

#[test]
fn a_session_reads_and_writes_where_it_is_and_every_list_file_and_feed_is_of_there() {
    let site = Site::clinic();
    let (person, secret, token) = second(&site);
    let title = "SECRET OF THE SECOND";
    let fields = json!({ "title": title, "notes": title }).as_object().unwrap().clone();
    let organisation = site.app.store.organisation(Some("second")).unwrap();
    organisation.submit(&Principal::operator(), Command::Create { kind: Kind::Risk, fields }).unwrap();
    let (here, over_there) = (site.person(person), with(&site, &secret));
    let program = site.bearing(&crate::token::token_of(&site.app, person, &["read"]));
    let paths = [
        "/",
        "/risks",
        "/risks?q=SECRET",
        "/risks/export?format=csv",
        "/risks/export?format=json",
        "/activity",
        "/work",
        "/search?q=SECRET+OF",
        "/search.json?q=SECRET+OF",
        "/pick?kind=risk&q=SECRET",
        "/everything",
        "/findings",
        "/calendar.ics",
        "/risks/assess",
        "/risks/plan",
        "/overview",
    ];
    let mut told = 0;
    // Each asks in turn, so that what is kept for one would be seen by the other.
    for path in paths {
        told += usize::from(over_there.get(path).text().contains(title));
        assert!(!here.get(path).text().contains(title), "{path}");
        assert!(!here.get(path).text().contains("The second"), "{path}");
    }
    assert!(told > 5, "only {told} of them tell it there");
    for path in [
        "/api/v1/risk?limit=1000",
        "/api/v1/search?q=SECRET",
        "/api/v1/events?limit=1000",
        "/api/v1/findings?limit=1000",
        "/api/v1/me",
    ] {
        let text = program.get(path).text();
        assert!(!text.contains(title) && !text.contains("\"second\""), "{path}");
        assert_eq!(site.bearing(&token).get(path).status, 200, "{path}");
    }
    // The session of one place is listed with its account and ends with it, whatever the place; another account's is not.
    let stranger = site.role(Role::RiskOwner);
    assert_eq!(
        stranger.get("/account").text().matches("name=\"session\"").count(),
        0,
        "only one's own, of which this is one"
    );
    let cookie = format!("attestry={secret}");
    let both = site.send(here.request("GET", "/risks").header("cookie", cookie).body(Body::empty()).unwrap());
    assert!(!both.text().contains(title), "of two cookies the first one holds");
}
