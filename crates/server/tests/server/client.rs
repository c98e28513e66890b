//! A browser of the tests: it asks the router directly, as one person.

use attestry_model::Ref;
use attestry_model::kind::Role;
use attestry_model::records::Person;
use attestry_server::{App, Settings, Ticks};
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use tokio_stream::StreamExt as _;
use tower::ServiceExt as _;

use crate::common;

/// The clinic and its router.
pub struct Site {
    pub app: App,
    router: Router,
    runtime: tokio::runtime::Runtime,
    _folder: tempfile::TempDir,
}

/// An answer, read to its end.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Where a redirect leads.
    pub fn location(&self) -> &str {
        self.headers.get("location").and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

impl Site {
    /// The clinic. The time by which limits are counted stands still until a test moves it on, so that no test depends on how
    /// fast the machine is.
    pub fn clinic() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let app = common::clinic_with(folder.path(), |settings| Settings { ticks: Ticks::standing(), ..settings });
        Self::of(app, folder)
    }

    pub fn of(app: App, folder: tempfile::TempDir) -> Self {
        let router = attestry_server::routes::router(&app);
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        Self { app, router, runtime, _folder: folder }
    }

    /// Somebody with a role.
    pub fn role(&self, role: Role) -> Client<'_> {
        self.person(common::person_with(&self.app, role).expect("the clinic has somebody with each role"))
    }

    pub fn person(&self, person: Ref<Person>) -> Client<'_> {
        Client {
            site: self,
            cookie: Some(format!("attestry={}", common::session_of(&self.app, person))),
            person: Some(person),
        }
    }

    /// Somebody with this cookie.
    pub fn with_cookie(&self, cookie: &str) -> Client<'_> {
        Client { site: self, cookie: Some(cookie.to_owned()), person: None }
    }

    /// Somebody who is not signed in.
    pub fn stranger(&self) -> Client<'_> {
        Client { site: self, cookie: None, person: None }
    }

    /// Asks without reading the body of the answer.
    pub fn open(&self, request: Request<Body>) -> axum::response::Response {
        self.runtime.block_on(self.router.clone().oneshot(request)).unwrap()
    }

    /// Waits for something.
    pub fn wait<T>(&self, what: impl Future<Output = T>) -> T {
        self.runtime.block_on(what)
    }

    /// Asks for an answer that goes on, to read it piece by piece.
    pub fn stream(&self, request: Request<Body>) -> Stream<'_> {
        let answer = self.open(request);
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        Stream { site: self, body: answer.into_body().into_data_stream(), text: String::new() }
    }

    pub fn send(&self, request: Request<Body>) -> Answer {
        self.runtime.block_on(async {
            let answer = self.router.clone().oneshot(request).await.unwrap();
            let (parts, body) = answer.into_parts();
            let body = axum::body::to_bytes(body, 64 << 20).await.unwrap();
            Answer { status: parts.status, headers: parts.headers, body: body.to_vec() }
        })
    }
}

/// An answer that goes on.
pub struct Stream<'a> {
    site: &'a Site,
    body: axum::body::BodyDataStream,
    /// What has come.
    pub text: String,
}

impl Stream<'_> {
    /// Reads on until enough has come; a stream that brings something else says what it brought.
    #[track_caller]
    pub fn until(&mut self, enough: impl Fn(&str) -> bool) {
        while !enough(&self.text) {
            assert!(self.more(), "it ended with {}", self.text);
        }
    }

    /// Reads on to the end.
    #[track_caller]
    pub fn rest(mut self) -> String {
        while self.more() {}
        self.text
    }

    /// Reads a piece, for as long as the slowest of machines may take; false at the end.
    #[track_caller]
    fn more(&mut self) -> bool {
        let patience = std::time::Duration::from_mins(1);
        let next = async { tokio::time::timeout(patience, self.body.next()).await };
        let piece = self.site.wait(next).unwrap_or_else(|_| panic!("nothing comes after {}", self.text));
        let Some(piece) = piece else { return false };
        self.text.push_str(std::str::from_utf8(&piece.unwrap()).unwrap());
        assert!(self.text.matches("still here").count() < 5, "it goes on without an end: {}", self.text);
        true
    }
}

/// One person's browser.
pub struct Client<'a> {
    site: &'a Site,
    cookie: Option<String>,
    pub person: Option<Ref<Person>>,
}

impl Client<'_> {
    pub fn request(&self, method: &str, path: &str) -> axum::http::request::Builder {
        let mut request = Request::builder().method(method).uri(path).header("host", "localhost");
        if let Some(cookie) = &self.cookie {
            request = request.header("cookie", cookie);
        }
        request
    }

    pub fn get(&self, path: &str) -> Answer {
        self.site.send(self.request("GET", path).body(Body::empty()).unwrap())
    }

    /// Sends a body of a type from a page of ours.
    pub fn send_form(&self, path: &str, kind: &str, body: String) -> Answer {
        let request = self.request("POST", path).header("sec-fetch-site", "same-origin").header("content-type", kind);
        self.site.send(request.body(Body::from(body)).unwrap())
    }

    /// Sends a form from a page of ours.
    pub fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let encode = attestry_server::html::encode;
        let body: Vec<String> =
            fields.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
        let request = self
            .request("POST", path)
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "application/x-www-form-urlencoded");
        self.site.send(request.body(Body::from(body.join("&"))).unwrap())
    }
}
