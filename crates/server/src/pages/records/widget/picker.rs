//! Controls that name records: a text with a button that finds, what it may mean, and the way to something new.

use attestry_model::Kind;
use attestry_model::field::FieldDef;
use attestry_model::permit::{Wish, permit};

use super::{Widgets, id_of};
use crate::labels;
use crate::pages::records::{fields, pick};

impl Widgets<'_> {
    /// The text of a control that names a record: its reference, with its title where the person may see it.
    pub(super) fn called(&self, text: &str) -> String {
        let Some(reference) = pick::reference_in(text).filter(|it| it.to_string() == text.trim()) else {
            return text.to_owned();
        };
        if let Some(person) = reference.of() {
            return format!("{reference} · {}", self.cx.name_of(person));
        }
        match self.cx.isms.record(reference).filter(|record| self.cx.sees(*record)) {
            Some(record) => format!("{reference} · {}", record.head().title.as_deref().unwrap_or_default()),
            None => self.just_made(reference).unwrap_or_else(|| text.to_owned()),
        }
    }

    /// The same of a record that this form has made: the value of the request does not hold it yet.
    fn just_made(&self, reference: attestry_model::AnyRef) -> Option<String> {
        self.typed.get("_create")?;
        let isms = self.cx.organisation.isms();
        let record = isms.record(reference)?;
        let sees = permit(&isms, &self.cx.principal, Wish::Read, record);
        let title = record.head().title.as_deref().filter(|_| sees)?;
        Some(format!("{reference} · {title}"))
    }

    /// A text that names a record, and the button that finds it.
    fn picker(&mut self, name: &str, path: &str, kind: Option<Kind>, value: &str, help: &str) {
        self.raw(r#"<div class="combo"><div class="row"><input class="input" type="text" autocomplete="off""#);
        self.attribute("data-pick", kind.map_or("", |kind| kind.words().name));
        self.attribute("name", name);
        self.attribute("value", value);
        self.marks(path, help);
        self.raw(r#"><button class="btn" formnovalidate name="_find" data-find"#);
        self.attribute("value", path);
        self.raw(">");
        self.say("form-find");
        self.raw("</button></div>");
        self.offers(name, path, kind);
        self.raw("</div>");
    }

    /// After Find, or when a text names none or several: what it may mean, and the way to something new.
    fn offers(&mut self, name: &str, path: &str, kind: Option<Kind>) {
        let text = self.typed(name);
        let text = text.split([';', '\n']).next_back().unwrap_or_default().trim();
        let asked = self.typed.get("_find") == Some(path) || self.typed.get("_create") == Some(path);
        let unknown = pick::reference_in(text).is_none() && !text.is_empty() && !self.problems_at(path).is_empty();
        // What was made is chosen already.
        let made = self.typed.get("_create") == Some(path) && text.is_empty();
        if !(asked || unknown) || made || pick::reference_in(text).is_some() {
            return;
        }
        let found = pick::matching(self.cx, kind, text, pick::MOST);
        let key = if found.is_empty() { "form-found-none" } else { "form-found" };
        self.raw(r#"<fieldset class="field offers"><legend>"#);
        let said = self.cx.say1(key, "text", text);
        self.text(&said);
        self.raw("</legend>");
        let chosen = format!("{path}~choice");
        for one in &found {
            let label = format!("{} · {}, {}", one.reference, one.title, one.fact);
            self.button("radio", &chosen, &one.reference.to_string(), &label, false);
        }
        if let Some(kind) = kind.filter(|kind| self.cx.may_create(*kind) && !text.is_empty()) {
            self.new_record(path, kind, text);
        }
        self.raw("</fieldset>");
    }

    /// The button that makes a new record for a reference, with the fields that it needs once it was pressed in vain.
    fn new_record(&mut self, path: &str, kind: Kind, title: &str) {
        let beginning = format!("_new.{path}.");
        let asked: Vec<&'static FieldDef> =
            fields::all(kind).into_iter().filter(|def| self.asked(path, def.name)).collect();
        for def in asked {
            let name = format!("{beginning}{}", def.name);
            let label = labels::field(self.cx.words, kind, def.name);
            let help = labels::field_help(self.cx.words, kind, def);
            self.raw(r#"<input type="hidden" name="_ask""#);
            self.attribute("value", &name);
            self.raw(">");
            self.control(&name, def.ty, &label, &help, None);
        }
        self.raw(r#"<button class="btn s" formnovalidate name="_create""#);
        self.attribute("value", path);
        self.raw(">");
        let what = labels::within(self.cx.words, &labels::singular(self.cx.words, kind));
        let said = self.cx.with("form-create", &[("what", (&what).into()), ("title", title.into())]);
        self.text(&said);
        self.raw("</button>");
    }

    fn asked(&self, path: &str, field: &str) -> bool {
        let name = format!("_new.{path}.{field}");
        let id = id_of(&name);
        self.typed.all("_ask").any(|one| one == name) || self.problems.0.iter().any(|one| id_of(&one.field) == id)
    }

    pub(super) fn reference(&mut self, path: &str, kind: Option<Kind>, help: &str) {
        let value = self.called(&self.typed(path));
        self.picker(path, path, kind, &value, help);
    }

    pub(super) fn references(&mut self, path: &str, kind: Option<Kind>, label: &str, help: &str, need: Option<&str>) {
        let chosen: Vec<String> = self.typed.all(path).map(ToOwned::to_owned).collect();
        self.raw("<div data-several");
        self.attribute("data-name", path);
        self.raw(">");
        self.open(path, label, help, need, false);
        if !chosen.is_empty() {
            self.raw(r#"<ul class="picked">"#);
            for one in chosen.iter().filter(|one| !one.trim().is_empty()) {
                self.raw("<li>");
                self.button("checkbox", path, one, &self.called(one), true);
                self.raw("</li>");
            }
            self.raw("</ul>");
        }
        let adding = format!("{path}~add");
        let typed = self.typed(&adding);
        self.picker(&adding, path, kind, &typed, help);
        self.close(path, false);
        self.raw("</div>");
    }
}
