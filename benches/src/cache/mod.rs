//! `./x bench cache`: answers that are kept, questions that are too many, and each part that brings it about switched off.
//!
//! Server, engine and whoever asks share one machine, which makes every figure worse than where they do not.

mod fact;
mod load;
mod misses;
mod mixed;
mod nginx;
mod overload;
mod questions;
mod switched_off;
mod warm;
mod wrk;

use anyhow::bail;

use self::fact::table;
pub(crate) use self::load::run as load;
use crate::args::Args;
use crate::server::Server;
use crate::{folder, machine, restatement};

/// What every browser says that it takes.
const TAKES: (&str, &str) = ("accept-encoding", "gzip, deflate, br, zstd");

/// How long things are measured, in seconds.
#[derive(Debug, Clone, Copy)]
struct Lengths {
    usual: u32,
    overload: u32,
}

/// Measures everything in one run and prints it.
pub(crate) async fn bench(args: &Args) -> anyhow::Result<()> {
    if !wrk::is_there() || !nginx::is_there() {
        bail!("this needs wrk and nginx: apt-get install wrk nginx-light");
    }
    let lengths =
        if args.quick { Lengths { usual: 2, overload: 5 } } else { Lengths { usual: 10, overload: 60 } };
    let before = machine::load();
    let made = folder::ready(&args.folder()?, args.rows(), args.anew)?;
    let copy = restatement::copied(&args.folder()?)?;
    let server = Server::start(copy.path()).await?;

    let mut facts = warm::facts(&server, lengths).await?;
    facts.extend(mixed::facts(&server, lengths).await?);
    facts.extend(misses::facts(&server, copy.path(), lengths).await?);
    facts.extend(overload::facts(&server, lengths).await?);
    facts.extend(switched_off::facts(&server, lengths).await?);
    server.stop().await;

    let (machine, rows) = (machine::describe(), web::format::count(made.rows));
    println!("{machine}; load average before: {before}, after: {}.", machine::load());
    println!(
        "{rows} rows of delivery. wrk (one thread), nginx (one worker), clients and the server share the cores.\n"
    );
    print!("{}", table(&facts, args.markdown));
    Ok(())
}
