//! Clients that mean no good, or are gone: heads that never end, answers that nobody reads, uploads that stall, connections on
//! which nothing comes. Others read meanwhile.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::sleep;

use super::Trial;
use crate::asking::{STRANGER, connect};
use crate::ground::Ground;
use crate::load::Load;
use crate::outcome::{Outcome, millis};
use crate::served::Served;

/// More than one address may have open.
const HALF_HEADS: usize = 560;
const DEAF: usize = 60;
const STALLED: usize = 20;
const SILENT: usize = 60;
/// Files that the server may have open more than before, once they are gone.
const SLACK: usize = 8;

/// What each of them sends before it falls silent.
const HALF_HEAD: &str = "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ";
const DEAF_ASK: &str = "GET /api/v1/openapi.json HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
const STALLED_UPLOAD: &str = "POST /api/v1/imports HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 900000\r\n\
     Content-Type: multipart/form-data; boundary=x\r\n\r\n--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\nCampaign,Day";

pub(super) async fn run(ground: &Ground, outcome: &mut Outcome) -> anyhow::Result<()> {
    let folder = ground.folder("clients")?;
    let served = Served::start(ground, &folder).await?;
    let address = served.address;
    // How quick it is for readers alone.
    let alone = Load::begin(address, super::READERS, super::PAUSE);
    sleep(Duration::from_secs(2)).await;
    let files = served.open_files();
    let alone = alone.end().await.quantile(0.99).unwrap_or_default();
    let trial = Trial::begin(address).await?;

    let mut strangers = Vec::new();
    for (many, said) in [(HALF_HEADS, HALF_HEAD), (DEAF, DEAF_ASK), (STALLED, STALLED_UPLOAD), (SILENT, "")] {
        for _ in 0..many {
            strangers.extend(stranger(address, said).await);
        }
    }
    let (came, mut most) = (strangers.len(), 0);
    // Longer than a head may take to come.
    let until = Instant::now() + Duration::from_secs(if ground.is_short { 3 } else { 45 });
    while Instant::now() < until {
        // One that asks again and again, and reads nothing of what it is told.
        for stranger in strangers.iter().rev().skip(SILENT + STALLED).take(DEAF) {
            drop(stranger.try_write(DEAF_ASK.as_bytes()));
        }
        most = most.max(served.open_files());
        sleep(Duration::from_millis(200)).await;
    }
    drop(strangers);
    let gone = Instant::now();
    let mut left = served.open_files();
    while left > files + SLACK && gone.elapsed() < Duration::from_secs(30) {
        sleep(Duration::from_millis(20)).await;
        left = served.open_files();
    }
    outcome.recovery = Some(gone.elapsed());
    outcome.expect(left <= files + SLACK, || format!("{left} files are open, {files} were before"));
    outcome.told.push(format!("process_open_fds {files}, at most {most} with {came} of them, then {left}"));
    outcome.expect(came > 500, || format!("only {came} could connect"));
    trial.end(&[], outcome).await?;
    outcome.only(&[200]);
    let with = outcome.seen.quantile(0.99).unwrap_or_default();
    outcome.also.push(format!("alone 99 of 100 within {:.0} ms", millis(alone)));
    // It is one machine, and they all ask of it; nobody waits for them to end, though.
    let bound = alone * 10 + Duration::from_millis(250);
    outcome.expect(with < bound, || format!("99 of 100 took up to {:.0} ms", millis(with)));
    served.stop().await
}

/// One that connects, says this much, and nothing more.
async fn stranger(address: SocketAddr, said: &str) -> Option<TcpStream> {
    let mut stream = connect(address, Some(STRANGER)).await.ok()?;
    stream.write_all(said.as_bytes()).await.ok()?;
    Some(stream)
}
