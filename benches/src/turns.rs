//! Answers, asked in turns: ours, the bare engine, by hand, ours again.

use std::net::SocketAddr;
use std::time::Instant;

use anyhow::Context;
use tokio::task::{JoinSet, block_in_place};

use crate::columns::Columns;
use crate::questions::{self, Question};
use crate::server::{Client, Server};
use crate::table::Line;
use crate::timing::Times;
use crate::{agreement, engine};

/// Rounds before those that count.
pub(crate) const WARM_UP: usize = 3;
/// How many clients ask at once.
const CROWD: usize = 8;

/// A line for each question.
pub(crate) async fn lines(server: &Server, columns: &Columns, rounds: usize) -> anyhow::Result<Vec<Line>> {
    let mut lines = Vec::new();
    for question in questions::all(server)? {
        eprintln!("{}", question.what);
        lines.push(line(server, columns, &question, rounds).await.with_context(|| question.path.clone())?);
    }
    Ok(lines)
}

async fn line(
    server: &Server,
    columns: &Columns,
    question: &Question,
    rounds: usize,
) -> anyhow::Result<Line> {
    let mut client = Client::connect(server.address).await?;
    let body = client.get(&question.path).await?;
    let bytes = body.len();
    if let Some(scan) = &question.by_hand {
        let found = block_in_place(|| scan(columns));
        agreement::check(question.what, &found, &serde_json::from_slice(&body)?)?;
    }
    let statements = engine::statements(&server.insight, &server.asker(), &question.queries)?;

    let what = format!("{} ({:.1} kB)", question.what, bytes as f64 / 1000.0);
    let mut line = Line { what, target: question.target, ..Line::default() };
    for round in 0..WARM_UP + rounds {
        let counts = round >= WARM_UP;
        let start = Instant::now();
        client.get(&question.path).await?;
        if counts {
            line.ours.since(start);
        }
        if !statements.is_empty() {
            let start = Instant::now();
            block_in_place(|| engine::run(server.ledger.facts(), &statements))?;
            if counts {
                line.engine.since(start);
            }
        }
        if let Some(scan) = &question.by_hand {
            let start = Instant::now();
            std::hint::black_box(block_in_place(|| scan(columns)));
            if counts {
                line.by_hand.since(start);
            }
        }
    }
    line.crowd = crowd(server.address, &question.path, rounds).await?;
    Ok(line)
}

/// Several clients that ask one question after the other, all at once.
async fn crowd(address: SocketAddr, path: &str, rounds: usize) -> anyhow::Result<Times> {
    let mut clients = JoinSet::new();
    for _ in 0..CROWD {
        let path = path.to_owned();
        clients.spawn(async move {
            let mut client = Client::connect(address).await?;
            client.get(&path).await?;
            let mut times = Times::default();
            for _ in 0..rounds {
                let start = Instant::now();
                client.get(&path).await?;
                times.since(start);
            }
            Ok::<_, anyhow::Error>(times)
        });
    }
    let mut times = Times::default();
    while let Some(client) = clients.join_next().await {
        times.join(client??);
    }
    Ok(times)
}
