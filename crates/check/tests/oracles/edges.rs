//! The edges of the rules: the last day that is in time and the first that is late, one half of a condition without the
//! other. Each line of `edges.csv` is a change of the clinic, in the words of `mutations.rs`, with all that its rule names
//! afterwards: nothing, where it holds; `?`, where there is not enough to say.

use std::collections::BTreeSet;

use attestry_check::{Verdict, rules};

use crate::clinic::{Records, file, judge};
use crate::mutations::change;

#[test]
fn a_rule_ends_where_it_says() {
    let clinic = Records::clinic();
    let isms = clinic.isms();
    let text = file("edges.csv");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let mut wrong = Vec::new();
    for row in reader.records() {
        let row = row.unwrap();
        let (rule, told) = (rules::named(&row[0]).unwrap_or_else(|| panic!("{}", &row[0])), &row[1]);
        let mut records = clinic.clone();
        change(&mut records, told).unwrap();
        let (after, _) = records.isms_after(&isms, &clinic);
        let report = judge(&after);
        let outcome = report.outcome(rule.id).unwrap();
        let found: BTreeSet<String> = outcome.items.iter().map(ToString::to_string).collect();
        let found = match outcome.verdict {
            Verdict::NotEnoughEvidence => "?".to_owned(),
            _ => found.into_iter().collect::<Vec<_>>().join(";"),
        };
        if found != row[2] {
            wrong.push(format!("{}: {told} finds {found:?}, not {:?}", rule.id, &row[2]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
