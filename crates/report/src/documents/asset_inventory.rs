//! D09, the asset inventory: what there is, who owns it, what it is worth and what it depends on (A.5.9, A.5.12).

use std::collections::BTreeMap;

use attestry_model::field::Choice;
use attestry_model::records::asset::{AssetCategory, AssetClass, AssetState};
use attestry_model::records::shared::methodology_in_force;
use attestry_model::records::{Asset, ClassificationLevel};
use attestry_model::value::Level;
use attestry_model::{AnyRecord, Isms, Kind, Ref, Stored};
use attestry_risk::qualitative::{self, Corrections, Values, inherit};
use jiff::civil::Date;
use rust_decimal::Decimal;

use super::frame::{
    Cover, control_facts, counted, date, document, fact, lines, named, person_cell, record_set_hash, refs,
    registered_as, section, state_mark, text,
};
use super::gaps::gaps;
use super::{Definition, Frame, Medium};
use crate::document::{Block, Cell, Column, Document, NoteTone, RowGroup, Section, Table, Tone};

/// The document.
pub const DEFINITION: Definition = Definition {
    name: "asset-inventory",
    title: "Asset inventory",
    number: "ISMS-AST",
    clause: "A.5.9",
    trend: false,
    build,
};

/// Days back within which what was disposed of is shown.
const DISPOSED_DAYS: i32 = 365;

/// What the inventory is made of.
struct Content<'a> {
    isms: &'a Isms,
    /// The assets that are there.
    assets: Vec<&'a Stored<Asset>>,
    /// What each of them needs, with what depends on it; nothing where they depend on themselves.
    effective: Option<BTreeMap<Ref<Asset>, Values>>,
    /// Circles of assets that depend on each other.
    circles: Vec<String>,
    today: Date,
    medium: Medium,
}

fn build(isms: &Isms, frame: &Frame) -> Result<Document, String> {
    if isms.table::<Asset>().iter().all(Stored::is_void) {
        return Err("there is no asset yet: create one with `attestry add asset`, or import a register".to_owned());
    }
    let assets: Vec<&Stored<Asset>> =
        isms.live::<Asset>().filter(|asset| asset.state != AssetState::Disposed).collect();
    let (effective, circles) = needs(isms, &assets);
    let content = Content { isms, assets, effective, circles, today: frame.today, medium: frame.medium };
    let registered = registered_as(isms, DEFINITION.number);
    let draft = registered.is_none_or(|document| !["effective", "under_review"].contains(&document.state_name()));
    let mut sections = vec![
        content.summary(),
        content.inventory(),
        content.lacking(),
        content.by_classification(),
        content.dependencies(),
        content.disposed(),
    ];
    if draft {
        sections.push(gaps(isms, frame, &["A.5.9", "A.5.12", "A.5.13"]));
    }
    let version = registered.and_then(|document| isms.find(document.current_version));
    let approval = version.and_then(|version| version.approval);
    let approved_on = version.and_then(|version| version.approved_on);
    let mut facts =
        vec![fact("As of", Cell::Date(frame.today)), fact("Assets", Cell::count(count(content.assets.len())))];
    facts.extend(control_facts(isms, registered, None, approval, approved_on));
    let cover = Cover {
        title: DEFINITION.title,
        subtitle: "What there is, who answers for it, what it is worth and what it depends on".to_owned(),
        number: DEFINITION.number,
        registered,
        version: Some(version.and_then(|one| one.version.clone()).unwrap_or_else(|| frame.today.to_string())),
        facts,
        draft,
        history: Vec::new(),
    };
    let mut used: Vec<&dyn AnyRecord> = isms.records(Kind::Asset).collect();
    let hash = record_set_hash(&mut used);
    Ok(document(isms, frame, cover, hash, sections))
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

fn own(asset: &Asset) -> Values {
    [asset.c_value, asset.i_value, asset.a_value].map(|level| level.map_or(0, |level| level.0))
}

/// What each asset needs once what depends on it is counted, or the circles that make that impossible.
fn needs(isms: &Isms, assets: &[&Stored<Asset>]) -> (Option<BTreeMap<Ref<Asset>, Values>>, Vec<String>) {
    let places: BTreeMap<Ref<Asset>, usize> =
        assets.iter().enumerate().map(|(at, asset)| (asset.reference(), at)).collect();
    let measured: Vec<qualitative::Asset> = assets
        .iter()
        .map(|asset| qualitative::Asset {
            own: own(asset),
            inherits: asset.inherits_values == Some(true),
            redundant: asset.redundant == Some(true),
            depends_on: asset.depends_on.iter().filter_map(|one| places.get(one).copied()).collect(),
        })
        .collect();
    let top = methodology_in_force(isms).and_then(|method| method.top_impact());
    let most = top.and_then(|top| u8::try_from(top).ok()).unwrap_or(u8::MAX);
    match inherit(&measured, &Corrections { most, ..attestry_check::measure::corrections(isms) }) {
        Ok(values) => (Some(assets.iter().map(|asset| asset.reference()).zip(values).collect()), Vec::new()),
        Err(circles) => {
            let told = circles.0.iter().map(|circle| {
                let around = circle.iter().chain(circle.first()).filter_map(|at| assets.get(*at));
                around.map(|asset| asset.reference().to_string()).collect::<Vec<_>>().join(" → ")
            });
            (None, told.collect())
        }
    }
}

impl Content<'_> {
    fn category(asset: &Asset) -> Cell {
        text(asset.category.map(|category| category.label().to_lowercase()).as_deref())
    }

    fn class(asset: &Asset) -> Cell {
        text(asset.asset_class.map(|class| class.label().to_lowercase()).as_deref())
    }

    fn classification(&self, asset: &Asset) -> Cell {
        self.isms.find(asset.classification).map_or(Cell::Empty, |level| Cell::text(level.title()))
    }

    fn own_level(level: Option<Level>) -> Cell {
        level.map_or(Cell::Empty, |level| Cell::count(u64::from(level.0)))
    }

    /// What an asset needs, with what depends on it.
    fn effective(&self, asset: &Stored<Asset>) -> Values {
        let found = self.effective.as_ref().and_then(|all| all.get(&asset.reference()));
        found.copied().unwrap_or_else(|| own(asset))
    }

    /// One property on pages: the own value, and after an arrow the effective one where it is higher.
    fn need(&self, asset: &Stored<Asset>, property: usize) -> Cell {
        let (own, effective) = (own(asset)[property], self.effective(asset)[property]);
        match (own, effective) {
            (0, 0) => Cell::Empty,
            (own, effective) if effective > own => Cell::text(format!("{own} → {effective}")),
            (own, _) => Cell::text(own.to_string()),
        }
    }

    fn summary(&self) -> Section {
        let primary = self.assets.iter().filter(|asset| asset.asset_class == Some(AssetClass::Primary)).count();
        let inside = self.assets.iter().filter(|asset| asset.in_scope == Some(true)).count();
        let late = self.assets.iter().filter(|asset| asset.next_review.is_some_and(|day| day < self.today)).count();
        let raised = self.assets.iter().filter(|asset| {
            let (own, effective) = (own(asset), self.effective(asset));
            own.iter().zip(effective).any(|(own, effective)| effective > *own)
        });
        let raised = match raised.count() {
            0 => "No asset needs more than its own values say.".to_owned(),
            1 => "1 asset needs more than its own values say, because of what depends on it.".to_owned(),
            more => format!("{more} assets need more than their own values say, because of what depends on them."),
        };
        let mut blocks = vec![Block::Text(format!(
            "The inventory holds {}, {inside} of them in the scope of the ISMS and {primary} of them primary: information \
             and results of processes. {raised} Reviews overdue: {late}.",
            counted(self.assets.len(), "asset"),
        ))];
        if !self.circles.is_empty() {
            let text = format!(
                "Assets depend on themselves, so nothing can be passed on along their dependencies and only own values are \
                 shown: {}.",
                self.circles.join("; ")
            );
            blocks.push(Block::Note { tone: NoteTone::Warning, text });
        }
        let rows = AssetCategory::ALL.iter().filter_map(|category| {
            let mine: Vec<_> = self.assets.iter().filter(|asset| asset.category == Some(*category)).collect();
            let inside = mine.iter().filter(|asset| asset.in_scope == Some(true)).count();
            let personal = mine.iter().filter(|asset| asset.contains_pii == Some(true)).count();
            (!mine.is_empty()).then(|| {
                vec![
                    Cell::text(category.label()),
                    Cell::count(count(mine.len())),
                    Cell::count(count(inside)),
                    if personal == 0 { Cell::Empty } else { Cell::count(count(personal)) },
                ]
            })
        });
        let columns = vec![
            Column::new("Category", 2.0).naming_row(),
            Column::new("Assets", 1.0).at_end(),
            Column::new("In scope", 1.0).at_end(),
            Column::new("With personal data", 1.0).at_end(),
        ];
        blocks.push(Block::Table(Table::plain("Assets by category", columns, rows.collect())));
        section("Summary", false, blocks)
    }

    fn inventory(&self) -> Section {
        let table = match self.medium {
            Medium::Page => self.page_table(),
            Medium::Sheet => self.sheet_table(),
        };
        section("Inventory", true, vec![Block::Table(table)])
    }

    fn page_table(&self) -> Table {
        let place = |asset: &Asset| {
            lines([
                self.isms.find(asset.org_unit).map_or(Cell::Empty, |unit| Cell::text(unit.title())),
                self.isms.find(asset.site).map_or(Cell::Empty, |site| Cell::text(site.title())),
                self.isms.find(asset.supplier).map_or(Cell::Empty, |supplier| Cell::text(supplier.title())),
            ])
        };
        let data = |asset: &Asset| {
            let told = [(asset.contains_pii, "personal"), (asset.contains_phi, "health")];
            let told: Vec<String> =
                told.iter().filter(|(is, _)| *is == Some(true)).map(|(_, word)| (*word).to_owned()).collect();
            let people = asset.record_count.map(|people| format!("{people} people"));
            lines([if told.is_empty() { Cell::Empty } else { Cell::Badges(told) }, text(people.as_deref())])
        };
        let hours = |asset: &Asset| {
            let told = [("RTO", asset.rto_hours), ("RPO", asset.rpo_hours)];
            lines(
                told.map(|(what, hours)| text(hours.map(|hours| format!("{what} {} h", hours.normalize())).as_deref())),
            )
        };
        let row = |asset: &&Stored<Asset>| {
            vec![
                named(*asset),
                lines([Self::category(asset), state_or_nothing(asset)]),
                lines([person_cell(self.isms, asset.owner), person_cell(self.isms, asset.custodian)]),
                place(asset),
                self.classification(asset),
                self.need(asset, 0),
                self.need(asset, 1),
                self.need(asset, 2),
                data(asset),
                hours(asset),
                refs(asset.depends_on.iter().map(|one| one.any())),
                lines([date(asset.next_review), self.lateness(asset)]),
            ]
        };
        let groups = [
            ("Primary assets", Some(AssetClass::Primary)),
            ("Supporting assets", Some(AssetClass::Supporting)),
            ("Not said", None),
        ];
        let groups = groups.into_iter().filter_map(|(heading, class)| {
            let mine: Vec<&Stored<Asset>> =
                self.assets.iter().copied().filter(|asset| asset.asset_class == class).collect();
            (!mine.is_empty()).then(|| RowGroup {
                heading: heading.to_owned(),
                summary: counted(mine.len(), "asset"),
                rows: mine.iter().map(row).collect(),
            })
        });
        let columns = vec![
            Column::new("Asset", 2.2).naming_row(),
            Column::new("Category", 1.0),
            Column::new("Owner, custodian", 1.3),
            Column::new("Unit, site, supplier", 1.6),
            Column::new("Class", 1.0),
            Column::new("C", 0.6),
            Column::new("I", 0.6),
            Column::new("A", 0.6),
            Column::new("Data", 1.0),
            Column::new("Back within", 0.9),
            Column::new("Depends on", 1.0),
            Column::new("Next review", 1.0),
        ];
        let mut table = Table::plain("Inventory", columns, Vec::new());
        table.group_title = "Class".into();
        table.empty = "No asset is in use.".into();
        let groups: Vec<RowGroup> = groups.collect();
        if !groups.is_empty() {
            table.groups = groups;
        }
        table
    }

    fn lateness(&self, asset: &Asset) -> Cell {
        let late = asset.next_review.is_some_and(|day| day < self.today);
        if late { Cell::mark(Tone::Watch, "overdue") } else { Cell::Empty }
    }

    fn sheet_table(&self) -> Table {
        let yes = |answer: Option<bool>| answer.map_or(Cell::Empty, |yes| Cell::text(if yes { "yes" } else { "no" }));
        let hours = |hours: Option<Decimal>| text(hours.map(|hours| hours.normalize().to_string()).as_deref());
        let level = |value: u8| if value == 0 { Cell::Empty } else { Cell::count(u64::from(value)) };
        let title = |title: Option<&str>| text(title);
        let rows = self.assets.iter().map(|asset| {
            let effective = self.effective(asset);
            vec![
                Cell::text(asset.reference().to_string()),
                Cell::text(asset.title()),
                Self::class(asset),
                Self::category(asset),
                person_cell(self.isms, asset.owner),
                person_cell(self.isms, asset.custodian),
                title(self.isms.find(asset.org_unit).map(Stored::title)),
                title(self.isms.find(asset.site).map(Stored::title)),
                title(self.isms.find(asset.supplier).map(Stored::title)),
                yes(asset.in_scope),
                self.classification(asset),
                Self::own_level(asset.c_value),
                level(effective[0]),
                Self::own_level(asset.i_value),
                level(effective[1]),
                Self::own_level(asset.a_value),
                level(effective[2]),
                yes(asset.contains_pii),
                yes(asset.contains_phi),
                asset.record_count.and_then(|count| u64::try_from(count).ok()).map_or(Cell::Empty, Cell::count),
                hours(asset.rto_hours),
                hours(asset.rpo_hours),
                refs(asset.depends_on.iter().map(|one| one.any())),
                refs(asset.processes.iter().map(|one| one.any())),
                date(asset.last_reviewed),
                date(asset.next_review),
                Cell::text(asset.state_name()),
            ]
        });
        let titles = [
            "Asset",
            "Title",
            "Class",
            "Category",
            "Owner",
            "Custodian",
            "Unit",
            "Site",
            "Supplier",
            "In scope",
            "Classification",
            "C own",
            "C effective",
            "I own",
            "I effective",
            "A own",
            "A effective",
            "Personal data",
            "Health data",
            "People",
            "RTO hours",
            "RPO hours",
            "Depends on",
            "Processes",
            "Last review",
            "Next review",
            "State",
        ];
        let mut columns: Vec<Column> = titles.iter().map(|title| Column::new(title, 1.0)).collect();
        columns[0].names_row = true;
        let mut table = Table::plain("Inventory", columns, rows.collect());
        table.empty = "No asset is in use.".into();
        table
    }

    /// What must be empty: assets in scope that nobody owns or that lack their class.
    fn lacking(&self) -> Section {
        let rows = self.assets.iter().filter_map(|asset| {
            let carrier = matches!(asset.category, Some(AssetCategory::Media | AssetCategory::Paper));
            let classed = asset.asset_class == Some(AssetClass::Primary) || carrier;
            let lacks = [
                (asset.owner.is_none(), "owner"),
                (classed && asset.classification.is_none(), "classification"),
                (own(asset).contains(&0), "value in confidentiality, integrity or availability"),
                (asset.in_scope.is_none(), "whether it lies in scope"),
            ];
            let lacks: Vec<&str> = lacks.iter().filter(|(lacks, _)| *lacks).map(|(_, what)| *what).collect();
            (!lacks.is_empty()).then(|| vec![named(*asset), Cell::mark(Tone::Gap, lacks.join(", "))])
        });
        let columns = vec![Column::new("Asset", 3.0).naming_row(), Column::new("What is missing", 2.0)];
        let mut table = Table::plain("Assets without owner, class or value", columns, rows.collect());
        table.empty = "Every asset has an owner, a value and, where it needs one, a class.".into();
        section("Without owner, class or value", false, vec![Block::Table(table)])
    }

    fn by_classification(&self) -> Section {
        let mut levels: Vec<&Stored<ClassificationLevel>> = self.isms.live::<ClassificationLevel>().collect();
        levels.sort_by_key(|level| (std::cmp::Reverse(level.rank), level.number));
        let row = |name: &str, reference: Option<Ref<ClassificationLevel>>| {
            let mine: Vec<_> = self.assets.iter().filter(|asset| asset.classification == reference).collect();
            let unlabelled = mine.iter().filter(|asset| asset.labelled == Some(false)).count();
            vec![
                Cell::text(name),
                Cell::count(count(mine.len())),
                if unlabelled == 0 { Cell::Empty } else { Cell::count(count(unlabelled)) },
                refs(mine.iter().map(|asset| asset.reference().any())),
            ]
        };
        let mut rows: Vec<Vec<Cell>> = levels.iter().map(|level| row(level.title(), Some(level.reference()))).collect();
        rows.push(row("No class", None));
        let columns = vec![
            Column::new("Class", 1.2).naming_row(),
            Column::new("Assets", 0.7).at_end(),
            Column::new("Not labelled", 0.8).at_end(),
            Column::new("Which", 4.0),
        ];
        let table = Table::plain("Assets by classification", columns, rows);
        section("Classification", false, vec![Block::Table(table)])
    }

    fn dependencies(&self) -> Section {
        let mut above: BTreeMap<Ref<Asset>, Vec<Ref<Asset>>> = BTreeMap::new();
        for asset in &self.assets {
            for below in &asset.depends_on {
                above.entry(*below).or_default().push(asset.reference());
            }
        }
        let rows = self.assets.iter().filter_map(|asset| {
            let needed = above.get(&asset.reference());
            if asset.depends_on.is_empty() && needed.is_none() {
                return None;
            }
            Some(vec![
                named(*asset),
                refs(asset.depends_on.iter().map(|one| one.any())),
                refs(needed.into_iter().flatten().map(|one| one.any())),
                self.need(asset, 0),
                self.need(asset, 1),
                self.need(asset, 2),
                text(asset.inherits_values.map(|inherits| if inherits { "yes" } else { "no" })),
            ])
        });
        let columns = vec![
            Column::new("Asset", 2.2).naming_row(),
            Column::new("Depends on", 1.6),
            Column::new("Needed by", 1.8),
            Column::new("C", 0.6),
            Column::new("I", 0.6),
            Column::new("A", 0.6),
            Column::new("Takes over needs", 0.9),
        ];
        let mut table = Table::plain("Dependencies", columns, rows.collect());
        table.empty = "No asset names what it depends on.".into();
        let text = "What supports an asset needs as much as the asset. Before an arrow stands the own value, after it the \
                    value that follows from what depends on the asset.";
        section("Dependencies", false, vec![Block::Text(text.to_owned()), Block::Table(table)])
    }

    fn disposed(&self) -> Section {
        let recent = |asset: &&Stored<Asset>| {
            let age = asset.disposed_on.and_then(|day| day.until(self.today).ok()).map(|span| span.get_days());
            asset.state == AssetState::Disposed && !asset.is_void() && age.is_none_or(|age| age <= DISPOSED_DAYS)
        };
        let rows = self.isms.table::<Asset>().iter().filter(recent).map(|asset| {
            let proof = refs(asset.disposal_evidence.map(Ref::any));
            let proof = if proof == Cell::Empty { Cell::mark(Tone::Todo, "no proof") } else { proof };
            vec![named(asset), Self::category(asset), self.classification(asset), date(asset.disposed_on), proof]
        });
        let columns = vec![
            Column::new("Asset", 2.6).naming_row(),
            Column::new("Category", 1.1),
            Column::new("Class", 1.0),
            Column::new("Disposed of on", 1.0),
            Column::new("Proof", 1.0),
        ];
        let mut table = Table::plain("Disposed of within a year", columns, rows.collect());
        table.empty = "Nothing was disposed of within a year.".into();
        section("Disposed of", false, vec![Block::Table(table)])
    }
}

/// The state where it is not the usual one.
fn state_or_nothing(asset: &Stored<Asset>) -> Cell {
    if asset.state == AssetState::Active { Cell::Empty } else { state_mark(asset.state_name()) }
}
