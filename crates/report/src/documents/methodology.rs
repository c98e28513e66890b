//! D08, the risk assessment and treatment methodology: how risks are found, measured, treated and accepted (6.1.2, 6.1.3).

use attestry_check::Rule;
use attestry_model::kind::Role;
use attestry_model::records::document::DocumentType;
use attestry_model::records::methodology::{
    BandAuthority, MethodologyApproach, MethodologyIdentification, MethodologyImpactAggregation,
    MethodologyResidualFormula,
};
use attestry_model::records::{Asset, Methodology, Person, Risk, Threat, Vulnerability};
use attestry_model::value::Period;
use attestry_model::{AnyRecord, Isms, Ref, Stored};

use super::frame::{
    Cover, approved, control_facts, counted, date, document, fact, money, person, prose, ramp, record_set_hash, refs,
    registered, section, signed_on, text,
};
use super::gaps::{gaps_where, is_of};
use super::{Definition, Frame};
use crate::document::{Block, Cell, Change, Column, Document, NoteTone, Section, Table};

/// The document.
pub const DEFINITION: Definition = Definition {
    name: "methodology",
    title: "Risk assessment and treatment methodology",
    number: "ISMS-MET",
    clause: "6.1.2, 6.1.3",
    trend: false,
    build,
};

fn build(isms: &Isms, frame: &Frame) -> Result<Document, String> {
    let Some(method) = current(isms) else {
        return Err(
            "there is no risk methodology yet: create one with `attestry add methodology`, or import it".to_owned()
        );
    };
    let draft = ["draft", "in_review"].contains(&method.state_name());
    let mut sections = vec![
        aim(method),
        approach(method),
        scales(method),
        matrix(method),
        bands(method),
        criteria(method),
        identification(isms, method),
        analysis(isms, method),
        evaluation(),
        treatment(method),
        quantitative(isms, method),
        consistency(method),
        roles(isms, method),
        approved(isms, method.approval, method),
    ];
    if draft {
        // Of the rules of these clauses, those that look at the methodology; most look at the risks.
        let concerns = |rule: &Rule| {
            let reads = rule.fields.iter().any(|field| field.starts_with("methodology."));
            reads && is_of(rule, &["6.1.2", "6.1.3"])
        };
        sections.push(gaps_where(isms, frame, "the methodology", concerns));
    }
    let registered = registered(isms, DocumentType::Methodology);
    let mut facts = vec![
        fact("State", Cell::text(method.state_name().replace('_', " "))),
        fact("In force from", date(method.effective_from)),
    ];
    facts.extend(control_facts(isms, registered, method.head.owner, method.approval, signed_on(isms, method.approval)));
    facts.push(fact("Record", refs([method.reference().any()])));
    let cover = Cover {
        title: DEFINITION.title,
        subtitle: "How risks are found, measured, compared with what may be accepted, treated and accepted".to_owned(),
        number: DEFINITION.number,
        registered,
        version: method.version.clone(),
        facts,
        draft,
        history: history(isms),
    };
    let hash = record_set_hash(&mut vec![method as &dyn AnyRecord]);
    Ok(document(isms, frame, cover, hash, sections))
}

/// The version in force; where none is, the one approved or worked on last.
fn current(isms: &Isms) -> Option<&Stored<Methodology>> {
    let order = ["effective", "approved", "in_review", "draft", "superseded"];
    order.iter().find_map(|state| isms.table::<Methodology>().iter().rfind(|method| method.state_name() == *state))
}

fn history(isms: &Isms) -> Vec<Change> {
    let versions = isms.table::<Methodology>().iter().filter(|method| !method.is_void());
    let told = versions.filter_map(|method| {
        let signer = isms.find(method.approval).and_then(|approval| approval.signer);
        Some(Change {
            version: method.version.clone()?,
            date: method.effective_from?,
            author: person(isms, method.head.owner.or(signer)),
            text: method.title().to_owned(),
        })
    });
    told.collect()
}

/// What stands in place of a text that nobody has written yet.
fn missing(what: &str) -> Block {
    Block::Note { tone: NoteTone::Warning, text: format!("The methodology does not say {what} yet.") }
}

fn told(text: Option<&str>, what: &str) -> Block {
    prose(text).unwrap_or_else(|| missing(what))
}

/// A period in words, such as `1 year and 6 months`.
fn spoken(period: Period) -> String {
    let parts = [(period.years, "year"), (period.months, "month"), (period.weeks, "week"), (period.days, "day")];
    let parts: Vec<String> = parts
        .into_iter()
        .filter(|(amount, _)| *amount > 0)
        .map(|(amount, noun)| counted(usize::from(amount), noun))
        .collect();
    parts.join(" and ")
}

fn aim(method: &Methodology) -> Section {
    let mut blocks = vec![
        Block::Text(
            "This methodology holds for all risks to the confidentiality, integrity and availability of information \
             within the scope of the ISMS. It makes sure that risks are found, measured and treated in the same way, \
             whoever does it."
                .to_owned(),
        ),
        told(method.assessment_criteria.as_deref(), "when and how assessments are done"),
    ];
    match method.assessment_interval {
        Some(period) => blocks.push(Block::Text(format!("All risks are assessed at least every {}.", spoken(period)))),
        None => blocks.push(missing("how often all risks are assessed")),
    }
    if method.triggers.is_empty() {
        blocks.push(missing("which events start an assessment out of turn"));
    } else {
        blocks.push(Block::Text("An assessment out of turn is started by:".to_owned()));
        blocks.push(Block::List(method.triggers.clone()));
    }
    section("Aim, scope and time", false, blocks)
}

fn approach(method: &Methodology) -> Section {
    let approach = method.approach.map(|approach| match approach {
        MethodologyApproach::Qualitative => "Risks are expressed in words: levels of likelihood and impact.",
        MethodologyApproach::SemiQuantitative => {
            "Risks are expressed in points, on scales whose levels are tied to frequencies and amounts."
        }
        MethodologyApproach::Quantitative => "Risks are expressed in money and frequency.",
    });
    let search = method.identification.map(|search| match search {
        MethodologyIdentification::EventBased => "They are found from events: what could happen to a process, and why.",
        MethodologyIdentification::AssetBased => {
            "They are found from assets: which threat could use which weakness of which asset."
        }
        MethodologyIdentification::Both => {
            "They are found both from events, for what could happen to a process, and from assets, for which threat could \
             use which weakness."
        }
    });
    let blocks = vec![
        told(approach, "in which terms risks are expressed"),
        told(search, "whether risks are found from events or from assets"),
    ];
    section("Approach", false, blocks)
}

fn number(value: Option<i64>) -> Cell {
    value.and_then(|value| u64::try_from(value).ok()).map_or(Cell::Empty, Cell::count)
}

fn scales(method: &Methodology) -> Section {
    let likelihood = method.likelihood_scale.iter().map(|level| {
        let frequency = match (level.freq_per_year_min, level.freq_per_year_max) {
            (Some(min), Some(max)) => format!("from {} to below {} a year", min.normalize(), max.normalize()),
            (Some(min), None) => format!("from {} a year", min.normalize()),
            (None, Some(max)) => format!("below {} a year", max.normalize()),
            (None, None) => String::new(),
        };
        vec![
            number(level.level),
            text(level.label.as_deref()),
            text(level.description.as_deref()),
            text(Some(&frequency)),
        ]
    });
    let columns = vec![
        Column::new("Level", 0.5).at_end(),
        Column::new("Word", 1.2).naming_row(),
        Column::new("What it means", 2.4),
        Column::new("Events a year", 2.0),
    ];
    let mut likelihood = Table::plain("Levels of likelihood", columns, likelihood.collect());
    likelihood.empty = "The methodology has no levels of likelihood yet.".into();
    let impact = method.impact_scale.iter().map(|level| {
        vec![
            number(level.level),
            text(level.label.as_deref()),
            money(level.money_min),
            money(level.money_max),
            text(level.legal.as_deref()),
            text(level.patient_or_customer.as_deref()),
            text(level.operations.as_deref()),
            text(level.reputation.as_deref()),
        ]
    });
    let columns = vec![
        Column::new("Level", 0.5).at_end(),
        Column::new("Word", 1.0).naming_row(),
        Column::new("Loss from", 1.2).at_end(),
        Column::new("to below", 1.2).at_end(),
        Column::new("Law", 1.6),
        Column::new("Patients or customers", 1.6),
        Column::new("Operations", 1.6),
        Column::new("Reputation", 1.4),
    ];
    let mut impact = Table::plain("Levels of impact", columns, impact.collect());
    impact.empty = "The methodology has no levels of impact yet.".into();
    let text =
        "The examples of each level are the measure: a level is chosen because its example fits, not by feeling.";
    section("Scales", true, vec![Block::Text(text.to_owned()), Block::Table(likelihood), Block::Table(impact)])
}

fn matrix(method: &Methodology) -> Section {
    let cells = method.matrix.as_ref().map(|matrix| &matrix.0).filter(|cells| !cells.is_empty());
    let Some(cells) = cells else {
        return section("Matrix", false, vec![missing("which value each pair of likelihood and impact has")]);
    };
    let top = |of: fn(&(u8, u8)) -> u8| cells.keys().map(of).max().unwrap_or(1).min(20);
    let (likelihoods, impacts) = (top(|place| place.0), top(|place| place.1));
    let word = |level: u8| {
        let found = method.likelihood_scale.iter().find(|one| one.level == Some(i64::from(level)));
        found.and_then(|one| one.label.clone()).map_or_else(|| level.to_string(), |label| format!("{level} {label}"))
    };
    let impact_word = |level: u8| {
        let found = method.impact_scale.iter().find(|one| one.level == Some(i64::from(level)));
        found.and_then(|one| one.label.clone()).map_or_else(|| level.to_string(), |label| format!("{level} {label}"))
    };
    let rows = (1..=likelihoods).rev().map(|likelihood| {
        let mut row = vec![Cell::text(word(likelihood))];
        row.extend((1..=impacts).map(|impact| {
            cells.get(&(likelihood, impact)).map_or(Cell::Empty, |value| {
                let (step, band) = ramp(*value, &method.bands);
                let word = band.map_or_else(|| value.to_string(), |band| format!("{value} {}", band.to_lowercase()));
                Cell::Level { step, word }
            })
        }));
        row
    });
    let mut columns = vec![Column::new("Likelihood", 1.3).naming_row()];
    columns.extend((1..=impacts).map(|impact| Column::new(&impact_word(impact), 1.1)));
    let text = "The value of a risk is where its likelihood and its impact meet. Impact rises to the right, likelihood \
                upwards.";
    let table = Table::plain("Risk values", columns, rows.collect());
    section("Matrix", false, vec![Block::Text(text.to_owned()), Block::Table(table)])
}

/// Who may accept, in words.
fn authority(authority: BandAuthority) -> &'static str {
    match authority {
        BandAuthority::RiskOwner => "the owner of the risk",
        BandAuthority::IsmsManager => "the ISMS manager",
        BandAuthority::TopManagement => "top management",
    }
}

fn bands(method: &Methodology) -> Section {
    let rows = method.bands.iter().map(|band| {
        let (step, _) = ramp(band.min.unwrap_or_default(), &method.bands);
        vec![
            Cell::Level { step, word: band.name.clone().unwrap_or_default().to_lowercase() },
            number(band.min),
            number(band.max),
            text(band.action.as_deref()),
            number(band.treat_within_days),
            text(band.authority.map(authority)),
        ]
    });
    let columns = vec![
        Column::new("Band", 1.2).naming_row(),
        Column::new("From", 0.6).at_end(),
        Column::new("To", 0.6).at_end(),
        Column::new("What is to be done", 2.0),
        Column::new("Treated within days", 1.0).at_end(),
        Column::new("Who may accept", 1.6),
    ];
    let mut table = Table::plain("Bands of risk values", columns, rows.collect());
    table.empty = "The methodology has no bands yet.".into();
    section("Bands", false, vec![Block::Table(table)])
}

fn criteria(method: &Methodology) -> Section {
    let limit = method.acceptance_max.map_or_else(
        || missing("up to which value a risk may be accepted"),
        |limit| {
            Block::Text(format!(
                "The owner of a risk may accept it up to a value of {limit}. Above that it is treated, or accepted for a \
                 time by whom its band names."
            ))
        },
    );
    let absolute = method.absolute_max.map_or_else(
        || missing("above which value nobody may accept a risk"),
        |limit| Block::Text(format!("Above a value of {limit} nobody may accept a risk: it is reduced or avoided.")),
    );
    section("Acceptance", false, vec![limit, absolute])
}

fn identification(isms: &Isms, method: &Methodology) -> Section {
    let text = format!(
        "Sources are the context and its issues, the requirements of interested parties, incidents, results of audits and \
         tests, notes on threats, and the inventory with {}. {} and {} are catalogued; each risk names those it comes \
         from, the assets and processes it reaches, and which of confidentiality, integrity and availability would be lost.",
        counted(isms.live::<Asset>().count(), "asset"),
        counted(isms.live::<Threat>().count(), "threat"),
        match isms.live::<Vulnerability>().count() {
            1 => "1 weakness".to_owned(),
            more => format!("{more} weaknesses"),
        },
    );
    let mut blocks = vec![Block::Text(text), Block::Heading("Risk owners".to_owned())];
    blocks.push(told(method.owner_rule.as_deref(), "how the owner of a risk is found"));
    section("Identification", false, blocks)
}

fn analysis(isms: &Isms, method: &Methodology) -> Section {
    let aggregation = method.impact_aggregation.map(|way| match way {
        MethodologyImpactAggregation::Max => "The impact of a risk is that of its worst dimension.".to_owned(),
        MethodologyImpactAggregation::WeightedSum => {
            let names = ["law", "patients or customers", "operations", "reputation"];
            let weights = method.weights().into_iter().zip(names);
            let weights = weights.filter_map(|((_, weight), name)| Some(format!("{name} {} %", weight?.0.normalize())));
            let weights: Vec<String> = weights.collect();
            let said = if weights.is_empty() { "not written down yet".to_owned() } else { weights.join(", ") };
            format!("The impact of a risk is the weighted mean of its dimensions, rounded half up. Weights: {said}.")
        }
        MethodologyImpactAggregation::Sum => {
            "The losses in all dimensions are added in money and read off the scale.".to_owned()
        }
    });
    let formula = method.residual_formula.map(|formula| match formula {
        MethodologyResidualFormula::Judgement => {
            "What remains after treatment is judged by the assessors from the controls that are planned."
        }
        MethodologyResidualFormula::LevelReduction => {
            "What remains after treatment follows from the levels that the controls take away, as far as they work."
        }
        MethodologyResidualFormula::LogRateReduction => {
            "What remains after treatment follows from the share of events that the controls prevent, on the scale of \
             frequencies."
        }
        MethodologyResidualFormula::Fair => {
            "What remains after treatment is simulated from the frequency and size of losses with the controls in place."
        }
    });
    let inherits = isms.live::<Asset>().filter(|asset| asset.inherits_values == Some(true)).count();
    let inheritance = format!(
        "What an asset needs in confidentiality, integrity and availability passes on to what it depends on: {} as much as \
         the neediest asset that depends on them.",
        match inherits {
            1 => "1 asset is worth at least".to_owned(),
            more => format!("{more} assets are worth at least"),
        }
    );
    let blocks = vec![
        Block::Text(
            "Each risk is measured without controls, with the controls that work today, and as expected after treatment. \
             The reasons for likelihood and impact are written down."
                .to_owned(),
        ),
        told(aggregation.as_deref(), "how the dimensions of an impact are combined"),
        Block::Text(inheritance),
        told(formula, "how the remaining risk is worked out"),
    ];
    section("Analysis", false, blocks)
}

fn evaluation() -> Section {
    let text = "Each value is compared with what may be accepted. Each risk above it gets a place in the order of \
                treatment, 1 first, and is treated within the days of its band.";
    section("Evaluation and priority", false, vec![Block::Text(text.to_owned())])
}

fn treatment(method: &Methodology) -> Section {
    let blocks = vec![
        told(method.treatment_process.as_deref(), "how options and controls are chosen, planned and approved"),
        Block::List(vec![
            "Options: reduce by controls, transfer, avoid, accept as it is.".to_owned(),
            "Controls come from any source and are then compared with Annex A, so that none that is necessary is \
             forgotten; the Statement of Applicability tells the result."
                .to_owned(),
            "The risk treatment plan names for each action who does it until when, at what cost, and how its success is \
             judged."
                .to_owned(),
            "Each risk owner consents to the plan and accepts what remains; an acceptance ends on its last day, or as \
             soon as the risk rises above the value accepted."
                .to_owned(),
        ]),
    ];
    section("Treatment and acceptance", false, blocks)
}

fn quantitative(isms: &Isms, method: &Methodology) -> Section {
    let used = isms.live::<Risk>().filter(|risk| risk.lef_mode.is_some() || risk.ale_mean.is_some()).count();
    let whole = method.approach == Some(MethodologyApproach::Quantitative);
    let text = if whole {
        format!(
            "All risks are estimated by the frequency of loss events and the size of a loss; {} so far.",
            counted(used, "risk")
        )
    } else {
        format!(
            "Where a decision needs figures, a risk may besides be estimated by the frequency of loss events (least, most \
             likely, most) and the size of a loss (5 % and 95 %), from which losses a year are simulated. {} so far.",
            counted(used, "risk")
        )
    };
    section("Estimates in money", false, vec![Block::Text(text)])
}

fn consistency(method: &Methodology) -> Section {
    let blocks = vec![told(
        method.consistency_measures.as_deref(),
        "how repeated assessments are kept consistent, valid and comparable",
    )];
    section("Consistent and comparable results", false, blocks)
}

fn roles(isms: &Isms, method: &Methodology) -> Section {
    let names = |people: &mut dyn Iterator<Item = Ref<Person>>| {
        let names: Vec<String> = people.map(|one| person(isms, Some(one))).collect();
        text(Some(&names.join(", ")))
    };
    let top = isms.organization().map(|one| one.top_management.clone()).unwrap_or_default();
    let mut managers =
        isms.live::<Person>().filter(|person| person.app_roles.contains(&Role::IsmsManager)).map(Stored::reference);
    let mut owners: Vec<Ref<Person>> = isms.live::<Risk>().filter_map(|risk| risk.risk_owner).collect();
    owners.sort_unstable();
    owners.dedup();
    let bands = |who: BandAuthority| {
        let mine = method.bands.iter().filter(|band| band.authority == Some(who));
        let names: Vec<String> = mine.filter_map(|band| band.name.as_deref()).map(str::to_lowercase).collect();
        text(Some(&names.join(", ")))
    };
    let row = |role: &str, task: &str, who: Cell, accepts: Cell| vec![Cell::text(role), Cell::text(task), who, accepts];
    let rows = vec![
        row(
            "Top management",
            "approves this methodology, decides what may be accepted, grants the means",
            names(&mut top.into_iter()),
            bands(BandAuthority::TopManagement),
        ),
        row(
            "ISMS manager",
            "plans and moderates assessments, keeps the register and the results comparable",
            names(&mut managers),
            bands(BandAuthority::IsmsManager),
        ),
        row(
            "Risk owner",
            "judges likelihood and impact, decides on treatment, accepts what remains",
            names(&mut owners.into_iter()),
            bands(BandAuthority::RiskOwner),
        ),
    ];
    let columns = vec![
        Column::new("Role", 1.0).naming_row(),
        Column::new("Task", 2.4),
        Column::new("Who", 2.4),
        Column::new("May accept", 1.1),
    ];
    section("Roles", false, vec![Block::Table(Table::plain("Roles", columns, rows))])
}
