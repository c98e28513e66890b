//! What a rule is, what it finds, and how a verdict follows from that.

use std::fmt;

use attestry_model::kind::Record;
use attestry_model::reference::AnyRef;
use attestry_model::{Kind, Stored};

use crate::context::Context;

/// What a certification auditor would probably write. Only a person grades a nonconformity, so each is a candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Nothing demanded is broken, but a careful auditor would remark on it.
    Observation,
    /// A single lapse.
    Minor,
    /// A requirement is missing or broken down as a whole.
    Major,
}

impl Severity {
    /// All, the gravest first.
    pub const ALL: [Self; 3] = [Self::Major, Self::Minor, Self::Observation];

    /// The word in files and in the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Major => "major",
            Self::Minor => "minor",
            Self::Observation => "observation",
        }
    }

    /// The severity with this word.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|severity| severity.name() == name)
    }

    /// How much a rule of it counts in a score, in halves (records.md, “compliance score of a clause”: 5, 2 and 0.5).
    pub const fn weight(self) -> u32 {
        match self {
            Self::Major => 10,
            Self::Minor => 4,
            Self::Observation => 1,
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What a rule came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Everything that the rule speaks of was looked at and is in order.
    Holds,
    /// The named items break it.
    Violated,
    /// What the rule speaks of is not recorded, although every ISMS has it: nobody can say. Never counted as a pass.
    NotEnoughEvidence,
}

impl Verdict {
    /// The word in files and in the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Violated => "violated",
            Self::NotEnoughEvidence => "not_enough_evidence",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Item {
    /// The organisation as a whole: something is missing.
    Organization,
    /// A record.
    Record(AnyRef),
    /// A clause, a control of Annex A, a property, a type of document or an activity.
    Word(String),
}

impl Item {
    /// The record, if it is one.
    pub fn record(&self) -> Option<AnyRef> {
        if let Self::Record(reference) = self { Some(*reference) } else { None }
    }
}

impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Organization => f.write_str("organization"),
            Self::Record(reference) => reference.fmt(f),
            Self::Word(word) => f.write_str(word),
        }
    }
}

/// One requirement as a computation over the ISMS.
#[derive(Debug)]
pub struct Rule {
    /// Its name, such as `C6.1.3-d-03`: clause or control, then a number.
    pub id: &'static str,
    /// How grave a breach of it is.
    pub severity: Severity,
    /// The step of building and running an ISMS that it belongs to, 1 to 12.
    pub step: u8,
    /// The requirement or requirements that it checks, as the catalogue of clauses names them, joined by `, `.
    pub clause: &'static str,
    /// The manual: what is demanded in one line, then why.
    pub manual: &'static str,
    /// What is said of a violating item; `{ref}`, `{item}`, fields of the record and `{cfg.…}` are filled in.
    pub message: &'static str,
    /// What to do about it.
    pub fix: &'static str,
    /// An example that breaks it.
    pub fails: &'static str,
    /// An example that keeps it.
    pub holds: &'static str,
    /// The fields that the verdict is read from, as `kind.field`.
    pub fields: &'static [&'static str],
    pub(crate) condition: fn(&Context<'_>) -> Found,
}

impl Rule {
    /// What is demanded, in one line.
    pub fn title(&self) -> &'static str {
        self.manual.trim_start().lines().next().unwrap_or_default().trim_end_matches('.')
    }

    /// Why it is demanded and how it is judged, without the title.
    pub fn reason(&self) -> &'static str {
        self.manual.trim_start().split_once('\n').map_or("", |(_, rest)| rest.trim())
    }

    /// The requirements that it checks, one by one.
    pub fn clauses(&self) -> impl Iterator<Item = &'static str> {
        self.clause.split(", ")
    }

    /// The numbered clause or control it belongs to: `6.1.3` of `6.1.3 d`.
    pub fn section(&self) -> &'static str {
        self.clause.split([' ', ',']).next().unwrap_or_default()
    }
}

/// What a condition found: whether there was anything to judge, and what breaks the rule.
#[derive(Debug)]
pub(crate) struct Found {
    pub known: bool,
    pub items: Vec<Item>,
}

impl Found {
    pub(crate) fn verdict(&self) -> Verdict {
        match (self.items.is_empty(), self.known) {
            (false, _) => Verdict::Violated,
            (true, true) => Verdict::Holds,
            (true, false) => Verdict::NotEnoughEvidence,
        }
    }

    /// Only when `known`; otherwise nobody can say.
    pub(crate) fn given(known: bool, found: impl FnOnce() -> Self) -> Self {
        if known { found() } else { Self { known: false, items: Vec::new() } }
    }
}

/// The organisation breaks the rule when `broken`.
pub(crate) fn flag(broken: bool) -> Found {
    Found { known: true, items: if broken { vec![Item::Organization] } else { Vec::new() } }
}

/// Kinds whose records exist only because something happened. That there is none says that nothing happened, or that
/// nobody wrote it down, which other rules ask; rules about how such things were handled hold then. Of all other kinds
/// every ISMS has records, and a rule about records that are not there cannot be judged.
const OCCASIONAL: &[Kind] = &[
    Kind::Change,
    Kind::CorrectiveAction,
    Kind::EffectivenessVerification,
    Kind::Event,
    Kind::Exception,
    Kind::Finding,
    Kind::Improvement,
    Kind::Incident,
    Kind::Nonconformity,
    Kind::NotificationDuty,
    Kind::RootCauseAnalysis,
    Kind::Task,
    Kind::Vulnerability,
];

/// Judging the records of a population one by one.
pub(crate) trait Judge<'a, K: Record>: Iterator<Item = &'a Stored<K>> + Sized {
    /// Those for which `broken` is true break the rule.
    fn judge(self, mut broken: impl FnMut(&'a Stored<K>) -> bool) -> Found {
        let mut known = OCCASIONAL.contains(&K::KIND);
        let mut items = Vec::new();
        for record in self {
            known = true;
            if broken(record) {
                items.push(Item::Record(record.reference().any()));
            }
        }
        Found { known, items }
    }

    /// Whether any of them fits.
    fn has(mut self, fits: impl FnMut(&'a Stored<K>) -> bool) -> bool {
        self.any(fits)
    }
}

impl<'a, K: Record, I: Iterator<Item = &'a Stored<K>>> Judge<'a, K> for I {}

/// Judging words one by one: clauses, controls, properties.
pub(crate) fn judge_words<W: AsRef<str>>(
    words: impl IntoIterator<Item = W>,
    mut broken: impl FnMut(&str) -> bool,
) -> Found {
    let mut known = false;
    let mut items = Vec::new();
    for word in words {
        known = true;
        if broken(word.as_ref()) {
            items.push(Item::Word(word.as_ref().to_owned()));
        }
    }
    Found { known, items }
}
