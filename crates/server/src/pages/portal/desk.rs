//! The desk of an employee: what to do, what was done, and where to tell that something looks wrong.

use askama::Template;
use attestry_model::records::{Acknowledgement, Contact, Event, Task, TrainingAssignment};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use jiff::civil::Date;

use crate::cx::Cx;
use crate::dates;
use crate::fault::Fault;
use crate::html::Html;
use crate::pages::home::{duties, work};
use crate::shell::{Shell, page, to};

#[derive(Template)]
#[template(path = "portal/desk.html")]
struct Desk {
    cx: Cx,
    shell: Shell,
    title: String,
    hello: String,
    lead: String,
    todos: Vec<Card>,
    done: Vec<(String, String)>,
    rules: usize,
    reports: Vec<(String, String, Html)>,
    phone: Option<String>,
}

/// One thing to do.
struct Card {
    icon: &'static str,
    row: work::Row,
    first: bool,
}

/// `GET /portal`
pub async fn show(cx: Cx) -> Result<Response, Fault> {
    let all = duties::all(&cx);
    // Work in the ISMS has its own page; here is what everybody has to do.
    let mine: Vec<_> = all.into_iter().filter(|todo| matches!(todo.verb, "do" | "read" | "take" | "review")).collect();
    let minutes: u32 = mine.iter().map(|todo| todo.minutes).sum();
    let lead = cx.with("portal-lead", &[("count", mine.len().into()), ("minutes", minutes.into())]).into_owned();
    let rows = work::rows(&cx, &mine);
    let todos = mine.iter().zip(rows).enumerate().map(|(at, (todo, row))| Card {
        icon: match todo.verb {
            "read" => "document",
            "take" => "people",
            _ => "check",
        },
        row,
        first: at == 0,
    });
    let todos = todos.collect();
    let name = cx.name_of(cx.person);
    let titles = ["Dr", "Dr.", "Prof", "Prof."];
    let first = name.split_whitespace().find(|word| !titles.contains(word)).unwrap_or(&name).to_owned();
    let reports = cx.isms.referring::<Event>(cx.person.any(), "reported_by").filter(|one| !one.is_void());
    let mut reports: Vec<_> = reports.filter(|event| cx.sees(*event)).collect();
    reports.sort_by_key(|event| std::cmp::Reverse(event.number));
    let reports = reports
        .into_iter()
        .take(5)
        .map(|event| (event.reference().any().to_string(), event.title().to_owned(), crate::show::state(&cx, event)));
    let reports = reports.collect();
    let mut answer = page(&Desk {
        shell: Shell::of(&cx),
        title: cx.say("portal-title").into_owned(),
        hello: cx.say1("portal-hello", "name", &first).into_owned(),
        lead,
        todos,
        done: done(&cx),
        rules: super::unread::addressed_to(&cx).len(),
        reports,
        phone: phone(&cx),
        cx: cx.clone(),
    })?;
    if cx.is_isms() {
        // They look at it as an employee until they go back.
        set(&cx, &mut answer, "attestry-portal=1; Path=/; HttpOnly; SameSite=Lax");
    }
    Ok(answer)
}

/// `POST /portal/back`: from the portal to the pages of the ISMS.
pub async fn back(cx: Cx) -> Result<Response, Fault> {
    let mut answer = to("/");
    set(&cx, &mut answer, "attestry-portal=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0");
    Ok(answer)
}

fn set(cx: &Cx, answer: &mut Response, cookie: &str) {
    let cookie = if cx.app.settings.secure { format!("{cookie}; Secure") } else { cookie.to_owned() };
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        answer.headers_mut().append(header::SET_COOKIE, value);
    }
}

/// What the person has done this year, the newest first.
fn done(cx: &Cx) -> Vec<(String, String)> {
    let person = cx.person.any();
    let mut done: Vec<(Date, String)> = Vec::new();
    for one in cx.isms.referring::<Acknowledgement>(person, "person").filter(|one| !one.is_void()) {
        let version = cx.isms.find(one.document_version);
        if let (Some(day), Some(version)) = (one.acknowledged_at, version) {
            done.push((day, cx.say1("portal-did-read", "what", version.title()).into_owned()));
        }
    }
    for one in cx.isms.referring::<TrainingAssignment>(person, "person").filter(|one| !one.is_void()) {
        let completions =
            cx.isms.referring::<attestry_model::records::TrainingCompletion>(one.reference().any(), "assignment");
        let passed = completions.filter(|it| it.passed == Some(true) && !it.is_void());
        let course = cx.isms.find(one.course);
        if let (Some(day), Some(course)) = (passed.filter_map(|it| it.completed_on).max(), course) {
            done.push((day, cx.say1("portal-did-take", "what", course.title()).into_owned()));
        }
    }
    for one in cx.isms.referring::<Task>(person, "assignee").filter(|one| !one.is_void()) {
        if let Some(day) = one.done_on.filter(|_| one.state_name() == "done") {
            done.push((day, one.title().to_owned()));
        }
    }
    done.retain(|(day, _)| day.year() == cx.today.year());
    done.sort_by(|a, b| b.cmp(a));
    done.truncate(8);
    done.into_iter().map(|(day, text)| (text, dates::day(cx.words, day, cx.today))).collect()
}

/// Where to call when it cannot wait: a contact of the organisation that says so.
pub fn phone(cx: &Cx) -> Option<String> {
    let setting = cx.current.setting("portal").and_then(|fields| fields.get("phone")?.as_str().map(ToOwned::to_owned));
    setting.or_else(|| {
        let tagged = cx.current.live::<Contact>().find(|one| one.head.tags.iter().any(|tag| tag == "emergency"))?;
        tagged.channel.clone()
    })
}
