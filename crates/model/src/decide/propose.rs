//! Proposals: what their drafts come to, whose consent they need, and putting them into force.
//!
//! Invariants: all drafts take effect in one change or none does; each is made by the hand of somebody who agreed to exactly
//! this content and may make that change alone (who wrote the proposal, or one of those who signed it); nobody signs what
//! they may not see; what somebody else changed meanwhile is never overwritten unasked.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::sign::{is_approving, may_sign};
use super::{Command, Context, Problems, Refusal, Work, is_immaterial};
use crate::change::{Action, Actor, Change, Via};
use crate::field::Choice as _;
use crate::isms::Isms;
use crate::kind::{Role, StepWords};
use crate::permit::{Wish, any_of, may_create, permit};
use crate::principal::Principal;
use crate::records::methodology::BandAuthority;
use crate::records::proposal::{DraftAction, Names, ProposalState};
use crate::records::shared::is_top_management;
use crate::records::{Approval, Kind, Person, Proposal, Risk};
use crate::reference::{AnyRef, Ref};
use crate::stored::{AnyRecord, Stored};

pub use crate::records::proposal::Draft;

/// Why somebody's consent is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ground {
    /// They approve records of this kind.
    Approver,
    /// The risk is theirs.
    RiskOwner,
    /// The Statement of Applicability is kept by the ISMS manager.
    Statement,
    /// The risk lies above what its owner may accept.
    Limit,
    /// Who wrote the proposal may not make this change alone.
    Right,
    /// Nothing in it belongs to others: somebody has to say yes.
    Anybody,
}

/// A consent that is needed: that of any one of these people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// Why.
    pub ground: Ground,
    /// Because of which records.
    pub about: Vec<AnyRef>,
    /// Whose. Nobody, where nobody who may see all of it is entitled.
    pub people: BTreeSet<Ref<Person>>,
}

/// What a proposal would come to now, whoever approves it.
#[derive(Debug, Clone)]
pub struct Weighed {
    /// The entries that its drafts would make.
    pub change: Change,
    /// The value that they lead to.
    pub isms: Isms,
    /// By draft: the record that it is about, also the one that it creates.
    pub targets: Vec<AnyRef>,
    /// The consents that it needs.
    pub needs: Vec<Need>,
}

/// A value that a draft would overwrite although it is not the one that the draft was made from.
#[derive(Debug, Clone, PartialEq)]
pub struct Collision {
    /// The position of the draft.
    pub at: usize,
    /// The field.
    pub field: String,
    /// What stood there when the draft was made; `Null` where the draft does not say.
    pub was: Value,
    /// What stands there now.
    pub now: Value,
    /// What the draft sets.
    pub drafted: Value,
}

/// What a proposal would come to now, and whose consent it needs.
///
/// # Errors
/// Every draft that cannot be made as things are, by its place.
pub fn weigh(isms: &Isms, proposal: &Stored<Proposal>, now: Timestamp) -> Result<Weighed, Refusal> {
    if proposal.changes.is_empty() {
        return Err(Refusal::invalid("changes", "are required: nothing is drafted"));
    }
    let system = Principal::system();
    let author = proposal.head.created_by.and_then(|author| Principal::of(isms, author, Via::System));
    let mut work = Work::new(isms, &system, now);
    work.creator = proposal.head.created_by;
    let hands: Vec<Principal> = author.iter().cloned().chain([system.clone()]).collect();
    let made = work.make(proposal, &hands, None)?;
    let foreign = |hand: usize| author.is_none() || hand > 0;
    let needs = needs(isms, &work.isms, proposal, &made, foreign);
    let change = Change { at: now, actor: Actor::System, via: Via::System, request: None, entries: work.entries };
    let targets = made.into_iter().map(|(target, _)| target).collect();
    Ok(Weighed { change, isms: work.isms, targets, needs })
}

/// Who has signed a proposal as it stands, with their approvals.
pub fn signatures(isms: &Isms, proposal: &Stored<Proposal>) -> BTreeMap<Ref<Person>, Ref<Approval>> {
    let approvals = isms.referring::<Approval>(proposal.reference().any(), "subject");
    let covering = approvals.filter(|approval| super::covers(approval, proposal, isms));
    covering.filter_map(|approval| Some((approval.signer?, approval.reference()))).collect()
}

/// Whether somebody may send a proposal back or decline it: who wrote it, the ISMS manager, and whose consent it needs.
pub(crate) fn may_answer(proposal: &Stored<Proposal>, context: &Context<'_>) -> bool {
    let Some(person) = context.principal.person() else { return false };
    proposal.head.created_by == Some(person)
        || context.principal.has(Role::IsmsManager)
        || match weigh(context.isms, proposal, context.now) {
            Ok(weighed) => weighed.needs.iter().any(|need| need.people.contains(&person)),
            // What cannot be made any more can be sent back by everybody whom it was offered to.
            Err(_) => context.principal.is_isms(),
        }
}

/// What the drafts would overwrite although it is not what they were made from.
pub fn collisions(isms: &Isms, proposal: &Stored<Proposal>) -> Vec<Collision> {
    (0..proposal.changes.len()).flat_map(|at| collide(isms, proposal, at)).collect()
}

fn collide(isms: &Isms, proposal: &Stored<Proposal>, at: usize) -> Vec<Collision> {
    let draft = &proposal.changes[at];
    let Some(record) = draft.subject.and_then(|subject| isms.record(subject)) else { return Vec::new() };
    let (set, was) = (draft.values(), draft.old_values());
    let moved = draft.base.is_some_and(|base| base != i64::from(record.revision()));
    let earlier = |name: &str| {
        let same = proposal.changes[..at].iter().filter(|one| one.subject == draft.subject);
        same.into_iter().any(|one| one.values().contains_key(name))
    };
    let mut found = Vec::new();
    let mut compare = |name: String, was: Option<&Value>, now: Value, drafted: Value| {
        let stale = was.map_or(moved, |was| *was != now);
        if stale && now != drafted {
            found.push(Collision { at, field: name, was: was.cloned().unwrap_or_default(), now, drafted });
        }
    };
    for (name, drafted) in set.into_iter().filter(|(name, _)| !earlier(name)) {
        let now = record.field(&name).unwrap_or_default();
        match (drafted, was.get(&name)) {
            // The organisation's own fields are set one by one.
            (Value::Object(own), old) if name == "custom" => {
                for (key, drafted) in own {
                    let now = now.get(&key).cloned().unwrap_or_default();
                    let old = old.map(|old| old.get(&key).cloned().unwrap_or_default());
                    compare(format!("custom.{key}"), old.as_ref(), now, drafted);
                }
            }
            (drafted, old) => compare(name, old, now, drafted),
        }
    }
    found
}

/// The drafts once it is said of each collision whether the draft stands (`true`) or what stands there now; collisions of
/// which nothing is said remain.
pub fn settle(isms: &Isms, proposal: &Stored<Proposal>, mine: impl Fn(&Collision) -> Option<bool>) -> Vec<Draft> {
    let mut changes = proposal.changes.clone();
    for collision in collisions(isms, proposal) {
        let draft = &mut changes[collision.at];
        let (mut set, mut was) = (draft.values(), draft.old_values());
        match mine(&collision) {
            None => continue,
            Some(true) => put(&mut was, &collision.field, Some(collision.now)),
            Some(false) => {
                put(&mut set, &collision.field, None);
                put(&mut was, &collision.field, None);
            }
        }
        draft.fields = text(&set);
        draft.was = text(&was);
        draft.base = draft.subject.and_then(|subject| isms.record(subject)).map(|record| record.revision().into());
    }
    changes.retain(|draft| draft.action != Some(DraftAction::Set) || draft.fields.is_some());
    changes
}

fn text(values: &Map<String, Value>) -> Option<crate::value::LongText> {
    (!values.is_empty()).then(|| crate::value::LongText(Value::Object(values.clone()).to_string()))
}

fn put(values: &mut Map<String, Value>, field: &str, value: Option<Value>) {
    let (holder, key) = match field.strip_prefix("custom.") {
        Some(key) => {
            let own = values.entry("custom").or_insert_with(|| Value::Object(Map::new()));
            match own {
                Value::Object(own) => (own, key),
                _ => return,
            }
        }
        None => (&mut *values, field),
    };
    match value {
        Some(value) => {
            holder.insert(key.to_owned(), value);
        }
        None => {
            holder.remove(key);
        }
    }
    let emptied = values.get("custom").and_then(Value::as_object).is_some_and(Map::is_empty);
    if emptied {
        values.remove("custom");
    }
}

/// The drafts that take back what an approved proposal did, the last one first, and the places of those that cannot be
/// taken back: what was voided stays void, and some steps lead only forward.
pub fn reverse(isms: &Isms, proposal: &Stored<Proposal>) -> (Vec<Draft>, Vec<usize>) {
    let (mut back, mut left) = (Vec::new(), Vec::new());
    let reason = format!("{} is taken back", proposal.reference());
    for (at, draft) in proposal.changes.iter().enumerate().rev() {
        let made = draft.subject.or_else(|| proposal.created(draft)).and_then(|record| isms.record(record));
        match (draft.action, made) {
            (Some(DraftAction::Create), Some(made)) if made.head().void_reason.is_none() => {
                back.push(Draft::void(made, &reason));
            }
            // What it set in a record that it created goes with that record.
            (Some(DraftAction::Set | DraftAction::Step), None) if draft.name.is_some() => {}
            (Some(DraftAction::Set), Some(made)) => {
                let old = draft.old_values();
                let values = draft.values();
                let set: Map<String, Value> =
                    values.keys().map(|name| (name.clone(), old.get(name).cloned().unwrap_or_default())).collect();
                back.push(Draft { was: text(&values), ..Draft::set(made, &set) });
            }
            (Some(DraftAction::Step), Some(made)) => {
                let old = draft.old_values();
                let before = old.get("state").and_then(Value::as_str).unwrap_or_default();
                let def = made.def();
                let mut steps = super::steps_from(def, made.flow_state());
                match steps.find(|step| step.to == before && !is_approving(def, step)) {
                    Some(step) => back.push(Draft::step(made, step.name.unwrap_or(step.to), &Map::new())),
                    None => left.push(at),
                }
            }
            _ => left.push(at),
        }
    }
    left.reverse();
    (back, left)
}

/// Notes drafts about records that whoever writes the proposal may not see; the same words as for one that is not there.
pub(super) fn check_seen(work: &Work<'_>, proposal: &dyn AnyRecord, problems: &mut Problems) {
    let Some(proposal) = proposal.as_any().downcast_ref::<Stored<Proposal>>() else { return };
    for (at, draft) in proposal.changes.iter().enumerate() {
        let Some(subject) = draft.subject.filter(|subject| work.isms.record(*subject).is_some()) else { continue };
        if work.seen(subject).is_err() || !proposal.shows(draft, &work.isms, work.principal) {
            problems.add(format!("changes[{at}].subject"), format!("names {subject}, which does not exist"));
        }
    }
}

/// Notes that a step needs a reason: who is sent something back must be told why.
pub(super) fn check_reason(kind: Kind, step: &StepWords, reason: Option<&str>, problems: &mut Problems) {
    let sent_back = step.from == "offered" && ["draft", "declined"].contains(&step.to);
    if kind == Kind::Proposal && sent_back && reason.is_none_or(|reason| reason.trim().is_empty()) {
        problems.add("reason", "is required: say why, so that it can be done better");
    }
}

impl Work<'_> {
    /// Signs a proposal, and once everybody whose consent it needs has signed makes its changes, all or none.
    pub(super) fn put_in_force(
        &mut self,
        proposal: &Stored<Proposal>,
        step: &StepWords,
        reason: Option<String>,
    ) -> Result<(), Refusal> {
        let target = proposal.reference().any();
        let Some(signer) = self.principal.person() else {
            let to = "approved: that needs the signature of a person entitled to it";
            return Err(Refusal::Denied(format!("to take {target} to {to}")));
        };
        may_sign(self.principal)?;
        if !proposal.seen_by(&self.isms, self.principal).into_iter().all(|seen| seen) {
            return Err(Refusal::Denied(format!("to approve {target}: it changes records that you may not see")));
        }
        let needs = weigh(&self.isms, proposal, self.now)?.needs;
        if !needs.iter().any(|need| need.people.contains(&signer)) {
            let message = format!("to approve {target}: the consent that it needs is that of others");
            return Err(Refusal::Denied(message));
        }
        if step.from == ProposalState::Draft.name() && needs.iter().any(|need| !need.people.contains(&signer)) {
            return Err(Refusal::invalid("", "needs the consent of others too: offer it to them first"));
        }
        let mut given = signatures(&self.isms, proposal);
        let open = |given: &BTreeMap<Ref<Person>, Ref<Approval>>| {
            needs.iter().filter(|need| need.people.iter().all(|person| !given.contains_key(person))).count()
        };
        if given.contains_key(&signer) && open(&given) > 0 {
            return Err(Refusal::invalid("", "has your signature already; it waits for that of others"));
        }
        if let Entry::Vacant(place) = given.entry(signer) {
            place.insert(self.sign_now(proposal, proposal, step, reason.as_deref())?);
        }
        if open(&given) > 0 {
            return Ok(());
        }
        let approval = given[&signer];
        let via = self.principal.via;
        let author = proposal.head.created_by.filter(|author| !given.contains_key(author));
        let hands = author.iter().chain(given.keys()).filter_map(|person| Principal::of(&self.isms, *person, via));
        let hands: Vec<Principal> = hands.collect();
        let made = self.make(proposal, &hands, Some(approval.any()))?;
        let created = proposal.changes.iter().zip(made).filter(|(draft, _)| draft.action == Some(DraftAction::Create));
        let results: Vec<Value> = created.map(|(_, (record, _))| Value::from(record.to_string())).collect();
        let stands = self.isms.get(proposal.reference()).ok_or_else(|| Refusal::Absent(target.to_string()))?;
        let mut fields = AnyRecord::enter(stands, step.to, &self.context()).unwrap_or_else(|| stands.fields());
        fields.extend(self.copies(approval, target.kind.def()));
        if !results.is_empty() {
            fields.insert("results".to_owned(), Value::Array(results));
        }
        self.write_record(target, Action::Transition, fields, reason)
    }

    /// Makes the drafts one after the other, each by the first of these hands that may; gives the records and the hands.
    /// What one of them refuses, the place of the draft before it, and nothing is kept.
    fn make(
        &mut self,
        proposal: &Stored<Proposal>,
        hands: &[Principal],
        approval: Option<AnyRef>,
    ) -> Result<Vec<(AnyRef, usize)>, Refusal> {
        let start = self.isms.clone();
        let (mut names, mut problems, mut made) = (Names::default(), Problems::default(), Vec::new());
        let creator = proposal.head.created_by.or(self.creator);
        for (at, draft) in proposal.changes.iter().enumerate() {
            let collisions = collide(&start, proposal, at);
            for collision in &collisions {
                let place = format!("changes[{at}].fields.{}", collision.field);
                problems.add(place, "was changed meanwhile; say which value it shall have");
            }
            if !collisions.is_empty() {
                continue;
            }
            let Some((target, command)) = self.command(proposal, draft, &names) else {
                problems.add(format!("changes[{at}]"), "cannot be made: what it is about is not there");
                continue;
            };
            match self.by_one_of(hands, creator, &command, approval) {
                Ok(hand) => {
                    if let (Some(DraftAction::Create), Some(name)) = (draft.action, &draft.name) {
                        names.note(name, target);
                    }
                    made.push((target, hand));
                }
                Err(Refusal::Invalid(found)) => {
                    for problem in found.0 {
                        let field =
                            if problem.field.is_empty() { String::new() } else { format!(".{}", problem.field) };
                        problems.add(format!("changes[{at}]{field}"), problem.message);
                    }
                }
                Err(Refusal::Denied(what)) => {
                    problems.add(format!("changes[{at}]"), format!("may be made by nobody who agreed: {what}"));
                }
                Err(other) => problems.add(format!("changes[{at}]"), other.to_string()),
            }
        }
        if problems.is_empty() { Ok(made) } else { Err(problems.into()) }
    }

    /// The command that a draft is now, and the record that it is about.
    fn command(&self, proposal: &Stored<Proposal>, draft: &Draft, names: &Names) -> Option<(AnyRef, Command)> {
        let kind = proposal.kind_of(draft)?;
        let mut fields = names.values_of(draft, kind);
        let said = draft.reason.as_deref().map(|reason| format!(": {reason}")).unwrap_or_default();
        let reason = format!("{}{said}", proposal.reference());
        let called = || names.get(draft.name.as_deref()?);
        let target = || draft.subject.or_else(called);
        Some(match draft.action? {
            DraftAction::Create => {
                fields.retain(|_, value| !value.is_null());
                let target = AnyRef { kind, number: self.isms.next_number(kind) };
                (target, Command::Create { kind, fields })
            }
            DraftAction::Set => {
                let target = target()?;
                (target, Command::Update { target, revision: None, fields, reason: Some(reason) })
            }
            DraftAction::Step => {
                let (target, to) = (target()?, draft.to.clone()?);
                (target, Command::Step { target, to, revision: None, fields, reason: Some(reason) })
            }
            DraftAction::Void => {
                let target = target()?;
                (target, Command::Void { target, revision: None, reason })
            }
        })
    }

    /// Carries a command out by the first of these hands that may; gives which. The entries are those of this decision, and
    /// whoever decides it is noted as the one who changed the records.
    fn by_one_of(
        &mut self,
        hands: &[Principal],
        creator: Option<Ref<Person>>,
        command: &Command,
        approval: Option<AnyRef>,
    ) -> Result<usize, Refusal> {
        let mut refused = Refusal::Denied("nobody who agreed is with the organisation any more".to_owned());
        for (at, hand) in hands.iter().enumerate() {
            let mut own = Work { by: self.by, creator, ..Work::new(&self.isms, hand, self.now) };
            match own.run(command.clone()) {
                Ok(()) => {
                    let (isms, mut entries) = (own.isms, own.entries);
                    for entry in &mut entries {
                        entry.approval = entry.approval.or(approval);
                    }
                    self.isms = isms;
                    self.entries.append(&mut entries);
                    return Ok(at);
                }
                // What is wrong with the change itself says more than who else may not make it.
                Err(refusal) if !matches!(refused, Refusal::Invalid(_)) => refused = refusal,
                Err(_) => {}
            }
        }
        Err(refused)
    }
}

/// The consents that drafts need, given what they have made and by whose hands.
fn needs(
    before: &Isms,
    after: &Isms,
    proposal: &Stored<Proposal>,
    made: &[(AnyRef, usize)],
    foreign: impl Fn(usize) -> bool,
) -> Vec<Need> {
    let mut people = People::new(before, proposal);
    let mut found: BTreeMap<(Ground, Vec<Ref<Person>>), Vec<AnyRef>> = BTreeMap::new();
    for (draft, (target, hand)) in proposal.changes.iter().zip(made) {
        let Some(record) = after.record(*target) else { continue };
        let had = before.record(*target);
        let mut need = |ground: Ground, people: Vec<Ref<Person>>| {
            let about = found.entry((ground, people)).or_default();
            if !about.contains(target) {
                about.push(*target);
            }
        };
        if foreign(*hand) {
            let stands = had.unwrap_or(record);
            need(Ground::Right, people.who(|principal| may_make(before, principal, draft, stands)));
        }
        let values = draft.values();
        let immaterial = |name: &String| is_immaterial(record.def(), name);
        if draft.action == Some(DraftAction::Step) || (!values.is_empty() && values.keys().all(immaterial)) {
            continue;
        }
        let approvers = |people: &mut People<'_>| {
            people.who(|principal| {
                let mut problems = Problems::default();
                if let Some(person) = principal.person() {
                    record.signs(person, after, &mut problems);
                }
                problems.is_empty() && permit(after, principal, Wish::Approve, record)
            })
        };
        match target.kind {
            Kind::Risk => {
                let owner = |record: &dyn AnyRecord| record.as_any().downcast_ref::<Stored<Risk>>()?.risk_owner;
                let owner = had.and_then(owner).or_else(|| owner(record));
                let mut who = people.who(|principal| principal.person() == owner);
                if who.is_empty() {
                    who = approvers(&mut people);
                }
                need(Ground::RiskOwner, who);
                if is_raised_above(had, record, after) {
                    need(Ground::Limit, people.who(|one| one.person().is_some_and(|it| is_top_management(it, before))));
                }
            }
            Kind::Soa | Kind::Applicability => {
                need(Ground::Statement, people.who(|principal| principal.has(Role::IsmsManager)));
            }
            _ if !record.def().rights.approve.is_empty() => need(Ground::Approver, approvers(&mut people)),
            _ => {}
        }
    }
    if found.is_empty() {
        let author = proposal.head.created_by;
        let who = people.who(|one| one.person() == author || one.has(Role::IsmsManager));
        found.insert((Ground::Anybody, who), Vec::new());
    }
    let need = |((ground, who), about): ((Ground, Vec<Ref<Person>>), Vec<AnyRef>)| Need {
        ground,
        about,
        people: who.into_iter().collect(),
    };
    found.into_iter().map(need).collect()
}

/// Whether somebody may make a change alone.
fn may_make(isms: &Isms, principal: &Principal, draft: &Draft, record: &dyn AnyRecord) -> bool {
    match draft.action {
        Some(DraftAction::Create) => {
            may_create(principal, record.def()) && permit(isms, principal, Wish::Create, record)
        }
        Some(DraftAction::Step) => {
            let fits = |step: &&StepWords| draft.to.as_deref().is_some_and(|to| step.to == to || step.name == Some(to));
            let mut steps = record.def().flow.iter().filter(fits);
            steps.any(|step| any_of(isms, principal, step.who, record))
        }
        _ => permit(isms, principal, Wish::Update, record),
    }
}

/// Whether the draft brings a risk to a value that more than its owner must accept.
fn is_raised_above(had: Option<&dyn AnyRecord>, record: &dyn AnyRecord, isms: &Isms) -> bool {
    let risk = |record: &dyn AnyRecord| record.as_any().downcast_ref::<Stored<Risk>>().cloned();
    let Some(now) = risk(record) else { return false };
    let was = had.and_then(risk);
    let above = |value: Option<i64>, old: Option<i64>| {
        value.is_some_and(|value| Some(value) != old && now.authority(value, isms) == BandAuthority::TopManagement)
    };
    above(now.current_value, was.as_ref().and_then(|was| was.current_value))
        || above(now.residual_value, was.as_ref().and_then(|was| was.residual_value))
}

/// The people who can be asked: active, of the ISMS team, and able to see all that they would sign.
struct People<'a> {
    isms: &'a Isms,
    proposal: &'a Stored<Proposal>,
    all: Vec<(Principal, Option<bool>)>,
}

impl<'a> People<'a> {
    fn new(isms: &'a Isms, proposal: &'a Stored<Proposal>) -> Self {
        let people = isms.live::<Person>().filter_map(|person| Principal::of(isms, person.reference(), Via::System));
        let able = people.filter(|principal| principal.is_isms() && may_sign(principal).is_ok());
        Self { isms, proposal, all: able.map(|principal| (principal, None)).collect() }
    }

    fn who(&mut self, fits: impl Fn(&Principal) -> bool) -> Vec<Ref<Person>> {
        let mut found = Vec::new();
        for (principal, sees) in &mut self.all {
            if fits(principal) {
                let all = || self.proposal.seen_by(self.isms, principal).into_iter().all(|seen| seen);
                if *sees.get_or_insert_with(all) {
                    found.extend(principal.person());
                }
            }
        }
        found
    }
}
