//! The texts: complete in each language, used, and put together rightly.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::pages::wording;
use crate::policy::Kind;

const EN: &str = include_str!("../../../texts/en.ftl");
const FR: &str = include_str!("../../../texts/fr.ftl");

/// Ids with the arguments that their text uses.
fn ids(ftl: &str) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut found = BTreeMap::new();
    let mut last = "";
    for line in ftl.lines().filter(|line| !line.starts_with('#')) {
        if let Some((id, _)) = line.split_once(" = ").filter(|(id, _)| !id.starts_with(' ')) {
            assert!(found.insert(id, BTreeSet::new()).is_none(), "{id} twice");
            last = id;
        }
        for part in line.split('$').skip(1) {
            let name = part.split(|c: char| !c.is_ascii_alphanumeric()).next();
            found.get_mut(last).unwrap().extend(name);
        }
    }
    found
}

#[test]
fn each_language_says_everything_with_the_same_arguments() {
    let (en, fr) = (ids(EN), ids(FR));
    let ids = |of: &BTreeMap<&str, _>| of.keys().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(ids(&en), ids(&fr));
    for (id, arguments) in &en {
        assert_eq!(arguments, &fr[id], "{id}");
    }
}

/// Sources that name texts.
const SOURCES: &[&str] = &[
    include_str!("../facts.rs"),
    include_str!("../inserted.rs"),
    include_str!("../message.rs"),
    include_str!("../preferences.rs"),
    include_str!("../service.rs"),
    include_str!("../statement.rs"),
    include_str!("../texts.rs"),
    include_str!("../wording.rs"),
    include_str!("../../../templates/banner.html"),
    include_str!("../../../templates/brief_row.html"),
    include_str!("../../../templates/choice.html"),
    include_str!("../../../templates/control.html"),
    include_str!("../../../templates/facts.html"),
    include_str!("../../../templates/mark.html"),
    include_str!("../../../templates/message.html"),
    include_str!("../../../templates/notice.html"),
    include_str!("../../../templates/page.html"),
    include_str!("../../../templates/pair.html"),
    include_str!("../../../templates/policy.html"),
    include_str!("../../../templates/preferences.html"),
    include_str!("../../../templates/service.html"),
    include_str!("../../../templates/service_row.html"),
    include_str!("../../../templates/state.html"),
];

/// Ids that the program puts together.
const MADE: [&str; 6] = ["purpose-", "month-", "kind-", "country-", "message-", "notice-why-"];

#[test]
fn every_text_is_used_and_every_use_has_a_text() {
    let known = ids(EN);
    let sources = SOURCES.concat();
    for id in known.keys() {
        let made = MADE.iter().any(|start| id.starts_with(start));
        assert!(made || sources.contains(&format!("\"{id}\"")), "{id} is not used");
    }
    for call in [".text(\"", ".with(\"", ".text_with(\""] {
        for rest in sources.split(call).skip(1) {
            let id = rest.split('"').next().unwrap();
            assert!(known.contains_key(id), "{id} has no text");
        }
    }
}

#[test]
fn everything_of_the_catalogue_has_its_words() {
    let known = ids(EN);
    let policy = Policy::built_in().unwrap();
    for service in policy.services() {
        for country in service.transfers.iter().chain([&service.country]) {
            let id = format!("country-{country}");
            assert!(known.contains_key(&*id), "{}: {country}", service.id);
        }
        let kind = format!("kind-{}", service.kind.as_str());
        assert!(known.contains_key(&*kind), "{kind}");
    }
    for purpose in policy.purposes() {
        for part in ["", "-short", "-what"] {
            let id = format!("purpose-{}{part}", purpose.id.as_str());
            assert!(known.contains_key(&*id), "{id}");
        }
    }
    for id in known.keys().filter_map(|id| id.strip_prefix("notice-why-")) {
        assert!(Kind::parse(id).is_some(), "{id} is not a kind");
    }
    for message in Message::ALL {
        assert!(known.contains_key(&*format!("message-{}-what", message.as_str())));
        assert_eq!(Message::parse(message.as_str()), Some(message));
    }
}

#[test]
fn the_page_chooses_the_language_then_the_visitor() {
    let texts = Texts::built_in().unwrap();
    for (page, accepts, expected) in [
        (Some("fr"), "", "fr"),
        (Some("fr-FR"), "en", "fr"),
        (Some("FR-ca"), "en", "fr"),
        (Some("fr_BE"), "en", "fr"),
        (Some("de"), "fr-CH, en;q=0.5", "fr"),
        (Some(""), "fr", "fr"),
        (None, "en;q=0.2, fr;q=0.8", "fr"),
        (None, "de, fr;q=0.1", "fr"),
        (None, "fr;q=0, en", "en"),
        (None, "fr;q=0", "en"),
        (None, "fr;q=banana", "en"),
        (None, "fr;q=1.0000", "en"),
        (None, "en, fr", "en"),
        (None, "*", "en"),
        (None, ";;,,", "en"),
        (None, "", "en"),
    ] {
        assert_eq!(texts.choose(page, accepts).tag(), expected, "{page:?} {accepts:?}");
    }
}

#[test]
fn an_operator_rewrites_a_text_or_adds_a_language() {
    let own = [("fr", "accept-all = J’accepte"), ("he", "direction = rtl\nmanage = הבחירות")];
    let texts = Texts::with(&own).unwrap();
    let french = texts.choose(Some("fr"), "");
    assert_eq!(french.text("accept-all"), "J’accepte");
    assert_eq!(french.text("refuse-all"), "Tout refuser");
    let hebrew = texts.choose(Some("he-IL"), "");
    assert_eq!((hebrew.direction(), &*hebrew.text("manage")), ("rtl", "הבחירות"));
    assert_eq!(hebrew.text("refuse-all"), "Refuse all");
    assert_eq!(hebrew.text("no-such-text"), "no-such-text");
    assert!(matches!(Texts::with(&[("fr", "= nothing")]), Err(TextsError::Syntax { .. })));
    assert!(matches!(Texts::with(&[("not a tag", "")]), Err(TextsError::Tag(_))));
}

#[test]
fn facts_read_as_a_person_would_say_them() {
    let texts = Texts::built_in().unwrap();
    let (en, fr) = (texts.choose(Some("en"), ""), texts.choose(Some("fr"), ""));
    for (days, english, french) in [
        (0, "until the browser is closed", "jusqu’à la fermeture du navigateur"),
        (1, "1 day", "1 jour"),
        (27, "27 days", "27 jours"),
        (30, "1 month", "1 mois"),
        (90, "3 months", "3 mois"),
        (182, "6 months", "6 mois"),
        (365, "1 year", "1 an"),
        (395, "13 months", "13 mois"),
        (400, "13 months", "13 mois"),
        (730, "2 years", "2 ans"),
    ] {
        assert_eq!(wording::lifetime(en, days), english);
        assert_eq!(wording::lifetime(fr, days), french);
    }
    for (seconds, english, french) in [
        (0, "1 January 1970", "1er janvier 1970"),
        (951_782_400, "29 February 2000", "29 février 2000"),
        (1_795_392_000, "23 November 2026", "23 novembre 2026"),
        (4_107_542_399, "28 February 2100", "28 février 2100"),
        (4_107_542_400, "1 March 2100", "1er mars 2100"),
    ] {
        assert_eq!(wording::date(en, seconds), english);
        assert_eq!(wording::date(fr, seconds), french);
    }
    assert!(wording::date(en, u64::MAX).contains(' '));
    let items = |n: usize| ["a", "b", "c"][..n].iter().map(ToString::to_string).collect::<Vec<_>>();
    for (n, expected) in [(0, ""), (1, "a"), (2, "a et b"), (3, "a, b et c")] {
        assert_eq!(wording::list(fr, &items(n)), expected);
    }
    assert_eq!(wording::country(fr, "us"), "États-Unis");
    assert_eq!(wording::country(fr, "ZZ"), "ZZ");
    assert_eq!(wording::country(fr, "-what"), "-what");
}
