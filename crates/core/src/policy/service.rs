//! Services: one product of one provider, where it loads from and what it stores.

use toml::Spanned;

use super::file::{HostFile, StorageFile};
use super::purpose::is_id;
use super::{PolicyError, Purpose, PurposeId, ServiceFile};

/// What kind of content a service brings; chooses the notice's words and picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Kind(&'static str);

const KINDS: [&str; 19] = [
    "video",
    "audio",
    "social",
    "map",
    "measurement",
    "tag-manager",
    "advertising",
    "font",
    "captcha",
    "chat",
    "comments",
    "payment",
    "ab-testing",
    "image",
    "code-library",
    "form",
    "document",
    "rating",
    "other",
];

impl Kind {
    /// A kind that is none of the others.
    pub const OTHER: Self = Self("other");

    /// Parses one of the catalogue's kinds.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        KINDS.iter().find(|kind| **kind == text).map(|kind| Self(kind))
    }

    /// The kind as written in the catalogue.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.0
    }
}

/// What a page loads from a host: a set of destinations, each with its own CSP directive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Hash)]
pub struct Loads(u16);

impl Loads {
    /// Every destination with its name in the catalogue and its directive (CSP Level 3).
    pub const ALL: [(&'static str, &'static str); 9] = [
        ("frame", "frame-src"),
        ("script", "script-src"),
        ("style", "style-src"),
        ("image", "img-src"),
        ("font", "font-src"),
        ("connect", "connect-src"),
        ("media", "media-src"),
        ("object", "object-src"),
        ("worker", "worker-src"),
    ];

    fn parse(names: &[Spanned<String>]) -> Result<Self, PolicyError> {
        names.iter().try_fold(Self(0), |loads, name| {
            match Self::ALL.iter().position(|(known, _)| known == name.as_ref()) {
                Some(at) => Ok(Self(loads.0 | (1 << at))),
                None => Err(PolicyError::new(
                    "service.hosts.loads",
                    format!("`{}` is not something that a page loads", name.as_ref()),
                )
                .at(Some(name.span()))
                .remedy("use frame, script, style, image, font, connect, media, object, worker")),
            }
        })
    }

    /// Whether pages load this directive's destination from there.
    #[must_use]
    pub fn allows(self, directive: &str) -> bool {
        Self::ALL
            .iter()
            .enumerate()
            .any(|(at, (_, known))| *known == directive && self.0 & (1 << at) != 0)
    }

    /// Both sets together.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// Where a service loads from: a host suffix and an optional path prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostPattern {
    /// Covers the host itself and everything below it.
    pub host: String,
    /// Begins with `/`; empty covers every path.
    pub path: String,
    /// What pages load from there.
    pub loads: Loads,
}

/// The name of a cookie, or the beginning of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CookiePattern {
    /// Name; a trailing `*` is a wildcard.
    pub name: String,
    /// Lifetime in days; 0 is a session cookie.
    pub days: u32,
}

impl CookiePattern {
    /// Whether a cookie of this name belongs to the pattern.
    #[must_use]
    pub fn matches(&self, name: &str) -> bool {
        match self.name.strip_suffix('*') {
            Some(prefix) => name.starts_with(prefix),
            None => name == self.name,
        }
    }
}

/// Where in the browser a key is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Area {
    /// `localStorage`.
    Local,
    /// `sessionStorage`.
    Session,
    /// An IndexedDB database.
    IndexedDb,
}

/// A storage key, or the beginning of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoragePattern {
    /// Key; a trailing `*` is a wildcard.
    pub name: String,
    /// Where it is stored.
    pub area: Area,
}

/// One product of one provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// Unique id.
    pub id: String,
    /// Name as the visitor knows it.
    pub name: String,
    /// Legal entity.
    pub provider: String,
    /// Its country, ISO 3166-1 alpha-2.
    pub country: String,
    /// Countries outside the EEA that data goes to.
    pub transfers: Vec<String>,
    /// Kind of content.
    pub kind: Kind,
    /// Why it loads or stores; never empty.
    pub purposes: Vec<PurposeId>,
    /// The provider's own policy, an https address.
    pub policy_url: String,
    /// Where it loads from.
    pub hosts: Vec<HostPattern>,
    /// Cookies that it sets.
    pub cookies: Vec<CookiePattern>,
    /// Storage keys that it writes.
    pub storage: Vec<StoragePattern>,
    /// Classes of the blockquotes that its script dresses.
    pub quotes: Vec<String>,
    /// Signs in the beginning of the inline scripts that bring it: 8 to 64 bytes of ASCII each.
    pub inline: Vec<String>,
    /// Why no consent is needed, where the operator says so.
    pub exempt: Option<String>,
}

impl Service {
    /// Whether it is allowed without a decision: exempt, or for necessary purposes only.
    #[must_use]
    pub fn needs_no_decision(&self) -> bool {
        self.exempt.is_some() || self.purposes.iter().all(PurposeId::is_necessary)
    }

    pub(super) fn canonical(&self) -> serde_json::Value {
        let hosts: Vec<_> =
            self.hosts.iter().map(|h| format!("{}{} {:x}", h.host, h.path, h.loads.0)).collect();
        let cookies: Vec<_> =
            self.cookies.iter().map(|c| format!("{} {}", c.name, c.days)).collect();
        let storage: Vec<_> =
            self.storage.iter().map(|s| format!("{} {:?}", s.name, s.area)).collect();
        let purposes: Vec<_> = self.purposes.iter().map(PurposeId::as_str).collect();
        serde_json::json!([
            self.id,
            self.name,
            self.provider,
            self.country,
            self.transfers,
            self.kind.as_str(),
            purposes,
            self.policy_url,
            hosts,
            cookies,
            storage,
            self.exempt,
            self.inline,
        ])
    }

    pub(super) fn from_file(file: ServiceFile, known: &[Purpose]) -> Result<Self, PolicyError> {
        let fault = |key: &str, fault: String, span| PolicyError::new(key, fault).at(Some(span));
        let id = file.id.as_ref();
        if !is_id(id) {
            return Err(fault("service.id", format!("`{id}` is not an id"), file.id.span())
                .remedy("use 1 to 32 of a-z, 0-9 and -"));
        }
        let kind = Kind::parse(file.kind.as_ref()).ok_or_else(|| {
            fault(
                "service.kind",
                format!("`{}` is not a kind", file.kind.as_ref()),
                file.kind.span(),
            )
            .remedy(format!("use one of {}", KINDS.join(", ")))
        })?;
        let mut purposes = Vec::new();
        for name in &file.purposes {
            match known.iter().find(|p| p.id.as_str() == name.as_ref()) {
                Some(purpose) => purposes.push(purpose.id.clone()),
                None => {
                    let known: Vec<_> = known.iter().map(|p| p.id.as_str()).collect();
                    let unknown = format!("`{}` is not a purpose of this policy", name.as_ref());
                    return Err(fault("service.purposes", unknown, name.span()).remedy(format!(
                        "use one of {}, or add a [[purpose]] of that id",
                        known.join(", ")
                    )));
                }
            }
        }
        if purposes.is_empty() {
            return Err(fault("service.purposes", "none stated".into(), file.id.span())
                .remedy("name at least one purpose: a visitor must know what she decides on"));
        }
        if !file.policy.as_ref().starts_with("https://") {
            return Err(fault("service.policy", "not an https address".into(), file.policy.span())
                .remedy("link the provider's own policy: https://…"));
        }
        Ok(Self {
            id: id.clone(),
            name: file.name,
            provider: file.provider,
            country: file.country,
            transfers: file.transfers,
            kind,
            purposes,
            policy_url: file.policy.into_inner(),
            hosts: file.hosts.iter().map(host_pattern).collect::<Result<_, _>>()?,
            cookies: file
                .cookies
                .into_iter()
                .map(|c| CookiePattern { name: c.name, days: c.days })
                .collect(),
            storage: file.storage.iter().map(storage_pattern).collect::<Result<_, _>>()?,
            quotes: file.quotes,
            inline: file.inline.iter().map(inline_sign).collect::<Result<_, _>>()?,
            exempt: file.exempt,
        })
    }
}

fn host_pattern(file: &HostFile) -> Result<HostPattern, PolicyError> {
    let text = file.at.as_ref();
    let (host, path) = match text.find('/') {
        Some(at) => text.split_at(at),
        None => (text.as_str(), ""),
    };
    let written_well = !host.is_empty()
        && host.bytes().all(|b| {
            b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'_')
        })
        && !host.starts_with('.')
        && !path.bytes().any(|b| matches!(b, b';' | b',' | b' ' | b'?' | b'#'));
    if !written_well {
        return Err(PolicyError::new("service.hosts.at", format!("`{text}` is not a host"))
            .at(Some(file.at.span()))
            .remedy(
                "write host.example or host.example/path, lower case, without scheme or port",
            ));
    }
    let loads = Loads::parse(&file.loads)?;
    Ok(HostPattern { host: host.to_owned(), path: path.to_owned(), loads })
}

/// Too short a sign would take out scripts that are nobody's.
fn inline_sign(file: &Spanned<String>) -> Result<String, PolicyError> {
    let sign = file.as_ref();
    if !(8..=64).contains(&sign.len()) || !sign.is_ascii() {
        return Err(PolicyError::new("service.inline", format!("`{sign}` is no sign"))
            .at(Some(file.span()))
            .remedy("write 8 to 64 ASCII characters that stand in the script's first 512 bytes"));
    }
    Ok(sign.clone())
}

fn storage_pattern(file: &StorageFile) -> Result<StoragePattern, PolicyError> {
    let area = match file.area.as_ref().as_str() {
        "local" => Area::Local,
        "session" => Area::Session,
        "indexed-db" => Area::IndexedDb,
        other => {
            let fault = format!("`{other}` is not a storage area");
            return Err(PolicyError::new("service.storage.area", fault)
                .at(Some(file.area.span()))
                .remedy("use local, session or indexed-db"));
        }
    };
    Ok(StoragePattern { name: file.name.clone(), area })
}

/// The catalogue's services, narrowed to those the operator names, with the operator's own over them.
pub(super) fn merge(
    mut services: Vec<Service>,
    own: Vec<ServiceFile>,
    used: Option<Vec<Spanned<String>>>,
    purposes: &[Purpose],
) -> Result<Vec<Service>, PolicyError> {
    if let Some(used) = used {
        for id in &used {
            if !services.iter().any(|s| s.id == *id.as_ref()) {
                let fault = format!("the catalogue has no service `{}`", id.as_ref());
                return Err(PolicyError::new("services", fault)
                    .at(Some(id.span()))
                    .remedy("`octroi services` lists the ids; describe others in a [[service]]"));
            }
        }
        services.retain(|s| used.iter().any(|id| *id.as_ref() == s.id));
    }
    for file in own {
        let service = Service::from_file(file, purposes)?;
        services.retain(|known| known.id != service.id);
        services.push(service);
    }
    services.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(services)
}
