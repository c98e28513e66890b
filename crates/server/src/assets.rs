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
        let asset = packed(name.rsplit('.').next().unwrap_or_default(), plain);
        Some((name.into_owned(), asset))
    };
    let single = Files::iter().filter(|name| !name.starts_with(STYLES)).filter_map(load);
    let mut assets: HashMap<String, Asset> = single.collect();
    // The style sheet is one file in the order of the names; its layers decide what overrides what.
    let mut sheets: Vec<_> = Files::iter().filter(|name| name.starts_with(STYLES)).collect();
    sheets.sort();
    let sheet: Vec<u8> =
        sheets.iter().filter_map(|name| Files::get(name)).flat_map(|file| file.data.into_owned()).collect();
    assets.insert("attestry.css".to_owned(), packed("css", sheet));
    assets
});

/// The folder of the parts of the style sheet.
const STYLES: &str = "css/";

fn packed(extension: &str, plain: Vec<u8>) -> Asset {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    // Writing into memory does not fail.
    let gzip = encoder.write_all(&plain).and_then(|()| encoder.finish()).unwrap_or_default();
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
    let takes_gzip = headers
        .get(header::ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.split(',').any(|one| one.trim().starts_with("gzip")));
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
