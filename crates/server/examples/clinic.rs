//! Serves the demonstration clinic for whoever works on pages: `clinic 8090` prints, for each role, the cookie of a signed-in
//! session. `clinic 8090 10000` adds that many risks, for measuring.

#[path = "../tests/common/mod.rs"]
mod common;

use attestry_model::kind::Role;

fn main() {
    let port: u16 = std::env::args().nth(1).and_then(|port| port.parse().ok()).unwrap_or(8090);
    let folder = tempfile::tempdir().expect("a folder for the clinic");
    let app = common::clinic(folder.path());
    if let Some(count) = std::env::args().nth(2).and_then(|count| count.parse().ok()) {
        common::add_risks(&app, count);
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
            let token = common::token_of(&app, person, &["read", "write"]);
            println!("{role:?} {} attestry={} token={token}", person.any(), common::session_of(&app, person));
        }
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let listen = attestry_server::Listen { address: ([127, 0, 0, 1], port).into(), tls: None };
    runtime.block_on(attestry_server::serve(app, listen, |address| println!("http://{address}"))).expect("served");
}
