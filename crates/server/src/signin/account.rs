//! My account: password, passkeys, codes, sessions, tokens, language and looks.

use askama::Template;
use attestry_store::{Account, Membership};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};

use super::session::{self, DEVICE, set_cookie};
use super::visit::{Fields, Visit, onward};
use super::{apart, passkey};
use crate::app::App;
use crate::cx::Cx;
use crate::dates;
use crate::fault::Fault;
use crate::gate::cookie;
use crate::html::Html;
use crate::pages::home::start;
use crate::places::Frame;
use crate::shell::{Shell, page, to};
use crate::words::Words;

/// A passkey in the list.
struct Key {
    id: String,
    name: String,
    created: String,
    used: String,
    print: String,
}

/// A session in the list.
struct Opened {
    id: String,
    agent: String,
    address: String,
    at: String,
    own: bool,
}

/// A token in the list.
struct Held {
    id: i64,
    name: String,
    scopes: String,
    expires: String,
    used: String,
}

/// Something that is shown once.
#[derive(Debug)]
pub enum Once {
    /// A new token.
    Token(String),
    /// New recovery codes.
    Codes(Vec<String>),
    /// The secret of one-time codes that is to be confirmed.
    Enrolment {
        /// The secret of the enrolment.
        pending: String,
        /// The secret for authenticators, in groups.
        secret: String,
        /// The same as a picture.
        picture: Html,
    },
}

/// The page.
#[derive(Template)]
#[template(path = "signin/account.html")]
struct Page {
    cx: Cx,
    frame: Frame,
    shell: Shell,
    account: Account,
    keys: Vec<Key>,
    codes_left: u64,
    sessions: Vec<Opened>,
    tokens: Vec<Held>,
    memberships: Vec<Membership>,
    languages: &'static [Words],
    passkeys: bool,
    once: Option<Once>,
    problems: Vec<(&'static str, String)>,
    today: String,
    last_day: String,
    starts: Vec<start::Choice>,
}

impl Page {
    fn problem(&self, field: &str) -> Option<&str> {
        self.problems.iter().find(|(of, _)| *of == field).map(|(_, said)| said.as_str())
    }
}

/// The first characters of a session's hash, by which its owner names it.
pub fn short(hash: &[u8; 32]) -> String {
    data_encoding::HEXLOWER.encode(&hash[..12])
}

/// The page, with what is shown once or what is wrong.
pub async fn shown(
    cx: Cx,
    visit: &Visit,
    once: Option<Once>,
    problems: Vec<(&'static str, String)>,
) -> Result<Response, Fault> {
    let bad = !problems.is_empty();
    let possible = passkey::possible(&visit.origin);
    let made = cx.apart(move |cx| {
        let accounts = cx.app.store.accounts();
        let (own, _) = session::of(cx)?;
        let moment = |at| dates::moment(cx.words, at, &cx.zone, cx.today);
        let used = |at: Option<jiff::Timestamp>| at.map_or_else(|| cx.say("account-never").into_owned(), moment);
        let keys = accounts.passkeys(cx.account)?.into_iter().map(|key| Key {
            id: data_encoding::BASE64URL_NOPAD.encode(&key.credential),
            name: key.name,
            created: moment(key.created_at),
            used: used(key.used_at),
            print: passkey::fingerprint(&key.json).unwrap_or_default(),
        });
        let sessions = accounts.sessions(cx.account, cx.now)?.into_iter().map(|(hash, one)| Opened {
            id: short(&hash),
            agent: program(&one.agent),
            address: one.address,
            at: moment(one.seen_at),
            own: hash == own,
        });
        let tokens = accounts.tokens(cx.account, &cx.slug)?.into_iter().map(|token| Held {
            id: token.id,
            name: token.name,
            scopes: token.scopes.join(", "),
            expires: moment(token.expires_at),
            used: used(token.used_at),
        });
        let mut frame = Frame::bare(cx.say("account-title"));
        frame.problems = bad;
        Ok(Page {
            keys: keys.collect(),
            sessions: sessions.collect(),
            tokens: tokens.collect(),
            account: accounts.get(cx.account)?.ok_or(Fault::SignIn)?,
            codes_left: accounts.recovery_codes_left(cx.account)?,
            memberships: session::usable(&cx.app, cx.account)?,
            languages: Words::all(),
            passkeys: possible,
            frame,
            shell: Shell::of(cx),
            once,
            problems,
            today: cx.today.to_string(),
            last_day: (cx.today + jiff::Span::new().days(365)).to_string(),
            starts: start::choices(cx),
            cx: cx.clone(),
        })
    });
    let shown = page(&made.await?)?;
    Ok(if bad { (StatusCode::UNPROCESSABLE_ENTITY, shown).into_response() } else { shown })
}

/// The name of a browser and its system, from what it says of itself.
fn program(agent: &str) -> String {
    let find = |names: &[&'static str]| names.iter().find(|name| agent.contains(**name)).copied();
    let browser = find(&["Firefox", "Edg", "OPR", "Chrome", "Safari", "curl"]);
    let browser = browser.map(|name| match name {
        "Edg" => "Edge",
        "OPR" => "Opera",
        other => other,
    });
    let system = find(&["Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux"]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser}, {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => agent.chars().take(40).collect(),
    }
}

/// `GET /account`
pub async fn show(cx: Cx, visit: Visit) -> Result<Response, Fault> {
    shown(cx, &visit, None, Vec::new()).await
}

/// `POST /account/password`: every other session ends, and this one gets another secret.
pub async fn password(cx: Cx, visit: Visit, form: Fields) -> Result<Response, Fault> {
    let app = cx.app.clone();
    let account = apart(&app, {
        let id = cx.account;
        move |app| app.store.accounts().get(id)?.ok_or(Fault::SignIn)
    });
    let account = account.await?;
    let device = app.signin.devices.known(cookie(&visit.head, DEVICE), Some(&account), cx.now);
    app.signin.limits.code(account.id.0, device)?;
    let mut problems = Vec::new();
    // Who signed in with a passkey only sets a first password after a fresh proof instead.
    if account.password.is_none() {
        session::fresh(&cx)?;
    } else if !app.signin.passwords.verify(form.get("current"), account.password.as_deref()).await? {
        problems.push(("current", cx.say("account-password-wrong").into_owned()));
    }
    if let Some(weakness) = app.signin.passwords.weakness(form.get("new"), &account.login).await? {
        problems.push(("new", cx.say(weakness.key()).into_owned()));
    }
    if !problems.is_empty() {
        return shown(cx, &visit, None, problems).await;
    }
    let phc = app.signin.passwords.hash(form.get("new")).await?;
    let changed = cx.apart(move |cx| {
        let accounts = cx.app.store.accounts();
        let (own, _) = session::of(cx)?;
        accounts.set_password(cx.account, &phc)?;
        accounts.end_sessions(cx.account, Some(&own))?;
        let mut answer = to("/account?done=password");
        session::rotate(&cx.app, &own, &mut answer)?;
        if let Some(account) = accounts.get(cx.account)? {
            session::put_device(&cx.app, &mut answer, &cx.app.signin.devices.cookie(&account, cx.now)?);
        }
        Ok(answer)
    });
    changed.await
}

/// `POST /account/sessions/end`
pub async fn end_session(cx: Cx, form: Fields) -> Result<Response, Fault> {
    let wanted = form.get("session").to_owned();
    let ended = cx.apart(move |cx| {
        let accounts = cx.app.store.accounts();
        let all = accounts.sessions(cx.account, cx.now)?;
        let (hash, _) = all.iter().find(|(hash, _)| short(hash) == wanted).ok_or(Fault::Absent)?;
        accounts.end_session(hash)?;
        cx.app.forget_sessions();
        Ok(to("/account?done=session#sessions"))
    });
    ended.await
}

/// `POST /account/sessions/end-others`
pub async fn end_others(cx: Cx) -> Result<Response, Fault> {
    let ended = cx.apart(|cx| {
        let (own, _) = session::of(cx)?;
        cx.app.store.accounts().end_sessions(cx.account, Some(&own))?;
        cx.app.forget_sessions();
        Ok(to("/account?done=sessions#sessions"))
    });
    ended.await
}

/// How long looks are kept.
const LOOK_AGE: i64 = 365 * 24 * 3600;

/// `POST /look`: what a form does not name stays as it is.
pub async fn look(State(app): State<App>, visit: Visit, form: Fields) -> Result<Response, Fault> {
    let mut look = visit.look.clone();
    if form.has("theme") {
        let theme = ["light", "dark"].into_iter().find(|theme| *theme == form.get("theme"));
        theme.unwrap_or_default().clone_into(&mut look.theme);
    }
    if form.has("density") {
        let roomy = if form.get("density") == "roomy" { "roomy" } else { "" };
        roomy.clone_into(&mut look.density);
    }
    if form.has("keys") {
        look.no_keys = form.get("keys") == "off";
    }
    let no_keys = if look.no_keys { "nokeys" } else { "" };
    let chosen = [look.theme.as_str(), look.density.as_str(), no_keys];
    let chosen: Vec<&str> = chosen.into_iter().filter(|word| !word.is_empty()).collect();
    let mut answer = to(&onward(form.get("back")));
    let secure = app.settings.secure;
    set_cookie(answer.headers_mut(), "attestry-look", &chosen.join("."), Some(LOOK_AGE), secure);
    if let Some(words) = Words::all().iter().find(|words| words.tag == form.get("language")) {
        set_cookie(answer.headers_mut(), "attestry-language", &words.tag, Some(LOOK_AGE), secure);
    }
    Ok(answer)
}
