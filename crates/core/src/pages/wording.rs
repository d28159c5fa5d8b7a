//! Facts put into words: lists, dates, lifetimes, countries, names of purposes and parties.

use std::borrow::Cow;

use super::{Language, Surroundings};
use crate::policy::{self, Area, Party, Purpose, Service, Translations};

/// Stands where a link goes in a text; never in anybody's words (private use).
const LINK: &str = "\u{E000}";

/// The text around a link: what comes before it, and what after.
pub(super) fn around_link(
    language: &Language,
    id: &str,
    args: &[(&str, &str)],
) -> (String, String) {
    let args: Vec<_> = args.iter().copied().chain([("link", LINK)]).collect();
    let text = language.text_with(id, &args);
    let (before, after) = text.split_once(LINK).unwrap_or((text.as_ref(), ""));
    (before.to_owned(), after.to_owned())
}

/// Items as a sentence has them: `a, b and c`.
pub(super) fn list(language: &Language, items: &[String]) -> String {
    let Some((last, rest)) = items.split_last() else {
        return String::new();
    };
    let start = rest.iter().fold(String::new(), |start, item| {
        if start.is_empty() {
            item.clone()
        } else {
            language.text_with("list-next", &[("start", &start), ("end", item)]).into_owned()
        }
    });
    if start.is_empty() {
        return last.clone();
    }
    language.text_with("list-last", &[("start", &start), ("end", last)]).into_owned()
}

/// A day as the language writes it, in UTC.
pub(super) fn date(language: &Language, unix_seconds: u64) -> String {
    let (year, month, day) = civil(unix_seconds / 86_400);
    let id = if day == 1 { "date-first" } else { "date" };
    let month = language.text(&format!("month-{month}")).into_owned();
    let args = [("day", &*day.to_string()), ("month", &*month), ("year", &*year.to_string())];
    language.text_with(id, &args).into_owned()
}

/// Year, month and day of a day counted from 1970 (Howard Hinnant's `civil_from_days`).
pub(super) fn civil(days: u64) -> (u64, u64, u64) {
    // Far enough for any clock, and the sums below cannot overflow.
    let shifted = days.min(1 << 40) + 719_468;
    let (era, of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (year_of_era + era * 400 + u64::from(month <= 2), month, day)
}

/// How long something is kept, in round words.
pub(super) fn lifetime(language: &Language, days: u32) -> String {
    let (id, count) = match days {
        0 => return language.text("lifetime-session").into_owned(),
        d if d % 365 == 0 => ("lifetime-years", d / 365),
        // A month is 30.4 days: 182 is six of them, 395 thirteen.
        d if d >= 28 => ("lifetime-months", (d * 10 + 152) / 304),
        d => ("lifetime-days", d),
    };
    language.text_with(id, &[("count", &count.to_string())]).into_owned()
}

/// A country's name, or its code where the language has no name for it.
pub(super) fn country(language: &Language, code: &str) -> String {
    let plain = code.len() == 2 && code.bytes().all(|b| b.is_ascii_alphabetic());
    let named =
        plain.then(|| language.find(&format!("country-{}", code.to_ascii_uppercase()), &[]));
    named.flatten().map_or_else(|| code.to_owned(), Cow::into_owned)
}

/// Where a storage key is kept.
pub(super) fn area(language: &Language, area: Area) -> Cow<'_, str> {
    language.text(match area {
        Area::Local => "store-local",
        Area::Session => "store-session",
        Area::IndexedDb => "store-indexed-db",
    })
}

/// A purpose's title: the operator's in this language, else the built-in one, else any.
pub(super) fn purpose_title(language: &Language, purpose: &Purpose) -> String {
    own_or_built_in(language, &purpose.title, &format!("purpose-{}", purpose.id.as_str()))
        .unwrap_or_else(|| purpose.id.as_str().to_owned())
}

/// A purpose within a sentence: "targeted advertising".
pub(super) fn purpose_in_sentence(language: &Language, purpose: &Purpose) -> String {
    own_or_built_in(language, &purpose.title, &format!("purpose-{}-short", purpose.id.as_str()))
        .unwrap_or_else(|| purpose.id.as_str().to_owned())
}

/// What a purpose means; empty where nobody says.
pub(super) fn purpose_description(language: &Language, purpose: &Purpose) -> String {
    let id = format!("purpose-{}-what", purpose.id.as_str());
    own_or_built_in(language, &purpose.description, &id).unwrap_or_default()
}

fn own_or_built_in(language: &Language, own: &Translations, id: &str) -> Option<String> {
    let primary = language.tag().split('-').next().unwrap_or_default();
    let built_in = || language.find(id, &[]).map(Cow::into_owned);
    own.get(language.tag())
        .or_else(|| own.get(primary))
        .cloned()
        .or_else(built_in)
        .or_else(|| own.get("en").or_else(|| own.values().next()).cloned())
}

/// The purposes that are asked for, as a sentence has them.
pub(super) fn purposes_asked(at: &Surroundings<'_>) -> String {
    let names: Vec<String> = at
        .policy
        .purposes()
        .iter()
        .filter(|purpose| !purpose.is_necessary())
        .map(|purpose| purpose_in_sentence(at.language, purpose))
        .collect();
    list(at.language, &names)
}

/// A party's name: a service's, or a host with its label if one is known.
pub(super) fn party_name(at: &Surroundings<'_>, party: Party<'_>) -> String {
    match party {
        Party::Service(place) => {
            at.policy.services().get(place).map(|s| s.name.clone()).unwrap_or_default()
        }
        Party::Unlisted(host) => match policy::label(host) {
            Some(label) => format!("{} ({host})", label.name),
            None => host.to_owned(),
        },
    }
}

/// The kind of content that a party brings, as in the catalogue.
pub(super) fn party_kind(at: &Surroundings<'_>, party: Party<'_>) -> &'static str {
    match party {
        Party::Service(place) => {
            at.policy.services().get(place).map_or("other", |s: &Service| s.kind.as_str())
        }
        Party::Unlisted(host) => policy::label(host).map_or("other", |label| label.kind.as_str()),
    }
}
