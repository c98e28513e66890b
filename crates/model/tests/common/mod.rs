//! A small organisation for tests: one active person for each role, and short words for what people do.
//!
//! ```ignore
//! let mut house = House::new();
//! let risk = house.create(IM, "risk", json!({"title": "Fire"}))?;
//! house.step(RO, risk, "treatment_decided", json!({}))?;
//! assert_refused(house.update(EM, risk, json!({"notes": "x"})), "");
//! ```
#![allow(dead_code, reason = "every test file uses its own part of this")]
#![allow(clippy::unwrap_used, reason = "a test may panic: that is how it fails")]

use attestry_model::decide::{Command, ImportRecord, Refusal};
use attestry_model::{AnyRecord, AnyRef, Change, Isms, Kind, Principal, Ref, Via, decide};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

/// Top management, PER-0001.
pub const TM: u32 = 1;
/// The ISMS manager, PER-0002.
pub const IM: u32 = 2;
/// An asset owner, PER-0003.
pub const AO: u32 = 3;
/// A risk owner, PER-0004.
pub const RO: u32 = 4;
/// A control owner, PER-0005.
pub const CO: u32 = 5;
/// An internal auditor, PER-0006.
pub const IA: u32 = 6;
/// An employee without any other role, PER-0007.
pub const EM: u32 = 7;
/// A system administrator, PER-0008.
pub const AD: u32 = 8;
/// An external auditor, PER-0009.
pub const EX: u32 = 9;
/// Another risk owner, PER-0010.
pub const RO2: u32 = 10;
/// Another member of top management, PER-0011.
pub const TM2: u32 = 11;
/// The program itself.
pub const SYSTEM: u32 = 0;

/// What a decision gives: the record it was about, or why not.
pub type Outcome = Result<AnyRef, Refusal>;

/// The organisation as it stands, and the time.
pub struct House {
    /// The ISMS.
    pub isms: Isms,
    /// The time of the next decision; moves on by a minute with each.
    pub now: Timestamp,
    /// The last change that was decided.
    pub last: Option<Change>,
}

impl House {
    /// An organisation with one unit and eleven people, on 1 July 2026 at 08:00 UTC.
    pub fn new() -> Self {
        let now = "2026-07-01T08:00:00Z".parse().unwrap();
        let mut house = Self { isms: Isms::default(), now, last: None };
        let people = [
            (TM, "Tia Management", vec!["top_management", "employee"]),
            (IM, "Ingo Manager", vec!["isms_manager", "employee"]),
            (AO, "Ada Owner", vec!["asset_owner", "employee"]),
            (RO, "Rosa Owner", vec!["risk_owner", "employee"]),
            (CO, "Cora Owner", vec!["control_owner", "employee"]),
            (IA, "Ida Auditor", vec!["internal_auditor", "employee"]),
            (EM, "Emil Worker", vec!["employee"]),
            (AD, "Adam Admin", vec!["system_admin", "employee"]),
            (EX, "Eve Auditor", vec!["external_auditor"]),
            (RO2, "Rolf Owner", vec!["risk_owner", "employee"]),
            (TM2, "Toni Management", vec!["top_management", "employee"]),
        ];
        let mut records = vec![
            (
                "ORG-0001".to_owned(),
                json!({"state": "active", "title": "Example Ltd", "legal_name": "Example Ltd", "currency": "EUR",
                       "top_management": ["PER-0001", "PER-0011"]}),
            ),
            (
                "OU-0001".to_owned(),
                json!({"state": "active", "title": "Head office", "head": "PER-0001", "in_scope": true}),
            ),
        ];
        for (number, name, roles) in people {
            let first = name.split(' ').next().unwrap_or_default().to_lowercase();
            let fields = json!({"state": "active", "title": name, "name": name, "email": format!("{first}@example.org"),
                                "employment": "employee", "org_unit": "OU-0001", "joined_on": "2020-01-01",
                                "app_roles": roles});
            records.push((person(number), fields));
        }
        let records: Vec<(&str, Value)> =
            records.iter().map(|(name, fields)| (name.as_str(), fields.clone())).collect();
        house.import(&records).unwrap();
        house
    }

    /// The person with this number, signed in; `SYSTEM` is the program itself.
    pub fn as_person(&self, number: u32) -> Principal {
        if number == SYSTEM {
            return Principal::system();
        }
        Principal::of(&self.isms, Ref::new(number), Via::Session).unwrap()
    }

    /// Decides a command and, if it is accepted, applies it.
    pub fn command(&mut self, who: u32, command: Command) -> Result<Change, Refusal> {
        let principal = self.as_person(who);
        self.decide(&principal, command)
    }

    /// The same for any principal.
    pub fn decide(&mut self, principal: &Principal, command: Command) -> Result<Change, Refusal> {
        let change = decide(&self.isms, principal, command, self.now)?;
        self.isms = self.isms.apply(&change).unwrap();
        self.now += SignedDuration::from_mins(1);
        self.last = Some(change.clone());
        Ok(change)
    }

    /// Creates a record of the kind with this name; gives its reference. The title is made up if none is given.
    pub fn create(&mut self, who: u32, kind: &str, fields: Value) -> Outcome {
        let kind = Kind::named(kind).unwrap();
        let mut fields = object(fields);
        fields.entry("title").or_insert_with(|| Value::from(format!("A {}", kind.words().title.to_lowercase())));
        let target = AnyRef { kind, number: self.isms.next_number(kind) };
        self.command(who, Command::Create { kind, fields })?;
        Ok(target)
    }

    /// Changes fields.
    pub fn update(&mut self, who: u32, target: impl Target, fields: Value) -> Outcome {
        let target = target.any();
        let fields = object(fields);
        self.command(who, Command::Update { target, revision: None, fields, reason: None })?;
        Ok(target)
    }

    /// Takes a step, with fields set in the same act.
    pub fn step(&mut self, who: u32, target: impl Target, to: &str, fields: Value) -> Outcome {
        let target = target.any();
        let (to, fields) = (to.to_owned(), object(fields));
        self.command(who, Command::Step { target, to, revision: None, fields, reason: None })?;
        Ok(target)
    }

    /// Takes records in with their numbers and states, as the ISMS manager's files give them.
    pub fn import(&mut self, records: &[(&str, Value)]) -> Result<(), Refusal> {
        let one = |(reference, fields): &(&str, Value)| {
            let mut fields = object(fields.clone());
            fields.entry("title").or_insert_with(|| Value::from(*reference));
            ImportRecord { reference: reference.parse().unwrap(), fields, source: (*reference).to_owned() }
        };
        let records = records.iter().map(one).collect();
        self.decide(&Principal::operator(), Command::Import { records, reason: None }).map(|_| ())
    }

    /// Asks `signer` for an approval of a record and has them sign it; gives the approval.
    pub fn signed(&mut self, subject: impl Target, signer: u32, capacity: &str) -> Outcome {
        let request = self.request(subject, signer, capacity)?;
        self.step(signer, request, "signed", json!({}))
    }

    /// Asks `signer` for an approval of a record.
    pub fn request(&mut self, subject: impl Target, signer: u32, capacity: &str) -> Outcome {
        let fields = json!({"subject": subject.any().to_string(), "signer": person(signer), "capacity": capacity,
                            "statement": "I approve this version."});
        self.create(IM, "approval", fields)
    }

    /// The record.
    pub fn record(&self, target: impl Target) -> &dyn AnyRecord {
        self.isms.record(target.any()).unwrap()
    }

    /// The state of a record.
    pub fn state(&self, target: impl Target) -> &'static str {
        self.record(target).state()
    }

    /// A field of a record, `Null` when it is empty.
    pub fn field(&self, target: impl Target, name: &str) -> Value {
        self.record(target).field(name).unwrap_or_else(|| panic!("there is no field {name}"))
    }
}

/// What names a record in a test.
pub trait Target: Copy {
    /// As a reference.
    fn any(self) -> AnyRef;
}

impl Target for AnyRef {
    fn any(self) -> AnyRef {
        self
    }
}

impl Target for &str {
    fn any(self) -> AnyRef {
        self.parse().unwrap()
    }
}

/// The reference of a person as text.
pub fn person(number: u32) -> String {
    format!("PER-{number:04}")
}

/// The members of a JSON object.
pub fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        other => panic!("{other} is not an object"),
    }
}

/// The command is refused because of this field; `""` is the record as a whole. Gives the message.
#[track_caller]
pub fn assert_refused<T: std::fmt::Debug>(outcome: Result<T, Refusal>, field: &str) -> String {
    match outcome {
        Err(Refusal::Invalid(problems)) => {
            let found = problems
                .0
                .iter()
                .find(|problem| problem.field == field || problem.field.ends_with(&format!(".{field}")));
            found.unwrap_or_else(|| panic!("refused, but not because of “{field}”: {problems}")).message.clone()
        }
        other => panic!("not refused because of “{field}”: {other:?}"),
    }
}

/// The command is refused because the person has no right to it.
#[track_caller]
pub fn assert_denied<T: std::fmt::Debug>(outcome: Result<T, Refusal>) {
    match outcome {
        Err(Refusal::Denied(_)) => {}
        other => panic!("not denied: {other:?}"),
    }
}
