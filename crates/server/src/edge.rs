//! The outermost layer: every request gets a name, every answer the security headers, every fault its page or its
//! problem+json; what happened is counted and logged, without bodies, queries or secrets.

use std::time::Instant;

use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use crate::app::App;
use crate::fault::{Fault, Faulty};
use crate::pages::fault::{Asked, FaultPage};

/// The name of a request in logs and in problem+json.
#[derive(Debug, Clone)]
pub struct RequestName(pub String);

/// What pages may load and do: our own styles, scripts, pictures and addresses, nothing inline, nothing foreign.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; \
    connect-src 'self'; font-src 'self'; manifest-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; \
    frame-ancestors 'none'; require-trusted-types-for 'script'";

/// The headers of every answer that does not bring its own.
const HEADERS: [(HeaderName, &str); 7] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    (header::CACHE_CONTROL, "no-store"),
];

/// A fresh name of 80 random bits.
fn name() -> String {
    let mut bytes = [0_u8; 10];
    // Without randomness the request still has an answer; only its name in the log is then not its own.
    let _ = getrandom::fill(&mut bytes);
    data_encoding::HEXLOWER.encode(&bytes)
}

/// The layer.
pub async fn edge(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let request_name = name();
    request.extensions_mut().insert(RequestName(request_name.clone()));
    let method = request.method().clone();
    let uri = request.uri().clone();
    let path = uri.path();
    let route = request.extensions().get::<MatchedPath>().map(|matched| matched.as_str().to_owned());
    let head = request.headers().clone();
    let mut answer = next.run(request).await;

    let fault = answer.extensions().get::<Faulty>().cloned();
    let bare =
        fault.is_none() && answer.status().is_client_error() && answer.headers().get(header::CONTENT_TYPE).is_none();
    let faulty = match (fault, answer.status()) {
        (Some(faulty), _) => Some(faulty.0),
        (None, StatusCode::NOT_FOUND) if bare => Some(Fault::Absent.into()),
        (None, StatusCode::METHOD_NOT_ALLOWED) if bare => Some(Fault::Method.into()),
        _ => None,
    };
    if let Some(fault) = faulty {
        if let Fault::Broken(cause) = &*fault {
            tracing::error!(request = request_name, path, cause, "a request failed");
        }
        let kept = std::mem::take(answer.headers_mut());
        let asked = Asked { request: &request_name, method: &method, uri: &uri, headers: &head };
        answer = show(&app, &fault, &asked);
        for (name, value) in &kept {
            if *name != header::CONTENT_LENGTH && *name != header::CONTENT_TYPE {
                answer.headers_mut().append(name, value.clone());
            }
        }
    }
    let headers = answer.headers_mut();
    for (name, value) in HEADERS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if app.settings.secure {
        let value = HeaderValue::from_static("max-age=63072000; includeSubDomains");
        headers.entry(header::STRICT_TRANSPORT_SECURITY).or_insert(value);
    }
    if let Ok(value) = HeaderValue::from_str(&request_name) {
        headers.insert(HeaderName::from_static("x-request-id"), value);
    }
    let (status, elapsed) = (answer.status().as_u16(), begun.elapsed());
    let route = route.unwrap_or_else(|| "none".to_owned());
    crate::metrics::count(&method, &route, status, elapsed);
    tracing::info!(
        request = request_name,
        method = method.as_str(),
        path,
        status,
        micros = u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX),
        "answered"
    );
    answer
}

fn show(app: &App, fault: &Fault, asked: &Asked<'_>) -> Response {
    let path = asked.uri.path();
    if path.starts_with("/api/") {
        let body = fault.problem(asked.request).to_string();
        let mut answer = Response::new(Body::from(body));
        *answer.status_mut() = fault.status();
        let kind = HeaderValue::from_static("application/problem+json");
        answer.headers_mut().insert(header::CONTENT_TYPE, kind);
        if matches!(fault, Fault::SignIn) {
            answer.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        return answer;
    }
    if matches!(fault, Fault::SignIn) {
        return crate::signin::to_sign_in(path);
    }
    if matches!(fault, Fault::StepUp) && !path.contains("/passkey") {
        return crate::signin::to_step_up(path, asked.headers);
    }
    FaultPage::new(app, fault, asked).into_response()
}
