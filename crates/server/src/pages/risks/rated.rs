//! How serious a risk is, on its own page: before treatment, now and with the plan, on the matrix and in words.

use attestry_check::measure::{self, Method};
use attestry_model::AnyRecord;
use attestry_model::permit::Wish;
use attestry_model::records::Risk;
use attestry_risk::qualitative::Decision;

use super::mini::Moments;
use crate::cx::Cx;
use crate::html::Html;
use crate::places::record_path;

/// The three moments: the key of the message that names each, and its likelihood, impact and value.
pub const MOMENTS: [(&str, [&str; 3]); 3] = [
    ("matrix-before", ["inherent_likelihood", "inherent_impact", "inherent_value"]),
    ("matrix-now", ["current_likelihood", "current_impact", "current_value"]),
    ("matrix-plan", ["residual_likelihood", "residual_impact", "residual_value"]),
];

/// The matrix with the three moments, and what follows from the level of today.
pub struct Drawn {
    /// The drawing.
    pub mini: Html,
    /// Whether the level of today lies within the limit, in words.
    pub verdict: String,
    /// Whether it lies above.
    pub above: bool,
    /// Where it is rated.
    pub rate: Option<String>,
}

/// The drawing of a record that is a rated risk.
pub fn of(cx: &Cx, record: &dyn AnyRecord) -> Option<Drawn> {
    let risk = cx.isms.get(record.any_ref().of::<Risk>()?)?;
    let methodology = risk.method(&cx.isms)?;
    let method = Method::of(&methodology.body);
    let moments = Moments {
        before: measure::cell(risk.inherent_likelihood, risk.inherent_impact),
        now: measure::cell(risk.current_likelihood, risk.current_impact),
        planned: measure::cell(risk.residual_likelihood, risk.residual_impact),
    };
    moments.now?;
    let value = risk.current_value.and_then(|it| u32::try_from(it).ok());
    let decision = value.map(|it| method.bands.decision(it));
    let verdict = decision.map(|it| match it {
        Decision::OwnerMayAccept => cx.say1("rate-within", "limit", method.bands.acceptance_max),
        Decision::AuthorityMayAccept => cx.say1("rate-above", "limit", method.bands.acceptance_max),
        Decision::AcceptanceForbidden => cx.say1("rate-forbidden", "limit", method.bands.absolute_max),
    });
    let may = !cx.is_past() && cx.is_isms() && cx.may(Wish::Update, record);
    Some(Drawn {
        mini: moments.draw(cx, methodology, &method),
        verdict: verdict.unwrap_or_default().into_owned(),
        above: decision.is_some_and(|it| it != Decision::OwnerMayAccept),
        rate: may.then(|| format!("{}/rate", record_path(record.any_ref()))),
    })
}
