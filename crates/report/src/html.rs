//! One self-contained HTML file: no script, no address outside the file, readable on paper, phone and by ear.

mod block;
mod write;

use write::Html;

use crate::document::{Document, Tone};
use crate::error::DocumentError;
use crate::marks::SEAL;
use crate::plain;
use crate::words::fill;

const STYLE: &str = include_str!("html/style.css");

/// The policy to serve such a file with; the file carries the same one itself.
pub const HTML_CONTENT_SECURITY_POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/// Languages written from right to left, by their primary tag.
const RIGHT_TO_LEFT: [&str; 10] = ["ar", "arc", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur"];

/// Renders a document as one HTML file.
pub fn render_html(document: &Document) -> Result<String, DocumentError> {
    document.check()?;
    let words = &document.words;
    let primary = document.language.split('-').next().unwrap_or_default();
    let direction = if RIGHT_TO_LEFT.contains(&primary) { "rtl" } else { "ltr" };
    let mut html = Html::new(words);
    html.raw("<!doctype html>\n<html lang=\"").text(&document.language).raw("\" dir=\"").raw(direction);
    html.raw("\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n");
    html.raw("<meta http-equiv=\"Content-Security-Policy\" content=\"").raw(HTML_CONTENT_SECURITY_POLICY).raw("\">\n");
    html.raw("<meta name=\"color-scheme\" content=\"light dark\">\n<title>").text(&document.number).raw(" ");
    html.text(&document.version).raw(" ").text(&document.title).raw("</title>\n<style>\n").raw(STYLE);
    html.raw("</style>\n</head>\n<body>\n<svg class=\"store\" width=\"0\" height=\"0\" aria-hidden=\"true\">");
    for tone in Tone::ALL {
        html.raw(&format!("<symbol id=\"m-{}\" viewBox=\"0 0 16 16\">", tone.name()));
        html.raw(&tone.drawing("var(--sheet)")).raw("</symbol>");
    }
    html.raw("</svg>\n<a class=\"skip\" href=\"#content\">").text(&words.skip).raw("</a>\n");
    cover(&mut html, document);
    contents(&mut html, document);
    html.raw("<main id=\"content\" tabindex=\"-1\">\n");
    for (at, section) in document.sections.iter().enumerate() {
        html.section(at + 1, section);
    }
    html.raw("</main>\n");
    colophon(&mut html, document);
    html.raw("</body>\n</html>\n");
    Ok(html.finish())
}

fn cover(html: &mut Html<'_>, document: &Document) {
    let words = &document.words;
    html.raw("<header class=\"cover\">\n<p class=\"issuer\">").raw(&SEAL.replacen(
        "<svg",
        "<svg aria-hidden=\"true\"",
        1,
    ));
    html.raw("<span dir=\"auto\">").text(&document.organisation).raw("</span></p>\n<h1 dir=\"auto\">");
    html.text(&document.title).raw("</h1>\n");
    if !document.subtitle.is_empty() {
        html.raw("<div class=\"lead\">").passages(&document.subtitle).raw("</div>\n");
    }
    html.raw("<dl class=\"strip\">");
    let strip =
        [(&words.number, &document.number), (&words.version, &document.version), (&words.label, &document.label)];
    for (label, value) in strip {
        html.raw("<div><dt>").text(label).raw("</dt><dd dir=\"auto\">").text(value).raw("</dd></div>");
    }
    html.raw("</dl>\n");
    if document.draft {
        html.raw("<p class=\"banner plan\">").text(&words.draft_notice).raw("</p>\n");
    }
    if let Some(clock) = &document.simulated_clock {
        html.raw("<p class=\"banner past\"><strong>")
            .text(&words.simulated_clock)
            .raw(":</strong> <span dir=\"auto\">");
        html.text(clock).raw("</span></p>\n");
    }
    html.facts(&document.cover);
    let hash = &document.snapshot.record_set_hash;
    html.raw("<p class=\"snapshot\">").text(&fill(&words.snapshot, &[&document.snapshot.as_of, hash])).raw("</p>\n");
    html.raw("</header>\n");
}

fn contents(html: &mut Html<'_>, document: &Document) {
    let words = &document.words;
    if document.sections.len() > 2 {
        html.raw("<nav aria-labelledby=\"contents\">\n<h2 id=\"contents\">").text(&words.contents).raw("</h2>\n<ol>");
        for (at, section) in document.sections.iter().enumerate() {
            html.raw(&format!("<li><a href=\"#s{}\" dir=\"auto\">", at + 1)).text(&section.heading).raw("</a></li>");
        }
        html.raw("</ol>\n</nav>\n");
    }
    if !document.history.is_empty() {
        html.raw("<section class=\"history\">\n").table(&plain::history_table(document), "").raw("</section>\n");
    }
}

fn colophon(html: &mut Html<'_>, document: &Document) {
    let words = &document.words;
    html.raw("<footer>\n<h2>").text(&words.colophon).raw("</h2>\n<dl class=\"facts\">");
    let mut fact = |label: &str, value: &str| {
        html.raw("<div><dt>").text(label).raw("</dt><dd><span class=\"code\" dir=\"auto\">").text(value);
        html.raw("</span></dd></div>");
    };
    fact(&words.data_as_of, &document.snapshot.as_of);
    fact(&words.record_set_hash, &document.snapshot.record_set_hash);
    if let Some(checkpoint) = &document.checkpoint {
        fact(&words.log_origin, &checkpoint.origin);
        fact(&words.log_size, &plain::grouped(&checkpoint.size.to_string(), words));
        fact(&words.log_root, &checkpoint.root);
    }
    if let Some(clock) = &document.simulated_clock {
        fact(&words.simulated_clock, clock);
    }
    fact(&words.made, &document.made.to_string());
    html.raw("</dl>\n<p>");
    if document.checkpoint.is_some() {
        html.text(&words.compare).raw(" ");
    }
    html.text(&words.uncontrolled).raw(".</p>\n</footer>\n");
}
