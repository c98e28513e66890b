//! `erase`: erases values for good; the proofs remain.

use std::io::{BufRead, IsTerminal};
use std::process::ExitCode;

use attestry_store::Erasure;

use super::set::tell;
use crate::cli::{Erase, Global};
use crate::failure::Failure;
use crate::input;
use crate::output::say;
use crate::site::Site;

pub fn run(global: Global, args: Erase) -> Result<ExitCode, Failure> {
    let target = input::reference(&args.record)?;
    let site = Site::open(global, true)?;
    let organisation = site.organisation()?;
    let isms = organisation.isms();
    let Some(record) = isms.record(target) else {
        return Err(attestry_model::Refusal::Absent(target.to_string()).into());
    };
    if !args.yes {
        let title = record.head().title.as_deref().unwrap_or_default();
        say(format!(
            "This erases {} of {target} ({title}) in every version. It cannot be undone.",
            args.fields.join(", ")
        ));
        if !std::io::stdin().is_terminal() {
            return Err(Failure::input("say --yes to erase without being asked"));
        }
        say("Type the reference to go on:");
        let mut answer = String::new();
        std::io::stdin().lock().read_line(&mut answer)?;
        if answer.trim() != target.to_string() {
            say("Nothing was erased.");
            return Ok(ExitCode::SUCCESS);
        }
    }
    let principal = site.principal(&isms)?;
    let erasure = Erasure {
        record: target,
        fields: args.fields,
        legal_basis: args.basis,
        asked_by: args.asked_by,
        approved_by: args.approved_by,
        reason: args.reason,
    };
    let receipt = organisation.erase(&principal, erasure)?;
    tell(&site, &organisation, &receipt)
}
