//! The inventory: which services and hosts each site's pages were seen to use, in memory.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use octroi_core::body::Met;
use octroi_core::pages::Seen;

use crate::limits;

/// What pages used, by site. It holds nothing of visitors.
#[derive(Debug, Default)]
pub(crate) struct Inventory {
    sites: Mutex<BTreeMap<String, Seen>>,
}

impl Inventory {
    /// Adds what one page used.
    pub(crate) fn add(&self, site: &str, met: Met) {
        if met.services.is_empty() && met.hosts.is_empty() {
            return;
        }
        let mut sites = self.sites.lock().unwrap_or_else(PoisonError::into_inner);
        if sites.len() >= limits::SITES_SEEN_MAX && !sites.contains_key(site) {
            return;
        }
        let seen = sites.entry(site.to_owned()).or_default();
        seen.services.extend(met.services);
        for host in met.hosts {
            if seen.hosts.len() < limits::HOSTS_SEEN_MAX {
                seen.hosts.insert(host);
            }
        }
    }

    /// What a site's pages were seen to use.
    pub(crate) fn of(&self, site: &str) -> Seen {
        let sites = self.sites.lock().unwrap_or_else(PoisonError::into_inner);
        sites.get(site).cloned().unwrap_or_default()
    }
}
