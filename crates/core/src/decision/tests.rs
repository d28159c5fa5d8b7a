//! Decisions: what a click makes of a standing, and what later policies make of a decision.

use super::*;
use crate::policy::{PolicyFile, ServiceFile};

const NOW: u64 = 1_800_000_000;

fn policy(text: &str) -> Policy {
    let file: PolicyFile = toml::from_str(text).unwrap();
    Policy::from_file(file).unwrap()
}

fn service(id: &str, purposes: &str) -> String {
    format!(
        "[[service]]\nid = \"{id}\"\nname = \"{id}\"\nprovider = \"P\"\ncountry = \"FR\"\n\
         kind = \"video\"\npurposes = [{purposes}]\npolicy = \"https://p.example\"\n\
         hosts = [{{ at = \"{id}.example\", loads = [\"frame\"] }}]\n"
    )
}

fn small() -> Policy {
    policy(&format!(
        "services = []\n{}{}{}",
        service("film", "\"embedded-content\""),
        service("count", "\"measurement\""),
        service("both", "\"embedded-content\", \"advertising\""),
    ))
}

fn moment(now: u64, subject: &str) -> Moment {
    Moment { now, subject: subject.to_owned() }
}

fn press(policy: &Policy, standing: &Standing, form: &str) -> Standing {
    let click = Click::parse(form.as_bytes(), policy).unwrap();
    let history = History::of(policy);
    let decision = click.decide(policy, &history, standing, moment(NOW, "subject"));
    Standing::Decided(decision.unwrap())
}

fn allowed(policy: &Policy, standing: &Standing) -> Vec<String> {
    let allowed = standing.allowed(policy, &History::of(policy));
    let services = policy.services().iter().enumerate();
    services.filter(|(at, _)| allowed.service(*at)).map(|(_, s)| s.id.clone()).collect()
}

#[test]
fn each_action_allows_what_it_says() {
    let policy = small();
    let check = |form: &str, expected: &[&str], asks: bool| {
        let standing = press(&policy, &Standing::Undecided, form);
        assert_eq!(allowed(&policy, &standing), expected, "{form}");
        assert_eq!(standing.is_to_be_asked(&policy), asks, "{form}");
    };
    check("action=accept_service&service=film", &["film"], true);
    check("action=accept_service&service=both", &["both"], true);
    check("action=accept_all", &["both", "count", "film"], false);
    check("action=refuse_all", &[], false);
    check("action=withdraw", &[], false);
    check("action=save&purpose.embedded-content=grant", &["film"], false);
    check(
        "action=save&purpose.embedded-content=grant&purpose.advertising=grant",
        &["both", "film"],
        false,
    );
    check("action=save&purpose.embedded-content=grant&service.film=refuse", &[], false);
    check("action=save&service.count=grant", &["count"], true);
}

#[test]
fn a_single_grant_leaves_the_rest_as_it_was() {
    let policy = small();
    let refused = press(&policy, &Standing::Undecided, "action=refuse_all");
    let one = press(&policy, &refused, "action=accept_service&service=film");
    assert_eq!(allowed(&policy, &one), ["film"]);
    let two = press(&policy, &one, "action=accept_service&service=count");
    assert_eq!(allowed(&policy, &two), ["count", "film"]);
    let none = press(&policy, &two, "action=withdraw");
    assert!(allowed(&policy, &none).is_empty());
    assert_eq!(none.decision().unwrap().subject, None);
}

#[test]
fn equal_refusals_are_equal_and_name_nobody() {
    let policy = small();
    let click = Click::parse(b"action=refuse_all&surface=banner", &policy).unwrap();
    let history = History::of(&policy);
    let at = |now: u64, subject: &str| {
        click.decide(&policy, &history, &Standing::Undecided, moment(now, subject)).unwrap()
    };
    assert_eq!(at(NOW, "a"), at(NOW + 3_000, "b"));
    assert_eq!(at(NOW, "a").subject, None);
}

#[test]
fn what_is_new_stays_blocked_and_is_asked_for() {
    let before = small();
    let standing = press(&before, &Standing::Undecided, "action=accept_all");
    let after = policy(&format!(
        "services = []\n[[purpose]]\nid = \"research\"\ntitle = {{ en = \"Research\" }}\n{}{}{}",
        service("film", "\"embedded-content\""),
        service("count", "\"measurement\", \"research\""),
        service("later", "\"embedded-content\""),
    ));
    let mut history = History::of(&after);
    let stranger = standing.allowed(&after, &history);
    assert!(stranger.services.iter().all(|allowed| !allowed), "an unknown version grants nothing");
    history.remember(before.version(), before.outline());
    let allowed = standing.allowed(&after, &history);
    let names = after.services().iter().enumerate();
    let names: Vec<_> = names.filter(|(at, _)| allowed.service(*at)).collect();
    assert_eq!(names.iter().map(|(_, s)| s.id.as_str()).collect::<Vec<_>>(), ["film"]);
    assert!(standing.is_to_be_asked(&after));
    let click = Click::parse(b"action=accept_service&service=count", &after).unwrap();
    let next = click.decide(&after, &history, &standing, moment(NOW, "s")).unwrap();
    assert_eq!(
        next.services.get("later"),
        Some(&false),
        "new, and not decided by a click elsewhere"
    );
    assert_eq!(next.services.get("count"), Some(&true));
}

#[test]
fn never_means_never_for_unlisted_hosts() {
    let never = policy("unlisted = \"never\"\nservices = []\n");
    let all = press(&never, &Standing::Undecided, "action=accept_all");
    assert!(!all.allowed(&never, &History::of(&never)).unlisted);
    let form = b"action=accept_service&service=host:third.example";
    assert_eq!(Click::parse(form, &never), Err(ClickError::Service));
    let ask = small();
    let one = press(&ask, &Standing::Undecided, "action=accept_service&service=host:third.example");
    assert_eq!(one.allowed(&ask, &History::of(&ask)).hosts, ["third.example"]);
}

#[test]
fn forms_that_are_no_click_are_refused() {
    let policy = small();
    for (form, error) in [
        ("", ClickError::Action),
        ("action=accept", ClickError::Action),
        ("action=accept_all&action=refuse_all", ClickError::Action),
        ("action=accept_service", ClickError::Service),
        ("action=accept_service&service=unknown", ClickError::Service),
        ("action=accept_service&service=host:", ClickError::Service),
        ("action=accept_service&service=host:a b", ClickError::Service),
        ("action=accept_service&service=host:a.example;script-src *", ClickError::Service),
        ("action=accept_service&service=host:a.example:80", ClickError::Service),
        ("action=accept_all&return=//evil.example", ClickError::Return),
        ("action=accept_all&return=/a&return=/b", ClickError::Return),
        ("action=save&purpose.unknown=grant", ClickError::Choice),
        ("action=save&purpose.necessary=refuse", ClickError::Choice),
        ("action=save&purpose.measurement=yes", ClickError::Choice),
        ("action=save&service.unknown=grant", ClickError::Choice),
        ("action=save&host.a b=grant", ClickError::Choice),
    ] {
        assert_eq!(Click::parse(form.as_bytes(), &policy), Err(error), "{form}");
    }
    let long = vec![b'a'; limits::FORM_BYTES_MAX + 1];
    assert_eq!(Click::parse(&long, &policy), Err(ClickError::TooLarge));
    let many = "a=b&".repeat(limits::FORM_FIELDS_MAX + 1);
    assert_eq!(Click::parse(many.as_bytes(), &policy), Err(ClickError::TooLarge));
}

#[test]
fn the_way_back_stays_on_the_origin() {
    for hostile in [
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example",
        "evil",
        "",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/\n/evil",
        "/a\r\nSet-Cookie: x=1",
        "\u{0}/a",
        "/..//evil.example",
        "/.//evil.example",
        "/a/..//evil.example",
        " //evil",
        "/%0d/..//x",
        "https:/evil.example",
        "@evil.example",
        ".evil.example",
        "/\u{7f}",
    ] {
        assert_eq!(ReturnPath::parse(hostile), None, "{hostile:?}");
    }
    for (given, kept) in [
        ("/", "/"),
        ("/a/b?c=d#octroi-3", "/a/b?c=d#octroi-3"),
        ("/a/../b", "/b"),
        ("/caf\u{e9}", "/caf%C3%A9"),
        ("/a b", "/a%20b"),
        ("/?q=//x", "/?q=//x"),
        ("/@x:80", "/@x:80"),
    ] {
        assert_eq!(ReturnPath::parse(given).unwrap().as_str(), kept);
    }
}

#[test]
fn a_decision_ends_after_six_months() {
    let policy = small();
    let standing = press(&policy, &Standing::Undecided, "action=accept_all");
    let decision = standing.decision().unwrap();
    assert!(decision.holds_at(NOW) && decision.holds_at(NOW + 181 * 86_400));
    assert!(!decision.holds_at(NOW + 182 * 86_400) && !decision.holds_at(NOW - 3_600));
}

#[test]
fn exempt_services_need_no_decision() {
    let text = service("film", "\"embedded-content\"") + "exempt = \"the town's own server\"\n";
    let policy = policy(&format!("services = []\n{text}"));
    assert_eq!(allowed(&policy, &Standing::Undecided), ["film"]);
    let refused = press(&policy, &Standing::Undecided, "action=refuse_all");
    assert_eq!(allowed(&policy, &refused), ["film"]);
}

#[test]
fn the_catalogue_reads_as_services_of_a_file() {
    let file: ServiceFile =
        toml::from_str(&service("x", "\"measurement\"").replace("[[service]]\n", "")).unwrap();
    assert_eq!(file.id.as_ref(), "x");
    assert!(Policy::built_in().unwrap().services().len() >= 120);
}
