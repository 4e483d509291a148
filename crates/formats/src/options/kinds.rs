//! What an option can be: one of several words, some of them, on or off.

use std::str::FromStr;

use super::UnknownValue;

macro_rules! choice {
    ($(#[$doc:meta])* $name:ident { $($(#[$value_doc:meta])* $value:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($(#[$value_doc])* $value,)* }

        impl $name {
            /// The values, the default first.
            pub const VALUES: &[&str] = &[$($word),*];

            /// The value as a word.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$value => $word,)* }
            }
        }

        impl Default for $name {
            fn default() -> Self {
                [$(Self::$value),*][0]
            }
        }

        impl FromStr for $name {
            type Err = UnknownValue;

            fn from_str(word: &str) -> Result<Self, Self::Err> {
                match word {
                    $($word => Ok(Self::$value),)*
                    _ => Err(UnknownValue {
                        value: word.to_owned(),
                        expected: Self::VALUES.join(", "),
                    }),
                }
            }
        }
    };
}

macro_rules! several {
    ($(#[$doc:meta])* $name:ident { $($(#[$value_doc:meta])* $value:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub struct $name { $($(#[$value_doc])* pub $value: bool,)* }

        impl $name {
            /// What can be chosen.
            pub const VALUES: &[&str] = &[$($word),*];
        }

        impl FromStr for $name {
            type Err = UnknownValue;

            /// A comma list, in any order; empty for none.
            fn from_str(list: &str) -> Result<Self, Self::Err> {
                let mut chosen = Self::default();
                for word in list.split(',').map(str::trim).filter(|word| !word.is_empty()) {
                    match word {
                        $($word => chosen.$value = true,)*
                        _ => return Err(UnknownValue {
                            value: word.to_owned(),
                            expected: Self::VALUES.join(", "),
                        }),
                    }
                }
                Ok(chosen)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                let words: Vec<&str> =
                    [$((self.$value, $word)),*].iter().filter(|w| w.0).map(|w| w.1).collect();
                out.write_str(&words.join(","))
            }
        }
    };
}

pub(super) use {choice, several};

/// On or off, `DEFAULT` being what it is when nothing is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Switch<const DEFAULT: bool>(pub bool);

impl<const DEFAULT: bool> Default for Switch<DEFAULT> {
    fn default() -> Self {
        Self(DEFAULT)
    }
}

impl<const DEFAULT: bool> FromStr for Switch<DEFAULT> {
    type Err = UnknownValue;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        match word {
            "on" | "yes" => Ok(Self(true)),
            "off" | "no" => Ok(Self(false)),
            _ => Err(UnknownValue { value: word.to_owned(), expected: "on, off".to_owned() }),
        }
    }
}
