//! What waits for somebody and should not wait for them: passing it on, asking back, saying that it is somebody else's. Each
//! takes a sentence, which stays: as the reason of the change, or as a comment on the record with a task for whom it concerns.

use askama::Template;
use attestry_model::kind::Role;
use attestry_model::permit::{Wish, permit};
use attestry_model::records::Person;
use attestry_model::{AnyRecord, AnyRef, Command, Kind, Problems, Ref};
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::duties::{self, Todo};
use super::work;
use crate::cx::Cx;
use crate::fault::Fault;
use crate::html::Html;
use crate::once;
use crate::pages::records::{fields, pick};
use crate::places::Frame;
use crate::shell::{Shell, page, parameter, to};
use crate::show;
use crate::signin::Fields;

/// Longest sentence, in characters.
const LONGEST: usize = 2_000;

/// What can be done with what waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Somebody else does it from now on.
    Pass,
    /// It stays here, and whoever gave it answers first.
    Ask,
    /// It is somebody else's; whoever gave it decides whose.
    NotMine,
}

impl Way {
    const ALL: [Self; 3] = [Self::Pass, Self::Ask, Self::NotMine];

    fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Ask => "ask",
            Self::NotMine => "not-mine",
        }
    }
}

/// What the page shows: in the frame of the ISMS or in that of the portal.
struct Sheet {
    row: work::Row,
    rid: Html,
    action: String,
    back: &'static str,
    /// The ways, with what each does in words, and whether it is chosen.
    ways: Vec<(&'static str, String, bool)>,
    passes: bool,
    person: String,
    offers: Vec<(String, String)>,
    text: String,
    once: String,
    problems: Problems,
}

impl Sheet {
    /// What is wrong with a field.
    fn wrong(&self, field: &str) -> Option<&str> {
        self.problems.0.iter().find(|one| one.field == field).map(|one| one.message.as_str())
    }
}

#[derive(Template)]
#[template(path = "home/hand-on.html")]
struct OfIsms {
    cx: Cx,
    frame: Frame,
    shell: Shell,
    sheet: Sheet,
}

#[derive(Template)]
#[template(path = "portal/hand-on.html")]
struct OfPortal {
    cx: Cx,
    shell: Shell,
    title: String,
    sheet: Sheet,
}

/// Where something that waits is handed on.
pub fn path(todo: &Todo) -> String {
    format!("/work-hand-on/{}?why={}", todo.reference, todo.why)
}

/// Something that waits for the person, by its record and by why it is theirs.
fn found(cx: &Cx, name: &str) -> Result<Todo, Fault> {
    if cx.is_past() {
        return Err(Fault::Past);
    }
    let reference: AnyRef = name.parse().map_err(|_| Fault::Absent)?;
    let why = parameter(&cx.query, "why").unwrap_or_default();
    duties::all(cx).into_iter().find(|todo| todo.reference == reference && todo.why == why).ok_or(Fault::Absent)
}

/// Whether the person may put somebody else in their own place.
fn may_pass(cx: &Cx, todo: &Todo, record: &dyn AnyRecord) -> bool {
    fields::changeable(cx, todo.reference.kind, Some(record)).iter().any(|def| def.name == todo.why)
}

/// Who is asked: who wrote the record, else who owns it, else who manages the ISMS, else top management.
fn asked_of(cx: &Cx, record: &dyn AnyRecord) -> Option<Ref<Person>> {
    let usable = |person: &Ref<Person>| {
        *person != cx.person && cx.isms.get(*person).is_some_and(|one| one.state_name() == "active" && !one.is_void())
    };
    let owner = record.field("owner").and_then(|it| it.as_str()?.parse::<AnyRef>().ok()).and_then(AnyRef::of);
    let holding = |role: Role| {
        let mut people = cx.isms.live::<Person>().filter(|one| one.app_roles.contains(&role));
        people.find_map(|one| Some(one.reference()).filter(usable))
    };
    let manager = || holding(Role::IsmsManager).or_else(|| holding(Role::TopManagement));
    record.head().created_by.filter(usable).or(owner.filter(usable)).or_else(manager)
}

/// `GET /work-hand-on/{reference}`
pub async fn show(cx: Cx, Path(name): Path<String>) -> Result<Response, Fault> {
    let todo = found(&cx, &name)?;
    answer(cx, &todo, &Fields::default(), Problems::default())
}

fn answer(cx: Cx, todo: &Todo, form: &Fields, problems: Problems) -> Result<Response, Fault> {
    let record = cx.record(todo.reference)?;
    let passes = may_pass(&cx, todo, record);
    let asked = asked_of(&cx, record).map(|person| cx.name_of(person));
    let fits = |way: Way| if way == Way::Pass { passes } else { asked.is_some() };
    let chosen = Way::ALL.into_iter().filter(|way| fits(*way)).find(|way| way.name() == form.get("way"));
    let ways = Way::ALL.into_iter().filter(|way| fits(*way)).map(|way| {
        let name = asked.as_deref().unwrap_or_default();
        (way.name(), cx.say1(&format!("hand-on-{}", way.name()), "name", name).into_owned(), chosen == Some(way))
    });
    let typed = form.trimmed("person");
    let unclear = problems.0.iter().any(|one| one.field == "person") && !typed.is_empty();
    let meant = if unclear { pick::matching(&cx, Some(Kind::Person), typed, pick::MOST) } else { Vec::new() };
    let bad = !problems.is_empty();
    let row = work::rows(&cx, std::slice::from_ref(todo)).remove(0);
    let sheet = Sheet {
        rid: show::rid(&cx, todo.reference),
        action: path(todo),
        back: if cx.portal { "/portal" } else { "/work" },
        ways: ways.collect(),
        passes,
        person: typed.to_owned(),
        offers: meant.iter().map(|one| (one.reference.to_string(), format!("{}, {}", one.title, one.fact))).collect(),
        text: form.get("text").to_owned(),
        once: once::secret(),
        problems,
        row,
    };
    let shell = Shell::of(&cx);
    let mut answer = if cx.portal {
        page(&OfPortal { shell, title: sheet.row.text.clone(), sheet, cx })
    } else {
        let frame = Frame { problems: bad, ..Frame::of_tab(&cx, "/work") };
        let frame = frame.then(cx.say("hand-on"), Some("/work".to_owned()));
        page(&OfIsms { cx, frame, shell, sheet })
    }?;
    if bad {
        *answer.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(answer)
}

/// The person who was named: by number, by name, or by the choice among those who may be meant.
fn named(cx: &Cx, form: &Fields, problems: &mut Problems) -> Option<Ref<Person>> {
    let typed = Some(form.trimmed("choice")).filter(|choice| !choice.is_empty()).unwrap_or(form.trimmed("person"));
    let reference = pick::reference_in(typed).or_else(|| {
        let found = pick::matching(cx, Some(Kind::Person), typed, 2);
        match found.as_slice() {
            [one] => Some(one.reference),
            [one, other] if one.exact && !other.exact => Some(one.reference),
            _ => None,
        }
    });
    let person: Option<Ref<Person>> = reference.and_then(AnyRef::of);
    let stands = person.filter(|one| cx.current.get(*one).is_some_and(|it| it.state_name() == "active"));
    match stands {
        _ if typed.is_empty() => problems.add("person", cx.say("hand-on-whom")),
        None => problems.add("person", cx.say("hand-on-nobody")),
        Some(person) if person == cx.person => problems.add("person", cx.say("hand-on-self")),
        Some(person) => return Some(person),
    }
    None
}

/// `POST /work-hand-on/{reference}`
pub async fn act(cx: Cx, Path(name): Path<String>, form: Fields) -> Result<Response, Fault> {
    let todo = found(&cx, &name)?;
    let record = cx.record(todo.reference)?;
    let mut problems = Problems::default();
    let text = form.trimmed("text").replace("\r\n", "\n");
    if text.is_empty() {
        problems.add("text", cx.say("hand-on-sentence"));
    } else if text.chars().count() > LONGEST {
        problems.add("text", cx.say1("hand-on-long", "most", LONGEST));
    }
    let way = Way::ALL.into_iter().find(|way| way.name() == form.get("way"));
    let asked = asked_of(&cx, record);
    let person = match way {
        Some(Way::Pass) if may_pass(&cx, &todo, record) => named(&cx, &form, &mut problems),
        Some(Way::Ask | Way::NotMine) if asked.is_some() => asked,
        _ => {
            problems.add("way", cx.say("hand-on-which"));
            None
        }
    };
    let (Some(way), Some(person), true) = (way, person, problems.is_empty()) else {
        return answer(cx, &todo, &form, problems);
    };
    let done = if way == Way::Pass {
        let fields = Map::from_iter([(todo.why.to_owned(), Value::from(person.any().to_string()))]);
        let (target, revision) = (todo.reference, Some(record.revision()));
        let command = Command::Update { target, revision, fields, reason: Some(text) };
        cx.submit(command).await.map(|_| format!("handed-on+{target}{}", undo(&cx, target)))
    } else {
        let key = once::key_of(Some(form.get(once::FIELD)), &[todo.reference.to_string().as_bytes(), text.as_bytes()]);
        let (writer, about, title) = (cx.clone(), todo.reference, todo.title.clone());
        let written = async move {
            ask(&writer, way, about, &title, person, &text).await?;
            Ok(format!("asked-back+{about}"))
        };
        once::once(&cx.app, key, written).await
    };
    match done {
        Ok(done) => Ok(to(&format!("{}?done={done}", if cx.portal { "/portal" } else { "/work" }))),
        // The form has no field of the record: what it says is told of the whole.
        Err(Fault::Invalid(told)) => {
            let mut problems = Problems::default();
            problems.add("way", told.to_string());
            answer(cx, &todo, &form, problems)
        }
        Err(fault) => Err(fault),
    }
}

/// Whether whoever passed it on can still take it back.
fn undo(cx: &Cx, target: AnyRef) -> &'static str {
    let isms = cx.organisation.isms();
    let may = isms.record(target).is_some_and(|record| permit(&isms, &cx.principal, Wish::Update, record));
    if may { "&undo=1" } else { "" }
}

/// Says it on the record, and asks whom it concerns: they get a task from that.
async fn ask(cx: &Cx, way: Way, about: AnyRef, title: &str, person: Ref<Person>, text: &str) -> Result<(), Fault> {
    let name = cx.name_of(cx.person);
    let key = if way == Way::Ask { "hand-on-task-ask" } else { "hand-on-task-not-mine" };
    let words = cx.with(key, &[("name", (&name).into()), ("what", title.into())]);
    let fields = Map::from_iter([
        ("about".to_owned(), json!(about.to_string())),
        ("title".to_owned(), json!(show::shortened(&words, 120))),
        ("text".to_owned(), json!(text)),
        ("asks".to_owned(), json!(person.any().to_string())),
    ]);
    cx.submit(Command::Create { kind: Kind::Comment, fields }).await?;
    Ok(())
}
