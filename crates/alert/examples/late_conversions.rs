//! Prints what rules say of 200 histories in which conversions come late: `cargo run --release -p alert --example late_conversions`.
#![expect(clippy::unwrap_used, reason = "it is the tests' generator")]

#[path = "../tests/it/late.rs"]
mod late;

use std::io::Write;

fn main() -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "| conversions a day | histories | naive +20 %: days it sounded | naive +50 % | ours: false alerts | passing rises |  precision | found in 2 days | found in a week |"
    )?;
    writeln!(out, "|---|---|---|---|---|---|---|---|---|")?;
    for (volume, told) in late::table() {
        let quiet = f64::from(told.histories) * f64::from(late::QUIET + 1);
        let share = |count: u32, of: f64| format!("{:.0} %", f64::from(count) / of * 100.0);
        let all = f64::from(told.histories);
        writeln!(
            out,
            "| {volume:.0} | {} | {} | {} | {} | {} | {} | {} | {} |",
            told.histories,
            share(told.naive_false[0], quiet),
            share(told.naive_false[1], quiet),
            told.false_alerts,
            told.borne_out,
            share(told.in_a_week, f64::from(told.in_a_week + told.false_alerts)),
            share(told.in_two_days, all),
            share(told.in_a_week, all),
        )?;
    }
    Ok(())
}
