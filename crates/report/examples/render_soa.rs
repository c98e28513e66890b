//! Renders the sample document of the tests in every format and says how long each took.
//!
//! `render_soa [folder]` writes the files into the folder, by default the system's temporary folder.
//! `render_soa --rows N` renders a register of so many rows in a child with the usual limits instead.

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use attestry_report::{
    Block, Limits, Renderer, RowGroup, child_main, render_csv, render_html, render_pdf, render_pdf_here, render_xlsx,
};

#[path = "../tests/samples/hostile.rs"]
mod hostile;
#[path = "../tests/samples/mod.rs"]
mod samples;

fn timed<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let started = Instant::now();
    let result = work();
    println!("{what:<28} {:>8.1} ms", started.elapsed().as_secs_f64() * 1000.0);
    result
}

fn run(folder: &std::path::Path) -> Result<(), Box<dyn Error>> {
    let document = samples::soa();
    let file = |name: &str| folder.join(name);
    let pdf = timed("PDF in process, first", || render_pdf_here(&document, None))?.0;
    for _ in 0..3 {
        timed("PDF in process, again", || render_pdf_here(&document, None))?;
    }
    let renderer = Renderer::child(std::env::current_exe()?, ["--child"], Limits::default());
    let by_child = timed("PDF in a child", || render_pdf(&document, &renderer))?;
    println!("PDF {} bytes, child gives the same: {}", pdf.len(), pdf == by_child);
    std::fs::write(file("soa.pdf"), pdf)?;
    std::fs::write(
        file("hostile.pdf"),
        timed("PDF of hostile text", || render_pdf_here(&hostile::hostile(20_000), None))?.0,
    )?;
    std::fs::write(file("soa.html"), timed("HTML", || render_html(&document))?)?;
    std::fs::write(file("soa.xlsx"), timed("XLSX", || render_xlsx(&document))?)?;
    for csv in timed("CSV", || render_csv(&document))? {
        std::fs::write(file(&csv.name), csv.text)?;
    }
    Ok(())
}

fn register(rows: usize) -> Result<(), Box<dyn Error>> {
    let mut document = samples::soa();
    document.sections.retain(|section| section.landscape);
    for section in &mut document.sections {
        if let Some(Block::Table(table)) = section.blocks.first_mut() {
            let all: Vec<_> = table.groups.drain(..).flat_map(|group| group.rows).collect();
            let rows = all.into_iter().cycle().take(rows).collect();
            table.groups = vec![RowGroup { heading: String::new(), summary: String::new(), rows }];
        }
    }
    let renderer = Renderer::child(std::env::current_exe()?, ["--child"], Limits::default());
    let pdf = timed(&format!("PDF of {rows} rows in a child"), || render_pdf(&document, &renderer))?;
    println!("{} bytes", pdf.len());
    timed("HTML", || render_html(&document))?;
    timed("XLSX", || render_xlsx(&document))?;
    Ok(())
}

fn main() -> ExitCode {
    let argument = std::env::args_os().nth(1);
    if argument.as_deref() == Some("--child".as_ref()) {
        return child_main(std::io::stdin().lock(), std::io::stdout().lock());
    }
    let result = match std::env::args().nth(2).and_then(|rows| rows.parse().ok()) {
        Some(rows) => register(rows),
        None => run(&argument.map_or_else(std::env::temp_dir, PathBuf::from)),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
