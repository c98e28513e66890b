//! Taking a step of the workflow.

use serde_json::{Map, Value};

use super::sign::{APPROVING, invalidate, invalidate_wholes, is_approving};
use super::update::{check_immutable, check_worked_out, fresh, material_changes};
use super::{Problems, Refusal, Work, propose};
use crate::change::Action;
use crate::kind::{KindDef, StepWords};
use crate::permit::{Wish, any_of, permit};
use crate::records::{Kind, Proposal};
use crate::reference::AnyRef;
use crate::stored::{AnyRecord, Stored};

impl Work<'_> {
    pub(super) fn step(
        &mut self,
        target: AnyRef,
        to: &str,
        revision: Option<u32>,
        fields: Map<String, Value>,
        reason: Option<String>,
    ) -> Result<(), Refusal> {
        let record = self.seen(target)?;
        fresh(record.as_ref(), revision)?;
        if record.head().void_reason.is_some() {
            return Err(Refusal::invalid("state", format!("{target} is void; a void record takes no steps")));
        }
        let def = record.def();
        let Some(step) = find_step(def, record.flow_state(), to) else {
            let next: Vec<&str> =
                steps_from(def, record.flow_state()).map(|step| step.name.unwrap_or(step.to)).collect();
            let state = record.state();
            let message = if next.is_empty() {
                format!("{target} is {state}; no step leads on from there")
            } else {
                format!("{target} is {state}; from there it can go to {}, not to {to}", next.join(", "))
            };
            return Err(Refusal::invalid("state", message));
        };
        let approving = is_approving(def, step);
        if let (true, Some(proposal)) = (approving, record.as_any().downcast_ref::<Stored<Proposal>>()) {
            if !any_of(&self.isms, self.principal, step.who, record.as_ref()) {
                return Err(Refusal::Denied(format!("to take {target} from {} to {}", step.from, step.to)));
            }
            if !fields.is_empty() {
                return Err(Refusal::invalid("", "is signed as it stands; change it first"));
            }
            return self.put_in_force(proposal, step, reason);
        }
        let consent = if approving { self.consent(record.as_ref()) } else { None };
        let covered = consent.is_some();
        let stepper = any_of(&self.isms, self.principal, step.who, record.as_ref());
        let signed_for = covered && permit(&self.isms, self.principal, Wish::Update, record.as_ref());
        if !(stepper || signed_for) {
            return Err(Refusal::Denied(format!("to take {target} from {} to {}", step.from, step.to)));
        }
        let mut problems = Problems::default();
        propose::check_reason(target.kind, step, reason.as_deref(), &mut problems);
        let before = record.fields();
        let mut after = before.clone();
        let changes_fields = !fields.is_empty();
        let given: Vec<String> = fields.keys().cloned().collect();
        Self::overlay(def, &mut after, fields, &mut problems);
        let stamp = self.stamp(target.number, record.revision() + 1);
        let asked = target.kind.read_partly(stamp, after.clone()).0;
        let Some(prepared) = self.examine(target.kind, stamp, after, &mut problems) else {
            return Err(problems.into());
        };
        check_worked_out(&given, Some(record.as_ref()), asked.as_ref(), prepared.as_ref(), &mut problems);
        if changes_fields && approving && covered {
            problems.add("", "was signed as it stands; change it first, then have it signed again");
        }
        check_immutable(
            record.as_ref(),
            &material_changes(record.as_ref(), &before, &prepared.fields()),
            &mut problems,
        );
        if let (true, false, Some(signer)) = (approving, covered, self.principal.person()) {
            prepared.signs(signer, &self.isms, &mut problems);
        }
        let entered = prepared.enter(step.to, &self.context()).unwrap_or_else(|| prepared.fields());
        let entered = target.kind.read(stamp, entered)?;
        if def.states.first().is_some_and(|first| first.name == step.from) && !is_giving_up(step.to) {
            Self::demand_required(entered.as_ref(), &mut problems);
        }
        entered.demand(step.to, &self.context(), &mut problems);
        if !problems.is_empty() {
            return Err(problems.into());
        }
        let mut final_fields = entered.fields();
        if approving {
            let approval = match consent {
                Some(approval) => approval,
                None => self.sign_now(record.as_ref(), entered.as_ref(), step, None)?,
            };
            final_fields.extend(self.copies(approval, def));
        }
        let action = if target.kind == Kind::Approval && APPROVING.contains(&step.to) {
            Action::Sign
        } else {
            Action::Transition
        };
        self.write_record(target, action, final_fields, reason)?;
        if changes_fields && !approving {
            let (now, was) =
                (super::state_hash(prepared.as_ref(), &self.isms), super::state_hash(record.as_ref(), &self.isms));
            if now != was {
                invalidate(self, target)?;
            }
        }
        if entered.undecided() != record.undecided() {
            invalidate_wholes(self, target)?;
        }
        self.follow_from(target)
    }
}

/// Steps that end a record without bringing it into force demand nothing of it.
fn is_giving_up(state: &str) -> bool {
    ["cancelled", "rejected", "refused", "declined", "retired", "missed", "dropped", "waived", "draft", "withdrawn"]
        .contains(&state)
}

fn find_step<'a>(def: &'a KindDef, from: &str, to: &str) -> Option<&'a StepWords> {
    let named = def.flow.iter().find(|step| step.from == from && step.name == Some(to));
    named.or_else(|| def.flow.iter().find(|step| step.from == from && step.to == to))
}

/// The steps that lead on from a state.
pub fn steps_from<'a>(def: &'a KindDef, from: &'a str) -> impl Iterator<Item = &'a StepWords> {
    def.flow.iter().filter(move |step| step.from == from)
}

/// The state to which a record goes back when what was signed has changed: `None` when it is not beyond its approving
/// step. That is the state from which the approving step's own starting state was entered, or that starting state
/// where it is the first.
pub fn editable_state(record: &dyn AnyRecord) -> Option<&'static str> {
    let def = record.def();
    // What was approved in a proposal has been done: a signature taken back afterwards undoes none of it.
    if def.kind == Kind::Proposal {
        return None;
    }
    let approving = def.flow.iter().find(|step| is_approving(def, step))?;
    let first = def.states.first()?.name;
    let mut before = vec![first];
    let mut at = 0;
    while at < before.len() {
        for step in steps_from(def, before[at]).filter(|step| !is_approving(def, step)) {
            if !before.contains(&step.to) {
                before.push(step.to);
            }
        }
        at += 1;
    }
    if before.contains(&record.flow_state()) || crate::permit::is_closed(record) {
        return None;
    }
    let entered = def.flow.iter().find(|step| step.to == approving.from && before.contains(&step.from));
    Some(entered.map_or(approving.from, |step| step.from))
}
