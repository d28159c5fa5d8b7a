//! The demo: a small news site, seven stand-in third parties, and the gate in front of it.
//!
//! Everything listens on loopback. `*.localhost` names are resolved by the browsers themselves, and
//! each is a site of its own, so that the stand-ins are third parties to the newspaper and to each
//! other. The same newspaper is served twice, behind the gate and without it; the third parties
//! tell the two apart by the page's port, and the terminal shows what each has received.

mod limits;
mod listener;
mod record;
mod screen;
mod site;
#[cfg(test)]
mod tests;
mod third_parties;

use std::error::Error;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;

use tempfile::TempDir;

use listener::{Port, Server};
use record::{Ports, Record};
use site::{Kiosk, Newspaper};
use third_parties::Street;

pub use record::{Received, Side};

/// What the newspaper's operator declares, as the demo's gate reads it.
const CONFIG: &str = include_str!("../../demo-site/octroi.toml");

/// How the demo is to run.
#[derive(Clone, Debug, Default)]
pub struct DemoOptions {
    /// Where the gate keeps its ledger; a temporary directory, removed at the end, if absent.
    pub data: Option<PathBuf>,
    /// Whether any free ports do, instead of 8080 to 8082 where these are free.
    pub any_ports: bool,
}

/// What the gate needs to know to stand in front of the newspaper.
#[derive(Clone, Debug)]
pub struct GateBehind {
    /// The newspaper.
    pub upstream: SocketAddr,
    /// Where to listen; port 0 leaves the choice to the gate.
    pub listen: SocketAddr,
    /// The content of its `octroi.toml`.
    pub config_toml: String,
    /// Where its data goes.
    pub data_dir: PathBuf,
}

/// A gate that answers.
pub struct StartedGate {
    /// Where it answers.
    pub address: SocketAddr,
    /// Ends it, cleanly.
    pub stop: Pin<Box<dyn Future<Output = ()> + Send>>,
}

/// Why the demo cannot run.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// No port on loopback.
    #[error("no loopback port for {what}")]
    Port {
        /// What was to listen.
        what: &'static str,
        /// The system's reason.
        source: io::Error,
    },
    /// No place for the ledger.
    #[error("no directory for the demo's data")]
    Data(#[source] io::Error),
    /// The gate did not start.
    #[error("the gate did not start")]
    Gate(#[source] Box<dyn Error + Send + Sync>),
    /// The terminal refused what was to be shown.
    #[error("the terminal cannot be written to")]
    Screen(#[source] io::Error),
}

/// Where everything answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Addresses {
    gate: u16,
    direct: u16,
    third_parties: u16,
}

impl Addresses {
    /// The newspaper behind the gate.
    #[must_use]
    pub fn gate(&self) -> String {
        format!("http://journal.localhost:{}/", self.gate)
    }

    /// The same newspaper without the gate.
    #[must_use]
    pub fn direct(&self) -> String {
        format!("http://journal.localhost:{}/", self.direct)
    }

    /// The third parties: `GET __received` and `POST __forget` below it are for tests.
    #[must_use]
    pub fn third_parties(&self) -> String {
        format!("http://any.localhost:{}/", self.third_parties)
    }
}

/// A running demo.
pub struct Demo {
    addresses: Addresses,
    record: Arc<Record>,
    gate: StartedGate,
    servers: Vec<Server>,
    data: Data,
}

enum Data {
    Temporary(TempDir),
    Kept(PathBuf),
}

impl Data {
    fn open(kept: Option<PathBuf>) -> io::Result<Self> {
        match kept {
            Some(path) => std::fs::create_dir_all(&path).map(|()| Self::Kept(path)),
            None => tempfile::Builder::new().prefix("octroi-demo-").tempdir().map(Self::Temporary),
        }
    }

    fn path(&self) -> PathBuf {
        match self {
            Self::Temporary(dir) => dir.path().to_owned(),
            Self::Kept(path) => path.clone(),
        }
    }
}

impl Demo {
    /// Starts the newspaper, the third parties and the gate.
    ///
    /// # Errors
    ///
    /// Where a port, the data directory or the gate is not to be had.
    pub async fn start<E>(
        options: DemoOptions,
        start_gate: impl AsyncFnOnce(GateBehind) -> Result<StartedGate, E>,
    ) -> Result<Self, DemoError>
    where
        E: Into<Box<dyn Error + Send + Sync>>,
    {
        let preferred = |port| if options.any_ports { 0 } else { port };
        let data = Data::open(options.data).map_err(DemoError::Data)?;
        let third_parties =
            port("the third parties", preferred(limits::THIRD_PARTIES_PORT)).await?;
        let direct = port("the site without the gate", preferred(limits::DIRECT_PORT)).await?;
        let upstream = port("the newspaper", 0).await?;
        // Bound only to see that nobody else has it, on either loopback address.
        let wanted = preferred(limits::GATE_PORT);
        let probe = port("the gate", wanted).await?;
        let listen = if probe.number() == wanted { wanted } else { 0 };
        drop(probe);

        let record = Arc::new(Record::new());
        let newspaper = Arc::new(Newspaper::print(third_parties.number()));
        let kiosk =
            |side| Kiosk { newspaper: Arc::clone(&newspaper), side, record: Arc::clone(&record) };
        let street = Street { record: Arc::clone(&record), port: third_parties.number() };
        let (upstream_address, direct_number) = (upstream.address(), direct.number());
        let third_parties_number = third_parties.number();
        let servers = vec![
            upstream.serve(Arc::new(kiosk(Side::Gate))),
            direct.serve(Arc::new(kiosk(Side::Direct))),
            third_parties.serve(Arc::new(street)),
        ];
        let behind = GateBehind {
            upstream: upstream_address,
            listen: (Ipv4Addr::LOCALHOST, listen).into(),
            config_toml: CONFIG.to_owned(),
            data_dir: data.path(),
        };
        let gate = start_gate(behind).await.map_err(|e| DemoError::Gate(e.into()))?;
        let addresses = Addresses {
            gate: gate.address.port(),
            direct: direct_number,
            third_parties: third_parties_number,
        };
        record.learn(Ports { gate: addresses.gate, direct: addresses.direct });
        Ok(Self { addresses, record, gate, servers, data })
    }

    /// Where everything answers.
    #[must_use]
    pub fn addresses(&self) -> Addresses {
        self.addresses
    }

    /// What the third parties have received, oldest first.
    #[must_use]
    pub fn received(&self) -> Vec<Received> {
        self.record.list()
    }

    /// Ends the gate and the servers, and removes the temporary directory.
    ///
    /// # Errors
    ///
    /// Where the directory cannot be removed.
    pub async fn stop(self) -> Result<(), DemoError> {
        // A gate that hangs must not keep a person at the terminal.
        drop(tokio::time::timeout(limits::STOP_WAIT, self.gate.stop).await);
        drop(self.servers);
        match self.data {
            Data::Temporary(dir) => dir.close().map_err(DemoError::Data),
            Data::Kept(_) => Ok(()),
        }
    }
}

/// Runs the demo until Ctrl-C, or until the process is asked to end.
///
/// # Errors
///
/// As [`Demo::start`] and [`Demo::stop`].
pub async fn run<E>(
    options: DemoOptions,
    start_gate: impl AsyncFnOnce(GateBehind) -> Result<StartedGate, E>,
) -> Result<(), DemoError>
where
    E: Into<Box<dyn Error + Send + Sync>>,
{
    let demo = Demo::start(options, start_gate).await?;
    let addresses = demo.addresses();
    let shown = tokio::select! {
        shown = screen::show(&addresses, &demo.record) => shown.map_err(DemoError::Screen),
        () = asked_to_end() => Ok(()),
    };
    demo.stop().await.and(shown)
}

/// Waits for Ctrl-C or, where there is such a thing, SIGTERM.
async fn asked_to_end() {
    let interrupted = async {
        if tokio::signal::ctrl_c().await.is_err() {
            // No handler: the system's own ends the process.
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminated) = signal(SignalKind::terminate()) {
            tokio::select! {
                () = interrupted => {}
                _ = terminated.recv() => {}
            }
            return;
        }
    }
    interrupted.await;
}

async fn port(what: &'static str, preferred: u16) -> Result<Port, DemoError> {
    Port::bind(preferred).await.map_err(|source| DemoError::Port { what, source })
}
