//! `adroit query`: a question on the command line, its answer as a table, JSON or CSV.

use std::io::IsTerminal;
use std::process::ExitCode;

use anyhow::Context;
use axum::http::Method;
use domain::money::decimal_text;
use domain::{Currency, Unit};
use http_body_util::BodyExt;
use web::api::{AnalyticsOut, CellOut, ColumnKind, ColumnOut, RowOut};

use crate::args::{Format, QueryArgs, QuestionArgs};
use crate::data::DataFolder;
use crate::door::{Door, path_with};
use crate::failure::Told;
use crate::table::Table;

pub(crate) async fn run(args: QueryArgs) -> anyhow::Result<ExitCode> {
    let door = Door::open(&DataFolder::of(&args.question.place, "data")?).await?;
    let path = path_with("/api/v1/analytics", &parameters(&args.question));
    let format = if args.json { Format::Json } else { args.format };
    if let Some(kind) = kind_of_file(format) {
        let done = written(&door, &args, kind).await;
        door.close().await;
        return done;
    }
    anyhow::ensure!(
        args.output.is_none(),
        "--output is for --format xlsx and parquet; others go to standard output"
    );
    if format == Format::Json {
        let answer: serde_json::Value = door.ask(Method::GET, &path, None).await?;
        say!("{}", serde_json::to_string_pretty(&answer)?);
    } else {
        let answer: AnalyticsOut = door.ask(Method::GET, &path, None).await?;
        if format == Format::Csv { crate::say::bytes(&csv(&answer)?) } else { table(&answer) }
    }
    door.close().await;
    Ok(ExitCode::SUCCESS)
}

/// The word of a file that the server makes.
fn kind_of_file(format: Format) -> Option<&'static str> {
    match format {
        Format::Xlsx => Some("xlsx"),
        Format::Parquet => Some("parquet"),
        Format::Table | Format::Json | Format::Csv => None,
    }
}

/// Writes the answer as a file: all its rows, unless a limit is said.
async fn written(door: &Door, args: &QueryArgs, kind: &'static str) -> anyhow::Result<ExitCode> {
    anyhow::ensure!(
        args.output.is_some() || !std::io::stdout().is_terminal(),
        "say where to write it: --output answer.{kind}"
    );
    let mut asked = parameters(&args.question);
    asked.push(("format", Some(kind.to_owned())));
    let response = door.send(Method::GET, &path_with("/api/v1/analytics", &asked), None).await?;
    let is_fine = response.status().is_success();
    let bytes = response.into_body().collect().await?.to_bytes();
    if !is_fine {
        return Err(Told(serde_json::from_slice(&bytes)?).into());
    }
    match &args.output {
        Some(path) => {
            std::fs::write(path, &bytes).with_context(|| format!("{} can't be written", path.display()))?;
            eprintln!("{}: {} bytes", path.display(), bytes.len());
        }
        None => crate::say::bytes(&bytes),
    }
    Ok(ExitCode::SUCCESS)
}

/// A question as the parameters of its address.
pub(crate) fn parameters(question: &QuestionArgs) -> Vec<(&'static str, Option<String>)> {
    let compare = question.compare.clone().unwrap_or_else(|| "none".to_owned());
    vec![
        ("workspace", question.place.workspace.clone()),
        ("metrics", Some(question.metrics.clone())),
        ("by", question.by.clone()),
        ("level", question.level.clone()),
        ("from", question.from.clone()),
        ("to", question.to.clone()),
        ("range", question.range.clone()),
        ("filter", question.filter.clone()),
        ("compare", Some(compare)),
        ("sort", question.sort.clone()),
        ("limit", question.limit.map(|limit| limit.to_string())),
        ("after", question.after.clone()),
        ("as_of", question.as_of.clone()),
        ("convert", question.convert.map(|currency| currency.code().to_owned())),
    ]
}

fn is_metric(column: &ColumnOut) -> bool {
    column.kind == ColumnKind::Metric
}

fn table(answer: &AnalyticsOut) {
    let compares = answer.compared.is_some();
    let mut header: Vec<String> = Vec::new();
    let mut right = Vec::new();
    for column in &answer.columns {
        if is_metric(column) {
            right.push(header.len());
        }
        header.push(column.label.clone());
        if is_metric(column) && compares {
            right.push(header.len());
            header.push("change".to_owned());
        }
    }
    let mut table = Table::new(header, right);
    let cells = |row: &RowOut, total: bool| -> Vec<String> {
        let mut cells = Vec::new();
        for (n, column) in answer.columns.iter().enumerate() {
            if !is_metric(column) {
                let name = if n == 0 { "total" } else { "" };
                cells.push(if total { name.to_owned() } else { text(row, column) });
                continue;
            }
            cells.push(shown(row, column));
            if compares {
                cells.push(change(row, column));
            }
        }
        cells
    };
    for row in &answer.rows {
        table.row(cells(row, false));
    }
    if !answer.rows.is_empty() && answer.columns.iter().any(|column| !is_metric(column)) {
        table.row(cells(&answer.totals, true));
    }
    say!("{table}");
    say!(
        "{} to {}, {} of {} rows",
        answer.period.from,
        answer.period.to,
        answer.rows.len(),
        answer.row_count
    );
    if let Some(compared) = &answer.compared {
        say!("compared with {} to {}", compared.from, compared.to);
    }
    for other in &answer.totals.left_out {
        let money = |micros: Option<i64>| {
            micros.map_or("-".to_owned(), |micros| decimal_text(micros, other.currency.decimals()))
        };
        say!(
            "not in the total: spend {} {}, revenue {} {}",
            money(other.spend_micros),
            other.currency,
            money(other.revenue_micros),
            other.currency
        );
        if other.record_revenue_micros.is_some() {
            say!(
                "not in the total: recorded revenue {} {}",
                money(other.record_revenue_micros),
                other.currency
            );
        }
    }
    for fresh in &answer.freshness {
        say!("{}: as of {}", fresh.platform, fresh.captured_at);
    }
    for note in &answer.notes {
        say!("note: {note}");
    }
    if let Some(next) = &answer.next {
        say!("more rows: --after {next}");
    }
}

fn text(row: &RowOut, column: &ColumnOut) -> String {
    match row.cell(&column.name) {
        Some(CellOut::Text(text)) => text,
        Some(CellOut::Integer(integer)) => integer.to_string(),
        Some(CellOut::Number(number)) => number.to_string(),
        None => "-".to_owned(),
    }
}

/// A figure for reading. Absent is a dash, never zero.
fn shown(row: &RowOut, column: &ColumnOut) -> String {
    match (row.cell(&column.name), column.unit) {
        (Some(CellOut::Integer(micros)), Some(Unit::Money)) => {
            let currency = row.currency.unwrap_or(Currency::UNKNOWN);
            format!("{} {currency}", rounded(micros, currency.decimals()))
        }
        (Some(CellOut::Integer(count)), _) => count.to_string(),
        (Some(CellOut::Number(share)), Some(Unit::Percent)) => format!("{:.2} %", share * 100.0),
        (Some(CellOut::Number(number)), _) => format!("{number:.2}"),
        (Some(CellOut::Text(text)), _) => text,
        (None, _) => "-".to_owned(),
    }
}

/// Money with its currency's decimals, half away from zero.
fn rounded(micros: i64, decimals: u32) -> String {
    let unit = 10i64.pow(6 - decimals.min(6));
    let half = if micros < 0 { -unit / 2 } else { unit / 2 };
    decimal_text(micros.saturating_add(half) / unit * unit, decimals)
}

fn change(row: &RowOut, column: &ColumnOut) -> String {
    let key = column.name.trim_end_matches("_micros");
    let change = row.change.as_ref().and_then(|changes| changes.get(key).copied().flatten());
    change.map_or("-".to_owned(), |change| format!("{:+.1} %", change * 100.0))
}

/// The answer as CSV.
fn csv(answer: &AnalyticsOut) -> anyhow::Result<Vec<u8>> {
    let mut out = csv::Writer::from_writer(Vec::new());
    let mut header: Vec<String> = Vec::new();
    for column in &answer.columns {
        header.push(column.name.trim_end_matches("_micros").to_owned());
    }
    let has_currency = header.iter().any(|name| name == "currency");
    if !has_currency {
        header.push("currency".to_owned());
    }
    out.write_record(&header)?;
    for row in &answer.rows {
        let mut record: Vec<String> = answer
            .columns
            .iter()
            .map(|column| match (row.cell(&column.name), column.unit) {
                (Some(CellOut::Integer(micros)), Some(Unit::Money)) => decimal_text(micros, 0),
                (Some(CellOut::Text(text)), _) => harmless(text),
                (None, _) => String::new(),
                _ => text(row, column),
            })
            .collect();
        if !has_currency {
            record.push(row.currency.map_or(String::new(), String::from));
        }
        out.write_record(&record)?;
    }
    if answer.next.is_some() {
        eprintln!(
            "adroit: {} of {} rows; use --limit or --after for the others",
            answer.rows.len(),
            answer.row_count
        );
    }
    Ok(out.into_inner()?)
}

/// A text that a spreadsheet would run as a formula is marked as text.
fn harmless(text: String) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_rounded_to_what_its_currency_has() {
        for (micros, decimals, text) in [
            (1_234_567, 2, "1.23"),
            (1_235_000, 2, "1.24"),
            (-1_235_000, 2, "-1.24"),
            (1_500_000, 0, "2"),
            (1, 3, "0.000"),
        ] {
            assert_eq!(rounded(micros, decimals), text);
        }
    }

    #[test]
    fn formulas_leave_as_text() {
        assert_eq!(harmless("=SUM(A1)".to_owned()), "'=SUM(A1)");
        assert_eq!(harmless("Brand".to_owned()), "Brand");
    }
}
