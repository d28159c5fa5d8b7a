//! Turns the npm package third-party-web into the committed table of third-party labels.
//!
//! The table only names hosts that no service of the catalogue covers, so that a notice or the
//! inventory can say more than an address. No verdict depends on it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::{Outcome, say};

/// The version whose table is committed; another one is a change to review.
const VERSION: &str = "0.30.0";

/// A domain's name and kind.
type Label = (String, &'static str);

/// Writes `crates/core/labels`, from `package` or from a freshly fetched copy.
pub(crate) fn write_table(package: Option<&Path>) -> Outcome {
    let package = match package {
        Some(package) => package.to_owned(),
        None => fetch()?,
    };
    let manifest = read_json(&package.join("package.json"))?;
    let version = manifest.get("version").and_then(Value::as_str).unwrap_or("unknown");
    if version != VERSION {
        return Err(format!("third-party-web {version} found, {VERSION} expected"));
    }
    let labels = labels(&read_json(&package.join("dist/entities-nostats.json"))?)?;
    let licence = read(&package.join("LICENSE"))?;

    let target = workspace().join("crates/core/labels");
    fs::create_dir_all(&target).map_err(|e| format!("{}: {e}", target.display()))?;
    write(&target.join("third-party-web.tsv"), &table(&labels))?;
    write(&target.join("LICENSE-third-party-web"), &licence)?;
    say(&format!("{} domains labelled", labels.len()));
    Ok(())
}

/// Fetches the pinned package with npm, below `target/`, and answers its directory.
fn fetch() -> Result<PathBuf, String> {
    let room = workspace().join("target/labels");
    fs::create_dir_all(&room).map_err(|e| format!("{}: {e}", room.display()))?;
    let archive = format!("third-party-web-{VERSION}.tgz");
    call(Command::new("npm").args(["pack", "--silent"]).arg(named()).current_dir(&room))?;
    call(Command::new("tar").arg("xzf").arg(archive).current_dir(&room))?;
    Ok(room.join("package"))
}

fn named() -> String {
    format!("third-party-web@{VERSION}")
}

fn call(command: &mut Command) -> Outcome {
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{command:?} ended with {status}")),
        Err(e) => Err(format!("{command:?} did not start: {e}")),
    }
}

/// Reads the package's entities. Where two of them claim one domain, the first one listed keeps it.
fn labels(entities: &Value) -> Result<BTreeMap<String, Label>, String> {
    let mut labels = BTreeMap::new();
    for entity in entities.as_array().ok_or("the entities are not a list")? {
        let name = entity.get("name").and_then(Value::as_str).ok_or("an entity without name")?;
        let category = entity.get("category").and_then(Value::as_str).unwrap_or("other");
        let domains = entity.get("domains").and_then(Value::as_array);
        for pattern in domains.into_iter().flatten().filter_map(Value::as_str) {
            let domain = pattern.strip_prefix("*.").unwrap_or(pattern).to_ascii_lowercase();
            if !plain(&domain) {
                return Err(format!("{name}: {pattern:?} is not a domain"));
            }
            labels.entry(domain).or_insert_with(|| (one_line(name), kind(category)));
        }
    }
    Ok(labels)
}

/// Whether `domain` is written in the characters of a host name only.
fn plain(domain: &str) -> bool {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-._".contains(c);
    domain.contains('.') && domain.chars().all(allowed)
}

fn one_line(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The catalogue's kind for a category of the package, where one corresponds.
fn kind(category: &str) -> &'static str {
    match category {
        "ad" => "advertising",
        "analytics" => "measurement",
        "cdn" => "code-library",
        "customer-success" => "chat",
        "social" => "social",
        "tag-manager" => "tag-manager",
        "video" => "video",
        _ => "other",
    }
}

fn table(labels: &BTreeMap<String, Label>) -> String {
    let mut table = format!(
        "# Names of third-party domains, for display only. Written by `cargo xtask labels`.\n\
         # Source: npm package third-party-web {VERSION}, entities-nostats.json,\n\
         # Copyright (c) 2019 Patrick Hulce, MIT licence, see LICENSE-third-party-web.\n\
         # domain<TAB>name<TAB>kind, sorted by domain; a domain covers its sub-domains.\n"
    );
    for (domain, (name, kind)) in labels {
        table.push_str(&format!("{domain}\t{name}\t{kind}\n"));
    }
    table
}

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))
}

fn read_json(path: &Path) -> Result<Value, String> {
    serde_json::from_str(&read(path)?).map_err(|e| format!("{}: {e}", path.display()))
}

fn write(path: &Path, text: &str) -> Outcome {
    fs::write(path, text).map_err(|e| format!("{}: {e}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_entity_keeps_a_domain_and_stars_go() {
        let entities = serde_json::json!([
            { "name": "A  one", "category": "ad", "domains": ["*.b.example", "a.example"] },
            { "name": "B", "category": "hosting", "domains": ["b.example", "C.example"] },
        ]);
        let text = table(&labels(&entities).unwrap());
        let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
        assert_eq!(
            lines,
            [
                "a.example\tA one\tadvertising",
                "b.example\tA one\tadvertising",
                "c.example\tB\tother"
            ]
        );
    }

    #[test]
    fn what_is_not_a_domain_stops_the_task() {
        let entities = serde_json::json!([{ "name": "A", "domains": ["a b.example"] }]);
        assert!(labels(&entities).is_err());
    }
}
