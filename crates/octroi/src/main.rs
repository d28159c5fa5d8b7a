//! The program `octroi`: reads the command line, sets up the operational log, runs the command.

use std::io::{self, IsTerminal};
use std::process::ExitCode;

use clap::Parser;
use octroi::cli::{self, Cli, Command, LogForm};
use tracing_subscriber::filter::{EnvFilter, FilterExt, LevelFilter, filter_fn};
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

fn main() -> ExitCode {
    let cli = Cli::parse();
    // The demonstration has the terminal to itself: only what goes wrong is said beside it.
    let usual = match cli.command {
        Command::Demo(_) => LevelFilter::WARN,
        _ => LevelFilter::INFO,
    };
    start_log(cli.log, usual);
    cli::run(cli)
}

/// `OCTROI_LOG` chooses what is logged, of octroi's own events only: those of the HTTP libraries
/// would quote visitors' addresses and headers.
fn start_log(form: LogForm, usual: LevelFilter) {
    let chosen = EnvFilter::builder()
        .with_env_var("OCTROI_LOG")
        .with_default_directive(usual.into())
        .from_env_lossy();
    let own = filter_fn(|event| event.target().starts_with("octroi"));
    let lines = tracing_subscriber::fmt::layer().with_writer(io::stderr);
    let lines = match form {
        LogForm::Human => lines.with_target(false).with_ansi(io::stderr().is_terminal()).boxed(),
        LogForm::Json => lines.json().flatten_event(true).boxed(),
    };
    tracing_subscriber::registry().with(lines.with_filter(chosen.and(own))).init();
}
