//! The site's own server: three answers from memory, on a thread and a runtime of its own.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response, StatusCode, header};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

use crate::{Fallible, limits, page};

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// A photograph.
    Asset,
    /// A news article.
    Article,
    /// A long page.
    LongPage,
}

impl Content {
    /// Where it is.
    pub(crate) fn path(self) -> &'static str {
        match self {
            Self::Asset => "/static/photograph.jpg",
            Self::Article => "/news/article",
            Self::LongPage => "/news/live",
        }
    }

    /// Its name in the tables.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Asset => "asset, 100 kB",
            Self::Article => "article, 174 kB",
            Self::LongPage => "long page, 1 MB",
        }
    }
}

/// The three contents.
pub(crate) struct Contents {
    asset: Bytes,
    article: Bytes,
    long_page: Bytes,
}

impl Contents {
    /// Draws them.
    pub(crate) fn new() -> Self {
        Self {
            asset: page::asset(limits::ASSET_BYTES).into(),
            article: page::page(limits::ARTICLE_BYTES).into(),
            long_page: page::page(limits::LONG_PAGE_BYTES).into(),
        }
    }

    /// The bytes of one.
    pub(crate) fn bytes(&self, content: Content) -> &Bytes {
        match content {
            Content::Asset => &self.asset,
            Content::Article => &self.article,
            Content::LongPage => &self.long_page,
        }
    }

    fn answer(&self, path: &str) -> Response<Full<Bytes>> {
        let known = [Content::Asset, Content::Article, Content::LongPage];
        let mut response = Response::new(Full::default());
        let Some(content) = known.into_iter().find(|content| content.path() == path) else {
            *response.status_mut() = StatusCode::NOT_FOUND;
            return response;
        };
        let kind = match content {
            Content::Asset => "image/jpeg",
            Content::Article | Content::LongPage => "text/html; charset=utf-8",
        };
        let kind = http::HeaderValue::from_static(kind);
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        *response.body_mut() = Full::new(self.bytes(content).clone());
        response
    }
}

/// Starts the server; it serves until the program ends.
pub(crate) fn start(contents: Arc<Contents>) -> Fallible<SocketAddr> {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0))?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    std::thread::Builder::new().name("upstream".to_owned()).spawn(move || {
        runtime.block_on(async move {
            match TcpListener::from_std(listener) {
                Ok(listener) => serve(listener, contents).await,
                Err(error) => crate::say(&format!("the upstream cannot listen: {error}")),
            }
        });
    })?;
    Ok(address)
}

async fn serve(listener: TcpListener, contents: Arc<Contents>) {
    while let Ok((stream, _)) = listener.accept().await {
        // A slower answer, not a wrong one, if the system refuses.
        let _ = stream.set_nodelay(true);
        let contents = Arc::clone(&contents);
        let service = service_fn(move |request: Request<Incoming>| {
            let response = contents.answer(request.uri().path());
            async move { Ok::<_, Infallible>(response) }
        });
        tokio::spawn(
            hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service),
        );
    }
}
