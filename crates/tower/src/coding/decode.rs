//! Undoes the upstream's content coding, slice by slice, with a bound on what a slice grows to.

use std::io::{self, Write};

use octroi_core::head::Coding;
use zstd::stream::{raw, zio};

use crate::limits;

/// A coded body that is damaged, cut off, or grows beyond all measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the upstream's compressed body is damaged or grows too much")]
pub(crate) struct DecodeError;

/// Takes what a decoder writes, up to the bound.
#[derive(Default)]
pub(crate) struct Bounded(Vec<u8>);

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len().saturating_add(bytes.len()) > limits::DECODED_SLICE_BYTES_MAX {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The decoder of one body.
pub(crate) enum Decoder {
    Identity,
    Gzip(flate2::write::MultiGzDecoder<Bounded>),
    /// Not known yet whether with the zlib header that RFC 9110 asks for, or without, as some send.
    DeflateUnknown,
    Zlib(flate2::write::ZlibDecoder<Bounded>),
    Deflate(flate2::write::DeflateDecoder<Bounded>),
    Brotli(Box<brotli::DecompressorWriter<Bounded>>),
    Zstd(Box<zio::Writer<Bounded, raw::Decoder<'static>>>),
}

impl Decoder {
    pub(crate) fn new(coding: Coding) -> Result<Self, DecodeError> {
        Ok(match coding {
            Coding::Identity => Self::Identity,
            Coding::Gzip => Self::Gzip(flate2::write::MultiGzDecoder::new(Bounded::default())),
            Coding::Deflate => Self::DeflateUnknown,
            Coding::Brotli => {
                let size = limits::CODED_SLICE_BYTES;
                Self::Brotli(Box::new(brotli::DecompressorWriter::new(Bounded::default(), size)))
            }
            Coding::Zstd => {
                // The crate's own `write::Decoder` cannot be asked whether the last frame is whole.
                let decoder = raw::Decoder::new().map_err(|_| DecodeError)?;
                Self::Zstd(Box::new(zio::Writer::new(Bounded::default(), decoder)))
            }
        })
    }

    /// Decodes one slice.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> Result<Vec<u8>, DecodeError> {
        if let (Self::DeflateUnknown, Some(first)) = (&self, bytes.first()) {
            // RFC 1950 section 2.2: the method, and a window of at most 32 KiB.
            *self = if first & 0x0f == 8 && first >> 4 <= 7 {
                Self::Zlib(flate2::write::ZlibDecoder::new(Bounded::default()))
            } else {
                Self::Deflate(flate2::write::DeflateDecoder::new(Bounded::default()))
            };
        }
        let (written, out) = match self {
            Self::Identity => return Ok(bytes.to_vec()),
            Self::DeflateUnknown => return Ok(Vec::new()),
            Self::Gzip(d) => (d.write_all(bytes).and_then(|()| d.flush()), d.get_mut()),
            Self::Zlib(d) => (d.write_all(bytes).and_then(|()| d.flush()), d.get_mut()),
            Self::Deflate(d) => (d.write_all(bytes).and_then(|()| d.flush()), d.get_mut()),
            Self::Brotli(d) => (d.write_all(bytes).and_then(|()| d.flush()), d.get_mut()),
            Self::Zstd(d) => (d.write_all(bytes).and_then(|()| d.flush()), d.writer_mut()),
        };
        written.map_err(|_| DecodeError)?;
        Ok(std::mem::take(&mut out.0))
    }

    /// Takes the end: what was cut off is an error, so that a page never seems whole without being.
    pub(crate) fn finish(&mut self) -> Result<Vec<u8>, DecodeError> {
        let (ended, out) = match self {
            Self::Identity | Self::DeflateUnknown => return Ok(Vec::new()),
            Self::Gzip(d) => (d.try_finish(), d.get_mut()),
            Self::Zlib(d) => (d.try_finish(), d.get_mut()),
            Self::Deflate(d) => (d.try_finish(), d.get_mut()),
            Self::Brotli(d) => (d.close(), d.get_mut()),
            Self::Zstd(d) => (d.finish(), d.writer_mut()),
        };
        ended.map_err(|_| DecodeError)?;
        Ok(std::mem::take(&mut out.0))
    }
}
