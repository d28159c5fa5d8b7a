//! Policies: files that are right, files that are wrong, and which service an address belongs to.

use super::*;
use crate::site::Site;
use crate::visit::Authority;

fn read(text: &str) -> Result<Policy, PolicyError> {
    Policy::from_file(toml::from_str(text).unwrap())
}

const SERVICE: &str = "[[service]]\nid = \"town-maps\"\nname = \"Town maps\"\nprovider = \"The town\"\n\
    country = \"FR\"\nkind = \"map\"\npurposes = [\"embedded-content\"]\npolicy = \"https://town.example\"\n\
    hosts = [{ at = \"maps.town.example/tiles\", loads = [\"image\"] }]\n";

#[test]
fn wrong_files_name_key_and_remedy() {
    for (text, key) in [
        ("unlisted = \"maybe\"".to_owned(), "unlisted"),
        ("services = [\"youtub\"]".to_owned(), "services"),
        ("[[purpose]]\nid = \"Not An Id\"".to_owned(), "purpose.id"),
        ("[[purpose]]\nid = \"new\"".to_owned(), "purpose.title"),
        (SERVICE.replace("town-maps", "Town Maps"), "service.id"),
        (SERVICE.replace("\"map\"", "\"atlas\""), "service.kind"),
        (SERVICE.replace("embedded-content", "embeded"), "service.purposes"),
        (SERVICE.replace("[\"embedded-content\"]", "[]"), "service.purposes"),
        (SERVICE.replace("https://town.example", "town.example"), "service.policy"),
        (
            SERVICE.replace("maps.town.example/tiles", "https://maps.town.example"),
            "service.hosts.at",
        ),
        (SERVICE.replace("maps.town.example/tiles", "a.example; script-src *"), "service.hosts.at"),
        (SERVICE.replace("\"image\"", "\"picture\""), "service.hosts.loads"),
        (format!("{SERVICE}inline = [\"short\"]"), "service.inline"),
    ] {
        let error = read(&text).unwrap_err();
        assert_eq!(error.key, key, "{text}");
        assert!(!error.remedy.is_empty() && error.at.is_some(), "{error:?}");
    }
}

#[test]
fn the_operators_words_go_over_the_catalogues() {
    let policy = read(&format!("services = [\"youtube\"]\n{SERVICE}")).unwrap();
    let ids: Vec<_> = policy.services().iter().map(|s| s.id.as_str()).collect();
    assert_eq!(ids, ["town-maps", "youtube"]);
    let own = read(&SERVICE.replace("town-maps", "youtube")).unwrap();
    assert_eq!(own.service("youtube").unwrap().name, "Town maps");
    assert!(own.services().len() > 120);
}

#[test]
fn the_version_changes_with_what_is_decided_on() {
    let version = |text: &str| read(text).unwrap().version().to_owned();
    assert_eq!(version(""), version(""));
    assert_ne!(version(""), version("unlisted = \"never\""));
    assert_ne!(version(SERVICE), version(&SERVICE.replace("embedded-content", "measurement")));
    assert_ne!(
        version(SERVICE),
        version(&SERVICE.replace("[\"image\"]", "[\"image\", \"frame\"]"))
    );
}

#[test]
fn addresses_find_their_service() {
    let policy = Policy::built_in().unwrap();
    let check = |host: &str, path: &str, expected: Option<&str>| {
        let place = policy.index().find(Address { host, path });
        let found = place.and_then(|at| policy.services().get(at)).map(|s| s.id.as_str());
        assert_eq!(found, expected, "{host}{path}");
    };
    check("www.youtube.com", "/embed/x", Some("youtube"));
    check("www.youtube-nocookie.com", "/embed/x", Some("youtube"));
    check("notyoutube.com", "/", None);
    check("youtube.com.evil.example", "/", None);
    check("www.google.com", "/maps/embed", Some("google-maps"));
    check("www.google.com", "/recaptcha/api.js", Some("recaptcha"));
    check("www.google.com", "/mapsy", None);
    check("third.example", "/", None);
    let town = read(SERVICE).unwrap();
    let find = |path| town.index().find(Address { host: "maps.town.example", path });
    assert!(find("/tiles/1/2.png").is_some() && find("/tiles").is_some());
    assert!(find("/tilesets").is_none() && find("/").is_none());
}

#[test]
fn first_party_is_the_registrable_domain_and_what_is_declared() {
    let site =
        |host: &str| Site::new(&Authority::parse(host).unwrap(), &["cdn.example".to_owned()]);
    for (page, host, own) in [
        ("www.example.co.uk", "img.example.co.uk", true),
        ("www.example.co.uk", "other.co.uk", false),
        ("journal.localhost:8080", "video.localhost", false),
        ("journal.localhost:8080", "journal.localhost", true),
        ("a.github.io", "b.github.io", false),
        ("127.0.0.1:8080", "127.0.0.1", true),
        ("127.0.0.1", "127.0.0.2", false),
        ("localhost", "localhost", true),
        ("www.example.fr", "x.cdn.example", true),
        ("www.example.fr", "notcdn.example", false),
    ] {
        assert_eq!(site(page).is_first_party(host), own, "{page} {host}");
    }
}

#[test]
fn labels_name_and_never_decide() {
    let known = label("static.criteo.net").unwrap();
    assert!(known.name.to_lowercase().contains("criteo"));
    assert_eq!(label("third.example"), None);
}
