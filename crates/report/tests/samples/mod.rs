//! Documents for tests and timing: a whole Statement of Applicability of an invented clinic.

use attestry_report::{
    Block, Cell, Change, Checkpoint, Column, Count, Document, Fact, Figure, GivenSignature, NoteTone, RowGroup,
    Section, Signature, Snapshot, Table, Tone, Words,
};
use jiff::civil::date;

const HASH: &str = "9c1185a5c5e9fc54612808977ee8f548b2258d31f1b7c5d2a0e0c7c6f5e5a1b4";
const ROOT: &str = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";

fn s(text: &str) -> String {
    text.to_owned()
}

fn fact(label: &str, value: Cell) -> Fact {
    Fact { label: s(label), value }
}

/// A document with a frame and without content.
pub fn frame(title: &str) -> Document {
    Document {
        title: s(title),
        subtitle: String::new(),
        number: s("ISMS-SOA"),
        version: s("3.1"),
        organisation: s("Alderway Clinic"),
        label: s("Internal"),
        language: s("en-GB"),
        cover: vec![],
        draft: false,
        simulated_clock: None,
        snapshot: Snapshot { as_of: s("13 October 2026, 09:30 UTC"), record_set_hash: s(HASH) },
        checkpoint: Some(Checkpoint { origin: s("log.alderway.example/isms"), size: 48_211, root: s(ROOT) }),
        made: "2026-10-13T09:31:07Z".parse().expect("a moment"),
        history: vec![],
        sections: vec![],
        words: Words::default(),
    }
}

const NAMES: [&str; 24] = [
    "Rules for information security",
    "Who does what",
    "Two people for one payment",
    "Duties of heads of department",
    "Whom to call at the authorities",
    "Circles and associations of the trade",
    "Watching for threats",
    "Security in projects",
    "Inventory of what we have",
    "Acceptable use of devices and records",
    "Giving things back",
    "Classes of information",
    "Labels on information",
    "Passing information on",
    "Access control",
    "One identity for each person",
    "Passwords, passkeys and cards",
    "Granting and removing access rights",
    "Security with suppliers",
    "Security clauses in contracts with suppliers",
    "Supply chain of software and devices",
    "Watching and changing supplier services",
    "Cloud services",
    "Preparing for incidents",
];
const HOW: [&str; 8] = [
    "POL-01 and nine topic policies, reviewed every year by the management",
    "Role register with 23 assignments; deputies are named for each of them",
    "Payments and payroll need two people; the system refuses one person doing both",
    "Heads of department sign their duties every year in January",
    "Contact list: supervisory authority, police, data protection, power and water; checked twice a year",
    "Alert service is to be read weekly; the procedure is being written",
    "Question on security in each project start form, followed up at each milestone",
    "Asset register with 41 entries, each with an owner and a date of the next review",
];
const OWNERS: [&str; 6] = ["Ines Cole", "Adam Doyle", "Judith Wren", "Lena Hofmann", "Sam Liu", "Marta Kovač"];

fn soa_row(theme: u8, number: usize, at: usize) -> Vec<Cell> {
    let excluded = at % 16 == 11;
    let (tone, word) = match (excluded, at % 9) {
        (true, _) => (Tone::Excluded, "Excluded"),
        (_, 3) => (Tone::Moving, "Partly"),
        (_, 6) => (Tone::Planned, "Planned"),
        (_, 8) if at.is_multiple_of(4) => (Tone::Gap, "Not in place"),
        _ => (Tone::Fine, "In place"),
    };
    let reasons = match at % 4 {
        _ if excluded => vec![],
        0 => vec![s("Risk")],
        1 => vec![s("Law"), s("Risk")],
        2 => vec![s("Business")],
        _ => vec![s("Contract")],
    };
    let risks = (0..at % 4).map(|n| format!("R-{:03}", (at * 7 + n * 13) % 90 + 1)).collect();
    vec![
        Cell::Lines(vec![Cell::Code(format!("A.{theme}.{number}")), Cell::Strong(s(NAMES[at % NAMES.len()]))]),
        Cell::text(if excluded { "No" } else { "Yes" }),
        Cell::Badges(reasons),
        Cell::text(if excluded {
            "No software is developed, neither here nor on order."
        } else {
            "Needed to treat the linked risks and to meet the duties of patient care."
        }),
        Cell::Refs(risks),
        if at % 5 == 1 { Cell::Refs(vec![format!("LEG-{:02}", at % 30 + 1)]) } else { Cell::Empty },
        Cell::mark(tone, word),
        if excluded { Cell::Empty } else { Cell::text(HOW[at % HOW.len()]) },
        if excluded { Cell::Empty } else { Cell::Refs(vec![format!("POL-{:02}", at % 12 + 1)]) },
        if excluded { Cell::Empty } else { Cell::text(OWNERS[at % OWNERS.len()]) },
        if matches!(tone, Tone::Moving | Tone::Planned | Tone::Gap) {
            Cell::Date(date(2026, 11, i8::try_from(at % 28).expect("a small number") + 1))
        } else {
            Cell::Empty
        },
        if excluded { Cell::Empty } else { Cell::count(at as u64 % 6) },
        if at % 23 == 4 { Cell::text("Now partly: new fire doors on two floors") } else { Cell::Empty },
    ]
}

/// The 93 rows in four groups.
pub fn soa_table() -> Table {
    let columns = vec![
        Column::new("Control", 15.0).naming_row(),
        Column::new("Used", 4.0).unwrapped(),
        Column::new("Why", 7.0),
        Column::new("Justification", 16.0),
        Column::new("Risks", 6.0),
        Column::new("Duties", 6.0),
        Column::new("State", 8.0).unwrapped(),
        Column::new("How it is done", 20.0),
        Column::new("Rules", 6.0),
        Column::new("Owner", 8.0),
        Column::new("Planned for", 7.0).unwrapped(),
        Column::new("Evidence", 5.0).at_end(),
        Column::new("Changed since 3.0", 8.0),
    ];
    let mut at = 0;
    let groups = [(5, 37, "A.5 Organisation"), (6, 8, "A.6 People"), (7, 14, "A.7 Places"), (8, 34, "A.8 Technology")]
        .map(|(theme, count, heading)| RowGroup {
            heading: s(heading),
            summary: format!("{} of {count} in place", count * 3 / 4),
            rows: (1..=count)
                .map(|number| {
                    at += 1;
                    soa_row(theme, number, at - 1)
                })
                .collect(),
        });
    Table {
        caption: s("Reference controls of Annex A"),
        columns,
        group_title: s("Theme"),
        groups: groups.into(),
        total: vec![],
        empty: String::new(),
    }
}

const CHART: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 460 170" width="460" height="170" font-family="Inter" font-size="10"><g fill="none" stroke="#c3cccd"><path d="M40 10v130h400"/><path d="M40 100h400M40 60h400M40 20h400" stroke-dasharray="2 3"/></g><path d="M40 24C120 30 170 60 220 92S340 132 440 137" fill="none" stroke="#005c68" stroke-width="2.2"/><path d="M40 44C110 60 150 92 200 116S330 137 440 139" fill="none" stroke="#3a49b5" stroke-width="2" stroke-dasharray="6 4"/><path d="M300 10v130" stroke="#d27c02" stroke-width="1.4"/><g fill="#576469"><text x="36" y="143" text-anchor="end">0 %</text><text x="36" y="24" text-anchor="end">30 %</text><text x="40" y="156">10 000</text><text x="430" y="156" text-anchor="end">EUR 1 000 000</text></g><text x="306" y="20" fill="#81520a">tolerance</text><text x="150" y="46" fill="#005c68">now</text><text x="86" y="112" fill="#3a49b5">planned</text></svg>"##;

/// The whole Statement of Applicability as a draft on a simulated clock.
pub fn soa() -> Document {
    let money = |minor| Cell::Money { minor, decimals: 2, currency: s("EUR") };
    let actions = Table {
        total: vec![Cell::Strong(s("Sum")), Cell::Empty, Cell::Empty, money(8_540_000), money(1_275_000)],
        ..Table::plain(
            "Actions of the plan",
            vec![
                Column::new("Action", 8.0).naming_row(),
                Column::new("Before", 3.0),
                Column::new("After", 3.0),
                Column::new("Once", 3.0).at_end(),
                Column::new("Each year", 3.0).at_end(),
            ],
            vec![
                vec![
                    Cell::Lines(vec![
                        Cell::Code(s("ACT-011")),
                        Cell::text("Second factor for remote access of all staff"),
                    ]),
                    Cell::Level { step: 5, word: s("20 very high") },
                    Cell::Level { step: 2, word: s("6 low") },
                    money(3_540_000),
                    money(775_000),
                ],
                vec![
                    Cell::Lines(vec![Cell::Code(s("ACT-014")), Cell::text("Offline copy of the patient records")]),
                    Cell::Level { step: 4, word: s("16 high") },
                    Cell::Level { step: 3, word: s("9 medium") },
                    money(5_000_000),
                    money(500_000),
                ],
                vec![
                    Cell::Lines(vec![Cell::Code(s("ACT-019")), Cell::text("Yearly drill with the fire brigade")]),
                    Cell::Level { step: 3, word: s("9 medium") },
                    Cell::Level { step: 1, word: s("3 very low") },
                    money(0),
                    money(0),
                ],
            ],
        )
    };
    let figure = Figure {
        caption: s("Chance of losing more than an amount in one year, now and after the plan"),
        alt: s("The chance of losing more than EUR 400,000 in a year falls from 9 to 3 in 100 with the plan."),
        svg: s(CHART),
        width: 0.85,
        data: Table::plain(
            "",
            vec![
                Column::new("Loss above", 2.0).naming_row(),
                Column::new("Now", 1.0).at_end(),
                Column::new("Planned", 1.0).at_end(),
            ],
            vec![
                vec![
                    money(10_000_000),
                    Cell::Number { value: 21.0, decimals: 0, unit: s("%") },
                    Cell::Number { value: 12.5, decimals: 1, unit: s("%") },
                ],
                vec![
                    money(40_000_000),
                    Cell::Number { value: 9.0, decimals: 0, unit: s("%") },
                    Cell::Number { value: 3.0, decimals: 0, unit: s("%") },
                ],
            ],
        ),
    };
    Document {
        subtitle: s(
            "The reference controls of Annex A of ISO/IEC 27001:2022: which ones we use, why, and how far they are.",
        ),
        draft: true,
        simulated_clock: Some(s("this installation runs on 13 October 2026, chosen by Ines Cole")),
        cover: vec![
            fact("Author", Cell::text("Ines Cole, ISMS manager")),
            fact("Reviewed by", Cell::text("Adam Doyle, head of IT")),
            fact("To be approved by", Cell::text("Judith Wren, managing director")),
            fact(
                "Scope",
                Cell::Lines(vec![
                    Cell::Code(s("ISMS-SCO 2.0")),
                    Cell::text("All wards, the laboratory and the administration in Alderway"),
                ]),
            ),
            fact("Risk assessment", Cell::Refs(vec![s("RA-2026-2"), s("RA-2026-3")])),
            fact("Next review", Cell::Date(date(2027, 6, 12))),
            fact("Distribution", Cell::text("Management, heads of department, internal and external auditors")),
        ],
        history: vec![
            Change { version: s("1.0"), date: date(2024, 6, 3), author: s("Ines Cole"), text: s("First statement") },
            Change {
                version: s("2.0"),
                date: date(2025, 6, 10),
                author: s("Ines Cole"),
                text: s("Laboratory taken into the scope; 12 controls judged again"),
            },
            Change {
                version: s("3.0"),
                date: date(2026, 6, 12),
                author: s("Lena Hofmann"),
                text: s("Yearly review after the risk assessment"),
            },
        ],
        sections: vec![
            Section {
                heading: s("Summary"),
                landscape: false,
                blocks: vec![
                    Block::Text(s(
                        "61 of the 87 controls we use are in place. Nine are planned with a date and an owner, and six of the 93 reference controls are not used because we neither develop software nor run a data centre of our own.\n\nThree things stand between this statement and the audit:\n- the alert service must be read every week\n- two suppliers have not signed the security clauses\n- the restore test of the laboratory system is late",
                    )),
                    Block::Tally(vec![
                        Count { tone: Tone::Fine, word: s("in place"), count: 61 },
                        Count { tone: Tone::Moving, word: s("partly"), count: 17 },
                        Count { tone: Tone::Planned, word: s("planned"), count: 9 },
                        Count { tone: Tone::Excluded, word: s("excluded"), count: 6 },
                    ]),
                    Block::Note {
                        tone: NoteTone::Proposal,
                        text: s(
                            "Version 3.1 holds four changes that are not in force yet. Version 3.0 of 12 June 2026 applies until this one is approved.",
                        ),
                    },
                    Block::Heading(s("How to read the reasons")),
                    Block::List(vec![
                        s("Risk: the control treats at least one risk above the limit."),
                        s("Law: a legal duty asks for it."),
                        s("Contract: a customer or supplier contract asks for it."),
                        s("Business: it is good practice we have decided to follow."),
                    ]),
                    Block::Heading(s("Basis")),
                    Block::Facts(vec![
                        fact("Edition", Cell::text("Annex A of ISO/IEC 27001:2022 with amendment 1:2024")),
                        fact("Controls outside Annex A", Cell::count(2)),
                        fact("State", Cell::mark(Tone::Watch, "2 pieces of evidence end soon")),
                    ]),
                ],
            },
            Section { heading: s("Controls"), landscape: true, blocks: vec![Block::Table(soa_table())] },
            Section {
                heading: s("Effect on risks"),
                landscape: false,
                blocks: vec![
                    Block::Text(s("The controls above lower the risks as follows.")),
                    Block::Table(actions),
                    Block::Figure(figure),
                    Block::Note {
                        tone: NoteTone::Warning,
                        text: s("Two figures rest on estimates of one person only."),
                    },
                    Block::Table(Table {
                        empty: s("There are no controls outside Annex A."),
                        ..Table::plain(
                            "Controls outside Annex A",
                            vec![Column::new("Control", 1.0), Column::new("Why", 2.0)],
                            vec![],
                        )
                    }),
                ],
            },
            Section {
                heading: s("Approval"),
                landscape: false,
                blocks: vec![Block::Signatures(vec![
                    Signature {
                        role: s("ISMS manager"),
                        name: s("Ines Cole"),
                        given: Some(GivenSignature {
                            at: s("13 October 2026, 09:12 UTC"),
                            id: s("APR-0211"),
                            method: s("passkey"),
                        }),
                    },
                    Signature { role: s("Top management"), name: s("Judith Wren"), given: None },
                ])],
            },
        ],
        ..frame("Statement of Applicability")
    }
}
