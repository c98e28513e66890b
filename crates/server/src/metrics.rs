//! Figures for monitoring, in Prometheus' text format. Labels name routes, never addresses with references in them.

use std::sync::OnceLock;
use std::time::Duration;

use axum::http::Method;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

/// Bounds of the time classes, in seconds.
const CLASSES: [f64; 12] = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

/// Sets the recorder of the process up, once.
pub fn install() -> PrometheusHandle {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    HANDLE
        .get_or_init(|| {
            let name = Matcher::Full("attestry_http_seconds".to_owned());
            let builder = PrometheusBuilder::new();
            let recorder = match builder.set_buckets_for_metric(name, &CLASSES) {
                Ok(builder) => builder.build_recorder(),
                Err(_) => PrometheusBuilder::new().build_recorder(),
            };
            let handle = recorder.handle();
            // A second recorder in one process (in tests) leaves the first one in place.
            let _ = metrics::set_global_recorder(recorder);
            metrics::describe_counter!("attestry_http_requests_total", "Requests by route, method and status.");
            metrics::describe_histogram!("attestry_http_seconds", "Time to the answer by route, in seconds.");
            metrics::describe_gauge!("attestry_connections", "Connections that are open.");
            metrics::describe_counter!(
                "attestry_connections_refused_total",
                "Connections refused: there were too many."
            );
            handle
        })
        .clone()
}

/// Counts a request.
pub fn count(method: &Method, route: &str, status: u16, elapsed: Duration) {
    let labels = [("method", method.as_str().to_owned()), ("route", route.to_owned()), ("status", status.to_string())];
    metrics::counter!("attestry_http_requests_total", &labels).increment(1);
    metrics::histogram!("attestry_http_seconds", "route" => route.to_owned()).record(elapsed.as_secs_f64());
}
