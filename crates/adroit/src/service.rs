//! What the service manager is told, where there is one: that the server is ready, alive, stopping. Elsewhere nothing is said.

use std::time::Duration;

use web::AppState;

/// When the engine has not answered for so long, the service manager is not told any more that all is well: a restart helps.
const HUNG: Duration = Duration::from_secs(120);

/// Requests may be sent.
pub(crate) fn ready(address: &str) {
    #[cfg(unix)]
    tell(&[sd_notify::NotifyState::Ready, sd_notify::NotifyState::Status(&format!("serving at {address}/"))]);
    #[cfg(not(unix))]
    let _ = address;
}

/// What is under way is finished, then the server ends.
pub(crate) fn stopping() {
    #[cfg(unix)]
    tell(&[sd_notify::NotifyState::Stopping]);
}

/// Says as often as is asked for that the server is alive; ends at once where nobody asks.
pub(crate) async fn alive(state: AppState) {
    #[cfg(unix)]
    if let Some(most) = sd_notify::watchdog_enabled() {
        let mut pace = tokio::time::interval(most / 3);
        loop {
            pace.tick().await;
            if !state.has_hung_for(HUNG) {
                tell(&[sd_notify::NotifyState::Watchdog]);
            }
        }
    }
    drop(state);
}

#[cfg(unix)]
fn tell(states: &[sd_notify::NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::warn!(%error, "the service manager can't be told how the server does");
    }
}
