//! What nobody honest sends to the pages: other people's records, roles that have gone, names and texts that mean something
//! elsewhere, bombs, and the same thing twice. Each ends in a defined answer and changes nothing.

mod access;
mod bombs;
mod canaries;
mod consent;
mod injection;
mod methods;
mod oracles;
mod twice;
mod typed;
mod wall;

use attestry_model::records::Person;
use attestry_model::{Command, Isms, Principal, Ref};
use serde_json::{Map, Value};

use crate::client::{Answer, Client, Site};

fn isms(site: &Site) -> Isms {
    site.app.store.organisation(Some("clinic")).unwrap().isms()
}

/// Changes fields in the clinic, as the operator of the machine does.
fn operate(site: &Site, command: Command) -> attestry_store::Receipt {
    site.app.store.organisation(Some("clinic")).unwrap().submit(&Principal::operator(), command).unwrap()
}

fn update(site: &Site, person: Ref<Person>, fields: &Value) {
    let fields = fields.as_object().unwrap().clone();
    operate(site, Command::Update { target: person.any(), revision: None, fields, reason: None });
}

fn fields(value: &Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

/// A body of several parts: fields, and files under a name with their content.
fn multipart(
    client: &Client<'_>,
    path: &str,
    plain: &[(&str, &str)],
    files: &[(&str, &str, &[u8])],
) -> axum::http::Request<axum::body::Body> {
    let mut body = Vec::new();
    for (name, value) in plain {
        body.extend(
            format!("--b0undary\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").into_bytes(),
        );
    }
    for (name, file, content) in files {
        let head = format!(
            "--b0undary\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\nContent-Type: text/html\r\n\r\n"
        );
        body.extend(head.into_bytes());
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--b0undary--\r\n");
    let request = client.request("POST", path).header("sec-fetch-site", "same-origin");
    request.header("content-type", "multipart/form-data; boundary=b0undary").body(body.into()).unwrap()
}

/// A hidden field of a page.
fn hidden(page: &Answer, name: &str) -> String {
    let text = page.text();
    let mark = format!("name=\"{name}\" value=\"");
    let from = text.find(&mark).unwrap_or_else(|| panic!("{name} in {text}")) + mark.len();
    text[from..from + text[from..].find('"').unwrap()].to_owned()
}
