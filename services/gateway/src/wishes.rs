//! What headers wish for: `Idempotency-Key`, `Prefer`, `traceparent`, `tracestate`.

use std::time::Duration;

use actix_web::http::header::HeaderMap;
use jobs::{ProblemCode, Trace};

use crate::refusal::Refusal;

/// The key under which the same submission makes no second job: quoted as the draft has it, or
/// bare. 1 to 255 printable ASCII characters.
pub(crate) fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Refusal> {
    let mut values = headers.get_all("idempotency-key");
    let Some(value) = values.next() else { return Ok(None) };
    let text = value.to_str().ok().map(str::trim);
    let key = text.and_then(|text| match text.strip_prefix('"') {
        Some(rest) => unquoted(rest),
        None => Some(text.to_owned()),
    });
    let is_key = |key: &String| {
        (1..=255).contains(&key.len()) && key.bytes().all(|byte| (b' '..=b'~').contains(&byte))
    };
    if let (Some(key), None) = (key.filter(is_key), values.next()) {
        return Ok(Some(key));
    }
    let detail = "an idempotency key is one text of 1 to 255 printable ASCII characters";
    Err(Refusal::new(ProblemCode::InvalidRequest, detail))
}

/// The rest of a quoted string (RFC 8941 section 3.3.3), with nothing behind it.
fn unquoted(rest: &str) -> Option<String> {
    let mut text = String::new();
    let mut signs = rest.chars();
    while let Some(sign) = signs.next() {
        match sign {
            '"' => return signs.as_str().trim().is_empty().then_some(text),
            '\\' => text.push(signs.next().filter(|next| matches!(next, '"' | '\\'))?),
            _ => text.push(sign),
        }
    }
    None
}

/// How long the caller would wait for the end (RFC 7240): `wait=10`. What is no number is no wish.
pub(crate) fn wait(headers: &HeaderMap, most: u64) -> Option<Duration> {
    let texts = headers.get_all("prefer").filter_map(|value| value.to_str().ok());
    let seconds = texts.flat_map(|text| text.split(',')).find_map(|wish| {
        let (name, value) = wish.split(';').next()?.split_once('=')?;
        let is_wait = name.trim().eq_ignore_ascii_case("wait");
        is_wait.then(|| value.trim().trim_matches('"').parse::<u64>().ok()).flatten()
    })?;
    Some(Duration::from_secs(seconds.min(most))).filter(|wait| !wait.is_zero())
}

/// The trace that the request belongs to, if its headers are those of one.
pub(crate) fn trace(headers: &HeaderMap) -> Option<Trace> {
    let parent = headers.get("traceparent")?.to_str().ok()?;
    // It may come in several headers, as any list.
    let states = headers.get_all("tracestate").map(|value| value.to_str());
    let states = states.collect::<Result<Vec<_>, _>>().ok().map(|states| states.join(","));
    Trace::read(parent, states.as_deref())
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};
    use proptest::prelude::*;

    use super::*;

    fn headers(name: &'static str, value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let value = HeaderValue::from_bytes(value.as_bytes()).expect("a value");
        headers.insert(HeaderName::from_static(name), value);
        headers
    }

    #[test]
    fn a_key_is_quoted_or_bare() {
        let long = "k".repeat(255);
        let rows = [
            ("pubmed26n0001", Some("pubmed26n0001")),
            ("\"pubmed26n0001\"", Some("pubmed26n0001")),
            ("\"a \\\"b\\\\\"", Some("a \"b\\")),
            (&long, Some(long.as_str())),
            ("", None),
            ("\"\"", None),
            ("\"open", None),
            ("\"a\"b", None),
            ("\"a\\n\"", None),
            ("ä", None),
        ];
        for (value, key) in rows {
            let found = idempotency_key(&headers("idempotency-key", value)).ok().flatten();
            assert_eq!(found.as_deref(), key, "{value}");
        }
        let longer = "k".repeat(256);
        assert!(idempotency_key(&headers("idempotency-key", &longer)).is_err());
        assert!(idempotency_key(&HeaderMap::new()).is_ok_and(|key| key.is_none()));
    }

    /// A key that is taken is 1 to 255 printable characters of ASCII, and stands in its header.
    fn key_holds(value: &[u8]) -> Result<(), TestCaseError> {
        // What HTTP itself does not let through does not come here.
        let Ok(header) = HeaderValue::from_bytes(value) else { return Ok(()) };
        let mut headers = HeaderMap::new();
        headers.insert(HeaderName::from_static("idempotency-key"), header);
        if let Ok(key) = idempotency_key(&headers) {
            let key = key.expect("a header is a key or refused");
            prop_assert!((1..=255).contains(&key.len()), "{key:?}");
            prop_assert!(key.chars().all(|sign| (' '..='~').contains(&sign)), "{key:?}");
            let quoted = format!("\"{}\"", key.replace('\\', "\\\\").replace('"', "\\\""));
            let again = idempotency_key(&self::headers("idempotency-key", &quoted)).ok().flatten();
            prop_assert_eq!(again.as_ref(), Some(&key), "quoted it is the same");
        }
        Ok(())
    }

    proptest! {
        #[test]
        fn a_hostile_key_is_taken_or_refused(
            value in prop_oneof![
                prop::collection::vec(any::<u8>(), 0..300),
                "\"?[ -~]{0,40}\"?".prop_map(String::into_bytes),
                "\"?[!-~]{252,258}\"?".prop_map(String::into_bytes),
                "[\"\\\\a ]{0,12}".prop_map(String::into_bytes),
            ],
        ) {
            key_holds(&value)?;
        }

        /// The same for the other wishes: nothing panics, and what is taken is bounded and clean.
        #[test]
        fn hostile_wishes_are_passed_over(
            value in prop_oneof![
                prop::collection::vec(any::<u8>(), 0..80),
                "(wait ?=\"?[0-9]{0,30}\"?[;,= ]{0,3}){0,3}".prop_map(String::into_bytes),
                "[0-9a-f-]{50,60}".prop_map(String::into_bytes),
                "00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-fé]{2}".prop_map(String::into_bytes),
                "([a-zé]{1,2}=[a-z é]{0,3},?){0,8}".prop_map(String::into_bytes),
            ],
        ) {
            if let Ok(header) = HeaderValue::from_bytes(&value) {
                let mut headers = HeaderMap::new();
                headers.insert(HeaderName::from_static("prefer"), header.clone());
                headers.insert(HeaderName::from_static("traceparent"), header.clone());
                headers.insert(HeaderName::from_static("tracestate"), header.clone());
                prop_assert!(wait(&headers, 30).is_none_or(|wait| (1..=30).contains(&wait.as_secs())));
                prop_assert!(trace(&headers).is_none_or(|trace| trace.parent().len() == 55));
                let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
                headers.insert(HeaderName::from_static("traceparent"), HeaderValue::from_static(parent));
                let read = trace(&headers).expect("a trace");
                prop_assert!(read.state().is_none_or(|state| state.as_bytes() == header.as_bytes()));
            }
        }
    }

    /// S21.
    #[test]
    fn every_key_of_the_corpus_is_taken_or_refused() {
        let lines = include_str!("../../../tests/corpus/idempotency/keys.txt").lines();
        assert!(lines.clone().count() > 10);
        for line in lines {
            let found = key_holds(line.as_bytes());
            assert!(found.is_ok(), "{line:?}: {found:?}");
        }
    }

    #[test]
    fn two_keys_are_none() {
        let mut both = headers("idempotency-key", "a");
        both.append(HeaderName::from_static("idempotency-key"), HeaderValue::from_static("b"));
        assert!(idempotency_key(&both).is_err());
    }

    #[test]
    fn waiting_is_asked_for_in_seconds_and_bounded() {
        let rows = [
            ("wait=10", Some(10)),
            ("respond-async, Wait=99", Some(30)),
            ("wait=\"5\"; odd", Some(5)),
            ("wait=0", None),
            ("wait=-1", None),
            ("wait", None),
            ("handling=strict", None),
        ];
        for (value, seconds) in rows {
            let found = wait(&headers("prefer", value), 30).map(|wait| wait.as_secs());
            assert_eq!(found, seconds, "{value}");
        }
    }

    #[test]
    fn a_trace_is_read_of_its_headers() {
        let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        let mut headers = headers("traceparent", parent);
        assert_eq!(trace(&headers), Trace::read(parent, None));
        for state in ["rojo=1", "congo=2"] {
            headers.append(HeaderName::from_static("tracestate"), HeaderValue::from_static(state));
        }
        let read = trace(&headers).expect("a trace");
        assert_eq!((read.parent(), read.state()), (parent, Some("rojo=1,congo=2")));
        // One of them that is no text spoils the list.
        let strange = HeaderValue::from_bytes(b"a=\xff").expect("a value");
        headers.append(HeaderName::from_static("tracestate"), strange);
        assert_eq!(trace(&headers), Trace::read(parent, None));
        headers.remove("traceparent");
        assert_eq!(trace(&headers), None);
    }
}
