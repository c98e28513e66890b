//! Practice for those who estimate: questions of general knowledge, each answered with a range that should hold the truth in nine
//! of ten cases; and what the answers say about how wide such ranges must be. Nothing of it is kept.

use askama::Template;
use attestry_model::Kind;
use attestry_risk::quantitative::{Estimate, Verdict, calibration};
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};

use crate::cx::Cx;
use crate::fault::Fault;
use crate::pages::records::typed::Typed;
use crate::places::Frame;
use crate::shell::{Shell, page, parameter};

/// Questions of one set.
const A_SET: usize = 10;

/// The questions: the name in message keys, and what is true. Facts that stay as they are; the unit stands in the question.
const QUESTIONS: [(&str, f64); 20] = [
    ("everest", 8_849.0),
    ("moon", 384_400.0),
    ("marathon", 42.195),
    ("rhine", 1_233.0),
    ("eiffel", 330.0),
    ("gold", 1_064.0),
    ("printing", 1_450.0),
    ("bones", 206.0),
    ("channel", 50.5),
    ("sound", 343.0),
    ("jupiter", 142_984.0),
    ("elements", 118.0),
    ("sahara", 9_200_000.0),
    ("mariana", 10_935.0),
    ("magellan", 1_522.0),
    ("piano", 88.0),
    ("light", 8.3),
    ("amazon", 6_400.0),
    ("greenland", 2_166_000.0),
    ("penicillin", 1_928.0),
];

/// The page.
#[derive(Template)]
#[template(path = "calibration.html")]
struct Page {
    cx: Cx,
    frame: Frame,
    shell: Shell,
    set: usize,
    sets: Vec<(String, String, bool)>,
    questions: Vec<Question>,
    result: Option<Outcome>,
    problems: usize,
}

struct Question {
    n: usize,
    name: &'static str,
    text: String,
    low: String,
    high: String,
    error: Option<String>,
    truth: String,
    held: bool,
}

struct Outcome {
    held: usize,
    all: usize,
    share: String,
    between: String,
    verdict: String,
    widen: Option<String>,
}

/// `GET /risks/calibration`
pub async fn show(cx: Cx) -> Result<Response, Fault> {
    let set = parameter(&cx.query, "set").and_then(|it| it.parse().ok()).unwrap_or_default();
    page(&page_of(cx, set, None))
}

fn page_of(cx: Cx, set: usize, typed: Option<&Typed>) -> Page {
    let sets = QUESTIONS.len() / A_SET;
    let set = set.min(sets - 1);
    let mut given = Vec::new();
    let mut problems = 0;
    let mut question = |(n, (name, truth)): (usize, &(&'static str, f64))| {
        let read =
            |end: &str| typed.and_then(|it| it.get(&format!("{name}-{end}"))).unwrap_or_default().trim().to_owned();
        let (low, high) = (read("low"), read("high"));
        let number = |text: &str| text.replace([' ', ',', '\''], "").parse::<f64>().ok().filter(|it| it.is_finite());
        let error = match (number(&low), number(&high)) {
            _ if typed.is_none() => None,
            (Some(low), Some(high)) if low <= high => {
                given.push(Estimate { low, high, truth: *truth });
                None
            }
            (Some(_), Some(_)) => Some(cx.say("money-inverted").into_owned()),
            _ => Some(cx.say("calibrate-two").into_owned()),
        };
        problems += usize::from(error.is_some());
        let held = number(&low).zip(number(&high)).is_some_and(|(low, high)| (low..=high).contains(truth));
        Question {
            n: n + 1,
            name,
            text: cx.say(format!("calibrate-q-{name}")).into_owned(),
            low,
            high,
            error,
            truth: truth.to_string(),
            held,
        }
    };
    let of_set = QUESTIONS.iter().skip(set * A_SET).take(A_SET).enumerate();
    let questions: Vec<Question> = of_set.map(&mut question).collect();
    // Only a whole set says something.
    let result = calibration(&given).filter(|_| problems == 0).map(|it| {
        let percent = |share: f64| format!("{:.0}\u{202f}%", share * 100.0);
        let verdict = match it.verdict {
            Verdict::Overconfident => "calibrate-over",
            Verdict::Calibrated => "calibrate-right",
            Verdict::Underconfident => "calibrate-under",
        };
        Outcome {
            held: questions.iter().filter(|it| it.held).count(),
            all: questions.len(),
            share: percent(it.share),
            between: format!("{} – {}", percent(it.low), percent(it.high)),
            verdict: cx.say(verdict).into_owned(),
            widen: (it.widen > 1.05).then(|| format!("{:.1}", it.widen)),
        }
    });
    let mut frame = Frame::of_kind(&cx, Kind::Risk, Some(&cx.say("calibrate-title")));
    frame.problems = problems > 0;
    Page {
        sets: (0..sets)
            .map(|it| {
                let href = cx.href(&format!("/risks/calibration?set={it}"));
                (cx.say1("calibrate-set", "number", it + 1).into_owned(), href, it == set)
            })
            .collect(),
        set,
        questions,
        result,
        problems,
        frame,
        shell: Shell::of(&cx),
        cx,
    }
}

/// `POST /risks/calibration`: scores the answers, and keeps nothing.
pub async fn score(cx: Cx, body: Bytes) -> Result<Response, Fault> {
    let typed = Typed::of(&body)?;
    let set = typed.get("set").and_then(|it| it.parse().ok()).unwrap_or_default();
    let shown = page_of(cx, set, Some(&typed));
    let bad = shown.problems > 0;
    let shown = page(&shown)?;
    Ok(if bad { (StatusCode::UNPROCESSABLE_ENTITY, shown).into_response() } else { shown })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_make_whole_sets_and_each_has_a_name_of_its_own() {
        assert_eq!(QUESTIONS.len() % A_SET, 0);
        let mut names: Vec<&str> = QUESTIONS.iter().map(|it| it.0).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), QUESTIONS.len());
    }
}
