//! What a PDF file must be: accessible, archivable, still, and faithful to the text.

use std::time::Duration;

use attestry_report::*;
use lopdf::{Dictionary, Object};

#[path = "samples/hostile.rs"]
mod hostile;
mod samples;
#[path = "samples/typefaces.rs"]
mod typefaces;

fn read(bytes: &[u8]) -> lopdf::Document {
    lopdf::Document::load_mem(bytes).expect("a readable PDF")
}

fn text_of(pdf: &lopdf::Document) -> String {
    let pages: Vec<u32> = pdf.get_pages().keys().copied().collect();
    // A line or column may break a text anywhere: compare without spaces and without the invisible places to break.
    let text = pdf.extract_text(&pages).expect("text");
    squeezed(&text)
}

fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '\u{200b}' | '\u{ad}' | '\u{a0}')).collect()
}

fn catalog(pdf: &lopdf::Document) -> &Dictionary {
    pdf.catalog().expect("a catalog")
}

fn metadata(pdf: &lopdf::Document) -> String {
    let id = catalog(pdf).get(b"Metadata").and_then(Object::as_reference).expect("metadata");
    let stream = pdf.get_object(id).and_then(Object::as_stream).expect("a stream");
    String::from_utf8_lossy(&stream.get_plain_content().unwrap_or_else(|_| stream.content.clone())).into_owned()
}

#[test]
fn the_file_is_tagged_titled_and_claims_both_standards() {
    let (bytes, conformance) = render_pdf_here(&samples::soa(), None).expect("a PDF");
    assert_eq!(conformance, Conformance::AccessibleArchive);
    let pdf = read(&bytes);
    let catalog = catalog(&pdf);
    assert!(catalog.get(b"StructTreeRoot").is_ok(), "structure tree");
    let marked =
        pdf.get_dict_in_dict(catalog, b"MarkInfo").and_then(|info| info.get(b"Marked")).and_then(Object::as_bool);
    assert!(marked.expect("MarkInfo"), "marked");
    let language = catalog.get(b"Lang").and_then(Object::as_str).expect("language");
    assert_eq!(String::from_utf8_lossy(language).to_ascii_lowercase(), "en-gb");
    let shows_title =
        pdf.get_dict_in_dict(catalog, b"ViewerPreferences").and_then(|prefs| prefs.get(b"DisplayDocTitle"));
    assert!(shows_title.and_then(Object::as_bool).expect("viewer preferences"));
    assert!(catalog.get(b"Outlines").is_ok(), "bookmarks");
    let metadata = metadata(&pdf);
    for part in ["Statement of Applicability", "<pdfuaid:part>1<", "<pdfaid:part>2<", "<pdfaid:conformance>A<"] {
        assert!(metadata.contains(part), "{part} is missing in {metadata}");
    }
}

/// Goes through an object and fails on anything that would act when the file is opened or clicked.
fn must_not_act(object: &Object) {
    let dictionary = match object {
        Object::Array(items) => return items.iter().for_each(must_not_act),
        Object::Dictionary(dictionary) => dictionary,
        Object::Stream(stream) => &stream.dict,
        _ => return,
    };
    for key in ["OpenAction", "AA", "JS", "JavaScript", "Launch", "EmbeddedFiles", "AcroForm", "URI"] {
        assert!(dictionary.get(key.as_bytes()).is_err(), "{key}");
    }
    if let Ok(Object::Name(name)) = dictionary.get(b"S") {
        assert!(!matches!(name.as_slice(), b"JavaScript" | b"Launch" | b"URI" | b"GoToR" | b"SubmitForm"));
    }
    dictionary.iter().for_each(|(_, item)| must_not_act(item));
}

#[test]
fn nothing_in_the_file_acts() {
    for document in [samples::soa(), hostile::hostile(500)] {
        let pdf = read(&render_pdf(&document, &Renderer::in_process()).expect("a PDF"));
        assert!(pdf.objects.len() > 100, "compressed objects are read as well");
        pdf.objects.values().for_each(must_not_act);
    }
}

#[test]
fn every_row_of_the_statement_is_there() {
    let pdf = read(&render_pdf(&samples::soa(), &Renderer::in_process()).expect("a PDF"));
    let text = text_of(&pdf);
    for (theme, count) in [(5, 37), (6, 8), (7, 14), (8, 34)] {
        for number in 1..=count {
            assert!(text.contains(&format!("A.{theme}.{number}")), "A.{theme}.{number}");
        }
    }
    for part in ["Uncontrolled when printed", "Judith Wren", "EUR 85,400.00", "16 high", "Not signed yet"] {
        assert!(text.contains(&squeezed(part)), "{part}");
    }
}

#[test]
fn every_page_says_draft_simulated_clock_and_checkpoint() {
    let pdf = read(&render_pdf(&samples::soa(), &Renderer::in_process()).expect("a PDF"));
    let pages = pdf.get_pages();
    for page in pages.keys() {
        let text = squeezed(&pdf.extract_text(&[*page]).expect("text"));
        for part in [
            "Draft",
            "Simulated clock: this installation",
            "Log 48,211 · CsUYapGGPo4d",
            &format!("Page {page} of {}", pages.len()),
        ] {
            assert!(text.contains(&squeezed(part)), "page {page} does not say {part}");
        }
    }
    let last = squeezed(&pdf.extract_text(&[u32::try_from(pages.len()).expect("few pages")]).expect("text"));
    assert!(last.contains("CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="), "the whole root stands on the last page");
}

#[test]
fn an_approved_document_on_a_real_clock_says_neither() {
    let document = Document { draft: false, simulated_clock: None, ..samples::soa() };
    let text = text_of(&read(&render_pdf(&document, &Renderer::in_process()).expect("a PDF")));
    assert!(!text.contains("Draft") && !text.contains("Simulated"), "{text}");
}

#[test]
fn hostile_text_comes_out_as_text() {
    let document = hostile::hostile(2_000);
    let (bytes, conformance) = render_pdf_here(&document, None).expect("a PDF");
    assert_eq!(conformance, Conformance::AccessibleArchive);
    let text = text_of(&read(&bytes));
    for part in [
        "#panic(\"typst\") #import \"/etc/passwd\": * $ x $ *bold* _it_ `raw` <label> @ref \\ = Heading",
        "]#set page(width: 1pt)[",
        "<script>alert('x')</script>",
        "=HYPERLINK(\"http://example.invalid\",\"click\")",
        "invoice[U+202E]fdp.exe",
        "nul[U+0000] bell[U+0007] escape[U+001B][31m delete[U+007F] c1[U+009B]",
        "private [U+E000]",
        "${jndi:ldap://x} {{7*7}} %s%n",
        "characters cannot be shown with the typefaces of this file",
    ] {
        assert!(text.contains(&squeezed(part)), "missing: {part}");
    }
    assert!(text.matches('W').count() >= 2_000, "every letter of the monstrous word is there");
}

#[test]
fn a_drawing_that_reaches_for_a_file_is_refused() {
    let mut document = hostile::hostile(10);
    for block in &mut document.sections[0].blocks {
        if let Block::Figure(figure) = block {
            figure.svg = r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><image href="/etc/hosts.png" width="9" height="9"/></svg>"#.into();
        }
    }
    let error = render_pdf(&document, &Renderer::in_process()).expect_err("refused").to_string();
    assert!(error.contains("failed to load linked image"), "{error}");
}

#[test]
fn a_word_of_a_megabyte_is_set_within_the_limits() {
    let mut document = samples::frame("Monster");
    let cell = vec![Cell::Code("R-001".into()), Cell::Text("W".repeat(1 << 20))];
    document.sections = vec![Section {
        heading: "Risks".into(),
        landscape: true,
        blocks: vec![Block::Table(Table::plain(
            "Risks",
            vec![Column::new("Id", 1.0), Column::new("Title", 9.0)],
            vec![cell],
        ))],
    }];
    let pdf = read(&render_pdf(&document, &Renderer::in_process()).expect("a PDF"));
    assert!(pdf.get_pages().len() > 50, "{} pages", pdf.get_pages().len());
}

#[test]
fn equal_documents_give_equal_bytes_and_other_times_do_not() {
    let document = samples::soa();
    let first = render_pdf(&document, &Renderer::in_process()).expect("a PDF");
    assert!(first == render_pdf(&document, &Renderer::in_process()).expect("a PDF"), "same bytes");
    let later = Document { made: document.made + Duration::from_secs(1), ..document };
    assert!(first != render_pdf(&later, &Renderer::in_process()).expect("a PDF"), "another time, other bytes");
}

#[test]
fn languages_from_right_to_left_are_set() {
    let mut document = Document { language: "ar".into(), ..samples::soa() };
    document.title = "بيان الانطباق".into();
    let (bytes, conformance) = render_pdf_here(&document, None).expect("a PDF");
    assert_eq!(conformance, Conformance::AccessibleArchive);
    let pdf = read(&bytes);
    assert_eq!(catalog(&pdf).get(b"Lang").and_then(Object::as_str).expect("language"), b"ar");
}

fn saying(text: &str) -> Document {
    let blocks = vec![Block::Text(text.into())];
    Document { sections: vec![Section { heading: String::new(), landscape: false, blocks }], ..samples::frame("t") }
}

#[test]
fn characters_beyond_the_built_in_typefaces_are_written_out_and_counted() {
    let text = text_of(&read(&render_pdf(&saying("Owner: 王小明"), &Renderer::in_process()).expect("a PDF")));
    for part in ["Owner: [U+738B][U+5C0F][U+660E]", "3 characters cannot be shown"] {
        assert!(text.contains(&squeezed(part)), "{part}: {text}");
    }
    let covered = "Großhändler, Škoda, Ωmega, Привет, ≥ 5 → 3 ✓ № €";
    let text = text_of(&read(&render_pdf(&saying(covered), &Renderer::in_process()).expect("a PDF")));
    assert!(!text.contains("[U+"), "{text}");
}

#[test]
fn a_folder_of_typefaces_makes_further_scripts_possible() {
    let Some(folder) = typefaces::typefaces("further-scripts") else { return };
    std::fs::write(folder.join("LICENCE.txt"), "no typeface, and not read").expect("a file");
    let document = saying("ⵣⵉⵖⵜ");
    let without = text_of(&read(&render_pdf(&document, &Renderer::in_process()).expect("a PDF")));
    assert!(without.contains("[U+2D63]") && without.contains(&squeezed("4 characters cannot be shown")), "{without}");
    let (bytes, conformance) = render_pdf_here(&document, Some(&folder)).expect("a PDF");
    assert_eq!(conformance, Conformance::AccessibleArchive);
    let with = text_of(&read(&bytes));
    assert!(!with.contains("[U+") && with.contains("ⵣⵉⵖⵜ"), "{with}");
    let renderer = Renderer::in_process().with_fonts(&folder);
    assert!(bytes == render_pdf(&document, &renderer).expect("a PDF"), "the same bytes again");
}

#[test]
fn a_folder_of_typefaces_that_is_no_good_is_refused_by_name() {
    let root = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("no-good");
    let folder = |name: &str, fill: &dyn Fn(&std::path::Path)| {
        let folder = root.join(name);
        std::fs::create_dir_all(&folder).expect("a folder");
        fill(&folder);
        folder
    };
    let write = |path: std::path::PathBuf| std::fs::write(path, "no typeface").expect("a file");
    let absent = root.join("absent");
    let broken = folder("broken", &|folder| write(folder.join("x.TTF")));
    let many = folder("many", &|folder| (0..65).for_each(|at| write(folder.join(format!("{at}.otf")))));
    let large = folder("large", &|folder| {
        std::fs::File::create(folder.join("x.ttf")).and_then(|file| file.set_len((64 << 20) + 1)).expect("a file");
    });
    for (folder, parts) in [
        (absent, ["absent", ""]),
        (broken, ["x.TTF", "this is no typeface that can be read"]),
        (many, ["many", "65 typefaces are too many; 64 are read"]),
        (large, ["x.ttf", "larger than 64 MiB together"]),
    ] {
        let renderer = Renderer::in_process().with_fonts(&folder);
        let error = render_pdf(&saying("text"), &renderer).expect_err("refused").to_string();
        assert!(parts.iter().all(|part| error.contains(part)), "{error}");
    }
}

#[test]
fn documents_out_of_bounds_are_refused_with_a_reason() {
    let table =
        |rows: usize| Block::Table(Table::plain("t", vec![Column::new("a", 1.0)], vec![vec![Cell::Empty]; rows]));
    let with = |block: Block| Document {
        sections: vec![Section { heading: String::new(), landscape: false, blocks: vec![block] }],
        ..samples::frame("t")
    };
    let column = |weight: f64| vec![Column::new("a", weight)];
    let refused: [(Document, &str); 8] = [
        (with(table(20_001)), "rows; 20000 are allowed"),
        (with(Block::Text("x".repeat(10 << 20))), "bytes of text; 10485760 are allowed"),
        (with(Block::Table(Table::plain("t", column(1.0), vec![vec![]]))), "row 1 has 0 cells for 1 columns"),
        (with(Block::Table(Table::plain("t", column(f64::NAN), vec![]))), "weight of column"),
        (with(Block::Table(Table::plain("t", vec![], vec![]))), "has 0 columns"),
        (
            with(Block::Facts(vec![Fact { label: String::new(), value: Cell::Level { step: 6, word: "x".into() } }])),
            "level",
        ),
        (Document { language: "en_GB\"><script>".into(), ..samples::frame("t") }, "is not a language tag"),
        (
            with(Block::Facts(vec![Fact {
                label: String::new(),
                value: (0..6).fold(Cell::Empty, |cell, _| Cell::Lines(vec![cell])),
            }])),
            "nested deeper than 4",
        ),
    ];
    for (document, reason) in refused {
        let error = render_pdf(&document, &Renderer::in_process()).expect_err(reason).to_string();
        assert!(error.contains(reason), "{error}");
        assert_eq!(render_html(&document).expect_err(reason).to_string(), error);
    }
    assert!(with(table(19_999)).check().is_ok(), "one group heading and 19,999 rows are within the bound");
}
