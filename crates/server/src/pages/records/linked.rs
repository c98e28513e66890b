//! The records that a record is linked with: those that it names and those that name it, by kind and field.

use std::collections::BTreeMap;

use attestry_model::field::Type;
use attestry_model::{AnyRecord, AnyRef, Kind};

use super::fields;
use crate::cx::Cx;
use crate::html::Html;
use crate::{labels, show};

/// Most records that one group names.
const MOST: usize = 100;
/// How many are named before the fold.
const FIRST: usize = 4;

/// A record in a group.
#[derive(Debug)]
pub struct Row {
    /// Its reference as a link.
    pub rid: Html,
    /// Where it leads.
    pub href: String,
    /// Its title.
    pub title: String,
    /// Its state.
    pub state: Html,
}

/// Records linked in the same way.
#[derive(Debug)]
pub struct Group {
    /// What they are: `3 assets`.
    pub heading: String,
    /// How they are linked: the field.
    pub how: String,
    /// The first of them.
    pub first: Vec<Row>,
    /// More of them, behind a fold.
    pub more: Vec<Row>,
    /// How many beyond those that are named.
    pub beyond: usize,
}

/// Kinds that have places of their own on a record's page.
const ELSEWHERE: [(Kind, &str); 3] = [(Kind::Comment, "about"), (Kind::Task, "subject"), (Kind::Approval, "subject")];

/// A row for a record.
pub fn row(cx: &Cx, record: &dyn AnyRecord) -> Row {
    Row {
        rid: show::rid(cx, record.any_ref()),
        href: cx.record_href(record.any_ref()),
        title: record.head().title.clone().unwrap_or_default(),
        state: show::state(cx, record),
    }
}

/// The links of a record that the person sees, both ways.
pub fn of(cx: &Cx, record: &dyn AnyRecord) -> Vec<Group> {
    let me = record.any_ref();
    let mut groups: Vec<Group> = Vec::new();
    for def in
        fields::seen(cx, record).into_iter().filter(|def| matches!(def.ty, Type::List(Type::Ref(_) | Type::AnyRef)))
    {
        let value = record.field(def.name).unwrap_or_default();
        let named = value.as_array().into_iter().flatten().filter_map(|item| item.as_str()?.parse::<AnyRef>().ok());
        let records: Vec<&dyn AnyRecord> =
            named.filter_map(|target| cx.isms.record(target)).filter(|target| cx.sees(*target)).collect();
        let how = labels::field(cx.words, me.kind, def.name);
        groups.extend(group(cx, how, &records));
    }
    let mut back: BTreeMap<(Kind, &'static str), Vec<&dyn AnyRecord>> = BTreeMap::new();
    for link in cx.isms.links_to(me).filter(|link| link.source != me) {
        if ELSEWHERE.contains(&(link.source.kind, link.field)) || ["created_by", "updated_by"].contains(&link.field) {
            continue;
        }
        let source =
            cx.isms.record(link.source).filter(|source| source.head().void_reason.is_none() && cx.sees(*source));
        let Some(source) = source else { continue };
        back.entry((link.source.kind, link.field)).or_default().push(source);
    }
    for ((kind, field), records) in back {
        let field = labels::field(cx.words, kind, field);
        let how = cx.say1("linked-by", "field", &field.to_lowercase()).into_owned();
        groups.extend(group(cx, how, &records));
    }
    groups
}

fn group(cx: &Cx, how: String, records: &[&dyn AnyRecord]) -> Option<Group> {
    let kind = records.first()?.any_ref().kind;
    let one_kind = records.iter().all(|record| record.any_ref().kind == kind);
    let heading = if one_kind {
        crate::shell::counted(cx, kind, records.len())
    } else {
        cx.say1("linked-records", "count", records.len()).into_owned()
    };
    let mut rows = records.iter().take(MOST).map(|record| row(cx, *record));
    let first: Vec<Row> = rows.by_ref().take(FIRST).collect();
    Some(Group { heading, how, first, more: rows.collect(), beyond: records.len().saturating_sub(MOST) })
}

/// How many records refer to one, by kind, as far as the person sees them.
pub fn referring(cx: &Cx, target: AnyRef) -> Vec<Group> {
    let mut by_kind: BTreeMap<Kind, Vec<&dyn AnyRecord>> = BTreeMap::new();
    for link in cx.isms.links_to(target).filter(|link| link.source != target) {
        if let Some(source) = cx.isms.record(link.source)
            && source.head().void_reason.is_none()
            && cx.sees(source)
        {
            let list = by_kind.entry(link.source.kind).or_default();
            if list.iter().all(|known| known.any_ref() != link.source) {
                list.push(source);
            }
        }
    }
    by_kind.into_values().filter_map(|records| group(cx, String::new(), &records)).collect()
}
