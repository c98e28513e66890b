//! The page of a record, its forms, steps, history, comments and files.

use attestry_model::kind::Role;
use attestry_model::{AnyRecord, AnyRef, Command, Kind, Principal};
use attestry_server::html::encode;
use attestry_server::places::{record_path, slug};
use axum::body::Body;
use serde_json::{Map, Value};

use crate::client::{Answer, Client, Site};

/// What a browser would send of the main form of a page: names and values of its controls.
fn controls(html: &str) -> Vec<(String, String)> {
    let from = html.find("class=\"recform").expect("a form");
    let form = &html[from..];
    let form = &form[..form.find("</form>").unwrap()];
    let mut found = Vec::new();
    let mut select = String::new();
    for piece in form.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').unwrap_or((piece, ""));
        let attribute = |name: &str| {
            let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
            Some(unescape(rest.split('"').next().unwrap_or_default()))
        };
        if tag.starts_with("input ") {
            let chosen = tag.contains(" checked") || !(tag.contains("\"radio\"") || tag.contains("\"checkbox\""));
            if let Some(name) = attribute("name").filter(|_| chosen) {
                found.push((name, attribute("value").unwrap_or_default()));
            }
        } else if tag.starts_with("textarea ") {
            let text = unescape(text.strip_prefix('\n').unwrap_or(text));
            found.push((attribute("name").unwrap(), text));
        } else if tag.starts_with("select ") {
            select = attribute("name").unwrap();
        } else if tag.starts_with("option") && tag.contains(" selected") {
            found.push((select.clone(), attribute("value").unwrap_or_default()));
        }
    }
    found
}

fn unescape(text: &str) -> String {
    let pairs = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")];
    pairs.iter().fold(text.to_owned(), |text, (code, sign)| text.replace(code, sign))
}

/// Sets a control as somebody types into it.
fn typed(mut form: Vec<(String, String)>, name: &str, value: &str) -> Vec<(String, String)> {
    form.retain(|(known, _)| known != name);
    form.push((name.to_owned(), value.to_owned()));
    form
}

fn send(client: &Client<'_>, path: &str, form: &[(String, String)]) -> Answer {
    let pairs: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    client.post(path, &pairs)
}

fn isms(site: &Site) -> attestry_model::Isms {
    site.app.store.organisation(Some("clinic")).unwrap().isms()
}

fn first(site: &Site, kind: Kind) -> Option<AnyRef> {
    let isms = isms(site);
    isms.records(kind).find(|record| record.head().void_reason.is_none()).map(AnyRecord::any_ref)
}

#[test]
fn every_kind_has_its_page_its_history_and_its_form() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    for kind in Kind::ALL {
        if let Some(reference) = first(&site, *kind) {
            let path = record_path(reference);
            let page = manager.get(&path);
            assert_eq!(page.status, 200, "{path}: {}", page.text());
            assert_eq!(page.text().matches("<h1").count(), 1, "{path}");
            assert_eq!(manager.get(&format!("{path}/history")).status, 200, "{path}");
            assert_eq!(manager.get(&format!("{path}/export")).status, 200, "{path}");
        }
        let form = manager.get(&format!("/{}/new", slug(*kind)));
        assert!([200, 403].contains(&form.status.as_u16()), "{kind:?}: {}", form.text());
        assert!(form.status != 200 || form.text().contains("name=\"title\""), "{kind:?}");
    }
}

#[test]
fn a_form_that_is_sent_back_untouched_changes_nothing_whatever_the_kind() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    let mut sent = 0;
    for reference in Kind::ALL.iter().filter_map(|kind| first(&site, *kind)) {
        let path = record_path(reference);
        let page = manager.get(&format!("{path}/edit"));
        if page.status != 200 {
            assert!([403, 409].contains(&page.status.as_u16()), "{path}: {}", page.text());
            continue;
        }
        let answer = send(&manager, &format!("{path}/edit"), &controls(&page.text()));
        assert_eq!(answer.location(), format!("{path}?done=unchanged+{reference}"), "{path}: {}", answer.text());
        sent += 1;
    }
    assert!(sent > 40, "only {sent} kinds could be changed");
}

#[test]
fn a_copy_of_a_record_can_be_written_in_the_form_of_its_kind() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    let mut written = 0;
    for kind in Kind::ALL {
        let Some(reference) = first(&site, *kind) else { continue };
        let page = manager.get(&format!("/{}/new?copy={reference}", slug(*kind)));
        if page.status != 200 {
            assert_eq!(page.status, 403, "{kind:?}: {}", page.text());
            continue;
        }
        let answer = send(&manager, &format!("/{}/new", slug(*kind)), &controls(&page.text()));
        // Some kinds allow one record only, or ask of a new one what an old one no longer fulfils: they say so in the form.
        if answer.status == 303 {
            written += 1;
            assert!(answer.location().contains("?done=created+"), "{kind:?}: {}", answer.location());
            assert_eq!(manager.get(answer.location()).status, 200, "{kind:?}");
        } else {
            assert_eq!(answer.status, 422, "{kind:?}: {}", answer.text());
            assert!(answer.text().contains("<title>Error:"), "{kind:?}");
        }
    }
    assert!(written > 45, "only {written} kinds could be copied");
}

#[test]
fn what_is_wrong_is_said_at_its_field_and_everything_typed_stays() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    let form = controls(&manager.get("/risks/R-0001/edit").text());
    let form = typed(form, "next_review", "1999-01-01");
    let form = typed(form, "cause", "typed with <care>");
    let form = typed(form, "lm_p5", "a lot");
    let answer = send(&manager, "/risks/R-0001/edit", &form);
    let text = answer.text();
    assert_eq!(answer.status, 422);
    assert!(text.contains("<title>Error:") && text.contains("href=\"#field-next_review\""), "{text}");
    assert!(text.contains("href=\"#field-lm_p5\"") && text.contains("value=\"a lot\""));
    assert!(text.contains("typed with &lt;care&gt;") && text.contains("aria-invalid=\"true\""));
    assert_ne!(isms(&site).record("R-0001".parse().unwrap()).unwrap().field("cause").unwrap(), "typed with <care>");
}

#[test]
fn changes_that_do_not_collide_are_merged_and_those_that_do_are_laid_side_by_side() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    let before = controls(&manager.get("/risks/R-0002/edit").text());
    let theirs = send(&manager, "/risks/R-0002/edit", &typed(before.clone(), "cause", "their cause"));
    assert_eq!(theirs.status, 303, "{}", theirs.text());
    let merged = send(&manager, "/risks/R-0002/edit", &typed(before.clone(), "event", "my event"));
    assert!(merged.location().contains("done=merged"), "{} {}", merged.location(), merged.text());
    let record = |field: &str| isms(&site).record("R-0002".parse().unwrap()).unwrap().field(field).unwrap();
    assert_eq!((record("cause"), record("event")), ("their cause".into(), "my event".into()));

    let mine = typed(before, "cause", "my cause");
    let asked = send(&manager, "/risks/R-0002/edit", &mine);
    let text = asked.text();
    assert_eq!(asked.status, 409);
    assert!(text.contains("their cause") && text.contains("my cause") && text.contains("_take.cause"), "{text}");
    assert!(text.contains("my event"), "what was merged stands in the form");
    let kept = send(&manager, "/risks/R-0002/edit", &typed(controls(&text), "_take.cause", "theirs"));
    assert_eq!(kept.status, 303, "{}", kept.text());
    assert_eq!(record("cause"), "their cause");
    let taken = send(&manager, "/risks/R-0002/edit", &typed(controls(&text), "_take.cause", "mine"));
    assert_eq!(taken.status, 303, "{}", taken.text());
    assert_eq!(record("cause"), "my cause");
}

#[test]
fn hostile_text_stays_text_on_the_page_in_the_form_and_in_the_history() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    for hostile in [
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "'><svg/onload=alert(1)>",
        "[x](javascript:alert(1)) ![x](javascript:alert(1))",
        "</textarea></title><script>alert(1)</script>",
        "<a href=\"javascript:alert(1)\">x</a>",
        "{{ 7*7 }} \u{202e} <iframe srcdoc='<script>'>",
    ] {
        let mut form = controls(&manager.get("/risks/R-0003/edit").text());
        for (name, value) in &mut form {
            if ["title", "cause", "event", "consequence", "likelihood_reason", "notes"].contains(&name.as_str()) {
                hostile.clone_into(value);
            }
        }
        let saved = send(&manager, "/risks/R-0003/edit", &form);
        assert_eq!(saved.status, 303, "{hostile}: {}", saved.text());
        let commented = manager.post("/risks/R-0003/comments", &[("text", hostile)]);
        assert_eq!(commented.status, 303, "{}", commented.text());
        for path in ["", "/edit", "/history", "/compare?from=1&to=2", "/void"] {
            let page = manager.get(&format!("/risks/R-0003{path}"));
            let text = page.text().to_lowercase();
            assert_eq!(page.status, 200, "{path}");
            let scripts = text.matches("<script").count();
            assert_eq!(scripts, 1, "{path} with {hostile}: the program's own script and no other");
            for tag in text.split('<').skip(1).map(|piece| piece.split('>').next().unwrap_or_default()) {
                let quoted: String = tag.split('"').step_by(2).collect();
                assert!(!quoted.contains("onerror") && !quoted.contains("onload"), "{path}: <{tag}>");
                assert!(!tag.contains("href=\"javascript:") && !tag.contains("src=\"javascript:"), "{path}: <{tag}>");
                assert!(!tag.starts_with("iframe") && !tag.starts_with("img "), "{path}: <{tag}>");
            }
        }
    }
}

#[test]
fn a_forged_form_changes_nothing() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    let before = isms(&site).size();
    for path in ["edit", "void", "hold", "undo", "comments", "step/analysed", "verify", "effect"] {
        let request = manager
            .request("POST", &format!("/risks/R-0001/{path}"))
            .header("sec-fetch-site", "cross-site")
            .header("content-type", "application/x-www-form-urlencoded");
        let answer = site.send(request.body(Body::from("_revision=1&_reason=x&text=x&title=x")).unwrap());
        assert_eq!(answer.status, 403, "{path}");
    }
    assert_eq!(isms(&site).size(), before);
}

#[test]
fn everybody_sees_exactly_the_records_that_are_theirs_to_see() {
    let site = Site::clinic();
    let isms = isms(&site);
    for role in [
        Role::TopManagement,
        Role::RiskOwner,
        Role::AssetOwner,
        Role::ControlOwner,
        Role::InternalAuditor,
        Role::ExternalAuditor,
        Role::Employee,
    ] {
        let Some(person) = crate::common::person_with(&site.app, role) else { continue };
        let client = site.person(person);
        let principal = Principal::of(&isms, person, attestry_model::Via::Session).unwrap();
        for record in Kind::ALL.iter().filter_map(|kind| isms.records(*kind).next()) {
            let path = record_path(record.any_ref());
            let may = |wish| attestry_model::permit::permit(&isms, &principal, wish, record);
            let sees = may(attestry_model::permit::Wish::Read);
            assert_eq!(client.get(&path).status, if sees { 200 } else { 404 }, "{role:?} {path}");
            let edit = client.get(&format!("{path}/edit")).status;
            let updates = may(attestry_model::permit::Wish::Update);
            assert!(
                if sees && updates { edit != 404 } else { [403, 404].contains(&edit.as_u16()) },
                "{role:?} {path}: {edit}"
            );
        }
    }
}

#[test]
fn ones_own_last_change_is_undone_once_and_nobody_elses() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    let path = "/risks/R-0004";
    let old = isms(&site).record("R-0004".parse().unwrap()).unwrap().field("cause").unwrap();
    let form = typed(controls(&manager.get(&format!("{path}/edit")).text()), "cause", "changed for a moment");
    let saved = send(&manager, &format!("{path}/edit"), &form);
    assert_eq!(saved.status, 303, "{}", saved.text());
    let other = site.role(Role::RiskOwner).post(&format!("{path}/undo"), &[]);
    assert_ne!(other.status, 303, "somebody else undid it");
    let undone = manager.post(&format!("{path}/undo"), &[]);
    assert_eq!(undone.location(), format!("{path}?done=undone+R-0004"), "{}", undone.text());
    assert_eq!(isms(&site).record("R-0004".parse().unwrap()).unwrap().field("cause").unwrap(), old);
    assert!(manager.get(&format!("{path}/history")).text().contains("taken back by its author"));
}

#[test]
fn voiding_asks_for_a_reason_and_leaves_the_record_readable() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    let risk = isms(&site).record("R-0005".parse().unwrap()).unwrap().revision().to_string();
    let asked = manager.post("/risks/R-0005/void", &[("_revision", &risk), ("_reason", " ")]);
    assert_eq!(asked.status, 422);
    assert!(asked.text().contains("aria-invalid=\"true\""));
    let done = manager.post("/risks/R-0005/void", &[("_revision", &risk), ("_reason", "written twice")]);
    assert_eq!(done.status, 303, "{}", done.text());
    let page = manager.get("/risks/R-0005").text();
    assert!(page.contains("This record is void.") && page.contains("written twice") && !page.contains("data-edit"));
}

#[test]
fn the_past_is_read_only_and_a_record_that_was_not_there_says_so() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    let created = manager.post("/sites/new", &[("_has", "title"), ("title", "New branch")]);
    assert_eq!(created.status, 303, "{}", created.text());
    let (path, _) = created.location().split_once('?').unwrap();
    let past = manager.get(&format!("{path}?asof=10"));
    assert_eq!(past.status, 200, "{}", past.text());
    assert!(past.text().contains("did not exist yet") && past.text().contains("?asof="));
    let then = manager.get("/risks/R-0001?asof=20000").text();
    let length = isms(&site).size() - 1;
    let then = if then.contains("R-0001") { then } else { manager.get(&format!("/risks/R-0001?asof={length}")).text() };
    assert!(!then.contains("data-edit") && !then.contains("data-upload"), "nothing can be changed in the past");
    assert_eq!(manager.get(&format!("/risks/R-0001/edit?asof={length}")).status, 403);
}

/// A multipart body with one file of that name.
fn upload(client: &Client<'_>, path: &str, name: &str, bytes: &[u8]) -> axum::http::Request<Body> {
    let mut body = format!(
        "--b0undary\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: text/html\r\n\r\n"
    )
    .into_bytes();
    body.extend_from_slice(bytes);
    body.extend_from_slice(b"\r\n--b0undary--\r\n");
    let request = client.request("POST", path).header("sec-fetch-site", "same-origin");
    request.header("content-type", "multipart/form-data; boundary=b0undary").body(Body::from(body)).unwrap()
}

#[test]
fn a_file_comes_back_as_it_was_and_can_do_nothing() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    let png = [&[0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a][..], b"<script>alert(1)</script>"].concat();
    for (name, bytes, mime, kept) in [
        ("page.html", b"<script>alert(1)</script>".to_vec(), "application/octet-stream", "page.html"),
        ("../../etc/passwd", b"root".to_vec(), "application/octet-stream", "passwd"),
        ("both.png", png, "image/png", "both.png"),
        ("a.svg", b"<svg onload='alert(1)'/>".to_vec(), "application/octet-stream", "a.svg"),
        ("gif.js", b"GIF89a=1;alert(1)".to_vec(), "image/gif", "gif.js"),
    ] {
        let answer = site.send(upload(&manager, "/risks/R-0001/files", name, &bytes));
        assert_eq!(answer.status, 303, "{name}: {}", answer.text());
        let page = manager.get("/risks/R-0001").text();
        let (_, rest) = page.split_once("href=\"/files/R-0001/").expect("the newest file comes first");
        let sha = &rest[..64];
        let file = manager.get(&format!("/files/R-0001/{sha}"));
        assert_eq!(file.body, bytes, "{name}");
        assert_eq!(file.header("content-type"), mime, "{name}");
        assert_eq!(file.header("content-security-policy"), "sandbox; default-src 'none'");
        assert_eq!(file.header("x-content-type-options"), "nosniff");
        assert!(file.header("content-disposition").starts_with(&format!("attachment; filename=\"{kept}\"")), "{name}");
        let raw = manager.get(&format!("/files/R-0001/{sha}/raw"));
        assert_eq!(raw.header("content-disposition").starts_with("inline"), mime.starts_with("image/"), "{name}");
        let view = manager.get(&format!("/files/R-0001/{sha}/view"));
        assert_eq!(view.status, 200);
        assert_eq!(view.text().matches("<script").count(), 1, "{name}: shown as text");
        // Whoever may not read the record does not get its files, and a file is found only under its own record.
        assert_eq!(site.role(Role::Employee).get(&format!("/files/R-0001/{sha}")).status, 404);
        assert_eq!(manager.get(&format!("/files/R-0002/{sha}")).status, 404);
    }
    let none = site.send(upload(&manager, "/risks/R-0001/files", "empty.txt", b""));
    assert_eq!(none.status, 422);
    let hidden = site.send(upload(&site.role(Role::Employee), "/risks/R-0001/files", "a.txt", b"a"));
    assert_eq!(hidden.status, 404);
}

#[test]
fn a_file_over_the_limit_is_refused_and_attached_to_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let clock = attestry_store::Clock::Fixed(crate::common::NOW.parse().unwrap());
    let mut config = attestry_store::Config::new(folder.path()).with_clock(clock);
    config.file_limit = 1_000;
    let store = attestry_store::Store::open(&config).unwrap();
    let organisation = store.create_organisation("Clinic", Some("clinic")).unwrap();
    let files = crate::common::clinic_files();
    let plan = attestry_exchange::import(&files, &organisation.isms(), None, clock.now()).unwrap();
    let command = Command::Import { records: plan.records, reason: None };
    organisation.submit(&Principal::operator(), command).unwrap();
    let app = crate::common::app_with(store, crate::common::settings(folder.path(), clock));
    let site = Site::of(app, folder);
    let manager = site.role(Role::IsmsManager);
    let before = isms(&site).size();
    let answer = site.send(upload(&manager, "/risks/R-0001/files", "big.bin", &[7; 5_000]));
    assert_eq!(answer.status, 413, "{}", answer.text());
    assert_eq!(isms(&site).size(), before);
}

#[test]
fn a_verification_checks_the_chain_and_a_proof_discloses_the_version() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    let verified = manager.post("/risks/R-0001/verify", &[]);
    assert!(verified.text().contains("Unbroken"), "{}", verified.text());
    let proof = manager.get("/risks/R-0001/proof/1");
    let proof: Map<String, Value> = serde_json::from_str(&proof.text()).unwrap();
    assert!(proof["tlog_proof"].as_str().unwrap().starts_with("c2sp.org/tlog-proof@v1"));
    assert!(proof["disclosure"]["title"]["salt"].is_string());
}

#[test]
fn a_picker_finds_by_words_and_a_form_takes_a_title_for_a_reference() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    let isms = isms(&site);
    let person = isms.records(Kind::Person).next().unwrap();
    let name = person.head().title.clone().unwrap();
    let found = manager.get(&format!("/pick?kind=person&q={}", encode(&name)));
    assert!(found.text().contains(&person.any_ref().to_string()), "{}", found.text());
    let created =
        manager.post("/sites/new", &[("_has", "title"), ("title", "Annex"), ("_has", "owner"), ("owner", &name)]);
    assert_eq!(created.status, 303, "{}", created.text());
    let unknown = manager
        .post("/sites/new", &[("_has", "title"), ("title", "Annex 2"), ("_has", "owner"), ("owner", "Nobody Here")]);
    assert_eq!(unknown.status, 422);
    assert!(unknown.text().contains("value=\"Annex 2\"") && unknown.text().contains("Nobody Here"));
}

#[test]
fn before_saving_the_form_says_what_would_change_and_saves_nothing() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    let before = isms(&site).size();
    let form = typed(controls(&manager.get("/risks/R-0001/edit").text()), "risk_owner", "");
    let answer = send(&manager, "/risks/R-0001/effect", &form);
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert!(
        answer.text().contains("What this would change") && answer.text().contains("It causes"),
        "{}",
        answer.text()
    );
    assert_eq!(isms(&site).size(), before);
}

#[test]
fn steps_say_what_they_ask_for_and_another_address_of_a_record_leads_to_it() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    let created = manager.post("/risks/new", &[("_has", "title"), ("title", "A new risk")]);
    assert_eq!(created.status, 303, "{}", created.text());
    let (path, _) = created.location().split_once('?').unwrap();
    assert!(manager.get(path).text().contains(&format!("{path}/step/analysed")));
    let step = manager.get(&format!("{path}/step/analysed"));
    assert!(step.text().contains("id=\"field-cause\""), "{}", step.text());
    let refused = send(&manager, &format!("{path}/step/analysed"), &controls(&step.text()));
    assert_eq!(refused.status, 422);
    for (from, to) in
        [("/assets/R-0001", "/risks/R-0001"), ("/risks/r-1", "/risks/R-0001"), ("/go/r-1", "/risks/R-0001")]
    {
        assert_eq!(manager.get(from).location(), to);
    }
    assert_eq!(manager.get("/risks/R-9999").status, 404);
}

#[test]
fn a_table_too_long_for_a_form_survives_saving_and_copying() {
    let site = Site::clinic();
    let organisation = site.app.store.organisation(Some("clinic")).unwrap();
    let question = serde_json::json!({ "text": "Which?", "options": ["a", "b"], "correct": [0] });
    let fields = serde_json::json!({ "title": "A long quiz", "questions": vec![question; 250], "max_attempts": 3 });
    let command = Command::Create { kind: Kind::Quiz, fields: fields.as_object().unwrap().clone() };
    organisation.submit(&Principal::operator(), command).unwrap();
    let quiz = isms(&site).records(Kind::Quiz).last().unwrap().any_ref();
    let questions = |of: AnyRef| isms(&site).record(of).unwrap().field("questions").unwrap().as_array().unwrap().len();
    let client = site.role(Role::IsmsManager);
    let path = format!("{}/edit", record_path(quiz));
    let form = typed(controls(&client.get(&path).text()), "title", "A very long quiz");
    assert!(form.iter().all(|(name, _)| !name.starts_with("questions")));
    assert_eq!(send(&client, &path, &form).status, 303);
    assert_eq!(isms(&site).record(quiz).unwrap().head().title.as_deref(), Some("A very long quiz"));
    assert_eq!(questions(quiz), 250);
    let new = format!("/{}/new", slug(Kind::Quiz));
    let copy = controls(&client.get(&format!("{new}?copy={quiz}")).text());
    assert_eq!(send(&client, &new, &copy).status, 303);
    let second = isms(&site).records(Kind::Quiz).last().unwrap().any_ref();
    assert_ne!(second, quiz);
    assert_eq!(questions(second), 250);
}

#[test]
fn a_record_knows_its_place_in_the_list_that_led_to_it_and_the_pages_where_it_is_worked_on() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    let list = manager.get("/risks?sort=-current_value").text();
    let link = list.split("href=\"").find(|part| part.starts_with("/risks/R-")).unwrap();
    let link = link.split('"').next().unwrap().replace("&amp;", "&");
    let page = manager.get(&link).text();
    assert!(page.contains("rel=\"next\"") && !page.contains("rel=\"prev\""), "{link}");
    assert!(list.contains("href=\"/risks/assess\""));
    assert!(page.contains("/rate\"") && page.contains("/money\""));
    let auditor = site.role(Role::InternalAuditor).get("/risks/R-0001").text();
    assert!(!auditor.contains("/rate\"") && auditor.contains("/money\""));
}

/// A quiz with so many questions, and its reference.
fn long_quiz(site: &Site, questions: usize) -> AnyRef {
    let organisation = site.app.store.organisation(Some("clinic")).unwrap();
    let question =
        |at: usize| serde_json::json!({ "text": format!("Question {at}?"), "options": ["a", "b"], "correct": [0] });
    let questions: Vec<Value> = (0..questions).map(question).collect();
    let fields = serde_json::json!({ "title": "A long quiz", "questions": questions, "max_attempts": 3 });
    let command = Command::Create { kind: Kind::Quiz, fields: fields.as_object().unwrap().clone() };
    organisation.submit(&Principal::operator(), command).unwrap();
    isms(site).records(Kind::Quiz).last().unwrap().any_ref()
}

/// The texts of the questions of a quiz.
fn questions(site: &Site, quiz: AnyRef) -> Vec<String> {
    let all = isms(site).record(quiz).unwrap().field("questions").unwrap();
    all.as_array().unwrap().iter().map(|one| one["text"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_long_table_is_changed_some_rows_at_a_time_and_loses_none() {
    let site = Site::clinic();
    let client = site.role(Role::IsmsManager);
    let quiz = long_quiz(&site, 250);
    let page = client.get(&record_path(quiz)).text();
    let rows = format!("{}/rows/questions", record_path(quiz));
    assert!(page.contains("only=questions"), "the table has its pen");
    assert_eq!(client.get(&format!("{}/edit?only=questions", record_path(quiz))).location(), rows);
    assert!(client.get(&format!("{}/edit", record_path(quiz))).text().contains(&format!("href=\"{rows}\"")));

    let third = client.get(&format!("{rows}?from=100"));
    assert!(third.text().contains("aria-current=\"true\">101–150<"), "{}", third.text());
    let form = controls(&third.text());
    assert_eq!(
        form.iter()
            .filter(|(name, _)| name.starts_with("questions.") && name.rsplit('.').next() == Some("text"))
            .count(),
        50
    );
    let changed = typed(form.clone(), "questions.7.text", "Changed?");
    let saved = send(&client, &rows, &changed);
    assert_eq!(saved.status, 303, "{}", saved.text());
    let now = questions(&site, quiz);
    assert_eq!(
        (now.len(), now[106].as_str(), now[107].as_str(), now[108].as_str()),
        (250, "Question 106?", "Changed?", "Question 108?")
    );

    // Taking a row away, adding one at the end, and going on.
    let last = controls(&client.get(&format!("{rows}?from=200")).text());
    let dropped = send(&client, &rows, &[last, vec![("_drop".to_owned(), "questions.0".to_owned())]].concat());
    let more =
        send(&client, &rows, &[controls(&dropped.text()), vec![("_add".to_owned(), "questions".to_owned())]].concat());
    let filled = typed(controls(&more.text()), "questions.49.text", "The last one?");
    let filled = typed(filled, "questions.49.options", "yes\nno");
    assert_eq!(send(&client, &rows, &filled).status, 303);
    let now = questions(&site, quiz);
    assert_eq!((now.len(), now[200].as_str(), now[249].as_str()), (250, "Question 201?", "The last one?"));
    let first = controls(&client.get(&rows).text());
    let on = send(
        &client,
        &rows,
        &[typed(first, "questions.0.text", "First?"), vec![("_next".to_owned(), "1".to_owned())]].concat(),
    );
    assert!(on.location().starts_with(&format!("{rows}?from=50&done=saved")), "{}", on.location());
    assert_eq!(questions(&site, quiz)[0], "First?");

    // What is wrong is said at its row, and everything typed stays.
    let form = controls(&client.get(&format!("{rows}?from=50")).text());
    let wrong = typed(typed(form, "questions.3.correct", "many"), "questions.4.text", "Kept?");
    let wrong = send(&client, &rows, &wrong);
    assert_eq!(wrong.status, 422);
    assert!(
        wrong.text().contains("href=\"#field-questions-3-correct\"") && wrong.text().contains("Kept?"),
        "{}",
        wrong.text()
    );

    assert_eq!(client.get(&format!("{rows}?from=x")).status, 422);
    assert_eq!(client.get(&format!("{}/rows/title", record_path(quiz))).status, 404);
    assert_eq!(client.post(&rows, &[("_has", "questions")]).status, 428);
    assert_eq!(client.get(&format!("{rows}?asof=10")).status, 404);
    assert!([403, 404].contains(&site.role(Role::Employee).get(&rows).status.as_u16()));
    assert_eq!(questions(&site, quiz).len(), 250);
}

#[test]
fn rows_that_two_people_change_are_put_together_or_laid_side_by_side() {
    let site = Site::clinic();
    let client = site.role(Role::IsmsManager);
    let quiz = long_quiz(&site, 230);
    let rows = format!("{}/rows/questions", record_path(quiz));
    let mine = controls(&client.get(&rows).text());
    let theirs = controls(&client.get(&format!("{rows}?from=200")).text());
    assert_eq!(send(&client, &rows, &typed(theirs, "questions.29.text", "Theirs?")).status, 303);
    // Rows behind mine do not collide with them.
    assert_eq!(send(&client, &rows, &typed(mine.clone(), "questions.0.text", "Mine?")).status, 303);
    let now = questions(&site, quiz);
    assert_eq!((now.len(), now[0].as_str(), now[229].as_str()), (230, "Mine?", "Theirs?"));
    let late = send(&client, &rows, &typed(mine, "questions.1.text", "Late?"));
    assert_eq!(late.status, 409);
    let text = late.text();
    assert!(text.contains("Late?") && text.contains("Mine?") && text.contains("_take.questions"), "{text}");
    assert_eq!(questions(&site, quiz)[1], "Question 1?");
    let taken = send(&client, &rows, &typed(controls(&text), "_take.questions", "mine"));
    assert_eq!(taken.status, 303, "{}", taken.text());
    let now = questions(&site, quiz);
    assert_eq!(
        (now.len(), now[0].as_str(), now[1].as_str(), now[229].as_str()),
        (230, "Question 0?", "Late?", "Theirs?")
    );
}

/// The asset that most risks name is shown with a few of them, how many there are, and a list of them all.
#[test]
fn records_that_name_another_are_counted_and_their_list_is_a_link() {
    use attestry_model::Kind;
    let site = Site::clinic();
    let isms = site.app.store.organisation(Some("clinic")).unwrap().isms();
    let mut most = (0, None);
    for asset in isms.records(Kind::Asset) {
        let live = isms.links_from(Kind::Risk, asset.any_ref()).filter(|link| link.field == "assets");
        let count = live.filter(|link| isms.record(link.source).unwrap().head().void_reason.is_none()).count();
        most = most.max((count, Some(asset.any_ref())));
    }
    let (count, asset) = (most.0, most.1.unwrap());
    assert!(count > 4, "the clinic has an asset with more risks than are named at once");
    let manager = site.role(Role::IsmsManager);
    let text = manager.get(&format!("/assets/{asset}")).text();
    let href = format!("/risks?view=all&#38;assets={asset}");
    assert!(text.contains(&format!("href=\"{href}\">All {count} as a list</a>")), "{text}");
    let list = manager.get(&format!("/risks?view=all&assets={asset}&per=200")).text();
    assert!(list.contains(&format!("1 to {count} of {count}<")), "{list}");
}
