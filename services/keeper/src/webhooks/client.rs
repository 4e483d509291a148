//! One call of a receiver.

use std::error::Error;
use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Client, Response, redirect};

use super::resolver::{Lookup, Resolver};
use super::schedule::retry_after;
use super::signature::{Secret, signature};
use super::target::Target;
use crate::settings::WebhookSettings;

/// The most bytes of an answer that are read.
const ANSWER_BYTES: usize = 16 << 10;

/// Calls receivers.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    client: Client,
}

/// What a receiver has answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) retry_after: Option<Duration>,
}

impl Caller {
    /// Follows no redirection, knows no proxy and keeps to the addresses that may be called.
    pub(crate) fn new(settings: &WebhookSettings, lookup: Lookup) -> Result<Self, reqwest::Error> {
        let allow_loopback = settings.allow_insecure;
        let client = Client::builder()
            .user_agent(concat!("refmill/", env!("CARGO_PKG_VERSION")))
            .dns_resolver(Resolver { lookup, allow_loopback })
            .redirect(redirect::Policy::none())
            .no_proxy()
            .referer(false)
            .https_only(!settings.allow_insecure)
            .connect_timeout(Duration::from_secs(settings.timeout_seconds))
            .timeout(Duration::from_secs(settings.timeout_seconds))
            .pool_max_idle_per_host(1)
            .build()?;
        Ok(Self { client })
    }

    /// Calls a receiver once; the error is for people who look after webhooks.
    pub(crate) async fn call(
        &self,
        target: &Target,
        secrets: &[Secret],
        id: &str,
        body: Vec<u8>,
    ) -> Result<Answer, String> {
        let now = Timestamp::now();
        let signature = signature(secrets, id, now.as_second(), &body);
        let call = self
            .client
            .post(target.url.clone())
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", now.as_second().to_string())
            .header("webhook-signature", signature)
            .body(body);
        let mut response = call.send().await.map_err(|error| reason(&error))?;
        let asked = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
        let retry_after = asked.and_then(|value| retry_after(value, now));
        let status = response.status().as_u16();
        drain(&mut response).await;
        Ok(Answer { status, retry_after })
    }
}

/// Reads the answer to its end if it is short, so that the connection can be used again.
async fn drain(response: &mut Response) {
    let mut read = 0;
    while read < ANSWER_BYTES {
        match response.chunk().await {
            Ok(Some(bytes)) => read += bytes.len(),
            // Its status has come, and that is what counts.
            Ok(None) | Err(_) => return,
        }
    }
}

/// Why a call failed, without the URL: it may hold a secret of the receiver.
fn reason(error: &reqwest::Error) -> String {
    let kind = if error.is_timeout() {
        "the receiver did not answer in time"
    } else if error.is_connect() {
        "the receiver cannot be reached"
    } else {
        "the call failed"
    };
    let mut deepest: &dyn Error = error;
    while let Some(source) = deepest.source() {
        deepest = source;
    }
    if error.source().is_none() { kind.to_owned() } else { format!("{kind}: {deepest}") }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};
    use std::process::Command;
    use std::sync::Arc;

    use tokio::net::TcpListener;
    use tokio::task::spawn_blocking;

    use super::*;

    /// S11: the address is checked when it is connected to, whatever the name.
    #[tokio::test]
    async fn a_name_that_leads_to_this_machine_is_not_connected_to() {
        // Another test of this process may have installed it.
        let _installed = rustls::crypto::ring::default_provider().install_default();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let settings = WebhookSettings { ports: vec![port], ..WebhookSettings::default() };
        let lookup: Lookup =
            Arc::new(|_| Box::pin(async { Ok(vec![IpAddr::V4(Ipv4Addr::LOCALHOST)]) }));
        let caller = Caller::new(&settings, lookup).expect("a client");
        let url = format!("https://hooks.example:{port}/?token=hush");
        let target = Target::parse(&url, &settings).expect("a target");
        let heard = tokio::select! {
            heard = caller.call(&target, &[], "id", Vec::new()) => heard,
            _ = listener.accept() => panic!("it was connected to"),
        };
        let error = heard.expect_err("no answer");
        assert!(error.contains("no address that may be called"), "{error}");
        assert!(!error.contains("hush"), "{error}");
    }

    /// S11: whatever the rules for URLs let through, nothing is sent in the clear.
    #[tokio::test]
    async fn nothing_is_called_without_tls() {
        let _installed = rustls::crypto::ring::default_provider().install_default();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/", listener.local_addr().expect("an address"));
        let target = Target { url: url.parse().expect("a URL"), host: String::new() };
        let settings = WebhookSettings::default();
        let caller = Caller::new(&settings, super::super::resolver::system()).expect("a client");
        tokio::select! {
            heard = caller.call(&target, &[], "id", Vec::new()) => {
                heard.expect_err("no answer");
            }
            _ = listener.accept() => panic!("it was connected to"),
        }
    }

    /// S11: a proxy would resolve names by itself. Its address is a variable of the environment,
    /// so that another process does the test.
    #[tokio::test]
    async fn no_proxy_of_the_environment_is_asked() {
        let proxy = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", proxy.local_addr().expect("an address"));
        let test =
            concat!(module_path!(), "::a_name_that_leads_to_this_machine_is_not_connected_to");
        let (_, test) = test.split_once("::").expect("a crate");
        let mut again = Command::new(std::env::current_exe().expect("this program"));
        again.args(["--exact", test]).env_remove("NO_PROXY").env_remove("no_proxy");
        for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
            again.env(name, &url);
        }
        let done = spawn_blocking(move || again.output());
        tokio::select! {
            done = done => {
                let done = done.expect("no panic").expect("it can be run");
                let said = String::from_utf8_lossy(&done.stdout);
                assert!(done.status.success() && said.contains("1 passed"), "{said}");
            }
            _ = proxy.accept() => panic!("the proxy was asked"),
        }
    }

    #[tokio::test]
    async fn a_receiver_that_says_nothing_is_let_go_in_time() {
        let _installed = rustls::crypto::ring::default_provider().install_default();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let settings = WebhookSettings {
            allow_insecure: true,
            timeout_seconds: 1,
            ..WebhookSettings::default()
        };
        let caller = Caller::new(&settings, super::super::resolver::system()).expect("a client");
        let target = Target::parse(&format!("http://127.0.0.1:{port}/"), &settings);
        let target = target.expect("a target");
        let heard = caller.call(&target, &[], "id", Vec::new()).await;
        assert!(heard.expect_err("no answer").contains("in time"));
    }
}
