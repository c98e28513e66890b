//! Settings of the installation: one structure, defaults that run, a file and the environment over them.
//!
//! Precedence: command line, environment, `attestry.toml` in the data folder, default. `attestry doctor --config`
//! prints every setting with its meaning, its value and where the value comes from.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::cli::Global;
use crate::failure::Failure;

/// The settings that the file may hold.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct File {
    database: Option<String>,
    host: Option<String>,
    #[serde(rename = "file-limit-mb")]
    limit_mb: Option<u64>,
}

/// Where a value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The command line or its environment variable.
    Call,
    /// An environment variable.
    Environment,
    /// The file in the data folder.
    File,
    /// The default.
    Default,
}

impl Source {
    /// The word for people.
    pub fn word(self) -> &'static str {
        match self {
            Self::Call => "command line or environment",
            Self::Environment => "environment",
            Self::File => "attestry.toml",
            Self::Default => "default",
        }
    }
}

/// A setting as `doctor --config` shows it.
#[derive(Debug)]
pub struct Setting {
    /// Name in the file; empty where the file cannot hold it.
    pub name: &'static str,
    /// Environment variable.
    pub variable: &'static str,
    /// Option of the command line; empty where there is none.
    pub option: &'static str,
    /// What it is for.
    pub meaning: &'static str,
    /// The value in force, secrets left out.
    pub value: String,
    /// Where it comes from.
    pub source: Source,
}

/// The settings in force.
#[derive(Debug)]
pub struct Config {
    /// The data folder.
    pub data: PathBuf,
    /// The PostgreSQL database, if it is not the built-in one.
    pub database: Option<String>,
    /// The host name in the origins of the logs.
    pub host: String,
    /// Largest accepted file, in bytes.
    pub file_limit: u64,
    /// All of it for people.
    pub settings: Vec<Setting>,
}

/// The name of the settings file in the data folder.
pub const FILE: &str = "attestry.toml";

impl Config {
    /// Reads the settings for a call.
    pub fn read(global: &Global) -> Result<Self, Failure> {
        // An empty variable is one that is not set.
        let (data, data_source) = match &global.data {
            Some(data) if !data.as_os_str().is_empty() => (data.clone(), Source::Call),
            _ => (PathBuf::from("attestry-data"), Source::Default),
        };
        let file = read_file(&data.join(FILE))?;
        let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let choose = |name: &str, in_file: Option<String>, default: &str| {
            if let Some(value) = variable(name) {
                (value, Source::Environment)
            } else if let Some(value) = in_file {
                (value, Source::File)
            } else {
                (default.to_owned(), Source::Default)
            }
        };
        let named = global.database.as_ref().filter(|url| !url.trim().is_empty());
        let (database, database_source) = match (named, file.database) {
            (Some(url), _) => (Some(url.clone()), Source::Call),
            (None, Some(url)) => (Some(url), Source::File),
            (None, None) => (None, Source::Default),
        };
        let (host, host_source) = choose("ATTESTRY_HOST", file.host, "localhost");
        let (limit, limit_source) =
            choose("ATTESTRY_FILE_LIMIT_MB", file.limit_mb.map(|limit| limit.to_string()), "200");
        let limit_mb: u64 = limit.parse().ok().filter(|limit| (1..=100_000).contains(limit)).ok_or_else(|| {
            Failure::Surroundings(format!("file-limit-mb is “{limit}”; it must be a whole number from 1 to 100000"))
        })?;
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':');
        if host.is_empty() || host.len() > 200 || !host.chars().all(plain) {
            return Err(Failure::Surroundings(format!(
                "host is “{host}”; it must be a host name such as isms.example"
            )));
        }
        let settings = vec![
            Setting {
                name: "",
                variable: "ATTESTRY_DATA",
                option: "--data",
                meaning: "folder with the database, the files, the keys and attestry.toml",
                value: data.display().to_string(),
                source: data_source,
            },
            Setting {
                name: "database",
                variable: "DATABASE_URL",
                option: "--database",
                meaning: "PostgreSQL instead of the built-in database",
                value: database.as_deref().map_or_else(|| "built-in (SQLite)".to_owned(), without_password),
                source: database_source,
            },
            Setting {
                name: "host",
                variable: "ATTESTRY_HOST",
                option: "",
                meaning: "host name in the origin of the ledgers; fixed for an organisation when it is created",
                value: host.clone(),
                source: host_source,
            },
            Setting {
                name: "file-limit-mb",
                variable: "ATTESTRY_FILE_LIMIT_MB",
                option: "",
                meaning: "largest accepted evidence file, in MB",
                value: limit,
                source: limit_source,
            },
        ];
        Ok(Self { data, database, host, file_limit: limit_mb << 20, settings })
    }
}

fn read_file(path: &Path) -> Result<File, Failure> {
    match std::fs::read_to_string(path) {
        Ok(text) => toml::from_str(&text).map_err(|error| Failure::file(path, error)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(File::default()),
        Err(error) => Err(Failure::file(path, error)),
    }
}

/// A database address for people: without its password.
pub fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    match rest.rsplit_once('@') {
        Some((user, host)) => {
            let user = user.split(':').next().unwrap_or_default();
            format!("{scheme}://{user}@{host}")
        }
        None => url.to_owned(),
    }
}
