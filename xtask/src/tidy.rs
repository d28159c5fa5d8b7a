//! Checks what no compiler does: the tree's own rules, each with the sentence that breaks it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{Outcome, say};

/// Lines of a Rust file, at most: what a reader takes in at once.
const LINES_MAX: usize = 500;

/// Where the project's own code is.
const ROOMS: [&str; 4] = ["bench", "crates", "e2e", "xtask"];

/// Names that say nothing of what a module owns.
const EMPTY_NAMES: [&str; 7] = ["util", "utils", "common", "helper", "helpers", "manager", "misc"];

/// Words of other trades, with ours (documentation of the core only; `user agent` is HTTP's own).
const FOREIGN_WORDS: [(&str, &str); 8] = [
    ("user", "visitor"),
    ("users", "visitors"),
    ("client", "visitor, or browser"),
    ("clients", "visitors, or browsers"),
    ("category", "purpose, or kind"),
    ("categories", "purposes, or kinds"),
    ("popup", "banner, or notice"),
    ("cmp", "gate"),
];

/// What the crates that judge and prove must never reach, not even through others.
const FORBIDDEN: [&str; 5] = ["tokio", "hyper", "rusqlite", "getrandom", "rand"];

/// A Rust file of the project.
struct Source {
    /// Below the workspace.
    path: PathBuf,
    text: String,
}

impl Source {
    fn starts_with(&self, room: &str) -> bool {
        self.path.starts_with(room)
    }

    fn is_test(&self) -> bool {
        self.path.ends_with("tests.rs") || self.path.components().any(|c| c.as_os_str() == "tests")
    }

    fn fault(&self, line: usize, what: &str) -> String {
        format!("{}:{line}: {what}", self.path.display())
    }
}

/// Checks the whole tree and lists every fault.
pub(crate) fn check() -> Outcome {
    let faults = faults(&workspace())?;
    if faults.is_empty() {
        say("the tree is tidy");
        return Ok(());
    }
    Err(format!("{}\n{} faults", faults.join("\n"), faults.len()))
}

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn faults(root: &Path) -> Result<Vec<String>, String> {
    let sources = sources(root)?;
    let mut faults: Vec<String> = sources.iter().flat_map(in_source).collect();
    faults.extend(fixtures(root)?);
    for package in ["octroi-core", "octroi-ledger"] {
        faults.extend(closure(root, package)?);
    }
    Ok(faults)
}

fn sources(root: &Path) -> Result<Vec<Source>, String> {
    let mut found = Vec::new();
    let mut waiting: Vec<PathBuf> = ROOMS.iter().map(|room| root.join(room)).collect();
    while let Some(place) = waiting.pop() {
        let entries = fs::read_dir(&place).map_err(|e| format!("{}: {e}", place.display()))?;
        for entry in entries.flatten() {
            let path = entry.path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.extension().is_some_and(|kind| kind == "rs") {
                let text =
                    fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
                let path = path.strip_prefix(root).unwrap_or(&path).to_owned();
                found.push(Source { path, text });
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}

fn in_source(source: &Source) -> Vec<String> {
    let mut faults = Vec::new();
    if !source.text.starts_with("//! ") {
        faults.push(source.fault(1, "opens with no `//!` sentence that says what it owns"));
    }
    let lines = source.text.lines().count();
    if lines > LINES_MAX {
        faults.push(source.fault(lines, &format!("more than {LINES_MAX} lines")));
    }
    let named = source.path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let below = source.path.parent().and_then(Path::file_name).and_then(|name| name.to_str());
    if [Some(named), below].iter().flatten().any(|name| EMPTY_NAMES.contains(name)) {
        faults.push(source.fault(1, "its name does not say what it owns"));
    }
    for (place, line) in source.text.lines().enumerate() {
        faults.extend(in_line(source, line).into_iter().map(|what| source.fault(place + 1, &what)));
    }
    faults
}

fn in_line(source: &Source, line: &str) -> Vec<String> {
    let mut faults = Vec::new();
    if line.contains(concat!("fn vali", "date_")) {
        faults
            .push("a parser that answers a value says more than a function that validates".into());
    }
    // It would let the rest of a page out ungated.
    if line.contains(concat!("graceful_", "bail_out")) {
        faults.push("lol_html's way to fail open is named".to_owned());
    }
    let keeps = ["crates/store", "crates/ledger"].iter().any(|room| source.starts_with(room));
    if line.contains(concat!("assertion_", "durable")) && !keeps && !source.is_test() {
        faults.push("a receipt is made by hand outside the store".to_owned());
    }
    if source.starts_with("crates/core/src") && !source.is_test() && is_public(line) {
        faults.extend(foreign_words(line));
    }
    faults
}

/// Whether a reader of the documentation sees the line.
fn is_public(line: &str) -> bool {
    let line = line.trim_start();
    ["///", "//!", "pub fn", "pub struct", "pub enum", "pub trait", "pub const", "pub mod"]
        .iter()
        .any(|start| line.starts_with(start))
}

fn foreign_words(line: &str) -> Vec<String> {
    let lower = line.to_ascii_lowercase().replace("user agent", "").replace("user-agent", "");
    let words: Vec<&str> = lower.split(|c: char| !c.is_ascii_alphanumeric()).collect();
    let foreign = FOREIGN_WORDS.iter().filter(|(foreign, _)| words.contains(foreign));
    foreign.map(|(foreign, ours)| format!("`{foreign}` is not our word: {ours}")).collect()
}

/// Every construct that the gate knows has a page that shows it.
fn fixtures(root: &Path) -> Result<Vec<String>, String> {
    let table = root.join("crates/core/src/body/constructs.rs");
    let text = fs::read_to_string(&table).map_err(|e| format!("{}: {e}", table.display()))?;
    let rows: Vec<&str> = text
        .split("row(\"")
        .skip(1)
        .filter_map(|rest| rest.split_once('"').map(|(id, _)| id))
        .collect();
    if rows.is_empty() {
        return Err(format!("{}: no rows found", table.display()));
    }
    let missing = rows
        .iter()
        .filter(|id| !root.join("testdata/constructs").join(format!("{id}.html")).is_file());
    Ok(missing.map(|id| format!("testdata/constructs/{id}.html is missing")).collect())
}

/// What a crate depends on, directly or not, on any platform.
fn closure(root: &Path, package: &str) -> Result<Vec<String>, String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let tree = Command::new(cargo)
        .args(["tree", "--package", package, "--edges", "normal", "--target", "all"])
        .args(["--prefix", "none", "--offline"])
        .current_dir(root)
        .output()
        .map_err(|e| format!("cargo tree: {e}"))?;
    if !tree.status.success() {
        return Err(format!("cargo tree: {}", String::from_utf8_lossy(&tree.stderr)));
    }
    let text = String::from_utf8_lossy(&tree.stdout).into_owned();
    let names: Vec<&str> = text.lines().filter_map(|line| line.split(' ').next()).collect();
    let reached = FORBIDDEN.iter().filter(|forbidden| names.contains(forbidden));
    Ok(reached.map(|name| format!("{package} reaches {name}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(path: &str, text: &str) -> usize {
        in_source(&Source { path: path.into(), text: text.to_owned() }).len()
    }

    #[test]
    fn the_tree_is_tidy() {
        assert_eq!(faults(&workspace()).unwrap(), Vec::<String>::new());
    }

    #[test]
    fn each_rule_can_be_broken() {
        let own = "//! Owns it.\n";
        assert_eq!(of("crates/core/src/gate.rs", own), 0);
        assert_eq!(of("crates/core/src/gate.rs", "fn f() {}\n"), 1);
        assert_eq!(of("crates/core/src/gate.rs", &own.repeat(LINES_MAX + 1)), 1);
        assert_eq!(of("crates/core/src/util.rs", own), 1);
        assert_eq!(of("crates/core/src/common/mod.rs", own), 1);
        let breaking = [
            concat!("fn vali", "date_host() {}"),
            concat!("settings.graceful_", "bail_out()"),
            concat!("Receipt::assertion_", "durable(1, hash)"),
            "/// What the user wants.",
            "pub struct Category;",
        ];
        for line in breaking {
            assert_eq!(of("crates/core/src/gate.rs", &format!("{own}{line}\n")), 1, "{line}");
        }
        let durable = format!("{own}{}\n", breaking[2]);
        assert_eq!(of("crates/store/src/writer.rs", &durable), 0);
        assert_eq!(of("crates/core/src/token/tests.rs", &durable), 0);
        assert_eq!(of("crates/core/src/gate.rs", &format!("{own}/// The user agent.\n")), 0);
    }
}
