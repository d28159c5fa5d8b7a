//! The task runner: the chores that `cargo xtask NAME` does for developers.

mod labels;
mod test;
mod tidy;

use std::env;
use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask TASK

tasks:
  labels [PACKAGE]   write crates/core/labels from the npm package third-party-web
                     (PACKAGE: its unpacked directory; fetched with npm when absent)
  test               every check: format, lints, tidy, tests and journeys in a browser
  tidy               the tree's own rules";

/// What a task answers: nothing, or the reason why it stopped.
type Outcome = Result<(), String>;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match run(&words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            say(&reason);
            ExitCode::FAILURE
        }
    }
}

fn run(words: &[&str]) -> Outcome {
    match words {
        ["labels"] => labels::write_table(None),
        ["labels", package] => labels::write_table(Some(package.as_ref())),
        ["test"] => test::run(),
        ["tidy"] => tidy::check(),
        _ => Err(USAGE.to_owned()),
    }
}

/// Speaks to the developer on standard error.
#[expect(clippy::print_stderr, reason = "a command-line tool speaks on standard error")]
fn say(sentence: &str) {
    eprintln!("{sentence}");
}
