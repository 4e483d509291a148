//! `refmill`: PubMed records as the reference formats that people's software reads.
//!
//! ```text
//! arguments → plan: which inputs make which outputs → work: each conversion of the plan
//!                                                       ├ sink: where an output goes
//!                                                       ├ staging: files under temporary names
//!                                                       ├ onlooker: progress and diagnostics
//!                                                       └ sentences: what is said about it
//! ```
//!
//! What a conversion does is the business of [`mod@convert`]; here stands what a command line adds.

mod account;
mod arguments;
mod client;
mod onlooker;
mod pages;
mod plan;
mod sentences;
mod service;
mod sink;
mod staging;
mod work;

use std::io::{self, Write};
use std::process::{self, ExitCode};
use std::time::Duration;

use mimalloc::MiMalloc;
use runtime::Shutdown;

use arguments::Command;
use staging::Staging;

/// Threads that make and drop many small strings wait for one another with the allocator of some
/// systems; not with this one.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// How long an interrupted conversion has for ending on its own.
const GRACE: Duration = Duration::from_millis(500);

/// The status of a program that an interrupt ended.
const INTERRUPTED: u8 = 130;

fn main() -> ExitCode {
    let status = match arguments::parse(std::env::args_os()) {
        Ok(Command::Convert(arguments)) => convert(&arguments),
        Ok(Command::Client(asked)) => client::run(&asked),
        Ok(Command::Service(asked)) => service::run(&asked),
        Ok(Command::Page(print)) => page(&print()),
        Err(usage) => {
            let status = if usage.use_stderr() { 2 } else { 0 };
            // Nobody is left to hear that the help could not be printed.
            drop(usage.print());
            Ok(status)
        }
    };
    ExitCode::from(status.unwrap_or_else(|error| {
        sentences::say(format_args!("{error:#}"));
        1
    }))
}

fn convert(arguments: &arguments::Convert) -> anyhow::Result<u8> {
    let plan = match plan::plan(arguments) {
        Ok(plan) => plan,
        Err(usage) => {
            sentences::say(usage);
            return Ok(2);
        }
    };
    let staging = Staging::default();
    let abandoned = staging.clone();
    let shutdown = Shutdown::listen(GRACE, move || {
        abandoned.discard();
        process::exit(i32::from(INTERRUPTED));
    })?;
    let status = work::work(&plan, arguments, &staging, &shutdown)?;
    Ok(if shutdown.is_requested() { INTERRUPTED } else { status })
}

fn page(text: &str) -> anyhow::Result<u8> {
    match io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(0),
        written => Ok(written.map(|()| 0)?),
    }
}
