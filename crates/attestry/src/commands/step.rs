//! `do`: takes a step of the workflow, or lists the possible ones.

use std::process::ExitCode;

use attestry_model::decide::steps_from;
use attestry_model::kind::Who;
use attestry_model::{AnyRecord, Command, Refusal};
use serde_json::{Value, json};

use super::set::tell;
use crate::cli::Global;
use crate::failure::Failure;
use crate::input;
use crate::output::{json as print_json, say, table};
use crate::site::Site;

pub fn run(
    global: Global,
    record: &str,
    to: Option<&str>,
    pairs: &[String],
    revision: Option<u32>,
    reason: Option<String>,
) -> Result<ExitCode, Failure> {
    let target = input::reference(record)?;
    let site = Site::open(global, to.is_some())?;
    let organisation = site.organisation()?;
    let isms = organisation.isms();
    if let Some(to) = to {
        let fields = input::fields(&isms, target.kind, pairs)?;
        let command = Command::Step { target, to: to.to_owned(), revision, fields, reason };
        return match site.submit(&organisation, command) {
            Ok(receipt) => tell(&site, &organisation, &receipt),
            Err(failure) => Err(entitled(failure, isms.record(target), to)),
        };
    }
    let Some(record) = isms.record(target) else {
        return Err(attestry_model::Refusal::Absent(target.to_string()).into());
    };
    let def = record.def();
    let void = record.head().void_reason.is_some();
    let steps: Vec<_> = steps_from(def, record.flow_state()).filter(|_| !void).collect();
    if site.global.json {
        let steps: Vec<Value> = steps
            .iter()
            .map(|step| json!({ "step": step.name.unwrap_or(step.to), "to": step.to, "who": who(step.who) }))
            .collect();
        print_json(&json!({ "ref": target.to_string(), "state": record.state(), "steps": steps }))?;
    } else if steps.is_empty() {
        say(format!("{target} is {}; no step leads on from there.", record.state()));
    } else {
        say(format!("{target} is {}. Steps from there:", record.state()));
        let rows =
            steps.iter().map(|step| vec![step.name.unwrap_or(step.to).to_owned(), step.to.to_owned(), who(step.who)]);
        say(table(&["step", "to", "who"], rows));
    }
    Ok(ExitCode::SUCCESS)
}

/// A refusal for want of rights also says whose step it is.
fn entitled(failure: Failure, record: Option<&dyn AnyRecord>, to: &str) -> Failure {
    let (Failure::Refused(Refusal::Denied(what)), Some(record)) = (&failure, record) else { return failure };
    let step = steps_from(record.def(), record.flow_state()).find(|step| step.name == Some(to) || step.to == to);
    match step {
        Some(step) if !what.contains("signature") => {
            Failure::Refused(Refusal::Denied(format!("{what}; that step is for {}", who(step.who))))
        }
        _ => failure,
    }
}

/// Who may take a step, in words.
pub fn who(whom: &[Who]) -> String {
    use attestry_model::field::Choice;
    let word = |who: &Who| match who {
        Who::Role(role) => role.label().to_lowercase(),
        Who::Own => "the record's own people".to_owned(),
        Who::All => "everybody".to_owned(),
        Who::Isms => "the ISMS team".to_owned(),
        Who::System => "the program".to_owned(),
        Who::Approver => "its approvers".to_owned(),
        Who::Field(field) => format!("its {}", field.replace('_', " ")),
        Who::Via { via, field } => format!("the {field} of its {via}"),
        Who::Manager => "the line manager".to_owned(),
        Who::Audience => "its audience".to_owned(),
        Who::Reader { of, .. } => format!("who may read what it is {of}"),
        Who::Author => "its author".to_owned(),
        Who::Drafted => "who sees what it changes".to_owned(),
    };
    whom.iter().map(word).collect::<Vec<_>>().join(", ")
}
