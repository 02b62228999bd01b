//! Another process that holds the catalog, as a tool does that somebody opened it with.

use std::time::{Duration, Instant};

use serde_json::json;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};
use tokio::time::sleep;

use super::Trial;
use crate::asking::send;
use crate::ground::Ground;
use crate::outcome::{Outcome, millis};
use crate::served::Served;
use crate::telling::{failures_since, health};

pub(super) async fn run(ground: &Ground, outcome: &mut Outcome) -> anyhow::Result<()> {
    let folder = ground.folder("locked")?;
    let served = Served::start(ground, &folder).await?;
    let address = served.address;
    let trial = Trial::begin(address).await?;
    let change = json!({ "name": "chaos", "kind": "mail", "address": "chaos@example.org" });

    let options =
        SqliteConnectOptions::new().filename(folder.join("catalog.sqlite")).create_if_missing(false);
    let mut other = options.connect().await?;
    sqlx::query("BEGIN EXCLUSIVE").execute(&mut other).await?;
    let begun = Instant::now();
    let refused = send(address, "/api/v1/status/alert-channels", &change).await;
    match refused {
        Ok(_) => outcome.wrong.push("something was changed while another held the catalog".to_owned()),
        Err(error) => {
            let words: String = error.to_string().chars().take(160).collect();
            outcome.also.push(format!("a change after {:.0} ms: {words}", millis(begun.elapsed())));
        }
    }
    sleep(Duration::from_secs(if ground.is_short { 1 } else { 30 })).await;
    let told = failures_since(address, &trial.failures, outcome).await;
    let checks = health(address).await;
    let said: Vec<String> = checks
        .iter()
        .filter(|(_, (state, _))| state != "ok")
        .map(|(name, (state, says))| format!("{name} {state}, \"{says}\""))
        .collect();
    if !said.is_empty() {
        outcome.told.push(format!("/healthz: {}", said.join(", ")));
    }
    outcome.expect(told > 0 || !said.is_empty(), || "nothing told of it".to_owned());

    sqlx::query("ROLLBACK").execute(&mut other).await?;
    other.close().await?;
    let freed = Instant::now();
    send(address, "/api/v1/status/alert-channels", &change).await?;
    outcome.recovery = Some(freed.elapsed());
    trial.end(&[], outcome).await?;
    outcome.only(&[200]);
    served.stop().await
}
