//! Configuration: defaults < TOML file < environment `REFMILL__SECTION__KEY` < flags.
//!
//! The types say what there is: every key of `T::default()` is known, and no other. A secret `x`,
//! that is a value which serializes as `***`, may be given as `x_file`, the path of a file whose
//! content it is. No message repeats a value.
//!
//! ```
//! #[derive(Default, serde::Serialize, serde::Deserialize)]
//! #[serde(default, deny_unknown_fields)]
//! struct Settings { limits: Limits }
//! #[derive(Default, serde::Serialize, serde::Deserialize)]
//! #[serde(default, deny_unknown_fields)]
//! struct Limits { job_seconds: u64 }
//!
//! let flag = ("limits.job_seconds".to_owned(), "60".to_owned());
//! let settings: Settings = runtime::config::load(None, &[flag])?;
//! assert_eq!(settings.limits.job_seconds, 60);
//! let wrong = ("limits.job_second".to_owned(), "60".to_owned());
//! let error = runtime::config::load::<Settings>(None, &[wrong]).err().expect("an error");
//! assert_eq!(error.to_string(), "a flag: the key `limits.job_second` is unknown; is \
//!            `limits.job_seconds` meant?");
//! # Ok::<(), runtime::config::ConfigError>(())
//! ```

use std::fs;
use std::path::Path;

use figment::value::{Dict, Value};
use serde::Serialize;
use serde::de::DeserializeOwned;

mod error;
mod given;
mod keys;
mod show;

pub use error::{ConfigError, Origin};
use given::{Given, Text};
use keys::Keys;
pub use show::{MASK, reference, show};

/// What the names of variables begin with.
const PREFIX: &str = "REFMILL__";

/// A secret file has no more bytes than that.
const SECRET_BYTES: u64 = 64 << 10;

/// Loads the configuration: `overrides` are the flags, each a key with stops and its value.
///
/// # Errors
///
/// If the file cannot be read, a key is unknown or given twice, or a value does not fit.
pub fn load<T>(file: Option<&Path>, overrides: &[(String, String)]) -> Result<T, ConfigError>
where
    T: DeserializeOwned + Serialize + Default,
{
    let variables = std::env::vars_os().filter_map(|(name, value)| {
        let name = name.into_string().ok().filter(|name| name.starts_with(PREFIX))?;
        Some((name, value.to_string_lossy().into_owned()))
    });
    load_from(file, variables, overrides)
}

/// The same, with variables of another environment.
///
/// # Errors
///
/// As [`load`].
pub fn load_from<T>(
    file: Option<&Path>,
    variables: impl IntoIterator<Item = (String, String)>,
    overrides: &[(String, String)],
) -> Result<T, ConfigError>
where
    T: DeserializeOwned + Serialize + Default,
{
    let keys = Keys::of::<T>()?;
    let mut given = Given::default();
    if let Some(path) = file {
        let origin = Origin::File(path.to_owned());
        let text = fs::read_to_string(path)
            .map_err(|source| ConfigError::File { path: path.to_owned(), source })?;
        let table = toml::from_str::<toml::Table>(&text)
            .map_err(|error| ConfigError::syntax(path, &text, &error))?;
        given.layer(&keys, keys.leaves(&table)?, &origin)?;
    }
    let variables = variables.into_iter().filter_map(|(name, value)| {
        let key = name.strip_prefix(PREFIX)?.to_lowercase().replace("__", ".");
        Some((key, Text::Untyped(value)))
    });
    given.layer(&keys, variables.collect(), &Origin::Variable)?;
    let flags = overrides.iter().map(|(key, value)| (key.clone(), Text::Untyped(value.clone())));
    given.layer(&keys, flags.collect(), &Origin::Flag)?;
    given.check(&keys)?;
    let tree = given.tree(keys.defaults());
    Value::from(tree).deserialize().map_err(|error| given.invalid(&error))
}

/// Puts a value into a tree.
fn insert(tree: &mut Dict, key: &str, value: Value) {
    match key.split_once('.') {
        None => {
            tree.insert(key.to_owned(), value);
        }
        Some((section, rest)) => {
            let inner = tree.entry(section.to_owned()).or_insert_with(|| Value::from(Dict::new()));
            if !matches!(inner, Value::Dict(..)) {
                *inner = Value::from(Dict::new());
            }
            if let Value::Dict(_, inner) = inner {
                insert(inner, rest, value);
            }
        }
    }
}
