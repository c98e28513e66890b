//! Annex A of ISO/IEC 27001:2022: 93 controls in four themes, each with the five attributes of ISO/IEC 27002:2022.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::table::{self, TableFault, words};

words! {
    /// The four themes of Annex A; each is one of its sections.
    Theme {
        /// Section 5: rules, duties, suppliers, incidents, law.
        Organizational = "organizational",
        /// Section 6: those who work for the organisation.
        People = "people",
        /// Section 7: premises, equipment, media.
        Physical = "physical",
        /// Section 8: systems, networks, software.
        Technological = "technological",
    }
}

impl Theme {
    /// The section of Annex A that holds the theme's controls: 5, 6, 7 or 8.
    pub const fn section(self) -> u8 {
        match self {
            Self::Organizational => 5,
            Self::People => 6,
            Self::Physical => 7,
            Self::Technological => 8,
        }
    }
}

words! {
    /// When a control acts on a risk: before, during or after what happens.
    ControlType {
        /// It keeps the event from happening.
        Preventive = "preventive",
        /// It acts when the event happens.
        Detective = "detective",
        /// It acts after the event has happened.
        Corrective = "corrective",
    }
}

words! {
    /// What a control helps to keep of information.
    SecurityProperty {
        /// Only those see it who may.
        Confidentiality = "confidentiality",
        /// It is right and complete.
        Integrity = "integrity",
        /// It is there when needed.
        Availability = "availability",
    }
}

impl SecurityProperty {
    /// The letter by which registers name it: C, I or A.
    pub const fn letter(self) -> &'static str {
        match self {
            Self::Confidentiality => "C",
            Self::Integrity => "I",
            Self::Availability => "A",
        }
    }

    /// The property with this letter.
    pub fn of_letter(letter: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|it| it.letter() == letter)
    }
}

words! {
    /// The five functions of a cybersecurity framework (ISO/IEC TS 27110) that a control serves.
    CybersecurityConcept {
        /// Knowing what is there and what threatens it.
        Identify = "identify",
        /// Keeping it safe.
        Protect = "protect",
        /// Noticing what happens.
        Detect = "detect",
        /// Acting on what happens.
        Respond = "respond",
        /// Getting back to work.
        Recover = "recover",
    }
}

words! {
    /// The practitioner's field of work to which a control belongs.
    OperationalCapability {
        /// Direction and duties.
        Governance = "governance",
        /// Assets and their handling.
        AssetManagement = "asset_management",
        /// Protection of information itself.
        InformationProtection = "information_protection",
        /// People before, during and after their work.
        HumanResourceSecurity = "human_resource_security",
        /// Premises and equipment.
        PhysicalSecurity = "physical_security",
        /// Systems and networks.
        SystemAndNetworkSecurity = "system_and_network_security",
        /// Applications and their making.
        ApplicationSecurity = "application_security",
        /// Settings.
        SecureConfiguration = "secure_configuration",
        /// Who is who, and who may do what.
        IdentityAndAccessManagement = "identity_and_access_management",
        /// Threats and weaknesses.
        ThreatAndVulnerabilityManagement = "threat_and_vulnerability_management",
        /// Working on through disruption.
        Continuity = "continuity",
        /// Suppliers and their suppliers.
        SupplierRelationshipsSecurity = "supplier_relationships_security",
        /// Law, contracts, rights.
        LegalAndCompliance = "legal_and_compliance",
        /// Events and incidents.
        InformationSecurityEventManagement = "information_security_event_management",
        /// Reviews and proof.
        InformationSecurityAssurance = "information_security_assurance",
    }
}

words! {
    /// The four security domains of ISO/IEC 27002:2022.
    SecurityDomain {
        /// Governance, risk management, relations with others.
        GovernanceAndEcosystem = "governance_and_ecosystem",
        /// Architecture, administration, access, upkeep, premises.
        Protection = "protection",
        /// Detection and incidents.
        Defence = "defence",
        /// Continuity and crisis.
        Resilience = "resilience",
    }
}

/// One control of Annex A of ISO/IEC 27001:2022.
#[derive(Debug)]
pub struct AnnexControl {
    /// The number as the Statement of Applicability writes it, such as `A.5.17`.
    pub id: String,
    /// The place within its theme, from 1.
    pub number: u8,
    /// The title in the standard.
    pub title: String,
    /// The theme, which is also the section.
    pub theme: Theme,
    /// When it acts.
    pub control_types: Vec<ControlType>,
    /// What it helps to keep.
    pub properties: Vec<SecurityProperty>,
    /// Which cybersecurity function it serves.
    pub concepts: Vec<CybersecurityConcept>,
    /// To whose work it belongs.
    pub capabilities: Vec<OperationalCapability>,
    /// The security domains.
    pub domains: Vec<SecurityDomain>,
    /// Whether the 2013 edition had nothing like it.
    pub new_in_2022: bool,
    /// What it asks for, in our own plain words.
    pub explanation: String,
    /// What usually proves it to an auditor.
    pub evidence: Vec<String>,
    /// Who usually answers for it.
    pub owner: String,
}

static CONTROLS: LazyLock<Vec<AnnexControl>> =
    LazyLock::new(|| table::shipped(read(include_str!("../../../content/standards/annex-a.csv"))));

static BY_NUMBER: LazyLock<BTreeMap<(u8, u8), &'static AnnexControl>> =
    LazyLock::new(|| annex_controls().iter().map(|it| ((it.theme.section(), it.number), it)).collect());

/// All 93 controls of Annex A, in its order.
pub fn annex_controls() -> &'static [AnnexControl] {
    &CONTROLS
}

/// The control with exactly this number, such as `A.5.1`; [`crate::parse_annex_id`] also takes other ways of writing it.
pub fn annex_control(id: &str) -> Option<&'static AnnexControl> {
    let (section, number) = id.strip_prefix("A.")?.split_once('.')?;
    by_number(section.parse().ok()?, number.parse().ok()?).filter(|control| control.id == id)
}

/// The control at this place, such as `(5, 17)`.
pub(crate) fn by_number(section: u8, number: u8) -> Option<&'static AnnexControl> {
    BY_NUMBER.get(&(section, number)).copied()
}

fn read(text: &str) -> Result<Vec<AnnexControl>, TableFault> {
    table::read("annex-a.csv", text, |row| {
        let id = row.text("id")?;
        let theme: Theme = row.one("theme")?;
        let number = id
            .strip_prefix(&format!("A.{}.", theme.section()))
            .and_then(|number| number.parse().ok())
            .ok_or_else(|| row.fault(format!("{id} is not the number of a control of the theme {theme}")))?;
        Ok(AnnexControl {
            number,
            title: row.text("title")?,
            theme,
            control_types: row.many("control_types")?,
            properties: row.many("information_security_properties")?,
            concepts: row.many("cybersecurity_concepts")?,
            capabilities: row.many("operational_capabilities")?,
            domains: row.many("security_domains")?,
            new_in_2022: row.truth("new_in_2022")?,
            explanation: row.text("plain_words")?,
            evidence: row.many("typical_evidence")?,
            owner: row.text("typical_owner")?,
            id,
        })
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn count(holds: impl Fn(&AnnexControl) -> bool) -> usize {
        annex_controls().iter().filter(|it| holds(it)).count()
    }

    #[test]
    fn annex_a_has_93_controls_in_four_themes() {
        assert_eq!(annex_controls().len(), 93);
        let sizes = Theme::ALL.iter().map(|theme| count(|it| it.theme == *theme)).collect::<Vec<_>>();
        assert_eq!(sizes, [37, 8, 14, 34]);
    }

    #[test]
    fn its_attributes_have_the_standards_published_counts() {
        assert_eq!(count(|it| it.control_types.contains(&ControlType::Corrective)), 14);
        assert_eq!(count(|it| it.new_in_2022), 11);
    }

    #[test]
    fn the_order_is_by_number_without_gaps_or_repetition() {
        let places = annex_controls().iter().map(|it| (it.theme.section(), it.number)).collect::<Vec<_>>();
        let expected = [(5, 37), (6, 8), (7, 14), (8, 34)]
            .into_iter()
            .flat_map(|(section, last)| (1..=last).map(move |number| (section, number)))
            .collect::<Vec<(u8, u8)>>();
        assert_eq!(places, expected);
    }

    #[test]
    fn every_control_is_found_by_its_own_number_only() {
        for control in annex_controls() {
            assert_eq!(annex_control(&control.id).map(|it| &it.id), Some(&control.id));
        }
        for wrong in
            ["", "A", "A.", "A.5", "A.5.", "A.5.0", "A.5.38", "A.9.1", "A.5.01", "A.5.+1", "a.5.1", "5.1", "A.5.1.1"]
        {
            assert!(annex_control(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn no_attribute_is_given_twice_and_every_word_is_used() {
        fn used<T: Ord + Copy>(of: impl Fn(&AnnexControl) -> &Vec<T>) -> BTreeSet<T> {
            for control in annex_controls() {
                let words = of(control);
                assert_eq!(words.iter().collect::<BTreeSet<_>>().len(), words.len(), "{}", control.id);
            }
            annex_controls().iter().flat_map(|it| of(it).iter().copied()).collect()
        }
        assert_eq!(used(|it| &it.control_types).len(), ControlType::ALL.len());
        assert_eq!(used(|it| &it.properties).len(), SecurityProperty::ALL.len());
        assert_eq!(used(|it| &it.concepts).len(), CybersecurityConcept::ALL.len());
        assert_eq!(used(|it| &it.capabilities).len(), OperationalCapability::ALL.len());
        assert_eq!(used(|it| &it.domains).len(), SecurityDomain::ALL.len());
    }

    #[test]
    fn a_word_is_read_as_it_is_written() {
        for capability in OperationalCapability::ALL {
            assert_eq!(capability.to_string().parse(), Ok(*capability));
        }
        assert!("governance ".parse::<OperationalCapability>().is_err());
    }

    #[test]
    fn a_control_in_the_wrong_theme_is_refused() {
        let header = include_str!("../../../content/standards/annex-a.csv").lines().next().unwrap();
        let row = "A.6.1,Screening,Physical,Preventive,Integrity,Protect,Governance,Protection,no,w,e,o";
        let fault = read(&format!("{header}\n{row}\n")).unwrap_err().to_string();
        assert_eq!(fault, "annex-a.csv, line 2: A.6.1 is not the number of a control of the theme physical");
    }
}
