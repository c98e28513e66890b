//! Lists, search and the index.

use std::collections::BTreeSet;

use attestry_model::kind::Role;
use attestry_model::permit::{Wish, permit};
use attestry_model::records::Person;
use attestry_model::{AnyRef, Command, Isms, Kind, Principal, Via};
use attestry_server::places::{list_path, slug};
use serde_json::{Value, json};

use crate::client::{Client, Site};

const ROLES: [Role; 9] = [
    Role::TopManagement,
    Role::IsmsManager,
    Role::AssetOwner,
    Role::RiskOwner,
    Role::ControlOwner,
    Role::InternalAuditor,
    Role::Employee,
    Role::ExternalAuditor,
    Role::SystemAdmin,
];

fn isms(site: &Site) -> Isms {
    site.app.store.organisation(Some("clinic")).unwrap().isms()
}

/// The clinic, with an external auditor and a system administrator beside its own people.
fn clinic() -> Site {
    let site = Site::clinic();
    let isms = isms(&site);
    let template = isms.records(Kind::Person).find(|person| person.state() == "active").unwrap().fields();
    let first = isms.next_number(Kind::Person);
    let people = (first..).zip([("Eve Auditor", "external_auditor"), ("Adam Admin", "system_admin")]);
    let records = people.map(|(number, (name, role))| {
        let mut fields = template.clone();
        fields.extend([
            ("title".to_owned(), json!(name)),
            ("name".to_owned(), json!(name)),
            ("email".to_owned(), json!(format!("{role}@clinic.example"))),
            ("app_roles".to_owned(), json!([role])),
        ]);
        let reference = AnyRef { kind: Kind::Person, number };
        attestry_model::decide::ImportRecord { reference, fields, source: "the test".to_owned() }
    });
    manager(&site, Command::Import { records: records.collect(), reason: None });
    site
}

fn manager(site: &Site, command: Command) {
    let organisation = site.app.store.organisation(Some("clinic")).unwrap();
    organisation.submit(&Principal::operator(), command).unwrap();
}

/// The references of the rows of a list's page, from the addresses of their titles.
fn rows(text: &str) -> Vec<AnyRef> {
    let titles = text.split(r#"<a class="t" href=""#).skip(1);
    let references = titles.filter_map(|rest| {
        let address = rest.split('"').next()?;
        address.split(['?', '&']).next()?.rsplit('/').next()?.parse().ok()
    });
    references.collect()
}

fn counted(text: &str) -> String {
    let status = text.split(r#"role="status">"#).find(|part| part.contains(" of ") && !part.starts_with('<'));
    status.unwrap_or_default().split('<').next().unwrap_or_default().to_owned()
}

#[test]
fn every_list_of_every_role_shows_only_what_the_role_may_see_and_counts_nothing_else() {
    let site = clinic();
    let isms = isms(&site);
    for role in ROLES {
        let client = site.role(role);
        let principal = Principal::of(&isms, client.person.unwrap(), Via::Session).unwrap();
        for kind in Kind::ALL {
            let answer = client.get(&format!("{}?per=200", list_path(*kind)));
            assert_eq!(answer.status, 200, "{role:?} {kind}: {}", answer.text());
            let text = answer.text();
            let visible: BTreeSet<AnyRef> = isms
                .records(*kind)
                .filter(|record| record.head().void_reason.is_none() && permit(&isms, &principal, Wish::Read, *record))
                .map(attestry_model::AnyRecord::any_ref)
                .collect();
            let shown: BTreeSet<AnyRef> = rows(&text).into_iter().filter(|it| it.kind == *kind).collect();
            assert!(shown.is_subset(&visible), "{role:?} {kind}");
            assert_eq!(shown.len(), visible.len().min(200), "{role:?} {kind}");
            assert_eq!(counted(&text), format!("{0} of {0}", visible.len()), "{role:?} {kind}");
        }
    }
}

#[test]
fn conditions_of_one_field_are_alternatives_and_those_of_several_narrow() {
    let site = clinic();
    let client = site.role(Role::IsmsManager);
    let isms = isms(&site);
    let count = |query: &str| rows(&client.get(&format!("/risks?per=200&{query}")).text()).len();
    let in_state = |state: &str| isms.records(Kind::Risk).filter(|record| record.state() == state).count();
    let mut states: Vec<(usize, &str)> =
        Kind::Risk.def().states.iter().map(|state| (in_state(state.name), state.name)).collect();
    states.sort_unstable_by(|a, b| b.cmp(a));
    let ((most, first), (more, second)) = (states[0], states[1]);
    assert!(more > 0, "{states:?}");
    assert_eq!(count(&format!("state={first}")), most);
    assert_eq!(count(&format!("state={first}&state={second}")), most + more);
    let high = |record: &&dyn attestry_model::AnyRecord| {
        record.field("current_value").and_then(|value| value.as_i64()).is_some_and(|value| value >= 12)
    };
    let both = isms.records(Kind::Risk).filter(|record| record.state() == first).filter(high).count();
    assert_eq!(count(&format!("state={first}&current_value.from=12")), both);
    assert_eq!(count("current_value.from=12&q=zzzz"), 0);
    let values: Vec<i64> = rows(&client.get("/risks?sort=-current_value&per=200").text())
        .into_iter()
        .filter_map(|reference| isms.record(reference)?.field("current_value")?.as_i64())
        .collect();
    assert!(values.is_sorted_by(|a, b| a >= b) && values.len() > 5, "{values:?}");
}

#[test]
fn pages_follow_each_other_by_cursors_without_gaps() {
    let site = clinic();
    let client = site.role(Role::IsmsManager);
    let all = isms(&site).records(Kind::Applicability).filter(|record| record.head().void_reason.is_none()).count();
    let kind = list_path(Kind::Applicability);
    let (mut seen, mut path) = (Vec::new(), format!("{kind}?sort=-title"));
    for _ in 0..10 {
        let text = client.get(&path).text();
        seen.extend(rows(&text));
        let Some(next) = text.split(r#"rel="next""#).next().filter(|_| text.contains(r#"rel="next""#)) else { break };
        path = next
            .rsplit(r#"href=""#)
            .next()
            .unwrap()
            .trim_end_matches(['"', ' '])
            .replace("&amp;", "&")
            .replace("&#38;", "&");
    }
    assert!(all > 50);
    assert_eq!(seen.len(), all);
    assert_eq!(seen.iter().collect::<BTreeSet<_>>().len(), all);
}

#[test]
fn private_fields_are_neither_shown_nor_asked_for_by_those_who_may_not_see_them() {
    let site = clinic();
    let email = isms(&site).table::<Person>().iter().filter_map(|person| person.email.clone()).nth(3).unwrap();
    let employee = site.role(Role::Employee);
    for query in ["sort=email", "email.has=a", "email=x", "cols=ref,title,email", "filter=email", "email.none=1"] {
        for path in ["/people", "/people/export"] {
            let answer = employee.get(&format!("{path}?format=csv&{query}").replace("/people?format=csv&", "/people?"));
            assert_eq!(answer.status, 403, "{path} {query}");
        }
    }
    assert!(!employee.get("/people?per=200").text().contains(&email));
    let manager = site.role(Role::IsmsManager);
    assert!(manager.get("/people?per=200&cols=ref,title,email").text().contains(&email));
    let found = manager.get(&format!("/people?email.has={email}")).text();
    assert_eq!(rows(&found).len(), 1);
    let none = site.role(Role::ExternalAuditor).get("/search.json?q=cedarhollow").text();
    assert!(!none.contains(&email));
}

#[test]
fn what_an_address_cannot_mean_is_said_clearly() {
    let site = clinic();
    let client = site.role(Role::IsmsManager);
    let many = (0..1000).map(|n| format!("state=s{n}")).collect::<Vec<_>>().join("&");
    let fifty_one = (0..51).map(|n| format!("title.has=w{n}")).collect::<Vec<_>>().join("&");
    let long = "a".repeat(300);
    for query in [
        "nonsense=1",
        "state=nowhere",
        "sort=nonsense",
        "sort=notes",
        "per=5000",
        "per=x",
        "after=broken",
        "after=MQ",
        "before=%00",
        "cols=ref,nonsense",
        "next_review.from=tomorrow",
        "owner=R-0001",
        &format!("q={long}"),
        &many,
        &fifty_one,
    ] {
        let answer = client.get(&format!("/risks?{query}"));
        let shown: String = query.chars().take(40).collect();
        assert_eq!(answer.status, 422, "{shown}");
    }
    assert_eq!(client.get("/no-such-kind").status, 404);
    assert_eq!(client.get("/risks/export?format=exe").status, 422);
}

#[test]
fn hostile_words_stay_text_in_the_list_the_search_and_the_views() {
    let site = clinic();
    let title = r#"<script>alert("x")</script> & 'quotes'"#;
    let fields = json!({ "title": title }).as_object().unwrap().clone();
    manager(&site, Command::Create { kind: Kind::Risk, fields });
    let client = site.role(Role::IsmsManager);
    let hostile = "%3Cscript%3Ealert(1)%3C/script%3E%22%27";
    for path in ["/risks?per=200", "/search?q=script", "/activity"] {
        let text = client.get(path).text();
        assert!(text.contains("&lt;script&gt;alert(") || text.contains("&#60;script&#62;alert("), "{path}");
        assert!(!text.contains("<script>alert("), "{path}");
    }
    for path in [
        format!("/risks?q={hostile}"),
        format!("/search?q={hostile}"),
        format!("/everything?q={hostile}"),
        format!("/risks?view={hostile}"),
    ] {
        let answer = client.get(&path);
        assert_eq!(answer.status, 200, "{path}");
        assert!(!answer.text().contains("<script>alert("), "{path}");
    }
    let answer = client.post("/risks/views", &[("name", "<b>mine"), ("query", "state=monitored")]);
    assert_eq!(answer.status, 303, "{}", answer.text());
    let text = client.get("/risks").text();
    assert!(text.contains("&#60;b&#62;mine"), "the view is shown by its name");
    assert!(!text.contains("<b>mine"));
}

#[test]
fn views_are_kept_for_oneself_or_shared_by_whoever_may() {
    let site = clinic();
    let owner = site.role(Role::RiskOwner);
    let answer = owner.post("/risks/views", &[("name", "Watched"), ("query", "state=monitored&sort=title")]);
    assert_eq!(answer.status, 303, "{}", answer.text());
    assert!(
        answer.location().starts_with("/risks?state=monitored&sort=title&view=my.Watched"),
        "{}",
        answer.location()
    );
    assert!(owner.get("/risks").text().contains("Watched"));
    assert!(!site.role(Role::IsmsManager).get("/risks").text().contains("Watched"));
    let refused = owner.post("/risks/views", &[("name", "All"), ("query", ""), ("shared", "1")]);
    assert_eq!(refused.status, 403);
    let manager = site.role(Role::IsmsManager);
    let shared = manager.post("/risks/views", &[("name", "Ours"), ("query", "state=monitored"), ("shared", "1")]);
    assert_eq!(shared.status, 303);
    assert!(owner.get("/risks").text().contains("Ours"));
    assert_eq!(owner.post("/risks/views", &[("forget", "my.Watched")]).status, 303);
    assert!(!owner.get("/risks").text().contains("Watched"));
    for (name, query) in [("", ""), ("a/b", ""), (&*"x".repeat(61), ""), ("bad", "nonsense=1")] {
        assert_eq!(owner.post("/risks/views", &[("name", name), ("query", query)]).status, 422, "{name} {query}");
    }
    assert_eq!(owner.post("/risks/columns", &[("col", "ref"), ("col", "title"), ("col", "cause")]).status, 303);
    assert!(owner.get("/risks").text().contains(r#"href="/risks?sort=cause""#));
    assert!(!owner.get("/risks?view=mine").text().contains(r#"href="/risks?view=mine&amp;sort=cause">Cause"#));
}

#[test]
fn as_of_lists_show_the_past_and_offer_no_change() {
    let site = clinic();
    let organisation = site.app.store.organisation(Some("clinic")).unwrap();
    let seq = organisation.isms().size() - 1;
    let fields = json!({ "title": "Written later" }).as_object().unwrap().clone();
    manager(&site, Command::Create { kind: Kind::Risk, fields });
    let client = site.role(Role::IsmsManager);
    assert!(client.get("/risks?q=Written+later").text().contains("Written later</a>"));
    let past = client.get(&format!("/risks?asof={seq}&per=200")).text();
    assert!(!past.contains("Written later"));
    assert!(!past.contains(r#"id="bulk""#) && !past.contains("/risks/new") && !past.contains("/risks/views"));
    assert!(past.contains(&format!("asof={seq}")));
    let found = client.get(&format!("/search.json?q=Written+later&asof={seq}")).text();
    assert!(!found.contains("Written later"), "{found}");
    assert!(client.get("/search.json?q=Written+later").text().contains("Written later"));
    assert_eq!(client.post(&format!("/risks/bulk?asof={seq}"), &[("act", "void")]).status, 403);
}

#[test]
fn exports_follow_the_list_and_are_guarded_against_formulas() {
    let site = clinic();
    for title in ["=HYPERLINK(\"http://x\")", "+1+1", "@SUM(A1)", "  =1+1", "plain, \"quoted\""] {
        let fields = json!({ "title": title }).as_object().unwrap().clone();
        manager(&site, Command::Create { kind: Kind::Risk, fields });
    }
    let client = site.role(Role::IsmsManager);
    let csv = client.get("/risks/export?format=csv&cols=ref,title,state&sort=ref");
    assert_eq!(csv.status, 200);
    assert!(
        csv.header("content-disposition").contains("risks-2026-06-30.csv"),
        "{}",
        csv.header("content-disposition")
    );
    let text = csv.text();
    let lines: Vec<&str> = text.split("\r\n").filter(|line| !line.is_empty()).collect();
    let all = isms(&site).count(Kind::Risk);
    assert_eq!(lines.len(), all + 2, "a head, the rows, and a line that says what it is");
    for start in ["'=HYPERLINK", "'+1+1", "'@SUM", "'  =1+1", "plain, \"\"quoted"] {
        assert!(text.contains(start), "{start}");
    }
    assert!(lines[all + 1].contains("Cedar Hollow") && lines[all + 1].contains("SHA-256"));
    let narrow = client.get("/risks/export?format=csv&state=monitored&cols=ref").text();
    let monitored = isms(&site).records(Kind::Risk).filter(|record| record.state() == "monitored").count();
    assert_eq!(narrow.split("\r\n").filter(|line| line.starts_with("R-")).count(), monitored);
    let body: Value = serde_json::from_slice(&client.get("/risks/export?format=json&cols=ref,title").body).unwrap();
    assert_eq!(body["records"].as_array().unwrap().len(), all);
    let xlsx = client.get("/risks/export?format=xlsx");
    assert_eq!((xlsx.status.as_u16(), &xlsx.body[..2]), (200, &b"PK"[..]), "{}", xlsx.text());
    let employee: Value =
        serde_json::from_slice(&site.role(Role::Employee).get("/risks/export?format=json").body).unwrap();
    assert_eq!(employee["records"].as_array().unwrap().len(), 0);
}

fn versions(site: &Site, references: &[&str]) -> Vec<String> {
    let isms = isms(site);
    let version = |text: &&str| format!("{text}.{}", isms.record(text.parse().unwrap()).unwrap().revision());
    references.iter().map(version).collect()
}

fn hidden(text: &str, name: &str) -> Vec<String> {
    let start = format!(r#"<input type="hidden" name="{name}" value=""#);
    let decode = |value: &str| value.replace("&quot;", "\"").replace("&#34;", "\"").replace("&amp;", "&");
    text.split(&*start).skip(1).filter_map(|rest| rest.split('"').next()).map(decode).collect::<Vec<String>>()
}

#[test]
fn a_bulk_edit_shows_its_effect_then_writes_and_can_be_taken_back() {
    let site = clinic();
    let client = site.role(Role::IsmsManager);
    let chosen = versions(&site, &["R-0001", "R-0002"]);
    let mut form = vec![("act", "date"), ("ref", chosen[0].as_str()), ("ref", chosen[1].as_str())];
    let first = client.post("/risks/bulk", &form);
    assert_eq!(first.status, 200, "{}", first.text());
    assert!(first.text().contains("next_review") && first.text().contains("R-0002"));
    form.extend([("stage", "preview"), ("field", "next_review"), ("value", "2027-01-31"), ("reason", "Yearly round")]);
    let shown = client.post("/risks/bulk", &form).text();
    assert!(shown.contains("2 records would change"), "{shown}");
    let before = isms(&site).record("R-0001".parse().unwrap()).unwrap().field("next_review");
    assert_ne!(before, Some(json!("2027-01-31")), "nothing is written yet");
    form.retain(|(name, _)| *name != "stage");
    form.push(("stage", "do"));
    let done = client.post("/risks/bulk", &form).text();
    for reference in ["R-0001", "R-0002"] {
        let now = isms(&site).record(reference.parse().unwrap()).unwrap().field("next_review");
        assert_eq!(now, Some(json!("2027-01-31")));
    }
    let undo = hidden(&done, "undo");
    assert_eq!(undo.len(), 2);
    let fields: Vec<(&str, &str)> = undo.iter().map(|value| ("undo", value.as_str())).collect();
    assert_eq!(client.post("/risks/bulk/undo", &fields).status, 200);
    assert_eq!(isms(&site).record("R-0001".parse().unwrap()).unwrap().field("next_review"), before);
    let again = client.post("/risks/bulk", &form).text();
    assert!(again.contains("changed it meanwhile"), "a second time the versions are not those that were seen");
}

#[test]
fn of_a_bulk_edit_each_record_is_decided_for_itself() {
    let site = clinic();
    let client = site.role(Role::IsmsManager);
    let chosen = versions(&site, &["R-0001", "R-0002"]);
    let stale = format!("{}7", chosen[1]);
    let form = [
        ("act", "field"),
        ("stage", "do"),
        ("tags", "winter"),
        ("ref", &*chosen[0]),
        ("ref", &*stale),
        ("ref", "R-0999.1"),
    ];
    let text = client.post("/risks/bulk", &form).text();
    assert!(text.contains("2 refused"), "{text}");
    let before = [
        ("act", "date"),
        ("field", "next_review"),
        ("value", "2001-01-01"),
        ("stage", "preview"),
        ("ref", &*chosen[1]),
    ];
    let told = client.post("/risks/bulk", &before).text();
    assert!(told.contains("Next review: "), "a refusal names the field as people do: {told}");
    let tags = isms(&site).record("R-0001".parse().unwrap()).unwrap().field("tags").unwrap();
    assert!(tags.as_array().unwrap().contains(&json!("winter")), "{tags}");
    let employee = site.role(Role::Employee).post("/risks/bulk", &form);
    assert!(employee.text().contains("0 risks"), "{}", employee.text());
    let asset = AnyRef { kind: Kind::Asset, number: 1 };
    for (form, problem) in [
        (vec![("act", "void")], "no record"),
        (vec![("act", "nonsense"), ("ref", "R-0001.1")], "what to do"),
        (vec![("act", "void"), ("ref", &*format!("{asset}.1"))], "another kind"),
        (vec![("act", "void"), ("ref", "R-0001")], "which version"),
    ] {
        let answer = client.post("/risks/bulk", &form);
        assert_eq!(answer.status, 422, "{problem}");
        assert!(answer.text().contains(problem), "{problem}: {}", answer.text());
    }
    let unreasoned = client.post("/risks/bulk", &[("act", "void"), ("stage", "do"), ("ref", &*chosen[0])]);
    assert!(unreasoned.text().contains("Say why"), "nothing is voided without a reason");
    assert!(isms(&site).record("R-0001".parse().unwrap()).unwrap().head().void_reason.is_none());
    let all = client.post("/risks/bulk", &[("act", "date"), ("all", "1"), ("query", "state=monitored")]).text();
    let monitored = isms(&site).records(Kind::Risk).filter(|record| record.state() == "monitored").count();
    assert!(all.contains(&format!("Set a date in {monitored} risks")), "{all}");
    assert_eq!(hidden(&all, "ref").len(), monitored);
}

#[test]
fn a_forged_bulk_edit_changes_nothing() {
    let site = clinic();
    let client = site.role(Role::IsmsManager);
    let body = "act=void&stage=do&reason=x&ref=R-0001.1";
    let request = client
        .request("POST", "/risks/bulk")
        .header("sec-fetch-site", "cross-site")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(axum::body::Body::from(body));
    assert_eq!(site.send(request.unwrap()).status, 403);
    assert!(isms(&site).record("R-0001".parse().unwrap()).unwrap().head().void_reason.is_none());
}

fn found(client: &Client<'_>, question: &str) -> Value {
    let path = format!("/search.json?q={}", attestry_server::html::encode(question));
    let answer = client.get(&path);
    assert_eq!(answer.status, 200, "{question}");
    serde_json::from_slice(&answer.body).unwrap()
}

fn first(body: &Value, group: &str) -> String {
    let groups = body["groups"].as_array().unwrap();
    let found = groups.iter().find(|found| found["label"] == group);
    found.map_or_else(String::new, |found| found["items"][0]["href"].as_str().unwrap_or_default().to_owned())
}

#[test]
fn search_finds_by_number_by_name_with_slips_and_by_the_everyday_word() {
    let site = clinic();
    let fields = json!({ "title": "Ransomware locks the archive", "cause": "An unpatched gateway" });
    manager(&site, Command::Create { kind: Kind::Risk, fields: fields.as_object().unwrap().clone() });
    let newest = isms(&site).records(Kind::Risk).next_back().unwrap().any_ref();
    let client = site.role(Role::IsmsManager);
    assert_eq!(first(&found(&client, "R-0003"), "Records"), "/risks/R-0003");
    assert_eq!(first(&found(&client, "r3"), "Records"), "/risks/R-0003");
    for question in
        ["Ransomware locks", "ransomwere arcive locks", "locks unpatched gateway", "#ransomware locks archive"]
    {
        let body = found(&client, question);
        assert_eq!(first(&body, "Records"), format!("/risks/{newest}"), "{question}: {body}");
    }
    for (question, group, href) in [
        ("vendor", "Go to", "/suppliers"),
        ("CAPA", "Go to", "/corrective-actions"),
        ("soa", "Go to", "/soa"),
        ("annex a", "Go to", "/soa"),
        ("applicability", "Go to", "/soa"),
        ("new risk", "Do", "/risks/new"),
        (">supplier", "Do", "/suppliers/new"),
        ("§6.1.3", "Go to", "/clauses/6.1.3"),
    ] {
        let body = found(&client, question);
        assert_eq!(first(&body, group), href, "{question}: {body}");
    }
    assert_eq!(found(&client, "vendor")["groups"][0]["label"], "Go to", "no record is called so");
    let people = found(&client, "@a");
    let group = people["groups"].as_array().unwrap().iter().find(|group| group["label"] == "Records").unwrap();
    let hrefs = group["items"].as_array().unwrap().iter().map(|item| item["href"].as_str().unwrap());
    assert!(hrefs.clone().count() > 0 && hrefs.into_iter().all(|href| href.starts_with("/people/")));
    let retitle = json!({ "title": "Quite another thing" }).as_object().unwrap().clone();
    manager(&site, Command::Update { target: newest, revision: None, fields: retitle, reason: None });
    assert_eq!(first(&found(&client, "another thing"), "Records"), format!("/risks/{newest}"));
    assert_ne!(first(&found(&client, "Ransomware locks"), "Records"), format!("/risks/{newest}"));
}

#[test]
fn search_counts_and_finds_nothing_that_the_person_may_not_see() {
    let site = clinic();
    let fields = json!({ "title": "Zyxwv secret weakness" });
    manager(&site, Command::Create { kind: Kind::Risk, fields: fields.as_object().unwrap().clone() });
    let newest = isms(&site).records(Kind::Risk).next_back().unwrap().any_ref();
    assert_eq!(found(&site.role(Role::IsmsManager), "zyxwv")["total"], 1);
    let client = site.role(Role::Employee);
    for question in ["zyxwv".to_owned(), "zyxvw".to_owned(), newest.to_string(), format!("#{newest}")] {
        let body = found(&client, &question);
        assert_eq!(body["total"], 0, "{question}");
        assert!(!body.to_string().contains("Zyxwv"), "{question}");
    }
    assert!(!client.get("/search?q=zyxwv").text().contains("secret weakness"));
    assert_eq!(site.role(Role::Employee).get(&format!("/search.json?q={}", "a".repeat(300))).status, 422);
}

#[test]
fn everything_keys_and_activity_answer_everybody_and_tell_only_what_they_may_know() {
    let site = clinic();
    let fields = json!({ "title": "Zyxwv secret weakness" });
    manager(&site, Command::Create { kind: Kind::Risk, fields: fields.as_object().unwrap().clone() });
    for role in ROLES {
        let client = site.role(role);
        for path in ["/everything", "/help/keys", "/activity", "/search"] {
            let answer = client.get(path);
            assert_eq!(answer.status, 200, "{role:?} {path}: {}", answer.text());
        }
    }
    let everything = site.role(Role::IsmsManager).get("/everything").text();
    for kind in Kind::ALL {
        assert!(everything.contains(&format!(r#"href="/{}""#, slug(*kind))), "{kind}");
    }
    assert!(everything.contains("vendor") && everything.contains("/risks/new"));
    let manager = site.role(Role::IsmsManager);
    assert!(manager.get("/activity").text().contains("Zyxwv secret weakness"));
    assert!(!site.role(Role::Employee).get("/activity").text().contains("Zyxwv"));
    assert!(manager.get("/activity?kind=risk").text().contains("Zyxwv"));
    assert!(!manager.get("/activity?kind=asset").text().contains("Zyxwv"));
    assert!(manager.get("/activity").text().contains(r#"rel="next""#));
    for query in ["person=R-0001", "kind=nonsense", "before=x"] {
        assert_eq!(manager.get(&format!("/activity?{query}")).status, 422, "{query}");
    }
}

#[test]
fn an_empty_list_teaches_and_one_that_a_filter_emptied_says_so() {
    let site = clinic();
    let client = site.role(Role::IsmsManager);
    let isms = isms(&site);
    let empty = Kind::ALL.iter().find(|kind| isms.count(**kind) == 0);
    if let Some(kind) = empty {
        let text = client.get(&list_path(*kind)).text();
        assert!(text.contains("No ") && text.contains(" yet") && text.contains("For example"), "{kind}");
    }
    let filtered = client.get("/risks?q=nothing+is+called+so").text();
    assert!(filtered.contains("Nothing fits") && filtered.contains(r#"href="/risks""#));
}

#[test]
fn kept_views_count_what_the_person_sees_and_keep_what_narrowed_them() {
    let site = clinic();
    let manager = site.role(Role::IsmsManager);
    let kept = manager.post("/risks/views", &[("name", "Mine, sorted"), ("query", "view=mine&sort=title")]);
    assert_eq!(kept.status, 303, "{}", kept.text());
    let page = manager.get(kept.location()).text();
    let mine = counted(&manager.get("/risks?view=mine").text());
    assert_eq!(counted(&page), mine, "the kept view is still mine alone");
    let shared = [("name", "High"), ("query", "current_value.from=6"), ("shared", "1")];
    assert_eq!(manager.post("/risks/views", &shared).status, 303);
    let high = |client: &Client<'_>| {
        let text = client.get("/risks").text();
        let tab = text.split("<a ").find(|part| part.contains("view=our.High")).unwrap_or_else(|| panic!("{text}"));
        let tab = tab.split("</a>").next().unwrap();
        let words: String = tab.split('>').skip(1).filter_map(|part| part.split('<').next()).collect();
        words.chars().filter(char::is_ascii_digit).collect::<String>().parse::<usize>().unwrap()
    };
    let high_ones = |isms: &Isms| {
        let risks = isms.live::<attestry_model::records::Risk>();
        risks
            .filter(|risk| risk.current_value.is_some_and(|it| it >= 6))
            .map(|risk| risk.reference().any())
            .collect::<Vec<_>>()
    };
    let before = high_ones(&isms(&site));
    assert!(before.len() > 3 && high(&manager) == before.len(), "{before:?}");
    // The count is that of now, and of what the person may see.
    let reason = "written twice".to_owned();
    let void = Command::Void { target: before[0], revision: None, reason };
    site.app.store.organisation(Some("clinic")).unwrap().submit(&Principal::operator(), void).unwrap();
    assert_eq!(high(&manager), before.len() - 1);
    assert_eq!(manager.get("/risks?view=our.High&only=nothing").status, 422);
}

/// Nobody owns a person, so that the column would be empty; who wants it can choose it.
#[test]
fn a_column_that_says_nothing_in_any_record_is_left_to_whoever_chooses_it() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    let heads = |path: &str| {
        let text = manager.get(path).text();
        text.split("<thead").nth(1).and_then(|rest| rest.split("</thead>").next()).unwrap().to_owned()
    };
    assert!(!heads("/people?view=all").contains(">Owner<"), "{}", heads("/people?view=all"));
    assert!(heads("/people?view=all&cols=title,owner").contains(">Owner<"));
    assert!(heads("/risks?view=all").contains("Risk owner"));
}

#[test]
fn an_auditor_from_outside_reads_and_makes_nothing_but_a_report() {
    let site = clinic();
    let auditor = site.role(Role::ExternalAuditor);
    for &kind in Kind::ALL {
        let path = list_path(kind);
        let list = auditor.get(&path);
        if kind == Kind::Event {
            continue;
        }
        assert!(!list.text().contains("data-new"), "{path} offers a new record");
        assert_ne!(auditor.get(&format!("{path}/new")).status, 200, "{path}");
    }
    let before = isms(&site).records(Kind::Evidence).count();
    let mine = auditor.person.unwrap().any().to_string();
    let fields = [
        ("title", "Seen by myself"),
        ("evidence_type", "photo"),
        ("collected_on", "2026-06-29"),
        ("collected_by", mine.as_str()),
        ("source", "the server room"),
    ];
    let refused = auditor.post(&format!("{}/new", list_path(Kind::Evidence)), &fields);
    assert!(refused.status.is_client_error(), "{}", refused.status);
    assert_eq!(isms(&site).records(Kind::Evidence).count(), before);
    let told = auditor.post("/portal/report", &[("what", "The door of the server room stood open")]);
    assert_eq!(told.status, 303, "what is wrong can be told by everybody");
    assert!(isms(&site).records(Kind::Event).any(|event| event.head().created_by == auditor.person));
}
