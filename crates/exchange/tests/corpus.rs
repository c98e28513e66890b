//! The committed corpus of the fuzz targets, replayed: `good-*` is accepted, `bad-*` refused, and neither panics.

use std::path::Path;

use attestry_exchange::foreign;
use proptest::prelude::*;

type Target = (&'static str, fn(&[u8]) -> bool);

const TARGETS: [Target; 5] = [
    ("mapping", foreign::mapping),
    ("register_csv", foreign::register_csv),
    ("workbook", foreign::workbook),
    ("scenario_csv", foreign::scenario_csv),
    ("scenario_yaml", foreign::scenario_yaml),
];

#[test]
fn the_corpus_is_accepted_and_refused_as_its_names_say() {
    for (target, accepts) in TARGETS {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(target);
        let (mut good, mut bad) = (0, 0);
        for entry in std::fs::read_dir(&folder).unwrap_or_else(|_| panic!("{} is missing", folder.display())) {
            let path = entry.unwrap().path();
            let accepted = accepts(&std::fs::read(&path).unwrap());
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if name.starts_with("good-") {
                assert!(accepted, "{target}/{name} is refused");
                good += 1;
            } else if name.starts_with("bad-") {
                assert!(!accepted, "{target}/{name} is accepted");
                bad += 1;
            }
        }
        assert!(good > 0 && bad > 0, "{target} has {good} good and {bad} bad files");
    }
}

/// Text of the pieces that tables and lists are made of.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "ID",
        "Risk Title",
        "Likelihood",
        "Threat",
        "Owner",
        "Existing Controls",
        "Treatment",
        "Status",
        "ref",
        "title",
        "R-0001",
        "R-001",
        "ISO",
        "Anna Weber",
        "Information Security Officer (ISO)",
        "IT Operations",
        "CEO + ISO",
        "Fire",
        "Fire (big)",
        "N/A",
        "Open",
        "5",
        "2026-01-01",
        "- ref: MET-0001",
        "  title: x",
        ",",
        ",",
        ",",
        ";",
        "\n",
        "\n",
        "\"",
        "'",
        "=",
        "{",
        "[",
        ": ",
        "é",
        "\u{2028}",
        " ",
        "#",
        "&a",
        "*a",
        "|",
        "EDR, MFA",
    ]);
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_text_makes_a_parser_panic(text in pieces()) {
        for (target, accepts) in TARGETS {
            if target != "workbook" {
                accepts(text.as_bytes());
            }
        }
        let register = format!("ID,Risk Title,Likelihood,Threat,Vulnerability,Owner,Existing Controls,Treatment,Status\n{text}");
        foreign::register_csv(register.as_bytes());
        foreign::scenario_csv(format!("ref,title,state,notes,tags,threats\n{text}").as_bytes());
    }
}

#[test]
#[ignore = "makes the workbook of the corpus; run it by hand after changing it here"]
fn make_the_workbook_of_the_corpus() {
    let mut book = rust_xlsxwriter::Workbook::new();
    // A fixed date of creation, so that the file is always the same.
    let made = rust_xlsxwriter::ExcelDateTime::from_ymd(2026, 1, 1).unwrap();
    book.set_properties(&rust_xlsxwriter::DocProperties::new().set_creation_datetime(&made));
    let sheet = book.add_worksheet();
    sheet.set_name("Risks").unwrap();
    for (column, heading) in (0..).zip(["ID", "Risk Title", "Likelihood", "Owner", "Threat"]) {
        sheet.write_string(0, column, heading).unwrap();
    }
    sheet.write_string(1, 0, "R-1").unwrap();
    sheet.write_string(1, 1, "Fire").unwrap();
    sheet.write_number(1, 2, 3).unwrap();
    sheet.write_string(1, 3, "Head of IT").unwrap();
    sheet.write_string(1, 4, "Fire").unwrap();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus/workbook/good-risks.xlsx");
    std::fs::write(path, book.save_to_buffer().unwrap()).unwrap();
}
