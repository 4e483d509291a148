//! What stands beyond ASCII in words: mostly little, and all that Unicode has rules for.

/// The stretches of words that are not ASCII, each with the ASCII character before it and the one
/// behind it, if there are any.
///
/// What hangs on characters beyond ASCII and their neighbours alone need be asked of these only:
/// whether words are composed (NFC), whether a blank stands beside another.
///
/// ```
/// let pieces: Vec<_> = model::beyond_ascii("with 5 µg at ≥37 °C").collect();
/// assert_eq!(pieces, [" µg", " ≥3", " °C"]);
/// ```
pub fn beyond_ascii(words: &str) -> impl Iterator<Item = &str> {
    let bytes = words.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + ascii_before(&bytes[at..])?;
        at = bytes[start..].iter().position(u8::is_ascii).map_or(bytes.len(), |end| start + end);
        words.get(start.saturating_sub(1)..bytes.len().min(at + 1))
    })
}

/// How many bytes of ASCII stand before the first that is none; `None` if all are.
fn ascii_before(bytes: &[u8]) -> Option<usize> {
    const BEYOND: u64 = u64::from_ne_bytes([0x80; 8]);
    let (chunks, _) = bytes.as_chunks();
    let whole = chunks.iter().take_while(|chunk| u64::from_ne_bytes(**chunk) & BEYOND == 0).count();
    let rest = &bytes[8 * whole..];
    rest.iter().position(|byte| !byte.is_ascii()).map(|at| 8 * whole + at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stretches_come_with_their_neighbours() {
        for (words, expected) in [
            ("", &[][..]),
            ("plain words, and many of them", &[]),
            ("é", &["é"]),
            ("αβ γ", &["αβ ", " γ"]),
            ("王é", &["王é"]),
            ("a long way to the first é, and on to µ", &[" é,", " µ"]),
            ("x\u{301}y", &["x\u{301}y"]),
        ] {
            assert_eq!(beyond_ascii(words).collect::<Vec<_>>(), expected, "{words}");
        }
    }
}
