//! What a value means: bands of values, and what may be decided.

/// A band of values, both ends included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Band {
    /// Its name, such as "high".
    pub name: String,
    /// Least value.
    pub low: u32,
    /// Greatest value.
    pub high: u32,
}

/// The bands of a method, with its limits of acceptance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bands {
    /// From the lowest.
    pub bands: Vec<Band>,
    /// The greatest value that a risk owner may accept.
    pub acceptance_max: u32,
    /// The greatest value that anybody may accept.
    pub absolute_max: u32,
}

/// What is wrong with bands.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BandFlaw {
    /// A band's ends are the wrong way round.
    #[error("band {0}: {1} is above {2}")]
    Inverted(String, u32, u32),
    /// Values that no band holds.
    #[error("no band holds {0} to {1}")]
    Gap(u32, u32),
    /// Values that two bands hold.
    #[error("{low} to {high} lie in {first} and in {second}")]
    Overlap {
        /// Least such value.
        low: u32,
        /// Greatest such value.
        high: u32,
        /// One band.
        first: String,
        /// The other.
        second: String,
    },
    /// Values that no risk can have.
    #[error("band {0} reaches beyond the values {1} to {2} of the matrix")]
    Beyond(String, u32, u32),
    /// The limit for anybody is below that for owners.
    #[error("the absolute limit {absolute} is below the acceptance limit {acceptance}")]
    Limits {
        /// Limit for owners.
        acceptance: u32,
        /// Limit for anybody.
        absolute: u32,
    },
}

/// What may be decided about a risk of some value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// The risk owner may accept it.
    OwnerMayAccept,
    /// Treat, avoid, transfer, or have it accepted by the authority of its band.
    AuthorityMayAccept,
    /// It must not be accepted.
    AcceptanceForbidden,
}

impl Bands {
    /// Everything that is wrong, given the least and the greatest value of the matrix.
    pub fn flaws(&self, (least, greatest): (u32, u32)) -> Vec<BandFlaw> {
        let mut flaws = Vec::new();
        let mut next = least;
        let mut below: Option<&Band> = None;
        for band in &self.bands {
            let (low, high) = (band.low, band.high);
            if low > high {
                flaws.push(BandFlaw::Inverted(band.name.clone(), low, high));
                continue;
            }
            if low < least || high > greatest {
                flaws.push(BandFlaw::Beyond(band.name.clone(), least, greatest));
            }
            match below {
                _ if low > next => flaws.push(BandFlaw::Gap(next, low - 1)),
                Some(first) if low < next => flaws.push(BandFlaw::Overlap {
                    low,
                    high: high.min(next - 1),
                    first: first.name.clone(),
                    second: band.name.clone(),
                }),
                _ => {}
            }
            if high >= next {
                next = high.saturating_add(1);
                below = Some(band);
            }
        }
        if next <= greatest {
            flaws.push(BandFlaw::Gap(next, greatest));
        }
        if self.absolute_max < self.acceptance_max {
            flaws.push(BandFlaw::Limits { acceptance: self.acceptance_max, absolute: self.absolute_max });
        }
        flaws
    }

    /// The band that holds a value.
    pub fn band_of(&self, value: u32) -> Option<&Band> {
        self.bands.iter().find(|it| (it.low..=it.high).contains(&value))
    }

    /// What may be decided about a risk of that value.
    pub fn decision(&self, value: u32) -> Decision {
        if value <= self.acceptance_max {
            Decision::OwnerMayAccept
        } else if value <= self.absolute_max {
            Decision::AuthorityMayAccept
        } else {
            Decision::AcceptanceForbidden
        }
    }
}
