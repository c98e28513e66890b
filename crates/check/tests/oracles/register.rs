//! The figures of the whole register, and those that a change touches.

use attestry_check::measure;
use attestry_check::register::{Register, touched};
use attestry_model::records::{Kind, Risk};
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
