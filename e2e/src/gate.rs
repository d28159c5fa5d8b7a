//! A running `octroi serve` in front of any origin.

use std::process::Command;

use tempfile::TempDir;

use crate::process::{Process, Voice, octroi};

/// The gate, its data in a directory that goes with it.
#[derive(Debug)]
pub struct Gate {
    _process: Process,
    port: u16,
    _data: TempDir,
}

impl Gate {
    /// Starts it in front of an upstream on this loopback port.
    #[must_use]
    pub fn before(upstream: u16) -> Self {
        let data = tempfile::Builder::new().prefix("octroi-e2e-").tempdir().expect("a directory");
        let mut command = Command::new(octroi());
        command
            .args(["--log", "json", "serve", "--listen", "127.0.0.1:0"])
            .args(["--upstream", &format!("http://127.0.0.1:{upstream}")])
            .arg("--data")
            .arg(data.path().join("data"))
            .env("OCTROI_LOG", "info");
        let (process, port) = Process::start(&mut command, Voice::Err, |line| {
            let event: serde_json::Value = serde_json::from_str(line).ok()?;
            event.get("listen")?.as_str()?.rsplit(':').next()?.parse().ok()
        });
        Self { _process: process, port, _data: data }
    }

    /// Its port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The site behind it under this name, without a slash at the end.
    #[must_use]
    pub fn site(&self, host: &str) -> String {
        format!("http://{host}:{}", self.port)
    }
}
