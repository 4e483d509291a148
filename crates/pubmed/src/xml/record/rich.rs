//! Text with markup, and mathematics in it (`mapping.md` sections 4 and 7.3).

use model::{Style, Text};

use crate::rules::text::TextBuilder;
use crate::xml::record::cursor::{Cursor, Piece, Read, Tag};
use crate::xml::record::math::math;

/// Reads an element of mixed content. `place` names it in warnings.
///
/// An unknown element loses its tag and keeps its text; comments and processing instructions
/// vanish, and what stood around them is joined.
pub(crate) fn rich<'a>(cursor: &mut Cursor<'a>, tag: &Tag<'a>, place: &str) -> Read<Text> {
    if let Some(words) = cursor.tidy_leaf(tag)? {
        return Ok(Text::plain(words));
    }
    let mut builder = TextBuilder::new(cursor.options.entities);
    let mut open = vec![(*tag, false)];
    while let Some((parent, styled)) = open.last() {
        match cursor.piece(parent)? {
            Piece::Text(words) => builder.push_str(words),
            Piece::Char(sign) => builder.push_str(sign.encode_utf8(&mut [0; 4])),
            Piece::Open(inline) if inline.local() == b"math" => {
                builder.math(math(cursor, &inline)?);
            }
            Piece::Open(inline) => {
                let style = style(inline.name);
                match style {
                    Some(style) => builder.open(style),
                    None if inline.name == b"DispFormula" => {}
                    None => cursor.name_unknown(&inline)?,
                }
                open.push((inline, style.is_some()));
            }
            Piece::Close => {
                if *styled {
                    builder.close();
                }
                open.pop();
            }
        }
    }
    Ok(builder.finish(place, &mut cursor.warnings))
}

fn style(name: &[u8]) -> Option<Style> {
    match name {
        b"i" => Some(Style::Italic),
        b"b" => Some(Style::Bold),
        b"u" => Some(Style::Underline),
        b"sub" => Some(Style::Subscript),
        b"sup" => Some(Style::Superscript),
        b"sc" => Some(Style::SmallCaps),
        _ => None,
    }
}
