//! Runs every check of the project, from the browser that journeys need to the last test.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::{Outcome, say, tidy};

/// Names of the browser in `PATH`, after `OCTROI_CHROMIUM`.
const BROWSERS: [&str; 5] =
    ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

/// A package manager, and what is asked of it in turn until a browser is there.
struct Installer {
    program: &'static str,
    calls: &'static [&'static [&'static str]],
}

const INSTALLERS: [Installer; 6] = [
    Installer {
        program: "apt-get",
        calls: &[
            &["update"],
            &["install", "--yes", "--no-install-recommends", "chromium"],
            &["install", "--yes", "--no-install-recommends", "chromium-browser"],
        ],
    },
    Installer { program: "dnf", calls: &[&["install", "--assumeyes", "chromium"]] },
    Installer { program: "pacman", calls: &[&["--sync", "--refresh", "--noconfirm", "chromium"]] },
    Installer { program: "apk", calls: &[&["add", "--update-cache", "chromium"]] },
    Installer { program: "zypper", calls: &[&["--non-interactive", "install", "chromium"]] },
    Installer { program: "brew", calls: &[&["install", "--cask", "chromium"]] },
];

/// How a stage ended.
enum End {
    Passed,
    Failed(String),
    /// It could not be made here, which is no fault of the tree.
    Left(String),
}

struct Stage {
    name: &'static str,
    end: End,
    took: Duration,
}

/// Runs all stages, whatever becomes of each, and sums them up in one line each.
pub(crate) fn run() -> Outcome {
    let mut stages = Vec::new();
    let mut browser = None;
    stages.push(stage("browser", || match find_browser().or_else(install_browser) {
        Ok(path) => {
            say(&path.display().to_string());
            browser = Some(path);
            End::Passed
        }
        Err(why) => End::Failed(why),
    }));
    stages.push(stage("format", || with_component("fmt", &["fmt", "--all", "--check"])));
    stages.push(stage("lints", || {
        let all = ["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"];
        with_component("clippy", &all)
    }));
    stages.push(stage("tidy", || ended(tidy::check())));
    stages.push(stage("program", || ended(call(cargo().args(BUILD)))));
    stages.push(stage("tests", || {
        let mut tests = cargo();
        tests.args(["test", "--workspace", "--no-fail-fast"]).env("OCTROI_BIN", program());
        if let Some(browser) = &browser {
            tests.env("OCTROI_CHROMIUM", browser);
        }
        ended(call(&mut tests))
    }));
    sum_up(&stages)
}

const BUILD: [&str; 5] = ["build", "--package", "octroi", "--bin", "octroi"];

fn stage(name: &'static str, work: impl FnOnce() -> End) -> Stage {
    say(&format!("\n== {name}"));
    let begun = Instant::now();
    let end = work();
    Stage { name, end, took: begun.elapsed() }
}

fn ended(outcome: Outcome) -> End {
    match outcome {
        Ok(()) => End::Passed,
        Err(why) => End::Failed(why),
    }
}

fn sum_up(stages: &[Stage]) -> Outcome {
    say("\n== summary");
    let mut failed = Vec::new();
    for stage in stages {
        let word = match &stage.end {
            End::Passed => "ok".to_owned(),
            End::Left(why) => format!("left out: {why}"),
            End::Failed(why) => {
                failed.push(stage.name);
                format!("FAILED: {why}")
            }
        };
        say(&format!("{:<8} {:>7.1} s  {word}", stage.name, stage.took.as_secs_f64()));
    }
    if failed.is_empty() { Ok(()) } else { Err(format!("failed: {}", failed.join(", "))) }
}

/// A cargo command whose component may be missing from a toolchain.
fn with_component(component: &str, arguments: &[&str]) -> End {
    let mut probe = cargo();
    probe.args([component, "--version"]).stdout(Stdio::null()).stderr(Stdio::null());
    if !probe.status().is_ok_and(|status| status.success()) {
        return End::Left(format!("cargo {component} is not installed"));
    }
    ended(call(cargo().args(arguments)))
}

fn find_browser() -> Result<PathBuf, String> {
    if let Some(named) = env::var_os("OCTROI_CHROMIUM") {
        let path = PathBuf::from(named);
        let missing = format!("OCTROI_CHROMIUM names no file: {}", path.display());
        return if path.is_file() { Ok(path) } else { Err(missing) };
    }
    let mac = "/Applications/Chromium.app/Contents/MacOS/Chromium";
    let chrome = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";
    let applications = [mac, chrome].map(PathBuf::from).into_iter().find(|path| path.is_file());
    BROWSERS.iter().find_map(|name| in_path(name)).or(applications).ok_or_else(String::new)
}

fn in_path(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|place| place.join(name)).find(|file| file.is_file())
}

/// Installs a browser with the system's own package manager.
fn install_browser(why: String) -> Result<PathBuf, String> {
    if !why.is_empty() {
        return Err(why);
    }
    let Some(installer) = INSTALLERS.iter().find(|known| in_path(known.program).is_some()) else {
        return Err(advice("no package manager is known here"));
    };
    say(&format!("no Chromium found; installing one with {}", installer.program));
    for arguments in installer.calls {
        if let Err(why) = call(&mut as_root(installer.program, arguments)) {
            say(&why);
        }
        if let Ok(path) = find_browser() {
            return Ok(path);
        }
    }
    Err(advice(&format!("{} did not install one", installer.program)))
}

fn advice(why: &str) -> String {
    format!(
        "no Chromium, and {why}; install `chromium` by hand, or name a Chromium or Chrome in the \
         environment variable OCTROI_CHROMIUM"
    )
}

/// The command itself for root and for Homebrew, else through `sudo` if that asks nothing.
fn as_root(program: &str, arguments: &[&str]) -> Command {
    let id = Command::new("id").arg("-u").output();
    let is_root = id.is_ok_and(|id| id.stdout.trim_ascii() == b"0");
    let mut command = if is_root || program == "brew" || in_path("sudo").is_none() {
        Command::new(program)
    } else {
        let mut sudo = Command::new("sudo");
        sudo.arg("--non-interactive").arg(program);
        sudo
    };
    command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
    command
}

fn cargo() -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(workspace());
    cargo
}

/// Where `cargo build` puts the program.
fn program() -> PathBuf {
    let named = env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    let target = named.unwrap_or_else(|| PathBuf::from("target"));
    let file = Path::new("octroi").with_extension(env::consts::EXE_EXTENSION);
    workspace().join(target).join("debug").join(file)
}

fn workspace() -> PathBuf {
    let below = Path::new(env!("CARGO_MANIFEST_DIR"));
    below.parent().unwrap_or(below).to_owned()
}

fn call(command: &mut Command) -> Outcome {
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{command:?} ended with {status}")),
        Err(e) => Err(format!("{command:?} did not start: {e}")),
    }
}
