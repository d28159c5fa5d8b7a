//! Cookies of the site: necessary ones pass, a service's wait for it, unknown lasting ones wait too.

use std::collections::BTreeSet;

use http::{HeaderMap, HeaderValue, header};

use crate::passage::Passage;
use crate::policy::Verdicts;
use crate::visit::Visit;

/// Names without which the usual frameworks cannot keep a session, a login, a basket or a language.
/// A trailing `*` is a wildcard.
const NECESSARY: [&str; 40] = [
    "PHPSESSID",
    "JSESSIONID",
    "ASP.NET_SessionId",
    "ASPSESSIONID*",
    "sessionid",
    "csrftoken",
    "laravel_session",
    "XSRF-TOKEN",
    "connect.sid",
    "_session_id",
    "*_session",
    "_csrf*",
    "__Host-*",
    "__RequestVerificationToken*",
    ".AspNetCore.*",
    "wordpress_logged_in_*",
    "wordpress_sec_*",
    "wordpress_test_cookie",
    "wp-settings-*",
    "wp_lang",
    "woocommerce_*",
    "wp_woocommerce_session_*",
    "PrestaShop-*",
    "frontend",
    "frontend_cid",
    "form_key",
    "SSESS*",
    "SESS*",
    "fe_typo_user",
    "be_typo_user",
    "joomla_user_state",
    "sid",
    "session",
    "session-*",
    "cart",
    "basket",
    "lang",
    "locale",
    "pll_language",
    "django_language",
];

/// Whether a cookie of this name belongs to a service that is blocked.
pub(crate) fn is_held(verdicts: &Verdicts, name: &str) -> bool {
    let mut owners = owners(verdicts, name).peekable();
    owners.peek().is_some() && !owners.any(|allowed| allowed)
}

/// For each service that sets a cookie of this name, whether it is allowed.
fn owners<'v>(verdicts: &'v Verdicts, name: &'v str) -> impl Iterator<Item = bool> + 'v {
    let services = verdicts.policy().services().iter().enumerate();
    services
        .filter(move |(_, service)| service.cookies.iter().any(|cookie| cookie.matches(name)))
        .map(|(place, _)| verdicts.allowed().service(place))
}

fn is_necessary(name: &str) -> bool {
    NECESSARY.iter().any(|known| match (known.strip_suffix('*'), known.strip_prefix('*')) {
        (Some(prefix), _) => name.starts_with(prefix),
        (None, Some(suffix)) => name.ends_with(suffix),
        (None, None) => name.eq_ignore_ascii_case(known),
    })
}

/// Drops the `Set-Cookie` fields that need a consent which is not there.
pub(super) fn gate(passage: &Passage, headers: &mut HeaderMap) {
    if passage.verdicts.allowed().is_everything() || !headers.contains_key(header::SET_COOKIE) {
        return;
    }
    let fields: Vec<HeaderValue> = headers.get_all(header::SET_COOKIE).iter().cloned().collect();
    headers.remove(header::SET_COOKIE);
    for field in fields {
        if field.to_str().is_ok_and(|text| passes(&passage.verdicts, text)) {
            headers.append(header::SET_COOKIE, field);
        }
    }
}

fn passes(verdicts: &Verdicts, field: &str) -> bool {
    let mut parts = field.split(';');
    let pair = parts.next().unwrap_or_default();
    let name = pair.split('=').next().unwrap_or_default().trim();
    // A pair without `=` is a nameless cookie to browsers: nothing to recognise it by.
    if !pair.contains('=') || name.is_empty() {
        return false;
    }
    let mut owners = owners(verdicts, name).peekable();
    if owners.peek().is_some() {
        return owners.any(|allowed| allowed);
    }
    is_necessary(name) || !parts.any(outlives_session)
}

/// Whether an attribute makes a cookie outlive the session: removing one (`Max-Age=0`) does not.
fn outlives_session(attribute: &str) -> bool {
    let (name, value) = attribute.split_once('=').unwrap_or((attribute, ""));
    let (name, value) = (name.trim(), value.trim());
    if name.eq_ignore_ascii_case("max-age") {
        return value.parse::<i64>().map_or(true, |seconds| seconds > 0);
    }
    // 1970 is how every framework writes "remove"; any other date is taken for a lasting one.
    name.eq_ignore_ascii_case("expires") && !value.contains("1970")
}

/// `Set-Cookie` fields that expire every cookie of a request that is no longer allowed, for the
/// host and each parent domain that may have set it.
#[must_use]
pub fn expired_cookies(visit: &Visit, verdicts: &Verdicts) -> Vec<String> {
    let (mut fields, mut names) = (Vec::new(), BTreeSet::new());
    let secure = if visit.is_secure() { "; Secure" } else { "" };
    for pair in visit.cookies().split(';') {
        let name = pair.split('=').next().unwrap_or_default().trim();
        let writable = !name.is_empty() && name.bytes().all(|b| b.is_ascii_graphic() && b != b'"');
        if !writable || !is_held(verdicts, name) || !names.insert(name) {
            continue;
        }
        fields.push(format!("{name}=; Path=/; Max-Age=0{secure}"));
        for domain in parent_domains(verdicts) {
            fields.push(format!("{name}=; Path=/; Domain={domain}; Max-Age=0{secure}"));
        }
    }
    fields
}

/// The host and its parents, down to the registrable domain.
fn parent_domains(verdicts: &Verdicts) -> Vec<String> {
    let site = verdicts.site();
    let mut domains = Vec::new();
    let mut host = site.host();
    loop {
        domains.push(host.to_owned());
        match host.split_once('.') {
            Some((_, parent)) if host != site.domain() => host = parent,
            _ => return domains,
        }
    }
}
