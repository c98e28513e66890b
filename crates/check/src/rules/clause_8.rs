//! Clause 8: operation, risk assessment and treatment as they happen.

use super::prelude::*;

rules! {
    /// Every process has criteria.
    ///
    /// How it is run and how it is judged is decided before it runs.
    C8_1_A_01 = "C8.1-a-01", Minor, step 7, clause "8.1 a";
    reads ["isms_process.state", "isms_process.criteria"];
    says "Process {ref} has no criteria by which it is run and judged.";
    fix "State the criteria.";
    fails "criteria=\"\"";
    holds "criteria=\"values complete 15 days after period end\"";
    |cx| cx.st::<IsmsProcess>(&[IsmsProcessState::Active]).judge(|p| blank(&p.criteria));

    /// Planned runs of processes took place.
    ///
    /// A plan that is not followed is no control. Some days of grace are given.
    C8_1_01 = "C8.1-01", Minor, step 9, clause "8.1 b";
    reads ["process_execution.state", "process_execution.planned_for"];
    says "{ref}: the planned run of process was missed.";
    fix "Run it, or record why not; raise a nonconformity on repetition.";
    fails "planned 2026-05-01 still planned";
    holds "done 2026-05-03";
    |cx| cx.all::<ProcessExecution>().judge(|e| {
        e.state == ProcessExecutionState::Missed
            || e.state == ProcessExecutionState::Planned && cx.beyond(e.planned_for, cx.config.execution_grace_days)
    });

    /// Every process ran within its rhythm.
    ///
    /// A record of the last run, no older than the rhythm and a quarter of it, is the proof.
    C8_1_02 = "C8.1-02", Minor, step 9, clause "8.1 b";
    reads ["isms_process.state", "isms_process.frequency", "process_execution.process", "process_execution.state",
        "process_execution.executed_on"];
    says "No record shows that process {ref} ran within its rhythm.";
    fix "Run the process and keep the record.";
    fails "frequency P3M, last run eight months ago";
    holds "last run two months ago";
    |cx| {
        let mut last: Map<_, Option<Date>> = Map::default();
        for run in cx.st::<ProcessExecution>(&[ProcessExecutionState::Done]) {
            let latest = last.entry(run.process).or_default();
            *latest = (*latest).max(run.executed_on);
        }
        cx.st::<IsmsProcess>(&[IsmsProcessState::Active]).judge(|p| {
            let ran = last.get(&Some(p.reference())).copied().flatten();
            p.frequency.is_some_and(|rhythm| ran.is_none_or(|day| cx.age(day) * 4 > rhythm.days_about() * 5))
        })
    };

    /// Deviations are explained.
    ///
    /// That something went otherwise than planned is normal; not knowing why is not.
    C8_1_03 = "C8.1-03", Minor, step 9, clause "8.1 b";
    reads ["process_execution.result", "process_execution.deviation"];
    says "{ref}: a deviation is not explained.";
    fix "Explain the deviation and what was done.";
    fails "deviation=\"\"";
    holds "deviation=\"one month late due to move\"";
    |cx| cx.all::<ProcessExecution>().judge(|e| e.result == Some(ProcessExecutionResult::Deviation) && blank(&e.deviation));

    /// Unintended changes were reviewed.
    ///
    /// What happened without a plan needs a look at its bad effects.
    C8_1_04 = "C8.1-04", Minor, step 9, clause "8.1 c";
    reads ["change.unintended", "change.mitigation"];
    says "The unintended change {ref} has no record of what was done against bad effects.";
    fix "Describe the review and the mitigation.";
    fails "mitigation=\"\"";
    holds "mitigation=\"rule set restored within 2 h\"";
    |cx| cx.all::<Change>().judge(|c| yes(c.unintended) && blank(&c.mitigation));

    /// Outsourced processes are under contract.
    ///
    /// The organization answers for what others do for it.
    C8_1_05 = "C8.1-05", Minor, step 9, clause "8.1 d";
    reads ["isms_process.state", "isms_process.outsourced", "isms_process.supplier", "supplier.state",
        "supplier.security_clauses"];
    says "Outsourced process {ref} is not under contract control.";
    fix "Link the supplier and agree security clauses.";
    fails "outsourced=true supplier=null";
    holds "supplier=SUP-0003 security_clauses=true";
    |cx| cx.st::<IsmsProcess>(&[IsmsProcessState::Active]).judge(|p| {
        yes(p.outsourced) && !cx.get(p.supplier).is_some_and(|s| s.state == SupplierState::Active && yes(s.security_clauses))
    });

    /// No task is long overdue.
    ///
    /// A task that nobody does is either not needed or missed.
    C8_1_06 = "C8.1-06", Observation, step 9, clause "8.1";
    reads ["task.state", "task.due"];
    says "Task {ref} is overdue for more than {cfg.task_grace_days} days.";
    fix "Do, reassign or cancel it.";
    fails "due 2026-05-01 open";
    holds "done";
    |cx| cx.all::<Task>().judge(|t| t.state == TaskState::Open && cx.beyond(t.due, cx.config.task_grace_days));

    /// A risk assessment was completed.
    ///
    /// The method is worth what was done with it.
    C8_2_01 = "C8.2-01", Major, step 5, clause "8.2";
    reads ["risk_assessment.state"];
    says "No risk assessment has been completed.";
    fix "Carry out the assessment.";
    fails "RA-0001 in_progress";
    holds "RA-0001 approved";
    |cx| flag(done_assessments(cx).next().is_none());

    /// The last assessment lies within the planned interval.
    ///
    /// The method in force says how often risks are assessed; the last completed assessment may not be older.
    C8_2_02 = "C8.2-02", Major, step 5, clause "8.2";
    reads ["risk_assessment.state", "risk_assessment.completed_on", "methodology.state"];
    says "The last risk assessment is older than the planned interval.";
    fix "Carry out the periodic assessment.";
    fails "last 2025-05-30, interval P1Y, today 2026-06-30";
    holds "last 2026-04-30";
    |cx| {
        let method = cx.st::<Methodology>(&[MethodologyState::Effective]).next();
        let last = latest(done_assessments(cx).map(|a| a.completed_on));
        Found::given(method.is_some() && last.is_some(), || {
            flag(cx.beyond(last, dur(method.and_then(|m| m.assessment_interval))))
        })
    };

    /// Significant changes were followed by an assessment.
    ///
    /// A significant change makes new risks and ends old ones; the assessment that followed is named in the change.
    C8_2_03 = "C8.2-03", Minor, step 5, clause "8.2";
    reads ["change.significant", "change.state", "change.reassessment"];
    says "Significant change {ref} was not followed by a risk assessment.";
    fix "Reassess the risks touched and link the run.";
    fails "significant, reassessment=null";
    holds "reassessment=RA-0002";
    |cx| cx.st::<Change>(CARRIED_OUT).judge(|c| yes(c.significant) && c.reassessment.is_none());

    /// Risks are reviewed in time.
    ///
    /// Each names the day of its next review.
    C8_2_04 = "C8.2-04", Minor, step 5, clause "8.2";
    reads ["risk.state", "risk.next_review"];
    says "The review of risk {ref} is overdue since {next_review}.";
    fix "Reassess it.";
    fails "next_review 2026-05-31";
    holds "next_review 2027-04-30";
    |cx| cx.live::<Risk>().judge(|r| cx.past(r.next_review));

    /// After grave incidents the risks were assessed again.
    ///
    /// Something happened: the likelihood is known better now.
    C8_2_05 = "C8.2-05", Minor, step 5, clause "8.2";
    reads ["incident.risks", "incident.state", "incident.severity", "risk.assessed_on", "incident.detected_at"];
    says "After incident {ref} the risks concerned were not assessed again.";
    fix "Reassess the linked risks.";
    fails "incident 2026-02-11, R-0008 assessed 2025-05-20";
    holds "R-0008 assessed 2026-04-20";
    |cx| finished_grave(cx).judge(|i| {
        let detected = i.detected_at.map(Context::day);
        cx.each(&i.risks).any(|r| before(r.assessed_on, detected))
    });

    /// Every assessment has a report.
    ///
    /// Results are kept as documented information.
    C8_2_06 = "C8.2-06", Minor, step 5, clause "8.2";
    reads ["risk_assessment.state", "risk_assessment.report"];
    says "Risk assessment {ref} has no report.";
    fix "Generate the report and link it.";
    fails "report=null";
    holds "report=DOC-0006";
    |cx| done_assessments(cx).judge(|a| a.report.is_none());

    /// Grave incidents are linked to a risk.
    ///
    /// Either it was foreseen, or it is new and belongs into the register.
    C8_2_07 = "C8.2-07", Observation, step 5, clause "8.2";
    reads ["incident.severity", "incident.state", "incident.risks"];
    says "Incident {ref} is linked to no risk.";
    fix "Link the risk that came true, or record a new one.";
    fails "risks=[]";
    holds "risks=[R-0001]";
    |cx| finished_grave(cx).judge(|i| i.risks.is_empty());

    /// Risks that came true are not called rare.
    ///
    /// Once within a year does not fit the lowest likelihood.
    X_08 = "X-08", Observation, step 9, clause "8.2";
    reads ["risk.state", "risk.incidents", "risk.current_likelihood", "incident.detected_at"];
    says "Risk {ref} came true within a year but is rated at the lowest likelihood.";
    fix "Reassess the likelihood.";
    fails "L=1, incident four months ago";
    holds "L=3";
    |cx| cx.live::<Risk>().judge(|r| {
        r.current_likelihood == Some(Level(1))
            && cx.each(&r.incidents).any(|i| cx.within(i.detected_at.map(Context::day), 365))
    });

    /// No action is overdue.
    ///
    /// The plan is carried out when its dates are kept or moved by decision.
    C8_3_01 = "C8.3-01", Minor, step 7, clause "8.3";
    reads ["treatment_action.state", "treatment_action.due"];
    says "Action {ref} is overdue since {due}.";
    fix "Finish it, or agree a new date with the risk owner.";
    fails "due 2026-05-31, in_progress";
    holds "due 2026-09-30";
    |cx| planned_actions(cx).judge(|a| OPEN_ACTION.contains(&a.state) && cx.past(a.due));

    /// No important action is long overdue.
    ///
    /// High or urgent, and months late: the plan is not being carried out.
    C8_3_02 = "C8.3-02", Major, step 7, clause "8.3";
    reads ["treatment_action.state", "treatment_action.priority", "treatment_action.due"];
    says "Important action {ref} is more than {cfg.action_major_days} days late.";
    fix "Escalate to top management.";
    fails "due 2026-01-31, urgent";
    holds "due 2026-07-31";
    |cx| planned_actions(cx).judge(|a| {
        OPEN_ACTION.contains(&a.state)
            && matches!(a.priority, Some(TreatmentActionPriority::High | TreatmentActionPriority::Urgent))
            && cx.beyond(a.due, cx.config.action_major_days)
    });

    /// Finished actions are proven.
    ///
    /// Results of treatment are kept as documented information.
    C8_3_03 = "C8.3-03", Minor, step 7, clause "8.3";
    reads ["treatment_action.state", "treatment_action.evidence"];
    says "Action {ref} is called done without proof.";
    fix "Attach evidence.";
    fails "evidence=[]";
    holds "evidence=[EV-0008]";
    |cx| finished_actions(cx).judge(|a| a.evidence.is_empty());

    /// Finished actions are verified in time.
    ///
    /// Done is what the doer says; verified is what another saw.
    C8_3_04 = "C8.3-04", Observation, step 7, clause "8.3";
    reads ["treatment_action.state", "treatment_action.done_on"];
    says "Action {ref} was never verified.";
    fix "Have somebody else verify it.";
    fails "done 2026-01-15";
    holds "verified";
    |cx| finished_actions(cx).judge(|a| a.state == TreatmentActionState::Done && cx.beyond(a.done_on, cx.config.action_verify_days));

    /// Actions are verified by somebody else.
    ///
    /// Whoever did the work does not see what is missing; the name of the verifier is another one.
    C8_3_05 = "C8.3-05", Minor, step 7, clause "8.3";
    reads ["treatment_action.state", "treatment_action.verified_by", "treatment_action.responsible"];
    says "Action {ref} was verified by the person who did it.";
    fix "Have another person verify.";
    fails "verified_by = responsible";
    holds "different persons";
    |cx| finished_actions(cx).judge(|a| {
        a.state == TreatmentActionState::Verified && (a.verified_by.is_none() || a.verified_by == a.responsible)
    });

    /// A control is not called implemented while it is being built.
    ///
    /// An important open action that had begun before the date of implementation contradicts it.
    C8_3_06 = "C8.3-06", Minor, step 7, clause "8.3";
    reads ["control.state", "treatment_action.control", "treatment_action.state", "treatment_action.priority",
        "treatment_action.start", "control.implemented_on"];
    says "Control {ref} is called implemented while the action that builds it is still open.";
    fix "Correct the state of the control or close the action. Actions begun after implementation count as improvements and are no contradiction.";
    fails "C-0042 implemented, TA-0017 in_progress urgent";
    holds "C-0042 in_progress, or TA started after implemented_on";
    |cx| cx.st::<Control>(&[ControlState::Implemented]).judge(|c| {
        cx.actions_for(c.reference()).iter().any(|a| {
            OPEN_ACTION.contains(&a.state)
                && matches!(a.priority, Some(TreatmentActionPriority::High | TreatmentActionPriority::Urgent))
                && matches!((a.start, c.implemented_on), (Some(start), Some(done)) if start <= done)
        })
    });

    /// A risk is not at its target while a control is missing.
    ///
    /// The current level may count only controls that work today.
    C8_3_07 = "C8.3-07", Minor, step 7, clause "8.3";
    reads ["risk.state", "risk.inherent_value", "risk.current_value", "treatment.option", "treatment.expected_value",
        "treatment.controls", "treatment.risk", "treatment.state", "treatment.decided_on", "control.state"];
    says "Risk {ref} is already shown at its target level although a control of its treatment does not work yet.";
    fix "Keep the current level until the control is implemented and tested.";
    fails "current=expected=6, C-0042 planned";
    holds "current=12 until C-0042 is implemented";
    |cx| cx.live::<Risk>().judge(|r| {
        let treated = cx.cur_treatment(r).filter(|t| t.option == Some(TreatmentOption::Treat));
        treated.is_some_and(|t| {
            matches!((r.current_value, t.expected_value, r.inherent_value),
                (Some(now), Some(expected), Some(inherent)) if now <= expected && expected < inherent)
                && cx.each(&t.controls).any(|c| matches!(c.state, ControlState::Planned | ControlState::InProgress | ControlState::Ineffective))
        })
    });

    /// Implemented controls say how, by whom and since when.
    ///
    /// A control nobody can describe is not under control.
    C8_3_08 = "C8.3-08", Minor, step 7, clause "8.3";
    reads ["control.state", "control.how", "control.owner", "control.implemented_on"];
    says "Control {ref} is implemented, but how, owner or date is missing.";
    fix "Describe the implementation.";
    fails "how=\"\"";
    holds "how filled";
    |cx| cx.st::<Control>(&[ControlState::Implemented]).judge(|c| blank(&c.how) || c.owner.is_none() || c.implemented_on.is_none());

    /// Actions stay within their cost.
    ///
    /// Twenty percent over the plan deserves a look.
    C8_3_09 = "C8.3-09", Observation, step 7, clause "8.3";
    reads ["treatment_action.cost_actual", "treatment_action.cost_once"];
    says "Action {ref} cost more than 120 % of the plan.";
    fix "Inform the budget owner and correct the plan.";
    fails "planned 10,000 actual 13,500";
    holds "actual 10,800";
    |cx| cx.all::<TreatmentAction>().judge(|a| {
        let planned = num(cx, a.cost_once);
        planned > Decimal::ZERO && cx.money(a.cost_actual).is_some_and(|actual| actual > planned * Decimal::new(12, 1))
    });

    /// Controls have an owner who is there.
    ///
    /// Without one nobody notices when the control stops working.
    X_10 = "X-10", Minor, step 7, clause "8.3";
    reads ["control.state", "control.owner", "person.state"];
    says "Control {ref} has no active owner.";
    fix "Name an owner.";
    fails "owner left";
    holds "owner active";
    |cx| cx.st::<Control>(&[ControlState::Implemented, ControlState::InProgress]).judge(|c| !cx.active(c.owner));

    /// State and progress of actions agree.
    ///
    /// Done is a hundred percent, planned is nothing yet.
    X_13 = "X-13", Minor, step 7, clause "8.3";
    reads ["treatment_action.state", "treatment_action.progress"];
    says "Action {ref}: state and progress contradict each other.";
    fix "Correct one of them.";
    fails "done with 80 %";
    holds "done with 100 %";
    |cx| cx.all::<TreatmentAction>().judge(|a| match a.state {
        TreatmentActionState::Done | TreatmentActionState::Verified => a.progress.map(|p| p.0) != Some(Decimal::ONE_HUNDRED),
        TreatmentActionState::Planned => a.progress.is_some_and(|p| !p.0.is_zero()),
        _ => false,
    });
}
