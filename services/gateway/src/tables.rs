//! `/assets/tables.json`: what can be chosen and what can be said, for the form of the page. It is
//! made of the same tables as the flags of the command line and the parameters of a query.

use std::sync::LazyLock;

use convert::{SETTINGS, Setting, Values};
use formats::Format;
use model::{Code, Severity};
use serde::Serialize;

/// The tables as JSON.
pub(crate) static JSON: LazyLock<String> = LazyLock::new(|| {
    let tables = Tables {
        formats: Format::ALL.map(FormatRow::of).into(),
        settings: SETTINGS.iter().map(SettingRow::of).collect(),
        diagnostics: Code::ALL.iter().copied().map(CodeRow::of).collect(),
    };
    serde_json::to_string(&tables).expect("structs of text have no keys that are none")
});

#[derive(Serialize)]
struct Tables {
    formats: Vec<FormatRow>,
    settings: Vec<SettingRow>,
    diagnostics: Vec<CodeRow>,
}

#[derive(Serialize)]
struct FormatRow {
    name: &'static str,
    title: &'static str,
    used_for: &'static str,
}

#[derive(Serialize)]
struct SettingRow {
    name: &'static str,
    group: &'static str,
    help: &'static str,
    default: String,
    /// Whether several of the words may be chosen.
    several: bool,
    /// What can be chosen; nothing where any text can stand.
    words: Vec<&'static str>,
}

#[derive(Serialize)]
struct CodeRow {
    code: &'static str,
    severity: Severity,
    meaning: &'static str,
}

impl FormatRow {
    fn of(format: Format) -> Self {
        let (title, used_for) = match format {
            Format::Ris => ("RIS", "Zotero, EndNote, Mendeley"),
            Format::Bibtex => ("BibTeX", "LaTeX, JabRef"),
            Format::Biblatex => ("BibLaTeX", "LaTeX with biber"),
            Format::CslJson => ("CSL-JSON", "Zotero, pandoc"),
            Format::EndnoteXml => ("EndNote XML", "EndNote"),
            Format::Jsonl => ("JSON Lines", "programs: lossless"),
        };
        Self { name: format.as_str(), title, used_for }
    }
}

impl SettingRow {
    fn of(setting: &Setting) -> Self {
        Self {
            name: setting.name,
            group: setting.group.title(),
            help: setting.help,
            default: setting.default(),
            several: matches!(setting.values, Values::Several(_) | Values::Formats),
            words: setting.values.words().collect(),
        }
    }
}

impl CodeRow {
    fn of(code: Code) -> Self {
        Self { code: code.as_str(), severity: code.severity(), meaning: code.meaning() }
    }
}
