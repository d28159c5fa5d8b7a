//! The way back after a choice: a path of the same origin, and never anything else.

use url::Url;

use crate::limits;

/// A path, query and fragment of the site itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReturnPath(String);

impl Default for ReturnPath {
    fn default() -> Self {
        Self("/".to_owned())
    }
}

impl ReturnPath {
    /// Reads a path as a browser would, and keeps it only if it stays on the origin.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let plain = text.len() <= limits::RETURN_PATH_BYTES_MAX
            && text.starts_with('/')
            && !text.starts_with("//")
            && !text.contains('\\')
            && !text.chars().any(|c| c.is_control());
        if !plain {
            return None;
        }
        let origin = Url::parse("http://origin.invalid/").ok()?;
        let url = origin.join(text).ok()?;
        if url.origin() != origin.origin() || url.path().starts_with("//") {
            return None;
        }
        let mut path = url.path().to_owned();
        for (mark, part) in [('?', url.query()), ('#', url.fragment())] {
            if let Some(part) = part {
                path.push(mark);
                path.push_str(part);
            }
        }
        Some(Self(path))
    }

    /// As it stands in `Location`: ASCII, beginning with a single `/`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
