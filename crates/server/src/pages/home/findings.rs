//! All findings: by clause, step, owner and severity; what cannot be judged; what is waived, with its reason.

use std::collections::BTreeMap;

use askama::Template;
use attestry_check::{Finding, Rule, Severity, Verdict};
use attestry_model::AnyRef;
use axum::response::Response;

use super::fix::{self, Row};
use super::readiness::{GROUPS, group};
use crate::cx::Cx;
use crate::fault::Fault;
use crate::places::Frame;
use crate::shell::{Shell, page, pairs, with_query};

/// Most findings on one page.
const MOST: usize = 300;

#[derive(Template)]
#[template(path = "home/findings.html")]
struct Findings {
    cx: Cx,
    frame: Frame,
    shell: Shell,
    sentence: String,
    filters: Vec<Filter>,
    any: bool,
    clear: String,
    rows: Vec<Row>,
    contradictions: Vec<Row>,
    unknown: Vec<Unknown>,
    more: usize,
}

/// One choice of a filter with its values.
struct Filter {
    name: &'static str,
    label: String,
    values: Vec<Choice>,
}

struct Choice {
    value: String,
    label: String,
    count: usize,
    chosen: bool,
}

/// A rule about which nobody can say.
pub struct Unknown {
    /// The rule.
    pub rule: &'static Rule,
    /// Its page.
    pub href: String,
    /// The page of its clause.
    pub clause_href: String,
}

/// What is asked for.
#[derive(Debug, Default)]
struct Asked {
    clause: String,
    step: Option<u8>,
    owner: String,
    severity: Option<Severity>,
    verdict: String,
}

impl Asked {
    fn of(cx: &Cx) -> Self {
        let mut asked = Self::default();
        for (name, value) in pairs(&cx.query) {
            match name.as_str() {
                "clause" => asked.clause = value,
                "step" => asked.step = value.parse().ok(),
                "owner" => asked.owner = value,
                "severity" => asked.severity = Severity::named(&value),
                "verdict" => asked.verdict = value,
                _ => {}
            }
        }
        asked
    }

    fn rule(&self, rule: &Rule) -> bool {
        let clause = self.clause.is_empty()
            || group(rule.section()) == self.clause
            || rule.clauses().any(|one| one == self.clause || one.split(' ').next() == Some(&self.clause));
        clause
            && self.step.is_none_or(|step| rule.step == step)
            && self.severity.is_none_or(|severity| rule.severity == severity)
    }

    fn finding(&self, cx: &Cx, finding: &Finding<'_>) -> bool {
        let waived = finding.waiver.is_some();
        let verdict = match self.verdict.as_str() {
            "waived" => waived,
            "all" => true,
            _ => !waived,
        };
        verdict
            && fix::visible(cx, finding.item)
            && self.rule(finding.rule)
            && (self.owner.is_empty() || self.owner == owner_key(cx, finding))
    }
}

fn owner_key(cx: &Cx, finding: &Finding<'_>) -> String {
    fix::owner(cx, finding.item).map_or_else(|| "nobody".to_owned(), |person| person.any().to_string())
}

/// `GET /findings`
pub async fn show(cx: Cx) -> Result<Response, Fault> {
    let report = cx.report();
    let asked = Asked::of(&cx);
    let mut found: Vec<Finding<'_>> = report.findings().filter(|finding| asked.finding(&cx, finding)).collect();
    found.sort_by_key(|finding| (std::cmp::Reverse(finding.rule.severity), finding.waiver.is_some()));
    let open = report.open().count();
    let waived = report.findings().count() - open;
    let unknown_all = report.outcomes.iter().filter(|one| one.verdict == Verdict::NotEnoughEvidence);
    let count_unknown = unknown_all.clone().count();
    let shows_unknown = asked.owner.is_empty() && asked.verdict != "waived";
    let unknown = unknown_all.filter(|one| shows_unknown && asked.rule(one.rule));
    let unknown = unknown.map(|one| unknown_row(&cx, one.rule)).collect();
    let wanted = asked.verdict == "not_enough_evidence";
    let total = if wanted { 0 } else { found.len() };
    let rows =
        found.iter().take(if wanted { 0 } else { MOST }).map(|finding| fix::row(&cx, &report, finding)).collect();
    let told: Vec<Finding<'_>> =
        report.contradicting().filter(|finding| !wanted && asked.finding(&cx, finding)).collect();
    let contradictions = told.iter().take(MOST).map(|finding| fix::row(&cx, &report, finding)).collect();
    let sentence = cx
        .with(
            "findings-sentence",
            &[("open", open.into()), ("unknown", count_unknown.into()), ("waived", waived.into())],
        )
        .into_owned();
    let filters = filters(&cx, &report, &asked);
    let names = ["clause", "step", "owner", "severity", "verdict"];
    let kept: Vec<(String, String)> =
        pairs(&cx.query).into_iter().filter(|(name, _)| !names.contains(&name.as_str()) && name != "done").collect();
    page(&Findings {
        frame: Frame::of_tab(&cx, "/findings"),
        shell: Shell::of(&cx),
        sentence,
        any: pairs(&cx.query).iter().any(|(name, value)| names.contains(&name.as_str()) && !value.is_empty()),
        filters,
        clear: with_query("/findings", &kept, None),
        rows,
        contradictions,
        unknown,
        more: total.saturating_sub(MOST),
        cx,
    })
}

/// A rule that cannot be judged, as a row.
pub fn unknown_row(cx: &Cx, rule: &'static Rule) -> Unknown {
    Unknown { rule, href: cx.href(&format!("/rules/{}", rule.id)), clause_href: fix::clause_href(cx, rule.section()) }
}

fn filters(cx: &Cx, report: &attestry_check::Report, asked: &Asked) -> Vec<Filter> {
    let open: Vec<Finding<'_>> = report.open().collect();
    let count = |fits: &dyn Fn(&Finding<'_>) -> bool| open.iter().filter(|finding| fits(finding)).count();
    let choice = |value: String, label: String, count: usize, chosen: bool| Choice { value, label, count, chosen };
    let clauses = GROUPS.map(|name| {
        let label = format!("{name} {}", cx.say(format!("clause-{}", name.to_lowercase())));
        let number = count(&|finding| group(finding.rule.section()) == name);
        choice(name.to_owned(), label, number, asked.clause == name)
    });
    let mut clauses: Vec<Choice> = clauses.into();
    if !asked.clause.is_empty() && clauses.iter().all(|one| !one.chosen) {
        let number = count(&|finding| asked.rule(finding.rule));
        clauses.push(choice(asked.clause.clone(), asked.clause.clone(), number, true));
    }
    let steps = (1..=12_u8).map(|step| {
        let label = format!("{step} {}", cx.say(format!("step-{step}")));
        let number = count(&|finding| finding.rule.step == step);
        choice(step.to_string(), label, number, asked.step == Some(step))
    });
    let severities = Severity::ALL.map(|severity| {
        let label = cx.say(format!("severity-{}", severity.name())).into_owned();
        let number = count(&|finding| finding.rule.severity == severity);
        choice(severity.name().to_owned(), label, number, asked.severity == Some(severity))
    });
    let mut owners: BTreeMap<String, usize> = BTreeMap::new();
    for finding in &open {
        *owners.entry(owner_key(cx, finding)).or_default() += 1;
    }
    let owners = owners.into_iter().map(|(key, number)| {
        let person = key.parse::<AnyRef>().ok().and_then(AnyRef::of);
        let label = person.map_or_else(|| cx.say("findings-nobody").into_owned(), |person| cx.name_of(person));
        let chosen = asked.owner == key;
        choice(key, label, number, chosen)
    });
    let waived = report.findings().count() - open.len();
    let unknown = report.outcomes.iter().filter(|one| one.verdict == Verdict::NotEnoughEvidence).count();
    let verdicts =
        [("", open.len()), ("not_enough_evidence", unknown), ("waived", waived), ("all", open.len() + waived)];
    let verdicts = verdicts.map(|(name, number)| {
        let key = if name.is_empty() { "violated".to_owned() } else { name.replace('_', "-") };
        choice(name.to_owned(), cx.say(format!("verdict-{key}")).into_owned(), number, asked.verdict == name)
    });
    let filter = |name: &'static str, values: Vec<Choice>| Filter {
        name,
        label: cx.say(format!("findings-by-{name}")).into_owned(),
        values: values.into_iter().filter(|one| one.count > 0 || one.chosen).collect(),
    };
    vec![
        filter("severity", severities.into()),
        filter("clause", clauses),
        filter("step", steps.collect()),
        filter("owner", owners.collect()),
        filter("verdict", verdicts.into()),
    ]
}
