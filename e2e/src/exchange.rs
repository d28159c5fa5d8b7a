//! One HTTP/1.1 exchange over a socket of its own, byte for byte as a test writes it.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};

use crate::limits;

/// A request in the making.
#[derive(Clone, Debug)]
pub struct Asking {
    port: u16,
    method: &'static str,
    target: String,
    fields: Vec<(String, String)>,
    body: Vec<u8>,
}

/// An answer, read to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Status code.
    pub status: u16,
    /// Header fields in order, names in lower case.
    pub fields: Vec<(String, String)>,
    /// Body, its chunks joined.
    pub body: Vec<u8>,
}

impl Asking {
    /// `GET target` on this port, for this host.
    #[must_use]
    pub fn get(port: u16, host: &str, target: &str) -> Self {
        let fields = vec![("host".to_owned(), host.to_owned())];
        Self { port, method: "GET", target: target.to_owned(), fields, body: Vec::new() }
    }

    /// The same as a `POST` of a form.
    #[must_use]
    pub fn post(port: u16, host: &str, target: &str, form: &str) -> Self {
        let asking =
            Self::get(port, host, target).with("content-type", "application/x-www-form-urlencoded");
        Self { method: "POST", body: form.as_bytes().to_vec(), ..asking }
    }

    /// With one more field.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With another method.
    #[must_use]
    pub fn by(self, method: &'static str) -> Self {
        Self { method, ..self }
    }

    /// Sends it and reads the whole answer.
    #[must_use]
    pub fn send(&self) -> Answer {
        self.attempt().unwrap_or_else(|e| panic!("{} {}: {e}", self.method, self.target))
    }

    fn attempt(&self) -> std::io::Result<Answer> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))?;
        stream.set_read_timeout(Some(limits::EXCHANGE_WAIT))?;
        let mut head = format!("{} {} HTTP/1.1\r\n", self.method, self.target);
        for (name, value) in &self.fields {
            head += &format!("{name}: {value}\r\n");
        }
        if !self.body.is_empty() {
            head += &format!("content-length: {}\r\n", self.body.len());
        }
        head += "connection: close\r\n\r\n";
        stream.write_all(head.as_bytes())?;
        stream.write_all(&self.body)?;
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes)?;
        Answer::parse(&bytes).ok_or_else(|| std::io::Error::other("the answer is no HTTP"))
    }
}

impl Answer {
    fn parse(bytes: &[u8]) -> Option<Self> {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let body = &bytes[end + 4..];
        let mut lines = head.split("\r\n");
        let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
        let fields: Vec<_> = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        let chunked = fields.iter().any(|(n, v)| n == "transfer-encoding" && v == "chunked");
        let body = if chunked { joined(body)? } else { body.to_vec() };
        Some(Self { status, fields, body })
    }

    /// All values of a field.
    #[must_use]
    pub fn all(&self, name: &str) -> Vec<&str> {
        let named = self.fields.iter().filter(|(known, _)| known == name);
        named.map(|(_, value)| value.as_str()).collect()
    }

    /// The only value of a field, or nothing.
    #[must_use]
    pub fn one(&self, name: &str) -> Option<&str> {
        match self.all(name)[..] {
            [value] => Some(value),
            _ => None,
        }
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The value that the gate sets for its own cookie; empty where it removes it.
    #[must_use]
    pub fn token(&self) -> Option<String> {
        let set = self.all("set-cookie");
        let pairs = set.iter().filter_map(|field| field.split(';').next()?.split_once('='));
        pairs.clone().find(|(name, _)| *name == "octroi").map(|(_, value)| value.to_owned())
    }
}

fn joined(mut bytes: &[u8]) -> Option<Vec<u8>> {
    let mut whole = Vec::new();
    loop {
        let line = bytes.windows(2).position(|two| two == b"\r\n")?;
        let size = std::str::from_utf8(&bytes[..line]).ok()?;
        let size = usize::from_str_radix(size.split(';').next()?.trim(), 16).ok()?;
        bytes = &bytes[line + 2..];
        if size == 0 {
            return Some(whole);
        }
        whole.extend_from_slice(bytes.get(..size)?);
        bytes = bytes.get(size + 2..)?;
    }
}

/// A form's body of these pairs.
#[must_use]
pub fn form(pairs: &[(&str, &str)]) -> String {
    let pairs: Vec<_> =
        pairs.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
    pairs.join("&")
}

/// Percent-encoded, all but letters and digits.
#[must_use]
pub fn encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() {
            out.push(char::from(byte));
        } else {
            out += &format!("%{byte:02X}");
        }
    }
    out
}
