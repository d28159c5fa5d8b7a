//! A visitor's socket, with an end to waiting: for its first bytes, and for it to take the answer.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep};

use crate::limits;

/// A socket that fails instead of waiting for ever.
///
/// hyper bounds the time for a head, but only once it knows the protocol: until then a visitor who
/// sends nothing, or half an HTTP/2 preface, would be waited for without end. It has no bound for a
/// visitor who never reads either.
pub(super) struct Wire {
    socket: TcpStream,
    /// Bytes still to come before the protocol is known.
    unproven: usize,
    opening: Pin<Box<Sleep>>,
    stalled: Pin<Box<Sleep>>,
    write_idle: Duration,
    is_stalled: bool,
}

impl Wire {
    pub(super) fn new(socket: TcpStream, write_idle: Duration) -> Self {
        Self {
            socket,
            unproven: limits::PREFACE_BYTES,
            opening: Box::pin(tokio::time::sleep(limits::HEAD_READ)),
            stalled: Box::pin(tokio::time::sleep(write_idle)),
            write_idle,
            is_stalled: false,
        }
    }

    fn bounded<T>(
        &mut self,
        context: &mut Context<'_>,
        outcome: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if outcome.is_ready() {
            self.is_stalled = false;
            return outcome;
        }
        if !self.is_stalled {
            self.is_stalled = true;
            self.stalled.as_mut().reset(Instant::now() + self.write_idle);
        }
        ready!(self.stalled.as_mut().poll(context));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        let outcome = Pin::new(&mut this.socket).poll_read(context, buffer);
        if this.unproven == 0 {
            return outcome;
        }
        match outcome {
            Poll::Ready(result) => {
                let read = buffer.filled().len().saturating_sub(before);
                this.unproven = this.unproven.saturating_sub(read);
                Poll::Ready(result)
            }
            Poll::Pending => {
                ready!(this.opening.as_mut().poll(context));
                Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
            }
        }
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let outcome = Pin::new(&mut this.socket).poll_write(context, bytes);
        this.bounded(context, outcome)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let outcome = Pin::new(&mut this.socket).poll_write_vectored(context, slices);
        this.bounded(context, outcome)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().socket).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().socket).poll_shutdown(context)
    }
}
