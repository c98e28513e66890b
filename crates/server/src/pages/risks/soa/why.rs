//! Why a control is used: what the row says, and the records from which it follows.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use attestry_check::standing::{self, Ground};
use attestry_model::Stored;
use attestry_model::field::Choice as _;
use attestry_model::records::Applicability;
use attestry_model::records::applicability::ApplicabilityReason;

use crate::cx::Cx;
use crate::html::Html;
use crate::show;

/// Most sources of one reason that a row shows.
const MOST: usize = 3;

/// A reason with what it rests on.
pub(super) struct Reason {
    pub words: String,
    pub sources: Html,
    /// Whether the row says it; otherwise it follows from records and the row does not say so.
    pub stated: bool,
    /// Whether a record should stand behind it and none does.
    pub bare: bool,
}

/// The word of a reason.
pub(super) fn word(cx: &Cx, reason: ApplicabilityReason) -> String {
    cx.say(format!("soa-why-{}", reason.name().replace('_', "-"))).into_owned()
}

/// The reasons of a row, each with the records from which it follows.
pub(super) fn reasons(cx: &Cx, row: &Stored<Applicability>) -> Vec<Reason> {
    let mut sources: BTreeMap<usize, Vec<Ground>> = BTreeMap::new();
    for reason in &row.reasons {
        sources.entry(reason.index()).or_default();
    }
    for ground in standing::grounds(&cx.isms, row) {
        sources.entry(ground.reason.index()).or_default().push(ground);
    }
    let said = sources.into_iter().map(|(at, grounds)| {
        let reason = ApplicabilityReason::ALL[at];
        let stated = row.reasons.contains(&reason) || grounds.iter().any(|it| it.named);
        let mut links = String::new();
        for one in grounds.iter().take(MOST) {
            links.push(' ');
            links.push_str(show::rid(cx, one.source).as_str());
        }
        if grounds.len() > MOST {
            let _ = write!(links, r#" <span class="muted">+{}</span>"#, grounds.len() - MOST);
        }
        let needs =
            matches!(reason, ApplicabilityReason::Risk | ApplicabilityReason::Legal | ApplicabilityReason::Contractual);
        Reason { words: word(cx, reason), bare: needs && grounds.is_empty(), sources: Html(links), stated }
    });
    said.collect()
}
