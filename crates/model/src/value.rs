//! The plain types that fields are made of, beyond those of the language and of `jiff` and `rust_decimal`.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use rust_decimal::Decimal;

/// Markdown text of several paragraphs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LongText(pub String);

impl std::ops::Deref for LongText {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl From<&str> for LongText {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

/// A level of a likelihood, impact or value scale, 1 to 10.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Level(pub u8);

/// A share from 0 to 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Percent(pub Decimal);

/// An ISO 8601 period of years, months, weeks and days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Period {
    /// Years.
    pub years: u16,
    /// Months.
    pub months: u16,
    /// Weeks.
    pub weeks: u16,
    /// Days.
    pub days: u16,
}

impl Period {
    /// The day that lies this period after `start`; the last day of a shorter month stands for a missing one.
    pub fn after(self, start: Date) -> Option<Date> {
        let span = jiff::Span::new()
            .try_years(self.years)
            .and_then(|span| span.try_months(self.months))
            .and_then(|span| span.try_weeks(self.weeks))
            .and_then(|span| span.try_days(self.days));
        start.checked_add(span.ok()?).ok()
    }

    /// About how many days it lasts (a year 365, a month 30.4375), as the conformance rules count.
    pub fn days_about(self) -> i64 {
        let months = i64::from(self.months) * 304_375 / 10_000;
        i64::from(self.years) * 365 + months + i64::from(self.weeks) * 7 + i64::from(self.days)
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("P")?;
        for (amount, unit) in [(self.years, 'Y'), (self.months, 'M'), (self.weeks, 'W'), (self.days, 'D')] {
            if amount > 0 {
                write!(f, "{amount}{unit}")?;
            }
        }
        if *self == Self::default() { f.write_str("0D") } else { Ok(()) }
    }
}

impl FromStr for Period {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut rest = text.strip_prefix('P').filter(|rest| !rest.is_empty()).ok_or(())?;
        let mut period = Self::default();
        let mut order = 0;
        while !rest.is_empty() {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            let amount: u16 = rest[..digits].parse().map_err(|_| ())?;
            let unit = rest[digits..].chars().next().ok_or(())?;
            let (rank, slot) = match unit {
                'Y' => (1, &mut period.years),
                'M' => (2, &mut period.months),
                'W' => (3, &mut period.weeks),
                'D' => (4, &mut period.days),
                _ => return Err(()),
            };
            if rank <= order {
                return Err(());
            }
            order = rank;
            *slot = amount;
            rest = &rest[digits + unit.len_utf8()..];
        }
        Ok(period)
    }
}

/// An ISO 4217 currency code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

impl Currency {
    /// How many digits stand after the decimal point (ISO 4217, minor unit).
    pub fn digits(self) -> u32 {
        match &self.0 {
            b"BIF" | b"CLP" | b"DJF" | b"GNF" | b"ISK" | b"JPY" | b"KMF" | b"KRW" | b"PYG" | b"RWF" | b"UGX"
            | b"UYI" | b"VND" | b"VUV" | b"XAF" | b"XOF" | b"XPF" => 0,
            b"BHD" | b"IQD" | b"JOD" | b"KWD" | b"LYD" | b"OMR" | b"TND" => 3,
            _ => 2,
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(std::str::from_utf8(&self.0).unwrap_or("???"))
    }
}

impl FromStr for Currency {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.as_bytes() {
            &[a, b, c] if [a, b, c].iter().all(u8::is_ascii_uppercase) => Ok(Self([a, b, c])),
            _ => Err(format!("“{text}” is not a currency code of three capital letters such as EUR")),
        }
    }
}

/// An amount in the smallest unit of its currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Money {
    /// The amount in minor units, for example cents.
    pub minor: i64,
    /// The currency.
    pub currency: Currency,
}

impl Money {
    /// An amount from a decimal number.
    ///
    /// # Errors
    /// When the number has more digits than the currency, or is too large.
    pub fn new(amount: Decimal, currency: Currency) -> Result<Self, String> {
        let digits = currency.digits();
        let mut scaled = amount.normalize();
        if scaled.scale() > digits {
            return Err(format!("has more than {digits} digits after the point, which {currency} does not have"));
        }
        scaled.rescale(digits);
        let minor = i64::try_from(scaled.mantissa()).ok().filter(|minor| minor.abs() < 1 << 53);
        minor.map(|minor| Self { minor, currency }).ok_or_else(|| "is too large an amount".to_owned())
    }

    /// The amount as a decimal number in units of the currency.
    pub fn amount(self) -> Decimal {
        Decimal::new(self.minor, self.currency.digits())
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount(), self.currency)
    }
}

impl FromStr for Money {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || "must be an amount with its currency, such as 1200.50 EUR".to_owned();
        let (amount, currency) = text.split_once(' ').ok_or_else(wrong)?;
        Self::new(Decimal::from_str_exact(amount).map_err(|_| wrong())?, currency.parse()?)
    }
}

/// Risk value per (likelihood, impact) level.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Matrix(pub BTreeMap<(u8, u8), i64>);

impl Matrix {
    /// The value of a cell.
    pub fn value(&self, likelihood: Level, impact: Level) -> Option<i64> {
        self.0.get(&(likelihood.0, impact.0)).copied()
    }
}
