//! How serious a risk is: one risk with the words of the scales beside what the formulas propose.

use askama::Template;
use attestry_check::measure::{self, Method};
use attestry_model::field::Choice;
use attestry_model::permit::Wish;
use attestry_model::records::methodology::MethodologyImpactAggregation;
use attestry_model::records::risk::RiskApproach;
use attestry_model::records::{Methodology, Risk};
use attestry_model::value::Level;
use attestry_model::{Command, Kind, Problems, Stored};
use attestry_risk::qualitative::{Cell, Decision, likelihood_from_threat};
use axum::extract::{Path, RawForm};
use axum::response::{IntoResponse as _, Response};
use rust_decimal::prelude::ToPrimitive as _;
use serde_json::{Map, Value};

use super::Pick;
use super::matrix::{band_name, level};
use super::method::DIMENSION_LABELS;
use super::one::{self, risk_of};
use crate::cx::Cx;
use crate::fault::Fault;
use crate::html::Html;
use crate::pages::records::widget::id_of;
use crate::places::Frame;
use crate::shell::{Shell, page, pairs, to};
use crate::{dates, labels, show};

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
    by_asset: bool,
    threats: Vec<Pick>,
    eases: Vec<Pick>,
    asset_likelihood: Option<u8>,
    top: u8,
    dimensions: Vec<Dimension>,
    dimensions_impact: Option<u8>,
    aggregation: String,
    /// What the script needs to suggest an impact as levels are chosen.
    dims: String,
    summary: Vec<(String, String)>,
    may_edit: bool,
}

/// What the event would be in one dimension.
struct Dimension {
    name: &'static str,
    label: String,
    /// What it counts, where weights are used.
    weight: String,
    picks: Vec<Pick>,
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
        one::error(&self.summary, field)
    }

    /// Where a field is found within the page.
    #[expect(clippy::unused_self, reason = "templates call methods")]
    fn id(&self, field: &str) -> String {
        id_of(field)
    }
}

/// What an assessor chose.
#[derive(Debug, Clone, Default)]
pub(super) struct Judged {
    /// The version that was seen.
    pub revision: Option<u32>,
    /// The level of likelihood, as sent.
    pub likelihood: String,
    /// The level of impact, as sent.
    pub impact: String,
    /// Why this likelihood.
    pub likelihood_reason: String,
    /// Why this impact.
    pub impact_reason: String,
    /// Why lower than both proposals.
    pub why: String,
    /// How often the threat acts and how easily the weakness is used, as sent; absent where the page did not ask.
    /// Levels of impact by dimension, in the order of [`Risk::impacts`].
    pub dimensions: [Option<String>; 4],
    pub threat: Option<String>,
    /// See `threat`.
    pub ease: Option<String>,
}

impl Judged {
    /// From a form.
    pub fn of(typed: &[(String, String)]) -> Self {
        let find = |name: &str| typed.iter().find(|(key, _)| key == name).map(|(_, it)| it.trim().to_owned());
        let one = |name: &str| find(name).unwrap_or_default();
        Self {
            revision: one("revision").parse().ok(),
            likelihood: one("current_likelihood"),
            impact: one("current_impact"),
            likelihood_reason: one("likelihood_reason"),
            impact_reason: one("impact_reason"),
            why: one("why"),
            dimensions: Risk::default().impacts().map(|(name, _)| find(name)),
            threat: find("threat_level"),
            ease: find("ease_of_exploitation"),
        }
    }

    /// Its place on the matrix.
    pub fn cell(&self) -> Option<Cell> {
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
            why: risk.override_reason.clone().unwrap_or_default(),
            dimensions: risk.impacts().map(|(_, level)| Some(written(level))),
            threat: Some(written(risk.threat_level)),
            ease: Some(written(risk.ease_of_exploitation)),
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
    let scale = |chosen: Option<&String>| {
        let chosen = chosen.map(String::as_str).unwrap_or_default();
        let words = method.likelihood_scale.iter().filter_map(|it| {
            let number = it.level?;
            Some(Pick::new(number.to_string(), format!("{number} {}", it.label.as_deref().unwrap_or_default()), chosen))
        });
        std::iter::once(Pick::new("", "–", chosen)).chain(words).collect::<Vec<_>>()
    };
    let eases = |chosen: Option<&String>| {
        let chosen = chosen.map(String::as_str).unwrap_or_default();
        let top = numbers.matrix.likelihoods;
        let words = (1..=top).map(|it| {
            let label = match it {
                1 => format!("{it} {}", cx.say("rate-ease-low")),
                it if it == top => format!("{it} {}", cx.say("rate-ease-high")),
                it => it.to_string(),
            };
            Pick::new(it.to_string(), label, chosen)
        });
        std::iter::once(Pick::new("", "–", chosen)).chain(words).collect::<Vec<_>>()
    };
    let typed_level = |text: Option<&String>| text.and_then(|it| it.parse::<u8>().ok());
    let levels = judged.dimensions.each_ref().map(|it| typed_level(it.as_ref()).map(Level));
    let asset_likelihood = typed_level(judged.threat.as_ref())
        .zip(typed_level(judged.ease.as_ref()))
        .map(|(threat, ease)| likelihood_from_threat(threat, ease, numbers.matrix.likelihoods));
    let (threats, eases) = (scale(judged.threat.as_ref()), eases(judged.ease.as_ref()));
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
        by_asset: risk.approach == Some(RiskApproach::AssetBased),
        threats,
        eases,
        asset_likelihood,
        top: numbers.matrix.likelihoods,
        dimensions: dimensions(&cx, method, &judged),
        dimensions_impact: measure::impact_of_dimensions(method, levels),
        aggregation: method.impact_aggregation.map_or("max", Choice::name).to_owned(),
        dims: dims(method, &numbers),
        summary: one::summary(&cx, &problems, |field| label(&cx, field)),
        may_edit: cx.may(Wish::Update, risk),
        reference: reference.to_string(),
        cells: super::assess::cells(&cx, method),
        likelihood_reason: judged.likelihood_reason,
        impact_reason: judged.impact_reason,
        why: judged.why,
        frame,
        shell: Shell::of(&cx),
        cx,
    })
}

/// What the event would be in each dimension, with the words of the scale for it.
fn dimensions(cx: &Cx, method: &Methodology, judged: &Judged) -> Vec<Dimension> {
    let weighted = method.impact_aggregation == Some(MethodologyImpactAggregation::WeightedSum);
    let mut dimensions = Vec::new();
    for (at, (name, _)) in Risk::default().impacts().into_iter().enumerate() {
        let chosen = judged.dimensions[at].as_deref().unwrap_or_default();
        let words = method.impact_scale.iter().filter_map(|it| {
            let said = [&it.legal, &it.patient_or_customer, &it.operations, &it.reputation][at].as_ref();
            let number = it.level?;
            let said = said.or(it.label.as_ref()).map(|it| show::shortened(it, 60)).unwrap_or_default();
            Some(Pick::new(number.to_string(), format!("{number} {said}"), chosen))
        });
        let weight = method.weights()[at].1.filter(|_| weighted);
        dimensions.push(Dimension {
            name,
            label: cx.say(DIMENSION_LABELS[at]).into_owned(),
            weight: weight.map(|it| it.0.normalize().to_string()).unwrap_or_default(),
            picks: std::iter::once(Pick::new("", "–", chosen)).chain(words).collect(),
        });
    }
    dimensions
}

/// How levels by dimension become one, as the script takes it.
fn dims(method: &Methodology, numbers: &Method) -> String {
    let weights = method.weights().map(|(_, weight)| weight.and_then(|it| it.0.to_f64()).unwrap_or_default());
    let bands = &numbers.impact.bands;
    let middles: Vec<Option<f64>> = (1..=numbers.impact.most()).map(|it| numbers.impact.middle(it)).collect();
    serde_json::json!({
        "way": method.impact_aggregation.map_or("max", Choice::name),
        "weights": weights,
        "middles": middles,
        "lows": bands.iter().map(|it| it.0).collect::<Vec<_>>(),
        "top": bands.len(),
    })
    .to_string()
}

/// What a field of the form is called where something is wrong with it.
fn label(cx: &Cx, field: &str) -> String {
    match field {
        "why" => cx.say("rate-why").into_owned(),
        _ => labels::field(cx.words, Kind::Risk, field),
    }
}

fn controls(cx: &Cx, risk: &Risk) -> Html {
    let mut out = String::new();
    for control in &risk.existing_controls {
        out.push_str(show::rid(cx, control.any()).as_str());
        out.push(' ');
    }
    Html(out)
}

/// What an assessor decided, as a command; or what is missing. A judgement that is lower than both proposals keeps its reason
/// on the record, where the assessment report lists it; one that is not lower keeps none.
pub(super) fn command(cx: &Cx, risk: &Stored<Risk>, judged: &Judged) -> Result<Command, Problems> {
    let mut problems = Problems::default();
    let mut fields = Map::new();
    for (name, text) in [("current_likelihood", &judged.likelihood), ("current_impact", &judged.impact)] {
        problems.need(text.parse::<u8>().is_err(), name, "to rate the risk");
        fields.insert(name.to_owned(), text.parse::<u8>().map_or(Value::Null, Value::from));
    }
    let by_asset = [("threat_level", &judged.threat), ("ease_of_exploitation", &judged.ease)];
    let by_dimension = risk.impacts().into_iter().zip(&judged.dimensions).map(|((name, _), text)| (name, text));
    for (name, text) in by_asset.into_iter().chain(by_dimension) {
        let Some(text) = text else { continue };
        if !text.is_empty() && text.parse::<u8>().is_err() {
            problems.add(name, cx.say("rate-no-level"));
        }
        fields.insert(name.to_owned(), text.parse::<u8>().map_or(Value::Null, Value::from));
    }
    let lower = is_lower(cx, risk, judged);
    if lower && judged.why.is_empty() {
        problems.add("why", cx.say("rate-needs-why"));
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    for (name, text) in [("likelihood_reason", &judged.likelihood_reason), ("impact_reason", &judged.impact_reason)] {
        if !text.is_empty() {
            fields.insert(name.to_owned(), Value::from(text.as_str()));
        }
    }
    let kept = if lower { Value::from(judged.why.as_str()) } else { Value::Null };
    fields.insert("override_reason".to_owned(), kept);
    let reason = Some(judged.why.clone()).filter(|it| !it.is_empty());
    Ok(Command::Update { target: risk.reference().any(), revision: judged.revision, fields, reason })
}

/// Whether what was judged is lower than both proposals.
pub(super) fn is_lower(cx: &Cx, risk: &Stored<Risk>, judged: &Judged) -> bool {
    judged.cell().zip(measure::proposals(&cx.isms, risk)).is_some_and(|(cell, it)| it.needs_reason(cell))
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
