//! What one record asks people to do about risks: a failed test, a control that no longer works, a grave incident, a
//! significant change, a supplier that does not satisfy (8.2). Judgements are left alone: people are told, and a run is
//! planned.
//!
//! Invariant: for each cause there is one run, and for each cause and subject one task, in whatever state it is by now.
//! What somebody has done, cancelled or voided is not asked for again by the same cause. Only a control can be a cause more
//! than once: each time that it stops working.

use jiff::ToSpan;

use crate::records::person::PersonState;
use crate::records::prelude::*;
use crate::records::risk_assessment::{RiskAssessmentState, RiskAssessmentTrigger};
use crate::records::scope::ScopeState;
use crate::records::shared::methodology_in_force;
use crate::records::task::TaskState;

/// Days that somebody has for what a cause asks of them.
const DAYS: i32 = 14;

/// Something after which risks have to be looked at again.
pub(crate) struct Cause<'a> {
    /// The record.
    pub what: AnyRef,
    /// What it is called.
    pub title: &'a str,
    /// What kind of cause it is.
    pub trigger: RiskAssessmentTrigger,
    /// The risks it names.
    pub risks: &'a [Ref<Risk>],
    /// The assets it touches; their risks are looked at too.
    pub assets: &'a [Ref<Asset>],
}

impl Cause<'_> {
    /// Plans a run for it, unless there is one.
    pub(crate) fn ask_for_assessment(&self, context: &Context<'_>, follow: &mut Vec<Follow>) {
        let isms = context.isms;
        if isms.referring::<RiskAssessment>(self.what, "cause").next().is_some() {
            return;
        }
        let touched = self.assets.iter().flat_map(|asset| isms.referring::<Risk>(asset.any(), "assets"));
        let named = self.risks.iter().filter_map(|risk| isms.get(*risk));
        let mut risks: Vec<Ref<Risk>> =
            named.chain(touched).filter(|risk| risk.is_live()).map(Stored::reference).collect();
        risks.sort_unstable();
        risks.dedup();
        let mut participants: Vec<Ref<Person>> =
            risks.iter().filter_map(|risk| isms.get(*risk)?.risk_owner).chain(manager(isms)).collect();
        participants.sort_unstable();
        participants.dedup();
        let run = RiskAssessment {
            methodology: methodology_in_force(isms).map(Stored::reference),
            scope: isms
                .live::<Scope>()
                .filter(|scope| scope.state == ScopeState::Effective)
                .map(Stored::reference)
                .last(),
            trigger: Some(self.trigger),
            cause: Some(self.what),
            planned_for: in_days(context),
            participants,
            risks,
            ..RiskAssessment::default()
        };
        let title = format!("Assessment after {}: {}", self.what, self.title);
        follow.push(Follow::create(&title, &run, format!("asked for by {}", self.what)));
    }
}

/// What follows from a planned run that has a cause: the change that asked for it names it, and the ISMS manager hears of it.
pub(crate) fn planned_from_cause(run: &Stored<RiskAssessment>, context: &Context<'_>, follow: &mut Vec<Follow>) {
    let Some(cause) = run.cause.filter(|_| run.state == RiskAssessmentState::Planned && !run.is_void()) else { return };
    let isms = context.isms;
    let me = run.reference();
    if let Some(change) = isms.find(cause.of::<Change>()).filter(|change| change.reassessment.is_none()) {
        let value = serde_json::Value::from(me.to_string());
        follow.push(Follow::field(change.reference().any(), "reassessment", value, format!("{me} was planned for it")));
    }
    let Some(assignee) = manager(isms) else { return };
    let what = format!("{cause} asks for a risk assessment: see which risks it touches, and carry out {me}.");
    ask(me.any(), cause, assignee, what, context, follow);
}

/// Tells the owners of the risks that count on a control that it does not work: a test found so, or somebody has set it so,
/// and then the control itself is the cause. Proposals follow from the control by themselves; whether the judgement still
/// holds is for the owner to say.
///
/// While a task about the same risk and the same control is open, no second one is written.
pub(crate) fn tell_risk_owners(
    cause: AnyRef,
    control: &Stored<Control>,
    context: &Context<'_>,
    follow: &mut Vec<Follow>,
) {
    let isms = context.isms;
    let me = control.reference();
    let by_hand = cause == me.any();
    for risk in isms.referring::<Risk>(me.any(), "existing_controls").filter(|risk| risk.is_live()) {
        let Some(assignee) = risk.risk_owner.or(control.owner) else { continue };
        let subject = risk.reference().any();
        let waits = isms.referring::<Task>(subject, "subject").any(|task| {
            let test = isms.find(task.cause.and_then(AnyRef::of::<ControlTest>));
            let about = task.cause == Some(me.any()) || test.is_some_and(|test| test.control == Some(me));
            task.state == TaskState::Open && !task.is_void() && about
        });
        if waits {
            continue;
        }
        let found = if by_hand {
            format!("{me} is ineffective now")
        } else {
            format!("{me} was found not effective by {cause}")
        };
        let what =
            format!("{found}, and {subject} counts on it. Look at what is proposed now, and judge the risk again.");
        if by_hand {
            tell(subject, cause, assignee, what, context, follow);
        } else {
            ask(subject, cause, assignee, what, context, follow);
        }
    }
}

/// Asks somebody by a task, once for each cause and subject.
fn ask(
    subject: AnyRef,
    cause: AnyRef,
    assignee: Ref<Person>,
    what: String,
    context: &Context<'_>,
    follow: &mut Vec<Follow>,
) {
    if !context.isms.referring::<Task>(subject, "subject").any(|task| task.cause == Some(cause)) {
        tell(subject, cause, assignee, what, context, follow);
    }
}

/// Asks somebody by a task.
fn tell(
    subject: AnyRef,
    cause: AnyRef,
    assignee: Ref<Person>,
    what: String,
    context: &Context<'_>,
    follow: &mut Vec<Follow>,
) {
    let task = Task {
        what: Some(what),
        assignee: Some(assignee),
        due: in_days(context),
        subject: Some(subject),
        cause: Some(cause),
        ..Task::default()
    };
    follow.push(Follow::create(
        &format!("Look at {subject} again after {cause}"),
        &task,
        format!("asked for by {cause}"),
    ));
}

fn in_days(context: &Context<'_>) -> Option<Date> {
    context.today().checked_add(DAYS.days()).ok()
}

/// The ISMS manager: the first active person with that role.
fn manager(isms: &Isms) -> Option<Ref<Person>> {
    let mut people = isms.live::<Person>().filter(|person| person.state == PersonState::Active);
    people.find(|person| person.app_roles.contains(&Role::IsmsManager)).map(Stored::reference)
}
