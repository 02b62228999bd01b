//! `adroit serve`: pages and API on an address, and the local socket for the command line.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use axum::http::Uri;
use insight::Insight;
use jiff::Timestamp;
use lookout::{keep_looking, keep_sending};
use notify::{MailServer, Sender, Webhooks};
use store::Catalog;
use store::facts::Limits;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use watch::Watch;
use web::{
    AppState, Gate, Keeping, Limits as WebLimits, Spans, Telling, keep_opens, keep_watch, remember_panics,
    router, tell_edge,
};

use crate::args::{Answering, Network, ServeArgs};
use crate::data::{DataFolder, Held};
use crate::door::open_state;
use crate::entrance::{named_key, named_provider, rules};
use crate::listening::{Listening, keep_certificate, lead};
use crate::run_as::run_as;
use crate::security::Settings;
use crate::service;

/// How long data must have stayed as it is before its recent days are read.
const QUIET: Duration = Duration::from_millis(500);

/// How long what was told last of requests may take to be collected.
const LAST_SPANS: Duration = Duration::from_secs(2);

const HOUR: Duration = Duration::from_secs(3600);

pub(crate) async fn run(args: ServeArgs) -> anyhow::Result<ExitCode> {
    if args.network.user.is_some() && args.place.data.is_none() {
        bail!(
            "--user needs a data folder that is not root's; name one with --data DIR, such as /var/lib/adroit"
        );
    }
    let folder = DataFolder::of(&args.place, "data")?;
    let (worker, network) = (!args.no_service_worker, args.network);
    serve(&folder, args.bind, args.memory, worker, network, args.answering, None).await
}

/// Serves a folder until the process is told to stop. `way_in` is the path of a link that lets somebody in, if one was made.
pub(crate) async fn serve(
    folder: &DataFolder,
    bind: SocketAddr,
    memory_mib: u32,
    service_worker: bool,
    network: Network,
    mut answering: Answering,
    way_in: Option<String>,
) -> anyhow::Result<ExitCode> {
    // What root is needed for goes first, and nothing of the folder before the server is who it stays.
    let held = if network.user.is_none() { Some(hold(folder)?) } else { None };
    let listening = Listening::open(bind, &network).await?;
    let named_key = named_key(&answering)?;
    let provider = named_provider(&answering.provider)?;
    let held = match (&network.user, held) {
        (None, Some(held)) => held,
        (user, _) => {
            user.iter().try_for_each(|name| run_as(name, folder))?;
            hold(folder)?
        }
    };
    listening.tell(&mut answering)?;
    let (address, shown) = (listening.address, listening.shown());
    let settings = Settings::of(folder, address, &network, &answering);
    // An eighth of the memory is for recent days, the rest for the engine.
    let recent_mib = memory_mib / 8;
    let mut state =
        open_state(folder, Limits { memory_mib: memory_mib - recent_mib, ..Limits::default() }).await?;
    let insight = Insight::new(state.ledger.facts().clone()).keeping_recent_days((recent_mib as usize) << 20);
    state.insight = Arc::new(insight);
    let keeping = Keeping { bytes: u64::from(answering.cache) << 20, ..Keeping::default() };
    let limits = WebLimits { keeping, ..state.limits };
    state = state.with_limits(limits);
    state.telling = telling(&answering, &listening)?;
    if provider.is_some() && state.telling.home.is_none() {
        bail!(
            "an identity provider leads people back to where these pages are: name that with --public-url, such as \
             https://adroit.example.org"
        );
    }
    let rules = rules(folder, &answering, address.ip(), named_key, provider, listening.tls.is_some())?;
    let sealed = state.ledger.catalog().seal_with(&rules.seal).await.context("secrets can't be sealed")?;
    if sealed > 0 {
        tracing::info!(sealed, "secrets were sealed with the present key");
    }
    state = state.entered_by(rules);
    if let Some(edge) = answering.purge_url {
        state = state.behind(edge);
    }
    let public = answering.public_url.as_deref().and_then(|url| url.parse::<Uri>().ok());
    let public = public.and_then(|url| url.host().map(str::to_owned));
    if address.ip().is_loopback() || !answering.hosts.is_empty() || public.is_some() {
        let names =
            ["localhost".to_owned(), "127.0.0.1".to_owned(), "[::1]".to_owned(), address.ip().to_string()];
        state = state.only_for_hosts(names.into_iter().chain(public).chain(answering.hosts));
    }
    state = state.with_vitals_of(if answering.no_vitals { 0 } else { answering.vitals });
    if answering.public_status {
        state = state.with_public_status();
    }
    if !service_worker {
        state = state.without_service_worker();
    }
    if let Some(tls) = &listening.tls {
        state = state.by_tls(tls.clone());
    }
    state = state.watched_by(watch(folder).await);
    let spans = answering.otlp.as_deref().map(Spans::to).transpose().context("--otlp leads nowhere")?;
    let collecting = spans.clone().map(|spans| tokio::spawn(spans.keep_sending()));
    if let Some(spans) = &spans {
        state = state.telling_spans(spans.clone());
    }
    remember_panics();
    let keeping = tokio::spawn(keep_recent_days(state.clone()));
    let watching = tokio::spawn(keep_watch(state.clone()));
    let certificate = listening.tls.clone().map(|tls| tokio::spawn(keep_certificate(tls)));
    let leading = match listening.redirect {
        Some(plain) => {
            let (hosts, home) = (state.allowed_hosts.as_deref(), state.telling.home.as_deref());
            Some(lead(plain, hosts, home, listening.bounds)?)
        }
        None => None,
    };
    let local = serve_socket(folder, state.clone(), settings);
    let (told, closing) = (told_to_stop(), state.clone());
    let told = async move {
        told.await;
        service::stopping();
        closing.close_streams();
    };
    say!("Adroit serves {} at {shown}/", folder.path().display());
    if let Some(path) = way_in {
        say!("Open {shown}{path} to come in: it counts once, on this machine, within 15 minutes");
    }
    let home = state.telling.home.clone().unwrap_or_else(|| shown.clone());
    if let Some(token) = state.set_up_token().await? {
        say!(
            "Nobody can sign in yet. Open {home}/set-up and give it this token, which counts once: {}",
            token.text()
        );
    }
    if !address.ip().is_loopback() && !home.starts_with("https://") {
        eprintln!(
            "adroit: people would sign in over plain HTTP, which others on the way can read; give the server a certificate with \
             --tls-cert and --tls-key, or put something with TLS in front and name its address with --public-url https://…"
        );
    }
    let (ledger, watch) = (state.ledger.clone(), state.watch.clone());
    let telling = tokio::spawn(tell_edge(state.clone()));
    let living = tokio::spawn(service::alive(state.clone()));
    service::ready(&shown);
    let tidying = tokio::spawn(keep_people_tidy(state.ledger.catalog().clone()));
    let (counting, opened) = (tokio::spawn(keep_opens(state.clone())), state.clone());
    let lookout = tokio::spawn(keep_looking(state.lookout()));
    let post = tokio::spawn(keep_sending(state.lookout()));
    let mut gate = Gate::from(listening.listener).within(listening.bounds).trusting(answering.proxies);
    if let Some(tls) = listening.tls {
        gate = gate.by_tls(tls);
    }
    web::serve(gate, router(state), told).await.context("the server stopped")?;
    lookout.abort();
    tidying.abort();
    counting.abort();
    // A message that is being sent is sent again, under its key, at the next start.
    post.abort();
    telling.abort();
    living.abort();
    keeping.abort();
    watching.abort();
    for task in [local, certificate, leading, collecting].into_iter().flatten() {
        task.abort();
    }
    drop(std::fs::remove_file(folder.socket()));
    if let Err(error) = opened.write_opens().await {
        tracing::warn!(%error, "how often shared links were opened of late is not written down");
    }
    if let Some(spans) = spans {
        drop(timeout(LAST_SPANS, spans.send()).await);
    }
    watch.close().await;
    ledger.catalog().close().await;
    drop::<Held>(held);
    Ok(ExitCode::SUCCESS)
}

fn hold(folder: &DataFolder) -> anyhow::Result<Held> {
    folder.hold()?.with_context(|| {
        format!(
            "the data folder {} is in use by another adroit; stop that one or name another folder with --data",
            folder.path().display()
        )
    })
}

/// What is measured, remembered in the folder; where that can't be had, the server does without.
async fn watch(folder: &DataFolder) -> Watch {
    Watch::open(&folder.measured()).await.unwrap_or_else(|error| {
        tracing::error!(error = &error as &dyn std::error::Error, "what is measured is not remembered");
        Watch::forgetful()
    })
}

/// How alerts are told.
fn telling(answering: &Answering, listening: &Listening) -> anyhow::Result<Telling> {
    let webhooks = Webhooks { is_private_allowed: answering.allow_private_webhooks, ..Webhooks::default() };
    let mail = match (&answering.smtp, &answering.mail_from) {
        (Some(smtp), Some(from)) => Some(MailServer::new(smtp, from)?),
        _ => None,
    };
    let home = match &answering.public_url {
        Some(url) => Some(url.trim_end_matches('/').to_owned()),
        // Where else it is only heard on this machine, that is where its readers are.
        None => listening.address.ip().is_loopback().then(|| listening.shown()),
    };
    Ok(Telling { sender: Sender { mail, webhooks }, home })
}

/// Takes away at the start, and every hour, what does not count any more of sessions, one-time links and invitations, and shared
/// links that expired long ago; and what was kept for as long as it was to be.
async fn keep_people_tidy(catalog: Catalog) {
    let mut hours = tokio::time::interval(HOUR);
    loop {
        hours.tick().await;
        if let Err(error) = catalog.tidy_people(Timestamp::now()).await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "what has ended of people's sessions is not taken away"
            );
        }
        if let Err(error) = catalog.tidy_shared_links(Timestamp::now()).await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "shared links that expired long ago are not taken away"
            );
        }
        match catalog.carry_out_retention(Timestamp::now()).await {
            Ok(removed) => {
                for (kind, count) in removed {
                    tracing::info!(%kind, count, "removed what was kept long enough");
                }
            }
            Err(error) => tracing::warn!(
                error = &error as &dyn std::error::Error,
                "what was kept long enough is not removed"
            ),
        }
    }
}

/// Reads the recent days of every workspace at the start and after its data changed, so that questions find them. Ends when the
/// catalog is gone.
async fn keep_recent_days(state: AppState) {
    let mut changes = state.ledger.catalog().changes();
    changes.mark_changed();
    let mut read: HashMap<_, u64> = HashMap::new();
    while changes.changed().await.is_ok() {
        // One import follows another: what each leaves behind is not worth reading.
        while let Ok(Ok(())) = timeout(QUIET, changes.changed()).await {}
        let Ok(workspaces) = state.ledger.catalog().workspaces().await else { continue };
        for workspace in workspaces.iter() {
            if read.insert(workspace.id, workspace.data_version) == Some(workspace.data_version) {
                continue;
            }
            let (insight, id) = (state.insight.clone(), workspace.id);
            let done = tokio::task::spawn_blocking(move || insight.read_recent_days(id)).await;
            if let Ok(Err(error)) = done {
                tracing::warn!(%error, workspace = workspace.name, "recent days are not kept in memory");
            }
        }
    }
}

/// Lets the command line in, from when this returns: whoever may open the folder's socket may do what this user may.
#[cfg(unix)]
fn serve_socket(folder: &DataFolder, state: AppState, settings: Settings) -> Option<JoinHandle<()>> {
    use std::os::unix::fs::PermissionsExt;

    let path = folder.socket();
    // The folder is held, so a socket in it is a dead server's.
    drop(std::fs::remove_file(&path));
    let way = folder.way_to_socket();
    let opened = tokio::net::UnixListener::bind(&way.path).and_then(|listener| {
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))?;
        Ok(listener)
    });
    let listener = opened
        .inspect_err(|error| {
            tracing::error!(%error, socket = %path.display(), "the command line can't be let in while the server runs");
        })
        .ok()?;
    let local = state.for_any_host();
    Some(tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, crate::local::router(local, Some(settings))).await {
            tracing::error!(%error, "the command line is not let in any more");
        }
    }))
}

#[cfg(not(unix))]
fn serve_socket(_: &DataFolder, _: AppState, _: Settings) -> Option<JoinHandle<()>> {
    None
}

/// Ends when the process is asked to stop, by Ctrl-C or by a service manager. Listens from the call on, not only from when
/// it is first awaited.
#[cfg(unix)]
pub(crate) fn told_to_stop() -> impl Future<Output = ()> {
    use tokio::signal::unix::{SignalKind, signal};

    let listen = |kind| {
        let opened = signal(kind);
        async {
            match opened {
                Ok(mut signal) => drop(signal.recv().await),
                Err(_) => std::future::pending().await,
            }
        }
    };
    let (interrupted, terminated) = (listen(SignalKind::interrupt()), listen(SignalKind::terminate()));
    async {
        tokio::select! {
            () = interrupted => {}
            () = terminated => {}
        }
    }
}

#[cfg(not(unix))]
pub(crate) async fn told_to_stop() {
    drop(tokio::signal::ctrl_c().await);
}
