//! The short-lived child process: one document in, one PDF out, within limits of time, memory and size.
//!
//! The parent writes one line of JSON with the limits and then the document as JSON; the child answers with the file on
//! its standard output. On failure it writes one line of JSON to its error output and ends with status 65.

use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::typeset::typeset;
use crate::document::Document;
use crate::error::RenderError;

/// Status of a child that refused with a message (`EX_DATAERR` of `sysexits.h`).
const REFUSED: u8 = 65;
/// How much of the child's error output is kept.
const SAID: u64 = 16 * 1024;

/// What a child may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Time on the clock from start to end; the child is killed after it.
    pub time: Duration,
    /// Address space in bytes. The program itself and its threads take about 300 MB of it. Set on Unix only.
    pub memory: u64,
    /// Size of the PDF in bytes.
    pub output: usize,
}

impl Default for Limits {
    /// One minute, 2 GiB of address space, 64 MiB of PDF.
    fn default() -> Self {
        Self { time: Duration::from_mins(1), memory: 2 << 30, output: 64 << 20 }
    }
}

/// The line before the document.
#[derive(Serialize, Deserialize)]
struct Order {
    memory: u64,
    seconds: u64,
    fonts: Option<PathBuf>,
}

/// The line a child says on failure.
#[derive(Serialize, Deserialize)]
struct Refusal {
    refused: String,
}

#[cfg(unix)]
fn limit_this_process(order: &Order) -> std::io::Result<()> {
    use rlimit::Resource;
    Resource::AS.set(order.memory, order.memory)?;
    // A second wall behind the parent's clock, in case the parent itself is gone.
    Resource::CPU.set(order.seconds * 4 + 5, order.seconds * 4 + 5)?;
    Resource::CORE.set(0, 0)
}

#[cfg(not(unix))]
fn limit_this_process(_: &Order) -> std::io::Result<()> {
    Ok(())
}

fn answer(input: impl Read, mut output: impl Write) -> Result<(), String> {
    let mut input = BufReader::new(input);
    let mut line = String::new();
    input.by_ref().take(4096).read_line(&mut line).map_err(|error| error.to_string())?;
    let order: Order = serde_json::from_str(&line).map_err(|error| format!("limits: {error}"))?;
    limit_this_process(&order).map_err(|error| format!("limits: {error}"))?;
    let document: Document = serde_json::from_reader(input).map_err(|error| format!("document: {error}"))?;
    document.check().map_err(|error| error.to_string())?;
    let (pdf, _) = typeset(&document, order.fonts.as_deref()).map_err(|error| match error {
        RenderError::Typesetting(said) => said,
        other => other.to_string(),
    })?;
    output.write_all(&pdf).and_then(|()| output.flush()).map_err(|error| error.to_string())
}

/// What the binary does for its hidden rendering command: reads an order from `input`, writes the PDF to `output`.
/// It lowers the limits of the calling process, so nothing else may happen in that process.
pub fn child_main(input: impl Read, output: impl Write) -> ExitCode {
    match answer(input, output) {
        Ok(()) => ExitCode::SUCCESS,
        Err(refused) => {
            let line = serde_json::to_string(&Refusal { refused }).unwrap_or_default();
            // Nobody is left to be told when even this cannot be written.
            let _ = writeln!(std::io::stderr(), "{line}");
            ExitCode::from(REFUSED)
        }
    }
}

/// Ends the child when the parent leaves early, whatever the reason.
struct Kept(Child);

impl Drop for Kept {
    fn drop(&mut self) {
        // An error here means that it has already ended.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn missing(pipe: &str) -> std::io::Error {
    std::io::Error::other(format!("no {pipe}"))
}

/// Renders in a child. The document has been checked.
pub(super) fn render(
    document: &Document,
    program: &Path,
    args: &[OsString],
    limits: &Limits,
    fonts: Option<&Path>,
) -> Result<Vec<u8>, RenderError> {
    let fonts = fonts.map(Path::to_owned);
    let order = Order { memory: limits.memory, seconds: limits.time.as_secs().max(1), fonts };
    let mut input = serde_json::to_vec(&order).map_err(std::io::Error::from)?;
    input.push(b'\n');
    serde_json::to_writer(&mut input, document).map_err(std::io::Error::from)?;

    let started = Instant::now();
    let mut command = Command::new(program);
    command.args(args).env_clear().stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = Kept(command.spawn()?);
    let mut stdin = child.0.stdin.take().ok_or_else(|| missing("input"))?;
    let stdout = child.0.stdout.take().ok_or_else(|| missing("output"))?;
    let stderr = child.0.stderr.take().ok_or_else(|| missing("error output"))?;

    // A child that stops reading must not hold the parent: the thread ends with the pipe when the child is killed.
    thread::spawn(move || stdin.write_all(&input));
    let (said_to, said) = mpsc::channel();
    thread::spawn(move || {
        let mut text = Vec::new();
        let _ = stderr.take(SAID).read_to_end(&mut text);
        let _ = said_to.send(String::from_utf8_lossy(&text).into_owned());
    });
    let (pdf_to, pdf) = mpsc::channel();
    let most = limits.output;
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let read = stdout.take(most as u64 + 1).read_to_end(&mut bytes);
        let _ = pdf_to.send(read.map(|_| bytes));
    });

    let bytes = match pdf.recv_timeout(limits.time) {
        Ok(bytes) => bytes?,
        Err(_) => return Err(RenderError::TimeLimit(limits.time)),
    };
    if bytes.len() > limits.output {
        return Err(RenderError::TooLarge(limits.output));
    }
    let Some(status) = ended(&mut child.0, started, limits.time)? else {
        return Err(RenderError::TimeLimit(limits.time));
    };
    if status.success() && bytes.starts_with(b"%PDF-") {
        return Ok(bytes);
    }
    let said = said.recv_timeout(Duration::from_secs(1)).unwrap_or_default();
    Err(reason(status, &said, limits))
}

/// Waits for the end of a child that has closed its output; `None` when time is up.
fn ended(child: &mut Child, started: Instant, time: Duration) -> std::io::Result<Option<ExitStatus>> {
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if started.elapsed() > time {
            return Ok(None);
        }
        thread::sleep(Duration::from_millis(1));
    }
}

fn reason(status: ExitStatus, said: &str, limits: &Limits) -> RenderError {
    if status.code() == Some(i32::from(REFUSED))
        && let Some(refusal) = said.lines().rev().find_map(|line| serde_json::from_str::<Refusal>(line).ok())
    {
        return RenderError::Typesetting(refusal.refused);
    }
    // What the standard library says before it ends a process that gets no more memory, for itself or for a new thread.
    let starved = ["memory allocation of", "Cannot allocate memory", "Resource temporarily unavailable"];
    if starved.iter().any(|sign| said.contains(sign)) {
        return RenderError::MemoryLimit(limits.memory);
    }
    let said: String = said.chars().take(1000).collect();
    RenderError::Crash { status: status.to_string(), said }
}
