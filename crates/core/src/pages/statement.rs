//! The policy page: what is stored and loaded, by whom and why, and what the visitor has chosen.

use askama::Template;

use super::facts::{self, Facts, PurposeFacts, State};
use super::preferences::Others;
use super::{Seen, Surroundings, assets, inserted::rendered, wording};
use crate::decision::Standing;
use crate::limits;
use crate::policy::Allowed;

#[derive(Template)]
#[template(path = "policy.html")]
struct PolicyView<'a> {
    at: &'a Surroundings<'a>,
    sheet: &'a str,
    title: String,
    place: &'a str,
    contact: Contact,
    privacy_url: &'a str,
    state: State,
    intro: String,
    life: String,
    purposes: Vec<PurposeFacts>,
    rest: Vec<Facts>,
    rest_title: String,
    others: Others,
    return_here: String,
}

/// How to reach the operator.
struct Contact {
    text: String,
    /// Empty where it is neither a mail address nor an https address.
    href: String,
}

impl Contact {
    fn new(contact: &str) -> Self {
        let contact = contact.trim();
        let href = if contact.starts_with("https://") {
            contact.to_owned()
        } else if contact.contains('@') && !contact.contains([':', '?', '/']) {
            format!("mailto:{contact}")
        } else {
            String::new()
        };
        Self { text: contact.to_owned(), href }
    }
}

/// The policy page. Its forms come back to itself.
#[must_use]
pub fn policy_page(
    at: &Surroundings<'_>,
    standing: &Standing,
    allowed: &Allowed,
    seen: &Seen,
) -> String {
    let (purposes, rest) = facts::by_purpose(at, standing, allowed, &seen.services);
    let operator = at.policy.operator();
    let linkable = ["https://", "/"].iter().any(|start| operator.privacy_url.starts_with(start));
    let days = u32::try_from(limits::DECISION_DAYS).unwrap_or_default();
    rendered(&PolicyView {
        at,
        sheet: assets::pages_sheet(),
        title: at.text("policy-title").into_owned(),
        place: "policy",
        contact: Contact::new(&operator.contact),
        privacy_url: if linkable { &operator.privacy_url } else { "" },
        state: State::new(at, standing),
        intro: at
            .language
            .text_with("policy-intro", &[("operator", at.operator()), ("site", at.site.host())])
            .into_owned(),
        life: wording::lifetime(at.language, days),
        purposes,
        rest_title: at.with("services-rest", "count", &rest.len().to_string()),
        rest,
        others: Others::new(at, standing, allowed, seen),
        return_here: format!("{}#choice", at.link("policy")),
    })
}
