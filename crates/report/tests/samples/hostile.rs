//! A document with hostile text in every place that takes text.

use attestry_report::{
    Block, Cell, Change, Column, Count, Document, Fact, Figure, GivenSignature, NoteTone, RowGroup, Section, Signature,
    Table, Tone,
};
use jiff::civil::date;

use crate::samples::frame;

fn s(text: &str) -> String {
    text.to_owned()
}

/// Texts that try to be something else than text.
pub const HOSTILE: [&str; 16] = [
    "#panic(\"typst\") #import \"/etc/passwd\": * $ x $ *bold* _it_ `raw` <label> @ref \\ = Heading",
    "]#set page(width: 1pt)[",
    "<script>alert('x')</script><img src=x onerror=alert(1)> &amp; \"quotes\" 'single'",
    "=HYPERLINK(\"http://example.invalid\",\"click\")",
    "+SUM(A1:A9)",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1)",
    "\tstarts with a tab",
    "invoice\u{202e}fdp.exe",
    "nul\0 bell\u{7} escape\u{1b}[31m delete\u{7f} c1\u{9b}",
    "مرحبا بالعالم 123 shalom שלום",
    "王小明 김철수 山田太郎 สวัสดี नमस्ते",
    "\u{1f469}\u{200d}\u{1f4bb} emoji \u{1f512} private \u{e000}",
    "combining e\u{301}\u{302}\u{303}\u{304} and \u{200d}\u{200c} joiners",
    "line one\r\nline two\rline three\u{2028}line four",
    "C:\\Users\\x\\..\\..\\%SystemRoot% ${jndi:ldap://x} {{7*7}} %s%n",
];

/// A document with hostile text in every place that takes text.
pub fn hostile(monster: usize) -> Document {
    let mut document = frame(HOSTILE[0]);
    let all = HOSTILE.join(" ");
    document.subtitle = s(HOSTILE[2]);
    document.number = s(HOSTILE[1]);
    document.version = s(HOSTILE[3]);
    document.organisation = s(HOSTILE[8]);
    document.label = s(HOSTILE[11]);
    document.draft = true;
    document.simulated_clock = Some(s(HOSTILE[9]));
    document.cover = HOSTILE.iter().map(|text| Fact { label: s(text), value: Cell::text(*text) }).collect();
    document.history = vec![Change { version: s("1"), date: date(1, 1, 1), author: all.clone(), text: all.clone() }];
    let rows = HOSTILE
        .iter()
        .map(|text| {
            vec![
                Cell::text(*text),
                Cell::Strong(s(text)),
                Cell::Code(s(text)),
                Cell::Refs(vec![s(text), s(text)]),
                Cell::Badges(vec![s(text)]),
                Cell::mark(Tone::Gap, *text),
                Cell::Level { step: 5, word: s(text) },
                Cell::Number { value: -1e300, decimals: 2, unit: s(text) },
            ]
        })
        .chain([vec![
            Cell::Text("W".repeat(monster)),
            Cell::Text("aé".repeat(400)),
            Cell::Empty,
            Cell::Empty,
            Cell::Empty,
            Cell::Money { minor: i64::MIN, decimals: 2, currency: s("EUR") },
            Cell::Date(date(-9999, 1, 1)),
            Cell::Lines(vec![Cell::text(all.clone()), Cell::Empty]),
        ]])
        .collect();
    let columns =
        ["A", "B", "C", "D", "E", "F", "G", "H"].map(|name| Column::new(&format!("{name} {}", HOSTILE[4]), 1.0));
    let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 200 20\"><script>alert(1)</script><text x=\"0\" y=\"12\" font-size=\"8\">\u{1f512} label</text></svg>";
    document.sections = vec![Section {
        heading: all.clone(),
        landscape: true,
        blocks: vec![
            Block::Heading(all.clone()),
            Block::Text(HOSTILE.join("\n\n")),
            Block::List(HOSTILE.map(s).into()),
            Block::Facts(vec![Fact { label: all.clone(), value: Cell::text(all.clone()) }]),
            Block::Tally(vec![Count { tone: Tone::Fine, word: all.clone(), count: u32::MAX }]),
            Block::Note { tone: NoteTone::Warning, text: all.clone() },
            Block::Table(Table {
                groups: vec![RowGroup { heading: all.clone(), summary: all.clone(), rows }],
                ..Table::plain(&all, columns.into(), vec![])
            }),
            Block::Figure(Figure {
                caption: all.clone(),
                alt: all.clone(),
                svg: s(svg),
                width: 0.5,
                data: Table::plain("", vec![Column::new(HOSTILE[3], 1.0)], vec![vec![Cell::text(HOSTILE[5])]]),
            }),
            Block::Signatures(vec![Signature {
                role: all.clone(),
                name: all.clone(),
                given: Some(GivenSignature { at: all.clone(), id: all.clone(), method: all }),
            }]),
        ],
    }];
    document
}
