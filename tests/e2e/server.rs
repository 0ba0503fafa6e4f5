//! A static server for the built app that can really be killed.
use std::net::TcpListener;
use std::path::Path;

use axum::Router;
use axum::http::HeaderValue;
use axum::http::header::CACHE_CONTROL;
use tokio::runtime::{Builder, Runtime};
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeaderLayer;

/// Serves a folder on a free port until it is killed or dropped.
pub(crate) struct Server {
    runtime: Option<Runtime>,
    port: u16,
}

impl Server {
    /// Serves `folder` without letting the browser's HTTP cache keep anything.
    pub(crate) fn start(folder: &Path) -> std::io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        listener.set_nonblocking(true)?;
        let port = listener.local_addr()?.port();
        // Its own runtime: killing that closes every open keep-alive connection, too.
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let no_cache =
            SetResponseHeaderLayer::overriding(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        let router = Router::new().fallback_service(ServeDir::new(folder)).layer(no_cache);
        runtime.spawn(async move {
            let listener = match tokio::net::TcpListener::from_std(listener) {
                Ok(listener) => listener,
                Err(error) => return eprintln!("the server cannot listen: {error}"),
            };
            if let Err(error) = axum::serve(listener, router).await {
                eprintln!("the server stopped: {error}");
            }
        });
        Ok(Self { runtime: Some(runtime), port })
    }

    /// The address of the app.
    pub(crate) fn address(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }

    /// Whether anybody listens there.
    pub(crate) async fn answers(&self) -> bool {
        tokio::net::TcpStream::connect(("127.0.0.1", self.port)).await.is_ok()
    }

    /// Drops the listener and all connections.
    pub(crate) fn kill(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}
