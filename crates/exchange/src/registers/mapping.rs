//! The mapping: which column of which register becomes which field of which kind, as a small TOML file that people read,
//! change and keep. `content/mappings/registers.toml` explains it by example and ships with the program.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use attestry_model::field::{FieldDef, Type};
use attestry_model::records::Kind;
use serde::{Deserialize, Serialize};

use super::transform::TRANSFORMS;
use crate::error::ImportError;

/// The version of the mapping format that this program reads.
pub const VERSION: u32 = 1;
/// Largest accepted mapping, in bytes.
const LIMIT: usize = 1_048_576;

/// How registers become records.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// The version of the format, [`VERSION`].
    pub version: u32,
    /// How cells are read.
    #[serde(default)]
    pub reading: Reading,
    /// How people are recognised.
    #[serde(default)]
    pub people: PeopleRules,
    /// Tables of words by name, for use in several fields.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub words: BTreeMap<String, Words>,
    /// The registers.
    #[serde(default, rename = "register", skip_serializing_if = "Vec::is_empty")]
    pub registers: Vec<RegisterRules>,
}

/// What a word of a register means: the name of a choice, `true` or `false`. A key may hold `*`.
pub type Words = BTreeMap<String, String>;

/// How cells are read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Reading {
    /// The order of dates such as 03/04/2026, which nobody can know: `dmy` or `mdy`. Without it they stay in notes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date_order: Option<DateOrder>,
    /// The currency of amounts that name none; else that of the organisation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// The decimal sign of amounts such as 12.500, which nobody can know: `,` or `.`. Without it the other cells of the
    /// column decide, or the amount stays in notes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decimal: Option<char>,
    /// The time zone of times that name none, such as `Europe/Berlin`; else that of the organisation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// Words that say that there is nothing.
    pub nothing: Vec<String>,
}

/// The order of day and month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DateOrder {
    /// Day, month, year.
    Dmy,
    /// Month, day, year.
    Mdy,
}

/// How people are recognised among free-text owners. All entries may hold `*`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PeopleRules {
    /// Words that make a text the title of a role.
    pub role_words: Vec<String>,
    /// Words that make a text the name of a unit.
    pub unit_words: Vec<String>,
    /// Texts that stand for many people.
    pub groups: Vec<String>,
    /// Texts that stand for nobody of the organisation.
    pub nobody: Vec<String>,
}

/// A register: how it is recognised and what its rows become.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegisterRules {
    /// Its name, which stands in the `source:` tags of its records. Renaming it makes them strangers.
    pub name: String,
    /// Names of files or sheets, without extension; may hold `*`.
    #[serde(default)]
    pub files: Vec<String>,
    /// Headings without which it is not this register, each with its other names: `Risk Title|Risk`.
    #[serde(default)]
    pub needs: Vec<String>,
    /// The heading of the column with the row's own identifier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The heading of the column that names the rows of a matrix; every other column is then one record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matrix: Option<String>,
    /// Headings for which there is no field: their cells go to the notes. Written by the program, for information.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unplaced: Vec<String>,
    /// What a row becomes.
    #[serde(default, rename = "record", skip_serializing_if = "Vec::is_empty")]
    pub records: Vec<RecordRules>,
}

/// A record that a row becomes, or adds to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordRules {
    /// The kind.
    pub kind: String,
    /// Headings whose cells identify the record, where not each row is one of its own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub key: Vec<String>,
    /// One record for the whole file.
    #[serde(default, skip_serializing_if = "is_false")]
    pub per_file: bool,
    /// The heading whose cell names an existing record, to which the fields are added.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub into: Option<String>,
    /// Only where the same row becomes records of these kinds too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requires: Vec<String>,
    /// Only where each of these headings has one of these words; may hold `*`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub only_if: BTreeMap<String, Vec<String>>,
    /// The fields by name.
    #[serde(default)]
    pub fields: BTreeMap<String, FieldRules>,
}

/// How a field gets its value: from a heading, by a rule, or by the first of several rules that gives one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum FieldRules {
    /// The heading, with its other names behind `|`.
    Column(String),
    /// A rule.
    Rule(Box<FieldRule>),
    /// Several rules.
    First(Vec<FieldRule>),
}

impl FieldRules {
    /// The rules in order.
    pub(crate) fn rules(&self) -> Vec<FieldRule> {
        match self {
            Self::Column(from) => vec![FieldRule { from: Some(from.clone()), ..FieldRule::default() }],
            Self::Rule(rule) => vec![(**rule).clone()],
            Self::First(rules) => rules.clone(),
        }
    }
}

/// How a field gets its value. Exactly one of `from`, `template`, `set`, `link` and `parts` says whence.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FieldRule {
    /// The heading, with its other names behind `|`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// A text with headings in braces: `{Role}: {Competence}`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
    /// A fixed value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub set: Option<String>,
    /// The record of this kind that the same row becomes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// The members of one embedded structure, each from its heading.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub parts: BTreeMap<String, String>,
    /// A named transform; without it the field's type decides.
    #[serde(rename = "as", skip_serializing_if = "Option::is_none")]
    pub how: Option<String>,
    /// What the words mean: a table, or the name of one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub words: Option<WordsRule>,
    /// Where a list is cut.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub split: Vec<String>,
    /// How records are found: `id`, `name`, `inside` (its name stands in the text), `annex` (its Annex A number does).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub find: Vec<String>,
    /// Whether a record that is not found is made, with nothing but its title.
    #[serde(skip_serializing_if = "is_false")]
    pub make: bool,
    /// What is known of a record that is made so, by field: that a control exists, say.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub made: BTreeMap<String, String>,
    /// Longest name of a record to be made, in words; longer texts are sentences and stay in notes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_words: Option<usize>,
}

/// A table of words, or the name of one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum WordsRule {
    /// The name.
    Named(String),
    /// The table.
    Table(Words),
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_false(value: &bool) -> bool {
    !value
}

/// The mapping that ships with the program.
pub fn shipped() -> &'static Mapping {
    static SHIPPED: LazyLock<Mapping> = LazyLock::new(|| {
        let text = include_str!("../../../../content/mappings/registers.toml");
        Mapping::from_toml("registers.toml", text).unwrap_or_else(|wrong| unreachable!("the shipped mapping: {wrong}"))
    });
    &SHIPPED
}

impl Mapping {
    /// Reads a mapping and checks it against the kinds: every kind, field, transform and table of words exists.
    ///
    /// # Errors
    /// With the line, or the register, kind and field, at fault.
    pub fn from_toml(file: &str, text: &str) -> Result<Self, ImportError> {
        if text.len() > LIMIT {
            return Err(ImportError::file(file, format!("is larger than {LIMIT} bytes")));
        }
        let mapping: Self = toml::from_str(text).map_err(|wrong| {
            let line = wrong.span().map(|span| text[..span.start.min(text.len())].matches('\n').count() as u64 + 1);
            ImportError { line, ..ImportError::file(file, wrong.message().lines().collect::<Vec<_>>().join(" ")) }
        })?;
        mapping.check().map_err(|message| ImportError::file(file, message))?;
        Ok(mapping)
    }

    /// Writes the mapping as TOML.
    pub fn to_toml(&self) -> String {
        let body = toml::to_string_pretty(self).unwrap_or_default();
        format!("# How these registers become records. Change it and give it back with --mapping.\n{body}")
    }

    /// The words that a rule names.
    pub(crate) fn words<'a>(&'a self, rule: &'a FieldRule) -> Option<&'a Words> {
        match rule.words.as_ref()? {
            WordsRule::Table(table) => Some(table),
            WordsRule::Named(name) => self.words.get(name),
        }
    }

    fn check(&self) -> Result<(), String> {
        if self.version != VERSION {
            return Err(format!("is a mapping of version {}; this program reads version {VERSION}", self.version));
        }
        if let Some(currency) = &self.reading.currency {
            currency.parse::<attestry_model::value::Currency>()?;
        }
        if let Some(sign) = self.reading.decimal.filter(|sign| !matches!(sign, '.' | ',')) {
            return Err(format!("decimal: “{sign}” is neither . nor ,"));
        }
        if let Some(zone) = &self.reading.time_zone {
            jiff::tz::TimeZoneDatabase::bundled().get(zone).map_err(|wrong| wrong.to_string())?;
        }
        let mut names = std::collections::BTreeSet::new();
        for register in &self.registers {
            let plain = register.name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | ' ' | '.'));
            if register.name.is_empty() || !plain {
                return Err(format!("register “{}”: a name has letters, digits, spaces and - _ .", register.name));
            }
            if !names.insert(&register.name) {
                return Err(format!("register “{}” stands twice", register.name));
            }
            for record in &register.records {
                self.check_record(record).map_err(|it| format!("register “{}”: {it}", register.name))?;
                if register.matrix.is_some() {
                    check_matrix(record).map_err(|it| format!("register “{}”: {it}", register.name))?;
                }
            }
        }
        Ok(())
    }

    fn check_record(&self, record: &RecordRules) -> Result<(), String> {
        let kind = Kind::named(&record.kind).ok_or_else(|| format!("“{}” is not a kind of record", record.kind))?;
        if let Some(other) = record.requires.iter().find(|other| Kind::named(other).is_none()) {
            return Err(format!("{kind}: “{other}” is not a kind of record"));
        }
        for (name, rules) in &record.fields {
            let wrong = |message: String| Err(format!("{kind}.{name}: {message}"));
            let Some(ty) = field_type(kind, name) else { return wrong("is not a field that can be mapped".to_owned()) };
            for rule in rules.rules() {
                let sources = [rule.from.is_some(), rule.template.is_some(), rule.set.is_some(), rule.link.is_some()];
                let sources = sources.into_iter().filter(|given| *given).count() + usize::from(!rule.parts.is_empty());
                if sources != 1 {
                    return wrong("says exactly one of from, template, set, link and parts".to_owned());
                }
                if let Some(how) = rule.how.as_ref().filter(|how| !TRANSFORMS.contains(&how.as_str())) {
                    return wrong(format!("“{how}” is not one of {}", TRANSFORMS.join(", ")));
                }
                if let Some(WordsRule::Named(table)) = &rule.words
                    && !self.words.contains_key(table)
                {
                    return wrong(format!("there is no table of words “{table}”"));
                }
                if let Some(link) = rule.link.as_ref().filter(|link| Kind::named(link).is_none()) {
                    return wrong(format!("“{link}” is not a kind of record"));
                }
                if let Some(how) = rule.find.iter().find(|how| !FINDS.contains(&how.as_str())) {
                    return wrong(format!("find: “{how}” is not one of {}", FINDS.join(", ")));
                }
                for (member, meaning) in &rule.made {
                    let made = match ty {
                        Type::Ref(kind) | Type::List(&Type::Ref(kind)) if rule.make => field_type(kind, member),
                        _ => None,
                    };
                    if made.is_none_or(|ty| attestry_model::plain::parse(ty, meaning, None).is_err()) {
                        return wrong(format!("made: “{member}” = “{meaning}” cannot be said of what is made"));
                    }
                }
                for member in rule.parts.keys() {
                    if parts(ty).is_none_or(|fields| fields.iter().all(|field| field.name != member)) {
                        return wrong(format!("“{member}” is not a part of it"));
                    }
                }
            }
        }
        Ok(())
    }
}

/// The ways to find a record.
pub(crate) const FINDS: [&str; 4] = ["id", "name", "inside", "annex"];

/// A matrix fills one list of two-part structures: the row's name and the cell's meaning.
fn check_matrix(record: &RecordRules) -> Result<(), String> {
    let lists = record.fields.iter().filter(|(name, _)| *name != "title");
    match lists.collect::<Vec<_>>()[..] {
        [(_, rules)] if rules.rules().iter().all(|rule| rule.parts.len() == 2) => Ok(()),
        _ => Err("a matrix fills one list whose parts are { … = \"row\", … = \"cell\" }".to_owned()),
    }
}

/// The type of a field that a mapping may fill.
pub(crate) fn field_type(kind: Kind, name: &str) -> Option<Type> {
    let closed = ["notes", "tags", "legal_hold", "void_reason", "created_at", "created_by", "custom"];
    if name == "state" {
        return Some(Type::Choice(kind.def().states));
    }
    kind.def().field(name).filter(|_| !closed.contains(&name)).map(|field| field.ty)
}

/// The parts of an embedded structure or of a list of such.
pub(crate) fn parts(ty: Type) -> Option<&'static [FieldDef]> {
    match ty {
        Type::Struct(fields) => Some(fields),
        Type::List(inner) => parts(*inner),
        _ => None,
    }
}
