//! The shape of purposes and services as written in `octroi.toml` and in the catalogue.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

/// The policy part of a configuration file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyFile {
    /// Who runs the site.
    pub operator: Option<OperatorFile>,
    /// `"ask"` or `"never"`.
    pub unlisted: Option<Spanned<String>>,
    /// The catalogue's services that the site uses; absent: all of them.
    pub services: Option<Vec<Spanned<String>>>,
    /// Purposes added or renamed.
    #[serde(default)]
    pub purpose: Vec<PurposeFile>,
    /// Services added or overridden.
    #[serde(default)]
    pub service: Vec<ServiceFile>,
}

/// `[operator]`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OperatorFile {
    /// Legal name, shown to the visitor.
    pub name: Option<String>,
    /// Mail or https address for questions about data.
    pub contact: Option<String>,
    /// The site's own privacy statement.
    pub privacy_url: Option<String>,
}

/// `[[purpose]]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PurposeFile {
    /// A built-in purpose to rename, or a new id.
    pub id: Spanned<String>,
    /// Title by language.
    #[serde(default)]
    pub title: BTreeMap<String, String>,
    /// One sentence by language.
    #[serde(default)]
    pub description: BTreeMap<String, String>,
}

/// `[[service]]`, in the catalogue and in the operator's file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceFile {
    /// Unique id; one of the catalogue's overrides that entry whole.
    pub id: Spanned<String>,
    /// Name as the visitor knows it.
    pub name: String,
    /// Legal entity.
    pub provider: String,
    /// Its country, ISO 3166-1 alpha-2.
    pub country: String,
    /// Countries outside the EEA that data goes to.
    #[serde(default)]
    pub transfers: Vec<String>,
    /// What kind of content it is.
    pub kind: Spanned<String>,
    /// Why it loads or stores.
    pub purposes: Vec<Spanned<String>>,
    /// The provider's own policy.
    pub policy: Spanned<String>,
    /// Where it loads from.
    pub hosts: Vec<HostFile>,
    /// Cookies that it sets.
    #[serde(default)]
    pub cookies: Vec<CookieFile>,
    /// Storage keys that it writes.
    #[serde(default)]
    pub storage: Vec<StorageFile>,
    /// Classes of the blockquotes that its script dresses.
    #[serde(default)]
    pub quotes: Vec<String>,
    /// Signs in the beginning of the inline scripts that bring it.
    #[serde(default)]
    pub inline: Vec<Spanned<String>>,
    /// The reason why no consent is needed (law: reference R-1x); the operator's to state.
    pub exempt: Option<String>,
}

/// One entry of `hosts`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HostFile {
    /// Host suffix, with an optional path prefix.
    pub at: Spanned<String>,
    /// What pages load from there.
    pub loads: Vec<Spanned<String>>,
}

/// One entry of `cookies`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CookieFile {
    /// Name; a trailing `*` is a wildcard.
    pub name: String,
    /// Lifetime in days; 0 is a session cookie.
    pub days: u32,
}

/// One entry of `storage`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StorageFile {
    /// Key; a trailing `*` is a wildcard.
    pub name: String,
    /// `local`, `session` or `indexed-db`.
    pub area: Spanned<String>,
}

/// A file of the catalogue.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CatalogueFile {
    pub(crate) service: Vec<ServiceFile>,
}
