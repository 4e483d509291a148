//! A private RabbitMQ (`service.md` section 12.1).

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};
use std::{fs, thread};

use crate::port;

/// A RabbitMQ node of its own, on free ports of the loopback and in a temporary folder.
///
/// It ends with this value, and also with the process that made it, however that ends. A quorum
/// queue that was declared less than five seconds before a [`kill`](Self::kill) may be lost with
/// its messages (`service.md` section 12.3): restart the node once in between.
#[derive(Debug)]
pub struct RabbitMq {
    scripts: PathBuf,
    folder: PathBuf,
    port: u16,
    distribution_port: u16,
    epmd_port: u16,
    guard: Mutex<Option<Child>>,
}

/// Why there is no broker.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RabbitMqError {
    /// It is not installed.
    #[error("RabbitMQ is not installed: `apt-get install rabbitmq-server`")]
    Missing,
    /// It did not come up, or one of its scripts has failed.
    #[error("`{program}` has failed: {output}")]
    Failed {
        /// Which.
        program: String,
        /// What it said.
        output: String,
    },
    /// It cannot be run.
    #[error("RabbitMQ cannot be run: {0}")]
    Io(#[from] io::Error),
}

/// Starts the node with its port mapper, and waits for a word, or for the end of whoever would say
/// it. Then ends both: by a crash, or cleanly if the word was `stop`; without a word for good.
const GUARD: &str = r#"
folder=$1 port=$2 server=$3
epmd -port "$port" -address 127.0.0.1 > /dev/null 2>&1 < /dev/null &
"$server" >> "$folder/log/console" 2>&1 < /dev/null &
server=$!
trap '' INT TERM HUP
read -r word
node=$(cat "$folder/pid" 2> /dev/null)
case "$node/$word" in
    /*) kill -TERM 0 ;;
    */stop) kill -TERM "$node" 2> /dev/null ;;
    *) kill -KILL "$node" 2> /dev/null ;;
esac
wait "$server"
kill -TERM 0
wait
rm -f "$folder/pid"
[ -n "$word" ] || rm -rf "$folder"
"#;

/// How long a node may take to come up, on a busy machine.
const PATIENCE: Duration = Duration::from_mins(2);

/// What a client says first, and a broker answers with a method frame.
const HANDSHAKE: &[u8; 8] = b"AMQP\0\0\x09\x01";

impl RabbitMq {
    /// Starts a node.
    ///
    /// # Panics
    ///
    /// If it cannot be started: the tests that need it have failed.
    #[must_use]
    pub fn start() -> Self {
        Self::start_in(&std::env::temp_dir())
    }

    /// Starts a node that has its folder in this one. It takes nothing in while less than 50 MB are
    /// free there.
    ///
    /// # Panics
    ///
    /// If it cannot be started.
    #[must_use]
    pub fn start_in(place: &Path) -> Self {
        Self::new(place).unwrap_or_else(|error| panic!("{error}"))
    }

    /// The one node of this process, for tests that do not harm it. Each takes names of its own.
    ///
    /// # Panics
    ///
    /// If it cannot be started.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<RabbitMq> = OnceLock::new();
        SHARED.get_or_init(Self::start)
    }

    fn new(place: &Path) -> Result<Self, RabbitMqError> {
        let scripts = scripts().ok_or(RabbitMqError::Missing)?;
        let folder = tempfile::Builder::new().prefix("refmill-rabbitmq-").tempdir_in(place)?.keep();
        for name in ["mnesia", "log", "home", "gen", "schema"] {
            fs::create_dir(folder.join(name))?;
        }
        let node = Self {
            scripts,
            folder,
            port: port::free()?,
            distribution_port: port::free()?,
            epmd_port: port::free()?,
            guard: Mutex::new(None),
        };
        let settings = format!(
            "listeners.tcp.default = 127.0.0.1:{}\nlog.file.level = warning\nlog.console = false\n\
             vm_memory_high_watermark.absolute = 1GB\ndisk_free_limit.absolute = 50MB\n",
            node.port
        );
        fs::write(node.folder.join("rabbitmq.conf"), settings)?;
        fs::write(node.folder.join("rabbitmq-env.conf"), "")?;
        fs::write(node.folder.join("enabled_plugins"), "[].\n")?;
        node.launch()?;
        Ok(node)
    }

    /// The address for the user `guest`, who may do everything.
    #[must_use]
    pub fn url(&self) -> String {
        self.url_for("guest", "guest", self.port)
    }

    /// The address for a user, on this port: the node's own, or that of a relay before it.
    #[must_use]
    pub fn url_for(&self, user: &str, password: &str, port: u16) -> String {
        format!("amqp://{user}:{password}@127.0.0.1:{port}/%2f")
    }

    /// The port on which it listens.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Kills the node as a power cut would, and waits until it is gone.
    pub fn kill(&self) {
        self.end("kill");
    }

    /// Stops the node cleanly.
    pub fn stop(&self) {
        self.end("stop");
    }

    /// Starts the node on its data, after it has ended or instead of what runs now.
    ///
    /// # Panics
    ///
    /// If it does not come up.
    pub fn restart(&self) {
        self.stop();
        self.launch().unwrap_or_else(|error| panic!("{error}"));
    }

    /// Runs `rabbitmqctl` with these arguments and returns what it has printed.
    ///
    /// # Panics
    ///
    /// If that fails.
    pub fn ctl(&self, arguments: &[&str]) -> String {
        let mut command = Command::new(self.scripts.join("rabbitmqctl"));
        self.dress(&mut command);
        let output = command.args(arguments).stdin(Stdio::null()).output();
        let output = output.unwrap_or_else(|error| panic!("{}", RabbitMqError::from(error)));
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "rabbitmqctl {arguments:?} has failed: {text}{errors}");
        text
    }

    fn launch(&self) -> Result<(), RabbitMqError> {
        let mut guard = Command::new("sh");
        self.dress(&mut guard);
        // A process group of its own: an interrupt at the terminal ends it by the guard alone.
        let guard = guard
            .args(["-c", GUARD, "sh"])
            .arg(&self.folder)
            .arg(self.epmd_port.to_string())
            .arg(self.scripts.join("rabbitmq-server"))
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()?;
        *self.guard.lock().unwrap_or_else(PoisonError::into_inner) = Some(guard);
        let begun = Instant::now();
        while !self.answers() {
            if begun.elapsed() > PATIENCE {
                let console = self.folder.join("log/console");
                let output = fs::read_to_string(console).unwrap_or_default();
                return Err(RabbitMqError::Failed {
                    program: "rabbitmq-server".to_owned(),
                    output,
                });
            }
            thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }

    /// Whether the node speaks AMQP.
    fn answers(&self) -> bool {
        let say = || -> io::Result<u8> {
            let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))?;
            stream.set_read_timeout(Some(Duration::from_secs(5)))?;
            stream.write_all(HANDSHAKE)?;
            let mut answer = [0];
            stream.read_exact(&mut answer)?;
            Ok(answer[0])
        };
        // The first octet of a method frame.
        say().is_ok_and(|octet| octet == 1)
    }

    /// Says a word to the guard, so that it ends the node, and waits for both; the empty word
    /// removes the folder too.
    fn end(&self, word: &str) {
        let guard = self.guard.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(mut guard) = guard else {
            if word.is_empty() {
                let _ = fs::remove_dir_all(&self.folder);
            }
            return;
        };
        if let (false, Some(stdin)) = (word.is_empty(), guard.stdin.as_mut()) {
            // If the guard is gone, so is the node.
            let _ = writeln!(stdin, "{word}");
        }
        drop(guard.stdin.take());
        let _ = guard.wait();
        // The port is held until the last thing that the node has started is gone.
        let begun = Instant::now();
        while TcpListener::bind((Ipv4Addr::LOCALHOST, self.port)).is_err()
            && begun.elapsed() < PATIENCE
        {
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// The environment of everything that belongs to the node: nothing of the system's is used.
    fn dress(&self, command: &mut Command) {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let of = |name: &str| self.folder.join(name);
        command
            .current_dir(&self.folder)
            .env_clear()
            .env("PATH", path)
            .env("LANG", "C.UTF-8")
            .env("HOME", of("home"))
            .env("RABBITMQ_NODENAME", format!("t{}@localhost", self.port))
            .env("RABBITMQ_NODE_IP_ADDRESS", "127.0.0.1")
            .env("RABBITMQ_NODE_PORT", self.port.to_string())
            .env("RABBITMQ_DIST_PORT", self.distribution_port.to_string())
            .env("ERL_EPMD_PORT", self.epmd_port.to_string())
            .env("ERL_EPMD_ADDRESS", "127.0.0.1")
            .env("RABBITMQ_MNESIA_BASE", of("mnesia"))
            .env("RABBITMQ_LOG_BASE", of("log"))
            .env("RABBITMQ_CONFIG_FILE", of("rabbitmq.conf"))
            .env("RABBITMQ_CONF_ENV_FILE", of("rabbitmq-env.conf"))
            .env("RABBITMQ_ENABLED_PLUGINS_FILE", of("enabled_plugins"))
            .env("RABBITMQ_GENERATED_CONFIG_DIR", of("gen"))
            .env("RABBITMQ_SCHEMA_DIR", of("schema"))
            .env("RABBITMQ_PID_FILE", of("pid"))
            .env(
                "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS",
                "-kernel inet_dist_use_interface {127,0,0,1} +S 2:2",
            );
    }
}

impl Drop for RabbitMq {
    fn drop(&mut self) {
        self.end("");
    }
}

/// The release's own scripts. The distribution's wrappers in `sbin` switch the user and use the
/// system's folders.
fn scripts() -> Option<PathBuf> {
    let has_all = |folder: &Path| {
        ["rabbitmq-server", "rabbitmqctl"].iter().all(|name| folder.join(name).is_file())
    };
    ["/usr/lib/rabbitmq/lib", "/opt/rabbitmq", "/usr/local/lib/rabbitmq"]
        .iter()
        .flat_map(|folder| fs::read_dir(folder).into_iter().flatten().flatten())
        .map(|entry| entry.path())
        .flat_map(|path| [path.join("sbin"), path])
        .filter(|folder| has_all(folder))
        .max()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_killed_node_comes_back_with_its_data_and_leaves_no_trace() {
        let node = RabbitMq::start();
        node.ctl(&["add_vhost", "kept"]);
        node.kill();
        assert!(!node.answers());
        node.restart();
        assert!(node.ctl(&["list_vhosts"]).contains("kept"));
        let folder = node.folder.clone();
        let ports = [node.port, node.distribution_port, node.epmd_port];
        drop(node);
        assert!(!folder.exists());
        for port in ports {
            TcpListener::bind((Ipv4Addr::LOCALHOST, port)).expect("nobody holds the port");
        }
    }
}
