//! Kill -9 under load, with imports going on, again and again; and a start after each.

use std::time::Duration;

use tokio::time::sleep;

use super::{Sending, Trial};
use crate::asking::json;
use crate::ground::Ground;
use crate::outcome::{Outcome, millis};
use crate::served::{Served, free_address};
use crate::telling::health;

/// A start has to take no longer.
const READY: Duration = Duration::from_secs(10);

pub(super) async fn run(ground: &Ground, outcome: &mut Outcome) -> anyhow::Result<()> {
    let (folder, address) = (ground.folder("kill")?, free_address()?);
    let start = || Served::start_at(ground, &folder, address, &[], &[]);
    let mut served = start().await?;
    let trial = Trial::begin(address).await?;
    let sending = Sending::begin(address, Duration::from_millis(20));
    let rounds = if ground.is_short { 3 } else { 20 };
    let mut starts = Vec::new();
    for round in 0..rounds {
        sleep(Duration::from_millis(600 + round * 173 % 700)).await;
        served.kill()?;
        served = start().await?;
        starts.push(served.ready_after);
    }
    sleep(Duration::from_millis(300)).await;
    let sent = sending.end().await;
    let up = json(address, "/api/v1/status").await?["uptime_seconds"].as_u64();
    outcome.told.push(format!("/api/v1/status: up for {} s", up.unwrap_or(0)));
    outcome.expect(up.is_some_and(|up| up < 10), || "the uptime did not begin again".to_owned());
    let unwell: Vec<String> = health(address)
        .await
        .into_iter()
        .filter(|(_, (state, _))| state == "failing")
        .map(|(name, _)| name)
        .collect();
    outcome.expect(unwell.is_empty(), || format!("after the start these fail: {}", unwell.join(", ")));
    trial.end(&sent, outcome).await?;
    served.stop().await?;
    outcome.only(&[0, 200]);
    let longest = starts.iter().max().copied().unwrap_or_default();
    outcome.also.push(format!("{rounds} kills"));
    outcome.recovery = Some(longest);
    outcome.expect(longest < READY, || format!("a start took {:.0} ms", millis(longest)));
    Ok(())
}
