//! The benchmark: the same pages direct and through a real gate, by turns, in one run.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;

mod limits;
mod page;
mod upstream;
mod gate;
mod arms;
mod load;
mod rounds;
mod micro;
mod machine;
mod report;

type Fallible<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Measures the gate: the same pages direct and through it, in one alternating run.
#[derive(Parser)]
struct Arguments {
    /// Write the report to this file too; what follows its line "## Reading" is kept.
    #[arg(long)]
    write: Option<PathBuf>,
    /// Measure this program instead of building the gate.
    #[arg(long)]
    gate: Option<PathBuf>,
    /// Measure only the rewriter, without a server.
    #[arg(long)]
    micro: bool,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("error: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Fallible<()> {
    let contents = Arc::new(upstream::Contents::new());
    let (mut memory_start_kib, mut levels) = (0, Vec::new());
    let program = match (&arguments.gate, arguments.micro) {
        (_, true) => None,
        (Some(program), false) => Some(program.clone()),
        (None, false) => Some(gate::build()?),
    };
    if let Some(program) = program {
        let upstream = upstream::start(Arc::clone(&contents))?;
        let gate = gate::Gate::start(&program, upstream)?;
        memory_start_kib = gate.memory_peak_kib()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        levels = runtime.block_on(rounds::measure(upstream, &gate, &contents))?;
    }
    let micro = micro::measure(&contents)?;
    let measured = report::Measured { memory_start_kib, levels, micro };
    let report = report::markdown(&measured)?;
    std::io::stdout().write_all(report.as_bytes())?;
    if let Some(path) = &arguments.write {
        report::write(path, &report)?;
    }
    Ok(())
}

/// Progress, beside the report. If nobody listens, nothing is lost.
fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}
