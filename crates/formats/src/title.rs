//! The title as it is printed (`mapping.md` sections 7.2 and 7.11).

use std::borrow::Cow;

use model::{Record, Status, Text};

use crate::options::Options;

const RETRACTED: &str = "RETRACTED: ";

/// The title, with `RETRACTED: ` before that of a retracted work if `retraction.title_prefix`
/// asks for it and the title does not say so itself.
pub(crate) fn printed<'a>(record: &'a Record, options: &Options) -> Cow<'a, Text> {
    let title = &record.title;
    let asked = options.retraction_title_prefix.0 && record.status == Some(Status::Retracted);
    if !asked || title.is_empty() || says_so(title) {
        return Cow::Borrowed(title);
    }
    let mut prefixed = Text::plain(RETRACTED);
    prefixed.extend(title.runs().iter().cloned());
    Cow::Owned(prefixed)
}

fn says_so(title: &Text) -> bool {
    let words = title.flatten();
    words.get(.."retracted".len()).is_some_and(|start| start.eq_ignore_ascii_case("retracted"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::Switch;

    #[test]
    fn only_a_retracted_work_is_marked_and_only_once() {
        let options = Options { retraction_title_prefix: Switch(true), ..Options::default() };
        let written = |title: &str, status| {
            let record = Record { title: title.into(), status, ..Record::default() };
            printed(&record, &options).flatten()
        };
        assert_eq!(written("A test", Some(Status::Retracted)), "RETRACTED: A test");
        assert_eq!(written("Retracted: A test", Some(Status::Retracted)), "Retracted: A test");
        assert_eq!(written("A test", None), "A test");
        assert_eq!(written("", Some(Status::Retracted)), "");
    }
}
