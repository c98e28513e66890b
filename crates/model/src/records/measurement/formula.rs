//! The formulas of metrics: arithmetic over `numerator` and `denominator`, such as `100 * numerator / denominator`.
//!
//! A formula in words (“count”) is no fault; its values are entered as they are.

use rust_decimal::Decimal;

/// Digits after the point of a computed value.
const DIGITS: u32 = 3;
/// How deep parentheses may stand in each other.
const DEPTH: u8 = 20;

/// The value of a formula, rounded half up to three digits after the point. `None` when the formula is not arithmetic,
/// when a number that it names is not given, and when it divides by zero or overflows.
pub(super) fn compute(formula: &str, numerator: Option<Decimal>, denominator: Option<Decimal>) -> Option<Decimal> {
    let mut reader = Reader { rest: formula.trim(), numerator, denominator };
    let value = reader.sum(0)?;
    let rounded = value.round_dp_with_strategy(DIGITS, rust_decimal::RoundingStrategy::MidpointAwayFromZero);
    reader.rest.is_empty().then(|| rounded.normalize())
}

struct Reader<'a> {
    rest: &'a str,
    numerator: Option<Decimal>,
    denominator: Option<Decimal>,
}

impl Reader<'_> {
    fn take(&mut self, sign: char) -> bool {
        let after = self.rest.strip_prefix(sign);
        self.rest = after.map_or(self.rest, str::trim_start);
        after.is_some()
    }

    fn sum(&mut self, depth: u8) -> Option<Decimal> {
        let mut value = self.product(depth)?;
        loop {
            if self.take('+') {
                value = value.checked_add(self.product(depth)?)?;
            } else if self.take('-') {
                value = value.checked_sub(self.product(depth)?)?;
            } else {
                return Some(value);
            }
        }
    }

    fn product(&mut self, depth: u8) -> Option<Decimal> {
        let mut value = self.atom(depth)?;
        loop {
            if self.take('*') {
                value = value.checked_mul(self.atom(depth)?)?;
            } else if self.take('/') {
                value = value.checked_div(self.atom(depth)?)?;
            } else {
                return Some(value);
            }
        }
    }

    fn atom(&mut self, depth: u8) -> Option<Decimal> {
        if self.take('(') {
            let inner = if depth < DEPTH { self.sum(depth + 1)? } else { return None };
            return self.take(')').then_some(inner);
        }
        let end = self.rest.find(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '.'));
        let (word, after) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        self.rest = after.trim_start();
        match word {
            "numerator" => self.numerator,
            "denominator" => self.denominator,
            number => Decimal::from_str_exact(number).ok(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Option<Decimal> {
        text.parse().ok()
    }

    #[test]
    fn a_formula_is_computed_to_three_digits() {
        for (formula, above, below, expected) in [
            ("100 * numerator / denominator", "62", "254", "24.409"),
            ("numerator / denominator", "1", "1.7", "0.588"),
            ("numerator", "12", "0", "12"),
            ("100 - 100 * numerator / denominator", "1", "4", "75"),
            ("(numerator + denominator) * 2", "1", "2", "6"),
            ("numerator / denominator", "1", "2000", "0.001"),
            ("0.5*numerator", "3", "1", "1.5"),
        ] {
            assert_eq!(compute(formula, number(above), number(below)), number(expected), "{formula}");
        }
    }

    #[test]
    fn what_cannot_be_computed_gives_no_value() {
        let (one, zero) = (number("1"), number("0"));
        for formula in ["count", "", "numerator +", "(numerator", "numerator)", "numerator % denominator", "2 3"] {
            assert_eq!(compute(formula, one, one), None, "{formula}");
        }
        assert_eq!(compute("numerator / denominator", one, zero), None, "a division by zero");
        assert_eq!(compute("numerator / denominator", one, None), None, "a number that is not given");
        assert_eq!(compute(&"(".repeat(100_000), one, one), None, "parentheses without end");
    }
}
