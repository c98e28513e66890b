//! The numbers of the rules that an organisation may set for itself.

use rust_decimal::Decimal;
use serde_json::Value;

use attestry_model::Isms;

/// The setting that holds an organisation's own values, by the names of [`Config::NAMES`].
pub const SETTING: &str = "check_config";

/// Declares the numbers with their defaults, once.
macro_rules! numbers {
    ($($(#[doc = $doc:literal])+ $name:ident = $default:literal;)*) => {
        /// The values that the rules compare with. The defaults are those of the domain specification.
        #[derive(Debug, Clone, PartialEq)]
        pub struct Config {
            /// Share of the people asked who have acknowledged, 0 to 1.
            pub ack_coverage: Decimal,
            $($(#[doc = $doc])+ pub $name: i64,)*
            /// Controls of Annex A that hardly ever are unnecessary.
            pub rarely_excluded: Vec<String>,
            /// Clauses that the audits of a programme must cover together.
            pub audit_clauses: Vec<String>,
            /// Controls of Annex A that normally need a policy, plan or procedure.
            pub annex_docs: Vec<String>,
        }

        impl Default for Config {
            fn default() -> Self {
                Self {
                    ack_coverage: Decimal::new(95, 2),
                    $($name: $default,)*
                    rarely_excluded: words(RARELY_EXCLUDED),
                    audit_clauses: words(AUDIT_CLAUSES),
                    annex_docs: words(ANNEX_DOCS),
                }
            }
        }

        impl Config {
            /// The names of all values.
            pub const NAMES: &'static [&'static str] = &[
                "ack_coverage", $(stringify!($name),)* "rarely_excluded", "audit_clauses", "annex_docs",
            ];

            fn number(&mut self, name: &str) -> Option<&mut i64> {
                match name {
                    $(stringify!($name) => Some(&mut self.$name),)*
                    _ => None,
                }
            }

            /// A value as a message shows it; `None` for a name that is none.
            pub fn text(&self, name: &str) -> Option<String> {
                Some(match name {
                    "ack_coverage" => self.ack_coverage.normalize().to_string(),
                    $(stringify!($name) => self.$name.to_string(),)*
                    "rarely_excluded" => self.rarely_excluded.join(", "),
                    "audit_clauses" => self.audit_clauses.join(", "),
                    "annex_docs" => self.annex_docs.join(", "),
                    _ => return None,
                })
            }
        }
    };
}

numbers! {
    /// Days within which compliance with an obligation is judged again.
    obligation_assess_days = 365;
    /// Days within which the progress of an objective is reviewed again.
    objective_review_days = 120;
    /// Days within which the effect of an implemented change is reviewed.
    change_review_days = 60;
    /// Days of grace for the planned run of a process.
    execution_grace_days = 15;
    /// Days of grace for a task.
    task_grace_days = 30;
    /// Days that an important treatment action may be late before it counts as grave.
    action_major_days = 90;
    /// Days within which a finished action is verified.
    action_verify_days = 60;
    /// Days within which a measurement is evaluated.
    evaluate_days = 30;
    /// Most days between internal audits.
    audit_days = 365;
    /// Days within which an audit report is issued.
    report_days = 30;
    /// Most days between management reviews.
    review_days = 365;
    /// Days within which the minutes of a review are signed.
    minutes_days = 30;
    /// Days within which a nonconformity is corrected.
    correction_days = 14;
    /// Days within which the cause of a nonconformity is found.
    rca_days = 30;
    /// Days within which a major nonconformity is closed.
    nc_major_days = 90;
    /// Most days that the acceptance of a risk lasts.
    acceptance_days = 366;
    /// Days within which threats are updated from intelligence.
    threat_days = 180;
    /// Days within which access rights are reviewed again.
    access_review_days = 365;
    /// Hours within which a reported event is judged.
    triage_hours = 24;
    /// Days within which continuity plans are exercised and restores tested again.
    exercise_days = 365;
    /// Days without any reported event after which the channel is doubted.
    event_silence_days = 180;
}

const RARELY_EXCLUDED: &str = "A.5.1 A.5.2 A.5.4 A.5.5 A.5.7 A.5.9 A.5.10 A.5.12 A.5.14 A.5.15 A.5.16 A.5.17 A.5.18 \
    A.5.19 A.5.20 A.5.22 A.5.24 A.5.25 A.5.26 A.5.27 A.5.28 A.5.29 A.5.31 A.5.33 A.5.34 A.5.35 A.5.36 A.6.2 A.6.3 A.6.5 \
    A.6.6 A.6.8 A.8.1 A.8.2 A.8.3 A.8.5 A.8.7 A.8.8 A.8.13 A.8.15";
const AUDIT_CLAUSES: &str = "4.1 4.2 4.3 4.4 5.1 5.2 5.3 6.1.1 6.1.2 6.1.3 6.2 6.3 7.1 7.2 7.3 7.4 7.5 8.1 8.2 8.3 9.1 \
    9.2 9.3 10.1 10.2";
const ANNEX_DOCS: &str = "A.5.1 A.5.10 A.5.15 A.5.19 A.5.24 A.5.26 A.5.34 A.6.7 A.8.8 A.8.13 A.8.24";

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

impl Config {
    /// The organisation's values over the defaults. What the setting holds that is no such value is left out and named
    /// in the second part, in words for the person who set it.
    pub fn of(isms: &Isms) -> (Self, Vec<String>) {
        let mut config = Self::default();
        let mut problems = Vec::new();
        for (name, value) in isms.setting(SETTING).into_iter().flatten() {
            if let Err(wrong) = config.set(name, value) {
                problems.push(format!("{name} {wrong}"));
            }
        }
        (config, problems)
    }

    /// Sets one value.
    ///
    /// # Errors
    /// What is wrong with it: no such name, not a number, out of its range, not a list of words.
    pub fn set(&mut self, name: &str, value: &Value) -> Result<(), &'static str> {
        if let Some(number) = self.number(name) {
            let given = value.as_i64().or_else(|| value.as_str()?.parse().ok());
            *number = given.filter(|given| (0..=36_500).contains(given)).ok_or("must be a whole number, 0 to 36500")?;
            return Ok(());
        }
        if name == "ack_coverage" {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let given = Decimal::from_str_exact(&text).ok();
            let share = given.filter(|share| (Decimal::ZERO..=Decimal::ONE).contains(share));
            self.ack_coverage = share.ok_or("must be a number from 0 to 1")?;
            return Ok(());
        }
        let list = match name {
            "rarely_excluded" => &mut self.rarely_excluded,
            "audit_clauses" => &mut self.audit_clauses,
            "annex_docs" => &mut self.annex_docs,
            _ => return Err("is not a value of the rules"),
        };
        let items = value.as_array().map(Vec::as_slice);
        let given = items.and_then(|items| items.iter().map(|item| item.as_str().map(str::to_owned)).collect());
        *list = given.ok_or("must be a list of words")?;
        Ok(())
    }
}
