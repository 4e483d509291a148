//! Ports that nobody holds.

use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::atomic::{AtomicU16, Ordering};

/// Below the ports that the system gives to clients: a client that knocks while its server is down
/// could else be given the server's own port, and hold it.
const FIRST: u16 = 12_000;
const COUNT: u16 = 18_000;

static NEXT: AtomicU16 = AtomicU16::new(0);

/// A port of the loopback that is free now, and that this process gives out once.
///
/// No client is given it by the system, so that a server which is started again finds it free.
///
/// # Panics
///
/// If every port is in use.
#[must_use]
pub fn free_port() -> u16 {
    free().expect("a free port")
}

pub(crate) fn free() -> io::Result<u16> {
    // Processes begin at different places, so that they do not race for the same port.
    let [low, high, ..] = std::process::id().wrapping_mul(7919).to_le_bytes();
    let begin = u16::from_le_bytes([low, high]) % COUNT;
    for _ in 0..COUNT {
        let step = NEXT.fetch_add(1, Ordering::Relaxed) % COUNT;
        let port = FIRST + (begin + step) % COUNT;
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return Ok(port);
        }
    }
    Err(io::Error::new(io::ErrorKind::AddrInUse, "every port is in use"))
}
