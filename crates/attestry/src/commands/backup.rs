//! `backup` and `restore`.

use std::path::Path;
use std::process::ExitCode;

use attestry_store::Store;
use serde_json::{Value, json};

use crate::cli::Global;
use crate::config::Config;
use crate::failure::Failure;
use crate::output::{Progress, json as print_json, say};
use crate::site::{Site, store_config};

pub fn run(global: Global, file: &Path) -> Result<ExitCode, Failure> {
    let site = Site::open(global, false)?;
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
        return Err(Failure::file(folder, "there is no such folder"));
    }
    let progress = Progress::begin("Writing the backup");
    site.store.backup(file, &mut |done, total| progress.at(done, total))?;
    drop(progress);
    let written = std::fs::metadata(file).map_err(|error| Failure::file(file, error))?.len();
    if site.global.json {
        print_json(&json!({ "file": file.display().to_string(), "bytes": written }))?;
    } else {
        say(format!(
            "Wrote {} ({} KB). The signing key is not in it: keep signing.key elsewhere.",
            file.display(),
            written / 1024
        ));
    }
    Ok(ExitCode::SUCCESS)
}

pub fn restore(global: &Global, file: &Path) -> Result<ExitCode, Failure> {
    let config = Config::read(global)?;
    let settings = store_config(global, &config, true)?;
    let progress = Progress::begin("Restoring");
    let restored = Store::restore(file, &settings, &mut |done, total| progress.at(done, total))?;
    drop(progress);
    if global.json {
        let one = |one: &attestry_store::RestoredOrganisation| json!({ "slug": one.slug, "entries": one.entries, "epoch": one.epoch, "lost": one.lost });
        let all: Vec<Value> = restored.organisations.iter().map(one).collect();
        print_json(
            &json!({ "data": config.data.display().to_string(), "files": restored.files, "organisations": all }),
        )?;
    } else {
        say(format!("Restored and verified into {}: {} files and", config.data.display(), restored.files));
        for one in &restored.organisations {
            say(format!("  {}: {} entries, now in epoch {}; lost: {}", one.slug, one.entries, one.epoch, one.lost));
        }
        say("The first entry of the new epoch names the state that was restored.");
    }
    Ok(ExitCode::SUCCESS)
}
