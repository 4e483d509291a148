//! What was given, key by key, and where.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, Read};

use figment::value::{Dict, Value};

use super::error::{self, ConfigError, Origin};
use super::keys::Keys;
use super::{SECRET_BYTES, insert};

/// A value as it was given.
pub(super) enum Text {
    /// By a file, which has types.
    Typed(Value),
    /// By a variable or a flag.
    Untyped(String),
}

/// All that was given; a later layer goes over an earlier one.
#[derive(Default)]
pub(super) struct Given(BTreeMap<String, (Value, Origin)>);

impl Given {
    /// Adds what one place gives.
    pub(super) fn layer(
        &mut self,
        keys: &Keys,
        values: Vec<(String, Text)>,
        origin: &Origin,
    ) -> Result<(), ConfigError> {
        let mut seen = BTreeSet::new();
        for (key, text) in values {
            let (key, value) = resolve(keys, key, text, origin)?;
            if !seen.insert(key.clone()) {
                return Err(ConfigError::Twice { key, origin: origin.clone() });
            }
            self.0.insert(key, (value, origin.clone()));
        }
        Ok(())
    }

    /// Whether each value fits by itself: the message then names its key, whatever the type says.
    pub(super) fn check(&self, keys: &Keys) -> Result<(), ConfigError> {
        for (key, (value, origin)) in &self.0 {
            let is_section =
                matches!(keys.find(key), Some(Value::Dict(_, known)) if !known.is_empty());
            if is_section && !matches!(value, Value::Dict(..)) {
                let problem = "it is a section".to_owned();
                return Err(ConfigError::Invalid {
                    key: key.clone(),
                    origin: origin.clone(),
                    problem,
                });
            }
        }
        Ok(())
    }

    /// The tree of all values.
    pub(super) fn tree(&self, mut tree: Dict) -> Dict {
        for (key, (value, _)) in &self.0 {
            insert(&mut tree, key, value.clone());
        }
        tree
    }

    /// The error of a value that the type did not take.
    pub(super) fn invalid(&self, error: &figment::Error) -> ConfigError {
        let key = error.path.join(".");
        let found = self.0.iter().rev().find(|(given, _)| {
            key == **given || key.strip_prefix(*given).is_some_and(|rest| rest.starts_with('.'))
        });
        let origin = found.map_or(Origin::Default, |(_, (_, origin))| origin.clone());
        ConfigError::Invalid { key, origin, problem: error::problem(&error.kind) }
    }
}

/// The key that is meant, and its value.
fn resolve(
    keys: &Keys,
    key: String,
    text: Text,
    origin: &Origin,
) -> Result<(String, Value), ConfigError> {
    if let Some(default) = keys.find(&key) {
        let value = typed(keys, &key, default, text);
        return Ok((key, value));
    }
    if let Some(secret) = key.strip_suffix("_file")
        && keys.find(secret).is_some()
        && keys.is_secret(secret)
    {
        let path = match &text {
            Text::Typed(value) => value.as_str().unwrap_or_default().to_owned(),
            Text::Untyped(path) => path.clone(),
        };
        let content = secret_of(&path)
            .map_err(|source| ConfigError::Secret { key: secret.to_owned(), source })?;
        return Ok((secret.to_owned(), Value::from(content)));
    }
    if keys.is_free(&key) {
        let value = typed(keys, &key, &Value::from(Dict::new()), text);
        return Ok((key, value));
    }
    let nearest = keys.nearest(&key);
    Err(ConfigError::Unknown { key, origin: origin.clone(), nearest })
}

/// Gives a text the type that its key has.
fn typed(keys: &Keys, key: &str, default: &Value, text: Text) -> Value {
    let text = match text {
        Text::Typed(value) => return value,
        Text::Untyped(text) => text,
    };
    match default {
        Value::String(..) | Value::Char(..) => Value::from(text),
        Value::Array(..) if !text.trim_start().starts_with('[') => {
            let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
            Value::from(items.map(|item| parsed(item).0).collect::<Vec<_>>())
        }
        Value::Bool(..) | Value::Num(..) | Value::Array(..) => parsed(&text).0,
        // It may be a number or a text, such as a secret of digits alone.
        Value::Dict(..) | Value::Empty(..) => {
            let (value, is_text) = parsed(&text);
            if is_text || !keys.takes(key, value.clone()) { Value::from(text) } else { value }
        }
    }
}

/// The value that stands in a text as TOML writes it; otherwise the text itself.
fn parsed(text: &str) -> (Value, bool) {
    let table = toml::from_str::<toml::Table>(&format!("it = {text}")).ok();
    let only = table.filter(|table| table.len() == 1).and_then(|table| table.get("it").cloned());
    let value = only.and_then(|value| Value::serialize(value).ok());
    value.map_or_else(|| (Value::from(text), true), |value| (value, false))
}

fn secret_of(path: &str) -> io::Result<String> {
    let mut content = String::new();
    File::open(path)?.take(SECRET_BYTES + 1).read_to_string(&mut content)?;
    if content.len() as u64 > SECRET_BYTES {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    let content = content.trim();
    if content.is_empty() {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "it is empty"));
    }
    Ok(content.to_owned())
}
