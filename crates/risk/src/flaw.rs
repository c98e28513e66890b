//! What is wrong with an input, said at the field where it can be put right.

/// A field and what is wrong with it.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{field}: {reason}")]
pub struct Flaw {
    /// The path of the field, such as `scenarios[3].primary[0].mode`.
    pub field: String,
    /// What is wrong.
    pub reason: Reason,
}

/// Why an input cannot be used.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Reason {
    /// Infinite, or not a number at all.
    #[error("is not a finite number")]
    NotFinite,
    /// The ends of an interval are the wrong way round, or equal.
    #[error("the lower end {low} is not below the upper end {high}")]
    Inverted {
        /// The lower end as given.
        low: f64,
        /// The upper end as given.
        high: f64,
    },
    /// The most likely value is not between the ends.
    #[error("the most likely value {mode} lies outside {low} to {high}")]
    ModeOutside {
        /// The most likely value as given.
        mode: f64,
        /// The lower end.
        low: f64,
        /// The upper end.
        high: f64,
    },
    /// Too small.
    #[error("{value} is below {least}")]
    TooSmall {
        /// The value as given.
        value: f64,
        /// The least permitted.
        least: f64,
    },
    /// It must be above a bound.
    #[error("{value} is not above {bound}")]
    NotAbove {
        /// The value as given.
        value: f64,
        /// The bound.
        bound: f64,
    },
    /// Too large.
    #[error("{value} is above {most}")]
    TooLarge {
        /// The value as given.
        value: f64,
        /// The greatest permitted.
        most: f64,
    },
    /// A share of a whole cannot exceed it, but this distribution has no upper end.
    #[error("may exceed 1, which a probability cannot")]
    Unbounded,
    /// The work would take too long; fewer years or rarer events are needed.
    #[error("{work:.0} draws are more than the {most:.0} that one run may take: ask for fewer simulated years")]
    TooMuchWork {
        /// Expected number of years and events to be drawn.
        work: f64,
        /// The bound.
        most: f64,
    },
    /// Money in another currency than the rest.
    #[error("{found} is not {expected}, the currency of the others")]
    Currency {
        /// The currency here.
        found: String,
        /// The currency of the first.
        expected: String,
    },
    /// Nothing where at least one is needed.
    #[error("is empty")]
    Empty,
    /// Two lists that belong together have different lengths.
    #[error("has {found} entries where {expected} are needed")]
    Length {
        /// The number of entries given.
        found: usize,
        /// The number needed.
        expected: usize,
    },
    /// A reference to an entry that does not exist.
    #[error("names entry {index} of {count}")]
    Index {
        /// The entry named, from 0.
        index: usize,
        /// How many there are.
        count: usize,
    },
    /// An entry may be named once only.
    #[error("is named already")]
    Twice,
    /// Two scenarios with one stream would draw the same random numbers.
    #[error("has the same random stream as entry {0}")]
    SameStream(usize),
}

/// Why a run gave no result.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum RunError {
    /// The inputs cannot be used; every flaw is listed.
    #[error("{}", list(.0))]
    Flaws(Vec<Flaw>),
    /// The caller asked to stop.
    #[error("the run was cancelled")]
    Cancelled,
}

fn list(flaws: &[Flaw]) -> String {
    flaws.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// Collects flaws under a field's name.
pub(crate) struct Flaws<'a> {
    field: &'a str,
    found: Vec<Flaw>,
}

impl<'a> Flaws<'a> {
    pub(crate) fn of(field: &'a str) -> Self {
        Self { field, found: Vec::new() }
    }

    /// Notes a flaw of a part of the field; an empty part is the field itself.
    pub(crate) fn note(&mut self, part: &str, reason: Reason) {
        let field = match (self.field, part) {
            (whole, "") => whole.to_owned(),
            ("", part) => part.to_owned(),
            (whole, part) => format!("{whole}.{part}"),
        };
        self.found.push(Flaw { field, reason });
    }

    /// Notes a number that is not finite or not within the closed bounds. Returns whether it is fine.
    pub(crate) fn within(&mut self, part: &str, value: f64, least: f64, most: f64) -> bool {
        if !value.is_finite() {
            self.note(part, Reason::NotFinite);
        } else if value < least {
            self.note(part, Reason::TooSmall { value, least });
        } else if value > most {
            self.note(part, Reason::TooLarge { value, most });
        } else {
            return true;
        }
        false
    }

    /// Notes a number that is not finite or not above a bound. Returns whether it is fine.
    pub(crate) fn above(&mut self, part: &str, value: f64, bound: f64) -> bool {
        if !value.is_finite() {
            self.note(part, Reason::NotFinite);
        } else if value <= bound {
            self.note(part, Reason::NotAbove { value, bound });
        } else {
            return true;
        }
        false
    }

    pub(crate) fn extend(&mut self, flaws: Vec<Flaw>) {
        self.found.extend(flaws);
    }

    pub(crate) fn into_vec(self) -> Vec<Flaw> {
        self.found
    }
}
