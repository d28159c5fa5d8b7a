//! A click: the form that a notice, the banner or a page of the gate's own sends.

use std::collections::BTreeMap;

use super::{Decision, ReturnPath, Standing, decidable};
use crate::limits;
use crate::policy::{History, Policy, Unlisted};
use crate::visit::Authority;

/// Where a choice was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Surface {
    /// In place of a content.
    Notice,
    /// The first layer.
    Banner,
    /// The preference centre.
    Preferences,
    /// The policy page.
    Policy,
}

impl Surface {
    const ALL: [(Self, &'static str); 4] = [
        (Self::Notice, "notice"),
        (Self::Banner, "banner"),
        (Self::Preferences, "preferences"),
        (Self::Policy, "policy"),
    ];

    /// As in forms, tokens and records.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(surface, _)| *surface == self).map_or("banner", |(_, name)| name)
    }

    /// Reads what [`Self::as_str`] writes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, name)| *name == text).map(|(surface, _)| *surface)
    }
}

/// What the visitor pressed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// This one service, by id.
    AcceptService(String),
    /// This one unlisted host.
    AcceptHost(String),
    /// Everything that the policy names.
    AcceptAll,
    /// Nothing.
    RefuseAll,
    /// The choices of the preference centre.
    Save(Choices),
    /// Everything taken back.
    Withdraw,
}

impl Action {
    /// As in forms and records.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::AcceptService(_) | Self::AcceptHost(_) => "accept_service",
            Self::AcceptAll => "accept_all",
            Self::RefuseAll => "refuse_all",
            Self::Save(_) => "save",
            Self::Withdraw => "withdraw",
        }
    }
}

/// What a preference centre's form says; what it does not name stays as it was.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Choices {
    purposes: BTreeMap<String, bool>,
    services: BTreeMap<String, Option<bool>>,
    hosts: BTreeMap<String, bool>,
    unlisted: Option<bool>,
}

/// Why a form is no click. The visitor is told; nothing changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClickError {
    /// Larger than any form of the gate's own.
    #[error("the form is too large")]
    TooLarge,
    /// `action` is missing, doubled or unknown.
    #[error("the form's action is missing or unknown")]
    Action,
    /// `service` names nothing of this policy.
    #[error("the form names a service that this site's policy does not know")]
    Service,
    /// `return` leads elsewhere.
    #[error("the form's way back leads to another site")]
    Return,
    /// A choice that is neither grant nor refusal, or about something unknown.
    #[error("the form holds a choice that cannot be read")]
    Choice,
    /// More single grants than a token can carry.
    #[error("more single choices than can be kept; choose by purpose instead")]
    TooMany,
}

/// A visitor's choice as it arrived, parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Click {
    /// What she pressed.
    pub action: Action,
    /// Where she comes back to.
    pub return_path: ReturnPath,
    /// Where she pressed it.
    pub surface: Surface,
    /// The language in which she was asked.
    pub language: String,
}

impl Click {
    /// Reads a form (`application/x-www-form-urlencoded`).
    ///
    /// # Errors
    /// [`ClickError`]: nothing is changed.
    pub fn parse(form: &[u8], policy: &Policy) -> Result<Self, ClickError> {
        if form.len() > limits::FORM_BYTES_MAX {
            return Err(ClickError::TooLarge);
        }
        let fields: Vec<_> = url::form_urlencoded::parse(form)
            .take(limits::FORM_FIELDS_MAX.saturating_add(1))
            .collect();
        if fields.len() > limits::FORM_FIELDS_MAX {
            return Err(ClickError::TooLarge);
        }
        let one = |name: &str| {
            let mut found = fields.iter().filter(|(key, _)| key == name).map(|(_, v)| v.as_ref());
            (found.next(), found.next())
        };
        let return_path = match one("return") {
            (None, None) => ReturnPath::default(),
            (Some(path), None) => ReturnPath::parse(path).ok_or(ClickError::Return)?,
            _ => return Err(ClickError::Return),
        };
        let action = match one("action") {
            (Some("accept_service"), None) => accept_one(one("service"), policy)?,
            (Some("accept_all"), None) => Action::AcceptAll,
            (Some("refuse_all"), None) => Action::RefuseAll,
            (Some("withdraw"), None) => Action::Withdraw,
            (Some("save"), None) => Action::Save(choices(&fields, policy)?),
            _ => return Err(ClickError::Action),
        };
        let surface = one("surface").0.and_then(Surface::parse).unwrap_or(Surface::Preferences);
        let language = one("language").0.unwrap_or_default();
        let plain = language.len() <= limits::ID_BYTES_MAX
            && language.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        let language = if plain { language.to_owned() } else { String::new() };
        Ok(Self { action, return_path, surface, language })
    }

    /// The decision that this click makes of an earlier standing.
    ///
    /// # Errors
    /// [`ClickError::TooMany`] when the decision could not be kept in a token.
    pub fn decide(
        &self,
        policy: &Policy,
        history: &History,
        standing: &Standing,
        moment: Moment,
    ) -> Result<Decision, ClickError> {
        let Moment { now, subject } = moment;
        let mut decision = carried_over(policy, history, standing);
        decision.made_at = now;
        decision.surface = self.surface;
        apply(&self.action, policy, &mut decision);
        if decision.services.len() > limits::OVERRIDES_MAX
            || decision.hosts.len() > limits::OVERRIDES_MAX
        {
            return Err(ClickError::TooMany);
        }
        let earlier = decision.subject.take();
        if decision.grants_something() {
            decision.subject = Some(earlier.unwrap_or(subject));
        } else {
            // A refusal is told apart by nothing but its day and its place.
            decision.made_at -= now % 86_400;
        }
        Ok(decision)
    }
}

/// What a decision takes from the world: the core has neither clock nor randomness of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Seconds since 1970.
    pub now: u64,
    /// A fresh random name for the visitor's records, used if something is granted; an earlier
    /// name is kept. 32 hexadecimal digits.
    pub subject: String,
}

/// What was decided stays decided, on the policy in force now; what is new stays open.
fn carried_over(policy: &Policy, history: &History, standing: &Standing) -> Decision {
    let mut decision = Decision {
        policy_version: policy.version().to_owned(),
        made_at: 0,
        surface: Surface::Banner,
        purposes: BTreeMap::new(),
        services: BTreeMap::new(),
        hosts: std::collections::BTreeSet::new(),
        unlisted: false,
        subject: None,
    };
    let Standing::Decided(earlier) = standing else {
        return decision;
    };
    let allowed = standing.allowed(policy, history);
    decision.subject.clone_from(&earlier.subject);
    decision.hosts.clone_from(&earlier.hosts);
    decision.unlisted = earlier.unlisted;
    for purpose in decidable(policy) {
        if let Some(granted) = earlier.purposes.get(purpose.id.as_str()) {
            decision.purposes.insert(purpose.id.as_str().to_owned(), *granted);
        }
    }
    for (place, service) in policy.services().iter().enumerate() {
        let now = allowed.service(place);
        if earlier.services.contains_key(&service.id) || now != by_purposes(&decision, service) {
            decision.services.insert(service.id.clone(), now);
        }
    }
    decision
}

fn by_purposes(decision: &Decision, service: &crate::policy::Service) -> bool {
    service.needs_no_decision()
        || service
            .purposes
            .iter()
            .all(|p| p.is_necessary() || decision.purposes.get(p.as_str()) == Some(&true))
}

fn apply(action: &Action, policy: &Policy, decision: &mut Decision) {
    match action {
        Action::AcceptService(id) => {
            decision.services.insert(id.clone(), true);
        }
        Action::AcceptHost(host) => {
            decision.hosts.insert(host.clone());
        }
        Action::AcceptAll => all(policy, decision, true),
        Action::RefuseAll | Action::Withdraw => all(policy, decision, false),
        Action::Save(choices) => save(choices, policy, decision),
    }
}

fn all(policy: &Policy, decision: &mut Decision, granted: bool) {
    decision.purposes =
        decidable(policy).map(|purpose| (purpose.id.as_str().to_owned(), granted)).collect();
    decision.services.clear();
    decision.hosts.clear();
    decision.unlisted = granted && policy.unlisted() == Unlisted::Ask;
    if !granted {
        decision.subject = None;
    }
}

fn save(choices: &Choices, policy: &Policy, decision: &mut Decision) {
    decision.purposes.extend(choices.purposes.clone());
    // A purpose that the form shows and leaves open has not been granted: that is a refusal. A form
    // about one service shows none, and decides on none.
    for purpose in decidable(policy).filter(|_| !choices.purposes.is_empty()) {
        decision.purposes.entry(purpose.id.as_str().to_owned()).or_insert(false);
    }
    for (id, choice) in &choices.services {
        match choice {
            Some(granted) => decision.services.insert(id.clone(), *granted),
            None => decision.services.remove(id),
        };
    }
    // Only what differs from the purposes needs to be kept.
    let redundant: Vec<String> = policy
        .services()
        .iter()
        .filter(|s| decision.services.get(&s.id) == Some(&by_purposes(decision, s)))
        .map(|s| s.id.clone())
        .collect();
    for id in redundant {
        decision.services.remove(&id);
    }
    for (host, granted) in &choices.hosts {
        if *granted {
            decision.hosts.insert(host.clone());
        } else {
            decision.hosts.remove(host);
        }
    }
    decision.unlisted =
        choices.unlisted.unwrap_or(decision.unlisted) && policy.unlisted() == Unlisted::Ask;
}

fn accept_one(field: (Option<&str>, Option<&str>), policy: &Policy) -> Result<Action, ClickError> {
    let (Some(named), None) = field else {
        return Err(ClickError::Service);
    };
    match named.strip_prefix("host:") {
        Some(host) if policy.unlisted() == Unlisted::Ask => {
            host_name(host).map(Action::AcceptHost).ok_or(ClickError::Service)
        }
        Some(_) => Err(ClickError::Service),
        None if policy.service(named).is_some() => Ok(Action::AcceptService(named.to_owned())),
        None => Err(ClickError::Service),
    }
}

/// A host fit for a header and a token: parsed like an authority, without a port.
fn host_name(text: &str) -> Option<String> {
    let authority = Authority::parse(text)?;
    (authority.as_str() == authority.host()).then(|| authority.host().to_owned())
}

fn choices(
    fields: &[(std::borrow::Cow<'_, str>, std::borrow::Cow<'_, str>)],
    policy: &Policy,
) -> Result<Choices, ClickError> {
    let mut choices = Choices::default();
    for (key, value) in fields {
        let choice = match value.as_ref() {
            "grant" => Some(true),
            "refuse" => Some(false),
            "" => None,
            _ if key.contains('.') || key == "unlisted" => return Err(ClickError::Choice),
            _ => continue,
        };
        match key.split_once('.') {
            Some(("purpose", id)) => {
                let known = decidable(policy).any(|purpose| purpose.id.as_str() == id);
                let (true, Some(granted)) = (known, choice) else {
                    return Err(ClickError::Choice);
                };
                choices.purposes.insert(id.to_owned(), granted);
            }
            Some(("service", id)) if policy.service(id).is_some() => {
                choices.services.insert(id.to_owned(), choice);
            }
            Some(("host", host)) => {
                let host = host_name(host).ok_or(ClickError::Choice)?;
                choices.hosts.insert(host, choice == Some(true));
            }
            Some(_) => return Err(ClickError::Choice),
            None if key == "unlisted" => choices.unlisted = choice,
            None => {}
        }
    }
    Ok(choices)
}

/// The pairs of a form or a query, at most [`limits::FORM_FIELDS_MAX`] of them.
#[must_use]
pub fn form_pairs(bytes: &[u8]) -> Vec<(String, String)> {
    url::form_urlencoded::parse(bytes)
        .take(limits::FORM_FIELDS_MAX)
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect()
}
