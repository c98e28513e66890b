//! Spreadsheets and CSV, read back by other programs' readers.

use std::io::Cursor;

use attestry_report::*;
use calamine::{Data, Reader, Xlsx};

#[path = "samples/hostile.rs"]
mod hostile;
mod samples;

fn book(document: &Document) -> Xlsx<Cursor<Vec<u8>>> {
    Xlsx::new(Cursor::new(render_xlsx(document).expect("a workbook"))).expect("a readable workbook")
}

#[test]
fn the_workbook_has_a_cover_and_a_sheet_for_each_table() {
    let mut book = book(&samples::soa());
    assert_eq!(
        book.sheet_names(),
        [
            "Cover",
            "Reference controls of Annex A",
            "Actions of the plan",
            "Chance of losing more than an a",
            "Controls outside Annex A",
            "Approval"
        ]
    );
    let cover = book.worksheet_range("Cover").expect("cover");
    let text = cover.used_cells().map(|(_, _, cell)| cell.to_string()).collect::<Vec<_>>().join("\n");
    for part in [
        "Draft. This version",
        "this installation runs on 13 October 2026",
        "Data as of 13 October 2026, 09:30 UTC, record set hash 9c1185a5c5e9fc54612808977ee8f548b2258d31f1b7c5d2a0e0c7c6f5e5a1b4",
        "log.alderway.example/isms, Log size 48,211, Log root (base64) CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=",
    ] {
        assert!(text.contains(part), "{part} is missing in {text}");
    }
}

#[test]
fn values_keep_their_types() {
    let mut book = book(&samples::soa());
    let controls = book.worksheet_range("Reference controls of Annex A").expect("sheet");
    assert_eq!(controls.height(), 94, "a header and 93 rows");
    let row = 4;
    assert_eq!(controls.get((row, 0)), Some(&Data::String("A.5 Organisation".into())));
    assert!(matches!(controls.get((row, 11)), Some(Data::DateTime(day)) if day.to_ymd_hms_milli().0 == 2026));
    assert_eq!(controls.get((row, 12)), Some(&Data::Float(3.0)));
    let actions = book.worksheet_range("Actions of the plan").expect("sheet");
    assert_eq!(actions.get((1, 3)), Some(&Data::Float(35_400.0)));
    assert_eq!(actions.get((4, 3)), Some(&Data::Float(85_400.0)), "sums follow the rows");
}

#[test]
fn hostile_text_is_text_and_cut_cells_say_so() {
    let mut document = hostile::hostile(100_000);
    document.title = "Plain".into();
    let mut book = book(&document);
    let name = book.sheet_names()[1].clone();
    for sheet in book.sheet_names() {
        assert!(book.worksheet_formula(&sheet).expect("formulas").is_empty(), "{sheet} has a formula");
    }
    let sheet = book.worksheet_range(&name).expect("sheet");
    let column = |row: u32| sheet.get_value((row, 1)).map(ToString::to_string).unwrap_or_default();
    for (row, text) in (1..).zip(hostile::HOSTILE) {
        let expected = match row {
            9 => "invoice[U+202E]fdp.exe".to_owned(),
            10 => "nul[U+0000] bell[U+0007] escape[U+001B][31m delete[U+007F] c1[U+009B]".to_owned(),
            15 => "line one\nline two\nline three\nline four".to_owned(),
            _ => text.to_owned(),
        };
        assert_eq!(column(row).replace("\r\n", "\n"), expected, "row {row}");
    }
    let monster = column(17);
    assert!(monster.ends_with("… [cut: 67,333 more characters]"), "{}", &monster[monster.len() - 60..]);
    assert!(monster.chars().count() <= 32_767);
    let cover = book.worksheet_range("Cover").expect("cover");
    assert!(
        cover.used_cells().any(|(_, _, cell)| cell.to_string().contains("cells were longer than a spreadsheet cell"))
    );
}

#[test]
fn equal_documents_give_equal_workbooks() {
    let document = samples::soa();
    assert!(render_xlsx(&document).expect("a workbook") == render_xlsx(&document).expect("a workbook"));
}

#[test]
fn csv_reads_back_as_it_was() {
    let files = render_csv(&samples::soa()).expect("files");
    let names: Vec<_> = files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["reference-controls-of-annex-a.csv", "actions-of-the-plan.csv", "controls-outside-annex-a.csv"]);
    let mut reader = csv::Reader::from_reader(files[0].text.as_bytes());
    assert_eq!(&reader.headers().expect("headers")[0], "Theme");
    let rows: Vec<_> = reader.records().map(|row| row.expect("a row")).collect();
    assert_eq!(rows.len(), 93);
    assert_eq!(&rows[92][1], "A.8.34\nSupply chain of software and devices");
}

#[test]
fn hostile_csv_fields_survive_and_never_start_like_a_formula() {
    let files = render_csv(&hostile::hostile(10)).expect("files");
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(files[0].text.as_bytes());
    let mut fields = 0;
    for row in reader.records() {
        for field in &row.expect("a row") {
            fields += 1;
            let number = field.parse::<f64>().is_ok();
            assert!(number || !field.starts_with(['=', '+', '-', '@', '\t', '\r']), "{field}");
            assert!(!field.contains(['\0', '\u{202e}', '\u{1b}']), "{field}");
        }
    }
    assert_eq!(fields, 9 * 18, "a group column and eight others in a header and 17 rows");
}
