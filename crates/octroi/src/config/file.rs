//! The shape of `octroi.toml`, as the operator writes it.

use octroi_core::policy::{OperatorFile, PolicyFile, PurposeFile, ServiceFile};
use serde::Deserialize;
use toml::Spanned;

/// A configuration file. Every key has its paragraph in `docs/operating/configuration.md`.
///
/// The last five keys are those of a [`PolicyFile`]: serde cannot both flatten it in and refuse
/// unknown keys, and an unknown key must be refused (a mistyped `service` would gate less).
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfigFile {
    /// Where the site itself answers.
    pub upstream: Option<Spanned<String>>,
    /// Address that the gate listens at.
    pub listen: Option<Spanned<String>>,
    /// Directory of the ledger and the keys.
    pub data: Option<Spanned<String>>,
    /// Path under which the gate's own pages are.
    pub prefix: Option<Spanned<String>>,
    /// Hosts that are the operator's own.
    pub first_party: Option<Vec<Spanned<String>>>,
    /// Proxies in front whose word on the visitor counts.
    pub trusted_proxies: Option<Vec<Spanned<String>>>,
    /// Whether pages are compressed.
    pub compress: Option<bool>,
    /// How long the gate waits.
    pub timeouts: Option<TimeoutsFile>,
    /// Who runs the site.
    pub operator: Option<OperatorFile>,
    /// `"ask"` or `"never"`.
    pub unlisted: Option<Spanned<String>>,
    /// The catalogue's services that the site uses.
    pub services: Option<Vec<Spanned<String>>>,
    /// Purposes added or renamed.
    #[serde(default)]
    pub purpose: Vec<PurposeFile>,
    /// Services added or overridden.
    #[serde(default)]
    pub service: Vec<ServiceFile>,
}

/// `[timeouts]`, in seconds.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimeoutsFile {
    /// For a connection to the upstream.
    pub connect: Option<Spanned<u64>>,
    /// For the first byte of its answer.
    pub first_byte: Option<Spanned<u64>>,
    /// Between two parts of a body.
    pub idle: Option<Spanned<u64>>,
}

impl ConfigFile {
    /// Takes the policy's part out.
    pub(super) fn take_policy(&mut self) -> PolicyFile {
        PolicyFile {
            operator: self.operator.take(),
            unlisted: self.unlisted.take(),
            services: self.services.take(),
            purpose: std::mem::take(&mut self.purpose),
            service: std::mem::take(&mut self.service),
        }
    }
}
