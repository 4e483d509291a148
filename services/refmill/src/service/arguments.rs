//! The command lines of the service.

use std::path::PathBuf;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

/// What is asked of the service.
#[derive(Debug)]
pub(crate) struct Service {
    /// What is to run.
    pub(super) what: What,
    /// The file of the configuration.
    pub(super) config: Option<PathBuf>,
    /// Flags that set a key of the configuration.
    pub(super) overrides: Vec<(String, String)>,
    /// Whether the configuration is only to be shown.
    pub(super) check_config: bool,
}

/// What is to run.
#[derive(Debug)]
pub(super) enum What {
    /// Roles in one process.
    Roles(Roles),
    /// The database and the broker are brought up to date.
    Migrate,
    /// A running service is asked how it is.
    Healthcheck,
    /// A key for this owner is made.
    NewKey(String),
    /// One job of a worker is done: what it starts to give a job a process of its own.
    OneJob,
}

/// Roles in one process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each role is there or not")]
pub(super) struct Roles {
    pub(super) gateway: bool,
    pub(super) worker: bool,
    pub(super) keeper: bool,
    /// Whether it is the whole service: then it can do without a broker.
    pub(super) is_whole: bool,
}

/// The flag, without its dashes, that makes a worker's command line that of the process of a job.
pub(super) const ONE_JOB: &str = "one-job";

/// The subcommands.
pub(crate) fn commands() -> [Command; 6] {
    let new_key = Arg::new("new-key")
        .long("new-key")
        .value_name("OWNER")
        .help("Make an API key for this owner, print it, and run nothing");
    [
        configured(Command::new("serve"))
            .about("Run the whole service in one process; it needs no configuration")
            .arg(bind())
            .arg(data())
            .arg(one_job()),
        configured(Command::new("gateway"))
            .about("Run the HTTP role of a service that is spread over processes")
            .arg(bind())
            .arg(new_key),
        configured(Command::new("worker")).about("Run the role that converts").arg(one_job()),
        configured(Command::new("keeper")).about("Run the role that keeps the state of jobs"),
        configured(Command::new("migrate"))
            .about("Bring the database and the broker up to date, and exit"),
        configured(Command::new("healthcheck"))
            .about("Ask a running service whether it is ready; status 0 or 1")
            .arg(bind()),
    ]
}

fn bind() -> Arg {
    Arg::new("http.bind")
        .long("bind")
        .value_name("ADDRESS")
        .help("Where HTTP is served [127.0.0.1:8080]")
}

fn data() -> Arg {
    Arg::new("data.folder")
        .long("data")
        .value_name("DIR")
        .help("Where jobs and files are kept [refmill-data]")
}

/// For the program itself, and in no help.
fn one_job() -> Arg {
    Arg::new(ONE_JOB).long(ONE_JOB).action(ArgAction::SetTrue).hide(true)
}

fn configured(command: Command) -> Command {
    command
        .arg(
            Arg::new("config")
                .long("config")
                .short('c')
                .value_name("FILE")
                .env("REFMILL_CONFIG")
                .value_parser(value_parser!(PathBuf))
                .help("A configuration file in TOML"),
        )
        .arg(
            Arg::new("set")
                .long("set")
                .value_name("KEY=VALUE")
                .action(ArgAction::Append)
                .help("Set a key of the configuration: --set limits.job_seconds=60"),
        )
        .arg(
            Arg::new("check-config")
                .long("check-config")
                .action(ArgAction::SetTrue)
                .help("Print the configuration as it is understood, without secrets, and exit"),
        )
}

/// Reads one of these command lines; `None` if it is another.
pub(crate) fn read(name: &str, matches: &ArgMatches) -> Option<Service> {
    let none = Roles { gateway: false, worker: false, keeper: false, is_whole: false };
    let key = |name| matches.try_get_one::<String>(name).ok().flatten();
    let is_one_job = matches.try_get_one::<bool>(ONE_JOB).ok().flatten().is_some_and(|is| *is);
    let what = match name {
        "serve" | "worker" if is_one_job => What::OneJob,
        "serve" => What::Roles(Roles { gateway: true, worker: true, keeper: true, is_whole: true }),
        "gateway" => match key("new-key") {
            Some(owner) => What::NewKey(owner.clone()),
            None => What::Roles(Roles { gateway: true, ..none }),
        },
        "worker" => What::Roles(Roles { worker: true, ..none }),
        "keeper" => What::Roles(Roles { keeper: true, ..none }),
        "migrate" => What::Migrate,
        "healthcheck" => What::Healthcheck,
        _ => return None,
    };
    let flags = ["http.bind", "data.folder"].into_iter();
    let flags = flags.filter_map(|name| Some((name.to_owned(), key(name)?.clone())));
    let set = matches.get_many::<String>("set").unwrap_or_default().map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (name.trim().to_owned(), value.to_owned())
    });
    Some(Service {
        what,
        config: matches.get_one("config").cloned(),
        overrides: set.chain(flags).collect(),
        check_config: matches.get_flag("check-config"),
    })
}
