//! `completions` and `man`.

use std::process::ExitCode;

use clap::CommandFactory;
use clap_complete::Shell;

use crate::cli::Cli;
use crate::failure::Failure;
use crate::output::bytes;

pub fn completions(shell: Shell) -> ExitCode {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "attestry", &mut text);
    bytes(&text);
    ExitCode::SUCCESS
}

pub fn page() -> Result<ExitCode, Failure> {
    let mut text = Vec::new();
    let command = Cli::command();
    clap_mangen::Man::new(command.clone()).render(&mut text)?;
    for sub in command.get_subcommands().filter(|sub| !sub.is_hide_set()) {
        clap_mangen::Man::new(sub.clone()).title(format!("attestry-{}", sub.get_name())).render(&mut text)?;
    }
    bytes(&text);
    Ok(ExitCode::SUCCESS)
}
