//! Backups: whole, verified before they go live, and honest about what is lost.

use std::fs;

use attestry_model::{Command, Kind};
use attestry_store::{Level, Organisation, Store, StoreError};
use serde_json::json;

use crate::ground::{Ground, create, expect, fields, new_risk, on_both, operator, reference, verify};

fn furnish(ground: &mut Ground) -> Organisation {
    let clinic = ground.found();
    let asset = reference(&clinic.submit(&operator(), create(Kind::Asset, json!({"title": "Laptop"}))).unwrap());
    let made = create(Kind::Risk, json!({"title": "Lost", "assets": [asset.to_string()]}));
    let target = reference(&clinic.submit(&operator(), made).unwrap());
    let content = vec![42; 2_500_000];
    clinic.attach(&operator(), target, "photo.jpg", &mut content.as_slice(), None).unwrap();
    let set = Command::Set { name: "page".to_owned(), fields: fields(json!({"rows": 5})), reason: None };
    clinic.submit(&operator(), set).unwrap();
    ground.store().create_organisation("Second", None).unwrap();
    clinic
}

fn same(one: &Organisation, other: &Organisation) {
    let (one, other) = (one.isms(), other.isms());
    assert_eq!(one.total(), other.total());
    for kind in Kind::ALL {
        for record in one.records(*kind) {
            let twin = other.record(record.any_ref()).unwrap();
            assert_eq!(
                (record.fields(), record.revision(), record.updated_at()),
                (twin.fields(), twin.revision(), twin.updated_at())
            );
        }
    }
    assert_eq!(one.setting("page"), other.setting("page"));
    assert!(one.links().eq(other.links()));
}

/// From one ground to another, over a file.
fn carry(from: &mut Ground, to: &mut Ground) {
    let clinic = furnish(from);
    let backup = from.beside("backup.attestry");
    let report = from.store().backup(&backup, &mut |_, _| {}).unwrap();
    assert_eq!(report.organisations, [("example-clinic".to_owned(), 6), ("second".to_owned(), 2)]);
    assert_eq!((report.files, report.bytes), (1, fs::metadata(&backup).unwrap().len()));
    let restored = Store::restore(&backup, &to.config(), &mut |_, _| {}).unwrap();
    let told: Vec<_> = restored
        .organisations
        .iter()
        .map(|one| (one.slug.as_str(), one.entries, one.epoch, one.lost.as_str()))
        .collect();
    assert_eq!(told, [("example-clinic", 6, 2, "unknown"), ("second", 2, 2, "unknown")]);
    let copy = to.store().organisation(Some("example-clinic")).unwrap();
    same(&clinic, &copy);
    assert!(copy.info().read_only.is_none());
    let first = copy.entries(6, 1).unwrap().remove(0);
    assert_eq!((first.action.as_str(), first.fields["lost"].as_str()), ("epoch", Some("unknown")));
    assert_eq!(first.fields["surviving"]["size"], 6);
    let surviving = clinic.checkpoint().unwrap();
    assert!(surviving.contains(first.fields["surviving"]["root"].as_str().unwrap()));
    new_risk(&copy, "Life goes on");
    assert!(copy.checkpoint().unwrap().starts_with("localhost/attestry/example-clinic/2\n2\n"));
    let found = copy.verify_against(Level::Files, &[surviving], &mut |_, _| {}).unwrap();
    assert!(found.ok, "{:#?}", found.problems);
    assert_ne!(from.store().config().data, to.store().config().data);
    let keys = [from.data(), to.data()].map(|data| fs::read(data.join(attestry_store::KEY_FILE)).unwrap());
    assert_ne!(keys[0], keys[1]);
    let raw = fs::read(&backup).unwrap();
    let seed = String::from_utf8_lossy(&keys[0]).trim().rsplit(' ').next().unwrap().to_owned();
    assert!(!raw.windows(seed.len()).any(|window| window == seed.as_bytes()), "the key is in the backup");
    assert!(copy.proof(3).is_ok() && copy.proof(7).is_ok());
}

#[test]
fn a_backup_of_either_database_restores_into_either() {
    carry(&mut Ground::sqlite(), &mut Ground::sqlite());
    let servers = || Ground::postgres().zip(Ground::postgres());
    let Some((mut one, mut other)) = servers() else {
        eprintln!("PostgreSQL part skipped");
        return;
    };
    carry(&mut one, &mut other);
    let (mut one, mut other) = servers().unwrap();
    carry(&mut one, &mut Ground::sqlite());
    carry(&mut Ground::sqlite(), &mut other);
}

#[test]
fn a_restored_ledger_says_which_entries_are_lost() {
    let mut ground = Ground::sqlite();
    let clinic = furnish(&mut ground);
    let backup = ground.beside("backup");
    ground.store().backup(&backup, &mut |_, _| {}).unwrap();
    for number in 0..3 {
        new_risk(&clinic, &format!("After the backup {number}"));
    }
    let newest = clinic.checkpoint().unwrap();
    drop(clinic);
    ground.close();
    // The database is lost; key and high-water mark are still there.
    for ending in ["", "-wal", "-shm"] {
        let _ = fs::remove_file(ground.data().join(format!("attestry.db{ending}")));
    }
    let restored = Store::restore(&backup, &ground.config(), &mut |_, _| {}).unwrap();
    assert_eq!(restored.organisations[0].lost, "entries 6 to 8");
    assert_eq!(restored.organisations[1].lost, "none known");
    let clinic = ground.store().organisation(Some("example-clinic")).unwrap();
    let first = clinic.entries(6, 1).unwrap().remove(0);
    assert_eq!(first.fields["newest_known"]["size"], 9);
    assert!(newest.contains(first.fields["newest_known"]["root"].as_str().unwrap()));
    assert!(clinic.verify(Level::Files, &mut |_, _| {}).unwrap().ok);
    // The honest gap stays visible to whoever kept the newest checkpoint.
    let found = clinic.verify_against(Level::Leaves, &[newest], &mut |_, _| {}).unwrap();
    expect(&found.problems, "ledger", "a checkpoint kept elsewhere is of 9 entries of epoch 1");
}

#[test]
fn a_backup_is_never_restored_over_something() {
    on_both(|ground| {
        let clinic = furnish(ground);
        let backup = ground.beside("backup");
        ground.store().backup(&backup, &mut |_, _| {}).unwrap();
        let again = ground.store().backup(&backup, &mut |_, _| {}).unwrap_err().to_string();
        assert!(again.contains("exists already"), "{again}");
        let open = Store::restore(&backup, &ground.config(), &mut |_, _| {}).unwrap_err();
        assert!(matches!(open, StoreError::Locked { .. }), "{open}");
        drop(clinic);
        ground.close();
        let refused = Store::restore(&backup, &ground.config(), &mut |_, _| {}).unwrap_err().to_string();
        assert!(refused.contains("is not empty"), "{refused}");
    });
}

#[test]
fn a_damaged_backup_is_refused_and_nothing_is_left() {
    let mut ground = Ground::sqlite();
    drop(furnish(&mut ground));
    let backup = ground.beside("backup");
    ground.store().backup(&backup, &mut |_, _| {}).unwrap();
    let tampers = [
        ("UPDATE record SET title = 'Found' WHERE kind = 'risk'", "R-0001: current record R-0001 differs"),
        ("UPDATE backup_chunk SET bytes = x'00' WHERE position = 1", "R-0001: file"),
        ("DELETE FROM backup_chunk WHERE position = 2", "R-0001: file"),
        ("DELETE FROM backup_file", "missing"),
        ("UPDATE schema_version SET version = 99", "schema version 99"),
        ("DROP TABLE backup_file", "is not an Attestry backup"),
    ];
    for (sql, said) in tampers {
        let damaged = ground.beside("damaged");
        fs::copy(&backup, &damaged).unwrap();
        rusqlite::Connection::open(&damaged).unwrap().execute_batch(sql).unwrap();
        let target = Ground::sqlite();
        let refused = Store::restore(&damaged, &target.config(), &mut |_, _| {}).unwrap_err().to_string();
        assert!(refused.contains(said), "{sql}: {refused}");
        assert!(!target.data().join("attestry.db").exists() && !target.data().join("attestry.db.restoring").exists());
        assert!(!target.data().join("highwater").exists());
    }
    let mut bytes = fs::read(&backup).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 64].fill(0xa5);
    for (name, content) in
        [("flipped", bytes.clone()), ("cut", bytes[..5_000].to_vec()), ("text", b"hello".to_vec()), ("empty", vec![])]
    {
        let damaged = ground.beside(name);
        fs::write(&damaged, content).unwrap();
        let target = Ground::sqlite();
        assert!(Store::restore(&damaged, &target.config(), &mut |_, _| {}).is_err(), "{name}");
        assert!(!target.data().join("attestry.db").exists(), "{name}");
    }
    let absent = Store::restore(&ground.beside("absent"), &Ground::sqlite().config(), &mut |_, _| {});
    assert!(absent.unwrap_err().to_string().contains("there is no such file"));
}

#[test]
fn a_mark_that_signed_another_tree_stops_a_restore() {
    let mut ground = Ground::sqlite();
    drop(furnish(&mut ground));
    let backup = ground.beside("backup");
    ground.store().backup(&backup, &mut |_, _| {}).unwrap();
    let mut other = Ground::sqlite();
    let clinic = other.found();
    new_risk(&clinic, "Another history");
    drop(clinic);
    other.close();
    for ending in ["", "-wal", "-shm"] {
        let _ = fs::remove_file(other.data().join(format!("attestry.db{ending}")));
    }
    let refused = Store::restore(&backup, &other.config(), &mut |_, _| {}).unwrap_err().to_string();
    assert!(refused.contains("high-water mark"), "{refused}");
    assert!(!other.data().join("attestry.db").exists());
}

#[test]
fn a_backup_goes_on_while_others_write() {
    on_both(|ground| {
        let clinic = furnish(ground);
        let backup = ground.beside("backup");
        let store = ground.store();
        std::thread::scope(|scope| {
            let writer = clinic.clone();
            scope.spawn(move || {
                for number in 0..200 {
                    new_risk(&writer, &format!("Meanwhile {number}"));
                }
            });
            store.backup(&backup, &mut |_, _| {}).unwrap();
        });
        let target = Ground::sqlite();
        Store::restore(&backup, &target.config(), &mut |_, _| {}).unwrap();
        assert!(verify(&target.config().reading(), Level::Files).ok);
        assert_eq!(clinic.isms().count(Kind::Risk), 201);
    });
}
