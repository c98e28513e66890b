//! Who is not, is no longer, or is somebody elsewhere.

use attestry_model::field::Type;
use attestry_model::kind::Role;
use attestry_model::records::Person;
use attestry_model::{AnyRecord, AnyRef, Command, Kind, Principal, Ref};
use attestry_server::gate::hash_of;
use attestry_server::places::{list_path, record_path};
use attestry_server::routes;
use attestry_store::Session;
use axum::body::Body;
use serde_json::{Value, json};

use super::{fields, isms, multipart, operate, update};
use crate::client::Site;
use crate::common;
use crate::matrix::concrete;

/// Another organisation on the same instance, with the same people and records, and one more of each kind: what it has under
/// numbers from 9000 on is nowhere in the clinic.
fn neighbour(site: &Site) {
    let organisation = site.app.store.create_organisation("The neighbour", Some("neighbour")).unwrap();
    let plan = attestry_exchange::import(&common::clinic_files(), &organisation.isms(), None, site.app.now()).unwrap();
    let mut records = plan.records;
    let mut own = Vec::new();
    for kind in Kind::ALL {
        if let Some(model) = records.iter().find(|one| one.reference.kind == *kind) {
            let mut one = model.clone();
            one.reference = AnyRef { kind: *kind, number: 9_001 };
            one.fields.insert("title".to_owned(), "SECRET OF THE NEIGHBOUR".into());
            own.push(one);
        }
    }
    records.extend(own);
    // Kinds of which there is only one refuse the second: they are left out.
    let fits = |records: Vec<_>| {
        organisation.submit(&Principal::operator(), Command::Import { records, reason: None }).is_ok()
    };
    if !fits(records.clone()) {
        let (base, own): (Vec<_>, Vec<_>) = records.into_iter().partition(|one| one.reference.number != 9_001);
        assert!(fits(base));
        let taken = own.into_iter().filter(|one| fits(vec![one.clone()])).count();
        assert!(taken > 40, "only {taken} kinds have a record of the neighbour's");
    }
}

/// A session with this organisation, age and end.
fn session(site: &Site, person: Ref<Person>, organisation: Option<&str>, hours_old: i64, hours_left: i64) -> String {
    opened(site, person, organisation, hours_old, hours_left).unwrap()
}

/// The same where the store may refuse it.
fn opened(
    site: &Site,
    person: Ref<Person>,
    organisation: Option<&str>,
    hours_old: i64,
    hours_left: i64,
) -> Result<String, attestry_store::AccountError> {
    let now = site.app.now();
    let account = common::account_of(&site.app, person);
    let secret = format!("hostile-{}-{organisation:?}-{hours_old}-{hours_left}", person.any());
    let hours = jiff::SignedDuration::from_hours;
    let session = Session {
        account,
        organisation: organisation.map(str::to_owned),
        created_at: now - hours(hours_old),
        seen_at: now - hours(hours_old),
        expires_at: now + hours(hours_left),
        stepped_up_at: Some(now),
        agent: "test".to_owned(),
        address: "127.0.0.1".to_owned(),
        method: "password".to_owned(),
    };
    site.app.store.accounts().open_session(&hash_of(&secret), &session)?;
    site.app.forget_sessions();
    Ok(secret)
}

/// Asks every route that is not open to everybody, and returns the answers' statuses.
fn everywhere(site: &Site, headers: &[(&str, String)]) -> Vec<(String, u16)> {
    let closed = routes::all().into_iter().filter(|route| route.gate != attestry_server::gate::Gate::Open);
    let ask = |route: routes::Route| {
        let path = concrete(route.path);
        let kind = if path.starts_with("/api/") { "application/json" } else { "application/x-www-form-urlencoded" };
        let mut request = axum::http::Request::builder()
            .method(if path.ends_with("/stream") { "HEAD" } else { route.method.as_str() })
            .uri(&path)
            .header("host", "localhost")
            .header("sec-fetch-site", "same-origin")
            .header("content-type", kind);
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let answer = site.send(request.body(Body::empty()).unwrap());
        (format!("{} {path}", route.method), answer.status.as_u16())
    };
    closed.map(ask).collect()
}

/// Checks that nothing lets in: pages lead to the sign-in, programs are told that they are not known.
#[track_caller]
fn all_closed(answers: &[(String, u16)], who: &str) {
    for (path, status) in answers {
        let expected = if path.contains("/api/v1/") { 401 } else { 303 };
        let closed = *status == expected || (path.contains(" /api") && *status == 401);
        assert!(closed, "{who}: {path} answers {status}");
    }
}

#[test]
fn no_route_lets_in_who_is_expired_idle_suspended_switched_off_or_of_no_organisation() {
    let site = Site::clinic();
    neighbour(&site);
    let before = isms(&site).size();
    let manager = common::person_with(&site.app, Role::IsmsManager).unwrap();
    let cookie = |secret: &str| vec![("cookie", format!("attestry={secret}"))];
    all_closed(&everywhere(&site, &cookie(&session(&site, manager, Some("clinic"), 20, -1))), "expired");
    all_closed(&everywhere(&site, &cookie(&session(&site, manager, Some("clinic"), 3, 9))), "idle for three hours");
    all_closed(&everywhere(&site, &cookie(&session(&site, manager, Some("clinic"), 1, -1))), "in use, and expired");
    all_closed(&everywhere(&site, &cookie(&session(&site, manager, None, 0, 9))), "without an organisation");
    assert!(opened(&site, manager, Some("neighbour"), 0, 9).is_err(), "no member there");
    all_closed(&everywhere(&site, &cookie("made-up")), "made up");
    let ended = crate::token::token_until(&site.app, manager, &["read", "write"], site.app.now());
    all_closed(&everywhere(&site, &[("authorization", format!("Bearer {ended}"))]), "a token that has ended");
    assert_eq!(isms(&site).size(), before);

    let off = common::person_with(&site.app, Role::RiskOwner).unwrap();
    let live = common::session_of(&site.app, off);
    let token = crate::token::token_of(&site.app, off, &["read", "write"]);
    let account = common::account_of(&site.app, off);
    site.app.store.accounts().set_active(account, false).unwrap();
    site.app.forget_sessions();
    all_closed(&everywhere(&site, &cookie(&live)), "switched off");
    all_closed(&everywhere(&site, &[("authorization", format!("Bearer {token}"))]), "a token of somebody switched off");
    let gone = common::person_with(&site.app, Role::AssetOwner).unwrap();
    let live = common::session_of(&site.app, gone);
    let step = Command::Step {
        target: gone.any(),
        to: "suspended".to_owned(),
        revision: None,
        fields: fields(&json!({})),
        reason: None,
    };
    operate(&site, step);
    let length = isms(&site).size();
    all_closed(&everywhere(&site, &cookie(&live)), "suspended");
    assert_eq!(isms(&site).size(), length);
}

#[test]
fn a_reading_token_changes_nothing_at_any_route_and_opens_no_page() {
    let site = Site::clinic();
    let manager = common::person_with(&site.app, Role::IsmsManager).unwrap();
    let token = crate::token::token_of(&site.app, manager, &["read"]);
    let before = isms(&site).size();
    for (path, status) in everywhere(&site, &[("authorization", format!("Bearer {token}"))]) {
        let program = path.contains(" /api/v1/");
        let writes = !path.starts_with("GET ");
        if !program {
            assert!([303, 401].contains(&status), "{path} answers {status}");
        } else if writes {
            assert_eq!(status, 403, "{path}");
        }
    }
    assert_eq!(isms(&site).size(), before);
}

#[test]
fn a_role_that_is_taken_away_is_gone_at_the_next_click() {
    let site = Site::clinic();
    let person = common::person_with(&site.app, Role::IsmsManager).unwrap();
    let client = site.person(person);
    let token = crate::token::token_of(&site.app, person, &["read", "write"]);
    let program = site.bearing(&token);
    assert_eq!(client.get("/settings").status, 200);
    assert_eq!(client.get("/risks/R-0001/edit").status, 200);
    update(&site, person, &json!({ "app_roles": ["employee"] }));
    let before = isms(&site).size();
    assert_eq!(client.get("/settings").status, 403);
    assert_eq!(client.get("/readiness").status, 403);
    assert!([403, 404].contains(&client.get("/risks/R-0001/edit").status.as_u16()));
    let saved = client.post("/risks/R-0001/edit", &[("_revision", "1"), ("_has", "title"), ("title", "Mine")]);
    assert!([403, 404].contains(&saved.status.as_u16()), "{}", saved.status);
    let bulk = client.post("/risks/bulk", &[("act", "void"), ("ref", "R-0001"), ("reason", "x"), ("confirm", "yes")]);
    assert!([403, 404, 422].contains(&bulk.status.as_u16()), "{}", bulk.status);
    let patched = program.json("PATCH", "/api/v1/risk/R-0001", &[("if-match", "*")], &json!({ "title": "Mine" }));
    assert!([403, 404].contains(&patched.status.as_u16()), "{}", patched.text());
    assert_eq!(isms(&site).size(), before);
}

/// A kind that references of this type may lead to.
fn refers_to(ty: Type) -> Option<Kind> {
    match ty {
        Type::Ref(kind) | Type::List(&Type::Ref(kind)) => Some(kind),
        Type::AnyRef | Type::List(Type::AnyRef) => Some(Kind::Asset),
        _ => None,
    }
}

#[test]
fn what_another_organisation_has_cannot_be_seen_named_or_linked_from_here() {
    let site = Site::clinic();
    neighbour(&site);
    let manager = site.role(Role::IsmsManager);
    let program = site.program(Role::IsmsManager);
    let before = isms(&site).size();
    let secret = "SECRET OF THE NEIGHBOUR";
    for kind in Kind::ALL {
        let foreign = AnyRef { kind: *kind, number: 9_001 };
        let page = manager.get(&record_path(foreign));
        assert_eq!(page.status, 404, "{foreign}");
        assert!(!manager.get(&list_path(*kind)).text().contains(secret), "{kind:?}");
        let name = kind.words().name;
        program.get(&format!("/api/v1/{name}/{foreign}")).refuses(404);
        assert!(!program.get(&format!("/api/v1/{name}?limit=1000")).text().contains(secret), "{kind:?}");
        for path in ["edit", "history", "void", "export", "compare?from=1&to=1", "proof/1", "hold"] {
            let answer = manager.get(&format!("{}/{path}", record_path(foreign)));
            assert_eq!(answer.status, 404, "{foreign} {path}");
        }
        // Every field of this kind that names another record is pointed across the wall.
        let Some(record) =
            isms(&site).records(*kind).find(|one| one.head().void_reason.is_none()).map(AnyRecord::any_ref)
        else {
            continue;
        };
        for field in kind.def().fields {
            let Some(to) = refers_to(field.ty) else { continue };
            let target = AnyRef { kind: to, number: 9_001 }.to_string();
            let value = if matches!(field.ty, Type::List(_)) { json!([target]) } else { json!(target) };
            let path = format!("/api/v1/{name}/{record}");
            let body = json!({ field.name: value });
            let answer = program.json("PATCH", &path, &[("if-match", "*")], &body);
            assert!(
                [403, 409, 412, 422].contains(&answer.status.as_u16()),
                "{record}.{}: {}",
                field.name,
                answer.text()
            );
            // As a change of its own and as part of a proposal, on the version that stands.
            let revision = isms(&site).record(record).unwrap().revision().to_string();
            let typed = [("_has", field.name), (field.name, target.as_str()), ("_revision", &*revision)];
            let proposed = [("stage", "draft"), ("_draft", "1"), ("_proposal", ""), ("_purpose", "Across the wall")];
            for more in [&[][..], &proposed] {
                let form = manager.post(&format!("{}/edit", record_path(record)), &[&typed[..], more].concat());
                let (status, led) = (form.status, form.location());
                assert!(
                    [403, 422].contains(&status.as_u16()) || led.contains("unchanged"),
                    "{record}.{}: {status} {led} {}",
                    field.name,
                    form.text()
                );
                assert!(!form.text().contains(secret), "{record}.{}", field.name);
            }
            assert!(!answer.text().contains(secret), "{record}.{}", field.name);
        }
    }
    assert_eq!(isms(&site).size(), before);
    for path in [
        "/search?q=secret+neighbour",
        "/search.json?q=neighbour",
        "/pick?kind=asset&q=SECRET",
        "/activity",
        "/everything",
    ] {
        assert!(!manager.get(path).text().contains(secret), "{path}");
    }
    assert!(!program.get("/api/v1/search?q=SECRET+OF+THE+NEIGHBOUR&limit=200").text().contains(secret));
    // In a bulk edit, an import, a comment, a task, a file.
    let risk = isms(&site).record("R-0001".parse().unwrap()).unwrap().revision();
    let bulk = |owner: &str| {
        let chosen = format!("R-0001.{risk}");
        let form = [("act", "owner"), ("stage", "do"), ("ref", &*chosen), ("field", "risk_owner"), ("value", owner)];
        manager.post("/risks/bulk", &form)
    };
    let across = bulk("PER-9001");
    let told = across.text();
    assert!(told.contains("Changed: 0 risks") && told.contains("PER-9001") && !told.contains(secret), "{told}");
    assert_eq!(isms(&site).size(), before);
    let csv = "ref,title,state,supplier\nAST-0001,Server,,SUP-9001\n";
    let import = site.send(multipart(&manager, "/setup/import", &[], &[("files", "asset.csv", csv.as_bytes())]));
    assert_eq!(import.status, 422, "{}", import.text());
    assert_eq!(manager.post("/risks/R-9001/comments", &[("text", "hello")]).status, 404);
    assert_eq!(site.send(multipart(&manager, "/risks/R-9001/files", &[], &[("file", "a.txt", b"a")])).status, 404);
    for act in ["void", "hold", "undo", "verify", "effect", "step/analysed", "rows/notes"] {
        let answer = manager.post(&format!("/risks/R-9001/{act}"), &[("_revision", "1"), ("_reason", "x")]);
        assert_eq!(answer.status, 404, "{act}");
    }
    assert_eq!(isms(&site).size(), before);
}

#[test]
fn the_organisation_comes_from_the_session_whatever_path_query_header_and_body_say() {
    let site = Site::clinic();
    neighbour(&site);
    let there = site.app.store.organisation(Some("neighbour")).unwrap();
    let before = (isms(&site).size(), there.info().size);
    let client = site.role(Role::IsmsManager);
    for path in ["/risks?organisation=neighbour", "/risks?org=neighbour&tenant=neighbour"] {
        let answer = client.get(path);
        assert!(!answer.text().contains("SECRET OF THE NEIGHBOUR"), "{path}");
    }
    for (name, value) in
        [("x-organisation", "neighbour"), ("x-tenant-id", "2"), ("x-forwarded-host", "neighbour.example")]
    {
        let request = client.request("GET", "/risks/R-9001").header(name, value);
        assert_eq!(site.send(request.body(Body::empty()).unwrap()).status, 404, "{name}");
    }
    let program = site.program(Role::IsmsManager);
    let body = json!({ "title": "Placed", "organisation": "neighbour" });
    program.create("risk", "o-1", &body).refuses(422);
    program.get("/api/v1/risk?organisation=neighbour").refuses(422);
    assert_eq!(client.post("/organisation", &[("organisation", "neighbour")]).status, 404);
    assert_eq!((isms(&site).size(), there.info().size), before);
}

#[test]
fn a_file_of_another_organisation_is_not_had_by_its_hash() {
    let site = Site::clinic();
    neighbour(&site);
    let there = site.app.store.organisation(Some("neighbour")).unwrap();
    let content = b"the neighbour's own words";
    there
        .attach(
            &Principal::operator(),
            AnyRef { kind: Kind::Risk, number: 1 },
            "own.txt",
            &mut content.as_slice(),
            None,
        )
        .unwrap();
    let hash = there.files_of(AnyRef { kind: Kind::Risk, number: 1 }).unwrap()[0].sha256.clone();
    let client = site.role(Role::IsmsManager);
    for path in ["", "/raw", "/view"] {
        assert_eq!(client.get(&format!("/files/R-0001/{hash}{path}")).status, 404, "{path}");
    }
    site.program(Role::IsmsManager).get(&format!("/api/v1/risk/R-0001/files/{hash}")).refuses(404);
    // A version that names the hash, without the file having come with it, does not open it.
    let version = AnyRef { kind: Kind::DocumentVersion, number: 901 };
    let named = json!({
        "title": "Ours", "document": "DOC-0001", "version": "99.0", "content_hash": hash, "content_ref": "own.txt",
    });
    let reference = version;
    let named = attestry_model::decide::ImportRecord { reference, fields: fields(&named), source: String::new() };
    operate(&site, Command::Import { records: vec![named], reason: None });
    assert_eq!(client.get(&format!("/portal/read/{version}/file")).status, 404);
    assert!(!client.get(&format!("/portal/read/{version}")).text().contains("own words"));
}

#[test]
fn a_form_sets_no_field_that_it_does_not_show() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    let smuggled = [
        ("created_by", "PER-0002"),
        ("created_at", "1999-01-01T00:00:00Z"),
        ("void_reason", "gone"),
        ("legal_hold", "true"),
        ("state", "closed"),
        ("revision", "99"),
        ("number", "77"),
        ("approval", "APR-0001"),
        ("accepted_value", "1"),
        ("current_value", "1"),
        ("organisation", "2"),
        ("__proto__", "x"),
        ("constructor", "x"),
    ];
    let mut form: Vec<(&str, &str)> = vec![("_has", "title"), ("title", "Written in good faith")];
    for (name, value) in smuggled {
        form.extend([("_has", name), (name, value)]);
    }
    let made = manager.post("/risks/new", &form);
    assert_eq!(made.status, 303, "{}", made.text());
    let isms_now = isms(&site);
    let risk = isms_now.records(Kind::Risk).last().unwrap();
    assert_eq!(risk.head().title.as_deref(), Some("Written in good faith"));
    assert_eq!((risk.state(), risk.revision()), ("identified", 1));
    assert_eq!(risk.head().created_by, manager.person);
    assert!(risk.head().void_reason.is_none() && risk.head().legal_hold != Some(true));
    assert!(risk.field("current_value").is_none_or(|value| value.is_null()));
    let path = format!("{}/edit", record_path(risk.any_ref()));
    form.extend([("_revision", "1"), ("_has", "cause"), ("cause", "changed")]);
    let saved = manager.post(&path, &form);
    assert_eq!(saved.status, 303, "{}", saved.text());
    let isms_now = isms(&site);
    let risk = isms_now.records(Kind::Risk).last().unwrap();
    assert_eq!((risk.state(), risk.head().created_by), ("identified", manager.person));
    assert_eq!(risk.field("cause"), Some(Value::from("changed")));
    assert!(risk.head().void_reason.is_none() && risk.head().legal_hold != Some(true));
    // An employee who reports something does not choose what else the record says.
    let employee = site.role(Role::Employee);
    let report = [
        ("what", "Smoke"),
        ("state", "closed"),
        ("reported_by", "PER-0001"),
        ("incident", "INC-0001"),
        ("owner", "PER-0001"),
    ];
    assert_eq!(employee.post("/portal/report", &report).status, 303);
    let isms_now = isms(&site);
    let event = isms_now.records(Kind::Event).last().unwrap();
    assert_eq!(event.field("reported_by"), Some(Value::from(employee.person.unwrap().any().to_string())));
    assert!(event.field("incident").is_none_or(|value| value.is_null()) && event.state() != "closed");
}

#[test]
fn nobody_raises_their_own_roles_by_any_way() {
    let site = Site::clinic();
    for role in [Role::Employee, Role::RiskOwner, Role::ControlOwner, Role::InternalAuditor, Role::ExternalAuditor] {
        let person = common::person_with(&site.app, role).unwrap();
        let client = site.person(person);
        let before = isms(&site).size();
        let path = record_path(person.any());
        let revision = isms(&site).record(person.any()).unwrap().revision().to_string();
        let form = [
            ("_has", "app_roles"),
            ("app_roles", "isms_manager"),
            ("app_roles", "system_admin"),
            ("_revision", &revision),
        ];
        let form = client.post(&format!("{path}/edit"), &form);
        assert!([303, 403, 404, 409, 422].contains(&form.status.as_u16()), "{role:?}");
        let bulk = [
            ("act", "set"),
            ("ref", &*person.any().to_string()),
            ("field", "app_roles"),
            ("value", "isms_manager"),
            ("confirm", "yes"),
        ];
        let _ = client.post("/people/bulk", &bulk);
        let program = site.bearing(&crate::token::token_of(&site.app, person, &["read", "write"]));
        let body = json!({ "app_roles": ["isms_manager"] });
        let name = Kind::Person.words().name;
        let patched = program.json("PATCH", &format!("/api/v1/{name}/{}", person.any()), &[("if-match", "*")], &body);
        assert!([403, 404, 412, 422].contains(&patched.status.as_u16()), "{role:?}: {}", patched.text());
        program.create(name, &format!("k-{role:?}"), &json!({ "title": "A second me", "app_roles": ["isms_manager"] }));
        let import = multipart(
            &client,
            "/setup/import",
            &[],
            &[("files", "person.csv", b"ref,title,app_roles\nPER-0950,Me,isms_manager\n")],
        );
        assert_eq!(site.send(import).status, 403, "{role:?}");
        assert_eq!(isms(&site).size(), before, "{role:?}");
        let roles = isms(&site).get(person).unwrap().app_roles.clone();
        assert!(!roles.contains(&Role::IsmsManager) && !roles.contains(&Role::SystemAdmin), "{role:?}");
    }
}

#[test]
fn no_form_leads_to_another_site() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    let ours =
        |location: &str| location.starts_with('/') && !location.starts_with("//") && !location.starts_with("/\\");
    for evil in [
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "\\\\evil.example",
        "https://evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "/%5cevil.example\\@x",
        " //evil.example",
        "/risks\r\nlocation: https://evil.example",
    ] {
        let encoded = attestry_server::html::encode(evil);
        for (path, fields) in [
            ("/look".to_owned(), vec![("theme", "dark"), ("back", evil)]),
            ("/start".to_owned(), vec![("page", "/work"), ("back", evil)]),
            ("/risks/new".to_owned(), vec![("_has", "title"), ("title", "A risk"), ("_back", evil)]),
            (format!("/sign-in?next={encoded}"), vec![("login", "x"), ("password", "y"), ("next", evil)]),
            ("/organisation".to_owned(), vec![("organisation", "clinic"), ("next", evil)]),
            (format!("/step-up?next={encoded}"), vec![("password", "y"), ("next", evil)]),
        ] {
            let answer = manager.post(&path, &fields);
            assert!(
                answer.location().is_empty() || ours(answer.location()),
                "{path} with {evil:?}: {}",
                answer.location()
            );
        }
        for path in [
            format!("/sign-in?next={encoded}"),
            format!("/step-up?next={encoded}"),
            format!("/risks/new?_back={encoded}"),
        ] {
            let page = site.stranger().get(&path);
            assert!(page.location().is_empty() || ours(page.location()), "{path}: {}", page.location());
            let text = manager.get(&path).text();
            assert!(!text.contains("href=\"//evil") && !text.contains("href=\"https://evil"), "{path}");
            assert!(!text.contains("href=\"javascript:") && !text.contains("href=\"/\\evil"), "{path}");
        }
        let paths = site.stranger().get(&format!("/go/{encoded}"));
        assert!(paths.location().is_empty() || ours(paths.location()), "{}", paths.location());
    }
}

#[test]
fn what_came_before_signing_in_counts_for_nothing_after_it() {
    // A cookie of somebody's making is not taken over, and two cookies of one name do not confuse.
    let site = Site::clinic();
    let employee = common::session_of(&site.app, common::person_with(&site.app, Role::Employee).unwrap());
    for cookie in [
        format!("attestry=fixed; attestry={employee}"),
        "attestry=; attestry=fixed".to_owned(),
        "attestry=%20".to_owned(),
    ] {
        let request =
            axum::http::Request::builder().uri("/settings").header("host", "localhost").header("cookie", &cookie);
        let answer = site.send(request.body(Body::empty()).unwrap());
        assert!([303, 403].contains(&answer.status.as_u16()), "{cookie}: {}", answer.status);
    }
    let both = axum::http::Request::builder()
        .uri("/api/v1/me")
        .header("host", "localhost")
        .header("cookie", format!("attestry={employee}"))
        .header("authorization", "Bearer made-up");
    // A token that is no good is not replaced by a session that is.
    assert_eq!(site.send(both.body(Body::empty()).unwrap()).status, 401);
}
