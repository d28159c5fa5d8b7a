//! `octroi check`: a configuration file, read as `serve` would.

use std::io::{self, Write};
use std::path::Path;

use super::Failure;
use crate::config::{Config, Overrides};

pub(super) fn run(path: &Path) -> Result<(), Failure> {
    let config = Config::read(Some(path), &Overrides::default())?;
    let mut out = io::stdout().lock();
    let policy = &config.policy;
    writeln!(out, "{} can be served:", path.display())?;
    match &config.upstream {
        Some(upstream) => writeln!(out, "  upstream  http://{}", upstream.authority())?,
        None => writeln!(out, "  upstream  none: `serve` needs --upstream")?,
    }
    writeln!(out, "  listen    {}", config.listen)?;
    writeln!(out, "  data      {}", config.data.display())?;
    writeln!(out, "  services  {}", policy.services().len())?;
    writeln!(out, "  purposes  {}", policy.purposes().len())?;
    writeln!(out, "  policy    {}", policy.version())?;
    Ok(())
}
