//! `import`: takes records in from files, all or nothing.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use attestry_exchange::{Mapping, Plan, SourceFile};
use attestry_model::Command;
use serde_json::json;

use crate::cli::{Global, Import};
use crate::failure::Failure;
use crate::output::{Progress, json as print_json, say};
use crate::site::Site;

/// Most files of one import.
const FILE_COUNT_LIMIT: usize = 2_000;
/// Largest file.
const FILE_LIMIT: u64 = 50 << 20;

pub fn run(global: Global, args: Import) -> Result<ExitCode, Failure> {
    let files = read(&args.paths)?;
    let mapping = args.mapping.as_deref().map(read_mapping).transpose()?;
    let site = Site::open(global, !args.dry_run)?;
    let organisation = site.organisation()?;
    let isms = organisation.isms();
    let plan = attestry_exchange::import(&files, &isms, mapping.as_ref(), site.now()?)?;
    let Plan { records, report, mapping } = plan;
    let reason = args.reason.clone().or_else(|| Some(format!("Import of {}", names(&args.paths))));
    let command = Command::Import { records, reason };
    let mut principal = site.principal(&isms)?;
    principal.via = attestry_model::Via::Import;
    let written = if args.dry_run {
        organisation.preview(&principal, command)?.entries.len()
    } else {
        let _progress = Progress::begin("Writing");
        organisation.submit(&principal, command)?.entries.len()
    };
    let kept = match mapping.as_ref().filter(|_| !args.dry_run && args.mapping.is_none()) {
        Some(mapping) => Some(keep(&site.config.data, mapping)?),
        None => None,
    };
    if site.global.json {
        print_json(&json!({
            "dry_run": args.dry_run,
            "written": written,
            "report": report,
            "mapping": kept,
        }))?;
    } else {
        say(report.to_string());
        say(match (args.dry_run, written) {
            (true, 0) => "A dry run: nothing would change.".to_owned(),
            (true, count) => format!("A dry run: {count} records would be written; nothing was."),
            (false, 0) => "Nothing changed: everything is already there.".to_owned(),
            (false, count) => format!("{count} records were written."),
        });
        if let Some(path) = kept {
            say(format!("How columns were matched stands in {}; change it and give it with --mapping.", path.display()));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn names(paths: &[PathBuf]) -> String {
    let names = paths.iter().map(|path| path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned());
    names.collect::<Vec<_>>().join(", ").chars().take(500).collect()
}

/// Keeps the mapping beside the data, where a person can see and change it.
fn keep(data: &Path, mapping: &Mapping) -> Result<PathBuf, Failure> {
    let path = data.join("mapping.toml");
    std::fs::write(&path, mapping.to_toml()).map_err(|error| Failure::file(&path, error))?;
    Ok(path)
}

fn read_mapping(path: &Path) -> Result<Mapping, Failure> {
    let text = std::fs::read_to_string(path).map_err(|error| Failure::file(path, error))?;
    Mapping::from_toml(&path.display().to_string(), &text).map_err(|error| Failure::from(error))
}

/// Reads files; a folder stands for the files directly in it whose kind is known.
fn read(paths: &[PathBuf]) -> Result<Vec<SourceFile>, Failure> {
    let mut found = Vec::new();
    for path in paths {
        let data = std::fs::metadata(path).map_err(|error| Failure::file(path, error))?;
        if data.is_dir() {
            let listing = std::fs::read_dir(path).map_err(|error| Failure::file(path, error))?;
            let mut inside = Vec::new();
            for entry in listing {
                let file = entry.map_err(|error| Failure::file(path, error))?.path();
                let ending = file.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_lowercase();
                if file.is_file() && ["csv", "tsv", "xlsx", "xlsm", "yaml", "yml"].contains(&ending.as_str()) {
                    inside.push(file);
                }
            }
            inside.sort();
            if inside.is_empty() {
                return Err(Failure::input(format!("{} holds no CSV, XLSX or YAML files", path.display())));
            }
            found.extend(inside);
        } else {
            found.push(path.clone());
        }
    }
    if found.len() > FILE_COUNT_LIMIT {
        return Err(Failure::input(format!("{} files; at most {FILE_COUNT_LIMIT} are accepted at once", found.len())));
    }
    let read = |path: PathBuf| {
        let size = std::fs::metadata(&path).map_err(|error| Failure::file(&path, error))?.len();
        if size > FILE_LIMIT {
            return Err(Failure::input(format!("{} is larger than {} MB", path.display(), FILE_LIMIT >> 20)));
        }
        let bytes = std::fs::read(&path).map_err(|error| Failure::file(&path, error))?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(SourceFile { name, bytes })
    };
    found.into_iter().map(read).collect()
}
