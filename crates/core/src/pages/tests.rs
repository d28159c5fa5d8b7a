//! What the visitor reads and presses: structure, words, parity, size.

mod markup;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::decision::{Action, Click, Decision, Moment, Standing, Surface};
use crate::policy::{Allowed, History, PolicyFile};
use crate::visit::Authority;
use markup::{Parsed, parse};

const FILE: &str = include_str!("../../tests/pages/octroi.toml");

fn policy() -> Policy {
    policy_with("")
}

fn policy_with(more: &str) -> Policy {
    let file: PolicyFile = toml::from_str(&format!("{more}\n{FILE}")).unwrap();
    Policy::from_file(file).unwrap()
}

/// Runs a test in every language, on a page whose path is hard to write down.
fn in_every_language(policy: &Policy, test: impl Fn(&Surroundings<'_>)) {
    let site = Site::new(&Authority::parse("www.gazette.example").unwrap(), &[]);
    for language in Texts::built_in().unwrap().languages() {
        test(&Surroundings {
            policy,
            site: &site,
            language,
            prefix: "/_octroi",
            return_path: "/a?b=1&c=\"<i>#old",
        });
    }
}

fn place(policy: &Policy, id: &str) -> usize {
    policy.services().iter().position(|service| service.id == id).unwrap()
}

fn seen(policy: &Policy) -> Seen {
    Seen {
        services: BTreeSet::from([place(policy, "youtube"), place(policy, "matomo")]),
        hosts: BTreeSet::from(["seen.example.net".to_owned()]),
    }
}

fn decided(policy: &Policy) -> Standing {
    Standing::Decided(Decision {
        policy_version: policy.version().to_owned(),
        made_at: 1_795_392_000,
        surface: Surface::Preferences,
        purposes: BTreeMap::from([
            ("measurement".into(), true),
            ("personalisation".into(), false),
            ("advertising".into(), false),
            ("embedded-content".into(), false),
        ]),
        services: BTreeMap::from([("youtube".into(), true)]),
        hosts: BTreeSet::from(["granted.example.net".into()]),
        unlisted: false,
        subject: Some("0".repeat(32)),
    })
}

/// Everything that can be shown, in one language, by name.
fn everything(at: &Surroundings<'_>) -> Vec<(String, String)> {
    let nothing = Allowed::nothing(at.policy);
    let standing = decided(at.policy);
    let allowed = standing.allowed(at.policy, &History::of(at.policy));
    let seen = seen(at.policy);
    let undecided = Standing::Undecided;
    let youtube = Party::Service(place(at.policy, "youtube"));
    let unlisted = Party::Unlisted("granted.example.net");
    let mut all = vec![
        ("head".to_owned(), head(at)),
        ("banner".to_owned(), banner(at)),
        ("control".to_owned(), control(at)),
        ("service".to_owned(), service_page(at, youtube, &nothing)),
        ("service allowed".to_owned(), service_page(at, youtube, &allowed)),
        ("host".to_owned(), service_page(at, unlisted, &nothing)),
        ("host allowed".to_owned(), service_page(at, unlisted, &allowed)),
        ("preferences".to_owned(), preferences_page(at, &undecided, &nothing, &seen, None)),
        ("policy".to_owned(), policy_page(at, &undecided, &nothing, &seen)),
        ("policy decided".to_owned(), policy_page(at, &standing, &allowed, &seen)),
    ];
    for message in Message::ALL {
        all.push((format!("message {}", message.as_str()), message_page(at, message)));
        let page = preferences_page(at, &standing, &allowed, &seen, Some(message));
        all.push((format!("preferences decided {}", message.as_str()), page));
    }
    let shapes = [
        Shape::Over,
        Shape::Instead { width: Some(480), height: Some(270) },
        Shape::Instead { width: None, height: None },
        Shape::Below,
    ];
    for shape in shapes {
        for party in [youtube, unlisted] {
            let html = notice(at, &Notice { number: 7, party, shape });
            all.push((format!("notice {shape:?} {party:?}"), html));
        }
    }
    all
}

#[test]
fn nothing_runs_and_nothing_is_styled_in_line() {
    let policy = policy();
    in_every_language(&policy, |at| {
        for (name, html) in everything(at) {
            let page = parse(&html);
            for (tag, attributes) in &page.elements {
                assert!(tag != "script" && tag != "style", "{name}: <{tag}>");
                for (attribute, value) in attributes {
                    assert!(!attribute.starts_with("on"), "{name}: {attribute}");
                    let sized = tag == "octroi-notice" && name.contains("Instead");
                    assert!(attribute != "style" || sized, "{name}: style on {tag}");
                    let named = ["class", "id", "for", "aria-labelledby"];
                    if named.contains(&attribute.as_str()) {
                        // Cosmetic filters hide such elements.
                        let hidden = value.contains("cookie") || value.contains("consent");
                        assert!(!hidden, "{name}: {value}");
                    }
                }
            }
        }
    });
}

#[test]
fn every_page_is_well_formed_and_says_its_language() {
    let policy = policy();
    in_every_language(&policy, |at| {
        for (name, html) in everything(at) {
            let page = parse(&html);
            assert_eq!(page.open, Vec::<String>::new(), "{name}: left open");
            let ids: Vec<&str> = page.values("id").collect();
            let distinct: BTreeSet<&str> = ids.iter().copied().collect();
            assert_eq!(ids.len(), distinct.len(), "{name}: {ids:?}");
            for reference in page.values("aria-labelledby").chain(page.values("aria-describedby")) {
                assert!(distinct.contains(reference), "{name}: no element {reference}");
            }
            if name != "head" {
                assert_eq!(page.values("lang").next(), Some(at.language.tag()), "{name}");
            }
            if html.starts_with("<!doctype") {
                assert_eq!(page.count("h1"), 1, "{name}");
                assert!(page.is_stepwise(), "{name}: a heading's level is left out");
            }
        }
    });
}

#[test]
fn accepting_refusing_and_managing_look_the_same() {
    let policy = policy();
    in_every_language(&policy, |at| {
        let page = parse(&banner(at));
        let buttons: Vec<_> = page.with_class("b").collect();
        let values: Vec<_> = buttons.iter().filter_map(|b| b.get("value")).collect();
        assert_eq!(buttons.len(), 3);
        assert_eq!(values, ["accept_all", "refuse_all"]);
        for button in buttons {
            let looks: Vec<_> = button
                .keys()
                .filter(|name| !["name", "value", "href", "class"].contains(&name.as_str()))
                .collect();
            assert_eq!(looks, Vec::<&String>::new());
            assert_eq!(button.get("class").map(String::as_str), Some("b"));
        }
        // The purposes are named before the buttons (law R-8).
        let html = banner(at);
        let purpose = at.text("purpose-advertising-short");
        assert!(html.find(&*purpose).unwrap() < html.find("accept_all").unwrap());
        assert!(html.contains("/_octroi/policy?"));
    });
}

#[test]
fn nothing_is_chosen_beforehand_and_enter_saves() {
    let policy = policy();
    in_every_language(&policy, |at| {
        let nothing = Allowed::nothing(at.policy);
        let html = preferences_page(at, &Standing::Undecided, &nothing, &seen(at.policy), None);
        let page = parse(&html);
        assert_eq!(page.values("checked").count(), 0);
        for (_, option) in page.elements.iter().filter(|(_, a)| a.contains_key("selected")) {
            assert_ne!(option.get("value").map(String::as_str), Some("grant"));
        }
        // A form's first button is the one that Enter presses.
        let (_, choices) = html.split_once("type=\"radio\"").unwrap();
        let (_, first) = choices.split_once("name=\"action\" value=\"").unwrap();
        assert!(first.starts_with("save\""), "{first}");
    });
}

fn sent(page: &Parsed, form: usize, action: &str) -> Vec<u8> {
    let mut pairs = url::form_urlencoded::Serializer::new(String::new());
    pairs.extend_pairs(&page.forms[form]);
    pairs.append_pair("action", action);
    pairs.finish().into_bytes()
}

#[test]
fn saving_what_is_shown_changes_nothing() {
    let policy = policy();
    in_every_language(&policy, |at| {
        let standing = decided(at.policy);
        let history = History::of(at.policy);
        let allowed = standing.allowed(at.policy, &history);
        let page = parse(&preferences_page(at, &standing, &allowed, &seen(at.policy), None));
        let click = Click::parse(&sent(&page, 1, "save"), at.policy).unwrap();
        assert_eq!(click.surface, Surface::Preferences);
        let now = standing.decision().unwrap().made_at;
        let again = click
            .decide(at.policy, &history, &standing, Moment { now, subject: "1".repeat(32) })
            .unwrap();
        assert_eq!(Some(&again), standing.decision());
    });
}

#[test]
fn a_notice_accepts_its_party_alone_and_comes_back_to_it() {
    let policy = policy();
    in_every_language(&policy, |at| {
        let youtube = Party::Service(place(at.policy, "youtube"));
        for (party, action) in [
            (youtube, Action::AcceptService("youtube".into())),
            (Party::Unlisted("w.example.net"), Action::AcceptHost("w.example.net".into())),
        ] {
            let html = notice(at, &Notice { number: 7, party, shape: Shape::Over });
            let page = parse(&html);
            let click = Click::parse(&sent(&page, 0, "accept_service"), at.policy).unwrap();
            assert_eq!(click.action, action);
            assert_eq!(click.surface, Surface::Notice);
            assert_eq!(click.language, at.language.tag());
            assert!(click.return_path.as_str().ends_with("#octroi-7"), "{html}");
            let all = Click::parse(&sent(&page, 0, "accept_all"), at.policy).unwrap();
            assert_eq!(all.action, Action::AcceptAll);
            for needed in ["/_octroi/services/", "/_octroi/policy?", "/_octroi/preferences?"] {
                assert!(html.contains(needed), "{needed}");
            }
            assert!(html.contains(&*at.text("purpose-advertising-short")));
            assert!(html.contains("La Gazette du Gué"));
        }
    });
}

#[test]
fn what_is_never_let_in_offers_no_button_for_it() {
    let policy = policy_with("unlisted = \"never\"");
    in_every_language(&policy, |at| {
        let party = Party::Unlisted("w.example.net");
        let html = notice(at, &Notice { number: 1, party, shape: Shape::Below });
        assert!(!html.contains("accept_service"), "{html}");
        let page = service_page(at, party, &Allowed::nothing(at.policy));
        assert!(!page.contains("accept_service"), "{page}");
    });
}

#[test]
fn one_click_withdraws_and_one_stops_a_service() {
    let policy = policy();
    in_every_language(&policy, |at| {
        let standing = decided(at.policy);
        let allowed = standing.allowed(at.policy, &History::of(at.policy));
        let seen = seen(at.policy);
        let centre = parse(&preferences_page(at, &standing, &allowed, &seen, None));
        assert!(centre.values("value").any(|value| value == "withdraw"));
        let statement = policy_page(at, &standing, &allowed, &seen);
        let click = Click::parse(&sent(&parse(&statement), 0, "withdraw"), at.policy).unwrap();
        assert_eq!((click.action, click.surface), (Action::Withdraw, Surface::Policy));
        assert!(statement.contains(at.policy.version()));
        let youtube = Party::Service(place(at.policy, "youtube"));
        let page = parse(&service_page(at, youtube, &allowed));
        let click = Click::parse(&sent(&page, 0, "save"), at.policy).unwrap();
        let history = History::of(at.policy);
        let after = click
            .decide(at.policy, &history, &standing, Moment { now: 0, subject: String::new() })
            .unwrap();
        assert_eq!(after.services.get("youtube"), None);
        assert_eq!(after.purposes.get("measurement"), Some(&true));
    });
}

#[test]
fn hostile_names_stay_text() {
    let hostile = r#"\"'><script>alert(1)</script></template><i x=\""#;
    let file = FILE
        .replace("name = \"YouTube\"", &format!("name = \"{hostile}\""))
        .replace("La Gazette du Gué", hostile)
        .replace("Vimeo.com, Inc.", hostile);
    let file: PolicyFile = toml::from_str(&file).unwrap();
    let (tame, wild) = (policy(), Policy::from_file(file).unwrap());
    let outline = |html: &str| -> Vec<String> {
        parse(html).elements.into_iter().map(|(tag, _)| tag).collect()
    };
    let mut expected = Vec::new();
    let expecting = std::cell::RefCell::new(&mut expected);
    in_every_language(&tame, |at| {
        let all = everything(at).into_iter().map(|(name, html)| (name, outline(&html)));
        expecting.borrow_mut().extend(all);
    });
    let mut found = Vec::new();
    let finding = std::cell::RefCell::new(&mut found);
    in_every_language(&wild, |at| {
        let at = Surroundings { return_path: "/\"><script>'</template>#", ..*at };
        let all = everything(&at).into_iter().map(|(name, html)| (name, outline(&html)));
        finding.borrow_mut().extend(all);
    });
    assert_eq!(found, expected);
    in_every_language(&tame, |at| {
        let party = |host| Notice { number: 1, party: Party::Unlisted(host), shape: Shape::Over };
        let (tame, wild) = (notice(at, &party("a.example")), notice(at, &party("\"><b>'&")));
        assert_eq!(outline(&tame), outline(&wild));
    });
}

#[test]
fn all_that_a_page_gains_fits_in_nine_kilobytes() {
    use std::io::Write as _;
    let gzipped = |text: &str| {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6));
        gzip.write_all(text.as_bytes()).unwrap();
        gzip.finish().unwrap().len()
    };
    let policy = policy();
    in_every_language(&policy, |at| {
        let party = Party::Service(place(at.policy, "youtube"));
        let notice = notice(at, &Notice { number: 1, party, shape: Shape::Over });
        let markup = [&head(at), &banner(at), keeper(), &control(at), &notice].concat();
        let sheet = asset(assets::inserted_sheet()).unwrap().body;
        let (sheet, markup) = (gzipped(sheet), gzipped(&markup));
        assert!(sheet + markup <= 6_000, "stylesheet {sheet}, markup {markup}");
    });
}

#[test]
fn assets_are_found_by_their_whole_name() {
    for name in [assets::inserted_sheet(), assets::pages_sheet()] {
        let asset = asset(name).unwrap();
        assert!(asset.content_type.starts_with("text/css"));
        assert!(!asset.body.contains("/*") && !asset.body.contains("url("), "{name}");
    }
    assert_eq!(asset("octroi.css"), None);
    assert_eq!(asset("../octroi.css"), None);
    let rule = format!("#octroi-{}{{", crate::limits::ANCHOR_RULES_MAX);
    assert!(asset(assets::inserted_sheet()).unwrap().body.contains(&rule));
}
