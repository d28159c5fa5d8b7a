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
    pub(super) fn new(socket: TcpStream, opening: Duration, write_idle: Duration) -> Self {
        Self {
            socket,
            unproven: limits::PREFACE_BYTES,
            opening: Box::pin(tokio::time::sleep(opening)),
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

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    const SHORT: Duration = Duration::from_millis(200);

    async fn pair() -> (TcpStream, Wire) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let visitor = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (socket, _) = listener.accept().await.unwrap();
        (visitor, Wire::new(socket, SHORT, SHORT))
    }

    #[tokio::test]
    async fn half_a_preface_is_not_waited_for() {
        for sent in ["", "PRI * HTTP/2.0\r\n\r\nSM", "GET / HTTP/1.1\r\nHost"] {
            let (mut visitor, mut wire) = pair().await;
            visitor.write_all(sent.as_bytes()).await.unwrap();
            let mut all = Vec::new();
            let error = wire.read_to_end(&mut all).await.unwrap_err();
            assert_eq!((error.kind(), all), (io::ErrorKind::TimedOut, sent.into()));
        }
    }

    #[tokio::test]
    async fn a_visitor_who_never_reads_is_not_waited_for() {
        let (_visitor, mut wire) = pair().await;
        let error = wire.write_all(&vec![0; 64_000_000]).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }
}
