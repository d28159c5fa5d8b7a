//! What the visitor sees: notices, the banner, the control, and the gate's own pages.

mod assets;
mod facts;
mod inserted;
mod message;
mod preferences;
mod service;
mod statement;
mod texts;
mod wording;

pub use assets::{Asset, asset, keeper};
pub use inserted::{banner, control, head, notice};
pub use message::{Message, message_page};
pub use preferences::preferences_page;
pub use service::service_page;
pub use statement::policy_page;
pub(crate) use texts::built_in_digest;
pub use texts::{Language, Texts, TextsError};

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::policy::{Party, Policy};
use crate::site::Site;

/// Where a page or a part of one is shown, and in which language.
#[derive(Clone, Copy, Debug)]
pub struct Surroundings<'a> {
    /// What there is to decide.
    pub policy: &'a Policy,
    /// The site that it is about.
    pub site: &'a Site,
    /// The language of the words.
    pub language: &'a Language,
    /// Where the gate's own addresses begin, without a slash at the end: `/_octroi`.
    pub prefix: &'a str,
    /// The page to go back to: a path of the site.
    pub return_path: &'a str,
}

impl Surroundings<'_> {
    /// A text, for templates.
    fn text(&self, id: &str) -> Cow<'_, str> {
        self.language.text(id)
    }

    /// A text with one argument, for templates.
    fn with(&self, id: &str, name: &str, value: &str) -> String {
        self.language.text_with(id, &[(name, value)]).into_owned()
    }

    /// Who asks: the operator's name, or the site's host where none is stated.
    fn operator(&self) -> &str {
        let name = self.policy.operator().name.trim();
        if name.is_empty() { self.site.host() } else { name }
    }

    /// The page's path without its fragment, which would fight with a notice's own.
    fn page(&self) -> &str {
        self.return_path.split('#').next().unwrap_or("/")
    }

    /// An address of the gate's own that knows the way back.
    fn link(&self, place: &str) -> String {
        self.link_back_to(place, self.return_path)
    }

    fn link_back_to(&self, place: &str, back: &str) -> String {
        let back: String = url::form_urlencoded::byte_serialize(back.as_bytes()).collect();
        // The language goes along: what is read next is in the words of the page (law R-11).
        format!("{}/{place}?return={back}&lang={}", self.prefix, self.language.tag())
    }

    fn service_link(&self, party: Party<'_>, back: &str) -> String {
        let id = self.party_id(party);
        let id: String = url::form_urlencoded::byte_serialize(id.as_bytes()).collect();
        self.link_back_to(&format!("services/{id}"), back)
    }

    /// What the form field `service` says: a service's id, or `host:NAME`.
    fn party_id(&self, party: Party<'_>) -> String {
        match party {
            Party::Service(place) => {
                self.policy.services().get(place).map(|s| s.id.clone()).unwrap_or_default()
            }
            Party::Unlisted(host) => format!("host:{host}"),
        }
    }
}

/// How a notice takes the place of a content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Exactly over the held element, which stays in the layout, unseen, marked
    /// `data-octroi-held="N"` and `inert`; the notice follows its end tag.
    Over,
    /// In the flow, instead of the element, with the size that the page gave it.
    Instead {
        /// In CSS pixels.
        width: Option<u32>,
        /// In CSS pixels.
        height: Option<u32>,
    },
    /// Below a text that stays readable, such as a quoted post.
    Below,
}

/// One notice in a page.
#[derive(Clone, Copy, Debug)]
pub struct Notice<'a> {
    /// Its number in the page, from 1: the page comes back at `#octroi-N`.
    pub number: u32,
    /// Who is blocked.
    pub party: Party<'a>,
    /// How it takes the content's place.
    pub shape: Shape,
}

/// What the gate has seen the site's pages ask for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Services, by their place in the policy.
    pub services: BTreeSet<usize>,
    /// Hosts that no service covers.
    pub hosts: BTreeSet<String>,
}

#[cfg(test)]
mod tests;
