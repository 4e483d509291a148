//! A relay between a client and a server, for faults of the network (`service.md` section 12.4).

use std::net::{Ipv4Addr, SocketAddr};
use std::thread;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::port::free_port;

/// A relay on a port of the loopback. It ends with this value.
///
/// It runs on a thread of its own, so that it outlives the runtime of a single test.
#[derive(Debug)]
pub struct Relay {
    port: u16,
    traffic: watch::Sender<Traffic>,
}

/// What a relay does with what passes through it, old connections and new ones alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Traffic {
    /// Everything passes.
    Pass,
    /// Everything passes later.
    Delay(Duration),
    /// At most so many bytes a second pass, in each direction of each connection.
    Throttle(u32),
    /// Nothing passes, and nobody is told: the network is half open. What was closed meanwhile is
    /// told when it is over, what was said is lost.
    Drop,
    /// Connections are reset, new ones as soon as they are made.
    Reset,
    /// Each direction of a connection is cut after so many bytes.
    Cut(u64),
    /// Connections are reset, and new ones refused.
    Refuse,
}

impl Relay {
    /// A relay to a port of the loopback, through which everything passes at first.
    ///
    /// # Panics
    ///
    /// If there is no port left.
    #[must_use]
    pub fn to(server: u16) -> Self {
        let port = free_port();
        let (traffic, orders) = watch::channel(Traffic::Pass);
        let (ready, is_ready) = std::sync::mpsc::channel();
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(async {
                let listener = listen(port).await;
                ready.send(()).expect("somebody waits");
                serve(listener, (Ipv4Addr::LOCALHOST, server).into(), port, orders).await;
            });
        });
        is_ready.recv().expect("the relay has begun");
        Self { port, traffic }
    }

    /// The port on which it listens.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Changes what it does from now on.
    pub fn set(&self, traffic: Traffic) {
        self.traffic.send_replace(traffic);
    }
}

async fn listen(port: u16) -> TcpListener {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.expect("a port that was free")
}

/// Takes connections until the relay is dropped.
async fn serve(
    listener: TcpListener,
    server: SocketAddr,
    port: u16,
    mut orders: watch::Receiver<Traffic>,
) {
    let mut listener = Some(listener);
    let mut connections = JoinSet::new();
    loop {
        let traffic = *orders.borrow_and_update();
        if traffic == Traffic::Refuse {
            listener = None;
        } else if listener.is_none() {
            listener = Some(listen(port).await);
        }
        let accepted = async {
            match &listener {
                Some(listener) => listener.accept().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            changed = orders.changed() => {
                if changed.is_err() {
                    return;
                }
            }
            Ok((client, _)) = accepted => {
                connections.spawn(connect(client, server, orders.clone()));
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

/// One connection, from its beginning to its end.
async fn connect(mut client: TcpStream, server: SocketAddr, orders: watch::Receiver<Traffic>) {
    let mut resets = orders.clone();
    let Ok(mut server) = TcpStream::connect(server).await else {
        let _ = client.set_zero_linger();
        return;
    };
    let is_broken = {
        let (from_client, to_client) = client.split();
        let (from_server, to_server) = server.split();
        let there = pump(from_client, to_server, orders.clone());
        let back = pump(from_server, to_client, orders);
        tokio::select! {
            // Also when the relay is gone.
            _ = resets.wait_for(|traffic| matches!(traffic, Traffic::Reset | Traffic::Refuse)) => true,
            ended = async { tokio::try_join!(there, back) } => ended.is_err(),
        }
    };
    if is_broken {
        // A stream that is dropped with no time to linger is reset.
        let _ = client.set_zero_linger();
        let _ = server.set_zero_linger();
    }
}

/// A connection that ends otherwise than by a word of its ends.
struct Broken;

/// Hands bytes on in one direction.
async fn pump(
    mut from: ReadHalf<'_>,
    mut to: WriteHalf<'_>,
    mut orders: watch::Receiver<Traffic>,
) -> Result<(), Broken> {
    let mut bytes = vec![0; 16 << 10];
    let mut passed = 0;
    loop {
        let read = from.read(&mut bytes).await;
        let traffic = *orders.borrow();
        let count = match (read, traffic) {
            (Ok(0) | Err(_), Traffic::Drop) => {
                // Or until the relay is gone.
                let _ = orders.wait_for(|traffic| *traffic != Traffic::Drop).await;
                return Err(Broken);
            }
            (Ok(0), _) => return to.shutdown().await.map_err(|_| Broken),
            (Err(_), _) => return Err(Broken),
            (Ok(count), _) => count,
        };
        match traffic {
            Traffic::Delay(time) => tokio::time::sleep(time).await,
            Traffic::Throttle(rate) => {
                let each = Duration::from_secs(1) / rate.max(1);
                tokio::time::sleep(each * u32::try_from(count).unwrap_or(u32::MAX)).await;
            }
            Traffic::Drop => continue,
            Traffic::Cut(limit) if passed + count as u64 > limit => {
                let rest = usize::try_from(limit.saturating_sub(passed)).unwrap_or(count);
                let _ = to.write_all(&bytes[..rest]).await;
                return Err(Broken);
            }
            Traffic::Pass | Traffic::Cut(_) => {}
            Traffic::Reset | Traffic::Refuse => return Err(Broken),
        }
        to.write_all(&bytes[..count]).await.map_err(|_| Broken)?;
        passed += count as u64;
    }
}

#[cfg(test)]
mod tests {
    use std::io::{ErrorKind, Read, Write};
    use std::net;
    use std::time::Instant;

    use super::*;

    /// A server that says everything back.
    fn echo() -> u16 {
        let listener = net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let port = listener.local_addr().expect("an address").port();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.expect("a connection");
                let mut answer = stream.try_clone().expect("a second handle");
                thread::spawn(move || std::io::copy(&mut stream, &mut answer));
            }
        });
        port
    }

    fn client(relay: &Relay) -> net::TcpStream {
        let stream = net::TcpStream::connect((Ipv4Addr::LOCALHOST, relay.port()));
        let stream = stream.expect("a connection");
        stream.set_read_timeout(Some(Duration::from_secs(10))).expect("a time limit");
        stream
    }

    fn says(stream: &mut net::TcpStream, word: &[u8]) -> std::io::Result<Vec<u8>> {
        stream.write_all(word)?;
        let mut answer = vec![0; word.len()];
        stream.read_exact(&mut answer)?;
        Ok(answer)
    }

    #[test]
    fn bytes_pass_at_once_or_later() {
        let relay = Relay::to(echo());
        let mut stream = client(&relay);
        assert_eq!(says(&mut stream, b"word").expect("an answer"), b"word");
        for traffic in [Traffic::Delay(Duration::from_millis(50)), Traffic::Throttle(80)] {
            relay.set(traffic);
            let begun = Instant::now();
            assert_eq!(says(&mut stream, b"word").expect("an answer"), b"word");
            assert!(begun.elapsed() >= Duration::from_millis(95), "{traffic:?}");
        }
    }

    #[test]
    fn a_half_open_network_says_nothing() {
        let relay = Relay::to(echo());
        let mut stream = client(&relay);
        says(&mut stream, b"word").expect("an answer");
        relay.set(Traffic::Drop);
        stream.set_read_timeout(Some(Duration::from_millis(100))).expect("a time limit");
        let error = says(&mut stream, b"lost").expect_err("no answer");
        assert!(matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut), "{error}");
        relay.set(Traffic::Pass);
        assert_eq!(says(&mut client(&relay), b"word").expect("an answer"), b"word");
    }

    #[test]
    fn what_was_closed_over_a_half_open_network_is_told_when_it_is_over() {
        let server = net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let relay = Relay::to(server.local_addr().expect("an address").port());
        let stream = client(&relay);
        let (mut held, _) = server.accept().expect("a connection");
        relay.set(Traffic::Drop);
        drop(stream);
        held.set_read_timeout(Some(Duration::from_millis(100))).expect("a time limit");
        let error = held.read(&mut [0]).expect_err("no word");
        assert!(matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut), "{error}");
        relay.set(Traffic::Pass);
        held.set_read_timeout(Some(Duration::from_secs(10))).expect("a time limit");
        let error = held.read(&mut [0]).expect_err("the end");
        assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    }

    #[test]
    fn connections_are_reset_refused_and_cut() {
        let relay = Relay::to(echo());
        for traffic in [Traffic::Reset, Traffic::Refuse] {
            let mut stream = client(&relay);
            says(&mut stream, b"word").expect("an answer");
            relay.set(traffic);
            let error = stream.read(&mut [0]).expect_err("the end");
            assert_eq!(error.kind(), ErrorKind::ConnectionReset, "{traffic:?}");
            relay.set(Traffic::Pass);
            // The relay listens again as soon as it has heard that.
            let begun = Instant::now();
            while net::TcpStream::connect((Ipv4Addr::LOCALHOST, relay.port())).is_err() {
                assert!(begun.elapsed() < Duration::from_secs(10), "{traffic:?}");
            }
        }
        relay.set(Traffic::Cut(2));
        says(&mut client(&relay), b"word").expect_err("half a word");
        relay.set(Traffic::Refuse);
        let begun = Instant::now();
        while net::TcpStream::connect((Ipv4Addr::LOCALHOST, relay.port())).is_ok() {
            assert!(begun.elapsed() < Duration::from_secs(10), "connections are taken");
        }
    }
}
