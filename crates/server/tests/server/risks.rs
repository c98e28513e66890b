//! Risk pages.

use attestry_check::measure::{self, Method};
use attestry_check::standing::{self, Standing};
use attestry_model::kind::Role;
use attestry_model::records::{Kind, Methodology, Risk};
use attestry_model::{Command, Isms, Principal};
use attestry_risk::qualitative::HeatMap;

use crate::client::Site;
use crate::loss::create;

pub fn isms(site: &Site) -> Isms {
    site.app.store.organisation(Some("clinic")).unwrap().isms()
}

pub fn ok(site: &Site, role: Role, path: &str) -> String {
    let answer = site.role(role).get(path);
    assert_eq!(answer.status, 200, "{role:?} {path}: {}", answer.text());
    answer.text()
}

const PAGES: [&str; 7] = [
    "/risks/matrix",
    "/risks/loss",
    "/soa",
    "/soa/edition-2013",
    "/reports",
    "/risks/R-0001/money",
    "/soa?state=in-place",
];

#[test]
fn who_works_in_the_isms_sees_the_pages_and_employees_do_not() {
    let site = Site::clinic();
    for role in [Role::IsmsManager, Role::TopManagement, Role::RiskOwner, Role::ControlOwner, Role::InternalAuditor] {
        for path in PAGES {
            let text = ok(&site, role, path);
            assert_eq!(text.matches("<h1").count(), 1, "{role:?} {path}");
        }
    }
    for path in PAGES {
        assert_eq!(site.role(Role::Employee).get(path).status, 403, "{path}");
        assert_eq!(site.stranger().get(path).status, 303, "{path}");
    }
}

#[test]
fn every_cell_of_the_matrix_counts_what_the_heat_map_counts_and_leads_to_that_list() {
    let site = Site::clinic();
    let text = ok(&site, Role::IsmsManager, "/risks/matrix");
    let isms = isms(&site);
    let method = isms.live::<Methodology>().find(|it| it.state_name() == "effective").unwrap();
    let method = Method::of(&method.body);
    for (fields, of) in [
        ("inherent", (|it: &Risk| measure::cell(it.inherent_likelihood, it.inherent_impact)) as fn(&Risk) -> _),
        ("current", |it: &Risk| measure::cell(it.current_likelihood, it.current_impact)),
        ("residual", |it: &Risk| measure::cell(it.residual_likelihood, it.residual_impact)),
    ] {
        let levels = isms.live::<Risk>().filter(|it| measure::counts(it)).filter_map(|it| of(it));
        let heat = HeatMap::of(levels.map(|it| (it.likelihood, it.impact)), &method.matrix, &method.bands);
        for (row, likelihood) in heat.cells.iter().zip(1..) {
            for (count, impact) in row.iter().zip(1..) {
                let link =
                    format!("/risks?{fields}_likelihood={likelihood}&#38;{fields}_impact={impact}&#38;state!=closed");
                let found = text.split(&link).nth(1).map(|rest| rest.split("</a>").next().unwrap_or_default());
                match *count {
                    0 => assert!(found.is_none(), "{link}"),
                    count => {
                        let shown = format!("aria-hidden=\"true\">{count}</span>");
                        assert!(found.is_some_and(|it| it.contains(&shown)), "{link} {count}: {found:?}");
                    }
                }
            }
        }
    }
}

#[test]
fn the_matrix_can_be_narrowed_and_compared_with_another_day() {
    let site = Site::clinic();
    let all = ok(&site, Role::IsmsManager, "/risks/matrix");
    let owner = isms(&site).live::<Risk>().find_map(|it| it.risk_owner).unwrap().any();
    let own = isms(&site)
        .live::<Risk>()
        .filter(|it| measure::counts(it) && it.risk_owner.map(attestry_model::Ref::any) == Some(owner))
        .count();
    let narrowed = ok(&site, Role::IsmsManager, &format!("/risks/matrix?owner={owner}"));
    let said = if own == 1 { "1 risk is counted.".to_owned() } else { format!("{own} risks are counted.") };
    assert!(narrowed.contains(&said) && !all.contains(&said), "{said}");
    let compared = ok(&site, Role::IsmsManager, "/risks/matrix?compare=2026-06-01");
    assert!(compared.contains("Changed since 1 Jun 2026"));
    let wrong = site.role(Role::IsmsManager).get("/risks/matrix?compare=soon");
    assert_eq!(wrong.status, 422);
}

#[test]
fn the_statement_shows_all_93_controls_with_the_standing_that_tests_and_evidence_give() {
    let site = Site::clinic();
    let text = ok(&site, Role::IsmsManager, "/soa");
    let isms = isms(&site);
    let today = jiff::civil::date(2026, 6, 30);
    let soa = standing::newest(&isms).unwrap();
    let rows: Vec<_> = standing::rows_of(&isms, soa).collect();
    for control in attestry_standards::annex_controls() {
        assert!(text.contains(&format!("<tr id=\"{}\"", control.id)), "{}", control.id);
    }
    for standing in Standing::ALL {
        let count = rows.iter().filter(|row| Standing::of(&isms, row, today) == standing).count();
        let shown = format!("state={}\"", standing.name());
        let found =
            text.split(&shown).nth(1).and_then(|rest| rest.split("<b>").nth(1)?.split("</b>").next()?.parse().ok());
        assert_eq!(found.unwrap_or(0), count, "{standing:?}");
    }
}

#[test]
fn a_row_is_changed_in_its_place_and_what_is_wrong_is_said_with_nothing_lost() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    let row = isms(&site).live::<attestry_model::records::Applicability>().next().unwrap().clone();
    let path = format!("/soa/{}", row.reference().any());
    let open = manager.get(&format!("/soa?edit={}", row.reference().any())).text();
    assert!(open.contains(&format!("action=\"{path}\"")));
    let revision = row.revision.to_string();
    let hostile = "<script>alert(1)</script>";
    let wrong = manager.post(
        &path,
        &[("revision", &revision), ("applicable", "true"), ("justification", hostile), ("planned_date", "soon")],
    );
    assert_eq!(wrong.status, 422);
    assert!(wrong.text().contains("&#60;script&#62;alert(1)") && !wrong.text().contains(hostile));
    let done = manager.post(
        &path,
        &[
            ("revision", &revision),
            ("applicable", "true"),
            ("reasons", "business"),
            ("implementation", "implemented"),
            ("justification", hostile),
        ],
    );
    assert_eq!(done.status, 303, "{}", done.text());
    let page = manager.get("/soa").text();
    assert!(!page.contains(hostile));
    assert!(page.contains("does not cover the rows as they stand now"));
    let stale = manager.post(&path, &[("revision", &revision), ("justification", "again")]);
    assert_eq!(stale.status, 409);
    let denied = site.role(Role::InternalAuditor).post(&path, &[("revision", "2"), ("justification", "mine")]);
    assert_eq!(denied.status, 403);
    assert_eq!(manager.post("/soa/SR-9999", &[("revision", "1")]).status, 404);
}

#[test]
fn the_statement_can_be_narrowed_to_a_theme_or_an_attribute_and_names_who_answers() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    for (asked, fits) in [
        (
            "theme:people",
            (|it: &attestry_standards::AnnexControl| it.theme == attestry_standards::Theme::People)
                as fn(&attestry_standards::AnnexControl) -> _,
        ),
        ("type:detective", |it: &attestry_standards::AnnexControl| {
            it.control_types.contains(&attestry_standards::ControlType::Detective)
        }),
        ("capability:continuity", |it: &attestry_standards::AnnexControl| {
            it.capabilities.contains(&attestry_standards::OperationalCapability::Continuity)
        }),
    ] {
        let text = manager.get(&format!("/soa?attribute={asked}")).text();
        for control in attestry_standards::annex_controls() {
            assert_eq!(text.contains(&format!("<tr id=\"{}\"", control.id)), fits(control), "{asked} {}", control.id);
        }
        assert!(text.contains(&format!("value=\"{asked}\" selected")));
    }
    assert!(manager.get("/soa?attribute=type:nonsense").text().contains("<tr id=\"A.5.1\""), "nothing is asked");
    // Who answers for a control is picked in its cell.
    let now = isms(&site);
    let soa = standing::newest(&now).unwrap();
    let row = standing::rows_of(&now, soa).find(|it| it.annex_id.as_deref() == Some("A.5.1")).unwrap().clone();
    let path = format!("/soa/{}", row.reference().any());
    let revision = row.revision.to_string();
    let send =
        |who: &str| manager.post(&path, &[("revision", &revision), ("only", "responsible"), ("responsible", who)]);
    let refused = send("Nobody at all");
    assert!(refused.status == 422 && refused.text().contains("names nobody"), "{}", refused.status);
    assert_eq!(send("PER-0004 · whoever").status, 303);
    let after = isms(&site).get(row.reference()).unwrap().clone();
    assert_eq!(after.responsible, Some(attestry_model::Ref::new(4)));
    assert_eq!((after.applicable, after.justification.clone()), (row.applicable, row.justification.clone()));
    let revision = after.revision.to_string();
    let emptied = manager.post(&path, &[("revision", &revision), ("only", "responsible"), ("responsible", "")]);
    assert_eq!((emptied.status.as_u16(), isms(&site).get(row.reference()).unwrap().responsible), (303, None));
}

#[test]
fn a_decision_that_one_may_not_see_is_not_told_where_it_is_weighed() {
    let site = Site::clinic();
    let risk = create(&site, Kind::Risk, &[("title", "Takeover by a rival")]);
    let fields =
        [("title", "Leave"), ("risk", &risk.to_string()), ("option", "avoid"), ("rationale", "A secret reason")];
    create(&site, Kind::Treatment, &fields);
    let path = format!("/risks/{risk}/treat");
    assert!(ok(&site, Role::IsmsManager, &path).contains("A secret reason"));
    let text = ok(&site, Role::ExternalAuditor, &path);
    assert!(!text.contains("A secret reason") && !text.contains("value=\"avoid\" checked"));
}

#[test]
fn the_list_behind_a_cell_holds_what_the_cell_counts_and_no_closed_risk_or_opportunity() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    let count = |risk: &Risk| measure::cell(risk.current_likelihood, risk.current_impact);
    let level = [("current_likelihood", "2"), ("current_impact", "3")];
    for (title, more) in [("One more", "risk"), ("A chance", "opportunity"), ("Said of neither", "")] {
        let kind = if more.is_empty() { vec![] } else { vec![("risk_opportunity", more)] };
        let written: Vec<(&str, &str)> = [("title", title)].into_iter().chain(kind).collect();
        let organisation = site.app.store.organisation(Some("clinic")).unwrap();
        let mut fields: serde_json::Map<String, serde_json::Value> =
            written.iter().map(|(name, value)| ((*name).to_owned(), serde_json::Value::from(*value))).collect();
        fields.extend(level.iter().map(|(name, value)| ((*name).to_owned(), value.parse::<u8>().unwrap().into())));
        organisation.submit(&Principal::operator(), Command::Create { kind: Kind::Risk, fields }).unwrap();
    }
    let isms = isms(&site);
    let all = isms.live::<Risk>().filter(|it| measure::counts(it));
    let here = all.filter(|it| count(it).is_some_and(|it| (it.likelihood, it.impact) == (2, 3))).count();
    let page = manager.get("/risks/matrix").text();
    let link = page.split("href=\"/risks?current_likelihood=2&#38;current_impact=3").nth(1).unwrap();
    let rest = link.split('"').next().unwrap().replace("&#38;", "&");
    let list = manager.get(&format!("/risks?current_likelihood=2&current_impact=3{rest}")).text();
    assert!(list.contains(&format!("{here} of ")), "{here}");
    assert!(list.contains("One more") && list.contains("Said of neither") && !list.contains("A chance"));
}

#[test]
fn documents_are_made_in_every_format_but_not_for_everybody() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    for (file, begin) in [
        ("soa.html", "<!doctype html>"),
        ("soa.csv", ""),
        ("soa.xlsx", "PK"),
        ("treatment-plan.html", "<!doctype html>"),
    ] {
        let answer = manager.get(&format!("/reports/{file}"));
        if file.starts_with("treatment") && answer.status == 404 {
            continue;
        }
        assert_eq!(answer.status, 200, "{file}");
        assert!(answer.text().to_lowercase().starts_with(&begin.to_lowercase()), "{file}");
        assert!(answer.header("content-disposition").starts_with("attachment"), "{file}");
    }
    for path in ["/reports/soa.exe", "/reports/nothing.pdf", "/reports/soa"] {
        assert_eq!(manager.get(path).status, 404, "{path}");
    }
}

#[test]
fn the_past_is_shown_as_it_was_and_cannot_be_changed() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    for path in ["/risks/matrix?asof=0", "/soa?asof=1000", "/risks/loss?asof=1000"] {
        let answer = manager.get(path);
        assert!([200, 404].contains(&answer.status.as_u16()), "{path}: {}", answer.status);
        assert!(!answer.text().contains("data-guard"), "{path}");
    }
    let length = isms(&site).size() - 1;
    let text = ok(&site, Role::IsmsManager, &format!("/soa?asof={length}"));
    assert!(text.contains("pastbar") && !text.contains("edit=SR-"));
    let answer = manager.post("/soa/SR-0001?asof=1", &[("revision", "1")]);
    assert_eq!(answer.status, 403);
}

#[test]
fn ratings_plan_consents_and_dependencies_are_there_for_the_isms_and_tell_bad_addresses_alike() {
    let site = Site::clinic();
    for path in [
        "/risks/R-0001/rate",
        "/risks/assess",
        "/risks/plan",
        "/risks/plan?view=board",
        "/risks/plan?view=timeline",
        "/risks/acceptances-due",
        "/assets/dependencies",
        "/assets/dependencies?start=AST-0009&depth=99",
        "/treatment-decisions/TRT-0001/sign",
        "/residual-risk-acceptances/RAC-0001/sign",
    ] {
        for role in [Role::IsmsManager, Role::RiskOwner, Role::InternalAuditor] {
            assert_eq!(ok(&site, role, path).matches("<h1").count(), 1, "{role:?} {path}");
        }
        assert_eq!(site.role(Role::Employee).get(path).status, 403, "{path}");
    }
    for path in [
        "/risks/R-9999/rate",
        "/risks/AST-0001/rate",
        "/treatment-decisions/R-0001/sign",
        "/assets/dependencies?start=x",
    ] {
        assert_eq!(site.role(Role::IsmsManager).get(path).status, 404, "{path}");
    }
}

#[test]
fn a_rating_below_the_proposals_asks_why_and_keeps_the_answer() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    let before = isms(&site).get(attestry_model::Ref::<Risk>::new(1)).unwrap().clone();
    let proposals = measure::proposals(&isms(&site), &before).unwrap();
    assert_eq!((proposals.by_rate.likelihood, proposals.by_rate.impact), (3, 3), "the worked example of R-0001");
    let revision = before.revision.to_string();
    let fields = [("revision", revision.as_str()), ("current_likelihood", "1"), ("current_impact", "1")];
    let refused = manager.post("/risks/R-0001/rate", &fields);
    assert_eq!(refused.status, 422);
    let told = refused.text();
    assert!(told.contains("id=\"field-why-err\"") && told.contains("id=\"field-why\""));
    let top = told.split("role=\"alert\"").nth(1).unwrap().split("</ul>").next().unwrap();
    assert!(top.contains("href=\"#field-why\"") && top.contains("Why lower than proposed is needed"), "{top}");
    let with_why = [fields.as_slice(), &[("why", "nobody was hit in ten years")]].concat();
    let saved = manager.post("/risks/R-0001/rate", &with_why);
    assert_eq!(saved.status, 303, "{}", saved.text());
    let after = isms(&site);
    let after = after.get(attestry_model::Ref::<Risk>::new(1)).unwrap();
    assert_eq!((after.current_likelihood.unwrap().0, after.current_value), (1, Some(1)));
    let organisation = site.app.store.organisation(Some("clinic")).unwrap();
    let history = organisation.history(after.reference().any()).unwrap();
    assert!(history.iter().any(|it| it.reason.as_deref() == Some("nobody was hit in ten years")));
    let one = |field: &str| format!("{field} R-0002");
    let revision = isms(&site).get(attestry_model::Ref::<Risk>::new(2)).unwrap().revision.to_string();
    let names = [one("revision"), one("current_likelihood"), one("current_impact"), one("why")];
    let table = manager
        .post("/risks/assess", &[(&names[0], revision.as_str()), (&names[1], "5"), (&names[2], "5"), (&names[3], "")]);
    assert_eq!(table.status, 303);
    assert!(table.location().starts_with("/risks/assess?done=assessed%201&undo="), "{}", table.location());
    assert_eq!(isms(&site).get(attestry_model::Ref::<Risk>::new(2)).unwrap().current_value, Some(25));
}

#[test]
fn a_signature_needs_the_state_that_was_seen_and_who_is_entitled() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    let fields =
        serde_json::json!({ "risk": "R-0001", "title": "Again", "option": "accept", "rationale": "Small enough." });
    let fields = fields.as_object().unwrap().clone();
    let organisation = site.app.store.organisation(Some("clinic")).unwrap();
    let operator = attestry_model::Principal::operator();
    let create = attestry_model::Command::Create { kind: attestry_model::Kind::Treatment, fields };
    let receipt = organisation.submit(&operator, create).unwrap();
    drop(receipt);
    let number = isms(&site).next_number(attestry_model::Kind::Treatment) - 1;
    let target = attestry_model::Ref::<attestry_model::records::Treatment>::new(number);
    let step = attestry_model::Command::Step {
        target: target.any(),
        to: "proposed".to_owned(),
        revision: None,
        fields: serde_json::Map::new(),
        reason: None,
    };
    organisation.submit(&operator, step).unwrap();
    let path = format!("/treatment-decisions/{}/sign", target.any());
    assert!(ok(&site, Role::IsmsManager, "/risks/acceptances-due").contains(&path));
    let seen = isms(&site);
    let record = seen.record(target.any()).unwrap();
    let (hash, revision) = (attestry_model::decide::state_hash(record, &seen), record.revision().to_string());
    let page = manager.get(&path).text();
    assert!(page.contains(&hash));
    let signed = [("revision", revision.as_str()), ("hash", hash.as_str()), ("confirm", "yes")];
    let other = [("revision", revision.as_str()), ("hash", "00"), ("confirm", "yes")];
    assert_eq!(manager.post(&path, &other).status, 409);
    assert_eq!(manager.post(&path, &signed).status, 403, "the manager does not own the risk");
    let owner = seen.get(attestry_model::Ref::<Risk>::new(1)).unwrap().risk_owner.unwrap();
    let done = site.person(owner).post(&path, &signed);
    assert_eq!(done.status, 303, "{}", done.text());
    let now = isms(&site);
    let decision = now.get(target).unwrap();
    let approval = now.find(decision.approval).unwrap();
    assert_eq!(decision.state_name(), "approved");
    assert!(attestry_model::decide::covers(approval, decision, &now) && approval.signer == Some(owner));
}
