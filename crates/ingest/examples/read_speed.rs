//! Measures the reader alone: lines of a Google Ads campaign report by day, generated in memory, per second.
//!
//! `cargo run --release -p ingest --example read_speed -- [lines] [rounds]`

use std::convert::Infallible;
use std::error::Error;
use std::fmt::Write as _;
use std::io::Cursor;
use std::time::Instant;

use ingest::{Wishes, recognise};
use jiff::ToSpan;
use jiff::civil::date;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let lines: usize = arguments.next().map_or(Ok(1_000_000), |text| text.parse())?;
    let rounds: usize = arguments.next().map_or(Ok(5), |text| text.parse())?;

    let file = campaign_by_day(lines)?;
    println!("{lines} lines, {} bytes, {:.1} bytes a line", file.len(), file.len() as f64 / lines as f64);
    for _ in 0..rounds {
        let start = Instant::now();
        let export = recognise(Cursor::new(&file), "speed.csv", &Wishes::default())?;
        let mut spend = 0i64;
        let reading = export.read(
            |row| {
                spend = spend.wrapping_add(row.sums.spend_micros.unwrap_or(0));
                Ok::<(), Infallible>(())
            },
            |_| {},
        )?;
        let seconds = start.elapsed().as_secs_f64();
        println!(
            "{:.0} lines/s, {:.0} MB/s, {} used, {} skipped, spend {spend}",
            reading.rows_read as f64 / seconds,
            file.len() as f64 / seconds / 1e6,
            reading.rows_used,
            reading.rows_skipped,
        );
    }
    Ok(())
}

/// Many campaigns on each day, in the columns of the platform's own export.
fn campaign_by_day(lines: usize) -> Result<String, std::fmt::Error> {
    let mut file = String::from(
        "Campaign report\n\"January 1, 2020 - December 31, 2026\"\nCampaign type,Campaign,Day,Currency code,Cost,Clicks,\
         Impr.,CTR,Avg. CPC,Conversions,Conv. rate,Conv. value,Cost / conv.\n",
    );
    for n in 0..lines {
        let day = date(2020, 1, 1).saturating_add(((n / 400) as i64 % 2500).days());
        let (clicks, cents) = (n * 7 % 900, n * 131 % 90_000);
        writeln!(
            file,
            "Search,Brand {} | Region North,{day},EUR,{}.{:02},{clicks},\"{},{:03}\",{}.{:02}%,0.{:02},{}.{:02},\
             {}.{:02}%,{}.{:02},{}.{:02}",
            n % 400,
            cents / 100,
            cents % 100,
            n % 89 + 1,
            n % 1000,
            n % 9,
            n % 100,
            n % 97,
            n % 30,
            n % 100,
            n % 12,
            n % 100,
            n % 5000,
            n % 100,
            n % 60,
            n % 100,
        )?;
    }
    Ok(file)
}
