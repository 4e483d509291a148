//! The name of a request, in its answer, in problems and in the log.

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use uuid::Uuid;

/// The header that carries it.
pub(crate) const HEADER: HeaderName = HeaderName::from_static("x-request-id");

tokio::task_local! {
    /// The name of the request that this task is about.
    static CURRENT: RequestId;
}

/// The name of a request: letters, digits and hyphens, at most 64.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RequestId(String);

impl RequestId {
    /// The name that the caller has given, or a new one.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let given = headers.get(&HEADER).and_then(|value| value.to_str().ok());
        let given = given.filter(|name| is_name(name)).map(str::to_owned);
        Self(given.unwrap_or_else(|| Uuid::now_v7().to_string()))
    }

    /// The name as text.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The name as the value of a header.
    pub(crate) fn value(&self) -> HeaderValue {
        HeaderValue::from_str(&self.0).expect("letters, digits and hyphens")
    }

    /// Does something in the name of this request.
    pub(crate) async fn scope<F: Future>(self, work: F) -> F::Output {
        CURRENT.scope(self, work).await
    }
}

/// The name of the request that is being answered.
pub(crate) fn current() -> Option<String> {
    CURRENT.try_with(|id| id.0.clone()).ok()
}

fn is_name(name: &str) -> bool {
    let is_fitting = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    (1..=64).contains(&name.len()) && name.bytes().all(is_fitting)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_callers_are_taken_if_they_are_harmless() {
        let mut headers = HeaderMap::new();
        headers.insert(HEADER, HeaderValue::from_static("batch-7"));
        assert_eq!(RequestId::of(&headers).as_str(), "batch-7");
        let long = "a".repeat(65);
        for odd in ["", "a b", "a\"b", "ä", &long] {
            headers.insert(HEADER, HeaderValue::from_bytes(odd.as_bytes()).expect("a value"));
            let made = RequestId::of(&headers);
            assert!(made.as_str() != odd && is_name(made.as_str()), "{odd}");
        }
    }
}
