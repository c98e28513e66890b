//! Tokens of the people of the clinic, for those who talk to the server as programs.

use attestry_model::Ref;
use attestry_model::records::Person;
use attestry_server::App;
use attestry_store::Token;
use jiff::Timestamp;

use crate::common::account_of;

/// A token of a person with these scopes, good for a year.
pub fn token_of(app: &App, person: Ref<Person>, scopes: &[&str]) -> String {
    let now = app.now();
    token_until(app, person, scopes, now + jiff::SignedDuration::from_hours(24 * 365))
}

/// A token of a person with these scopes, good until a moment.
pub fn token_until(app: &App, person: Ref<Person>, scopes: &[&str], expires_at: Timestamp) -> String {
    static COUNT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
    let count = COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let secret = format!("test-token-{}-{count}", person.any());
    let token = Token {
        id: 0,
        account: account_of(app, person),
        organisation: "clinic".to_owned(),
        person,
        name: "test".to_owned(),
        scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
        created_at: app.now(),
        expires_at,
        used_at: None,
    };
    app.store.accounts().create_token(&attestry_server::gate::hash_of(&secret), &token).unwrap();
    secret
}
