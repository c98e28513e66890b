//! Who asks: a person with roles, the operator of the program, or the program itself.

use crate::change::{Actor, Via};
use crate::consent::Proof;
use crate::isms::Isms;
use crate::kind::Role;
use crate::records::Person;
use crate::reference::Ref;

/// Who asks, and which way they came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// Who it is.
    pub actor: Actor,
    /// Their roles.
    pub roles: Vec<Role>,
    /// Which way they came.
    pub via: Via,
    /// The request, for finding it in logs.
    pub request: Option<String>,
    /// How they proved who they are, as far as it is known: what they sign says so.
    pub proof: Option<Proof>,
}

impl Principal {
    /// Whoever runs the program on its machine: manages records and settings, and signs nothing.
    pub fn operator() -> Self {
        Self {
            actor: Actor::Operator,
            roles: vec![Role::IsmsManager, Role::SystemAdmin],
            via: Via::Cli,
            request: None,
            proof: None,
        }
    }

    /// The program itself.
    pub fn system() -> Self {
        Self { actor: Actor::System, roles: Vec::new(), via: Via::System, request: None, proof: None }
    }

    /// A person with the roles of their record; `None` when there is no such person or they are not active.
    pub fn of(isms: &Isms, person: Ref<Person>, via: Via) -> Option<Self> {
        let record = isms.get(person).filter(|record| record.state_name() == "active")?;
        let mut roles = record.app_roles.clone();
        if !roles.contains(&Role::Employee) && !roles.contains(&Role::ExternalAuditor) {
            roles.push(Role::Employee);
        }
        Some(Self { actor: Actor::Person(person), roles, via, request: None, proof: None })
    }

    /// Whether they have this role.
    pub fn has(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// The person, if it is one.
    pub fn person(&self) -> Option<Ref<Person>> {
        self.actor.person()
    }

    /// Whether they belong to the ISMS team: TM, IM, AO, RO, CO or IA.
    pub fn is_isms(&self) -> bool {
        use Role::{AssetOwner, ControlOwner, InternalAuditor, IsmsManager, RiskOwner, TopManagement};
        [TopManagement, IsmsManager, AssetOwner, RiskOwner, ControlOwner, InternalAuditor]
            .iter()
            .any(|role| self.has(*role))
    }
}
