//! Pages of faults: who can help, and the way on.

use attestry_model::kind::Role;
use attestry_server::fault::Fault;
use attestry_server::pages::fault::{Asked, FaultPage};
use axum::body::Body;
use axum::http::{HeaderMap, Method, Uri};
use axum::response::IntoResponse as _;

use crate::client::Site;

fn manager(site: &Site) -> String {
    let person = site.role(Role::IsmsManager).person.unwrap();
    site.app.store.organisation(Some("clinic")).unwrap().isms().get(person).unwrap().title().to_owned()
}

#[test]
fn what_is_forbidden_or_missing_names_who_can_help_and_only_to_people_of_the_organisation() {
    let site = Site::clinic();
    let name = manager(&site);
    let employee = site.role(Role::Employee);
    for (path, status) in [("/settings", 403), ("/risks/R-9999", 404), ("/nothing/here", 404)] {
        let answer = employee.get(path);
        assert_eq!(answer.status, status, "{path}");
        assert!(answer.text().contains(&name), "{path}: {}", answer.text());
        assert!(!site.stranger().get(path).text().contains(&name), "a stranger learns a name at {path}");
    }
}

#[test]
fn what_is_missing_can_be_searched_for_and_its_address_is_only_text() {
    let site = Site::clinic();
    let person = site.role(Role::IsmsManager);
    let text = person.get("/risks/wrong%20%22%3E%3Cimg%20src%3Dx%3E").text();
    assert!(text.contains("action=\"/search\"") && !text.contains("<img"), "{text}");
    assert!(person.get("/nothing/Ransomware").text().contains("value=\"Ransomware\""));
    assert!(!person.get("/risks?state=").text().contains("fault-q"), "a page that is there offers no such search");
}

#[test]
fn after_a_refused_change_the_way_leads_back_to_the_page_before_and_nowhere_else() {
    let site = Site::clinic();
    let person = site.role(Role::IsmsManager);
    let back = |referer: &str| {
        let request = person.request("POST", "/risks/R-0001/comments").header("sec-fetch-site", "cross-site");
        let request = request.header("referer", referer).body(Body::empty()).unwrap();
        let answer = site.send(request);
        assert_eq!(answer.status, 403);
        let text = answer.text();
        let links: Vec<String> = text
            .split("<a class=\"btn")
            .skip(1)
            .filter_map(|tag| Some(tag.split_once("href=\"")?.1.split('"').next()?.to_owned()))
            .collect();
        links
    };
    assert_eq!(back("http://localhost/risks/R-0001?from=view%3Dall"), ["/risks/R-0001?from=view%3Dall", "/"]);
    for elsewhere in [
        "http://localhost.evil.example/risks",
        "https://localhost/risks",
        "http://evil.example/",
        "http://localhost//evil.example/",
        "http://localhost@evil.example/",
        "javascript:alert(1)",
        "nonsense",
    ] {
        assert_eq!(back(elsewhere), ["/"], "{elsewhere}");
    }
}

#[test]
fn choices_in_an_address_that_are_wrong_can_be_left_out() {
    let site = Site::clinic();
    let person = site.role(Role::IsmsManager);
    let answer = person.get("/risks?nofield=1&per=100");
    assert_eq!(answer.status, 422);
    assert!(answer.text().contains("<a class=\"btn primary\" href=\"/risks\">"), "{}", answer.text());
}

#[test]
fn what_may_be_answered_the_next_time_is_asked_again() {
    let site = Site::clinic();
    let page = |fault: &Fault, method: &Method| {
        let (uri, headers) = (Uri::from_static("/risks?per=100"), HeaderMap::new());
        let asked = Asked { request: "r", method, uri: &uri, headers: &headers };
        let answer = FaultPage::new(&site.app, fault, &asked).into_response();
        let body = site.wait(axum::body::to_bytes(answer.into_body(), 1 << 20)).unwrap();
        String::from_utf8(body.to_vec()).unwrap()
    };
    let again = "<a class=\"btn primary\" href=\"/risks?per=100\">Try again</a>";
    let passing =
        [Fault::TooMany(7), Fault::ReadOnly("the disk is full".to_owned()), Fault::Broken("secret".to_owned())];
    for fault in &passing {
        let text = page(fault, &Method::GET);
        assert!(text.contains(again) && !text.contains("secret"), "{text}");
        assert!(!page(fault, &Method::POST).contains(again), "a change is not sent twice by a link");
    }
    assert!(page(&passing[0], &Method::GET).contains("Try again in 7 seconds."));
    assert!(page(&passing[1], &Method::GET).contains("the disk is full"));
    assert!(!page(&Fault::Absent, &Method::GET).contains("Try again"));
}
