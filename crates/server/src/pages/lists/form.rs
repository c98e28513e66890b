//! A form as it was sent: names and values, of which some come several times.

use crate::fault::Fault;
use crate::html::decode;

/// Most fields of a form: the rows of a bulk edit and what is done with them.
const MOST: usize = 5_000;

/// The fields in the order in which they came.
#[derive(Debug)]
pub struct Form(Vec<(String, String)>);

impl Form {
    /// Reads a form.
    pub fn read(body: &[u8]) -> Result<Self, Fault> {
        let text = std::str::from_utf8(body).map_err(|_| Fault::Malformed("a form is text in UTF-8".to_owned()))?;
        let pairs: Vec<&str> = text.split('&').filter(|pair| !pair.is_empty()).take(MOST + 1).collect();
        if pairs.len() > MOST {
            return Err(Fault::TooLarge(format!("a form has at most {MOST} fields")));
        }
        let split = pairs.into_iter().map(|pair| pair.split_once('=').unwrap_or((pair, "")));
        Ok(Self(split.map(|(name, value)| (decode(name), decode(value))).collect()))
    }

    /// The first value of a field.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// The first value of a field, empty when it is not there.
    pub fn value(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default()
    }

    /// All values of a field.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> + 'a {
        self.0.iter().filter(move |(found, _)| found == name).map(|(_, value)| value.as_str())
    }
}
