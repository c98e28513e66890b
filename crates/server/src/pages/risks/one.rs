//! What the pages of one risk share: the risk itself, and what is wrong with a form, told at its top and at each field.

use attestry_check::measure;
use attestry_model::decide::Problem;
use attestry_model::records::{Risk, Treatment};
use attestry_model::{AnyRef, Isms, Problems, Stored};

use crate::cx::Cx;
use crate::fault::Fault;
use crate::pages::records::widget::{id_of, sentence};

/// The risk that an address names.
pub(super) fn risk_of<'a>(cx: &'a Cx, reference: &str) -> Result<&'a Stored<Risk>, Fault> {
    let reference = reference.parse::<AnyRef>().ok().and_then(AnyRef::of::<Risk>).ok_or(Fault::Absent)?;
    cx.get(reference)
}

/// The decision about a risk that is in force, else the one that is being prepared; none that the person may not see, and none
/// that brings a control which they may not see: its figures would tell of it.
pub(super) fn decision_of<'a>(cx: &'a Cx, risk: &Stored<Risk>) -> Option<&'a Stored<Treatment>> {
    decision_in(cx, &cx.isms, risk)
}

/// The same in another value than the one that is shown.
pub(super) fn decision_in<'a>(cx: &Cx, isms: &'a Isms, risk: &Stored<Risk>) -> Option<&'a Stored<Treatment>> {
    let decision = measure::decision(isms, risk.reference()).filter(|it| cx.sees(*it))?;
    let mut missing = measure::missing_controls(isms, risk, decision).into_iter();
    missing.all(|it| cx.sees(it)).then_some(decision)
}

/// What is wrong with a form: where each field is found within the page, and what is said of it, as the summary at the top
/// takes it.
pub(super) fn summary(cx: &Cx, problems: &Problems, label: impl Fn(&str) -> String) -> Vec<(String, String)> {
    let line = |one: &Problem| {
        if one.field.is_empty() {
            return (String::new(), sentence(&one.message));
        }
        let label = label(&one.field);
        let said = cx.with("form-problem", &[("field", (&label).into()), ("message", (&one.message).into())]);
        (format!("#{}", id_of(&one.field)), said.into_owned())
    };
    problems.0.iter().map(line).collect()
}

/// What the summary says of a field.
pub(super) fn error<'a>(summary: &'a [(String, String)], path: &str) -> Option<&'a str> {
    let id = id_of(path);
    summary.iter().find(|(to, _)| to.strip_prefix('#') == Some(id.as_str())).map(|(_, said)| said.as_str())
}
