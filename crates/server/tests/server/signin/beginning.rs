//! The first start: one administrator, the guide, the demonstration, an import.

use attestry_model::records::{Asset, Document, Person, Risk};

use super::{Browser, PASSWORD, empty, first, hidden, upload};

#[test]
fn the_link_of_the_first_start_makes_one_administrator_however_many_use_it_at_once() {
    let site = empty();
    assert_eq!(Browser::new(&site).get("/sign-in").status, 403, "without the link there is no way in");
    assert_eq!(Browser::new(&site).get("/first-start?link=guess").status, 403);
    let path = site.app.signin.first_start(&site.app).unwrap();
    let link = path.split_once('=').unwrap().1;
    assert_eq!(Browser::new(&site).get(&path).status, 200);
    let wrong = [("link", link), ("organisation", ""), ("name", "Ada <i>"), ("login", "ada"), ("password", "short")];
    let wrong = Browser::new(&site).post("/first-start", &wrong);
    assert!(wrong.status == 422 && wrong.text().contains("value=\"Ada &#60;i&#62;\""));
    let outcomes: Vec<String> = std::thread::scope(|scope| {
        let site = &site;
        let rivals: Vec<_> = (0..8)
            .map(|number| {
                scope.spawn(move || {
                    let (organisation, login) = (format!("House {number}"), format!("p{number}@house.example"));
                    let fields = [
                        ("link", link),
                        ("organisation", organisation.as_str()),
                        ("name", "Somebody"),
                        ("login", login.as_str()),
                        ("password", PASSWORD),
                    ];
                    Browser::new(site).post("/first-start", &fields).location().to_owned()
                })
            })
            .collect();
        rivals.into_iter().map(|rival| rival.join().unwrap()).collect()
    });
    assert_eq!(outcomes.iter().filter(|location| *location == "/setup").count(), 1, "{outcomes:?}");
    assert_eq!(site.app.store.accounts().count().unwrap(), 1);
    assert_eq!(site.app.store.organisations().unwrap().len(), 1);
    assert!(site.app.signin.first_start(&site.app).is_none());
}

#[test]
fn the_first_administrator_can_do_everything_and_looks_at_the_demonstration_as_a_person_of_its_own() {
    let site = empty();
    let mut browser = first(&site);
    for path in ["/setup", "/settings", "/settings/people", "/account", "/setup/import", "/setup/guide", "/risks"] {
        assert_eq!(browser.get(path).status, 200, "{path}");
    }
    let demo = browser.post("/setup/demo", &[]);
    assert_eq!((demo.status.as_u16(), demo.location()), (303, "/"), "{}", demo.text());
    assert!(browser.get("/risks").text().contains("R-0001"));
    let people = browser.get("/settings/people").text();
    assert!(people.contains("Ada Hill"), "{people}");
    browser.post("/organisation", &[("organisation", "hill-school")]);
    assert!(!browser.get("/risks").text().contains("R-0001"));
    assert_eq!(browser.post("/setup/demo", &[]).location(), "/", "coming again only changes over");
}

/// Answers all pages of the guide, for a school.
pub(super) fn answer_the_guide(browser: &mut Browser<'_>) {
    let answers: [(&str, &[(&str, &str)]); 7] = [
        ("organisation", &[("kind", "school"), ("headcount", "40"), ("country", "de")]),
        ("protect", &[("later", "1")]),
        ("roles", &[("role-0", "Ada Hill")]),
        ("limit", &[("limit", "balanced")]),
        ("risks", &[]),
        ("rules", &[("policy", "policy/information-security"), ("policy", "policy/backup")]),
        ("people", &[("addresses", "Bo Lee <bo.lee@hill.example>, ada@hill.example")]),
    ];
    for (page, fields) in answers {
        let answer = browser.post(&format!("/setup/guide/{page}"), fields);
        assert_eq!(answer.status, 303, "{page}: {}", answer.text());
        assert_eq!(browser.get(&format!("/setup/guide/{page}")).status, 200, "{page}");
    }
}

#[test]
fn the_guide_makes_what_it_promised_and_nothing_of_it_is_in_force() {
    let site = empty();
    let mut browser = first(&site);
    let without = browser.post("/setup/guide/organisation", &[("headcount", "12")]);
    assert!(without.status == 422 && without.text().contains("Choose one"));
    answer_the_guide(&mut browser);
    let promised = browser.get("/setup/guide").text();
    let made = browser.post("/setup/guide", &[("top", "me")]);
    assert!(made.location().starts_with("/proposals/P-0001?done=proposal-offered"), "{}", made.text());
    let now = || site.app.store.organisation(Some("hill-school")).unwrap().isms();
    assert_eq!((now().table::<Asset>().len(), now().table::<Document>().len()), (0, 0), "nothing is there before");
    let page = browser.get("/proposals/P-0001").text();
    let (revision, hash) = (hidden(&page, "_revision").to_owned(), hidden(&page, "hash").to_owned());
    let fields =
        [("_revision", revision.as_str()), ("hash", hash.as_str()), ("answer", "approve"), ("reason", "We begin.")];
    let approved = browser.post("/proposals/P-0001/answer", &fields);
    assert!(approved.location().contains("proposal-in-force"), "{}", approved.text());
    let isms = now();
    let statement = isms.table::<attestry_model::records::Applicability>();
    assert_eq!(statement.len(), 93);
    let assumed = statement.iter().filter(|row| row.applicable == Some(true)).count();
    assert!(assumed >= 5 && statement.iter().all(|row| row.state_name() == "undecided"), "{assumed}");
    assert!(isms.table::<attestry_model::records::Obligation>().len() >= 2);
    let year = isms.live::<attestry_model::records::Task>().filter(|task| task.recurrence.is_some()).count();
    assert_eq!(year, 9);
    let tagged = |record: &dyn attestry_model::AnyRecord| record.head().tags.contains(&"to confirm".to_owned());
    assert!(
        isms.records(attestry_model::Kind::Risk).all(tagged) && isms.records(attestry_model::Kind::Soa).all(tagged)
    );
    let marked = statement.iter().filter(|row| tagged(*row)).count();
    assert_eq!(marked, assumed, "a row that nobody has decided assumes nothing");
    let top = &isms.organization().unwrap().top_management;
    assert_eq!(top.len(), 1, "who signs for top management stands in the organisation");
    let home = browser.get("/").text();
    assert!(!home.contains("in the name of top management by somebody else"), "{home}");
    assert!(home.contains("href=\"/isms-roles?state="), "missing roles lead to the drafts of them");
    let assets = isms.table::<Asset>().len();
    assert!(promised.contains("2 documents"), "{promised}");
    assert!(isms.table::<Asset>().iter().all(|one| one.state_name() == "proposed"));
    assert!(isms.table::<Risk>().iter().all(|one| one.state_name() == "identified"));
    assert!(isms.table::<Document>().iter().all(|one| one.state_name() == "draft"));
    assert!(isms.table::<Risk>().len() >= 5, "{} risks over {assets} assets", isms.table::<Risk>().len());
    assert_eq!(isms.table::<Document>().len(), 2);
    assert_eq!(isms.organization().unwrap().headcount, Some(40));
    let bo = isms.table::<Person>().iter().find(|one| one.title() == "Bo Lee").unwrap();
    assert_eq!(bo.state_name(), "invited");
    let again = browser.post("/setup/guide", &[]);
    assert_eq!(again.status, 422, "the answers are used up");
}

#[test]
fn only_what_the_whole_organisation_lacks_leads_to_drafts_and_only_where_there_are_drafts_alone() {
    let site = empty();
    let mut browser = first(&site);
    answer_the_guide(&mut browser);
    browser.post("/setup/guide", &[("top", "me")]);
    let page = browser.get("/proposals/P-0001").text();
    let (revision, hash) = (hidden(&page, "_revision").to_owned(), hidden(&page, "hash").to_owned());
    let fields =
        [("_revision", revision.as_str()), ("hash", hash.as_str()), ("answer", "approve"), ("reason", "We begin.")];
    browser.post("/proposals/P-0001/answer", &fields);
    let isms = site.app.store.organisation(Some("hill-school")).unwrap().isms();
    let page = browser.get("/findings").text();
    let (mut to_drafts, mut of_one_thing, mut of_work) = (0, 0, 0);
    for row in page.split("<li>").filter(|row| row.contains("class=\"do\"")) {
        let item = row.split("?item=").nth(1).unwrap().split('"').next().unwrap();
        let href = row.split("class=\"do\"").nth(1).unwrap().split("href=\"").nth(1).unwrap();
        let href = href.split('"').next().unwrap();
        let slug = href.trim_start_matches('/').split(['/', '?']).next().unwrap();
        let Some(kind) = attestry_server::places::kind_of(slug) else { continue };
        let live: Vec<_> = isms
            .records(kind)
            .filter(|it| it.head().void_reason.is_none() && !attestry_model::permit::is_closed(*it))
            .map(attestry_model::AnyRecord::state)
            .collect();
        let drafts_alone = !live.is_empty() && live.iter().all(|state| *state == "draft");
        let first = kind.def().states[0].name;
        if href.contains("?state=") {
            to_drafts += 1;
            assert!(href.ends_with("?state=draft") && item == "organization" && drafts_alone, "{item}: {href}");
        } else if href.contains("/new") && item.parse::<attestry_model::AnyRef>().is_err() {
            // Another record is asked for although some of its kind are there.
            of_one_thing += usize::from(item != "organization" && drafts_alone);
            of_work += usize::from(
                item == "organization" && first != "draft" && live.iter().all(|it| *it == first) && !live.is_empty(),
            );
            assert!(!(item == "organization" && drafts_alone), "{item}: {href}");
        }
    }
    assert!(to_drafts > 0 && of_one_thing > 0 && of_work > 0, "{to_drafts} {of_one_thing} {of_work}");
}

#[test]
fn an_import_is_shown_first_then_written_once_and_a_wrong_one_not_at_all() {
    let site = empty();
    let mut browser = first(&site);
    let length = || site.app.store.organisation(Some("hill-school")).unwrap().isms().size();
    let before = length();
    let bad = upload(&browser, "../asset.csv", "ref,title,asset_class,depends_on\nAST-0001,Server,primary,AST-0099\n");
    assert!(bad.status == 422 && bad.text().contains("AST-0099"), "{}", bad.text());
    let shown =
        upload(&browser, "asset.csv", "ref,title,asset_class\nAST-0001,Ser<b>ver,primary\nAST-0002,Mail,primary\n");
    assert_eq!(shown.status, 200, "{}", shown.text());
    assert_eq!(length(), before, "looking writes nothing");
    let pending = hidden(&shown.text(), "pending").to_owned();
    let written = browser.post("/setup/import/write", &[("pending", &pending)]);
    assert_eq!(written.location(), "/setup?done=imported%202", "{}", written.text());
    assert!(length() > before);
    assert_eq!(browser.post("/setup/import/write", &[("pending", &pending)]).status, 422);
    assert_eq!(upload(&browser, "x.csv", "\u{0}\u{1}").status, 422);
}
