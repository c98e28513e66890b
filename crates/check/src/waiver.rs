//! Waivers: a rule that an organisation does not follow, for a time, with somebody's name under the reason.
//!
//! A waiver is the setting `check_waiver/<rule>` for a whole rule or `check_waiver/<rule>/<item>` for one violating item,
//! with `reason`, `approver` and `expires`. Its history is that of the setting. It hides nothing.

use jiff::civil::Date;
use serde_json::{Map, Value, json};

use attestry_model::records::Person;
use attestry_model::records::person::PersonState;
use attestry_model::reference::AnyRef;
use attestry_model::{Isms, Ref};

use crate::rule::{Item, Rule};
use crate::rules;

/// What the names of waivers begin with.
pub const PREFIX: &str = "check_waiver/";

/// A rule, or one item of it, that is knowingly not followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// The rule's name.
    pub rule: &'static str,
    /// The item, as findings name it; all items of the rule when none is named.
    pub item: Option<String>,
    /// Why.
    pub reason: String,
    /// Who answers for it.
    pub approver: Ref<Person>,
    /// The last day on which it holds.
    pub expires: Date,
}

impl Waiver {
    /// Reads a waiver from the setting of this name, for checking one before it is saved.
    ///
    /// # Errors
    /// What is wrong with it, in words for whoever writes it.
    pub fn read(isms: &Isms, name: &str, fields: &Map<String, Value>) -> Result<Self, String> {
        let rest = name.strip_prefix(PREFIX).ok_or_else(|| format!("must begin with {PREFIX}"))?;
        let (rule, item) = rest.split_once('/').map_or((rest, None), |(rule, item)| (rule, Some(item.to_owned())));
        let rule = rules::named(rule).ok_or_else(|| format!("{rule} is not a rule"))?.id;
        let text = |field: &str| fields.get(field).and_then(Value::as_str).map_or("", str::trim);
        let reason = text("reason").to_owned();
        if reason.chars().count() < 20 {
            return Err("needs a reason of at least twenty characters".to_owned());
        }
        let named: Option<AnyRef> = text("approver").parse().ok();
        let approver = named.and_then(AnyRef::of::<Person>).ok_or("needs an approver, a person such as PER-0001")?;
        let person = isms.get(approver).filter(|person| !person.is_void() && person.state == PersonState::Active);
        person.ok_or_else(|| format!("the approver {} is not an active person", approver.any()))?;
        let expires = text("expires").parse().map_err(|_| "needs the day on which it expires, such as 2026-12-31")?;
        Ok(Self { rule, item, reason, approver, expires })
    }

    /// All waivers of an organisation by rule, and what is wrong with those that are none.
    pub(crate) fn all(isms: &Isms) -> (Vec<Self>, Vec<String>) {
        let (mut waivers, mut problems) = (Vec::new(), Vec::new());
        for (name, fields) in isms.settings().filter(|(name, _)| name.starts_with(PREFIX)) {
            match Self::read(isms, name, fields) {
                Ok(waiver) => waivers.push(waiver),
                Err(wrong) => problems.push(format!("{name}: {wrong}")),
            }
        }
        (waivers, problems)
    }

    /// Whether it is about this item of this rule.
    pub fn covers(&self, rule: &Rule, item: &Item) -> bool {
        self.rule == rule.id && self.item.as_ref().is_none_or(|named| *named == item.to_string())
    }

    /// Whether it has not run out.
    pub fn holds_on(&self, day: Date) -> bool {
        day <= self.expires
    }

    pub(crate) fn json(&self) -> Value {
        json!({
            "reason": self.reason,
            "approver": self.approver.any().to_string(),
            "expires": self.expires.to_string(),
        })
    }
}
