//! Templates for kinds of organisations: what a clinic, a software company or a school usually begins with.

use std::sync::LazyLock;

use super::{AssetType, OrganisationKind, Policy, Scenario, asset_type, links, policy, scenario};
use crate::table::{self, Row, TableFault};

/// What fits one kind of organisation.
#[derive(Debug)]
pub struct Organisation {
    /// The kind.
    pub kind: OrganisationKind,
    /// What people call it.
    pub title: String,
    /// What is special about it, in one sentence.
    pub note: String,
    /// Ids of the asset types that it usually has.
    pub asset_type_ids: Vec<String>,
    /// Ids of the scenarios to talk about first; [`super::scenarios_for`] gives all that fit.
    pub scenario_ids: Vec<String>,
    /// Ids of the policies that it usually needs.
    pub policy_ids: Vec<String>,
    /// Roles in the security work.
    pub roles: Vec<Hint>,
    /// Duties by law and contract to look for; the law itself differs by country.
    pub obligations: Vec<Hint>,
}

/// A name with one sentence about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// The name.
    pub title: String,
    /// What it is about.
    pub text: String,
}

static ORGANISATIONS: LazyLock<Vec<Organisation>> =
    LazyLock::new(|| table::shipped(read(include_str!("../../../../content/library/organisations.csv"))));

/// All templates, one per kind.
pub fn organisations() -> &'static [Organisation] {
    &ORGANISATIONS
}

/// The template of a kind; there is one for every kind.
pub fn organisation(kind: OrganisationKind) -> Option<&'static Organisation> {
    organisations().iter().find(|it| it.kind == kind)
}

impl Organisation {
    /// The asset types that it usually has.
    pub fn asset_types(&self) -> impl Iterator<Item = &'static AssetType> + '_ {
        self.asset_type_ids.iter().filter_map(|id| asset_type(id))
    }

    /// The scenarios to talk about first.
    pub fn scenarios(&self) -> impl Iterator<Item = &'static Scenario> + '_ {
        self.scenario_ids.iter().filter_map(|id| scenario(id))
    }

    /// The policies that it usually needs.
    pub fn policies(&self) -> impl Iterator<Item = &'static Policy> + '_ {
        self.policy_ids.iter().filter_map(|id| policy(id))
    }
}

fn read(text: &str) -> Result<Vec<Organisation>, TableFault> {
    table::read("organisations.csv", text, |row| {
        Ok(Organisation {
            kind: row.one("id")?,
            title: row.text("title")?,
            note: row.text("note")?,
            asset_type_ids: links(row, "asset_types", "asset-type")?,
            scenario_ids: links(row, "scenarios", "scenario")?,
            policy_ids: links(row, "policies", "policy")?,
            roles: hints(row, "roles")?,
            obligations: hints(row, "obligations")?,
        })
    })
}

fn hints(row: &Row<'_>, column: &str) -> Result<Vec<Hint>, TableFault> {
    let hint = |text: String| match text.split_once(": ") {
        Some((title, text)) => Ok(Hint { title: title.to_owned(), text: text.to_owned() }),
        None => Err(row.fault(format!("{column} wants a name, a colon and a sentence, not {text:?}"))),
    };
    row.many::<String>(column)?.into_iter().map(hint).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_without_a_sentence_is_refused() {
        let text = "id,title,note,asset_types,scenarios,policies,roles,obligations\nschool,S,n,a,b,c,Head,Law: x\n";
        let fault = read(text).unwrap_err().to_string();
        assert_eq!(fault, "organisations.csv, line 2: roles wants a name, a colon and a sentence, not \"Head\"");
    }
}
