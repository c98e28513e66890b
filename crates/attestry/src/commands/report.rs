//! `report`: makes a document.

use std::path::Path;
use std::process::ExitCode;

use attestry_report::documents::{self, Edition, Medium};
use attestry_report::{Limits, Renderer, render_html, render_pdf, render_xlsx};
use serde_json::{Value, json};

use crate::cli::{Format, Global, Report};
use crate::failure::Failure;
use crate::output::{Progress, json as print_json, say, table};
use crate::site::Site;

pub fn run(global: Global, args: &Report) -> Result<ExitCode, Failure> {
    let Some(name) = args.name.as_deref() else { return list(&global) };
    let definition = documents::find(name).ok_or_else(|| {
        let names: Vec<&str> = documents::DOCUMENTS.iter().map(|document| document.name).collect();
        Failure::input(format!("“{name}” is not a document; there are {}", names.join(", ")))
    })?;
    let format = match (args.format, args.output.as_deref()) {
        (Some(format), _) => format,
        (None, Some(path)) if path == Path::new("-") => Format::Html,
        (None, Some(path)) => by_ending(path)?,
        (None, None) => Format::Html,
    };
    let site = Site::open(global, false)?;
    let organisation = site.organisation()?;
    let (isms, past) = Site::at(&organisation, args.as_of.as_deref())?;
    let made = site.now()?;
    let judged_at = match &past {
        Some(past) if site.global.now.is_none() => past.at,
        _ => made,
    };
    let sheet = matches!(format, Format::Xlsx | Format::Csv);
    let order = attestry_server::documents::Order {
        organisation: &organisation,
        isms: &isms,
        past: past.as_ref().map(|past| past.seq),
        made,
        judged_at,
        edition: if args.external { Edition::External } else { Edition::Internal },
        medium: if sheet { Medium::Sheet } else { Medium::Page },
    };
    let frame = attestry_server::documents::frame(definition, order)?;
    let document = (definition.build)(&isms, &frame).map_err(Failure::input)?;
    let fault = |error: attestry_report::RenderError| Failure::Surroundings(error.to_string());
    let wrong = |error: attestry_report::DocumentError| Failure::Surroundings(error.to_string());
    let bytes = {
        let _progress = Progress::begin("Setting the document");
        match format {
            Format::Pdf => render_pdf(&document, &renderer(&site.config.data)?).map_err(fault)?,
            Format::Xlsx => render_xlsx(&document).map_err(fault)?,
            Format::Html => render_html(&document).map_err(wrong)?.into_bytes(),
            Format::Csv => attestry_server::documents::main_table(&document).map_err(wrong)?,
        }
    };
    match args.output.as_deref() {
        None => crate::output::bytes(&bytes),
        Some(path) if path == Path::new("-") => crate::output::bytes(&bytes),
        Some(path) => {
            std::fs::write(path, &bytes).map_err(|error| Failure::file(path, error))?;
            if site.global.json {
                print_json(
                    &json!({ "document": definition.name, "file": path.display().to_string(), "bytes": bytes.len() }),
                )?;
            } else {
                say(format!("Wrote {} ({} KB) to {}.", definition.title, bytes.len() / 1024, path.display()));
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn by_ending(path: &Path) -> Result<Format, Failure> {
    match path.extension().and_then(|ending| ending.to_str()).map(str::to_lowercase).as_deref() {
        Some("pdf") => Ok(Format::Pdf),
        Some("xlsx") => Ok(Format::Xlsx),
        Some("html" | "htm") => Ok(Format::Html),
        Some("csv") => Ok(Format::Csv),
        _ => Err(Failure::input(format!("say --format: {} does not tell it", path.display()))),
    }
}

/// PDFs are set in a short-lived child of this program: its memory comes back, and a bad document harms nobody. Typefaces
/// for scripts that those in the program lack may lie in the data folder's `fonts`.
pub fn renderer(data: &Path) -> Result<Renderer, Failure> {
    let program = std::env::current_exe()?;
    let renderer = Renderer::child(program, ["render-pdf"], Limits::default());
    let fonts = std::path::absolute(data.join("fonts"))?;
    Ok(if fonts.is_dir() { renderer.with_fonts(fonts) } else { renderer })
}

/// The child's side of it.
pub fn render_child() -> ExitCode {
    attestry_report::child_main(std::io::stdin().lock(), std::io::stdout().lock())
}

fn list(global: &Global) -> Result<ExitCode, Failure> {
    let documents = documents::DOCUMENTS;
    if global.json {
        let all: Vec<Value> = documents
            .iter()
            .map(|one| json!({ "name": one.name, "title": one.title, "number": one.number, "clause": one.clause }))
            .collect();
        print_json(&all)?;
    } else {
        let rows = documents
            .iter()
            .map(|one| vec![one.name.to_owned(), one.title.to_owned(), one.number.to_owned(), one.clause.to_owned()]);
        say(table(&["name", "document", "number", "clause"], rows));
    }
    Ok(ExitCode::SUCCESS)
}
