//! The control of each type of field: a label, help, what was typed, and what is wrong with it. Everything works without
//! script; scripts find their places by `data-` attributes.

mod picker;

use std::fmt::Write as _;

use attestry_model::custom::{CustomField, CustomType};
use attestry_model::field::{FieldDef, OptionWords, Type};
use attestry_model::records::Methodology;
use attestry_model::{Kind, Problems, plain};

use super::pick;
use super::typed::{MOST_ROWS, Typed, as_type};
use crate::cx::Cx;
use crate::html::{Html, Mark, escape, icon_small};
use crate::labels;

/// Choices up to this number are shown as buttons, more as a list.
const FEW: usize = 5;
/// A matrix without values is shown with this many rows and columns.
const MATRIX: u8 = 5;
/// Most levels of a scale.
const MOST_LEVELS: i64 = 10;

/// Writes controls.
pub struct Widgets<'a> {
    /// The request.
    pub cx: &'a Cx,
    /// The kind of the record.
    pub kind: Kind,
    /// What the form holds.
    pub typed: &'a Typed,
    /// What is wrong.
    pub problems: &'a Problems,
    /// A path whose text is shown as it will look.
    pub preview: Option<String>,
    /// How many rows of a table come before those that the form holds.
    pub rows_before: usize,
    out: String,
}

/// The id of a control: where `#field-title` leads.
pub fn id_of(path: &str) -> String {
    let mut id = String::from("field-");
    id.extend(path.chars().filter(|sign| *sign != ']').map(|sign| match sign {
        sign if sign.is_ascii_alphanumeric() || sign == '_' => sign,
        _ => '-',
    }));
    id
}

/// The control at which a problem is told, and the entry that it is about where the control holds several: `tags[2]` is told
/// at `tags`.
pub fn told_at(field: &str) -> (&str, Option<usize>) {
    let entry = field.strip_suffix(']').and_then(|field| field.rsplit_once('['));
    let entry = entry.and_then(|(control, number)| Some((control, number.parse::<usize>().ok()?)));
    entry.map_or((field, None), |(control, number)| (control, Some(number)))
}

/// How much a control says about being needed.
fn need(cx: &Cx, kind: Kind, def: &FieldDef) -> Option<String> {
    if def.name == "title" && kind != Kind::Comment || (def.required && kind.words().fact) {
        None
    } else if def.required {
        Some(cx.say("form-needed-later").into_owned())
    } else {
        Some(cx.say("form-optional").into_owned())
    }
}

impl<'a> Widgets<'a> {
    /// For a form.
    pub fn new(cx: &'a Cx, kind: Kind, typed: &'a Typed, problems: &'a Problems) -> Self {
        Self { cx, kind, typed, problems, preview: None, rows_before: 0, out: String::new() }
    }

    /// What was written so far.
    pub fn take(&mut self) -> Html {
        Html(std::mem::take(&mut self.out))
    }

    /// The control of a field of the record.
    pub fn field(&mut self, def: &'static FieldDef) {
        if def.ty == Type::Custom {
            return self.custom(def.name);
        }
        self.has(def.name);
        let label = labels::field(self.cx.words, self.kind, def.name);
        let help = labels::field_help(self.cx.words, self.kind, def);
        let need = need(self.cx, self.kind, def);
        self.control(def.name, def.ty, &label, &help, need.as_deref());
    }

    fn has(&mut self, name: &str) {
        self.raw(r#"<input type="hidden" name="_has" value=""#);
        self.text(name);
        self.raw("\">");
    }

    fn raw(&mut self, html: &str) {
        self.out.push_str(html);
    }

    fn text(&mut self, text: &str) {
        escape(text, &mut self.out);
    }

    /// ` name="value"`
    fn attribute(&mut self, name: &str, value: &str) {
        let _ = write!(self.out, " {name}=\"");
        self.text(value);
        self.out.push('"');
    }

    fn say(&mut self, key: &str) {
        let said = self.cx.say(key);
        self.text(&said);
    }

    fn problems_at(&self, path: &str) -> Vec<String> {
        let id = id_of(path);
        let here = self.problems.0.iter().filter_map(|one| {
            let (control, entry) = told_at(&one.field);
            if id_of(&one.field) == id {
                return Some(one.message.clone());
            }
            let number = entry.filter(|_| id_of(control) == id)?;
            let words = [("number", (number + 1 + self.rows_before).into()), ("message", one.message.as_str().into())];
            Some(self.cx.with("form-entry-problem", &words).into_owned())
        });
        here.collect()
    }

    /// Opens a control that is one input, or a group of several.
    fn open(&mut self, path: &str, label: &str, help: &str, need: Option<&str>, group: bool) {
        let id = id_of(path);
        let bad = !self.problems_at(path).is_empty();
        let (tag, naming) = if group { ("fieldset", "legend") } else { ("div", "label") };
        let _ = write!(self.out, r#"<{tag} class="field{}""#, if bad { " bad" } else { "" });
        if group {
            self.attribute("id", &id);
            self.raw(r#" tabindex="-1""#);
            self.described(path, help);
        }
        let _ = write!(self.out, "><{naming}");
        if !group {
            self.attribute("for", &id);
        }
        self.raw(">");
        self.text(label);
        if let Some(need) = need {
            self.raw(r#" <span class="opt">"#);
            self.text(need);
            self.raw("</span>");
        }
        let _ = write!(self.out, "</{naming}>");
        if !help.is_empty() {
            let _ = write!(self.out, r#"<p class="help" id="{id}-help">"#);
            self.text(help);
            self.raw("</p>");
        }
    }

    fn close(&mut self, path: &str, group: bool) {
        let problems = self.problems_at(path);
        if !problems.is_empty() {
            let _ = write!(self.out, r#"<p class="err" id="{}-err">"#, id_of(path));
            self.raw(Mark::Gap.svg().as_str());
            self.raw("<span>");
            self.text(&sentence(&problems.join("; ")));
            self.raw("</span></p>");
        }
        self.raw(if group { "</fieldset>" } else { "</div>" });
    }

    /// What describes a control, and whether it is wrong.
    fn described(&mut self, path: &str, help: &str) {
        let id = id_of(path);
        let bad = !self.problems_at(path).is_empty();
        let mut by = Vec::new();
        if !help.is_empty() {
            by.push(format!("{id}-help"));
        }
        if bad {
            by.push(format!("{id}-err"));
        }
        if !by.is_empty() {
            self.attribute("aria-describedby", &by.join(" "));
        }
    }

    fn marks(&mut self, path: &str, help: &str) {
        self.attribute("id", &id_of(path));
        self.described(path, help);
        if !self.problems_at(path).is_empty() {
            self.raw(r#" aria-invalid="true""#);
        }
    }

    /// A control of a type under a path.
    pub fn control(&mut self, path: &str, ty: Type, label: &str, help: &str, need: Option<&str>) {
        let options: Vec<(String, String)>;
        match ty {
            Type::Bool => {
                options = vec![
                    ("true".to_owned(), self.cx.say("yes").into_owned()),
                    ("false".to_owned(), self.cx.say("no").into_owned()),
                ];
                return self.radios(path, &options, label, help, need);
            }
            Type::Choice(all) if all.len() <= FEW => {
                options = self.words(all);
                return self.radios(path, &options, label, help, need);
            }
            Type::Level => {
                options = self.levels(path);
                return self.radios(path, &options, label, help, need);
            }
            Type::List(Type::Choice(all)) => {
                options = self.words(all);
                return self.checks(path, &options, label, help, need);
            }
            Type::List(Type::Ref(kind)) => return self.references(path, Some(*kind), label, help, need),
            Type::List(Type::AnyRef) => return self.references(path, None, label, help, need),
            Type::List(Type::Struct(fields)) => return self.table(path, fields, label, help, need),
            Type::Struct(fields) => {
                self.open(path, label, help, need, true);
                self.members(path, fields);
                return self.close(path, true);
            }
            Type::Matrix => return self.matrix(path, label, help, need),
            _ => {}
        }
        self.open(path, label, help, need, false);
        match ty {
            Type::LongText => self.long_text(path, help),
            Type::List(_) => self.area(path, help, 3, false),
            Type::Text if path != "title" => self.area(path, help, 1, true),
            Type::Money => self.money(path, label, help),
            Type::Period => self.period(path, label, help),
            Type::Choice(all) => {
                options = self.words(all);
                self.select(path, &options, help);
            }
            Type::Ref(kind) => self.reference(path, Some(kind), help),
            Type::AnyRef => self.reference(path, None, help),
            Type::Date => self.input(path, help, "date", ""),
            Type::DateTime => self.input(path, help, "datetime-local", ""),
            Type::Int => self.input(path, help, "text", "numeric"),
            Type::Decimal | Type::Percent => self.input(path, help, "text", "decimal"),
            _ => self.input(path, help, "text", ""),
        }
        self.close(path, false);
    }

    fn words(&self, options: &'static [OptionWords]) -> Vec<(String, String)> {
        let words = |one: &OptionWords| (one.name.to_owned(), labels::word(self.cx.words, one.name, one.label).into());
        options.iter().map(words).collect()
    }

    fn typed(&self, path: &str) -> String {
        self.typed.get(path).unwrap_or_default().to_owned()
    }

    fn input(&mut self, path: &str, help: &str, kind: &str, mode: &str) {
        self.raw("<input class=\"input\"");
        self.attribute("type", kind);
        self.attribute("name", path);
        self.attribute("value", &self.typed(path));
        if !mode.is_empty() {
            self.attribute("inputmode", mode);
        }
        if path == "title" {
            self.raw(r#" maxlength="1000" autocomplete="off""#);
        }
        self.marks(path, help);
        self.raw(">");
    }

    fn area(&mut self, path: &str, help: &str, rows: u8, line: bool) {
        let _ = write!(self.out, r#"<textarea class="textarea{}" rows="{rows}""#, if line { " line" } else { "" });
        self.attribute("name", path);
        self.marks(path, help);
        // The first line break after the tag belongs to the tag.
        self.raw(">\n");
        self.text(&self.typed(path));
        self.raw("</textarea>");
    }

    fn long_text(&mut self, path: &str, help: &str) {
        self.area(path, help, 5, false);
        self.raw(r#"<p class="row sm"><button class="btn s" formnovalidate name="_preview" data-preview"#);
        self.attribute("value", path);
        self.raw(">");
        self.say("form-preview");
        self.raw(r#"</button><span class="muted">"#);
        self.say("form-markdown");
        self.raw("</span></p>");
        if self.preview.as_deref() == Some(path) {
            self.raw(r#"<div class="panel">"#);
            let html = crate::markdown::to_html(self.cx, &self.typed(path));
            self.raw(html.as_str());
            self.raw("</div>");
        }
    }

    fn money(&mut self, path: &str, label: &str, help: &str) {
        self.raw(r#"<div class="row">"#);
        self.input(path, help, "text", "decimal");
        let part = format!("{path}~currency");
        let own = plain::currency(&self.cx.isms).map(|currency| currency.to_string()).unwrap_or_default();
        let typed = self.typed.get(&part).map_or(own, ToOwned::to_owned);
        self.raw(r#"<input class="input currency" size="4" maxlength="3" autocapitalize="characters""#);
        self.attribute("name", &part);
        self.attribute("value", &typed);
        let name = self.cx.say1("form-currency", "field", label).into_owned();
        self.attribute("aria-label", &name);
        self.raw("></div>");
    }

    fn period(&mut self, path: &str, label: &str, help: &str) {
        self.raw(r#"<div class="row">"#);
        self.input(path, help, "text", "");
        let part = format!("{path}~unit");
        let typed = self.typed.get(&part).unwrap_or("M").to_owned();
        self.raw(r#"<select class="select unit""#);
        self.attribute("name", &part);
        let name = self.cx.say1("form-unit", "field", label).into_owned();
        self.attribute("aria-label", &name);
        self.raw(">");
        for unit in ["D", "W", "M", "Y", "iso"] {
            let key = format!("form-unit-{}", unit.to_lowercase());
            self.option(unit, &self.cx.say(&key), typed == unit);
        }
        self.raw("</select></div>");
    }

    fn option(&mut self, value: &str, label: &str, chosen: bool) {
        self.raw("<option");
        self.attribute("value", value);
        self.raw(if chosen { " selected>" } else { ">" });
        self.text(label);
        self.raw("</option>");
    }

    fn select(&mut self, path: &str, options: &[(String, String)], help: &str) {
        let typed = self.typed(path);
        self.raw(r#"<select class="select""#);
        self.attribute("name", path);
        self.marks(path, help);
        self.raw(">");
        self.option("", &self.cx.say("form-not-said"), typed.is_empty());
        for (value, label) in options {
            self.option(value, label, *value == typed);
        }
        if !typed.is_empty() && options.iter().all(|(value, _)| *value != typed) {
            self.option(&typed, &typed, true);
        }
        self.raw("</select>");
    }

    fn radios(&mut self, path: &str, options: &[(String, String)], label: &str, help: &str, need: Option<&str>) {
        let typed = self.typed(path);
        self.open(path, label, help, need, true);
        self.raw(r#"<div class="radios">"#);
        for (value, label) in options {
            self.button("radio", path, value, label, *value == typed);
        }
        if need.is_some() || typed.is_empty() {
            let none = self.cx.say("form-not-said").into_owned();
            self.button("radio", path, "", &none, typed.is_empty());
        }
        self.raw("</div>");
        self.close(path, true);
    }

    fn checks(&mut self, path: &str, options: &[(String, String)], label: &str, help: &str, need: Option<&str>) {
        let typed: Vec<String> = self.typed.all(path).map(ToOwned::to_owned).collect();
        self.open(path, label, help, need, true);
        self.raw(r#"<div class="radios">"#);
        for (value, label) in options {
            self.button("checkbox", path, value, label, typed.contains(value));
        }
        self.raw("</div>");
        self.close(path, true);
    }

    fn button(&mut self, kind: &str, path: &str, value: &str, label: &str, on: bool) {
        self.raw("<label><input");
        self.attribute("type", kind);
        self.attribute("name", path);
        self.attribute("value", value);
        self.raw(if on { " checked> <span>" } else { "> <span>" });
        self.text(label);
        self.raw("</span></label>");
    }

    /// The levels of the scale in force with their words: likelihood and impact have scales, other levels are numbers.
    fn levels(&self, path: &str) -> Vec<(String, String)> {
        let isms = &self.cx.isms;
        let own = self
            .typed
            .get("methodology")
            .and_then(pick::reference_in)
            .and_then(attestry_model::AnyRef::of::<Methodology>);
        let method =
            isms.find(own).or_else(|| isms.live::<Methodology>().find(|method| method.state_name() == "effective"));
        let mut words: Vec<(i64, String)> = Vec::new();
        if let Some(method) = method {
            if path.contains("likelihood") {
                words.extend(method.likelihood_scale.iter().filter_map(|one| Some((one.level?, one.label.clone()?))));
            } else if path.contains("impact") {
                words.extend(method.impact_scale.iter().filter_map(|one| Some((one.level?, one.label.clone()?))));
            }
        }
        words.sort_by_key(|(level, _)| *level);
        words.retain(|(level, _)| (1..=MOST_LEVELS).contains(level));
        let mut options: Vec<(String, String)> =
            words.into_iter().map(|(level, label)| (level.to_string(), format!("{level} · {label}"))).collect();
        let typed = self.typed(path);
        let highest = typed.parse::<i64>().unwrap_or_default().clamp(i64::from(MATRIX), MOST_LEVELS);
        if options.is_empty() {
            options.extend((1..=highest).map(|level| (level.to_string(), level.to_string())));
        } else if !typed.is_empty() && options.iter().all(|(level, _)| *level != typed) {
            options.push((typed.clone(), typed));
        }
        options
    }

    fn members(&mut self, path: &str, fields: &'static [FieldDef]) {
        for def in fields {
            let label = labels::member(self.cx.words, def.name);
            let need = (!def.required).then(|| self.cx.say("form-optional").into_owned());
            self.control(&format!("{path}.{}", def.name), def.ty, &label, def.help, need.as_deref());
        }
    }

    /// Structures as rows, each with all its members; a button adds one, each has one that takes it away.
    fn table(&mut self, path: &str, fields: &'static [FieldDef], label: &str, help: &str, need: Option<&str>) {
        self.open(path, label, help, need, true);
        let rows = self.typed.rows(path);
        for row in 0..rows {
            let here = format!("{path}.{row}");
            self.raw(r#"<fieldset class="rowset"><legend>"#);
            let number = self.rows_before + row + 1;
            let said = self.cx.with("form-row", &[("field", label.into()), ("number", number.into())]).into_owned();
            self.text(&said);
            self.raw(r#"</legend><input type="hidden" value="1""#);
            self.attribute("name", &here);
            self.raw(r#"><div class="rowgrid">"#);
            self.members(&here, fields);
            self.raw(r#"</div><button class="btn s quiet" formnovalidate name="_drop""#);
            self.attribute("value", &here);
            self.raw(">");
            let said = self.cx.with("form-drop", &[("field", label.into()), ("number", number.into())]).into_owned();
            self.text(&said);
            self.raw("</button></fieldset>");
        }
        if rows < MOST_ROWS {
            self.raw(r#"<p><button class="btn s" formnovalidate name="_add""#);
            self.attribute("value", path);
            self.raw(">");
            self.raw(icon_small("plus").as_str());
            let said = self.cx.say1("form-add", "field", label).into_owned();
            self.text(&said);
            self.raw("</button></p>");
        }
        self.close(path, true);
    }

    fn matrix(&mut self, path: &str, label: &str, help: &str, need: Option<&str>) {
        self.open(path, label, help, need, true);
        let beginning = format!("{path}~");
        let (mut rows, mut columns) = (MATRIX, MATRIX);
        for (cell, _) in self.typed.own(&beginning) {
            if let Some((row, column)) = cell.split_once(',') {
                rows = rows.max(row.parse().unwrap_or_default()).min(10);
                columns = columns.max(column.parse().unwrap_or_default()).min(10);
            }
        }
        self.raw(r#"<div class="tw"><table class="tbl tight grid"><caption class="vh">"#);
        self.say("matrix-caption");
        self.raw("</caption><thead><tr><td></td>");
        for column in 1..=columns {
            let _ = write!(self.out, r#"<th scope="col">{column}</th>"#);
        }
        self.raw("</tr></thead><tbody>");
        for row in (1..=rows).rev() {
            let _ = write!(self.out, r#"<tr><th scope="row">{row}</th>"#);
            for column in 1..=columns {
                let name = format!("{path}~{row},{column}");
                self.raw(r#"<td><input class="input cell" inputmode="numeric" size="3""#);
                self.attribute("name", &name);
                self.attribute("value", &self.typed(&name));
                let said = self
                    .cx
                    .with("form-cell", &[("row", u32::from(row).into()), ("column", u32::from(column).into())])
                    .into_owned();
                self.attribute("aria-label", &said);
                self.raw("></td>");
            }
            self.raw("</tr>");
        }
        self.raw("</tbody></table></div>");
        self.close(path, true);
    }

    /// The organisation's own fields.
    fn custom(&mut self, path: &str) {
        let fields = attestry_model::custom::fields(&self.cx.isms, self.kind);
        if fields.is_empty() {
            return;
        }
        self.has(path);
        for CustomField { name, ty, label, help } in fields.into_values() {
            let here = format!("{path}.{name}");
            self.has(&here);
            let need = self.cx.say("form-optional").into_owned();
            if let CustomType::Choice(words) = &ty {
                let options: Vec<(String, String)> = words.iter().map(|word| (word.clone(), word.clone())).collect();
                if options.len() <= FEW {
                    self.radios(&here, &options, &label, &help, Some(&need));
                } else {
                    self.open(&here, &label, &help, Some(&need), false);
                    self.select(&here, &options, &help);
                    self.close(&here, false);
                }
            } else {
                self.control(&here, as_type(&ty), &label, &help, Some(&need));
            }
        }
    }
}

/// A problem as a sentence.
pub fn sentence(message: &str) -> String {
    let mut text = message.to_owned();
    if let Some(first) = text.get_mut(0..1) {
        first.make_ascii_uppercase();
    }
    text
}
