//! What follows for every risk from scales, controls and decisions, and what of it a change touches.
//!
//! A register of thousands is worked out in one pass, which notes for each risk the few numbers that its figures rest on.
//! After a change of one record only the risks that its links lead to are worked out again; where a control changed they
//! are worked out from those numbers, and no record is read but the control. So it costs milliseconds even where every
//! risk counts on it.

use std::collections::{BTreeMap, BTreeSet};

use attestry_model::records::control::ControlState;
use attestry_model::records::treatment::TreatmentOption;
use attestry_model::records::{Control, Kind, Methodology, Risk, Treatment};
use attestry_model::{AnyRef, Isms, Ref, Stored};
use attestry_risk::qualitative::{self, Cell, Overlap, Proposals, proposals};
use attestry_risk::quantitative::Effect;

use crate::measure::{self, Method, Methods};

/// What follows for one risk.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Figures {
    /// What the formulas propose as levels of today; none without levels before controls.
    pub proposals: Option<Proposals>,
    /// The value of the levels of today.
    pub value: Option<u32>,
    /// The value of the levels proposed by rates.
    pub proposed: Option<u32>,
    /// Whether the judgement is lower than both proposals and so needs a reason.
    pub needs_reason: bool,
    /// What the decided treatment still takes away.
    pub plan: Effect,
}

/// The figures of all risks that count. Two are equal when their figures are.
#[derive(Debug, Clone, Default)]
pub struct Register {
    risks: BTreeMap<Ref<Risk>, Row>,
    controls: Controls,
    methods: Methods,
}

/// A risk with what its figures rest on.
#[derive(Debug, Clone)]
struct Row {
    basis: Basis,
    figures: Figures,
}

/// The numbers of a risk and of the decision about it; controls by their places in [`Controls`].
#[derive(Debug, Clone)]
struct Basis {
    method: Option<Ref<Methodology>>,
    inherent: Option<Cell>,
    today: Option<Cell>,
    counted: Box<[usize]>,
    decided: Option<Decided>,
}

/// The numbers of a decision.
#[derive(Debug, Clone)]
struct Decided {
    option: Option<TreatmentOption>,
    then: Option<Cell>,
    controls: Box<[usize]>,
}

/// The numbers of the controls that risks and decisions name.
#[derive(Debug, Clone, Default)]
struct Controls {
    places: BTreeMap<Ref<Control>, usize>,
    numbers: Vec<Option<Numbers>>,
}

/// The numbers of a control.
#[derive(Debug, Clone, Copy)]
struct Numbers {
    today: qualitative::Control,
    planned: Effect,
    live: bool,
    implemented: bool,
}

impl PartialEq for Register {
    fn eq(&self, other: &Self) -> bool {
        let figures = |it: &'_ Self| it.risks.iter().map(|(risk, row)| (*risk, row.figures)).collect::<Vec<_>>();
        figures(self) == figures(other)
    }
}

impl Numbers {
    fn of(record: &Stored<Control>) -> Self {
        Self {
            today: measure::control(record),
            planned: measure::effect_of(record),
            live: record.is_live(),
            implemented: record.state == ControlState::Implemented,
        }
    }
}

impl Controls {
    /// The places of controls, which are read where they are new.
    fn places(&mut self, isms: &Isms, controls: &[Ref<Control>]) -> Box<[usize]> {
        let place = |control: &Ref<Control>| {
            *self.places.entry(*control).or_insert_with(|| {
                self.numbers.push(isms.get(*control).map(Numbers::of));
                self.numbers.len() - 1
            })
        };
        controls.iter().map(place).collect()
    }

    /// Reads a control again, if anything names it.
    fn read(&mut self, isms: &Isms, control: Ref<Control>) {
        if let Some(place) = self.places.get(&control) {
            self.numbers[*place] = isms.get(control).map(Numbers::of);
        }
    }
}

impl Basis {
    fn of(isms: &Isms, risk: &Stored<Risk>, controls: &mut Controls, methods: &mut Methods) -> Self {
        let method = risk.method(isms);
        if let Some(method) = method {
            methods.read(method);
        }
        let decided = measure::decision(isms, risk.reference()).map(|decision| Decided {
            option: decision.option,
            then: measure::cell(decision.expected_likelihood, decision.expected_impact),
            controls: controls.places(isms, &decision.controls),
        });
        Self {
            method: method.map(Stored::reference),
            inherent: measure::cell(risk.inherent_likelihood, risk.inherent_impact),
            today: measure::cell(risk.current_likelihood, risk.current_impact),
            counted: controls.places(isms, &risk.existing_controls),
            decided,
        }
    }

    /// What follows; `room` is where the controls of one risk are laid out.
    fn figures(&self, controls: &Controls, methods: &Methods, room: &mut Vec<qualitative::Control>) -> Figures {
        let method = self.method.and_then(|it| methods.get(it));
        let mut found = Figures { plan: self.plan(controls, method), ..Figures::default() };
        let Some(method) = method else { return found };
        let value = |cell: Cell| method.matrix.value(cell.likelihood, cell.impact);
        found.value = self.today.and_then(value);
        room.clear();
        room.extend(self.counted.iter().filter_map(|it| controls.numbers[*it]).map(|it| it.today));
        found.proposals =
            self.inherent.and_then(|it| proposals(it, room, Overlap::Independent, &method.likelihood, &method.impact));
        found.proposed = found.proposals.and_then(|it| value(it.by_rate));
        found.needs_reason = found.proposals.zip(self.today).is_some_and(|(it, today)| it.needs_reason(today));
        found
    }

    /// As [`measure::planned_effect`] has it from the records.
    fn plan(&self, controls: &Controls, method: Option<&Method>) -> Effect {
        let Some(decided) = &self.decided else { return Effect::default() };
        let numbers = decided.controls.iter().filter_map(|at| Some((at, controls.numbers[*at]?)));
        let missing = numbers.filter(|(at, it)| it.live && !(it.implemented && self.counted.contains(at)));
        let planned = missing.map(|(_, it)| it.planned);
        measure::effect_by_numbers(decided.option, planned, self.today.zip(decided.then), method)
    }
}

impl Register {
    /// The figures of all risks.
    pub fn of(isms: &Isms) -> Self {
        let mut register = Self::default();
        let mut room = Vec::new();
        for risk in isms.live::<Risk>() {
            register.read(isms, risk, &mut room);
        }
        register
    }

    /// The figures of a risk; none when it does not count.
    pub fn get(&self, risk: Ref<Risk>) -> Option<&Figures> {
        self.risks.get(&risk).map(|it| &it.figures)
    }

    /// How many risks it has.
    pub fn len(&self) -> usize {
        self.risks.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.risks.is_empty()
    }

    /// Works out again what a changed record touches, and says which risks these were.
    pub fn renew(&mut self, before: &Isms, after: &Isms, changed: AnyRef) -> BTreeSet<Ref<Risk>> {
        let mut touched = touched(after, changed);
        let mut room = Vec::new();
        if let Some(control) = changed.of::<Control>() {
            // What names a control is told by others and has not changed with it.
            self.controls.read(after, control);
            for risk in &touched {
                if let Some(row) = self.risks.get_mut(risk) {
                    row.figures = row.basis.figures(&self.controls, &self.methods, &mut room);
                }
            }
            return touched;
        }
        touched.extend(self::touched(before, changed));
        if changed.kind == Kind::Methodology {
            self.methods = Methods::default();
        }
        for risk in &touched {
            match after.get(*risk).filter(|it| it.is_live()) {
                Some(record) => self.read(after, record, &mut room),
                None => drop(self.risks.remove(risk)),
            }
        }
        touched
    }

    /// Reads a risk and the decision about it, and works its figures out; takes it out where it does not count.
    fn read(&mut self, isms: &Isms, risk: &Stored<Risk>, room: &mut Vec<qualitative::Control>) {
        if !measure::counts(risk) {
            self.risks.remove(&risk.reference());
            return;
        }
        let basis = Basis::of(isms, risk, &mut self.controls, &mut self.methods);
        let figures = basis.figures(&self.controls, &self.methods, room);
        self.risks.insert(risk.reference(), Row { basis, figures });
    }
}

/// The risks whose figures rest on a record, by the links that lead to it.
pub fn touched(isms: &Isms, changed: AnyRef) -> BTreeSet<Ref<Risk>> {
    match changed.kind {
        Kind::Risk => changed.of::<Risk>().into_iter().collect(),
        Kind::Treatment => {
            let decision = changed.of::<Treatment>().and_then(|it| isms.get(it));
            decision.and_then(|it| it.risk).into_iter().collect()
        }
        Kind::Control => {
            let named = isms.links_to(changed).filter_map(|link| match link.field {
                "existing_controls" => link.source.of::<Risk>(),
                "controls" => link.source.of::<Treatment>().and_then(|it| isms.get(it)?.risk),
                _ => None,
            });
            named.collect()
        }
        // A risk without a method of its own follows the one in force.
        Kind::Methodology => isms.live::<Risk>().map(Stored::reference).collect(),
        _ => BTreeSet::new(),
    }
}
