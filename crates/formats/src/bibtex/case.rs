//! Braces round capitals that mean something (`output-formats.md` section 4.6).
//!
//! Styles lower-case what stands outside braces. A title is cut into *parts* at blanks, hyphens,
//! slashes, dashes and brackets; each part is braced or not as a whole.

use std::borrow::Cow;

use model::{Inline, Style, Text};

use super::braces;
use super::markup::{Tex, prepared};
use super::script::Script;
use super::tex::Spelling;

mod looks;
mod shape;

use looks::{Looks, is_capital_command, stands_above};
use shape::{Rule, Shape, is_cut, is_dash};

/// What is protected in a text whose capitals styles may change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Protection {
    /// Nothing (`bibtex.case=none`).
    Nothing,
    /// Every part with a capital (`bibtex.case=all`).
    Everything,
    /// By the rules for English.
    English,
    /// By the rules for English, but where capitals begin words by grammar they mean nothing.
    Foreign,
    /// Markup alone: the rest is known not to be English, and is not changed.
    Markup,
    /// The whole, in one brace.
    Whole,
}

impl Tex {
    /// Writes rich text with its capitals protected.
    pub(super) fn cased(&mut self, text: &Text, protection: Protection) {
        let text: Cow<'_, Text> = prepared(text);
        let start = self.out.len();
        let rule = match protection {
            Protection::Nothing => Rule::Nothing,
            Protection::Everything => Rule::Capitals,
            Protection::Markup | Protection::Whole => Rule::Markup,
            Protection::English => Shape::of(&text).rule(),
            Protection::Foreign => match Shape::of(&text).rule() {
                Rule::Sentence => Rule::InsideWords,
                other => other,
            },
        };
        if rule == Rule::Nothing {
            self.runs(&text);
        } else {
            let mut parts = Parts { rule, opens: true, inside_word: false, pieces: Vec::new() };
            parts.text(self, &text);
            parts.end(self);
        }
        if protection == Protection::Whole && self.out.len() > start {
            braces::enclose(&mut self.out, start);
        }
    }
}

/// The parts of a text, gathered piece by piece.
struct Parts<'t> {
    rule: Rule,
    /// Whether a sentence begins here.
    opens: bool,
    /// Whether a hyphen, a slash or a dash stands right before.
    inside_word: bool,
    /// The pieces of the part so far.
    pieces: Vec<Piece<'t>>,
}

/// What touches without a blank: words, or a run that is not cut.
#[derive(Clone, Copy)]
enum Piece<'t> {
    Words(&'t str),
    Run(&'t Inline),
}

impl<'t> Parts<'t> {
    fn text(&mut self, tex: &mut Tex, text: &'t Text) {
        // Braces that balance hold together what stands in them.
        let mut depth = 0_usize;
        for run in text.runs() {
            match run {
                Inline::Plain(words) => self.words(tex, words, &mut depth),
                Inline::Styled(..) | Inline::Math(_) => self.pieces.push(Piece::Run(run)),
            }
        }
    }

    fn words(&mut self, tex: &mut Tex, words: &'t str, depth: &mut usize) {
        let mut start = 0;
        for (at, character) in words.char_indices() {
            match character {
                '{' => *depth += 1,
                '}' => *depth = depth.saturating_sub(1),
                cut if *depth == 0 && is_cut(cut) => {
                    self.add(&words[start..at]);
                    self.end(tex);
                    start = at + cut.len_utf8();
                    self.gap(tex, &words[at..start], &words[start..]);
                }
                _ => {}
            }
        }
        self.add(&words[start..]);
    }

    fn add(&mut self, words: &'t str) {
        if !words.is_empty() {
            self.pieces.push(Piece::Words(words));
        }
    }

    /// Writes a character that cuts.
    fn gap(&mut self, tex: &mut Tex, gap: &str, behind: &str) {
        let is_dash = gap.starts_with(is_dash);
        if is_dash && tex.out.ends_with(' ') && behind.starts_with(' ') {
            self.opens = true;
        }
        self.inside_word = is_dash || matches!(gap, "/" | "\\");
        tex.words_as_they_are(gap);
    }

    /// Writes the part that has been gathered.
    fn end(&mut self, tex: &mut Tex) {
        if self.pieces.is_empty() {
            return;
        }
        let pieces = std::mem::take(&mut self.pieces);
        let core = Core::of(&pieces, tex.spelling);
        let looks = core.looks(&pieces);
        let protected = self.protects(&looks);
        core.before(&pieces).for_each(|piece| self.around(tex, piece));
        let protected = protected || (self.rule == Rule::Sentence && looks.begins && !self.opens);
        let start = tex.out.len();
        core.inside(&pieces).for_each(|piece| piece.write(tex));
        if tex.out.len() > start {
            if protected {
                braces::enclose(&mut tex.out, start);
            }
            self.opens = false;
        }
        core.behind(&pieces).for_each(|piece| self.around(tex, piece));
        self.inside_word = false;
        self.pieces = pieces;
        self.pieces.clear();
    }

    /// Writes what stands at an end of a part, outside its brace.
    fn around(&mut self, tex: &mut Tex, piece: Piece<'_>) {
        if let Piece::Words(words) = piece {
            self.opens |= words.contains(['.', ':', '?', '!']);
        }
        piece.write(tex);
    }

    /// Whether the part is braced wherever it stands in its sentence.
    fn protects(&self, looks: &Looks) -> bool {
        looks.markup
            || match self.rule {
                Rule::Nothing | Rule::Markup => false,
                Rule::Capitals => looks.capitals > 0 || looks.capital_command,
                Rule::Always | Rule::Sentence => looks.means(),
                Rule::InsideWords => looks.means() || (looks.begins && self.inside_word),
            }
    }
}

impl Piece<'_> {
    fn write(self, tex: &mut Tex) {
        match self {
            Self::Words(words) => tex.words_as_they_are(words),
            Self::Run(run) => tex.run(run),
        }
    }

    /// Where in it the inside of a part can begin and end; none if all of it stays outside.
    fn inside(self, spelling: Spelling) -> Option<(usize, usize)> {
        match self {
            Self::Words(words) => {
                let is_inner = |character: char| is_inner(character, spelling);
                let start = words.find(is_inner)?;
                Some((start, words.trim_end_matches(|character| !is_inner(character)).len()))
            }
            Self::Run(Inline::Styled(Style::Superscript, inner)) if stands_above(inner) => None,
            Self::Run(_) => Some((0, 0)),
        }
    }
}

/// What of a part stands inside its brace: all but the quotes and the punctuation at its ends.
struct Core {
    /// Number of the first piece inside, and where in it the inside begins.
    first: (usize, usize),
    /// Number of the last piece inside, and where in it the inside ends.
    last: (usize, usize),
}

impl Core {
    fn of(pieces: &[Piece<'_>], spelling: Spelling) -> Self {
        let inside = |(number, piece): (usize, &Piece<'_>)| Some((number, piece.inside(spelling)?));
        let first = pieces.iter().enumerate().find_map(inside);
        let last = pieces.iter().enumerate().rev().find_map(inside);
        match (first, last) {
            (Some((first, (start, _))), Some((last, (_, end)))) => {
                Self { first: (first, start), last: (last, end) }
            }
            _ => Self { first: (pieces.len(), 0), last: (pieces.len(), 0) },
        }
    }

    fn before<'t>(&self, pieces: &[Piece<'t>]) -> impl Iterator<Item = Piece<'t>> {
        let (first, start) = self.first;
        pieces.iter().take(first + 1).zip(0..).filter_map(move |(piece, number)| match piece {
            Piece::Words(words) if number == first => Some(Piece::Words(&words[..start])),
            Piece::Run(_) if number == first => None,
            piece => Some(*piece),
        })
    }

    fn inside<'t>(&self, pieces: &[Piece<'t>]) -> impl Iterator<Item = Piece<'t>> {
        let (first, last) = (self.first, self.last);
        pieces.iter().zip(0..).skip(first.0).take_while(move |(_, number)| *number <= last.0).map(
            move |(piece, number)| match piece {
                Piece::Words(words) => {
                    let start = if number == first.0 { first.1 } else { 0 };
                    let end = if number == last.0 { last.1 } else { words.len() };
                    Piece::Words(&words[start..end])
                }
                run @ Piece::Run(_) => *run,
            },
        )
    }

    fn behind<'t>(&self, pieces: &[Piece<'t>]) -> impl Iterator<Item = Piece<'t>> {
        let (last, end) = self.last;
        pieces.iter().zip(0..).skip(last).filter_map(move |(piece, number)| match piece {
            Piece::Words(words) if number == last => Some(Piece::Words(&words[end..])),
            Piece::Run(_) if number == last => None,
            piece => Some(*piece),
        })
    }

    fn looks(&self, pieces: &[Piece<'_>]) -> Looks {
        let mut looks = Looks::default();
        for piece in self.inside(pieces) {
            match piece {
                Piece::Words(words) => looks.words(words),
                Piece::Run(run) => looks.run(run),
            }
        }
        looks
    }
}

/// Whether a character at the end of a part belongs into its brace.
fn is_inner(character: char, spelling: Spelling) -> bool {
    character.is_alphanumeric()
        || matches!(character, '{' | '}' | '\u{300}'..='\u{36F}')
        || (!character.is_ascii()
            && (Script::of(character).is_some()
                || (spelling != Spelling::Unicode && is_capital_command(character))))
}

#[cfg(test)]
mod tests;
