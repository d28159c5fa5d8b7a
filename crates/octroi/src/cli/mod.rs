//! The command line: what can be asked of octroi, and how a failure is told.

mod check;
mod demo;
mod serve;
mod services;

use std::fmt::Display;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::config::ConfigError;
use crate::serve::StartError;

pub use demo::start_gate;

/// A consent gate for web sites: a reverse proxy that loads, runs, contacts and stores nothing
/// that needs the visitor's consent before she has given it.
#[derive(Debug, Parser)]
#[command(name = "octroi", version, max_term_width = 100)]
pub struct Cli {
    /// How the program reports what it does, on standard error; OCTROI_LOG=debug says more.
    #[arg(long, value_enum, global = true, default_value_t = LogForm::Human)]
    pub log: LogForm,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The form of the operational log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogForm {
    /// One line of text an event.
    Human,
    /// One JSON object a line.
    Json,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Stand in front of a site.
    #[command(after_help = "Examples:
  octroi serve --upstream http://127.0.0.1:9000
  octroi serve --config /etc/octroi/octroi.toml --listen 0.0.0.0:8080

It stops on SIGTERM or Ctrl-C, when the requests in flight have ended.")]
    Serve(ServeArgs),
    /// Read a configuration file and say what is wrong with it.
    #[command(after_help = "Example:
  octroi check --config octroi.toml")]
    Check {
        /// The file.
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
    },
    /// List the services of the catalogue: id, kind, name, provider.
    #[command(after_help = "Examples:
  octroi services
  octroi services video")]
    Services {
        /// Show only those in whose id, kind, name or provider this occurs.
        word: Option<String>,
    },
    /// Show the gate at work on a small news site, with third parties that tell what they see.
    #[command(after_help = "Example:
  octroi demo")]
    Demo(DemoArgs),
}

/// `octroi serve`: each option beats the file's key of the same name.
#[derive(Args, Clone, Debug, Default)]
pub struct ServeArgs {
    /// Where the site itself answers, as in http://127.0.0.1:9000.
    #[arg(long, value_name = "URL")]
    pub upstream: Option<String>,
    /// Address to listen at [default: 127.0.0.1:8080].
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub listen: Option<String>,
    /// Configuration file; without one, every third party is gated and the built-in texts are used.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Directory of the ledger and the keys [default: octroi-data].
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
}

/// `octroi demo`.
#[derive(Args, Clone, Debug, Default)]
pub struct DemoArgs {
    /// Keep the ledger here; otherwise it is removed at the end.
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Take any free ports instead of 8080 to 8082.
    #[arg(long)]
    pub any_ports: bool,
}

/// Why a command failed, for the operator to read.
#[derive(Debug)]
pub struct Failure {
    message: String,
    hint: String,
    code: u8,
}

impl Failure {
    fn new(message: impl Display, hint: impl Into<String>) -> Self {
        Self { message: message.to_string(), hint: hint.into(), code: 1 }
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self { message: error.to_string(), hint: error.remedy, code: 2 }
    }
}

impl From<StartError> for Failure {
    fn from(error: StartError) -> Self {
        Self::new(&error, error.hint())
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::new(error, "see that standard output can be written to")
    }
}

/// Does what the command line asks, and reports a failure on standard error.
#[must_use]
pub fn run(cli: Cli) -> ExitCode {
    let done = match cli.command {
        Command::Serve(args) => serve::run(&args),
        Command::Check { config } => check::run(&config),
        Command::Services { word } => services::run(word.as_deref()),
        Command::Demo(args) => demo::run(args),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let text = format!("error: {}\nhint: {}\n", failure.message, failure.hint);
            // Where standard error is closed, the exit code is all that can be said.
            drop(io::stderr().write_all(text.as_bytes()));
            ExitCode::from(failure.code)
        }
    }
}
