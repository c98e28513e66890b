//! Proposals: drafted together, seen by whoever may see what they are about, approved by those whose consent they need, and
//! made all at once or not at all.
#![expect(clippy::unwrap_used, reason = "a test may panic: that is how it fails")]

mod common;

use attestry_model::decide::propose::{self, Ground, Need};
use attestry_model::decide::state_hash;
use attestry_model::permit::{Wish, permit, sees_field, sees_field_then};
use attestry_model::records::{Approval, Proposal};
use attestry_model::{Action, AnyRef, Command, Kind, Principal, Stored, decide};
use common::{AD, AO, CO, EM, EX, House, IA, IM, RO, RO2, TM, assert_denied, assert_refused, object, person};
use serde_json::{Map, Value, json};

/// A house with a risk of Rosa's, an asset, a statement with a row, and an incident that only some may see.
fn house() -> House {
    let mut house = House::new();
    house
        .import(&[
            ("R-0001", json!({ "state": "analysed", "risk_owner": person(RO), "notes": "as it was" })),
            ("R-0002", json!({ "state": "analysed", "risk_owner": person(RO2) })),
            ("AST-0001", json!({ "state": "active", "owner": person(AO) })),
            ("SOA-0001", json!({ "state": "draft", "version": "1.0" })),
            ("INC-0001", json!({ "state": "reported", "cause": "The night nurse lost a laptop." })),
        ])
        .unwrap();
    house
}

fn text(value: &Value) -> Value {
    Value::from(value.to_string())
}

/// A draft that sets fields of a record, made from what stands there.
fn set(house: &House, target: &str, fields: &Value) -> Value {
    let record = house.record(target);
    let was: Map<String, Value> =
        object(fields.clone()).keys().map(|name| (name.clone(), record.field(name).unwrap_or_default())).collect();
    json!({ "action": "set", "subject": target, "base": record.revision(), "fields": text(fields),
            "was": text(&Value::Object(was)) })
}

#[expect(clippy::needless_pass_by_value, reason = "cases are written in place")]
fn propose(house: &mut House, who: u32, changes: Value) -> Result<AnyRef, attestry_model::Refusal> {
    house.create(who, "proposal", json!({ "title": "Better", "why": "Because.", "changes": changes }))
}

fn stored(house: &House, proposal: AnyRef) -> &Stored<Proposal> {
    house.isms.get(proposal.of::<Proposal>().unwrap()).unwrap()
}

fn needs(house: &House, proposal: AnyRef) -> Vec<Need> {
    propose::weigh(&house.isms, stored(house, proposal), house.now).unwrap().needs
}

fn step(
    house: &mut House,
    who: u32,
    proposal: AnyRef,
    to: &str,
    reason: Option<&str>,
) -> Result<(), attestry_model::Refusal> {
    let (to, reason) = (to.to_owned(), reason.map(str::to_owned));
    let command = Command::Step { target: proposal, to, revision: None, fields: Map::new(), reason };
    house.command(who, command).map(|_| ())
}

/// For somebody who may not see it, it is not there.
#[expect(clippy::needless_pass_by_value, reason = "cases are written in place")]
fn assert_absent(outcome: Result<(), attestry_model::Refusal>) {
    assert!(matches!(outcome, Err(attestry_model::Refusal::Absent(_))), "{outcome:?}");
}

#[test]
fn what_is_approved_is_made_in_one_change_by_all_whose_consent_it_needs() {
    let mut house = house();
    let changes = json!([
        set(&house, "R-0001", &json!({ "notes": "better known", "title": "Fire in the archive" })),
        { "action": "create", "kind": "asset", "name": "archive", "fields": text(&json!({ "title": "New archive" })) },
        { "action": "create", "kind": "risk", "fields":
            text(&json!({ "title": "The host fails", "assets": ["#archive", "AST-0001"], "risk_owner": person(RO2) })) },
    ]);
    let proposal = propose(&mut house, IM, changes).unwrap();
    let grounds: Vec<(Ground, Vec<u32>)> = needs(&house, proposal)
        .iter()
        .map(|need| (need.ground, need.people.iter().map(|it| it.number()).collect()))
        .collect();
    assert_eq!(grounds, [(Ground::RiskOwner, vec![RO]), (Ground::RiskOwner, vec![RO2])]);
    assert_refused(
        step(&mut house, IM, proposal, "offered", None).and_then(|()| step(&mut house, RO, proposal, "return", None)),
        "reason",
    );
    assert_denied(step(&mut house, TM, proposal, "approved", None));
    assert_denied(step(&mut house, IM, proposal, "approved", None));
    assert_absent(step(&mut house, EM, proposal, "approved", None));
    step(&mut house, RO, proposal, "approved", Some("It is what the round found.")).unwrap();
    assert_eq!((house.state(proposal), house.field("R-0001", "notes")), ("offered", json!("as it was")));
    assert_eq!(house.field("APR-0001", "notes"), json!("It is what the round found."), "what the signer says is kept");
    assert_refused(step(&mut house, RO, proposal, "approved", None), "");
    step(&mut house, RO2, proposal, "approved", None).unwrap();
    assert_eq!(house.state(proposal), "approved");
    assert_eq!(house.field("R-0001", "notes"), json!("better known"));
    assert_eq!(house.field("R-0003", "assets"), json!(["AST-0002", "AST-0001"]));
    assert_eq!(house.field(proposal, "results"), json!(["AST-0002", "R-0003"]));
    assert_eq!(house.record("AST-0002").head().created_by, Some(attestry_model::Ref::new(IM)));
    let change = house.last.clone().unwrap();
    assert_eq!(change.actor.person(), Some(attestry_model::Ref::new(RO2)));
    let actions: Vec<Action> = change.entries.iter().map(|entry| entry.action).collect();
    assert_eq!(actions, [Action::Sign, Action::Update, Action::Create, Action::Create, Action::Transition]);
    assert!(change.entries[1..4].iter().all(|entry| entry.approval.is_some()), "each change names the signature");
    let approvals: Vec<&Stored<Approval>> = house.isms.referring::<Approval>(proposal, "subject").collect();
    assert_eq!(approvals.len(), 2);
    let hash = state_hash(house.record(proposal), &house.isms);
    assert!(approvals.iter().all(|one| one.subject_hash.as_deref() == Some(hash.as_str())));
}

#[test]
fn what_one_alone_may_decide_is_saved_and_approved_at_once() {
    let mut house = house();
    let changes = json!([set(&house, "AST-0001", &json!({ "title": "Mail server" }))]);
    let proposal = propose(&mut house, IM, changes).unwrap();
    assert_eq!(needs(&house, proposal)[0].ground, Ground::Anybody);
    step(&mut house, IM, proposal, "approved", None).unwrap();
    assert_eq!((house.state(proposal), house.field("AST-0001", "title")), ("approved", json!("Mail server")));
    let of_others = json!([set(&house, "R-0001", &json!({ "title": "Fire" }))]);
    let proposal = propose(&mut house, IM, of_others).unwrap();
    assert_denied(step(&mut house, IM, proposal, "approved", None));
    assert_eq!(house.field("R-0001", "title"), json!("R-0001"));
    let own = json!([set(&house, "R-0001", &json!({ "title": "Fire" }))]);
    let proposal = propose(&mut house, RO, own).unwrap();
    step(&mut house, RO, proposal, "approved", None).unwrap();
    assert_eq!(house.field("R-0001", "title"), json!("Fire"));
}

#[test]
fn who_may_not_make_a_change_can_propose_it_to_whoever_may() {
    let mut house = house();
    let changes = json!([set(&house, "AST-0001", &json!({ "title": "Mail server" }))]);
    let proposal = propose(&mut house, IA, changes).unwrap();
    let need = needs(&house, proposal).remove(0);
    assert_eq!(need.ground, Ground::Right);
    assert!(need.people.contains(&attestry_model::Ref::new(AO)) && need.people.contains(&attestry_model::Ref::new(IM)));
    step(&mut house, IA, proposal, "offered", None).unwrap();
    step(&mut house, AO, proposal, "approved", None).unwrap();
    assert_eq!(house.field("AST-0001", "title"), json!("Mail server"));
    assert_denied(propose(&mut house, EM, json!([])));
    assert_denied(propose(&mut house, AD, json!([])));
    assert_denied(propose(&mut house, EX, json!([])));
}

#[test]
fn all_changes_are_made_or_none() {
    let mut house = house();
    let changes = json!([
        set(&house, "AST-0001", &json!({ "title": "Mail server" })),
        { "action": "step", "subject": "R-0001", "to": "closed" },
    ]);
    let proposal = propose(&mut house, IM, changes).unwrap();
    let before = house.isms.size();
    let message = assert_refused(step(&mut house, IM, proposal, "offered", None), "changes[1].state");
    assert!(message.contains("R-0001 is analysed"), "{message}");
    assert_eq!((house.isms.size(), house.field("AST-0001", "title")), (before, json!("AST-0001")));
}

#[test]
fn applying_is_the_same_as_deciding_each_change_alone() {
    let rows = [
        ("R-0001", json!({ "title": "Fire", "notes": "n" })),
        ("AST-0001", json!({ "title": "Mail server", "tags": ["core"] })),
        ("R-0001", json!({ "current_likelihood": 3, "current_impact": 4 })),
        ("R-0002", json!({ "cause": "Old cables", "notes": null })),
        ("AST-0001", json!({ "valuation_reason": "In the cellar" })),
    ];
    // Every choice of rows, in their order: each comes to the same, or is refused as a whole where one of them is.
    for chosen in 0..(1 << rows.len()) {
        let (mut together, mut alone) = (house(), house());
        let picked: Vec<_> = rows.iter().enumerate().filter(|(at, _)| chosen & (1 << at) != 0).map(|it| it.1).collect();
        if picked.is_empty() {
            continue;
        }
        let mut refused = false;
        for (target, fields) in &picked {
            refused |= alone.update(IM, *target, fields.clone()).is_err();
        }
        let drafts: Vec<Value> = picked.iter().map(|(target, fields)| set(&together, target, fields)).collect();
        let Ok(proposal) = propose(&mut together, IM, Value::from(drafts)) else {
            assert!(refused, "{chosen}: refused together and not alone");
            continue;
        };
        let before = together.isms.size();
        let outcome = step(&mut together, IM, proposal, "offered", None).and_then(|()| {
            let asked: Vec<u32> =
                needs(&together, proposal).iter().map(|need| need.people.first().unwrap().number()).collect();
            asked.into_iter().try_for_each(|who| step(&mut together, who, proposal, "approved", None))
        });
        assert_eq!(outcome.is_err(), refused, "{chosen}: {outcome:?}");
        if refused {
            assert_eq!(together.isms.size(), before);
            continue;
        }
        for target in ["R-0001", "R-0002", "AST-0001"] {
            assert_eq!(together.record(target).fields(), alone.record(target).fields(), "{chosen}: {target}");
        }
    }
}

#[test]
fn what_others_changed_meanwhile_is_asked_and_never_overwritten() {
    let mut house = house();
    let changes = json!([set(&house, "AST-0001", &json!({ "title": "Mail server", "valuation_reason": "Cellar" }))]);
    let proposal = propose(&mut house, IM, changes).unwrap();
    house.update(AO, "AST-0001", json!({ "notes": "touched elsewhere" })).unwrap();
    assert!(propose::collisions(&house.isms, stored(&house, proposal)).is_empty(), "another field does not collide");
    house.update(AO, "AST-0001", json!({ "title": "Post server" })).unwrap();
    let collisions = propose::collisions(&house.isms, stored(&house, proposal));
    assert_eq!(collisions.len(), 1);
    assert_eq!((&collisions[0].now, &collisions[0].drafted), (&json!("Post server"), &json!("Mail server")));
    assert_refused(step(&mut house, IM, proposal, "approved", None), "changes[0].fields.title");
    assert_eq!(house.field("AST-0001", "title"), json!("Post server"));
    for (mine, title) in [(false, "Post server"), (true, "Mail server")] {
        let settled = propose::settle(&house.isms, stored(&house, proposal), |_| Some(mine));
        let mut other = House { isms: house.isms.clone(), now: house.now, last: None };
        let changes = attestry_model::field::FieldValue::to_value(&settled);
        other.update(IM, proposal, json!({ "changes": changes })).unwrap();
        step(&mut other, IM, proposal, "approved", None).unwrap();
        assert_eq!(other.field("AST-0001", "title"), json!(title));
        assert_eq!(other.field("AST-0001", "valuation_reason"), json!("Cellar"));
        assert_eq!(other.field("AST-0001", "notes"), json!("touched elsewhere"));
    }
}

#[test]
fn a_change_of_what_was_signed_asks_for_the_signatures_again() {
    let mut house = house();
    let changes = json!([
        set(&house, "R-0001", &json!({ "title": "Fire" })),
        set(&house, "R-0002", &json!({ "title": "Water" })),
    ]);
    let proposal = propose(&mut house, IM, changes).unwrap();
    step(&mut house, IM, proposal, "offered", None).unwrap();
    step(&mut house, RO, proposal, "approved", None).unwrap();
    assert_eq!(propose::signatures(&house.isms, stored(&house, proposal)).len(), 1);
    assert_denied(house.update(RO, proposal, json!({ "why": "Mine" })));
    house.update(IM, proposal, json!({ "why": "Something else." })).unwrap();
    assert!(propose::signatures(&house.isms, stored(&house, proposal)).is_empty());
    step(&mut house, RO2, proposal, "approved", None).unwrap();
    assert_eq!((house.state(proposal), house.field("R-0001", "title")), ("offered", json!("R-0001")));
    step(&mut house, RO, proposal, "approved", None).unwrap();
    assert_eq!(house.field("R-0001", "title"), json!("Fire"));
    assert_refused(house.update(IM, proposal, json!({ "why": "Later" })), "why");
    let void = Command::Void { target: proposal, revision: None, reason: "gone".to_owned() };
    assert_refused(house.command(IM, void), "");
    // A signature taken back afterwards does not open again what was done.
    let approval = house.isms.find(stored(&house, proposal).approval).unwrap().reference().any();
    house.step(RO, approval, "revoked", json!({})).unwrap();
    assert_eq!(house.state(proposal), "approved");
}

#[test]
fn what_somebody_may_not_see_they_do_not_see_in_a_proposal_either() {
    let mut house = house();
    let changes = json!([
        set(&house, "INC-0001", &json!({ "cause": "A nurse lost a laptop with names." })),
        set(&house, "R-0001", &json!({ "title": "Fire" })),
    ]);
    let proposal = propose(&mut house, IM, changes).unwrap();
    let def = Kind::Proposal.def().field("changes").unwrap();
    for (who, reads, all) in [
        (IM, true, true),
        (TM, true, true),
        (CO, true, true),
        (RO, true, false),
        (AO, true, false),
        (EM, false, false),
        (AD, false, false),
        (EX, false, false),
    ] {
        let principal = house.as_person(who);
        let record = house.record(proposal);
        assert_eq!(permit(&house.isms, &principal, Wish::Read, record), reads, "{who}");
        assert_eq!(reads && sees_field(&house.isms, &principal, record, def), all, "{who}");
        let shown = stored(&house, proposal).seen_by(&house.isms, &principal);
        assert_eq!(reads && shown[0], all, "{who}");
    }
    // Whoever does not see all of it is not asked for a signature, and cannot give one.
    assert!(
        needs(&house, proposal).iter().any(|need| need.people.is_empty()),
        "the owner of the risk does not see all"
    );
    step(&mut house, IM, proposal, "offered", None).unwrap();
    assert_denied(step(&mut house, RO, proposal, "approved", None));
    // Nor do they learn from drafting that it is there.
    let message = assert_refused(
        propose(&mut house, RO, json!([{ "action": "void", "subject": "INC-0001", "reason": "r" }])),
        "changes[0].subject",
    );
    assert_eq!(message, "names INC-0001, which does not exist");
    // What an older version drafted is hidden by what it drafted, not by what stands there now.
    let old = house.record(proposal).fields();
    let rest = json!([set(&house, "R-0001", &json!({ "title": "Fire" }))]);
    house.update(IM, proposal, json!({ "changes": rest })).unwrap();
    let owner = house.as_person(RO);
    let record = house.record(proposal);
    assert!(sees_field(&house.isms, &owner, record, def));
    assert!(!sees_field_then(&house.isms, &owner, record, &old, def));
}

#[test]
fn a_private_value_is_hidden_in_a_draft_as_in_the_record() {
    let mut house = house();
    let private = Kind::ALL.iter().find_map(|kind| {
        let field =
            kind.def().fields.iter().find(|field| field.private && field.ty == attestry_model::field::Type::Text)?;
        (*kind == Kind::Person).then_some(field.name)
    });
    let Some(private) = private else { panic!("people have a private text") };
    let value = if private == "email" { "new@example.org" } else { "something" };
    let changes = json!([set(&house, "PER-0007", &json!({ private: value }))]);
    let proposal = propose(&mut house, IM, changes).unwrap();
    let draft = &stored(&house, proposal).changes[0];
    for (who, shown) in [(IM, true), (EX, false), (EM, true)] {
        assert_eq!(stored(&house, proposal).shows(draft, &house.isms, &house.as_person(who)), shown, "{who}");
    }
}

#[test]
fn taking_back_is_a_proposal_of_its_own() {
    let mut house = house();
    let changes = json!([
        set(&house, "AST-0001", &json!({ "title": "Mail server", "valuation_reason": "Cellar" })),
        { "action": "create", "kind": "asset", "name": "new", "fields": text(&json!({ "title": "Second" })) },
        { "action": "set", "name": "new", "fields": text(&json!({ "valuation_reason": "Attic" })) },
    ]);
    let proposal = propose(&mut house, IM, changes).unwrap();
    step(&mut house, IM, proposal, "approved", None).unwrap();
    assert_eq!(house.field("AST-0002", "valuation_reason"), json!("Attic"));
    let (drafts, left) = propose::reverse(&house.isms, stored(&house, proposal));
    assert_eq!((drafts.len(), left.len()), (2, 0));
    let changes = attestry_model::field::FieldValue::to_value(&drafts);
    let fields = json!({ "title": "Back", "changes": changes, "reverses": proposal.to_string() });
    let back = house.create(IM, "proposal", fields).unwrap();
    step(&mut house, IM, back, "approved", None).unwrap();
    assert_eq!(
        (house.field("AST-0001", "title"), house.field("AST-0001", "valuation_reason")),
        (json!("AST-0001"), Value::Null)
    );
    assert_eq!(house.state("AST-0002"), "void");
}

#[test]
fn the_shape_of_drafts_is_checked_when_they_are_written() {
    let mut house = house();
    for (draft, field) in [
        (json!({ "subject": "R-0001" }), "changes[0].action"),
        (json!({ "action": "set", "subject": "R-0001" }), "changes[0].fields"),
        (json!({ "action": "set", "subject": "R-0001", "fields": "no" }), "changes[0].fields"),
        (
            json!({ "action": "set", "subject": "R-0001", "fields": text(&json!({ "colour": "red" })) }),
            "changes[0].fields",
        ),
        (
            json!({ "action": "set", "subject": "R-0001", "fields": text(&json!({ "state": "closed" })) }),
            "changes[0].fields",
        ),
        (
            json!({ "action": "set", "subject": "R-0001", "fields": text(&json!({ "current_impact": 99 })) }),
            "changes[0].fields.current_impact",
        ),
        (json!({ "action": "set", "subject": "R-0099", "fields": text(&json!({ "title": "x" })) }), "changes"),
        (json!({ "action": "set", "name": "no", "fields": text(&json!({ "title": "x" })) }), "changes[0].name"),
        (json!({ "action": "create", "kind": "unicorn" }), "changes[0].kind"),
        (json!({ "action": "create", "kind": "risk", "subject": "R-0001" }), "changes[0].subject"),
        (json!({ "action": "create", "kind": "approval" }), "changes[0]"),
        (json!({ "action": "create", "kind": "proposal" }), "changes[0]"),
        (json!({ "action": "step", "subject": "R-0001", "to": "away" }), "changes[0].to"),
        (json!({ "action": "step", "subject": "SOA-0001", "to": "approved" }), "changes[0].to"),
        (json!({ "action": "void", "subject": "R-0001" }), "changes[0].reason"),
    ] {
        assert_refused(propose(&mut house, IM, json!([draft])), field);
    }
    let many: Vec<Value> = (0..1_001).map(|_| set(&house, "R-0001", &json!({ "title": "x" }))).collect();
    assert_refused(propose(&mut house, IM, Value::from(many)), "changes");
    assert_denied(house.decide(
        &Principal::operator(),
        Command::Create { kind: Kind::Proposal, fields: object(json!({ "title": "By nobody" })) },
    ));
}

#[test]
fn the_statement_and_the_limit_ask_for_whom_they_are_for() {
    let mut house = house();
    house.import(&[("MET-0001", method())]).unwrap_or_else(|refusal| panic!("{refusal}"));
    let changes = json!([
        set(&house, "SOA-0001", &json!({ "changes": "One more control" })),
        set(&house, "R-0001", &json!({ "current_likelihood": 5, "current_impact": 5 })),
    ]);
    let proposal = propose(&mut house, RO, changes).unwrap();
    let grounds: Vec<Ground> = needs(&house, proposal).iter().map(|need| need.ground).collect();
    assert_eq!(grounds, [Ground::RiskOwner, Ground::Statement, Ground::Limit, Ground::Right]);
}

/// A methodology in force with a limit of 6.
fn method() -> Value {
    let mut matrix = Map::new();
    for likelihood in 1..=5 {
        for impact in 1..=5 {
            matrix.insert(format!("{likelihood},{impact}"), json!(likelihood * impact));
        }
    }
    let scale = |label: &str| {
        (1..=5).map(|level| json!({ "level": level, "label": format!("{label} {level}") })).collect::<Vec<_>>()
    };
    json!({ "state": "effective", "version": "1", "likelihood_scale": scale("l"), "impact_scale": scale("i"),
            "matrix": matrix, "acceptance_max": 6, "absolute_max": 15, "effective_from": "2026-01-01" })
}

#[test]
fn what_is_declined_or_withdrawn_is_never_made() {
    let mut house = house();
    for (who, to) in [(RO, "declined"), (IM, "withdrawn")] {
        let changes = json!([set(&house, "R-0001", &json!({ "title": "Fire" }))]);
        let proposal = propose(&mut house, IM, changes).unwrap();
        step(&mut house, IM, proposal, "offered", None).unwrap();
        assert_absent(step(&mut house, EM, proposal, to, Some("no")));
        step(&mut house, who, proposal, to, Some("Not this year.")).unwrap();
        assert_eq!(house.state(proposal), to);
        assert!(step(&mut house, RO, proposal, "approved", None).is_err());
        assert_eq!(house.field("R-0001", "title"), json!("R-0001"));
    }
}

#[test]
fn a_proposal_decides_under_the_rights_of_today() {
    let mut house = house();
    let changes = json!([set(&house, "AST-0001", &json!({ "title": "Mail server" }))]);
    let proposal = propose(&mut house, AO, changes).unwrap();
    house.import(&[("AST-0001", json!({ "state": "active", "owner": person(CO) })),
                   ("PER-0003", json!({ "state": "active", "title": "Ada Owner", "name": "Ada Owner", "email": "ada@example.org",
                     "employment": "employee", "org_unit": "OU-0001", "joined_on": "2020-01-01", "app_roles": ["employee"] }))]).unwrap();
    let principal = house.as_person(AO);
    let command =
        Command::Step { target: proposal, to: "approved".to_owned(), revision: None, fields: Map::new(), reason: None };
    assert!(decide(&house.isms, &principal, command, house.now).is_err());
}
