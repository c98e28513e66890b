//! What can be chosen on the page: controls in groups, new ones, actions, plans; and what its buttons do to the form.

use attestry_check::measure;
use attestry_model::permit::Wish;
use attestry_model::records::control::{ControlSource, ControlState};
use attestry_model::records::treatment_action::TreatmentActionPriority;
use attestry_model::records::{Control, Risk, Treatment, TreatmentAction, TreatmentPlan};
use attestry_model::{AnyRef, Kind, Ref, Stored};
use attestry_standards::{SecurityProperty, annex_controls};

use super::super::Pick;
use super::super::outlook::short;
use super::MOST_ROWS;
use crate::cx::Cx;
use crate::html::Html;
use crate::pages::records::typed::Typed;
use crate::{dates, labels, show};

/// Most controls of one group.
const MOST_CONTROLS: usize = 400;
/// How many controls are called fitting.
const FITTING: usize = 8;

/// Controls of one origin.
pub struct Group {
    /// Its name in message keys and addresses within the page.
    pub name: &'static str,
    /// Whether it stands open at first.
    pub open: bool,
    /// Controls, those that fit first.
    pub lines: Vec<Line>,
    /// How many more there are.
    pub left_out: usize,
}

/// A control that can be chosen.
pub struct Line {
    /// Its reference.
    pub reference: String,
    /// Its title.
    pub title: String,
    /// The controls of Annex A that it realises.
    pub annex: String,
    /// What it lowers and how much.
    pub lowers: String,
    /// Its state.
    pub state: Html,
    /// What it costs per year.
    pub cost: String,
    /// Whether it is chosen.
    pub on: bool,
}

/// A control of Annex A that no control here realises.
pub struct Bare {
    /// Its number.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Whether it protects what the risk harms.
    pub fits: bool,
}

/// A new control on the form.
pub struct New {
    /// Its place.
    pub at: usize,
    /// Its control of Annex A; empty for an own one.
    pub annex: String,
    /// The fields as typed.
    pub title: String,
    /// Whether it makes the event rarer.
    pub likelihood: bool,
    /// Whether it makes the harm smaller.
    pub impact: bool,
    /// How much of that it takes away, in percent.
    pub strength: String,
    /// Who answers for it.
    pub owner: String,
    /// When it is to be in place.
    pub planned_for: String,
    /// What it costs once.
    pub cost_once: String,
    /// What it costs per year.
    pub cost_year: String,
}

/// An action that the decision has already.
pub struct Known {
    /// Its reference.
    pub reference: String,
    /// Its number as a link.
    pub rid: Html,
    /// Its title.
    pub title: String,
    /// Its page.
    pub href: String,
    /// Its state.
    pub state: Html,
    /// Who does it.
    pub who: Html,
    /// By when.
    pub due: String,
    /// What it costs.
    pub cost: String,
    /// The control that it builds.
    pub control: Option<Ref<Control>>,
}

/// A new action on the form.
pub struct Action {
    /// Its place.
    pub at: usize,
    /// The fields as typed.
    pub what: String,
    /// Who does it.
    pub responsible: String,
    /// When it begins.
    pub start: String,
    /// By when it is done.
    pub due: String,
    /// What it takes.
    pub resources: String,
    /// Working days.
    pub effort_days: String,
    /// What it costs once.
    pub cost_once: String,
    /// What it costs per year.
    pub cost_year: String,
    /// Controls to choose from.
    pub controls: Vec<Pick>,
    /// Actions that can come first.
    pub after: Vec<Pick>,
    /// In which order.
    pub priorities: Vec<Pick>,
}

/// What the buttons within the form do to it.
pub fn press(cx: &Cx, typed: &mut Typed) {
    if let Some(path) = typed.get("_drop").map(ToOwned::to_owned)
        && let Some((list, row)) = path.rsplit_once('.')
        && ["new", "act"].contains(&list)
        && let Ok(row) = row.parse()
    {
        forget_row(typed, list, row);
    }
    if let Some(annex) = typed.get("_new").map(ToOwned::to_owned)
        && typed.rows("new") < MOST_ROWS
    {
        let row = typed.rows("new");
        typed.push(format!("new.{row}"), "1");
        if let Some(annex) = attestry_standards::annex_control(&annex) {
            typed.push(format!("new.{row}.annex"), annex.id.clone());
            typed.push(format!("new.{row}.title"), annex.title.clone());
            let prevents = annex.control_types.contains(&attestry_standards::ControlType::Preventive);
            typed.push(format!("new.{row}.acts_on"), if prevents { "likelihood" } else { "impact" });
        }
        typed.push(format!("new.{row}.owner"), named(cx, cx.person.any()));
    }
    if let Some(control) = typed.get("_act").map(ToOwned::to_owned)
        && typed.rows("act") < MOST_ROWS
    {
        let row = typed.rows("act");
        typed.push(format!("act.{row}"), "1");
        typed.push(format!("act.{row}.control"), control.clone());
        typed.push(format!("act.{row}.priority"), "high");
        let known = control.parse::<AnyRef>().ok().and_then(AnyRef::of::<Control>).and_then(|it| cx.get(it).ok());
        if let Some(known) = known {
            typed.push(format!("act.{row}.what"), cx.say1("treat-build", "control", known.title()));
            typed.push(format!("act.{row}.responsible"), known.owner.map(|it| named(cx, it.any())).unwrap_or_default());
            for (name, money) in [("cost_once", known.cost_once), ("cost_year", known.cost_year)] {
                typed.push(
                    format!("act.{row}.{name}"),
                    money.map(|it| it.amount().normalize().to_string()).unwrap_or_default(),
                );
            }
            let due = known.planned_for.map(|it| it.to_string()).unwrap_or_default();
            typed.push(format!("act.{row}.due"), due);
        } else if let Some(from) = control.strip_prefix("new.").filter(|it| it.parse::<usize>().is_ok()) {
            let of = |name: &str| typed.get(&format!("new.{from}.{name}")).unwrap_or_default().to_owned();
            let (title, owner, due) = (of("title"), of("owner"), of("planned_for"));
            let (once, year) = (of("cost_once"), of("cost_year"));
            typed.push(format!("act.{row}.what"), cx.say1("treat-build", "control", title.as_str()));
            typed.push(format!("act.{row}.responsible"), owner);
            typed.push(format!("act.{row}.due"), due);
            typed.push(format!("act.{row}.cost_once"), once);
            typed.push(format!("act.{row}.cost_year"), year);
        }
    }
}

/// Takes a row out; what names a row after it names it by its new place.
fn forget_row(typed: &mut Typed, list: &str, row: usize) {
    let rows = typed.rows(list);
    typed.drop_row(list, row);
    // Empty rows go along with the one that is taken out, so places are only known when none was empty; a place that no
    // longer fits is shown as nothing and asked for again.
    let (field, beginning) = if list == "new" { ("control", "new.") } else { ("after", "act.") };
    for at in 0..MOST_ROWS {
        let name = format!("act.{at}.{field}");
        let place = typed.get(&name).and_then(|it| it.strip_prefix(beginning)).and_then(|it| it.parse::<usize>().ok());
        match place {
            Some(place) if place == row => typed.set(&name, ""),
            Some(place) if place > row && place < rows => typed.set(&name, format!("{beginning}{}", place - 1)),
            _ => {}
        }
    }
}

fn named(cx: &Cx, person: AnyRef) -> String {
    person.of().map_or_else(String::new, |it| format!("{person} · {}", cx.name_of(it)))
}

/// What a field of the form is called in its messages.
pub fn label(cx: &Cx, path: &str) -> String {
    let last = path.rsplit('.').next().unwrap_or(path);
    let own = cx.words.find(&format!("treat-field-{}", last.replace('_', "-")));
    let row = path.split_once('[').and_then(|(list, rest)| {
        let at: usize = rest.split(']').next()?.parse().ok()?;
        Some(cx.say1(if list == "new" { "treat-new-row" } else { "treat-act-row" }, "number", at + 1).into_owned())
    });
    let kind = if path.starts_with("act") { Kind::TreatmentAction } else { Kind::Treatment };
    let field = own.unwrap_or_else(|| labels::field(cx.words, kind, last));
    row.map_or(field.clone(), |row| format!("{row}: {field}"))
}

/// The properties that the risk harms.
fn harmed(risk: &Risk) -> Vec<SecurityProperty> {
    use attestry_model::field::Choice as _;
    risk.effects.iter().filter_map(|it| SecurityProperty::of_letter(it.name())).collect()
}

/// The controls in groups, and what of Annex A none of them realises.
pub fn groups(cx: &Cx, risk: &Stored<Risk>, typed: &Typed) -> (Vec<Group>, Vec<Bare>) {
    let harmed = harmed(risk);
    let protects = |id: &str| {
        let annex = attestry_standards::annex_control(id);
        annex.is_some_and(|it| !harmed.is_empty() && harmed.iter().all(|one| it.properties.contains(one)))
    };
    let is_chosen = |reference: AnyRef| typed.all("controls").any(|it| it == reference.to_string());
    let usable = |it: &&Stored<Control>| {
        (it.is_live() && !matches!(it.state, ControlState::Retired | ControlState::Cancelled) && cx.sees(*it))
            || is_chosen(it.reference().any())
    };
    let controls: Vec<&Stored<Control>> = cx.isms.table::<Control>().iter().filter(usable).collect();
    // Among those that protect everything that the risk harms, the strongest that are not chosen yet.
    let strength = |it: &Stored<Control>| {
        let works = measure::at_work(it).effectiveness();
        if it.acts_on.is_empty() { 0.0 } else { works }
    };
    let fits = |it: &&&Stored<Control>| it.annex_refs.iter().any(|id| protects(id));
    let mut fitting: Vec<&&Stored<Control>> =
        controls.iter().filter(|it| !is_chosen(it.reference().any())).filter(fits).collect();
    fitting.sort_by(|a, b| strength(b).total_cmp(&strength(a)).then(a.number.cmp(&b.number)));
    let fitting: Vec<u32> =
        fitting.into_iter().filter(|it| strength(it) > 0.0).take(FITTING).map(|it| it.number).collect();
    let line = |it: &&Stored<Control>| {
        let reference = it.reference().any();
        let cost = measure::yearly_cost(it.cost_once, it.cost_year);
        Line {
            title: it.title().to_owned(),
            annex: it.annex_refs.join(", "),
            lowers: lowers(cx, it),
            state: show::state(cx, *it),
            cost: cost.map(|(cost, currency)| short(cx, cost, currency)).unwrap_or_default(),
            on: is_chosen(reference),
            reference: reference.to_string(),
        }
    };
    let of = |name: &'static str, open: bool, belongs: &dyn Fn(&Stored<Control>) -> bool| {
        let mut own: Vec<&&Stored<Control>> = controls.iter().filter(|it| belongs(it)).collect();
        own.sort_by_key(|it| (!fitting.contains(&it.number), it.number));
        let left_out = own.len().saturating_sub(MOST_CONTROLS);
        own.truncate(MOST_CONTROLS);
        Group { name, open, lines: own.into_iter().map(line).collect(), left_out }
    };
    let chosen = |it: &Stored<Control>| is_chosen(it.reference().any());
    let other = |it: &Stored<Control>| it.source == Some(ControlSource::OtherFramework);
    let annex = |it: &Stored<Control>| !it.annex_refs.is_empty();
    let groups = vec![
        of("chosen", true, &chosen),
        of("fitting", true, &|it| !chosen(it) && fitting.contains(&it.number)),
        of("annex", false, &|it| !chosen(it) && !fitting.contains(&it.number) && annex(it) && !other(it)),
        of("own", false, &|it| !chosen(it) && !fitting.contains(&it.number) && !annex(it) && !other(it)),
        of("framework", false, &|it| !chosen(it) && !fitting.contains(&it.number) && other(it)),
    ];
    let realised = |id: &str| controls.iter().any(|it| it.annex_refs.iter().any(|one| one == id));
    let asked = |id: &str| (0..typed.rows("new")).any(|row| typed.get(&format!("new.{row}.annex")) == Some(id));
    let bare = annex_controls().iter().filter(|it| !realised(&it.id) && !asked(&it.id));
    let bare = bare.map(|it| Bare { id: it.id.clone(), title: it.title.clone(), fits: protects(&it.id) });
    (groups, bare.collect())
}

/// What a control lowers, and how much of it.
fn lowers(cx: &Cx, control: &Stored<Control>) -> String {
    let works = measure::at_work(control);
    let share = format!("{:.0}", works.effectiveness() * 100.0);
    let key = match (works.on_likelihood, works.on_impact) {
        _ if works.effectiveness() <= 0.0 => return cx.say("treat-lowers-unknown").into_owned(),
        (true, true) => "treat-lowers-both",
        (true, false) => "treat-lowers-likelihood",
        (false, true) => "treat-lowers-impact",
        (false, false) => return cx.say("treat-lowers-unknown").into_owned(),
    };
    cx.say1(key, "share", &share).into_owned()
}

/// The new controls on the form.
pub fn news(cx: &Cx, typed: &Typed) -> Vec<New> {
    let rows = (0..typed.rows("new").min(MOST_ROWS)).map(|at| {
        let of = |name: &str| typed.get(&format!("new.{at}.{name}")).unwrap_or_default().to_owned();
        let acts = format!("new.{at}.acts_on");
        New {
            at,
            annex: of("annex"),
            title: of("title"),
            likelihood: typed.all(&acts).any(|it| it == "likelihood"),
            impact: typed.all(&acts).any(|it| it == "impact"),
            strength: of("design_effectiveness"),
            owner: called(cx, &of("owner")),
            planned_for: of("planned_for"),
            cost_once: of("cost_once"),
            cost_year: of("cost_year"),
        }
    });
    rows.collect()
}

/// A person's name beside their reference.
fn called(cx: &Cx, text: &str) -> String {
    match text.parse::<AnyRef>() {
        Ok(reference) if reference.kind == Kind::Person => named(cx, reference),
        _ => text.to_owned(),
    }
}

/// The actions that the decision has already.
pub fn known(cx: &Cx, draft: Option<&Stored<Treatment>>) -> Vec<Known> {
    let Some(draft) = draft else { return Vec::new() };
    let actions = cx.isms.referring::<TreatmentAction>(draft.reference().any(), "treatments");
    let line = |it: &Stored<TreatmentAction>| Known {
        reference: it.reference().any().to_string(),
        rid: show::rid(cx, it.reference().any()),
        title: it.title().to_owned(),
        href: cx.record_href(it.reference().any()),
        state: show::state(cx, it),
        who: it.responsible.map(|who| show::who(cx, who)).unwrap_or_default(),
        due: it.due.map(|day| dates::day(cx.words, day, cx.today)).unwrap_or_default(),
        cost: it.cost_once.map(|money| dates::money_short(cx.words, money)).unwrap_or_default(),
        control: it.control,
    };
    actions.filter(|it| !it.is_void() && cx.sees(*it)).map(line).collect()
}

/// Chosen controls that are not in place and for which no work is planned yet: the value of the button, and its words.
pub fn waiting(cx: &Cx, risk: &Stored<Risk>, typed: &Typed, known: &[Known]) -> Vec<(String, String)> {
    let on_form =
        |value: &str| (0..typed.rows("act")).any(|row| typed.get(&format!("act.{row}.control")) == Some(value));
    let mut waiting = Vec::new();
    for text in typed.all("controls") {
        let control = text.parse::<AnyRef>().ok().and_then(AnyRef::of::<Control>).and_then(|it| cx.get(it).ok());
        let Some(control) = control.filter(|it| it.is_live() && it.state != ControlState::Implemented) else {
            continue;
        };
        let served = cx
            .isms
            .referring::<TreatmentAction>(control.reference().any(), "control")
            .any(Stored::<TreatmentAction>::is_open);
        let had = known.iter().any(|it| it.control == Some(control.reference()));
        if !(served || had || on_form(text)) && risk.is_live() {
            waiting.push((text.to_owned(), format!("{text} {}", control.title())));
        }
    }
    for row in 0..typed.rows("new").min(MOST_ROWS) {
        let value = format!("new.{row}");
        let title = typed.get(&format!("{value}.title")).unwrap_or_default();
        if !title.is_empty() && !on_form(&value) {
            waiting.push((value, title.to_owned()));
        }
    }
    waiting
}

/// The new actions on the form.
pub fn actions(cx: &Cx, typed: &Typed, known: &[Known]) -> Vec<Action> {
    let mut controls: Vec<(String, String)> = vec![(String::new(), cx.say("treat-no-control").into_owned())];
    for text in typed.all("controls") {
        let control = text.parse::<AnyRef>().ok().and_then(AnyRef::of::<Control>).and_then(|it| cx.get(it).ok());
        controls.extend(control.map(|it| (text.to_owned(), format!("{text} {}", it.title()))));
    }
    for row in 0..typed.rows("new").min(MOST_ROWS) {
        let title = typed.get(&format!("new.{row}.title")).unwrap_or_default();
        controls.push((format!("new.{row}"), cx.say1("treat-new-named", "title", title).into_owned()));
    }
    let rows = (0..typed.rows("act").min(MOST_ROWS)).map(|at| {
        let of = |name: &str| typed.get(&format!("act.{at}.{name}")).unwrap_or_default().to_owned();
        let after = of("after");
        let mut first = vec![Pick::new("", cx.say("treat-after-none"), &after)];
        first.extend(
            known.iter().map(|it| Pick::new(it.reference.clone(), format!("{} {}", it.reference, it.title), &after)),
        );
        first.extend((0..at).map(|other| {
            let what = typed.get(&format!("act.{other}.what")).unwrap_or_default();
            let name = cx.say1("treat-act-row", "number", other + 1);
            Pick::new(format!("act.{other}"), format!("{name}: {}", show::shortened(what, 50)), &after)
        }));
        let priority = of("priority");
        let control = of("control");
        Action {
            at,
            what: of("what"),
            responsible: called(cx, &of("responsible")),
            start: of("start"),
            due: of("due"),
            resources: of("resources"),
            effort_days: of("effort_days"),
            cost_once: of("cost_once"),
            cost_year: of("cost_year"),
            controls: controls.iter().map(|(value, label)| Pick::new(value.clone(), label.clone(), &control)).collect(),
            after: first,
            priorities: priorities(cx, &priority),
        }
    });
    rows.collect()
}

fn priorities(cx: &Cx, chosen: &str) -> Vec<Pick> {
    use TreatmentActionPriority::{High, Low, Medium, Urgent};
    use attestry_model::field::Choice as _;
    let chosen = if chosen.is_empty() { "medium" } else { chosen };
    let all = [Low, Medium, High, Urgent].into_iter();
    all.map(|it| Pick::new(it.name(), labels::word(cx.words, it.name(), it.label()), chosen)).collect()
}

/// The plans that can take actions in: the one being written first, then the one that is carried out.
pub fn plans(cx: &Cx, typed: &Typed) -> Vec<Pick> {
    let open = ["draft", "in_review", "approved", "in_execution"];
    let mut plans: Vec<&Stored<TreatmentPlan>> =
        cx.isms.live::<TreatmentPlan>().filter(|it| open.contains(&it.state_name()) && cx.sees(*it)).collect();
    plans.sort_by_key(|it| (open.iter().position(|state| *state == it.state_name()), std::cmp::Reverse(it.number)));
    let first = plans.first().map(|it| it.reference().any().to_string());
    let chosen = typed.get("plan").map(ToOwned::to_owned).or(first).unwrap_or_default();
    let mut picks: Vec<Pick> = plans
        .iter()
        .map(|it| {
            let takes = it.state_name() == "draft" && cx.may(Wish::Update, *it);
            let key = if takes { "treat-plan-open" } else { "treat-plan-signed" };
            let state = labels::state(cx.words, Kind::TreatmentPlan, it.state_name()).to_lowercase();
            let name = format!("{} {}", it.reference().any(), it.title());
            let label = cx.with(key, &[("plan", (&name).into()), ("state", (&state).into())]);
            Pick::new(it.reference().any().to_string(), label, &chosen)
        })
        .collect();
    if cx.may_create(Kind::TreatmentPlan) {
        picks.push(Pick::new("new", cx.say("treat-plan-new"), &chosen));
    }
    picks
}
