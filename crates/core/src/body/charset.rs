//! The charset of a page: read as it is, read as UTF-8 after transcoding, or refused.

use std::borrow::Cow;

use encoding_rs::{Decoder, Encoding, REPLACEMENT, UTF_8, UTF_16BE, UTF_16LE};

/// What the gate does about a page's charset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Charset {
    /// An extension of ASCII: rewritten as it is.
    AsIs,
    /// Not one (UTF-16, ISO-2022-JP): turned into UTF-8 first.
    Transcoded(&'static Encoding),
    /// One that browsers replace by nothing (UTF-7, HZ): the page is refused.
    Refused,
}

/// The charset that a `Content-Type` names; none named, or an unknown one, is an extension of ASCII
/// (the byte order mark, which outranks the header, is seen in the body).
pub(crate) fn charset_of(content_type: &str) -> Charset {
    let label = content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches('"'))
    });
    match label.and_then(|label| Encoding::for_label(label.as_bytes())) {
        None => Charset::AsIs,
        Some(encoding) if encoding == REPLACEMENT => Charset::Refused,
        Some(encoding) if encoding.is_ascii_compatible() => Charset::AsIs,
        Some(encoding) => Charset::Transcoded(encoding),
    }
}

/// Turns what cannot be rewritten as it is into UTF-8, as it streams.
pub(super) enum Transcoder {
    /// The first bytes decide: a byte order mark outranks every other sign (Encoding standard).
    Start {
        declared: Charset,
        held: Vec<u8>,
    },
    Plain,
    Utf8(Box<Decoder>),
}

const MARK_BYTES_MAX: usize = 3;

impl Transcoder {
    pub(super) fn new(declared: Charset) -> Self {
        Self::Start { declared, held: Vec::new() }
    }

    pub(super) fn push<'b>(&mut self, bytes: &'b [u8]) -> Cow<'b, [u8]> {
        match self {
            Self::Plain => Cow::Borrowed(bytes),
            Self::Utf8(decoder) => Cow::Owned(decode(decoder, bytes, false)),
            Self::Start { declared, held } => {
                held.extend_from_slice(bytes);
                let undecided = held.len() < MARK_BYTES_MAX
                    && matches!(held.first(), None | Some(0xef | 0xfe | 0xff));
                if undecided {
                    return Cow::Borrowed(&[]);
                }
                let (declared, held) = (*declared, std::mem::take(held));
                Cow::Owned(self.begin(declared, &held))
            }
        }
    }

    pub(super) fn finish(&mut self) -> Vec<u8> {
        let mut first = Vec::new();
        if let Self::Start { declared, held } = self {
            let (declared, held) = (*declared, std::mem::take(held));
            first = self.begin(declared, &held);
        }
        if let Self::Utf8(decoder) = self {
            first.extend(decode(decoder, &[], true));
        }
        first
    }

    fn begin(&mut self, declared: Charset, bytes: &[u8]) -> Vec<u8> {
        let marked = Encoding::for_bom(bytes).map(|(encoding, _)| encoding);
        let encoding = match (marked, declared) {
            (Some(encoding), _) if encoding == UTF_16BE || encoding == UTF_16LE => encoding,
            (Some(_), _) => UTF_8,
            (None, Charset::Transcoded(encoding)) => encoding,
            (None, _) => UTF_8,
        };
        if encoding == UTF_8 {
            *self = Self::Plain;
            return bytes.to_vec();
        }
        let mut decoder = Box::new(encoding.new_decoder_with_bom_removal());
        // The mark says UTF-8 to the browser, whatever a header or a `<meta>` may say.
        let mut out = "\u{feff}".as_bytes().to_vec();
        out.extend(decode(&mut decoder, bytes, false));
        *self = Self::Utf8(decoder);
        out
    }
}

fn decode(decoder: &mut Decoder, bytes: &[u8], last: bool) -> Vec<u8> {
    let room = decoder.max_utf8_buffer_length(bytes.len()).unwrap_or(bytes.len());
    let mut text = String::with_capacity(room);
    let (_, _, _) = decoder.decode_to_string(bytes, &mut text, last);
    text.into_bytes()
}
