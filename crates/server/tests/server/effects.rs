//! What a change would do to contradictions between registers is told before it is made, wherever changes are made.

use attestry_model::decide::propose::Draft;
use attestry_model::kind::Role;
use attestry_model::{AnyRef, Isms};
use serde_json::{Map, Value, json};

use crate::client::{Client, Site};
use crate::proposals::propose;

/// What is said of a supplier that is called active and has no contract any more.
const SAID: &str = "Supplier SUP-0003 is called active, but its contract ended on 2026-01-31.";

fn isms(site: &Site) -> Isms {
    site.app.store.organisation(Some("clinic")).unwrap().isms()
}

/// The ways in which the day of a supplier's contract is changed, each with the page that tells what would come of it.
fn told(site: &Site, manager: &Client<'_>, day: &str) -> Vec<(&'static str, String)> {
    let supplier: AnyRef = "SUP-0003".parse().unwrap();
    let revision = isms(site).record(supplier).unwrap().revision();
    let seen = revision.to_string();
    let form = [("_revision", seen.as_str()), ("_has", "contract_end"), ("contract_end", day)];
    let form = manager.post("/suppliers/SUP-0003/effect", &form).text();
    let chosen = format!("SUP-0003.{revision}");
    let bulk = [("act", "date"), ("ref", &*chosen), ("stage", "preview"), ("field", "contract_end"), ("value", day)];
    let bulk = manager.post("/suppliers/bulk", &bulk).text();
    let fields: Map<String, Value> = Map::from_iter([("contract_end".to_owned(), json!(day))]);
    let draft = Draft::set(isms(site).record(supplier).unwrap(), &fields);
    let proposal = propose(site, manager.person.unwrap(), &[draft]);
    let page = manager.get(&format!("/proposals/{proposal}")).text();
    let program = site.program(Role::IsmsManager).get(&format!("/api/v1/proposal/{proposal}/effect")).text();
    let csv = format!("ref,title,state,contract_end\nSUP-0003,NetCare Managed Services,active,{day}\n");
    let import = manager.send_form(
        "/setup/import",
        "multipart/form-data; boundary=x",
        format!(
            "--x\r\ncontent-disposition: form-data; name=\"files\"; filename=\"supplier.csv\"\r\n\r\n{csv}\r\n--x--\r\n"
        ),
    );
    vec![("form", form), ("bulk", bulk), ("proposal", page), ("program", program), ("import", import.text())]
}

/// Whether a page tells of the contradiction under the words for what comes, and of nothing under those for what goes.
fn tells(way: &str, text: &str, comes: bool) -> bool {
    if way == "program" {
        let told: Value = serde_json::from_str(text).unwrap();
        let (full, empty) = if comes { ("caused", "solved") } else { ("solved", "caused") };
        return told[full][0]["message"] == SAID && told[empty] == json!([]);
    }
    let (opens, closes) = match way {
        "bulk" => ("Gaps that it opens", "Gaps that it closes"),
        "proposal" => ("New gap:", "Closes:"),
        _ => ("It causes", "It solves"),
    };
    let (word, other) = if comes { (opens, closes) } else { (closes, opens) };
    // A file of records says all that there is of a record, so that more comes and goes with it.
    let alone = way == "import" || !text.contains(other);
    alone && text.split_once(word).is_some_and(|(before, after)| after.contains(SAID) && !before.contains(SAID))
}

#[test]
fn a_contradiction_is_told_before_it_is_caused_and_before_it_is_solved() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    for (way, text) in told(&site, &manager, "2026-01-31") {
        assert!(tells(way, &text, true), "{way}: {text}");
    }
    let supplier: AnyRef = "SUP-0003".parse().unwrap();
    assert_eq!(
        isms(&site).record(supplier).unwrap().field("contract_end"),
        Some(json!("2028-02-28")),
        "nothing is made"
    );
    let revision = isms(&site).record(supplier).unwrap().revision().to_string();
    let form = [("_revision", revision.as_str()), ("_has", "contract_end"), ("contract_end", "2026-01-31")];
    assert_eq!(manager.post("/suppliers/SUP-0003/edit", &form).status, 303);
    for (way, text) in told(&site, &manager, "2028-02-28") {
        assert!(tells(way, &text, false), "{way}: {text}");
    }
    // Who may not see the supplier is told of nothing.
    let chosen = format!("SUP-0003.{}", isms(&site).record(supplier).unwrap().revision());
    let asked =
        [("act", "date"), ("ref", &*chosen), ("stage", "preview"), ("field", "contract_end"), ("value", "2028-02-28")];
    let answer = site.role(Role::Employee).post("/suppliers/bulk", &asked);
    assert!(!answer.text().contains("its contract ended"), "{}", answer.text());
}
