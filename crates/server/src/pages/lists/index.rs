//! The search index of one organisation: words of titles and texts, and the records in which they occur.
//!
//! It is brought up to date when it is asked, by indexing what has changed since; permission is asked for each record that is
//! found, before anything is counted. Values that not everybody sees who sees the record are not in it.

use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;

use attestry_model::field::{HasFields as _, Key, Type};
use attestry_model::kind::DEAD_STATES;
use attestry_model::stored::{AnyRecord, FieldPlace, Head};
use attestry_model::{AnyRef, Isms, Kind};
use serde_json::Value;

/// Most words of a question.
const MOST_WORDS: usize = 8;
/// Most different words of one record.
const MOST_OF_RECORD: usize = 600;
/// Longest word, in letters; what is longer is found by its beginning.
const LONGEST: usize = 32;
/// From this many points on the title holds one of the words.
const IN_TITLE: u32 = 40;
/// How many of the best are looked at again for whom they belong to and when they changed.
const LOOKED_AT: usize = 200;

/// A record in the index.
#[derive(Debug)]
struct Doc {
    reference: AnyRef,
    revision: u32,
    title: Box<str>,
    over: bool,
    /// Whether this is how the record stands; otherwise a later entry took its place.
    stands: bool,
}

/// A word: whether it occurs in a title, and where it occurs: the entry's place, doubled, and one more where it is in the
/// title.
#[derive(Debug, Default)]
struct Word {
    in_title: bool,
    places: Vec<u32>,
}

/// The index; see the module.
#[derive(Debug, Default)]
pub struct Index {
    size: Option<u64>,
    docs: Vec<Doc>,
    by_ref: HashMap<AnyRef, u32>,
    words: BTreeMap<Box<str>, Word>,
    replaced: usize,
}

/// What was found.
#[derive(Debug)]
pub struct Found {
    /// How many there are.
    pub total: usize,
    /// The best, each with whether it no longer counts.
    pub best: Vec<(AnyRef, bool)>,
    /// Whether any of them is meant by its number or its title, rather than only holding the words somewhere.
    pub meant: bool,
}

impl Index {
    /// Whether it is of this value.
    pub fn is_of(&self, isms: &Isms) -> bool {
        self.size.is_some_and(|size| size >= isms.size())
    }

    /// Takes in what has changed.
    pub fn update(&mut self, isms: &Isms) {
        if self.is_of(isms) {
            return;
        }
        if self.replaced > 1_000 + self.docs.len() / 2 {
            *self = Self::default();
        }
        let kinds: Vec<Kind> = match self.size {
            None => Kind::ALL.to_vec(),
            Some(size) => isms.kinds_since(size).collect(),
        };
        for record in kinds.into_iter().flat_map(|kind| isms.records(kind)) {
            let known = self.by_ref.get(&record.any_ref()).map(|at| &self.docs[*at as usize]);
            if known.is_none_or(|doc| doc.revision != record.revision()) {
                self.take(record);
            }
        }
        self.size = Some(isms.size());
    }

    fn take(&mut self, record: &dyn AnyRecord) {
        let Ok(at) = u32::try_from(self.docs.len()) else { return };
        let title = record.head().title.as_deref().unwrap_or_default().to_lowercase();
        let mut words: HashMap<String, bool> = HashMap::new();
        for word in words_of(&title) {
            words.insert(word.to_owned(), true);
        }
        let mut add = |text: &str| {
            for word in words_of(&text.to_lowercase()) {
                if words.len() < MOST_OF_RECORD && !words.contains_key(word) {
                    words.insert(word.to_owned(), false);
                }
            }
        };
        texts(record, &mut add);
        for (word, in_title) in words {
            let entry = self.words.entry(word.into_boxed_str()).or_default();
            entry.in_title |= in_title;
            entry.places.push(at * 2 + u32::from(in_title));
        }
        let reference = record.any_ref();
        if let Some(old) = self.by_ref.insert(reference, at) {
            self.docs[old as usize].stands = false;
            self.replaced += 1;
        }
        let over = DEAD_STATES.contains(&record.state());
        let title = title.into_boxed_str();
        self.docs.push(Doc { reference, revision: record.revision(), title, over, stands: true });
    }

    /// The records in which every word of `text` occurs, as a word, as the beginning of one, or in a title with a slip or
    /// two. `visible` says whether the person may see a record; `bonus` what speaks for it beyond the words.
    pub fn find(
        &self,
        text: &str,
        limit: usize,
        visible: &mut dyn FnMut(AnyRef) -> bool,
        bonus: &dyn Fn(AnyRef) -> u32,
    ) -> Found {
        let text = text.trim().to_lowercase();
        let exact = reference_of(&text).filter(|reference| self.by_ref.contains_key(reference) && visible(*reference));
        let words: Vec<&str> = words_of(&text).take(MOST_WORDS).collect();
        let mut sums: Vec<u32> = Vec::new();
        for (nth, word) in words.iter().enumerate() {
            let points = self.points(word);
            if nth == 0 {
                sums = points.into_iter().map(u32::from).collect();
            } else {
                for (sum, points) in sums.iter_mut().zip(points) {
                    *sum = if points == 0 { 0 } else { *sum + u32::from(points) };
                }
            }
        }
        let mut hits: Vec<(u32, AnyRef, bool)> = Vec::new();
        for (doc, sum) in self.docs.iter().zip(sums) {
            if sum == 0 || !doc.stands || Some(doc.reference) == exact || !visible(doc.reference) {
                continue;
            }
            let mut score = sum + if doc.title.starts_with(text.as_str()) { 200 } else { 0 };
            score += if *doc.title == *text { 100 } else { 0 };
            hits.push((score, doc.reference, doc.over));
        }
        let order =
            |a: &(u32, AnyRef, bool), b: &(u32, AnyRef, bool)| a.2.cmp(&b.2).then(b.0.cmp(&a.0)).then(a.1.cmp(&b.1));
        let total = hits.len() + usize::from(exact.is_some());
        if hits.len() > LOOKED_AT.max(limit) {
            hits.select_nth_unstable_by(LOOKED_AT.max(limit), order);
            hits.truncate(LOOKED_AT.max(limit));
        }
        for hit in &mut hits {
            hit.0 += bonus(hit.1);
        }
        hits.sort_unstable_by(order);
        let meant = exact.is_some() || hits.first().is_some_and(|hit| hit.0 >= IN_TITLE);
        let first = exact.map(|reference| (reference, self.docs[self.by_ref[&reference] as usize].over));
        let best = first.into_iter().chain(hits.into_iter().map(|(_, reference, over)| (reference, over)));
        Found { total, best: best.take(limit).collect(), meant }
    }

    /// What one word is worth in each record.
    fn points(&self, word: &str) -> Vec<u16> {
        let mut points = vec![0_u16; self.docs.len()];
        let mut give = |places: &[u32], in_title: u16, in_text: u16| {
            for place in places {
                let worth = if place % 2 == 1 { in_title } else { in_text };
                let held = &mut points[(place / 2) as usize];
                *held = (*held).max(worth);
            }
        };
        let mut titled = false;
        for (found, entry) in self
            .words
            .range::<str, _>((Bound::Included(word), Bound::Unbounded))
            .take_while(|(found, _)| found.starts_with(word))
        {
            titled |= entry.in_title;
            // One letter is the beginning of too much; it counts in titles only.
            let in_text = if word.chars().count() < 2 { 0 } else { 6 };
            if found.len() == word.len() { give(&entry.places, 60, 12) } else { give(&entry.places, 40, in_text) }
        }
        let length = word.chars().count();
        if !titled && length >= 4 && word.bytes().any(|byte| !byte.is_ascii_digit()) {
            let most = if length >= 8 { 2 } else { 1 };
            let letters: Vec<char> = word.chars().collect();
            for (found, entry) in self.words.iter().filter(|(_, entry)| entry.in_title) {
                if slips(&letters, found, most).is_some() {
                    give(&entry.places, 15, 0);
                }
            }
        }
        points
    }
}

/// The words of a text that is in small letters.
pub fn words_of(text: &str) -> impl Iterator<Item = &str> {
    text.split(|sign: char| !sign.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| word.char_indices().nth(LONGEST).map_or(word, |(end, _)| &word[..end]))
}

/// A reference as people type it: `R-0014`, `r14`, `r 14`.
pub fn reference_of(text: &str) -> Option<AnyRef> {
    let text = text.trim_start_matches('#').trim();
    let letters = text.find(|sign: char| !sign.is_ascii_alphabetic())?;
    let digits = text[letters..].trim_start_matches(['-', ' ', '_']);
    if letters == 0 || digits.is_empty() || digits.len() > 9 || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let kind = Kind::with_prefix(&text[..letters].to_ascii_uppercase())?;
    Some(AnyRef { kind, number: digits.parse().ok()? })
}

/// The texts of a record, except its title and what is private.
fn texts(record: &dyn AnyRecord, add: &mut dyn FnMut(&str)) {
    let own = record.def().fields.iter().enumerate().map(|(at, field)| (FieldPlace::Own(at), field));
    let common = Head::DEFS.iter().enumerate().map(|(at, field)| (FieldPlace::Common(at), field));
    for (place, field) in own.chain(common.filter(|(_, field)| field.name == "notes")) {
        if field.private || field.guarded {
            continue;
        }
        match field.ty {
            Type::Text | Type::LongText => {
                if let Key::Text(text) = record.key(place) {
                    add(text);
                }
            }
            Type::List(Type::Text | Type::LongText | Type::Struct(_)) => {
                strings(&record.field(field.name).unwrap_or_default(), add);
            }
            Type::Struct(_) => strings(&record.field(field.name).unwrap_or_default(), add),
            _ => {}
        }
    }
    record.head().tags.iter().for_each(|tag| add(tag));
    record.head().custom.iter().for_each(|(_, value)| strings(value, add));
}

fn strings(value: &Value, add: &mut dyn FnMut(&str)) {
    match value {
        Value::String(text) => add(text),
        Value::Array(items) => items.iter().for_each(|item| strings(item, add)),
        Value::Object(members) => members.values().for_each(|member| strings(member, add)),
        _ => {}
    }
}

/// How many slips lie between what was typed and a word: letters left out, put in, changed or swapped with the next; `None`
/// when there are more than `most`. The first letter is believed.
pub fn slips(typed: &[char], word: &str, most: usize) -> Option<usize> {
    let mut letters = word.chars();
    if letters.next() != typed.first().copied() {
        return None;
    }
    let word: Vec<char> = word.chars().take(LONGEST).collect();
    if word.len().abs_diff(typed.len()) > most {
        return None;
    }
    let mut two_ago: Vec<usize> = Vec::new();
    let mut before: Vec<usize> = (0..=word.len()).collect();
    for (i, a) in typed.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, b) in word.iter().enumerate() {
            let changed = before[j] + usize::from(a != b);
            let mut least = changed.min(before[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *a == word[j - 1] && typed[i - 1] == *b {
                least = least.min(two_ago[j - 1] + 1);
            }
            row.push(least);
        }
        if row.iter().min().is_none_or(|least| *least > most) {
            return None;
        }
        two_ago = std::mem::replace(&mut before, row);
    }
    before.last().copied().filter(|slips| *slips <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_counted_up_to_a_bound() {
        for (typed, word, slips) in [
            ("backup", "backup", Some(0)),
            ("bakcup", "backup", Some(1)),
            ("backp", "backup", Some(1)),
            ("backkup", "backup", Some(1)),
            ("ransomwere", "ransomware", Some(1)),
            ("ransmwere", "ransomware", Some(2)),
            ("rxnsxmwxre", "ransomware", None),
            ("ackup", "backup", None),
        ] {
            let letters: Vec<char> = typed.chars().collect();
            assert_eq!(super::slips(&letters, word, 2), slips, "{typed}");
        }
    }

    #[test]
    fn references_are_read_as_people_type_them() {
        for text in ["R-0014", "r14", "r 14", "R-14", "#r-14"] {
            assert_eq!(
                reference_of(&text.to_lowercase()).map(|it| it.to_string()).as_deref(),
                Some("R-0014"),
                "{text}"
            );
        }
        for text in ["14", "r", "xyz-1", "r-12345678901", ""] {
            assert_eq!(reference_of(text), None, "{text}");
        }
    }
}
