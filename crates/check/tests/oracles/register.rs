//! The figures of the whole register, and those that a change touches.

use attestry_check::measure;
use attestry_check::register::{Register, touched};
use attestry_model::records::methodology::MethodologyImpactAggregation;
use attestry_model::records::{Kind, Methodology, Risk};
use attestry_model::value::{Level, Percent};
use attestry_model::{AnyRef, Isms};
use serde_json::{Value, json};

use crate::clinic::Records;

fn changed(records: &Records, before: &Isms, reference: AnyRef, fields: &Value) -> Isms {
    let mut changed = records.clone();
    changed.set(reference, fields.as_object().unwrap());
    changed.isms_after(before, records).0
}

#[test]
fn figures_are_those_of_single_risks() {
    let isms = Records::clinic().isms();
    let register = Register::of(&isms);
    let risks = || isms.live::<Risk>().filter(|it| measure::counts(it));
    assert_eq!(register.len(), risks().count());
    for risk in risks() {
        let figures = register.get(risk.reference()).unwrap();
        assert_eq!(figures.proposals, measure::proposals(&isms, risk), "{}", risk.reference().any());
        assert_eq!(figures.plan, measure::planned_effect(&isms, risk));
        assert_eq!(figures.value.map(i64::from), risk.current_value, "{}", risk.reference().any());
    }
    // The worked example of the method: 3 x 3 proposed, 2 x 3 judged.
    let figures = register.get("R-0001".parse::<AnyRef>().unwrap().of().unwrap()).unwrap();
    assert_eq!((figures.proposed, figures.value), (Some(9), Some(6)));
}

#[test]
fn a_change_leaves_what_working_everything_out_again_gives() {
    let records = Records::clinic();
    let before = records.isms();
    let whole = Register::of(&before);
    let mut moved = 0;
    let changes = [
        (Kind::Control, json!({ "operating_effectiveness": 1, "state": "implemented" })),
        (Kind::Control, json!({ "state": "planned" })),
        (Kind::Treatment, json!({ "option": "avoid" })),
        (Kind::Treatment, json!({ "risk": "R-0002" })),
        (Kind::Risk, json!({ "inherent_likelihood": 1, "existing_controls": [] })),
        (Kind::Methodology, json!({ "acceptance_max": 1 })),
        (Kind::Asset, json!({ "title": "Another name" })),
    ];
    for (kind, fields) in changes {
        for reference in records.of(kind).into_iter().take(40) {
            let after = changed(&records, &before, reference, &fields);
            let mut renewed = whole.clone();
            let touched = renewed.renew(&before, &after, reference);
            let anew = Register::of(&after);
            assert_eq!(renewed, anew, "{reference} {fields}");
            assert!(kind != Kind::Asset || touched.is_empty());
            moved += usize::from(anew != whole);
        }
    }
    assert!(moved > 20, "the changes move figures: {moved}");
}

#[test]
fn a_control_that_nobody_has_seen_at_work_counts_as_designed_whatever_stands_there() {
    let records = Records::clinic();
    let before = records.isms();
    let risk: AnyRef = "R-0002".parse().unwrap();
    // In progress, never tested, with a zero for its operation in the clinic.
    let control: AnyRef = "C-0056".parse().unwrap();
    let plan = |fields: Value| {
        let after = changed(&records, &before, control, &fields);
        let effect = measure::planned_effect(&after, after.get(risk.of::<Risk>().unwrap()).unwrap());
        (effect.frequency, effect.magnitude)
    };
    let designed = plan(json!({ "operating_effectiveness": null }));
    for written in [0, 1, 60, 100] {
        assert_eq!(plan(json!({ "operating_effectiveness": written })), designed, "{written}");
    }
    // What a test has found counts while it is repaired, a nothing too; and what is designed better takes more away.
    let tested = |written: u8| plan(json!({ "operating_effectiveness": written, "last_tested_on": "2026-05-01" }));
    assert_eq!(tested(100), designed);
    assert_ne!(tested(60), designed);
    let without = measure::effect_of(
        changed(&records, &before, control, &json!({ "operating_effectiveness": 0, "last_tested_on": "2026-05-01" }))
            .get(control.of().unwrap())
            .unwrap(),
    );
    assert_eq!((without.frequency, without.magnitude), (0.0, 0.0));
    assert_ne!(plan(json!({ "design_effectiveness": 20 })), designed);
}

#[test]
fn dimensions_come_to_one_impact_by_the_way_of_the_method() {
    let isms = Records::clinic().isms();
    let mut method = isms.live::<Methodology>().next().unwrap().body.clone();
    let levels = [4, 2, 3, 3].map(|it| Some(Level(it)));
    let [legal, ..] = levels;
    method.impact_aggregation = Some(MethodologyImpactAggregation::Max);
    assert_eq!(measure::impact_of_dimensions(&method, levels), Some(4));
    assert_eq!(measure::impact_of_dimensions(&method, [None, Some(Level(2)), None, None]), Some(2));
    assert_eq!(measure::impact_of_dimensions(&method, [None; 4]), None);
    // The worked example: .4, .2, .2, .2 of 4, 2, 3, 3 is 3.2.
    method.impact_aggregation = Some(MethodologyImpactAggregation::WeightedSum);
    assert_eq!(measure::impact_of_dimensions(&method, levels), None, "no weights, no sum");
    let percent = |it: u8| Some(Percent(it.into()));
    method.weight_legal = percent(40);
    (method.weight_patient_or_customer, method.weight_operations, method.weight_reputation) =
        (percent(20), percent(20), percent(20));
    assert_eq!(measure::impact_of_dimensions(&method, levels), Some(3));
    assert_eq!(measure::impact_of_dimensions(&method, [legal, None, legal, legal]), None, "a level is missing");
    (method.weight_legal, method.weight_patient_or_customer) = (percent(60), percent(0));
    assert_eq!(measure::impact_of_dimensions(&method, [legal, None, legal, legal]), Some(4), "it counts nothing");
    // 25 % of 4, 3, 2, 1 is 2.5, and halves go up.
    method.weight_legal = percent(25);
    (method.weight_patient_or_customer, method.weight_operations, method.weight_reputation) =
        (percent(25), percent(25), percent(25));
    assert_eq!(measure::impact_of_dimensions(&method, [4, 3, 2, 1].map(|it| Some(Level(it)))), Some(3));
    // Three times the middle of serious, 111,803, is severe.
    method.impact_aggregation = Some(MethodologyImpactAggregation::Sum);
    let serious = Some(Level(3));
    assert_eq!(measure::impact_of_dimensions(&method, [serious, serious, serious, None]), Some(4));
    assert_eq!(measure::impact_of_dimensions(&method, [serious, None, None, None]), Some(3));
}

#[test]
fn a_control_touches_the_risks_that_count_on_it_and_those_that_plan_it() {
    let isms = Records::clinic().isms();
    for control in Records::clinic().of(Kind::Control) {
        let found = touched(&isms, control);
        for risk in isms.live::<Risk>() {
            let counted = risk.existing_controls.iter().any(|it| it.any() == control);
            assert!(!counted || found.contains(&risk.reference()), "{control} {}", risk.reference().any());
            let planned = measure::planned_controls(&isms, risk).iter().any(|it| it.reference().any() == control);
            assert!(!planned || found.contains(&risk.reference()), "{control} {}", risk.reference().any());
        }
    }
}
