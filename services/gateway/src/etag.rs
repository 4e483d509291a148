//! Entity tags and the conditions that name them (RFC 9110 section 13).

use actix_web::http::header::{self, HeaderMap, HeaderName};

/// The tag of a job: its version.
pub(crate) fn of_version(version: u64) -> String {
    format!("\"v{version}\"")
}

/// Whether `If-None-Match` names one of these tags, or any.
pub(crate) fn none_match(headers: &HeaderMap, tags: &[&str]) -> bool {
    values(headers, &header::IF_NONE_MATCH)
        .any(|given| given == "*" || tags.contains(&given.strip_prefix("W/").unwrap_or(given)))
}

/// Whether there is an `If-None-Match` at all.
pub(crate) fn is_conditional(headers: &HeaderMap) -> bool {
    headers.contains_key(header::IF_NONE_MATCH)
}

/// Whether a range may be answered: there is no `If-Range`, or it names this strong tag.
pub(crate) fn if_range(headers: &HeaderMap, tag: &str) -> bool {
    headers.get(header::IF_RANGE).is_none_or(|value| value.as_bytes() == tag.as_bytes())
}

/// The tags of a header. Tags of this service hold no comma.
fn values<'a>(headers: &'a HeaderMap, name: &'a HeaderName) -> impl Iterator<Item = &'a str> {
    let texts = headers.get_all(name).filter_map(|value| value.to_str().ok());
    texts.flat_map(|text| text.split(',').map(str::trim))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_compare_weakly_and_ranges_strongly() {
        let tag = of_version(3);
        let rows = [
            ("\"v3\"", true, true),
            ("W/\"v3\"", true, false),
            ("\"v2\", \"v3\"", true, false),
            ("*", true, false),
            ("\"v33\"", false, false),
            ("v3", false, false),
        ];
        for (value, none_matches, in_range) in rows {
            let mut headers = HeaderMap::new();
            headers.insert(header::IF_NONE_MATCH, value.parse().expect("a value"));
            headers.insert(header::IF_RANGE, value.parse().expect("a value"));
            assert_eq!(none_match(&headers, &[&tag]), none_matches, "{value}");
            assert_eq!(if_range(&headers, &tag), in_range, "{value}");
        }
        assert!(if_range(&HeaderMap::new(), &tag) && !none_match(&HeaderMap::new(), &[&tag]));
    }
}
