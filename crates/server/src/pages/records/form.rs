//! Writing a new record and changing one: the same form from the declarations of every kind.
//!
//! A form carries the version it was made from. Whoever saves later than somebody else is asked only about fields that
//! both changed; nothing typed is lost.

mod creation;

use std::collections::BTreeSet;

use askama::Template;
use attestry_model::field::{FieldDef, Type};
use attestry_model::permit::Wish;
use attestry_model::{AnyRecord, AnyRef, Command, Kind, Problems, Subject};
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Map, Value};

use attestry_model::decide::propose::Draft;
use attestry_model::records::proposal::NEVER_DRAFTED;

pub use creation::{create, new};

use super::effect::{self, Effect};
use super::rows::{self, Window};
use super::typed::{Reader, Typed, fill};
use super::widget::{Widgets, id_of, sentence, told_at};
use super::{at, fields, merge};
use crate::cx::Cx;
use crate::fault::Fault;
use crate::html::Html;
use crate::labels;
use crate::once;
use crate::pages::proposals::{self, Choices};
use crate::places::{Frame, list_path, record_path};
use crate::shell::{Shell, own_path, page, pairs, to};

/// The page of a form.
#[derive(Template)]
#[template(path = "record-form.html")]
#[expect(clippy::struct_excessive_bools, reason = "each is one independent sign of the page")]
struct Page {
    cx: Cx,
    frame: Frame,
    shell: Shell,
    heading: String,
    lead: String,
    action: String,
    summary: Vec<(String, String)>,
    collisions: Vec<merge::Collision>,
    merged: Vec<String>,
    effect: Option<Effect>,
    long: Vec<(String, String)>,
    windows: Vec<rows::Other>,
    goes_on: bool,
    hidden: Html,
    first: Html,
    more: Html,
    more_open: bool,
    more_words: String,
    save: String,
    proposals: Choices,
    cancel: String,
    asks_reason: bool,
    reason: String,
    draft: String,
    /// Whether it comes back from having been sent: what it holds is newer than any draft.
    fresh: bool,
}

/// A form in the hand of a person.
pub struct Form {
    /// The kind.
    pub kind: Kind,
    /// The record that is changed; none for a new one.
    pub target: Option<AnyRef>,
    /// The fields that the form has.
    pub fields: Vec<&'static FieldDef>,
    /// What it holds.
    pub typed: Typed,
    /// What is wrong with it.
    pub problems: Problems,
    collisions: Vec<merge::Collision>,
    merged: Vec<String>,
    effect: Option<Effect>,
    preview: Option<String>,
    window: Option<Window>,
}

impl Form {
    /// A form of some rows of a table.
    pub fn of_rows(target: AnyRef, table: &'static FieldDef, window: Window, typed: Typed) -> Self {
        let mut form = Self::new(target.kind, Some(target), vec![table], typed);
        form.typed.set("_from", window.from.to_string());
        form.typed.set("_count", window.count.to_string());
        form.window = Some(window);
        form
    }

    /// Lays the rows that somebody else saved beside those that were typed.
    pub fn collide(
        &mut self,
        cx: &Cx,
        def: &'static FieldDef,
        record: &dyn AnyRecord,
        theirs: &[Value],
        mine: &[Value],
    ) {
        let who = record.updated_by().map_or_else(|| cx.say("system").into_owned(), |person| cx.name_of(person));
        self.collisions.push(merge::Collision {
            field: def.name,
            label: labels::field(cx.words, self.kind, def.name),
            theirs: merge::shown(cx, def, &theirs.into()),
            mine: merge::shown(cx, def, &mine.into()),
            who,
        });
    }

    fn new(kind: Kind, target: Option<AnyRef>, fields: Vec<&'static FieldDef>, mut typed: Typed) -> Self {
        typed.set("_kind", kind.words().name);
        let none = Problems::default();
        let (collisions, merged) = (Vec::new(), Vec::new());
        Self {
            kind,
            target,
            fields,
            typed,
            problems: none,
            collisions,
            merged,
            effect: None,
            preview: None,
            window: None,
        }
    }

    /// Keeps the fields that the sent form has shown.
    fn keep_shown(&mut self) {
        let typed = &self.typed;
        let shows = |name: &str| {
            typed
                .all("_has")
                .any(|has| has.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.')))
        };
        self.fields.retain(|def| shows(def.name));
    }

    /// Answers with the page of the form.
    pub fn page(self, cx: Cx) -> Result<Response, Fault> {
        let title = |cx: &Cx| labels::singular(cx.words, self.kind);
        let record = self.target.and_then(|target| cx.isms.record(target));
        let (heading, action, cancel) = if let Some(record) = record {
            let path = record_path(record.any_ref());
            let name = record.head().title.clone().unwrap_or_default();
            let heading = cx.say1("form-edit", "title", &name).into_owned();
            (heading, path.clone(), own_path(self.typed.get("_back").unwrap_or(&path)).to_owned())
        } else {
            let list = list_path(self.kind);
            let what = labels::within(cx.words, &title(&cx));
            let heading = cx.say1("form-new", "kind", &what).into_owned();
            let back = own_path(self.typed.get("_back").unwrap_or(&list)).to_owned();
            (heading, format!("{list}/new"), back)
        };
        let (first, more) = fields::folded(self.kind, &self.fields);
        let mut widgets = Widgets::new(&cx, self.kind, &self.typed, &self.problems);
        widgets.preview.clone_from(&self.preview);
        widgets.rows_before = self.window.map_or(0, |window| window.from);
        for def in &first {
            widgets.field(def);
        }
        let first_html = widgets.take();
        for def in &more {
            widgets.field(def);
        }
        let more_html = widgets.take();
        let holds = |def: &&&'static FieldDef| {
            let id = id_of(def.name);
            !self.typed.under(def.name).is_empty()
                || self.typed.rows(def.name) > 0
                || (def.required && self.kind.words().fact)
                || self.problems.0.iter().any(|one| id_of(&one.field).starts_with(&id))
        };
        let touched =
            self.typed.get("_find").or_else(|| self.typed.get("_create")).is_some_and(|path| {
                more.iter().any(|def| path == def.name || path.starts_with(&format!("{}.", def.name)))
            });
        let more_open = touched || more.iter().any(|def| holds(&def));
        let names: Vec<String> = more.iter().map(|def| labels::field(cx.words, self.kind, def.name)).collect();
        let summary = self.problems.0.iter().map(|one| self.line(&cx, &one.field, &one.message)).collect();
        let kept = ["_kind", "_revision", "_back", "_copy", "_from", "_count", once::FIELD];
        let kept: Vec<(String, String)> =
            kept.iter().filter_map(|name| Some(((*name).to_owned(), self.typed.get(name)?.to_owned()))).collect();
        let frame = match record {
            Some(record) => {
                let reference = record.any_ref();
                let frame = Frame::of_kind(&cx, self.kind, Some(&reference.to_string()));
                frame.then(cx.say("record-edit"), Some(record_path(reference)))
            }
            None => Frame::of_kind(&cx, self.kind, Some(&heading)),
        };
        let problems = !self.problems.is_empty();
        let status = match (problems, self.collisions.is_empty()) {
            (_, false) => StatusCode::CONFLICT,
            (true, true) => StatusCode::UNPROCESSABLE_ENTITY,
            _ => StatusCode::OK,
        };
        let draft = match (self.target, self.window) {
            (Some(target), Some(window)) => format!("{target}-{}-{}", window.field, window.from),
            (Some(target), None) => target.to_string(),
            (None, _) => self.kind.words().name.to_owned(),
        };
        let windows = self.target.zip(self.window).map(|(target, window)| window.others(target)).unwrap_or_default();
        let long = record.filter(|_| self.window.is_none()).map(|it| rows::offered(&cx, it)).unwrap_or_default();
        let action = match (self.target, self.window) {
            (Some(target), Some(window)) => rows::path(target, window.field, 0),
            (Some(_), None) => format!("{action}/edit"),
            (None, _) => action,
        };
        let mut answer = page(&Page {
            frame: Frame { problems: problems || !self.collisions.is_empty(), ..frame },
            shell: Shell::of(&cx),
            lead: if record.is_none() { labels::help(cx.words, self.kind) } else { String::new() },
            heading,
            action,
            long,
            goes_on: self.window.is_some_and(|window| window.from + window.count < window.all),
            windows,
            summary,
            collisions: self.collisions,
            merged: self.merged,
            effect: self.effect,
            hidden: crate::shell::hidden(&kept),
            first: first_html,
            more_open,
            more_words: names.join(", "),
            more: more_html,
            save: cx.say("form-save").into_owned(),
            proposals: if NEVER_DRAFTED.contains(&self.kind) { None } else { proposals::choices(&cx) },
            cancel,
            asks_reason: self.target.is_some(),
            fresh: self.typed.all("_has").next().is_some(),
            reason: self.typed.get("_reason").unwrap_or_default().to_owned(),
            draft,
            cx,
        })?;
        *answer.status_mut() = status;
        Ok(answer)
    }

    /// A line of the summary: where it leads and what it says.
    fn line(&self, cx: &Cx, field: &str, message: &str) -> (String, String) {
        let stem = field.strip_prefix("_new.").and_then(|rest| rest.rsplit('.').next()).unwrap_or(field);
        let name = stem.split(['.', '[']).next().unwrap_or_default();
        let known = self.fields.iter().any(|def| def.name == name) || field.starts_with("_new.");
        if name.is_empty() {
            return (String::new(), sentence(message));
        }
        let label = labels::field(cx.words, self.kind, name);
        let said = cx.with("form-problem", &[("field", (&label).into()), ("message", message.into())]).into_owned();
        (if known { format!("#{}", id_of(told_at(field).0)) } else { String::new() }, said)
    }

    /// The fields that differ from those of a version, as they are typed.
    pub fn changed(&mut self, cx: &Cx, base: &Map<String, Value>, had: BTreeSet<AnyRef>) -> Map<String, Value> {
        let mut reader = Reader { cx, typed: &self.typed, had, problems: Problems::default() };
        let mut changed = Map::new();
        for def in self.fields.iter().filter(|def| self.typed.shows(def.name)) {
            let old = base.get(def.name).cloned().unwrap_or_default();
            let mut was = Typed::default();
            fill(cx, &mut was, def.name, def.ty, &old);
            if self.typed.under(def.name) == was.under(def.name) {
                continue;
            }
            let value = reader.field(def);
            let value = if def.ty == Type::Custom { only_changed(value, &old) } else { Some(value) };
            if let Some(value) = value.filter(|value| *value != old) {
                changed.insert(def.name.to_owned(), value);
            }
        }
        self.problems.extend(reader.problems);
        changed
    }

    /// What the buttons inside the form do; whether it was one of them.
    pub async fn button(&mut self, cx: &Cx) -> Result<bool, Fault> {
        if let Some(path) = self.typed.get("_add").map(ToOwned::to_owned) {
            let row = self.typed.rows(&path);
            if self.fields.iter().any(|def| def.name == path) && row < super::typed::MOST_ROWS {
                self.typed.push(format!("{path}.{row}"), "1");
            }
            return Ok(true);
        }
        if let Some(path) = self.typed.get("_drop").map(ToOwned::to_owned) {
            if let Some((table, row)) = path.rsplit_once('.')
                && let Ok(row) = row.parse()
            {
                self.typed.drop_row(table, row);
            }
            return Ok(true);
        }
        if let Some(path) = self.typed.get("_preview").map(ToOwned::to_owned) {
            self.preview = Some(path);
            return Ok(true);
        }
        if let Some(path) = self.typed.get("_find").map(ToOwned::to_owned) {
            self.find(cx, &path);
            return Ok(true);
        }
        if let Some(path) = self.typed.get("_create").map(ToOwned::to_owned) {
            self.create_within(cx, &path).await?;
            return Ok(true);
        }
        Ok(false)
    }

    /// One record that fits is chosen at once; several are offered by the control.
    fn find(&mut self, cx: &Cx, path: &str) {
        let Some((kind, several)) = self.picked_at(path) else { return };
        let name = if several { format!("{path}~add") } else { path.to_owned() };
        let text = self.typed.get(&name).unwrap_or_default().trim().to_owned();
        if let [one] = super::pick::matching(cx, kind, &text, 2).as_slice() {
            self.choose(path, several, one.reference);
        }
    }

    fn choose(&mut self, path: &str, several: bool, reference: AnyRef) {
        if several {
            self.typed.set(&format!("{path}~add"), "");
            self.typed.push(path, reference.to_string());
        } else {
            self.typed.set(path, reference.to_string());
        }
    }

    /// Makes a new record for a reference, and chooses it.
    async fn create_within(&mut self, cx: &Cx, path: &str) -> Result<(), Fault> {
        let Some((Some(kind), several)) = self.picked_at(path) else { return Ok(()) };
        let name = if several { format!("{path}~add") } else { path.to_owned() };
        let title = self.typed.get(&name).unwrap_or_default().trim().to_owned();
        let beginning = format!("_new.{path}.");
        let mut given = Map::from_iter([("title".to_owned(), Value::from(title))]);
        {
            let had = BTreeSet::new();
            let mut reader = Reader { cx, typed: &self.typed, had, problems: Problems::default() };
            for def in fields::all(kind) {
                let name = format!("{beginning}{}", def.name);
                if self.typed.all("_ask").any(|asked| asked == name) {
                    let value = reader.value(&name, &name, def.ty);
                    if !value.is_null() {
                        given.insert(def.name.to_owned(), value);
                    }
                }
            }
            self.problems.extend(reader.problems);
        }
        if !self.problems.is_empty() {
            return Ok(());
        }
        match cx.submit(Command::Create { kind, fields: given }).await {
            Ok(receipt) => {
                if let Some(Subject::Record(reference)) = receipt.entries.first().map(|entry| entry.subject.clone()) {
                    self.choose(path, several, reference);
                }
                Ok(())
            }
            Err(Fault::Invalid(problems)) => {
                for problem in problems.0 {
                    self.problems.add(format!("{beginning}{}", problem.field), problem.message);
                }
                Ok(())
            }
            Err(fault) => Err(fault),
        }
    }

    /// What a picker at a path picks, and whether it picks several.
    fn picked_at(&self, path: &str) -> Option<(Option<Kind>, bool)> {
        let mut parts = path.split('.');
        let first = parts.next()?;
        let mut ty = self.fields.iter().find(|def| def.name == first)?.ty;
        for part in parts.filter(|part| !part.bytes().all(|byte| byte.is_ascii_digit())) {
            let inner = if let Type::List(inner) = ty { *inner } else { ty };
            let Type::Struct(members) = inner else { return None };
            ty = members.iter().find(|def| def.name == part)?.ty;
        }
        match ty {
            Type::Ref(kind) => Some((Some(kind), false)),
            Type::AnyRef => Some((None, false)),
            Type::List(Type::Ref(kind)) => Some((Some(*kind), true)),
            Type::List(Type::AnyRef) => Some((None, true)),
            _ => None,
        }
    }
}

/// Of the organisation's own fields, those that differ.
fn only_changed(value: Value, old: &Value) -> Option<Value> {
    let Value::Object(mut members) = value else { return None };
    members.retain(|name, member| old.get(name).unwrap_or(&Value::Null) != member);
    (!members.is_empty()).then_some(Value::Object(members))
}

/// The references that a record holds.
pub fn held(record: &dyn AnyRecord) -> BTreeSet<AnyRef> {
    let mut had = BTreeSet::new();
    record.each_ref(&mut |_, target| {
        had.insert(target);
    });
    had
}

/// Where the change goes, if it is not to be made at once; a new proposal without a purpose is called like the record.
fn drafted_into(form: &Form, title: Option<&Value>) -> Option<proposals::Into> {
    let title = title.and_then(Value::as_str).unwrap_or_default();
    proposals::into_of(|name| form.typed.get(name), title)
}

/// Adds what was typed to a proposal.
async fn drafted(cx: Cx, mut form: Form, into: proposals::Into, draft: Draft) -> Result<Response, Fault> {
    if !form.problems.is_empty() {
        return form.page(cx);
    }
    let reason = form.typed.get("_reason").map(ToOwned::to_owned);
    match proposals::add(&cx, into, vec![draft], reason).await {
        Ok(proposal) => Ok(done(None, Some(proposal), "proposal-added", false)),
        Err(Fault::Invalid(problems)) => {
            form.problems = proposals::of_field(problems);
            form.page(cx)
        }
        Err(fault) => Err(fault),
    }
}

/// Shows everything that is wrong: with what was typed, and with what it would come to.
async fn both(cx: Cx, mut form: Form, command: Command) -> Result<Response, Fault> {
    let decided = cx.apart(move |cx| Ok(cx.organisation.preview(&cx.principal, command).map(|_| ())?)).await;
    if let Err(Fault::Invalid(problems)) = decided {
        let unread: Vec<String> = form.problems.0.iter().map(|one| id_of(&one.field)).collect();
        form.problems.0.extend(problems.0.into_iter().filter(|one| !unread.contains(&id_of(&one.field))));
    }
    form.page(cx)
}

/// Shows what saving would change.
pub async fn with_effect(cx: Cx, mut form: Form, command: Command) -> Result<Response, Fault> {
    if !form.problems.is_empty() {
        return both(cx, form, command).await;
    }
    match effect::of(&cx, command, form.target).await {
        Ok(effect) => form.effect = Some(effect),
        Err(Fault::Invalid(problems)) => {
            form.problems = problems;
            if let Some(window) = form.window {
                window.tell(&mut form.problems);
            }
        }
        Err(fault) => return Err(fault),
    }
    form.page(cx)
}

/// Leads on after something was saved, and says so.
pub fn done(back: Option<String>, record: Option<AnyRef>, deed: &str, undo: bool) -> Response {
    to(&onward(back, record, deed, undo))
}

/// Where [`done`] leads.
pub fn onward(back: Option<String>, record: Option<AnyRef>, deed: &str, undo: bool) -> String {
    let path = back.or_else(|| record.map(record_path)).unwrap_or_else(|| "/".to_owned());
    let sign = if path.contains('?') { '&' } else { '?' };
    let name = record.map(|record| format!("+{record}")).unwrap_or_default();
    format!("{path}{sign}done={deed}{name}{}", if undo { "&undo=1" } else { "" })
}

/// `GET /{kind}/{reference}/edit`
pub async fn edit(cx: Cx, Path((slug, name)): Path<(String, String)>) -> Result<Response, Fault> {
    let target = at(&slug, &name)?;
    let record = cx.record(target)?;
    if cx.is_past() {
        return Err(Fault::Past);
    }
    let mut shown = changeable(&cx, record)?;
    let query = pairs(&cx.query);
    // A table that no form shows whole has a page of its own.
    if let Some((_, only)) = query.iter().find(|(name, _)| name == "only")
        && fields::all(target.kind).into_iter().any(|def| def.name == only && fields::is_too_long(record, def))
    {
        return Ok(to(&rows::path(target, only, 0)));
    }
    if let Some((_, only)) = query.iter().find(|(name, _)| name == "only") {
        shown.retain(|def| def.name == only);
    }
    let mut typed = Typed::default();
    for def in &shown {
        fill(&cx, &mut typed, def.name, def.ty, &record.field(def.name).unwrap_or_default());
    }
    typed.set("_revision", record.revision().to_string());
    for (name, value) in query.into_iter().filter(|(name, _)| name == "_back") {
        typed.set(&name, value);
    }
    Form::new(target.kind, Some(target), shown, typed).page(cx)
}

fn changeable(cx: &Cx, record: &dyn AnyRecord) -> Result<Vec<&'static FieldDef>, Fault> {
    if !cx.may(Wish::Update, record) {
        return Err(Fault::Denied(cx.say("form-may-not-change").into_owned()));
    }
    let shown = fields::editable(cx, record.any_ref().kind, Some(record));
    if shown.is_empty() && rows::offered(cx, record).is_empty() {
        return Err(Fault::Conflict(cx.say("form-nothing-to-change").into_owned()));
    }
    Ok(shown)
}

/// `POST /{kind}/{reference}/edit`
pub async fn save(cx: Cx, Path((slug, name)): Path<(String, String)>, body: Bytes) -> Result<Response, Fault> {
    let target = at(&slug, &name)?;
    let record = cx.record(target)?;
    let shown = changeable(&cx, record)?;
    let mut form = Form::new(target.kind, Some(target), shown, Typed::of(&body)?);
    // A form of one field comes back as one: what it did not show is not to be saved as empty.
    form.keep_shown();
    let seen: u32 = form.typed.get("_revision").and_then(|text| text.parse().ok()).ok_or(Fault::Unconditional)?;
    merge::take(&cx, &mut form.typed, &form.fields, record);
    if form.button(&cx).await? {
        return form.page(cx);
    }
    form.typed.close(&form.fields.clone());
    let mut deed = "saved";
    let mut base = record.fields();
    if seen != record.revision() {
        let old = merge::base(&cx, target, seen).await?;
        let mine = form.changed(&cx, &old, held(record));
        let outcome = merge::against(&cx, &form.fields, &old, &base, &mine, record);
        for def in form.fields.clone() {
            if !mine.contains_key(def.name) && old.get(def.name) != base.get(def.name) {
                form.typed.forget(def.name);
                fill(&cx, &mut form.typed, def.name, def.ty, base.get(def.name).unwrap_or(&Value::Null));
            }
        }
        form.typed.set("_revision", record.revision().to_string());
        form.merged = outcome.merged;
        if !outcome.collisions.is_empty() {
            form.collisions = outcome.collisions;
            return form.page(cx);
        }
        deed = "merged";
        form.problems = Problems::default();
    }
    let changed = form.changed(&cx, &base, held(record));
    if let Some(into) = drafted_into(&form, base.get("title")) {
        if changed.is_empty() && form.problems.is_empty() {
            form.problems.add("", cx.say("add-nothing"));
        }
        let draft = Draft::set(record, &changed);
        return drafted(cx, form, into, draft).await;
    }
    base.clear();
    let reason = form.typed.get("_reason").map(str::trim).filter(|text| !text.is_empty()).map(ToOwned::to_owned);
    let revision = Some(record.revision());
    let command = Command::Update { target, revision, fields: changed, reason };
    if form.typed.get("_effect").is_some() {
        return with_effect(cx, form, command).await;
    }
    if !form.problems.is_empty() {
        return both(cx, form, command).await;
    }
    let back = form.typed.get("_back").map(|back| own_path(back).to_owned());
    match cx.submit(command).await {
        Ok(receipt) => {
            let wrote = !receipt.entries.is_empty();
            // What was signed and is now invalid cannot be brought back by setting fields as they were.
            let alone = receipt.entries.len() == 1;
            Ok(done(back, Some(target), if wrote { deed } else { "unchanged" }, wrote && alone))
        }
        Err(Fault::Invalid(problems)) => {
            form.problems = problems;
            form.page(cx)
        }
        // Somebody saved in this very moment: what was typed stays, and saving again merges.
        Err(Fault::Stale(_)) => {
            form.problems.add("", cx.say("form-raced"));
            form.page(cx)
        }
        Err(fault) => Err(fault),
    }
}

/// `POST /{kind}/new/effect` and `POST /{kind}/{reference}/effect`: what saving would do to the findings.
pub async fn effect_of_new(cx: Cx, path: Path<String>, body: Bytes) -> Result<Response, Fault> {
    create(cx, path, marked(&body)).await
}

/// See [`effect_of_new`].
pub async fn effect_of_edit(cx: Cx, path: Path<(String, String)>, body: Bytes) -> Result<Response, Fault> {
    save(cx, path, marked(&body)).await
}

fn marked(body: &Bytes) -> Bytes {
    let mut body = body.to_vec();
    body.extend_from_slice(b"&_effect=1");
    body.into()
}
