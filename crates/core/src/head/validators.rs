//! Validators of pages carry the consent class: a page is never revalidated across classes.

use http::{HeaderMap, HeaderValue, header};

use crate::passage::Passage;

/// Marks a validator as the gate's; no upstream is known to begin its own like this.
const MARK: &str = "octroi-";

/// Turns a page's `ETag` into a weak one of this class: the body is rewritten, not the same bytes.
pub(super) fn gate(passage: &Passage, headers: &mut HeaderMap) {
    let Some(tag) = headers.remove(header::ETAG) else {
        return;
    };
    let opaque = tag.to_str().unwrap_or_default();
    let (weak, opaque) = match opaque.strip_prefix("W/") {
        Some(opaque) => ("w", opaque),
        None => ("s", opaque),
    };
    let opaque = opaque.trim_matches('"');
    let class = passage.class.as_str();
    if let Ok(value) = HeaderValue::from_str(&format!("W/\"{MARK}{class}-{weak}{opaque}\"")) {
        headers.insert(header::ETAG, value);
    }
}

/// Gives the upstream back its own validators, of this class only; those of assets pass as they are.
pub(crate) fn forward(passage: &Passage, headers: &mut HeaderMap) {
    let fields: Vec<HeaderValue> = headers.get_all(header::IF_NONE_MATCH).iter().cloned().collect();
    if fields.is_empty() {
        return;
    }
    headers.remove(header::IF_NONE_MATCH);
    let page = passage.visit().wants_html();
    let tags: Vec<String> = fields
        .iter()
        .filter_map(|field| field.to_str().ok())
        .flat_map(|field| field.split(','))
        .filter_map(|tag| upstream_tag(tag.trim(), passage.class.as_str(), page))
        .collect();
    if let (false, Ok(value)) = (tags.is_empty(), HeaderValue::from_str(&tags.join(", "))) {
        headers.insert(header::IF_NONE_MATCH, value);
    }
}

/// The upstream's own form of a tag, if it may be used for this request.
fn upstream_tag(tag: &str, class: &str, page: bool) -> Option<String> {
    let opaque = tag.strip_prefix("W/").unwrap_or(tag).trim_matches('"');
    let Some(ours) = opaque.strip_prefix(MARK) else {
        // A page's tag that is not the gate's was stored before the gate stood there.
        return (!page).then(|| tag.to_owned());
    };
    let original = ours.strip_prefix(class)?.strip_prefix('-')?;
    match (original.strip_prefix('w'), original.strip_prefix('s')) {
        (Some(weak), _) => Some(format!("W/\"{weak}\"")),
        (None, Some(strong)) => Some(format!("\"{strong}\"")),
        (None, None) => None,
    }
}
