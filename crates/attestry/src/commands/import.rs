//! `import`: takes records in from files, all or nothing.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use attestry_check::Report;
use attestry_exchange::{Mapping, Plan, SourceFile};
use attestry_model::{Change, Command, Isms, Principal, Problems, custom, decide, decide_next};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::export::OWN_FIELDS;
use crate::cli::{Global, Import};
use crate::failure::Failure;
use crate::output::{Progress, json as print_json, say};
use crate::site::Site;

/// Most files of one import.
const FILE_COUNT_LIMIT: usize = 2_000;
/// Largest file.
const FILE_LIMIT: u64 = 50 << 20;

pub fn run(global: Global, args: &Import) -> Result<ExitCode, Failure> {
    let files = read(&args.paths)?;
    let mapping = args.mapping.as_deref().map(read_mapping).transpose()?;
    let site = Site::open(global, !args.dry_run)?;
    let organisation = site.organisation()?;
    let mut principal = site.principal(&organisation.isms())?;
    principal.via = attestry_model::Via::Import;
    let own = own_fields(&args.paths)?;
    let (isms, definitions) = with_own_fields(&organisation.isms(), &principal, own, site.now()?)?;
    let plan = attestry_exchange::import(&files, &isms, mapping.as_ref(), site.now()?)?;
    let Plan { records, report, mapping } = plan;
    if report.registers.is_empty() && !report.unread.is_empty() {
        let mut problems = Problems::default();
        for one in report.unread {
            problems.add(one.file, one.reason);
        }
        return Err(problems.into());
    }
    let reason = args.reason.clone().or_else(|| Some(format!("Import of {}", names(&args.paths))));
    let command = Command::Import { records, reason };
    let defined = definitions.len();
    let mut effect = None;
    let written = if args.dry_run {
        let change = if defined == 0 {
            organisation.preview(&principal, command)?
        } else {
            decide(&isms, &principal, command, site.now()?)?
        };
        effect = Some(effect_of(&isms, &change, site.now()?)?);
        change.entries.len()
    } else {
        let _progress = Progress::begin("Writing");
        if defined > 0 {
            // What would be refused must be refused before its fields are defined.
            decide(&isms, &principal, command.clone(), site.now()?)?;
        }
        for definition in definitions {
            organisation.submit(&principal, definition)?;
        }
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
            "own_fields": defined,
            "report": report,
            "findings": effect.as_ref().map(|(solved, caused)| json!({ "solved": solved, "caused": caused })),
            "mapping": kept.map(|path| path.display().to_string()),
        }))?;
    } else {
        say(report.to_string());
        if defined > 0 {
            say(format!(
                "{defined} own fields of the records {}.",
                if args.dry_run { "would be defined" } else { "were defined" }
            ));
        }
        say(match (args.dry_run, written) {
            (true, 0) => "A dry run: nothing would change.".to_owned(),
            (true, count) => format!("A dry run: {count} records would be written; nothing was."),
            (false, 0) => "Nothing changed: everything is already there.".to_owned(),
            (false, count) => format!("{count} records were written."),
        });
        if let Some((solved, caused)) = &effect {
            tell_effect("would be solved", solved);
            tell_effect("would be caused", caused);
        }
        if let Some(path) = kept {
            say(format!(
                "How columns were matched stands in {}; change it and give it with --mapping.",
                path.display()
            ));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Most findings of each sort that are told one by one.
const NAMED: usize = 20;

/// The findings that a change would solve, and those that it would cause.
fn effect_of(isms: &Isms, change: &Change, now: Timestamp) -> Result<(Vec<Value>, Vec<Value>), Failure> {
    let next = isms.apply(change).map_err(attestry_model::Refusal::from)?;
    let before = Report::of(isms, now, super::check::today(isms, now));
    let after = Report::of(&next, now, super::check::today(&next, now));
    let told = |report: &Report, isms: &Isms, findings: Vec<attestry_check::Finding<'_>>| -> Vec<Value> {
        let one = |finding: &attestry_check::Finding<'_>| {
            json!({
                "rule": finding.rule.id, "clause": finding.rule.clause, "record": finding.item.to_string(),
                "message": report.message(isms, finding),
            })
        };
        findings.iter().map(one).collect()
    };
    let solved = told(&before, isms, before.open_beyond(&after));
    let caused = told(&after, &next, after.open_beyond(&before));
    Ok((solved, caused))
}

fn tell_effect(what: &str, findings: &[Value]) {
    let count = findings.len();
    say(format!(
        "{count} {} {what}{}",
        if count == 1 { "finding" } else { "findings" },
        if count == 0 { "." } else { ":" }
    ));
    for finding in findings.iter().take(NAMED) {
        let text = |name: &str| finding[name].as_str().unwrap_or_default().to_owned();
        say(format!("  {} {} {}", text("rule"), text("record"), text("message")));
    }
    if count > NAMED {
        say(format!("  and {} more", count - NAMED));
    }
}

/// The definitions of own fields that an export wrote beside its records.
fn own_fields(paths: &[PathBuf]) -> Result<BTreeMap<String, Map<String, Value>>, Failure> {
    let mut all = BTreeMap::new();
    for path in paths.iter().filter(|path| path.is_dir()).map(|path| path.join(OWN_FIELDS)) {
        if !path.exists() {
            continue;
        }
        let size = std::fs::metadata(&path).map_err(|error| Failure::file(&path, error))?.len();
        if size > FILE_LIMIT {
            return Err(Failure::input(format!("{} is larger than {} MB", path.display(), FILE_LIMIT >> 20)));
        }
        let bytes = std::fs::read(&path).map_err(|error| Failure::file(&path, error))?;
        let read: BTreeMap<String, Map<String, Value>> =
            serde_json::from_slice(&bytes).map_err(|error| Failure::input(format!("{}: {error}", path.display())))?;
        all.extend(read);
    }
    Ok(all)
}

/// The ISMS as it is with those of these own fields that it does not know, and the commands that define them.
fn with_own_fields(
    isms: &Isms,
    principal: &Principal,
    own: BTreeMap<String, Map<String, Value>>,
    now: Timestamp,
) -> Result<(Isms, Vec<Command>), Failure> {
    let mut isms = isms.clone();
    let mut definitions = Vec::new();
    for (name, fields) in own {
        let name = format!("{}{name}", custom::PREFIX);
        if isms.setting(&name).is_some() {
            continue;
        }
        let command = Command::Set { name, fields, reason: None };
        isms = decide_next(&isms, principal, command.clone(), now)?.1;
        definitions.push(command);
    }
    Ok((isms, definitions))
}

fn names(paths: &[PathBuf]) -> String {
    let names = paths.iter().map(|path| path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned());
    names.collect::<Vec<_>>().join(", ").chars().take(500).collect()
}

/// Keeps the mapping beside the data, where a person can see and change it. One that somebody changed is not lost.
fn keep(data: &Path, mapping: &Mapping) -> Result<PathBuf, Failure> {
    let path = data.join("mapping.toml");
    let text = mapping.to_toml();
    if std::fs::read(&path).is_ok_and(|known| known != text.as_bytes()) {
        let before = data.join("mapping.before.toml");
        std::fs::rename(&path, &before).map_err(|error| Failure::file(&before, error))?;
    }
    std::fs::write(&path, text).map_err(|error| Failure::file(&path, error))?;
    Ok(path)
}

fn read_mapping(path: &Path) -> Result<Mapping, Failure> {
    let text = std::fs::read_to_string(path).map_err(|error| Failure::file(path, error))?;
    Mapping::from_toml(&path.display().to_string(), &text).map_err(Failure::from)
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
