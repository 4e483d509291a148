//! What the metrics show of the connections of a process (`service.md` section 9).

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use metrics::{counter, gauge};

/// What the metrics show of the connections of a process.
#[derive(Debug)]
pub(crate) struct Gauges {
    role: String,
    wanted: AtomicU32,
    connected: AtomicU32,
    blocked: AtomicBool,
}

impl Gauges {
    pub(crate) fn new(role: &str) -> Self {
        let gauges = Self {
            role: role.to_owned(),
            wanted: AtomicU32::new(0),
            connected: AtomicU32::new(0),
            blocked: AtomicBool::new(false),
        };
        gauges.show();
        gauges
    }

    /// One more connection is wanted.
    pub(crate) fn wanted(&self) {
        self.wanted.fetch_add(1, Ordering::Relaxed);
        self.show();
    }

    /// A connection stands, or has ended.
    pub(crate) fn connected(&self, is_connected: bool) {
        if is_connected {
            self.connected.fetch_add(1, Ordering::Relaxed);
        } else {
            self.connected.fetch_sub(1, Ordering::Relaxed);
        }
        self.show();
    }

    /// The broker blocks a connection, or none any more.
    pub(crate) fn blocked(&self, is_blocked: bool) {
        self.blocked.store(is_blocked, Ordering::Relaxed);
        self.show();
    }

    /// A connection or a channel is made again.
    pub(crate) fn rebuilt(&self) {
        counter!("refmill_amqp_rebuilds_total", "role" => self.role.clone()).increment(1);
    }

    fn show(&self) {
        let wanted = self.wanted.load(Ordering::Relaxed);
        let connected = wanted > 0 && self.connected.load(Ordering::Relaxed) == wanted;
        let blocked = self.blocked.load(Ordering::Relaxed);
        gauge!("refmill_amqp_connected", "role" => self.role.clone())
            .set(f64::from(u8::from(connected)));
        gauge!("refmill_amqp_blocked", "role" => self.role.clone())
            .set(f64::from(u8::from(blocked)));
    }
}
