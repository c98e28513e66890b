//! Several commands as one change.

use super::{Command, Problems, Refusal, TOGETHER_LIMIT, Work};
use crate::reference::AnyRef;

impl Work<'_> {
    /// All commands or none. What is wrong is collected over all of them; after a first refusal the others are still
    /// examined, against what the accepted ones before them did.
    pub(super) fn together(&mut self, commands: Vec<Command>, expecting: &[AnyRef]) -> Result<(), Refusal> {
        if commands.len() > TOGETHER_LIMIT {
            let found = commands.len();
            let message = format!("are {found}; at most {TOGETHER_LIMIT} are accepted at once");
            return Err(Refusal::invalid("commands", message));
        }
        for target in expecting {
            if let Some(taken) = self.isms.record(*target) {
                return Err(Refusal::Stale { target: *target, seen: 0, actual: taken.revision() });
            }
        }
        let mut problems = Problems::default();
        for (at, command) in commands.into_iter().enumerate() {
            match self.run(command) {
                Ok(()) => {}
                Err(Refusal::Invalid(wrong)) => {
                    for problem in wrong.0 {
                        let dot = if problem.field.is_empty() { "" } else { "." };
                        problems.add(format!("commands[{at}]{dot}{}", problem.field), problem.message);
                    }
                }
                Err(other) => return Err(other),
            }
        }
        if let Some(missing) = expecting.iter().find(|it| self.isms.record(**it).is_none())
            && problems.is_empty()
        {
            problems.add("expecting", format!("names {missing}, which none of the commands creates"));
        }
        if problems.is_empty() { Ok(()) } else { Err(problems.into()) }
    }
}
