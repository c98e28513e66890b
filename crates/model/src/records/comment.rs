//! Comments: what people have to say about a record.

use jiff::ToSpan;

use crate::records::person::PersonState;
use crate::records::prelude::*;
use crate::records::task::TaskState;

/// The longest title that is taken from a text, in characters.
const TITLE_LENGTH: usize = 80;
/// Days that somebody who is asked has for an answer.
const ANSWER_DAYS: i32 = 7;

/// Something that somebody has to say about a record, to all who may read that record.
///
/// It is no evidence and changes nothing of what it is about; external auditors see it only when it is shared with them.
#[derive(Record, Clone, Debug, Default, PartialEq)]
#[record(
    prefix = "CMT",
    title = "Comment",
    plural = "Comments",
    steps = "1,2,3,4,5,6,7,8,9,10,11,12",
    clauses = "7.4",
    retention = "C",
    fact
)]
pub struct Comment {
    /// The record that it is about; stays the same.
    #[field(required)]
    pub about: Option<AnyRef>,
    /// What there is to say.
    #[field(required)]
    pub text: Option<LongText>,
    /// Whether external auditors who may read the record see the comment too.
    pub shared_with_auditors: Option<bool>,
    /// Who is asked to answer it, and gets a task for that; stays the same.
    pub asks: Option<Ref<Person>>,
}

/// States of a comment.
#[derive(Choice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CommentState {
    /// Posted.
    Posted,
    /// Withdrawn.
    Withdrawn,
}

/// Who may read what the comment is about.
const READER: Who = Who::Reader { of: "about", shared: "shared_with_auditors" };

impl Record for Comment {
    type State = CommentState;

    const RIGHTS: Rights = Rights { create: &[READER], read: &[READER], update: &[Who::Author], approve: &[] };

    const FLOW: &'static [Step<Self::State>] =
        &[step(CommentState::Posted, CommentState::Withdrawn, &[Who::Author, IM])];

    /// A comment without a title is called by the first line of its text, also when the text changes.
    fn derive(record: &mut Stored<Self>, isms: &Isms) {
        let old = isms.get(record.reference()).and_then(|old| first_line(old.text.as_ref()?));
        if record.head.title.is_none() || record.head.title == old {
            record.head.title = record.text.as_ref().and_then(first_line);
        }
    }

    fn check(record: &Stored<Self>, isms: &Isms, problems: &mut Problems) {
        let Some(about) = record.about else {
            problems.add("about", "is required");
            return;
        };
        if about.kind == Kind::Comment {
            problems.add("about", "cannot be a comment; comment on the record that it is about");
        }
        let old = isms.get(record.reference());
        if old.is_some_and(|old| old.about != Some(about)) {
            problems.add("about", "stays what it was; write a new comment about the other record");
        }
        match old {
            Some(old) if old.asks != record.asks => {
                problems.add("asks", "stays what it was; write a new comment that asks somebody");
            }
            None if isms.find(record.asks).is_some_and(|person| person.state != PersonState::Active) => {
                problems.add("asks", "does not work here any more; ask somebody who can answer");
            }
            _ => {}
        }
    }

    /// Withdrawing takes back what was said; it does not say something else in the author's name.
    fn demand(record: &Stored<Self>, to: Self::State, context: &Context<'_>, problems: &mut Problems) {
        let old = context.isms.get(record.reference());
        if to == CommentState::Withdrawn && old.is_some_and(|old| old.body != record.body) {
            problems.add("text", "stays what it was when a comment is withdrawn");
        }
    }

    /// Who is asked gets a task; nobody has to answer what was taken back.
    fn follow(record: &Stored<Self>, context: &Context<'_>, follow: &mut Vec<Follow>) {
        let me = record.reference();
        let (Some(about), Some(asked)) = (record.about, record.asks) else { return };
        let stands = record.state == CommentState::Posted && !record.is_void();
        let mut tasks = context.isms.referring::<Task>(me.any(), "cause");
        if !stands {
            let open = tasks.filter(|task| task.state == TaskState::Open && !task.is_void());
            let reason = format!("{me} was taken back");
            follow.extend(open.map(|task| Follow::step(task.reference().any(), "cancelled", reason.clone())));
        } else if context.before.get(me).is_none() && tasks.next().is_none() {
            let text = record.text.as_ref().map_or("", |text| &**text);
            let task = Task {
                what: Some(format!("{}: {text}", record.title())),
                assignee: Some(asked),
                due: context.today().checked_add(ANSWER_DAYS.days()).ok(),
                subject: Some(about),
                cause: Some(me.any()),
                ..Task::default()
            };
            follow.push(Follow::create(record.title(), &task, format!("asked for by {me}")));
        }
    }

    fn sample() -> Self {
        Self {
            about: "R-0001".parse().ok(),
            text: Some("Since the second factor is on, I would call this unlikely. Shall we look at it in June?".into()),
            shared_with_auditors: Some(false),
            asks: Some(Ref::new(2)),
        }
    }
}

/// The first line of a text that says something, shortened to the length of a title.
fn first_line(text: &LongText) -> Option<String> {
    let line = text.lines().map(|line| line.trim_start_matches(['#', '>', '-', '*', ' '])).map(str::trim);
    let line = line.into_iter().find(|line| !line.is_empty()).unwrap_or_else(|| text.trim());
    if line.chars().count() <= TITLE_LENGTH {
        return Some(line.to_owned()).filter(|line| !line.is_empty());
    }
    let cut: String = line.chars().take(TITLE_LENGTH - 1).collect();
    let whole = cut.rsplit_once(' ').map_or(cut.as_str(), |(whole, _)| whole);
    Some(format!("{}…", whole.trim_end()))
}
