//! Reads an address in markup as a browser would, and asks for the verdict on it.

use std::borrow::Cow;

use url::Url;

use crate::policy::{Address, Party, Verdict, Verdicts};

/// The third party that a blocked address belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Held {
    /// A service of the policy, by place.
    Service(usize),
    /// A host that no service covers.
    Host(String),
    /// An address that cannot be read: nobody to name, nothing to let through.
    Nobody,
}

impl Held {
    /// The party to name in a notice, if there is one.
    pub(crate) fn party(&self) -> Option<Party<'_>> {
        match self {
            Self::Service(place) => Some(Party::Service(*place)),
            Self::Host(host) => Some(Party::Unlisted(host)),
            Self::Nobody => None,
        }
    }

    fn of(party: Party<'_>) -> Self {
        match party {
            Party::Service(place) => Self::Service(place),
            Party::Unlisted(host) => Self::Host(host.to_owned()),
        }
    }
}

/// What becomes of an address in markup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Judgement {
    /// The site's own, or an address that contacts nobody.
    Own,
    /// A third party that is allowed.
    Allowed(Held),
    /// A third party that is not.
    Blocked(Held),
}

impl Judgement {
    pub(crate) fn blocked(self) -> Option<Held> {
        match self {
            Self::Blocked(held) => Some(held),
            Self::Own | Self::Allowed(_) => None,
        }
    }
}

/// The verdict on a raw attribute value: character references and URL cleaning are undone first.
pub(crate) fn judge(verdicts: &Verdicts, base: &Url, raw: &str) -> Judgement {
    if is_plainly_own(raw) {
        return Judgement::Own;
    }
    let text = decode(raw);
    let Ok(url) = Url::options().base_url(Some(base)).parse(&text) else {
        return Judgement::Blocked(Held::Nobody);
    };
    judge_url(verdicts, &url)
}

/// The verdict on an address that has been read.
pub(crate) fn judge_url(verdicts: &Verdicts, url: &Url) -> Judgement {
    if !matches!(url.scheme(), "http" | "https" | "ws" | "wss" | "ftp") {
        return Judgement::Own;
    }
    let Some(host) = url.host_str() else {
        return Judgement::Blocked(Held::Nobody);
    };
    let address = Address { host: host.trim_end_matches('.'), path: url.path() };
    match verdicts.of(address) {
        Verdict::FirstParty => Judgement::Own,
        Verdict::Allowed(party) => Judgement::Allowed(Held::of(party)),
        Verdict::Blocked(party) => Judgement::Blocked(Held::of(party)),
    }
}

/// A path or name that no cleaning can turn into another host's address.
///
/// The common case by far; whatever is left goes through the URL standard's own parser.
fn is_plainly_own(raw: &str) -> bool {
    let bytes = raw.as_bytes();
    let mut odd = bytes.iter().any(|b| *b <= b' ' || matches!(b, b'&' | b'\\' | b'\0'));
    odd |= match bytes {
        [b'/', b'/', ..] => true,
        [b'/' | b'?' | b'#', ..] => false,
        _ => bytes.contains(&b':'),
    };
    !odd
}

/// The text that the browser's URL parser sees.
///
/// Markup is read byte for byte as windows-1252 (see `BodyGate`), so a value with other than ASCII
/// is read again as UTF-8 where it is that.
pub(crate) fn decode(raw: &str) -> Cow<'_, str> {
    if raw.is_ascii() {
        return htmlize::unescape_attribute(raw);
    }
    let (bytes, _, _) = encoding_rs::WINDOWS_1252.encode(raw);
    match std::str::from_utf8(&bytes) {
        Ok(text) => Cow::Owned(htmlize::unescape_attribute(text).into_owned()),
        Err(_) => htmlize::unescape_attribute(raw),
    }
}

/// The addresses of a `srcset` (HTML standard, "parse a srcset attribute").
pub(crate) fn srcset(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let start = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == ',');
        if start.is_empty() {
            return None;
        }
        let end = start.find(|c: char| c.is_ascii_whitespace()).unwrap_or(start.len());
        let (url, after) = start.split_at(end);
        let bare = url.trim_end_matches(',');
        rest = if bare.len() < url.len() { after } else { skip_descriptors(after) };
        Some(bare)
    })
}

/// Past the descriptors of one candidate: to the next comma outside parentheses.
fn skip_descriptors(text: &str) -> &str {
    let mut depth = 0_usize;
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth = depth.saturating_add(1),
            ')' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => return text.get(at..).unwrap_or_default(),
            _ => {}
        }
    }
    ""
}

/// The address of a `Refresh`: what follows the delay (HTML standard, "shared declarative refresh").
pub(crate) fn refresh_target(text: &str) -> Option<&str> {
    let is_delay = |c: char| c.is_ascii_digit() || c == '.' || c.is_ascii_whitespace();
    let rest = text.trim_start_matches(is_delay).trim_start_matches([';', ',']).trim_start();
    let named = rest.get(..3).is_some_and(|word| word.eq_ignore_ascii_case("url"));
    let rest = match rest.get(3..).map(str::trim_start) {
        Some(value) if named => match value.strip_prefix('=') {
            Some(value) => value.trim_start(),
            None => rest,
        },
        _ => rest,
    };
    let quoted = |quote: char| {
        let inner = rest.strip_prefix(quote)?;
        Some(inner.split(quote).next().unwrap_or(inner))
    };
    let target = quoted('"').or_else(|| quoted('\'')).unwrap_or(rest);
    (!target.is_empty()).then_some(target)
}
