//! A response's HTML is gated as a stream: bytes in, gated bytes out, and never ungated ones.

mod address;
mod charset;
mod constructs;
mod html;
mod inline;
mod scene;

pub use constructs::{CONSTRUCTS, Construct, Remedy, Syntax};
pub use scene::{Insertions, Met, Setting};

pub(crate) use address::{Judgement, judge, refresh_target};
pub(crate) use charset::{Charset, charset_of};

use std::sync::{Arc, Mutex, PoisonError};

use lol_html::send::HtmlRewriter;

use crate::head::HtmlHead;
use charset::Transcoder;
use scene::Scene;

/// Why a page could not be gated to its end. What is left of it is never sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    /// The page needs more memory than a page may.
    #[error("the page is nested too deeply, or one of its tags is too long")]
    TooLarge,
    /// Browsers and the gate could read the page differently.
    #[error("the page's markup is ambiguous")]
    Ambiguous,
    /// A part of the page has no gated form.
    #[error("a part of the page could not be gated")]
    Ungateable,
    /// An earlier error has ended the page.
    #[error("the page has already ended")]
    Ended,
}

type Sink = Box<dyn FnMut(&[u8]) + Send>;

/// The gate of one page's bytes. It exists only for a head that has been gated.
pub struct BodyGate {
    rewriter: Option<HtmlRewriter<'static, Sink>>,
    out: Arc<Mutex<Vec<u8>>>,
    transcoder: Transcoder,
    scene: Scene,
}

impl BodyGate {
    /// The gate for the page whose head was gated.
    ///
    /// The rewriter reads every charset that extends ASCII as windows-1252, which maps each byte to
    /// one character and back: what is not changed leaves as it came, and what is inserted is ASCII.
    ///
    /// # Errors
    /// [`BodyError::Ungateable`] if the table of constructs makes no selector.
    pub fn new(head: HtmlHead) -> Result<Self, BodyError> {
        let scene = Scene::new(head.setting);
        let settings = html::settings(&scene, 0).ok_or(BodyError::Ungateable)?;
        let out = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&out);
        let sink: Sink = Box::new(move |bytes: &[u8]| {
            sink.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        });
        let rewriter = Some(HtmlRewriter::new(settings, sink));
        Ok(Self { rewriter, out, transcoder: Transcoder::new(head.charset), scene })
    }

    /// Takes the next bytes of the page, decoded of any content coding, and returns gated ones.
    ///
    /// # Errors
    /// [`BodyError`]: the response must be broken off; nothing more comes out of this gate.
    pub fn push(&mut self, bytes: &[u8]) -> Result<Vec<u8>, BodyError> {
        let readable = self.transcoder.push(bytes);
        self.write(&readable)?;
        Ok(self.take())
    }

    /// Takes the end of the page and returns what is left of it.
    ///
    /// # Errors
    /// As [`Self::push`].
    pub fn finish(&mut self) -> Result<Vec<u8>, BodyError> {
        let rest = self.transcoder.finish();
        self.write(&rest)?;
        let rewriter = self.rewriter.take().ok_or(BodyError::Ended)?;
        rewriter.end().map_err(|error| error_of(&error))?;
        Ok(self.take())
    }

    /// What the page was found to use, so far.
    #[must_use]
    pub fn met(&self) -> Met {
        self.scene.met()
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), BodyError> {
        let rewriter = self.rewriter.as_mut().ok_or(BodyError::Ended)?;
        if bytes.is_empty() {
            return Ok(());
        }
        if let Err(error) = rewriter.write(bytes) {
            // The rewriter panics if it is used again.
            self.rewriter = None;
            return Err(error_of(&error));
        }
        Ok(())
    }

    fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut *self.out.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl std::fmt::Debug for BodyGate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BodyGate").finish_non_exhaustive()
    }
}

fn error_of(error: &lol_html::errors::RewritingError) -> BodyError {
    use lol_html::errors::RewritingError;
    match error {
        RewritingError::MemoryLimitExceeded(_) => BodyError::TooLarge,
        RewritingError::ParsingAmbiguity(_) => BodyError::Ambiguous,
        _ => BodyError::Ungateable,
    }
}

#[cfg(test)]
mod tests;
