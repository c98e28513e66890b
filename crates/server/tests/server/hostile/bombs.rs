//! More than anybody needs: large, deep, many, slow.

use std::io::Write as _;
use std::time::{Duration, Instant};

use attestry_model::kind::Role;
use axum::body::{Body, Bytes};

use super::{isms, multipart};
use crate::client::Site;

#[test]
fn registers_that_unfold_without_end_are_refused_with_a_word() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    let before = isms(&site).size();
    let wide = format!("{}\n1\n", "a,".repeat(1_000_000));
    let cell = format!("ref,title\nR-0001,\"{}\"\n", "x".repeat(3 << 20));
    let quote = format!("ref,title\n\"{}", "R,\n".repeat(200_000));
    let long = format!("Risk Title\n{}", "a\n".repeat(300_000));
    let aliases = "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c,*c,*c]\n";
    for (name, content) in [
        ("wide.csv", wide.into_bytes()),
        ("cell.csv", cell.into_bytes()),
        ("quote.csv", quote.into_bytes()),
        ("long.csv", long.into_bytes()),
        ("asset.yaml", aliases.as_bytes().to_vec()),
        ("nul.csv", b"ref,title\nR-0001,a\x00b\n".to_vec()),
        ("no.xlsx", b"PK\x03\x04 is no workbook".to_vec()),
        ("lies.xlsx", lying_archive()),
        ("../../x.exe", b"MZ".to_vec()),
    ] {
        let begun = Instant::now();
        let answer = site.send(multipart(&manager, "/setup/import", &[], &[("files", name, &content)]));
        assert!([413, 422].contains(&answer.status.as_u16()), "{name}: {}", answer.status);
        assert!(begun.elapsed() < Duration::from_secs(30), "{name} took {:?}", begun.elapsed());
    }
    let huge = vec![b'a'; 26 << 20];
    let answer = site.send(multipart(&manager, "/setup/import", &[], &[("files", "huge.csv", &huge)]));
    assert_eq!(answer.status, 413);
    assert_eq!(isms(&site).size(), before);
}

/// An archive with one entry that says it is small and holds far more.
fn lying_archive() -> Vec<u8> {
    let mut packed = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    let zeros = vec![b' '; 1 << 20];
    for _ in 0..64 {
        packed.write_all(&zeros).unwrap();
    }
    let packed = packed.finish().unwrap();
    let name = b"xl/workbook.xml";
    let number = |value: usize| u32::try_from(value).unwrap().to_le_bytes();
    let short = |value: usize| u16::try_from(value).unwrap().to_le_bytes();
    let mut archive = b"PK\x03\x04\x14\x00\x00\x00\x08\x00\x00\x00\x00\x00\x00\x00\x00\x00".to_vec();
    archive.extend(number(packed.len()));
    archive.extend(number(10));
    archive.extend(short(name.len()));
    archive.extend(short(0));
    archive.extend(name);
    archive.extend(&packed);
    let directory = archive.len();
    archive.extend(b"PK\x01\x02\x14\x00\x14\x00\x00\x00\x08\x00\x00\x00\x00\x00\x00\x00\x00\x00");
    archive.extend(number(packed.len()));
    archive.extend(number(10));
    archive.extend(short(name.len()));
    archive.extend([0; 16]);
    archive.extend(name);
    let size = archive.len() - directory;
    archive.extend(b"PK\x05\x06\x00\x00\x00\x00\x01\x00\x01\x00");
    archive.extend(number(size));
    archive.extend(number(directory));
    archive.extend(short(0));
    archive
}

#[test]
fn forms_and_lists_have_an_end() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    let before = isms(&site).size();
    let form = "application/x-www-form-urlencoded";
    let many = "a=b&".repeat(30_000);
    assert_eq!(manager.send_form("/risks/new", form, many).status, 413);
    let large = format!("_has=title&title={}", "x".repeat(5 << 20));
    assert_eq!(manager.send_form("/risks/new", form, large.clone()).status, 413);
    assert!([413, 403].contains(&site.stranger().send_form("/sign-in", form, large).status.as_u16()));
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    for path in ["/sign-in/passkey/finish", "/step-up/passkey/finish", "/account/passkeys/finish"] {
        let answer = manager.send_form(path, "application/json", deep.chars().take(60_000).collect());
        assert!(answer.status.is_client_error(), "{path}: {}", answer.status);
    }
    let conditions: Vec<String> = (0..1_000).map(|at| format!("title.has=a{at}")).collect();
    let conditions = conditions.join("&");
    for path in [
        format!("/risks?{conditions}"),
        "/risks?per=1000000000".to_owned(),
        format!("/risks?q={}", "a".repeat(50_000)),
        format!("/risks?cols={}", "title,".repeat(5_000)),
        format!("/search?q={}", "a+".repeat(30_000)),
    ] {
        let answer = manager.get(&path);
        assert!([200, 422].contains(&answer.status.as_u16()), "{}: {}", &path[..40], answer.status);
        assert!(answer.body.len() < 2 << 20, "{}", &path[..40]);
    }
    assert_eq!(isms(&site).size(), before);
    // One word of a megabyte is a text like any other.
    let word = "w".repeat(1 << 20);
    let made =
        manager.post("/risks/new", &[("_has", "title"), ("title", "A long word"), ("_has", "notes"), ("notes", &word)]);
    assert!([303, 422].contains(&made.status.as_u16()), "{}", made.status);
    if made.status == 303 {
        assert_eq!(manager.get(made.location()).status, 200);
        assert_eq!(manager.get("/risks").status, 200);
    }
}

#[test]
fn a_file_that_breaks_off_is_no_file() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    let before = isms(&site).size();
    let head = "--b0undary\r\nContent-Disposition: form-data; name=\"file\"; filename=\"half.bin\"\r\n\r\n";
    let pieces = vec![
        Ok(Bytes::from(head)),
        Ok(Bytes::from(vec![7_u8; 300_000])),
        Err(std::io::Error::other("the line is dead")),
    ];
    let request = manager.request("POST", "/risks/R-0001/files").header("sec-fetch-site", "same-origin");
    let request = request.header("content-type", "multipart/form-data; boundary=b0undary");
    let answer = site.send(request.body(Body::from_stream(tokio_stream::iter(pieces))).unwrap());
    assert_eq!(answer.status, 400, "{}", answer.text());
    // The same without its end, and a part that nobody closes.
    for body in [format!("{head}abc"), head.to_owned(), "--b0undary".to_owned(), String::new()] {
        let request = manager.request("POST", "/risks/R-0001/files").header("sec-fetch-site", "same-origin");
        let request = request.header("content-type", "multipart/form-data; boundary=b0undary");
        let answer = site.send(request.body(Body::from(body)).unwrap());
        assert!([400, 422].contains(&answer.status.as_u16()), "{}", answer.status);
    }
    assert_eq!(isms(&site).size(), before);
    assert!(manager.get("/risks/R-0001").text().contains("No file is attached"));
}

#[test]
fn a_file_is_had_in_parts_as_large_as_asked_for() {
    let site = Site::clinic();
    let manager = site.role(Role::IsmsManager);
    let content: Vec<u8> = (0..1_000_003_u32).map(|at| (at % 251) as u8).collect();
    let sent = site.send(multipart(&manager, "/risks/R-0001/files", &[], &[("file", "large.bin", &content)]));
    assert_eq!(sent.status, 303);
    let text = manager.get("/risks/R-0001").text();
    let sha = text.split_once("href=\"/files/R-0001/").unwrap().1[..64].to_owned();
    let path = format!("/files/R-0001/{sha}");
    let whole = manager.get(&path);
    assert_eq!((whole.header("accept-ranges"), whole.header("content-length")), ("bytes", "1000003"));
    assert!(whole.body == content);
    let tag = whole.header("etag").to_owned();
    let part = |range: &str, if_range: Option<&str>| {
        let mut request = manager.request("GET", &path).header("range", range).header("accept-encoding", "gzip");
        if let Some(if_range) = if_range {
            request = request.header("if-range", if_range);
        }
        site.send(request.body(Body::empty()).unwrap())
    };
    for (range, from, to) in [
        ("bytes=0-9", 0, 10),
        ("bytes=999990-", 999_990, 1_000_003),
        ("bytes=-3", 1_000_000, 1_000_003),
        ("bytes=70000-140000", 70_000, 140_001),
    ] {
        let answer = part(range, None);
        assert_eq!(answer.status, 206, "{range}");
        assert_eq!(answer.header("content-range"), format!("bytes {from}-{}/1000003", to - 1));
        assert_eq!(answer.header("content-length"), (to - from).to_string());
        assert!(answer.body == content[from..to], "{range}");
    }
    let beyond = part("bytes=1000003-", None);
    assert_eq!((beyond.status.as_u16(), beyond.header("content-range")), (416, "bytes */1000003"));
    assert_eq!(part("bytes=0-1,4-5", None).status, 200);
    assert_eq!(part("bytes=0-1", Some(&tag)).status, 206);
    assert_eq!(part("bytes=0-1", Some("\"another\"")).body.len(), content.len());
    let head = site.send(manager.request("HEAD", &path).body(Body::empty()).unwrap());
    assert_eq!((head.header("content-length"), head.body.len()), ("1000003", 0));
}
