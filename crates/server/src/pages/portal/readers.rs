//! Who has read a document or taken a course, by unit: a bar for each, and the way to those who have not.

use std::collections::BTreeMap;

use attestry_model::records::{Acknowledgement, Course, Document, DocumentVersion, Person, TrainingAssignment};
use attestry_model::{AnyRecord, AnyRef, Kind, Ref};

use crate::cx::Cx;
use crate::html::Html;
use crate::pages::lists::record_words;
use crate::places::list_path;
use crate::shell::bar;

/// Most units that are shown; the smallest are left out.
const MOST: usize = 12;

/// Who was asked, and who has done it.
pub struct Readers {
    /// `Who has read it`.
    pub heading: String,
    /// `19 of 28`.
    pub words: String,
    /// Each unit with its number in words and its bar.
    pub units: Vec<(String, String, Html)>,
    /// Those who have not yet: the words, and their list.
    pub open: Option<(String, String)>,
}

/// Those of a document, a version or a course, for whoever may see all of them: a part of them would say something else.
pub fn of(cx: &Cx, record: &dyn AnyRecord) -> Option<Readers> {
    let about = record.any_ref();
    let version = match about.of::<Document>() {
        Some(document) => cx.isms.get(document)?.current_version.map(Ref::any),
        None => about.of::<DocumentVersion>().map(Ref::any),
    };
    let (kind, field, target, key) = match (version, about.of::<Course>()) {
        (Some(version), _) => (Kind::Acknowledgement, "document_version", version, "readers-read"),
        (None, Some(course)) => (Kind::TrainingAssignment, "course", course.any(), "readers-taken"),
        (None, None) => return None,
    };
    if !cx.is_isms() || !cx.sees_all(kind.def()) {
        return None;
    }
    let asked: Vec<(Ref<Person>, bool)> = if kind == Kind::Acknowledgement {
        let all = cx.isms.referring::<Acknowledgement>(target, field).filter(|one| !one.is_void());
        let all = all.filter(|one| matches!(one.state_name(), "pending" | "acknowledged"));
        all.filter_map(|one| Some((one.person?, one.state_name() == "acknowledged"))).collect()
    } else {
        let all = cx.isms.referring::<TrainingAssignment>(target, field).filter(|one| !one.is_void());
        let all = all.filter(|one| one.state_name() != "waived");
        all.filter_map(|one| Some((one.person?, one.state_name() == "completed"))).collect()
    };
    if asked.is_empty() {
        return None;
    }
    let mut units: BTreeMap<Option<AnyRef>, (usize, usize)> = BTreeMap::new();
    for (person, has) in &asked {
        let unit = cx.isms.get(*person).and_then(|it| it.org_unit).map(Ref::any);
        let counted = units.entry(unit).or_default();
        counted.0 += usize::from(*has);
        counted.1 += 1;
    }
    let words =
        |done: usize, all: usize| cx.with("readers-of", &[("done", done.into()), ("all", all.into())]).into_owned();
    let mut units: Vec<_> = units.into_iter().collect();
    units.sort_by_key(|(_, (_, all))| std::cmp::Reverse(*all));
    let units = units.into_iter().take(MOST).map(|(unit, (done, all))| {
        let name = unit.map_or_else(|| cx.say("readers-no-unit").into_owned(), |unit| record_words(cx, unit));
        let class = if done == all { "now" } else { "watch" };
        (name, words(done, all), bar(&[(class, done)], all))
    });
    let done = asked.iter().filter(|(_, has)| *has).count();
    let left = asked.len() - done;
    let open = (left > 0).then(|| {
        let states = if kind == Kind::Acknowledgement { "state=pending" } else { "state=assigned&state=started" };
        let href = format!("{}?{field}={target}&{states}", list_path(kind));
        (cx.say1("readers-open", "count", left).into_owned(), cx.href(&href))
    });
    Some(Readers { heading: cx.say(key).into_owned(), words: words(done, asked.len()), units: units.collect(), open })
}
