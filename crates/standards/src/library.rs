//! The starter library: asset types, threats, vulnerabilities, scenarios, policies and kinds of organisations.
//!
//! A person picks an entry and adapts it; every choice is written as the record kinds write theirs, so that a pick can
//! become a record as it is. Ids such as `threat/ransomware` are stable: a renamed entry is a new entry. All sentences are
//! our own, and levels of likelihood and impact are where a talk begins, not a result.
//! Invariant: every link resolves, which the crate's tests prove over the shipped files of `content/library`.

use std::str::FromStr;
use std::sync::LazyLock;

use crate::annex::{AnnexControl, SecurityProperty, annex_control};
use crate::table::{self, Row, TableFault, words};

mod organisation;
mod policy;

pub use organisation::{Hint, Organisation, organisation, organisations};
pub use policy::{Blank, MAX_ANSWER, Policy, PolicyType, Unfilled, blanks, policies, policy};

words! {
    /// Whether an asset is information or carries it.
    AssetClass {
        /// Information, or the result of a process.
        Primary = "primary",
        /// What carries information.
        Supporting = "supporting",
    }
}

words! {
    /// What kind of asset it is.
    AssetCategory {
        /// Information.
        Information = "information",
        /// Programs.
        Software = "software",
        /// Devices.
        Hardware = "hardware",
        /// Networks and lines.
        Network = "network",
        /// People.
        Personnel = "personnel",
        /// Rooms and buildings.
        Site = "site",
        /// Services from the cloud.
        CloudService = "cloud_service",
        /// Storage that is carried or stored.
        Media = "media",
        /// Paper.
        Paper = "paper",
        /// Services by others or of the building.
        Service = "service",
        /// Other organisations, and what the world thinks of us.
        Organization = "organization",
    }
}

words! {
    /// What kind of cause a threat is.
    ThreatOrigin {
        /// Somebody wants it.
        Deliberate = "deliberate",
        /// It happens by chance.
        Accidental = "accidental",
        /// Nature and surroundings.
        Environmental = "environmental",
        /// Technology fails.
        TechnicalFailure = "technical_failure",
        /// Somebody errs.
        HumanError = "human_error",
        /// It comes from a supplier.
        Supplier = "supplier",
    }
}

words! {
    /// Where a weakness lies.
    VulnerabilityType {
        /// In rules and processes.
        Organizational = "organizational",
        /// In people.
        People = "people",
        /// In rooms and equipment.
        Physical = "physical",
        /// In systems.
        Technical = "technical",
        /// At suppliers.
        Supplier = "supplier",
    }
}

words! {
    /// Whether one comes to a scenario from what may happen or from what one has.
    RiskApproach {
        /// From what may happen.
        EventBased = "event_based",
        /// From what one has.
        AssetBased = "asset_based",
    }
}

words! {
    /// What is usually done about a scenario.
    TreatmentOption {
        /// Live with it.
        Accept = "accept",
        /// Make it smaller by controls.
        Treat = "treat",
        /// Stop what leads to it.
        Avoid = "avoid",
        /// Share it with an insurer or partner.
        Transfer = "transfer",
    }
}

words! {
    /// Kinds of organisations for which the library holds a template.
    OrganisationKind {
        /// A clinic or practice.
        Clinic = "clinic",
        /// A company that builds or runs software.
        SoftwareCompany = "software_company",
        /// An authority or public office.
        PublicOffice = "public_office",
        /// A firm that makes goods.
        Manufacturer = "manufacturer",
        /// A school or university.
        School = "school",
    }
}

/// A type of asset, with the values it usually has.
#[derive(Debug)]
pub struct AssetType {
    /// The stable id, such as `asset-type/laptops`.
    pub id: String,
    /// What people call it.
    pub title: String,
    /// Whether it is information or carries it.
    pub asset_class: AssetClass,
    /// What kind of asset it is.
    pub category: AssetCategory,
    /// Usual harm when others see it, 1 to 5.
    pub c_value: u8,
    /// Usual harm when it is wrong, 1 to 5.
    pub i_value: u8,
    /// Usual harm when it is away, 1 to 5.
    pub a_value: u8,
    /// Whether it usually holds personal data.
    pub contains_pii: bool,
    /// Whether it usually holds health data.
    pub contains_phi: bool,
    /// Ids of the asset types that it usually needs; the chain never leads back to itself.
    pub need_ids: Vec<String>,
    /// What belongs to it, in one sentence.
    pub note: String,
}

/// A possible cause of harm.
#[derive(Debug)]
pub struct Threat {
    /// The stable id, such as `threat/ransomware`.
    pub id: String,
    /// What people call it.
    pub title: String,
    /// What kind of cause it is.
    pub origin: ThreatOrigin,
    /// Who or what is behind it.
    pub source_actor: String,
    /// What it typically harms.
    pub affects: Vec<SecurityProperty>,
    /// How it works, in one sentence.
    pub note: String,
}

/// A weakness that lets a threat do harm.
#[derive(Debug)]
pub struct Vulnerability {
    /// The stable id, such as `vulnerability/no-restore-test`.
    pub id: String,
    /// What people call it.
    pub title: String,
    /// Where it lies.
    pub vuln_type: VulnerabilityType,
    /// Numbers of the controls that close it, the most direct one first.
    pub control_ids: Vec<String>,
    /// Ids of the asset types that usually have it.
    pub asset_type_ids: Vec<String>,
    /// How one finds out whether it is there.
    pub sign: String,
}

/// A typical risk: a cause leads through an event to a consequence.
#[derive(Debug)]
pub struct Scenario {
    /// The stable id, such as `scenario/mailbox-takeover`.
    pub id: String,
    /// What people call it.
    pub title: String,
    /// From where one usually finds it.
    pub approach: RiskApproach,
    /// Ids of the threats that cause it, the main one first.
    pub threat_ids: Vec<String>,
    /// Ids of the weaknesses that make it possible.
    pub vulnerability_ids: Vec<String>,
    /// Ids of the asset types it harms.
    pub asset_type_ids: Vec<String>,
    /// Numbers of the controls that help most, in the order of Annex A.
    pub control_ids: Vec<String>,
    /// What is lost.
    pub effects: Vec<SecurityProperty>,
    /// What leads to it.
    pub cause: String,
    /// What happens.
    pub event: String,
    /// What it does to the organisation and to people.
    pub consequence: String,
    /// Usual likelihood, 1 to 5, with ordinary care and no special controls.
    pub likelihood: u8,
    /// Usual impact, 1 to 5.
    pub impact: u8,
    /// Why these two levels, in one sentence.
    pub reason: String,
    /// What is usually done about it.
    pub treatment: TreatmentOption,
    /// The kinds of organisations it fits.
    pub kinds: Vec<OrganisationKind>,
}

static ASSET_TYPES: LazyLock<Vec<AssetType>> =
    LazyLock::new(|| table::shipped(read_asset_types(include_str!("../../../content/library/asset-types.csv"))));
static THREATS: LazyLock<Vec<Threat>> =
    LazyLock::new(|| table::shipped(read_threats(include_str!("../../../content/library/threats.csv"))));
static VULNERABILITIES: LazyLock<Vec<Vulnerability>> = LazyLock::new(|| {
    table::shipped(read_vulnerabilities(include_str!("../../../content/library/vulnerabilities.csv")))
});
static SCENARIOS: LazyLock<Vec<Scenario>> =
    LazyLock::new(|| table::shipped(read_scenarios(include_str!("../../../content/library/scenarios.csv"))));

/// All asset types, information first.
pub fn asset_types() -> &'static [AssetType] {
    &ASSET_TYPES
}

/// All threats, what people do on purpose first.
pub fn threats() -> &'static [Threat] {
    &THREATS
}

/// All vulnerabilities, by where they lie and by the control that closes them.
pub fn vulnerabilities() -> &'static [Vulnerability] {
    &VULNERABILITIES
}

/// All scenarios.
pub fn scenarios() -> &'static [Scenario] {
    &SCENARIOS
}

/// The asset type with this id, such as `asset-type/laptops`.
pub fn asset_type(id: &str) -> Option<&'static AssetType> {
    asset_types().iter().find(|it| it.id == id)
}

/// The threat with this id, such as `threat/ransomware`.
pub fn threat(id: &str) -> Option<&'static Threat> {
    threats().iter().find(|it| it.id == id)
}

/// The vulnerability with this id, such as `vulnerability/no-restore-test`.
pub fn vulnerability(id: &str) -> Option<&'static Vulnerability> {
    vulnerabilities().iter().find(|it| it.id == id)
}

/// The scenario with this id, such as `scenario/mailbox-takeover`.
pub fn scenario(id: &str) -> Option<&'static Scenario> {
    scenarios().iter().find(|it| it.id == id)
}

/// The weaknesses that a control closes, by its number such as `A.8.13`.
pub fn vulnerabilities_closed_by(control: &str) -> impl Iterator<Item = &'static Vulnerability> + '_ {
    vulnerabilities().iter().filter(move |it| names(&it.control_ids, control))
}

/// The scenarios that a control makes smaller, by its number such as `A.8.13`.
pub fn scenarios_lowered_by(control: &str) -> impl Iterator<Item = &'static Scenario> + '_ {
    scenarios().iter().filter(move |it| names(&it.control_ids, control))
}

/// The scenarios that fit a kind of organisation, those made for few kinds first.
pub fn scenarios_for(kind: OrganisationKind) -> Vec<&'static Scenario> {
    let mut fitting = scenarios().iter().filter(|it| it.fits(kind)).collect::<Vec<_>>();
    fitting.sort_by_key(|it| it.kinds.len());
    fitting
}

impl AssetType {
    /// The asset types that it usually needs.
    pub fn needs(&self) -> impl Iterator<Item = &'static Self> + '_ {
        self.need_ids.iter().filter_map(|id| asset_type(id))
    }

    /// The weaknesses that it usually has.
    pub fn vulnerabilities(&self) -> impl Iterator<Item = &'static Vulnerability> + '_ {
        vulnerabilities().iter().filter(|it| names(&it.asset_type_ids, &self.id))
    }

    /// The scenarios that harm it.
    pub fn scenarios(&self) -> impl Iterator<Item = &'static Scenario> + '_ {
        scenarios().iter().filter(|it| names(&it.asset_type_ids, &self.id))
    }
}

impl Threat {
    /// The scenarios that it causes.
    pub fn scenarios(&self) -> impl Iterator<Item = &'static Scenario> + '_ {
        scenarios().iter().filter(|it| names(&it.threat_ids, &self.id))
    }
}

impl Vulnerability {
    /// The controls that close it, the most direct one first.
    pub fn controls(&self) -> impl Iterator<Item = &'static AnnexControl> + '_ {
        self.control_ids.iter().filter_map(|id| annex_control(id))
    }

    /// The asset types that usually have it.
    pub fn asset_types(&self) -> impl Iterator<Item = &'static AssetType> + '_ {
        self.asset_type_ids.iter().filter_map(|id| asset_type(id))
    }

    /// The scenarios that it makes possible.
    pub fn scenarios(&self) -> impl Iterator<Item = &'static Scenario> + '_ {
        scenarios().iter().filter(|it| names(&it.vulnerability_ids, &self.id))
    }
}

impl Scenario {
    /// The threats that cause it, the main one first.
    pub fn threats(&self) -> impl Iterator<Item = &'static Threat> + '_ {
        self.threat_ids.iter().filter_map(|id| threat(id))
    }

    /// The weaknesses that make it possible.
    pub fn vulnerabilities(&self) -> impl Iterator<Item = &'static Vulnerability> + '_ {
        self.vulnerability_ids.iter().filter_map(|id| vulnerability(id))
    }

    /// The asset types it harms.
    pub fn asset_types(&self) -> impl Iterator<Item = &'static AssetType> + '_ {
        self.asset_type_ids.iter().filter_map(|id| asset_type(id))
    }

    /// The controls that help most.
    pub fn controls(&self) -> impl Iterator<Item = &'static AnnexControl> + '_ {
        self.control_ids.iter().filter_map(|id| annex_control(id))
    }

    /// Whether it is typical for a kind of organisation.
    pub fn fits(&self, kind: OrganisationKind) -> bool {
        self.kinds.contains(&kind)
    }
}

fn names(ids: &[String], id: &str) -> bool {
    ids.iter().any(|it| it == id)
}

fn read_asset_types(text: &str) -> Result<Vec<AssetType>, TableFault> {
    table::read("asset-types.csv", text, |row| {
        Ok(AssetType {
            id: own_id(row, "asset-type")?,
            title: row.text("title")?,
            asset_class: row.one("asset_class")?,
            category: row.one("category")?,
            c_value: level(row, "c_value")?,
            i_value: level(row, "i_value")?,
            a_value: level(row, "a_value")?,
            contains_pii: row.truth("contains_pii")?,
            contains_phi: row.truth("contains_phi")?,
            need_ids: if row.optional("needs")?.is_empty() { Vec::new() } else { links(row, "needs", "asset-type")? },
            note: row.text("note")?,
        })
    })
}

fn read_threats(text: &str) -> Result<Vec<Threat>, TableFault> {
    table::read("threats.csv", text, |row| {
        Ok(Threat {
            id: own_id(row, "threat")?,
            title: row.text("title")?,
            origin: row.one("origin")?,
            source_actor: row.text("source_actor")?,
            affects: properties(row, "affects")?,
            note: row.text("note")?,
        })
    })
}

fn read_vulnerabilities(text: &str) -> Result<Vec<Vulnerability>, TableFault> {
    table::read("vulnerabilities.csv", text, |row| {
        Ok(Vulnerability {
            id: own_id(row, "vulnerability")?,
            title: row.text("title")?,
            vuln_type: row.one("vuln_type")?,
            control_ids: controls(row)?,
            asset_type_ids: links(row, "asset_types", "asset-type")?,
            sign: row.text("sign")?,
        })
    })
}

fn read_scenarios(text: &str) -> Result<Vec<Scenario>, TableFault> {
    table::read("scenarios.csv", text, |row| {
        Ok(Scenario {
            id: own_id(row, "scenario")?,
            title: row.text("title")?,
            approach: row.one("approach")?,
            threat_ids: links(row, "threats", "threat")?,
            vulnerability_ids: links(row, "vulnerabilities", "vulnerability")?,
            asset_type_ids: links(row, "asset_types", "asset-type")?,
            control_ids: controls(row)?,
            effects: properties(row, "effects")?,
            cause: row.text("cause")?,
            event: row.text("event")?,
            consequence: row.text("consequence")?,
            likelihood: level(row, "likelihood")?,
            impact: level(row, "impact")?,
            reason: row.text("reason")?,
            treatment: row.one("treatment")?,
            kinds: match row.optional("fits")? {
                "any" => OrganisationKind::ALL.to_vec(),
                _ => row.many("fits")?,
            },
        })
    })
}

/// The id of a row: the kind of entry, and the row's own name in small letters, digits and hyphens.
fn own_id(row: &Row<'_>, kind: &str) -> Result<String, TableFault> {
    let name = row.text("id")?;
    if name.chars().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '-') {
        Ok(format!("{kind}/{name}"))
    } else {
        Err(row.fault(format!("{name:?} is no id: small letters, digits and hyphens only")))
    }
}

/// The ids of the entries of another kind that a cell names.
fn links(row: &Row<'_>, column: &str, kind: &str) -> Result<Vec<String>, TableFault> {
    Ok(row.many::<String>(column)?.into_iter().map(|name| format!("{kind}/{name}")).collect())
}

/// The numbers of controls, each of them one of Annex A.
fn controls(row: &Row<'_>) -> Result<Vec<String>, TableFault> {
    let ids = row.many::<String>("controls")?;
    match ids.iter().find(|id| annex_control(id).is_none()) {
        Some(unknown) => Err(row.fault(format!("{unknown} is no control of Annex A"))),
        None => Ok(ids),
    }
}

fn properties(row: &Row<'_>, column: &str) -> Result<Vec<SecurityProperty>, TableFault> {
    Ok(row.many::<Letter>(column)?.into_iter().map(|it| it.0).collect())
}

/// A property as registers write it.
struct Letter(SecurityProperty);

impl FromStr for Letter {
    type Err = crate::UnknownWord;

    fn from_str(letter: &str) -> Result<Self, Self::Err> {
        SecurityProperty::of_letter(letter).map(Self).ok_or(crate::UnknownWord)
    }
}

fn level(row: &Row<'_>, column: &str) -> Result<u8, TableFault> {
    let level = row.one(column)?;
    if (1..=5).contains(&level) {
        Ok(level)
    } else {
        Err(row.fault(format!("{column} lies between 1 and 5, not {level}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const THREAT: &str = "id,title,origin,source_actor,affects,note\n";
    const VULNERABILITY: &str = "id,title,vuln_type,controls,asset_types,sign\n";
    const ASSET: &str = "id,title,asset_class,category,c_value,i_value,a_value,contains_pii,contains_phi,needs,note\n";

    #[test]
    fn a_fault_in_the_library_is_told_with_its_line() {
        for (row, fault) in [
            ("A b,t,deliberate,s,C,n", "\"A b\" is no id: small letters, digits and hyphens only"),
            ("a,t,bad luck,s,C,n", "origin cannot be \"bad luck\""),
            ("a,t,deliberate,s,C;X,n", "affects cannot be \"X\""),
        ] {
            let told = read_threats(&format!("{THREAT}{row}\n")).unwrap_err().to_string();
            assert_eq!(told, format!("threats.csv, line 2: {fault}"));
        }
        let told = read_vulnerabilities(&format!("{VULNERABILITY}a,t,people,A.5.38,b,s\n")).unwrap_err().to_string();
        assert_eq!(told, "vulnerabilities.csv, line 2: A.5.38 is no control of Annex A");
        let told = read_asset_types(&format!("{ASSET}a,t,primary,paper,6,1,1,no,no,,n\n")).unwrap_err().to_string();
        assert_eq!(told, "asset-types.csv, line 2: c_value lies between 1 and 5, not 6");
    }

    #[test]
    fn a_row_becomes_an_entry_with_full_ids() {
        let read = read_vulnerabilities(&format!("{VULNERABILITY}a,Title,people,A.5.1;A.8.2,b;c-1,Look\n")).unwrap();
        assert_eq!(read[0].id, "vulnerability/a");
        assert_eq!(read[0].vuln_type, VulnerabilityType::People);
        assert_eq!(read[0].control_ids, ["A.5.1", "A.8.2"]);
        assert_eq!(read[0].asset_type_ids, ["asset-type/b", "asset-type/c-1"]);
    }
}
