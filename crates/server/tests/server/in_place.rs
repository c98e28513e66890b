//! One value changed where it stands: the form of one field, which scripts open in its place.

use attestry_model::AnyRef;
use attestry_model::kind::Role;

use crate::client::Site;

fn risk() -> AnyRef {
    "R-0001".parse().unwrap()
}

#[test]
fn a_form_of_one_field_that_comes_back_takes_nothing_else_away() {
    let site = Site::clinic();
    let organisation = site.app.store.organisation(Some("clinic")).unwrap();
    let client = site.role(Role::IsmsManager);
    let isms = organisation.isms();
    let before = isms.record(risk()).unwrap();
    let revision = before.revision().to_string();
    let page = client.get("/risks/R-0001/edit?only=title").text();
    assert_eq!(page.matches("name=\"_has\"").count(), 1, "{page}");
    // Wrong, or only looked at: the page that comes back shows the same field and no other.
    for button in ["_save", "_effect"] {
        let form = [("_revision", revision.as_str()), ("_has", "title"), ("title", ""), (button, "1")];
        let answer = client.post("/risks/R-0001/edit", &form);
        assert_eq!(answer.status, 422);
        let page = answer.text();
        assert_eq!(page.matches("name=\"_has\"").count(), 1, "{button}: {page}");
        assert!(page.contains("data-fresh"), "no draft takes its place");
    }
    let form = [("_revision", revision.as_str()), ("_has", "title"), ("title", "Keys are lost"), ("_save", "1")];
    let answer = client.post("/risks/R-0001/edit", &form);
    assert_eq!(answer.status, 303, "{}", answer.text());
    assert!(answer.location().contains("undo=1"));
    let isms = organisation.isms();
    let (mut was, mut now) = (before.fields(), isms.record(risk()).unwrap().fields());
    assert_eq!(now.remove("title"), Some("Keys are lost".into()));
    was.remove("title");
    assert_eq!(now, was, "nothing but the title has changed");
}

#[test]
fn a_page_that_is_opened_holds_no_answer_yet() {
    let site = Site::clinic();
    let client = site.role(Role::IsmsManager);
    for path in ["/risks/R-0001/edit", "/risks/new", "/risks/R-0001/edit?only=cause"] {
        assert!(!client.get(path).text().contains("data-fresh"), "{path}: a draft may come back");
    }
    let back = client.post("/risks/new", &[("_has", "assets"), ("assets~add", "x"), ("_find", "assets")]);
    assert!(back.text().contains("data-fresh"), "what comes back is newer than any draft");
}

#[test]
fn a_picker_offers_to_make_what_is_not_there_to_whoever_may() {
    let site = Site::clinic();
    let asked = "/pick?kind=asset&q=Lantern";
    let told = |role| -> serde_json::Value { serde_json::from_slice(&site.role(role).get(asked).body).unwrap() };
    assert_eq!(told(Role::IsmsManager)["create"], "New asset “Lantern”");
    assert!(told(Role::Employee)["create"].is_null(), "who may not create one is offered none");
    let nothing: serde_json::Value =
        serde_json::from_slice(&site.role(Role::IsmsManager).get("/pick?kind=asset&q=%20").body).unwrap();
    assert!(nothing["create"].is_null());
}

#[test]
fn what_was_made_in_a_picker_is_chosen_by_its_name_and_nothing_else_is_offered() {
    let site = Site::clinic();
    let client = site.role(Role::IsmsManager);
    let form = [
        ("_has", "title"),
        ("title", "Storm"),
        ("_has", "threats"),
        ("threats~add", "Lightning"),
        ("_create", "threats"),
    ];
    let page = client.post("/risks/new", &form).text();
    let isms = site.app.store.organisation(Some("clinic")).unwrap().isms();
    let threats = isms.live::<attestry_model::records::Threat>();
    let made = threats.filter(|one| one.title() == "Lightning").map(|one| one.reference().any()).collect::<Vec<_>>();
    assert_eq!(made.len(), 1, "{page}");
    assert!(page.contains(&format!("{} · Lightning", made[0])), "{page}");
    assert!(page.contains("value=\"Storm\"") && !page.contains("These may be"), "{page}");
}

#[test]
fn a_list_that_a_filter_empties_says_what_each_part_of_it_hides() {
    let site = Site::clinic();
    let client = site.role(Role::IsmsManager);
    let all = site.app.store.organisation(Some("clinic")).unwrap().isms();
    let primary = |one: &&dyn attestry_model::AnyRecord| one.field("asset_class").is_some_and(|it| it == "primary");
    let assets = all.records(attestry_model::Kind::Asset).filter(|one| one.head().void_reason.is_none());
    let count = assets.filter(primary).count();
    let page = client.get("/assets?asset_class=primary&notes.has=zzzz").text();
    assert!(count > 1, "the clinic has such assets");
    assert!(page.contains("Nothing fits"), "{page}");
    assert!(page.contains(&format!(">{count} fit without this: ")), "{page}");
    // What hides nothing by itself is not offered.
    assert_eq!(page.matches("fit without this").count(), 1, "{page}");
    assert!(!page.contains("Write the first one"), "there are some already");
}

/// What stands between two texts, from the first on.
fn between<'a>(page: &'a str, from: &str, to: &str) -> &'a str {
    page.split_once(from).unwrap().1.split_once(to).unwrap().0
}

#[test]
fn a_record_shows_three_buttons_at_most_and_everything_else_behind_one() {
    let site = Site::clinic();
    let client = site.role(Role::IsmsManager);
    let isms = site.app.store.organisation(Some("clinic")).unwrap().isms();
    let mut most = 0;
    for kind in attestry_model::Kind::ALL.iter().filter(|kind| **kind != attestry_model::Kind::Proposal) {
        let Some(record) = isms.records(*kind).next() else { continue };
        let path = client.get(&format!("/go/{}", record.any_ref())).location().to_owned();
        let page = client.get(&path).text();
        let acts = between(&page, "<div class=\"acts\">", "<div class=\"menu p-end rec-menu\"");
        let buttons = acts.matches("<a class=\"btn").count();
        assert!(buttons <= 3, "{path} has {buttons} buttons");
        assert!(acts.matches("btn primary").count() <= 1, "{path}");
        most = most.max(buttons);
    }
    assert_eq!(most, 3, "some record has as many");
    let page = client.get("/risks/R-0001").text();
    for process in ["rate", "money", "treat", "optimise"] {
        assert!(page.contains(&format!("href=\"/risks/R-0001/{process}\"")), "{process} is still there");
    }
}

#[test]
fn a_risk_shows_how_serious_it_is_at_three_moments_and_who_may_not_change_it_no_pen() {
    let site = Site::clinic();
    let page = site.role(Role::IsmsManager).get("/risks/R-0001").text();
    let section = between(&page, "id=\"s-rated\"", "</section>");
    assert!(section.contains("class=\"chart mini\""), "{section}");
    for (moment, value) in [("Before treatment", 20), ("Now", 6), ("With the plan", 6)] {
        let row = between(section, &format!("<th scope=\"row\">{moment}</th>"), "</tr>");
        assert!(row.contains(&format!("<i>{value}</i>")), "{moment}: {row}");
    }
    assert!(section.contains("Within the limit of 6"), "{section}");
    assert!(section.contains("only=current_likelihood") && section.contains("/risks/R-0001/rate\""));
    // Said once: the panel of facts has none of it.
    assert!(!between(&page, "id=\"s-facts\"", "</section>").contains("Likelihood now"));
    let auditor = site.role(Role::ExternalAuditor).get("/risks/R-0001").text();
    let section = between(&auditor, "id=\"s-rated\"", "</section>");
    assert!(!section.contains("only=") && !section.contains("/rate\""), "{section}");
    // What was never rated has no such section.
    let client = site.role(Role::IsmsManager);
    let made = client.post("/risks/new", &[("_has", "title"), ("title", "A new one")]);
    let path = made.location().split('?').next().unwrap().to_owned();
    assert!(path.starts_with("/risks/R-"), "{}", made.text());
    assert!(!client.get(&path).text().contains("s-rated"));
}

#[test]
fn what_a_proposal_cannot_change_is_named_as_people_call_it() {
    let site = Site::clinic();
    let manager = crate::common::person_with(&site.app, Role::IsmsManager).unwrap();
    let organisation = site.app.store.organisation(Some("clinic")).unwrap();
    let fields = |value: u8| serde_json::Map::from_iter([("current_likelihood".to_owned(), value.into())]);
    let draft = attestry_model::decide::propose::Draft::set(organisation.isms().record(risk()).unwrap(), &fields(1));
    let proposal = crate::proposals::propose(&site, manager, &[draft]);
    let change = attestry_model::Command::Update { target: risk(), revision: None, fields: fields(4), reason: None };
    organisation.submit(&attestry_model::Principal::operator(), change).unwrap();
    let page = site.person(manager).get(&format!("/proposals/{proposal}")).text();
    assert!(page.contains("Change 1, Likelihood now: was changed meanwhile"), "{page}");
    assert!(!page.contains("Change 1, current_likelihood"), "{page}");
}

#[test]
fn the_breadcrumb_of_a_record_leads_back_to_the_list_as_it_was() {
    let site = Site::clinic();
    let client = site.role(Role::IsmsManager);
    let list = client.get("/risks?state=monitored&sort=-current_value").text();
    let row = between(&list, "<tbody", "</tbody>");
    let link = row.split("href=\"").find(|rest| rest.starts_with("/risks/R-")).unwrap().split('"').next().unwrap();
    let page = client.get(&link.replace("&amp;", "&")).text();
    let crumbs = between(&page, "<nav class=\"crumbs\"", "</nav>").replace("&#38;", "&").replace("&amp;", "&");
    assert!(crumbs.contains("<a href=\"/risks?"), "{crumbs}");
    assert!(crumbs.contains("state=monitored") && crumbs.contains("sort=-current_value"), "{crumbs}");
    assert!(crumbs.contains(">Register</a>"), "named as its tab: {crumbs}");
    let back = crumbs.split("href=\"").find(|rest| rest.starts_with("/risks?")).unwrap().split('"').next().unwrap();
    assert_eq!(client.get(back).status, 200);
    // Other pages call other things `from`.
    let page = client.get("/risks/R-0001?asof=0&from=%22%3E%3Cforeign%3E").text();
    assert!(!page.contains("<foreign>"), "it stays a text");
    assert!(
        between(&client.get("/risks/R-0001").text(), "<nav class=\"crumbs\"", "</nav>").contains("<a href=\"/risks\">")
    );
}
