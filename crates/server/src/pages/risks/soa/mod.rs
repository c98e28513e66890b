//! The Statement of Applicability as a grid: what is used and why, how far it really is, and who proves it.

mod attributes;
mod copy;
mod edit;
mod version;
mod why;

use std::collections::BTreeMap;

use askama::Template;
use attestry_check::standing::{self, Standing};
use attestry_model::decide::covers;
use attestry_model::permit::Wish;
use attestry_model::records::applicability::ApplicabilityImplementation;
use attestry_model::records::{Applicability, Control, Person, Soa};
use attestry_model::{AnyRef, Isms, Kind, Problems, Ref, Stored};
use attestry_standards::{annex_control, annex_controls};
use axum::response::Response;

use super::Pick;
use crate::cx::Cx;
use crate::fault::Fault;
use crate::html::{Html, Mark};
use crate::places::Frame;
use crate::shell::{Shell, bar, page, parameter};
use crate::{dates, labels, show};

pub use copy::{COPY_LIMIT, compare, edition};
pub use edit::save;
pub use version::begin;

use version::Earlier;
use why::{Reason, reasons};

/// The page.
#[derive(Template)]
#[template(path = "soa.html")]
struct Page {
    cx: Cx,
    frame: Frame,
    shell: Shell,
    head: Option<Head>,
    versions: Vec<Pick>,
    compares: Vec<Pick>,
    compared: Option<String>,
    tally: Html,
    counts: Vec<Tally>,
    groups: Vec<Group>,
    total: usize,
    chosen: Vec<Pick>,
    attributes: Vec<attributes::Group>,
    problems: Vec<String>,
    can_compare: bool,
    copy: Option<copy::Comparison>,
    /// The controls of the forms in cells; none where nothing can be changed.
    tools: Option<edit::Tools>,
    begin: bool,
    /// Where an own control is added; none where the person may not.
    own_href: Option<String>,
    against_day: String,
}

impl Page {
    /// The document of the version that is shown.
    fn report(&self, ending: &str) -> String {
        let version = self.head.as_ref().map(|it| format!("?version={}", it.reference)).unwrap_or_default();
        self.cx.href(&format!("/reports/soa.{ending}{version}"))
    }
}

/// The version and its signature.
struct Head {
    reference: String,
    rid: Html,
    version: String,
    state: Html,
    effective: Option<String>,
    changes: Option<usize>,
    steps: Vec<crate::pages::records::Next>,
    lapses: bool,
    approval: Html,
    missing: usize,
}

struct Tally {
    mark: Html,
    count: usize,
    words: String,
    href: String,
}

struct Group {
    title: String,
    bar: Html,
    words: String,
    rows: Vec<Row>,
}

/// A row of the grid.
struct Row {
    /// The anchor and the value that the filter of the page reads.
    id: String,
    title: String,
    href: Option<String>,
    about: String,
    class: String,
    used: Option<bool>,
    reasons: Vec<Reason>,
    mark: Html,
    status: String,
    due: Option<String>,
    how: String,
    controls: Html,
    owner: Html,
    proofs: usize,
    proof_mark: Html,
    freshness: String,
    edit: Option<String>,
    cells: Option<edit::Cells>,
    stated: String,
    belied: bool,
    /// Whether a day for it is still of use.
    mark_open: bool,
    form: Option<edit::Form>,
    change: Option<String>,
}

impl Row {
    /// The way to the form of the row, with the value that the cell's own control begins with.
    fn cell(&self, field: &str) -> Html {
        let (Some(edit), Some(cells)) = (&self.edit, &self.cells) else { return Html::default() };
        let mut out = String::from(r#"href=""#);
        crate::html::escape(edit, &mut out);
        out.push_str(r#"" data-f=""#);
        out.push_str(field);
        out.push_str(r#"" data-v=""#);
        crate::html::escape(cells.value(field), &mut out);
        out.push('"');
        Html(out)
    }
}

/// `GET /soa`
pub async fn show(cx: Cx) -> Result<Response, Fault> {
    page(&page_of(cx, None, None).await?)
}

/// The page; with a form that could not be saved, or with a copy that is compared.
async fn page_of(cx: Cx, failed: Option<&edit::Failed>, copy: Option<copy::Comparison>) -> Result<Page, Fault> {
    let read = |name: &str| parameter(&cx.query, name).unwrap_or_default();
    let all: Vec<&Stored<Soa>> = cx.isms.table::<Soa>().iter().filter(|it| !it.is_void() && cx.sees(*it)).collect();
    let named = |text: &str| -> Result<Option<&Stored<Soa>>, Fault> {
        if text.is_empty() {
            return Ok(None);
        }
        let reference = text.parse::<AnyRef>().ok().and_then(attestry_model::AnyRef::of::<Soa>).ok_or(Fault::Absent)?;
        cx.get(reference).map(Some)
    };
    let soa = named(&read("version"))?.or_else(|| standing::newest(&cx.isms)).filter(|it| cx.sees(*it));
    let day = read("day");
    let compare = if day.is_empty() { read("compare") } else { day };
    let against = Earlier::of(&cx, &compare, soa).await?;
    let earlier = against.as_ref().map(|it| {
        let soa = it.soa.and_then(|soa| it.isms.get(soa));
        soa.map(|soa| rows_by_id(&it.isms, soa)).unwrap_or_default()
    });
    let mut changes = 0;
    let rows = soa.map(|it| rows_by_id(&cx.isms, it)).unwrap_or_default();
    let open = failed.map(|it| it.row).or_else(|| read("edit").parse::<AnyRef>().ok()?.of::<Applicability>());
    let want = read("state");
    let attribute = read("attribute");
    let asked = attributes::asked(&attribute);
    let problems = failed.map(|it| it.problems.0.iter().map(|one| one.message.clone()).collect());
    let mut standings: BTreeMap<&'static str, usize> = BTreeMap::new();
    let mut groups: Vec<Group> = Vec::new();
    let (mut total, mut all_of_them) = (0, 0);
    let own = own_ids(&rows);
    let themes = [(5, "soa-theme-5"), (6, "soa-theme-6"), (7, "soa-theme-7"), (8, "soa-theme-8")];
    let sections = themes.iter().map(|(section, key)| {
        let ids: Vec<String> =
            annex_controls().iter().filter(|it| it.theme.section() == *section).map(|it| it.id.clone()).collect();
        (format!("A.{section} {}", cx.say(key)), ids)
    });
    for (title, ids) in sections.chain([(cx.say("soa-own").into_owned(), own)]) {
        all_of_them += ids.len();
        let ids: Vec<String> = ids.into_iter().filter(|id| attributes::fits(id, asked)).collect();
        if ids.is_empty() {
            continue;
        }
        let mut shown = Vec::new();
        let (mut fine, mut moving, mut planned) = (0, 0, 0);
        for id in &ids {
            let decision = rows.get(id.as_str()).copied();
            let standing = decision.map_or(Standing::Undecided, |row| Standing::of(&cx.isms, row, cx.today));
            *standings.entry(standing.name()).or_default() += 1;
            total += 1;
            match group_of(standing) {
                "now" => fine += 1,
                "watch" => moving += 1,
                "plan" => planned += 1,
                _ => {}
            }
            let before = earlier.as_ref().map(|rows| rows.get(id.as_str()).copied());
            let change = before.and_then(|before| change(&cx, before, decision));
            changes += usize::from(change.is_some());
            let passes = want.is_empty() || want == standing.name() || (want == "changed" && change.is_some());
            if passes {
                let form = decision
                    .filter(|row| Some(row.reference()) == open && cx.may(Wish::Update, *row))
                    .map(|row| edit::Form::of(&cx, row, failed));
                shown.push(row(&cx, id, decision, standing, form, change));
            }
        }
        let words = cx.with("soa-theme-count", &[("fine", fine.into()), ("all", ids.len().into())]).into_owned();
        let bar = bar(&[("now", fine), ("watch", moving), ("plan", planned)], ids.len());
        if !shown.is_empty() {
            groups.push(Group { title, bar, words, rows: shown });
        }
    }
    let tally = |class: &str| {
        let of = Standing::ALL.iter().filter(|it| group_of(**it) == class);
        of.map(|it| standings.get(it.name()).copied().unwrap_or_default()).sum::<usize>()
    };
    let parts = [
        ("now", tally("now")),
        ("watch", tally("watch")),
        ("plan", tally("plan")),
        ("gap", tally("gap")),
        ("todo", tally("todo")),
    ];
    let counts = Standing::ALL.iter().filter_map(|it| {
        let count = *standings.get(it.name())?;
        let href = link(&cx, soa, &compare, if want == it.name() { "" } else { it.name() });
        Some(Tally { mark: mark_of(*it).svg(), count, words: word(&cx, *it), href })
    });
    let counts = counts.collect();
    let versions = all.iter().rev().map(|it| {
        let label = cx.say1("soa-version", "version", it.version.as_deref().unwrap_or("–"));
        let label = format!("{label}, {}", labels::state(cx.words, Kind::Soa, it.state_name()).to_lowercase());
        let chosen = soa.map(|it| it.reference().any().to_string()).unwrap_or_default();
        Pick::new(it.reference().any().to_string(), label, &chosen)
    });
    let versions: Vec<Pick> = versions.collect();
    let other = |it: &&Pick| !it.on;
    let chosen = against.as_ref().and_then(|it| it.chosen);
    let picked = chosen.map_or_else(|| "none".to_owned(), |it| it.any().to_string());
    let compares = std::iter::once(Pick::new("none", cx.say("soa-compare-none"), &picked))
        .chain(versions.iter().filter(other).map(|it| Pick::new(it.value.clone(), it.label.clone(), &picked)));
    let compares = compares.collect();
    let states = std::iter::once(Pick::new("", cx.say("soa-state-all"), &want))
        .chain(against.is_some().then(|| Pick::new("changed", cx.say("soa-state-changed"), &want)))
        .chain(Standing::ALL.iter().map(|it| Pick::new(it.name(), word(&cx, *it), &want)));
    let chosen = states.collect();
    let missing = annex_controls().iter().filter(|it| !rows.contains_key(it.id.as_str())).count();
    let mut frame = Frame::of_tab(&cx, "/soa");
    frame.wide = true;
    frame.problems = failed.is_some();
    Ok(Page {
        head: soa.map(|it| head(&cx, it, missing, against.as_ref().map(|_| changes))),
        compared: against.as_ref().map(|it| it.label.clone()),
        against_day: against.as_ref().filter(|it| it.chosen.is_none()).map(|_| compare.clone()).unwrap_or_default(),
        tools: rows.values().any(|row| cx.may(Wish::Update, *row)).then(|| edit::Tools::of(&cx)),
        begin: version::may_begin(&cx),
        own_href: soa
            .filter(|_| cx.may_create(Kind::Applicability))
            .map(|it| format!("/applicability-decisions/new?soa={}&applicable=true&_back=/soa", it.reference().any())),
        tally: bar(&parts, total),
        problems: problems.unwrap_or_default(),
        can_compare: !cx.is_past(),
        versions,
        compares,
        counts,
        attributes: attributes::groups(&cx, &attribute),
        groups,
        total: all_of_them,
        chosen,
        copy,
        frame,
        shell: Shell::of(&cx),
        cx,
    })
}

/// The rows of a version by the control that they decide on.
fn rows_by_id<'a>(isms: &'a Isms, soa: &Stored<Soa>) -> BTreeMap<&'a str, &'a Stored<Applicability>> {
    standing::rows_of(isms, soa).filter_map(|row| Some((row.annex_id.as_deref()?, row))).collect()
}

/// The identifiers of rows that are no control of Annex A.
fn own_ids(rows: &BTreeMap<&str, &Stored<Applicability>>) -> Vec<String> {
    rows.keys().filter(|id| annex_control(id).is_none()).map(|id| (*id).to_owned()).collect()
}

fn link(cx: &Cx, soa: Option<&Stored<Soa>>, compare: &str, state: &str) -> String {
    let mut pairs = Vec::new();
    if parameter(&cx.query, "version").is_some() {
        pairs.extend(soa.map(|it| ("version".to_owned(), it.reference().any().to_string())));
    }
    if !compare.is_empty() {
        let name = if compare.starts_with(|it: char| it.is_ascii_digit()) { "day" } else { "compare" };
        pairs.push((name.to_owned(), compare.to_owned()));
    }
    let attribute = parameter(&cx.query, "attribute").filter(|it| attributes::asked(it).is_some());
    pairs.extend(attribute.map(|it| ("attribute".to_owned(), it)));
    if !state.is_empty() {
        pairs.push(("state".to_owned(), state.to_owned()));
    }
    cx.href(&crate::shell::with_query("/soa", &pairs, None))
}

/// The version, its state, and whether its signature still covers what stands there.
fn head(cx: &Cx, soa: &Stored<Soa>, missing: usize, changes: Option<usize>) -> Head {
    let approval = cx.isms.find(soa.approval);
    let covered = approval.is_some_and(|it| covers(it, soa, &cx.isms));
    let mut words = String::new();
    let (mark, key) = match (approval, covered) {
        (None, _) => (Mark::Todo, "soa-unsigned"),
        (Some(_), true) => (Mark::Fine, "soa-covers"),
        (Some(_), false) => (Mark::Gap, "soa-no-longer-covers"),
    };
    words.push_str(mark.svg().as_str());
    let name = approval.and_then(|it| it.signer).map(|it| cx.name_of(it)).unwrap_or_default();
    let day = approval.and_then(|it| it.signed_at).map(|at| cx.zone.to_datetime(at).date());
    let day = day.or(soa.approved_on).map_or_else(String::new, |day| dates::full_day(cx.words, day));
    crate::html::escape(&cx.with(key, &[("name", (&name).into()), ("date", (&day).into())]), &mut words);
    let effective = cx.isms.live::<Soa>().find(|it| it.state_name() == "effective" && it.number != soa.number);
    let effective = effective.filter(|_| matches!(soa.state_name(), "draft" | "in_review"));
    Head {
        reference: soa.reference().any().to_string(),
        rid: show::rid(cx, soa.reference().any()),
        version: soa.version.clone().unwrap_or_default(),
        state: show::state(cx, soa),
        effective: effective
            .map(|it| cx.say1("soa-still", "version", it.version.as_deref().unwrap_or_default()).into_owned()),
        changes: changes.filter(|_| matches!(soa.state_name(), "draft" | "in_review")),
        steps: crate::pages::records::next_steps(cx, soa),
        lapses: soa.state_name() == "effective" && cx.may_create(Kind::Soa),
        approval: Html(words),
        missing,
    }
}

/// How a standing is counted in the bar.
fn group_of(standing: Standing) -> &'static str {
    match standing {
        Standing::InPlace => "now",
        Standing::NeverTested | Standing::NoTestDefined | Standing::TestOverdue | Standing::Partly => "watch",
        Standing::Planned => "plan",
        Standing::Failing | Standing::Overdue | Standing::NotInPlace | Standing::Undecided => "gap",
        Standing::Excluded => "todo",
    }
}

fn mark_of(standing: Standing) -> Mark {
    match standing {
        Standing::InPlace => Mark::Fine,
        Standing::Partly => Mark::Moving,
        Standing::Planned => Mark::Planned,
        Standing::NoTestDefined | Standing::NeverTested | Standing::TestOverdue => Mark::Watch,
        Standing::Failing | Standing::Overdue | Standing::NotInPlace => Mark::Gap,
        Standing::Excluded => Mark::Excluded,
        Standing::Undecided => Mark::Todo,
    }
}

fn word(cx: &Cx, standing: Standing) -> String {
    cx.say(format!("soa-is-{}", standing.name())).into_owned()
}

fn claim_key(claim: ApplicabilityImplementation) -> &'static str {
    match claim {
        ApplicabilityImplementation::Implemented => "soa-claim-implemented",
        ApplicabilityImplementation::Partial => "soa-claim-partial",
        ApplicabilityImplementation::Planned => "soa-claim-planned",
        ApplicabilityImplementation::NotImplemented => "soa-claim-not",
    }
}

fn row(
    cx: &Cx,
    id: &str,
    decision: Option<&Stored<Applicability>>,
    standing: Standing,
    form: Option<edit::Form>,
    change: Option<String>,
) -> Row {
    let annex = annex_control(id);
    let title = annex.map(|it| it.title.clone()).or_else(|| decision.map(|it| it.title().to_owned()));
    let mut class = String::new();
    if standing == Standing::Excluded {
        class.push('x');
    }
    if change.is_some() {
        class.push_str(" chg");
    }
    if form.is_some() {
        class.push_str(" editing");
    }
    let proofs = decision.map(|row| standing::evidence_of(&cx.isms, row)).unwrap_or_default();
    let fresh = proofs.iter().filter(|it| standing::is_fresh(it, cx.today)).count();
    let needed = decision.is_some_and(|row| row.applicable == Some(true)) && standing != Standing::Planned;
    let (proof_mark, freshness) = match (proofs.len(), fresh) {
        (0, _) if needed => (Mark::Gap.svg(), cx.say("soa-no-proof")),
        (0, _) => (Html::default(), cx.say("soa-none-needed")),
        (all, fresh) if all == fresh => (Mark::Fine.svg(), cx.say("soa-fresh")),
        (all, fresh) => (Mark::Watch.svg(), cx.say1("soa-stale", "count", all - fresh)),
    };
    let claim = decision.and_then(|row| row.implementation);
    let listed = |refs: &mut dyn Iterator<Item = AnyRef>| {
        let mut out = String::new();
        for one in refs {
            out.push_str(show::rid(cx, one).as_str());
            out.push(' ');
        }
        Html(out.trim_end().to_owned())
    };
    Row {
        id: id.to_owned(),
        title: title.unwrap_or_default(),
        href: decision.map(|row| cx.record_href(row.reference().any())),
        about: annex.map(|it| it.explanation.clone()).unwrap_or_default(),
        class: class.trim().to_owned(),
        used: decision.and_then(|row| row.applicable),
        reasons: decision.map(|row| reasons(cx, row)).unwrap_or_default(),
        mark: mark_of(standing).svg(),
        status: word(cx, standing),
        stated: claim.map_or_else(|| cx.say("soa-claim-none"), |it| cx.say(claim_key(it))).into_owned(),
        belied: standing.belies(claim),
        mark_open: matches!(standing, Standing::Partly | Standing::Planned | Standing::Overdue | Standing::NotInPlace),
        cells: decision.filter(|row| cx.may(Wish::Update, *row)).map(|row| edit::Cells::of(cx, row)),
        due: decision
            .and_then(|row| row.planned_date)
            .filter(|_| !matches!(standing, Standing::InPlace | Standing::Excluded))
            .map(|day| dates::day(cx.words, day, cx.today)),
        how: decision
            .and_then(|row| row.justification.as_deref())
            .map(crate::markdown::to_text)
            .map(|it| show::shortened(&it, 200))
            .unwrap_or_default(),
        controls: listed(&mut decision.into_iter().flat_map(|row| row.controls.iter().map(|it| it.any()))),
        owner: decision.and_then(|row| responsible(cx, row)).map(|it| show::who(cx, it)).unwrap_or_default(),
        proofs: proofs.len(),
        proof_mark,
        freshness: freshness.into_owned(),
        edit: decision.filter(|row| cx.may(Wish::Update, *row)).map(|row| {
            let mut pairs = crate::shell::without(&cx.query, &["edit", "done", "undo"]);
            pairs.push(("edit".to_owned(), row.reference().any().to_string()));
            format!("{}#{id}", crate::shell::with_query("/soa", &pairs, None))
        }),
        form,
        change,
    }
}

fn responsible(cx: &Cx, row: &Applicability) -> Option<Ref<Person>> {
    let owner = |it: &Ref<Control>| cx.isms.get(*it).and_then(|it| it.owner);
    row.responsible.or_else(|| row.controls.iter().find_map(owner))
}

/// What differs from another version; none when nothing does.
fn change(cx: &Cx, before: Option<&Stored<Applicability>>, now: Option<&Stored<Applicability>>) -> Option<String> {
    let (before, now) = match (before, now) {
        (None, None) => return None,
        (None, Some(_)) => return Some(cx.say("soa-change-new").into_owned()),
        (Some(_), None) => return Some(cx.say("soa-change-gone").into_owned()),
        (Some(before), Some(now)) => (before, now),
    };
    let mut what = Vec::new();
    if before.applicable != now.applicable {
        what.push(match now.applicable {
            Some(true) => cx.say("soa-change-included"),
            Some(false) => cx.say("soa-change-excluded"),
            None => cx.say("soa-change-undecided"),
        });
    }
    if before.implementation != now.implementation {
        let name = |it: Option<ApplicabilityImplementation>| {
            it.map_or_else(|| cx.say("soa-claim-none"), |it| cx.say(claim_key(it))).into_owned()
        };
        what.push(cx.with(
            "soa-change-state",
            &[("before", (&name(before.implementation)).into()), ("now", (&name(now.implementation)).into())],
        ));
    }
    for (differs, key) in [
        (
            before.reasons != now.reasons || before.risks != now.risks || before.obligations != now.obligations,
            "soa-change-why",
        ),
        (before.justification != now.justification, "soa-change-text"),
        (before.controls != now.controls, "soa-change-controls"),
        (before.responsible != now.responsible, "soa-change-owner"),
        (before.planned_date != now.planned_date, "soa-change-date"),
    ] {
        if differs {
            what.push(cx.say(key));
        }
    }
    (!what.is_empty()).then(|| what.join(", "))
}

/// The problems of one field, as the form shows them.
fn problem_of(problems: &Problems, field: &str) -> Option<String> {
    let of = |it: &&attestry_model::decide::Problem| it.field.split(['[', '.']).next() == Some(field);
    problems.0.iter().find(of).map(|it| it.message.clone())
}
