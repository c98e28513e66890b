//! The attacks of somebody with the database or the files in hand. Verification names each one.

use std::fs;

use attestry_model::Kind;
use attestry_store::{Level, Organisation, Store};
use serde_json::json;

use crate::ground::{Ground, copy_folder, create, expect, new_risk, on_both, operator, reference, update, verify};

/// Three risks and an asset, in entries 2 to 8: R-0001 v1, R-0002 v1, A v1, R-0001 v2, R-0003 v1, R-0002 v2, R-0003 v2.
fn furnish(ground: &mut Ground) -> Organisation {
    let clinic = ground.found();
    let first = new_risk(&clinic, "Mailbox taken over");
    let second = new_risk(&clinic, "Laptop lost");
    let asset = reference(&clinic.submit(&operator(), create(Kind::Asset, json!({"title": "Laptop"}))).unwrap());
    clinic.submit(&operator(), update(first, json!({"notes": "seen in 2025"}))).unwrap();
    let third = new_risk(&clinic, "Backup unreadable");
    clinic.submit(&operator(), update(second, json!({"assets": [asset.to_string()]}))).unwrap();
    clinic.submit(&operator(), update(third, json!({"notes": "tested"}))).unwrap();
    assert_eq!(clinic.isms().size(), 9);
    clinic
}

/// Furnishes, tampers by SQL and expects to be told so.
fn attack(sql: &'static str, level: Level, expected: &'static [(&'static str, &'static str)]) {
    on_both(|ground| {
        drop(furnish(ground));
        assert!(ground.verify(Level::Files).ok, "sound before the attack");
        ground.expect_problems();
        ground.tamper(sql);
        let problems = ground.problems(level);
        for (record, what) in expected {
            expect(&problems, record, what);
        }
    });
}

#[test]
fn a_current_row_edited() {
    attack(
        "UPDATE record SET body = replace(body, 'Laptop lost', 'Laptop safe') WHERE kind = 'risk' AND number = 2",
        Level::Replay,
        &[("R-0002", "current record R-0002 differs from its history in field title")],
    );
    attack(
        "UPDATE record SET title = 'Laptop safe', state = 'closed', version = 7 WHERE kind = 'risk' AND number = 2",
        Level::Replay,
        &[
            ("R-0002", "differs from its history in column title"),
            ("R-0002", "differs from its history in column state"),
            ("R-0002", "differs from its history in its version"),
        ],
    );
    attack(
        "DELETE FROM record WHERE kind = 'risk' AND number = 3",
        Level::Replay,
        &[("R-0003", "current record or setting R-0003 is missing")],
    );
    attack("DELETE FROM link", Level::Replay, &[("R-0002", "link assets to AST-0001 is missing")]);
    attack(
        "UPDATE setting SET body = '{\"mode\":\"simulated\"}' WHERE name = 'clock'",
        Level::Replay,
        &[("clock", "current setting clock differs from its history in its fields")],
    );
    attack(
        "UPDATE organisation SET clock = 'simulated'",
        Level::Replay,
        &[("clock", "the organisation's row differs from its history in setting clock")],
    );
}

#[test]
fn a_history_row_edited() {
    attack(
        "UPDATE disclosure SET body = replace(body, 'seen in 2025', 'never seen') WHERE seq = 5",
        Level::Replay,
        &[("R-0001", "event 5 (R-0001 v2): value or salt of field notes was changed")],
    );
    attack(
        "UPDATE event SET actor = 'PER-0001', action = 'import' WHERE seq = 5",
        Level::Leaves,
        &[
            ("R-0001", "event 5 (R-0001 v2): column actor says PER-0001, its leaf says operator"),
            ("R-0001", "column action says import, its leaf says update"),
        ],
    );
}

#[test]
fn stored_leaf_bytes_edited() {
    on_both(|ground| {
        drop(furnish(ground));
        ground.expect_problems();
        let sql = if ground.is_sqlite() {
            "UPDATE event SET leaf = CAST(replace(CAST(leaf AS TEXT), 'operator', 'operatox') AS BLOB) WHERE seq = 5"
        } else {
            "UPDATE event SET leaf = convert_to(replace(convert_from(leaf, 'UTF8'), 'operator', 'operatox'), 'UTF8') WHERE seq = 5"
        };
        ground.tamper(sql);
        expect(&ground.problems(Level::Leaves), "R-0001", "event 5 (R-0001 v2): stored leaf bytes changed");
    });
}

#[test]
fn a_leaf_and_its_hash_rewritten_consistently() {
    // A leaf of another moment with its own right hash: only the signed tree knows better.
    attack(
        "UPDATE event SET leaf = (SELECT leaf FROM event WHERE seq = 3), leaf_hash = (SELECT leaf_hash FROM event WHERE seq = 3)
         WHERE seq = 5",
        Level::Leaves,
        &[
            ("R-0001", "event 5 (R-0001 v2): column seq says 5, its leaf says 3"),
            ("ledger", "the tree of 6 entries of epoch 1 has another root than its checkpoint says: one of the entries 5 to 5"),
        ],
    );
}

#[test]
fn the_last_entries_deleted() {
    let sql = "DELETE FROM disclosure WHERE seq >= 7; DELETE FROM event WHERE seq >= 7";
    attack(sql, Level::Leaves, &[("ledger", "entries 7 to 8 missing at the end")]);
    // The same with everything else made to fit, as far as that is possible without the key.
    on_both(|ground| {
        let clinic = furnish(ground);
        let frontier = clinic.checkpoint_at(6).unwrap().unwrap();
        assert!(frontier.contains("\n7\n"));
        drop(clinic);
        ground.expect_problems();
        ground.tamper(&format!("{sql}; DELETE FROM checkpoint WHERE size > 7"));
        expect(&ground.problems(Level::Mark), "ledger", "the newest checkpoint is of 7 entries, the tree of 9");
    });
}

#[test]
fn an_entry_deleted_from_the_middle() {
    attack(
        "DELETE FROM disclosure WHERE seq = 5; DELETE FROM event WHERE seq = 5",
        Level::Leaves,
        &[("ledger", "entry 5 missing")],
    );
    attack(
        "DELETE FROM disclosure WHERE seq IN (4, 5); DELETE FROM event WHERE seq IN (4, 5)",
        Level::Leaves,
        &[("ledger", "entries 4 to 5 missing")],
    );
}

#[test]
fn an_entry_inserted_with_an_old_date() {
    attack(
        "UPDATE event SET seq = 9 WHERE seq = 8; UPDATE disclosure SET seq = 9 WHERE seq = 8;
         INSERT INTO event SELECT organisation, 8, at - 86400000, actor, via, action, kind, 'R-0009', 1, leaf, leaf_hash
           FROM event WHERE seq = 6",
        Level::Leaves,
        &[
            ("R-0009", "event 8 (R-0009 v1): is dated before the entry before it"),
            ("R-0009", "event 8 (R-0009 v1): column record says R-0009, its leaf says R-0003"),
            ("ledger", "there are 10 entries, but the organisation's row counts 9"),
        ],
    );
}

#[test]
fn two_entries_swapped() {
    attack(
        "UPDATE event SET seq = 100 WHERE seq = 5; UPDATE event SET seq = 5 WHERE seq = 6;
         UPDATE event SET seq = 6 WHERE seq = 100",
        Level::Leaves,
        &[
            ("R-0003", "event 5 (R-0003 v1): column seq says 5, its leaf says 6"),
            ("R-0001", "event 6 (R-0001 v2): column seq says 6, its leaf says 5"),
            ("ledger", "the tree of 6 entries of epoch 1 has another root"),
        ],
    );
}

#[test]
fn an_entry_moved_to_another_organisation() {
    on_both(|ground| {
        let clinic = furnish(ground);
        let other = ground.store().create_organisation("Other", None).unwrap();
        drop((clinic, other));
        ground.expect_problems();
        ground.tamper(
            "UPDATE disclosure SET organisation = 2, seq = 2 WHERE organisation = 1 AND seq = 8;
             UPDATE event SET organisation = 2, seq = 2 WHERE organisation = 1 AND seq = 8;
             UPDATE organisation SET size = 3 WHERE id = 2",
        );
        let store = Store::open(&ground.config().reading()).unwrap();
        let problems = |slug| {
            let loaded = store.organisation(Some(slug));
            loaded.map(|one| one.verify(Level::Leaves, &mut |_, _| {}).unwrap().problems)
        };
        expect(&problems("example-clinic").unwrap(), "ledger", "entry 8 missing at the end");
        // The other one's row contradicts its tree, which is seen before anything is loaded.
        let refused = problems("other").unwrap_err().to_string();
        assert!(refused.contains("its size is not that of its tree"), "{refused}");
        drop(store);
        ground.tamper("UPDATE organisation SET size = 2 WHERE id = 2");
        let store = Store::open(&ground.config().reading()).unwrap();
        let other = store.organisation(Some("other")).unwrap().verify(Level::Leaves, &mut |_, _| {}).unwrap();
        expect(&other.problems, "R-0003", "event 2 (R-0003 v2): belongs to organisation example-clinic");
    });
}

#[test]
fn the_database_replaced_by_an_older_copy() {
    let mut ground = Ground::sqlite();
    let clinic = furnish(&mut ground);
    drop(clinic);
    ground.close();
    let old = ground.beside("old.db");
    fs::copy(ground.data().join("attestry.db"), &old).unwrap();
    let clinic = ground.reopened();
    new_risk(&clinic, "Came later");
    drop(clinic);
    ground.close();
    for ending in ["-wal", "-shm"] {
        let _ = fs::remove_file(ground.data().join(format!("attestry.db{ending}")));
    }
    fs::copy(&old, ground.data().join("attestry.db")).unwrap();
    ground.expect_problems();
    expect(
        &ground.problems(Level::Mark),
        "ledger",
        "the database holds 9 entries of epoch 1, but 10 were signed: the last 1",
    );
    // Nothing is signed backwards.
    let clinic = ground.reopened();
    let reason = clinic.info().read_only.unwrap();
    assert!(reason.starts_with("ledger regressed: "), "{reason}");
    let refused = clinic.submit(&operator(), crate::ground::risk("Over it")).unwrap_err().to_string();
    assert!(refused.contains("ledger regressed"), "{refused}");
}

#[test]
fn everything_rewritten_and_signed_with_the_stolen_key() {
    on_both(|ground| {
        let clinic = furnish(ground);
        let anchor = clinic.checkpoint().unwrap();
        drop(clinic);
        ground.close();
        // The thief has the key: a second history is made with it, in the same folder, under the same name.
        let kept = ground.beside("kept");
        fs::create_dir_all(&kept).unwrap();
        fs::rename(ground.data().join("highwater"), kept.join("highwater")).unwrap();
        ground.tamper(
            "DELETE FROM link; DELETE FROM setting; DELETE FROM record; DELETE FROM checkpoint; DELETE FROM blob;
             DELETE FROM disclosure; DELETE FROM event; DELETE FROM epoch; DELETE FROM organisation",
        );
        let clinic = ground.found();
        for number in 0..7 {
            new_risk(&clinic, &format!("Harmless {number}"));
        }
        drop(clinic);
        assert!(ground.verify(Level::Files).ok, "it is consistent in itself");
        let store = Store::open(&ground.config().reading()).unwrap();
        let clinic = store.organisation(None).unwrap();
        let found = clinic.verify_against(Level::Leaves, std::slice::from_ref(&anchor), &mut |_, _| {}).unwrap();
        expect(
            &found.problems,
            "ledger",
            "the tree of 9 entries of epoch 1 has another root than a checkpoint kept elsewhere says",
        );
        drop((clinic, store));
        // The real high-water mark tells it as well.
        ground.close();
        fs::remove_dir_all(ground.data().join("highwater")).unwrap();
        copy_folder(&kept.join("highwater"), &ground.data().join("highwater"));
        let found = verify(&ground.config().reading(), Level::Mark);
        expect(
            &found.problems,
            "ledger",
            "the tree of 9 entries of epoch 1 has another root than the one that was signed",
        );
        ground.expect_problems();
    });
}

#[test]
fn two_checkpoints_of_one_size() {
    on_both(|ground| {
        drop(furnish(ground));
        ground.expect_problems();
        let sql = if ground.is_sqlite() {
            "ALTER TABLE checkpoint RENAME TO old; CREATE TABLE checkpoint AS SELECT * FROM old; DROP TABLE old;
             INSERT INTO checkpoint SELECT * FROM checkpoint WHERE size = 5"
        } else {
            "ALTER TABLE checkpoint DROP CONSTRAINT checkpoint_pkey;
             INSERT INTO checkpoint SELECT * FROM checkpoint WHERE size = 5"
        };
        ground.tamper(sql);
        expect(&ground.problems(Level::Leaves), "ledger", "two checkpoints of one size: 5 entries of epoch 1");
    });
    attack(
        "UPDATE checkpoint SET note = (SELECT note FROM checkpoint WHERE size = 6) WHERE size = 5",
        Level::Leaves,
        &[("ledger", "checkpoint of 5 entries of epoch 1: its columns say another size or root than its note")],
    );
    attack(
        "UPDATE checkpoint SET note = replace(note, '/1 ', '/1 AAAA') WHERE size = 5",
        Level::Leaves,
        &[("ledger", "checkpoint of 5 entries of epoch 1: checkpoint: note:")],
    );
}

#[test]
fn an_evidence_file_changed_swapped_or_missing() {
    on_both(|ground| {
        let clinic = furnish(ground);
        let target = "R-0001".parse().unwrap();
        for content in ["the minutes", "the other minutes"] {
            clinic.attach(&operator(), target, "minutes.txt", &mut content.as_bytes(), None).unwrap();
        }
        let hashes: Vec<String> = ["the minutes", "the other minutes"]
            .map(|content| attestry_ledger::Hash::of(content.as_bytes()).to_hex())
            .into();
        let path = |data: std::path::PathBuf, hash: &str| data.join("files").join(&hash[..2]).join(hash);
        drop(clinic);
        assert!(ground.verify(Level::Files).ok);
        ground.expect_problems();
        let first = path(ground.data(), &hashes[0]);
        for (content, said) in
            [("the m1nutes", "its content was changed"), ("the minutes.", "has 12 bytes instead of 11")]
        {
            fs::write(&first, content).unwrap();
            let problems = ground.problems(Level::Files);
            assert_eq!(problems.len(), 1, "{problems:#?}");
            expect(&problems, "R-0001", said);
            expect(&problems, "R-0001", "of event 9 (R-0001 v3)");
        }
        fs::remove_file(&first).unwrap();
        expect(&ground.problems(Level::Files), "R-0001", "of event 9 (R-0001 v3): missing");
        assert!(ground.verify(Level::Replay).ok, "files are looked at from level 3 on");
        fs::write(&first, "the minutes").unwrap();
        ground.tamper(&format!("UPDATE blob SET sha256 = '{}', size = 17 WHERE seq = 9", hashes[1]));
        expect(&ground.problems(Level::Replay), "R-0001", "was swapped: it does not match its commitment");
    });
}

#[test]
fn a_salt_changed_or_a_value_taken_away_as_if_erased() {
    on_both(|ground| {
        drop(furnish(ground));
        ground.expect_problems();
        let zeros =
            if ground.is_sqlite() { "zeroblob(length(salts))" } else { "decode(repeat('00', length(salts)), 'hex')" };
        ground.tamper(&format!("UPDATE disclosure SET salts = {zeros} WHERE seq = 5"));
        expect(
            &ground.problems(Level::Replay),
            "R-0001",
            "event 5 (R-0001 v2): value or salt of field title was changed",
        );
        let empty = if ground.is_sqlite() { "x''" } else { "''::bytea" };
        ground.tamper(&format!("UPDATE disclosure SET body = '{{}}', salts = {empty} WHERE seq = 5"));
        let problems = ground.problems(Level::Replay);
        expect(
            &problems,
            "R-0001",
            "event 5 (R-0001): value of field title missing without an erasure entry (tampered)",
        );
        ground.tamper("DELETE FROM disclosure WHERE seq = 6");
        let problems = ground.problems(Level::Replay);
        expect(
            &problems,
            "R-0003",
            "event 6 (R-0003): value of field title missing without an erasure entry (tampered)",
        );
    });
}

#[test]
fn the_database_itself_refuses_changes_of_the_ledger() {
    on_both(|ground| {
        drop(furnish(ground));
        ground.close();
        let config = ground.config();
        let run = |sql: &str| -> Result<(), String> {
            match &config.database {
                None => {
                    let connection = rusqlite::Connection::open(config.data.join("attestry.db")).unwrap();
                    connection.execute_batch(sql).map_err(|error| error.to_string())
                }
                Some(url) => {
                    let mut client = postgres::Client::connect(url, postgres::NoTls).unwrap();
                    client.batch_execute(sql).map_err(|error| error.as_db_error().unwrap().message().to_owned())
                }
            }
        };
        for table in ["event", "disclosure", "blob", "checkpoint", "epoch"] {
            if table == "blob" {
                continue; // It has no row here; rows of others are enough to show the trigger.
            }
            let deleted = run(&format!("DELETE FROM {table}")).unwrap_err();
            assert!(deleted.contains(&format!("{table} is append-only")), "{deleted}");
        }
        for sql in [
            "UPDATE event SET at = at + 1",
            "UPDATE checkpoint SET note = ''",
            "UPDATE epoch SET vkey = ''",
            "UPDATE disclosure SET body = replace(body, 'seen', 'sean')",
            "UPDATE disclosure SET seq = seq + 1000",
        ] {
            let refused = run(sql).unwrap_err();
            assert!(refused.contains("is append-only"), "{sql}: {refused}");
        }
    });
}

#[test]
fn a_mark_that_was_changed_or_removed_is_noticed() {
    on_both(|ground| {
        drop(furnish(ground));
        ground.close();
        ground.expect_problems();
        let mark = ground.data().join("highwater/example-clinic");
        let sound = fs::read(&mark).unwrap();
        fs::remove_file(&mark).unwrap();
        expect(&ground.problems(Level::Mark), "ledger", "the high-water mark is missing");
        fs::write(&mark, vec![0; sound.len()]).unwrap();
        expect(&ground.problems(Level::Mark), "ledger", "the high-water mark holds no valid checkpoint");
        // One of its two places may be torn: the other one still counts.
        let mut torn = sound.clone();
        torn[..2048].fill(7);
        fs::write(&mark, &torn).unwrap();
        let half = ground.problems(Level::Mark);
        torn.copy_from_slice(&sound);
        torn[2048..].fill(7);
        fs::write(&mark, &torn).unwrap();
        let other_half = ground.problems(Level::Mark);
        assert_eq!((half, other_half), (vec![], vec![]));
    });
}
