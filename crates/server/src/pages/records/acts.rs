//! Acts that ask for a reason: voiding a record, and placing or lifting a legal hold.

use askama::Template;
use attestry_model::decide::propose::Draft;
use attestry_model::kind::Role;
use attestry_model::permit::Wish;
use attestry_model::records::proposal::NEVER_DRAFTED;
use attestry_model::{AnyRecord, Command, Problems};
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;

use super::effect::{self, Effect};
use super::linked::{self, Group};
use super::typed::Typed;
use super::widget::sentence;
use super::{at, form};
use crate::cx::Cx;
use crate::fault::Fault;
use crate::pages::proposals::{self, Choices};
use crate::places::{Frame, record_path};
use crate::shell::{Shell, page};

/// The page.
#[derive(Template)]
#[template(path = "record-act.html")]
struct Page {
    cx: Cx,
    frame: Frame,
    shell: Shell,
    heading: String,
    lead: String,
    action: String,
    back: String,
    revision: u32,
    groups: Vec<Group>,
    effect: Option<Effect>,
    problems: Vec<String>,
    reason: String,
    button: String,
    keep: String,
    dangerous: bool,
    proposals: Choices,
}

/// Which act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Void,
    Hold,
    Lift,
}

impl Act {
    fn name(self) -> &'static str {
        match self {
            Self::Void => "void",
            Self::Hold => "hold",
            Self::Lift => "lift",
        }
    }

    fn command(self, record: &dyn AnyRecord, revision: u32, reason: String) -> Command {
        let target = record.any_ref();
        match self {
            Self::Void => Command::Void { target, revision: Some(revision), reason },
            Self::Hold => Command::Hold { target, hold: true, reason },
            Self::Lift => Command::Hold { target, hold: false, reason },
        }
    }

    fn check(self, cx: &Cx, record: &dyn AnyRecord) -> Result<(), Fault> {
        if cx.is_past() {
            return Err(Fault::Past);
        }
        let may = match self {
            Self::Void => cx.may(Wish::Update, record),
            _ => cx.principal.has(Role::IsmsManager) || cx.principal.has(Role::SystemAdmin),
        };
        if !may {
            return Err(Fault::Denied(cx.say("act-may-not").into_owned()));
        }
        if self == Self::Void && record.head().void_reason.is_some() {
            return Err(Fault::Conflict(cx.say("act-void-already").into_owned()));
        }
        Ok(())
    }
}

async fn show(cx: Cx, act: Act, slug: &str, name: &str, typed: &Typed, problems: Problems) -> Result<Response, Fault> {
    let target = at(slug, name)?;
    let record = cx.record(target)?;
    act.check(&cx, record)?;
    let path = record_path(target);
    let title = record.head().title.clone().unwrap_or_default();
    let key = |part: &str| format!("act-{}{part}", act.name());
    let effect = if act == Act::Void {
        let command = act.command(record, record.revision(), cx.say("act-preview").into_owned());
        effect::of(&cx, command, Some(target)).await.ok()
    } else {
        None
    };
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let frame = Frame::of_kind(&cx, target.kind, Some(&target.to_string()));
    let button = cx.say(key("")).into_owned();
    let mut answer = page(&Page {
        frame: Frame { problems: !problems.is_empty(), ..frame.then(button.clone(), Some(path.clone())) },
        shell: Shell::of(&cx),
        heading: cx.say1(&key("-heading"), "title", &title).into_owned(),
        lead: cx.say(key("-lead")).into_owned(),
        action: format!("{path}/{}", if act == Act::Void { "void" } else { "hold" }),
        revision: record.revision(),
        groups: if act == Act::Void { linked::referring(&cx, target) } else { Vec::new() },
        effect,
        problems: problems.0.iter().map(|one| sentence(&one.message)).collect(),
        reason: typed.get("_reason").unwrap_or_default().to_owned(),
        keep: cx.say(key("-keep")).into_owned(),
        button,
        dangerous: act == Act::Void,
        proposals: if act == Act::Void && !NEVER_DRAFTED.contains(&target.kind) {
            proposals::choices(&cx)
        } else {
            None
        },
        back: path,
        cx,
    })?;
    *answer.status_mut() = status;
    Ok(answer)
}

async fn perform(cx: Cx, act: Act, slug: &str, name: &str, body: &Bytes) -> Result<Response, Fault> {
    let target = at(slug, name)?;
    let record = cx.record(target)?;
    act.check(&cx, record)?;
    let typed = Typed::of(body)?;
    let seen: u32 = typed.get("_revision").and_then(|text| text.parse().ok()).ok_or(Fault::Unconditional)?;
    let reason = typed.get("_reason").unwrap_or_default().trim().to_owned();
    let title = record.head().title.clone().unwrap_or_default();
    if let Some(into) = proposals::into_of(|name| typed.get(name), &title)
        && act == Act::Void
    {
        let mut problems = Problems::default();
        problems.need(reason.is_empty(), "reason", "when a record is voided");
        if !problems.is_empty() {
            return show(cx, act, slug, name, &typed, problems).await;
        }
        let draft = Draft::void(record, &reason);
        return match proposals::add(&cx, into, vec![draft], None).await {
            Ok(proposal) => Ok(form::done(None, Some(proposal), "proposal-added", false)),
            Err(Fault::Invalid(problems)) => show(cx, act, slug, name, &typed, problems).await,
            Err(fault) => Err(fault),
        };
    }
    let command = act.command(record, seen, reason);
    match cx.submit(command).await {
        Ok(_) => {
            let deed = ["voided", "held", "lifted"][act as usize];
            Ok(form::done(None, Some(target), deed, false))
        }
        Err(Fault::Invalid(problems)) => show(cx, act, slug, name, &typed, problems).await,
        Err(fault) => Err(fault),
    }
}

/// Whether a hold is placed or lifted: what the record is not.
fn hold_or_lift(cx: &Cx, slug: &str, name: &str) -> Result<Act, Fault> {
    let held = cx.record(at(slug, name)?)?.head().legal_hold == Some(true);
    Ok(if held { Act::Lift } else { Act::Hold })
}

/// `GET /{kind}/{reference}/void`
pub async fn void_page(cx: Cx, Path((slug, name)): Path<(String, String)>) -> Result<Response, Fault> {
    show(cx, Act::Void, &slug, &name, &Typed::default(), Problems::default()).await
}

/// `POST /{kind}/{reference}/void`
pub async fn void(cx: Cx, Path((slug, name)): Path<(String, String)>, body: Bytes) -> Result<Response, Fault> {
    perform(cx, Act::Void, &slug, &name, &body).await
}

/// `GET /{kind}/{reference}/hold`
pub async fn hold_page(cx: Cx, Path((slug, name)): Path<(String, String)>) -> Result<Response, Fault> {
    let act = hold_or_lift(&cx, &slug, &name)?;
    show(cx, act, &slug, &name, &Typed::default(), Problems::default()).await
}

/// `POST /{kind}/{reference}/hold`
pub async fn hold(cx: Cx, Path((slug, name)): Path<(String, String)>, body: Bytes) -> Result<Response, Fault> {
    let act = hold_or_lift(&cx, &slug, &name)?;
    perform(cx, act, &slug, &name, &body).await
}
