//! Records in the making, and how they are found again: by the tag of their source, by identifier, by name.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use attestry_model::Isms;
use attestry_model::records::Kind;
use attestry_model::reference::AnyRef;
use attestry_model::stored::AnyRecord;
use serde_json::{Map, Value};

use super::words::{plain, without_brackets};

/// What the tags begin with that say where a record comes from: `source:risk-register/R-001`.
pub(crate) const SOURCE: &str = "source:";
/// What the tag begins with that says what the files last said of a record.
pub(crate) const DIGEST: &str = "import:";

/// How a record came to be in the import.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum How {
    /// It is new.
    New,
    /// It came from this source before.
    Known,
    /// There is one of the same kind and title.
    Same,
}

/// A record in the making.
#[derive(Debug)]
pub(crate) struct Draft {
    /// Its reference, which it will keep.
    pub reference: AnyRef,
    /// How it came about.
    pub how: How,
    /// The tags of its sources.
    pub tags: BTreeSet<String>,
    /// What the files say, as canonical values.
    pub fields: Map<String, Value>,
    /// Lines for its notes, by the heading of their block.
    pub notes: BTreeMap<String, Vec<String>>,
    /// The table that it first stands in.
    pub table: usize,
    /// Where it was read: file and line.
    pub source: String,
    /// Whether it stands in no row of its own but was named in another's.
    pub named: bool,
}

/// Where records are found.
#[derive(Debug, Default)]
struct Places {
    tags: HashMap<(Kind, String), AnyRef>,
    names: HashMap<(Kind, String), Vec<AnyRef>>,
    loose: HashMap<(Kind, String), Vec<AnyRef>>,
    ids: HashMap<String, Vec<AnyRef>>,
    annex: HashMap<String, Vec<AnyRef>>,
}

impl Places {
    fn name(&mut self, reference: AnyRef, name: &str) {
        push(self.names.entry((reference.kind, plain(name))).or_default(), reference);
        push(self.loose.entry((reference.kind, plain(&without_brackets(name)))).or_default(), reference);
    }
}

fn push(list: &mut Vec<AnyRef>, reference: AnyRef) {
    if !list.contains(&reference) {
        list.push(reference);
    }
}

/// All records in the making, beside those of the ISMS.
#[derive(Debug)]
pub(crate) struct Drafts<'a> {
    isms: &'a Isms,
    list: Vec<Draft>,
    by_reference: HashMap<AnyRef, usize>,
    new: Places,
    old: Places,
    numbers: HashMap<Kind, u32>,
}

/// What a draft is made for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted<'a> {
    /// The kind.
    pub kind: Kind,
    /// The tag of its source.
    pub tag: &'a str,
    /// Its title.
    pub title: &'a str,
    /// Its identifier, where the row has one of its own.
    pub id: Option<&'a str>,
    /// Whether the row is this record's own, so that another of the same title is another record.
    pub own: bool,
    /// The table.
    pub table: usize,
    /// File and line.
    pub source: &'a str,
}

impl<'a> Drafts<'a> {
    /// None yet, beside the records of the ISMS.
    pub fn new(isms: &'a Isms) -> Self {
        let mut old = Places::default();
        for record in Kind::ALL.iter().flat_map(|kind| isms.records(*kind)).filter(|record| record.state() != "void") {
            let reference = record.any_ref();
            for tag in &record.head().tags {
                if let Some(source) = tag.strip_prefix(SOURCE) {
                    old.tags.entry((reference.kind, tag.clone())).or_insert(reference);
                    if let Some((_, id)) = source.split_once('/') {
                        push(old.ids.entry(plain(id)).or_default(), reference);
                    }
                }
            }
            old.name(reference, record.head().title.as_deref().unwrap_or_default());
            if let Some(Value::String(name)) = record.field("name").filter(|_| reference.kind == Kind::Person) {
                old.name(reference, &name);
            }
            annex_of(record.field("annex_refs"), reference, &mut old);
        }
        let (list, by_reference, new) = (Vec::new(), HashMap::new(), Places::default());
        Self { isms, list, by_reference, new, old, numbers: HashMap::new() }
    }

    /// The drafts in the order in which they were made.
    pub fn iter(&self) -> impl Iterator<Item = &Draft> {
        self.list.iter()
    }

    /// A draft.
    pub fn get(&self, at: usize) -> &Draft {
        &self.list[at]
    }

    /// A draft, to be changed.
    pub fn get_mut(&mut self, at: usize) -> &mut Draft {
        &mut self.list[at]
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// The draft of a record.
    pub fn at(&self, reference: AnyRef) -> Option<usize> {
        self.by_reference.get(&reference).copied()
    }

    /// The draft for what is wanted: the same one for the same tag, a known record, one of the same title, or a new one.
    pub fn want(&mut self, wanted: Wanted<'_>) -> usize {
        let Wanted { kind, tag, title, id, own, .. } = wanted;
        let key = (kind, tag.to_owned());
        if let Some(at) = self.new.tags.get(&key).and_then(|reference| self.at(*reference)) {
            return at;
        }
        let itself = id.and_then(|id| id.parse::<AnyRef>().ok()).filter(|it| it.kind == kind);
        let itself = itself.filter(|it| self.isms.record(*it).is_some());
        if let Some(reference) = self.old.tags.get(&key).copied().or(itself) {
            return self.put(wanted, reference, How::Known);
        }
        let name = (kind, plain(title));
        if !own && let Some(at) = self.new.names.get(&name).and_then(|all| self.at(all[0])) {
            self.new.tags.insert(key, self.list[at].reference);
            self.list[at].tags.insert(tag.to_owned());
            return at;
        }
        let register = tag.split_once('/').map_or(tag, |(register, _)| register);
        let free = |reference: &&AnyRef| {
            let foreign = |record: &dyn AnyRecord| {
                let prefix = format!("{register}/");
                !own || !record.head().tags.iter().any(|other| other.starts_with(&prefix))
            };
            !self.by_reference.contains_key(reference) && self.isms.record(**reference).is_some_and(foreign)
        };
        if let Some(reference) = self.old.names.get(&name).and_then(|all| all.iter().find(free)).copied() {
            return self.put(wanted, reference, How::Same);
        }
        let number = self.numbers.entry(kind).or_insert_with(|| self.isms.next_number(kind));
        let reference = AnyRef { kind, number: *number };
        *number += 1;
        self.put(wanted, reference, How::New)
    }

    /// The draft of a record that is already in the ISMS, to add something to it.
    pub fn open(&mut self, reference: AnyRef, tag: &str, table: usize, source: &str) -> usize {
        if let Some(at) = self.at(reference) {
            self.list[at].tags.insert(tag.to_owned());
            return at;
        }
        let known = self.old.tags.get(&(reference.kind, tag.to_owned())) == Some(&reference);
        let wanted = Wanted { kind: reference.kind, tag, title: "", id: None, own: false, table, source };
        self.put(wanted, reference, if known { How::Known } else { How::Same })
    }

    fn put(&mut self, wanted: Wanted<'_>, reference: AnyRef, how: How) -> usize {
        if let Some(at) = self.at(reference) {
            self.new.tags.insert((wanted.kind, wanted.tag.to_owned()), reference);
            self.list[at].tags.insert(wanted.tag.to_owned());
            return at;
        }
        let mut fields = Map::new();
        if !wanted.title.is_empty() {
            fields.insert("title".to_owned(), Value::from(wanted.title));
            self.new.name(reference, wanted.title);
        }
        let at = self.list.len();
        self.by_reference.insert(reference, at);
        self.new.tags.insert((wanted.kind, wanted.tag.to_owned()), reference);
        self.list.push(Draft {
            reference,
            how,
            tags: BTreeSet::from([wanted.tag.to_owned()]),
            fields,
            notes: BTreeMap::new(),
            table: wanted.table,
            source: wanted.source.to_owned(),
            named: false,
        });
        at
    }

    /// Empties all fields but titles, and those of records that were only named.
    pub fn forget_fields(&mut self) {
        for draft in self.list.iter_mut().filter(|draft| !draft.named) {
            draft.fields.retain(|name, _| name == "title");
        }
    }

    /// Notes under which identifier a row's records are found.
    pub fn identify(&mut self, at: usize, id: &str) {
        push(self.new.ids.entry(plain(id)).or_default(), self.list[at].reference);
    }

    /// Notes which controls of Annex A a control realises.
    pub fn realises(&mut self, at: usize) {
        let draft = &self.list[at];
        annex_of(draft.fields.get("annex_refs").cloned(), draft.reference, &mut self.new);
    }

    /// The records with an identifier, of one kind or of any; those of the files before those of the ISMS.
    pub fn with_id(&self, kind: Option<Kind>, id: &str) -> Option<AnyRef> {
        let id_key = plain(id);
        let fits = |it: &&AnyRef| kind.is_none_or(|kind| it.kind == kind);
        let find = |places: &Places| places.ids.get(&id_key).and_then(|all| all.iter().find(fits)).copied();
        find(&self.new).or_else(|| find(&self.old)).or_else(|| {
            let itself = id.parse::<AnyRef>().ok().filter(|it| fits(&it));
            itself.filter(|it| self.isms.record(*it).is_some())
        })
    }

    /// The records of a kind that are called so: exactly, or without what stands in brackets.
    pub fn with_name(&self, kind: Kind, name: &str) -> Vec<AnyRef> {
        let (exact, loose) = ((kind, plain(name)), (kind, plain(&without_brackets(name))));
        if exact.1.is_empty() {
            return Vec::new();
        }
        let tries = [
            self.new.names.get(&exact),
            self.old.names.get(&exact),
            self.new.loose.get(&exact),
            self.old.loose.get(&exact),
            self.new.loose.get(&loose).filter(|_| !loose.1.is_empty()),
            self.old.loose.get(&loose).filter(|_| !loose.1.is_empty()),
        ];
        tries.into_iter().flatten().next().cloned().unwrap_or_default()
    }

    /// The records of a kind whose names stand in a text as whole words, where no longer name holds them.
    pub fn inside(&self, kind: Kind, text: &str) -> Vec<AnyRef> {
        let text = plain(text);
        let words: Vec<&str> = text.split(' ').take(200).collect();
        let mut found: Vec<AnyRef> = Vec::new();
        let mut at = 0;
        while at < words.len() {
            // The longest name that begins here; what it covers is not looked at again.
            let lengths = (1..=8.min(words.len() - at)).rev();
            let hit = lengths.into_iter().find_map(|length| {
                let name = (kind, words[at..at + length].join(" "));
                let places = [&self.new.names, &self.old.names, &self.new.loose, &self.old.loose];
                let all = places.into_iter().find_map(|names| names.get(&name)).filter(|all| all.len() == 1)?;
                (name.1.len() >= 6).then(|| (all[0], length))
            });
            match hit {
                Some((reference, length)) => {
                    push(&mut found, reference);
                    at += length;
                }
                None => at += 1,
            }
        }
        found
    }

    /// The controls that realise a control of Annex A.
    pub fn with_annex(&self, annex_id: &str) -> Vec<AnyRef> {
        let mut all = self.new.annex.get(annex_id).cloned().unwrap_or_default();
        self.old.annex.get(annex_id).into_iter().flatten().for_each(|it| push(&mut all, *it));
        all
    }
}

fn annex_of(refs: Option<Value>, reference: AnyRef, places: &mut Places) {
    if reference.kind == Kind::Control
        && let Some(Value::Array(ids)) = refs
    {
        for id in ids.iter().filter_map(Value::as_str) {
            push(places.annex.entry(id.to_owned()).or_default(), reference);
        }
    }
}
