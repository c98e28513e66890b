//! Signing: approvals bound to the exact state that was signed, and what happens when that state changes.

use std::collections::BTreeSet;

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::{Problems, Refusal, Work, editable_state, is_immaterial};
use crate::change::{Action, Entry, Subject};
use crate::consent::{self, Proof};
use crate::field::{Choice, FieldValue, Scalar};
use crate::isms::Isms;
use crate::kind::{KindDef, Role, StepWords};
use crate::permit::{Wish, permit};
use crate::principal::Principal;
use crate::records::approval::{ApprovalDecision, ApprovalState};
use crate::records::{Approval, Kind};
use crate::reference::{AnyRef, Ref};
use crate::stored::{AnyRecord, Stored};

/// The states that are entered by a signature, in kinds that have a field for the approval.
pub(super) const APPROVING: [&str; 4] = ["approved", "signed", "accepted", "granted"];

/// The field that holds the approval, if the kind has one.
pub(super) fn approval_field(def: &KindDef) -> Option<&'static str> {
    def.fields.iter().map(|field| field.name).find(|name| *name == "approval")
}

/// Whether a step is taken by signing.
pub fn is_approving(def: &KindDef, step: &StepWords) -> bool {
    APPROVING.contains(&step.to) && approval_field(def).is_some()
}

/// The SHA-256, in hexadecimal, of what a signature covers: kind, reference and all fields whose change is material, as
/// canonical JSON (RFC 8785), with the same of each record that is part of it. For a version of a document it is the
/// hash of the document's content.
pub fn state_hash(record: &dyn AnyRecord, isms: &Isms) -> String {
    if record.any_ref().kind == Kind::DocumentVersion
        && let Some(Value::String(hash)) = record.field("content_hash")
    {
        return hash;
    }
    let mut signed = material(record);
    let parts = record.parts(isms).into_iter().filter_map(|part| isms.record(part));
    let parts: Map<String, Value> =
        parts.map(|part| (part.any_ref().to_string(), Value::Object(material_part(part)))).collect();
    if !parts.is_empty() {
        signed.insert("parts".to_owned(), Value::Object(parts));
    }
    // Canonical values hold no floats and their maps are sorted, so that plain serialisation is RFC 8785's.
    let digest = Sha256::digest(Value::Object(signed).to_string().as_bytes());
    hexadecimal(&digest)
}

/// What a signature covers of one record.
fn material(record: &dyn AnyRecord) -> Map<String, Value> {
    let def = record.def();
    let mut fields = record.fields();
    fields.retain(|name, _| !is_immaterial(def, name));
    Map::from_iter([
        ("fields".to_owned(), Value::Object(fields)),
        ("kind".to_owned(), Value::from(def.words.name)),
        ("ref".to_owned(), Value::from(record.any_ref().to_string())),
    ])
}

/// What a signature of the whole covers of one part: the same, and whether the part decides anything.
fn material_part(part: &dyn AnyRecord) -> Map<String, Value> {
    let mut signed = material(part);
    if part.undecided() {
        signed.insert("undecided".to_owned(), Value::Bool(true));
    }
    signed
}

/// Bytes in hexadecimal.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        for half in [byte >> 4, byte & 15] {
            text.push(char::from_digit(half.into(), 16).unwrap_or_default());
        }
        text
    })
}

/// Whether an approval is a valid consent to the record as it stands now.
pub fn covers(approval: &Stored<Approval>, record: &dyn AnyRecord, isms: &Isms) -> bool {
    let consent = [ApprovalDecision::Approved, ApprovalDecision::ApprovedWithConditions];
    !approval.is_void()
        && approval.state == ApprovalState::Signed
        && approval.decision.is_some_and(|decision| consent.contains(&decision))
        && approval.subject == Some(record.any_ref())
        && approval.subject_hash.as_deref() == Some(state_hash(record, isms).as_str())
}

/// The signed approvals of a record, valid or not.
fn signed_approvals(isms: &Isms, target: AnyRef) -> impl Iterator<Item = &Stored<Approval>> {
    let approvals = isms.referring::<Approval>(target, "subject");
    approvals.filter(|approval| approval.state == ApprovalState::Signed && !approval.is_void())
}

impl Work<'_> {
    /// The approval by which somebody entitled to it has signed the record as it stands.
    pub(super) fn consent(&self, record: &dyn AnyRecord) -> Option<Ref<Approval>> {
        let mut covering =
            signed_approvals(&self.isms, record.any_ref()).filter(|approval| covers(approval, record, &self.isms));
        let entitled = |approval: &&Stored<Approval>| {
            let Some(signer) = approval.signer else { return false };
            let principal = Principal::of(&self.isms, signer, self.principal.via);
            let mut problems = Problems::default();
            record.signs(signer, &self.isms, &mut problems);
            problems.is_empty()
                && principal.is_some_and(|principal| permit(&self.isms, &principal, Wish::Approve, record))
        };
        covering.find(entitled).map(Stored::reference)
    }

    /// The fields in which kinds keep a copy of the approval: itself, its signer, its day.
    pub(super) fn copies(&self, approval: Ref<Approval>, def: &KindDef) -> Map<String, Value> {
        let Some(approval) = self.isms.get(approval) else { return Map::new() };
        let day = approval.signed_at.map_or(Value::Null, |at| jiff::tz::Offset::UTC.to_datetime(at).date().to_value());
        let copies = [
            ("approval", approval.reference().to_value()),
            ("approved_on", day.clone()),
            ("accepted_on", day),
            ("approved_by", approval.signer.to_value()),
        ];
        let known = copies
            .into_iter()
            .filter(|(name, value)| !value.is_null() && def.fields.iter().any(|field| field.name == *name));
        known.map(|(name, value)| (name.to_owned(), value)).collect()
    }

    /// Signs on the spot: who takes an approving step signs the record as it stands with it, and may say why. Gives the
    /// approval.
    pub(super) fn sign_now(
        &mut self,
        record: &dyn AnyRecord,
        shown: &dyn AnyRecord,
        step: &StepWords,
        said: Option<&str>,
    ) -> Result<Ref<Approval>, Refusal> {
        let target = record.any_ref();
        let Some(signer) = self.principal.person() else {
            return Err(Refusal::Denied(format!(
                "to take {target} to {}: that needs the signature of a person entitled to it",
                step.to
            )));
        };
        may_sign(self.principal)?;
        let approval = AnyRef { kind: Kind::Approval, number: self.isms.next_number(Kind::Approval) };
        let today = self.context().today().to_value();
        let hash = state_hash(shown, &self.isms);
        let differs = hash != state_hash(record, &self.isms);
        let statement = format!("I approve {target} in the version shown to me.");
        let fields = [
            ("title", Value::from(format!("Approval of {target}"))),
            ("state", Value::from(ApprovalState::Signed.name())),
            ("subject", target.to_value()),
            ("subject_revision", Value::from(record.revision() + u32::from(differs))),
            ("subject_hash", Value::from(hash)),
            ("capacity", Value::from(capacity(self.principal, record))),
            ("signer", signer.to_value()),
            ("decision", Value::from(ApprovalDecision::Approved.name())),
            ("statement", Value::from(statement)),
            ("requested_on", today),
            ("signed_at", self.now.to_value()),
            ("created_at", self.now.to_value()),
            ("created_by", signer.to_value()),
        ];
        let mut fields: Map<String, Value> = fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let proof = self.principal.proof.as_ref();
        if let Some(Proof { method, assertion }) = proof {
            fields.insert("method".to_owned(), Value::from(method.name()));
            if let Some(assertion) = assertion {
                fields.insert("assertion".to_owned(), assertion.to_value());
            }
        }
        fields.extend(said.map(|said| ("notes".to_owned(), Value::from(said))));
        let entry = Entry {
            subject: Subject::Record(approval),
            action: Action::Sign,
            version: 1,
            fields,
            reason: None,
            approval: None,
            files: Vec::new(),
        };
        self.write(entry)?;
        let approval = Ref::new(approval.number);
        if let Some(assertion) = proof.and_then(|proof| proof.assertion.as_ref())
            && let Some(Err(what)) = self.isms.get(approval).map(|it| consent::fits(it, assertion))
        {
            let message =
                format!("was not signed: the signature of the passkey {what}; look at it again and sign anew");
            return Err(Refusal::invalid("", message));
        }
        Ok(approval)
    }
}

/// Administrators look after accounts and technical settings; they sign nothing in that capacity.
pub(super) fn may_sign(principal: &Principal) -> Result<(), Refusal> {
    let only_admin = principal.roles.iter().all(|role| matches!(role, Role::SystemAdmin | Role::Employee));
    if principal.has(Role::SystemAdmin) && only_admin {
        return Err(Refusal::Denied("to sign: system administrators do not approve".to_owned()));
    }
    Ok(())
}

/// In which capacity a person signs a record: the first of the record's approving roles that they hold.
fn capacity(principal: &Principal, record: &dyn AnyRecord) -> &'static str {
    let order = [
        (Role::TopManagement, "top_management"),
        (Role::RiskOwner, "risk_owner"),
        (Role::IsmsManager, "isms_manager"),
        (Role::AssetOwner, "asset_owner"),
        (Role::ControlOwner, "control_owner"),
    ];
    let approvers = record.def().rights.approve;
    let entitled = |role: Role| approvers.contains(&crate::kind::Who::Role(role));
    let held = order.iter().filter(|(role, _)| principal.has(*role));
    let best = held.clone().find(|(role, _)| entitled(*role)).or_else(|| held.clone().next());
    best.map_or("other", |(_, word)| word)
}

/// After a material change of a record: the signatures of it, and of what it is or was part of, no longer count, and what
/// was signed goes back to where it can be worked on.
pub(super) fn invalidate(work: &mut Work<'_>, target: AnyRef) -> Result<(), Refusal> {
    invalidate_all(work, target, wholes(work, target))
}

/// After a part has begun or ceased to decide something: the signatures of what it is or was part of no longer count.
pub(super) fn invalidate_wholes(work: &mut Work<'_>, part: AnyRef) -> Result<(), Refusal> {
    let mut others = wholes(work, part);
    others.retain(|whole| *whole != part);
    invalidate_all(work, part, others)
}

fn invalidate_all(work: &mut Work<'_>, target: AnyRef, wholes: Vec<AnyRef>) -> Result<(), Refusal> {
    for signed in wholes {
        let stale = signed_approvals(&work.isms, signed).map(Stored::reference).collect();
        lapse(work, signed, target, stale)?;
        move_back(work, signed, target)?;
    }
    Ok(())
}

/// The same after an import, where files may bring signatures with what was signed: those in `brought` stand, and so do
/// those that cover what the files say.
pub(super) fn lapse_unless(work: &mut Work<'_>, target: AnyRef, brought: &BTreeSet<AnyRef>) -> Result<(), Refusal> {
    for signed in wholes(work, target) {
        let Some(record) = work.isms.shared(signed) else { continue };
        let (kept, stale): (Vec<_>, Vec<_>) = signed_approvals(&work.isms, signed)
            .partition(|one| brought.contains(&one.any_ref()) || covers(one, record.as_ref(), &work.isms));
        let (kept, stale) = (!kept.is_empty(), stale.into_iter().map(Stored::reference).collect::<Vec<_>>());
        let lapsed = !stale.is_empty();
        lapse(work, signed, target, stale)?;
        if lapsed && !kept {
            move_back(work, signed, target)?;
        }
    }
    Ok(())
}

/// A record and what it is or was part of.
fn wholes(work: &Work<'_>, target: AnyRef) -> Vec<AnyRef> {
    let mut wholes = vec![target];
    for isms in [&work.before, &work.isms] {
        let mut near: Vec<AnyRef> = isms.links_to(target).map(|link| link.source).collect();
        if let Some(record) = isms.record(target) {
            record.each_ref(&mut |_, other| near.push(other));
        }
        let whole = |other: &AnyRef| isms.record(*other).is_some_and(|whole| whole.parts(isms).contains(&target));
        wholes.extend(near.into_iter().filter(whole));
    }
    wholes.sort_unstable();
    wholes.dedup();
    wholes
}

/// These signatures of `signed` lapse because `changed` did.
fn lapse(work: &mut Work<'_>, signed: AnyRef, changed: AnyRef, stale: Vec<Ref<Approval>>) -> Result<(), Refusal> {
    for approval in stale {
        let reason = format!("{changed} changed after {signed} was signed");
        work.carry_out(super::Follow::step(approval.any(), ApprovalState::Invalidated.name(), reason))?;
    }
    Ok(())
}

/// What was signed and `changed` meanwhile goes back to where it can be worked on.
fn move_back(work: &mut Work<'_>, signed: AnyRef, changed: AnyRef) -> Result<(), Refusal> {
    let Some(record) = work.isms.shared(signed) else { return Ok(()) };
    if let Some(state) = editable_state(record.as_ref()) {
        let reason = format!("{changed} changed after {signed} was approved, so it must be approved again");
        work.carry_out(super::Follow::step(signed, state, reason))?;
    }
    Ok(())
}
