//! People among free-text owners: by name, by a role that one person holds, or by a role of which only the title is known.
//!
//! Owners of records are persons. Where a register names only a role, a person of that title is made in the state
//! `invited`, without name, mail or employment, and says in its notes where the role was named: the place is then held
//! until somebody fills it, and nothing about anybody is invented.

use std::collections::HashMap;

use attestry_model::Isms;
use attestry_model::records::{IsmsRole, Kind, RoleAssignment};
use attestry_model::reference::AnyRef;
use serde_json::Value;

use super::draft::Drafts;
use super::mapping::PeopleRules;
use super::words::{fits_one, plain, without_brackets};

/// What a text about a person turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Named {
    /// A person that is known, by name or by role.
    Known(AnyRef),
    /// Somebody by name who is not known yet.
    Name(String),
    /// A role or unit of which no holder is known.
    Role {
        /// The title.
        title: String,
        /// Whether it is the title of a role and not the name of a unit.
        role: bool,
    },
    /// No person, and why.
    Nobody(&'static str),
    /// Neither a name, nor a role, nor a unit.
    Unknown,
}

/// What is known of roles and those who hold them.
#[derive(Debug, Default)]
pub(crate) struct People {
    holders: HashMap<String, Vec<AnyRef>>,
    /// The records of roles by their titles.
    roles: HashMap<String, AnyRef>,
    /// Short forms of role titles: `iso` for `information security officer`.
    short: HashMap<String, Vec<String>>,
}

/// A role's title for comparison: without plural endings, so that “Department Heads” is “Department Head”.
pub(crate) fn role_key(title: &str) -> String {
    let words = plain(title);
    words
        .split(' ')
        .map(|word| word.strip_suffix('s').filter(|rest| rest.len() > 2).unwrap_or(word))
        .collect::<Vec<_>>()
        .join(" ")
}

/// The title of a role and its short form, as in “Information Security Officer (ISO)”.
pub(crate) fn title_and_short(title: &str) -> (String, Option<String>) {
    let inside = super::words::in_brackets(title).filter(|it| is_short(it));
    match inside {
        Some(inside) => (without_brackets(title), Some(inside.to_owned())),
        None => (title.trim().to_owned(), None),
    }
}

fn is_short(text: &str) -> bool {
    (2..=6).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_uppercase())
}

impl People {
    /// Learns from the ISMS and from the drafts of persons and roles.
    pub fn learn(&mut self, isms: &Isms, drafts: &Drafts<'_>) {
        for assignment in isms.live::<RoleAssignment>() {
            if let (Some(role), Some(person)) = (isms.find(assignment.role), assignment.person) {
                self.hold(role.title(), person.any());
            }
        }
        for role in isms.live::<IsmsRole>() {
            self.role(role.title());
            self.roles.entry(role_key(role.title())).or_insert(role.reference().any());
        }
        for person in isms.records(Kind::Person).filter(|person| !["void", "left"].contains(&person.state())) {
            if let (Some(Value::String(job)), Some(Value::String(_))) =
                (person.field("job_title"), person.field("name"))
            {
                self.hold(&job, person.any_ref());
            }
        }
        for draft in drafts.iter() {
            match draft.reference.kind {
                Kind::Person => {
                    if let Some(job) = draft.fields.get("job_title").and_then(Value::as_str) {
                        self.hold(job, draft.reference);
                    }
                }
                Kind::IsmsRole => {
                    if let Some(title) = draft.fields.get("title").and_then(Value::as_str) {
                        self.role(title);
                        self.roles.insert(role_key(title), draft.reference);
                    }
                }
                _ => {}
            }
        }
    }

    fn hold(&mut self, role: &str, person: AnyRef) {
        self.role(role);
        let holders = self.holders.entry(role_key(role)).or_default();
        if !holders.contains(&person) {
            holders.push(person);
        }
    }

    /// Notes a role's title; its short form is its initials, or what stands in brackets.
    pub fn role(&mut self, title: &str) {
        let (long, short) = title_and_short(title);
        let initials: String = plain(&long).split(' ').filter_map(|word| word.chars().next()).collect();
        let shorts = short.map(|it| it.to_lowercase()).into_iter().chain((initials.len() >= 2).then_some(initials));
        for short in shorts {
            let titles = self.short.entry(short).or_default();
            if !titles.contains(&role_key(&long)) {
                titles.push(role_key(&long));
            }
        }
    }

    /// The record of a role, by its title or short form.
    pub fn role_called(&self, text: &str) -> Option<AnyRef> {
        let text = text.trim();
        let key = self.long(text).map_or_else(|| role_key(text), str::to_owned);
        self.roles.get(&key).copied()
    }

    /// Notes the record of a role.
    pub fn know_role(&mut self, title: &str, reference: AnyRef) {
        self.role(title);
        self.roles.insert(role_key(title), reference);
    }

    /// The role that a short form stands for, when it is only one.
    pub fn long(&self, text: &str) -> Option<&str> {
        let titles = self.short.get(&text.to_lowercase()).filter(|_| is_short(text))?;
        if let [only] = titles.as_slice() { Some(only) } else { None }
    }

    /// Reads one text that should name one person.
    pub fn read(&self, rules: &PeopleRules, drafts: &Drafts<'_>, text: &str) -> Named {
        let text = text.trim();
        if text.is_empty() || fits_one(&rules.nobody, text) {
            return Named::Nobody("is nobody of the organisation");
        }
        if fits_one(&rules.groups, text) {
            return Named::Nobody("is a group of people");
        }
        if let Ok(reference) = text.parse::<AnyRef>()
            && let Some(known) = drafts.with_id(Some(Kind::Person), text)
        {
            debug_assert_eq!(reference.kind, Kind::Person);
            return Named::Known(known);
        }
        let title = without_brackets(text);
        let title = if title.is_empty() { &super::words::line(text) } else { &title };
        if let [one] = drafts.with_name(Kind::Person, title)[..] {
            return Named::Known(one);
        }
        let key = self.long(title).map_or_else(|| role_key(title), str::to_owned);
        if let Some([one]) = self.holders.get(&key).map(Vec::as_slice) {
            return Named::Known(*one);
        }
        if is_name(rules, title) {
            return Named::Name(title.to_owned());
        }
        // “Weber, Anna”, when Anna Weber is known.
        if let Some((last, first)) = title.split_once(',')
            && let [one] = drafts.with_name(Kind::Person, &format!("{} {}", first.trim(), last.trim()))[..]
        {
            return Named::Known(one);
        }
        let role = is_role(rules, title)
            || self.role_called(title).is_some()
            || self.long(title).is_some()
            || !drafts.with_name(Kind::IsmsRole, title).is_empty();
        if role || is_unit(rules, title) {
            return Named::Role { title: title.to_owned(), role };
        }
        Named::Unknown
    }
}

/// Whether a text is the title of a role, by the words of the mapping.
pub(crate) fn is_role(rules: &PeopleRules, text: &str) -> bool {
    text.split([' ', '/', '-', ',']).any(|word| fits_one(&rules.role_words, word))
}

/// Whether a text names a unit, by the words of the mapping.
fn is_unit(rules: &PeopleRules, text: &str) -> bool {
    text.split([' ', '/', '-', ',']).any(|word| fits_one(&rules.unit_words, word))
}

/// Whether a text is the name of a person: two to four capitalised words, none of which belongs to a role or unit.
pub(crate) fn is_name(rules: &PeopleRules, text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    let name = |word: &&str| {
        let letters = word.chars().all(|c| c.is_alphabetic() || matches!(c, '.' | '-' | '\'' | '’'));
        letters && word.starts_with(char::is_uppercase) && word.chars().any(char::is_lowercase)
    };
    let particle = |word: &&str| ["von", "van", "de", "der", "den", "di", "da", "zu", "la", "le"].contains(word);
    (2..=4).contains(&words.len())
        && words.iter().all(|word| name(word) || particle(word))
        && !is_role(rules, text)
        && !words.iter().any(|word| fits_one(&rules.unit_words, word))
        && !fits_one(&rules.groups, text)
        && !fits_one(&rules.nobody, text)
}
