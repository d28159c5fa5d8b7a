//! One running gate: everything it needs is opened, joined, and closed again in order.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use octroi_core::policy::{History, Outline, Policy};
use octroi_core::token::{KeyId, KeyRing};
use octroi_store::{AppendError, Ledger, OpenError, ReadError, SqliteLedger};
use octroi_tower::{Gate, GateOptions};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::config::Config;
use crate::keys::{self, KeysError};
use crate::proxy::{listen, stack};
use crate::recorder::LedgerRecorder;

/// What a gate is started with.
#[derive(Clone, Debug)]
pub struct ServeOptions {
    /// The configuration, read.
    pub config: Config,
}

/// A gate that serves. Dropped, it stops as if told to, but nobody waits for it.
pub struct RunningGate {
    /// Where it listens.
    pub address: SocketAddr,
    stop: watch::Sender<bool>,
    serving: JoinHandle<()>,
}

impl RunningGate {
    /// Stops accepting, lets what is in flight end for a bounded time, closes the ledger.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        if let Err(error) = self.serving.await {
            tracing::error!(panicked = error.is_panic(), "the gate did not stop in order");
        }
    }
}

/// Why a gate cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// No upstream, neither in the file nor on the command line.
    #[error("no upstream: the gate does not know which site to stand in front of")]
    NoUpstream,
    /// The address cannot be listened at.
    #[error("cannot listen at {address}: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        source: std::io::Error,
    },
    /// The token keys cannot be had.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// The token keys do not make a ring.
    #[error("the token keys cannot be used: {0}")]
    KeyRing(String),
    /// The ledger cannot be opened.
    #[error("{}: {source}", .directory.display())]
    Ledger {
        /// The data directory.
        directory: PathBuf,
        /// What the store says.
        source: OpenError,
    },
    /// The ledger could not keep this policy.
    #[error("the policy could not be recorded: {0}")]
    Policy(#[from] AppendError),
    /// The ledger could not say which policies were in force.
    #[error("the earlier policies could not be read: {0}")]
    History(#[from] ReadError),
    /// The gate's own texts are damaged.
    #[error("the built-in texts are damaged: {0}")]
    Texts(String),
    /// The ledger's thread ended early.
    #[error("opening the ledger was broken off")]
    BrokenOff,
}

impl StartError {
    /// What the operator can do.
    #[must_use]
    pub fn hint(&self) -> String {
        let hint = match self {
            Self::NoUpstream => {
                "add --upstream http://127.0.0.1:9000, or `upstream = …` in the file"
            }
            Self::Listen { .. } => "choose another --listen ADDRESS:PORT, or stop what uses it",
            Self::Keys(error) => return error.hint(),
            Self::KeyRing(_) => "restore token.keys from a backup",
            Self::Ledger { source: OpenError::InUse, .. } => {
                "stop the other gate, or give this one its own --data directory"
            }
            Self::Ledger { .. } => {
                "the directory must be on a local disk with space, and belong to octroi's account"
            }
            Self::Policy(_) | Self::History(_) => {
                "see that the data directory's disk has space and works, then start again"
            }
            Self::Texts(_) | Self::BrokenOff => "this is a fault in octroi: please report it",
        };
        hint.to_owned()
    }
}

/// Starts a gate. When it returns, the gate accepts connections.
///
/// # Errors
/// [`StartError`]; nothing is left running.
pub async fn start(options: ServeOptions) -> Result<RunningGate, StartError> {
    let config = options.config;
    let upstream = config.upstream.clone().ok_or(StartError::NoUpstream)?;
    // The ledger first: its lock keeps a second gate from making other keys beside these.
    let ledger = Arc::new(open_ledger(&config.data).await?);
    let history = remember(&ledger, &config.policy).await?;
    let policy_version = config.policy.version().to_owned();
    let gate = Gate::new(GateOptions {
        policy: Arc::new(config.policy),
        history,
        own_hosts: config.first_party,
        prefix: config.prefix,
        keys: key_ring(&config.data)?,
        compress: config.compress,
        recorder: Arc::new(LedgerRecorder::new(Arc::<SqliteLedger>::clone(&ledger))),
    })
    .map_err(|error| StartError::Texts(error.to_string()))?;
    let service = stack::assemble(Arc::new(gate), &upstream, &config.timeouts);

    let unheard = |source| StartError::Listen { address: config.listen, source };
    let listener = TcpListener::bind(config.listen).await.map_err(unheard)?;
    let address = listener.local_addr().map_err(unheard)?;
    let reach =
        listen::Reach { trusted_proxies: config.trusted_proxies, write_idle: config.timeouts.idle };
    let (stop, stopped) = watch::channel(false);
    let serving = tokio::spawn(async move {
        listen::serve(listener, service, reach, stopped).await;
        close(ledger).await;
    });
    tracing::info!(
        listen = %address,
        upstream = %upstream.authority(),
        data = %config.data.display(),
        policy = %policy_version,
        "the gate stands"
    );
    Ok(RunningGate { address, stop, serving })
}

async fn open_ledger(directory: &Path) -> Result<SqliteLedger, StartError> {
    let path = directory.to_owned();
    let opened = tokio::task::spawn_blocking(move || SqliteLedger::open(&path)).await;
    let failed = |source| StartError::Ledger { directory: directory.to_owned(), source };
    opened.map_err(|_| StartError::BrokenOff)?.map_err(failed)
}

/// Keeps this policy's outline before a decision can cite it, and learns those of earlier ones.
async fn remember(ledger: &SqliteLedger, policy: &Policy) -> Result<History, StartError> {
    ledger.remember_policy(policy.version(), &policy.outline().to_json()).await?;
    let mut history = History::of(policy);
    for (version, outline) in ledger.policies().await? {
        match Outline::from_json(&outline) {
            Some(outline) => history.remember(&version, outline),
            // Decisions made on it count as made on nothing: those visitors are asked again.
            None => tracing::warn!(%version, "an earlier policy's outline cannot be read"),
        }
    }
    Ok(history)
}

fn key_ring(directory: &Path) -> Result<KeyRing, StartError> {
    let keys = keys::open(directory)?;
    let keys = keys.into_iter().map(|key| (KeyId(key.id), key.secret)).collect();
    KeyRing::new(keys).map_err(|error| StartError::KeyRing(error.to_string()))
}

/// Closing waits for the disk, so it must not hold a worker of the runtime.
async fn close(ledger: Arc<SqliteLedger>) {
    if tokio::task::spawn_blocking(move || drop(ledger)).await.is_err() {
        tracing::error!("the ledger's threads did not end in order");
    }
}
