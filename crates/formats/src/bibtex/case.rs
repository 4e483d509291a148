//! Braces round capitals that mean something (`output-formats.md` section 4.6).
//!
//! Styles lower-case what stands outside braces. A title is cut into *parts* at blanks, hyphens,
//! slashes, dashes and brackets; each part is braced or not as a whole.

use std::borrow::Cow;

use model::{Inline, Style, Text};

use super::braces;
use super::markup::{Tex, command, prepared, words_of};
use super::script::{self, Script};
use super::tex::Spelling;

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

/// Which parts of a text are braced. What markup asks for is braced in all but the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rule {
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

/// What decides whether a part is braced.
#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is one of the rules")]
struct Looks {
    characters: usize,
    letters: usize,
    capitals: usize,
    digits: usize,
    /// It begins with a capital.
    begins: bool,
    /// A capital stands behind its first character.
    inner: bool,
    /// Its one letter so far is A or I.
    article: bool,
    /// It holds a sub- or superscript.
    script: bool,
    /// It holds a command that has a capital: a Greek capital, a formula.
    capital_command: bool,
    /// It holds italics, bold or braces with a capital.
    markup: bool,
}

impl Looks {
    /// Step 4.
    fn means(&self) -> bool {
        self.inner
            || (self.capitals > 0 && self.digits > 0)
            || (self.characters == 1 && self.capitals == 1 && !self.article)
            || (self.script && self.letters > 0)
            || self.capital_command
    }

    fn words(&mut self, words: &str) {
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

    fn run(&mut self, run: &Inline) {
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

/// How the capitals of a whole text are used (steps 3 and 5).
#[derive(Default)]
struct Shape {
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
    fn of(text: &Text) -> Self {
        let mut shape = Self::default();
        shape.text(text);
        shape.end();
        shape
    }

    fn rule(&self) -> Rule {
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
fn is_cut(character: char) -> bool {
    matches!(character, ' ' | '/' | '\\' | '(' | ')' | '[' | ']')
        || is_dash(character)
        || matches!(character, '⟨' | '⟩' | '〈' | '〉' | '（' | '）' | '【' | '】' | '［' | '］')
}

fn is_dash(character: char) -> bool {
    matches!(character, '-' | '‐'..='―' | '−')
}

fn stands_above(text: &Text) -> bool {
    text.as_plain().is_some_and(script::stands_above)
}

/// Whether a character at the end of a part belongs into its brace.
fn is_inner(character: char, spelling: Spelling) -> bool {
    character.is_alphanumeric()
        || matches!(character, '{' | '}' | '\u{300}'..='\u{36F}')
        || (!character.is_ascii()
            && (Script::of(character).is_some()
                || (spelling != Spelling::Unicode && is_capital_command(character))))
}

/// Whether a character is written as a command that has a capital.
fn is_capital_command(character: char) -> bool {
    matches!(character, 'Α'..='Ω' | '∆' | '⇒' | '⇔')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(json: &str) -> Text {
        serde_json::from_str(json).expect("text as JSON")
    }

    fn spelled(text: &Text, protection: Protection, spelling: Spelling) -> String {
        let mut tex = Tex::new(spelling, 0);
        tex.cased(text, protection);
        tex.out
    }

    fn english(json: &str) -> String {
        spelled(&text(json), Protection::English, Spelling::Macros)
    }

    #[test]
    fn the_titles_of_the_specification_are_written_so() {
        for (title, written) in [
            (
                r#"["Systemic Therapies for HER2-Positive Advanced Breast Cancer"]"#,
                "Systemic Therapies for {HER2}-Positive Advanced Breast Cancer",
            ),
            (
                r#"["Role of mRNA in Alzheimer's disease and COVID-19: A review"]"#,
                "Role of {mRNA} in {Alzheimer's} disease and {COVID}-19: A review",
            ),
            (
                r#"["Effects of CO₂ on ",{"i":["E. coli"]}," in vitamin D deficiency"]"#,
                r"Effects of {CO$_{2}$} on {{\textit{E. coli}}} in vitamin {D} deficiency",
            ),
            (
                r#"["Effects of CO",{"sub":["2"]}," on ",{"i":["E. coli"]}]"#,
                r"Effects of {CO$_{2}$} on {{\textit{E. coli}}}",
            ),
            (
                r#"[{"i":["BRCA1"]},"-mutated tumours and ΔF508"]"#,
                r"{{\textit{BRCA1}}}-mutated tumours and {$\Delta$F508}",
            ),
            (r#"["GeneReviews®"]"#, "{GeneReviews}®"),
            (r#"["GeneReviews",{"sup":["®"]}]"#, "{GeneReviews}®"),
            (r#"["RETHINKING TREATMENT: A REVIEW"]"#, "RETHINKING TREATMENT: A REVIEW"),
            (
                r#"["Time-Resolved Imaging of HER2-Positive Tumors in Mice"]"#,
                "Time-Resolved Imaging of {HER2}-Positive Tumors in Mice",
            ),
            (
                r#"["Isolation of coenzyme A: a Drosophila model. The Y chromosome"]"#,
                "Isolation of coenzyme {A}: a {Drosophila} model. The {Y} chromosome",
            ),
        ] {
            assert_eq!(english(title), written);
        }
    }

    #[test]
    fn a_part_is_what_touches_without_a_blank() {
        for (title, written) in [
            (r#"["On ",{"i":["BRCA1"]},"s and p"]"#, r"On {{\textit{BRCA1}}s} and p"),
            (r#"["On anti",{"i":["Bacillus"]}," sera"]"#, r"On {anti\textit{Bacillus}} sera"),
            (
                r#"["On ",{"i":["p53"]}," and ",{"i":["p53"]},"R"]"#,
                r"On \textit{p53} and {{\textit{p53}}R}",
            ),
            (r#"["On ",{"i":["CO",{"sub":["2"]}]}," in air"]"#, r"On {{\textit{CO$_{2}$}}} in air"),
            (r#"["On V",{"sub":["max"]}," of x"]"#, r"On {V$_{\textrm{max}}$} of x"),
            (
                r#"["On 10",{"sup":["6"]}," cells, x",{"sup":["2"]},"."]"#,
                "On 10$^{6}$ cells, {x$^{2}$}.",
            ),
            (r#"["On ",{"b":["DNA"]},{"i":["s"]}," of x"]"#, r"On {{\textbf{DNA}}\textit{s}} of x"),
            (r#"["On SO",{"sub":["4"]},{"sup":["2-"]}," in air"]"#, "On {SO$_{4}$$^{2-}$} in air"),
            (r#"["On \"Rome\", (Paris)/'Ulm' here"]"#, "On \"{Rome}\", ({Paris})/'{Ulm}' here"),
            (r#"["On the {DNA} and {trials of x}"]"#, r"On the {{\{DNA\}}} and \{trials of x\}"),
            (r#"["On the {DNA of x}s"]"#, r"On the {{\{DNA of x\}}s}"),
            (r#"["On {",{"i":["BRCA1"]},"}"]"#, r"On {{\{\textit{BRCA1}\}}}"),
            (r#"["On the °C scale of {u"]"#, "On the °{C} scale of (u"),
            (r#"["On ",{"u":["DNA"]},"se"]"#, "On {DNAse}"),
        ] {
            assert_eq!(english(title), written);
        }
    }

    #[test]
    fn what_opens_a_sentence_means_nothing() {
        for (title, written) in [
            ("The Rome of men", "The {Rome} of men"),
            (
                "To us. To Ulm? To Oslo! To rome: To Bonn; To us",
                "To us. To {Ulm}? To {Oslo}! To rome: To {Bonn}; {To} us",
            ),
            ("We – The us - The is—Ulm", "We – The us - The is—{Ulm}"),
            ("Men: \"Rome\" and (Oslo)", "Men: \"Rome\" and ({Oslo})"),
            ("α-Synuclein in men", r"$\alpha$-{Synuclein} in men"),
            ("DNA in men", "{DNA} in men"),
            ("5 Men of rome", "5 {Men} of rome"),
        ] {
            assert_eq!(english(&format!("[{title:?}]")), written);
        }
    }

    #[test]
    fn greek_capitals_and_formulas_are_braced() {
        let title = r#"["On Δ, Ω and ",{"math":"<math><msubsup><mi>T</mi><mn>2</mn><mo>*</mo></msubsup></math>"}," of x, ",{"math":"<math><msup><mi>x</mi><mn>2</mn></msup></math>"}]"#;
        assert_eq!(english(title), r"On {$\Delta$}, {$\Omega$} and {$T_{2}$$^{*}$} of x, $x^{2}$");
        let unicode =
            |title: &str| spelled(&Text::plain(title), Protection::English, Spelling::Unicode);
        assert_eq!(unicode("On ΔF508 and CO₂ in α"), "On {ΔF508} and {CO₂} in α");
    }

    #[test]
    fn foreign_titles_have_one_brace() {
        let whole = |title: &str| spelled(&text(title), Protection::Whole, Spelling::Macros);
        assert_eq!(whole(r#"["Die Behandlung von Öl"]"#), "{Die Behandlung von Öl}");
        assert_eq!(
            whole(r#"[{"i":["p53"]},"-Mutationen in ",{"i":["E. coli"]}]"#),
            r"{{\textit{p53}}-Mutationen in {{\textit{E. coli}}}}"
        );
        assert_eq!(whole(r#"[{"i":["E. coli"]}," im Öl"]"#), r"{{{\textit{E. coli}}} im Öl}");
        assert_eq!(whole("[]"), "");
        let markup = |title: &str| spelled(&text(title), Protection::Markup, Spelling::Letters);
        assert_eq!(
            markup(r#"["Die DNA von ",{"i":["E. coli"]}]"#),
            r"Die DNA von {{\textit{E. coli}}}"
        );
    }

    #[test]
    fn original_titles_keep_the_capitals_of_their_grammar() {
        let original =
            |title: &str| spelled(&Text::plain(title), Protection::Foreign, Spelling::Letters);
        assert_eq!(original("Die Rolle von α-Synuclein"), r"Die Rolle von $\alpha$-{Synuclein}");
        assert_eq!(original("Effets du CO₂"), "Effets du {CO$_{2}$}");
    }

    #[test]
    fn all_and_none_are_all_and_none() {
        let title = text(r#"["The Role of ",{"i":["BRCA1"]}," in rome, A–Z, Δ"]"#);
        assert_eq!(
            spelled(&title, Protection::Everything, Spelling::Macros),
            r"{The} {Role} of {{\textit{BRCA1}}} in rome, {A}–{Z}, {$\Delta$}"
        );
        assert_eq!(
            spelled(&title, Protection::Nothing, Spelling::Macros),
            r"The Role of \textit{BRCA1} in rome, A–Z, $\Delta$"
        );
    }
}
