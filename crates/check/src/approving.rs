//! Before a proposal is approved: the gaps that this would open. Approving with new gaps is allowed, but not in silence.

use attestry_model::decide::Command;
use attestry_model::decide::propose;
use attestry_model::records::Proposal;
use attestry_model::{Isms, Problems};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::report::Report;

/// Whether a command approves a proposal without a word on it, so that it must be asked what that would open.
pub fn is_silent_approval(command: &Command) -> bool {
    match command {
        Command::Step { target, to, reason, .. } => {
            target.of::<Proposal>().is_some()
                && to == "approved"
                && reason.as_deref().is_none_or(|reason| reason.trim().is_empty())
        }
        _ => false,
    }
}

/// Refuses an approval without a reason where it would open gaps; `before` are the findings as they are. What cannot be
/// decided at all is left to the decision, which says why.
///
/// # Errors
/// That the reason is needed, with the number of gaps.
pub fn accepts_approval(
    isms: &Isms,
    command: &Command,
    before: &Report,
    now: Timestamp,
    today: Date,
) -> Result<(), Problems> {
    if !is_silent_approval(command) {
        return Ok(());
    }
    let Command::Step { target, .. } = command else { return Ok(()) };
    let Some(proposal) = target.of::<Proposal>().and_then(|proposal| isms.get(proposal)) else { return Ok(()) };
    let Ok(weighed) = propose::weigh(isms, proposal, now) else { return Ok(()) };
    let after = before.next(&weighed.isms, now, today, weighed.isms.kinds_since(isms.size()));
    let opened = after.open_beyond(before).len();
    if opened == 0 {
        return Ok(());
    }
    let gaps = if opened == 1 { "1 new gap".to_owned() } else { format!("{opened} new gaps") };
    let mut problems = Problems::default();
    problems.add("reason", format!("is needed: this opens {gaps}; say why that is right"));
    Err(problems)
}
