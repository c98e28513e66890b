//! What stands around every page: rail, top bar, date, account, the toast of what was just done.

use std::fmt::Write as _;

use askama::Template;
use attestry_check::Verdict;
use attestry_model::Kind;
use attestry_model::kind::Role;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use jiff::civil::Date;

use crate::cx::Cx;
use crate::fault::Fault;
use crate::html::{Html, encode, escape};
use crate::kept::Standing;
use crate::pages::setup::assumed;
use crate::places::{Frame, Place};
use crate::{dates, labels, show};

/// A number in the rail.
#[derive(Debug)]
pub struct Note {
    /// How many.
    pub count: usize,
    /// Whether they need attention rather than being only open.
    pub hot: bool,
    /// What they are, for a screen reader.
    pub words: String,
}

/// A moment of the past with a name.
#[derive(Debug)]
pub struct Named {
    /// Its name.
    pub label: String,
    /// This page at that moment.
    pub href: String,
}

/// What was just done.
#[derive(Debug)]
pub struct Toast {
    /// The sentence.
    pub text: String,
    /// Where it is undone.
    pub undo: Option<String>,
}

/// What stands around a page.
#[derive(Debug)]
pub struct Shell {
    notes: Vec<(&'static str, Note)>,
    /// Rules that hold.
    pub holds: usize,
    /// All rules.
    pub all: usize,
    /// The bar of them.
    pub bar: Html,
    /// Records that are assumed still, while the ISMS is being set up.
    pub assumed: usize,
    /// The person's avatar.
    pub avatar: Html,
    /// The person's name.
    pub name: String,
    /// The person's roles in words.
    pub roles: String,
    /// The moment looked at in words.
    pub moment_words: String,
    /// This page now.
    pub now_href: String,
    /// This page, to come back to.
    pub back: String,
    /// The query of this page without the moment, as hidden fields.
    pub kept_query: Html,
    /// Today, whatever moment is looked at.
    pub real_today: Date,
    /// Proposals that wait.
    pub proposals: usize,
    /// Moments with names.
    pub moments: Vec<Named>,
    /// What was just done.
    pub toast: Option<Toast>,
    /// The line at the foot of a print.
    pub print_line: String,
}

impl Shell {
    /// The number of a place.
    pub fn note(&self, place: &str) -> Option<&Note> {
        self.notes.iter().find(|(name, _)| *name == place).map(|(_, note)| note)
    }

    /// What stands around a page.
    pub fn of(cx: &Cx) -> Self {
        let report = cx.report();
        let all = report.outcomes.len();
        let count = |verdict: Verdict| report.outcomes.iter().filter(|one| one.verdict == verdict).count();
        let (holds, gaps) = (count(Verdict::Holds), count(Verdict::Violated));
        let pairs = without(&cx.query, &["asof", "done", "undo"]);
        let now_href = with_query(&cx.path, &pairs, None);
        let moment_words = cx.moment.as_ref().map_or_else(String::new, |moment| match moment.written.parse::<Date>() {
            Ok(day) => dates::full_day(cx.words, day),
            Err(_) => dates::moment(cx.words, moment.past.at, &cx.zone, Date::ZERO),
        });
        let roles: Vec<String> =
            cx.principal.roles.iter().map(|role| cx.say(format!("role-{}", role_key(*role))).into_owned()).collect();
        let moments = if cx.is_isms() { named_moments(cx, &pairs) } else { Vec::new() };
        let name = cx.name_of(cx.person);
        let real_today = cx.zone.to_datetime(cx.now).date();
        let print_line = cx
            .with(
                "shell-print",
                &[
                    ("organisation", (&cx.organisation_name).into()),
                    ("date", (&dates::full_day(cx.words, real_today)).into()),
                    ("asof", (&dates::full_day(cx.words, cx.today)).into()),
                    ("name", (&name).into()),
                ],
            )
            .into_owned();
        let early = assumed::is_early(holds, all);
        let standing = cx.is_isms().then(|| crate::kept::standing(cx, || standing(cx, early)));
        Self {
            notes: notes(cx, standing),
            assumed: standing.map_or(0, |standing| standing.assumed),
            holds,
            all,
            bar: bar(&[("now", holds), ("todo", all - holds - gaps), ("gap", gaps)], all),
            avatar: avatar(cx),
            roles: roles.join(", "),
            name,
            moment_words,
            now_href,
            back: with_query(&cx.path, &without(&cx.query, &["done", "undo"]), None),
            kept_query: hidden(&pairs),
            real_today,
            proposals: if cx.is_isms() { crate::pages::proposals::waiting(cx) } else { 0 },
            moments,
            toast: toast(cx),
            print_line,
        }
    }
}

/// The numbers of the rail: what needs attention, never what nobody has to act on.
fn notes(cx: &Cx, standing: Option<Standing>) -> Vec<(&'static str, Note)> {
    let mut notes = Vec::new();
    let mine = crate::kept::waiting(cx, || crate::pages::home::work::open_count(cx));
    if mine > 0 {
        let words = cx.say("note-work").into_owned();
        notes.push(("home", Note { count: mine, hot: true, words }));
    }
    if let Some(Standing { above, actions: open, .. }) = standing {
        if above > 0 {
            notes.push(("risks", Note { count: above, hot: true, words: cx.say("note-risks").into_owned() }));
        }
        if open > 0 {
            notes.push(("check", Note { count: open, hot: false, words: cx.say("note-check").into_owned() }));
        }
    }
    notes
}

/// What is assumed is counted only while the ISMS is being set up: `early`.
fn standing(cx: &Cx, early: bool) -> Standing {
    use attestry_model::records::{CorrectiveAction, Risk};
    let limit = crate::pages::limit(cx);
    let is_above = |risk: &Risk| risk.current_value.zip(limit).is_some_and(|(value, limit)| value > limit);
    Standing {
        above: cx.isms.live::<Risk>().filter(|risk| is_above(risk)).count(),
        actions: cx.isms.live::<CorrectiveAction>().count(),
        assumed: if early { assumed::count(&cx.isms) } else { 0 },
    }
}

/// The moments that matter: the last review, the approval of the newest statement, the last certification visit.
fn named_moments(cx: &Cx, pairs: &[(String, String)]) -> Vec<Named> {
    use attestry_model::records::{Certification, ManagementReview, Soa};
    let begun = cx.zone.to_datetime(cx.organisation.info().created_at).date();
    let mut moments = Vec::new();
    let mut add = |key: &str, day: Option<Date>| {
        let today = cx.zone.to_datetime(cx.now).date();
        // Before its first entry an organisation has no state here that could be shown.
        if let Some(day) = day.filter(|day| *day < today && *day >= begun) {
            let label = cx.say1(key, "date", &dates::full_day(cx.words, day)).into_owned();
            moments.push(Named { label, href: with_query(&cx.path, pairs, Some(&day.to_string())) });
        }
    };
    let soa = cx
        .current
        .live::<Soa>()
        .filter_map(|soa| cx.current.find(soa.approval))
        .filter_map(|approval| approval.signed_at)
        .max();
    let visits = cx.current.live::<Certification>().flat_map(|one| {
        let yearly = one.surveillance.iter().filter_map(|visit| visit.performed_on);
        one.stage1_on.into_iter().chain(one.stage2_on).chain(yearly).collect::<Vec<_>>()
    });
    let today = cx.zone.to_datetime(cx.now).date();
    add("moment-visit", visits.filter(|day| *day < today).max());
    add("moment-soa", soa.map(|at| cx.zone.to_datetime(at).date()));
    add("moment-review", cx.current.table::<ManagementReview>().iter().filter_map(|one| one.held_on).max());
    moments
}

fn avatar(cx: &Cx) -> Html {
    let mut out = format!(r#"<span class="av av-{}" aria-hidden="true">"#, cx.person.number() % 6 + 1);
    escape(&show::initials(&cx.name_of(cx.person)), &mut out);
    out.push_str("</span>");
    Html(out)
}

/// What was just done, from the query that the redirect after it carries: a record, its new state or deed, and whether it or
/// the whole step can be undone. Only words of our own are shown.
fn toast(cx: &Cx) -> Option<Toast> {
    let deed = parameter(&cx.query, "done")?;
    let (deed, reference) = deed.split_once(' ').map_or((deed.as_str(), ""), |(deed, reference)| (deed, reference));
    let key = format!("done-{deed}");
    if !deed.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-') || !cx.words.has(&key) {
        return None;
    }
    let target: Option<attestry_model::AnyRef> = reference.parse().ok();
    let subject = target.map_or_else(|| reference.chars().filter(char::is_ascii_digit).collect(), |it| it.to_string());
    let undo = parameter(&cx.query, "undo").and_then(|undo| {
        let step = crate::pages::records::undo::path_of(&undo);
        step.or_else(|| target.map(|it| format!("{}/undo", crate::places::record_path(it))))
    });
    Some(Toast { text: cx.say1(&key, "record", &subject).into_owned(), undo })
}

/// The names and values of a query, decoded.
pub fn pairs(query: &str) -> Vec<(String, String)> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty()).take(200);
    pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (crate::html::decode(name), crate::html::decode(value)))
        .collect()
}

/// A value of a query, decoded.
pub fn parameter(query: &str, name: &str) -> Option<String> {
    pairs(query).into_iter().find(|(found, _)| found == name).map(|(_, value)| value)
}

/// The pairs of a query without some.
pub fn without(query: &str, names: &[&str]) -> Vec<(String, String)> {
    pairs(query).into_iter().filter(|(name, _)| !names.contains(&name.as_str())).collect()
}

/// An address with a query, and with a moment of the past.
pub fn with_query(path: &str, pairs: &[(String, String)], asof: Option<&str>) -> String {
    let mut href = path.to_owned();
    let moment = asof.map(|asof| ("asof".to_owned(), asof.to_owned()));
    for (at, (name, value)) in pairs.iter().chain(&moment).enumerate() {
        let _ = write!(href, "{}{}={}", if at == 0 { '?' } else { '&' }, encode(name), encode(value));
    }
    href
}

/// Pairs as hidden fields of a form.
pub fn hidden(pairs: &[(String, String)]) -> Html {
    let mut out = String::new();
    for (name, value) in pairs {
        out.push_str(r#"<input type="hidden" name=""#);
        escape(name, &mut out);
        out.push_str(r#"" value=""#);
        escape(value, &mut out);
        out.push_str(r#"">"#);
    }
    Html(out)
}

/// A bar of shares: class and count each.
pub fn bar(parts: &[(&str, usize)], all: usize) -> Html {
    let mut out =
        String::from(r#"<svg class="bar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">"#);
    let mut from = 0.0;
    for (class, count) in parts {
        #[expect(clippy::cast_precision_loss, reason = "a share of a drawing of 100 units")]
        let width = if all == 0 { 0.0 } else { *count as f64 * 100.0 / all as f64 };
        if width > 0.0 {
            let _ = write!(
                out,
                r#"<rect class="b-{class}" x="{from:.1}" width="{:.1}" height="6"/>"#,
                (width - 0.5).max(0.5)
            );
        }
        from += width;
    }
    out.push_str("</svg>");
    Html(out)
}

/// The key of a role in message files.
pub fn role_key(role: Role) -> &'static str {
    match role {
        Role::TopManagement => "top-management",
        Role::IsmsManager => "isms-manager",
        Role::AssetOwner => "asset-owner",
        Role::RiskOwner => "risk-owner",
        Role::ControlOwner => "control-owner",
        Role::InternalAuditor => "internal-auditor",
        Role::Employee => "employee",
        Role::ExternalAuditor => "external-auditor",
        Role::SystemAdmin => "system-admin",
    }
}

/// For the template.
pub fn or_system(theme: &str) -> &str {
    if theme.is_empty() { "system" } else { theme }
}

/// For the template.
pub fn or_compact(density: &str) -> &str {
    if density.is_empty() { "compact" } else { density }
}

impl Frame {
    /// Whether the page is in this place.
    pub fn is_in(&self, place: &Place) -> bool {
        self.place.is_some_and(|own| own.name == place.name)
    }
}

/// Answers with a page.
pub fn page(template: &impl Template) -> Result<Response, Fault> {
    let mut answer = template.render()?.into_response();
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    answer.headers_mut().insert(header::CONTENT_TYPE, html);
    Ok(answer)
}

/// Answers with the way to another page of ours.
pub fn to(href: &str) -> Response {
    // Only addresses that this program wrote come here; a sign that no header may hold leads home.
    let value = HeaderValue::from_str(href).unwrap_or(HeaderValue::from_static("/"));
    (axum::http::StatusCode::SEE_OTHER, [(header::LOCATION, value)]).into_response()
}

/// An address to come back to, as a form brought it: only a path of ours.
pub fn own_path(path: &str) -> &str {
    let plain = path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if plain && path.starts_with('/') && !path.starts_with("//") { path } else { "/" }
}

/// A label for a count of a kind: `24 risks`.
pub fn counted(cx: &Cx, kind: Kind, count: usize) -> String {
    let words = if count == 1 { labels::singular(cx.words, kind) } else { labels::plural(cx.words, kind) };
    cx.with("counted", &[("count", count.into()), ("what", (&labels::within(cx.words, &words)).into())]).into_owned()
}
