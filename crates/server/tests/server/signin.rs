//! Sign-in, sessions, invitations, tokens.

mod assumed;
mod beginning;
mod columns;
mod sessions;

use std::sync::Arc;

use attestry_model::kind::Role;
use attestry_model::records::Person;
use attestry_model::{Command, Principal, Ref};
use attestry_report::Renderer;
use attestry_server::signin::{secret, totp};
use attestry_server::{App, Settings, Ticks, gate};
use attestry_store::{AccountId, Clock, Config, Invitation, Store, Token};
use axum::body::Body;
use jiff::SignedDuration;

use crate::client::{Answer, Site};
use crate::common;

const PASSWORD: &str = "seven quiet blue trams";

/// A browser that keeps its cookies.
struct Browser<'a> {
    site: &'a Site,
    cookies: Vec<(String, String)>,
}

impl<'a> Browser<'a> {
    fn new(site: &'a Site) -> Self {
        Self { site, cookies: Vec::new() }
    }

    fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    fn set(&mut self, name: &str, value: &str) {
        self.cookies.retain(|(known, _)| known != name);
        if !value.is_empty() {
            self.cookies.push((name.to_owned(), value.to_owned()));
        }
    }

    fn send(&mut self, method: &str, path: &str, site: &str, fields: &[(&str, &str)]) -> Answer {
        let encode = attestry_server::html::encode;
        let body: Vec<String> =
            fields.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = axum::http::Request::builder()
            .method(method)
            .uri(path)
            .header("host", "localhost")
            .header("cookie", cookies.join("; "))
            .header("sec-fetch-site", site)
            .header("content-type", "application/x-www-form-urlencoded");
        let answer = self.site.send(request.body(Body::from(body.join("&"))).unwrap());
        for line in answer.headers.get_all("set-cookie") {
            let line = line.to_str().unwrap();
            assert!(line.contains("; HttpOnly; SameSite=Lax") && line.contains("Path=/"), "{line}");
            let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
            self.set(name, value);
        }
        answer
    }

    fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, "same-origin", &[])
    }

    fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.send("POST", path, "same-origin", fields)
    }

    fn sign_in(&mut self, login: &str, password: &str) -> Answer {
        self.post("/sign-in", &[("login", login), ("password", password)])
    }
}

/// An account of somebody with a role, and its password.
fn account(site: &Site, role: Role, login: &str) -> (AccountId, Ref<Person>) {
    let person = common::person_with(&site.app, role).unwrap();
    let accounts = site.app.store.accounts();
    let id = accounts.create(login, Some(&phc()), site.app.now()).unwrap();
    accounts.join(id, "clinic", person).unwrap();
    (id, person)
}

/// The hash of the password, made once.
fn phc() -> String {
    use argon2::password_hash::PasswordHasher as _;
    static PHC: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| {
        let argon = argon2::Argon2::default();
        argon.hash_password_with_salt(PASSWORD.as_bytes(), b"sixteen bytes ok").unwrap().to_string()
    });
    PHC.clone()
}

/// Somebody who is made system administrator and nothing else.
fn administrator(site: &Site) -> Ref<Person> {
    let organisation = site.app.store.organisation(Some("clinic")).unwrap();
    let isms = organisation.isms();
    let fits = isms.live::<Person>().filter(|one| one.state_name() == "active" && one.app_roles == [Role::Employee]);
    let person = fits.last().unwrap().reference();
    let fields = serde_json::Map::from_iter([("app_roles".to_owned(), serde_json::json!(["system_admin"]))]);
    let update = Command::Update { target: person.any(), revision: None, fields, reason: None };
    organisation.submit(&Principal::operator(), update).unwrap();
    person
}

fn hidden<'a>(text: &'a str, name: &str) -> &'a str {
    let mark = format!("name=\"{name}\" value=\"");
    let from = text.find(&mark).unwrap_or_else(|| panic!("{name} in {text}")) + mark.len();
    &text[from..from + text[from..].find('"').unwrap()]
}

#[test]
fn a_right_password_opens_a_session_under_a_fresh_secret_and_leads_where_somebody_wanted_to_go() {
    let site = Site::clinic();
    account(&site, Role::IsmsManager, "ida@clinic.example");
    let mut browser = Browser::new(&site);
    // Somebody has planted a cookie of a session that they know.
    let planted = common::session_of(&site.app, common::person_with(&site.app, Role::Employee).unwrap());
    browser.set("attestry", &planted);
    let answer = browser
        .post("/sign-in", &[("login", "IDA@clinic.example"), ("password", PASSWORD), ("next", "/risks?sort=title")]);
    assert_eq!((answer.status.as_u16(), answer.location()), (303, "/risks?sort=title"), "{}", answer.text());
    assert_ne!(browser.cookie("attestry"), Some(planted.as_str()));
    assert_eq!(browser.get("/risks").status, 200);
    let old = site.app.store.accounts().session(&gate::hash_of(&planted), site.app.now()).unwrap();
    assert_eq!(old, None, "the planted session was ended");
}

#[test]
fn nobody_learns_from_a_failure_whether_a_login_exists() {
    let site = Site::clinic();
    account(&site, Role::IsmsManager, "ida@clinic.example");
    let (off, _) = account(&site, Role::RiskOwner, "off@clinic.example");
    site.app.store.accounts().set_active(off, false).unwrap();
    let mut seen = Vec::new();
    for (login, password) in [
        ("ida@clinic.example", "not the password at all"),
        ("nobody@clinic.example", PASSWORD),
        ("off@clinic.example", PASSWORD),
        ("no such login \u{202e}", PASSWORD),
        ("", ""),
    ] {
        let before = site.app.signin.compared();
        let answer = Browser::new(&site).sign_in(login, password);
        // The hash is what takes the time: all of them cost one, so that no login is answered quicker than another.
        assert_eq!(site.app.signin.compared() - before, 1, "{login}");
        let escaped = attestry_server::html::Html::text(login).as_str().to_owned();
        let text = answer.text().replace(&format!("value=\"{}\"", escaped.trim()), "value=\"\"");
        assert_eq!(answer.status, 422, "{login}");
        assert!(text.contains("do not go together"), "{text}");
        assert!(answer.headers.get("set-cookie").is_none());
        seen.push((login, text));
    }
    let (_, first) = &seen[0];
    for (login, text) in &seen {
        assert_eq!(text, first, "{login}");
    }
}

#[test]
fn of_a_hundred_guesses_at_once_ten_are_tried_and_the_owner_still_comes_in_from_a_known_device() {
    let site = Site::clinic();
    account(&site, Role::IsmsManager, "ida@clinic.example");
    let mut owner = Browser::new(&site);
    assert_eq!(owner.sign_in("ida@clinic.example", PASSWORD).status, 303);
    owner.post("/sign-out", &[]);
    assert!(owner.cookie("attestry").is_none() && owner.cookie("attestry-device").is_some());
    let outcomes: Vec<u16> = std::thread::scope(|scope| {
        let guesses: Vec<_> = (0..100)
            .map(|_| {
                let site = &site;
                scope.spawn(move || {
                    Browser::new(site).sign_in("ida@clinic.example", "wrong wrong wrong").status.as_u16()
                })
            })
            .collect();
        guesses.into_iter().map(|guess| guess.join().unwrap()).collect()
    });
    let tried = outcomes.iter().filter(|status| **status == 422).count();
    assert!((1..=10).contains(&tried), "{tried} guesses were tried");
    assert_eq!(outcomes.iter().filter(|status| **status == 429).count(), 100 - tried);
    assert_eq!(Browser::new(&site).sign_in("ida@clinic.example", PASSWORD).status, 429, "a stranger has to wait");
    assert_eq!(owner.sign_in("ida@clinic.example", PASSWORD).status, 303, "the owner has not");
}

#[test]
fn a_sign_in_from_another_site_is_refused() {
    let site = Site::clinic();
    account(&site, Role::IsmsManager, "ida@clinic.example");
    for from in ["cross-site", "same-site", "none"] {
        let mut browser = Browser::new(&site);
        let fields = [("login", "ida@clinic.example"), ("password", PASSWORD)];
        let answer = browser.send("POST", "/sign-in", from, &fields);
        assert_eq!(answer.status, 403, "{from}");
        assert!(browser.cookie("attestry").is_none());
    }
}

#[test]
fn signing_in_leads_to_no_other_site() {
    let site = Site::clinic();
    account(&site, Role::IsmsManager, "ida@clinic.example");
    let mut browser = Browser::new(&site);
    for next in
        ["//evil.example", "/\\evil.example", "https://evil.example", "/\t/evil", "\\\\evil", "javascript:x", "/..\\e"]
    {
        let answer =
            browser.post("/sign-in", &[("login", "ida@clinic.example"), ("password", PASSWORD), ("next", next)]);
        assert_eq!(answer.location(), "/", "{next:?}");
    }
}

#[test]
fn a_new_password_ends_every_other_session_and_rotates_this_one() {
    let site = Site::clinic();
    account(&site, Role::IsmsManager, "ida@clinic.example");
    let (mut here, mut there) = (Browser::new(&site), Browser::new(&site));
    here.sign_in("ida@clinic.example", PASSWORD);
    there.sign_in("ida@clinic.example", PASSWORD);
    let before = here.cookie("attestry").unwrap().to_owned();
    let short = here.post("/account/password", &[("current", PASSWORD), ("new", "short")]);
    assert!(short.status == 422 && short.text().contains("at least 12 characters"));
    let wrong = here.post("/account/password", &[("current", "wrong"), ("new", "eight loud red buses")]);
    assert_eq!(wrong.status, 422);
    assert_eq!(there.get("/risks").status, 200);
    let answer = here.post("/account/password", &[("current", PASSWORD), ("new", "eight loud red buses")]);
    assert_eq!(answer.location(), "/account?done=password", "{}", answer.text());
    assert_ne!(here.cookie("attestry"), Some(before.as_str()));
    assert_eq!((here.get("/risks").status.as_u16(), there.get("/risks").status.as_u16()), (200, 303));
    assert_eq!(Browser::new(&site).sign_in("ida@clinic.example", PASSWORD).status, 422);
    assert_eq!(Browser::new(&site).sign_in("ida@clinic.example", "eight loud red buses").status, 303);
}

/// Sets up one-time codes and gives their secret and the recovery codes.
fn with_codes(browser: &mut Browser<'_>) -> (String, Vec<String>) {
    let begun = browser.post("/account/totp", &[]);
    assert_eq!(begun.status, 200, "{}", begun.text());
    let text = begun.text();
    assert!(text.contains("<svg class=\"qr\""));
    let from = text.find("class=\"secret\">").unwrap() + 15;
    let shown = text[from..from + text[from..].find('<').unwrap()].replace(' ', "");
    let pending = hidden(&text, "pending").to_owned();
    let wrong = browser.post("/account/totp/confirm", &[("pending", &pending), ("code", "000000x")]);
    assert_eq!(wrong.status, 422);
    let pending = hidden(&wrong.text(), "pending").to_owned();
    let code = totp::code(&shown, browser.site.app.now()).unwrap();
    let done = browser.post("/account/totp/confirm", &[("pending", &pending), ("code", &code)]);
    assert_eq!(done.status, 200, "{}", done.text());
    let codes: Vec<String> = hidden(&done.text(), "codes").split(' ').map(str::to_owned).collect();
    assert_eq!(codes.len(), secret::RECOVERY_CODES);
    (shown, codes)
}

#[test]
fn with_codes_a_password_is_not_enough_and_no_code_works_twice() {
    let site = Site::clinic();
    let (id, _) = account(&site, Role::IsmsManager, "ida@clinic.example");
    let mut browser = Browser::new(&site);
    browser.sign_in("ida@clinic.example", PASSWORD);
    let (shown, codes) = with_codes(&mut browser);
    assert_eq!(browser.get("/account").status, 200, "the session goes on under its new secret");

    let half = browser.sign_in("ida@clinic.example", PASSWORD);
    assert!(half.status == 200 && half.headers.get("set-cookie").is_none());
    let pending = hidden(&half.text(), "pending").to_owned();
    // The code that confirmed the enrolment is used up.
    let code = totp::code(&shown, site.app.now()).unwrap();
    let again = browser.post("/sign-in/code", &[("pending", &pending), ("code", &code)]);
    assert_eq!(again.status, 422, "{}", again.text());
    let replayed = browser.post("/sign-in/code", &[("pending", &pending), ("code", &codes[0])]);
    assert!(replayed.status == 422 && replayed.text().contains("Start again"), "a question is answered once");
    let next = hidden(&again.text(), "pending").to_owned();
    let inside = browser.post("/sign-in/code", &[("pending", &next), ("code", &codes[0].to_uppercase())]);
    assert_eq!(inside.status, 303, "{}", inside.text());

    let half = browser.sign_in("ida@clinic.example", PASSWORD);
    let pending = hidden(&half.text(), "pending").to_owned();
    let twice = browser.post("/sign-in/code", &[("pending", &pending), ("code", &codes[0])]);
    assert_eq!(twice.status, 422, "a recovery code works once");
    assert_eq!(site.app.store.accounts().recovery_codes_left(id).unwrap(), 9);
}

#[test]
fn an_account_switched_off_or_a_person_suspended_is_out_at_once_with_session_and_token() {
    let site = Site::clinic();
    let (id, person) = account(&site, Role::Employee, "rita@clinic.example");
    let token = |secret: &str| {
        let token = Token {
            id: 0,
            account: id,
            organisation: "clinic".to_owned(),
            person,
            name: "script".to_owned(),
            scopes: vec!["read".to_owned()],
            created_at: site.app.now(),
            expires_at: site.app.now() + SignedDuration::from_hours(1),
            used_at: None,
        };
        site.app.store.accounts().create_token(&gate::hash_of(secret), &token).unwrap();
    };
    token("att_x");
    let known = |secret: &str| site.app.store.accounts().token(&gate::hash_of(secret), site.app.now()).unwrap();
    let mut browser = Browser::new(&site);
    browser.sign_in("rita@clinic.example", PASSWORD);
    assert_eq!(browser.get("/account").status, 200);

    let admin = site.person(administrator(&site));
    let off = admin.post("/settings/people/switch", &[("person", &person.any().to_string()), ("to", "off")]);
    assert_eq!(off.status, 303, "{}", off.text());
    assert_eq!(browser.get("/account").status, 303);
    assert!(known("att_x").is_none());
    assert_eq!(browser.sign_in("rita@clinic.example", PASSWORD).status, 422);
    admin.post("/settings/people/switch", &[("person", &person.any().to_string()), ("to", "on")]);
    browser.sign_in("rita@clinic.example", PASSWORD);
    assert_eq!(browser.get("/account").status, 200);

    let organisation = site.app.store.organisation(Some("clinic")).unwrap();
    let step = Command::Step {
        target: person.any(),
        to: "suspended".to_owned(),
        revision: None,
        fields: serde_json::Map::new(),
        reason: None,
    };
    organisation.submit(&Principal::operator(), step).unwrap();
    assert_eq!(browser.get("/account").status, 303);
    assert_eq!(browser.sign_in("rita@clinic.example", PASSWORD).status, 422);
}

#[test]
fn before_something_that_counts_the_proof_is_fresh_and_proving_rotates_the_session() {
    let site = Site::clinic();
    let (id, _) = account(&site, Role::IsmsManager, "ida@clinic.example");
    let mut browser = Browser::new(&site);
    browser.sign_in("ida@clinic.example", PASSWORD);
    // The sign-in was a while ago.
    let old = site.app.now() - SignedDuration::from_mins(11);
    let hash = gate::hash_of(browser.cookie("attestry").unwrap());
    site.app.store.accounts().step_up(&hash, "password", old).unwrap();
    site.app.forget_sessions();
    for path in ["/account/totp", "/account/recovery-codes", "/account/totp/remove"] {
        let answer = browser.post(path, &[]);
        assert!(answer.location().starts_with("/step-up?next="), "{path}: {}", answer.status);
    }
    let before = browser.cookie("attestry").unwrap().to_owned();
    let wrong = browser.post("/step-up", &[("password", "wrong"), ("next", "/account")]);
    assert!(wrong.status == 422 && browser.cookie("attestry") == Some(before.as_str()));
    let right = browser.post("/step-up", &[("password", PASSWORD), ("next", "//evil.example")]);
    assert_eq!((right.status.as_u16(), right.location()), (303, "/"));
    assert_ne!(browser.cookie("attestry"), Some(before.as_str()));
    browser.set("attestry", browser.cookie("attestry").unwrap().to_owned().as_str());
    assert_eq!(browser.post("/account/totp", &[]).status, 200);
    assert_eq!(site.app.store.accounts().sessions(id, site.app.now()).unwrap().len(), 1);
}

#[test]
fn a_session_that_nobody_uses_for_two_hours_has_ended() {
    let site = Site::clinic();
    let (id, _) = account(&site, Role::IsmsManager, "ida@clinic.example");
    for (hours, status) in [(1, 200), (2, 303)] {
        let secret = format!("idle-{hours}");
        let seen = site.app.now() - SignedDuration::from_hours(hours);
        let session = attestry_store::Session {
            account: id,
            organisation: Some("clinic".to_owned()),
            created_at: seen,
            seen_at: seen,
            expires_at: seen + SignedDuration::from_hours(12),
            stepped_up_at: None,
            agent: String::new(),
            address: String::new(),
            method: "password".to_owned(),
        };
        site.app.store.accounts().open_session(&gate::hash_of(&secret), &session).unwrap();
        let mut browser = Browser::new(&site);
        browser.set("attestry", &secret);
        assert_eq!(browser.get("/account").status, status, "{hours} hours");
    }
}

#[test]
fn an_invitation_works_once_and_not_after_its_week() {
    let site = Site::clinic();
    let person = common::person_with(&site.app, Role::Employee).unwrap();
    let manager = site.role(Role::IsmsManager);
    let made = manager.post("/settings/people/invite", &[("person", &person.any().to_string())]);
    assert_eq!(made.status, 200, "{}", made.text());
    let text = made.text();
    let from = text.find("/invitation?link=").unwrap();
    let path = text[from..from + text[from..].find('<').unwrap()].to_owned();
    let link = path.split_once('=').unwrap().1.to_owned();

    let mut guest = Browser::new(&site);
    let shown = guest.get(&path);
    assert!(shown.status == 200 && shown.text().contains("Cedar Hollow"), "{}", shown.text());
    let weak = guest.post("/invitation", &[("link", &link), ("login", "new@clinic.example"), ("password", "short")]);
    assert_eq!(weak.status, 422);
    let fields = [("link", link.as_str()), ("login", "new@clinic.example"), ("password", PASSWORD)];
    let joined = guest.post("/invitation", &fields);
    assert_eq!((joined.status.as_u16(), joined.location()), (303, "/"), "{}", joined.text());
    assert_eq!(guest.get("/account").status, 200);

    let mut second = Browser::new(&site);
    assert_eq!(second.get(&path).status, 404);
    let other = [("link", link.as_str()), ("login", "second@clinic.example"), ("password", PASSWORD)];
    assert_eq!(second.post("/invitation", &other).status, 404);
    assert!(site.app.store.accounts().by_login("second@clinic.example").unwrap().is_none());

    let accounts = site.app.store.accounts();
    accounts.leave(accounts.by_login("new@clinic.example").unwrap().unwrap().id, "clinic").unwrap();
    let invitation = Invitation {
        organisation: "clinic".to_owned(),
        person,
        created_by: None,
        expires_at: site.app.now() - SignedDuration::from_secs(1),
    };
    accounts.invite(&gate::hash_of("old"), &invitation).unwrap();
    assert_eq!(second.get("/invitation?link=old").status, 404);
}

#[test]
fn nobody_opens_a_way_to_roles_above_their_own() {
    let site = Site::clinic();
    let admin = site.person(administrator(&site));
    assert_eq!(admin.get("/settings/people").status, 200);
    for role in [Role::IsmsManager, Role::TopManagement, Role::InternalAuditor] {
        let above = common::person_with(&site.app, role).unwrap();
        for path in ["/settings/people/invite", "/settings/people/switch", "/settings/people/leave"] {
            let answer = admin.post(path, &[("person", &above.any().to_string()), ("to", "off")]);
            assert_eq!(answer.status, 403, "{role:?} {path}");
        }
    }
    for role in [Role::Employee, Role::RiskOwner, Role::TopManagement] {
        assert_eq!(site.role(role).get("/settings/people").status, 403, "{role:?}");
    }
}

#[test]
fn a_token_is_shown_once_ends_within_a_year_and_a_reading_one_does_not_open_pages() {
    let site = Site::clinic();
    let (id, _) = account(&site, Role::IsmsManager, "ida@clinic.example");
    let mut browser = Browser::new(&site);
    browser.sign_in("ida@clinic.example", PASSWORD);
    for expires in ["2027-07-01", "2026-06-29", "tomorrow", ""] {
        let answer = browser.post("/account/tokens", &[("name", "script"), ("scope", "read"), ("expires", expires)]);
        assert_eq!(answer.status, 422, "{expires:?}");
    }
    let made = browser.post("/account/tokens", &[("name", "script <b>"), ("scope", "read"), ("expires", "2026-12-31")]);
    let text = made.text();
    let from = text.find("att_").unwrap();
    let secret = &text[from..from + text[from..].find('<').unwrap()];
    let token = site.app.store.accounts().token(&gate::hash_of(secret), site.app.now()).unwrap().unwrap();
    assert_eq!(token.scopes, ["read"]);
    let again = browser.get("/account").text();
    assert!(!again.contains("att_") && again.contains("script &#60;b&#62;"));
    let request = axum::http::Request::builder().uri("/account").header("host", "localhost");
    let request = request.header("authorization", format!("Bearer {secret}"));
    assert_eq!(site.send(request.body(Body::empty()).unwrap()).status, 303, "a token opens no page");
    browser.post("/account/tokens/revoke", &[("token", &token.id.to_string())]);
    assert!(site.app.store.accounts().tokens(id, "clinic").unwrap().is_empty());
}

#[test]
fn somebody_in_two_organisations_chooses_one_and_cannot_choose_a_third() {
    let site = Site::clinic();
    let (id, _) = account(&site, Role::IsmsManager, "ida@clinic.example");
    for name in ["second", "third"] {
        let organisation = site.app.store.create_organisation(&format!("The {name}"), Some(name)).unwrap();
        let plan = attestry_exchange::import(&common::clinic_files(), &organisation.isms(), None, site.app.now());
        let command = Command::Import { records: plan.unwrap().records, reason: None };
        organisation.submit(&Principal::operator(), command).unwrap();
    }
    let person = common::person_with(&site.app, Role::Employee).unwrap();
    site.app.store.accounts().join(id, "second", person).unwrap();
    let mut browser = Browser::new(&site);
    let answer = browser.sign_in("ida@clinic.example", PASSWORD);
    assert_eq!(answer.location(), "/organisation?next=%2F");
    assert_eq!(browser.get("/risks").status, 303, "nothing is open before the choice");
    let page = browser.get("/organisation").text();
    assert!(page.contains("The second") && !page.contains("The third"));
    assert_eq!(browser.post("/organisation", &[("organisation", "third")]).status, 404);
    let before = browser.cookie("attestry").unwrap().to_owned();
    assert_eq!(browser.post("/organisation", &[("organisation", "second")]).status, 303);
    assert_ne!(browser.cookie("attestry"), Some(before.as_str()));
    assert_eq!(browser.get("/settings").status, 403, "an employee there, whatever they are elsewhere");
    browser.post("/organisation", &[("organisation", "clinic")]);
    assert_eq!(browser.get("/settings").status, 200);
}

/// A server on an empty folder.
fn empty() -> Site {
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::Fixed(common::NOW.parse().unwrap());
    let store = Store::open(&Config::new(folder.path()).with_clock(clock)).unwrap();
    let settings = Settings { ticks: Ticks::standing(), ..common::settings(folder.path(), clock) };
    let app = App::new(store, settings, Arc::new(Renderer::in_process), Arc::new(common::clinic_files)).unwrap();
    Site::of(app, folder)
}

/// A browser of the first administrator.
fn first(site: &Site) -> Browser<'_> {
    let path = site.app.signin.first_start(&site.app).unwrap();
    let link = path.split_once('=').unwrap().1.to_owned();
    let mut browser = Browser::new(site);
    let fields = [
        ("link", link.as_str()),
        ("organisation", "Hill School"),
        ("name", "Ada Hill"),
        ("login", "ada@hill.example"),
        ("password", PASSWORD),
    ];
    let answer = browser.post("/first-start", &fields);
    assert_eq!(answer.location(), "/setup", "{}", answer.text());
    browser
}

/// An upload of one file.
fn upload(browser: &Browser<'_>, name: &str, content: &str) -> Answer {
    let body = format!(
        "--x\r\ncontent-disposition: form-data; name=\"files\"; filename=\"{name}\"\r\n\r\n{content}\r\n--x--\r\n"
    );
    let request = axum::http::Request::builder()
        .method("POST")
        .uri("/setup/import")
        .header("host", "localhost")
        .header("cookie", format!("attestry={}", browser.cookie("attestry").unwrap()))
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "multipart/form-data; boundary=x");
    browser.site.send(request.body(Body::from(body)).unwrap())
}

#[test]
fn looks_are_kept_and_what_a_form_does_not_name_stays() {
    let site = Site::clinic();
    let mut browser = Browser::new(&site);
    browser.post("/look", &[("theme", "dark"), ("density", "roomy"), ("back", "/")]);
    browser.post("/look", &[("keys", "off")]);
    assert_eq!(browser.cookie("attestry-look"), Some("dark.roomy.nokeys"));
    let answer = browser.post("/look", &[("theme", "\"><script>"), ("back", "//evil.example")]);
    assert_eq!((browser.cookie("attestry-look"), answer.location()), (Some("roomy.nokeys"), "/"));
}

#[test]
fn a_field_of_ones_own_is_added_and_removed() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    let field = [("kind", "risk"), ("name", "region"), ("type", "enum(north,south)"), ("label", "Region")];
    assert_eq!(manager.post("/settings/fields", &field).location(), "/settings?done=field-added#fields");
    assert!(manager.get("/settings").text().contains("Region"));
    let wrong = [("kind", "risk"), ("name", "Bad Name"), ("type", "what"), ("label", "Kept")];
    let wrong = manager.post("/settings/fields", &wrong);
    assert!(wrong.status == 422 && wrong.text().contains("value=\"Kept\""), "{}", wrong.text());
    let gone = manager.post("/settings/fields/remove", &[("kind", "risk"), ("name", "region")]);
    assert_eq!(gone.location(), "/settings?done=field-removed#fields");
}
