//! Ten thousand connections on which nothing comes: some are held for a moment and the others refused, and who asks for
//! something is answered.

use std::io::Write;
use std::net::{SocketAddr, TcpStream};

use super::{ALONE, LIVE, PATIENCE, heard, is_ended, listening, said};

/// How many connections are opened, where the system lets a process have so many.
const CROWD: u64 = 10_000;
/// Descriptors that the test and the server need besides.
const OWN: u64 = 600;
/// Most memory that a connection may take on which nothing has come, in bytes.
const EACH: u64 = 64 << 10;

/// The memory that the process holds, in bytes; none where the system does not say.
fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.trim().trim_end_matches(" kB").parse::<u64>().ok()? << 10)
}

/// The descriptors that the process has open; none where the system does not say.
fn descriptors() -> Option<usize> {
    Some(std::fs::read_dir("/proc/self/fd").ok()?.count())
}

/// Connects from an address of this machine that is not the one others come from.
fn from_elsewhere(runtime: &tokio::runtime::Runtime, address: SocketAddr) -> std::io::Result<TcpStream> {
    let stream = runtime.block_on(async {
        let socket = tokio::net::TcpSocket::new_v4()?;
        socket.bind(([127, 0, 0, 2], 0).into())?;
        socket.connect(address).await
    })?;
    let stream = stream.into_std()?;
    stream.set_nonblocking(false)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    Ok(stream)
}

#[test]
fn a_crowd_that_says_nothing_takes_a_bounded_place_and_for_a_moment() {
    let _alone = ALONE.write();
    let most = rlimit::increase_nofile_limit(u64::MAX).unwrap();
    // Both ends of each connection are in this process.
    let wanted = CROWD.min(most.saturating_sub(OWN) / 2);
    assert!(wanted >= 100, "the system lets a process have {most} descriptors");
    let address = listening(None);
    assert!(said(address, LIVE).starts_with("HTTP/1.1 200"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (memory, files) = (resident(), descriptors());
    let mut crowd = Vec::new();
    for _ in 0..wanted {
        // Who is refused may hear of it while connecting.
        crowd.extend(from_elsewhere(&runtime, address).ok());
        if crowd.len() % 1_000 == 0 {
            assert!(said(address, LIVE).starts_with("HTTP/1.1 200"), "answered beside {}", crowd.len());
        }
    }
    assert!(said(address, LIVE).starts_with("HTTP/1.1 200"), "answered beside all of them");
    let bound = (most / 4 * 3).clamp(16, 4_000) / 4 * 3;
    if let (Some(before), Some(now), Some(files), Some(open)) = (memory, resident(), files, descriptors()) {
        let held = u64::try_from(open.saturating_sub(files + crowd.len())).unwrap();
        println!("{wanted} wanted, {} connected, {held} held, {} bytes more", crowd.len(), now.saturating_sub(before));
        // A few of them are of requests that have just been answered.
        assert!(held <= bound + 50, "{held} are held, and {bound} may be");
        assert!(now.saturating_sub(before) <= wanted * EACH, "{held} take {} bytes", now - before);
    }
    // Each of them is ended by the server, the last one too.
    for stream in &mut crowd {
        assert!(is_ended(stream));
    }
    drop(crowd);
    // Then the same address is served again.
    let mut stream = from_elsewhere(&runtime, address).unwrap();
    stream.write_all(LIVE).unwrap();
    assert!(heard(&mut stream).starts_with(b"HTTP/1.1 200"));
}
