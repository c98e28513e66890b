//! `export`: writes all records as files that `import` reads back.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;

use attestry_model::{Isms, Kind, custom};
use serde_json::{Map, Value, json};

use crate::cli::Global;
use crate::failure::Failure;
use crate::output::{json as print_json, say};
use crate::site::Site;

pub fn run(global: Global, folder: &Path, as_of: Option<&str>) -> Result<ExitCode, Failure> {
    let site = Site::open(global, false)?;
    let organisation = site.organisation()?;
    let (isms, past) = Site::at(&organisation, as_of)?;
    let mut files = attestry_exchange::export(&isms);
    if let Some(own) = own_fields(&isms)? {
        files.push((OWN_FIELDS.to_owned(), own));
    }
    std::fs::create_dir_all(folder).map_err(|error| Failure::file(folder, error))?;
    let names: Vec<String> = files.iter().map(|(name, _)| name.clone()).collect();
    refuse_leftovers(folder, &names)?;
    for (name, bytes) in files {
        let path = folder.join(&name);
        std::fs::write(&path, bytes).map_err(|error| Failure::file(&path, error))?;
    }
    let note = past.and_then(|past| past.checkpoint).or_else(|| organisation.checkpoint());
    let about = about(&organisation.info(), &isms, note.as_deref());
    let path = folder.join("ABOUT.txt");
    std::fs::write(&path, about).map_err(|error| Failure::file(&path, error))?;
    if site.global.json {
        print_json(&json!({ "folder": folder.display().to_string(), "files": names, "records": isms.total() }))?;
    } else {
        say(format!("Wrote {} records in {} files to {}.", isms.total(), names.len(), folder.display()));
    }
    Ok(ExitCode::SUCCESS)
}

/// The file of the organisation's own fields, which `import` defines before it reads the records that use them.
pub const OWN_FIELDS: &str = "own_fields.json";

/// The definitions of own fields by `<kind>/<name>`; `None` where there are none.
fn own_fields(isms: &Isms) -> Result<Option<Vec<u8>>, Failure> {
    let defined = isms.settings().filter_map(|(name, fields)| Some((name.strip_prefix(custom::PREFIX)?, fields)));
    let defined: BTreeMap<&str, &Map<String, Value>> = defined.collect();
    if defined.is_empty() {
        return Ok(None);
    }
    let text = serde_json::to_string_pretty(&defined).map_err(|error| Failure::Surroundings(error.to_string()))?;
    Ok(Some(format!("{text}\n").into_bytes()))
}

/// Files of an earlier export that this one would not replace would be read with it as if they belonged to it.
fn refuse_leftovers(folder: &Path, names: &[String]) -> Result<(), Failure> {
    let listing = std::fs::read_dir(folder).map_err(|error| Failure::file(folder, error))?;
    let mut left = Vec::new();
    for entry in listing {
        let name = entry.map_err(|error| Failure::file(folder, error))?.file_name().to_string_lossy().into_owned();
        let of_a_kind = name
            .rsplit_once('.')
            .is_some_and(|(stem, ending)| ["csv", "yaml", "yml"].contains(&ending) && Kind::named(stem).is_some());
        if (of_a_kind || name == OWN_FIELDS) && !names.contains(&name) {
            left.push(name);
        }
    }
    if left.is_empty() {
        return Ok(());
    }
    left.sort();
    let all = left.join(", ");
    Err(Failure::input(format!(
        "{} holds {all}, which do not belong to this export: name another folder",
        folder.display()
    )))
}

/// What the folder is, for people: whose records, as of when, under which signed state of the log.
fn about(info: &attestry_store::Info, isms: &Isms, note: Option<&str>) -> String {
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
