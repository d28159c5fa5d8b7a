//! The bytes of a page on their way: decoded, gated, coded again, one frame for each that comes in.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};
use http_body::{Body as HttpBody, Frame};
use octroi_core::body::BodyGate;
use octroi_core::head::HtmlHead;

use super::Gate;
use crate::coding::{Decoder, Encoder, Output};
use crate::{Body, BoxError, limits};

/// A page's body behind the gate. An error breaks the response off: it never ends as if whole.
pub(crate) struct GatedBody {
    upstream: Body,
    waiting: Bytes,
    decoder: Decoder,
    page: BodyGate,
    encoder: Encoder,
    stage: Stage,
    gate: Arc<Gate>,
    site: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Streaming,
    Ended,
}

impl GatedBody {
    pub(crate) fn new(
        upstream: Body,
        head: HtmlHead,
        output: Output,
        gate: Arc<Gate>,
        site: String,
    ) -> Result<Self, BoxError> {
        let decoder = Decoder::new(head.coding)?;
        let (page, encoder) = (head.body_gate()?, Encoder::new(output)?);
        let (waiting, stage) = (Bytes::new(), Stage::Streaming);
        Ok(Self { upstream, waiting, decoder, page, encoder, stage, gate, site })
    }

    /// One slice through all three.
    fn push(&mut self) -> Result<Vec<u8>, BoxError> {
        let size = self.waiting.len().min(limits::CODED_SLICE_BYTES);
        let slice = self.waiting.split_to(size);
        let plain = self.decoder.push(&slice)?;
        let gated = self.page.push(&plain)?;
        self.encoder.push(gated)
    }

    fn finish(&mut self) -> Result<Vec<u8>, BoxError> {
        let rest = self.decoder.finish()?;
        let mut gated = self.page.push(&rest)?;
        gated.extend(self.page.finish()?);
        let mut coded = self.encoder.push(gated)?;
        coded.extend(self.encoder.finish()?);
        Ok(coded)
    }

    fn step(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Vec<u8>, BoxError>>> {
        if self.stage == Stage::Ended {
            return Poll::Ready(None);
        }
        if self.waiting.has_remaining() {
            return Poll::Ready(Some(self.push()));
        }
        match ready!(Pin::new(&mut self.upstream).poll_frame(context)) {
            Some(Ok(frame)) => {
                // Trailers of a rewritten body speak of other bytes; they are left out.
                self.waiting = frame.into_data().unwrap_or_default();
                Poll::Ready(Some(Ok(Vec::new())))
            }
            Some(Err(error)) => Poll::Ready(Some(Err(error))),
            None => {
                self.stage = Stage::Ended;
                Poll::Ready(Some(self.finish()))
            }
        }
    }
}

impl HttpBody for GatedBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = self.get_mut();
        loop {
            match ready!(this.step(context)) {
                None => return Poll::Ready(None),
                Some(Ok(bytes)) if bytes.is_empty() => {}
                Some(Ok(bytes)) => return Poll::Ready(Some(Ok(Frame::data(bytes.into())))),
                Some(Err(error)) => {
                    this.stage = Stage::Ended;
                    return Poll::Ready(Some(Err(error)));
                }
            }
        }
    }
}

impl Drop for GatedBody {
    fn drop(&mut self) {
        self.gate.inventory.add(&self.site, self.page.met());
    }
}
