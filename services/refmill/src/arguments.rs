//! The command line. Flags for what a conversion can be asked for come out of its settings.

use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::error::ErrorKind;
use clap::{Arg, ArgAction, ArgMatches, value_parser};
use convert::{Group, InvalidSetting, Request, SETTINGS, Setting, Values};

use crate::client::{self, Client};
use crate::pages;
use crate::service::{self, Service};

/// What is to be done.
pub(crate) enum Command {
    /// Records are to be converted.
    Convert(Box<Convert>),
    /// A server is asked for something.
    Client(Box<Client>),
    /// The service, or a part of it, is to run.
    Service(Box<Service>),
    /// A page of the documentation is to be printed.
    Page(fn() -> String),
}

/// A conversion, as it stands on the command line.
#[derive(Debug)]
pub(crate) struct Convert {
    /// Files, `-` for standard input.
    pub(crate) inputs: Vec<PathBuf>,
    /// A file or a folder.
    pub(crate) out: Option<PathBuf>,
    /// Where the report goes.
    pub(crate) report: Option<PathBuf>,
    /// Where the diagnostics go.
    pub(crate) diagnostics: Option<PathBuf>,
    /// Threads; all cores if nothing is said.
    pub(crate) threads: Option<NonZeroUsize>,
    /// Whether outputs are read back.
    pub(crate) verify: bool,
    /// Whether nothing is said but what is wrong.
    pub(crate) quiet: bool,
    /// What is asked of the conversion.
    pub(crate) request: Request,
}

/// Reads the command line.
///
/// # Errors
///
/// What is wrong with it, or the help that it asks for.
pub(crate) fn parse(words: impl Iterator<Item = OsString>) -> Result<Command, clap::Error> {
    let matches = command().try_get_matches_from(words)?;
    match matches.subcommand() {
        Some(("docs", matches)) => {
            let page = matches.get_one::<String>("page").and_then(|name| pages::find(name));
            page.map(Command::Page)
                .ok_or_else(|| command().error(ErrorKind::InvalidValue, "no such page"))
        }
        Some(("convert", matches)) => convert(matches).map(Box::new).map(Command::Convert),
        Some((name, matches)) => client::read(name, matches)
            .map(|client| Command::Client(Box::new(client)))
            .or_else(|| service::read(name, matches).map(Box::new).map(Command::Service))
            .ok_or_else(|| command().error(ErrorKind::InvalidSubcommand, "no such command")),
        None => Err(command().error(ErrorKind::MissingSubcommand, "what is to be done?")),
    }
}

fn convert(matches: &ArgMatches) -> Result<Convert, clap::Error> {
    let invalid = |error: InvalidSetting| {
        let mut command = command();
        // The usage of `convert` helps more than that of the whole program; built, it knows whose
        // command it is.
        command.build();
        match command.find_subcommand_mut("convert") {
            Some(convert) => convert.error(ErrorKind::ValueValidation, error),
            None => command.error(ErrorKind::ValueValidation, error),
        }
    };
    let mut request = Request::default();
    for pair in matches.get_many::<String>("set").unwrap_or_default() {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        request.set(name.trim(), value).map_err(invalid)?;
    }
    for setting in SETTINGS {
        if let Some(value) = matches.get_one::<String>(setting.name) {
            setting.set(&mut request, value).map_err(invalid)?;
        }
    }
    let path = |name: &str| matches.get_one::<PathBuf>(name).cloned();
    Ok(Convert {
        inputs: matches.get_many("inputs").unwrap_or_default().cloned().collect(),
        out: path("out"),
        report: path("report"),
        diagnostics: path("diagnostics"),
        threads: matches.get_one("threads").copied(),
        verify: matches.get_flag("verify"),
        quiet: matches.get_flag("quiet"),
        request,
    })
}

/// The whole command line.
pub(crate) fn command() -> clap::Command {
    let pages = pages::PAGES.iter().map(|page| PossibleValue::new(page.name).help(page.about));
    let docs = clap::Command::new("docs")
        .about("Print a page of the documentation that is made from tables in the program")
        .hide(true)
        .arg(Arg::new("page").required(true).value_parser(PossibleValuesParser::new(pages)));
    clap::Command::new("refmill")
        .version(env!("CARGO_PKG_VERSION"))
        .about(
            "Convert PubMed records to RIS, BibTeX, BibLaTeX, CSL-JSON, EndNote XML and JSON Lines",
        )
        .arg_required_else_help(true)
        .subcommand_required(true)
        .subcommand(convert_command())
        .subcommands(service::commands())
        .subcommands(client::commands())
        .subcommand(docs)
}

/// The command line of `refmill convert`.
pub(crate) fn convert_command() -> clap::Command {
    let path = || value_parser!(PathBuf);
    let own = [
        Arg::new("inputs")
            .value_name("INPUT")
            .action(ArgAction::Append)
            .value_parser(path())
            .help("Files, also packed with gzip; `-` or nothing for standard input"),
        Arg::new("out")
            .long("out")
            .short('o')
            .value_name("PATH")
            .value_parser(path())
            .help("Where outputs go: a file, or a folder for several; else standard output"),
        Arg::new("threads")
            .long("threads")
            .short('j')
            .value_name("N")
            .value_parser(value_parser!(NonZeroUsize))
            .help("Threads that convert; what is written does not depend on it [all cores]"),
        Arg::new("report")
            .long("report")
            .value_name("FILE")
            .value_parser(path())
            .help("Write what was done, in numbers, as JSON"),
        Arg::new("diagnostics")
            .long("diagnostics")
            .value_name("FILE")
            .value_parser(path())
            .help("Write what was doubtful or wrong, as one JSON object a line"),
        Arg::new("verify").long("verify").action(ArgAction::SetTrue).help(
            "Read every output back with another parser before it gets its name or is printed",
        ),
        Arg::new("quiet")
            .long("quiet")
            .short('q')
            .action(ArgAction::SetTrue)
            .help("Say nothing but what is wrong"),
        Arg::new("set")
            .long("set")
            .value_name("NAME=VALUE")
            .action(ArgAction::Append)
            .hide_short_help(true)
            .help("Choose any setting by its full name: --set ris=zotero"),
    ];
    clap::Command::new("convert")
        .about("Convert files of PubMed records")
        .args(SETTINGS.iter().map(flag))
        .args(own)
        .after_help("`--help` shows what can be chosen about each format.")
        .after_long_help(STATUS)
}

/// The meaning of the exit status, for help and documentation.
pub(crate) const STATUS: &str = "\
Exit status: 0 all records were converted, 1 nothing usable or an input that cannot be read, \
2 wrong usage, 3 some records were rejected, 130 interrupted.";

/// The flag of a setting.
fn flag(setting: &'static Setting) -> Arg {
    let flag = Arg::new(setting.name)
        .value_name(shown_values(setting.values))
        .help(setting.help)
        .help_heading(heading(setting.group))
        .hide_short_help(!matches!(setting.name, "input" | "formats" | "on_error"))
        .allow_hyphen_values(matches!(setting.values, Values::Text(_)));
    match setting.name {
        "input" => flag.long("from").short('f').alias("input").help_heading(None),
        "formats" => flag.long("to").short('t').alias("formats").help_heading(None),
        name => {
            let dashed = dashed(name);
            let flag = if dashed == name { flag } else { flag.alias(name) };
            let heading = (setting.group != Group::Conversion).then(|| heading(setting.group));
            flag.long(dashed).help_heading(heading)
        }
    }
}

/// The name of a setting as a flag: `ris.group_comma` as `ris-group-comma`.
pub(crate) fn dashed(name: &str) -> String {
    name.replace(['.', '_'], "-")
}

/// What can be chosen, on one line.
pub(crate) fn shown_values(values: Values) -> String {
    let words: Vec<&str> = values.words().collect();
    match values {
        Values::One(_) => words.join("|"),
        Values::Several(_) | Values::Formats => words.join(","),
        Values::Text(shown) => shown.to_owned(),
    }
}

/// The heading over the flags of a group.
pub(crate) fn heading(group: Group) -> &'static str {
    match group {
        Group::Conversion => "Conversion",
        Group::Reading => "Reading (the first value is the default)",
        Group::Content => "Content (the first value is the default)",
        Group::Ris => "RIS (the first value is the default)",
        Group::Bibtex => "BibTeX and BibLaTeX (the first value is the default)",
        Group::Csl => "CSL-JSON (the first value is the default)",
        Group::Endnote => "EndNote XML (the first value is the default)",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Convert, String> {
        let words = line.split(' ').map(OsString::from);
        match parse(words) {
            Ok(Command::Convert(arguments)) => Ok(*arguments),
            Ok(Command::Client(_) | Command::Service(_) | Command::Page(_)) => {
                Err("something else".to_owned())
            }
            Err(error) => Err(error.to_string()),
        }
    }

    #[test]
    fn the_command_line_is_well_formed() {
        command().debug_assert();
    }

    #[test]
    fn every_setting_has_its_flag_in_three_spellings() {
        for setting in SETTINGS {
            let value = setting.default().replace(' ', "");
            let dashed = match setting.name {
                "input" => "from".to_owned(),
                "formats" => "to".to_owned(),
                name => super::dashed(name),
            };
            for flag in [
                format!("--{dashed}={value}"),
                format!("--{}={value}", setting.name),
                format!("--set={}={value}", setting.name),
            ] {
                parsed(&format!("refmill convert {flag} in.xml")).expect(&flag);
            }
        }
    }

    #[test]
    fn a_flag_chooses_what_its_setting_says() {
        let line = "refmill convert a.xml --to ris,jsonl --ris.group_comma no --set date=nlm -j 3";
        let arguments = parsed(line).expect("a conversion");
        let mut request = Request::default();
        for (name, value) in [("formats", "ris,jsonl"), ("ris.group_comma", "no"), ("date", "nlm")]
        {
            request.set(name, value).expect("a setting");
        }
        assert_eq!(arguments.request, request);
        assert_eq!(arguments.threads, NonZeroUsize::new(3));
    }

    #[test]
    fn what_is_not_known_is_answered_with_what_is_nearest() {
        for (line, answer) in [
            ("refmill convert --ris zotreo a.xml", "did you mean `zotero`?"),
            ("refmill convert --set riss=zotero a.xml", "did you mean `ris`?"),
            ("refmill convert --to risx a.xml", "did you mean `ris`?"),
            ("refmill convert --bibtx-text latex a.xml", "--bibtex-text"),
            ("refmill convrt a.xml", "convert"),
            ("refmill convert -j 0 a.xml", "--threads"),
        ] {
            let error = parsed(line).expect_err(line);
            assert!(error.contains(answer), "{error}");
        }
    }
}
