//! What people and programs read: tables on a terminal, JSON elsewhere, progress on anything long.

use std::io::{IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use comfy_table::{Cell, ContentArrangement, Table};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;

use crate::failure::Failure;

/// A table for people, as wide as the terminal.
pub fn table(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut table = Table::new();
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.load_preset(comfy_table::presets::NOTHING);
    table.set_header(header.iter().map(|title| Cell::new(title.to_uppercase())));
    if std::io::stdout().is_terminal() {
        let width = terminal_size::terminal_size().map_or(120, |(width, _)| width.0);
        table.set_width(width.max(40));
    } else {
        table.set_content_arrangement(ContentArrangement::Disabled);
    }
    for row in rows {
        table.add_row(row.into_iter().map(|cell| Cell::new(harmless(&cell))));
    }
    table.lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}

/// Text that cannot steer the terminal, nor show its letters in another order than they have.
pub fn harmless(text: &str) -> String {
    let steers = |c: char| match c {
        '\n' => false,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => true,
        _ => c.is_control(),
    };
    text.chars().map(|c| if steers(c) { '\u{fffd}' } else { c }).collect()
}

/// What kept the output from being written; a command that was not heard has not succeeded.
static UNHEARD: OnceLock<String> = OnceLock::new();

/// Prints a line for people.
pub fn say(text: impl AsRef<str>) {
    let mut line = harmless(text.as_ref());
    line.push('\n');
    bytes(line.as_bytes());
}

/// Prints JSON.
pub fn json(value: &impl Serialize) -> Result<(), Failure> {
    let mut text = serde_json::to_string_pretty(value).map_err(|error| Failure::Surroundings(error.to_string()))?;
    text.push('\n');
    bytes(text.as_bytes());
    Ok(())
}

/// Writes to standard output. A reader who has gone away is no failure; a full disk is one, told by [`heard`].
pub fn bytes(content: &[u8]) {
    let mut out = std::io::stdout().lock();
    if let Err(error) = out.write_all(content).and_then(|()| out.flush())
        && error.kind() != std::io::ErrorKind::BrokenPipe
    {
        let _ = UNHEARD.set(error.to_string());
    }
}

/// Whether all output was written.
pub fn heard() -> Result<(), Failure> {
    match UNHEARD.get() {
        None => Ok(()),
        Some(error) => Err(Failure::Surroundings(format!("standard output: {error}"))),
    }
}

/// A progress bar on standard error that appears only when the work takes longer than a second.
pub struct Progress {
    bar: ProgressBar,
    done: Arc<AtomicBool>,
}

impl Progress {
    /// Begins, invisible.
    pub fn begin(what: &'static str) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        bar.set_style(style("{spinner} {msg} {elapsed}"));
        bar.set_message(what);
        let done = Arc::new(AtomicBool::new(false));
        if std::io::stderr().is_terminal() {
            let (bar, done) = (bar.clone(), Arc::clone(&done));
            std::thread::spawn(move || {
                std::thread::sleep(Duration::from_secs(1));
                if !done.load(Ordering::Relaxed) {
                    bar.set_draw_target(ProgressDrawTarget::stderr());
                    bar.enable_steady_tick(Duration::from_millis(120));
                }
            });
        }
        Self { bar, done }
    }

    /// Says how far it is.
    pub fn at(&self, done: u64, total: u64) {
        if self.bar.length().is_none() {
            self.bar.set_style(style("{msg} {wide_bar} {pos}/{len} {eta}"));
        }
        self.bar.set_length(total);
        self.bar.set_position(done);
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.done.store(true, Ordering::Relaxed);
        self.bar.finish_and_clear();
    }
}
