//! Nothing kept: eight clients, half of them with the overview, half with analytics.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use super::Lengths;
use super::fact::{Fact, ms};
use super::questions::{analytics, newest, overview};
use crate::server::{Client, Server};
use crate::timing::Times;

const CLIENTS: u64 = 8;

pub(super) async fn facts(server: &Server, lengths: Lengths) -> anyhow::Result<Vec<Fact>> {
    let newest = newest(server)?;
    let until = Instant::now() + Duration::from_secs(u64::from(lengths.usual));
    let mut clients = JoinSet::new();
    for client in 0..CLIENTS {
        let is_overview = client % 2 == 0;
        let question = move |n: u64| match is_overview {
            true => overview(newest, n * CLIENTS + client),
            false => analytics(newest, n * CLIENTS + client),
        };
        let address = server.address;
        clients.spawn(async move {
            Ok::<_, anyhow::Error>((is_overview, asked(address, question, until).await?))
        });
    }
    let (mut overviews, mut others) = (Times::default(), Times::default());
    while let Some(done) = clients.join_next().await {
        let (is_overview, times) = done??;
        if is_overview { overviews.join(times) } else { others.join(times) }
    }
    let told = |times: &Times| {
        format!(
            "p50 {}, p95 {} of {}",
            ms(times.median()),
            ms(times.p95()),
            web::format::count(times.count() as u64)
        )
    };
    Ok(vec![
        Fact::new("not kept, 8 clients: overview", told(&overviews), "p95 100 ms"),
        Fact::new("  analytics over a year meanwhile", told(&others), ""),
    ])
}

/// One question after the other until then.
async fn asked(
    address: SocketAddr,
    question: impl Fn(u64) -> String,
    until: Instant,
) -> anyhow::Result<Times> {
    let mut client = Client::connect(address).await?;
    let mut times = Times::default();
    for n in 0.. {
        if Instant::now() >= until {
            break;
        }
        let start = Instant::now();
        client.get(&question(n)).await?;
        times.since(start);
    }
    Ok(times)
}
