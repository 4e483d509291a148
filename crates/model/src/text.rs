//! Rich text: the few kinds of markup that titles and abstracts carry.

use serde::de::{Error as _, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A run of rich text: plain words, styled words and mathematics, in order.
///
/// Two plain runs never stand side by side and no run is empty: [`Text::push`] and
/// [`Text::push_str`] see to it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Text(Vec<Inline>);

/// One piece of a [`Text`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Inline {
    /// Words without markup.
    Plain(String),
    /// Words in a style; styles nest.
    Styled(Style, Text),
    /// Mathematics as a MathML `math` element, without prefixes and without white space between
    /// elements. Kept as markup until it is written.
    Math(String),
}

/// How a run of text is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Style {
    /// Italic, `i`.
    Italic,
    /// Bold, `b`.
    Bold,
    /// Underlined, `u`.
    Underline,
    /// Below the line, `sub`.
    Subscript,
    /// Above the line, `sup`.
    Superscript,
    /// Small capitals, `sc`.
    SmallCaps,
}

impl Text {
    /// Text without any markup.
    #[must_use]
    pub fn plain(words: impl Into<String>) -> Self {
        let words = words.into();
        if words.is_empty() { Self::default() } else { Self(vec![Inline::Plain(words)]) }
    }

    /// The runs, in order.
    #[must_use]
    pub fn runs(&self) -> &[Inline] {
        &self.0
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The words, if there is no markup at all; `None` for marked-up text, `""` for empty text.
    #[must_use]
    pub fn as_plain(&self) -> Option<&str> {
        match self.0.as_slice() {
            [] => Some(""),
            [Inline::Plain(words)] => Some(words),
            _ => None,
        }
    }

    /// Adds a run; plain neighbours become one, empty runs nothing.
    pub fn push(&mut self, run: Inline) {
        match (self.0.last_mut(), run) {
            (Some(Inline::Plain(before)), Inline::Plain(words)) => before.push_str(&words),
            (_, Inline::Plain(words)) if words.is_empty() => {}
            (_, Inline::Styled(_, text)) if text.is_empty() => {}
            (_, run) => self.0.push(run),
        }
    }

    /// Adds words without markup.
    pub fn push_str(&mut self, words: &str) {
        match self.0.last_mut() {
            Some(Inline::Plain(before)) => before.push_str(words),
            _ if words.is_empty() => {}
            _ => self.0.push(Inline::Plain(words.to_owned())),
        }
    }

    /// Changes the runs in place; the result is put in order again (neighbours joined, empty runs
    /// gone).
    pub fn edit(&mut self, change: impl FnOnce(&mut Vec<Inline>)) {
        let mut runs = std::mem::take(&mut self.0);
        change(&mut runs);
        for run in runs {
            self.push(run);
        }
    }

    /// The words alone: styles dropped, and of mathematics the character data.
    ///
    /// For looking at text (is it empty, does it end in a stop), not for writing it: a writer
    /// decides how a superscript is spelled.
    #[must_use]
    pub fn flatten(&self) -> String {
        fn walk(text: &Text, out: &mut String) {
            for run in &text.0 {
                match run {
                    Inline::Plain(words) => out.push_str(words),
                    Inline::Styled(_, inner) => walk(inner, out),
                    Inline::Math(markup) => {
                        for piece in markup.split('<') {
                            out.push_str(piece.split_once('>').map_or("", |(_, words)| words));
                        }
                    }
                }
            }
        }
        let mut out = String::new();
        walk(self, &mut out);
        out
    }
}

impl From<&str> for Text {
    fn from(words: &str) -> Self {
        Self::plain(words)
    }
}

impl Extend<Inline> for Text {
    fn extend<I: IntoIterator<Item = Inline>>(&mut self, runs: I) {
        for run in runs {
            self.push(run);
        }
    }
}

impl FromIterator<Inline> for Text {
    fn from_iter<I: IntoIterator<Item = Inline>>(runs: I) -> Self {
        let mut text = Self::default();
        text.extend(runs);
        text
    }
}

impl Style {
    /// Every style.
    pub const ALL: [Self; 6] = [
        Self::Italic,
        Self::Bold,
        Self::Underline,
        Self::Subscript,
        Self::Superscript,
        Self::SmallCaps,
    ];

    /// The name of the style in JSON and, but for `sc`, in HTML.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Italic => "i",
            Self::Bold => "b",
            Self::Underline => "u",
            Self::Subscript => "sub",
            Self::Superscript => "sup",
            Self::SmallCaps => "sc",
        }
    }
}

const MATH: &str = "math";

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Vec::<Inline>::deserialize(deserializer)?.into_iter().collect())
    }
}

impl Serialize for Inline {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Plain(words) => serializer.serialize_str(words),
            Self::Styled(style, text) => {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry(style.as_str(), text)?;
                map.end()
            }
            Self::Math(markup) => {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry(MATH, markup)?;
                map.end()
            }
        }
    }
}

impl<'de> Deserialize<'de> for Inline {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Run;

        impl<'de> Visitor<'de> for Run {
            type Value = Inline;

            fn expecting(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                out.write_str("a string or an object with one key of i b u sub sup sc math")
            }

            fn visit_str<E>(self, words: &str) -> Result<Inline, E> {
                Ok(Inline::Plain(words.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Inline, A::Error> {
                let Some(key) = map.next_key::<String>()? else {
                    return Err(A::Error::custom("an empty run"));
                };
                let run = if key == MATH {
                    Inline::Math(map.next_value()?)
                } else {
                    let style = Style::ALL
                        .into_iter()
                        .find(|style| style.as_str() == key)
                        .ok_or_else(|| A::Error::custom(format_args!("unknown style `{key}`")))?;
                    Inline::Styled(style, map.next_value()?)
                };
                match map.next_key::<String>()? {
                    Some(key) => Err(A::Error::custom(format_args!("a second key `{key}`"))),
                    None => Ok(run),
                }
            }
        }

        deserializer.deserialize_any(Run)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_neighbours_become_one_run() {
        let mut text = Text::plain("H");
        text.push(Inline::Styled(Style::Subscript, Text::plain("2")));
        text.push(Inline::Plain("O".into()));
        text.push_str(" and air");
        text.push(Inline::Styled(Style::Bold, Text::default()));
        assert_eq!(text.runs().len(), 3);
        assert_eq!(text.flatten(), "H2O and air");
    }

    #[test]
    fn text_is_an_array_of_runs_in_json() {
        let json = r#"["K",{"sup":["+"]}," ",{"i":["a",{"sub":["b"]}]},{"math":"<math><mi>x</mi></math>"}]"#;
        let text: Text = serde_json::from_str(json).expect("well-formed text");
        assert_eq!(text.flatten(), "K+ abx");
        assert_eq!(serde_json::to_string(&text).expect("text is JSON"), json);
        for wrong in ["[{}]", r#"[{"em":["x"]}]"#, r#"[{"i":[],"b":[]}]"#, "[1]"] {
            assert!(serde_json::from_str::<Text>(wrong).is_err(), "{wrong}");
        }
    }
}
