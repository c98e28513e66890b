//! The list of all operations of the interface.

use std::future::Future;
use std::pin::Pin;
use std::sync::LazyLock;

use axum::http::Method;
use axum::response::Response;

use super::call::Call;
use super::{effect, events, files, findings, kinds, list, openapi, organisation, record, search, stream, write};
use crate::fault::Fault;
use crate::gate::Gate;
use crate::routes::{self, Route};

/// An answer that is being made.
pub type Run = Pin<Box<dyn Future<Output = Result<Response, Fault>> + Send>>;

/// What an operation takes as its body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// Nothing.
    Nothing,
    /// The fields of a new record.
    Fields,
    /// The fields that change: a merge patch (RFC 7396).
    Patch,
    /// Fields and a reason, both optional.
    Step,
    /// A reason.
    Void,
    /// A file, as it is or as the one part of a form.
    File,
}

/// What an operation gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gives {
    /// A record.
    Record,
    /// A record that was created.
    Created,
    /// A page of records.
    Page,
    /// Another object, by the name of its schema.
    Object(&'static str),
    /// Text of this type.
    Text(&'static str),
    /// Bytes.
    Bytes,
}

/// One operation.
#[derive(Debug)]
pub struct Operation {
    /// Its name: `operationId`, and the key of its words (`api-<name>`).
    pub name: &'static str,
    /// The method.
    pub method: Method,
    /// The address, with parameters in braces.
    pub path: &'static str,
    /// The parameters of the query that it knows; others are refused.
    pub query: &'static [&'static str],
    /// The headers that it reads.
    pub headers: &'static [&'static str],
    /// What it takes as its body.
    pub takes: Takes,
    /// What it gives.
    pub gives: Gives,
    /// Answers it.
    pub run: fn(Call) -> Run,
}

/// The largest file that any store takes; the store's own limit is asked besides.
const FILE_LIMIT: usize = 4 << 30;

impl Operation {
    const fn read(name: &'static str, path: &'static str, run: fn(Call) -> Run) -> Self {
        let gives = Gives::Object(name);
        Self { name, method: Method::GET, path, query: &[], headers: &[], takes: Takes::Nothing, gives, run }
    }

    const fn write(name: &'static str, path: &'static str, takes: Takes, run: fn(Call) -> Run) -> Self {
        let headers: &[&str] = &["If-Match", "Idempotency-Key?"];
        Self { name, method: Method::POST, path, query: &[], headers, takes, gives: Gives::Record, run }
    }

    const fn asking(mut self, query: &'static [&'static str]) -> Self {
        self.query = query;
        self
    }

    const fn heading(mut self, headers: &'static [&'static str]) -> Self {
        self.headers = headers;
        self
    }

    const fn giving(mut self, gives: Gives) -> Self {
        self.gives = gives;
        self
    }

    /// Its route.
    pub fn route(&'static self) -> Route {
        let handler = move |call: Call| async move {
            call.knows(self)?;
            (self.run)(call).await
        };
        let make = match self.method {
            Method::POST => routes::post(self.path, Gate::Program, handler),
            Method::PATCH => routes::patch(self.path, Gate::Program, handler),
            _ => routes::get(self.path, Gate::Program, handler),
        };
        if self.takes == Takes::File { make.taking(FILE_LIMIT) } else { make }
    }

    /// Whether it only reads.
    pub fn reads(&self) -> bool {
        self.method == Method::GET
    }
}

/// All operations.
pub static OPERATIONS: LazyLock<Vec<Operation>> = LazyLock::new(|| {
    let patch = Operation {
        method: Method::PATCH,
        ..Operation::write("change", "/api/v1/{kind}/{reference}", Takes::Patch, |call| Box::pin(write::change(call)))
    };
    vec![
        Operation::read("list", "/api/v1/{kind}", |call| Box::pin(async move { list::list(&call) }))
            .asking(&["where", "sort", "limit", "cursor", "fields", "void", "asof"])
            .giving(Gives::Page),
        Operation::write("create", "/api/v1/{kind}", Takes::Fields, |call| Box::pin(write::create(call)))
            .heading(&["Idempotency-Key"])
            .giving(Gives::Created),
        Operation::read("read", "/api/v1/{kind}/{reference}", |call| Box::pin(async move { record::read(&call) }))
            .asking(&["fields", "asof"])
            .heading(&["If-None-Match?"])
            .giving(Gives::Record),
        patch.asking(&["reason"]),
        Operation::write("step", "/api/v1/{kind}/{reference}/steps/{name}", Takes::Step, |call| {
            Box::pin(write::step(call))
        }),
        Operation::write("void", "/api/v1/{kind}/{reference}/void", Takes::Void, |call| Box::pin(write::void(call))),
        Operation::read("files", "/api/v1/{kind}/{reference}/files", |call| Box::pin(files::list(call)))
            .asking(&["asof"]),
        Operation::write("attach", "/api/v1/{kind}/{reference}/files", Takes::File, |call| {
            Box::pin(files::attach(call))
        })
        .asking(&["name", "reason"])
        .heading(&[])
        .giving(Gives::Created),
        Operation::read("content", "/api/v1/{kind}/{reference}/files/{sha256}", |call| Box::pin(files::content(call)))
            .asking(&["asof"])
            .giving(Gives::Bytes),
        Operation::read("history", "/api/v1/{kind}/{reference}/history", |call| Box::pin(record::history(call)))
            .asking(&["limit", "before", "asof"]),
        Operation::read("links", "/api/v1/{kind}/{reference}/links", |call| {
            Box::pin(async move { record::links(&call) })
        })
        .asking(&["asof"]),
        Operation::read("record_findings", "/api/v1/{kind}/{reference}/findings", |call| {
            Box::pin(async move { findings::of_record(&call) })
        })
        .asking(&["asof"])
        .giving(Gives::Object("findings")),
        Operation::read("effect", "/api/v1/{kind}/{reference}/effect", |call| Box::pin(effect::effect(call)))
            .asking(&["asof"]),
        Operation::read("proof", "/api/v1/{kind}/{reference}/proof", |call| Box::pin(record::proof(call)))
            .asking(&["version"]),
        Operation::read("kinds", "/api/v1/kinds", |call| Box::pin(async move { Ok(kinds::kinds(&call)) })),
        Operation::read("search", "/api/v1/search", |call| Box::pin(search::search(call)))
            .asking(&["q", "kind", "limit", "asof"]),
        Operation::read("findings", "/api/v1/findings", |call| Box::pin(async move { findings::list(&call) }))
            .asking(&["all", "clause", "step", "severity", "record", "limit", "offset", "asof"]),
        Operation::read("finding_changes", "/api/v1/findings/changes", |call| Box::pin(findings::changes(call)))
            .asking(&["since", "until", "limit"]),
        Operation::read("summary", "/api/v1/summary", |call| Box::pin(async move { findings::summary(&call) }))
            .asking(&["asof"]),
        Operation::read("events", "/api/v1/events", |call| Box::pin(events::list(call))).asking(&["since", "limit"]),
        Operation::read("event_stream", "/api/v1/events/stream", |call| Box::pin(async move { stream::stream(call) }))
            .asking(&["since"])
            .heading(&["Last-Event-ID?"])
            .giving(Gives::Text("text/event-stream")),
        Operation::read("checkpoint", "/api/v1/checkpoint", |call| {
            Box::pin(async move { organisation::checkpoint(&call) })
        })
        .giving(Gives::Text("text/plain")),
        Operation::read("me", "/api/v1/me", |call| Box::pin(async move { Ok(organisation::me(&call)) })),
        Operation::read("openapi", "/api/v1/openapi.json", |call| Box::pin(async move { openapi::serve(&call) }))
            .heading(&["If-None-Match?"]),
    ]
});

/// An operation by its name.
pub fn named(name: &str) -> Option<&'static Operation> {
    OPERATIONS.iter().find(|operation| operation.name == name)
}
