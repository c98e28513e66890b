//! Typefaces of this machine for tests.

/// A folder of the given name with a typeface of this machine that covers more scripts than the built-in ones; `None`,
/// with a word, where the machine has none.
pub fn typefaces(name: &str) -> Option<std::path::PathBuf> {
    let source = std::path::Path::new("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf");
    if !source.exists() {
        println!("skipped: {} is not here", source.display());
        return None;
    }
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::copy(source, folder.join("DejaVuSans.ttf")).expect("a copy");
    Some(folder)
}
