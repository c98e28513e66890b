//! D11, the Statement of Applicability: all controls of Annex A, the decision on each, and why (6.1.3 d).

mod row;

use std::collections::{BTreeMap, BTreeSet};

use attestry_model::field::Choice;
use attestry_model::records::document::DocumentType;
use attestry_model::records::{Applicability, Control, Risk, Soa};
use attestry_model::{AnyRef, Isms, Ref, Stored};
use attestry_standards::{Theme, annex_control, annex_controls};

use self::row::{Row, Writer};
use super::frame::{
    Cover, control_facts, counted, document, fact, is_covered, level, lines, named, person, record_set_hash, refs,
    registered, signature, text,
};
use super::gaps::gaps;
use super::{Definition, Edition, Frame};
use crate::document::{Block, Cell, Change, Column, Count, Document, NoteTone, RowGroup, Section, Table};

/// The document.
pub const DEFINITION: Definition = Definition {
    name: "soa",
    title: "Statement of Applicability",
    number: "ISMS-SOA",
    clause: "6.1.3 d",
    trend: false,
    build,
};

/// States of a row in the order of the summary.
const STATES: [&str; 7] =
    ["implemented", "partly", "planned", "not implemented", "status not stated", "excluded", "undecided"];

fn build(isms: &Isms, frame: &Frame) -> Result<Document, String> {
    let asked = frame.version.and_then(AnyRef::of::<Soa>).and_then(|soa| isms.get(soa)).filter(|soa| !soa.is_void());
    let Some(soa) = asked.or_else(|| current(isms)) else {
        return Err(
            "there is no Statement of Applicability yet: create one with `attestry add soa`, and its rows with \
                    `attestry add applicability`, or import a register"
                .to_owned(),
        );
    };
    let reference = soa.reference();
    let rows = rows_of(isms, soa);
    let before = previous(isms, soa);
    let earlier = before.map(|before| rows_of(isms, before)).unwrap_or_default();
    let annex: Vec<Row<'_>> = annex_controls()
        .iter()
        .map(|control| Row::of_annex(&control.id, &control.title, rows.get(control.id.as_str()).copied()))
        .collect();
    let own = own_controls(isms, &rows);
    let writer = Writer { isms, frame, earlier };
    let mut sections = vec![summary(&writer, soa, before, &annex, &own), annex_section(&writer, &annex)];
    sections.push(own_section(&writer, &own));
    if frame.edition == Edition::Internal {
        sections.push(per_risk(isms, &annex, &own));
    }
    sections.push(approval(isms, soa));
    let draft = !["approved", "effective"].contains(&soa.state_name());
    if draft {
        sections.push(gaps(isms, frame, &["6.1.3 b", "6.1.3 c", "6.1.3 d"]));
    }
    let scope = isms.find(soa.risk_assessment).and_then(|run| isms.find(run.scope));
    let registered = registered(isms, DocumentType::Soa);
    let mut facts = vec![
        fact("Edition", Cell::text(if frame.edition == Edition::Internal { "internal" } else { "external" })),
        fact("State", Cell::text(soa.state.label().to_lowercase())),
        fact("Annex A edition", text(soa.annex_edition.as_deref())),
        fact("Scope version", text(scope.and_then(|scope| scope.version.as_deref()))),
        fact("Risk assessment", assessment(isms, soa)),
    ];
    facts.extend(control_facts(isms, registered, soa.head.owner, soa.approval, soa.approved_on));
    facts.push(fact("Record", refs([reference.any()])));
    let cover = Cover {
        title: DEFINITION.title,
        subtitle: "Which controls of ISO/IEC 27001:2022 Annex A are necessary here, why, and how far they are in place"
            .to_owned(),
        number: DEFINITION.number,
        registered,
        version: soa.version.clone(),
        facts,
        draft,
        history: history(isms),
    };
    let mut used = writer.records(annex.iter().chain(&own));
    used.push(soa);
    let hash = record_set_hash(&mut used);
    Ok(document(isms, frame, cover, hash, sections))
}

/// The version in force; where none is, the one approved or worked on last.
fn current(isms: &Isms) -> Option<&Stored<Soa>> {
    let order = ["effective", "approved", "in_review", "draft"];
    order.iter().find_map(|state| isms.live::<Soa>().filter(|soa| soa.state_name() == *state).last())
}

/// The version before.
fn previous<'a>(isms: &'a Isms, soa: &Stored<Soa>) -> Option<&'a Stored<Soa>> {
    isms.table::<Soa>().iter().rev().find(|one| one.number < soa.number && !one.is_void())
}

/// The rows of a version by the control that they decide on.
fn rows_of<'a>(isms: &'a Isms, soa: &Stored<Soa>) -> BTreeMap<&'a str, &'a Stored<Applicability>> {
    let rows = isms.referring::<Applicability>(soa.reference().any(), "soa").filter(|row| !row.is_void());
    rows.filter_map(|row| Some((row.annex_id.as_deref()?, row))).collect()
}

/// The necessary controls that Annex A does not have: those with a row of their own, and those that realise none of it.
fn own_controls<'a>(isms: &'a Isms, rows: &BTreeMap<&'a str, &'a Stored<Applicability>>) -> Vec<Row<'a>> {
    let mut told = BTreeSet::new();
    let mut own: Vec<Row<'a>> = Vec::new();
    for (id, decision) in rows.iter().filter(|(id, _)| annex_control(id).is_none()) {
        let control = id.parse::<AnyRef>().ok().and_then(AnyRef::of::<Control>).and_then(|control| isms.get(control));
        told.extend(control.map(Stored::reference));
        told.extend(decision.controls.iter().copied());
        own.push(Row::own(id, control, Some(decision)));
    }
    let outside =
        isms.live::<Control>().filter(|control| !control.annex_refs.iter().any(|id| annex_control(id).is_some()));
    for control in outside.filter(|control| !told.contains(&control.reference())) {
        let realises = isms.referring::<Applicability>(control.reference().any(), "controls");
        // A row of Annex A may name the control that realises it, though the control does not name the row.
        if realises.filter(|row| !row.is_void()).count() == 0 {
            own.push(Row::own(&control.reference().to_string(), Some(control), None));
        }
    }
    own
}

fn assessment(isms: &Isms, soa: &Stored<Soa>) -> Cell {
    let Some(run) = isms.find(soa.risk_assessment) else { return Cell::Empty };
    let day = run.completed_on.map_or_else(|| "not completed".to_owned(), |day| format!("completed on {day}"));
    Cell::text(format!("{} {}, {day}", run.reference(), run.title()))
}

/// How many controls of Annex A are in which state in the statement that counts.
pub(super) fn standing(isms: &Isms) -> Option<(&Stored<Soa>, Vec<Count>)> {
    let soa = current(isms)?;
    let rows = rows_of(isms, soa);
    let annex = annex_controls()
        .iter()
        .map(|control| Row::of_annex(&control.id, &control.title, rows.get(control.id.as_str()).copied()));
    Some((soa, counts(&annex.collect::<Vec<_>>())))
}

fn counts(rows: &[Row<'_>]) -> Vec<Count> {
    let mut counts: Vec<Count> = Vec::new();
    for word in STATES {
        let fitting = rows.iter().map(Row::status).filter(|(_, state)| *state == word);
        let tone = fitting.clone().map(|(tone, _)| tone).next();
        if let Some(tone) = tone {
            let count = u32::try_from(fitting.count()).unwrap_or(u32::MAX);
            counts.push(Count { tone, word: word.to_owned(), count });
        }
    }
    counts
}

fn summary(
    writer: &Writer<'_>,
    soa: &Stored<Soa>,
    before: Option<&Stored<Soa>>,
    rows: &[Row<'_>],
    own: &[Row<'_>],
) -> Section {
    let applicable = rows.iter().filter(|row| row.applicable() == Some(true)).count();
    let undecided = rows.iter().filter(|row| row.applicable().is_none()).count();
    let excluded = rows.len() - applicable - undecided;
    let organisation = writer.isms.organization().map(Stored::title).filter(|name| !name.is_empty());
    let mut blocks = vec![
        Block::Text(format!(
            "{} compared the controls that its risk treatment needs with the {} controls of Annex A: {applicable} are \
             applicable and {excluded} are not{}. {}",
            organisation.unwrap_or("The organisation"),
            rows.len(),
            if undecided > 0 { format!("; {undecided} are not decided yet") } else { String::new() },
            match own.len() {
                0 => "No control outside Annex A is necessary.".to_owned(),
                1 => "One control outside Annex A is necessary as well.".to_owned(),
                more => format!("{more} controls outside Annex A are necessary as well."),
            }
        )),
        Block::Tally(counts(rows)),
    ];
    if undecided > 0 {
        let have = if undecided == 1 { "has" } else { "have" };
        let text = format!(
            "{} {have} no decision. The statement is complete when every control has one.",
            counted(undecided, "control")
        );
        blocks.push(Block::Note { tone: NoteTone::Warning, text });
    }
    if let Some(before) = before {
        blocks.push(Block::Heading("Changes since the version before".to_owned()));
        blocks.extend(text_block(soa.changes.as_deref()));
        blocks.push(Block::Text(writer.told_changes(before, rows.iter().chain(own))));
    }
    blocks.push(Block::Heading("Reasons for inclusion".to_owned()));
    blocks.push(Block::Text(
        "R risk · L law or regulation · C contract · B business practice · P interested party".to_owned(),
    ));
    Section { heading: "Summary".to_owned(), landscape: false, blocks }
}

fn text_block(text: Option<&str>) -> Option<Block> {
    text.map(str::trim).filter(|text| !text.is_empty()).map(|text| Block::Text(text.to_owned()))
}

fn annex_section(writer: &Writer<'_>, rows: &[Row<'_>]) -> Section {
    let group = |theme: Theme, heading: &str| {
        let mine: Vec<&Row<'_>> =
            rows.iter().filter(|row| annex_control(&row.id).is_some_and(|control| control.theme == theme)).collect();
        let applicable = mine.iter().filter(|row| row.applicable() == Some(true)).count();
        let done = mine.iter().filter(|row| row.status().1 == "implemented").count();
        RowGroup {
            heading: heading.to_owned(),
            summary: format!("{applicable} of {} applicable, {done} implemented", mine.len()),
            rows: mine.iter().map(|row| writer.cells(row)).collect(),
        }
    };
    let groups = vec![
        group(Theme::Organizational, "5 Organizational controls"),
        group(Theme::People, "6 People controls"),
        group(Theme::Physical, "7 Physical controls"),
        group(Theme::Technological, "8 Technological controls"),
    ];
    let table = Table {
        caption: "Controls of Annex A".to_owned(),
        columns: writer.columns(),
        group_title: "Theme".to_owned(),
        groups,
        total: Vec::new(),
        empty: String::new(),
    };
    Section { heading: "Controls of Annex A".to_owned(), landscape: true, blocks: vec![Block::Table(table)] }
}

fn own_section(writer: &Writer<'_>, rows: &[Row<'_>]) -> Section {
    let mut table = Table::plain(
        "Necessary controls outside Annex A",
        writer.columns(),
        rows.iter().map(|row| writer.cells(row)).collect(),
    );
    table.empty = "The risk treatment needs no control that Annex A does not have.".into();
    let heading = "Necessary controls outside Annex A".to_owned();
    Section { heading, landscape: true, blocks: vec![Block::Table(table)] }
}

/// How the included controls reduce the risks: for each risk its value before, the controls, its value after.
fn per_risk(isms: &Isms, annex: &[Row<'_>], own: &[Row<'_>]) -> Section {
    let mut entries: BTreeMap<Ref<Risk>, Vec<String>> = BTreeMap::new();
    let mut controls: BTreeMap<Ref<Risk>, BTreeSet<Ref<Control>>> = BTreeMap::new();
    for row in annex.iter().filter(|row| row.applicable() == Some(true)) {
        for risk in row.risks(isms) {
            entries.entry(risk).or_default().push(row.id.clone());
            controls.entry(risk).or_default().extend(row.controls());
        }
    }
    for row in own {
        for risk in row.risks(isms) {
            entries.entry(risk).or_default();
            controls.entry(risk).or_default().extend(row.controls());
        }
    }
    let mut rows = Vec::new();
    let mut others = Vec::new();
    for risk in isms.live::<Risk>() {
        let Some(entries) = entries.get(&risk.reference()) else {
            others.push(risk.reference().to_string());
            continue;
        };
        let mine = controls.get(&risk.reference()).into_iter().flatten().map(|control| control.any());
        rows.push(vec![
            named(risk),
            level(isms, Some(risk), risk.inherent_value),
            if entries.is_empty() { Cell::Empty } else { Cell::Refs(entries.clone()) },
            refs(mine),
            level(isms, Some(risk), risk.residual_value.or(risk.current_value)),
        ]);
    }
    let columns = vec![
        Column::new("Risk", 2.4).naming_row(),
        Column::new("Before", 0.9),
        Column::new("Annex A", 2.0),
        Column::new("Realised by", 1.8),
        Column::new("After", 0.9),
    ];
    let count = rows.len();
    let mut table = Table::plain("How the included controls reduce the risks", columns, rows);
    table.empty = "No applicable control is linked to a risk yet.".into();
    let mut blocks = vec![Block::Table(table)];
    if count > 0 && !others.is_empty() {
        let text = match others.as_slice() {
            [one] => format!("No included control is linked to {one}."),
            many => format!("No included control is linked to {} risks: {}.", many.len(), many.join(", ")),
        };
        blocks.push(Block::Text(text));
    }
    Section { heading: "How the included controls reduce the risks".to_owned(), landscape: false, blocks }
}

fn approval(isms: &Isms, soa: &Stored<Soa>) -> Section {
    let mut blocks = vec![Block::Signatures(vec![signature(isms, "Top management", soa.approval, None)])];
    if soa.approval.is_some() && !is_covered(isms, soa.approval, soa) {
        blocks.insert(
            0,
            Block::Note {
                tone: NoteTone::Warning,
                text: "The signature does not match the statement as it stands now: it was given in another system or \
                       for another state of it."
                    .to_owned(),
            },
        );
    }
    Section { heading: "Approval".to_owned(), landscape: false, blocks }
}

fn history(isms: &Isms) -> Vec<Change> {
    let versions = isms.table::<Soa>().iter().filter(|soa| !soa.is_void());
    let told = versions.enumerate().filter_map(|(at, soa)| {
        let signer = isms.find(soa.approval).and_then(|approval| approval.signer);
        let untold = if at == 0 { "First version" } else { "No change is described" };
        Some(Change {
            version: soa.version.clone()?,
            date: soa.approved_on?,
            author: person(isms, soa.head.owner.or(signer)),
            text: soa.changes.clone().unwrap_or_else(|| untold.to_owned()),
        })
    });
    told.collect()
}
