//! What can be wrong with a configuration, said without its values: they may be secret.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use figment::error::{Actual, Kind};

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The program itself.
    Default,
    /// The configuration file.
    File(PathBuf),
    /// A variable of the environment.
    Variable,
    /// The command line.
    Flag,
}

/// The configuration is wrong.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read {path}", path = path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file is no TOML.
    #[error("{path}, line {line}: this is no TOML", path = path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// The line, counting from 1.
        line: usize,
    },
    /// There is no such key.
    #[error("{origin}: the key `{key}` is unknown{hint}", hint = hint(nearest.as_deref()))]
    Unknown {
        /// The key.
        key: String,
        /// Where it stands.
        origin: Origin,
        /// The known key that looks most like it.
        nearest: Option<String>,
    },
    /// A key, or its `_file`, is given twice in one place.
    #[error("{origin}: `{key}` is given twice")]
    Twice {
        /// The key.
        key: String,
        /// Where it stands.
        origin: Origin,
    },
    /// The file of a secret cannot be read, or is empty or long.
    #[error("cannot read the file that `{key}_file` names")]
    Secret {
        /// The key of the secret.
        key: String,
        /// Why.
        source: io::Error,
    },
    /// A value does not fit.
    #[error("{origin}: `{key}` does not fit: {problem}")]
    Invalid {
        /// The key.
        key: String,
        /// Where the value stands.
        origin: Origin,
        /// What is wrong with it.
        problem: String,
    },
    /// The types of the program do not fit each other.
    #[error("the configuration cannot be written down: {0}")]
    Unfit(String),
}

impl ConfigError {
    pub(super) fn syntax(path: &Path, text: &str, error: &toml::de::Error) -> Self {
        // The message of the parser may repeat the line.
        let at = error.span().map_or(0, |span| span.start);
        let line = text.bytes().take(at).filter(|&byte| byte == b'\n').count() + 1;
        Self::Syntax { path: path.to_owned(), line }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => out.write_str("the defaults"),
            Self::File(path) => path.display().fmt(out),
            Self::Variable => out.write_str("the environment"),
            Self::Flag => out.write_str("a flag"),
        }
    }
}

fn hint(nearest: Option<&str>) -> String {
    nearest.map(|key| format!("; is `{key}` meant?")).unwrap_or_default()
}

/// What is wrong, without the value.
pub(super) fn problem(kind: &Kind) -> String {
    match kind {
        Kind::InvalidType(actual, expected) | Kind::InvalidValue(actual, expected) => {
            format!("it is {}, and {expected} is expected", name(actual))
        }
        Kind::UnknownVariant(_, known) => format!("one of {} is expected", list(known)),
        Kind::UnknownField(field, known) => {
            format!("it has no `{field}`, but {}", list(known))
        }
        Kind::InvalidLength(length, expected) => format!("{length} items, not {expected}"),
        Kind::MissingField(field) => format!("`{field}` is missing"),
        Kind::DuplicateField(field) => format!("`{field}` is there twice"),
        Kind::ISizeOutOfRange(_) | Kind::USizeOutOfRange(_) => "the number is too large".to_owned(),
        Kind::Message(message) => message.clone(),
        Kind::Unsupported(_) | Kind::UnsupportedKey(..) => {
            "it has no form that is known".to_owned()
        }
    }
}

fn name(actual: &Actual) -> &'static str {
    match actual {
        Actual::Bool(_) => "true or false",
        Actual::Unsigned(_) | Actual::Signed(_) => "a whole number",
        Actual::Float(_) => "a number",
        Actual::Char(_) | Actual::Str(_) => "a text",
        Actual::Seq => "a list",
        Actual::Map => "a section",
        Actual::Unit | Actual::Option => "nothing",
        _ => "something else",
    }
}

fn list(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}
