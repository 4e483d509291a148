//! How a whole text uses its capitals: steps 3 and 5 of the rules.

use model::{Inline, Text};

use super::super::script::Script;

/// Which parts of a text are braced. What markup asks for is braced in all but the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rule {
    /// None.
    Nothing,
    /// Those with a capital.
    Capitals,
    /// Those that markup asks for.
    Markup,
    /// Step 4: those whose capitals always mean something.
    Always,
    /// Step 4, and those that begin with a capital behind a hyphen or the like.
    InsideWords,
    /// Steps 4 and 6: also those that begin with a capital, but do not open a sentence.
    Sentence,
}

/// How the capitals of a whole text are used (steps 3 and 5).
#[derive(Default)]
pub(super) struct Shape {
    word: Word,
    words_before: usize,
    /// Parts of two and more letters.
    long: usize,
    /// Those that hold a small letter.
    with_small: usize,
    /// Parts behind the first that may tell Title Case.
    telling: usize,
    /// Those that begin with a capital.
    capital: usize,
}

/// A part as far as [`Shape`] looks at it.
#[derive(Default)]
struct Word {
    characters: usize,
    letters: usize,
    capitals: usize,
    small: usize,
    digits: usize,
    begins: bool,
}

impl Shape {
    pub(super) fn of(text: &Text) -> Self {
        let mut shape = Self::default();
        shape.text(text);
        shape.end();
        shape
    }

    pub(super) fn rule(&self) -> Rule {
        if self.long > 0 && self.with_small == 0 {
            Rule::Nothing
        } else if self.capital >= 3 && self.capital * 10 >= self.telling * 6 {
            Rule::Always
        } else {
            Rule::Sentence
        }
    }

    fn text(&mut self, text: &Text) {
        for run in text.runs() {
            match run {
                Inline::Plain(words) => words.chars().for_each(|character| self.push(character)),
                Inline::Styled(style, inner) if Script::of_style(*style).is_none() => {
                    self.text(inner);
                }
                Inline::Styled(..) | Inline::Math(_) => {}
            }
        }
    }

    fn push(&mut self, character: char) {
        if is_cut(character) {
            return self.end();
        }
        let word = &mut self.word;
        if character.is_ascii_lowercase() {
            word.letters += 1;
            word.small += 1;
        } else if character.is_alphabetic() {
            let is_capital = character.is_uppercase();
            word.begins |= is_capital && word.characters == 0;
            word.letters += 1;
            word.capitals += usize::from(is_capital);
            // A Greek letter is a symbol: TNFα is no word in small letters.
            let is_symbol = matches!(character, '\u{370}'..='\u{3FF}');
            word.small += usize::from(character.is_lowercase() && !is_symbol);
        } else if character.is_numeric() {
            word.digits += 1;
        } else {
            return;
        }
        word.characters += 1;
    }

    fn end(&mut self) {
        let word = std::mem::take(&mut self.word);
        if word.characters == 0 {
            return;
        }
        if word.letters >= 2 {
            self.long += 1;
            self.with_small += usize::from(word.small > 0);
        }
        let is_first = self.words_before == 0;
        let all_capitals = word.capitals == word.letters;
        if !is_first && word.letters >= 4 && word.digits == 0 && !all_capitals {
            self.telling += 1;
            self.capital += usize::from(word.begins);
        }
        self.words_before += 1;
    }
}

/// Blanks, hyphens, slashes, dashes and brackets. (Braces hold together.)
pub(super) fn is_cut(character: char) -> bool {
    matches!(character, ' ' | '/' | '\\' | '(' | ')' | '[' | ']')
        || is_dash(character)
        || matches!(character, '⟨' | '⟩' | '〈' | '〉' | '（' | '）' | '【' | '】' | '［' | '］')
}

pub(super) fn is_dash(character: char) -> bool {
    matches!(character, '-' | '‐'..='―' | '−')
}
