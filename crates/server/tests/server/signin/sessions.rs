//! Sessions and how they end; passwords that others know.

use attestry_model::kind::Role;

use super::{Browser, PASSWORD, account, hidden, with_codes};
use crate::client::Site;

#[test]
fn a_password_from_a_breach_is_refused_where_the_list_of_them_lies_in_the_data_folder() {
    let site = Site::clinic();
    account(&site, Role::IsmsManager, "ida@clinic.example");
    let mut browser = Browser::new(&site);
    browser.sign_in("ida@clinic.example", PASSWORD);
    let breached = "correct horse battery staple";
    std::fs::write(site.app.settings.data.join("breached-passwords.txt"), format!("password1234\n{breached}\n"))
        .unwrap();
    let refused = browser.post("/account/password", &[("current", PASSWORD), ("new", breached)]);
    assert_eq!(refused.status, 422);
    assert!(!refused.text().contains(breached), "a password is never sent back");
    let taken = browser.post("/account/password", &[("current", PASSWORD), ("new", "eleven slow green ferries")]);
    assert_eq!(taken.status, 303, "{}", taken.text());
}

#[test]
fn sessions_are_listed_each_can_be_ended_by_its_owner_and_codes_end_all_others() {
    let site = Site::clinic();
    account(&site, Role::IsmsManager, "ida@clinic.example");
    account(&site, Role::RiskOwner, "rob@clinic.example");
    let sign_in = |login: &str| {
        let mut browser = Browser::new(&site);
        browser.sign_in(login, PASSWORD);
        browser
    };
    let (mut here, mut there, mut third) =
        (sign_in("ida@clinic.example"), sign_in("ida@clinic.example"), sign_in("ida@clinic.example"));
    let mut other = sign_in("rob@clinic.example");
    let listed = here.get("/account").text();
    assert_eq!(listed.matches("action=\"/account/sessions/end\"").count(), 2);
    let id = hidden(&listed, "session").to_owned();
    assert_eq!(other.post("/account/sessions/end", &[("session", &id)]).status, 404, "somebody else's");
    assert_eq!((there.get("/risks").status.as_u16(), third.get("/risks").status.as_u16()), (200, 200));
    assert_eq!(here.post("/account/sessions/end", &[("session", &id)]).status, 303);
    let out = [there.get("/risks").status, third.get("/risks").status].iter().filter(|status| **status == 303).count();
    assert_eq!(out, 1, "the one that was named has ended at once");
    assert_eq!(here.post("/account/sessions/end", &[("session", &id)]).status, 404);
    // A second factor ends every session that was opened without it, and gives this one another secret.
    let before = here.cookie("attestry").unwrap().to_owned();
    with_codes(&mut here);
    assert_ne!(here.cookie("attestry"), Some(before.as_str()));
    assert_eq!((there.get("/risks").status.as_u16(), third.get("/risks").status.as_u16()), (303, 303));
    assert_eq!(here.get("/risks").status, 200);
    assert_eq!(other.get("/risks").status, 200);
    let used = here.cookies.clone();
    here.post("/sign-out", &[]);
    here.cookies = used;
    assert_eq!(here.get("/risks").status, 303, "a cookie of a session that has ended is worth nothing");
}
