//! Purposes: why something is stored or loaded.

use super::{PolicyError, PurposeFile, Translations};

/// The id of a purpose: `measurement`, or one of the operator's own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PurposeId(String);

impl PurposeId {
    /// Parses an id: 1 to 32 of `a-z`, `0-9` and `-`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        is_id(text).then(|| Self(text.to_owned()))
    }

    /// The id as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether no consent is needed for it.
    #[must_use]
    pub fn is_necessary(&self) -> bool {
        self.0 == NECESSARY
    }
}

/// A reason for storing or loading, on which the visitor decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Purpose {
    /// Its id.
    pub id: PurposeId,
    /// The operator's own titles by language; built-in texts fill in the rest.
    pub title: Translations,
    /// The operator's own descriptions by language.
    pub description: Translations,
}

impl Purpose {
    /// Whether it is always allowed.
    #[must_use]
    pub fn is_necessary(&self) -> bool {
        self.id.is_necessary()
    }

    pub(super) fn canonical(&self) -> serde_json::Value {
        serde_json::json!([self.id.as_str(), self.title, self.description])
    }
}

const NECESSARY: &str = "necessary";
const BUILT_IN: [&str; 5] =
    [NECESSARY, "measurement", "personalisation", "advertising", "embedded-content"];

/// `a-z`, `0-9` and `-`, at most 32: fit for an attribute, a form field and a cookie.
pub(super) fn is_id(text: &str) -> bool {
    (1..=crate::limits::ID_BYTES_MAX).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

pub(super) fn merge(files: Vec<PurposeFile>) -> Result<Vec<Purpose>, PolicyError> {
    let mut purposes: Vec<Purpose> = BUILT_IN
        .iter()
        .map(|id| Purpose {
            id: PurposeId((*id).to_owned()),
            title: Translations::new(),
            description: Translations::new(),
        })
        .collect();
    for file in files {
        let Some(id) = PurposeId::parse(file.id.as_ref()) else {
            return Err(PolicyError::new("purpose.id", "not an id")
                .at(Some(file.id.span()))
                .remedy("use 1 to 32 of a-z, 0-9 and -"));
        };
        let purpose = Purpose { id, title: file.title, description: file.description };
        match purposes.iter_mut().find(|known| known.id == purpose.id) {
            Some(known) => *known = purpose,
            None if purpose.title.is_empty() => {
                return Err(PolicyError::new("purpose.title", "a new purpose needs a title")
                    .at(Some(file.id.span()))
                    .remedy("add title = { fr = \"…\", en = \"…\" }"));
            }
            None => purposes.push(purpose),
        }
    }
    if purposes.len() > crate::limits::PURPOSES_MAX {
        return Err(PolicyError::new("purpose", "too many purposes")
            .remedy(format!("keep at most {}", crate::limits::PURPOSES_MAX)));
    }
    Ok(purposes)
}
