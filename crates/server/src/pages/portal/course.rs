//! Taking a course: what it teaches, and its quiz, which is checked here and not in the browser.

use askama::Template;
use attestry_model::records::quiz::Question;
use attestry_model::records::{Course, Quiz, TrainingAssignment, TrainingCompletion};
use attestry_model::{AnyRef, Command, Kind, Principal, Stored};
use axum::extract::{Form, Path};
use axum::response::Response;
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use crate::cx::Cx;
use crate::fault::Fault;
use crate::shell::{Shell, page, to};
use crate::{dates, labels};

#[derive(Template)]
#[template(path = "portal/course.html")]
struct CoursePage {
    cx: Cx,
    shell: Shell,
    title: String,
    reference: String,
    topics: Vec<String>,
    facts: String,
    text: crate::html::Html,
    questions: Vec<Asked>,
    pass: String,
    left: Option<i64>,
    result: Option<String>,
    problem: bool,
    finished: bool,
}

/// A question as it is asked, without what is right.
struct Asked {
    number: usize,
    text: String,
    several: bool,
    options: Vec<(usize, String, bool)>,
}

struct Taken<'a> {
    assignment: &'a Stored<TrainingAssignment>,
    course: &'a Stored<Course>,
    quiz: Option<&'a Stored<Quiz>>,
    tries: i64,
}

/// The person's own assignment.
fn taken<'a>(cx: &'a Cx, text: &str) -> Result<Taken<'a>, Fault> {
    let reference: AnyRef = text.parse().map_err(|_| Fault::Absent)?;
    let assignment = cx.get(reference.of::<TrainingAssignment>().ok_or(Fault::Absent)?)?;
    if assignment.person != Some(cx.person) || assignment.is_void() {
        return Err(Fault::Absent);
    }
    let course = cx.isms.find(assignment.course).ok_or(Fault::Absent)?;
    let completions = cx.isms.referring::<TrainingCompletion>(reference, "assignment").filter(|one| !one.is_void());
    let tries = completions.map(|one| one.attempts.unwrap_or(1)).max().unwrap_or(0);
    Ok(Taken { assignment, course, quiz: cx.isms.find(course.quiz), tries })
}

impl Taken<'_> {
    fn left(&self) -> Option<i64> {
        Some((self.quiz?.max_attempts? - self.tries).max(0))
    }

    fn open(&self) -> bool {
        matches!(self.assignment.state_name(), "assigned" | "started")
    }
}

/// How many questions were answered rightly: exactly the right answers, no more and no fewer.
pub fn right(questions: &[Question], answers: &[Vec<i64>]) -> usize {
    let pairs = questions.iter().zip(answers);
    let rightly = pairs.filter(|(question, chosen)| {
        let mut wanted = question.correct.clone();
        let mut given = (*chosen).clone();
        wanted.sort_unstable();
        wanted.dedup();
        given.sort_unstable();
        given.dedup();
        !wanted.is_empty() && wanted == given
    });
    rightly.count()
}

fn render(
    cx: &Cx,
    taken: &Taken<'_>,
    answers: &[Vec<i64>],
    result: Option<String>,
    problem: bool,
) -> Result<Response, Fault> {
    let questions = taken.quiz.map_or(&[][..], |quiz| quiz.questions.as_slice());
    let asked = questions.iter().enumerate().map(|(at, question)| Asked {
        number: at + 1,
        text: question.text.clone().unwrap_or_default(),
        several: question.correct.len() > 1,
        options: question
            .options
            .iter()
            .enumerate()
            .map(|(option, text)| {
                let chosen =
                    answers.get(at).is_some_and(|given| given.iter().any(|it| usize::try_from(*it) == Ok(option)));
                (option, text.clone(), chosen)
            })
            .collect(),
    });
    let course = taken.course;
    let due = taken.assignment.due.map(|day| dates::day(cx.words, day, cx.today)).unwrap_or_default();
    let minutes = course.duration_minutes.unwrap_or(0);
    let facts = cx.with("course-facts", &[("minutes", minutes.into()), ("day", (&due).into())]).into_owned();
    let pass = taken.quiz.and_then(|quiz| quiz.pass_percent).map(|mark| dates::number(cx.words, mark.0));
    let topics = attestry_model::stored::AnyRecord::field(course, "topics").unwrap_or_default();
    let topics = topics.as_array().into_iter().flatten().filter_map(Value::as_str).map(labels::sentence).collect();
    page(&CoursePage {
        shell: Shell::of(cx),
        title: course.title().to_owned(),
        reference: taken.assignment.reference().any().to_string(),
        topics,
        facts,
        text: course.head.notes.as_deref().map(|text| crate::markdown::to_html(cx, text)).unwrap_or_default(),
        questions: asked.collect(),
        pass: pass.unwrap_or_default(),
        left: taken.left(),
        result,
        problem,
        finished: !taken.open(),
        cx: cx.clone(),
    })
}

/// `GET /portal/course/{assignment}`
pub async fn show(cx: Cx, Path(assignment): Path<String>) -> Result<Response, Fault> {
    let taken = taken(&cx, &assignment)?;
    render(&cx, &taken, &[], None, false)
}

/// `POST /portal/course/{assignment}`: the answers, or that it was taken where there is no quiz.
pub async fn finish(
    cx: Cx,
    Path(assignment): Path<String>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, Fault> {
    let taken = taken(&cx, &assignment)?;
    if !taken.open() {
        return Ok(to("/portal"));
    }
    let Some(quiz) = taken.quiz else {
        if !fields.iter().any(|(name, value)| name == "taken" && value == "yes") {
            return render(&cx, &taken, &[], Some(cx.say("course-tick").into_owned()), true);
        }
        complete(&cx, &taken, None, true).await?;
        return Ok(to(&format!("/portal?done=course+{}", taken.assignment.reference().any())));
    };
    if taken.left() == Some(0) {
        return render(&cx, &taken, &[], Some(cx.say("course-no-tries").into_owned()), true);
    }
    let answers: Vec<Vec<i64>> = (1..=quiz.questions.len())
        .map(|number| {
            let name = format!("q{number}");
            fields.iter().filter(|(field, _)| *field == name).filter_map(|(_, value)| value.parse().ok()).collect()
        })
        .collect();
    let unanswered = answers.iter().filter(|given| given.is_empty()).count();
    if unanswered > 0 || answers.is_empty() {
        let text = cx.say1("course-unanswered", "count", unanswered).into_owned();
        return render(&cx, &taken, &answers, Some(text), true);
    }
    let (count, all) = (right(&quiz.questions, &answers), answers.len());
    let score = (Decimal::from(count) * Decimal::ONE_HUNDRED / Decimal::from(all)).round_dp(2);
    let mark = quiz.pass_percent.map_or(Decimal::ONE_HUNDRED, |mark| mark.0);
    let passed = score >= mark;
    complete(&cx, &taken, Some(score), passed).await?;
    if passed {
        return Ok(to(&format!("/portal?done=course+{}", taken.assignment.reference().any())));
    }
    let taken = Taken { tries: taken.tries + 1, ..taken };
    let left = taken.left().unwrap_or(1);
    let pairs = [("right", count.into()), ("all", all.into()), ("left", left.into())];
    let text = cx.with("course-failed", &pairs).into_owned();
    render(&cx, &taken, &answers, Some(text), true)
}

/// Records a try. One that was not passed holds for that day only and completes nothing.
async fn complete(cx: &Cx, taken: &Taken<'_>, score: Option<Decimal>, passed: bool) -> Result<(), Fault> {
    let mut fields: Map<String, Value> = Map::new();
    let mut put = |name: &str, value: Value| fields.insert(name.to_owned(), value);
    put("title", json!(format!("{} {}", cx.person.any(), taken.course.reference().any())));
    put("assignment", json!(taken.assignment.reference().any().to_string()));
    put("completed_on", json!(cx.today.to_string()));
    put("passed", json!(passed));
    put("attempts", json!(taken.tries + 1));
    if let Some(score) = score {
        put("score", json!(score.normalize().to_string()));
    }
    if !passed {
        put("valid_until", json!(cx.today.to_string()));
    }
    let principal = Principal { request: Some(cx.request.clone()), ..Principal::system() };
    let command = Command::Create { kind: Kind::TrainingCompletion, fields };
    super::submit_as(cx, &principal, command).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_right_when_exactly_the_right_options_are_chosen() {
        let question = |correct: &[i64]| Question { correct: correct.to_vec(), ..Question::default() };
        let questions = [question(&[1]), question(&[0, 2]), question(&[])];
        for (answers, count) in [
            ([vec![1], vec![2, 0], vec![0]], 2),
            ([vec![0, 1], vec![0], vec![]], 0),
            ([vec![1, 1], vec![0, 1, 2], vec![1]], 1),
        ] {
            assert_eq!(right(&questions, &answers), count, "{answers:?}");
        }
    }
}
