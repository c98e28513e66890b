//! The demonstration clinic behind the router, with a person for each role: what the tests of the server talk to.

use std::path::Path;
use std::sync::Arc;

use attestry_model::decide::ImportRecord;
use attestry_model::kind::Role;
use attestry_model::records::Person;
use attestry_model::{Command, Principal, Ref};
use attestry_report::Renderer;
use attestry_server::{App, Settings, Ticks};
use attestry_store::{AccountId, Clock, Config, Session, Store};
use jiff::Timestamp;

/// The files of the clinic.
pub fn clinic_files() -> Vec<attestry_exchange::SourceFile> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../content/demo");
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "csv" || ending == "yaml") {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            files.push(attestry_exchange::SourceFile { name, bytes: std::fs::read(path).unwrap() });
        }
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    files
}

/// The moment at which the clinic stands.
pub const NOW: &str = "2026-06-30T20:00:00Z";

/// A server over the clinic in a folder, without a network. The clinic's clock is simulated, so that every day is the same.
pub fn clinic(folder: &Path) -> App {
    clinic_with(folder, |settings| settings)
}

/// The same with other settings.
pub fn clinic_with(folder: &Path, change: impl FnOnce(Settings) -> Settings) -> App {
    clinic_from(folder, |_| {}, change)
}

/// The same with other records.
pub fn clinic_from(
    folder: &Path,
    rewrite: impl FnOnce(&mut Vec<ImportRecord>),
    change: impl FnOnce(Settings) -> Settings,
) -> App {
    let clock = Clock::Fixed(NOW.parse::<Timestamp>().unwrap());
    let store = Store::open(&Config::new(folder).with_clock(clock)).unwrap();
    let organisation = store.create_organisation("Cedar Hollow Medical Clinic", Some("clinic")).unwrap();
    let plan = attestry_exchange::import(&clinic_files(), &organisation.isms(), None, clock.now()).unwrap();
    let mut records = plan.records;
    records.extend(outsiders(&records));
    rewrite(&mut records);
    let command = Command::Import { records, reason: None };
    organisation.submit(&Principal::operator(), command).unwrap();
    app_with(store, change(settings(folder, clock)))
}

/// The settings of a server of the tests.
pub fn settings(folder: &Path, clock: Clock) -> Settings {
    let (url, proxies, data, ticks) = (None, Vec::new(), folder.to_owned(), Ticks::Machine);
    Settings { url, secure: false, proxies, data, clock, demo: true, ticks }
}

/// The clinic as it grew: created on the fourth of May with registers missing, filled on two later days, served at [`NOW`].
pub fn growing_clinic(folder: &Path) -> App {
    const LATE: &[&str] = &[
        "measurement.csv",
        "control_test.csv",
        "acknowledgement.csv",
        "audit_check.csv",
        "review_input.csv",
        "contact.csv",
        "access_review.csv",
        "process_execution.csv",
        "communication_item.csv",
        "competence_record.csv",
        "supplier_assessment.csv",
        "training_completion.csv",
        "notification_duty.csv",
    ];
    let days: [(&str, &[&str]); 3] =
        [("2026-05-04T08:00:00Z", LATE), ("2026-05-25T08:00:00Z", &LATE[..6]), ("2026-06-20T08:00:00Z", &[])];
    for (at, missing) in days {
        let clock = Clock::Fixed(at.parse().unwrap());
        let store = Store::open(&Config::new(folder).with_clock(clock)).unwrap();
        let begun = store.organisation(Some("clinic")).ok();
        let organisation =
            begun.unwrap_or_else(|| store.create_organisation("Cedar Hollow Medical Clinic", Some("clinic")).unwrap());
        let mut files = clinic_files();
        files.retain(|file| !missing.contains(&file.name.as_str()));
        let mut records = attestry_exchange::import(&files, &organisation.isms(), None, clock.now()).unwrap().records;
        if missing.len() == LATE.len() {
            records.extend(outsiders(&records));
        }
        organisation.submit(&Principal::operator(), Command::Import { records, reason: None }).unwrap();
    }
    let clock = Clock::Fixed(NOW.parse().unwrap());
    app_with(Store::open(&Config::new(folder).with_clock(clock)).unwrap(), settings(folder, clock))
}

/// A server over a store.
pub fn app_with(store: Store, settings: Settings) -> App {
    App::new(store, settings, Arc::new(Renderer::in_process), Arc::new(clinic_files)).unwrap()
}

/// An active person of the clinic with this role and as few others as possible.
pub fn person_with(app: &App, role: Role) -> Option<Ref<Person>> {
    let isms = app.store.organisation(Some("clinic")).unwrap().isms();
    let fits = isms.live::<Person>().filter(|person| person.state_name() == "active");
    let fits = fits
        .filter(|person| person.app_roles.contains(&role) || (role == Role::Employee && person.app_roles.is_empty()));
    fits.min_by_key(|person| (person.app_roles.len(), person.number)).map(attestry_model::Stored::reference)
}

/// The account of a person, made where there is none.
pub fn account_of(app: &App, person: Ref<Person>) -> AccountId {
    let accounts = app.store.accounts();
    let now = app.now();
    if let Some(account) = accounts.member("clinic", person).unwrap() {
        account.id
    } else {
        let login = format!("{}@clinic.example", person.any().to_string().to_lowercase());
        let id = accounts.create(&login, None, now).unwrap();
        accounts.join(id, "clinic", person).unwrap();
        id
    }
}

/// A signed-in session of a person who has just shown who they are: the value of the cookie.
pub fn session_of(app: &App, person: Ref<Person>) -> String {
    session_proved(app, person, Some(app.now()))
}

/// The same of a person who has shown it at a moment, or never since they came.
pub fn session_proved(app: &App, person: Ref<Person>, stepped_up_at: Option<jiff::Timestamp>) -> String {
    static COUNT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
    let accounts = app.store.accounts();
    let now = app.now();
    let account = account_of(app, person);
    let count = COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let secret = format!("test-{}-{count}", person.any());
    let session = Session {
        account,
        organisation: Some("clinic".to_owned()),
        created_at: now,
        seen_at: now,
        expires_at: now + jiff::SignedDuration::from_hours(12),
        stepped_up_at,
        agent: "test".to_owned(),
        address: "127.0.0.1".to_owned(),
        method: "password".to_owned(),
    };
    accounts.open_session(&attestry_server::gate::hash_of(&secret), &session).unwrap();
    app.forget_sessions();
    secret
}

/// The clinic has nobody in two of the roles: an external auditor and a system administrator are added, like an employee in
/// everything else.
fn outsiders(records: &[ImportRecord]) -> Vec<ImportRecord> {
    let model = records.iter().find(|one| one.reference == Ref::<Person>::new(16).any()).unwrap();
    let roles = [(901, "Vera Lindt", "external_auditor"), (902, "Tom Okoro", "system_admin")];
    let person = |(number, name, role): (u32, &str, &str)| {
        let mut fields = model.fields.clone();
        fields.insert("title".to_owned(), name.into());
        fields.insert("name".to_owned(), name.into());
        fields.insert("email".to_owned(), format!("per-{number}@clinic.example").into());
        fields.insert("app_roles".to_owned(), vec![role].into());
        let reference = Ref::<Person>::new(number).any();
        ImportRecord { reference, fields, source: String::new() }
    };
    roles.into_iter().map(person).collect()
}
