//! Posting to a webhook.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{CONTENT_TYPE, HOST, USER_AGENT};
use hyper::http::uri::{Authority, Scheme};
use hyper::{Method, Request, Uri};
use jiff::Timestamp;
use serde_json::Value;
use tokio::time::timeout;

use crate::reach::{self, LeadsTo};
use crate::{NotifyError, sign};

/// Longest address.
const LONGEST: usize = 2_000;

/// The address of a webhook. Its path may be a secret: shown is the host only.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    pub(crate) authority: Authority,
    pub(crate) is_secure: bool,
    pub(crate) path: String,
}

impl Address {
    /// Reads an address: `https`, or `http` where private addresses may be used.
    ///
    /// # Errors
    /// If it is none, in words that say what would be right.
    pub fn read(text: &str, is_private_allowed: bool) -> Result<Self, NotifyError> {
        let wrong = |why: &str| {
            NotifyError::Address(format!("{why}; use an address such as https://example.org/hook"))
        };
        let uri: Uri = match text.len() <= LONGEST {
            true => text.parse().map_err(|_| wrong("that is no address"))?,
            false => return Err(wrong("that address is too long")),
        };
        let is_secure = match uri.scheme() {
            Some(scheme) if *scheme == Scheme::HTTPS => true,
            Some(scheme) if *scheme == Scheme::HTTP && is_private_allowed => false,
            _ => return Err(wrong("a webhook is told over https")),
        };
        let authority = uri.authority().cloned().ok_or_else(|| wrong("that address has no host"))?;
        if authority.as_str().contains('@') {
            return Err(wrong("an address with a name and a password is not used"));
        }
        let path = uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
        Ok(Self { authority, is_secure, path })
    }

    /// The host, which is all that is shown.
    pub fn host(&self) -> &str {
        self.authority.host().trim_matches(['[', ']'])
    }

    /// The whole address, to be kept where secrets are.
    pub fn secret(&self) -> String {
        format!("{}://{}{}", if self.is_secure { "https" } else { "http" }, self.authority, self.path)
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({})", self.host())
    }
}

/// How webhooks are sent.
#[derive(Debug, Clone, Copy)]
pub struct Webhooks {
    /// Whether they may lead to this machine and its neighbours, and without TLS.
    pub is_private_allowed: bool,
    /// Longest time for one message.
    pub patience: Duration,
}

impl Default for Webhooks {
    fn default() -> Self {
        Self { is_private_allowed: false, patience: Duration::from_secs(10) }
    }
}

impl Webhooks {
    /// Posts JSON once, signed if there is a secret. Redirects are not followed: they could lead anywhere.
    ///
    /// # Errors
    /// If it was not taken.
    pub async fn post(
        &self,
        address: &Address,
        key: &str,
        body: Value,
        secret: Option<&str>,
    ) -> Result<(), NotifyError> {
        let unreachable = |why: String| NotifyError::Unreachable { host: address.host().to_owned(), why };
        let posted = timeout(self.patience, self.post_patiently(address, key, body, secret)).await;
        let status = posted.map_err(|_| unreachable("it did not answer in time".to_owned()))??;
        match status {
            200..=299 => Ok(()),
            status => Err(NotifyError::Answered { host: address.host().to_owned(), status }),
        }
    }

    async fn post_patiently(
        &self,
        address: &Address,
        key: &str,
        body: Value,
        secret: Option<&str>,
    ) -> Result<u16, NotifyError> {
        let unreachable = |why: String| NotifyError::Unreachable { host: address.host().to_owned(), why };
        let body = Bytes::from(body.to_string());
        let now = Timestamp::now().as_second();
        let mut request = Request::builder()
            .method(Method::POST)
            .uri(&address.path)
            .header(HOST, address.authority.as_str())
            .header(CONTENT_TYPE, "application/json")
            .header(USER_AGENT, "Adroit")
            .header("webhook-id", key)
            .header("webhook-timestamp", now.to_string());
        if let Some(secret) = secret {
            request = request.header("webhook-signature", sign(secret, key, now, &body));
        }
        let request = request.body(Full::new(body)).map_err(|error| unreachable(error.to_string()))?;
        let into = match self.is_private_allowed {
            true => LeadsTo::Private,
            false => LeadsTo::Public("--allow-private-webhooks"),
        };
        // Its body is of no interest.
        let (status, _) = reach::ask(address, into, request, 0).await?;
        Ok(status)
    }
}
