//! The HTML file: one file, no script, escaped, with the structure that assistive technology needs.

use attestry_report::*;

#[path = "samples/hostile.rs"]
mod hostile;
mod samples;

/// Compares with a kept file; `BLESS=1` writes it anew.
fn golden(name: &str, text: &str) {
    let path = format!("{}/tests/golden/{name}", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, text).expect("a writable golden file");
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    if kept != text {
        let line = kept.lines().zip(text.lines()).position(|(a, b)| a != b).unwrap_or(0);
        panic!("{name} differs from line {}: {:?}", line + 1, text.lines().nth(line).map(|l| &l[..l.len().min(300)]));
    }
}

#[test]
fn html_of_the_statement_is_as_kept() {
    golden("soa.html", &render_html(&samples::soa()).expect("html"));
}

#[test]
fn csv_of_the_statement_is_as_kept() {
    for file in render_csv(&samples::soa()).expect("files") {
        golden(&file.name, &file.text);
    }
}

#[test]
fn the_file_is_self_contained_and_still() {
    let html = render_html(&samples::soa()).expect("html");
    for forbidden in ["<script", " on", "http://", "https://", "style=\"", "@import", "url(", "<link", "<iframe"] {
        let found = html.match_indices(forbidden).find(|(at, text)| {
            // The word " on" may stand in text; an attribute has a letter and an equals sign after it.
            let rest = &html[at + text.len()..];
            forbidden != " on"
                || rest.find('=').is_some_and(|end| end > 0 && rest[..end].bytes().all(|b| b.is_ascii_lowercase()))
        });
        let allowed = found.is_some_and(|(at, _)| html[at..].starts_with("http://www.w3.org/2000/svg"));
        assert!(found.is_none() || allowed, "{forbidden} at {found:?}");
    }
    assert!(html.starts_with("<!doctype html>\n<html lang=\"en-GB\" dir=\"ltr\">"));
    for part in [
        "<main id=\"content\"",
        "<caption id=",
        "scope=\"col\"",
        "scope=\"row\"",
        "scope=\"rowgroup\"",
        "<h1 ",
        "<nav aria",
        "<footer>",
    ] {
        assert!(html.contains(part), "{part}");
    }
    assert_eq!(html.matches("<h1").count(), 1);
}

#[test]
fn hostile_text_is_escaped() {
    let document = hostile::hostile(1_000);
    let html = render_html(&document).expect("html");
    assert!(
        html.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt; &amp;amp;")
    );
    assert!(html.contains("invoice[U+202E]fdp.exe") && html.contains("nul[U+0000] bell[U+0007]"));
    assert!(!html.contains("<script") && !html.contains("<img src") && !html.contains(['\0', '\u{202e}', '\u{1b}']));
    let image =
        html.split("src=\"data:image/svg+xml,").nth(1).and_then(|rest| rest.split('"').next()).expect("the drawing");
    assert!(image.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.~%".contains(&b)));
    let tags = html.matches('<').count();
    let harmless = render_html(&Document { title: "x".into(), ..document }).expect("html");
    assert_eq!(tags, harmless.matches('<').count(), "a hostile title brings no tag");
}

#[test]
fn right_to_left_languages_turn_the_page() {
    let document = Document { language: "fa-IR".into(), ..samples::frame("t") };
    assert!(render_html(&document).expect("html").contains("<html lang=\"fa-IR\" dir=\"rtl\">"));
}
