//! The lines above the header: title, range, moment of capture, currency.

use domain::Currency;

use crate::dates::written;
use crate::ranges::{WrittenRange, range, single};
use crate::words::words;

/// What the lines above the header say.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Preamble {
    /// The days covered.
    pub(crate) range: Option<WrittenRange>,
    /// What follows `Report data as of`.
    pub(crate) captured: Option<String>,
    /// The account's currency.
    pub(crate) currency: Option<Currency>,
}

impl Preamble {
    pub(crate) fn read(lines: &[String]) -> Self {
        let mut preamble = Self::default();
        let (mut start, mut end) = (None, None);
        // A day alone may be many things, so it counts only where no line states a first and a last one.
        let mut alone = None;
        for line in lines {
            let line = line.trim_matches(['"', ' ', ',', '\t', ';']);
            if let Some(day) = words().after_range_start(line).and_then(written) {
                start.get_or_insert(day);
            } else if let Some(day) = words().after_range_end(line).and_then(written) {
                end.get_or_insert(day);
            } else if let Some(text) = words().after_range(line).filter(|text| !text.contains(':')) {
                preamble.range = preamble
                    .range
                    .or_else(|| stated_range(text).or_else(|| two_days(text)).or_else(|| single(text)));
            } else if let Some(moment) = words().after_captured(line) {
                preamble.captured.get_or_insert_with(|| moment.to_owned());
            } else if let Some(code) = words().after_currency(line) {
                preamble.currency = preamble.currency.or(code.parse().ok());
            } else if !words().is_all_time(line) {
                preamble.range = preamble.range.or_else(|| stated_range(line));
                alone = alone.or_else(|| stated_day(line));
            }
        }
        if let (Some(start), Some(end)) = (start, end) {
            preamble.range = preamble.range.or(Some(WrittenRange::new(start, end)));
        }
        preamble.range = preamble.range.or(alone);
        preamble
    }
}

/// `10/5/2017,10/11/2017`, as Microsoft writes it.
fn two_days(text: &str) -> Option<WrittenRange> {
    let (from, to) = text.split_once(',')?;
    Some(WrittenRange::new(written(from)?, written(to)?))
}

/// The range in a line of its own, in brackets behind a title, or behind a colon.
fn stated_range(line: &str) -> Option<WrittenRange> {
    let behind_colon = || line.split_once(':').map(|(_, rest)| rest);
    range(line).or_else(|| in_brackets(line).and_then(range)).or_else(|| behind_colon().and_then(range))
}

/// The one day in a line of its own, or in brackets behind a title. Behind a colon it is mostly the day on which the file was
/// made, which says nothing of the days that are in it.
fn stated_day(line: &str) -> Option<WrittenRange> {
    single(line).or_else(|| in_brackets(line).and_then(single))
}

fn in_brackets(line: &str) -> Option<&str> {
    line.rsplit_once('(').map(|(_, rest)| rest.trim_end_matches([')', '"']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_above_the_header() {
        for (line, expect) in [
            ("July 8, 2025 - July 31, 2025", Some("2025-07-08..2025-07-31")),
            ("10 February 2026 - 23 February 2026", Some("2026-02-10..2026-02-23")),
            ("Ad report (Oct 25, 2016-Oct 31, 2016)", Some("2016-10-25..2016-10-31")),
            ("Campaign report (Jul 8 - Jul 31, 2025)", Some("2025-07-08..2025-07-31")),
            ("Report period: 2026-01-01 - 2026-01-31", Some("2026-01-01..2026-01-31")),
            ("2026-01-01 to 2026-01-31, , ,", Some("2026-01-01..2026-01-31")),
            ("2026-01-01 – 2026-01-31", Some("2026-01-01..2026-01-31")),
            ("01/02/2026 - 28/02/2026", Some("2026-02-01..2026-02-28")),
            ("22.11.2026 - 23.11.2026", Some("2026-11-22..2026-11-23")),
            ("November 22, 2026", Some("2026-11-22..2026-11-22")),
            ("2026-01-31 - 2026-01-01", None),
            ("Campaign report", None),
            ("Customer ID: 123-456-7890", None),
            ("All time", None),
            ("Report Time: 10/5/2017,10/13/2017", Some("2017-10-05..2017-10-13")),
            ("1. Juli 2025 – 31. Juli 2025", Some("2025-07-01..2025-07-31")),
            ("1 juillet 2025 - 31 août 2025", Some("2025-07-01..2025-08-31")),
            ("1er juil. 2025 au 31 juil. 2025", Some("2025-07-01..2025-07-31")),
            ("1 de julio de 2025 - 31 de julio de 2025", Some("2025-07-01..2025-07-31")),
            ("1 de jul. de 2025 até 31 de ago. de 2025", Some("2025-07-01..2025-08-31")),
            ("1 luglio 2025 - 31 luglio 2025", Some("2025-07-01..2025-07-31")),
            ("1 juli 2025 t/m 31 juli 2025", Some("2025-07-01..2025-07-31")),
            ("1 lipca 2025 – 31 sierpnia 2025", Some("2025-07-01..2025-08-31")),
            ("1 Ιουλίου 2025 - 31 Αυγούστου 2025", Some("2025-07-01..2025-08-31")),
            ("1 Temmuz 2025 - 31 Ağustos 2025", Some("2025-07-01..2025-08-31")),
            ("2025年7月1日～2025年7月31日", Some("2025-07-01..2025-07-31")),
            ("2025年7月1日 - 2025年7月31日", Some("2025-07-01..2025-07-31")),
        ] {
            let range = Preamble::read(&[line.to_owned()]).range;
            let period = range.and_then(|range| range.read(None).ok());
            assert_eq!(period.map(|period| period.to_string()).as_deref(), expect, "{line}");
        }
    }

    #[test]
    fn a_day_alone_is_no_range_where_it_may_be_something_else() {
        for (lines, expect) in [
            (&["Created: 2026-05-03", "Range: 2026-05-01 - 2026-05-02"][..], Some("2026-05-01..2026-05-02")),
            (&["3 May 2026", "2026-05-01 - 2026-05-02"], Some("2026-05-01..2026-05-02")),
            (&["Created: 2026-05-03"], None),
            (&["Campaign report (May 3, 2026)"], Some("2026-05-03..2026-05-03")),
            (&["Date range: 2026-05-03"], Some("2026-05-03..2026-05-03")),
        ] {
            let lines: Vec<String> = lines.iter().map(ToString::to_string).collect();
            let range = Preamble::read(&lines).range.and_then(|range| range.read(None).ok());
            assert_eq!(range.map(|range| range.to_string()).as_deref(), expect, "{lines:?}");
        }
    }

    #[test]
    fn first_and_last_day_may_have_lines_of_their_own() {
        let lines = ["Report Start: July 1, 2025, 12:00 AM", "Report End: July 31, 2025, 11:59 PM"];
        let range = Preamble::read(&lines.map(str::to_owned)).range.unwrap().read(None).unwrap();
        assert_eq!(range.to_string(), "2025-07-01..2025-07-31");
    }

    #[test]
    fn other_lines_above_the_header() {
        let preamble =
            Preamble::read(&["Report data as of 2026-06-15 10:23".to_owned(), "Currency: AUD".to_owned()]);
        assert_eq!(preamble.captured.as_deref(), Some("2026-06-15 10:23"));
        assert_eq!(preamble.currency, "AUD".parse().ok());
    }
}
