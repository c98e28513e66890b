//! Home, the steps, clauses, findings.

use std::collections::BTreeSet;

use attestry_check::{Report, Verdict};
use attestry_model::kind::Role;
use attestry_model::records::Task;
use attestry_model::{AnyRef, Command, Isms, Kind, Principal, Ref};
use attestry_server::places::record_path;
use serde_json::{Map, json};

use crate::client::Site;
use crate::common;

fn isms(site: &Site) -> Isms {
    site.app.store.organisation(Some("clinic")).unwrap().isms()
}

fn report(site: &Site) -> Report {
    let now = common::NOW.parse().unwrap();
    let isms = isms(site);
    let zone = attestry_server::cx::zone_of(&isms);
    Report::of(&isms, now, zone.to_datetime(now).date())
}

fn write(site: &Site, command: Command) -> Vec<AnyRef> {
    let organisation = site.app.store.organisation(Some("clinic")).unwrap();
    let receipt = organisation.submit(&Principal::operator(), command).unwrap();
    let record = |subject| if let attestry_model::Subject::Record(it) = subject { Some(it) } else { None };
    receipt.entries.into_iter().filter_map(|entry| record(entry.subject)).collect()
}

fn task(site: &Site, person: Ref<attestry_model::records::Person>, title: &str) -> Ref<Task> {
    let fields: Map<String, serde_json::Value> = [
        ("title", json!(title)),
        ("what", json!("do it")),
        ("assignee", json!(person.any().to_string())),
        ("due", json!("2026-06-20")),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect();
    write(site, Command::Create { kind: Kind::Task, fields })[0].of().unwrap()
}

#[test]
fn each_role_lands_where_it_works() {
    let site = Site::clinic();
    // A risk owner who leads nothing else.
    let owner = site.person(Ref::new(12)).get("/");
    assert_eq!((owner.status.as_u16(), owner.location()), (303, "/work"));
    for (role, place) in [
        (Role::TopManagement, "/overview"),
        (Role::AssetOwner, "/work"),
        (Role::ControlOwner, "/work"),
        (Role::Employee, "/portal"),
    ] {
        let answer = site.role(role).get("/");
        assert_eq!((answer.status.as_u16(), answer.location()), (303, place), "{role:?}");
        assert_eq!(site.role(role).get(place).status, 200, "{role:?}");
    }
    for role in [Role::IsmsManager, Role::InternalAuditor] {
        assert_eq!(site.role(role).get("/").status, 200, "{role:?}");
    }
    assert_eq!(site.role(Role::Employee).get("/work").location(), "/portal");
}

#[test]
fn the_numbers_of_the_first_page_are_those_of_the_report() {
    let site = Site::clinic();
    let (report, isms) = (report(&site), isms(&site));
    let score = report.summary(&isms).all;
    let text = site.role(Role::IsmsManager).get("/").text();
    assert!(text.contains(&format!("<b>{} of {}</b>", score.holds, report.outcomes.len())), "{text}");
    assert!(text.contains(&format!("{} gaps</span>", score.violated())));
    assert!(text.contains("before the audit on 14 Sep 2026"), "the certification record plans stage 2 for that day");
    for (class, count) in [("g", score.violated()), ("u", score.unknown), ("v", score.waived)] {
        // The legend shows one of each.
        assert_eq!(text.matches(&format!("<i class=\"{class}\"></i>")).count(), count + 1, "{class}");
    }
    assert_eq!(text.matches("<i></i>").count(), score.holds + 1);
}

#[test]
fn every_page_of_home_answers_every_role_of_the_isms_and_no_employee() {
    let site = Site::clinic();
    let pages = [
        "/readiness",
        "/overview",
        "/calendar",
        "/calendar?month=2026-09",
        "/steps",
        "/steps/6",
        "/clauses",
        "/clauses/6.1.3",
        "/clauses/A.8.13",
        "/findings",
        "/findings?clause=A&severity=minor&verdict=all",
        "/rules/C6.1.3-d-03",
        "/ready/stage-1",
        "/ready/stage-2",
        "/controls/operation",
        "/controls/operation?theme=people",
        "/controls/operation/A.5.1",
        "/calendar.ics",
    ];
    for role in [Role::IsmsManager, Role::TopManagement, Role::RiskOwner, Role::InternalAuditor] {
        let client = site.role(role);
        for page in pages {
            let answer = client.get(page);
            assert_eq!(answer.status, 200, "{role:?} {page} {}", answer.text());
            // A key that is written nowhere would be shown as it is.
            let text = answer.text();
            for key in [
                ">work-",
                ">step-",
                ">stage-",
                ">operation-",
                ">verdict-",
                ">ready-",
                ">clause-",
                ">section-",
                ">overview-",
            ] {
                assert!(
                    !text.contains(key),
                    "{page}: {key} {}",
                    text.split(key).nth(1).unwrap_or("").get(..40).unwrap_or("")
                );
            }
        }
    }
    let employee = site.role(Role::Employee);
    for page in pages {
        assert_eq!(employee.get(page).status, 403, "{page}");
    }
    let manager = site.role(Role::IsmsManager);
    for page in
        ["/steps/13", "/steps/x", "/clauses/11.1", "/rules/C0", "/controls/operation/A.9.9", "/work-done/TSK-9999"]
    {
        let answer = if page.starts_with("/work") { manager.post(page, &[]) } else { manager.get(page) };
        assert_eq!(answer.status, 404, "{page}");
    }
}

#[test]
fn a_finding_leads_to_its_record_and_to_the_field_that_is_missing() {
    let site = Site::clinic();
    let report = report(&site);
    let text = site.role(Role::IsmsManager).get("/findings").text();
    for finding in report.open().filter(|finding| finding.item.record().is_some()) {
        let record = finding.item.record().unwrap();
        assert!(text.contains(&record.to_string()), "{} {record}", finding.rule.id);
    }
    assert!(text.contains("/edit#field-"), "at least one finding is fixed in a field");
    // Somebody else's register is read only: the same finding has no form for an auditor.
    assert!(!site.role(Role::InternalAuditor).get("/findings").text().contains("/risks/R-0026/edit"));
}

#[test]
fn what_cannot_be_judged_is_shown_and_never_counted_as_a_pass() {
    let site = Site::clinic();
    let report = report(&site);
    let unknown: Vec<_> = report.outcomes.iter().filter(|one| one.verdict == Verdict::NotEnoughEvidence).collect();
    let text = site.role(Role::IsmsManager).get("/findings").text();
    for one in &unknown {
        assert!(text.contains(one.rule.id), "{}", one.rule.id);
    }
    if let Some(one) = unknown.first() {
        let page = site.role(Role::IsmsManager).get(&format!("/rules/{}", one.rule.id)).text();
        assert!(page.contains("Not enough recorded") && !page.contains("action=\"/rules/"));
    }
}

#[test]
fn a_finding_is_waived_with_a_reason_and_an_end_and_stays_visible() {
    let site = Site::clinic();
    let report = report(&site);
    let finding = report.open().find(|finding| finding.item.record().is_some()).unwrap();
    let (rule, item) = (finding.rule.id, finding.item.to_string());
    let manager = site.role(Role::IsmsManager);
    let path = format!("/rules/{rule}/waive");
    for (reason, expires, said) in [
        ("too short", "2026-12-31", "twenty letters"),
        ("a reason that is long enough <b>", "2026-01-01", "lies in the past"),
        ("a reason that is long enough <b>", "some day", "Enter the last day"),
        ("a reason that is long enough <b>", "2099-01-01", "three years"),
    ] {
        let answer = manager.post(&path, &[("item", &item), ("reason", reason), ("expires", expires)]);
        assert_eq!(answer.status, 422, "{said}");
        let text = answer.text();
        assert!(text.contains(said) && !text.contains("enough <b>"), "{said}");
        let kept = reason.replace('<', "&#60;").replace('>', "&#62;");
        assert!(text.contains(&kept), "what was typed is kept");
    }
    let fields =
        [("item", item.as_str()), ("reason", "Accepted until the move of the archive"), ("expires", "2026-12-31")];
    assert_eq!(site.role(Role::RiskOwner).post(&path, &fields).status, 403);
    assert_eq!(manager.post(&path, &fields).status, 303);
    let after = self::report(&site);
    assert_eq!(after.open().count(), report.open().count() - 1);
    let text = manager.get("/findings?verdict=waived").text();
    assert!(text.contains("Accepted until the move of the archive") && text.contains(&item));
    assert_eq!(manager.post(&format!("/rules/{rule}/unwaive"), &[("item", &item)]).status, 303);
    assert_eq!(self::report(&site).open().count(), report.open().count());
    assert_eq!(manager.post(&format!("/rules/{rule}/unwaive"), &[("item", &item)]).status, 404);
}

#[test]
fn a_task_is_done_in_the_list_once_and_can_be_taken_back() {
    let site = Site::clinic();
    let owner = site.role(Role::RiskOwner);
    let task = task(&site, owner.person.unwrap(), "Lock <the> door");
    let list = owner.get("/work").text();
    assert!(list.contains("Lock &#60;the&#62; door") && list.contains("Overdue") && list.contains("10 days"));
    let done = format!("/work-done/{}", task.any());
    let state = || isms(&site).get(task).unwrap().state_name();
    assert_eq!(site.role(Role::Employee).post(&done, &[]).status, 404, "somebody else's task");
    assert_eq!(state(), "open");
    for _ in 0..2 {
        assert_eq!(owner.post(&done, &[]).status, 303);
        assert_eq!(state(), "done");
    }
    let revision = isms(&site).get(task).unwrap().revision;
    let list = owner.get("/work").text();
    let finished = list.split("Done lately").nth(1).unwrap().split("</section>").next().unwrap();
    assert!(finished.contains("Take back") && finished.contains("30 Jun · done"), "{finished}");
    assert!(finished.contains("st-ok"), "what is done has the mark of what is late: {finished}");
    assert_eq!(owner.post(&format!("/work-again/{}", task.any()), &[]).status, 303);
    let after = isms(&site);
    let after = after.get(task).unwrap();
    assert_eq!((after.state_name(), after.done_on, after.revision), ("open", None, revision + 1));
}

#[test]
fn the_work_in_the_rail_is_as_much_as_the_list_holds() {
    let site = Site::clinic();
    for role in [Role::IsmsManager, Role::RiskOwner, Role::TopManagement, Role::ControlOwner] {
        let client = site.role(role);
        let text = client.get("/work").text();
        let open = text.split("<main").nth(1).unwrap().split("Done lately").next().unwrap();
        let rows = open.matches("class=\"btn s\"").count();
        let home = text.split("<span>Home</span>").nth(1).unwrap().split("</a>").next().unwrap();
        let count = home.split("class=\"n hot\">").nth(1).and_then(|rest| rest.split('<').next()).unwrap_or("0");
        assert_eq!(rows.to_string(), count.trim(), "{role:?}");
    }
}

#[test]
fn nothing_is_offered_to_be_done_in_the_past() {
    let site = Site::clinic();
    let owner = site.role(Role::IsmsManager);
    let task = task(&site, owner.person.unwrap(), "Paint the fence");
    let length = isms(&site).size();
    let past = format!("?asof={}", length - 2);
    for page in ["/work", "/findings", "/readiness", "/steps/6", "/controls/operation/A.5.1", "/overview", "/calendar"]
    {
        let answer = owner.get(&format!("{page}{past}"));
        assert_eq!(answer.status, 200, "{page}");
        let text = answer.text();
        let main = text.split("<main").nth(1).unwrap();
        assert!(!main.contains("/edit") && !main.contains("method=\"post\"") && !main.contains("/new"), "{page}");
        assert!(text.contains(&format!("asof={}", length - 2)), "{page}: links stay in the past");
    }
    assert!(!owner.get(&format!("/work{past}")).text().contains("Paint the fence"));
    assert_eq!(owner.post(&format!("/work-done/{}{past}", task.any()), &[]).status, 403);
}

#[test]
fn the_calendar_is_a_file_that_other_calendars_read() {
    let site = Site::clinic();
    let answer = site.role(Role::IsmsManager).get("/calendar.ics");
    assert_eq!(answer.header("content-type"), "text/calendar; charset=utf-8");
    let text = answer.text();
    assert!(text.starts_with("BEGIN:VCALENDAR\r\n") && text.ends_with("END:VCALENDAR\r\n"));
    assert_eq!(text.matches("BEGIN:VEVENT").count(), text.matches("END:VEVENT").count());
    assert!(text.contains("DTSTART;VALUE=DATE:20260914"), "stage 2 of the certification");
}

#[test]
fn the_trend_shows_the_days_there_are_and_reaches_for_the_audit() {
    let folder = tempfile::tempdir().unwrap();
    let site = Site::of(common::growing_clinic(folder.path()), folder);
    let text = site.role(Role::IsmsManager).get("/readiness").text();
    let chart = text.split("<figure>").nth(1).unwrap().split("</figure>").next().unwrap();
    // The first day, six between, today; and the day on which no gap would be left.
    let rows: Vec<(&str, usize)> = chart
        .split("<th scope=\"row\">")
        .skip(1)
        .map(|row| {
            let (day, rest) = row.split_once("</th>").unwrap();
            let gaps = rest.split("class=\"num\">").nth(1).unwrap().split('<').next().unwrap();
            (day, gaps.parse().unwrap())
        })
        .collect();
    assert!(rows.len() >= 9, "{rows:?}");
    let isms = isms(&site);
    let now = report(&site).summary(&isms).all.violated();
    let today = rows.len() - 2;
    assert_eq!(rows[today].1, now, "the last point is what the page says in words");
    assert!(rows[0].1 > now + 2, "registers were missing in May: {rows:?}");
    assert_eq!(rows[today + 1].1, 0, "{rows:?}");
    assert!(rows[today + 1].0.contains("expected"), "{rows:?}");
    // The projection, the audit and the words.
    assert!(chart.contains("class=\"lp\"") && chart.contains("class=\"lim\""), "{chart}");
    assert!(chart.contains("Stage") || chart.contains("udit"), "{chart}");
    // The same days, seen from one of them.
    let past = site.role(Role::IsmsManager).get("/readiness?asof=2026-05-30").text();
    assert!(past.contains("class=\"ln\""), "the line of a past day ends there");
}

#[test]
fn contradictions_are_seen_where_people_look_and_counted_nowhere() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    let told: Vec<(String, String)> =
        report(&site).contradicting().map(|one| (one.rule.id.to_owned(), one.item.to_string())).collect();
    assert!(!told.is_empty());
    let list = manager.get("/findings").text();
    let section = list.split("id=\"contradictions\"").nth(1).unwrap().split("</section>").next().unwrap();
    for (rule, item) in &told {
        assert!(section.contains(&format!("/rules/{rule}?item={item}")), "{rule} {item}");
        let record = manager.get(&record_path(item.parse().unwrap())).text();
        assert!(record.contains(&format!("/rules/{rule}?item={item}")) && record.contains("Contradiction"), "{item}");
    }
    for (rule, item) in &told {
        let page = manager.get(&format!("/rules/{rule}")).text();
        assert!(page.contains(item.as_str()), "the page of {rule} names {item}");
    }
    assert!(manager.get("/readiness").text().contains("/findings#contradictions"));
    // They are narrowed like findings, and are in no count.
    assert!(!manager.get("/findings?clause=4").text().contains("id=\"contradictions\""));
    let open = report(&site).open().count();
    assert!(list.contains(&format!("{open} findings are open")));
}

#[test]
fn what_is_wrong_with_a_record_stands_beside_its_field() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    // A document whose review is overdue: the day is what is wrong.
    let text = manager.get("/documents/DOC-0021").text();
    let facts = text.split("id=\"s-facts\"").nth(1).unwrap().split("</section>").next().unwrap();
    let beside = facts.split("class=\"wrong\"").next().unwrap().rsplit("<dt>").next().unwrap();
    assert!(facts.contains("class=\"wrong\"") && facts.contains("overdue since 20 Jun"), "{facts}");
    assert!(beside.starts_with("Next review"), "{beside}");
    // A waived finding is no longer told beside the field, but still in its list.
    let fields = [("item", "DOC-0021"), ("reason", "The owner is back in August"), ("expires", "2026-08-31")];
    assert_eq!(manager.post("/rules/C7.5.3-e-02/waive", &fields).status, 303);
    let text = manager.get("/documents/DOC-0021").text();
    assert!(!text.contains("class=\"wrong\"") && text.contains("overdue since 20 Jun"));
    // From the list of findings to the field: one click to the record, or one to its form.
    let list = manager.get("/findings").text();
    for (record, field) in [
        ("/suppliers/SUP-0007", "privacy_agreement"),
        ("/controls/C-0044", "next_test_due"),
        ("/assets/AST-0035", "labelled"),
    ] {
        assert!(list.contains(&format!("href=\"{record}\"")), "{record}");
        assert!(list.contains(&format!("{record}/edit#field-{field}")), "{record} {field}");
    }
    // What is missing beside a record begins as a record that names it already.
    for begun in [
        "/training-assignments/new?person=PER-0901",
        "/residual-risk-acceptances/new?risk=R-0026",
        "/evidence/new?supports_controls=",
    ] {
        assert!(list.contains(begun), "{begun}");
    }
}

#[test]
fn a_waiver_is_among_the_days_that_come() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    let fields = [("item", "SUP-0007"), ("reason", "The agreement is with the lawyers"), ("expires", "2026-08-31")];
    assert_eq!(manager.post("/rules/A5.20-02/waive", &fields).status, 303);
    let month = manager.get("/calendar?month=2026-08").text();
    assert!(month.contains("Waiver ends") && month.contains("/rules/A5.20-02"), "{month}");
    assert!(manager.get("/calendar.ics").text().contains("DTSTART;VALUE=DATE:20260831"));
}

#[test]
fn a_control_says_how_mature_it_is_and_what_leads_further() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    // Tested once and effective; excluded; in place only in part.
    let text = manager.get("/controls/operation/A.5.5").text();
    assert!(text.contains("Maturity 4 of 5") && text.contains("Two tests in a row"), "{text}");
    assert!(!manager.get("/controls/operation/A.8.4").text().contains("Maturity"));
    assert!(manager.get("/controls/operation/A.8.12").text().contains("Maturity 0 of 5"));
    assert!(manager.get("/controls/operation").text().contains(">Maturity<"));
}

#[test]
fn both_stages_say_what_an_auditor_will_ask_and_where_the_answer_is() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    let first = manager.get("/ready/stage-1").text();
    assert_eq!(
        first.split("class=\"asks\"").nth(1).unwrap().split("</ol>").next().unwrap().matches("<li>").count(),
        17
    );
    let second = manager.get("/ready/stage-2").text();
    let trails = second.split("id=\"h-tr\"").nth(1).unwrap().split("</section>").next().unwrap();
    assert_eq!(trails.matches("<li>").count(), 12);
    // Of four places two are visited, of forty assets seven are drawn.
    let row = |place: &str| second.split(&format!("{place}</a></th>")).nth(1).unwrap().split("</tr>").next().unwrap();
    let (sites, assets) = (row("href=\"/sites\">Sites"), row("href=\"/assets\">Assets"));
    assert!(sites.contains("<td class=\"num\">4</td><td class=\"num\">2</td>"), "{sites}");
    assert!(assets.contains("<td class=\"num\">40</td><td class=\"num\">7</td>"), "{assets}");
}

#[test]
fn somebody_starts_where_they_have_pinned_and_only_where_they_may() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    assert_eq!(manager.get("/").status, 200, "the roles decide: readiness");
    let pinned = manager.post("/start", &[("page", "/calendar")]);
    assert_eq!(pinned.location(), "/calendar?done=start-here");
    assert_eq!(manager.get("/").location(), "/calendar");
    assert!(manager.get("/account").text().contains("value=\"/calendar\" selected"));
    assert_eq!(manager.post("/start", &[("page", "//evil.example")]).status, 422);
    assert_eq!(manager.post("/start", &[("page", "/settings")]).status, 422);
    assert_eq!(manager.get("/").location(), "/calendar");
    assert_eq!(manager.post("/start", &[("page", ""), ("back", "/account")]).location(), "/account?done=start-by-role");
    assert_eq!(manager.get("/").status, 200);
    let employee = site.role(Role::Employee);
    assert_eq!(employee.post("/start", &[("page", "/readiness")]).status, 422);
    assert_eq!(employee.get("/").location(), "/portal");
    assert!(!employee.get("/account").text().contains("name=\"page\""));
}

#[test]
fn a_sample_is_drawn_by_chance_and_again_by_anybody() {
    let site = Site::clinic();
    let auditor = site.role(Role::InternalAuditor);
    assert!(auditor.get("/ready/stage-2").text().contains("href=\"/ready/sample/risks\""));
    let drawn = auditor.get("/ready/sample/risks");
    assert_eq!(drawn.status, 303);
    assert_ne!(drawn.location(), auditor.get("/ready/sample/risks").location(), "each draw has a seed of its own");
    let page = auditor.get(drawn.location());
    assert_eq!(page.status, 200, "{}", page.text());
    let refs = |text: &str| {
        let body = text.split("<tbody>").nth(1).unwrap().split("</tbody>").next().unwrap();
        body.split("<bdi class=\"rid\">")
            .skip(1)
            .map(|part| part.split('<').next().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let sample = refs(&page.text());
    assert_eq!(sample.len(), 6);
    // Somebody else draws the same, also after the register has changed.
    let create = Command::Create { kind: Kind::Risk, fields: json!({ "title": "Later" }).as_object().unwrap().clone() };
    write(&site, create);
    assert_eq!(refs(&site.role(Role::IsmsManager).get(drawn.location()).text()), sample);
    for bad in ["seed=%3Cb%3E", "seed=a&size=0", "seed=a&size=100000", "seed=a&size=x"] {
        assert_eq!(auditor.get(&format!("/ready/sample/risks?{bad}&asof=100")).status, 422, "{bad}");
    }
    assert_eq!(auditor.get("/ready/sample/comments").status, 404);
    assert_eq!(site.role(Role::Employee).get("/ready/sample/risks").status, 403);
    let prefilled = auditor.get("/audit-findings/new?objective_evidence=drawn");
    assert!(prefilled.text().contains("drawn"));
}

#[test]
fn what_waits_has_its_sentence_and_its_button() {
    let texts = include_str!("../../messages/en/home.ftl");
    let verbs = |prefix: &str| -> BTreeSet<&str> {
        texts.lines().filter_map(|line| Some(line.strip_prefix(prefix)?.split_once(" =")?.0)).collect()
    };
    assert_eq!(verbs("work-do-"), verbs("work-go-"));
    assert!(verbs("work-go-").contains("sign-again"));
}
