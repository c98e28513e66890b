//! The small words of the conditions, as in the specification's table of helpers.

use jiff::civil::Date;

use attestry_model::value::{LongText, Period};

/// A text that may be missing or say nothing.
pub(crate) trait Words {
    /// What it says, without white space around; empty when nothing is there.
    fn said(&self) -> &str;
}

impl Words for Option<String> {
    fn said(&self) -> &str {
        self.as_deref().unwrap_or_default().trim()
    }
}

impl Words for Option<LongText> {
    fn said(&self) -> &str {
        self.as_deref().unwrap_or_default().trim()
    }
}

/// Whether nothing is there or only white space.
pub(crate) fn blank(text: &impl Words) -> bool {
    text.said().is_empty()
}

/// How many characters a text has.
pub(crate) fn length(text: &impl Words) -> usize {
    text.said().chars().count()
}

/// Whether a yes-or-no field says yes.
pub(crate) fn yes(answer: Option<bool>) -> bool {
    answer == Some(true)
}

/// Whether both are there and the first is the greater.
pub(crate) fn above<T: PartialOrd>(a: Option<T>, b: Option<T>) -> bool {
    matches!((a, b), (Some(a), Some(b)) if a > b)
}

/// Whether both days are there and the first lies before the second.
pub(crate) fn before(a: Option<Date>, b: Option<Date>) -> bool {
    above(b, a)
}

/// About how many days a period lasts; none when it is not said.
pub(crate) fn dur(period: Option<Period>) -> i64 {
    period.map_or(0, Period::days_about)
}
