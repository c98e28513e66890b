//! References between records: `R-0012`, typed by kind.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::str::FromStr;

use serde_json::Value;

use crate::field::{Key, Scalar, Type, Wrong};
use crate::kind::Declared;
use crate::records::Kind;

/// A reference to a record of any kind: the kind and its number, which is never used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AnyRef {
    /// The kind.
    pub kind: Kind,
    /// The number within the kind, from 1.
    pub number: u32,
}

impl AnyRef {
    /// As a reference to one kind, when it is of that kind.
    pub fn of<K: Declared>(self) -> Option<Ref<K>> {
        (self.kind == K::KIND).then(|| Ref::new(self.number))
    }
}

impl fmt::Display for AnyRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{:04}", self.kind.words().prefix, self.number)
    }
}

impl FromStr for AnyRef {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("“{}” is not a reference such as R-0012", text.chars().take(40).collect::<String>());
        let (prefix, digits) = text.rsplit_once('-').ok_or_else(wrong)?;
        if digits.len() < 4 || digits.len() > 9 || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
            return Err(wrong());
        }
        if digits.len() > 4 && digits.starts_with('0') {
            return Err(wrong());
        }
        let number: u32 = digits.parse().map_err(|_| wrong())?;
        let kind = Kind::with_prefix(prefix).filter(|_| number > 0).ok_or_else(wrong)?;
        Ok(Self { kind, number })
    }
}

impl Scalar for AnyRef {
    const TYPE: Type = Type::AnyRef;
    const SET: bool = true;

    fn to_value(&self) -> Value {
        Value::String(self.to_string())
    }

    fn from_value(value: Value) -> Result<Self, Wrong> {
        let text = value.as_str().ok_or_else(|| Wrong::new("must be a reference such as R-0012"))?;
        text.parse().map_err(Wrong::new)
    }

    fn each_ref(&self, visit: &mut dyn FnMut(AnyRef)) {
        visit(*self);
    }

    fn key(&self) -> Key<'_> {
        Key::Ref(*self)
    }
}

/// A reference to a record of kind `K`.
pub struct Ref<K> {
    number: u32,
    kind: PhantomData<fn() -> K>,
}

impl<K> Ref<K> {
    /// The reference to number `number`.
    pub const fn new(number: u32) -> Self {
        Self { number, kind: PhantomData }
    }

    /// The number within the kind.
    pub const fn number(self) -> u32 {
        self.number
    }
}

impl<K: Declared> Ref<K> {
    /// Without its type.
    pub fn any(self) -> AnyRef {
        AnyRef { kind: K::KIND, number: self.number }
    }
}

impl<K> Clone for Ref<K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K> Copy for Ref<K> {}

impl<K> PartialEq for Ref<K> {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

impl<K> Eq for Ref<K> {}

impl<K> PartialOrd for Ref<K> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<K> Ord for Ref<K> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.number.cmp(&other.number)
    }
}

impl<K> Hash for Ref<K> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.number.hash(state);
    }
}

impl<K: Declared> fmt::Display for Ref<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.any().fmt(f)
    }
}

impl<K: Declared> fmt::Debug for Ref<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.any().fmt(f)
    }
}

impl<K: Declared> Scalar for Ref<K> {
    const TYPE: Type = Type::Ref(K::KIND);
    const SET: bool = true;

    fn to_value(&self) -> Value {
        Value::String(self.to_string())
    }

    fn from_value(value: Value) -> Result<Self, Wrong> {
        let any = AnyRef::from_value(value)?;
        let words = K::WORDS;
        any.of().ok_or_else(|| {
            let title = words.title.to_lowercase();
            let article = if title.starts_with(['a', 'e', 'i', 'o']) { "an" } else { "a" };
            Wrong::new(format!("{any} is not {article} {title}; write {}-0001 or the like", words.prefix))
        })
    }

    fn each_ref(&self, visit: &mut dyn FnMut(AnyRef)) {
        visit(self.any());
    }

    fn key(&self) -> Key<'_> {
        Key::Ref(self.any())
    }
}
