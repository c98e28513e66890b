//! The starter library speaks the words of the records: a pick becomes a record as it is.

use attestry_model::field::Choice;
use attestry_model::records::Property;
use attestry_model::records::{asset, document, risk, threat, treatment, vulnerability};
use attestry_model::value::Period;
use attestry_standards::SecurityProperty;
use attestry_standards::library::{
    AssetCategory, AssetClass, PolicyType, RiskApproach, ThreatOrigin, TreatmentOption, VulnerabilityType, policies,
};

/// The wire names of a choice of the model.
fn names<T: Choice>() -> Vec<&'static str> {
    T::OPTIONS.iter().map(|words| words.name).collect()
}

#[test]
fn the_librarys_choices_are_those_of_the_records() {
    assert_eq!(AssetClass::ALL.iter().map(|it| it.as_str()).collect::<Vec<_>>(), names::<asset::AssetClass>());
    assert_eq!(AssetCategory::ALL.iter().map(|it| it.as_str()).collect::<Vec<_>>(), names::<asset::AssetCategory>());
    assert_eq!(ThreatOrigin::ALL.iter().map(|it| it.as_str()).collect::<Vec<_>>(), names::<threat::ThreatOrigin>());
    assert_eq!(
        VulnerabilityType::ALL.iter().map(|it| it.as_str()).collect::<Vec<_>>(),
        names::<vulnerability::VulnerabilityType>()
    );
    assert_eq!(RiskApproach::ALL.iter().map(|it| it.as_str()).collect::<Vec<_>>(), names::<risk::RiskApproach>());
    assert_eq!(
        TreatmentOption::ALL.iter().map(|it| it.as_str()).collect::<Vec<_>>(),
        names::<treatment::TreatmentOption>()
    );
    assert_eq!(SecurityProperty::ALL.iter().map(|it| it.letter()).collect::<Vec<_>>(), names::<Property>());
}

#[test]
fn a_policy_becomes_a_document_with_its_kind_and_interval() {
    for word in PolicyType::ALL {
        assert!(document::DocumentType::named(word.as_str()).is_some(), "{word}");
    }
    for policy in policies() {
        assert!(policy.review.parse::<Period>().is_ok(), "{}: {}", policy.id, policy.review);
    }
}
