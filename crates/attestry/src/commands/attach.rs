//! `attach`: keeps a file under its hash and names it in a record.

use std::fs::File;
use std::path::Path;
use std::process::ExitCode;

use super::set::tell;
use crate::cli::Global;
use crate::failure::Failure;
use crate::input;
use crate::output::Progress;
use crate::site::Site;

pub fn run(global: Global, record: &str, path: &Path, reason: Option<String>) -> Result<ExitCode, Failure> {
    let target = input::reference(record)?;
    let site = Site::open(global, true)?;
    let organisation = site.organisation()?;
    if organisation.isms().record(target).is_none() {
        return Err(attestry_model::Refusal::Absent(target.to_string()).into());
    }
    // A folder has no bytes, and a pipe might never end.
    let found = std::fs::metadata(path).map_err(|error| Failure::file(path, error))?;
    if !found.is_file() {
        return Err(Failure::input(format!("{} is not a file", path.display())));
    }
    let mut file = File::open(path).map_err(|error| Failure::file(path, error))?;
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let principal = site.principal(&organisation.isms())?;
    let receipt = {
        let _progress = Progress::begin("Storing the file");
        organisation.attach(&principal, target, &name, &mut file, reason)?
    };
    tell(&site, &organisation, &receipt)
}
