//! The server: listening, encryption, and an orderly end.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;

use crate::app::App;
use crate::slow::{Guard, HEAD_TIME};
use crate::{jobs, routes};

/// The files of a certificate.
#[derive(Debug, Clone)]
pub struct Tls {
    /// The chain, in PEM.
    pub certificate: PathBuf,
    /// The private key, in PEM.
    pub key: PathBuf,
}

/// Where the server listens.
#[derive(Debug, Clone)]
pub struct Listen {
    /// The address.
    pub address: SocketAddr,
    /// Encryption, if it is done here.
    pub tls: Option<Tls>,
}

/// How long requests that are being answered may go on after the server was told to end.
const GRACE: Duration = Duration::from_secs(20);

/// Serves until the process is told to end (SIGTERM or Ctrl C): then no connection is taken any more, requests that are
/// being answered are finished, and this returns. `ready` is told the address that was bound.
///
/// HTTP/1.1 is spoken and nothing else: one connection carries one request at a time, so what `slow` bounds is all there is.
/// In HTTP/2 a connection carries many, and one that its reader has stopped (RFC 9113, section 6.9) keeps them for as long as it
/// likes. A proxy in front may speak what it wants with browsers.
pub async fn serve(app: App, listen: Listen, ready: impl FnOnce(SocketAddr)) -> std::io::Result<()> {
    let handle = Handle::new();
    let guard = Guard::new(app.settings.proxies.clone());
    tokio::spawn(end(app.clone(), handle.clone()));
    jobs::start(&app);
    let router = routes::router(&app).into_make_service_with_connect_info::<SocketAddr>();
    let listener = std::net::TcpListener::bind(listen.address)?;
    listener.set_nonblocking(true)?;
    ready(listener.local_addr()?);
    match listen.tls {
        None => {
            let server = axum_server::from_tcp(listener)?.handle(handle);
            let mut server = server.acceptor(guard).http1_only().first_request_timeout(HEAD_TIME);
            bounded(server.http_builder());
            server.serve(router).await
        }
        Some(tls) => {
            // A second provider in one process (in tests) leaves the first one in place.
            let _ = rustls::crypto::ring::default_provider().install_default();
            let config = RustlsConfig::from_pem_file(tls.certificate, tls.key).await?;
            let mut named = rustls::ServerConfig::clone(&config.get_inner());
            named.alpn_protocols = vec![b"http/1.1".to_vec()];
            config.reload_from_config(Arc::new(named));
            let server = axum_server::from_tcp_rustls(listener, config)?.handle(handle);
            let mut server = server.map(|tls| tls.acceptor(guard)).http1_only().first_request_timeout(HEAD_TIME);
            bounded(server.http_builder());
            server.serve(router).await
        }
    }
}

/// The floor for measuring: answers everything with the same bytes, on one route and nothing around it. Ends only with a fault.
pub async fn bare(listener: std::net::TcpListener, bytes: Vec<u8>) -> std::io::Result<()> {
    let html = [(axum::http::header::CONTENT_TYPE, "text/html; charset=utf-8")];
    let answer = move || async move { (html, bytes.clone()) };
    listener.set_nonblocking(true)?;
    let listener = tokio::net::TcpListener::from_std(listener)?;
    axum::serve(listener, axum::Router::new().route("/", axum::routing::get(answer))).await
}

/// Bounds what a connection may take: slow heads end, and heads stay small.
fn bounded(builder: &mut hyper_util::server::conn::auto::Builder<hyper_util::rt::TokioExecutor>) {
    builder
        .http1()
        .timer(hyper_util::rt::TokioTimer::new())
        .header_read_timeout(HEAD_TIME)
        .max_buf_size(64 << 10)
        .keep_alive(true);
}

/// Waits for the word to end and hands it on.
async fn end(app: App, handle: Handle<SocketAddr>) {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<()>();
    tokio::select! {
        _ = interrupted => {}
        () = terminated => {}
    }
    tracing::info!("ending: no new connections, requests under way are finished");
    app.ending.send_replace(true);
    handle.graceful_shutdown(Some(GRACE));
}
