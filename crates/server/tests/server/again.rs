//! A session that ends while somebody types: what was typed comes back on a page from which it is sent once more.

use attestry_model::kind::Role;

use crate::client::Site;

const TYPED: &str = "The spare key hangs <b>beside</b> the door & is \"labelled\"";

/// The hidden fields of the form that is sent again.
fn fields(page: &str) -> Vec<(String, String)> {
    let form = page.split_once("<form id=\"again\"").unwrap().1.split_once("</form>").unwrap().0;
    let plain = |text: &str| {
        let names = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#34;", "\""), ("&#39;", "'"), ("&amp;", "&")];
        names.iter().fold(text.to_owned(), |text, (name, sign)| text.replace(name, sign))
    };
    let inputs = form.split("<input type=\"hidden\" name=\"").skip(1);
    let pair = |input: &str| {
        let (name, rest) = input.split_once("\" value=\"").unwrap();
        (plain(name), plain(rest.split_once("\">").unwrap().0))
    };
    inputs.map(pair).collect()
}

#[test]
fn what_was_typed_when_a_session_ended_is_sent_after_signing_in() {
    let site = Site::clinic();
    let revision = site.app.store.organisation(Some("clinic")).unwrap().isms();
    let revision = revision.record("R-0001".parse().unwrap()).unwrap().revision().to_string();
    let form = [("_revision", revision.as_str()), ("_has", "cause"), ("cause", TYPED), ("_save", "1")];
    let answer = site.stranger().post("/risks/R-0001/edit?x=1", &form);
    assert_eq!(answer.status, 401);
    assert_eq!(answer.header("cache-control"), "no-store");
    let page = answer.text();
    assert!(
        page.contains("<form id=\"again\" class=\"stack\" method=\"post\" action=\"/risks/R-0001/edit?x=1\">"),
        "{page}"
    );
    assert!(!page.contains("data-again"), "nothing sends it but the person");
    assert!(!page.contains("<b>beside</b>"), "what was typed is a text");
    let kept = fields(&page);
    assert_eq!(kept.len(), form.len(), "{kept:?}");
    let manager = site.role(Role::IsmsManager);
    let again: Vec<(&str, &str)> = kept.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let saved = manager.post("/risks/R-0001/edit", &again);
    assert_eq!(saved.status, 303, "{}", saved.text());
    let isms = site.app.store.organisation(Some("clinic")).unwrap().isms();
    assert_eq!(isms.record("R-0001".parse().unwrap()).unwrap().field("cause").unwrap(), TYPED);
}

#[test]
fn only_what_was_typed_into_a_form_of_ours_comes_back_and_no_secret_does() {
    let site = Site::clinic();
    let stranger = site.stranger();
    for path in ["/account/password", "/account/totp/confirm", "/step-up", "/settings/people/invite"] {
        let answer = stranger.post(path, &[("password", "a secret that is long enough")]);
        assert_eq!((answer.status.as_u16(), answer.text().contains("a secret")), (303, false), "{path}");
    }
    let foreign = stranger.request("POST", "/risks/new").header("sec-fetch-site", "cross-site");
    let foreign = foreign.header("content-type", "application/x-www-form-urlencoded");
    let answer = site.send(foreign.body("title=Pay+this+invoice".into()).unwrap());
    assert_eq!((answer.status.as_u16(), answer.text().contains("invoice")), (403, false));
    // Nothing typed, another type and too much of it lead to signing in.
    assert_eq!(stranger.post("/risks/new", &[]).status, 303);
    assert_eq!(stranger.send_form("/risks/new", "text/plain", "title=x".to_owned()).status, 303);
    let long = format!("title={}", "x".repeat(300 << 10));
    assert_eq!(stranger.send_form("/risks/new", "application/x-www-form-urlencoded", long).status, 303);
    assert_eq!(stranger.get("/risks/new").status, 303);
    // Programs are told so in their own way.
    assert_eq!(stranger.send_form("/api/v1/risk", "application/json", "{}".to_owned()).status, 401);
}

#[test]
fn whoever_signs_in_beside_it_is_told_to_go_back() {
    let site = Site::clinic();
    // Somebody has an account: before that, everything leads to the first start.
    drop(site.role(Role::IsmsManager));
    let page = site.stranger().get("/sign-in?done=again").text();
    assert!(page.contains("go back to the page with what you typed"), "{page}");
}
