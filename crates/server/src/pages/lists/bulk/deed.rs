//! What is to be done with which records: read from the form, told in words, and made into commands.

use attestry_model::field::{FieldDef, Type};
use attestry_model::stored::AnyRecord;
use attestry_model::{AnyRef, Command, Kind, plain};
use serde_json::{Map, Value};

use super::{Ask, Form, MOST, changeable, is_plain};
use crate::cx::Cx;
use crate::fault::Fault;
use crate::html::Html;
use crate::{labels, shell};

/// The records that were chosen, each with the version that was seen.
pub(super) struct Chosen(pub(super) Vec<(AnyRef, u32)>);

impl Chosen {
    pub(super) fn read(cx: &Cx, kind: Kind, form: &Form) -> Result<Self, Fault> {
        let wrong = |key: &str| Fault::field("ref", cx.say1(key, "most", MOST).into_owned());
        if form.get("all").is_some() {
            let ask = Ask::read(cx, kind, form.get("query").unwrap_or_default())?;
            let found = ask.run(cx, MOST)?;
            if found.total > MOST {
                return Err(wrong("bulk-too-many"));
            }
            return Ok(Self(found.records.iter().map(|it| (it.any_ref(), it.revision())).collect()));
        }
        let mut chosen = Vec::new();
        for text in form.all("ref") {
            let (reference, revision) = text.split_once('.').unwrap_or((text, ""));
            let target: AnyRef = reference.parse().map_err(|message: String| Fault::field("ref", message))?;
            let revision: u32 =
                revision.parse().map_err(|_| Fault::field("ref", cx.say("bulk-no-version").into_owned()))?;
            if target.kind != kind {
                return Err(wrong("bulk-other-kind"));
            }
            if !chosen.contains(&(target, revision)) {
                chosen.push((target, revision));
            }
            if chosen.len() > MOST {
                return Err(wrong("bulk-too-many"));
            }
        }
        if chosen.is_empty() { Err(wrong("bulk-none")) } else { Ok(Self(chosen)) }
    }

    pub(super) fn hidden(&self) -> Html {
        let pairs: Vec<(String, String)> =
            self.0.iter().map(|(target, revision)| ("ref".to_owned(), format!("{target}.{revision}"))).collect();
        shell::hidden(&pairs)
    }
}

/// What is to be done with each.
#[derive(Debug, Clone)]
pub(super) enum Deed {
    /// Set fields, and add tags to those that are there.
    Set { fields: Map<String, Value>, tags: Vec<String> },
    /// Take a step.
    Step(String),
    /// Void.
    Void,
}

impl Deed {
    /// Reads what the form wants; the parameters that say it again.
    pub(super) fn read(cx: &Cx, kind: Kind, form: &Form) -> Result<(Self, Vec<(String, String)>), Fault> {
        let get = |name: &str| form.get(name).unwrap_or_default().trim();
        let act = get("act");
        let need = |name: &str, key: &str| Fault::field(name, cx.say(key).into_owned());
        let mut again = vec![("act".to_owned(), act.to_owned())];
        let mut keep = |names: &[&str]| {
            again.extend(names.iter().map(|name| ((*name).to_owned(), get(name).to_owned())));
        };
        let deed = match act {
            "owner" | "date" => {
                keep(&["field", "value"]);
                let ty = if act == "owner" { Type::Ref(Kind::Person) } else { Type::Date };
                let field = changeable(cx, kind).find(|field| field.name == get("field") && field.ty == ty);
                let field = field.ok_or_else(|| need("field", "bulk-no-field"))?;
                if get("value").is_empty() && act == "owner" {
                    return Err(need("value", "bulk-no-value"));
                }
                Self::Set { fields: Map::from_iter([Self::value(cx, field, get("value"))?]), tags: Vec::new() }
            }
            "field" => {
                keep(&["choice", "tags"]);
                let mut fields = Map::new();
                if let Some((name, value)) = get("choice").split_once('=') {
                    let field = changeable(cx, kind)
                        .find(|it| it.name == name && matches!(it.ty, Type::Choice(_) | Type::Bool));
                    fields.extend([Self::value(cx, field.ok_or_else(|| need("choice", "bulk-no-field"))?, value)?]);
                }
                let tags = get("tags").split(',').map(|tag| tag.trim().to_owned()).filter(|tag| !tag.is_empty());
                let tags: Vec<String> = tags.take(20).collect();
                if fields.is_empty() && tags.is_empty() {
                    return Err(need("choice", "bulk-no-value"));
                }
                Self::Set { fields, tags }
            }
            "step" => {
                keep(&["to"]);
                let def = kind.def();
                let mut steps = def.flow.iter().filter(|step| is_plain(kind, step));
                let known = steps.any(|step| step.name.unwrap_or(step.to) == get("to"));
                if !known {
                    return Err(need("to", "bulk-no-step"));
                }
                Self::Step(get("to").to_owned())
            }
            "void" => {
                if get("reason").is_empty() {
                    return Err(need("reason", "bulk-no-reason"));
                }
                Self::Void
            }
            _ => return Err(need("act", "bulk-no-act")),
        };
        keep(&["reason"]);
        Ok((deed, again))
    }

    fn value(cx: &Cx, field: &FieldDef, text: &str) -> Result<(String, Value), Fault> {
        let value = plain::parse(field.ty, text, plain::currency(&cx.current));
        let value = value.map_err(|wrong| Fault::field(field.name, wrong.to_string()))?;
        Ok((field.name.to_owned(), value))
    }

    pub(super) fn command(&self, record: &dyn AnyRecord, revision: u32, reason: Option<&str>) -> Command {
        let (target, revision) = (record.any_ref(), Some(revision));
        let reason = reason.map(ToOwned::to_owned);
        match self {
            Self::Set { fields, tags } => {
                let mut fields = fields.clone();
                if !tags.is_empty() {
                    let mut all = record.head().tags.clone();
                    let new: Vec<String> = tags.iter().filter(|tag| !all.contains(tag)).cloned().collect();
                    all.extend(new);
                    fields.insert("tags".to_owned(), Value::from(all));
                }
                Command::Update { target, revision, fields, reason }
            }
            Self::Step(to) => Command::Step { target, to: to.clone(), revision, fields: Map::new(), reason },
            Self::Void => Command::Void { target, revision, reason: reason.unwrap_or_default() },
        }
    }

    /// The deed in words, as a sentence with the number of records.
    pub(super) fn words(&self, cx: &Cx, kind: Kind, count: usize) -> String {
        let records = shell::counted(cx, kind, count);
        match self {
            Self::Set { fields, tags } => {
                let mut parts: Vec<String> = fields
                    .iter()
                    .map(|(name, value)| {
                        let column = crate::pages::lists::columns::named(cx, kind, name);
                        let text = value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
                        let shown = if value.is_null() {
                            cx.say("list-empty-value").into_owned()
                        } else {
                            column.as_ref().map_or(text.clone(), |column| {
                                crate::pages::lists::filters::value_words(cx, kind, column, &text)
                            })
                        };
                        let label = column.map_or_else(|| name.clone(), |column| column.label);
                        cx.with("list-chip-is", &[("field", (&label).into()), ("value", (&shown).into())]).into_owned()
                    })
                    .collect();
                if !tags.is_empty() {
                    parts.push(cx.say1("bulk-adds-tags", "tags", &tags.join(", ")).into_owned());
                }
                cx.with("bulk-sets", &[("what", (&parts.join("; ")).into()), ("records", (&records).into())])
                    .into_owned()
            }
            Self::Step(to) => {
                let to = step_words(cx, kind, to);
                cx.with("bulk-steps", &[("to", (&to).into()), ("records", (&records).into())]).into_owned()
            }
            Self::Void => cx.say1("bulk-voids", "records", &records).into_owned(),
        }
    }
}

/// A step by its name, in words.
pub(super) fn step_words(cx: &Cx, kind: Kind, name: &str) -> String {
    let is_state = kind.def().states.iter().any(|state| state.name == name);
    if is_state { labels::state(cx.words, kind, name).into_owned() } else { labels::sentence(name) }
}
