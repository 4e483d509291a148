//! Eight bytes at a time: for stretches so short that calling for a vector unit costs more than it
//! brings.

/// Where the name of a tag ends: before white space, `>` or `/`.
#[inline]
pub(super) fn end_of_name(bytes: &[u8], start: usize) -> usize {
    let mut at = start;
    loop {
        // Names are of letters, mostly: what else may stand in them is passed over one by one.
        at = find(bytes, at, |chunk| below(chunk, b'A'));
        match bytes.get(at) {
            None | Some(..=b' ' | b'>' | b'/') => return at,
            Some(_) => at += 1,
        }
    }
}

/// The first byte from there on that is marked, or the end.
#[inline]
pub(super) fn find(bytes: &[u8], start: usize, mark: impl Fn(u64) -> u64) -> usize {
    let mut at = start;
    while let Some(chunk) = chunk(bytes, at) {
        let marks = mark(chunk);
        if marks != 0 {
            return at + marks.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    let is_marked = |sign: &u8| mark(u64::from(*sign) | splat(b'~') << 8) != 0;
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().position(is_marked).unwrap_or(rest.len())
}

/// Where a stretch of ASCII ends without control characters, references and two blanks in a row.
#[inline]
pub(super) fn end_of_tidy(bytes: &[u8], start: usize) -> usize {
    let mut at = start;
    while let (Some(signs), Some(next)) = (chunk(bytes, at), chunk(bytes, at + 1)) {
        let doubled = below((signs ^ splat(b' ')) | (next ^ splat(b' ')), 1);
        let beyond_ascii = signs & splat(0x80);
        let marks = equal(signs, b'<') | equal(signs, b'&') | below(signs, b' ') | beyond_ascii;
        if marks | doubled != 0 {
            return at + (marks | doubled).trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    at
}

/// Eight bytes at once, the first one lowest.
#[inline]
pub(super) fn chunk(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().map(|chunk| u64::from_le_bytes(*chunk))
}

/// Eight times the same byte.
pub(super) const fn splat(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

/// Marks bytes equal to `byte`. The lowest mark is right; those above it may be too many.
#[inline]
pub(super) fn equal(chunk: u64, byte: u8) -> u64 {
    below(chunk ^ splat(byte), 1)
}

/// Marks bytes below `limit`, which is at most 128. The lowest mark is right; those above it may be
/// too many.
#[inline]
pub(super) fn below(chunk: u64, limit: u8) -> u64 {
    chunk.wrapping_sub(splat(limit)) & !chunk & splat(0x80)
}
