//! Starter texts of policies, with blanks such as `{{organisation}}` that a person fills once for all of them.

use std::fmt;
use std::sync::LazyLock;

use crate::annex::{AnnexControl, annex_control};
use crate::table::{self, TableFault, words};

/// The longest answer that a blank takes, in characters.
pub const MAX_ANSWER: usize = 120;

words! {
    /// What kind of document a policy is.
    PolicyType {
        /// The policy above all others, signed by top management.
        InformationSecurityPolicy = "information_security_policy",
        /// A policy about one topic.
        TopicPolicy = "topic_policy",
    }
}

/// A starter text.
#[derive(Debug)]
pub struct Policy {
    /// The stable id, such as `policy/backup`.
    pub id: String,
    /// What people call it.
    pub title: String,
    /// The document number to begin with, such as `ISMS-POL-04`.
    pub number: String,
    /// What kind of document it is.
    pub doc_type: PolicyType,
    /// Numbers of the clauses it serves, such as `5.2`.
    pub clauses: Vec<String>,
    /// Numbers of the controls it serves.
    pub control_ids: Vec<String>,
    /// How often it is looked through, such as `P1Y` for every year.
    pub review: String,
    /// Whether readers confirm that they have read it.
    pub acknowledge: bool,
    /// The blanks in its text.
    pub blanks: Vec<Blank>,
    /// The text in Markdown, with its blanks.
    pub text: String,
}

/// A place in a text that the organisation fills.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Blank {
    /// The name between the braces.
    pub name: String,
    /// What to ask for it.
    pub question: String,
}

/// Why a text cannot be filled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unfilled {
    /// These blanks have no answer.
    Missing(Vec<String>),
    /// The answer to this blank has line breaks or other control characters.
    Broken(String),
    /// The answer to this blank has more than [`MAX_ANSWER`] characters.
    Long(String),
}

impl fmt::Display for Unfilled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(names) => write!(f, "nothing is given for {}", names.join(", ")),
            Self::Broken(name) => write!(f, "{name} must be one line of text"),
            Self::Long(name) => write!(f, "{name} may have {MAX_ANSWER} characters at most"),
        }
    }
}

impl std::error::Error for Unfilled {}

/// A file with the id of the policy in it.
macro_rules! files {
    ($($name:literal),+ $(,)?) => {
        [$(($name, include_str!(concat!("../../../../content/library/policies/", $name, ".md")))),+]
    };
}

static POLICIES: LazyLock<Vec<Policy>> = LazyLock::new(|| {
    let files = files![
        "information-security",
        "access-control",
        "acceptable-use",
        "backup",
        "incident",
        "supplier",
        "mobile-and-remote-work",
        "information-handling",
        "secure-development",
    ];
    files.into_iter().map(|(name, text)| table::shipped(read(name, text))).collect()
});

/// All policies, the one above all others first.
pub fn policies() -> &'static [Policy] {
    &POLICIES
}

/// The policy with this id, such as `policy/backup`.
pub fn policy(id: &str) -> Option<&'static Policy> {
    policies().iter().find(|it| it.id == id)
}

/// The blanks of all policies together, each once.
pub fn blanks() -> Vec<&'static Blank> {
    let mut blanks: Vec<&Blank> = Vec::new();
    for blank in policies().iter().flat_map(|it| &it.blanks) {
        if !blanks.contains(&blank) {
            blanks.push(blank);
        }
    }
    blanks
}

impl Policy {
    /// The controls it serves.
    pub fn controls(&self) -> impl Iterator<Item = &'static AnnexControl> + '_ {
        self.control_ids.iter().filter_map(|id| annex_control(id))
    }

    /// The text with every blank filled. Answers stand in it as they were given, apart from spaces around them.
    pub fn fill<'a>(&self, answer: impl Fn(&str) -> Option<&'a str>) -> Result<String, Unfilled> {
        let given = |blank: &Blank| answer(&blank.name).map(str::trim).filter(|it| !it.is_empty());
        let missing = self.blanks.iter().filter(|it| given(it).is_none()).map(|it| it.name.clone()).collect::<Vec<_>>();
        if !missing.is_empty() {
            return Err(Unfilled::Missing(missing));
        }
        let mut filled = String::with_capacity(self.text.len());
        for piece in pieces(&self.text) {
            let blank = match piece {
                Piece::Text(text) => {
                    filled.push_str(text);
                    continue;
                }
                Piece::Blank(name) => self.blanks.iter().find(|it| it.name == name),
            };
            let Some((blank, answer)) = blank.and_then(|blank| Some((blank, given(blank)?))) else { continue };
            if answer.chars().any(char::is_control) {
                return Err(Unfilled::Broken(blank.name.clone()));
            }
            if answer.chars().count() > MAX_ANSWER {
                return Err(Unfilled::Long(blank.name.clone()));
            }
            filled.push_str(answer);
        }
        Ok(filled)
    }
}

enum Piece<'a> {
    Text(&'a str),
    Blank(&'a str),
}

/// The text cut at its blanks.
fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = text;
    let mut blank = None;
    std::iter::from_fn(move || {
        if let Some(name) = blank.take() {
            return Some(Piece::Blank(name));
        }
        if rest.is_empty() {
            return None;
        }
        let found = rest.split_once("{{").and_then(|(before, after)| Some((before, after.split_once("}}")?)));
        let Some((before, (name, after))) = found else { return Some(Piece::Text(std::mem::take(&mut rest))) };
        rest = after;
        blank = Some(name);
        Some(Piece::Text(before))
    })
}

/// Reads a policy: lines `name: value` between two lines of three hyphens, then the text.
fn read(name: &'static str, file: &str) -> Result<Policy, TableFault> {
    let broken = |line: u64, what: String| TableFault::new(name, line, what);
    let front = file.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n"));
    let Some((front, text)) = front else { return Err(broken(1, "the lines about the policy are missing".to_owned())) };
    let mut fields = Vec::new();
    let mut blanks = Vec::new();
    for (line, number) in front.lines().zip(2..) {
        let Some((field, value)) = line.split_once(": ") else {
            return Err(broken(number, format!("{line:?} is no name with a value")));
        };
        match field.strip_prefix("blank ") {
            Some(blank) => blanks.push(Blank { name: blank.to_owned(), question: value.to_owned() }),
            None => fields.push((field, value, number)),
        }
    }
    let get = |field: &str| {
        let found = fields.iter().find(|(name, ..)| *name == field);
        found.map(|(_, value, line)| (*value, *line)).ok_or_else(|| broken(1, format!("there is no {field}")))
    };
    let list = |field: &str| Ok(get(field)?.0.split("; ").map(str::to_owned).collect::<Vec<_>>());
    let (doc_type, line) = get("doc_type")?;
    let doc_type = doc_type.parse().map_err(|_| broken(line, format!("doc_type cannot be {doc_type:?}")))?;
    let acknowledge = match get("acknowledge")? {
        ("yes", _) => true,
        ("no", _) => false,
        (other, line) => return Err(broken(line, format!("acknowledge is yes or no, not {other:?}"))),
    };
    for piece in pieces(text) {
        if let Piece::Blank(used) = piece
            && !blanks.iter().any(|blank| blank.name == used)
        {
            return Err(broken(1, format!("the blank {used} is used and not declared")));
        }
    }
    Ok(Policy {
        id: format!("policy/{name}"),
        title: get("title")?.0.to_owned(),
        number: get("number")?.0.to_owned(),
        doc_type,
        clauses: list("clauses")?,
        control_ids: list("controls")?,
        review: get("review")?.0.to_owned(),
        acknowledge,
        blanks,
        text: text.trim_start().to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "---\ntitle: T\nnumber: N\ndoc_type: topic_policy\nclauses: 5.2; 7.3\ncontrols: A.5.1\nreview: P1Y\n\
        acknowledge: no\nblank a: Who?\nblank b: Where?\n---\n\nHello {{a}}, {{b}} and {{a}}}.\n";

    #[test]
    fn a_policy_is_read_from_its_file() {
        let policy = read("t", FILE).unwrap();
        assert_eq!((policy.id.as_str(), policy.clauses.len(), policy.blanks.len()), ("policy/t", 2, 2));
        assert_eq!(policy.text, "Hello {{a}}, {{b}} and {{a}}}.\n");
    }

    #[test]
    fn every_place_of_a_blank_is_filled_and_an_answer_is_not_read_again() {
        let policy = read("t", FILE).unwrap();
        let filled = policy.fill(|name| Some(if name == "a" { " {{b}} " } else { "here" }));
        assert_eq!(filled.unwrap(), "Hello {{b}}, here and {{b}}}.\n");
    }

    #[test]
    fn missing_broken_and_long_answers_are_told_by_name() {
        let policy = read("t", FILE).unwrap();
        let fill = |answer: &'static str| policy.fill(|_| Some(answer)).unwrap_err().to_string();
        assert_eq!(policy.fill(|_| None).unwrap_err().to_string(), "nothing is given for a, b");
        assert_eq!(fill("  "), "nothing is given for a, b");
        assert_eq!(fill("two\nlines"), "a must be one line of text");
        let longest = "ä".repeat(MAX_ANSWER);
        assert!(policy.fill(|_| Some(&longest)).is_ok());
        let long = "ä".repeat(MAX_ANSWER + 1);
        assert_eq!(policy.fill(|_| Some(&long)), Err(Unfilled::Long("a".to_owned())));
    }

    #[test]
    fn a_fault_in_a_policy_is_told_with_its_line() {
        for (from, to, fault) in [
            ("---\ntitle", "title", "t, line 1: the lines about the policy are missing"),
            ("number: N", "number N", "t, line 3: \"number N\" is no name with a value"),
            ("topic_policy", "poem", "t, line 4: doc_type cannot be \"poem\""),
            ("acknowledge: no", "acknowledge: maybe", "t, line 8: acknowledge is yes or no, not \"maybe\""),
            ("blank b: Where?\n", "", "t, line 1: the blank b is used and not declared"),
            ("review: P1Y\n", "", "t, line 1: there is no review"),
        ] {
            assert_eq!(read("t", &FILE.replacen(from, to, 1)).unwrap_err().to_string(), fault);
        }
    }
}
