//! An engine that hangs: every way to it is held, in a server of the same parts, which stands for the program here.

use std::io::Write;
use std::process::Command;
use std::time::Duration;

use tokio::time::sleep;

use super::Trial;
use crate::asking::get;
use crate::ground::Ground;
use crate::outcome::Outcome;
use crate::served::{Served, free_address};
use crate::telling::{alert_fires, health_tells, ready_again};

/// A question whose answer is not kept.
const NEW: &str = "/api/v1/analytics?by=campaign&metrics=clicks&range=all&filter=clicks%20%3E%209999999";

pub(super) async fn run(ground: &Ground, outcome: &mut Outcome) -> anyhow::Result<()> {
    let (folder, address) = (ground.folder("hang")?, free_address()?);
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("stand").arg(&folder).args(["--bind", &address.to_string()]);
    let mut served = Served::run(command, ground, address).await?;
    let trial = Trial::begin(address).await?;
    sleep(Duration::from_millis(500)).await;

    writeln!(served.told()?, "hold")?;
    health_tells(address, "engine", outcome).await;
    let unready = get(address, "/readyz").await?.status;
    outcome.expect(unready == 503, || format!("/readyz answered {unready}"));
    let new = get(address, NEW).await;
    let new = new.map_or_else(|error| format!("no answer: {error:#}"), |answer| answer.status.to_string());
    outcome.also.push(format!("what was never asked before: {new}"));
    let kept = get(address, "/api/v1/overview").await?.status;
    outcome.expect(kept == 200, || format!("the kept overview answered {kept}"));
    if !ground.is_short {
        alert_fires(address, "A self-check fails", outcome).await;
    }

    writeln!(served.told()?, "release")?;
    outcome.recovery = ready_again(address).await;
    outcome.expect(outcome.recovery.is_some(), || "it was not ready within a minute".to_owned());
    trial.end(&[], outcome).await?;
    // Too many that wait are told to come back, with an error of their own.
    outcome.only(&[200, 503, 504]);
    served.kill()
}
