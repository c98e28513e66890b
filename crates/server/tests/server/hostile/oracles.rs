//! What a person may not see cannot be asked by: no order, condition, count, column, view, file or message tells whether a guess
//! about it is right.

use attestry_model::kind::Role;
use attestry_model::records::Person;
use attestry_model::{Kind, Ref};
use serde_json::json;

use super::{isms, update};
use crate::client::Site;

/// Ways to ask a list of people, or one that refers to people, by a private field; `{}` stands for the guess.
const WAYS: [&str; 15] = [
    "/people?email.has={}",
    "/people?email={}",
    "/people?email!={}",
    "/people?email.from={}",
    "/people?email.none=1&q={}",
    "/people?sort=email&q={}",
    "/people?sort=-joined_on&q={}",
    "/people?filter=email&q={}",
    "/people?joined_on.from=2020-01-01&q={}",
    "/people?manager=PER-0001&q={}",
    "/people?manager.name={}",
    "/assets?owner.email={}",
    "/documents?owner.email={}",
    "/people/export?format=csv&email.has={}",
    "/people/export?format=json&sort=email&q={}",
];

#[test]
fn no_question_about_a_private_field_is_answered_by_whether_a_guess_is_right() {
    let site = Site::clinic();
    let other = Ref::<Person>::new(5);
    update(&site, other, &json!({ "email": "hidden-address@clinic.example" }));
    for role in [Role::Employee, Role::ExternalAuditor] {
        let client = site.role(role);
        assert_ne!(client.person, Some(other));
        for way in WAYS {
            let ask = |guess: &str| {
                let path = way.replace("{}", guess);
                let answer = client.get(&path);
                // What the page repeats of the question is no answer to it.
                let text = answer.text().replace(guess, "").replace(&guess.replace('@', "%40"), "");
                (answer.status, text)
            };
            let (right, wrong) = (ask("hidden-address@clinic.example"), ask("hidden-adXress@clinic.example"));
            assert_eq!(right.0, wrong.0, "{role:?} {way}");
            let asks_by_it = !way.contains("&q={}") || way.contains("email") || way.contains("joined_on");
            if asks_by_it && !way.starts_with("/people?manager=") {
                assert!([403, 422].contains(&right.0.as_u16()), "{role:?} {way}: {}", right.0);
            }
            // The name of the request is another one each time.
            let bare = |text: &str| text.split(">Request ").next().unwrap_or_default().to_owned();
            assert_eq!(bare(&right.1), bare(&wrong.1), "{role:?} {way}");
        }
        for path in [
            "/people?cols=ref,title,email",
            "/people/export?format=csv&cols=ref,title,email",
            "/people/export?format=json",
        ] {
            let answer = client.get(path);
            assert!(!answer.text().contains("hidden-address"), "{role:?} {path}");
        }
        let columns = [("cols", "ref,title,email"), ("column", "email"), ("columns", "email")];
        client.post("/people/columns", &columns);
        assert!(!client.get("/people").text().contains("hidden-address"), "{role:?}");
    }
    let manager = site.role(Role::IsmsManager);
    assert!(manager.get("/people?email.has=hidden-address&cols=ref,email").text().contains("hidden-address"));
}

#[test]
fn a_view_that_somebody_with_more_rights_shares_asks_nothing_for_those_who_have_them_not() {
    let site = Site::clinic();
    update(&site, Ref::new(5), &json!({ "email": "hidden-address@clinic.example" }));
    let manager = site.role(Role::IsmsManager);
    let view = [("name", "Guess"), ("query", "email.has=hidden-address&cols=ref,title,email"), ("shared", "1")];
    assert_eq!(manager.post("/people/views", &view).status, 303);
    assert!(manager.get("/people?view=our.Guess").text().contains("PER-0005"));
    for role in [Role::Employee, Role::ExternalAuditor] {
        let client = site.role(role);
        // They are not offered it, and its address is refused to them like any other that asks by the field.
        for path in ["/people", "/people?view=our.Guess", "/people/export?format=csv&view=our.Guess"] {
            let text = client.get(path).text();
            assert!(!text.contains("hidden-address"), "{role:?} {path}");
        }
        assert_eq!(client.get("/people?email.has=hidden-address&view=our.Guess").status, 403, "{role:?}");
        let whole = |path: &str| client.get(path).text().matches("href=\"/people/PER-").count();
        assert_eq!(whole("/people?view=our.Guess"), whole("/people"), "{role:?}");
    }
}

#[test]
fn a_message_about_what_may_not_be_written_does_not_quote_what_may_not_be_read() {
    let site = Site::clinic();
    update(&site, Ref::new(5), &json!({ "email": "hidden-address@clinic.example" }));
    let employee = site.role(Role::Employee);
    let program = site.program(Role::Employee);
    let own = employee.person.unwrap();
    let revision = isms(&site).record(own.any()).unwrap().revision().to_string();
    // Somebody takes the address of somebody else: that it is taken may be said, whose it is may not.
    let form = [("_has", "email"), ("email", "hidden-address@clinic.example"), ("_revision", &*revision)];
    let answer = employee.post(&format!("/people/{}/edit", own.any()), &form);
    assert!(!answer.text().contains("PER-0005"), "{}", answer.text());
    let path = format!("/api/v1/person/{}", own.any());
    let taken = json!({ "email": "hidden-address@clinic.example" });
    let answer = program.json("PATCH", &path, &[("if-match", "*")], &taken);
    assert!(!answer.text().contains("PER-0005"), "{}", answer.text());
    for (path, body) in [
        ("/api/v1/person/PER-0005", json!({ "email": "x" })),
        ("/api/v1/person/PER-0005", json!({ "app_roles": ["nonsense"], "manager": "PER-9999" })),
        ("/api/v1/person/PER-0005", json!({ "email": null, "joined_on": "1" })),
    ] {
        let answer = program.json("PATCH", path, &[("if-match", "*")], &body);
        assert!([403, 404, 422].contains(&answer.status.as_u16()), "{}", answer.text());
        assert!(!answer.text().contains("hidden-address"), "{}", answer.text());
    }
    let record = isms(&site);
    let person = record.records(Kind::Person).find(|one| one.any_ref() == Ref::<Person>::new(5).any()).unwrap();
    assert_eq!(person.field("email"), Some(json!("hidden-address@clinic.example")));
}
