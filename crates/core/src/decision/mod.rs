//! A click becomes a decision, and a decision an entry of the ledger.

mod click;
mod entry;
mod return_path;

pub use click::{Action, Choices, Click, ClickError, Moment, Surface, form_pairs};
pub use entry::{Circumstances, EntryFault, Pending, to_entry};
pub use return_path::ReturnPath;

use std::collections::{BTreeMap, BTreeSet};

use crate::limits;
use crate::policy::{Allowed, History, Policy, Purpose, PurposeId, Service, Unlisted};

/// What the gate knows of a visitor's wishes.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum Standing {
    /// Nothing, or nothing that can be trusted.
    #[default]
    Undecided,
    /// A decision, made on a policy version that the gate knows.
    Decided(Decision),
}

/// A visitor's grants and refusals, made on one version of the policy, at one time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The policy version that it was made on.
    pub policy_version: String,
    /// When it was made, in seconds since 1970.
    pub made_at: u64,
    /// Where it was made.
    pub surface: Surface,
    /// Grant (`true`) or refusal per purpose; absent is undecided.
    pub purposes: BTreeMap<String, bool>,
    /// Grant or refusal of single services, over their purposes.
    pub services: BTreeMap<String, bool>,
    /// Unlisted hosts granted by themselves.
    pub hosts: BTreeSet<String>,
    /// Whether unlisted third parties are granted as a whole.
    pub unlisted: bool,
    /// A random name for this visitor's records, given only with a grant: a refusal must not
    /// identify (reference: law R-17). 32 hexadecimal digits.
    pub subject: Option<String>,
}

impl Decision {
    /// Whether anything at all is granted.
    #[must_use]
    pub fn grants_something(&self) -> bool {
        self.unlisted
            || !self.hosts.is_empty()
            || self.purposes.values().chain(self.services.values()).any(|granted| *granted)
    }

    /// Whether every purpose of the policy has been decided, so that nothing needs to be asked.
    #[must_use]
    pub fn is_complete(&self, policy: &Policy) -> bool {
        decidable(policy).all(|purpose| self.purposes.contains_key(purpose.id.as_str()))
    }

    /// Whether it still holds at a time; a decision from the future does not.
    #[must_use]
    pub fn holds_at(&self, now: u64) -> bool {
        let life = limits::DECISION_DAYS * 86_400;
        self.made_at <= now.saturating_add(300) && now < self.made_at.saturating_add(life)
    }

    fn allows(&self, service: &Service, history: &History) -> bool {
        if service.needs_no_decision() {
            return true;
        }
        let purposes = service.purposes.iter().map(PurposeId::as_str);
        let offered = history
            .version(&self.policy_version)
            .is_some_and(|then| then.offered(&service.id, purposes));
        let by_purposes = || {
            service.purposes.iter().all(|purpose| {
                purpose.is_necessary() || self.purposes.get(purpose.as_str()) == Some(&true)
            })
        };
        offered && self.services.get(&service.id).copied().unwrap_or_else(by_purposes)
    }
}

impl Standing {
    /// What this visitor lets in, under the policy in force.
    ///
    /// A service or purpose that was not on offer when she decided stays blocked.
    #[must_use]
    pub fn allowed(&self, policy: &Policy, history: &History) -> Allowed {
        let Self::Decided(decision) = self else {
            return Allowed::nothing(policy);
        };
        let ask = policy.unlisted() == Unlisted::Ask;
        Allowed {
            services: policy.services().iter().map(|s| decision.allows(s, history)).collect(),
            hosts: if ask { decision.hosts.iter().cloned().collect() } else { Vec::new() },
            unlisted: ask && decision.unlisted,
            in_use: policy
                .services()
                .iter()
                .enumerate()
                .filter(|(_, service)| decision.services.contains_key(&service.id))
                .map(|(place, _)| place)
                .collect(),
        }
    }

    /// Whether the banner is to be shown: a purpose has not been decided.
    #[must_use]
    pub fn is_to_be_asked(&self, policy: &Policy) -> bool {
        match self {
            Self::Undecided => true,
            Self::Decided(decision) => !decision.is_complete(policy),
        }
    }

    /// The decision, if there is one.
    #[must_use]
    pub fn decision(&self) -> Option<&Decision> {
        match self {
            Self::Undecided => None,
            Self::Decided(decision) => Some(decision),
        }
    }
}

/// The purposes that are a visitor's to decide.
pub(crate) fn decidable(policy: &Policy) -> impl Iterator<Item = &Purpose> {
    policy.purposes().iter().filter(|purpose| !purpose.is_necessary())
}

#[cfg(test)]
mod tests;
