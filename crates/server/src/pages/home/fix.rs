//! From a finding to the one button that starts its fix: the form of the record at the field that the rule reads, or the
//! form of a new record.

use attestry_check::{Finding, Item, Report, Rule, Severity, rules};
use attestry_model::field::Type;
use attestry_model::permit::Wish;
use attestry_model::records::{Applicability, Person};
use attestry_model::stored::AnyRecord;
use attestry_model::{AnyRef, Kind, Ref};

use super::duties::edit_path;
use crate::cx::Cx;
use crate::html::{Html, Mark, encode};
use crate::{dates, labels, places, show};

/// Where a fix begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// The address.
    pub href: String,
    /// The label of the button.
    pub label: String,
    /// How much work it is, from 1.
    pub effort: u32,
}

/// The kinds and fields that a rule reads, in its order.
fn reads(rule: &Rule) -> impl Iterator<Item = (Kind, &'static str)> {
    rule.fields
        .iter()
        .filter_map(|name| name.split_once('.'))
        .filter_map(|(kind, field)| Some((Kind::named(kind)?, field)))
}

/// The record that a finding is about: the item itself, the row of the statement for a control, the organisation.
pub fn subject<'a>(cx: &'a Cx, rule: &Rule, item: &Item) -> Option<&'a dyn AnyRecord> {
    let record = match item {
        Item::Record(reference) => cx.isms.record(*reference),
        Item::Word(word) if reads(rule).any(|(kind, _)| kind == Kind::Applicability) => {
            let rows = cx.isms.live::<Applicability>().filter(|row| row.annex_id.as_deref() == Some(word));
            rows.last().map(|row| row as &dyn AnyRecord)
        }
        Item::Organization if reads(rule).next().is_some_and(|(kind, _)| kind == Kind::Organization) => {
            cx.isms.organization().map(|organization| organization as &dyn AnyRecord)
        }
        _ => None,
    };
    record.filter(|record| cx.sees(*record))
}

/// Where the fix of a finding begins; nothing in the past, and nothing that the person may not do.
pub fn of(cx: &Cx, rule: &Rule, item: &Item) -> Option<Fix> {
    if cx.is_past() {
        return None;
    }
    if let Some(record) = subject(cx, rule, item) {
        return Some(beside(cx, rule, record).unwrap_or_else(|| of_record(cx, rule, record)));
    }
    let (kind, _) = reads(rule).find(|(kind, _)| cx.may_create(*kind))?;
    if *item == Item::Organization
        && let Some(fix) = drafts(cx, kind)
    {
        return Some(fix);
    }
    let mut href = format!("{}/new", places::list_path(kind));
    if let Item::Word(word) = item
        && let Some(field) = field_for(kind, word)
    {
        href = format!("{href}?{field}={}", encode(word));
    }
    let label =
        cx.say1("fix-create", "what", &labels::within(cx.words, &labels::singular(cx.words, kind))).into_owned();
    Some(Fix { href, label, effort: effort_of(kind) + 1 })
}

/// Where the organisation lacks records of a kind although drafts of them wait, and nothing but drafts: those, and not yet
/// another one. What lacks for one control, say, may be another record than those that are there.
fn drafts(cx: &Cx, kind: Kind) -> Option<Fix> {
    const DRAFT: &str = "draft";
    let counts =
        |record: &&dyn AnyRecord| record.head().void_reason.is_none() && !attestry_model::permit::is_closed(*record);
    let mut seen = cx.records(kind).filter(counts).peekable();
    seen.peek()?;
    let mut count = 0_usize;
    for record in seen {
        if record.state() != DRAFT {
            return None;
        }
        count += 1;
    }
    let what = if count == 1 { labels::singular(cx.words, kind) } else { labels::plural(cx.words, kind) };
    let what = labels::within(cx.words, &what);
    Some(Fix {
        href: format!("{}?state={DRAFT}", places::list_path(kind)),
        label: cx.with("fix-drafts", &[("count", count.into()), ("what", (&what).into())]).into_owned(),
        effort: effort_of(kind),
    })
}

/// What a rule asks to be made for a record, where what it says to do is to make something: a new record that names this one,
/// or one that this one names.
fn beside(cx: &Cx, rule: &Rule, record: &dyn AnyRecord) -> Option<Fix> {
    const MAKES: &[&str] = &[
        "Ask the risk owner to accept",
        "Assign ",
        "Collect and ",
        "Collect fresh ",
        "Create ",
        "Obtain ",
        "Plan ",
        "Raise ",
    ];
    if !MAKES.iter().any(|words| rule.fix.starts_with(words)) || field_of(rule, record).is_some() {
        return None;
    }
    let own = record.any_ref();
    let mut targets = vec![own];
    record.each_ref(&mut |field, target| {
        if reads(rule).any(|read| read == (own.kind, field)) {
            targets.push(target);
        }
    });
    let names = |kind: Kind, field: &str, target: Kind| {
        let ty = kind.def().field(field).map(|def| def.ty);
        ty == Some(Type::Ref(target)) || matches!(ty, Some(Type::List(inner)) if *inner == Type::Ref(target))
    };
    let others = || reads(rule).filter(|(kind, _)| *kind != own.kind && cx.may_create(*kind));
    let found = |target: &AnyRef| {
        let (kind, field) = others().find(|(kind, field)| names(*kind, field, target.kind))?;
        Some((kind, field, *target))
    };
    let (kind, field, target) = targets.iter().find_map(found)?;
    Some(Fix {
        href: format!("{}/new?{field}={target}", places::list_path(kind)),
        label: cx.say1("fix-create", "what", &labels::within(cx.words, &labels::singular(cx.words, kind))).into_owned(),
        effort: effort_of(kind) + 1,
    })
}

fn is_empty(record: &dyn AnyRecord, field: &str) -> bool {
    record.field(field).is_none_or(|value| value.is_null())
}

/// The field of a record that a finding is about: the first that the rule reads and that is empty, for that is most probably
/// what is missing; else one that its message speaks of, for a rule reads more fields than it is about; else the last that
/// it reads, where that is one of this record: conditions begin with whom they ask and end with what they ask.
pub fn field_of(rule: &Rule, record: &dyn AnyRecord) -> Option<&'static str> {
    let (kind, def) = (record.any_ref().kind, record.def());
    let own = || reads(rule).filter(|(of, field)| *of == kind && def.field(field).is_some()).map(|(_, field)| field);
    let named = |field: &&str| rule.message.contains(&format!("{{{field}}}"));
    let last = || {
        let (of, field) = reads(rule).last()?;
        (of == kind && def.field(field).is_some()).then_some(field)
    };
    own().find(|field| is_empty(record, field)).or_else(|| own().find(named)).or_else(last)
}

fn of_record(cx: &Cx, rule: &Rule, record: &dyn AnyRecord) -> Fix {
    let reference = record.any_ref();
    let def = record.def();
    let field = field_of(rule, record);
    let empty = field.is_some_and(|field| is_empty(record, field));
    let key = if empty { "fix-field" } else { "fix-change" };
    let frozen = def.immutable_in.contains(&record.state()) || attestry_model::permit::is_closed(record);
    match field.filter(|_| !frozen && cx.may(Wish::Update, record)) {
        Some(field) => {
            let label = labels::within(cx.words, &labels::field(cx.words, reference.kind, field));
            Fix { href: edit_path(reference, field), label: cx.say1(key, "field", &label).into_owned(), effort: 1 }
        }
        None => Fix {
            href: cx.record_href(reference),
            label: cx.say1("fix-open", "record", &reference.to_string()).into_owned(),
            effort: effort_of(reference.kind),
        },
    }
}

/// The field of a kind in which a word would stand: a choice that offers it, or a list of clauses or controls.
fn field_for(kind: Kind, word: &str) -> Option<&'static str> {
    let offers = |ty: Type| match ty {
        Type::Choice(options) => options.iter().any(|option| option.name == word),
        _ => false,
    };
    let annex = word.starts_with("A.");
    let numbered = |name: &str| {
        (annex && name.contains("annex"))
            || (!annex && name.contains("clause") && word.starts_with(|sign: char| sign.is_ascii_digit()))
    };
    let fits = |name: &str, ty: Type| {
        let offered = offers(ty) || matches!(ty, Type::List(inner) if offers(*inner));
        offered || (matches!(ty, Type::List(_) | Type::Text) && numbered(name))
    };
    kind.def().fields.iter().find(|field| fits(field.name, field.ty)).map(|field| field.name)
}

/// How much work a record of a kind is, roughly: an audit is not written down in a minute.
fn effort_of(kind: Kind) -> u32 {
    match kind {
        Kind::Audit | Kind::ManagementReview | Kind::BcExercise | Kind::RiskAssessment | Kind::Scope => 6,
        Kind::ControlTest
        | Kind::AccessReview
        | Kind::SupplierAssessment
        | Kind::RootCauseAnalysis
        | Kind::Document
        | Kind::DocumentVersion
        | Kind::Methodology
        | Kind::Mandate
        | Kind::TreatmentPlan => 4,
        _ => 2,
    }
}

/// The mark of a severity: each has a shape of its own.
pub fn mark(severity: Severity) -> Mark {
    match severity {
        Severity::Major => Mark::Gap,
        Severity::Minor => Mark::Watch,
        Severity::Observation => Mark::Todo,
    }
}

/// Who answers for what a finding is about.
pub fn owner(cx: &Cx, item: &Item) -> Option<Ref<Person>> {
    cx.isms.record(item.record()?)?.own_people().first().copied()
}

/// A finding in words, with its button.
#[derive(Debug)]
pub struct Row {
    /// The rule.
    pub rule: &'static Rule,
    /// Its page.
    pub rule_href: String,
    /// The mark of its severity.
    pub mark: Html,
    /// The severity in words; of a contradiction between registers, which is no finding, that word.
    pub severity: String,
    /// Whether it is a contradiction between registers.
    pub contradicts: bool,
    /// What is wrong.
    pub message: String,
    /// The record, as a link, or the item as a word.
    pub about: Html,
    /// Who answers for it.
    pub owner: Html,
    /// The clause and its page.
    pub clause: &'static str,
    /// The page of the clause.
    pub clause_href: String,
    /// Where the fix begins.
    pub fix: Option<Fix>,
    /// The waiver in force, in words.
    pub waiver: Option<String>,
    /// Where the organisation waives it.
    pub waive_href: Option<String>,
}

/// A finding as a row.
pub fn row(cx: &Cx, report: &Report, finding: &Finding<'_>) -> Row {
    let rule = finding.rule;
    let contradicts = rules::is_contradiction(rule);
    let waiver = finding.waiver.map(|waiver| {
        let (name, day) = (cx.name_of(waiver.approver), crate::dates::full_day(cx.words, waiver.expires));
        cx.with("waived-by", &[("name", (&name).into()), ("day", (&day).into()), ("reason", (&waiver.reason).into())])
            .into_owned()
    });
    let may_waive = steward(cx) && !cx.is_past() && waiver.is_none();
    let waive_href = may_waive.then(|| format!("/rules/{}?item={}#waive", rule.id, encode(&finding.item.to_string())));
    Row {
        rule,
        rule_href: cx.href(&format!("/rules/{}?item={}", rule.id, encode(&finding.item.to_string()))),
        mark: mark(rule.severity).svg(),
        severity: cx
            .say(if contradicts { "contradiction".to_owned() } else { format!("severity-{}", rule.severity.name()) })
            .into_owned(),
        contradicts,
        message: dates::within(cx.words, &report.message(&cx.isms, finding), cx.today),
        about: about(cx, rule, finding.item),
        owner: owner(cx, finding.item).map(|person| show::who(cx, person)).unwrap_or_default(),
        clause: rule.section(),
        clause_href: clause_href(cx, rule.section()),
        fix: of(cx, rule, finding.item),
        waiver,
        waive_href,
    }
}

/// What a finding is about: a link to the record, or the word itself.
pub fn about(cx: &Cx, rule: &Rule, item: &Item) -> Html {
    let mut out = String::new();
    match subject(cx, rule, item) {
        Some(record) => show::link(cx, record.any_ref(), &mut out),
        None => match item {
            Item::Organization => crate::html::escape(&cx.organisation_name, &mut out),
            item => crate::html::escape(&item.to_string(), &mut out),
        },
    }
    Html(out)
}

/// The page of a clause or control.
pub fn clause_href(cx: &Cx, section: &str) -> String {
    cx.href(&format!("/clauses/{}", encode(section)))
}

/// Whether the person may see what a finding is about, and so what it says.
pub fn visible(cx: &Cx, item: &Item) -> bool {
    item.record().and_then(|reference| cx.isms.record(reference)).is_none_or(|record| cx.sees(record))
}

/// Whether the person may waive findings.
pub fn steward(cx: &Cx) -> bool {
    use attestry_model::kind::Role;
    cx.principal.has(Role::IsmsManager) || cx.principal.has(Role::SystemAdmin)
}
