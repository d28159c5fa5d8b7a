//! Tokens: only what was recorded is sealed, and only what was sealed is believed.

use std::sync::Arc;

use octroi_ledger::Receipt;
use proptest::prelude::*;

use super::*;
use crate::decision::{Circumstances, Click, Moment, Standing, to_entry};
use crate::policy::{History, Policy};
use crate::site::Site;
use crate::visit::{Authority, Scheme, Visit};

const NOW: u64 = 1_800_000_000;

/// A visit over plain http, with these cookies as far as a header can carry them.
fn plain_visit(cookies: &str) -> Visit {
    let mut request = http::Request::get("/").header("host", "www.example.fr");
    if let Ok(value) = http::HeaderValue::from_bytes(cookies.as_bytes()) {
        request = request.header("cookie", value);
    }
    Visit::parse(&request.body(()).unwrap().into_parts().0, Scheme::Http).unwrap()
}

struct Gate {
    policy: Arc<Policy>,
    history: History,
    keys: KeyRing,
    site: Site,
}

fn gate() -> Gate {
    static BUILT_IN: std::sync::LazyLock<(Arc<Policy>, History)> = std::sync::LazyLock::new(|| {
        let policy = Policy::built_in().unwrap();
        let history = History::of(&policy);
        (Arc::new(policy), history)
    });
    let (policy, history) = BUILT_IN.clone();
    Gate {
        history,
        policy,
        keys: KeyRing::new(vec![(KeyId(1), [7; 32])]).unwrap(),
        site: site("www.example.fr"),
    }
}

fn site(host: &str) -> Site {
    Site::new(&Authority::parse(host).unwrap(), &[])
}

impl Gate {
    fn sealed(&self, form: &str) -> Token {
        self.try_seal(form, |hash| hash).unwrap()
    }

    fn try_seal(
        &self,
        form: &str,
        receipt_for: impl Fn(octroi_ledger::LeafHash) -> octroi_ledger::LeafHash,
    ) -> Result<Token, SealError> {
        let click = Click::parse(form.as_bytes(), &self.policy).unwrap();
        let moment = Moment { now: NOW, subject: "ab".repeat(16) };
        let decision =
            click.decide(&self.policy, &self.history, &Standing::Undecided, moment).unwrap();
        let circumstances = Circumstances { now: NOW, record_id: [1; 16], record_key: [2; 32] };
        let (entry, pending) =
            to_entry(&click, decision, &self.policy, &self.site, circumstances).unwrap();
        let receipt = Receipt::assertion_durable(5, receipt_for(entry.leaf_hash()));
        seal(pending, &receipt, &self.site, &self.keys)
    }

    fn opened(&self, cookies: &str) -> Standing {
        open(&plain_visit(cookies), &self.site, &self.keys, &self.history, NOW)
    }
}

#[test]
fn a_sealed_decision_opens_as_itself() {
    let gate = gate();
    for form in [
        "action=accept_all",
        "action=refuse_all",
        "action=accept_service&service=youtube",
        "action=accept_service&service=host:third.example",
        "action=save&purpose.measurement=grant&service.youtube=grant",
    ] {
        let token = gate.sealed(form);
        let standing = gate.opened(&format!("a=b; octroi={}; c=d", token.as_str()));
        assert_eq!(standing, Standing::Decided(token.decision().clone()), "{form}");
    }
}

#[test]
fn a_foreign_receipt_seals_nothing() {
    let gate = gate();
    let record = serde_json::json!({ "time": NOW, "record_id": "another" });
    let key = octroi_ledger::RecordKey::from_bytes([3; 32]);
    let other = octroi_ledger::Entry::seal(&record, key).unwrap();
    let sealed = gate.try_seal("action=accept_all", |_| other.leaf_hash());
    assert_eq!(sealed.err(), Some(SealError::ForeignReceipt));
}

#[test]
fn refusals_of_two_visitors_are_the_same_bytes() {
    let gate = gate();
    assert_eq!(
        gate.sealed("action=refuse_all").as_str(),
        gate.sealed("action=refuse_all").as_str()
    );
    assert!(gate.sealed("action=refuse_all").decision().subject.is_none());
}

#[test]
fn every_flipped_bit_and_every_cut_leaves_the_visitor_undecided() {
    let gate = gate();
    let token = gate.sealed("action=accept_all");
    let bytes = token.as_str().as_bytes();
    for at in 0..bytes.len() {
        for bit in 0..7 {
            let mut flipped = bytes.to_vec();
            flipped[at] ^= 1 << bit;
            let text = String::from_utf8(flipped).unwrap();
            assert_eq!(gate.opened(&format!("octroi={text}")), Standing::Undecided, "{at} {bit}");
        }
        let cut = token.as_str().get(..at).unwrap();
        assert_eq!(gate.opened(&format!("octroi={cut}")), Standing::Undecided);
    }
}

#[test]
fn a_token_holds_only_where_and_when_it_was_sealed() {
    let gate = gate();
    let token = gate.sealed("action=accept_all");
    let cookies = format!("octroi={}", token.as_str());
    let opened = |site: &Site, keys: &KeyRing, history: &History, now: u64| {
        open(&plain_visit(&cookies), site, keys, history, now) != Standing::Undecided
    };
    assert!(opened(&gate.site, &gate.keys, &gate.history, NOW));
    assert!(!opened(&site("example.fr"), &gate.keys, &gate.history, NOW), "another host");
    let keys = KeyRing::new(vec![(KeyId(1), [8; 32])]).unwrap();
    assert!(!opened(&gate.site, &keys, &gate.history, NOW), "another key of that id");
    let keys = KeyRing::new(vec![(KeyId(2), [8; 32]), (KeyId(1), [7; 32])]).unwrap();
    assert!(opened(&gate.site, &keys, &gate.history, NOW), "an older key of the ring");
    let keys = KeyRing::new(vec![(KeyId(2), [7; 32])]).unwrap();
    assert!(!opened(&gate.site, &keys, &gate.history, NOW), "that key under another id");
    assert!(!opened(&gate.site, &gate.keys, &History::default(), NOW), "an unknown policy");
    assert!(!opened(&gate.site, &gate.keys, &gate.history, NOW + 200 * 86_400), "expired");
    assert!(!opened(&gate.site, &gate.keys, &gate.history, NOW - 86_400), "from the future");
    let twice = format!("{cookies}; {cookies}");
    assert_eq!(gate.opened(&twice), Standing::Undecided, "two tokens");
    let cookies = format!("octroi={}; octroi=x", token.as_str());
    assert_eq!(gate.opened(&cookies), Standing::Undecided, "one good, one bad");
}

#[test]
fn parts_of_two_tokens_make_none() {
    let gate = gate();
    let (all, none) = (gate.sealed("action=accept_all"), gate.sealed("action=refuse_all"));
    let parts = |token: &Token| token.as_str().split('.').map(str::to_owned).collect::<Vec<_>>();
    let (all, none) = (parts(&all), parts(&none));
    for mask in 1..15_u8 {
        let mixed: Vec<&str> = (0..4)
            .map(|at| if mask & (1 << at) == 0 { all[at].as_str() } else { none[at].as_str() })
            .collect();
        let mixed = mixed.join(".");
        if mixed != all.join(".") && mixed != none.join(".") {
            assert_eq!(gate.opened(&format!("octroi={mixed}")), Standing::Undecided, "{mask}");
        }
    }
}

#[test]
fn the_cookie_is_bound_to_the_host_wherever_tls_allows() {
    let visit = |scheme| {
        let request = http::Request::get("/").header("host", "a.example").body(()).unwrap();
        Visit::parse(&request.into_parts().0, scheme).unwrap()
    };
    let token = gate().sealed("action=accept_all");
    let secure = set_cookie(&visit(Scheme::Https), &token);
    assert!(secure.starts_with("__Host-octroi=v1.") && secure.ends_with("; Secure"), "{secure}");
    let plain = set_cookie(&visit(Scheme::Http), &token);
    assert!(plain.starts_with("octroi=v1.") && !plain.contains("Secure"), "{plain}");
    for field in [secure, plain] {
        for attribute in ["; Path=/", "; HttpOnly", "; SameSite=Lax", "; Max-Age=15724800"] {
            assert!(field.contains(attribute), "{field}");
        }
        assert!(!field.contains("Domain"));
        assert!(field.len() < 4_096);
    }
}

#[test]
fn rings_are_neither_empty_nor_ambiguous() {
    assert_eq!(KeyRing::new(vec![]).err(), Some(KeyRingError::Empty));
    let double = vec![(KeyId(1), [1; 32]), (KeyId(1), [2; 32])];
    assert_eq!(KeyRing::new(double).err(), Some(KeyRingError::Double));
    let many = (0..=crate::limits::KEYS_MAX)
        .map(|id| (KeyId(u32::try_from(id).unwrap()), [0; 32]))
        .collect();
    assert_eq!(KeyRing::new(many).err(), Some(KeyRingError::TooMany));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_random_token_never_grants(text in "(v1\\.)?[0-9]{0,2}\\.?[A-Za-z0-9_.-]{0,200}") {
        prop_assert_eq!(gate().opened(&format!("octroi={text}")), Standing::Undecided);
    }

    #[test]
    fn random_cookies_are_read_without_harm(text in ".{0,300}") {
        prop_assert_eq!(gate().opened(&text), Standing::Undecided);
    }
}
