//! Where one can go and what one can do, by name and by the everyday words for it: pages, lists, clauses, actions.

use attestry_model::Kind;

use super::index::{slips, words_of};
use crate::cx::Cx;
use crate::labels;
use crate::places::{self, PLACES, list_path};

/// A way to somewhere.
#[derive(Debug, Clone)]
pub struct Way {
    /// What it says.
    pub label: String,
    /// What stands beside it.
    pub hint: String,
    /// Where it leads.
    pub href: String,
    /// Its icon.
    pub icon: &'static str,
    /// The keys that do the same.
    pub keys: &'static str,
    /// Other words for it, in small letters.
    words: String,
}

impl Way {
    fn new(label: impl Into<String>, href: impl Into<String>, icon: &'static str) -> Self {
        let (hint, words) = (String::new(), String::new());
        Self { label: label.into(), hint, href: href.into(), icon, keys: "", words }
    }

    fn with(mut self, hint: impl Into<String>, words: &str) -> Self {
        self.hint = hint.into();
        self.words = words.to_lowercase();
        self
    }

    fn by(mut self, keys: &'static str) -> Self {
        self.keys = keys;
        self
    }

    /// How well it answers the words: 0 when not at all.
    pub fn fits(&self, words: &[&str]) -> u32 {
        let label = self.label.to_lowercase();
        let own: Vec<&str> = words_of(&label).collect();
        let other: Vec<&str> = words_of(&self.words).collect();
        let (mut sum, mut by_name) = (0, words.len() == own.len());
        for word in words {
            let best = |list: &[&str]| {
                let points = list.iter().map(|found| {
                    if found == word {
                        3
                    } else if found.starts_with(word) {
                        2
                    } else {
                        u32::from(word.len() >= 5 && slips(&word.chars().collect::<Vec<_>>(), found, 1).is_some())
                    }
                });
                points.max().unwrap_or_default()
            };
            match (best(&own) * 3, best(&other) * 2) {
                (0, 0) => return 0,
                (own, other) => {
                    by_name &= own > 0;
                    sum += own.max(other);
                }
            }
        }
        sum + if by_name { 2 } else { 0 }
    }
}

/// The everyday words for a kind, from the message file; empty where there are none.
pub fn synonyms(cx: &Cx, kind: Kind) -> String {
    cx.words.find(&format!("synonym-{}", kind.words().name.replace('_', "-"))).unwrap_or_default()
}

/// The icon of a kind: that of its place.
pub fn icon(kind: Kind) -> &'static str {
    if kind == Kind::Person { "people" } else { places::of_kind(kind).0.icon }
}

/// The pages and lists that the person can go to.
pub fn pages(cx: &Cx) -> Vec<Way> {
    let mut ways = Vec::new();
    if !cx.is_isms() {
        ways.push(Way::new(cx.say("goto-portal"), "/portal", "home").with("", &cx.say("goto-portal-words")));
        ways.push(Way::new(cx.say("shell-my-account"), "/account", "lock").with("", &cx.say("goto-account-words")));
        return ways;
    }
    for place in PLACES {
        let place_words = cx.say(format!("place-{}", place.name));
        for tab in place.tabs.iter().filter(|tab| tab.kind.is_none()) {
            let words = cx.words.find(&format!("synonym-tab-{}", tab.name)).unwrap_or_default();
            let label = cx.say(format!("tab-{}", tab.name));
            ways.push(Way::new(label, cx.href(tab.path), place.icon).with(&*place_words, &words).by(keys_of(tab.path)));
        }
    }
    for kind in Kind::ALL {
        let place = cx.say(format!("place-{}", places::of_kind(*kind).0.name));
        let words = format!("{} {}", labels::singular(cx.words, *kind), synonyms(cx, *kind));
        let path = list_path(*kind);
        let way = Way::new(labels::plural(cx.words, *kind), cx.href(&path), icon(*kind)).with(&*place, &words);
        ways.push(way.by(keys_of(&path)));
    }
    for (key, path, icon) in [
        ("shell-everything", "/everything", "menu"),
        ("shell-settings", "/settings", "settings"),
        ("shell-my-account", "/account", "lock"),
        ("shell-keys", "/help/keys", "help"),
        ("goto-clauses", "/clauses", "document"),
    ] {
        if path == "/settings" && !cx.is_steward() {
            continue;
        }
        let words = cx.words.find(&format!("synonym-page-{}", path.trim_start_matches('/').replace('/', "-")));
        ways.push(Way::new(cx.say(key), path, icon).with("", &words.unwrap_or_default()).by(keys_of(path)));
    }
    ways
}

/// The keys that lead to a page.
fn keys_of(path: &str) -> &'static str {
    super::keys::GO.iter().find(|(_, to)| *to == path).map_or("", |(keys, _)| keys)
}

/// The clauses of the standard and the controls of its Annex A.
pub fn clauses(cx: &Cx) -> Vec<Way> {
    let mut ways: Vec<Way> = Vec::new();
    let mut last = "";
    for clause in attestry_standards::clauses() {
        if clause.clause == last {
            continue;
        }
        last = &clause.clause;
        let label = format!("{} {}", clause.clause, clause.title);
        let href = cx.href(&format!("/clauses/{}", clause.clause));
        ways.push(Way::new(label, href, "document").with(cx.say("goto-clause"), &clause.title));
    }
    for control in attestry_standards::annex_controls() {
        let label = format!("{} {}", control.id, control.title);
        let href = cx.href(&format!("/clauses/{}", control.id));
        ways.push(Way::new(label, href, "control").with(cx.say("goto-annex"), ""));
    }
    ways
}

/// What the person can do.
pub fn actions(cx: &Cx) -> Vec<Way> {
    let mut ways = Vec::new();
    for kind in Kind::ALL.iter().filter(|kind| cx.may_create(**kind)) {
        let what = labels::within(cx.words, &labels::singular(cx.words, *kind));
        let label = cx.say1("goto-new", "what", &what);
        let words = format!("{} {}", cx.say("goto-new-words"), synonyms(cx, *kind));
        ways.push(Way::new(label, format!("{}/new", list_path(*kind)), "plus").with("", &words));
    }
    if cx.is_isms() {
        let here = crate::shell::with_query("/risks", &[], None);
        let date = Way::new(cx.say("shell-asof"), cx.href(&here), "past").with("", &cx.say("goto-asof-words"));
        ways.push(Way { href: "#asof".to_owned(), ..date }.by("t"));
        let report = Way::new(cx.say("goto-reports"), cx.href("/reports"), "print");
        ways.push(report.with("", &cx.say("goto-reports-words")));
    }
    let report = Way::new(cx.say("goto-report-event"), "/portal/report", "alarm");
    if !cx.is_past() {
        ways.push(report.with("", &cx.say("goto-report-event-words")));
    }
    ways
}
