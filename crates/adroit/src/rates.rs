//! `adroit rates`: exchange rates by day, loaded, set and listed; and the currency that leads.

use std::process::ExitCode;

use anyhow::{Context, bail};
use axum::http::Method;
use domain::Period;
use serde_json::{Value, json};

use crate::args::{Place, RatesArgs, RatesCommand};
use crate::data::DataFolder;
use crate::door::Door;
use crate::local::{Line, RateOut, RatesIn, RatesWish, last_line};
use crate::table::Table;

pub(crate) async fn run(args: RatesArgs) -> anyhow::Result<ExitCode> {
    match args.command {
        RatesCommand::Load { file, source, place, json } => {
            let source = source
                .or_else(|| file.file_name().map(|name| name.to_string_lossy().into_owned()))
                .unwrap_or_default();
            let rates = listed(&place, RatesWish::Load { file: std::path::absolute(&file)?, source }).await?;
            let days = rates.iter().map(|rate| rate.day);
            let days = days.clone().min().zip(days.max());
            let mut currencies: Vec<_> = rates.iter().map(|rate| rate.currency).collect();
            currencies.sort_unstable();
            currencies.dedup();
            if json {
                let days = days.map(|(from, to)| json!({ "from": from, "to": to }));
                tell(&json!({ "rates": rates.len(), "currencies": currencies, "days": days }))?;
            } else if let Some((first, last)) = days {
                say!("{} rates of {} currencies, {first} to {last}", rates.len(), currencies.len());
            }
        }
        RatesCommand::Set { currency, rate, day, place, json } => {
            let per_euro_e9 = ingest::billionths(rate.trim())
                .filter(|rate| *rate > 0)
                .with_context(|| format!("'{rate}' is no rate; write it like 1.0861, more than 0"))?;
            ask(&place, RatesWish::Set { currency, day, per_euro_e9 }).await?;
            match json {
                true => tell(&json!({ "currency": currency, "per_euro_e9": per_euro_e9, "from": day }))?,
                false => {
                    say!("From {day} on one EUR is {rate} {currency}, until the next rate that is known.")
                }
            }
        }
        RatesCommand::List { currency, from, to, place, json } => {
            let to = to.unwrap_or_else(|| jiff::Zoned::now().date());
            let days = match from {
                Some(from) => Period::new(from, to)?,
                None => Period::ending(to, 30),
            };
            list(&listed(&place, RatesWish::List { currency, days }).await?, json)?;
        }
        RatesCommand::Lead { currency, place, json } => {
            ask(&place, RatesWish::Lead { currency }).await?;
            match json {
                true => tell(&json!({ "currency": currency }))?,
                false => say!("{currency} leads where several currencies meet."),
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn tell(told: &Value) -> anyhow::Result<()> {
    say!("{}", serde_json::to_string_pretty(told)?);
    Ok(())
}

fn list(rates: &[RateOut], json: bool) -> anyhow::Result<()> {
    if json {
        say!("{}", serde_json::to_string_pretty(rates)?);
        return Ok(());
    }
    if rates.is_empty() {
        say!("There is no rate of it; load some: adroit rates load eurofxref-hist.zip");
        return Ok(());
    }
    let mut table = Table::new(["day", "for one EUR", "source"], [1]);
    for rate in rates {
        let (whole, rest) = (rate.per_euro_e9 / 1_000_000_000, rate.per_euro_e9 % 1_000_000_000);
        let fraction = format!("{rest:09}");
        let fraction = fraction.trim_end_matches('0');
        let point = if fraction.is_empty() { "" } else { "." };
        table.row([
            rate.day.to_string(),
            format!("{whole}{point}{fraction} {}", rate.currency),
            rate.source.clone(),
        ]);
    }
    say!("{table}");
    Ok(())
}

async fn listed(place: &Place, what: RatesWish) -> anyhow::Result<Vec<RateOut>> {
    match ask(place, what).await? {
        Line::Rates(rates) => Ok(rates),
        _ => bail!("the answer is of another kind"),
    }
}

async fn ask(place: &Place, what: RatesWish) -> anyhow::Result<Line> {
    let door = Door::open(&DataFolder::of(place, "data")?).await?;
    let asked = RatesIn { workspace: place.workspace.clone(), what };
    let response = door.send(Method::POST, "/local/rates", Some(serde_json::to_vec(&asked)?)).await?;
    let last = last_line(response, |_| {}).await;
    door.close().await;
    last
}
