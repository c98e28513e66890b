//! The records that a record is linked with: those that it names and those that name it, by kind and field.

use std::collections::BTreeMap;

use attestry_model::field::Type;
use attestry_model::{AnyRecord, AnyRef, Kind};

use super::fields;
use crate::cx::Cx;
use crate::html::Html;
use crate::pages::lists::naming;
use crate::{labels, show};

/// Most records that one group names.
const MOST: usize = 10;
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
    /// How many there are, and the list of them all, where the first few are not all.
    pub list: Option<(usize, String)>,
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
        let mut records = Counted::default();
        named
            .filter_map(|target| cx.isms.record(target))
            .filter(|target| cx.sees(*target))
            .for_each(|target| records.push(target));
        let how = labels::field(cx.words, me.kind, def.name);
        groups.extend(group(cx, how, &records, None));
    }
    let mut back = ByField::default();
    for (field, source) in sources(cx, me) {
        if !ELSEWHERE.contains(&(source.kind, field)) && !["created_by", "updated_by"].contains(&field) {
            back.of(source.kind, field).count(cx, source);
        }
    }
    for (kind, field, records) in back.sorted() {
        let label = labels::field(cx.words, kind, field);
        let how = cx.say1("linked-by", "field", &label.to_lowercase()).into_owned();
        let list = || naming(cx, kind, field, me);
        groups.extend(group(cx, how, &records, (records.count > FIRST).then(list).flatten()));
    }
    groups
}

/// Records in a group: those that it names, and how many there are.
#[derive(Default)]
struct Counted<'a> {
    named: Vec<&'a dyn AnyRecord>,
    count: usize,
}

impl<'a> Counted<'a> {
    fn push(&mut self, record: &'a dyn AnyRecord) {
        if self.named.len() < MOST {
            self.named.push(record);
        }
        self.count += 1;
    }

    /// One more, which is looked up only if it is named: an asset may be named by thousands of risks.
    fn count(&mut self, cx: &'a Cx, reference: AnyRef) {
        if self.named.len() < MOST {
            self.named.extend(cx.isms.record(reference));
        }
        self.count += 1;
    }
}

/// Records by kind and by the field in which they name another.
///
/// They come kind by kind and each with the same few fields, thousands of times: a field is looked for among those of the last
/// kind alone.
#[derive(Default)]
struct ByField<'a> {
    groups: Vec<(Kind, &'static str, Counted<'a>)>,
    /// Where the groups of the last kind begin.
    begin: usize,
}

impl<'a> ByField<'a> {
    fn of(&mut self, kind: Kind, field: &'static str) -> &mut Counted<'a> {
        if self.groups.last().is_some_and(|(last, ..)| *last != kind) {
            self.begin = self.groups.len();
        }
        let known = &self.groups[self.begin..];
        let at = known.iter().position(|(_, name, _)| *name == field).unwrap_or(known.len()) + self.begin;
        if at == self.groups.len() {
            self.groups.push((kind, field, Counted::default()));
        }
        &mut self.groups[at].2
    }

    /// By kind and the name of the field.
    fn sorted(self) -> Vec<(Kind, &'static str, Counted<'a>)> {
        let mut groups = self.groups;
        groups.sort_by_key(|(kind, field, _)| (*kind, *field));
        groups
    }
}

/// The records that name `target`, with the field in which they do, as far as the person sees them and they are not void: by
/// kind and number.
fn sources(cx: &Cx, target: AnyRef) -> impl Iterator<Item = (&'static str, AnyRef)> {
    // What holds of the kind of the last one: whether all of it are seen, and whether any of it is void.
    let mut of = None;
    cx.isms.links_to(target).filter_map(move |link| {
        let source = link.source;
        let (sees_all, some_void) = match of {
            Some((kind, sees_all, some_void)) if kind == source.kind => (sees_all, some_void),
            _ => {
                let found = (cx.sees_all(source.kind.def()), cx.isms.has_void(source.kind));
                of = Some((source.kind, found.0, found.1));
                found
            }
        };
        let counts = source != target && !(some_void && cx.isms.is_void(source));
        let sees = counts && (sees_all || cx.isms.record(source).is_some_and(|source| cx.sees(source)));
        sees.then_some((link.field, source))
    })
}

fn group(cx: &Cx, how: String, records: &Counted<'_>, list: Option<String>) -> Option<Group> {
    let kind = records.named.first()?.any_ref().kind;
    let one_kind = records.named.iter().all(|record| record.any_ref().kind == kind);
    let heading = if one_kind {
        crate::shell::counted(cx, kind, records.count)
    } else {
        cx.say1("linked-records", "count", records.count).into_owned()
    };
    let mut rows = records.named.iter().map(|record| row(cx, *record));
    let first: Vec<Row> = rows.by_ref().take(FIRST).collect();
    let beyond = records.count - records.named.len();
    Some(Group { heading, how, first, more: rows.collect(), beyond, list: list.map(|href| (records.count, href)) })
}

/// How many records refer to one, by kind, as far as the person sees them.
pub fn referring(cx: &Cx, target: AnyRef) -> Vec<Group> {
    let mut by_kind: BTreeMap<Kind, Counted<'_>> = BTreeMap::new();
    let mut last = None;
    for (_, source) in sources(cx, target) {
        // Fields of one record stand together.
        if last != Some(source) {
            by_kind.entry(source.kind).or_default().count(cx, source);
            last = Some(source);
        }
    }
    by_kind.into_values().filter_map(|records| group(cx, String::new(), &records, None)).collect()
}
