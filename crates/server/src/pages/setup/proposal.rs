//! What the answers of the guide come to: the drafts of one proposal, records that wait to be confirmed, none of them in force.
//!
//! The preview and the result are made by this one function, so that what is promised is what will be there.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use attestry_model::decide::ImportRecord;
use attestry_model::decide::propose::Draft;
use attestry_model::field::Type;
use attestry_model::records::{Person, Soa};
use attestry_model::{AnyRef, Isms, Kind, Ref};
use attestry_standards::library::{
    self, AssetType, Organisation as Template, OrganisationKind, Policy, Scenario, organisation,
};
use attestry_standards::{SecurityProperty, annex_controls};
use jiff::civil::Date;
use serde_json::{Map, Value, json};

use super::assumed;
use super::guide::Draft as Answers;

/// For whom and when the records are made.
#[derive(Debug, Clone, Copy)]
pub struct Maker<'a> {
    /// The ISMS as it stands.
    pub isms: &'a Isms,
    /// Who answers the guide.
    pub person: Ref<Person>,
    /// Today.
    pub today: Date,
    /// The source that the records name.
    pub source: &'a str,
    /// The records that were looked at and confirmed, as [`named`] names them.
    pub confirmed: &'a [String],
}

struct Work<'a> {
    maker: Maker<'a>,
    numbers: HashMap<Kind, u32>,
    records: Vec<ImportRecord>,
}

impl Work<'_> {
    /// Adds a record. One with the same title that is there already is not made again.
    fn add(&mut self, kind: Kind, title: &str, state: &str, mut fields: Map<String, Value>) -> AnyRef {
        let same = self
            .maker
            .isms
            .records(kind)
            .find(|record| record.head().void_reason.is_none() && record.head().title.as_deref() == Some(title));
        if let Some(same) = same {
            return same.any_ref();
        }
        let next = self.numbers.entry(kind).or_insert_with(|| self.maker.isms.next_number(kind));
        let reference = AnyRef { kind, number: *next };
        *next += 1;
        fields.insert("title".to_owned(), title.into());
        fields.insert("state".to_owned(), state.into());
        fields.insert("owner".to_owned(), self.maker.person.any().to_string().into());
        // A row that nobody has decided assumes nothing.
        let undecided = kind == Kind::Applicability && !fields.contains_key("applicable");
        if !undecided && !self.maker.confirmed.contains(&named(kind, title)) {
            fields.insert("tags".to_owned(), json!([assumed::TAG]));
        }
        fields.insert("created_by".to_owned(), self.maker.person.any().to_string().into());
        self.records.push(ImportRecord { reference, fields, source: self.maker.source.to_owned() });
        reference
    }

    fn later(&mut self, what: &str) {
        let due = self.maker.today + jiff::Span::new().days(30);
        let fields = object(json!({
            "what": what, "assignee": self.maker.person.any().to_string(), "due": due.to_string(),
        }));
        self.add(Kind::Task, what, "open", fields);
    }
}

/// What a record of the guide is called in the form in which it is confirmed: its number is not known before it is made.
pub fn named(kind: Kind, title: &str) -> String {
    format!("{kind}/{title}")
}

/// The page of the guide whose answers a kind of records follows from.
pub fn asked_on(kind: Kind) -> Option<&'static str> {
    Some(match kind {
        Kind::Asset => "protect",
        Kind::IsmsRole => "roles",
        Kind::Methodology => "limit",
        Kind::Risk | Kind::Threat => "risks",
        Kind::Document => "rules",
        Kind::Person => "people",
        _ => return None,
    })
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}

/// The template of the kind of organisation that was chosen.
pub fn template(draft: &Answers) -> Option<&'static Template> {
    let wanted = draft.text("organisation", "kind");
    let kind = OrganisationKind::ALL.iter().find(|kind| kind.as_str() == wanted)?;
    organisation(*kind)
}

/// The asset types that were ticked; those of the template before the page was answered.
pub fn asset_types(draft: &Answers) -> Vec<&'static AssetType> {
    let Some(template) = template(draft) else { return Vec::new() };
    if draft.answered("protect") {
        draft.list("protect", "asset").iter().filter_map(|id| library::asset_type(id)).collect()
    } else {
        template.asset_types().collect()
    }
}

/// The scenarios that fit the template and touch something that was ticked, those to talk about first in front.
pub fn scenarios(draft: &Answers) -> Vec<&'static Scenario> {
    let Some(template) = template(draft) else { return Vec::new() };
    let types = asset_types(draft);
    let touches = |scenario: &Scenario| scenario.asset_type_ids.iter().any(|id| types.iter().any(|one| one.id == *id));
    template.scenarios().filter(|scenario| touches(scenario)).collect()
}

/// The policies that were chosen; those of the template before the page was answered.
pub fn policies(draft: &Answers) -> Vec<&'static Policy> {
    let Some(template) = template(draft) else { return Vec::new() };
    if draft.answered("rules") {
        draft.list("rules", "policy").iter().filter_map(|id| library::policy(id)).collect()
    } else {
        template.policies().collect()
    }
}

/// All records.
pub fn records(draft: &Answers, maker: Maker<'_>) -> Vec<ImportRecord> {
    let mut work = Work { maker, numbers: HashMap::new(), records: Vec::new() };
    let assets = add_assets(draft, &mut work);
    let method = add_method(draft, &mut work);
    let risks = add_risks(draft, &mut work, &assets, method);
    add_statement(draft, &mut work, &risks);
    add_obligations(draft, &mut work);
    add_roles(draft, &mut work);
    add_policies(draft, &mut work);
    add_people(draft, &mut work);
    for (page, task) in [
        ("organisation", "Say what the organisation is, and where"),
        ("protect", "Say what must be protected"),
        ("limit", "Say how much risk is too much"),
        ("risks", "Rate the first risks"),
        ("rules", "Choose the first policies"),
        ("people", "Invite the people who take part"),
    ] {
        if draft.is_later(page) {
            work.later(task);
        }
    }
    if template(draft).is_some() {
        add_year(&mut work);
    }
    work.records
}

/// The records as changes of a proposal: each is created in its first state, and those that name each other do so by name.
pub fn drafts(records: &[ImportRecord]) -> Vec<Draft> {
    let made: BTreeSet<AnyRef> = records.iter().map(|record| record.reference).collect();
    let draft = |record: &ImportRecord| {
        let kind = record.reference.kind;
        let own = record.fields.iter().filter(|(name, _)| !matches!(name.as_str(), "state" | "created_by"));
        let named = own.map(|(name, value)| {
            let ty = kind.def().field(name).map_or(Type::Text, |field| field.ty);
            (name.clone(), by_name(ty, value.clone(), &made))
        });
        Draft::create(kind, Some(record.reference.to_string()), &named.collect())
    };
    records.iter().map(draft).collect()
}

/// A value in which records that are yet to be created are called by their name.
fn by_name(ty: Type, value: Value, made: &BTreeSet<AnyRef>) -> Value {
    match (ty, value) {
        (Type::Ref(_) | Type::AnyRef, Value::String(text)) => {
            let is_made = text.parse().is_ok_and(|reference| made.contains(&reference));
            Value::String(if is_made { format!("#{text}") } else { text })
        }
        (Type::List(inner), Value::Array(items)) => {
            Value::Array(items.into_iter().map(|item| by_name(*inner, item, made)).collect())
        }
        (_, value) => value,
    }
}

/// How many records of each kind there will be.
pub fn counts(records: &[ImportRecord]) -> BTreeMap<Kind, usize> {
    let mut counts = BTreeMap::new();
    for record in records {
        *counts.entry(record.reference.kind).or_default() += 1;
    }
    counts
}

fn add_assets(draft: &Answers, work: &mut Work<'_>) -> HashMap<&'static str, AnyRef> {
    let mut made = HashMap::new();
    for one in asset_types(draft) {
        let review = work.maker.today + jiff::Span::new().months(3);
        let fields = object(json!({
            "asset_class": one.asset_class.as_str(), "category": one.category.as_str(), "in_scope": true,
            "c_value": one.c_value, "i_value": one.i_value, "a_value": one.a_value, "inherits_values": false,
            "contains_pii": one.contains_pii, "contains_phi": one.contains_phi,
            "valuation_reason": "Assumed, as is usual for such assets", "notes": one.note,
            "last_reviewed": work.maker.today.to_string(), "next_review": review.to_string(),
        }));
        made.insert(one.id.as_str(), work.add(Kind::Asset, &one.title, "proposed", fields));
    }
    made
}

/// The three examples: up to which value a risk is taken without special approval, and above which it never is.
pub const LIMITS: [(&str, i64, i64); 3] = [("careful", 4, 12), ("balanced", 6, 15), ("bold", 9, 16)];

fn add_method(draft: &Answers, work: &mut Work<'_>) -> Option<AnyRef> {
    let chosen = draft.text("limit", "limit");
    let (_, accepted, never) = LIMITS.iter().find(|(name, ..)| *name == chosen)?;
    let mut matrix = Map::new();
    for likelihood in 1..=5 {
        for impact in 1..=5 {
            matrix.insert(format!("{likelihood},{impact}"), json!(likelihood * impact));
        }
    }
    let likelihoods = ["Rare", "Unlikely", "Possible", "Likely", "Frequent"];
    let often = [
        "less than once in 20 years",
        "once in 5 to 20 years",
        "once in 1 to 5 years",
        "a few times a year",
        "every few weeks",
    ];
    let frequencies = [("0", "0.05"), ("0.05", "0.2"), ("0.2", "1"), ("1", "6"), ("6", "100")];
    let likelihoods =
        likelihoods.iter().zip(often).zip(frequencies).enumerate().map(|(at, ((label, words), (low, high)))| {
            json!({
                "level": at + 1, "label": label, "description": words,
                "freq_per_year_min": low, "freq_per_year_max": high,
            })
        });
    let impacts = ["Minor", "Noticeable", "Serious", "Severe", "Critical"];
    let felt = [
        "hours of rework",
        "one process slowed for a day",
        "one process down for days",
        "several processes down",
        "existence at risk",
    ];
    let impacts = impacts
        .iter()
        .zip(felt)
        .enumerate()
        .map(|(at, (label, words))| json!({ "level": at + 1, "label": label, "operations": words }));
    let fields = object(json!({
        "version": "0.1", "approach": "qualitative", "identification": "both", "impact_aggregation": "max",
        "likelihood_scale": likelihoods.collect::<Vec<_>>(), "impact_scale": impacts.collect::<Vec<_>>(),
        "matrix": matrix,
        "bands": [
            { "name": "low", "min": 1, "max": accepted, "action": "watch", "treat_within_days": 365, "authority": "risk_owner" },
            { "name": "high", "min": accepted + 1, "max": never, "action": "treat", "treat_within_days": 180, "authority": "top_management" },
            { "name": "extreme", "min": never + 1, "max": 25, "action": "act at once", "treat_within_days": 60, "authority": "top_management" },
        ],
        "acceptance_max": accepted, "absolute_max": never, "assessment_interval": "P1Y",
        "assessment_criteria": "Once a year for all risks, and whenever something significant changes.",
        "triggers": ["significant change", "serious incident", "new legal duty"],
        "consistency_measures": "Two people rate each risk; the levels are described in words.",
        "residual_formula": "judgement", "owner_rule": "Who answers for the process owns its risks.",
        "treatment_process": "The owner proposes what is done; who has the authority of the band decides.",
    }));
    Some(work.add(Kind::Methodology, "Risk methodology", "draft", fields))
}

fn add_risks(
    draft: &Answers,
    work: &mut Work<'_>,
    assets: &HashMap<&'static str, AnyRef>,
    method: Option<AnyRef>,
) -> Vec<(&'static Scenario, AnyRef)> {
    let mut made = Vec::new();
    for scenario in scenarios(draft) {
        let mut threats = Vec::new();
        for threat in scenario.threats() {
            let affects: Vec<&str> = threat.affects.iter().map(|one| letter(*one)).collect();
            let fields = object(json!({ "origin": threat.origin.as_str(), "affects": affects, "notes": threat.note }));
            threats.push(work.add(Kind::Threat, &threat.title, "active", fields).to_string());
        }
        let named: Vec<String> =
            scenario.asset_type_ids.iter().filter_map(|id| assets.get(id.as_str())).map(ToString::to_string).collect();
        let rated = |what: &str, usual: u8| {
            let own = draft.text("risks", &format!("{what}-{}", scenario.id)).parse::<u8>().ok();
            own.filter(|level| (1..=5).contains(level)).unwrap_or(usual)
        };
        let effects: Vec<&str> = scenario.effects.iter().map(|one| letter(*one)).collect();
        let mut fields = object(json!({
            "approach": scenario.approach.as_str(), "cause": scenario.cause, "event": scenario.event,
            "consequence": scenario.consequence, "threats": threats, "assets": named, "effects": effects,
            "risk_owner": work.maker.person.any().to_string(), "risk_opportunity": "risk",
            "current_likelihood": rated("likelihood", scenario.likelihood),
            "current_impact": rated("impact", scenario.impact),
            "likelihood_reason": scenario.reason, "impact_reason": scenario.reason,
            "assessed_on": work.maker.today.to_string(),
        }));
        if let Some(method) = method {
            fields.insert("methodology".to_owned(), method.to_string().into());
        }
        made.push((scenario, work.add(Kind::Risk, &scenario.title, "identified", fields)));
    }
    made
}

/// A first Statement of Applicability: a row for every control; those that help against the first risks are assumed to be
/// needed because of them, the others are undecided.
fn add_statement(draft: &Answers, work: &mut Work<'_>, risks: &[(&'static Scenario, AnyRef)]) {
    if template(draft).is_none() || work.maker.isms.live::<Soa>().next().is_some() {
        return;
    }
    let fields = object(json!({ "version": "0.1", "annex_edition": "ISO/IEC 27001:2022" }));
    let soa = work.add(Kind::Soa, "Statement of Applicability 0.1", "draft", fields);
    for control in annex_controls() {
        let because: Vec<String> = risks
            .iter()
            .filter(|(scenario, _)| scenario.control_ids.contains(&control.id))
            .map(|(_, risk)| risk.to_string())
            .collect();
        let mut fields = object(json!({ "soa": soa.to_string(), "annex_id": control.id }));
        if !because.is_empty() {
            fields.extend(object(json!({
                "applicable": true, "reasons": ["risk"], "risks": because,
                "justification": "Assumed, because it helps against these risks.",
            })));
        }
        work.add(Kind::Applicability, &format!("{} {}", control.id, control.title), "undecided", fields);
    }
}

/// The duties that such organisations usually have; which law it is differs by country and is for people to say.
fn add_obligations(draft: &Answers, work: &mut Work<'_>) {
    let Some(template) = template(draft) else { return };
    let country = draft.text("organisation", "country").to_uppercase();
    let review = work.maker.today + jiff::Span::new().months(3);
    for duty in &template.obligations {
        let mut fields = object(json!({
            "summary": duty.text, "responsible": work.maker.person.any().to_string(), "next_review": review.to_string(),
        }));
        if !country.is_empty() {
            fields.insert("jurisdiction".to_owned(), country.clone().into());
        }
        work.add(Kind::Obligation, &duty.title, "draft", fields);
    }
}

/// What comes round in a year of an ISMS: the task, in how many months for the first time, and after how long again.
const YEAR: [(&str, i32, &str); 9] = [
    ("Train everybody in what to do and what to report", 2, "P1Y"),
    ("Review who may access what", 3, "P6M"),
    ("Restore a backup, to see that it works", 3, "P6M"),
    ("Measure how the controls work", 4, "P3M"),
    ("Look at the suppliers that matter", 6, "P1Y"),
    ("Rehearse an emergency", 8, "P1Y"),
    ("Audit the ISMS internally", 9, "P1Y"),
    ("Review the ISMS with top management", 10, "P1Y"),
    ("Assess the risks again", 12, "P1Y"),
];

fn add_year(work: &mut Work<'_>) {
    for (task, months, again) in YEAR {
        let due = work.maker.today + jiff::Span::new().months(months);
        let fields = object(json!({
            "what": task, "assignee": work.maker.person.any().to_string(), "due": due.to_string(), "recurrence": again,
        }));
        work.add(Kind::Task, task, "open", fields);
    }
}

/// The letter that records have for a property.
fn letter(property: SecurityProperty) -> &'static str {
    match property {
        SecurityProperty::Confidentiality => "C",
        SecurityProperty::Integrity => "I",
        SecurityProperty::Availability => "A",
    }
}

fn add_roles(draft: &Answers, work: &mut Work<'_>) {
    let Some(template) = template(draft) else { return };
    for (at, role) in template.roles.iter().enumerate() {
        let holder = draft.text("roles", &format!("role-{at}"));
        let notes = if holder.is_empty() { String::new() } else { format!("To be held by {holder}.") };
        let fields = object(json!({
            "purpose": role.text, "responsibilities": [role.text], "authorities": [], "is_conformity_role": false,
            "is_reporting_role": false, "notes": notes,
        }));
        work.add(Kind::IsmsRole, &role.title, "draft", fields);
        if holder.is_empty() && (draft.is_later("roles") || draft.answered("roles")) {
            work.later(&format!("Say who is: {}", role.title));
        }
    }
}

fn add_policies(draft: &Answers, work: &mut Work<'_>) {
    for policy in policies(draft) {
        let answer = |name: &str| -> Option<String> {
            let given = draft.text("rules", &format!("blank-{name}"));
            (!given.is_empty()).then_some(given)
        };
        let answers: HashMap<&str, String> =
            policy.blanks.iter().filter_map(|blank| Some((blank.name.as_str(), answer(&blank.name)?))).collect();
        // A text with open blanks keeps them, so that what is missing is seen.
        let text = policy.fill(|name| answers.get(name).map(String::as_str)).unwrap_or_else(|_| policy.text.clone());
        let review = work.maker.today + jiff::Span::new().years(1);
        let annex: Vec<String> = policy.control_ids.clone();
        let fields = object(json!({
            "doc_type": policy.doc_type.as_str(), "number": policy.number, "language": "en", "medium": "electronic",
            "clause_refs": policy.clauses, "annex_refs": annex, "review_interval": policy.review,
            "next_review": review.to_string(), "audience_all": true, "ack_required": policy.acknowledge,
            "available_to_parties": "no", "external_origin": false, "notes": text,
        }));
        work.add(Kind::Document, &policy.title, "draft", fields);
    }
}

/// Most people invited at once.
pub const MOST_PEOPLE: usize = 200;

/// The addresses in a text, each once.
pub fn addresses(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for word in text.split([',', ';', '\n', '\r', ' ', '\t', '<', '>']) {
        let word = word.trim().to_lowercase();
        let fits = word.split_once('@').is_some_and(|(before, after)| !before.is_empty() && after.contains('.'));
        if fits && word.len() <= 200 && !found.contains(&word) && found.len() < MOST_PEOPLE {
            found.push(word);
        }
    }
    found
}

fn add_people(draft: &Answers, work: &mut Work<'_>) {
    for address in addresses(&draft.text("people", "addresses")) {
        let known = work
            .maker
            .isms
            .live::<Person>()
            .any(|one| one.email.as_deref().is_some_and(|email| email.eq_ignore_ascii_case(&address)));
        if known {
            continue;
        }
        let before = address.split('@').next().unwrap_or_default();
        let words = before.split(['.', '_', '-']).filter(|word| !word.is_empty()).map(capital);
        let name = words.collect::<Vec<_>>().join(" ");
        let fields = object(json!({
            "name": name, "email": address, "employment": "other", "joined_on": work.maker.today.to_string(),
            "app_roles": ["employee"],
        }));
        work.add(Kind::Person, &name, "invited", fields);
    }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_found_in_what_people_paste() {
        let pasted = "Anna Meier <anna.meier@clinic.example>; bela@clinic.example,\nBELA@clinic.example nobody @x a@b";
        assert_eq!(addresses(pasted), ["anna.meier@clinic.example", "bela@clinic.example"]);
    }
}
