//! Showing a configuration without its secrets.

use figment::value::{Dict, Num, Value};
use serde::Serialize;

use super::error::ConfigError;
use super::keys::names;

/// What a secret serializes as.
pub const MASK: &str = "***";

/// Last words of keys whose values are masked, whatever their types say.
const SECRET_WORDS: &[&str] = &["password", "passphrase", "secret", "secret_access_key", "token"];

/// The configuration as TOML. Secrets are masked, in addresses too.
///
/// # Errors
///
/// If it has a value that TOML has not.
pub fn show<T: Serialize>(config: &T) -> Result<String, ConfigError> {
    let unfit = |error: toml::ser::Error| ConfigError::Unfit(error.to_string());
    let mut table = toml::Table::try_from(config).map_err(unfit)?;
    for (key, value) in &mut table {
        mask(key, value);
    }
    toml::to_string_pretty(&table).map_err(unfit)
}

/// A table in Markdown: each key, its default, and what `meaning` says of it.
///
/// # Errors
///
/// If the defaults have a value that is unknown here.
pub fn reference<T: Serialize + Default>(
    meaning: impl Fn(&str) -> Option<String>,
) -> Result<String, ConfigError> {
    let unfit = |error: figment::Error| ConfigError::Unfit(error.to_string());
    let tree = match Value::serialize(T::default()).map_err(unfit)? {
        Value::Dict(_, tree) => tree,
        _ => Dict::new(),
    };
    let mut keys = Vec::new();
    names("", &tree, &mut keys);
    let value = Value::from(tree);
    let rows = keys.into_iter().map(|key| {
        let default = value.find_ref(&key).map(spelled).unwrap_or_default();
        let default = if default.is_empty() { default } else { format!("`{default}`") };
        let meaning = meaning(&key).unwrap_or_default().replace('|', "\\|");
        format!("| `{key}` | {default} | {meaning} |\n")
    });
    Ok(format!("| Key | Default | Meaning |\n|---|---|---|\n{}", rows.collect::<String>()))
}

fn spelled(value: &Value) -> String {
    match value {
        Value::String(_, text) => format!("{text:?}"),
        Value::Char(_, sign) => format!("{sign:?}"),
        Value::Bool(_, is_so) => is_so.to_string(),
        Value::Num(_, Num::F32(number)) => number.to_string(),
        Value::Num(_, Num::F64(number)) => number.to_string(),
        Value::Num(_, number) => {
            let number = number.to_u128().map(|it| it.to_string());
            number.or_else(|| value.to_i128().map(|it| it.to_string())).unwrap_or_default()
        }
        Value::Empty(..) => String::new(),
        Value::Dict(..) => "{}".to_owned(),
        Value::Array(_, items) => {
            format!("[{}]", items.iter().map(spelled).collect::<Vec<_>>().join(", "))
        }
    }
}

fn mask(key: &str, value: &mut toml::Value) {
    match value {
        toml::Value::String(text) if !text.is_empty() => {
            let is_secret = |word: &str| {
                key.strip_suffix(word).is_some_and(|rest| rest.is_empty() || rest.ends_with('_'))
            };
            if SECRET_WORDS.iter().any(|word| is_secret(word)) {
                MASK.clone_into(text);
            } else if let Some(masked) = without_user(text) {
                *text = masked;
            }
        }
        toml::Value::Array(items) => items.iter_mut().for_each(|item| mask(key, item)),
        toml::Value::Table(table) => {
            for (key, value) in table {
                mask(key, value);
            }
        }
        _ => {}
    }
}

/// `amqp://user:word@host/` with the word masked.
fn without_user(text: &str) -> Option<String> {
    let (scheme, rest) = text.split_once("://")?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    // A word may have signs that it should not have: up to the last `@` all is the user's.
    let (user, host) =
        rest.rsplit_once('@').filter(|(user, _)| user.len() < end || user.contains(':'))?;
    let name = user.split_once(':').map_or("", |(name, _)| name);
    let separator = if name.is_empty() { "" } else { ":" };
    Some(format!("{scheme}://{name}{separator}{MASK}@{host}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_lose_their_passwords() {
        for (text, shown) in [
            ("amqp://refmill:hunter2@broker:5672/vhost", "amqp://refmill:***@broker:5672/vhost"),
            ("postgres://token@db/x", "postgres://***@db/x"),
            ("postgres://u:p@ss/word@db/x", "postgres://u:***@db/x"),
        ] {
            assert_eq!(without_user(text).as_deref(), Some(shown));
        }
        for text in ["https://example.org/a@b", "127.0.0.1:8080", "https://example.org"] {
            assert_eq!(without_user(text), None);
        }
    }
}
