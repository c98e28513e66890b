//! The clause browser: what clauses 4 to 10 and Annex A demand in our words, with rules, findings and records.

use std::collections::BTreeMap;

use askama::Template;
use attestry_check::{Report, Rule, Severity, Verdict};
use attestry_model::Kind;
use attestry_model::records::{Applicability, Evidence};
use attestry_standards::{annex_control, annex_controls, clauses, requirements_of};
use axum::extract::Path;
use axum::response::Response;

use super::findings::{Unknown, unknown_row};
use super::fix::{self, Row};
use super::readiness::{GROUPS, group};
use crate::cx::Cx;
use crate::fault::Fault;
use crate::html::{Html, Mark};
use crate::places::{Frame, list_path};
use crate::shell::{Shell, counted, page};
use crate::show as shown;

#[derive(Template)]
#[template(path = "home/clauses.html")]
struct Clauses {
    cx: Cx,
    frame: Frame,
    shell: Shell,
    groups: Vec<Group>,
}

struct Group {
    name: &'static str,
    title: String,
    sections: Vec<Section>,
}

/// A numbered clause or a control.
struct Section {
    id: String,
    title: String,
    href: String,
    mark: Html,
    words: String,
}

/// How the rules of one section stand: a mark and a sentence. A rule that cannot be judged is no pass.
pub fn standing(cx: &Cx, report: &Report, fits: impl Fn(&Rule) -> bool) -> (Mark, String) {
    let outcomes: Vec<_> = report.outcomes.iter().filter(|one| fits(one.rule)).collect();
    let open = |rule: &Rule| report.open().any(|finding| finding.rule.id == rule.id);
    let count = |verdict: Verdict| outcomes.iter().filter(|one| one.verdict == verdict).count();
    let gaps = outcomes.iter().filter(|one| one.verdict == Verdict::Violated && open(one.rule)).collect::<Vec<_>>();
    let unknown = count(Verdict::NotEnoughEvidence);
    let worst = gaps.iter().map(|one| one.rule.severity).max();
    let mark = match worst {
        Some(Severity::Major) => Mark::Gap,
        Some(_) => Mark::Watch,
        None if outcomes.is_empty() => Mark::Excluded,
        None if unknown > 0 => Mark::Todo,
        None => Mark::Fine,
    };
    let words = cx.with(
        "standing",
        &[
            ("all", outcomes.len().into()),
            ("holds", count(Verdict::Holds).into()),
            ("gaps", gaps.len().into()),
            ("unknown", unknown.into()),
        ],
    );
    (mark, words.into_owned())
}

/// Whether a rule checks a section or something beneath it.
fn checks(rule: &Rule, section: &str) -> bool {
    rule.clauses().any(|clause| {
        let number = clause.split(' ').next().unwrap_or_default();
        number == section || number.strip_prefix(section).is_some_and(|rest| rest.starts_with('.'))
    })
}

/// `GET /clauses`
pub async fn list(cx: Cx) -> Result<Response, Fault> {
    let report = cx.report();
    let section = |id: &str, title: &str| {
        let (mark, words) = standing(&cx, &report, |rule| checks(rule, id));
        Section { id: id.to_owned(), title: title.to_owned(), href: fix::clause_href(&cx, id), mark: mark.svg(), words }
    };
    let mut numbers: Vec<&str> = clauses().iter().map(|it| it.clause.as_str()).collect();
    numbers.dedup();
    let groups = GROUPS.map(|name| {
        let sections = if name == "A" {
            annex_controls().iter().map(|control| section(&control.id, &control.title)).collect()
        } else {
            let own = numbers.iter().filter(|number| group(number) == name);
            own.map(|number| section(number, &title_of(&cx, number))).collect()
        };
        Group { name, title: cx.say(format!("clause-{}", name.to_lowercase())).into_owned(), sections }
    });
    let frame = Frame::of_tab(&cx, "/findings").then(cx.say("clauses-title"), Some(cx.href("/findings")));
    page(&Clauses { frame, shell: Shell::of(&cx), groups: groups.into(), cx })
}

/// Our title of a numbered clause.
fn title_of(cx: &Cx, number: &str) -> String {
    cx.say(format!("section-{}", number.replace('.', "-"))).into_owned()
}

#[derive(Template)]
#[template(path = "home/clause.html")]
struct ClausePage {
    cx: Cx,
    frame: Frame,
    shell: Shell,
    id: String,
    title: String,
    mark: Html,
    standing: String,
    requirements: Vec<Requirement>,
    rules: Vec<Judged>,
    rows: Vec<Row>,
    unknown: Vec<Unknown>,
    records: Vec<(String, String)>,
    proofs: Vec<Html>,
    expected: Vec<String>,
    operation: Option<String>,
}

/// One requirement in our words.
struct Requirement {
    id: String,
    title: String,
    text: String,
    documents: String,
    documented: bool,
}

/// A rule with its verdict.
struct Judged {
    rule: &'static Rule,
    href: String,
    mark: Html,
    verdict: String,
}

/// `GET /clauses/{clause}`: a numbered clause (`6.1.3`), one of its letters (`6.1.3 d`) or a control (`A.8.13`).
pub async fn show(cx: Cx, Path(clause): Path<String>) -> Result<Response, Fault> {
    let section = clause.split(' ').next().unwrap_or_default().to_owned();
    let control = annex_control(&section);
    let requirements: Vec<Requirement> = requirements_of(&section)
        .map(|it| Requirement {
            id: it.id.clone(),
            title: it.title.clone(),
            text: it.requirement.clone(),
            documents: it.documents.clone(),
            documented: it.documented,
        })
        .collect();
    if control.is_none() && requirements.is_empty() {
        return Err(Fault::Absent);
    }
    let report = cx.report();
    let (mark, words) = standing(&cx, &report, |rule| checks(rule, &section));
    let outcomes: Vec<_> = report.outcomes.iter().filter(|one| checks(one.rule, &section)).collect();
    let rules = outcomes.iter().map(|one| Judged {
        rule: one.rule,
        href: cx.href(&format!("/rules/{}", one.rule.id)),
        mark: match one.verdict {
            Verdict::Holds => Mark::Fine,
            Verdict::Violated => fix::mark(one.rule.severity),
            Verdict::NotEnoughEvidence => Mark::Todo,
        }
        .svg(),
        verdict: cx.say(format!("verdict-{}", one.verdict.name().replace('_', "-"))).into_owned(),
    });
    let rules = rules.collect();
    let found = report.told();
    let found = found.filter(|finding| checks(finding.rule, &section) && fix::visible(&cx, finding.item));
    let rows = found.take(200).map(|finding| fix::row(&cx, &report, &finding)).collect();
    let unknown = outcomes.iter().filter(|one| one.verdict == Verdict::NotEnoughEvidence);
    let unknown = unknown.map(|one| unknown_row(&cx, one.rule)).collect();
    let title = control.map_or_else(|| title_of(&cx, &section), |control| control.title.clone());
    let parent = fix::clause_href(&cx, "").trim_end_matches('/').to_owned();
    let frame = Frame::of_tab(&cx, "/findings").then(format!("{section} {title}"), Some(parent));
    page(&ClausePage {
        frame,
        shell: Shell::of(&cx),
        mark: mark.svg(),
        standing: words,
        requirements,
        rules,
        rows,
        unknown,
        records: serving(&cx, &section, &outcomes),
        proofs: proofs(&cx, &section),
        expected: control.map(|control| control.evidence.clone()).unwrap_or_default(),
        operation: control.map(|control| cx.href(&format!("/controls/operation/{}", control.id))),
        title: if let Some(control) = control { control.title.clone() } else { title },
        id: section,
        cx,
    })
}

/// The kinds of records that serve a section, with their counts: those its rules read and those that say so themselves.
fn serving(cx: &Cx, section: &str, outcomes: &[&attestry_check::Outcome]) -> Vec<(String, String)> {
    let mut kinds: BTreeMap<Kind, usize> = BTreeMap::new();
    let named = Kind::ALL.iter().filter(|kind| {
        kind.words().clauses.split([' ', ',']).any(|clause| clause.trim_end_matches(char::is_alphabetic) == section)
    });
    for kind in named.copied().chain(outcomes.iter().flat_map(|one| one.kinds())) {
        let count = || cx.records(kind).filter(|record| record.head().void_reason.is_none()).count();
        kinds.entry(kind).or_insert_with(count);
    }
    kinds.into_iter().map(|(kind, count)| (counted(cx, kind, count), cx.href(&list_path(kind)))).collect()
}

/// The evidence that says it proves a section.
fn proofs(cx: &Cx, section: &str) -> Vec<Html> {
    let rows = cx.isms.live::<Applicability>().filter(|row| row.annex_id.as_deref() == Some(section));
    let controls: Vec<_> = rows.flat_map(|row| row.controls.iter().copied()).collect();
    let fits = |evidence: &&attestry_model::Stored<Evidence>| {
        let clause = |one: &String| one.split(' ').next() == Some(section);
        evidence.supports_clauses.iter().any(clause)
            || evidence.supports_controls.iter().any(|control| controls.contains(control))
    };
    let found = cx.isms.live::<Evidence>().filter(fits).filter(|evidence| cx.sees(*evidence));
    let link = |evidence: &attestry_model::Stored<Evidence>| {
        let mut out = String::new();
        shown::link(cx, evidence.reference().any(), &mut out);
        Html(out)
    };
    found.take(50).map(link).collect()
}
