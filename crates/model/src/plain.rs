//! Plain forms: values as people type them into forms, files and command lines, and as other tools read them.
//!
//! Canonical values hold decimals and money as text so that nothing is lost and every byte is defined. Outside the
//! ledger a number is a number: an amount in the organisation's own currency is written without the currency.

use serde_json::{Map, Number, Value};

use crate::field::{FieldDef, Scalar, Type, Wrong};
use crate::isms::Isms;
use crate::stored::{AnyRecord, common_fields};
use crate::value::{Currency, Money};

/// The organisation's currency, if it has said.
pub fn currency(isms: &Isms) -> Option<Currency> {
    isms.organization()?.currency.as_deref()?.parse().ok()
}

/// A canonical value as other tools read it: decimals and amounts as numbers.
pub fn plain(ty: Type, value: &Value, currency: Option<Currency>) -> Value {
    match (ty, value) {
        (Type::Decimal | Type::Percent, Value::String(text)) => number(text).unwrap_or_else(|| value.clone()),
        (Type::Money, Value::String(text)) => {
            let money = text.parse::<Money>().ok().filter(|money| Some(money.currency) == currency);
            money.and_then(|money| number(&money.amount().normalize().to_string())).unwrap_or_else(|| value.clone())
        }
        (Type::List(inner), Value::Array(items)) => {
            Value::Array(items.iter().map(|item| plain(*inner, item, currency)).collect())
        }
        (Type::Struct(fields), Value::Object(members)) => Value::Object(
            members.iter().map(|(name, member)| (name.clone(), member_plain(fields, name, member, currency))).collect(),
        ),
        _ => value.clone(),
    }
}

fn member_plain(fields: &[FieldDef], name: &str, member: &Value, currency: Option<Currency>) -> Value {
    let field = fields.iter().find(|field| field.name == name);
    field.map_or_else(|| member.clone(), |field| plain(field.ty, member, currency))
}

fn number(text: &str) -> Option<Value> {
    if let Ok(whole) = text.parse::<i64>() {
        return Some(Value::from(whole));
    }
    let float: f64 = text.parse().ok()?;
    Number::from_f64(float).map(Value::Number)
}

/// A record as other tools read it: reference, kind, state, title, every field by its name, empty ones as `null` or
/// an empty list.
pub fn plain_record(record: &dyn AnyRecord, isms: &Isms) -> Map<String, Value> {
    let def = record.def();
    let currency = currency(isms);
    let mut map = Map::new();
    map.insert("ref".to_owned(), Value::from(record.any_ref().to_string()));
    map.insert("kind".to_owned(), Value::from(def.words.name));
    map.insert("state".to_owned(), Value::from(record.state()));
    map.insert("revision".to_owned(), Value::from(record.revision()));
    map.insert("updated_at".to_owned(), Value::from(record.updated_at().to_string()));
    map.insert("updated_by".to_owned(), record.field("updated_by").unwrap_or(Value::Null));
    let common = common_fields(def.fields).map(|(_, field)| field);
    for field in def.fields.iter().chain(common) {
        let value = record.field(field.name).unwrap_or(Value::Null);
        let value = match (field.ty, value) {
            (Type::List(_), Value::Null) => Value::Array(Vec::new()),
            (Type::Custom, Value::Null) => Value::Object(Map::new()),
            (Type::Bool, Value::Null) if field.name == "legal_hold" => Value::Bool(false),
            (ty, value) => plain(ty, &value, currency),
        };
        map.insert(field.name.to_owned(), value);
    }
    map
}

/// A canonical value from what somebody typed for a field of this type. Empty text is `Null`.
pub fn parse(ty: Type, text: &str, currency: Option<Currency>) -> Result<Value, Wrong> {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Ok(Value::Null);
    }
    match ty {
        Type::Text | Type::LongText => Ok(Value::from(text)),
        Type::Bool => match trimmed.to_ascii_lowercase().as_str() {
            "true" | "yes" | "y" | "1" => Ok(Value::Bool(true)),
            "false" | "no" | "n" | "0" => Ok(Value::Bool(false)),
            _ => Err(Wrong::new("must be true or false")),
        },
        Type::Int | Type::Level => {
            trimmed.parse::<i64>().map(Value::from).map_err(|_| Wrong::new("must be a whole number"))
        }
        Type::Decimal | Type::Percent => {
            rust_decimal::Decimal::from_value(Value::from(trimmed.trim_end_matches('%').trim_end()))
                .map(|one| one.to_value())
        }
        Type::Money => money(trimmed, currency).map(|money| money.to_value()),
        Type::Date | Type::DateTime | Type::Period | Type::Choice(_) | Type::Ref(_) | Type::AnyRef => {
            Ok(Value::from(trimmed))
        }
        Type::List(inner) if !matches!(inner, Type::Struct(_)) && !trimmed.starts_with('[') => {
            let items = trimmed.split(';').map(str::trim).filter(|item| !item.is_empty());
            items.map(|item| parse(*inner, item, currency)).collect::<Result<Vec<_>, _>>().map(Value::Array)
        }
        Type::List(_) | Type::Struct(_) | Type::Matrix | Type::Custom => {
            let value = serde_json::from_str(trimmed).map_err(|_| Wrong::new("must be written as JSON"))?;
            canonical(ty, value, currency)
        }
    }
}

/// An amount as typed: `1200.50` in the organisation's currency, or `1200.50 EUR`.
fn money(text: &str, currency: Option<Currency>) -> Result<Money, Wrong> {
    if text.contains(' ') {
        return text.parse().map_err(Wrong::new);
    }
    let Some(currency) = currency else {
        return Err(Wrong::new("needs a currency, such as 1200.50 EUR, until the organisation has said its own"));
    };
    let amount =
        rust_decimal::Decimal::from_str_exact(text).map_err(|_| Wrong::new("must be an amount such as 1200.50"))?;
    Money::new(amount, currency).map_err(Wrong::new)
}

/// A canonical value from the plain form that other tools write: the way back from [`plain`].
pub fn canonical(ty: Type, value: Value, currency: Option<Currency>) -> Result<Value, Wrong> {
    Ok(match (ty, value) {
        (Type::Decimal | Type::Percent | Type::Money, Value::Number(number)) => {
            return parse(ty, &number.to_string(), currency);
        }
        (Type::Money, Value::String(text)) => return parse(ty, &text, currency),
        (Type::List(inner), Value::Array(items)) => {
            let item = |(at, item)| canonical(*inner, item, currency).map_err(|wrong| wrong.within(&format!("[{at}]")));
            Value::Array(items.into_iter().enumerate().map(item).collect::<Result<_, _>>()?)
        }
        (Type::Struct(fields), Value::Object(members)) => {
            let member = |(name, member): (String, Value)| {
                let ty = fields.iter().find(|field| field.name == name).map_or(Type::Text, |field| field.ty);
                let value = canonical(ty, member, currency).map_err(|wrong| wrong.within(&format!(".{name}")))?;
                Ok((name, value))
            };
            Value::Object(members.into_iter().map(member).collect::<Result<_, Wrong>>()?)
        }
        (Type::Text | Type::LongText, Value::Number(number)) => Value::String(number.to_string()),
        (_, value) => value,
    })
}

/// A canonical value as one piece of text, for cells and terminals: lists joined by `;`, structures as JSON.
pub fn text(ty: Type, value: &Value, currency: Option<Currency>) -> String {
    match (ty, plain(ty, value, currency)) {
        (_, Value::Null) => String::new(),
        (Type::Decimal | Type::Percent, _) => value.as_str().unwrap_or_default().to_owned(),
        (Type::List(inner), Value::Array(_)) if !matches!(inner, Type::Struct(_)) => {
            let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
            items.iter().map(|item| text(*inner, item, currency)).collect::<Vec<_>>().join(";")
        }
        (_, Value::String(text)) => text,
        (_, value) => value.to_string(),
    }
}
