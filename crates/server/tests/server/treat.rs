//! Deciding about a risk, the cheapest measures, the plan and the method.

use attestry_check::measure::{self, Method};
use attestry_check::standing;
use attestry_model::kind::Role;
use attestry_model::records::methodology::MethodologyImpactAggregation;
use attestry_model::records::{
    Applicability, Control, Methodology, Person, Risk, Treatment, TreatmentAction, TreatmentPlan,
};
use attestry_model::{AnyRef, Command, Isms, Kind, Principal, Ref, Via};
use attestry_risk::quantitative::exact;
use attestry_server::words::Words;

use crate::client::{Client, Site};

fn isms(site: &Site) -> Isms {
    site.app.store.organisation(Some("clinic")).unwrap().isms()
}

fn size(site: &Site) -> u64 {
    isms(site).size()
}

fn plain(text: &str) -> String {
    let signs = [("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#39;", "'"), ("&#38;", "&")];
    signs.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let rest = tag.split(&format!(" {name}=\"")).nth(1)?;
    Some(plain(rest.split('"').next()?))
}

/// What a browser would send from the form with this action, without its buttons.
fn fields(html: &str, action: &str) -> Vec<(String, String)> {
    let form = html.split(&format!("action=\"{action}\"")).nth(1).expect("the form is there");
    let form = form.split("</form>").next().unwrap();
    let mut found = Vec::new();
    for piece in form.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').unwrap_or((piece, ""));
        if tag.starts_with("input ") {
            let kind = attribute(tag, "type").unwrap_or_default();
            let ticked = tag.contains(" checked");
            if let Some(name) = attribute(tag, "name")
                && (!["radio", "checkbox"].contains(&kind.as_str()) || ticked)
            {
                found.push((name, attribute(tag, "value").unwrap_or_default()));
            }
        } else if tag.starts_with("textarea ") {
            found.push((attribute(tag, "name").unwrap(), plain(text.trim_start_matches('\n'))));
        } else if tag.starts_with("select ") {
            found.push((attribute(tag, "name").unwrap(), String::new()));
        } else if tag.starts_with("option ") && tag.contains(" selected") {
            found.last_mut().unwrap().1 = attribute(tag, "value").unwrap();
        }
    }
    found
}

fn set(fields: &mut Vec<(String, String)>, name: &str, value: &str) {
    fields.retain(|(known, _)| known != name);
    fields.push((name.to_owned(), value.to_owned()));
}

fn send(client: &Client<'_>, path: &str, fields: &[(String, String)]) -> crate::client::Answer {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    client.post(path, &fields)
}

fn short(amount: f64) -> String {
    let money = measure::money(amount, "USD".parse().unwrap()).unwrap();
    attestry_server::dates::money_short(Words::of("en"), money)
}

const TREAT: &str = "/risks/R-0001/treat";

#[test]
fn who_works_in_the_isms_reads_the_pages_and_only_who_may_decide_gets_buttons() {
    let site = Site::clinic();
    let method = "/risk-methodologies/MET-0001/edit-method";
    for path in [TREAT, "/risks/R-0009/treat", "/risks/R-0009/optimise", method] {
        for role in [Role::IsmsManager, Role::TopManagement, Role::RiskOwner, Role::InternalAuditor] {
            let answer = site.role(role).get(path);
            assert_eq!(answer.status, 200, "{role:?} {path}: {}", answer.text());
            assert_eq!(answer.text().matches("<h1").count(), 1, "{role:?} {path}");
        }
        assert_eq!(site.role(Role::Employee).get(path).status, 403, "{path}");
        let past = site.role(Role::IsmsManager).get(&format!("{path}?asof={}", size(&site) - 1));
        assert_eq!(past.status, 200, "{path}");
        assert!(!past.text().contains("name=\"_save\"") && !past.text().contains("name=\"_go\""), "{path}");
    }
    let button = "name=\"_save\"";
    assert!(site.role(Role::RiskOwner).get(TREAT).text().contains(button));
    assert!(!site.role(Role::InternalAuditor).get(TREAT).text().contains(button));
    assert_eq!(site.role(Role::InternalAuditor).post(TREAT, &[("_save", "1")]).status, 403);
    assert!(!site.role(Role::RiskOwner).get(method).text().contains(button));
    assert_eq!(site.role(Role::RiskOwner).post(method, &[("_save", "1")]).status, 403);
    for path in ["/risks/R-9999/treat", "/risks/AST-0001/optimise", "/risk-methodologies/R-0001/edit-method"] {
        assert_eq!(site.role(Role::IsmsManager).get(path).status, 404, "{path}");
        assert_eq!(site.role(Role::IsmsManager).post(path, &[("_save", "1")]).status, 404, "{path}");
    }
    assert_eq!(site.role(Role::IsmsManager).post(&format!("{TREAT}?asof=1"), &[("_save", "1")]).status, 403);
}

#[test]
fn the_effect_is_what_the_crate_calculates_and_nothing_is_stored() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    let before = size(&site);
    let mut form = fields(&manager.get(TREAT).text(), TREAT);
    form.push(("controls".to_owned(), "C-0052".to_owned()));
    form.push(("_effect".to_owned(), "1".to_owned()));
    set(&mut form, "expected_likelihood", "");
    let answer = send(&manager, TREAT, &form);
    assert_eq!(answer.status, 200, "{}", answer.text());
    let text = answer.text();
    let isms_now = isms(&site);
    let risk = isms_now.get(Ref::<Risk>::new(1)).unwrap();
    let mean = exact(&measure::scenario(risk).unwrap()).unwrap().mean;
    // The new control is designed to stop 60 of 100 events.
    let (now, then) = (short(mean), short(mean * 0.4));
    assert!(text.contains(&format!("{now} → <span class=\"plan\">{then}</span>")), "{now} {then}");
    // The control costs 15,000 once and 6,000 a year; nothing else of the decision is still to be paid.
    assert!(text.contains(&short(15_000.0 / 5.0 + 6_000.0)));
    let soa = standing::newest(&isms_now).unwrap();
    let row = standing::rows_of(&isms_now, soa).find(|it| it.annex_id.as_deref() == Some("A.8.12")).unwrap();
    assert!(text.contains(&format!("name=\"soa\" value=\"{}\"", row.reference().any())), "the row of A.8.12 follows");
    assert!(text.contains("rows of the Statement of Applicability") || text.contains("1 row of the Statement"));
    assert_eq!(size(&site), before, "showing an effect stores nothing");
    assert!(text.contains("value=\"C-0052\" checked"), "what was chosen stays chosen");
}

#[test]
fn saving_is_one_change_with_decision_new_control_work_and_row() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    let path = "/risks/R-0009/treat";
    let isms_before = isms(&site);
    let next = |kind: Kind| AnyRef { kind, number: isms_before.next_number(kind) };
    let soa = standing::newest(&isms_before).unwrap();
    let row = standing::rows_of(&isms_before, soa).find(|it| it.annex_id.as_deref() == Some("A.8.22")).unwrap();
    let row = row.reference();
    let mut form = fields(&manager.get(path).text(), path);
    let hostile = "<script>alert(1)</script> because";
    set(&mut form, "option", "treat");
    set(&mut form, "rationale", hostile);
    set(&mut form, "residual", "1");
    set(&mut form, "expected_likelihood", "");
    set(&mut form, "expected_impact", "");
    for (name, value) in [
        ("controls", "C-0056"),
        ("new.0", "1"),
        ("new.0.annex", "A.5.30"),
        ("new.0.title", "Second way to send claims"),
        ("new.0.acts_on", "impact"),
        ("new.0.design_effectiveness", "50"),
        ("new.0.owner", "PER-0002"),
        ("act.0", "1"),
        ("act.0.what", "Sign the contract"),
        ("act.0.control", "new.0"),
        ("act.0.responsible", "PER-0002 · somebody"),
        ("act.0.due", "2026-09-30"),
        ("act.0.resources", "legal adviser"),
        ("act.0.cost_once", "5,000"),
        ("act.0.cost_year", "1000"),
        ("act.0.priority", "high"),
        ("act.1", "1"),
        ("act.1.what", "Test the transmission"),
        ("act.1.responsible", "PER-0002"),
        ("act.1.due", "2026-10-31"),
        ("act.1.resources", "none"),
        ("act.1.cost_once", "0"),
        ("act.1.after", "act.0"),
        ("act.1.priority", "medium"),
        ("plan", "new"),
        ("soa", &row.any().to_string()),
        ("_save", "1"),
    ] {
        form.push((name.to_owned(), value.to_owned()));
    }
    form.retain(|(name, value)| name != "plan" || value == "new");
    let answer = send(&manager, path, &form);
    assert_eq!(answer.status, 303, "{}", answer.text());
    let after = isms(&site);
    let (treatment, control) = (next(Kind::Treatment), next(Kind::Control));
    let decision = after.get(treatment.of::<Treatment>().unwrap()).unwrap();
    assert_eq!(answer.location(), format!("{path}?done=saved%20{treatment}"));
    assert_eq!(decision.state_name(), "draft");
    let control = control.of::<Control>().unwrap();
    assert!(decision.controls.contains(&control) && decision.controls.contains(&Ref::new(56)));
    assert_eq!(decision.cost_once.unwrap().minor, 500_000);
    assert_eq!(decision.cost_year.unwrap().minor, 100_000);
    let made = after.get(control).unwrap();
    assert_eq!((made.annex_refs.as_slice(), made.state_name()), (["A.5.30".to_owned()].as_slice(), "planned"));
    let first = next(Kind::TreatmentAction).of::<TreatmentAction>().unwrap();
    let second = after.get(Ref::<TreatmentAction>::new(first.number() + 1)).unwrap();
    let plan = next(Kind::TreatmentPlan).of::<TreatmentPlan>().unwrap();
    assert_eq!(after.get(first).unwrap().control, Some(control));
    assert_eq!((second.after.as_slice(), second.plan), ([first].as_slice(), Some(plan)));
    assert_eq!(after.get(plan).unwrap().treatments, [decision.reference()]);
    let changed: &attestry_model::Stored<Applicability> = after.get(row).unwrap();
    assert!(changed.risks.contains(&Ref::new(9)));
    // The expected level is the one that the method proposes, and the register holds it too.
    let risk = after.get(Ref::<Risk>::new(9)).unwrap();
    let proposed = measure::proposals_after(&after, risk, decision).unwrap().by_rate;
    let expected = measure::cell(decision.expected_likelihood, decision.expected_impact).unwrap();
    assert_eq!(expected, proposed);
    assert_eq!(measure::cell(risk.residual_likelihood, risk.residual_impact), Some(expected));
    // One change: everything was written at one moment.
    let organisation = site.app.store.organisation(Some("clinic")).unwrap();
    let page = manager.get(&format!("/treatment-decisions/{treatment}")).text();
    assert!(page.contains("because") && !page.contains("<script>alert"));
    for reference in [treatment, control.any(), first.any(), plan.any(), row.any()] {
        assert!(organisation.history(reference).is_ok_and(|it| !it.is_empty()), "{reference}");
    }
    let again = manager.get(path).text();
    assert!(again.contains("is the decision that is being prepared") && again.contains("Sign the contract"));
    assert!(!again.contains("<script>alert"));
}

#[test]
fn what_is_wrong_is_told_at_its_field_with_nothing_lost_and_nothing_written() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    let before = size(&site);
    let start = fields(&manager.get(TREAT).text(), TREAT);
    for (name, value, id) in [
        ("act.0.due", "soon", "field-act-0-due"),
        ("act.0.responsible", "nobody at all", "field-act-0-responsible"),
        ("act.0.cost_once", "much", "field-act-0-cost_once"),
        ("act.0.what", "", "field-act-0-what"),
        ("act.0.start", "2027-01-01", "field-act-0-due"),
        ("act.0.after", "act.3", "field-act-0-after"),
        ("new.0.title", " ", "field-new-0-title"),
        ("new.0.design_effectiveness", "200", "field-new-0-design_effectiveness"),
        ("expected_impact", "9", "field-expected_impact"),
        ("option", "forget", "field-option"),
        ("controls", "R-0001", "field-controls"),
    ] {
        let mut form = start.clone();
        for (name, value) in [
            ("act.0", "1"),
            ("act.0.what", "Kept as typed"),
            ("act.0.due", "2026-09-30"),
            ("new.0", "1"),
            ("new.0.title", "Kept too"),
        ] {
            set(&mut form, name, value);
        }
        set(&mut form, name, value);
        form.push(("_save".to_owned(), "1".to_owned()));
        let answer = send(&manager, TREAT, &form);
        assert_eq!(answer.status, 422, "{name}={value}");
        let text = answer.text();
        assert!(text.contains(&format!("href=\"#{id}\"")), "{name}={value}: no message at {id}");
        assert!(text.contains(&format!("id=\"{id}\"")), "{name}={value}: nothing is called {id}");
        if name != "act.0.what" {
            assert!(text.contains("Kept as typed"), "{name}={value}: what was typed is lost");
        }
        assert_eq!(size(&site), before, "{name}={value}: something was written");
    }
    // The owner cannot be asked for a decision without a reason.
    let mut form = start.clone();
    set(&mut form, "rationale", "");
    form.push(("_propose".to_owned(), "1".to_owned()));
    let answer = send(&manager, TREAT, &form);
    assert_eq!(answer.status, 422);
    assert!(answer.text().contains("href=\"#field-rationale\""));
    assert_eq!(size(&site), before);
    let mut form = start;
    form.push(("_propose".to_owned(), "1".to_owned()));
    let answer = send(&manager, TREAT, &form);
    assert_eq!(answer.status, 303, "{}", answer.text());
    let draft = isms(&site).table::<Treatment>().iter().last().unwrap().clone();
    assert_eq!((draft.risk, draft.state_name()), (Some(Ref::new(1)), "proposed"));
    // Somebody else changes it: what is sent with the older version is kept, and told.
    let mut form = fields(&manager.get(TREAT).text(), TREAT);
    let target = draft.reference().any();
    let changed = serde_json::json!({ "rationale": "Another reason." }).as_object().unwrap().clone();
    let command = Command::Update { target, revision: None, fields: changed, reason: None };
    site.app.store.organisation(Some("clinic")).unwrap().submit(&Principal::operator(), command).unwrap();
    set(&mut form, "rationale", "My own words.");
    form.push(("_save".to_owned(), "1".to_owned()));
    let answer = send(&manager, TREAT, &form);
    assert_eq!(answer.status, 422);
    assert!(answer.text().contains("My own words.") && answer.text().contains("meanwhile"));
    let mut again = fields(&answer.text(), TREAT);
    again.push(("_save".to_owned(), "1".to_owned()));
    assert_eq!(send(&manager, TREAT, &again).status, 303);
    let now = isms(&site);
    assert_eq!(now.get(draft.reference()).unwrap().rationale.as_deref(), Some("My own words."));
}

#[test]
fn rows_are_added_and_taken_away_without_a_script() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    let press = |form: &mut Vec<(String, String)>, name: &str, value: &str| {
        form.push((name.to_owned(), value.to_owned()));
        let answer = send(&manager, TREAT, form);
        let text = answer.text();
        *form = fields(&text, TREAT);
        text
    };
    let mut form = fields(&manager.get(TREAT).text(), TREAT);
    let text = press(&mut form, "_new", "own");
    assert!(text.contains("name=\"new.0.title\""));
    set(&mut form, "new.0.title", "First");
    press(&mut form, "_new", "own");
    set(&mut form, "new.1.title", "Second");
    let text = press(&mut form, "_act", "new.1");
    assert!(text.contains("value=\"Second: put it in place\""), "the work is named after what it builds");
    let text = press(&mut form, "_drop", "new.0");
    let titles: Vec<&str> =
        form.iter().filter(|it| it.0.starts_with("new.") && it.0.ends_with("title")).map(|it| it.1.as_str()).collect();
    assert_eq!(titles, ["Second"]);
    let control = form.iter().find(|it| it.0 == "act.0.control").map(|it| it.1.as_str());
    assert_eq!(control, Some("new.0"), "the work still builds what it was for: {text}");
}

#[test]
fn the_cheapest_set_is_told_with_its_reasons_and_handed_over() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    let path = "/risks/R-0009/optimise";
    let before = size(&site);
    let ask = |more: &[(&str, &str)]| {
        let mut form = vec![("goal", "level"), ("value", "6"), ("take", "C-0052"), ("take", "C-0056"), ("_go", "1")];
        form.retain(|(name, _)| *name == "take" || more.iter().all(|(other, _)| other != name));
        form.extend(more);
        manager.post(path, &form)
    };
    // R-0009 is 3 × 3; mail rules stop 60 of 100 events for 9,000 a year, zones 80 of 100 and 80 % of the harm for 14,000.
    let text = ask(&[]).text();
    let cheap = format!("1 measure for {} a year leaves 2 × 3 = 6", short(9_000.0));
    assert!(text.contains(&cheap), "{cheap}: {text}");
    assert!(text.contains("Without it, 3 × 3 = 9") && text.contains("Not needed; with it, 1 × 2 = 2"), "{text}");
    assert!(text.contains("none is cheaper"));
    let link = text.split("href=\"/risks/R-0009/treat?").nth(1).and_then(|it| it.split('"').next()).map(plain).unwrap();
    assert!(link.contains("controls=C-0052") && !link.contains("C-0056"), "{link}");
    let treat = manager.get(&format!("/risks/R-0009/treat?{link}")).text();
    assert!(treat.contains("value=\"C-0052\" checked") && treat.contains("value=\"treat\" checked"));
    // The estimates of a person count for the sum, and ideas become new controls.
    let text =
        ask(&[("cost.C-0052", "20000"), ("idea.0.title", "Second line"), ("idea.0.i", "90"), ("idea.0.cost", "3000")])
            .text();
    assert!(text.contains(&format!("1 measure for {} a year", short(3_000.0))), "{text}");
    assert!(text.contains("new.0.title=Second%20line"));
    // Too little money, and what no money reaches.
    let text = ask(&[("budget", "5000")]).text();
    assert!(
        text.contains("Not within the budget") && text.contains(&format!("it would take {}", short(9_000.0))),
        "{text}"
    );
    let text = ask(&[("value", "1")]).text();
    assert!(text.contains("No set reaches it: even all candidates together leave"), "{text}");
    let text = ask(&[("goal", "money"), ("residual", "20000")]).text();
    assert!(text.contains("1 measure") && text.contains("C-0052"), "{text}");
    for (name, value, id) in [
        ("budget", "much", "e-budget"),
        ("budget", "-5", "e-budget"),
        ("budget", "1e300", "e-budget"),
        ("value", "six", "e-value"),
        ("l.C-0052", "200", "e-l-C-0052"),
        ("cost.C-0052", "NaN", "e-cost-C-0052"),
        ("idea.0.l", "<b>", "e-idea-0-l"),
    ] {
        let answer = ask(&[(name, value), ("idea.0.title", "Idea")]);
        assert_eq!(answer.status, 422, "{name}={value}");
        assert!(answer.text().contains(&format!("id=\"{id}\"")), "{name}={value}");
    }
    let none = manager.post(path, &[("goal", "level"), ("value", "6"), ("_go", "1")]);
    assert_eq!(none.status, 422);
    assert_eq!(size(&site), before, "nothing is stored");
}

#[test]
fn the_plan_burns_down_in_work_and_money_and_asks_what_a_step_needs() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    let text = manager.get("/risks/plan?plan=RTP-0002").text();
    let now = isms(&site);
    let today = jiff::civil::date(2026, 6, 30);
    let plan = Ref::<TreatmentPlan>::new(2);
    let actions: Vec<_> =
        now.live::<TreatmentAction>().filter(|it| it.plan == Some(plan) && it.state_name() != "cancelled").collect();
    let left: Vec<_> =
        actions.iter().filter(|it| it.done_on.or(it.verified_on).is_none_or(|day| day > today)).collect();
    let money: f64 = left.iter().filter_map(|it| measure::cost_of(it.cost_once)).sum();
    let row = text.split("30 Jun 2026</th>").nth(1).and_then(|it| it.split("</tr>").next()).expect("today is a row");
    assert!(row.contains(&format!("<td class=\"num\">{}</td>", left.len())), "{} in {row}", left.len());
    assert!(row.contains(&short(money)), "{} in {row}", short(money));
    let responsible = now.get(Ref::<TreatmentAction>::new(17)).unwrap();
    let revision = responsible.revision.to_string();
    let who = site.person(responsible.responsible.unwrap());
    let moved = who.post("/risks/plan/TA-0017", &[("revision", &revision), ("to", "blocked")]);
    assert_eq!(moved.status, 303, "{}", moved.text());
    assert!(moved.location().starts_with("/treatment-plan-actions/TA-0017/step/blocked"), "{}", moved.location());
    assert_eq!(who.get(moved.location()).status, 200);
    // An action that begins before the one it waits for is pointed out, and drawn with its line.
    let fields = serde_json::json!({ "after": ["TA-0026"] }).as_object().unwrap().clone();
    let target = "TA-0025".parse().unwrap();
    let command = Command::Update { target, revision: None, fields, reason: None };
    site.app.store.organisation(Some("clinic")).unwrap().submit(&Principal::operator(), command).unwrap();
    let text = manager.get("/risks/plan?view=timeline").text();
    assert!(text.contains("is to begin before this is done") && text.contains("class=\"dep\""));
    assert_eq!(manager.get("/risks/plan?view=board&plan=nothing").status, 200);
}

const METHOD: &str = "/risk-methodologies/MET-0001/edit-method";

#[test]
fn a_hole_and_a_falling_value_are_named_and_the_risks_that_cross_the_limit_are_counted() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    let before = size(&site);
    let start = fields(&manager.get(METHOD).text(), METHOD);
    let with = |changes: &[(&str, &str)]| {
        let mut form = start.clone();
        for (name, value) in changes {
            set(&mut form, name, value);
        }
        form.push(("_effect".to_owned(), "1".to_owned()));
        send(&manager, METHOD, &form)
    };
    assert!(with(&[]).text().contains("Complete, and no value falls."));
    let text = with(&[("matrix", "free"), ("m~3,2", "")]).text();
    assert!(text.contains("No value at likelihood 3, impact 2."), "{text}");
    let text = with(&[("matrix", "free"), ("m~2,2", "9")]).text();
    assert!(
        text.contains("The value falls from 9 at likelihood 2, impact 2 to 6 at likelihood 2, impact 3."),
        "{text}"
    );
    let text = with(&[("b.4.to", "24")]).text();
    assert!(text.contains("Bands: no band holds 25 to 25"), "{text}");
    assert!(with(&[("l.1.to", "0.01")]).text().contains("Likelihood: level 2"));
    let now = isms(&site);
    let counted = || now.live::<Risk>().filter(|it| measure::counts(it));
    let sixes = counted().filter(|it| it.current_value == Some(6)).count();
    let above = counted().filter(|it| it.current_value.is_some_and(|it| it > 6)).count();
    assert!(sixes > 1 && above > 1);
    let text = with(&[("acceptance_max", "5")]).text();
    let said = format!("Of {} risks, {above} lie above the limit now and {} would.", counted().count(), above + sixes);
    assert!(text.contains(&said), "{said}");
    assert!(text.contains(&format!("{sixes} risks would come above the limit")));
    let text = with(&[("acceptance_max", "25"), ("absolute_max", "25")]).text();
    assert!(text.contains(&format!("{above} risks would come under the limit")));
    for (name, value, id) in [
        ("l.0.to", "often", "field-l-0-to"),
        ("i.2.to", "much", "field-i-2-to"),
        ("acceptance_max", "six", "field-acceptance_max"),
        ("version", "", "field-version"),
        ("b.1.days", "soon", "field-b-1-days"),
    ] {
        assert_eq!(with(&[(name, value)]).status, 200, "{name}: nothing was asked to be saved");
        let answer = with(&[(name, value), ("_save", "1")]);
        assert_eq!(answer.status, 422, "{name}");
        let text = answer.text();
        assert!(text.contains(&format!("href=\"#{id}\"")) && text.contains(&format!("id=\"{id}\"")), "{name}");
    }
    assert_eq!(size(&site), before);
}

#[test]
fn weights_of_dimensions_are_asked_for_where_they_count_and_add_up() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    let form = fields(&manager.get(METHOD).text(), METHOD);
    let with = |more: &[(&str, &str)]| {
        let mut form = form.clone();
        for (name, value) in [("impact_aggregation", "weighted_sum")].iter().chain(more) {
            set(&mut form, name, value);
        }
        send(&manager, METHOD, &form)
    };
    let four = |weights: [&'static str; 4]| {
        let names = ["weight_legal", "weight_patient_or_customer", "weight_operations", "weight_reputation"];
        names.into_iter().zip(weights).collect::<Vec<_>>()
    };
    let saving = |weights: [&'static str; 4]| with(&[&four(weights)[..], &[("_save", "1")]].concat());
    let text = saving(["40", "", "20 %", "many"]).text();
    for (id, is) in [("legal", false), ("patient_or_customer", true), ("operations", false), ("reputation", true)] {
        assert_eq!(text.contains(&format!("href=\"#field-weight_{id}\"")), is, "{id}");
    }
    let text = saving(["40", "20", "20", "10"]).text();
    assert_eq!(text.matches("href=\"#field-weight_").count(), 1, "one error, at one field");
    assert!(text.contains("adds up with the others to 90 %"));
    // The preview says that before anything is saved, and what one dimension alone comes to.
    assert!(with(&four(["40", "20", "20", "10"])).text().contains("The weights add up to 90 %"));
    let text = with(&four(["70", "10", "10", "10"])).text();
    let alone = text.split("in all others comes to:").nth(1).unwrap().split("</dl>").next().unwrap();
    // 0.7 x 5 + 0.3 = 3.8, and 0.1 x 5 + 0.9 = 1.4.
    let levels: Vec<&str> = alone.split("<dd>").skip(1).map(|it| it.split('<').next().unwrap()).collect();
    assert_eq!(levels, ["4", "1", "1", "1"]);
    let saved = saving(["70", "10", "10", "10"]);
    assert_eq!(saved.status, 303, "{}", saved.text());
    let now = isms(&site);
    let made = now.table::<Methodology>().iter().last().unwrap();
    let weights = made.weights().map(|it| it.1.map(|it| it.0.to_string()).unwrap_or_default());
    assert_eq!(weights, ["70", "10", "10", "10"]);
    assert_eq!(made.impact_aggregation, Some(MethodologyImpactAggregation::WeightedSum));
    // The page of a rating then asks for the dimensions, and works the example of the method out.
    assert!(manager.get(saved.location()).text().contains("value=\"70\""));
}

#[test]
fn a_new_version_is_a_draft_and_what_was_rated_before_keeps_its_method() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    let risks: Vec<_> = isms(&site).live::<Risk>().map(|it| (it.number, it.methodology, it.current_value)).collect();
    let mut form = fields(&manager.get(METHOD).text(), METHOD);
    // A level more of likelihood, other words, and a stricter limit.
    form.push(("_add".to_owned(), "l".to_owned()));
    let text = send(&manager, METHOD, &form).text();
    let mut form = fields(&text, METHOD);
    for (name, value) in [
        ("l.0.label", "Hardly ever"),
        ("l.5.label", "Every day"),
        ("l.5.to", "1000"),
        ("l.5.description", "<b>all the time</b>"),
        ("b.4.to", "30"),
        ("acceptance_max", "5"),
        ("_save", "1"),
    ] {
        set(&mut form, name, value);
    }
    let answer = send(&manager, METHOD, &form);
    assert_eq!(answer.status, 303, "{}", answer.text());
    let now = isms(&site);
    let made = now.table::<Methodology>().iter().last().unwrap().clone();
    let target = made.reference().any();
    assert_eq!(answer.location(), format!("/risk-methodologies/{target}/edit-method?done=saved%20{target}"));
    assert_eq!((made.state_name(), made.version.as_deref()), ("draft", Some("2.0")));
    assert!(Method::of(&made.body).flaws().is_empty());
    assert_eq!((made.likelihood_scale.len(), made.matrix.as_ref().unwrap().0.len()), (6, 30));
    assert!(made.assessment_criteria.is_some() && made.approval.is_none() && made.effective_from.is_none());
    let old = now.get(Ref::<Methodology>::new(1)).unwrap();
    assert_eq!((old.state_name(), old.likelihood_scale.len(), old.revision), ("effective", 5, 1));
    let page = manager.get(answer.location()).text();
    assert!(page.contains("&#60;b&#62;all the time") && !page.contains("<b>all the time"));
    // Into force by the steps of its record.
    let organisation = site.app.store.organisation(Some("clinic")).unwrap();
    let top = crate::common::person_with(&site.app, Role::TopManagement).unwrap();
    let step = |who: Ref<Person>, to: &str| {
        let principal = Principal::of(&organisation.isms(), who, Via::Session).unwrap();
        let fields = serde_json::Map::new();
        let step = Command::Step { target, to: to.to_owned(), revision: None, fields, reason: None };
        organisation.submit(&principal, step).unwrap();
    };
    let who = manager.person.unwrap();
    step(who, "in_review");
    step(top, "approved");
    step(who, "effective");
    let now = isms(&site);
    assert_eq!(now.get(Ref::<Methodology>::new(1)).unwrap().state_name(), "superseded");
    let after: Vec<_> = now.live::<Risk>().map(|it| (it.number, it.methodology, it.current_value)).collect();
    assert_eq!(after, risks, "risks keep the version they were rated by, and their values");
    let rate = manager.get("/risks/R-0001/rate").text();
    assert!(
        rate.contains("Very rare") && !rate.contains("Hardly ever"),
        "an old rating is shown in the words of its method"
    );
    assert_eq!(manager.get("/risks/matrix").status, 200);
}
