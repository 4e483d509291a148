//! Which names of this server and which pages of others are believed (`service.md` section 10,
//! rule 4): browsers are sent here by strangers.

use std::net::IpAddr;

use actix_web::http::Method;
use actix_web::http::header::{self, HeaderMap};
use jobs::ProblemCode;

use crate::refusal::Refusal;
use crate::settings::Http;

/// The names under which the door is reached, and the pages that may call it.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    /// `scheme://host[:port]` of the public address.
    public_origin: Option<String>,
    /// Its host, without the port.
    public_host: Option<String>,
    /// Origins that may call from a browser.
    origins: Vec<String>,
}

impl Names {
    /// The names that the configuration gives.
    pub(crate) fn new(http: &Http) -> Self {
        let public_origin = http.public_url.as_deref().and_then(origin_of);
        let public_host = public_origin.as_deref().and_then(|origin| {
            let (_, authority) = origin.split_once("://")?;
            Some(host_of(authority).to_owned())
        });
        let origins = http.cors_origins.iter().map(|origin| origin.to_ascii_lowercase()).collect();
        Self { public_origin, public_host, origins }
    }

    /// Whether there is a public address.
    pub(crate) fn is_public(&self) -> bool {
        self.public_host.as_ref().is_some_and(|host| !host.is_empty())
    }

    /// Refuses a request that was meant for a host of another name.
    pub(crate) fn check_host(&self, host: Option<&str>) -> Result<(), Refusal> {
        if host.is_some_and(|host| self.is_ours(host)) {
            return Ok(());
        }
        let detail = "the host is neither a loopback address nor that of `http.public_url`";
        Err(Refusal::new(ProblemCode::Misdirected, detail))
    }

    /// Refuses what the page of another site has sent, unless it brought a key.
    pub(crate) fn check_site(
        &self,
        method: &Method,
        headers: &HeaderMap,
        host: &str,
    ) -> Result<(), Refusal> {
        if method.is_safe() {
            return Ok(());
        }
        let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or("null"));
        let origin = text(header::ORIGIN.as_str());
        let is_foreign = origin.is_some_and(|origin| !self.is_known(origin, host));
        let is_allowed = origin.is_some_and(|origin| self.may_call(origin));
        let is_cross = text("sec-fetch-site") == Some("cross-site") && !is_allowed;
        if is_foreign || is_cross {
            let detail = "the request comes from a page of another site";
            return Err(Refusal::new(ProblemCode::CrossSite, detail));
        }
        Ok(())
    }

    /// Whether pages of this origin may call from a browser.
    pub(crate) fn may_call(&self, origin: &str) -> bool {
        let origin = origin.to_ascii_lowercase();
        self.origins.iter().any(|known| *known == origin || known == "*")
    }

    fn is_ours(&self, host: &str) -> bool {
        let host = host_of(host).to_ascii_lowercase();
        let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        let is_loopback = match address {
            Ok(address) => address.is_loopback(),
            Err(_) => host == "localhost",
        };
        is_loopback || self.public_host.as_ref() == Some(&host)
    }

    fn is_known(&self, origin: &str, host: &str) -> bool {
        let origin = origin.to_ascii_lowercase();
        let is_same = origin
            .split_once("://")
            .is_some_and(|(_, authority)| authority == host.to_ascii_lowercase());
        is_same || self.public_origin.as_ref() == Some(&origin) || self.may_call(&origin)
    }
}

/// `scheme://host[:port]` of an address.
fn origin_of(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    if !matches!(scheme, "http" | "https") {
        return None;
    }
    let authority = rest.split(['/', '?', '#']).next()?;
    Some(format!("{scheme}://{authority}").to_ascii_lowercase())
}

/// The host of `host[:port]`.
fn host_of(authority: &str) -> &str {
    if authority.starts_with('[') {
        return authority.find(']').map_or(authority, |end| &authority[..=end]);
    }
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Names {
        Names::new(&Http {
            public_url: Some("https://Refmill.example:8443/".to_owned()),
            cors_origins: vec!["https://library.example".to_owned()],
            ..Http::default()
        })
    }

    #[test]
    fn only_loopback_and_the_public_name_are_ours() {
        let rows = [
            ("localhost", true),
            ("LOCALHOST:8080", true),
            ("127.0.0.1:8080", true),
            ("127.8.9.10", true),
            ("[::1]:8080", true),
            ("refmill.example", true),
            ("refmill.example:8443", true),
            ("evil.example", false),
            ("127.0.0.1.evil.example", false),
            ("localhost.evil.example:8080", false),
            ("refmill.example.evil.example", false),
            ("0.0.0.0:8080", false),
            ("192.168.1.5", false),
            ("[::ffff:192.168.1.5]", false),
            ("", false),
        ];
        for (host, is_ours) in rows {
            assert_eq!(names().check_host(Some(host)).is_ok(), is_ours, "{host}");
        }
        assert!(names().check_host(None).is_err());
    }

    #[test]
    fn pages_of_other_sites_may_look_and_not_touch() {
        let rows = [
            (Method::POST, None, None, true),
            (Method::POST, Some("http://localhost:8080"), None, true),
            (Method::POST, Some("http://localhost:8080"), Some("same-origin"), true),
            (Method::POST, Some("https://refmill.example:8443"), None, true),
            (Method::POST, Some("https://library.example"), Some("cross-site"), true),
            (Method::POST, Some("https://evil.example"), None, false),
            (Method::POST, Some("http://localhost:9090"), Some("same-site"), false),
            (Method::POST, Some("null"), None, false),
            (Method::POST, None, Some("cross-site"), false),
            (Method::POST, Some("http://localhost:8080"), Some("cross-site"), false),
            (Method::DELETE, Some("https://evil.example"), None, false),
            (Method::GET, Some("https://evil.example"), Some("cross-site"), true),
        ];
        for (method, origin, site, passes) in rows {
            let mut headers = HeaderMap::new();
            if let Some(origin) = origin {
                headers.insert(header::ORIGIN, origin.parse().expect("a value"));
            }
            if let Some(site) = site {
                let name = header::HeaderName::from_static("sec-fetch-site");
                headers.insert(name, site.parse().expect("a value"));
            }
            let found = names().check_site(&method, &headers, "localhost:8080").is_ok();
            assert_eq!(found, passes, "{method} {origin:?} {site:?}");
        }
        let mut headers = HeaderMap::new();
        let no_text = header::HeaderValue::from_bytes(b"http://localhost:8080\xff");
        headers.insert(header::ORIGIN, no_text.expect("a value"));
        assert!(names().check_site(&Method::POST, &headers, "localhost:8080").is_err());
    }
}
