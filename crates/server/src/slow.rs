//! Connections that take their time. Each may: a head has ten seconds, a body its pace, an answer is waited for as long as it
//! is being read. And all together may not: there is a bound on connections, and a lower one on those from one address, so
//! that nobody alone can take them all.

use std::collections::HashMap;
use std::future::{Ready, ready};
use std::io;
use std::net::{IpAddr, Ipv6Addr};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, ready as poll_ready};
use std::time::Duration;

use axum::body::{Body, BodyDataStream, Bytes};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use axum_server::accept::Accept;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep, sleep_until};
use tokio_stream::Stream;

use crate::app::held;

/// How long the head of a request may take to arrive, also the first one of a connection.
pub const HEAD_TIME: Duration = Duration::from_secs(10);
/// How long nothing of an answer need be read before the connection ends.
const UNREAD_TIME: Duration = Duration::from_secs(15);
/// How long a body may take besides what its size allows.
const BODY_TIME: Duration = Duration::from_secs(20);
/// How fast a body comes at least after that, in bytes in a second.
const BODY_PACE: u64 = 4 << 10;
/// Most connections, where the system lets a process have so many.
const MOST: usize = 4_000;

/// The connections that are open.
#[derive(Debug, Clone)]
pub struct Guard(Arc<Open>);

#[derive(Debug)]
struct Open {
    most: usize,
    /// From these any number may come: they stand for many people.
    proxies: Vec<IpAddr>,
    unread: Duration,
    by_source: Mutex<HashMap<IpAddr, usize>>,
}

impl Guard {
    /// For a server behind these proxies.
    pub fn new(proxies: Vec<IpAddr>) -> Self {
        // A quarter is left for the database, files and what else needs a descriptor.
        let most = descriptors().map_or(MOST, |most| (most / 4 * 3).clamp(16, MOST));
        Self::with(most, proxies, UNREAD_TIME)
    }

    fn with(most: usize, proxies: Vec<IpAddr>, unread: Duration) -> Self {
        Self(Arc::new(Open { most, proxies, unread, by_source: Mutex::default() }))
    }

    /// A place for one more connection, if there is one.
    fn enter(&self, address: IpAddr) -> Option<Place> {
        let source = source_of(address);
        let mut by_source = held(self.0.by_source.lock());
        let all: usize = by_source.values().sum();
        let own = by_source.get(&source).copied().unwrap_or(0);
        let most = if self.0.proxies.contains(&address) { self.0.most } else { self.0.most / 4 * 3 };
        if all >= self.0.most || own >= most {
            metrics::counter!("attestry_connections_refused_total").increment(1);
            return None;
        }
        by_source.insert(source, own + 1);
        metrics::gauge!("attestry_connections").increment(1);
        Some(Place { guard: self.clone(), source })
    }
}

/// How many descriptors the system lets this process have; unknown where it does not say.
fn descriptors() -> Option<usize> {
    let limits = std::fs::read_to_string("/proc/self/limits").ok()?;
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Where somebody comes from: in IPv6 one party has a whole network of 64 bits.
fn source_of(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(six) => match six.to_ipv4_mapped() {
            Some(four) => IpAddr::V4(four),
            None => IpAddr::V6(Ipv6Addr::from_bits(six.to_bits() & !u128::from(u64::MAX))),
        },
    }
}

/// The place of a connection, free again when it is dropped.
#[derive(Debug)]
struct Place {
    guard: Guard,
    source: IpAddr,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut by_source = held(self.guard.0.by_source.lock());
        if let Some(count) = by_source.get_mut(&self.source) {
            *count -= 1;
            if *count == 0 {
                by_source.remove(&self.source);
            }
        }
        metrics::gauge!("attestry_connections").decrement(1);
    }
}

impl<S> Accept<TcpStream, S> for Guard {
    type Stream = Connection<TcpStream>;
    type Service = S;
    type Future = Ready<io::Result<(Self::Stream, S)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let entered = stream.peer_addr().and_then(|peer| {
            // Answers are written whole: waiting for more to send would only delay their end.
            stream.set_nodelay(true)?;
            self.enter(peer.ip()).ok_or_else(|| io::Error::new(io::ErrorKind::QuotaExceeded, "too many connections"))
        });
        let unread = self.0.unread;
        ready(entered.map(|place| (Connection { stream, unread, waiting: None, _place: place }, service)))
    }
}

/// A connection that ends when nothing of what is sent is read for some time.
#[derive(Debug)]
pub struct Connection<S> {
    stream: S,
    unread: Duration,
    waiting: Option<Pin<Box<Sleep>>>,
    _place: Place,
}

impl<S> Connection<S> {
    /// Hands on what came of a write, and starts or ends the time that its reader has.
    fn timed<T>(&mut self, cx: &mut Context<'_>, outcome: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if outcome.is_ready() {
            self.waiting = None;
            return outcome;
        }
        let unread = self.unread;
        let waiting = self.waiting.get_or_insert_with(|| Box::pin(sleep(unread)));
        poll_ready!(waiting.as_mut().poll(cx));
        Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "nothing was read for too long")))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Connection<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Connection<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.timed(cx, outcome)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.stream).poll_write_vectored(cx, slices);
        self.timed(cx, outcome)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// The layer that asks of bodies that they come at a pace.
pub async fn pace(request: Request, next: Next) -> Response {
    let has_body = !matches!(*request.method(), axum::http::Method::GET | axum::http::Method::HEAD);
    let request =
        if has_body { request.map(|body| Body::from_stream(Paced::new(body, BODY_TIME, BODY_PACE))) } else { request };
    next.run(request).await
}

/// A body that ends with a fault when it comes too slowly.
struct Paced {
    body: BodyDataStream,
    begun: Instant,
    grace: Duration,
    pace: u64,
    came: u64,
    limit: Pin<Box<Sleep>>,
}

impl Paced {
    fn new(body: Body, grace: Duration, pace: u64) -> Self {
        let begun = Instant::now();
        let limit = Box::pin(sleep_until(begun + grace));
        Self { body: body.into_data_stream(), begun, grace, pace, came: 0, limit }
    }
}

impl Stream for Paced {
    type Item = Result<Bytes, axum::BoxError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match Pin::new(&mut self.body).poll_next(cx) {
            Poll::Ready(Some(Ok(bytes))) => {
                self.came += bytes.len() as u64;
                let until =
                    self.begun + self.grace + Duration::from_millis(self.came.saturating_mul(1_000) / self.pace);
                self.limit.as_mut().reset(until);
                Poll::Ready(Some(Ok(bytes)))
            }
            Poll::Ready(other) => Poll::Ready(other.map(|outcome| outcome.map_err(Into::into))),
            Poll::Pending => {
                poll_ready!(self.limit.as_mut().poll(cx));
                Poll::Ready(Some(Err("the body came too slowly".into())))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio_stream::StreamExt as _;

    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn one_address_cannot_take_every_connection_and_places_become_free_again() {
        let proxy = address("10.0.0.1");
        let guard = Guard::with(16, vec![proxy], UNREAD_TIME);
        let mut places: Vec<Place> = std::iter::from_fn(|| guard.enter(address("192.0.2.7"))).collect();
        assert_eq!(places.len(), 12);
        assert!(guard.enter(address("192.0.2.8")).is_some(), "others still come in");
        places.extend(std::iter::from_fn(|| guard.enter(address("192.0.2.8"))));
        assert_eq!(places.len(), 16, "all together have a bound");
        assert!(guard.enter(proxy).is_none());
        places.clear();
        assert!(held(guard.0.by_source.lock()).is_empty());
        assert_eq!(std::iter::from_fn(|| guard.enter(proxy)).take(20).collect::<Vec<_>>().len(), 16);
    }

    #[test]
    fn a_network_of_ipv6_is_one_source() {
        assert_eq!(source_of(address("2001:db8::1")), source_of(address("2001:db8::ffff:2")));
        assert_ne!(source_of(address("2001:db8::1")), source_of(address("2001:db8:0:1::1")));
        assert_eq!(source_of(address("::ffff:192.0.2.7")), address("192.0.2.7"));
    }

    #[tokio::test]
    async fn who_reads_nothing_loses_the_connection_and_who_reads_keeps_it() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut reader = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let guard = Guard::with(16, Vec::new(), Duration::from_millis(200));
        let (mut connection, ()) = guard.accept(listener.accept().await.unwrap().0, ()).await.unwrap();
        let answer = vec![7; 64 << 20];
        let reading = async {
            // As long as something is read now and then, the connection stays.
            let mut part = vec![0; 8 << 20];
            for _ in 0..3 {
                tokio::time::sleep(Duration::from_millis(100)).await;
                reader.read_exact(&mut part).await.unwrap();
            }
        };
        let (written, ()) = tokio::join!(connection.write_all(&answer), reading);
        assert_eq!(written.unwrap_err().kind(), io::ErrorKind::TimedOut);
        drop(connection);
        assert!(held(guard.0.by_source.lock()).is_empty());
    }

    #[tokio::test]
    async fn a_body_may_be_slow_as_long_as_it_keeps_its_pace() {
        let trickle = |bytes: usize, parts: usize| {
            let part = move |_| async move {
                sleep(Duration::from_millis(20)).await;
                Ok::<_, io::Error>(Bytes::from(vec![0; bytes]))
            };
            let parts = tokio_stream::iter(0..parts).then(part);
            Paced::new(Body::from_stream(parts), Duration::from_millis(300), 1_000)
        };
        // 60 bytes in 20 milliseconds, where 1,000 in a second are asked: longer than the grace, and whole.
        let fine: Vec<_> = trickle(60, 40).collect().await;
        assert!(fine.iter().all(Result::is_ok) && fine.len() == 40);
        // A byte now and then would go on for ever.
        let slow = trickle(1, 1_000).take_while(Result::is_ok).collect::<Vec<_>>().await;
        assert!((1..100).contains(&slow.len()), "{}", slow.len());
    }
}
