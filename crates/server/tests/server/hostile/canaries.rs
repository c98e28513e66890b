//! A word of its own in every record and in every private field: whoever may not see the record or the field must not meet the
//! word, wherever they look: on pages, in lists and their files, in search, in feeds, in what programs are answered.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use attestry_model::decide::ImportRecord;
use attestry_model::field::Type;
use attestry_model::kind::Role;
use attestry_model::permit::{Wish, permit};
use attestry_model::records::Person;
use attestry_model::{AnyRecord, AnyRef, Isms, Kind, Principal, Ref, Via};
use attestry_server::places::{list_path, record_path};
use attestry_server::{Settings, Ticks, routes};
use serde_json::{Value, json};

use super::isms;
use crate::client::Site;
use crate::common;
use crate::matrix::concrete;

/// The word of a record: `zqrx0001qz` stands in R-0001.
fn word(reference: AnyRef) -> String {
    format!("zq{}qz", reference.to_string().to_lowercase().replace('-', "x"))
}

/// The records whose words occur in a text.
fn met(text: &str) -> BTreeSet<AnyRef> {
    let low = text.to_lowercase();
    let pieces = low.split("zq").skip(1).filter_map(|rest| rest.split_once("qz").map(|(inside, _)| inside));
    pieces.filter_map(|inside| inside.replace('x', "-").to_uppercase().parse().ok()).collect()
}

/// Puts its word into the title and every long text of a record, and one into the address of a person. The name of the
/// organisation and those of its people are no secret within it.
fn mark(record: &mut ImportRecord) {
    let kind = record.reference.kind;
    let word = word(record.reference);
    let add = |value: &mut Value| {
        if let Value::String(text) = value {
            text.extend([" canary ", word.as_str()]);
        }
    };
    if kind == Kind::Organization {
        return;
    }
    if kind == Kind::Person {
        let address = format!("{word}@clinic.example");
        record.fields.insert("email".to_owned(), address.into());
        return;
    }
    if let Some(title) = record.fields.get_mut("title") {
        add(title);
    }
    record.fields.insert("notes".to_owned(), format!("canary {word}").into());
    for field in kind.def().fields {
        if matches!(field.ty, Type::LongText)
            && let Some(value) = record.fields.get_mut(field.name)
        {
            add(value);
        }
    }
}

/// The clinic with a word in every record.
pub fn marked() -> Site {
    let folder = tempfile::tempdir().unwrap();
    let app = common::clinic_from(
        folder.path(),
        |records| records.iter_mut().for_each(mark),
        |settings| Settings { ticks: Ticks::standing(), ..settings },
    );
    Site::of(app, folder)
}

/// What a person may not meet: records that they may not see, and the addresses of others where they see no private fields.
struct Hidden {
    isms: Isms,
    principal: Principal,
    leaks: RefCell<BTreeMap<String, BTreeSet<AnyRef>>>,
}

impl Hidden {
    fn from(site: &Site, person: Ref<Person>) -> Self {
        let isms = isms(site);
        let principal = Principal::of(&isms, person, Via::Session).unwrap();
        Self { isms, principal, leaks: RefCell::default() }
    }

    fn is(&self, reference: AnyRef) -> bool {
        let Some(record) = self.isms.record(reference) else { return true };
        if reference.kind == Kind::Person {
            let address = reference.kind.def().field("email").unwrap();
            return !attestry_model::permit::sees_field(&self.isms, &self.principal, record, address);
        }
        !permit(&self.isms, &self.principal, Wish::Read, record)
    }

    /// Notes what a text tells that it should not.
    fn check(&self, text: &str, of: &str) {
        let leaked: BTreeSet<AnyRef> = met(text).into_iter().filter(|reference| self.is(*reference)).collect();
        if !leaked.is_empty() {
            self.leaks.borrow_mut().entry(of.to_owned()).or_default().extend(leaked);
        }
    }

    #[track_caller]
    fn told_nothing(&self) {
        let leaks = self.leaks.borrow();
        let said = leaks.iter().map(|(of, leaked)| {
            let names: Vec<String> = leaked.iter().map(ToString::to_string).collect();
            format!("{of} tells of {}", names.join(" "))
        });
        assert!(leaks.is_empty(), "{}", said.collect::<Vec<_>>().join("\n"));
    }
}

/// The addresses of our own that a page leads to.
fn links(text: &str) -> impl Iterator<Item = String> {
    text.split("href=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .filter(|href| href.starts_with('/'))
        .map(|href| href.split('#').next().unwrap_or_default().replace("&#38;", "&").replace("&amp;", "&"))
}

/// What two addresses that differ only in numbers and values have in common.
fn pattern(href: &str) -> String {
    let (path, query) = href.split_once('?').unwrap_or((href, ""));
    let path: String = path.chars().filter(|sign| !sign.is_ascii_digit()).collect();
    let names: BTreeSet<&str> = query.split('&').filter_map(|pair| pair.split('=').next()).collect();
    format!("{path}?{}", names.into_iter().collect::<Vec<_>>().join("&"))
}

const ROLES: [Role; 6] = [
    Role::Employee,
    Role::ExternalAuditor,
    Role::SystemAdmin,
    Role::RiskOwner,
    Role::ControlOwner,
    Role::InternalAuditor,
];

#[test]
fn nobody_meets_a_word_of_what_they_may_not_see_on_any_page_that_links_lead_to() {
    let site = marked();
    let mut seen_by_auditor = BTreeSet::new();
    for role in ROLES {
        let client = site.role(role);
        let hidden = Hidden::from(&site, client.person.unwrap());
        let number = |isms: &Isms| isms.size() - 1;
        let start = ["/", "/everything", "/activity", "/portal", "/work", "/search?q=canary", "/account"];
        let lists = Kind::ALL.iter().map(|kind| list_path(*kind));
        let routes = routes::all();
        let routes = routes.iter().filter(|route| route.method == "GET" && !route.path.starts_with("/api"));
        let past = format!("/everything?asof={}", number(&hidden.isms));
        let mut queue: VecDeque<String> = start.iter().map(|path| (*path).to_owned()).chain(lists).collect();
        queue.extend(routes.map(|route| concrete(route.path)));
        queue.push_back(past);
        let mut known: BTreeSet<String> = queue.iter().cloned().collect();
        let mut alike: BTreeMap<String, usize> = BTreeMap::new();
        let mut read = 0;
        while let Some(path) = queue.pop_front() {
            if path.ends_with("/stream") || path.starts_with("/static") {
                continue;
            }
            let answer = client.get(&path);
            read += 1;
            assert!(!answer.status.is_server_error(), "{role:?} {path}: {}", answer.text());
            let text = answer.text();
            hidden.check(&text, &format!("{role:?} {path}"));
            for href in links(&text) {
                let times = alike.entry(pattern(&href)).or_default();
                if *times < 2 && known.len() < 700 && known.insert(href.clone()) {
                    *times += 1;
                    queue.push_back(href);
                }
            }
            if role == Role::InternalAuditor {
                seen_by_auditor.extend(met(&text));
            }
        }
        assert!(read > 100, "{role:?} read only {read} pages");
        hidden.told_nothing();
    }
    assert!(seen_by_auditor.len() > 300, "only {} words were met at all", seen_by_auditor.len());
}

#[test]
fn nobody_meets_a_word_of_what_they_may_not_see_in_lists_files_search_or_feeds() {
    let site = marked();
    let manager = site.program(Role::IsmsManager);
    let all = met(&manager.get("/api/v1/risk?limit=1000").text()).len();
    assert!(all > 10, "the words are there to be met: {all}");
    for role in ROLES {
        let client = site.role(role);
        let hidden = Hidden::from(&site, client.person.unwrap());
        let program = site.program(role);
        let seq = hidden.isms.size() - 1;
        let mut unseen = 0;
        for kind in Kind::ALL {
            let (list, name) = (list_path(*kind), kind.words().name);
            let live: Vec<&dyn AnyRecord> =
                hidden.isms.records(*kind).filter(|one| one.head().void_reason.is_none()).collect();
            let visible = live.iter().filter(|one| permit(&hidden.isms, &hidden.principal, Wish::Read, **one)).count();
            unseen += live.len() - visible;
            for path in [
                format!("{list}/export?format=csv"),
                format!("{list}/export?format=json"),
                format!("{list}/export?format=csv&asof={seq}"),
                format!("{list}?q=canary&per=200"),
                format!("{list}?view=mine"),
                format!("{list}?view=attention"),
                format!("{list}?sort=-title&asof={seq}"),
                format!("/pick?kind={name}&q=canary"),
            ] {
                let answer = client.get(&path);
                assert!(!answer.status.is_server_error(), "{role:?} {path}: {}", answer.text());
                hidden.check(&answer.text(), &format!("{role:?} {path}"));
            }
            let answer = program.get(&format!("/api/v1/{name}?limit=1000"));
            hidden.check(&answer.text(), &format!("{role:?} {name}"));
            assert_eq!(answer.json()["total"].as_u64(), Some(visible as u64), "{role:?}: how many {name}");
            program.get(&format!("/api/v1/{name}?limit=1000&asof={seq}")).text();
            // What is asked about a hidden record is answered as if it were not there.
            let absent = AnyRef { kind: *kind, number: 9_998 };
            let there = hidden.isms.records(*kind).map(AnyRecord::any_ref);
            let secret = there.filter(|one| one.kind != Kind::Person && hidden.is(*one)).take(2);
            for reference in secret {
                for part in ["", "/history", "/links", "/findings", "/files", "/proof"] {
                    let one = |reference: AnyRef| {
                        let answer = program.get(&format!("/api/v1/{name}/{reference}{part}"));
                        let text = answer.text().replace(&reference.to_string(), "");
                        let mut body: Value = serde_json::from_str(&text).unwrap();
                        body["instance"].take();
                        (answer.status, body)
                    };
                    assert_eq!(one(reference), one(absent), "{role:?} {reference}{part}");
                }
                for part in ["", "/edit", "/history", "/compare?from=1&to=1", "/export", "/void", "/hold", "/proof/1"] {
                    let one = |reference: AnyRef| {
                        let answer = client.get(&format!("{}{part}", record_path(reference)));
                        (answer.status, answer.location().replace(&reference.to_string(), ""))
                    };
                    assert_eq!(one(reference), one(absent), "{role:?} {reference}{part}");
                }
                for act in ["edit", "void", "hold", "undo", "verify", "effect", "comments", "step/closed"] {
                    let one = |reference: AnyRef| {
                        let form =
                            [("_revision", "1"), ("_has", "title"), ("title", "x"), ("text", "x"), ("_reason", "x")];
                        client.post(&format!("{}/{act}", record_path(reference)), &form).status
                    };
                    assert_eq!(one(reference), one(absent), "{role:?} {act} {reference}");
                }
                let bulk = |reference: AnyRef| {
                    let form = [("act", "void"), ("stage", "do"), ("reason", "x"), ("ref", &*format!("{reference}.1"))];
                    let answer = client.post(&format!("{list}/bulk"), &form);
                    (answer.status, answer.text().replace(&reference.to_string(), ""))
                };
                assert_eq!(bulk(reference).0, bulk(absent).0, "{role:?} bulk {reference}");
                hidden.check(&bulk(reference).1, &format!("{role:?} bulk {reference}"));
                for copy in [format!("{list}/new?copy={reference}"), format!("{list}/new?title=x&copy={reference}")] {
                    let not = copy.replace(&reference.to_string(), &absent.to_string());
                    assert_eq!(client.get(&copy).status, client.get(&not).status, "{role:?} {copy}");
                    hidden.check(&client.get(&copy).text(), &format!("{role:?} {copy}"));
                }
                hidden.check(
                    &client.get(&format!("/search.json?q={reference}")).text(),
                    &format!("{role:?} {reference}"),
                );
                let go = |reference: AnyRef| {
                    let answer = client.get(&format!("/go/{reference}"));
                    (answer.status, answer.location().replace(&reference.to_string(), ""), answer.text())
                };
                assert_eq!(go(reference), go(absent), "{role:?} {reference}");
            }
        }
        if matches!(role, Role::Employee | Role::ExternalAuditor) {
            assert!(unseen > 100, "{role:?} may see all but {unseen} records: nothing is tried");
        }
        for path in
            ["/search?q=canary", "/search.json?q=canary", "/search.json?q=%23canary", "/calendar.ics", "/activity"]
        {
            hidden.check(&client.get(path).text(), &format!("{role:?} {path}"));
        }
        for path in [
            "/api/v1/search?q=canary&limit=200",
            "/api/v1/events?limit=1000",
            "/api/v1/findings?limit=1000",
            "/api/v1/findings/changes?since=0",
            "/api/v1/summary",
            "/api/v1/kinds",
        ] {
            let answer = program.get(path);
            assert!(!answer.status.is_server_error(), "{role:?} {path}: {}", answer.text());
            hidden.check(&answer.text(), &format!("{role:?} {path}"));
        }
        for item in program.get("/api/v1/events?limit=1000").json()["items"].as_array().unwrap() {
            if let Ok(reference) = item["record"].as_str().unwrap_or_default().parse::<AnyRef>() {
                let record = hidden.isms.record(reference).unwrap();
                assert!(
                    permit(&hidden.isms, &hidden.principal, Wish::Read, record),
                    "{role:?}: an event of {reference}"
                );
            }
        }
        hidden.told_nothing();
    }
}

#[test]
fn who_names_a_hidden_record_in_a_field_a_comment_or_a_proposal_learns_nothing_of_it() {
    let site = marked();
    let mut named = 0;
    for role in [Role::Employee, Role::RiskOwner, Role::AssetOwner, Role::ControlOwner, Role::InternalAuditor] {
        let client = site.role(role);
        let hidden = Hidden::from(&site, client.person.unwrap());
        let program = site.program(role);
        let secret = |kind: Kind| {
            hidden.isms.records(kind).map(AnyRecord::any_ref).find(|one| kind != Kind::Person && hidden.is(*one))
        };
        let any = Kind::ALL.iter().find_map(|kind| secret(*kind));
        for kind in Kind::ALL {
            let (list, name) = (list_path(*kind), kind.words().name);
            let may_create = attestry_model::permit::may_create(&hidden.principal, kind.def());
            let own = hidden.isms.records(*kind).find(|one| {
                one.head().void_reason.is_none() && permit(&hidden.isms, &hidden.principal, Wish::Update, *one)
            });
            for field in kind.def().fields {
                let target = match field.ty {
                    Type::Ref(to) | Type::List(&Type::Ref(to)) => secret(to),
                    Type::AnyRef | Type::List(Type::AnyRef) => any,
                    _ => None,
                };
                let Some(target) = target.map(|one| one.to_string()) else { continue };
                let of = format!("{role:?} {name}.{} = {target}", field.name);
                if may_create {
                    named += 1;
                    let prefilled = client.get(&format!("{list}/new?{}={target}", field.name));
                    hidden.check(&prefilled.text(), &format!("{of} in an address"));
                    let form = [("_has", "title"), ("title", ""), ("_has", field.name), (field.name, &*target)];
                    hidden.check(&client.post(&format!("{list}/new"), &form).text(), &format!("{of} in a wrong form"));
                    hidden.check(
                        &client.post(&format!("{list}/new/effect"), &form).text(),
                        &format!("{of} in an effect"),
                    );
                }
                if let Some(own) = own {
                    named += 1;
                    let value = if matches!(field.ty, Type::List(_)) { json!([target]) } else { json!(target) };
                    let path = format!("/api/v1/{name}/{}", own.any_ref());
                    let answer = program.json("PATCH", &path, &[("if-match", "*")], &json!({ field.name: value }));
                    hidden.check(&answer.text(), &format!("{of} by a program"));
                    let path = record_path(own.any_ref());
                    for end in ["", "/edit", "/history"] {
                        hidden.check(&client.get(&format!("{path}{end}")).text(), &format!("{of} on {path}{end}"));
                    }
                }
            }
            if let (Some(own), Some(secret)) = (own, any) {
                let path = record_path(own.any_ref());
                client.post(&format!("{path}/comments"), &[("text", &format!("As {secret} says, see **{secret}**."))]);
                hidden.check(&client.get(&path).text(), &format!("{role:?} a comment on {path}"));
            }
        }
        hidden.told_nothing();
    }
    assert!(named > 50, "only {named} fields were tried");
}
