//! Files in and out: the whole ISMS as files, registers, documents, evidence, backups.
#![expect(clippy::unwrap_used, reason = "a test may panic: that is how it fails")]

mod common;

use std::collections::BTreeMap;
use std::path::Path;

use common::{Place, shared};
use serde_json::{Value, json};

fn everything(place: &Place) -> BTreeMap<String, Value> {
    let mut all = BTreeMap::new();
    for kind in place.json(&["kinds"]).as_array().unwrap() {
        for mut record in place.json(&["list", kind["kind"].as_str().unwrap(), "--void"]).as_array().unwrap().clone() {
            let fields = record.as_object_mut().unwrap();
            for stamp in ["revision", "updated_at", "updated_by", "created_at", "created_by"] {
                fields.remove(stamp);
            }
            all.insert(record["ref"].as_str().unwrap().to_owned(), record);
        }
    }
    all
}

/// The report of an import without the moment at which it was made.
fn report(answer: &Value) -> Value {
    let mut report = answer["report"].clone();
    report.as_object_mut().unwrap().remove("at");
    report
}

#[test]
fn the_whole_isms_goes_out_as_files_and_comes_back_the_same() {
    let place = Place::with_clinic();
    place.ok(&["export", place.path("out").to_str().unwrap()]);
    let other = Place::with_organisation();
    let dry = other.json(&["import", place.path("out").to_str().unwrap(), "--dry-run"]);
    assert_eq!(dry["written"], 1_411);
    let findings = |name: &str| dry["findings"][name].as_array().unwrap().len();
    assert!(findings("solved") > 0 && findings("caused") > 0, "what it would do to the findings: {}", dry["findings"]);
    assert_eq!(other.json(&["list", "risk"]), json!([]), "a dry run writes nothing");
    let done = other.json(&["import", place.path("out").to_str().unwrap()]);
    assert_eq!(done["written"], dry["written"]);
    assert_eq!(report(&done), report(&dry), "a dry run shows the same report");
    let (here, there) = (everything(&place), everything(&other));
    assert_eq!(here.len(), there.len());
    for (reference, record) in &here {
        assert_eq!(record, &there[reference]);
    }
    let again = other.json(&["import", place.path("out").to_str().unwrap()]);
    assert_eq!(again["written"], 0, "a second import changes nothing");
    other.ok(&["export", other.path("out").to_str().unwrap()]);
    for entry in std::fs::read_dir(place.path("out")).unwrap() {
        let name = entry.unwrap().file_name();
        // It says whose records these are, and under which signed state.
        if name == "ABOUT.txt" {
            continue;
        }
        // The organisation's own record was created before the import, and keeps that moment.
        let told = |path: std::path::PathBuf| {
            let text = std::fs::read_to_string(path.join(&name)).unwrap();
            text.lines().filter(|line| !line.trim_start().starts_with("created_at:")).collect::<Vec<_>>().join("\n")
        };
        assert!(told(place.path("out")) == told(other.path("out")), "{} differs", name.display());
    }
    place.verify();
    other.verify();
}

#[test]
fn what_lies_beside_the_records_of_a_folder_is_named_and_left_alone() {
    let place = Place::with_clinic();
    place.ok(&["export", place.path("out").to_str().unwrap()]);
    place.file("out/notes.csv", "when,what\n2026-06-30,exported\n");
    let other = Place::with_organisation();
    let done = other.json(&["import", place.path("out").to_str().unwrap()]);
    assert_eq!(done["written"], 1_411);
    assert_eq!(done["report"]["unread"][0]["file"], "notes.csv");
    place.verify();
    other.verify();
}

#[test]
fn own_fields_and_formulas_travel_with_the_records() {
    let place = Place::with_organisation();
    place.ok(&["field", "add", "threat", "score", "--type", "int", "--label", "Score"]);
    let titles = ["=1+1", "'=1+1", "''-2", "@SUM(A1)", "'quoted'", "plain"];
    for (number, title) in titles.iter().enumerate() {
        place.ok(&["add", "threat", &format!("title={title}"), "notes=-2+3;x", &format!("score={number}")]);
    }
    let out = place.path("out");
    place.ok(&["export", out.to_str().unwrap()]);
    let table = std::fs::read_to_string(out.join("threat.csv")).unwrap();
    assert!(table.contains(",'=1+1,") && table.contains("'-2+3;x"), "no cell is a formula: {table}");
    let other = Place::with_organisation();
    let dry = other.json(&["import", out.to_str().unwrap(), "--dry-run"]);
    assert_eq!(
        (&dry["own_fields"], other.json(&["field", "list"])),
        (&json!(1), json!([])),
        "a dry run writes nothing"
    );
    assert_eq!(other.json(&["import", out.to_str().unwrap()])["written"], titles.len());
    let came: Vec<Value> = other.json(&["list", "threat"]).as_array().unwrap().clone();
    let came: Vec<&str> = came.iter().map(|threat| threat["title"].as_str().unwrap()).collect();
    assert_eq!(came, titles);
    assert_eq!(other.json(&["list", "threat", "--where", "score>=4"]).as_array().unwrap().len(), 2);
    // What an earlier export left behind would be read as if it belonged to this one.
    place.file("out/risk.csv", "ref,title\nR-0001,Old\n");
    place.refused(&["export", out.to_str().unwrap()], 3, &["risk.csv"]);
    place.verify();
    other.verify();
}

#[test]
fn an_import_that_changes_what_was_signed_ends_the_signature() {
    let place = Place::with_clinic();
    let out = place.path("out");
    place.ok(&["export", out.to_str().unwrap()]);
    let rows = std::fs::read_to_string(out.join("applicability.csv")).unwrap();
    let file = place.file("applicability.csv", rows.replacen("basic practice", "good practice", 1));
    assert_eq!(place.json(&["import", &file])["report"]["registers"][0]["kinds"]["applicability"]["updated"], 1);
    assert_eq!(place.json(&["show", "APR-0080"])["state"], "invalidated");
    assert_eq!(place.json(&["show", "SOA-0002"])["state"], "draft");
    let forged = place.file(
        "approval.csv",
        "ref,title,subject,signer,decision,state,subject_revision,statement,requested_on,signed_at\n\
         APR-9000,Forged,SOA-0002,PER-0001,approved,signed,1,I approve,2026-01-01,2026-01-01T00:00:00Z\n",
    );
    place.refused(&["import", &forged, "--as", "PER-0002"], 3, &["APR-9000 is a signature"]);
    place.verify();
}

#[test]
fn a_published_kit_becomes_linked_records() {
    let Some(kit) = shared("data/starter-kit/registers") else { return };
    let kit = kit.to_str().unwrap();
    let place = Place::with_organisation();
    place.ok(&["set", "ORG-0001", "currency=EUR"]);
    let dry = place.json(&["import", kit, "--dry-run"]);
    let done = place.json(&["import", kit]);
    assert_eq!(dry["written"], done["written"]);
    assert_eq!(report(&dry), report(&done), "a dry run shows the same report");
    let count = |kind: &str| place.json(&["list", kind]).as_array().unwrap().len();
    for (kind, least) in [
        ("applicability", 93),
        ("asset", 18),
        ("risk", 7),
        ("treatment_action", 11),
        ("supplier", 12),
        ("incident", 10),
        ("nonconformity", 5),
        ("objective", 10),
        ("document", 26),
        ("exception", 6),
        ("change", 10),
        ("obligation", 1),
        ("competence_requirement", 20),
        ("threat", 12),
        ("vulnerability", 15),
    ] {
        assert!(count(kind) >= least, "{} of {kind}, expected at least {least}", count(kind));
    }
    let actions = place.json(&["list", "treatment_action"]);
    let budgets: f64 = actions.as_array().unwrap().iter().filter_map(|one| one["cost_once"].as_f64()).sum();
    assert!(budgets > 20_000.0, "{budgets}");
    let again = place.json(&["import", kit]);
    assert_eq!(again["written"], 0, "a second import changes nothing");
    assert!(place.data().join("mapping.toml").exists(), "how columns were matched is kept");
    for name in ["soa", "risk-treatment-plan"] {
        for format in ["html", "xlsx", "csv", "pdf"] {
            let file = place.path(&format!("{name}.{format}"));
            place.ok(&["report", name, "-o", file.to_str().unwrap()]);
            assert!(std::fs::metadata(&file).unwrap().len() > 1_000, "{}", file.display());
        }
    }
    place.verify();
}

#[test]
fn broken_files_change_nothing_and_are_named() {
    let place = Place::with_organisation();
    let size = place.json(&["verify"])["size"].clone();
    let cases = [
        ("risk.csv", "ref,title,state\nR-0001,Fire,identified\nR-0002,Flood,burning\n", "risk.csv"),
        ("asset.csv", "ref,title,owner\nAST-0001,Server,PER-0404\n", "PER-0404, which does not exist"),
        ("threat.csv", "ref,title\nTHR-0001,One\nTHR-0001,Two\n", "THR-0001"),
        ("scope.yaml", "- ref: SCO-0001\n  title: [\n", "scope.yaml"),
        ("quiz.yaml", "- ref: QZ-0001\n  title: Quiz\n  questions: no\n", "quiz.yaml:3"),
    ];
    for (name, content, words) in cases {
        let file = place.file(name, content);
        let answer = place.run(&["import", &file]);
        assert_eq!(answer.code, 3, "{name}: {}{}", answer.out, answer.err);
        assert!(answer.err.contains(words), "{name} does not say “{words}”: {}", answer.err);
    }
    let none = place.file("picture.bin", [0xff, 0xd8, 0xff, 0x00]);
    place.refused(&["import", &none], 3, &["picture.bin", "neither CSV nor XLSX"]);
    place.refused(&["import", place.path("nowhere.csv").to_str().unwrap()], 4, &["nowhere.csv"]);
    assert_eq!(place.json(&["verify"])["size"], size);
    place.verify();
}

#[test]
fn documents_come_in_four_formats_now_and_as_of_then() {
    let place = Place::with_clinic();
    let size = place.json(&["verify"])["size"].as_u64().unwrap();
    let as_of = format!("#{}", size - 1);
    place.ok(&["set", "SR-0005", "justification=Changed afterwards."]);
    for name in ["soa", "risk-treatment-plan"] {
        for format in ["pdf", "xlsx", "html", "csv"] {
            let file = place.path(&format!("{name}.{format}"));
            place.ok(&["report", name, "--format", format, "-o", file.to_str().unwrap()]);
            assert_starts(&file, format);
        }
    }
    let html = |as_of: Option<&str>| {
        let mut args = vec!["report", "soa", "--format", "html"];
        args.extend(as_of.into_iter().flat_map(|when| ["--as-of", when]));
        place.ok(&args).out
    };
    assert!(html(None).contains("Changed afterwards."));
    assert!(!html(Some(&as_of)).contains("Changed afterwards."));
    let external = place.ok(&["report", "soa", "--format", "csv", "--external"]).out;
    let internal = place.ok(&["report", "soa", "--format", "csv"]).out;
    assert!(
        internal.lines().next().unwrap().contains("Evidence") && !external.lines().next().unwrap().contains("Evidence")
    );
    place.refused(&["report", "dragon"], 3, &["soa"]);
    place.refused(&["report", "soa", "-o", "soa.docx"], 3, &["--format"]);
    let bare = Place::with_organisation();
    bare.refused(&["report", "soa"], 3, &["no Statement of Applicability yet"]);
    bare.verify();
    place.verify();
}

fn assert_starts(file: &Path, format: &str) {
    let bytes = std::fs::read(file).unwrap();
    let start: &[u8] = match format {
        "pdf" => b"%PDF-",
        "xlsx" => b"PK",
        "html" => b"<!",
        _ => b"",
    };
    assert!(bytes.starts_with(start) && bytes.len() > 1_000, "{}", file.display());
}

#[test]
fn evidence_is_kept_under_its_hash() {
    let place = Place::with_organisation();
    place.ok(&["add", "person", "title=Anna", "name=Anna", "email=a@example.org"]);
    let fields = ["evidence_type=report", "collected_on=2026-06-01", "collected_by=PER-0001", "source=scanner"];
    let mut args = vec!["add", "evidence", "title=Scan"];
    args.extend(fields);
    place.ok(&args);
    place.refused(&["do", "EV-0001", "accepted", "reviewed_by=PER-0001"], 3, &["file_hash is required"]);
    let file = place.file("scan.txt", "nothing found\n");
    place.refused(&["attach", "EV-0001", place.path("").to_str().unwrap()], 3, &["is not a file"]);
    place.ok(&["attach", "EV-0001", &file]);
    assert!(place.ok(&["show", "EV-0001"]).out.contains("File: scan.txt (version 2)"));
    place.ok(&["add", "person", "title=Bert", "name=Bert", "email=b@example.org"]);
    place.ok(&["do", "EV-0001", "accepted", "reviewed_by=PER-0002"]);
    let forged = place.file("forged.txt", "everything found\n");
    place.refused(&["attach", "EV-0001", &forged], 3, &["judged with its file"]);
    let hash = "6c6a2e1c0b2bba0fe6c8d3e3b1eabbd4";
    let stored = place.json(&["show", "EV-0001"])["file_hash"].as_str().unwrap().to_owned();
    assert_eq!(stored.len(), hash.len() * 2);
    let kept = place.data().join("files").join(&stored[..2]).join(&stored);
    assert_eq!(std::fs::read(&kept).unwrap(), b"nothing found\n");
    std::fs::set_permissions(&kept, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    std::fs::write(&kept, b"nothing found!").unwrap();
    let answer = place.run(&["verify", "--level", "3", "--json"]);
    assert_eq!((answer.code, &answer.json()["ok"]), (1, &json!(false)));
    std::fs::write(&kept, b"nothing found\n").unwrap();
    place.verify();
}

#[test]
fn a_backup_comes_back_into_an_empty_place_only() {
    let place = Place::with_clinic();
    let backup = place.path("clinic.backup");
    place.ok(&["backup", backup.to_str().unwrap()]);
    place.refused(&["restore", backup.to_str().unwrap()], 4, &[]);
    let other = Place::empty();
    other.ok(&["restore", backup.to_str().unwrap()]);
    assert_eq!(everything(&place), everything(&other));
    other.ok(&["set", "R-0001", "notes=after the restore"]);
    let mut bytes = std::fs::read(&backup).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 64].fill(0xA5);
    let broken = place.file("broken.backup", bytes);
    let third = Place::empty();
    let answer = third.run(&["restore", &broken]);
    assert_ne!(answer.code, 0, "a damaged backup was restored");
    assert!(!third.data().join("attestry.db").exists(), "nothing is left half-done");
    other.verify();
    place.verify();
}

#[test]
fn erased_values_are_gone_and_the_proofs_hold() {
    let place = Place::with_organisation();
    place.ok(&["add", "person", "title=Ben Example", "name=Ben Example", "email=ben@example.org"]);
    place.ok(&["set", "PER-0001", "job_title=Driver"]);
    let basis =
        ["--basis", "GDPR Art. 17(1)(a)", "--asked-by", "the person", "--approved-by", "data protection officer"];
    let mut args = vec!["erase", "PER-0001", "name", "email", "title"];
    args.extend(basis);
    place.refused(&args, 3, &["--yes"]);
    args.push("--yes");
    place.ok(&args);
    let person = place.json(&["show", "PER-0001"]);
    assert_eq!((&person["name"], &person["job_title"]), (&Value::Null, &json!("Driver")));
    let history = place.ok(&["show", "PER-0001", "--history", "--json"]).out;
    assert!(!history.contains("Ben Example") && history.contains("erased"), "{history}");
    let database = std::fs::read(place.data().join("attestry.db")).unwrap();
    let wal = std::fs::read(place.data().join("attestry.db-wal")).unwrap_or_default();
    for bytes in [database, wal] {
        assert!(!bytes.windows(11).any(|window| window == b"Ben Example"), "the value is still on the disk");
    }
    place.verify();
}

#[test]
fn a_proof_is_written_for_other_verifiers() {
    let place = Place::with_organisation();
    place.ok(&["add", "threat", "title=Phishing"]);
    let folder = place.path("proof");
    place.ok(&["proof", "THR-0001", "-o", folder.to_str().unwrap()]);
    for name in ["entry.leaf", "entry.tlog-proof", "entry.disclosure.json", "key.vkey"] {
        assert!(folder.join(name).exists(), "{name}");
    }
    let disclosed = std::fs::read_to_string(folder.join("entry.disclosure.json")).unwrap();
    assert!(disclosed.contains("Phishing"));
    let leaf = std::fs::read_to_string(folder.join("entry.leaf")).unwrap();
    assert!(!leaf.contains("Phishing"), "the leaf holds commitments, not values");
    place.verify();
}

#[test]
fn a_second_writer_is_told_and_readers_go_on() {
    let place = Place::with_organisation();
    let lock = std::fs::read_dir(place.data()).unwrap().filter_map(Result::ok).find(|entry| {
        entry.path().extension().is_some_and(|ending| ending == "lock")
            || entry.file_name().to_string_lossy().contains("lock")
    });
    let lock = std::fs::OpenOptions::new().write(true).open(lock.unwrap().path()).unwrap();
    lock.lock().unwrap();
    place.refused(&["add", "threat", "title=x"], 4, &["open"]);
    place.ok(&["list", "threat"]);
    drop(lock);
    place.ok(&["add", "threat", "title=x"]);
    place.verify();
}

#[test]
fn the_doctor_sees_what_is_wrong() {
    let place = Place::with_organisation();
    let found = place.json(&["doctor"]);
    assert_eq!(found["ok"], true, "{found}");
    let settings = place.json(&["doctor", "--config"]);
    assert!(settings.as_array().unwrap().iter().any(|one| one["name"] == "host"));
    let key = place.data().join("signing.key");
    std::fs::set_permissions(&key, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
    let answer = place.run(&["doctor"]);
    assert_eq!(answer.code, 1, "{}", answer.out);
    std::fs::set_permissions(&key, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    place.file("data/attestry.toml", "colour = \"red\"\n");
    place.refused(&["list", "risk"], 4, &["attestry.toml", "colour"]);
    std::fs::remove_file(place.path("data/attestry.toml")).unwrap();
    place.verify();
}

#[test]
fn completions_and_the_manual_are_there() {
    let place = Place::empty();
    assert!(place.ok(&["completions", "bash"]).out.contains("attestry"));
    assert!(place.ok(&["man"]).out.contains(".TH"));
}

#[cfg(target_os = "linux")]
#[test]
fn a_path_that_is_no_text_is_a_path_all_the_same() {
    use std::os::unix::ffi::OsStrExt;
    let place = Place::with_organisation();
    let folder = std::ffi::OsStr::from_bytes(b"out\xff");
    let output = place.command().arg("export").arg(folder).arg("--json").output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(place.data().with_file_name(folder).join("ABOUT.txt").exists());
    place.verify();
}
