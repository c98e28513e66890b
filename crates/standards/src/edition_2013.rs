//! From Annex A of the 2013 edition to that of 2022: for organisations that bring an old Statement of Applicability.

use std::sync::LazyLock;

use crate::annex::{AnnexControl, annex_control};
use crate::table::{self, TableFault, words};

words! {
    /// How a control of 2013 lives on in one of 2022.
    Relation {
        /// Under the same title.
        Same = "same",
        /// Under another title.
        Renamed = "renamed",
        /// Together with others.
        Merged = "merged",
        /// Divided among several.
        Split = "split",
    }
}

/// A control of 2022 in which one of 2013 lives on.
#[derive(Debug)]
pub struct Successor {
    /// The control of 2022.
    pub control: &'static AnnexControl,
    /// How the old one lives on in it.
    pub relation: Relation,
}

/// One of the 114 controls of Annex A of ISO/IEC 27001:2013.
#[derive(Debug)]
pub struct Control2013 {
    /// Its number, which has three parts, such as `A.9.2.1`.
    pub id: String,
    /// The title in the 2013 edition.
    pub title: String,
    /// Where it went: one control of 2022, or several where it was split.
    pub successors: Vec<Successor>,
}

static CONTROLS: LazyLock<Vec<Control2013>> =
    LazyLock::new(|| table::shipped(read(include_str!("../../../content/standards/annex-a-2013-map.csv"))));

/// All 114 controls of the 2013 edition, in its order.
pub fn controls_2013() -> &'static [Control2013] {
    &CONTROLS
}

/// The 2013 control with exactly this number, such as `A.9.2.1`, and with it the controls of 2022 in which it lives on.
pub fn map_2013(id: &str) -> Option<&'static Control2013> {
    controls_2013().iter().find(|it| it.id == id)
}

/// The 2013 controls that live on in this control of 2022; none for the eleven new ones.
pub fn predecessors(control: &AnnexControl) -> impl Iterator<Item = &'static Control2013> {
    controls_2013().iter().filter(|it| it.successors.iter().any(|next| next.control.id == control.id))
}

fn read(text: &str) -> Result<Vec<Control2013>, TableFault> {
    let rows = table::read("annex-a-2013-map.csv", text, |row| {
        let id = row.optional("id_2013")?.to_owned();
        if id.is_empty() {
            // The row of a control that is new in 2022: the table of Annex A says so itself.
            return Ok(None);
        }
        let target = row.text("id_2022")?;
        let control =
            annex_control(&target).ok_or_else(|| row.fault(format!("{target} is not a control of Annex A")))?;
        Ok(Some((id, row.text("title_2013")?, Successor { control, relation: row.one("relation")? })))
    })?;
    let mut controls: Vec<Control2013> = Vec::new();
    for (id, title, successor) in rows.into_iter().flatten() {
        match controls.iter_mut().find(|it| it.id == id) {
            Some(control) => control.successors.push(successor),
            None => controls.push(Control2013 { id, title, successors: vec![successor] }),
        }
    }
    Ok(controls)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::annex::annex_controls;

    fn went_to(id: &str) -> Vec<(&'static str, Relation)> {
        let found = map_2013(id).unwrap();
        found.successors.iter().map(|it| (it.control.id.as_str(), it.relation)).collect()
    }

    #[test]
    fn the_2013_edition_has_114_controls_in_its_order() {
        assert_eq!(controls_2013().len(), 114);
        let order = controls_2013()
            .iter()
            .map(|it| it.id.strip_prefix("A.").unwrap().split('.').map(|n| n.parse().unwrap()).collect::<Vec<u8>>())
            .collect::<Vec<_>>();
        assert!(order.is_sorted());
        assert!(order.iter().all(|it| it.len() == 3));
    }

    #[test]
    fn each_lives_on_and_only_a_split_one_in_several() {
        for old in controls_2013() {
            let split = old.successors.iter().all(|it| it.relation == Relation::Split);
            assert_eq!(split, old.successors.len() > 1, "{}", old.id);
        }
        assert_eq!(controls_2013().iter().map(|it| it.successors.len()).sum::<usize>(), 115);
    }

    #[test]
    fn exactly_the_eleven_controls_marked_as_new_have_no_predecessor() {
        let orphans = annex_controls().iter().filter(|it| predecessors(it).next().is_none()).collect::<Vec<_>>();
        assert_eq!(orphans.len(), 11);
        for control in annex_controls() {
            assert_eq!(predecessors(control).next().is_none(), control.new_in_2022, "{}", control.id);
        }
    }

    #[test]
    fn same_and_renamed_tell_the_truth_about_the_titles() {
        for old in controls_2013() {
            for next in &old.successors {
                match next.relation {
                    Relation::Same => assert_eq!(old.title, next.control.title, "{}", old.id),
                    Relation::Renamed => assert_ne!(old.title, next.control.title, "{}", old.id),
                    Relation::Merged | Relation::Split => {}
                }
            }
        }
    }

    #[test]
    fn known_ways_are_right() {
        assert_eq!(went_to("A.9.2.1"), [("A.5.16", Relation::Renamed)]);
        assert_eq!(went_to("A.12.3.1"), [("A.8.13", Relation::Same)]);
        assert_eq!(went_to("A.18.2.3"), [("A.5.36", Relation::Split), ("A.8.8", Relation::Split)]);
        assert!(map_2013("A.5.17").is_none());
        assert!(map_2013("9.2.1").is_none());
    }
}
