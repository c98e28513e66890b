//! Risks, their treatment and the Statement of Applicability: the pages where work on them is a process.
//!
//! Figures come from `attestry_check::measure`, `attestry_check::standing` and `attestry_risk`; pages calculate nothing.

mod assess;
mod calibration;
mod chart;
mod consent;
mod dependencies;
mod estimates;
mod frequency;
pub mod kept;
mod library;
pub mod loss;
pub(crate) mod making;
mod matrix;
mod method;
mod mini;
mod money;
mod one;
mod optimise;
pub mod outcome;
pub mod outlook;
mod plan;
mod rate;
pub mod rated;
mod reports;
mod soa;
mod treat;
pub mod workshop;

pub use consent::sign_path;

use attestry_model::records::{Approval, Methodology, Risk, RiskAcceptance, Treatment, TreatmentPlan};
use attestry_model::{Isms, Stored};

use crate::cx::Cx;
use crate::gate::Gate::Isms as IsmsGate;
use crate::routes::{Route, get, post};

/// The routes.
pub fn routes() -> Vec<Route> {
    vec![
        get("/risks/matrix", IsmsGate, matrix::show),
        get("/risks/loss", IsmsGate, loss::show),
        post("/risks/loss", IsmsGate, loss::tolerate),
        post("/risks/loss/stop", IsmsGate, loss::stop),
        post("/risks/loss/keep", IsmsGate, loss::keep).taking(1 << 10),
        get("/risks/{reference}/money", IsmsGate, money::show),
        post("/risks/{reference}/money", IsmsGate, money::save),
        post("/risks/{reference}/money/keep", IsmsGate, money::keep).taking(1 << 10),
        get("/risks/{reference}/rate", IsmsGate, rate::show),
        post("/risks/{reference}/rate", IsmsGate, rate::save),
        get("/risks/{reference}/treat", IsmsGate, treat::show),
        post("/risks/{reference}/treat", IsmsGate, treat::save),
        get("/risks/{reference}/optimise", IsmsGate, optimise::show),
        post("/risks/{reference}/optimise", IsmsGate, optimise::work_out),
        get("/risk-methodologies/{reference}/edit-method", IsmsGate, method::show),
        post("/risk-methodologies/{reference}/edit-method", IsmsGate, method::save),
        get("/risks/plan", IsmsGate, plan::show),
        post("/risks/plan/{reference}", IsmsGate, plan::step),
        get("/risks/acceptances-due", IsmsGate, consent::due),
        get("/treatment-decisions/{reference}/sign", IsmsGate, consent::show::<Treatment>),
        post("/treatment-decisions/{reference}/sign", IsmsGate, consent::sign::<Treatment>),
        get("/residual-risk-acceptances/{reference}/sign", IsmsGate, consent::show::<RiskAcceptance>),
        post("/residual-risk-acceptances/{reference}/sign", IsmsGate, consent::sign::<RiskAcceptance>),
        get("/risk-treatment-plans/{reference}/sign", IsmsGate, consent::show::<TreatmentPlan>),
        post("/risk-treatment-plans/{reference}/sign", IsmsGate, consent::sign::<TreatmentPlan>),
        post("/risk-treatment-plans/{reference}/ask", IsmsGate, consent::ask).taking(1 << 10),
        get("/approvals/{reference}/sign", IsmsGate, consent::show::<Approval>),
        post("/approvals/{reference}/sign", IsmsGate, consent::sign::<Approval>),
        get("/risks/library", IsmsGate, library::show),
        post("/risks/library", IsmsGate, library::write),
        get("/risks/library/adapt", IsmsGate, library::adapt),
        get("/risks/workshop", IsmsGate, workshop::show),
        post("/risks/workshop", IsmsGate, workshop::begin),
        post("/risks/workshop/vote", IsmsGate, workshop::vote),
        post("/risks/workshop/lead", IsmsGate, workshop::lead),
        get("/risks/workshop/stream", IsmsGate, workshop::stream),
        get("/risks/estimates", IsmsGate, estimates::show),
        post("/risks/estimates", IsmsGate, estimates::run),
        get("/risks/calibration", IsmsGate, calibration::show),
        post("/risks/calibration", IsmsGate, calibration::score),
        get("/risks/{reference}/frequency", IsmsGate, frequency::show),
        post("/risks/{reference}/frequency", IsmsGate, frequency::save),
        get("/risks/assess", IsmsGate, assess::show),
        post("/risks/assess", IsmsGate, assess::save),
        get("/assets/dependencies", IsmsGate, dependencies::show),
        get("/soa", IsmsGate, soa::show),
        post("/soa/version", IsmsGate, soa::begin).taking(1 << 10),
        post("/soa/{row}", IsmsGate, soa::save),
        post("/soa/compare", IsmsGate, soa::compare).taking(soa::COPY_LIMIT),
        get("/soa/edition-2013", IsmsGate, soa::edition),
        get("/reports", IsmsGate, reports::list),
        get("/reports/{file}", IsmsGate, reports::download),
    ]
}

/// The methodology in force; else the newest there is, so that a page says something while the first one is written.
pub(crate) fn method(isms: &Isms) -> Option<&Stored<Methodology>> {
    let effective = isms.live::<Methodology>().find(|one| one.state_name() == "effective");
    effective.or_else(|| isms.live::<Methodology>().last())
}

/// The risks that count and that the person may see.
pub(crate) fn risks(cx: &Cx) -> impl Iterator<Item = &Stored<Risk>> {
    cx.isms.live::<Risk>().filter(|risk| attestry_check::measure::counts(risk) && cx.sees(*risk))
}

/// An option of a choice.
#[derive(Debug, Clone)]
pub(crate) struct Pick {
    /// What is sent.
    pub value: String,
    /// What people read.
    pub label: String,
    /// Whether it is chosen.
    pub on: bool,
}

impl Pick {
    pub(crate) fn new(value: impl Into<String>, label: impl Into<String>, chosen: &str) -> Self {
        let value = value.into();
        Self { on: value == chosen, label: label.into(), value }
    }
}
