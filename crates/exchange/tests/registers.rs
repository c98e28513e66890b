//! Registers as organisations keep them: the published starter kit, and small ones that show one thing each.

#![expect(clippy::unwrap_used, reason = "the helpers of tests fail by panicking, as tests do")]

#[path = "registers/rows.rs"]
mod rows;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use attestry_exchange::{Kept, Mapping, Plan, SourceFile, export, import, propose, scenario};
use attestry_model::decide::{Command, ImportRecord, decide};
use attestry_model::records::{Kind, Risk, Treatment, TreatmentAction};
use attestry_model::{Isms, Principal};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

fn now() -> Timestamp {
    "2026-06-30T20:00:00Z".parse().unwrap()
}

fn kit_folder() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/starter-kit/registers");
    if folder.is_dir() {
        return Some(folder);
    }
    println!("SKIPPED: {} is not there, so the starter kit is not read", folder.display());
    None
}

fn kit() -> Option<Vec<SourceFile>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(kit_folder()?).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        files.push(SourceFile::new(name, std::fs::read(path).unwrap()));
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    assert_eq!(files.len(), 23);
    Some(files)
}

fn plan(files: &[SourceFile], isms: &Isms) -> Plan {
    import(files, isms, None, now()).unwrap()
}

/// The ISMS after the import, as the store would have it: through the one way that decides.
fn taken(isms: &Isms, records: Vec<ImportRecord>) -> Isms {
    if records.is_empty() {
        return isms.clone();
    }
    let command = Command::Import { records, reason: None };
    let change = decide(isms, &Principal::operator(), command, now()).unwrap_or_else(|refusal| panic!("{refusal}"));
    isms.apply(&change).unwrap()
}

fn fields(isms: &Isms, reference: &str) -> Map<String, Value> {
    isms.record(reference.parse().unwrap()).unwrap_or_else(|| panic!("no {reference}")).fields()
}

/// The records of a kind by one of their fields.
fn by<'a>(records: &'a [ImportRecord], kind: Kind, field: &str, value: &str) -> &'a ImportRecord {
    let mut all = records.iter().filter(|record| record.reference.kind == kind);
    let found = all.find(|record| record.fields.get(field).and_then(Value::as_str) == Some(value));
    found.unwrap_or_else(|| panic!("no {kind} with {field} {value}"))
}

fn sourced<'a>(records: &'a [ImportRecord], kind: Kind, source: &str) -> &'a Map<String, Value> {
    let tag = Value::from(format!("source:{source}"));
    let mut all = records.iter().filter(|record| record.reference.kind == kind);
    let found = all.find(|record| record.fields["tags"].as_array().unwrap().contains(&tag));
    &found.unwrap_or_else(|| panic!("no {kind} from {source}")).fields
}

fn csv_file(name: &str, text: &str) -> Vec<SourceFile> {
    vec![SourceFile::new(name, text)]
}

#[test]
fn the_starter_kit_becomes_linked_records() {
    let Some(files) = kit() else { return };
    let plan = plan(&files, &Isms::default());
    let kinds: BTreeMap<&str, usize> = plan.report.kinds.iter().map(|(kind, counts)| (*kind, counts.created)).collect();
    let expected = [
        ("applicability", 93),
        ("asset", 28),
        ("bc_exercise", 10),
        ("bc_plan", 10),
        ("change", 10),
        ("classification_level", 3),
        ("communication_item", 12),
        ("competence_requirement", 22),
        ("control", 108),
        ("corrective_action", 5),
        ("course", 14),
        ("document", 26),
        ("document_version", 26),
        ("effectiveness_verification", 4),
        ("evidence", 13),
        ("exception", 6),
        ("incident", 10),
        ("interested_party", 15),
        ("isms_role", 20),
        ("measurement", 8),
        ("metric", 10),
        ("nonconformity", 5),
        ("objective", 10),
        ("obligation", 54),
        ("person", 28),
        ("requirement", 12),
        ("risk", 7),
        ("role_assignment", 6),
        ("root_cause_analysis", 5),
        ("soa", 1),
        ("supplier", 12),
        ("supplier_assessment", 12),
        ("threat", 18),
        ("training_assignment", 10),
        ("training_completion", 6),
        ("treatment", 7),
        ("treatment_action", 11),
        ("treatment_plan", 1),
        ("vulnerability", 28),
    ];
    assert_eq!(kinds, BTreeMap::from(expected));
    assert_eq!(plan.report.unread, []);
    let isms = taken(&Isms::default(), plan.records);
    assert_eq!(isms.total(), 686);

    let risk = isms.live::<Risk>().find(|risk| risk.title() == "Ransomware on file servers").unwrap();
    let levels = |risk: &Risk| {
        let level = |level: Option<attestry_model::value::Level>| level.map(|level| level.0);
        (
            (level(risk.inherent_likelihood), level(risk.inherent_impact), risk.inherent_value),
            (level(risk.current_likelihood), level(risk.current_impact), risk.current_value),
        )
    };
    assert_eq!(levels(risk), ((Some(4), Some(5), Some(20)), (Some(2), Some(4), Some(8))));
    let forecast = (risk.residual_likelihood, risk.residual_impact, risk.residual_value);
    assert_eq!(forecast, (None, None, None), "no treatment is approved, so nothing is expected of one yet");
    let states: Vec<String> =
        risk.existing_controls.iter().map(|it| fields(&isms, &it.to_string())["state"].to_string()).collect();
    assert_eq!(states, ["\"implemented\""; 4], "what the register calls existing exists");
    let treatment = isms.live::<Treatment>().find(|it| it.risk == Some(risk.reference())).unwrap();
    let actions: Vec<_> =
        isms.live::<TreatmentAction>().filter(|it| it.treatments.contains(&treatment.reference())).collect();
    let budgets: Vec<String> = actions.iter().map(|it| it.cost_once.unwrap().to_string()).collect();
    assert_eq!(budgets, ["8000.00 EUR", "12000.00 EUR", "2000.00 EUR"]);
    let controls = treatment.controls.iter().filter_map(|it| isms.get(*it));
    let annex: BTreeSet<String> = controls.flat_map(|control| control.annex_refs.clone()).collect();
    assert_eq!(annex, ["A.5.17", "A.8.12", "A.8.13", "A.8.20", "A.8.5"].map(str::to_owned).into());
}

#[test]
fn people_are_matched_by_name_and_role_and_nobody_is_invented() {
    let Some(files) = kit() else { return };
    let records = plan(&files, &Isms::default()).records;
    let anna = by(&records, Kind::Person, "name", "Anna Weber").reference.to_string();
    let markus = by(&records, Kind::Person, "name", "Markus Schulz").reference.to_string();
    let owner = |kind, source: &str, field: &str| sourced(&records, kind, source)[field].as_str().unwrap().to_owned();
    // “ISO” is the short form of a role that the RACI matrix spells out and the training register gives to Anna Weber.
    assert_eq!(owner(Kind::Asset, "asset-register/AST-003", "owner"), anna);
    assert_eq!(owner(Kind::Change, "change-log/CHG-2026-002", "owner"), anna);
    assert_eq!(owner(Kind::Risk, "risk-register/R-001", "risk_owner"), markus);
    assert_eq!(
        owner(Kind::Obligation, "legal-compliance-register/LR-001", "responsible"),
        by(&records, Kind::Person, "name", "Julia Hoffmann").reference.to_string()
    );
    let cfo = by(&records, Kind::Person, "title", "CFO");
    assert_eq!(owner(Kind::Asset, "asset-register/AST-007", "owner"), cfo.reference.to_string());
    let known: BTreeSet<&str> = cfo.fields.keys().map(String::as_str).collect();
    assert_eq!(known, ["job_title", "notes", "state", "tags", "title"].into(), "nothing else is known of the CFO");
    assert_eq!(cfo.fields["state"], "invited");
    assert_eq!(cfo.fields["notes"], "Named only by role in asset-register.csv:8 (Owner).");
    let named = records.iter().filter(|it| it.reference.kind == Kind::Person && it.fields.contains_key("name"));
    let named: Vec<&str> = named.map(|it| it.fields["name"].as_str().unwrap()).collect();
    assert_eq!(
        named,
        ["Anna Weber", "Markus Schulz", "Sophie Lang", "Julia Hoffmann", "Thomas Krüger", "Elena Fischer"]
    );
    let role = by(&records, Kind::IsmsRole, "title", "Information Security Officer");
    let raci = role.fields["raci"].as_array().unwrap();
    assert!(raci.contains(&json!({"activity": "Maintain Risk Register", "value": "A"})));
    let soa: Vec<&Value> = raci.iter().filter(|row| row["activity"] == "Maintain Statement of Applicability").collect();
    assert_eq!(soa.iter().map(|row| &row["value"]).collect::<Vec<_>>(), ["A", "R"], "A/R is two entries");
}

#[test]
fn what_cells_say_in_words_becomes_values() {
    let Some(files) = kit() else { return };
    let records = plan(&files, &Isms::default()).records;
    let says = |kind, source: &str, expected: Value| {
        let found = sourced(&records, kind, source);
        for (field, value) in expected.as_object().unwrap() {
            assert_eq!(found.get(field).unwrap_or(&Value::Null), value, "{kind} {source} {field}");
        }
    };
    says(
        Kind::Asset,
        "asset-register/AST-001",
        json!({"rto_hours": "4", "rpo_hours": "0.25", "category": "information"}),
    );
    says(
        Kind::BcExercise,
        "disaster-recovery-register/DR-003",
        json!({"achieved_rto_hours": "1.5", "result": "passed"}),
    );
    says(
        Kind::Objective,
        "security-objectives-register/OBJ-2026-01",
        json!({"baseline": "5.8", "target": "5", "unit": "%", "direction": "at_most", "due": "2026-12-31",
            "result_value": "4.2", "state": "active"}),
    );
    says(
        Kind::Objective,
        "security-objectives-register/OBJ-2026-07",
        json!({"baseline": "2.75", "target": "2", "unit": "h", "state": "achieved"}),
    );
    says(
        Kind::Measurement,
        "security-objectives-register/OBJ-2026-01",
        json!({"value": "4.2", "period_start": "2026-01-01", "period_end": "2026-03-31"}),
    );
    says(
        Kind::Incident,
        "incident-register/INC-2026-006",
        json!({"personal_data": true, "aware_at": "2026-03-12T14:30:00Z", "detected_at": null, "severity": "high",
            "category": "data_disclosure", "state": "closed"}),
    );
    says(Kind::CompetenceRequirement, "competence-matrix/Developer: SAST/DAST tool usage", json!({"renewal": "P24M"}));
    says(
        Kind::Obligation,
        "records-retention-schedule/RET-001",
        json!({"record_retention": null, "obligation_type": "law", "citation": "§ 257 HGB + civil law statute of limitations", "summary": "Signed master agreements and order forms; to be kept: 10 years after contract end"}),
    );
    says(
        Kind::Change,
        "change-log/CHG-2026-001",
        json!({"review_result": "Success", "implemented_on": "2026-03-16", "reviewed_on": null, "state": "closed"}),
    );
    says(Kind::Change, "change-log/CHG-2026-006", json!({"review_result": null, "state": "approved"}));
    let log = sourced(&records, Kind::Evidence, "deletion-evidence-log/DEL-2026-003");
    let dpo = by(&records, Kind::Person, "name", "Julia Hoffmann").reference.to_string();
    assert_eq!((log["collected_by"].as_str(), log["reviewed_by"].as_str() == Some(&dpo)), (Some(dpo.as_str()), false));
    assert!(
        !records
            .iter()
            .any(|it| it.reference.kind == Kind::Person && it.fields["title"].as_str().unwrap().contains("GmbH"))
    );
    let notes = |kind, source: &str| sourced(&records, kind, source)["notes"].as_str().unwrap().to_owned();
    assert!(notes(Kind::Objective, "security-objectives-register/OBJ-2026-04").contains("- Status: Behind"));
    assert!(notes(Kind::Risk, "risk-register/R-006").contains("- Status: Accepted"));
    assert!(notes(Kind::TreatmentAction, "risk-treatment-plan/RTP-001").contains("- Annex A Control: A 5.17 A 8.5"));
    says(Kind::Supplier, "supplier-register/SUP-006", json!({"privacy_agreement": "missing", "state": "active"}));
    says(Kind::Applicability, "statement-of-applicability/A.8.30", json!({"applicable": false, "state": "decided"}));
    says(Kind::Applicability, "statement-of-applicability/A.8.12", json!({"implementation": "partial"}));
    says(
        Kind::Control,
        "statement-of-applicability/A.8.12",
        json!({"how": "Email DLP in place, endpoint DLP planned", "state": "in_progress"}),
    );
    says(
        Kind::CommunicationItem,
        "stakeholder-communication/Works council: Planned monitoring measures, BYOD rules",
        json!({"channel": "Dedicated meeting", "when_text": "On change"}),
    );
    let incident = sourced(&records, Kind::Nonconformity, "capa-register/CAPA-2026-003")["source_record"].clone();
    assert_eq!(
        incident,
        by(&records, Kind::Incident, "title", "Targeted phishing against finance (BEC attempt)").reference.to_string()
    );
}

#[test]
fn no_cell_of_the_kit_is_lost() {
    let Some(files) = kit() else { return };
    let plan = plan(&files, &Isms::default());
    let isms = taken(&Isms::default(), plan.records.clone());
    let held: BTreeMap<String, String> = plan
        .records
        .iter()
        .map(|it| (it.reference.to_string(), Value::Object(fields(&isms, &it.reference.to_string())).to_string()))
        .collect();
    let everything = held.values().cloned().collect::<Vec<_>>().join("\n");
    let placed: BTreeSet<(&str, u64, usize)> =
        plan.report.placements.iter().map(|it| (&*it.file, it.line, it.column)).collect();
    let mut unplaced: BTreeMap<(&str, u64, &str), &Kept> = BTreeMap::new();
    for cell in &plan.report.unplaced {
        unplaced.insert((&cell.file, cell.line, &cell.column), &cell.kept);
    }
    let (mut cells, mut lost) = (0, Vec::new());
    for file in &files {
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(file.bytes.as_slice());
        let headings = reader.headers().unwrap().clone();
        for row in reader.records() {
            let row = row.unwrap();
            let line = row.position().unwrap().line();
            for (at, cell) in row.iter().enumerate().filter(|(_, cell)| !cell.trim().is_empty()) {
                cells += 1;
                let inside = Value::from(cell.trim()).to_string();
                let inside = &inside[1..inside.len() - 1];
                // A row with more cells than headings was put together again: its pieces are looked for as such.
                let torn = row.len() > headings.len();
                let kept = match unplaced.get(&(file.name.as_str(), line, &headings[at.min(headings.len() - 1)])) {
                    _ if torn => {
                        let shift = row.len() - headings.len();
                        everything.contains(inside)
                            || (0..=shift.min(at)).any(|by| placed.contains(&(file.name.as_str(), line, at + 1 - by)))
                    }
                    Some(Kept::NotesOf(record)) => held[record].contains(inside),
                    Some(Kept::Report) => false,
                    None => everything.contains(inside) || placed.contains(&(file.name.as_str(), line, at + 1)),
                };
                if !kept {
                    lost.push(format!("{}:{line} {}: {cell}", file.name, headings.get(at).unwrap_or("?")));
                }
            }
        }
    }
    assert_eq!(lost, [""; 0]);
    assert!(cells > 4_000, "only {cells} cells were looked for");
    assert!(plan.report.placed > 2_800, "only {} cells went into fields", plan.report.placed);
}

#[test]
fn a_second_import_changes_nothing_even_after_work_was_done_here() {
    let Some(files) = kit() else { return };
    let first = plan(&files, &Isms::default());
    assert_eq!(first.records, plan(&files, &Isms::default()).records, "a dry run is the same call");
    let isms = taken(&Isms::default(), first.records);
    let second = plan(&files, &isms);
    assert_eq!(second.records, []);
    assert_eq!((second.report.total().unchanged, second.report.total().total()), (686, 686));

    let risk = by(&first_records(&files), Kind::Risk, "title", "Ransomware on file servers").reference;
    let mut edited = isms.record(risk).unwrap().fields();
    edited.insert("title".to_owned(), json!("Encryption of the file servers"));
    edited.insert("residual_value".to_owned(), json!(6));
    let worked = taken(&isms, vec![ImportRecord { reference: risk, fields: edited.clone(), source: String::new() }]);
    assert_eq!(plan(&files, &worked).records, [], "what was done here stands while the file says the same");

    let third = |status: &str| {
        let mut changed = files.clone();
        let register = changed.iter_mut().find(|file| file.name == "risk-register.csv").unwrap();
        let text = String::from_utf8(register.bytes.clone()).unwrap();
        register.bytes = text.replace("Mitigate,In treatment", &format!("Mitigate,{status}")).into_bytes();
        let third = plan(&changed, &worked);
        let written: Vec<String> = third.records.iter().map(|it| it.reference.to_string()).collect();
        assert_eq!(written, ["R-0005"], "the row's treatment says nothing new");
        let state = third.records[0].fields["state"].as_str().unwrap().to_owned();
        let after = taken(&worked, third.records);
        assert_eq!(fields(&after, &risk.to_string()), edited);
        assert_eq!(plan(&changed, &after).records, []);
        let told = third.report.warnings.into_iter().map(|it| it.message).filter(|it| it.starts_with("R-0005"));
        (state, told.collect::<Vec<_>>())
    };
    assert_eq!(third("Monitored"), ("monitored".to_owned(), Vec::new()));
    let told = "R-0005 is treatment_decided, from where no step leads to closed; the state was left";
    assert_eq!(third("Closed"), ("treatment_decided".to_owned(), vec![told.to_owned()]));
}

#[test]
fn an_edited_cell_changes_its_field_and_nothing_that_was_corrected_here() {
    let file = |owner: &str, end: &str, level: &str| {
        let head = "ID,Supplier,Service,Criticality,Contract End,Owner,Remark";
        csv_file("supplier-register.csv", &format!("{head}\nS1,Acme,Hosting,{level},{end},{owner},seen\n"))
    };
    let isms = taken(&Isms::default(), plan(&file("Anna Weber", "2026-12-31", "Low"), &Isms::default()).records);
    let mut here = fields(&isms, "SUP-0001");
    here.insert("title".to_owned(), json!("Acme Hosting Ltd"));
    here.insert("criticality".to_owned(), json!("high"));
    let reference = "SUP-0001".parse().unwrap();
    let isms = taken(&isms, vec![ImportRecord { reference, fields: here, source: String::new() }]);
    assert_eq!(plan(&file("Anna Weber", "2026-12-31", "Low"), &isms).records, []);

    let edited = plan(&file("Markus Schulz", "2027-12-31", "Medium"), &isms);
    let told: Vec<&str> = edited.report.warnings.iter().map(|it| it.message.as_str()).collect();
    assert_eq!(told, ["SUP-0001 says otherwise under criticality and was left as it is; here: medium"]);
    let isms = taken(&isms, edited.records);
    let after = fields(&isms, "SUP-0001");
    let says = |name: &str| after[name].as_str().unwrap().to_owned();
    assert_eq!(
        ["title", "criticality", "contract_end"].map(says),
        ["Acme Hosting Ltd", "high", "2027-12-31"].map(str::to_owned)
    );
    assert_eq!(fields(&isms, &says("owner"))["name"], "Markus Schulz");
    assert!(says("notes").contains("- Remark: seen"));

    let emptied = plan(&file("Markus Schulz", "", "Medium"), &isms);
    assert_eq!(emptied.records, []);
    let told: Vec<&str> = emptied.report.warnings.iter().map(|it| it.message.as_str()).collect();
    assert!(
        told.contains(&"SUP-0001 has contract_end 2027-12-31, which the files no longer say; it was left"),
        "{told:?}"
    );
}

fn first_records(files: &[SourceFile]) -> Vec<ImportRecord> {
    plan(files, &Isms::default()).records
}

#[test]
fn the_proposed_mapping_can_be_kept_and_reads_the_same() {
    let Some(files) = kit() else { return };
    let proposed = propose(&files).unwrap();
    assert_eq!(proposed.registers.len(), 23);
    let text = proposed.to_toml();
    let kept = Mapping::from_toml("kept.toml", &text).unwrap();
    assert_eq!(kept, proposed);
    let plain = plan(&files, &Isms::default());
    assert_eq!(plain.mapping.as_ref(), Some(&proposed));
    let through = import(&files, &Isms::default(), Some(&kept), now()).unwrap();
    assert_eq!(through.records, plain.records);
    assert_eq!(through.report.kinds, plain.report.kinds);
    let assets = kept.registers.iter().find(|register| register.name == "asset-register").unwrap();
    assert_eq!(assets.unplaced, ["Location", "Criticality", "Environment", "Description"]);
}

#[test]
fn the_imported_kit_goes_out_as_a_folder_and_comes_back() {
    let Some(files) = kit() else { return };
    let isms = taken(&Isms::default(), plan(&files, &Isms::default()).records);
    let folder: Vec<SourceFile> = export(&isms).into_iter().map(|(name, bytes)| SourceFile::new(name, bytes)).collect();
    assert!(scenario::is_scenario(&folder));
    let back = taken(&Isms::default(), scenario::read_folder(&folder, &Isms::default()).unwrap());
    for kind in Kind::ALL {
        for record in isms.records(*kind) {
            assert_eq!(fields(&back, &record.any_ref().to_string()), record.fields());
        }
    }
    assert_eq!(back.total(), isms.total());
}

#[test]
fn a_wrong_mapping_is_refused_with_its_place() {
    let refused = |text: &str| Mapping::from_toml("m.toml", text).unwrap_err().to_string();
    let record = |rest: &str| {
        refused(&format!("version = 1\n[[register]]\nname = \"x\"\n[[register.record]]\nkind = \"risk\"\n{rest}"))
    };
    for (message, expected) in [
        (refused("version = 2"), "m.toml: is a mapping of version 2; this program reads version 1"),
        (refused("version = 1\ncolour = 1"), "m.toml:2: unknown field `colour`"),
        (refused("version = 1\n[[register]]\nname = \"a/b\""), "m.toml: register “a/b”: a name has letters"),
        (record("[register.record.fields]\ncolour = \"X\""), "m.toml: register “x”: risk.colour: is not a field"),
        (record("[register.record.fields]\ntags = \"X\""), "m.toml: register “x”: risk.tags: is not a field"),
        (
            record("fields.title = { from = \"X\", as = \"magic\" }"),
            "m.toml: register “x”: risk.title: “magic” is not one of",
        ),
        (
            record("fields.title = { from = \"X\", set = \"Y\" }"),
            "m.toml: register “x”: risk.title: says exactly one of",
        ),
        (
            record("fields.state = { from = \"X\", words = \"none\" }"),
            "m.toml: register “x”: risk.state: there is no table of words “none”",
        ),
        (record("requires = [\"colour\"]"), "m.toml: register “x”: risk: “colour” is not a kind of record"),
    ] {
        assert!(message.starts_with(expected), "{message}");
    }
}

#[test]
#[ignore = "a measurement: cargo test --release -p attestry-exchange --test registers -- --ignored --nocapture"]
fn how_long_large_registers_take() {
    let asset = |at: u32| format!("A-{at},Server number {at},Hardware,Owner {},Internal,Active", at % 50);
    let risk = |at: u32| {
        let (threat, owner) = (at % 200, at % 50);
        format!("R-{at},Risk {at},Server number {at} + more,Threat {threat},Head of {owner},3,4,\"EDR, MFA\",Open")
    };
    let table = |heading: &str, row: &dyn Fn(u32) -> String| {
        std::iter::once(heading.to_owned()).chain((1..=20_000).map(row)).collect::<Vec<_>>().join("\n")
    };
    let assets = table("ID,Asset Name,Type,Owner,Classification,Status", &asset);
    let heading = "ID,Risk Title,Asset / Process,Threat,Owner,Likelihood (1-5),Max Impact,Existing Controls,Status";
    let risks = table(heading, &risk);
    let files = [SourceFile::new("asset-register.csv", assets), SourceFile::new("risk-register.csv", risks)];
    let began = std::time::Instant::now();
    let first = plan(&files, &Isms::default());
    println!("{} records planned in {:?}", first.records.len(), began.elapsed());
    let isms = taken(&Isms::default(), first.records);
    let began = std::time::Instant::now();
    assert_eq!(plan(&files, &isms).records, []);
    println!("compared again in {:?}", began.elapsed());
}
