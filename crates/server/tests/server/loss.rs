//! What a year may cost: simulations, what is kept of them, ranges.

use attestry_check::measure;
use attestry_model::change::Subject;
use attestry_model::kind::Role;
use attestry_model::records::{Kind, Risk};
use attestry_model::{AnyRef, Command, Isms, Principal};
use attestry_risk::quantitative::{Portfolio, Run, never};

use crate::client::Site;
use crate::risks::{isms, ok};

#[test]
fn the_outlook_says_what_the_simulation_says_and_the_same_again() {
    let site = Site::clinic();
    let first = ok(&site, Role::IsmsManager, "/risks/loss");
    let begun = site.app.outlooks.begun();
    let second = ok(&site, Role::IsmsManager, "/risks/loss");
    assert_eq!(site.app.outlooks.begun(), begun, "the second time the answer is there");
    let figures = |text: &str| text.split("<dl class=\"figs").nth(1).unwrap().split("</dl>").next().unwrap().to_owned();
    assert_eq!(figures(&first), figures(&second));
    let isms = isms(&site);
    let scenarios: Vec<_> =
        isms.live::<Risk>().filter(|it| measure::counts(it)).filter_map(measure::scenario).collect();
    let portfolio = Portfolio { scenarios, common_causes: Vec::new() };
    let summary = portfolio.simulate(Run { years: 100_000, seed: 1 }, &[0.9], &never).unwrap();
    let words = attestry_server::words::Words::of("en");
    let amount = measure::money(summary.total.percentiles[0].value, "USD".parse().unwrap()).unwrap();
    let shown = attestry_server::dates::money_short(words, amount);
    assert!(figures(&first).contains(&shown), "{shown}: {}", figures(&first));
    assert!(first.contains("100,000 simulated years, seed 1"));
    let other = ok(&site, Role::IsmsManager, "/risks/loss?years=2000&seed=7&common=0.5");
    assert_ne!(figures(&first), figures(&other));
}

/// The figures of the outlook.
fn figures(text: &str) -> String {
    text.split("<dl class=\"figs").nth(1).unwrap_or_default().split("</dl>").next().unwrap_or_default().to_owned()
}

pub fn create(site: &Site, kind: Kind, fields: &[(&str, &str)]) -> AnyRef {
    let organisation = site.app.store.organisation(Some("clinic")).unwrap();
    let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), serde_json::Value::from(*value))).collect();
    let receipt = organisation.submit(&Principal::operator(), Command::Create { kind, fields }).unwrap();
    match receipt.entries[0].subject {
        Subject::Record(reference) => reference,
        _ => panic!("a record was created"),
    }
}

#[test]
fn an_unrelated_change_leaves_the_answer_in_memory_and_a_related_one_asks_anew() {
    let site = Site::clinic();
    let first = ok(&site, Role::IsmsManager, "/risks/loss");
    assert_eq!(site.app.outlooks.begun(), 1);
    create(&site, Kind::Asset, &[("title", "A label printer")]);
    // Whoever sees the same risks asks the same question.
    for role in [Role::IsmsManager, Role::TopManagement, Role::RiskOwner] {
        assert_eq!(figures(&ok(&site, role, "/risks/loss")), figures(&first), "{role:?}");
    }
    assert_eq!(site.app.outlooks.begun(), 1);
    ok(&site, Role::IsmsManager, "/risks/loss?seed=2");
    assert_eq!(site.app.outlooks.begun(), 2);
    let ranges =
        [("lef_min", "1"), ("lef_mode", "2"), ("lef_max", "3"), ("lm_p5", "900000 USD"), ("lm_p95", "1900000 USD")];
    create(&site, Kind::Risk, &[&[("title", "A risk that costs much")][..], &ranges[..]].concat());
    assert_ne!(figures(&ok(&site, Role::IsmsManager, "/risks/loss")), figures(&first));
    assert_eq!(site.app.outlooks.begun(), 3);
}

#[test]
fn a_plan_that_one_may_not_see_moves_no_figure() {
    let site = Site::clinic();
    let ranges =
        [("lef_min", "1"), ("lef_mode", "2"), ("lef_max", "3"), ("lm_p5", "900000 USD"), ("lm_p95", "1900000 USD")];
    let risk = create(&site, Kind::Risk, &[&[("title", "Takeover by a rival")][..], &ranges[..]].concat());
    let decision = create(
        &site,
        Kind::Treatment,
        &[("title", "Leave the market"), ("risk", &risk.to_string()), ("option", "avoid")],
    );
    let row = |role| {
        let text = ok(&site, role, "/risks/loss");
        let rest = text.split("Takeover by a rival").nth(1).unwrap_or_else(|| panic!("{role:?}: {text}")).to_owned();
        let cells = rest.split("<td class=\"num").skip(1).map(|it| it.split(['>', '<']).nth(1).unwrap().to_owned());
        cells.take(3).collect::<Vec<_>>()
    };
    let [manager, auditor] = [Role::IsmsManager, Role::ExternalAuditor].map(row);
    assert_eq!(manager[..2], auditor[..2], "the risk itself is the same for both");
    assert_ne!(manager[0], manager[2], "without the market there is no loss");
    assert_eq!(auditor[0], auditor[2]);
    assert_eq!(site.role(Role::ExternalAuditor).get(&format!("/treatment-decisions/{decision}")).status, 404);
    let text = ok(&site, Role::ExternalAuditor, &format!("/risks/{risk}/money"));
    let shown = text.split("<dl class=\"figs").nth(1).unwrap().split("</dl>").next().unwrap().to_owned();
    let values: Vec<&str> = shown.split("<dd").skip(1).map(|it| it.split(['>', '<']).nth(1).unwrap()).collect();
    assert_eq!(values[1], values[3], "a bad year is as bad with the plan that one does not know");
}

#[test]
fn a_result_is_kept_with_its_years_and_its_seed_for_the_history() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    let organisation = site.app.store.organisation(Some("clinic")).unwrap();
    let risk = |isms: &Isms| isms.get(attestry_model::Ref::<Risk>::new(1)).unwrap().clone();
    let before = risk(&isms(&site));
    let revision = before.revision.to_string();
    assert!(manager.get("/risks/R-0001/money?seed=7").text().contains("action=\"/risks/R-0001/money/keep\""));
    let fields = [("years", "20000"), ("seed", "7"), ("revision", revision.as_str())];
    let kept = manager.post("/risks/R-0001/money/keep", &fields);
    assert_eq!(kept.location(), "/risks/R-0001/money?years=20000&seed=7&done=kept%20R-0001&undo=1", "{}", kept.text());
    let after = risk(&isms(&site));
    let alone = Portfolio { scenarios: vec![measure::scenario(&before).unwrap()], common_causes: Vec::new() };
    let summary = alone.simulate(Run { years: 20_000, seed: 7 }, &[0.95], &never).unwrap().total;
    let usd = "USD".parse().unwrap();
    assert_eq!(after.ale_mean, measure::money(summary.mean, usd));
    assert_eq!(after.ale_p95, measure::money(summary.percentiles[0].value, usd));
    assert_eq!((after.lef_min, after.lm_p95), (before.lef_min, before.lm_p95), "the ranges are left alone");
    let newest = organisation.history(after.reference().any()).unwrap().pop().unwrap();
    assert_eq!(newest.actor, manager.person.unwrap().any().to_string());
    assert!(newest.reason.unwrap().starts_with("20000 simulated years, seed 7, generator "));
    assert_eq!(manager.post("/risks/R-0001/money/keep", &fields).status, 409, "somebody has saved since");
    assert_eq!(manager.post("/risks/R-0001/money/keep", &[("years", "5"), ("revision", "2")]).status, 422);
    assert_eq!(site.role(Role::InternalAuditor).post("/risks/R-0001/money/keep", &fields).status, 403);
    // All of them together, as a setting that activity tells of.
    let asked = [("years", "3000"), ("seed", "9"), ("common", "0.5")];
    let kept = manager.post("/risks/loss/keep", &asked);
    assert_eq!(kept.location(), "/risks/loss?years=3000&seed=9&common=0.5&done=outlook", "{}", kept.text());
    let text = manager.get(kept.location()).text();
    assert!(text.contains("3000 simulated years with seed 9") && text.contains("Kept on"), "{text}");
    assert!(manager.get("/activity").text().contains("loss-outlook"));
    assert_eq!(site.role(Role::RiskOwner).post("/risks/loss/keep", &asked).status, 403);
    assert_eq!(manager.post("/risks/loss/keep", &[("common", "9")]).status, 422);
}

#[test]
fn a_risk_in_another_currency_is_named_and_left_out_of_the_sum() {
    let site = Site::clinic();
    let before = figures(&ok(&site, Role::IsmsManager, "/risks/loss"));
    let fields = [
        ("title", "Fine <abroad>"),
        ("lef_min", "1"),
        ("lef_mode", "2"),
        ("lef_max", "3"),
        ("lm_p5", "900000 EUR"),
        ("lm_p95", "1900000 EUR"),
    ];
    create(&site, Kind::Risk, &fields);
    let text = ok(&site, Role::IsmsManager, "/risks/loss");
    assert_eq!(figures(&text), before);
    assert!(text.contains("Fine &#60;abroad&#62;") && text.contains("in another currency than those"));
}

#[test]
fn a_long_simulation_says_how_far_it_is_and_can_be_stopped_by_those_who_asked() {
    let site = Site::clinic();
    let outlooks = &site.app.outlooks;
    let manager = site.role(Role::IsmsManager);
    let owner = site.role(Role::RiskOwner);
    outlooks.set_patience(std::time::Duration::ZERO);
    let turn = site.wait(outlooks.take_turn()).unwrap();
    let text = manager.get("/risks/loss?years=5000&seed=3").text();
    assert!(text.contains("<progress") && text.contains("This one begins when that has ended."), "{text}");
    assert!(figures(&text).is_empty());
    let work = text.split("name=\"work\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let fields = [("work", work.as_str()), ("years", "5000"), ("seed", "3")];
    // Somebody else asks the same: it is one simulation, which ends when nobody wants it any more.
    assert!(owner.get("/risks/loss?years=5000&seed=3").text().contains(&work));
    assert_eq!(outlooks.going_on(), 1);
    let stranger = site.role(Role::InternalAuditor);
    assert!(stranger.person != owner.person && stranger.person != manager.person && owner.person != manager.person);
    assert_eq!(stranger.post("/risks/loss/stop", &fields).status, 303);
    let stopped = manager.post("/risks/loss/stop", &fields);
    assert_eq!(stopped.location(), "/risks/loss?years=5000&seed=3&stopped=1");
    let text = manager.get(stopped.location()).text();
    assert!(text.contains("You stopped the simulation.") && text.contains("value=\"5000\""));
    assert_eq!(outlooks.going_on(), 1, "the owner still waits for it");
    owner.post("/risks/loss/stop", &fields);
    while outlooks.going_on() > 0 {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    assert_eq!(outlooks.begun(), 0);
    // Asked for again it goes on without the page, and the answer is there later.
    let href = "/risks/loss?years=5000&seed=3";
    assert!(manager.get(href).text().contains("<progress"));
    drop(turn);
    while outlooks.going_on() > 0 {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    assert!(!figures(&manager.get(href).text()).is_empty());
    assert!(!figures(&manager.get(&format!("{href}&stopped=1")).text()).is_empty());
    assert_eq!(outlooks.begun(), 1);
    let risk = manager.post("/risks/loss/stop", &[("work", "0"), ("risk", "R-0001"), ("moment", "2026-01-01")]);
    assert_eq!(risk.location(), "/risks/R-0001/money?stopped=1&asof=2026-01-01");
    let hostile = manager.post("/risks/loss/stop", &[("risk", "//evil.example"), ("years", "1\r\nx: y")]);
    assert_eq!(hostile.location(), "/risks/loss?years=1%0D%0Ax%3A%20y&stopped=1");
}

#[test]
fn a_running_simulation_ends_soon_after_it_is_stopped() {
    let site = Site::clinic();
    let outlooks = &site.app.outlooks;
    let manager = site.role(Role::IsmsManager);
    outlooks.set_patience(std::time::Duration::ZERO);
    let text = manager.get("/risks/loss?years=1000000&seed=4").text();
    let Some(work) = text.split("name=\"work\" value=\"").nth(1).and_then(|it| it.split('"').next()) else {
        panic!("a page with the progress: {text}");
    };
    manager.post("/risks/loss/stop", &[("work", work)]);
    while outlooks.going_on() > 0 {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    // It went no further than its next block: there is no answer, and whoever asks again waits anew.
    let again = manager.get("/risks/loss?years=1000000&seed=4").text();
    assert!(again.contains("<progress") && figures(&again).is_empty(), "{again}");
    let work = again.split("name=\"work\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    manager.post("/risks/loss/stop", &[("work", work)]);
}

#[test]
fn a_billion_years_and_other_nonsense_get_a_message_at_the_field() {
    let site = Site::clinic();
    for (query, field) in
        [("years=1000000000", "years"), ("seed=-1", "seed"), ("common=9", "common"), ("years=<b>", "years")]
    {
        let text =
            ok(&site, Role::IsmsManager, &format!("/risks/loss?{}", query.replace('<', "%3C").replace('>', "%3E")));
        assert!(text.contains(&format!("id=\"e-{field}\"")), "{query}");
        assert!(!text.contains("<dl class=\"figs"), "{query}");
    }
}

#[test]
fn ranges_are_saved_with_their_result_and_wrong_ones_are_told_at_their_field() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    let path = "/risks/R-0001/money";
    let text = manager.get(path).text();
    let revision = isms(&site).get(attestry_model::Ref::<Risk>::new(1)).unwrap().revision.to_string();
    assert!(text.contains("name=\"lef_mode\"") && text.contains("value=\"6\""));
    let send = |values: [&str; 5]| {
        let names = ["lef_min", "lef_mode", "lef_max", "lm_p5", "lm_p95"];
        let mut fields: Vec<(&str, &str)> = names.into_iter().zip(values).collect();
        fields.push(("revision", &revision));
        manager.post(path, &fields)
    };
    for (values, field) in [
        (["2", "20", "15", "15000", "260000"], "lef_mode"),
        (["15", "6", "2", "15000", "260000"], "lef_min"),
        (["2", "6", "15", "260000", "15000"], "lm_p5"),
        (["2", "6", "15", "0", "15000"], "lm_p5"),
        (["2", "6", "15", "much", "15000"], "lm_p5"),
        (["2", "6", "15", "15000", ""], "lm_p95"),
        (["1000000000", "1000000001", "1000000002", "1", "2"], "lef_min"),
    ] {
        let answer = send(values);
        assert_eq!(answer.status, 422, "{values:?}");
        let text = answer.text();
        assert!(text.contains(&format!("id=\"e-{field}\"")), "{values:?}: {text}");
        assert!(
            text.contains(&format!("name=\"lef_mode\" inputmode=\"decimal\" size=\"8\" value=\"{}\"", values[1])),
            "{values:?}"
        );
    }
    let answer = send(["3", "6", "15", "15000", "260000"]);
    assert_eq!(answer.status, 303, "{}", answer.text());
    let isms = isms(&site);
    let risk = isms.get(attestry_model::Ref::<Risk>::new(1)).unwrap();
    assert_eq!(risk.lef_min.unwrap().to_string(), "0.3");
    assert!(risk.ale_p95.unwrap().minor > risk.ale_mean.unwrap().minor);
}

#[test]
fn a_control_in_place_is_worth_what_a_year_would_cost_more_if_it_alone_failed() {
    let site = Site::clinic();
    let text = ok(&site, Role::IsmsManager, "/risks/R-0001/money");
    let words = attestry_server::words::Words::of("en");
    let usd = "USD".parse().unwrap();
    let short = |amount: f64| attestry_server::dates::money_short(words, measure::money(amount, usd).unwrap());
    let table =
        text.split("What the controls in place are worth</h2>").nth(1).unwrap().split("</section>").next().unwrap();
    let row = |control: &str| {
        let row = table.split("<tr>").find(|it| it.contains(control)).unwrap_or_else(|| panic!("{control}: {table}"));
        row.split("<td class=\"num\">").skip(1).map(|it| it.split('<').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    // 62,150.44 a year today (oracle C). C-0032 stops 60 % x 88 % of the events, C-0035 60 % x 90 % of each loss; one costs
    // 14,000 a year and a fifth of 9,000.
    let (now, without) = (62_150.44, 62_150.44 / (1.0 - 0.528));
    let cost = 14_000.0 + 9_000.0 / 5.0;
    let gain = (without - now - cost) / cost * 100.0;
    let found = row("C-0032");
    assert_eq!(found[..2], [short(without), short(without - now)]);
    assert_eq!(found[3..], [short(cost), format!("{gain:.0}\u{202f}%")]);
    assert_eq!(row("C-0035")[0], short(now / (1.0 - 0.54)));
    let parts =
        ["C-0014", "C-0032", "C-0035", "C-0048"].map(|it| row(it)[2].replace("\u{202f}%", "").parse::<i32>().unwrap());
    assert!((99..=101).contains(&parts.iter().sum::<i32>()), "{parts:?}");
    // The curve before any control comes from the levels 5 x 4 and says so; the three stand beside each other.
    assert!(text.contains("5 × 4: 6 to 100 events a year") && text.contains("class=\"l0\""), "{text}");
    assert_eq!(text.matches("before any control</th>").count(), 1);
    let whole = ok(&site, Role::IsmsManager, "/risks/loss");
    assert!(whole.contains("class=\"l0\"") && whole.contains("What the controls in place are worth"));
    // A risk without levels before controls has no such curve, and says that.
    let ranges =
        [("lef_min", "1"), ("lef_mode", "2"), ("lef_max", "3"), ("lm_p5", "900000 USD"), ("lm_p95", "1900000 USD")];
    let bare = create(&site, Kind::Risk, &[&[("title", "Nothing judged")][..], &ranges[..]].concat());
    let text = ok(&site, Role::IsmsManager, &format!("/risks/{bare}/money"));
    assert!(!text.contains("class=\"l0\"") && text.contains("There is no curve before any control"));
    assert!(ok(&site, Role::IsmsManager, "/risks/loss").contains("One risk has none"));
}
