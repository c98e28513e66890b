//! Proposals on pages and for programs: drafted beside Save, looked at, approved by those whose consent they need, hidden
//! where what they are about is hidden.

use attestry_model::decide::propose::Draft;
use attestry_model::field::FieldValue as _;
use attestry_model::kind::Role;
use attestry_model::permit::{Wish, permit};
use attestry_model::records::{Incident, Person, Proposal, Risk};
use attestry_model::{AnyRecord, AnyRef, Command, Isms, Kind, Principal, Ref, Via};
use serde_json::{Map, Value, json};

use crate::client::{Answer, Client, Site};

fn isms(site: &Site) -> Isms {
    site.app.store.organisation(Some("clinic")).unwrap().isms()
}

#[expect(clippy::needless_pass_by_value, reason = "cases are written in place")]
fn object(value: Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap()
}

/// A proposal written by somebody, past the pages.
pub fn propose(site: &Site, who: Ref<Person>, drafts: &[Draft]) -> AnyRef {
    let organisation = site.app.store.organisation(Some("clinic")).unwrap();
    let principal = Principal::of(&organisation.isms(), who, Via::Session).unwrap();
    let number = organisation.isms().next_number(Kind::Proposal);
    let changes = drafts.to_vec().to_value();
    let fields = object(json!({ "title": "Move the archive", "why": "It is old.", "changes": changes }));
    organisation.submit(&principal, Command::Create { kind: Kind::Proposal, fields }).unwrap();
    AnyRef { kind: Kind::Proposal, number }
}

fn hidden(html: &str, name: &str) -> String {
    let (_, rest) =
        html.split_once(&format!("name=\"{name}\" value=\"")).unwrap_or_else(|| panic!("no {name} in {html}"));
    rest.split('"').next().unwrap().to_owned()
}

fn answer(client: &Client<'_>, proposal: AnyRef, word: &str, reason: &str) -> Answer {
    let path = format!("/proposals/{proposal}");
    let page = client.get(&path).text();
    let (revision, hash) = (hidden(&page, "_revision"), hidden(&page, "hash"));
    client.post(
        &format!("{path}/answer"),
        &[("_revision", &revision), ("hash", &hash), ("answer", word), ("reason", reason)],
    )
}

/// A live risk whose owner is somebody else than the ISMS manager, and that owner.
fn risk_of_another(site: &Site, manager: Ref<Person>) -> (AnyRef, Ref<Person>) {
    let isms = isms(site);
    let risk = isms.live::<Risk>().find(|risk| {
        risk.risk_owner.is_some_and(|owner| {
            owner != manager && isms.get(owner).is_some_and(|person| person.app_roles.contains(&Role::RiskOwner))
        })
    });
    let risk = risk.expect("the clinic has one");
    (risk.reference().any(), risk.risk_owner.unwrap())
}

#[test]
fn a_change_is_added_beside_save_and_made_when_the_owner_agrees() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    let (risk, owner) = risk_of_another(&site, manager.person.unwrap());
    let path = format!("/risks/{risk}");
    let form = manager.get(&format!("{path}/edit?only=cause"));
    assert!(form.text().contains("Add to proposal"), "{}", form.text());
    let revision = hidden(&form.text(), "_revision");
    let before = isms(&site).record(risk).unwrap().fields();
    let sent = [
        ("_revision", revision.as_str()),
        ("_has", "cause"),
        ("cause", "The archive moves."),
        ("_draft", "1"),
        ("_proposal", ""),
        ("_purpose", "Move the <b>archive</b>"),
    ];
    let added = manager.post(&format!("{path}/edit"), &sent);
    assert_eq!(added.status, 303, "{}", added.text());
    assert!(added.location().starts_with("/proposals/P-0001?done=proposal-added"), "{}", added.location());
    assert_eq!(isms(&site).record(risk).unwrap().fields(), before, "nothing changes yet");
    let proposal: AnyRef = "P-0001".parse().unwrap();
    let page = manager.get("/proposals/P-0001").text();
    assert!(page.contains("Move the &#60;b&#62;archive&#60;/b&#62;") && page.contains("The archive moves."), "{page}");
    assert!(!page.contains("Save and approve"), "others must agree");
    assert!(manager.get(&path).text().contains("P-0001"), "the record says that it would be changed");
    assert!(manager.get("/risks?view=all").text().contains("changed in P-0001"));
    // More of it, to the same proposal.
    let more = [
        ("_revision", revision.as_str()),
        ("_has", "tags"),
        ("tags", "archive"),
        ("_draft", "1"),
        ("_proposal", "P-0001"),
    ];
    let added = manager.post(&format!("{path}/edit"), &more);
    assert_eq!(added.status, 303, "{}", added.text());
    // It must say why before it is offered.
    let early = answer(&manager, proposal, "offer", "");
    assert_eq!(early.status, 422, "{}", early.text());
    let organisation = site.app.store.organisation(Some("clinic")).unwrap();
    let principal = Principal::of(&organisation.isms(), manager.person.unwrap(), Via::Session).unwrap();
    let fields = object(json!({ "why": "The machine is old." }));
    organisation
        .submit(&principal, Command::Update { target: proposal, revision: None, fields, reason: None })
        .unwrap();
    assert_eq!(answer(&manager, proposal, "offer", "").status, 303);
    let consenting = site.person(owner);
    assert!(consenting.get("/work").text().contains("Move the"), "it waits for the owner");
    assert!(consenting.get("/risks").text().contains("1 proposal"));
    // Who is not asked cannot sign, nor can the one who wrote it.
    for role in [Role::IsmsManager, Role::InternalAuditor, Role::ControlOwner] {
        let other = site.role(role);
        if other.person == Some(owner) {
            continue;
        }
        let page = other.get("/proposals/P-0001").text();
        assert!(!page.contains("value=\"approve\""), "{role:?} is offered to approve");
    }
    let returned = answer(&consenting, proposal, "return", "");
    assert_eq!(returned.status, 422, "a return says why");
    let approved = answer(&consenting, proposal, "approve", "I know the place.");
    assert_eq!(approved.status, 303, "{}", approved.text());
    assert!(approved.location().contains("proposal-in-force"), "{}", approved.location());
    let now = isms(&site);
    assert_eq!(now.record(risk).unwrap().field("cause"), Some(json!("The archive moves.")));
    assert_eq!(now.record(risk).unwrap().head().tags.last().map(String::as_str), Some("archive"));
    assert_eq!(now.record(proposal).unwrap().state(), "approved");
    let history = manager.get(&format!("{path}/history")).text();
    assert!(history.contains("P-0001"), "the record's history names the proposal");
    // As one step back: a proposal of its own.
    let back = manager.post("/proposals/P-0001/reverse", &[]);
    assert!(back.location().starts_with("/proposals/P-0002"), "{} {}", back.status, back.text());
    assert!(manager.get("/proposals/P-0002").text().contains("Take back"));
    let verified = site
        .app
        .store
        .organisation(Some("clinic"))
        .unwrap()
        .verify(attestry_store::Level::Files, &mut |_, _| {})
        .unwrap();
    assert!(verified.problems.is_empty(), "{:?}", verified.problems);
}

#[test]
fn what_somebody_may_not_see_is_in_none_of_the_ways_out() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    let isms_now = isms(&site);
    let incident = isms_now.table::<Incident>().iter().find(|one| !one.is_void()).expect("the clinic has an incident");
    let (risk, _) = risk_of_another(&site, manager.person.unwrap());
    let secret = "Zebrawort";
    let drafts = [
        Draft::set(incident, &object(json!({ "notes": format!("{secret} in the night") }))),
        Draft::set(isms_now.record(risk).unwrap(), &object(json!({ "cause": "plain words" }))),
    ];
    let proposal = propose(&site, manager.person.unwrap(), &drafts);
    let people = isms_now.live::<Person>().filter(|person| person.state_name() == "active");
    let (mut some, mut none, mut all) = (0, 0, 0);
    for person in people.map(attestry_model::Stored::reference).collect::<Vec<_>>() {
        let principal = Principal::of(&isms_now, person, Via::Session).unwrap();
        let reads_incident = permit(&isms_now, &principal, Wish::Read, incident);
        let reads = permit(&isms(&site), &principal, Wish::Read, isms(&site).record(proposal).unwrap());
        let client = site.person(person);
        let mut ways = vec![
            format!("/proposals/{proposal}"),
            format!("/proposals/{proposal}/history"),
            format!("/proposals/{proposal}/export"),
            format!("/proposals/{proposal}/proof/1"),
            "/proposals".to_owned(),
            "/proposals/export?format=csv".to_owned(),
            "/proposals/export?format=json".to_owned(),
            format!("/search?q={secret}"),
            format!("/api/v1/proposal/{proposal}"),
            "/api/v1/proposal".to_owned(),
            format!("/api/v1/proposal/{proposal}/history"),
            format!("/api/v1/proposal/{proposal}/effect"),
            format!("/api/v1/search?q={secret}"),
            format!("/risks/{risk}"),
        ];
        ways.push(format!("/api/v1/proposal/{proposal}/proof"));
        for way in ways {
            let answer = client.get(&way);
            let said = answer.text().replace(&format!("q={secret}"), "").replace(&format!("value=\"{secret}\""), "");
            let told = said.contains(&format!("{secret} in the night"));
            assert!(!told || reads_incident, "{person} is told of it by {way}");
        }
        let page = client.get(&format!("/proposals/{proposal}"));
        assert_eq!(page.status == 200, reads, "{person}");
        match (reads, reads_incident) {
            (true, true) => all += 1,
            (true, false) => {
                some += 1;
                assert!(page.text().contains("something that you may not see") && page.text().contains("plain words"));
                assert!(!page.text().contains("value=\"approve\""), "nobody signs what they do not see");
            }
            (false, _) => none += 1,
        }
    }
    assert!(some > 0 && none > 0 && all > 0, "{some} {none} {all}");
}

#[test]
fn the_answers_of_others_and_forged_ones_change_nothing() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    let (risk, owner) = risk_of_another(&site, manager.person.unwrap());
    let drafts = [Draft::set(isms(&site).record(risk).unwrap(), &object(json!({ "cause": "changed" })))];
    let proposal = propose(&site, manager.person.unwrap(), &drafts);
    assert_eq!(answer(&manager, proposal, "offer", "").status, 303);
    let path = format!("/proposals/{proposal}/answer");
    let revision = isms(&site).record(proposal).unwrap().revision().to_string();
    let count_before = isms(&site).size();
    let people = [Role::Employee, Role::ExternalAuditor, Role::SystemAdmin, Role::TopManagement, Role::InternalAuditor];
    for role in people {
        let other = site.role(role);
        if other.person == Some(owner) {
            continue;
        }
        for word in ["approve", "return", "decline", "offer", "withdraw", "nonsense"] {
            let fields = [("_revision", revision.as_str()), ("hash", "0"), ("answer", word), ("reason", "because")];
            assert!(other.post(&path, &fields).status.as_u16() >= 400, "{role:?} {word}");
        }
        for way in ["settle", "drop", "reverse"] {
            let fields = [("_revision", revision.as_str()), ("at", "0")];
            let answer = other.post(&format!("/proposals/{proposal}/{way}"), &fields);
            assert!(answer.status.as_u16() >= 400, "{role:?} {way}: {}", answer.status);
        }
    }
    // The owner signs what they saw, and nothing else.
    let owner = site.person(owner);
    let stale = owner.post(&path, &[("_revision", &revision), ("hash", "0"), ("answer", "approve")]);
    assert_eq!(stale.status, 409, "{}", stale.text());
    assert_eq!(isms(&site).size(), count_before);
}

#[test]
fn what_others_changed_meanwhile_is_asked_field_by_field() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    let asset = isms(&site).records(Kind::Asset).find(|one| one.state() == "active").unwrap().any_ref();
    let title = isms(&site).record(asset).unwrap().head().title.clone().unwrap();
    let drafts =
        [Draft::set(isms(&site).record(asset).unwrap(), &object(json!({ "notes": "mine", "tags": ["draft"] })))];
    let proposal = propose(&site, manager.person.unwrap(), &drafts);
    let organisation = site.app.store.organisation(Some("clinic")).unwrap();
    let fields = object(json!({ "notes": "theirs" }));
    let update = Command::Update { target: asset, revision: None, fields, reason: None };
    organisation.submit(&Principal::operator(), update).unwrap();
    let page = manager.get(&format!("/proposals/{proposal}")).text();
    assert!(
        page.contains("Changed meanwhile") && page.contains("take.0.notes") && !page.contains("take.0.tags"),
        "{page}"
    );
    let revision = hidden(&page, "_revision");
    let settled =
        manager.post(&format!("/proposals/{proposal}/settle"), &[("_revision", &revision), ("take.0.notes", "theirs")]);
    assert_eq!(settled.status, 303, "{}", settled.text());
    let approved = answer(&manager, proposal, "approve", "Looked at it.");
    assert_eq!(approved.status, 303, "{}", approved.text());
    let record = isms(&site);
    let record = record.record(asset).unwrap();
    assert_eq!(record.field("notes"), Some(json!("theirs")));
    assert_eq!(record.head().tags, ["draft"]);
    assert_eq!(record.head().title.as_deref(), Some(title.as_str()));
}

#[test]
fn new_gaps_are_approved_with_a_reason_only() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    let before = isms(&site);
    // Something that the rules demand of an asset is taken away.
    let asset = before.records(Kind::Asset).find(|one| one.state() == "active").unwrap();
    let demanded = Kind::Asset.def().fields.iter().filter(|field| field.required);
    for field in demanded.filter(|field| asset.field(field.name).is_some_and(|value| !value.is_null())) {
        let drafts = [Draft::set(asset, &object(json!({ field.name: null })))];
        let proposal = propose(&site, manager.person.unwrap(), &drafts);
        let page = manager.get(&format!("/proposals/{proposal}")).text();
        if !page.contains("New gap:") || !page.contains("Save and approve") {
            continue;
        }
        let silent = answer(&manager, proposal, "approve", "  ");
        assert_eq!(silent.status, 422, "{}", silent.text());
        assert!(silent.text().contains("new gap"), "{}", silent.text());
        let said = answer(&manager, proposal, "approve", "The owner leaves; a new one is named next week.");
        assert_eq!(said.status, 303, "{}", said.text());
        let page = manager.get(&format!("/proposals/{proposal}")).text();
        assert!(page.contains("a new one is named next week"), "the reason is kept: {page}");
        return;
    }
    panic!("nothing that an asset loses opens a gap");
}

#[test]
fn as_of_a_day_before_it_a_proposal_is_not_there_and_nothing_is_answered_in_the_past() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    let (risk, _) = risk_of_another(&site, manager.person.unwrap());
    let count_before = isms(&site).size();
    let drafts = [Draft::set(isms(&site).record(risk).unwrap(), &object(json!({ "cause": "changed" })))];
    let proposal = propose(&site, manager.person.unwrap(), &drafts);
    let before = manager.get(&format!("/proposals/{proposal}?asof={}", count_before - 1)).text();
    assert!(!before.contains("id=\"changes\"") && !before.contains("class=\"decide\""), "{before}");
    let then = manager.get(&format!("/proposals/{proposal}?asof={count_before}"));
    assert_eq!(then.status, 200, "{}", then.text());
    assert!(!then.text().contains("class=\"decide\""), "the past is not answered");
}

#[test]
fn programs_ask_for_the_effect_and_cannot_sign() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    let (risk, owner) = risk_of_another(&site, manager.person.unwrap());
    let drafts = [Draft::set(isms(&site).record(risk).unwrap(), &object(json!({ "cause": "changed" })))];
    let proposal = propose(&site, manager.person.unwrap(), &drafts);
    let program = site.program(Role::IsmsManager);
    let effect = program.get(&format!("/api/v1/proposal/{proposal}/effect")).json();
    assert_eq!((&effect["possible"], &effect["hidden"]), (&json!(true), &json!(0)), "{effect}");
    assert_eq!(effect["needs"][0]["people"], json!([owner.any().to_string()]));
    program.get(&format!("/api/v1/risk/{risk}/effect")).refuses(404);
    let step =
        program.json("POST", &format!("/api/v1/proposal/{proposal}/steps/approved"), &[("if-match", "*")], &json!({}));
    step.refuses(403);
}

#[test]
fn a_bulk_edit_can_be_proposed_instead() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    let assets: Vec<AnyRef> = isms(&site)
        .records(Kind::Asset)
        .filter(|one| one.state() == "active")
        .take(3)
        .map(AnyRecord::any_ref)
        .collect();
    let chosen: Vec<String> =
        assets.iter().map(|asset| format!("{asset}.{}", isms(&site).record(*asset).unwrap().revision())).collect();
    let mut fields: Vec<(&str, &str)> = chosen.iter().map(|one| ("ref", one.as_str())).collect();
    fields.extend([
        ("act", "field"),
        ("tags", "checked"),
        ("stage", "draft"),
        ("_proposal", ""),
        ("_purpose", "Tag them"),
    ]);
    let answer = manager.post("/assets/bulk", &fields);
    assert_eq!(answer.status, 303, "{}", answer.text());
    let isms = isms(&site);
    let made = isms.table::<Proposal>().iter().last().unwrap();
    assert_eq!((made.title(), made.changes.len()), ("Tag them", 3));
    assert!(assets.iter().all(|one| !isms.record(*one).unwrap().head().tags.contains(&"checked".to_owned())));
}

#[test]
fn what_a_year_may_cost_before_and_after_stands_on_the_page_as_a_curve() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    let page_of = |client: &Client<'_>, changes: &[(&str, Value)]| {
        let isms = isms(&site);
        let draft = |(target, fields): &(&str, Value)| {
            Draft::set(isms.record(target.parse().unwrap()).unwrap(), &object(fields.clone()))
        };
        let drafts: Vec<Draft> = changes.iter().map(draft).collect();
        let path = format!("/proposals/{}", propose(&site, manager.person.unwrap(), &drafts));
        // A slow machine says first that it is being worked out.
        let mut text = client.get(&path).text();
        for _ in 0..200 {
            if !text.contains("still being worked out") {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
            text = client.get(&path).text();
        }
        text
    };
    let drawn = |page: &str| page.contains("id=\"s-loss\"") && page.contains("<svg class=\"chart fit-w\"");
    // The ranges of a risk: what is so today changes.
    let range = ("R-0001", json!({ "lm_p95": "130000.00 USD" }));
    let today = page_of(&manager, std::slice::from_ref(&range));
    assert!(drawn(&today) && today.contains(">What a year may cost</h2>"), "{today}");
    assert!(today.contains("A normal year costs") && today.contains("if this is approved"), "{today}");
    // What a control that is still being built will do: only what the plan leads to changes.
    let built = page_of(&manager, &[("C-0056", json!({ "design_effectiveness": "5" }))]);
    assert!(drawn(&built) && built.contains(">What a year may cost with the plan</h2>"), "{built}");
    assert!(built.contains("A normal year with the plan") && !built.contains("A normal year costs"), "{built}");
    // What has nothing to do with it draws nothing.
    let other = page_of(&manager, &[("R-0001", json!({ "cause": "It is old." }))]);
    assert!(!other.contains("id=\"s-loss\"") && !other.contains("A normal year"), "{other}");
    // Who does not see all of a proposal is told of no money: it would tell of the rest.
    let now = isms(&site);
    let incident = now.table::<Incident>().iter().find(|one| !one.is_void()).unwrap();
    let risk = now.get(Ref::<Risk>::new(1)).unwrap();
    let sees_one = |person: &Ref<Person>| {
        let principal = Principal::of(&now, *person, Via::Session).unwrap();
        let reads = |record: &dyn AnyRecord| permit(&now, &principal, Wish::Read, record);
        principal.is_isms() && reads(risk) && !reads(incident)
    };
    let people = now.live::<Person>().filter(|person| person.state_name() == "active");
    let partly = site.person(people.map(attestry_model::Stored::reference).find(sees_one).unwrap());
    let incident = incident.reference().any().to_string();
    let partly = page_of(&partly, &[range, (&*incident, json!({ "notes": "more" }))]);
    assert!(partly.contains("something that you may not see"), "{partly}");
    assert!(!partly.contains("id=\"s-loss\"") && !partly.contains("A normal year"), "{partly}");
}
