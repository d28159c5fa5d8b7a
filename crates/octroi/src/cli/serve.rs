//! `octroi serve`: a gate until it is told to stop.

use std::io;

use tokio::signal::unix::{SignalKind, signal};

use super::{Failure, ServeArgs};
use crate::config::{Config, Overrides};
use crate::serve::{ServeOptions, start};

pub(super) fn run(args: &ServeArgs) -> Result<(), Failure> {
    let overrides = Overrides {
        upstream: args.upstream.clone(),
        listen: args.listen.clone(),
        data: args.data.clone(),
    };
    let config = Config::read(args.config.as_deref(), &overrides)?;
    super::demo::runtime()?.block_on(async {
        let signals = stop_signals()?;
        let gate = start(ServeOptions { config }).await?;
        signals.await;
        tracing::info!("stopping: requests in flight are finished first");
        gate.stop().await;
        Ok(())
    })
}

/// Resolves on SIGTERM or Ctrl-C; listening begins at once, before the gate serves.
fn stop_signals() -> Result<impl Future<Output = ()>, Failure> {
    let refused =
        |error: io::Error| Failure::new(error, "the system must let a process handle signals");
    let mut terminate = signal(SignalKind::terminate()).map_err(refused)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(refused)?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
