//! The asset inventory: every asset, what it is worth with what depends on it, and what must be empty.

use std::collections::BTreeMap;

use attestry_exchange::SourceFile;
use attestry_model::Isms;
use attestry_report::documents::{Edition, Medium};
use attestry_report::{Block, Document};

use super::reading::*;

fn made(isms: &Isms, medium: Medium) -> Document {
    build(isms, "asset-inventory", Edition::Internal, medium)
}

fn assets(rows: &str) -> Isms {
    let head = "ref,title,state,asset_class,category,owner,in_scope,c_value,i_value,a_value,inherits_values,depends_on,disposed_on";
    imported(&[
        SourceFile::new("asset.csv", format!("{head}\n{rows}")),
        SourceFile::new("person.csv", "ref,title,state,name\nPER-0001,Ada,active,Ada\n"),
    ])
}

#[test]
fn every_row_of_the_inventory_says_what_its_record_says() {
    let document = made(&clinic(), Medium::Sheet);
    let told: BTreeMap<String, Vec<String>> =
        rows(table(&document, "Inventory")).into_iter().map(|row| (row[0].clone(), row)).collect();
    let people: BTreeMap<String, String> =
        file("person.csv").into_iter().map(|row| (row["ref"].clone(), row["name"].clone())).collect();
    let yes = |answer: &str| if answer == "true" { "yes" } else { "no" }.to_owned();
    let all = file("asset.csv");
    for record in &all {
        let row = &told[&record["ref"]];
        assert_eq!(
            row[1..4],
            [record["title"].clone(), record["asset_class"].clone(), record["category"].replace('_', " ")]
        );
        assert_eq!(row[4], people[&record["owner"]], "{}", record["ref"]);
        assert_eq!(row[9], yes(&record["in_scope"]));
        assert_eq!([&row[11], &row[13], &row[15]], [&record["c_value"], &record["i_value"], &record["a_value"]]);
        assert_eq!(row[17..19], [yes(&record["contains_pii"]), yes(&record["contains_phi"])]);
        assert_eq!(row[22], record["depends_on"].replace(';', " "));
        assert_eq!(row[25], record["next_review"]);
    }
    assert_eq!(told.len(), all.len());
}

#[test]
fn an_asset_needs_as_much_as_what_depends_on_it_and_the_page_shows_both_values() {
    let isms = assets(
        "AST-0001,Records,active,primary,information,PER-0001,true,5,4,3,false,AST-0002,\n\
         AST-0002,Server,active,supporting,hardware,PER-0001,true,2,4,4,true,AST-0003,\n\
         AST-0003,Room,active,supporting,site,PER-0001,true,1,1,1,true,,\n\
         AST-0004,Kiosk,active,supporting,hardware,PER-0001,true,1,1,1,false,,\n",
    );
    let sheet = rows(table(&made(&isms, Medium::Sheet), "Inventory"));
    let values: Vec<[&str; 3]> = sheet.iter().map(|row| [&*row[12], &*row[14], &*row[16]]).collect();
    assert_eq!(values, [["5", "4", "3"], ["5", "4", "4"], ["5", "4", "4"], ["1", "1", "1"]]);
    let page = made(&isms, Medium::Page);
    let server = rows(table(&page, "Inventory")).into_iter().find(|row| row[0].starts_with("AST-0002")).expect("a row");
    assert_eq!(server[5..8], ["2 → 5", "4", "4"]);
    assert!(
        prose(&page, "Summary").contains("2 assets need more than their own values say"),
        "{}",
        prose(&page, "Summary")
    );
    let room =
        rows(table(&page, "Dependencies")).into_iter().find(|row| row[0].starts_with("AST-0003")).expect("a row");
    assert_eq!(room[1..3], ["", "AST-0002"]);
    assert_eq!(table(&page, "Dependencies").row_count(), 3, "the kiosk depends on nothing");
}

#[test]
fn what_lacks_an_owner_or_a_class_is_named_and_the_clinic_lacks_nothing() {
    assert_eq!(table(&made(&clinic(), Medium::Page), "Assets without owner, class or value").row_count(), 0);
    let isms = assets("AST-0001,Records,active,primary,information,,true,5,4,,false,,\n");
    let told = rows(table(&made(&isms, Medium::Page), "Assets without owner, class or value"));
    assert_eq!(told.len(), 1);
    assert_eq!(told[0][1], "owner, classification, value in confidentiality, integrity or availability");
}

#[test]
fn assets_by_classification_add_up_to_all() {
    let document = made(&clinic(), Medium::Page);
    let told = rows(table(&document, "Assets by classification"));
    let sum: usize = told.iter().map(|row| row[1].parse::<usize>().expect("a number")).sum();
    assert_eq!(sum, file("asset.csv").len());
    let secret = file("asset.csv").iter().filter(|row| row["classification"] == "CLS-0004").count();
    assert!(told.iter().any(|row| row[1] == secret.to_string() && row[3].contains("AST-0001")), "{told:?}");
}

#[test]
fn what_was_disposed_of_within_a_year_is_shown_with_its_proof_or_without() {
    let isms = assets(
        "AST-0001,Old disk,disposed,supporting,media,PER-0001,true,1,1,1,false,,2026-05-01\n\
         AST-0002,Older disk,disposed,supporting,media,PER-0001,true,1,1,1,false,,2024-05-01\n\
         AST-0003,Disk,active,supporting,media,PER-0001,true,1,1,1,false,,\n",
    );
    let document = made(&isms, Medium::Page);
    let told = rows(table(&document, "Disposed of within a year"));
    assert_eq!(told.len(), 1);
    assert!(told[0][0].starts_with("AST-0001") && told[0][3] == "2026-05-01" && told[0][4] == "no proof", "{told:?}");
    assert_eq!(table(&document, "Inventory").row_count(), 1, "what is gone is not in the inventory");
}

#[test]
fn a_draft_ends_with_the_open_rules_about_it() {
    let document = made(&clinic(), Medium::Page);
    assert!(document.draft, "the register does not name it");
    let gaps = blocks(&document, "Gaps");
    assert!(matches!(gaps.last(), Some(Block::Table(table)) if table.row_count() == 2), "{gaps:?}");
    // A review that is overdue since 2026-06-15, and paper of the highest class without its label.
    let told: Vec<String> = rows(table(&document, "Open items")).into_iter().map(|row| row[4].clone()).collect();
    assert_eq!(told, ["A5.9-02", "A5.13-01"]);
}
