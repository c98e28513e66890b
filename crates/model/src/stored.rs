//! A record as it is held: what all kinds have in common, the state, and the kind's own structure.
//!
//! `Stored<K>` is typed; `dyn AnyRecord` is the same record behind the bridge that generic code uses. A record's
//! *fields* are one flat object of canonical values (state, common fields, own fields; empty ones left out): that is
//! what the ledger commits to, what the database holds, and what [`Kind::read`](crate::records::Kind::read) reads back.

use std::any::Any;
use std::sync::Arc;

use attestry_derive::Fields;
use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::decide::{Context, Follow, Problems};
use crate::field::{Choice, Field, FieldDef, FieldValue, HasFields, Key, Type, Wrong};
use crate::isms::Isms;
use crate::kind::{DEAD_STATES, KindDef, Record};
use crate::records::{Kind, Person};
use crate::reference::{AnyRef, Ref};
use crate::value::LongText;

/// What every record has besides its own fields.
#[derive(Fields, Clone, Debug, Default, PartialEq)]
pub struct Head {
    /// Short name shown in lists.
    #[field(required, index)]
    pub title: Option<String>,
    /// The person who answers for the record.
    #[field(own)]
    pub owner: Option<Ref<Person>>,
    /// Free text.
    #[field(immaterial)]
    pub notes: Option<LongText>,
    /// Free words to find the record by.
    #[field(immaterial)]
    pub tags: Vec<String>,
    /// Set while the record must not be disposed of.
    #[field(immaterial)]
    pub legal_hold: Option<bool>,
    /// Why the record no longer counts. Records are voided, never deleted.
    #[field(immaterial)]
    pub void_reason: Option<String>,
    /// When it was created.
    #[field(immaterial)]
    pub created_at: Option<Timestamp>,
    /// Who created it; empty when it was the program or its operator.
    #[field(immaterial)]
    pub created_by: Option<Ref<Person>>,
    /// The organisation's own fields.
    pub custom: Custom,
}

/// Values of the organisation's own fields, by name. They are canonical values: their types are data, see
/// [`crate::custom`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Custom(Option<Arc<Map<String, Value>>>);

impl Custom {
    /// The value of one field.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.as_ref()?.get(name)
    }

    /// All values by name.
    pub fn iter(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.0.iter().flat_map(|map| map.iter())
    }
}

impl FieldValue for Custom {
    const TYPE: Type = Type::Custom;

    fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    fn to_value(&self) -> Value {
        self.0.as_ref().map_or(Value::Null, |map| Value::Object((**map).clone()))
    }

    fn from_value(value: Value) -> Result<Self, Wrong> {
        match value {
            Value::Null => Ok(Self(None)),
            Value::Object(map) if map.is_empty() => Ok(Self(None)),
            Value::Object(map) => Ok(Self(Some(Arc::new(map)))),
            _ => Err(Wrong::new("must be named values")),
        }
    }

    fn each_ref(&self, visit: &mut dyn FnMut(AnyRef)) {
        let texts = self.iter().flat_map(|(_, value)| match value {
            Value::Array(items) => items.iter().filter_map(Value::as_str).collect(),
            Value::String(text) => vec![text.as_str()],
            _ => Vec::new(),
        });
        texts.filter_map(|text| text.parse().ok()).for_each(visit);
    }

    fn key(&self) -> Key<'_> {
        Key::Empty
    }
}

/// A record of kind `K`. Its own fields are reached directly: `risk.current_value`.
#[derive(Debug, Clone, PartialEq)]
pub struct Stored<K: Record> {
    /// The number within the kind.
    pub number: u32,
    /// Counts the changes, from 1.
    pub revision: u32,
    /// The state.
    pub state: K::State,
    /// What all kinds have in common.
    pub head: Head,
    /// The kind's own fields.
    pub body: K,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Who changed it last; empty when it was the program or its operator.
    pub updated_by: Option<Ref<Person>>,
}

impl<K: Record> std::ops::Deref for Stored<K> {
    type Target = K;

    fn deref(&self) -> &K {
        &self.body
    }
}

impl<K: Record> Stored<K> {
    /// The typed reference to it.
    pub fn reference(&self) -> Ref<K> {
        Ref::new(self.number)
    }

    /// The title; empty only in a record that is being written.
    pub fn title(&self) -> &str {
        self.head.title.as_deref().unwrap_or_default()
    }

    /// Whether it was voided.
    pub fn is_void(&self) -> bool {
        self.head.void_reason.is_some()
    }

    /// The state as people and files name it; a voided record is `void`.
    pub fn state_name(&self) -> &'static str {
        if self.is_void() { "void" } else { self.state.name() }
    }

    /// Whether it still counts: neither void nor in a dead state.
    pub fn is_live(&self) -> bool {
        !DEAD_STATES.contains(&self.state_name())
    }
}

/// Who changed a record when: what the fields do not say.
#[derive(Debug, Clone, Copy)]
pub struct Stamp {
    /// The number within the kind.
    pub number: u32,
    /// The version.
    pub revision: u32,
    /// When it was changed.
    pub at: Timestamp,
    /// Who changed it.
    pub by: Option<Ref<Person>>,
}

/// A record without its type.
pub trait AnyRecord: Send + Sync + std::fmt::Debug {
    /// Its reference.
    fn any_ref(&self) -> AnyRef;
    /// Everything known of its kind.
    fn def(&self) -> &'static KindDef;
    /// Counts the changes, from 1.
    fn revision(&self) -> u32;
    /// The state as people and files name it.
    fn state(&self) -> &'static str;
    /// The state of the workflow, also when the record is void.
    fn flow_state(&self) -> &'static str;
    /// What all kinds have in common.
    fn head(&self) -> &Head;
    /// When it was last changed.
    fn updated_at(&self) -> Timestamp;
    /// Who changed it last.
    fn updated_by(&self) -> Option<Ref<Person>>;
    /// All filled fields as canonical values, the state among them.
    fn fields(&self) -> Map<String, Value>;
    /// One field, own or common; `None` when the kind has no such field, `Null` when it is empty.
    fn field(&self, name: &str) -> Option<Value>;
    /// One field where it is found; `Null` when it is empty.
    fn value_at(&self, place: FieldPlace) -> Value;
    /// The sort key of a field.
    fn key(&self, place: FieldPlace) -> Key<'_>;
    /// Visits the references with the fields that hold them.
    fn each_ref(&self, visit: &mut dyn FnMut(&'static str, AnyRef));
    /// The persons in fields marked `own`.
    fn own_people(&self) -> Vec<Ref<Person>>;
    /// The record with its derived fields worked out; `None` when they already stand so.
    fn derive(&self, isms: &Isms) -> Option<Map<String, Value>>;
    /// Why this person's signature does not bring it into force.
    fn signs(&self, signer: Ref<Person>, isms: &Isms, problems: &mut Problems);
    /// Contradictions in itself.
    fn check(&self, isms: &Isms, problems: &mut Problems);
    /// What must be there to enter a state.
    fn demand(&self, to: &str, context: &Context<'_>, problems: &mut Problems);
    /// What entering a state writes into the record itself.
    fn enter(&self, to: &str, context: &Context<'_>) -> Option<Map<String, Value>>;
    /// What follows in other records from this one having entered its state.
    fn follow(&self, context: &Context<'_>, follow: &mut Vec<Follow>);
    /// The other records that a signature of this one covers.
    fn parts(&self, isms: &Isms) -> Vec<AnyRef>;
    /// Whether it decides nothing, as part of what is signed with it.
    fn undecided(&self) -> bool;
    /// As `Any`, for the way back to the type.
    fn as_any(&self) -> &dyn Any;
}

/// Where a field is found in a record: resolved once, used for every row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldPlace {
    /// The kind's own field at this position.
    Own(usize),
    /// The common field at this position.
    Common(usize),
    /// The reference.
    Reference,
    /// The state.
    State,
    /// The version.
    Revision,
    /// The time of the last change.
    UpdatedAt,
    /// Who changed it last.
    UpdatedBy,
}

impl FieldPlace {
    /// Finds a field of a kind by its name.
    pub fn find(def: &KindDef, name: &str) -> Option<Self> {
        match name {
            "ref" | "number" if def.fields.iter().all(|field| field.name != name) => return Some(Self::Reference),
            "state" => return Some(Self::State),
            "revision" => return Some(Self::Revision),
            "updated_at" => return Some(Self::UpdatedAt),
            "updated_by" => return Some(Self::UpdatedBy),
            _ => {}
        }
        let own = def.fields.iter().position(|field| field.name == name).map(Self::Own);
        own.or_else(|| Head::DEFS.iter().position(|field| field.name == name).map(Self::Common))
    }

    /// The field's definition, where it has one.
    pub fn def(self, kind: &KindDef) -> Option<&'static FieldDef> {
        match self {
            Self::Own(at) => kind.fields.get(at),
            Self::Common(at) => Head::DEFS.get(at),
            _ => None,
        }
    }
}

/// The common fields that a kind shows: all but those that it declares itself.
pub fn common_fields(own: &'static [FieldDef]) -> impl Iterator<Item = (usize, &'static FieldDef)> {
    let common = Head::DEFS.iter().enumerate();
    common.filter(move |(_, field)| own.iter().all(|other| other.name != field.name))
}

impl<K: Record> AnyRecord for Stored<K> {
    fn any_ref(&self) -> AnyRef {
        AnyRef { kind: K::KIND, number: self.number }
    }

    fn def(&self) -> &'static KindDef {
        K::KIND.def()
    }

    fn revision(&self) -> u32 {
        self.revision
    }

    fn state(&self) -> &'static str {
        self.state_name()
    }

    fn flow_state(&self) -> &'static str {
        self.state.name()
    }

    fn head(&self) -> &Head {
        &self.head
    }

    fn updated_at(&self) -> Timestamp {
        self.updated_at
    }

    fn updated_by(&self) -> Option<Ref<Person>> {
        self.updated_by
    }

    fn fields(&self) -> Map<String, Value> {
        let mut map = Map::new();
        map.insert("state".to_owned(), Value::from(self.state.name()));
        for field in Head::FIELDS.iter().filter(|field| !(field.is_empty)(&self.head)) {
            map.insert(field.def.name.to_owned(), (field.get)(&self.head));
        }
        for field in K::FIELDS.iter().filter(|field| !(field.is_empty)(&self.body)) {
            map.insert(field.def.name.to_owned(), (field.get)(&self.body));
        }
        map
    }

    fn field(&self, name: &str) -> Option<Value> {
        FieldPlace::find(self.def(), name).map(|place| self.value_at(place))
    }

    fn value_at(&self, place: FieldPlace) -> Value {
        match place {
            FieldPlace::Own(at) => (K::FIELDS[at].get)(&self.body),
            FieldPlace::Common(at) => (Head::FIELDS[at].get)(&self.head),
            FieldPlace::Reference => Value::from(self.any_ref().to_string()),
            FieldPlace::State => Value::from(self.state_name()),
            FieldPlace::Revision => Value::from(self.revision),
            FieldPlace::UpdatedAt => Value::from(self.updated_at.to_string()),
            FieldPlace::UpdatedBy => self.updated_by.to_value(),
        }
    }

    fn key(&self, place: FieldPlace) -> Key<'_> {
        match place {
            FieldPlace::Own(at) => (K::FIELDS[at].key)(&self.body),
            FieldPlace::Common(at) => (Head::FIELDS[at].key)(&self.head),
            FieldPlace::Reference => Key::Int(i64::from(self.number)),
            FieldPlace::State if self.is_void() => Key::Int(i64::MAX),
            FieldPlace::State => Key::Int(i64::try_from(self.state.index()).unwrap_or(i64::MAX)),
            FieldPlace::Revision => Key::Int(i64::from(self.revision)),
            FieldPlace::UpdatedAt => Key::Int(self.updated_at.as_millisecond()),
            FieldPlace::UpdatedBy => self.updated_by.key(),
        }
    }

    fn each_ref(&self, visit: &mut dyn FnMut(&'static str, AnyRef)) {
        for field in Head::FIELDS {
            (field.refs)(&self.head, &mut |target| visit(field.def.name, target));
        }
        for field in K::FIELDS {
            (field.refs)(&self.body, &mut |target| visit(field.def.name, target));
        }
    }

    fn own_people(&self) -> Vec<Ref<Person>> {
        let mut people = Vec::new();
        let mut collect = |target: AnyRef| people.extend(target.of::<Person>());
        for field in K::FIELDS.iter().filter(|field| field.def.own) {
            (field.refs)(&self.body, &mut collect);
        }
        for field in Head::FIELDS.iter().filter(|field| field.def.own) {
            (field.refs)(&self.head, &mut collect);
        }
        people
    }

    fn derive(&self, isms: &Isms) -> Option<Map<String, Value>> {
        let mut next = self.clone();
        K::derive(&mut next, isms);
        (next != *self).then(|| next.fields())
    }

    fn signs(&self, signer: Ref<Person>, isms: &Isms, problems: &mut Problems) {
        K::signs(self, signer, isms, problems);
    }

    fn check(&self, isms: &Isms, problems: &mut Problems) {
        K::check(self, isms, problems);
    }

    fn demand(&self, to: &str, context: &Context<'_>, problems: &mut Problems) {
        if let Some(to) = K::State::named(to) {
            K::demand(self, to, context, problems);
        }
    }

    fn enter(&self, to: &str, context: &Context<'_>) -> Option<Map<String, Value>> {
        let mut next = self.clone();
        next.state = K::State::named(to)?;
        K::enter(&mut next, context);
        Some(next.fields())
    }

    fn follow(&self, context: &Context<'_>, follow: &mut Vec<Follow>) {
        K::follow(self, context, follow);
    }

    fn parts(&self, isms: &Isms) -> Vec<AnyRef> {
        K::parts(self, isms)
    }

    fn undecided(&self) -> bool {
        K::undecided(self)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// Reads a record of kind `K` from its flat fields. Every field that does not fit is a problem, and empty in the record.
pub(crate) fn read<K: Record>(stamp: Stamp, fields: Map<String, Value>) -> (Stored<K>, Problems) {
    let mut record = Stored::<K> {
        number: stamp.number,
        revision: stamp.revision,
        state: K::State::ALL[0],
        head: Head::default(),
        body: K::default(),
        updated_at: stamp.at,
        updated_by: stamp.by,
    };
    let mut problems = Problems::default();
    for (name, value) in fields {
        let outcome = if let Some(field) = named_field(K::FIELDS, &name) {
            (field.set)(&mut record.body, value)
        } else if let Some(field) = named_field(Head::FIELDS, &name) {
            (field.set)(&mut record.head, value)
        } else if name == "state" {
            match value.as_str().and_then(K::State::named) {
                Some(state) => {
                    record.state = state;
                    Ok(())
                }
                None => Err(Wrong::new(format!("must be one of {}", state_names::<K>()))),
            }
        } else {
            Err(Wrong::new(format!("is not a field of {}", K::WORDS.plural.to_lowercase())))
        };
        if let Err(wrong) = outcome {
            problems.add(name, wrong.to_string());
        }
    }
    (record, problems)
}

fn named_field<T>(fields: &'static [Field<T>], name: &str) -> Option<&'static Field<T>> {
    fields.iter().find(|field| field.def.name == name)
}

fn state_names<K: Record>() -> String {
    let names: Vec<&str> = K::State::OPTIONS.iter().map(|words| words.name).collect();
    names.join(", ")
}

/// A record of any kind from its flat fields, shared.
pub(crate) fn read_any<K: Record>(stamp: Stamp, fields: Map<String, Value>) -> (Arc<dyn AnyRecord>, Problems) {
    let (record, problems) = read::<K>(stamp, fields);
    (Arc::new(record), problems)
}

/// An example record of kind `K`: its sample in its first state.
pub(crate) fn sample_fields<K: Record>() -> Map<String, Value> {
    let body = K::sample();
    let mut map = Map::new();
    map.insert("state".to_owned(), Value::from(K::State::ALL[0].name()));
    map.insert("title".to_owned(), Value::from(format!("Sample {}", K::WORDS.title.to_lowercase())));
    for field in K::FIELDS.iter().filter(|field| !(field.is_empty)(&body)) {
        map.insert(field.def.name.to_owned(), (field.get)(&body));
    }
    map
}

/// The kind that a record belongs to.
pub fn kind_of(record: &dyn AnyRecord) -> Kind {
    record.any_ref().kind
}
