//! JSON objects straight into bytes, each value cleaned, nothing empty written.

use std::borrow::Cow;

use crate::clean;

/// An object in the making. Its keys stand in the order in which they are added.
pub(crate) struct Object<'o> {
    out: &'o mut Vec<u8>,
    start: usize,
}

/// An array in the making.
pub(crate) struct Array<'o> {
    out: &'o mut Vec<u8>,
    start: usize,
}

impl<'o> Object<'o> {
    /// Writes an object; nothing at all if no key is added. Whether something was written.
    pub(crate) fn write(out: &'o mut Vec<u8>, fill: impl FnOnce(&mut Object<'_>)) -> bool {
        let before = out.len();
        out.push(b'{');
        let start = out.len();
        fill(&mut Object { out, start });
        close(out, before, start, b'}')
    }

    /// A string, cleaned; nothing if it is empty then.
    pub(crate) fn string(&mut self, key: &str, value: &str) {
        self.line(key, &clean::one_line(value));
    }

    /// A string that may be missing.
    pub(crate) fn optional(&mut self, key: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.string(key, value);
        }
    }

    /// A string that is clean already and may hold line ends; nothing if it is empty.
    pub(crate) fn line(&mut self, key: &str, value: &str) {
        if !value.is_empty() {
            self.key(key);
            push_string(value, self.out);
        }
    }

    /// A number.
    pub(crate) fn number(&mut self, key: &str, value: u64) {
        self.key(key);
        push_number(value, self.out);
    }

    /// An array; nothing if it stays empty.
    pub(crate) fn array(&mut self, key: &str, fill: impl FnOnce(&mut Array<'_>)) {
        let before = self.out.len();
        self.key(key);
        if !Array::write(self.out, fill) {
            self.out.truncate(before);
        }
    }

    /// An array of strings, each cleaned, without empty ones.
    pub(crate) fn strings<'s>(&mut self, key: &str, values: impl IntoIterator<Item = &'s String>) {
        self.array(key, |array| values.into_iter().for_each(|value| array.string(value)));
    }

    /// An object in this one; nothing if it stays empty.
    pub(crate) fn object(&mut self, key: &str, fill: impl FnOnce(&mut Object<'_>)) {
        let before = self.out.len();
        self.key(key);
        if !Object::write(self.out, fill) {
            self.out.truncate(before);
        }
    }

    /// Keys are our own words: nothing in them has to be escaped.
    fn key(&mut self, key: &str) {
        if self.out.len() > self.start {
            self.out.push(b',');
        }
        self.out.push(b'"');
        self.out.extend_from_slice(key.as_bytes());
        self.out.extend_from_slice(b"\":");
    }
}

impl<'o> Array<'o> {
    fn write(out: &'o mut Vec<u8>, fill: impl FnOnce(&mut Array<'_>)) -> bool {
        let before = out.len();
        out.push(b'[');
        let start = out.len();
        fill(&mut Array { out, start });
        close(out, before, start, b']')
    }

    /// A string, cleaned; nothing if it is empty then.
    pub(crate) fn string(&mut self, value: &str) {
        let value = clean::one_line(value);
        if !value.is_empty() {
            self.comma();
            push_string(&value, self.out);
        }
    }

    /// A number.
    pub(crate) fn number(&mut self, value: u64) {
        self.comma();
        push_number(value, self.out);
    }

    /// An object; nothing if it stays empty.
    pub(crate) fn object(&mut self, fill: impl FnOnce(&mut Object<'_>)) {
        let before = self.out.len();
        self.comma();
        if !Object::write(self.out, fill) {
            self.out.truncate(before);
        }
    }

    /// An array in this one; nothing if it stays empty.
    pub(crate) fn array(&mut self, fill: impl FnOnce(&mut Array<'_>)) {
        let before = self.out.len();
        self.comma();
        if !Array::write(self.out, fill) {
            self.out.truncate(before);
        }
    }

    fn comma(&mut self) {
        if self.out.len() > self.start {
            self.out.push(b',');
        }
    }
}

/// Closes what was opened at `before`, or takes it back if nothing was added since `start`.
fn close(out: &mut Vec<u8>, before: usize, start: usize, bracket: u8) -> bool {
    let filled = out.len() > start;
    if filled {
        out.push(bracket);
    } else {
        out.truncate(before);
    }
    filled
}

fn push_number(value: u64, out: &mut Vec<u8>) {
    let mut digits = [0; 20];
    let mut at = digits.len();
    let mut rest = value;
    loop {
        at -= 1;
        digits[at] = b'0' + u8::try_from(rest % 10).expect("a digit is below 10");
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[at..]);
}

/// A string with `"`, `\` and control characters escaped and nothing else.
fn push_string(value: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    let bytes = value.as_bytes();
    // Without an early exit, so that the compiler can look at many bytes at once.
    let needs = |byte: u8| matches!(byte, 0..b' ' | b'"' | b'\\');
    if bytes.iter().fold(false, |found, byte| found | needs(*byte)) {
        let mut written = 0;
        for (at, byte) in bytes.iter().enumerate().filter(|(_, byte)| needs(**byte)) {
            out.extend_from_slice(&bytes[written..at]);
            out.extend_from_slice(escape(*byte).as_bytes());
            written = at + 1;
        }
        out.extend_from_slice(&bytes[written..]);
    } else {
        out.extend_from_slice(bytes);
    }
    out.push(b'"');
}

fn escape(byte: u8) -> Cow<'static, str> {
    match byte {
        b'"' => Cow::Borrowed("\\\""),
        b'\\' => Cow::Borrowed("\\\\"),
        b'\n' => Cow::Borrowed("\\n"),
        byte => Cow::Owned(format!("\\u{byte:04x}")),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_empty_leaves_no_trace() {
        let mut out = Vec::new();
        let written = Object::write(&mut out, |object| {
            object.string("a", " \u{200b}");
            object.array("b", |array| {
                array.string("");
                array.object(|_| {});
                array.array(|_| {});
            });
            object.object("c", |_| {});
        });
        assert!(!written && out.is_empty());
    }

    #[test]
    fn commas_stand_between_what_is_written() {
        let mut out = Vec::new();
        Object::write(&mut out, |object| {
            object.string("a", "");
            object.string("b", "x");
            object.array("c", |array| {
                array.array(|_| {});
                array.number(0);
                array.number(1203);
            });
            object.number("d", 4);
        });
        assert_eq!(String::from_utf8_lossy(&out), r#"{"b":"x","c":[0,1203],"d":4}"#);
    }

    proptest! {
        #[test]
        fn a_string_comes_back(value in any::<String>()) {
            let mut out = Vec::new();
            push_string(&value, &mut out);
            prop_assert_eq!(serde_json::from_slice::<String>(&out).expect("a string"), value);
        }
    }
}
