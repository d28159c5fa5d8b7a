//! Every element and attribute with which a page loads, connects or leads elsewhere: one row each.
//!
//! A new construct is a row here and a fixture of the same name in `testdata/constructs/`.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

/// How an attribute writes its addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Syntax {
    /// One address.
    Url,
    /// Candidates with descriptors.
    Srcset,
    /// Addresses between white space (`ping`).
    Urls,
    /// Values between semicolons, some of them addresses (SVG animation).
    Values,
    /// A whole document (`srcdoc`).
    Document,
}

/// What is done with an element whose address is blocked. In all cases the address leaves the
/// attribute for `data-octroi-ATTRIBUTE`, on which no browser acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// Nothing more.
    Move,
    /// The script is made inert as well: its inline content must not run in place of its source.
    Script,
    /// The element keeps its place, empty, and a notice lies over it.
    Over,
    /// The element loses its place, and a notice of its size takes it.
    Instead,
}

/// One row: an attribute of an element.
#[derive(Clone, Copy, Debug)]
pub struct Construct {
    /// Name of the row and of its fixture.
    pub id: &'static str,
    /// Element, lower case.
    pub tag: &'static str,
    /// Attribute, lower case.
    pub attribute: &'static str,
    /// How it writes addresses.
    pub syntax: Syntax,
    /// What is done when one of them is blocked.
    pub remedy: Remedy,
}

const fn row(
    id: &'static str,
    tag: &'static str,
    attribute: &'static str,
    syntax: Syntax,
    remedy: Remedy,
) -> Construct {
    Construct { id, tag, attribute, syntax, remedy }
}

use Remedy::{Instead, Move, Over, Script};
use Syntax::{Document, Srcset, Url, Urls, Values};

/// All rows. What CSS and scripts load is the header's to stop (reference: browser.md sections 4, 5).
pub const CONSTRUCTS: &[Construct] = &[
    row("script-src", "script", "src", Url, Script),
    row("svg-script-href", "script", "href", Url, Script),
    row("svg-script-xlink", "script", "xlink:href", Url, Script),
    row("link-href", "link", "href", Url, Move),
    row("link-imagesrcset", "link", "imagesrcset", Srcset, Move),
    row("img-src", "img", "src", Url, Move),
    row("img-srcset", "img", "srcset", Srcset, Move),
    row("image-src", "image", "src", Url, Move),
    row("image-srcset", "image", "srcset", Srcset, Move),
    row("svg-image-href", "image", "href", Url, Move),
    row("svg-image-xlink", "image", "xlink:href", Url, Move),
    row("svg-feimage-href", "feimage", "href", Url, Move),
    row("svg-feimage-xlink", "feimage", "xlink:href", Url, Move),
    row("svg-use-href", "use", "href", Url, Move),
    row("svg-use-xlink", "use", "xlink:href", Url, Move),
    row("svg-set-to", "set", "to", Values, Move),
    row("svg-animate-values", "animate", "values", Values, Move),
    row("svg-animate-from", "animate", "from", Values, Move),
    row("svg-animate-to", "animate", "to", Values, Move),
    row("source-src", "source", "src", Url, Move),
    row("source-srcset", "source", "srcset", Srcset, Move),
    row("track-src", "track", "src", Url, Move),
    row("video-src", "video", "src", Url, Over),
    row("video-poster", "video", "poster", Url, Move),
    row("audio-src", "audio", "src", Url, Over),
    row("iframe-src", "iframe", "src", Url, Over),
    row("iframe-srcdoc", "iframe", "srcdoc", Document, Over),
    row("frame-src", "frame", "src", Url, Move),
    row("fencedframe-src", "fencedframe", "src", Url, Move),
    row("portal-src", "portal", "src", Url, Move),
    row("object-data", "object", "data", Url, Instead),
    row("object-codebase", "object", "codebase", Url, Move),
    row("object-classid", "object", "classid", Url, Move),
    row("embed-src", "embed", "src", Url, Instead),
    row("applet-code", "applet", "code", Url, Move),
    row("applet-codebase", "applet", "codebase", Url, Move),
    row("applet-archive", "applet", "archive", Url, Move),
    row("param-value", "param", "value", Url, Move),
    row("bgsound-src", "bgsound", "src", Url, Move),
    row("input-src", "input", "src", Url, Move),
    row("body-background", "body", "background", Url, Move),
    row("table-background", "table", "background", Url, Move),
    row("thead-background", "thead", "background", Url, Move),
    row("tbody-background", "tbody", "background", Url, Move),
    row("tfoot-background", "tfoot", "background", Url, Move),
    row("tr-background", "tr", "background", Url, Move),
    row("td-background", "td", "background", Url, Move),
    row("th-background", "th", "background", Url, Move),
    row("a-ping", "a", "ping", Urls, Move),
    row("area-ping", "area", "ping", Urls, Move),
    row("html-manifest", "html", "manifest", Url, Move),
    row("base-href", "base", "href", Url, Move),
];

static BY_TAG: LazyLock<FxHashMap<&'static str, Vec<&'static Construct>>> = LazyLock::new(|| {
    let mut rows: FxHashMap<_, Vec<_>> = FxHashMap::default();
    for construct in CONSTRUCTS {
        rows.entry(construct.tag).or_default().push(construct);
    }
    rows
});

/// The rows of an element.
pub(crate) fn of_tag(tag: &str) -> &'static [&'static Construct] {
    BY_TAG.get(tag).map_or(&[], Vec::as_slice)
}

/// Elements that are looked at for more than an address: where the gate inserts, and what leads on.
const LANDMARKS: [&str; 4] = ["head", "body", "meta", "blockquote"];

/// Rare attributes of very common elements: only those that carry them go through the full lexer.
const SPARSE: [(&str, &str); 8] = [
    ("a", "ping"),
    ("area", "ping"),
    ("tr", "background"),
    ("td", "background"),
    ("th", "background"),
    ("tbody", "background"),
    ("thead", "background"),
    ("tfoot", "background"),
];

/// The selector list that shows the rewriter every row's element.
pub(crate) fn selector_text() -> String {
    let mut tags: Vec<String> = CONSTRUCTS
        .iter()
        .map(|row| row.tag)
        .chain(LANDMARKS)
        .map(|tag| match SPARSE.iter().find(|(sparse, _)| *sparse == tag) {
            Some((_, attribute)) => format!("{tag}[{attribute}]"),
            None => tag.to_owned(),
        })
        .collect();
    tags.sort_unstable();
    tags.dedup();
    tags.join(",")
}

/// Link types whose address no browser contacts by itself (reference: browser.md sections 2, 12).
/// Everything else is treated as one that does.
const INERT_LINK_TYPES: [&str; 24] = [
    "alternate",
    "amphtml",
    "archives",
    "author",
    "bookmark",
    "canonical",
    "edit",
    "edituri",
    "external",
    "help",
    "image_src",
    "license",
    "me",
    "nofollow",
    "noopener",
    "noreferrer",
    "pingback",
    "prev",
    "privacy-policy",
    "publisher",
    "shortlink",
    "tag",
    "webmention",
    "wlwmanifest",
];

/// Whether a `<link>` of this `rel` contacts nobody.
pub(crate) fn is_inert_link(rel: &str) -> bool {
    let mut types = rel.split_ascii_whitespace().peekable();
    types.peek().is_some()
        && types.all(|kind| INERT_LINK_TYPES.iter().any(|known| known.eq_ignore_ascii_case(kind)))
}
