//! The floor for measuring: a bare route that sends the bytes of a file. `bare 8091 page.html`.

use axum::Router;
use axum::http::header;
use axum::routing::get;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let port: u16 = arguments.next().and_then(|port| port.parse().ok()).unwrap_or(8091);
    let bytes = std::fs::read(arguments.next().expect("a file")).expect("a file that can be read");
    let answer = move || async move { ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], bytes.clone()) };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await.expect("a free port");
        axum::serve(listener, Router::new().route("/", get(answer))).await.expect("served");
    });
}
