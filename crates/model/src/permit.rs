//! Permission: who may do what with which record. Pure, and asked before anything else.

use serde_json::{Map, Value};

use crate::change::Actor;
use crate::field::FieldDef;
use crate::isms::Isms;
use crate::kind::{DEAD_STATES, KindDef, Role, Who};
use crate::principal::Principal;
use crate::records::{Document, DocumentVersion, Person, Proposal};
use crate::reference::{AnyRef, Ref};
use crate::stored::{AnyRecord, Stamp, Stored};

/// What somebody wants to do with a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// Create one of the kind.
    Create,
    /// Read it.
    Read,
    /// Change its fields.
    Update,
    /// Approve or sign it.
    Approve,
}

/// Whether somebody comes from outside and reads: an external auditor creates only what names that role, whatever a record
/// to be says about whose it is.
fn only_reads(principal: &Principal) -> bool {
    principal.has(Role::ExternalAuditor) && !principal.is_isms() && !principal.has(Role::Employee)
}

/// Whether `principal` may do this with `record`; for creation the record is the one to be.
pub fn permit(isms: &Isms, principal: &Principal, wish: Wish, record: &dyn AnyRecord) -> bool {
    let rights = &record.def().rights;
    if wish == Wish::Create && only_reads(principal) {
        return may_create(principal, record.def());
    }
    let whom = match wish {
        Wish::Create => rights.create,
        Wish::Read => return may_read(isms, principal, record),
        Wish::Update => rights.update,
        Wish::Approve => rights.approve,
    };
    any_of(isms, principal, whom, record)
}

/// Whether `principal` may create records of a kind at all, whatever they say.
pub fn may_create(principal: &Principal, def: &KindDef) -> bool {
    if only_reads(principal) {
        return def.rights.create.contains(&Who::Role(Role::ExternalAuditor));
    }
    principal.actor == Actor::System
        || def.rights.create.iter().any(|who| match who {
            Who::Role(role) => principal.has(*role),
            Who::Isms => principal.is_isms(),
            Who::All | Who::Own => principal.person().is_some() || !principal.roles.is_empty(),
            Who::Field(_) | Who::Via { .. } => principal.person().is_some(),
            Who::Reader { .. } => {
                (principal.person().is_some() || !principal.roles.is_empty()) && !principal.has(Role::ExternalAuditor)
            }
            Who::System | Who::Approver | Who::Manager | Who::Audience | Who::Author | Who::Drafted => false,
        })
}

/// Whether `principal` is one of `whom` with regard to `record`.
pub fn any_of(isms: &Isms, principal: &Principal, whom: &[Who], record: &dyn AnyRecord) -> bool {
    principal.actor == Actor::System || whom.iter().any(|who| is(isms, principal, *who, record))
}

fn may_read(isms: &Isms, principal: &Principal, record: &dyn AnyRecord) -> bool {
    if principal.actor == Actor::System || principal.has(Role::IsmsManager) {
        return true;
    }
    let mut rights = record.def().rights.read.iter();
    rights.any(|who| match who {
        Who::Role(Role::ExternalAuditor) => principal.has(Role::ExternalAuditor) && in_force(record),
        who => is(isms, principal, *who, record),
    })
}

/// Whether an external auditor may see it: approved or in force, now or once, and not void.
fn in_force(record: &dyn AnyRecord) -> bool {
    let def = record.def();
    let state = record.state();
    let drafts = ["draft", "proposed", "requested", "planned", "in_review", "prospective", "submitted", "undecided"];
    let voided = record.head().void_reason.is_some();
    let draft = !def.words.fact && drafts.contains(&state);
    !(voided || draft)
}

fn is(isms: &Isms, principal: &Principal, who: Who, record: &dyn AnyRecord) -> bool {
    let person = principal.person();
    match who {
        Who::Role(role) => principal.has(role),
        Who::All => person.is_some() || !principal.roles.is_empty(),
        Who::Isms => principal.is_isms(),
        Who::System => principal.actor == Actor::System,
        Who::Own => {
            person.is_some_and(|person| record.own_people().contains(&person)) || is_self(principal, record.any_ref())
        }
        Who::Field(field) => person.is_some_and(|person| people_in(record, field).contains(&person)),
        Who::Via { via, field } => {
            let Some(person) = person else { return false };
            let mut found = false;
            record.each_ref(&mut |name, target| {
                found |= name == via
                    && isms.record(target).is_some_and(|through| people_in(through, field).contains(&person));
            });
            found
        }
        Who::Manager => person.is_some_and(|person| {
            let about = people_in(record, "person");
            about.iter().any(|subject| isms.get(*subject).is_some_and(|subject| subject.manager == Some(person)))
        }),
        Who::Approver => {
            let approvers = record.def().rights.approve;
            approvers.iter().any(|who| *who != Who::Approver && is(isms, principal, *who, record))
        }
        Who::Audience => in_audience(isms, principal, record),
        Who::Reader { of, shared } => {
            let internal = principal.has(Role::ExternalAuditor) && record.field(shared) != Some(Value::Bool(true));
            !internal && may_read_all_in(isms, principal, record, of)
        }
        Who::Author => person.is_some() && record.head().created_by == person,
        Who::Drafted => {
            principal.is_isms()
                && proposal_of(record)
                    .is_some_and(|proposal| proposal.changes.iter().any(|draft| proposal.shows(draft, isms, principal)))
        }
    }
}

/// Whether `principal` may read every record that a field names. What is read by the readers of something is itself
/// nothing that gives such a right: no chain of them leads anywhere.
fn may_read_all_in(isms: &Isms, principal: &Principal, record: &dyn AnyRecord, field: &str) -> bool {
    let mut all = true;
    record.each_ref(&mut |name, target| {
        if name == field {
            all &= isms.record(target).is_some_and(|other| {
                let chained = other.def().rights.read.iter().any(|who| matches!(who, Who::Reader { .. }));
                if chained { principal.has(Role::IsmsManager) } else { permit(isms, principal, Wish::Read, other) }
            });
        }
    });
    all
}

fn people_in(record: &dyn AnyRecord, field: &str) -> Vec<Ref<Person>> {
    let mut people = Vec::new();
    record.each_ref(&mut |name, target| {
        if name == field {
            people.extend(target.of::<Person>());
        }
    });
    people
}

/// Whether a document or a version of it is addressed to the principal. Drafts are for the ISMS team.
fn in_audience(isms: &Isms, principal: &Principal, record: &dyn AnyRecord) -> bool {
    if principal.is_isms() {
        return true;
    }
    let Some(person) = principal.person().and_then(|person| isms.get(person)) else { return false };
    let document = record.any_ref().of::<Document>().or_else(|| {
        let version = record.any_ref().of::<DocumentVersion>()?;
        isms.get(version)?.document
    });
    let Some(document) = isms.find(document) else { return false };
    let published = record.state() == "effective" || record.state() == "under_review";
    published
        && (document.audience_all == Some(true)
            || person.org_unit.is_some_and(|unit| document.audience_units.contains(&unit)))
}

fn proposal_of(record: &dyn AnyRecord) -> Option<&Stored<Proposal>> {
    record.as_any().downcast_ref()
}

/// Whether the principal sees this field of a record that they may read. What a proposal drafts is seen by those who see
/// every record and every field that it is about; whoever sees only some of it is shown it change by change, see
/// [`Stored<Proposal>::shows`](crate::records::Proposal).
pub fn sees_field(isms: &Isms, principal: &Principal, record: &dyn AnyRecord, field: &FieldDef) -> bool {
    if field.guarded {
        let sees = |proposal: &Stored<Proposal>| proposal.seen_by(isms, principal).into_iter().all(|seen| seen);
        return proposal_of(record).is_some_and(sees);
    }
    !field.private
        || principal.actor == Actor::System
        || (principal.is_isms() && !principal.has(Role::ExternalAuditor))
        || principal.has(Role::SystemAdmin)
        || principal.person().is_some_and(|person| person.any() == record.any_ref())
}

/// The same of another version of the record, whose fields are these.
pub fn sees_field_then(
    isms: &Isms,
    principal: &Principal,
    record: &dyn AnyRecord,
    fields: &Map<String, Value>,
    field: &FieldDef,
) -> bool {
    if !field.guarded || !fields.contains_key(field.name) {
        return field.guarded || sees_field(isms, principal, record, field);
    }
    let reference = record.any_ref();
    let stamp = Stamp { number: reference.number, revision: 1, at: record.updated_at(), by: None };
    sees_field(isms, principal, reference.kind.read_partly(stamp, fields.clone()).0.as_ref(), field)
}

/// Whether the record is in a state in which nothing of substance may change any more.
pub fn is_closed(record: &dyn AnyRecord) -> bool {
    DEAD_STATES.contains(&record.state())
}

/// The reference of a record as a person, for rights that speak of the person themself.
pub fn is_self(principal: &Principal, reference: AnyRef) -> bool {
    principal.person().is_some_and(|person| person.any() == reference)
}
