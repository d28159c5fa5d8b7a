//! The stylesheets, named by the hash of their content so that they never change under a name.

use std::sync::LazyLock;

use sha2::{Digest, Sha256};

use crate::limits;

/// A file that the gate serves for ever under one name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asset {
    /// Its media type.
    pub content_type: &'static str,
    /// Its content.
    pub body: &'static str,
}

const CSS: &str = "text/css; charset=utf-8";

struct Sheet {
    name: String,
    body: String,
}

impl Sheet {
    fn new(stem: &str, body: String) -> Self {
        let hash = Sha256::digest(body.as_bytes())
            .iter()
            .take(5)
            .fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
        Self { name: format!("{stem}.{hash}.css"), body }
    }
}

static INSERTED: LazyLock<Sheet> = LazyLock::new(|| {
    let mut body = squeezed(include_str!("../../assets/octroi.css"));
    // A site's policy may forbid style attributes, so the first notices find their element by rule.
    for n in 1..=limits::ANCHOR_RULES_MAX {
        body.push_str(&format!(
            "[data-octroi-held=\"{n}\"]{{anchor-name:--octroi-{n}}}\
             #octroi-{n}{{position-anchor:--octroi-{n}}}"
        ));
    }
    Sheet::new("octroi", body)
});

static PAGES: LazyLock<Sheet> =
    LazyLock::new(|| Sheet::new("octroi-pages", squeezed(include_str!("../../assets/pages.css"))));

/// The asset of that name (`octroi.HASH.css`, `octroi-pages.HASH.css`).
#[must_use]
pub fn asset(name: &str) -> Option<Asset> {
    [&*INSERTED, &*PAGES]
        .into_iter()
        .find(|sheet| sheet.name == name)
        .map(|sheet| Asset { content_type: CSS, body: &sheet.body })
}

/// The name of the stylesheet of what is inserted into the site's pages.
pub(super) fn inserted_sheet() -> &'static str {
    &INSERTED.name
}

/// The name of the stylesheet of the gate's own pages.
pub(super) fn pages_sheet() -> &'static str {
    &PAGES.name
}

static KEEPER: LazyLock<String> = LazyLock::new(|| {
    let lines = include_str!("../../assets/keep.js").lines();
    let code: String = lines.map(str::trim).filter(|line| !line.starts_with("//")).collect();
    format!("<script>{code}</script>")
});

/// The small script that puts banner and control back on pages that write their body anew.
pub fn keeper() -> &'static str {
    &KEEPER
}

/// The sheet without comments, line ends and indentation. No string in the sheets holds any.
fn squeezed(css: &str) -> String {
    let mut rest = css;
    let mut plain = String::with_capacity(css.len());
    while let Some((before, comment)) = rest.split_once("/*") {
        plain.push_str(before);
        rest = comment.split_once("*/").map_or("", |(_, after)| after);
    }
    plain.push_str(rest);
    plain.lines().map(str::trim).collect::<Vec<_>>().join("")
}
