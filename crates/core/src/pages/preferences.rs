//! The preference centre: every choice, by purpose and by service.

use std::collections::BTreeSet;

use askama::Template;

use super::facts::{self, Facts, PurposeFacts, State};
use super::message::{self, Message, Told};
use super::{Seen, Surroundings, assets, inserted::rendered, wording};
use crate::decision::Standing;
use crate::policy::{Allowed, Party, Unlisted};

/// A third party that no service covers.
pub(super) struct Host {
    pub(super) name: String,
    pub(super) label: String,
    pub(super) link: String,
    /// Whether it may load now.
    pub(super) allowed: bool,
    /// Whether it is granted by itself.
    pub(super) granted: bool,
}

/// Third parties that no service covers: those seen, and those granted.
pub(super) struct Others {
    /// Whether the visitor may let them in at all.
    pub(super) ask: bool,
    pub(super) choice: Option<bool>,
    pub(super) hosts: Vec<Host>,
}

impl Others {
    pub(super) fn new(
        at: &Surroundings<'_>,
        standing: &Standing,
        allowed: &Allowed,
        seen: &Seen,
    ) -> Self {
        let decision = standing.decision();
        let granted = |host: &str| decision.is_some_and(|d| d.hosts.contains(host));
        let names: BTreeSet<&str> =
            seen.hosts.iter().chain(&allowed.hosts).map(String::as_str).collect();
        let hosts = names
            .into_iter()
            .map(|name| Host {
                label: wording::party_name(at, Party::Unlisted(name)),
                link: at.service_link(Party::Unlisted(name), at.return_path),
                allowed: allowed.is_everything() || allowed.hosts.iter().any(|h| h == name),
                granted: granted(name),
                name: name.to_owned(),
            })
            .collect();
        Self {
            ask: at.policy.unlisted() == Unlisted::Ask,
            // Undecided while no purpose is decided: granting one host says nothing of the others.
            choice: decision.filter(|d| d.is_complete(at.policy)).map(|d| d.unlisted),
            hosts,
        }
    }
}

#[derive(Template)]
#[template(path = "preferences.html")]
struct PreferencesView<'a> {
    at: &'a Surroundings<'a>,
    sheet: &'a str,
    title: String,
    place: &'a str,
    told: Option<Told>,
    state: State,
    purposes: Vec<PurposeFacts>,
    rest: Vec<Facts>,
    rest_title: String,
    others: Others,
    return_here: String,
}

/// The preference centre. Its forms come back to itself with `message=saved`.
#[must_use]
pub fn preferences_page(
    at: &Surroundings<'_>,
    standing: &Standing,
    allowed: &Allowed,
    seen: &Seen,
    message: Option<Message>,
) -> String {
    let (purposes, rest) = facts::by_purpose(at, standing, allowed, &seen.services);
    rendered(&PreferencesView {
        at,
        sheet: assets::pages_sheet(),
        title: at.text("preferences-title").into_owned(),
        place: "preferences",
        told: message.map(|message| message::told(at, message)),
        state: State::new(at, standing),
        purposes,
        rest_title: at.with("services-rest", "count", &rest.len().to_string()),
        rest,
        others: Others::new(at, standing, allowed, seen),
        return_here: format!("{}&message={}", at.link("preferences"), Message::Saved.as_str()),
    })
}
