//! What a server believes, before and after: figures, rows and imports; and files whose figures are known, to be imported meanwhile.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use anyhow::{Context, ensure};
use jiff::ToSpan;
use jiff::civil::{Date, date};
use serde_json::Value;

use crate::asking::{get, json};

/// Files of ours are about days from here on, which are long before those of the invented set.
const FIRST: Date = date(2020, 1, 1);
/// Their last day.
const LAST: Date = date(2022, 12, 31);
/// Rows of a file of ours.
const CAMPAIGNS: u64 = 100;

/// What is believed of the invented set, and of the ledger.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Figures {
    /// Sums over everything, by currency.
    totals: Value,
    /// Days of campaigns.
    pub rows: u64,
    /// Imports that count, without those of ours.
    pub imports: usize,
}

/// Reads what is believed.
pub(crate) async fn believed(address: SocketAddr) -> anyhow::Result<Figures> {
    let days = "from=2023-01-01&to=2030-01-01";
    let all = json(
        address,
        &format!("/api/v1/analytics?by=platform&metrics=spend,impressions,clicks,conversions,revenue&{days}"),
    )
    .await?;
    let rows =
        json(address, &format!("/api/v1/analytics?by=campaign,day&metrics=clicks&limit=1&{days}")).await?;
    let totals = all.get("totals").with_context(|| format!("there are no totals: {all}"))?.clone();
    let rows = rows["row_count"].as_u64().with_context(|| format!("there is no count of rows: {rows}"))?;
    Ok(Figures { totals, rows, imports: imports(address, |name| !name.starts_with("chaos-")).await? })
}

async fn imports(address: SocketAddr, is_meant: impl Fn(&str) -> bool) -> anyhow::Result<usize> {
    let (mut count, mut before) = (0, String::new());
    loop {
        let page = json(address, &format!("/api/v1/imports?limit=100{before}")).await?;
        let imports = page["imports"].as_array().with_context(|| format!("there are no imports: {page}"))?;
        let counts = |import: &&Value| {
            import["state"] == "committed" && import["file_name"].as_str().is_some_and(&is_meant)
        };
        count += imports.iter().filter(counts).count();
        match page["next"].as_u64() {
            Some(next) => before = format!("&before={next}"),
            None => return Ok(count),
        }
    }
}

/// Clicks by day of the files of ours that count.
pub(crate) async fn of_ours(address: SocketAddr) -> anyhow::Result<BTreeMap<Date, u64>> {
    let path = format!("/api/v1/analytics?by=day&metrics=clicks&from={FIRST}&to={LAST}&limit=1000");
    let answer = get(address, &path).await?;
    ensure!(answer.status == 200, "{path} answered {}: {}", answer.status, answer.words());
    let answer: Value = serde_json::from_slice(&answer.body)?;
    let rows = answer["rows"].as_array().context("there are no rows")?;
    let day = |row: &Value| Some((row["day"].as_str()?.parse().ok()?, row["clicks"].as_u64()?));
    Ok(rows.iter().filter_map(day).filter(|(_, clicks)| *clicks > 0).collect())
}

/// A file that was sent: its day, its clicks, and whether the server said that it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sent {
    pub day: Date,
    pub clicks: u64,
    pub is_taken: bool,
}

/// The n-th file: its name, its text, its day and its clicks.
pub(crate) fn file(n: u32) -> (String, String, Date, u64) {
    let day = FIRST.saturating_add(i64::from(n).days());
    let mut text = "Campaign,Day,Currency code,Cost,Impr.,Clicks,Conversions,Conv. value\n".to_owned();
    let mut all = 0;
    for campaign in 0..CAMPAIGNS {
        let clicks = 10 + (u64::from(n) + campaign) % 7;
        all += clicks;
        let impressions = clicks * 20;
        text += &format!("Chaos {campaign},{day},EUR,{clicks}.50,{impressions},{clicks},1.00,20.00\n");
    }
    (format!("chaos-{n}.csv"), text, day, all)
}

/// What is wrong with the files of ours that count: each must count wholly or not at all, and those that were taken must.
pub(crate) fn torn(sent: &[Sent], found: &BTreeMap<Date, u64>) -> Vec<String> {
    let mut wrong = Vec::new();
    for sent in sent {
        match found.get(&sent.day) {
            None if sent.is_taken => wrong.push(format!("the import of {} is lost", sent.day)),
            Some(clicks) if *clicks != sent.clicks => {
                wrong.push(format!("{} has {clicks} clicks, not {}", sent.day, sent.clicks));
            }
            _ => {}
        }
    }
    let strange = found.keys().filter(|day| !sent.iter().any(|sent| sent.day == **day));
    wrong.extend(strange.map(|day| format!("nobody sent {day}")));
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_import_counts_wholly_or_not_at_all() {
        let (_, text, day, clicks) = file(3);
        let told: u64 =
            text.lines().skip(1).map(|line| line.split(',').nth(5).unwrap().parse::<u64>().unwrap()).sum();
        assert_eq!((told, day), (clicks, date(2020, 1, 4)));
        let sent = |is_taken| [Sent { day, clicks, is_taken }];
        assert!(torn(&sent(true), &BTreeMap::from([(day, clicks)])).is_empty());
        assert!(torn(&sent(false), &BTreeMap::new()).is_empty());
        assert_eq!(torn(&sent(true), &BTreeMap::new()).len(), 1, "lost");
        assert_eq!(torn(&sent(false), &BTreeMap::from([(day, clicks - 1)])).len(), 1, "torn");
        assert_eq!(torn(&[], &BTreeMap::from([(day, clicks)])).len(), 1, "from nowhere");
    }
}
