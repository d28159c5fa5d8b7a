//! A wrong file is explained where it is wrong, and every key has its paragraph and its example.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use octroi::config::{Config, ConfigError, ConfigFile, Overrides};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn parse(text: &str) -> Result<Config, ConfigError> {
    Config::parse(Path::new("octroi.toml"), text, &Overrides::default())
}

/// As the program prints it. `OCTROI_BLESS=1` writes the expected files anew, to be read.
#[test]
fn wrong_files_are_explained() {
    let mut files: Vec<PathBuf> = fs::read_dir(root().join("testdata/config/wrong"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|kind| kind == "toml"))
        .collect();
    files.sort();
    assert!(files.len() >= 20, "the files are where they are looked for");
    for file in files {
        let error = parse(&fs::read_to_string(&file).unwrap()).expect_err(&file.to_string_lossy());
        let told = format!("error: {error}\nhint: {}\n", error.remedy);
        let expected = file.with_extension("txt");
        if std::env::var_os("OCTROI_BLESS").is_some() {
            fs::write(&expected, &told).unwrap();
        }
        let expected = fs::read_to_string(expected).unwrap();
        assert_eq!(told, expected, "{}", file.display());
    }
}

/// The keys that serde knows, as its own complaint about an unknown one lists them.
fn keys_of(table: &str) -> BTreeSet<String> {
    let error = toml::from_str::<ConfigFile>(&table.replace('?', "\"?\" = 1")).unwrap_err();
    let message = error.message();
    assert!(message.starts_with("unknown field"), "{table}: {message}");
    message.split('`').skip(1).step_by(2).skip(1).map(str::to_owned).collect()
}

#[test]
fn every_key_is_documented() {
    let manual = fs::read_to_string(root().join("docs/operating/configuration.md")).unwrap();
    let service = "id='a'\nname=''\nprovider=''\ncountry=''\nkind=''\npurposes=[]\npolicy=''\n";
    let tables = [
        "?".to_owned(),
        "[timeouts]\n?".to_owned(),
        "[operator]\n?".to_owned(),
        "[[purpose]]\nid='a'\n?".to_owned(),
        format!("[[service]]\n{service}hosts=[]\n?"),
        format!("[[service]]\n{service}hosts=[{{at='',loads=[],?}}]"),
        format!("[[service]]\n{service}hosts=[]\ncookies=[{{name='',days=1,?}}]"),
        format!("[[service]]\n{service}hosts=[]\nstorage=[{{name='',area='',?}}]"),
    ];
    let mut count = 0;
    for table in tables {
        for key in keys_of(&table) {
            let forms = [format!("`{key}`"), format!("`[{key}]`"), format!("`[[{key}]]`")];
            let is_documented = forms.iter().any(|form| manual.contains(form));
            assert!(is_documented, "`{key}` of {table:?} is not documented");
            count += 1;
        }
    }
    assert!(count > 35, "{count} keys were looked for");
}

#[test]
fn every_example_of_the_manual_can_be_served() {
    let manual = fs::read_to_string(root().join("docs/operating/configuration.md")).unwrap();
    let examples: Vec<&str> =
        manual.split("```toml\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert!(examples.len() >= 8, "{}", examples.len());
    for example in examples {
        if let Err(error) = parse(example) {
            panic!("{example}\n{error}\nhint: {}", error.remedy);
        }
    }
}

#[test]
fn a_gate_needs_no_file() {
    let config = parse("").unwrap();
    assert_eq!(config.upstream, None);
    assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.data, Path::new("octroi-data"));
    assert_eq!(config.prefix, "/_octroi");
    assert!(config.compress);
    let trusted: Vec<String> = config.trusted_proxies.iter().map(ToString::to_string).collect();
    assert_eq!(trusted, ["127.0.0.0/8", "::1/128"]);
    assert_eq!(config.timeouts.connect, Duration::from_secs(5));
    assert_eq!(config.timeouts.first_byte, Duration::from_secs(60));
    assert_eq!(config.timeouts.idle, Duration::from_secs(60));
}

#[test]
fn the_command_line_beats_the_file() {
    let file = "upstream = \"http://127.0.0.1:1\"\nlisten = \"127.0.0.1:2\"\ndata = \"here\"";
    let config = Config::parse(Path::new("/etc/octroi/octroi.toml"), file, &Overrides::default());
    assert_eq!(config.unwrap().data, Path::new("/etc/octroi/here"), "from the file's directory");
    let overrides = Overrides {
        upstream: Some("http://127.0.0.1:9".to_owned()),
        listen: Some("[::1]:8".to_owned()),
        data: Some(PathBuf::from("there")),
    };
    let config = Config::parse(Path::new("/etc/octroi/octroi.toml"), file, &overrides).unwrap();
    assert_eq!(config.upstream.unwrap().authority(), "127.0.0.1:9");
    assert_eq!(config.listen.to_string(), "[::1]:8");
    assert_eq!(config.data, Path::new("there"));
}

#[test]
fn a_fault_on_the_command_line_names_the_option() {
    let overrides = Overrides { listen: Some("8080".to_owned()), ..Overrides::default() };
    let error = Config::parse(Path::new(""), "", &overrides).unwrap_err();
    assert_eq!(error.to_string(), "--listen: `8080` is not an address and a port");
    let missing = Config::read(Some(Path::new("/nonexistent.toml")), &Overrides::default());
    assert!(missing.unwrap_err().to_string().starts_with("/nonexistent.toml: "));
}
