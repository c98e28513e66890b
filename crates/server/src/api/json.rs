//! Reading a body as JSON, strictly: the right type, UTF-8, no name twice, not too deep, not too large.

use std::fmt;

use axum::body::to_bytes;
use axum::http::header;
use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::call::Call;
use crate::fault::Fault;
use crate::routes::FORM_LIMIT;

/// Deepest nesting that is read. No field of any kind needs more than four levels.
const DEEPEST: usize = 32;

impl Call {
    /// The body's bytes, up to the limit of a form.
    pub async fn bytes(&mut self) -> Result<Vec<u8>, Fault> {
        let large = || Fault::TooLarge(format!("a body may have {FORM_LIMIT} bytes"));
        let named =
            self.headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
        if named.is_some_and(|length| length > FORM_LIMIT) {
            return Err(large());
        }
        let body = self.take_body();
        Ok(to_bytes(body, FORM_LIMIT).await.map_err(|_| large())?.to_vec())
    }

    /// Checks that the body is said to be JSON; an empty one need not say so.
    pub fn is_json(&self, patch: bool) -> Result<(), Fault> {
        match self.media_type().as_deref() {
            Some("application/json") => Ok(()),
            Some("application/merge-patch+json") if patch => Ok(()),
            _ => Err(Fault::Media("the body must be application/json".to_owned())),
        }
    }
}

/// An object from its text.
pub fn object(bytes: &[u8]) -> Result<Map<String, Value>, Fault> {
    let wrong = |cause: String| Fault::Malformed(format!("the body is not valid JSON: {cause}"));
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = Strict(0).deserialize(&mut reader).map_err(|error| wrong(error.to_string()))?;
    reader.end().map_err(|error| wrong(error.to_string()))?;
    match value {
        Value::Object(members) => Ok(members),
        _ => Err(wrong("it must be an object".to_owned())),
    }
}

/// Reads a value at this depth.
#[derive(Clone, Copy)]
struct Strict(usize);

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        if self.0 > DEEPEST {
            return Err(de::Error::custom(format!("it is nested deeper than {DEEPEST} levels")));
        }
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("a number is out of range"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(Self(self.0 + 1))? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            if map.contains_key(&name) {
                return Err(de::Error::custom(format!(
                    "“{}” is named twice",
                    name.chars().take(40).collect::<String>()
                )));
            }
            let member = members.next_value_seed(Self(self.0 + 1))?;
            map.insert(name, member);
        }
        Ok(Value::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_plain_json_object_is_refused() {
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
        for text in [
            r#"{"a":1,"a":2}"#,
            r#"{"a":{"b":1,"b":1}}"#,
            r#"{"a":1e400}"#,
            r#"{"a":NaN}"#,
            r#"{"a":Infinity}"#,
            r#"{"a":"\ud800"}"#,
            "\u{feff}{}",
            "[]",
            "null",
            "",
            "{",
            r#"{"a":1}{"b":2}"#,
            r#"{"a":01}"#,
            r#"{"a":1,}"#,
            deep.as_str(),
        ] {
            assert!(matches!(object(text.as_bytes()), Err(Fault::Malformed(_))), "{}", &text[..text.len().min(60)]);
        }
        assert!(matches!(object(b"{\"a\":\"\xff\xfe\"}"), Err(Fault::Malformed(_))));
    }

    #[test]
    fn what_is_one_comes_out_as_it_went_in() {
        let text = r#"{"a":[1,-2,3.5,true,null,"x",{"b":{}}]}"#;
        assert_eq!(Value::Object(object(text.as_bytes()).unwrap()).to_string(), text);
    }
}
