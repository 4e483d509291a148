//! The HTML of a saved page: its characters, out of whatever wrapping it was saved in.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// Bytes of markup, embedded files aside, that a page may have. A list of 200 results has eight
/// million.
const MARKUP_BYTES: usize = 12 << 20;
/// Signs of an embedded file, which a page of text has no use for.
const EMBEDDED: usize = 4096;

/// The page's markup, ready to be parsed, or a sentence that says why it is not.
pub(crate) fn html(bytes: &[u8]) -> Result<String, String> {
    let text = match archive(bytes) {
        Some(part) => part?,
        None => decoded(bytes),
    };
    let text = without_embedded(text);
    if text.len() > MARKUP_BYTES {
        return Err(format!("a page of more than {} MiB of markup", MARKUP_BYTES >> 20));
    }
    Ok(text)
}

/// Whether the bytes are a web archive: a MIME message with a page and its files.
#[must_use]
pub fn is_archive(start: &[u8]) -> bool {
    let head = String::from_utf8_lossy(&start[..start.len().min(4096)]).to_ascii_lowercase();
    let header = head.lines().next().is_some_and(|line| {
        line.split_once(':').is_some_and(|(name, _)| {
            !name.is_empty() && name.bytes().all(|s| s.is_ascii_alphanumeric() || s == b'-')
        })
    });
    header
        && head.contains("\nmime-version:") | head.starts_with("mime-version:")
        && head.contains("multipart/related")
}

/// The page of a web archive.
fn archive(bytes: &[u8]) -> Option<Result<String, String>> {
    if !is_archive(bytes) {
        return None;
    }
    let page = mailparse::parse_mail(bytes).ok().and_then(|mail| {
        let part = mail.parts().find(|part| part.ctype.mimetype == "text/html")?;
        part.get_body().ok()
    });
    Some(page.ok_or_else(|| "a web archive without a page in it".to_owned()))
}

/// The characters, by the byte-order mark, else by what the page declares, else as UTF-8. What is
/// wrong in that encoding becomes U+FFFD: a wrong declaration must not lose the page.
fn decoded(bytes: &[u8]) -> String {
    let encoding = declared(bytes).unwrap_or(UTF_8);
    // A page that is UTF-8 throughout is UTF-8, whatever an editor left standing in it.
    let is_utf8 = encoding.is_ascii_compatible() && std::str::from_utf8(bytes).is_ok();
    let (text, _, _) = if is_utf8 { UTF_8.decode(bytes) } else { encoding.decode(bytes) };
    text.into_owned()
}

/// The encoding that a `meta` element near the start names.
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(4096)]).to_ascii_lowercase();
    let (_, rest) = head.split_once("charset=")?;
    let rest = rest.trim_start_matches(['"', '\'', ' ']);
    let name = rest.split(|sign: char| !(sign.is_ascii_alphanumeric() || "-_:".contains(sign)));
    // What can be read as ASCII is not UTF-16, and some old names stand for nothing that is read.
    Encoding::for_label_no_replacement(name.into_iter().next()?.as_bytes())
        .filter(|encoding| ![UTF_16LE, UTF_16BE].contains(encoding))
}

/// The text without embedded files, which are long runs of base64.
fn without_embedded(text: String) -> String {
    let is_code = |sign: u8| sign.is_ascii_alphanumeric() || matches!(sign, b'+' | b'/' | b'=');
    let marks = memchr::memmem::Finder::new(b";base64,");
    let mut out = String::new();
    let mut from = 0;
    for at in marks.find_iter(text.as_bytes()) {
        let start = at + ";base64,".len();
        let length = text.as_bytes()[start..].iter().take_while(|sign| is_code(**sign)).count();
        if start >= from && length > EMBEDDED {
            out.push_str(&text[from..start]);
            from = start + length;
        }
    }
    if from == 0 {
        return text;
    }
    out.push_str(&text[from..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_those_of_the_declared_encoding() {
        let latin = b"<meta charset=\"windows-1252\"><p>M\xfchle</p>";
        assert!(html(latin).expect("a page").contains("Mühle"));
        let wrong = "<meta charset=\"windows-1252\"><p>Mühle</p>";
        assert!(html(wrong.as_bytes()).expect("a page").contains("Mühle"));
        assert!(html(b"<p>M\xfchle</p>").expect("a page").contains("M\u{fffd}hle"));
    }

    #[test]
    fn the_page_of_a_web_archive_is_found() {
        let archive = "From: <Saved by a browser>\r\nMIME-Version: 1.0\r\n\
            Content-Type: multipart/related; type=\"text/html\"; boundary=\"----x\"\r\n\r\n\
            ------x\r\nContent-Type: text/html; charset=utf-8\r\n\
            Content-Transfer-Encoding: quoted-printable\r\n\r\n<p>M=C3=BChle=20is=\r\n long</p>\r\n\
            ------x\r\nContent-Type: image/png\r\n\r\nAAAA\r\n------x--\r\n";
        assert!(is_archive(archive.as_bytes()));
        assert!(html(archive.as_bytes()).expect("a page").contains("<p>Mühle is long</p>"));
        assert!(!is_archive(b"<html>MIME-Version: multipart/related"));
    }

    #[test]
    fn embedded_files_do_not_count_and_masses_of_markup_do() {
        let image = "A".repeat(MARKUP_BYTES);
        let page = format!("<p>x<img src=\"data:image/png;base64,{image}\"></p>");
        assert_eq!(html(page.as_bytes()).expect("a page").len(), page.len() - image.len());
        assert!(html("<i>x</i>".repeat(MARKUP_BYTES / 8 + 1).as_bytes()).is_err());
    }
}
