//! A file's rows and reading as text for snapshots.

use std::convert::Infallible;
use std::fmt::Write as _;
use std::io::Cursor;

use domain::money::decimal_text;
use domain::{Additive, Sums};
use ingest::{About, Part, Reading, Refusal, Row, Wishes, recognise};

/// What a file was taken for, its rows, one a line, and its reading.
pub struct Read {
    pub about: About,
    pub rows: Vec<String>,
    pub reading: Reading,
}

/// Reads a file whole.
pub fn read(bytes: &[u8], wishes: &Wishes) -> Result<Read, Refusal> {
    let export = recognise(Cursor::new(bytes), "file.csv", wishes)?;
    let about = export.about().clone();
    let mut rows = Vec::new();
    let reading = export
        .read(
            |row| {
                rows.push(row_text(row));
                Ok::<(), Infallible>(())
            },
            |_| {},
        )
        .unwrap();
    assert_eq!(reading.rows_read, reading.rows_used + reading.rows_skipped);
    assert_eq!(reading.rows_used, rows.len() as u64);
    assert_eq!(reading.rows_skipped, reading.skip_counts.values().sum::<u64>());
    Ok(Read { about, rows, reading })
}

fn row_text(row: &Row<'_>) -> String {
    let mut text = format!("{:>3} ", row.line);
    text += &row.period.map_or("-".to_owned(), |period| match period.len() {
        1 => period.from().to_string(),
        _ => period.to_string(),
    });
    let mut add = |what: &str, value: Option<String>| {
        if let Some(value) = value {
            write!(text, " {what}={value}").unwrap();
        }
    };
    let part = |part: Part<'_>| {
        (!part.is_none()).then(|| format!("{:?}/{:?}", part.id.unwrap_or("-"), part.name.unwrap_or("-")))
    };
    let quoted = |text: Option<&str>| text.map(|text| format!("{text:?}"));
    add("account", part(row.account));
    add("campaign", part(row.campaign));
    add("group", part(row.ad_group));
    add("ad", part(row.ad));
    add("keyword", quoted(row.keyword));
    add("match", quoted(row.match_type));
    add("term", quoted(row.search_term));
    add("status", quoted(row.status));
    add("type", quoted(row.campaign_type));
    add("budget", row.budget_micros.map(|budget| decimal_text(budget, 2)));
    write!(text, " {} {}", row.currency, sums_text(&row.sums)).unwrap();
    text
}

fn sums_text(sums: &Sums) -> String {
    let shown = Additive::STORED.into_iter().filter_map(|what| {
        let value = sums.get(what)?;
        let value = match what {
            Additive::Spend | Additive::Revenue | Additive::Conversions => decimal_text(value, 2),
            _ => value.to_string(),
        };
        Some(format!("{}={value}", what.column().trim_end_matches("_micros").trim_end_matches("_e6")))
    });
    shown.collect::<Vec<_>>().join(" ")
}

/// Everything, for a snapshot.
pub fn text(read: &Read) -> String {
    let Read { about, rows, reading } = read;
    let mut text = format!(
        "{} | {} {} | days {} | stated {} | captured {} | {} {:?}\n",
        about.recognised_as,
        about.platform,
        about.level,
        about.has_days,
        about.stated_period.map_or("-".to_owned(), |period| period.to_string()),
        about.stated_capture.map_or("-".to_owned(), |moment| moment.to_string()),
        about.encoding,
        about.delimiter,
    );
    let columns = about.columns.iter().map(|column| match column.used_as {
        Some(role) => format!("{}>{role}", column.header),
        None => format!("({})", column.header),
    });
    writeln!(text, "columns: {}", columns.collect::<Vec<_>>().join(" ")).unwrap();
    if !about.segmented_by.is_empty() {
        writeln!(text, "segmented by: {}", about.segmented_by.join(", ")).unwrap();
    }
    writeln!(text, "\n{}\n", rows.join("\n")).unwrap();
    writeln!(
        text,
        "read {} used {} skipped {} | days {}",
        reading.rows_read,
        reading.rows_used,
        reading.rows_skipped,
        reading.days.map_or("-".to_owned(), |period| period.to_string())
    )
    .unwrap();
    for (currency, sums) in &reading.sums {
        writeln!(text, "sum {currency}: {}", sums_text(sums)).unwrap();
    }
    for total in &reading.totals {
        writeln!(
            text,
            "total {} '{}' {}: {}",
            total.line,
            total.label,
            total.currency,
            sums_text(&total.sums)
        )
        .unwrap();
    }
    for (kind, count) in &reading.skip_counts {
        writeln!(text, "skipped {count}: {kind}").unwrap();
    }
    for skip in &reading.skipped {
        writeln!(text, "  {} {}: {}", skip.line, skip.kind, skip.reason).unwrap();
    }
    for setting in &reading.attribution {
        writeln!(text, "attribution: {setting}").unwrap();
    }
    for warning in &reading.warnings {
        writeln!(text, "warning: {warning}").unwrap();
    }
    text
}
