//! What a part looks like: step 4 of the rules.

use model::{Inline, Style, Text};

use super::super::markup::{command, words_of};
use super::super::script::{self, Script};

/// What decides whether a part is braced.
#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is one of the rules")]
pub(super) struct Looks {
    characters: usize,
    letters: usize,
    pub(super) capitals: usize,
    digits: usize,
    /// It begins with a capital.
    pub(super) begins: bool,
    /// A capital stands behind its first character.
    inner: bool,
    /// Its one letter so far is A or I.
    article: bool,
    /// It holds a sub- or superscript.
    script: bool,
    /// It holds a command that has a capital: a Greek capital, a formula.
    pub(super) capital_command: bool,
    /// It holds italics, bold or braces with a capital.
    pub(super) markup: bool,
}

impl Looks {
    /// Step 4.
    pub(super) fn means(&self) -> bool {
        self.inner
            || (self.capitals > 0 && self.digits > 0)
            || (self.characters == 1 && self.capitals == 1 && !self.article)
            || (self.script && self.letters > 0)
            || self.capital_command
    }

    pub(super) fn words(&mut self, words: &str) {
        let mut depth = 0_usize;
        for character in words.chars() {
            match character {
                '{' => depth += 1,
                '}' => depth = depth.saturating_sub(1),
                character if Script::of(character).is_some() => self.script = true,
                character => {
                    self.character(character);
                    self.markup |= depth > 0 && character.is_uppercase();
                }
            }
        }
    }

    fn character(&mut self, character: char) {
        if character.is_uppercase() {
            self.begins |= self.characters == 0;
            self.inner |= self.characters > 0;
            self.capitals += 1;
        }
        self.article = matches!(character, 'A' | 'I');
        self.capital_command |= is_capital_command(character);
        self.letters += usize::from(character.is_alphabetic());
        self.digits += usize::from(character.is_numeric());
        self.characters += 1;
    }

    pub(super) fn run(&mut self, run: &Inline) {
        match run {
            Inline::Plain(words) => self.words(words),
            Inline::Math(markup) => {
                self.capital_command |= words_of(markup).contains(char::is_uppercase);
                self.characters += 1;
            }
            Inline::Styled(Style::Superscript, inner) if stands_above(inner) => {}
            Inline::Styled(style, inner) if Script::of_style(*style).is_some() => {
                self.script = true;
                // Behind `{\textrm` styles lower-case letters too.
                self.capital_command |= inner.flatten().contains(char::is_uppercase);
            }
            Inline::Styled(style, inner) => {
                let before = self.capitals;
                inner.runs().iter().for_each(|run| self.run(run));
                self.markup |= command(*style).is_some() && self.capitals > before;
            }
        }
    }
}

/// Whether all of a superscript is written as characters that stand above the line.
pub(super) fn stands_above(text: &Text) -> bool {
    text.as_plain().is_some_and(script::stands_above)
}

/// Whether a character is written as a command that has a capital.
pub(super) fn is_capital_command(character: char) -> bool {
    matches!(character, 'Α'..='Ω' | '∆' | '⇒' | '⇔')
}
