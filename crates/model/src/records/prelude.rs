//! What the declaration of a kind needs at hand.

pub use attestry_derive::{Choice, Embedded, Record};
pub use jiff::Timestamp;
pub use jiff::civil::Date;
pub use rust_decimal::Decimal;

pub use super::*;
pub use crate::decide::{Context, Follow, Problems};
pub use crate::isms::Isms;
pub use crate::kind::{AD, AO, CO, EX, IA, IM, RO, Record, Rights, Role, Step, TM, Who, named, step};
pub use crate::reference::{AnyRef, Ref};
pub use crate::stored::Stored;
pub use crate::value::{Level, LongText, Matrix, Money, Percent, Period};

/// A day from its written form, for samples.
pub(crate) fn day(text: &str) -> Option<Date> {
    text.parse().ok()
}

/// A moment from its written form, for samples.
pub(crate) fn moment(text: &str) -> Option<Timestamp> {
    text.parse().ok()
}

/// An amount from its written form, for samples.
pub(crate) fn money(text: &str) -> Option<Money> {
    text.parse().ok()
}

/// A period from its written form, for samples.
pub(crate) fn period(text: &str) -> Option<Period> {
    text.parse().ok()
}

/// A decimal from its written form, for samples.
pub(crate) fn decimal(text: &str) -> Option<Decimal> {
    text.parse().ok()
}
