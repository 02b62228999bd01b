//! Files of exchange rates to rates: the European Central Bank's history (a column for each currency, all against the euro),
//! and tables with a day, a currency and a rate; as CSV or in a zip archive.

use std::io::{Cursor, Read, Seek};

use domain::Currency;
use jiff::civil::Date;

/// Largest file that is read, unpacked.
const LARGEST: u64 = 64 << 20;
/// Most places behind the point that are kept.
const PLACES: usize = 9;

/// A rate as a file tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldRate {
    /// The currency.
    pub currency: Currency,
    /// The day.
    pub day: Date,
    /// Units of it for one euro, in billionths; more than 0.
    pub per_euro_e9: i64,
}

/// Why a file's rates can't be read.
#[derive(Debug, thiserror::Error)]
pub enum RatesError {
    /// It can't be read at all.
    #[error("it can't be read: {0}")]
    Io(#[from] std::io::Error),
    /// It is no such file.
    #[error("{0}")]
    Refused(String),
    /// A line is wrong.
    #[error("line {line}: {why}")]
    Line {
        /// The line.
        line: u64,
        /// What is wrong, and what would be right.
        why: String,
    },
}

/// Reads the rates of a file.
///
/// # Errors
/// If it is no file of rates, or one of them can't be read: then none is used.
pub fn read_rates(mut file: impl Read + Seek) -> Result<Vec<ToldRate>, RatesError> {
    file.rewind()?;
    let mut begin = [0; 2];
    let length = file.read(&mut begin)?;
    file.rewind()?;
    let mut text = Vec::new();
    if length == 2 && &begin == b"PK" {
        let broken =
            |error: zip::result::ZipError| RatesError::Refused(format!("its archive can't be read: {error}"));
        let mut archive = zip::ZipArchive::new(file).map_err(broken)?;
        let entries = archive.len();
        let mut is_table = |index: &usize| {
            let entry = archive.by_index_raw(*index).ok();
            entry.is_some_and(|entry| {
                entry.name().is_ok_and(|name| name.to_ascii_lowercase().ends_with(".csv"))
            })
        };
        let table = (0..entries).find(&mut is_table);
        let table =
            table.ok_or_else(|| RatesError::Refused("there is no CSV file in the archive".to_owned()))?;
        archive.by_index(table).map_err(broken)?.take(LARGEST + 1).read_to_end(&mut text)?;
    } else {
        file.take(LARGEST + 1).read_to_end(&mut text)?;
    }
    if text.len() as u64 > LARGEST {
        return Err(RatesError::Refused(format!(
            "it holds more than {} MiB, which no rates do",
            LARGEST >> 20
        )));
    }
    read_table(&text)
}

fn read_table(text: &[u8]) -> Result<Vec<ToldRate>, RatesError> {
    let first = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let delimiter = if first.contains(&b';') {
        b';'
    } else if first.contains(&b'\t') {
        b'\t'
    } else {
        b','
    };
    let mut reader =
        csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(Cursor::new(text));
    let unreadable = |error: csv::Error| RatesError::Line {
        line: error.position().map_or(1, csv::Position::line),
        why: "it can't be read as CSV".to_owned(),
    };
    let headers = reader.headers().map_err(unreadable)?.clone();
    let named = |names: &[&str]| {
        headers.iter().position(|header| {
            let header = header.trim().trim_start_matches('\u{feff}').to_ascii_lowercase();
            names.contains(&header.as_str())
        })
    };
    let needed = || {
        RatesError::Refused(
            "it has neither a column Date and one for each currency, as the European Central Bank's history has them, nor columns date, currency and rate (units of the currency for one euro)"
                .to_owned(),
        )
    };
    let day_at = named(&["date", "day", "time_period", "datum"]).ok_or_else(needed)?;
    let by_row = named(&["currency", "code", "ccy"]).zip(named(&[
        "rate",
        "obs_value",
        "value",
        "per_euro",
        "per euro",
    ]));
    let base_at = named(&["base", "currency_denom"]);
    let wide: Vec<(usize, Currency)> = headers
        .iter()
        .enumerate()
        .filter(|(at, header)| *at != day_at && header.trim().len() == 3)
        .filter_map(|(at, header)| Some((at, header.trim().parse().ok()?)))
        .collect();
    if by_row.is_none() && wide.is_empty() {
        return Err(needed());
    }
    let mut rates = Vec::new();
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record).map_err(unreadable)? {
        let line = record.position().map_or(0, csv::Position::line);
        let wrong = |why: String| RatesError::Line { line, why };
        let cell = |at: usize| record.get(at).map(str::trim).unwrap_or_default();
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        let day: Date = cell(day_at)
            .parse()
            .map_err(|_| wrong(format!("'{}' is no day; write days like 2026-10-31", cell(day_at))))?;
        let mut add = |currency: Currency, text: &str| -> Result<(), RatesError> {
            if matches!(text, "" | "N/A" | "-" | "NaN") {
                return Ok(());
            }
            let per_euro_e9 = billionths(text).filter(|rate| *rate > 0).ok_or_else(|| {
                wrong(format!("'{text}' is no rate of {currency}; write it like 1.0861, more than 0"))
            })?;
            rates.push(ToldRate { currency, day, per_euro_e9 });
            Ok(())
        };
        match by_row {
            Some((currency_at, rate_at)) => {
                if let Some(base) = base_at.map(cell).filter(|base| !base.eq_ignore_ascii_case("EUR")) {
                    return Err(wrong(format!("its rates are for one {base}; rates are kept for one EUR")));
                }
                let currency = cell(currency_at)
                    .parse()
                    .map_err(|error: domain::money::NotACurrency| wrong(error.to_string()))?;
                add(currency, cell(rate_at))?;
            }
            None => {
                for (at, currency) in &wide {
                    add(*currency, cell(*at))?;
                }
            }
        }
    }
    if rates.is_empty() {
        return Err(RatesError::Refused("there is no rate in it".to_owned()));
    }
    Ok(rates)
}

/// A plain decimal in billionths; later places are rounded.
pub fn billionths(text: &str) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if whole.is_empty() || !whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let kept: String = fraction.chars().chain("000000000".chars()).take(PLACES).collect();
    let up = fraction.as_bytes().get(PLACES).is_some_and(|digit| *digit >= b'5');
    format!("{whole}{kept}").parse::<i64>().ok()?.checked_add(i64::from(up))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn told(text: &str) -> Vec<String> {
        match read_rates(Cursor::new(text)) {
            Ok(rates) => rates
                .iter()
                .map(|rate| format!("{} {} {}", rate.day, rate.currency, rate.per_euro_e9))
                .collect(),
            Err(error) => vec![error.to_string()],
        }
    }

    #[test]
    fn rates_are_read_in_both_shapes() {
        let wide = "Date,USD,JPY,BGN,\n2026-10-02,1.1712,173.05,N/A,\n2026-10-01,1.1734,172.2,1.9558,\n";
        assert_eq!(
            told(wide),
            [
                "2026-10-02 USD 1171200000",
                "2026-10-02 JPY 173050000000",
                "2026-10-01 USD 1173400000",
                "2026-10-01 JPY 172200000000",
                "2026-10-01 BGN 1955800000"
            ]
        );
        let long = "date;currency;rate\n2026-10-01;usd;1.1734\n";
        assert_eq!(told(long), ["2026-10-01 USD 1173400000"]);
        let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
        archive.start_file("hist.csv", zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(wide.as_bytes()).unwrap();
        assert_eq!(read_rates(archive.finish().unwrap()).unwrap().len(), 5);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        for (text, why) in [
            ("a,b\n1,2\n", "it has neither"),
            ("Date,USD\n", "there is no rate"),
            ("Date,USD\n01/02/2026,1.1\n", "line 2: '01/02/2026' is no day"),
            ("Date,USD\n2026-10-01,0\n", "line 2: '0' is no rate of USD"),
            ("Date,USD\n2026-10-01,-1.5\n", "line 2: '-1.5' is no rate"),
            ("date,currency,rate,base\n2026-10-01,USD,1.1,GBP\n", "line 2: its rates are for one GBP"),
        ] {
            assert!(told(text)[0].starts_with(why), "{text}: {:?}", told(text));
        }
        assert_eq!(billionths("0.1234567895"), Some(123_456_790));
        assert_eq!(billionths("1e5"), None);
    }
}
