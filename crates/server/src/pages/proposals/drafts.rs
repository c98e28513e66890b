//! The drafts of a proposal as people read them: what they are about, with old and new; what somebody may not see is counted
//! and not shown.

use attestry_model::decide::propose::{Collision, Draft};
use attestry_model::field::{FieldDef, Type};
use attestry_model::records::Proposal;
use attestry_model::records::proposal::DraftAction;
use attestry_model::{AnyRef, Kind, Stored};
use serde_json::Value;

use crate::cx::Cx;
use crate::html::{Html, escape};
use crate::pages::records::merge;
use crate::{labels, show};

/// Drafts on one page.
pub const PAGE: usize = 50;

/// A draft.
#[derive(Debug)]
pub struct Row {
    /// Its position, from 0.
    pub at: usize,
    /// The record as a link; empty while it is yet to be created.
    pub rid: Html,
    /// What the record is called.
    pub title: String,
    /// What kind it is.
    pub kind: String,
    /// What is done with it: `changed`, `new`, `step`, `void`.
    pub tag: &'static str,
    /// Why.
    pub reason: String,
    /// Field, what stood there, what will.
    pub values: Vec<(String, Html, Html)>,
}

/// The drafts that the person sees, those from `from` on, and how many there are and how many are hidden.
pub fn rows(cx: &Cx, proposal: &Stored<Proposal>, from: usize) -> (Vec<Row>, usize, usize) {
    let seen = proposal.seen_by(&cx.isms, &cx.principal);
    let shown: Vec<usize> = seen.iter().enumerate().filter(|(_, seen)| **seen).map(|(at, _)| at).collect();
    let rows = shown.iter().skip(from).take(PAGE).map(|at| row(cx, proposal, *at)).collect();
    (rows, shown.len(), seen.len() - shown.len())
}

fn row(cx: &Cx, proposal: &Stored<Proposal>, at: usize) -> Row {
    let draft = &proposal.changes[at];
    let record = draft.subject.or_else(|| proposal.created(draft));
    let stands = record.and_then(|record| cx.isms.record(record));
    let named = stands.and_then(|record| record.head().title.clone()).or_else(|| drafted_title(proposal, draft));
    let (old, new) = (draft.old_values(), draft.values());
    let mut values = Vec::new();
    if let Some(kind) = proposal.kind_of(draft) {
        if let (Some(DraftAction::Step), Some(to)) = (draft.action, &draft.to) {
            values.push((cx.say("record-state").into_owned(), state(cx, kind, old.get("state")), step(cx, kind, to)));
        }
        let fields =
            kind.def().fields.iter().chain(attestry_model::stored::common_fields(kind.def().fields).map(|it| it.1));
        for def in fields {
            let Some(value) = new.get(def.name) else { continue };
            let none = Value::Null;
            let was = old.get(def.name).unwrap_or(&none);
            let was = if was.is_null() { Html::default() } else { value_of(cx, proposal, def, was) };
            values.push((labels::field(cx.words, kind, def.name), was, value_of(cx, proposal, def, value)));
        }
    }
    Row {
        at,
        rid: record.filter(|_| stands.is_some()).map(|record| show::rid(cx, record)).unwrap_or_default(),
        title: named.unwrap_or_default(),
        kind: proposal.kind_of(draft).map(|kind| labels::singular(cx.words, kind)).unwrap_or_default(),
        tag: match draft.action {
            Some(DraftAction::Create) => "new",
            Some(DraftAction::Step) => "step",
            Some(DraftAction::Void) => "void",
            _ => "changed",
        },
        reason: draft.reason.clone().unwrap_or_default().0,
        values,
    }
}

/// What a record that is yet to be created is called.
fn drafted_title(proposal: &Stored<Proposal>, draft: &Draft) -> Option<String> {
    let title = |draft: &Draft| draft.values().get("title").and_then(Value::as_str).map(str::to_owned);
    title(draft)
        .filter(|_| draft.subject.is_none())
        .or_else(|| creating(proposal, draft.name.as_deref()?).and_then(title))
}

fn creating<'a>(proposal: &'a Stored<Proposal>, name: &str) -> Option<&'a Draft> {
    let creates = |draft: &&Draft| draft.action == Some(DraftAction::Create) && draft.name.as_deref() == Some(name);
    proposal.changes.iter().find(creates)
}

fn state(cx: &Cx, kind: Kind, state: Option<&Value>) -> Html {
    let state = state.and_then(Value::as_str);
    state.map(|state| Html::text(&labels::state(cx.words, kind, state))).unwrap_or_default()
}

fn step(cx: &Cx, kind: Kind, to: &str) -> Html {
    let is_state = kind.def().states.iter().any(|state| state.name == to);
    if is_state { Html::text(&labels::state(cx.words, kind, to)) } else { Html::text(&labels::sentence(to)) }
}

/// A value; a record that is yet to be created is told by its title.
fn value_of(cx: &Cx, proposal: &Stored<Proposal>, def: &FieldDef, value: &Value) -> Html {
    let named = |value: &Value| {
        let name = value.as_str()?.strip_prefix('#')?;
        creating(proposal, name).and_then(|draft| drafted_title(proposal, draft))
    };
    match (def.ty, value) {
        (Type::Ref(_) | Type::AnyRef, value) if named(value).is_some() => Html::text(&named(value).unwrap_or_default()),
        (Type::List(Type::Ref(_) | Type::AnyRef), Value::Array(items))
            if items.iter().any(|it| named(it).is_some()) =>
        {
            let mut out = String::new();
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    out.push_str(", ");
                }
                match (named(item), item.as_str().and_then(|text| text.parse::<AnyRef>().ok())) {
                    (Some(title), _) => escape(&title, &mut out),
                    (None, Some(reference)) => show::link(cx, reference, &mut out),
                    (None, None) => {}
                }
            }
            Html(out)
        }
        _ => merge::shown(cx, def, value),
    }
}

/// A value that was changed meanwhile.
#[derive(Debug)]
pub struct Clash {
    /// The name of the choice in the form.
    pub name: String,
    /// The record.
    pub rid: Html,
    /// The field.
    pub label: String,
    /// What stood there when the draft was made.
    pub was: Html,
    /// What stands there now.
    pub now: Html,
    /// What the draft sets.
    pub drafted: Html,
}

/// The collisions that the person sees.
pub fn clashes(cx: &Cx, proposal: &Stored<Proposal>, collisions: &[Collision]) -> Vec<Clash> {
    let seen = proposal.seen_by(&cx.isms, &cx.principal);
    let clash = |one: &Collision| {
        let subject = proposal.changes[one.at].subject?;
        let own = one.field.split('.').next().unwrap_or_default();
        let def = subject.kind.def().field(own)?;
        let shown = |value: &Value| {
            if own == one.field { merge::shown(cx, def, value) } else { Html::text(&plain(value)) }
        };
        Some(Clash {
            name: format!("take.{}.{}", one.at, one.field),
            rid: show::rid(cx, subject),
            label: labels::field(cx.words, subject.kind, own),
            was: shown(&one.was),
            now: shown(&one.now),
            drafted: shown(&one.drafted),
        })
    };
    collisions.iter().filter(|one| seen[one.at]).filter_map(clash).collect()
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
