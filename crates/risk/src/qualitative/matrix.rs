//! The value of a risk from its likelihood and impact.

use super::Level;

/// Values by likelihood (rows, from level 1) and impact (columns, from level 1). A cell may still be empty while one edits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matrix {
    /// The number of likelihood levels.
    pub likelihoods: Level,
    /// The number of impact levels.
    pub impacts: Level,
    /// Row by row.
    pub cells: Vec<Vec<Option<u32>>>,
}

/// A cell of a matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cell {
    /// Likelihood level.
    pub likelihood: Level,
    /// Impact level.
    pub impact: Level,
}

impl std::fmt::Display for Cell {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "likelihood {}, impact {}", self.likelihood, self.impact)
    }
}

/// What is wrong with a matrix, by cell.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MatrixFlaw {
    /// A cell has no value.
    #[error("{0}: no value")]
    Hole(Cell),
    /// There are values where the scales have no levels.
    #[error("{0}: the scales have no such levels")]
    Outside(Cell),
    /// A step up on one axis lowers the value.
    #[error("the value falls from {high} at {from} to {low} at {to}")]
    Falls {
        /// The cell of the lower level.
        from: Cell,
        /// Its value.
        high: u32,
        /// The cell of the higher level.
        to: Cell,
        /// Its smaller value.
        low: u32,
    },
}

impl Matrix {
    /// `likelihood x impact`.
    pub fn product(likelihoods: Level, impacts: Level) -> Self {
        Self::by(likelihoods, impacts, |l, i| l * i)
    }

    /// `likelihood + impact`.
    pub fn sum(likelihoods: Level, impacts: Level) -> Self {
        Self::by(likelihoods, impacts, |l, i| l + i)
    }

    /// A table of one's own; see [`Matrix::flaws`].
    pub fn free(likelihoods: Level, impacts: Level, cells: Vec<Vec<Option<u32>>>) -> Self {
        Self { likelihoods, impacts, cells }
    }

    fn by(likelihoods: Level, impacts: Level, value: impl Fn(u32, u32) -> u32) -> Self {
        let row = |l| (1..=u32::from(impacts)).map(|i| Some(value(l, i))).collect();
        Self { likelihoods, impacts, cells: (1..=u32::from(likelihoods)).map(row).collect() }
    }

    /// The value of a cell, if it has one.
    pub fn value(&self, likelihood: Level, impact: Level) -> Option<u32> {
        let row = self.cells.get(usize::from(likelihood).checked_sub(1)?)?;
        *row.get(usize::from(impact).checked_sub(1)?)?
    }

    /// Every cell that has no value, lies outside the scales, or is less than a neighbour of a lower level.
    pub fn flaws(&self) -> Vec<MatrixFlaw> {
        let mut flaws = Vec::new();
        for likelihood in 1..=self.likelihoods {
            for impact in 1..=self.impacts {
                let to = Cell { likelihood, impact };
                let Some(low) = self.value(likelihood, impact) else {
                    flaws.push(MatrixFlaw::Hole(to));
                    continue;
                };
                for (likelihood, impact) in [(likelihood - 1, impact), (likelihood, impact - 1)] {
                    if let Some(high) = self.value(likelihood, impact).filter(|it| *it > low) {
                        flaws.push(MatrixFlaw::Falls { from: Cell { likelihood, impact }, high, to, low });
                    }
                }
            }
        }
        for (likelihood, row) in (1..=Level::MAX).zip(&self.cells) {
            for (impact, value) in (1..=Level::MAX).zip(row) {
                if value.is_some() && (likelihood > self.likelihoods || impact > self.impacts) {
                    flaws.push(MatrixFlaw::Outside(Cell { likelihood, impact }));
                }
            }
        }
        flaws
    }

    /// The least and the greatest value.
    pub fn range(&self) -> Option<(u32, u32)> {
        let values = || self.cells.iter().flatten().flatten().copied();
        Some((values().min()?, values().max()?))
    }
}
