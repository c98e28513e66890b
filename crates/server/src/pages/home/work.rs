//! My work: one list of what a person must do, whatever it comes from, with minutes, a reason and one button each.

use askama::Template;
use attestry_model::records::Task;
use attestry_model::{AnyRecord, AnyRef, Command};
use axum::extract::Path;
use axum::response::Response;

use super::duties::{self, Todo};
use super::hand_on;
use crate::cx::Cx;
use crate::dates;
use crate::fault::Fault;
use crate::html::{Html, Mark};
use crate::pages::records::fields;
use crate::places::Frame;
use crate::shell::{Shell, page, to};

/// How many things wait for the person.
pub fn open_count(cx: &Cx) -> usize {
    duties::count(cx)
}

/// One row of the list, in words.
#[derive(Debug)]
pub struct Row {
    /// The mark of its urgency.
    pub mark: Html,
    /// What is to be done: `Review: Phishing`.
    pub text: String,
    /// Why, and until when.
    pub detail: String,
    /// About how long it takes.
    pub minutes: String,
    /// The label of the button.
    pub button: String,
    /// Where it is done.
    pub href: String,
    /// Where it is done in the list, and what that is called, if it can be.
    pub done: Option<(String, String)>,
    /// Where it is passed on, asked about or declined, while it waits.
    pub hand_on: Option<String>,
    /// Where it is taken back, if it was done.
    pub again: Option<String>,
    /// The record.
    pub rid: String,
}

/// The rows of some things.
pub fn rows(cx: &Cx, todos: &[Todo]) -> Vec<Row> {
    let row = |todo: &Todo| {
        // What was done is late no more, however long ago it was.
        let finished = todo.why == "done";
        let due = todo.day.map(|day| {
            let words = dates::day(cx.words, day, cx.today);
            let far = dates::distance(cx.words, day, cx.today);
            if finished {
                words
            } else {
                cx.with("work-due", &[("day", (&words).into()), ("far", (&far).into())]).into_owned()
            }
        });
        let why = cx.say(format!("work-why-{}", todo.why.replace('_', "-"))).into_owned();
        let detail = match due {
            Some(due) => cx.with("work-detail", &[("why", (&why).into()), ("due", (&due).into())]).into_owned(),
            None => why,
        };
        Row {
            mark: if finished { Mark::Fine } else { todo.mark(cx.today) }.svg(),
            text: cx.say1(&format!("work-do-{}", todo.verb), "what", &todo.title).into_owned(),
            detail,
            minutes: cx.say1("work-minutes", "minutes", todo.minutes).into_owned(),
            button: cx.say(format!("work-go-{}", todo.verb)).into_owned(),
            href: todo.href.clone(),
            done: todo.quick.map(|quick| (format!("/{quick}/{}", todo.reference), cx.say(quick).into_owned())),
            hand_on: (!finished && !cx.is_past()).then(|| hand_on::path(todo)),
            again: (finished && !cx.is_past()).then(|| format!("/work-again/{}", todo.reference)),
            rid: todo.reference.to_string(),
        }
    };
    todos.iter().map(row).collect()
}

#[derive(Template)]
#[template(path = "home/work.html")]
struct Work {
    cx: Cx,
    frame: Frame,
    shell: Shell,
    sentence: String,
    groups: Vec<(String, Vec<Row>)>,
    done: Vec<Row>,
}

/// `GET /work`
pub async fn show(cx: Cx) -> Result<Response, Fault> {
    if !cx.is_isms() {
        return Ok(to("/portal"));
    }
    let todos = duties::all(&cx);
    let minutes: u32 = todos.iter().map(|todo| todo.minutes).sum();
    let late = todos.iter().filter(|todo| todo.overdue(cx.today)).count();
    let sentence = cx
        .with("work-sentence", &[("count", todos.len().into()), ("late", late.into()), ("minutes", minutes.into())])
        .into_owned();
    let week = cx.today.saturating_add(jiff::Span::new().days(7));
    let group = |key: &str, fits: &dyn Fn(&Todo) -> bool| {
        let some: Vec<Todo> = todos.iter().filter(|todo| fits(todo)).cloned().collect();
        (cx.say(key).into_owned(), rows(&cx, &some))
    };
    let groups = [
        group("work-overdue", &|todo| todo.overdue(cx.today)),
        group("work-week", &|todo| todo.day.is_some_and(|day| day >= cx.today && day <= week)),
        group("work-later", &|todo| todo.day.is_some_and(|day| day > week)),
        group("work-undated", &|todo| todo.day.is_none()),
    ];
    let groups = groups.into_iter().filter(|(_, rows)| !rows.is_empty()).collect();
    let done = rows(&cx, &finished(&cx));
    page(&Work { frame: Frame::of_tab(&cx, "/work"), shell: Shell::of(&cx), sentence, groups, done, cx })
}

/// Tasks of the person that were done in the last weeks.
fn finished(cx: &Cx) -> Vec<Todo> {
    let since = cx.today.saturating_sub(jiff::Span::new().days(28));
    let mine = cx.isms.referring::<Task>(cx.person.any(), "assignee");
    let done = mine.filter(|task| task.state_name() == "done" && task.done_on.is_some_and(|day| day >= since));
    let mut done: Vec<Todo> = done
        .map(|task| Todo {
            reference: task.reference().any(),
            verb: "do",
            title: task.title().to_owned(),
            why: "done",
            day: task.done_on,
            minutes: 0,
            href: cx.record_href(task.reference().any()),
            quick: None,
        })
        .collect();
    done.sort_by_key(|todo| std::cmp::Reverse(todo.day));
    done.truncate(10);
    done
}

/// `POST /work-done/{task}`
pub async fn done(cx: Cx, Path(task): Path<String>) -> Result<Response, Fault> {
    step(cx, &task, "done", serde_json::Map::new()).await
}

/// `POST /work-again/{task}`: takes back that a task was done.
pub async fn again(cx: Cx, Path(task): Path<String>) -> Result<Response, Fault> {
    let fields = std::iter::once(("done_on".to_owned(), serde_json::Value::Null)).collect();
    step(cx, &task, "open", fields).await
}

/// The field of the day of the last look, where a record keeps that and the day of the next: looking at it again can end with
/// “still true”. What is assessed anew each time, a risk or an obligation, keeps the day of its assessment instead.
fn last_look(record: &dyn AnyRecord) -> Option<&'static str> {
    let def = record.any_ref().kind.def();
    let last = ["last_reviewed", "reviewed_on"].into_iter().find(|name| def.field(name).is_some())?;
    def.field("next_review").is_some().then_some(last)
}

/// Whether the person may say of a record in one press that it is still true.
pub fn may_say_true(cx: &Cx, record: &dyn AnyRecord) -> bool {
    let Some(last) = last_look(record) else { return false };
    let may = fields::changeable(cx, record.any_ref().kind, Some(record));
    [last, "next_review"].iter().all(|name| may.iter().any(|def| def.name == *name))
}

/// `POST /work-true/{reference}`: looked at today, and again after as long as was between the last two looks, or a year.
pub async fn still_true(cx: Cx, Path(name): Path<String>) -> Result<Response, Fault> {
    let target: AnyRef = name.parse().map_err(|_| Fault::Absent)?;
    let record = cx.record(target)?;
    let last = last_look(record).ok_or(Fault::Absent)?;
    if !may_say_true(&cx, record) {
        return Err(Fault::Denied(cx.say("form-may-not-change").into_owned()));
    }
    let back = if cx.portal { "/portal" } else { "/work" };
    let (before, next) = (duties::day_of(record, last), duties::day_of(record, "next_review"));
    // A second press of the same button changes nothing.
    if before == Some(cx.today) && next.is_some_and(|next| next > cx.today) {
        return Ok(to(back));
    }
    let between = before.zip(next).map(|(before, next)| duties::days_between(before, next)).filter(|days| *days > 0);
    let next = match between {
        Some(days) => cx.today.saturating_add(jiff::Span::new().days(days)),
        None => cx.today.saturating_add(jiff::Span::new().years(1)),
    };
    let fields = [(last, cx.today), ("next_review", next)];
    let fields = fields.map(|(name, day)| (name.to_owned(), day.to_string().into())).into_iter().collect();
    let reason = Some(cx.say("work-true").into_owned());
    cx.submit(Command::Update { target, revision: Some(record.revision()), fields, reason }).await?;
    Ok(to(&format!("{back}?done=still-true+{target}&undo=1")))
}

/// Moves a task on, once: a second press of the same button changes nothing.
async fn step(
    cx: Cx,
    task: &str,
    state: &str,
    fields: serde_json::Map<String, serde_json::Value>,
) -> Result<Response, Fault> {
    let reference: AnyRef = task.parse().map_err(|_| Fault::Absent)?;
    let stands = cx.get(reference.of::<Task>().ok_or(Fault::Absent)?)?.state_name() == state;
    let back = if cx.portal { "/portal" } else { "/work" };
    if stands {
        return Ok(to(back));
    }
    let (state, deed) = (state.to_owned(), if state == "done" { "task-done" } else { "task-again" });
    cx.submit(Command::Step { target: reference, to: state, revision: None, fields, reason: None }).await?;
    Ok(to(&format!("{back}?done={deed}+{reference}")))
}
