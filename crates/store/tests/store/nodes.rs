//! Several nodes on one PostgreSQL, each with its own folder and the same key.

use attestry_model::Kind;
use attestry_store::{Config, Level, Store};
use serde_json::json;

use crate::ground::{Ground, SERVER, new_risk, operator, update};

#[test]
fn two_nodes_take_turns_and_see_each_other() {
    let Some(mut ground) = Ground::postgres() else {
        eprintln!("skipped: {SERVER} is not set");
        return;
    };
    let here = ground.found();
    let data = ground.beside("second");
    std::fs::create_dir_all(&data).unwrap();
    std::fs::copy(ground.data().join(attestry_store::KEY_FILE), data.join(attestry_store::KEY_FILE)).unwrap();
    let config = Config { data, ..ground.config() };
    let second = Store::open(&config).unwrap();
    let there = second.organisation(None).unwrap();
    let target = new_risk(&here, "Shared");
    there.submit(&operator(), update(target, json!({"notes": "seen there"}))).unwrap();
    here.submit(&operator(), update(target, json!({"tags": ["here"]}))).unwrap();
    there.refresh().unwrap();
    for node in [&here, &there] {
        let isms = node.isms();
        let record = isms.record(target).unwrap();
        assert_eq!(
            (record.revision(), record.field("notes"), record.field("tags")),
            (3, Some(json!("seen there")), Some(json!(["here"])))
        );
    }
    std::thread::scope(|scope| {
        for node in [&here, &there] {
            for client in 0..4 {
                let node = node.clone();
                scope.spawn(move || {
                    for number in 0..20 {
                        new_risk(&node, &format!("{client} {number}"));
                    }
                });
            }
        }
    });
    here.refresh().unwrap();
    assert_eq!(here.isms().count(Kind::Risk), 161);
    let found = here.verify(Level::Replay, &mut |_, _| {}).unwrap();
    assert!(found.ok, "{:#?}", found.problems);
}

#[test]
fn a_node_without_the_key_reads_but_does_not_write() {
    let Some(mut ground) = Ground::postgres() else {
        eprintln!("skipped: {SERVER} is not set");
        return;
    };
    let here = ground.found();
    new_risk(&here, "Shared");
    let config = Config { data: ground.beside("second"), ..ground.config() };
    let second = Store::open(&config).unwrap();
    let there = second.organisation(None).unwrap();
    assert_eq!(there.isms().count(Kind::Risk), 1);
    let reason = there.info().read_only.unwrap();
    assert!(reason.contains("signing key is missing"), "{reason}");
    second.create_organisation("Own", None).unwrap();
    // The first folder has no high-water mark of an organisation that was created elsewhere.
    ground.expect_problems();
    drop((there, second));
    let second = Store::open(&config).unwrap();
    let reason = second.organisation(Some("example-clinic")).unwrap().info().read_only.unwrap();
    assert!(reason.contains("is not that of epoch 1"), "{reason}");
}
