//! `tick`: carries out what time has brought.

use std::process::ExitCode;

use attestry_model::{Command, Principal};

use super::set::tell;
use crate::cli::Global;
use crate::failure::Failure;
use crate::output::say;
use crate::site::Site;

pub fn run(global: Global) -> Result<ExitCode, Failure> {
    let site = Site::open(global, true)?;
    let organisation = site.organisation()?;
    let receipt = organisation.submit(&Principal::system(), Command::Tick)?;
    if receipt.entries.is_empty() && !site.global.json {
        say("Nothing was due.");
        return Ok(ExitCode::SUCCESS);
    }
    tell(&site, &organisation, &receipt)
}
