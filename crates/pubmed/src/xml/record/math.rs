//! MathML in one form, whatever prefix it was written with (`mapping.md` section 7.3).

use crate::xml::record::cursor::{Cursor, Piece, Read, Tag};

/// Reads a `math` element: names without prefixes, no namespace declarations, no white space
/// between elements, and that in a token collapsed. References are decoded, and only what must be
/// escaped is.
pub(crate) fn math<'a>(cursor: &mut Cursor<'a>, tag: &Tag<'a>) -> Read<String> {
    let mut markup = String::new();
    start_tag(cursor, tag, &mut markup);
    // Elements, and where in the markup the inside of each begins.
    let mut open = vec![(*tag, markup.len())];
    // Where the words begin that were not yet tidied.
    let mut words = markup.len();
    while let Some((element, inside)) = open.last() {
        match cursor.piece(element)? {
            Piece::Text(signs) => escape_into(&mut markup, signs),
            Piece::Char(sign) => escape_into(&mut markup, sign.encode_utf8(&mut [0; 4])),
            Piece::Open(child) => {
                tidy(&mut markup, words);
                start_tag(cursor, &child, &mut markup);
                words = markup.len();
                open.push((child, words));
            }
            Piece::Close => {
                tidy(&mut markup, words);
                if markup.len() == *inside {
                    markup.insert(inside - 1, '/');
                } else {
                    markup.push_str("</");
                    markup.push_str(&String::from_utf8_lossy(element.local()));
                    markup.push('>');
                }
                words = markup.len();
                open.pop();
            }
        }
    }
    Ok(markup)
}

/// Writes the start tag without prefixes and declarations of namespaces.
fn start_tag<'a>(cursor: &mut Cursor<'a>, tag: &Tag<'a>, markup: &mut String) {
    markup.push('<');
    markup.push_str(&String::from_utf8_lossy(tag.local()));
    for (name, value) in tag.attributes() {
        let (prefix, local) = name.split_once(':').unwrap_or(("", name));
        if prefix != "xmlns" && name != "xmlns" {
            markup.push(' ');
            markup.push_str(local);
            markup.push_str("=\"");
            let value = cursor.value(value);
            escape_into(markup, &value);
            markup.push('"');
        }
    }
    markup.push('>');
}

/// Collapses the white space of the words at the end of the markup, and trims them.
fn tidy(markup: &mut String, start: usize) {
    if markup[start..].bytes().any(|sign| sign.is_ascii_whitespace()) {
        let words: Vec<&str> = markup[start..].split_ascii_whitespace().collect();
        let words = words.join(" ");
        markup.truncate(start);
        markup.push_str(&words);
    }
}

fn escape_into(markup: &mut String, signs: &str) {
    for sign in signs.chars() {
        match sign {
            '&' => markup.push_str("&amp;"),
            '<' => markup.push_str("&lt;"),
            '>' => markup.push_str("&gt;"),
            '"' => markup.push_str("&quot;"),
            sign => markup.push(sign),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::{Limits, Options};

    fn read(input: &str) -> String {
        let mut cursor = Cursor::new(input, &Options::default(), &Limits::default());
        let tag = cursor.root().expect("well-formed");
        math(&mut cursor, &tag).expect("well-formed")
    }

    #[test]
    fn mathematics_has_one_form_whatever_its_prefix() {
        let plain = "<math><msub><mi>T</mi><mn>1</mn></msub></math>";
        for input in [
            plain,
            "<mml:math xmlns:mml='http://www.w3.org/1998/Math/MathML'>\n <mml:msub>\n\
             <mml:mi> T\n</mml:mi><mml:mn>1</mml:mn> </mml:msub></mml:math>",
            "<m:math xmlns:m='x'><m:msub><!-- no --><m:mi>T</m:mi>\t<m:mn>&#49;</m:mn></m:msub>\
             </m:math >",
        ] {
            assert_eq!(read(input), plain);
        }
    }

    #[test]
    fn attributes_and_words_of_mathematics_stay() {
        assert_eq!(
            read("<math  a:b='1 &amp; \"2\"'><mtext> p  &lt;\n0 </mtext><none></none><mi/></math>"),
            "<math b=\"1 &amp; &quot;2&quot;\"><mtext>p &lt; 0</mtext><none/><mi/></math>"
        );
    }
}
