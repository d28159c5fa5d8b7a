//! The verdict on one resource: first party, allowed, or blocked and on whose account.

use std::collections::BTreeSet;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::{Address, Policy, Service};
use crate::site::Site;

/// A third party, as far as the policy knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Party<'a> {
    /// A service of the policy, by its place.
    Service(usize),
    /// A host that no service covers.
    Unlisted(&'a str),
}

/// What becomes of a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict<'a> {
    /// The site itself.
    FirstParty,
    /// A third party that the visitor, or an exemption, lets in.
    Allowed(Party<'a>),
    /// A third party that stays out.
    Blocked(Party<'a>),
}

/// Everything that one visitor's decision lets in, on one site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allowed {
    /// For each service of the policy, by place.
    pub services: Vec<bool>,
    /// Unlisted hosts that were granted by themselves.
    pub hosts: Vec<String>,
    /// Whether unlisted hosts are granted as a whole.
    pub unlisted: bool,
    /// Services that need to be named first where room is short: those that the site was seen to
    /// use, or that were chosen by themselves. It allows nothing.
    pub in_use: BTreeSet<usize>,
}

impl Allowed {
    /// What needs no decision: the strictest gating there is.
    #[must_use]
    pub fn nothing(policy: &Policy) -> Self {
        Self {
            services: policy.services().iter().map(Service::needs_no_decision).collect(),
            hosts: Vec::new(),
            unlisted: false,
            in_use: BTreeSet::new(),
        }
    }

    /// Whether nothing at all is blocked, so that no wall is needed.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        self.unlisted && self.services.iter().all(|allowed| *allowed)
    }

    /// Whether the service at this place is allowed.
    #[must_use]
    pub fn service(&self, place: usize) -> bool {
        self.services.get(place).copied().unwrap_or(false)
    }
}

/// The name of the set of what is allowed: pages differ between classes, not between visitors.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ConsentClass(String);

impl ConsentClass {
    /// 16 lower-case hexadecimal digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// One visitor's verdicts on one site: both walls ask here, so that they cannot differ.
#[derive(Clone, Debug)]
pub struct Verdicts {
    policy: Arc<Policy>,
    site: Site,
    allowed: Allowed,
}

impl Verdicts {
    /// The verdicts of what is allowed on a site.
    #[must_use]
    pub fn new(policy: Arc<Policy>, site: Site, allowed: Allowed) -> Self {
        Self { policy, site, allowed }
    }

    /// The policy behind the verdicts.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The site that they are for.
    #[must_use]
    pub fn site(&self) -> &Site {
        &self.site
    }

    /// What is allowed.
    #[must_use]
    pub fn allowed(&self) -> &Allowed {
        &self.allowed
    }

    /// The verdict on an address.
    ///
    /// Unlisted hosts pass as a whole only when no service is blocked: a header can list who may
    /// pass, not who may not, and the two walls give one verdict.
    #[must_use]
    pub fn of<'a>(&self, address: Address<'a>) -> Verdict<'a> {
        if self.site.is_first_party(address.host) {
            return Verdict::FirstParty;
        }
        match self.policy.index().find(address) {
            Some(place) if self.allowed.service(place) => Verdict::Allowed(Party::Service(place)),
            Some(place) => Verdict::Blocked(Party::Service(place)),
            None => {
                let party = Party::Unlisted(address.host);
                let granted = self.allowed.is_everything()
                    || self.allowed.hosts.iter().any(|host| host == address.host);
                if granted { Verdict::Allowed(party) } else { Verdict::Blocked(party) }
            }
        }
    }

    /// The consent class: what is allowed, on which policy, and what else shapes the page.
    #[must_use]
    pub fn class(&self, shaped_by: &str) -> ConsentClass {
        let mut hash = Sha256::new();
        hash.update(self.policy.version());
        hash.update(env!("CARGO_PKG_VERSION"));
        for allowed in &self.allowed.services {
            hash.update([u8::from(*allowed)]);
        }
        for host in &self.allowed.hosts {
            hash.update(host);
            hash.update([0]);
        }
        hash.update([u8::from(self.allowed.unlisted)]);
        hash.update(shaped_by);
        let hex =
            hash.finalize().iter().take(8).fold(String::new(), |s, b| s + &format!("{b:02x}"));
        ConsentClass(hex)
    }
}
