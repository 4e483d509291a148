//! Pages of the documentation that are printed from tables, so that they cannot outlive them.

use std::fmt::Write as _;

use convert::{Group, SETTINGS, Setting};
use model::{Code, Severity};

use crate::arguments;

/// A page.
pub(crate) struct Page {
    /// `cli` for `docs/cli.md`.
    pub(crate) name: &'static str,
    /// What stands on it.
    pub(crate) about: &'static str,
    print: fn() -> String,
}

/// All pages.
pub(crate) const PAGES: &[Page] = &[
    Page { name: "cli", about: "The command line", print: cli },
    Page {
        name: "diagnostics",
        about: "What is said about records and inputs",
        print: diagnostics,
    },
];

/// The page of that name, ready to be printed.
pub(crate) fn find(name: &str) -> Option<fn() -> String> {
    PAGES.iter().find(|page| page.name == name).map(|page| page.print)
}

const CLI: &str = include_str!("pages/cli.md");
const DIAGNOSTICS: &str = include_str!("pages/diagnostics.md");

fn cli() -> String {
    let mut help = arguments::convert_command().bin_name("refmill convert");
    let usage = help.render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ");
    CLI.replace("{usage}", usage).replace("{own}", &own_flags()).replace("{settings}", &settings())
}

/// The flags that are no settings.
fn own_flags() -> String {
    let mut table = "| Flag | Meaning |\n|---|---|\n".to_owned();
    for argument in arguments::convert_command().get_arguments() {
        let is_setting = SETTINGS.iter().any(|setting| setting.name == argument.get_id().as_str());
        let Some(long) = argument.get_long().filter(|_| !is_setting) else { continue };
        let short = argument.get_short().map_or_else(String::new, |short| format!(" `-{short}`"));
        let value = match argument.get_value_names() {
            Some([value, ..]) if argument.get_action().takes_values() => format!(" {value}"),
            _ => String::new(),
        };
        let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
        push(&mut table, format_args!("| `--{long}{value}`{short} | {} |\n", cell(&help)));
    }
    table
}

fn settings() -> String {
    let mut page = String::new();
    for group in Group::ALL {
        push(&mut page, format_args!("\n### {}\n\n", group.title()));
        page.push_str("| Flag | Setting | Values | Default | Meaning |\n|---|---|---|---|---|\n");
        for setting in SETTINGS.iter().filter(|setting| setting.group == group) {
            push(&mut page, format_args!("{}\n", row(setting)));
        }
    }
    page
}

fn row(setting: &Setting) -> String {
    let flag = match setting.name {
        "input" => "from".to_owned(),
        "formats" => "to".to_owned(),
        name => arguments::dashed(name),
    };
    let words: Vec<String> = setting.values.words().map(|word| format!("`{word}`")).collect();
    let values = match setting.values {
        convert::Values::One(_) => words.join(" "),
        convert::Values::Several(_) => format!("`none` or any of {}", words.join(" ")),
        convert::Values::Formats => format!("any of {}", words.join(" ")),
        convert::Values::Text(_) => "any text".to_owned(),
    };
    let default = setting.default();
    format!(
        "| `--{flag}` | `{}` | {} | `{}` | {} |",
        setting.name,
        cell(&values),
        cell(&default),
        cell(setting.help)
    )
}

fn diagnostics() -> String {
    let mut tables = String::new();
    for (severity, title) in [
        (Severity::Fatal, "`fatal`: reading ended here; the records before stand"),
        (Severity::Error, "`error`: the record was not written"),
        (Severity::Loss, "`loss`: something that stood in the input is in no output"),
        (Severity::Note, "`note`: something is doubtful or was decided; nothing is lost"),
    ] {
        push(&mut tables, format_args!("\n## {title}\n\n| Code | Meaning |\n|---|---|\n"));
        for code in Code::ALL.iter().filter(|code| code.severity() == severity) {
            push(&mut tables, format_args!("| `{code}` | {} |\n", cell(code.meaning())));
        }
    }
    DIAGNOSTICS.replace("{tables}", &tables)
}

/// Text for a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

fn push(page: &mut String, words: std::fmt::Arguments) {
    page.write_fmt(words).expect("a string takes all");
}
