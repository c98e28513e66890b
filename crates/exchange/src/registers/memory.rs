//! What the files last said of each field of a record, in short, so that a second import can tell what was changed in a
//! file from what was changed here. It stands in the record's tags (`import:…`): for every field four characters for its
//! name and six for what it was set to, and for references six more for the words that named them.

use std::collections::BTreeMap;

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::draft::DIGEST;

/// Longest tag, in entries.
const PER_TAG: usize = 150;
const NAME: usize = 4;
const SAID: usize = 6;

/// Digests by the digests of names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Memory(BTreeMap<String, String>);

impl Memory {
    /// Reads the tags of a record; others than those of imports are passed over.
    pub fn of(tags: &[String]) -> Self {
        let mut all = BTreeMap::new();
        for text in tags.iter().filter_map(|tag| tag.strip_prefix(DIGEST)).filter(|text| text.is_ascii()) {
            for entry in text.as_bytes().chunks_exact(NAME + SAID) {
                let entry = String::from_utf8_lossy(entry);
                all.insert(entry[..NAME].to_owned(), entry[NAME..].to_owned());
            }
        }
        Self(all)
    }

    /// What was last said under a name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(&short(name, NAME)).map(String::as_str)
    }

    /// Notes what is said under a name.
    pub fn put(&mut self, name: &str, said: String) {
        self.0.insert(short(name, NAME), said);
    }

    /// Whether a digest is the one under a name.
    pub fn is(&self, name: &str, said: &str) -> bool {
        self.get(name) == Some(said)
    }

    /// As tags.
    pub fn tags(&self) -> Vec<String> {
        let entries: Vec<String> = self.0.iter().map(|(name, said)| format!("{name}{said}")).collect();
        entries.chunks(PER_TAG).map(|entries| format!("{DIGEST}{}", entries.concat())).collect()
    }
}

/// The digest of a value.
pub(crate) fn said(value: &Value) -> String {
    short(&value.to_string(), SAID)
}

/// The beginning of the SHA-256 of a text, in 64 letters, digits and signs.
fn short(text: &str, length: usize) -> String {
    const SIGNS: &[u8; 64] = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_";
    Sha256::digest(text).iter().take(length).map(|byte| char::from(SIGNS[usize::from(byte & 63)])).collect()
}

#[cfg(test)]
mod tests {
    use attestry_model::records::Kind;
    use serde_json::json;

    use super::*;

    #[test]
    fn what_was_said_comes_back_from_the_tags() {
        let mut memory = Memory::default();
        for at in 0..400 {
            memory.put(&format!("field {at}"), said(&json!(at)));
        }
        let tags = memory.tags();
        assert_eq!(tags.len(), 3);
        assert!(tags.iter().all(|tag| tag.len() < attestry_model::field::TEXT_LIMIT));
        let again = Memory::of(&tags);
        assert_eq!(again, memory);
        assert!(again.is("field 7", &said(&json!(7))) && !again.is("field 7", &said(&json!("7"))));
        assert_eq!(Memory::of(&["urgent".to_owned(), "import:é".to_owned()]), Memory::default());
    }

    #[test]
    fn no_two_fields_of_a_kind_share_a_short_name() {
        for kind in Kind::ALL {
            let fields = kind.def().fields.iter().map(|field| field.name).chain(["title", "owner", "state"]);
            let names: std::collections::BTreeSet<&str> = fields.collect();
            let both = names.iter().flat_map(|name| [(*name).to_owned(), format!("{name} named")]);
            let shorts: std::collections::BTreeSet<String> = both.map(|name| short(&name, NAME)).collect();
            assert_eq!(shorts.len(), names.len() * 2, "{kind}");
        }
    }
}
