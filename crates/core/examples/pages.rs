//! Writes samples of everything that the visitor sees into a folder, to be looked at in a browser.
//!
//! `cargo run -p octroi-core --example pages -- FOLDER`
#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "an example writes files and may stop at the first fault"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use octroi_core::decision::{Decision, Standing, Surface};
use octroi_core::pages::{self, Message, Notice, Seen, Shape, Surroundings, Texts};
use octroi_core::policy::{Allowed, Party, Policy, PolicyFile};
use octroi_core::site::Site;
use octroi_core::visit::Authority;

const FILE: &str = include_str!("../tests/pages/octroi.toml");
const ARTICLE: &str = include_str!("../tests/pages/article.html");

fn main() {
    let folder = PathBuf::from(std::env::args().nth(1).unwrap());
    let file: PolicyFile = toml::from_str(FILE).unwrap();
    let policy = Policy::from_file(file).unwrap();
    let site = Site::new(&Authority::parse("www.gazette-du-gue.example").unwrap(), &[]);
    let texts = Texts::built_in().unwrap();
    for language in texts.languages() {
        let at = Surroundings {
            policy: &policy,
            site: &site,
            language,
            prefix: ".",
            return_path: "/article?page=2",
        };
        write_all(&folder, &at);
    }
    println!("{}", folder.display());
}

fn write_all(folder: &Path, at: &Surroundings<'_>) {
    let seen = Seen {
        services: at
            .policy
            .services()
            .iter()
            .enumerate()
            .filter(|(_, s)| !s.id.starts_with("rest-"))
            .map(|(place, _)| place)
            .collect(),
        hosts: BTreeSet::from(["widgets.example.net".into(), "cdn.jsdelivr.net".into()]),
    };
    let nothing = Allowed::nothing(at.policy);
    let standing = decided(at.policy);
    let some = Allowed {
        services: at.policy.services().iter().map(|s| s.id == "youtube").collect(),
        ..nothing.clone()
    };
    let undecided = Standing::Undecided;
    let place = at.policy.services().iter().position(|s| s.id == "youtube").unwrap();
    let saved = Some(Message::Saved);
    let pages = [
        ("article", article(at, place)),
        ("preferences", pages::preferences_page(at, &undecided, &nothing, &seen, None)),
        ("preferences-decided", pages::preferences_page(at, &standing, &some, &seen, saved)),
        ("policy", pages::policy_page(at, &standing, &some, &seen)),
        ("service", pages::service_page(at, Party::Service(place), &nothing)),
        ("host", pages::service_page(at, Party::Unlisted("widgets.example.net"), &nothing)),
        ("message", pages::message_page(at, Message::Unreadable)),
    ];
    for (name, html) in pages {
        write(folder, &format!("{name}.{}.html", at.language.tag()), &html);
        for asset in html.split('"').filter_map(|part| part.strip_prefix("./assets/")) {
            let body = pages::asset(asset).unwrap().body;
            write(&folder.join("assets"), asset, body);
        }
    }
}

fn decided(policy: &Policy) -> Standing {
    Standing::Decided(Decision {
        policy_version: policy.version().to_owned(),
        made_at: 1_795_392_000,
        surface: Surface::Preferences,
        purposes: BTreeMap::from([
            ("measurement".into(), false),
            ("personalisation".into(), false),
            ("advertising".into(), false),
            ("embedded-content".into(), false),
        ]),
        services: BTreeMap::from([("youtube".into(), true)]),
        hosts: BTreeSet::new(),
        unlisted: false,
        subject: None,
    })
}

/// A page of a site with notices in the layouts that sites use.
fn article(at: &Surroundings<'_>, place: usize) -> String {
    let notice = |number, shape| {
        let party = match number {
            3 | 6 => Party::Unlisted("widgets.example.net"),
            _ => Party::Service(place),
        };
        pages::notice(at, &Notice { number, party, shape })
    };
    let mut html = ARTICLE.replace("{head}", &pages::head(at));
    html = html.replace("{banner}", &pages::banner(at)).replace("{control}", &pages::control(at));
    for number in 1..=9 {
        html = html.replace(&format!("{{over {number}}}"), &notice(number, Shape::Over));
    }
    let sized = Shape::Instead { width: Some(480), height: Some(270) };
    html.replace("{sized}", &notice(20, sized))
        .replace("{wide}", &notice(21, Shape::Instead { width: None, height: None }))
        .replace("{below}", &notice(22, Shape::Below))
}

fn write(folder: &Path, name: &str, text: &str) {
    std::fs::create_dir_all(folder).unwrap();
    std::fs::write(folder.join(name), text).unwrap();
}
