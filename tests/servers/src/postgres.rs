//! A private PostgreSQL (`service.md` section 12.2).

use std::ffi::OsStr;
use std::io::{self, Write};
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use std::{fs, thread};

use rustix::process::{Pid, Signal, geteuid, kill_process};

use crate::port;

/// A PostgreSQL server of its own, on a free port of the loopback and in a temporary folder.
///
/// It ends with this value, and also with the process that made it, however that ends.
#[derive(Debug)]
pub struct Postgres {
    programs: PathBuf,
    folder: PathBuf,
    port: u16,
    account: Option<Account>,
    fsync: bool,
    guard: Mutex<Option<Child>>,
}

/// Why there is no server.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PostgresError {
    /// It is not installed.
    #[error("PostgreSQL is not installed: `apt-get install postgresql`")]
    Missing,
    /// It does not run as root, and its account is missing.
    #[error("PostgreSQL does not run as root, and there is no account `postgres` for it")]
    NoAccount,
    /// One of its programs has failed.
    #[error("`{program}` has failed: {output}")]
    Failed {
        /// Which.
        program: String,
        /// What it said.
        output: String,
    },
    /// It cannot be run.
    #[error("PostgreSQL cannot be run")]
    Io(#[from] io::Error),
}

/// The account that it runs under.
#[derive(Clone, Copy, Debug)]
struct Account {
    user: u32,
    group: u32,
}

/// Waits for a word, or for the end of whoever would say it; then ends the server, and unless the
/// word was `keep`, its folder too.
const GUARD: &str = r#"
folder=$1; shift
"$@" >> "$folder/log" 2>&1 < /dev/null &
server=$!
trap '' INT TERM HUP
read -r word
kill -QUIT "$server" 2> /dev/null
wait "$server"
[ "$word" = keep ] || rm -rf "$folder"
"#;

/// How long a server may take to come up, on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

static DATABASES: AtomicU32 = AtomicU32::new(0);

impl Postgres {
    /// Starts a server that does not wait for its disk.
    ///
    /// # Panics
    ///
    /// If it cannot be started: the tests that need it have failed.
    #[must_use]
    pub fn start() -> Self {
        Self::new(false, &std::env::temp_dir()).unwrap_or_else(|error| panic!("{}", chain(&error)))
    }

    /// Starts a server whose commits are safe on its disk, to be killed.
    ///
    /// # Panics
    ///
    /// If it cannot be started.
    #[must_use]
    pub fn start_with_fsync() -> Self {
        Self::new(true, &std::env::temp_dir()).unwrap_or_else(|error| panic!("{}", chain(&error)))
    }

    /// Starts a server that has its folder in this one, to which its account must find the way.
    ///
    /// # Panics
    ///
    /// If it cannot be started.
    #[must_use]
    pub fn start_in(place: &Path) -> Self {
        Self::new(false, place).unwrap_or_else(|error| panic!("{}", chain(&error)))
    }

    fn new(fsync: bool, place: &Path) -> Result<Self, PostgresError> {
        let programs = programs().ok_or(PostgresError::Missing)?;
        let account = if geteuid().is_root() {
            Some(account("postgres")?.ok_or(PostgresError::NoAccount)?)
        } else {
            None
        };
        let folder = tempfile::Builder::new().prefix("refmill-postgres-").tempdir_in(place)?.keep();
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o700))?;
        if let Some(account) = account {
            chown(&folder, Some(account.user), Some(account.group))?;
        }
        let guard = Mutex::new(None);
        let server = Self { programs, folder, port: port::free()?, account, fsync, guard };
        let data = server.data();
        server.run("initdb", |initdb| {
            initdb.arg("-D").arg(&data).args(["-U", "postgres", "-A", "trust", "--no-sync"]);
            initdb.args(["-E", "UTF8", "--locale=C"]);
        })?;
        server.launch()?;
        Ok(server)
    }

    /// The address of a database of this server.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }

    /// The port on which it listens.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Makes a database under a new name, like this one or empty.
    ///
    /// # Panics
    ///
    /// If that fails.
    pub fn create_database(&self, template: Option<&str>) -> String {
        let number = DATABASES.fetch_add(1, Ordering::Relaxed);
        let name = format!("t{}_{number}", std::process::id());
        let template = template.unwrap_or("template1");
        let statement = format!("CREATE DATABASE \"{name}\" TEMPLATE \"{template}\"");
        self.execute("postgres", &statement);
        name
    }

    /// Lets a database do what a statement says.
    ///
    /// # Panics
    ///
    /// If that fails.
    pub fn execute(&self, database: &str, statement: &str) {
        self.psql(database, statement).unwrap_or_else(|error| panic!("{}", chain(&error)));
    }

    fn psql(&self, database: &str, statement: &str) -> Result<(), PostgresError> {
        self.run("psql", |psql| {
            psql.args(["-X", "-q", "-v", "ON_ERROR_STOP=1"]);
            psql.args(["-h", "127.0.0.1", "-U", "postgres", "-d", database]);
            psql.arg("-p").arg(self.port.to_string()).arg("-c").arg(statement);
        })
    }

    /// Kills the server as a power cut would, and waits until it is gone.
    ///
    /// # Panics
    ///
    /// If it cannot be killed.
    pub fn kill(&self) {
        let pid = fs::read_to_string(self.data().join("postmaster.pid")).expect("a running server");
        let pid = pid.lines().next().and_then(|pid| pid.parse().ok()).and_then(Pid::from_raw);
        kill_process(pid.expect("the number of a process"), Signal::KILL)
            .expect("it can be killed");
        self.end(true);
        // What it has started notices its end by itself, and holds its port and its memory until
        // then: a server that finds them held ends at once.
        let begun = Instant::now();
        while self.is_worked_in() {
            assert!(begun.elapsed() < PATIENCE, "what is left of PostgreSQL does not end");
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Whether any process is at work in the folder of the data, as all those of a server are.
    fn is_worked_in(&self) -> bool {
        let data = fs::canonicalize(self.data()).expect("a folder");
        // An error: it has ended meanwhile, or is none of ours.
        let is_in = |process: &Path| fs::read_link(process.join("cwd")).is_ok_and(|at| at == data);
        let mut processes = fs::read_dir("/proc").expect("Linux");
        processes.any(|process| process.is_ok_and(|process| is_in(&process.path())))
    }

    /// Starts the server on its data, after it was killed or instead of what runs now.
    ///
    /// # Panics
    ///
    /// If it does not come up.
    pub fn restart(&self) {
        self.end(true);
        self.launch().unwrap_or_else(|error| panic!("{}", chain(&error)));
    }

    fn launch(&self) -> Result<(), PostgresError> {
        let mut guard = Command::new("sh");
        guard.args(["-c", GUARD, "sh"]).arg(&self.folder).arg(self.programs.join("postgres"));
        guard.arg("-D").arg(self.data()).arg("-k").arg(&self.folder);
        guard.arg("-p").arg(self.port.to_string());
        let mut settings = vec!["listen_addresses=127.0.0.1", "shared_buffers=64MB"];
        settings.push("max_connections=200");
        if !self.fsync {
            settings.extend(["fsync=off", "synchronous_commit=off", "full_page_writes=off"]);
        }
        for setting in settings {
            guard.arg("-c").arg(setting);
        }
        self.dress(&mut guard);
        // A process group of its own: an interrupt at the terminal ends it by the guard alone.
        let guard = guard
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()?;
        *self.guard.lock().unwrap_or_else(PoisonError::into_inner) = Some(guard);

        let begun = Instant::now();
        loop {
            let port = self.port.to_string();
            let ready = self.run("pg_isready", |ready| {
                ready.args([
                    "-q",
                    "-h",
                    "127.0.0.1",
                    "-d",
                    "postgres",
                    "-U",
                    "postgres",
                    "-p",
                    &port,
                ]);
            });
            match ready {
                Ok(()) => return Ok(()),
                Err(_) if begun.elapsed() < PATIENCE => thread::sleep(Duration::from_millis(20)),
                Err(_) => {
                    let output = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
                    return Err(PostgresError::Failed { program: "postgres".to_owned(), output });
                }
            }
        }
    }

    /// Ends the guard and with it the server, and waits for both.
    fn end(&self, keep: bool) {
        let guard = self.guard.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(mut guard) = guard else {
            // It was killed and not started again.
            if !keep {
                let _ = fs::remove_dir_all(&self.folder);
            }
            return;
        };
        if let (true, Some(stdin)) = (keep, guard.stdin.as_mut()) {
            // If the guard is gone, so is the server.
            let _ = stdin.write_all(b"keep\n");
        }
        drop(guard.stdin.take());
        let _ = guard.wait();
    }

    fn run(
        &self,
        program: &str,
        arguments: impl FnOnce(&mut Command),
    ) -> Result<(), PostgresError> {
        let mut command = Command::new(self.programs.join(program));
        arguments(&mut command);
        self.dress(&mut command);
        let output = command.stdin(Stdio::null()).output()?;
        if output.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        Err(PostgresError::Failed { program: program.to_owned(), output: said })
    }

    /// The account and the folder that its programs run in.
    fn dress(&self, command: &mut Command) {
        command.current_dir(&self.folder).env("LC_ALL", "C");
        if let Some(account) = self.account {
            command.uid(account.user).gid(account.group);
        }
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.end(false);
    }
}

/// Where the programs of the newest version are.
fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest = versions
        .filter_map(|entry| {
            let version: u32 = entry.file_name().to_str()?.parse().ok()?;
            let programs = entry.path().join("bin");
            has_all(&programs).then_some((version, programs))
        })
        .max();
    newest.map(|(_, programs)| programs).or_else(|| {
        let path = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&path).find(|folder| has_all(folder))
    })
}

fn has_all(folder: &Path) -> bool {
    ["initdb", "postgres", "pg_isready", "psql"].iter().all(|name| folder.join(name).is_file())
}

fn account(name: &str) -> Result<Option<Account>, PostgresError> {
    let accounts = fs::read("/etc/passwd")?;
    let accounts = String::from_utf8_lossy(&accounts);
    Ok(accounts.lines().find_map(|line| {
        let mut fields = line.split(':');
        let is_it = OsStr::new(fields.next()?) == name;
        let (user, group) = (fields.nth(1)?.parse().ok()?, fields.next()?.parse().ok()?);
        is_it.then_some(Account { user, group })
    }))
}

/// An error with what led to it.
fn chain(error: &PostgresError) -> String {
    match std::error::Error::source(error) {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_killed_server_comes_back_with_its_databases_and_leaves_no_trace() {
        let server = Postgres::start_with_fsync();
        let database = server.create_database(None);
        server.kill();
        server.restart();
        let copy = server.create_database(Some(&database));
        assert_ne!(copy, database);
        let folder = server.folder.clone();
        server.kill();
        assert!(folder.exists(), "it could be started again");
        drop(server);
        assert!(!folder.exists());
    }
}
