//! The FAIR tree of one risk: how often a loss occurs, and how much it then is.
//!
//! Structure after The Open Group's Risk Taxonomy (O-RT): loss event frequency = threat event frequency x susceptibility,
//! threat event frequency = contact frequency x probability of action, loss = primary + secondary.

use super::range::{Quantity, Range};
use crate::flaw::{Flaw, Flaws, Reason};

/// The greatest mean number of loss events per year: whatever happens more often is better entered as its yearly sum.
pub const MOST_EVENTS: f64 = 10_000.0;

/// One risk, in numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Scenario {
    /// Names its random numbers, so that adding a risk does not change another's result; different for every risk.
    pub stream: u64,
    /// The currency of every amount in it, by its three letters.
    pub currency: String,
    /// How often losses occur.
    pub frequency: Frequency,
    /// Losses that every event brings, added up: productivity, response, replacement and so on.
    pub primary: Vec<Range>,
    /// Losses that an event brings only sometimes: fines, lost customers and so on.
    pub secondary: Vec<Secondary>,
    /// What an insurer bears of each event.
    pub cover: Option<Cover>,
}

/// Loss event frequency, per year. What is uncertain in it is drawn once per year.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Frequency {
    /// Loss events per year, directly.
    Losses(Range),
    /// Threat events per year, of which a share succeeds.
    Threats {
        /// Attempts.
        attempts: Attempts,
        /// The share of them that becomes a loss.
        susceptibility: Susceptibility,
    },
}

/// Threat event frequency, per year.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Attempts {
    /// Threat events per year, directly.
    Rate(Range),
    /// Contacts per year, of which a share becomes an attempt.
    Contacts {
        /// Contacts per year.
        contacts: Range,
        /// Probability that a contact acts.
        action: Range,
    },
}

/// The probability that an attempt becomes a loss.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Susceptibility {
    /// Directly.
    Probability(Range),
    /// The probability that the strength of an attack exceeds the resistance; both are drawn anew for every attempt, in
    /// the same unit.
    Strength {
        /// Strength of the attack.
        attack: Range,
        /// Strength of the defence.
        resistance: Range,
    },
}

/// A loss that an event brings only sometimes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Secondary {
    /// Probability that an event brings it (a Bernoulli trial per event, independent of the rest).
    pub probability: f64,
    /// How much it then is.
    pub loss: Range,
}

/// Insurance of single events: the insurer pays `min(max(loss - deductible, 0), limit)`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cover {
    /// What remains with the insured of each event.
    pub deductible: f64,
    /// The most that the insurer pays for one event.
    pub limit: f64,
}

/// What controls do to a scenario, as shares that they take away.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Effect {
    /// Share of loss events that no longer occur: `lambda' = lambda (1 - frequency)`.
    pub frequency: f64,
    /// Share of each loss that no longer arises: `X' = X (1 - magnitude)`.
    pub magnitude: f64,
}

impl Scenario {
    /// A scenario of one frequency and one loss, as most are at first.
    pub fn simple(stream: u64, currency: &str, frequency: Range, loss: Range) -> Self {
        Self {
            stream,
            currency: currency.to_owned(),
            frequency: Frequency::Losses(frequency),
            primary: vec![loss],
            secondary: Vec::new(),
            cover: None,
        }
    }

    /// Everything that is wrong with the scenario, below the field of that name.
    pub fn flaws(&self, field: &str) -> Vec<Flaw> {
        let mut flaws = Flaws::of(field);
        let path = |part: String| if field.is_empty() { part } else { format!("{field}.{part}") };
        for (name, range, quantity) in self.frequency.inputs() {
            flaws.extend(range.flaws(&path(format!("frequency.{name}")), quantity));
        }
        for (at, range) in self.primary.iter().enumerate() {
            flaws.extend(range.flaws(&path(format!("primary[{at}]")), Quantity::Amount));
        }
        for (at, secondary) in self.secondary.iter().enumerate() {
            flaws.within(&format!("secondary[{at}].probability"), secondary.probability, 0.0, 1.0);
            flaws.extend(secondary.loss.flaws(&path(format!("secondary[{at}].loss")), Quantity::Amount));
        }
        if self.primary.is_empty() && self.secondary.is_empty() {
            flaws.note("primary", Reason::Empty);
        }
        if let Some(cover) = self.cover {
            flaws.within("cover.deductible", cover.deductible, 0.0, f64::MAX);
            flaws.above("cover.limit", cover.limit, 0.0);
        }
        let mut flaws = flaws.into_vec();
        if flaws.is_empty() {
            let value = self.mean_frequency();
            if value > MOST_EVENTS {
                let reason = Reason::TooLarge { value, most: MOST_EVENTS };
                flaws.push(Flaw { field: path("frequency".to_owned()), reason });
            }
        }
        flaws
    }

    /// The mean number of loss events per year.
    pub fn mean_frequency(&self) -> f64 {
        self.frequency.moments()[0]
    }

    /// The mean loss per event, before insurance.
    pub fn mean_loss(&self) -> f64 {
        self.loss_moments()[0]
    }

    /// The first three moments about zero of the loss per event, before insurance.
    ///
    /// Parts are independent, so their cumulants add; a part with probability `p` has the moments `p E[Q^k]`.
    pub fn loss_moments(&self) -> [f64; 3] {
        let parts = self
            .primary
            .iter()
            .map(Range::moments)
            .chain(self.secondary.iter().map(|it| it.loss.moments().map(|moment| moment * it.probability)));
        let mut sum = [0.0; 3];
        for moments in parts {
            sum.iter_mut().zip(cumulants(moments)).for_each(|(sum, cumulant)| *sum += cumulant);
        }
        let [k1, k2, k3] = sum;
        [k1, k2 + k1 * k1, k3 + 3.0 * k2 * k1 + k1 * k1 * k1]
    }

    /// The same scenario with controls that have that effect.
    ///
    /// The share of events stopped is taken from the frequency, the share of loss from every amount (for a lognormal that is
    /// `mu' = mu + ln(1 - r)`); whole reductions leave a constant 0.
    #[must_use]
    pub fn treated(&self, effect: Effect) -> Self {
        let shrink = |range: Range, share: f64| {
            if share >= 1.0 { Range::Constant(0.0) } else { range.scaled(1.0 - share) }
        };
        let fewer = |range: Range| shrink(range, effect.frequency);
        let frequency = match self.frequency {
            Frequency::Losses(range) => Frequency::Losses(fewer(range)),
            Frequency::Threats { attempts, susceptibility } => Frequency::Threats {
                attempts: match attempts {
                    Attempts::Rate(range) => Attempts::Rate(fewer(range)),
                    Attempts::Contacts { contacts, action } => Attempts::Contacts { contacts: fewer(contacts), action },
                },
                susceptibility,
            },
        };
        let smaller = |range: Range| shrink(range, effect.magnitude);
        Self {
            frequency,
            primary: self.primary.iter().copied().map(smaller).collect(),
            secondary: self.secondary.iter().map(|it| Secondary { loss: smaller(it.loss), ..*it }).collect(),
            ..self.clone()
        }
    }
}

/// The first three cumulants from the moments about zero.
pub(crate) fn cumulants([m1, m2, m3]: [f64; 3]) -> [f64; 3] {
    [m1, m2 - m1 * m1, m3 - 3.0 * m2 * m1 + 2.0 * m1 * m1 * m1]
}

impl Frequency {
    /// The inputs by name, as they stand in the tree, with what they are.
    pub fn inputs(&self) -> Vec<(&'static str, Range, Quantity)> {
        match *self {
            Self::Losses(range) => vec![("losses", range, Quantity::Amount)],
            Self::Threats { attempts, susceptibility } => {
                let mut inputs = match attempts {
                    Attempts::Rate(range) => vec![("attempts", range, Quantity::Amount)],
                    Attempts::Contacts { contacts, action } => {
                        vec![("contacts", contacts, Quantity::Amount), ("action", action, Quantity::Probability)]
                    }
                };
                match susceptibility {
                    Susceptibility::Probability(range) => {
                        inputs.push(("susceptibility", range, Quantity::Probability));
                    }
                    Susceptibility::Strength { attack, resistance } => {
                        inputs.push(("attack", attack, Quantity::Strength));
                        inputs.push(("resistance", resistance, Quantity::Strength));
                    }
                }
                inputs
            }
        }
    }

    /// The same tree with one input replaced, named as in [`Self::inputs`].
    #[must_use]
    pub fn with(self, name: &str, range: Range) -> Self {
        let put = |own: &str, old: Range| if own == name { range } else { old };
        match self {
            Self::Losses(old) => Self::Losses(put("losses", old)),
            Self::Threats { attempts, susceptibility } => Self::Threats {
                attempts: match attempts {
                    Attempts::Rate(old) => Attempts::Rate(put("attempts", old)),
                    Attempts::Contacts { contacts, action } => {
                        Attempts::Contacts { contacts: put("contacts", contacts), action: put("action", action) }
                    }
                },
                susceptibility: match susceptibility {
                    Susceptibility::Probability(old) => Susceptibility::Probability(put("susceptibility", old)),
                    Susceptibility::Strength { attack, resistance } => Susceptibility::Strength {
                        attack: put("attack", attack),
                        resistance: put("resistance", resistance),
                    },
                },
            },
        }
    }

    /// The independent factors, drawn once per year, whose product is the loss event frequency.
    pub fn factors(&self) -> Vec<Range> {
        match *self {
            Self::Losses(range) => vec![range],
            Self::Threats { attempts, susceptibility } => {
                let mut factors = match attempts {
                    Attempts::Rate(range) => vec![range],
                    Attempts::Contacts { contacts, action } => vec![contacts, action],
                };
                factors.push(match susceptibility {
                    Susceptibility::Probability(range) => range,
                    Susceptibility::Strength { .. } => Range::Constant(susceptibility.mean()),
                });
                factors
            }
        }
    }

    /// The first three moments about zero: those of independent factors multiply.
    pub fn moments(&self) -> [f64; 3] {
        let mut product = [1.0; 3];
        for factor in self.factors() {
            product.iter_mut().zip(factor.moments()).for_each(|(product, moment)| *product *= moment);
        }
        product
    }
}

impl Susceptibility {
    /// The mean probability; for strengths `P(attack > resistance) = E[1 - F_attack(resistance)]` by quadrature.
    pub fn mean(&self) -> f64 {
        match *self {
            Self::Probability(range) => range.mean(),
            Self::Strength { attack, resistance } => {
                // Whichever has a smooth distribution function is taken for it.
                if matches!(attack, Range::Constant(_)) && !matches!(resistance, Range::Constant(_)) {
                    return resistance.cdf(attack.mean());
                }
                let pieces = resistance.nodes(1000);
                pieces.iter().map(|it| it.weight * (1.0 - attack.cdf(it.value))).sum::<f64>()
            }
        }
    }
}

impl Cover {
    /// What remains with the insured of a loss: exactly the deductible wherever the insurer pays within the limit, so that
    /// many losses are the same and count as the same.
    #[inline]
    pub fn kept(&self, loss: f64) -> f64 {
        loss.min(self.deductible) + (loss - (self.deductible + self.limit)).max(0.0)
    }

    /// The mean that the insurer pays per event: `LEV(deductible + limit) - LEV(deductible)`.
    pub fn mean_payment(&self, loss: &Range) -> f64 {
        loss.limited_mean(self.deductible + self.limit) - loss.limited_mean(self.deductible)
    }
}

impl Effect {
    /// Everything that is wrong with it.
    pub fn flaws(&self, field: &str) -> Vec<Flaw> {
        let mut flaws = Flaws::of(field);
        flaws.within("frequency", self.frequency, 0.0, 1.0);
        flaws.within("magnitude", self.magnitude, 0.0, 1.0);
        flaws.into_vec()
    }

    /// The effect of both, when what one lets through meets the other: shares that pass multiply.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        let both = |a: f64, b: f64| 1.0 - (1.0 - a) * (1.0 - b);
        Self { frequency: both(self.frequency, other.frequency), magnitude: both(self.magnitude, other.magnitude) }
    }

    /// The share of the mean yearly loss that remains.
    pub fn passes(&self) -> f64 {
        (1.0 - self.frequency) * (1.0 - self.magnitude)
    }
}

/// The classic estimate in single numbers: `ALE = asset value x exposure factor x annual rate of occurrence`.
pub fn single_number_loss(asset_value: f64, exposure: f64, yearly_rate: f64) -> f64 {
    asset_value * exposure * yearly_rate
}
