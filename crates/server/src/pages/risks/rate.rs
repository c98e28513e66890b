//! How serious a risk is: one risk with the words of the scales, or all in one table.

use askama::Template;
use attestry_check::measure::{self, Method};
use attestry_model::permit::Wish;
use attestry_model::records::Risk;
use attestry_model::value::Level;
use attestry_model::{AnyRef, Command, Kind, Problems, Stored};
use attestry_risk::qualitative::{Cell, Decision};
use axum::extract::{Path, RawForm};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Map, Value};

use super::Pick;
use super::matrix::{band_name, level};
use crate::cx::Cx;
use crate::fault::Fault;
use crate::html::Html;
use crate::places::Frame;
use crate::shell::{Shell, page, pairs, to};
use crate::{dates, show};

/// Most risks in the table of fast entry.
const MOST_ROWS: usize = 200;

/// The page of one risk.
#[derive(Template)]
#[template(path = "rate.html")]
struct Page {
    cx: Cx,
    frame: Frame,
    shell: Shell,
    reference: String,
    title: String,
    href: String,
    revision: u32,
    likelihoods: Vec<Step>,
    impacts: Vec<Step>,
    likelihood_reason: String,
    impact_reason: String,
    why: String,
    cells: String,
    now: Html,
    verdict: String,
    proposal: Option<Proposal>,
    asset_impact: Option<u8>,
    problems: Problems,
    may_edit: bool,
}

struct Step {
    pick: Pick,
    small: String,
    proposed: bool,
}

struct Proposal {
    level: String,
    rate: String,
    controls: Html,
}

impl Page {
    /// What is wrong with a field.
    fn error(&self, field: &str) -> Option<&str> {
        self.problems.0.iter().find(|it| it.field == field).map(|it| it.message.as_str())
    }
}

fn risk_of<'a>(cx: &'a Cx, reference: &str) -> Result<&'a Stored<Risk>, Fault> {
    let reference =
        reference.parse::<AnyRef>().ok().and_then(attestry_model::AnyRef::of::<Risk>).ok_or(Fault::Absent)?;
    cx.get(reference)
}

/// What an assessor chose.
struct Judged {
    revision: Option<u32>,
    likelihood: String,
    impact: String,
    likelihood_reason: String,
    impact_reason: String,
    why: String,
}

impl Judged {
    fn of(typed: &[(String, String)]) -> Self {
        let one = |name: &str| {
            typed.iter().find(|(key, _)| key == name).map(|(_, it)| it.trim().to_owned()).unwrap_or_default()
        };
        Self {
            revision: one("revision").parse().ok(),
            likelihood: one("current_likelihood"),
            impact: one("current_impact"),
            likelihood_reason: one("likelihood_reason"),
            impact_reason: one("impact_reason"),
            why: one("why"),
        }
    }

    fn cell(&self) -> Option<Cell> {
        let level = |text: &str| text.parse().ok().map(Level);
        measure::cell(level(&self.likelihood), level(&self.impact))
    }
}

/// `GET /risks/{reference}/rate`
pub async fn show(cx: Cx, Path(reference): Path<String>) -> Result<Response, Fault> {
    page(&page_of(cx, &reference, None)?)
}

fn page_of(cx: Cx, reference: &str, failed: Option<(Judged, Problems)>) -> Result<Page, Fault> {
    let risk = risk_of(&cx, reference)?;
    let method = risk.method(&cx.isms).ok_or(Fault::Absent)?;
    let numbers = Method::of(&method.body);
    let proposals = measure::proposals(&cx.isms, risk);
    let written = |level: Option<Level>| level.map_or_else(String::new, |it| it.0.to_string());
    let (judged, problems) = failed.unwrap_or_else(|| {
        let judged = Judged {
            revision: None,
            likelihood: written(risk.current_likelihood),
            impact: written(risk.current_impact),
            likelihood_reason: risk.likelihood_reason.clone().unwrap_or_default(),
            impact_reason: risk.impact_reason.clone().unwrap_or_default(),
            why: String::new(),
        };
        (judged, Problems::default())
    });
    let proposed = proposals.map(|it| it.by_rate);
    let likelihoods = method.likelihood_scale.iter().filter_map(|it| {
        let number = u8::try_from(it.level?).ok()?;
        Some(Step {
            pick: Pick::new(
                number.to_string(),
                format!("{number} {}", it.label.as_deref().unwrap_or_default()),
                &judged.likelihood,
            ),
            small: it.description.clone().unwrap_or_default(),
            proposed: proposed.is_some_and(|it| it.likelihood == number),
        })
    });
    let impacts = method.impact_scale.iter().filter_map(|it| {
        let number = u8::try_from(it.level?).ok()?;
        let money = it.money_min.zip(it.money_max).map(|(low, high)| {
            format!("{} – {}", dates::money_short(cx.words, low), dates::money_short(cx.words, high))
        });
        let words = [it.operations.clone(), it.patient_or_customer.clone(), it.legal.clone(), it.reputation.clone()];
        let small: Vec<String> = money.into_iter().chain(words.into_iter().flatten()).collect();
        Some(Step {
            pick: Pick::new(
                number.to_string(),
                format!("{number} {}", it.label.as_deref().unwrap_or_default()),
                &judged.impact,
            ),
            small: small.join("; "),
            proposed: proposed.is_some_and(|it| it.impact == number),
        })
    });
    // The whole matrix for the script, so that the level changes while one chooses.
    let mut cells = Vec::new();
    for l in 1..=numbers.matrix.likelihoods {
        for i in 1..=numbers.matrix.impacts {
            if let Some(value) = numbers.matrix.value(l, i) {
                let (rank, name) =
                    show::level(&cx, Some(method.reference()), i64::from(value)).unwrap_or((1, String::new()));
                let above = u8::from(value > numbers.bands.acceptance_max);
                cells.push(format!("{l},{i},{value},{rank},{above},{}", super::matrix::capital(&name)));
            }
        }
    }
    let value = judged.cell().and_then(|it| numbers.matrix.value(it.likelihood, it.impact));
    let verdict = value.map(|it| match numbers.bands.decision(it) {
        Decision::OwnerMayAccept => cx.say1("rate-within", "limit", numbers.bands.acceptance_max),
        Decision::AuthorityMayAccept => cx.say1("rate-above", "limit", numbers.bands.acceptance_max),
        Decision::AcceptanceForbidden => cx.say1("rate-forbidden", "limit", numbers.bands.absolute_max),
    });
    let words = |cell: Cell| {
        let value = numbers.matrix.value(cell.likelihood, cell.impact).map(i64::from);
        format!(
            "{} × {} = {} ({})",
            cell.likelihood,
            cell.impact,
            value.unwrap_or_default(),
            band_name(&cx, risk, value)
        )
    };
    let reference = risk.reference().any();
    let mut frame = Frame::of_kind(&cx, Kind::Risk, Some(&reference.to_string()))
        .then(cx.say("rate-title"), Some(cx.record_href(reference)));
    frame.problems = !problems.is_empty();
    Ok(Page {
        title: risk.title().to_owned(),
        href: cx.record_href(reference),
        revision: judged.revision.unwrap_or(risk.revision),
        likelihoods: likelihoods.collect(),
        impacts: impacts.collect(),
        now: level(&cx, risk, value.map(i64::from)),
        verdict: verdict.unwrap_or_default().into_owned(),
        proposal: proposals.map(|it| Proposal {
            level: words(it.by_level),
            rate: words(it.by_rate),
            controls: controls(&cx, risk),
        }),
        asset_impact: measure::impact_of_assets(&cx.isms, risk),
        may_edit: cx.may(Wish::Update, risk),
        reference: reference.to_string(),
        cells: cells.join(";"),
        likelihood_reason: judged.likelihood_reason,
        impact_reason: judged.impact_reason,
        why: judged.why,
        problems,
        frame,
        shell: Shell::of(&cx),
        cx,
    })
}

fn controls(cx: &Cx, risk: &Risk) -> Html {
    let mut out = String::new();
    for control in &risk.existing_controls {
        out.push_str(show::rid(cx, control.any()).as_str());
        out.push(' ');
    }
    Html(out)
}

/// What an assessor decided, as a command; or what is missing.
fn command(cx: &Cx, risk: &Stored<Risk>, judged: &Judged) -> Result<Command, Problems> {
    let mut problems = Problems::default();
    for (name, text) in [("current_likelihood", &judged.likelihood), ("current_impact", &judged.impact)] {
        problems.need(text.parse::<u8>().is_err(), name, "to rate the risk");
    }
    let lower = judged.cell().zip(measure::proposals(&cx.isms, risk)).is_some_and(|(cell, it)| it.needs_reason(cell));
    if lower && judged.why.is_empty() {
        problems.add("why", cx.say("rate-needs-why"));
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let mut fields = Map::new();
    for (name, text) in [("current_likelihood", &judged.likelihood), ("current_impact", &judged.impact)] {
        fields.insert(name.to_owned(), text.parse::<u8>().map_or(Value::Null, Value::from));
    }
    for (name, text) in [("likelihood_reason", &judged.likelihood_reason), ("impact_reason", &judged.impact_reason)] {
        if !text.is_empty() {
            fields.insert(name.to_owned(), Value::from(text.as_str()));
        }
    }
    let reason = Some(judged.why.clone()).filter(|it| !it.is_empty());
    Ok(Command::Update { target: risk.reference().any(), revision: judged.revision, fields, reason })
}

/// `POST /risks/{reference}/rate`
pub async fn save(cx: Cx, Path(reference): Path<String>, RawForm(body): RawForm) -> Result<Response, Fault> {
    let judged = Judged::of(&pairs(&String::from_utf8_lossy(&body)));
    if judged.revision.is_none() {
        return Err(Fault::Unconditional);
    }
    let risk = risk_of(&cx, &reference)?;
    let target = risk.reference().any();
    let problems = match command(&cx, risk, &judged) {
        Err(problems) => problems,
        Ok(command) => match cx.submit(command).await {
            Ok(_) => return Ok(to(&format!("/risks/{target}?done=saved%20{target}&undo=1"))),
            Err(Fault::Invalid(problems)) => problems,
            Err(other) => return Err(other),
        },
    };
    let shown = page(&page_of(cx, &reference, Some((judged, problems)))?)?;
    Ok((axum::http::StatusCode::UNPROCESSABLE_ENTITY, shown).into_response())
}

/// The page of all risks.
#[derive(Template)]
#[template(path = "assess.html")]
struct Table {
    cx: Cx,
    frame: Frame,
    shell: Shell,
    rows: Vec<Row>,
    left_out: usize,
    saved: Option<usize>,
    refused: usize,
}

struct Row {
    reference: String,
    title: String,
    href: String,
    revision: u32,
    likelihoods: Vec<Pick>,
    impacts: Vec<Pick>,
    now: Html,
    proposal: String,
    why: String,
    error: Option<String>,
}

/// `GET /risks/assess`
pub async fn table(cx: Cx) -> Result<Response, Fault> {
    page(&table_of(cx, &[], None))
}

fn table_of(cx: Cx, refused: &[(AnyRef, Judged, String)], saved: Option<usize>) -> Table {
    let writable: Vec<&Stored<Risk>> = super::risks(&cx).filter(|it| cx.may(Wish::Update, *it)).collect();
    let row = |risk: &&Stored<Risk>| {
        let reference = risk.reference().any();
        let failed = refused.iter().find(|it| it.0 == reference);
        let method = risk.method(&cx.isms)?;
        let written = |level: Option<Level>| level.map_or_else(String::new, |it| it.0.to_string());
        let chosen = failed.map_or_else(
            || (written(risk.current_likelihood), written(risk.current_impact)),
            |it| (it.1.likelihood.clone(), it.1.impact.clone()),
        );
        let none = |chosen: &str| Pick::new("", "–", chosen);
        let word = |number: Option<i64>, label: &Option<String>, chosen: &str| {
            let number = number.unwrap_or_default().to_string();
            Pick::new(number.clone(), format!("{number} {}", label.as_deref().unwrap_or_default()), chosen)
        };
        let likelihoods = method.likelihood_scale.iter().map(|it| word(it.level, &it.label, &chosen.0));
        let impacts = method.impact_scale.iter().map(|it| word(it.level, &it.label, &chosen.1));
        let proposal =
            measure::proposals(&cx.isms, risk).map(|it| format!("{} × {}", it.by_rate.likelihood, it.by_rate.impact));
        Some(Row {
            href: cx.record_href(reference),
            title: risk.title().to_owned(),
            revision: failed.and_then(|it| it.1.revision).unwrap_or(risk.revision),
            likelihoods: std::iter::once(none(&chosen.0)).chain(likelihoods).collect(),
            impacts: std::iter::once(none(&chosen.1)).chain(impacts).collect(),
            now: level(&cx, risk, risk.current_value),
            proposal: proposal.unwrap_or_default(),
            why: failed.map(|it| it.1.why.clone()).unwrap_or_default(),
            error: failed.map(|it| it.2.clone()),
            reference: reference.to_string(),
        })
    };
    let rows: Vec<Row> = writable.iter().take(MOST_ROWS).filter_map(row).collect();
    let mut frame = Frame::of_kind(&cx, Kind::Risk, Some(&cx.say("assess-title")));
    frame.wide = true;
    frame.problems = !refused.is_empty();
    Table {
        left_out: writable.len().saturating_sub(MOST_ROWS),
        refused: refused.len(),
        rows,
        saved,
        frame,
        shell: Shell::of(&cx),
        cx,
    }
}

/// `POST /risks/assess`: each risk is written by itself, so that one that is refused does not hold the others back.
pub async fn assess(cx: Cx, RawForm(body): RawForm) -> Result<Response, Fault> {
    let mut typed: std::collections::BTreeMap<AnyRef, Vec<(String, String)>> = std::collections::BTreeMap::new();
    for pair in String::from_utf8_lossy(&body).split('&').take(MOST_ROWS * 4) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (name, value) = (crate::html::decode(name), crate::html::decode(value));
        let Some((field, reference)) = name.split_once(' ') else { continue };
        if let Ok(reference) = reference.parse() {
            typed.entry(reference).or_default().push((field.to_owned(), value));
        }
    }
    let (mut saved, mut refused) = (0, Vec::new());
    for (reference, fields) in typed {
        let judged = Judged::of(&fields);
        let Ok(risk) = risk_of(&cx, &reference.to_string()) else { continue };
        let same = judged.cell() == measure::cell(risk.current_likelihood, risk.current_impact);
        if same || (judged.likelihood.is_empty() && judged.impact.is_empty()) {
            continue;
        }
        match command(&cx, risk, &judged) {
            Err(problems) => refused.push((reference, judged, problems.to_string())),
            Ok(command) => match cx.submit(command).await {
                Ok(_) => saved += 1,
                Err(Fault::Invalid(problems)) => refused.push((reference, judged, problems.to_string())),
                Err(Fault::Stale(_)) => refused.push((reference, judged, cx.say("assess-stale").into_owned())),
                Err(Fault::Denied(_)) => refused.push((reference, judged, cx.say("assess-denied").into_owned())),
                Err(other) => return Err(other),
            },
        }
    }
    if refused.is_empty() {
        return Ok(to(&format!("/risks/assess?done=assessed%20{saved}")));
    }
    let shown = page(&table_of(cx, &refused, Some(saved)))?;
    Ok((axum::http::StatusCode::UNPROCESSABLE_ENTITY, shown).into_response())
}
