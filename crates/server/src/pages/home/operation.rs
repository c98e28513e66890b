//! Annex A at work: for each control what it asks, how it stands, what proves it, and who answers for it; and how far
//! themes and attributes are covered.

use std::collections::BTreeMap;

use askama::Template;
use attestry_check::{Maturity, Report, Verdict};
use attestry_model::Ref;
use attestry_model::records::applicability::ApplicabilityImplementation as Status;
use attestry_model::records::control_test::ControlTestResult;
use attestry_model::records::soa::SoaState;
use attestry_model::records::{Applicability, Control, ControlTest, EffectivenessCriterion, Evidence, Soa};
use attestry_model::{Isms, Stored};
use attestry_standards::{AnnexControl, Theme, annex_control, annex_controls};
use axum::extract::Path;
use axum::response::Response;

use super::fix::{self, Row};
use crate::cx::Cx;
use crate::fault::Fault;
use crate::html::{Html, Mark};
use crate::places::Frame;
use crate::shell::{Shell, bar, page, pairs, with_query};
use crate::{dates, labels, show as shown};

/// What is recorded for one control of Annex A.
struct Operated<'a> {
    control: &'static AnnexControl,
    row: Option<&'a Stored<Applicability>>,
    controls: Vec<&'a Stored<Control>>,
    criteria: Vec<&'a Stored<EffectivenessCriterion>>,
    tests: Vec<&'a Stored<ControlTest>>,
    evidence: Vec<&'a Stored<Evidence>>,
    maturity: Option<Maturity>,
}

/// How a control stands, from what is decided and what was tested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    Undecided,
    Excluded,
    NotInPlace,
    Planned,
    Partly,
    NoTest,
    NeverTested,
    Overdue,
    NotEffective,
    Works,
}

impl Standing {
    const ALL: [Self; 10] = [
        Self::Works,
        Self::NotEffective,
        Self::Overdue,
        Self::NeverTested,
        Self::NoTest,
        Self::Partly,
        Self::Planned,
        Self::NotInPlace,
        Self::Excluded,
        Self::Undecided,
    ];

    /// Its name in message keys and addresses.
    fn key(self) -> &'static str {
        match self {
            Self::Undecided => "undecided",
            Self::Excluded => "excluded",
            Self::NotInPlace => "not-in-place",
            Self::Planned => "planned",
            Self::Partly => "partly",
            Self::NoTest => "no-test",
            Self::NeverTested => "never-tested",
            Self::Overdue => "overdue",
            Self::NotEffective => "not-effective",
            Self::Works => "works",
        }
    }

    fn mark(self) -> Mark {
        match self {
            Self::Works => Mark::Fine,
            Self::NotEffective | Self::NotInPlace => Mark::Gap,
            Self::Overdue | Self::NeverTested | Self::NoTest => Mark::Watch,
            Self::Partly => Mark::Moving,
            Self::Planned => Mark::Planned,
            Self::Excluded => Mark::Excluded,
            Self::Undecided => Mark::Todo,
        }
    }

    fn of(it: &Operated<'_>, today: jiff::civil::Date) -> Self {
        let Some(row) = it.row else { return Self::Undecided };
        match (row.applicable, row.implementation) {
            (Some(false), _) => return Self::Excluded,
            (None, _) => return Self::Undecided,
            (_, Some(Status::Planned)) => return Self::Planned,
            (_, Some(Status::Partial)) => return Self::Partly,
            (_, Some(Status::NotImplemented) | None) => return Self::NotInPlace,
            (_, Some(Status::Implemented)) => {}
        }
        if it.criteria.is_empty() {
            return Self::NoTest;
        }
        let done = it.tests.iter().filter(|test| test.tested_on.is_some());
        let Some(last) = done.max_by_key(|test| test.tested_on) else { return Self::NeverTested };
        if last.result == Some(ControlTestResult::NotEffective) {
            return Self::NotEffective;
        }
        if it.controls.iter().any(|control| control.next_test_due.is_some_and(|day| day < today)) {
            return Self::Overdue;
        }
        Self::Works
    }
}

/// The statement that counts: the one in effect, else the newest.
fn statement(isms: &Isms) -> Option<&Stored<Soa>> {
    let effective = isms.live::<Soa>().filter(|soa| soa.state == SoaState::Effective).last();
    effective.or_else(|| isms.live::<Soa>().last())
}

fn operated<'a>(cx: &'a Cx, wanted: Option<&str>) -> Vec<Operated<'a>> {
    let isms = &cx.isms;
    let soa = statement(isms).map(Stored::reference);
    let mut rows: BTreeMap<&str, &Stored<Applicability>> = BTreeMap::new();
    for row in isms.live::<Applicability>().filter(|row| soa.is_none() || row.soa == soa) {
        if let Some(id) = row.annex_id.as_deref() {
            rows.insert(id, row);
        }
    }
    let controls = annex_controls().iter().filter(|control| wanted.is_none_or(|id| control.id == id));
    controls
        .map(|control| {
            let row = rows.get(control.id.as_str()).copied();
            let references: &[Ref<Control>] = row.map_or(&[], |row| row.controls.as_slice());
            let controls: Vec<&Stored<Control>> =
                references.iter().filter_map(|it| isms.get(*it)).filter(|it| it.is_live()).collect();
            let targets = || controls.iter().map(|control| control.reference().any());
            Operated {
                control,
                row,
                criteria: targets()
                    .flat_map(|it| isms.referring::<EffectivenessCriterion>(it, "control"))
                    .filter(|it| it.is_live())
                    .collect(),
                tests: targets()
                    .flat_map(|it| isms.referring::<ControlTest>(it, "control"))
                    .filter(|it| !it.is_void())
                    .collect(),
                evidence: targets()
                    .flat_map(|it| isms.referring::<Evidence>(it, "supports_controls"))
                    .filter(|it| it.is_live())
                    .collect(),
                maturity: row.and_then(|row| Maturity::of(isms, row, cx.today)),
                controls,
            }
        })
        .collect()
}

#[derive(Template)]
#[template(path = "home/operation.html")]
struct OperationPage {
    cx: Cx,
    frame: Frame,
    shell: Shell,
    sentence: String,
    themes: Vec<Coverage>,
    attributes: Vec<(String, Vec<Coverage>)>,
    states: Vec<Choice>,
    theme_choices: Vec<Choice>,
    any: bool,
    rows: Vec<Line>,
}

/// How far a group of controls is covered.
struct Coverage {
    label: String,
    href: String,
    bar: Html,
    words: String,
}

struct Choice {
    value: &'static str,
    label: String,
    chosen: bool,
}

/// One control in the list.
struct Line {
    id: &'static str,
    title: &'static str,
    href: String,
    mark: Html,
    standing: String,
    owner: Html,
    maturity: String,
    tested: String,
    evidence: usize,
    findings: usize,
}

/// `GET /controls/operation`
pub async fn list(cx: Cx) -> Result<Response, Fault> {
    let report = cx.report();
    let all = operated(&cx, None);
    let standings: Vec<Standing> = all.iter().map(|it| Standing::of(it, cx.today)).collect();
    let asked: BTreeMap<String, String> = pairs(&cx.query).into_iter().collect();
    let chosen = |name: &str| asked.get(name).map_or("", String::as_str);
    let fits = |it: &Operated<'_>, standing: Standing| {
        let theme = chosen("theme");
        let attribute = chosen("attribute");
        (theme.is_empty() || it.control.theme.as_str() == theme)
            && (chosen("standing").is_empty() || standing.key() == chosen("standing"))
            && (attribute.is_empty() || ATTRIBUTES.iter().any(|(_, words)| words(it.control).contains(&attribute)))
    };
    let rows = all.iter().zip(&standings).filter(|(it, standing)| fits(it, **standing)).map(|(it, standing)| Line {
        id: &it.control.id,
        title: &it.control.title,
        href: cx.href(&format!("/controls/operation/{}", it.control.id)),
        mark: standing.mark().svg(),
        standing: cx.say(format!("operation-{}", standing.key())).into_owned(),
        owner: it.controls.iter().find_map(|control| control.owner).map(|one| shown::who(&cx, one)).unwrap_or_default(),
        maturity: it.maturity.map_or_else(String::new, |maturity| maturity.level().to_string()),
        tested: last_test(&cx, it),
        evidence: it.evidence.len(),
        findings: findings(&report, it),
    });
    let rows: Vec<Line> = rows.collect();
    let cover = |label: String, name: &str, value: &str, of: &dyn Fn(&AnnexControl) -> bool| {
        let group: Vec<Standing> =
            all.iter().zip(&standings).filter(|(it, _)| of(it.control)).map(|(_, standing)| *standing).collect();
        let used = group.iter().filter(|one| **one != Standing::Excluded).count();
        let works = group.iter().filter(|one| **one == Standing::Works).count();
        let bad = group.iter().filter(|one| matches!(one, Standing::NotEffective | Standing::NotInPlace)).count();
        let pairs = [(name.to_owned(), value.to_owned())];
        Coverage {
            label,
            href: cx.href(&with_query("/controls/operation", &pairs, None)),
            bar: bar(&[("now", works), ("todo", used - works - bad), ("gap", bad)], used),
            words: cx.with("operation-of", &[("works", works.into()), ("used", used.into())]).into_owned(),
        }
    };
    let themes = Theme::ALL.iter().map(|theme| {
        let label = cx.say(format!("theme-{theme}")).into_owned();
        cover(label, "theme", theme.as_str(), &|control| control.theme == *theme)
    });
    let themes = themes.collect();
    let attributes = ATTRIBUTES.iter().map(|(name, words)| {
        let mut values: Vec<&'static str> = Vec::new();
        for value in all.iter().flat_map(|it| words(it.control)) {
            if !values.contains(&value) {
                values.push(value);
            }
        }
        let each = values
            .iter()
            .map(|value| cover(labels::sentence(value), "attribute", value, &|control| words(control).contains(value)));
        (cx.say(format!("attribute-{name}")).into_owned(), each.collect())
    });
    let attributes = attributes.collect();
    let count = |standing: Standing| standings.iter().filter(|one| **one == standing).count();
    let sentence = cx.with(
        "operation-sentence",
        &[
            ("used", (all.len() - count(Standing::Excluded)).into()),
            ("works", count(Standing::Works).into()),
            ("bad", count(Standing::NotEffective).into()),
            ("untested", (count(Standing::NeverTested) + count(Standing::NoTest) + count(Standing::Overdue)).into()),
        ],
    );
    let choice =
        |value: &'static str, label: String, name: &str| Choice { value, label, chosen: chosen(name) == value };
    let states =
        Standing::ALL.map(|one| choice(one.key(), cx.say(format!("operation-{}", one.key())).into_owned(), "standing"));
    let theme_choices =
        Theme::ALL.iter().map(|one| choice(one.as_str(), cx.say(format!("theme-{one}")).into_owned(), "theme"));
    page(&OperationPage {
        frame: Frame::of_tab(&cx, "/controls/operation"),
        shell: Shell::of(&cx),
        sentence: sentence.into_owned(),
        themes,
        attributes,
        states: states.into(),
        theme_choices: theme_choices.collect(),
        any: ["theme", "standing", "attribute"].iter().any(|name| !chosen(name).is_empty()),
        rows,
        cx: cx.clone(),
    })
}

/// The five attributes, with the words of a control.
type Words = fn(&AnnexControl) -> Vec<&'static str>;
const ATTRIBUTES: &[(&str, Words)] = &[
    ("type", |control| control.control_types.iter().map(|it| it.as_str()).collect()),
    ("property", |control| control.properties.iter().map(|it| it.as_str()).collect()),
    ("concept", |control| control.concepts.iter().map(|it| it.as_str()).collect()),
    ("capability", |control| control.capabilities.iter().map(|it| it.as_str()).collect()),
    ("domain", |control| control.domains.iter().map(|it| it.as_str()).collect()),
];

fn last_test(cx: &Cx, it: &Operated<'_>) -> String {
    let last = it.tests.iter().filter_map(|test| test.tested_on).max();
    last.map_or_else(String::new, |day| dates::day(cx.words, day, cx.today))
}

/// The open findings that are about a control: about its number, its row, or the controls that realise it.
fn findings(report: &Report, it: &Operated<'_>) -> usize {
    report.open().filter(|finding| concerns(finding, it)).count()
}

fn concerns(finding: &attestry_check::Finding<'_>, it: &Operated<'_>) -> bool {
    let item = finding.item;
    item.to_string() == it.control.id
        || item.record().is_some_and(|record| {
            it.row.is_some_and(|row| row.reference().any() == record)
                || it.controls.iter().any(|control| control.reference().any() == record)
                || it.criteria.iter().any(|one| one.reference().any() == record)
                || it.tests.iter().any(|one| one.reference().any() == record)
                || it.evidence.iter().any(|one| one.reference().any() == record)
        })
}

#[derive(Template)]
#[template(path = "home/operated.html")]
struct ControlPage {
    cx: Cx,
    frame: Frame,
    shell: Shell,
    control: &'static AnnexControl,
    mark: Html,
    standing: String,
    maturity: String,
    levels: Vec<Level>,
    applicable: String,
    justification: Html,
    row: Html,
    attributes: Vec<(String, String)>,
    controls: Vec<Own>,
    criteria: Vec<Tested>,
    evidence: Vec<Proof>,
    rows: Vec<Row>,
    rules: Vec<(String, String, String)>,
    clause_href: String,
    before: Option<String>,
    after: Option<String>,
}

/// One level of maturity.
struct Level {
    number: usize,
    words: String,
    reached: bool,
    here: bool,
}

/// A control of the organisation that realises it.
struct Own {
    link: Html,
    state: Html,
    owner: Html,
}

/// A criterion with its last test.
struct Tested {
    link: Html,
    threshold: String,
    last: Html,
    result: String,
}

/// A piece of evidence.
struct Proof {
    link: Html,
    collected: String,
    until: String,
}

/// `GET /controls/operation/{control}`
pub async fn show(cx: Cx, Path(id): Path<String>) -> Result<Response, Fault> {
    let control = annex_control(&id).ok_or(Fault::Absent)?;
    let report = cx.report();
    let all = operated(&cx, Some(&control.id));
    let it = all.first().ok_or(Fault::Absent)?;
    let standing = Standing::of(it, cx.today);
    let link = |reference| {
        let mut out = String::new();
        shown::link(&cx, reference, &mut out);
        Html(out)
    };
    let day = |day: Option<jiff::civil::Date>| day.map_or_else(String::new, |day| dates::day(cx.words, day, cx.today));
    let criteria = it.criteria.iter().map(|criterion| {
        let tests = it.tests.iter().filter(|test| test.criterion == Some(criterion.reference()));
        let last = tests.filter(|test| test.tested_on.is_some()).max_by_key(|test| test.tested_on);
        Tested {
            link: link(criterion.reference().any()),
            threshold: criterion.threshold.clone().unwrap_or_default(),
            last: last.map(|test| link(test.reference().any())).unwrap_or_default(),
            result: last.and_then(|test| test.result).map_or_else(
                || cx.say("operation-never-tested").into_owned(),
                |result| format!("{}, {}", labels::choice(cx.words, result), day(last.and_then(|test| test.tested_on))),
            ),
        }
    });
    let evidence = it.evidence.iter().take(50).map(|one| Proof {
        link: link(one.reference().any()),
        collected: day(one.collected_on),
        until: day(one.valid_until),
    });
    let own = it.controls.iter().map(|control| Own {
        link: link(control.reference().any()),
        state: shown::state(&cx, *control),
        owner: control.owner.map(|owner| shown::who(&cx, owner)).unwrap_or_default(),
    });
    let rows = report.told().filter(|finding| concerns(finding, it) && fix::visible(&cx, finding.item));
    let rows: Vec<Row> = rows.take(100).map(|finding| fix::row(&cx, &report, &finding)).collect();
    let rules = report.outcomes.iter().filter(|one| one.rule.clauses().any(|clause| clause == control.id)).map(|one| {
        let key = match one.verdict {
            Verdict::Holds => "holds",
            Verdict::Violated => "violated",
            Verdict::NotEnoughEvidence => "not-enough-evidence",
        };
        let href = cx.href(&format!("/rules/{}", one.rule.id));
        (one.rule.title().to_owned(), href, cx.say(format!("verdict-{key}")).into_owned())
    });
    let place = annex_controls().iter().position(|one| one.id == control.id).unwrap_or_default();
    let other = |at: Option<usize>| {
        at.and_then(|at| annex_controls().get(at)).map(|it| cx.href(&format!("/controls/operation/{}", it.id)))
    };
    let applicable = match it.row.and_then(|row| row.applicable) {
        Some(true) => "operation-used",
        Some(false) => "operation-excluded",
        None => "operation-undecided",
    };
    let attributes = ATTRIBUTES.iter().map(|(name, words)| {
        let values = words(control).into_iter().map(labels::sentence).collect::<Vec<_>>().join(", ");
        (cx.say(format!("attribute-{name}")).into_owned(), values)
    });
    let title = format!("{} {}", control.id, control.title);
    let frame = Frame::of_tab(&cx, "/controls/operation").then(title, Some(cx.href("/controls/operation")));
    page(&ControlPage {
        frame,
        shell: Shell::of(&cx),
        control,
        mark: standing.mark().svg(),
        standing: cx.say(format!("operation-{}", standing.key())).into_owned(),
        maturity: it.maturity.map_or_else(String::new, |maturity| {
            cx.say1("operation-maturity-is", "level", maturity.level()).into_owned()
        }),
        levels: Maturity::ALL[1..]
            .iter()
            .map(|one| Level {
                number: one.level(),
                words: cx.say(format!("maturity-{}", one.level())).into_owned(),
                reached: it.maturity.is_some_and(|maturity| maturity >= *one),
                here: it.maturity == Some(*one),
            })
            .collect(),
        applicable: cx.say(applicable).into_owned(),
        justification: it
            .row
            .and_then(|row| row.justification.as_deref())
            .map(|text| crate::markdown::to_html(&cx, text))
            .unwrap_or_default(),
        row: it.row.map(|row| link(row.reference().any())).unwrap_or_default(),
        attributes: attributes.collect(),
        controls: own.collect(),
        criteria: criteria.collect(),
        evidence: evidence.collect(),
        rows,
        rules: rules.collect(),
        clause_href: fix::clause_href(&cx, &control.id),
        before: other(place.checked_sub(1)),
        after: other(place.checked_add(1)),
        cx: cx.clone(),
    })
}
