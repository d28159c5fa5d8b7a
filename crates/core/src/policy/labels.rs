//! Labels for hosts that no service covers: a name and a kind to show, never a reason to decide.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::index::suffixes;
use super::service::Kind;

/// What is known of an unlisted host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Label {
    /// The entity's name.
    pub name: &'static str,
    /// Its kind.
    pub kind: Kind,
}

const TABLE: &str = include_str!("../../labels/third-party-web.tsv");

static LABELS: LazyLock<FxHashMap<&'static str, Label>> = LazyLock::new(|| {
    TABLE
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| {
            let mut fields = line.split('\t');
            let (domain, name, kind) = (fields.next()?, fields.next()?, fields.next()?);
            Some((domain, Label { name, kind: Kind::parse(kind).unwrap_or(Kind::OTHER) }))
        })
        .collect()
});

/// The label of a host, by its longest known suffix.
#[must_use]
pub fn label(host: &str) -> Option<Label> {
    suffixes(host).find_map(|suffix| LABELS.get(suffix).copied())
}
