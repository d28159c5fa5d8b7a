//! A program that runs as long as the value lives, and where the program under test is found.

use std::env;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::sync::{Mutex, OnceLock};
use std::thread;
use std::time::Instant;

use crate::limits;

/// A child process; dropping the value ends it and waits until it is gone.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
}

/// The output of a process to read from.
pub(crate) enum Voice {
    /// Standard output.
    Out,
    /// Standard error.
    Err,
}

impl Process {
    /// Starts a program and reads its lines until `heard` answers something.
    ///
    /// The rest of its output is read and dropped, so that it never blocks on a full pipe.
    pub(crate) fn start<T: Send + 'static>(
        command: &mut Command,
        voice: Voice,
        mut heard: impl FnMut(&str) -> Option<T> + Send + 'static,
    ) -> (Self, T) {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let started = command.spawn();
        let mut child = started.unwrap_or_else(|e| panic!("{command:?} does not start: {e}"));
        let out = child.stdout.take().expect("piped");
        let err = child.stderr.take().expect("piped");
        let (listened, other): (Piped, Piped) = match voice {
            Voice::Out => (Box::new(out), Box::new(err)),
            Voice::Err => (Box::new(err), Box::new(out)),
        };
        let process = Self { child };
        let (tell, told) = mpsc::channel();
        let tell_other = tell.clone();
        thread::spawn(move || {
            for line in BufReader::new(listened).lines().map_while(Result::ok) {
                if let Some(answer) = heard(&line) {
                    tell.send(Said::Answer(answer)).ok();
                } else {
                    tell.send(Said::Line(line)).ok();
                }
            }
        });
        thread::spawn(move || {
            for line in BufReader::new(other).lines().map_while(Result::ok) {
                tell_other.send(Said::Line(line)).ok();
            }
        });
        let mut lines = Vec::new();
        let begun = Instant::now();
        loop {
            let left = limits::START_WAIT.saturating_sub(begun.elapsed());
            match told.recv_timeout(left) {
                Ok(Said::Answer(answer)) => return (process, answer),
                Ok(Said::Line(line)) => lines.push(line),
                Err(_) => panic!("{command:?} did not come up; it said:\n{}", lines.join("\n")),
            }
        }
    }

    /// Ends the process now.
    pub(crate) fn end(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

type Piped = Box<dyn Read + Send>;

enum Said<T> {
    Answer(T),
    Line(String),
}

impl Drop for Process {
    fn drop(&mut self) {
        self.end();
    }
}

/// The program under test: `OCTROI_BIN`, or the one of the same build as the tests.
pub(crate) fn octroi() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    static BUILDING: Mutex<()> = Mutex::new(());
    PROGRAM.get_or_init(|| {
        if let Some(named) = env::var_os("OCTROI_BIN") {
            let path = PathBuf::from(named);
            assert!(path.is_file(), "OCTROI_BIN names no file: {}", path.display());
            return path;
        }
        let _one = BUILDING.lock();
        // target/PROFILE/deps/TEST
        let own = env::current_exe().expect("the test has a path");
        let profile = own.ancestors().nth(2).expect("the test lies in target/PROFILE/deps");
        let path = profile.join("octroi").with_extension(env::consts::EXE_EXTENSION);
        if !path.is_file() {
            build(profile);
        }
        assert!(path.is_file(), "the program is not at {}", path.display());
        path
    })
}

fn build(profile: &Path) {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--package", "octroi", "--bin", "octroi"]);
    cargo.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."));
    if let Some(target) = profile.parent() {
        cargo.env("CARGO_TARGET_DIR", target);
    }
    if profile.ends_with("release") {
        cargo.arg("--release");
    }
    let built = cargo.status().unwrap_or_else(|e| panic!("cargo does not start: {e}"));
    assert!(built.success(), "the program does not build");
}
