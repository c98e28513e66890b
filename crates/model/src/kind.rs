//! Kinds: what every record kind declares beside its fields: words, rights, workflow, checks.

use std::fmt;

use crate::decide::Problems;
use crate::field::{Choice, FieldDef, HasFields};
use crate::isms::Isms;
use crate::records::Kind;
use crate::reference::{AnyRef, Ref};
use crate::stored::Stored;

/// How long records of a kind are kept; see the domain specification, section “Retention classes”.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retention {
    /// As long as the ISMS exists, plus three years.
    A,
    /// Six years after creation or after it was last in force.
    B,
    /// Three years after closing, and not before the next recertification audit.
    C,
    /// Thirteen months after closing.
    D,
    /// Seven years after closing, or as an obligation or a legal hold demands.
    L,
}

impl fmt::Display for Retention {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RET-{self:?}")
    }
}

/// The constants that a declaration gives.
#[derive(Debug, Clone, Copy)]
pub struct KindWords {
    /// Name in files and in the API: `risk_assessment`.
    pub name: &'static str,
    /// Prefix of its references: `RA`.
    pub prefix: &'static str,
    /// What people read for one.
    pub title: &'static str,
    /// What people read for many.
    pub plural: &'static str,
    /// What it is.
    pub help: &'static str,
    /// The steps of the life cycle that it belongs to, 1 to 12.
    pub steps: &'static [u8],
    /// Clauses and controls of ISO/IEC 27001:2022 that it serves.
    pub clauses: &'static str,
    /// How long it is kept.
    pub retention: Retention,
    /// Whether every ISMS needs it.
    pub core: bool,
    /// Whether its first state already states a fact, so that required fields are demanded at creation.
    pub fact: bool,
}

/// A structure that declares a kind; implemented by `#[derive(Record)]`.
pub trait Declared: Sized + 'static {
    /// The kind.
    const KIND: Kind;
    /// Its words.
    const WORDS: KindWords;
}

/// A record kind: its declaration and its behaviour.
pub trait Record: Declared + HasFields + Default + Clone + PartialEq + fmt::Debug + Send + Sync {
    /// The states; the first one is where a record begins.
    type State: Choice + fmt::Debug + Send + Sync;

    /// Who may do what.
    const RIGHTS: Rights;

    /// The transitions. No other change of state exists.
    const FLOW: &'static [Step<Self::State>];

    /// The states in which nothing of substance may be changed any more: who needs a change writes a new version.
    const IMMUTABLE_IN: &'static [Self::State] = &[];

    /// The fields that people may change of a record only because it is their own; empty when they may change all.
    const OWN_FIELDS: &'static [&'static str] = &[];

    /// Works out what follows from other fields by a formula, so that nobody has to type it: a risk value from the
    /// matrix. Called before every check of a change; a value whose inputs are not there stays as it is.
    fn derive(_record: &mut Stored<Self>, _isms: &Isms) {}

    /// Contradictions inside one record that make it wrong in any state (a date before its start, a value outside its
    /// scale). Missing things are no business of this function.
    fn check(_record: &Stored<Self>, _isms: &Isms, _problems: &mut Problems) {}

    /// What must be there to enter `to` beyond the fields marked as required: the “required when” of the specification
    /// and the separation of duties.
    fn demand(
        _record: &Stored<Self>,
        _to: Self::State,
        _context: &crate::decide::Context<'_>,
        _problems: &mut Problems,
    ) {
    }

    /// Why the signature of this person, who has the right to approve records of the kind, does not bring this very
    /// record into force: they wrote it, or somebody else is its risk owner.
    fn signs(_record: &Stored<Self>, _signer: Ref<crate::records::Person>, _isms: &Isms, _problems: &mut Problems) {}

    /// What the record itself notes when it enters the state it is now in: the day, the time, the signer. Only what is
    /// then known for certain, and only into empty fields.
    fn enter(_record: &mut Stored<Self>, _context: &crate::decide::Context<'_>) {}

    /// What follows in other records now that this one stands as it does: the version before it is superseded, a
    /// document becomes effective. Called after every write; must settle.
    fn follow(_record: &Stored<Self>, _context: &crate::decide::Context<'_>, _follow: &mut Vec<crate::decide::Follow>) {
    }

    /// The other records that belong to what a signature of this one covers, such as the rows of a Statement of
    /// Applicability. They are linked with it in either direction.
    fn parts(_record: &Stored<Self>, _isms: &Isms) -> Vec<AnyRef> {
        Vec::new()
    }

    /// Whether it decides nothing, as part of what is signed with it: a row that is undecided (again), a treatment that
    /// was rejected. A signature over the whole covers that too; every other state of a part is no part of what is signed.
    fn undecided(_record: &Stored<Self>) -> bool {
        false
    }

    /// An example, for tests and documentation.
    fn sample() -> Self;
}

/// A role in the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, attestry_derive::Choice)]
pub enum Role {
    /// Top management.
    TopManagement,
    /// ISMS manager.
    IsmsManager,
    /// Asset owner.
    AssetOwner,
    /// Risk owner.
    RiskOwner,
    /// Control owner.
    ControlOwner,
    /// Internal auditor.
    InternalAuditor,
    /// Employee.
    Employee,
    /// External auditor: reads, for a limited time, what is approved or in force.
    ExternalAuditor,
    /// System administrator: accounts and technical settings, no approvals.
    SystemAdmin,
}

/// Whom a right is given to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// People with this role.
    Role(Role),
    /// The record's own people: its owner and those named in fields marked `own`.
    Own,
    /// Everybody who is signed in.
    All,
    /// TM, IM, AO, RO, CO and IA.
    Isms,
    /// The program itself, by time or because of another record.
    System,
    /// Those who may approve the record.
    Approver,
    /// The person or people in this field.
    Field(&'static str),
    /// The person in `field` of the record that `via` refers to.
    Via {
        /// The reference field of this record.
        via: &'static str,
        /// The person field of the record referred to.
        field: &'static str,
    },
    /// The line manager of the person the record is about.
    Manager,
    /// Those to whom the document is addressed.
    Audience,
    /// Those who may read the record in the field `of`. External auditors only read, and only where `shared` says yes.
    Reader {
        /// The reference field of this record.
        of: &'static str,
        /// The yes-or-no field of this record that shares it with external auditors.
        shared: &'static str,
    },
    /// Whoever created the record.
    Author,
    /// People of the ISMS team who see at least one of the changes that the proposal drafts.
    Drafted,
}

/// Top management.
pub const TM: Who = Who::Role(Role::TopManagement);
/// ISMS manager.
pub const IM: Who = Who::Role(Role::IsmsManager);
/// Asset owner.
pub const AO: Who = Who::Role(Role::AssetOwner);
/// Risk owner.
pub const RO: Who = Who::Role(Role::RiskOwner);
/// Control owner.
pub const CO: Who = Who::Role(Role::ControlOwner);
/// Internal auditor.
pub const IA: Who = Who::Role(Role::InternalAuditor);
/// External auditor.
pub const EX: Who = Who::Role(Role::ExternalAuditor);
/// System administrator.
pub const AD: Who = Who::Role(Role::SystemAdmin);

/// Who may create, read, change and approve records of a kind.
#[derive(Debug, Clone, Copy)]
pub struct Rights {
    /// Create.
    pub create: &'static [Who],
    /// Read.
    pub read: &'static [Who],
    /// Change.
    pub update: &'static [Who],
    /// Approve or sign.
    pub approve: &'static [Who],
}

/// A transition.
#[derive(Debug, Clone, Copy)]
pub struct Step<S: 'static> {
    /// The state it leaves.
    pub from: S,
    /// The state it enters.
    pub to: S,
    /// Who may take it.
    pub who: &'static [Who],
    /// A name of its own where the state entered does not say enough, such as “reassess”.
    pub name: Option<&'static str>,
}

/// A transition without a name of its own.
pub const fn step<S>(from: S, to: S, who: &'static [Who]) -> Step<S> {
    Step { from, to, who, name: None }
}

/// A transition with a name.
pub const fn named<S>(name: &'static str, from: S, to: S, who: &'static [Who]) -> Step<S> {
    Step { from, to, who, name: Some(name) }
}

/// States in which a record no longer counts (`live()` of the conformance rules leaves them out).
pub const DEAD_STATES: [&str; 17] = [
    "cancelled",
    "closed",
    "declined",
    "disposed",
    "dropped",
    "ended",
    "expired",
    "invalidated",
    "left",
    "missed",
    "rejected",
    "retired",
    "revoked",
    "superseded",
    "void",
    "waived",
    "withdrawn",
];

/// A transition with states as words.
#[derive(Debug, Clone, Copy)]
pub struct StepWords {
    /// The state it leaves.
    pub from: &'static str,
    /// The state it enters.
    pub to: &'static str,
    /// Who may take it.
    pub who: &'static [Who],
    /// A name of its own.
    pub name: Option<&'static str>,
}

/// Everything known of a kind without its type.
#[derive(Debug)]
pub struct KindDef {
    /// The kind.
    pub kind: Kind,
    /// Its words.
    pub words: KindWords,
    /// Its own fields.
    pub fields: &'static [FieldDef],
    /// Its states, the first one first.
    pub states: &'static [crate::field::OptionWords],
    /// Its transitions.
    pub flow: Vec<StepWords>,
    /// Who may do what.
    pub rights: Rights,
    /// The states in which nothing of substance may be changed.
    pub immutable_in: Vec<&'static str>,
    /// The fields that people may change only because the record is their own; empty for all.
    pub own_fields: &'static [&'static str],
}

impl KindDef {
    pub(crate) fn of<K: Record>() -> Self {
        let flow = K::FLOW.iter().map(|step| StepWords {
            from: step.from.name(),
            to: step.to.name(),
            who: step.who,
            name: step.name,
        });
        Self {
            kind: K::KIND,
            words: K::WORDS,
            fields: K::DEFS,
            states: K::State::OPTIONS,
            flow: flow.collect(),
            rights: K::RIGHTS,
            immutable_in: K::IMMUTABLE_IN.iter().map(|state| state.name()).collect(),
            own_fields: K::OWN_FIELDS,
        }
    }

    /// The definition of a field, own or common.
    pub fn field(&self, name: &str) -> Option<&'static FieldDef> {
        let own = self.fields.iter().find(|field| field.name == name);
        own.or_else(|| crate::stored::Head::DEFS.iter().find(|field| field.name == name))
    }
}
