//! What may pass, and for which purpose: purposes, services, the catalogue, and the verdicts they give.

mod catalogue;
mod error;
mod file;
mod history;
mod index;
mod labels;
mod purpose;
mod service;
mod verdict;

pub use catalogue::built_in_services;
pub use error::PolicyError;
pub use file::{OperatorFile, PolicyFile, PurposeFile, ServiceFile};
pub use history::{History, Outline};
pub use index::{Address, HostIndex};
pub use labels::{Label, label};
pub use purpose::{Purpose, PurposeId};
pub use service::{Area, CookiePattern, HostPattern, Kind, Loads, Service, StoragePattern};
pub use verdict::{Allowed, ConsentClass, Party, Verdict, Verdicts};

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

/// Whether a third party that no service covers is let in by *accept all*.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Unlisted {
    /// *Accept all* grants it; its own notice grants its host.
    #[default]
    Ask,
    /// It is never let in, whatever the visitor chooses.
    Never,
}

/// Who runs the site, as named to the visitor (GDPR Art. 13(1)(a)).
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Operator {
    /// Legal name. Empty when the operator has not stated one: the host is shown instead.
    pub name: String,
    /// How to reach the operator: a mail address or an https address. May be empty.
    pub contact: String,
    /// The operator's own privacy statement, linked from the policy page. May be empty.
    pub privacy_url: String,
}

/// The purposes and services of one site: everything a visitor may decide about.
#[derive(Clone, Debug)]
pub struct Policy {
    operator: Operator,
    purposes: Vec<Purpose>,
    services: Vec<Service>,
    unlisted: Unlisted,
    index: HostIndex,
    inline: Vec<(String, usize)>,
    version: String,
}

impl Policy {
    /// The policy of a gate without a configuration file: built-in purposes, the whole catalogue.
    ///
    /// # Errors
    /// When the built-in data is damaged, which the catalogue's tests exclude.
    pub fn built_in() -> Result<Self, PolicyError> {
        Self::from_file(PolicyFile::default())
    }

    /// The policy that an operator's file describes, over the built-in purposes and catalogue.
    ///
    /// # Errors
    /// [`PolicyError`] names the key at fault, its place in the file and the remedy.
    pub fn from_file(file: PolicyFile) -> Result<Self, PolicyError> {
        let purposes = purpose::merge(file.purpose)?;
        let services =
            service::merge(built_in_services()?, file.service, file.services, &purposes)?;
        let unlisted = match file.unlisted.as_ref().map(toml::Spanned::as_ref).map(String::as_str) {
            None | Some("ask") => Unlisted::Ask,
            Some("never") => Unlisted::Never,
            Some(other) => {
                return Err(PolicyError::new("unlisted", format!("`{other}` is not a choice"))
                    .at(file.unlisted.as_ref().map(toml::Spanned::span))
                    .remedy("write \"ask\" (accept all lets them in) or \"never\""));
            }
        };
        let index = HostIndex::new(&services);
        let inline = services.iter().enumerate().flat_map(|(place, service)| {
            service.inline.iter().map(move |sign| (sign.clone(), place))
        });
        let inline = inline.collect();
        let mut policy = Self {
            operator: file.operator.map(Operator::from).unwrap_or_default(),
            purposes,
            services,
            unlisted,
            index,
            inline,
            version: String::new(),
        };
        policy.version = policy.hash();
        Ok(policy)
    }

    /// Who runs the site.
    #[must_use]
    pub fn operator(&self) -> &Operator {
        &self.operator
    }

    /// Every purpose, in the order in which it is shown; `necessary` is the first.
    #[must_use]
    pub fn purposes(&self) -> &[Purpose] {
        &self.purposes
    }

    /// Every service, ordered by id.
    #[must_use]
    pub fn services(&self) -> &[Service] {
        &self.services
    }

    /// The service of that id.
    #[must_use]
    pub fn service(&self, id: &str) -> Option<&Service> {
        let at = self.services.binary_search_by(|service| service.id.as_str().cmp(id)).ok()?;
        self.services.get(at)
    }

    /// The purpose of that id.
    #[must_use]
    pub fn purpose(&self, id: &str) -> Option<&Purpose> {
        self.purposes.iter().find(|purpose| purpose.id.as_str() == id)
    }

    /// What *accept all* does with third parties that no service covers.
    #[must_use]
    pub fn unlisted(&self) -> Unlisted {
        self.unlisted
    }

    /// Which service an address belongs to.
    #[must_use]
    pub fn index(&self) -> &HostIndex {
        &self.index
    }

    /// The signs of inline scripts, with the place of the service that each belongs to.
    #[must_use]
    pub fn inline(&self) -> &[(String, usize)] {
        &self.inline
    }

    /// The hash of the canonical form of purposes, services and texts: what a decision cites.
    /// 16 lower-case hexadecimal digits.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// What a later gate must know of this version to read a decision made on it.
    #[must_use]
    pub fn outline(&self) -> Outline {
        Outline {
            purposes: self.purposes.iter().map(|p| p.id.as_str().to_owned()).collect(),
            services: self.services.iter().map(|s| (s.id.clone(), purpose_names(s))).collect(),
        }
    }

    fn hash(&self) -> String {
        let canonical = serde_json::json!({
            "operator": [self.operator.name, self.operator.contact],
            "purposes": self.purposes.iter().map(Purpose::canonical).collect::<Vec<_>>(),
            "services": self.services.iter().map(Service::canonical).collect::<Vec<_>>(),
            "unlisted": self.unlisted == Unlisted::Ask,
            "texts": crate::pages::built_in_digest(),
        });
        Sha256::digest(canonical.to_string().as_bytes())
            .iter()
            .take(8)
            .fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
    }
}

fn purpose_names(service: &Service) -> Vec<String> {
    service.purposes.iter().map(|p| p.as_str().to_owned()).collect()
}

/// Texts by language tag, as an operator gives them.
pub type Translations = BTreeMap<String, String>;

impl From<OperatorFile> for Operator {
    fn from(file: OperatorFile) -> Self {
        Self {
            name: file.name.unwrap_or_default(),
            contact: file.contact.unwrap_or_default(),
            privacy_url: file.privacy_url.unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests;
