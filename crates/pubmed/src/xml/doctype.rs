//! The end of a document type declaration, however long, with whatever in it.

/// Where in a document type declaration the reading stands, behind `<!DOCTYPE`.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Doctype {
    place: Place,
    /// Whether the internal subset is open.
    in_subset: bool,
    /// The bytes read last, the latest lowest.
    last: u32,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Place {
    #[default]
    Plain,
    Quoted(u8),
    Comment,
    Instruction,
}

impl Doctype {
    /// Reads on; returns the index behind the declaration's `>` once it is there.
    pub(crate) fn end(&mut self, bytes: &[u8]) -> Option<usize> {
        for (index, &byte) in bytes.iter().enumerate() {
            self.last = self.last << 8 | u32::from(byte);
            match self.place {
                Place::Plain => match byte {
                    b'>' if !self.in_subset => return Some(index + 1),
                    b'"' | b'\'' => self.place = Place::Quoted(byte),
                    b'[' => self.in_subset = true,
                    b']' => self.in_subset = false,
                    b'?' if self.ends_with(b"<?") => self.enter(Place::Instruction),
                    b'-' if self.ends_with(b"<!--") => self.enter(Place::Comment),
                    _ => {}
                },
                Place::Quoted(quote) if byte == quote => self.place = Place::Plain,
                Place::Comment if self.ends_with(b"-->") => self.place = Place::Plain,
                Place::Instruction if self.ends_with(b"?>") => self.place = Place::Plain,
                Place::Quoted(_) | Place::Comment | Place::Instruction => {}
            }
        }
        None
    }

    /// Forgets what was read before, so that no byte belongs to two signs.
    fn enter(&mut self, place: Place) {
        self.place = place;
        self.last = 0;
    }

    fn ends_with(self, sign: &[u8]) -> bool {
        self.last.to_be_bytes().ends_with(sign)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rest(declaration: &str) -> Option<&str> {
        let whole = Doctype::default().end(declaration.as_bytes());
        let mut doctype = Doctype::default();
        let mut bytes = declaration.bytes().zip(1..);
        let stepwise = bytes.find_map(|(byte, index)| doctype.end(&[byte]).and(Some(index)));
        assert_eq!(whole, stepwise);
        whole.map(|end| &declaration[end..])
    }

    #[test]
    fn the_first_closing_bracket_ends_a_plain_one() {
        assert_eq!(rest(" PubmedArticleSet><a>"), Some("<a>"));
    }

    #[test]
    fn quotes_hide_closing_brackets() {
        assert_eq!(rest(" a PUBLIC \"-//>//\" '>]'><a>"), Some("<a>"));
    }

    #[test]
    fn an_internal_subset_hides_them_too() {
        assert_eq!(rest(" a [ <!ENTITY b \"]>\"> <!ELEMENT c ANY> ] ><a>"), Some("<a>"));
    }

    #[test]
    fn so_do_comments_and_instructions_in_the_subset() {
        let declaration = " a [ <!-- ' ]> --> <?b \" ]> ?> <!-->-->  ]><a>";
        assert_eq!(rest(declaration), Some("<a>"));
    }

    #[test]
    fn without_its_end_nothing_is_left() {
        assert_eq!(rest(" a [ <!ENTITY b '>] >"), None);
    }
}
