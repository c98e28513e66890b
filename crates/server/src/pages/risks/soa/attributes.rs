//! The rows of the statement by theme and by the five attributes of ISO/IEC 27002:2022.

use attestry_standards::{
    AnnexControl, ControlType, CybersecurityConcept, OperationalCapability, SecurityDomain, SecurityProperty, Theme,
    annex_control,
};

use super::super::Pick;
use crate::cx::Cx;

/// The theme and the attributes, as the address names them.
const ATTRIBUTES: [&str; 6] = ["theme", "type", "property", "concept", "capability", "domain"];

/// The choices of one attribute.
pub(super) struct Group {
    pub label: String,
    pub picks: Vec<Pick>,
}

/// The values that an attribute can have.
fn values(attribute: &str) -> Vec<&'static str> {
    macro_rules! all {
        ($kind:ty) => {
            <$kind>::ALL.iter().map(|it| it.as_str()).collect()
        };
    }
    match attribute {
        "theme" => all!(Theme),
        "type" => all!(ControlType),
        "property" => all!(SecurityProperty),
        "concept" => all!(CybersecurityConcept),
        "capability" => all!(OperationalCapability),
        _ => all!(SecurityDomain),
    }
}

/// Whether a control has the value of an attribute.
fn has(control: &AnnexControl, attribute: &str, value: &str) -> bool {
    match attribute {
        "theme" => control.theme.as_str() == value,
        "type" => control.control_types.iter().any(|it| it.as_str() == value),
        "property" => control.properties.iter().any(|it| it.as_str() == value),
        "concept" => control.concepts.iter().any(|it| it.as_str() == value),
        "capability" => control.capabilities.iter().any(|it| it.as_str() == value),
        _ => control.domains.iter().any(|it| it.as_str() == value),
    }
}

/// What the address asks for, such as `type:preventive`; nothing where it names no value that there is.
pub(super) fn asked(text: &str) -> Option<(&str, &str)> {
    let (attribute, value) = text.split_once(':')?;
    (ATTRIBUTES.contains(&attribute) && values(attribute).contains(&value)).then_some((attribute, value))
}

/// Whether a row is shown. A row that is no control of Annex A has none of its attributes.
pub(super) fn fits(id: &str, asked: Option<(&str, &str)>) -> bool {
    asked.is_none_or(|(attribute, value)| annex_control(id).is_some_and(|it| has(it, attribute, value)))
}

/// The choices.
pub(super) fn groups(cx: &Cx, chosen: &str) -> Vec<Group> {
    let group = |attribute: &&str| {
        let pick = |value: &'static str| {
            let label = cx.say(format!("soa-attr-{}", value.replace('_', "-")));
            Pick::new(format!("{attribute}:{value}"), label, chosen)
        };
        Group {
            label: cx.say(format!("soa-by-{attribute}")).into_owned(),
            picks: values(attribute).into_iter().map(pick).collect(),
        }
    };
    ATTRIBUTES.iter().map(group).collect()
}
