//! Proposals: drafted changes of records that take effect together once those have agreed whose consent they need.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value};

use crate::field::Type;
use crate::permit::{Wish, permit, sees_field};
use crate::principal::Principal;
use crate::records::prelude::*;
use crate::stored::{AnyRecord, Stamp};

/// Most changes that one proposal drafts.
pub const MOST_DRAFTS: usize = 1_000;
/// Most bytes that the values of all its changes take.
pub const MOST_BYTES: usize = 2_000_000;
/// Longest name of a record that is yet to be created, in bytes.
const MOST_NAME: usize = 40;
/// Signatures are given and comments are posted; neither is drafted for somebody else, and a proposal drafts no other one.
pub const NEVER_DRAFTED: [Kind; 3] = [Kind::Approval, Kind::Comment, Kind::Proposal];

/// Changes that somebody drafts and others look at first: what they would do is seen before they are approved, and on
/// approval all of them take effect together or none.
#[derive(Record, Clone, Debug, Default, PartialEq)]
#[record(
    prefix = "P",
    title = "Proposal",
    plural = "Proposals",
    steps = "1,2,3,4,5,6,7,8,9,10,11,12",
    clauses = "6.3 8.1",
    retention = "B"
)]
pub struct Proposal {
    /// Why these changes should be made, in the words of who proposes them.
    #[field(required)]
    pub why: Option<LongText>,
    /// The changes in the order in which they are made.
    #[field(required, guarded)]
    pub changes: Vec<Draft>,
    /// The proposal whose changes this one takes back.
    pub reverses: Option<Ref<Proposal>>,
    /// Day on which it was offered for approval.
    #[field(immaterial)]
    pub offered_on: Option<Date>,
    /// The last of the signatures that put it into force.
    #[field(immaterial)]
    pub approval: Option<Ref<Approval>>,
    /// Day on which it was approved and its changes were made.
    #[field(immaterial)]
    pub approved_on: Option<Date>,
    /// The records that its changes created, in their order.
    #[field(immaterial, guarded)]
    pub results: Vec<AnyRef>,
}

/// One drafted change of one record.
#[derive(Embedded, Clone, Debug, Default, PartialEq)]
pub struct Draft {
    /// What is done with the record.
    #[field(required)]
    pub action: Option<DraftAction>,
    /// The record; empty where it is yet to be created.
    pub subject: Option<AnyRef>,
    /// The kind of the record that is created.
    pub kind: Option<String>,
    /// The name by which other changes of this proposal speak of a record that is yet to be created; in their values it is
    /// written with # before it.
    pub name: Option<String>,
    /// The version of the record that the draft was made from.
    pub base: Option<i64>,
    /// The step that is taken.
    pub to: Option<String>,
    /// The values that are set, as an object of canonical values in JSON; null empties a field.
    pub fields: Option<LongText>,
    /// The values that stood there when the draft was made, in the same form.
    pub was: Option<LongText>,
    /// Why this one, where it is to be said.
    pub reason: Option<LongText>,
}

/// What a draft does with its record.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DraftAction {
    /// Create.
    Create,
    /// Set fields.
    Set,
    /// Take a step.
    Step,
    /// Void.
    Void,
}

/// States of a proposal.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProposalState {
    /// Draft.
    Draft,
    /// Offered.
    Offered,
    /// Approved.
    Approved,
    /// Declined.
    Declined,
    /// Withdrawn.
    Withdrawn,
}

impl Record for Proposal {
    type State = ProposalState;

    /// Only who wrote it changes what it says: its changes are made in their name too, see `decide::propose`.
    const RIGHTS: Rights = Rights {
        create: &[Who::Isms],
        read: &[Who::Author, Who::Drafted],
        update: &[Who::Author],
        approve: &[Who::Isms],
    };

    const FLOW: &'static [Step<Self::State>] = &[
        step(ProposalState::Draft, ProposalState::Offered, &[Who::Author]),
        step(ProposalState::Draft, ProposalState::Approved, &[Who::Author]),
        step(ProposalState::Draft, ProposalState::Withdrawn, &[Who::Author, IM]),
        named("return", ProposalState::Offered, ProposalState::Draft, &[Who::Approver]),
        step(ProposalState::Offered, ProposalState::Approved, &[Who::Approver]),
        step(ProposalState::Offered, ProposalState::Declined, &[Who::Approver]),
        step(ProposalState::Offered, ProposalState::Withdrawn, &[Who::Author, IM]),
    ];

    const IMMUTABLE_IN: &'static [Self::State] = &[ProposalState::Approved];

    fn check(record: &Stored<Self>, isms: &Isms, problems: &mut Problems) {
        for (at, draft) in record.changes.iter().enumerate() {
            let kinds = [draft.subject.map(|subject| subject.kind), draft.created_kind()];
            for kind in kinds.into_iter().flatten().filter(|kind| NEVER_DRAFTED.contains(kind)) {
                let plural = kind.words().plural.to_lowercase();
                problems.add(format!("changes[{at}]"), format!("cannot draft changes of {plural}"));
            }
        }
        // What was decided once stays as it was decided, whatever is a field today.
        if !record.is_open() || !problems.is_empty() {
            return;
        }
        record.check_drafts(isms, problems);
    }

    fn demand(record: &Stored<Self>, to: Self::State, context: &Context<'_>, problems: &mut Problems) {
        let was = context.isms.get(record.reference()).map(|old| old.state);
        match (was, to) {
            (Some(ProposalState::Offered), ProposalState::Draft | ProposalState::Declined)
                if !crate::decide::propose::may_answer(record, context) =>
            {
                problems.add("", "is answered by those whose consent it needs");
            }
            (_, ProposalState::Offered) if !record.changes.is_empty() => {
                if let Err(refusal) = crate::decide::propose::weigh(context.isms, record, context.now) {
                    match refusal {
                        crate::decide::Refusal::Invalid(found) => problems.extend(found),
                        other => problems.add("changes", format!("cannot be made: {other}")),
                    }
                }
            }
            _ => {}
        }
    }

    fn enter(record: &mut Stored<Self>, context: &Context<'_>) {
        if record.state == ProposalState::Offered {
            record.body.offered_on = Some(context.today());
        }
    }

    fn sample() -> Self {
        Self {
            why: Some("The machine in the cellar is nine years old, and nobody sells disks for it any more.".into()),
            changes: vec![Draft {
                action: Some(DraftAction::Set),
                subject: "R-0001".parse().ok(),
                base: Some(1),
                fields: Some(r#"{"current_likelihood":2}"#.into()),
                was: Some(r#"{"current_likelihood":4}"#.into()),
                reason: Some("The archive moves to a host that is looked after.".into()),
                ..Draft::default()
            }],
            offered_on: day("2026-06-02"),
            approved_on: day("2026-06-04"),
            approval: Some(Ref::new(130)),
            ..Self::default()
        }
    }
}

/// Canonical values as a text that any later version of the program can read.
fn written(values: &Map<String, Value>) -> Option<LongText> {
    (!values.is_empty()).then(|| LongText(Value::Object(values.clone()).to_string()))
}

fn values(text: Option<&LongText>) -> Option<Map<String, Value>> {
    match text {
        None => Some(Map::new()),
        Some(text) => match serde_json::from_str(text) {
            Ok(Value::Object(values)) => Some(values),
            _ => None,
        },
    }
}

impl Draft {
    /// Sets fields of a record that is there; what stands in them now is kept beside, so that a change meanwhile is noticed.
    pub fn set(record: &dyn AnyRecord, fields: &Map<String, Value>) -> Self {
        Self {
            action: Some(DraftAction::Set),
            subject: Some(record.any_ref()),
            base: Some(record.revision().into()),
            was: written(&before(record, fields)),
            fields: written(fields),
            ..Self::default()
        }
    }

    /// Creates a record, which other drafts may call by `name`.
    pub fn create(kind: Kind, name: Option<String>, fields: &Map<String, Value>) -> Self {
        Self {
            action: Some(DraftAction::Create),
            kind: Some(kind.words().name.to_owned()),
            name,
            fields: written(fields),
            ..Self::default()
        }
    }

    /// Takes a step with a record that is there.
    pub fn step(record: &dyn AnyRecord, to: &str, fields: &Map<String, Value>) -> Self {
        let mut was = before(record, fields);
        was.insert("state".to_owned(), Value::from(record.flow_state()));
        Self {
            action: Some(DraftAction::Step),
            to: Some(to.to_owned()),
            was: written(&was),
            ..Self::set(record, fields)
        }
    }

    /// Voids a record that is there.
    pub fn void(record: &dyn AnyRecord, reason: &str) -> Self {
        Self {
            action: Some(DraftAction::Void),
            subject: Some(record.any_ref()),
            base: Some(record.revision().into()),
            was: written(&Map::from_iter([("state".to_owned(), Value::from(record.flow_state()))])),
            reason: Some(reason.into()),
            ..Self::default()
        }
    }

    /// The values that it sets; none where the text is unreadable.
    pub fn values(&self) -> Map<String, Value> {
        values(self.fields.as_ref()).unwrap_or_default()
    }

    /// The values that stood there.
    pub fn old_values(&self) -> Map<String, Value> {
        values(self.was.as_ref()).unwrap_or_default()
    }

    /// The kind that it creates.
    pub fn created_kind(&self) -> Option<Kind> {
        (self.action == Some(DraftAction::Create)).then(|| Kind::named(self.kind.as_deref()?)).flatten()
    }
}

/// What stands in those fields of a record now; of the organisation's own fields only those that are named.
fn before(record: &dyn AnyRecord, fields: &Map<String, Value>) -> Map<String, Value> {
    let old = |(name, value): (&String, &Value)| {
        let now = record.field(name).unwrap_or_default();
        let old = match (value, &now) {
            (Value::Object(own), now) if name == "custom" => {
                let member = |key: &String| (key.clone(), now.get(key).cloned().unwrap_or_default());
                Value::Object(own.keys().map(member).collect())
            }
            _ => now,
        };
        (name.clone(), old)
    };
    fields.iter().map(old).collect()
}

/// The records that drafts speak of by name, as far as they have a number.
#[derive(Debug, Clone, Default)]
pub struct Names(BTreeMap<String, AnyRef>);

impl Names {
    /// Notes what a name stands for.
    pub fn note(&mut self, name: &str, record: AnyRef) {
        self.0.insert(name.to_owned(), record);
    }

    /// What a name stands for.
    pub fn get(&self, name: &str) -> Option<AnyRef> {
        self.0.get(name).copied()
    }

    /// A value with the records in place of their names, wherever its type is a reference.
    pub fn resolve(&self, ty: Type, value: Value) -> Value {
        match (ty, value) {
            (Type::Ref(_) | Type::AnyRef, Value::String(text)) => {
                let named = text.strip_prefix('#').and_then(|name| self.get(name));
                Value::String(named.map_or(text, |record| record.to_string()))
            }
            (Type::List(inner), Value::Array(items)) => {
                Value::Array(items.into_iter().map(|item| self.resolve(*inner, item)).collect())
            }
            (Type::Struct(fields), Value::Object(members)) => {
                let member = |(name, member): (String, Value)| {
                    let ty = fields.iter().find(|field| field.name == name).map_or(Type::Text, |field| field.ty);
                    let member = self.resolve(ty, member);
                    (name, member)
                };
                Value::Object(members.into_iter().map(member).collect())
            }
            (_, value) => value,
        }
    }

    /// The values of a draft for a record of this kind, with records in place of names.
    pub fn values_of(&self, draft: &Draft, kind: Kind) -> Map<String, Value> {
        let def = kind.def();
        let values = draft.values().into_iter();
        let resolved = values.map(|(name, value)| {
            let ty = def.field(&name).map_or(Type::Text, |field| field.ty);
            let value = self.resolve(ty, value);
            (name, value)
        });
        resolved.collect()
    }
}

impl Stored<Proposal> {
    /// Whether it still waits: what it drafts has not been decided.
    pub fn is_open(&self) -> bool {
        !self.is_void() && matches!(self.state, ProposalState::Draft | ProposalState::Offered)
    }

    /// The draft that creates the record with this name.
    fn creating(&self, name: &str) -> Option<&Draft> {
        let creates = |draft: &&Draft| draft.action == Some(DraftAction::Create) && draft.name.as_deref() == Some(name);
        self.changes.iter().find(creates)
    }

    /// The kind of the record that a draft is about.
    pub fn kind_of(&self, draft: &Draft) -> Option<Kind> {
        match (draft.action, draft.subject) {
            (Some(DraftAction::Create), _) => draft.created_kind(),
            (_, Some(subject)) => Some(subject.kind),
            (_, None) => self.creating(draft.name.as_deref()?)?.created_kind(),
        }
    }

    /// The record that a draft created; none before it did.
    pub fn created(&self, draft: &Draft) -> Option<AnyRef> {
        let mut creates = self.changes.iter().filter(|one| one.action == Some(DraftAction::Create));
        let at = creates.position(|one| std::ptr::eq(one, draft))?;
        self.results.get(at).copied()
    }

    /// What names would stand for, if the drafts were made now one after the other: for looking at, not for writing.
    pub fn names_to_be(&self, isms: &Isms) -> Names {
        let (mut names, mut next) = (Names::default(), BTreeMap::new());
        for draft in &self.changes {
            if let Some(kind) = draft.created_kind() {
                let number = next.entry(kind).or_insert_with(|| isms.next_number(kind));
                let record = self.created(draft).unwrap_or(AnyRef { kind, number: *number });
                *number += 1;
                if let Some(name) = &draft.name {
                    names.note(name, record);
                }
            }
        }
        names
    }

    /// The record that a draft would create, as it would be at first.
    fn to_be(&self, draft: &Draft, isms: &Isms, names: &Names) -> Option<Arc<dyn AnyRecord>> {
        let kind = draft.created_kind()?;
        let mut fields = names.values_of(draft, kind);
        if let Some(author) = self.head.created_by {
            fields.insert("created_by".to_owned(), Value::from(author.to_string()));
        }
        let stamp = Stamp { number: isms.next_number(kind), revision: 1, at: self.updated_at, by: None };
        Some(kind.read_partly(stamp, fields).0)
    }

    /// Whether somebody may see what a draft says: the record that it is about, and each field that it sets. That they see
    /// the proposal, or have written it, is not enough.
    pub fn shows(&self, draft: &Draft, isms: &Isms, principal: &Principal) -> bool {
        self.shows_named(draft, isms, principal, &mut None)
    }

    /// The same for each draft.
    pub fn seen_by(&self, isms: &Isms, principal: &Principal) -> Vec<bool> {
        let mut names = None;
        self.changes.iter().map(|draft| self.shows_named(draft, isms, principal, &mut names)).collect()
    }

    fn shows_named(&self, draft: &Draft, isms: &Isms, principal: &Principal, names: &mut Option<Names>) -> bool {
        let manages = principal.has(Role::IsmsManager) && !principal.has(Role::ExternalAuditor);
        if manages || principal.actor == crate::change::Actor::System {
            return true;
        }
        let mut to_be = |draft| self.to_be(draft, isms, names.get_or_insert_with(|| self.names_to_be(isms)));
        let record = match draft.subject {
            Some(subject) => isms.shared(subject),
            None if draft.action == Some(DraftAction::Create) => {
                self.created(draft).and_then(|made| isms.shared(made)).or_else(|| to_be(draft))
            }
            None => draft.name.as_deref().and_then(|name| to_be(self.creating(name)?)),
        };
        let Some(record) = record.filter(|record| !NEVER_DRAFTED.contains(&record.any_ref().kind)) else {
            return false;
        };
        let (new, old) = (draft.values(), draft.old_values());
        let mut fields = new.keys().chain(old.keys()).filter_map(|name| record.def().field(name));
        permit(isms, principal, Wish::Read, record.as_ref())
            && fields.all(|field| sees_field(isms, principal, record.as_ref(), field))
    }

    /// The drafts with one more; fields of a record that are set already are set by that draft.
    pub fn with(&self, draft: Draft) -> Vec<Draft> {
        let mut changes = self.changes.clone();
        let same = changes.iter_mut().rev().find(|one| {
            one.subject.is_some()
                && one.subject == draft.subject
                && one.action == draft.action
                && (one.action == Some(DraftAction::Set)
                    || (one.action == Some(DraftAction::Step) && one.to == draft.to)
                    || one.action == Some(DraftAction::Void))
        });
        let Some(same) = same else {
            changes.push(draft);
            return changes;
        };
        let (mut fields, mut was) = (same.values(), same.old_values());
        for (name, value) in draft.values() {
            match (fields.get_mut(&name), &value) {
                (Some(Value::Object(own)), Value::Object(more)) if name == "custom" => {
                    own.extend(more.clone());
                }
                _ => {
                    fields.insert(name, value);
                }
            }
        }
        for (name, value) in draft.old_values() {
            match (was.get_mut(&name), value) {
                (Some(Value::Object(own)), Value::Object(more)) if name == "custom" => {
                    for (key, value) in more {
                        own.entry(key).or_insert(value);
                    }
                }
                (Some(_), _) => {}
                (None, value) => {
                    was.insert(name, value);
                }
            }
        }
        same.fields = written(&fields);
        same.was = written(&was);
        same.base = draft.base;
        same.reason = draft.reason.or(same.reason.take());
        changes
    }

    /// The shape of every draft: what it is about, and values that the kind has a place for.
    fn check_drafts(&self, isms: &Isms, problems: &mut Problems) {
        if self.changes.len() > MOST_DRAFTS {
            let found = self.changes.len();
            problems.add("changes", format!("are {found}; at most {MOST_DRAFTS} are accepted in one proposal"));
        }
        let bytes = |text: &Option<LongText>| text.as_ref().map_or(0, |text| text.len());
        if self.changes.iter().map(|draft| bytes(&draft.fields) + bytes(&draft.was)).sum::<usize>() > MOST_BYTES {
            problems.add("changes", format!("take more than {MOST_BYTES} bytes; split the proposal"));
        }
        if !problems.is_empty() {
            return;
        }
        let names = self.names_to_be(isms);
        let mut known: Vec<&str> = Vec::new();
        for (at, draft) in self.changes.iter().enumerate() {
            let mut own = Problems::default();
            self.check_draft(draft, isms, &names, &known, &mut own);
            for problem in own.0 {
                problems.add(format!("changes[{at}].{}", problem.field), problem.message);
            }
            if draft.action == Some(DraftAction::Create) {
                known.extend(draft.name.as_deref());
            }
        }
    }

    fn check_draft(&self, draft: &Draft, isms: &Isms, names: &Names, known: &[&str], problems: &mut Problems) {
        let Some(action) = draft.action else {
            problems.add("action", "is required: create, set, step or void");
            return;
        };
        let creates = action == DraftAction::Create;
        if let Some(name) = &draft.name {
            let plain = name.bytes().all(|sign| sign.is_ascii_alphanumeric() || sign == b'-' || sign == b'_');
            if !plain || name.is_empty() || name.len() > MOST_NAME {
                problems.add("name", format!("must be at most {MOST_NAME} letters, digits, - or _"));
            }
            match (creates, known.contains(&name.as_str())) {
                (true, true) => problems.add("name", format!("“{name}” is the name of another record here")),
                (false, false) => problems.add("name", format!("“{name}” is created by no change before this one")),
                _ => {}
            }
        }
        match (creates, draft.subject.is_some(), draft.name.is_some()) {
            (true, true, _) => problems.add("subject", "is yet to be created and has no number"),
            (true, false, _) if draft.created_kind().is_none() => {
                problems.add("kind", "must be the name of a kind such as risk");
            }
            (false, true, true) => problems.add("name", "is for a record that this proposal creates"),
            (false, false, false) => problems.add("subject", "is required: the record that is changed"),
            _ => {}
        }
        problems.need(action == DraftAction::Step && draft.to.is_none(), "to", "for a step");
        let unsaid = action == DraftAction::Void && draft.reason.is_none();
        problems.need(unsaid, "reason", "when a record is voided");
        for (field, text) in [("fields", &draft.fields), ("was", &draft.was)] {
            if values(text.as_ref()).is_none() {
                problems.add(field, "must be an object of values in JSON");
            }
        }
        let set = draft.values();
        problems.need(action == DraftAction::Set && set.is_empty(), "fields", "where fields are set");
        if action == DraftAction::Void && !set.is_empty() {
            problems.add("fields", "are not set by voiding a record");
        }
        let Some(kind) = self.kind_of(draft).filter(|_| problems.is_empty()) else { return };
        if let (Some(to), DraftAction::Step) = (&draft.to, action) {
            let def = kind.def();
            let mut steps = def.flow.iter().filter(|step| step.to == to || step.name == Some(to.as_str()));
            match steps.next() {
                None => problems.add("to", format!("is no step of {}", def.words.plural.to_lowercase())),
                Some(step) if crate::decide::is_approving(def, step) => {
                    problems.add("to", "is taken by a signature, which is given for what is there, not for a draft");
                }
                Some(_) => {}
            }
        }
        let mut given = names.values_of(draft, kind);
        for name in given.keys().filter(|name| kind.def().field(name).is_none()) {
            problems.add("fields", format!("name {name}, which is no field of {}", kind.words().plural.to_lowercase()));
        }
        given.retain(|name, value| kind.def().field(name).is_some() && !value.is_null());
        let stamp = Stamp { number: isms.next_number(kind), revision: 1, at: self.updated_at, by: None };
        let (record, wrong) = kind.read_partly(stamp, given);
        for problem in wrong.0 {
            problems.add(format!("fields.{}", problem.field), problem.message);
        }
        // Whether what is named still stands is weighed when the proposal is offered; that it is there at all is known now.
        record.each_ref(&mut |field, target| {
            if isms.record(target).is_none() && !names.0.values().any(|record| *record == target) {
                problems.add(format!("fields.{field}"), format!("names {target}, which does not exist"));
            }
        });
    }
}
