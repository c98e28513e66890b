//! How often, learnt from the own history: what was believed, what was seen, and what to believe now (Gamma and Poisson, the
//! conjugate update; Gelman and others, Bayesian Data Analysis, section 2.6).

use askama::Template;
use attestry_check::measure;
use attestry_model::permit::Wish;
use attestry_model::records::{Incident, Risk};
use attestry_model::{Command, Kind, Problems, Stored};
use attestry_risk::quantitative::FrequencyBelief;
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use jiff::ToSpan as _;
use jiff::civil::Date;
use rust_decimal::Decimal;
use rust_decimal::prelude::FromPrimitive as _;
use serde_json::{Map, Value};

use super::one::risk_of;
use crate::cx::Cx;
use crate::fault::Fault;
use crate::html::Html;
use crate::pages::records::typed::Typed;
use crate::places::Frame;
use crate::shell::{Shell, page, parameter, to};
use crate::show;

/// Years that are looked back where nothing else is asked for.
const YEARS: f64 = 3.0;
/// Most years that may be looked back.
const MOST_YEARS: f64 = 100.0;
/// Most events.
const MOST_EVENTS: u32 = 100_000;

/// The page.
#[derive(Template)]
#[template(path = "frequency.html")]
struct Page {
    cx: Cx,
    frame: Frame,
    shell: Shell,
    reference: String,
    title: String,
    href: String,
    revision: u32,
    years: String,
    events: String,
    counted: Vec<(Html, String)>,
    believed: String,
    weak: bool,
    now: Option<After>,
    may_edit: bool,
    problems: Problems,
}

struct After {
    mean: String,
    low: String,
    high: String,
    likely: String,
    unusual: Option<String>,
}

impl Page {
    /// What is wrong with a field.
    fn error(&self, field: &str) -> Option<&str> {
        self.problems.0.iter().find(|it| it.field == field).map(|it| it.message.as_str())
    }
}

/// The question: how many events in how many years.
struct Asked {
    years: String,
    events: String,
}

/// `GET /risks/{reference}/frequency`
pub async fn show(cx: Cx, Path(reference): Path<String>) -> Result<Response, Fault> {
    let asked = Asked {
        years: parameter(&cx.query, "years").unwrap_or_default(),
        events: parameter(&cx.query, "events").unwrap_or_default(),
    };
    page(&page_of(cx, &reference, &asked, Problems::default())?)
}

/// The incidents of a risk since a day that the person may see, and how many there are in all.
fn seen<'a>(cx: &'a Cx, risk: &'a Stored<Risk>, since: Date) -> (Vec<&'a Stored<Incident>>, usize) {
    let known = risk.incidents.iter().filter_map(|it| cx.isms.get(*it)).filter(|it| !it.is_void());
    let when = |it: &Stored<Incident>| it.occurred_at.or(it.detected_at).map(|at| cx.zone.to_datetime(at).date());
    let within: Vec<&Stored<Incident>> =
        known.filter(|it| when(it).is_some_and(|day| day >= since && day <= cx.today)).collect();
    let count = within.len();
    (within.into_iter().filter(|it| cx.sees(*it)).collect(), count)
}

/// What is believed before looking: the range of the risk as a Gamma of the same mean and spread; where there is none, the band of
/// its likelihood; where there is none either, once in ten years, as good as nothing known.
fn belief(cx: &Cx, risk: &Stored<Risk>) -> (FrequencyBelief, bool) {
    let moments = measure::scenario(risk).map(|it| it.frequency.moments());
    let spread = |[mean, square, _]: [f64; 3]| (mean, (square - mean * mean).max(0.0).sqrt());
    let moments = moments.map(spread).filter(|it| it.0 > 0.0 && it.1 > 1e-9);
    let of_band = || {
        let method = measure::Method::of(&risk.method(&cx.isms)?.body);
        let level = risk.current_likelihood?.0;
        let (low, high) = *method.likelihood.bands.get(usize::from(level).checked_sub(1)?)?;
        let mean = method.likelihood.middle(level)?;
        // The band as an interval of nine in ten.
        let spread = ((high - low) / 3.29).max(mean / 4.0);
        (mean > 0.0 && spread.is_finite()).then_some((mean, spread))
    };
    match moments.or_else(of_band) {
        Some((mean, spread)) => (FrequencyBelief::with_mean(mean, spread), false),
        None => (FrequencyBelief { shape: 0.5, rate: 5.0 }, true),
    }
}

/// The question as numbers; what is missing comes from the records.
fn numbers(cx: &Cx, risk: &Stored<Risk>, asked: &Asked, problems: &mut Problems) -> Option<(f64, u32)> {
    let years =
        if asked.years.trim().is_empty() { Some(YEARS) } else { asked.years.trim().replace(',', ".").parse().ok() };
    let Some(years) = years.filter(|it: &f64| *it > 0.0 && *it <= MOST_YEARS) else {
        problems.add("years", cx.say("frequency-no-years"));
        return None;
    };
    let events = if asked.events.trim().is_empty() {
        u32::try_from(seen(cx, risk, since(cx, years)).1).ok()
    } else {
        asked.events.trim().parse().ok()
    };
    let known = events.filter(|it| *it <= MOST_EVENTS);
    if known.is_none() {
        problems.add("events", cx.say("frequency-no-events"));
    }
    known.map(|events| (years, events))
}

fn since(cx: &Cx, years: f64) -> Date {
    #[expect(clippy::cast_possible_truncation, reason = "years are bounded")]
    let days = (years * 365.25).round() as i64;
    cx.today.checked_sub(days.days()).unwrap_or(Date::MIN)
}

fn rate(number: f64) -> String {
    let digits = if number >= 10.0 {
        1
    } else if number >= 1.0 {
        2
    } else {
        3
    };
    format!("{number:.digits$}")
}

fn page_of(cx: Cx, reference: &str, asked: &Asked, mut problems: Problems) -> Result<Page, Fault> {
    let risk = risk_of(&cx, reference)?;
    let found = numbers(&cx, risk, asked, &mut problems);
    let (before, weak) = belief(&cx, risk);
    let now = found.map(|(years, events)| {
        let after = before.after(events, years);
        let (low, high) = after.interval(0.9);
        let (chance, unusual) = attestry_risk::quantitative::back_test(events, before.mean() * years);
        After {
            mean: rate(after.mean()),
            low: rate(low),
            high: rate(high),
            likely: rate(mode(after)),
            unusual: (unusual && !weak).then(|| format!("{:.1}\u{202f}%", chance * 100.0)),
        }
    });
    let shown_since = since(&cx, found.map_or(YEARS, |it| it.0));
    let counted = seen(&cx, risk, shown_since).0;
    let counted = counted.into_iter().map(|it| (show::rid(&cx, it.reference().any()), it.title().to_owned())).collect();
    let target = risk.reference().any();
    let mut frame = Frame::of_kind(&cx, Kind::Risk, Some(&target.to_string()))
        .then(cx.say("frequency-title"), Some(cx.record_href(target)));
    frame.problems = !problems.is_empty();
    Ok(Page {
        reference: target.to_string(),
        title: risk.title().to_owned(),
        href: cx.record_href(target),
        revision: risk.revision,
        years: if asked.years.is_empty() { YEARS.to_string() } else { asked.years.clone() },
        events: match (&found, asked.events.is_empty()) {
            (Some((_, events)), true) => events.to_string(),
            _ => asked.events.clone(),
        },
        counted,
        believed: rate(before.mean()),
        weak,
        now,
        may_edit: cx.may(Wish::Update, risk),
        problems,
        frame,
        shell: Shell::of(&cx),
        cx,
    })
}

/// The likeliest frequency of a belief; 0 where the density only falls.
fn mode(belief: FrequencyBelief) -> f64 {
    ((belief.shape - 1.0) / belief.rate).max(0.0)
}

/// `POST /risks/{reference}/frequency`: takes over what is to be believed now as the range of the risk.
pub async fn save(cx: Cx, Path(reference): Path<String>, body: Bytes) -> Result<Response, Fault> {
    let typed = Typed::of(&body)?;
    let read = |name: &str| typed.get(name).unwrap_or_default().trim().to_owned();
    let revision = read("revision").parse().map_err(|_| Fault::Unconditional)?;
    let asked = Asked { years: read("years"), events: read("events") };
    let risk = risk_of(&cx, &reference)?;
    let mut problems = Problems::default();
    if let Some((years, events)) = numbers(&cx, risk, &asked, &mut problems) {
        let after = belief(&cx, risk).0.after(events, years);
        let (low, high) = after.interval(0.9);
        // Both ends and the middle as PERT asks for them; the mode lies within whatever the shape.
        let likely = mode(after).clamp(low, high);
        let value = |it: f64| {
            Decimal::from_f64(it).map_or(Value::Null, |it| Value::from(it.round_dp(6).normalize().to_string()))
        };
        let fields = Map::from_iter([
            ("lef_min".to_owned(), value(low)),
            ("lef_mode".to_owned(), value(likely)),
            ("lef_max".to_owned(), value(high)),
            // What was simulated from the range before says nothing about this one.
            ("ale_mean".to_owned(), Value::Null),
            ("ale_p95".to_owned(), Value::Null),
        ]);
        let target = risk.reference().any();
        let reason = Some(format!("Own history: {events} events in {years} years"));
        match cx.submit(Command::Update { target, revision: Some(revision), fields, reason }).await {
            Ok(_) => return Ok(to(&format!("/risks/{target}/money?done=saved%20{target}&undo=1"))),
            Err(Fault::Invalid(found)) => problems = found,
            Err(other) => return Err(other),
        }
    }
    let shown = page(&page_of(cx, &reference, &asked, problems)?)?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, shown).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_update_is_the_worked_example() {
        let after = FrequencyBelief { shape: 2.0, rate: 4.0 }.after(3, 2.0);
        assert!((after.mean() - 0.833_333).abs() < 1e-6);
        assert!((mode(after) - 4.0 / 6.0).abs() < 1e-12);
        assert_eq!(mode(FrequencyBelief { shape: 0.5, rate: 5.0 }).to_string(), "0");
    }
}
