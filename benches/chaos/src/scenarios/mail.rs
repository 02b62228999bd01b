//! A mail server that is down while an alert is to be told, and comes back.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;

use super::Trial;
use crate::asking;
use crate::figures::believed;
use crate::ground::Ground;
use crate::outcome::Outcome;
use crate::served::{Served, free_address};

const RULE: &str = "Chaos: any answer takes time";
/// Sent in vain it is tried again after half a minute to a minute, and looked at every five seconds.
const AGAIN: Duration = Duration::from_secs(90);

pub(super) async fn run(ground: &Ground, outcome: &mut Outcome) -> anyhow::Result<()> {
    let (folder, address, post) = (ground.folder("mail")?, free_address()?, free_address()?);
    let smtp = format!("smtp://{post}");
    let flags = ["--smtp", &smtp, "--mail-from", "chaos@example.org"];
    let start = || Served::start_at(ground, &folder, address, &flags, &[]);
    let served = start().await?;
    let channel = json!({ "name": "Operators", "kind": "mail", "address": "operators@example.org" });
    let channel = asking::send(address, "/api/v1/status/alert-channels", &channel).await?;
    // Of one route, so that it fires once.
    let route = "/api/v1/analytics";
    let condition =
        json!({ "kind": "latency", "route": route, "above_millis": 1, "minutes": 60, "least": 1 });
    let rule = json!({ "name": RULE, "condition": condition, "channels": [channel["id"]] });
    asking::send(address, "/api/v1/status/alert-rules", &rule).await?;
    believed(address).await?;
    served.stop().await?;

    // The rules are looked at as soon as it runs.
    let served = start().await?;
    let trial = Trial::begin(address).await?;
    let waits = until_notice(address, Duration::from_secs(45), |notice| {
        notice["state"] == "waiting" && notice["error"].is_string()
    });
    let waits = waits.await.context("no message that could not be sent waits")?;
    let error = waits["error"].as_str().unwrap_or_default().to_owned();
    outcome.told.push(format!(
        "alert '{RULE}'; its message is {}, \"{error}\"",
        waits["state"].as_str().unwrap_or_default()
    ));

    if ground.is_short {
        outcome.also.push("the message waits in the outbox".to_owned());
    } else {
        let taken = Arc::new(AtomicUsize::new(0));
        let listener = TcpListener::bind(post).await?;
        let (back, counted) = (Instant::now(), taken.clone());
        let office = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(take(stream, counted.clone()));
            }
        });
        until_notice(address, AGAIN, |notice| notice["state"] == "sent")
            .await
            .context("it was never sent")?;
        outcome.recovery = Some(back.elapsed());
        // It is not sent a second time.
        sleep(Duration::from_secs(12)).await;
        office.abort();
        let taken = taken.load(Ordering::Relaxed);
        outcome.also.push(format!("{taken} message came when the mail server was back"));
        outcome.expect(taken == 1, || format!("{taken} messages came"));
    }
    trial.end(&[], outcome).await?;
    outcome.only(&[200]);
    served.stop().await
}

/// Waits for what a channel was told of our rule to be so.
async fn until_notice(
    address: SocketAddr,
    patience: Duration,
    is_so: impl Fn(&Value) -> bool,
) -> anyhow::Result<Value> {
    let begun = Instant::now();
    let mut last = Value::Null;
    while begun.elapsed() < patience {
        last = asking::json(address, "/api/v1/status/alerts?state=firing").await?;
        let alerts = last["alerts"].as_array().into_iter().flatten();
        let ours = alerts.filter(|alert| alert["title"] == RULE);
        let mut notices = ours.filter_map(|alert| alert["notices"].as_array()).flatten();
        if let Some(notice) = notices.find(|notice| is_so(notice)) {
            return Ok(notice.clone());
        }
        sleep(Duration::from_millis(200)).await;
    }
    bail!("within {} s; the alerts are {last}", patience.as_secs())
}

/// Takes mail on a connection, as little as SMTP needs.
async fn take(stream: TcpStream, taken: Arc<AtomicUsize>) -> std::io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 chaos\r\n").await?;
    let mut is_letter = false;
    while let Some(line) = lines.next_line().await? {
        let word = line.get(..4).unwrap_or_default().to_ascii_uppercase();
        let answer: &[u8] = match (is_letter, word.as_str()) {
            (true, _) if line == "." => {
                is_letter = false;
                taken.fetch_add(1, Ordering::Relaxed);
                b"250 taken\r\n"
            }
            (true, _) => continue,
            (false, "DATA") => {
                is_letter = true;
                b"354 go on\r\n"
            }
            (false, "QUIT") => b"221 bye\r\n",
            (false, _) => b"250 yes\r\n",
        };
        write.write_all(answer).await?;
    }
    Ok(())
}
