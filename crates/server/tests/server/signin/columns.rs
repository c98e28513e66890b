//! Where the columns of a register go when it is imported on the page.

use super::{empty, first, hidden, upload};

#[test]
fn where_columns_go_is_changed_before_anything_is_read_and_kept_for_the_next_time() {
    let site = empty();
    let mut browser = first(&site);
    let isms = || site.app.store.organisation(Some("hill-school")).unwrap().isms();
    let csv = "ID,Risk Title,Likelihood,Status,Remark,Why\nR-1,Flood <b>,3,Open,ask the landlord,the river\n";
    let shown = upload(&browser, "risk-register.csv", csv);
    assert_eq!(shown.status, 200, "{}", shown.text());
    let register =
        [("pending", hidden(&shown.text(), "pending").to_owned()), ("register", "risk-register.csv".to_owned())];
    let register: Vec<(&str, &str)> = register.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let columns = browser.post("/setup/import/columns", &register);
    let text = columns.text();
    assert_eq!(columns.status, 200, "{text}");
    assert!(text.contains("Flood &#60;b&#62;") && text.contains("value=\"risk.title\" selected"), "{text}");
    let pending = hidden(&text, "pending").to_owned();
    let choice = [
        ("pending", pending.as_str()),
        ("register", "risk-register.csv"),
        ("apply", "1"),
        ("c.0", "id"),
        ("c.1", "risk.title"),
        ("c.3", ""),
        ("c.4", ""),
        ("c.5", "risk.cause"),
    ];
    let wrong = [choice.as_slice(), &[("c.5", "risk.created_by")]].concat();
    let wrong: Vec<(&str, &str)> = wrong.iter().rev().copied().collect();
    let refused = browser.post("/setup/import/columns", &wrong);
    assert_eq!(refused.status, 422, "a field that no column fills");
    // A form whose upload has gone begins anew.
    assert_eq!(browser.post("/setup/import/columns", &choice).status, 422);
    let shown = upload(&browser, "risk-register.csv", csv);
    let pending = hidden(&shown.text(), "pending").to_owned();
    let choice: Vec<(&str, &str)> = choice
        .iter()
        .map(|(name, value)| (*name, if *name == "pending" { pending.as_str() } else { *value }))
        .collect();
    let again = browser.post("/setup/import/columns", &choice);
    assert_eq!(again.status, 200, "{}", again.text());
    assert!(isms().records(attestry_model::Kind::Risk).next().is_none(), "looking writes nothing");
    let pending = hidden(&again.text(), "pending").to_owned();
    let written = browser.post("/setup/import/write", &[("pending", &pending)]);
    assert_eq!(written.status, 303, "{}", written.text());
    let now = isms();
    let risk = now.records(attestry_model::Kind::Risk).next().unwrap();
    assert_eq!(risk.field("cause").unwrap(), "the river");
    assert!(risk.field("notes").unwrap().as_str().unwrap().contains("Open"));
    // The next import of the same register goes the same way by itself.
    let next = upload(
        &browser,
        "risk-register.csv",
        &csv.replace("R-1,Flood <b>", "R-2,Storm").replace("the river", "the wind"),
    );
    assert!(next.text().contains("where you chose"), "{}", next.text());
    let pending = hidden(&next.text(), "pending").to_owned();
    assert_eq!(browser.post("/setup/import/write", &[("pending", &pending)]).status, 303);
    assert!(
        isms().records(attestry_model::Kind::Risk).any(|risk| risk.field("cause").is_some_and(|it| it == "the wind"))
    );
    assert_eq!(browser.post("/setup/import/columns/forget", &[]).location(), "/setup/import?done=columns-forgotten");
    assert!(!upload(&browser, "risk-register.csv", csv).text().contains("where you chose"));

    // A register that nobody knows: first what its rows are, then its columns.
    let unknown = upload(&browser, "geraete.csv", "Nr.,Was,Wo\n7,Schrank,Keller\n");
    assert_eq!(unknown.status, 422);
    let pending = hidden(&unknown.text(), "pending").to_owned();
    let asked = browser.post("/setup/import/columns", &[("pending", &pending), ("register", "geraete.csv")]);
    assert!(asked.text().contains("name=\"kind\""), "{}", asked.text());
    let pending = hidden(&asked.text(), "pending").to_owned();
    let kind = [("pending", pending.as_str()), ("register", "geraete.csv"), ("apply", "1"), ("kind", "asset")];
    let columns = browser.post("/setup/import/columns", &kind);
    assert!(columns.text().contains("value=\"asset.title\""), "{}", columns.text());
    let pending = hidden(&columns.text(), "pending").to_owned();
    let choice = [
        ("pending", pending.as_str()),
        ("register", "geraete.csv"),
        ("apply", "1"),
        ("c.0", "id"),
        ("c.1", "asset.title"),
        ("c.2", ""),
    ];
    let shown = browser.post("/setup/import/columns", &choice);
    assert_eq!(shown.status, 200, "{}", shown.text());
    let pending = hidden(&shown.text(), "pending").to_owned();
    assert_eq!(browser.post("/setup/import/write", &[("pending", &pending)]).status, 303);
    assert!(isms().records(attestry_model::Kind::Asset).any(|one| one.head().title.as_deref() == Some("Schrank")));
}
