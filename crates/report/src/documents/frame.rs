//! What all documents share: cover, snapshot, change history, signatures, people, amounts.

use std::collections::BTreeMap;

use attestry_model::field::Choice;
use attestry_model::records::document::DocumentType;
use attestry_model::records::{Approval, Document as Registered, Person, Risk};
use attestry_model::value::Money;
use attestry_model::{AnyRecord, AnyRef, Isms, Ref, Stored, decide};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;
use sha2::{Digest, Sha256};

use super::Frame;
use crate::document::{Block, Cell, Document, Fact, GivenSignature, NoteTone, Section, Signature, Snapshot, Tone};
use crate::words::Words;

/// A moment as readers see it.
pub fn moment(at: Timestamp) -> String {
    let at = Offset::UTC.to_datetime(at);
    format!("{} {:02}:{:02} UTC", at.date(), at.hour(), at.minute())
}

/// The day of a moment, in UTC.
pub fn day(at: Timestamp) -> Date {
    Offset::UTC.to_datetime(at).date()
}

/// A day, or nothing.
pub fn date(date: Option<Date>) -> Cell {
    date.map_or(Cell::Empty, Cell::Date)
}

/// A text, or nothing.
pub fn text(text: Option<&str>) -> Cell {
    text.map(str::trim).filter(|text| !text.is_empty()).map_or(Cell::Empty, Cell::text)
}

/// References in the order of the register; nothing when there are none.
pub fn refs(references: impl IntoIterator<Item = AnyRef>) -> Cell {
    let names: Vec<String> = references.into_iter().map(|reference| reference.to_string()).collect();
    if names.is_empty() { Cell::Empty } else { Cell::Refs(names) }
}

/// Values under each other without the empty ones.
pub fn lines(cells: impl IntoIterator<Item = Cell>) -> Cell {
    let mut filled: Vec<Cell> = cells.into_iter().filter(|cell| *cell != Cell::Empty).collect();
    match filled.len() {
        0 => Cell::Empty,
        1 => filled.swap_remove(0),
        _ => Cell::Lines(filled),
    }
}

/// A number with its noun, for example `1 action`; the noun is one whose plural ends in an s.
pub fn counted(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// A record by its number with its title below.
pub fn named(record: &dyn AnyRecord) -> Cell {
    lines([refs([record.any_ref()]), text(record.head().title.as_deref())])
}

/// The value of a risk with the name of its band, on the risk ramp; the bare value where its method has no such band.
pub fn level(isms: &Isms, risk: Option<&Stored<Risk>>, value: Option<i64>) -> Cell {
    let Some(value) = value else { return Cell::Empty };
    let method = risk.and_then(|risk| isms.find(risk.methodology));
    let (step, band) = ramp(value, method.map(|method| method.bands.as_slice()).unwrap_or_default());
    band.map_or_else(
        || Cell::text(value.to_string()),
        |band| Cell::Level { step, word: format!("{value} {}", band.to_lowercase()) },
    )
}

/// An amount, or nothing.
pub fn money(money: Option<Money>) -> Cell {
    money.map_or(Cell::Empty, |money| Cell::Money {
        minor: money.minor,
        decimals: u8::try_from(money.currency.digits()).unwrap_or(2),
        currency: money.currency.to_string(),
    })
}

/// A person by name.
pub fn person(isms: &Isms, reference: Option<Ref<Person>>) -> String {
    isms.find(reference).map_or_else(
        || reference.map(|reference| reference.to_string()).unwrap_or_default(),
        |person| person.name.clone().unwrap_or_else(|| person.title().to_owned()),
    )
}

/// A person by name as a cell.
pub fn person_cell(isms: &Isms, reference: Option<Ref<Person>>) -> Cell {
    let name = person(isms, reference);
    if name.is_empty() { Cell::Empty } else { Cell::Text(name) }
}

/// A sum by currency; amounts of different currencies are never added.
#[derive(Debug, Default, Clone)]
pub struct Sums(BTreeMap<attestry_model::value::Currency, i64>);

impl From<Option<Money>> for Sums {
    fn from(money: Option<Money>) -> Self {
        let mut sums = Self::default();
        sums.add(money);
        sums
    }
}

impl Sums {
    /// Adds an amount.
    pub fn add(&mut self, money: Option<Money>) {
        if let Some(money) = money {
            let sum = self.0.entry(money.currency).or_default();
            *sum = sum.saturating_add(money.minor);
        }
    }

    /// Takes the amounts of another sum away.
    pub fn subtract_all(&mut self, other: &Self) {
        other.amounts().for_each(|amount| self.add(Some(Money { minor: -amount.minor, ..amount })));
    }

    /// The amounts.
    pub fn amounts(&self) -> impl Iterator<Item = Money> {
        self.0.iter().map(|(currency, minor)| Money { minor: *minor, currency: *currency })
    }

    /// As a cell; one line for each currency.
    pub fn cell(&self) -> Cell {
        let mut cells: Vec<Cell> = self.amounts().map(|amount| money(Some(amount))).collect();
        match cells.len() {
            0 => Cell::Empty,
            1 => cells.swap_remove(0),
            _ => Cell::Lines(cells),
        }
    }
}

/// The signature of a role, from an approval if it is there and valid.
pub fn signature(isms: &Isms, role: &str, approval: Option<Ref<Approval>>, whom: Option<Ref<Person>>) -> Signature {
    let approval = isms.find(approval);
    let signed = approval.filter(|approval| approval.state_name() == "signed");
    let given = signed.and_then(|approval| {
        Some(GivenSignature {
            at: moment(approval.signed_at?),
            id: approval.reference().to_string(),
            method: approval.method.map_or("not said", Choice::label).to_lowercase(),
        })
    });
    let name = person(isms, approval.and_then(|approval| approval.signer).or(whom));
    Signature { role: role.to_owned(), name, given }
}

/// Whether the approval of a record is signed and still covers the record as it stands.
pub fn is_covered(isms: &Isms, approval: Option<Ref<Approval>>, record: &dyn AnyRecord) -> bool {
    isms.find(approval).is_some_and(|approval| decide::covers(approval, record, isms))
}

/// SHA-256 in hexadecimal over the records that a document was made from: reference, version and canonical fields of
/// each, in the order of their references.
pub fn record_set_hash(records: &mut Vec<&dyn AnyRecord>) -> String {
    records.sort_by_key(|record| record.any_ref());
    records.dedup_by_key(|record| record.any_ref());
    let mut hash = Sha256::new();
    for record in records {
        let fields = serde_json::Value::Object(record.fields());
        hash.update(format!("{} {} {fields}\n", record.any_ref(), record.revision()));
    }
    let digits = |byte: u8| [byte >> 4, byte & 15].map(|half| char::from_digit(half.into(), 16).unwrap_or_default());
    hash.finalize().into_iter().flat_map(digits).collect()
}

/// What a document says of itself.
pub struct Cover<'a> {
    /// Title.
    pub title: &'static str,
    /// One sentence below it.
    pub subtitle: String,
    /// Document number and label where the document is not in the register.
    pub number: &'static str,
    /// Its entry in the document register.
    pub registered: Option<&'a Stored<Registered>>,
    /// Version, as far as it has one.
    pub version: Option<String>,
    /// Facts of the cover.
    pub facts: Vec<Fact>,
    /// Whether it is not approved.
    pub draft: bool,
    /// Earlier versions.
    pub history: Vec<crate::document::Change>,
}

/// The entry of the document register for a document of this type.
pub fn registered(isms: &Isms, what: DocumentType) -> Option<&Stored<Registered>> {
    isms.live::<Registered>().filter(|document| document.doc_type == Some(what)).last()
}

/// The entry of the document register whose number begins like this, for documents without a type of their own.
pub fn registered_as<'a>(isms: &'a Isms, number: &str) -> Option<&'a Stored<Registered>> {
    let mine =
        |document: &&Stored<Registered>| document.body.number.as_deref().is_some_and(|own| own.starts_with(number));
    isms.live::<Registered>().filter(mine).last()
}

/// Top management's signature under a record, with a warning where it no longer fits the record.
pub fn approved(isms: &Isms, approval: Option<Ref<Approval>>, record: &dyn AnyRecord) -> Section {
    let mut blocks = vec![Block::Signatures(vec![signature(isms, "Top management", approval, None)])];
    if approval.is_some() && !is_covered(isms, approval, record) {
        let text = "The signature does not match the record as it stands now: it was given in another system or for \
                    another state of it.";
        blocks.insert(0, Block::Note { tone: NoteTone::Warning, text: text.to_owned() });
    }
    Section { heading: "Approval".to_owned(), landscape: false, blocks }
}

/// The day on which an approval was signed, in UTC.
pub fn signed_on(isms: &Isms, approval: Option<Ref<Approval>>) -> Option<Date> {
    Some(day(isms.find(approval)?.signed_at?))
}

/// A text of any length as a block; nothing where it says nothing.
pub fn prose(text: Option<&str>) -> Option<Block> {
    text.map(str::trim).filter(|text| !text.is_empty()).map(|text| Block::Text(text.to_owned()))
}

/// A section.
pub fn section(heading: &str, landscape: bool, blocks: Vec<Block>) -> Section {
    Section { heading: heading.to_owned(), landscape, blocks }
}

/// Who is to have a document, as the register says.
fn distribution(isms: &Isms, document: &Stored<Registered>) -> Cell {
    if document.audience_all == Some(true) {
        return Cell::text("everybody in scope");
    }
    let units = document.audience_units.iter().filter_map(|unit| isms.get(*unit));
    text(Some(&units.map(Stored::title).collect::<Vec<_>>().join(", ")))
}

/// How the document is controlled: who wrote and approved it, when it is reviewed, who has it (7.5.2 and 7.5.3).
pub fn control_facts(
    isms: &Isms,
    registered: Option<&Stored<Registered>>,
    author: Option<Ref<Person>>,
    approval: Option<Ref<Approval>>,
    approved_on: Option<Date>,
) -> Vec<Fact> {
    let signer = isms.find(approval).and_then(|approval| approval.signer);
    let author = author.or_else(|| registered.and_then(|document| document.head.owner));
    vec![
        fact("Author", person_cell(isms, author)),
        fact("Approved by", person_cell(isms, signer)),
        fact("Approved on", approved_on.map_or(Cell::text("not approved"), Cell::Date)),
        fact("Signature", refs(approval.map(Ref::any))),
        fact("Next review", date(registered.and_then(|document| document.next_review))),
        fact("Distribution", registered.map_or(Cell::Empty, |document| distribution(isms, document))),
    ]
}

/// A fact of the cover.
pub fn fact(label: &str, value: Cell) -> Fact {
    Fact { label: label.to_owned(), value }
}

/// Puts a document together.
pub fn document(isms: &Isms, frame: &Frame, cover: Cover<'_>, hash: String, sections: Vec<Section>) -> Document {
    let organisation = isms.organization();
    let name = organisation.map(|one| one.legal_name.clone().unwrap_or_else(|| one.title().to_owned()));
    let at = isms.at().unwrap_or(frame.now);
    let simulated = frame.simulated.then(|| {
        "The clock of this organisation is simulated: its times are those of an exercise, not of the world.".to_owned()
    });
    let registered = cover.registered;
    let label = registered.and_then(|document| isms.find(document.classification)).map(Stored::title);
    let number = registered.and_then(|document| document.body.number.as_deref()).unwrap_or(cover.number);
    Document {
        title: cover.title.to_owned(),
        subtitle: cover.subtitle,
        number: number.to_owned(),
        version: cover.version.unwrap_or_else(|| "no version".to_owned()),
        organisation: name.unwrap_or_default(),
        label: label.unwrap_or("Not classified").to_owned(),
        language: "en".to_owned(),
        cover: cover.facts.into_iter().filter(|fact| fact.value != Cell::Empty).collect(),
        draft: cover.draft,
        simulated_clock: simulated,
        snapshot: Snapshot { as_of: moment(at), record_set_hash: hash },
        checkpoint: frame.checkpoint.clone(),
        made: frame.now,
        history: cover.history,
        sections,
        words: Words::default(),
    }
}

/// The mark of a state of work.
pub fn state_mark(state: &'static str) -> Cell {
    let (tone, word) = state_words(state);
    Cell::mark(tone, word)
}

/// The shape and the word of a state of work.
pub fn state_words(state: &'static str) -> (Tone, String) {
    let tone = match state {
        "verified" | "done" | "approved" | "accepted" | "effective" | "implemented" | "completed" => Tone::Fine,
        "in_progress" | "in_execution" | "in_review" => Tone::Moving,
        "planned" | "proposed" | "draft" => Tone::Planned,
        "blocked" | "expired" | "invalidated" => Tone::Gap,
        "cancelled" | "void" | "superseded" | "declined" | "revoked" => Tone::Excluded,
        _ => Tone::Todo,
    };
    (tone, state.replace('_', " "))
}

/// The step on the five-step risk ramp of a value within the values that a methodology knows.
pub fn ramp(value: i64, bands: &[attestry_model::records::methodology::Band]) -> (u8, Option<&str>) {
    let at = bands
        .iter()
        .position(|band| band.min.is_some_and(|min| min <= value) && band.max.is_none_or(|max| value <= max));
    let Some(at) = at else { return (3, None) };
    let steps = (at * 4).checked_div(bands.len().saturating_sub(1)).unwrap_or(0) + 1;
    (u8::try_from(steps).unwrap_or(5).min(5), bands[at].name.as_deref())
}
