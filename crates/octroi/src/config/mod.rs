//! What the operator decides: `octroi.toml` and the command line, read, located and joined.

mod fault;
mod file;

use std::fs::File;
use std::io::Read;
use std::net::{IpAddr, SocketAddr};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::Duration;

use ipnet::IpNet;
use octroi_core::policy::Policy;
use toml::Spanned;

use crate::limits;

pub use fault::{ConfigError, Place};
pub use file::{ConfigFile, TimeoutsFile};

/// Everything that a gate is started with.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where the site itself answers; `check` accepts a file without.
    pub upstream: Option<Upstream>,
    /// Address that the gate listens at.
    pub listen: SocketAddr,
    /// Directory of the ledger and the keys.
    pub data: PathBuf,
    /// Path under which the gate's own pages are, without a slash at its end.
    pub prefix: String,
    /// Hosts that are the operator's own, below the site's domain or not.
    pub first_party: Vec<String>,
    /// Proxies in front whose word on the visitor counts.
    pub trusted_proxies: Vec<IpNet>,
    /// Whether pages are compressed on their way to the visitor.
    pub compress: bool,
    /// How long the gate waits for the upstream.
    pub timeouts: Timeouts,
    /// Purposes and services.
    pub policy: Policy,
}

/// The site's own server: a host and a port, reached over plain http.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upstream(http::uri::Authority);

/// How long the gate waits for the upstream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// For a connection.
    pub connect: Duration,
    /// For the head of its answer, from the last byte of the request on.
    pub first_byte: Duration,
    /// Between two parts of a body, in either direction.
    pub idle: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            first_byte: Duration::from_secs(60),
            idle: Duration::from_secs(60),
        }
    }
}

/// What the command line says; it beats the file.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    /// `--upstream`.
    pub upstream: Option<String>,
    /// `--listen`.
    pub listen: Option<String>,
    /// `--data`.
    pub data: Option<PathBuf>,
}

/// What went wrong with one value, and how to write it.
type Wrong = (String, &'static str);

impl Upstream {
    /// Parses `http://host:port`.
    ///
    /// # Errors
    /// The fault and its remedy, in words.
    pub fn parse(text: &str) -> Result<Self, Wrong> {
        let form = "write http://HOST:PORT, as in http://127.0.0.1:9000";
        let Some((scheme, _)) = text.split_once("://") else {
            return Err((format!("`{text}` is not an address"), form));
        };
        if scheme.eq_ignore_ascii_case("https") {
            let fault = "https towards the upstream is not supported yet".to_owned();
            return Err((fault, "write the http:// address of the site's own server"));
        }
        let uri: http::Uri =
            text.parse().map_err(|_| (format!("`{text}` is not an address"), form))?;
        let plain = uri.scheme_str() == Some("http")
            && matches!(uri.path(), "" | "/")
            && uri.query().is_none()
            && !text.contains(['@', '#']);
        match uri.authority() {
            Some(authority) if plain && !authority.host().is_empty() => Ok(Self(authority.clone())),
            _ if uri.scheme_str() == Some("http") => {
                Err((format!("`{text}` is more than a host and a port"), form))
            }
            _ => Err((format!("`{text}` is not an http address"), form)),
        }
    }

    /// Host and port.
    #[must_use]
    pub fn authority(&self) -> &http::uri::Authority {
        &self.0
    }
}

impl From<SocketAddr> for Upstream {
    fn from(address: SocketAddr) -> Self {
        // An address and a port are always an authority; the fallback cannot be reached, and would
        // be answered as an upstream that is down.
        let parsed = address.to_string().parse();
        Self(parsed.unwrap_or_else(|_| http::uri::Authority::from_static("0.0.0.0")))
    }
}

impl Config {
    /// Reads a file, if there is one, and puts the command line over it.
    ///
    /// # Errors
    /// [`ConfigError`], located where the fault is in the file.
    pub fn read(path: Option<&Path>, overrides: &Overrides) -> Result<Self, ConfigError> {
        match path {
            None => Self::parse(Path::new(""), "", overrides),
            Some(path) => Self::parse(path, &text_of(path)?, overrides),
        }
    }

    /// Reads a file's text; `path` is named in errors, and relative paths start from its directory.
    ///
    /// # Errors
    /// As [`Config::read`].
    pub fn parse(path: &Path, text: &str, overrides: &Overrides) -> Result<Self, ConfigError> {
        let source = fault::Source { path, text };
        let mut file: ConfigFile = toml::from_str(text).map_err(|error| source.of_toml(&error))?;
        let policy =
            Policy::from_file(file.take_policy()).map_err(|error| source.of_policy(error))?;
        let directory = path.parent().unwrap_or(Path::new(""));
        let timeouts = file.timeouts.unwrap_or_default();
        let wait = |key, given: Option<Spanned<u64>>, usual: Duration| match given {
            None => Ok(usual),
            Some(seconds) => parse_seconds(*seconds.as_ref()).map_err(|(fault, remedy)| {
                source.fault(&format!("timeouts.{key}"), &seconds.span(), fault, remedy)
            }),
        };
        let usual = Timeouts::default();
        Ok(Self {
            upstream: match &overrides.upstream {
                Some(text) => Some(on_command_line("--upstream", text, Upstream::parse)?),
                None => source.one("upstream", file.upstream, Upstream::parse)?,
            },
            listen: match &overrides.listen {
                Some(text) => on_command_line("--listen", text, parse_listen)?,
                None => source
                    .one("listen", file.listen, parse_listen)?
                    .unwrap_or(SocketAddr::from(([127, 0, 0, 1], 8080))),
            },
            data: match (&overrides.data, &file.data) {
                (Some(given), _) => given.clone(),
                (None, Some(written)) => directory.join(written.as_ref()),
                (None, None) => PathBuf::from("octroi-data"),
            },
            prefix: source
                .one("prefix", file.prefix, parse_prefix)?
                .unwrap_or_else(|| "/_octroi".to_owned()),
            first_party: source
                .each("first_party", file.first_party, parse_host)?
                .unwrap_or_default(),
            trusted_proxies: source
                .each("trusted_proxies", file.trusted_proxies, parse_network)?
                .unwrap_or_else(loopback),
            compress: file.compress.unwrap_or(true),
            timeouts: Timeouts {
                connect: wait("connect", timeouts.connect, usual.connect)?,
                first_byte: wait("first_byte", timeouts.first_byte, usual.first_byte)?,
                idle: wait("idle", timeouts.idle, usual.idle)?,
            },
            policy,
        })
    }
}

impl fault::Source<'_> {
    fn one<T>(
        &self,
        key: &str,
        value: Option<Spanned<String>>,
        parse: impl Fn(&str) -> Result<T, Wrong>,
    ) -> Result<Option<T>, ConfigError> {
        value
            .map(|value| {
                let located =
                    |(fault, remedy): Wrong| self.fault(key, &value.span(), fault, remedy);
                parse(value.as_ref()).map_err(located)
            })
            .transpose()
    }

    fn each<T>(
        &self,
        key: &str,
        values: Option<Vec<Spanned<String>>>,
        parse: impl Fn(&str) -> Result<T, Wrong>,
    ) -> Result<Option<Vec<T>>, ConfigError> {
        let Some(values) = values else { return Ok(None) };
        let parsed = values.into_iter().map(|value| {
            let at: Range<usize> = value.span();
            parse(value.as_ref()).map_err(|(fault, remedy)| self.fault(key, &at, fault, remedy))
        });
        parsed.collect::<Result<_, _>>().map(Some)
    }
}

fn on_command_line<T>(
    option: &str,
    text: &str,
    parse: impl Fn(&str) -> Result<T, Wrong>,
) -> Result<T, ConfigError> {
    parse(text).map_err(|(fault, remedy)| ConfigError {
        file: None,
        key: option.to_owned(),
        fault,
        remedy: remedy.to_owned(),
        place: None,
    })
}

fn text_of(path: &Path) -> Result<String, ConfigError> {
    let unread = |fault: String| ConfigError {
        file: Some(path.to_owned()),
        key: String::new(),
        fault,
        remedy: "name a readable TOML file after --config".to_owned(),
        place: None,
    };
    let mut text = String::new();
    let file = File::open(path).map_err(|error| unread(error.to_string()))?;
    file.take(limits::CONFIG_BYTES_MAX + 1)
        .read_to_string(&mut text)
        .map_err(|error| unread(error.to_string()))?;
    if text.len() as u64 > limits::CONFIG_BYTES_MAX {
        return Err(unread(format!("longer than {} bytes", limits::CONFIG_BYTES_MAX)));
    }
    Ok(text)
}

fn parse_listen(text: &str) -> Result<SocketAddr, Wrong> {
    text.parse().map_err(|_| {
        let remedy = "write ADDRESS:PORT, as in 127.0.0.1:8080, 0.0.0.0:80 or [::]:80";
        (format!("`{text}` is not an address and a port"), remedy)
    })
}

fn parse_seconds(seconds: u64) -> Result<Duration, Wrong> {
    if (1..=limits::TIMEOUT_SECONDS_MAX).contains(&seconds) {
        return Ok(Duration::from_secs(seconds));
    }
    Err((format!("{seconds} seconds are out of bounds"), "write 1 to 3600"))
}

fn parse_prefix(text: &str) -> Result<String, Wrong> {
    let segment = |part: &str| {
        !matches!(part, "" | "." | "..")
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'))
    };
    match text.strip_prefix('/') {
        Some(rest) if rest.split('/').all(segment) => Ok(text.to_owned()),
        _ => Err((
            format!("`{text}` cannot be a path of the gate's own"),
            "write one or more names of a-z, 0-9, _ and -, as in /_octroi, no slash at the end",
        )),
    }
}

fn parse_host(text: &str) -> Result<String, Wrong> {
    let host = octroi_core::visit::Authority::parse(text)
        .filter(|authority| authority.host().len() == text.len() && text.contains('.'));
    match host {
        Some(host) => Ok(host.host().to_owned()),
        None => Err((
            format!("`{text}` is not a host"),
            "write a host name without scheme, port or path, as in cdn.example.net",
        )),
    }
}

fn parse_network(text: &str) -> Result<IpNet, Wrong> {
    let address = text.parse::<IpAddr>().map(IpNet::from);
    text.parse().or(address).map_err(|_| {
        let remedy = "write an address or a network, as in 10.0.0.7 or 10.0.0.0/8";
        (format!("`{text}` is not a network"), remedy)
    })
}

fn loopback() -> Vec<IpNet> {
    let v4 = IpNet::new(IpAddr::from([127, 0, 0, 0]), 8);
    let v6 = IpNet::new(IpAddr::from([0, 0, 0, 0, 0, 0, 0, 1]), 128);
    v4.into_iter().chain(v6).collect()
}
