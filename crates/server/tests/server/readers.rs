//! Who has read a document or taken a course, by unit, for whoever may see all of them.

use std::collections::BTreeMap;

use attestry_model::kind::Role;
use attestry_model::records::{Acknowledgement, DocumentVersion, TrainingAssignment};
use attestry_model::{AnyRecord as _, Command, Principal, Ref};

use crate::client::Site;

/// The panel of a page.
fn panel(page: &str) -> Option<&str> {
    page.split_once("id=\"s-readers\"")?.1.split_once("</section>").map(|(panel, _)| panel)
}

#[test]
fn readers_are_counted_by_unit_and_those_who_are_left_have_a_list() {
    let site = Site::clinic();
    let organisation = site.app.store.organisation(Some("clinic")).unwrap();
    let version = Ref::<DocumentVersion>::new(1);
    let reopened = organisation.isms();
    let one = reopened.referring::<Acknowledgement>(version.any(), "document_version").next().unwrap();
    // One of them has not read it after all: the record is written anew for the test, as an import brings it.
    let mut fields = one.fields();
    for gone in ["acknowledged_at", "method"] {
        fields.remove(gone);
    }
    fields.insert("state".to_owned(), "pending".into());
    let reference = attestry_model::AnyRef { kind: attestry_model::Kind::Acknowledgement, number: 9_001 };
    let record = attestry_model::decide::ImportRecord { reference, fields, source: String::new() };
    organisation.submit(&Principal::operator(), Command::Import { records: vec![record], reason: None }).unwrap();
    let isms = organisation.isms();
    let mut units: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let counts =
        |one: &&attestry_model::Stored<Acknowledgement>| ["pending", "acknowledged"].contains(&one.state_name());
    for one in isms.referring::<Acknowledgement>(version.any(), "document_version").filter(counts) {
        let person = isms.get(one.person.unwrap()).unwrap();
        let unit = person.org_unit.map_or("In no unit".to_owned(), |unit| isms.get(unit).unwrap().title().to_owned());
        let counted = units.entry(unit).or_default();
        counted.0 += usize::from(one.state_name() == "acknowledged");
        counted.1 += 1;
    }
    let (done, all) = units.values().fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    assert!(done > 0 && done < all, "{done} of {all}");
    let client = site.role(Role::IsmsManager);
    let page = client.get("/document-versions/DV-0001").text();
    let shown = panel(&page).expect("the panel");
    assert!(shown.contains(&format!(">{done} of {all}<")), "{shown}");
    for (unit, (done, all)) in &units {
        let unit = unit.replace('&', "&amp;");
        let row = shown
            .split("<li>")
            .find(|row| row.contains(&format!(">{unit}<")))
            .unwrap_or_else(|| panic!("{unit}: {shown}"));
        assert!(row.contains(&format!(">{done} of {all}<")), "{unit}: {row}");
    }
    let list = shown
        .split_once("<a href=\"")
        .unwrap()
        .1
        .split_once('"')
        .unwrap()
        .0
        .replace("&#38;", "&")
        .replace("&amp;", "&");
    let list = client.get(&list).text();
    assert!(list.contains("ACK-9001") && !list.contains("ACK-0001"), "only those who have not");
    // The document shows the same of its version in force, a course those who take it.
    let document = isms.get(version).unwrap().document.unwrap();
    let page = client.get(&format!("/documents/{}", document.any())).text();
    assert!(panel(&page).unwrap().contains(&format!(">{done} of {all}<")));
    let course = isms
        .live::<TrainingAssignment>()
        .chain(isms.table::<TrainingAssignment>().iter())
        .find_map(|one| one.course)
        .unwrap();
    let page = client.get(&format!("/courses/{}", course.any())).text();
    assert!(panel(&page).unwrap().starts_with(">Who has taken it"), "{page}");
}

#[test]
fn nobody_reads_from_it_who_may_not_see_all_of_them() {
    let site = Site::clinic();
    for (role, sees) in
        [(Role::IsmsManager, true), (Role::InternalAuditor, true), (Role::RiskOwner, false), (Role::Employee, false)]
    {
        let page = site.role(role).get("/document-versions/DV-0001");
        assert_eq!(panel(&page.text()).is_some(), sees, "{role:?}");
    }
    let page = site.role(Role::IsmsManager).get("/risks/R-0001").text();
    assert!(panel(&page).is_none(), "what nobody reads has no readers");
}
