//! RFC 8785 canonical JSON, narrowed so that one meaning has one spelling.
//!
//! Refused are fractions (a decimal travels as a string), integers that a double cannot hold exactly,
//! and text that is not in Unicode normalisation form C.

use std::borrow::Cow;

use serde_json::{Map, Number, Value};
use unicode_normalization::{UnicodeNormalization as _, is_nfc};

/// The greatest integer allowed, 2^53 - 1 (RFC 7493, section 2.2); the least is its negative.
pub const MAX_INTEGER: u64 = (1 << 53) - 1;

/// The deepest nesting allowed, in arrays and objects.
pub const MAX_DEPTH: usize = 64;

/// A value that has no canonical form here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("at {}: {fault}", if place.is_empty() { "the top" } else { place })]
pub struct CanonicalError {
    /// Where, as a JSON pointer (RFC 6901); empty for the top.
    pub place: String,
    /// What is wrong there.
    pub fault: CanonicalFault,
}

/// What keeps a value from having a canonical form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CanonicalFault {
    /// A number with a fraction or an exponent.
    #[error("{0} is not an integer; write a decimal as a string")]
    Fraction(Number),
    /// An integer beyond ±(2^53 - 1).
    #[error("{0} is beyond 2^53 - 1; write it as a string")]
    Integer(Number),
    /// Text or a member's name that is not in normalisation form C.
    #[error("text is not in Unicode normalisation form C")]
    NotNormal,
    /// Two members whose names become one when normalised.
    #[error("two members have the same name once normalised")]
    SameName,
    /// Arrays and objects nested deeper than [`MAX_DEPTH`].
    #[error("nested deeper than {MAX_DEPTH}")]
    Depth,
    /// The serialiser failed.
    #[error("cannot be written: {0}")]
    Write(String),
}

impl CanonicalError {
    fn here(fault: CanonicalFault) -> Self {
        Self { place: String::new(), fault }
    }

    fn within(mut self, step: &str) -> Self {
        let step = step.replace('~', "~0").replace('/', "~1");
        self.place.insert_str(0, &step);
        self.place.insert(0, '/');
        self
    }
}

/// Writes the value as RFC 8785 canonical JSON.
pub fn canonical(value: &Value) -> Result<Vec<u8>, CanonicalError> {
    check(value, 0)?;
    serde_json_canonicalizer::to_vec(value)
        .map_err(|error| CanonicalError::here(CanonicalFault::Write(error.to_string())))
}

/// Brings every text and member name into normalisation form C.
///
/// # Errors
/// When two names become one, or on too deep a nesting. Numbers are left as they are: [`canonical`] judges them.
pub fn normalise(value: Value) -> Result<Value, CanonicalError> {
    normalise_at(value, 0)
}

/// Brings one text into normalisation form C; borrowed where it is already.
pub fn normalise_text(text: &str) -> Cow<'_, str> {
    if is_normal(text) { Cow::Borrowed(text) } else { Cow::Owned(text.nfc().collect()) }
}

fn is_normal(text: &str) -> bool {
    text.is_ascii() || is_nfc(text)
}

fn deeper(depth: usize) -> Result<usize, CanonicalError> {
    if depth < MAX_DEPTH { Ok(depth + 1) } else { Err(CanonicalError::here(CanonicalFault::Depth)) }
}

fn check(value: &Value, depth: usize) -> Result<(), CanonicalError> {
    let refuse = |fault| Err(CanonicalError::here(fault));
    match value {
        Value::Null | Value::Bool(_) => Ok(()),
        Value::Number(number) => match integer_size(number) {
            None => refuse(CanonicalFault::Fraction(number.clone())),
            Some(size) if size > MAX_INTEGER => refuse(CanonicalFault::Integer(number.clone())),
            Some(_) => Ok(()),
        },
        Value::String(text) if is_normal(text) => Ok(()),
        Value::String(_) => refuse(CanonicalFault::NotNormal),
        Value::Array(items) => {
            let depth = deeper(depth)?;
            items
                .iter()
                .enumerate()
                .try_for_each(|(index, item)| check(item, depth).map_err(|error| error.within(&index.to_string())))
        }
        Value::Object(members) => {
            let depth = deeper(depth)?;
            members.iter().try_for_each(|(name, item)| {
                let checked = if is_normal(name) { check(item, depth) } else { refuse(CanonicalFault::NotNormal) };
                checked.map_err(|error| error.within(name))
            })
        }
    }
}

fn integer_size(number: &Number) -> Option<u64> {
    number.as_u64().or_else(|| number.as_i64().map(i64::unsigned_abs))
}

fn normalise_at(value: Value, depth: usize) -> Result<Value, CanonicalError> {
    match value {
        Value::String(text) if !is_normal(&text) => Ok(Value::String(text.nfc().collect())),
        Value::Array(items) => {
            let depth = deeper(depth)?;
            let items = items
                .into_iter()
                .enumerate()
                .map(|(index, item)| normalise_at(item, depth).map_err(|error| error.within(&index.to_string())));
            items.collect::<Result<_, _>>().map(Value::Array)
        }
        Value::Object(members) => {
            let depth = deeper(depth)?;
            let mut normal = Map::new();
            for (name, item) in members {
                let item = normalise_at(item, depth).map_err(|error| error.within(&name))?;
                let new = normalise_text(&name).into_owned();
                if normal.insert(new, item).is_some() {
                    return Err(CanonicalError::here(CanonicalFault::SameName).within(&name));
                }
            }
            Ok(Value::Object(normal))
        }
        other => Ok(other),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn text(value: &Value) -> String {
        String::from_utf8(canonical(value).unwrap()).unwrap()
    }

    fn place_and_fault(value: &Value) -> (String, CanonicalFault) {
        let error = canonical(value).unwrap_err();
        (error.place, error.fault)
    }

    #[test]
    fn members_are_sorted_by_utf16_and_blanks_go() {
        // RFC 8785, section 3.2.3: the sorting example, by UTF-16 code units, not by UTF-8 bytes.
        let value: Value = serde_json::from_str(
            r#"{ "\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\ud83d\ude00": 5, "\u0080": 6, "\u00f6": 7 }"#,
        )
        .unwrap();
        let value = normalise(value);
        // U+FB33 decomposes in form C, hence the order of its two letters, U+05D3 U+05BC.
        assert_eq!(
            text(&value.unwrap()),
            "{\"\\r\":2,\"1\":4,\"\u{80}\":6,\"ö\":7,\"\u{5d3}\u{5bc}\":3,\"€\":1,\"😀\":5}"
        );
    }

    #[test]
    fn text_is_escaped_as_rfc_8785_says() {
        assert_eq!(text(&json!("\u{20ac}$\u{f}\nA'B\"\\\"/\u{7f}\u{8}")), "\"€$\\u000f\\nA'B\\\"\\\\\\\"/\u{7f}\\b\"");
    }

    #[test]
    fn integers_within_the_bound_are_written_and_others_refused() {
        assert_eq!(
            text(&json!([0, -1, 9_007_199_254_740_991_u64, -9_007_199_254_740_991_i64])),
            "[0,-1,9007199254740991,-9007199254740991]"
        );
        for wrong in
            [json!(9_007_199_254_740_992_u64), json!(-9_007_199_254_740_992_i64), json!(u64::MAX), json!(i64::MIN)]
        {
            assert!(
                matches!(place_and_fault(&wrong), (place, CanonicalFault::Integer(_)) if place.is_empty()),
                "{wrong}"
            );
        }
        for wrong in [json!(1.5), json!(1.0), json!(1e300), json!(-0.0)] {
            assert!(matches!(place_and_fault(&wrong).1, CanonicalFault::Fraction(_)), "{wrong}");
        }
    }

    #[test]
    fn a_refusal_names_the_place() {
        let (place, fault) = place_and_fault(&json!({"a/b": [true, {"c~": 0.5}]}));
        assert_eq!(place, "/a~1b/1/c~0");
        assert!(matches!(fault, CanonicalFault::Fraction(_)));
        assert_eq!(
            canonical(&json!({"x": 0.5})).unwrap_err().to_string(),
            "at /x: 0.5 is not an integer; write a decimal as a string"
        );
        assert!(canonical(&json!(0.5)).unwrap_err().to_string().starts_with("at the top: "));
    }

    #[test]
    fn only_normal_text_is_written_and_normalise_makes_it() {
        let loose = json!({"u\u{308}": ["A\u{30a}"]});
        assert_eq!(place_and_fault(&loose), ("/u\u{308}".to_owned(), CanonicalFault::NotNormal));
        assert_eq!(place_and_fault(&json!(["A\u{30a}"])), ("/0".to_owned(), CanonicalFault::NotNormal));
        assert_eq!(text(&normalise(loose).unwrap()), "{\"ü\":[\"Å\"]}");
        let clash = normalise(json!({"u\u{308}": 1, "ü": 2})).unwrap_err();
        assert_eq!(clash.fault, CanonicalFault::SameName);
        assert!(matches!(normalise_text("Zürich"), Cow::Borrowed("Zürich")));
    }

    #[test]
    fn nesting_has_a_bound() {
        let nest = |times| (0..times).fold(json!(1), |inner, _| json!([inner]));
        assert!(canonical(&nest(MAX_DEPTH)).is_ok());
        assert_eq!(place_and_fault(&nest(MAX_DEPTH + 1)).1, CanonicalFault::Depth);
        assert_eq!(normalise(nest(MAX_DEPTH + 1)).unwrap_err().fault, CanonicalFault::Depth);
    }
}
