//! A.5.24 to A.5.30: incidents, evidence and continuity.

use crate::rules::prelude::*;

rules! {
    /// There is an incident response plan.
    ///
    /// Planning starts before the incident.
    A5_24_01 = "A5.24-01", Major, step 9, clause "A.5.24";
    reads ["document.annex_refs", "document.state"];
    says "There is no incident response plan in force.";
    fix "Write and approve it.";
    fails "none";
    holds "DOC-0013 annex_refs=[A.5.24]";
    |cx| flag(!cx.documents_in_force().any(|d| d.annex_refs.iter().any(|id| id == "A.5.24")));

    /// Events are judged quickly.
    ///
    /// The clock of authorities runs from when one could have known.
    A5_25_01 = "A5.25-01", Minor, step 9, clause "A.5.25";
    reads ["event.state", "event.reported_at"];
    says "Event {ref} was not assessed within {cfg.triage_hours} hours.";
    fix "Assess and decide.";
    fails "reported two days ago, new";
    holds "triaged after 3 h";
    |cx| cx.all::<Event>().judge(|e| {
        let limit = SignedDuration::from_hours(cx.config.triage_hours);
        e.state == EventState::New && e.reported_at.is_some_and(|at| cx.now().duration_since(at) > limit)
    });

    /// What was judged an incident was opened as one.
    ///
    /// An event that was called an incident and opened as none is handled by nobody.
    A5_25_02 = "A5.25-02", Minor, step 9, clause "A.5.25";
    reads ["event.decision", "event.incident"];
    says "Event {ref} was judged an incident, but no incident was opened.";
    fix "Open it.";
    fails "incident=null";
    holds "incident=INC-0001";
    |cx| cx.all::<Event>().judge(|e| e.decision == Some(EventDecision::Incident) && e.incident.is_none());

    /// Notifications are not overdue.
    ///
    /// Laws on breaches count hours and days from the moment of awareness; an open duty past its time is a breach of
    /// its own.
    A5_26_01 = "A5.26-01", Major, step 9, clause "A.5.26";
    reads ["notification_duty.state", "notification_duty.required", "notification_duty.due_at"];
    says "Notification {ref} ({regime}) is overdue since {due_at}.";
    fix "Notify at once and state the reason for the delay.";
    fails "due_at passed, sent_at=null";
    holds "sent before due_at";
    |cx| cx.all::<NotificationDuty>().judge(|n| {
        n.state == NotificationDutyState::Open
            && n.required != Some(NotificationDutyRequired::No)
            && n.due_at.is_some_and(|due| due < cx.now())
    });

    /// Late notifications say why.
    ///
    /// Most laws allow a delay that is explained.
    A5_26_02 = "A5.26-02", Minor, step 9, clause "A.5.26";
    reads ["notification_duty.sent_at", "notification_duty.due_at", "notification_duty.delay_reason"];
    says "Notification {ref} was sent late without a reason.";
    fix "Record the reason.";
    fails "delay_reason=\"\"";
    holds "filled";
    |cx| cx.all::<NotificationDuty>().judge(|n| above(n.sent_at, n.due_at) && blank(&n.delay_reason));

    /// Not notifying was decided, with a reason.
    ///
    /// Somebody answers for it later.
    A5_26_03 = "A5.26-03", Minor, step 9, clause "A.5.26";
    reads ["notification_duty.required", "notification_duty.reason", "notification_duty.decided_by"];
    says "Notification {ref} was judged not required without reason or decider.";
    fix "Record both; the burden of proof lies with the organization.";
    fails "reason=\"\"";
    holds "reason=\"low probability of compromise: device encrypted\"";
    |cx| cx.all::<NotificationDuty>().judge(|n| {
        n.required == Some(NotificationDutyRequired::No) && (blank(&n.reason) || n.decided_by.is_none())
    });

    /// Incidents with personal data considered the duty to notify.
    ///
    /// Where a law in the register knows such a duty.
    A5_26_04 = "A5.26-04", Major, step 9, clause "A.5.26";
    reads ["obligation.state", "notification_duty.incident", "incident.personal_data", "incident.state",
        "obligation.notification_regimes"];
    says "Incident {ref} concerns personal data, but no notification duty was considered.";
    fix "Let the system create the duties of the applicable rules and decide each.";
    fails "personal_data=true, no ND";
    holds "ND-0001..ND-0003";
    |cx| {
        let duties: Set<_> = cx.all::<NotificationDuty>().filter_map(|n| n.incident).collect();
        let known = cx.live::<Obligation>().any(|o| !o.notification_regimes.is_empty());
        cx.all::<Incident>().judge(|i| yes(i.personal_data) && i.state != IncidentState::Reported && known && !duties.contains(&i.reference()))
    };

    /// The milestones of incidents are in order.
    ///
    /// Contained before detected is a slip that breaks every statistic.
    A5_26_05 = "A5.26-05", Minor, step 9, clause "A.5.26";
    reads ["incident.detected_at", "incident.contained_at", "incident.eradicated_at", "incident.recovered_at",
        "incident.closed_at"];
    says "The milestones of incident {ref} are out of order.";
    fix "Correct the times.";
    fails "contained before detected";
    holds "ascending";
    |cx| cx.all::<Incident>().judge(|i| {
        let times = [i.detected_at, i.contained_at, i.eradicated_at, i.recovered_at, i.closed_at];
        times.windows(2).any(|pair| above(pair[0], pair[1]))
    });

    /// Finished incidents have a cause and a lesson.
    ///
    /// The only good thing about an incident is what one learns.
    A5_27_01 = "A5.27-01", Minor, step 9, clause "A.5.27";
    reads ["incident.state", "incident.severity", "incident.lessons", "incident.cause"];
    says "Incident {ref} was finished without cause or lessons.";
    fix "Hold the review and record both.";
    fails "lessons=\"\"";
    holds "filled";
    |cx| cx.all::<Incident>().judge(|i| {
        finished_incident(i)
            && matches!(i.severity, Some(Criticality::Medium | Criticality::High | Criticality::Critical))
            && (blank(&i.lessons) || blank(&i.cause))
    });

    /// Risks list the incidents that name them.
    ///
    /// The link goes both ways, so that the likelihood can be judged.
    X_09 = "X-09", Observation, step 9, clause "A.5.27";
    reads ["risk.state", "incident.risks", "risk.incidents"];
    says "Risk {ref} does not list an incident that names it.";
    fix "Link both ways.";
    fails "INC-0001.risks has R-0001, R-0001.incidents empty";
    holds "linked both ways";
    |cx| {
        let mut named: Map<_, Vec<_>> = Map::default();
        for incident in cx.all::<Incident>() {
            for risk in &incident.risks {
                named.entry(*risk).or_default().push(incident.reference());
            }
        }
        cx.live::<Risk>().judge(|r| named.get(&r.reference()).into_iter().flatten().any(|i| !r.incidents.contains(i)))
    };

    /// Evidence of grave incidents is kept.
    ///
    /// For the cause, for the insurer, for a court.
    A5_28_01 = "A5.28-01", Minor, step 9, clause "A.5.28";
    reads ["incident.severity", "incident.evidence"];
    says "No evidence was kept for incident {ref}.";
    fix "Collect and protect evidence.";
    fails "evidence=[]";
    holds "evidence=[EV-0080]";
    |cx| cx.all::<Incident>().judge(|i| important(i.severity) && i.evidence.is_empty());

    /// Critical processes have an approved continuity plan.
    ///
    /// When the usual way is gone, security must not go with it.
    A5_29_01 = "A5.29-01", Minor, step 9, clause "A.5.29";
    reads ["business_process.state", "business_process.in_scope", "business_process.criticality", "bc_plan.processes",
        "bc_plan.state"];
    says "Critical process {ref} has no approved continuity plan.";
    fix "Write and approve a plan.";
    fails "no BCP";
    holds "BCP-0001";
    |cx| {
        let plans: Set<_> = cx.st::<BcPlan>(&[BcPlanState::Approved]).flat_map(|p| p.processes.iter().copied()).collect();
        let inside = cx.live::<BusinessProcess>().filter(|b| yes(b.in_scope));
        inside.judge(|b| b.criticality == Some(Criticality::Critical) && !plans.contains(&b.reference()))
    };

    /// Continuity plans were exercised within a year.
    ///
    /// A plan that was never tried fails when it is needed; each is exercised within the time that the organization
    /// sets.
    A5_30_01 = "A5.30-01", Minor, step 9, clause "A.5.30";
    reads ["bc_plan.state", "bc_exercise.plan", "bc_exercise.state", "bc_exercise.performed_on"];
    says "Plan {ref} was not exercised within {cfg.exercise_days} days.";
    fix "Exercise it.";
    fails "never exercised";
    holds "BCX-0001 2025-11-12";
    |cx| {
        let recent: Set<_> = done_exercises(cx).filter(|x| cx.within(x.performed_on, cx.config.exercise_days)).filter_map(|x| x.plan).collect();
        cx.st::<BcPlan>(&[BcPlanState::Approved]).judge(|p| !recent.contains(&p.reference()))
    };

    /// Continuity plans promise what processes need.
    ///
    /// Recovery time and data loss of the plan stay within those of each process.
    A5_30_02 = "A5.30-02", Minor, step 9, clause "A.5.30";
    reads ["bc_plan.state", "bc_plan.processes", "business_process.rto_hours", "bc_plan.rto_hours",
        "business_process.rpo_hours", "bc_plan.rpo_hours"];
    says "Plan {ref} promises less than a process needs.";
    fix "Improve the solution or change the demand.";
    fails "plan RTO 8 h, process RTO 4 h";
    holds "plan RTO 4 h";
    |cx| cx.st::<BcPlan>(&[BcPlanState::Approved]).judge(|p| {
        cx.each(&p.processes).any(|b| above(p.rto_hours, b.rto_hours) || above(p.rpo_hours, b.rpo_hours))
    });

    /// Exercises that missed their aims are followed up.
    ///
    /// Missed recovery times, lost data and gaps are what exercises are made to find; each needs a consequence.
    A5_30_03 = "A5.30-03", Minor, step 9, clause "A.5.30";
    reads ["bc_exercise.state", "bc_exercise.achieved_rto_hours", "bc_exercise.plan", "bc_plan.rto_hours",
        "bc_exercise.achieved_rpo_hours", "bc_plan.rpo_hours", "bc_exercise.result", "bc_exercise.follow_up"];
    says "Exercise {ref} missed its aims, but nothing follows.";
    fix "Raise an action.";
    fails "achieved 6 h, promised 4 h, follow_up=[]";
    holds "follow_up=[NC-0004]";
    |cx| done_exercises(cx).judge(|x| {
        let plan = cx.get(x.plan);
        let missed = above(x.achieved_rto_hours, plan.and_then(|p| p.rto_hours))
            || above(x.achieved_rpo_hours, plan.and_then(|p| p.rpo_hours))
            || x.result != Some(BcExerciseResult::Passed);
        missed && x.follow_up.is_empty()
    });

    /// Recovery is faster than the longest tolerable outage.
    ///
    /// Otherwise the plan arrives too late by design.
    A5_30_04 = "A5.30-04", Minor, step 5, clause "A.5.30";
    reads ["business_process.state", "business_process.rto_hours", "business_process.mtpd_hours"];
    says "Process {ref}: recovery time lies above the longest tolerable outage.";
    fix "Correct the figures.";
    fails "RTO 24 h, MTPD 8 h";
    holds "RTO 4 h";
    |cx| cx.live::<BusinessProcess>().judge(|b| above(b.rto_hours, b.mtpd_hours));
}
