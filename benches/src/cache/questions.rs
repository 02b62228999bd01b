//! Questions of which no two are the same, so that nothing kept can answer them.

use anyhow::Context;
use domain::Period;
use jiff::ToSpan;
use jiff::civil::Date;

use crate::server::Server;

/// The overview of everything that is known, as the site opens with it.
pub(super) const OVERVIEW: &str = "/api/v1/overview";

/// The last day that is known.
pub(super) fn newest(server: &Server) -> anyhow::Result<Date> {
    server.insight.newest_day(&server.asker().bound)?.context("the benchmark workspace is empty")
}

/// The overview of the `n`th of many 30 days.
pub(super) fn overview(newest: Date, n: u64) -> String {
    format!("{OVERVIEW}?{}", days(newest, n, 30))
}

/// One of many questions about a quarter.
pub(super) fn analytics(newest: Date, n: u64) -> String {
    let by = ["campaign,month", "platform,week", "campaign", "account,day"];
    format!(
        "/api/v1/analytics?by={}&metrics=spend,revenue,roas,conversions,cpa,ctr&{}",
        by[n as usize % by.len()],
        days(newest, n, 365)
    )
}

fn days(newest: Date, n: u64, length: i32) -> String {
    let period = Period::ending(newest.saturating_sub((n as i32 % 300).days()), length);
    format!("from={}&to={}", period.from(), period.to())
}
