//! What is told of a service, on every page in the same words.

use std::collections::BTreeSet;

use super::{Language, Surroundings, wording};
use crate::decision::{Decision, Standing};
use crate::limits;
use crate::policy::{Allowed, Party, Purpose, Service};

/// Everything about one service that a visitor may want to know before choosing.
pub(super) struct Facts {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) icon: &'static str,
    pub(super) provider: String,
    pub(super) country: String,
    pub(super) transfers: String,
    pub(super) purposes: String,
    pub(super) hosts: String,
    /// Names of what it stores, and for how long or where.
    pub(super) stores: Vec<(String, String)>,
    pub(super) policy_url: String,
    pub(super) exempt: Option<String>,
    /// The page that tells all of it.
    pub(super) link: String,
    /// Whether it may load now.
    pub(super) allowed: bool,
    /// Whether it loads without a decision.
    pub(super) always: bool,
    /// What the visitor said of this service by itself.
    pub(super) choice: Option<bool>,
}

impl Facts {
    pub(super) fn new(
        at: &Surroundings<'_>,
        place: usize,
        service: &Service,
        standing: &Standing,
        allowed: &Allowed,
    ) -> Self {
        let language = at.language;
        let abroad: Vec<String> =
            service.transfers.iter().map(|code| wording::country(language, code)).collect();
        let purposes: Vec<String> = at
            .policy
            .purposes()
            .iter()
            .filter(|purpose| service.purposes.contains(&purpose.id))
            .map(|purpose| wording::purpose_title(language, purpose))
            .collect();
        let hosts: BTreeSet<String> =
            service.hosts.iter().map(|h| format!("{}{}", h.host, h.path)).collect();
        Self {
            id: service.id.clone(),
            name: service.name.clone(),
            icon: icon(service.kind.as_str()),
            provider: service.provider.clone(),
            country: wording::country(language, &service.country),
            transfers: wording::list(language, &abroad),
            purposes: purposes.join(", "),
            hosts: hosts.into_iter().collect::<Vec<_>>().join(", "),
            stores: stores(language, service),
            policy_url: service.policy_url.clone(),
            exempt: service.exempt.clone(),
            link: at.service_link(Party::Service(place), at.return_path),
            allowed: allowed.service(place),
            always: service.needs_no_decision(),
            choice: standing.decision().and_then(|d| d.services.get(&service.id).copied()),
        }
    }
}

fn stores(language: &Language, service: &Service) -> Vec<(String, String)> {
    let cookies =
        service.cookies.iter().map(|c| (c.name.clone(), wording::lifetime(language, c.days)));
    let storage = service
        .storage
        .iter()
        .map(|key| (key.name.clone(), wording::area(language, key.area).into_owned()));
    cookies.chain(storage).collect()
}

/// One purpose, with the services that the site's pages were seen to ask for.
pub(super) struct PurposeFacts {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) what: String,
    pub(super) necessary: bool,
    /// What the visitor said of it.
    pub(super) choice: Option<bool>,
    pub(super) services: Vec<Facts>,
}

/// The policy's purposes with the services found on the site, and the services not found on it.
pub(super) fn by_purpose(
    at: &Surroundings<'_>,
    standing: &Standing,
    allowed: &Allowed,
    found: &BTreeSet<usize>,
) -> (Vec<PurposeFacts>, Vec<Facts>) {
    let language = at.language;
    let decision = standing.decision();
    let mut purposes: Vec<PurposeFacts> = at
        .policy
        .purposes()
        .iter()
        .map(|purpose: &Purpose| PurposeFacts {
            id: purpose.id.as_str().to_owned(),
            title: wording::purpose_title(language, purpose),
            what: wording::purpose_description(language, purpose),
            necessary: purpose.is_necessary(),
            choice: decision.and_then(|d| d.purposes.get(purpose.id.as_str()).copied()),
            services: Vec::new(),
        })
        .collect();
    let mut others = Vec::new();
    for (place, service) in at.policy.services().iter().enumerate() {
        let facts = Facts::new(at, place, service, standing, allowed);
        // Shown once, under the first purpose that is the visitor's to decide.
        let shown =
            service.purposes.iter().find(|p| !p.is_necessary()).or(service.purposes.first());
        let home = purposes.iter_mut().find(|p| shown.is_some_and(|id| id.as_str() == p.id));
        match home {
            Some(purpose) if found.contains(&place) => purpose.services.push(facts),
            _ => others.push(facts),
        }
    }
    others.sort_by_cached_key(|facts| facts.name.to_lowercase());
    (purposes, others)
}

/// What has been decided, in one sentence and two dates.
pub(super) struct State {
    pub(super) summary: String,
    /// When, where and until when; empty while nothing is decided.
    pub(super) details: String,
    /// Whether anything has been decided.
    pub(super) decided: bool,
}

impl State {
    pub(super) fn new(at: &Surroundings<'_>, standing: &Standing) -> Self {
        let Some(decision) = standing.decision() else {
            let summary = at.text("state-undecided").into_owned();
            return Self { summary, details: String::new(), decided: false };
        };
        let life = limits::DECISION_DAYS.saturating_mul(86_400);
        let made = wording::date(at.language, decision.made_at);
        let until = wording::date(at.language, decision.made_at.saturating_add(life));
        let args = [("date", &*made), ("site", at.site.host()), ("until", &*until)];
        Self {
            summary: at.text(summary(at, decision)).into_owned(),
            details: at.language.text_with("state-decided", &args).into_owned(),
            decided: true,
        }
    }
}

fn summary(at: &Surroundings<'_>, decision: &Decision) -> &'static str {
    let everything = decision.is_complete(at.policy)
        && decision.purposes.values().chain(decision.services.values()).all(|granted| *granted);
    if !decision.grants_something() {
        "state-nothing"
    } else if everything {
        "state-everything"
    } else {
        "state-something"
    }
}

/// A picture for a kind of content: the outline of a drawing on 16 by 16.
pub(super) fn icon(kind: &str) -> &'static str {
    match kind {
        "video" => "M2 3h12v10H2zM6.5 6v4L10 8z",
        "audio" => {
            "M6 12V3l7-1v9M6 12a2 2 0 1 1-4 0 2 2 0 0 1 4 0zm7-1a2 2 0 1 1-4 0 2 2 0 0 1 4 0z"
        }
        "social" | "comments" | "chat" => "M2 3h12v8H7l-3 3v-3H2z",
        "map" => {
            "M8 14.5S13 10 13 6A5 5 0 0 0 3 6c0 4 5 8.5 5 8.5zM8 8a2 2 0 1 0 0-4 2 2 0 0 0 0 4z"
        }
        "measurement" | "ab-testing" => "M2 14h12M4 12V8m4 4V3m4 9V6",
        "advertising" | "tag-manager" => "M2 6v4h3l6 3V3L5 6zm11 0v4",
        "form" | "document" => "M4 2h6l3 3v9H4zm2 6h5m-5 3h5",
        "image" => "M2 3h12v10H2zm0 8 4-4 3 3 2-2 3 3",
        _ => "M3 3h4v4H3zm6 0h4v4H9zM3 9h4v4H3zm6 0h4v4H9z",
    }
}
