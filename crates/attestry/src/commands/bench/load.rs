//! A load generator for one server on this machine: keeps connections open and measures how long answers take, as whoever
//! asks sees it.

use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// What is asked.
#[derive(Debug, Clone)]
pub struct Ask {
    /// Where the server is.
    pub address: SocketAddr,
    /// The path with its query; `{n}` is another number each time.
    pub path: String,
    /// The session.
    pub cookie: String,
    /// Whether the answer may be compressed.
    pub gzip: bool,
}

/// How long the answers took.
#[derive(Debug, Default)]
pub struct Times(Vec<Duration>);

impl Times {
    /// The time within which this share of the answers came, in milliseconds.
    pub fn share(&mut self, share: f64) -> f64 {
        self.0.sort_unstable();
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a place in a list"
        )]
        let at = ((self.0.len() as f64 * share).ceil() as usize).saturating_sub(1);
        self.0.get(at).map_or(f64::NAN, |time| time.as_secs_f64() * 1e3)
    }

    /// Measures one more, if it comes to an end.
    pub fn add<T>(&mut self, work: impl FnOnce() -> io::Result<T>) -> io::Result<()> {
        let begun = Instant::now();
        work()?;
        self.0.push(begun.elapsed());
        Ok(())
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }
}

static NUMBER: AtomicU64 = AtomicU64::new(0);

/// A connection that stays open.
pub struct Client {
    stream: TcpStream,
    ask: Ask,
    buffer: Vec<u8>,
}

impl Client {
    /// Connects.
    pub fn open(ask: &Ask) -> io::Result<Self> {
        let stream = TcpStream::connect(ask.address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        Ok(Self { stream, ask: ask.clone(), buffer: Vec::with_capacity(256 << 10) })
    }

    /// Asks once and reads the answer whole; how many bytes its body has.
    pub fn get(&mut self) -> io::Result<usize> {
        let path = if self.ask.path.contains("{n}") {
            self.ask.path.replace("{n}", &NUMBER.fetch_add(1, Ordering::Relaxed).to_string())
        } else {
            self.ask.path.clone()
        };
        let coding = if self.ask.gzip { "accept-encoding: gzip\r\n" } else { "" };
        let head =
            format!("GET {path} HTTP/1.1\r\nhost: {}\r\ncookie: {}\r\n{coding}\r\n", self.ask.address, self.ask.cookie);
        self.exchange(head.as_bytes()).map(|(_, size)| size)
    }

    /// Sends a request and reads the answer; its head, and how many bytes its body has. The body is at the end of the buffer.
    pub fn exchange(&mut self, request: &[u8]) -> io::Result<(String, usize)> {
        self.stream.write_all(request)?;
        self.buffer.clear();
        let end = self.until(0, b"\r\n\r\n")?;
        let head = String::from_utf8_lossy(&self.buffer[..end]).into_owned();
        let (mut length, mut chunked) = (0, false);
        for line in head.lines() {
            let Some((name, value)) = line.split_once(':') else { continue };
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.trim().parse().map_err(|_| wrong(line))?,
                "transfer-encoding" => chunked = value.trim() == "chunked",
                _ => {}
            }
        }
        if !head.starts_with("HTTP/1.1 200") {
            return Err(wrong(head.lines().next().unwrap_or_default()));
        }
        if chunked {
            self.chunks(end)?;
        } else {
            self.fill(end + length)?;
        }
        Ok((head, self.buffer.len() - end))
    }

    /// The body of the last answer, as it came.
    pub fn body(&self, size: usize) -> &[u8] {
        &self.buffer[self.buffer.len() - size..]
    }

    /// Reads chunk after chunk up to the empty one.
    fn chunks(&mut self, mut at: usize) -> io::Result<()> {
        loop {
            let end = self.until(at, b"\r\n")?;
            let size = String::from_utf8_lossy(&self.buffer[at..end - 2]).into_owned();
            let size = usize::from_str_radix(size.split(';').next().unwrap_or_default().trim(), 16);
            let size = size.map_err(|_| wrong("a chunk without a size"))?;
            self.fill(end + size + 2)?;
            at = end + size + 2;
            if size == 0 {
                return Ok(());
            }
        }
    }

    /// Reads up to a sign, from a place on; where it ends.
    fn until(&mut self, from: usize, sign: &[u8]) -> io::Result<usize> {
        let mut searched = from;
        loop {
            if let Some(at) = self.buffer[searched..].windows(sign.len()).position(|part| part == sign) {
                return Ok(searched + at + sign.len());
            }
            searched = self.buffer.len().saturating_sub(sign.len()).max(from);
            self.more()?;
        }
    }

    /// Reads until the buffer holds so much.
    fn fill(&mut self, size: usize) -> io::Result<()> {
        while self.buffer.len() < size {
            self.more()?;
        }
        Ok(())
    }

    fn more(&mut self) -> io::Result<()> {
        let held = self.buffer.len();
        self.buffer.resize(held + (64 << 10), 0);
        let came = self.stream.read(&mut self.buffer[held..]);
        self.buffer.truncate(held + came.as_ref().map_or(0, |size| *size));
        if came? == 0 { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(()) }
    }
}

fn wrong(what: &str) -> io::Error {
    io::Error::other(format!("an answer that was not expected: {what}"))
}

/// Runs `work` on so many connections at once and gathers the times.
fn on_all(
    ask: &Ask,
    connections: u32,
    work: impl Fn(u32, Client) -> io::Result<Vec<Duration>> + Sync,
) -> io::Result<Times> {
    std::thread::scope(|scope| {
        let run = |nth| {
            let (work, ask) = (&work, ask);
            scope.spawn(move || work(nth, Client::open(ask)?))
        };
        let all: Vec<_> = (0..connections).map(run).collect();
        let mut times = Vec::new();
        for one in all {
            times.extend(one.join().map_err(|_| wrong("none"))??);
        }
        Ok(Times(times))
    })
}

/// As many requests as are answered in this time; how many in a second.
pub fn flood(ask: &Ask, connections: u32, span: Duration) -> io::Result<f64> {
    let begun = Instant::now();
    let times = on_all(ask, connections, |_, mut client| {
        let mut times = Vec::new();
        while begun.elapsed() < span {
            let asked = Instant::now();
            client.get()?;
            times.push(asked.elapsed());
        }
        Ok(times)
    })?;
    #[expect(clippy::cast_precision_loss, reason = "counts far below 2^53")]
    let count = times.count() as f64;
    Ok(count / begun.elapsed().as_secs_f64())
}

/// So many requests in a second, whatever the answers take: one that had to wait for the one before it counts from when it
/// should have been asked.
pub fn paced(ask: &Ask, rate: f64, connections: u32, span: Duration) -> io::Result<Times> {
    let between = Duration::from_secs_f64(f64::from(connections) / rate.max(1.0));
    let begun = Instant::now();
    on_all(ask, connections, |nth, mut client| {
        let mut due = begun + between.mul_f64(f64::from(nth) / f64::from(connections));
        let mut times = Vec::new();
        while due < begun + span {
            let now = Instant::now();
            let asked = if now < due {
                std::thread::sleep(due - now);
                Instant::now()
            } else {
                due
            };
            client.get()?;
            times.push(asked.elapsed());
            due += between;
        }
        Ok(times)
    })
}

/// Holds slow connections against a server until told to stop: a third send their head byte by byte, a third a body, a third
/// ask for a great deal and read nothing. Those that the server ends are opened again. Answers how many were ended.
pub fn hold_slow(ask: &Ask, count: usize, stop: &AtomicBool) -> usize {
    let mut ended = 0;
    let mut held: Vec<Option<TcpStream>> = (0..count).map(|nth| slow(ask, nth).ok()).collect();
    while !stop.load(Ordering::Relaxed) {
        for (nth, one) in held.iter_mut().enumerate() {
            // What reads nothing is left alone; a write shows whether the others are still taken.
            let lives = one.as_mut().is_some_and(|stream| match nth % 3 {
                2 => stream.take_error().is_ok_and(|error| error.is_none()) && !is_closed(stream),
                _ => stream.write_all(b"x").is_ok() && !is_closed(stream),
            });
            if !lives {
                ended += 1;
                *one = slow(ask, nth).ok();
            }
        }
        std::thread::sleep(Duration::from_millis(500));
    }
    ended
}

/// Whether the other end has closed it: there is nothing more to read, without taking what there is.
fn is_closed(stream: &TcpStream) -> bool {
    match stream.peek(&mut [0]) {
        Ok(0) => true,
        Ok(_) => false,
        Err(error) => error.kind() != io::ErrorKind::WouldBlock,
    }
}

fn slow(ask: &Ask, nth: usize) -> io::Result<TcpStream> {
    let mut stream = TcpStream::connect(ask.address)?;
    let (host, cookie, path) = (ask.address, &ask.cookie, &ask.path);
    let request = match nth % 3 {
        0 => format!("GET {path} HTTP/1.1\r\nhost: {host}\r\nx-slow: "),
        1 => format!(
            "POST /look HTTP/1.1\r\nhost: {host}\r\ncookie: {cookie}\r\nsec-fetch-site: same-origin\r\n\
             content-type: application/x-www-form-urlencoded\r\ncontent-length: 100000\r\n\r\nback="
        ),
        _ => format!("GET {path} HTTP/1.1\r\nhost: {host}\r\ncookie: {cookie}\r\n\r\n").repeat(200),
    };
    stream.write_all(request.as_bytes())?;
    stream.set_nonblocking(true)?;
    Ok(stream)
}
