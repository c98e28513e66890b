//! `serve`: the pages and the interface for programs.

use std::process::ExitCode;
use std::sync::Arc;

use attestry_server::{App, Listen, Settings, Ticks, Tls};
use attestry_store::Store;

use super::{demo, report};
use crate::cli::{Global, LogFormat, Serve};
use crate::config::Config;
use crate::failure::Failure;
use crate::output::say;
use crate::site::{clock, store_config};

/// Many threads answer requests, and glibc keeps memory back for each of them in an arena of its own. How many arenas there
/// are is read when a process begins: with few of them the server holds a tenth less. Where it cannot begin again, it goes on.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn with_few_arenas() {
    use std::os::unix::process::CommandExt as _;
    const SETTING: &str = "MALLOC_ARENA_MAX";
    if std::env::var_os(SETTING).is_none()
        && let Ok(program) = std::env::current_exe()
    {
        // It takes the place of this process, number and all; what comes back is why it did not.
        let _ = std::process::Command::new(program).args(std::env::args_os().skip(1)).env(SETTING, "4").exec();
    }
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn with_few_arenas() {}

pub fn run(global: &Global, args: &Serve) -> Result<ExitCode, Failure> {
    with_few_arenas();
    let config = Config::read(global)?;
    let store = Store::open(&store_config(global, &config, true)?)?;
    let tls = match (&args.tls_certificate, &args.tls_key) {
        (Some(certificate), Some(key)) => Some(Tls { certificate: certificate.clone(), key: key.clone() }),
        _ => None,
    };
    let url = args.url.clone();
    let secure = tls.is_some() || url.as_deref().is_some_and(|url| url.starts_with("https://"));
    let settings = Settings {
        url: url.map(|url| url.trim_end_matches('/').to_owned()),
        secure,
        proxies: args.trusted_proxies.clone(),
        data: config.data.clone(),
        clock: clock(global)?,
        demo: true,
        ticks: Ticks::Machine,
    };
    let renderer = report::renderer(&config.data)?;
    let app = App::new(store, settings, Arc::new(move || renderer.clone()), Arc::new(demo::files))
        .map_err(|fault| Failure::Surroundings(format!("the server cannot start: {fault:?}")))?;
    attestry_server::log::start(args.log == LogFormat::Json);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let listen = Listen { address: args.listen, tls };
    let shown = app.clone();
    runtime.block_on(attestry_server::serve(app, listen, move |address| {
        let scheme = if secure { "https" } else { "http" };
        let base = shown.settings.url.clone().unwrap_or_else(|| format!("{scheme}://{address}"));
        say(format!("Attestry is at {base}"));
        if let Some(path) = shown.signin.first_start(&shown) {
            say("");
            say(format!("Nobody has an account yet. Open this link, which works once and within a day: {base}{path}"));
        }
    }))?;
    Ok(ExitCode::SUCCESS)
}
