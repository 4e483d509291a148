//! Where a webhook goes, as far as its URL says.

use std::net::IpAddr;

use reqwest::Url;

use super::resolver::is_allowed;
use crate::settings::WebhookSettings;

/// A URL that may be called, if the addresses of its host may.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) url: Url,
    /// Host and port: deliveries to one host are counted together.
    pub(crate) host: String,
}

/// A URL that is never called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refused {
    #[error("the URL cannot be read")]
    Unreadable,
    #[error("a webhook is called over https alone")]
    Scheme,
    #[error("the port may not be called")]
    Port,
    #[error("the URL names a user")]
    User,
    #[error("the address may not be called")]
    Address,
}

impl Target {
    /// Reads a URL.
    pub(crate) fn parse(text: &str, settings: &WebhookSettings) -> Result<Self, Refused> {
        let url = Url::parse(text).map_err(|_| Refused::Unreadable)?;
        let is_insecure = settings.allow_insecure;
        match url.scheme() {
            "https" => {}
            "http" if is_insecure => {}
            _ => return Err(Refused::Scheme),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Refused::User);
        }
        let port = url.port_or_known_default().ok_or(Refused::Port)?;
        if !is_insecure && !settings.ports.contains(&port) {
            return Err(Refused::Port);
        }
        // The host is spelled in one way: `0x7f.1` is `127.0.0.1` here.
        let host = url.host_str().ok_or(Refused::Unreadable)?;
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        if let Ok(address) = bare.parse::<IpAddr>()
            && !is_allowed(address, is_insecure)
        {
            return Err(Refused::Address);
        }
        Ok(Self { host: format!("{host}:{port}"), url })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(url: &str, settings: &WebhookSettings) -> Option<Refused> {
        Target::parse(url, settings).err()
    }

    #[test]
    fn urls_of_the_open_internet_are_called_over_https() {
        let settings = WebhookSettings::default();
        let rows = [
            ("https://hooks.example/refmill?x=1", None),
            ("https://hooks.example:8443/", None),
            ("https://8.8.8.8/", None),
            ("https://[2606:4700::1]:8443/", None),
            ("http://hooks.example/", Some(Refused::Scheme)),
            ("ftp://hooks.example/", Some(Refused::Scheme)),
            ("file:///etc/passwd", Some(Refused::Scheme)),
            ("https://hooks.example:22/", Some(Refused::Port)),
            ("https://hooks.example:80/", Some(Refused::Port)),
            ("https://user@hooks.example/", Some(Refused::User)),
            ("https://user:pass@hooks.example/", Some(Refused::User)),
            ("https://127.0.0.1/", Some(Refused::Address)),
            ("https://127.1/", Some(Refused::Address)),
            ("https://0x7f000001/", Some(Refused::Address)),
            ("https://0177.0.0.1/", Some(Refused::Address)),
            ("https://2130706433/", Some(Refused::Address)),
            ("https://0/", Some(Refused::Address)),
            ("https://169.254.169.254/latest/meta-data/", Some(Refused::Address)),
            ("https://[::1]/", Some(Refused::Address)),
            ("https://[::ffff:127.0.0.1]/", Some(Refused::Address)),
            ("https://[::ffff:808:808]/", Some(Refused::Address)),
            ("https://[64:ff9b::a00:1]/", Some(Refused::Address)),
            ("https://１２７.0.0.1/", Some(Refused::Address)),
            ("https:///", Some(Refused::Unreadable)),
            ("hooks.example", Some(Refused::Unreadable)),
            ("", Some(Refused::Unreadable)),
        ];
        for (url, expected) in rows {
            assert_eq!(refused(url, &settings), expected, "{url}");
        }
    }

    #[test]
    fn tests_may_call_this_machine() {
        let settings = WebhookSettings { allow_insecure: true, ..WebhookSettings::default() };
        assert_eq!(refused("http://127.0.0.1:12345/", &settings), None);
        assert_eq!(refused("http://10.0.0.1:12345/", &settings), Some(Refused::Address));
    }
}
