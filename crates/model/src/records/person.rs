//! People: everybody who works under the organization's control, and external auditors.

use crate::records::prelude::*;

/// Anybody working under the organization's control: employee, contractor, member of the board; also external auditors.
#[derive(Record, Clone, Debug, Default, PartialEq)]
#[record(
    prefix = "PER",
    title = "Person",
    plural = "People",
    steps = "4,8",
    clauses = "5.3 7.2 7.3",
    retention = "C",
    core
)]
pub struct Person {
    /// Full name.
    #[field(required)]
    pub name: Option<String>,
    /// E-mail address, used to sign in and to notify; each person has their own.
    #[field(required, private, index)]
    pub email: Option<String>,
    /// How the person is bound to the organization.
    #[field(required, private)]
    pub employment: Option<PersonEmployment>,
    /// Home unit; required for employees.
    pub org_unit: Option<Ref<OrgUnit>>,
    /// Job as it is called in the organization, such as head of finance.
    #[field(private)]
    pub job_title: Option<String>,
    /// Line manager.
    #[field(private)]
    pub manager: Option<Ref<Person>>,
    /// First working day.
    #[field(required, private)]
    pub joined_on: Option<Date>,
    /// Last working day; the tasks for leavers start with it.
    #[field(private)]
    pub left_on: Option<Date>,
    /// What the person may do in the program; each role brings its rights.
    #[field(required)]
    pub app_roles: Vec<Role>,
    /// Day on which the background check was finished (A.6.1).
    #[field(private)]
    pub screening_done_on: Option<Date>,
    /// Day on which the terms of employment with their security duties were signed (A.6.2).
    #[field(private)]
    pub terms_signed_on: Option<Date>,
    /// Day on which the confidentiality agreement was signed (A.6.6).
    #[field(private)]
    pub nda_signed_on: Option<Date>,
}

/// States of a person.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PersonState {
    /// Invited.
    Invited,
    /// Active.
    Active,
    /// Suspended.
    Suspended,
    /// Left.
    Left,
}

/// How a person is bound to the organization.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PersonEmployment {
    /// Employee.
    Employee,
    /// Contractor.
    Contractor,
    /// Board.
    Board,
    /// External auditor.
    ExternalAuditor,
    /// Other.
    Other,
}

impl Record for Person {
    type State = PersonState;

    const RIGHTS: Rights = Rights { create: &[AD, IM], read: &[Who::All], update: &[AD, IM, Who::Own], approve: &[] };

    /// People look after how they are reached; what they may do is for others to say.
    const OWN_FIELDS: &'static [&'static str] = &["email"];

    const FLOW: &'static [Step<Self::State>] = &[
        step(PersonState::Invited, PersonState::Active, &[AD]),
        step(PersonState::Active, PersonState::Suspended, &[AD]),
        step(PersonState::Suspended, PersonState::Active, &[AD]),
        step(PersonState::Active, PersonState::Left, &[IM, AD]),
    ];

    fn check(record: &Stored<Self>, isms: &Isms, problems: &mut Problems) {
        problems.order(record.joined_on, record.left_on, "left_on", "the first working day");
        if record.manager == Some(record.reference()) {
            problems.add("manager", "cannot be the person themself");
        }
        let Some(email) = &record.email else { return };
        if !email.contains('@') || email.contains(char::is_whitespace) {
            problems.add("email", "must be an e-mail address such as name@example.org");
        }
        let mut same = isms.with_text::<Self>("email", email).filter(|other| other.number != record.number);
        if record.is_live() && same.any(Stored::is_live) {
            // Whose it is stays unsaid: whoever tries addresses out must not learn it.
            problems.add("email", "belongs to somebody else already");
        }
    }

    fn demand(record: &Stored<Self>, to: Self::State, _context: &Context<'_>, problems: &mut Problems) {
        if to == PersonState::Active {
            let employee = record.employment == Some(PersonEmployment::Employee);
            problems.need(employee && record.org_unit.is_none(), "org_unit", "for employees");
        }
    }

    fn enter(record: &mut Stored<Self>, context: &Context<'_>) {
        if record.state == PersonState::Left {
            record.body.left_on.get_or_insert(context.today());
        }
    }

    fn sample() -> Self {
        Self {
            name: Some("Dr. Elena Marsh".into()),
            email: Some("elena.marsh@cedarhollow.example".into()),
            employment: Some(PersonEmployment::Board),
            org_unit: Some(Ref::new(1)),
            job_title: Some("Chief executive officer".into()),
            joined_on: day("2012-01-09"),
            app_roles: vec![Role::TopManagement, Role::RiskOwner, Role::Employee],
            screening_done_on: day("2012-01-09"),
            terms_signed_on: day("2012-01-09"),
            nda_signed_on: day("2012-01-09"),
            ..Self::default()
        }
    }
}
