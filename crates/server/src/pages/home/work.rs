//! My work: one list of what a person must do, whatever it comes from.

use attestry_model::records::Task;

use crate::cx::Cx;

/// How many things wait for the person.
pub fn open_count(cx: &Cx) -> usize {
    cx.isms.live::<Task>().filter(|task| task.assignee == Some(cx.person) && task.state_name() == "open").count()
}
