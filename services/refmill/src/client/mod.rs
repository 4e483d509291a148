//! `refmill submit`, `status` and `fetch`: a client of a server that runs elsewhere.
//!
//! Every submission carries an idempotency key made of the file and of what is asked, so that a run
//! that was interrupted is simply started again: what the server has taken is not sent twice.

mod api;
mod arguments;
mod submit;
mod wait;

use std::path::PathBuf;

pub(crate) use arguments::{Client, commands, read};

use api::{Api, Refusal};

use crate::sentences;

/// The exit statuses of a client (`service.md` section 2).
const DONE: u8 = 0;
const JOB_FAILED: u8 = 1;
const UNREACHABLE: u8 = 3;
const REFUSED: u8 = 4;

/// Does what the command line asks of a server.
pub(crate) fn run(client: &Client) -> anyhow::Result<u8> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let api = match Api::new(&client.server, client.key.as_deref()) {
            Ok(api) => api,
            Err(refusal) => return Ok(refused("the server", &refusal)),
        };
        match &client.what {
            arguments::What::Submit(submit) => submit::submit(&api, submit).await,
            arguments::What::Status(jobs) => status(&api, jobs).await,
            arguments::What::Fetch { job, out } => fetch(&api, job, out.as_ref()).await,
        }
    })
}

/// Says what the server has refused, and returns the exit status for it.
fn refused(what: &str, refusal: &Refusal) -> u8 {
    sentences::say(format_args!("{what}: {refusal}"));
    match refusal {
        Refusal::Unreachable(_) => UNREACHABLE,
        Refusal::Refused(_) | Refusal::Unexpected(_) => REFUSED,
    }
}

async fn status(api: &Api, jobs: &[String]) -> anyhow::Result<u8> {
    let mut worst = DONE;
    for job in jobs {
        match api.job(job, None).await {
            Ok(found) => {
                println_line(&found.line())?;
                worst = worst.max(if found.is_lost() { JOB_FAILED } else { DONE });
            }
            Err(refusal) => worst = worst.max(refused(job, &refusal)),
        }
    }
    Ok(worst)
}

async fn fetch(api: &Api, job: &str, out: Option<&PathBuf>) -> anyhow::Result<u8> {
    let found = match api.job(job, None).await {
        Ok(found) => found,
        Err(refusal) => return Ok(refused(job, &refusal)),
    };
    if found.is_lost() || !found.is_final() {
        sentences::say(format_args!("{job}: {}", found.line()));
        return Ok(JOB_FAILED);
    }
    let folder = out.cloned().unwrap_or_else(|| PathBuf::from("."));
    let stem = found.stem();
    match wait::download(api, &found, &folder, &stem).await? {
        Ok(()) => Ok(DONE),
        Err(refusal) => Ok(refused(job, &refusal)),
    }
}

/// Prints a line on standard output; a reader that has gone is no error.
fn println_line(line: &str) -> std::io::Result<()> {
    use std::io::Write;
    match writeln!(std::io::stdout(), "{line}") {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}
