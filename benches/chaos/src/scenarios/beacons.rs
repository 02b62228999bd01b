//! 10,000 messages to the intake of visits that are none: empty, cut off, too large, too deep, of wrong types, with strange words.

use std::time::{Duration, Instant};

use bytes::Bytes;
use hyper::Method;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::Trial;
use crate::asking::{Client, STRANGER, get};
use crate::ground::Ground;
use crate::load::{Asked, Seen};
use crate::machine::mebibytes;
use crate::outcome::Outcome;
use crate::served::Served;
use crate::telling::failures;

const SENDERS: u32 = 8;
const EACH: u32 = 1250;
/// Memory that taking none of them may cost.
const MOST: u64 = 32 << 20;

pub(super) async fn run(ground: &Ground, outcome: &mut Outcome) -> anyhow::Result<()> {
    let folder = ground.folder("beacons")?;
    let served = Served::start(ground, &folder).await?;
    let address = served.address;
    let trial = Trial::begin(address).await?;
    sleep(Duration::from_secs(1)).await;
    let before = (served.resident(), failures(address).await.len(), visits(address).await?);

    let begun = Instant::now();
    let mut senders = JoinSet::new();
    for sender in 0..SENDERS {
        senders.spawn(async move {
            let (mut answers, mut client) = (Vec::new(), None);
            for n in 0..EACH {
                let sent = Instant::now();
                let body = ("text/plain;charset=UTF-8", malformed(sender * EACH + n));
                let answer = async {
                    let mut open = match client.take() {
                        Some(open) => open,
                        None => Client::connect(address, Some(STRANGER)).await?,
                    };
                    let answer = open.ask(Method::POST, "/api/v1/vitals", Some(body)).await?;
                    client = Some(open);
                    anyhow::Ok(answer.status)
                };
                let status = answer.await.unwrap_or(0);
                answers.push(Asked { at: sent - begun, took: sent.elapsed(), status });
            }
            answers
        });
    }
    let mut answers = Seen::default();
    while let Some(Ok(more)) = senders.join_next().await {
        answers.0.extend(more);
    }
    let took = begun.elapsed();
    let after = (served.resident(), failures(address).await.len(), visits(address).await?);
    outcome.also.push(format!("the beacons {} in {:.1} s", answers.words(), took.as_secs_f64()));
    let refused = answers.count(|status| matches!(status, 400 | 413 | 429));
    outcome.expect(refused == u64::from(SENDERS * EACH), || format!("{refused} of them were refused"));
    outcome.expect(after.1 == before.1, || format!("{} groups of failures, {} before", after.1, before.1));
    outcome.expect(after.2 == before.2, || format!("{} visits were counted, {} before", after.2, before.2));
    let grown = after.0.saturating_sub(before.0);
    outcome.expect(grown < MOST, || format!("memory grew by {}", mebibytes(grown)));
    outcome.told.push(format!(
        "adroit_http_requests of /api/v1/vitals; memory + {}, no group, no visit",
        mebibytes(grown)
    ));
    outcome.recovery = Some(Duration::ZERO);
    trial.end(&[], outcome).await?;
    outcome.only(&[200]);
    served.stop().await
}

/// Visits that the server counted.
async fn visits(address: std::net::SocketAddr) -> anyhow::Result<usize> {
    let text = get(address, "/metrics").await?;
    let text = String::from_utf8_lossy(&text.body).into_owned();
    Ok(text.lines().filter(|line| line.starts_with("adroit_vitals_visits_total")).count())
}

/// The n-th message: ten kinds in turn.
fn malformed(n: u32) -> Bytes {
    let good = r#"{"route":"/","device":"desk","arrived":"navigate","vitals":{"lcp":1200}}"#;
    let text = match n % 10 {
        0 => String::new(),
        1 => good[..n as usize % good.len()].to_owned(),
        2 => "x".repeat(9 << 10),
        3 => "[".repeat(4000),
        4 => good.replace("1200", "\"quick\""),
        5 => good.replace("1200", "-1"),
        6 => good.replace("desk", &format!("toaster-{n}")),
        7 => good.replace("\"/\"", &format!("\"/campaigns/Summer {n} <script>\"")),
        8 => good.replace("vitals", "virals"),
        _ => return Bytes::from(n.to_le_bytes().repeat(64)),
    };
    Bytes::from(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn none_of_the_messages_is_one() {
        let kinds: std::collections::BTreeSet<Bytes> = (0..10).map(malformed).collect();
        assert_eq!(kinds.len(), 10);
        for n in 0..1000 {
            let body = malformed(n);
            let told: Option<serde_json::Value> = serde_json::from_slice(&body).ok();
            let is_one = told.is_some_and(|told| {
                told["device"] == "desk" && told["route"] == "/" && told["vitals"]["lcp"] == 1200
            });
            assert!(!is_one, "{n}: {body:?}");
        }
    }
}
