//! The guide: seven short pages, each of which can be left for later; what will be there is shown beside every page.

use std::collections::BTreeMap;

use askama::Template;
use attestry_model::decide::ImportRecord;
use attestry_model::decide::propose::Draft as Change;
use attestry_model::field::{Choice as _, FieldValue as _};
use attestry_model::kind::Role;
use attestry_model::records::Person;
use attestry_model::{Command, Isms, Kind, Part, Subject};
use attestry_standards::library::{self, OrganisationKind};
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde_json::{Map, Value, json};

use super::assumed;
use super::proposal::{self, Maker};
use crate::cx::Cx;
use crate::fault::Fault;
use crate::labels;
use crate::pages::records::form;
use crate::places::Frame;
use crate::shell::{Shell, page, to};
use crate::signin::Fields;

/// The preference in which the answers are kept.
pub const DRAFT: &str = "setup-guide";

/// The pages in order.
pub const PAGES: [&str; 7] = ["organisation", "protect", "roles", "limit", "risks", "rules", "people"];

/// How many scenarios are rated by hand; the others are rated as is usual.
const RATED: usize = 5;

/// The answers so far: an object for each page.
#[derive(Debug, Clone, Default)]
pub struct Draft(Map<String, Value>);

impl Draft {
    fn read(cx: &Cx) -> Self {
        let kept = cx.preference(DRAFT).and_then(|text| serde_json::from_str(&text).ok());
        Self(kept.unwrap_or_default())
    }

    /// Whether a page was answered, and not left for later.
    pub fn answered(&self, page: &str) -> bool {
        self.0.contains_key(page) && !self.is_later(page)
    }

    /// Whether a page was left for later.
    pub fn is_later(&self, page: &str) -> bool {
        self.0.get(page).is_some_and(|answers| answers["later"] == true)
    }

    /// An answer.
    pub fn text(&self, page: &str, name: &str) -> String {
        self.0.get(page).and_then(|answers| answers[name].as_str()).unwrap_or_default().to_owned()
    }

    /// The ticked ones.
    pub fn list(&self, page: &str, name: &str) -> Vec<String> {
        let list = self.0.get(page).and_then(|answers| answers[name].as_array());
        list.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    }
}

/// Something to tick or choose.
struct Choice {
    value: String,
    label: String,
    help: String,
    on: bool,
}

/// One question of a page.
enum Question {
    Text { name: String, label: String, value: String },
    Area { name: String, label: String, value: String },
    One { name: String, legend: String, choices: Vec<Choice> },
    Many { name: String, legend: String, choices: Vec<Choice> },
    Rate { id: String, title: String, help: String, likelihood: u8, impact: u8 },
}

/// A step in the list of pages.
struct Step {
    name: &'static str,
    number: usize,
    label: String,
    done: bool,
    current: bool,
}

/// The records of a kind that there will be.
struct Group {
    kind: String,
    /// The page of the guide whose answers they follow from.
    asked_on: Option<&'static str>,
    rows: Vec<Assumed>,
}

/// A record that there will be, with what is assumed of it.
struct Assumed {
    /// Its name in the form; empty where nothing is assumed.
    value: String,
    title: String,
    says: String,
    on: bool,
}

/// The page of a question.
#[derive(Template)]
#[template(path = "setup/guide.html")]
struct Guide {
    cx: Cx,
    frame: Frame,
    shell: Shell,
    steps: Vec<Step>,
    /// The page; none on the last one, where everything is looked at together.
    name: Option<&'static str>,
    number: usize,
    questions: Vec<Question>,
    previous: Option<&'static str>,
    counts: Vec<(usize, String)>,
    groups: Vec<Group>,
    /// Whether nobody signs for top management yet.
    asks_top: bool,
    problems: Vec<String>,
}

fn position(name: &str) -> Result<usize, Fault> {
    PAGES.iter().position(|page| *page == name).ok_or(Fault::Absent)
}

fn maker<'a>(cx: &'a Cx, source: &'a str) -> Maker<'a> {
    Maker { isms: &cx.current, person: cx.person, today: cx.today, source, confirmed: &[] }
}

/// The records that there will be, by kind, those that were confirmed ticked.
fn groups(cx: &Cx, records: &[ImportRecord], confirmed: &[String]) -> Vec<Group> {
    let mut groups: BTreeMap<Kind, Vec<Assumed>> = BTreeMap::new();
    for record in records {
        let kind = record.reference.kind;
        let title = record.fields["title"].as_str().unwrap_or_default().to_owned();
        let value = proposal::named(kind, &title);
        let on = confirmed.contains(&value);
        groups.entry(kind).or_default().push(Assumed {
            value: if on || record.fields.contains_key("tags") { value } else { String::new() },
            says: assumed::values(cx, kind, |name| record.fields.get(name).cloned()),
            title,
            on,
        });
    }
    let group = |(kind, rows)| Group { kind: labels::plural(cx.words, kind), asked_on: proposal::asked_on(kind), rows };
    groups.into_iter().map(group).collect()
}

fn shown(cx: Cx, draft: &Draft, at: Option<usize>, problems: Vec<String>) -> Result<Response, Fault> {
    shown_with(cx, draft, at, &[], problems)
}

fn shown_with(
    cx: Cx,
    draft: &Draft,
    at: Option<usize>,
    confirmed: &[String],
    problems: Vec<String>,
) -> Result<Response, Fault> {
    let records = proposal::records(draft, maker(&cx, DRAFT));
    let label = |kind: Kind, count: usize| {
        if count == 1 { labels::singular(cx.words, kind) } else { labels::plural(cx.words, kind) }
    };
    let kinds = proposal::counts(&records);
    let counts = kinds.iter().map(|(kind, count)| (*count, label(*kind, *count))).collect();
    let groups = if at.is_none() { groups(&cx, &records, confirmed) } else { Vec::new() };
    let steps = PAGES.iter().enumerate().map(|(number, name)| Step {
        name,
        number: number + 1,
        label: cx.say(format!("guide-{name}")).into_owned(),
        done: draft.answered(name) && at != Some(number),
        current: at == Some(number),
    });
    let mut frame = Frame::bare(cx.say("setup-title"));
    let title = at.map_or_else(|| cx.say("guide-overview"), |at| cx.say(format!("guide-{}", PAGES[at])));
    frame = frame.then(title, Some("/setup".to_owned()));
    frame.problems = !problems.is_empty();
    let bad = frame.problems;
    let shown = page(&Guide {
        frame,
        shell: Shell::of(&cx),
        steps: steps.collect(),
        name: at.map(|at| PAGES[at]),
        number: at.map_or(0, |at| at + 1),
        questions: at.map(|at| questions(&cx, draft, PAGES[at])).unwrap_or_default(),
        previous: at.and_then(|at| at.checked_sub(1)).map(|at| PAGES[at]),
        counts,
        groups,
        asks_top: !has_top_management(&cx.current),
        problems,
        cx,
    })?;
    Ok(if bad { (StatusCode::UNPROCESSABLE_ENTITY, shown).into_response() } else { shown })
}

fn questions(cx: &Cx, draft: &Draft, page: &str) -> Vec<Question> {
    let text = |name: &str, key: &str| Question::Text {
        name: name.to_owned(),
        label: cx.say(key).into_owned(),
        value: draft.text(page, name),
    };
    let legend = cx.say(format!("guide-{page}-ask")).into_owned();
    match page {
        "organisation" => {
            let chosen = draft.text(page, "kind");
            let choices = library::organisations().iter().map(|one| Choice {
                value: one.kind.as_str().to_owned(),
                label: one.title.clone(),
                help: one.note.clone(),
                on: one.kind.as_str() == chosen,
            });
            let kinds = Question::One { name: "kind".to_owned(), legend, choices: choices.collect() };
            vec![kinds, text("headcount", "guide-headcount"), text("country", "guide-country")]
        }
        "protect" => {
            let ticked = proposal::asset_types(draft);
            let choices = library::asset_types().iter().map(|one| Choice {
                value: one.id.clone(),
                label: one.title.clone(),
                help: one.note.clone(),
                on: ticked.iter().any(|it| it.id == one.id),
            });
            vec![Question::Many { name: "asset".to_owned(), legend, choices: choices.collect() }]
        }
        "roles" => {
            let roles = proposal::template(draft).map(|template| template.roles.as_slice()).unwrap_or_default();
            let one = |(at, role): (usize, &library::Hint)| Question::Text {
                name: format!("role-{at}"),
                label: format!("{}: {}", role.title, role.text),
                value: draft.text(page, &format!("role-{at}")),
            };
            roles.iter().enumerate().map(one).collect()
        }
        "limit" => {
            let chosen = draft.text(page, "limit");
            let choices = proposal::LIMITS.iter().map(|(name, accepted, never)| Choice {
                value: (*name).to_owned(),
                label: cx.say(format!("guide-limit-{name}")).into_owned(),
                help: cx
                    .with("guide-limit-help", &[("accepted", accepted.into()), ("never", never.into())])
                    .into_owned(),
                on: *name == chosen,
            });
            vec![Question::One { name: "limit".to_owned(), legend, choices: choices.collect() }]
        }
        "risks" => {
            let rated =
                |what: &str, id: &str, usual: u8| draft.text(page, &format!("{what}-{id}")).parse().unwrap_or(usual);
            let first = proposal::scenarios(draft).into_iter().take(RATED).map(|one| Question::Rate {
                id: one.id.clone(),
                title: one.title.clone(),
                help: one.reason.clone(),
                likelihood: rated("likelihood", &one.id, one.likelihood),
                impact: rated("impact", &one.id, one.impact),
            });
            first.collect()
        }
        "rules" => {
            let chosen = proposal::policies(draft);
            let choices = library::policies().iter().map(|one| Choice {
                value: one.id.clone(),
                label: one.title.clone(),
                help: one.number.clone(),
                on: chosen.iter().any(|it| it.id == one.id),
            });
            let mut all = vec![Question::Many { name: "policy".to_owned(), legend, choices: choices.collect() }];
            all.extend(library::blanks().into_iter().map(|blank| Question::Text {
                name: format!("blank-{}", blank.name),
                label: blank.question.clone(),
                value: draft.text(page, &format!("blank-{}", blank.name)),
            }));
            all
        }
        _ => vec![Question::Area { name: "addresses".to_owned(), label: legend, value: draft.text(page, "addresses") }],
    }
}

/// `GET /setup/guide/{page}`
pub async fn ask(cx: Cx, Path(name): Path<String>) -> Result<Response, Fault> {
    let at = position(&name)?;
    let draft = Draft::read(&cx);
    shown(cx, &draft, Some(at), Vec::new())
}

/// The answers of a page as they came: only to questions that it asks, and bounded.
fn answers(cx: &Cx, draft: &Draft, page: &str, form: &Fields) -> (Map<String, Value>, Vec<String>) {
    let (mut kept, mut problems) = (Map::new(), Vec::new());
    for question in questions(cx, draft, page) {
        match question {
            Question::Text { name, label, .. } => {
                let value = form.trimmed(&name);
                if value.chars().count() > library::MAX_ANSWER || value.chars().any(char::is_control) {
                    problems.push(cx.say1("guide-too-long", "question", label.as_str()).into_owned());
                } else if !value.is_empty() {
                    kept.insert(name, value.into());
                }
            }
            Question::Area { name, .. } => {
                let found = proposal::addresses(form.get(&name)).join("\n");
                kept.insert(name, found.into());
            }
            Question::One { name, choices, .. } => {
                if let Some(one) = choices.into_iter().find(|one| one.value == form.get(&name)) {
                    kept.insert(name, one.value.into());
                } else {
                    problems.push(cx.say("guide-choose").into_owned());
                }
            }
            Question::Many { name, choices, .. } => {
                let ticked: Vec<&str> = form.all(&name).collect();
                let known = choices.into_iter().filter(|one| ticked.contains(&one.value.as_str()));
                let known: Value = known.map(|one| Value::from(one.value)).collect();
                kept.insert(name, known);
            }
            Question::Rate { id, .. } => {
                for what in ["likelihood", "impact"] {
                    let name = format!("{what}-{id}");
                    if let Some(level) = form.get(&name).parse::<u8>().ok().filter(|level| (1..=5).contains(level)) {
                        kept.insert(name, level.to_string().into());
                    }
                }
            }
        }
    }
    (kept, problems)
}

/// `POST /setup/guide/{page}`
pub async fn answer(cx: Cx, Path(name): Path<String>, form: Fields) -> Result<Response, Fault> {
    let at = position(&name)?;
    let page = PAGES[at];
    let mut draft = Draft::read(&cx);
    if form.has("later") {
        draft.0.insert(page.to_owned(), json!({ "later": true }));
    } else {
        let (kept, problems) = answers(&cx, &draft, page, &form);
        draft.0.insert(page.to_owned(), Value::Object(kept));
        if !problems.is_empty() {
            return shown(cx, &draft, Some(at), problems);
        }
        // Another kind of organisation has other assets, risks and policies: what was chosen for the one before is asked anew.
        if page == "organisation" && Draft::read(&cx).text(page, "kind") != draft.text(page, "kind") {
            for other in ["protect", "roles", "risks", "rules"] {
                draft.0.remove(other);
            }
        }
    }
    let text = Value::Object(draft.0).to_string();
    let next = PAGES.get(at + 1).map_or_else(|| "/setup/guide".to_owned(), |next| format!("/setup/guide/{next}"));
    let stay = form.has("look");
    let kept = cx.apart(move |cx| {
        cx.app.store.accounts().set_preference(cx.account, &cx.slug, DRAFT, Some(&text))?;
        Ok(if stay { to(&cx.path) } else { to(&next) })
    });
    kept.await
}

/// `GET /setup/guide`: everything together, before it is made.
pub async fn overview(cx: Cx) -> Result<Response, Fault> {
    let draft = Draft::read(&cx);
    shown(cx, &draft, None, Vec::new())
}

/// `POST /setup/guide`: makes one proposal of everything and offers it; nothing is in force before it is approved.
pub async fn propose(cx: Cx, form: Fields) -> Result<Response, Fault> {
    let app = cx.app.clone();
    // Sent twice, the second finds the answers used.
    let _founding = app.signin.founding.lock().await;
    let draft = Draft::read(&cx);
    let isms = cx.organisation.isms();
    let confirmed: Vec<String> = form.all("confirmed").map(str::to_owned).collect();
    let records = proposal::records(&draft, Maker { isms: &isms, confirmed: &confirmed, ..maker(&cx, DRAFT) });
    if records.is_empty() {
        let said = cx.say("guide-nothing").into_owned();
        return shown(cx, &draft, None, vec![said]);
    }
    if form.has("top") && !has_top_management(&isms) {
        cx.submit(as_top_management(&cx)?).await?;
    }
    let mut changes = proposal::drafts(&records);
    changes.extend(organisation_draft(&cx, &draft));
    let fields = Map::from_iter([
        ("title".to_owned(), Value::from(cx.say("guide-proposal").into_owned())),
        ("why".to_owned(), Value::from(cx.say1("guide-reason", "count", changes.len()).into_owned())),
        ("changes".to_owned(), changes.to_value()),
    ]);
    let made = match cx.submit(Command::Create { kind: Kind::Proposal, fields }).await {
        Ok(receipt) => receipt.entries.iter().find_map(|entry| match entry.subject {
            Subject::Record(reference) if reference.kind == Kind::Proposal => Some(reference),
            _ => None,
        }),
        Err(Fault::Invalid(problems)) => {
            let problems = problems.0.iter().take(100).map(ToString::to_string).collect();
            return shown_with(cx, &draft, None, &confirmed, problems);
        }
        Err(other) => return Err(other),
    };
    let target = made.ok_or_else(|| Fault::Broken("no proposal was made".to_owned()))?;
    let step = Command::Step { target, to: "offered".to_owned(), revision: None, fields: Map::new(), reason: None };
    let offered = match cx.submit(step).await {
        Ok(_) => true,
        // What cannot be made as it stands says so on its page, where it can be mended.
        Err(Fault::Invalid(_)) => false,
        Err(other) => return Err(other),
    };
    let done = cx.apart(move |cx| {
        cx.app.store.accounts().set_preference(cx.account, &cx.slug, DRAFT, None)?;
        Ok(form::done(None, Some(target), if offered { "proposal-offered" } else { "created" }, false))
    });
    done.await
}

/// Whether somebody is there who signs for top management.
fn has_top_management(isms: &Isms) -> bool {
    let mut people = isms.live::<Person>().filter(|person| person.state_name() == "active");
    people.any(|person| person.app_roles.contains(&Role::TopManagement))
}

/// In a small organisation whoever sets it up is its top management: they say so, and it stands in the history.
fn as_top_management(cx: &Cx) -> Result<Command, Fault> {
    let person = cx.get(cx.person)?;
    let reason = cx.say("guide-top-reason").into_owned();
    let roles = person.app_roles.iter().chain([&Role::TopManagement]).map(|role| Value::from(role.name()));
    let update = |target, field: &str, value| {
        let fields = Map::from_iter([(field.to_owned(), value)]);
        Part::alone(Command::Update { target, revision: None, fields, reason: Some(reason.clone()) })
    };
    let mut parts = vec![update(cx.person.any(), "app_roles", roles.collect())];
    if let Some(organisation) = cx.current.organization().filter(|it| !it.top_management.contains(&cx.person)) {
        let all = organisation.top_management.iter().chain([&cx.person]);
        let all = all.map(|person| Value::from(person.any().to_string()));
        parts.push(update(organisation.reference().any(), "top_management", all.collect()));
    }
    Ok(Command::Together { parts, expecting: Vec::new() })
}

/// What was answered about the organisation, for its record while that is a draft: only fields that are empty.
fn organisation_draft(cx: &Cx, draft: &Draft) -> Option<Change> {
    let record = cx.current.organization().filter(|record| record.state_name() == "draft")?;
    let mut fields = Map::new();
    let chosen = draft.text("organisation", "kind");
    let sector = OrganisationKind::ALL.iter().find(|kind| kind.as_str() == chosen).map(|kind| match kind {
        OrganisationKind::Clinic => "health",
        OrganisationKind::SoftwareCompany => "ict",
        OrganisationKind::PublicOffice => "public",
        OrganisationKind::Manufacturer => "manufacturing",
        OrganisationKind::School => "education",
    });
    if let Some(sector) = sector.filter(|_| record.sector.is_none()) {
        fields.insert("sector".to_owned(), sector.into());
    }
    if let Ok(count) = draft.text("organisation", "headcount").parse::<u32>()
        && record.headcount.is_none()
    {
        fields.insert("headcount".to_owned(), count.into());
    }
    let country = draft.text("organisation", "country").to_uppercase();
    if country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_uppercase()) && record.countries.is_empty() {
        fields.insert("countries".to_owned(), json!([country]));
    }
    (!fields.is_empty()).then(|| Change::set(record, &fields))
}
