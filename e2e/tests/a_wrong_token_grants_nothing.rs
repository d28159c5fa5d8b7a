//! Promise: a forged, damaged, foreign, doubled or expired token counts as no decision at all.

use std::fs;
use std::path::Path;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use e2e::{Answer, Asking, Browser, Demo, Scripts, form};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// A page with a frame, a script and hints of third parties.
const PAGE: &str = "/en/tide-mill";

/// What the gate makes of a cookie field: the page and the policy beside it.
fn judged(answer: &Answer) -> (String, Vec<String>) {
    assert_eq!(answer.status, 200, "{}", answer.text());
    let policies = answer.all("content-security-policy");
    (answer.text(), policies.into_iter().map(str::to_owned).collect())
}

/// A token that grants everything, as the gate hands it out.
fn grant(demo: &Demo) -> String {
    let answer = demo.choice(&form(&[("action", "accept_all"), ("return", "/")])).send();
    assert_eq!(answer.status, 303, "{}", answer.text());
    answer.token().expect("a token")
}

#[test]
fn of_a_thousand_damaged_tokens_none_is_taken() {
    let demo = Demo::start();
    let undecided = judged(&demo.page(PAGE, ""));
    assert!(undecided.0.contains("<octroi-banner"), "{}", undecided.0);
    let token = grant(&demo);
    let other = grant(&demo);
    let granted = judged(&demo.page(PAGE, &format!("octroi={token}")));
    assert!(!granted.0.contains("<octroi-banner"), "the token itself grants nothing");
    assert!(granted.0.contains("src=\"http://video.localhost"), "{}", granted.0);

    let wrong = damaged(&token, &other);
    assert!(wrong.len() > 1_000, "only {} tokens", wrong.len());
    for cookies in &wrong {
        let seen = judged(&demo.page(PAGE, cookies));
        assert!(seen == undecided, "taken for a decision: {cookies}\nwhole: {token}");
    }
    let again = judged(&demo.page(PAGE, &format!("octroi={token}")));
    assert!(again == granted, "the whole token is not taken any more");
}

/// Cookie fields that hold no whole token: each bit flipped, each cut, splices, doubles, others.
fn damaged(token: &str, other: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    for (place, byte) in token.bytes().enumerate() {
        for bit in 0..8 {
            let flipped = byte ^ (1 << bit);
            // What cannot stand in a header cannot be sent; a semicolon ends the value.
            if flipped.is_ascii_graphic() && flipped != b';' {
                let mut bytes = token.as_bytes().to_vec();
                bytes[place] = flipped;
                wrong.push(String::from_utf8(bytes).expect("ASCII"));
            }
        }
    }
    wrong.extend((0..token.len()).map(|end| token[..end].to_owned()));
    wrong.extend((1..token.len()).step_by(7).map(|start| token[start..].to_owned()));
    let ends = |token: &str| token.rsplit_once('.').map(|(a, b)| (a.to_owned(), b.to_owned()));
    let ((ours, mac), (theirs, their_mac)) = (ends(token).unwrap(), ends(other).unwrap());
    wrong.extend([format!("{ours}.{their_mac}"), format!("{theirs}.{mac}")]);
    wrong.extend([format!("{token}="), format!("{token}A"), format!("v1.1.{token}")]);
    wrong.extend([format!("{token}{token}"), format!("\"{token}\""), format!("{token}%3D")]);
    wrong.extend(["1", "true", "v1...", "null", "{}"].map(str::to_owned));
    wrong.push("A".repeat(3_900));
    let mut fields: Vec<_> = wrong.iter().map(|value| format!("octroi={value}")).collect();
    fields.extend([
        format!("octroi={token}; octroi={token}"),
        format!("octroi={token}; octroi={other}"),
        format!("octroi={token}; a=b; octroi="),
        format!("octroi=; octroi={token}"),
        format!("Octroi={token}"),
        format!("octroi2={token}"),
        format!("__Host-octroi={token}"),
        format!("octroi%3D{token}"),
    ]);
    fields
}

#[test]
fn another_sites_token_is_not_taken() {
    let demo = Demo::start();
    let token = grant(&demo);
    let host = format!("autre.localhost:{}", demo.port());
    let ask = |cookies: &str| {
        Asking::get(demo.port(), &host, PAGE).with("cookie", cookies).with("accept", "text/html")
    };
    let undecided = judged(&ask("a=b").send());
    assert!(undecided.0.contains("<octroi-banner"));
    assert!(judged(&ask(&format!("octroi={token}")).send()) == undecided);
}

#[test]
fn an_expired_token_is_not_taken() {
    let demo = Demo::start();
    let undecided = judged(&demo.page(PAGE, ""));
    let token = grant(&demo);
    let (_, payload) = parts(&token);
    let made: u64 = payload["t"].as_u64().expect("a time");

    // Made again from the documented format, the token is the gate's own, byte for byte.
    assert_eq!(sealed(&demo, &token, made), token);
    let minute = 60;
    let life = 182 * 86_400;
    for (at, taken) in [
        (made - minute, true),
        (made - life + 10 * minute, true),
        (made - life - minute, false),
        (made - 10 * life, false),
        (0, false),
        (made + 86_400, false),
    ] {
        let seen = judged(&demo.page(PAGE, &format!("octroi={}", sealed(&demo, &token, at))));
        assert_eq!(seen != undecided, taken, "a token made at {at}, now {made}");
    }
}

/// Key number and payload of a token.
fn parts(token: &str) -> (String, serde_json::Value) {
    let parts: Vec<_> = token.split('.').collect();
    let json = BASE64_URL_SAFE_NO_PAD.decode(parts[2]).expect("base64url");
    (parts[1].to_owned(), serde_json::from_slice(&json).expect("JSON"))
}

/// The same decision made at another time, sealed with the gate's own key, which no attacker has.
fn sealed(demo: &Demo, token: &str, at: u64) -> String {
    let key = key(demo.data());
    let json = BASE64_URL_SAFE_NO_PAD.decode(token.split('.').nth(2).unwrap()).unwrap();
    let made = parts(token).1["t"].as_u64().unwrap();
    let json = String::from_utf8(json).unwrap().replace(&format!(":{made}"), &format!(":{at}"));
    let payload = BASE64_URL_SAFE_NO_PAD.encode(json);
    let (id, _) = parts(token);
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
    mac.update(format!("octroi/token/v1\njournal.localhost\n{id}\n{payload}").as_bytes());
    let mac = BASE64_URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes());
    format!("v1.{id}.{payload}.{mac}")
}

fn key(data: &Path) -> Vec<u8> {
    let text = fs::read_to_string(data.join("data/token.keys")).expect("the gate's keys");
    let line = text.lines().find(|line| !line.starts_with('#')).expect("a key");
    let hex = line.split_whitespace().nth(1).expect("its bytes");
    (0..hex.len()).step_by(2).map(|i| u8::from_str_radix(&hex[i..i + 2], 16).unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_with_a_forged_token_is_asked_as_ever() {
    let (demo, browser) = (Demo::start(), Browser::launch().await);
    let token = grant(&demo);
    for scripts in [Scripts::On, Scripts::Off] {
        let visitor = browser.visitor(scripts).await;
        let forged = format!("{}A", &token[..token.len() - 1]);
        visitor.plant(&demo.gate(), "octroi", &forged).await;
        visitor.read(&format!("{}{PAGE}", demo.gate())).await;
        assert!(visitor.is_asked().await, "a forged token was believed");
        demo.assert_silence("with a forged token");

        // And she can still choose.
        visitor.press_in("octroi-banner", "refuse_all").await;
        assert!(!visitor.is_asked().await);
    }
}
