//! One crossing of the gate: a visit becomes a passage, which alone can gate the response's head.

use std::collections::BTreeSet;
use std::sync::Arc;

use url::Url;

use crate::body::{Insertions, Setting};
use crate::decision::Standing;
use crate::head::fitting;
use crate::pages::Texts;
use crate::policy::{ConsentClass, History, Policy, Verdicts};
use crate::site::Site;
use crate::visit::{Destination, Visit};

/// What one gate judges by: the operator's part, the same for all visitors.
#[derive(Clone, Debug)]
pub struct Rules {
    /// The policy in force.
    pub policy: Arc<Policy>,
    /// The policy versions that decisions may cite.
    pub history: Arc<History>,
    /// Hosts that the operator declares the site's own.
    pub own_hosts: Vec<String>,
    /// Path prefix of the gate's own addresses: begins with `/`, does not end with it.
    pub prefix: String,
    /// The texts shown to visitors.
    pub texts: Arc<Texts>,
}

impl Rules {
    /// The site that a visit is to.
    #[must_use]
    pub fn site(&self, visit: &Visit) -> Site {
        Site::new(visit.authority(), &self.own_hosts)
    }
}

/// One request that may cross, with the verdicts of its visitor.
#[derive(Clone, Debug)]
pub struct Passage {
    pub(crate) visit: Visit,
    pub(crate) verdicts: Verdicts,
    pub(crate) class: ConsentClass,
    pub(crate) base: Url,
    rules: Rules,
    asks: bool,
    decided: bool,
}

/// The page's own address cannot be read back; the request is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the request's address cannot be read")]
pub struct UnreadableAddress;

impl Passage {
    /// Begins the crossing of a visit; `in_use` are the services that the site was seen to use.
    ///
    /// # Errors
    /// [`UnreadableAddress`] if host and path make no address.
    pub fn begin(
        visit: Visit,
        standing: &Standing,
        rules: &Rules,
        in_use: &BTreeSet<usize>,
    ) -> Result<Self, UnreadableAddress> {
        let base = format!("{}{}", visit.origin(), visit.target());
        let base = Url::parse(&base).map_err(|_| UnreadableAddress)?;
        let mut allowed = standing.allowed(&rules.policy, &rules.history);
        allowed.in_use.extend(in_use);
        let allowed = fitting(&rules.policy, allowed);
        let verdicts = Verdicts::new(Arc::clone(&rules.policy), rules.site(&visit), allowed);
        let asks = standing.is_to_be_asked(&rules.policy);
        let decided = standing.decision().is_some();
        // Texts follow the page's language first, so the header's matters only beside it.
        let language = rules.texts.choose(None, visit.accept_language()).tag().to_owned();
        let class = verdicts.class(&format!("{asks}{decided}{language}{}", rules.prefix));
        Ok(Self { visit, verdicts, class, base, rules: rules.clone(), asks, decided })
    }

    /// The visit.
    #[must_use]
    pub fn visit(&self) -> &Visit {
        &self.visit
    }

    /// The consent class of the response.
    #[must_use]
    pub fn class(&self) -> &ConsentClass {
        &self.class
    }

    /// The scene's setting for the body of this passage's response.
    pub(crate) fn setting(&self, is_xml: bool) -> Setting {
        let insertions = match self.visit.destination() {
            _ if is_xml => Insertions::Nothing,
            Destination::Document => Insertions::Page,
            Destination::Unknown => Insertions::PageIfWhole,
            Destination::Frame | Destination::Part => Insertions::Notices,
        };
        Setting {
            verdicts: self.verdicts.clone(),
            texts: Arc::clone(&self.rules.texts),
            prefix: self.rules.prefix.clone(),
            return_path: self.visit.target(),
            base: self.base.clone(),
            accept_language: self.visit.accept_language().to_owned(),
            asks: self.asks,
            decided: self.decided,
            insertions,
        }
    }
}
