//! The gate under measurement: built, started as its own process, and read in `/proc`.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use tempfile::TempDir;

use crate::{Fallible, limits, machine, say};

/// A running gate and its data; both end with it.
pub(crate) struct Gate {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    process: Child,
    _data: TempDir,
}

/// Builds the gate in release mode, by itself: built beside this program, its libraries would get
/// this program's features too.
pub(crate) fn build() -> Fallible<PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    say("building the gate");
    let done = Command::new(cargo)
        .args(["build", "--release", "--quiet", "-p", "octroi"])
        .current_dir(&root)
        .status()?;
    if !done.success() {
        return Err("the gate does not build".into());
    }
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or(root.join("target"), PathBuf::from);
    Ok(target.join("release/octroi"))
}

impl Gate {
    /// Starts it in front of an upstream, with its usual configuration.
    pub(crate) fn start(program: &Path, upstream: SocketAddr) -> Fallible<Self> {
        let data = tempfile::Builder::new().prefix("octroi-bench-").tempdir()?;
        let mut process = Command::new(program)
            .args(["--log", "json", "serve", "--listen", "127.0.0.1:0"])
            .args(["--upstream", &format!("http://{upstream}")])
            .arg("--data")
            .arg(data.path().join("data"))
            .env("OCTROI_LOG", "info")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()?;
        let stderr = process.stderr.take().ok_or("the gate has no standard error")?;
        let (found, heard) = mpsc::channel();
        std::thread::spawn(move || {
            // Read to the end, so that the gate never waits for its reader.
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                match listening(&line) {
                    // Nobody hears a second start; there is none.
                    Some(address) => found.send(address).unwrap_or_default(),
                    None => say(&format!("gate: {line}")),
                }
            }
        });
        let heard = heard.recv_timeout(limits::PATIENCE);
        let mut gate =
            Self { address: SocketAddr::from(([127, 0, 0, 1], 0)), process, _data: data };
        gate.address = heard.map_err(|_| "the gate does not start")?;
        Ok(gate)
    }

    /// CPU time that it has used.
    pub(crate) fn cpu_time(&self) -> Fallible<Duration> {
        machine::cpu_time(&self.process.id().to_string())
    }

    /// Most memory that it has had resident, in KiB.
    pub(crate) fn memory_peak_kib(&self) -> Fallible<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let figure = line.and_then(|line| line.split_whitespace().next());
        Ok(figure.ok_or("/proc/PID/status has no VmHWM")?.parse()?)
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        // If it has ended already there is nothing to end.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn listening(line: &str) -> Option<SocketAddr> {
    let event: serde_json::Value = serde_json::from_str(line).ok()?;
    event.get("listen")?.as_str()?.parse().ok()
}
