//! What the guide assumes is confirmed before it is proposed, or afterwards on its page and on the page of each record.

use attestry_model::records::{Methodology, Risk};
use attestry_model::{AnyRecord, AnyRef, Isms, Kind};

use super::beginning::answer_the_guide;
use super::{empty, first, hidden};

const TAG: &str = "to confirm";

fn tagged(record: &dyn AnyRecord) -> bool {
    record.head().tags.iter().any(|tag| tag == TAG)
}

fn count(isms: &Isms) -> usize {
    Kind::ALL.iter().flat_map(|kind| isms.records(*kind)).filter(|record| tagged(*record)).count()
}

/// The values of the boxes that a page has to tick.
fn boxes(page: &str) -> Vec<String> {
    let rest = page.split("type=\"checkbox\" name=\"confirmed\" value=\"").skip(1);
    rest.map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

#[test]
fn what_was_ticked_in_the_guide_is_assumed_no_longer_and_the_rest_is_confirmed_one_by_one() {
    let site = empty();
    let mut browser = first(&site);
    answer_the_guide(&mut browser);
    let page = browser.get("/setup/guide").text();
    let offered = boxes(&page);
    assert!(offered.contains(&"methodology/Risk methodology".to_owned()), "{offered:?}");
    assert!(page.contains("href=\"/setup/guide/limit\">Change these answers"), "each sort leads back to its page");
    let risk = offered.iter().find(|one| one.starts_with("risk/") && !one.contains('&')).unwrap().clone();
    assert!(page.contains("Likelihood"), "the values stand beside the box: {page}");
    let ticked = [
        ("top", "me"),
        ("confirmed", "methodology/Risk methodology"),
        ("confirmed", &*risk),
        ("confirmed", "risk/No such risk"),
    ];
    let made = browser.post("/setup/guide", &ticked);
    assert!(made.location().starts_with("/proposals/P-0001?done=proposal-offered"), "{}", made.text());
    let home = browser.get("/readiness").text();
    assert!(home.contains("This week: three things") && home.contains("Approve “First ISMS”"), "{home}");
    let page = browser.get("/proposals/P-0001").text();
    let (revision, hash) = (hidden(&page, "_revision").to_owned(), hidden(&page, "hash").to_owned());
    let fields = [("_revision", &*revision), ("hash", &*hash), ("answer", "approve"), ("reason", "We begin.")];
    assert!(browser.post("/proposals/P-0001/answer", &fields).location().contains("proposal-in-force"));
    let now = || site.app.store.organisation(Some("hill-school")).unwrap().isms();
    let title = risk.strip_prefix("risk/").unwrap();
    let sure = |isms: &Isms| isms.table::<Risk>().iter().filter(|one| !tagged(*one)).count();
    assert!(now().table::<Risk>().iter().all(|one| tagged(one) != (one.title() == title)));
    assert!(now().table::<Methodology>().iter().all(|one| !tagged(one)));
    assert_eq!(sure(&now()), 1);
    // Home says how many are left, in place of the checks that hold.
    let left = count(&now());
    let home = browser.get("/readiness").text();
    assert!(home.contains(&format!("what was assumed: {left} records")), "{home}");
    assert!(home.contains("class=\"pulse\" href=\"/setup/assumed\"") && home.contains("assumptions to confirm"));
    // All at once, several at once, one on its own page.
    let list = browser.get("/setup/assumed").text();
    let waiting = boxes(&list);
    assert_eq!(waiting.len(), left);
    let nothing = browser.post("/setup/assumed", &[]);
    assert!(nothing.status == 422 && nothing.text().contains("Tick at least one"), "{}", nothing.text());
    let two = [("confirmed", &*waiting[0]), ("confirmed", &*waiting[1])];
    assert_eq!(browser.post("/setup/assumed", &two).location(), "/setup/assumed?done=assumed-all+2");
    assert_eq!(count(&now()), left - 2);
    let again = browser.post("/setup/assumed", &two);
    assert_eq!(again.status, 409, "somebody has changed them since: {}", again.text());
    assert_eq!(browser.post("/setup/assumed", &[("confirmed", "R-0001")]).status, 404, "which version was looked at?");
    let one: AnyRef = waiting.last().unwrap().split('.').next().unwrap().parse().unwrap();
    let path = attestry_server::places::record_path(one);
    let own = browser.get(&path).text();
    let (value, back) = (hidden(&own, "confirmed").to_owned(), hidden(&own, "back").to_owned());
    let done = browser.post("/setup/assumed", &[("confirmed", &*value), ("back", &*back)]);
    assert_eq!(done.location(), format!("{path}?done=assumed-confirmed+{one}&undo=1"));
    assert!(!tagged(now().record(one).unwrap()));
    assert!(!browser.get(&path).text().contains("name=\"confirmed\""));
    let foreign = browser.post("/setup/assumed", &[("confirmed", &*waiting[3]), ("back", "//evil.example")]);
    assert!(foreign.location().starts_with("/?done="), "{}", foreign.location());
}
