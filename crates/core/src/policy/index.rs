//! Finds the service of an address: longest host suffix, then longest path prefix.

use rustc_hash::FxHashMap;

use super::Service;

/// The part of an address that a verdict looks at: a lower-case host without trailing dot, and a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Address<'a> {
    /// Host as serialised by the WHATWG URL standard.
    pub host: &'a str,
    /// Path, beginning with `/`.
    pub path: &'a str,
}

/// An index of the services' host patterns.
#[derive(Clone, Debug, Default)]
pub struct HostIndex {
    /// Host suffix to its path prefixes, longest first, with the service's place in the policy.
    hosts: FxHashMap<String, Vec<(String, usize)>>,
}

impl HostIndex {
    pub(super) fn new(services: &[Service]) -> Self {
        let mut hosts: FxHashMap<String, Vec<(String, usize)>> = FxHashMap::default();
        for (place, service) in services.iter().enumerate() {
            for pattern in &service.hosts {
                hosts.entry(pattern.host.clone()).or_default().push((pattern.path.clone(), place));
            }
        }
        for paths in hosts.values_mut() {
            paths.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then(a.cmp(b)));
        }
        Self { hosts }
    }

    /// The place of the service that covers an address.
    ///
    /// A host without a matching path is tried again one label up, so that a service for
    /// `www.example.com/maps` does not hide one for `example.com`.
    #[must_use]
    pub fn find(&self, address: Address<'_>) -> Option<usize> {
        suffixes(address.host).find_map(|suffix| {
            let (_, place) =
                self.hosts.get(suffix)?.iter().find(|(prefix, _)| covers(prefix, address.path))?;
            Some(*place)
        })
    }
}

/// Whether a path lies under a prefix: `/maps` covers `/maps`, `/maps/x` and `/maps?q`, not `/mapsy`.
fn covers(prefix: &str, path: &str) -> bool {
    match path.strip_prefix(prefix) {
        None => false,
        Some("") => true,
        Some(rest) => {
            prefix.is_empty() || prefix.ends_with('/') || rest.starts_with(['/', '?', '.'])
        }
    }
}

/// `a.b.c`, `b.c`, `c`.
pub(super) fn suffixes(host: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(host), |rest| rest.split_once('.').map(|(_, parent)| parent))
}
