//! The way to the data: opened by this process or, while a server has the folder, through the server's local socket.
//!
//! Either way commands ask the same router, so that they cannot tell the difference.

use std::sync::Arc;

use anyhow::{Context, bail};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{Method, Request, Response, header};
use http_body_util::BodyExt;
use insight::Insight;
use ledger::Ledger;
use serde::de::DeserializeOwned;
use store::facts::Limits;
use tower::ServiceExt;
use web::{AppState, LocalWorkspaceIn, ProblemOut};

use crate::data::{DataFolder, Held};
use crate::failure::Told;

/// An open way to the data.
pub(crate) enum Door {
    /// This process has the folder.
    Here { router: Router, ledger: Ledger, _held: Held },
    /// A server has it.
    Through(DataFolder),
}

/// Opens the two stores of a folder that this process holds.
pub(crate) async fn open_state(folder: &DataFolder, limits: Limits) -> anyhow::Result<AppState> {
    let ledger = Ledger::open(folder.path(), limits).await?;
    std::fs::create_dir_all(folder.spool())
        .context("the spool for uploads can't be made in the data folder")?;
    let (settling, handle) = (ledger.clone(), tokio::runtime::Handle::current());
    let settled = tokio::task::spawn_blocking(move || connect::settle_records(&settling, &handle)).await?;
    if let Err(error) = settled {
        // The records stay due; what is known already can be asked for meanwhile.
        eprintln!("adroit: records that came in can't be handed over yet: {error}");
    }
    let insight = Arc::new(Insight::new(ledger.facts().clone()));
    Ok(AppState::new(ledger, insight, folder.spool()))
}

impl Door {
    /// Opens `folder`, here or through the server that has it. A command needs little memory: what is large is spilled.
    pub async fn open(folder: &DataFolder) -> anyhow::Result<Self> {
        match folder.hold()? {
            Some(held) => {
                let state = open_state(folder, Limits { memory_mib: 160, ..Limits::default() }).await?;
                let ledger = state.ledger.clone();
                Ok(Self::Here { router: crate::local::router(state, None), ledger, _held: held })
            }
            None => Ok(Self::Through(folder.clone())),
        }
    }

    /// Sends a request and returns the answer as it comes.
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<Vec<u8>>,
    ) -> anyhow::Result<Response<Body>> {
        let kind = body.is_some().then_some("application/json");
        self.send_body(method, path, kind, Body::from(body.unwrap_or_default())).await
    }

    /// Sends a request whose body may come in pieces.
    pub async fn send_body(
        &self,
        method: Method,
        path: &str,
        kind: Option<&str>,
        body: Body,
    ) -> anyhow::Result<Response<Body>> {
        let mut request = Request::builder().method(method).uri(path).header(header::HOST, "localhost");
        if let Some(kind) = kind {
            request = request.header(header::CONTENT_TYPE, kind);
        }
        let request = request.body(body)?;
        match self {
            Self::Here { router, .. } => Ok(router.clone().oneshot(request).await?),
            Self::Through(folder) => through_socket(folder, request).await,
        }
    }

    /// Asks for JSON. A problem becomes [`Told`].
    pub async fn ask<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<Vec<u8>>,
    ) -> anyhow::Result<T> {
        let bytes = self.answer(method, path, body).await?;
        serde_json::from_slice(&bytes).context("the answer can't be read; is the server of another version?")
    }

    /// Asks for something to be done, of which nothing is to be read. A problem becomes [`Told`].
    pub async fn tell(&self, method: Method, path: &str, body: Vec<u8>) -> anyhow::Result<()> {
        self.answer(method, path, Some(body)).await.map(drop)
    }

    async fn answer(&self, method: Method, path: &str, body: Option<Vec<u8>>) -> anyhow::Result<Bytes> {
        let response = self.send(method, path, body).await?;
        let is_fine = response.status().is_success();
        let bytes = response.into_body().collect().await?.to_bytes();
        if is_fine {
            return Ok(bytes);
        }
        let problem: ProblemOut = serde_json::from_slice(&bytes)
            .context("the problem can't be read; is the server of another version?")?;
        Err(Told(problem).into())
    }

    /// Makes the workspace that is named, if there is none.
    pub async fn ensure_workspace(&self, name: &str, sample: bool) -> anyhow::Result<()> {
        let body = serde_json::to_vec(&LocalWorkspaceIn { name: name.to_owned(), sample })?;
        let _: serde_json::Value = self.ask(Method::POST, "/local/workspaces", Some(body)).await?;
        Ok(())
    }

    /// Closes what this process opened, so that everything is written.
    pub async fn close(self) {
        if let Self::Here { ledger, .. } = self {
            ledger.catalog().close().await;
        }
    }
}

#[cfg(unix)]
async fn through_socket(folder: &DataFolder, request: Request<Body>) -> anyhow::Result<Response<Body>> {
    let way = folder.way_to_socket();
    let Ok(stream) = tokio::net::UnixStream::connect(&way.path).await else {
        bail!(
            "the data folder {} is in use by another command; wait until it has finished and try again",
            folder.path().display()
        );
    };
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(hyper_util::rt::TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let response = sender.send_request(request).await.context("the server did not answer")?;
    Ok(response.map(Body::new))
}

#[cfg(not(unix))]
async fn through_socket(folder: &DataFolder, _: Request<Body>) -> anyhow::Result<Response<Body>> {
    bail!("the data folder {} is in use by a server; on this system, stop it first", folder.path().display())
}

/// A path with parameters; absent ones are left out.
pub(crate) fn path_with(path: &str, parameters: &[(&str, Option<String>)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in parameters {
        if let Some(value) = value {
            query.append_pair(name, value);
        }
    }
    match query.finish() {
        query if query.is_empty() => path.to_owned(),
        query => format!("{path}?{query}"),
    }
}
