//! The parts of the OpenAPI document that stand once: the shapes of what is no record, the parameters, the faults.

use attestry_model::Kind;
use serde_json::{Map, Value, json};

use super::list::MOST;
use crate::words::Words;

fn object(properties: &Value, required: &[&str]) -> Value {
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

fn items(of: &Value, more: Value) -> Value {
    let mut properties = json!({ "items": { "type": "array", "items": of } });
    let mut required = vec!["items".to_owned()];
    if let (Value::Object(into), Value::Object(more)) = (&mut properties, more) {
        required.extend(more.keys().cloned());
        into.extend(more);
    }
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

/// The shapes by name.
pub fn schemas() -> Map<String, Value> {
    let count = json!({ "type": "integer", "minimum": 0 });
    let text = json!({ "type": "string" });
    let maybe = json!({ "type": ["string", "null"] });
    let moment = json!({ "type": "string", "format": "date-time" });
    let kinds: Vec<&str> = Kind::ALL.iter().map(|kind| kind.words().name).collect();
    let any = json!({ "type": "object" });
    let texts = json!({ "type": "array", "items": { "type": "string" } });
    let link = object(
        &json!({ "field": text, "ref": text, "kind": { "enum": kinds }, "title": maybe, "state": maybe }),
        &["field", "ref", "kind", "title", "state"],
    );
    let version = object(
        &json!({
            "seq": count, "at": moment, "actor": text, "via": text, "action": text, "version": count, "reason": maybe,
            "approval": maybe, "files": texts, "erased": texts, "changed": texts, "fields": any,
        }),
        &["seq", "at", "actor", "action", "version", "changed", "fields"],
    );
    let finding = object(
        &json!({
            "rule": text, "severity": { "enum": ["major", "minor", "observation"] }, "clause": text,
            "step": { "type": "integer", "minimum": 1, "maximum": 12 }, "record": text, "message": text, "fix": text,
            "verdict": { "const": "violated" },
            "waiver": object(
                &json!({ "reason": text, "approver": text, "expires": { "type": "string", "format": "date" } }),
                &["reason", "approver", "expires"],
            ),
        }),
        &["rule", "severity", "clause", "step", "record", "message", "fix", "verdict"],
    );
    let findings = json!({ "type": "array", "items": { "$ref": "#/components/schemas/finding_item" } });
    let event = object(
        &json!({
            "seq": count, "at": moment, "actor": text, "action": text, "kind": text, "record": text, "version": count,
        }),
        &["seq", "at", "actor", "action", "kind", "record", "version"],
    );
    let file = object(
        &json!({
            "name": text, "sha256": text, "size": count, "version": count, "at": moment, "actor": text, "content": text,
        }),
        &["name", "sha256", "size", "version", "at", "actor", "content"],
    );
    let hit = object(
        &json!({ "ref": text, "kind": { "enum": kinds }, "title": maybe, "state": text, "field": text }),
        &["ref", "kind", "title", "state", "field"],
    );
    let problem = json!({
        "type": "object",
        "properties": {
            "type": { "type": "string" },
            "title": { "type": "string" },
            "status": { "type": "integer" },
            "detail": { "type": "string" },
            "instance": { "type": "string" },
            "problems": {
                "type": "array",
                "items": object(&json!({ "field": text, "message": text }), &["field", "message"]),
            },
        },
        "required": ["type", "title", "status", "instance"],
    });
    let reason = json!({ "type": "string", "maxLength": 4000, "pattern": "^[^\\u0000]*$" });
    let mut nullable_reason = reason.clone();
    nullable_reason["type"] = json!(["string", "null"]);
    let record = json!({
        "type": "object",
        "properties": {
            "ref": text, "kind": { "enum": kinds }, "state": text, "revision": { "type": "integer", "minimum": 1 },
        },
        "required": ["ref", "kind", "state", "revision"],
    });
    let mut all = Map::new();
    let mut put = |name: &str, schema: Value| all.insert(name.to_owned(), schema);
    put("problem", problem);
    put("record", record);
    put(
        "step_body",
        json!({
            "type": "object", "properties": { "fields": any, "reason": nullable_reason }, "additionalProperties": false,
        }),
    );
    put("void_body", object(&json!({ "reason": reason }), &["reason"]));
    put("attached", object(&json!({ "name": text, "sha256": text, "size": count }), &["name", "sha256", "size"]));
    put("files", items(&file, json!({})));
    put("history", items(&version, json!({ "next": { "type": ["integer", "null"] } })));
    put(
        "links",
        object(
            &json!({ "to": { "type": "array", "items": link }, "from": { "type": "array", "items": link } }),
            &["to", "from"],
        ),
    );
    let need = object(
        &json!({ "ground": { "enum": super::effect::GROUNDS }, "about": texts, "people": texts, "signed_by": maybe }),
        &["ground", "about", "people", "signed_by"],
    );
    let said = object(&json!({ "field": text, "message": text }), &["field", "message"]);
    put(
        "effect",
        object(
            &json!({
                "possible": { "type": "boolean" }, "problems": { "type": "array", "items": said }, "hidden": count,
                "solved": findings, "caused": findings, "needs": { "type": "array", "items": need }, "entries": count,
            }),
            &["possible", "problems", "hidden", "solved", "caused", "needs", "entries"],
        ),
    );
    put(
        "proof",
        object(
            &json!({
                "ref": text, "version": count, "seq": count, "proof": text, "leaf": text, "disclosure": any, "key": text,
            }),
            &["ref", "version", "seq", "proof", "leaf", "disclosure", "key"],
        ),
    );
    put("kinds", items(&any, json!({})));
    put("search", items(&hit, json!({})));
    put("finding_item", finding);
    let told = json!({ "items": findings, "total": count, "size": count, "contradictions": findings });
    put("findings", object(&told, &["items", "total", "size", "contradictions"]));
    put(
        "finding_changes",
        object(
            &json!({
                "since": count, "until": count, "appeared": findings, "disappeared": findings,
                "contradictions": object(
                    &json!({ "appeared": findings, "disappeared": findings }),
                    &["appeared", "disappeared"],
                ),
                "truncated": { "type": "boolean" },
            }),
            &["since", "until", "appeared", "disappeared", "contradictions", "truncated"],
        ),
    );
    put(
        "summary",
        object(
            &json!({ "today": { "type": "string", "format": "date" }, "size": count, "summary": any }),
            &["today", "size", "summary"],
        ),
    );
    put("events", items(&event, json!({ "next": count, "size": count })));
    put(
        "me",
        object(
            &json!({
                "person": text, "name": text, "roles": texts, "organisation": text, "organisation_name": text,
                "entrance": { "enum": ["session", "token"] }, "scopes": { "type": ["array", "null"], "items": text },
                "size": count, "now": moment, "today": { "type": "string", "format": "date" },
            }),
            &["person", "name", "roles", "organisation", "entrance", "size", "now", "today"],
        ),
    );
    put("openapi", any);
    all
}

/// The parameters by name. A name that stands for two things has the operation behind it.
pub fn parameters(words: &Words) -> Map<String, Value> {
    let kinds: Vec<&str> = Kind::ALL.iter().map(|kind| kind.words().name).collect();
    let number = |least: u64, most: u64| json!({ "type": "integer", "minimum": least, "maximum": most });
    let text = |most: usize| json!({ "type": "string", "maxLength": most });
    let seq = || number(0, u64::from(u32::MAX));
    let tag = json!({ "type": "string", "pattern": "^(\\*|\"[!#-~]*\")$", "maxLength": 200 });
    let key = json!({ "type": "string", "pattern": "^[!-~]{1,255}$" });
    let table: [(&str, &str, &str, bool, Value); 32] = [
        ("path.kind", "path", "kind", true, json!({ "enum": kinds, "examples": ["risk"] })),
        (
            "path.reference",
            "path",
            "reference",
            true,
            json!({ "type": "string", "pattern": "^[A-Z]+-[0-9]{4,9}$", "examples": ["R-0001"] }),
        ),
        ("path.name", "path", "name", true, json!({ "type": "string", "pattern": "^[a-z_]{1,60}$" })),
        ("path.sha256", "path", "sha256", true, json!({ "type": "string", "pattern": "^[0-9a-f]{64}$" })),
        ("where", "query", "where", false, json!({ "type": "array", "items": text(1000), "maxItems": 50 })),
        ("sort", "query", "sort", false, json!({ "type": "string", "pattern": "^-?[a-z_]{1,60}$" })),
        ("limit", "query", "limit", false, number(1, MOST as u64)),
        ("limit.search", "query", "limit", false, number(1, 200)),
        ("cursor", "query", "cursor", false, json!({ "type": "string", "pattern": "^[A-Za-z0-9_-]+$" })),
        ("fields", "query", "fields", false, json!({ "type": "string", "pattern": "^[a-z_]+(,[a-z_]+)*$" })),
        ("void", "query", "void", false, json!({ "type": "boolean" })),
        (
            "asof",
            "query",
            "asof",
            false,
            json!({
                "type": "string",
                "anyOf": [{ "format": "date" }, { "format": "date-time" }, { "pattern": "^[0-9]{1,9}$" }],
            }),
        ),
        (
            "reason",
            "query",
            "reason",
            false,
            json!({ "type": "string", "maxLength": 1000, "pattern": "^[^\\u0000]*$" }),
        ),
        ("name.attach", "query", "name", false, json!({ "type": "string", "minLength": 1, "maxLength": 255 })),
        ("before", "query", "before", false, number(1, u64::from(u32::MAX))),
        ("version", "query", "version", false, number(1, u64::from(u32::MAX))),
        ("q", "query", "q", true, json!({ "type": "string", "minLength": 1, "maxLength": 100, "pattern": "\\S" })),
        ("kind", "query", "kind", false, json!({ "enum": kinds })),
        ("all", "query", "all", false, json!({ "type": "boolean" })),
        ("clause", "query", "clause", false, json!({ "type": "string", "pattern": "^[ -~]{1,200}$" })),
        ("step", "query", "step", false, number(1, 12)),
        ("severity", "query", "severity", false, json!({ "enum": ["major", "minor", "observation"] })),
        ("record", "query", "record", false, json!({ "type": "string", "pattern": "^[ -~]{1,200}$" })),
        ("offset", "query", "offset", false, number(0, 1_000_000)),
        ("since", "query", "since", false, seq()),
        ("since.finding_changes", "query", "since", true, seq()),
        ("until", "query", "until", false, seq()),
        ("Idempotency-Key", "header", "Idempotency-Key", true, key.clone()),
        ("Idempotency-Key.optional", "header", "Idempotency-Key", false, key),
        ("If-Match", "header", "If-Match", true, tag.clone()),
        ("If-None-Match.optional", "header", "If-None-Match", false, tag),
        (
            "Last-Event-ID.optional",
            "header",
            "Last-Event-ID",
            false,
            json!({ "type": "string", "pattern": "^[0-9]{1,9}$" }),
        ),
    ];
    table
        .into_iter()
        .map(|(component, place, name, required, schema)| {
            let key = name.to_ascii_lowercase().replace('_', "-");
            let mut parameter = json!({
                "name": name,
                "in": place,
                "required": required,
                "description": words.say(&format!("api-parameter-{key}")),
                "schema": schema,
            });
            if name == "where" {
                parameter["explode"] = Value::Bool(true);
            }
            (component.to_owned(), parameter)
        })
        .collect()
}

/// What every status of a fault means.
const FAULTS: [(&str, &str); 12] = [
    ("400", "malformed"),
    ("401", "sign-in"),
    ("403", "denied"),
    ("404", "absent"),
    ("409", "conflict"),
    ("412", "precondition"),
    ("413", "too-large"),
    ("415", "media"),
    ("422", "invalid"),
    ("428", "unconditional"),
    ("429", "too-many"),
    ("503", "read-only"),
];

/// The faults as components.
pub fn faults(words: &Words) -> Map<String, Value> {
    let all = FAULTS.iter().map(|(status, name)| {
        let mut fault = json!({
            "description": words.say(&format!("fault-{name}")),
            "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/problem" } } },
        });
        if *status == "429" {
            fault["headers"] = json!({ "Retry-After": { "schema": { "type": "integer" } } });
        }
        (format!("fault_{status}"), fault)
    });
    all.collect()
}
