//! What a change would do before it is made: which findings it solves, which it causes, which other records it touches.

use attestry_check::{Finding, Report, Verdict};
use attestry_model::change::Subject;
use attestry_model::{AnyRef, Change, Command, Isms};

use crate::cx::Cx;
use crate::fault::Fault;
use crate::labels;

/// Most findings of each sort that are named.
const MOST: usize = 30;

/// One finding that comes or goes.
#[derive(Debug, Clone)]
pub struct Line {
    /// The record that it is about.
    pub record: Option<AnyRef>,
    /// What is said of it.
    pub message: String,
    /// The requirement.
    pub clause: String,
    /// What to do about it.
    pub fix: String,
}

/// Another record that changes along.
#[derive(Debug, Clone)]
pub struct Along {
    /// The record.
    pub reference: AnyRef,
    /// Its title; empty where the person does not see it.
    pub title: String,
    /// The state it is in afterwards.
    pub state: String,
    /// Why.
    pub reason: String,
}

/// What a change would do.
#[derive(Debug, Clone, Default)]
pub struct Effect {
    /// Findings that it solves.
    pub solved: Vec<Line>,
    /// Findings that it causes.
    pub caused: Vec<Line>,
    /// Findings beyond those that are named.
    pub more: usize,
    /// Other records that change along.
    pub along: Vec<Along>,
    /// Checks that hold now, and that would then.
    pub holds: (usize, usize),
    /// All findings that would come, also those that are not named or not seen.
    pub opened: usize,
}

impl Effect {
    /// Whether no finding comes or goes.
    pub fn is_none(&self) -> bool {
        self.solved.is_empty() && self.caused.is_empty() && self.more == 0
    }
}

/// What would be if a command were carried out.
#[derive(Debug, Clone)]
pub struct Fork {
    /// What comes and goes.
    pub effect: Effect,
    /// The value as it would be.
    pub next: Isms,
    /// What would be written.
    pub change: Change,
}

/// What a command would do now; nothing is written.
pub async fn of(cx: &Cx, command: Command, target: Option<AnyRef>) -> Result<Effect, Fault> {
    fork(cx, command, target).await.map(|fork| fork.effect)
}

/// The value as a command would leave it, with what comes and goes; nothing is written.
pub async fn fork(cx: &Cx, command: Command, target: Option<AnyRef>) -> Result<Fork, Fault> {
    cx.apart(move |cx| {
        let change = cx.organisation.preview(&cx.principal, command)?;
        let next = cx.current.apply(&change).map_err(Fault::Invalid)?;
        let effect = of_value(cx, &next, &change, target);
        Ok(Fork { effect, next, change })
    })
    .await
}

/// What a change would do that leads to this value from the one that is shown.
pub fn of_value(cx: &Cx, next: &Isms, change: &Change, target: Option<AnyRef>) -> Effect {
    let before = cx.report();
    let after = before.next(next, cx.now, cx.today, next.kinds_since(cx.isms.size()));
    compare(cx, &before, &after, next, change, target)
}

fn compare(cx: &Cx, before: &Report, after: &Report, next: &Isms, change: &Change, target: Option<AnyRef>) -> Effect {
    let holding = |report: &Report| report.outcomes.iter().filter(|one| one.verdict == Verdict::Holds).count();
    let mut effect = Effect { holds: (holding(before), holding(after)), ..Effect::default() };
    let line = |report: &Report, isms: &Isms, finding: &Finding<'_>| Line {
        record: finding.item.record(),
        message: report.message(isms, finding),
        clause: finding.rule.clause.to_owned(),
        fix: finding.rule.fix.to_owned(),
    };
    let tells = |isms: &Isms, finding: &Finding<'_>| match finding.item.record() {
        Some(record) => isms.record(record).is_some_and(|record| cx.sees(record)),
        None => cx.is_isms(),
    };
    for finding in &before.open_beyond(after) {
        if tells(&cx.isms, finding) {
            effect.solved.push(line(before, &cx.isms, finding));
        }
    }
    for finding in &after.open_beyond(before) {
        effect.opened += 1;
        if tells(next, finding) {
            effect.caused.push(line(after, next, finding));
        }
    }
    for list in [&mut effect.solved, &mut effect.caused] {
        effect.more += list.len().saturating_sub(MOST);
        list.truncate(MOST);
    }
    let mut touched = Vec::new();
    for entry in &change.entries {
        let Subject::Record(reference) = entry.subject else { continue };
        if Some(reference) == target || touched.contains(&reference) || effect.along.len() >= MOST {
            continue;
        }
        touched.push(reference);
        let Some(record) = next.record(reference) else { continue };
        let title = if cx.sees(record) { record.head().title.clone().unwrap_or_default() } else { String::new() };
        effect.along.push(Along {
            reference,
            title,
            state: labels::state(cx.words, reference.kind, record.state()).into_owned(),
            reason: entry.reason.clone().unwrap_or_default(),
        });
    }
    effect
}
