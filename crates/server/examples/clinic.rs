//! Serves the demonstration clinic for whoever works on pages: `clinic 8090` prints, for each role, the cookie of a signed-in
//! session. `clinic 8090 10000` adds that many risks, for measuring; `clinic 8090 history` has filled its registers
//! over some weeks, for looking at what goes over time.

#![expect(clippy::unwrap_used, reason = "a demonstration that cannot be set up ends by a panic")]

#[path = "../tests/common/mod.rs"]
mod common;
#[path = "../tests/common/token.rs"]
mod token;

use argon2::Argon2;
use argon2::password_hash::PasswordHasher as _;
use attestry_model::decide::propose::Draft;
use attestry_model::field::FieldValue as _;
use attestry_model::kind::Role;
use attestry_model::records::{Asset, Risk};
use attestry_model::{AnyRef, Command, Kind, Principal, Stored, Via};
use attestry_server::App;
use serde_json::json;

/// The password of the one account that has one; the journeys in `browser/` know it.
const PASSWORD: &[u8] = b"seven green lorries wait";

fn main() {
    let port: u16 = std::env::args().nth(1).and_then(|port| port.parse().ok()).unwrap_or(8090);
    let folder = tempfile::tempdir().expect("a folder for the clinic");
    let history = std::env::args().nth(2).as_deref() == Some("history");
    let app = if history { common::growing_clinic(folder.path()) } else { common::clinic(folder.path()) };
    add_proposal(&app);
    if let Some(count) = std::env::args().nth(2).and_then(|count| count.parse().ok()) {
        add_risks(&app, count);
    }
    for role in [
        Role::IsmsManager,
        Role::TopManagement,
        Role::RiskOwner,
        Role::AssetOwner,
        Role::ControlOwner,
        Role::InternalAuditor,
        Role::ExternalAuditor,
        Role::SystemAdmin,
        Role::Employee,
    ] {
        if let Some(person) = common::person_with(&app, role) {
            let token = crate::token::token_of(&app, person, &["read", "write"]);
            println!("{role:?} {} attestry={} token={token}", person.any(), common::session_of(&app, person));
        }
    }
    // Somebody who came long ago, and is asked for their password before they sign.
    if let Some(person) = common::person_with(&app, Role::TopManagement) {
        let hash = Argon2::default().hash_password_with_salt(PASSWORD, b"salt of the clinic").unwrap();
        let accounts = app.store.accounts();
        accounts.set_password(common::account_of(&app, person), &hash.to_string()).unwrap();
        println!("LongSignedIn {} attestry={}", person.any(), common::session_proved(&app, person, None));
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let listen = attestry_server::Listen { address: ([127, 0, 0, 1], port).into(), tls: None };
    runtime.block_on(attestry_server::serve(app, listen, |address| println!("http://{address}"))).expect("served");
}

/// Adds risks like those of the clinic, for measuring lists.
fn add_risks(app: &App, count: u32) {
    let organisation = app.store.organisation(Some("clinic")).unwrap();
    let isms = organisation.isms();
    let models: Vec<_> = isms.records(attestry_model::Kind::Risk).collect();
    let records = (0..count).map(|at| {
        let model = models[at as usize % models.len()];
        let mut fields = model.fields();
        fields.insert("title".to_owned(), format!("{} ({at})", model.head().title.clone().unwrap_or_default()).into());
        let reference = attestry_model::AnyRef { kind: attestry_model::Kind::Risk, number: 10_000 + at };
        attestry_model::decide::ImportRecord { reference, fields, source: String::new() }
    });
    let command = Command::Import { records: records.collect(), reason: None };
    organisation.submit(&Principal::operator(), command).unwrap();
}

/// A proposal that waits for others, so that there is one to look at.
fn add_proposal(app: &App) {
    let organisation = app.store.organisation(Some("clinic")).unwrap();
    let isms = organisation.isms();
    let author = common::person_with(app, Role::IsmsManager).unwrap();
    let author = Principal::of(&isms, author, Via::Session).unwrap();
    let fields = |value: serde_json::Value| value.as_object().cloned().unwrap();
    let owned = |risk: &&Stored<Risk>| risk.risk_owner.is_some() && risk.risk_owner != author.person();
    let risk = isms.live::<Risk>().find(owned).unwrap();
    let mut asset = isms.live::<Asset>();
    let asset = asset.next().unwrap();
    let changes = vec![
        Draft::set(asset, &fields(json!({ "notes": "Runs at the host from December on." }))),
        Draft::create(Kind::Supplier, Some("host".to_owned()), &fields(json!({ "title": "Northstar Imaging" }))),
        Draft::set(risk, &fields(json!({ "current_likelihood": 1, "cause": "one machine in one cellar" }))),
    ];
    let made = fields(json!({
        "title": "Move the image archive to a managed host",
        "why": "The archive server is at the end of its life. Northstar would host it with two sites and a four-hour promise.",
        "changes": changes.to_value(),
    }));
    organisation.submit(&author, Command::Create { kind: Kind::Proposal, fields: made }).unwrap();
    let target = AnyRef { kind: Kind::Proposal, number: 1 };
    let offer = Command::Step {
        target,
        to: "offered".to_owned(),
        revision: None,
        fields: serde_json::Map::new(),
        reason: None,
    };
    organisation.submit(&author, offer).unwrap();
}
