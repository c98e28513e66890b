//! The Statement of Applicability as a grid: cells, versions, comparisons; and what is asked again when it changes.

use attestry_check::standing::{self, Standing};
use attestry_model::kind::Role;
use attestry_model::records::{Applicability, Approval, RiskAcceptance, Soa, Treatment, TreatmentPlan};
use attestry_model::{Command, Isms, Kind, Principal, Ref, Stored};
use serde_json::{Map, Value, json};

use crate::client::{Answer, Client, Site};

fn isms(site: &Site) -> Isms {
    site.app.store.organisation(Some("clinic")).unwrap().isms()
}

fn submit(site: &Site, command: Command) {
    let organisation = site.app.store.organisation(Some("clinic")).unwrap();
    organisation.submit(&Principal::operator(), command).unwrap();
}

fn update(site: &Site, target: attestry_model::AnyRef, fields: Value) {
    let Value::Object(fields) = fields else { unreachable!() };
    submit(site, Command::Update { target, revision: None, fields, reason: None });
}

fn row<'a>(isms: &'a Isms, id: &str) -> &'a Stored<Applicability> {
    let soa = standing::newest(isms).unwrap();
    standing::rows_of(isms, soa).find(|it| it.annex_id.as_deref() == Some(id)).unwrap()
}

fn cell(client: &Client<'_>, row: &Stored<Applicability>, field: &str, values: &[&str]) -> Answer {
    let revision = row.revision.to_string();
    let mut fields = vec![("revision", revision.as_str()), ("only", field)];
    fields.extend(values.iter().map(|value| (field, *value)));
    client.post(&format!("/soa/{}", row.reference().any()), &fields)
}

#[test]
fn a_cell_changes_its_field_and_nothing_else() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    let before = row(&isms(&site), "A.8.13").clone();
    let answer = cell(&manager, &before, "planned_date", &["2026-12-24"]);
    assert_eq!(answer.status, 303, "{}", answer.text());
    let after = row(&isms(&site), "A.8.13").clone();
    assert_eq!(after.planned_date, Some(jiff::civil::date(2026, 12, 24)));
    let mut rest = after.body.clone();
    rest.planned_date = before.planned_date;
    assert_eq!(rest, before.body, "no other field moved");
    // What is wrong is told and changes nothing; whoever was later is told so.
    let wrong = cell(&manager, &after, "planned_date", &["soon"]);
    assert_eq!(wrong.status, 422);
    assert!(wrong.text().contains("role=\"alert\""));
    assert_eq!(cell(&manager, &before, "planned_date", &["2027-01-01"]).status, 409);
    assert_eq!(cell(&manager, &after, "approval", &["APR-0001"]).status, 422, "only the cells of the grid");
    assert_eq!(cell(&site.role(Role::InternalAuditor), &after, "planned_date", &["2027-01-01"]).status, 403);
    let page = manager.get("/soa").text();
    assert!(page.contains(&format!("data-row=\"{}\" data-rev=\"{}\"", after.reference().any(), after.revision)));
    assert!(
        page.contains("data-f=\"implementation\" data-v=\"") && page.contains("data-f=\"justification\" data-v=\"")
    );
    // Whoever may only read is offered no control.
    let reader = site.role(Role::InternalAuditor).get("/soa").text();
    assert!(!reader.contains("data-f=") && !reader.contains("soa-tools"));
}

#[test]
fn reasons_follow_from_links_and_say_from_which() {
    let site = Site::clinic();
    let value = isms(&site);
    let soa = standing::newest(&value).unwrap();
    let decided = |row: &Stored<Applicability>| {
        let treatments = row.controls.iter().flat_map(|it| value.referring::<Treatment>(it.any(), "controls"));
        treatments.filter(|it| it.is_live() && it.state_name() == "approved").find_map(|it| it.risk)
    };
    let (id, target, risk) = standing::rows_of(&value, soa)
        .find_map(|row| Some((row.annex_id.clone()?, row.reference().any(), decided(row)?)))
        .expect("the clinic has a row whose control treats a risk");
    let line = |site: &Site| {
        let page = site.role(Role::IsmsManager).get("/soa").text();
        page.split(&format!("<tr id=\"{id}\"")).nth(1).unwrap().split("</tr>").next().unwrap().to_owned()
    };
    let grounds = standing::grounds(&value, row(&value, &id));
    assert!(grounds.iter().any(|it| it.source == risk.any() && it.named), "{grounds:?}");
    assert!(!line(&site).contains("not stated"));
    // When the row no longer names the risk, the decision to treat it by the row's control still does.
    update(&site, target, json!({"risks": null, "reasons": ["business"]}));
    let value = isms(&site);
    let grounds = standing::grounds(&value, row(&value, &id));
    assert!(grounds.iter().any(|it| it.source == risk.any() && !it.named), "{grounds:?}");
    let shown = line(&site);
    assert!(shown.contains("follows from it, not stated") && shown.contains(&risk.any().to_string()), "{shown}");
    // A reason behind which no record stands says so.
    update(&site, target, json!({"reasons": ["business", "legal"], "controls": null, "obligations": null}));
    assert!(line(&site).contains("nothing stands behind it"));
}

#[test]
fn the_next_version_begins_with_the_rows_of_the_one_before_and_shows_what_changes() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    let before = isms(&site);
    let old = standing::newest(&before).unwrap();
    let rows = standing::rows_of(&before, old).count();
    assert_eq!(site.role(Role::InternalAuditor).post("/soa/version", &[]).status, 403);
    let answer = manager.post("/soa/version", &[]);
    assert_eq!(answer.status, 303, "{}", answer.text());
    let now = isms(&site);
    let new = standing::newest(&now).unwrap();
    assert_eq!((new.state_name(), new.number), ("draft", old.number + 1));
    assert_eq!(standing::rows_of(&now, new).count(), rows.max(93));
    assert_eq!(now.get(old.reference()).unwrap().state_name(), old.state_name(), "the old one is as it was");
    for (one, other) in standing::rows_of(&before, old).zip(standing::rows_of(&now, new)) {
        let mut copy = other.body.clone();
        copy.soa = one.soa;
        assert_eq!(copy, one.body);
    }
    assert_eq!(manager.post("/soa/version", &[]).status, 409, "one at a time");
    let page = manager.get("/soa").text();
    assert!(page.contains("holds 0 changes"));
    let draft = row(&now, "A.8.13").clone();
    assert_eq!(cell(&manager, &draft, "justification", &["Copies lie in two places."]).status, 303);
    let page = manager.get("/soa").text();
    assert!(page.contains("holds 1 change that"), "the draft is compared with the version in force by itself");
    let line = page.split("<tr id=\"A.8.13\"").nth(1).unwrap();
    assert!(line.split("</tr>").next().unwrap().contains("other text") && line.starts_with(" class=\"chg\""));
    // Its document says that it is a draft, and with which gaps; that of the version in force does not.
    let draft = manager.get(&format!("/reports/soa.html?version={}", new.reference().any())).text();
    let force = manager.get("/reports/soa.html").text();
    assert!(draft.contains("Copies lie in two places.") && !force.contains("Copies lie in two places."));
    assert_eq!(manager.get("/reports/soa.html?version=SOA-9999").status, 404);
    assert!(page.contains(&format!("/reports/soa.pdf?version={}", new.reference().any())));
    let none = manager.get("/soa?compare=none").text();
    assert!(!none.contains("other text"));
    let changed = manager.get("/soa?state=changed").text();
    assert_eq!(changed.matches("<tr id=\"A.").count(), 1);
}

#[test]
fn a_version_is_compared_with_another_version_or_another_day() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    let value = isms(&site);
    let versions: Vec<&Stored<Soa>> = value.table::<Soa>().iter().collect();
    if let [first, .., _] = versions.as_slice() {
        let page = manager.get(&format!("/soa?compare={}", first.reference().any())).text();
        assert!(page.contains("Changes against Version"));
    }
    let page = manager.get("/soa?day=1999-01-01").text();
    assert!(page.contains("new in this version"), "on a day before the first entry there was nothing");
    assert_eq!(manager.get("/soa?day=soon").status, 422);
    assert_eq!(manager.get("/soa?compare=R-0001").status, 404);
    assert_eq!(manager.get("/soa?compare=SOA-9999").status, 404);
}

fn upload(client: &Client<'_>, name: &str, content: &str) -> Answer {
    let body = format!(
        "--xx\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: text/csv\r\n\r\n{content}\r\n--xx--\r\n"
    );
    client.send_form("/soa/compare", "multipart/form-data; boundary=xx", body)
}

#[test]
fn another_organisations_copy_is_laid_beside_and_kept_nowhere() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    let value = isms(&site);
    let count_before = value.size();
    let used = row(&value, "A.8.13").applicable == Some(true);
    let theirs = if used { "no" } else { "yes" };
    let copy = format!(
        "Control,Applicable,Justification\nA.8.13,{theirs},<b>Their own words</b>\nA.5.1,yes,Policies\nA.9.99,yes,unknown\n"
    );
    let text = upload(&manager, "their copy.csv", &copy).text();
    assert!(text.contains("Compared with their copy.csv"), "{text}");
    assert!(text.contains("&#60;b&#62;Their own words") && !text.contains("<b>Their own words"));
    // Numbers of the older edition are read as what followed them.
    let old = upload(&manager, "old.csv", "Control,Applicable\nA.12.3.1,no\n").text();
    assert!(old.contains("2013 edition; they are read") && old.contains("href=\"#A.8.13\""));
    for (name, content, said) in
        [("x.csv", "Name,Value\nno,thing\n", "names no control of Annex A"), ("x.csv", "", "choose a CSV file")]
    {
        let answer = upload(&manager, name, content);
        assert_eq!(answer.status, 422, "{name}");
        assert!(answer.text().contains(said), "{}", answer.text());
    }
    assert!(upload(&manager, "x.xlsx", "this is no spreadsheet").status.is_client_error());
    assert_eq!(isms(&site).size(), count_before, "nothing is kept");
}

#[test]
fn the_older_edition_is_shown_with_what_became_of_it() {
    let site = Site::clinic();
    let value = isms(&site);
    let page = site.role(Role::IsmsManager).get("/soa/edition-2013").text();
    for old in attestry_standards::controls_2013() {
        assert!(page.contains(&format!("<b>{}</b>", old.id)), "{}", old.id);
    }
    let state = Standing::of(&value, row(&value, "A.8.13"), jiff::civil::date(2026, 6, 30));
    let words = attestry_server::words::Words::of("en").say(&format!("soa-is-{}", state.name())).into_owned();
    let line = page.split("<b>A.12.3.1</b>").nth(1).unwrap().split("</tr>").next().unwrap();
    assert!(line.contains(&words), "{words}: {line}");
}

#[test]
fn what_was_signed_and_has_changed_asks_again_at_my_work() {
    let site = Site::clinic();
    let (target, signer) = crate::passkey::proposed(&site);
    let (hash, revision) = crate::passkey::seen(&site, target);
    let path = format!("/treatment-decisions/{}/sign", target.any());
    let fields = [("revision", revision.as_str()), ("hash", hash.as_str()), ("confirm", "yes")];
    assert!(
        site.person(signer).get("/work").text().contains(&path),
        "it waits for its owner, who is led to the page of the signature"
    );
    assert_eq!(site.person(signer).post(&path, &fields).status, 303);
    let value = isms(&site);
    let treatment = value.get(target).unwrap().clone();
    let again = "Changed since you signed it";
    assert!(!site.person(signer).get("/work").text().contains(&format!("{again}: {}", treatment.title())));
    assert!(!site.person(signer).get("/work").text().contains(&path));
    update(&site, treatment.reference().any(), json!({"rationale": "Something quite different."}));
    let after = isms(&site);
    assert_eq!(after.find(treatment.approval).unwrap().state_name(), "invalidated");
    let work = site.person(signer).get("/work").text();
    assert!(work.contains(again), "{work}");
    assert!(
        site.role(Role::IsmsManager)
            .get("/risks/acceptances-due")
            .text()
            .contains(&treatment.reference().any().to_string())
    );
}

#[test]
fn an_acceptance_that_has_ended_asks_its_owner_anew() {
    let site = Site::clinic();
    let value = isms(&site);
    let accepted = value.live::<RiskAcceptance>().find(|it| it.state_name() == "accepted" && it.accepted_by.is_some());
    let accepted = accepted.expect("the clinic has an acceptance in force").clone();
    let owner = accepted.accepted_by.unwrap();
    // The risk rises above what was accepted: the acceptance ends by itself.
    let risk = value.find(accepted.risk).unwrap().reference().any();
    update(&site, risk, json!({"current_likelihood": 5, "current_impact": 5}));
    let after = isms(&site);
    assert_eq!(after.get(accepted.reference()).unwrap().state_name(), "invalidated");
    let work = site.person(owner).get("/work").text();
    assert!(work.contains("Decide again whether to accept"), "{work}");
    assert!(work.contains("/residual-risk-acceptances/new?"));
}

#[test]
fn the_owners_of_a_plans_risks_are_asked_and_sign_it() {
    let site = Site::clinic();
    let value = isms(&site);
    let treatment = value
        .live::<Treatment>()
        .find(|it| it.risk.is_some_and(|risk| value.get(risk).is_some_and(|it| it.risk_owner.is_some())));
    let treatment = treatment.unwrap();
    let owner = value.find(treatment.risk).unwrap().risk_owner.unwrap();
    let assessment = value.live::<attestry_model::records::RiskAssessment>().last().unwrap().reference().to_string();
    let fields = json!({"title": "Plan", "version": "9.0", "risk_assessment": assessment, "treatments": [treatment.reference().to_string()]});
    let Value::Object(fields) = fields else { unreachable!() };
    submit(&site, Command::Create { kind: Kind::TreatmentPlan, fields });
    let plan = Ref::<TreatmentPlan>::new(isms(&site).next_number(Kind::TreatmentPlan) - 1);
    let step =
        Command::Step { target: plan.any(), to: "in_review".into(), revision: None, fields: Map::new(), reason: None };
    submit(&site, step);
    let path = format!("/risk-treatment-plans/{}", plan.any());
    let manager = site.role(Role::IsmsManager);
    assert!(manager.get(&format!("{path}/sign")).text().contains("Not asked yet"));
    assert_eq!(site.person(owner).post(&format!("{path}/ask"), &[]).status, 403);
    assert_eq!(manager.post(&format!("{path}/ask"), &[]).status, 303);
    assert_eq!(manager.post(&format!("{path}/ask"), &[]).status, 303);
    let asked: Vec<Ref<Approval>> = isms(&site)
        .referring::<Approval>(plan.any(), "subject")
        .filter(|it| it.signer == Some(owner))
        .map(Stored::reference)
        .collect();
    assert_eq!(asked.len(), 1, "nobody is asked twice for the same state");
    let sign = format!("/approvals/{}/sign", asked[0].any());
    let person = site.person(owner);
    assert!(person.get("/work").text().contains(&sign));
    let page = person.get(&sign).text();
    assert!(page.contains("9.0") && page.contains("The owners of the risks in it"), "{page}");
    let now = isms(&site);
    let hash = attestry_model::decide::state_hash(now.record(plan.any()).unwrap(), &now);
    let fields = [("revision", "1"), ("hash", hash.as_str()), ("confirm", "yes")];
    let refused = manager.post(&sign, &fields).status;
    assert!(refused.is_client_error(), "nobody signs for another: {refused}");
    let done = person.post(&sign, &fields);
    assert_eq!(done.status, 303, "{}", done.text());
    assert_eq!(isms(&site).get(asked[0]).unwrap().state_name(), "signed");
    assert!(!manager.get(&format!("{path}/sign")).text().contains("not given yet"));
}
