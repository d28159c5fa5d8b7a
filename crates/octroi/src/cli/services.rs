//! `octroi services`: the catalogue, to copy ids from.

use std::io::{self, Write};

use octroi_core::policy::built_in_services;

use super::Failure;

pub(super) fn run(word: Option<&str>) -> Result<(), Failure> {
    let services = built_in_services()
        .map_err(|error| Failure::new(error, "this is a fault in octroi: please report it"))?;
    let word = word.unwrap_or_default().to_lowercase();
    let mut rows: Vec<_> = services
        .iter()
        .map(|s| (s.id.as_str(), s.kind.as_str(), s.name.as_str(), s.provider.as_str()))
        .filter(|(id, kind, name, provider)| {
            [id, kind, name, provider].iter().any(|text| text.to_lowercase().contains(&word))
        })
        .collect();
    rows.sort_unstable();
    if rows.is_empty() {
        let message = format!("the catalogue has no service with `{word}` in it");
        return Err(Failure::new(message, "describe it in a [[service]] of octroi.toml"));
    }
    let mut out = io::stdout().lock();
    for (id, kind, name, provider) in rows {
        match writeln!(out, "{id:<32}  {kind:<12}  {name} ({provider})") {
            // `octroi services | head` has seen enough.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(()),
            written => written?,
        }
    }
    Ok(())
}
