//! What a proposal would do if it were approved now: findings, consents, and what stands against it.

use attestry_check::Report;
use attestry_model::Subject;
use attestry_model::decide::propose::{self, Ground};
use attestry_model::records::Proposal;
use axum::response::Response;
use serde_json::{Value, json};

use super::answer;
use super::call::Call;
use super::findings;
use crate::fault::Fault;

/// Most findings of each sort.
const MOST: usize = 1_000;

/// `GET /api/v1/{kind}/{reference}/effect`
pub async fn effect(call: Call) -> Result<Response, Fault> {
    let target = call.target()?;
    call.cx.record(target)?;
    if target.of::<Proposal>().is_none() {
        return Err(Fault::Absent);
    }
    let body = call
        .cx
        .apart(move |cx| {
            let proposal = target.of::<Proposal>().and_then(|proposal| cx.isms.get(proposal)).ok_or(Fault::Absent)?;
            let signed = propose::signatures(&cx.isms, proposal);
            let seen = proposal.seen_by(&cx.isms, &cx.principal);
            let hidden = seen.iter().filter(|seen| !**seen).count();
            let now = cx.moment.as_ref().map_or(cx.now, |moment| moment.past.at);
            let weighed = match proposal.is_open().then(|| propose::weigh(&cx.isms, proposal, now)) {
                None => return Err(Fault::Conflict(format!("{target} was decided; it changes nothing any more"))),
                Some(Err(refusal)) => {
                    let problems = problems(refusal, &seen);
                    let none: [Value; 0] = [];
                    return Ok(json!({ "possible": false, "problems": problems, "hidden": hidden, "solved": none,
                                      "caused": none, "needs": none, "entries": 0 }));
                }
                Some(Ok(weighed)) => weighed,
            };
            let before = cx.report();
            let after = before.next(&weighed.isms, cx.now, cx.today, weighed.isms.kinds_since(cx.isms.size()));
            let told = |report: &Report, other: &Report, isms: &attestry_model::Isms| {
                let found = report.open_beyond(other).into_iter();
                let seen = found.filter(|finding| findings::sees(cx, isms, finding));
                seen.take(MOST).map(|finding| findings::value(cx, isms, report, &finding)).collect::<Vec<Value>>()
            };
            let need = |need: &propose::Need| {
                let about = need.about.iter().filter(|one| cx.isms.record(**one).is_none_or(|record| cx.sees(record)));
                let given = need.people.iter().find(|person| signed.contains_key(person));
                json!({
                    "ground": ground(need.ground),
                    "about": about.map(ToString::to_string).collect::<Vec<_>>(),
                    "people": need.people.iter().map(ToString::to_string).collect::<Vec<_>>(),
                    "signed_by": given.map(ToString::to_string),
                })
            };
            let entries = weighed.change.entries.iter().filter(|entry| matches!(entry.subject, Subject::Record(_)));
            Ok(json!({
                "possible": true,
                "problems": [],
                "hidden": hidden,
                "solved": told(&before, &after, &cx.isms),
                "caused": told(&after, &before, &weighed.isms),
                "needs": weighed.needs.iter().map(need).collect::<Vec<_>>(),
                "entries": entries.count(),
            }))
        })
        .await?;
    Ok(answer::json(&body))
}

fn ground(ground: Ground) -> &'static str {
    match ground {
        Ground::Approver => "approver",
        Ground::RiskOwner => "risk_owner",
        Ground::Statement => "statement",
        Ground::Limit => "limit",
        Ground::Right => "right",
        Ground::Anybody => "anybody",
    }
}

/// What stands against it; of a change that the caller does not see, only that it does.
fn problems(refusal: attestry_model::Refusal, seen: &[bool]) -> Vec<Value> {
    let attestry_model::Refusal::Invalid(problems) = refusal else {
        return vec![json!({ "field": "", "message": refusal.to_string() })];
    };
    let told = |problem: attestry_model::decide::Problem| {
        let at = problem.field.strip_prefix("changes[").and_then(|rest| rest.split_once(']')?.0.parse::<usize>().ok());
        match at {
            Some(at) if seen.get(at) != Some(&true) => {
                json!({ "field": format!("changes[{at}]"), "message": "cannot be made" })
            }
            _ => json!({ "field": problem.field, "message": problem.message }),
        }
    };
    problems.0.into_iter().map(told).collect()
}

/// For the shape of the answer: the words for why a consent is needed.
pub const GROUNDS: [&str; 6] = ["approver", "risk_owner", "statement", "limit", "right", "anybody"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_ground_has_a_word() {
        let all =
            [Ground::Approver, Ground::RiskOwner, Ground::Statement, Ground::Limit, Ground::Right, Ground::Anybody];
        assert_eq!(all.map(ground), GROUNDS);
    }
}
