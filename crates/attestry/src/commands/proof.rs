//! `proof`: writes the proof that an entry stands in the log, for a verifier that somebody else wrote.

use std::path::Path;
use std::process::ExitCode;

use serde_json::json;

use crate::cli::Global;
use crate::failure::Failure;
use crate::input;
use crate::output::{json as print_json, say};
use crate::site::Site;

pub fn run(global: Global, what: &str, folder: &Path) -> Result<ExitCode, Failure> {
    let site = Site::open(global, false)?;
    let organisation = site.organisation()?;
    let seq = if let Ok(seq) = what.trim_start_matches('#').parse::<u64>() {
        let entries = organisation.info().size;
        if seq >= entries {
            return Err(Failure::input(format!("there is no entry {seq}; the log has {entries}, counted from 0")));
        }
        seq
    } else {
        let reference = input::reference(what)?;
        let versions = organisation.history(reference)?;
        let newest = versions.last().ok_or_else(|| attestry_model::Refusal::Absent(reference.to_string()))?;
        newest.seq
    };
    let proof = organisation.proof(seq)?;
    std::fs::create_dir_all(folder).map_err(|error| Failure::file(folder, error))?;
    let files = [
        ("entry.leaf", proof.leaf.clone()),
        ("entry.tlog-proof", proof.proof.clone().into_bytes()),
        ("entry.disclosure.json", proof.disclosure.clone().into_bytes()),
        ("key.vkey", format!("{}\n", proof.vkey).into_bytes()),
    ];
    for (name, bytes) in &files {
        let path = folder.join(name);
        std::fs::write(&path, bytes).map_err(|error| Failure::file(&path, error))?;
    }
    if site.global.json {
        print_json(
            &json!({ "seq": seq, "folder": folder.display().to_string(), "files": files.map(|(name, _)| name) }),
        )?;
    } else {
        say(format!("Wrote the proof of entry {seq} to {}.", folder.display()));
        say("It proves that this entry stands in the log; it does not prove that nothing else does.");
    }
    Ok(ExitCode::SUCCESS)
}
