//! The run: all arms by turns, there and back, over the same connections.

use std::sync::Arc;
use std::time::Duration;

use crate::arms::{self, Arm, Way};
use crate::gate::Gate;
use crate::load::{self, Connection, Took};
use crate::machine::{self, Reading};
use crate::upstream::Contents;
use crate::{Fallible, limits, say};

/// What one arm came to at one number of connections.
#[derive(Default)]
pub(crate) struct Figures {
    /// All rounds together.
    pub(crate) took: Took,
    /// Requests per second, round by round.
    pub(crate) rates: Vec<f64>,
    /// CPU time of the gate.
    pub(crate) gate_cpu: Duration,
}

/// All arms at one number of connections.
pub(crate) struct Level {
    /// Connections to the upstream, and as many to the gate.
    pub(crate) connections: usize,
    /// In the order of the arms.
    pub(crate) figures: Vec<(Arc<Arm>, Figures)>,
    /// Share of the cores' time that other programs took, and that the host took, in percent.
    pub(crate) others: (f64, f64),
    /// The gate's peak memory so far, in KiB.
    pub(crate) memory_peak_kib: u64,
}

/// Measures all levels. The load has this thread alone.
pub(crate) async fn measure(
    upstream: std::net::SocketAddr,
    gate: &Gate,
    contents: &Contents,
) -> Fallible<Vec<Level>> {
    let mut levels = Vec::new();
    for connections in limits::CONNECTIONS {
        let mut direct = Connection::open_all(upstream, connections).await?;
        let mut through = Connection::open_all(gate.address, connections).await?;
        let arms = match (direct.first_mut(), through.first_mut()) {
            (Some(direct), Some(through)) => arms::prepare(direct, through, contents).await?,
            _ => return Err("a level without connections".into()),
        };
        let mut figures: Vec<_> =
            arms.into_iter().map(|arm| (Arc::new(arm), Figures::default())).collect();
        for (arm, _) in &figures {
            let pool = if arm.way == Way::Direct { &mut direct } else { &mut through };
            load::run(pool, arm, limits::WARMING_TIME).await?;
        }
        let ours = || Fallible::Ok(gate.cpu_time()? + machine::cpu_time("self")?);
        let (before, ours_before) = (Reading::take()?, ours()?);
        for round in 0..limits::ROUNDS {
            for (arm, figures) in &mut figures {
                let pool = if arm.way == Way::Direct { &mut direct } else { &mut through };
                let before = gate.cpu_time()?;
                let took = load::run(pool, arm, limits::ARM_TIME).await?;
                figures.gate_cpu += gate.cpu_time()?.saturating_sub(before);
                figures.rates.push(took.rate());
                say(&format!(
                    "{connections} connections, round {} of {}, {}: {:.0} a second, {} errors",
                    round + 1,
                    limits::ROUNDS,
                    arm.name(),
                    took.rate(),
                    took.errors
                ));
                figures.took.add(took);
            }
            // There and back: what drifts during the run falls on all arms.
            figures.reverse();
        }
        let others = Reading::take()?.others_since(&before, ours()?.saturating_sub(ours_before));
        for (_, figures) in &mut figures {
            figures.took.latencies.sort_unstable();
        }
        let memory_peak_kib = gate.memory_peak_kib()?;
        levels.push(Level { connections, figures, others, memory_peak_kib });
    }
    Ok(levels)
}
