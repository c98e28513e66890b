//! Proposals: drafts that are looked at with all that they would do, and then approved or sent back.

mod add;
mod answer;
mod drafts;
mod review;
mod strip;

pub use add::{Choices, Into, add, choices, into_of, of_field};
pub use review::show;

use std::collections::{BTreeSet, HashMap};
use std::sync::Mutex;

use attestry_model::decide::propose;
use attestry_model::records::{Person, Proposal};
use attestry_model::{AnyRef, Ref, Stored};

use crate::app::held;
use crate::cx::Cx;
use crate::gate::Gate::SignedIn;
use crate::routes::{Route, post};

/// The routes.
pub fn routes() -> Vec<Route> {
    vec![
        post("/proposals/{reference}/answer", SignedIn, answer::answer),
        post("/proposals/{reference}/settle", SignedIn, answer::settle),
        post("/proposals/{reference}/drop", SignedIn, answer::drop),
        post("/proposals/{reference}/reverse", SignedIn, answer::reverse),
    ]
}

/// The open proposals that change a record, as far as the person sees them and what they say of it.
pub fn about(cx: &Cx, reference: AnyRef) -> Vec<&Stored<Proposal>> {
    let mut found: Vec<&Stored<Proposal>> = Vec::new();
    for proposal in cx.isms.referring::<Proposal>(reference, "changes") {
        let drafts = proposal.changes.iter().filter(|draft| draft.subject == Some(reference));
        let mut shown = drafts.filter(|draft| proposal.shows(draft, &cx.isms, &cx.principal));
        if proposal.is_open() && shown.next().is_some() && cx.sees(proposal) {
            found.push(proposal);
        }
    }
    found
}

/// The proposals that wait: offered ones, and the person's own drafts.
pub fn waiting(cx: &Cx) -> usize {
    let open = cx.isms.live::<Proposal>().filter(|proposal| proposal.is_open());
    let mine = |proposal: &&Stored<Proposal>| {
        proposal.state_name() == "offered" || proposal.head.created_by == Some(cx.person)
    };
    open.filter(mine).filter(|proposal| cx.sees(*proposal)).count()
}

/// Most proposals of which it is remembered for whom they wait.
const KEPT: usize = 1_000;

/// For whom a proposal waits, worked out once for each state of the organisation.
type Asked = HashMap<(String, u32), (u64, BTreeSet<Ref<Person>>)>;
static ASKED: Mutex<Option<Asked>> = Mutex::new(None);

/// The offered proposals that need the person's consent and do not have it yet. Nothing waits in the past.
pub fn waiting_for(cx: &Cx) -> Vec<&Stored<Proposal>> {
    if cx.is_past() {
        return Vec::new();
    }
    let offered = cx.isms.live::<Proposal>().filter(|proposal| proposal.state_name() == "offered");
    offered.filter(|proposal| asks(cx, proposal)).filter(|proposal| cx.sees(*proposal)).collect()
}

fn asks(cx: &Cx, proposal: &Stored<Proposal>) -> bool {
    let key = (cx.slug.clone(), proposal.number);
    if let Some((size, people)) = held(ASKED.lock()).get_or_insert_default().get(&key)
        && *size == cx.isms.size()
    {
        return people.contains(&cx.person);
    }
    let signed = propose::signatures(&cx.isms, proposal);
    let needs = propose::weigh(&cx.isms, proposal, cx.now).map(|weighed| weighed.needs).unwrap_or_default();
    let open = needs.into_iter().filter(|need| need.people.iter().all(|person| !signed.contains_key(person)));
    let people: BTreeSet<Ref<Person>> = open.flat_map(|need| need.people).collect();
    let asked = people.contains(&cx.person);
    let mut kept = held(ASKED.lock());
    let kept = kept.get_or_insert_default();
    if kept.len() >= KEPT {
        kept.clear();
    }
    kept.insert(key, (cx.isms.size(), people));
    asked
}
