//! Faults planted at named places of the store. They hold for the whole process, hence a program of its own.

#![expect(clippy::unwrap_used, reason = "a test may unwrap: a panic is how it fails")]

#[path = "../store/ground.rs"]
#[expect(dead_code, reason = "the other tests use the rest")]
mod ground;

use attestry_store::SubmitError;
use serde_json::json;

use crate::ground::{new_risk, on_both, operator, risk, update};

/// Failpoints are shared by the whole process.
static ONE: std::sync::Mutex<()> = std::sync::Mutex::new(());

fn with(site: &str, action: &str, test: impl FnOnce()) {
    fail::cfg(site, action).unwrap();
    test();
    fail::cfg(site, "off").unwrap();
}

#[test]
fn a_fault_before_the_commit_fails_the_command_and_the_next_one_works() {
    let _one = ONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    on_both(|ground| {
        let clinic = ground.found();
        for site in ["before-begin", "after-begin", "after-events", "after-records"] {
            let target = new_risk(&clinic, site);
            let before = clinic.isms();
            with(site, "return", || {
                let refused = clinic.submit(&operator(), update(target, json!({"notes": "lost"})));
                assert!(matches!(refused, Err(SubmitError::Store(_))), "{site}: {refused:?}");
            });
            assert_eq!(clinic.isms().size(), before.size(), "{site}");
            clinic.submit(&operator(), update(target, json!({"notes": "kept"}))).unwrap();
        }
    });
}

#[test]
fn a_failed_commit_is_never_tried_again() {
    let _one = ONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    on_both(|ground| {
        for site in ["commit", "before-highwater"] {
            let clinic = match ground.store().organisation(None) {
                Ok(clinic) => clinic,
                Err(_) => ground.found(),
            };
            let size = clinic.isms().size();
            with(site, "return", || {
                assert!(clinic.submit(&operator(), risk("Unconfirmed")).is_err());
            });
            let refused = clinic.submit(&operator(), risk("Afterwards"));
            assert!(matches!(refused, Err(SubmitError::ReadOnly { .. })), "{site}: {refused:?}");
            assert!(clinic.info().read_only.is_some());
            assert_eq!(clinic.isms().size(), size, "{site}: what is not confirmed is not shown");
            drop(clinic);
            new_risk(&ground.reopened(), "After a restart");
        }
    });
}
