//! Reads a folder of registers and prints the report: `cargo run -p attestry-exchange --example registers -- FOLDER [-v]`.

use attestry_exchange::{SourceFile, import};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("name a folder")?;
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_file() {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            files.push(SourceFile::new(name, std::fs::read(path)?));
        }
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    let plan = import(&files, &attestry_model::Isms::default(), None, jiff::Timestamp::UNIX_EPOCH)?;
    println!("{}", plan.report);
    if arguments.next().is_some() {
        for record in &plan.records {
            println!("{} {}\n{}", record.reference, record.source, serde_json::to_string_pretty(&record.fields)?);
        }
    }
    Ok(())
}
