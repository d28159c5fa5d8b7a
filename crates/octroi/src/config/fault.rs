//! A wrong configuration file, explained: where, which key, what is wrong, how to mend it.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

use octroi_core::policy::PolicyError;

use crate::limits;

/// What is wrong with the configuration, for the operator to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    /// The file, unless the fault is on the command line.
    pub file: Option<PathBuf>,
    /// The key, or the option, at fault; empty where the text is no TOML at all.
    pub key: String,
    /// What is wrong.
    pub fault: String,
    /// What to write instead.
    pub remedy: String,
    /// Where in the file, if known.
    pub place: Option<Box<Place>>,
}

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// How many characters are at fault, at least 1.
    pub width: usize,
    /// The line's text.
    pub text: String,
}

impl std::error::Error for ConfigError {}

impl fmt::Display for ConfigError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(file) = &self.file {
            write!(out, "{}:", file.display())?;
            if let Some(place) = &self.place {
                write!(out, "{}:{}:", place.line, place.column)?;
            }
            write!(out, " ")?;
        }
        if !self.key.is_empty() {
            write!(out, "{}: ", self.key)?;
        }
        write!(out, "{}", self.fault)?;
        if let Some(place) = &self.place {
            let number = place.line.to_string();
            let gutter = " ".repeat(number.len());
            write!(out, "\n {gutter} |\n {number} | {}", place.text)?;
            let blank = " ".repeat(place.column.saturating_sub(1));
            write!(out, "\n {gutter} | {blank}{}", "^".repeat(place.width))?;
        }
        Ok(())
    }
}

impl Place {
    fn find(text: &str, at: &Range<usize>) -> Option<Self> {
        let before = text.get(..at.start)?;
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = text.get(line_start..)?.lines().next().unwrap_or_default();
        let column = text.get(line_start..at.start)?.chars().count();
        let line_end = line_start + line.len();
        let width = text.get(at.start..at.end.clamp(at.start, line_end.max(at.start)));
        let room = limits::EXCERPT_CHARS_MAX.saturating_sub(column);
        Some(Self {
            line: before.matches('\n').count() + 1,
            column: column + 1,
            width: width.map_or(1, |part| part.chars().count()).clamp(1, room.max(1)),
            // Tabs would put the caret elsewhere than its column says.
            text: line
                .chars()
                .take(limits::EXCERPT_CHARS_MAX)
                .collect::<String>()
                .replace('\t', " "),
        })
    }
}

/// The text of one configuration file, in which faults are located.
pub(super) struct Source<'t> {
    pub(super) path: &'t Path,
    pub(super) text: &'t str,
}

impl Source<'_> {
    /// A fault at a key.
    pub(super) fn fault(
        &self,
        key: &str,
        at: &Range<usize>,
        fault: impl Into<String>,
        remedy: impl Into<String>,
    ) -> ConfigError {
        ConfigError {
            file: Some(self.path.to_owned()),
            key: key.to_owned(),
            fault: fault.into(),
            remedy: remedy.into(),
            place: Place::find(self.text, at).map(Box::new),
        }
    }

    /// A fault that the policy found.
    pub(super) fn of_policy(&self, error: PolicyError) -> ConfigError {
        ConfigError {
            file: Some(self.path.to_owned()),
            key: error.key,
            fault: error.fault,
            remedy: error.remedy,
            place: error.at.and_then(|at| Place::find(self.text, &at)).map(Box::new),
        }
    }

    /// A fault that the TOML reader found: no TOML, an unknown key, a wrong type, a missing key.
    pub(super) fn of_toml(&self, error: &toml::de::Error) -> ConfigError {
        let message = error.message().lines().next().unwrap_or_default();
        let at = error.span().unwrap_or(0..0);
        let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
        if message.starts_with("unknown field") {
            let (unknown, known) =
                quoted.split_first().map_or(("", [].as_slice()), |(u, k)| (*u, k));
            let remedy = match nearest(unknown, known) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("the keys known here are {}", known.join(", ")),
            };
            return self.fault(&self.key_at(at.start, unknown), &at, "unknown key", remedy);
        }
        if message.starts_with("missing field") {
            let missing = quoted.first().copied().unwrap_or_default();
            let first_line = at.start..at.start;
            let fault = format!("`{missing}` is missing");
            let remedy = format!("add `{missing} = …` to this table");
            return self.fault(&self.table_at(at.start), &first_line, fault, remedy);
        }
        if let Some(fault) = ["invalid type: ", "invalid value: "]
            .iter()
            .find_map(|beginning| message.strip_prefix(beginning))
        {
            let (found, expected) = fault.rsplit_once(", expected ").unwrap_or((fault, ""));
            let remedy = format!("write {}", in_toml(expected));
            return self.fault(&self.key_at(at.start, ""), &at, format!("found {found}"), remedy);
        }
        if message == "duplicate key" {
            let remedy = "keep one of the two";
            return self.fault(&self.key_at(at.start, ""), &at, "written twice", remedy);
        }
        let remedy = "see docs/operating/configuration.md for the form of each key";
        self.fault("", &at, format!("not TOML: {message}"), remedy)
    }

    /// The key whose value, or whose name, stands at an offset: its table's name before it.
    fn key_at(&self, offset: usize, name: &str) -> String {
        let line_start = self.text.get(..offset).and_then(|before| before.rfind('\n'));
        let line_start = line_start.map_or(0, |newline| newline + 1);
        let line = self.text.get(line_start..).unwrap_or_default().lines().next();
        let written = match line.unwrap_or_default().split_once('=') {
            Some((key, _)) if name.is_empty() => key.trim(),
            _ => name,
        };
        match self.table_at(line_start) {
            table if table.is_empty() => written.to_owned(),
            table if written.is_empty() || written.starts_with('[') => table,
            table => format!("{table}.{written}"),
        }
    }

    /// The name of the table that an offset lies in; empty at the top.
    fn table_at(&self, offset: usize) -> String {
        let upto = self.text.get(offset..).and_then(|rest| rest.find('\n'));
        let upto = upto.map_or(self.text.len(), |newline| offset + newline);
        let lines = self.text.get(..upto).unwrap_or_default().lines();
        let header = lines.rev().find(|line| line.starts_with('['));
        let header = header.and_then(|line| line.split(']').next()).unwrap_or_default();
        header.trim_matches(['[', ' ']).to_owned()
    }
}

/// The known key that a mistyped one is nearest to, if it is near at all.
fn nearest<'k>(unknown: &str, known: &[&'k str]) -> Option<&'k str> {
    let spelled = |key: &str| key.to_ascii_lowercase().replace('-', "_");
    let reach = limits::TYPO_DISTANCE_MAX.min(unknown.chars().count() / 2);
    known
        .iter()
        .map(|key| (strsim::damerau_levenshtein(&spelled(unknown), key), *key))
        .filter(|(distance, _)| *distance <= reach)
        .min()
        .map(|(_, key)| key)
}

/// An expectation of serde's in the words of TOML.
fn in_toml(expected: &str) -> String {
    match expected {
        "a string" => "a text in quotes: \"…\"".to_owned(),
        "a sequence" => "a list: [\"…\", \"…\"]".to_owned(),
        "a boolean" => "true or false".to_owned(),
        "u64" | "u32" => "a whole number, not below 0".to_owned(),
        "a map" => "a table: { … }".to_owned(),
        other if other.starts_with("struct ") => "a table: { … }".to_owned(),
        other => other.to_owned(),
    }
}
