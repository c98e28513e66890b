//! Sessions, tokens, invitations, idempotency keys, and what of all this a backup brings along.

use attestry_store::{AccountError, AccountId, Accounts, Idempotent, Invitation, Session, Store, Token};

use crate::accounts::{CLINIC, PHC, after, furnish, logins, now, person, winners};
use crate::ground::{Ground, on_both};

fn session(account: AccountId) -> Session {
    Session {
        account,
        organisation: None,
        created_at: now(),
        seen_at: now(),
        expires_at: after(3600),
        stepped_up_at: None,
        agent: "Browser 1".to_owned(),
        address: "192.0.2.7".to_owned(),
        method: "password+totp".to_owned(),
    }
}

fn token(account: AccountId) -> Token {
    Token {
        id: 0,
        account,
        organisation: CLINIC.to_owned(),
        person: person(1),
        name: "Scanner".to_owned(),
        scopes: vec!["read".to_owned(), "write:risk".to_owned()],
        created_at: now(),
        expires_at: after(3600),
        used_at: None,
    }
}

fn invitation(number: u32) -> Invitation {
    Invitation {
        organisation: CLINIC.to_owned(),
        person: person(number),
        created_by: Some(person(1)),
        expires_at: after(3600),
    }
}

fn anna(accounts: Accounts<'_>) -> AccountId {
    accounts.found("anna", Some(PHC), CLINIC, person(1), now()).unwrap()
}

#[test]
fn a_session_lives_until_it_expires_and_keeps_what_it_is_told() {
    on_both(|ground| {
        furnish(ground);
        let accounts = ground.store().accounts();
        let anna = anna(accounts);
        let begun = Session { organisation: Some(CLINIC.to_owned()), stepped_up_at: Some(now()), ..session(anna) };
        accounts.open_session(&[1; 32], &begun).unwrap();
        assert_eq!(accounts.session(&[1; 32], after(3599)).unwrap(), Some(begun.clone()));
        assert_eq!(accounts.session(&[1; 32], after(3600)).unwrap(), None);
        assert_eq!(accounts.session(&[2; 32], now()).unwrap(), None);
        accounts.touch_session(&[1; 32], after(59)).unwrap();
        assert_eq!(accounts.session(&[1; 32], after(59)).unwrap().unwrap().seen_at, now());
        accounts.touch_session(&[1; 32], after(60)).unwrap();
        accounts.touch_session(&[2; 32], after(60)).unwrap();
        accounts.step_up(&[1; 32], "passkey", after(61)).unwrap();
        let method = "passkey".to_owned();
        let used = Session { seen_at: after(60), stepped_up_at: Some(after(61)), method, ..begun };
        assert_eq!(accounts.session(&[1; 32], after(61)).unwrap(), Some(used.clone()));
        assert!(accounts.rotate_session(&[1; 32], &[3; 32]).unwrap());
        assert!(!accounts.rotate_session(&[1; 32], &[4; 32]).unwrap());
        assert_eq!(accounts.session(&[1; 32], after(61)).unwrap(), None);
        assert_eq!(accounts.sessions(anna, after(61)).unwrap(), [([3; 32], used)]);
        assert!(accounts.step_up(&[1; 32], "passkey", after(61)).is_err());
        assert!(accounts.end_session(&[3; 32]).unwrap() && !accounts.end_session(&[3; 32]).unwrap());
    });
}

#[test]
fn sessions_end_together_but_for_the_one_at_hand() {
    on_both(|ground| {
        let accounts = ground.store().accounts();
        let anna = accounts.create("anna", None, now()).unwrap();
        let ben = accounts.create("ben", None, now()).unwrap();
        for number in 1..=5 {
            accounts.open_session(&[number; 32], &session(if number == 5 { ben } else { anna })).unwrap();
        }
        assert_eq!(accounts.end_sessions(anna, Some(&[2; 32])).unwrap(), 3);
        assert!(accounts.session(&[2; 32], now()).unwrap().is_some());
        assert_eq!(accounts.end_sessions(anna, None).unwrap(), 1);
        assert!(accounts.session(&[5; 32], now()).unwrap().is_some());
        let hash = |number: u8| [100 + number; 32];
        for number in 0..101 {
            let seen_at = after(i64::from(number));
            accounts.open_session(&hash(number), &Session { seen_at, ..session(anna) }).unwrap();
        }
        let left = accounts.sessions(anna, now()).unwrap();
        assert_eq!((left.len(), left[0].0, left[99].0), (100, hash(100), hash(1)), "the oldest made room");
    });
}

#[test]
fn what_a_browser_says_of_itself_is_kept_short_and_printable() {
    on_both(|ground| {
        let accounts = ground.store().accounts();
        let anna = accounts.create("anna", None, now()).unwrap();
        let agent = format!("Evil\0\r\n{}", "ü".repeat(10_000));
        accounts.open_session(&[1; 32], &Session { agent, ..session(anna) }).unwrap();
        let kept = accounts.session(&[1; 32], now()).unwrap().unwrap().agent;
        assert!(kept.starts_with("Evilü") && kept.chars().count() == 300, "{kept}");
    });
}

#[test]
fn a_session_enters_only_organisations_of_its_account() {
    on_both(|ground| {
        furnish(ground);
        ground.store().create_organisation("Second", None).unwrap();
        let accounts = ground.store().accounts();
        let anna = anna(accounts);
        accounts.open_session(&[1; 32], &session(anna)).unwrap();
        for organisation in ["second", "third"] {
            let refused = accounts.set_session_organisation(&[1; 32], organisation);
            assert!(matches!(refused, Err(AccountError::NotThere(_))), "{refused:?}");
            let begun = Session { organisation: Some(organisation.to_owned()), ..session(anna) };
            assert!(matches!(accounts.open_session(&[2; 32], &begun), Err(AccountError::NotThere(_))));
        }
        accounts.set_session_organisation(&[1; 32], CLINIC).unwrap();
        let organisation = || accounts.session(&[1; 32], now()).unwrap().unwrap().organisation;
        assert_eq!(organisation().as_deref(), Some(CLINIC));
        accounts.leave(anna, CLINIC).unwrap();
        assert_eq!(organisation(), None, "who leaves is out at once");
        assert!(accounts.set_session_organisation(&[1; 32], CLINIC).is_err());
        assert!(accounts.set_session_organisation(&[9; 32], CLINIC).is_err());
    });
}

#[test]
fn an_account_switched_off_is_out_at_once() {
    on_both(|ground| {
        furnish(ground);
        let accounts = ground.store().accounts();
        let anna = anna(accounts);
        accounts.open_session(&[1; 32], &session(anna)).unwrap();
        accounts.create_token(&[2; 32], &token(anna)).unwrap();
        accounts.set_active(anna, false).unwrap();
        assert_eq!(accounts.session(&[1; 32], now()).unwrap(), None);
        assert_eq!(accounts.token(&[2; 32], now()).unwrap(), None);
        assert_eq!(accounts.end_sessions(anna, None).unwrap(), 0, "the session is gone, not merely hidden");
        let refused = accounts.open_session(&[3; 32], &session(anna));
        assert!(matches!(refused, Err(AccountError::Inactive)), "{refused:?}");
        assert!(matches!(accounts.create_token(&[4; 32], &token(anna)), Err(AccountError::Inactive)));
        assert!(!accounts.by_login("anna").unwrap().unwrap().active);
        accounts.set_active(anna, true).unwrap();
        assert_eq!(accounts.session(&[1; 32], now()).unwrap(), None, "a session does not come back");
        assert!(accounts.token(&[2; 32], now()).unwrap().is_some());
    });
}

#[test]
fn a_token_is_good_for_its_member_until_it_expires_or_is_revoked() {
    on_both(|ground| {
        furnish(ground);
        let accounts = ground.store().accounts();
        let anna = anna(accounts);
        let ben = accounts.create("ben", None, now()).unwrap();
        let id = accounts.create_token(&[1; 32], &token(anna)).unwrap();
        let made = Token { id, ..token(anna) };
        assert_eq!(accounts.token(&[1; 32], after(3599)).unwrap(), Some(made.clone()));
        assert_eq!(accounts.token(&[1; 32], after(3600)).unwrap(), None);
        accounts.touch_token(id, after(10)).unwrap();
        accounts.touch_token(id, after(20)).unwrap();
        assert_eq!(accounts.tokens(anna, CLINIC).unwrap(), [Token { used_at: Some(after(10)), ..made }]);
        accounts.touch_token(id, after(70)).unwrap();
        assert_eq!(accounts.token(&[1; 32], after(70)).unwrap().unwrap().used_at, Some(after(70)));
        assert!(matches!(accounts.create_token(&[2; 32], &token(ben)), Err(AccountError::NotThere(_))));
        let foreign = Token { person: person(2), ..token(anna) };
        assert!(matches!(accounts.create_token(&[2; 32], &foreign), Err(AccountError::NotThere(_))));
        let nameless = Token { name: String::new(), ..token(anna) };
        assert!(matches!(accounts.create_token(&[2; 32], &nameless), Err(AccountError::Wrong { .. })));
        let mighty = Token { scopes: vec!["read".to_owned(); 51], ..token(anna) };
        assert!(matches!(accounts.create_token(&[2; 32], &mighty), Err(AccountError::TooMany { .. })));
        assert!(!accounts.revoke_token(ben, id).unwrap());
        assert!(accounts.revoke_token(anna, id).unwrap() && !accounts.revoke_token(anna, id).unwrap());
        assert_eq!(accounts.token(&[1; 32], now()).unwrap(), None);
        accounts.create_token(&[3; 32], &token(anna)).unwrap();
        accounts.leave(anna, CLINIC).unwrap();
        accounts.join(anna, CLINIC, person(1)).unwrap();
        assert_eq!(accounts.token(&[3; 32], now()).unwrap(), None, "who leaves takes no token along");
    });
}

#[test]
fn an_invitation_makes_an_account_the_persons_once() {
    on_both(|ground| {
        furnish(ground);
        let accounts = ground.store().accounts();
        let anna = anna(accounts);
        let ben = accounts.create("ben", None, now()).unwrap();
        let cora = accounts.create("cora", None, now()).unwrap();
        assert!(matches!(accounts.invite(&[1; 32], &invitation(1)), Err(AccountError::PersonTaken)));
        assert!(matches!(accounts.invite(&[1; 32], &invitation(9)), Err(AccountError::NotThere(_))));
        accounts.invite(&[1; 32], &invitation(2)).unwrap();
        accounts.invite(&[2; 32], &invitation(2)).unwrap();
        assert_eq!(accounts.invitation(&[1; 32], now()).unwrap(), None, "the newest invitation counts");
        assert_eq!(accounts.invitation(&[2; 32], after(3599)).unwrap(), Some(invitation(2)));
        assert_eq!(accounts.invitation(&[2; 32], after(3600)).unwrap(), None);
        let accept = |hash: u8, who, at| accounts.accept_invitation(&[hash; 32], who, at);
        assert!(matches!(accept(1, ben, now()), Err(AccountError::NotThere(_))));
        assert!(matches!(accept(2, ben, after(3600)), Err(AccountError::Expired)));
        assert!(matches!(accept(2, anna, now()), Err(AccountError::AlreadyMember)));
        accounts.set_active(cora, false).unwrap();
        assert!(matches!(accept(2, cora, now()), Err(AccountError::Inactive)));
        accounts.set_active(cora, true).unwrap();
        assert!(accounts.invitation(&[2; 32], now()).unwrap().is_some(), "who fails does not use it up");
        let joined = accept(2, ben, now()).unwrap();
        assert_eq!((joined.account, joined.organisation.as_str(), joined.person), (ben, CLINIC, person(2)));
        assert!(matches!(accept(2, cora, now()), Err(AccountError::Used)));
        assert_eq!(accounts.invitation(&[2; 32], now()).unwrap(), None);
        accounts.invite(&[3; 32], &Invitation { created_by: None, ..invitation(3) }).unwrap();
        assert_eq!(accounts.invitation(&[3; 32], now()).unwrap().unwrap().created_by, None);
        accounts.join(cora, CLINIC, person(3)).unwrap();
        let late = accounts.create("late", None, now()).unwrap();
        assert!(matches!(accept(3, late, now()), Err(AccountError::PersonTaken)));
        assert_eq!(accounts.withdraw_invitations(CLINIC, person(3)).unwrap(), 1);
        assert!(matches!(accept(3, late, now()), Err(AccountError::NotThere(_))));
    });
}

#[test]
fn of_many_who_accept_one_invitation_at_once_exactly_one_wins() {
    on_both(|ground| {
        furnish(ground);
        let accounts = ground.store().accounts();
        let all: Vec<AccountId> =
            (0..32).map(|number| accounts.create(&format!("a{number}"), None, now()).unwrap()).collect();
        accounts.invite(&[1; 32], &invitation(2)).unwrap();
        let accept =
            |accounts: Accounts<'_>, thread: usize| match accounts.accept_invitation(&[1; 32], all[thread], now()) {
                Ok(_) => true,
                Err(AccountError::Used) => false,
                Err(error) => panic!("{error}"),
            };
        assert_eq!(winners(ground, accept), 1);
        assert_eq!(ground.store().accounts().members(CLINIC).unwrap().len(), 1);
        let join = |accounts: Accounts<'_>, thread: usize| match accounts.join(all[thread], CLINIC, person(3)) {
            Ok(()) => true,
            Err(AccountError::PersonTaken | AccountError::AlreadyMember) => false,
            Err(error) => panic!("{error}"),
        };
        assert_eq!(winners(ground, join), 1);
    });
}

#[test]
fn a_request_is_carried_out_once_and_answered_alike_for_a_day() {
    on_both(|ground| {
        furnish(ground);
        let accounts = ground.store().accounts();
        let anna = anna(accounts);
        let ben = accounts.create("ben", None, now()).unwrap();
        let begin = |who, key: &str, print: u8, at| accounts.begin_idempotent(CLINIC, who, key, &[print; 32], at);
        assert_eq!(begin(anna, "k", 1, now()).unwrap(), Idempotent::First);
        assert_eq!(begin(anna, "k", 1, now()).unwrap(), Idempotent::Running);
        assert_eq!(begin(anna, "k", 2, now()).unwrap(), Idempotent::Different);
        assert_eq!(begin(ben, "k", 2, now()).unwrap(), Idempotent::First);
        accounts.forget_idempotent(CLINIC, anna, "k").unwrap();
        assert_eq!(begin(anna, "k", 2, after(5)).unwrap(), Idempotent::First);
        accounts.finish_idempotent(CLINIC, anna, "k", 201, "{\"id\":\"R-0001\"}", after(10)).unwrap();
        assert!(accounts.finish_idempotent(CLINIC, anna, "k", 500, "", after(10)).is_err());
        accounts.forget_idempotent(CLINIC, anna, "k").unwrap();
        let again = Idempotent::Again { status: 201, body: "{\"id\":\"R-0001\"}".to_owned() };
        assert_eq!(begin(anna, "k", 2, after(86_409)).unwrap(), again);
        assert_eq!(begin(anna, "k", 1, after(86_409)).unwrap(), Idempotent::Different);
        assert_eq!(begin(anna, "k", 1, after(86_410)).unwrap(), Idempotent::First);
        for key in ["", "a\0b", &"k".repeat(256)] {
            assert!(matches!(begin(anna, key, 1, now()), Err(AccountError::Wrong { .. })), "{key:?}");
        }
        let long = "x".repeat((1 << 20) + 1);
        let refused = accounts.finish_idempotent(CLINIC, anna, "k", 200, &long, now());
        assert!(matches!(refused, Err(AccountError::Wrong { .. })), "{refused:?}");
        let first = |accounts: Accounts<'_>, _| {
            accounts.begin_idempotent(CLINIC, ben, "together", &[1; 32], now()).unwrap() == Idempotent::First
        };
        assert_eq!(winners(ground, first), 1);
    });
}

#[test]
fn a_sweep_removes_what_has_expired_and_nothing_else() {
    on_both(|ground| {
        furnish(ground);
        let accounts = ground.store().accounts();
        let anna = anna(accounts);
        for (number, seconds) in [(1, 100), (2, 200)] {
            accounts.open_session(&[number; 32], &Session { expires_at: after(seconds), ..session(anna) }).unwrap();
            let sent = Invitation { expires_at: after(seconds), ..invitation(u32::from(number) + 1) };
            accounts.invite(&[number; 32], &sent).unwrap();
            let at = after(seconds - 86_400);
            accounts.begin_idempotent(CLINIC, anna, &format!("k{number}"), &[1; 32], at).unwrap();
        }
        assert_eq!(accounts.sweep(after(99)).unwrap(), 0);
        assert_eq!(accounts.sweep(after(100)).unwrap(), 3);
        assert!(accounts.session(&[2; 32], after(199)).unwrap().is_some());
        assert!(accounts.invitation(&[2; 32], after(199)).unwrap().is_some());
        let known = accounts.begin_idempotent(CLINIC, anna, "k2", &[1; 32], after(100)).unwrap();
        assert_eq!(known, Idempotent::Running);
        assert_eq!(accounts.sweep(after(200)).unwrap(), 3);
    });
}

/// A store with all sign-in data there is.
fn inhabit(ground: &mut Ground) {
    furnish(ground);
    let accounts = ground.store().accounts();
    let anna = anna(accounts);
    accounts.create("off", None, now()).unwrap();
    accounts.set_active(accounts.by_login("off").unwrap().unwrap().id, false).unwrap();
    accounts.set_totp(anna, Some("JBSWY3DPEHPK3PXP")).unwrap();
    assert!(accounts.use_totp_step(anna, 50).unwrap());
    accounts.set_recovery_codes(anna, &[[1; 32], [2; 32]]).unwrap();
    accounts.add_passkey(anna, &[7; 16], "Laptop", "{}", now()).unwrap();
    accounts.set_preference(anna, CLINIC, "theme", Some("dark")).unwrap();
    let begun = Session { agent: "BrowserInTheBackup".to_owned(), ..session(anna) };
    accounts.open_session(&[0xc1; 32], &begun).unwrap();
    accounts.create_token(&[0xc2; 32], &token(anna)).unwrap();
    accounts.invite(&[0xc3; 32], &invitation(2)).unwrap();
    accounts.begin_idempotent(CLINIC, anna, "k", &[0xc4; 32], now()).unwrap();
}

fn came_along(accounts: Accounts<'_>) {
    let anna = accounts.by_login("anna").unwrap().unwrap();
    assert_eq!((anna.password.as_deref(), anna.totp.as_deref()), (Some(PHC), Some("JBSWY3DPEHPK3PXP")));
    assert!(!accounts.by_login("off").unwrap().unwrap().active);
    assert!(!accounts.use_totp_step(anna.id, 50).unwrap(), "a code does not work a second time");
    assert_eq!(accounts.recovery_codes_left(anna.id).unwrap(), 2);
    assert_eq!(accounts.passkeys(anna.id).unwrap().len(), 1);
    assert_eq!(logins(&accounts.members(CLINIC).unwrap()), [("anna", 1)]);
    assert_eq!(accounts.preference(anna.id, CLINIC, "theme").unwrap().as_deref(), Some("dark"));
    assert_eq!(accounts.session(&[0xc1; 32], now()).unwrap(), None);
    assert_eq!(accounts.token(&[0xc2; 32], now()).unwrap(), None);
    assert!(accounts.tokens(anna.id, CLINIC).unwrap().is_empty());
    assert_eq!(accounts.invitation(&[0xc3; 32], now()).unwrap(), None);
    let known = accounts.begin_idempotent(CLINIC, anna.id, "k", &[0xc4; 32], now()).unwrap();
    assert_eq!(known, Idempotent::First);
    accounts.create("new", None, now()).unwrap();
}

#[test]
fn a_backup_brings_accounts_along_and_nothing_that_lets_somebody_in() {
    let grounds = || std::iter::once(Ground::sqlite()).chain(Ground::postgres());
    for mut from in grounds() {
        inhabit(&mut from);
        let backup = from.beside("backup");
        from.store().backup(&backup, &mut |_, _| {}).unwrap();
        let raw = std::fs::read(&backup).unwrap();
        let holds = |bytes: &[u8]| raw.windows(bytes.len()).any(|window| window == bytes);
        assert!(holds(b"JBSWY3DPEHPK3PXP"), "the search finds what is there");
        for secret in [&[0xc1; 32][..], &[0xc2; 32], &[0xc3; 32], &[0xc4; 32], b"BrowserInTheBackup"] {
            assert!(!holds(secret), "{secret:x?} is in the backup");
        }
        for mut to in grounds() {
            Store::restore(&backup, &to.config(), &mut |_, _| {}).unwrap();
            came_along(to.store().accounts());
        }
        assert!(from.store().accounts().session(&[0xc1; 32], now()).unwrap().is_some(), "a backup ends no session");
    }
}

#[test]
fn sessions_planted_in_a_backup_are_not_restored() {
    let mut from = Ground::sqlite();
    inhabit(&mut from);
    let backup = from.beside("backup");
    from.store().backup(&backup, &mut |_, _| {}).unwrap();
    let plant = "INSERT INTO session SELECT CAST(zeroblob(32) AS BLOB), id, NULL, 0, 0, 9999999999999, NULL, '', '', 'x'
                   FROM account WHERE login = 'anna';
                 INSERT INTO token (hash, account, organisation, name, scopes, created_at, expires_at)
                   SELECT CAST(zeroblob(32) AS BLOB), account, organisation, 'x', '[]', 0, 9999999999999 FROM membership;
                 INSERT INTO invitation SELECT CAST(zeroblob(32) AS BLOB), id, 2, NULL, 9999999999999, NULL
                   FROM organisation;";
    rusqlite::Connection::open(&backup).unwrap().execute_batch(plant).unwrap();
    for mut to in std::iter::once(Ground::sqlite()).chain(Ground::postgres()) {
        Store::restore(&backup, &to.config(), &mut |_, _| {}).unwrap();
        let accounts = to.store().accounts();
        assert_eq!(accounts.session(&[0; 32], now()).unwrap(), None);
        assert_eq!(accounts.token(&[0; 32], now()).unwrap(), None);
        assert_eq!(accounts.invitation(&[0; 32], now()).unwrap(), None);
        came_along(accounts);
    }
}

#[test]
fn a_backup_is_not_restored_over_accounts_and_an_organisation_made_anew_has_none() {
    let Some(mut to) = Ground::postgres() else {
        eprintln!("PostgreSQL part skipped");
        return;
    };
    let mut from = Ground::sqlite();
    inhabit(&mut from);
    let backup = from.beside("backup");
    from.store().backup(&backup, &mut |_, _| {}).unwrap();
    to.store().accounts().create("somebody", None, now()).unwrap();
    to.close();
    let refused = Store::restore(&backup, &to.config(), &mut |_, _| {}).unwrap_err().to_string();
    assert!(refused.contains("is not empty"), "{refused}");
    furnish(&mut to);
    assert!(to.store().accounts().members(CLINIC).unwrap().is_empty());
}
