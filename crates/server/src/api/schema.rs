//! JSON Schema of every kind, from the declarations: as a record is read, and as its fields are written.

use attestry_model::Kind;
use attestry_model::field::{FieldDef, LIST_LIMIT, LONG_TEXT_LIMIT, TEXT_LIMIT, Type};
use attestry_model::kind::KindDef;
use serde_json::{Map, Value, json};

use super::value::{WRITTEN_BY_PROGRAM, all_fields};

/// Largest whole number, exact in every JSON reader.
const INT: i64 = (1 << 53) - 1;

/// A pattern of references to records of one kind.
pub fn reference_pattern(kind: Kind) -> String {
    format!("^{}-([0-9]{{4}}|[1-9][0-9]{{4,8}})$", kind.words().prefix)
}

/// The schema of a value that is there.
pub fn value(ty: Type) -> Value {
    match ty {
        Type::Text => json!({ "type": "string", "maxLength": TEXT_LIMIT, "pattern": "^[^\\n\\r\\u0000]*$" }),
        Type::LongText => json!({ "type": "string", "maxLength": LONG_TEXT_LIMIT, "pattern": "^[^\\u0000]*$" }),
        Type::Bool => json!({ "type": "boolean" }),
        Type::Int => json!({ "type": "integer", "minimum": -INT, "maximum": INT }),
        Type::Level => json!({ "type": "integer", "minimum": 1, "maximum": 10 }),
        Type::Decimal => {
            let text = json!({ "type": "string", "pattern": "^-?[0-9]{1,15}(\\.[0-9]{1,10})?$" });
            json!({ "anyOf": [{ "type": "number", "minimum": -INT, "maximum": INT }, text] })
        }
        Type::Percent => {
            let text = json!({ "type": "string", "pattern": "^(100|[0-9]{1,2}(\\.[0-9]{1,10})?)$" });
            json!({ "anyOf": [{ "type": "number", "minimum": 0, "maximum": 100 }, text] })
        }
        Type::Money => {
            let text = json!({ "type": "string", "pattern": "^-?[0-9]{1,13}(\\.[0-9]{1,3})? [A-Z]{3}$" });
            json!({
                "description": "A number is an amount in the organisation's currency; any other has its currency behind it.",
                "anyOf": [{ "type": "number" }, text],
            })
        }
        Type::Date => {
            json!({ "type": "string", "format": "date", "pattern": "^(19[0-9]{2}|2[01][0-9]{2}|2200)-[0-9]{2}-[0-9]{2}$" })
        }
        Type::DateTime => json!({ "type": "string", "format": "date-time" }),
        Type::Period => {
            let pattern = "^P(?=[0-9])([0-9]{1,4}Y)?([0-9]{1,4}M)?([0-9]{1,4}W)?([0-9]{1,4}D)?$";
            json!({ "type": "string", "pattern": pattern })
        }
        Type::Matrix => json!({
            "type": "object",
            "description": "The risk value of each pair of levels “likelihood,impact”.",
            "propertyNames": { "pattern": "^([1-9]|10),([1-9]|10)$" },
            "additionalProperties": { "type": "integer", "minimum": -INT, "maximum": INT },
        }),
        Type::Choice(options) => json!({ "enum": options.iter().map(|option| option.name).collect::<Vec<_>>() }),
        Type::Ref(kind) => json!({ "type": "string", "pattern": reference_pattern(kind) }),
        Type::AnyRef => json!({ "type": "string", "pattern": "^[A-Z]+-[0-9]{4,9}$" }),
        Type::List(inner) => json!({ "type": "array", "maxItems": LIST_LIMIT, "items": value(*inner) }),
        Type::Struct(fields) => {
            let members = fields.iter().map(|field| (field.name.to_owned(), described(field, value(field.ty))));
            json!({ "type": "object", "properties": members.collect::<Map<_, _>>(), "additionalProperties": false })
        }
        Type::Custom => json!({ "type": "object", "description": "The organisation's own fields, by name." }),
    }
}

/// The schema with the field's help text.
fn described(field: &FieldDef, mut schema: Value) -> Value {
    let help = match schema.get("description").and_then(Value::as_str) {
        Some(more) => format!("{} {more}", field.help),
        None => field.help.to_owned(),
    };
    schema["description"] = Value::from(help);
    schema
}

/// The schema, or null.
fn or_null(schema: Value) -> Value {
    match schema.get("type").and_then(Value::as_str) {
        Some(name) => {
            let types = json!([name, "null"]);
            let mut schema = schema;
            schema["type"] = types;
            schema
        }
        None => match schema {
            Value::Object(mut members) if members.contains_key("enum") => {
                if let Some(Value::Array(options)) = members.get_mut("enum") {
                    options.push(Value::Null);
                }
                Value::Object(members)
            }
            Value::Object(mut members) => {
                if let Some(Value::Array(options)) = members.get_mut("anyOf") {
                    options.push(json!({ "type": "null" }));
                }
                Value::Object(members)
            }
            other => other,
        },
    }
}

/// A record as it is read.
pub fn record(def: &'static KindDef) -> Value {
    let mut states: Vec<&str> = def.states.iter().map(|state| state.name).collect();
    if !states.contains(&"void") {
        states.push("void");
    }
    let mut properties = Map::new();
    properties.insert(
        "ref".to_owned(),
        json!({ "type": "string", "pattern": reference_pattern(def.kind), "readOnly": true }),
    );
    properties.insert("kind".to_owned(), json!({ "const": def.words.name, "readOnly": true }));
    properties.insert("state".to_owned(), json!({ "enum": states, "readOnly": true }));
    properties.insert("revision".to_owned(), json!({ "type": "integer", "minimum": 1, "readOnly": true }));
    properties.insert("updated_at".to_owned(), json!({ "type": "string", "format": "date-time", "readOnly": true }));
    let person = or_null(value(Type::Ref(Kind::Person)));
    properties.insert("updated_by".to_owned(), person);
    for field in all_fields(def) {
        let mut schema = described(field, or_null(value(field.ty)));
        if is_read_only(def, field) {
            schema["readOnly"] = Value::Bool(true);
        }
        properties.insert(field.name.to_owned(), schema);
    }
    json!({
        "type": "object",
        "title": def.words.title,
        "description": def.words.help,
        "properties": properties,
        "required": ["ref", "kind", "state", "revision"],
        "additionalProperties": false,
    })
}

/// Whether a field is written by the program alone.
fn is_read_only(def: &KindDef, field: &FieldDef) -> bool {
    let common = ["created_at", "created_by", "void_reason", "legal_hold"].contains(&field.name);
    let own = def.fields.iter().any(|other| other.name == field.name);
    field.signed || field.name == "legal_hold" || (common && !own) || WRITTEN_BY_PROGRAM.contains(&field.name)
}

/// The fields of a record as they are written; null empties one.
pub fn fields(def: &'static KindDef) -> Value {
    let written = all_fields(def).filter(|field| !is_read_only(def, field));
    let properties = written.map(|field| (field.name.to_owned(), described(field, or_null(value(field.ty)))));
    json!({
        "type": "object",
        "title": format!("Fields of {}", def.words.plural.to_lowercase()),
        "properties": properties.collect::<Map<_, _>>(),
        "additionalProperties": false,
    })
}
