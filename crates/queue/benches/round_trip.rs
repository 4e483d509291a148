//! How fast jobs go through RabbitMQ, beside a bare loop over the same broker, and how fast they
//! are accepted (`service.md` targets P1 and P2).
//!
//! `make bench-queue` runs it. A line each, and an end with an error if a target is missed, by
//! however little. A job crosses the broker twice, to the worker and back, and a message of the
//! bare loop once.
//! `BENCH_SECONDS` is the time of each measurement, 20 if it is not set, and three times as long for
//! each of the two that are compared.

#![expect(clippy::cast_precision_loss, reason = "rates of a few digits")]

use std::error::Error;
use std::io::{Write, stdout};
use std::path::Path;
use std::time::Duration;

use mimalloc::MiMalloc;
use servers::{Postgres, RabbitMq};
use store::{Store, StoreOptions};

#[path = "round_trip/bare.rs"]
mod bare;
#[path = "round_trip/clock.rs"]
mod clock;
#[path = "round_trip/jobs.rs"]
mod jobs_through;

use clock::Measured;

/// That of the program, for the bare loop as well.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// Messages that are on their way at a time, everywhere.
pub(crate) const WINDOW: u16 = 64;

/// Turns of the two that are compared. From turn to turn their ratio varies by 7 % (standard
/// deviation), and that of all turns together by 2 %.
const TURNS: u32 = 15;

/// Turns that take as long as each other measurement.
const AT_A_TIME: u32 = 5;

pub(crate) type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

#[tokio::main]
async fn main() -> Outcome<()> {
    // The runtime of the keeper's webhooks; nobody else has installed one.
    let _installed = rustls::crypto::ring::default_provider().install_default();
    let seconds = std::env::var("BENCH_SECONDS").map_or(Ok(20), |text| text.parse())?;
    let time = Duration::from_secs(seconds);
    let node = tokio::task::spawn_blocking(RabbitMq::start).await?;
    let database = tokio::task::spawn_blocking(Postgres::start_with_fsync).await?;
    let folder = tempfile::tempdir()?;
    say("", "per second", "p50 ms", "p99 ms")?;

    // By turns, so that both meet the same weather.
    let (mut bare, mut empty) = (Measured::default(), Measured::default());
    for _ in 0..TURNS {
        bare += bare::run(&node, time / AT_A_TIME).await?;
        empty += jobs_through::without_store(&node, time / AT_A_TIME).await?;
    }
    let bare = row("bare lapin: publish, confirm, consume, ack", &bare)?;
    let empty = row("jobs of 2 KB, nothing done, no store", &empty)?;
    let whole = jobs_through::whole(&node, &sqlite(&folder.path().join("jobs")), time).await?;
    row("one-record jobs, converted, SQLite", &whole)?;
    let whole = jobs_through::whole(&node, &postgres(&database).await?, time).await?;
    row("one-record jobs, converted, PostgreSQL", &whole)?;

    let accepted = clock::accept(&sqlite_alone(&folder.path().join("accept")), time).await?;
    let accepted = row("jobs accepted, SQLite, 64 clients", &accepted)?;
    let accepted_there = clock::accept(&postgres(&database).await?, time).await?;
    let accepted_there = row("jobs accepted, PostgreSQL, 64 clients", &accepted_there)?;

    // Two crossings of the broker against one: half the rate is the same rate per message.
    let mut missed = Vec::new();
    let mut target = |name: &'static str, value: f64, least: f64| -> Outcome<()> {
        writeln!(stdout(), "{name}: {value:.0} of {least:.0} ({:.0} %)", value / least * 100.0)?;
        if value < least {
            missed.push(name);
        }
        Ok(())
    };
    target("jobs beside half of the bare loop", empty, bare / 2.0)?;
    target("jobs accepted into SQLite", accepted, 1000.0)?;
    target("jobs accepted into PostgreSQL", accepted_there, 500.0)?;
    if missed.is_empty() { Ok(()) } else { Err(format!("missed: {}", missed.join(", ")).into()) }
}

fn say(name: &str, rate: &str, half: &str, most: &str) -> Outcome<()> {
    writeln!(stdout(), "{name:<44} {rate:>10} {half:>9} {most:>9}")?;
    Ok(())
}

/// Prints a measurement and returns its rate.
fn row(name: &str, measured: &Measured) -> Outcome<f64> {
    let rate = measured.rate();
    let [half, most] = [0.5, 0.99].map(|part| format!("{:.1}", measured.quantile(part)));
    say(name, &format!("{rate:.0}"), &half, &most)?;
    Ok(rate)
}

/// SQLite beside a broker.
fn sqlite(folder: &Path) -> StoreOptions {
    StoreOptions { relays: true, ..StoreOptions::embedded(folder) }
}

/// SQLite as it is without a broker.
fn sqlite_alone(folder: &Path) -> StoreOptions {
    StoreOptions::embedded(folder)
}

async fn postgres(database: &Postgres) -> Outcome<StoreOptions> {
    let name = tokio::task::block_in_place(|| database.create_database(None));
    let options = StoreOptions::postgres(database.url(&name));
    Store::migrate(&options).await?;
    Ok(options)
}
