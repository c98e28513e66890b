//! The command line: options and commands, with the words that `--help`, the manual page and completions show.

use std::path::PathBuf;

use clap::builder::TypedValueParser;
use clap::{Args, Parser, Subcommand, ValueEnum};

/// An information security management system (ISO/IEC 27001) in one binary.
#[derive(Debug, Parser)]
#[command(
    name = "attestry",
    version,
    after_help = "Exit codes: 0 done · 1 a check found problems · 2 wrong call · 3 refused (wrong input, no right to it, \
                  not there, changed meanwhile) · 4 files, database or network do not allow it"
)]
pub struct Cli {
    /// Options that every command takes.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Options that every command takes.
#[derive(Debug, Clone, Args)]
pub struct Global {
    /// Folder with the database, the files and the keys.
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        env = "ATTESTRY_DATA",
        value_hint = clap::ValueHint::DirPath,
        value_parser = clap::builder::OsStringValueParser::new().map(PathBuf::from)
    )]
    pub data: Option<PathBuf>,
    /// PostgreSQL instead of the built-in database: `postgres://user@host/name`.
    #[arg(long, global = true, value_name = "URL", env = "DATABASE_URL", hide_env_values = true)]
    pub database: Option<String>,
    /// Which organisation (with `init`, its name); may be left out where there is one.
    #[arg(long, global = true, value_name = "SLUG")]
    pub organisation: Option<String>,
    /// The clock of this call (RFC 3339). Writing with it is possible only in an organisation created with it.
    #[arg(long, global = true, value_name = "RFC3339")]
    pub now: Option<String>,
    /// Act in the name of this person; left out, the operator of the machine acts.
    #[arg(long = "as", global = true, value_name = "PER-0001")]
    pub person: Option<String>,
    /// Print JSON for programs instead of tables for people.
    #[arg(long, global = true)]
    pub json: bool,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the pages and the interface for programs: `attestry serve`, then open the address it prints.
    Serve(Serve),
    /// Create an organisation, and the data folder where there is none: `attestry init --organisation "Cedar Hollow"`.
    Init,
    /// Load the demonstration clinic: a complete ISMS shortly before certification.
    Demo,
    /// Take records in from registers (CSV, XLSX) or from a folder that `export` wrote.
    Import(Import),
    /// Write all records as files, one per kind, which `import` reads back.
    Export {
        /// Folder to write into; created where it does not exist.
        folder: PathBuf,
        /// The ISMS as it stood at a date, a time or a sequence number.
        #[arg(long, value_name = "WHEN")]
        as_of: Option<String>,
    },
    /// List records of a kind.
    List(List),
    /// Show a record.
    Show(Show),
    /// Create a record: `attestry add risk title="Lost laptop" owner=PER-0003`.
    Add {
        /// The kind, such as `risk`.
        kind: String,
        /// FIELD=VALUE pairs.
        #[arg(value_name = "FIELD=VALUE")]
        fields: Vec<String>,
    },
    /// Change fields of a record; an empty value empties the field.
    Set {
        /// The record.
        #[arg(value_name = "REF")]
        record: String,
        /// FIELD=VALUE pairs.
        #[arg(value_name = "FIELD=VALUE", required = true)]
        fields: Vec<String>,
        /// The version you saw; the change is refused if the record has moved on.
        #[arg(long)]
        revision: Option<u32>,
        /// Why, for the history.
        #[arg(long)]
        reason: Option<String>,
    },
    /// Take a step of the workflow: `attestry do R-0001 analysed`.
    Do {
        /// The record.
        #[arg(value_name = "REF")]
        record: String,
        /// The state to enter or the name of the step; left out, the possible steps are listed.
        transition: Option<String>,
        /// Fields to set in the same act.
        #[arg(value_name = "FIELD=VALUE")]
        fields: Vec<String>,
        /// The version you saw.
        #[arg(long)]
        revision: Option<u32>,
        /// Why, for the history.
        #[arg(long)]
        reason: Option<String>,
    },
    /// Void a record: it stays in the history and no longer counts.
    Void {
        /// The record.
        #[arg(value_name = "REF")]
        record: String,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// Place a legal hold on a record, or lift it.
    Hold {
        /// The record.
        #[arg(value_name = "REF")]
        record: String,
        /// Why.
        #[arg(long)]
        reason: String,
        /// Lift the hold instead.
        #[arg(long)]
        lift: bool,
    },
    /// Attach a file to a record; its bytes are kept under their hash.
    Attach {
        /// The record.
        #[arg(value_name = "REF")]
        record: String,
        /// The file.
        file: PathBuf,
        /// Why, for the history.
        #[arg(long)]
        reason: Option<String>,
    },
    /// Find records by words.
    Search {
        /// The words; all of them must occur.
        #[arg(required = true)]
        words: Vec<String>,
        /// At most this many.
        #[arg(long, default_value_t = 50)]
        limit: usize,
        /// The ISMS as it stood at a date, a time or a sequence number.
        #[arg(long, value_name = "WHEN")]
        as_of: Option<String>,
    },
    /// Make a document: `attestry report soa --format pdf -o soa.pdf`.
    Report(Report),
    /// Check the ISMS against the rules of clauses 4 to 10 and Annex A.
    Check(Check),
    /// Carry out what time has brought: acceptances expired, planned tests missed, versions in force.
    Tick,
    /// Check that nothing was altered.
    Verify {
        /// 0 newest checkpoint · 1 the whole log · 2 the log against the records · 3 the files as well.
        #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u8).range(0..=3))]
        level: u8,
    },
    /// Write the proof that an entry stands in the log, for a verifier of somebody else.
    Proof {
        /// The record, for its newest version; or the sequence number of an entry.
        #[arg(value_name = "REF|SEQ")]
        what: String,
        /// Folder to write the leaf, the proof, the disclosed values and the public key into.
        #[arg(short, long, value_name = "DIR")]
        output: PathBuf,
    },
    /// Erase values for good, with the proofs kept: a data subject's right, not a way to correct.
    Erase(Erase),
    /// Write everything but the keys into one file.
    Backup {
        /// The file to write.
        file: PathBuf,
    },
    /// Bring a backup back into an empty place; it is verified before it goes live.
    Restore {
        /// The backup.
        file: PathBuf,
    },
    /// Look at the installation: configuration, file modes, database, keys, clock, disk.
    Doctor {
        /// List all settings with their meaning, value and source.
        #[arg(long)]
        config: bool,
    },
    /// Measure this machine: the figures of the performance page.
    Bench(Bench),
    /// The record kinds, or the fields, states and steps of one.
    Kinds {
        /// The kind, such as `risk`.
        kind: Option<String>,
    },
    /// The organisation's own fields: list them, define one, remove one.
    Field {
        /// What to do.
        #[command(subcommand)]
        action: FieldAction,
    },
    /// Accounts for signing in: invite a person, list accounts, switch one off or on.
    ///
    /// On SQLite one program writes at a time: stop `attestry serve` first, or do it in the browser under Settings.
    Account {
        /// What to do.
        #[command(subcommand)]
        action: AccountAction,
    },
    /// The organisations in this place.
    Organisations,
    /// Write the completions of a shell to standard output.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Write the manual page to standard output.
    Man,
    /// Set a PDF from a document on standard input; used by the program itself.
    #[command(hide = true)]
    RenderPdf,
}

/// `serve`.
#[derive(Debug, Args)]
pub struct Serve {
    /// The address to listen at.
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDRESS:PORT", env = "ATTESTRY_LISTEN")]
    pub listen: std::net::SocketAddr,
    /// The address that people type, when it is another one: `https://isms.example.org`.
    #[arg(long, value_name = "URL", env = "ATTESTRY_URL")]
    pub url: Option<String>,
    /// The certificate chain in PEM; with it the server encrypts by itself.
    #[arg(long, value_name = "FILE", requires = "tls_key", env = "ATTESTRY_TLS_CERTIFICATE")]
    pub tls_certificate: Option<PathBuf>,
    /// The private key of the certificate in PEM.
    #[arg(long, value_name = "FILE", requires = "tls_certificate", env = "ATTESTRY_TLS_KEY")]
    pub tls_key: Option<PathBuf>,
    /// Proxies in front whose `X-Forwarded-For` is believed.
    #[arg(long, value_delimiter = ',', value_name = "IP,…", env = "ATTESTRY_TRUSTED_PROXIES")]
    pub trusted_proxies: Vec<std::net::IpAddr>,
    /// How the log on standard error is written.
    #[arg(long, value_enum, default_value_t = LogFormat::Text, env = "ATTESTRY_LOG")]
    pub log: LogFormat,
}

/// How the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// Lines for people.
    Text,
    /// A JSON object a line.
    Json,
}

/// `import`.
#[derive(Debug, Args)]
pub struct Import {
    /// Files or folders.
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Show the same report and write nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// The mapping of columns to fields; left out, one is proposed and kept beside the data.
    #[arg(long, value_name = "FILE")]
    pub mapping: Option<PathBuf>,
    /// Why, for the history.
    #[arg(long)]
    pub reason: Option<String>,
}

/// `list`.
#[derive(Debug, Args)]
pub struct List {
    /// The kind, such as `risk`.
    pub kind: String,
    /// FIELD=VALUE; also != < <= > >= and ~ for “contains”. Several must all hold.
    #[arg(long = "where", value_name = "FIELD=VALUE")]
    pub filters: Vec<String>,
    /// The field to sort by, with - in front for descending.
    #[arg(long, value_name = "FIELD", allow_hyphen_values = true)]
    pub sort: Option<String>,
    /// The columns, separated by commas.
    #[arg(long, value_delimiter = ',', value_name = "FIELD,…")]
    pub fields: Vec<String>,
    /// At most this many.
    #[arg(long)]
    pub limit: Option<usize>,
    /// Leave out this many.
    #[arg(long, default_value_t = 0)]
    pub offset: usize,
    /// Void records as well.
    #[arg(long)]
    pub void: bool,
    /// The ISMS as it stood at a date, a time or a sequence number.
    #[arg(long, value_name = "WHEN")]
    pub as_of: Option<String>,
}

/// `show`.
#[derive(Debug, Args)]
pub struct Show {
    /// The record.
    #[arg(value_name = "REF")]
    pub record: String,
    /// Every version, with who changed what and why.
    #[arg(long)]
    pub history: bool,
    /// The ISMS as it stood at a date, a time or a sequence number.
    #[arg(long, value_name = "WHEN", conflicts_with = "history")]
    pub as_of: Option<String>,
}

/// `report`.
#[derive(Debug, Args)]
pub struct Report {
    /// The document; left out, the documents are listed.
    pub name: Option<String>,
    /// The format; left out, it follows from the file's ending.
    #[arg(long, value_enum)]
    pub format: Option<Format>,
    /// The file to write; `-` for standard output.
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Leave out the columns that are for the organisation only.
    #[arg(long)]
    pub external: bool,
    /// The ISMS as it stood at a date, a time or a sequence number.
    #[arg(long, value_name = "WHEN")]
    pub as_of: Option<String>,
}

/// `check`.
#[derive(Debug, Args)]
pub struct Check {
    /// Only what belongs to this clause or control, such as `6.1.3` or `A.5.9`.
    #[arg(long)]
    pub clause: Option<String>,
    /// The ISMS as it stood at a date, a time or a sequence number.
    #[arg(long, value_name = "WHEN")]
    pub as_of: Option<String>,
    /// Exit with 1 when something of at least this gravity is found.
    #[arg(long, value_enum, default_value_t = FailOn::Major)]
    pub fail_on: FailOn,
    /// Every verdict: what holds, what cannot be judged, what is waived.
    #[arg(long)]
    pub all: bool,
    /// SARIF 2.1.0 instead of a table.
    #[arg(long, conflicts_with = "junit")]
    pub sarif: bool,
    /// `JUnit` XML instead of a table.
    #[arg(long)]
    pub junit: bool,
    /// The manual of one rule.
    #[arg(long, value_name = "RULE")]
    pub explain: Option<String>,
}

/// From which gravity on `check` fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// Candidates for a major nonconformity.
    Major,
    /// Also candidates for a minor one.
    Minor,
    /// Also observations.
    Observation,
    /// Never.
    Never,
}

/// Formats of documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Tagged PDF.
    Pdf,
    /// Excel workbook.
    Xlsx,
    /// One HTML file.
    Html,
    /// The main table.
    Csv,
}

/// `erase`.
#[derive(Debug, Args)]
pub struct Erase {
    /// The record.
    #[arg(value_name = "REF")]
    pub record: String,
    /// The fields whose values are erased in every version.
    #[arg(required = true, value_name = "FIELD")]
    pub fields: Vec<String>,
    /// The legal basis, such as “GDPR Art. 17(1)(a)”.
    #[arg(long)]
    pub basis: String,
    /// Who asked for it.
    #[arg(long)]
    pub asked_by: String,
    /// Who approved it.
    #[arg(long)]
    pub approved_by: String,
    /// Why, for the history.
    #[arg(long)]
    pub reason: Option<String>,
    /// Do it without asking back.
    #[arg(long)]
    pub yes: bool,
}

/// `bench`.
#[derive(Debug, Args)]
pub struct Bench {
    /// Records in the value.
    #[arg(long, default_value_t = 100_000)]
    pub records: usize,
    /// Entries of the long log; 0 leaves that part out.
    #[arg(long, default_value_t = 0)]
    pub entries: u64,
    /// Seconds of each writing part.
    #[arg(long, default_value_t = 3)]
    pub seconds: u64,
    /// Only this part.
    #[arg(long, value_enum)]
    pub only: Option<BenchPart>,
}

/// A part of `bench`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum BenchPart {
    /// A large value: loading, memory, lists.
    Value,
    /// Durable writes.
    Writing,
    /// A long log; with `--entries`.
    Log,
    /// A document as PDF.
    Document,
    /// The pages of a running server, beside bare bytes and beside slow connections.
    Pages,
    /// Simulated years and derived figures.
    Risk,
}

/// `field`.
#[derive(Debug, Subcommand)]
pub enum FieldAction {
    /// List the organisation's own fields.
    List,
    /// Define one: `attestry field add risk region --type "enum(north,south)" --label Region`.
    Add {
        /// The kind.
        kind: String,
        /// The name: small letters, digits, underscores.
        name: String,
        /// text, longtext, bool, int, decimal, money, date, enum(a,b), ref(kind).
        #[arg(long = "type", value_name = "TYPE")]
        ty: String,
        /// What people read.
        #[arg(long)]
        label: String,
        /// The help text.
        #[arg(long, value_name = "TEXT", default_value = "")]
        meaning: String,
    },
    /// Remove one that no record uses.
    Remove {
        /// The kind.
        kind: String,
        /// The name.
        name: String,
    },
}

/// What `account` does.
#[derive(Debug, Subcommand)]
pub enum AccountAction {
    /// Make a link with which a person makes their account: `attestry account invite PER-0002`.
    Invite {
        /// The person.
        #[arg(value_name = "PER")]
        person: String,
        /// The address under which people reach the server.
        #[arg(long, value_name = "URL", env = "ATTESTRY_URL", default_value = "http://127.0.0.1:8080")]
        url: String,
    },
    /// List the accounts of the organisation.
    List,
    /// Switch an account off: its sessions end, its tokens are worth nothing.
    Off {
        /// The login.
        login: String,
    },
    /// Switch an account on again.
    On {
        /// The login.
        login: String,
    },
}
