//! Asking another server something, within bounds: an identity provider for what it says of somebody.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST, USER_AGENT};
use hyper::{Method, Request};
use tokio::time::timeout;

use crate::reach::{self, LeadsTo};
use crate::{Address, NotifyError};

/// How other servers are asked. Redirects are not followed: they could lead anywhere.
#[derive(Debug, Clone, Copy)]
pub struct Fetcher {
    /// Whether they may stand on this machine and among its neighbours.
    pub is_private_allowed: bool,
    /// The setting that allows it, for who reads that it is not.
    pub setting: &'static str,
    /// Longest time for one answer.
    pub patience: Duration,
    /// Most bytes of an answer.
    pub most_bytes: usize,
}

/// What was answered.
#[derive(Debug, Clone)]
pub struct Fetched {
    /// The status.
    pub status: u16,
    /// The body, whole.
    pub body: Bytes,
}

impl Fetcher {
    /// Fetches what stands at an address; `authorization` is the header of that name.
    ///
    /// # Errors
    /// If nobody answers properly, in time and within bounds.
    pub async fn get(&self, address: &Address, authorization: Option<&str>) -> Result<Fetched, NotifyError> {
        self.ask(address, Method::GET, authorization, None).await
    }

    /// Sends a form to an address.
    ///
    /// # Errors
    /// As [`Fetcher::get`].
    pub async fn post_form(
        &self,
        address: &Address,
        authorization: Option<&str>,
        form: String,
    ) -> Result<Fetched, NotifyError> {
        self.ask(address, Method::POST, authorization, Some(form)).await
    }

    async fn ask(
        &self,
        address: &Address,
        method: Method,
        authorization: Option<&str>,
        form: Option<String>,
    ) -> Result<Fetched, NotifyError> {
        let unreachable = |why: String| NotifyError::Unreachable { host: address.host().to_owned(), why };
        let mut request = Request::builder()
            .method(method)
            .uri(&address.path)
            .header(HOST, address.authority.as_str())
            .header(ACCEPT, "application/json")
            .header(USER_AGENT, "Adroit");
        if let Some(authorization) = authorization {
            request = request.header(AUTHORIZATION, authorization);
        }
        if form.is_some() {
            request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        let body = Full::new(Bytes::from(form.unwrap_or_default()));
        let request = request.body(body).map_err(|error| unreachable(error.to_string()))?;
        let into = if self.is_private_allowed { LeadsTo::Private } else { LeadsTo::Public(self.setting) };
        let asked = timeout(self.patience, reach::ask(address, into, request, self.most_bytes)).await;
        let (status, body) = asked.map_err(|_| unreachable("it did not answer in time".to_owned()))??;
        Ok(Fetched { status, body })
    }
}
