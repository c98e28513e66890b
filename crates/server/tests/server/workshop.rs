//! A risk workshop: voices, what was agreed, who leads and who looks on.

use attestry_model::Ref;
use attestry_model::kind::Role;
use attestry_model::records::{Person, Risk};

use crate::client::{Client, Site};
use crate::risk_work::{hidden, isms, ok};

fn voices(site: &Site) -> (Ref<Person>, Ref<Person>, Ref<Person>) {
    let person = |role| site.role(role).person.unwrap();
    (person(Role::IsmsManager), person(Role::RiskOwner), person(Role::ControlOwner))
}

#[test]
fn in_a_workshop_voices_are_shown_talked_about_and_what_was_agreed_is_kept() {
    let site = Site::clinic();
    let (moderator, owner, management) = voices(&site);
    let (moderator, owner, management) = (site.person(moderator), site.person(owner), site.person(management));
    assert!(ok(&owner, "/risks/workshop").contains("Begin") || ok(&owner, "/risks/workshop").contains("No workshop"));
    assert_eq!(moderator.post("/risks/workshop", &[("which", "all")]).status, 303);
    let page = ok(&moderator, "/risks/workshop");
    assert!(page.contains("R-0001") && page.contains("name=\"act\" value=\"show\""));
    let key = hidden(&page, "key");

    let ballot = ok(&owner, "/risks/workshop");
    assert!(ballot.contains("action=\"/risks/workshop/vote\"") && !ballot.contains("value=\"show\""));
    let vote = |client: &Client<'_>, key: &str, l: &str, i: &str| {
        client.post("/risks/workshop/vote", &[("key", key), ("likelihood", l), ("impact", i)])
    };
    assert_eq!(vote(&owner, &key, "4", "3").status, 303);
    assert_eq!(vote(&management, &key, "1", "3").status, 303);
    assert_eq!(vote(&management, &key, "9", "3").status, 422);
    assert_eq!(vote(&site.role(Role::InternalAuditor), &key, "1", "1").status, 403, "auditors look on");
    assert_eq!(vote(&site.role(Role::Employee), &key, "1", "1").status, 403);
    let unseen = ok(&owner, "/risks/workshop");
    assert!(
        unseen.contains("<b data-votes>2</b>") && !unseen.contains("class=\"voices\""),
        "unseen until they are shown"
    );

    let lead = |client: &Client<'_>, fields: &[(&str, &str)]| client.post("/risks/workshop/lead", fields);
    assert_eq!(lead(&owner, &[("key", &key), ("act", "show")]).status, 403);
    assert_eq!(lead(&moderator, &[("key", &key), ("act", "show")]).status, 303);
    let late = vote(&owner, &key, "2", "2");
    assert_eq!((late.status.as_u16(), late.location()), (303, "/risks/workshop?done=workshop-moved"));
    let shown = ok(&moderator, "/risks/workshop?as=screen");
    assert!(shown.contains("1 to 4") && shown.contains("all say 3"), "{shown}");
    let (key, revision) = (hidden(&shown, "key"), hidden(&shown, "revision"));
    let mut take = vec![
        ("key", key.as_str()),
        ("revision", revision.as_str()),
        ("current_likelihood", "3"),
        ("current_impact", "3"),
        ("act", "take"),
    ];
    let refused = lead(&moderator, &take);
    assert_eq!(refused.status, 422);
    assert!(refused.text().contains("id=\"e-ad\""), "three levels apart: what was said is asked for");
    take.push(("discussion", "The one case was before the second factor <b>"));
    let taken = lead(&moderator, &take);
    assert_eq!(taken.status, 303, "{}", taken.text());
    assert!(
        taken.location().starts_with("/risks/workshop?as=screen&done=agreed%20R-0001&undo="),
        "{}",
        taken.location()
    );
    let risk = isms(&site).get(Ref::<Risk>::new(1)).unwrap().clone();
    assert_eq!(risk.current_value, Some(9));
    assert_eq!(risk.difference_reason.as_deref(), Some("The one case was before the second factor <b>"));
    let organisation = site.app.store.organisation(Some("clinic")).unwrap();
    let reason = organisation.history(risk.reference().any()).unwrap().pop().unwrap().reason.unwrap();
    assert_eq!(reason, "Workshop, 2 voices: likelihood 1 to 4, impact 3 to 3");
    let twice = lead(&moderator, &take);
    assert_eq!(twice.location(), "/risks/workshop?done=workshop-moved", "a second press changes nothing");
    let next = ok(&moderator, "/risks/workshop");
    assert!(next.contains("<b data-votes>0</b>") && !next.contains("data-workshop=\"R-0001"));
    assert_eq!(lead(&moderator, &[("act", "end"), ("key", "")]).location(), "/risks/workshop?done=workshop%201");
    assert!(ok(&owner, "/risks/workshop").contains("workshop"));
}

#[test]
fn a_workshop_is_led_by_who_may_decide_and_looked_on_by_others() {
    let site = Site::clinic();
    assert_eq!(site.role(Role::InternalAuditor).post("/risks/workshop", &[("which", "all")]).status, 403);
    let manager = site.role(Role::IsmsManager);
    assert_eq!(
        manager.post("/risks/workshop/vote", &[("key", "R-0001 1 0"), ("likelihood", "1"), ("impact", "1")]).status,
        303
    );
    assert_eq!(manager.post("/risks/workshop", &[("risk", "R-0003")]).status, 303);
    let again = manager.post("/risks/workshop", &[("which", "all")]);
    assert_eq!(again.location(), "/risks/workshop?done=workshop-moved", "one at a time");
    let page = ok(&site.role(Role::InternalAuditor), "/risks/workshop");
    assert!(page.contains("R-0003") && !page.contains("action=\"/risks/workshop"), "no buttons for who looks on");
    assert_eq!(manager.post("/risks/workshop/lead", &[("act", "dance"), ("key", "")]).status, 422);
    let key = hidden(&ok(&manager, "/risks/workshop"), "key");
    let skipped = manager.post("/risks/workshop/lead", &[("act", "skip"), ("key", &key)]);
    assert_eq!(skipped.location(), "/risks/workshop?done=workshop%200", "the last risk ends it");
}

#[test]
fn the_stream_of_a_workshop_tells_how_many_have_voted() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    manager.post("/risks/workshop", &[("risk", "R-0001")]);
    let request = manager.request("GET", "/risks/workshop/stream").body(axum::body::Body::empty()).unwrap();
    let mut stream = site.stream(request);
    stream.until(|text| text.contains("\"votes\":0"));
    let vote = [("key", "R-0001 1 0"), ("likelihood", "2"), ("impact", "2")];
    assert_eq!(manager.post("/risks/workshop/vote", &vote).status, 303);
    stream.until(|text| text.contains("\"votes\":1"));
    site.app.ending.send_replace(true);
    let text = stream.rest();
    let told: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("data: ")).collect();
    assert_eq!(told, [r#"{"key":"R-0001 1 0","votes":0}"#, r#"{"key":"R-0001 1 0","votes":1}"#], "{text}");
    assert_eq!(site.role(Role::Employee).get("/risks/workshop/stream").status, 403);
}
