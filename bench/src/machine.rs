//! The machine: what it is, and whose its CPU time was during the run.

use std::time::Duration;

use crate::Fallible;

/// CPU time that a process (`self`, or its number) has used, all threads, in the program and in
/// the kernel.
pub(crate) fn cpu_time(process: &str) -> Fallible<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    // The second field, the program's name, is in brackets and may hold anything.
    let (_, fields) = stat.rsplit_once(')').ok_or("/proc/PID/stat cannot be read")?;
    // utime and stime are fields 14 and 15 (proc_pid_stat(5)); the third comes first here.
    let fields = fields.split_whitespace().skip(11).take(2);
    Ok(ticks(fields.flat_map(str::parse::<u64>).sum()))
}

/// Reading of all cores' time.
#[derive(Clone, Copy)]
pub(crate) struct Reading {
    busy: Duration,
    all: Duration,
    stolen: Duration,
}

impl Reading {
    /// Takes one.
    pub(crate) fn take() -> Fallible<Self> {
        let stat = std::fs::read_to_string("/proc/stat")?;
        let line = stat.lines().next().and_then(|line| line.strip_prefix("cpu "));
        let line = line.ok_or("/proc/stat cannot be read")?;
        // proc_stat(5): user nice system idle iowait irq softirq steal; then guests, counted in
        // user already.
        let fields: Vec<u64> =
            line.split_whitespace().take(8).flat_map(str::parse::<u64>).collect();
        let [user, nice, system, idle, waiting, irq, softirq, steal] = fields[..] else {
            return Err("/proc/stat has too few fields".into());
        };
        let busy = user + nice + system + irq + softirq;
        let (busy, stolen) = (ticks(busy), ticks(steal));
        Ok(Self { busy, all: busy + stolen + ticks(idle + waiting), stolen })
    }

    /// What share of the cores' time since an earlier reading others took, beside our own
    /// processes' (which used `ours`), and what share the machine under this one took, in percent.
    pub(crate) fn others_since(&self, earlier: &Self, ours: Duration) -> (f64, f64) {
        let all = self.all.saturating_sub(earlier.all).as_secs_f64();
        let others = self.busy.saturating_sub(earlier.busy).saturating_sub(ours).as_secs_f64();
        let stolen = self.stolen.saturating_sub(earlier.stolen).as_secs_f64();
        (others / all * 100.0, stolen / all * 100.0)
    }
}

/// Cores, model, memory and kernel, in one line.
pub(crate) fn description() -> Fallible<String> {
    let cores = std::thread::available_parallelism()?;
    let model = first_value("/proc/cpuinfo", "model name");
    let memory = first_value("/proc/meminfo", "MemTotal");
    let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease")?;
    Ok(format!("{cores} cores ({model}), memory {memory}, Linux {}", kernel.trim()))
}

fn ticks(count: u64) -> Duration {
    Duration::from_secs_f64(count as f64 / rustix::param::clock_ticks_per_second() as f64)
}

fn first_value(path: &str, key: &str) -> String {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let value = text.lines().find_map(|line| line.strip_prefix(key)?.split_once(':'));
    value.map_or_else(|| "unknown".to_owned(), |(_, value)| value.trim().to_owned())
}
