//! What the server itself tells of its trouble: its health, its alerts, its groups of failures.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::time::sleep;

use crate::asking::{get, json};
use crate::outcome::{Outcome, millis};

/// How often is looked.
const OFTEN: Duration = Duration::from_millis(100);
/// By when health has to tell of a part that does not do its work: checks are made every ten seconds, and take two at most.
const TOLD: Duration = Duration::from_secs(15);
/// By when an alert has to fire: one on a check waits for a minute, and is looked at every half.
const FIRED: Duration = Duration::from_secs(150);

/// The state of each check, `ok`, `warning` or `failing`, and what it says; empty where the server tells nothing.
pub(crate) async fn health(address: SocketAddr) -> BTreeMap<String, (String, String)> {
    let told = json(address, "/healthz").await.unwrap_or_default();
    let text = |check: &Value, name: &str| check[name].as_str().unwrap_or_default().to_owned();
    let one = |check: &Value| (text(check, "name"), (text(check, "state"), text(check, "says")));
    told["checks"].as_array().into_iter().flatten().map(one).collect()
}

/// Waits until a check tells of trouble, and says so in the outcome.
pub(crate) async fn health_tells(address: SocketAddr, check: &str, outcome: &mut Outcome) {
    let begun = Instant::now();
    while begun.elapsed() < TOLD {
        if let Some((state, says)) = health(address).await.get(check).filter(|(state, _)| state != "ok") {
            let after = millis(begun.elapsed());
            outcome.told.push(format!("/healthz: {check} {state}, \"{says}\", after {after:.0} ms"));
            return;
        }
        sleep(OFTEN).await;
    }
    outcome.wrong.push(format!("/healthz did not tell of {check} within 15 s"));
}

/// Titles of what fires about the server.
pub(crate) async fn firing(address: SocketAddr) -> Vec<String> {
    let told = json(address, "/api/v1/status/alerts?state=firing").await.unwrap_or_default();
    let one = |alert: &Value| {
        let text = |name: &str| alert[name].as_str().unwrap_or_default();
        format!("{} ({})", text("title"), text("subject"))
    };
    told["alerts"].as_array().into_iter().flatten().map(one).collect()
}

/// Waits until an alert fires whose title begins like this, and says so in the outcome.
pub(crate) async fn alert_fires(address: SocketAddr, title: &str, outcome: &mut Outcome) {
    let begun = Instant::now();
    while begun.elapsed() < FIRED {
        if let Some(alert) = firing(address).await.into_iter().find(|alert| alert.starts_with(title)) {
            outcome.told.push(format!("alert {alert} after {} s", begun.elapsed().as_secs()));
            return;
        }
        sleep(OFTEN * 10).await;
    }
    outcome.wrong.push(format!("the alert '{title}' did not fire within 150 s"));
}

/// Groups of failures that the status page has: kind, origin and how often.
pub(crate) async fn failures(address: SocketAddr) -> BTreeMap<String, u64> {
    let told = json(address, "/api/v1/status").await.unwrap_or_default();
    let one = |group: &Value| {
        let text = |name: &str| group[name].as_str().unwrap_or_default();
        (
            format!("{} of {} at {}", text("kind"), text("origin"), text("route")),
            group["count"].as_u64().unwrap_or(0),
        )
    };
    told["errors"].as_array().into_iter().flatten().map(one).collect()
}

/// Says which groups of failures are new or grew.
pub(crate) async fn failures_since(
    address: SocketAddr,
    before: &BTreeMap<String, u64>,
    outcome: &mut Outcome,
) -> usize {
    let now = failures(address).await;
    let grown: Vec<String> = now
        .into_iter()
        .filter_map(|(group, count)| {
            let more = count.saturating_sub(before.get(&group).copied().unwrap_or(0));
            (more > 0).then(|| format!("{more} × {group}"))
        })
        .collect();
    if !grown.is_empty() {
        outcome.told.push(format!("/status: {}", grown.join(", ")));
    }
    grown.len()
}

/// Waits until the server is ready; the time that took, none where it was not within a minute.
pub(crate) async fn ready_again(address: SocketAddr) -> Option<Duration> {
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(60) {
        if get(address, "/readyz").await.is_ok_and(|answer| answer.status == 200) {
            return Some(begun.elapsed());
        }
        sleep(OFTEN / 10).await;
    }
    None
}
