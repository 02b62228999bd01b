//! `./x bench`: how long imports, record streams, answers and restatements take, beside the bare engine and beside scans written by hand.
//!
//! Nothing is asserted about speed; what is checked is that all three ways give the same figures.

mod agreement;
mod args;
mod by_hand;
mod cache;
mod columns;
mod engine;
mod folder;
mod importer;
mod machine;
mod questions;
mod restatement;
mod server;
mod sign_in;
mod streams;
mod table;
mod timing;
mod turns;

use std::path::Path;

use clap::Parser;

use crate::args::{Args, What};
use crate::columns::Columns;
use crate::folder::Made;
use crate::server::Server;
use crate::table::{Line, Table};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    match &args.what {
        Some(What::Importer { folder }) => importer::run(folder).await,
        Some(What::Streams { folder, protocol }) => streams::run(folder, *protocol).await,
        Some(What::Load { address, rate, seconds }) => cache::load(*address, *rate, *seconds).await,
        Some(What::Cache) => cache::bench(&args).await,
        Some(What::SignIn { pairs }) => {
            sign_in::run(pairs.unwrap_or(if args.quick { 100 } else { 1_000 })).await
        }
        None => bench(&args).await,
    }
}

async fn bench(args: &Args) -> anyhow::Result<()> {
    let before = machine::load();
    let folder = args.folder()?;
    let made = folder::ready(&folder, args.rows(), args.anew)?;

    let server = Server::start(&folder).await?;
    let columns = Columns::load(&server)?;
    let mut lines = import_lines(&made);
    lines.extend(turns::lines(&server, &columns, args.rounds()).await?);
    drop(columns);
    server.stop().await;
    lines.extend(restatement::lines(&folder, args.rounds()).await?);
    lines.extend(streams::lines(args.rows() / 10)?);

    let table = Table { head: head(&made, &before, args, &folder), lines };
    print!("{}", if args.markdown { table.markdown() } else { table.plain() });
    Ok(())
}

fn head(made: &Made, load_before: &str, args: &Args, folder: &Path) -> Vec<String> {
    vec![
        format!(
            "{}; load average before: {load_before}, after: {}.",
            machine::describe(),
            machine::load()
        ),
        format!(
            "{} rows of delivery in {} files, {} kept in {}; DuckDB {}; {} rounds in turns after {} to warm up.",
            web::format::count(made.rows),
            made.files,
            made.made_on,
            folder.display(),
            store::facts::ENGINE_VERSION,
            args.rounds(),
            turns::WARM_UP
        ),
        "Ours is an answer over HTTP, uncompressed, nothing cached; server and clients share the cores. By hand: two threads over arrays in memory.".to_owned(),
        "Target: what we promise on two cores with 10,000,000 rows, not cached.".to_owned(),
    ]
}

fn import_lines(made: &Made) -> Vec<Line> {
    let per_second = made.lines as f64 / (made.reading_seconds + made.applying_seconds).max(1e-9);
    let per_processor = made.lines as f64 / made.processor_seconds.max(1e-9);
    let facts = [
        ("import, lines a second, one engine thread", web::format::count(per_second as u64), "400,000"),
        ("  of it reading and staging, seconds", format!("{:.1}", made.reading_seconds), ""),
        ("  of it applying, seconds", format!("{:.1}", made.applying_seconds), ""),
        ("  lines a second of processor time", web::format::count(per_processor as u64), ""),
        ("import, peak memory, MiB", format!("{:.0}", made.peak_kib as f64 / 1024.0), "300"),
        ("facts on disk, MB", format!("{:.0}", made.facts_bytes as f64 / 1e6), ""),
        ("  bytes for a row", format!("{:.1}", made.facts_bytes as f64 / made.rows.max(1) as f64), ""),
    ];
    let line = |(what, value, target): (&str, String, &'static str)| Line::fact(what, value, target);
    facts.into_iter().map(line).collect()
}
