//! What people and programs read: tables on a terminal, JSON elsewhere, progress on anything long.

use std::io::{IsTerminal, Write};

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

/// Text that cannot steer the terminal.
pub fn harmless(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' { '\u{fffd}' } else { c }).collect()
}

/// Prints a line; a reader who has gone away is no failure.
pub fn say(text: impl AsRef<str>) {
    let _ = writeln!(std::io::stdout().lock(), "{}", text.as_ref());
}

/// Prints JSON.
pub fn json(value: &impl Serialize) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(value).map_err(|error| Failure::Surroundings(error.to_string()))?;
    say(text);
    Ok(())
}

/// A progress bar on standard error that appears only when the work takes longer than a second.
pub struct Progress {
    bar: ProgressBar,
    begun: std::time::Instant,
}

impl Progress {
    /// Begins, invisible.
    pub fn begin(what: &'static str) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        let style = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len} {eta}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.set_message(what);
        Self { bar, begun: std::time::Instant::now() }
    }

    /// Says how far it is.
    pub fn at(&self, done: u64, total: u64) {
        if self.bar.is_hidden() && self.begun.elapsed().as_millis() > 1_000 && std::io::stderr().is_terminal() {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        self.bar.set_length(total);
        self.bar.set_position(done);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
