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
    let (isms, past) = site.at(&organisation, as_of)?;
    let files = attestry_exchange::export(&isms);
    std::fs::create_dir_all(folder).map_err(|error| Failure::file(folder, error))?;
    let mut names = Vec::new();
    for (name, bytes) in files {
        let path = folder.join(&name);
        std::fs::write(&path, bytes).map_err(|error| Failure::file(&path, error))?;
        names.push(name);
    }
    let note = past.and_then(|past| past.checkpoint).or_else(|| organisation.checkpoint());
    let about = about(&organisation.info(), &isms, note.as_deref());
    let path = folder.join("ABOUT.txt");
    std::fs::write(&path, about).map_err(|error| Failure::file(&path, error))?;
    if site.global.json {
        print_json(&json!({ "folder": folder, "files": names, "records": isms.total() }))?;
    } else {
        say(format!("Wrote {} records in {} files to {}.", isms.total(), names.len(), folder.display()));
    }
    Ok(ExitCode::SUCCESS)
}

/// What the folder is, for people: whose records, as of when, under which signed state of the log.
fn about(info: &attestry_store::Info, isms: &attestry_model::Isms, note: Option<&str>) -> String {
    let at = isms.at().map_or_else(|| "the beginning".to_owned(), |at| at.to_string());
    let mut text = format!("Records of {} as of {at} ({} entries of its log).\n", info.name, isms.size());
    if info.simulated {
        text.push_str("The clock of this organisation is simulated: its times are those of an exercise.\n");
    }
    if let Some(note) = note {
        text.push_str("\nThe signed state of the log:\n\n");
        text.push_str(note);
    }
    text
}
