//! `attestry`: the command line of the information security management system.
//!
//! Each command is one file under `commands`; this file turns arguments into a call and an error into an exit code.

mod cli;
mod commands;
mod config;
mod failure;
mod input;
mod output;
mod site;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    match commands::run(cli).and_then(|code| output::heard().map(|()| code)) {
        Ok(code) => code,
        Err(failure) => {
            failure.print();
            failure.exit_code()
        }
    }
}
