//! The site: the host a page is served under, and which hosts are its own.

use crate::visit::Authority;

/// One site as a visitor sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    host: String,
    domain: String,
    own_hosts: Vec<String>,
}

impl Site {
    /// The site at an authority; `own_hosts` are host suffixes that the operator declares its own.
    #[must_use]
    pub fn new(authority: &Authority, own_hosts: &[String]) -> Self {
        let host = authority.host().to_owned();
        let domain = registrable_domain(&host).to_owned();
        Self { host, domain, own_hosts: own_hosts.to_vec() }
    }

    /// The host, lower case, without port.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The registrable domain (public suffix list), or the host itself where there is none.
    #[must_use]
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// Hosts that the operator declares its own.
    #[must_use]
    pub fn own_hosts(&self) -> &[String] {
        &self.own_hosts
    }

    /// Whether a host is the site's own: it, its registrable domain, or what the operator declares.
    #[must_use]
    pub fn is_first_party(&self, host: &str) -> bool {
        is_under(host, &self.domain) || self.own_hosts.iter().any(|own| is_under(host, own))
    }
}

/// Whether a host is a domain or lies below it.
pub(crate) fn is_under(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// The registrable domain of a host; an IP address or a single label is its own.
fn registrable_domain(host: &str) -> &str {
    let is_address = host.starts_with('[') || host.parse::<std::net::Ipv4Addr>().is_ok();
    if is_address {
        return host;
    }
    psl::domain_str(host).unwrap_or(host)
}
