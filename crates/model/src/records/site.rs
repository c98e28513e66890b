//! Sites: physical places, and one for remote work.

use crate::records::prelude::*;

/// A physical place, or the virtual site that stands for remote work.
#[derive(Record, Clone, Debug, Default, PartialEq)]
#[record(prefix = "SITE", title = "Site", plural = "Sites", steps = "3", clauses = "4.3", retention = "A")]
pub struct Site {
    /// Postal address.
    #[field(required)]
    pub address: Option<String>,
    /// What kind of place it is.
    #[field(required)]
    pub site_type: Option<SiteType>,
    /// Physical security zones with their protection, from the public area to the server room (A.7.1).
    pub zones: Vec<Zone>,
    /// Whether the site lies within the ISMS scope; kept equal to the scope in force.
    #[field(required)]
    pub in_scope: Option<bool>,
    /// Natural hazards of the place, such as flood, heat or storm; they feed the climate issue and A.7.5.
    pub climate_hazards: Vec<String>,
}

/// States of a site.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SiteState {
    /// Active.
    Active,
    /// Retired.
    Retired,
}

/// What kind of place a site is.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SiteType {
    /// Office.
    Office,
    /// Clinic.
    Clinic,
    /// Data centre.
    DataCentre,
    /// Warehouse.
    Warehouse,
    /// Remote work.
    HomeOfficePool,
    /// Other.
    Other,
}

/// How strongly a zone is protected.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ZoneProtection {
    /// Public.
    Public,
    /// Controlled.
    Controlled,
    /// Restricted.
    Restricted,
    /// High.
    High,
}

/// A physical security zone of a site.
#[derive(Embedded, Clone, Debug, Default, PartialEq)]
pub struct Zone {
    /// Name of the zone, such as records room.
    pub name: Option<String>,
    /// How strongly the zone is protected.
    pub protection: Option<ZoneProtection>,
}

impl Record for Site {
    type State = SiteState;

    const RIGHTS: Rights = Rights { create: &[IM], read: &[Who::All], update: &[IM], approve: &[] };

    const FLOW: &'static [Step<Self::State>] = &[step(SiteState::Active, SiteState::Retired, &[IM])];

    fn sample() -> Self {
        let zone = |name: &str, protection| Zone { name: Some(name.into()), protection: Some(protection) };
        Self {
            address: Some("100 Cedar Hollow Road, Exampleton".into()),
            site_type: Some(SiteType::Clinic),
            zones: vec![zone("Waiting area", ZoneProtection::Public), zone("Server room", ZoneProtection::High)],
            in_scope: Some(true),
            climate_hazards: vec!["river flood zone 1 in 100 years".into(), "summer heat".into()],
        }
    }
}
