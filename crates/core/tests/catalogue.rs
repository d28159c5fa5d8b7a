//! Keeps the catalogue of services and the table of labels well-formed, whatever reads them.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at what it cannot read")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::Deserialize;

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
/// `necessary` is missing on purpose: nothing in the catalogue exempts itself from consent.
const PURPOSES: [&str; 4] = ["measurement", "personalisation", "advertising", "embedded-content"];
const LOADS: [&str; 9] =
    ["frame", "script", "style", "image", "font", "connect", "media", "object", "worker"];
const AREAS: [&str; 3] = ["local", "session", "indexed-db"];
/// Members of the European Economic Area: data that goes there is not transferred.
const EEA: [&str; 30] = [
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IS",
    "IT", "LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    service: Vec<Service>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Service {
    id: String,
    name: String,
    provider: String,
    country: String,
    #[serde(default)]
    transfers: Vec<String>,
    kind: String,
    purposes: Vec<String>,
    policy: String,
    hosts: Vec<Host>,
    #[serde(default)]
    cookies: Vec<Cookie>,
    #[serde(default)]
    storage: Vec<Key>,
    #[serde(default)]
    quotes: Vec<String>,
    #[serde(default)]
    inline: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Host {
    at: String,
    loads: Vec<String>,
}

impl Host {
    fn name(&self) -> &str {
        self.at.split('/').next().unwrap()
    }

    /// From the first slash on; empty when every path is meant.
    fn path(&self) -> &str {
        self.at.strip_prefix(self.name()).unwrap()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cookie {
    name: String,
    days: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Key {
    name: String,
    area: String,
}

#[expect(clippy::disallowed_methods, reason = "this test looks at the files as they lie there")]
fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// The services by file, named by its stem.
fn files() -> BTreeMap<String, Vec<Service>> {
    let mut files = BTreeMap::new();
    for entry in folder("catalogue").read_dir().unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            let file: File =
                toml::from_str(&read(&path)).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
            files.insert(path.file_stem().unwrap().to_string_lossy().into_owned(), file.service);
        }
    }
    files
}

fn services() -> Vec<Service> {
    files().into_values().flatten().collect()
}

/// Panics for each item that is not as it should be, and names it.
#[track_caller]
fn check<'a>(items: impl IntoIterator<Item = (&'a str, &'a str)>, good: impl Fn(&str) -> bool) {
    let wrong: Vec<_> = items.into_iter().filter(|(_, item)| !good(item)).collect();
    assert!(wrong.is_empty(), "not well-formed: {wrong:?}");
}

fn is_slug(text: &str) -> bool {
    (1..=32).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !text.starts_with('-')
        && !text.ends_with('-')
}

fn is_country(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase())
}

/// One `*`, at the end, after at least three characters: a shorter prefix would claim strangers.
fn is_pattern(text: &str) -> bool {
    let prefix = text.strip_suffix('*').unwrap_or(text);
    prefix.len() >= 3
        && !prefix.contains('*')
        && prefix.bytes().all(|b| b.is_ascii_graphic() && !b"\"\\,;=<>".contains(&b))
}

fn is_host(text: &str) -> bool {
    text.len() <= 253
        && text.contains('.')
        && text.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        })
}

/// What both a URL's path and a source expression of a CSP can say without escapes.
fn is_path(text: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"/-._".contains(&b);
    text.is_empty()
        || (text.starts_with('/')
            && text.len() > 1
            && !text.ends_with('/')
            && !text.contains("//")
            && text.split('/').all(|segment| segment != "." && segment != "..")
            && text.bytes().all(allowed))
}

#[test]
fn there_are_enough_services_of_each_kind() {
    let files = files();
    assert!(files.values().map(Vec::len).sum::<usize>() >= 120);
    assert_eq!(
        files.keys().map(String::as_str).collect::<BTreeSet<_>>(),
        KINDS.into_iter().collect()
    );
    for (kind, services) in &files {
        assert!(services.len() >= 3, "{kind}: {}", services.len());
    }
}

#[test]
fn each_file_holds_its_own_kind_in_order() {
    for (kind, services) in files() {
        check(services.iter().map(|s| (s.id.as_str(), s.kind.as_str())), |it| it == kind);
        assert!(services.is_sorted_by(|a, b| a.id < b.id), "{kind}.toml: sort it by id");
    }
}

#[test]
fn ids_are_unique_and_well_formed() {
    let services = services();
    check(services.iter().map(|s| (s.name.as_str(), s.id.as_str())), is_slug);
    let ids: BTreeSet<_> = services.iter().map(|s| &s.id).collect();
    assert_eq!(ids.len(), services.len(), "an id occurs twice");
}

#[test]
fn names_are_unique_and_providers_named() {
    let services = services();
    let clean = |text: &str| !text.is_empty() && text.trim() == text && text.len() <= 80;
    check(services.iter().map(|s| (s.id.as_str(), s.name.as_str())), clean);
    check(services.iter().map(|s| (s.id.as_str(), s.provider.as_str())), clean);
    let names: BTreeSet<_> = services.iter().map(|s| &s.name).collect();
    assert_eq!(names.len(), services.len(), "a name occurs twice");
}

#[test]
fn countries_are_codes_and_transfers_leave_the_eea() {
    for service in services() {
        let transfers = service.transfers.iter().map(String::as_str);
        check([(service.id.as_str(), service.country.as_str())], is_country);
        check(transfers.map(|c| (service.id.as_str(), c)), |c| is_country(c) && !EEA.contains(&c));
        assert!(service.transfers.is_sorted_by(|a, b| a < b), "{}: sort transfers", service.id);
        assert!(
            EEA.contains(&service.country.as_str()) || service.transfers.contains(&service.country),
            "{}: data goes at least to the provider's own country",
            service.id
        );
    }
}

#[test]
fn purposes_are_known_and_stated() {
    for service in services() {
        assert!(!service.purposes.is_empty(), "{}: no purpose", service.id);
        let purposes: BTreeSet<_> = service.purposes.iter().collect();
        assert_eq!(purposes.len(), service.purposes.len(), "{}: a purpose twice", service.id);
        check(purposes.iter().map(|p| (service.id.as_str(), p.as_str())), |p| {
            PURPOSES.contains(&p)
        });
    }
}

#[test]
fn policies_are_https_addresses() {
    check(services().iter().map(|s| (s.id.as_str(), s.policy.as_str())), |policy| {
        url::Url::parse(policy).is_ok_and(|url| url.scheme() == "https" && url.has_host())
            && policy.is_ascii()
    });
}

#[test]
fn hosts_are_well_formed_and_loads_known() {
    for service in services() {
        assert!(!service.hosts.is_empty(), "{}: no host", service.id);
        for host in &service.hosts {
            check([(service.id.as_str(), host.name())], is_host);
            check([(service.id.as_str(), host.path())], is_path);
            assert!(!host.loads.is_empty(), "{}: {} loads nothing", service.id, host.at);
            let loads: BTreeSet<_> = host.loads.iter().collect();
            assert_eq!(loads.len(), host.loads.len(), "{}: {} loads twice", service.id, host.at);
            check(loads.iter().map(|l| (host.at.as_str(), l.as_str())), |l| LOADS.contains(&l));
        }
    }
}

#[test]
fn no_host_is_a_public_suffix() {
    let services = services();
    let hosts = services.iter().flat_map(|s| s.hosts.iter().map(|h| (s.id.as_str(), h.name())));
    check(hosts, |host| psl::domain_str(host).is_some());
}

#[test]
fn no_whole_google_microsoft_apple_or_amazon() {
    let broad = ["google.com", "gstatic.com", "bing.com", "live.com", "apple.com", "amazon.com"];
    let services = services();
    let hosts = services.iter().flat_map(|s| s.hosts.iter().map(|h| (s.id.as_str(), &*h.at)));
    check(hosts, |at| !broad.contains(&at));
}

#[test]
fn no_address_belongs_to_two_services() {
    let mut seen = BTreeMap::new();
    for service in services() {
        for host in service.hosts {
            let before = seen.insert(host.at.clone(), service.id.clone());
            assert_eq!(before, None, "{} also belongs to {}", host.at, service.id);
        }
    }
}

#[test]
fn no_host_repeats_a_broader_one_of_its_service() {
    for service in services() {
        for broad in service.hosts.iter().filter(|host| !host.at.contains('/')) {
            let below = format!(".{}", broad.at);
            for host in &service.hosts {
                let repeats = host.name().ends_with(&below)
                    || (host.name() == broad.at && host.at != broad.at);
                assert!(!repeats, "{}: {} covers {}", service.id, broad.at, host.at);
            }
        }
    }
}

#[test]
fn what_is_stored_is_named_and_bounded() {
    for service in services() {
        let id = service.id.as_str();
        check(service.cookies.iter().map(|c| (id, c.name.as_str())), is_pattern);
        check(service.storage.iter().map(|k| (id, k.name.as_str())), is_pattern);
        check(service.storage.iter().map(|k| (id, k.area.as_str())), |a| AREAS.contains(&a));
        for cookie in &service.cookies {
            assert!(cookie.days <= 4_000, "{id}: {} lasts {} days", cookie.name, cookie.days);
        }
        let names: BTreeSet<_> = service.cookies.iter().map(|c| &c.name).collect();
        assert_eq!(names.len(), service.cookies.len(), "{id}: a cookie twice");
    }
}

#[test]
fn no_cookie_is_one_that_sites_need_themselves() {
    let needed = [
        "PHPSESSID",
        "JSESSIONID",
        "ASP.NET_SessionId",
        "connect.sid",
        "csrftoken",
        "XSRF-TOKEN",
        "sessionid",
        "session",
        "laravel_session",
        "wordpress_logged_in_0",
        "wp_woocommerce_session_0",
        "woocommerce_cart_hash",
        "fe_typo_user",
        "SESS0123456789abcdef",
        "lang",
        "uid",
        "token",
        "__Host-octroi",
        "octroi",
    ];
    for service in services() {
        for cookie in &service.cookies {
            let claims = |name: &&str| match cookie.name.strip_suffix('*') {
                Some(prefix) => name.starts_with(prefix),
                None => **name == cookie.name,
            };
            let claimed: Vec<_> = needed.iter().filter(|name| claims(name)).collect();
            assert!(claimed.is_empty(), "{}: {} claims {claimed:?}", service.id, cookie.name);
        }
    }
}

#[test]
fn inline_signs_are_long_enough_and_of_one_service_each() {
    let services = services();
    let signs: Vec<&str> =
        services.iter().flat_map(|s| s.inline.iter().map(String::as_str)).collect();
    assert!(!signs.is_empty());
    for sign in &signs {
        assert!((8..=64).contains(&sign.len()) && sign.is_ascii(), "{sign}");
        let holders = signs.iter().filter(|other| other.contains(sign)).count();
        assert_eq!(holders, 1, "{sign} is part of another sign");
    }
}

#[test]
fn quotes_are_class_names_of_one_service_each() {
    let services = services();
    let quotes = services.iter().flat_map(|s| s.quotes.iter().map(|q| (s.id.as_str(), &**q)));
    let quotes: Vec<_> = quotes.collect();
    check(quotes.iter().copied(), is_slug);
    let classes: BTreeSet<_> = quotes.iter().map(|(_, class)| class).collect();
    assert_eq!(classes.len(), quotes.len(), "a class occurs twice");
    assert!(classes.contains(&"twitter-tweet") && classes.contains(&"instagram-media"));
}

#[test]
fn labels_are_sorted_unique_and_of_known_kinds() {
    let table = read(&folder("labels").join("third-party-web.tsv"));
    assert!(table.starts_with('#') && table.contains("MIT"), "the table names its source");
    let rows: Vec<Vec<&str>> = table
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.split('\t').collect())
        .collect();
    assert!(rows.len() > 2_500, "{} labels", rows.len());
    for row in &rows {
        let [domain, name, kind] = row[..] else { panic!("{row:?} is not a label") };
        assert!(is_host(domain) && !name.is_empty() && KINDS.contains(&kind), "{row:?}");
    }
    assert!(rows.is_sorted_by(|a, b| a[0] < b[0]), "labels are not sorted, or not unique");
    assert!(read(&folder("labels").join("LICENSE-third-party-web")).contains("Patrick Hulce"));
}
