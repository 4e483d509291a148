//! The command lines of the client.

use std::path::PathBuf;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

/// What is asked of a server.
#[derive(Debug)]
pub(crate) struct Client {
    /// Its address: `http://127.0.0.1:8080`.
    pub(super) server: String,
    /// The API key.
    pub(super) key: Option<String>,
    /// What is to be done.
    pub(super) what: What,
}

/// What is to be done.
#[derive(Debug)]
pub(super) enum What {
    /// Files are to be converted.
    Submit(Submit),
    /// Jobs are to be shown.
    Status(Vec<String>),
    /// The results of a job are to be downloaded.
    Fetch { job: String, out: Option<PathBuf> },
}

/// Files to be converted.
#[derive(Debug)]
pub(super) struct Submit {
    pub(super) files: Vec<PathBuf>,
    /// Query parameters by name, as they were chosen.
    pub(super) parameters: Vec<(String, String)>,
    /// Whether to wait for the ends, and where results go.
    pub(super) wait: Option<PathBuf>,
    /// Uploads and downloads that go on at a time.
    pub(super) parallel: usize,
    /// Whether nothing is said but what is wrong.
    pub(super) quiet: bool,
}

/// The subcommands `submit`, `status` and `fetch`.
pub(crate) fn commands() -> [Command; 3] {
    let job = || Arg::new("job").value_name("JOB").required(true).help("The id of a job");
    let out = || {
        Arg::new("out")
            .long("out")
            .short('o')
            .value_name("DIR")
            .value_parser(value_parser!(PathBuf))
            .help("The folder for results [the current one]")
    };
    [
        with_server(Command::new("submit"))
            .about("Let a server convert files")
            .arg(
                Arg::new("files")
                    .value_name("FILE")
                    .required(true)
                    .action(ArgAction::Append)
                    .value_parser(value_parser!(PathBuf))
                    .help("Files, also packed with gzip"),
            )
            .arg(
                Arg::new("formats")
                    .long("to")
                    .short('t')
                    .alias("formats")
                    .value_name("FORMATS")
                    .default_value("ris")
                    .help("What is written, with commas"),
            )
            .arg(
                Arg::new("input")
                    .long("from")
                    .short('f')
                    .value_name("KIND")
                    .help("What the files are"),
            )
            .arg(
                Arg::new("set")
                    .long("set")
                    .value_name("NAME=VALUE")
                    .action(ArgAction::Append)
                    .help("Choose any setting of the conversion by its name"),
            )
            .arg(
                Arg::new("wait")
                    .long("wait")
                    .short('w')
                    .action(ArgAction::SetTrue)
                    .help("Wait for the jobs and download their results"),
            )
            .arg(out())
            .arg(
                Arg::new("parallel")
                    .long("parallel")
                    .short('p')
                    .value_name("N")
                    .default_value("4")
                    .value_parser(value_parser!(u16).range(1..=64))
                    .help("Files that are on their way at a time"),
            )
            .arg(
                Arg::new("quiet")
                    .long("quiet")
                    .short('q')
                    .action(ArgAction::SetTrue)
                    .help("Say nothing but what is wrong"),
            )
            .after_help(
                "Started again after an interruption, it goes on where it was: the server knows \
                 the files that it has.\n\nExit status: 0 done, 1 a job failed, 2 wrong usage, \
                 3 the server cannot be reached, 4 the server refused.",
            ),
        with_server(Command::new("status"))
            .about("Show how jobs are")
            .arg(job().action(ArgAction::Append)),
        with_server(Command::new("fetch"))
            .about("Download the results of a job")
            .arg(job())
            .arg(out()),
    ]
}

fn with_server(command: Command) -> Command {
    command
        .arg(
            Arg::new("server")
                .long("server")
                .short('s')
                .value_name("URL")
                .env("REFMILL_SERVER")
                .default_value("http://127.0.0.1:8080")
                .help("The address of the server"),
        )
        .arg(
            Arg::new("key")
                .long("key")
                .value_name("KEY")
                .env("REFMILL_KEY")
                .hide_env_values(true)
                .help("The API key; better given in the environment"),
        )
}

/// Reads one of these command lines; `None` if it is another.
pub(crate) fn read(name: &str, matches: &ArgMatches) -> Option<Client> {
    let text = |id: &str| matches.get_one::<String>(id).cloned();
    let texts = |id: &str| matches.get_many::<String>(id).unwrap_or_default().cloned().collect();
    let out = || matches.get_one::<PathBuf>("out").cloned();
    let what = match name {
        "submit" => What::Submit(Submit {
            files: matches.get_many("files").unwrap_or_default().cloned().collect(),
            parameters: parameters(matches),
            wait: matches.get_flag("wait").then(|| out().unwrap_or_else(|| PathBuf::from("."))),
            parallel: matches.get_one::<u16>("parallel").map_or(1, |count| usize::from(*count)),
            quiet: matches.get_flag("quiet"),
        }),
        "status" => What::Status(texts("job")),
        "fetch" => What::Fetch { job: text("job")?, out: out() },
        _ => return None,
    };
    Some(Client { server: text("server")?, key: text("key"), what })
}

fn parameters(matches: &ArgMatches) -> Vec<(String, String)> {
    let named = ["formats", "input"]
        .into_iter()
        .filter_map(|name| Some((name.to_owned(), matches.get_one::<String>(name)?.clone())));
    let set = matches.get_many::<String>("set").unwrap_or_default().map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (name.trim().to_owned(), value.to_owned())
    });
    named.chain(set).collect()
}
