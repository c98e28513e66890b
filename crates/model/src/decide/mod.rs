//! Deciding: from what somebody wants to what will be written, or to every reason why not.
//!
//! The order is always the same: permission, shape, references, workflow, the kind's own check. Problems are collected
//! and returned together, by field, so that nobody corrects a form one message at a time. Nothing is written here.

mod create;
mod follow;
mod import;
pub mod propose;
mod set;
mod sign;
mod step;
mod together;
mod update;

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Map, Value};

use crate::change::{Action, Change, Entry, FileFact, Subject};
use crate::custom;
use crate::field::{HasFields, Type};
use crate::isms::Isms;
use crate::kind::KindDef;
use crate::principal::Principal;
use crate::records::{Kind, Person};
use crate::reference::{AnyRef, Ref};
use crate::stored::{AnyRecord, FieldPlace, Head, Stamp};

pub use follow::Follow;
pub use import::ImportRecord;
pub(crate) use sign::hexadecimal;
pub use sign::{covers, is_approving, state_hash};
pub use step::{editable_state, steps_from};
pub use together::{Part, TOGETHER_LIMIT};

/// Most records that one import may hold.
pub const IMPORT_LIMIT: usize = 200_000;

/// What somebody wants.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Create a record in its first state.
    Create {
        /// The kind.
        kind: Kind,
        /// Its fields as canonical values.
        fields: Map<String, Value>,
    },
    /// Change fields of a record; `Null` empties a field.
    Update {
        /// The record.
        target: AnyRef,
        /// The version that was seen; `None` on the command line, where nothing was seen.
        revision: Option<u32>,
        /// The fields to change.
        fields: Map<String, Value>,
        /// Why.
        reason: Option<String>,
    },
    /// Take a step of the workflow.
    Step {
        /// The record.
        target: AnyRef,
        /// The state to enter, or the step's own name.
        to: String,
        /// The version that was seen.
        revision: Option<u32>,
        /// Fields to set in the same act.
        fields: Map<String, Value>,
        /// Why.
        reason: Option<String>,
    },
    /// Void a record.
    Void {
        /// The record.
        target: AnyRef,
        /// The version that was seen.
        revision: Option<u32>,
        /// Why; never empty.
        reason: String,
    },
    /// Attach a file that already lies in the file store; a field for its hash, where the kind has one, is filled.
    Attach {
        /// The record.
        target: AnyRef,
        /// The file.
        file: FileFact,
        /// Why.
        reason: Option<String>,
    },
    /// Set or lift a legal hold.
    Hold {
        /// The record.
        target: AnyRef,
        /// Whether it is held.
        hold: bool,
        /// Why; never empty.
        reason: String,
    },
    /// Take records in as they come from files, with their numbers and states.
    Import {
        /// The records; they may refer to each other.
        records: Vec<ImportRecord>,
        /// Where they come from.
        reason: Option<String>,
    },
    /// Carry out several commands in their order, all or none; problems name the part, see [`Part::of_problem`].
    Together {
        /// The commands; a later one may name what an earlier one creates.
        parts: Vec<Part>,
        /// References that records created here were expected to get, where others of the parts name them. If somebody else
        /// was quicker and a number is taken, the whole is refused as stale.
        expecting: Vec<AnyRef>,
    },
    /// Carry out what time has brought, see [`crate::due`].
    Tick,
    /// Change a setting of the organisation; no fields removes it.
    Set {
        /// The setting.
        name: String,
        /// Its fields.
        fields: Map<String, Value>,
        /// Why.
        reason: Option<String>,
    },
}

/// What deciding knows besides the command.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The ISMS as it stands.
    pub isms: &'a Isms,
    /// The ISMS as it stood before the command.
    pub before: &'a Isms,
    /// Who asks.
    pub principal: &'a Principal,
    /// The time.
    pub now: Timestamp,
}

impl Context<'_> {
    /// The day of `now` in UTC.
    pub fn today(&self) -> Date {
        jiff::tz::Offset::UTC.to_datetime(self.now).date()
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The field, or a path into it; `""` for the record as a whole.
    pub field: String,
    /// What is wrong and what would be right.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.field.is_empty() { f.write_str(&self.message) } else { write!(f, "{} {}", self.field, self.message) }
    }
}

/// Everything that is wrong, by field.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl Problems {
    /// Notes a problem.
    pub fn add(&mut self, field: impl Into<String>, message: impl Into<String>) {
        self.0.push(Problem { field: field.into(), message: message.into() });
    }

    /// Notes that `field` is empty although it is required when `when` holds.
    pub fn need(&mut self, missing: bool, field: &str, when: &str) {
        if missing {
            self.add(field, format!("is required {when}"));
        }
    }

    /// Notes that `later` lies before `earlier`; both are days or both are moments.
    pub fn order<T: PartialOrd + fmt::Display>(
        &mut self,
        earlier: Option<T>,
        later: Option<T>,
        field: &str,
        than: &str,
    ) {
        if let (Some(earlier), Some(later)) = (earlier, later)
            && later < earlier
        {
            self.add(field, format!("lies before {than} ({earlier})"));
        }
    }

    /// Notes that `part` is more than `whole`.
    pub fn part<T: PartialOrd + fmt::Display>(
        &mut self,
        part: Option<T>,
        whole: Option<T>,
        field: &str,
        of_what: &str,
    ) {
        if let (Some(part), Some(whole)) = (part, whole)
            && part > whole
        {
            self.add(field, format!("is {part}, more than {of_what} ({whole})"));
        }
    }

    /// Notes that a count or a duration is negative.
    pub fn not_negative<T: PartialOrd + Default>(&mut self, value: Option<T>, field: &str) {
        if value.is_some_and(|value| value < T::default()) {
            self.add(field, "must not be negative");
        }
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes over other problems.
    pub fn extend(&mut self, other: Problems) {
        self.0.extend(other.0);
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, problem) in self.0.iter().enumerate() {
            if at > 0 {
                f.write_str("; ")?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

/// Why nothing will be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No right to it.
    #[error("not permitted: {0}")]
    Denied(String),
    /// No such record, or none that the principal may see.
    #[error("there is no {0}")]
    Absent(String),
    /// Somebody else changed it meanwhile.
    #[error("{target} was changed meanwhile: it is at version {actual}, you saw {seen}")]
    Stale {
        /// The record.
        target: AnyRef,
        /// The version that was seen.
        seen: u32,
        /// The version it has.
        actual: u32,
    },
    /// The input is wrong, with all reasons.
    #[error("{0}")]
    Invalid(Problems),
}

impl From<Problems> for Refusal {
    fn from(problems: Problems) -> Self {
        Self::Invalid(problems)
    }
}

impl Refusal {
    fn invalid(field: &str, message: impl Into<String>) -> Self {
        let mut problems = Problems::default();
        problems.add(field, message);
        Self::Invalid(problems)
    }
}

/// Decides a command: the change to write, or why not.
pub fn decide(isms: &Isms, principal: &Principal, command: Command, now: Timestamp) -> Result<Change, Refusal> {
    decide_next(isms, principal, command, now).map(|(change, _)| change)
}

/// The same, and the value that the change leads to: what [`Isms::apply`] would give for the change as it is.
pub fn decide_next(
    isms: &Isms,
    principal: &Principal,
    command: Command,
    now: Timestamp,
) -> Result<(Change, Isms), Refusal> {
    let mut work = Work::new(isms, principal, now);
    match command {
        Command::Together { parts, expecting } => work.together(parts, &expecting)?,
        command => work.run(command)?,
    }
    let change = Change {
        at: now,
        actor: principal.actor,
        via: principal.via,
        request: principal.request.clone(),
        entries: work.entries,
    };
    Ok((change, work.isms))
}

/// A decision in the making: the value as it would be after the entries so far.
struct Work<'a> {
    isms: Isms,
    /// The value as it was before the command.
    before: Isms,
    principal: &'a Principal,
    /// Who is noted as having changed the records: the one who decides, also where the right to it is somebody else's.
    by: Option<Ref<Person>>,
    /// Who is noted as having created records.
    creator: Option<Ref<Person>>,
    now: Timestamp,
    entries: Vec<Entry>,
}

/// Fields that only the program writes.
const SYSTEM_FIELDS: [&str; 9] =
    ["ref", "kind", "state", "revision", "created_at", "created_by", "updated_at", "updated_by", "void_reason"];

impl<'a> Work<'a> {
    fn new(isms: &Isms, principal: &'a Principal, now: Timestamp) -> Self {
        let (by, creator) = (principal.person(), principal.person());
        Self { isms: isms.clone(), before: isms.clone(), principal, by, creator, now, entries: Vec::new() }
    }
}

impl Work<'_> {
    fn run(&mut self, command: Command) -> Result<(), Refusal> {
        match command {
            Command::Create { kind, fields } => self.create(kind, fields),
            Command::Update { target, revision, fields, reason } => self.update(target, revision, fields, reason),
            Command::Step { target, to, revision, fields, reason } => self.step(target, &to, revision, fields, reason),
            Command::Void { target, revision, reason } => self.void(target, revision, reason),
            Command::Attach { target, file, reason } => self.attach(target, file, reason),
            Command::Hold { target, hold, reason } => self.hold(target, hold, reason),
            Command::Import { records, reason } => self.import(records, reason.as_deref()),
            Command::Tick => self.tick(),
            Command::Set { name, fields, reason } => self.set(name, fields, reason),
            Command::Together { .. } => Err(Refusal::invalid("parts", "cannot hold several commands again")),
        }
    }

    fn context(&self) -> Context<'_> {
        Context { isms: &self.isms, before: &self.before, principal: self.principal, now: self.now }
    }

    /// The record, if the principal may read it; the same answer for absent and hidden.
    fn seen(&self, target: AnyRef) -> Result<std::sync::Arc<dyn AnyRecord>, Refusal> {
        let record = self.isms.shared(target);
        let may = |record: &std::sync::Arc<dyn AnyRecord>| {
            crate::permit::permit(&self.isms, self.principal, crate::permit::Wish::Read, record.as_ref())
                || crate::permit::permit(&self.isms, self.principal, crate::permit::Wish::Update, record.as_ref())
        };
        record.filter(may).ok_or_else(|| Refusal::Absent(target.to_string()))
    }

    /// Overlays fields onto a record's fields; notes unknown and read-only ones.
    fn overlay(def: &KindDef, base: &mut Map<String, Value>, fields: Map<String, Value>, problems: &mut Problems) {
        for (name, value) in fields {
            if SYSTEM_FIELDS.contains(&name.as_str()) && def.fields.iter().all(|field| field.name != name) {
                problems.add(name, "is written by the program and cannot be set");
            } else if def.field(&name).is_some_and(|field| field.signed) {
                problems.add(name, "is written by signing with a passkey and cannot be set");
            } else if name == "legal_hold" {
                problems.add(name, "is set by placing a legal hold, with a reason");
            } else if def.field(&name).is_none() {
                problems.add(name, format!("is not a field of {}", def.words.plural.to_lowercase()));
            } else if value.is_null() {
                base.remove(&name);
            } else if let (Type::Custom, Value::Object(changes)) = (type_of(def, &name), &value) {
                overlay_custom(base, &name, changes);
            } else {
                base.insert(name, value);
            }
        }
    }

    /// Shape, references and the kind's own check of a record as it would be; problems go to `problems`.
    fn examine(
        &self,
        kind: Kind,
        stamp: Stamp,
        fields: Map<String, Value>,
        problems: &mut Problems,
    ) -> Option<std::sync::Arc<dyn AnyRecord>> {
        let (mut record, wrong) = kind.read_partly(stamp, fields);
        let shaped = wrong.is_empty();
        if shaped && let Some(derived) = record.derive(&self.isms) {
            record = kind.read(stamp, derived).unwrap_or(record);
        }
        let mut found = Problems::default();
        if record.head().title.is_none() {
            found.add("title", "is required");
        }
        self.check_references(record.as_ref(), &mut found);
        custom::check(&self.isms, record.as_ref(), &mut found);
        record.check(&self.isms, &mut found);
        // A field that does not fit reads as empty; what follows from that is no second problem.
        found.0.retain(|problem| !wrong.0.iter().any(|known| known.field == problem.field));
        problems.extend(wrong);
        problems.extend(found);
        shaped.then_some(record)
    }

    fn check_references(&self, record: &dyn AnyRecord, problems: &mut Problems) {
        let old = self.isms.record(record.any_ref());
        let me = record.any_ref();
        record.each_ref(&mut |field, target| match self.isms.record(target) {
            None if target == me => {}
            None => problems.add(field, format!("names {target}, which does not exist")),
            Some(found) if found.state() == "void" => {
                let had = old.is_some_and(|old| {
                    let mut had = false;
                    old.each_ref(&mut |name, known| had |= name == field && known == target);
                    had
                });
                if !had {
                    problems.add(field, format!("names {target}, which is void"));
                }
            }
            Some(_) => {}
        });
    }

    /// Notes required fields that are empty.
    fn demand_required(record: &dyn AnyRecord, problems: &mut Problems) {
        let def = record.def();
        let required = def.fields.iter().filter(|field| field.required);
        for field in required.filter(|field| record.field(field.name).is_none_or(|value| value.is_null())) {
            problems.add(field.name, "is required");
        }
    }

    /// Writes an entry and takes it into the value at hand.
    fn write(&mut self, entry: Entry) -> Result<(), Refusal> {
        self.isms.absorb(&entry, self.now, self.by)?;
        self.entries.push(entry);
        Ok(())
    }

    /// Writes the next version of a record.
    fn write_record(
        &mut self,
        target: AnyRef,
        action: Action,
        fields: Map<String, Value>,
        reason: Option<String>,
    ) -> Result<(), Refusal> {
        let version = self.isms.record(target).map_or(1, |record| record.revision() + 1);
        let subject = Subject::Record(target);
        self.write(Entry { subject, action, version, fields, reason, approval: None, files: Vec::new() })
    }

    fn stamp(&self, number: u32, revision: u32) -> Stamp {
        Stamp { number, revision, at: self.now, by: self.by }
    }
}

fn type_of(def: &KindDef, name: &str) -> Type {
    def.field(name).map_or(Type::Text, |field| field.ty)
}

fn overlay_custom(base: &mut Map<String, Value>, name: &str, changes: &Map<String, Value>) {
    let entry = base.entry(name.to_owned()).or_insert_with(|| Value::Object(Map::new()));
    if let Value::Object(own) = entry {
        for (key, value) in changes {
            if value.is_null() {
                own.remove(key);
            } else {
                own.insert(key.clone(), value.clone());
            }
        }
        if own.is_empty() {
            base.remove(name);
        }
    }
}

/// Whether a field of a kind may be changed without touching what was signed.
pub fn is_immaterial(def: &KindDef, name: &str) -> bool {
    match FieldPlace::find(def, name) {
        Some(FieldPlace::Own(at)) => def.fields[at].immaterial,
        Some(FieldPlace::Common(at)) => Head::DEFS[at].immaterial,
        _ => true,
    }
}
