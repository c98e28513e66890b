//! `doctor`: looks at the installation and says what to do about what it finds.

use std::path::Path;
use std::process::ExitCode;

use attestry_store::{Level, Store};
use serde_json::{Value, json};

use crate::cli::Global;
use crate::config::{Config, without_password};
use crate::failure::Failure;
use crate::output::{json as print_json, say, table};
use crate::site::store_config;

/// One thing that was looked at.
struct Finding {
    what: &'static str,
    ok: bool,
    detail: String,
}

pub fn run(global: &Global, show_config: bool) -> Result<ExitCode, Failure> {
    let config = Config::read(global)?;
    if show_config {
        return list_settings(global, &config);
    }
    let mut findings = vec![Finding {
        what: "configuration",
        ok: true,
        detail: format!(
            "data in {}, database {}",
            config.data.display(),
            config.database.as_deref().map_or_else(|| "built in".to_owned(), without_password)
        ),
    }];
    findings.push(folder(&config.data));
    if config.data.exists() {
        findings.extend(modes(&config.data));
    }
    findings.push(clock());
    findings.push(disk(&config.data));
    if config.data.exists() {
        findings.extend(database(global, &config));
    }
    let ok = findings.iter().all(|finding| finding.ok);
    if global.json {
        let all: Vec<Value> = findings
            .iter()
            .map(|finding| json!({ "what": finding.what, "ok": finding.ok, "detail": finding.detail }))
            .collect();
        print_json(&json!({ "ok": ok, "findings": all }))?;
    } else {
        let word = |ok: bool| if ok { "ok" } else { "look" };
        let rows = findings
            .into_iter()
            .map(|finding| vec![word(finding.ok).to_owned(), finding.what.to_owned(), finding.detail]);
        say(table(&["", "what", "found"], rows));
    }
    Ok(if ok { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn list_settings(global: &Global, config: &Config) -> Result<ExitCode, Failure> {
    if global.json {
        let all: Vec<Value> = config
            .settings
            .iter()
            .map(|one| {
                json!({
                    "name": one.name, "variable": one.variable, "option": one.option,
                    "meaning": one.meaning, "value": one.value, "source": one.source.word(),
                })
            })
            .collect();
        print_json(&all)?;
    } else {
        let rows = config.settings.iter().map(|one| {
            [one.name, one.variable, one.option, one.value.as_str(), one.source.word(), one.meaning]
                .map(str::to_owned)
                .to_vec()
        });
        say(table(&["in attestry.toml", "variable", "option", "value", "from", "meaning"], rows));
    }
    Ok(ExitCode::SUCCESS)
}

fn folder(data: &Path) -> Finding {
    let what = "data folder";
    match std::fs::metadata(data) {
        Ok(found) if found.is_dir() => Finding { what, ok: true, detail: data.display().to_string() },
        Ok(_) => Finding { what, ok: false, detail: format!("{} is not a folder", data.display()) },
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let detail = format!("{} does not exist yet; attestry init creates it", data.display());
            Finding { what, ok: false, detail }
        }
        Err(error) => Finding { what, ok: false, detail: format!("{}: {error}", data.display()) },
    }
}

/// The data folder and the key in it are for their owner alone.
#[cfg(unix)]
fn modes(data: &Path) -> Vec<Finding> {
    use std::os::unix::fs::PermissionsExt;
    let what = "file modes";
    let paths = [data.to_path_buf(), data.join(attestry_store::KEY_FILE)];
    let is_open =
        |path: &&std::path::PathBuf| std::fs::metadata(path).is_ok_and(|found| found.permissions().mode() & 0o077 != 0);
    let open: Vec<String> = paths.iter().filter(is_open).map(|path| path.display().to_string()).collect();
    let ok = open.is_empty();
    let detail = if ok {
        "the folder and the key in it are for their owner alone".to_owned()
    } else {
        format!("others can read {}: chmod go-rwx", open.join(", "))
    };
    vec![Finding { what, ok, detail }]
}

#[cfg(not(unix))]
fn modes(_data: &Path) -> Vec<Finding> {
    Vec::new()
}

/// A clock far from the program's own time of making is wrong for sure.
fn clock() -> Finding {
    let now = jiff::Timestamp::now();
    let year = jiff::tz::Offset::UTC.to_datetime(now).year();
    let ok = (2026..2100).contains(&year);
    Finding { what: "clock", ok, detail: format!("{now}{}", if ok { "" } else { ": set the machine's clock" }) }
}

/// Whether the disk takes a few megabytes.
fn disk(data: &Path) -> Finding {
    let what = "disk";
    if !data.exists() {
        return Finding { what, ok: true, detail: "looked at once the folder exists".to_owned() };
    }
    let path = data.join(format!(".doctor-{}", std::process::id()));
    let outcome = std::fs::write(&path, vec![0_u8; 8 << 20]).and_then(|()| std::fs::File::open(&path)?.sync_all());
    let _ = std::fs::remove_file(&path);
    match outcome {
        Ok(()) => Finding { what, ok: true, detail: "8 MB were written and synchronised".to_owned() },
        Err(error) => Finding { what, ok: false, detail: format!("cannot write 8 MB: {error}") },
    }
}

fn database(global: &Global, config: &Config) -> Vec<Finding> {
    let fault = |what: &'static str, error: String| vec![Finding { what, ok: false, detail: error }];
    let Ok(settings) = store_config(global, config, false) else {
        return fault("clock of the call", "--now is not a moment".to_owned());
    };
    let store = match Store::open(&settings) {
        Ok(store) => store,
        Err(error) => return fault("database", error.to_string()),
    };
    let organisations = match store.organisations() {
        Ok(organisations) => organisations,
        Err(error) => return fault("database", error.to_string()),
    };
    let detail = format!("{}, {} organisations", store.place(), organisations.len());
    let mut findings = vec![Finding { what: "database", ok: true, detail }];
    for info in organisations {
        let outcome = store.organisation(Some(&info.slug)).and_then(|organisation| {
            let verification = organisation.verify(Level::Mark, &mut |_, _| {})?;
            Ok((organisation.info(), verification))
        });
        findings.push(match outcome {
            Ok((info, verification)) => {
                let problems: Vec<String> = verification.problems.iter().map(|problem| problem.what.clone()).collect();
                let (ok, said) = (problems.is_empty(), problems.join("; "));
                let detail = if ok {
                    format!("{}: {} entries, key and newest checkpoint agree", info.slug, info.size)
                } else {
                    format!("{}: {said}", info.slug)
                };
                Finding { what: "ledger", ok, detail }
            }
            Err(error) => Finding { what: "ledger", ok: false, detail: format!("{}: {error}", info.slug) },
        });
    }
    findings
}
