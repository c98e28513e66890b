//! Ready for stage 1, ready for stage 2: what is missing, and what an auditor of the certification body will ask.

use askama::Template;
use attestry_check::rules;
use attestry_model::Kind;
use axum::response::Response;

use crate::cx::Cx;
use crate::fault::Fault;
use crate::places::{Frame, list_path};
use crate::shell::{Shell, page};
use crate::{dates, labels};

/// What is asked in stage 1, in its order, with the kinds that answer it: `stage-1-ask-scope`.
const REQUESTS: &[(&str, &[Kind])] = &[
    ("scope", &[Kind::Scope]),
    ("context", &[Kind::ContextIssue, Kind::InterestedParty]),
    ("policy", &[Kind::Document, Kind::Acknowledgement]),
    ("roles", &[Kind::RoleAssignment]),
    ("objectives", &[Kind::Objective]),
    ("method", &[Kind::Methodology]),
    ("assessment", &[Kind::RiskAssessment, Kind::Risk]),
    ("soa", &[Kind::Soa, Kind::Applicability]),
    ("plan", &[Kind::TreatmentPlan, Kind::RiskAcceptance]),
    ("law", &[Kind::Obligation]),
    ("documents", &[Kind::DocumentVersion]),
    ("audit", &[Kind::AuditProgramme, Kind::Audit]),
    ("review", &[Kind::ManagementReview]),
    ("corrective", &[Kind::Nonconformity, Kind::CorrectiveAction]),
    ("awareness", &[Kind::CompetenceRecord, Kind::TrainingCompletion]),
    ("measures", &[Kind::Metric, Kind::Measurement]),
    ("sites", &[Kind::Site, Kind::Supplier]),
];

/// The populations that are sampled in stage 2: `stage-2-ask-people`.
pub(super) const SAMPLES: &[(&str, Kind)] = &[
    ("people", Kind::Person),
    ("access", Kind::AccessReview),
    ("changes", Kind::Change),
    ("weaknesses", Kind::Vulnerability),
    ("restore", Kind::ProcessExecution),
    ("incidents", Kind::Incident),
    ("events", Kind::Event),
    ("suppliers", Kind::Supplier),
    ("training", Kind::TrainingAssignment),
    ("policies", Kind::Document),
    ("assets", Kind::Asset),
    ("risks", Kind::Risk),
    ("controls", Kind::Applicability),
    ("tests", Kind::ControlTest),
    ("nonconformities", Kind::Nonconformity),
    ("exceptions", Kind::Exception),
    ("places", Kind::Site),
];

/// The threads that are pulled in stage 2, each with the kind at which it begins: `stage-2-trail-issue`.
const TRAILS: &[(&str, Kind)] = &[
    ("issue", Kind::ContextIssue),
    ("incident", Kind::Incident),
    ("leaver", Kind::Person),
    ("change", Kind::Change),
    ("backup", Kind::BcExercise),
    ("supplier", Kind::Supplier),
    ("law", Kind::Obligation),
    ("policy", Kind::Document),
    ("objective", Kind::Objective),
    ("finding", Kind::Nonconformity),
    ("asset", Kind::Asset),
    ("person", Kind::TrainingAssignment),
];

#[derive(Template)]
#[template(path = "home/stage.html")]
struct StagePage {
    cx: Cx,
    frame: Frame,
    shell: Shell,
    stage: u8,
    ready: bool,
    sentence: String,
    missing: Vec<Missing>,
    early: usize,
    waived: Vec<(String, String)>,
    asks: Vec<Ask>,
    samples: Vec<Sample>,
    trails: Vec<(String, String, String)>,
}

/// What stands in the way.
struct Missing {
    text: String,
    rule: Option<(String, String)>,
}

/// What is asked, and where the answer is.
struct Ask {
    title: String,
    looked_at: String,
    answers: Vec<(String, String)>,
}

/// A population and how many of it are drawn.
struct Sample {
    title: String,
    asked: String,
    population: usize,
    size: usize,
    href: String,
    draw: String,
}

/// How many records an auditor draws from a population, by the rule of the square root: all of up to three.
pub fn sample_size(population: usize) -> usize {
    let root = population.isqrt();
    let root = if root * root < population { root + 1 } else { root };
    population.min(root.max(3))
}

/// How many of several places are visited, head office among them: the square root, rounded up.
fn visited(places: usize) -> usize {
    let root = places.isqrt();
    if root * root < places { root + 1 } else { root }
}

/// `GET /ready/stage-1`
pub async fn first(cx: Cx) -> Result<Response, Fault> {
    show(cx, 1)
}

/// `GET /ready/stage-2`
pub async fn second(cx: Cx) -> Result<Response, Fault> {
    show(cx, 2)
}

fn show(cx: Cx, stage: u8) -> Result<Response, Fault> {
    let readiness = cx.report().readiness(&cx.isms);
    let own = if stage == 1 { &readiness.stage_1 } else { &readiness.stage_2 };
    let ready = if stage == 1 { readiness.stage_1.ready() } else { readiness.ready_for_stage_2() };
    let missing: Vec<Missing> = own.missing.iter().map(|text| missing(&cx, text)).collect();
    let day = super::readiness::next_audit(&cx).map(|day| dates::full_day(cx.words, day));
    let key = if ready { "stage-ready" } else { "stage-not-ready" };
    let mut sentence = cx.with(key, &[("stage", stage.into()), ("count", missing.len().into())]).into_owned();
    if let Some(day) = day {
        sentence = format!("{sentence} {}", cx.say1("stage-day", "day", &day));
    }
    let asks = REQUESTS.iter().filter(|_| stage == 1).map(|(key, kinds)| Ask {
        title: cx.say(format!("stage-1-ask-{key}")).into_owned(),
        looked_at: cx.say(format!("stage-1-look-{key}")).into_owned(),
        answers: kinds.iter().map(|kind| (labels::plural(cx.words, *kind), cx.href(&list_path(*kind)))).collect(),
    });
    let asks = asks.collect();
    let samples = SAMPLES.iter().filter(|_| stage == 2).map(|(key, kind)| {
        let population = cx.records(*kind).filter(|record| record.head().void_reason.is_none()).count();
        Sample {
            title: labels::plural(cx.words, *kind),
            asked: cx.say(format!("stage-2-ask-{key}")).into_owned(),
            population,
            size: if *kind == Kind::Site { visited(population) } else { sample_size(population) },
            href: cx.href(&list_path(*kind)),
            draw: cx.href(&format!("/ready/sample{}", list_path(*kind))),
        }
    });
    let samples = samples.collect();
    let trails = TRAILS.iter().filter(|_| stage == 2).map(|(key, kind)| {
        let text = cx.say(format!("stage-2-trail-{key}")).into_owned();
        (text, labels::plural(cx.words, *kind), cx.href(&list_path(*kind)))
    });
    let trails = trails.collect();
    let waived = readiness.waived.iter().filter_map(|id| rules::named(id));
    let waived = waived.map(|rule| (rule.title().to_owned(), cx.href(&format!("/rules/{}", rule.id)))).collect();
    let title = cx.say1("stage-title", "stage", stage).into_owned();
    let frame = Frame::of_tab(&cx, "/readiness").then(title, Some(cx.href("/readiness")));
    page(&StagePage {
        frame,
        shell: Shell::of(&cx),
        stage,
        ready,
        sentence,
        missing,
        early: if stage == 2 { readiness.stage_1.missing.len() } else { 0 },
        waived,
        asks,
        samples,
        trails,
        cx,
    })
}

/// A line of the verdict; where it begins with a rule, that rule's page.
fn missing(cx: &Cx, text: &str) -> Missing {
    let rule = text.split_once(": ").and_then(|(id, rest)| Some((rules::named(id)?, rest)));
    match rule {
        Some((rule, rest)) => {
            Missing { text: rest.to_owned(), rule: Some((rule.id.to_owned(), cx.href(&format!("/rules/{}", rule.id)))) }
        }
        None => Missing { text: text.to_owned(), rule: None },
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_sample_follows_the_square_root_of_its_population() {
        for (population, size) in [(0, 0), (2, 2), (3, 3), (12, 4), (40, 7), (180, 14)] {
            assert_eq!(super::sample_size(population), size, "{population}");
        }
    }

    #[test]
    fn of_nine_places_three_are_visited() {
        for (places, visits) in [(0, 0), (1, 1), (2, 2), (3, 2), (9, 3), (10, 4)] {
            assert_eq!(super::visited(places), visits, "{places}");
        }
    }
}
