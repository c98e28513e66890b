//! Several new records at once: numbers foreseen, so that they can name each other, and one change for all of them.

use std::collections::HashMap;

use attestry_model::decide::Part;
use attestry_model::records::Person;
use attestry_model::{AnyRef, Command, Isms, Kind, Problems, Ref};
use serde_json::{Map, Value};

use crate::cx::Cx;
use crate::fault::Fault;
use crate::pages::records::pick;
use crate::pages::records::undo::span;

/// Most people that a field of people suggests.
pub const MOST_PEOPLE: usize = 500;
/// How often a change is prepared again when somebody else was quicker.
const TRIES: usize = 4;

/// Records in the making.
pub struct Making<'a> {
    /// The ISMS as it stands.
    pub isms: &'a Isms,
    next: HashMap<Kind, u32>,
    commands: Vec<Command>,
    /// For each command the row that it came from.
    rows: Vec<usize>,
    expecting: Vec<AnyRef>,
}

impl<'a> Making<'a> {
    /// Nothing yet.
    pub fn on(isms: &'a Isms) -> Self {
        Self { isms, next: HashMap::new(), commands: Vec::new(), rows: Vec::new(), expecting: Vec::new() }
    }

    /// A new record from a row; its reference to be.
    pub fn add(&mut self, row: usize, kind: Kind, fields: Map<String, Value>) -> AnyRef {
        let next = self.next.entry(kind).or_insert_with(|| self.isms.next_number(kind));
        let reference = AnyRef { kind, number: *next };
        *next += 1;
        self.commands.push(Command::Create { kind, fields });
        self.rows.push(row);
        self.expecting.push(reference);
        reference
    }

    /// A change from a row.
    pub fn change(&mut self, row: usize, command: Command) {
        self.commands.push(command);
        self.rows.push(row);
    }

    /// The record in the making that bears a word.
    pub fn made(&self, kind: Kind, tag: &str) -> Option<AnyRef> {
        let mut new = self.expecting.iter();
        let creates = self.commands.iter().filter_map(|it| match it {
            Command::Create { fields, .. } => Some(fields),
            _ => None,
        });
        let bears = |fields: &Map<String, Value>| {
            fields.get("tags").and_then(Value::as_array).is_some_and(|tags| tags.iter().any(|it| it == tag))
        };
        creates
            .filter_map(|fields| Some((*new.next()?, fields)))
            .find(|it| it.0.kind == kind && bears(it.1))
            .map(|it| it.0)
    }

    /// How many commands there are.
    pub fn len(&self) -> usize {
        self.commands.len()
    }

    /// How many new records of a kind there will be.
    pub fn count(&self, kind: Kind) -> usize {
        self.expecting.iter().filter(|it| it.kind == kind).count()
    }

    fn finish(self) -> (Command, Vec<usize>) {
        let parts = self.commands.into_iter().map(Part::alone).collect();
        (Command::Together { parts, expecting: self.expecting }, self.rows)
    }

    /// What would be refused, by row; nothing is written.
    pub fn preview(self, cx: &Cx) -> Result<Vec<(usize, String, String)>, Fault> {
        let (command, rows) = self.finish();
        match attestry_model::decide(&cx.current, &cx.principal, command, cx.now) {
            Ok(_) => Ok(Vec::new()),
            Err(refusal) => match Fault::from(refusal) {
                Fault::Invalid(problems) => Ok(by_row(&problems, &rows)),
                other => Err(other),
            },
        }
    }
}

/// Makes and writes records as one change: all or none. What comes back with what was told is the name of the step, by which it
/// can be undone. The outer fault is one of the request; the inner one tells for each row the field and what is wrong with it.
pub async fn write<T>(
    cx: &Cx,
    make: impl Fn(&mut Making<'_>) -> Result<T, Fault>,
) -> Result<Result<(T, String), Vec<(usize, String, String)>>, Fault> {
    for _ in 0..TRIES {
        let isms = cx.organisation.isms();
        let (told, command, rows) = {
            let mut making = Making::on(&isms);
            let told = make(&mut making)?;
            let (command, rows) = making.finish();
            (told, command, rows)
        };
        match cx.submit(command).await {
            Ok(receipt) => return Ok(Ok((told, span(&receipt)))),
            Err(Fault::Stale(_)) => {}
            Err(Fault::Invalid(problems)) => return Ok(Err(by_row(&problems, &rows))),
            Err(other) => return Err(other),
        }
    }
    Err(Fault::Conflict(cx.say("making-busy").into_owned()))
}

/// Problems of several commands, by the row that each came from: row, field, message.
fn by_row(problems: &Problems, rows: &[usize]) -> Vec<(usize, String, String)> {
    let place = |path: &str| -> Option<(usize, String)> {
        let (at, rest) = path.strip_prefix("parts[")?.split_once(']')?;
        let row = rows.get(at.parse::<usize>().ok()?)?;
        Some((*row, rest.trim_start_matches('.').to_owned()))
    };
    let told = problems.0.iter().map(|it| {
        let (row, field) = place(&it.field).unwrap_or((0, it.field.clone()));
        (row, field, it.message.clone())
    });
    told.collect()
}

/// Whom a text names: `PER-0003 · Anna Weber`, `PER-0003`, a name or an address that only one active person has.
pub fn person_in(isms: &Isms, text: &str) -> Option<Ref<Person>> {
    let text = text.trim();
    if let Some(person) = pick::reference_in(text).and_then(AnyRef::of::<Person>) {
        return isms.get(person).map(attestry_model::Stored::reference);
    }
    let same = |it: &str| it.eq_ignore_ascii_case(text) || it.to_lowercase() == text.to_lowercase();
    let mut found = isms.live::<Person>().filter(|it| same(it.title()) || it.email.as_deref().is_some_and(same));
    let first = found.next()?;
    found.next().is_none().then(|| first.reference())
}

/// The people to suggest, as a picker writes them.
pub fn people(cx: &Cx) -> Vec<String> {
    let active = cx.isms.live::<Person>().filter(|person| person.state_name() == "active");
    let mut people: Vec<String> = active.take(MOST_PEOPLE).map(|it| person_words(cx, it.reference())).collect();
    people.sort_by_key(|it| it.split_once(" · ").map(|it| it.1.to_lowercase()));
    people
}

/// A person as a picker writes them.
pub fn person_words(cx: &Cx, person: Ref<Person>) -> String {
    format!("{} · {}", person.any(), cx.name_of(person))
}
