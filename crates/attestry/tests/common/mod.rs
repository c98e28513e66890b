//! The program as its users run it: one place per test, verified at the end.
#![allow(dead_code, reason = "every test file uses its own part of this")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// A place of its own for one test. When the test is over, the log is verified against the records.
pub struct Place {
    folder: TempDir,
    verified: bool,
}

/// What a call gave.
pub struct Answer {
    /// Exit code.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Answer {
    /// Standard output as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}\n{}", self.out, self.err))
    }
}

impl Place {
    /// An empty place.
    pub fn empty() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), verified: true }
    }

    /// A place with one organisation.
    pub fn with_organisation() -> Self {
        let mut place = Self::empty();
        place.ok(&["init", "--organisation", "Nordwind Logistics"]);
        place.verified = false;
        place
    }

    /// A place with the demonstration clinic.
    pub fn with_clinic() -> Self {
        let mut place = Self::empty();
        place.ok(&["demo"]);
        place.verified = false;
        place
    }

    /// A file or folder beside the data.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The data folder.
    pub fn data(&self) -> PathBuf {
        self.path("data")
    }

    /// Writes a file beside the data.
    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// Runs the program.
    pub fn run(&self, args: &[&str]) -> Answer {
        let Output { status, stdout, stderr } = self.command().args(args).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap_or_default();
        Answer { code: status.code().unwrap_or(-1), out: text(stdout), err: text(stderr) }
    }

    /// Runs it with its standard output going there.
    pub fn run_to(&self, args: &[&str], out: Stdio) -> Answer {
        let output = self.command().args(args).stdout(out).output().unwrap();
        let err = String::from_utf8(output.stderr).unwrap_or_default();
        Answer { code: output.status.code().unwrap_or(-1), out: String::new(), err }
    }

    /// The program with its data, without arguments.
    pub fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_attestry"));
        command.env_clear().current_dir(self.folder.path()).arg("--data").arg(self.data());
        command
    }

    /// Runs it; it must succeed.
    pub fn ok(&self, args: &[&str]) -> Answer {
        let answer = self.run(args);
        assert_eq!(answer.code, 0, "{args:?}: {}{}", answer.out, answer.err);
        answer
    }

    /// Runs it with `--json`; it must succeed.
    pub fn json(&self, args: &[&str]) -> Value {
        let mut all = args.to_vec();
        all.push("--json");
        self.ok(&all).json()
    }

    /// Runs it; it must be refused with this exit code and say these words.
    pub fn refused(&self, args: &[&str], code: i32, words: &[&str]) {
        let answer = self.run(args);
        assert_eq!(answer.code, code, "{args:?}: {}{}", answer.out, answer.err);
        for word in words {
            assert!(answer.err.contains(word), "{args:?} does not say “{word}”: {}", answer.err);
        }
    }

    /// The log against the records: the end of every test that wrote something.
    pub fn verify(mut self) {
        let answer = self.json(&["verify", "--level", "3"]);
        assert_eq!(answer["ok"], true, "{answer}");
        self.verified = true;
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        assert!(self.verified || std::thread::panicking(), "a test that writes ends with verify()");
    }
}

/// Real input that stands beside the checkout; `None`, with a word, where it does not.
pub fn shared(name: &str) -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
    let path = root.join("../shared").join(name);
    if !path.exists() {
        eprintln!("skipped: {} is not here", path.display());
        return None;
    }
    Some(path)
}
