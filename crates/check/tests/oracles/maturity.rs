//! The maturity of a control follows from what is recorded, and each thing that is missing holds it where it is.

use attestry_check::Maturity;
use attestry_model::Isms;
use attestry_model::records::Applicability;

use crate::clinic::{Records, moment};
use crate::mutations::change;

/// The row of A.5.5, realised by C-0004 alone, after a change of the clinic.
fn after(told: &str) -> Option<Maturity> {
    let mut records = Records::clinic();
    change(&mut records, told).unwrap();
    let isms: Isms = records.isms();
    let row = isms.live::<Applicability>().find(|row| {
        row.annex_id.as_deref() == Some("A.5.5") && row.soa.is_some_and(|soa| soa.any().to_string() == "SOA-0002")
    });
    Maturity::of(&isms, row.unwrap(), moment().1)
}

#[test]
fn a_control_is_as_mature_as_what_is_recorded_shows() {
    let again = r#"add control_test {"ref":"CT-0999","title":"x","state":"done","control":"C-0004","result":"effective","tested_on":"#;
    let cases: &[(&str, Option<Maturity>)] = &[
        (r#"set SR-0005 {"title":"as it is"}"#, Some(Maturity::Tested)),
        (&format!(r#"{again}"2025-02-20"}}"#), Some(Maturity::Proven)),
        // Twice on one day is once.
        (&format!(r#"{again}"2026-02-20"}}"#), Some(Maturity::Tested)),
        // The last one counts.
        (
            &format!(r#"{again}"2025-02-20"}} && set CT-0004 {{"result":"partially_effective"}}"#),
            Some(Maturity::Defined),
        ),
        (r#"set C-0004 {"next_test_due":"2026-06-30"}"#, Some(Maturity::Tested)),
        (r#"set C-0004 {"next_test_due":"2026-06-29"}"#, Some(Maturity::Defined)),
        (r#"set EC-0004 {"state":"retired"}"#, Some(Maturity::Managed)),
        (r#"set EV-0004 {"valid_until":"2026-06-29"}"#, Some(Maturity::InPlace)),
        (r#"set EV-0004 {"state":"collected"}"#, Some(Maturity::InPlace)),
        (r#"set C-0004 {"how":" "}"#, Some(Maturity::InPlace)),
        (r#"set C-0004 {"owner":"PER-0025"}"#, Some(Maturity::InPlace)),
        (r#"set C-0004 {"state":"in_progress"}"#, Some(Maturity::NotInPlace)),
        (r#"set SR-0005 {"controls":[]}"#, Some(Maturity::NotInPlace)),
        // The weakest of those that realise it.
        (r#"set SR-0005 {"controls":["C-0004","C-0052"]}"#, Some(Maturity::NotInPlace)),
        (r#"set SR-0005 {"applicable":false}"#, None),
        (r#"set SR-0005 {"applicable":null}"#, None),
    ];
    for (told, expected) in cases {
        assert_eq!(after(told), *expected, "{told}");
    }
    assert_eq!(Maturity::ALL.map(Maturity::level), [0, 1, 2, 3, 4, 5]);
}
