//! Running the rules, and what they came to.

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Map, Value, json};

use attestry_model::reference::AnyRef;
use attestry_model::{Isms, Kind, plain};

use crate::config::Config;
use crate::context::{Context, Kinds};
use crate::rule::{Item, Rule, Verdict};
use crate::rules;
use crate::waiver::Waiver;

/// What one rule came to.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The rule.
    pub rule: &'static Rule,
    /// What it came to, waivers aside.
    pub verdict: Verdict,
    /// What breaks it, in the order of the records.
    pub items: Vec<Item>,
    reads: Kinds,
}

impl Outcome {
    fn of(rule: &'static Rule, cx: &Context<'_>) -> Self {
        let found = (rule.condition)(cx);
        Self { rule, verdict: found.verdict(), items: found.items, reads: cx.taken_reads() }
    }

    /// The kinds that the verdict was read from: a change of other kinds cannot touch it.
    pub fn kinds(&self) -> impl Iterator<Item = Kind> {
        self.reads.list()
    }
}

/// One thing that breaks one rule.
#[derive(Debug, Clone, Copy)]
pub struct Finding<'r> {
    /// The rule.
    pub rule: &'static Rule,
    /// What breaks it.
    pub item: &'r Item,
    /// The waiver in force for it. A waived finding stays in every list; it is only not open.
    pub waiver: Option<&'r Waiver>,
}

/// What all rules came to at one moment.
#[derive(Debug, Clone)]
pub struct Report {
    /// The moment.
    pub now: Timestamp,
    /// The day of that moment where the organisation is.
    pub today: Date,
    /// The values that were compared with.
    pub config: Config,
    /// What is wrong with the settings of the rules, in words for whoever set them.
    pub problems: Vec<String>,
    /// One per rule, in the order of the standard.
    pub outcomes: Vec<Outcome>,
    /// Contradictions between registers, one per sort: beside the rules, and never counted among them.
    pub contradictions: Vec<Outcome>,
    /// All waivers, also those that have run out.
    pub waivers: Vec<Waiver>,
}

impl Report {
    /// Judges every rule. `today` is the day of `now` in the organisation's time zone, which a pure function cannot know.
    pub fn of(isms: &Isms, now: Timestamp, today: Date) -> Self {
        let (config, mut problems) = Config::of(isms);
        let (waivers, wrong) = Waiver::all(isms);
        problems.extend(wrong);
        let cx = Context::new(isms, &config, now, today);
        let outcomes = rules::all().map(|rule| Outcome::of(rule, &cx)).collect();
        let contradictions = rules::contradictions().map(|rule| Outcome::of(rule, &cx)).collect();
        Self { now, today, config, problems, outcomes, contradictions, waivers }
    }

    /// The report on the next value: the same as [`Report::of`], but only rules are judged that read one of the `changed`
    /// kinds, or all when the day or a value of the rules is another.
    #[must_use]
    pub fn next(&self, isms: &Isms, now: Timestamp, today: Date, changed: impl IntoIterator<Item = Kind>) -> Self {
        let (config, mut problems) = Config::of(isms);
        if today != self.today || config != self.config {
            return Self::of(isms, now, today);
        }
        let (waivers, wrong) = Waiver::all(isms);
        problems.extend(wrong);
        let mut touched = changed.into_iter().fold(Kinds::default(), |all, kind| all.with(Kinds::one(kind)));
        if now != self.now {
            touched = touched.with(Kinds::CLOCK);
        }
        let cx = Context::new(isms, &config, now, today);
        let judged = |old: &Outcome| if old.reads.meets(touched) { Outcome::of(old.rule, &cx) } else { old.clone() };
        let outcomes = self.outcomes.iter().map(judged).collect();
        let contradictions = self.contradictions.iter().map(judged).collect();
        Self { now, today, config, problems, outcomes, contradictions, waivers }
    }

    /// What breaks rules, in the order of the standard, waived ones included.
    pub fn findings(&self) -> impl Iterator<Item = Finding<'_>> {
        self.outcomes.iter().flat_map(|outcome| self.findings_in(outcome))
    }

    /// Contradictions between registers, waived ones included. They are no findings and count nowhere else.
    pub fn contradicting(&self) -> impl Iterator<Item = Finding<'_>> {
        self.contradictions.iter().flat_map(|outcome| self.findings_in(outcome))
    }

    /// All that is told: findings, then contradictions, waived ones included.
    pub fn told(&self) -> impl Iterator<Item = Finding<'_>> {
        self.findings().chain(self.contradicting())
    }

    fn findings_in<'r>(&'r self, outcome: &'r Outcome) -> impl Iterator<Item = Finding<'r>> {
        let rule = outcome.rule;
        outcome.items.iter().map(move |item| Finding { rule, item, waiver: self.waiver(rule, item) })
    }

    /// What breaks rules and is not waived.
    pub fn open(&self) -> impl Iterator<Item = Finding<'_>> {
        self.findings().filter(|finding| finding.waiver.is_none())
    }

    /// What is told and not waived, contradictions included, that another report does not tell, in the order of rules and items.
    pub fn open_beyond(&self, other: &Report) -> Vec<Finding<'_>> {
        let key = |finding: &Finding<'_>| (finding.rule.id, finding.item.to_string());
        let open = |finding: &Finding<'_>| finding.waiver.is_none();
        let there: std::collections::BTreeSet<_> = other.told().filter(open).map(|finding| key(&finding)).collect();
        let mut beyond: Vec<_> = self.told().filter(open).filter(|finding| !there.contains(&key(finding))).collect();
        beyond.sort_by_cached_key(key);
        beyond
    }

    /// What breaks rules about this record.
    pub fn findings_of(&self, record: AnyRef) -> impl Iterator<Item = Finding<'_>> {
        self.outcomes.iter().flat_map(move |outcome| self.about(outcome, record))
    }

    /// What an outcome tells about one record: waivers are looked for in nothing else.
    fn about<'r>(&'r self, outcome: &'r Outcome, record: AnyRef) -> impl Iterator<Item = Finding<'r>> {
        let items = outcome.items.iter().filter(move |item| item.record() == Some(record));
        items.map(|item| Finding { rule: outcome.rule, item, waiver: self.waiver(outcome.rule, item) })
    }

    /// What is told about this record: what breaks rules, and in what it contradicts another register.
    pub fn told_of(&self, record: AnyRef) -> impl Iterator<Item = Finding<'_>> {
        self.outcomes.iter().chain(&self.contradictions).flat_map(move |outcome| self.about(outcome, record))
    }

    /// What one rule came to.
    pub fn outcome(&self, rule: &str) -> Option<&Outcome> {
        self.outcomes.iter().chain(&self.contradictions).find(|outcome| outcome.rule.id == rule)
    }

    fn waiver(&self, rule: &Rule, item: &Item) -> Option<&Waiver> {
        self.waivers.iter().find(|waiver| waiver.covers(rule, item) && waiver.holds_on(self.today))
    }

    /// Whether a rule is broken by something that is not waived.
    pub(crate) fn is_open(&self, outcome: &Outcome) -> bool {
        outcome.items.iter().any(|item| self.waiver(outcome.rule, item).is_none())
    }

    /// The message of a finding, with its blanks filled in from the record and from the values of the rules.
    pub fn message(&self, isms: &Isms, finding: &Finding<'_>) -> String {
        let record = finding.item.record().and_then(|reference| isms.record(reference));
        let currency = plain::currency(isms);
        let mut text = String::with_capacity(finding.rule.message.len() + 16);
        let mut rest = finding.rule.message;
        while let Some((before, after)) = rest.split_once('{') {
            text.push_str(before);
            let Some((name, after)) = after.split_once('}') else { break };
            rest = after;
            match (name, record) {
                ("ref" | "item", _) => text.push_str(&finding.item.to_string()),
                (name, _) if name.starts_with("cfg.") => {
                    text.push_str(&self.config.text(&name[4..]).unwrap_or_default());
                }
                (name, Some(record)) => {
                    let value = record.field(name).unwrap_or_default();
                    let def = record.def().field(name);
                    text.push_str(&def.map_or_else(String::new, |def| plain::text(def.ty, &value, currency)));
                }
                _ => {}
            }
        }
        text.push_str(rest);
        text
    }

    /// The report for other tools: `findings`, each with rule, severity, clause, step, record, message, verdict and, where
    /// there is one, its waiver; `contradictions` between registers in the same form; and `summary`. With `all`, rules that hold or cannot be judged are listed too, with no
    /// record.
    pub fn json(&self, isms: &Isms, all: bool) -> Value {
        json!({
            "findings": self.listed(isms, &self.outcomes, all),
            "contradictions": self.listed(isms, &self.contradictions, all),
            "summary": self.summary(isms).json(),
            "problems": self.problems,
        })
    }

    fn listed(&self, isms: &Isms, outcomes: &[Outcome], all: bool) -> Vec<Value> {
        let mut findings = Vec::new();
        for outcome in outcomes {
            let rule = outcome.rule;
            let entry = |record: Value, message: String| {
                let mut entry = Map::new();
                entry.insert("rule".into(), rule.id.into());
                entry.insert("severity".into(), rule.severity.name().into());
                entry.insert("clause".into(), rule.clause.into());
                entry.insert("step".into(), rule.step.into());
                entry.insert("record".into(), record);
                entry.insert("message".into(), message.into());
                entry.insert("verdict".into(), outcome.verdict.name().into());
                entry
            };
            for item in &outcome.items {
                let finding = Finding { rule, item, waiver: self.waiver(rule, item) };
                let mut entry = entry(item.to_string().into(), self.message(isms, &finding));
                if let Some(waiver) = finding.waiver {
                    entry.insert("waiver".into(), waiver.json());
                }
                findings.push(Value::Object(entry));
            }
            if all && outcome.items.is_empty() {
                findings.push(Value::Object(entry(Value::Null, rule.title().to_owned())));
            }
        }
        findings
    }
}
