//! Assets: information, and everything that carries it (A.5.9).

use crate::records::prelude::*;
use crate::records::shared::{circle, methodology_in_force, within_scale};

/// Information or a result of a process (primary), or something that carries it (supporting).
#[derive(Record, Clone, Debug, Default, PartialEq)]
#[record(
    prefix = "AST",
    title = "Asset",
    plural = "Assets",
    steps = "5",
    clauses = "6.1.2c A.5.9 A.5.12",
    retention = "C",
    core
)]
pub struct Asset {
    /// Primary for information and process results, supporting for what carries them.
    #[field(required)]
    pub asset_class: Option<AssetClass>,
    /// What kind of asset it is.
    #[field(required)]
    pub category: Option<AssetCategory>,
    /// Asset owner, who decides about its use and protection.
    #[field(required, own)]
    pub owner: Option<Ref<Person>>,
    /// Who runs it day by day.
    pub custodian: Option<Ref<Person>>,
    /// Unit that uses it.
    pub org_unit: Option<Ref<OrgUnit>>,
    /// Where it is.
    pub site: Option<Ref<Site>>,
    /// Outside provider, if there is one.
    pub supplier: Option<Ref<Supplier>>,
    /// Whether it lies within the ISMS scope.
    #[field(required)]
    pub in_scope: Option<bool>,
    /// Classification level; required for primary assets, media and paper.
    pub classification: Option<Ref<ClassificationLevel>>,
    /// Harm when confidentiality is lost, as a level of the impact scale.
    #[field(required)]
    pub c_value: Option<Level>,
    /// Harm when integrity is lost, as a level of the impact scale.
    #[field(required)]
    pub i_value: Option<Level>,
    /// Harm when availability is lost, as a level of the impact scale.
    #[field(required)]
    pub a_value: Option<Level>,
    /// Why it is valued so; required when a value is the highest of the scale.
    pub valuation_reason: Option<String>,
    /// Whether it is worth at least as much as the most valuable asset that depends on it.
    #[field(required)]
    pub inherits_values: Option<bool>,
    /// Whether another can stand in for it at once; where the methodology says so it then needs less than it inherits.
    pub redundant: Option<bool>,
    /// Assets that this one needs; the chain must not lead back to itself.
    pub depends_on: Vec<Ref<Asset>>,
    /// Business processes that use it.
    pub processes: Vec<Ref<BusinessProcess>>,
    /// Whether it holds personal data.
    #[field(required)]
    pub contains_pii: Option<bool>,
    /// Whether it holds health data.
    #[field(required)]
    pub contains_phi: Option<bool>,
    /// Number of people whose data it holds.
    pub record_count: Option<i64>,
    /// Hours within which it must be available again.
    pub rto_hours: Option<Decimal>,
    /// Hours of data that may be lost at most.
    pub rpo_hours: Option<Decimal>,
    /// Whether it carries the marking of its classification level (A.5.13).
    pub labelled: Option<bool>,
    /// What it would cost to replace it.
    pub value_money: Option<Money>,
    /// Day on which the owner last looked at this entry.
    #[field(required, immaterial)]
    pub last_reviewed: Option<Date>,
    /// Day by which the owner is to look at it again.
    #[field(required, immaterial, index)]
    pub next_review: Option<Date>,
    /// Day on which it was disposed of.
    pub disposed_on: Option<Date>,
    /// Proof of disposal; required for hardware and media that held classified information.
    pub disposal_evidence: Option<Ref<Evidence>>,
}

/// States of an asset.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AssetState {
    /// Proposed.
    Proposed,
    /// Active.
    Active,
    /// Retired.
    Retired,
    /// Disposed.
    Disposed,
}

/// Whether an asset is information or carries it.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AssetClass {
    /// Primary.
    Primary,
    /// Supporting.
    Supporting,
}

/// Kinds of assets.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AssetCategory {
    /// Information.
    Information,
    /// Software.
    Software,
    /// Hardware.
    Hardware,
    /// Network.
    Network,
    /// Personnel.
    Personnel,
    /// Site.
    Site,
    /// Cloud service.
    CloudService,
    /// Media.
    Media,
    /// Paper.
    Paper,
    /// Service.
    Service,
    /// Organization.
    Organization,
}

impl Record for Asset {
    type State = AssetState;

    const RIGHTS: Rights = Rights { create: &[IM, AO, CO], read: &[Who::Isms], update: &[IM, Who::Own], approve: &[] };

    const FLOW: &'static [Step<Self::State>] = &[
        step(AssetState::Proposed, AssetState::Active, &[AO, IM]),
        step(AssetState::Active, AssetState::Retired, &[AO]),
        step(AssetState::Retired, AssetState::Disposed, &[CO]),
    ];

    fn check(record: &Stored<Self>, isms: &Isms, problems: &mut Problems) {
        problems.not_negative(record.record_count, "record_count");
        problems.not_negative(record.rto_hours, "rto_hours");
        problems.not_negative(record.rpo_hours, "rpo_hours");
        problems.order(record.last_reviewed, record.next_review, "next_review", "the last review");
        let top = methodology_in_force(isms).and_then(|method| method.top_impact());
        for (field, level) in record.values() {
            within_scale(level, top, field, problems);
        }
        if let Some(circle) = circle(record, isms, "depends_on", |asset| &asset.depends_on) {
            problems.add("depends_on", format!("makes the asset need itself: {circle}"));
        }
    }

    fn demand(record: &Stored<Self>, to: Self::State, context: &Context<'_>, problems: &mut Problems) {
        match to {
            AssetState::Active => {
                let carrier = matches!(record.category, Some(AssetCategory::Media | AssetCategory::Paper));
                let classified = carrier || record.asset_class == Some(AssetClass::Primary);
                let unlabelled = record.classification.is_none();
                problems.need(classified && unlabelled, "classification", "for primary assets, media and paper");
                let top = methodology_in_force(context.isms).and_then(|method| method.top_impact());
                let highest = |level: Option<Level>| top.is_some() && level.map(|level| i64::from(level.0)) == top;
                let highest = record.values().into_iter().any(|(_, level)| highest(level));
                let unexplained = record.valuation_reason.is_none();
                problems.need(highest && unexplained, "valuation_reason", "when a value is the highest of the scale");
            }
            AssetState::Disposed => {
                let carrier = matches!(record.category, Some(AssetCategory::Media | AssetCategory::Hardware));
                let level = context.isms.find(record.classification).and_then(|level| level.rank);
                let secret = level.is_some_and(|rank| rank > 1);
                let unproven = record.disposal_evidence.is_none();
                let when = "for hardware and media that held classified information";
                problems.need(carrier && secret && unproven, "disposal_evidence", when);
            }
            AssetState::Proposed | AssetState::Retired => {}
        }
    }

    fn enter(record: &mut Stored<Self>, context: &Context<'_>) {
        if record.state == AssetState::Disposed {
            record.body.disposed_on.get_or_insert(context.today());
        }
    }

    fn sample() -> Self {
        Self {
            asset_class: Some(AssetClass::Primary),
            category: Some(AssetCategory::Information),
            owner: Some(Ref::new(6)),
            org_unit: Some(Ref::new(2)),
            site: Some(Ref::new(1)),
            in_scope: Some(true),
            classification: Some(Ref::new(4)),
            c_value: Some(Level(5)),
            i_value: Some(Level(5)),
            a_value: Some(Level(5)),
            valuation_reason: Some("complete history of all patients; loss or error endangers treatment".into()),
            inherits_values: Some(false),
            depends_on: vec![Ref::new(9)],
            processes: vec![Ref::new(1), Ref::new(2)],
            contains_pii: Some(true),
            contains_phi: Some(true),
            record_count: Some(41000),
            rto_hours: decimal("4.0"),
            rpo_hours: decimal("1.0"),
            labelled: Some(true),
            last_reviewed: day("2026-04-15"),
            next_review: day("2027-04-15"),
            ..Self::default()
        }
    }
}

impl Asset {
    /// What it is worth in confidentiality, integrity and availability, with the names of the fields.
    fn values(&self) -> [(&'static str, Option<Level>); 3] {
        [("c_value", self.c_value), ("i_value", self.i_value), ("a_value", self.a_value)]
    }
}
