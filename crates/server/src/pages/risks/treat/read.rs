//! From the form to one command: the decision, new controls, actions, and what is linked with them.

use std::collections::BTreeSet;

use attestry_check::measure;
use attestry_model::change::Action;
use attestry_model::field::Type;
use attestry_model::permit::Wish;
use attestry_model::records::{Control, Risk, RiskAssessment, Treatment, TreatmentPlan, control::ControlActsOn};
use attestry_model::value::Currency;
use attestry_model::{AnyRef, Command, Kind, Part, Problems, Ref, Stored, Subject, plain};
use serde_json::{Map, Value, json};

use super::MOST_ROWS;
use super::weigh::{self, RowChange};
use crate::cx::Cx;
use crate::fault::Fault;
use crate::pages::records::effect::Fork;
use crate::pages::records::typed::{Reader, Typed};
use crate::show;

/// The fields of the decision itself that the form holds under their own names.
pub const OWN: [&str; 7] =
    ["option", "rationale", "transfer_to", "transfer_contract", "avoid_how", "expected_likelihood", "expected_impact"];
/// The fields of a new control.
pub const CONTROL: [&str; 7] =
    ["title", "acts_on", "design_effectiveness", "owner", "planned_for", "cost_once", "cost_year"];
/// The fields of a new action.
pub const ACTION: [&str; 9] =
    ["what", "responsible", "start", "due", "resources", "effort_days", "cost_once", "cost_year", "priority"];
/// Most controls of one decision.
const MOST_CONTROLS: usize = 200;
/// Most letters of an action's title.
const TITLE: usize = 60;

/// The type of a field.
pub fn type_of(kind: Kind, name: &str) -> Type {
    kind.def().field(name).map_or(Type::Text, |def| def.ty)
}

/// The currency in which the risk and the organisation count.
pub fn currency(cx: &Cx, risk: &Risk) -> Option<Currency> {
    risk.lm_p5.map(|it| it.currency).or_else(|| plain::currency(&cx.isms))
}

/// An action to be made.
struct Work {
    fields: Map<String, Value>,
    /// A new control that it builds.
    control: Option<usize>,
    /// Another new action that comes first.
    after: Option<usize>,
}

/// Where the actions go.
enum Plan {
    None,
    Known { plan: Ref<TreatmentPlan>, revision: u32, treatments: Option<Vec<Value>> },
    New(Map<String, Value>),
}

/// A row of the statement that is to follow.
struct Row {
    target: AnyRef,
    revision: u32,
    fields: Map<String, Value>,
    made: Vec<usize>,
}

/// What the form wants.
pub struct Wanted {
    /// The decision that is changed; none for a new one.
    pub editing: Option<Ref<Treatment>>,
    /// The rows of the statement that would follow, as far as they were worked out.
    pub rows: Vec<RowChange>,
    revision: Option<u32>,
    treatment: Map<String, Value>,
    controls: Vec<Map<String, Value>>,
    actions: Vec<Work>,
    plan: Plan,
    risk: AnyRef,
    risk_revision: u32,
    /// Whether the expected level is written into the register.
    residual: bool,
    residual_fields: Map<String, Value>,
    taken: Vec<Row>,
    propose: bool,
}

/// Reads the form; what cannot be read is told by field.
pub fn read(cx: &Cx, risk: &Stored<Risk>, typed: &Typed) -> Result<Wanted, Fault> {
    let draft = super::draft(cx, &cx.isms, risk.reference());
    let mut had = BTreeSet::new();
    had.insert(risk.reference().any());
    if let Some(draft) = draft {
        had.extend(draft.controls.iter().map(|it| it.any()));
    }
    let mut reader = Reader { cx, typed, had, problems: Problems::default() };
    let mut treatment = Map::new();
    for name in OWN {
        treatment.insert(name.to_owned(), reader.value(name, name, type_of(Kind::Treatment, name)));
    }
    let mut controls: Vec<Value> = Vec::new();
    for text in typed.all("controls").take(MOST_CONTROLS) {
        let known = text.parse::<AnyRef>().ok().and_then(AnyRef::of::<Control>);
        let seen = known.filter(|it| cx.get(*it).is_ok() || draft.is_some_and(|draft| draft.controls.contains(it)));
        match seen.map(|it| Value::from(it.any().to_string())) {
            Some(value) if controls.contains(&value) => {}
            Some(value) => controls.push(value),
            None => {
                reader.problems.add("controls", format!("names {}, which is no control", show::shortened(text, 20)));
            }
        }
    }
    treatment.insert("controls".to_owned(), if controls.is_empty() { Value::Null } else { Value::Array(controls) });
    let news = new_controls(&mut reader);
    let actions = actions(&mut reader, news.len());
    let plan = plan(cx, typed, &mut reader.problems, !actions.is_empty());
    let problems = reader.problems;
    if !problems.is_empty() {
        return Err(Fault::Invalid(problems));
    }
    let editing = draft.map(Stored::reference);
    let seen = typed.get("_treatment").filter(|it| !it.is_empty()).map(ToOwned::to_owned);
    // Somebody began to prepare a decision, or finished it, since the form was made.
    if seen != editing.map(|it| it.any().to_string()) {
        return Err(Fault::Stale(draft.map_or(0, |it| it.revision)));
    }
    if editing.is_none() {
        treatment.insert("risk".to_owned(), risk.reference().any().to_string().into());
        let title = cx.say1("treat-of", "risk", &risk.reference().any().to_string());
        treatment.insert("title".to_owned(), title.into_owned().into());
        treatment.retain(|_, value| !value.is_null());
    }
    Ok(Wanted {
        editing,
        rows: Vec::new(),
        revision: typed.get("_revision").and_then(|it| it.parse().ok()).or_else(|| draft.map(|it| it.revision)),
        treatment,
        controls: news,
        actions,
        plan,
        risk: risk.reference().any(),
        risk_revision: risk.revision,
        residual: typed.get("residual").is_some() && cx.may(Wish::Update, risk),
        residual_fields: Map::new(),
        taken: Vec::new(),
        propose: false,
    })
}

fn new_controls(reader: &mut Reader<'_>) -> Vec<Map<String, Value>> {
    let typed = reader.typed;
    let mut news = Vec::new();
    for row in 0..typed.rows("new").min(MOST_ROWS) {
        let mut fields = Map::new();
        for name in CONTROL {
            let value =
                reader.value(&format!("new.{row}.{name}"), &format!("new[{row}].{name}"), type_of(Kind::Control, name));
            if !value.is_null() {
                fields.insert(name.to_owned(), value);
            }
        }
        let acts = fields.get("acts_on").cloned().unwrap_or_default();
        let acts = |on: ControlActsOn| {
            use attestry_model::field::Choice as _;
            acts.as_array().is_some_and(|all| all.iter().any(|it| it.as_str() == Some(on.name())))
        };
        let annex = typed.get(&format!("new.{row}.annex")).and_then(attestry_standards::annex_control);
        let sorts: Vec<Value> = match annex {
            Some(annex) => annex.control_types.iter().map(|it| Value::from(it.as_str())).collect(),
            None => [(ControlActsOn::Likelihood, "preventive"), (ControlActsOn::Impact, "corrective")]
                .into_iter()
                .filter(|(on, _)| acts(*on))
                .map(|(_, name)| Value::from(name))
                .collect(),
        };
        if !sorts.is_empty() {
            fields.insert("control_types".to_owned(), Value::Array(sorts));
        }
        fields.insert("source".to_owned(), if annex.is_some() { "annex_a".into() } else { "own".into() });
        if let Some(annex) = annex {
            fields.insert("annex_refs".to_owned(), json!([annex.id]));
        }
        if let Some(title) = fields.get("title").cloned() {
            fields.insert("purpose".to_owned(), title);
        }
        news.push(fields);
    }
    news
}

fn actions(reader: &mut Reader<'_>, news: usize) -> Vec<Work> {
    let typed = reader.typed;
    let mut actions: Vec<Work> = Vec::new();
    for row in 0..typed.rows("act").min(MOST_ROWS) {
        let mut fields = Map::new();
        for name in ACTION {
            let kind = Kind::TreatmentAction;
            let value = reader.value(&format!("act.{row}.{name}"), &format!("act[{row}].{name}"), type_of(kind, name));
            if !value.is_null() {
                fields.insert(name.to_owned(), value);
            }
        }
        let of_form = |name: &str, list: &str| {
            let text = typed.get(&format!("act.{row}.{name}")).unwrap_or_default();
            (text.to_owned(), text.strip_prefix(list).and_then(|it| it.parse::<usize>().ok()))
        };
        let (control, new_control) = of_form("control", "new.");
        let (after, new_after) = of_form("after", "act.");
        if new_control.is_none() && !control.is_empty() {
            match control.parse::<AnyRef>().ok().filter(|it| it.kind == Kind::Control) {
                Some(control) => drop(fields.insert("control".to_owned(), control.to_string().into())),
                None => reader.problems.add(format!("act[{row}].control"), "is none of the controls"),
            }
        }
        if new_after.is_none() && !after.is_empty() {
            match after.parse::<AnyRef>().ok().filter(|it| it.kind == Kind::TreatmentAction) {
                Some(after) => drop(fields.insert("after".to_owned(), json!([after.to_string()]))),
                None => reader.problems.add(format!("act[{row}].after"), "is none of the actions"),
            }
        }
        if new_after.is_some_and(|it| it >= row) {
            reader.problems.add(format!("act[{row}].after"), "must name an action that stands before it");
        }
        match fields.get("what").and_then(Value::as_str).map(|it| show::shortened(it, TITLE)) {
            Some(title) => drop(fields.insert("title".to_owned(), title.into())),
            None => reader.problems.add(format!("act[{row}].what"), "is empty: say what is to be done"),
        }
        fields.insert("progress".to_owned(), "0".into());
        let control = new_control.filter(|it| *it < news);
        actions.push(Work { fields, control, after: new_after.filter(|it| *it < row) });
    }
    actions
}

/// The plan that was chosen.
fn plan(cx: &Cx, typed: &Typed, problems: &mut Problems, needed: bool) -> Plan {
    let chosen = typed.get("plan").unwrap_or_default();
    if chosen == "new" && cx.may_create(Kind::TreatmentPlan) {
        let number = cx.isms.table::<TreatmentPlan>().iter().filter(|it| !it.is_void()).count() + 1;
        let assessment = cx.isms.live::<RiskAssessment>().last().map(|it| it.reference().any().to_string());
        let mut fields = Map::new();
        let title = cx.say1("treat-plan-title", "number", number);
        fields.insert("title".to_owned(), title.into_owned().into());
        fields.insert("version".to_owned(), format!("{number}.0").into());
        fields.extend(assessment.map(|it| ("risk_assessment".to_owned(), Value::from(it))));
        return Plan::New(fields);
    }
    let known = chosen.parse::<AnyRef>().ok().and_then(AnyRef::of::<TreatmentPlan>).and_then(|it| cx.get(it).ok());
    if let Some(plan) = known {
        // A plan that is being written takes the decision in; one that was signed is not touched.
        let open = plan.state_name() == "draft" && cx.may(Wish::Update, plan);
        let treatments = open.then(|| plan.treatments.iter().map(|it| Value::from(it.any().to_string())).collect());
        return Plan::Known { plan: plan.reference(), revision: plan.revision, treatments };
    }
    if needed {
        problems.add("plan", cx.say("treat-needs-plan"));
    }
    Plan::None
}

/// What is told of the parts, at the fields of the form.
pub fn renamed(problems: Problems, names: &[String]) -> Problems {
    let mut found = Problems::default();
    for problem in problems.0 {
        let Some((at, field)) = Part::of_problem(&problem.field) else {
            found.0.push(problem);
            continue;
        };
        let name = names.get(at).map_or("", String::as_str);
        if name.is_empty() {
            found.add(field, problem.message);
        } else if name.contains('[') {
            // The title of an action is made from what is to be done.
            let field = if field == "title" && name.starts_with("act") { "what" } else { field };
            found.add(format!("{name}.{field}"), problem.message);
        } else {
            found.add(name, format!("{field} {}", problem.message).trim());
        }
    }
    found
}

impl Wanted {
    /// The decision as the fork holds it.
    pub fn decision<'a>(&self, fork: &'a Fork) -> Option<&'a Stored<Treatment>> {
        let made = || {
            fork.change.entries.iter().find_map(|entry| match entry.subject {
                Subject::Record(it) if entry.action == Action::Create => it.of::<Treatment>(),
                _ => None,
            })
        };
        fork.next.get(self.editing.or_else(made)?)
    }

    /// The new controls as the fork holds them.
    fn made(fork: &Fork) -> Vec<AnyRef> {
        let made = fork.change.entries.iter().filter_map(|entry| match entry.subject {
            Subject::Record(it) if entry.action == Action::Create && it.kind == Kind::Control => Some(it),
            _ => None,
        });
        made.collect()
    }

    /// Works out which rows of the statement follow, and takes those that are ticked; whether there is one.
    pub fn take_rows(&mut self, cx: &Cx, risk: &Stored<Risk>, typed: &Typed, fork: &Fork) -> bool {
        let Some(decision) = self.decision(fork) else { return false };
        self.rows = weigh::row_changes(cx, &fork.next, risk, decision);
        let made = Self::made(fork);
        for row in &mut self.rows {
            row.ticked = row.may && typed.all("soa").any(|it| it == row.target.to_string());
            if !row.ticked {
                continue;
            }
            let mut fields = row.fields.clone();
            let mut links = Vec::new();
            if let Some(Value::Array(controls)) = fields.get_mut("controls") {
                controls.retain(|one| {
                    let new = made.iter().position(|it| one.as_str() == Some(it.to_string().as_str()));
                    links.extend(new);
                    new.is_none()
                });
            }
            self.taken.push(Row { target: row.target, revision: row.revision, fields, made: links });
        }
        !self.taken.is_empty()
    }

    /// Fills in what follows from the rest: the levels that the method proposes where none were chosen, what the work costs
    /// and what it saves; and what the register then expects.
    pub fn complete(&mut self, cx: &Cx, risk: &Stored<Risk>, fork: &Fork) {
        let Some(decision) = self.decision(fork) else { return };
        let whole = weigh::completed(&fork.next, risk, decision);
        let costs = weigh::costs(&fork.next, risk, decision);
        let currency = currency(cx, risk);
        let saved = weigh::means(&fork.next, risk, &whole)
            .and_then(|(before, after, _)| measure::money((before - after).max(0.0), currency?));
        let level = |it: Option<attestry_model::value::Level>| it.map_or(Value::Null, |it| Value::from(it.0));
        let mut set = |name: &str, value: Value| {
            if self.editing.is_some() || !value.is_null() {
                self.treatment.insert(name.to_owned(), value);
            }
        };
        set("expected_likelihood", level(whole.expected_likelihood));
        set("expected_impact", level(whole.expected_impact));
        let money = |it: Option<attestry_model::value::Money>| it.map_or(Value::Null, |it| Value::from(it.to_string()));
        set("cost_once", money(costs.0));
        set("cost_year", money(costs.1));
        set("loss_reduction_year", money(saved));
        if self.residual {
            let (likelihood, impact) = weigh::planned_levels(risk, &whole);
            for (name, value) in [("residual_likelihood", likelihood), ("residual_impact", impact)] {
                if value.is_some() {
                    self.residual_fields.insert(name.to_owned(), level(value));
                }
            }
        }
    }

    /// The decision goes to its owner in the same change.
    pub fn propose(&mut self) {
        self.propose = true;
    }

    /// The command, and what each of its parts is called in the form.
    pub fn command(&self) -> (Command, Vec<String>) {
        let mut parts: Vec<Part> = Vec::new();
        let mut names = Vec::new();
        for (row, fields) in self.controls.iter().enumerate() {
            parts.push(Part::alone(Command::Create { kind: Kind::Control, fields: fields.clone() }));
            names.push(format!("new[{row}]"));
        }
        let decision = parts.len();
        let fields = self.treatment.clone();
        let command = match self.editing {
            Some(editing) => Command::Update { target: editing.any(), revision: self.revision, fields, reason: None },
            None => Command::Create { kind: Kind::Treatment, fields },
        };
        let mut part = Part::alone(command);
        for row in 0..self.controls.len() {
            part = part.linking("controls", row);
        }
        parts.push(part);
        names.push(String::new());
        let own = |mut part: Part, field: &str| {
            match (self.editing, &mut part.command) {
                (Some(editing), Command::Create { fields, .. } | Command::Update { fields, .. }) => {
                    let name = Value::from(editing.any().to_string());
                    match fields.get_mut(field) {
                        Some(Value::Array(all)) if all.contains(&name) => {}
                        Some(Value::Array(all)) => all.push(name),
                        _ => drop(fields.insert(field.to_owned(), Value::Array(vec![name]))),
                    }
                }
                _ => part = part.linking(field, decision),
            }
            part
        };
        let mut new_plan = None;
        match &self.plan {
            Plan::New(fields) => {
                new_plan = Some(parts.len());
                let create = Command::Create { kind: Kind::TreatmentPlan, fields: fields.clone() };
                parts.push(own(Part::alone(create), "treatments"));
                names.push("plan".to_owned());
            }
            Plan::Known { plan, revision, treatments: Some(treatments) } => {
                let fields = Map::from_iter([("treatments".to_owned(), Value::Array(treatments.clone()))]);
                let update = Command::Update { target: plan.any(), revision: Some(*revision), fields, reason: None };
                parts.push(own(Part::alone(update), "treatments"));
                names.push("plan".to_owned());
            }
            Plan::Known { .. } | Plan::None => {}
        }
        let first = parts.len();
        for (row, work) in self.actions.iter().enumerate() {
            let mut fields = work.fields.clone();
            if let Plan::Known { plan, .. } = &self.plan {
                fields.insert("plan".to_owned(), plan.any().to_string().into());
            }
            let mut part = own(Part::alone(Command::Create { kind: Kind::TreatmentAction, fields }), "treatments");
            if let Some(plan) = new_plan {
                part = part.linking("plan", plan);
            }
            if let Some(control) = work.control {
                part = part.linking("control", control);
            }
            if let Some(after) = work.after {
                part = part.linking("after", first + after);
            }
            parts.push(part);
            names.push(format!("act[{row}]"));
        }
        for row in &self.taken {
            let (target, revision, fields) = (row.target, Some(row.revision), row.fields.clone());
            let mut part = Part::alone(Command::Update { target, revision, fields, reason: None });
            for new in &row.made {
                part = part.linking("controls", *new);
            }
            parts.push(part);
            names.push("soa".to_owned());
        }
        if !self.residual_fields.is_empty() {
            let (target, revision, fields) = (self.risk, Some(self.risk_revision), self.residual_fields.clone());
            parts.push(Part::alone(Command::Update { target, revision, fields, reason: None }));
            names.push("residual".to_owned());
        }
        if self.propose {
            let target = self.editing.map_or(AnyRef { kind: Kind::Treatment, number: 0 }, Ref::any);
            let step =
                Command::Step { target, to: "proposed".to_owned(), revision: None, fields: Map::new(), reason: None };
            let about = self.editing.is_none().then_some(decision);
            parts.push(Part { command: step, about, links: Vec::new() });
            names.push(String::new());
        }
        (Command::Together { parts, expecting: Vec::new() }, names)
    }
}
