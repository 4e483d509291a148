//! Which keys there are: those that the defaults have.

use figment::value::{Dict, Value};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::error::ConfigError;
use super::given::Text;
use super::{MASK, insert};

/// The known keys, and a way to try values on the type that they belong to.
pub(super) struct Keys {
    defaults: Dict,
    /// Serializes what the type makes of a tree.
    try_on: fn(Dict) -> Option<Value>,
}

impl Keys {
    pub(super) fn of<T>() -> Result<Self, ConfigError>
    where
        T: DeserializeOwned + Serialize + Default,
    {
        let unfit = |error: figment::Error| ConfigError::Unfit(error.to_string());
        let Value::Dict(_, mut defaults) = Value::serialize(T::default()).map_err(unfit)? else {
            return Err(ConfigError::Unfit("it has no keys".to_owned()));
        };
        unmask(&mut defaults);
        let try_on = |tree| {
            let value = Value::from(tree).deserialize::<T>().ok()?;
            Value::serialize(value).ok()
        };
        Ok(Self { defaults, try_on })
    }

    pub(super) fn defaults(&self) -> Dict {
        self.defaults.clone()
    }

    /// The default of a key, or the keys of a section.
    pub(super) fn find(&self, key: &str) -> Option<&Value> {
        let mut words = key.split('.');
        let first = self.defaults.get(words.next()?)?;
        words.try_fold(first, |value, word| match value {
            Value::Dict(_, inner) => inner.get(word),
            _ => None,
        })
    }

    /// Whether it stands in a section of which the defaults do not say what it has.
    pub(super) fn is_free(&self, key: &str) -> bool {
        let mut section = key;
        while let Some((above, _)) = section.rsplit_once('.') {
            match self.find(above) {
                Some(Value::Dict(_, inner)) => return inner.is_empty(),
                Some(Value::Empty(..)) => return true,
                Some(_) => return false,
                None => section = above,
            }
        }
        false
    }

    /// Whether the type takes this value for this key, the rest being as by default.
    pub(super) fn takes(&self, key: &str, value: Value) -> bool {
        self.made_of(key, value).is_some()
    }

    /// Whether a text for this key is masked.
    pub(super) fn is_secret(&self, key: &str) -> bool {
        let made = self.made_of(key, Value::from("a text"));
        let found = made.as_ref().and_then(|made| made.find_ref(key));
        found.and_then(Value::as_str) == Some(MASK)
    }

    fn made_of(&self, key: &str, value: Value) -> Option<Value> {
        let mut tree = self.defaults();
        insert(&mut tree, key, value);
        (self.try_on)(tree)
    }

    /// The values of a file under their keys: sections that are known are opened.
    pub(super) fn leaves(&self, table: &toml::Table) -> Result<Vec<(String, Text)>, ConfigError> {
        let mut leaves = Vec::new();
        self.open("", table, &mut leaves)?;
        Ok(leaves)
    }

    fn open(
        &self,
        section: &str,
        table: &toml::Table,
        leaves: &mut Vec<(String, Text)>,
    ) -> Result<(), ConfigError> {
        for (word, value) in table {
            let key = if section.is_empty() { word.clone() } else { format!("{section}.{word}") };
            match (value, self.find(&key)) {
                (toml::Value::Table(inner), Some(Value::Dict(_, known))) if !known.is_empty() => {
                    self.open(&key, inner, leaves)?;
                }
                _ => {
                    let value = Value::serialize(value);
                    let unfit = |error: figment::Error| ConfigError::Unfit(error.to_string());
                    leaves.push((key, Text::Typed(value.map_err(unfit)?)));
                }
            }
        }
        Ok(())
    }

    /// The known key that looks most like this one, if any does.
    pub(super) fn nearest(&self, key: &str) -> Option<String> {
        let mut known = Vec::new();
        names("", &self.defaults, &mut known);
        let last = |key: &str| key.rsplit('.').next().unwrap_or_default().to_owned();
        let likeness = |other: &str| {
            let whole = strsim::normalized_damerau_levenshtein(key, other);
            // The right key in the wrong section.
            let word = strsim::normalized_damerau_levenshtein(&last(key), &last(other)) * 0.9;
            whole.max(word)
        };
        let rated = known.into_iter().map(|other| (likeness(&other), other));
        let best = rated.max_by(|one, other| one.0.total_cmp(&other.0))?;
        (best.0 > 0.6).then_some(best.1)
    }
}

/// All keys below a section, without the sections themselves.
pub(super) fn names(section: &str, tree: &Dict, into: &mut Vec<String>) {
    for (word, value) in tree {
        let key = if section.is_empty() { word.clone() } else { format!("{section}.{word}") };
        match value {
            Value::Dict(_, inner) if !inner.is_empty() => names(&key, inner, into),
            _ => into.push(key),
        }
    }
}

/// A secret by default would come back as its mask.
fn unmask(tree: &mut Dict) {
    for value in tree.values_mut() {
        match value {
            Value::Dict(_, inner) => unmask(inner),
            Value::String(_, text) if text == MASK => text.clear(),
            _ => {}
        }
    }
}
