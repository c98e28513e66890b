//! The four shelves of the library, each with its entries in one form; and what was taken from them already.

use std::collections::HashMap;

use attestry_model::{AnyRef, Isms, Kind};
use attestry_standards::SecurityProperty;
use attestry_standards::library::{self, OrganisationKind};

use crate::cx::Cx;
use crate::labels;

/// A shelf.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shelf {
    /// Typical risks.
    Scenarios,
    /// Threats.
    Threats,
    /// Weaknesses.
    Vulnerabilities,
    /// Types of assets.
    Assets,
}

/// An entry as the page shows it.
pub struct Entry {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// What it says, in a sentence or two.
    pub text: String,
    /// Short facts.
    pub facts: Vec<String>,
    /// The groups it belongs to, by which the shelf is narrowed.
    pub groups: Vec<&'static str>,
    /// Everything that a search looks at, in small letters.
    pub searched: String,
}

impl Shelf {
    /// All.
    pub const ALL: [Self; 4] = [Self::Scenarios, Self::Threats, Self::Vulnerabilities, Self::Assets];

    /// Its name in addresses and message keys.
    pub fn name(self) -> &'static str {
        match self {
            Self::Scenarios => "scenarios",
            Self::Threats => "threats",
            Self::Vulnerabilities => "vulnerabilities",
            Self::Assets => "assets",
        }
    }

    /// By its name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.name() == name)
    }

    /// The kind that its entries become.
    pub fn kind(self) -> Kind {
        match self {
            Self::Scenarios => Kind::Risk,
            Self::Threats => Kind::Threat,
            Self::Vulnerabilities => Kind::Vulnerability,
            Self::Assets => Kind::Asset,
        }
    }

    /// How many entries it holds.
    pub fn size(self) -> usize {
        match self {
            Self::Scenarios => library::scenarios().len(),
            Self::Threats => library::threats().len(),
            Self::Vulnerabilities => library::vulnerabilities().len(),
            Self::Assets => library::asset_types().len(),
        }
    }

    /// The groups by which it can be narrowed: names and what people read.
    pub fn groups(self, cx: &Cx) -> Vec<(&'static str, String)> {
        let said = |name: &'static str| (name, word(cx, name));
        match self {
            Self::Scenarios => OrganisationKind::ALL.iter().map(|it| said(it.as_str())).collect(),
            Self::Threats => library::ThreatOrigin::ALL.iter().map(|it| said(it.as_str())).collect(),
            Self::Vulnerabilities => library::VulnerabilityType::ALL.iter().map(|it| said(it.as_str())).collect(),
            Self::Assets => library::AssetCategory::ALL.iter().map(|it| said(it.as_str())).collect(),
        }
    }

    /// Its entries.
    pub fn entries(self, cx: &Cx) -> Vec<Entry> {
        match self {
            Self::Scenarios => library::scenarios().iter().map(|it| scenario(cx, it)).collect(),
            Self::Threats => library::threats().iter().map(|it| threat(cx, it)).collect(),
            Self::Vulnerabilities => library::vulnerabilities().iter().map(|it| vulnerability(cx, it)).collect(),
            Self::Assets => library::asset_types().iter().map(|it| asset_type(cx, it)).collect(),
        }
    }
}

/// What people read for a word of the library.
pub fn word(cx: &Cx, name: &'static str) -> String {
    let key = format!("word-{}", name.replace('_', "-"));
    if cx.words.has(&key) { cx.say(key).into_owned() } else { labels::sentence(name) }
}

/// The letter that records have for a property.
pub fn letter(property: SecurityProperty) -> &'static str {
    match property {
        SecurityProperty::Confidentiality => "C",
        SecurityProperty::Integrity => "I",
        SecurityProperty::Availability => "A",
    }
}

fn letters(properties: &[SecurityProperty]) -> String {
    properties.iter().map(|it| letter(*it)).collect::<Vec<_>>().join(" · ")
}

fn entry(id: &str, title: &str, text: String, facts: Vec<String>, groups: Vec<&'static str>, more: &str) -> Entry {
    let searched = format!("{id} {title} {text} {} {more}", facts.join(" ")).to_lowercase();
    Entry { id: id.to_owned(), title: title.to_owned(), text, facts, groups, searched }
}

fn scenario(cx: &Cx, it: &library::Scenario) -> Entry {
    let text = format!("{} → {} → {}", it.cause, it.event, it.consequence);
    let mut facts = vec![word(cx, it.approach.as_str()), letters(&it.effects)];
    facts.push(format!("{} × {}", it.likelihood, it.impact));
    facts.push(it.control_ids.join(", "));
    let threats: Vec<&str> = it.threats().map(|one| one.title.as_str()).collect();
    let groups = it.kinds.iter().map(|one| one.as_str()).collect();
    entry(&it.id, &it.title, text, facts, groups, &threats.join(" "))
}

fn threat(cx: &Cx, it: &library::Threat) -> Entry {
    let facts = vec![word(cx, it.origin.as_str()), it.source_actor.clone(), letters(&it.affects)];
    entry(&it.id, &it.title, it.note.clone(), facts, vec![it.origin.as_str()], "")
}

fn vulnerability(cx: &Cx, it: &library::Vulnerability) -> Entry {
    let facts = vec![word(cx, it.vuln_type.as_str()), it.control_ids.join(", ")];
    entry(&it.id, &it.title, it.sign.clone(), facts, vec![it.vuln_type.as_str()], "")
}

fn asset_type(cx: &Cx, it: &library::AssetType) -> Entry {
    let values = format!("C {} · I {} · A {}", it.c_value, it.i_value, it.a_value);
    let facts = vec![word(cx, it.category.as_str()), word(cx, it.asset_class.as_str()), values];
    entry(&it.id, &it.title, it.note.clone(), facts, vec![it.category.as_str()], "")
}

/// What was made from the library: for one kind, by the id that a record bears as a word, or else by its title. Void records
/// do not count.
pub struct Taken<'a> {
    by_id: HashMap<&'a str, AnyRef>,
    by_title: HashMap<&'a str, AnyRef>,
}

impl<'a> Taken<'a> {
    /// Of a kind.
    pub fn of(isms: &'a Isms, kind: Kind) -> Self {
        let (mut by_id, mut by_title) = (HashMap::new(), HashMap::new());
        for record in isms.records(kind).filter(|it| it.head().void_reason.is_none()) {
            let head = record.head();
            for tag in head.tags.iter().filter(|it| it.contains('/')) {
                by_id.entry(tag.as_str()).or_insert_with(|| record.any_ref());
            }
            if let Some(title) = head.title.as_deref() {
                by_title.entry(title).or_insert_with(|| record.any_ref());
            }
        }
        Self { by_id, by_title }
    }

    /// The record made from an entry.
    pub fn get(&self, id: &str, title: &str) -> Option<AnyRef> {
        self.by_id.get(id).or_else(|| self.by_title.get(title)).copied()
    }
}

/// A list of references as a value.
pub fn references(of: &[AnyRef]) -> serde_json::Value {
    of.iter().map(attestry_model::field::Scalar::to_value).collect()
}
