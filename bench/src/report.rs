//! The report: tables in Markdown, with the machine, the day and the command.

use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, SystemTime};

use crate::arms::Way;
use crate::micro::Micro;
use crate::rounds::{Figures, Level};
use crate::{Fallible, limits, machine};

/// From this line on a written report is its reader's: it is kept when the figures are renewed.
const READING: &str = "\n## Reading\n";

/// Everything that was measured.
pub(crate) struct Measured {
    /// The gate's peak memory when it had started, in KiB.
    pub(crate) memory_start_kib: u64,
    /// The pages through the gate.
    pub(crate) levels: Vec<Level>,
    /// The rewriter alone.
    pub(crate) micro: Vec<Micro>,
}

/// The whole report.
pub(crate) fn markdown(measured: &Measured) -> Fallible<String> {
    let mut out = String::from("# Measurements\n\n");
    preface(&mut out)?;
    for level in &measured.levels {
        level_table(&mut out, level)?;
    }
    memory_table(&mut out, measured)?;
    micro_table(&mut out, &measured.micro)?;
    Ok(out)
}

/// Writes the report; what a reader has written under it stays.
pub(crate) fn write(path: &Path, report: &str) -> Fallible<()> {
    let earlier = std::fs::read_to_string(path).unwrap_or_default();
    let reading = earlier.split_once(READING).map_or("", |(_, reading)| reading);
    let kept = if reading.is_empty() { String::new() } else { format!("{READING}{reading}") };
    std::fs::write(path, format!("{report}{kept}"))?;
    Ok(())
}

fn preface(out: &mut String) -> Fallible<()> {
    let day = httpdate::fmt_http_date(SystemTime::now());
    let arguments = std::env::args().skip(1).collect::<Vec<_>>().join(" ");
    let machine = machine::description()?;
    writeln!(
        out,
        "Written by `cargo run --release -p bench -- {arguments}`, {day}.\n\n\
         - Machine: {machine}.\n\
         - The upstream serves from memory. The load, the upstream and the gate share the \
         machine's cores, so requests per second are those of all three together; the gate's CPU \
         time is its own. The upstream and the load take one thread each.\n\
         - The pages are generated, in the shape of a newspaper's, with 15 third-party elements. \
         Every answer's status, coding and length is checked.\n\
         - All arms alternate in one run, there and back, over the same connections: {} rounds of \
         {} s each. The ratio in brackets is to the same content fetched direct, in the same run. \
         Direct is always uncompressed.\n",
        limits::ROUNDS,
        limits::ARM_TIME.as_secs_f64(),
    )?;
    Ok(())
}

fn level_table(out: &mut String, level: &Level) -> Fallible<()> {
    let (title, plural) = (level.connections, if level.connections == 1 { "" } else { "s" });
    let (others, stolen) = level.others;
    writeln!(
        out,
        "## {title} connection{plural}\n\nOther programs and the kernel for itself took \
         {others:.1} % of the cores' time during these rounds, and the host {stolen:.1} %.\n"
    )?;
    let mut rows = vec![
        [
            "content and way",
            "requests/s",
            "lowest to highest round",
            "p50, ms",
            "p99, ms",
            "gate CPU, ms/request",
            "body, bytes",
            "requests",
            "errors",
        ]
        .map(str::to_owned)
        .to_vec(),
    ];
    for (arm, figures) in &level.figures {
        let direct = level
            .figures
            .iter()
            .find(|(other, _)| (other.content, other.way) == (arm.content, Way::Direct))
            .map(|(_, direct)| direct)
            .filter(|_| arm.way != Way::Direct);
        let mut row = vec![arm.name()];
        row.extend(row_of(figures, direct));
        rows.push(row);
    }
    table(out, &rows);
    Ok(())
}

fn row_of(figures: &Figures, direct: Option<&Figures>) -> Vec<String> {
    let requests = figures.took.latencies.len();
    let ratio = |own: f64, of: &dyn Fn(&Figures) -> f64| {
        direct.map_or(String::new(), |direct| format!(" (×{:.2})", own / of(direct)))
    };
    let rate = figures.took.rate();
    let lowest = figures.rates.iter().copied().fold(f64::INFINITY, f64::min);
    let highest = figures.rates.iter().copied().fold(0.0, f64::max);
    let milliseconds = |share: f64| {
        let of = |figures: &Figures| percentile(&figures.took.latencies, share);
        format!("{:.2}{}", of(figures), ratio(of(figures), &of))
    };
    let cpu = figures.gate_cpu.as_secs_f64() * 1e3 / requests.max(1) as f64;
    vec![
        format!("{rate:.0}{}", ratio(rate, &|direct| direct.took.rate())),
        format!("{lowest:.0} to {highest:.0}"),
        milliseconds(0.50),
        milliseconds(0.99),
        if direct.is_some() { format!("{cpu:.3}") } else { "–".to_owned() },
        (figures.took.bytes / requests.max(1)).to_string(),
        requests.to_string(),
        figures.took.errors.to_string(),
    ]
}

fn memory_table(out: &mut String, measured: &Measured) -> Fallible<()> {
    writeln!(out, "## Memory of the gate\n")?;
    let mebibytes = |kib: u64| format!("{:.1}", kib as f64 / 1_024.0);
    let mut rows = vec![vec!["until".to_owned(), "peak resident, MiB".to_owned()]];
    rows.push(vec!["started".to_owned(), mebibytes(measured.memory_start_kib)]);
    for level in &measured.levels {
        let name = format!("the rounds with {} connections", level.connections);
        rows.push(vec![name, mebibytes(level.memory_peak_kib)]);
    }
    table(out, &rows);
    Ok(())
}

fn micro_table(out: &mut String, micro: &[Micro]) -> Fallible<()> {
    writeln!(
        out,
        "## The rewriter alone\n\nCPU time of one thread, in slices of {} KiB as the gate reads \
         them, median of {} rounds. The first row of each page is the parser (lol_html) with no \
         rule at all, which only finds the tags; the ratio is to it.\n",
        limits::SLICE_BYTES / 1_024,
        limits::MICRO_ROUNDS
    )?;
    let mut rows = vec![["page", "MB/s", "ms/page", "ratio"].map(str::to_owned).to_vec()];
    for page in micro {
        for (name, time) in [
            ("parser, no rules", page.parser),
            ("gate, not decided", page.undecided),
            ("gate, all accepted", page.accepted),
        ] {
            rows.push(vec![
                format!("{}: {name}", page.content.name()),
                format!("{:.0}", page.bytes as f64 / 1e6 / time.as_secs_f64()),
                format!("{:.3}", time.as_secs_f64() * 1e3),
                format!("×{:.2}", time.as_secs_f64() / page.parser.as_secs_f64()),
            ]);
        }
    }
    table(out, &rows);
    Ok(())
}

/// The value in milliseconds below which a share of the sorted latencies lies.
fn percentile(sorted: &[Duration], share: f64) -> f64 {
    let rank = (sorted.len() as f64 * share).ceil() as usize;
    sorted.get(rank.saturating_sub(1)).map_or(f64::NAN, |time| time.as_secs_f64() * 1e3)
}

/// A Markdown table, padded so that its source can be read too; all but the first column are
/// figures.
fn table(out: &mut String, rows: &[Vec<String>]) {
    let columns = rows.first().map_or(0, Vec::len);
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    for (place, row) in rows.iter().enumerate() {
        for (column, (cell, width)) in row.iter().zip(&widths).enumerate() {
            let aligned =
                if column == 0 { format!("{cell:<width$}") } else { format!("{cell:>width$}") };
            let _ = write!(out, "| {aligned} ");
        }
        out.push_str("|\n");
        if place == 0 {
            for (column, width) in widths.iter().enumerate() {
                let rule = "-".repeat(width.saturating_sub(usize::from(column > 0)).max(1));
                let _ = write!(out, "| {rule}{} ", if column > 0 { ":" } else { "" });
            }
            out.push_str("|\n");
        }
    }
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_a_latency_that_was_measured() {
        let sorted: Vec<_> = (1..=100).map(Duration::from_millis).collect();
        assert_eq!(percentile(&sorted, 0.50), 50.0);
        assert_eq!(percentile(&sorted, 0.99), 99.0);
        assert_eq!(percentile(&sorted[..1], 0.99), 1.0);
        assert!(percentile(&[], 0.50).is_nan());
    }

    #[test]
    fn what_a_reader_wrote_is_kept() {
        let file = tempfile::NamedTempFile::new().unwrap();
        write(file.path(), "# Figures\n").unwrap();
        std::fs::write(file.path(), "# Figures\n\n## Reading\n\nFast.\n").unwrap();
        write(file.path(), "# Other figures\n").unwrap();
        let text = std::fs::read_to_string(file.path()).unwrap();
        assert_eq!(text, "# Other figures\n\n## Reading\n\nFast.\n");
    }
}
