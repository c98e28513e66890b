//! Accounts, their memberships and what they own.

use attestry_model::records::Person;
use attestry_model::{Kind, Ref};
use attestry_store::{Account, AccountError, Accounts, SCHEMA_VERSION, Store, StoreError, Token};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::ground::{Ground, create, new_risk, on_both, operator};

pub const CLINIC: &str = "example-clinic";
pub const PHC: &str = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNo";

pub fn now() -> Timestamp {
    "2026-06-30T08:00:00.123Z".parse().unwrap()
}

pub fn after(seconds: i64) -> Timestamp {
    now() + SignedDuration::from_secs(seconds)
}

pub fn person(number: u32) -> Ref<Person> {
    Ref::new(number)
}

/// A clinic with three persons.
pub fn furnish(ground: &mut Ground) {
    let clinic = ground.found();
    for name in ["Anna", "Ben", "Cora"] {
        clinic.submit(&operator(), create(Kind::Person, json!({"title": name, "name": name}))).unwrap();
    }
}

pub fn logins(accounts: &[(Account, Ref<Person>)]) -> Vec<(&str, u32)> {
    accounts.iter().map(|(account, person)| (account.login.as_str(), person.number())).collect()
}

/// How often `attempt` succeeds when 32 threads try at once, on four nodes where the database serves several.
pub fn winners(ground: &mut Ground, attempt: impl Fn(Accounts<'_>, usize) -> bool + Sync) -> usize {
    let config = ground.config();
    let others: Vec<Store> = (1..4)
        .filter(|_| !ground.is_sqlite())
        .map(|number| {
            let data = ground.beside(&format!("node-{number}"));
            Store::open(&attestry_store::Config { data, ..config.clone() }).unwrap()
        })
        .collect();
    let nodes: Vec<&Store> = std::iter::once(ground.store()).chain(&others).collect();
    let barrier = std::sync::Barrier::new(32);
    let won = std::sync::atomic::AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for thread in 0..32 {
            let (store, barrier, won, attempt) = (nodes[thread % nodes.len()], &barrier, &won, &attempt);
            scope.spawn(move || {
                barrier.wait();
                if attempt(store.accounts(), thread) {
                    won.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                }
            });
        }
    });
    won.into_inner()
}

#[test]
fn an_account_is_found_by_its_login_however_written_and_nobody_else_can_have_it() {
    on_both(|ground| {
        let accounts = ground.store().accounts();
        assert_eq!(accounts.count().unwrap(), 0);
        let anna = accounts.create(" Anna.Weiß ", Some(PHC), now()).unwrap();
        let ben = accounts.create("ben", None, now()).unwrap();
        assert_eq!(accounts.count().unwrap(), 2);
        let found = accounts.by_login("ANNA.WEISS").unwrap().unwrap();
        assert_eq!((found.id, found.login.as_str(), found.password.as_deref()), (anna, "Anna.Weiß", Some(PHC)));
        assert_eq!((found.totp.as_deref(), found.active, found.created_at), (None, true, now()));
        assert_eq!(accounts.get(anna).unwrap(), Some(found.clone()));
        assert_eq!(accounts.by_login("anna").unwrap(), None);
        assert_eq!(accounts.by_login("an\0na").unwrap(), None);
        let twice = accounts.create("anna.weiss", None, now());
        assert!(matches!(twice, Err(AccountError::LoginTaken)), "{twice:?}");
        let taken = accounts.set_login(ben, "ａnna.weiss");
        assert!(matches!(taken, Err(AccountError::LoginTaken)), "{taken:?}");
        assert!(matches!(accounts.create("a b", None, now()), Err(AccountError::LoginWrong(_))));
        accounts.set_login(anna, "ANNA.WEISS").unwrap();
        accounts.set_login(ben, "benjamin").unwrap();
        assert_eq!(accounts.by_login("anna.weiß").unwrap().unwrap().login, "ANNA.WEISS");
        assert_eq!((accounts.by_login("ben").unwrap(), accounts.count().unwrap()), (None, 2));
        assert!(!format!("{found:?}").contains("argon2id"), "a log must not show the password");
        assert!(accounts.remove(ben).unwrap() && !accounts.remove(ben).unwrap());
        assert_eq!(accounts.get(ben).unwrap(), None);
        assert!(matches!(accounts.set_password(ben, PHC), Err(AccountError::NotThere(_))));
    });
}

#[test]
fn passwords_and_secrets_are_kept_only_in_their_form() {
    on_both(|ground| {
        let accounts = ground.store().accounts();
        for plain in ["secret", "", "$a b", &format!("${}", "x".repeat(600))] {
            let refused = accounts.create("anna", Some(plain), now());
            assert!(matches!(refused, Err(AccountError::Wrong { what: "password", .. })), "{refused:?}");
        }
        let anna = accounts.create("anna", None, now()).unwrap();
        assert!(accounts.set_password(anna, "secret").is_err() && accounts.set_totp(anna, Some("0189")).is_err());
        accounts.set_password(anna, PHC).unwrap();
        accounts.set_totp(anna, Some("JBSWY3DPEHPK3PXP")).unwrap();
        let found = accounts.get(anna).unwrap().unwrap();
        assert_eq!((found.password.as_deref(), found.totp.as_deref()), (Some(PHC), Some("JBSWY3DPEHPK3PXP")));
        accounts.set_totp(anna, None).unwrap();
        assert_eq!(accounts.get(anna).unwrap().unwrap().totp, None);
    });
}

#[test]
fn a_time_step_is_used_once_and_never_backwards() {
    on_both(|ground| {
        let accounts = ground.store().accounts();
        let anna = accounts.create("anna", None, now()).unwrap();
        accounts.set_totp(anna, Some("JBSWY3DPEHPK3PXP")).unwrap();
        let steps: Vec<bool> =
            [10, 10, 9, 11, 11, 12].iter().map(|step| accounts.use_totp_step(anna, *step).unwrap()).collect();
        assert_eq!(steps, [true, false, false, true, false, true]);
        accounts.set_totp(anna, Some("JBSWY3DPEHPK3PXP")).unwrap();
        assert!(!accounts.use_totp_step(anna, 12).unwrap(), "the same secret remembers its last step");
        accounts.set_totp(anna, Some("NB2W45DFOIZA3PXP")).unwrap();
        assert!(accounts.use_totp_step(anna, 12).unwrap());
    });
}

#[test]
fn recovery_codes_work_once_each_and_only_for_their_owner() {
    on_both(|ground| {
        let accounts = ground.store().accounts();
        let anna = accounts.create("anna", None, now()).unwrap();
        let ben = accounts.create("ben", None, now()).unwrap();
        accounts.set_recovery_codes(anna, &[[1; 32], [2; 32], [3; 32]]).unwrap();
        assert!(!accounts.use_recovery_code(ben, &[1; 32]).unwrap());
        assert!(accounts.use_recovery_code(anna, &[1; 32]).unwrap());
        assert!(!accounts.use_recovery_code(anna, &[1; 32]).unwrap());
        assert_eq!(accounts.recovery_codes_left(anna).unwrap(), 2);
        accounts.set_recovery_codes(anna, &[[4; 32]]).unwrap();
        assert!(!accounts.use_recovery_code(anna, &[2; 32]).unwrap(), "replaced");
        let many: Vec<[u8; 32]> = (0..33).map(|number| [number; 32]).collect();
        assert!(matches!(accounts.set_recovery_codes(anna, &many), Err(AccountError::TooMany { .. })));
        assert_eq!(accounts.recovery_codes_left(anna).unwrap(), 1);
    });
}

#[test]
fn of_many_who_use_one_code_or_step_or_login_at_once_exactly_one_wins() {
    on_both(|ground| {
        let anna = ground.store().accounts().create("anna", None, now()).unwrap();
        ground.store().accounts().set_recovery_codes(anna, &[[1; 32], [2; 32]]).unwrap();
        assert_eq!(winners(ground, |accounts, _| accounts.use_recovery_code(anna, &[1; 32]).unwrap()), 1);
        assert_eq!(ground.store().accounts().recovery_codes_left(anna).unwrap(), 1);
        assert_eq!(winners(ground, |accounts, _| accounts.use_totp_step(anna, 77).unwrap()), 1);
        let create = |accounts: Accounts<'_>, _| match accounts.create("ben", None, now()) {
            Ok(_) => true,
            Err(AccountError::LoginTaken) => false,
            Err(error) => panic!("{error}"),
        };
        assert_eq!(winners(ground, create), 1);
        assert_eq!(ground.store().accounts().count().unwrap(), 2);
    });
}

#[test]
fn a_passkey_has_one_owner_who_names_and_removes_it() {
    on_both(|ground| {
        let accounts = ground.store().accounts();
        let anna = accounts.create("anna", None, now()).unwrap();
        let ben = accounts.create("ben", None, now()).unwrap();
        accounts.add_passkey(anna, &[7; 16], "Laptop", "{\"counter\":1}", now()).unwrap();
        accounts.add_passkey(anna, &[8; 64], "Key", "{}", after(1)).unwrap();
        let twice = accounts.add_passkey(ben, &[7; 16], "Stolen", "{}", now());
        assert!(matches!(twice, Err(AccountError::PasskeyTaken)), "{twice:?}");
        assert_eq!(accounts.passkey_owner(&[7; 16]).unwrap(), Some(anna));
        assert_eq!(accounts.passkey_owner(&[9; 16]).unwrap(), None);
        accounts.update_passkey(&[7; 16], "{\"counter\":2}", after(60)).unwrap();
        accounts.rename_passkey(anna, &[7; 16], "Old laptop").unwrap();
        assert!(accounts.rename_passkey(ben, &[7; 16], "Mine").is_err());
        assert!(accounts.update_passkey(&[9; 16], "{}", now()).is_err());
        let kept = accounts.passkeys(anna).unwrap();
        let told: Vec<_> = kept.iter().map(|key| (key.name.as_str(), key.json.as_str(), key.used_at)).collect();
        assert_eq!(told, [("Old laptop", "{\"counter\":2}", Some(after(60))), ("Key", "{}", None)]);
        assert!(!accounts.remove_passkey(ben, &[7; 16]).unwrap());
        assert!(accounts.remove_passkey(anna, &[7; 16]).unwrap());
        assert_eq!((accounts.passkeys(anna).unwrap().len(), accounts.passkeys(ben).unwrap().len()), (1, 0));
        for (credential, name) in [(&[][..], "Empty"), (&[1; 1024][..], "Long"), (&[1][..], " "), (&[1][..], "a\nb")] {
            let refused = accounts.add_passkey(ben, credential, name, "{}", now());
            assert!(matches!(refused, Err(AccountError::Wrong { .. })), "{name:?}: {refused:?}");
        }
        for number in 0..50 {
            accounts.add_passkey(ben, &[100, number], "One of many", "{}", now()).unwrap();
        }
        let more = accounts.add_passkey(ben, &[101], "One too many", "{}", now()).unwrap_err();
        assert_eq!(more.to_string(), "no more than 50 passkeys are possible");
    });
}

#[test]
fn one_person_has_one_account_and_one_account_is_one_person_of_an_organisation() {
    on_both(|ground| {
        furnish(ground);
        ground.store().create_organisation("Second", None).unwrap();
        let accounts = ground.store().accounts();
        let anna = accounts.found("anna", Some(PHC), CLINIC, person(1), now()).unwrap();
        let ben = accounts.create("ben", None, now()).unwrap();
        let again = accounts.join(anna, CLINIC, person(2));
        assert!(matches!(again, Err(AccountError::AlreadyMember)), "{again:?}");
        let taken = accounts.join(ben, CLINIC, person(1));
        assert!(matches!(taken, Err(AccountError::PersonTaken)), "{taken:?}");
        for (organisation, number, said) in [
            (CLINIC, 9, "there is no PER-0009"),
            ("second", 1, "there is no PER-0001"),
            ("third", 1, "organisation third"),
        ] {
            let absent = accounts.join(ben, organisation, person(number)).unwrap_err();
            assert!(matches!(absent, AccountError::NotThere(_)) && absent.to_string().contains(said), "{absent}");
        }
        let failed = accounts.found("cora", None, CLINIC, person(1), now());
        assert!(matches!(failed, Err(AccountError::PersonTaken)), "{failed:?}");
        assert_eq!(accounts.by_login("cora").unwrap(), None, "an account without its membership is not kept");
        accounts.join(ben, CLINIC, person(2)).unwrap();
        assert_eq!(logins(&accounts.members(CLINIC).unwrap()), [("anna", 1), ("ben", 2)]);
        assert!(accounts.members("second").unwrap().is_empty());
        assert_eq!(accounts.member(CLINIC, person(2)).unwrap().unwrap().id, ben);
        assert_eq!(accounts.member(CLINIC, person(3)).unwrap(), None);
        let memberships = accounts.memberships(anna).unwrap();
        let told: Vec<_> = memberships
            .iter()
            .map(|one| (one.account, one.organisation.as_str(), one.organisation_name.as_str(), one.person))
            .collect();
        assert_eq!(told, [(anna, CLINIC, "Example Clinic", person(1))]);
        assert!(accounts.leave(ben, CLINIC).unwrap() && !accounts.leave(ben, CLINIC).unwrap());
        assert!(accounts.memberships(ben).unwrap().is_empty());
        accounts.join(ben, CLINIC, person(3)).unwrap();
    });
}

#[test]
fn preferences_belong_to_a_member_and_are_bounded() {
    on_both(|ground| {
        furnish(ground);
        let accounts = ground.store().accounts();
        let anna = accounts.found("anna", None, CLINIC, person(1), now()).unwrap();
        let ben = accounts.create("ben", None, now()).unwrap();
        let set = |name: &str, value: Option<&str>| accounts.set_preference(anna, CLINIC, name, value);
        set("list.risk", Some("{\"columns\":3}")).unwrap();
        set("list.asset", Some("größer")).unwrap();
        set("theme", Some("")).unwrap();
        set("list.risk", Some("{}")).unwrap();
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let found = accounts.preferences(anna, CLINIC, "list.").unwrap();
        assert_eq!(found, [pair("list.asset", "größer"), pair("list.risk", "{}")]);
        assert_eq!(accounts.preference(anna, CLINIC, "theme").unwrap().as_deref(), Some(""));
        set("theme", None).unwrap();
        assert_eq!(accounts.preference(anna, CLINIC, "theme").unwrap(), None);
        assert!(matches!(accounts.set_preference(ben, CLINIC, "theme", Some("dark")), Err(AccountError::NotThere(_))));
        assert!(set("big", Some(&"x".repeat(16 << 10))).is_ok());
        assert!(matches!(set("big", Some(&"x".repeat((16 << 10) + 1))), Err(AccountError::Wrong { .. })));
        assert!(matches!(set("null", Some("\0")), Err(AccountError::Wrong { .. })));
        assert!(matches!(set(" ", Some("x")), Err(AccountError::Wrong { .. })));
        for number in 3..200 {
            set(&format!("p{number}"), Some("x")).unwrap();
        }
        assert!(matches!(set("one more", Some("x")), Err(AccountError::TooMany { most: 200, .. })));
        set("p7", Some("y")).unwrap();
        assert_eq!(accounts.preferences(anna, CLINIC, "").unwrap().len(), 200);
        accounts.leave(anna, CLINIC).unwrap();
        accounts.join(anna, CLINIC, person(1)).unwrap();
        assert!(accounts.preferences(anna, CLINIC, "").unwrap().is_empty(), "who comes back begins anew");
    });
}

#[test]
fn a_store_opened_for_reading_shows_accounts_and_changes_none() {
    on_both(|ground| {
        furnish(ground);
        let anna = ground.store().accounts().found("anna", Some(PHC), CLINIC, person(1), now()).unwrap();
        ground.close();
        let reading = Store::open(&ground.config().reading()).unwrap();
        assert_eq!(reading.accounts().by_login("anna").unwrap().unwrap().id, anna);
        let refused = reading.accounts().set_active(anna, false);
        assert!(matches!(refused, Err(AccountError::Store(StoreError::ReadOnly(_)))), "{refused:?}");
        drop(reading);
        assert!(ground.store().accounts().get(anna).unwrap().unwrap().active);
    });
}

#[test]
fn signing_in_goes_on_while_organisations_write() {
    on_both(|ground| {
        let clinic = ground.found();
        let store = ground.store();
        let anna = store.accounts().create("anna", None, now()).unwrap();
        std::thread::scope(|scope| {
            for client in 0..4 {
                let clinic = clinic.clone();
                scope.spawn(move || {
                    for number in 0..40 {
                        new_risk(&clinic, &format!("{client} {number}"));
                    }
                });
            }
            for client in 0..4 {
                scope.spawn(move || {
                    for number in 0..40 {
                        store.accounts().use_totp_step(anna, client * 1_000 + number).unwrap();
                        assert!(store.accounts().get(anna).unwrap().is_some());
                    }
                });
            }
        });
        assert_eq!(clinic.isms().count(Kind::Risk), 160);
        assert!(clinic.info().read_only.is_none());
        assert!(!store.accounts().use_totp_step(anna, 3_039).unwrap());
    });
}

/// What the second schema added.
const ADDED: [&str; 9] =
    ["idempotent", "invitation", "token", "session", "preference", "membership", "passkey", "recovery_code", "account"];

#[test]
fn a_store_of_the_first_schema_takes_accounts_when_it_is_opened() {
    on_both(|ground| {
        furnish(ground);
        let drops = format!("DROP TABLE {};", ADDED.join("; DROP TABLE "));
        if ground.is_sqlite() {
            // The triggers stay: a store of the first schema had them.
            ground.close();
            let path = ground.data().join("attestry.db");
            rusqlite::Connection::open(path).unwrap().execute_batch(&drops).unwrap();
        } else {
            ground.tamper(&drops);
        }
        ground.tamper("UPDATE schema_version SET version = 1");
        let old = Store::open(&ground.config().reading()).unwrap();
        assert_eq!(old.organisation(None).unwrap().isms().count(Kind::Person), 3);
        assert!(old.accounts().count().is_err());
        // A backup of the old store restores into either database, with room for accounts.
        let backup = ground.beside("old");
        old.backup(&backup, &mut |_, _| {}).unwrap();
        drop(old);
        for mut target in std::iter::once(Ground::sqlite()).chain(Ground::postgres()) {
            Store::restore(&backup, &target.config(), &mut |_, _| {}).unwrap();
            target.store().accounts().found("anna", None, CLINIC, person(1), now()).unwrap();
        }
        let anna = ground.store().accounts().found("anna", None, CLINIC, person(1), now()).unwrap();
        let token = Token {
            id: 0,
            account: anna,
            organisation: CLINIC.to_owned(),
            person: person(1),
            name: "Scanner".to_owned(),
            scopes: vec!["read".to_owned()],
            created_at: now(),
            expires_at: after(60),
            used_at: None,
        };
        ground.store().accounts().create_token(&[1; 32], &token).unwrap();
        assert_eq!(SCHEMA_VERSION, 2);
        assert_eq!(ground.reopened().isms().count(Kind::Person), 3);
    });
}
