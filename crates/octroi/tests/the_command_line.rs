//! The program as an operator meets it: what it prints, how it exits, what its log keeps quiet.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

mod support;

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Output, Stdio};

use support::{Origin, PLAIN};

fn octroi(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_octroi"));
    command.args(arguments).env_remove("OCTROI_LOG");
    command
}

fn run(arguments: &[&str]) -> Output {
    octroi(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn check_sums_a_good_file_up_and_explains_a_wrong_one() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("octroi.toml");
    fs::write(&file, "upstream = \"http://127.0.0.1:9000\"\nservices = [\"youtube\"]\n").unwrap();
    let good = run(&["check", "--config", file.to_str().unwrap()]);
    assert_eq!(good.status.code(), Some(0));
    let told = text(&good.stdout);
    assert!(told.contains("services  1\n") && told.contains("purposes  5\n"), "{told}");
    fs::write(&file, "upstrem = \"http://127.0.0.1:9000\"\n").unwrap();
    let wrong = run(&["check", "--config", file.to_str().unwrap()]);
    assert_eq!(wrong.status.code(), Some(2));
    let told = text(&wrong.stderr);
    assert!(told.starts_with(&format!("error: {}:1:1: upstrem: unknown key\n", file.display())));
    assert!(told.ends_with("\nhint: did you mean `upstream`?\n"), "{told}");
}

#[test]
fn services_lists_the_catalogue() {
    let all = text(&run(&["services"]).stdout);
    let some = text(&run(&["services", "YouTube"]).stdout);
    assert!(all.lines().count() > 100 && some.lines().count() < 10, "{some}");
    assert!(some.lines().any(|line| line.starts_with("youtube ")), "{some}");
    assert_eq!(run(&["services", "no-such-thing"]).status.code(), Some(1));
}

#[test]
fn a_gate_without_an_upstream_does_not_start() {
    let dir = tempfile::tempdir().unwrap();
    let output = octroi(&["serve"]).current_dir(dir.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let told = text(&output.stderr);
    assert!(told.starts_with("error: no upstream") && told.contains("\nhint: "), "{told}");
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0, "nothing was made");
}

/// A gate that ends with the test, whatever happens to it.
struct Serving(Child);

impl Drop for Serving {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_is_quiet_about_visitors_and_the_stop_is_clean() {
    let origin = Origin::answering(PLAIN).await;
    let dir = tempfile::tempdir().unwrap();
    let (upstream, data) = (format!("http://{}", origin.address), dir.path().join("data"));
    let arguments = [
        "serve",
        "--upstream",
        &upstream,
        "--listen",
        "127.0.0.1:0",
        "--data",
        data.to_str().unwrap(),
    ];
    let mut command = octroi(&arguments);
    command.args(["--log", "json"]).env("OCTROI_LOG", "trace").stderr(Stdio::piped());
    let mut gate = Serving(command.spawn().unwrap());
    let mut log = BufReader::new(gate.0.stderr.take().unwrap());
    let mut first = String::new();
    while !first.contains("the gate stands") {
        first.clear();
        assert!(log.read_line(&mut first).unwrap() > 0, "the gate ended");
    }
    let event: serde_json::Value = serde_json::from_str(&first).unwrap();
    let listen = event["listen"].as_str().unwrap();

    let mut visitor = TcpStream::connect(listen).unwrap();
    let visitor_port = visitor.local_addr().unwrap().port().to_string();
    visitor
        .write_all(
            b"GET /path-canary?query-canary HTTP/1.1\r\nHost: site.example\r\nConnection: close\r\n\
              Cookie: octroi=cookie-canary\r\nX-Forwarded-For: 192.0.2.99\r\n\r\n",
        )
        .unwrap();
    let mut answer = String::new();
    visitor.read_to_string(&mut answer).unwrap();
    assert!(answer.ends_with("ok"), "{answer}");

    let second = run(&arguments);
    assert_eq!(second.status.code(), Some(1));
    let told = text(&second.stderr);
    assert!(told.contains("one ledger has one writer") && told.contains("hint: stop"), "{told}");

    let stop = Command::new("kill").arg(gate.0.id().to_string()).status().unwrap();
    assert!(stop.success());
    assert_eq!(gate.0.wait().unwrap().code(), Some(0));
    let mut rest = String::new();
    log.read_to_string(&mut rest).unwrap();
    assert!(rest.contains("stopping"), "{rest}");
    for canary in ["canary", "192.0.2.99", "site.example", &format!("127.0.0.1:{visitor_port}")] {
        assert!(!rest.contains(canary), "{canary} in {rest}");
    }
}
