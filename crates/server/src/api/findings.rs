//! What the conformance rules found: now, as it stood, and what has come and gone between two entries of the ledger.

use std::collections::BTreeSet;

use attestry_check::{Finding, Report, Rule, Severity, rules};
use attestry_model::Isms;
use attestry_model::permit::{Wish, permit, sees_field};
use attestry_store::When;
use axum::response::Response;
use serde_json::{Value, json};

use super::answer;
use super::call::Call;
use super::list::MOST;
use crate::cx::Cx;
use crate::fault::Fault;

/// Longest condition, in bytes.
const LONGEST: usize = 200;

/// Whether the caller sees a finding: one about a record if they see the record, any other if they work in the ISMS.
pub(super) fn sees(cx: &Cx, isms: &Isms, finding: &Finding<'_>) -> bool {
    match finding.item.record() {
        Some(reference) => isms.record(reference).is_some_and(|record| permit(isms, &cx.principal, Wish::Read, record)),
        None => cx.is_isms(),
    }
}

/// A finding as programs read it.
pub(super) fn value(cx: &Cx, isms: &Isms, report: &Report, finding: &Finding<'_>) -> Value {
    let rule = finding.rule;
    let message = if tells_hidden(cx, isms, finding) { rule.title().to_owned() } else { report.message(isms, finding) };
    let mut value = json!({
        "rule": rule.id,
        "severity": rule.severity.name(),
        "clause": rule.clause,
        "step": rule.step,
        "record": finding.item.to_string(),
        "message": message,
        "fix": rule.fix,
        "verdict": "violated",
    });
    if let Some(waiver) = finding.waiver {
        value["waiver"] = json!({
            "reason": waiver.reason,
            "approver": waiver.approver.any().to_string(),
            "expires": waiver.expires.to_string(),
        });
    }
    value
}

/// Whether the message would name a value that the caller does not see.
fn tells_hidden(cx: &Cx, isms: &Isms, finding: &Finding<'_>) -> bool {
    let Some(record) = finding.item.record().and_then(|reference| isms.record(reference)) else { return false };
    let private = record.def().fields.iter().filter(|field| field.private);
    let mut named = private.filter(|field| finding.rule.message.contains(&format!("{{{}}}", field.name)));
    named.any(|field| !sees_field(&cx.isms, &cx.principal, record, field))
}

/// Whether a rule belongs to a clause or a control, or to one beneath it.
fn is_of(rule: &Rule, clause: &str) -> bool {
    rule.clauses().any(|one| one == clause || one.strip_prefix(clause).is_some_and(|rest| rest.starts_with(['.', ' '])))
}

/// `GET /api/v1/findings`
pub fn list(call: &Call) -> Result<Response, Fault> {
    let cx = &call.cx;
    let all = call.flag("all")?;
    let step = call.parameter("step").map(|_| call.number("step", 1_u8, 1, 12)).transpose()?;
    let severity = match call.parameter("severity") {
        None => None,
        Some(name) => {
            Some(Severity::named(name).ok_or_else(|| Fault::field("severity", "must be major, minor or observation"))?)
        }
    };
    let limit = call.number("limit", MOST, 1, MOST)?;
    let offset = call.number("offset", 0, 0, 1_000_000)?;
    let (clause, record) = (call.parameter("clause"), call.parameter("record"));
    for (name, text) in [("clause", clause), ("record", record)] {
        if text.is_some_and(|text| {
            text.is_empty() || text.len() > LONGEST || !text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
        }) {
            return Err(Fault::field(name, format!("must be 1 to {LONGEST} ASCII letters")));
        }
    }
    let report = cx.report();
    let fits = |finding: &Finding<'_>| {
        (all || finding.waiver.is_none())
            && step.is_none_or(|step| finding.rule.step == step)
            && severity.is_none_or(|severity| finding.rule.severity == severity)
            && clause.is_none_or(|clause| is_of(finding.rule, clause))
            && record.is_none_or(|record| finding.item.to_string() == record)
            && sees(cx, &cx.isms, finding)
    };
    let found: Vec<Finding<'_>> = report.findings().filter(fits).collect();
    let page = found.iter().skip(offset).take(limit).map(|finding| value(cx, &cx.isms, &report, finding));
    let items: Vec<Value> = page.collect();
    let told = report.contradicting().filter(fits).take(limit).map(|one| value(cx, &cx.isms, &report, &one));
    let contradictions: Vec<Value> = told.collect();
    Ok(answer::json(&json!({
        "items": items,
        "total": found.len(),
        "size": cx.isms.size(),
        "contradictions": contradictions,
    })))
}

/// `GET /api/v1/{kind}/{reference}/findings`
pub fn of_record(call: &Call) -> Result<Response, Fault> {
    let cx = &call.cx;
    let target = call.target()?;
    cx.record(target)?;
    let report = cx.report();
    let items: Vec<Value> = report.findings_of(target).map(|finding| value(cx, &cx.isms, &report, &finding)).collect();
    let told = report.contradicting().filter(|finding| finding.item.record() == Some(target));
    let contradictions: Vec<Value> = told.map(|one| value(cx, &cx.isms, &report, &one)).collect();
    Ok(answer::json(&json!({
        "items": items,
        "total": items.len(),
        "size": cx.isms.size(),
        "contradictions": contradictions,
    })))
}

/// `GET /api/v1/summary`
pub fn summary(call: &Call) -> Result<Response, Fault> {
    if !call.cx.is_isms() {
        return Err(Fault::Denied("to the figures of the whole ISMS".to_owned()));
    }
    let cx = &call.cx;
    let report = cx.report();
    let mut value = report.json(&cx.isms, false);
    let summary = value.get_mut("summary").map(Value::take).unwrap_or_default();
    Ok(answer::json(&json!({ "today": cx.today.to_string(), "size": cx.isms.size(), "summary": summary })))
}

/// What a finding is known by.
type Name = (&'static str, String);

/// `GET /api/v1/findings/changes`
pub async fn changes(call: Call) -> Result<Response, Fault> {
    let size = call.cx.current.size();
    let newest = size.saturating_sub(1);
    call.parameter("since").ok_or_else(|| Fault::field("since", "is required: the number of an entry"))?;
    let since = call.number("since", 0, 0, newest)?;
    let until = call.number("until", newest, since, newest)?;
    let limit = call.number("limit", MOST, 1, MOST)?;
    let body = call
        .cx
        .apart(move |cx| {
            let then = Side::at(cx, since, newest)?;
            let now = Side::at(cx, until, newest)?;
            let (had, has) = (then.names(cx), now.names(cx));
            let new: BTreeSet<Name> = has.difference(&had).cloned().collect();
            let gone: BTreeSet<Name> = had.difference(&has).cloned().collect();
            let (appeared, told) = now.named(cx, &new);
            let (disappeared, untold) = then.named(cx, &gone);
            let cut = [&appeared, &told, &disappeared, &untold].into_iter().any(|list| list.len() > limit);
            Ok(json!({
                "since": since,
                "until": until,
                "appeared": now.values(cx, &appeared, limit),
                "disappeared": then.values(cx, &disappeared, limit),
                "contradictions": {
                    "appeared": now.values(cx, &told, limit),
                    "disappeared": then.values(cx, &untold, limit),
                },
                "truncated": cut,
            }))
        })
        .await?;
    Ok(answer::json(&body))
}

/// The findings after one entry.
struct Side {
    isms: Isms,
    report: std::sync::Arc<Report>,
}

impl Side {
    fn at(cx: &Cx, seq: u64, newest: u64) -> Result<Self, Fault> {
        if seq == newest {
            let real = cx.zone.to_datetime(cx.now).date();
            return Ok(Self { isms: cx.current.clone(), report: cx.app.report(&cx.slug, &cx.current, cx.now, real) });
        }
        let past = cx.app.past(&cx.organisation, When::Seq(seq))?;
        let day = cx.zone.to_datetime(past.at).date();
        Ok(Self { isms: past.isms.clone(), report: past.report(past.at, day) })
    }

    /// What is open and seen: findings, then contradictions between registers.
    fn seen<'a>(&'a self, cx: &'a Cx) -> impl Iterator<Item = Finding<'a>> {
        self.report.told().filter(|finding| finding.waiver.is_none() && sees(cx, &self.isms, finding))
    }

    fn names(&self, cx: &Cx) -> BTreeSet<Name> {
        self.seen(cx).map(|finding| (finding.rule.id, finding.item.to_string())).collect()
    }

    /// The findings with these names, and the contradictions apart from them.
    fn named<'a>(&'a self, cx: &'a Cx, names: &BTreeSet<Name>) -> (Vec<Finding<'a>>, Vec<Finding<'a>>) {
        let wanted = self.seen(cx).filter(|finding| names.contains(&(finding.rule.id, finding.item.to_string())));
        wanted.partition(|finding| !rules::is_contradiction(finding.rule))
    }

    fn values(&self, cx: &Cx, list: &[Finding<'_>], limit: usize) -> Vec<Value> {
        list.iter().take(limit).map(|finding| value(cx, &self.isms, &self.report, finding)).collect()
    }
}
