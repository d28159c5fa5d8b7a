//! A body on its way: never held, ended by force when its sender falls silent.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use hyper::body::Incoming;
use tokio::time::{Instant, Sleep};

use crate::limits;
use octroi_tower::BoxError;

/// The sender of a body was silent for too long.
#[derive(Debug, thiserror::Error)]
#[error("a body stood still for {} s", .0.as_secs())]
pub(super) struct Silent(Duration);

/// When a request's body last moved, and whether it broke.
#[derive(Debug)]
pub(super) struct Progress {
    start: Instant,
    last_ms: AtomicU64,
    broken: AtomicBool,
}

impl Progress {
    pub(super) fn new() -> Arc<Self> {
        let (last_ms, broken) = (AtomicU64::new(0), AtomicBool::new(false));
        Arc::new(Self { start: Instant::now(), last_ms, broken })
    }

    fn moved(&self) {
        let elapsed = u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.last_ms.store(elapsed, Ordering::Relaxed);
    }

    /// Whether the sender, not the receiver, broke it off.
    pub(super) fn is_broken(&self) -> bool {
        self.broken.load(Ordering::Relaxed)
    }

    /// Resolves when the body has not moved for that long: a long upload is no slow answer.
    pub(super) async fn stalled(&self, patience: Duration) {
        loop {
            let last = Duration::from_millis(self.last_ms.load(Ordering::Relaxed));
            let deadline = self.start + last + patience;
            if Instant::now() >= deadline {
                return;
            }
            tokio::time::sleep_until(deadline).await;
        }
    }
}

/// A body that breaks when its sender is silent for `idle`.
pub(super) struct Flow<B> {
    inner: B,
    idle: Duration,
    timer: Pin<Box<Sleep>>,
    /// Whether the timer runs: only while the sender is waited for, not while the receiver is.
    waiting: bool,
    progress: Option<Arc<Progress>>,
}

impl<B> Flow<B> {
    pub(super) fn new(inner: B, idle: Duration, progress: Option<Arc<Progress>>) -> Self {
        let timer = Box::pin(tokio::time::sleep(idle));
        Self { inner, idle, timer, waiting: false, progress }
    }
}

impl<B> HttpBody for Flow<B>
where
    B: HttpBody<Data = Bytes> + Unpin,
    B::Error: Into<BoxError>,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = self.get_mut();
        let outcome = match Pin::new(&mut this.inner).poll_frame(context) {
            Poll::Ready(frame) => {
                this.waiting = false;
                frame.map(|frame| frame.map_err(Into::into))
            }
            Poll::Pending => {
                if !this.waiting {
                    this.waiting = true;
                    this.timer.as_mut().reset(Instant::now() + this.idle);
                }
                if this.timer.as_mut().poll(context).is_pending() {
                    return Poll::Pending;
                }
                Some(Err(Silent(this.idle).into()))
            }
        };
        if let Some(progress) = &this.progress {
            progress.moved();
            if matches!(outcome, Some(Err(_))) {
                progress.broken.store(true, Ordering::Relaxed);
            }
        }
        Poll::Ready(outcome)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

/// A visitor's request body that, dropped unread, is read on for a while: a refusal then reaches
/// a visitor who is still sending, and the next request on the connection stays intact
/// (RUSTSEC-2025-0037).
pub(super) struct Lingering {
    inner: Option<Incoming>,
    /// Reading the body would call for it (`100 Continue`): then it is left where it is.
    awaits_call: bool,
}

impl Lingering {
    pub(super) fn new(inner: Incoming, awaits_call: bool) -> Self {
        Self { inner: Some(inner), awaits_call }
    }
}

impl HttpBody for Lingering {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        self.awaits_call = false;
        match &mut self.inner {
            Some(inner) => Pin::new(inner).poll_frame(context),
            None => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.inner.as_ref().is_none_or(HttpBody::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.as_ref().map_or_else(|| SizeHint::with_exact(0), HttpBody::size_hint)
    }
}

impl Drop for Lingering {
    fn drop(&mut self) {
        let Some(inner) = self.inner.take().filter(|inner| !inner.is_end_stream()) else { return };
        if let Ok(runtime) = tokio::runtime::Handle::try_current()
            && !self.awaits_call
        {
            runtime.spawn(tokio::time::timeout(limits::DRAIN_WAIT, drain(inner)));
        }
    }
}

async fn drain(mut body: Incoming) {
    let mut left = limits::DRAIN_BYTES_MAX;
    let next = |body: &mut Incoming, context: &mut Context<'_>| Pin::new(body).poll_frame(context);
    while let Some(Ok(frame)) = std::future::poll_fn(|context| next(&mut body, context)).await {
        let bytes = frame.data_ref().map_or(0, Bytes::len);
        left = left.saturating_sub(bytes as u64);
        if left == 0 {
            return;
        }
    }
}
