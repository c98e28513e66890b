//! The pages, asked of a server as people start it: a process of its own over ten thousand risks, on this machine. Beside them,
//! in the same run, a route that does nothing but send the same bytes.

use std::io::{BufRead as _, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use attestry_exchange::import;
use attestry_model::decide::ImportRecord;
use attestry_model::kind::Role;
use attestry_model::records::Person;
use attestry_model::{AnyRef, Command as Wish, Kind, Principal, Ref};
use attestry_store::{Organisation, Session, Store};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::load::{Ask, Client, Times, flood, hold_slow, paced};
use super::{Measure, Place, megabytes, settings};
use crate::cli::{Bench, Global};
use crate::commands::demo;
use crate::config::Config;
use crate::failure::Failure;

/// Risks in the register.
const RISKS: u32 = 10_000;
/// Records over which the search goes.
const SEARCHED: u32 = 50_000;
/// Connections at once.
const CONNECTIONS: u32 = 8;
/// Slow connections at once.
const SLOW: usize = 500;
/// The register, a hundred risks on a page.
const LIST: &str = "/risks?per=100";

/// A running server, ended when it is dropped.
struct Server {
    child: Child,
    address: SocketAddr,
}

impl Drop for Server {
    fn drop(&mut self) {
        // It writes nothing of its own accord, and the folder is removed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    fn start(folder: &Path) -> Result<Self, Failure> {
        let mut child = Command::new(std::env::current_exe()?)
            .arg("--data")
            .arg(folder)
            .args(["serve", "--listen", "127.0.0.1:0"])
            .env_remove("DATABASE_URL")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let mut lines = BufReader::new(child.stdout.take().ok_or_else(silent)?).lines();
        let address = lines.find_map(|line| line.ok()?.strip_prefix("Attestry is at http://")?.parse().ok());
        let Some(address) = address else {
            // It has ended, or will for want of a reader.
            let _ = child.kill();
            let _ = child.wait();
            return Err(silent());
        };
        Ok(Self { child, address })
    }

    /// Memory that it holds, in bytes.
    fn resident(&self) -> u64 {
        super::resident_of(&self.child.id().to_string())
    }
}

fn silent() -> Failure {
    Failure::Surroundings("the server that was to be measured did not start".to_owned())
}

/// Measures the pages.
pub fn measure(
    global: &Global,
    config: &Config,
    place: &Place,
    args: &Bench,
    measure: &mut Measure<'_>,
) -> Result<(), Failure> {
    let folder = place.0.join("pages");
    let span = Duration::from_secs(args.seconds.clamp(1, 600));
    let cookie = prepare(global, config, &folder)?;
    {
        let server = Server::start(&folder)?;
        let ask = |path: &str, gzip: bool| Ask {
            address: server.address,
            path: path.to_owned(),
            cookie: cookie.clone(),
            gzip,
        };
        register(&ask, span, measure)?;
        pages(&ask, span, measure)?;
        let held = megabytes(server.resident());
        measure(format!("memory of the server with {RISKS} risks, after all that"), held, "MB", "≤ 120");
        slow(&ask, span, measure)?;
        files(&ask, measure)?;
        after_a_change(&ask, measure)?;
    }
    {
        let store = Store::open(&settings(global, config, &folder, None)?)?;
        fill(&store.organisation(None)?, RISKS, SEARCHED)?;
    }
    let server = Server::start(&folder)?;
    for (words, query) in [("a word", "ransomware"), ("a word with a slip", "ransomwere"), ("two letters", "co")] {
        let path = format!("/search.json?q={query}");
        let mut client = Client::open(&Ask { address: server.address, path, cookie: cookie.clone(), gzip: true })?;
        let begun = Instant::now();
        client.get()?;
        if words == "a word" {
            let first = begun.elapsed().as_secs_f64() * 1e3;
            measure(format!("first search over {SEARCHED} risks, asked at once after the start"), first, "ms", "");
        }
        let mut times = one_by_one(&mut client, 50)?;
        measure(format!("search over {SEARCHED} risks for {words}, p50"), times.share(0.5), "ms", "≤ 100");
    }
    Ok(())
}

/// The register: how long a page takes at half of what the server can do, and how much that is beside bare bytes.
fn register(ask: &dyn Fn(&str, bool) -> Ask, span: Duration, measure: &mut Measure<'_>) -> Result<(), Failure> {
    let what = format!("register, 100 of {RISKS} risks");
    let fresh = format!("{LIST}&done=n{{n}}");
    for (gzip, coding) in [(true, "compressed"), (false, "plain")] {
        let list = ask(LIST, gzip);
        let mut client = Client::open(&list)?;
        let size = client.get()?;
        let size = client.get()?.max(size);
        let floor = floor(client.body(size).to_vec())?;
        let bare = Ask { address: floor, path: "/".to_owned(), ..list.clone() };
        let rate = flood(&list, CONNECTIONS, span)?;
        let most = flood(&bare, CONNECTIONS, span)?;
        measure(format!("{what}, {coding}: {} KB, pages a second", size / 1024), rate, "/s", "");
        measure(format!("the same bytes by a bare route ({coding})"), most, "/s", "");
        measure(format!("share of the bare route ({coding})"), rate / most * 100.0, "%", "≥ 25");
        let mut times = paced(&list, rate / 2.0, CONNECTIONS, span)?;
        measure(format!("{what}, {coding}, at half load, p50"), times.share(0.5), "ms", "≤ 2");
        measure(format!("{what}, {coding}, at half load, p99"), times.share(0.99), "ms", "≤ 10");
        let made = ask(&fresh, gzip);
        let rate = flood(&made, CONNECTIONS, span)?;
        measure(format!("{what}, {coding}, made anew each time: pages a second"), rate, "/s", "");
        let mut times = paced(&made, rate / 2.0, CONNECTIONS, span)?;
        measure(format!("{what}, {coding}, made anew, at half load, p50"), times.share(0.5), "ms", "≤ 2");
        measure(format!("{what}, {coding}, made anew, at half load, p99"), times.share(0.99), "ms", "≤ 10");
    }
    Ok(())
}

/// The other pages that are looked at most.
fn pages(ask: &dyn Fn(&str, bool) -> Ask, span: Duration, measure: &mut Measure<'_>) -> Result<(), Failure> {
    let records = [
        "/risks/R-0001",
        "/risks/R-0012",
        "/controls/C-0001",
        "/documents/DOC-0001",
        "/assets/AST-0001",
        // Owns thousands of the risks, and is named by records of many other kinds.
        "/people/PER-0005",
    ];
    let others = [("home", "/readiness"), ("statement of applicability", "/soa"), ("my work", "/work")];
    let all = records.iter().map(|path| (&path[1..], *path, "≤ 2")).chain(others.map(|(name, path)| (name, path, "")));
    for (name, path, target) in all {
        let ask = ask(&format!("{path}?done=n{{n}}"), true);
        Client::open(&ask)?.get()?;
        let rate = flood(&ask, CONNECTIONS, span)?;
        let mut times = paced(&ask, rate / 2.0, CONNECTIONS, span)?;
        measure(format!("{name}: pages a second"), rate, "/s", "");
        measure(format!("{name}, at half load, p50"), times.share(0.5), "ms", target);
        measure(format!("{name}, at half load, p99"), times.share(0.99), "ms", "");
    }
    Ok(())
}

/// What slow connections cost everybody else: rounds of the register at half load, each page made anew; the middle one counts.
fn slow(ask: &dyn Fn(&str, bool) -> Ask, span: Duration, measure: &mut Measure<'_>) -> Result<(), Failure> {
    const ROUNDS: usize = 5;
    let (list, kept) = (ask(&format!("{LIST}&done=n{{n}}"), true), ask(LIST, true));
    let rate = flood(&list, CONNECTIONS, span)? / 2.0;
    let rounds = || -> Result<f64, Failure> {
        let mut found = Vec::with_capacity(ROUNDS);
        for _ in 0..ROUNDS {
            found.push(paced(&list, rate, CONNECTIONS, span)?.share(0.99));
        }
        found.sort_by(f64::total_cmp);
        Ok(found[ROUNDS / 2])
    };
    let before = rounds()?;
    let stop = AtomicBool::new(false);
    let (during, ended) = std::thread::scope(|scope| {
        let holding = scope.spawn(|| hold_slow(&kept, SLOW, &stop));
        std::thread::sleep(Duration::from_secs(3));
        let found = rounds();
        stop.store(true, Ordering::Relaxed);
        Ok::<_, Failure>((found?, holding.join().unwrap_or_default()))
    })?;
    measure(format!("register made anew, at half load, p99, the middle of {ROUNDS} rounds"), before, "ms", "");
    measure(format!("the same beside {SLOW} slow connections ({ended} were ended), p99"), during, "ms", "");
    measure("how much longer".to_owned(), during / before, "×", "≤ 2");
    Ok(())
}

/// Lists as files.
fn files(ask: &dyn Fn(&str, bool) -> Ask, measure: &mut Measure<'_>) -> Result<(), Failure> {
    for format in ["csv", "xlsx", "json"] {
        let mut client = Client::open(&ask(&format!("/risks/export?format={format}"), false))?;
        let begun = Instant::now();
        let size = client.get()?;
        let took = begun.elapsed().as_secs_f64();
        measure(format!("{RISKS} risks as {format}: {} KB", size / 1024), took, "s", "");
    }
    Ok(())
}

/// The first page after a change: what follows from the value is worked out again.
fn after_a_change(ask: &dyn Fn(&str, bool) -> Ask, measure: &mut Measure<'_>) -> Result<(), Failure> {
    let mut home = Client::open(&ask("/readiness", true))?;
    let mut list = Client::open(&ask(LIST, true))?;
    let mut changing = Client::open(&ask("/", true))?;
    let target = ask("/", true);
    let (mut writes, mut homes, mut lists) = (Times::default(), Times::default(), Times::default());
    for turn in 0..20 {
        let body = format!("{{\"cause\":\"Turn {turn}\"}}");
        let request = format!(
            "PATCH /api/v1/risk/R-0001 HTTP/1.1\r\nhost: {}\r\ncookie: {}\r\nsec-fetch-site: same-origin\r\nif-match: *\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            target.address,
            target.cookie,
            body.len()
        );
        writes.add(|| changing.exchange(request.as_bytes()))?;
        homes.add(|| home.get())?;
        lists.add(|| list.get())?;
    }
    measure("one change written".to_owned(), writes.share(0.5), "ms", "");
    measure("readiness after one change".to_owned(), homes.share(0.5), "ms", "");
    measure("the register after that".to_owned(), lists.share(0.5), "ms", "");
    Ok(())
}

fn one_by_one(client: &mut Client, count: usize) -> Result<Times, Failure> {
    let mut times = Times::default();
    for _ in 0..count {
        times.add(|| client.get())?;
    }
    Ok(times)
}

/// A server that sends these bytes and does nothing else; it lives as long as the program.
fn floor(bytes: Vec<u8>) -> Result<SocketAddr, Failure> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    std::thread::spawn(move || runtime.block_on(attestry_server::serve::bare(listener, bytes)));
    Ok(address)
}

/// The clinic with many more risks, and somebody signed in; answers the cookie.
fn prepare(global: &Global, config: &Config, folder: &Path) -> Result<String, Failure> {
    let store = Store::open(&settings(global, config, folder, None)?)?;
    let organisation = store.create_organisation("Bench", Some("bench"))?;
    let now = Timestamp::now();
    let plan = import(&demo::files(), &organisation.isms(), None, now)?;
    organisation.submit(&Principal::operator(), Wish::Import { records: plan.records, reason: None })?;
    fill(&organisation, organisation.isms().next_number(Kind::Risk) - 1, RISKS)?;
    let isms = organisation.isms();
    let manager = isms.live::<Person>().find(|person| person.app_roles.contains(&Role::IsmsManager));
    let person: Ref<Person> = manager.map(attestry_model::Stored::reference).ok_or_else(silent)?;
    let accounts = store.accounts();
    let wrong = |error: attestry_store::AccountError| Failure::Surroundings(error.to_string());
    let account = accounts.create("bench@example.org", None, now).map_err(wrong)?;
    accounts.join(account, "bench", person).map_err(wrong)?;
    let secret = format!("bench-{}-{}", std::process::id(), now.as_nanosecond());
    let session = Session {
        account,
        organisation: Some("bench".to_owned()),
        created_at: now,
        seen_at: now,
        expires_at: now + SignedDuration::from_hours(12),
        stepped_up_at: None,
        agent: "bench".to_owned(),
        address: "127.0.0.1".to_owned(),
        method: "password".to_owned(),
    };
    accounts.open_session(&attestry_server::gate::hash_of(&secret), &session).map_err(wrong)?;
    Ok(format!("{}={secret}", attestry_server::gate::cookie_name(false)))
}

/// Copies of the risks that are there, each with a title of its own, until there are so many.
fn fill(organisation: &Organisation, have: u32, want: u32) -> Result<(), Failure> {
    let isms = organisation.isms();
    let models: Vec<_> = isms.records(Kind::Risk).take(24).map(attestry_model::AnyRecord::fields).collect();
    let records = (have + 1..=want).zip(models.iter().cycle()).map(|(number, model)| {
        let mut fields = model.clone();
        let title = fields.get("title").and_then(Value::as_str).unwrap_or_default();
        fields.insert("title".to_owned(), Value::from(format!("{title} {number}")));
        ImportRecord { reference: AnyRef { kind: Kind::Risk, number }, fields, source: String::new() }
    });
    organisation.submit(&Principal::operator(), Wish::Import { records: records.collect(), reason: None })?;
    Ok(())
}
