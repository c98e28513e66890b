//! The starter library as it ships: its size, its links, its reach over Annex A, and its words.

use std::collections::BTreeSet;

use attestry_standards::library::{
    OrganisationKind, PolicyType, TreatmentOption, asset_type, asset_types, blanks, organisation, organisations,
    policies, policy, scenario, scenarios, scenarios_for, scenarios_lowered_by, threat, threats, vulnerabilities,
    vulnerabilities_closed_by, vulnerability,
};
use attestry_standards::{annex_control, annex_controls, requirements_of};

/// Words that people never read on a page, nor in a starting text.
const UNSPOKEN: &[&str] = &[
    "residual",
    "inherent",
    "mitigat",
    "appetite",
    "applicability",
    "nonconformit",
    "stakeholder",
    "likelihood",
    "interested part",
    "documented information",
    "competence",
    "acceptance criteria",
    "implementation status",
    "annualised",
    "quantile",
    "utilis",
    "leverage",
    "robust",
    "please",
    "!",
];

/// Short words that say nothing about what a title is about.
const FILLERS: &[&str] = &[
    "a", "an", "and", "at", "by", "for", "from", "in", "is", "no", "not", "of", "on", "or", "our", "the", "to", "with",
];

/// The titles of every entry, with its id.
fn titles() -> Vec<(&'static str, &'static str)> {
    let mut titles = asset_types().iter().map(|it| (it.id.as_str(), it.title.as_str())).collect::<Vec<_>>();
    titles.extend(threats().iter().map(|it| (it.id.as_str(), it.title.as_str())));
    titles.extend(vulnerabilities().iter().map(|it| (it.id.as_str(), it.title.as_str())));
    titles.extend(scenarios().iter().map(|it| (it.id.as_str(), it.title.as_str())));
    titles.extend(policies().iter().map(|it| (it.id.as_str(), it.title.as_str())));
    titles
}

/// Every sentence of the tables, with the id of its entry.
fn sentences() -> Vec<(&'static str, &'static str)> {
    let mut all = asset_types().iter().map(|it| (it.id.as_str(), it.note.as_str())).collect::<Vec<_>>();
    all.extend(threats().iter().map(|it| (it.id.as_str(), it.note.as_str())));
    all.extend(vulnerabilities().iter().map(|it| (it.id.as_str(), it.sign.as_str())));
    for it in scenarios() {
        all.extend([&it.cause, &it.event, &it.consequence, &it.reason].map(|text| (it.id.as_str(), text.as_str())));
    }
    for it in organisations() {
        all.push((it.kind.as_str(), &it.note));
        all.extend(it.roles.iter().chain(&it.obligations).map(|hint| (it.kind.as_str(), hint.text.as_str())));
    }
    all
}

fn unspoken(text: &str) -> Vec<&'static str> {
    let text = text.to_lowercase();
    UNSPOKEN.iter().copied().filter(|word| text.contains(word)).collect()
}

/// What a title is about.
fn about(title: &str) -> BTreeSet<String> {
    let words = title.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase);
    words.filter(|word| !word.is_empty() && !FILLERS.contains(&word.as_str())).collect()
}

/// Whether two titles are about the same: they share more than half of all their words.
fn alike(a: &str, b: &str) -> bool {
    let (a, b) = (about(a), about(b));
    a.intersection(&b).count() * 2 > a.union(&b).count()
}

fn twice<'a>(items: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let mut seen = BTreeSet::new();
    items.into_iter().filter(|it| !seen.insert(*it)).collect()
}

fn missing<T>(ids: &[String], find: impl Fn(&str) -> Option<T>) -> Vec<&String> {
    ids.iter().filter(|id| find(id).is_none()).collect()
}

#[test]
fn it_is_large_enough_to_start_from() {
    assert!(asset_types().len() >= 25, "{}", asset_types().len());
    assert!(threats().len() >= 60, "{}", threats().len());
    assert!(vulnerabilities().len() >= 150, "{}", vulnerabilities().len());
    assert!(scenarios().len() >= 80, "{}", scenarios().len());
    assert!(policies().len() >= 7, "{}", policies().len());
}

#[test]
fn every_link_leads_to_an_entry_and_none_is_given_twice() {
    let none: Vec<&String> = Vec::new();
    for it in asset_types() {
        assert_eq!(missing(&it.need_ids, asset_type), none, "{}", it.id);
    }
    for it in vulnerabilities() {
        assert_eq!(missing(&it.asset_type_ids, asset_type), none, "{}", it.id);
        assert_eq!(missing(&it.control_ids, annex_control), none, "{}", it.id);
    }
    for it in scenarios() {
        assert_eq!(missing(&it.threat_ids, threat), none, "{}", it.id);
        assert_eq!(missing(&it.vulnerability_ids, vulnerability), none, "{}", it.id);
        assert_eq!(missing(&it.asset_type_ids, asset_type), none, "{}", it.id);
        assert_eq!(missing(&it.control_ids, annex_control), none, "{}", it.id);
        for ids in [&it.threat_ids, &it.vulnerability_ids, &it.asset_type_ids, &it.control_ids] {
            assert_eq!(twice(ids.iter().map(String::as_str)), [""; 0], "{}", it.id);
        }
    }
    for it in organisations() {
        assert_eq!(missing(&it.asset_type_ids, asset_type), none, "{}", it.kind);
        assert_eq!(missing(&it.scenario_ids, scenario), none, "{}", it.kind);
        assert_eq!(missing(&it.policy_ids, policy), none, "{}", it.kind);
        for ids in [&it.asset_type_ids, &it.scenario_ids, &it.policy_ids] {
            assert_eq!(twice(ids.iter().map(String::as_str)), [""; 0], "{}", it.kind);
        }
    }
    assert_eq!(twice(titles().into_iter().map(|(id, _)| id)), [""; 0], "an id stands twice");
}

#[test]
fn every_entry_is_used_by_a_scenario() {
    for (id, used) in asset_types()
        .iter()
        .map(|it| (&it.id, it.scenarios().count()))
        .chain(threats().iter().map(|it| (&it.id, it.scenarios().count())))
        .chain(vulnerabilities().iter().map(|it| (&it.id, it.scenarios().count())))
    {
        assert!(used > 0, "{id} stands alone");
    }
    for it in asset_types() {
        let carries =
            it.vulnerabilities().count() + it.needs().map(|needed| needed.vulnerabilities().count()).sum::<usize>();
        assert!(carries > 0, "neither {} nor what it needs has a weakness", it.id);
    }
}

#[test]
fn every_control_of_annex_a_is_reached_by_a_weakness_and_most_by_a_scenario() {
    for control in annex_controls() {
        assert!(vulnerabilities_closed_by(&control.id).count() > 0, "no weakness leads to {}", control.id);
    }
    let reached = annex_controls().iter().filter(|it| scenarios_lowered_by(&it.id).count() > 0).count();
    assert!(reached >= 85, "scenarios reach only {reached} of 93 controls");
}

#[test]
fn a_scenario_agrees_with_what_it_is_made_of() {
    for it in scenarios() {
        for property in &it.effects {
            let affected = it.threats().any(|threat| threat.affects.contains(property));
            assert!(affected, "{}: no threat affects {property}", it.id);
        }
        for weakness in it.vulnerabilities() {
            let first = &weakness.control_ids[0];
            assert!(it.control_ids.contains(first), "{} lacks {first}, which closes {}", it.id, weakness.id);
        }
        let places = it.vulnerabilities().flat_map(|weakness| &weakness.asset_type_ids).collect::<BTreeSet<_>>();
        assert!(it.asset_type_ids.iter().any(|id| places.contains(id)), "{}: weakness and harm lie apart", it.id);
        assert!((1..=4).contains(&it.vulnerability_ids.len()), "{}", it.id);
        assert!((1..=8).contains(&it.control_ids.len()), "{}", it.id);
        let small = it.likelihood * it.impact <= 6;
        assert!(it.treatment != TreatmentOption::Accept || small, "{} is too large to live with", it.id);
    }
}

#[test]
fn levels_and_treatments_are_spread_and_not_all_the_same() {
    let used = |level: fn(&attestry_standards::library::Scenario) -> u8| {
        scenarios().iter().map(level).collect::<BTreeSet<_>>().len()
    };
    assert_eq!((used(|it| it.likelihood), used(|it| it.impact)), (5, 5));
    for option in TreatmentOption::ALL {
        assert!(scenarios().iter().any(|it| it.treatment == *option), "no scenario suggests {option}");
    }
}

#[test]
fn what_an_asset_type_needs_never_leads_back_to_it() {
    for it in asset_types() {
        let mut reached = BTreeSet::new();
        let mut open = it.needs().collect::<Vec<_>>();
        while let Some(needed) = open.pop() {
            assert_ne!(needed.id, it.id, "it needs itself");
            if reached.insert(&needed.id) {
                open.extend(needed.needs());
            }
        }
    }
}

#[test]
fn no_two_titles_are_alike() {
    let titles = titles();
    assert_eq!(twice(titles.iter().map(|(_, title)| *title)), [""; 0]);
    for (at, (id, title)) in titles.iter().enumerate() {
        let kind = id.split('/').next().unwrap();
        for (other, beside) in titles[at + 1..].iter().filter(|(other, _)| other.starts_with(kind)) {
            assert!(!alike(title, beside), "{id} and {other}: {title:?} and {beside:?}");
        }
    }
}

#[test]
fn titles_and_sentences_are_plain_and_short() {
    for (id, title) in titles() {
        assert_eq!(unspoken(title), [""; 0], "{id}");
        assert!((4..=70).contains(&title.len()), "{id}: {title}");
        assert!(title.starts_with(char::is_uppercase) && !title.ends_with('.'), "{id}: {title}");
    }
    for (id, sentence) in sentences() {
        assert_eq!(unspoken(sentence), [""; 0], "{id}");
        let words = sentence.split_whitespace().count();
        assert!((2..=25).contains(&words), "{id}: {sentence}");
    }
    for it in policies() {
        assert_eq!(unspoken(&it.text), [""; 0], "{}", it.id);
    }
}

/// Two templates may describe a role alike, for a reader sees one of them only.
#[test]
fn every_sentence_is_told_once() {
    let of_entries = sentences().into_iter().filter(|(id, _)| id.contains('/'));
    assert_eq!(twice(of_entries.map(|(_, sentence)| sentence)), [""; 0]);
    for it in organisations() {
        assert_eq!(
            twice(it.roles.iter().chain(&it.obligations).map(|hint| hint.text.as_str())),
            [""; 0],
            "{}",
            it.kind
        );
    }
}

#[test]
fn policies_are_short_and_name_what_they_serve() {
    for it in policies() {
        let words = it.text.split_whitespace().count();
        assert!((250..=600).contains(&words), "{} has {words} words", it.id);
        assert!(!it.control_ids.is_empty(), "{}", it.id);
        assert_eq!(it.controls().count(), it.control_ids.len(), "{}", it.id);
        for clause in &it.clauses {
            assert!(requirements_of(clause).count() > 0, "{}: there is no clause {clause}", it.id);
        }
        for blank in &it.blanks {
            assert!(it.text.contains(&format!("{{{{{}}}}}", blank.name)), "{} declares {}", it.id, blank.name);
        }
    }
    let above = policies().iter().filter(|it| it.doc_type == PolicyType::InformationSecurityPolicy);
    assert_eq!(above.map(|it| it.id.as_str()).collect::<Vec<_>>(), ["policy/information-security"]);
    assert_eq!(twice(policies().iter().map(|it| it.number.as_str())), [""; 0]);
}

#[test]
fn five_answers_fill_all_policies() {
    let blanks = blanks();
    assert!(blanks.len() <= 5, "{blanks:?}");
    assert_eq!(twice(blanks.iter().map(|it| it.name.as_str())), [""; 0], "one blank has two questions");
    for it in policies() {
        let filled = it.fill(|name| blanks.iter().find(|blank| blank.name == name).map(|_| "Example")).unwrap();
        assert!(filled.contains("Example") && !filled.contains("{{") && !filled.contains("}}"), "{}", it.id);
    }
}

#[test]
fn every_kind_of_organisation_has_a_template_that_fits() {
    assert_eq!(organisations().len(), OrganisationKind::ALL.len());
    for kind in OrganisationKind::ALL {
        let template = organisation(*kind).unwrap();
        assert!((10..=15).contains(&template.scenario_ids.len()), "{kind}: a start is a short list");
        assert!(template.asset_type_ids.len() >= 20 && template.policy_ids.len() >= 7, "{kind}");
        assert!(template.roles.len() >= 5 && template.obligations.len() >= 5, "{kind}");
        for it in template.scenarios() {
            assert!(it.fits(*kind), "{} does not fit a {kind}", it.id);
            let owned = it.asset_type_ids.iter().any(|id| template.asset_type_ids.contains(id));
            assert!(owned, "{}: a {kind} has nothing that it harms", it.id);
        }
        let own = scenarios().iter().filter(|it| it.fits(*kind) && it.kinds.len() < OrganisationKind::ALL.len());
        assert!(own.count() >= 5, "{kind} has few scenarios of its own");
    }
}

#[test]
fn scenarios_of_a_kind_begin_with_those_made_for_it() {
    let school = scenarios_for(OrganisationKind::School);
    assert_eq!(school[0].kinds, [OrganisationKind::School]);
    assert!(school.last().unwrap().kinds.len() == OrganisationKind::ALL.len());
    assert!(school.iter().all(|it| it.id != "scenario/plant-encrypted"), "a school has no plant");
}

#[test]
fn an_entry_is_found_by_its_full_id_only() {
    assert_eq!(threat("threat/ransomware").map(|it| it.title.as_str()), Some("Ransomware"));
    assert!(threat("ransomware").is_none() && scenario("threat/ransomware").is_none() && threat("").is_none());
    let plant = scenario("scenario/plant-encrypted").unwrap();
    assert!(threat("threat/ransomware").unwrap().scenarios().any(|it| it.id == plant.id));
}

#[test]
fn titles_about_the_same_are_caught_and_trade_words_too() {
    assert!(alike("Outage at a supplier", "The outage of our supplier"));
    assert!(!alike("Outage at a supplier", "Break-in at a supplier"));
    assert_eq!(unspoken("Mitigated, not accepted!"), ["mitigat", "!"]);
}
