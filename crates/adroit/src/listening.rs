//! What a server takes from the machine before it opens its data: ports, its certificate, file handles.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, bail};
use axum::http::Uri;
use tokio::net::TcpListener;
use tokio::time::MissedTickBehavior;
use web::{Bounds, Tls};

use crate::args::{Answering, Network};

/// How often the certificate's files are looked at.
const LOOK: Duration = Duration::from_secs(60);
/// More file handles than these nobody needs, and some programs look through all that they could have.
const MOST_HANDLES: u64 = 1 << 20;

/// What a server has before it opens its data.
pub(crate) struct Listening {
    pub listener: TcpListener,
    pub address: SocketAddr,
    /// Where plain HTTP leads to TLS.
    pub redirect: Option<TcpListener>,
    pub tls: Option<Tls>,
    pub bounds: Bounds,
}

impl Listening {
    pub async fn open(bind: SocketAddr, network: &Network) -> anyhow::Result<Self> {
        let tls = match (&network.tls_cert, &network.tls_key) {
            (Some(certificate), Some(key)) => Some(Tls::open(certificate, key)?),
            _ => None,
        };
        let listener = listen(bind, "--bind").await?;
        let address = listener.local_addr()?;
        let redirect = match network.http_redirect {
            Some(plain) => Some(listen(plain, "--http-redirect").await?),
            None => None,
        };
        Ok(Self { listener, address, redirect, tls, bounds: Bounds::default().within_handles(handles()) })
    }

    /// Where it listens, as an address of the web.
    pub fn shown(&self) -> String {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
    }

    /// Says what a certificate tells of readers: where they find the pages, and under which names.
    pub fn tell(&self, answering: &mut Answering) -> anyhow::Result<()> {
        let Some(tls) = &self.tls else { return Ok(()) };
        if let Some(url) = &answering.public_url {
            if !url.starts_with("https://") {
                bail!(
                    "--public-url is {url}, but with --tls-cert the server speaks TLS only; begin it with https://"
                );
            }
            return Ok(());
        }
        let names = tls.certificate().names;
        // A name with a star stands for many: which of them readers use is not for us to guess.
        let is_clear = !names.iter().any(|name| name.starts_with('*'));
        let host = answering.hosts.first().or_else(|| names.first().filter(|_| is_clear)).cloned();
        let Some(host) = host else { return Ok(()) };
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let host = if bare.contains(':') { format!("[{bare}]") } else { host };
        answering.public_url = Some(match self.address.port() {
            443 => format!("https://{host}"),
            port => format!("https://{host}:{port}"),
        });
        if is_clear {
            answering.hosts.extend(names);
        }
        Ok(())
    }
}

/// Answers plain HTTP until it is dropped: pages are led to the address that readers know.
pub(crate) fn lead(
    listener: TcpListener,
    hosts: Option<&[String]>,
    home: Option<&str>,
    bounds: Bounds,
) -> anyhow::Result<tokio::task::JoinHandle<()>> {
    let Some(hosts) = hosts else {
        bail!(
            "--http-redirect leads readers on under names that are known only; name them with --public-url or --host"
        );
    };
    let port = home.and_then(|home| home.parse::<Uri>().ok()).and_then(|home| home.port_u16()).unwrap_or(443);
    let router = web::redirect(hosts.iter().cloned(), port);
    let gate = web::Gate::from(listener).within(bounds);
    Ok(tokio::spawn(async move {
        if let Err(error) = web::serve(gate, router, std::future::pending()).await {
            tracing::error!(%error, "plain HTTP is not led to TLS any more");
        }
    }))
}

/// Looks at the certificate's files every minute, and when the process gets SIGHUP, which it can bear from the call on.
pub(crate) fn keep_certificate(tls: Tls) -> impl Future<Output = ()> {
    let mut hang_ups = HangUps::listen();
    async move {
        let mut pace = tokio::time::interval(LOOK);
        pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = pace.tick() => {}
                () = hang_ups.next() => {}
            }
            let tls = tls.clone();
            // What is found is logged where it is found.
            drop(tokio::task::spawn_blocking(move || tls.reload()).await);
        }
    }
}

/// SIGHUP, where there is such a thing.
#[cfg(unix)]
struct HangUps(Option<tokio::signal::unix::Signal>);

#[cfg(not(unix))]
struct HangUps;

impl HangUps {
    #[cfg(unix)]
    fn listen() -> Self {
        use tokio::signal::unix::{SignalKind, signal};

        let opened = signal(SignalKind::hangup());
        Self(opened.inspect_err(|error| tracing::error!(%error, "SIGHUP can't be listened for")).ok())
    }

    #[cfg(unix)]
    async fn next(&mut self) {
        match &mut self.0 {
            Some(signal) => drop(signal.recv().await),
            None => std::future::pending().await,
        }
    }

    #[cfg(not(unix))]
    fn listen() -> Self {
        Self
    }

    #[cfg(not(unix))]
    async fn next(&mut self) {
        std::future::pending().await
    }
}

async fn listen(address: SocketAddr, flag: &str) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| {
        format!(
            "can't listen on {address}; is it taken by another program? Name another with {flag} ADDR:PORT"
        )
    })
}

/// How many files and connections this process may have open, after asking for as many as it may ask for.
#[cfg(unix)]
fn handles() -> u64 {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    let limit = getrlimit(Resource::Nofile);
    let wanted = limit.maximum.map_or(MOST_HANDLES, |most| most.min(MOST_HANDLES));
    let Some(current) = limit.current.filter(|current| *current < wanted) else {
        return limit.current.unwrap_or(MOST_HANDLES);
    };
    match setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), ..limit }) {
        Ok(()) => wanted,
        Err(error) => {
            tracing::warn!(%error, current, "there are few file handles, and no more can be had");
            current
        }
    }
}

#[cfg(not(unix))]
fn handles() -> u64 {
    MOST_HANDLES
}
