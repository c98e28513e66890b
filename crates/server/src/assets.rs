//! Style sheet, scripts and drawings: compiled in, compressed once, served under a path that changes with their content.

use std::collections::HashMap;
use std::io::Write as _;
use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;
use sha2::{Digest as _, Sha256};

/// The files.
#[derive(RustEmbed)]
#[folder = "assets"]
struct Files;

/// A file as it is sent.
struct Asset {
    mime: &'static str,
    plain: Vec<u8>,
    gzip: Vec<u8>,
}

static ASSETS: LazyLock<HashMap<String, Asset>> = LazyLock::new(|| {
    let load = |name: std::borrow::Cow<'static, str>| {
        let plain = Files::get(&name)?.data.into_owned();
        let ending = name.rsplit('.').next().unwrap_or_default();
        let plain = if ending == "css" { thin(&String::from_utf8_lossy(&plain)).into_bytes() } else { plain };
        let asset = packed(ending, plain);
        Some((name.into_owned(), asset))
    };
    let single = Files::iter().filter(|name| !name.starts_with(STYLES)).filter_map(load);
    let mut assets: HashMap<String, Asset> = single.collect();
    // The style sheet is one file in the order of the names; its layers decide what overrides what.
    let mut sheets: Vec<_> = Files::iter().filter(|name| name.starts_with(STYLES)).collect();
    sheets.sort();
    let sheet: Vec<u8> =
        sheets.iter().filter_map(|name| Files::get(name)).flat_map(|file| file.data.into_owned()).collect();
    let sheet = thin(&String::from_utf8_lossy(&sheet));
    assets.insert("attestry.css".to_owned(), packed("css", sheet.into_bytes()));
    assets
});

/// A style sheet without what only people read in it: comments, and spaces beside signs that part by themselves.
fn thin(sheet: &str) -> String {
    const PARTING: [char; 5] = ['{', '}', ';', ',', '>'];
    let mut out = String::with_capacity(sheet.len());
    let mut rest = sheet;
    let mut quote = None;
    while let Some(sign) = rest.chars().next() {
        if quote.is_none() && rest.starts_with("/*") {
            rest = rest.split_once("*/").map_or("", |(_, after)| after);
            continue;
        }
        rest = &rest[sign.len_utf8()..];
        match quote {
            Some(end) => {
                quote = (sign != end || out.ends_with('\\')).then_some(end);
                out.push(sign);
            }
            None if sign.is_whitespace() => {
                // What follows a colon is a value: a selector has its spaces before.
                if !out.is_empty() && !out.ends_with(PARTING) && !out.ends_with([':', ' ']) {
                    out.push(' ');
                }
            }
            None => {
                if PARTING.contains(&sign) && out.ends_with(' ') {
                    out.pop();
                }
                if sign == '}' && out.ends_with(';') {
                    out.pop();
                }
                quote = matches!(sign, '"' | '\'').then_some(sign);
                out.push(sign);
            }
        }
    }
    out
}

/// The folder of the parts of the style sheet.
const STYLES: &str = "css/";

/// How hard what is made for one answer is compressed: much of what is to be gained at a third of the time of the usual level.
pub const PACKING: u8 = 2;

/// Bytes, compressed.
pub fn gzip(plain: &[u8], level: flate2::Compression) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), level);
    // Writing into memory does not fail.
    encoder.write_all(plain).and_then(|()| encoder.finish()).unwrap_or_default()
}

/// Whether an answer to a request may be compressed.
pub fn takes_gzip(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT_ENCODING).into_iter().filter_map(|value| value.to_str().ok());
    accepted.flat_map(|line| line.split(',')).any(|one| {
        let (coding, weight) = one.split_once(';').unwrap_or((one, ""));
        let refused = weight.trim().strip_prefix("q=").and_then(|it| it.parse::<f32>().ok()) == Some(0.0);
        coding.trim().eq_ignore_ascii_case("gzip") && !refused
    })
}

fn packed(extension: &str, plain: Vec<u8>) -> Asset {
    let gzip = gzip(&plain, flate2::Compression::best());
    Asset { mime: mime(extension), plain, gzip }
}

fn mime(extension: &str) -> &'static str {
    match extension {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "webmanifest" => "application/manifest+json",
        _ => "application/octet-stream",
    }
}

/// The part of the path that stands for the content of all files together, so that modules may import each other by
/// relative names.
static EDITION: LazyLock<String> = LazyLock::new(|| {
    let mut names: Vec<&String> = ASSETS.keys().collect();
    names.sort();
    let mut hash = Sha256::new();
    for name in names {
        hash.update(name.as_bytes());
        hash.update(&ASSETS[name].plain);
    }
    data_encoding::HEXLOWER.encode(&hash.finalize()[..8])
});

/// Where a file is served.
pub fn path(name: &str) -> String {
    format!("/static/{}/{name}", *EDITION)
}

/// All names, for tests.
pub fn names() -> Vec<&'static str> {
    ASSETS.keys().map(String::as_str).collect()
}

/// `GET /static/{edition}/{name}`
pub async fn serve(Path((edition, name)): Path<(String, String)>, headers: HeaderMap) -> Response {
    let Some(asset) = ASSETS.get(&name) else { return StatusCode::NOT_FOUND.into_response() };
    let takes_gzip = takes_gzip(&headers);
    let mut answer =
        Response::new(axum::body::Body::from(if takes_gzip { asset.gzip.clone() } else { asset.plain.clone() }));
    let head = answer.headers_mut();
    head.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.mime));
    head.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if takes_gzip {
        head.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    // An address of another edition is answered too (a page that was open during an update), but not kept.
    let keep = if edition == *EDITION { "public, max-age=31536000, immutable" } else { "no-cache" };
    head.insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a page may weigh besides its text (ux.md, CD-3; the whole within 60 KB), in compressed bytes.
    const SHEET: usize = 15_000;
    /// A sheet that some pages have beside it.
    const OWN_SHEET: usize = 3_000;
    const SCRIPTS: usize = 20_000;

    #[test]
    fn the_style_sheet_and_the_scripts_stay_within_their_budget() {
        let sheet = ASSETS["attestry.css"].gzip.len();
        assert!(sheet <= SHEET, "the style sheet weighs {sheet} bytes");
        for (name, asset) in
            ASSETS.iter().filter(|(name, _)| name.rsplit('.').next() == Some("css") && *name != "attestry.css")
        {
            assert!(asset.gzip.len() <= OWN_SHEET, "{name} weighs {} bytes", asset.gzip.len());
        }
        let scripts: usize = ASSETS
            .iter()
            .filter(|(name, _)| name.rsplit('.').next() == Some("js"))
            .map(|(_, asset)| asset.gzip.len())
            .sum();
        assert!(scripts <= SCRIPTS, "all scripts together weigh {scripts} bytes");
    }

    #[test]
    fn a_sheet_loses_only_what_means_nothing() {
        for (sheet, thinned) in [
            ("a { color: red; }\n", "a{color:red}"),
            ("/* why */ .a > .b , .c :hover { margin: 0 1px; }", ".a>.b,.c :hover{margin:0 1px}"),
            ("a::before { content: \" /* {x} ; \"; }", "a::before{content:\" /* {x} ; \"}"),
            ("a { inline-size: calc(1px + 2px); }", "a{inline-size:calc(1px + 2px)}"),
            ("@media (width < 60rem) { html { font-size: 100%; } }", "@media (width < 60rem){html{font-size:100%}}"),
            ("@layer a, b;", "@layer a,b;"),
            ("[x=\"a\\\"b\"] , p {}", "[x=\"a\\\"b\"],p{}"),
        ] {
            assert_eq!(thin(sheet), thinned);
        }
        let whole = thin(&String::from_utf8_lossy(&ASSETS["attestry.css"].plain));
        assert_eq!(whole.as_bytes(), ASSETS["attestry.css"].plain, "what is thin stays as it is");
    }
}
