//! Faults: each ends in a clear word that names the place, and nothing acknowledged is lost.

use std::fs;

use attestry_store::{Config, SCHEMA_VERSION, Store, StoreError};

use crate::ground::{Ground, new_risk, on_both, operator, risk};

#[test]
fn a_database_of_a_newer_program_is_refused() {
    on_both(|ground| {
        drop(ground.found());
        ground.tamper("UPDATE schema_version SET version = 3");
        for config in [ground.config(), ground.config().reading()] {
            let refused = Store::open(&config).unwrap_err();
            assert!(matches!(refused, StoreError::Newer { found: 3, known: SCHEMA_VERSION, .. }), "{refused}");
            assert!(refused.to_string().contains("use a newer program"));
        }
        ground.tamper("UPDATE schema_version SET version = 2");
    });
}

#[test]
fn files_that_are_no_database_are_refused_by_name() {
    let ground = Ground::sqlite();
    fs::create_dir_all(ground.data()).unwrap();
    let path = ground.data().join("attestry.db");
    let foreign = |path: &std::path::Path| {
        rusqlite::Connection::open(path).unwrap().execute_batch("CREATE TABLE recipe (name TEXT)").unwrap();
    };
    fs::write(
        &path,
        "this is a text, and quite a long one so that it could be a header of a database, but is not".repeat(20),
    )
    .unwrap();
    let refused = Store::open(&ground.config()).unwrap_err();
    assert!(matches!(&refused, StoreError::Damaged { place, .. } if place.ends_with("attestry.db")), "{refused}");
    fs::remove_file(&path).unwrap();
    foreign(&path);
    let refused = Store::open(&ground.config()).unwrap_err().to_string();
    assert!(refused.contains("another program"), "{refused}");
    fs::remove_file(&path).unwrap();
    let absent = Store::open(&ground.config().reading()).unwrap_err();
    assert!(matches!(&absent, StoreError::Absent(_)), "{absent}");
    assert!(!path.exists());
}

#[test]
fn a_damaged_database_is_refused_and_not_written_to() {
    let mut ground = Ground::sqlite();
    let clinic = ground.found();
    for number in 0..200 {
        new_risk(&clinic, &format!("Risk {number}"));
    }
    drop(clinic);
    ground.close();
    ground.expect_problems();
    let path = ground.data().join("attestry.db");
    let sound = fs::read(&path).unwrap();
    let mut seen = 0;
    for page in (1..sound.len() / 4096).step_by(7) {
        let mut bytes = sound.clone();
        bytes[page * 4096..page * 4096 + 100].fill(0xff);
        fs::write(&path, &bytes).unwrap();
        let Ok(store) = Store::open(&ground.config().reading()) else {
            seen += 1;
            continue;
        };
        let organisation = match store.organisation(None) {
            Ok(organisation) => organisation,
            Err(error) => {
                assert!(error.to_string().contains("attestry.db") || error.to_string().contains("verify"), "{error}");
                seen += 1;
                continue;
            }
        };
        let found = organisation.verify(attestry_store::Level::Replay, &mut |_, _| {});
        let integrity = store.integrity();
        let noticed = found.as_ref().is_ok_and(|found| !found.ok) || found.is_err() || !integrity.unwrap().is_empty();
        assert!(noticed, "page {page}: damage went unnoticed");
        seen += 1;
    }
    assert!(seen > 10, "{seen}");
}

#[cfg(unix)]
#[test]
fn a_key_that_others_may_read_signs_nothing() {
    use std::os::unix::fs::PermissionsExt;
    let mut ground = Ground::sqlite();
    drop(ground.found());
    ground.close();
    let key = ground.data().join(attestry_store::KEY_FILE);
    assert_eq!(fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::metadata(ground.data()).unwrap().permissions().mode() & 0o777, 0o700);
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    let clinic = ground.reopened();
    let refused = clinic.submit(&operator(), risk("R")).unwrap_err().to_string();
    assert!(refused.contains("others may read it (mode 0644)") && refused.contains("signing.key"), "{refused}");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
    drop(clinic);
    for (content, said) in [("attestry-ed25519-seed 00\n", "hexadecimal digits"), ("", "hexadecimal digits")] {
        let sound = fs::read(&key).unwrap();
        fs::write(&key, content).unwrap();
        let refused = ground.reopened().submit(&operator(), risk("R")).unwrap_err().to_string();
        assert!(refused.contains(said), "{refused}");
        fs::write(&key, sound).unwrap();
    }
    new_risk(&ground.reopened(), "Signed again");
}

#[test]
fn places_that_cannot_be_used_are_named() {
    let ground = Ground::sqlite();
    fs::write(ground.beside("data"), "a file where the folder should be").unwrap();
    let refused = Store::open(&ground.config()).unwrap_err().to_string();
    assert!(refused.contains(&ground.data().display().to_string()), "{refused}");
    for (url, said) in [
        ("mysql://u:secret@h/db", "is neither"),
        ("postgres://u:secret@127.0.0.1:1/db", "postgres://u@127.0.0.1:1/db"),
        ("postgres://u:secret@h:notaport/db", "cannot be read"),
    ] {
        let config = Config::new(ground.beside("other")).with_database(Some(url.to_owned()));
        let refused = Store::open(&config).unwrap_err().to_string();
        assert!(refused.contains(said) && !refused.contains("secret"), "{refused}");
    }
    let config = Config { host: "a b".to_owned(), ..Config::new(ground.beside("other")) };
    assert!(Store::open(&config).unwrap_err().to_string().contains("is not the name of a host"));
}

/// A small file system of its own under `path`, while the value lives; none where mounting is not permitted.
struct SmallDisk(std::path::PathBuf);

impl SmallDisk {
    fn new(path: std::path::PathBuf, size: &str) -> Option<Self> {
        fs::create_dir_all(&path).unwrap();
        let options = format!("size={size}");
        let mounted =
            std::process::Command::new("mount").args(["-t", "tmpfs", "-o", &options, "none"]).arg(&path).output();
        mounted.is_ok_and(|output| output.status.success()).then_some(Self(path))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = std::process::Command::new("umount").arg(&self.0).output();
    }
}

#[test]
fn a_full_disk_is_said_and_once_there_is_room_again_writing_goes_on() {
    let mut ground = Ground::sqlite();
    let Some(disk) = SmallDisk::new(ground.data(), "4m") else {
        eprintln!("skipped: mounting a small file system is not permitted here");
        return;
    };
    let clinic = ground.found();
    fs::write(ground.data().join("ballast"), vec![0; 1_500_000]).unwrap();
    let long = "x".repeat(20_000);
    let mut written = 0;
    let refused = loop {
        match clinic.submit(
            &operator(),
            crate::ground::create(attestry_model::Kind::Risk, serde_json::json!({"title": "R", "notes": long})),
        ) {
            Ok(_) => written += 1,
            Err(error) => break error.to_string(),
        }
    };
    assert!(refused.contains("attestry.db: the disk is full"), "{refused}");
    assert!(clinic.info().read_only.is_none(), "{:?}", clinic.info().read_only);
    let file = ground.store().put_file("big.bin", &mut std::io::repeat(7)).unwrap_err().to_string();
    assert!(file.contains("files: the disk is full"), "{file}");
    fs::remove_file(ground.data().join("ballast")).unwrap();
    new_risk(&clinic, "There is room again");
    assert_eq!(clinic.isms().total(), written + 1);
    drop(clinic);
    assert!(ground.verify(attestry_store::Level::Files).ok);
    ground.expect_problems();
    drop(disk);
}
