//! `adroit ingest`: records in the Singer or Airbyte protocol from standard input. States go to standard output once their
//! records are kept, as both protocols want it of a target.

use std::io::{IsTerminal, Read};
use std::process::ExitCode;

use anyhow::bail;
use axum::body::Body;
use axum::http::Method;
use connect::Protocol;
use tokio::sync::mpsc;
use tokio_stream::StreamExt;
use tokio_stream::wrappers::ReceiverStream;

use crate::args::IngestArgs;
use crate::data::DataFolder;
use crate::door::{Door, path_with};
use crate::failure;
use crate::local::{Line, last_line};
use crate::say;
use crate::told;

/// Bytes that are read at once, and how many such pieces ahead.
const PIECE: usize = 256 << 10;
const AHEAD: usize = 4;

pub(crate) async fn run(args: IngestArgs) -> anyhow::Result<ExitCode> {
    if std::io::stdin().is_terminal() {
        bail!(
            "there is nothing on standard input; use it behind a source: tap-name --config c.json | adroit ingest --singer"
        );
    }
    let protocol = if args.airbyte { Protocol::Airbyte } else { Protocol::Singer };
    let door = Door::open(&DataFolder::of(&args.place, "data")?).await?;
    if let Some(workspace) = args.place.workspace.as_deref() {
        door.ensure_workspace(workspace, false).await?;
    }
    let catalog = args.catalog.map(std::path::absolute).transpose()?;
    let path = path_with(
        "/local/records",
        &[
            ("name", Some(args.name)),
            ("protocol", Some(protocol.key().to_owned())),
            ("workspace", args.place.workspace),
            ("catalog", catalog.map(|path| path.display().to_string())),
            ("currency", args.currency.map(|currency| currency.to_string())),
            ("keep_every", args.keep_every.map(|records| records.to_string())),
        ],
    );
    let (pieces, body) = mpsc::channel(AHEAD);
    std::thread::spawn(move || {
        let mut stdin = std::io::stdin().lock();
        loop {
            let mut piece = vec![0; PIECE];
            match stdin.read(&mut piece) {
                Ok(0) => return,
                Ok(read) => piece.truncate(read),
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(_) => return,
            }
            if pieces.blocking_send(piece).is_err() {
                return;
            }
        }
    });
    let body = Body::from_stream(ReceiverStream::new(body).map(Ok::<_, std::convert::Infallible>));
    let response = door.send_body(Method::POST, &path, Some("application/x-ndjson"), body).await?;
    let last = last_line(response, |news| {
        if let Line::State(state) = news {
            say::bytes(state_line(protocol, state.get()).as_bytes());
        }
    })
    .await;
    door.close().await;
    let Line::Run(report) = last? else { bail!("the answer is of another kind") };
    if args.json {
        eprintln!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        say::aside(&told::run(&report));
    }
    Ok(if report.is_complete { ExitCode::SUCCESS } else { ExitCode::from(failure::NOT_RIGHT) })
}

/// A state as a target of the protocol says it.
fn state_line(protocol: Protocol, state: &str) -> String {
    match protocol {
        Protocol::Singer => format!("{state}\n"),
        Protocol::Airbyte => format!("{{\"type\":\"STATE\",\"state\":{state}}}\n"),
    }
}
