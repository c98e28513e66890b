//! Quizzes: questions that check what people understood.

use crate::records::prelude::*;

/// Questions that check what people understood, with the share that has to be right.
#[derive(Record, Clone, Debug, Default, PartialEq)]
#[record(prefix = "QZ", title = "Quiz", plural = "Quizzes", steps = "8", clauses = "7.2c 7.3", retention = "C", core)]
pub struct Quiz {
    /// The questions, at least five.
    #[field(required)]
    pub questions: Vec<Question>,
    /// Share of questions that has to be answered rightly, in percent, for example 80.
    #[field(required)]
    pub pass_percent: Option<Percent>,
    /// How often somebody may try, for example 3.
    #[field(required)]
    pub max_attempts: Option<i64>,
}

/// States of a quiz.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum QuizState {
    /// Draft.
    Draft,
    /// Active.
    Active,
    /// Retired.
    Retired,
}

/// One entry of “questions”.
#[derive(Embedded, Clone, Debug, Default, PartialEq)]
pub struct Question {
    /// The question.
    pub text: Option<String>,
    /// The answers to choose from, at least two.
    pub options: Vec<String>,
    /// Which answers are right, counted from 0.
    pub correct: Vec<i64>,
    /// Why, shown after answering.
    pub explanation: Option<String>,
}

/// Fewest questions that say something about what people understood.
const LEAST_QUESTIONS: usize = 5;

impl Record for Quiz {
    type State = QuizState;

    const RIGHTS: Rights = Rights { create: &[IM], read: &[IM], update: &[IM], approve: &[] };

    const FLOW: &'static [Step<Self::State>] =
        &[step(QuizState::Draft, QuizState::Active, &[IM]), step(QuizState::Active, QuizState::Retired, &[IM])];

    fn check(record: &Stored<Self>, _isms: &Isms, problems: &mut Problems) {
        for (at, question) in record.questions.iter().enumerate() {
            let count = question.options.len();
            let inside = |index: &i64| usize::try_from(*index).is_ok_and(|index| index < count);
            if let Some(outside) = question.correct.iter().find(|index| !inside(index)) {
                let message = format!("names answer {outside}, but there are {count}, counted from 0");
                problems.add(format!("questions[{at}].correct"), message);
            }
        }
        if record.max_attempts.is_some_and(|attempts| attempts < 1) {
            problems.add("max_attempts", "must be at least 1");
        }
    }

    fn demand(record: &Stored<Self>, to: Self::State, _context: &Context<'_>, problems: &mut Problems) {
        if to != QuizState::Active {
            return;
        }
        let count = record.questions.len();
        if (1..LEAST_QUESTIONS).contains(&count) {
            problems.add("questions", format!("are {count}; at least {LEAST_QUESTIONS} are required"));
        }
        for (at, question) in record.questions.iter().enumerate() {
            let place = |field: &str| format!("questions[{at}].{field}");
            problems.need(question.text.is_none(), &place("text"), "in every question");
            if question.options.len() < 2 {
                problems.add(place("options"), "must be at least two, to choose from");
            }
            problems.need(question.correct.is_empty(), &place("correct"), "in every question");
        }
    }

    fn sample() -> Self {
        Self {
            questions: [
                ("A colleague asks for your password. What do you do?", "Give it", "Refuse and offer to do the task"),
                ("Where do you report an odd message?", "I delete it", "Report button or phone 4400"),
                ("What does the label RESTRICTED mean?", "Share with partners", "Only people who need it"),
                ("What may follow from breaking the rules on purpose?", "Nothing", "The sanction process"),
                ("How do you leave your desk?", "Screen on for colleagues", "Screen locked, papers locked away"),
            ]
            .map(|(text, wrong, right)| Question {
                text: Some(text.into()),
                options: vec![wrong.into(), right.into()],
                correct: vec![1],
                ..Question::default()
            })
            .into(),
            pass_percent: decimal("80").map(Percent),
            max_attempts: Some(3),
        }
    }
}
