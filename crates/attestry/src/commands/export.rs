//! `export`: writes all records as files that `import` reads back.

use std::path::Path;
use std::process::ExitCode;

use serde_json::json;

use crate::cli::Global;
use crate::failure::Failure;
use crate::output::{json as print_json, say};
use crate::site::Site;

pub fn run(global: Global, folder: &Path, as_of: Option<&str>) -> Result<ExitCode, Failure> {
    let site = Site::open(global, false)?;
    let organisation = site.organisation()?;
    let (isms, _) = site.at(&organisation, as_of)?;
    let files = attestry_exchange::export(&isms);
    std::fs::create_dir_all(folder).map_err(|error| Failure::file(folder, error))?;
    let mut names = Vec::new();
    for (name, bytes) in files {
        let path = folder.join(&name);
        std::fs::write(&path, bytes).map_err(|error| Failure::file(&path, error))?;
        names.push(name);
    }
    if site.global.json {
        print_json(&json!({ "folder": folder, "files": names, "records": isms.total() }))?;
    } else {
        say(format!("Wrote {} records in {} files to {}.", isms.total(), names.len(), folder.display()));
    }
    Ok(ExitCode::SUCCESS)
}
