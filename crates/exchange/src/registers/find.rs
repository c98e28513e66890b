//! References: from what a cell names to the records it means.

use attestry_model::records::Kind;
use attestry_model::reference::AnyRef;
use serde_json::Value;

use super::draft::{SOURCE, Wanted};
use super::mapping::FieldRule;
use super::people::Named;
use super::transform::only_annex_ids;
use super::words::{count, fits_one, line, plain};
use super::work::{Place, Work};

/// The records that a cell means, and what it says beyond them; or why it means none.
pub(crate) type Found = Result<(Vec<AnyRef>, Option<String>), String>;

/// What one part of a cell means.
enum Part {
    Whole(Vec<AnyRef>),
    Partly(Vec<AnyRef>, String),
    Nothing(String),
}

impl Work<'_> {
    /// Finds, or where the rule says so makes, the records that a cell names.
    pub(super) fn find(&mut self, place: Place, kind: Option<Kind>, rule: &FieldRule, text: &str) -> Found {
        let parts: Vec<String> = match (kind, rule.split.is_empty()) {
            (Some(Kind::Person), true) => self.people_in(text),
            (_, true) => vec![text.to_owned()],
            (_, false) => split(text, &rule.split),
        };
        let mut all: Vec<AnyRef> = Vec::new();
        let mut left: Option<String> = None;
        for part in &parts {
            let (found, reason) = match self.find_part(place, kind, rule, part) {
                Part::Whole(found) => (found, None),
                Part::Partly(found, reason) => (found, Some(reason)),
                Part::Nothing(reason) => (Vec::new(), Some(reason)),
            };
            for reference in found {
                if !all.contains(&reference) {
                    self.meet(place, reference);
                    all.push(reference);
                }
            }
            left = left.or(reason);
        }
        if all.is_empty() { Err(left.unwrap_or_else(|| "names nothing".to_owned())) } else { Ok((all, left)) }
    }

    fn find_part(&mut self, place: Place, kind: Option<Kind>, rule: &FieldRule, text: &str) -> Part {
        if fits_one(&self.mapping.reading.nothing, text) {
            return Part::Nothing("says that there is nothing".to_owned());
        }
        if kind == Some(Kind::Person) {
            return self.find_person(place, text);
        }
        let by =
            |how: &str| rule.find.is_empty() && matches!(how, "id" | "name") || rule.find.iter().any(|it| it == how);
        if by("id") {
            let (found, rest) = self.by_ids(kind, text);
            if !found.is_empty() {
                return if rest {
                    Part::Partly(found, "says more than the identifier".to_owned())
                } else {
                    Part::Whole(found)
                };
            }
        }
        if let Some(kind) = kind {
            if by("annex") {
                let found: Vec<AnyRef> = attestry_standards::find_annex_ids(text)
                    .into_iter()
                    .flat_map(|control| self.drafts.with_annex(&control.id))
                    .collect();
                if !found.is_empty() {
                    let more = "says more than the numbers of controls".to_owned();
                    return if only_annex_ids(text) { Part::Whole(found) } else { Part::Partly(found, more) };
                }
            }
            if by("name") {
                match self.drafts.with_name(kind, text)[..] {
                    [] => {}
                    [one] => return Part::Whole(vec![one]),
                    _ => return Part::Nothing(format!("is the name of several {}", plural(kind))),
                }
                if kind == Kind::IsmsRole
                    && let Some(role) = self.people.role_called(text)
                {
                    return Part::Whole(vec![role]);
                }
            }
            if by("inside") {
                let found = self.drafts.inside(kind, text);
                if !found.is_empty() {
                    return Part::Partly(found, "says more than the name".to_owned());
                }
            }
            if rule.make {
                return self.make(place, kind, rule, text);
            }
        }
        Part::Nothing(
            kind.map_or_else(|| "names no record".to_owned(), |kind| format!("names none of the {}", plural(kind))),
        )
    }

    /// The records whose identifiers stand in a text, and whether it says more.
    fn by_ids(&self, kind: Option<Kind>, text: &str) -> (Vec<AnyRef>, bool) {
        if let Some(whole) = self.drafts.with_id(kind, text) {
            return (vec![whole], false);
        }
        let (mut found, mut rest) = (Vec::new(), false);
        for word in
            text.split([' ', ',', ';', '(', ')', '+', '/', ':', '\n']).map(str::trim).filter(|word| !word.is_empty())
        {
            let id = word.trim_end_matches('.');
            match self.drafts.with_id(kind, id).filter(|_| id.bytes().any(|byte| byte.is_ascii_digit())) {
                Some(reference) if !found.contains(&reference) => found.push(reference),
                Some(_) => {}
                None => rest = true,
            }
        }
        (found, rest)
    }

    /// A record with nothing but its title, because a cell names it.
    fn make(&mut self, place: Place, kind: Kind, rule: &FieldRule, text: &str) -> Part {
        if rule.max_words.is_some_and(|most| count(text) > most) {
            return Part::Nothing(format!("is a sentence, not the name of a {}", kind.words().title.to_lowercase()));
        }
        if plain(text).is_empty() || text.len() > 500 {
            return Part::Nothing("is no name".to_owned());
        }
        let heading = place.column.map(|column| self.tables[place.table].heading(column)).unwrap_or_default();
        let text = line(text);
        let tag = format!("{SOURCE}{}/{heading}/{text}", self.tables[place.table].name);
        let made = self.named(place, kind, &tag, &text, "Named");
        for (field, meaning) in &rule.made {
            self.say(made, field, meaning);
        }
        vec![made].into()
    }

    /// A record that stands in no row of its own.
    pub(super) fn named(&mut self, place: Place, kind: Kind, tag: &str, title: &str, word: &str) -> AnyRef {
        let source = self.source(place.table, place.row);
        let before = self.drafts.len();
        let wanted = Wanted { kind, tag, title, id: None, own: false, table: place.table, source: &source };
        let at = self.drafts.want(wanted);
        let heading = place.column.map(|column| self.tables[place.table].heading(column)).unwrap_or_default();
        let grown = self.drafts.len() > before;
        let draft = self.drafts.get_mut(at);
        if grown {
            draft.named = true;
            draft.notes.insert(format!("{word} in {source} ({heading})."), Vec::new());
        }
        draft.reference
    }

    /// The parts of a text that may name several people.
    fn people_in(&self, text: &str) -> Vec<String> {
        let whole = self.people.read(&self.mapping.people, &self.drafts, text);
        if matches!(whole, Named::Known(_) | Named::Name(_) | Named::Nobody(_)) {
            return vec![text.to_owned()];
        }
        let marks: Vec<String> = [" + ", " / ", "; ", ", ", " and "].map(str::to_owned).to_vec();
        split(text, &marks)
    }

    fn find_person(&mut self, place: Place, text: &str) -> Part {
        let register = self.tables[place.table].name.clone();
        if let Some(role) = self.people.role_called(text) {
            self.meet(place, role);
        }
        match self.people.read(&self.mapping.people, &self.drafts, text) {
            Named::Known(person) => vec![person].into(),
            Named::Name(name) => {
                let tag = format!("{SOURCE}{register}/person/{name}");
                let person = self.named(place, Kind::Person, &tag, &name, "Named");
                self.say(person, "name", &name);
                vec![person].into()
            }
            Named::Role { title, role } => {
                if role && self.people.role_called(&title).is_none() {
                    let tag = format!("{SOURCE}{register}/role/{title}");
                    let made = self.named(place, Kind::IsmsRole, &tag, &title, "Named");
                    self.people.know_role(&title, made);
                }
                let tag = format!("{SOURCE}{register}/person/{title}");
                let person = self.named(place, Kind::Person, &tag, &title, "Named only by role");
                self.say(person, "job_title", &title);
                vec![person].into()
            }
            Named::Nobody(reason) => Part::Nothing(reason.to_owned()),
            Named::Unknown => Part::Nothing("names nobody known, and no role or unit".to_owned()),
        }
    }

    /// Counts a record that an earlier import of these registers made because it was named.
    fn meet(&mut self, place: Place, reference: AnyRef) {
        if self.drafts.at(reference).is_some() {
            return;
        }
        let Some(record) = self.isms.record(reference) else { return };
        let ours = |tag: &&String| {
            let register = tag.strip_prefix(SOURCE).and_then(|source| source.split('/').next());
            register.is_some_and(|register| self.tables.iter().any(|table| table.name == register))
        };
        if let Some(tag) = record.head().tags.iter().find(ours).cloned() {
            let source = self.source(place.table, place.row);
            let at = self.drafts.open(reference, &tag, place.table, &source);
            self.drafts.get_mut(at).named = true;
        }
    }

    /// Sets a field of a record that was made because it was named.
    fn say(&mut self, reference: AnyRef, field: &str, text: &str) {
        if let Some(at) = self.drafts.at(reference)
            && self.drafts.get(at).named
        {
            let kind = reference.kind;
            let value = super::mapping::field_type(kind, field)
                .and_then(|ty| attestry_model::plain::parse(ty, text, self.currency).ok())
                .unwrap_or_else(|| Value::from(text));
            self.drafts.get_mut(at).fields.insert(field.to_owned(), value);
        }
    }
}

impl From<Vec<AnyRef>> for Part {
    fn from(found: Vec<AnyRef>) -> Self {
        Self::Whole(found)
    }
}

fn plural(kind: Kind) -> String {
    kind.words().plural.to_lowercase()
}

/// Cuts a text at any of several marks, outside brackets.
pub(crate) fn split(text: &str, marks: &[String]) -> Vec<String> {
    let mut parts = Vec::new();
    let (mut start, mut at, mut depth) = (0, 0, 0_i32);
    while at < text.len() {
        let rest = &text[at..];
        if depth == 0
            && let Some(mark) = marks.iter().find(|mark| !mark.is_empty() && rest.starts_with(mark.as_str()))
        {
            parts.push(text[start..at].trim().to_owned());
            at += mark.len();
            start = at;
            continue;
        }
        let c = rest.chars().next().unwrap_or(' ');
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = (depth - 1).max(0),
            _ => {}
        }
        at += c.len_utf8();
    }
    parts.push(text[start..].trim().to_owned());
    parts.retain(|part| !part.is_empty());
    parts
}
