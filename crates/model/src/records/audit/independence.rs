//! Independence of auditors (clause 9.2.2 b; domain specification, section 1): nobody audits their own work.

use crate::isms::Isms;
use crate::records::{Audit, Control, CorrectiveAction, IsmsProcess, OrgUnit, Person, Risk, TreatmentAction};
use crate::reference::Ref;
use crate::stored::Stored;

/// The clause of internal audit itself: its process belongs to the auditors.
const AUDIT_CLAUSE: &str = "9.2";

/// Why `person` is not independent of what `audit` covers; each reason completes the sentence “the person …”.
///
/// They work in or lead an audited unit, own or operate an audited control, own a process whose clause is audited, own a
/// risk in an audited unit or one that rests on an audited control, or are responsible for an action there.
pub fn conflicts(isms: &Isms, person: Ref<Person>, audit: &Audit) -> Vec<String> {
    let me = Some(person);
    let mut reasons = Vec::new();
    let home = isms.get(person).and_then(|person| person.org_unit);
    reasons.extend(home.filter(|unit| audit.org_units.contains(unit)).map(|unit| format!("works in {unit}")));
    let units = audit.org_units.iter().filter_map(|unit| isms.get(*unit));
    let led = units.filter(|unit| unit.body.head == me && Some(unit.reference()) != home);
    reasons.extend(led.map(|unit: &Stored<OrgUnit>| format!("leads {}", unit.reference())));

    let audited = |control: &Control| control.annex_refs.iter().any(|entry| audit.annex_controls.contains(entry));
    for control in isms.live::<Control>().filter(|control| audited(control)) {
        if control.owner == me || control.operator == me {
            let verb = if control.owner == me { "owns" } else { "operates" };
            reasons.push(format!("{verb} {}", control.reference()));
        }
    }
    let is_audited = |control: &Ref<Control>| isms.get(*control).is_some_and(|control| audited(control));
    let covers = |clause: &String| !clause.starts_with(AUDIT_CLAUSE) && audit.clauses.contains(clause);
    let processes = isms.live::<IsmsProcess>().filter(|process| process.owner == me);
    let processes = processes.filter(|process| process.clause_refs.iter().any(covers));
    reasons.extend(processes.map(|process| format!("owns {}", process.reference())));

    let in_unit = |risk: &Risk| {
        let units = risk.assets.iter().filter_map(|asset| isms.get(*asset)?.org_unit);
        units.into_iter().any(|unit| audit.org_units.contains(&unit))
    };
    let risks = isms.live::<Risk>().filter(|risk| risk.risk_owner == me);
    let risks = risks.filter(|risk| risk.existing_controls.iter().any(is_audited) || in_unit(risk));
    reasons.extend(risks.map(|risk| format!("owns {}", risk.reference())));

    let actions = isms.live::<TreatmentAction>().filter(|action| action.responsible == me);
    let actions = actions.filter(|action| action.control.as_ref().is_some_and(is_audited));
    reasons.extend(actions.map(|action| format!("is responsible for {}", action.reference())));
    let is_covered = |action: &CorrectiveAction| {
        let requirement = isms.find(action.nonconformity).and_then(|found| found.requirement_id.as_ref());
        requirement.is_some_and(|id| audit.clauses.contains(id) || audit.annex_controls.contains(id))
    };
    let actions = isms.live::<CorrectiveAction>().filter(|action| action.responsible == me && is_covered(action));
    reasons.extend(actions.map(|action| format!("is responsible for {}", action.reference())));
    reasons
}
