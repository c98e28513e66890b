//! The floor for measuring: a bare route that sends the bytes of a file. `bare 8091 page.html`.

fn main() {
    let mut arguments = std::env::args().skip(1);
    let port: u16 = arguments.next().and_then(|port| port.parse().ok()).unwrap_or(8091);
    let bytes = std::fs::read(arguments.next().expect("a file")).expect("a file that can be read");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let listener = std::net::TcpListener::bind(("127.0.0.1", port)).expect("a free port");
    runtime.block_on(attestry_server::serve::bare(listener, bytes)).expect("served");
}
