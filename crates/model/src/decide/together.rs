//! Several commands as one change: all are carried out, or none.

use serde_json::Value;

use super::{Command, Problems, Refusal, Work};
use crate::change::{Action, Subject};
use crate::field::Type;
use crate::reference::AnyRef;

/// Most commands that are carried out together.
pub const TOGETHER_LIMIT: usize = 10_000;

/// One command among several that are carried out together.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// What is wanted: to create a record, to change one, to take a step, to void one.
    pub command: Command,
    /// The earlier part, counted from 0, whose new record the command is about; its own target then says nothing.
    pub about: Option<usize>,
    /// Fields that name records which earlier parts create: the field, and the place of that part. A field that holds several
    /// records gets it at its end.
    pub links: Vec<(String, usize)>,
}

impl Part {
    /// A command that needs nothing of the others.
    pub fn alone(command: Command) -> Self {
        Self { command, about: None, links: Vec::new() }
    }

    /// The same with a field that names the record which an earlier part creates.
    #[must_use]
    pub fn linking(mut self, field: &str, part: usize) -> Self {
        self.links.push((field.to_owned(), part));
        self
    }

    /// The part that a problem is about, and the field in it: `parts[2].due` is the field `due` of the third.
    pub fn of_problem(field: &str) -> Option<(usize, &str)> {
        let (at, rest) = field.strip_prefix("parts[")?.split_once(']')?;
        Some((at.parse().ok()?, rest.strip_prefix('.').unwrap_or(rest)))
    }
}

impl Work<'_> {
    /// Carries the parts out in their order. Problems of all of them are told together; a part that rests on one that failed
    /// is left out, for what would be said of it follows from the other.
    pub(super) fn together(&mut self, parts: Vec<Part>, expecting: &[AnyRef]) -> Result<(), Refusal> {
        if let Some(taken) = expecting.iter().find_map(|target| self.isms.record(*target)) {
            return Err(Refusal::Stale { target: taken.any_ref(), seen: 0, actual: taken.revision() });
        }
        if parts.len() > TOGETHER_LIMIT {
            let found = parts.len();
            return Err(Refusal::invalid("", format!("holds {found} commands; at most {TOGETHER_LIMIT} go together")));
        }
        let mut problems = Problems::default();
        let mut made: Vec<Option<AnyRef>> = Vec::with_capacity(parts.len());
        for (at, part) in parts.into_iter().enumerate() {
            let needed = part.links.iter().map(|(_, of)| *of).chain(part.about);
            let mut missing = needed.filter(|of| made.get(*of).copied().flatten().is_none());
            if let Some(of) = missing.next() {
                if of >= at {
                    problems.add(format!("parts[{at}]"), format!("rests on part {of}, which does not come before it"));
                }
                made.push(None);
                continue;
            }
            let written = self.entries.len();
            match self.part(part, &made) {
                Ok(()) => made.push(self.created_since(written)),
                Err(Refusal::Invalid(own)) => {
                    for problem in own.0 {
                        let dot = if problem.field.is_empty() { "" } else { "." };
                        problems.add(format!("parts[{at}]{dot}{}", problem.field), problem.message);
                    }
                    made.push(None);
                }
                Err(other) => return Err(other),
            }
        }
        if let Some(missing) = expecting.iter().find(|it| self.isms.record(**it).is_none())
            && problems.is_empty()
        {
            problems.add("expecting", format!("names {missing}, which none of the parts creates"));
        }
        if problems.is_empty() { Ok(()) } else { Err(problems.into()) }
    }

    fn created_since(&self, written: usize) -> Option<AnyRef> {
        self.entries.get(written..)?.iter().find_map(|entry| match entry.subject {
            Subject::Record(reference) if entry.action == Action::Create => Some(reference),
            _ => None,
        })
    }

    fn part(&mut self, part: Part, made: &[Option<AnyRef>]) -> Result<(), Refusal> {
        let made = |of: usize| made.get(of).copied().flatten();
        let mut command = part.command;
        let about = part.about.and_then(made);
        let kind = match &mut command {
            Command::Create { kind, .. } => *kind,
            Command::Update { target, .. } | Command::Step { target, .. } | Command::Void { target, .. } => {
                *target = about.unwrap_or(*target);
                target.kind
            }
            _ => return Err(Refusal::invalid("", "only creating, changing, taking steps and voiding go together")),
        };
        if let Command::Create { fields, .. } | Command::Update { fields, .. } | Command::Step { fields, .. } =
            &mut command
        {
            for (field, of) in part.links {
                let Some(reference) = made(of).map(|it| Value::from(it.to_string())) else { continue };
                let several = kind.def().field(&field).is_some_and(|def| matches!(def.ty, Type::List(_)));
                match fields.get_mut(&field) {
                    Some(Value::Array(known)) => known.push(reference),
                    _ if several => {
                        fields.insert(field, Value::Array(vec![reference]));
                    }
                    _ => {
                        fields.insert(field, reference);
                    }
                }
            }
        }
        match command {
            Command::Create { kind, fields } => self.create(kind, fields),
            Command::Update { target, revision, fields, reason } => self.update(target, revision, fields, reason),
            Command::Step { target, to, revision, fields, reason } => self.step(target, &to, revision, fields, reason),
            Command::Void { target, revision, reason } => self.void(target, revision, reason),
            _ => Ok(()),
        }
    }
}
