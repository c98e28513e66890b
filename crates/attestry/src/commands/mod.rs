//! The commands, one file each, in the order in which `--help` lists them.

use std::process::ExitCode;

use crate::cli::{Cli, Command};
use crate::failure::Failure;

mod account;
mod attach;
mod backup;
mod bench;
pub mod check;
mod demo;
mod doctor;
mod erase;
mod export;
mod field;
mod import;
mod init;
mod kinds;
mod list;
mod manual;
mod organisations;
mod proof;
mod report;
mod search;
mod serve;
mod set;
mod show;
mod step;
mod tick;
mod verify;

/// Runs a command.
pub fn run(cli: Cli) -> Result<ExitCode, Failure> {
    let Cli { global, command } = cli;
    match command {
        Command::Serve(args) => serve::run(&global, &args),
        Command::Init => init::run(global),
        Command::Demo => demo::run(global),
        Command::Import(args) => import::run(global, &args),
        Command::Export { folder, as_of } => export::run(global, &folder, as_of.as_deref()),
        Command::List(args) => list::run(global, args),
        Command::Show(args) => show::run(global, &args),
        Command::Add { kind, fields } => set::add(global, &kind, &fields),
        Command::Set { record, fields, revision, reason } => set::run(global, &record, &fields, revision, reason),
        Command::Do { record, transition, fields, revision, reason } => {
            step::run(global, &record, transition.as_deref(), &fields, revision, reason)
        }
        Command::Void { record, reason } => set::void(global, &record, reason),
        Command::Hold { record, reason, lift } => set::hold(global, &record, reason, !lift),
        Command::Attach { record, file, reason } => attach::run(global, &record, &file, reason),
        Command::Search { words, limit, as_of } => search::run(global, &words.join(" "), limit, as_of.as_deref()),
        Command::Report(args) => report::run(global, &args),
        Command::Check(args) => check::run(global, &args),
        Command::Tick => tick::run(global),
        Command::Verify { level } => verify::run(global, level),
        Command::Proof { what, output } => proof::run(global, &what, &output),
        Command::Erase(args) => erase::run(global, args),
        Command::Backup { file } => backup::run(global, &file),
        Command::Restore { file } => backup::restore(&global, &file),
        Command::Doctor { config } => doctor::run(&global, config),
        Command::Bench(args) => bench::run(&global, &args),
        Command::Kinds { kind } => kinds::run(global, kind.as_deref()),
        Command::Field { action } => field::run(global, action),
        Command::Account { action } => account::run(global, action),
        Command::Organisations => organisations::run(global),
        Command::Completions { shell } => Ok(manual::completions(shell)),
        Command::Man => manual::page(),
        Command::RenderPdf => Ok(report::render_child()),
    }
}
