//! Spreadsheets go through the same mapping, and hostile ones are refused before they unfold.

#![expect(clippy::unwrap_used, reason = "the helpers of tests fail by panicking, as tests do")]

use std::io::Write as _;
use std::path::Path;

use attestry_exchange::{Plan, SourceFile, import};
use attestry_model::Isms;
use jiff::Timestamp;
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};

fn read(bytes: Vec<u8>) -> Result<Plan, String> {
    let files = [SourceFile::new("book.xlsx", bytes)];
    import(&files, &Isms::default(), None, Timestamp::UNIX_EPOCH).map_err(|wrong| wrong.to_string())
}

#[test]
fn the_kit_as_a_workbook_gives_the_same_records() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/starter-kit/registers");
    if !folder.is_dir() {
        println!("SKIPPED: {} is not there, so the starter kit is not read", folder.display());
        return;
    }
    let mut book = Workbook::new();
    let mut files = Vec::new();
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        let bytes = std::fs::read(&path).unwrap();
        let sheet = book.add_worksheet();
        sheet.set_name(path.file_stem().unwrap().to_str().unwrap()).unwrap();
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes.as_slice());
        for (row, record) in (0..).zip(reader.records()) {
            for (column, cell) in (0..).zip(&record.unwrap()) {
                sheet.write_string(row, column, cell).unwrap();
            }
        }
        files.push(SourceFile::new(path.file_name().unwrap().to_str().unwrap(), bytes));
    }
    let from_book = read(book.save_to_buffer().unwrap()).unwrap();
    let from_files = import(&files, &Isms::default(), None, Timestamp::UNIX_EPOCH).unwrap();
    // A worksheet has no torn rows to put together: the three torn tables are read as they lie there.
    let torn = ["communication_item", "interested_party", "requirement", "isms_role", "person"];
    for (kind, counts) in &from_files.report.kinds {
        if !torn.contains(kind) {
            assert_eq!(from_book.report.kinds.get(kind), Some(counts), "{kind}");
        }
    }
    assert_eq!(from_book.report.registers.len(), 23);
}

#[test]
fn cells_of_every_kind_are_read_as_people_see_them() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name("Risk treatment plan").unwrap();
    for (column, heading) in
        (0..).zip(["ID", "Risk ID", "Action", "Start Date", "Due Date", "Budget (EUR)", "Progress"])
    {
        sheet.write_string(0, column, heading).unwrap();
    }
    let day = Format::new().set_num_format("yyyy-mm-dd");
    sheet.write_number(1, 0, 17.0).unwrap();
    sheet.write_string(1, 2, "'=cmd|' /C calc'!A0").unwrap();
    sheet.write_datetime_with_format(1, 3, ExcelDateTime::from_ymd(2026, 3, 1).unwrap(), &day).unwrap();
    sheet.write_datetime_with_format(1, 4, ExcelDateTime::from_ymd(2026, 6, 30).unwrap(), &day).unwrap();
    sheet.write_formula(1, 5, Formula::new("=1000.1+200.2").set_result("1200.3000000000002")).unwrap();
    sheet.write_number(1, 6, 50.0).unwrap();
    let plan = read(book.save_to_buffer().unwrap()).unwrap();
    let action = plan.records.iter().find(|it| it.reference.to_string() == "TA-0001").unwrap();
    let field = |name: &str| action.fields[name].as_str().unwrap();
    assert_eq!(field("title"), "=cmd|' /C calc'!A0", "the apostrophe of our own exports is undone");
    assert_eq!((field("start"), field("due")), ("2026-03-01", "2026-06-30"));
    assert_eq!((field("cost_once"), field("progress")), ("1200.30 EUR", "50"));
    assert_eq!(action.source, "book.xlsx#Risk treatment plan:2");
    assert!(action.fields["tags"].as_array().unwrap().contains(&"source:risk-treatment-plan/17".into()));
}

#[test]
fn a_cell_at_the_far_end_does_not_unfold_the_sheet() {
    let mut book = Workbook::new();
    book.add_worksheet().write_string(1_048_575, 16_383, "x").unwrap();
    let refused = read(book.save_to_buffer().unwrap()).unwrap_err();
    assert!(refused.starts_with("book.xlsx#Sheet1:1048576, column “16384”: is beyond 2000 columns"), "{refused}");
}

/// A workbook with one part more.
fn with_part(name: &str, content: impl Iterator<Item = Vec<u8>>) -> Vec<u8> {
    let mut book = Workbook::new();
    book.add_worksheet().write_string(0, 0, "x").unwrap();
    let bytes = book.save_to_buffer().unwrap();
    let mut parts = zip::ZipWriter::new_append(std::io::Cursor::new(bytes)).unwrap();
    parts.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
    content.for_each(|block| parts.write_all(&block).unwrap());
    parts.finish().unwrap().into_inner()
}

#[test]
fn a_bomb_is_refused_before_it_unfolds() {
    let zeros = std::iter::repeat_n(vec![0; 1_048_576], 300);
    let bomb = with_part("xl/worksheets/sheet9.xml", zeros);
    assert!(bomb.len() < 1_048_576, "it is small");
    assert_eq!(read(bomb).unwrap_err(), "book.xlsx: unfolds to more than 256 MB");
}

/// A workbook of a treatment plan with one action, whose shared texts are these.
fn with_texts(texts: &str) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name("Risk treatment plan").unwrap();
    for (column, heading) in (0..).zip(["ID", "Risk ID", "Action"]) {
        sheet.write_string(0, column, heading).unwrap();
    }
    sheet.write_number(1, 0, 17.0).unwrap();
    sheet.write_string(1, 2, "what is done").unwrap();
    let bytes = book.save_to_buffer().unwrap();
    let mut old = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut new = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for at in 0..old.len() {
        let mut part = old.by_index(at).unwrap();
        let name = part.name().unwrap().into_owned();
        new.start_file(&name, zip::write::SimpleFileOptions::default()).unwrap();
        if name == "xl/sharedStrings.xml" {
            new.write_all(texts.as_bytes()).unwrap();
        } else {
            std::io::copy(&mut part, &mut new).unwrap();
        }
    }
    new.finish().unwrap().into_inner()
}

#[test]
fn entities_of_a_workbook_bring_no_file_and_unfold_to_nothing() {
    let texts = |types: &str, text: &str| {
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>{types}<sst xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" \
             count=\"4\" uniqueCount=\"4\"><si><t>ID</t></si><si><t>Risk ID</t></si><si><t>Action</t></si><si><t>{text}</t></si></sst>"
        )
    };
    // Without any, the fourth text is read: the workbook that is built here is one.
    let plain = read(with_texts(&texts("", "Fire &amp; smoke"))).unwrap();
    let action = plain.records.iter().find(|it| it.reference.to_string() == "TA-0001").unwrap();
    assert_eq!(action.fields["title"], "Fire & smoke");
    let file = concat!("<!DOCTYPE sst [<!ENTITY x SYSTEM \"file://", env!("CARGO_MANIFEST_DIR"), "/Cargo.toml\">]>");
    let laugh = |at: usize| format!("<!ENTITY x{at} \"{}\">", format!("&x{};", at - 1).repeat(40));
    let laughs = (1..9).map(laugh).collect::<Vec<_>>().concat();
    let laughs = format!("<!DOCTYPE sst [<!ENTITY x0 \"ha\">{laughs}<!ENTITY x \"&x8;\">]>");
    let far = "<!DOCTYPE sst SYSTEM \"http://127.0.0.1:9/x.dtd\" [<!ENTITY % y SYSTEM \"http://127.0.0.1:9/y\"> %y;]>";
    for types in [file, &*laughs, far] {
        match read(with_texts(&texts(types, "&x;"))) {
            Err(refused) => assert!(refused.len() < 1_000 && !refused.contains("[package]"), "{refused}"),
            Ok(read) => {
                let told = format!("{:?}", read.records);
                assert!(told.len() < 10_000 && !told.contains("[package]") && !told.contains("haha"), "{told}");
            }
        }
    }
}

#[test]
fn what_is_no_workbook_is_refused() {
    for bytes in [Vec::new(), b"PK\x03\x04".to_vec(), b"ID,Title\n".to_vec()] {
        let refused = read(bytes).unwrap_err();
        assert!(refused.starts_with("book.xlsx: cannot be read as a spreadsheet: "), "{refused}");
    }
    let mut book = Workbook::new();
    book.add_worksheet().write_string(0, 0, "x").unwrap();
    let bytes = book.save_to_buffer().unwrap();
    for length in (0..bytes.len()).step_by(97) {
        assert!(read(bytes[..length].to_vec()).is_err(), "cut at {length}");
    }
}

#[test]
fn rows_that_a_spreadsheet_program_tore_are_put_together_or_left_out() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name("stakeholder-communication").unwrap();
    let rows = [
        "Stakeholder,Category,Information Need,Communication Content,Channel,Frequency,Owner,Language",
        "Works council,Internal,Monitoring, remote work,Planned measures, BYOD rules,Dedicated meeting,On change,HR Lead,DE",
        "Press,External,Crisis,Holding statement,facts,Press release,On event,Communications Lead,DE",
    ];
    for (row, text) in (0..).zip(rows) {
        for (column, cell) in (0..).zip(text.split(',')) {
            sheet.write_string(row, column, cell).unwrap();
        }
    }
    let plan = read(book.save_to_buffer().unwrap()).unwrap();
    let items: Vec<_> =
        plan.records.iter().filter(|it| it.fields.contains_key("channel")).map(|it| it.fields.clone()).collect();
    let channels: Vec<&str> = items.iter().map(|it| it["channel"].as_str().unwrap()).collect();
    assert_eq!(channels, ["Dedicated meeting"]);
    let unread: Vec<Option<u64>> = plan.report.unread.iter().map(|it| it.line).collect();
    assert_eq!(unread, [Some(3)]);
    let names = plan.records.iter().filter(|it| it.reference.to_string().starts_with("PER-"));
    assert_eq!(names.map(|it| it.fields["title"].as_str().unwrap()).collect::<Vec<_>>(), ["HR Lead"]);
}
