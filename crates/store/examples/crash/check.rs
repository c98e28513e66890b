//! The oracle: what was acknowledged is there with exactly its content, everything else is absent or there once, and the
//! ledger verifies.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use attestry_ledger::Hash;
use attestry_store::{Config, Level, Organisation, Store, Version};
use serde_json::{Value, json};

use crate::write::content;

/// Where one generation of cycles takes place.
pub struct Place {
    pub data: PathBuf,
    pub log: PathBuf,
    pub database: Option<String>,
    server: Option<(String, String)>,
}

/// What was found.
#[derive(Debug, Default)]
pub struct Tally {
    pub entries: u64,
    pub acknowledged: usize,
    pub in_doubt: usize,
    pub in_doubt_and_there: usize,
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { entries, acknowledged, in_doubt, in_doubt_and_there } = self;
        write!(
            f,
            "{entries} entries; {acknowledged} acknowledged; {in_doubt} in doubt, {in_doubt_and_there} of them there"
        )
    }
}

impl Place {
    pub fn new(folder: &Path, generation: u32, url: Option<&str>) -> Self {
        let schema = format!("attestry_crash_{}_{generation}", std::process::id());
        let database = url.map(|url| {
            let join = if url.contains('?') { '&' } else { '?' };
            format!("{url}{join}options=-csearch_path%3D{schema}")
        });
        Self {
            data: folder.join(format!("data-{generation}")),
            log: folder.join(format!("log-{generation}")),
            database,
            server: url.map(|url| (url.to_owned(), schema)),
        }
    }

    pub fn prepare(&self) -> Result<(), String> {
        fs::create_dir_all(&self.log).map_err(|error| error.to_string())?;
        if let Some((url, schema)) = &self.server {
            let mut client = postgres::Client::connect(url, postgres::NoTls).map_err(|error| error.to_string())?;
            let sql = format!("DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema}");
            client.batch_execute(&sql).map_err(|error| error.to_string())?;
        }
        Ok(())
    }

    /// Clears up; what stays behind disturbs nobody.
    pub fn remove(&self) {
        let _ = fs::remove_dir_all(&self.data);
        let _ = fs::remove_dir_all(&self.log);
        if let Some((url, schema)) = &self.server
            && let Ok(mut client) = postgres::Client::connect(url, postgres::NoTls)
        {
            let _ = client.batch_execute(&format!("DROP SCHEMA IF EXISTS {schema} CASCADE"));
        }
    }

    pub fn check(&self) -> Result<Tally, String> {
        let (sent, acknowledged) = self.logs()?;
        let config = Config::new(&self.data).with_database(self.database.clone()).reading();
        let store = match Store::open(&config) {
            Ok(store) => store,
            // Ended before there was anything, which is fine as long as nothing was promised.
            Err(error) if acknowledged.is_empty() => {
                eprintln!("nothing there yet: {error}");
                return Ok(Tally::default());
            }
            Err(error) => return Err(error.to_string()),
        };
        if store.organisations().map_err(|error| error.to_string())?.is_empty() {
            return if acknowledged.is_empty() {
                Ok(Tally::default())
            } else {
                Err("the organisation is gone".to_owned())
            };
        }
        let clinic = store.organisation(None).map_err(|error| error.to_string())?;
        let found = clinic.verify(Level::Files, &mut |_, _| {}).map_err(|error| error.to_string())?;
        if let Some(problem) = found.problems.first() {
            return Err(format!("{} problems, the first: {problem}", found.problems.len()));
        }
        let done = operations(&clinic, found.size)?;
        for (id, versions) in &done {
            let Some(kind) = sent.get(id) else { return Err(format!("{id} was never sent")) };
            if versions.len() != 1 {
                return Err(format!("{id} is there {} times", versions.len()));
            }
            compare(&store, id, kind, &versions[0])?;
        }
        if let Some(lost) = acknowledged.iter().find(|id| !done.contains_key(*id)) {
            return Err(format!("{lost} was acknowledged and is lost"));
        }
        let in_doubt = sent.keys().filter(|id| !acknowledged.contains(*id));
        Ok(Tally {
            entries: found.size,
            acknowledged: acknowledged.len(),
            in_doubt: in_doubt.clone().count(),
            in_doubt_and_there: in_doubt.filter(|id| done.contains_key(*id)).count(),
        })
    }

    /// What was sent, with its kind, and what was acknowledged.
    fn logs(&self) -> Result<(BTreeMap<String, String>, BTreeSet<String>), String> {
        let (mut sent, mut acknowledged) = (BTreeMap::new(), BTreeSet::new());
        for entry in fs::read_dir(&self.log).map_err(|error| error.to_string())? {
            let text = fs::read_to_string(entry.map_err(|error| error.to_string())?.path())
                .map_err(|error| error.to_string())?;
            // A line without its end was being written when the process ended.
            for line in text.split_inclusive('\n').filter(|line| line.ends_with('\n')) {
                match line.split_whitespace().collect::<Vec<_>>().as_slice() {
                    ["sent", id, kind] => drop(sent.insert((*id).to_owned(), (*kind).to_owned())),
                    ["acknowledged", id, _] => drop(acknowledged.insert((*id).to_owned())),
                    _ => return Err(format!("a line of the log cannot be read: {line:?}")),
                }
            }
        }
        Ok((sent, acknowledged))
    }
}

/// The operations in the ledger by their names.
fn operations(clinic: &Organisation, size: u64) -> Result<BTreeMap<String, Vec<Version>>, String> {
    let mut done: BTreeMap<String, Vec<Version>> = BTreeMap::new();
    let entries = clinic.entries(0, size).map_err(|error| error.to_string())?;
    if entries.iter().zip(0..).any(|(entry, seq)| entry.seq != seq) || entries.len() as u64 != size {
        return Err("the ledger has gaps".to_owned());
    }
    for version in entries {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let id = match version.action.as_str() {
            "create" => version.fields.get("title").and_then(text),
            "update" if !version.files.is_empty() => version.reason.clone(),
            "update" => version.fields.get("tags").and_then(|tags| tags.get(0)).and_then(text),
            _ => continue,
        };
        done.entry(id.ok_or_else(|| format!("entry {} is of no operation", version.seq))?).or_default().push(version);
    }
    Ok(done)
}

/// The operation must have exactly its content.
fn compare(store: &Store, id: &str, kind: &str, version: &Version) -> Result<(), String> {
    let expected = content(id);
    let same = match kind {
        "attach" => {
            let mut found = String::new();
            let sha256 = Hash::of(expected.as_bytes()).to_hex();
            let opened = store.files().open(&sha256).map_err(|error| error.to_string())?.read_to_string(&mut found);
            opened.map_err(|error| error.to_string())?;
            found == expected
        }
        _ => version.fields.get("notes") == Some(&json!(expected)),
    };
    if same { Ok(()) } else { Err(format!("{id} has other content than was sent")) }
}
