//! The OpenAPI 3.1 document: made from the list of operations and the declarations of kinds. Reading, creating and changing
//! stand once for each kind, with the types of its fields; what is alike for all kinds stands once.

use std::sync::LazyLock;

use attestry_model::Kind;
use axum::http::{Method, header};
use axum::response::Response;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::answer;
use super::call::Call;
use super::operation::{Gives, OPERATIONS, Operation, Takes};
use super::reference::sample;
use super::{schema, shapes};
use crate::fault::Fault;
use crate::words::{FIRST, Words};

static TEXT: LazyLock<(String, String)> = LazyLock::new(|| {
    let text = document().to_string();
    let digest = Sha256::digest(text.as_bytes());
    let etag = format!("\"{}\"", data_encoding::HEXLOWER.encode(&digest[..16]));
    (text, etag)
});

/// `GET /api/v1/openapi.json`
pub fn serve(call: &Call) -> Result<Response, Fault> {
    let (text, etag) = &*TEXT;
    if call.has(etag)? {
        return Ok(answer::unchanged(etag));
    }
    let mut found = answer::tagged(answer::text("application/json", text.as_str()), etag);
    answer::set(found.headers_mut(), header::CACHE_CONTROL, "private, no-cache");
    Ok(found)
}

/// Operations that stand once for each kind.
const TYPED: [&str; 4] = ["list", "create", "read", "change"];

/// The document.
pub fn document() -> Value {
    let words = Words::of(FIRST);
    let mut paths: Map<String, Value> = Map::new();
    let mut put = |path: String, method: &Method, operation: Value| {
        let item = paths.entry(path).or_insert_with(|| json!({}));
        item[method.as_str().to_ascii_lowercase()] = operation;
    };
    for operation in OPERATIONS.iter() {
        if TYPED.contains(&operation.name) {
            for kind in Kind::ALL {
                let path = operation.path.replace("{kind}", kind.words().name);
                put(path, &operation.method, described(words, operation, Some(*kind)));
            }
        } else {
            put(operation.path.to_owned(), &operation.method, described(words, operation, None));
        }
    }
    let mut schemas = shapes::schemas();
    for kind in Kind::ALL {
        schemas.insert(kind.words().name.to_owned(), schema::record(kind.def()));
        schemas.insert(format!("{kind}_fields"), schema::fields(kind.def()));
    }
    let say = |key: &str| words.say(key).into_owned();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Attestry",
            "version": "1",
            "description": say("api-about"),
            "license": { "name": env!("CARGO_PKG_LICENSE"), "identifier": env!("CARGO_PKG_LICENSE") },
        },
        "servers": [{ "url": "/" }],
        "security": [{ "bearer": [] }, { "cookie": [] }],
        "tags": [
            { "name": "records", "description": say("api-tag-records") },
            { "name": "ISMS", "description": say("api-tag-isms") },
        ],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "parameters": shapes::parameters(words),
            "responses": shapes::faults(words),
            "headers": {
                "ETag": { "description": say("api-header-etag"), "schema": { "type": "string" } },
                "Location": { "description": say("api-header-location"), "schema": { "type": "string" } },
            },
            "securitySchemes": {
                "bearer": { "type": "http", "scheme": "bearer", "description": say("api-security-bearer") },
                "cookie": {
                    "type": "apiKey", "in": "cookie", "name": "attestry", "description": say("api-security-cookie"),
                },
            },
        },
    })
}

fn described(words: &Words, operation: &Operation, kind: Option<Kind>) -> Value {
    let name = operation.name.replace('_', "-");
    let id = kind.map_or_else(|| operation.name.to_owned(), |kind| format!("{}_{kind}", operation.name));
    let summary = words.say(&format!("api-{name}")).into_owned();
    let summary = kind.map_or_else(|| summary.clone(), |kind| format!("{summary}: {}", kind.words().title));
    let mut parameters: Vec<Value> = Vec::new();
    let reference = |name: String| json!({ "$ref": format!("#/components/parameters/{name}") });
    for segment in operation.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')) {
        match (segment, kind) {
            ("kind", Some(_)) => {}
            ("reference", Some(kind)) => parameters.push(json!({
                "name": "reference", "in": "path", "required": true,
                "description": words.say("api-parameter-reference"),
                "schema": { "type": "string", "pattern": schema::reference_pattern(kind) },
                "example": format!("{}-0001", kind.words().prefix),
            })),
            _ => parameters.push(reference(format!("path.{segment}"))),
        }
    }
    let narrow = |name: &str| {
        matches!((operation.name, name), ("search", "limit") | ("attach", "name") | ("finding_changes", "since"))
    };
    for name in operation.query {
        let component = if narrow(name) { format!("{name}.{}", operation.name) } else { (*name).to_owned() };
        parameters.push(reference(component));
    }
    for name in operation.headers {
        parameters.push(reference(name.replace('?', ".optional")));
    }
    let mut described = json!({
        "operationId": id,
        "summary": summary,
        "description": words.say(&format!("api-{name}-about")),
        "tags": [if operation.path.contains("{kind}") { "records" } else { "ISMS" }],
        "parameters": parameters,
        "responses": responses(words, operation, kind),
    });
    if let Some(body) = body(operation, kind) {
        described["requestBody"] = body;
    }
    described
}

fn body(operation: &Operation, kind: Option<Kind>) -> Option<Value> {
    let object = |name: &str| json!({ "schema": { "$ref": format!("#/components/schemas/{name}") } });
    let fields = || {
        let Some(kind) = kind else { return json!({ "schema": { "type": "object" } }) };
        json!({ "schema": { "$ref": format!("#/components/schemas/{kind}_fields") } })
    };
    Some(match operation.takes {
        Takes::Nothing => return None,
        Takes::Fields => {
            let mut media = fields();
            if let Some(kind) = kind {
                media["schema"] = json!({ "allOf": [media["schema"], { "required": ["title"] }] });
                media["example"] = Value::Object(sample(kind));
            }
            json!({ "required": true, "content": { "application/json": media } })
        }
        Takes::Patch => json!({
            "required": true,
            "content": { "application/merge-patch+json": fields(), "application/json": fields() },
        }),
        Takes::Step => json!({ "required": false, "content": { "application/json": object("step_body") } }),
        Takes::Void => json!({ "required": true, "content": { "application/json": object("void_body") } }),
        Takes::File => json!({
            "required": true,
            "content": {
                "application/octet-stream": { "schema": { "type": "string", "format": "binary" } },
                "multipart/form-data": {
                    "schema": {
                        "type": "object",
                        "properties": { "file": { "type": "string", "format": "binary" } },
                        "required": ["file"],
                    },
                },
            },
        }),
    })
}

/// What can be done next with a record that was just written, as links of the document (OpenAPI 3.1, section 4.8.20).
fn links(kind: Kind) -> Value {
    let reference = "$response.body#/ref";
    let version = "$response.header.ETag";
    let read = json!({ "reference": reference });
    let write = json!({ "path.reference": reference, "header.If-Match": version });
    let of_any = json!({ "path.kind": kind.words().name, "path.reference": reference });
    let mut void = of_any.clone();
    void["header.If-Match"] = version.into();
    json!({
        "read": { "operationId": format!("read_{kind}"), "parameters": read },
        "change": { "operationId": format!("change_{kind}"), "parameters": write },
        "void": { "operationId": "void", "parameters": void },
        "history": { "operationId": "history", "parameters": of_any.clone() },
        "links": { "operationId": "links", "parameters": of_any },
    })
}

fn responses(words: &Words, operation: &Operation, kind: Option<Kind>) -> Value {
    let of_kind = kind.map_or_else(|| "record".to_owned(), |kind| kind.words().name.to_owned());
    let named = |name: &str| json!({ "$ref": format!("#/components/schemas/{name}") });
    let json_of = |schema: Value| json!({ "application/json": { "schema": schema } });
    let header = |name: &str| json!({ "$ref": format!("#/components/headers/{name}") });
    let mut headers = Map::new();
    let (status, content) = match operation.gives {
        Gives::Record => {
            headers.insert("ETag".to_owned(), header("ETag"));
            ("200", json_of(named(&of_kind)))
        }
        Gives::Created => {
            headers.insert("Location".to_owned(), header("Location"));
            if operation.takes == Takes::File {
                ("201", json_of(named("attached")))
            } else {
                headers.insert("ETag".to_owned(), header("ETag"));
                ("201", json_of(named(&of_kind)))
            }
        }
        Gives::Page => {
            let page = json!({
                "type": "object",
                "properties": {
                    "items": { "type": "array", "items": named(&of_kind) },
                    "next": { "type": ["string", "null"] },
                    "total": { "type": "integer", "minimum": 0 },
                },
                "required": ["items", "next", "total"],
                "additionalProperties": false,
            });
            ("200", json_of(page))
        }
        Gives::Object(name) => ("200", json_of(named(name))),
        Gives::Text(media) => {
            let mut content = Map::new();
            content.insert(media.to_owned(), json!({ "schema": { "type": "string" } }));
            ("200", Value::Object(content))
        }
        Gives::Bytes => {
            ("200", json!({ "application/octet-stream": { "schema": { "type": "string", "format": "binary" } } }))
        }
    };
    let mut responses = Map::new();
    let mut good = json!({ "description": words.say("api-answer"), "content": content });
    if !headers.is_empty() {
        good["headers"] = Value::Object(headers);
    }
    if let Some(kind) = kind.filter(|_| matches!(operation.name, "create" | "change")) {
        good["links"] = links(kind);
    }
    responses.insert(status.to_owned(), good);
    if operation.headers.contains(&"If-None-Match?") {
        responses.insert("304".to_owned(), json!({ "description": words.say("api-answer-unchanged") }));
    }
    let mut faults = vec!["400", "401", "403", "404", "422", "429", "503"];
    if !operation.reads() {
        faults.extend(["409", "413", "415"]);
    }
    if operation.headers.contains(&"If-Match") {
        faults.extend(["412", "428"]);
    }
    for status in faults {
        responses.insert(status.to_owned(), json!({ "$ref": format!("#/components/responses/fault_{status}") }));
    }
    Value::Object(responses)
}
