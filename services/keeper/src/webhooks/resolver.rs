//! Names of receivers, resolved to addresses that may be called.
//!
//! The addresses that are checked here are those that are then connected to, so that a name that
//! changes between two questions gains nothing. A name that is an address itself never comes here:
//! [`Target`](super::target::Target) checks it.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use futures_util::future::BoxFuture;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::address::is_public;

/// Asks for the addresses of a name.
pub(crate) type Lookup =
    Arc<dyn Fn(String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> + Send + Sync>;

/// Resolves names, and lets through what may be called.
#[derive(Clone)]
pub(crate) struct Resolver {
    pub(crate) lookup: Lookup,
    /// Whether addresses of this machine may be called.
    pub(crate) allow_loopback: bool,
}

/// A name leads nowhere where a webhook may go.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the host has no address that may be called")]
pub(crate) struct NoAddress;

/// Asks the resolver of the system.
pub(crate) fn system() -> Lookup {
    Arc::new(|host| {
        Box::pin(async move {
            let found = tokio::net::lookup_host((host, 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    })
}

/// Whether this address may be called.
pub(crate) fn is_allowed(address: IpAddr, allow_loopback: bool) -> bool {
    is_public(address) || (allow_loopback && address.is_loopback())
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let looking = (self.lookup)(name.as_str().to_owned());
        let allow_loopback = self.allow_loopback;
        Box::pin(async move {
            let mut found = looking.await?;
            found.retain(|address| is_allowed(*address, allow_loopback));
            if found.is_empty() {
                return Err(NoAddress.into());
            }
            // The port is that of the URL.
            let found = found.into_iter().map(|address| SocketAddr::new(address, 0));
            Ok(Box::new(found) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn resolver(answers: &'static [&'static [&'static str]]) -> Resolver {
        let asked = Arc::new(AtomicUsize::new(0));
        let lookup: Lookup = Arc::new(move |_| {
            let turn = asked.fetch_add(1, Ordering::Relaxed).min(answers.len() - 1);
            let parse = |text: &&str| text.parse().expect("an address");
            let found: Vec<IpAddr> = answers[turn].iter().map(parse).collect();
            Box::pin(async move { Ok(found) })
        });
        Resolver { lookup, allow_loopback: false }
    }

    async fn resolve(resolver: &Resolver) -> Option<Vec<String>> {
        let found = resolver.resolve("hooks.example".parse().expect("a name")).await;
        found.ok().map(|found| found.map(|address| address.ip().to_string()).collect())
    }

    #[tokio::test]
    async fn addresses_that_are_closed_are_left_out() {
        let mixed = resolver(&[&["127.0.0.1", "8.8.8.8", "10.0.0.1", "::1", "2606:4700::1"]]);
        let open = vec!["8.8.8.8".to_owned(), "2606:4700::1".to_owned()];
        assert_eq!(resolve(&mixed).await, Some(open));
    }

    #[tokio::test]
    async fn a_name_that_is_bound_anew_to_this_machine_is_refused() {
        let rebinding = resolver(&[&["8.8.8.8"], &["127.0.0.1"]]);
        assert!(resolve(&rebinding).await.is_some());
        assert_eq!(resolve(&rebinding).await, None);
    }

    #[tokio::test]
    async fn tests_may_call_this_machine_and_nothing_nearby() {
        let local = Resolver { allow_loopback: true, ..resolver(&[&["127.0.0.1", "10.0.0.1"]]) };
        assert_eq!(resolve(&local).await, Some(vec!["127.0.0.1".to_owned()]));
    }
}
