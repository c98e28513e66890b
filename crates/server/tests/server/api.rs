//! The interface for programs.

mod access;
mod documents;
mod feeds;
mod hostile;
mod records;
mod writes;

use attestry_model::kind::Role;
use axum::body::Body;
use serde_json::Value;

use crate::client::{Answer, Site};
use crate::common;

/// A program with a token.
pub struct Program<'a> {
    site: &'a Site,
    token: String,
}

impl Site {
    /// A program of somebody with a role, which may read and write.
    pub fn program(&self, role: Role) -> Program<'_> {
        self.program_for(role, &["read", "write"])
    }

    /// A program of somebody with a role and a token with these scopes.
    pub fn program_for(&self, role: Role, scopes: &[&str]) -> Program<'_> {
        let person = common::person_with(&self.app, role).expect("the clinic has somebody with each role");
        Program { site: self, token: crate::token::token_of(&self.app, person, scopes) }
    }

    /// A program with this token.
    pub fn bearing(&self, token: &str) -> Program<'_> {
        Program { site: self, token: token.to_owned() }
    }

    /// How many entries the clinic's ledger has.
    pub fn size(&self) -> u64 {
        self.app.store.organisation(Some("clinic")).unwrap().info().size
    }
}

impl Program<'_> {
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> Answer {
        let mut request = axum::http::Request::builder()
            .method(method)
            .uri(path)
            .header("host", "localhost")
            .header("authorization", format!("Bearer {}", self.token));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.site.send(request.body(body.into()).unwrap())
    }

    pub fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], Body::empty())
    }

    /// Sends JSON, with further headers.
    pub fn json(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &Value) -> Answer {
        let mut all = vec![("content-type", "application/json")];
        all.extend(headers);
        self.send(method, path, &all, body.to_string())
    }

    pub fn create(&self, kind: &str, key: &str, body: &Value) -> Answer {
        self.json("POST", &format!("/api/v1/{kind}"), &[("idempotency-key", key)], body)
    }
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// The fields that a refusal names.
    pub fn named(&self) -> Vec<String> {
        let body = self.json();
        let problems = body["problems"].as_array().cloned().unwrap_or_default();
        problems.iter().map(|one| one["field"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// Checks that it is a refusal with this status, in the one form of refusals.
    #[track_caller]
    pub fn refuses(&self, status: u16) {
        assert_eq!(self.status.as_u16(), status, "{}", self.text());
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert_eq!(self.json()["status"], status);
    }
}
