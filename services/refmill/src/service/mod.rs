//! `refmill serve`, `gateway`, `worker`, `keeper`, `migrate` and `healthcheck`: the roles of the
//! service, wired together.
//!
//! Here alone it is decided what stands behind each contract: SQLite, files and the job table in
//! one process, or PostgreSQL, S3 and RabbitMQ for many.

mod arguments;
mod config;
mod parts;
mod roles;

pub(crate) use arguments::{Service, commands, read};
pub(crate) use config::Config;

use std::io::{self, Write};

use anyhow::Context;
use arguments::What;

/// Does what the command line asks for, and returns the exit status.
///
/// # Errors
///
/// If the configuration cannot be used, or a role fails.
pub(crate) fn run(asked: &Service) -> anyhow::Result<u8> {
    if let What::NewKey(owner) = &asked.what {
        let (key, line) = gateway::new_key(owner);
        print(&format!(
            "{line}\n\nAdd this line to the file that `auth.keys_file` names. The key is shown \
             this once:\n{key}\n"
        ))?;
        return Ok(0);
    }
    let config: Config = runtime::config::load(asked.config.as_deref(), &asked.overrides)
        .context("the configuration cannot be used")?;
    if matches!(asked.what, What::Roles(roles) if roles.gateway) {
        config.gateway().check().context("the configuration cannot be used")?;
    }
    if asked.check_config {
        print(&runtime::config::show(&config)?)?;
        return Ok(0);
    }
    // A provider that stands already is as good.
    drop(rustls::crypto::ring::default_provider().install_default());
    let tokio = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let status = tokio.block_on(async {
        match &asked.what {
            What::Healthcheck => roles::healthcheck(&config).await,
            What::Migrate => roles::migrate(&config).await.map(|()| 0),
            What::Roles(these) => roles::run(config, *these).await.map(|()| 0),
            What::OneJob => roles::one_job(&config).await.map(|()| 0),
            What::NewKey(_) => Ok(0),
        }
    })?;
    // A conversion that does not hear is not waited for.
    tokio.shutdown_background();
    Ok(status)
}

fn print(text: &str) -> io::Result<()> {
    match io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}
