//! Where things are: the eight places with their tabs, and which kind is found where.
//!
//! At most eight places, at most six tabs each, never a third level (`IA-1`). Addresses are the short, readable truth:
//! `/risks/R-0014`.

use std::collections::HashMap;
use std::sync::LazyLock;

use attestry_model::permit::Wish;
use attestry_model::{AnyRecord, AnyRef, Kind};

use crate::cx::Cx;

/// One of the eight places.
#[derive(Debug)]
pub struct Place {
    /// Its name in message keys: `place-risks`.
    pub name: &'static str,
    /// Its icon.
    pub icon: &'static str,
    /// Its tabs; the first one is where it opens.
    pub tabs: &'static [Tab],
    /// The kinds that are found in it without a tab of their own.
    pub kinds: &'static [Kind],
}

/// A tab of a place.
#[derive(Debug)]
pub struct Tab {
    /// Its name in message keys: `tab-matrix`.
    pub name: &'static str,
    /// Its address.
    pub path: &'static str,
    /// The kind whose list it is.
    pub kind: Option<Kind>,
}

const fn page(name: &'static str, path: &'static str) -> Tab {
    Tab { name, path, kind: None }
}

const fn list(name: &'static str, path: &'static str, kind: Kind) -> Tab {
    Tab { name, path, kind: Some(kind) }
}

/// The places in the order of the rail.
pub const PLACES: &[Place] = &[
    Place {
        name: "home",
        icon: "home",
        tabs: &[
            page("readiness", "/readiness"),
            page("work", "/work"),
            page("calendar", "/calendar"),
            page("activity", "/activity"),
        ],
        kinds: &[Kind::Task, Kind::Comment, Kind::Proposal],
    },
    Place {
        name: "steps",
        icon: "steps",
        tabs: &[
            page("ring", "/steps"),
            list("context", "/context-issues", Kind::ContextIssue),
            list("objectives", "/information-security-objectives", Kind::Objective),
            list("duties", "/legal-regulatory-and-contractual-obligations", Kind::Obligation),
            list("roles", "/role-assignments", Kind::RoleAssignment),
            list("changes", "/changes", Kind::Change),
        ],
        kinds: &[
            Kind::Organization,
            Kind::OrgUnit,
            Kind::IsmsRole,
            Kind::Mandate,
            Kind::ResourceAllocation,
            Kind::InterestedParty,
            Kind::Requirement,
            Kind::Scope,
            Kind::CommunicationItem,
            Kind::Contact,
            Kind::Decision,
            Kind::IsmsProcess,
            Kind::ProcessExecution,
            Kind::Approval,
        ],
    },
    Place {
        name: "risks",
        icon: "risk",
        tabs: &[
            list("register", "/risks", Kind::Risk),
            page("matrix", "/risks/matrix"),
            list("plan", "/treatment-plan-actions", Kind::TreatmentAction),
            page("loss", "/risks/loss"),
            list("acceptances", "/residual-risk-acceptances", Kind::RiskAcceptance),
            list("method", "/risk-methodologies", Kind::Methodology),
        ],
        kinds: &[Kind::Threat, Kind::Vulnerability, Kind::RiskAssessment, Kind::Treatment, Kind::TreatmentPlan],
    },
    Place {
        name: "assets",
        icon: "asset",
        tabs: &[
            list("assets", "/assets", Kind::Asset),
            page("dependencies", "/assets/dependencies"),
            list("suppliers", "/suppliers", Kind::Supplier),
            list("supplier-checks", "/supplier-assessments", Kind::SupplierAssessment),
            list("sites", "/sites", Kind::Site),
            list("processes", "/business-processes", Kind::BusinessProcess),
        ],
        kinds: &[Kind::ClassificationLevel],
    },
    Place {
        name: "controls",
        icon: "control",
        tabs: &[
            page("soa", "/soa"),
            list("controls", "/controls", Kind::Control),
            page("operation", "/controls/operation"),
            list("tests", "/control-tests", Kind::ControlTest),
            list("evidence", "/evidence", Kind::Evidence),
            list("exceptions", "/exceptions", Kind::Exception),
        ],
        kinds: &[Kind::Soa, Kind::Applicability, Kind::EffectivenessCriterion, Kind::AccessReview],
    },
    Place {
        name: "documents",
        icon: "document",
        tabs: &[
            list("documents", "/documents", Kind::Document),
            list("versions", "/document-versions", Kind::DocumentVersion),
            list("acknowledgements", "/acknowledgements", Kind::Acknowledgement),
            page("reports", "/reports"),
        ],
        kinds: &[],
    },
    Place {
        name: "people",
        icon: "people",
        tabs: &[
            list("people", "/people", Kind::Person),
            list("training", "/training-assignments", Kind::TrainingAssignment),
            list("courses", "/courses", Kind::Course),
            list("awareness", "/awareness-and-training-programmes", Kind::AwarenessProgramme),
            list("competence", "/competence-records", Kind::CompetenceRecord),
        ],
        kinds: &[Kind::CompetenceRequirement, Kind::TrainingCompletion, Kind::Quiz],
    },
    Place {
        name: "check",
        icon: "check",
        tabs: &[
            list("incidents", "/security-incidents", Kind::Incident),
            list("measures", "/measures", Kind::Metric),
            list("audits", "/audits", Kind::Audit),
            list("reviews", "/management-reviews", Kind::ManagementReview),
            list("corrective", "/corrective-actions", Kind::CorrectiveAction),
            page("findings", "/findings"),
        ],
        kinds: &[
            Kind::Event,
            Kind::NotificationDuty,
            Kind::BcPlan,
            Kind::BcExercise,
            Kind::Measurement,
            Kind::AuditProgramme,
            Kind::AuditCheck,
            Kind::Finding,
            Kind::ReviewInput,
            Kind::Nonconformity,
            Kind::RootCauseAnalysis,
            Kind::EffectivenessVerification,
            Kind::Improvement,
            Kind::Certification,
        ],
    },
];

/// A page on which the work on a kind is a process rather than a form.
#[derive(Debug)]
pub struct Process {
    /// The kind.
    pub kind: Kind,
    /// Its name in message keys: `process-rate`.
    pub name: &'static str,
    /// Its address; for a page about one record the last part of it.
    pub path: &'static str,
    /// For a page about one record: what the person must be able to do with it.
    pub wish: Option<Wish>,
    /// Whether first records come from it; it is then offered where a list is empty, to those who may make records.
    pub starts: bool,
}

const fn with_all(kind: Kind, name: &'static str, path: &'static str) -> Process {
    Process { kind, name, path, wish: None, starts: false }
}

const fn starting(kind: Kind, name: &'static str, path: &'static str) -> Process {
    Process { kind, name, path, wish: None, starts: true }
}

const fn with_one(kind: Kind, name: &'static str, wish: Wish) -> Process {
    Process { kind, name, path: name, wish: Some(wish), starts: false }
}

/// The pages of processes, offered on the lists and records of their kinds to those who work in the ISMS.
pub const PROCESSES: &[Process] = &[
    with_all(Kind::Risk, "assess", "/risks/assess"),
    starting(Kind::Risk, "library", "/risks/library"),
    with_all(Kind::Risk, "workshop", "/risks/workshop"),
    with_all(Kind::Risk, "estimates", "/risks/estimates"),
    with_all(Kind::Risk, "calibration", "/risks/calibration"),
    with_all(Kind::RiskAssessment, "workshop", "/risks/workshop"),
    with_all(Kind::RiskAssessment, "assess", "/risks/assess"),
    starting(Kind::Threat, "library", "/risks/library?of=threats"),
    starting(Kind::Vulnerability, "library", "/risks/library?of=vulnerabilities"),
    starting(Kind::Asset, "library", "/risks/library?of=assets"),
    starting(Kind::Asset, "paste", "/assets/paste"),
    with_all(Kind::TreatmentAction, "plan", "/risks/plan"),
    with_all(Kind::RiskAcceptance, "due", "/risks/acceptances-due"),
    with_one(Kind::Risk, "treat", Wish::Read),
    with_one(Kind::Risk, "rate", Wish::Update),
    with_one(Kind::Risk, "money", Wish::Read),
    with_one(Kind::Risk, "optimise", Wish::Read),
    with_one(Kind::Methodology, "edit-method", Wish::Read),
    with_one(Kind::Treatment, "sign", Wish::Approve),
    with_one(Kind::RiskAcceptance, "sign", Wish::Approve),
    with_one(Kind::TreatmentPlan, "sign", Wish::Approve),
];

/// The last part of a kind's addresses: its plural in small letters with hyphens.
pub fn slug(kind: Kind) -> &'static str {
    static SLUGS: LazyLock<Vec<String>> = LazyLock::new(|| {
        let slug = |kind: &Kind| {
            // `/metrics` belongs to the figures of the server, which other programs look for there.
            if *kind == Kind::Metric {
                return "measures".to_owned();
            }
            let words = kind.words().plural.to_lowercase();
            let words: Vec<&str> =
                words.split(|sign: char| !sign.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
            words.join("-")
        };
        Kind::ALL.iter().map(slug).collect()
    });
    &SLUGS[kind as usize]
}

/// The kind of an address.
pub fn kind_of(slug_or_name: &str) -> Option<Kind> {
    static KINDS: LazyLock<HashMap<&'static str, Kind>> =
        LazyLock::new(|| Kind::ALL.iter().map(|kind| (slug(*kind), *kind)).collect());
    KINDS.get(slug_or_name).copied()
}

/// The address of a kind's list.
pub fn list_path(kind: Kind) -> String {
    format!("/{}", slug(kind))
}

/// The address of a record's page.
pub fn record_path(reference: AnyRef) -> String {
    format!("/{}/{reference}", slug(reference.kind))
}

/// The place and tab of a kind.
pub fn of_kind(kind: Kind) -> (&'static Place, Option<&'static Tab>) {
    let tab = |place: &'static Place| place.tabs.iter().find(|tab| tab.kind == Some(kind));
    let found = PLACES.iter().find_map(|place| tab(place).map(|tab| (place, Some(tab))));
    let within = || PLACES.iter().find(|place| place.kinds.contains(&kind)).map(|place| (place, None));
    found.or_else(within).unwrap_or((&PLACES[0], None))
}

/// The place and tab of a page by its address.
pub fn of_path(path: &str) -> Option<(&'static Place, &'static Tab)> {
    let exact = |tab: &&'static Tab| tab.path == path;
    PLACES.iter().find_map(|place| place.tabs.iter().find(exact).map(|tab| (place, tab)))
}

/// The list of a kind; from a record that was opened out of one, that list as it was narrowed and sorted.
fn way_back(cx: &Cx, kind: Kind, within: &str) -> String {
    let list = list_path(kind);
    let from = crate::shell::parameter(&cx.query, "from").filter(|_| cx.path == format!("{list}/{within}"));
    let pairs = from.map(|from| crate::shell::pairs(&from)).unwrap_or_default();
    cx.href(&crate::shell::with_query(&list, &pairs, None))
}

/// One step of the breadcrumb.
#[derive(Debug, Clone)]
pub struct Crumb {
    /// What it says.
    pub label: String,
    /// Where it leads; the last one leads nowhere.
    pub href: Option<String>,
}

/// What frames a page: where it is and what it is called.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The title of the window.
    pub title: String,
    /// The place that is marked in the rail.
    pub place: Option<&'static Place>,
    /// The tab that is marked.
    pub tab: Option<&'static str>,
    /// The breadcrumb.
    pub crumbs: Vec<Crumb>,
    /// Whether the page is as wide as the window.
    pub wide: bool,
    /// Whether the page shows problems of a form: the title of the window then says so.
    pub problems: bool,
}

impl Place {
    /// Where it opens: home at the page that the person's roles need most, the others at their first tab.
    pub fn path(&self) -> &'static str {
        if self.name == "home" { "/" } else { self.tabs[0].path }
    }
}

impl Frame {
    /// A page that is a tab of a place.
    pub fn of_tab(cx: &Cx, path: &str) -> Self {
        let Some((place, tab)) = of_path(path) else { return Self::bare(path.to_owned()) };
        let label = cx.say(format!("tab-{}", tab.name)).into_owned();
        let first =
            Crumb { label: cx.say(format!("place-{}", place.name)).into_owned(), href: Some(cx.href(place.path())) };
        let crumbs = vec![first, Crumb { label: label.clone(), href: None }];
        Self { title: label, place: Some(place), tab: Some(tab.name), crumbs, wide: false, problems: false }
    }

    /// A page about a kind: its list, or with `within` something beneath it.
    pub fn of_kind(cx: &Cx, kind: Kind, within: Option<&str>) -> Self {
        let (place, tab) = of_kind(kind);
        let label = crate::labels::plural(cx.words, kind);
        // The page of a place is for those who work in the ISMS; others are led to nothing that they may not see.
        let mut crumbs = vec![Crumb {
            label: cx.say(format!("place-{}", place.name)).into_owned(),
            href: cx.is_isms().then(|| cx.href(place.path())),
        }];
        let named = tab.map_or_else(|| label.clone(), |tab| cx.say(format!("tab-{}", tab.name)).into_owned());
        crumbs.push(Crumb { label: named, href: within.map(|within| way_back(cx, kind, within)) });
        crumbs.extend(within.map(|label| Crumb { label: label.to_owned(), href: None }));
        let title = within.map_or(label, ToOwned::to_owned);
        Self {
            title,
            place: Some(place),
            tab: tab.map(|tab| tab.name),
            crumbs,
            wide: within.is_none(),
            problems: false,
        }
    }

    /// The page of a record: the window is called after it.
    pub fn of_record(cx: &Cx, record: &dyn AnyRecord) -> Self {
        let reference = record.any_ref().to_string();
        let mut frame = Self::of_kind(cx, record.any_ref().kind, Some(&reference));
        if let Some(title) = &record.head().title {
            frame.title = format!("{reference} {title}");
        }
        frame
    }

    /// A page that belongs to no place.
    pub fn bare(title: impl Into<String>) -> Self {
        let title = title.into();
        let crumbs = vec![Crumb { label: title.clone(), href: None }];
        Self { title, place: None, tab: None, crumbs, wide: false, problems: false }
    }

    /// The same with a step of its own at the end of the breadcrumb; beneath a record its reference stays in the title.
    #[must_use]
    pub fn then(mut self, label: impl Into<String>, href_of_last: Option<String>) -> Self {
        let label = label.into();
        self.title.clone_from(&label);
        if let Some(last) = self.crumbs.last_mut() {
            last.href = href_of_last;
            if last.label.parse::<AnyRef>().is_ok() {
                self.title = format!("{label} · {}", last.label);
            }
        }
        self.crumbs.push(Crumb { label, href: None });
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_one_place_and_an_address_of_its_own() {
        for kind in Kind::ALL {
            let tabs = PLACES.iter().flat_map(|place| place.tabs).filter(|tab| tab.kind == Some(*kind)).count();
            let within = PLACES.iter().flat_map(|place| place.kinds).filter(|one| **one == *kind).count();
            assert_eq!(tabs + within, 1, "{kind:?}");
            assert_eq!(kind_of(slug(*kind)), Some(*kind), "{kind:?}");
        }
    }

    #[test]
    fn there_are_eight_places_with_at_most_six_tabs_and_the_addresses_of_lists_are_those_of_their_kinds() {
        assert_eq!(PLACES.len(), 8);
        for place in PLACES {
            assert!((1..=6).contains(&place.tabs.len()), "{}", place.name);
            for tab in place.tabs {
                if let Some(kind) = tab.kind {
                    assert_eq!(tab.path, list_path(kind));
                }
            }
        }
    }
}
